"""The composition root: start reading here.

`create_app` puts the shell together: the core's advisor, the clients, the EHRs, the store of decisions, the routes.
Nothing below reaches for a global; what it needs is handed in here.

    Metered -> RequestId -> routes.invoke -> gate (who) -> advisor.consult -> ehr (what is missing) -> answer -> reply
                                                                                                         `-> store
"""

from __future__ import annotations

import asyncio
import gc
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import structlog
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.middleware import Middleware

from cds_hooks.wire.feedback import schema as feedback_schema
from service import errors
from service.clients import load_clients
from service.config import Settings, load_settings
from service.errors import SetupError
from service.fhir.client import open_session
from service.fhir.gather import Limits
from service.fhir.rounds import Ehr
from service.observability.logs import configure_logs
from service.observability.metrics import Metered, Metrics, watching_store
from service.observability.redaction import described
from service.observability.request_id import RequestId
from service.observability.traces import no_trace, open_traces, traced_by
from service.persistence.database import Database
from service.persistence.decisions import DecisionStore
from service.persistence.feedback import FeedbackStore, SqlFeedback
from service.persistence.sql import SqlDecisions
from service.routes.discovery import discovery_routes
from service.routes.feedback import FeedbackDesk, feedback_routes
from service.routes.health import health_routes
from service.routes.invoke import Desk, call_routes, call_schemas
from service.routes.metrics import metrics_routes
from service.routes.operator import OperatorDoor
from service.routes.reports import ReportDesk, report_routes
from service.security.client_jwt import Gate
from service.site_codes import AdvisorHolder, CodesFile, tell_loaded, watching
from service.version import program_version

if TYPE_CHECKING:
    from cds_hooks.advisor import Advisor

log = structlog.get_logger()
# Spans and logs that FastAPI makes by itself would carry exception messages, which quote patients.
NO_TELEMETRY: Any = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}


def create_app(
    settings: Settings,
    *,
    advisor: Advisor | None = None,
    store: DecisionStore | None = None,
    feedback: FeedbackStore | None = None,
    clock: Callable[[], datetime] | None = None,
) -> FastAPI:
    """The application, ready to be served.

    `clock` tells the time in the site's zone. Without `store` and `feedback` the database keeps both. Raises SetupError
    when the service must not start like this.
    """
    file = CodesFile(settings.local_codes_file) if settings.local_codes_file else None
    in_force = AdvisorHolder(_advisor(settings, advisor, file))
    clock = clock or _clock(settings)
    gate = Gate(load_clients(settings), settings.public_urls, clock)
    database = Database(settings.database_url.get_secret_value(), create=settings.development)
    secret = hash_key(settings)
    metrics = Metrics(service.id for service in in_force.advisor.services)
    traces = open_traces() if settings.traces else None
    store = store or SqlDecisions(database, secret, settings.decision_queue, clock, metrics.lose)
    feedback = feedback or SqlFeedback(database, secret, clock, settings.feedback_comment_length)
    ehrs: list[Ehr] = []  # one, while the service runs

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with open_session() as session:
            session.trace_configs.append(metrics.ehr_tracing())
            ehrs.append(Ehr(session, _limits(settings)))
            await store.start()
            tell_loaded(in_force.advisor.knowledge)
            try:
                async with watching(in_force, file, settings.local_codes_seconds), watching_store(metrics, store):
                    yield
            finally:
                await store.stop()
                await database.close()
                if traces:
                    traces.shutdown()
                ehrs.clear()

    app = FastAPI(
        title="Marrow",
        version=program_version(),
        lifespan=lifespan,
        middleware=[Middleware(Metered, metrics=metrics), Middleware(RequestId)],
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        telemetry=NO_TELEMETRY,
    )
    errors.install(app)
    desk = Desk(
        in_force,
        gate,
        lambda: ehrs[0],
        store,
        clock,
        settings.max_body_bytes,
        record_values=settings.record_values,
        decided=metrics.decided,
        trace=traced_by(traces) if traces else no_trace,
    )
    app.include_router(discovery_routes(in_force))
    app.include_router(call_routes(desk))
    app.include_router(feedback_routes(FeedbackDesk(in_force, gate, feedback, metrics.heard)))
    app.include_router(health_routes(store, in_force))
    door = OperatorDoor.of(settings)
    app.include_router(metrics_routes(door, metrics, store))
    app.include_router(report_routes(ReportDesk(door, database, clock, asyncio.Lock())))
    app.openapi = lambda: _openapi(app, in_force.advisor)  # type: ignore[method-assign] # the way that FastAPI documents
    return app


def app_factory() -> FastAPI:
    """The application as the environment describes it, for a server that makes its own (`uvicorn --factory`)."""
    settings = load_settings()
    configure_logs(settings)
    app = create_app(settings)
    # The knowledge is made of millions of objects that stay: the collector need not look at them again and again.
    gc.collect()
    gc.freeze()
    return app


def check_database(settings: Settings) -> None:
    """Make sure, before anything is served, that the schema fits; development makes it here, once for all workers.

    Raises SetupError when it does not fit. A database that does not answer is no reason: cards need none.
    """

    async def prepare() -> None:
        database = Database(settings.database_url.get_secret_value(), create=settings.development)
        try:
            await database.prepare()
        except SetupError:
            raise
        except Exception as error:  # noqa: BLE001 -- drivers raise errors of their own while they connect
            log.warning("decision_store_unreachable", **described(error))
        finally:
            await database.close()

    asyncio.run(prepare())


def _advisor(settings: Settings, advisor: Advisor | None, file: CodesFile | None) -> Advisor:
    """The advisor that is given, or a new one, with the site's own codes."""
    from cds_hooks.advisor import build_advisor
    from mappings.errors import MappingError
    from mappings.load import load

    try:
        advisor = advisor or build_advisor(load(without=settings.code_sets_off))
    except MappingError as error:
        raise SetupError(f"a mapping file cannot be used: {error}") from None
    try:
        return file.applied(advisor) if file else advisor
    except MappingError as error:
        raise SetupError(f"MARROW_LOCAL_CODES_FILE: {error}") from None


def hash_key(settings: Settings) -> bytes:
    """The secret that patient keys and the audit trail are made with. Raises SetupError where it must be set."""
    if settings.patient_hash_key is not None:
        return settings.patient_hash_key.get_secret_value().encode()
    if settings.development:
        return secrets.token_bytes(32)
    raise SetupError("production needs MARROW_PATIENT_HASH_KEY: a secret of the site, the same for all its instances")


def _clock(settings: Settings) -> Callable[[], datetime]:
    zone = ZoneInfo(settings.timezone)
    return lambda: datetime.now(zone)


def _limits(settings: Settings) -> Limits:
    return Limits(
        seconds=settings.deadline_seconds,
        pages=settings.max_pages,
        bytes=settings.max_response_bytes,
        queries=settings.max_queries,
    )


def _openapi(app: FastAPI, advisor: Advisor) -> dict[str, Any]:
    """FastAPI's own document and the schemas of bodies that it never parses."""
    if app.openapi_schema is None:
        app.openapi_schema = get_openapi(title=app.title, version=app.version, routes=app.routes)
        app.openapi_schema.setdefault("components", {}).setdefault("schemas", {}).update(
            {**call_schemas(advisor), **feedback_schema()[1]}
        )
    return app.openapi_schema

"""The composition root: start reading here.

`create_app` puts the shell together: the core's advisor, the clients, the EHRs, the store of decisions, the routes.
Nothing below reaches for a global; what it needs is handed in here.

    Metered, headers, RequestId -> routes.invoke -> gate (who) -> throttle (how much)
        -> advisor.consult -> ehr (what is missing) -> answer -> reply
                                                             `-> store
"""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from importlib.util import find_spec
from ssl import SSLContext
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import structlog
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.middleware import Middleware

from cds_hooks.wire.feedback import schema as feedback_schema
from service import errors
from service.clients import Clients, load_clients
from service.config import Settings, load_settings
from service.drain import ClosesWhenDraining, Drain
from service.errors import SetupError
from service.fhir.breaker import Breakers
from service.fhir.gather import Limits
from service.fhir.rounds import Ehr
from service.observability.logs import configure_logs
from service.observability.metrics import Metered, Metrics, watching_store
from service.observability.redaction import described
from service.observability.request_id import RequestId
from service.observability.traces import close_traces, no_trace, open_traces, traced_by
from service.persistence.database import Database
from service.persistence.decisions import DecisionStore
from service.persistence.feedback import FeedbackStore, SqlFeedback
from service.persistence.sql import SqlDecisions
from service.routes.body import BodyLimits
from service.routes.discovery import discovery_routes
from service.routes.feedback import MOST_BYTES, FeedbackDesk, feedback_routes
from service.routes.health import health_routes
from service.routes.invoke import Desk, call_routes, call_schemas
from service.routes.metrics import metrics_routes
from service.routes.operator import OperatorDoor
from service.routes.reports import ReportDesk, report_routes
from service.security.client_jwt import Gate
from service.security.headers import browser_layers
from service.security.key_ring import KeyRing, fetch_key_set
from service.security.outgoing import LOOPBACK_NETWORKS, Outgoing, Proxy, open_outgoing, trusted
from service.security.replay import UsedTokens, open_used_tokens
from service.security.throttle import Throttle
from service.site_files import (
    AdvisorHolder,
    CodesFile,
    PolicyOfSite,
    SiteFile,
    SiteFileError,
    tell_loaded,
    watching,
)
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
    files = _site_files(settings)
    in_force = AdvisorHolder(site_advisor(settings, files, advisor))
    clients, used, trust = load_clients(settings), _used_tokens(settings), _trust(settings)
    clock = clock or _clock(settings)
    database = Database(settings.database_url.get_secret_value(), create=settings.development)
    secret = hash_key(settings)
    metrics = Metrics(service.id for service in in_force.advisor.services)
    traces = open_traces() if settings.traces else None
    store = store or SqlDecisions(database, secret, settings.decision_queue, clock, metrics.lose)
    feedback = feedback or SqlFeedback(database, secret, clock, settings.feedback_comment_length)
    ehrs: list[Ehr] = []  # one, while the service runs
    keys = KeyRing(lambda url: fetch_key_set(ehrs[0].outgoing, url), known_to_all=settings.development)
    gate = Gate(clients, settings.public_urls, clock, keys, used)
    drain = Drain(settings.drain_seconds)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        way_out = _outgoing(settings, clients, trust)
        async with way_out.session:
            way_out.session.trace_configs.append(metrics.ehr_tracing())
            ehrs.append(Ehr(way_out, _limits(settings), Breakers(settings.ehr_failures, settings.ehr_pause_seconds)))
            await store.start()
            if clients.unsigned is not None:
                log.warning("calls_without_token_accepted", client=clients.unsigned.name)
            tell_loaded(in_force.advisor)
            try:
                async with (
                    watching(in_force, files, settings.site_files_seconds),
                    watching_store(metrics, store),
                ):
                    with drain.before_sigterm():
                        yield
            finally:
                await store.stop()
                await database.close()
                await used.close()
                if traces:
                    await asyncio.to_thread(close_traces, traces)
                ehrs.clear()

    app = FastAPI(
        title="Marrow",
        version=program_version(),
        lifespan=lifespan,
        middleware=[
            Middleware(Metered, metrics=metrics),
            Middleware(ClosesWhenDraining, drain=drain),
            *browser_layers(settings.public_urls, settings.cors_origins),
            Middleware(RequestId),
        ],
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        telemetry=NO_TELEMETRY,
    )
    errors.install(app)
    limits = BodyLimits(settings.max_body_bytes, settings.max_resources, settings.body_seconds)
    throttle = Throttle(settings.calls_per_second, settings.calls_at_once)
    desk = Desk(
        in_force,
        gate,
        lambda: ehrs[0],
        store,
        clock,
        limits,
        throttle,
        record_values=settings.record_values,
        decided=metrics.decided,
        trace=traced_by(traces) if traces else no_trace,
    )
    app.include_router(discovery_routes(in_force))
    app.include_router(call_routes(desk))
    of_feedback = replace(limits, bytes=MOST_BYTES)
    answers = FeedbackDesk(in_force, gate, feedback, of_feedback, throttle, metrics.heard)
    app.include_router(feedback_routes(answers))
    app.include_router(health_routes(store, in_force, drain))
    door = OperatorDoor.of(settings)
    app.include_router(metrics_routes(door, metrics, store))
    reports = ReportDesk(door, database, clock, asyncio.Lock())
    app.include_router(report_routes(reports))
    _add_console(app, settings, desk, answers, reports, metrics, clients)
    app.openapi = lambda: _openapi(app, in_force.advisor)  # type: ignore[method-assign] # the way that FastAPI documents
    return app


def _add_console(
    app: FastAPI,
    settings: Settings,
    desk: Desk,
    answers: FeedbackDesk,
    reports: ReportDesk,
    metrics: Metrics,
    clients: Clients,
) -> None:
    """The pages at `/console`, where they are wanted and the extra `console` is installed."""
    from service.console.door import ConsoleDoor

    door = ConsoleDoor.of(settings)
    app.state.console = door is not None and find_spec("jinja2") is not None
    if door is None:
        return
    if not app.state.console:
        log.info("console_not_installed")
        return
    from service.console.routes import Console, console_routes

    base, development = settings.public_urls[0], settings.development
    app.include_router(console_routes(Console(door, desk, answers, reports, metrics, clients, base, development)))


COLLECT_AFTER = 20_000, 20, 50
"""A call makes thousands of objects that go when it ends: looking for cycles after every 700 would cost it a fifth."""


def app_factory(workers: int = 1) -> FastAPI:
    """The application as the environment describes it, for a server that makes its own (`uvicorn --factory`).

    A server with several workers starts this in processes of its own: those count as workers too.
    """
    gc.disable()  # until all is there: what is made here stays, and would be looked at again and again
    settings = load_settings()
    configure_logs(settings)
    workers = max(workers, 2 if multiprocessing.parent_process() else 1)
    app = create_app(settings.model_copy(update={"instances": max(settings.instances, workers)}))
    collect_seldom()
    return app


def collect_seldom() -> None:
    """From here on the collector works again, on what calls leave behind: all that was made until now stays."""
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    gc.enable()


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


def _site_files(settings: Settings) -> tuple[SiteFile, ...]:
    """The codes first: a policy is checked against the rules, never against codes."""
    codes = (CodesFile(settings.local_codes_file),) if settings.local_codes_file else ()
    return (*codes, PolicyOfSite(settings.policy_file)) if settings.policy_file else codes


def site_advisor(
    settings: Settings, files: Sequence[SiteFile] | None = None, advisor: Advisor | None = None
) -> Advisor:
    """The advisor that is given, or a new one, with the site's own codes and policy. Raises SetupError."""
    from cds_hooks.advisor import build_advisor
    from mappings.errors import MappingError
    from mappings.load import load

    try:
        advisor = advisor or build_advisor(load(without=settings.code_sets_off))
    except MappingError as error:
        raise SetupError(f"a mapping file cannot be used: {error}") from None
    try:
        for file in _site_files(settings) if files is None else files:
            advisor = file.applied(advisor)
    except SiteFileError as error:
        raise SetupError(str(error)) from None
    return advisor


def _used_tokens(settings: Settings) -> UsedTokens:
    """The memory of used tokens. Several processes of a production site must share one."""
    if settings.instances > 1 and settings.redis_url is None and not settings.development:
        raise SetupError(
            f"{settings.instances} processes need MARROW_REDIS_URL: each would take a token that another has seen"
        )
    return open_used_tokens(settings.redis_url.get_secret_value() if settings.redis_url else None)


def _trust(settings: Settings) -> SSLContext | bool:
    try:
        return trusted(settings.ca_bundle)
    except OSError:
        raise SetupError("MARROW_CA_BUNDLE: not a readable file of PEM certificates") from None


def _outgoing(settings: Settings, clients: Clients, trust: SSLContext | bool) -> Outgoing:
    return open_outgoing(
        clients.networks(),
        LOOPBACK_NETWORKS if settings.development else (),
        proxy=Proxy(settings.proxy_url, settings.proxy_except),
        trust=trust,
        per_host=settings.ehr_connections,
    )


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

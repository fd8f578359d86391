"""POST /cds-services/{id}: one call, from the token to the cards (CDS Hooks 2.0, "Calling a CDS Service").

    who asks -> whether there is room -> body -> request -> what is missing, from the EHR -> answer -> record -> reply

The caller is known before a byte of the body is read. Everything between reading and replying is the core's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import structlog
from fastapi import APIRouter, Request
from starlette.responses import Response

from cds_hooks.wire.request import schema
from service.clients import Client
from service.errors import JSON_UTF8, NO_STORE
from service.fhir.rounds import Ehr
from service.observability.metrics import CLIENT
from service.observability.redaction import described
from service.observability.traces import Trace, no_trace
from service.persistence.decisions import CallRecord, DecisionStore
from service.routes.body import BodyLimits, read_body
from service.security.client_jwt import Gate
from service.security.throttle import Throttle
from service.site_files import AdvisorHolder
from service.version import program_version

if TYPE_CHECKING:
    from cds_hooks.advisor import Advisor
    from cds_hooks.decision import Decision

log = structlog.get_logger()
PATH = "/cds-services/"
ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"description": text}
    for status, text in {
        400: "Not the request that CDS Hooks defines for this hook",
        401: "No valid client token",
        404: "No service with this id",
        408: "The body did not arrive in time",
        412: "Nothing that the service needs could be had",
        413: "Longer than the limit, or too many resources",
        415: "Not JSON by its Content-Type",
        429: "This client calls too often; Retry-After says when to call again",
        503: "Too many calls of this client at once; Retry-After says when to call again",
    }.items()
}


@dataclass(frozen=True, slots=True)
class Desk:
    """All that answering takes."""

    in_force: AdvisorHolder
    gate: Gate
    ehr: Callable[[], Ehr]  # its session opens when the service starts, after the routes are made
    store: DecisionStore
    clock: Callable[[], datetime]
    limits: BodyLimits
    throttle: Throttle
    record_values: bool = False  # whether the record may hold values of the chart
    decided: Callable[[Decision], None] = lambda _decision: None
    trace: Trace = no_trace

    async def answer(self, request: Request) -> Response:
        """Answer one call. What it raises becomes an OperationOutcome in `service.errors`."""
        watch = Stopwatch()
        path: str = request.scope["path"]
        client = await self.gate.admit(request.headers.getlist("authorization"), path)
        request.state.client = client
        request.scope[CLIENT] = client.name
        with self.throttle.turn(client.name):
            return await self._answer(request, path.removeprefix(PATH), client, watch)

    async def _answer(self, request: Request, service: str, client: Client, watch: Stopwatch) -> Response:
        body = await read_body(request, self.limits)
        watch.lap("body")
        consultation = self.in_force.advisor.consult(service, body, self.clock(), client.presentation)
        watch.lap("read")
        have = await self.ehr().fetch_missing(consultation, client)
        watch.lap("gather")
        answer = consultation.answer(have)
        watch.lap("answer")
        self.store.record(
            CallRecord(
                decision_id=uuid4().hex,
                service=service,
                client=client.name,
                tenant=client.tenant,
                decision=answer.decision,
                program_version=program_version(),
                timings=watch.laps,
                response=answer.body if self.record_values else b"",
            )
        )
        self.decided(answer.decision)
        self.trace(service, client.name, len(answer.decision.cards), watch.laps)
        tell(service, client, answer.decision, watch)
        return Response(answer.body, headers={"Content-Type": JSON_UTF8, **NO_STORE})


class Stopwatch:
    """Milliseconds that the stages of one call took, by name."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._since = perf_counter()

    def lap(self, stage: str) -> None:
        """The stage ends now, and the next one begins."""
        now = perf_counter()
        self.laps[stage] = round((now - self._since) * 1000, 2)
        self._since = now

    @property
    def total(self) -> float:
        return round(sum(self.laps.values()), 1)


def call_routes(desk: Desk) -> APIRouter:
    """One documented route per service, and one for ids that no service has."""
    router = APIRouter()
    for service in desk.in_force.advisor.services:
        router.add_api_route(
            PATH + service.id,
            desk.answer,
            methods=["POST"],
            response_class=Response,
            responses=ERRORS,
            summary=service.title,
            description=service.description,
            operation_id=service.id,
            openapi_extra=_request_body(schema(service.context)[0]),
        )
    router.add_api_route(PATH + "{service_id}", desk.answer, methods=["POST"], include_in_schema=False)
    return router


def call_schemas(advisor: Advisor) -> dict[str, Any]:
    """The component schemas that the documented request bodies refer to."""
    return {name: found for service in advisor.services for name, found in schema(service.context)[1].items()}


def _request_body(root: dict[str, Any]) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": root}}}}


def tell(service: str, client: Client, decision: Decision, watch: Stopwatch) -> None:
    """Log what one call came to."""
    for failure in decision.failures:
        log.error("rule_failed", rule=failure.rule, version=failure.version, **described(failure.error))
    log.info(
        "call_answered",
        service=service,
        client=client.name,
        status=200,
        milliseconds=watch.total,
        cards=len(decision.cards),
        rules=[card.topic for card in decision.cards],
        queries=len(decision.queries),
    )

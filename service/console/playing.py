"""One call, played as an EHR plays it and answered as a client's call is answered, with all that can be told of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from cds_hooks.wire.delivery import Delivery
from cds_hooks.wire.problem import ProblemError
from service.clients import Client
from service.console.form import Prepared
from service.console.verdicts import Line, verdicts
from service.errors import PROBLEM_STATUS
from service.fhir.rounds import ROUNDS
from service.persistence.decisions import CallRecord
from service.routes.invoke import PATH, Desk, Stopwatch, tell
from service.version import program_version

if TYPE_CHECKING:
    from cds_hooks.advisor import Consultation

CLIENT = "console"


@dataclass(frozen=True, slots=True)
class QueryTold:
    """One query: its key, the state that its data came in, and why it failed."""

    key: str
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class Played:
    """What was sent, what came back, and how it came about. `problem` is what a refused call is told."""

    prepared: Prepared
    url: str
    status: int
    response: Mapping[str, Any]
    timings: Mapping[str, float]
    lines: tuple[Line, ...] = ()
    queries: tuple[QueryTold, ...] = ()
    problem: str = ""

    @property
    def cards(self) -> list[dict[str, Any]]:
        return list(self.response.get("cards") or [])

    @property
    def total(self) -> float:
        return round(sum(self.timings.values()), 2)

    @property
    def curl(self) -> str:
        """A command that sends the same request. The JSON is one line, so that nothing in it can end the text."""
        return (
            f"curl -sS '{self.url}' -H 'Content-Type: application/json' --data-binary @- <<'END-OF-REQUEST'\n"
            f"{json.dumps(self.prepared.shown)}\nEND-OF-REQUEST"
        )


async def play(prepared: Prepared, desk: Desk, client: Client, base: str) -> Played:
    """Answer the call. A request that the core refuses is told as a client is told it."""
    watch, url = Stopwatch(), f"{base}{PATH}{prepared.service}"
    advisor = desk.in_force.advisor
    try:
        consultation = advisor.consult(prepared.service, prepared.body, desk.clock(), client.presentation)
        watch.lap("read")
        have = await _gather(consultation, prepared, desk, client)
        watch.lap("gather")
        answer = consultation.answer(have)
        watch.lap("answer")
    except ProblemError as problem:
        status = next(status for kind, status in PROBLEM_STATUS if isinstance(problem, kind))
        issue = {"severity": "error", "code": problem.code, "details": {"text": problem.text}}
        outcome = {"resourceType": "OperationOutcome", "issue": [issue]}
        return Played(prepared, url, int(status), outcome, watch.laps, problem=problem.text)
    desk.store.record(
        CallRecord(
            decision_id=uuid4().hex,
            service=prepared.service,
            client=client.name,
            tenant=None,
            decision=answer.decision,
            program_version=program_version(),
            timings=watch.laps,
            response=answer.body if desk.record_values else b"",
        )
    )
    tell(prepared.service, client, answer.decision, watch)
    response = json.loads(answer.body)
    lines = verdicts(advisor, consultation, answer.decision, response["cards"])
    reasons = {key: delivery.reason for key, delivery in have.items()}
    queries = tuple(QueryTold(key, state, reasons.get(key, "")) for key, state in answer.decision.queries.items())
    return Played(prepared, url, 200, response, watch.laps, lines, queries)


async def _gather(consultation: Consultation, prepared: Prepared, desk: Desk, client: Client) -> Mapping[str, Delivery]:
    if prepared.chart is None:
        return await desk.ehr().fetch_missing(consultation, client)
    have: dict[str, Delivery] = {}
    for _ in range(ROUNDS):
        queries = consultation.needs(have)
        if not queries:
            break
        have.update(prepared.chart.deliver(queries))
    return have

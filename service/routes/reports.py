"""GET /reports/summary and GET /reports/measure-report, for those who run Marrow."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated, Literal

import structlog
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from service.errors import FHIR_JSON, JSON_UTF8, NO_STORE, CallError
from service.observability.redaction import described
from service.persistence.database import Database
from service.reports.forms import as_csv, as_json, as_measure_report
from service.reports.questions import Question, Report, ask, parse_dimensions
from service.routes.operator import OperatorDoor

log = structlog.get_logger()
SUMMARIES: Mapping[str, tuple[Callable[[Report], bytes], str]] = {
    "json": (as_json, JSON_UTF8),
    "csv": (lambda report: as_csv(report).encode(), "text/csv; charset=utf-8"),
}
Day = Annotated[date | None, Query(description="first or last day, as 2026-01-31")]


class ReportNotHadError(CallError):
    """The database did not answer."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    code = "transient"
    text = "The database does not answer. Try again later."
    headers: Mapping[str, str] = {"Retry-After": "30"}


class ReportParameterError(CallError):
    """A parameter that does not fit."""

    status = HTTPStatus.BAD_REQUEST
    text = "`by` takes some of rule, version, client and week, comma-separated."


@dataclass(frozen=True, slots=True)
class ReportDesk:
    """All that reporting takes. `one_at_a_time`: a report takes a processor for seconds."""

    door: OperatorDoor
    database: Database
    clock: Callable[[], datetime]
    one_at_a_time: asyncio.Lock

    async def made(self, question: Question, form: Callable[[Report], bytes]) -> bytes:
        """The report in this form. Raises ReportNotHadError."""
        if not await self.database.ping():
            raise ReportNotHadError("no_answer")
        try:
            async with self.one_at_a_time:
                # In a thread with a loop of its own, so that cards are answered meanwhile.
                return await asyncio.to_thread(lambda: asyncio.run(self._make(question, form)))
        except Exception as error:  # noqa: BLE001 -- drivers raise errors of their own
            log.warning("report_not_had", **described(error))
            raise ReportNotHadError("database") from None

    async def _make(self, question: Question, form: Callable[[Report], bytes]) -> bytes:
        database = self.database.apart()
        try:
            return form(await ask(database, question))
        finally:
            await database.close()


def report_routes(desk: ReportDesk) -> APIRouter:
    """The two reports."""
    router = APIRouter(prefix="/reports")

    @router.get("/summary", response_class=Response, operation_id="summary")
    async def summary(
        request: Request,
        since: Day = None,
        until: Day = None,
        by: str = "rule,version",
        form: Annotated[Literal["json", "csv"], Query(alias="format")] = "json",
        flag_above: Annotated[float, Query(ge=0, le=1)] = 0.8,
    ) -> Response:
        """Cards, answers, overrides, missing data and failures, counted."""
        desk.door.admit(request)
        make, media_type = SUMMARIES[form]
        body = await desk.made(_question(since, until, by, flag_above), make)
        return Response(body, headers={"Content-Type": media_type, **NO_STORE})

    @router.get("/measure-report", response_class=Response, operation_id="measure-report")
    async def measure_report(
        request: Request, since: Day = None, until: Day = None, by: str = "rule,version"
    ) -> Response:
        """The same as a FHIR R4 MeasureReport."""
        desk.door.admit(request)
        now = desk.clock()
        body = await desk.made(_question(since, until, by, 0.8), lambda report: as_measure_report(report, now))
        return Response(body, headers={"Content-Type": f"{FHIR_JSON}; charset=utf-8", **NO_STORE})

    return router


def _question(since: date | None, until: date | None, by: str, flag_above: float) -> Question:
    try:
        return Question(since, until, parse_dimensions(by), flag_above)
    except ValueError:
        raise ReportParameterError("by") from None

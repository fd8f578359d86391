"""The pages of the console and what their forms send."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from http import HTTPStatus
from itertools import groupby
from typing import Any

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from cds_hooks.wire.delivery import State
from cds_hooks.wire.feedback import Feedback
from service.clients import Client, Clients
from service.console import rule_book
from service.console.answers import charts
from service.console.answers import drawn as chart_drawn
from service.console.course import course_of, drawn
from service.console.door import ConsoleDoor
from service.console.form import BASKETS, DISPATCH, SOURCES, Form, FormError, prepare, read_answer, read_form, templates
from service.console.pages import page, static
from service.console.playing import CLIENT, play
from service.observability.metrics import Metrics
from service.reports.forms import as_json
from service.reports.questions import Question
from service.routes.feedback import FeedbackDesk
from service.routes.invoke import Desk
from service.routes.reports import ReportDesk, ReportNotHadError
from service.sample_ehr import draft_names, stories

PREFIX = "/console"
DAYS = 28


@dataclass(frozen=True)
class Console:
    """All that the pages take. `base` is the address under which clients call."""

    door: ConsoleDoor
    desk: Desk
    answers: FeedbackDesk
    reports: ReportDesk
    metrics: Metrics
    clients: Clients
    base: str
    development: bool

    @cached_property
    def client(self) -> Client:
        """The console calls as a client of its own, which may read every FHIR server that some client may read."""
        listed = [base for client in self.clients.signed.values() for base in client.fhir_servers]
        listed += self.clients.unsigned.fhir_servers if self.clients.unsigned else ()
        return Client(CLIENT, fhir_servers=tuple(dict.fromkeys(listed)), loopback=self.development)

    def admit(self, request: Request) -> None:
        self.door.admit(request)
        request.state.client = self.client

    # -- try it

    async def try_it(self, request: Request) -> Response:
        """The form, for a sample patient."""
        self.admit(request)
        return self._form_page(request, Form.of_story(request.query_params.get("patient", "")))

    async def change(self, request: Request) -> Response:
        """The form anew, for another patient or hook."""
        self.admit(request)
        form, pairs = await self._read(request)
        if ("change", "patient") in pairs:
            form = replace(Form.of_story(form.patient), pasted=form.pasted)
        return self._form_page(request, form)

    async def send(self, request: Request) -> Response:
        """The call, and what came of it."""
        self.admit(request)
        form, _ = await self._read(request)
        advisor, values = self.desk.in_force.advisor, self._fields(form)
        try:
            prepared = prepare(form, advisor, self.desk.clock().date())
        except FormError as error:
            return page(request, "try", part="result", status=422, played=None, error=str(error), **values)
        with self.desk.throttle.turn(CLIENT):
            played = await play(prepared, self.desk, self.client, self.base)
        return page(request, "try", part="result", played=played, error="", **values)

    async def _read(self, request: Request) -> tuple[Form, list[tuple[str, str]]]:
        try:
            pairs = await read_form(request, self.desk.limits)
        except FormError:
            raise HTTPException(HTTPStatus.BAD_REQUEST) from None
        return Form.read(pairs), pairs

    def _form_page(self, request: Request, form: Form) -> Response:
        return page(request, "try", part="fields", played=None, error="", **self._fields(form))

    def _fields(self, form: Form) -> Mapping[str, Any]:
        advisor = self.desk.in_force.advisor
        asked = templates(advisor, form.hook)
        return {
            "form": form,
            "sources": SOURCES,
            "pathways": [(name, list(group)) for name, group in groupby(stories(), key=lambda story: story.pathway)],
            "hooks": [str(service.hook) for service in advisor.services],
            "draft_names": draft_names(),
            "has_drafts": form.hook in BASKETS or form.hook == DISPATCH,
            "keys": [(key, advisor.sources[key].title) for key in asked],
            "states": list(State),
            "servers": [base.url for base in self.client.fhir_servers],
            "loopback": self.client.loopback,
        }

    # -- patient course

    async def course(self, request: Request) -> Response:
        """The course of a sample patient."""
        self.admit(request)
        return await self._course_page(request, Form.of_story(request.query_params.get("patient", "sample-early")))

    async def pasted_course(self, request: Request) -> Response:
        """The course of a patient whose chart was pasted: in the body, since an address must not hold a patient."""
        self.admit(request)
        form, _ = await self._read(request)
        return await self._course_page(request, form)

    async def _course_page(self, request: Request, form: Form) -> Response:
        advisor, now = self.desk.in_force.advisor, self.desk.clock()
        values: dict[str, Any] = {"form": form, "pathways": self._fields(form)["pathways"]}
        try:
            found = course_of(replace(form, hook="patient-view", drafts=(), own_draft=""), advisor, now)
        except FormError as error:
            return page(request, "course", part="result", status=422, course=None, image="", error=str(error), **values)
        image = await asyncio.to_thread(drawn, found)
        return page(request, "course", part="result", course=found, image=image, error="", **values)

    # -- rule book

    async def rules(self, request: Request) -> Response:
        """The list of rules, filtered."""
        self.admit(request)
        asked = request.query_params
        wanted = rule_book.Filter(
            *(asked.get(name, "")[:200] for name in ("text", "pathway", "drug", "hook", "indicator"))
        )
        found = await asyncio.to_thread(rule_book.entries, self.desk.in_force.advisor)
        matching = rule_book.matching(found, wanted)
        return page(
            request,
            "rules",
            part="list",
            wanted=wanted,
            choices=rule_book.choices(found),
            found=matching,
            all=len(found),
        )

    async def rule(self, request: Request) -> Response:
        """All about one rule."""
        self.admit(request)
        advisor, rule_id = self.desk.in_force.advisor, request.path_params["rule_id"]
        found = await asyncio.to_thread(rule_book.entries, advisor)
        each = next((entry for entry in found if entry.described.rule.id == rule_id), None)
        if each is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        codes = await asyncio.to_thread(rule_book.code_sets, each.described, advisor)
        limits = rule_book.limits(each.described, advisor)
        return page(request, "rule", each=each, limits=limits, cases=rule_book.cases(rule_id), codes=codes)

    # -- what became of it

    async def feedback(self, request: Request) -> Response:
        """One answer to one card, kept as the feedback of any client is kept."""
        self.admit(request)
        _, pairs = await self._read(request)
        try:
            item, service = read_answer(pairs, self.desk.clock(), self.desk.in_force.advisor)
        except FormError as error:
            return page(request, "feedback", part="told", status=422, told=str(error))
        await self.answers.store.keep([item], service, CLIENT, None)
        self.answers.heard(service, CLIENT, Feedback((item,), ()))
        return page(request, "feedback", part="told", told=f"Kept: {item.outcome}.")

    async def outcomes(self, request: Request) -> Response:
        """Charts of cards, answers, missing data and time."""
        self.admit(request)
        asked = request.query_params
        days = int(asked.get("days", "")) if asked.get("days", "") in ("7", "28", "90", "365") else DAYS
        rules = self.desk.in_force.advisor.rule_ids
        values: dict[str, Any] = {
            "days": days,
            "rules": rules,
            "rule": asked.get("rule") if asked.get("rule") in rules else "",
        }
        question = Question(since=self.desk.clock().date() - timedelta(days=days), by=("rule", "week"))
        try:
            report = json.loads(await self.reports.made(question, as_json))
        except ReportNotHadError as error:
            return page(request, "answers", status=503, error=error.text, charts=(), calls=0, **values)
        found = charts(report, self.metrics.page(), str(values["rule"]))
        images = await asyncio.to_thread(lambda: [chart_drawn(chart) for chart in found])
        return page(
            request, "answers", error="", charts=list(zip(found, images, strict=True)), calls=report["calls"], **values
        )

    async def file(self, request: Request) -> Response:
        """A script or style of the console: the same for everyone, so it is open."""
        found = static(request.path_params["name"])
        if found is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return found


def console_routes(console: Console) -> APIRouter:
    """Every page; none of them is part of the documented interface."""
    router = APIRouter(prefix=PREFIX, include_in_schema=False)
    for path, method, answer in (
        ("", "GET", console.try_it),
        ("/form", "POST", console.change),
        ("/try", "POST", console.send),
        ("/course", "GET", console.course),
        ("/course", "POST", console.pasted_course),
        ("/rules", "GET", console.rules),
        ("/rules/{rule_id}", "GET", console.rule),
        ("/feedback", "POST", console.feedback),
        ("/answers", "GET", console.outcomes),
        ("/static/{name}", "GET", console.file),
    ):
        router.add_api_route(path, answer, methods=[method], response_class=Response)
    return router

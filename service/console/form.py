"""What a tester has chosen: the fields of the form on the page "Try it", and the request that they make."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal, get_args
from urllib.parse import parse_qsl
from uuid import uuid4

from starlette.requests import Request

from cds_hooks.wire.delivery import State
from cds_hooks.wire.feedback import FeedbackItem, read_feedback
from cds_hooks.wire.problem import RequestError
from service.console.held import HeldChart, Json, patient_of, resources_in
from service.errors import BodyTooLargeError, BodyTooSlowError
from service.routes.body import BodyLimits
from service.sample_ehr import draft, draft_names, stories

if TYPE_CHECKING:
    from cds_hooks.advisor import Advisor

Source = Literal["sample", "paste", "server"]
SOURCES: tuple[Source, ...] = get_args(Source)
SAMPLE_SERVER = "http://127.0.0.1:8080/fhir"  # where `marrow sample-ehr` listens
BASKETS: Mapping[str, str] = {
    "order-select": "draftOrders",
    "order-sign": "draftOrders",
    "medication-refill": "medications",
    "problem-list-item-create": "conditions",
}
"""Where the context of a hook holds a Bundle."""
ENCOUNTERS = ("encounter-start", "encounter-discharge")
DISPATCH = "order-dispatch"
MOST_FIELDS = 200
BROKEN: Json = {
    "resourceType": "OperationOutcome",
    "issue": [{"severity": "error", "code": "processing", "diagnostics": "The query failed, as was asked for."}],
}


class FormError(Exception):
    """What cannot be sent, in words that say what to do."""


@dataclass(frozen=True, slots=True)
class Form:
    """The fields as chosen. `states` says per prefetch key what the EHR is to send; data unless named.

    `ask` says whether keys that are not sent may be read (from the sample server, or from what was pasted).
    """

    source: Source = "sample"
    patient: str = "sample-apixaban"
    pasted: str = ""
    server: str = ""
    server_patient: str = ""
    token: str = field(default="", repr=False)
    hook: str = "order-sign"
    drafts: tuple[str, ...] = ("iloprost-iv",)
    own_draft: str = ""
    states: Mapping[str, State] = field(default_factory=dict)
    ask: bool = True

    @classmethod
    def of_story(cls, patient: str) -> Form:
        """The form as a sample patient is worth playing; the first one for an id that no story has."""
        story = next((each for each in stories() if each.id == patient), stories()[0])
        return cls(patient=story.id, hook=story.hook, drafts=story.drafts)

    @classmethod
    def read(cls, pairs: Sequence[tuple[str, str]]) -> Form:
        """The form as it was sent. What does not fit counts as not chosen."""
        one = dict(pairs)
        states = {
            name.removeprefix("state."): State(value)
            for name, value in pairs
            if name.startswith("state.") and value in set(State)
        }
        source = one.get("source", "sample")
        known = {story.id for story in stories()}
        return cls(
            source=source if source in SOURCES else "sample",
            patient=one["patient"] if one.get("patient") in known else stories()[0].id,
            pasted=one.get("pasted", ""),
            server=one.get("server", "").strip().rstrip("/"),
            server_patient=one.get("server_patient", "").strip(),
            token=one.get("token", "").strip(),
            hook=one.get("hook", ""),
            drafts=tuple(value for name, value in pairs if name == "draft" and value in draft_names()),
            own_draft=one.get("own_draft", ""),
            states=states,
            ask=one.get("ask", "yes") == "yes",
        )

    def state(self, key: str) -> State:
        return self.states.get(key, State.DATA)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request that is ready to be sent. `chart` answers for keys that are not sent; None asks `fhirServer`."""

    service: str
    request: Json
    chart: HeldChart | None

    @property
    def body(self) -> bytes:
        return json.dumps(self.request).encode()

    @property
    def shown(self) -> Json:
        """The request without the access token."""
        if "fhirAuthorization" not in self.request:
            return self.request
        return {**self.request, "fhirAuthorization": {**self.request["fhirAuthorization"], "access_token": "(hidden)"}}


async def read_form(request: Request, limits: BodyLimits) -> list[tuple[str, str]]:
    """The fields of a form that a browser sent. Raises BodyTooLargeError, BodyTooSlowError and FormError."""
    body = b""
    try:
        async with asyncio.timeout(limits.seconds):
            async for chunk in request.stream():
                body += chunk
                if len(body) > limits.bytes:
                    raise BodyTooLargeError("console")
    except TimeoutError:
        raise BodyTooSlowError("console") from None
    try:
        return parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise FormError("The form cannot be read. Load the page anew and send it again.") from None


def read_answer(pairs: Sequence[tuple[str, str]], now: datetime, advisor: Advisor) -> tuple[FeedbackItem, str]:
    """An answer to a card and the service that the card came from. Raises FormError."""
    one = dict(pairs)
    service = one.get("service", "")
    if service not in {each.id for each in advisor.services}:
        raise FormError("The answer names no service.")
    item: Json = {"card": one.get("card"), "outcome": one.get("outcome"), "outcomeTimestamp": now.isoformat()}
    if item["outcome"] == "accepted" and one.get("suggestion"):
        item["acceptedSuggestions"] = [{"id": one["suggestion"]}]
    if item["outcome"] == "overridden":
        item["overrideReason"] = {"reason": {"code": one.get("reason", ""), "system": one.get("system", "")}}
    try:
        return read_feedback(json.dumps(item).encode()).items[0], service
    except RequestError:
        raise FormError("The answer cannot be read. Send the call again and answer its card.") from None


def templates(advisor: Advisor, hook: str) -> Mapping[str, str]:
    """The prefetch that the service of this hook asks for; empty for a hook without a service."""
    services = advisor.discovery()["services"]
    return next((service.get("prefetch") or {} for service in services if service["hook"] == hook), {})


def prepare(form: Form, advisor: Advisor, today: date) -> Prepared:
    """The request that the form describes. Raises FormError."""
    service = next((each.id for each in advisor.services if each.hook == form.hook), None)
    if service is None:
        raise FormError("Choose a hook that this service answers.")
    pasted = _json(form.pasted, "What you pasted") if form.source == "paste" else None
    if isinstance(pasted, dict) and "hook" in pasted and "context" in pasted:
        return _as_pasted(pasted, advisor)
    patient, resources = _chart(form, pasted, today)
    drafts = _drafts(form, patient, today)
    chart = HeldChart([*resources, *drafts]) if form.source != "server" and form.ask else None
    request: Json = {
        "hook": form.hook,
        "hookInstance": str(uuid4()),
        "context": _context(form.hook, patient, drafts),
        "prefetch": _prefetch(form, HeldChart(resources), advisor, patient),
    }
    if form.source == "server":
        request["fhirServer"] = form.server
    elif form.source == "sample" and form.ask:
        request["fhirServer"] = SAMPLE_SERVER
    if form.source == "server" and form.token:
        authorization = {"access_token": form.token, "token_type": "Bearer", "expires_in": 300}
        request["fhirAuthorization"] = {**authorization, "scope": "patient/*.read", "subject": "marrow-console"}
    return Prepared(service, request, chart)


def _as_pasted(request: Json, advisor: Advisor) -> Prepared:
    """A whole CDS Hooks request is sent as it is; nothing is read for it."""
    service = next((each.id for each in advisor.services if each.hook == request["hook"]), None)
    if service is None:
        raise FormError("No service answers the hook of the request that you pasted.")
    return Prepared(service, {key: value for key, value in request.items() if key != "fhirAuthorization"}, None)


def _chart(form: Form, pasted: object, today: date) -> tuple[str, Sequence[Json]]:
    if form.source == "sample":
        story = next(each for each in stories() if each.id == form.patient)
        return story.id, story.resources(today)
    if form.source == "server":
        if not form.server or not form.server_patient:
            raise FormError("Give the address of a FHIR server and the id of a patient there.")
        return form.server_patient, ()
    try:
        resources = resources_in(pasted)
    except ValueError:
        raise FormError("Paste a FHIR Bundle, a resource, a list of resources or a CDS Hooks request.") from None
    return patient_of(resources), resources


def _drafts(form: Form, patient: str, today: date) -> list[Json]:
    drafts = [draft(name, patient, today) for name in form.drafts]
    if form.own_draft.strip():
        try:
            drafts += resources_in(_json(form.own_draft, "Your draft"))
        except ValueError:
            raise FormError("Your draft is no FHIR resource.") from None
    needed = form.hook in BASKETS or form.hook == DISPATCH
    if needed and not drafts:
        raise FormError(f"Choose at least one draft: {form.hook} is about orders or problems that are being written.")
    return drafts if needed else []


def _context(hook: str, patient: str, drafts: Sequence[Json]) -> Json:
    references = [f"{order.get('resourceType')}/{order.get('id')}" for order in drafts]
    if hook == DISPATCH:
        return {"patientId": patient, "performer": "Organization/console", "dispatchedOrders": references}
    context: Json = {"userId": "Practitioner/console", "patientId": patient}
    if hook in BASKETS:
        entries = [{"resource": order} for order in drafts]
        context[BASKETS[hook]] = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    if hook == "order-select":
        context["selections"] = references
    if hook in ENCOUNTERS:
        context["encounterId"] = "console"
    return context


def _prefetch(form: Form, chart: HeldChart, advisor: Advisor, patient: str) -> Json:
    sent: Json = {}
    for key in templates(advisor, form.hook):
        match form.state(key):
            case State.EMPTY:
                sent[key] = None
            case State.FAILED:
                sent[key] = BROKEN
            case State.DATA if form.source != "server":
                sent[key] = chart.read(advisor.sources[key].path(patient))
            case _:
                pass  # absent; and what a server holds is read by Marrow itself
    return sent


def _json(text: str, what: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise FormError(f"{what} is not JSON.") from None

"""Calls of the advisor as the shell makes them, with the knowledge that ships."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from cds_hooks.advisor import Advisor, Answer, build_advisor
from cds_hooks.wire.delivery import Delivery
from mappings.load import load
from tests.builders.fhir import PATIENT_ID, Json, a_bundle, codes_of, fhir_patient, reference_to
from tests.builders.moment import AS_OF

NOTHING_FETCHED: Mapping[str, Delivery] = {}
BASKETS = {
    "order-select": "draftOrders",
    "order-sign": "draftOrders",
    "medication-refill": "medications",
    "problem-list-item-create": "conditions",
}
"""Where the context of a hook holds a Bundle."""


@cache
def the_advisor() -> Advisor:
    """Built once: the advisor is frozen."""
    return build_advisor(load())


def service_of(hook: str) -> str:
    return f"bme-{hook}"


def a_request(
    hook: str = "order-sign",
    drafts: Sequence[Any] = (),
    prefetch: Mapping[str, Any] | None = None,
    *,
    selections: Sequence[str] | None = None,
    **overrides: Any,
) -> bytes:
    """The body of a call. At order-select every draft is selected unless `selections` says otherwise."""
    context: Json = {"userId": "Practitioner/doctor-1", "patientId": PATIENT_ID}
    if key := BASKETS.get(hook):
        context[key] = {"resourceType": "Bundle", "entry": [{"resource": draft} for draft in drafts]}
    if hook in ("encounter-start", "encounter-discharge"):
        context["encounterId"] = "encounter-1"
    if hook == "order-dispatch":
        context = {"patientId": PATIENT_ID, "performer": "Organization/o1"}
        context["dispatchedOrders"] = [reference_to(draft) for draft in drafts]
    if hook == "order-select":
        context["selections"] = [reference_to(d) for d in drafts] if selections is None else list(selections)
    body = {
        "hook": hook,
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": context,
        **({} if prefetch is None else {"prefetch": prefetch}),
        **overrides,
    }
    return json.dumps(body).encode()


def full_prefetch(advisor: Advisor, hook: str, resources: Iterable[Json] = ()) -> dict[str, Any]:
    """These resources under the advisor's own prefetch keys, and an empty Bundle where there are none.

    Without a Patient among them the default one is sent. An Observation goes where its code is asked for.
    """
    templates: Mapping[str, str] = next(
        service["prefetch"] for service in advisor.discovery()["services"] if service["id"] == service_of(hook)
    )
    rows: dict[str, list[Json]] = {key: [] for key in templates}
    patient = fhir_patient()
    for resource in resources:
        if resource["resourceType"] == "Patient":
            patient = resource
        for key in rows:
            if advisor.sources[key].row_type == resource["resourceType"] and _asks_for(templates[key], resource):
                rows[key].append(resource)
    return {key: patient if advisor.sources[key].row_type == "Patient" else a_bundle(rows[key]) for key in rows}


def _asks_for(template: str, resource: Json) -> bool:
    return "code=" not in template or any(f"|{code}" in template for code in codes_of(resource))


def answer_of(
    hook: str,
    body: bytes,
    have: Mapping[str, Delivery] = NOTHING_FETCHED,
    *,
    at: datetime = AS_OF,
    advisor: Advisor | None = None,
) -> Answer:
    """The answer when nothing else than `have` can be fetched."""
    consultation = (advisor or the_advisor()).consult(service_of(hook), body, at)
    consultation.needs(have)
    return consultation.answer(have)


def cards_in(answer: Answer) -> list[Any]:
    cards: list[Any] = json.loads(answer.body)["cards"]
    return cards


def topics(cards: Iterable[Any]) -> list[str]:
    """The rules that the cards are about, in their order."""
    return [card["source"]["topic"]["code"] for card in cards]


def topics_for(hook: str, drafts: Sequence[Any], resources: Iterable[Json] = ()) -> list[str]:
    """What a call with these drafts and this complete chart is told."""
    return topics(cards_in(answer_of(hook, a_request(hook, drafts, full_prefetch(the_advisor(), hook, resources)))))

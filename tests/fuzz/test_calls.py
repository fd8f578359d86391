"""Calls with anything anywhere: no error of our own, no silence without a reason, nothing of the patient told."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from service.sample_ehr import draft
from tests.builders.calls import full_prefetch, the_advisor, topics
from tests.builders.fhir import (
    APIXABAN,
    Json,
    an_outcome,
    fhir_condition,
    fhir_medication_request,
    fhir_observation,
    fhir_patient,
)
from tests.fuzz.effort import EFFORT
from tests.fuzz.target import CANARY, Target
from tests.integration.test_shell_support import TODAY
from tests.property.mutations import DELETED, EXTREME, WRONG, changed, positions

PATIENT = f"{CANARY}-patient"
SUBJECT = {"reference": f"Patient/{PATIENT}", "display": CANARY}
CONFLICT = "BME-CI-01"


def a_call() -> Json:
    """An order-sign for iloprost with a patient who takes apixaban, marked everywhere."""
    rows = [
        fhir_patient(id=PATIENT, name=[{"family": CANARY}]),
        fhir_medication_request(APIXABAN, subject=SUBJECT, authoredOn="2026-01-01", note=[{"text": CANARY}]),
        fhir_condition(subject=SUBJECT, recorder={"display": CANARY}),
        fhir_observation(subject=SUBJECT, valueString=CANARY),
    ]
    order = draft("iloprost-iv", PATIENT, TODAY) | {"note": [{"text": CANARY}]}
    return {
        "hook": "order-sign",
        "hookInstance": CANARY,
        "context": {
            "userId": f"Practitioner/{CANARY}",
            "patientId": PATIENT,
            "encounterId": CANARY,
            "draftOrders": {"resourceType": "Bundle", "entry": [{"resource": order}]},
        },
        "prefetch": full_prefetch(the_advisor(), "order-sign", rows),
        "extension": {"org.example": {CANARY: CANARY}},
    }


CALL = a_call()
POSITIONS = tuple(positions(CALL))
BESIDE = tuple(
    path for path in POSITIONS if len(path) > 1 and path[0] == "prefetch" and path[1] not in ("medications", "patient")
)
scalars = st.sampled_from([value for value in (*WRONG, *EXTREME) if value is not DELETED]) | st.text(max_size=8).map(
    lambda text: f"{text}{CANARY}"
)
anything = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(("resourceType", "coding", "id", "entry", "reference", CANARY)), inner)
    ),
    max_leaves=8,
)
value = st.just(DELETED) | anything
SERVICES = [service["id"] for service in the_advisor().discovery()["services"]]


def whole(call: Any) -> bytes:
    return json.dumps(call).encode("utf-8", "surrogatepass")


@EFFORT
@given(st.lists(st.tuples(st.sampled_from(POSITIONS[1:]), value), min_size=1, max_size=4), st.sampled_from(SERVICES))
def test_anything_in_any_position_is_answered_or_refused(
    target: Target, damages: list[tuple[Any, Any]], service: str
) -> None:
    call = {**CALL, "hook": service.removeprefix("bme-")}
    for path, new in damages:
        call = changed(call, path, new)
    target.post(service, whole(call))


@EFFORT
@given(anything, st.sampled_from(SERVICES))
def test_any_json_is_answered_or_refused(target: Target, body: Any, service: str) -> None:
    target.post(service, whole(body))


@EFFORT
@given(st.binary(max_size=200), st.sampled_from(SERVICES))
def test_any_bytes_are_refused(target: Target, body: bytes, service: str) -> None:
    assert target.post(service, body).status_code == 400


@EFFORT
@given(st.integers(0, len(whole(CALL)) - 1), st.binary(max_size=4))
def test_a_call_with_bytes_cut_out_or_put_in(target: Target, place: int, noise: bytes) -> None:
    body = whole(CALL)
    target.post("bme-order-sign", body[:place] + noise + body[place + len(noise) + 1 :])


@EFFORT
@given(st.lists(st.tuples(st.sampled_from(BESIDE), value), min_size=1, max_size=4))
def test_nothing_beside_the_medicines_hides_a_conflict(target: Target, damages: list[tuple[Any, Any]]) -> None:
    """Whatever else is broken in the chart, the draft and the anticoagulant that are readable meet in a card."""
    call = CALL
    for path, new in damages:
        call = changed(call, path, new)
    reply = target.post("bme-order-sign", whole(call))
    assert reply.status_code in {200, 400}
    if reply.status_code == 200:
        assert CONFLICT in topics(reply.json()["cards"])


@EFFORT
@given(st.lists(st.tuples(st.sampled_from(BESIDE), value), min_size=1, max_size=4), st.booleans())
def test_an_empty_answer_has_its_reason(
    target: Target, damages: list[tuple[Any, Any]], without_medicines: bool
) -> None:
    """A list of medicines that failed or is not there is never told as silence."""
    call = {**CALL, "prefetch": {**CALL["prefetch"], "medications": an_outcome()}}
    if without_medicines:
        call = changed(call, ("prefetch", "medications"), DELETED)
    for path, new in damages:
        call = changed(call, path, new)
    reply = target.post("bme-order-sign", whole(call))
    assert reply.status_code == 400 or reply.json()["cards"]


header_text = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60).map(str.strip)


@EFFORT
@given(st.dictionaries(st.sampled_from(("Accept", "Authorization", "Origin", "X-Request-Id")), header_text))
def test_any_header_is_answered_or_refused(target: Target, headers: dict[str, str]) -> None:
    target.post("bme-order-sign", whole(CALL), **headers)


servers = st.text(max_size=30) | st.sampled_from(
    ("http://", "https://", "//", "http://127.0.0.1:9", "file:///")
).flatmap(lambda start: st.text(max_size=20).map(lambda rest: f"{start}{CANARY}{rest}"))


@EFFORT
@given(servers, anything)
def test_any_fhir_server_and_token_are_answered_or_refused(target: Target, server: str, token: Any) -> None:
    """Nothing listens at any of them; what could not be read is said."""
    authorization = {"access_token": token} if isinstance(token, str) else token
    call = {**CALL, "fhirServer": server, "fhirAuthorization": authorization, "prefetch": {}}
    reply = target.post("bme-order-sign", whole(call))
    assert reply.status_code == 400 or reply.json()["cards"]

"""The checklist where the wire meets the advisor: envelope, contexts, prefetch, cards (`items.py`)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from cds_hooks.wire.card import Action, Presentation, Suggestion
from cds_hooks.wire.delivery import Delivery, State
from cds_hooks.wire.problem import RequestError
from tests.builders.calls import a_request, answer_of, cards_in, full_prefetch, service_of, the_advisor, topics
from tests.builders.fhir import (
    APIXABAN,
    NEGATIVE,
    PREGNANCY_TEST,
    Json,
    a_bundle,
    an_outcome,
    fhir_condition,
    fhir_draft,
    fhir_medication_request,
    fhir_observation,
    fhir_patient,
    named,
)
from tests.builders.moment import AS_OF, day
from tests.contract.schemas import REQUEST, faults

HOOKS = [service["hook"] for service in the_advisor().discovery()["services"]]
CONFLICT, NOT_DONE = "BME-CI-01", "BME-SYS-01"
APIXABAN_ORDER = fhir_medication_request(APIXABAN)


def prefetch(*rows: Json, hook: str = "order-sign", **changed: Any) -> dict[str, Any]:
    """A full prefetch with these rows; a key that is changed to GONE is left out."""
    whole = {**full_prefetch(the_advisor(), hook, rows), **changed}
    return {key: value for key, value in whole.items() if value is not GONE}


GONE = object()


def said(sent: Mapping[str, Any] | None, hook: str = "order-sign", **changed: Any) -> list[str]:
    """The topics of the cards for a draft of iloprost and this prefetch."""
    body = a_request(hook, [fhir_draft()], sent, **changed)
    return topics(cards_in(answer_of(hook, body)))


# -- envelope


@pytest.mark.conforms("A6")
def test_the_answer_is_plain_json() -> None:
    answer = answer_of("order-sign", a_request("order-sign", [fhir_draft()], prefetch(APIXABAN_ORDER)))
    assert json.loads(answer.body, parse_constant=pytest.fail)["cards"]


@pytest.mark.conforms("C5", "C7", "E11")
def test_prefetch_and_token_may_be_left_out() -> None:
    """What cannot be had is said, and the call is answered."""
    assert NOT_DONE in said(None)
    assert CONFLICT in said({"medications": a_bundle([APIXABAN_ORDER])})


@pytest.mark.conforms("C8", "C9", "E19")
def test_what_nobody_knows_is_ignored() -> None:
    known = said(prefetch(APIXABAN_ORDER))
    sent = {**prefetch(APIXABAN_ORDER), "somethingElse": {"resourceType": "Basic"}, "list": [1], "text": "x"}
    extension = {"com.epic.cdshooks.request.bpa-trigger-action": "23", "org.example": {"a": [None]}}
    assert said(sent, extension=extension, priority="high") == known
    body = json.loads(a_request("order-sign", [fhir_draft()], prefetch(APIXABAN_ORDER)))
    body["context"] |= {"extension": extension, "taskId": 7}
    assert topics(cards_in(answer_of("order-sign", json.dumps(body).encode()))) == known


VERSIONS: dict[str, Json] = {
    "1.0": {
        "fhirServer": "http://ehr.example.org",
        "fhirAuthorization": {
            "access_token": "t",
            "token_type": "Bearer",
            "expires_in": 300,
            "scope": "patient/Patient.read",
            "subject": "cds-service4",
        },
    },
    "2.0": {
        "fhirServer": "https://ehr.example.org/fhir",
        "fhirAuthorization": {
            "access_token": "t",
            "token_type": "Bearer",
            "expires_in": 300,
            "scope": "patient/Patient.read user/Observation.read",
            "subject": "cds-service4",
            "patient": "patient-1",
        },
        "extension": {"com.example.client": {"version": "8"}},
    },
    "3.0": {
        "fhirServer": "https://ehr.example.org/fhir",
        "fhirAuthorization": {
            "access_token": "t",
            "token_type": "Bearer",
            "expires_in": 300,
            "scope": "patient/Patient.rs patient/Observation.rs?category=laboratory",
            "subject": "cds-service4",
            "patient": "patient-1",
            "extension": {"com.example.client": {"a": 1}},
        },
        "extension": {"com.example.client": {"version": "9"}},
    },
}


@pytest.mark.conforms("C1", "C4", "C5", "E18", "G1", "G3", "P5")
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("hook", HOOKS)
def test_requests_of_each_version_are_answered_validly(version: str, hook: str) -> None:
    body = a_request(hook, [fhir_draft()], prefetch(APIXABAN_ORDER, hook=hook), **VERSIONS[version])
    assert REQUEST.is_valid(json.loads(body))
    cards = cards_in(answer_of(hook, body))
    assert faults({"cards": cards}) == []
    assert cards or hook not in ("order-select", "order-sign")


@pytest.mark.conforms("C12", "C14")
@pytest.mark.parametrize("instance", ["not a uuid", "D1577C69-DFBE-44AD-BA6D-3E05E953B2EA", "1"])
def test_a_hook_instance_of_any_shape_gets_valid_cards(instance: str) -> None:
    body = a_request("order-sign", [fhir_draft()], prefetch(APIXABAN_ORDER), hookInstance=instance)
    first, again = answer_of("order-sign", body), answer_of("order-sign", body)
    assert cards_in(first)
    assert faults({"cards": cards_in(first)}) == []
    assert again.body == first.body


@pytest.mark.conforms("A9")
def test_of_two_equal_keys_the_last_counts() -> None:
    """Not refused: finding them would cost more than the answer."""
    body = a_request("order-sign", [fhir_draft()], prefetch(APIXABAN_ORDER))
    twice = b'{"hook": "patient-view", "prefetch": {}, ' + body[1:]
    assert CONFLICT in topics(cards_in(answer_of("order-sign", twice)))


@pytest.mark.conforms("A9")
def test_a_call_of_megabytes_is_answered() -> None:
    """Charts of sick patients are long, and clients send what nobody reads."""
    order = fhir_medication_request(APIXABAN, text={"status": "generated", "div": "x" * 5_000_000})
    assert CONFLICT in said(prefetch(order))


@pytest.mark.conforms("C13")
def test_a_null_optional_is_absent() -> None:
    nothing: dict[str, Any] = {"fhirServer": None, "fhirAuthorization": None, "extension": None}
    assert said(prefetch(APIXABAN_ORDER), **nothing) == said(prefetch(APIXABAN_ORDER))
    body = json.loads(a_request("order-sign", [fhir_draft()])) | {"prefetch": None}
    body["context"]["encounterId"] = None
    assert topics(cards_in(answer_of("order-sign", json.dumps(body).encode()))) == said(None)


@pytest.mark.conforms("C15", "D3", "D11")
def test_drafts_need_not_be_valid_or_known_to_the_server() -> None:
    """The official sandbox sends no Bundle type, no intent and a category that is no array."""
    draft = {**fhir_draft(), "category": {"text": "outpatient"}, "dispenseRequest": "?"}
    del draft["intent"]
    body = a_request("order-sign", [draft, {"resourceType": "MedicationRequest", "id": 7}, None, "?"], prefetch())
    assert isinstance(cards_in(answer_of("order-sign", body)), list)
    assert CONFLICT in topics(
        cards_in(answer_of("order-sign", a_request("order-sign", [draft], prefetch(APIXABAN_ORDER))))
    )
    empty = json.loads(a_request("order-sign", (), prefetch()))
    del empty["context"]["draftOrders"]["entry"]
    assert cards_in(answer_of("order-sign", json.dumps(empty).encode())) == []


@pytest.mark.conforms("D1", "D2", "D3", "D4", "D5", "D6", "D8", "D9")
@pytest.mark.parametrize("hook", HOOKS)
@pytest.mark.parametrize("user", ["Practitioner/1", "PractitionerRole/1", "Patient/1", "RelatedPerson/1", "someone"])
def test_each_context_is_answered(hook: str, user: str) -> None:
    body = json.loads(a_request(hook, [fhir_draft()], prefetch(APIXABAN_ORDER, hook=hook)))
    body["context"] |= {"userId": user, "encounterId": "e1"}
    assert REQUEST.is_valid(body)
    cards = cards_in(answer_of(hook, json.dumps(body).encode()))
    assert faults({"cards": cards}) == []


@pytest.mark.conforms("D2", "D12")
def test_only_selected_drafts_are_judged() -> None:
    chart = prefetch(APIXABAN_ORDER, hook="order-select")
    for selections, expected in (
        (["MedicationRequest/draft-1"], True),
        (["draft-1"], True),
        (["MedicationRequest/draft-1", "MedicationRequest/unknown"], True),
        (["MedicationRequest/unknown"], False),
        ([], False),
    ):
        body = a_request("order-select", [fhir_draft()], chart, selections=selections)
        assert (CONFLICT in topics(cards_in(answer_of("order-select", body)))) is expected, selections
        if not expected:
            assert cards_in(answer_of("order-select", body)) == []


@pytest.mark.conforms("D14")
def test_a_medicine_comes_as_code_as_words_or_as_a_resource() -> None:
    """The reference to a resource on the server is followed in `integration/test_shell_calls.py`."""
    product = {"resourceType": "Medication", "id": "m", "code": APIXABAN}
    by_reference = fhir_medication_request(contained=[product], medicationReference={"reference": "#m"})
    by_reference.pop("medicationCodeableConcept", None)
    for order in (APIXABAN_ORDER, fhir_medication_request(named("apixaban 5 mg tablet")), by_reference):
        assert CONFLICT in said(prefetch(order))


@pytest.mark.conforms("D15")
def test_the_prefetched_patient_is_the_patient_of_the_context() -> None:
    body = a_request("order-sign", [fhir_draft()], prefetch(patient=fhir_patient(id="another")))
    with pytest.raises(RequestError):
        the_advisor().consult(service_of("order-sign"), body, AS_OF)


@pytest.mark.conforms("G1")
@pytest.mark.parametrize(
    "token",
    [
        {"access_token": "t", "token_type": "Bearer", "expires_in": 300, "scope": "patient/*.read", "subject": "us"},
        {"access_token": "t", "expires_in": "300"},
        {"access_token": "t", "expires_in": 300.0, "scope": None, "patient": None, "unknown": {}},
        {"access_token": "t", "scope": "patient/*.rs"},
    ],
)
def test_a_token_is_read_leniently(token: Json) -> None:
    server = "https://ehr.example.org/fhir/"
    assert CONFLICT in said(prefetch(APIXABAN_ORDER), fhirServer=server, fhirAuthorization=token)


@pytest.mark.conforms("G2", "V2")
def test_a_token_for_another_patient_is_refused() -> None:
    token = {"access_token": "t", "scope": "patient/*.read", "patient": "another"}
    body = a_request("order-sign", [fhir_draft()], fhirServer="https://ehr.example.org", fhirAuthorization=token)
    with pytest.raises(RequestError, match="patient"):
        the_advisor().consult(service_of("order-sign"), body, AS_OF)
    # The official sandbox sends patient scopes without a patient.
    unnamed = {name: value for name, value in token.items() if name != "patient"}
    assert said(prefetch(APIXABAN_ORDER), fhirServer="https://ehr.example.org", fhirAuthorization=unnamed)


# -- prefetch


@pytest.mark.conforms("E13", "E14", "E15", "E19", "E20", "P1")
@pytest.mark.parametrize(
    ("state", "medications", "done"),
    [
        ("data", a_bundle([fhir_medication_request(named("paracetamol"))]), True),
        ("empty: null", None, True),
        ("empty: no entry", {"resourceType": "Bundle", "type": "searchset"}, True),
        ("failed: outcome", an_outcome(), False),
        ("failed: outcome as entry", a_bundle([an_outcome()]), False),
        ("failed: outcome without a word", {"resourceType": "OperationOutcome"}, False),
        ("failed: text", "none", False),
        ("failed: array", [], False),
        ("failed: another resource", fhir_patient(), False),
        ("paged", a_bundle([], next="https://ehr.example.org/fhir?page=2"), False),
        ("absent", GONE, False),
    ],
)
def test_the_states_of_a_key_are_told_apart(state: str, medications: object, done: bool) -> None:
    """A failed or absent list of medicines is never the same as an empty one."""
    assert (NOT_DONE not in said(prefetch(medications=medications))) is done, state


@pytest.mark.conforms("E12", "E13", "E16")
def test_absent_keys_are_asked_for_and_null_keys_are_not() -> None:
    body = a_request("order-sign", [fhir_draft()], prefetch(medications=GONE, conditions=None))
    asked = {query.key for query in the_advisor().consult("bme-order-sign", body, AS_OF).needs({})}
    assert "medications" in asked
    assert "conditions" not in asked
    fetched = {"medications": Delivery(State.DATA, (json.dumps(a_bundle([APIXABAN_ORDER])).encode(),))}
    assert CONFLICT in topics(cards_in(answer_of("order-sign", body, fetched)))


@pytest.mark.conforms("E21")
def test_rows_are_judged_whatever_the_query_asked_for() -> None:
    assert CONFLICT in said(prefetch(APIXABAN_ORDER))
    for row in (
        fhir_medication_request(APIXABAN, status="entered-in-error"),
        fhir_medication_request(APIXABAN, status="stopped", authoredOn="2019-01-01"),
    ):
        assert CONFLICT not in said(prefetch(row))
    foreign = fhir_medication_request(APIXABAN, subject={"reference": "Patient/another"})
    assert CONFLICT not in said(prefetch(foreign))


@pytest.mark.conforms("E22")
@pytest.mark.parametrize(("days", "counts"), [(0, True), (14, True), (15, False), (400, False), (-2, False)])
def test_a_time_window_is_applied_whatever_the_query_brought(days: int, counts: bool) -> None:
    """A negative pregnancy test counts for two weeks. The templates ask for tests of any date."""
    negative = fhir_observation(PREGNANCY_TEST, valueCodeableConcept=NEGATIVE, effectiveDateTime=day(days))
    woman = fhir_patient(gender="female", birthDate="1996-01-10")
    assert ("BME-CI-03" not in said(prefetch(negative, woman))) is counts


# -- cards


def cards_for(*rows: Json, hook: str = "order-sign", draft: Json | None = None) -> list[Any]:
    body = a_request(hook, [draft or fhir_draft()], prefetch(*rows, hook=hook))
    return cards_in(answer_of(hook, body))


HOSTILE = "<img src=x onerror=alert(1)> [click](javascript:alert(1)) **bold** `code` | http://evil.example.org \u202e x"


@pytest.mark.conforms("I3", "P9")
def test_text_of_the_chart_never_becomes_markup() -> None:
    """Clients render raw HTML; the official sandbox does."""
    order = fhir_medication_request(
        {**APIXABAN, "text": HOSTILE, "coding": [{**APIXABAN["coding"][0], "display": HOSTILE}]}
    )
    draft = fhir_draft(dosageInstruction=[{"text": HOSTILE, "route": named("intravenous")}])
    cards = cards_for(order, fhir_condition(named(HOSTILE)), draft=draft)
    assert CONFLICT in topics(cards)
    for card in cards:
        assert "<" not in card["detail"].replace("&lt;", "")
        for mark in (r"(?<!\\)\]\(", r"\*\*bold\*\*", "http://evil", "\u202e"):
            assert not re.search(mark, card["detail"]), mark
        assert "evil" not in card["summary"]


@pytest.mark.conforms("I2", "P9")
def test_a_summary_has_no_text_of_the_chart() -> None:
    """However long a name is, the summary is ours and fits."""
    order = fhir_medication_request({**APIXABAN, "text": "apixaban " * 200})
    for card in cards_for(order):
        assert len(card["summary"].encode("utf-16-le")) // 2 < 140
        assert "apixaban apixaban" not in card["summary"]


@pytest.mark.conforms("I10", "O4")
def test_a_card_names_its_order_and_the_age_of_its_data() -> None:
    cards = cards_for(APIXABAN_ORDER)
    conflict = next(card for card in cards if card["source"]["topic"]["code"] == CONFLICT)
    assert "iloprost" in conflict["detail"].lower()
    assert APIXABAN_ORDER["authoredOn"] in conflict["detail"]
    assert f"Data as of {AS_OF:%Y-%m-%d}" in conflict["detail"]
    facts = conflict["extension"]["org.marrow-cds.basis"]["facts"]
    assert "MedicationRequest/draft-1" in {fact.get("resource") for fact in facts}


@pytest.mark.conforms("K13")
def test_what_is_open_already_is_not_proposed() -> None:
    female = fhir_patient(gender="female", birthDate="1996-01-10")
    created = [
        action["resource"]
        for card in cards_for(female)
        for suggestion in card.get("suggestions", ())
        for action in suggestion["actions"]
        if action["type"] == "create" and "coding" in action["resource"]["code"]
    ]
    assert created
    open_orders = [{**resource, "id": f"open-{n}", "status": "active"} for n, resource in enumerate(created)]
    again = {
        json.dumps(action["resource"]["code"])
        for card in cards_for(female, *open_orders)
        for suggestion in card.get("suggestions", ())
        for action in suggestion["actions"]
        if action["type"] == "create"
    }
    assert not again & {json.dumps(resource["code"]) for resource in created}


@pytest.mark.conforms("I7", "P5")
def test_a_client_gets_the_selection_behavior_that_it_takes() -> None:
    body = a_request("order-sign", [fhir_draft()], prefetch(APIXABAN_ORDER))

    def behaviors(presentation: Presentation) -> set[str]:
        consultation = the_advisor().consult(service_of("order-sign"), body, AS_OF, presentation)
        consultation.needs({})
        cards = cards_in(consultation.answer({}))
        assert faults({"cards": cards}) == []
        return {card["selectionBehavior"] for card in cards if "suggestions" in card}

    assert behaviors(Presentation()) == {"any"}
    assert behaviors(Presentation("at-most-one")) == {"at-most-one"}


@pytest.mark.conforms("P5")
def test_a_client_without_replacements_takes_suggestions_of_one_action() -> None:
    delete = Action(type="delete", description="Remove it", resource_id="MedicationRequest/1")
    create = Action(type="create", description="Order it", resource={"resourceType": "MedicationRequest"})
    one, both = Suggestion("Remove", "a", [delete]), Suggestion("Replace", "b", [delete, create])
    assert [Presentation().takes(each) for each in (one, both)] == [True, True]
    assert [Presentation(replacements=False).takes(each) for each in (one, both)] == [True, False]


@pytest.mark.conforms("L5")
def test_no_card_carries_an_address_that_a_site_did_not_configure() -> None:
    """There are no links yet; what refers to the chart does so by type and id."""
    for card in cards_for(APIXABAN_ORDER):
        assert "links" not in card
        assert "url" not in card["source"]


@pytest.mark.conforms("T20")
def test_our_own_example_requests_are_well_formed() -> None:
    for hook in HOOKS:
        body = json.loads(a_request(hook, [fhir_draft()], prefetch(APIXABAN_ORDER, hook=hook)))
        assert REQUEST.is_valid(body)
        assert "/" not in body["context"]["patientId"]
        drafts = body["context"].get("draftOrders", {}).get("entry", ())
        names = {f"{entry['resource']['resourceType']}/{entry['resource']['id']}" for entry in drafts}
        assert set(body["context"].get("selections", ())) <= names

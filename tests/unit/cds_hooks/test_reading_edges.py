"""What charts hold at the edges: resources that refer to each other, odd strengths, answers of every type."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cds_hooks.snapshot.from_fhir.reader import text_of
from cds_hooks.wire.delivery import Delivery, State
from tests.builders.calls import a_request, answer_of, cards_in, full_prefetch, the_advisor, topics, topics_for
from tests.builders.fhir import (
    APIXABAN,
    EDEMA_SYNDROME,
    INR,
    LOINC,
    PATIENT_ID,
    PREGNANCY_TEST,
    PULMONARY_HYPERTENSION,
    Json,
    a_bundle,
    an_outcome,
    coded,
    fhir_condition,
    fhir_draft,
    fhir_medication_request,
    fhir_observation,
    fhir_patient,
    fhir_statement,
    named,
)
from tests.builders.moment import AS_OF, day

HEPARIN = named("heparin")


def told(draft: Json, *chart: Json) -> list[str]:
    return topics_for("order-sign", [draft], chart)


# -- reasons


def test_a_reason_in_a_contained_condition() -> None:
    """The order carries its reason along: pulmonary hypertension, so the card asks to confirm."""
    draft = fhir_draft(
        contained=[{"resourceType": "Condition", "id": "c", "code": PULMONARY_HYPERTENSION}],
        reasonReference=[{"reference": "#c"}],
    )
    chart = full_prefetch(the_advisor(), "order-sign", [fhir_medication_request()])
    [card] = cards_in(answer_of("order-sign", a_request("order-sign", [draft], chart)))
    assert card["indicator"] == "warning"
    missing = draft | {"reasonReference": [{"reference": "#other"}]}
    [card] = cards_in(answer_of("order-sign", a_request("order-sign", [missing], chart)))
    assert card["indicator"] == "critical"
    assert "reason stated on the order could not be read" in card["detail"]


def test_a_reason_that_came_along_in_the_basket() -> None:
    """A Condition among the drafts is read as the reason that an order refers to."""
    reason = {"resourceType": "Condition", "id": "c9", "code": PULMONARY_HYPERTENSION}
    draft = fhir_draft(reasonReference=[{"reference": "Condition/c9"}])
    chart = full_prefetch(the_advisor(), "order-sign", [fhir_medication_request()])
    [card] = cards_in(answer_of("order-sign", a_request("order-sign", [draft, reason], chart)))
    assert card["indicator"] == "warning"


# -- medicines


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("heparin lock flush 1,0,0.5.5 unit/mL", True),  # digits that make no number: no flush by strength
        ("heparin 100 unit/0 mL lock", True),
        ("heparin lock flush 100 unit/mL", False),
        ("heparin lock flush", False),
    ],
)
def test_the_strength_of_a_flush(text: str, counts: bool) -> None:
    """A strength that cannot be read never makes treatment a flush."""
    assert ("BME-CI-01" in told(fhir_draft(), fhir_medication_request(named(text)))) == counts


def test_an_active_statement_past_its_end() -> None:
    """A statement still active although its period is over is uncertain, not silent and not active."""
    over = fhir_statement(APIXABAN, effectivePeriod={"start": day(60), "end": day(20)})
    assert told(fhir_draft(), over) == ["BME-CI-04"]


def test_the_order_on_file_that_is_signed_again() -> None:
    """A revised order may be on file under its own id: it does not meet itself."""
    again = fhir_draft(APIXABAN, id="order-1", status="active")
    iloprost = fhir_draft(id="draft-2")
    chart = full_prefetch(the_advisor(), "order-sign", [fhir_medication_request(id="order-1")])
    [card] = cards_in(answer_of("order-sign", a_request("order-sign", [again, iloprost], chart)))
    assert card["extension"]["org.marrow-cds.basis"]["facts"][1]["from"] == "draft order"


def test_nothing_is_proposed_that_is_ordered_already() -> None:
    """An open order for a pregnancy test, on file or drafted, is not proposed again."""
    woman = fhir_patient(gender="female", birthDate="1990-01-10")
    test = {
        "resourceType": "ServiceRequest",
        "id": "s1",
        "status": "active",
        "subject": {"reference": f"Patient/{PATIENT_ID}"},
        "code": coded(LOINC, "2118-8"),
    }
    chart = full_prefetch(the_advisor(), "order-sign", [woman])
    [card] = cards_in(answer_of("order-sign", a_request("order-sign", [fhir_draft()], chart)))
    assert "suggestions" in card
    on_file = full_prefetch(the_advisor(), "order-sign", [woman, test])
    [card] = cards_in(answer_of("order-sign", a_request("order-sign", [fhir_draft()], on_file)))
    assert "suggestions" not in card
    [card] = cards_in(answer_of("order-sign", a_request("order-sign", [fhir_draft(), test], chart)))
    assert "suggestions" not in card


def test_a_user_who_is_no_practitioner_is_no_requester() -> None:
    """Only a Practitioner or PractitionerRole signs what a card proposes."""
    woman = fhir_patient(gender="female", birthDate="1990-01-10")
    context = {
        "userId": "RelatedPerson/1",
        "patientId": PATIENT_ID,
        "draftOrders": {"resourceType": "Bundle", "entry": [{"resource": fhir_draft()}]},
    }
    chart = full_prefetch(the_advisor(), "order-sign", [woman])
    [card] = cards_in(answer_of("order-sign", a_request("order-sign", prefetch=chart, context=context)))
    assert "requester" not in card["suggestions"][0]["actions"][0]["resource"]


def test_a_draft_without_an_id_cannot_be_removed() -> None:
    """The card comes all the same; what has no name is not offered for removal."""
    draft = {key: value for key, value in fhir_draft().items() if key != "id"}
    chart = full_prefetch(the_advisor(), "order-sign", [fhir_medication_request()])
    [card] = cards_in(answer_of("order-sign", a_request("order-sign", [draft], chart)))
    assert [suggestion["label"] for suggestion in card["suggestions"]] == ["Order: Hematology consultation"]


# -- results


@pytest.mark.parametrize(("value", "expected"), [(True, ["BME-CI-02"]), (False, [])])
def test_an_answer_as_a_boolean(value: bool, expected: list[str]) -> None:
    woman = fhir_patient(gender="female", birthDate="1990-01-10")
    assert told(fhir_draft(), woman, fhir_observation(PREGNANCY_TEST, valueBoolean=value)) == expected


@pytest.mark.parametrize(
    "value", [{}, {"valueString": "see note"}, {"valueQuantity": {"unit": "{INR}"}}, {"valueBoolean": True}]
)
def test_an_inr_without_a_number_is_remarked(value: dict[str, Any]) -> None:
    """What was recorded and cannot be used is said, never guessed and never dropped in silence."""
    observation = {key: v for key, v in fhir_observation(INR).items() if not key.startswith("value")}
    assert told(fhir_draft(), observation | value) == ["BME-SYS-02"]


def test_a_pregnancy_test_without_an_answer_is_remarked() -> None:
    woman = fhir_patient(gender="female", birthDate="1990-01-10")
    observation = {key: v for key, v in fhir_observation(PREGNANCY_TEST).items() if not key.startswith("value")}
    assert told(fhir_draft(), woman, observation) == ["BME-CI-03", "BME-SYS-02"]


def test_a_result_without_a_status_is_remarked() -> None:
    assert told(fhir_draft(), fhir_observation(INR, status="")) == ["BME-SYS-02"]


def test_a_concept_without_words() -> None:
    """A problem that names nothing is called so on a card."""
    assert text_of(None) == "not named"
    assert told(fhir_draft(), {**fhir_condition(EDEMA_SYNDROME), "code": None}) == []


# -- deliveries


def test_a_prefetch_that_goes_on_is_followed() -> None:
    """A page with a next link is incomplete: the rest is asked for where the client left off, then the list counts."""
    following = "https://ehr.example.org/fhir?page=2"
    chart = full_prefetch(the_advisor(), "order-sign")
    chart["medications"] = a_bundle([], next=following)
    consultation = the_advisor().consult("bme-order-sign", a_request("order-sign", [fhir_draft()], chart), AS_OF)
    [query] = consultation.needs({})
    assert (query.key, query.resume) == ("medications", following)
    rest = a_bundle([fhir_medication_request()])
    have = {"medications": Delivery(State.DATA, (json.dumps(rest).encode(),))}
    assert consultation.needs(have) == ()
    assert topics(cards_in(consultation.answer(have))) == ["BME-CI-01"]


def test_an_outcome_among_the_rows() -> None:
    """A Bundle that carries an error beside its rows has failed; one that only informs has not."""
    chart = full_prefetch(the_advisor(), "order-sign")
    for severity, expected in (("error", ["BME-SYS-01"]), ("information", [])):
        chart["medications"] = a_bundle([an_outcome(severity)])
        assert topics(cards_in(answer_of("order-sign", a_request("order-sign", [fhir_draft()], chart)))) == expected

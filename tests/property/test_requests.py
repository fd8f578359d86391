"""Whatever a client sends: a call is answered or refused in words, and a broken row never passes for an empty list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_hooks.wire.problem import ProblemError
from tests.builders.calls import a_request, answer_of, cards_in, full_prefetch, the_advisor, topics
from tests.builders.fhir import (
    ANSWER_PREGNANT,
    APIXABAN,
    CLINICAL,
    DUE_DATE,
    EDEMA_SYNDROME,
    EGFR,
    ILOPROST,
    INR,
    NEGATIVE,
    PREGNANCY,
    PREGNANCY_TEST,
    PREGNANCY_TEST_AMOUNT,
    RXNORM,
    SNOMED,
    SUBJECT,
    WARFARIN,
    Json,
    a_bundle,
    a_quantity,
    coded,
    fhir_administration,
    fhir_condition,
    fhir_draft,
    fhir_medication_request,
    fhir_observation,
    fhir_patient,
    fhir_procedure,
    fhir_statement,
    named,
)
from tests.builders.moment import AS_OF, day
from tests.property.mutations import DELETED, EXTREME, WRONG, Path, changed, positions, shown
from tests.property.strategies import REPEATABLE

ZONES = ("Pacific/Kiritimati", "America/New_York")
BIRTH_SEX = {"url": "http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex", "valueCode": "F"}
RICH: dict[str, Any] = {
    "doNotPerform": False,
    "meta": {"lastUpdated": f"{day(3)}T00:00:00Z"},
    "dispenseRequest": {
        "validityPeriod": {"start": day(30), "end": day(-30)},
        "expectedSupplyDuration": a_quantity(90, "d"),
        "numberOfRepeatsAllowed": 1,
    },
    "dosageInstruction": [
        {
            "text": "take in the morning",
            "route": coded(SNOMED, "26643006", "Oral route"),
            "timing": {"repeat": {"boundsPeriod": {"start": day(30), "end": day(-9)}}},
            "asNeededCodeableConcept": named("as needed"),
        }
    ],
    "reasonCode": [named("atrial fibrillation")],
    "reasonReference": [{"reference": "Condition/c2", "display": "atrial fibrillation"}],
    "priorPrescription": {"reference": "MedicationRequest/earlier"},
}
STOPPED: Json = {"status": "stopped", "dispenseRequest": {"validityPeriod": {"end": day(3)}}}
BY_REFERENCE: Json = {
    "medicationReference": {"reference": "#m"},
    "contained": [{"resourceType": "Medication", "id": "m", "code": APIXABAN}],
}
A_CHART: list[Json] = [
    fhir_patient(gender="female", birthDate="1990-01-10", extension=[BIRTH_SEX]),
    fhir_condition(onsetDateTime=day(60), onsetPeriod={"start": day(60), "end": day(1)}),
    fhir_condition(EDEMA_SYNDROME, id="c2", abatementPeriod={"end": day(-5)}),
    fhir_condition(PREGNANCY, id="c3", clinicalStatus=coded(CLINICAL, "resolved"), abatementDateTime=day(200)),
    fhir_observation(valueCodeableConcept=ANSWER_PREGNANT),
    fhir_observation(PREGNANCY_TEST, id="o2", valueCodeableConcept=NEGATIVE, effectivePeriod={"end": day(2)}),
    fhir_observation(PREGNANCY_TEST_AMOUNT, id="o3", valueQuantity=a_quantity(3, "[IU]/L", comparator="<")),
    fhir_observation(DUE_DATE, id="o4", valueDateTime=day(-100)),
    fhir_observation(INR, id="o5", valueQuantity=a_quantity(1.1, "{INR}")),
    fhir_observation(EGFR, id="o6", valueQuantity=a_quantity(70, "mL/min/{1.73_m2}")),
    fhir_procedure(performedDateTime=day(400), performedPeriod={"start": day(400), "end": day(399)}),
    fhir_medication_request(WARFARIN, **STOPPED),
    fhir_medication_request(named("dabigatran"), id="order-2", status="completed", **RICH),
    fhir_medication_request(ILOPROST, id="order-3", **RICH),
    fhir_administration("order-1", 2),
    fhir_statement(status="completed", effectivePeriod={"start": day(40), "end": day(9)}),
    {"resourceType": "ServiceRequest", "id": "s1", "status": "active", "intent": "order", "subject": SUBJECT},
]
A_DRAFT = fhir_draft(**{key: value for key, value in RICH.items() if key != "dosageInstruction"})
A_CALL: Json = {"prefetch": full_prefetch(the_advisor(), "order-sign", A_CHART), "drafts": [A_DRAFT]}
POSITIONS = tuple(path for path in positions(A_CALL) if len(path) > 1)


def crash(call: Json, zone: str) -> str | None:
    """What escapes from a call; None when it is answered or refused in words."""
    body = a_request("order-sign", call["drafts"], call["prefetch"])
    try:
        answer_of("order-sign", body, at=AS_OF.astimezone(ZoneInfo(zone)))
    except ProblemError:
        return None
    except Exception as error:  # noqa: BLE001 -- anything else is the finding
        return f"{type(error).__name__}: {error}"
    return None


# -- nothing escapes


@pytest.mark.parametrize("key", [*A_CALL["prefetch"], "drafts"])
def test_extreme_dates_and_numbers_break_nothing(key: str) -> None:
    """The first and the last moments of the calendar and huge numbers, in every position, in several zones."""
    found = {
        f"{shown(path)} = {new!r} in {zone}: {failure}"
        for path in POSITIONS
        if key in path[:2]
        for new in EXTREME
        for zone in ZONES
        if (failure := crash(changed(A_CALL, path, new), zone))
    }
    assert sorted(found) == []


scalars = st.sampled_from([value for value in (*WRONG, *EXTREME) if value is not DELETED]) | st.text(max_size=8)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(("coding", "id", "x")), inner),
    max_leaves=6,
)
damage = st.tuples(st.sampled_from(POSITIONS), st.just(DELETED) | anything)


@REPEATABLE
@given(st.lists(damage, min_size=1, max_size=4), st.sampled_from(ZONES))
def test_any_json_in_any_position_is_answered(damages: list[tuple[Path, Any]], zone: str) -> None:
    """Wrong types, nulls, garbage and missing keys, several at once."""
    call = A_CALL
    for path, new in damages:
        call = changed(call, path, new)
    assert crash({"drafts": [], "prefetch": {}} | call, zone) is None


@pytest.mark.parametrize("depth", [10, 500, 5_000, 200_000])
def test_deep_nesting_is_answered(depth: int) -> None:
    """Nested deeper than any parser goes: answered, or refused in words."""
    body = a_request("order-sign", [A_DRAFT], A_CALL["prefetch"] | {"labs": a_bundle([{"x": "NESTED"}])})
    try:
        answer_of("order-sign", body.replace(b'"NESTED"', b"[" * depth + b"]" * depth))
    except ProblemError as problem:
        assert problem.text  # noqa: PT017 -- an answer is as good


# -- a broken medication row still counts, or gives a notice

ROWS: dict[str, Json] = {
    "code and text": fhir_medication_request(**RICH),
    "code only": fhir_medication_request(coded(RXNORM, "1364430"), **RICH),
    "text only": fhir_medication_request(named("apixaban 5 mg"), **RICH),
    "contained": fhir_medication_request(**BY_REFERENCE),
    "statement": fhir_statement(dosage=[{"text": "in the morning"}]),
    "stopped": fhir_medication_request(WARFARIN, meta={"lastUpdated": f"{day(2)}T00:00:00Z"}, **STOPPED),
}
HEARD = {"BME-CI-01", "BME-CI-04", "BME-SYS-01"}


def says_something_else(row: Json, path: Path, new: Any) -> bool:
    """Damage that nobody can see: a readable row about another medicine, of another kind, or that forbids it."""
    if path == ("doNotPerform",):
        return new is True
    words = isinstance(new, str) and new != ""
    if path == ("resourceType",):
        return words
    concept = row.get("medicationCodeableConcept", {})
    named_once = "text" not in concept or "coding" not in concept
    return words and named_once and path[:1] == ("medicationCodeableConcept",) and path[-1] in ("code", "text")


def broken(row: Json) -> Iterator[tuple[str, Any]]:
    for path in positions(row):
        for new in WRONG:
            if (path or new is not DELETED) and not says_something_else(row, path, new):
                yield f"{shown(path)} = {new!r}", changed(row, path, new)


def heard(drafts: list[Any], prefetch: Json, hook: str = "order-sign") -> set[str]:
    try:
        return set(topics(cards_in(answer_of(hook, a_request(hook, drafts, prefetch)))))
    except ProblemError:
        return {"BME-SYS-01"}  # refused in words
    except Exception as error:  # noqa: BLE001 -- a call that breaks is not heard either
        return {type(error).__name__}


@pytest.mark.parametrize("name", ROWS)
def test_a_broken_medication_row_is_never_silent(name: str) -> None:
    """One thing wrong in the row of an anticoagulant: the card stays, or the check is said to be undone."""
    row = ROWS[name]
    key = "medicationStatements" if row["resourceType"] == "MedicationStatement" else "medications"
    empty = full_prefetch(the_advisor(), "order-sign")
    assert heard([fhir_draft()], empty) == set()
    assert heard([fhir_draft()], empty | {key: a_bundle([row])}) & HEARD
    silent = [
        what for what, damaged in broken(row) if not heard([fhir_draft()], empty | {key: a_bundle([damaged])}) & HEARD
    ]
    assert silent == []


DRAFTS: dict[str, Json] = {
    "code and text": A_DRAFT,
    "text only": fhir_draft(named("iloprost infusion")),
    "contained": {key: value for key, value in fhir_draft().items() if key != "medicationCodeableConcept"}
    | {
        "medicationReference": {"reference": "#m", "display": "iloprost"},
        "contained": [{"resourceType": "Medication", "id": "m", "code": ILOPROST}],
    },
}
NO_MEDICINE_YET = ("medicationCodeableConcept", "medicationReference")


@pytest.mark.parametrize("name", DRAFTS)
def test_a_broken_draft_is_never_silent(name: str) -> None:
    """The same for the draft itself; one that names no medicine yet is no broken one."""
    draft = DRAFTS[name]
    chart = full_prefetch(the_advisor(), "order-sign", [fhir_medication_request()])
    silent = [
        what
        for what, damaged in broken(draft)
        if not any(what in (f"{key} = deleted", f"{key} = None") for key in NO_MEDICINE_YET)
        and not any(what == f"medicationCodeableConcept = {new!r}" for new in ({}, {"a": 1}))
        and not any(what == f"medicationCodeableConcept.text = {new!r}" for new in (DELETED, None, ""))
        and not heard([damaged], chart) & HEARD
    ]
    assert silent == []


def test_an_empty_concept_does_not_hide_the_reference_beside_it() -> None:
    """A draft that names its medicine by reference is read, whatever empty concept came along."""
    draft = DRAFTS["contained"] | {"medicationCodeableConcept": {}}
    chart = full_prefetch(the_advisor(), "order-sign", [fhir_medication_request()])
    assert heard([draft], chart) & HEARD


@pytest.mark.parametrize(
    ("chosen", "judged"),
    [
        (["MedicationRequest/draft-1"], True),
        (["draft-1"], True),
        (["https://ehr.example/MedicationRequest/draft-1"], True),
        (["MedicationRequest/other", "MedicationRequest/draft-1"], True),
        (["MedicationRequest/other"], False),
        ([], False),
    ],
)
def test_selections(chosen: list[str], judged: bool) -> None:
    """Relative, absolute or bare; one that names no draft is left aside, and none that names one asks for nothing."""
    chart = full_prefetch(the_advisor(), "order-select", [fhir_medication_request()])
    body = a_request("order-select", [fhir_draft()], chart, selections=chosen)
    assert bool(topics(cards_in(answer_of("order-select", body)))) == judged


@pytest.mark.parametrize("row", ["garbage", None, [], 7, {}, {"resourceType": "MedicationRequest", "subject": 1}])
def test_a_row_that_is_no_resource_is_never_silent(row: Any) -> None:
    """An entry without a resource, or with anything else, is a gap of its list."""
    empty = full_prefetch(the_advisor(), "order-sign")
    assert heard([fhir_draft()], empty | {"medications": a_bundle([row])}) == {"BME-SYS-01"}


@pytest.mark.parametrize("value", ["garbage", [], 7, True, {}, {"resourceType": "Bundle", "entry": {}}])
def test_a_prefetch_value_that_is_no_answer_is_never_silent(value: Any) -> None:
    """What is neither a Bundle nor null has failed."""
    empty = full_prefetch(the_advisor(), "order-sign")
    assert heard([fhir_draft()], empty | {"medications": value}) == {"BME-SYS-01"}


def test_an_order_on_file_with_the_number_of_a_draft_is_not_hidden() -> None:
    """A draft's temporary id may be that of another order on file: a different medicine stays on file."""
    chart = full_prefetch(the_advisor(), "order-sign", [fhir_medication_request(id="1")])
    assert heard([fhir_draft(id="1")], chart) & HEARD


def test_a_bundle_that_says_it_holds_more_is_not_empty() -> None:
    """A truncated query is not an empty one: `total` names more rows than came, and no next page."""
    cut: Json = {"resourceType": "Bundle", "type": "searchset", "total": 5}
    empty = full_prefetch(the_advisor(), "order-sign")
    assert heard([fhir_draft()], empty | {"medications": cut}) & HEARD


@pytest.mark.parametrize("place", ["basket", "list", "own key"])
def test_a_medication_that_came_along_is_read(place: str) -> None:
    """The product a draft refers to may stand in the basket, in the medication list, or under a key of its own."""
    product = {"resourceType": "Medication", "id": "m1", "code": ILOPROST}
    draft = {key: value for key, value in fhir_draft().items() if key != "medicationCodeableConcept"}
    draft["medicationReference"] = {"reference": "Medication/m1"}
    chart = full_prefetch(the_advisor(), "order-sign", [fhir_medication_request()])
    rows = [fhir_medication_request(), *([product] if place == "list" else [])]
    chart |= {"medications": a_bundle(rows)} | ({"medication": product} if place == "own key" else {})
    drafts = [draft, *([product] if place == "basket" else [])]
    assert heard(drafts, chart) == {"BME-CI-01"}

"""Safety of vitamin D, NSAIDs, nifedipine, steroid injections, TNF inhibitors and opioids (rule specification, section
11), from the chart as an EHR sends it to the cards. Judged here is what the tables and queries decide: the verdicts
themselves have their cases in the packages beside this file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from tests.builders.calls import a_request, answer_of, cards_in, full_prefetch, the_advisor
from tests.builders.fhir import (
    ATC,
    ICD10CM,
    EDEMA_SYNDROME,
    EGFR,
    LOINC,
    PREGNANCY,
    RXNORM,
    SNOMED,
    Json,
    a_quantity,
    coded,
    fhir_condition,
    fhir_draft,
    fhir_medication_request,
    fhir_observation,
    fhir_patient,
    named,
)
from tests.builders.moment import day

SYNDROME = fhir_condition(EDEMA_SYNDROME, id="syndrome")
KIDNEY = fhir_observation(EGFR, id="egfr", valueCodeableConcept=None, valueQuantity=a_quantity(90, "mL/min/{1.73_m2}"))
NAPROXEN = coded(ATC, "M01AE02", "naproxen")
COLECALCIFEROL = coded(ATC, "A11CC05", "colecalciferol")
MULTIVITAMIN = coded(RXNORM, "1235389", "multivitamin chewable tablet")
A_WOMAN = fhir_patient(gender="female", birthDate="1995-03-02")


def answers(draft: Json, *chart: Json, hook: str = "order-sign") -> list[tuple[str, str]]:
    """Rule and indicator of each card for this draft, in a patient with an edema syndrome, good kidneys and this chart."""
    rows: Sequence[Any] = (SYNDROME, KIDNEY, *chart)
    cards = cards_in(answer_of(hook, a_request(hook, [draft], full_prefetch(the_advisor(), hook, rows))))
    return [(card["source"]["topic"]["code"].removeprefix("BME-DS-"), card["indicator"]) for card in cards]


# -- NSA-04


@pytest.mark.parametrize(
    ("code", "value", "unit", "days", "indicator"),
    [
        ("49051-6", 27, "wk", 6, "warning"),
        ("49051-6", 27, "wk", 7, "critical"),
        ("11884-4", 27, "wk", 6, "warning"),
        ("49052-4", 195, "d", 0, "warning"),
        ("49052-4", 195, "d", 1, "critical"),
        ("18185-9", 27, "wk", 6, "critical"),
    ],
)
def test_the_gestational_age_is_asked_for(code: str, value: float, unit: str, days: int, indicator: str) -> None:
    """An observed age advances with the days since; that of a newborn (18185-9) is not the mother's: unknown."""
    age = fhir_observation(coded(LOINC, code), valueQuantity=a_quantity(value, unit), effectiveDateTime=day(days))
    pregnant = fhir_condition(PREGNANCY, id="pregnancy")
    assert answers(fhir_draft(NAPROXEN), A_WOMAN, pregnant, age) == [("NSA-04", indicator)]


# -- VTD-04


def test_a_multivitamin_is_no_second_vitamin_d() -> None:
    """Neither beside an order of vitamin D nor as a draft beside one; another product of vitamin D alone is."""
    assert answers(fhir_draft(COLECALCIFEROL), fhir_medication_request(MULTIVITAMIN)) == []
    assert answers(fhir_draft(MULTIVITAMIN), fhir_medication_request(COLECALCIFEROL)) == []
    in_words = fhir_medication_request(named("Multivitamin with vitamin D 400 IU and calcium"))
    assert answers(fhir_draft(COLECALCIFEROL), in_words) == []
    assert answers(fhir_draft(COLECALCIFEROL), fhir_medication_request(COLECALCIFEROL)) == [("VTD-04", "warning")]


def test_a_multivitamin_counts_in_the_dose() -> None:
    """0.01 mg of colecalciferol in a tablet are 400 IU: with 3,700 IU too much, with 3,600 IU not."""
    tablet = {"timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}}}
    name = "ascorbic acid 60 MG / cholecalciferol 0.01 MG / folic acid 0.3 MG / niacin 13.5 MG Chewable Tablet"
    daily = [tablet | {"doseAndRate": [{"doseQuantity": {"value": 1, "unit": "tablet"}}]}]
    multivitamin = fhir_medication_request(coded(RXNORM, "1235389", name), dosageInstruction=daily)

    def drops(units: int) -> Json:
        amount = {"doseAndRate": [{"doseQuantity": {"value": units, "unit": "IU"}}]}
        return fhir_draft(COLECALCIFEROL, dosageInstruction=[tablet | amount])

    assert answers(drops(3700), multivitamin) == [("VTD-04", "warning")]
    assert answers(drops(3600), multivitamin) == []


# -- NSA-05


@pytest.mark.parametrize(
    ("value", "indicator"),
    [
        ({"valueCodeableConcept": coded(SNOMED, "420913000")}, "critical"),
        ({"valueCodeableConcept": named("NYHA class III")}, "critical"),
        ({"valueCodeableConcept": named("Class IV")}, "critical"),
        ({"valueString": "III"}, "critical"),
        ({"valueInteger": 3}, "critical"),
        ({"valueQuantity": {"value": 4}}, "critical"),
        ({"valueCodeableConcept": named("Class II")}, "warning"),
        ({"valueInteger": 1}, "warning"),
        ({"valueString": "II-III"}, "warning"),
        ({"valueInteger": 5}, "warning"),
        ({}, "warning"),
    ],
)
@pytest.mark.parametrize("code", ["88020-3", "93124-6"])
def test_the_class_of_heart_failure_may_be_an_observation(code: str, value: Json, indicator: str) -> None:
    """One that names no class, or two, leaves the heart failure without a class."""
    failure = fhir_condition(coded(ICD10CM, "I50.9", "Heart failure"), id="failure")
    observed = fhir_observation(coded(LOINC, code), **{"valueCodeableConcept": None} | value)
    assert answers(fhir_draft(NAPROXEN), failure, observed) == [("NSA-05", indicator)]


def test_the_newest_class_counts_wherever_it_stands() -> None:
    """An observation that is newer than the problem, or older."""
    failure = fhir_condition(named("Heart failure NYHA III"), id="failure", recordedDate=day(100))

    def class_two(days: int) -> Json:
        return fhir_observation(coded(LOINC, "88020-3"), valueCodeableConcept=named("II"), effectiveDateTime=day(days))

    assert answers(fhir_draft(NAPROXEN), failure, class_two(10)) == [("NSA-05", "warning")]
    assert answers(fhir_draft(NAPROXEN), failure, class_two(200)) == [("NSA-05", "critical")]

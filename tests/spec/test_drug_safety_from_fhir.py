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
    EDEMA_SYNDROME,
    EGFR,
    ICD10CM,
    LOINC,
    NEGATIVE,
    PREGNANCY,
    RXNORM,
    SNOMED,
    Json,
    a_quantity,
    coded,
    fhir_allergy,
    fhir_condition,
    fhir_draft,
    fhir_immunization,
    fhir_medication_request,
    fhir_observation,
    fhir_patient,
    fhir_procedure,
    named,
)
from tests.builders.moment import day

SYNDROME = fhir_condition(EDEMA_SYNDROME, id="syndrome")
KIDNEY = fhir_observation(EGFR, id="egfr", valueCodeableConcept=None, valueQuantity=a_quantity(90, "mL/min/{1.73_m2}"))
NIFEDIPINE_RETARD = coded(ATC, "C08CA05", "nifedipine 20 mg extended release tablet")
ADALIMUMAB = coded(ATC, "L04AB04", "adalimumab")
NAPROXEN = coded(ATC, "M01AE02", "naproxen")
COLECALCIFEROL = coded(ATC, "A11CC05", "colecalciferol")
MULTIVITAMIN = coded(RXNORM, "1235389", "multivitamin chewable tablet")
RHEUMATOID_ARTHRITIS = fhir_condition(coded(ICD10CM, "M06.9", "Rheumatoid arthritis"), id="arthritis")
A_WOMAN = fhir_patient(gender="female", birthDate="1995-03-02")


def answers(draft: Json, *chart: Json, kidney: Json | None = KIDNEY) -> list[tuple[str, str]]:
    """Rule and indicator of each card for this draft, in an edema syndrome, with good kidneys and this chart."""
    rows: Sequence[Any] = (SYNDROME, *((kidney,) if kidney else ()), *chart)
    prefetch = full_prefetch(the_advisor(), "order-sign", rows)
    cards = cards_in(answer_of("order-sign", a_request("order-sign", [draft], prefetch)))
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


# -- NSA-02


@pytest.mark.parametrize("text", ["Portal hypertension", "Ocular hypertension", "Family history of hypertension"])
def test_what_is_no_high_blood_pressure(text: str) -> None:
    """Without a kidney function high blood pressure asks for one; what only shares its name does not."""
    assert answers(fhir_draft(NAPROXEN), fhir_condition(named(text)), kidney=None) == []
    high = fhir_condition(named("Arterial hypertension"))
    assert answers(fhir_draft(NAPROXEN), high, kidney=None) == [("NSA-02", "info")]


# -- NSA-03 and NSA-08


@pytest.mark.parametrize("code", ["K29.71", "K31.811", "K55.21", "K57.31", "K62.5"])
def test_bleeding_named_by_a_code_of_its_lesion(code: str) -> None:
    """ICD-10-CM states the bleeding in the code of gastritis, angiodysplasia and diverticula; the code beside it
    states that there is none."""
    assert answers(fhir_draft(NAPROXEN), fhir_condition(coded(ICD10CM, code))) == [("NSA-03", "critical")]
    assert answers(fhir_draft(NAPROXEN), fhir_condition(coded(ICD10CM, "K29.70"))) == []


@pytest.mark.parametrize(
    "text", ["Samter's triad", "NSAID-exacerbated asthma", "Allergy to non-steroidal anti-inflammatory agents"]
)
def test_hypersensitivity_in_words(text: str) -> None:
    """As a problem, or as the substance of an allergy."""
    record = fhir_allergy(named(text)) if text.startswith("Allergy") else fhir_condition(named(text))
    assert answers(fhir_draft(NAPROXEN), record) == [("NSA-08", "critical")]


# -- the end of a supply (rule specification 0.1)


@pytest.mark.parametrize(("days", "expected"), [(40, [("NSA-06", "warning")]), (41, [])])
def test_a_supply_ends_by_calendar_days(days: int, expected: list[tuple[str, str]]) -> None:
    """Ten days of supply and thirty of grace: written forty days ago it is not past its end, whatever the hour."""
    supply = {"expectedSupplyDuration": {"value": 10, "unit": "days", "code": "d"}}
    written = fhir_medication_request(
        coded(ATC, "M01AE01", "ibuprofen"), id="ibuprofen", authoredOn=f"{day(days)}T00:30:00Z", dispenseRequest=supply
    )
    assert answers(fhir_draft(NAPROXEN), written) == expected


# -- NIF-01 and NIF-02


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Severe aortic stenosis", [("NIF-01", "critical")]),
        ("Aortic stenosis", [("NIF-01", "warning")]),
        ("Mild aortic stenosis", []),
        ("Mittelgradige Aortenklappenstenose", []),
    ],
)
def test_the_severity_of_an_aortic_stenosis(text: str, expected: list[tuple[str, str]]) -> None:
    """Stated as not severe it is silent, also where the code alone does not say; unstated it warns."""
    assert answers(fhir_draft(NIFEDIPINE_RETARD), fhir_condition(coded(ICD10CM, "I35.0", text))) == expected


@pytest.mark.parametrize(
    "text", ["fluconazole 200 mg oral tablet", "isavuconazole 100 mg capsule", "itraconazole 100 mg"]
)
def test_an_azole_is_named_as_a_class(text: str) -> None:
    """Also those that the tables hold as moderate inhibitors; other moderate inhibitors are silent."""
    by_mouth = [{"route": named("oral")}]
    azole = fhir_medication_request(named(text), dosageInstruction=by_mouth)
    assert answers(fhir_draft(NIFEDIPINE_RETARD), azole) == [("NIF-02", "warning")]
    erythromycin = fhir_medication_request(named("erythromycin 500 mg"), dosageInstruction=by_mouth)
    assert answers(fhir_draft(NIFEDIPINE_RETARD), erythromycin) == []


# -- COR-03 and COR-04


def test_an_injection_named_the_other_way_round() -> None:
    """ "Injection of steroid into the ankle" is a steroid injection; one of hyaluronic acid is none."""
    draft = fhir_draft(
        named("triamcinolone acetonide 40 mg/mL injection"),
        dosageInstruction=[{"route": named("intra-articular"), "text": "right ankle"}],
    )
    before = fhir_procedure(named("Injection of steroid into right ankle joint"), performedDateTime=day(20))
    assert answers(draft, before) == [("COR-03", "warning")]
    gel = fhir_procedure(named("Hyaluronic acid injection, right ankle"), performedDateTime=day(20))
    assert answers(draft, gel) == []
    fracture = fhir_condition(named("Insufficiency fracture of the right talus"), id="fracture")
    assert answers(draft, fracture) == [("COR-04", "warning")]


@pytest.mark.parametrize(
    ("product", "directions", "expected"),
    [
        ("Depo-Medrol 40 mg/mL", "40 mg intra-articular right ankle once", True),
        ("triamcinolone acetonide 40 mg/mL injection", "periarticular, right ankle", True),
        ("triamcinolone acetonide 40 mg/mL injection", "inject into the right ankle joint", True),
        ("triamcinolone acetonide 40 mg/mL injection", "tendon sheath injection, right ankle", True),
        ("Diprophos", "i.a. OSG rechts", True),
        ("triamcinolone acetonide 40 mg/mL injection", "40 mg intramuscular once", False),
        ("prednisone 5 mg oral tablet", "1 tablet daily for joint pain", False),
        ("methylprednisolone 125 mg", "intravenous, once", False),
    ],
)
def test_an_injection_into_a_joint_in_words(product: str, directions: str, expected: bool) -> None:
    """Where no route is coded the directions say it; an intramuscular depot is none (rule specification 0.8)."""
    infection = fhir_condition(coded(ICD10CM, "M00.9", "Pyogenic arthritis"), id="infection")
    draft = fhir_draft(named(product), dosageInstruction=[{"text": directions}])
    assert answers(draft, infection) == ([("COR-01", "critical")] if expected else [])


# -- TNF-01 and TNF-02


def screened() -> list[Json]:
    """Negative tests for tuberculosis and hepatitis B."""
    codes = ("71773-6", "5196-1", "16933-4")
    return [fhir_observation(coded(LOINC, code), id=f"test-{code}", valueCodeableConcept=NEGATIVE) for code in codes]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Cellulitis of right ankle", [("TNF-01", "warning")]),
        ("Abscess of left thigh", [("TNF-01", "warning")]),
        ("Sepsis", [("TNF-01", "critical")]),
        ("Common cold", []),
    ],
)
def test_infection_before_a_tnf_inhibitor(text: str, expected: list[tuple[str, str]]) -> None:
    """An infection of which nobody wrote how serious it is takes the milder indicator (rule specification 0.8)."""
    chart = (RHEUMATOID_ARTHRITIS, fhir_condition(named(text), id="found"), *screened())
    assert answers(fhir_draft(ADALIMUMAB), *chart) == expected


def test_a_live_vaccine_in_words() -> None:
    """Where the vaccine has no code."""
    vaccine = fhir_immunization(vaccineCode=named("Yellow fever vaccine"), occurrenceDateTime=day(10))
    assert answers(fhir_draft(ADALIMUMAB), RHEUMATOID_ARTHRITIS, vaccine, *screened()) == [("TNF-02", "warning")]


# -- OPI-02


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ({"boundsDuration": a_quantity(8, "d")}, True),
        ({"boundsDuration": a_quantity(1, "wk")}, False),
        ({"boundsPeriod": {"start": day(0), "end": day(-8)}}, True),
        ({"boundsPeriod": {"start": day(0), "end": day(-7)}}, False),
        ({"boundsPeriod": {"start": day(0)}}, False),
        ({"boundsPeriod": {"start": day(-20), "end": day(-20)}}, False),
        ({}, False),
    ],
)
def test_how_long_an_opioid_is_to_be_taken(bounds: Json, expected: bool) -> None:
    """Where no supply is stated the time to which the directions are bound tells; no time says nothing."""
    directions = [{"timing": {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d", **bounds}}}]
    draft = fhir_draft(named("oxycodone 5 mg oral tablet"), dosageInstruction=directions, reasonCode=[EDEMA_SYNDROME])
    assert answers(draft) == ([("OPI-02", "warning")] if expected else [])


def test_the_stated_supply_comes_before_the_bounds() -> None:
    """Five days of supply are not ten; an instruction without bounds beside one with them leaves the time open."""
    bound = {"timing": {"repeat": {"boundsDuration": a_quantity(10, "d")}}}
    drug = named("oxycodone 5 mg oral tablet")
    supply = {"expectedSupplyDuration": a_quantity(5, "d")}
    draft = fhir_draft(drug, dosageInstruction=[bound], dispenseRequest=supply, reasonCode=[EDEMA_SYNDROME])
    assert answers(draft) == []
    assert answers(fhir_draft(drug, dosageInstruction=[bound, {"text": "at night"}], reasonCode=[EDEMA_SYNDROME])) == []

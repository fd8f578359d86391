"""BME-DS-NSA-02: a systemic NSAID should be avoided or limited with reduced kidney function or cirrhosis."""

from __future__ import annotations

import pytest

from cds_hooks.authoring.verdict import Advice
from cds_hooks.snapshot.medication import Dose
from cds_hooks.snapshot.model import Gap, GapKind, Listing
from cds_hooks.snapshot.patient import Demographics, Patient
from cds_hooks.snapshot.problem import Problem, Result
from cds_hooks.snapshot.vocabulary import Concept, Need, Route
from tests.builders.moment import born, days_ago
from tests.builders.snapshot import (
    a_draft,
    a_patient,
    a_problem,
    a_result,
    an_order,
    cut_off,
    out_of_reach,
)
from tests.builders.verdicts import Expected, advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-DS-NSA-02"
SUMMARY = "NSAID with reduced kidney function (or cirrhosis) - avoid or limit"
UNKNOWN = "NSAID: no kidney function in 12 months with a risk factor - consider checking creatinine"
DELETE, TEST = "delete MedicationRequest/draft-ibuprofen", "creatinine_test"
CRITICAL = advice(RULE, "critical", summary=SUMMARY, offers=[DELETE, TEST], unchecked=False, remarked=False)
WARNING = advice(RULE, "warning", summary=SUMMARY, offers=[DELETE, TEST], unchecked=False, remarked=False)
CHECK = advice(RULE, "info", summary=UNKNOWN, offers=[TEST], arm="missing", unchecked=False)
CLEAR, SILENT = satisfied(RULE), not_applicable(RULE)
CIRRHOSIS, ASCITES = a_problem(Concept.CIRRHOSIS), a_problem(Concept.LIVER_DECOMPENSATION)
NSAID = a_draft("ibuprofen")


def egfr(value: float, days: int = 30, *, at_most: bool = False, at_least: bool = False) -> Result:
    return a_result(Concept.EGFR, value, when=days_ago(days), at_most=at_most, at_least=at_least, id=f"egfr-{days}")


def patient(*labs: Result, problems: tuple[Problem, ...] = (), years: int = 52) -> Patient:
    person = Demographics(gender="male", birth_date=born(years))
    return a_patient(NSAID, labs=labs, problems=problems, demographics=person)


# -- When the eGFR is low


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (egfr(29), CRITICAL),
        (egfr(30), WARNING),
        (egfr(59), WARNING),
        (egfr(60), CLEAR),
        (egfr(30, at_most=True), CRITICAL),
        (egfr(60, at_most=True), WARNING),
        (egfr(60, at_least=True), CLEAR),
        (egfr(25, 365), CRITICAL),
        (egfr(25, 366), CLEAR),
    ],
)
def test_the_bands_of_kidney_function(result: Result, expected: Expected) -> None:
    """When: below 30 critical, below 60 a warning; a value of the last year."""
    spec(patient(result), expected)


def test_the_newest_value_decides_and_the_one_before_shows_the_trend() -> None:
    """Then: the card shows the value and the one before it."""
    found = patient(egfr(55, 10), egfr(70, 200), egfr(80, 300))
    spec(found, advice(RULE, "warning", because=["Observation/egfr-10", "Observation/egfr-200"]))
    spec(patient(egfr(70, 10), egfr(55, 200)), CLEAR)
    verdict = judge(RULE, patient(egfr(55, 10), egfr(70, 366)))
    assert isinstance(verdict, Advice)
    assert [fact.resource for fact in verdict.because] == ["MedicationRequest/draft-ibuprofen", "Observation/egfr-10"]


# -- or acute kidney injury or cirrhosis


@pytest.mark.parametrize(
    ("problems", "expected"),
    [
        ((a_problem(Concept.ACUTE_KIDNEY_INJURY),), CRITICAL),
        ((a_problem(Concept.ACUTE_KIDNEY_INJURY, current=False),), CLEAR),
        ((CIRRHOSIS,), WARNING),
        ((CIRRHOSIS, ASCITES), CRITICAL),
        ((ASCITES,), CLEAR),
        ((a_problem(Concept.CIRRHOSIS, current=False), ASCITES), CLEAR),
    ],
)
def test_kidney_injury_and_cirrhosis(problems: tuple[Problem, ...], expected: Expected) -> None:
    """When: active acute kidney injury; cirrhosis, critical with a sign of decompensation."""
    spec(patient(egfr(80), problems=problems), expected)


def test_all_findings_stand_on_the_card() -> None:
    """Then: a critical card also names what would be a warning, each fact once."""
    verdict = judge(RULE, patient(egfr(25), problems=(CIRRHOSIS,)))
    assert isinstance(verdict, Advice)
    shown = [fact.resource for fact in verdict.because]
    assert sorted(shown) == sorted(
        ["MedicationRequest/draft-ibuprofen", "Observation/egfr-30", CIRRHOSIS.fact.resource]
    )
    assert any("Cirrhosis adds" in sentence for sentence in verdict.detail)
    kidney_alone = judge(RULE, patient(egfr(25)))
    assert isinstance(kidney_alone, Advice)
    assert not any("Cirrhosis adds" in sentence for sentence in kidney_alone.detail)


# -- or no eGFR of the last year is known in a patient at risk


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (patient(years=65), CHECK),
        (patient(years=64), CLEAR),
        (patient(egfr(80, 366), years=65), CHECK),
        (patient(egfr(80, 365), years=65), CLEAR),
        (patient(egfr(30, at_least=True), years=65), CHECK),
        (patient(egfr(90, at_most=True), years=65), CHECK),
        (a_patient(NSAID, demographics=Demographics()), CLEAR),
    ],
)
def test_without_a_value(found: Patient, expected: Expected) -> None:
    """When: missing, old or undecided, at 65 or more."""
    spec(found, expected)


@pytest.mark.parametrize(
    "concept",
    [
        *(Concept.DIABETES, Concept.HYPERTENSION, Concept.DIALYSIS, Concept.HEART_FAILURE),
        *(Concept.CKD, Concept.CKD_3, Concept.CKD_4, Concept.CKD_5),
    ],
)
def test_diseases_that_ask_for_a_value(concept: Concept) -> None:
    """When: diabetes, hypertension, heart failure or chronic kidney disease, current."""
    spec(patient(problems=(a_problem(concept),)), CHECK)
    spec(patient(problems=(a_problem(concept, current=False),)), CLEAR)
    spec(patient(egfr(60), problems=(a_problem(concept),)), CLEAR)


def test_the_site_may_set_the_limits() -> None:
    """The limits are the site's choice."""
    policy = {"nsaid-egfr-severe": 40, "nsaid-egfr-reduced": 70, "nsaid-kidney-age": 50}
    for value, expected in ((39, CRITICAL), (69, WARNING), (70, CLEAR)):
        spec(a_patient(NSAID, labs=[egfr(value)], policy=policy), expected)
    spec(a_patient(NSAID, policy=policy), CHECK)


# -- Unless topical or low-dose aspirin


def test_what_is_no_systemic_nsaid() -> None:
    """Unless: topical (BME-DS-NSA-09), low-dose aspirin, another kind of order."""
    for order in (a_draft("diclofenac", route=Route.LOCAL), a_draft("aspirin", per_day=Dose(mg=100)), an_order()):
        spec(a_patient(order, labs=[egfr(20)]), SILENT)


# -- what could not be read


@pytest.mark.parametrize(
    ("found", "about"),
    [
        (a_patient(NSAID, labs=cut_off(Need.KIDNEY_FUNCTION)), Need.KIDNEY_FUNCTION),
        (a_patient(NSAID, labs=[egfr(80)], problems=cut_off(Need.PROBLEMS)), Need.PROBLEMS),
        (a_patient(NSAID, labs=cut_off(Need.KIDNEY_FUNCTION, egfr(80))), Need.KIDNEY_FUNCTION),
        (a_patient(NSAID, demographics=Demographics(gap=out_of_reach(Need.DEMOGRAPHICS))), Need.DEMOGRAPHICS),
    ],
)
def test_a_failed_query_is_never_good_kidneys(found: Patient, about: Need) -> None:
    """It could not be checked."""
    spec(found, missing(RULE, about))


def test_what_was_found_is_enough() -> None:
    """A finding at hand counts; the card says what was not looked at."""
    spec(
        a_patient(NSAID, labs=cut_off(Need.KIDNEY_FUNCTION), problems=[CIRRHOSIS]),
        advice(RULE, "warning", unchecked=True),
    )
    spec(a_patient(NSAID, labs=[egfr(25)], problems=cut_off(Need.PROBLEMS)), advice(RULE, "critical", unchecked=True))
    old = Demographics(gender="male", birth_date=born(70))
    unread = a_patient(NSAID, problems=cut_off(Need.PROBLEMS), demographics=old)
    spec(unread, advice(RULE, "info", arm="missing", unchecked=True))


def test_an_unusable_value_is_remarked() -> None:
    """A recorded value that could not be used is named."""
    remark = Gap(Need.KIDNEY_FUNCTION, GapKind.UNUSABLE, "an eGFR has an unknown unit", about=Concept.EGFR)
    unusable: Listing[Result] = Listing(remarks=(remark,))
    spec(a_patient(NSAID, labs=unusable), satisfied(RULE, remarked=True))
    spec(a_patient(NSAID, labs=unusable, problems=[CIRRHOSIS]), advice(RULE, "warning", remarked=True))
    old = Demographics(gender="male", birth_date=born(70))
    spec(a_patient(NSAID, labs=unusable, demographics=old), advice(RULE, "info", remarked=True))

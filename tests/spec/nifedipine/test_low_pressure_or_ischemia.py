"""BME-DS-NIF-01: no nifedipine with low blood pressure, in an acute coronary syndrome or in severe aortic stenosis."""

from __future__ import annotations

import pytest

from cds_hooks.authoring.verdict import Advice
from cds_hooks.snapshot.problem import Problem, Result
from cds_hooks.snapshot.vocabulary import Concept, Need, Route
from tests.builders.moment import days_ago
from tests.builders.snapshot import a_draft, a_patient, a_problem, a_result, an_order, cut_off
from tests.builders.verdicts import Expected, advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-DS-NIF-01"
SUMMARY = "Nifedipine is unsafe with low blood pressure, acute coronary syndrome or severe aortic stenosis"
DELETE = "delete MedicationRequest/draft-nifedipine"
SAYS = ("widens the vessels", "off-label")
CRITICAL = advice(RULE, "critical", summary=SUMMARY, offers=[DELETE], unchecked=False, says=SAYS)
WARNING = advice(RULE, "warning", summary=SUMMARY, offers=[DELETE], unchecked=False)
UNCLEAR = advice(RULE, "warning", summary=SUMMARY, offers=[], unchecked=False)
NIFEDIPINE = a_draft("nifedipine")
FAILURE = a_problem(Concept.HEART_FAILURE, Concept.NYHA_1)
STENOSIS = a_problem(Concept.AORTIC_STENOSIS)
SHOCK = a_problem(Concept.CARDIOGENIC_SHOCK)
INFARCTION = Concept.MYOCARDIAL_INFARCTION


def systolic(value: float, days: int = 1) -> Result:
    return a_result(Concept.SYSTOLIC_BP, value, when=days_ago(days))


def severity_asked(*problems: Problem) -> bool:
    verdict = judge(RULE, a_patient(NIFEDIPINE, problems=problems))
    assert isinstance(verdict, Advice)
    return any("does not say how severe" in sentence for sentence in verdict.detail)


@pytest.mark.parametrize(
    ("concept", "expected"),
    [
        (Concept.CARDIOGENIC_SHOCK, CRITICAL),
        (Concept.UNSTABLE_ANGINA, CRITICAL),
        (Concept.SEVERE_AORTIC_STENOSIS, CRITICAL),
        (Concept.HEART_FAILURE, WARNING),
        (Concept.HEART_FAILURE_DECOMPENSATED, WARNING),
        (Concept.NYHA_1, WARNING),
        (Concept.AORTIC_STENOSIS, UNCLEAR),
        (Concept.ANGINA, satisfied(RULE)),
    ],
)
def test_current_heart_disease(concept: Concept, expected: Expected) -> None:
    """When: current; over it is silent. Aortic stenosis of unstated severity is not enough to offer removal."""
    spec(a_patient(NIFEDIPINE, problems=[a_problem(concept)]), expected)
    spec(a_patient(NIFEDIPINE, problems=[a_problem(concept, current=False)]), satisfied(RULE))


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        (a_problem(INFARCTION, recorded=days_ago(30), current=False), CRITICAL),
        (a_problem(INFARCTION, recorded=days_ago(31)), satisfied(RULE)),
        (a_problem(INFARCTION, recorded=None), satisfied(RULE)),
        (a_problem(INFARCTION, Concept.OLD_MYOCARDIAL_INFARCTION, recorded=days_ago(3)), satisfied(RULE)),
    ],
)
def test_a_recent_infarction(problem: Problem, expected: Expected) -> None:
    """When: an event of the last 30 days, also when it is over; an old one is silent."""
    spec(a_patient(NIFEDIPINE, problems=[problem]), expected)


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (systolic(89, 7), CRITICAL),
        (systolic(90), satisfied(RULE)),
        (systolic(80, 8), satisfied(RULE)),
    ],
)
def test_a_low_pressure(result: Result, expected: Expected) -> None:
    """When: below 90 mmHg in the last 7 days; a missing value is silent."""
    spec(a_patient(NIFEDIPINE, vitals=[result]), expected)


def test_everything_that_was_found_is_shown() -> None:
    """Then: one card with all facts; the severity is asked for where nothing else speaks."""
    because = ["MedicationRequest/draft-nifedipine", "Condition/cardiogenic_shock", "Condition/aortic_stenosis"]
    patient = a_patient(NIFEDIPINE, problems=[STENOSIS, SHOCK])
    spec(patient, advice(RULE, "critical", because=because, offers=[DELETE]))
    spec(a_patient(NIFEDIPINE, problems=[STENOSIS, FAILURE]), WARNING)
    assert severity_asked(STENOSIS)
    assert not severity_asked(STENOSIS, FAILURE)
    assert not severity_asked(STENOSIS, SHOCK)


def test_thresholds_are_the_sites_choice() -> None:
    """Pressure and days may be set."""
    policy = {"nifedipine-systolic": 100.0, "nifedipine-infarction-days": 60.0}
    spec(a_patient(NIFEDIPINE, vitals=[systolic(99)], policy=policy), CRITICAL)
    infarction = a_problem(INFARCTION, recorded=days_ago(60))
    spec(a_patient(NIFEDIPINE, problems=[infarction], policy=policy), CRITICAL)


def test_other_orders_are_not_its_business() -> None:
    """When: another calcium antagonist, an ointment, or no medicine."""
    for order in (a_draft("amlodipine"), a_draft("nifedipine", route=Route.LOCAL), a_draft("morphine"), an_order()):
        spec(a_patient(order, problems=[SHOCK]), not_applicable(RULE))


def test_what_could_not_be_read() -> None:
    """Each failed query is a check not done; beside a finding the card names it."""
    spec(a_patient(NIFEDIPINE, problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))
    spec(a_patient(NIFEDIPINE, procedures=cut_off(Need.PROCEDURES)), missing(RULE, Need.PROCEDURES))
    spec(a_patient(NIFEDIPINE, vitals=cut_off(Need.BLOOD_PRESSURE)), missing(RULE, Need.BLOOD_PRESSURE))
    beside = a_patient(NIFEDIPINE, problems=[SHOCK], vitals=cut_off(Need.BLOOD_PRESSURE))
    spec(beside, advice(RULE, "critical", offers=[DELETE], unchecked=True))
    lower = a_patient(NIFEDIPINE, problems=[FAILURE], vitals=cut_off(Need.BLOOD_PRESSURE))
    spec(lower, advice(RULE, "warning", offers=[DELETE], unchecked=True))

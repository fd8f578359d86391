"""BME-DS-NSA-05: a systemic NSAID should be avoided with heart failure and soon after a cardiac event."""

from __future__ import annotations

import pytest

from cds_hooks.authoring.verdict import Advice
from cds_hooks.snapshot.medication import Dose
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.problem import Event, Problem
from cds_hooks.snapshot.vocabulary import Concept, Need, Route
from tests.builders.moment import days_ago, on
from tests.builders.snapshot import a_draft, a_patient, a_problem, an_event, an_order, cut_off
from tests.builders.verdicts import Expected, advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-DS-NSA-05"
SUMMARY = "NSAID with heart failure or recent cardiac event - avoid"
DELETE = "delete MedicationRequest/draft-ibuprofen"
CRITICAL = advice(RULE, "critical", summary=SUMMARY, offers=[DELETE], unchecked=False)
WARNING = advice(RULE, "warning", summary=SUMMARY, offers=[DELETE], unchecked=False)
CLEAR, SILENT = satisfied(RULE), not_applicable(RULE)
NSAID = a_draft("ibuprofen")
FAILURE = a_problem(Concept.HEART_FAILURE)


def patient(*problems: Problem, procedures: tuple[Event, ...] = ()) -> Patient:
    return a_patient(NSAID, problems=problems, procedures=procedures)


def happened(concept: Concept, days: int, *also: Concept) -> Problem:
    return a_problem(concept, *also, current=False, onset=days_ago(days))


# -- When heart failure is on the problem list


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        (FAILURE, WARNING),
        (a_problem(Concept.HEART_FAILURE, current=False), CLEAR),
        (a_problem(Concept.HEART_FAILURE, Concept.NYHA_1), WARNING),
        (a_problem(Concept.HEART_FAILURE, Concept.NYHA_2), WARNING),
        (a_problem(Concept.HEART_FAILURE, Concept.NYHA_3), CRITICAL),
        (a_problem(Concept.NYHA_4), CRITICAL),
        (a_problem(Concept.HEART_FAILURE, Concept.HEART_FAILURE_DECOMPENSATED), CRITICAL),
        (a_problem(Concept.HEART_FAILURE_DECOMPENSATED, current=False), CLEAR),
        (a_problem(Concept.HYPERTENSION), CLEAR),
    ],
)
def test_heart_failure(problem: Problem, expected: Expected) -> None:
    """When: without a class a warning; NYHA III or IV or decompensated, critical."""
    spec(patient(problem), expected)


# -- or there was an event in its window


@pytest.mark.parametrize(
    ("concept", "window", "expected"),
    [
        (Concept.MYOCARDIAL_INFARCTION, 365, WARNING),
        (Concept.STROKE_TIA, 180, WARNING),
        (Concept.CORONARY_BYPASS, 14, CRITICAL),
    ],
)
def test_windows(concept: Concept, window: int, expected: Expected) -> None:
    """When: infarction within a year, stroke within 180 days, bypass surgery within 14 days; problem or procedure."""
    spec(patient(happened(concept, window)), expected)
    spec(patient(happened(concept, window + 1)), CLEAR)
    spec(patient(procedures=(an_event(concept, when=days_ago(window)),)), expected)
    spec(patient(procedures=(an_event(concept, when=days_ago(window + 1)),)), CLEAR)
    spec(patient(a_problem(concept, recorded=None)), CLEAR)


def test_a_partial_date_is_no_proof_of_a_recent_event() -> None:
    """When: "in 2024" may be longer ago than a year."""
    spec(patient(a_problem(Concept.MYOCARDIAL_INFARCTION, onset=on("2024"))), CLEAR)
    spec(patient(a_problem(Concept.MYOCARDIAL_INFARCTION, onset=on("2025"))), WARNING)


# -- Unless it is recorded as an old one


@pytest.mark.parametrize(
    "problem",
    [
        happened(Concept.MYOCARDIAL_INFARCTION, 10, Concept.OLD_MYOCARDIAL_INFARCTION),
        happened(Concept.OLD_MYOCARDIAL_INFARCTION, 10),
        happened(Concept.STROKE_TIA, 10, Concept.STROKE_HISTORY),
        happened(Concept.STROKE_HISTORY, 10),
    ],
)
def test_old_events(problem: Problem) -> None:
    """Unless: "old myocardial infarction", "history of stroke" recorded today are no events of today."""
    spec(patient(problem), CLEAR)


def test_all_findings_stand_on_the_card() -> None:
    """Then: class and date of the event are shown, each fact once."""
    severe = a_problem(Concept.HEART_FAILURE, Concept.NYHA_3)
    infarction = happened(Concept.MYOCARDIAL_INFARCTION, 20)
    verdict = judge(RULE, patient(severe, infarction))
    assert isinstance(verdict, Advice)
    assert list(verdict.because) == [NSAID.fact, severe.fact, infarction.fact]


def test_the_site_may_set_the_windows() -> None:
    """The windows are the site's choice."""
    policy = {"nsaid-infarction-window": 100, "nsaid-stroke-window": 100, "nsaid-bypass-window": 20}
    for concept, days in (
        (Concept.MYOCARDIAL_INFARCTION, 100),
        (Concept.STROKE_TIA, 100),
        (Concept.CORONARY_BYPASS, 20),
    ):
        for number, found in ((days, True), (days + 1, False)):
            verdict = judge(RULE, a_patient(NSAID, problems=[happened(concept, number)], policy=policy))
            assert isinstance(verdict, Advice) is found


# -- Unless topical or low-dose aspirin


def test_what_is_no_systemic_nsaid() -> None:
    """Unless: topical (BME-DS-NSA-09), low-dose aspirin, another kind of order."""
    for order in (a_draft("diclofenac", route=Route.LOCAL), a_draft("aspirin", per_day=Dose(mg=100)), an_order()):
        spec(a_patient(order, problems=[FAILURE]), SILENT)


# -- what could not be read


def test_a_failed_query_is_never_a_healthy_heart() -> None:
    """It could not be checked; what was found is said with what was not looked at."""
    spec(a_patient(NSAID, problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))
    spec(a_patient(NSAID, procedures=cut_off(Need.PROCEDURES)), missing(RULE, Need.PROCEDURES))
    unread = a_patient(NSAID, problems=[FAILURE], procedures=cut_off(Need.PROCEDURES))
    spec(unread, advice(RULE, "warning", unchecked=True))

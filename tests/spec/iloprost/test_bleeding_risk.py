"""BME-DS-ILO-02: a prostacyclin should not be given to a patient who is prone to bleed."""

from __future__ import annotations

import pytest

from cds_hooks.snapshot.problem import Result
from cds_hooks.snapshot.vocabulary import Concept, Need, Route
from tests.builders.moment import days_ago, days_ahead
from tests.builders.snapshot import (
    UNREADABLE_REASON,
    a_draft,
    a_patient,
    a_problem,
    a_reason,
    a_result,
    an_event,
    an_order,
    cut_off,
)
from tests.builders.verdicts import advice, missing, not_applicable, satisfied, spec

RULE = "BME-DS-ILO-02"
SUMMARY = "Iloprost: bleeding-prone condition present - contraindicated"
LOW_PLATELETS = "Iloprost: platelets 50-99 - bleeding risk, specialist decision"
DELETE = "delete MedicationRequest/draft-iloprost"
CONTRAINDICATED = advice(
    RULE, "critical", summary=SUMMARY, offers=[DELETE], unchecked=False, says=["inhibit platelets"]
)
ULCER = a_problem(Concept.PEPTIC_ULCER)


def platelets(count: float, days: int = 3, *, at_most: bool = False) -> Result:
    return a_result(Concept.PLATELETS, count, when=days_ago(days), at_most=at_most)


@pytest.mark.parametrize("concept", [Concept.PEPTIC_ULCER, Concept.INTRACRANIAL_HEMORRHAGE, Concept.BLEEDING_DISORDER])
def test_an_active_condition(concept: Concept) -> None:
    """When: active it is critical; resolved it is silent."""
    spec(a_patient(a_draft(), problems=[a_problem(concept)]), CONTRAINDICATED)
    spec(a_patient(a_draft(), problems=[a_problem(concept, current=False)]), satisfied(RULE))


def test_a_recent_major_trauma() -> None:
    """When: up to 30 days ago, also when it is over."""
    for days, expected in ((30, CONTRAINDICATED), (31, satisfied(RULE))):
        trauma = a_problem(Concept.MAJOR_TRAUMA, recorded=days_ago(days), current=False)
        spec(a_patient(a_draft(), problems=[trauma]), expected)


@pytest.mark.parametrize(
    "concept",
    [
        Concept.BONE_BIOPSY,
        Concept.CORE_DECOMPRESSION,
        Concept.CORONARY_BYPASS,
        Concept.INVASIVE_DENTAL_PROCEDURE,
        Concept.JOINT_REPLACEMENT,
        Concept.KYPHOPLASTY,
        Concept.VERTEBRAL_AUGMENTATION,
        Concept.VERTEBROPLASTY,
        Concept.BONE_OR_JOINT_SURGERY,
        Concept.OPERATION,
    ],
)
def test_an_operation_within_a_day(concept: Concept) -> None:
    """When: ordered or booked for today or tomorrow; not later, not without a day, not done already."""
    for when, expected in (
        (days_ahead(0), CONTRAINDICATED),
        (days_ahead(1), CONTRAINDICATED),
        (days_ahead(2), satisfied(RULE)),
        (days_ago(2), satisfied(RULE)),
        (None, satisfied(RULE)),
    ):
        operation = an_event(concept, when=days_ago(5), planned=when, open=True, kind="ServiceRequest")
        spec(a_patient(a_draft(), care=[operation]), expected)
        spec(a_patient(a_draft(), appointments=[operation]), expected)
        spec(a_patient(a_draft(), planned_procedures=[operation]), expected)
    spec(a_patient(a_draft(), care=[an_event(concept, planned=days_ahead(1))]), satisfied(RULE))


def test_another_appointment_is_silent() -> None:
    """When: physiotherapy of tomorrow is no operation."""
    visit = an_event(Concept.PHYSIOTHERAPY, when=days_ahead(1), open=True)
    spec(a_patient(a_draft(), care=[visit]), satisfied(RULE))


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (49.9, CONTRAINDICATED),
        (50, advice(RULE, "warning", summary=LOW_PLATELETS, offers=[], unchecked=False)),
        (99.9, advice(RULE, "warning", summary=LOW_PLATELETS, offers=[])),
        (100, satisfied(RULE)),
    ],
)
def test_platelets(count: float, expected: object) -> None:
    """When: below 50 critical, 50 to below 100 a warning."""
    spec(a_patient(a_draft(), labs=[platelets(count)]), expected)  # type: ignore[arg-type]


def test_old_undated_undecided_and_missing_platelets_are_silent() -> None:
    """When: the newest count of the last 30 days is looked at; a bound that does not decide counts as missing."""
    spec(a_patient(a_draft(), labs=[platelets(44, 30)]), CONTRAINDICATED)
    spec(a_patient(a_draft(), labs=[platelets(44, 31)]), satisfied(RULE))
    spec(a_patient(a_draft(), labs=[platelets(44, 20), platelets(180, 2)]), satisfied(RULE))
    spec(a_patient(a_draft(), labs=[a_result(Concept.PLATELETS, 44, when=None)]), satisfied(RULE))
    spec(a_patient(a_draft(), labs=[platelets(100, at_most=True)]), satisfied(RULE))
    spec(a_patient(a_draft(), labs=[platelets(20, at_most=True)]), CONTRAINDICATED)


def test_low_platelets_beside_a_condition() -> None:
    """Then: one critical card that shows both."""
    patient = a_patient(a_draft(), problems=[ULCER], labs=[platelets(70)])
    because = ["MedicationRequest/draft-iloprost", "Condition/peptic_ulcer", "Observation/platelets"]
    spec(patient, advice(RULE, "critical", summary=SUMMARY, because=because))


def test_thresholds_are_the_sites_choice() -> None:
    """Days and counts may be set."""
    policy = {
        "iloprost-platelets-critical": 60.0,
        "iloprost-platelets-low": 120.0,
        "iloprost-platelets-days": 40.0,
        "iloprost-trauma-days": 40.0,
        "iloprost-operation-days": 3.0,
    }
    spec(a_patient(a_draft(), labs=[platelets(59, 40)], policy=policy), CONTRAINDICATED)
    spec(a_patient(a_draft(), labs=[platelets(119, 40)], policy=policy), advice(RULE, "warning"))
    trauma = a_problem(Concept.MAJOR_TRAUMA, recorded=days_ago(40))
    spec(a_patient(a_draft(), problems=[trauma], policy=policy), CONTRAINDICATED)
    operation = an_event(Concept.CORE_DECOMPRESSION, planned=days_ahead(3), open=True)
    spec(a_patient(a_draft(), care=[operation], policy=policy), CONTRAINDICATED)


def test_which_orders() -> None:
    """When: a systemic prostacyclin that does not treat pulmonary hypertension."""
    for order in (a_draft("apixaban"), an_order(), a_draft(route=Route.INHALATION)):
        spec(a_patient(order, problems=[ULCER]), not_applicable(RULE))
    for_lungs = a_draft(reasons=a_reason(Concept.PULMONARY_HYPERTENSION))
    spec(a_patient(for_lungs, problems=[ULCER]), not_applicable(RULE))


def test_what_could_not_be_read() -> None:
    """Each failed query is named: alone as a check not done, beside a finding on its card."""
    for failed in (
        a_patient(a_draft(reasons=a_reason(Concept.EDEMA)), problems=cut_off(Need.PROBLEMS)),
        a_patient(a_draft(), procedures=cut_off(Need.PROCEDURES)),
        a_patient(a_draft(), labs=cut_off(Need.PLATELETS)),
        a_patient(a_draft(), care=cut_off(Need.CARE)),
        a_patient(a_draft(), appointments=cut_off(Need.APPOINTMENTS)),
        a_patient(a_draft(), labs=cut_off(Need.PLATELETS, platelets(200))),
    ):
        spec(failed, missing(RULE))
    beside = a_patient(a_draft(), problems=[ULCER], labs=cut_off(Need.PLATELETS))
    spec(beside, advice(RULE, "critical", offers=[DELETE], unchecked=True))
    unreadable = a_patient(a_draft(reasons=UNREADABLE_REASON), problems=[ULCER])
    spec(unreadable, advice(RULE, "critical", offers=[], unchecked=True))
    inhaled = a_draft(route=Route.INHALATION, reasons=UNREADABLE_REASON)
    spec(a_patient(inhaled, problems=[ULCER]), missing(RULE, Need.PROBLEMS))

"""BME-DS-ILO-01: a prostacyclin should not be given in severe heart disease, or soon after infarction or stroke."""

from __future__ import annotations

import pytest

from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.problem import Event, Problem
from cds_hooks.snapshot.vocabulary import Concept, Need, Route
from tests.builders.moment import days_ago, days_ahead, on
from tests.builders.snapshot import (
    PROSTACYCLINS,
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
from tests.builders.verdicts import Expected, advice, missing, not_applicable, satisfied, spec

RULE = "BME-DS-ILO-01"
SUMMARY = "Iloprost: this heart or stroke history is a contraindication in EU labels"
UNCLEAR = "Iloprost: heart or stroke history needs clarification (date or severity) before use"
DELETE = "delete MedicationRequest/draft-iloprost"
INFARCTION, STROKE = Concept.MYOCARDIAL_INFARCTION, Concept.STROKE_TIA
PULMONARY = a_problem(Concept.PULMONARY_HYPERTENSION)
SAYS = ("provoke ischemia", "The US label names no contraindication")
CONTRAINDICATED = advice(RULE, "critical", summary=SUMMARY, offers=[DELETE], unchecked=False, says=SAYS)
TO_CLARIFY = advice(RULE, "warning", summary=UNCLEAR, offers=[], unchecked=False, says=SAYS)


def with_problems(*problems: Problem, draft: Order | None = None, devices: tuple[Event, ...] = ()) -> Patient:
    return a_patient(draft or a_draft(), problems=problems, devices=devices)


# -- current heart disease


@pytest.mark.parametrize(
    "concept",
    [
        Concept.UNSTABLE_ANGINA,
        Concept.HEART_FAILURE,
        Concept.HEART_FAILURE_DECOMPENSATED,
        Concept.NYHA_2,
        Concept.NYHA_3,
        Concept.NYHA_4,
        Concept.SEVERE_ARRHYTHMIA,
        Concept.HIGH_GRADE_AV_BLOCK,
        Concept.PULMONARY_EDEMA,
        Concept.SEVERE_AORTIC_STENOSIS,
        Concept.SEVERE_ISCHEMIC_HEART_DISEASE,
        Concept.SEVERE_VALVE_DISEASE,
        Concept.PULMONARY_VENO_OCCLUSIVE_DISEASE,
    ],
)
def test_a_contraindication(concept: Concept) -> None:
    """When: current it is critical, names itself and offers removal; over it is silent."""
    because = ["MedicationRequest/draft-iloprost", f"Condition/{concept}"]
    patient = with_problems(a_problem(concept))
    spec(patient, advice(RULE, "critical", summary=SUMMARY, offers=[DELETE], because=because, unchecked=False))
    spec(with_problems(a_problem(concept, current=False)), satisfied(RULE))


@pytest.mark.parametrize(
    "concept", [Concept.ISCHEMIC_HEART_DISEASE, Concept.ANGINA, Concept.VALVE_DISEASE, Concept.AORTIC_STENOSIS]
)
def test_a_disease_of_unstated_severity(concept: Concept) -> None:
    """Then: coronary and valve disease without a severity ask for it, without removal."""
    spec(with_problems(a_problem(concept)), TO_CLARIFY)
    spec(with_problems(a_problem(concept, current=False)), satisfied(RULE))


def test_a_mild_valve_disease() -> None:
    """Unless: what is said to be mild is no matter to clarify."""
    spec(with_problems(a_problem(Concept.VALVE_DISEASE, Concept.MILD_VALVE_DISEASE)), satisfied(RULE))


def test_heart_failure_without_symptoms() -> None:
    """Then: NYHA I is a matter to clarify, unless it is decompensated."""
    mild = a_problem(Concept.HEART_FAILURE, Concept.NYHA_1)
    spec(with_problems(mild), TO_CLARIFY)
    spec(with_problems(mild, a_problem(Concept.HEART_FAILURE_DECOMPENSATED)), CONTRAINDICATED)


@pytest.mark.parametrize(("concept", "expected"), [(Concept.NYHA_1, TO_CLARIFY), (Concept.NYHA_2, CONTRAINDICATED)])
def test_the_class_of_a_heart_failure_was_observed(concept: Concept, expected: Expected) -> None:
    """When: the class stands in an Observation, not on the problem list."""
    failure = a_problem(Concept.HEART_FAILURE, recorded=days_ago(90))
    spec(a_patient(a_draft(), problems=[failure], vitals=[a_result(concept, 1)]), expected)


@pytest.mark.parametrize("concept", [Concept.ATRIAL_FIBRILLATION, Concept.SECOND_DEGREE_AV_BLOCK, Concept.HYPERTENSION])
def test_other_heart_disease_is_silent(concept: Concept) -> None:
    """When: rate-controlled atrial fibrillation and the like do not count."""
    spec(with_problems(a_problem(concept)), satisfied(RULE))


def test_a_high_grade_block_with_a_pacemaker() -> None:
    """When: the pacemaker, as a device or as a problem, takes the block away; an unread device list leaves it open."""
    block = a_problem(Concept.HIGH_GRADE_AV_BLOCK)
    spec(with_problems(block, devices=(an_event(Concept.PACEMAKER, kind="Device"),)), satisfied(RULE))
    spec(with_problems(block, a_problem(Concept.PACEMAKER)), satisfied(RULE))
    unread = a_patient(a_draft(), problems=[block], devices=cut_off(Need.DEVICES))
    spec(unread, missing(RULE, Need.DEVICES))
    spec(a_patient(a_draft(), devices=cut_off(Need.DEVICES)), satisfied(RULE))


# -- infarction and stroke


@pytest.mark.parametrize(("concept", "days"), [(INFARCTION, 183), (STROKE, 92)])
def test_a_recent_event(concept: Concept, days: int) -> None:
    """When: inside its window it counts also when it is over, by onset and else by when it was recorded."""
    spec(with_problems(a_problem(concept, recorded=days_ago(days), current=False)), CONTRAINDICATED)
    spec(with_problems(a_problem(concept, onset=days_ago(days), recorded=days_ago(900))), CONTRAINDICATED)
    spec(with_problems(a_problem(concept, recorded=days_ago(days + 1))), satisfied(RULE))
    spec(with_problems(a_problem(concept, onset=days_ago(days + 1), recorded=days_ago(1))), satisfied(RULE))
    spec(with_problems(a_problem(concept, onset=days_ahead(1))), satisfied(RULE))


def test_a_partial_date_counts_by_its_first_day() -> None:
    """When: "December 2024" begins 196 days before the moment, "2025" 165 days."""
    spec(with_problems(a_problem(INFARCTION, onset=on("2024-12"))), satisfied(RULE))
    spec(with_problems(a_problem(INFARCTION, onset=on("2025"))), CONTRAINDICATED)


@pytest.mark.parametrize(
    ("concept", "history"),
    [(INFARCTION, Concept.OLD_MYOCARDIAL_INFARCTION), (STROKE, Concept.STROKE_HISTORY)],
)
def test_an_event_without_a_date_and_an_old_one(concept: Concept, history: Concept) -> None:
    """Then: without a date it is asked for. Unless: "old" and "history of" are silent."""
    spec(with_problems(a_problem(concept, recorded=None)), TO_CLARIFY)
    for record in (a_problem(history, recorded=None), a_problem(concept, history, recorded=days_ago(3))):
        spec(with_problems(record), satisfied(RULE))


def test_the_windows_are_the_sites_choice_within_bounds() -> None:
    """A site may look back longer."""
    policy = {"iloprost-infarction-days": 200.0, "iloprost-stroke-days": 100.0}
    for concept, days in ((INFARCTION, 200), (STROKE, 100)):
        patient = a_patient(a_draft(), problems=[a_problem(concept, recorded=days_ago(days))], policy=policy)
        spec(patient, advice(RULE, "critical", says=("6 months (200 days)", "3 months (100 days)")))


def test_a_contraindication_beside_something_unclear() -> None:
    """Then: one critical card that names both."""
    recent, undated = a_problem(STROKE, recorded=days_ago(10)), a_problem(INFARCTION, recorded=None)
    because = ["Condition/stroke_tia", "Condition/myocardial_infarction"]
    spec(with_problems(undated, recent), advice(RULE, "critical", summary=SUMMARY, because=because, offers=[DELETE]))


# -- which orders


@pytest.mark.parametrize("ingredient", PROSTACYCLINS)
def test_every_prostacyclin_by_every_systemic_route(ingredient: str) -> None:
    """When: by vein, by mouth or by a route that is not stated."""
    for route in (Route.PARENTERAL, Route.ORAL, Route.UNKNOWN):
        patient = with_problems(a_problem(Concept.UNSTABLE_ANGINA), draft=a_draft(ingredient, route=route))
        spec(patient, advice(RULE, "critical"))


def test_other_orders_are_not_its_business() -> None:
    """When: only a prostacyclin that does not treat pulmonary hypertension is looked at."""
    angina = a_problem(Concept.UNSTABLE_ANGINA)
    for order in (a_draft("apixaban"), an_order(), an_order(kind="MedicationRequest")):
        spec(with_problems(angina, draft=order), not_applicable(RULE))
    spec(with_problems(angina, draft=a_draft(route=Route.INHALATION)), not_applicable(RULE))
    spec(with_problems(angina, PULMONARY), not_applicable(RULE))
    for_lungs = a_draft(reasons=a_reason(Concept.PULMONARY_HYPERTENSION))
    spec(with_problems(angina, draft=for_lungs), not_applicable(RULE))
    inhaled_for_edema = a_draft(route=Route.INHALATION, reasons=a_reason(Concept.EDEMA))
    spec(with_problems(angina, draft=inhaled_for_edema), CONTRAINDICATED)


# -- what could not be read


def test_the_problem_list_is_out_of_reach() -> None:
    """A failed query is never "no heart disease"; what arrived of the list counts, without an offer of removal: it
    cannot be told whether the prostacyclin treats pulmonary hypertension."""
    spec(a_patient(a_draft(), problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))
    partial = a_patient(a_draft(), problems=cut_off(Need.PROBLEMS, a_problem(Concept.UNSTABLE_ANGINA), PULMONARY))
    spec(partial, advice(RULE, "critical", offers=[], unchecked=True))
    for_edema = a_draft(reasons=a_reason(Concept.EDEMA))
    partial = a_patient(for_edema, problems=cut_off(Need.PROBLEMS, a_problem(Concept.UNSTABLE_ANGINA)))
    spec(partial, advice(RULE, "critical", offers=[DELETE], unchecked=True))


def test_the_procedures_are_out_of_reach() -> None:
    """An event may be recorded there."""
    spec(a_patient(a_draft(), procedures=cut_off(Need.PROCEDURES)), missing(RULE, Need.PROCEDURES))
    angina = a_problem(Concept.UNSTABLE_ANGINA)
    partial = a_patient(a_draft(), problems=[angina], procedures=cut_off(Need.PROCEDURES))
    spec(partial, advice(RULE, "critical", offers=[DELETE], unchecked=True))


def test_the_reason_on_the_order_cannot_be_read() -> None:
    """By vein the card stands, without removal; inhaled it cannot be said whether it concerns the rule."""
    angina = a_problem(Concept.UNSTABLE_ANGINA)
    by_vein = with_problems(angina, draft=a_draft(reasons=UNREADABLE_REASON))
    spec(by_vein, advice(RULE, "critical", offers=[], unchecked=True))
    inhaled = with_problems(angina, draft=a_draft(route=Route.INHALATION, reasons=UNREADABLE_REASON))
    spec(inhaled, missing(RULE, Need.PROBLEMS))

"""BME-DS-ILO-06: no prostacyclin while breastfeeding, a lower start dose in liver failure or on dialysis."""

from __future__ import annotations

import pytest

from cds_hooks.authoring.verdict import Advice
from cds_hooks.snapshot.problem import Answer, Problem, Result
from cds_hooks.snapshot.vocabulary import Concept, Need, Route
from tests.builders.moment import days_ago
from tests.builders.snapshot import (
    A_WOMAN,
    UNREADABLE_REASON,
    a_draft,
    a_patient,
    a_problem,
    a_reason,
    a_result,
    an_order,
    cut_off,
)
from tests.builders.verdicts import Expected, advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-DS-ILO-06"
DELETE = "delete MedicationRequest/draft-iloprost"
LOWER = "update MedicationRequest/draft-iloprost: note the lower start dose"
BREASTFEEDING = "Iloprost is contraindicated during breastfeeding (EU label)"
LOWER_DOSE = "Iloprost: start-dose limit with liver failure or dialysis"
FEEDING = a_problem(Concept.LACTATION)
CIRRHOSIS = a_problem(Concept.CIRRHOSIS)
CONTRAINDICATED = advice(RULE, "critical", summary=BREASTFEEDING, offers=[DELETE], arm="lactation", unchecked=False)
START_LOW = advice(RULE, "warning", summary=LOWER_DOSE, offers=[LOWER], arm="dose", unchecked=False)
FOR_LUNGS = a_reason(Concept.PULMONARY_HYPERTENSION)


def status(answer: Answer, days: int = 10) -> Result:
    return a_result(Concept.BREASTFEEDING_STATUS, answer, when=days_ago(days))


def egfr(value: float, days: int = 10) -> Result:
    return a_result(Concept.EGFR, value, when=days_ago(days))


# -- breastfeeding


def test_breastfeeding_as_a_problem() -> None:
    """When: current; over it is silent."""
    spec(a_patient(a_draft(), problems=[FEEDING], demographics=A_WOMAN), CONTRAINDICATED)
    spec(a_patient(a_draft(), problems=[a_problem(Concept.LACTATION, current=False)]), satisfied(RULE))
    spec(a_patient(a_draft(), problems=[a_problem(Concept.LACTATION_ENDED)]), satisfied(RULE))


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([status(Answer.POSITIVE, 300)], CONTRAINDICATED),
        ([status(Answer.POSITIVE, 301)], satisfied(RULE)),
        ([status(Answer.NEGATIVE)], satisfied(RULE)),
        ([status(Answer.UNDECIDED)], satisfied(RULE)),
        ([status(Answer.POSITIVE, 9), status(Answer.NEGATIVE, 10)], CONTRAINDICATED),
        ([status(Answer.POSITIVE, 10), status(Answer.NEGATIVE, 9)], satisfied(RULE)),
        ([a_result(Concept.BREASTFEEDING_STATUS, Answer.POSITIVE, when=None)], satisfied(RULE)),
        ([a_result(Concept.HCG_QUALITATIVE, Answer.POSITIVE)], satisfied(RULE)),
    ],
)
def test_the_recorded_status(results: list[Result], expected: Expected) -> None:
    """When: the newest dated status of the last 300 days says so."""
    spec(a_patient(a_draft(), pregnancy_results=results), expected)


def test_a_newer_status_ends_an_older_problem() -> None:
    """Unless: "not breastfeeding" is surely newer than the problem."""
    for recorded, expected in ((11, satisfied(RULE)), (10, CONTRAINDICATED), (9, CONTRAINDICATED)):
        problem = a_problem(Concept.LACTATION, recorded=days_ago(recorded))
        spec(a_patient(a_draft(), problems=[problem], pregnancy_results=[status(Answer.NEGATIVE)]), expected)
    undated = a_problem(Concept.LACTATION, recorded=None)
    spec(a_patient(a_draft(), problems=[undated], pregnancy_results=[status(Answer.NEGATIVE)]), CONTRAINDICATED)


# -- liver and kidney


@pytest.mark.parametrize(
    ("problems", "expected"),
    [
        ([CIRRHOSIS], START_LOW),
        ([a_problem(Concept.CIRRHOSIS, Concept.CHILD_PUGH_B_OR_C)], START_LOW),
        ([a_problem(Concept.CHILD_PUGH_B_OR_C)], START_LOW),
        ([a_problem(Concept.CIRRHOSIS, Concept.CHILD_PUGH_A)], satisfied(RULE)),
        ([CIRRHOSIS, a_problem(Concept.CHILD_PUGH_A)], satisfied(RULE)),
        ([CIRRHOSIS, a_problem(Concept.CHILD_PUGH_A), a_problem(Concept.CHILD_PUGH_B_OR_C)], START_LOW),
        ([a_problem(Concept.CIRRHOSIS, current=False)], satisfied(RULE)),
        ([a_problem(Concept.DIALYSIS)], START_LOW),
        ([a_problem(Concept.END_STAGE_RENAL_DISEASE)], START_LOW),
        ([a_problem(Concept.CKD_4)], satisfied(RULE)),
    ],
)
def test_liver_and_kidney_failure(problems: list[Problem], expected: Expected) -> None:
    """When: cirrhosis of class B or C, or of no stated class; dialysis."""
    spec(a_patient(a_draft(), problems=problems), expected)


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (egfr(29.9, 365), START_LOW),
        (egfr(30), satisfied(RULE)),
        (egfr(20, 366), satisfied(RULE)),
    ],
)
def test_a_low_egfr(result: Result, expected: Expected) -> None:
    """When: below 30, not older than a year."""
    spec(a_patient(a_draft(), labs=[result]), expected)


def test_thresholds_are_the_sites_choice() -> None:
    """Limit and age of the eGFR may be set."""
    patient = a_patient(a_draft(), labs=[egfr(39, 40)], policy={"iloprost-egfr": 40.0, "iloprost-egfr-days": 40.0})
    spec(patient, START_LOW)
    spec(a_patient(a_draft(), labs=[egfr(20, 41)], policy={"iloprost-egfr-days": 40.0}), satisfied(RULE))


def test_breastfeeding_with_liver_failure() -> None:
    """Then: one critical card with both offers and both facts."""
    because = ["MedicationRequest/draft-iloprost", "Condition/lactation", "Condition/cirrhosis"]
    both = advice(RULE, "critical", summary=BREASTFEEDING, offers=[DELETE, LOWER], because=because, arm="lactation")
    spec(a_patient(a_draft(), problems=[FEEDING, CIRRHOSIS]), both)


@pytest.mark.parametrize(
    ("problems", "milk", "liver"),
    [([FEEDING], True, False), ([CIRRHOSIS], False, True), ([FEEDING, CIRRHOSIS], True, True)],
)
def test_the_words_fit_what_was_found(problems: list[Problem], milk: bool, liver: bool) -> None:
    """Then: milk, or clearance and the start dose, or both."""
    verdict = judge(RULE, a_patient(a_draft(), problems=problems))
    assert isinstance(verdict, Advice)
    detail = " ".join(verdict.detail)
    assert ("passes into milk" in detail, "cleared more slowly" in detail, "0.25 ng" in detail) == (milk, liver, liver)


# -- which orders


def test_in_pulmonary_hypertension_only_breastfeeding_counts() -> None:
    """Unless: it treats pulmonary hypertension. Then: no removal, since an abrupt stop is dangerous."""
    for_lungs = a_draft(reasons=FOR_LUNGS)
    spec(a_patient(for_lungs, problems=[CIRRHOSIS], labs=[egfr(20)]), satisfied(RULE))
    critical = advice(RULE, "critical", summary=BREASTFEEDING, offers=[], unchecked=False)
    spec(a_patient(for_lungs, problems=[FEEDING, CIRRHOSIS]), critical)
    spec(a_patient(for_lungs, labs=cut_off(Need.KIDNEY_FUNCTION)), satisfied(RULE))


def test_other_orders_are_not_its_business() -> None:
    """When: a systemic prostacyclin."""
    for order in (a_draft("apixaban"), an_order(), an_order(kind="MedicationRequest"), a_draft(route=Route.INHALATION)):
        spec(a_patient(order, problems=[FEEDING, CIRRHOSIS]), not_applicable(RULE))


# -- what could not be read


def test_what_could_not_be_read() -> None:
    """Each failed query is a check not done; beside a finding the card names it."""
    for_edema = a_draft(reasons=a_reason(Concept.EDEMA))
    spec(a_patient(for_edema, problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))
    spec(a_patient(for_edema, pregnancy_results=cut_off(Need.PREGNANCY)), missing(RULE, Need.PREGNANCY))
    spec(a_patient(for_edema, labs=cut_off(Need.KIDNEY_FUNCTION)), missing(RULE, Need.KIDNEY_FUNCTION))
    feeding = a_patient(for_edema, problems=[FEEDING], labs=cut_off(Need.KIDNEY_FUNCTION))
    spec(feeding, advice(RULE, "critical", offers=[DELETE], unchecked=True))
    slow = a_patient(for_edema, problems=[CIRRHOSIS], pregnancy_results=cut_off(Need.PREGNANCY))
    spec(slow, advice(RULE, "warning", offers=[LOWER], unchecked=True))


def test_the_use_of_the_prostacyclin_is_unknown() -> None:
    """By vein the card stands without removal; inhaled it cannot be said whether it counts."""
    unread = a_draft(reasons=UNREADABLE_REASON)
    spec(a_patient(unread, problems=[FEEDING]), advice(RULE, "critical", offers=[], unchecked=True))
    spec(a_patient(unread, problems=[CIRRHOSIS]), advice(RULE, "warning", offers=[LOWER], unchecked=True))
    inhaled = a_draft(route=Route.INHALATION, reasons=UNREADABLE_REASON)
    spec(a_patient(inhaled, problems=[FEEDING]), missing(RULE, Need.PROBLEMS))

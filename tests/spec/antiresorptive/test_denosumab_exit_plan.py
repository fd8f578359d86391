"""BME-DS-DEN-05: denosumab should be given with a plan for what follows it."""

from __future__ import annotations

import pytest

from cds_hooks.authoring.rule import Hook
from cds_hooks.authoring.verdict import Advice, Group
from cds_hooks.rules.antiresorptive.denosumab_exit_plan import RULE as STATED
from cds_hooks.snapshot.medication import Medication, Standing
from cds_hooks.snapshot.model import GapKind
from cds_hooks.snapshot.problem import Problem
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.moment import days_ago
from tests.builders.snapshot import (
    UNREADABLE_REASON,
    a_draft,
    a_medication,
    a_patient,
    a_problem,
    a_reason,
    an_order,
    cut_off,
    out_of_reach,
)
from tests.builders.verdicts import Expected, advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-DS-DEN-05"
SUMMARY = "Denosumab needs an exit plan - vertebral fractures can follow after stopping"
PLAN = "denosumab_exit_plan"
FOR_EDEMA = a_reason(Concept.EDEMA_SYNDROME)
FOR_OSTEOPOROSIS = a_reason(Concept.OSTEOPOROSIS)
WARN = advice(RULE, "warning", summary=SUMMARY, arm="rebound")
INFORM = advice(RULE, "info", summary=SUMMARY, arm="rebound")


def given(days: int, ingredient: str = "denosumab", **overrides: object) -> Medication:
    """A completed order of so many days ago, denosumab for the edema syndrome."""
    stated = {
        "written": days_ago(days),
        "standing": Standing.ENDED,
        "reasons": FOR_EDEMA,
        "reference": f"MedicationRequest/{ingredient}-{days}",
    } | overrides
    return a_medication(ingredient, **stated)  # type: ignore[arg-type]


# -- the draft


def test_a_draft_of_denosumab() -> None:
    """Then: information in the basis group, with a task for the exit plan."""
    spec(
        a_patient(a_draft("denosumab")),
        advice(
            RULE,
            "info",
            summary=SUMMARY,
            offers=[PLAN],
            because=["MedicationRequest/draft-denosumab"],
            arm="plan",
            group=Group.DENOSUMAB_BASIS,
        ),
    )
    spec(a_patient(a_draft("ibandronate")), not_applicable(RULE))
    spec(a_patient(an_order(Concept.MRI_HIP)), not_applicable(RULE))


def test_where_it_is_asked() -> None:
    """Hooks: at selection about the draft, at patient-view about past doses."""
    assert STATED.hooks == {Hook.ORDER_SELECT, Hook.PATIENT_VIEW}


# -- the chart


@pytest.mark.parametrize(
    ("dose", "expected"),
    [
        (given(182), satisfied(RULE)),
        (given(183), WARN),
        (given(365), WARN),
        (given(366), INFORM),
        (given(548), INFORM),
        (given(549), satisfied(RULE)),
        (given(100, last_given=days_ago(200)), WARN),
        (given(200, last_given=days_ago(100)), satisfied(RULE)),
        (given(200, standing=Standing.ACTIVE), WARN),
        (given(200, standing=Standing.UNCERTAIN), WARN),
    ],
)
def test_the_days_since_the_last_dose(dose: Medication, expected: Expected) -> None:
    """When: 183 to 365 days ago a warning, to 548 days information; since it was given, else since it was ordered."""
    spec(a_patient(medications=[dose]), expected)


def test_the_card() -> None:
    """Then: the dose with its day, a task for the exit plan; no group, nothing to remove."""
    patient = a_patient(medications=[given(200)], problems=[a_problem(Concept.EDEMA_SYNDROME)])
    because = ["MedicationRequest/denosumab-200", "Condition/bone_marrow_edema_syndrome"]
    spec(patient, advice(RULE, "warning", offers=[PLAN], because=because, unchecked=False))
    verdict = judge(RULE, patient)
    assert isinstance(verdict, Advice)
    assert verdict.group is None
    assert len(verdict.because) == 2
    assert "200 days old" in verdict.detail[0]


def test_the_newest_dose_counts() -> None:
    """When: a next dose ends the question."""
    spec(a_patient(medications=[given(300), given(100)]), satisfied(RULE))
    spec(a_patient(medications=[given(400), given(200)]), WARN)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (given(500, "alendronate", standing=Standing.ACTIVE), satisfied(RULE)),
        (given(199, "zoledronic acid"), satisfied(RULE)),
        (given(200, "zoledronic acid"), WARN),
        (given(300, "zoledronic acid"), WARN),
        (given(100, "apixaban"), WARN),
    ],
)
def test_a_follow_on_treatment(other: Medication, expected: Expected) -> None:
    """When: another antiresorptive is active or was given after the denosumab."""
    spec(a_patient(medications=[given(200), other]), expected)


@pytest.mark.parametrize(
    ("reasons", "problem", "expected"),
    [
        (FOR_EDEMA, None, WARN),
        (FOR_OSTEOPOROSIS, None, not_applicable(RULE)),
        (FOR_OSTEOPOROSIS, a_problem(Concept.EDEMA_SYNDROME), WARN),
        (FOR_OSTEOPOROSIS, a_problem(Concept.EDEMA_SYNDROME, current=False, ended=days_ago(730)), WARN),
        (
            FOR_OSTEOPOROSIS,
            a_problem(Concept.EDEMA_SYNDROME, current=False, ended=days_ago(731)),
            not_applicable(RULE),
        ),
        (FOR_OSTEOPOROSIS, a_problem(Concept.EDEMA_SYNDROME, current=False, recorded=None), not_applicable(RULE)),
        (FOR_EDEMA, a_problem(Concept.BONE_METASTASIS), not_applicable(RULE)),
        (a_reason(Concept.MULTIPLE_MYELOMA), a_problem(Concept.EDEMA_SYNDROME), not_applicable(RULE)),
    ],
)
def test_what_it_was_given_for(reasons: object, problem: Problem | None, expected: Expected) -> None:
    """When: for edema, or while the syndrome was active in the last 24 months; not against cancer."""
    dose = given(200, reasons=reasons)
    spec(a_patient(medications=[dose], problems=[problem] if problem else []), expected)


def test_the_dose_for_cancer() -> None:
    """Unless: the product is the one of 120 mg."""
    spec(a_patient(medications=[given(200, strength_mg=120.0)]), not_applicable(RULE))
    spec(a_patient(medications=[given(200, strength_mg=60.0)]), WARN)


def test_no_denosumab() -> None:
    """When: a chart without denosumab is none of its business."""
    spec(a_patient(), not_applicable(RULE))
    spec(a_patient(problems=[a_problem(Concept.EDEMA_SYNDROME)]), not_applicable(RULE))


def test_what_could_not_be_read() -> None:
    """A failed query is not an empty one: a next dose may be in what was not read."""
    spec(a_patient(medications=cut_off(Need.MEDICATIONS)), missing(RULE, Need.MEDICATIONS))
    spec(a_patient(medications=cut_off(Need.MEDICATIONS, given(200))), missing(RULE, Need.MEDICATIONS))
    spec(a_patient(medications=cut_off(Need.MEDICATIONS, given(100))), satisfied(RULE))
    gap = out_of_reach(Need.STOPPED_MEDICATIONS)
    spec(a_patient(medications=[given(200)], administrations_gap=gap), missing(RULE, Need.STOPPED_MEDICATIONS))
    spec(a_patient(medications=[given(200)], problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))
    undated = a_patient(medications=[given(200, written=None)])
    spec(undated, missing(RULE, Need.MEDICATIONS, GapKind.UNUSABLE))
    unclear = a_patient(medications=[given(200, reasons=UNREADABLE_REASON)])
    spec(unclear, missing(RULE, Need.PROBLEMS))
    follow_on = given(0, "zoledronic acid", written=None)
    spec(a_patient(medications=[given(200), follow_on]), missing(RULE, Need.MEDICATIONS, GapKind.UNUSABLE))
    two = a_patient(medications=[given(200), given(400, reasons=UNREADABLE_REASON)])
    spec(two, advice(RULE, "warning", unchecked=True))


def test_the_site_may_set_the_days() -> None:
    """When: the days are the site's choice."""
    policy = {
        "denosumab-rebound-from": 200.0,
        "denosumab-rebound-near": 300.0,
        "denosumab-rebound-late": 400.0,
        "denosumab-syndrome-within": 365.0,
    }
    for days, expected in ((199, satisfied(RULE)), (301, INFORM), (401, satisfied(RULE))):
        spec(a_patient(medications=[given(days)], policy=policy), expected)
    over = a_problem(Concept.EDEMA_SYNDROME, current=False, ended=days_ago(400))
    dose = given(250, reasons=FOR_OSTEOPOROSIS)
    spec(a_patient(medications=[dose], problems=[over], policy=policy), not_applicable(RULE))

"""BME-DS-COR-02: a steroid injection in diabetes, or under an anticoagulant."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.authoring.verdict import Advice
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Gap, GapKind, Listing
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.problem import Result
from cds_hooks.snapshot.vocabulary import Concept, Need, Route
from tests.builders.moment import days_ago
from tests.builders.snapshot import (
    a_draft,
    a_medication,
    a_patient,
    a_problem,
    a_result,
    an_order,
    cut_off,
    heparin_flush,
)
from tests.builders.verdicts import Expected, advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-DS-COR-02"
DIABETES = "Steroid injection with diabetes - expect higher glucose for some days"
ANTICOAGULANT = "Joint injection under anticoagulant - usually possible, check INR if on a VKA"
SWEET, WARFARIN = a_problem(Concept.DIABETES), a_medication("warfarin")
INFO, WARN = advice(RULE, "info", arm="diabetes"), advice(RULE, "warning", arm="diabetes")


def injected(draft: Order | None = None, *others: Order, **chart: Any) -> Patient:
    return a_patient(draft or an_order(Concept.JOINT_INJECTION), *others, **chart)


def test_diabetes() -> None:
    """Then: say what to expect and offer glucose checks."""
    because = ["ServiceRequest/draft", "Condition/diabetes"]
    expected = advice(
        RULE, "info", summary=DIABETES, offers=["glucose_checks"], because=because, unchecked=False, arm="diabetes"
    )
    spec(injected(problems=(SWEET,)), expected)


def test_an_anticoagulant() -> None:
    """Then: in its own words; nothing is offered."""
    because = ["ServiceRequest/draft", "MedicationRequest/warfarin"]
    expected = advice(RULE, "info", summary=ANTICOAGULANT, offers=[], because=because, arm="anticoagulant")
    spec(injected(medications=(WARFARIN,)), expected)
    spec(injected(None, a_draft("apixaban")), advice(RULE, "info", summary=ANTICOAGULANT))


@pytest.mark.parametrize(
    ("hba1c", "days", "expected"),
    [(8.5, 180, WARN), (8.4, 180, INFO), (8.5, 181, INFO)],
)
def test_hba1c(hba1c: float, days: int, expected: Expected) -> None:
    """When: 8.5 % or more in 180 days is a warning; a missing or old one is not."""
    result = a_result(Concept.HBA1C, hba1c, when=days_ago(days))
    spec(injected(problems=(SWEET,), screening_labs=(result,)), expected)
    spec(injected(screening_labs=(result,)), satisfied(RULE))


@pytest.mark.parametrize(
    ("inr", "days", "indicator"),
    [(3.6, 28, "warning"), (3.5, 28, "info"), (3.6, 29, "info")],
)
def test_inr(inr: float, days: int, indicator: Any) -> None:
    """When: an INR above 3.5 under an anticoagulant is a warning."""
    result = a_result(Concept.INR, inr, when=days_ago(days))
    expected = advice(RULE, indicator, summary=ANTICOAGULANT)
    spec(injected(medications=(WARFARIN,), labs=(result,)), expected)
    spec(injected(labs=(result,)), satisfied(RULE))


def test_a_bound_that_does_not_decide_is_missing() -> None:
    bound = a_result(Concept.HBA1C, 9.0, at_most=True)
    spec(injected(problems=(SWEET,), screening_labs=(bound,)), INFO)


HIGH_HBA1C, HIGH_INR = a_result(Concept.HBA1C, 9.0), a_result(Concept.INR, 4.0)


@pytest.mark.parametrize(
    ("hba1c", "inr", "indicator", "summary"),
    [
        ((), (), "info", DIABETES),
        ((HIGH_HBA1C,), (), "warning", DIABETES),
        ((), (HIGH_INR,), "warning", ANTICOAGULANT),
        ((HIGH_HBA1C,), (HIGH_INR,), "warning", DIABETES),
    ],
)
def test_both(hba1c: tuple[Result, ...], inr: tuple[Result, ...], indicator: Any, summary: str) -> None:
    """Then: one card; what weighs most leads, both are told, the values that decide are shown."""
    patient = injected(problems=(SWEET,), medications=(WARFARIN,), screening_labs=hba1c, labs=inr)
    because = [item.fact.resource for item in (*hba1c, *inr)]
    spec(patient, advice(RULE, indicator, summary=summary, offers=["glucose_checks"], because=because))
    verdict = judge(RULE, patient)
    assert isinstance(verdict, Advice)
    assert len(verdict.detail) == 2


def test_neither() -> None:
    spec(injected(), satisfied(RULE))
    spec(injected(medications=(heparin_flush(),)), satisfied(RULE))
    spec(injected(problems=(a_problem(Concept.DIABETES, current=False),)), satisfied(RULE))


def test_local_injections_alone() -> None:
    spec(injected(a_draft("triamcinolone", route=Route.PARENTERAL), problems=(SWEET,)), not_applicable(RULE))


def test_out_of_reach() -> None:
    spec(injected(problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))
    spec(injected(medications=cut_off(Need.MEDICATIONS)), missing(RULE, Need.MEDICATIONS))
    unread = advice(RULE, "info", unchecked=True)
    spec(injected(problems=(SWEET,), medications=cut_off(Need.MEDICATIONS)), unread)
    spec(injected(problems=(SWEET,), screening_labs=cut_off(Need.HBA1C)), unread)
    spec(injected(medications=(WARFARIN,), labs=cut_off(Need.INR)), unread)
    spec(injected(medications=(WARFARIN,), labs=cut_off(Need.INR, HIGH_INR)), advice(RULE, "warning", unchecked=True))


def test_results_that_could_not_be_used_are_remarked() -> None:
    remark = Gap(Need.HBA1C, GapKind.UNUSABLE, "an HbA1c is dated in the future", Concept.HBA1C)
    for items in ((), (HIGH_HBA1C,), (a_result(Concept.HBA1C, 6.0),)):
        listing: Listing[Result] = Listing(items, remarks=(remark,))
        verdict = judge(RULE, injected(problems=(SWEET,), screening_labs=listing))
        assert isinstance(verdict, Advice)
        assert verdict.remarks == (remark,)


def test_a_result_without_a_number_decides_nothing() -> None:
    odd = Result(concept=Concept.HBA1C, fact=HIGH_HBA1C.fact, when=days_ago(1))
    spec(injected(problems=(SWEET,), screening_labs=(odd,)), INFO)

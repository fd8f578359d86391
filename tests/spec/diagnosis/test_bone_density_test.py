"""BME-DX-10: in an edema syndrome with low vitamin D a bone density measurement may be warranted."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.snapshot.model import GapKind
from cds_hooks.snapshot.patient import Demographics, Patient
from cds_hooks.snapshot.problem import Answer
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.moment import born, days_ago
from tests.builders.snapshot import (
    A_WOMAN,
    a_patient,
    a_problem,
    a_result,
    an_event,
    cut_off,
    out_of_reach,
)
from tests.builders.verdicts import Expected, advice, missing, not_applicable, satisfied, spec

RULE = "BME-DX-10"
SUMMARY = "Low vitamin D with BMES - consider bone mineral density testing"
SYNDROME = a_problem(Concept.EDEMA_SYNDROME)
FIRES = advice(RULE, "info")


def vitamin_d(value: float = 16.0, days: int = 41, **said: Any) -> Any:
    return a_result(Concept.VITAMIN_D_25_OH, value, when=days_ago(days), **said)


def low(**chart: Any) -> Patient:
    return a_patient(**{"problems": (SYNDROME,), "bone_labs": (vitamin_d(),), **chart})


def test_low_vitamin_d() -> None:
    """Then: the measurement is offered."""
    because = ["Condition/bone_marrow_edema_syndrome", "Observation/vitamin_d_25_oh"]
    spec(low(), advice(RULE, "info", summary=SUMMARY, offers=["dxa"], because=because, unchecked=False))


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (vitamin_d(19.9), FIRES),
        (vitamin_d(20.0), satisfied(RULE)),
        (vitamin_d(days=365), FIRES),
        (vitamin_d(days=366), satisfied(RULE)),
        (vitamin_d(20.0, at_most=True), FIRES),
        (vitamin_d(30.0, at_most=True), satisfied(RULE)),
    ],
)
def test_what_is_low(result: Any, expected: Expected) -> None:
    """When: below 20 ng/mL in the last 365 days; a missing result is another rule's business."""
    spec(low(bone_labs=(result,)), expected)
    spec(low(bone_labs=()), satisfied(RULE))


@pytest.mark.parametrize(
    "problem", [a_problem(Concept.EDEMA), a_problem(Concept.EDEMA_SYNDROME, current=False), a_problem(Concept.GOUT)]
)
def test_without_a_syndrome(problem: Any) -> None:
    spec(low(problems=(problem,)), not_applicable(RULE))


@pytest.mark.parametrize(
    "chart",
    [
        {"scores": (a_result(Concept.DXA_T_SCORE, -1.4, when=days_ago(730)),)},
        {"densitometry": (an_event(Concept.DXA, when=days_ago(730)),)},
        {"densitometry": (an_event(Concept.DXA, when=None),)},
        {"procedures": (an_event(Concept.DXA, when=days_ago(730)),)},
        {"care": (an_event(Concept.DXA, open=True),)},
        {"demographics": A_WOMAN, "pregnancy_results": (a_result(Concept.HCG_QUALITATIVE, Answer.POSITIVE),)},
        {"demographics": Demographics(gender="male", birth_date=born(17))},
    ],
    ids=["score", "report", "undated report", "procedure", "ordered", "pregnant", "child"],
)
def test_unless(chart: dict[str, Any]) -> None:
    spec(low(**chart), satisfied(RULE))


@pytest.mark.parametrize(
    "chart",
    [
        {"scores": (a_result(Concept.DXA_T_SCORE, -1.4, when=days_ago(731)),)},
        {"scores": (a_result(Concept.PHQ9_TOTAL, 4.0),)},
        {"densitometry": (an_event(Concept.DXA, when=days_ago(731)),)},
        {"procedures": (an_event(Concept.DXA, when=days_ago(731)), an_event(Concept.CT_ANY))},
        {"care": (an_event(Concept.DXA), an_event(Concept.CT_ANY, open=True))},
        {"demographics": Demographics(gender="male", birth_date=born(18))},
    ],
    ids=["old score", "another score", "old report", "old procedure", "order that is done", "18 years"],
)
def test_what_does_not_count(chart: dict[str, Any]) -> None:
    spec(low(**chart), FIRES)


def test_out_of_reach() -> None:
    spec(low(problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))
    spec(low(problems=cut_off(Need.PROBLEMS, SYNDROME)), missing(RULE, Need.PROBLEMS))
    spec(low(bone_labs=cut_off(Need.VITAMIN_D)), missing(RULE, Need.VITAMIN_D))
    spec(low(bone_labs=cut_off(Need.VITAMIN_D, vitamin_d())), advice(RULE, "info", unchecked=True))
    spec(low(scores=cut_off(Need.BONE_DENSITY)), missing(RULE, Need.BONE_DENSITY))
    spec(low(densitometry=cut_off(Need.BONE_DENSITY)), missing(RULE, Need.BONE_DENSITY))
    spec(low(procedures=cut_off(Need.PROCEDURES)), missing(RULE, Need.PROCEDURES))
    spec(low(care=cut_off(Need.CARE)), missing(RULE, Need.CARE))
    spec(low(pregnancy_results=cut_off(Need.PREGNANCY)), missing(RULE, Need.PREGNANCY))
    unread = Demographics(gap=out_of_reach(Need.DEMOGRAPHICS))
    spec(low(demographics=unread), missing(RULE, Need.DEMOGRAPHICS))


def test_an_unknown_age() -> None:
    """Missing: the age decides; without one nothing is said."""
    spec(low(demographics=Demographics(gender="male")), missing(RULE, Need.DEMOGRAPHICS, GapKind.NOT_RECORDED))


def test_a_result_is_enough_where_the_rest_is_out_of_reach() -> None:
    sufficient = low(bone_labs=(vitamin_d(34.0),), problems=cut_off(Need.PROBLEMS), care=cut_off(Need.CARE))
    spec(sufficient, satisfied(RULE))

"""BME-TB-03: low vitamin D in marrow edema."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cds_hooks.authoring.rule import Hook
from cds_hooks.authoring.verdict import Advice, MissingData
from cds_hooks.evaluation.evaluate import Judged, evaluate
from cds_hooks.evaluation.triage import triage
from cds_hooks.rules import CATALOG
from cds_hooks.snapshot.model import Listing
from cds_hooks.snapshot.patient import Demographics
from cds_hooks.snapshot.vitamin_d_level import vitamin_d_note
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need, Route
from tests.builders.moment import born, days_ago
from tests.builders.snapshot import a_medication, a_patient, a_problem, a_result, cut_off, unusable
from tests.builders.verdicts import advice, judge, missing, satisfied, spec

RULE = "BME-TB-03"
SUMMARY = "Vitamin D is low with marrow edema - consider supplementation"
SYNDROME = a_problem(Concept.EDEMA_SYNDROME)
REPEAT = "vitamin_d_test_repeat"
BOTH = ("colecalciferol", REPEAT)


def level(value: float, days: int = 40, **more: Any) -> Any:
    return a_result(Concept.VITAMIN_D_25_OH, value, when=days_ago(days), **more)


def chart(value: float = 15, days: int = 40, **more: Any) -> Any:
    return a_patient(**{"problems": [SYNDROME], "bone_labs": [level(value, days)], **more})


# -- When


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (11.9, advice(RULE, "warning", summary=SUMMARY, offers=BOTH)),
        (12.0, advice(RULE, "info", summary=SUMMARY, offers=BOTH)),
        (19.9, advice(RULE, "info", because=["Observation/vitamin_d_25_oh", SYNDROME.fact.resource])),
        (20.0, satisfied(RULE)),
    ],
)
def test_the_bands_of_vitamin_d(value: float, expected: Any) -> None:
    spec(chart(value), expected)


@pytest.mark.parametrize(
    ("value", "bound", "expected"),
    [
        (12, "at_most", advice(RULE, "warning")),
        (13, "at_most", advice(RULE, "info")),
        (20, "at_most", advice(RULE, "info")),
        (30, "at_most", satisfied(RULE)),
        (8, "at_least", satisfied(RULE)),
    ],
)
def test_a_bound_counts_where_it_decides(value: float, bound: str, expected: Any) -> None:
    spec(chart(bone_labs=[level(value, **{bound: True})]), expected)


def test_a_result_of_more_than_a_year_ago_is_none() -> None:
    spec(chart(days=365), advice(RULE, "info"))
    spec(chart(days=366), satisfied(RULE))
    spec(chart(bone_labs=()), satisfied(RULE))


def test_vitamin_d_is_offered_to_adults_only() -> None:
    spec(chart(demographics=Demographics(birth_date=born(18))), advice(RULE, "info", offers=BOTH))
    spec(chart(demographics=Demographics(birth_date=born(17))), advice(RULE, "info", offers=[REPEAT]))
    spec(chart(demographics=Demographics()), advice(RULE, "info", offers=[REPEAT]))


def test_it_is_asked_only_with_marrow_edema() -> None:
    rules = [rule for rule in CATALOG if rule.rule.id == RULE]
    assert len(evaluate(rules, chart())) == 1
    assert evaluate(rules, chart(problems=())) == ()
    spec(chart(problems=()), advice(RULE, "info", because=["Observation/vitamin_d_25_oh"]))


# -- Unless


@pytest.mark.parametrize("product", ["colecalciferol", "calcium + vitamin D"])
def test_vitamin_d_in_use_is_enough(product: str) -> None:
    spec(chart(medications=[a_medication(product)]), satisfied(RULE))


def test_a_cream_is_no_supplement() -> None:
    cream = a_medication("colecalciferol", group=DrugGroup.VITAMIN_D, route=Route.LOCAL)
    spec(chart(medications=[cream]), advice(RULE, "info"))


@pytest.mark.parametrize(
    ("calcium", "days", "expected"),
    [
        (10.6, 90, satisfied(RULE)),
        (10.5, 90, advice(RULE, "info", unchecked=False)),
        (10.6, 91, advice(RULE, "info")),
    ],
)
def test_a_high_calcium_comes_first(calcium: float, days: int, expected: Any) -> None:
    """As in BME-DS-VTD-01."""
    high = a_result(Concept.CALCIUM_TOTAL, calcium, when=days_ago(days))
    spec(chart(bone_labs=[level(15), high]), expected)


# -- what could not be read


def test_a_failed_query_leaves_it_open() -> None:
    spec(chart(bone_labs=cut_off(Need.VITAMIN_D)), missing(RULE, Need.VITAMIN_D))
    spec(chart(medications=cut_off(Need.MEDICATIONS)), missing(RULE, Need.MEDICATIONS))


@pytest.mark.parametrize(("value", "urgent"), [(11.9, True), (12, False)])
def test_an_open_check_says_whether_it_would_have_warned(value: float, urgent: bool) -> None:
    left_open = judge(RULE, chart(value, medications=cut_off(Need.MEDICATIONS)))
    assert isinstance(left_open, MissingData)
    assert left_open.urgent is urgent


def test_results_that_were_cut_off_are_named() -> None:
    spec(chart(bone_labs=cut_off(Need.VITAMIN_D, level(15))), advice(RULE, "info", unchecked=True))


def test_an_unusable_result_is_remarked() -> None:
    remark = replace(unusable(Need.VITAMIN_D), about=Concept.VITAMIN_D_25_OH)
    spec(chart(bone_labs=Listing((), remarks=(remark,))), satisfied(RULE, remarked=True))
    spec(chart(bone_labs=Listing((level(15),), remarks=(remark,))), advice(RULE, "info", remarked=True))


# -- beside other rules


def test_a_stress_injury_with_low_vitamin_d_is_a_line_of_it() -> None:
    own = next(rule.rule for rule in CATALOG if rule.rule.id == RULE)
    stress = Advice(indicator="info", summary="Stress injury", detail=(), because=())
    judged = [Judged(own, None, judge(RULE, chart())), Judged(replace(own, id="BME-SP-06"), None, stress)]
    (card,) = triage(judged, Hook.PATIENT_VIEW).cards
    assert [each.rule.id for each in card.members] == [RULE, "BME-SP-06"]


@pytest.mark.parametrize(("value", "said"), [(19.9, False), (20, True), (29.9, True), (30, False)])
def test_the_gray_zone_is_a_line_elsewhere(value: float, said: bool) -> None:
    """20 to below 30 ng/mL: the note that DX-06, TB-01 and SP-06 carry."""
    assert bool(vitamin_d_note(chart(value))) is said


def test_an_undecided_bound_is_in_no_zone() -> None:
    assert vitamin_d_note(chart(bone_labs=[level(30, at_most=True)])) == ()
    assert vitamin_d_note(chart(bone_labs=[level(20, at_least=True)])) == ()
    assert vitamin_d_note(chart(bone_labs=cut_off(Need.VITAMIN_D))) == ()

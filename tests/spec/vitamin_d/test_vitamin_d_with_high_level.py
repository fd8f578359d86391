"""BME-DS-VTD-01: vitamin D should not be added to a high calcium or to a toxic level of vitamin D."""

from __future__ import annotations

import pytest

from cds_hooks.authoring.verdict import Advice
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Gap, GapKind, Listing
from cds_hooks.snapshot.problem import Result
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need, Route
from tests.builders.moment import days_ago
from tests.builders.snapshot import a_draft, a_patient, a_result, an_order, cut_off
from tests.builders.verdicts import Expected, advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-DS-VTD-01"
SUMMARY = "High calcium or high vitamin D level - adding vitamin D may do harm"
DELETE = "delete MedicationRequest/draft-colecalciferol"
CRITICAL = advice(RULE, "critical", summary=SUMMARY, offers=[DELETE], unchecked=False, remarked=False)
WARNING = advice(RULE, "warning", summary=SUMMARY, offers=[DELETE], unchecked=False, remarked=False)
CLEAR, SILENT = satisfied(RULE), not_applicable(RULE)
DRAFT = a_draft("colecalciferol")


def level(value: float, days: int = 30, *, at_most: bool = False, at_least: bool = False) -> Result:
    return a_result(Concept.VITAMIN_D_25_OH, value, when=days_ago(days), at_most=at_most, at_least=at_least)


def calcium(value: float, days: int = 10, *, high: float | None = None, concept: Concept | None = None) -> Result:
    return a_result(concept or Concept.CALCIUM_CORRECTED, value, when=days_ago(days), high=high)


# -- When the calcium is high


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (calcium(10.6), CRITICAL),
        (calcium(10.5), CLEAR),
        (calcium(10.3, high=10.2), CRITICAL),
        (calcium(10.2, high=10.2), CLEAR),
        (calcium(10.6, 90), CRITICAL),
        (calcium(10.6, 91), CLEAR),
        (calcium(1.33, concept=Concept.CALCIUM_IONIZED), CRITICAL),
        (calcium(1.32, concept=Concept.CALCIUM_IONIZED), CLEAR),
    ],
)
def test_calcium(result: Result, expected: Expected) -> None:
    """When: above the laboratory's limit, else above the usual one; of the last 90 days."""
    spec(a_patient(DRAFT, bone_labs=[result]), expected)


# -- or the level of vitamin D is


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (level(151), CRITICAL),
        (level(150), WARNING),
        (level(101), WARNING),
        (level(100), CLEAR),
        (level(150, at_least=True), CRITICAL),
        (level(120, at_least=True), WARNING),
        (level(90, at_least=True), CLEAR),
        (level(160, at_most=True), CLEAR),
        (level(160, 365), CRITICAL),
        (level(160, 366), CLEAR),
    ],
)
def test_level(result: Result, expected: Expected) -> None:
    """When: above 150 ng/mL critical, above 100 a warning; of the last year."""
    spec(a_patient(DRAFT, bone_labs=[result]), expected)


def test_both_stand_on_the_card() -> None:
    """Then: the values are shown, each once."""
    verdict = judge(RULE, a_patient(DRAFT, bone_labs=[calcium(11), level(160)]))
    assert isinstance(verdict, Advice)
    assert [fact.resource for fact in verdict.because] == [
        "MedicationRequest/draft-colecalciferol",
        "Observation/calcium_corrected",
        "Observation/vitamin_d_25_oh",
    ]
    spec(a_patient(DRAFT, bone_labs=[calcium(11), level(120)]), CRITICAL)


def test_the_site_may_set_the_limits() -> None:
    """The levels are the site's choice."""
    policy = {"vitamin-d-toxic": 120, "vitamin-d-high": 80}
    for value, expected in ((121, CRITICAL), (120, WARNING), (80, CLEAR)):
        spec(a_patient(DRAFT, bone_labs=[level(value)], policy=policy), expected)
    windows = {"vitamin-d-level-window": 100, "vitamin-d-calcium-window": 30}
    spec(a_patient(DRAFT, bone_labs=[level(160, 101), calcium(11, 31)], policy=windows), CLEAR)


@pytest.mark.parametrize(
    ("order", "found"),
    [
        (a_draft("calcium", group=DrugGroup.CALCIUM_VITAMIN_D_COMBINATION), True),
        (a_draft("calcitriol", group=DrugGroup.VITAMIN_D), True),
        (a_draft("calcitriol", group=DrugGroup.VITAMIN_D, route=Route.LOCAL), False),
        (a_draft("calcium", group=DrugGroup.CALCIUM), False),
        (an_order(), False),
    ],
)
def test_what_counts_as_vitamin_d(order: Order, found: bool) -> None:
    """When: alone or with calcium, active forms too; an ointment and calcium alone are not."""
    patient = a_patient(order, bone_labs=[level(160)])
    assert isinstance(judge(RULE, patient), Advice) is found
    if not found:
        spec(patient, SILENT)


def test_missing_results_are_silent_and_failed_queries_are_not() -> None:
    """Nothing recorded says nothing; a failed query is never a normal value."""
    spec(a_patient(DRAFT), CLEAR)
    spec(a_patient(DRAFT, bone_labs=cut_off(Need.CALCIUM)), missing(RULE, Need.CALCIUM))
    spec(a_patient(DRAFT, bone_labs=cut_off(Need.CALCIUM, level(120))), advice(RULE, "warning", unchecked=True))


def test_an_unusable_value_is_remarked() -> None:
    """A recorded value that could not be used is named."""
    remark = Gap(Need.VITAMIN_D, GapKind.UNUSABLE, "a result has an unknown unit", about=Concept.VITAMIN_D_25_OH)
    unusable: Listing[Result] = Listing((), remarks=(remark,))
    spec(a_patient(DRAFT, bone_labs=unusable), satisfied(RULE, remarked=True))
    beside: Listing[Result] = Listing((calcium(11),), remarks=(remark,))
    spec(a_patient(DRAFT, bone_labs=beside), advice(RULE, "critical", remarked=True))

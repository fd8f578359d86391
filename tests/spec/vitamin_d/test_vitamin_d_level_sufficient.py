"""BME-DS-VTD-05: more than a maintenance dose of vitamin D is not needed where the level is already sufficient."""

from __future__ import annotations

import pytest

from cds_hooks.authoring.rule import Hook
from cds_hooks.rules.vitamin_d.vitamin_d_level_sufficient import RULE as STATED
from cds_hooks.snapshot.medication import Dose, Order
from cds_hooks.snapshot.model import Gap, GapKind, Listing
from cds_hooks.snapshot.problem import Result
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need
from tests.builders.moment import days_ago
from tests.builders.snapshot import a_draft, a_medication, a_patient, a_result, an_order, cut_off
from tests.builders.verdicts import Expected, advice, missing, not_applicable, satisfied, spec

RULE = "BME-DS-VTD-05"
SUMMARY = "Vitamin D level is already sufficient"
DELETE = "delete MedicationRequest/draft-colecalciferol"
INFO = advice(RULE, "info", summary=SUMMARY, offers=[DELETE], unchecked=False, remarked=False)
CLEAR, SILENT = satisfied(RULE), not_applicable(RULE)


def drafted(units: float | None = 1001) -> Order:
    return a_draft("colecalciferol", per_day=None if units is None else Dose(units=units))


def level(value: float, days: int = 30, *, at_most: bool = False, at_least: bool = False) -> Result:
    return a_result(Concept.VITAMIN_D_25_OH, value, when=days_ago(days), at_most=at_most, at_least=at_least)


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (level(30), INFO),
        (level(29.9), CLEAR),
        (level(30, at_least=True), INFO),
        (level(40, at_most=True), CLEAR),
        (level(40, 180), INFO),
        (level(40, 181), CLEAR),
    ],
)
def test_level(result: Result, expected: Expected) -> None:
    """When: 30 ng/mL or more within 180 days."""
    spec(a_patient(drafted(), bone_labs=[result]), expected)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (drafted(1000), CLEAR),
        (drafted(None), CLEAR),
        (a_draft("colecalciferol", per_day=Dose(mg=0.025)), CLEAR),
        (a_draft("colecalciferol", per_day=Dose(mg=0.026)), INFO),
        (a_draft("calcitriol", group=DrugGroup.VITAMIN_D, per_day=Dose(units=5000)), SILENT),
        (an_order(), SILENT),
    ],
)
def test_dose(order: Order, expected: Expected) -> None:
    """When: above 1000 IU a day; a maintenance dose, and one that is not structured, are not questioned."""
    spec(a_patient(order, bone_labs=[level(40)]), expected)


def test_the_card_shows_the_level() -> None:
    """Then: draft and level stand on the card."""
    named = ["MedicationRequest/draft-colecalciferol", "Observation/vitamin_d_25_oh"]
    spec(a_patient(drafted(), bone_labs=[level(40)]), advice(RULE, "info", because=named))


@pytest.mark.parametrize("drug", ["ibandronate", "denosumab"])
def test_unless_an_antiresorptive_is_given(drug: str) -> None:
    """Unless: it is active or drafted."""
    spec(a_patient(drafted(), medications=[a_medication(drug)], bone_labs=[level(40)]), CLEAR)
    spec(a_patient(drafted(), a_draft(drug), bone_labs=[level(40)]), CLEAR)
    replacing = a_draft("colecalciferol", per_day=Dose(units=2000), replaces=f"MedicationRequest/{drug}")
    spec(a_patient(replacing, medications=[a_medication(drug)], bone_labs=[level(40)]), INFO)


def test_it_is_said_once() -> None:
    """At order-select alone."""
    assert STATED.hooks == {Hook.ORDER_SELECT}


def test_the_site_may_set_the_limits() -> None:
    """The limits are the site's choice."""
    policy = {"vitamin-d-sufficient": 40, "vitamin-d-sufficient-window": 90, "vitamin-d-maintenance": 2000}
    for order, result, expected in (
        (drafted(2001), level(40, 90), INFO),
        (drafted(2000), level(40), CLEAR),
        (drafted(2001), level(39), CLEAR),
        (drafted(2001), level(40, 91), CLEAR),
    ):
        spec(a_patient(order, bone_labs=[result], policy=policy), expected)


def test_missing_results_are_silent_and_failed_queries_are_not() -> None:
    """Nothing recorded says nothing; a failed query is neither a level nor the absence of an antiresorptive."""
    spec(a_patient(drafted()), CLEAR)
    spec(a_patient(drafted(), bone_labs=cut_off(Need.VITAMIN_D)), missing(RULE, Need.VITAMIN_D))
    spec(a_patient(drafted(), bone_labs=cut_off(Need.VITAMIN_D, level(40))), advice(RULE, "info", unchecked=True))
    unread = a_patient(drafted(), medications=cut_off(Need.MEDICATIONS), bone_labs=[level(40)])
    spec(unread, missing(RULE, Need.MEDICATIONS))


def test_an_unusable_value_is_remarked() -> None:
    """A recorded value that could not be used is named."""
    remark = Gap(Need.VITAMIN_D, GapKind.UNUSABLE, "a result has an unknown unit", about=Concept.VITAMIN_D_25_OH)
    unusable: Listing[Result] = Listing((), remarks=(remark,))
    spec(a_patient(drafted(), bone_labs=unusable), satisfied(RULE, remarked=True))
    beside: Listing[Result] = Listing((level(40),), remarks=(remark,))
    spec(a_patient(drafted(), bone_labs=beside), advice(RULE, "info", remarked=True))
    with_drug = a_patient(drafted(), medications=[a_medication("denosumab")], bone_labs=beside)
    spec(with_drug, satisfied(RULE, remarked=True))

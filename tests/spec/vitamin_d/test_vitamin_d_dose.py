"""BME-DS-VTD-04: vitamin D should come from one product and not exceed 4000 units a day without proven deficiency."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cds_hooks.authoring.verdict import Advice
from cds_hooks.snapshot.medication import Dose, Drug, Medication, Order, Standing
from cds_hooks.snapshot.model import Gap, GapKind, Listing
from cds_hooks.snapshot.problem import Result
from cds_hooks.snapshot.vocabulary import Certainty, Concept, DrugGroup, Need
from tests.builders.moment import days_ago
from tests.builders.snapshot import a_draft, a_medication, a_patient, a_problem, a_result, an_order, cut_off
from tests.builders.verdicts import Expected, advice, cards, judge, missing, not_applicable, satisfied, spec

RULE = "BME-DS-VTD-04"
SUMMARY = "Vitamin D dose above 4000 IU/day or duplicate product"
DELETE = "delete MedicationRequest/draft-colecalciferol"
DOSE = advice(RULE, "warning", summary=SUMMARY, offers=[], arm="dose", mirror=False, unchecked=False)
TWICE = advice(RULE, "warning", summary=SUMMARY, offers=[DELETE], arm="duplicate", mirror=False, unchecked=False)
CLEAR = satisfied(RULE)
SYNDROME = a_problem(Concept.EDEMA_SYNDROME)


def drafted(units: float | None = None, *, mg: float | None = None, replaces: str | None = None) -> Order:
    dose = None if units is None and mg is None else Dose(mg=mg, units=units)
    return a_draft("colecalciferol", per_day=dose, replaces=replaces)


def combined(units: float | None = None) -> Medication:
    dose = None if units is None else Dose(units=units)
    return a_medication("calcium + vitamin D", group=DrugGroup.CALCIUM_VITAMIN_D_COMBINATION, per_day=dose)


def level(value: float, days: int = 30, *, at_most: bool = False) -> Result:
    return a_result(Concept.VITAMIN_D_25_OH, value, when=days_ago(days), at_most=at_most)


DROPS = a_medication("ergocalciferol", group=DrugGroup.VITAMIN_D, per_day=Dose(units=2001))


# -- When the doses add up to more than 4000 IU a day


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (drafted(4001), DOSE),
        (drafted(4000), CLEAR),
        (drafted(mg=0.1), CLEAR),
        (drafted(mg=0.101), DOSE),
        (drafted(1000, mg=1.0), CLEAR),
        (drafted(), CLEAR),
        (a_draft("calcitriol", group=DrugGroup.VITAMIN_D, per_day=Dose(units=5000)), CLEAR),
        (a_draft("calcium", group=DrugGroup.CALCIUM_VITAMIN_D_COMBINATION, per_day=Dose(units=4001)), DOSE),
    ],
)
def test_the_dose_of_the_draft(order: Order, expected: Expected) -> None:
    """When: above 4000 IU (100 micrograms) a day; units do not measure active forms; not structured says nothing."""
    spec(a_patient(order), expected)


def test_the_doses_add_up() -> None:
    """When: combinations with calcium count in the sum; the sum stands on the card."""
    spec(a_patient(drafted(2000), medications=[combined(2001)]), DOSE)
    spec(a_patient(drafted(2000), medications=[combined(2000)]), CLEAR)
    spec(a_patient(drafted(2000), medications=[combined()]), CLEAR)
    spec(a_patient(drafted(), medications=[combined(5000)]), CLEAR)
    verdict = judge(RULE, a_patient(drafted(2000), medications=[combined(2500)]))
    assert isinstance(verdict, Advice)
    assert any("4,500 IU" in sentence and "4,000 IU" in sentence for sentence in verdict.detail)
    assert "one is enough" not in " ".join(verdict.detail)
    assert [fact.resource for fact in verdict.because][1:] == ["MedicationRequest/calcium + vitamin D"]


# -- Unless a deficiency is proven


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (level(19), CLEAR),
        (level(20), DOSE),
        (level(20, at_most=True), CLEAR),
        (level(30, at_most=True), DOSE),
        (level(10, 365), CLEAR),
        (level(10, 366), DOSE),
    ],
)
def test_loading_in_deficiency(result: Result, expected: Expected) -> None:
    """Unless: below 20 ng/mL within a year."""
    spec(a_patient(drafted(5000), bone_labs=[result]), expected)


def test_the_level_is_shown() -> None:
    """Then: a level that does not explain the dose stands on the card."""
    patient = a_patient(drafted(5000), bone_labs=[level(40)])
    spec(patient, advice(RULE, "warning", because=["Observation/vitamin_d_25_oh"]))


# -- or another product of vitamin D alone is active or drafted


@pytest.mark.parametrize(
    ("order", "other", "expected"),
    [
        (drafted(), a_medication("colecalciferol"), TWICE),
        (drafted(), a_medication("calcitriol", group=DrugGroup.VITAMIN_D), TWICE),
        (drafted(), replace(DROPS, standing=Standing.ENDED), CLEAR),
        (drafted(), combined(), CLEAR),
        (drafted(replaces="MedicationRequest/ergocalciferol"), DROPS, CLEAR),
        (
            a_draft("calcium", group=DrugGroup.CALCIUM_VITAMIN_D_COMBINATION),
            a_medication("colecalciferol"),
            CLEAR,
        ),
    ],
)
def test_a_second_product(order: Order, other: Medication, expected: Expected) -> None:
    """When: alone against alone; a combination with calcium is no duplicate, nor what the draft replaces."""
    spec(a_patient(order, medications=[other]), expected)


def test_a_combination_known_by_its_words() -> None:
    """When: calcium and vitamin D in one product are a combination, however it was recognized."""
    drugs = (
        Drug(DrugGroup.CALCIUM, "calcium carbonate", Certainty.NAME),
        Drug(DrugGroup.VITAMIN_D, "cholecalciferol", Certainty.NAME),
    )
    other = a_medication("colecalciferol")
    product = replace(other, medicine=replace(other.medicine, drugs=drugs))
    spec(a_patient(drafted(), medications=[product]), CLEAR)


def test_both_arms() -> None:
    """Then: a second product and a sum above the limit give one card; a deficiency excuses the dose alone."""
    patient = a_patient(drafted(2000), medications=[DROPS])
    verdict = judge(RULE, patient)
    assert isinstance(verdict, Advice)
    assert verdict.arm == "duplicate"
    assert len(verdict.detail) == 3
    excused = judge(RULE, a_patient(drafted(2000), medications=[DROPS], bone_labs=[level(10)]))
    assert isinstance(excused, Advice)
    assert len(excused.detail) == 1
    small = judge(RULE, a_patient(drafted(1000), medications=[DROPS]))
    assert isinstance(small, Advice)
    assert len(small.detail) == 1


def test_two_drafts_give_one_card() -> None:
    """Then: the first draft has the card, so that not both are offered for removal."""
    second = a_draft("ergocalciferol", group=DrugGroup.VITAMIN_D, per_day=Dose(units=3000))
    patient = a_patient(drafted(2000), second, problems=[SYNDROME], bone_labs=[level(40)])
    assert cards(RULE, patient) == ["MedicationRequest/draft-colecalciferol"]
    spec(patient, advice(RULE, "warning", mirror=True), of=second)


def test_the_site_may_set_the_limits() -> None:
    """The limits are the site's choice."""
    policy = {"vitamin-d-dose": 2000, "vitamin-d-loading-level": 12, "vitamin-d-loading-window": 100}
    for order, result, expected in (
        (drafted(2001), level(12), DOSE),
        (drafted(2000), level(12), CLEAR),
        (drafted(2001), level(11, 100), CLEAR),
        (drafted(2001), level(11, 101), DOSE),
    ):
        spec(a_patient(order, bone_labs=[result], policy=policy), expected)


def test_other_orders() -> None:
    """When: only vitamin D is looked at."""
    for order in (an_order(), a_draft("calcium", group=DrugGroup.CALCIUM)):
        spec(a_patient(order, medications=[DROPS]), not_applicable(RULE))


# -- what could not be read


def test_a_failed_query_is_never_no_other_product() -> None:
    """It could not be checked; what is too much without it is said."""
    unread: Listing[Medication] = cut_off(Need.MEDICATIONS)
    spec(a_patient(drafted(1000), medications=unread), missing(RULE, Need.MEDICATIONS))
    spec(a_patient(drafted(), medications=unread), missing(RULE, Need.MEDICATIONS))
    spec(a_patient(drafted(5000), medications=unread), advice(RULE, "warning", offers=[], unchecked=True))
    arrived = cut_off(Need.MEDICATIONS, combined(100))
    spec(a_patient(drafted(1000), medications=arrived), missing(RULE, Need.MEDICATIONS))


def test_the_level_matters_only_above_the_limit() -> None:
    """Without the level a high dose is said with what was not checked; a usual dose needs none."""
    spec(
        a_patient(drafted(5000), bone_labs=cut_off(Need.VITAMIN_D)), advice(RULE, "warning", arm="dose", unchecked=True)
    )
    spec(a_patient(drafted(1000), bone_labs=cut_off(Need.VITAMIN_D)), CLEAR)
    remark = Gap(Need.VITAMIN_D, GapKind.UNUSABLE, "a result has an unknown unit", about=Concept.VITAMIN_D_25_OH)
    unusable: Listing[Result] = Listing((), remarks=(remark,))
    spec(a_patient(drafted(5000), bone_labs=unusable), advice(RULE, "warning", remarked=True))

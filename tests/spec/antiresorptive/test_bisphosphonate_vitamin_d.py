"""BME-DS-BIS-03: vitamin D should be known and not low before a bisphosphonate is given."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cds_hooks.authoring.verdict import Advice, Group
from cds_hooks.snapshot.medication import Drug, Order
from cds_hooks.snapshot.model import Listing
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.problem import Result
from cds_hooks.snapshot.vocabulary import Certainty, Concept, DrugGroup, Need, Route
from tests.builders.moment import days_ago
from tests.builders.snapshot import (
    a_draft,
    a_medication,
    a_patient,
    a_result,
    an_order,
    cut_off,
    unusable,
)
from tests.builders.verdicts import Expected, advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-DS-BIS-03"
LOW = "Vitamin D is low - label asks to correct it before a bisphosphonate"
MISSING = "No vitamin D result in 180 days - check before a bisphosphonate"
TEST, SUPPLEMENT = "vitamin_d_test", "colecalciferol"
GROUP = Group.BISPHOSPHONATE_CHECK
WARN = advice(RULE, "warning", summary=LOW, arm="low", group=GROUP)
ASK = advice(RULE, "warning", summary=MISSING, arm="missing", group=GROUP)
INFORM = advice(RULE, "info", summary=MISSING, arm="missing", group=GROUP)
IBANDRONATE = a_draft("ibandronate", route=Route.PARENTERAL)
ALENDRONATE = a_draft("alendronate")


def level(value: float, days: int = 20, **overrides: object) -> Result:
    return a_result(Concept.VITAMIN_D_25_OH, value, when=days_ago(days), **overrides)  # type: ignore[arg-type]


def with_level(*results: Result, draft: Order = IBANDRONATE) -> Patient:
    return a_patient(draft, bone_labs=results)


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([level(19.9)], WARN),
        ([level(20)], satisfied(RULE)),
        ([level(20, at_most=True)], WARN),
        ([level(30, at_most=True)], ASK),
        ([level(25, at_least=True)], satisfied(RULE)),
        ([level(19, 180)], WARN),
        ([level(19, 181)], ASK),
        ([level(40, 180)], satisfied(RULE)),
        ([level(40, 181)], ASK),
        ([], ASK),
    ],
)
def test_the_limits(results: list[Result], expected: Expected) -> None:
    """When: below 20 ng/mL, or no value of the last 180 days that decides."""
    spec(with_level(*results), expected)


def test_a_low_value() -> None:
    """Then: a warning, also by mouth; vitamin D and the test are offered, nothing is removed."""
    expected = advice(
        RULE,
        "warning",
        summary=LOW,
        offers=[SUPPLEMENT, TEST],
        because=["MedicationRequest/draft-ibandronate", "Observation/vitamin_d_25_oh"],
        unchecked=False,
    )
    spec(with_level(level(12)), expected)
    spec(with_level(level(12), draft=ALENDRONATE), WARN)


def test_a_missing_value() -> None:
    """Then: a warning before an intravenous dose or an unstated route, information by mouth."""
    spec(with_level(), advice(RULE, "warning", offers=[SUPPLEMENT, TEST], unchecked=False))
    spec(with_level(draft=a_draft("ibandronate")), ASK)
    spec(with_level(draft=a_draft("zoledronic acid")), ASK)
    spec(with_level(draft=ALENDRONATE), INFORM)
    spec(with_level(draft=a_draft("ibandronate", route=Route.ORAL)), INFORM)


def test_the_old_value_is_shown() -> None:
    """Then: whatever is on record is shown, however old."""
    spec(with_level(level(40, 900)), advice(RULE, "warning", because=["Observation/vitamin_d_25_oh"]))
    verdict = judge(RULE, with_level(level(40, 900)))
    assert isinstance(verdict, Advice)
    assert "last 180 days" in verdict.detail[0]


@pytest.mark.parametrize("product", ["colecalciferol", "calcium + vitamin D"])
def test_vitamin_d_is_not_offered_to_those_who_take_it(product: str) -> None:
    """Then: where the value is missing, vitamin D is offered only when none is active, drafted or in the product."""
    taken = a_patient(IBANDRONATE, medications=[a_medication(product)])
    spec(taken, advice(RULE, "warning", offers=[TEST]))
    spec(a_patient(IBANDRONATE, a_draft(product)), advice(RULE, "warning", offers=[TEST]))
    unread = a_patient(IBANDRONATE, medications=cut_off(Need.MEDICATIONS))
    spec(unread, advice(RULE, "warning", offers=[TEST]))
    low = a_patient(IBANDRONATE, medications=[a_medication(product)], bone_labs=[level(12)])
    spec(low, advice(RULE, "warning", offers=[SUPPLEMENT, TEST]))


def test_a_product_that_holds_vitamin_d_itself() -> None:
    """Then: alendronate with colecalciferol in one tablet needs no second one."""
    medication = ALENDRONATE.medication
    assert medication is not None
    drugs = (*medication.medicine.drugs, Drug(DrugGroup.VITAMIN_D, "colecalciferol", Certainty.CODE))
    both = replace(ALENDRONATE, medication=replace(medication, medicine=replace(medication.medicine, drugs=drugs)))
    spec(with_level(draft=both), advice(RULE, "info", offers=[TEST]))


def test_what_could_not_be_read() -> None:
    """A failed query is no missing value; rows that arrived still count when they are low."""
    spec(a_patient(IBANDRONATE, bone_labs=cut_off(Need.VITAMIN_D)), missing(RULE, Need.VITAMIN_D))
    spec(a_patient(IBANDRONATE, bone_labs=cut_off(Need.VITAMIN_D, level(40))), missing(RULE, Need.VITAMIN_D))
    low = a_patient(IBANDRONATE, bone_labs=cut_off(Need.VITAMIN_D, level(12)))
    spec(low, advice(RULE, "warning", summary=LOW, unchecked=True))


def test_unusable_results_are_remarked() -> None:
    """A result that could not be used is named beside the verdict."""
    gap = unusable(Need.VITAMIN_D)
    remark = type(gap)(gap.fact, gap.kind, gap.text, Concept.VITAMIN_D_25_OH)
    for results, expected in (
        ((), advice(RULE, "warning", remarked=True)),
        ((level(12),), advice(RULE, "warning", summary=LOW, remarked=True)),
        ((level(40),), satisfied(RULE, remarked=True)),
    ):
        spec(a_patient(IBANDRONATE, bone_labs=Listing(results, remarks=(remark,))), expected)


def test_the_site_may_set_the_limit_and_the_days() -> None:
    """When: the cut-off and the days are the site's choice."""
    spec(a_patient(IBANDRONATE, bone_labs=[level(24)], policy={"antiresorptive-vitamin-d-low": 25}), WARN)
    longer = {"antiresorptive-vitamin-d-days": 365.0}
    spec(a_patient(IBANDRONATE, bone_labs=[level(40, 300)], policy=longer), satisfied(RULE))


def test_other_orders() -> None:
    """The rule is about bisphosphonates alone."""
    spec(a_patient(a_draft("denosumab")), not_applicable(RULE))
    spec(a_patient(an_order(Concept.MRI_HIP)), not_applicable(RULE))

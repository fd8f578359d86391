"""BME-DS-DEN-04: denosumab should be given together with calcium and vitamin D."""

from __future__ import annotations

import pytest

from cds_hooks.authoring.verdict import Advice, Group
from cds_hooks.snapshot.medication import Standing
from cds_hooks.snapshot.model import Listing
from cds_hooks.snapshot.problem import Result
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need
from tests.builders.moment import days_ago
from tests.builders.snapshot import a_draft, a_medication, a_patient, a_result, an_order, cut_off, unusable
from tests.builders.verdicts import Expected, advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-DS-DEN-04"
SUMMARY = "Denosumab without calcium and vitamin D supplement"
DENOSUMAB = a_draft("denosumab")
D3, CALCIUM, BOTH = "colecalciferol", "calcium carbonate", "calcium + vitamin D"
SUPPLEMENT = "calcium supplement"


def warn(*offers: str) -> Expected:
    return advice(RULE, "warning", summary=SUMMARY, offers=offers, group=Group.DENOSUMAB_CHECK)


def level(value: float, days: int = 5, **overrides: object) -> Result:
    return a_result(Concept.CALCIUM_TOTAL, value, when=days_ago(days), **overrides)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("taken", "expected"),
    [
        ([], warn(D3, SUPPLEMENT)),
        ([D3], warn(SUPPLEMENT)),
        ([CALCIUM], warn(D3)),
        ([D3, CALCIUM], satisfied(RULE)),
        ([BOTH], satisfied(RULE)),
    ],
)
def test_what_is_missing(taken: list[str], expected: Expected) -> None:
    """When: no vitamin D or no calcium is active or drafted; what is missing is offered."""
    spec(a_patient(DENOSUMAB, medications=[a_medication(each) for each in taken]), expected)
    spec(a_patient(DENOSUMAB, *(a_draft(each) for each in taken)), expected)


def test_what_does_not_count() -> None:
    """When: an ended order and calcium into a vein are no supplement."""
    ended = a_medication(D3, standing=Standing.ENDED)
    vein = a_medication("calcium gluconate", group=DrugGroup.CALCIUM_PARENTERAL_OR_FLUID)
    spec(a_patient(DENOSUMAB, medications=[ended, vein]), warn(D3, SUPPLEMENT))


def test_the_card_names_what_is_there_and_what_is_not() -> None:
    """Then: what is taken is shown, what is missing said."""
    patient = a_patient(DENOSUMAB, medications=[a_medication(D3)])
    because = ["MedicationRequest/draft-denosumab", "MedicationRequest/colecalciferol"]
    spec(patient, advice(RULE, "warning", because=because, unchecked=False))
    said = []
    for each in (patient, a_patient(DENOSUMAB)):
        verdict = judge(RULE, each)
        assert isinstance(verdict, Advice)
        said.append(verdict.detail[0])
    assert said == [
        "Not among the active or drafted orders: calcium.",
        "Not among the active or drafted orders: vitamin D and calcium.",
    ]


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([level(10.6)], satisfied(RULE)),
        ([level(10.5)], warn(D3, SUPPLEMENT)),
        ([level(10.4, high=10.3)], satisfied(RULE)),
        ([level(10.6, 30)], satisfied(RULE)),
        ([level(10.6, 31)], warn(D3, SUPPLEMENT)),
        ([level(11, at_most=True)], warn(D3, SUPPLEMENT)),
    ],
)
def test_not_with_a_high_calcium(results: list[Result], expected: Expected) -> None:
    """Unless: the calcium of the last 30 days is surely above the upper limit."""
    spec(a_patient(DENOSUMAB, bone_labs=results), expected)


def test_what_could_not_be_read() -> None:
    """A failed query is not an empty list; without the calcium the card says that it was not looked at."""
    spec(a_patient(DENOSUMAB, medications=cut_off(Need.MEDICATIONS)), missing(RULE, Need.MEDICATIONS))
    half = cut_off(Need.MEDICATIONS, a_medication(D3))
    spec(a_patient(DENOSUMAB, medications=half), missing(RULE, Need.MEDICATIONS))
    complete = cut_off(Need.MEDICATIONS, a_medication(BOTH))
    spec(a_patient(DENOSUMAB, medications=complete), satisfied(RULE))
    spec(a_patient(DENOSUMAB, bone_labs=cut_off(Need.CALCIUM)), advice(RULE, "warning", unchecked=True))


def test_unusable_results_are_remarked() -> None:
    """A calcium that could not be used is named beside the verdict."""
    gap = unusable(Need.CALCIUM)
    remarks = (type(gap)(gap.fact, gap.kind, gap.text, Concept.CALCIUM_TOTAL),)
    spec(a_patient(DENOSUMAB, bone_labs=Listing(remarks=remarks)), advice(RULE, "warning", remarked=True))
    high = a_patient(DENOSUMAB, bone_labs=Listing((level(12),), remarks=remarks))
    spec(high, satisfied(RULE, remarked=True))


def test_other_orders_and_days() -> None:
    """The rule is about denosumab alone; the days are the site's choice."""
    spec(a_patient(a_draft("ibandronate")), not_applicable(RULE))
    spec(a_patient(an_order(Concept.MRI_HIP)), not_applicable(RULE))
    spec(a_patient(DENOSUMAB, bone_labs=[level(12, 40)], policy={"antiresorptive-calcium-days": 60}), satisfied(RULE))

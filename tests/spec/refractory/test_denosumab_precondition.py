"""BME-RF-05: calcium and vitamin D should be known and in balance before denosumab is given."""

from __future__ import annotations

import pytest

from cds_hooks.authoring.verdict import Advice, Group
from cds_hooks.snapshot.model import Listing
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.problem import Result
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.moment import days_ago
from tests.builders.snapshot import a_draft, a_patient, a_result, an_order, cut_off, unusable
from tests.builders.verdicts import Expected, advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-RF-05"
SUMMARY = "Before denosumab: calcium and vitamin D must be known and corrected"
DENOSUMAB = a_draft("denosumab")
CALCIUM_TESTS, TEST, D3 = ("calcium_test", "albumin_test"), "vitamin_d_test", "colecalciferol"


def warn(*offers: str) -> Expected:
    return advice(RULE, "warning", summary=SUMMARY, offers=offers, group=Group.DENOSUMAB_CHECK)


def calcium(value: float, days: int = 5, **overrides: object) -> Result:
    return a_result(Concept.CALCIUM_TOTAL, value, when=days_ago(days), **overrides)  # type: ignore[arg-type]


def level(value: float, days: int = 20, **overrides: object) -> Result:
    return a_result(Concept.VITAMIN_D_25_OH, value, when=days_ago(days), **overrides)  # type: ignore[arg-type]


def said(patient: Patient) -> Advice:
    verdict = judge(RULE, patient)
    assert isinstance(verdict, Advice)
    return verdict


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (calcium(9.5), satisfied(RULE)),
        (calcium(10.5), satisfied(RULE)),
        (calcium(10.51), warn()),
        (calcium(10.4, high=10.3), warn()),
        (calcium(8.5), satisfied(RULE)),
        (calcium(7.5), satisfied(RULE)),
        (calcium(9.0, at_most=True), warn(*CALCIUM_TESTS)),
        (calcium(9.0, at_least=True), warn(*CALCIUM_TESTS)),
        (calcium(11, at_least=True), warn()),
        (calcium(8.0, at_most=True), satisfied(RULE)),
        (a_result(Concept.CALCIUM_IONIZED, 1.33), warn()),
        (a_result(Concept.CALCIUM_IONIZED, 1.32), satisfied(RULE)),
        (calcium(9.5, 30), satisfied(RULE)),
        (calcium(9.5, 31), warn(*CALCIUM_TESTS)),
        (calcium(12, 31), warn(*CALCIUM_TESTS)),
    ],
)
def test_the_calcium(result: Result, expected: Expected) -> None:
    """When: missing, older than 30 days or above the upper limit; a low one is another rule's business."""
    spec(a_patient(DENOSUMAB, bone_labs=[result, level(35)]), expected)


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (level(20), satisfied(RULE)),
        (level(19.9), warn(D3)),
        (level(20, at_most=True), warn(D3)),
        (level(30, at_most=True), warn(TEST)),
        (level(25, at_least=True), satisfied(RULE)),
        (level(35, 180), satisfied(RULE)),
        (level(35, 181), warn(TEST)),
        (level(12, 181), warn(TEST)),
    ],
)
def test_the_vitamin_d(result: Result, expected: Expected) -> None:
    """When: missing, older than 180 days or below 20 ng/mL."""
    spec(a_patient(DENOSUMAB, bone_labs=[calcium(9.5), result]), expected)


def test_what_is_offered() -> None:
    """Then: only the tests that are missing; no vitamin D beside a high calcium; nothing is removed."""
    spec(a_patient(DENOSUMAB), warn(*CALCIUM_TESTS, TEST))
    spec(a_patient(DENOSUMAB, bone_labs=[level(12)]), warn(*CALCIUM_TESTS, D3))
    spec(a_patient(DENOSUMAB, bone_labs=[calcium(11), level(12)]), warn())
    spec(a_patient(DENOSUMAB, bone_labs=[calcium(11)]), warn(TEST))
    spec(a_patient(DENOSUMAB, bone_labs=[calcium(7.5)]), warn(TEST))
    spec(a_patient(DENOSUMAB, bone_labs=[calcium(7.5), level(12)]), warn(D3))


def test_what_is_said_and_shown() -> None:
    """Then: which value is missing, old, high or low, with what is on record, in both units."""
    old = said(a_patient(DENOSUMAB, bone_labs=[calcium(9.5, 60), level(35, 400)]))
    assert "last 30 days" in old.detail[0]
    assert "last 180 days" in old.detail[1]
    assert [fact.value for fact in old.because[1:]] == [
        "9.5 (2.37 mmol/L), not corrected: no albumin within 3 days",
        "35",
    ]
    none = said(a_patient(DENOSUMAB))
    assert len(none.because) == 1
    out_of_balance = said(a_patient(DENOSUMAB, bone_labs=[calcium(11), level(12)]))
    assert "above the upper limit" in out_of_balance.detail[0]
    assert "below 20 ng/mL" in out_of_balance.detail[1]
    resources = [fact.resource for fact in out_of_balance.because]
    assert resources[1:] == ["Observation/calcium_total", "Observation/vitamin_d_25_oh"]
    one = said(a_patient(DENOSUMAB, bone_labs=[calcium(9.5), level(12)]))
    assert [fact.resource for fact in one.because[1:]] == ["Observation/vitamin_d_25_oh"]


def test_what_could_not_be_read() -> None:
    """A failed query is no missing value; rows that arrived still count when they are out of balance."""
    spec(a_patient(DENOSUMAB, bone_labs=cut_off(Need.CALCIUM)), missing(RULE, Need.CALCIUM))
    normal = cut_off(Need.CALCIUM, calcium(9.5), level(35))
    spec(a_patient(DENOSUMAB, bone_labs=normal), missing(RULE, Need.CALCIUM))
    high, low = cut_off(Need.CALCIUM, calcium(11)), cut_off(Need.CALCIUM, level(12))
    spec(a_patient(DENOSUMAB, bone_labs=high), advice(RULE, "warning", offers=[], unchecked=True))
    spec(a_patient(DENOSUMAB, bone_labs=low), advice(RULE, "warning", offers=[D3], unchecked=True))


def test_unusable_results_are_remarked() -> None:
    """A result that could not be used is named beside the verdict."""
    gap = unusable(Need.CALCIUM)
    remarks = (type(gap)(gap.fact, gap.kind, gap.text, Concept.CALCIUM_TOTAL),)
    spec(a_patient(DENOSUMAB, bone_labs=Listing(remarks=remarks)), advice(RULE, "warning", remarked=True))
    other = (type(gap)(gap.fact, gap.kind, gap.text, Concept.VITAMIN_D_25_OH),)
    spec(a_patient(DENOSUMAB, bone_labs=Listing(remarks=other)), advice(RULE, "warning", remarked=True))
    normal = Listing((calcium(9.5), level(35)), remarks=remarks)
    spec(a_patient(DENOSUMAB, bone_labs=normal), satisfied(RULE, remarked=True))


def test_the_site_may_set_days_and_cut_off() -> None:
    """When: days and cut-off are the site's choice."""
    policy = {
        "antiresorptive-calcium-days": 60.0,
        "antiresorptive-vitamin-d-days": 365.0,
        "antiresorptive-vitamin-d-low": 25.0,
    }
    spec(a_patient(DENOSUMAB, bone_labs=[calcium(9.5, 50), level(26, 300)], policy=policy), satisfied(RULE))
    spec(a_patient(DENOSUMAB, bone_labs=[calcium(9.5, 50), level(24, 300)], policy=policy), warn(D3))


def test_other_orders() -> None:
    """The rule is about denosumab alone."""
    spec(a_patient(a_draft("ibandronate")), not_applicable(RULE))
    spec(a_patient(an_order(Concept.MRI_HIP)), not_applicable(RULE))

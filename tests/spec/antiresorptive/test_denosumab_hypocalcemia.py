"""BME-DS-DEN-01: denosumab should not be given while the calcium is low."""

from __future__ import annotations

import pytest

from cds_hooks.authoring.verdict import Advice
from cds_hooks.snapshot.model import Listing
from cds_hooks.snapshot.problem import Result
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.moment import days_ago
from tests.builders.snapshot import a_draft, a_patient, a_result, an_order, cut_off, unusable
from tests.builders.verdicts import Expected, advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-DS-DEN-01"
SUMMARY = "Denosumab is contraindicated in hypocalcemia - correct calcium first"
DENOSUMAB = a_draft("denosumab")
CRITICAL = advice(RULE, "critical")


def calcium(value: float, days: int = 5, **overrides: object) -> Result:
    return a_result(Concept.CALCIUM_TOTAL, value, when=days_ago(days), **overrides)  # type: ignore[arg-type]


def test_a_low_calcium() -> None:
    """Then: critical, the draft may be removed, the calcium may be repeated; the value is shown in both units."""
    patient = a_patient(DENOSUMAB, bone_labs=[calcium(7.9)])
    spec(
        patient,
        advice(
            RULE,
            "critical",
            summary=SUMMARY,
            offers=["delete MedicationRequest/draft-denosumab", "calcium_test"],
            because=["MedicationRequest/draft-denosumab", "Observation/calcium_total"],
            unchecked=False,
        ),
    )
    verdict = judge(RULE, patient)
    assert isinstance(verdict, Advice)
    assert verdict.because[1].value == "7.9 (1.97 mmol/L), not corrected: no albumin within 3 days"


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([calcium(8.49)], CRITICAL),
        ([calcium(8.5)], satisfied(RULE)),
        ([calcium(8.4, low=8.3)], satisfied(RULE)),
        ([calcium(9.0), a_result(Concept.ALBUMIN, 5.0, when=days_ago(5))], CRITICAL),
        ([calcium(9.0, at_most=True)], satisfied(RULE)),
        ([calcium(7.0, 30)], CRITICAL),
        ([calcium(7.0, 31)], satisfied(RULE)),
        ([], satisfied(RULE)),
    ],
)
def test_the_limits(results: list[Result], expected: Expected) -> None:
    """When: surely below the laboratory's limit, else 8.5 mg/dL, of the last 30 days; a missing one is elsewhere."""
    spec(a_patient(DENOSUMAB, bone_labs=results), expected)


def test_what_could_not_be_read() -> None:
    """A failed query is not a normal calcium."""
    spec(a_patient(DENOSUMAB, bone_labs=cut_off(Need.CALCIUM)), missing(RULE, Need.CALCIUM))
    spec(a_patient(DENOSUMAB, bone_labs=cut_off(Need.CALCIUM, calcium(9.0))), missing(RULE, Need.CALCIUM))
    low = a_patient(DENOSUMAB, bone_labs=cut_off(Need.CALCIUM, calcium(7.0)))
    spec(low, advice(RULE, "critical", unchecked=True))


def test_unusable_results_are_remarked() -> None:
    """A result that could not be used is named beside the verdict."""
    gap = unusable(Need.CALCIUM)
    remarks = (type(gap)(gap.fact, gap.kind, gap.text, Concept.CALCIUM_TOTAL),)
    spec(a_patient(DENOSUMAB, bone_labs=Listing(remarks=remarks)), satisfied(RULE, remarked=True))
    low = a_patient(DENOSUMAB, bone_labs=Listing((calcium(7.0),), remarks=remarks))
    spec(low, advice(RULE, "critical", remarked=True))


def test_other_orders_and_days() -> None:
    """The rule is about denosumab alone; the days are the site's choice."""
    spec(a_patient(a_draft("ibandronate"), bone_labs=[calcium(7.0)]), not_applicable(RULE))
    spec(a_patient(an_order(Concept.MRI_HIP)), not_applicable(RULE))
    spec(a_patient(DENOSUMAB, bone_labs=[calcium(7.0, 40)], policy={"antiresorptive-calcium-days": 60}), CRITICAL)

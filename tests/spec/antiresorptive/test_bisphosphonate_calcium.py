"""BME-DS-BIS-01: calcium should be known and not low before a bisphosphonate is given."""

from __future__ import annotations

import pytest

from cds_hooks.authoring.verdict import Advice, Group
from cds_hooks.snapshot.model import Listing
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.problem import Result
from cds_hooks.snapshot.vocabulary import Concept, Need, Route
from tests.builders.moment import days_ago
from tests.builders.snapshot import (
    a_draft,
    a_patient,
    a_problem,
    a_result,
    an_order,
    cut_off,
    out_of_reach,
    unusable,
)
from tests.builders.verdicts import Expected, advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-DS-BIS-01"
LOW = "Bisphosphonate with low calcium is contraindicated by label - correct calcium first"
MISSING_IV = "IV bisphosphonate: no calcium result in 30 days - check before the dose"
MISSING = "Bisphosphonate: no calcium result in 30 days - check before the dose"
TESTS = ["calcium_test", "albumin_test"]
CRITICAL = advice(RULE, "critical", arm="low")
ASK = advice(RULE, "warning", arm="missing")
ZOLEDRONATE = a_draft("zoledronic acid", route=Route.PARENTERAL)
ALENDRONATE = a_draft("alendronate", route=Route.ORAL)


def calcium(value: float, days: int = 5, **overrides: object) -> Result:
    return a_result(Concept.CALCIUM_TOTAL, value, when=days_ago(days), **overrides)  # type: ignore[arg-type]


def with_results(*results: Result, draft: object = ZOLEDRONATE) -> Patient:
    return a_patient(draft, bone_labs=results)  # type: ignore[arg-type]


def test_a_low_calcium_is_critical() -> None:
    """Then: critical, the draft may be removed, calcium and albumin are offered; whatever the route."""
    expected = advice(
        RULE,
        "critical",
        summary=LOW,
        offers=["delete MedicationRequest/draft-zoledronic acid", *TESTS],
        because=["MedicationRequest/draft-zoledronic acid", "Observation/calcium_total"],
        unchecked=False,
        arm="low",
    )
    verdict = judge(RULE, with_results(calcium(8.4)))
    spec(with_results(calcium(8.4)), expected)
    assert isinstance(verdict, Advice)
    assert verdict.group is None
    spec(with_results(calcium(8.4), draft=ALENDRONATE), CRITICAL)


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([calcium(8.49)], CRITICAL),
        ([calcium(8.5)], satisfied(RULE)),
        ([calcium(8.6, low=8.7)], CRITICAL),
        ([calcium(8.4, low=8.3)], satisfied(RULE)),
        ([calcium(8.0), a_result(Concept.ALBUMIN, 3.0, when=days_ago(5))], satisfied(RULE)),
        ([calcium(9.0), a_result(Concept.ALBUMIN, 5.0, when=days_ago(5))], CRITICAL),
        ([a_result(Concept.CALCIUM_IONIZED, 1.11)], CRITICAL),
        ([a_result(Concept.CALCIUM_IONIZED, 1.12)], satisfied(RULE)),
        ([calcium(8.0, at_most=True)], CRITICAL),
        ([calcium(9.0, at_most=True)], ASK),
        ([calcium(7.0, 30)], CRITICAL),
        ([calcium(9.0, 30)], satisfied(RULE)),
        ([calcium(9.0, 31)], ASK),
        ([calcium(7.0, 31)], ASK),
        ([], ASK),
    ],
)
def test_the_limits(results: list[Result], expected: Expected) -> None:
    """When: below the laboratory's limit, else 8.5 mg/dL corrected or 1.12 mmol/L ionized, of the last 30 days."""
    spec(with_results(*results), expected)


def test_measured_albumin_and_corrected_value_are_shown() -> None:
    """Then: the corrected value in both units, with what it was made from."""
    verdict = judge(RULE, with_results(calcium(7.9), a_result(Concept.ALBUMIN, 3.5, when=days_ago(5))))
    assert isinstance(verdict, Advice)
    shown = [(fact.name, fact.value) for fact in verdict.because[1:]]
    assert shown == [
        ("calcium, corrected for albumin", "8.3 (2.07 mmol/L), corrected for albumin"),
        ("calcium_total", "7.9"),
        ("albumin", "3.5"),
    ]
    ionized = judge(RULE, with_results(a_result(Concept.CALCIUM_IONIZED, 1.0)))
    assert isinstance(ionized, Advice)
    assert ionized.because[1].value == "1, ionized"


@pytest.mark.parametrize(
    ("ingredient", "route", "summary"),
    [
        ("zoledronic acid", Route.UNKNOWN, MISSING_IV),
        ("ibandronate", Route.PARENTERAL, MISSING_IV),
        ("ibandronate", Route.UNKNOWN, MISSING),
        ("(class)", Route.UNKNOWN, MISSING),
    ],
)
def test_a_missing_calcium_before_an_intravenous_dose(ingredient: str, route: Route, summary: str) -> None:
    """Then: a warning without removal, in the group of checks; an unstated route is not named as intravenous."""
    group = None if ingredient != "(class)" else a_draft("ibandronate").medication.medicine.drugs[0].group  # type: ignore[union-attr]
    spec(
        a_patient(a_draft(ingredient, route=route, group=group)),
        advice(RULE, "warning", summary=summary, offers=TESTS, group=Group.BISPHOSPHONATE_CHECK, arm="missing"),
    )


@pytest.mark.parametrize(
    "risk",
    [
        *(Concept.MALABSORPTION, Concept.CKD, Concept.CKD_3, Concept.CKD_4, Concept.CKD_5),
        *(Concept.DIALYSIS, Concept.END_STAGE_RENAL_DISEASE),
    ],
)
def test_a_missing_calcium_before_an_oral_dose(risk: Concept) -> None:
    """When: silent by mouth, unless malabsorption or chronic kidney disease is on the problem list."""
    spec(a_patient(ALENDRONATE), satisfied(RULE))
    problem = a_problem(risk)
    spec(
        a_patient(ALENDRONATE, problems=[problem]),
        advice(RULE, "warning", summary=MISSING, offers=TESTS, because=[f"Condition/{risk}"], unchecked=False),
    )


def test_what_could_not_be_read() -> None:
    """A failed query is no missing calcium; rows that arrived still count when they are low."""
    failed: Listing[Result] = cut_off(Need.CALCIUM)
    spec(a_patient(ZOLEDRONATE, bone_labs=failed), missing(RULE, Need.CALCIUM))
    spec(a_patient(ZOLEDRONATE, bone_labs=cut_off(Need.CALCIUM, calcium(9.0))), missing(RULE, Need.CALCIUM))
    low = advice(RULE, "critical", unchecked=True)
    spec(a_patient(ZOLEDRONATE, bone_labs=cut_off(Need.CALCIUM, calcium(7.0))), low)
    spec(a_patient(ALENDRONATE, problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))
    ckd = cut_off(Need.PROBLEMS, a_problem(Concept.CKD))
    spec(a_patient(ALENDRONATE, problems=ckd), advice(RULE, "warning", unchecked=True))
    spec(a_patient(ZOLEDRONATE, problems=Listing(gap=out_of_reach(Need.PROBLEMS))), ASK)


def test_unusable_results_are_remarked() -> None:
    """A result that could not be used is named beside the verdict."""
    remark = unusable(Need.CALCIUM)
    odd: Listing[Result] = Listing(
        gap=None, remarks=(type(remark)(remark.fact, remark.kind, remark.text, Concept.CALCIUM_TOTAL),)
    )
    spec(a_patient(ZOLEDRONATE, bone_labs=odd), advice(RULE, "warning", remarked=True))
    spec(a_patient(ALENDRONATE, bone_labs=odd), satisfied(RULE, remarked=True))
    for value, expected in ((9.0, satisfied(RULE, remarked=True)), (7.0, advice(RULE, "critical", remarked=True))):
        spec(a_patient(ZOLEDRONATE, bone_labs=Listing((calcium(value),), remarks=odd.remarks)), expected)


def test_the_site_may_set_the_days() -> None:
    """When: for how many days a calcium counts is the site's choice."""
    older = [calcium(9.0, 40)]
    spec(a_patient(ZOLEDRONATE, bone_labs=older, policy={"antiresorptive-calcium-days": 60}), satisfied(RULE))


def test_other_orders() -> None:
    """The rule is about bisphosphonates alone."""
    spec(a_patient(a_draft("denosumab")), not_applicable(RULE))
    spec(a_patient(an_order(Concept.MRI_HIP)), not_applicable(RULE))

"""BME-DS-DEN-02: denosumab in advanced chronic kidney disease needs a specialist."""

from __future__ import annotations

import pytest

from cds_hooks.authoring.verdict import Advice, Group
from cds_hooks.snapshot.model import Listing
from cds_hooks.snapshot.problem import Problem, Result
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.moment import days_ago
from tests.builders.snapshot import a_draft, a_patient, a_problem, a_result, an_order, cut_off, unusable
from tests.builders.verdicts import Expected, advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-DS-DEN-02"
ADVANCED = "Denosumab: eGFR below 30 or dialysis - severe hypocalcemia risk (boxed warning)"
MISSING = "Denosumab: eGFR not known or older than 90 days - check before the dose"
DENOSUMAB = a_draft("denosumab")
CRITICAL = advice(RULE, "critical", summary=ADVANCED, arm="advanced")
ASK = advice(RULE, "warning", summary=MISSING, offers=["creatinine_test"], arm="missing", group=Group.DENOSUMAB_CHECK)
DIALYSIS = a_problem(Concept.DIALYSIS)


def egfr(value: float, days: int = 5, **overrides: object) -> Result:
    return a_result(Concept.EGFR, value, when=days_ago(days), **overrides)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([egfr(29.9)], CRITICAL),
        ([egfr(30)], satisfied(RULE)),
        ([egfr(15, at_most=True)], CRITICAL),
        ([egfr(60, at_most=True)], ASK),
        ([egfr(60, at_least=True)], satisfied(RULE)),
        ([egfr(29, 90)], CRITICAL),
        ([egfr(29, 91)], ASK),
        ([egfr(60, 90)], satisfied(RULE)),
        ([egfr(60, 91)], ASK),
        ([a_result(Concept.CREATININE_CLEARANCE, 20), egfr(60)], satisfied(RULE)),
        ([], ASK),
    ],
)
def test_the_limits(results: list[Result], expected: Expected) -> None:
    """When: eGFR below 30, or none of the last 90 days that decides."""
    spec(a_patient(DENOSUMAB, labs=results), expected)


def test_an_advanced_disease() -> None:
    """Then: critical, the draft may be removed, nephrology is offered."""
    patient = a_patient(DENOSUMAB, labs=[egfr(24)])
    offers = ["delete MedicationRequest/draft-denosumab", "nephrology_referral"]
    because = ["MedicationRequest/draft-denosumab", "Observation/egfr"]
    spec(patient, advice(RULE, "critical", summary=ADVANCED, offers=offers, because=because, unchecked=False))
    verdict = judge(RULE, patient)
    assert isinstance(verdict, Advice)
    assert verdict.group is None


@pytest.mark.parametrize("disease", [Concept.DIALYSIS, Concept.END_STAGE_RENAL_DISEASE])
def test_dialysis(disease: Concept) -> None:
    """When: on dialysis, whatever the laboratory says."""
    problem = a_problem(disease)
    spec(a_patient(DENOSUMAB, problems=[problem]), advice(RULE, "critical", because=[f"Condition/{disease}"]))
    both = advice(RULE, "critical", because=[f"Condition/{disease}", "Observation/egfr"])
    spec(a_patient(DENOSUMAB, problems=[problem], labs=[egfr(60)]), both)
    over = a_problem(disease, current=False)
    spec(a_patient(DENOSUMAB, problems=[over], labs=[egfr(60)]), satisfied(RULE))


def test_the_old_value_is_shown() -> None:
    """Then: whatever is on record is shown, however old; nothing is removed."""
    patient = a_patient(DENOSUMAB, labs=[egfr(60, 400)])
    spec(patient, ASK, advice(RULE, "warning", because=["Observation/egfr"], unchecked=False))
    verdict = judge(RULE, patient)
    assert isinstance(verdict, Advice)
    assert "last 90 days" in verdict.detail[0]


def test_what_could_not_be_read() -> None:
    """A failed query is no missing eGFR; rows that arrived still count when they are low."""
    unread: Listing[Result] = cut_off(Need.KIDNEY_FUNCTION)
    spec(a_patient(DENOSUMAB, labs=unread), missing(RULE, Need.KIDNEY_FUNCTION))
    spec(a_patient(DENOSUMAB, labs=cut_off(Need.KIDNEY_FUNCTION, egfr(60))), missing(RULE, Need.KIDNEY_FUNCTION))
    low = a_patient(DENOSUMAB, labs=cut_off(Need.KIDNEY_FUNCTION, egfr(20)))
    spec(low, advice(RULE, "critical", unchecked=True))
    spec(a_patient(DENOSUMAB, labs=unread, problems=[DIALYSIS]), advice(RULE, "critical", unchecked=True))
    problems: Listing[Problem] = cut_off(Need.PROBLEMS)
    spec(a_patient(DENOSUMAB, labs=[egfr(60)], problems=problems), missing(RULE, Need.PROBLEMS))
    spec(a_patient(DENOSUMAB, problems=problems), advice(RULE, "warning", summary=MISSING, unchecked=True))
    spec(a_patient(DENOSUMAB, labs=[egfr(20)], problems=problems), advice(RULE, "critical", unchecked=True))


def test_unusable_results_are_remarked() -> None:
    """A result that could not be used is named beside the verdict."""
    gap = unusable(Need.KIDNEY_FUNCTION)
    remark = type(gap)(gap.fact, gap.kind, gap.text, Concept.EGFR)
    for results, expected in (
        ((), advice(RULE, "warning", remarked=True)),
        ((egfr(20),), advice(RULE, "critical", remarked=True)),
        ((egfr(60),), satisfied(RULE, remarked=True)),
    ):
        spec(a_patient(DENOSUMAB, labs=Listing(results, remarks=(remark,))), expected)


def test_other_orders_and_thresholds() -> None:
    """The rule is about denosumab alone; limit and days are the site's choice."""
    spec(a_patient(a_draft("ibandronate"), labs=[egfr(20)]), not_applicable(RULE))
    spec(a_patient(an_order(Concept.MRI_HIP)), not_applicable(RULE))
    spec(a_patient(DENOSUMAB, labs=[egfr(34)], policy={"denosumab-egfr": 35}), CRITICAL)
    spec(a_patient(DENOSUMAB, labs=[egfr(60, 100)], policy={"antiresorptive-kidney-days": 120}), satisfied(RULE))

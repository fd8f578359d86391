"""BME-DS-BIS-02: kidney function should be known and above the limit of the drug."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import mappings
from cds_hooks.authoring.verdict import Advice, Group
from cds_hooks.rules.antiresorptive.bisphosphonate_kidney import FROM_THE_LABEL, OF_LIMIT_30
from cds_hooks.snapshot import antiresorptive
from cds_hooks.snapshot.model import Listing
from cds_hooks.snapshot.patient import Demographics, Patient
from cds_hooks.snapshot.problem import Result
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need, Route
from tests.builders.moment import born, days_ago
from tests.builders.snapshot import (
    A_MAN,
    a_draft,
    a_patient,
    a_problem,
    a_reason,
    a_result,
    an_order,
    cut_off,
    out_of_reach,
    unusable,
)
from tests.builders.verdicts import Expected, advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-DS-BIS-02"
BELOW = "Kidney function below the limit for this bisphosphonate"
MISSING = "Bisphosphonate: kidney function not known or too old - check before the dose"
TEST = "creatinine_test"
CRITICAL = advice(RULE, "critical", arm="below")
ASK = advice(RULE, "warning", arm="missing")
INFORM = advice(RULE, "info", summary=MISSING, offers=[TEST], arm="missing", group=Group.BISPHOSPHONATE_CHECK)
SILENT = satisfied(RULE)
IBANDRONATE = a_draft("ibandronate", route=Route.PARENTERAL)
ALENDRONATE = a_draft("alendronate")
OLD_MAN = Demographics(gender="male", birth_date=born(65, 365))
A_MAN_OF_64 = Demographics(gender="male", birth_date=born(64))


def egfr(value: float, days: int = 5, **overrides: object) -> Result:
    return a_result(Concept.EGFR, value, when=days_ago(days), **overrides)  # type: ignore[arg-type]


def clearance(value: float, days: int = 5, **overrides: object) -> Result:
    return a_result(Concept.CREATININE_CLEARANCE, value, when=days_ago(days), **overrides)  # type: ignore[arg-type]


def details(patient: Patient) -> str:
    verdict = judge(RULE, patient)
    assert isinstance(verdict, Advice)
    return " ".join(verdict.detail)


@pytest.mark.parametrize(
    ("ingredient", "limit"),
    [
        ("zoledronic acid", 35),
        ("alendronate", 35),
        ("clodronate", 35),
        ("etidronate", 35),
        ("(class)", 35),
        ("ibandronate", 30),
        ("risedronate", 30),
        ("pamidronate", 30),
    ],
)
def test_the_limit_of_each_drug(ingredient: str, limit: int) -> None:
    """When: below 35 for zoledronate and alendronate, below 30 for ibandronate, risedronate and pamidronate; a drug
    without a limit of its own takes the stricter one."""
    draft = a_draft(ingredient, group=DrugGroup.BISPHOSPHONATE)
    spec(a_patient(draft, labs=[clearance(limit - 0.1)]), CRITICAL)
    spec(a_patient(draft, labs=[clearance(limit)]), SILENT)
    assert f"{limit} mL/min" in details(a_patient(draft, labs=[clearance(limit - 0.1)]))


def test_below_the_limit_is_critical() -> None:
    """Then: critical, the draft may be removed, a creatinine is offered."""
    spec(
        a_patient(IBANDRONATE, labs=[egfr(29)]),
        advice(
            RULE,
            "critical",
            summary=BELOW,
            offers=["delete MedicationRequest/draft-ibandronate", TEST],
            because=["MedicationRequest/draft-ibandronate", "Observation/egfr"],
            unchecked=False,
            arm="below",
        ),
    )
    verdict = judge(RULE, a_patient(IBANDRONATE, labs=[egfr(29)]))
    assert isinstance(verdict, Advice)
    assert verdict.group is None


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([egfr(29.9)], CRITICAL),
        ([egfr(30)], SILENT),
        ([egfr(15, at_most=True)], CRITICAL),
        ([egfr(60, at_least=True)], SILENT),
        ([egfr(60, at_most=True)], ASK),
        ([clearance(31), egfr(29)], SILENT),
        ([clearance(29), egfr(31)], CRITICAL),
        ([clearance(60, at_most=True), egfr(29)], CRITICAL),
        ([clearance(60, at_most=True), egfr(31)], SILENT),
        ([egfr(29, 90)], CRITICAL),
        ([egfr(29, 91)], ASK),
        ([egfr(60, 90)], SILENT),
        ([egfr(60, 91)], ASK),
        ([], ASK),
    ],
)
def test_which_value_decides(results: list[Result], expected: Expected) -> None:
    """When: the clearance decides, else eGFR, of the last 90 days before an intravenous dose; a bound that does not
    decide counts as missing."""
    spec(a_patient(IBANDRONATE, labs=results), expected)


def test_cockcroft_and_gault() -> None:
    """When: the clearance is computed where weight, age and creatinine are known."""
    weight, creatinine = a_result(Concept.BODY_WEIGHT, 45), a_result(Concept.CREATININE, 1.9)
    spec(a_patient(IBANDRONATE, labs=[creatinine, egfr(45)], vitals=[weight]), CRITICAL)
    spec(a_patient(IBANDRONATE, labs=[creatinine, egfr(45)]), SILENT)


def test_both_are_shown_when_they_lie_on_different_sides() -> None:
    """Then: clearance and eGFR are shown, and that the clearance decides."""
    apart = a_patient(IBANDRONATE, labs=[clearance(29), egfr(31)])
    spec(apart, advice(RULE, "critical", because=["Observation/creatinine_clearance", "Observation/egfr"]))
    assert "different sides" in details(apart)
    assert "different sides" not in details(a_patient(IBANDRONATE, labs=[clearance(29), egfr(29)]))
    verdict = judge(RULE, a_patient(IBANDRONATE, labs=[egfr(29)]))
    assert isinstance(verdict, Advice)
    assert len(verdict.because) == 2


@pytest.mark.parametrize(
    ("draft", "name", "verify"),
    [
        (IBANDRONATE, "ibandronate", False),
        (a_draft("zoledronic acid"), "zoledronic acid", False),
        (ALENDRONATE, "alendronate", True),
        (a_draft("(class)", group=DrugGroup.BISPHOSPHONATE), "this bisphosphonate", True),
    ],
)
def test_limits_that_are_to_be_verified(draft: object, name: str, verify: bool) -> None:
    """Then: the drug and its limit are named, and where the limit is to be verified in the label."""
    said = details(a_patient(draft, labs=[egfr(20)]))  # type: ignore[arg-type]
    assert f"limit of {name} is" in said
    assert ("verify in the current label" in said) is verify


@pytest.mark.parametrize("disease", [Concept.DIALYSIS, Concept.END_STAGE_RENAL_DISEASE])
def test_dialysis_is_below_every_limit(disease: Concept) -> None:
    """When: dialysis is on the problem list, whatever the laboratory says."""
    problem = a_problem(disease)
    spec(a_patient(IBANDRONATE, problems=[problem]), advice(RULE, "critical", because=[f"Condition/{disease}"]))
    spec(a_patient(IBANDRONATE, problems=[problem], labs=[egfr(60)]), CRITICAL)
    spec(a_patient(IBANDRONATE, problems=[a_problem(disease, current=False)], labs=[egfr(60)]), SILENT)
    failed = a_patient(IBANDRONATE, problems=[problem], labs=cut_off(Need.KIDNEY_FUNCTION))
    spec(failed, advice(RULE, "critical", unchecked=True))


def test_pamidronate_against_cancer_has_no_such_limit() -> None:
    """Unless: the drug is pamidronate for cancer; not sure of that, the card offers no removal."""
    cancer, low = a_problem(Concept.BONE_METASTASIS), [egfr(29)]
    spec(a_patient(a_draft("pamidronate"), problems=[cancer], labs=low), not_applicable(RULE))
    spec(a_patient(IBANDRONATE, problems=[cancer], labs=low), CRITICAL)
    unclear = a_patient(a_draft("pamidronate"), problems=cut_off(Need.PROBLEMS), labs=low)
    spec(unclear, advice(RULE, "critical", offers=[TEST], unchecked=True))
    meant = a_draft("pamidronate", reasons=a_reason(Concept.MULTIPLE_MYELOMA))
    spec(a_patient(meant, labs=low), not_applicable(RULE))


def test_an_unknown_kidney_function_before_an_intravenous_dose() -> None:
    """Then: a warning without removal that shows what is on record."""
    spec(
        a_patient(IBANDRONATE, labs=[egfr(50, 400)]),
        advice(
            RULE,
            "warning",
            summary=MISSING,
            offers=[TEST],
            because=["Observation/egfr"],
            group=Group.BISPHOSPHONATE_CHECK,
            arm="missing",
        ),
    )
    spec(a_patient(a_draft("ibandronate")), ASK)  # route not stated
    assert "last 90 days" in details(a_patient(IBANDRONATE))


def test_an_unknown_kidney_function_before_an_oral_dose() -> None:
    """When: a value of the last year is enough by mouth; without one, at 65 or with chronic kidney disease."""
    spec(a_patient(ALENDRONATE, labs=[egfr(60, 365)]), SILENT)
    spec(a_patient(ALENDRONATE, labs=[egfr(20, 365)]), CRITICAL)
    spec(a_patient(ALENDRONATE, demographics=A_MAN), SILENT)
    spec(a_patient(ALENDRONATE, demographics=A_MAN_OF_64), SILENT)
    spec(a_patient(ALENDRONATE, demographics=OLD_MAN), INFORM)
    spec(a_patient(ALENDRONATE, demographics=OLD_MAN, labs=[egfr(60, 366)]), INFORM)
    spec(a_patient(ALENDRONATE, problems=[a_problem(Concept.CKD_3)]), INFORM)
    assert "last 365 days" in details(a_patient(ALENDRONATE, demographics=OLD_MAN))


def test_what_could_not_be_read() -> None:
    """A failed query is no missing kidney function."""
    spec(a_patient(IBANDRONATE, labs=cut_off(Need.KIDNEY_FUNCTION)), missing(RULE, Need.KIDNEY_FUNCTION))
    spec(a_patient(IBANDRONATE, labs=cut_off(Need.KIDNEY_FUNCTION, egfr(60))), missing(RULE, Need.KIDNEY_FUNCTION))
    low = advice(RULE, "critical", unchecked=True)
    spec(a_patient(IBANDRONATE, labs=cut_off(Need.KIDNEY_FUNCTION, egfr(20))), low)
    spec(a_patient(IBANDRONATE, labs=[egfr(60)], problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))
    nobody = Demographics(gap=out_of_reach(Need.DEMOGRAPHICS))
    spec(a_patient(ALENDRONATE, demographics=nobody), missing(RULE, Need.DEMOGRAPHICS))
    spec(a_patient(ALENDRONATE, demographics=nobody, problems=[a_problem(Concept.CKD)]), INFORM)


def test_unusable_results_are_remarked() -> None:
    """A result that could not be used is named beside the verdict."""
    gap = unusable(Need.KIDNEY_FUNCTION)
    remark = type(gap)(gap.fact, gap.kind, gap.text, Concept.EGFR)
    for draft, results, expected in (
        (IBANDRONATE, (), advice(RULE, "warning", remarked=True)),
        (IBANDRONATE, (egfr(20),), advice(RULE, "critical", remarked=True)),
        (IBANDRONATE, (egfr(60),), satisfied(RULE, remarked=True)),
        (ALENDRONATE, (), satisfied(RULE, remarked=True)),
    ):
        spec(a_patient(draft, labs=Listing(results, remarks=(remark,))), expected)


def test_the_site_may_set_limits_and_days() -> None:
    """When: limits, days and age are the site's choice."""
    spec(a_patient(IBANDRONATE, labs=[egfr(34)], policy={"bisphosphonate-clearance-ibandronate": 35}), CRITICAL)
    spec(a_patient(ALENDRONATE, labs=[egfr(39)], policy={"bisphosphonate-clearance-zoledronate": 40}), CRITICAL)
    spec(a_patient(IBANDRONATE, labs=[egfr(60, 100)], policy={"antiresorptive-kidney-days": 120}), SILENT)
    spec(a_patient(ALENDRONATE, demographics=A_MAN_OF_64, policy={"bisphosphonate-kidney-age": 60}), INFORM)
    lately = {"oral-bisphosphonate-kidney-days": 180.0}
    spec(a_patient(ALENDRONATE, demographics=OLD_MAN, labs=[egfr(60, 200)], policy=lately), INFORM)


def test_the_drugs_are_named_as_in_the_tables() -> None:
    """An ingredient that the tables spell otherwise would miss its limit and its route."""
    with (Path(mappings.__file__).parent / "lexicon" / "drug_names" / "bisphosphonate.csv").open() as table:
        known = {row["ingredient"] for row in csv.DictReader(table)}
    named = OF_LIMIT_30 | FROM_THE_LABEL | antiresorptive.INTRAVENOUS_ONLY | antiresorptive.ORAL_ONLY
    assert named <= known
    assert known - antiresorptive.INTRAVENOUS_ONLY - antiresorptive.ORAL_ONLY == {
        "(class)",
        "clodronate",
        "ibandronate",
    }


def test_other_orders() -> None:
    """The rule is about bisphosphonates alone."""
    spec(a_patient(a_draft("denosumab")), not_applicable(RULE))
    spec(a_patient(an_order(Concept.MRI_HIP)), not_applicable(RULE))

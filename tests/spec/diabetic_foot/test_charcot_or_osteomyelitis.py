"""BME-CF-02: Charcot foot or osteomyelitis, which MRI alone cannot tell."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cds_hooks.authoring.rule import Hook
from cds_hooks.authoring.verdict import Advice, Group
from cds_hooks.evaluation.evaluate import evaluate
from cds_hooks.evaluation.triage import triage
from cds_hooks.rules import CATALOG
from cds_hooks.snapshot.model import Listing
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.report_text import Assertion, Finding, Region, Side
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.moment import days_ago
from tests.builders.snapshot import a_patient, a_problem, a_result, a_sign, an_event, an_mri, cut_off, unusable
from tests.builders.verdicts import Expected, advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-CF-02"
LOOK = "Foot edema on MRI may be Charcot or osteomyelitis - look for ulcer, cellulitis or abscess"
SIGN = "Foot marrow edema with ulcer or infection sign - osteomyelitis possible, MRI alone cannot tell"
LEFT, RIGHT = Site(Region.ANKLE_FOOT, Side.LEFT), Site(Region.ANKLE_FOOT, Side.RIGHT)
KNEE = Site(Region.KNEE, Side.LEFT)
DIABETES = a_problem(Concept.DIABETES)
ULCER = a_problem(Concept.FOOT_ULCER)
MRI = an_mri(site=LEFT)
OFFERS = ["wound_assessment", "crp_test", "esr_test"]
INFO = advice(RULE, "info", summary=LOOK, offers=OFFERS, arm="look")
WARN = advice(RULE, "warning", summary=SIGN, offers=OFFERS, arm="sign", group=Group.DIABETIC_FOOT_INFECTION)


def diabetic(*problems: Any, mri: Any = (MRI,), **chart: Any) -> Patient:
    return a_patient(problems=(DIABETES, *problems), mri_reports=mri, **chart)


# -- When


def test_edema_without_a_sign() -> None:
    """Then: a prompt of its own to look for signs."""
    patient = diabetic()
    because = ["DiagnosticReport/mri", "Condition/diabetes"]
    spec(patient, INFO, advice(RULE, "info", because=because, unchecked=False))
    verdict = judge(RULE, patient)
    assert isinstance(verdict, Advice)
    assert verdict.group is None


def test_no_diabetes() -> None:
    """When: only diabetes is meant."""
    spec(a_patient(problems=(ULCER,), mri_reports=(MRI,)), not_applicable(RULE))


@pytest.mark.parametrize(
    ("mri", "expected"),
    [
        ((an_mri(site=LEFT, when=days_ago(183)),), INFO),
        ((an_mri(site=LEFT, when=days_ago(184)),), satisfied(RULE)),
        ((an_mri(site=KNEE),), satisfied(RULE)),
        ((), satisfied(RULE)),
    ],
)
def test_mri(mri: Any, expected: Expected) -> None:
    """When: ankle or foot, of the last six months."""
    spec(diabetic(mri=mri), expected)


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        (ULCER, WARN),
        (a_problem(Concept.FOOT_ULCER, site=LEFT), WARN),
        (a_problem(Concept.FOOT_ULCER, site=RIGHT), INFO),
        (a_problem(Concept.FOOT_ULCER, site=Site(side=Side.RIGHT)), INFO),
        (a_problem(Concept.FOOT_ULCER, current=False), INFO),
        (a_problem(Concept.LOWER_LIMB_ULCER, site=LEFT), WARN),
        (a_problem(Concept.CELLULITIS, site=LEFT), WARN),
        (a_problem(Concept.CELLULITIS, site=LEFT, provisional=True), WARN),
        (a_problem(Concept.CELLULITIS), INFO),
        (a_problem(Concept.CELLULITIS, site=KNEE), INFO),
        (a_problem(Concept.ABSCESS, site=LEFT), WARN),
        (a_problem(Concept.PROBE_TO_BONE_POSITIVE), WARN),
        (a_problem(Concept.PROBE_TO_BONE_POSITIVE, site=RIGHT), INFO),
        (a_problem(Concept.PROBE_TO_BONE_POSITIVE, current=False), INFO),
        (a_problem(Concept.OSTEOMYELITIS, site=LEFT), INFO),
    ],
)
def test_signs_on_the_problem_list(problem: Any, expected: Expected) -> None:
    """When: an ulcer, cellulitis, abscess or positive probe-to-bone test at the same site."""
    spec(diabetic(problem), expected)


def test_a_suspected_sign() -> None:
    """When: what is only considered counts as well. Then: the sign stands on the card."""
    considered = a_problem(Concept.CELLULITIS, site=LEFT, differential=True)
    spec(diabetic(differentials=(considered,)), WARN, advice(RULE, "warning", because=["Condition/cellulitis"]))


@pytest.mark.parametrize(
    ("sign", "expected"),
    [
        (a_sign(Finding.SOFT_TISSUE_INFECTION, site=LEFT), WARN),
        (a_sign(Finding.SOFT_TISSUE_INFECTION, Assertion.ABSENT, site=LEFT), INFO),
        (a_sign(Finding.SOFT_TISSUE_INFECTION, Assertion.UNCERTAIN, site=LEFT), INFO),
        (a_sign(Finding.SOFT_TISSUE_INFECTION, site=RIGHT), INFO),
    ],
)
def test_signs_in_the_report(sign: Any, expected: Expected) -> None:
    """When: the report of the MRI names the ulcer or abscess."""
    spec(diabetic(mri=(an_mri(Assertion.PRESENT, sign, site=LEFT),)), expected)


def test_a_sign_in_an_old_report() -> None:
    """When: a report from before the window says nothing of today."""
    old = an_mri(None, a_sign(Finding.SOFT_TISSUE_INFECTION, site=LEFT), site=LEFT, when=days_ago(184), id="old")
    spec(diabetic(mri=(an_mri(site=Site(Region.ANKLE_FOOT)), old)), INFO)


@pytest.mark.parametrize(("site", "expected"), [(LEFT, WARN), (RIGHT, INFO), (Site(), WARN)])
def test_a_probe_to_bone_test_among_the_procedures(site: Site, expected: Expected) -> None:
    """When: the positive test was recorded as a procedure."""
    spec(diabetic(procedures=(an_event(Concept.PROBE_TO_BONE_POSITIVE, site=site),)), expected)
    spec(diabetic(procedures=(an_event(Concept.BONE_BIOPSY, site=site),)), INFO)


# -- Then


@pytest.mark.parametrize(("days", "shown"), [(14, True), (15, False)])
@pytest.mark.parametrize("concept", [Concept.CRP, Concept.ESR])
def test_recent_blood_tests_are_shown(concept: Concept, days: int, shown: bool) -> None:
    """Then: CRP and ESR of the last 14 days stand on the card."""
    verdict = judge(RULE, diabetic(screening_labs=[a_result(concept, 8.0, when=days_ago(days))]))
    assert isinstance(verdict, Advice)
    assert (f"Observation/{concept}" in {fact.resource for fact in verdict.because}) is shown


def cards(patient: Patient) -> list[tuple[str, str]]:
    """The warnings of the chart: their rules and their indicator."""
    found = triage(evaluate(CATALOG, patient), Hook.PATIENT_VIEW).cards
    rules = ["+".join(each.rule.id for each in card.members) for card in found]
    wanted = {"BME-CF-02", "BME-CF-03", "BME-DX-07"}
    indicators = [card.indicator for card in found]
    return [(name, how) for name, how in zip(rules, indicators, strict=True) if wanted & set(name.split("+"))]


def test_infection_of_a_diabetic_foot_is_one_card() -> None:
    """Then: the card carries the red flag and leukocyte imaging in a line each."""
    assert cards(diabetic(ULCER)) == [("BME-CF-02+BME-DX-07+BME-CF-03", "warning")]


def test_the_red_flag_without_a_sign() -> None:
    """Then: osteomyelitis alone gives the card of the red flag, beside the prompt to look for signs."""
    osteomyelitis = a_problem(Concept.OSTEOMYELITIS, site=LEFT)
    assert cards(diabetic(osteomyelitis)) == [("BME-DX-07", "warning"), ("BME-CF-02", "info")]
    assert cards(a_patient(problems=(osteomyelitis,), mri_reports=(MRI,))) == [("BME-DX-07", "warning")]


# -- out of reach


@pytest.mark.parametrize(
    ("chart", "expected"),
    [
        ({"problems": cut_off(Need.PROBLEMS), "mri_reports": (MRI,)}, missing(RULE, Need.PROBLEMS)),
        ({"problems": cut_off(Need.PROBLEMS)}, satisfied(RULE)),
        ({"problems": (DIABETES,), "mri_reports": cut_off(Need.MRI)}, missing(RULE, Need.MRI)),
        (
            {"problems": cut_off(Need.PROBLEMS, DIABETES), "mri_reports": (MRI,)},
            advice(RULE, "info", summary=LOOK, unchecked=True),
        ),
        (
            {"problems": (DIABETES,), "mri_reports": (MRI,), "procedures": cut_off(Need.PROCEDURES)},
            advice(RULE, "info", summary=LOOK, unchecked=True),
        ),
        (
            {"problems": (DIABETES,), "mri_reports": (MRI,), "screening_labs": cut_off(Need.INFLAMMATION)},
            advice(RULE, "info", summary=LOOK, unchecked=True),
        ),
        (
            {"problems": (DIABETES, ULCER), "mri_reports": cut_off(Need.MRI, MRI)},
            advice(RULE, "warning", summary=SIGN, unchecked=True),
        ),
    ],
)
def test_out_of_reach(chart: Any, expected: Expected) -> None:
    """Signs that could not be looked at are named, never taken for absent."""
    spec(a_patient(**chart), expected)


def test_results_that_could_not_be_used_are_remarked() -> None:
    """Remarks of reports and tests stand on the card, or beside the silence."""
    reports: Any = Listing((MRI,), None, (unusable(Need.MRI),))
    spec(diabetic(mri=reports), advice(RULE, "info", remarked=True))
    tests: Any = Listing((), None, (replace(unusable(Need.INFLAMMATION), about=Concept.CRP),))
    spec(diabetic(screening_labs=tests), advice(RULE, "info", remarked=True))
    spec(diabetic(mri=Listing((), None, reports.remarks)), satisfied(RULE, remarked=True))

"""BME-DX-07: signs of bone or joint infection beside a marrow edema."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.authoring.verdict import Advice, Group
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Gap, GapKind, Listing
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.problem import Result
from cds_hooks.snapshot.report_text import Assertion, Region, Side
from cds_hooks.snapshot.site import ANYWHERE, Site
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need, Route
from tests.builders.moment import days_ago
from tests.builders.snapshot import a_draft, a_patient, a_problem, a_result, an_mri, an_order, cut_off
from tests.builders.verdicts import Expected, advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-DX-07"
SUMMARY = "Signs of bone or joint infection with marrow edema - exclude osteomyelitis before BME therapy"
FOOT, OTHER_FOOT = Site(Region.ANKLE_FOOT, Side.RIGHT), Site(Region.ANKLE_FOOT, Side.LEFT)
KNEE = Site(Region.KNEE, Side.RIGHT)
WARN = advice(RULE, "warning")
HIGH_CRP = a_result(Concept.CRP, 50.0)
OSTEOMYELITIS = a_problem(Concept.OSTEOMYELITIS)
OFFERS = ["crp_test", "esr_test", "blood_culture", "infectious_disease_referral"]


def seen(*drafts: Order, **chart: Any) -> Patient:
    return a_patient(*drafts, **{"mri_reports": (an_mri(site=FOOT),), **chart})


# -- When


def test_the_chart_is_opened() -> None:
    """Then: a warning with blood tests and a referral; it shares the card of a diabetic foot infection."""
    because = ["DiagnosticReport/mri", "Condition/osteomyelitis"]
    group = Group.DIABETIC_FOOT_INFECTION
    expected = advice(
        RULE, "warning", summary=SUMMARY, offers=OFFERS, because=because, unchecked=False, arm="chart", group=group
    )
    spec(seen(problems=(OSTEOMYELITIS,)), expected)


def test_at_an_order() -> None:
    """Then: the same about the draft, which is not removed; no card group."""
    patient = seen(a_draft("iloprost"), problems=(OSTEOMYELITIS,))
    because = ["MedicationRequest/draft-iloprost", "Condition/osteomyelitis"]
    spec(patient, advice(RULE, "warning", offers=OFFERS, because=because, arm="order"))
    verdict = judge(RULE, patient)
    assert isinstance(verdict, Advice)
    assert verdict.group is None


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        (a_problem(Concept.OSTEOMYELITIS, site=KNEE), WARN),
        (a_problem(Concept.SEPTIC_ARTHRITIS), WARN),
        (a_problem(Concept.PROSTHETIC_JOINT_INFECTION), WARN),
        (a_problem(Concept.OSTEOMYELITIS, provisional=True), WARN),
        (a_problem(Concept.OSTEOMYELITIS, current=False), satisfied(RULE)),
        (a_problem(Concept.CHRONIC_NONBACTERIAL_OSTEOMYELITIS), satisfied(RULE)),
        (a_problem(Concept.CELLULITIS, site=FOOT), WARN),
        (a_problem(Concept.ABSCESS, site=Site(Region.ANKLE_FOOT)), WARN),
        (a_problem(Concept.LOWER_LIMB_ULCER, site=FOOT), WARN),
        (a_problem(Concept.FOOT_ULCER), WARN),
        (a_problem(Concept.FOOT_ULCER, site=Site(None, Side.LEFT)), satisfied(RULE)),
        (a_problem(Concept.CELLULITIS, site=OTHER_FOOT), satisfied(RULE)),
        (a_problem(Concept.CELLULITIS, site=KNEE), satisfied(RULE)),
        (a_problem(Concept.CELLULITIS, site=ANYWHERE), satisfied(RULE)),
    ],
)
def test_conditions(problem: Any, expected: Expected) -> None:
    """When: an infection of bone or joint anywhere; an ulcer, cellulitis or abscess of the same site."""
    spec(seen(problems=(problem,)), expected)
    spec(seen(differentials=(problem,)), expected)


@pytest.mark.parametrize(
    ("crp", "days", "expected"),
    [(50.0, 14, WARN), (49.9, 14, satisfied(RULE)), (50.0, 15, satisfied(RULE))],
)
def test_a_high_crp(crp: float, days: int, expected: Expected) -> None:
    """When: CRP of 50 mg/L or more in 14 days."""
    spec(seen(screening_labs=(a_result(Concept.CRP, crp, when=days_ago(days)),)), expected)


@pytest.mark.parametrize(
    ("temperature", "days", "crp", "expected"),
    [
        (38.0, 7, 12.0, WARN),
        (37.9, 7, 12.0, satisfied(RULE)),
        (38.0, 8, 12.0, satisfied(RULE)),
        (38.0, 7, 5.0, satisfied(RULE)),
    ],
)
def test_fever_with_a_raised_crp(temperature: float, days: int, crp: float, expected: Expected) -> None:
    """When: 38.0 Cel in 7 days with a CRP above the laboratory's limit."""
    fever = a_result(Concept.BODY_TEMPERATURE, temperature, when=days_ago(days))
    spec(seen(vitals=(fever,), screening_labs=(a_result(Concept.CRP, crp, high=5.0),)), expected)


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        (a_draft("denosumab"), WARN),
        (an_order(Concept.ESWT), WARN),
        (a_draft("triamcinolone", route=Route.LOCAL), WARN),
        (a_draft("triamcinolone", route=Route.PARENTERAL), not_applicable(RULE)),
        (a_draft("prednisolone", group=DrugGroup.GLUCOCORTICOID_SYSTEMIC), not_applicable(RULE)),
        (an_order(Concept.JOINT_INJECTION), WARN),
        (an_order(Concept.VERTEBRAL_AUGMENTATION), WARN),
        (an_order(Concept.KYPHOPLASTY), WARN),
        (an_order(Concept.VERTEBROPLASTY), WARN),
        (an_order(Concept.PHYSIOTHERAPY), not_applicable(RULE)),
    ],
)
def test_drafts(draft: Order, expected: Expected) -> None:
    """When: a therapy of edema whatever its reason, a local steroid injection or a vertebral augmentation."""
    spec(seen(draft, problems=(OSTEOMYELITIS,)), expected)


# -- Unless


def test_no_edema_on_mri() -> None:
    for report in (an_mri(Assertion.ABSENT, site=FOOT), an_mri(site=FOOT, when=days_ago(366))):
        spec(a_patient(mri_reports=(report,), problems=(OSTEOMYELITIS,)), satisfied(RULE, remarked=False))


def test_no_sign_of_infection() -> None:
    spec(seen(), satisfied(RULE, remarked=False))
    spec(seen(a_draft("iloprost")), satisfied(RULE))


def test_a_preliminary_report_counts_and_is_called_so() -> None:
    patient = seen(mri_reports=(an_mri(site=FOOT, preliminary=True),), problems=(OSTEOMYELITIS,))
    for chart, noted in ((patient, True), (seen(problems=(OSTEOMYELITIS,)), False)):
        verdict = judge(RULE, chart)
        assert isinstance(verdict, Advice)
        assert ("The report of the MRI is preliminary." in verdict.detail) is noted


def test_each_place_has_its_own_signs() -> None:
    """An abscess at one of two places; what belongs to both is shown once."""
    both = (an_mri(site=FOOT), an_mri(site=KNEE, id="knee"))
    abscess = a_problem(Concept.ABSCESS, site=KNEE)
    verdict = judge(RULE, seen(mri_reports=both, problems=(abscess, OSTEOMYELITIS)))
    assert isinstance(verdict, Advice)
    assert [fact.resource for fact in verdict.because] == [
        *("DiagnosticReport/mri", "DiagnosticReport/knee"),
        *("Condition/osteomyelitis", "Condition/abscess"),
    ]


# -- what could not be read


def test_out_of_reach() -> None:
    spec(a_patient(mri_reports=cut_off(Need.MRI), problems=(OSTEOMYELITIS,)), missing(RULE, Need.MRI))
    spec(seen(problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))
    spec(seen(screening_labs=cut_off(Need.INFLAMMATION)), missing(RULE, Need.INFLAMMATION))
    unread = seen(screening_labs=cut_off(Need.INFLAMMATION), problems=(OSTEOMYELITIS,))
    spec(unread, advice(RULE, "warning", unchecked=True))
    partly = seen(mri_reports=cut_off(Need.MRI, an_mri(site=FOOT)), screening_labs=(HIGH_CRP,))
    spec(partly, advice(RULE, "warning", unchecked=True))


def test_results_that_could_not_be_used_are_remarked() -> None:
    remark = Gap(Need.INFLAMMATION, GapKind.UNUSABLE, "a CRP is dated in the future", Concept.CRP)
    about: Listing[Result] = Listing((), remarks=(remark,))
    spec(seen(screening_labs=about), satisfied(RULE, remarked=True))
    spec(seen(screening_labs=about, problems=(OSTEOMYELITIS,)), advice(RULE, "warning", remarked=True))
    spec(a_patient(mri_reports=Listing((), remarks=(remark,))), satisfied(RULE, remarked=True))

"""BME-DX-05: dynamic contrast MRI where osteonecrosis and transient edema cannot be told apart."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.authoring.verdict import Advice
from cds_hooks.snapshot.imaging import ImagingReport
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Listing
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.report_text import Assertion, Finding, Region, Side
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.moment import days_ago, on
from tests.builders.snapshot import (
    a_draft,
    a_patient,
    a_problem,
    a_result,
    a_sign,
    an_encounter,
    an_event,
    an_mri,
    an_order,
    cut_off,
    unusable,
)
from tests.builders.verdicts import Expected, advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-DX-05"
SUMMARY = "Osteonecrosis or transient BMES? Dynamic contrast MRI can separate the two"
HIP, OTHER_HIP, KNEE = Site(Region.HIP, Side.LEFT), Site(Region.HIP, Side.RIGHT), Site(Region.KNEE, Side.LEFT)
POINT = advice(RULE, "info", arm="contrast")
UNCLEAR = a_sign(Finding.OSTEONECROSIS, Assertion.UNCERTAIN, site=HIP)
OPEN = an_mri(Assertion.PRESENT, UNCLEAR, site=HIP, subchondral=True)
PLAIN = an_mri(site=HIP, subchondral=True)
SUSPECTED = a_problem(Concept.OSTEONECROSIS, site=HIP, provisional=True)


def said(patient: Patient) -> tuple[str, ...]:
    verdict = judge(RULE, patient)
    assert isinstance(verdict, Advice)
    return verdict.detail


def seen(*reports: ImagingReport, drafts: tuple[Order, ...] = (), **chart: Any) -> Patient:
    return a_patient(*drafts, mri_reports=reports or (OPEN,), **chart)


# -- When


def test_the_report_leaves_it_open() -> None:
    """Then: a prompt that offers a dynamic contrast MRI."""
    stands_on = ["DiagnosticReport/mri"]
    expected = advice(
        RULE,
        "info",
        summary=SUMMARY,
        offers=["mri_dynamic_contrast"],
        because=stands_on,
        unchecked=False,
        arm="contrast",
    )
    spec(seen(), expected)


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        (a_problem(Concept.OSTEONECROSIS, site=HIP, provisional=True), POINT),
        (a_problem(Concept.OSTEONECROSIS, provisional=True), POINT),
        (a_problem(Concept.OSTEONECROSIS, site=OTHER_HIP, provisional=True), satisfied(RULE)),
        (a_problem(Concept.OSTEONECROSIS, site=HIP, provisional=True, current=False), satisfied(RULE)),
        (a_problem(Concept.OSTEONECROSIS, site=HIP), satisfied(RULE)),
        (a_problem(Concept.OSTEOARTHRITIS, site=HIP, provisional=True), satisfied(RULE)),
    ],
)
def test_osteonecrosis_is_suspected(problem: Any, expected: Expected) -> None:
    """When: on the problem list as provisional, at the site or without one; a differential as well."""
    spec(seen(PLAIN, problems=(problem,)), expected)
    if problem.provisional:
        spec(seen(PLAIN, differentials=(problem,)), expected)


def test_the_suspicion_is_shown() -> None:
    because = ["DiagnosticReport/mri", "Condition/osteonecrosis"]
    spec(seen(PLAIN, problems=(SUSPECTED,)), advice(RULE, "info", because=because))


@pytest.mark.parametrize(
    ("finding", "assertion", "expected"),
    [
        (Finding.OSTEONECROSIS, Assertion.UNCERTAIN, POINT),
        (Finding.OSTEONECROSIS_SIGN, Assertion.UNCERTAIN, POINT),
        (Finding.OSTEONECROSIS, Assertion.PRESENT, satisfied(RULE)),
        (Finding.OSTEONECROSIS, Assertion.ABSENT, satisfied(RULE)),
        (Finding.FRACTURE, Assertion.UNCERTAIN, satisfied(RULE)),
    ],
)
def test_what_the_report_says(finding: Finding, assertion: Assertion, expected: Expected) -> None:
    spec(seen(an_mri(Assertion.PRESENT, a_sign(finding, assertion, site=HIP), site=HIP, subchondral=True)), expected)


@pytest.mark.parametrize(
    "report",
    [
        an_mri(Assertion.PRESENT, UNCLEAR, site=HIP),
        an_mri(Assertion.ABSENT, UNCLEAR, site=HIP, subchondral=True),
        an_mri(Assertion.PRESENT, UNCLEAR, site=HIP, subchondral=True, preliminary=True),
        an_mri(Assertion.PRESENT, UNCLEAR, site=KNEE, subchondral=True),
        an_mri(Assertion.PRESENT, UNCLEAR, subchondral=True),
    ],
    ids=["not subchondral", "no edema", "preliminary", "the doubt is elsewhere", "of an unknown place"],
)
def test_no_edema_at_a_subchondral_site(report: ImagingReport) -> None:
    spec(seen(report), satisfied(RULE, remarked=False))


# -- Unless


def test_a_confirmed_osteonecrosis_asks_no_question() -> None:
    spec(seen(problems=(a_problem(Concept.OSTEONECROSIS, site=HIP),)), satisfied(RULE))
    spec(seen(problems=(a_problem(Concept.OSTEONECROSIS, site=KNEE),)), POINT)


@pytest.mark.parametrize(
    ("site", "days", "expected"),
    [(HIP, 29, satisfied(RULE)), (HIP, 30, satisfied(RULE)), (HIP, 31, POINT), (OTHER_HIP, 29, POINT)],
)
def test_dynamic_contrast_since_the_report(site: Site, days: int, expected: Expected) -> None:
    """Unless: an MRI with dynamic contrast of the site since the report, also a preliminary one."""
    study = an_mri(None, site=site, when=days_ago(days), concepts=[Concept.DYNAMIC_CONTRAST_MRI], preliminary=True)
    spec(seen(OPEN, study), expected)
    spec(seen(OPEN, an_mri(None, site=KNEE, when=days_ago(1))), POINT)


@pytest.mark.parametrize(
    ("site", "when", "expected"),
    [
        (HIP, days_ago(30), satisfied(RULE)),
        (HIP, None, satisfied(RULE)),
        (HIP, days_ago(31), POINT),
        (OTHER_HIP, days_ago(29), POINT),
    ],
)
def test_dynamic_contrast_without_a_report(site: Site, when: Any, expected: Expected) -> None:
    """Unless: the study was made since; without a date it may have been."""
    study = an_event(Concept.DYNAMIC_CONTRAST_MRI, site=site, when=when, kind="ImagingStudy")
    spec(seen(OPEN, imaging_studies=(study,)), expected)


def test_studies_that_could_not_be_read() -> None:
    spec(seen(OPEN, imaging_studies=cut_off(Need.IMAGING_STUDIES)), missing(RULE, Need.IMAGING_STUDIES))


def test_the_study_that_was_read_is_itself_dynamic() -> None:
    """Unless: to the second at the same moment, as the report itself."""
    moment = on("2025-05-16T08:30:00+00:00")
    signs = (a_sign(Finding.OSTEONECROSIS, Assertion.UNCERTAIN, site=HIP),)
    dynamic = [Concept.DYNAMIC_CONTRAST_MRI]
    report = an_mri(Assertion.PRESENT, *signs, site=HIP, when=moment, subchondral=True, concepts=dynamic)
    spec(seen(report), satisfied(RULE))


def test_signs_of_osteonecrosis_that_orthopedics_has_not_seen() -> None:
    """Unless: the report shows a rim sign at the site, which is the business of another rule of the chart; at an order,
    at another site, or once orthopedics was asked, the question stands."""
    rim = a_sign(Finding.RIM_SIGN, site=HIP)
    report = an_mri(Assertion.PRESENT, UNCLEAR, rim, site=HIP, subchondral=True)
    spec(seen(report), satisfied(RULE))
    spec(seen(report, care=(an_event(Concept.REFERRAL_ORTHOPEDICS, when=days_ago(10)),)), POINT)
    spec(seen(report, care=cut_off(Need.CARE)), POINT)
    spec(seen(report, drafts=(a_draft("iloprost"),)), POINT)
    elsewhere = a_sign(Finding.RIM_SIGN, site=OTHER_HIP)
    spec(seen(an_mri(Assertion.PRESENT, UNCLEAR, elsewhere, site=HIP, subchondral=True)), POINT)


# -- at an order


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        (an_order(Concept.MRI_ANY, site=HIP), POINT),
        (an_order(Concept.MRI_ANY, site=OTHER_HIP), satisfied(RULE)),
        (an_order(Concept.MRI_ANY), satisfied(RULE)),
        (an_order(Concept.DYNAMIC_CONTRAST_MRI, Concept.MRI_ANY, site=HIP), not_applicable(RULE)),
        (an_order(Concept.CT_ANY, site=HIP), not_applicable(RULE)),
        (an_order(Concept.ESWT, site=OTHER_HIP), POINT),
        (a_draft("iloprost"), POINT),
        (a_draft("ibuprofen"), not_applicable(RULE)),
    ],
)
def test_drafts(draft: Order, expected: Expected) -> None:
    """When: an MRI of the site, or a therapy of edema whatever its site; not the dynamic contrast MRI itself."""
    spec(seen(drafts=(draft,)), expected)


def test_the_draft_is_shown() -> None:
    draft = an_order(Concept.MRI_ANY, site=HIP)
    spec(seen(drafts=(draft,)), advice(RULE, "info", because=["ServiceRequest/draft", "DiagnosticReport/mri"]))


# -- where contrast is not advised


def test_contrast_is_not_advised() -> None:
    """Then: an MRI without contrast of that region, or a specialist's reading instead."""
    instead = ["mri_hip_without_contrast", "specialist_review"]
    kidneys = a_result(Concept.EGFR, 25.0)
    expected = advice(
        RULE, "info", summary=SUMMARY, offers=instead, because=["Observation/egfr"], arm="without contrast"
    )
    spec(seen(labs=(kidneys,)), expected)
    assert "hyperperfused rim" in said(seen())[0]
    assert len(said(seen())) == 1
    assert "without contrast" in said(seen(labs=(kidneys,)))[1]
    pacemaker = an_event(Concept.PACEMAKER, kind="Device")
    spec(seen(devices=(pacemaker,)), advice(RULE, "info", offers=instead, because=["Device/pacemaker"]))


@pytest.mark.parametrize(
    ("region", "service"),
    [
        (Region.KNEE, "mri_knee_without_contrast"),
        (Region.ANKLE_FOOT, "mri_ankle_without_contrast"),
        (Region.SHOULDER, "mri_without_contrast"),
    ],
)
def test_the_examination_of_the_region(region: Region, service: str) -> None:
    site = Site(region)
    report = an_mri(
        Assertion.PRESENT, a_sign(Finding.OSTEONECROSIS, Assertion.UNCERTAIN, site=site), site=site, subchondral=True
    )
    spec(
        seen(report, labs=(a_result(Concept.EGFR, 25.0),)), advice(RULE, "info", offers=[service, "specialist_review"])
    )


def test_safety_of_contrast_that_cannot_be_read() -> None:
    """Contrast is offered only where it is known to be safe."""
    patient = seen(devices=cut_off(Need.DEVICES))
    instead = ["mri_hip_without_contrast", "specialist_review"]
    spec(patient, advice(RULE, "info", offers=instead, unchecked=True, arm="without contrast"))


# -- what could not be read


def test_out_of_reach() -> None:
    spec(a_patient(mri_reports=cut_off(Need.MRI)), missing(RULE, Need.MRI))
    spec(a_patient(mri_reports=cut_off(Need.MRI, an_mri(site=KNEE))), missing(RULE, Need.MRI))
    spec(a_patient(mri_reports=cut_off(Need.MRI, OPEN)), advice(RULE, "info", unchecked=True))
    spec(seen(PLAIN, problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))
    spec(seen(problems=cut_off(Need.PROBLEMS)), advice(RULE, "info", unchecked=True))


def test_an_undated_report_is_remarked() -> None:
    spec(a_patient(mri_reports=Listing((), remarks=(unusable(Need.MRI),))), satisfied(RULE, remarked=True))
    spec(a_patient(mri_reports=Listing((PLAIN,), remarks=(unusable(Need.MRI),))), satisfied(RULE, remarked=True))


# -- beside the signs of osteonecrosis


def test_signs_of_osteonecrosis_are_left_to_their_rule() -> None:
    """Unless: in the chart, where BME-ON-01 speaks about the site; an order is still answered."""
    rim = a_sign(Finding.RIM_SIGN, site=HIP)
    report = an_mri(Assertion.PRESENT, UNCLEAR, rim, site=HIP, subchondral=True)
    at_the_knee = a_sign(Finding.RIM_SIGN, site=KNEE)
    other = an_mri(Assertion.PRESENT, UNCLEAR, at_the_knee, site=HIP, subchondral=True)
    seen_by = (an_encounter(Concept.SPECIALTY_ORTHOPEDICS, when=days_ago(1)),)
    spec(seen(report), satisfied(RULE))
    spec(seen(other), POINT)
    spec(seen(report, encounters=seen_by), POINT)
    spec(seen(report, drafts=(a_draft("iloprost"),)), POINT)

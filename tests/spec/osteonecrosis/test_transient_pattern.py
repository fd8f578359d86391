"""BME-ON-02: edema of femoral head and neck without a rim sign."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.authoring.verdict import Advice
from cds_hooks.snapshot.imaging import ImagingReport
from cds_hooks.snapshot.model import Listing
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.report_text import Assertion, Finding, Region, Side
from cds_hooks.snapshot.report_text.model import Pattern
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.moment import days_ago
from tests.builders.snapshot import a_patient, a_problem, a_sign, an_mri, cut_off, unusable
from tests.builders.verdicts import Expected, advice, judge, missing, satisfied, spec

RULE = "BME-ON-02"
SUMMARY = "Hip edema of head and neck without rim sign fits transient BMES"
HIP, OTHER_HIP = Site(Region.HIP, Side.LEFT), Site(Region.HIP, Side.RIGHT)
KNEE = Site(Region.KNEE, Side.LEFT)
HEAD_AND_NECK = a_sign(site=HIP, pattern=Pattern.HEAD_AND_NECK)
NO_RIM = a_sign(Finding.RIM_SIGN, Assertion.ABSENT, site=HIP)
SAY = advice(RULE, "info", summary=SUMMARY, offers=[])
SILENT = satisfied(RULE)


def a_report(*signs: Any, site: Site = HIP, **report: Any) -> ImagingReport:
    return an_mri(None, *signs, site=site, **report)


def seen(*signs: Any, **chart: Any) -> Patient:
    return a_patient(**{"mri_reports": (a_report(*signs),), **chart})


def test_the_pattern() -> None:
    """Then: context alone, with the sentences; nothing is ordered."""
    expected = advice(RULE, "info", because=["DiagnosticReport/mri"], unchecked=False)
    spec(seen(HEAD_AND_NECK, NO_RIM), SAY, expected)
    verdict = judge(RULE, a_patient(mri_reports=(a_report(HEAD_AND_NECK, NO_RIM), an_mri(id="knee", site=KNEE))))
    assert isinstance(verdict, Advice)
    assert {fact.resource for fact in verdict.because} == {"DiagnosticReport/mri"}


@pytest.mark.parametrize(
    ("signs", "expected"),
    [
        ((HEAD_AND_NECK, a_sign(Finding.OSTEONECROSIS_SIGN, Assertion.ABSENT, site=HIP)), SAY),
        ((HEAD_AND_NECK, NO_RIM, a_sign(Finding.OSTEONECROSIS, Assertion.ABSENT, site=HIP)), SAY),
        ((HEAD_AND_NECK,), SILENT),
        ((HEAD_AND_NECK, a_sign(Finding.OSTEONECROSIS, Assertion.ABSENT, site=HIP)), SILENT),
        ((HEAD_AND_NECK, a_sign(Finding.RIM_SIGN, Assertion.ABSENT, site=OTHER_HIP)), SILENT),
        ((HEAD_AND_NECK, NO_RIM, a_sign(Finding.OSTEONECROSIS_SIGN, site=HIP)), SILENT),
        ((HEAD_AND_NECK, NO_RIM, a_sign(Finding.OSTEONECROSIS_SIGN, Assertion.UNCERTAIN, site=HIP)), SILENT),
        ((HEAD_AND_NECK, NO_RIM, a_sign(Finding.OSTEONECROSIS, site=HIP)), SILENT),
        ((HEAD_AND_NECK, NO_RIM, a_sign(Finding.OSTEONECROSIS, Assertion.UNCERTAIN, site=HIP)), SILENT),
        ((a_sign(site=HIP), NO_RIM), SILENT),
        ((a_sign(site=HIP, pattern=Pattern.DIFFUSE), NO_RIM), SILENT),
        ((a_sign(Finding.MARROW_EDEMA, Assertion.ABSENT, site=HIP, pattern=Pattern.HEAD_AND_NECK), NO_RIM), SILENT),
        (
            (
                a_sign(site=HIP),
                a_sign(Finding.MARROW_EDEMA, Assertion.ABSENT, site=HIP, pattern=Pattern.HEAD_AND_NECK),
                NO_RIM,
            ),
            SILENT,
        ),
    ],
)
def test_the_wording(signs: Any, expected: Expected) -> None:
    """When: head and neck, and a rim or collapse denied. Unless: anything speaks for osteonecrosis. Not stated is
    silent."""
    spec(seen(*signs), expected)


def test_no_edema_of_the_hip() -> None:
    """When: only the hip is meant."""
    spec(a_patient(), SILENT)
    knee = a_report(a_sign(site=KNEE), a_sign(Finding.RIM_SIGN, Assertion.ABSENT, site=KNEE), site=KNEE)
    spec(a_patient(mri_reports=(knee,)), SILENT)


def test_a_newer_report_decides() -> None:
    """When: the newest report of the hip says nothing of a rim."""
    old = a_report(HEAD_AND_NECK, NO_RIM, when=days_ago(90), id="old")
    spec(a_patient(mri_reports=(old, a_report(HEAD_AND_NECK))), SILENT)


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        (a_problem(Concept.OSTEONECROSIS, site=HIP), SILENT),
        (a_problem(Concept.OSTEONECROSIS, site=HIP, provisional=True), SILENT),
        (a_problem(Concept.OSTEONECROSIS), SILENT),
        (a_problem(Concept.OSTEONECROSIS, site=OTHER_HIP), SAY),
        (a_problem(Concept.OSTEONECROSIS, site=HIP, current=False), SAY),
        (a_problem(Concept.EDEMA_SYNDROME, site=HIP), SAY),
    ],
)
def test_osteonecrosis_on_record(problem: Any, expected: Expected) -> None:
    """Unless: osteonecrosis of the hip is on record, confirmed or suspected."""
    spec(seen(HEAD_AND_NECK, NO_RIM, problems=(problem,)), expected)


@pytest.mark.parametrize(("current", "expected"), [(True, SILENT), (False, SAY)])
def test_osteonecrosis_that_is_considered(current: bool, expected: Expected) -> None:
    """Unless: it is only considered, but still is."""
    considered = a_problem(Concept.OSTEONECROSIS, site=HIP, differential=True, current=current)
    spec(seen(HEAD_AND_NECK, NO_RIM, differentials=(considered,)), expected)


@pytest.mark.parametrize(
    ("chart", "expected"),
    [
        ({"mri_reports": cut_off(Need.MRI)}, missing(RULE, Need.MRI)),
        ({"mri_reports": cut_off(Need.MRI, a_report(HEAD_AND_NECK))}, missing(RULE, Need.MRI)),
        ({"problems": cut_off(Need.PROBLEMS)}, missing(RULE, Need.PROBLEMS)),
        (
            {"mri_reports": cut_off(Need.MRI, a_report(HEAD_AND_NECK, NO_RIM))},
            advice(RULE, "info", summary=SUMMARY, unchecked=True),
        ),
    ],
)
def test_out_of_reach(chart: Any, expected: Expected) -> None:
    """Nobody is reassured while the problem list cannot be read."""
    spec(seen(HEAD_AND_NECK, NO_RIM, **chart), expected)


def test_reports_that_could_not_be_used_are_remarked() -> None:
    """Remarks of the reports stand on the card, or beside the silence."""
    remarks = (unusable(Need.MRI),)
    said: Any = Listing((a_report(HEAD_AND_NECK, NO_RIM),), None, remarks)
    unsaid: Any = Listing((a_report(HEAD_AND_NECK),), None, remarks)
    spec(a_patient(mri_reports=said), advice(RULE, "info", remarked=True))
    spec(a_patient(mri_reports=unsaid), satisfied(RULE, remarked=True))
    spec(a_patient(mri_reports=Listing((), None, remarks)), satisfied(RULE, remarked=True))

"""Bone pain that asks for an MRI: the predicates of rules DX-02 and DX-03, whether or not an MRI can be made."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.snapshot.bone_pain import early_radiograph, unexplained_pain
from cds_hooks.snapshot.imaging import ImagingReport, Modality
from cds_hooks.snapshot.model import Absent, Present, Unknown
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.problem import Problem
from cds_hooks.snapshot.report_text import Assertion, Finding, Region, Side
from cds_hooks.snapshot.site import ANYWHERE, Site
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.moment import days_ago, on
from tests.builders.snapshot import a_patient, a_problem, a_result, a_sign, an_event, an_mri, cut_off

FOOT, HIP = Site(Region.ANKLE_FOOT, Side.RIGHT), Site(Region.HIP, Side.LEFT)
OTHER_FOOT = Site(Region.ANKLE_FOOT, Side.LEFT)
SHIN, OTHER_SHIN = Site(Region.OTHER, Side.RIGHT), Site(Region.OTHER, Side.LEFT)


def pain(days: int | None = 50, *, site: Site = FOOT, concept: Concept = Concept.PAIN_FOOT, **more: Any) -> Problem:
    onset = None if days is None else days_ago(days)
    return a_problem(concept, site=site, onset=onset, **more)


def hurting(problem: Problem | None = None, **chart: Any) -> Patient:
    problems = (problem or pain(), *chart.pop("others", ()))
    return a_patient(**{"problems": problems, **chart})


def nrs(value: float, days: int = 1) -> Any:
    return a_result(Concept.PAIN_NRS, value, when=days_ago(days))


def asked(patient: Patient) -> type[object]:
    return type(unexplained_pain(patient))


# -- rule DX-02


@pytest.mark.parametrize(
    ("problem", "kind"),
    [
        (pain(42), Present),
        (pain(41), Absent),
        (pain(None, recorded=days_ago(42)), Present),
        (pain(None, recorded=days_ago(41)), Absent),
        (pain(None, recorded=None), Absent),
        (pain(42, recorded=days_ago(1)), Present),
        (pain(42, current=False), Absent),
        (pain(42, site=ANYWHERE), Absent),
        (pain(42, site=Site(Region.SHOULDER), concept=Concept.LOWER_LIMB_BONE_PAIN), Absent),
        (pain(42, concept=Concept.LOWER_LIMB_BONE_PAIN), Present),
        (pain(42, concept=Concept.PAIN_SHOULDER), Absent),
        (a_problem(Concept.PAIN_FOOT, site=FOOT, onset=on("2025-05")), Absent),
    ],
)
def test_the_pain(problem: Problem, kind: type[object]) -> None:
    """Of the lower limb at a known place, for 42 days; the onset, else when it was recorded."""
    assert asked(hurting(problem)) is kind


@pytest.mark.parametrize(
    ("scores", "kind"),
    [
        ((), Absent),
        ((nrs(5.0, 30),), Present),
        ((nrs(4.0, 30),), Absent),
        ((nrs(5.0, 31),), Absent),
        ((nrs(8.0, 20), nrs(3.0, 2)), Absent),
    ],
)
def test_hip_and_knee_need_a_score(scores: tuple[Any, ...], kind: type[object]) -> None:
    """NRS of 5 or more in 30 days; the newest counts. Ankle and foot need none."""
    assert asked(hurting(pain(site=HIP, concept=Concept.PAIN_HIP), vitals=scores)) is kind
    assert asked(hurting(pain(site=Site(Region.KNEE), concept=Concept.PAIN_KNEE), vitals=scores)) is kind
    assert asked(hurting(vitals=scores)) is Present


def at_the_shin(**chart: Any) -> Patient:
    return hurting(pain(site=SHIN, concept=Concept.LOWER_LIMB_BONE_PAIN), **{"vitals": (nrs(5.0),), **chart})


@pytest.mark.parametrize(
    ("chart", "kind"),
    [
        ({}, Present),
        ({"vitals": (nrs(4.0),)}, Absent),
        ({"mri_reports": (an_mri(site=SHIN, when=days_ago(1)),)}, Absent),
        ({"mri_reports": (an_mri(site=OTHER_SHIN, when=days_ago(1)),)}, Present),
        ({"mri_reports": (an_mri(site=HIP, when=days_ago(1)),)}, Present),
        ({"care": (an_event(Concept.MRI_ANY, site=SHIN, open=True),)}, Absent),
        ({"care": (an_event(Concept.MRI_ANY, open=True),)}, Absent),
        ({"care": (an_event(Concept.MRI_ANY, site=HIP, open=True),)}, Present),
        ({"others": (a_problem(Concept.STRESS_FRACTURE, site=SHIN),)}, Absent),
        ({"others": (a_problem(Concept.STRESS_FRACTURE, site=OTHER_SHIN),)}, Present),
        ({"others": (a_problem(Concept.STRESS_FRACTURE, site=HIP),)}, Present),
    ],
)
def test_thigh_and_lower_leg(chart: dict[str, Any], kind: type[object]) -> None:
    """Bone pain of the lower limb that is severe: no region of their own, so the side tells which is meant."""
    assert asked(at_the_shin(**chart)) is kind


def test_the_score_is_shown() -> None:
    found = unexplained_pain(hurting(pain(site=HIP, concept=Concept.PAIN_HIP), vitals=(nrs(7.0),)))
    assert isinstance(found, Present)
    (item,) = found.items
    assert item.site == HIP
    assert [fact.resource for fact in item.facts] == ["Condition/pain_hip", "Observation/pain_nrs"]


@pytest.mark.parametrize(
    ("report", "kind"),
    [
        (an_mri(Assertion.ABSENT, site=FOOT, when=days_ago(50)), Absent),
        (an_mri(None, site=FOOT, when=days_ago(1), readable=False), Absent),
        (an_mri(None, site=FOOT, when=days_ago(1), preliminary=True), Absent),
        (an_mri(Assertion.ABSENT, site=FOOT, when=days_ago(51)), Present),
        (an_mri(Assertion.ABSENT, site=OTHER_FOOT, when=days_ago(1)), Present),
        (an_mri(Assertion.ABSENT, site=HIP, when=days_ago(1)), Present),
    ],
)
def test_an_mri_of_the_region_since_the_onset(report: ImagingReport, kind: type[object]) -> None:
    assert asked(hurting(mri_reports=(report,))) is kind


@pytest.mark.parametrize(
    ("concept", "site", "open_", "kind"),
    [
        (Concept.MRI_ANY, FOOT, True, Absent),
        (Concept.DYNAMIC_CONTRAST_MRI, FOOT, True, Absent),
        (Concept.MRI_ANY, ANYWHERE, True, Absent),
        (Concept.MRI_ANY, FOOT, False, Present),
        (Concept.MRI_ANY, HIP, True, Present),
        (Concept.CT_ANY, FOOT, True, Present),
    ],
)
def test_an_open_request(concept: Concept, site: Site, open_: bool, kind: type[object]) -> None:
    request = an_event(concept, site=site, open=open_, kind="ServiceRequest")
    assert asked(hurting(care=(request,))) is kind


@pytest.mark.parametrize(
    ("cause", "kind"),
    [
        (a_problem(Concept.OSTEOARTHRITIS, site=FOOT), Absent),
        (a_problem(Concept.RHEUMATOID_ARTHRITIS), Absent),
        (a_problem(Concept.OSTEOARTHRITIS, site=HIP), Present),
        (a_problem(Concept.OSTEOARTHRITIS, site=FOOT, provisional=True), Absent),
    ],
)
def test_a_cause_at_the_site(cause: Problem, kind: type[object]) -> None:
    assert asked(hurting(others=(cause,))) is kind


def test_what_could_not_be_read() -> None:
    """A failed query is no answer; where another fact decides, it is not needed."""
    assert asked(a_patient(problems=cut_off(Need.PROBLEMS))) is Unknown
    assert asked(a_patient(problems=cut_off(Need.PROBLEMS, pain()))) is Unknown  # a cause may be among the rest
    assert asked(hurting(mri_reports=cut_off(Need.MRI))) is Unknown
    assert asked(hurting(care=cut_off(Need.CARE))) is Unknown
    assert asked(hurting(pain(site=HIP), vitals=cut_off(Need.PAIN))) is Unknown
    assert asked(hurting(vitals=cut_off(Need.PAIN))) is Present
    assert asked(hurting(pain(10), care=cut_off(Need.CARE))) is Absent
    seen = an_mri(None, site=FOOT, when=days_ago(1))
    assert asked(hurting(mri_reports=(seen,), care=cut_off(Need.CARE))) is Absent


# -- rule DX-03


def xray(days: int = 30, *signs: Any, site: Site = FOOT, **more: Any) -> ImagingReport:
    return an_mri(None, *signs, site=site, when=days_ago(days), modality=Modality.RADIOGRAPH, id="xray", **more)


def early(patient: Patient) -> type[object]:
    return type(early_radiograph(patient))


@pytest.mark.parametrize(
    ("onset", "taken", "kind"),
    [(90, 30, Present), (91, 30, Absent), (30, 30, Present), (29, 30, Absent), (20, 10, Present)],
)
def test_the_radiograph_is_early(onset: int, taken: int, kind: type[object]) -> None:
    """Taken in the first 60 days after the onset, however short the pain is known; hip and knee need no score."""
    assert early(hurting(pain(onset), radiographs=(xray(taken),))) is kind
    at_hip = pain(onset, site=HIP, concept=Concept.PAIN_HIP)
    assert early(hurting(at_hip, radiographs=(xray(taken, site=HIP),))) is kind


@pytest.mark.parametrize(
    ("signs", "kind"),
    [
        ((), Present),
        ((a_sign(Finding.FRACTURE, Assertion.ABSENT),), Present),
        ((a_sign(Finding.FRACTURE, Assertion.PRESENT),), Absent),
        ((a_sign(Finding.FRACTURE, Assertion.UNCERTAIN),), Absent),
        ((a_sign(Finding.SUBCHONDRAL_FRACTURE, Assertion.PRESENT),), Absent),
        ((a_sign(Finding.OSTEOPENIA, Assertion.PRESENT),), Absent),
        ((a_sign(Finding.EFFUSION, Assertion.PRESENT),), Present),
    ],
)
def test_the_radiograph_is_normal(signs: tuple[Any, ...], kind: type[object]) -> None:
    """No fracture, no osteopenia."""
    assert early(hurting(radiographs=(xray(30, *signs),))) is kind


@pytest.mark.parametrize(
    "report",
    [xray(site=OTHER_FOOT), xray(site=ANYWHERE), xray(preliminary=True)],
    ids=["other side", "unknown place", "preliminary"],
)
def test_radiographs_that_say_nothing(report: ImagingReport) -> None:
    assert early(hurting(radiographs=(report,))) is Absent


def test_a_radiograph_that_could_not_be_read() -> None:
    """It may be normal or not."""
    assert early(hurting(radiographs=(xray(readable=False),))) is Unknown


@pytest.mark.parametrize(
    ("taken", "kind"),
    [((60,), Present), ((61,), Absent), ((60, 30), Absent)],
)
def test_without_an_onset(taken: tuple[int, ...], kind: type[object]) -> None:
    """The sole radiograph of the place, not older than 60 days."""
    assert early(hurting(pain(None), radiographs=tuple(map(xray, taken)))) is kind


def test_an_mri_whenever_a_request_or_a_cause() -> None:
    films = (xray(),)
    assert early(hurting(mri_reports=(an_mri(site=FOOT, when=days_ago(400)),), radiographs=films)) is Absent
    assert early(hurting(mri_reports=(an_mri(site=HIP),), radiographs=films)) is Present
    request = an_event(Concept.MRI_ANY, site=FOOT, open=True, kind="ServiceRequest")
    assert early(hurting(care=(request,), radiographs=films)) is Absent
    assert early(hurting(others=(a_problem(Concept.GOUT),), radiographs=films)) is Absent


def test_radiographs_that_could_not_be_read() -> None:
    assert early(hurting(radiographs=cut_off(Need.RADIOGRAPHS))) is Unknown
    assert early(hurting(radiographs=cut_off(Need.RADIOGRAPHS, xray()))) is Present
    assert early(hurting(radiographs=(xray(),), mri_reports=cut_off(Need.MRI))) is Unknown
    found = early_radiograph(hurting(radiographs=(xray(),)))
    assert isinstance(found, Present)
    assert [fact.resource for fact in found.items[0].facts] == ["Condition/pain_foot", "DiagnosticReport/xray"]

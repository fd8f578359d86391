"""BME-DX-09: in edema syndrome, stress fracture and unexplained edema 25-OH vitamin D is worth measuring."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.authoring.verdict import Group
from cds_hooks.snapshot.model import Gap, GapKind, Listing
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.problem import Result
from cds_hooks.snapshot.report_text import Region, Side
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.moment import days_ago
from tests.builders.snapshot import a_patient, a_problem, a_result, an_event, an_mri, cut_off
from tests.builders.verdicts import advice, missing, satisfied, spec

RULE = "BME-DX-09"
SUMMARY = "No 25-OH vitamin D result in 12 months - consider measuring it in bone marrow edema"
FOOT, KNEE = Site(Region.ANKLE_FOOT, Side.LEFT), Site(Region.KNEE, Side.LEFT)
SYNDROME = a_problem(Concept.EDEMA_SYNDROME)
FIRES = advice(RULE, "info")
OFFERS = ["vitamin_d_test", "calcium_test", "albumin_test"]


def syndrome(**chart: Any) -> Patient:
    return a_patient(**{"problems": (SYNDROME,), **chart})


def test_a_syndrome_without_a_result() -> None:
    """Then: the test is offered, with calcium and albumin, as part of the work-up."""
    because = ["Condition/bone_marrow_edema_syndrome"]
    expected = advice(
        RULE, "info", summary=SUMMARY, offers=OFFERS, because=because, unchecked=False, group=Group.WORK_UP
    )
    spec(syndrome(), expected)


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        (a_problem(Concept.STRESS_FRACTURE, site=FOOT), FIRES),
        (a_problem(Concept.STRESS_FRACTURE, current=False), satisfied(RULE)),
        (a_problem(Concept.STRESS_FRACTURE, Concept.VERTEBRAL_FRACTURE), satisfied(RULE)),
        (a_problem(Concept.STRESS_FRACTURE, Concept.VERTEBRAL_STRESS_FRACTURE), satisfied(RULE)),
        (a_problem(Concept.FRACTURE), satisfied(RULE)),
        (a_problem(Concept.EDEMA_SYNDROME, current=False), satisfied(RULE)),
        (a_problem(Concept.EDEMA), satisfied(RULE)),
    ],
)
def test_conditions(problem: Any, expected: Any) -> None:
    """When: stress and insufficiency fractures, not those of the spine."""
    spec(a_patient(problems=(problem,)), expected)


@pytest.mark.parametrize(
    ("problems", "expected"),
    [
        ((), FIRES),
        ((a_problem(Concept.OSTEOARTHRITIS, site=FOOT),), satisfied(RULE)),
        ((a_problem(Concept.RHEUMATOID_ARTHRITIS),), satisfied(RULE)),
        ((a_problem(Concept.OSTEOARTHRITIS, site=KNEE),), FIRES),
        ((a_problem(Concept.OSTEOARTHRITIS, site=FOOT, provisional=True),), satisfied(RULE)),
    ],
    ids=["unexplained", "explained", "of the body", "another site", "suspected"],
)
def test_edema_on_mri(problems: Any, expected: Any) -> None:
    """When: no recorded cause explains it at the site; a provisional one is recorded."""
    spec(a_patient(problems=problems, mri_reports=(an_mri(site=FOOT),)), expected)


def test_axial_spondyloarthritis_explains_the_sacroiliac_joints() -> None:
    """Coded at the spine it is a cause at both; at a limb it is none there, and of another cause the place decides."""
    joints, spine = Site(Region.SACROILIAC, Side.LEFT), Site(Region.SPINE)
    disease = a_problem(Concept.AXIAL_SPONDYLOARTHRITIS, site=spine)
    spec(a_patient(problems=(disease,), mri_reports=(an_mri(site=joints),)), satisfied(RULE))
    spec(a_patient(problems=(disease,), mri_reports=(an_mri(site=FOOT),)), FIRES)
    degenerative = a_problem(Concept.DEGENERATIVE_SPINE, site=spine)
    spec(a_patient(problems=(degenerative,), mri_reports=(an_mri(site=joints),)), FIRES)


def test_one_edema_of_two_is_explained() -> None:
    patient = a_patient(
        problems=(a_problem(Concept.OSTEOARTHRITIS, site=FOOT),),
        mri_reports=(an_mri(site=FOOT), an_mri(site=KNEE, id="knee")),
    )
    spec(patient, advice(RULE, "info", because=["DiagnosticReport/knee"]))


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (a_result(Concept.VITAMIN_D_25_OH, 34.0, when=days_ago(365)), satisfied(RULE)),
        (a_result(Concept.VITAMIN_D3_25_OH, 34.0, when=days_ago(365)), satisfied(RULE)),
        (a_result(Concept.VITAMIN_D_25_OH, 30.0, at_most=True), satisfied(RULE)),
        (a_result(Concept.VITAMIN_D_25_OH, 34.0, when=days_ago(366)), FIRES),
        (a_result(Concept.CALCIUM_TOTAL, 9.0), FIRES),
    ],
)
def test_results(result: Result, expected: Any) -> None:
    """Unless: any result of 365 days; one with a bound is a result all the same."""
    spec(syndrome(bone_labs=(result,)), expected)


def test_a_result_that_cannot_be_used_is_remarked() -> None:
    remark = Gap(Need.VITAMIN_D, GapKind.UNUSABLE, "a result without a unit", about=Concept.VITAMIN_D_25_OH)
    spec(syndrome(bone_labs=Listing((), remarks=(remark,))), advice(RULE, "info", remarked=True))


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (an_event(Concept.VITAMIN_D_25_OH, open=True), satisfied(RULE)),
        (an_event(Concept.VITAMIN_D3_25_OH, open=True), satisfied(RULE)),
        (an_event(Concept.VITAMIN_D_25_OH), FIRES),
        (an_event(Concept.CALCIUM_TOTAL, open=True), FIRES),
    ],
)
def test_an_open_order(order: Any, expected: Any) -> None:
    spec(syndrome(care=(order,)), expected)


def test_out_of_reach() -> None:
    spec(a_patient(problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))
    spec(a_patient(mri_reports=cut_off(Need.MRI)), missing(RULE, Need.MRI))
    spec(a_patient(mri_reports=(an_mri(site=FOOT),), problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))
    spec(syndrome(bone_labs=cut_off(Need.VITAMIN_D)), missing(RULE, Need.VITAMIN_D))
    spec(syndrome(care=cut_off(Need.CARE)), missing(RULE, Need.CARE))
    spec(syndrome(problems=cut_off(Need.PROBLEMS, SYNDROME)), advice(RULE, "info", unchecked=True))
    spec(syndrome(mri_reports=cut_off(Need.MRI)), advice(RULE, "info", unchecked=True))
    spec(syndrome(mri_reports=cut_off(Need.MRI), bone_labs=(a_result(Concept.VITAMIN_D_25_OH, 34.0),)), satisfied(RULE))
    partly = cut_off(Need.MRI, an_mri(site=FOOT))
    spec(
        a_patient(mri_reports=partly, problems=(a_problem(Concept.OSTEOARTHRITIS, site=FOOT),)),
        missing(RULE, Need.MRI),
    )

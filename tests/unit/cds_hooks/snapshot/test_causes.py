"""What explains a marrow edema at a site, and which examination of a site is meant."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.snapshot.causes import causes_of_edema, confirmed_causes, inflammation_tested, suspected_causes
from cds_hooks.snapshot.examinations import CTS, MRIS_WITHOUT_CONTRAST, ct_of, mri_of, mri_without_contrast_of
from cds_hooks.snapshot.model import Absent, Present, Unknown
from cds_hooks.snapshot.report_text import Region, Side
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, Need, Service
from tests.builders.moment import days_ago
from tests.builders.snapshot import a_patient, a_problem, a_result, cut_off

HIP, OTHER_HIP, KNEE = Site(Region.HIP, Side.LEFT), Site(Region.HIP, Side.RIGHT), Site(Region.KNEE)


@pytest.mark.parametrize(
    ("problem", "kind"),
    [
        (a_problem(Concept.OSTEOARTHRITIS, site=HIP), Present),
        (a_problem(Concept.OSTEOARTHRITIS, site=Site(Region.HIP)), Present),
        (a_problem(Concept.OSTEOARTHRITIS, site=OTHER_HIP), Absent),
        (a_problem(Concept.OSTEOARTHRITIS), Absent),
        (a_problem(Concept.POSTSURGICAL_STATE, site=HIP), Present),
        (a_problem(Concept.POSTSURGICAL_STATE), Absent),
        (a_problem(Concept.RHEUMATOID_ARTHRITIS), Present),
        (a_problem(Concept.MALIGNANCY), Present),
        (a_problem(Concept.BONE_METASTASIS, site=KNEE), Absent),
        (a_problem(Concept.RHEUMATOID_ARTHRITIS, current=False), Absent),
        (a_problem(Concept.DIABETES, site=HIP), Absent),
    ],
)
def test_causes_at_a_site(problem: Any, kind: type[object]) -> None:
    """A disease of a place explains the edema of that place; one of the whole body, recorded without a place, any."""
    assert type(causes_of_edema(a_patient(problems=(problem,)), HIP)) is kind


def test_sure_and_suspected_causes_are_told_apart() -> None:
    """A provisional cause is on record as well; what is only considered is not."""
    sure, uncertain = a_problem(Concept.GOUT), a_problem(Concept.OSTEONECROSIS, site=HIP, provisional=True)
    considered = a_problem(Concept.STRESS_FRACTURE, site=KNEE, provisional=True, differential=True)
    patient = a_patient(problems=(sure, uncertain), differentials=(considered,))
    assert causes_of_edema(patient) == Present((sure, uncertain))
    assert confirmed_causes(patient) == Present((sure,))
    assert suspected_causes(patient) == Present((uncertain, considered))
    assert suspected_causes(patient, HIP) == Present((uncertain,))
    unread = a_patient(problems=cut_off(Need.PROBLEMS))
    assert isinstance(causes_of_edema(unread), Unknown)
    assert isinstance(confirmed_causes(unread), Unknown)
    assert isinstance(suspected_causes(unread), Unknown)


def test_tests_of_inflammation() -> None:
    for concept in (Concept.CRP, Concept.ESR):
        assert isinstance(inflammation_tested(a_patient(screening_labs=(a_result(concept, 3.0),))), Present)
    old = a_result(Concept.CRP, 3.0, when=days_ago(91))
    assert isinstance(inflammation_tested(a_patient(screening_labs=(old,))), Absent)
    assert isinstance(inflammation_tested(a_patient(screening_labs=cut_off(Need.INFLAMMATION))), Unknown)


@pytest.mark.parametrize("region", [None, *Region])
def test_examinations_are_those_that_are_declared(region: Region | None) -> None:
    site = Site(region)
    assert mri_without_contrast_of(site) in MRIS_WITHOUT_CONTRAST
    assert ct_of(site) in CTS
    assert mri_of(site).startswith("mri")


def test_the_mri_of_a_region() -> None:
    assert mri_of(HIP) is Service.MRI_HIP
    assert mri_of(Site(Region.SHOULDER)) is Service.MRI_SHOULDER
    assert mri_of(Site(Region.SPINE)) is Service.MRI
    assert mri_of(Site()) is Service.MRI

"""BME-SP-05: MRI in chronic non-bacterial osteitis."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.report_text import Assertion
from cds_hooks.snapshot.report_text.model import Region
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.moment import days_ago, days_ahead
from tests.builders.snapshot import a_patient, a_problem, an_event, an_mri, cut_off
from tests.builders.verdicts import advice, missing, not_applicable, satisfied, spec

RULE = "BME-SP-05"
SUMMARY = "Chronic non-bacterial osteitis - marrow edema tracks activity; MRI is needed for evaluation"
CARD = advice(RULE, "info", summary=SUMMARY, offers=["mri"], unchecked=False, says=["Whole-body"])
NOTHING, NOT_ASKED = satisfied(RULE), not_applicable(RULE)
CNO = Concept.CHRONIC_NONBACTERIAL_OSTEOMYELITIS
HIP, KNEE = Site(Region.HIP), Site(Region.KNEE)


def study(when: Any, concept: Concept = Concept.MRI_ANY) -> Any:
    return an_event(concept, when=when, kind="ImagingStudy")


def chart(**given: Any) -> Patient:
    return a_patient(**{"problems": [a_problem(CNO)], **given})


@pytest.mark.parametrize(
    ("problems", "expected"),
    [
        ([a_problem(CNO)], CARD),
        ([a_problem(CNO, current=False)], NOT_ASKED),
        ([a_problem(Concept.OSTEOMYELITIS)], NOT_ASKED),
        ([], NOT_ASKED),
        ([a_problem(CNO, site=HIP)], advice(RULE, "info", offers=["mri_hip"])),
        ([a_problem(CNO, site=HIP), a_problem(CNO, site=HIP, id="two")], advice(RULE, "info", offers=["mri_hip"])),
        ([a_problem(CNO, site=HIP), a_problem(CNO, site=KNEE, id="two")], CARD),
    ],
)
def test_the_disease(problems: Any, expected: Any) -> None:
    """When: on the problem list. Then: an MRI of its place, where there is one."""
    spec(chart(problems=problems), expected)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"mri_reports": [an_mri(when=days_ago(183))]}, NOTHING),
        ({"mri_reports": [an_mri(when=days_ago(184))]}, CARD),
        ({"mri_reports": [an_mri(Assertion.ABSENT)]}, NOTHING),
        ({"mri_reports": [an_mri(preliminary=True)]}, NOTHING),
        ({"imaging_studies": [study(days_ago(183))]}, NOTHING),
        ({"imaging_studies": [study(days_ago(184))]}, CARD),
        ({"imaging_studies": [study(None)]}, CARD),
        ({"imaging_studies": [study(days_ahead(3))]}, CARD),
        ({"imaging_studies": [study(days_ago(5), Concept.CT_ANY)]}, CARD),
    ],
)
def test_a_recent_mri(given: Any, expected: Any) -> None:
    """Unless: a study or a report of the last six months."""
    spec(chart(**given), expected)


def test_what_it_stands_on() -> None:
    spec(chart(), advice(RULE, "info", because=[f"Condition/{CNO}"]))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"problems": cut_off(Need.PROBLEMS)}, missing(RULE, Need.PROBLEMS)),
        ({"problems": cut_off(Need.PROBLEMS), "mri_reports": [an_mri()]}, NOTHING),
        ({"problems": cut_off(Need.PROBLEMS, a_problem(CNO))}, advice(RULE, "info", unchecked=True)),
        ({"mri_reports": cut_off(Need.MRI)}, missing(RULE, Need.MRI)),
        ({"imaging_studies": cut_off(Need.IMAGING_STUDIES)}, missing(RULE, Need.IMAGING_STUDIES)),
        ({"imaging_studies": cut_off(Need.IMAGING_STUDIES), "mri_reports": [an_mri()]}, NOTHING),
    ],
)
def test_data_out_of_reach(given: Any, expected: Any) -> None:
    spec(chart(**given), expected)

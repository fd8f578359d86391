"""BME-CF-03: leukocyte imaging where MRI leaves infection of a diabetic foot open."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.authoring.verdict import Group
from cds_hooks.snapshot.model import Listing
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.report_text import Region, Side
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.moment import days_ago, on
from tests.builders.snapshot import a_patient, a_problem, an_event, an_mri, cut_off, unusable
from tests.builders.verdicts import Expected, advice, missing, not_applicable, satisfied, spec

RULE = "BME-CF-03"
SUMMARY = "Charcot vs osteomyelitis unclear after MRI - consider white-cell imaging"
LEFT = Site(Region.ANKLE_FOOT, Side.LEFT)
DIABETES, ULCER = a_problem(Concept.DIABETES), a_problem(Concept.FOOT_ULCER)
MRI = an_mri(site=LEFT)
POINT = advice(
    RULE,
    "info",
    summary=SUMMARY,
    offers=["leukocyte_scan"],
    because=["DiagnosticReport/mri", "Condition/foot_ulcer"],
    group=Group.DIABETIC_FOOT_INFECTION,
)


def suspicious(mri: Any = (MRI,), **chart: Any) -> Patient:
    return a_patient(**{"problems": (DIABETES, ULCER), "mri_reports": mri, **chart})


def test_a_sign_of_infection_beside_the_edema() -> None:
    """Then: a suggestion on the card of the infection."""
    spec(suspicious(), POINT, advice(RULE, "info", unchecked=False))


def test_who_is_not_meant() -> None:
    """When: diabetes, a final report and a sign are all needed."""
    spec(suspicious(problems=(ULCER,)), not_applicable(RULE))
    spec(suspicious(problems=(DIABETES,)), satisfied(RULE))
    spec(suspicious(mri=()), satisfied(RULE))
    spec(suspicious(mri=(an_mri(site=LEFT, preliminary=True),)), satisfied(RULE))


@pytest.mark.parametrize("listing", ["procedures", "imaging_studies"])
@pytest.mark.parametrize(
    ("when", "expected"),
    [(days_ago(60), satisfied(RULE)), (days_ago(61), POINT), (on("2025-04"), POINT), (None, POINT)],
)
def test_imaging_that_was_made(listing: str, when: Any, expected: Expected) -> None:
    """Unless: leukocyte imaging of the last 60 days; other nuclear imaging is none."""
    spec(suspicious(**{listing: (an_event(Concept.LEUKOCYTE_SCAN, when=when),)}), expected)
    spec(suspicious(**{listing: (an_event(Concept.BONE_SCAN, when=when),)}), POINT)


@pytest.mark.parametrize(("is_open", "expected"), [(True, satisfied(RULE)), (False, POINT)])
def test_imaging_that_is_ordered(is_open: bool, expected: Expected) -> None:
    """Unless: an open order of it, however old; an order that was carried out shows as a study."""
    order = an_event(Concept.LEUKOCYTE_SCAN, kind="ServiceRequest", open=is_open, when=days_ago(100))
    spec(suspicious(care=(order,)), expected)


@pytest.mark.parametrize(
    ("chart", "expected"),
    [
        ({"mri": cut_off(Need.MRI)}, missing(RULE, Need.MRI)),
        ({"problems": cut_off(Need.PROBLEMS)}, missing(RULE, Need.PROBLEMS)),
        ({"problems": cut_off(Need.PROBLEMS, ULCER)}, missing(RULE, Need.PROBLEMS)),
        ({"problems": cut_off(Need.PROBLEMS, DIABETES)}, missing(RULE, Need.PROBLEMS)),
        ({"problems": cut_off(Need.PROBLEMS), "mri": ()}, satisfied(RULE)),
        ({"care": cut_off(Need.CARE)}, missing(RULE, Need.CARE)),
        ({"procedures": cut_off(Need.PROCEDURES)}, missing(RULE, Need.PROCEDURES)),
        ({"imaging_studies": cut_off(Need.IMAGING_STUDIES)}, missing(RULE, Need.IMAGING_STUDIES)),
        ({"mri": cut_off(Need.MRI, MRI)}, advice(RULE, "info", unchecked=True)),
        ({"problems": cut_off(Need.PROBLEMS, DIABETES, ULCER)}, advice(RULE, "info", unchecked=True)),
    ],
)
def test_out_of_reach(chart: Any, expected: Expected) -> None:
    """A scan that may have been made is not asked for."""
    spec(suspicious(**chart), expected)


def test_reports_that_could_not_be_used_are_remarked() -> None:
    """Remarks of the reports stand on the card, or beside the silence."""
    reports: Any = Listing((MRI,), None, (unusable(Need.MRI),))
    spec(suspicious(mri=reports), advice(RULE, "info", remarked=True))
    spec(suspicious(mri=reports, problems=(DIABETES,)), satisfied(RULE, remarked=True))
    spec(suspicious(mri=Listing((), None, reports.remarks)), satisfied(RULE, remarked=True))

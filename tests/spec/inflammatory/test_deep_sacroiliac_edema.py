"""BME-IA-04: edema deeper than 1 cm at the sacroiliac joint."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.authoring.verdict import Advice
from cds_hooks.snapshot.imaging import ImagingReport, Sign
from cds_hooks.snapshot.model import Listing
from cds_hooks.snapshot.patient import Demographics, Patient
from cds_hooks.snapshot.problem import Answer, Problem
from cds_hooks.snapshot.report_text import Assertion
from cds_hooks.snapshot.report_text.model import Region
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.moment import AS_OF, born, days_ago, on
from tests.builders.snapshot import (
    a_patient,
    a_problem,
    a_result,
    a_sign,
    an_event,
    an_mri,
    cut_off,
    out_of_reach,
    unusable,
)
from tests.builders.verdicts import advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-IA-04"
SUMMARY = "Deep sacroiliac marrow edema (> 1 cm) - consider axial spondyloarthritis"
JOINT, HIP = Site(Region.SACROILIAC), Site(Region.HIP)
OFFERS = ["rheumatology_referral", "hla_b27_test"]
CARD = advice(RULE, "info", summary=SUMMARY, offers=OFFERS, unchecked=False, says=["14 %"])
NOTHING, NOT_ASKED = satisfied(RULE), not_applicable(RULE)
CAUTION = "Caution: there was a birth"


def deep(mm: float | None = 14, comparator: str = "", *, site: Site = JOINT, days: int = 30) -> ImagingReport:
    when = days_ago(days)
    return an_mri(None, a_sign(site=site, when=when, depth_mm=mm, depth_comparator=comparator), site=site, when=when)


def chart(**given: Any) -> Patient:
    return a_patient(**{"mri_reports": [deep()], **given})


def measure(mm: float, days: int = 30, site: Site = JOINT) -> Sign:
    return a_sign(site=site, when=days_ago(days), depth_mm=mm)


@pytest.mark.parametrize(
    ("report", "observation", "expected"),
    [
        (deep(None), measure(14), CARD),
        (deep(None), measure(14, days=10), CARD),
        (deep(None), measure(14, days=31), NOT_ASKED),
        (deep(None), measure(10), NOT_ASKED),
        (deep(None), measure(14, site=HIP), NOT_ASKED),
        (deep(8), measure(14), CARD),
        (an_mri(Assertion.ABSENT, site=JOINT), measure(14), NOT_ASKED),
        (None, measure(14), NOT_ASKED),
    ],
)
def test_the_depth_as_an_observation(report: Any, observation: Any, expected: Any) -> None:
    """When: the depth is an Observation of its own, no older than the report that shows the edema."""
    spec(chart(mri_reports=[report] if report else [], imaging_measures=[observation]), expected)


def test_observations_out_of_reach() -> None:
    """They are asked for only where the report shows edema and does not say that it is deep."""
    unread: Listing[Sign] = cut_off(Need.IMAGING_MEASURES)
    spec(chart(mri_reports=[deep(None)], imaging_measures=unread), missing(RULE, Need.IMAGING_MEASURES))
    spec(chart(mri_reports=[], imaging_measures=unread), NOT_ASKED)
    spec(chart(imaging_measures=unread), CARD)


def back_pain(onset: Any, **more: Any) -> Problem:
    return a_problem(Concept.BACK_PAIN, onset=onset, **more)


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (deep(10.1), CARD),
        (deep(10), NOT_ASKED),
        (deep(10, ">"), CARD),
        (deep(9.9, ">"), NOT_ASKED),
        (deep(14, "<"), NOT_ASKED),
        (deep(14, ">"), CARD),
        (deep(None), NOT_ASKED),
        (deep(14, site=HIP), NOT_ASKED),
        (deep(14, days=365), CARD),
        (deep(14, days=366), NOT_ASKED),
        (an_mri(None, a_sign(assertion=Assertion.ABSENT, site=JOINT, depth_mm=14), site=JOINT), NOT_ASKED),
    ],
)
def test_the_depth(report: ImagingReport, expected: Any) -> None:
    """When: surely deeper than 10 mm at a sacroiliac joint."""
    spec(chart(mri_reports=[report]), expected)


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        (a_problem(Concept.AXIAL_SPONDYLOARTHRITIS), NOTHING),
        (a_problem(Concept.AXIAL_SPONDYLOARTHRITIS, provisional=True), NOTHING),
        (a_problem(Concept.AXIAL_SPONDYLOARTHRITIS, current=False), CARD),
        (a_problem(Concept.RHEUMATOID_ARTHRITIS), CARD),
    ],
)
def test_spondyloarthritis(problem: Problem, expected: Any) -> None:
    """Unless: it is recorded."""
    spec(chart(problems=[problem]), expected)


def years_ago(years: int) -> Any:
    return on(f"{AS_OF.year - years}-06-01")


AT_SIXTY = Demographics(gender="male", birth_date=on(f"{AS_OF.year - 60}-06-01"))


@pytest.mark.parametrize(
    ("pains", "expected"),
    [
        ([back_pain(years_ago(15))], NOTHING),
        ([back_pain(on(f"{AS_OF.year - 15}-05-31"))], CARD),
        ([back_pain(on(str(AS_OF.year - 15)))], CARD),
        ([back_pain(years_ago(15), current=False)], NOTHING),
        ([back_pain(years_ago(2)), back_pain(years_ago(30), id="earlier")], CARD),
        ([back_pain(years_ago(2)), back_pain(None, id="undated")], CARD),
        ([back_pain(None)], CARD),
        ([], CARD),
    ],
)
def test_when_the_back_pain_began(pains: Any, expected: Any) -> None:
    """Unless: all of it surely began at 45 or later; an unknown onset does not silence."""
    spec(chart(problems=pains, demographics=AT_SIXTY), expected)


def test_without_a_birth_date() -> None:
    spec(chart(problems=[back_pain(years_ago(1))], demographics=Demographics(gender="male")), CARD)
    partial = Demographics(birth_date=on(str(AS_OF.year - 60)))
    spec(chart(problems=[back_pain(years_ago(15))], demographics=partial), CARD)
    spec(chart(problems=[back_pain(years_ago(14))], demographics=partial), NOTHING)


@pytest.mark.parametrize(
    ("given", "cautious"),
    [
        ({"procedures": [an_event(Concept.DELIVERY, when=days_ago(365))]}, True),
        ({"procedures": [an_event(Concept.DELIVERY, when=days_ago(366))]}, False),
        ({"problems": [a_problem(Concept.POSTPARTUM, recorded=days_ago(30))]}, True),
        ({"procedures": [an_event(Concept.ABORTION, when=days_ago(30))]}, False),
    ],
)
def test_after_a_birth(given: Any, cautious: bool) -> None:
    """Then: with caution in the year after a birth."""
    young = Demographics(gender="female", birth_date=born(30))
    verdict = judge(RULE, chart(demographics=young, **given))
    assert isinstance(verdict, Advice)
    assert any(CAUTION in sentence for sentence in verdict.detail) is cautious


def test_a_known_hla_b27_is_shown_and_not_asked_for() -> None:
    known = a_result(Concept.HLA_B27, Answer.NEGATIVE, when=days_ago(3000))
    because = ["DiagnosticReport/mri", "Observation/hla_b27"]
    spec(chart(immunology=[known]), advice(RULE, "info", offers=["rheumatology_referral"], because=because))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"mri_reports": cut_off(Need.MRI)}, missing(RULE, Need.MRI)),
        ({"problems": cut_off(Need.PROBLEMS)}, missing(RULE, Need.PROBLEMS)),
        ({"problems": cut_off(Need.PROBLEMS, a_problem(Concept.AXIAL_SPONDYLOARTHRITIS))}, NOTHING),
        (
            {"problems": [back_pain(years_ago(1))], "demographics": Demographics(gap=out_of_reach(Need.DEMOGRAPHICS))},
            missing(RULE, Need.DEMOGRAPHICS),
        ),
        ({"demographics": Demographics(gap=out_of_reach(Need.DEMOGRAPHICS))}, CARD),
        ({"procedures": cut_off(Need.PROCEDURES)}, advice(RULE, "info", unchecked=True, offers=OFFERS)),
        (
            {"immunology": cut_off(Need.IMMUNOLOGY)},
            advice(RULE, "info", unchecked=True, offers=["rheumatology_referral"]),
        ),
        ({"mri_reports": cut_off(Need.MRI, deep())}, advice(RULE, "info", unchecked=True)),
        ({"mri_reports": Listing((deep(),), remarks=(unusable(Need.MRI),))}, advice(RULE, "info", remarked=True)),
    ],
)
def test_data_out_of_reach(given: Any, expected: Any) -> None:
    spec(chart(**given), expected)

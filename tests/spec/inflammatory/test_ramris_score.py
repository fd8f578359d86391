"""BME-IA-02: RAMRIS edema score above 2."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.snapshot.imaging import ImagingReport, Sign
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.report_text import Assertion
from cds_hooks.snapshot.report_text import Finding as Seen
from cds_hooks.snapshot.report_text.model import Region
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.moment import days_ago
from tests.builders.snapshot import a_patient, a_problem, a_sign, an_mri, cut_off
from tests.builders.verdicts import advice, missing, not_applicable, satisfied, spec

RULE = "BME-IA-02"
SUMMARY = "RAMRIS edema score above 2 - odds of radiographic progression about 2.8-fold"
CARD = advice(RULE, "warning", summary=SUMMARY, offers=["rheumatology_referral"], unchecked=False, says=["2.77"])
NOTHING, NOT_ASKED = satisfied(RULE, remarked=False), not_applicable(RULE)
WRIST = Site(Region.WRIST_HAND)
RA = a_problem(Concept.RHEUMATOID_ARTHRITIS)


def scored(*scores: float, days: int = 30, **more: Any) -> ImagingReport:
    when = days_ago(days)
    signs = (a_sign(Seen.RAMRIS_SCORE, site=WRIST, when=when, score=score) for score in scores)
    return an_mri(Assertion.PRESENT, *signs, site=WRIST, when=when, **more)


def measure(score: float, days: int = 20) -> Sign:
    return a_sign(Seen.RAMRIS_SCORE, when=days_ago(days), score=score)


def chart(**given: Any) -> Patient:
    return a_patient(**{"problems": [RA], "mri_reports": [scored(3)], **given})


@pytest.mark.parametrize(
    ("reports", "expected"),
    [
        ([scored(3)], CARD),
        ([scored(2.5)], CARD),
        ([scored(2)], NOTHING),
        ([scored(0)], NOTHING),
        ([scored(1, 4)], CARD),
        ([scored(69)], advice(RULE, "warning", remarked=False)),
        ([scored(70)], satisfied(RULE, remarked=True)),
        ([scored(70, 5)], advice(RULE, "warning", remarked=True)),
        ([scored(3, days=365)], CARD),
        ([scored(3, days=366)], NOTHING),
        ([scored(1, days=10), scored(5, days=200)], NOTHING),
        ([scored()], NOTHING),
        ([scored(3, preliminary=True)], NOTHING),
        ([], NOTHING),
    ],
)
def test_the_score(reports: Any, expected: Any) -> None:
    """When: the newest report of a place states more than 2. What cannot be a score is remarked."""
    spec(chart(mri_reports=reports), expected)


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        (RA, CARD),
        (a_problem(Concept.RHEUMATOID_ARTHRITIS, current=False), NOT_ASKED),
        (a_problem(Concept.AXIAL_SPONDYLOARTHRITIS), NOT_ASKED),
    ],
)
def test_rheumatoid_arthritis(problem: Any, expected: Any) -> None:
    spec(chart(problems=[problem]), expected)


@pytest.mark.parametrize(
    ("report", "observation", "expected"),
    [
        (None, measure(4), CARD),
        (None, measure(4, days=365), CARD),
        (None, measure(4, days=366), NOTHING),
        (None, measure(2), NOTHING),
        (None, measure(70), satisfied(RULE, remarked=True)),
        (scored(5, days=30), measure(1, days=10), NOTHING),
        (scored(1, days=30), measure(5, days=10), CARD),
        (scored(1, days=10), measure(5, days=30), NOTHING),
        (scored(5, days=10), measure(1, days=30), CARD),
    ],
)
def test_the_score_as_an_observation(report: Any, observation: Any, expected: Any) -> None:
    """When: the score is an Observation of its own; the newer of it and the report counts."""
    spec(chart(mri_reports=[report] if report else [], imaging_measures=[observation]), expected)


def test_the_newest_observation() -> None:
    spec(chart(mri_reports=[], imaging_measures=[measure(5, days=90), measure(1)]), NOTHING)
    spec(chart(mri_reports=[], imaging_measures=[measure(1, days=90), measure(5)]), CARD)


def test_what_it_stands_on() -> None:
    spec(chart(), advice(RULE, "warning", because=["Condition/rheumatoid_arthritis", "DiagnosticReport/mri"]))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"problems": cut_off(Need.PROBLEMS)}, missing(RULE, Need.PROBLEMS)),
        ({"mri_reports": cut_off(Need.MRI)}, missing(RULE, Need.MRI)),
        ({"mri_reports": [], "imaging_measures": cut_off(Need.IMAGING_MEASURES)}, missing(RULE, Need.IMAGING_MEASURES)),
        ({"problems": cut_off(Need.PROBLEMS), "mri_reports": []}, NOTHING),
        ({"mri_reports": cut_off(Need.MRI, scored(3))}, advice(RULE, "warning", unchecked=True)),
    ],
)
def test_data_out_of_reach(given: Any, expected: Any) -> None:
    spec(chart(**given), expected)

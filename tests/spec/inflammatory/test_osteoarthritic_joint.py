"""BME-IA-06: marrow edema in an osteoarthritic joint."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.authoring.verdict import Advice
from cds_hooks.snapshot.model import Listing
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.problem import Problem
from cds_hooks.snapshot.report_text import Assertion, Side
from cds_hooks.snapshot.report_text.model import Region
from cds_hooks.snapshot.site import ANYWHERE, Site
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.snapshot import a_patient, a_problem, an_mri, cut_off, unusable
from tests.builders.verdicts import advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-IA-06"
SUMMARY = "Marrow edema in an osteoarthritic joint - manage the osteoarthritis"
CARD = advice(RULE, "info", summary=SUMMARY, offers=["orthopedic_referral"], unchecked=False, says=["Modic"])
NOTHING, NOT_ASKED = satisfied(RULE), not_applicable(RULE)
KNEE, LEFT, RIGHT = Site(Region.KNEE), Site(Region.KNEE, Side.LEFT), Site(Region.KNEE, Side.RIGHT)


def worn(site: Site = LEFT, **more: Any) -> Problem:
    return a_problem(Concept.OSTEOARTHRITIS, site=site, **more)


def chart(**given: Any) -> Patient:
    return a_patient(**{"problems": [worn()], "mri_reports": [an_mri(site=LEFT)], **given})


@pytest.mark.parametrize(
    ("joint", "study", "expected"),
    [
        (LEFT, LEFT, CARD),
        (KNEE, LEFT, CARD),
        (LEFT, KNEE, CARD),
        (LEFT, RIGHT, NOTHING),
        (Site(Region.KNEE, Side.BOTH), RIGHT, CARD),
        (Site(Region.HIP), LEFT, NOTHING),
        (ANYWHERE, LEFT, NOTHING),
        (LEFT, ANYWHERE, NOTHING),
    ],
)
def test_the_same_joint(joint: Site, study: Site, expected: Any) -> None:
    """When: same region, and the same side or one that is not said."""
    spec(chart(problems=[worn(joint)], mri_reports=[an_mri(site=study)]), expected)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"problems": [worn(current=False)]}, NOT_ASKED),
        ({"problems": [a_problem(Concept.DEGENERATIVE_SPINE, site=LEFT)]}, NOT_ASKED),
        ({"problems": []}, NOT_ASKED),
        ({"mri_reports": [an_mri(Assertion.ABSENT, site=LEFT)]}, NOTHING),
        ({"problems": [worn(), a_problem(Concept.EDEMA_SYNDROME)]}, NOTHING),
        ({"problems": [worn(), a_problem(Concept.EDEMA_SYNDROME, current=False)]}, CARD),
        ({"problems": [worn(), a_problem(Concept.EDEMA)]}, CARD),
    ],
)
def test_when_and_unless(given: Any, expected: Any) -> None:
    """Unless: the edema syndrome is on the problem list."""
    spec(chart(**given), expected)


def test_what_it_stands_on() -> None:
    """Osteoarthritis of another joint is not shown."""
    verdict = judge(RULE, chart(problems=[worn(), worn(Site(Region.HIP), id="hip")]))
    assert isinstance(verdict, Advice)
    assert [fact.resource for fact in verdict.because] == ["Condition/osteoarthritis", "DiagnosticReport/mri"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"problems": cut_off(Need.PROBLEMS)}, missing(RULE, Need.PROBLEMS)),
        ({"mri_reports": cut_off(Need.MRI)}, missing(RULE, Need.MRI)),
        ({"problems": cut_off(Need.PROBLEMS), "mri_reports": []}, NOTHING),
        ({"problems": cut_off(Need.PROBLEMS, worn())}, missing(RULE, Need.PROBLEMS)),
        ({"problems": cut_off(Need.PROBLEMS, worn(), a_problem(Concept.EDEMA_SYNDROME))}, NOTHING),
        ({"mri_reports": cut_off(Need.MRI, an_mri(site=LEFT))}, advice(RULE, "info", unchecked=True)),
        ({"mri_reports": Listing((), remarks=(unusable(Need.MRI),))}, satisfied(RULE, remarked=True)),
    ],
)
def test_data_out_of_reach(given: Any, expected: Any) -> None:
    spec(chart(**given), expected)

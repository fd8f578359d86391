"""BME-VF-05: augmentation as an option after three months of pain from a vertebral fracture."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.authoring.verdict import Advice
from cds_hooks.snapshot.imaging import ImagingReport
from cds_hooks.snapshot.model import Listing
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.problem import Problem
from cds_hooks.snapshot.report_text import Assertion
from cds_hooks.snapshot.report_text.model import Region
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.moment import days_ago, on
from tests.builders.snapshot import a_patient, a_problem, a_result, a_sign, an_event, an_mri, cut_off, unusable
from tests.builders.verdicts import advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-VF-05"
SUMMARY = "Vertebral fracture pain for 3 months despite conservative care - vertebral augmentation is an option"
REPEAT = "Vertebral fracture pain for 3 months, last MRI older than 90 days - repeat the MRI first"
SPINE = Site(Region.SPINE)
CARD = advice(RULE, "info", summary=SUMMARY, offers=["spine_referral"], arm="", unchecked=False)
FIRST = advice(RULE, "info", summary=REPEAT, offers=["mri"], arm="old MRI", unchecked=False, says=["Repeat the MRI"])
NOTHING, NOT_ASKED = satisfied(RULE), not_applicable(RULE)


def fracture(days: int | None = 120, *levels: str, **more: Any) -> Problem:
    onset = None if days is None else days_ago(days)
    return a_problem(Concept.VERTEBRAL_FRACTURE, **{"onset": onset, "recorded": onset, "levels": levels, **more})


def mri(days: int = 30, level: str = "", assertion: Assertion = Assertion.PRESENT, **more: Any) -> ImagingReport:
    when = days_ago(days)
    return an_mri(None, a_sign(assertion=assertion, site=SPINE, level=level, when=when), site=SPINE, when=when, **more)


def pain(score: float = 6, days: int = 5) -> Any:
    return a_result(Concept.PAIN_NRS, score, when=days_ago(days))


def chart(**given: Any) -> Patient:
    return a_patient(**{"problems": [fracture()], "vitals": [pain()], "mri_reports": [mri()], **given})


def test_what_the_card_says() -> None:
    """Then: the option as one to discuss, standing on fracture, report and score."""
    because = ["Condition/vertebral_fracture", "DiagnosticReport/mri", "Observation/pain_nrs"]
    spec(chart(), CARD, advice(RULE, "info", because=because, says=["shared decision", "conflicting"]))
    verdict = judge(RULE, chart())
    assert isinstance(verdict, Advice)
    assert "Repeat" not in " ".join(verdict.detail)  # the MRI is recent


@pytest.mark.parametrize(
    ("problems", "expected"),
    [
        ([fracture(90)], CARD),
        ([fracture(89)], NOT_ASKED),
        ([fracture(None, recorded=days_ago(90))], CARD),
        ([fracture(None, recorded=None)], NOT_ASKED),
        ([fracture(current=False)], NOT_ASKED),
        ([], NOT_ASKED),
    ],
)
def test_how_old_the_fracture_is(problems: Any, expected: Any) -> None:
    """When: at least 90 days."""
    spec(chart(problems=problems), expected)


@pytest.mark.parametrize(
    ("vitals", "expected"), [([pain(4)], CARD), ([pain(3)], NOTHING), ([pain(6, 31)], NOTHING), ([], NOTHING)]
)
def test_the_pain(vitals: Any, expected: Any) -> None:
    """When: the newest score of 30 days is 4 or more. Without a score there is nothing to say."""
    spec(chart(vitals=vitals), expected)


@pytest.mark.parametrize(
    ("reports", "expected"),
    [
        ([mri(90)], CARD),
        ([mri(91)], FIRST),
        ([mri(365)], FIRST),
        ([mri(366)], NOTHING),
        ([], NOTHING),
        ([mri(30, assertion=Assertion.ABSENT), mri(120)], NOTHING),
        ([mri(30, preliminary=True)], NOTHING),
    ],
)
def test_the_mri(reports: Any, expected: Any) -> None:
    """When: the newest MRI shows edema; one older than 90 days should be repeated first."""
    spec(chart(mri_reports=reports), expected)


CERVICAL, LUMBAR = Concept.MRI_SPINE_CERVICAL, Concept.MRI_SPINE_LUMBAR


@pytest.mark.parametrize(("newer", "expected"), [([CERVICAL], CARD), ([LUMBAR], NOTHING), ([], NOTHING)])
def test_a_newer_mri_of_another_part_of_the_spine(newer: Any, expected: Any) -> None:
    """When: an MRI of another part of the spine says nothing of the level of the fracture."""
    negative = mri(10, assertion=Assertion.ABSENT, concepts=newer, id="newer")
    spec(chart(mri_reports=[mri(30, concepts=[LUMBAR]), negative]), expected)


def test_reports_of_which_none_is_surely_newer() -> None:
    """Then: one that is recent enough is enough."""
    in_march = an_mri(site=SPINE, when=on("2025-03"), id="march")
    spec(chart(mri_reports=[in_march, mri(91)]), CARD)


def test_the_level() -> None:
    """When: the edema is at the level of the fracture, which alone is named."""
    healed = fracture(400, "T5", id="healed")
    found = chart(problems=[fracture(120, "L1"), healed], mri_reports=[mri(120, "L1")])
    spec(chart(problems=[fracture(120, "L1")], mri_reports=[mri(30, "L3")]), NOTHING)
    spec(found, advice(RULE, "info", offers=["mri_lumbar_spine"], because=["Condition/vertebral_fracture"]))


@pytest.mark.parametrize(("levels", "expected"), [(("L1",), NOT_ASKED), ((), NOT_ASKED), (("L2",), CARD)])
def test_an_augmentation(levels: Any, expected: Any) -> None:
    """Unless: the vertebra was augmented."""
    done = an_event(Concept.KYPHOPLASTY, when=days_ago(20), levels=levels)
    spec(chart(problems=[fracture(120, "L1")], procedures=[done]), expected)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"problems": cut_off(Need.PROBLEMS)}, missing(RULE, Need.PROBLEMS)),
        ({"procedures": cut_off(Need.PROCEDURES)}, missing(RULE, Need.PROCEDURES)),
        ({"vitals": cut_off(Need.PAIN)}, missing(RULE, Need.PAIN)),
        ({"mri_reports": cut_off(Need.MRI)}, missing(RULE, Need.MRI)),
        ({"mri_reports": cut_off(Need.MRI), "vitals": []}, NOTHING),
        ({"problems": cut_off(Need.PROBLEMS, fracture())}, advice(RULE, "info", unchecked=True)),
        ({"mri_reports": cut_off(Need.MRI, mri())}, advice(RULE, "info", unchecked=True)),
        ({"mri_reports": Listing((mri(),), remarks=(unusable(Need.MRI),))}, advice(RULE, "info", remarked=True)),
        ({"mri_reports": Listing((), remarks=(unusable(Need.MRI),))}, satisfied(RULE, remarked=True)),
    ],
)
def test_data_out_of_reach(given: Any, expected: Any) -> None:
    spec(chart(**given), expected)

"""BME-VF-01: conservative care first in a recent vertebral fracture with edema."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.snapshot.imaging import ImagingReport
from cds_hooks.snapshot.model import Listing
from cds_hooks.snapshot.patient import Demographics, Patient
from cds_hooks.snapshot.problem import Problem
from cds_hooks.snapshot.report_text import Assertion
from cds_hooks.snapshot.report_text.model import Region
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need, Route
from tests.builders.moment import born, days_ago, on
from tests.builders.snapshot import (
    a_draft,
    a_medication,
    a_patient,
    a_problem,
    a_sign,
    an_mri,
    cut_off,
    out_of_reach,
    unusable,
)
from tests.builders.verdicts import advice, missing, not_applicable, satisfied, spec

RULE = "BME-VF-01"
SUMMARY = "Vertebral fracture with edema: conservative care first; most pain settles in 6-8 weeks"
SPINE, HIP = Site(Region.SPINE), Site(Region.HIP)
CARD = advice(RULE, "info", summary=SUMMARY, offers=["NSAID", "physiotherapy_early_mobilization"], unchecked=False)
NOTHING, NOT_ASKED = satisfied(RULE), not_applicable(RULE)


def fracture(days: int | None = 20, *levels: str, **more: Any) -> Problem:
    onset = None if days is None else days_ago(days)
    return a_problem(Concept.VERTEBRAL_FRACTURE, **{"onset": onset, "recorded": onset, "levels": levels, **more})


def edema_at(level: str, assertion: Assertion = Assertion.PRESENT, site: Site = SPINE) -> ImagingReport:
    return an_mri(None, a_sign(assertion=assertion, site=site, level=level), site=site)


def chart(**given: Any) -> Patient:
    return a_patient(**{"problems": [fracture()], "mri_reports": [an_mri(site=SPINE)], **given})


def test_what_the_card_says() -> None:
    """Then: the option, standing on fracture and report."""
    because = ["Condition/vertebral_fracture", "DiagnosticReport/mri"]
    says = ["early mobilization", "acetaminophen (paracetamol)", "A pathological fracture"]
    spec(chart(), advice(RULE, "info", because=because, says=says), CARD)


@pytest.mark.parametrize(
    ("problems", "expected"),
    [
        ([fracture(90)], CARD),
        ([fracture(91)], NOT_ASKED),
        ([fracture(None, recorded=days_ago(90))], CARD),
        ([fracture(None, recorded=days_ago(91))], NOT_ASKED),
        ([fracture(None, recorded=None)], NOT_ASKED),
        ([fracture(None, onset=on("2025"))], NOT_ASKED),
        ([fracture(current=False)], NOT_ASKED),
        ([], NOT_ASKED),
    ],
)
def test_how_recent_the_fracture_is(problems: Any, expected: Any) -> None:
    """When: at most 90 days, by its onset, else its record."""
    spec(chart(problems=problems), expected)


@pytest.mark.parametrize(
    ("levels", "report", "expected"),
    [
        (("L1",), edema_at("L1"), CARD),
        (("L1",), edema_at("L2"), NOTHING),
        (("L1",), edema_at("L1/2"), CARD),
        (("L2",), edema_at("L1/2"), CARD),
        (("L2",), edema_at("T12/L1"), NOTHING),
        (("T12", "L3"), edema_at("L3"), CARD),
        (("L1",), an_mri(None, *edema_at("L1").signs, *edema_at("L3").signs, site=SPINE), CARD),
        (("L1",), edema_at(""), CARD),
        ((), edema_at("L2"), CARD),
        (("L1",), edema_at("L1", Assertion.ABSENT), NOTHING),
        (("L1",), an_mri(None, a_sign(site=SPINE, level="L3"), edema_at("L1", Assertion.ABSENT).signs[0]), NOTHING),
        (("L1",), edema_at("L1", site=HIP), NOTHING),
        (("L1",), an_mri(site=SPINE, when=days_ago(366)), NOTHING),
    ],
)
def test_the_level(levels: tuple[str, ...], report: ImagingReport, expected: Any) -> None:
    """When: the newest MRI shows edema at the level; a level that is not stated matches every vertebra."""
    spec(chart(problems=[fracture(20, *levels)], mri_reports=[report]), expected)


@pytest.mark.parametrize(
    ("medicine", "expected"),
    [
        (a_medication("ibuprofen"), NOTHING),
        (a_medication("celecoxib", group=DrugGroup.COX2_INHIBITOR), NOTHING),
        (a_medication("oxycodone"), NOTHING),
        (a_medication("acetaminophen", group=DrugGroup.ANALGESIC_OTHER), NOTHING),
        (a_medication("diclofenac", route=Route.LOCAL), CARD),
        (a_medication("apixaban"), CARD),
    ],
)
def test_an_analgesic_in_use(medicine: Any, expected: Any) -> None:
    """Unless: an analgesic for the whole body."""
    spec(chart(medications=[medicine]), expected)


def test_a_drafted_analgesic() -> None:
    spec(a_patient(a_draft("ibuprofen"), problems=[fracture()], mri_reports=[an_mri(site=SPINE)]), NOTHING)


@pytest.mark.parametrize(
    ("birth_date", "expected"),
    [(born(18), CARD), (born(17), NOT_ASKED), (on("2007"), NOT_ASKED), (None, NOT_ASKED)],
)
def test_adults_alone(birth_date: Any, expected: Any) -> None:
    """When: an adult; where the age is not known it is not asked."""
    spec(chart(demographics=Demographics(gender="female", birth_date=birth_date)), expected)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"problems": cut_off(Need.PROBLEMS)}, missing(RULE, Need.PROBLEMS)),
        ({"mri_reports": cut_off(Need.MRI)}, missing(RULE, Need.MRI)),
        ({"medications": cut_off(Need.MEDICATIONS)}, missing(RULE, Need.MEDICATIONS)),
        (
            {"demographics": Demographics(gap=out_of_reach(Need.DEMOGRAPHICS))},
            missing(RULE, Need.DEMOGRAPHICS),
        ),
        ({"problems": cut_off(Need.PROBLEMS), "mri_reports": []}, NOTHING),
        ({"problems": cut_off(Need.PROBLEMS, fracture())}, advice(RULE, "info", unchecked=True)),
        ({"medications": cut_off(Need.MEDICATIONS, a_medication("ibuprofen"))}, NOTHING),
    ],
)
def test_data_out_of_reach(given: Any, expected: Any) -> None:
    spec(chart(**given), expected)


def test_reports_that_could_not_be_used() -> None:
    """They are named, with a card and without."""
    unused = (unusable(Need.MRI),)
    spec(chart(mri_reports=Listing((), remarks=unused)), satisfied(RULE, remarked=True))
    spec(chart(mri_reports=Listing((an_mri(site=SPINE),), remarks=unused)), advice(RULE, "info", remarked=True))

"""BME-CF-01: marrow edema of the foot in diabetes should be offloaded."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.authoring.verdict import Advice
from cds_hooks.snapshot.model import Listing
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.report_text import Assertion, Region, Side
from cds_hooks.snapshot.site import ANYWHERE, Site
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.moment import days_ago, on
from tests.builders.snapshot import a_patient, a_problem, an_event, an_mri, cut_off, unusable
from tests.builders.verdicts import Expected, advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-CF-01"
EDEMA = "Foot marrow edema in diabetes without recorded offloading - offloading is considered essential"
CHARCOT_ALONE = "Active Charcot foot in diabetes without recorded offloading - offloading is considered essential"
LEFT, RIGHT = Site(Region.ANKLE_FOOT, Side.LEFT), Site(Region.ANKLE_FOOT, Side.RIGHT)
KNEE = Site(Region.KNEE, Side.LEFT)
DIABETES = a_problem(Concept.DIABETES)
CHARCOT = a_problem(Concept.CHARCOT, site=LEFT)
MRI = an_mri(site=LEFT)
FIXED = ["offloading_device", "diabetic_foot_team"]
REMOVABLE = ["offloading_device_removable", "diabetic_foot_team"]
WARN = advice(RULE, "warning", summary=EDEMA, offers=FIXED)


def diabetic(*problems: Any, mri: Any = (MRI,), **chart: Any) -> Patient:
    return a_patient(problems=(DIABETES, *problems), mri_reports=mri, **chart)


# -- When


def test_edema_of_the_foot() -> None:
    """Then: a warning with a device and the foot team; neuropathy need not be recorded."""
    patient = diabetic()
    because = ["DiagnosticReport/mri", "Condition/diabetes"]
    spec(patient, advice(RULE, "warning", summary=EDEMA, offers=FIXED, because=because, unchecked=False))
    verdict = judge(RULE, patient)
    assert isinstance(verdict, Advice)
    assert len(verdict.detail) == 2


def test_no_diabetes() -> None:
    """When: only diabetes is meant."""
    spec(a_patient(mri_reports=(MRI,)), not_applicable(RULE))


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (an_mri(site=LEFT, when=days_ago(183)), WARN),
        (an_mri(site=LEFT, when=days_ago(184)), satisfied(RULE)),
        (an_mri(site=Site(Region.ANKLE_FOOT)), WARN),
        (an_mri(site=KNEE), satisfied(RULE)),
        (an_mri(Assertion.ABSENT, site=LEFT), satisfied(RULE)),
        (an_mri(site=LEFT, preliminary=True), satisfied(RULE)),
    ],
)
def test_mri(report: Any, expected: Expected) -> None:
    """When: a final report of ankle or foot of the last six months."""
    spec(diabetic(mri=(report,)), expected)


@pytest.mark.parametrize(
    ("problem", "indicator"),
    [
        (CHARCOT, "critical"),
        (a_problem(Concept.CHARCOT), "critical"),
        (a_problem(Concept.NEUROPATHY), "critical"),
        (a_problem(Concept.NEUROPATHY, current=False), "warning"),
        (a_problem(Concept.CHARCOT, site=KNEE), "warning"),
    ],
)
def test_charcot_or_neuropathy(problem: Any, indicator: Any) -> None:
    """Then: critical with a Charcot foot or neuropathy."""
    because = ["DiagnosticReport/mri", *([problem.fact.resource] if indicator == "critical" else [])]
    spec(diabetic(problem), advice(RULE, indicator, summary=EDEMA, because=because))


@pytest.mark.parametrize("problem", [CHARCOT, a_problem(Concept.CHARCOT)])
@pytest.mark.parametrize("mri", [(), (an_mri(site=LEFT, when=days_ago(184)),)])
def test_charcot_without_a_recent_mri(problem: Any, mri: Any) -> None:
    """When: an active Charcot foot is enough; the card then speaks of no edema."""
    expected = advice(RULE, "critical", summary=CHARCOT_ALONE, because=["Condition/charcot", "Condition/diabetes"])
    spec(diabetic(problem, mri=mri), expected)


@pytest.mark.parametrize(
    "problem", [a_problem(Concept.CHARCOT, current=False), a_problem(Concept.CHARCOT, site=KNEE), None]
)
def test_nothing_at_the_foot(problem: Any) -> None:
    """When: neither edema nor an active Charcot joint of the foot."""
    spec(diabetic(*([problem] if problem else []), mri=()), satisfied(RULE))


# -- Unless


@pytest.mark.parametrize(
    ("concepts", "row", "expected"),
    [
        ((Concept.OFFLOADING_DEVICE,), {"when": days_ago(90)}, satisfied(RULE)),
        ((Concept.OFFLOADING_DEVICE,), {"when": days_ago(91)}, WARN),
        ((Concept.OFFLOADING_DEVICE,), {"when": on("2025-03")}, WARN),
        ((Concept.OFFLOADING_ORTHOSIS,), {}, satisfied(RULE)),
        ((Concept.OFFLOADING_DEVICE,), {"when": None, "open": True}, satisfied(RULE)),
        ((Concept.OFFLOADING_DEVICE,), {"when": None}, WARN),
        ((Concept.OFFLOADING_DEVICE,), {"site": LEFT}, satisfied(RULE)),
        ((Concept.OFFLOADING_DEVICE,), {"site": Site(Region.OTHER)}, satisfied(RULE)),
        ((Concept.OFFLOADING_DEVICE,), {"site": RIGHT}, WARN),
        ((Concept.OFFLOADING_DEVICE,), {"unfinished": True}, WARN),
        ((Concept.CRUTCHES,), {}, WARN),
        ((Concept.WEIGHT_BEARING_RESTRICTED,), {}, WARN),
        ((Concept.OFFLOADING_DEVICE, Concept.PHYSIOTHERAPY), {}, WARN),
        ((Concept.OFFLOADING_DEVICE, Concept.REFERRAL_PHYSIOTHERAPY), {}, WARN),
        ((Concept.OFFLOADING_DEVICE, Concept.OFFLOADING_ENDED), {}, WARN),
    ],
)
@pytest.mark.parametrize("listing", ["care", "procedures"])
def test_offloading(listing: str, concepts: Any, row: Any, expected: Expected) -> None:
    """Unless: a device of this foot was ordered or fitted in the last 90 days; crutches, training and the end of
    offloading are none."""
    spec(diabetic(**{listing: (an_event(*concepts, **row),)}), expected)


def test_each_foot_is_offloaded_by_itself() -> None:
    """Unless: the device of the one foot does not offload the other."""
    reports = (MRI, an_mri(site=RIGHT, id="right"))
    walker = an_event(Concept.OFFLOADING_DEVICE, site=RIGHT)
    patient = diabetic(mri=reports, care=(walker,))
    spec(patient, WARN)
    verdict = judge(RULE, patient)
    assert isinstance(verdict, Advice)
    assert "DiagnosticReport/right" not in {fact.resource for fact in verdict.because}


# -- Then


@pytest.mark.parametrize(
    ("problem", "offered"),
    [
        (a_problem(Concept.FOOT_ULCER), REMOVABLE),
        (a_problem(Concept.LOWER_LIMB_ULCER, site=LEFT), REMOVABLE),
        (a_problem(Concept.CELLULITIS), REMOVABLE),
        (a_problem(Concept.ABSCESS, site=LEFT), REMOVABLE),
        (a_problem(Concept.OSTEOMYELITIS, site=LEFT), REMOVABLE),
        (a_problem(Concept.LIMB_ISCHEMIA), REMOVABLE),
        (a_problem(Concept.FOOT_ULCER, site=RIGHT), FIXED),
        (a_problem(Concept.CELLULITIS, site=KNEE), FIXED),
        (a_problem(Concept.LIMB_ISCHEMIA, current=False), FIXED),
    ],
)
def test_ulcer_infection_or_ischemia(problem: Any, offered: list[str]) -> None:
    """Then: a removable device, with the reason on the card."""
    removable = offered == REMOVABLE
    because = [problem.fact.resource] if removable else []
    says = ["An ulcer, infection or ischemia is on record"] if removable else []
    spec(diabetic(problem), advice(RULE, "warning", offers=offered, because=because, says=says))


def test_a_charcot_foot_that_is_called_inactive() -> None:
    """When: whatever its status says."""
    inactive = a_problem(Concept.CHARCOT, Concept.CHARCOT_INACTIVE, site=LEFT)
    spec(diabetic(inactive, mri=()), satisfied(RULE))
    spec(diabetic(inactive), WARN)


def test_a_charcot_foot_without_a_side() -> None:
    """Then: an infection of the knee does not change the device of the foot."""
    patient = diabetic(a_problem(Concept.CHARCOT), a_problem(Concept.CELLULITIS, site=KNEE), mri=())
    spec(patient, advice(RULE, "critical", offers=FIXED))


# -- out of reach


@pytest.mark.parametrize(
    ("chart", "expected"),
    [
        ({"problems": cut_off(Need.PROBLEMS), "mri_reports": (MRI,)}, missing(RULE, Need.PROBLEMS)),
        ({"problems": cut_off(Need.PROBLEMS)}, missing(RULE, Need.PROBLEMS)),
        ({"problems": cut_off(Need.PROBLEMS, DIABETES)}, missing(RULE, Need.PROBLEMS)),
        ({"problems": (DIABETES,), "mri_reports": cut_off(Need.MRI)}, missing(RULE, Need.MRI)),
        ({"problems": (DIABETES,), "mri_reports": (an_mri(None, site=LEFT, readable=False),)}, missing(RULE, Need.MRI)),
        ({"problems": (DIABETES,), "mri_reports": (MRI,), "care": cut_off(Need.CARE)}, missing(RULE, Need.CARE)),
        (
            {"problems": (DIABETES,), "mri_reports": (MRI,), "procedures": cut_off(Need.PROCEDURES)},
            missing(RULE, Need.PROCEDURES),
        ),
        (
            {"problems": cut_off(Need.PROBLEMS, DIABETES), "mri_reports": (MRI,)},
            advice(RULE, "warning", offers=REMOVABLE, unchecked=True),
        ),
        (
            {"problems": (DIABETES, CHARCOT), "mri_reports": cut_off(Need.MRI)},
            advice(RULE, "critical", summary=CHARCOT_ALONE, unchecked=True),
        ),
        (
            {
                "problems": (DIABETES, CHARCOT),
                "mri_reports": cut_off(Need.MRI),
                "care": (an_event(Concept.OFFLOADING_DEVICE),),
            },
            missing(RULE, Need.MRI),
        ),
    ],
)
def test_out_of_reach(chart: Any, expected: Expected) -> None:
    """A failed query is never an empty one; a perfusion that is not known asks for the removable device."""
    spec(a_patient(**chart), expected)


def test_reports_that_could_not_be_used_are_remarked() -> None:
    """Remarks of the reports stand on the card, or beside the silence."""
    remarked: Any = Listing((MRI,), None, (unusable(Need.MRI),))
    spec(diabetic(mri=remarked), advice(RULE, "warning", remarked=True))
    spec(diabetic(mri=Listing((), None, remarked.remarks)), satisfied(RULE, remarked=True))


def test_the_place_of_the_card() -> None:
    """An edema whose place is not said is no edema of the foot."""
    spec(diabetic(mri=(an_mri(site=ANYWHERE),)), satisfied(RULE))

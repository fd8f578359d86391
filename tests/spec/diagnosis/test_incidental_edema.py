"""BME-DX-16: marrow edema is also seen in healthy people."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.snapshot.patient import Demographics, Patient
from cds_hooks.snapshot.report_text import Assertion, Region, Side
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.moment import born, days_ago
from tests.builders.snapshot import a_patient, a_problem, a_result, an_mri, cut_off
from tests.builders.verdicts import Expected, advice, missing, satisfied, spec

RULE = "BME-DX-16"
SUMMARY = "Marrow edema also occurs in up to 30 % of healthy people - correlate with symptoms before treating"
KNEE, HIP = Site(Region.KNEE, Side.LEFT), Site(Region.HIP, Side.LEFT)
FIRES = advice(RULE, "info")


def seen(**chart: Any) -> Patient:
    return a_patient(**{"mri_reports": (an_mri(site=KNEE),), **chart})


def test_edema_without_a_symptom() -> None:
    """Then: it is said, and nothing is offered."""
    spec(seen(), advice(RULE, "info", summary=SUMMARY, offers=[], because=["DiagnosticReport/mri"], unchecked=False))


@pytest.mark.parametrize(
    "symptom",
    [
        *(Concept.PAIN_KNEE, Concept.LOWER_LIMB_BONE_PAIN, Concept.PAIN_JOINT, Concept.JOINT_EFFUSION),
        *(Concept.LOCALIZED_SWELLING, Concept.LOCALIZED_SWELLING_WITH_TEXT, Concept.JOINT_STIFFNESS),
        *(Concept.WALKING_DIFFICULTY, Concept.BACK_PAIN, Concept.PAIN_PELVIC_GIRDLE),
    ],
)
def test_symptoms(symptom: Concept) -> None:
    """Unless: pain, swelling or a limit of function of the site, or without a site."""
    spec(seen(problems=(a_problem(symptom, site=KNEE),)), satisfied(RULE))
    spec(seen(problems=(a_problem(symptom),)), satisfied(RULE))
    spec(seen(problems=(a_problem(symptom, site=HIP),)), FIRES)
    spec(seen(problems=(a_problem(symptom, site=KNEE, current=False),)), FIRES)


@pytest.mark.parametrize(
    ("onset", "recorded", "expected"),
    [
        (300, 90, satisfied(RULE)),
        (300, 91, FIRES),
        (90, 300, satisfied(RULE)),
        (None, None, satisfied(RULE)),
    ],
)
def test_how_recent(onset: int | None, recorded: int | None, expected: Expected) -> None:
    """Unless: recorded or begun in the last 90 days; an undated one may be."""
    begun, written = (None if days is None else days_ago(days) for days in (onset, recorded))
    pain = a_problem(Concept.PAIN_KNEE, site=KNEE, onset=begun, recorded=written)
    spec(seen(problems=(pain,)), expected)


@pytest.mark.parametrize(
    ("score", "days", "expected"), [(1, 90, satisfied(RULE)), (0.9, 90, FIRES), (1, 91, FIRES), (0, 1, FIRES)]
)
def test_a_pain_score_counts_for_every_site(score: float, days: int, expected: Expected) -> None:
    spec(seen(vitals=(a_result(Concept.PAIN_NRS, score, when=days_ago(days)),)), expected)


def test_an_active_edema_syndrome() -> None:
    spec(seen(problems=(a_problem(Concept.EDEMA_SYNDROME, site=HIP, recorded=days_ago(300)),)), satisfied(RULE))
    spec(seen(problems=(a_problem(Concept.EDEMA, site=KNEE),)), FIRES)


def test_one_place_of_two_has_a_symptom() -> None:
    both = (an_mri(site=KNEE), an_mri(site=HIP, id="hip"))
    spec(
        seen(mri_reports=both, problems=(a_problem(Concept.PAIN_KNEE, site=KNEE),)),
        advice(RULE, "info", because=["DiagnosticReport/hip"]),
    )


@pytest.mark.parametrize(
    ("birth", "expected"),
    [
        (born(18), FIRES),
        (born(17), satisfied(RULE)),
    ],
)
def test_adults(birth: Any, expected: Expected) -> None:
    spec(seen(demographics=Demographics(gender="female", birth_date=birth)), expected)


@pytest.mark.parametrize("report", [an_mri(Assertion.ABSENT, site=KNEE), an_mri(site=KNEE, preliminary=True)])
def test_no_edema(report: Any) -> None:
    spec(a_patient(mri_reports=(report,)), satisfied(RULE))


def test_out_of_reach() -> None:
    spec(a_patient(mri_reports=cut_off(Need.MRI)), missing(RULE, Need.MRI))
    spec(seen(problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))
    spec(seen(vitals=cut_off(Need.PAIN)), missing(RULE, Need.PAIN))
    spec(seen(mri_reports=cut_off(Need.MRI, an_mri(site=KNEE))), advice(RULE, "info", unchecked=True))
    spec(
        seen(mri_reports=cut_off(Need.MRI, an_mri(site=KNEE)), vitals=(a_result(Concept.PAIN_NRS, 3.0),)), missing(RULE)
    )

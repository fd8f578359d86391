"""BME-SP-01: bone pain of hip or lower limb in pregnancy."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cds_hooks.authoring.verdict import Advice
from cds_hooks.snapshot.model import Listing
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.problem import Answer
from cds_hooks.snapshot.report_text import Assertion, Region, Side
from cds_hooks.snapshot.site import ANYWHERE, Site
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.moment import days_ago, days_ahead
from tests.builders.snapshot import A_WOMAN, a_patient, a_problem, a_result, an_event, an_mri, cut_off, unusable
from tests.builders.verdicts import Expected, advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-SP-01"
SUMMARY = "Pregnant with hip or lower-limb bone pain - consider transient osteoporosis; MRI without gadolinium"
HIP, OTHER_HIP = Site(Region.HIP, Side.LEFT), Site(Region.HIP, Side.RIGHT)
POSITIVE = a_result(Concept.HCG_QUALITATIVE, Answer.POSITIVE)
SYNDROME = a_problem(Concept.EDEMA_SYNDROME, site=HIP)
PAIN = a_problem(Concept.PAIN_HIP, site=HIP, onset=days_ago(20))
CONSULTS = ["obstetric_consult", "orthopedic_referral"]
OFFERS = ["mri_hip_without_contrast", *CONSULTS]
INFO = advice(RULE, "info", summary=SUMMARY, offers=OFFERS, arm="")
WARN = advice(RULE, "warning", summary=SUMMARY, offers=OFFERS, arm="fracture risk")
THIRD_TRIMESTER = "classic in the third trimester"


def due(weeks: int, days: int = 0) -> Any:
    """A due date, which puts the pregnancy at this age today."""
    return a_result(Concept.DELIVERY_DATE, days_ahead(280 - 7 * weeks - days), when=days_ago(90))


def pregnant(*problems: Any, evidence: Any = (POSITIVE,), **chart: Any) -> Patient:
    return a_patient(problems=problems or (SYNDROME,), pregnancy_results=evidence, demographics=A_WOMAN, **chart)


def said(patient: Patient) -> str:
    verdict = judge(RULE, patient)
    assert isinstance(verdict, Advice)
    return " ".join(verdict.detail)


# -- When


def test_a_syndrome_in_pregnancy() -> None:
    """Then: information, with an MRI without contrast, obstetrics and orthopedics; no word of a trimester where the
    gestational age is not known."""
    patient = pregnant()
    because = ["Condition/bone_marrow_edema_syndrome", "Observation/hcg_qualitative"]
    spec(patient, INFO, advice(RULE, "info", because=because, unchecked=False))
    assert THIRD_TRIMESTER not in said(patient)


def test_a_syndrome_with_a_gestational_age() -> None:
    """Then: the age stands on the card, with what is classic."""
    patient = pregnant(evidence=(due(12),))
    spec(patient, advice(RULE, "info", because=["Observation/estimated_delivery_date"], says=[THIRD_TRIMESTER]))


@pytest.mark.parametrize("problems", [(a_problem(Concept.BACK_PAIN),), (a_problem(Concept.PAIN_PELVIC_GIRDLE),)])
def test_other_complaints(problems: Any) -> None:
    """When: pain of the back or the pelvic girdle is too frequent in pregnancy to mean anything."""
    spec(pregnant(*problems), not_applicable(RULE))


def test_a_syndrome_that_is_over() -> None:
    """When: only an active syndrome counts."""
    spec(pregnant(a_problem(Concept.EDEMA_SYNDROME, current=False)), not_applicable(RULE))


def test_not_pregnant() -> None:
    """When: nobody else is meant."""
    spec(pregnant(evidence=()), satisfied(RULE))


@pytest.mark.parametrize(
    ("evidence", "onset", "expected"),
    [
        ((POSITIVE,), 20, INFO),
        ((due(20),), 20, INFO),
        ((due(19, 6),), 20, satisfied(RULE)),
        ((due(20),), 140, INFO),
        ((due(20),), 141, satisfied(RULE)),
        ((POSITIVE,), 308, INFO),
        ((POSITIVE,), 309, satisfied(RULE)),
    ],
)
def test_pain(evidence: Any, onset: int, expected: Expected) -> None:
    """When: it began in this pregnancy, from 20 weeks on or at an age that is not known."""
    pain = a_problem(Concept.PAIN_HIP, site=HIP, onset=days_ago(onset))
    spec(pregnant(pain, evidence=evidence), expected)


@pytest.mark.parametrize("concept", [Concept.LOWER_LIMB_BONE_PAIN, Concept.PAIN_GROIN, Concept.PAIN_FOOT])
def test_pain_anywhere_in_the_limb(concept: Concept) -> None:
    """When: thigh and lower leg count as well. Then: an MRI of the region that is meant."""
    pain = a_problem(concept, site=Site(Region.OTHER), onset=days_ago(20))
    spec(pregnant(pain), advice(RULE, "info", offers=["mri_without_contrast", *CONSULTS]))


# -- the warning


@pytest.mark.parametrize(
    ("evidence", "expected"), [((due(28),), WARN), ((due(27, 6),), INFO), ((due(39),), WARN), ((POSITIVE,), INFO)]
)
def test_late_in_pregnancy(evidence: Any, expected: Expected) -> None:
    """Then: a warning from 28 weeks on, where no restriction of weight-bearing is on record."""
    patient = pregnant(evidence=evidence)
    spec(patient, expected)
    assert ("may fracture" in said(patient)) is (expected is WARN)


def test_a_code_that_names_the_trimester() -> None:
    """Then: a warning in the third trimester; a week code gives the age of its date."""
    third = replace(a_problem(Concept.PREGNANCY, recorded=days_ago(10)), gestation=(196, 308))
    spec(pregnant(SYNDROME, third, evidence=()), WARN)
    week = replace(a_problem(Concept.PREGNANCY, recorded=days_ago(7)), gestation=(182, 188))
    spec(pregnant(SYNDROME, week, evidence=()), INFO)
    week = replace(a_problem(Concept.PREGNANCY, recorded=days_ago(14)), gestation=(182, 188))
    spec(pregnant(SYNDROME, week, evidence=()), WARN)


@pytest.mark.parametrize(
    ("concept", "order", "expected"),
    [
        (Concept.CRUTCHES, {}, INFO),
        (Concept.WEIGHT_BEARING_RESTRICTED, {}, INFO),
        (Concept.OFFLOADING_DEVICE, {}, INFO),
        (Concept.OFFLOADING_ORTHOSIS, {}, INFO),
        (Concept.WALKING_AID, {}, WARN),
        (Concept.WEIGHT_BEARING_ALLOWED, {}, WARN),
        (Concept.PHYSIOTHERAPY, {}, WARN),
        (Concept.CRUTCHES, {"when": days_ago(210)}, INFO),
        (Concept.CRUTCHES, {"when": days_ago(211)}, WARN),
        (Concept.CRUTCHES, {"when": None}, WARN),
        (Concept.CRUTCHES, {"when": None, "open": True}, INFO),
    ],
)
def test_weight_bearing_restriction(concept: Concept, order: Any, expected: Expected) -> None:
    """Then: no warning with crutches or another restriction ordered in this pregnancy, which is in week 30."""
    spec(pregnant(evidence=(due(30),), care=(an_event(concept, **order),)), expected)


# -- Then: the MRI


@pytest.mark.parametrize(
    ("chart", "offered"),
    [
        ({"mri_reports": (an_mri(site=HIP, when=days_ago(900)),)}, CONSULTS),
        ({"mri_reports": (an_mri(Assertion.ABSENT, site=HIP, preliminary=True),)}, CONSULTS),
        ({"mri_reports": (an_mri(site=OTHER_HIP),)}, OFFERS),
        ({"imaging_studies": (an_event(Concept.MRI_ANY, site=HIP),)}, CONSULTS),
        ({"care": (an_event(Concept.MRI_ANY, site=HIP, open=True),)}, CONSULTS),
        ({"care": (an_event(Concept.MRI_ANY, site=OTHER_HIP, open=True),)}, OFFERS),
    ],
)
def test_the_site_has_an_mri(chart: Any, offered: list[str]) -> None:
    """Then: an MRI only of a site that has none and for which none is ordered."""
    spec(pregnant(**chart), advice(RULE, "info", offers=offered, unchecked=False))


@pytest.mark.parametrize(
    ("chart", "offered"),
    [
        ({}, ["mri_without_contrast", *CONSULTS]),
        ({"mri_reports": (an_mri(site=OTHER_HIP),)}, CONSULTS),
        ({"imaging_studies": (an_event(Concept.MRI_ANY, site=OTHER_HIP),)}, CONSULTS),
        ({"imaging_studies": (an_event(Concept.XRAY_ANY),)}, ["mri_without_contrast", *CONSULTS]),
        ({"care": (an_event(Concept.MRI_ANY, site=HIP, open=True),)}, CONSULTS),
    ],
)
def test_a_syndrome_without_a_site(chart: Any, offered: list[str]) -> None:
    """Then: any MRI may be of its site."""
    spec(pregnant(a_problem(Concept.EDEMA_SYNDROME, site=ANYWHERE), **chart), advice(RULE, "info", offers=offered))


def test_two_sites() -> None:
    """Then: each region is offered once."""
    knee = a_problem(Concept.PAIN_KNEE, site=Site(Region.KNEE), onset=days_ago(20))
    offered = ["mri_hip_without_contrast", "mri_knee_without_contrast", *CONSULTS]
    spec(pregnant(SYNDROME, PAIN, knee), advice(RULE, "info", offers=offered))


# -- out of reach


@pytest.mark.parametrize(
    ("chart", "expected"),
    [
        ({"problems": cut_off(Need.PROBLEMS)}, missing(RULE, Need.PROBLEMS)),
        ({"problems": cut_off(Need.PROBLEMS), "pregnancy_results": (POSITIVE,)}, missing(RULE, Need.PROBLEMS)),
        ({"pregnancy_results": cut_off(Need.PREGNANCY)}, missing(RULE, Need.PREGNANCY)),
        ({"pregnancy_results": cut_off(Need.PREGNANCY), "problems": ()}, not_applicable(RULE)),
        (
            {"pregnancy_results": (POSITIVE,), "mri_reports": cut_off(Need.MRI)},
            advice(RULE, "info", offers=CONSULTS, unchecked=True),
        ),
        (
            {"pregnancy_results": (due(30),), "care": cut_off(Need.CARE)},
            advice(RULE, "info", offers=CONSULTS, unchecked=True),
        ),
        ({"pregnancy_results": cut_off(Need.PREGNANCY, POSITIVE)}, advice(RULE, "info", offers=OFFERS, unchecked=True)),
    ],
)
def test_out_of_reach(chart: Any, expected: Expected) -> None:
    """A restriction or an MRI that may be on record is not said to be missing."""
    spec(a_patient(**{"problems": (SYNDROME,), "demographics": A_WOMAN, **chart}), expected)


def test_results_that_could_not_be_used_are_remarked() -> None:
    """Remarks, and statements of the age that contradict each other, stand on the card."""
    remarks = (unusable(Need.PREGNANCY),)
    spec(pregnant(evidence=Listing((POSITIVE,), None, remarks)), advice(RULE, "info", remarked=True))
    spec(pregnant(evidence=Listing((), None, remarks)), satisfied(RULE, remarked=True))
    early = a_problem(Concept.PAIN_HIP, site=HIP, onset=days_ago(20))
    spec(pregnant(early, evidence=Listing((due(12),), None, remarks)), satisfied(RULE, remarked=True))
    stated = a_result(Concept.GESTATIONAL_AGE_WEEKS, 182.0, when=days_ago(0))
    spec(pregnant(evidence=(due(12), stated)), advice(RULE, "info", remarked=True))

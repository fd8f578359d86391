"""BME-ON-03: a confirmed osteonecrosis is planned with orthopedics."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.report_text import Region
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.moment import days_ago, days_ahead
from tests.builders.snapshot import a_patient, a_problem, an_encounter, an_event, an_mri, cut_off
from tests.builders.verdicts import Expected, advice, missing, not_applicable, satisfied, spec

RULE = "BME-ON-03"
SUMMARY = "Osteonecrosis: BME is treated by treating the necrosis - plan with orthopedics"
NECROSIS = a_problem(Concept.OSTEONECROSIS)
POINT = advice(RULE, "info", summary=SUMMARY, offers=["orthopedic_referral"], because=["Condition/osteonecrosis"])
PLANNED = satisfied(RULE)


def with_necrosis(**chart: Any) -> Patient:
    return a_patient(**{"problems": (NECROSIS,), **chart})


def test_no_plan() -> None:
    """Then: a prompt with a referral; no MRI is needed."""
    spec(with_necrosis(), POINT, advice(RULE, "info", unchecked=False))


@pytest.mark.parametrize(
    "problem",
    [
        a_problem(Concept.OSTEONECROSIS, provisional=True),
        a_problem(Concept.OSTEONECROSIS, current=False),
        a_problem(Concept.OSTEONECROSIS_OF_JAW),
    ],
)
def test_what_is_not_meant(problem: Any) -> None:
    """When: an active osteonecrosis of a joint that is more than a suspicion."""
    edema = an_mri(site=Site(Region.HIP))
    spec(a_patient(problems=(problem,), mri_reports=(edema,)), not_applicable(RULE))


@pytest.mark.parametrize(("when", "expected"), [(days_ago(90), PLANNED), (days_ago(91), POINT), (None, PLANNED)])
def test_contact_with_orthopedics(when: Any, expected: Expected) -> None:
    """Unless: a visit or a referral in the last 90 days."""
    spec(with_necrosis(encounters=(an_encounter(Concept.SPECIALTY_ORTHOPEDICS, when=when),)), expected)
    spec(with_necrosis(care=(an_event(Concept.REFERRAL_ORTHOPEDICS, when=when),)), expected)


def test_what_lies_ahead() -> None:
    """Unless: an appointment, or an operation that is ordered."""
    appointment = an_event(Concept.SPECIALTY_ORTHOPEDICS, when=days_ahead(20), kind="Appointment")
    spec(with_necrosis(appointments=(appointment,)), PLANNED)
    spec(with_necrosis(appointments=(an_event(Concept.SPECIALTY_RHEUMATOLOGY, when=days_ahead(20)),)), POINT)
    spec(with_necrosis(care=(an_event(Concept.CORE_DECOMPRESSION, open=True),)), PLANNED)


@pytest.mark.parametrize(("days", "expected"), [(90, PLANNED), (91, POINT)])
@pytest.mark.parametrize("concept", [Concept.CORE_DECOMPRESSION, Concept.JOINT_REPLACEMENT])
def test_an_operation(concept: Concept, days: int, expected: Expected) -> None:
    """Unless: an operation of the last 90 days."""
    spec(with_necrosis(procedures=(an_event(concept, when=days_ago(days)),)), expected)


@pytest.mark.parametrize(
    ("chart", "expected"),
    [
        ({"problems": cut_off(Need.PROBLEMS)}, missing(RULE, Need.PROBLEMS)),
        ({"encounters": cut_off(Need.ENCOUNTERS)}, missing(RULE, Need.ENCOUNTERS)),
        ({"care": cut_off(Need.CARE)}, missing(RULE, Need.CARE)),
        ({"appointments": cut_off(Need.APPOINTMENTS)}, missing(RULE, Need.APPOINTMENTS)),
        ({"procedures": cut_off(Need.PROCEDURES)}, missing(RULE, Need.PROCEDURES)),
        ({"problems": cut_off(Need.PROBLEMS, NECROSIS)}, missing(RULE, Need.PROBLEMS)),
    ],
)
def test_out_of_reach(chart: Any, expected: Expected) -> None:
    """A plan that may exist is not asked for."""
    spec(with_necrosis(**chart), expected)

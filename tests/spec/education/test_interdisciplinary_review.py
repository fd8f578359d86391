"""BME-ED-04: lasting marrow edema without a specialist."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.snapshot.report_text import Assertion, Region, Side
from cds_hooks.snapshot.site import ANYWHERE, Site
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.moment import days_ago, days_ahead
from tests.builders.snapshot import a_patient, a_problem, an_encounter, an_event, an_mri, cut_off
from tests.builders.verdicts import advice, missing, not_applicable, satisfied, spec

RULE = "BME-ED-04"
SUMMARY = "BME for 3 months without specialist input - consider an interdisciplinary review"
HIP, KNEE = Site(Region.HIP, Side.LEFT), Site(Region.KNEE, Side.LEFT)
ADVISED = advice(RULE, "info")
OA = a_problem(Concept.OSTEOARTHRITIS, site=HIP)


def syndrome(days: int | None = 120, **more: Any) -> Any:
    return a_problem(Concept.EDEMA_SYNDROME, **{"onset": None if days is None else days_ago(days), **more})


def edema(days: int = 120, **more: Any) -> Any:
    return a_problem(Concept.EDEMA, onset=days_ago(days), **{"site": HIP, **more})


def chart(*problems: Any, **more: Any) -> Any:
    return a_patient(**{"problems": problems or (syndrome(),), **more})


# -- When


@pytest.mark.parametrize(("days", "said"), [(89, False), (90, True)])
def test_three_months_of_the_syndrome(days: int, said: bool) -> None:
    facts = [syndrome().fact.resource]
    card = advice(RULE, "info", summary=SUMMARY, offers=["mdt_referral"], because=facts, unchecked=False)
    spec(chart(syndrome(days)), card if said else not_applicable(RULE))
    spec(chart(syndrome(None, recorded=days_ago(days))), card if said else not_applicable(RULE))
    spec(chart(syndrome(None, recorded=None)), not_applicable(RULE))


def test_the_onset_of_the_syndrome_decides_alone() -> None:
    """An older report or edema does not make it older; a cause beside it does not end it."""
    spec(chart(syndrome(30), edema(200), mri_reports=[an_mri(when=days_ago(200))]), not_applicable(RULE))
    spec(chart(syndrome(site=HIP), OA), ADVISED)


@pytest.mark.parametrize(
    ("problems", "expected"),
    [
        ([edema(90)], ADVISED),
        ([edema(89)], not_applicable(RULE)),
        ([edema(), OA], not_applicable(RULE)),
        ([edema(site=KNEE), OA], ADVISED),
        ([edema(site=ANYWHERE), OA], not_applicable(RULE)),
        ([OA], not_applicable(RULE)),
    ],
)
def test_edema_on_the_problem_list_without_a_cause(problems: Any, expected: Any) -> None:
    spec(chart(*problems), expected)


@pytest.mark.parametrize(
    ("reports", "problems", "expected"),
    [
        ([an_mri(site=HIP, when=days_ago(90))], (), ADVISED),
        ([an_mri(site=HIP, when=days_ago(89))], (), not_applicable(RULE)),
        ([an_mri(site=HIP, when=days_ago(10)), an_mri(site=HIP, when=days_ago(200), id="first")], (), ADVISED),
        (
            [an_mri(site=HIP, when=days_ago(10)), an_mri(site=KNEE, when=days_ago(400), id="first")],
            (),
            not_applicable(RULE),
        ),
        ([an_mri(site=ANYWHERE, when=days_ago(100))], (), ADVISED),
        (
            [an_mri(Assertion.ABSENT, site=HIP), an_mri(site=HIP, when=days_ago(99), id="first")],
            (),
            not_applicable(RULE),
        ),
        ([an_mri(site=HIP, when=days_ago(90))], (OA,), not_applicable(RULE)),
    ],
)
def test_edema_on_mri_counts_from_the_first_report_that_shows_it(reports: Any, problems: Any, expected: Any) -> None:
    spec(a_patient(problems=problems, mri_reports=reports), expected)


def test_without_edema_it_does_not_apply() -> None:
    spec(a_patient(), not_applicable(RULE))


# -- Unless


@pytest.mark.parametrize(
    ("more", "seen"),
    [
        ({"encounters": [an_encounter(Concept.SPECIALTY_ORTHOPEDICS, when=days_ago(180))]}, True),
        ({"encounters": [an_encounter(Concept.SPECIALTY_ORTHOPEDICS, when=days_ago(181))]}, False),
        ({"encounters": [an_encounter(Concept.SPECIALTY_RHEUMATOLOGY)]}, True),
        ({"encounters": [an_encounter(Concept.SPECIALTY_PAIN)]}, True),
        ({"encounters": [an_encounter()]}, False),
        ({"care": [an_event(Concept.REFERRAL_ORTHOPEDICS)]}, True),
        ({"care": [an_event(Concept.REFERRAL_ORTHOPEDICS, when=None)]}, True),
        ({"care": [an_event(Concept.REFERRAL_MENTAL_HEALTH)]}, False),
        ({"appointments": [an_event(Concept.SPECIALTY_RHEUMATOLOGY, when=days_ahead(30))]}, True),
    ],
)
def test_a_specialist_visit_referral_or_appointment_is_enough(more: Any, seen: bool) -> None:
    spec(chart(**more), satisfied(RULE) if seen else ADVISED)


# -- what could not be read


@pytest.mark.parametrize(
    ("field", "need"),
    [
        ("problems", Need.PROBLEMS),
        ("encounters", Need.ENCOUNTERS),
        ("care", Need.CARE),
        ("appointments", Need.APPOINTMENTS),
    ],
)
def test_a_failed_query_leaves_it_open(field: str, need: Need) -> None:
    spec(chart(**{field: cut_off(need)}), missing(RULE, need))


def test_reports_that_could_not_be_read_leave_it_open_without_the_syndrome() -> None:
    spec(a_patient(mri_reports=cut_off(Need.MRI)), missing(RULE, Need.MRI))
    spec(chart(mri_reports=cut_off(Need.MRI)), ADVISED)


def test_a_problem_list_that_was_cut_off_is_named() -> None:
    spec(chart(problems=cut_off(Need.PROBLEMS, syndrome())), advice(RULE, "info", unchecked=True))
    spec(
        a_patient(problems=cut_off(Need.PROBLEMS), mri_reports=[an_mri(when=days_ago(99))]),
        missing(RULE, Need.PROBLEMS),
    )

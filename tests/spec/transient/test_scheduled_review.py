"""BME-TB-04: a review between the second and the twelfth week of conservative care."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.snapshot.model import GapKind
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.moment import days_ago, days_ahead
from tests.builders.snapshot import a_medication, a_patient, a_problem, a_result, an_encounter, an_event, cut_off
from tests.builders.verdicts import advice, missing, not_applicable, satisfied, spec

RULE = "BME-TB-04"
SUMMARY = "BMES on conservative care without a recent review - reassess pain and function"
OFFERS = ("follow_up_visit", "pain_score_questionnaire")


def syndrome(days: int | None = 100, **more: Any) -> Any:
    return a_problem(Concept.EDEMA_SYNDROME, **{"onset": None if days is None else days_ago(days), **more})


def crutches(days: int) -> Any:
    return an_event(Concept.CRUTCHES, kind="DeviceRequest", when=days_ago(days))


def chart(days: Any = 40, **more: Any) -> Any:
    return a_patient(**{"problems": [syndrome()], "care": [crutches(days)], **more})


# -- When


@pytest.mark.parametrize(("days", "said"), [(13, False), (14, True), (84, True), (85, False)])
def test_the_window_counts_from_the_start_of_care(days: int, said: bool) -> None:
    facts = [syndrome().fact.resource, crutches(1).fact.resource]
    card = advice(RULE, "info", summary=SUMMARY, offers=OFFERS, because=facts, unchecked=False)
    spec(chart(days), card if said else not_applicable(RULE))


@pytest.mark.parametrize(("days", "said"), [(13, False), (14, True), (84, True), (85, False)])
def test_without_care_on_record_it_counts_from_the_onset_else_the_record(days: int, said: bool) -> None:
    expected = advice(RULE, "info") if said else not_applicable(RULE)
    spec(chart(care=(), problems=[syndrome(days)]), expected)
    spec(chart(care=(), problems=[syndrome(None, recorded=days_ago(days))]), expected)


def test_without_any_date_it_stays_open() -> None:
    undated = syndrome(None, recorded=None)
    spec(chart(care=(), problems=[undated]), missing(RULE, Need.PROBLEMS, GapKind.NOT_RECORDED))


def test_without_the_syndrome_it_does_not_apply() -> None:
    spec(chart(problems=()), not_applicable(RULE))


# -- Unless


@pytest.mark.parametrize(
    ("reviewed", "too_old"),
    [
        (
            {"vitals": [a_result(Concept.PAIN_NRS, 3, when=days_ago(28))]},
            a_result(Concept.PAIN_NRS, 3, when=days_ago(29)),
        ),
        ({"encounters": [an_encounter(when=days_ago(28))]}, an_encounter(when=days_ago(29))),
        ({"appointments": [an_event(kind="Appointment", when=days_ahead(3))]}, an_event(when=days_ago(3))),
    ],
)
def test_a_recent_score_or_visit_or_an_appointment_is_enough(reviewed: Any, too_old: Any) -> None:
    spec(chart(**reviewed), satisfied(RULE))
    (field,) = reviewed
    spec(chart(**{field: [too_old]}), advice(RULE, "info"))


def test_an_appointment_without_a_day_is_ahead() -> None:
    spec(chart(appointments=[an_event(kind="Appointment", when=None)]), satisfied(RULE))


def test_the_visit_that_began_the_care_is_no_review() -> None:
    spec(chart(20, encounters=[an_encounter(when=days_ago(20))]), advice(RULE, "info"))
    spec(chart(20, encounters=[an_encounter(when=days_ago(19))]), satisfied(RULE))


def test_neither_is_the_visit_that_goes_on_nor_one_without_a_date() -> None:
    spec(chart(encounters=[an_encounter(when=days_ago(0), in_progress=True)]), advice(RULE, "info"))
    spec(chart(encounters=[an_encounter(when=None)]), advice(RULE, "info"))


# -- what could not be read


@pytest.mark.parametrize(
    ("field", "need"),
    [
        ("problems", Need.PROBLEMS),
        ("care", Need.CARE),
        ("vitals", Need.PAIN),
        ("encounters", Need.ENCOUNTERS),
        ("appointments", Need.APPOINTMENTS),
    ],
)
def test_a_failed_query_leaves_it_open(field: str, need: Need) -> None:
    spec(chart(**{field: cut_off(need)}), missing(RULE, need))


@pytest.mark.parametrize(("days", "said"), [(13, False), (14, True), (84, True), (85, False), (None, False)])
def test_without_the_medicines_it_counts_from_the_onset(days: int | None, said: bool) -> None:
    """The card names what could not be read; outside the window an NSAID that was not read may have begun within."""
    onset = syndrome(days, recorded=None)
    unread = chart(care=(), problems=[onset], medications=cut_off(Need.MEDICATIONS))
    spec(unread, advice(RULE, "info", unchecked=True) if said else missing(RULE, Need.MEDICATIONS))


def test_a_review_on_record_decides_whatever_else_failed() -> None:
    score = a_result(Concept.PAIN_NRS, 3)
    spec(chart(vitals=[score], encounters=cut_off(Need.ENCOUNTERS)), satisfied(RULE))


def test_care_that_was_cut_off_is_named() -> None:
    spec(chart(care=cut_off(Need.CARE, crutches(40))), advice(RULE, "info", unchecked=True))


def test_an_nsaid_is_care() -> None:
    spec(chart(care=(), medications=[a_medication("ibuprofen", written=days_ago(10))]), not_applicable(RULE))

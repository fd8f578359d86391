"""BME-TB-02: the usual course, and where the patient is on it."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.authoring.verdict import Advice, Group
from cds_hooks.snapshot.course import where
from cds_hooks.snapshot.model import GapKind
from cds_hooks.snapshot.patient import Demographics
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.moment import days_ago, days_ahead, on
from tests.builders.snapshot import a_patient, a_problem, an_event, cut_off
from tests.builders.verdicts import advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-TB-02"
SUMMARY = "BMES usually settles: pain peaks at 1-2 months, most recover in 3-9 (up to 12) months"


def syndrome(days: int | None = 45, **more: Any) -> Any:
    return a_problem(Concept.EDEMA_SYNDROME, **{"onset": None if days is None else days_ago(days), **more})


def chart(*problems: Any, **more: Any) -> Any:
    return a_patient(**{"problems": problems or (syndrome(),), **more})


def told(days: int | None) -> Any:
    return an_event(Concept.PATIENT_EDUCATION, when=None if days is None else days_ago(days))


def line(problem: Any) -> str:
    verdict = judge(RULE, chart(problem))
    assert isinstance(verdict, Advice)
    return verdict.detail[0]


# -- When


def test_the_course_is_told_with_a_leaflet() -> None:
    card = advice(RULE, "info", summary=SUMMARY, offers=["patient_leaflet"], because=[syndrome().fact.resource])
    spec(chart(), card, advice(RULE, "info", group=Group.CARE, unchecked=False))


@pytest.mark.parametrize(("days", "said"), [(0, True), (270, True), (271, False)])
def test_it_is_said_within_the_expected_course(days: int, said: bool) -> None:
    spec(chart(syndrome(days)), advice(RULE, "info") if said else satisfied(RULE))


def test_a_date_ahead_or_no_date_says_nothing() -> None:
    spec(chart(syndrome(None, onset=days_ahead(1))), satisfied(RULE))
    spec(chart(syndrome(None, recorded=None)), satisfied(RULE))


@pytest.mark.parametrize(
    ("days", "phase"),
    [
        (0, "Day 0 since onset: phase 1, the first month"),
        (30, "Day 30 since onset: phase 1"),
        (31, "Day 31 since onset: phase 2, months 2 and 3"),
        (90, "Day 90 since onset: phase 2"),
        (91, "Day 91 since onset: phase 3, slow regression"),
    ],
)
def test_one_line_says_where_the_patient_is(days: int, phase: str) -> None:
    assert line(syndrome(days)).startswith(phase)


def test_the_line_gives_the_window_of_recovery() -> None:
    """From three to nine months after the onset, described up to twelve."""
    assert line(syndrome(None, onset=on("2025-05-01"))) == (
        "Day 45 since onset: phase 2, months 2 and 3, pain at its highest. Recovery is expected between 2025-07-30 and "
        "2026-01-26, and still described until 2026-05-01."
    )


def test_an_unknown_onset_is_at_least_so_long_ago_and_a_partial_one_is_a_span() -> None:
    assert line(syndrome(None, recorded=days_ago(20))).startswith("Since at least 20 days: phase 1")
    assert line(syndrome(None, onset=on("2025-05"))).startswith("Day 15 to 45 since onset: phase 1")


def test_without_a_date_there_is_no_line() -> None:
    assert where(syndrome(None, recorded=None), chart()) == ""


def test_the_card_that_carries_it_has_the_line_as_well() -> None:
    verdict = judge(RULE, chart())
    assert isinstance(verdict, Advice)
    assert verdict.line == f"{SUMMARY}. {verdict.detail[0]}"


def test_who_usually_has_it_is_context() -> None:
    def context(patient: Any) -> list[str]:
        verdict = judge(RULE, patient)
        assert isinstance(verdict, Advice)
        return [each for each in verdict.detail if each.startswith("Context only")]

    assert len(context(chart())) == 1
    assert context(chart(demographics=Demographics())) == []


# -- Unless


@pytest.mark.parametrize("where", ["procedures", "communications"])
def test_education_of_the_last_year_is_enough(where: str) -> None:
    spec(chart(**{where: [told(365)]}), satisfied(RULE))
    spec(chart(**{where: [told(None)]}), satisfied(RULE))
    spec(chart(**{where: [told(366)]}), advice(RULE, "info"))
    spec(chart(**{where: [an_event(Concept.CRUTCHES)]}), advice(RULE, "info"))


def test_without_the_syndrome_it_does_not_apply() -> None:
    spec(a_patient(), not_applicable(RULE))


# -- what could not be read


@pytest.mark.parametrize(
    ("field", "need"), [("problems", Need.PROBLEMS), ("communications", Need.EDUCATION), ("procedures", Need.EDUCATION)]
)
def test_a_failed_query_leaves_it_open(field: str, need: Need) -> None:
    spec(chart(**{field: cut_off(need)}), missing(RULE, need, GapKind.OUT_OF_REACH))


def test_a_problem_list_that_was_cut_off_is_named() -> None:
    spec(chart(problems=cut_off(Need.PROBLEMS, syndrome())), advice(RULE, "info", unchecked=True))

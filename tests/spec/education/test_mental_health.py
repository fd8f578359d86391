"""BME-ED-02: mood in long or severe pain."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cds_hooks.authoring.verdict import Advice
from cds_hooks.snapshot.model import GapKind, Listing
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.moment import days_ago, days_ahead
from tests.builders.snapshot import a_patient, a_problem, a_result, an_encounter, an_event, cut_off, unusable
from tests.builders.verdicts import advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-ED-02"
PAIN = "Long severe pain - screen mood and offer psychological support"
MOOD = "Low mood or anxiety in a patient with BMES - offer psychological support"
SELF_HARM = "PHQ-9 item 9 is above 0 (thoughts of self-harm) in BMES - follow the local suicide protocol today"
OFFERS = ("mental_health_referral", "phq9_questionnaire")


def syndrome(days: int | None = 60, **more: Any) -> Any:
    return a_problem(Concept.EDEMA_SYNDROME, **{"onset": None if days is None else days_ago(days), **more})


def chart(*problems: Any, **more: Any) -> Any:
    return a_patient(**{"problems": (syndrome(), *problems), **more})


def nrs(value: float, days: int = 1) -> Any:
    return a_result(Concept.PAIN_NRS, value, when=days_ago(days))


def score(concept: Concept, value: float, days: int = 1) -> Any:
    return {"scores": [a_result(concept, value, when=days_ago(days))]}


SEVERE: dict[str, Any] = {"vitals": [nrs(8)]}


# -- When


@pytest.mark.parametrize(("days", "said"), [(27, False), (28, True)])
def test_it_is_asked_after_four_weeks(days: int, said: bool) -> None:
    card = advice(RULE, "info", summary=PAIN, offers=OFFERS, because=[syndrome().fact.resource], unchecked=False)
    spec(a_patient(problems=[syndrome(days)], **SEVERE), card if said else not_applicable(RULE))
    spec(
        a_patient(problems=[syndrome(None, recorded=days_ago(days))], **SEVERE), card if said else not_applicable(RULE)
    )


def test_without_a_date_it_stays_open() -> None:
    undated = a_patient(problems=[syndrome(None, recorded=None)], **SEVERE)
    spec(undated, missing(RULE, Need.PROBLEMS, GapKind.NOT_RECORDED))


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"vitals": [nrs(6.9)]}, satisfied(RULE)),
        ({"vitals": [nrs(7, 90)]}, advice(RULE, "info", summary=PAIN)),
        ({"vitals": [nrs(7, 91)]}, satisfied(RULE)),
        ({"vitals": [nrs(8, 20), nrs(3, 5)]}, satisfied(RULE)),
        (score(Concept.PHQ9_TOTAL, 9), satisfied(RULE)),
        (score(Concept.PHQ9_TOTAL, 10, 90), advice(RULE, "info", summary=MOOD, offers=OFFERS)),
        (score(Concept.PHQ9_TOTAL, 10, 91), satisfied(RULE)),
        (score(Concept.PHQ2_TOTAL, 2), satisfied(RULE)),
        (score(Concept.PHQ2_TOTAL, 3), advice(RULE, "info", summary=MOOD)),
        (score(Concept.PHQ9_ITEM9, 0), satisfied(RULE)),
        (score(Concept.PHQ9_ITEM9, 1, 90), advice(RULE, "warning", summary=SELF_HARM, offers=OFFERS)),
        (score(Concept.PHQ9_ITEM9, 1, 91), satisfied(RULE)),
        ({**SEVERE, **score(Concept.PHQ9_ITEM9, 1)}, advice(RULE, "warning", summary=SELF_HARM)),
        ({**SEVERE, **score(Concept.PHQ9_TOTAL, 12)}, advice(RULE, "info", summary=PAIN)),
    ],
)
def test_what_asks_for_support(more: Any, expected: Any) -> None:
    """Only what was found is said: severe pain, or low mood, or the answer on self-harm."""
    spec(chart(**more), expected)


@pytest.mark.parametrize("concept", [Concept.DEPRESSION, Concept.ANXIETY])
def test_a_new_diagnosis_counts(concept: Concept) -> None:
    spec(chart(a_problem(concept, recorded=days_ago(90))), advice(RULE, "info", summary=MOOD))
    spec(chart(a_problem(concept, recorded=days_ago(91))), satisfied(RULE))
    spec(chart(a_problem(concept, recorded=None, onset=days_ago(90))), advice(RULE, "info"))
    spec(chart(a_problem(concept, recorded=None)), satisfied(RULE))
    spec(chart(a_problem(concept, recorded=days_ago(91), onset=days_ago(5))), satisfied(RULE))


@pytest.mark.parametrize(
    ("more", "asked"),
    [({}, True), (score(Concept.PHQ9_TOTAL, 2), False), (score(Concept.PHQ2_TOTAL, 1, 90), False)],
)
def test_without_a_questionnaire_the_card_says_to_ask(more: Any, asked: bool) -> None:
    verdict = judge(RULE, chart(**SEVERE, **more))
    assert isinstance(verdict, Advice)
    assert any("ask about mood" in sentence for sentence in verdict.detail) is asked


def test_without_the_syndrome_it_does_not_apply() -> None:
    spec(a_patient(**SEVERE), not_applicable(RULE))


# -- Unless


@pytest.mark.parametrize(
    ("more", "supported"),
    [
        ({"care": [an_event(Concept.REFERRAL_MENTAL_HEALTH, when=days_ago(90))]}, True),
        ({"care": [an_event(Concept.REFERRAL_MENTAL_HEALTH, when=days_ago(91))]}, False),
        ({"care": [an_event(Concept.REFERRAL_ORTHOPEDICS, when=days_ago(9))]}, False),
        ({"appointments": [an_event(Concept.REFERRAL_MENTAL_HEALTH, when=days_ahead(9))]}, True),
        ({"encounters": [an_encounter(Concept.REFERRAL_MENTAL_HEALTH)]}, True),
    ],
)
def test_support_on_record_is_enough(more: Any, supported: bool) -> None:
    spec(chart(**SEVERE, **more), satisfied(RULE) if supported else advice(RULE, "info"))


# -- what could not be read


@pytest.mark.parametrize(
    ("field", "need"), [("problems", Need.PROBLEMS), ("vitals", Need.PAIN), ("scores", Need.SCORES)]
)
def test_a_failed_query_leaves_it_open(field: str, need: Need) -> None:
    patient = chart() if field != "problems" else a_patient(**SEVERE)
    failed: Any = {field: cut_off(need)}
    spec(replace(patient, **failed), missing(RULE, need))


def test_what_was_found_is_said_whatever_else_failed() -> None:
    spec(chart(**SEVERE, scores=cut_off(Need.SCORES)), advice(RULE, "info", unchecked=True))
    spec(chart(**SEVERE, care=cut_off(Need.CARE)), advice(RULE, "info", unchecked=True))


def test_a_score_that_could_not_be_used_is_remarked() -> None:
    pain = Listing((nrs(8),), None, (replace(unusable(Need.PAIN), about=Concept.PAIN_NRS),))
    spec(chart(vitals=pain), advice(RULE, "info", remarked=True))

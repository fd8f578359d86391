"""BME-ED-01: written advice and warning signs, asked with the same trigger as BME-TB-02."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.authoring.rule import Hook
from cds_hooks.authoring.verdict import Group
from cds_hooks.evaluation.evaluate import evaluate
from cds_hooks.evaluation.triage import triage
from cds_hooks.rules import CATALOG
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.moment import days_ago
from tests.builders.snapshot import a_patient, a_problem, an_event, cut_off
from tests.builders.verdicts import advice, missing, not_applicable, satisfied, spec

RULE = "BME-ED-01"
SUMMARY = "BMES: give written advice - course, load, warning signs, help to cope"


def chart(days: int = 45, **more: Any) -> Any:
    return a_patient(**{"problems": [a_problem(Concept.EDEMA_SYNDROME, onset=days_ago(days))], **more})


@pytest.mark.parametrize(("days", "said"), [(0, True), (270, True), (271, False)])
def test_it_is_asked_within_the_expected_course(days: int, said: bool) -> None:
    card = advice(RULE, "info", summary=SUMMARY, offers=["patient_leaflet"], group=Group.CARE, unchecked=False)
    spec(chart(days), card if said else satisfied(RULE))


def test_education_on_record_is_enough() -> None:
    spec(chart(communications=[an_event(Concept.PATIENT_EDUCATION)]), satisfied(RULE))


def test_without_the_syndrome_it_does_not_apply() -> None:
    spec(a_patient(), not_applicable(RULE))


def test_a_failed_query_leaves_it_open() -> None:
    spec(chart(problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))
    spec(chart(communications=cut_off(Need.EDUCATION)), missing(RULE, Need.EDUCATION))


def test_bundle_course_and_advice_share_a_card() -> None:
    """The care group: BME-TB-01 leads, the others are a line each and say their own sentence."""
    rules = [rule for rule in CATALOG if rule.rule.id in ("BME-TB-01", "BME-TB-02", RULE)]
    (card,) = triage(evaluate(rules, chart()), Hook.PATIENT_VIEW).cards
    assert card.lead.rule.id == "BME-TB-01"
    assert [each.rule.id for each in card.lines] == ["BME-TB-02", RULE]
    assert "Day 45 since onset" in card.lines[0].advice.line
    assert "Urgent care" in card.lines[1].advice.line

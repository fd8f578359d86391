"""BME-TB-07: nifedipine and a sympathetic block as options for pain that stays."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cds_hooks.authoring.verdict import Advice, Group, Satisfied
from cds_hooks.evaluation.evaluate import Judged
from cds_hooks.evaluation.options import settled
from cds_hooks.rules import CATALOG
from cds_hooks.snapshot.medication import Standing
from cds_hooks.snapshot.model import GapKind
from cds_hooks.snapshot.patient import Demographics, Patient
from cds_hooks.snapshot.vocabulary import Concept, Need, Treatment
from tests.builders.moment import born, days_ago
from tests.builders.snapshot import a_medication, a_patient, a_problem, a_result, an_event, cut_off
from tests.builders.verdicts import advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-TB-07"
BOTH = "Persistent BMES pain: nifedipine or sympathetic block are described options (low evidence)"
NIFEDIPINE = "Persistent BMES pain: nifedipine is a described option (low evidence)"
BLOCK = "Persistent BMES pain: a sympathetic block is a described option (low evidence)"
PRESSURE = a_result(Concept.SYSTOLIC_BP, 130, when=days_ago(1))


def syndrome(days: int | None = 60, **more: Any) -> Any:
    return a_problem(Concept.EDEMA_SYNDROME, **{"onset": None if days is None else days_ago(days), **more})


def nrs(value: float = 6, days: int = 5) -> Any:
    return a_result(Concept.PAIN_NRS, value, when=days_ago(days))


def crutches(days: int) -> Any:
    return an_event(Concept.CRUTCHES, kind="DeviceRequest", when=days_ago(days))


def block(days: int | None, **more: Any) -> Any:
    return an_event(Concept.SYMPATHETIC_BLOCK, when=None if days is None else days_ago(days), **more)


def chart(cared_for: int = 50, **more: Any) -> Patient:
    return a_patient(**{"problems": [syndrome()], "vitals": [nrs(), PRESSURE], "care": [crutches(cared_for)], **more})


def shown(patient: Patient) -> Any:
    """The verdict after the safety rules have tried its options."""
    own = next(rule.rule for rule in CATALOG if rule.rule.id == RULE)
    (found,) = settled([Judged(own, None, judge(RULE, patient))], CATALOG, patient)
    return found.verdict


# -- When


def test_both_options_are_named_and_nothing_is_offered() -> None:
    facts = [syndrome().fact.resource, nrs().fact.resource, crutches(1).fact.resource]
    spec(chart(), advice(RULE, "info", summary=BOTH, offers=(), because=facts, group=Group.REFRACTORY, unchecked=False))


@pytest.mark.parametrize(
    ("score", "expected"),
    [
        (nrs(5, 30), advice(RULE, "info")),
        (nrs(5, 31), satisfied(RULE)),
        (nrs(4.9), satisfied(RULE)),
    ],
)
def test_the_newest_pain_of_the_month_is_5_or_more(score: Any, expected: Any) -> None:
    spec(chart(vitals=[score]), expected)
    spec(chart(vitals=()), satisfied(RULE))


@pytest.mark.parametrize(("days", "said"), [(27, False), (28, True)])
def test_four_weeks_of_care_come_first(days: int, said: bool) -> None:
    """Without care on record they count from the onset, else from the record."""
    expected = advice(RULE, "info") if said else not_applicable(RULE)
    spec(chart(days), expected)
    spec(a_patient(problems=[syndrome(days)], vitals=[nrs()]), expected)
    spec(a_patient(problems=[syndrome(None, recorded=days_ago(days))], vitals=[nrs()]), expected)


def test_without_any_date_it_stays_open() -> None:
    undated = a_patient(problems=[syndrome(None, recorded=None)], vitals=[nrs()])
    spec(undated, missing(RULE, Need.PROBLEMS, GapKind.NOT_RECORDED))


def test_it_is_for_adults_with_the_syndrome() -> None:
    spec(chart(demographics=Demographics(birth_date=born(17))), not_applicable(RULE))
    spec(chart(demographics=Demographics(birth_date=born(18))), advice(RULE, "info"))
    spec(chart(demographics=Demographics()), missing(RULE, Need.DEMOGRAPHICS, GapKind.NOT_RECORDED))
    spec(chart(problems=()), not_applicable(RULE))


# -- Unless


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"medications": [a_medication("nifedipine")]}, satisfied(RULE)),
        ({"medications": [a_medication("amlodipine")]}, advice(RULE, "info")),
        ({"medications": [a_medication("nifedipine", standing=Standing.ENDED)]}, advice(RULE, "info")),
        ({"procedures": [block(60)]}, satisfied(RULE)),
        ({"procedures": [block(61)]}, advice(RULE, "info")),
        ({"procedures": [block(None)]}, satisfied(RULE)),
        ({"care": [crutches(50), block(5, open=True)]}, satisfied(RULE)),
        ({"care": [crutches(50), block(5)]}, advice(RULE, "info")),
        ({"problems": [syndrome(None, recorded=None)], "procedures": [block(500)]}, satisfied(RULE)),
    ],
)
def test_neither_was_tried(more: Any, expected: Any) -> None:
    spec(chart(**more), expected)


# -- what the safety rules make of it


def test_an_option_with_a_finding_falls_out() -> None:
    """A low pressure speaks against nifedipine, an anticoagulant against the block; no option left is no card."""
    low, anticoagulant = a_result(Concept.SYSTOLIC_BP, 85, when=days_ago(1)), a_medication("apixaban")
    assert shown(chart()).summary == BOTH
    assert shown(chart(vitals=[nrs(), low])).summary == BLOCK
    only = shown(chart(medications=[anticoagulant]))
    assert only.summary == NIFEDIPINE
    assert [option.treatment for option in only.options] == [Treatment.NIFEDIPINE]
    assert isinstance(shown(chart(vitals=[nrs(), low], medications=[anticoagulant])), Satisfied)


def test_a_check_that_could_not_be_made_leaves_the_option() -> None:
    verdict = shown(chart(allergies=cut_off(Need.ALLERGIES)))
    assert isinstance(verdict, Advice)
    assert verdict.summary == BOTH


# -- what could not be read


@pytest.mark.parametrize(
    ("field", "need"),
    [
        ("problems", Need.PROBLEMS),
        ("vitals", Need.PAIN),
        ("care", Need.CARE),
        ("procedures", Need.PROCEDURES),
        ("medications", Need.MEDICATIONS),
    ],
)
def test_a_failed_query_leaves_it_open(field: str, need: Need) -> None:
    failed: Any = {field: cut_off(need)}
    spec(replace(chart(), **failed), missing(RULE, need))


def test_what_was_cut_off_is_named() -> None:
    spec(chart(problems=cut_off(Need.PROBLEMS, syndrome())), advice(RULE, "info", unchecked=True))

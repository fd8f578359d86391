"""BME-TB-01: protected weight-bearing, physiotherapy and symptom control come first (BME-ED-03 within)."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from cds_hooks.authoring.rule import Hook
from cds_hooks.authoring.verdict import Advice, Group, Treat
from cds_hooks.evaluation.evaluate import Judged
from cds_hooks.evaluation.merge import CardPlan, Spoken
from cds_hooks.evaluation.offers import offers
from cds_hooks.evaluation.triage import triage
from cds_hooks.rules import CATALOG
from cds_hooks.snapshot.model import GapKind
from cds_hooks.snapshot.patient import Demographics
from cds_hooks.snapshot.report_text import Region
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, Need, Treatment
from tests.builders.moment import born, days_ago
from tests.builders.snapshot import (
    a_medication,
    a_patient,
    a_problem,
    a_result,
    an_event,
    cut_off,
    out_of_reach,
)
from tests.builders.verdicts import advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-TB-01"
SUMMARY = "BMES: protected weight-bearing, physiotherapy and symptom control are the usual first steps"
BUNDLE = ("physiotherapy", "crutches")


def syndrome(days: int | None = 60, **more: Any) -> Any:
    return a_problem(Concept.EDEMA_SYNDROME, **{"onset": None if days is None else days_ago(days), **more})


def chart(*problems: Any, **more: Any) -> Any:
    return a_patient(**{"problems": problems or (syndrome(),), **more})


def of_care(concept: Concept, days: int | None) -> Any:
    return an_event(concept, kind="ServiceRequest", when=None if days is None else days_ago(days))


# -- When


def test_without_care_on_record_the_bundle_is_offered() -> None:
    card = advice(RULE, "info", summary=SUMMARY, offers=(*BUNDLE, "NSAID"), because=[syndrome().fact.resource])
    spec(chart(), card)
    verdict = judge(RULE, chart())
    assert isinstance(verdict, Advice)
    assert verdict.group is Group.CARE
    assert "therapist should teach" in " ".join(verdict.detail)
    assert verdict.unchecked == ()


@pytest.mark.parametrize(("days", "told"), [(0, True), (365, True), (366, False)])
def test_it_is_said_in_the_first_year(days: int, told: bool) -> None:
    spec(chart(syndrome(days)), advice(RULE, "info") if told else not_applicable(RULE))


def test_without_an_onset_the_day_of_the_record_counts() -> None:
    spec(chart(syndrome(None, recorded=days_ago(365))), advice(RULE, "info"))
    spec(chart(syndrome(None, recorded=days_ago(366))), not_applicable(RULE))
    spec(chart(syndrome(None, recorded=None)), missing(RULE, Need.PROBLEMS, GapKind.NOT_RECORDED))


def test_the_earliest_syndrome_of_the_year_counts() -> None:
    old, first, second = syndrome(366, id="old"), syndrome(60, id="first"), syndrome(20, id="second")
    spec(chart(old, second, first), advice(RULE, "info", because=["Condition/first"]))
    spec(chart(second, first, care=[of_care(Concept.CRUTCHES, 50)]), satisfied(RULE))


@pytest.mark.parametrize("concept", [Concept.PHYSIOTHERAPY, Concept.CRUTCHES, Concept.OFFLOADING_DEVICE])
@pytest.mark.parametrize("where", ["care", "procedures"])
def test_care_since_two_weeks_before_the_onset_is_enough(concept: Concept, where: str) -> None:
    spec(chart(**{where: [of_care(concept, 74)]}), satisfied(RULE))
    spec(chart(**{where: [of_care(concept, 75)]}), advice(RULE, "info"))
    spec(chart(**{where: [of_care(concept, None)]}), satisfied(RULE))


def test_other_care_is_none() -> None:
    spec(chart(care=[of_care(Concept.MRI_ANY, 10)]), advice(RULE, "info"))


@pytest.mark.parametrize(
    ("taken", "named"),
    [(["ibuprofen"], ["BME-DS-NSA-06"]), (["ibuprofen", "warfarin"], ["BME-DS-NSA-01", "BME-DS-NSA-06"])],
)
def test_an_nsaid_in_use_is_not_offered_again_and_is_no_offloading(taken: list[str], named: list[str]) -> None:
    """What speaks against one more is named, and what speaks against the one that is taken."""
    patient = chart(medications=[a_medication(each) for each in taken])
    verdict = judge(RULE, patient)
    assert isinstance(verdict, Advice)
    [rule] = [each.rule for each in CATALOG if each.rule.id == RULE]
    made = offers(CardPlan(Spoken(rule, None, verdict)), CATALOG, patient)
    assert Treat(Treatment.NSAID) not in made.proposals
    assert [re.findall(r"BME-DS-NSA-\d+", note) for note in made.notes] == [[each] for each in named]


def test_the_gray_zone_of_vitamin_d_is_a_line_of_the_card() -> None:
    level = a_result(Concept.VITAMIN_D_25_OH, 25)
    verdict = judge(RULE, chart(bone_labs=[level]))
    assert isinstance(verdict, Advice)
    assert "Vitamin D lies between 20 and 30 ng/mL" in verdict.detail[-1]
    assert level.fact in verdict.because
    unread = judge(RULE, chart(bone_labs=cut_off(Need.VITAMIN_D)))
    assert isinstance(unread, Advice)
    assert unread.unchecked == (out_of_reach(Need.VITAMIN_D),)


# -- Unless


def test_the_spine_is_mobilized_instead() -> None:
    spine = syndrome(site=Site(Region.SPINE), id="spine")
    spec(chart(spine), not_applicable(RULE))
    spec(chart(spine, syndrome(site=Site(Region.HIP), id="hip")), advice(RULE, "info", because=["Condition/hip"]))


def test_a_child_has_another_pathway() -> None:
    spec(chart(demographics=Demographics(birth_date=born(17))), not_applicable(RULE))
    spec(chart(demographics=Demographics(birth_date=born(18))), advice(RULE, "info"))
    spec(chart(demographics=Demographics()), missing(RULE, Need.DEMOGRAPHICS, GapKind.NOT_RECORDED))


def test_without_the_syndrome_it_does_not_apply() -> None:
    spec(a_patient(), not_applicable(RULE))
    spec(chart(syndrome(current=False)), not_applicable(RULE))
    spec(chart(a_problem(Concept.EDEMA)), not_applicable(RULE))


# -- what could not be read


@pytest.mark.parametrize(
    ("field", "need"), [("problems", Need.PROBLEMS), ("care", Need.CARE), ("procedures", Need.PROCEDURES)]
)
def test_a_failed_query_leaves_it_open(field: str, need: Need) -> None:
    spec(chart(**{field: cut_off(need)}), missing(RULE, need))


def test_a_problem_list_that_was_cut_off_is_named() -> None:
    spec(chart(problems=cut_off(Need.PROBLEMS, syndrome())), advice(RULE, "info", unchecked=True))


# -- beside other rules


def test_it_is_silent_beside_strict_offloading_of_a_charcot_foot() -> None:
    """BME-CF-01 stands for it."""
    own = next(rule.rule for rule in CATALOG if rule.rule.id == RULE)
    charcot = Advice(indicator="critical", summary="offload", detail=(), because=())

    verdict = judge(RULE, chart())
    found = triage([Judged(own, None, verdict), Judged(replace(own, id="BME-CF-01"), None, charcot)], Hook.PATIENT_VIEW)
    assert [card.lead.rule.id for card in found.cards] == ["BME-CF-01"]
    assert found.cards[0].lines == ()

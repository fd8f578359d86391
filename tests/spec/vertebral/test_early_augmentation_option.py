"""BME-VF-06: early augmentation in severe pain of a vertebral fracture."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.snapshot.medication import Standing
from cds_hooks.snapshot.model import Listing
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.problem import Encounter, Problem
from cds_hooks.snapshot.vocabulary import Concept, Need, Route
from tests.builders.moment import days_ago
from tests.builders.snapshot import (
    a_medication,
    a_patient,
    a_problem,
    a_result,
    an_encounter,
    an_event,
    cut_off,
)
from tests.builders.verdicts import advice, missing, not_applicable, satisfied, spec

RULE = "BME-VF-06"
SUMMARY = "Severe vertebral fracture pain needing parenteral opioid or admission - early augmentation may be considered"
CARD = advice(RULE, "info", summary=SUMMARY, offers=["spine_referral"], unchecked=False, says=["contraindications"])
NOTHING, NOT_ASKED = satisfied(RULE), not_applicable(RULE)
MORPHINE = a_medication("morphine", route=Route.PARENTERAL)


def fracture(days: int | None = 20, *levels: str, **more: Any) -> Problem:
    onset = None if days is None else days_ago(days)
    return a_problem(Concept.VERTEBRAL_FRACTURE, **{"onset": onset, "recorded": onset, "levels": levels, **more})


def stay(*reasons: Concept, inpatient: bool = True, in_progress: bool = True) -> Encounter:
    return an_encounter(inpatient=inpatient, in_progress=in_progress, reasons=reasons)


def pain(score: float, days: int = 2) -> Any:
    return a_result(Concept.PAIN_NRS, score, when=days_ago(days))


def chart(**given: Any) -> Patient:
    return a_patient(**{"problems": [fracture()], "medications": [MORPHINE], **given})


@pytest.mark.parametrize(
    ("problems", "expected"),
    [
        ([fracture(89)], CARD),
        ([fracture(90)], NOT_ASKED),
        ([fracture(None, recorded=days_ago(89))], CARD),
        ([fracture(None, recorded=None)], NOT_ASKED),
        ([fracture(current=False)], NOT_ASKED),
        ([], NOT_ASKED),
    ],
)
def test_how_old_the_fracture_is(problems: Any, expected: Any) -> None:
    """When: less than 90 days."""
    spec(chart(problems=problems), expected)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"medications": [MORPHINE]}, CARD),
        ({"medications": [a_medication("morphine", route=Route.ORAL)]}, NOTHING),
        ({"medications": [a_medication("morphine", route=Route.UNKNOWN)]}, NOTHING),
        ({"medications": [a_medication("ketorolac", route=Route.PARENTERAL)]}, NOTHING),
        ({"encounters": [stay(Concept.VERTEBRAL_FRACTURE)]}, CARD),
        ({"encounters": [stay(Concept.VERTEBRAL_FRACTURE, inpatient=False)]}, NOTHING),
        ({"encounters": [stay(Concept.VERTEBRAL_FRACTURE, in_progress=False)]}, NOTHING),
        ({"encounters": [stay(Concept.STROKE_TIA)]}, NOTHING),
        ({"encounters": [stay()]}, NOTHING),
        ({}, NOTHING),
    ],
)
def test_severe_pain(given: Any, expected: Any) -> None:
    """When: an opioid by needle, or in hospital for the fracture; a stay without a reason proves nothing."""
    spec(chart(**{"medications": [], **given}), expected)


@pytest.mark.parametrize(("days", "expected"), [(7, CARD), (8, NOTHING)])
def test_an_opioid_that_ended(days: int, expected: Any) -> None:
    """When: within 7 days."""
    ended = a_medication("morphine", route=Route.PARENTERAL, standing=Standing.ENDED, stopped=days_ago(days))
    spec(chart(medications=[ended]), expected)


@pytest.mark.parametrize(
    ("vitals", "expected"),
    [([pain(3)], NOTHING), ([pain(4)], CARD), ([pain(3, 7)], NOTHING), ([pain(3, 8)], CARD), ([], CARD)],
)
def test_pain_that_is_low(vitals: Any, expected: Any) -> None:
    """Unless: the newest score of 7 days is below 4."""
    spec(chart(vitals=vitals), expected)


@pytest.mark.parametrize(("levels", "expected"), [(("L1",), NOT_ASKED), ((), NOT_ASKED), (("L2",), CARD)])
def test_an_augmentation(levels: Any, expected: Any) -> None:
    """Unless: the vertebra was augmented."""
    done = an_event(Concept.VERTEBROPLASTY, when=days_ago(5), levels=levels)
    spec(chart(problems=[fracture(20, "L1")], procedures=[done]), expected)


def test_what_it_stands_on() -> None:
    because = ["Condition/vertebral_fracture", "MedicationRequest/morphine", "Encounter/visit"]
    spec(chart(encounters=[stay(Concept.VERTEBRAL_FRACTURE)]), advice(RULE, "info", because=because))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"problems": cut_off(Need.PROBLEMS)}, missing(RULE, Need.PROBLEMS)),
        ({"procedures": cut_off(Need.PROCEDURES)}, missing(RULE, Need.PROCEDURES)),
        ({"medications": cut_off(Need.MEDICATIONS)}, missing(RULE, Need.MEDICATIONS)),
        ({"medications": [], "encounters": cut_off(Need.ENCOUNTERS)}, missing(RULE, Need.ENCOUNTERS)),
        ({"medications": cut_off(Need.MEDICATIONS), "vitals": [pain(3)]}, NOTHING),
        ({"encounters": cut_off(Need.ENCOUNTERS)}, advice(RULE, "info", unchecked=True)),
        ({"vitals": cut_off(Need.PAIN)}, advice(RULE, "info", unchecked=True)),
        ({"medications": cut_off(Need.MEDICATIONS), "vitals": cut_off(Need.PAIN)}, missing(RULE, Need.MEDICATIONS)),
        ({"problems": cut_off(Need.PROBLEMS, fracture())}, advice(RULE, "info", unchecked=True)),
        ({"problems": cut_off(Need.PROBLEMS), "medications": []}, NOTHING),
        ({"medications": Listing(())}, NOTHING),
    ],
)
def test_data_out_of_reach(given: Any, expected: Any) -> None:
    spec(chart(**given), expected)

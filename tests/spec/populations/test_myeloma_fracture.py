"""BME-SP-03: a painful vertebral fracture in myeloma."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cds_hooks.snapshot.model import Listing
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.problem import Problem
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.moment import days_ago
from tests.builders.snapshot import a_patient, a_problem, a_result, an_event, cut_off, unusable
from tests.builders.verdicts import advice, missing, not_applicable, satisfied, spec

RULE = "BME-SP-03"
SUMMARY = "Myeloma vertebral fracture with persistent pain - consider vertebral augmentation"
CARD = advice(RULE, "info", summary=SUMMARY, offers=["spine_mdt"], unchecked=False, says=["do not apply", "kidney"])
NOTHING, NOT_ASKED = satisfied(RULE), not_applicable(RULE)
MYELOMA = a_problem(Concept.MULTIPLE_MYELOMA)


def fracture(days: int | None = 20, *levels: str) -> Problem:
    when = None if days is None else days_ago(days)
    return a_problem(Concept.VERTEBRAL_FRACTURE, onset=when, recorded=when, levels=levels)


def pain(score: float = 6, days: int = 5) -> Any:
    return a_result(Concept.PAIN_NRS, score, when=days_ago(days))


def chart(**given: Any) -> Patient:
    return a_patient(**{"problems": [fracture(), MYELOMA], "vitals": [pain()], **given})


@pytest.mark.parametrize(
    ("problems", "expected"),
    [
        ([fracture(1), MYELOMA], CARD),
        ([fracture(400), MYELOMA], CARD),
        ([fracture(None), MYELOMA], CARD),
        ([fracture(), a_problem(Concept.MULTIPLE_MYELOMA, Concept.SMOLDERING_MYELOMA)], CARD),
        ([fracture(), a_problem(Concept.MGUS)], NOT_ASKED),
        ([fracture(), a_problem(Concept.MALIGNANCY)], NOT_ASKED),
        ([fracture(), a_problem(Concept.MULTIPLE_MYELOMA, current=False)], NOT_ASKED),
        ([fracture()], NOT_ASKED),
        ([MYELOMA], NOT_ASKED),
    ],
)
def test_myeloma_and_fracture(problems: Any, expected: Any) -> None:
    """When: both are on the problem list, of any age."""
    spec(chart(problems=problems), expected)


@pytest.mark.parametrize(
    ("vitals", "expected"),
    [([pain(4)], CARD), ([pain(3)], NOTHING), ([pain(6, 30)], CARD), ([pain(6, 31)], NOTHING), ([], NOTHING)],
)
def test_the_pain(vitals: Any, expected: Any) -> None:
    """When: the newest score of 30 days is 4 or more. Without a score there is nothing to say."""
    spec(chart(vitals=vitals), expected)


@pytest.mark.parametrize(("levels", "expected"), [(("L1",), NOT_ASKED), ((), NOT_ASKED), (("L2",), CARD)])
def test_an_augmentation(levels: Any, expected: Any) -> None:
    """Unless: the vertebra was augmented."""
    done = an_event(Concept.KYPHOPLASTY, when=days_ago(5), levels=levels)
    spec(chart(problems=[fracture(20, "L1"), MYELOMA], procedures=[done]), expected)


def test_what_it_stands_on() -> None:
    because = ["Condition/multiple_myeloma", "Condition/vertebral_fracture", "Observation/pain_nrs"]
    spec(chart(), advice(RULE, "info", because=because))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"problems": cut_off(Need.PROBLEMS)}, missing(RULE, Need.PROBLEMS)),
        ({"problems": cut_off(Need.PROBLEMS), "vitals": []}, NOTHING),
        ({"problems": cut_off(Need.PROBLEMS, fracture(), MYELOMA)}, advice(RULE, "info", unchecked=True)),
        ({"procedures": cut_off(Need.PROCEDURES)}, missing(RULE, Need.PROCEDURES)),
        ({"vitals": cut_off(Need.PAIN)}, missing(RULE, Need.PAIN)),
        ({"vitals": Listing(())}, NOTHING),
    ],
)
def test_data_out_of_reach(given: Any, expected: Any) -> None:
    spec(chart(**given), expected)


def test_a_score_that_could_not_be_used_is_remarked() -> None:
    """Beside advice, and beside silence."""
    score = Listing((pain(),), None, (replace(unusable(Need.PAIN), about=Concept.PAIN_NRS),))
    spec(chart(vitals=score), advice(RULE, "info", remarked=True))
    spec(chart(vitals=Listing((), None, score.remarks)), satisfied(RULE, remarked=True))

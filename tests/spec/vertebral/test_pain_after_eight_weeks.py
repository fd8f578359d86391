"""BME-VF-04: pain of a vertebral fracture beyond eight weeks."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.snapshot.model import Listing
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.problem import Event, Problem
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.moment import days_ago, on
from tests.builders.snapshot import a_patient, a_problem, a_result, an_event, cut_off, unusable
from tests.builders.verdicts import advice, missing, not_applicable, satisfied, spec

RULE = "BME-VF-04"
SUMMARY = "Vertebral fracture pain beyond 8 weeks - look for non-union, new fracture or other cause"
CARD = advice(RULE, "info", summary=SUMMARY, offers=["mri"], unchecked=False)
NOTHING, NOT_ASKED = satisfied(RULE), not_applicable(RULE)


def fracture(days: int | None = 70, *levels: str, **more: Any) -> Problem:
    onset = None if days is None else days_ago(days)
    return a_problem(Concept.VERTEBRAL_FRACTURE, **{"onset": onset, "recorded": onset, "levels": levels, **more})


def pain(score: float = 6, days: int = 5, **more: Any) -> Any:
    return a_result(Concept.PAIN_NRS, score, when=days_ago(days), **more)


def cement(days: int | None = 10, *levels: str, concept: Concept = Concept.KYPHOPLASTY) -> Event:
    return an_event(concept, when=None if days is None else days_ago(days), levels=levels)


def chart(**given: Any) -> Patient:
    return a_patient(**{"problems": [fracture()], "vitals": [pain()], **given})


def test_what_the_card_says() -> None:
    """Then: it stands on fracture and pain score."""
    because = ["Condition/vertebral_fracture", "Observation/pain_nrs"]
    spec(chart(), CARD, advice(RULE, "info", because=because, says=["Repeat the MRI", "three months"]))


@pytest.mark.parametrize(
    ("problems", "expected"),
    [
        ([fracture(56)], NOT_ASKED),
        ([fracture(57)], CARD),
        ([fracture(89)], CARD),
        ([fracture(90)], NOT_ASKED),
        ([fracture(None, recorded=days_ago(57))], CARD),
        ([fracture(None, recorded=days_ago(90))], NOT_ASKED),
        ([fracture(None, recorded=None)], NOT_ASKED),
        ([fracture(None, onset=on("2025-04"))], NOT_ASKED),
        ([fracture(current=False)], NOT_ASKED),
        ([], NOT_ASKED),
    ],
)
def test_how_old_the_fracture_is(problems: Any, expected: Any) -> None:
    """When: 57 to 89 days, by its onset, else its record."""
    spec(chart(problems=problems), expected)


@pytest.mark.parametrize(
    ("vitals", "expected"),
    [
        ([pain(4)], CARD),
        ([pain(3)], NOTHING),
        ([pain(6, 30)], CARD),
        ([pain(6, 31)], NOTHING),
        ([pain(2, 1), pain(8, 20)], NOTHING),
        ([pain(2, id="one"), pain(8, id="other")], CARD),
        ([pain(4, at_most=True)], NOTHING),
        ([a_result(Concept.PAIN_VAS, 5.5, when=days_ago(3))], CARD),
        ([], NOTHING),
    ],
)
def test_the_pain(vitals: Any, expected: Any) -> None:
    """When: the newest score of 30 days is 4 or more. Without a score there is nothing to say."""
    spec(chart(vitals=vitals), expected)


@pytest.mark.parametrize("concept", [Concept.VERTEBRAL_AUGMENTATION, Concept.KYPHOPLASTY, Concept.VERTEBROPLASTY])
def test_which_procedures_augment(concept: Concept) -> None:
    spec(chart(procedures=[cement(concept=concept)]), NOT_ASKED)
    spec(chart(procedures=[an_event(Concept.CORE_DECOMPRESSION, when=days_ago(5))]), CARD)


@pytest.mark.parametrize(
    ("levels", "done", "expected"),
    [
        (("L1",), cement(10, "L1"), True),
        (("L1",), cement(10, "L2"), False),
        (("L1",), cement(400, "L1"), True),
        (("L1",), cement(10), True),
        ((), cement(10, "L1"), True),
        (("L1",), cement(70), True),
        (("L1",), cement(71), False),
        (("L1",), cement(None), True),
    ],
)
def test_an_augmentation(levels: tuple[str, ...], done: Event, expected: bool) -> None:
    """Unless: this vertebra was augmented, or one of an unknown level since the fracture."""
    found = chart(problems=[fracture(70, *levels)], procedures=[done])
    spec(found, NOT_ASKED if expected else advice(RULE, "info"))


def test_an_augmentation_of_the_very_moment_of_the_fracture() -> None:
    """Unless: it was not made before."""
    moment = on("2025-04-06T10:00:00+00:00")
    found = chart(problems=[fracture(None, onset=moment)], procedures=[an_event(Concept.KYPHOPLASTY, when=moment)])
    spec(found, NOT_ASKED)


@pytest.mark.parametrize(
    ("fractures", "service"),
    [
        ([fracture(70, "L1")], "mri_lumbar_spine"),
        ([fracture(70, "T12")], "mri_thoracic_spine"),
        ([fracture(70, "C5")], "mri_cervical_spine"),
        ([fracture(70, "L1", "L4/5")], "mri_lumbar_spine"),
        ([fracture(70, "T12", "L1")], "mri"),
        ([fracture(70, "T12"), fracture(80, "L1", id="second")], "mri"),
        ([fracture(70, "L1"), fracture(10, "T4", id="second")], "mri_lumbar_spine"),
        ([fracture(70)], "mri"),
    ],
)
def test_which_part_of_the_spine(fractures: Any, service: str) -> None:
    """Then: an MRI of the part where the fracture is; of the region where that is not known."""
    spec(chart(problems=fractures), advice(RULE, "info", offers=[service]))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"problems": cut_off(Need.PROBLEMS)}, missing(RULE, Need.PROBLEMS)),
        ({"procedures": cut_off(Need.PROCEDURES)}, missing(RULE, Need.PROCEDURES)),
        ({"procedures": cut_off(Need.PROCEDURES, cement())}, NOT_ASKED),
        ({"vitals": cut_off(Need.PAIN)}, missing(RULE, Need.PAIN)),
        ({"procedures": cut_off(Need.PROCEDURES), "vitals": []}, NOTHING),
        ({"problems": cut_off(Need.PROBLEMS, fracture())}, advice(RULE, "info", unchecked=True)),
        ({"vitals": Listing((), remarks=(unusable(Need.PAIN),))}, satisfied(RULE)),
    ],
)
def test_data_out_of_reach(given: Any, expected: Any) -> None:
    spec(chart(**given), expected)

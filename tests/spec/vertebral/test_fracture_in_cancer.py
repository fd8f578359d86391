"""BME-VF-08: kyphoplasty as an option in a vertebral fracture with cancer."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.snapshot.model import Listing
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.problem import Problem
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.moment import days_ago
from tests.builders.snapshot import a_patient, a_problem, a_result, an_event, cut_off, unusable
from tests.builders.verdicts import advice, missing, not_applicable, satisfied, spec

RULE = "BME-VF-08"
PAINFUL = "Painful cancer-related vertebral fracture - balloon kyphoplasty: about 80 % pain relief reported"
UNSAID = "Cancer-related vertebral fracture, if painful - balloon kyphoplasty: about 80 % pain relief reported"
TEAM = ["oncology_spine_mdt"]
CARD = advice(RULE, "info", summary=PAINFUL, offers=TEAM, arm="", unchecked=False, says=["radiotherapy"])
IF_PAINFUL = advice(RULE, "info", summary=UNSAID, offers=TEAM, arm="no pain score", unchecked=False)
NOTHING, NOT_ASKED = satisfied(RULE), not_applicable(RULE)
CANCER = a_problem(Concept.MALIGNANCY)


def fracture(days: int | None = 20, *levels: str, **more: Any) -> Problem:
    onset = None if days is None else days_ago(days)
    return a_problem(Concept.VERTEBRAL_FRACTURE, **{"onset": onset, "recorded": onset, "levels": levels, **more})


def pain(score: float = 6, days: int = 5, **more: Any) -> Any:
    return a_result(Concept.PAIN_NRS, score, when=days_ago(days), **more)


def chart(**given: Any) -> Patient:
    return a_patient(**{"problems": [fracture(), CANCER], "vitals": [pain()], **given})


@pytest.mark.parametrize(
    ("concept", "expected"),
    [
        (Concept.MALIGNANCY, CARD),
        (Concept.BONE_METASTASIS, CARD),
        (Concept.PRIMARY_BONE_TUMOR, CARD),
        (Concept.NEOPLASTIC_FRACTURE, CARD),
        (Concept.MULTIPLE_MYELOMA, NOT_ASKED),
        (Concept.MALIGNANCY_HISTORY, NOT_ASKED),
        (Concept.MGUS, NOT_ASKED),
        (Concept.PATHOLOGICAL_FRACTURE, NOT_ASKED),
    ],
)
def test_which_cancers(concept: Concept, expected: Any) -> None:
    """When: a cancer is on the problem list; myeloma has a rule of its own."""
    spec(chart(problems=[fracture(), a_problem(concept)]), expected)


def test_cancers_that_do_not_count() -> None:
    """Unless: over, of the skin without melanoma, or beside a myeloma."""
    skin = a_problem(Concept.MALIGNANCY, Concept.SKIN_CANCER_NOT_MELANOMA)
    over = a_problem(Concept.MALIGNANCY, current=False)
    myeloma = a_problem(Concept.MULTIPLE_MYELOMA, Concept.MALIGNANCY)
    for problems in ([fracture(), skin], [fracture(), over], [fracture(), CANCER, myeloma], [CANCER], [fracture()]):
        spec(chart(problems=problems), NOT_ASKED)


@pytest.mark.parametrize("days", [1, 89, 90, 700, None])
def test_a_fracture_of_any_age(days: int | None) -> None:
    spec(chart(problems=[fracture(days), CANCER]), CARD)


@pytest.mark.parametrize(
    ("vitals", "expected"),
    [
        ([pain(4)], CARD),
        ([pain(3)], NOTHING),
        ([pain(3, id="one"), pain(8, id="other")], CARD),
        ([pain(6, 30)], CARD),
        ([pain(6, 31)], IF_PAINFUL),
        ([pain(2, 31)], IF_PAINFUL),
        ([pain(5, at_most=True)], IF_PAINFUL),
        ([pain(4, at_most=True)], NOTHING),
        ([], IF_PAINFUL),
    ],
)
def test_the_pain(vitals: Any, expected: Any) -> None:
    """Unless: the newest score of 30 days is below 4. Without a score that decides: "if painful"."""
    spec(chart(vitals=vitals), expected)


@pytest.mark.parametrize(
    ("days", "levels", "expected"),
    [(20, ("L1",), NOT_ASKED), (20, ("L2",), CARD), (20, (), NOT_ASKED), (None, (), NOT_ASKED)],
)
def test_an_augmentation(days: int | None, levels: Any, expected: Any) -> None:
    """Unless: the vertebra was augmented; without dates nothing shows that it was another one."""
    done = an_event(Concept.KYPHOPLASTY, when=days_ago(5), levels=levels)
    spec(chart(problems=[fracture(days, "L1"), CANCER], procedures=[done]), expected)


def test_what_it_stands_on() -> None:
    because = ["Condition/vertebral_fracture", "Condition/malignancy", "Observation/pain_nrs"]
    spec(chart(), advice(RULE, "info", because=because))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"problems": cut_off(Need.PROBLEMS)}, missing(RULE, Need.PROBLEMS)),
        ({"problems": cut_off(Need.PROBLEMS, fracture())}, missing(RULE, Need.PROBLEMS)),
        ({"problems": cut_off(Need.PROBLEMS, fracture(), CANCER)}, advice(RULE, "info", unchecked=True)),
        ({"procedures": cut_off(Need.PROCEDURES)}, missing(RULE, Need.PROCEDURES)),
        ({"procedures": cut_off(Need.PROCEDURES), "vitals": [pain(2)]}, NOTHING),
        ({"vitals": cut_off(Need.PAIN)}, missing(RULE, Need.PAIN)),
        ({"vitals": cut_off(Need.PAIN, pain())}, advice(RULE, "info", unchecked=True)),
        (
            {"vitals": Listing((), remarks=(unusable(Need.PAIN, "x"),))},
            advice(RULE, "info", arm="no pain score", remarked=False),
        ),
    ],
)
def test_data_out_of_reach(given: Any, expected: Any) -> None:
    spec(chart(**given), expected)

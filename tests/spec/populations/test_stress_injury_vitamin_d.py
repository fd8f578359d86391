"""BME-SP-06: vitamin D in a stress injury."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.snapshot.model import Listing
from cds_hooks.snapshot.patient import Demographics, Patient
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.moment import born, days_ago
from tests.builders.snapshot import a_patient, a_problem, a_result, cut_off, unusable
from tests.builders.verdicts import Expected, advice, missing, not_applicable, satisfied, spec

RULE = "BME-SP-06"
SUMMARY = "Stress injury with suboptimal vitamin D - correct it and adapt load"
FRACTURE = a_problem(Concept.STRESS_FRACTURE)
SAY = advice(RULE, "info", summary=SUMMARY, offers=[])
SUPPLEMENT = advice(RULE, "info", summary=SUMMARY, offers=["colecalciferol"])


def a_level(value: float, **result: Any) -> Any:
    return a_result(Concept.VITAMIN_D_25_OH, value, **result)


def injured(*levels: Any, **chart: Any) -> Patient:
    return a_patient(**{"problems": (FRACTURE,), "bone_labs": levels, **chart})


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        (a_level(29.9), SAY),
        (a_level(30.0), satisfied(RULE)),
        (a_level(20.0), SAY),
        (a_level(19.9), SUPPLEMENT),
        (a_level(19.9, when=days_ago(365)), SUPPLEMENT),
        (a_level(19.9, when=days_ago(366)), satisfied(RULE)),
        (a_level(30.0, at_most=True), SAY),
        (a_level(40.0, at_most=True), satisfied(RULE)),
    ],
)
def test_the_level(level: Any, expected: Expected) -> None:
    """When: below 30 ng/mL in the last year. Then: vitamin D is offered below 20."""
    spec(injured(level), expected)


def test_the_card() -> None:
    """Then: fracture and level stand on the card; between the bands it says that sources differ."""
    because = ["Condition/stress_fracture", "Observation/vitamin_d_25_oh"]
    says = ["83 %", "between 20 and 30 ng/mL"]
    spec(injured(a_level(25.0)), advice(RULE, "info", because=because, says=says, unchecked=False, remarked=False))


@pytest.mark.parametrize(
    "problems", [(), (a_problem(Concept.STRESS_FRACTURE, current=False),), (a_problem(Concept.FRACTURE),)]
)
def test_no_stress_injury(problems: Any) -> None:
    """When: an active stress fracture."""
    spec(injured(a_level(15.0), problems=problems), not_applicable(RULE))


def test_no_level() -> None:
    """When: a level that is missing is asked for by another rule."""
    spec(injured(), satisfied(RULE))


@pytest.mark.parametrize(
    ("demographics", "expected"),
    [
        (Demographics(gender="female", birth_date=born(18)), SUPPLEMENT),
        (Demographics(gender="female", birth_date=born(17)), SAY),
        (Demographics(gender="female"), SAY),
    ],
)
def test_age(demographics: Demographics, expected: Expected) -> None:
    """Then: vitamin D is offered to adults only."""
    spec(injured(a_level(15.0), demographics=demographics), expected)


@pytest.mark.parametrize(
    ("chart", "expected"),
    [
        ({"problems": cut_off(Need.PROBLEMS)}, missing(RULE, Need.PROBLEMS)),
        ({"problems": cut_off(Need.PROBLEMS), "bone_labs": ()}, satisfied(RULE)),
        ({"bone_labs": cut_off(Need.VITAMIN_D)}, missing(RULE, Need.VITAMIN_D)),
        ({"bone_labs": cut_off(Need.VITAMIN_D, a_level(15.0))}, advice(RULE, "info", unchecked=True)),
        ({"problems": cut_off(Need.PROBLEMS, FRACTURE)}, advice(RULE, "info", unchecked=True)),
    ],
)
def test_out_of_reach(chart: Any, expected: Expected) -> None:
    """A level that could not be read is not one that is high enough."""
    spec(injured(**{"bone_labs": (a_level(15.0),), **chart}), expected)


def test_results_that_could_not_be_used_are_remarked() -> None:
    """Remarks of the results stand on the card, or beside the silence."""
    remarks = (unusable(Need.VITAMIN_D),)
    about = tuple(type(each)(each.fact, each.kind, each.text, Concept.VITAMIN_D_25_OH) for each in remarks)
    spec(injured(bone_labs=Listing((a_level(15.0),), None, about)), advice(RULE, "info", remarked=True))
    spec(injured(bone_labs=Listing((), None, about)), satisfied(RULE, remarked=True))

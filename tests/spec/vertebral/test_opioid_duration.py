"""BME-VF-03: in vertebral fracture opioids are kept short."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.authoring.verdict import Advice
from cds_hooks.snapshot.medication import Medication, Order, Standing
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.moment import days_ago
from tests.builders.snapshot import a_draft, a_medication, a_patient, a_problem, an_order, cut_off
from tests.builders.verdicts import Expected, advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-VF-03"
SUMMARY = "Keep opioids short in vertebral fracture - sedation, falls and deconditioning"
SHORTER = "update MedicationRequest/draft-oxycodone: limit the supply to a few days"
FRACTURE = a_problem(Concept.VERTEBRAL_FRACTURE)
SAYS = ("review within days", "without opioids")
WARNING = advice(RULE, "warning", summary=SUMMARY, offers=[SHORTER], arm="", unchecked=False, says=SAYS)
ASK = advice(RULE, "info", summary=SUMMARY, offers=[SHORTER], arm="no duration", unchecked=False)


def oxycodone(supply_days: float | None) -> Order:
    return a_draft("oxycodone", supply_days=supply_days)


def earlier(days: int, supply_days: float | None = None, **overrides: Any) -> Medication:
    return a_medication("morphine", written=days_ago(days), supply_days=supply_days, **overrides)


@pytest.mark.parametrize(
    ("supply_days", "expected"), [(7.1, WARNING), (7, satisfied(RULE)), (3, satisfied(RULE)), (None, ASK)]
)
def test_the_supply(supply_days: float | None, expected: Expected) -> None:
    """When: longer than 7 days warns; not stated asks for a stop date."""
    spec(a_patient(oxycodone(supply_days), problems=[FRACTURE]), expected)


@pytest.mark.parametrize("concept", [Concept.VERTEBRAL_FRACTURE, Concept.UNSTABLE_VERTEBRAL_FRACTURE])
def test_in_vertebral_fracture_alone(concept: Concept) -> None:
    """When: current; over, or another fracture, is not its business."""
    because = ["MedicationRequest/draft-oxycodone", f"Condition/{concept}"]
    patient = a_patient(oxycodone(10), problems=[a_problem(concept)])
    spec(patient, advice(RULE, "warning", because=because))
    over = a_problem(concept, current=False)
    spec(a_patient(oxycodone(10), problems=[over]), not_applicable(RULE))
    spec(a_patient(oxycodone(10), problems=[a_problem(Concept.LOWER_LIMB_FRACTURE)]), not_applicable(RULE))


@pytest.mark.parametrize(
    ("courses", "expected"),
    [
        ([earlier(14)], WARNING),  # today and 14 days before
        ([earlier(13)], satisfied(RULE)),
        ([earlier(20, 15)], WARNING),
        ([earlier(20, 14)], satisfied(RULE)),
        ([earlier(20, 7), earlier(12, 8)], WARNING),
        ([earlier(20, 7), earlier(20, 7)], satisfied(RULE)),
        ([earlier(40, standing=Standing.ENDED, stopped=days_ago(15))], WARNING),  # 29 to 15 days ago
        ([earlier(40, standing=Standing.ENDED, stopped=days_ago(16))], satisfied(RULE)),
        ([earlier(400, 300, standing=Standing.ENDED)], satisfied(RULE)),
        ([a_medication("ibuprofen", written=days_ago(90))], satisfied(RULE)),
    ],
)
def test_opioids_on_many_days(courses: list[Medication], expected: Expected) -> None:
    """When: on more than 14 of the last 30 days, each day counted once; also where the new supply is short."""
    spec(a_patient(oxycodone(3), problems=[FRACTURE], medications=courses), expected)


def test_the_card_names_the_courses() -> None:
    """Then: supply and earlier orders are its facts; a stop date is asked for where none is stated."""
    patient = a_patient(oxycodone(None), problems=[FRACTURE], medications=[earlier(20)])
    spec(patient, advice(RULE, "warning", because=["MedicationRequest/morphine"], arm=""))
    verdict = judge(RULE, patient)
    assert isinstance(verdict, Advice)
    assert "state a stop date" in verdict.detail[0]
    assert ("supply", "not stated", "") in {(fact.name, fact.value, fact.unit) for fact in verdict.because}
    long = judge(RULE, a_patient(oxycodone(10), problems=[FRACTURE]))
    assert isinstance(long, Advice)
    assert "state a stop date" not in " ".join(long.detail)
    assert ("supply", "10", "d") in {(fact.name, fact.value, fact.unit) for fact in long.because}


def test_thresholds_are_the_sites_choice() -> None:
    """Supply, days and look-back may be set."""
    policy = {"vertebral-opioid-supply": 5.0, "vertebral-opioid-days-taken": 10.0, "vertebral-opioid-look-back": 60.0}
    spec(a_patient(oxycodone(6), problems=[FRACTURE], policy=policy), WARNING)
    course = earlier(55, 11)
    spec(a_patient(oxycodone(3), problems=[FRACTURE], medications=[course], policy=policy), WARNING)


def test_other_orders_are_not_its_business() -> None:
    """When: an opioid is ordered."""
    for order in (a_draft("ibuprofen", supply_days=60), an_order(), an_order(kind="MedicationRequest")):
        spec(a_patient(order, problems=[FRACTURE]), not_applicable(RULE))


def test_what_could_not_be_read() -> None:
    """Whether there is a fracture must be known; earlier opioids may stand in the unread part of the list."""
    spec(a_patient(oxycodone(10), problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))
    partial = a_patient(oxycodone(10), problems=cut_off(Need.PROBLEMS, FRACTURE))
    spec(partial, advice(RULE, "warning", unchecked=True))
    short = a_patient(oxycodone(3), problems=[FRACTURE], medications=cut_off(Need.MEDICATIONS))
    spec(short, missing(RULE, Need.MEDICATIONS))
    few = cut_off(Need.MEDICATIONS, earlier(10))
    spec(a_patient(oxycodone(3), problems=[FRACTURE], medications=few), missing(RULE, Need.MEDICATIONS))
    many = cut_off(Need.MEDICATIONS, earlier(20))
    spec(a_patient(oxycodone(3), problems=[FRACTURE], medications=many), advice(RULE, "warning", unchecked=True))
    not_stated = a_patient(oxycodone(None), problems=[FRACTURE], medications=cut_off(Need.MEDICATIONS))
    spec(not_stated, advice(RULE, "info", unchecked=True, arm="no duration"))

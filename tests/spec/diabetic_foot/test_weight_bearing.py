"""BME-CF-04: an order that allows weight-bearing conflicts with an active Charcot foot."""

from __future__ import annotations

import pytest

from cds_hooks.snapshot.report_text import Region
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.snapshot import a_patient, a_problem, an_order, cut_off
from tests.builders.verdicts import advice, missing, not_applicable, satisfied, spec

RULE = "BME-CF-04"
SUMMARY = "Active Charcot foot: weight-bearing order conflicts with mandatory offloading"
CHARCOT = a_problem(Concept.CHARCOT)
UPDATE = "update ServiceRequest/draft: state non-weight-bearing"


@pytest.mark.parametrize(
    "concepts",
    [
        (Concept.WEIGHT_BEARING_ALLOWED,),
        (Concept.PHYSIOTHERAPY, Concept.WEIGHT_BEARING_ALLOWED),
        (Concept.EXERCISE_ORDER, Concept.WEIGHT_BEARING_ALLOWED),
        (Concept.WEIGHT_BEARING_RESTRICTED, Concept.WEIGHT_BEARING_ALLOWED),
        (Concept.OFFLOADING_ENDED,),
    ],
)
def test_weight_bearing(concepts: tuple[Concept, ...]) -> None:
    """When: the order allows weight-bearing, at once or later, or ends the offloading."""
    because = ["ServiceRequest/draft", "Condition/charcot"]
    card = advice(RULE, "warning", summary=SUMMARY, offers=[UPDATE], because=because, unchecked=False)
    spec(a_patient(an_order(*concepts), problems=[CHARCOT]), card)


@pytest.mark.parametrize(
    "concepts",
    [
        (Concept.PHYSIOTHERAPY,),
        (Concept.EXERCISE_ORDER,),
        (Concept.PHYSIOTHERAPY, Concept.WEIGHT_BEARING_RESTRICTED),
        (Concept.OFFLOADING_DEVICE,),
    ],
)
def test_orders_that_do_not_say_it(concepts: tuple[Concept, ...]) -> None:
    """When: without the weight-bearing status nothing is said."""
    spec(a_patient(an_order(*concepts), problems=[CHARCOT]), not_applicable(RULE))


def test_without_an_active_charcot_foot() -> None:
    """When: none, one in remission, one that its own words call inactive, or one of the shoulder."""
    order = an_order(Concept.WEIGHT_BEARING_ALLOWED)
    spec(a_patient(order), satisfied(RULE))
    spec(a_patient(order, problems=[a_problem(Concept.CHARCOT, current=False)]), satisfied(RULE))
    inactive = a_problem(Concept.CHARCOT, Concept.CHARCOT_INACTIVE)
    spec(a_patient(order, problems=[inactive]), satisfied(RULE))
    shoulder = a_problem(Concept.CHARCOT, site=Site(Region.SHOULDER))
    spec(a_patient(order, problems=[shoulder]), satisfied(RULE))


def test_out_of_reach() -> None:
    """A failed query is never "no Charcot foot"."""
    order = an_order(Concept.WEIGHT_BEARING_ALLOWED)
    spec(a_patient(order, problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))
    spec(a_patient(order, problems=cut_off(Need.PROBLEMS, CHARCOT)), advice(RULE, "warning", unchecked=True))

"""BME-VF-02: early mobilization instead of bed rest in vertebral fracture."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.snapshot.report_text.model import Region
from cds_hooks.snapshot.site import ANYWHERE, Site
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.moment import days_ago, on
from tests.builders.snapshot import a_patient, a_problem, a_reason, an_order, cut_off
from tests.builders.verdicts import advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-VF-02"
SUMMARY = "Prolonged bed rest in vertebral compression fracture is linked to worse outcome - mobilize early"
SPINE, ANKLE = Site(Region.SPINE), Site(Region.ANKLE_FOOT)
REST = an_order(Concept.BED_REST)
MOBILIZE = "physiotherapy_early_mobilization"
OFFERS = ["delete ServiceRequest/draft", MOBILIZE]
CARD = advice(RULE, "warning", summary=SUMMARY, offers=OFFERS, unchecked=False)


def fracture(days: int | None = 12, **more: Any) -> Any:
    return a_problem(Concept.VERTEBRAL_FRACTURE, onset=None if days is None else days_ago(days), **more)


@pytest.mark.parametrize(("days", "fires"), [(None, True), (10, True), (3.5, True), (3, False), (1, False)])
def test_how_long(days: float | None, fires: bool) -> None:
    """When: for more than 3 days, or without an end."""
    order = an_order(Concept.BED_REST, planned_days=days)
    spec(a_patient(order, problems=[fracture()]), CARD if fires else not_applicable(RULE))


def test_which_orders() -> None:
    """When: bed rest anywhere; a cast at the spine alone, since that of a limb offloads."""
    cast, jacket = an_order(Concept.IMMOBILIZER, site=ANKLE), an_order(Concept.IMMOBILIZER, site=SPINE)
    unsaid = an_order(Concept.IMMOBILIZER, site=ANYWHERE)
    spec(a_patient(jacket, problems=[fracture()]), CARD)
    spec(a_patient(an_order(Concept.BED_REST, site=ANKLE), problems=[fracture()]), CARD)
    for order in (cast, unsaid, an_order(Concept.PHYSIOTHERAPY)):
        spec(a_patient(order, problems=[fracture()]), not_applicable(RULE))


@pytest.mark.parametrize(
    ("problem", "fires"),
    [
        (fracture(180), True),
        (fracture(181), False),
        (fracture(None, recorded=days_ago(180)), True),
        (fracture(None, recorded=days_ago(181)), False),
        (fracture(None, recorded=None), True),
        (a_problem(Concept.VERTEBRAL_FRACTURE, onset=on("2024-12")), False),
        (fracture(12, current=False), False),
        (a_problem(Concept.FRACTURE), False),
    ],
)
def test_which_fracture(problem: Any, fires: bool) -> None:
    """When: a current vertebral fracture of the last 180 days, or without a date."""
    spec(a_patient(REST, problems=[problem]), CARD if fires else not_applicable(RULE))


def test_the_fracture_as_reason() -> None:
    """When: the order's own reason may state it."""
    order = an_order(Concept.BED_REST, reasons=a_reason(Concept.VERTEBRAL_FRACTURE))
    spec(a_patient(order), CARD)
    spec(a_patient(order, problems=[fracture()]), CARD)
    other = an_order(Concept.BED_REST, reasons=a_reason(Concept.STROKE_TIA))
    spec(a_patient(other), not_applicable(RULE))


@pytest.mark.parametrize("listed", [fracture(181), fracture(12, current=False)])
def test_an_old_fracture_as_reason(listed: Any) -> None:
    """Unless: the problem list says that the fracture which is the reason is old, or over."""
    order = an_order(Concept.BED_REST, reasons=a_reason(Concept.VERTEBRAL_FRACTURE))
    spec(a_patient(order, problems=[listed]), not_applicable(RULE))
    spec(a_patient(order, problems=[listed, fracture()]), CARD)


@pytest.mark.parametrize("concept", [Concept.UNSTABLE_VERTEBRAL_FRACTURE, Concept.MYELOPATHY, Concept.CAUDA_EQUINA])
def test_unstable(concept: Concept) -> None:
    """Unless: unstable, or the cord or the cauda equina at risk."""
    spec(a_patient(REST, problems=[fracture(), a_problem(concept)]), satisfied(RULE))
    spec(a_patient(REST, problems=[fracture(), a_problem(concept, current=False)]), CARD)


@pytest.mark.parametrize(
    ("problem", "told"),
    [
        (a_problem(Concept.EDEMA_SYNDROME, site=ANKLE), True),
        (a_problem(Concept.EDEMA, site=ANKLE), True),
        (a_problem(Concept.EDEMA, site=SPINE), False),
        (a_problem(Concept.EDEMA), False),
        (a_problem(Concept.OSTEOARTHRITIS, site=ANKLE), False),
    ],
)
def test_edema_of_a_limb_beside_it(problem: Any, told: bool) -> None:
    """Then: mobilize with a walking aid where a limb has to be offloaded."""
    verdict = judge(RULE, a_patient(REST, problems=[fracture(), problem]))
    assert any("walking aid" in line for line in getattr(verdict, "detail", ())) == told


def test_out_of_reach() -> None:
    """A failed query is never "no fracture"; one that was cut off may hide an unstable one: nothing is removed."""
    spec(a_patient(REST, problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))
    part = a_patient(REST, problems=cut_off(Need.PROBLEMS, fracture()))
    spec(part, advice(RULE, "warning", offers=[MOBILIZE], unchecked=True))
    old = a_patient(REST, problems=cut_off(Need.PROBLEMS, fracture(400)))
    spec(old, missing(RULE, Need.PROBLEMS))

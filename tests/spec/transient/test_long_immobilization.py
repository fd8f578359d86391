"""BME-TB-06: long immobilization is not a treatment for edema syndrome."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.snapshot.report_text.model import Region
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.snapshot import UNREADABLE_REASON, a_patient, a_problem, a_reason, an_order, cut_off
from tests.builders.verdicts import advice, missing, not_applicable, satisfied, spec

RULE = "BME-TB-06"
SUMMARY = "Long immobilization has not worked well in BMES - prefer protected weight-bearing with physiotherapy"
ANKLE, HIP = Site(Region.ANKLE_FOOT), Site(Region.HIP)
SYNDROME = a_problem(Concept.EDEMA_SYNDROME, site=ANKLE)
OFFERS = ["update ServiceRequest/draft: shorten the immobilization", "physiotherapy"]
CARD = advice(RULE, "info", summary=SUMMARY, offers=OFFERS, unchecked=False)


def cast(days: float | None = 70, *reasons: Concept) -> Any:
    stated: dict[str, Any] = {"reasons": a_reason(*reasons)} if reasons else {}
    return an_order(Concept.IMMOBILIZER, site=ANKLE, planned_days=days, **stated)


@pytest.mark.parametrize(("days", "fires"), [(70, True), (43, True), (42, False), (None, False)])
def test_how_long(days: float | None, fires: bool) -> None:
    """When: for more than 42 days; a duration that is not said is silent."""
    spec(a_patient(cast(days), problems=[SYNDROME]), CARD if fires else not_applicable(RULE))


def test_which_orders() -> None:
    """When: a cast for the syndrome, stated or active without another reason."""
    spec(a_patient(cast(70, Concept.EDEMA_SYNDROME)), CARD)
    spec(a_patient(cast()), not_applicable(RULE))
    spec(a_patient(cast(70, Concept.OSTEOARTHRITIS), problems=[SYNDROME]), not_applicable(RULE))
    removal = an_order(Concept.IMMOBILIZER, Concept.OFFLOADING_ENDED, site=ANKLE, planned_days=70)
    spec(a_patient(removal, problems=[SYNDROME]), not_applicable(RULE))
    rest = an_order(Concept.BED_REST, planned_days=70)
    spec(a_patient(rest, problems=[SYNDROME]), not_applicable(RULE))


@pytest.mark.parametrize(
    "concept",
    [
        Concept.CHARCOT,
        Concept.FRACTURE,
        Concept.STRESS_FRACTURE,
        Concept.SUBCHONDRAL_FRACTURE,
        Concept.LOWER_LIMB_FRACTURE,
        Concept.PATHOLOGICAL_FRACTURE,
    ],
)
def test_a_fracture_or_a_charcot_foot(concept: Concept) -> None:
    """Unless: active at the site or without a site, or stated as a reason."""
    for problem in (a_problem(concept, site=ANKLE), a_problem(concept)):
        spec(a_patient(cast(), problems=[SYNDROME, problem]), satisfied(RULE))
    for problem in (a_problem(concept, site=HIP), a_problem(concept, site=ANKLE, current=False)):
        spec(a_patient(cast(), problems=[SYNDROME, problem]), CARD)
    spec(a_patient(cast(70, Concept.EDEMA, concept)), not_applicable(RULE))


def test_out_of_reach() -> None:
    """It cannot be said what it is for; a list that was cut off may hide a fracture, which the card says."""
    spec(a_patient(cast(), problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))
    unreadable = an_order(Concept.IMMOBILIZER, planned_days=70, reasons=UNREADABLE_REASON)
    spec(a_patient(unreadable, problems=[SYNDROME]), missing(RULE, Need.PROBLEMS))
    stated = cast(70, Concept.EDEMA)
    spec(a_patient(stated, problems=cut_off(Need.PROBLEMS)), advice(RULE, "info", unchecked=True))

"""BME-RF-09: platelet-rich plasma and stem cells are not standard in marrow edema."""

from __future__ import annotations

import pytest

from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.snapshot import UNREADABLE_REASON, a_patient, a_problem, a_reason, an_order, cut_off
from tests.builders.verdicts import advice, missing, not_applicable, spec

RULE = "BME-RF-09"
SUMMARY = "PRP or stem-cell injection for marrow edema is investigational - confirm indication and consent"
SYNDROME = a_problem(Concept.EDEMA_SYNDROME)


@pytest.mark.parametrize("concept", [Concept.PLATELET_RICH_PLASMA, Concept.CELL_THERAPY])
def test_for_edema(concept: Concept) -> None:
    """When: plasma or cells for edema, stated or with the syndrome active."""
    card = advice(RULE, "warning", summary=SUMMARY, offers=[], because=["ServiceRequest/draft"], unchecked=False)
    spec(a_patient(an_order(concept), problems=[SYNDROME]), card)
    spec(a_patient(an_order(concept, reasons=a_reason(Concept.EDEMA))), card)


def test_for_something_else() -> None:
    """When: for osteoarthritis, without the syndrome, or another order."""
    plasma = an_order(Concept.PLATELET_RICH_PLASMA, reasons=a_reason(Concept.OSTEOARTHRITIS))
    spec(a_patient(plasma, problems=[SYNDROME]), not_applicable(RULE))
    spec(a_patient(an_order(Concept.PLATELET_RICH_PLASMA)), not_applicable(RULE))
    spec(a_patient(an_order(Concept.ESWT), problems=[SYNDROME]), not_applicable(RULE))


def test_out_of_reach() -> None:
    """It cannot be said what it is for."""
    plasma = an_order(Concept.PLATELET_RICH_PLASMA)
    spec(a_patient(plasma, problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))
    unreadable = an_order(Concept.PLATELET_RICH_PLASMA, reasons=UNREADABLE_REASON)
    spec(a_patient(unreadable, problems=[SYNDROME]), missing(RULE, Need.PROBLEMS))

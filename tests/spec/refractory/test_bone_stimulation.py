"""BME-RF-07: electromagnetic bone stimulation in bone marrow edema."""

from __future__ import annotations

from cds_hooks.authoring.verdict import Group
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.snapshot import UNREADABLE_REASON, a_patient, a_problem, a_reason, an_order, cut_off
from tests.builders.verdicts import advice, missing, not_applicable, spec

RULE = "BME-RF-07"
SUMMARY = "Electromagnetic bone stimulation in BMES: evidence conflicts - use only after standard care"
FIELD = an_order(Concept.PEMF)
SYNDROME = a_problem(Concept.EDEMA_SYNDROME)


def test_for_edema() -> None:
    """When: ordered for it by its reason, or with the syndrome active and no reason. Then: a basis card."""
    card = advice(RULE, "info", summary=SUMMARY, offers=[], group=Group.STIMULATION_BASIS, unchecked=False)
    spec(a_patient(FIELD, problems=[SYNDROME]), card)
    spec(a_patient(an_order(Concept.PEMF, reasons=a_reason(Concept.EDEMA))), card)


def test_for_something_else() -> None:
    """When: for another reason, without the syndrome, or another order."""
    spec(a_patient(FIELD), not_applicable(RULE))
    stated = an_order(Concept.PEMF, reasons=a_reason(Concept.FRACTURE))
    spec(a_patient(stated, problems=[SYNDROME]), not_applicable(RULE))
    spec(a_patient(an_order(Concept.ESWT), problems=[SYNDROME]), not_applicable(RULE))


def test_out_of_reach() -> None:
    """It cannot be said what it is for."""
    spec(a_patient(FIELD, problems=cut_off(Need.PROBLEMS)), missing(RULE, Need.PROBLEMS))
    unreadable = an_order(Concept.PEMF, reasons=UNREADABLE_REASON)
    spec(a_patient(unreadable, problems=[SYNDROME]), missing(RULE, Need.PROBLEMS))

"""BME-DS-NIF-03: modified release, pregnancy and other antihypertensives with nifedipine."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.authoring.verdict import Advice
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need, Route
from tests.builders.snapshot import A_WOMAN, a_draft, a_medication, a_patient, a_problem, an_order, cut_off
from tests.builders.verdicts import advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-DS-NIF-03"
SUMMARY = "Nifedipine: prefer modified release; check pregnancy and other BP drugs"
CHANGE = "update MedicationRequest/draft-nifedipine: choose a modified-release form"
RETARD = a_draft("nifedipine", form="Extended Release Oral Tablet")
CAPSULE = a_draft("nifedipine", form="Oral Capsule")
IMMEDIATE = advice(RULE, "warning", summary=SUMMARY, offers=[CHANGE], unchecked=False)
PREGNANCY = a_problem(Concept.PREGNANCY)
RAMIPRIL = a_medication("ramipril", group=DrugGroup.ACE_INHIBITOR)
BISOPROLOL = a_medication("bisoprolol", group=DrugGroup.BETA_BLOCKER)
MAGNESIUM = a_medication("magnesium sulfate", group=DrugGroup.MAGNESIUM_SULFATE, route=Route.PARENTERAL)


def said(order: Order, **chart: Any) -> str:
    verdict = judge(RULE, a_patient(order, **chart))
    assert isinstance(verdict, Advice)
    return " ".join(verdict.detail)


def test_the_form() -> None:
    """When: an immediate-release form; modified release and no stated form are silent."""
    spec(a_patient(CAPSULE), IMMEDIATE)
    spec(a_patient(RETARD), satisfied(RULE))
    spec(a_patient(a_draft("nifedipine")), satisfied(RULE))


def test_pregnancy() -> None:
    """When: pregnant. Then: a warning, whatever the form; the form is changed only where it is the matter."""
    patient = a_patient(RETARD, problems=[PREGNANCY], demographics=A_WOMAN)
    spec(patient, advice(RULE, "warning", summary=SUMMARY, offers=[], because=["Condition/pregnancy"], unchecked=False))
    both = a_patient(CAPSULE, problems=[PREGNANCY], demographics=A_WOMAN)
    spec(both, advice(RULE, "warning", offers=[CHANGE], because=["Condition/pregnancy"]))


def test_other_antihypertensives() -> None:
    """When: two substances inform, one is silent; nifedipine itself is not counted."""
    because = ["MedicationRequest/draft-nifedipine", "MedicationRequest/ramipril", "MedicationRequest/bisoprolol"]
    two = a_patient(RETARD, medications=[RAMIPRIL, BISOPROLOL])
    spec(two, advice(RULE, "info", summary=SUMMARY, offers=[], because=because, unchecked=False))
    spec(a_patient(RETARD, medications=[RAMIPRIL]), satisfied(RULE))
    spec(a_patient(RETARD, medications=[RAMIPRIL, a_medication("nifedipine")]), satisfied(RULE))
    instead = a_draft("nifedipine", form="Extended Release Oral Tablet", replaces=RAMIPRIL.reference)
    spec(a_patient(instead, medications=[RAMIPRIL, BISOPROLOL]), satisfied(RULE))
    drafted = a_draft("amlodipine", selected=False)
    spec(a_patient(RETARD, drafted, medications=[RAMIPRIL]), advice(RULE, "info"))
    three = {"nifedipine-antihypertensives": 3.0}
    spec(a_patient(RETARD, medications=[RAMIPRIL, BISOPROLOL], policy=three), satisfied(RULE))


def test_the_words_fit_what_was_found() -> None:
    """Then: each finding has its sentence, and intravenous magnesium one beside them."""
    antihypertensives = [RAMIPRIL, BISOPROLOL]
    form, pregnancy, others, magnesium = "abrupt falls", "obstetric", "other antihypertensives", "magnesium"
    assert form in said(CAPSULE)
    assert pregnancy not in said(CAPSULE)
    assert others not in said(CAPSULE)
    assert magnesium not in said(CAPSULE)
    pregnant = said(RETARD, problems=[PREGNANCY], demographics=A_WOMAN)
    assert pregnancy in pregnant
    assert form not in pregnant
    assert others in said(RETARD, medications=antihypertensives)
    assert magnesium in said(CAPSULE, medications=[MAGNESIUM])


@pytest.mark.parametrize(("route", "shown"), [(Route.PARENTERAL, True), (Route.UNKNOWN, True), (Route.ORAL, False)])
def test_magnesium_beside_it(route: Route, shown: bool) -> None:
    """Then: magnesium sulfate is shown where the card speaks, not by mouth; alone it is silent."""
    magnesium = a_medication("magnesium sulfate", group=DrugGroup.MAGNESIUM_SULFATE, route=route)
    verdict = judge(RULE, a_patient(CAPSULE, medications=[magnesium]))
    assert isinstance(verdict, Advice)
    assert ("MedicationRequest/magnesium sulfate" in {fact.resource for fact in verdict.because}) is shown
    spec(a_patient(RETARD, medications=[magnesium]), satisfied(RULE))


def test_the_order_is_shown_once() -> None:
    """Then: the draft of the immediate-release form is one line."""
    verdict = judge(RULE, a_patient(CAPSULE))
    assert isinstance(verdict, Advice)
    assert len(verdict.because) == 1


def test_other_orders_are_not_its_business() -> None:
    """When: another calcium antagonist, an ointment, or no medicine."""
    ointment = a_draft("nifedipine", route=Route.LOCAL, form="Oral Capsule")
    for order in (a_draft("amlodipine", form="Oral Capsule"), ointment, an_order()):
        spec(a_patient(order), not_applicable(RULE))


def test_what_could_not_be_read() -> None:
    """Each failed query is a check not done; beside a finding the card names it."""
    spec(a_patient(RETARD, medications=cut_off(Need.MEDICATIONS)), missing(RULE, Need.MEDICATIONS))
    one = cut_off(Need.MEDICATIONS, RAMIPRIL)
    spec(a_patient(RETARD, medications=one), missing(RULE, Need.MEDICATIONS))
    spec(a_patient(RETARD, pregnancy_results=cut_off(Need.PREGNANCY)), missing(RULE, Need.PREGNANCY))
    unread = a_patient(CAPSULE, medications=cut_off(Need.MEDICATIONS), pregnancy_results=cut_off(Need.PREGNANCY))
    spec(unread, advice(RULE, "warning", offers=[CHANGE], unchecked=True))

"""BME-DS-ILO-04: a prostacyclin with an antiplatelet, a systemic NSAID or a thrombolytic adds to the bleeding risk."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cds_hooks.authoring.verdict import Advice
from cds_hooks.snapshot.medication import Drug, Medication, Order
from cds_hooks.snapshot.model import Listing
from cds_hooks.snapshot.vocabulary import Certainty, Concept, DrugGroup, Need, Route
from tests.builders.snapshot import (
    UNREADABLE_REASON,
    a_draft,
    a_medication,
    a_patient,
    a_problem,
    a_reason,
    an_order,
    cut_off,
    unreadable_draft,
)
from tests.builders.verdicts import advice, judge, missing, not_applicable, satisfied, spec

RULE = "BME-DS-ILO-04"
SUMMARY = "Iloprost plus antiplatelet or NSAID - added bleeding risk, monitor"
REVIEW = "pharmacist_review"
IBUPROFEN = a_medication("ibuprofen")
ILOPROST = a_medication("iloprost")
FOR_LUNGS = a_reason(Concept.PULMONARY_HYPERTENSION)
PARTNERS = [
    ("aspirin", DrugGroup.ANTIPLATELET),
    ("clopidogrel", DrugGroup.ANTIPLATELET),
    ("alteplase", DrugGroup.THROMBOLYTIC),
]
NSAIDS = [("ibuprofen", DrugGroup.NSAID_SYSTEMIC), ("celecoxib", DrugGroup.COX2_INHIBITOR)]


def aspirin_of_two_groups() -> Medication:
    """Aspirin as the tables have it: among the antiplatelets and among the NSAIDs."""
    aspirin = a_medication("aspirin")
    nsaid = Drug(DrugGroup.NSAID_SYSTEMIC, "aspirin", Certainty.CODE)
    return replace(aspirin, medicine=replace(aspirin.medicine, drugs=(*aspirin.medicine.drugs, nsaid)))


def said(patient_order: Order, *medications: Medication) -> str:
    verdict = judge(RULE, a_patient(patient_order, medications=medications))
    assert isinstance(verdict, Advice)
    return " ".join(verdict.detail)


@pytest.mark.parametrize(("ingredient", "group"), PARTNERS + NSAIDS)
def test_an_active_partner(ingredient: str, group: DrugGroup) -> None:
    """When: active beside a drafted prostacyclin. Then: an active NSAID is left to a review, others are not touched."""
    partner = a_medication(ingredient, group=group)
    offered = [REVIEW] if (ingredient, group) in NSAIDS else []
    because = ["MedicationRequest/draft-iloprost", f"MedicationRequest/{ingredient}"]
    spec(
        a_patient(a_draft(), medications=[partner]),
        advice(RULE, "warning", summary=SUMMARY, offers=offered, because=because, mirror=False, unchecked=False),
    )


@pytest.mark.parametrize(("ingredient", "group"), PARTNERS + NSAIDS)
def test_a_drafted_partner(ingredient: str, group: DrugGroup) -> None:
    """When: both are drafts. Then: the NSAID may be put on hold; each side names the other."""
    partner = a_draft(ingredient, group=group, selected=False)
    hold = f"update MedicationRequest/draft-{ingredient}: put on hold"
    patient = a_patient(a_draft(), partner)
    spec(patient, advice(RULE, "warning", offers=[hold] if (ingredient, group) in NSAIDS else [], mirror=False))
    verdict = judge(RULE, patient)
    assert isinstance(verdict, Advice)
    assert verdict.partners == (f"MedicationRequest/draft-{ingredient}",)


@pytest.mark.parametrize(("ingredient", "group"), PARTNERS + NSAIDS)
def test_the_other_way_round(ingredient: str, group: DrugGroup) -> None:
    """When: the partner is drafted and a prostacyclin active. Then: only an NSAID may be removed."""
    draft = a_draft(ingredient, group=group)
    delete = [f"delete MedicationRequest/draft-{ingredient}"] if (ingredient, group) in NSAIDS else []
    because = ["MedicationRequest/iloprost", f"MedicationRequest/draft-{ingredient}"]
    spec(
        a_patient(draft, medications=[ILOPROST]),
        advice(RULE, "warning", summary=SUMMARY, offers=delete, because=because, mirror=True, unchecked=False),
    )
    spec(a_patient(draft), satisfied(RULE))
    verdict = judge(RULE, a_patient(draft, a_draft(selected=False)))
    assert isinstance(verdict, Advice)
    assert verdict.partners == ("MedicationRequest/draft-iloprost",)


def test_active_and_drafted_nsaids_together() -> None:
    """Then: the draft may be put on hold, the active one is left to a review."""
    naproxen = a_draft("naproxen", selected=False)
    hold = "update MedicationRequest/draft-naproxen: put on hold"
    spec(a_patient(a_draft(), naproxen, medications=[IBUPROFEN]), advice(RULE, "warning", offers=[hold, REVIEW]))


def test_aspirin_is_an_antiplatelet() -> None:
    """Then: it is never touched, although it is an NSAID as well."""
    aspirin = aspirin_of_two_groups()
    spec(a_patient(a_draft(), medications=[aspirin]), advice(RULE, "warning", offers=[]))
    draft = replace(a_draft("aspirin"), medication=aspirin)
    spec(a_patient(draft, medications=[ILOPROST]), advice(RULE, "warning", offers=[]))


def test_the_words_fit_what_was_found() -> None:
    """Then: the pause is about an NSAID, and SSRI and SNRI are a line of their own."""
    assert "inhibit platelets" in said(a_draft(), IBUPROFEN)
    assert "pause of the NSAID" in said(a_draft(), IBUPROFEN)
    assert "pause of the NSAID" not in said(a_draft(), a_medication("clopidogrel"))
    for ingredient, group in (("sertraline", DrugGroup.SSRI), ("venlafaxine", DrugGroup.SNRI)):
        serotonergic = a_medication(ingredient, group=group)
        assert "SSRI or SNRI" in said(a_draft(), IBUPROFEN, serotonergic)
        assert "SSRI or SNRI" in said(a_draft("ibuprofen"), ILOPROST, serotonergic)
        because = [f"MedicationRequest/{ingredient}"]
        spec(a_patient(a_draft(), medications=[IBUPROFEN, serotonergic]), advice(RULE, "warning", because=because))
        spec(a_patient(a_draft(), medications=[serotonergic]), satisfied(RULE))
    assert "SSRI or SNRI" not in said(a_draft(), IBUPROFEN)


def test_what_is_no_partner() -> None:
    """Unless: an NSAID for the skin, another prostacyclin, any other medicine."""
    skin = a_medication("diclofenac", route=Route.LOCAL)
    topical = a_medication("diclofenac", group=DrugGroup.NSAID_TOPICAL)
    other = a_medication("treprostinil")
    for medication in (skin, topical, other, a_medication("morphine")):
        spec(a_patient(a_draft(), medications=[medication]), satisfied(RULE))
    spec(a_patient(a_draft("diclofenac", route=Route.LOCAL), medications=[ILOPROST]), not_applicable(RULE))
    antiplatelet = replace(
        other.medicine, drugs=(*other.medicine.drugs, Drug(DrugGroup.ANTIPLATELET, "x", Certainty.CODE))
    )
    spec(a_patient(a_draft(), medications=[replace(other, medicine=antiplatelet)]), satisfied(RULE))


def test_which_prostacyclins() -> None:
    """Unless: it treats pulmonary hypertension, or is inhaled and not for bone marrow edema."""
    for draft in (a_draft(reasons=FOR_LUNGS), a_draft(route=Route.INHALATION)):
        spec(a_patient(draft, medications=[IBUPROFEN]), not_applicable(RULE))
    for on_file in (a_medication("iloprost", reasons=FOR_LUNGS), a_medication("iloprost", route=Route.INHALATION)):
        spec(a_patient(a_draft("ibuprofen"), medications=[on_file]), satisfied(RULE))
        spec(a_patient(a_draft("ibuprofen"), medications=[on_file, ILOPROST]), advice(RULE, "warning"))
    lungs = a_problem(Concept.PULMONARY_HYPERTENSION)
    spec(a_patient(a_draft("ibuprofen"), medications=[ILOPROST], problems=[lungs]), satisfied(RULE))


def test_other_orders_are_not_its_business() -> None:
    """When: neither a prostacyclin nor a partner is ordered."""
    for order in (a_draft("morphine"), an_order(), an_order(kind="MedicationRequest")):
        spec(a_patient(order, medications=[ILOPROST, IBUPROFEN]), not_applicable(RULE))


def test_an_order_does_not_meet_the_one_that_it_replaces() -> None:
    """When: the order on file goes away with the draft; that is so of the SSRI as well."""
    switch = a_draft(replaces="MedicationRequest/ibuprofen")
    spec(a_patient(switch, medications=[IBUPROFEN]), satisfied(RULE))
    switch = a_draft("ibuprofen", replaces="MedicationRequest/iloprost")
    spec(a_patient(switch, medications=[ILOPROST]), satisfied(RULE))


def test_what_could_not_be_read() -> None:
    """A failed list may hide a partner; what arrived counts, and the card says what did not."""
    unread: Listing[Medication] = cut_off(Need.MEDICATIONS)
    spec(a_patient(a_draft(), medications=unread), missing(RULE, Need.MEDICATIONS))
    spec(a_patient(a_draft("ibuprofen"), medications=unread), missing(RULE, Need.MEDICATIONS))
    spec(a_patient(a_draft(), unreadable_draft(selected=False)), missing(RULE, Need.MEDICATIONS))
    partial = a_patient(a_draft(), medications=cut_off(Need.MEDICATIONS, IBUPROFEN))
    spec(partial, advice(RULE, "warning", unchecked=True))
    partial = a_patient(a_draft("ibuprofen"), medications=cut_off(Need.MEDICATIONS, ILOPROST))
    spec(partial, advice(RULE, "warning", offers=[], unchecked=True))
    verdict = judge(RULE, partial)
    assert isinstance(verdict, Advice)
    assert len(verdict.unchecked) == 1


def test_the_use_of_the_prostacyclin_is_unknown() -> None:
    """By vein the card stands and says so, without removal; inhaled it cannot be said whether it counts."""
    unread = a_draft(reasons=UNREADABLE_REASON)
    spec(a_patient(unread, medications=[IBUPROFEN]), advice(RULE, "warning", unchecked=True))
    on_file = a_medication("iloprost", reasons=UNREADABLE_REASON)
    mirrored = a_patient(a_draft("ibuprofen"), medications=[on_file])
    spec(mirrored, advice(RULE, "warning", offers=[], unchecked=True))
    inhaled = a_draft(route=Route.INHALATION, reasons=UNREADABLE_REASON)
    spec(a_patient(inhaled, medications=[IBUPROFEN]), missing(RULE, Need.PROBLEMS))
    on_file = a_medication("iloprost", route=Route.INHALATION, reasons=UNREADABLE_REASON)
    spec(a_patient(a_draft("ibuprofen"), medications=[on_file]), missing(RULE, Need.PROBLEMS))

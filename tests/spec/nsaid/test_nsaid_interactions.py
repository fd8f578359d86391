"""BME-DS-NSA-07: an NSAID with RAS blocker and diuretic, lithium, methotrexate or a calcineurin inhibitor."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cds_hooks.authoring.verdict import Advice
from cds_hooks.snapshot.medication import Dose, Drug, Medication, Order, Standing
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.vocabulary import Certainty, Concept, DrugGroup, Need, Route
from tests.builders.snapshot import a_draft, a_medication, a_patient, a_problem, an_order, cut_off
from tests.builders.verdicts import advice, cards, judge, missing, not_applicable, satisfied, spec

RULE = "BME-DS-NSA-07"
SUMMARY = "NSAID interaction: kidney (RAS blocker + diuretic) or lithium/methotrexate/calcineurin"
CREATININE, POTASSIUM, LEVEL = "creatinine_test", "potassium_test", "drug_level_test"
TRIPLE = advice(RULE, "warning", summary=SUMMARY, offers=[CREATININE, POTASSIUM], unchecked=False)
MEASURED = advice(RULE, "warning", summary=SUMMARY, offers=[LEVEL], unchecked=False)
TOXIC = advice(RULE, "warning", summary=SUMMARY, offers=[CREATININE], unchecked=False)
CLEAR, SILENT = satisfied(RULE), not_applicable(RULE)
NSAID, IBUPROFEN = a_draft("ibuprofen"), a_medication("ibuprofen")
SYNDROME = a_problem(Concept.EDEMA_SYNDROME)


def drug(name: str, group: DrugGroup, route: Route = Route.UNKNOWN) -> Medication:
    return a_medication(name, group=group, route=route)


RAMIPRIL, FUROSEMIDE = drug("ramipril", DrugGroup.ACE_INHIBITOR), drug("furosemide", DrugGroup.DIURETIC_LOOP)
LITHIUM = drug("lithium", DrugGroup.LITHIUM)
METHOTREXATE = drug("methotrexate", DrugGroup.DMARD_OTHER)
TACROLIMUS = drug("tacrolimus", DrugGroup.CALCINEURIN_INHIBITOR)


def fixed(item: Medication) -> Medication:
    """A tablet with a RAS blocker and a diuretic."""
    drugs = (
        Drug(DrugGroup.ACE_INHIBITOR, "lisinopril", Certainty.CODE),
        Drug(DrugGroup.DIURETIC_THIAZIDE, "hydrochlorothiazide", Certainty.CODE),
    )
    return replace(item, medicine=replace(item.medicine, drugs=drugs))


def taking(*medications: Medication) -> Patient:
    return a_patient(NSAID, medications=medications)


# -- When a RAS blocker is taken together with a diuretic


@pytest.mark.parametrize("blocker", [DrugGroup.ACE_INHIBITOR, DrugGroup.ARB, DrugGroup.ARNI])
@pytest.mark.parametrize(
    "diuretic", [DrugGroup.DIURETIC_LOOP, DrugGroup.DIURETIC_THIAZIDE, DrugGroup.DIURETIC_POTASSIUM_SPARING]
)
def test_the_triple_combination(blocker: DrugGroup, diuretic: DrugGroup) -> None:
    """When: any blocker with any diuretic; one without the other is nothing."""
    spec(taking(drug("a", blocker), drug("b", diuretic)), TRIPLE)
    spec(taking(drug("a", blocker)), CLEAR)
    spec(taking(drug("b", diuretic)), CLEAR)


def test_a_fixed_combination() -> None:
    """When: one tablet may be both; the card names it once."""
    tablet = fixed(a_medication("lisinopril"))
    spec(taking(tablet), TRIPLE)
    verdict = judge(RULE, taking(tablet))
    assert isinstance(verdict, Advice)
    assert list(verdict.because) == [NSAID.fact, tablet.fact]
    assert len(verdict.detail) == 1


# -- or lithium, methotrexate, ciclosporin or tacrolimus is taken


def test_drugs_whose_level_or_toxicity_rises() -> None:
    """When: each alone is enough; the test fits the drug."""
    spec(taking(LITHIUM), MEASURED)
    spec(taking(TACROLIMUS), MEASURED)
    spec(taking(METHOTREXATE), TOXIC)
    spec(taking(drug("methotrexate", DrugGroup.CYTOTOXIC_IMMUNOSUPPRESSANT)), TOXIC)
    spec(taking(drug("leflunomide", DrugGroup.DMARD_OTHER)), CLEAR)
    spec(taking(drug("lithium", DrugGroup.LITHIUM, Route.ORAL)), MEASURED)
    spec(taking(replace(LITHIUM, standing=Standing.UNCERTAIN)), CLEAR)


def test_all_of_them() -> None:
    """Then: one card that names all, with all tests."""
    patient = taking(RAMIPRIL, FUROSEMIDE, LITHIUM, METHOTREXATE)
    named = [item.reference for item in (RAMIPRIL, FUROSEMIDE, LITHIUM, METHOTREXATE)]
    spec(patient, advice(RULE, "warning", offers=[CREATININE, POTASSIUM, LEVEL], because=named, mirror=False))
    verdict = judge(RULE, patient)
    assert isinstance(verdict, Advice)
    assert len(verdict.detail) == 2
    alone = judge(RULE, taking(LITHIUM))
    assert isinstance(alone, Advice)
    assert len(alone.detail) == 1


def test_a_calcineurin_inhibitor_for_the_skin() -> None:
    """Unless: it is given locally."""
    spec(taking(drug("tacrolimus", DrugGroup.CALCINEURIN_INHIBITOR, Route.LOCAL)), CLEAR)
    ointment = a_draft("tacrolimus", group=DrugGroup.CALCINEURIN_INHIBITOR, route=Route.LOCAL)
    spec(a_patient(ointment, medications=[IBUPROFEN]), SILENT)


# -- or the other way round


@pytest.mark.parametrize(
    ("order", "beside"),
    [
        (a_draft("ramipril", group=DrugGroup.ACE_INHIBITOR), FUROSEMIDE),
        (a_draft("furosemide", group=DrugGroup.DIURETIC_LOOP), RAMIPRIL),
    ],
)
def test_the_third_drug_is_ordered(order: Order, beside: Medication) -> None:
    """When: the draft completes the triple combination."""
    patient = a_patient(order, medications=[IBUPROFEN, beside])
    named = [order.reference, IBUPROFEN.reference, beside.reference]
    spec(patient, advice(RULE, "warning", offers=[CREATININE, POTASSIUM], because=named, mirror=True, unchecked=False))
    spec(a_patient(order, medications=[IBUPROFEN]), CLEAR)
    spec(a_patient(order, medications=[beside]), CLEAR)
    spec(a_patient(order, medications=[IBUPROFEN, LITHIUM]), CLEAR)


def test_a_drug_is_ordered_to_an_active_nsaid() -> None:
    """When: lithium, methotrexate or a fixed combination is ordered."""
    lithium = a_draft("lithium", group=DrugGroup.LITHIUM)
    spec(a_patient(lithium, medications=[IBUPROFEN]), advice(RULE, "warning", offers=[LEVEL], mirror=True))
    methotrexate = a_draft("methotrexate", group=DrugGroup.CYTOTOXIC_IMMUNOSUPPRESSANT)
    spec(a_patient(methotrexate, medications=[IBUPROFEN]), advice(RULE, "warning", offers=[CREATININE], mirror=True))
    plain = a_draft("lisinopril", group=DrugGroup.ACE_INHIBITOR)
    assert plain.medication
    tablet = replace(plain, medication=fixed(plain.medication))
    spec(
        a_patient(tablet, medications=[IBUPROFEN]), advice(RULE, "warning", offers=[CREATININE, POTASSIUM], mirror=True)
    )


def test_two_drafts_that_meet_give_one_card() -> None:
    """Then: that of the NSAID, also where it names a third drug that is active."""
    for order, beside in (
        (a_draft("lithium", group=DrugGroup.LITHIUM), ()),
        (a_draft("ramipril", group=DrugGroup.ACE_INHIBITOR), (FUROSEMIDE,)),
    ):
        patient = a_patient(order, NSAID, medications=beside, problems=[SYNDROME])
        assert cards(RULE, patient) == ["MedicationRequest/draft-ibuprofen"]
        spec(patient, advice(RULE, "warning", because=[order.reference, "MedicationRequest/draft-ibuprofen"]), of=order)
    not_selected = a_patient(
        a_draft("ramipril", group=DrugGroup.ACE_INHIBITOR),
        a_draft("ibuprofen", selected=False),
        medications=[FUROSEMIDE],
        problems=[SYNDROME],
    )
    assert cards(RULE, not_selected) == ["MedicationRequest/draft-ramipril"]
    spec(not_selected, advice(RULE, "warning", because=[FUROSEMIDE.reference]))


def test_two_drafts_with_an_nsaid_on_file() -> None:
    """Then: each draft that completes the combination speaks, since the active NSAID has no card."""
    blocker = a_draft("ramipril", group=DrugGroup.ACE_INHIBITOR)
    diuretic = a_draft("furosemide", group=DrugGroup.DIURETIC_LOOP)
    patient = a_patient(blocker, diuretic, medications=[IBUPROFEN], problems=[SYNDROME])
    assert cards(RULE, patient) == ["MedicationRequest/draft-ramipril", "MedicationRequest/draft-furosemide"]


def test_an_order_does_not_meet_the_one_that_it_replaces() -> None:
    """When: what the draft replaces is no partner."""
    lithium = a_draft("lithium", group=DrugGroup.LITHIUM, replaces="MedicationRequest/ibuprofen")
    spec(a_patient(lithium, medications=[IBUPROFEN]), CLEAR)
    nsaid = a_draft("ibuprofen", replaces="MedicationRequest/lithium")
    spec(a_patient(nsaid, medications=[LITHIUM]), CLEAR)
    for replaced in (RAMIPRIL, FUROSEMIDE):
        instead = a_draft("ibuprofen", replaces=replaced.reference)
        spec(a_patient(instead, medications=[RAMIPRIL, FUROSEMIDE]), CLEAR)
    blocker = a_draft("ramipril", group=DrugGroup.ACE_INHIBITOR, replaces=FUROSEMIDE.reference)
    spec(a_patient(blocker, medications=[IBUPROFEN, FUROSEMIDE]), CLEAR)


# -- Unless the draft is none


def test_what_is_no_systemic_nsaid() -> None:
    """Unless: topical (BME-DS-NSA-09), low-dose aspirin, another drug or kind of order."""
    for order in (
        a_draft("diclofenac", route=Route.LOCAL),
        a_draft("aspirin", per_day=Dose(mg=100)),
        a_draft("leflunomide", group=DrugGroup.DMARD_OTHER),
        an_order(),
    ):
        spec(a_patient(order, medications=[LITHIUM]), SILENT)


# -- what could not be read


def test_a_failed_query_is_never_no_interaction() -> None:
    """It could not be checked; what arrived counts."""
    lithium = a_draft("lithium", group=DrugGroup.LITHIUM)
    blocker = a_draft("ramipril", group=DrugGroup.ACE_INHIBITOR)
    for order in (NSAID, lithium, blocker):
        spec(a_patient(order, medications=cut_off(Need.MEDICATIONS)), missing(RULE, Need.MEDICATIONS))
    for item in (RAMIPRIL, FUROSEMIDE):
        spec(a_patient(NSAID, medications=cut_off(Need.MEDICATIONS, item)), missing(RULE, Need.MEDICATIONS))
    spec(a_patient(NSAID, medications=cut_off(Need.MEDICATIONS, LITHIUM)), advice(RULE, "warning", unchecked=True))
    both = cut_off(Need.MEDICATIONS, RAMIPRIL, FUROSEMIDE)
    spec(a_patient(NSAID, medications=both), advice(RULE, "warning", unchecked=True))
    nsaid_only = cut_off(Need.MEDICATIONS, IBUPROFEN)
    spec(a_patient(blocker, medications=nsaid_only), missing(RULE, Need.MEDICATIONS))
    spec(a_patient(lithium, medications=nsaid_only), advice(RULE, "warning", unchecked=True))

"""An NSAID should not be given to a patient with a recorded hypersensitivity to it, to its class or to aspirin.

When    an NSAID is ordered, systemic or topical, or aspirin in any dose
  and   an allergy or intolerance to the same substance or to the class is recorded, or a severe reaction to another
        NSAID, or aspirin-exacerbated respiratory disease
Then    warn critically and offer to remove the draft; where the stomach alone reacted, warn
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import NSAID_LABEL, TOPICAL_DICLOFENAC, Evidence
from cds_hooks.authoring.override import OverrideReason
from cds_hooks.authoring.rule import ORDER_HOOKS, Gate, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, DeleteDraft, MissingData, Satisfied, Verdict
from cds_hooks.snapshot import nsaid
from cds_hooks.snapshot.allergy import Allergy
from cds_hooks.snapshot.medication import CLASS, Drug, Medication, Order
from cds_hooks.snapshot.model import Finding, Present, Unknown, any_of, only
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.vocabulary import Concept, Need

CLASS_REACTIONS = (Concept.NSAID_HYPERSENSITIVITY, Concept.ASPIRIN_EXACERBATED_RESPIRATORY_DISEASE)

RULE = Rule(
    id="BME-DS-NSA-08",
    version=1,
    title="NSAID hypersensitivity, aspirin-exacerbated asthma",
    check="hypersensitivity to NSAIDs",
    hooks=ORDER_HOOKS,
    orders=nsaid.ORDERS,
    gate=Gate.EDEMA,
    needs=(Need.ALLERGIES, Need.PROBLEMS),
    evidence=(
        Evidence(NSAID_LABEL, "contraindications: hypersensitivity, asthma after aspirin"),
        Evidence(TOPICAL_DICLOFENAC, "contraindications"),
    ),
    limits="As the chart records it; whether a reaction was an allergy is not looked at.",
    overrides=(OverrideReason("tolerated-since", "Tolerated since"),),
)

SUMMARY = "Recorded NSAID/aspirin hypersensitivity"
CROSS = "Cross-reactions between COX-1 inhibitors are common in aspirin-exacerbated respiratory disease."
STOMACH = "The stomach alone reacted: that is an intolerance and no allergy, but may come back."


def assess(order: Order, patient: Patient) -> Verdict:
    drug = order.medication
    if drug is None or not _names(drug.medicine.drugs):
        return NOT_APPLICABLE
    allergies = _allergies(drug, patient)
    allergic = only(allergies, _more_than_stomach)
    severe = any_of(allergic, patient.has(*CLASS_REACTIONS))
    found = any_of(allergies, severe)
    if isinstance(found, Unknown):
        return MissingData(found.gap)
    if not isinstance(found, Present):
        return Satisfied(found.remarks)
    critical = isinstance(severe, Present)
    return Advice(
        indicator="critical" if critical else "warning",
        summary=SUMMARY,
        detail=(CROSS if critical else STOMACH,),
        because=(order.fact, *dict.fromkeys(found.facts)),
        unchecked=found.gaps,
        remarks=found.remarks,
        proposals=(DeleteDraft(order.reference, "Remove the draft order of the NSAID"),),
    )


def _allergies(drug: Medication, patient: Patient) -> Finding[Allergy]:
    return only(patient.allergic(*nsaid.ORDERS, *CLASS_REACTIONS), lambda record: _speaks_against(record, drug))


def _speaks_against(record: Allergy, drug: Medication) -> bool:
    """To the class, to the same substance, or to another NSAID where the reaction was severe."""
    to, given = _names(record.drugs), _names(drug.medicine.drugs)
    if not record.concepts.isdisjoint(CLASS_REACTIONS):
        return True
    return bool(to) and (record.severe or bool(to & given) or CLASS in to | given)


def _names(drugs: tuple[Drug, ...]) -> frozenset[str]:
    """The NSAIDs and aspirin among the drugs; a mirror image counts as its mixture (dexketoprofen)."""
    counted = (drug for drug in drugs if drug.group in nsaid.NSAIDS or drug.ingredient == nsaid.ASPIRIN)
    return frozenset(drug.ingredient.removeprefix("dex") for drug in counted)


def _more_than_stomach(record: Allergy) -> bool:
    return record.severe or not record.stomach_only

"""Two systemic NSAIDs should not be taken at the same time.

When    a systemic NSAID is ordered
  and   another is active or is another draft of the session, of the same or another substance, also only as needed
Unless  one is topical or low-dose aspirin, or the draft replaces the other order
Then    warn and offer to remove the draft; an active order is left to a person
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import NSAID_LABEL, Evidence
from cds_hooks.authoring.override import OverrideReason
from cds_hooks.authoring.rule import ORDER_HOOKS, Gate, Rule
from cds_hooks.authoring.verdict import (
    NOT_APPLICABLE,
    Advice,
    DeleteDraft,
    MissingData,
    Propose,
    Satisfied,
    Verdict,
)
from cds_hooks.snapshot import nsaid
from cds_hooks.snapshot.medication import Medication, Order, Standing
from cds_hooks.snapshot.model import Present, Unknown
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.vocabulary import Need, Service

RULE = Rule(
    id="BME-DS-NSA-06",
    version=1,
    title="Duplicate systemic NSAIDs",
    check="second NSAID",
    hooks=ORDER_HOOKS,
    orders=nsaid.ORDERS,
    gate=Gate.EDEMA,
    needs=(Need.MEDICATIONS, Need.OPEN_ORDERS),
    evidence=(Evidence(NSAID_LABEL, "warnings: other NSAIDs, aspirin included"),),
    limits="Label texts. What is bought without a prescription may be missing from the chart.",
    thresholds=(nsaid.ANALGESIC_ASPIRIN,),
    overrides=(OverrideReason("switching", "Switching from one to the other"),),
)

SUMMARY = "Two systemic NSAIDs at the same time"
ONE = "One agent is enough, products bought without a prescription included: a second adds harm and no relief."
ASPIRIN = "Low-dose aspirin for the heart is no duplicate, but raises the risk for the stomach."
ACTIVE = "If the new one is meant to replace it, ending the active order is an option for whoever ordered it."


def assess(order: Order, patient: Patient) -> Verdict:
    drug = order.medication
    if drug is None or not nsaid.is_systemic(drug, patient):
        return NOT_APPLICABLE
    found = nsaid.taken(patient, beside=order)
    if isinstance(found, Unknown):
        return MissingData(found.gap)
    return _advice(found, order, patient) if isinstance(found, Present) else Satisfied()


def _advice(found: Present[Medication], order: Order, patient: Patient) -> Advice:
    drafted = tuple(item.reference for item in found.items if item.standing is Standing.DRAFT)
    only_drafts = len(drafted) == len(found.items)
    delete = DeleteDraft(order.reference, "Remove the draft order of this NSAID")
    return Advice(
        indicator="warning",
        summary=SUMMARY,
        detail=(ONE, ASPIRIN, *(() if only_drafts else (ACTIVE,))),
        because=(order.fact, *found.facts),
        unchecked=found.gaps,
        proposals=(delete, *(() if only_drafts else (Propose(Service.PHARMACIST_REVIEW),))),
        partners=drafted,
        mirror=patient.named_before(order, drafted),
    )

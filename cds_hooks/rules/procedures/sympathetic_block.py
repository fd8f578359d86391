"""A sympathetic block should wait while an anticoagulant acts, clotting is impaired or the site is infected.

When    a lumbar or stellate sympathetic block is ordered
  and   an anticoagulant is active, the INR is raised, platelets are low or the site is infected; or a P2Y12 inhibitor
        is taken; or anticoagulation is unclear or was stopped within its washout
Unless  aspirin is the only drug of the kind
Then    warn, critically for the first group, and offer to put the draft on hold and a task for the plan
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import ASRA_PAIN, PROJECT, Evidence
from cds_hooks.authoring.rule import ORDER_HOOKS, Rule
from cds_hooks.authoring.verdict import (
    NOT_APPLICABLE,
    Advice,
    Change,
    MissingData,
    Propose,
    Satisfied,
    UpdateDraft,
    Verdict,
)
from cds_hooks.snapshot import anticoagulation, procedures, safety, spine
from cds_hooks.snapshot.medication import Medication, Order
from cds_hooks.snapshot.model import Absent, Factual, Finding, Present, Unknown, any_of, finding
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need, Service

OURS = "ASRA guideline; the number is ours, awaiting a clinical board"
INR = Threshold(name="block-inr", unit="1", default=1.4, low=1.2, high=1.8, source=OURS)
PLATELETS = Threshold(name="block-platelets", unit="10*9/L", default=100, low=50, high=150, source=OURS)
P2Y12 = frozenset({"clopidogrel", "prasugrel", "ticagrelor", "ticlopidine", "cangrelor"})

RULE = Rule(
    id="BME-DS-SYM-01",
    version=2,
    title="Sympathetic block with an anticoagulant or infection",
    check="bleeding and infection before a sympathetic block",
    hooks=ORDER_HOOKS,
    orders=(Concept.SYMPATHETIC_BLOCK,),
    needs=(
        Need.MEDICATIONS,
        Need.STOPPED_MEDICATIONS,
        Need.PROBLEMS,
        Need.INR,
        Need.PLATELETS,
        Need.KIDNEY_FUNCTION,
        Need.OPEN_ORDERS,
    ),
    evidence=(
        Evidence(ASRA_PAIN, "procedures of intermediate bleeding risk"),
        Evidence(PROJECT, "BME-DS-SYM-01; cut-offs and washouts are ours, awaiting a clinical board"),
    ),
    limits="Society guideline from summaries; the cut-offs and the washout times are assumptions of this project.",
    thresholds=(
        *(INR, PLATELETS, procedures.INR_DAYS, procedures.PLATELETS_DAYS),
        *anticoagulation.IN_WASHOUT,
    ),
)

RISK = "Sympathetic block (intermediate bleeding risk) with anticoagulant or clotting problem"
INFECTED = "Sympathetic block with an active or suspected infection at the site"
P2Y12_TAKEN = "Sympathetic block (intermediate bleeding risk) with a P2Y12 inhibitor"
UNCLEAR = "Sympathetic block (intermediate bleeding risk): anticoagulation unclear - verify first"
STOPPING = "Stopping a medicine needs the agreement of its prescriber."


def assess(order: Order, patient: Patient) -> Verdict:
    if not order.asks_for(Concept.SYMPATHETIC_BLOCK):
        return NOT_APPLICABLE
    infection = safety.local_infection(patient, order.site if order.site.known else spine.SPINE)
    clotting = _clotting(order, patient)
    antiplatelet, unclear = _p2y12(order, patient), _unclear(order, patient)
    match any_of(clotting, infection, antiplatelet, unclear):
        case Unknown(gap):
            return MissingData(gap)
        case Absent(remarks):
            return Satisfied(remarks)
        case found:
            taken = isinstance(antiplatelet, Present)
            may_bleed = taken or isinstance(clotting, Present) or isinstance(unclear, Present)
            return _advice(
                order, found, isinstance(clotting, Present), isinstance(infection, Present), taken, may_bleed
            )


def _clotting(order: Order, patient: Patient) -> Finding[Factual]:
    policy = patient.policy
    return any_of(
        patient.takes(DrugGroup.ANTICOAGULANT, beside=order),
        procedures.raised_inr(patient, policy[INR], policy[procedures.INR_DAYS]),
        procedures.low_platelets(patient, policy[PLATELETS], policy[procedures.PLATELETS_DAYS]),
    )


def _p2y12(order: Order, patient: Patient) -> Finding[Medication]:
    """An antiplatelet of which only the class is known may be one; aspirin and the others are not."""
    taken = patient.takes(DrugGroup.ANTIPLATELET, beside=order)
    if not isinstance(taken, Present):
        return taken
    return finding(tuple(item for item in taken.items if _may_be_p2y12(item)), taken.gaps)


def _may_be_p2y12(item: Medication) -> bool:
    ingredients = {drug.ingredient for drug in item.medicine.of(DrugGroup.ANTIPLATELET)}
    return bool(ingredients & P2Y12) or any(each.startswith("(") for each in ingredients)


def _unclear(order: Order, patient: Patient) -> Finding[Factual]:
    return any_of(anticoagulation.unclear_orders(patient, order), anticoagulation.in_washout(patient, order))


def _advice(
    order: Order, found: Present[Factual], clotting: bool, infected: bool, antiplatelet: bool, may_bleed: bool
) -> Advice:
    plan = (Propose(Service.ANTICOAGULATION_PLAN),) if may_bleed else ()
    return Advice(
        indicator="critical" if clotting or infected else "warning",
        summary=RISK if clotting else INFECTED if infected else P2Y12_TAKEN if antiplatelet else UNCLEAR,
        detail=(STOPPING,) if may_bleed else (),
        because=(order.fact, *found.facts),
        unchecked=found.gaps,
        remarks=found.remarks,
        proposals=(UpdateDraft(order.reference, Change.ON_HOLD), *plan),
    )

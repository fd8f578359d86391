"""A bisphosphonate by mouth should pass the esophagus fast, in a patient who stays upright.

When    an oral bisphosphonate is ordered
  and   a stricture, achalasia or delayed emptying of the esophagus, or that the patient cannot stay upright, is on the
        problem list; or a Barrett esophagus or an active disease of the upper digestive tract
Then    warn (critically about the first two) and offer to remove the draft; where the route is not stated and the drug
        is made for both routes, warn only and offer nothing
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import IBANDRONATE_LABEL, PROJECT, Evidence
from cds_hooks.authoring.rule import ORDER_HOOKS, Gate, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, SATISFIED, Advice, DeleteDraft, MissingData, Verdict
from cds_hooks.snapshot import antiresorptive
from cds_hooks.snapshot.medication import Medication, Order
from cds_hooks.snapshot.model import Present, gaps_of
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.problem import Problem
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need, Route

RULE = Rule(
    id="BME-DS-BIS-04",
    version=1,
    title="Oral bisphosphonate: esophagus and posture",
    check="esophagus and posture with an oral bisphosphonate",
    hooks=ORDER_HOOKS,
    orders=(DrugGroup.BISPHOSPHONATE,),
    needs=(Need.PROBLEMS,),
    evidence=(
        Evidence(IBANDRONATE_LABEL, "Contraindications of the oral product: esophageal emptying, posture"),
        Evidence(PROJECT, "BME-DS-BIS-04; which conditions count as disease of the upper digestive tract"),
    ),
    limits="Whether the patient can stay upright is rarely on the problem list.",
    gate=Gate.EDEMA_BELOW_CRITICAL,
)

SUMMARY = "Oral bisphosphonate: esophageal disease or cannot stay upright"
INSTEAD = "An intravenous product is an option after its checks."
ROUTE_UNKNOWN = "The order states no route; this matters if the tablet is meant."
UPRIGHT = "After the tablet the patient sits or stands upright for {minutes} minutes."
LONGER = "ibandronate"  # 60 minutes; the others 30
CRITICAL = (Concept.ESOPHAGEAL_EMPTYING_DISORDER, Concept.BED_CONFINEMENT)
WARNING = (Concept.BARRETT_ESOPHAGUS, Concept.UPPER_GI_DISEASE, Concept.ESOPHAGEAL_DISORDER)


def assess(order: Order, patient: Patient) -> Verdict:
    drug = order.medication
    if drug is None or not drug.gives(DrugGroup.BISPHOSPHONATE):
        return NOT_APPLICABLE
    route = antiresorptive.bisphosphonate_route(drug)
    if route is Route.PARENTERAL:
        return NOT_APPLICABLE
    found = patient.has(*CRITICAL, *WARNING)
    if isinstance(found, Present):
        return _advice(drug, found, by_mouth=route is Route.ORAL)
    gaps = gaps_of(found)
    return MissingData(gaps[0]) if gaps else SATISFIED


def _advice(drug: Medication, found: Present[Problem], *, by_mouth: bool) -> Advice:
    critical = by_mouth and any(not item.concepts.isdisjoint(CRITICAL) for item in found.items)
    minutes = 60 if LONGER in antiresorptive.ingredients_of(drug) else 30
    delete = DeleteDraft(drug.reference, "Remove the draft order of the oral bisphosphonate")
    return Advice(
        indicator="critical" if critical else "warning",
        summary=SUMMARY,
        detail=(*(() if by_mouth else (ROUTE_UNKNOWN,)), UPRIGHT.format(minutes=minutes), INSTEAD),
        because=(drug.fact, *found.facts),
        unchecked=found.gaps,
        proposals=(delete,) if by_mouth else (),
    )

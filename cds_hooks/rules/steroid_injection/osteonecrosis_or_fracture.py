"""A steroid injection into a joint with osteonecrosis or a subchondral fracture should be reconsidered.

When    a local steroid injection is ordered
  and   osteonecrosis or a subchondral or insufficiency fracture of the same joint is on the problem list
Then    warn and offer to remove the draft
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import ICLINIQ, PROJECT, Evidence
from cds_hooks.authoring.rule import ORDER_HOOKS, Gate, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, SATISFIED, Advice, DeleteDraft, MissingData, Verdict
from cds_hooks.snapshot.indication import STEROID_INJECTION, injects_steroid
from cds_hooks.snapshot.injections import at_joint_of
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Absent, Present, Unknown, finding
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.vocabulary import Concept, Need

RULE = Rule(
    id="BME-DS-COR-04",
    version=1,
    title="Steroid injection with osteonecrosis or insufficiency fracture",
    check="osteonecrosis or subchondral fracture before a steroid injection",
    hooks=ORDER_HOOKS,
    orders=STEROID_INJECTION,
    gate=Gate.EDEMA,
    needs=(Need.PROBLEMS,),
    evidence=(
        Evidence(ICLINIQ, "Causes: corticosteroids"),
        Evidence(PROJECT, "caution before steroids in a joint at risk of collapse"),
    ),
    limits="Low: steroids are listed as a cause of marrow edema; the caution is ours.",
)

SUMMARY = "Steroid injection into a joint with osteonecrosis or subchondral fracture - reconsider"
WHY = "Steroids are a listed cause of marrow edema and may hide the progression to collapse; protect the joint first."


def assess(order: Order, patient: Patient) -> Verdict:
    if not injects_steroid(order):
        return NOT_APPLICABLE
    found = patient.has(Concept.OSTEONECROSIS, Concept.SUBCHONDRAL_FRACTURE, Concept.INSUFFICIENCY_FRACTURE)
    if isinstance(found, Present):
        found = finding(tuple(item for item in found.items if at_joint_of(order, item.site)), found.gaps)
    match found:
        case Unknown(gap):
            return MissingData(gap)
        case Absent():
            return SATISFIED
        case at_joint:
            return Advice(
                indicator="warning",
                summary=SUMMARY,
                detail=(WHY,),
                because=(order.fact, *at_joint.facts),
                unchecked=at_joint.gaps,
                proposals=(DeleteDraft(order.reference, "Remove the draft order of the steroid injection"),),
            )

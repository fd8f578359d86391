"""Electromagnetic bone stimulation in bone marrow edema is an option after standard care only: the evidence conflicts.

When    electromagnetic field therapy or a bone stimulator is ordered for bone marrow edema
Then    say that the sources contradict each other
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import DPM_BLOG, MANAGEMENT, Evidence
from cds_hooks.authoring.rule import Gate, Hook, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, Group, MissingData, Verdict
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Absent, Unknown
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.vocabulary import Concept, Need

RULE = Rule(
    id="BME-RF-07",
    version=1,
    title="Electromagnetic bone stimulation",
    check="evidence of electromagnetic bone stimulation",
    hooks=frozenset({Hook.ORDER_SELECT}),
    orders=(Concept.PEMF,),
    gate=Gate.EDEMA,
    needs=(Need.PROBLEMS,),
    evidence=(
        Evidence(MANAGEMENT, "alternatives in refractory edema"),
        Evidence(DPM_BLOG, "experience with bone stimulation and long immobilization"),
    ),
    limits="Very low and contradictory evidence: allowed, never suggested first.",
)

SUMMARY = "Electromagnetic bone stimulation in BMES: evidence conflicts - use only after standard care"
CONFLICT = (
    "One source lists electromagnetic fields as an alternative; another reports poor results of bone stimulation "
    "together with long immobilization."
)


def assess(order: Order, patient: Patient) -> Verdict:
    if not order.asks_for(Concept.PEMF):
        return NOT_APPLICABLE
    match patient.edema_reason(order):
        case Absent():
            return NOT_APPLICABLE
        case Unknown(gap):
            return MissingData(gap)
        case reason:
            return Advice(
                indicator="info",
                summary=SUMMARY,
                detail=(CONFLICT,),
                because=tuple(dict.fromkeys((order.fact, *reason.facts))),
                unchecked=reason.gaps,
                group=Group.STIMULATION_BASIS,
            )

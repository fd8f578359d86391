"""Platelet-rich plasma or stem cells for bone marrow edema are investigational: indication and consent need a check.

When    platelet-rich plasma or a stem cell procedure is ordered for bone marrow edema
Then    warn that it is not a standard treatment
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import ICLINIQ, Evidence
from cds_hooks.authoring.override import OverrideReason
from cds_hooks.authoring.rule import Hook, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, MissingData, Verdict
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Absent, Unknown
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.vocabulary import Concept, Need

RULE = Rule(
    id="BME-RF-09",
    version=1,
    title="Platelet-rich plasma and stem cells: not standard",
    check="standing of platelet-rich plasma and stem cells",
    hooks=frozenset({Hook.ORDER_SELECT}),
    orders=(Concept.PLATELET_RICH_PLASMA, Concept.CELL_THERAPY),
    needs=(Need.PROBLEMS,),
    evidence=(Evidence(ICLINIQ, "platelet-rich plasma and stem cells"),),
    limits="Very low evidence.",
    overrides=(OverrideReason("clinical-trial", "Part of a clinical trial"),),
)

SUMMARY = "PRP or stem-cell injection for marrow edema is investigational - confirm indication and consent"
REPORTS = (
    "Reports in osteoarthritis and overuse are promising; stem cells given into the circulation had mixed outcomes."
)


def assess(order: Order, patient: Patient) -> Verdict:
    if not order.asks_for(Concept.PLATELET_RICH_PLASMA, Concept.CELL_THERAPY):
        return NOT_APPLICABLE
    match patient.edema_reason(order):
        case Absent():
            return NOT_APPLICABLE
        case Unknown(gap):
            return MissingData(gap)
        case reason:
            return Advice(
                indicator="warning",
                summary=SUMMARY,
                detail=(REPORTS,),
                because=tuple(dict.fromkeys((order.fact, *reason.facts))),
                unchecked=reason.gaps,
            )

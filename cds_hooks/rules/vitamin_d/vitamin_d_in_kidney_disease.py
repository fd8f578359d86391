"""Colecalciferol should not be started in severe kidney disease without asking nephrology.

When    colecalciferol or ergocalciferol is ordered, alone or with calcium
  and   the eGFR of the last year is below 30
Unless  the draft is an active form of vitamin D
Then    warn that another form may be needed
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import COLECALCIFEROL_SMPC, Evidence
from cds_hooks.authoring.rule import ORDER_HOOKS, Gate, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, MissingData, Satisfied, Verdict
from cds_hooks.snapshot import vitamin_d_products
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Present, Unknown, only
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.vocabulary import Need

EGFR_SEVERE = Threshold(
    name="vitamin-d-egfr", unit="mL/min/1.73 m2", default=30, low=15, high=45, source="colecalciferol SmPC, 4.3"
)
EGFR_DAYS = Threshold(
    name="vitamin-d-egfr-window", unit="d", default=365, low=30, high=365, source="ours, awaiting a clinical board"
)

RULE = Rule(
    id="BME-DS-VTD-02",
    version=1,
    title="Vitamin D: severe kidney disease",
    check="kidney function before vitamin D",
    hooks=ORDER_HOOKS,
    orders=vitamin_d_products.ORDERS,
    gate=Gate.EDEMA,
    needs=(Need.KIDNEY_FUNCTION, Need.DEMOGRAPHICS),
    evidence=(Evidence(COLECALCIFEROL_SMPC, "4.3 Contraindications: severe renal impairment"),),
    limits="EU labels contraindicate it; the practice that KDIGO describes varies.",
    thresholds=(EGFR_SEVERE, EGFR_DAYS),
)

SUMMARY = "Colecalciferol in severe renal impairment - other forms may be needed; ask nephrology"
WHY = (
    "EU labels contraindicate colecalciferol in severe renal impairment, where it may not be activated; practice in "
    "chronic kidney disease varies."
)


def assess(order: Order, patient: Patient) -> Verdict:
    drug = order.medication
    if drug is None or not vitamin_d_products.is_native(drug):
        return NOT_APPLICABLE
    limit = patient.policy[EGFR_SEVERE]
    low = only(patient.egfr(patient.policy[EGFR_DAYS]), lambda result: result.surely_below(limit))
    if isinstance(low, Unknown):
        return MissingData(low.gap)
    if not isinstance(low, Present):
        return Satisfied(low.remarks)
    return Advice(
        indicator="warning",
        summary=SUMMARY,
        detail=(WHY,),
        because=(order.fact, *low.facts),
        unchecked=low.gaps,
        remarks=low.remarks,
    )

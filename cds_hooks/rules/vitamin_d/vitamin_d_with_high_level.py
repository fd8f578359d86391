"""Vitamin D should not be added to a high calcium or to a toxic level of vitamin D.

When    vitamin D is ordered, alone or with calcium
  and   the calcium of the last 90 days is above the laboratory's limit, or the 25-OH vitamin D of the last year is
        above 100 ng/mL
Then    warn, critically with a high calcium or above 150 ng/mL, and offer to remove the draft
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import COLECALCIFEROL_SMPC, IOM_UPPER_LIMIT, Evidence
from cds_hooks.authoring.rule import ORDER_HOOKS, Gate, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, DeleteDraft, MissingData, Satisfied, Verdict
from cds_hooks.snapshot import vitamin_d_products
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Factual, Finding, Present, Unknown, any_of, only
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.problem import Result
from cds_hooks.snapshot.vitamin_d_level import CALCIUM_DAYS, high_calcium
from cds_hooks.snapshot.vocabulary import Need

LEVEL_DAYS = Threshold(
    name="vitamin-d-level-window", unit="d", default=365, low=90, high=365, source="ours, awaiting a clinical board"
)
TOXIC = Threshold(
    name="vitamin-d-toxic", unit="ng/mL", default=150, low=100, high=200, source="hospital laboratory catalogs"
)
HIGH = Threshold(
    name="vitamin-d-high", unit="ng/mL", default=100, low=60, high=150, source="hospital laboratory catalogs"
)

RULE = Rule(
    id="BME-DS-VTD-01",
    version=1,
    title="Vitamin D: hypercalcemia or toxic level",
    check="calcium and vitamin D level before vitamin D",
    hooks=ORDER_HOOKS,
    orders=vitamin_d_products.ORDERS,
    gate=Gate.EDEMA,
    needs=(Need.CALCIUM, Need.VITAMIN_D),
    evidence=(
        Evidence(COLECALCIFEROL_SMPC, "4.3 Contraindications"),
        Evidence(IOM_UPPER_LIMIT, "toxic levels in laboratory catalogs"),
    ),
    limits="Label texts and laboratory catalogs; a total calcium without albumin is taken as it is.",
    thresholds=(CALCIUM_DAYS, LEVEL_DAYS, TOXIC, HIGH),
)

SUMMARY = "High calcium or high vitamin D level - adding vitamin D may do harm"
WHY = "Vitamin D raises calcium further; labels name a high calcium and an overdose of vitamin D as contraindications."


def assess(order: Order, patient: Patient) -> Verdict:
    drug = order.medication
    if drug is None or not vitamin_d_products.is_vitamin_d(drug):
        return NOT_APPLICABLE
    level = patient.vitamin_d(patient.policy[LEVEL_DAYS])
    severe = any_of(high_calcium(patient), _above(level, patient.policy[TOXIC]))
    found = any_of(severe, _above(level, patient.policy[HIGH]))
    if isinstance(found, Unknown):
        return MissingData(found.gap)
    if not isinstance(found, Present):
        return Satisfied(found.remarks)
    return Advice(
        indicator="critical" if isinstance(severe, Present) else "warning",
        summary=SUMMARY,
        detail=(WHY,),
        because=(order.fact, *dict.fromkeys(found.facts)),
        unchecked=found.gaps,
        remarks=found.remarks,
        proposals=(DeleteDraft(order.reference, "Remove the draft order of vitamin D"),),
    )


def _above(level: Finding[Result], limit: float) -> Finding[Factual]:
    return only(level, lambda result: result.quantity is not None and result.quantity.surely_above(limit))

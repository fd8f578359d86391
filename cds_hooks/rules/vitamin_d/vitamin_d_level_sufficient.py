"""More than a maintenance dose of vitamin D is not needed where the level is already sufficient.

When    vitamin D of more than 1000 IU a day is ordered
  and   the 25-OH vitamin D of the last 180 days is 30 ng/mL or more
Unless  an antiresorptive is active or drafted
Then    say so and offer to remove the draft
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import ENDOCRINE_SOCIETY, Evidence
from cds_hooks.authoring.rule import Gate, Hook, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, SATISFIED, Advice, DeleteDraft, MissingData, Satisfied, Verdict
from cds_hooks.snapshot import vitamin_d_products
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Present, Unknown, only
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.vocabulary import DrugGroup, Need

SUFFICIENT = Threshold(
    name="vitamin-d-sufficient", unit="ng/mL", default=30, low=20, high=50, source="Endocrine Society 2011"
)
LEVEL_DAYS = Threshold(
    name="vitamin-d-sufficient-window",
    unit="d",
    default=180,
    low=30,
    high=365,
    source="ours, awaiting a clinical board",
)
MAINTENANCE = Threshold(
    name="vitamin-d-maintenance",
    unit="IU/d",
    default=1000,
    low=400,
    high=4000,
    source="ours, awaiting a clinical board",
)

RULE = Rule(
    id="BME-DS-VTD-05",
    version=1,
    title="Vitamin D ordered although the level is sufficient",
    check="vitamin D level before vitamin D",
    hooks=frozenset({Hook.ORDER_SELECT}),
    orders=vitamin_d_products.ORDERS,
    gate=Gate.EDEMA,
    needs=(Need.VITAMIN_D, Need.MEDICATIONS),
    evidence=(Evidence(ENDOCRINE_SOCIETY, "sufficient from 30 ng/mL (2011); no cut-off (2024)"),),
    limits="Low certainty: the guideline of 2024 names no cut-off.",
    thresholds=(SUFFICIENT, LEVEL_DAYS, MAINTENANCE),
)

SUMMARY = "Vitamin D level is already sufficient"
WHY = "A maintenance dose of up to 1000 IU a day is not questioned; this draft is above it."


def assess(order: Order, patient: Patient) -> Verdict:
    drug = order.medication
    if drug is None or not vitamin_d_products.is_native(drug):
        return NOT_APPLICABLE
    units = vitamin_d_products.daily_units(drug)
    if units is None or units <= patient.policy[MAINTENANCE]:
        return SATISFIED
    level = patient.vitamin_d(patient.policy[LEVEL_DAYS])
    enough = only(level, lambda result: result.surely_at_least(patient.policy[SUFFICIENT]))
    if isinstance(enough, Unknown):
        return MissingData(enough.gap)
    if not isinstance(enough, Present):
        return Satisfied(enough.remarks)
    antiresorptive = patient.takes(DrugGroup.BISPHOSPHONATE, DrugGroup.DENOSUMAB, beside=order)
    if isinstance(antiresorptive, Unknown):
        return MissingData(antiresorptive.gap)
    if isinstance(antiresorptive, Present):
        return Satisfied(enough.remarks)
    return Advice(
        indicator="info",
        summary=SUMMARY,
        detail=(WHY,),
        because=(order.fact, *enough.facts),
        unchecked=enough.gaps,
        remarks=enough.remarks,
        proposals=(DeleteDraft(order.reference, "Remove the draft order of vitamin D"),),
    )

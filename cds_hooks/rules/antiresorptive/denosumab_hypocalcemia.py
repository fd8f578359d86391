"""Denosumab should not be given while the calcium is low.

When    denosumab is ordered
  and   the corrected calcium of the last 30 days is below the laboratory's lower limit
Then    warn critically, offer to remove the draft and to repeat the calcium
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import PROLIA_BOXED_WARNING, PROLIA_LABEL, Evidence
from cds_hooks.authoring.rule import ORDER_HOOKS, Gate, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, DeleteDraft, MissingData, Propose, Satisfied, Verdict
from cds_hooks.snapshot import antiresorptive
from cds_hooks.snapshot.labs import Calcium
from cds_hooks.snapshot.medication import Medication, Order
from cds_hooks.snapshot.model import Gap, Present, Unknown
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.vocabulary import DrugGroup, Need, Service

RULE = Rule(
    id="BME-DS-DEN-01",
    version=1,
    title="Denosumab with hypocalcemia",
    check="low calcium with denosumab",
    hooks=ORDER_HOOKS,
    orders=(DrugGroup.DENOSUMAB,),
    needs=(Need.CALCIUM, Need.OPEN_ORDERS),
    evidence=(
        Evidence(PROLIA_LABEL, "Contraindications: hypocalcemia"),
        Evidence(PROLIA_BOXED_WARNING, "Severe hypocalcemia"),
    ),
    limits="A calcium that is missing or too old is the business of the check before denosumab (BME-RF-05).",
    gate=Gate.EDEMA_BELOW_CRITICAL,
    thresholds=(antiresorptive.CALCIUM_DAYS,),
)

SUMMARY = "Denosumab is contraindicated in hypocalcemia - correct calcium first"
WHY = "Denosumab lowers calcium further, for weeks after one dose."


def assess(order: Order, patient: Patient) -> Verdict:
    drug = order.medication
    if drug is None or not drug.gives(DrugGroup.DENOSUMAB):
        return NOT_APPLICABLE
    match patient.calcium(patient.policy[antiresorptive.CALCIUM_DAYS]):
        case Unknown(gap):
            return MissingData(gap)
        case Present(items=(calcium,), gaps=gaps, remarks=remarks) if calcium.surely_low:
            return _advice(drug, calcium, gaps, remarks)
        case Present(gaps=(gap, *_)):
            return MissingData(gap)
        case other:
            return Satisfied(other.remarks)


def _advice(drug: Medication, calcium: Calcium, gaps: tuple[Gap, ...], remarks: tuple[Gap, ...]) -> Advice:
    return Advice(
        indicator="critical",
        summary=SUMMARY,
        detail=(WHY,),
        because=(drug.fact, *calcium.shown),
        unchecked=gaps,
        remarks=remarks,
        proposals=(
            DeleteDraft(drug.reference, "Remove the draft order of denosumab"),
            Propose(Service.CALCIUM_TEST),
        ),
    )

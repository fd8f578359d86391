"""A systemic NSAID should be avoided with heart failure and soon after a cardiac event, a stroke or bypass surgery.

When    a systemic NSAID is ordered
  and   heart failure is on the problem list, or there was a myocardial infarction in the last year, a stroke in the
        last half year, or coronary bypass surgery in the last two weeks
Unless  the NSAID is topical or low-dose aspirin, or the infarction or stroke is recorded as an old one
Then    warn, critically in NYHA class III or IV, decompensation, or around bypass surgery
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import NSAID_LABEL, NSAID_PRECAUTIONS, Evidence
from cds_hooks.authoring.rule import ORDER_HOOKS, Gate, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, SATISFIED, Advice, DeleteDraft, MissingData, Verdict
from cds_hooks.snapshot import heart, nsaid
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Factual, Finding, Present, Unknown, any_of
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.vocabulary import Concept, Need

INFARCTION_DAYS = Threshold(
    name="nsaid-infarction-window", unit="d", default=365, low=90, high=1825, source="ours, awaiting a clinical board"
)
STROKE_DAYS = Threshold(
    name="nsaid-stroke-window", unit="d", default=180, low=90, high=1825, source="ours, awaiting a clinical board"
)
BYPASS_DAYS = Threshold(
    name="nsaid-bypass-window", unit="d", default=14, low=10, high=90, source="NSAID label: 10 to 14 days after CABG"
)

RULE = Rule(
    id="BME-DS-NSA-05",
    version=1,
    title="NSAID and heart disease",
    check="heart failure and cardiac events before an NSAID",
    hooks=ORDER_HOOKS,
    orders=nsaid.ORDERS,
    gate=Gate.EDEMA,
    needs=(Need.PROBLEMS, Need.PROCEDURES, Need.HEART_FAILURE_CLASS),
    evidence=(
        Evidence(NSAID_LABEL, "boxed warning and warnings: cardiovascular"),
        Evidence(NSAID_PRECAUTIONS, "heart"),
    ),
    limits="Label texts. Heart failure without a recorded class counts as mild.",
    thresholds=(nsaid.ANALGESIC_ASPIRIN, INFARCTION_DAYS, STROKE_DAYS, BYPASS_DAYS),
)

SUMMARY = "NSAID with heart failure or recent cardiac event - avoid"
WHY = "NSAIDs retain fluid, raise the risk of thrombotic events and weaken diuretics."


def assess(order: Order, patient: Patient) -> Verdict:
    drug = order.medication
    if drug is None or not nsaid.is_systemic(drug, patient):
        return NOT_APPLICABLE
    severe = _severe(patient)
    mild = heart.heart_failure_if(patient, lambda failure: not failure.severe)
    infarction = heart.infarction(patient, patient.policy[INFARCTION_DAYS])
    found = any_of(severe, mild, infarction, heart.stroke(patient, patient.policy[STROKE_DAYS]))
    if isinstance(found, Unknown):
        return MissingData(found.gap)
    if not isinstance(found, Present):
        return SATISFIED
    return Advice(
        indicator="critical" if isinstance(severe, Present) else "warning",
        summary=SUMMARY,
        detail=(WHY,),
        because=(order.fact, *found.facts),
        unchecked=found.gaps,
        proposals=(DeleteDraft(order.reference, "Remove the draft order of the NSAID"),),
    )


def _severe(patient: Patient) -> Finding[Factual]:
    failure = heart.heart_failure_if(patient, lambda found: found.severe)
    return any_of(failure, patient.event(Concept.CORONARY_BYPASS, within_days=patient.policy[BYPASS_DAYS]))

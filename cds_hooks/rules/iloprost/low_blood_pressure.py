"""A prostacyclin should not be started while blood pressure is low.

When    a systemic prostacyclin is ordered that does not treat pulmonary hypertension
  and   the newest systolic blood pressure of the last days is low
Unless  none is on record: it is measured at the infusion
Then    warn critically below 85 mmHg, warn below 100 mmHg, and offer to put the draft on hold
"""

from __future__ import annotations

from cds_hooks.authoring.arms import Weighed, weigh
from cds_hooks.authoring.evidence import ILOMEDIN_DATA_SHEET, ILOPROST_US_LABEL, Evidence
from cds_hooks.authoring.rule import ORDER_HOOKS, Gate, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, Change, MissingData, UpdateDraft, Verdict
from cds_hooks.snapshot import blood_pressure, prostacyclin
from cds_hooks.snapshot.blood_pressure import systolic_below
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Absent, Gap, Unknown
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.vocabulary import DrugGroup, Need

TOO_LOW = Threshold(
    name="iloprost-systolic-critical",
    unit="mm[Hg]",
    default=85,
    low=85,
    high=100,
    source="Ilomedin data sheet: not below 85",
)
LOW = Threshold(
    name="iloprost-systolic-low", unit="mm[Hg]", default=100, low=85, high=120, source="ours, awaiting a clinical board"
)

RULE = Rule(
    id="BME-DS-ILO-03",
    version=1,
    title="Iloprost: low blood pressure",
    check="blood pressure before a prostacyclin",
    hooks=ORDER_HOOKS,
    orders=(DrugGroup.PROSTACYCLIN,),
    needs=(Need.BLOOD_PRESSURE, Need.PROBLEMS),
    gate=Gate.EDEMA_BELOW_CRITICAL,
    thresholds=(TOO_LOW, LOW, blood_pressure.BLOOD_PRESSURE_DAYS),
    evidence=(
        Evidence(ILOMEDIN_DATA_SHEET, "Special warnings: hypotension"),
        Evidence(ILOPROST_US_LABEL, "5 Warnings: symptomatic hypotension"),
    ),
    limits="The limit of 85 mmHg is that of the New Zealand data sheet; the limit of 100 mmHg is an assumption of this "
    "project.",
)

SUMMARY = "Blood pressure too low to start iloprost"
LOWERS = "Iloprost lowers blood pressure - last systolic value was below 100 mmHg"
LIMIT = "The New Zealand data sheet advises not to start below 85 mmHg systolic."
CORRECT = "Low blood pressure is to be corrected first."


def assess(order: Order, patient: Patient) -> Verdict:
    concern = prostacyclin.of_concern(order.medication, patient)
    if isinstance(concern, Absent):
        return NOT_APPLICABLE
    if isinstance(concern, Unknown):
        return MissingData(concern.gap)
    weighed = weigh(
        critical=systolic_below(patient, patient.policy[TOO_LOW]),
        warning=systolic_below(patient, patient.policy[LOW]),
    )
    return _advice(order, weighed, concern.gaps) if isinstance(weighed, Weighed) else weighed


def _advice(order: Order, weighed: Weighed, unclear: tuple[Gap, ...]) -> Advice:
    return Advice(
        indicator=weighed.indicator,
        summary=SUMMARY if weighed.indicator == "critical" else LOWERS,
        detail=(LIMIT, CORRECT),
        because=(order.fact, *weighed.facts),
        unchecked=(*weighed.unchecked, *unclear),
        remarks=weighed.remarks,
        proposals=() if unclear else (UpdateDraft(order.reference, Change.ON_HOLD),),
    )

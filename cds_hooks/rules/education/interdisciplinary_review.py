"""Marrow edema that has lasted three months should be seen by a specialist, best in an interdisciplinary review.

When    edema syndrome, or edema without a recorded cause, began 90 days ago or more
Unless  orthopedics, rheumatology or pain medicine was involved within 180 days, or is booked
Then    offer an interdisciplinary review
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import DPM_BLOG, STATPEARLS, Evidence
from cds_hooks.authoring.rule import Gate, Hook, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, SATISFIED, Advice, MissingData, Propose, Verdict
from cds_hooks.snapshot import unexplained
from cds_hooks.snapshot.model import Absent, Present, Unknown
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.team import ORTHOPEDICS, PAIN_MEDICINE, RHEUMATOLOGY, seen_or_referred
from cds_hooks.snapshot.vocabulary import Need, Service

SINCE_DAYS = Threshold(
    name="interdisciplinary-edema-days",
    unit="d",
    default=90,
    low=42,
    high=180,
    source="ours, awaiting a clinical board",
)
SEEN_DAYS = Threshold(
    name="interdisciplinary-seen-days",
    unit="d",
    default=180,
    low=60,
    high=365,
    source="ours, awaiting a clinical board",
)

RULE = Rule(
    id="BME-ED-04",
    version=1,
    title="Interdisciplinary referral when the diagnosis is open",
    check="specialist care of lasting marrow edema",
    hooks=frozenset({Hook.PATIENT_VIEW}),
    needs=(Need.PROBLEMS, Need.MRI, Need.ENCOUNTERS, Need.CARE, Need.APPOINTMENTS, Need.OPEN_ORDERS),
    gate=Gate.EDEMA,
    evidence=(
        Evidence(STATPEARLS, "Enhancing Healthcare Team Outcomes"),
        Evidence(DPM_BLOG, "work-up with other disciplines"),
    ),
    limits="Expert opinion; visits without a specialty on record cannot be counted, referrals can.",
    thresholds=(SINCE_DAYS, SEEN_DAYS),
)

SUMMARY = "BME for 3 months without specialist input - consider an interdisciplinary review"
WHO = "Radiology, orthopedics, rheumatology, physiotherapy and mental health each have a part."


def assess(patient: Patient) -> Verdict:
    lasting = unexplained.lasting_edema(patient, patient.policy[SINCE_DAYS])
    if isinstance(lasting, Absent):
        return NOT_APPLICABLE
    if isinstance(lasting, Unknown):
        return MissingData(lasting.gap)
    specialties = (*ORTHOPEDICS, *RHEUMATOLOGY, *PAIN_MEDICINE)
    match seen_or_referred(patient, *specialties, within_days=patient.policy[SEEN_DAYS]):
        case Present():
            return SATISFIED
        case Unknown(gap):
            return MissingData(gap)
        case _:
            return Advice(
                indicator="info",
                summary=SUMMARY,
                detail=(WHO,),
                because=lasting.facts,
                unchecked=lasting.gaps,
                proposals=(Propose(Service.MDT_REFERRAL),),
            )

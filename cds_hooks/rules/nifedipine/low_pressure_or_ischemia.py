"""Nifedipine should not be given with low blood pressure, in an acute coronary syndrome or in severe aortic stenosis.

When    nifedipine is ordered
  and   cardiogenic shock, unstable angina or severe aortic stenosis is active, a myocardial infarction is recent, or
        the newest systolic pressure is below 90 mmHg
Then    warn critically and offer to remove the draft; in heart failure warn with that offer, in aortic stenosis of
        unstated severity without it
"""

from __future__ import annotations

from cds_hooks.authoring.arms import Weighed, weigh
from cds_hooks.authoring.evidence import NIFEDIPINE_SMPC, Evidence
from cds_hooks.authoring.rule import ORDER_HOOKS, Gate, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, DeleteDraft, Verdict
from cds_hooks.snapshot import blood_pressure, heart
from cds_hooks.snapshot.blood_pressure import is_nifedipine, systolic_below
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Present, any_of, only
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.problem import Problem
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need

TOO_LOW = Threshold(
    name="nifedipine-systolic", unit="mm[Hg]", default=90, low=90, high=110, source="SmPC 4.3: below 90"
)
INFARCTION_DAYS = Threshold(
    name="nifedipine-infarction-days",
    unit="d",
    default=30,
    low=8,
    high=90,
    source="SmPCs: 8 days to 1 month, by product",
)

RULE = Rule(
    id="BME-DS-NIF-01",
    version=1,
    title="Nifedipine: hypotension, shock, acute coronary syndrome, aortic stenosis",
    check="blood pressure and heart disease with nifedipine",
    hooks=ORDER_HOOKS,
    orders=(DrugGroup.CALCIUM_CHANNEL_BLOCKER,),
    needs=(Need.PROBLEMS, Need.PROCEDURES, Need.BLOOD_PRESSURE, Need.HEART_FAILURE_CLASS),
    gate=Gate.EDEMA,
    thresholds=(TOO_LOW, INFARCTION_DAYS, blood_pressure.BLOOD_PRESSURE_DAYS),
    evidence=(Evidence(NIFEDIPINE_SMPC, "4.3 Contraindications, 4.4 Special warnings"),),
    limits="Products differ in the time after an infarction; the age of the blood pressure is an assumption of this "
    "project.",
)

SUMMARY = "Nifedipine is unsafe with low blood pressure, acute coronary syndrome or severe aortic stenosis"
WHY = "Nifedipine widens the vessels: a fall in pressure can provoke ischemia."
LOW_THRESHOLD = "Its use in bone marrow edema is off-label and only for symptoms, so the threshold to refrain is low."
SEVERITY = "The record of the aortic stenosis does not say how severe it is."


def assess(order: Order, patient: Patient) -> Verdict:
    if not is_nifedipine(order.medication):
        return NOT_APPLICABLE
    critical = any_of(
        patient.has(Concept.CARDIOGENIC_SHOCK, Concept.UNSTABLE_ANGINA, Concept.SEVERE_AORTIC_STENOSIS),
        heart.infarction(patient, patient.policy[INFARCTION_DAYS]),
        systolic_below(patient, patient.policy[TOO_LOW]),
    )
    failure = heart.heart_failure_if(patient, lambda _: True)
    stenosis = only(patient.has(Concept.AORTIC_STENOSIS), _may_be_severe)
    weighed = weigh(critical=critical, warning=any_of(failure, stenosis))
    if not isinstance(weighed, Weighed):
        return weighed
    sure = isinstance(critical, Present) or isinstance(failure, Present)
    return _advice(order, weighed, sure)


def _may_be_severe(stenosis: Problem) -> bool:
    return Concept.AORTIC_STENOSIS_NOT_SEVERE not in stenosis.concepts


def _advice(order: Order, weighed: Weighed, sure: bool) -> Advice:
    delete = DeleteDraft(order.reference, "Remove the draft order of nifedipine")
    return Advice(
        indicator=weighed.indicator,
        summary=SUMMARY,
        detail=(WHY, LOW_THRESHOLD, *(() if sure else (SEVERITY,))),
        because=(order.fact, *weighed.facts),
        unchecked=weighed.unchecked,
        remarks=weighed.remarks,
        proposals=(delete,) if sure else (),
    )

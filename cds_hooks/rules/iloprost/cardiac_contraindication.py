"""A prostacyclin should not be given in severe heart disease, or soon after an infarction or a stroke.

When    a systemic prostacyclin is ordered that does not treat pulmonary hypertension
  and   one of these is on record: unstable angina or severe coronary disease, heart failure with symptoms or of unknown
        class, severe arrhythmia, high-grade AV block without a pacemaker, pulmonary edema, severe valve disease or
        pulmonary veno-occlusive disease; or a myocardial infarction of the last 6 months, a stroke or TIA of the last
        3 months
Unless  the record says "old" or "history of", or that a valve disease is mild
Then    warn critically and offer to remove the draft; ask for date or severity, without that offer, where an infarction
        or stroke has no date, where coronary or valve disease has no stated severity, and in heart failure NYHA I
"""

from __future__ import annotations

from cds_hooks.authoring.arms import Weighed, weigh
from cds_hooks.authoring.evidence import ILOMEDIN_DATA_SHEET, ILOPROST_SMPC, ILOPROST_US_LABEL, Evidence
from cds_hooks.authoring.rule import ORDER_HOOKS, Gate, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, DeleteDraft, MissingData, Verdict
from cds_hooks.snapshot import heart, prostacyclin
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Absent, Factual, Finding, Gap, Present, Unknown, any_of, only
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.problem import Problem
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need

INFARCTION_DAYS = Threshold(
    name="iloprost-infarction-days", unit="d", default=183, low=183, high=365, source="UK SmPC 4.3: 6 months"
)
STROKE_DAYS = Threshold(
    name="iloprost-stroke-days", unit="d", default=92, low=92, high=183, source="UK SmPC 4.3: 3 months"
)
CONTRAINDICATED = (
    Concept.UNSTABLE_ANGINA,
    Concept.SEVERE_ARRHYTHMIA,
    Concept.PULMONARY_EDEMA,
    Concept.SEVERE_AORTIC_STENOSIS,
    Concept.SEVERE_ISCHEMIC_HEART_DISEASE,
    Concept.SEVERE_VALVE_DISEASE,
    Concept.PULMONARY_VENO_OCCLUSIVE_DISEASE,
)
OF_UNKNOWN_SEVERITY = (
    Concept.ISCHEMIC_HEART_DISEASE,
    Concept.ANGINA,
    Concept.VALVE_DISEASE,
    Concept.AORTIC_STENOSIS,
)

RULE = Rule(
    id="BME-DS-ILO-01",
    version=1,
    title="Iloprost: cardiac and cerebrovascular contraindications",
    check="heart disease and stroke with a prostacyclin",
    hooks=ORDER_HOOKS,
    orders=(DrugGroup.PROSTACYCLIN,),
    needs=(Need.PROBLEMS, Need.PROCEDURES, Need.DEVICES, Need.HEART_FAILURE_CLASS),
    gate=Gate.EDEMA_BELOW_CRITICAL,
    thresholds=(INFARCTION_DAYS, STROKE_DAYS),
    evidence=(
        Evidence(ILOPROST_SMPC, "4.3 Contraindications"),
        Evidence(ILOMEDIN_DATA_SHEET, "Contraindications"),
        Evidence(ILOPROST_US_LABEL, "no contraindication named"),
    ),
    limits="EU and UK labels; the US label names no contraindication. Valve disease of unstated severity is read as "
    "unclear, which is an assumption of this project.",
)

SUMMARY = "Iloprost: this heart or stroke history is a contraindication in EU labels"
UNCLEAR = "Iloprost: heart or stroke history needs clarification (date or severity) before use"
WHY = "Prostacyclins lower blood pressure and can provoke ischemia or pulmonary congestion in a diseased heart."


def assess(order: Order, patient: Patient) -> Verdict:
    concern = prostacyclin.of_concern(order.medication, patient)
    if isinstance(concern, Absent):
        return NOT_APPLICABLE
    if isinstance(concern, Unknown):
        return MissingData(concern.gap)
    weighed = weigh(critical=_contraindicated(patient), warning=_unclear(patient))
    return _advice(order, weighed, concern.gaps, patient) if isinstance(weighed, Weighed) else weighed


def _contraindicated(patient: Patient) -> Finding[Factual]:
    return any_of(
        patient.has(*CONTRAINDICATED),
        heart.heart_failure_if(patient, lambda failure: not failure.without_symptoms),
        _unpaced_block(patient),
        heart.infarction(patient, patient.policy[INFARCTION_DAYS]),
        heart.stroke(patient, patient.policy[STROKE_DAYS]),
    )


def _unpaced_block(patient: Patient) -> Finding[Problem]:
    """A high-grade AV block counts where no pacemaker is on a list that could be read."""
    block, pacemaker = patient.has(Concept.HIGH_GRADE_AV_BLOCK), patient.carries(Concept.PACEMAKER)
    if isinstance(block, Absent) or isinstance(pacemaker, Present):
        return Absent()
    return pacemaker if isinstance(pacemaker, Unknown) else block


def _unclear(patient: Patient) -> Finding[Factual]:
    return any_of(
        heart.heart_failure_if(patient, lambda failure: failure.without_symptoms),
        heart.undated_infarction(patient),
        heart.undated_stroke(patient),
        _of_unknown_severity(patient),
    )


def _of_unknown_severity(patient: Patient) -> Finding[Problem]:
    """A valve disease that is said to be mild is none."""
    return only(patient.has(*OF_UNKNOWN_SEVERITY), lambda problem: Concept.MILD_VALVE_DISEASE not in problem.concepts)


def _advice(order: Order, weighed: Weighed, unclear: tuple[Gap, ...], patient: Patient) -> Advice:
    critical = weighed.indicator == "critical"
    delete = DeleteDraft(order.reference, "Remove the draft order of the prostacyclin")
    return Advice(
        indicator=weighed.indicator,
        summary=SUMMARY if critical else UNCLEAR,
        detail=(WHY, _windows(patient), "The US label names no contraindication."),
        because=(order.fact, *weighed.facts),
        unchecked=(*weighed.unchecked, *unclear),
        remarks=weighed.remarks,
        proposals=(delete,) if critical and not unclear else (),
    )


def _windows(patient: Patient) -> str:
    infarction, stroke = patient.policy[INFARCTION_DAYS], patient.policy[STROKE_DAYS]
    return (
        f"A myocardial infarction counts for 6 months ({infarction:g} days), "
        f"a stroke or transient ischemic attack for 3 months ({stroke:g} days)."
    )

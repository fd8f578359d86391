"""A prostacyclin should not be given to a patient who is prone to bleed.

When    a systemic prostacyclin is ordered that does not treat pulmonary hypertension
  and   a peptic ulcer, an intracranial hemorrhage or a bleeding disorder is active, a major trauma is recent, an
        operation is planned for the next 24 hours, or platelets are low
Then    warn critically and offer to remove the draft; at 50 to 99 platelets warn, for a decision of the specialist
"""

from __future__ import annotations

from cds_hooks.authoring.arms import Weighed, weigh
from cds_hooks.authoring.evidence import ILOMEDIN_DATA_SHEET, ILOPROST_SMPC, Evidence
from cds_hooks.authoring.rule import ORDER_HOOKS, Gate, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, DeleteDraft, MissingData, Verdict
from cds_hooks.snapshot import prostacyclin
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Absent, Factual, Finding, Gap, Unknown, any_of, only
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.problem import Event, Result
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need

OURS = "ours, awaiting a clinical board"
PLATELETS_CRITICAL = Threshold(
    name="iloprost-platelets-critical", unit="10*9/L", default=50, low=30, high=100, source=OURS
)
PLATELETS_LOW = Threshold(name="iloprost-platelets-low", unit="10*9/L", default=100, low=50, high=150, source=OURS)
PLATELETS_DAYS = Threshold(name="iloprost-platelets-days", unit="d", default=30, low=1, high=90, source=OURS)
TRAUMA_DAYS = Threshold(name="iloprost-trauma-days", unit="d", default=30, low=7, high=90, source=OURS)
OPERATION_DAYS = Threshold(name="iloprost-operation-days", unit="d", default=1, low=1, high=7, source=OURS)

BLEEDING_PRONE = (Concept.PEPTIC_ULCER, Concept.INTRACRANIAL_HEMORRHAGE, Concept.BLEEDING_DISORDER)
OPERATIONS = (
    Concept.BONE_BIOPSY,
    Concept.BONE_OR_JOINT_SURGERY,
    Concept.CORE_DECOMPRESSION,
    Concept.CORONARY_BYPASS,
    Concept.INVASIVE_DENTAL_PROCEDURE,
    Concept.JOINT_REPLACEMENT,
    Concept.KYPHOPLASTY,
    Concept.OPERATION,
    Concept.VERTEBRAL_AUGMENTATION,
    Concept.VERTEBROPLASTY,
)

RULE = Rule(
    id="BME-DS-ILO-02",
    version=1,
    title="Iloprost: bleeding-prone condition",
    check="bleeding risk with a prostacyclin",
    hooks=ORDER_HOOKS,
    orders=(DrugGroup.PROSTACYCLIN,),
    needs=(Need.PROBLEMS, Need.PROCEDURES, Need.PLATELETS, Need.CARE, Need.APPOINTMENTS),
    gate=Gate.EDEMA_BELOW_CRITICAL,
    thresholds=(PLATELETS_CRITICAL, PLATELETS_LOW, PLATELETS_DAYS, TRAUMA_DAYS, OPERATION_DAYS),
    evidence=(
        Evidence(ILOPROST_SMPC, "4.3 Contraindications"),
        Evidence(ILOMEDIN_DATA_SHEET, "Contraindications"),
    ),
    limits="The label names the conditions; the platelet counts and the days are assumptions of this project.",
)

SUMMARY = "Iloprost: bleeding-prone condition present - contraindicated"
LOW_PLATELETS = "Iloprost: platelets 50-99 - bleeding risk, specialist decision"
WHY = "Prostacyclins inhibit platelets, which adds to the risk of bleeding."


def assess(order: Order, patient: Patient) -> Verdict:
    concern = prostacyclin.of_concern(order.medication, patient)
    if isinstance(concern, Absent):
        return NOT_APPLICABLE
    if isinstance(concern, Unknown):
        return MissingData(concern.gap)
    weighed = weigh(critical=_prone(patient), warning=_low_platelets(patient))
    return _advice(order, weighed, concern.gaps) if isinstance(weighed, Weighed) else weighed


def _prone(patient: Patient) -> Finding[Factual]:
    return any_of(
        patient.has(*BLEEDING_PRONE),
        patient.event(Concept.MAJOR_TRAUMA, within_days=patient.policy[TRAUMA_DAYS]),
        _operation(patient),
        _critical_platelets(patient),
    )


def _operation(patient: Patient) -> Finding[Event]:
    """One with a date: an order without a day says nothing of the next 24 hours."""
    planned = patient.planned(*OPERATIONS, within_days=patient.policy[OPERATION_DAYS])
    return only(planned, lambda event: event.planned is not None)


def _critical_platelets(patient: Patient) -> Finding[Result]:
    return only(_platelets(patient), lambda result: result.surely_below(patient.policy[PLATELETS_CRITICAL]))


def _low_platelets(patient: Patient) -> Finding[Result]:
    critical, low = patient.policy[PLATELETS_CRITICAL], patient.policy[PLATELETS_LOW]
    return only(_platelets(patient), lambda result: result.surely_at_least(critical) and result.surely_below(low))


def _platelets(patient: Patient) -> Finding[Result]:
    return patient.newest(Concept.PLATELETS, patient.policy[PLATELETS_DAYS])


def _advice(order: Order, weighed: Weighed, unclear: tuple[Gap, ...]) -> Advice:
    critical = weighed.indicator == "critical"
    delete = DeleteDraft(order.reference, "Remove the draft order of the prostacyclin")
    return Advice(
        indicator=weighed.indicator,
        summary=SUMMARY if critical else LOW_PLATELETS,
        detail=(WHY,),
        because=(order.fact, *weighed.facts),
        unchecked=(*weighed.unchecked, *unclear),
        remarks=weighed.remarks,
        proposals=(delete,) if critical and not unclear else (),
    )

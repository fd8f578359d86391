"""An ongoing prostacyclin should be reviewed early when an anticoagulant or a pregnancy has come to it.

When    a systemic prostacyclin is active
  and   an anticoagulant is active, or the patient is pregnant
Unless  the prostacyclin treats pulmonary hypertension, or is inhaled and not for bone marrow edema
Then    advise an early review and offer a task for the pharmacist; stopping or switching is a specialist's decision
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import ILOPROST_SMPC, STATPEARLS, Evidence
from cds_hooks.authoring.rule import Hook, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, MissingData, Propose, Satisfied, Verdict
from cds_hooks.snapshot.medication import Medication
from cds_hooks.snapshot.model import Absent, Fact, Factual, Finding, Gap, Present, Unknown
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.vocabulary import DrugGroup, Need, Service

RULE = Rule(
    id="BME-CI-05",
    version=1,
    title="Ongoing prostacyclin with a new contraindication",
    check="ongoing prostacyclin with an anticoagulant or in pregnancy",
    hooks=frozenset({Hook.PATIENT_VIEW, Hook.ENCOUNTER_DISCHARGE}),
    needs=(Need.MEDICATIONS, Need.PROBLEMS, Need.PREGNANCY, Need.CHILDBEARING, Need.DEMOGRAPHICS),
    evidence=(
        Evidence(STATPEARLS, "Treatment / Management"),
        Evidence(ILOPROST_SMPC, "4.3 Contraindications, 4.4 Special warnings"),
    ),
    limits="Review article; the labels are less strict about anticoagulants.",
)

SUMMARY = "Active prostacyclin together with an anticoagulant or pregnancy - early review advised"
DECISION = (
    "Stopping or switching is a specialist's decision; pausing the active order (status on-hold) is an option. "
    "An abrupt stop is dangerous in pulmonary hypertension, not in bone marrow edema syndrome."
)


def assess(patient: Patient) -> Verdict:
    taken = patient.takes(DrugGroup.PROSTACYCLIN)
    if isinstance(taken, Unknown):
        return MissingData(taken.gap)
    found, cut_off = (taken.items, taken.gaps) if isinstance(taken, Present) else ((), ())
    asked = [item for item in found if not isinstance(patient.for_pulmonary_hypertension(item), Present)]
    systemic = [(item, patient.systemic(item)) for item in asked]
    sure = [item for item, verdict in systemic if isinstance(verdict, Present)]
    unclear = tuple(verdict.gap for _, verdict in systemic if isinstance(verdict, Unknown))
    if sure or unclear:
        return _beside(sure, unclear, patient)
    return MissingData(cut_off[0]) if cut_off else NOT_APPLICABLE


def _beside(sure: list[Medication], unclear: tuple[Gap, ...], patient: Patient) -> Verdict:
    """The conflicts beside the prostacyclins that surely count, and beside those that may."""
    anticoagulants, pregnancy = patient.takes(DrugGroup.ANTICOAGULANT), patient.pregnancy
    conflicts = (anticoagulants, pregnancy)
    facts = tuple(fact for conflict in conflicts if isinstance(conflict, Present) for fact in conflict.facts)
    gaps = tuple(gap for conflict in conflicts for gap in _gaps(conflict))
    remarks = () if isinstance(pregnancy, Unknown) else pregnancy.remarks
    if facts and sure:
        return _advice(sure, facts, (*gaps, *unclear), remarks, patient)
    undone = (*unclear, *gaps) if facts else gaps
    return MissingData(undone[0]) if undone else Satisfied(remarks)


def _gaps(conflict: Finding[Factual]) -> tuple[Gap, ...]:
    match conflict:
        case Unknown(gap):
            return (gap,)
        case Absent():
            return ()
        case present:
            return present.gaps


def _advice(
    sure: list[Medication],
    conflicts: tuple[Fact, ...],
    gaps: tuple[Gap, ...],
    remarks: tuple[Gap, ...],
    patient: Patient,
) -> Advice:
    uses = [patient.for_pulmonary_hypertension(item) for item in sure]
    return Advice(
        indicator="critical",
        summary=SUMMARY,
        detail=(DECISION,),
        because=(*(item.fact for item in sure), *conflicts),
        unchecked=(*gaps, *(use.gap for use in uses if isinstance(use, Unknown))),
        remarks=remarks,
        proposals=(Propose(Service.PHARMACIST_REVIEW),),
    )

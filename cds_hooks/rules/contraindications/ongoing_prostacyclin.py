"""An ongoing prostacyclin should be reviewed early when an anticoagulant or a pregnancy has come to it.

When    a systemic prostacyclin is active
  and   an anticoagulant is active, or the patient is pregnant
Unless  the prostacyclin treats pulmonary hypertension, or is inhaled and not for bone marrow edema
Then    advise an early review and offer a task for the pharmacist; stopping or switching is a specialist's decision
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import iloprost_smpc, statpearls
from cds_hooks.authoring.rule import Hook, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, MissingData, Propose, Satisfied, Verdict
from cds_hooks.snapshot.medication import Medication
from cds_hooks.snapshot.model import Absent, Fact, Gap, Present, Unknown
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.vocabulary import DrugGroup, Need

RULE = Rule(
    id="BME-CI-05",
    version=1,
    title="Ongoing prostacyclin with a new contraindication",
    check="ongoing prostacyclin with an anticoagulant or in pregnancy",
    hooks=frozenset({Hook.PATIENT_VIEW}),
    needs=(Need.MEDICATIONS, Need.PROBLEMS, Need.PREGNANCY, Need.CHILDBEARING, Need.DEMOGRAPHICS),
    evidence=(statpearls("Treatment / Management"), iloprost_smpc("4.3 Contraindications, 4.4 Special warnings")),
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
    candidates = taken.items if isinstance(taken, Present) else ()
    asked = [item for item in candidates if not isinstance(patient.for_pulmonary_hypertension(item), Present)]
    systemic = [(item, patient.systemic(item)) for item in asked]
    concerned = [item for item, verdict in systemic if not isinstance(verdict, Absent)]
    if not concerned:
        return NOT_APPLICABLE
    conflicts = (patient.takes(DrugGroup.ANTICOAGULANT), patient.pregnancy)
    gaps = tuple(conflict.gap for conflict in conflicts if isinstance(conflict, Unknown))
    facts = tuple(fact for conflict in conflicts if isinstance(conflict, Present) for fact in conflict.facts)
    unclear = [verdict.gap for _, verdict in systemic if isinstance(verdict, Unknown)]
    if facts and len(unclear) < len(concerned):
        sure = [item for item, verdict in systemic if isinstance(verdict, Present)]
        return _advice(sure, facts, (*gaps, *unclear), patient)
    if facts or gaps:
        return MissingData((*unclear, *gaps)[0])
    return Satisfied(patient.pregnancy_results.remarks)


def _advice(sure: list[Medication], conflicts: tuple[Fact, ...], gaps: tuple[Gap, ...], patient: Patient) -> Advice:
    uses = [patient.for_pulmonary_hypertension(item) for item in sure]
    return Advice(
        indicator="critical",
        summary=SUMMARY,
        detail=(DECISION,),
        because=(*(item.fact for item in sure), *conflicts),
        unchecked=(*gaps, *(use.gap for use in uses if isinstance(use, Unknown))),
        remarks=patient.pregnancy_results.remarks,
        proposals=(Propose("pharmacist_review"),),
    )

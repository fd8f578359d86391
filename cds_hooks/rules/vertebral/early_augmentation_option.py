"""A vertebral fracture whose pain takes a parenteral opioid or a stay in hospital may be augmented early.

When    a vertebral fracture is less than three months old
  and   the pain took a parenteral opioid lately, or the patient is in hospital for the fracture
Unless  the vertebra was augmented, or the newest pain score of the last days is low
Then    name the option and offer a referral
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import MANAGEMENT, Evidence
from cds_hooks.authoring.rule import Hook, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, MissingData, Propose, Satisfied, Verdict
from cds_hooks.snapshot import spine
from cds_hooks.snapshot.model import Absent, Unknown, all_of
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.vocabulary import Need, Service

RULE = Rule(
    id="BME-VF-06",
    version=1,
    title="Vertebral fracture: early augmentation",
    check="early augmentation in severe pain of a vertebral fracture",
    hooks=frozenset({Hook.PATIENT_VIEW}),
    needs=(
        Need.PROBLEMS,
        Need.PROCEDURES,
        Need.MEDICATIONS,
        Need.STOPPED_MEDICATIONS,
        Need.ENCOUNTERS,
        Need.PAIN,
        Need.OPEN_ORDERS,
    ),
    thresholds=(spine.CONSERVATIVE_DAYS, *spine.EARLY),
    evidence=(Evidence(MANAGEMENT, "vertebral compression fracture: exceptions from 3 months"),),
    limits="Guideline references without details; a hospital stay counts where the fracture is stated as its reason. "
    "What a parenteral opioid was given for is not asked.",
)

SUMMARY = "Severe vertebral fracture pain needing parenteral opioid or admission - early augmentation may be considered"
DECISION = (
    "This is a decision of the specialist; check contraindications first (infection, bleeding, allergy to cement)."
)


def assess(patient: Patient) -> Verdict:
    days = patient.policy[spine.CONSERVATIVE_DAYS]
    fracture = spine.unaugmented_fracture(patient, lambda item: spine.younger(item, patient, days))
    if isinstance(fracture, Absent):
        return NOT_APPLICABLE
    match all_of(fracture, spine.severe_pain_care(patient)):
        case Unknown(gap):
            return MissingData(gap)
        case Absent(remarks):
            return Satisfied(remarks)
        case found:
            return Advice(
                indicator="info",
                summary=SUMMARY,
                detail=(DECISION,),
                because=found.facts,
                unchecked=found.gaps,
                remarks=found.remarks,
                proposals=(Propose(Service.SPINE_REFERRAL),),
            )

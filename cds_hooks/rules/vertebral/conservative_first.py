"""A recent vertebral fracture with marrow edema is treated conservatively first: analgesia and early mobilization.

When    an adult has a recent vertebral fracture, and the newest MRI shows edema at its level
Unless  an analgesic is in use
Then    say so, and offer an NSAID, where it is safe, and physiotherapy
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import MANAGEMENT, Evidence
from cds_hooks.authoring.rule import Hook, Rule
from cds_hooks.authoring.verdict import (
    NOT_APPLICABLE,
    Advice,
    MissingData,
    Propose,
    Satisfied,
    Treat,
    Verdict,
)
from cds_hooks.snapshot import age, nsaid, spine
from cds_hooks.snapshot.medication import Medication
from cds_hooks.snapshot.model import Absent, Finding, GapKind, Present, Unknown, all_of, any_of, only, unless
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.problem import Problem
from cds_hooks.snapshot.vocabulary import DrugGroup, Need, Service, Treatment

RECENT_DAYS = Threshold(
    name="conservative-fracture-days",
    unit="d",
    default=90,
    low=42,
    high=180,
    source="management text: 3 months of conservative care",
)

RULE = Rule(
    id="BME-VF-01",
    version=1,
    title="Vertebral fracture with edema: conservative first",
    check="analgesia and mobilization in vertebral fracture",
    hooks=frozenset({Hook.PATIENT_VIEW}),
    needs=(Need.DEMOGRAPHICS, Need.PROBLEMS, Need.MRI, Need.MEDICATIONS, Need.OPEN_ORDERS),
    proposes=(Treatment.NSAID,),
    thresholds=(RECENT_DAYS, nsaid.ANALGESIC_ASPIRIN),
    evidence=(Evidence(MANAGEMENT, "vertebral compression fracture: conservative care, NSAID-based analgesia"),),
    limits="Algorithm with guideline references; a level that fracture or report do not state matches every vertebra.",
)

SUMMARY = "Vertebral fracture with edema: conservative care first; most pain settles in 6-8 weeks"
CARE = "Care is analgesia, early mobilization and a work-up of falls and osteoporosis."
ANALGESIC = "Where an NSAID is not suitable, acetaminophen (paracetamol) or another analgesic by local protocol."
PATHOLOGICAL = "A pathological fracture has a path of its own: cancer or myeloma, and severe pain."


def assess(patient: Patient) -> Verdict:
    child = age.child(patient)
    if isinstance(child, Present) or (isinstance(child, Unknown) and child.gap.kind is GapKind.NOT_RECORDED):
        return NOT_APPLICABLE
    fracture = only(spine.vertebral_fracture(patient), lambda item: _is_recent(item, patient))
    if isinstance(fracture, Absent):
        return NOT_APPLICABLE
    match unless(all_of(fracture, spine.with_edema(patient, fracture)), _analgesics(patient), child):
        case Unknown(gap):
            return MissingData(gap)
        case Absent(remarks):
            return Satisfied(remarks)
        case found:
            return Advice(
                indicator="info",
                summary=SUMMARY,
                detail=(CARE, ANALGESIC, PATHOLOGICAL),
                because=found.facts,
                unchecked=found.gaps,
                remarks=found.remarks,
                proposals=(Treat(Treatment.NSAID), Propose(Service.PHYSIOTHERAPY_EARLY_MOBILIZATION)),
            )


def _is_recent(item: Problem, patient: Patient) -> bool:
    return item.since is not None and item.since.age_days_at_most(patient.as_of) <= patient.policy[RECENT_DAYS]


def _analgesics(patient: Patient) -> Finding[Medication]:
    """In use for the whole body: NSAID, acetaminophen or opioid."""
    others = patient.takes(DrugGroup.ANALGESIC_OTHER, DrugGroup.OPIOID)
    return any_of(nsaid.taken(patient), others)  # type: ignore[return-value]

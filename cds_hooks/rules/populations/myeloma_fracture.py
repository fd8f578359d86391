"""A vertebral fracture in myeloma that keeps hurting may be augmented without a waiting time.

When    a myeloma and a vertebral fracture are on the problem list
  and   the newest pain score of the last weeks is not low
Unless  the vertebra was augmented
Then    name the option and offer the spine team
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import MANAGEMENT, Evidence
from cds_hooks.authoring.rule import Hook, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, MissingData, Propose, Satisfied, Verdict
from cds_hooks.snapshot import spine
from cds_hooks.snapshot.model import Absent, Unknown, all_of
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.vocabulary import Concept, Need, Service

RULE = Rule(
    id="BME-SP-03",
    version=1,
    title="Myeloma: vertebral fracture with persistent pain",
    check="augmentation as an option in myeloma",
    hooks=frozenset({Hook.PATIENT_VIEW}),
    needs=(Need.PROBLEMS, Need.PROCEDURES, Need.PAIN, Need.OPEN_ORDERS),
    thresholds=spine.LASTING_PAIN,
    evidence=(Evidence(MANAGEMENT, "multiple myeloma: vertebral augmentation in persistent pain"),),
    limits="One source; the pain limit is ours. With a fracture a smoldering myeloma counts as myeloma.",
)

SUMMARY = "Myeloma vertebral fracture with persistent pain - consider vertebral augmentation"
NO_WAIT = "The three months of conservative care do not apply."
KIDNEY = "NSAIDs put the kidney at risk in myeloma."


def assess(patient: Patient) -> Verdict:
    both = all_of(patient.has(Concept.MULTIPLE_MYELOMA), spine.unaugmented_fracture(patient))
    if isinstance(both, Absent):
        return NOT_APPLICABLE
    match all_of(both, spine.lasting_pain(patient)):
        case Unknown(gap):
            return MissingData(gap)
        case Absent(remarks):
            return Satisfied(remarks)
        case found:
            return Advice(
                indicator="info",
                summary=SUMMARY,
                detail=(NO_WAIT, KIDNEY),
                because=found.facts,
                unchecked=found.gaps,
                remarks=found.remarks,
                proposals=(Propose(Service.SPINE_MDT),),
            )

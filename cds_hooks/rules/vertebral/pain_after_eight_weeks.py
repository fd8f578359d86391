"""Pain of a vertebral fracture that goes on for more than eight weeks should be looked into again.

When    a vertebral fracture is eight weeks to three months old
  and   the newest pain score of the last weeks is not low
Unless  the vertebra was augmented
Then    say so, and offer an MRI of that part of the spine
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import MANAGEMENT, Evidence
from cds_hooks.authoring.rule import Hook, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, MissingData, Propose, Satisfied, Verdict
from cds_hooks.snapshot import spine
from cds_hooks.snapshot.model import Absent, Unknown, all_of, items_of
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.problem import Problem
from cds_hooks.snapshot.vocabulary import Need

EXPECTED_DAYS = Threshold(
    name="vertebral-pain-review",
    unit="d",
    default=57,
    low=42,
    high=84,
    source="management text: pain relief within 6 to 8 weeks",
)

RULE = Rule(
    id="BME-VF-04",
    version=1,
    title="Vertebral fracture: pain beyond eight weeks",
    check="pain of a vertebral fracture beyond eight weeks",
    hooks=frozenset({Hook.PATIENT_VIEW}),
    needs=(Need.PROBLEMS, Need.PROCEDURES, Need.PAIN, Need.OPEN_ORDERS),
    proposes=spine.MRIS,
    thresholds=(EXPECTED_DAYS, spine.CONSERVATIVE_DAYS, *spine.LASTING_PAIN),
    evidence=(Evidence(MANAGEMENT, "vertebral compression fracture: relief of pain in 6 to 8 weeks"),),
    limits="Algorithm with guideline references; the pain limit is ours. An augmentation whose level is not stated "
    "counts for the fracture.",
)

SUMMARY = "Vertebral fracture pain beyond 8 weeks - look for non-union, new fracture or other cause"
NEXT = "Repeat the MRI, and consider malignancy and infection. Augmentation may be discussed from three months on."


def assess(patient: Patient) -> Verdict:
    fracture = spine.unaugmented_fracture(patient, lambda item: _beyond_expected(item, patient))
    if isinstance(fracture, Absent):
        return NOT_APPLICABLE
    match all_of(fracture, spine.lasting_pain(patient)):
        case Unknown(gap):
            return MissingData(gap)
        case Absent(remarks):
            return Satisfied(remarks)
        case found:
            return Advice(
                indicator="info",
                summary=SUMMARY,
                detail=(NEXT,),
                because=found.facts,
                unchecked=found.gaps,
                remarks=found.remarks,
                proposals=(Propose(spine.mri_of(*items_of(fracture))),),
            )


def _beyond_expected(item: Problem, patient: Patient) -> bool:
    policy = patient.policy
    younger = spine.younger(item, patient, policy[spine.CONSERVATIVE_DAYS])
    return younger and spine.old(item, patient, policy[EXPECTED_DAYS])

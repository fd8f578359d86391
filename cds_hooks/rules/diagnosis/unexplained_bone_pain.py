"""Unexplained bone pain of hip, knee, ankle or foot deserves an MRI.

When    pain of ankle or foot has lasted for weeks, or pain of hip or knee that is severe
  and   no MRI of the site was made since it began
Unless  a cause is recorded at the site, an MRI is requested, or the pain is at a second site after an edema syndrome
        or in pregnancy, where other rules say more
Then    suggest an MRI of the site
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import DPM_BLOG, ICLINIQ, MANAGEMENT, STATPEARLS, Evidence
from cds_hooks.authoring.override import OverrideReason
from cds_hooks.authoring.rule import Hook, Rule
from cds_hooks.authoring.verdict import Advice, MissingData, Propose, Satisfied, Verdict
from cds_hooks.snapshot import bone_pain, pain_context
from cds_hooks.snapshot.examinations import MRIS, mri_of
from cds_hooks.snapshot.model import Absent, Unknown
from cds_hooks.snapshot.pain_context import not_answered
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.vocabulary import Need

RULE = Rule(
    id="BME-DX-02",
    version=1,
    title="Low threshold for MRI in unexplained weight-bearing bone pain",
    check="unexplained bone pain without an MRI",
    hooks=frozenset({Hook.PATIENT_VIEW}),
    needs=(*bone_pain.NEEDS, *pain_context.NEEDS, Need.OPEN_ORDERS),
    evidence=(
        Evidence(DPM_BLOG, "chronic foot and ankle pain: a low threshold for MRI"),
        Evidence(STATPEARLS, "Evaluation: MRI"),
        Evidence(ICLINIQ, "Diagnosis: MRI"),
        Evidence(MANAGEMENT, "MRI is the reference test"),
    ),
    limits="Expert opinion on foot and ankle and a narrative review; the limits of time and pain are ours.",
    proposes=MRIS,
    thresholds=(*bone_pain.THRESHOLDS, pain_context.RESOLVED_DAYS),
    overrides=(OverrideReason("mri-contraindicated", "MRI is contraindicated"),),
)

SUMMARY = "Unexplained foot/ankle/knee/hip bone pain without MRI - consider MRI (edema shows within days)"
WHEN = "MRI can show marrow edema about two days after onset, well before radiographs."
WHERE = (
    "In chronic unexplained pain of foot and ankle a high index of suspicion is advised: talus, calcaneus, cuboid, "
    "navicular."
)


def assess(patient: Patient) -> Verdict:
    match not_answered(patient, bone_pain.unexplained_pain(patient)):
        case Unknown(gap):
            return MissingData(gap)
        case Absent(remarks):
            return Satisfied(remarks)
        case pains:
            return Advice(
                indicator="info",
                summary=SUMMARY,
                detail=(WHEN, WHERE),
                because=tuple(dict.fromkeys(fact for pain in pains.items for fact in pain.facts)),
                unchecked=pains.gaps,
                proposals=tuple(dict.fromkeys(Propose(mri_of(pain.site)) for pain in pains.items)),
            )

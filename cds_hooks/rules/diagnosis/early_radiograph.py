"""A normal radiograph of the first weeks does not rule out marrow edema.

When    a radiograph of a painful hip, knee, ankle or foot, taken within two months of onset, shows no fracture and no
        osteopenia
  and   no MRI of the site was made
Unless  a cause is recorded at the site, an MRI is requested, or the pain is at a second site after an edema syndrome
        or in pregnancy, where other rules say more
Then    say so, and suggest an MRI of the site
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import ICLINIQ, STATPEARLS, Evidence
from cds_hooks.authoring.rule import Hook, Rule
from cds_hooks.authoring.verdict import Advice, MissingData, Propose, Satisfied, Verdict
from cds_hooks.snapshot import bone_pain, pain_context
from cds_hooks.snapshot.examinations import MRIS, mri_of
from cds_hooks.snapshot.model import Absent, Unknown
from cds_hooks.snapshot.pain_context import not_answered
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.vocabulary import Need

RULE = Rule(
    id="BME-DX-03",
    version=1,
    title="A normal early radiograph does not exclude marrow edema",
    check="early radiograph without an MRI",
    hooks=frozenset({Hook.PATIENT_VIEW}),
    needs=(*bone_pain.NEEDS, *pain_context.NEEDS, Need.OPEN_ORDERS),
    evidence=(
        Evidence(STATPEARLS, "Evaluation: radiographs"),
        Evidence(ICLINIQ, "Diagnosis: X-ray"),
    ),
    limits="Narrative review.",
    proposes=MRIS,
    thresholds=(bone_pain.RADIOGRAPH_DAYS, pain_context.RESOLVED_DAYS),
)

SUMMARY = "X-ray can be normal for 1-2 months in bone marrow edema syndrome - it does not rule it out"
WHY = (
    "Osteopenia becomes visible one to two months after onset. Radiographs remain useful to find fractures and other "
    "bone disease."
)


def assess(patient: Patient) -> Verdict:
    match not_answered(patient, bone_pain.early_radiograph(patient)):
        case Unknown(gap):
            return MissingData(gap)
        case Absent(remarks):
            return Satisfied(remarks)
        case pains:
            return Advice(
                indicator="info",
                summary=SUMMARY,
                detail=(WHY,),
                because=tuple(dict.fromkeys(fact for pain in pains.items for fact in pain.facts)),
                unchecked=pains.gaps,
                proposals=tuple(dict.fromkeys(Propose(mri_of(pain.site)) for pain in pains.items)),
            )

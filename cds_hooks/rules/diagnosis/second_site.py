"""Bone pain at a new site after an edema syndrome deserves imaging of that site.

When    an edema syndrome is active or was resolved in the last two years
  and   bone pain of the lower limb began later at another site or side
Unless  an MRI of the new site was made since
Then    point to migratory and bilateral disease, and suggest an MRI of the new site
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import DPM_BLOG, STATPEARLS, Evidence
from cds_hooks.authoring.rule import Hook, Rule
from cds_hooks.authoring.verdict import Advice, MissingData, Propose, Satisfied, Verdict
from cds_hooks.snapshot.examinations import MRIS, mri_of
from cds_hooks.snapshot.model import Absent, Unknown
from cds_hooks.snapshot.pain_context import RESOLVED_DAYS, second_site_pain
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.vocabulary import Need

RULE = Rule(
    id="BME-DX-11",
    version=1,
    title="Migration or second site",
    check="bone pain at a second site after an edema syndrome",
    hooks=frozenset({Hook.PATIENT_VIEW}),
    needs=(Need.PROBLEMS, Need.MRI, Need.IMAGING_STUDIES, Need.OPEN_ORDERS),
    evidence=(
        Evidence(STATPEARLS, "Epidemiology: migratory and bilateral disease"),
        Evidence(DPM_BLOG, "transient, recurrent or migratory course"),
    ),
    limits="Case series of 56 patients.",
    proposes=MRIS,
    thresholds=(RESOLVED_DAYS,),
)

SUMMARY = "New site after BMES - migratory or bilateral disease is frequent; image the new site"
WHY = "Up to 41 % were bilateral. The course may be transient, recurrent or migratory, mostly in the lower limb."


def assess(patient: Patient) -> Verdict:
    match second_site_pain(patient):
        case Unknown(gap):
            return MissingData(gap)
        case Absent(remarks):
            return Satisfied(remarks)
        case pains:
            return Advice(
                indicator="info",
                summary=SUMMARY,
                detail=(WHY,),
                because=pains.facts,
                unchecked=pains.gaps,
                proposals=tuple(dict.fromkeys(Propose(mri_of(pain.site)) for pain in pains.items)),
            )

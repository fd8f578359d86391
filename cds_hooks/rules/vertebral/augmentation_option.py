"""When a vertebral fracture still hurts after three months of conservative care, augmentation may be discussed.

When    a vertebral fracture is at least three months old, and the newest pain score of the last weeks is not low
  and   the newest MRI shows edema at its level
Unless  the vertebra was augmented
Then    name the option and offer a referral; where the MRI is older than three months, offer to repeat it first
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import AUGMENTATION_REVIEWS, MANAGEMENT, Evidence
from cds_hooks.authoring.rule import Hook, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, MissingData, Propose, Satisfied, Verdict
from cds_hooks.snapshot import spine
from cds_hooks.snapshot.model import Absent, Fact, Present, Unknown, all_of, items_of
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.spine import FractureWithEdema
from cds_hooks.snapshot.vocabulary import Need, Service

MRI_DAYS = Threshold(
    name="augmentation-option-mri-days",
    unit="d",
    default=90,
    low=30,
    high=180,
    source="ours, awaiting a clinical board",
)

RULE = Rule(
    id="BME-VF-05",
    version=1,
    title="Vertebral fracture: pain for three months",
    check="augmentation as an option in vertebral fracture",
    hooks=frozenset({Hook.PATIENT_VIEW}),
    needs=(Need.PROBLEMS, Need.PROCEDURES, Need.PAIN, Need.MRI, Need.OPEN_ORDERS),
    proposes=spine.MRIS,
    thresholds=(MRI_DAYS, spine.CONSERVATIVE_DAYS, *spine.LASTING_PAIN),
    evidence=(
        Evidence(MANAGEMENT, "vertebral compression fracture: augmentation after 3 months"),
        Evidence(AUGMENTATION_REVIEWS, "AAOS 2010: against vertebroplasty, weak for kyphoplasty"),
    ),
    limits="The evidence is disputed: AAOS 2010 is strongly against vertebroplasty without neurological deficit and "
    "weakly for kyphoplasty. A level that is not stated matches every vertebra.",
)

SUMMARY = "Vertebral fracture pain for 3 months despite conservative care - vertebral augmentation is an option"
REPEAT = "Vertebral fracture pain for 3 months, last MRI older than 90 days - repeat the MRI first"
DISCUSS = "Vertebroplasty or kyphoplasty is a shared decision; the evidence is conflicting."
FIRST = "Repeat the MRI first: an augmentation is discussed only where the vertebra still shows edema."


def assess(patient: Patient) -> Verdict:
    days = patient.policy[spine.CONSERVATIVE_DAYS]
    fracture = spine.unaugmented_fracture(patient, lambda item: spine.old(item, patient, days))
    if isinstance(fracture, Absent):
        return NOT_APPLICABLE
    edema = spine.with_edema(patient, fracture)
    match all_of(edema, spine.lasting_pain(patient)):
        case Unknown(gap):
            return MissingData(gap)
        case Absent(remarks):
            return Satisfied(remarks)
        case found:
            return _advice(items_of(edema), found, patient)


def _advice(edema: tuple[FractureWithEdema, ...], found: Present[Fact], patient: Patient) -> Advice:
    outdated = all(each.report.when.age_days(patient.as_of) > patient.policy[MRI_DAYS] for each in edema)
    fractures = tuple(dict.fromkeys(each.fracture for each in edema))
    return Advice(
        indicator="info",
        summary=REPEAT if outdated else SUMMARY,
        detail=(FIRST, DISCUSS) if outdated else (DISCUSS,),
        because=(*(item.fact for item in fractures), *found.facts),
        unchecked=found.gaps,
        remarks=found.remarks,
        proposals=(Propose(spine.mri_of(*fractures) if outdated else Service.SPINE_REFERRAL),),
        arm="old MRI" if outdated else "",
    )

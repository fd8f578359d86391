"""Where MRI leaves Charcot disease and osteomyelitis of a diabetic foot open, white-cell imaging may tell.

When    a patient with diabetes has marrow edema of ankle or foot on a final MR report of the last six months, with an
        ulcer, cellulitis, abscess or positive probe-to-bone test at the same site
Unless  leukocyte imaging was made in the last months, or is ordered
Then    suggest it
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import MANAGEMENT, Evidence
from cds_hooks.authoring.override import OverrideReason
from cds_hooks.authoring.rule import Hook, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, Group, MissingData, Propose, Satisfied, Verdict
from cds_hooks.snapshot import diabetic_foot
from cds_hooks.snapshot.imaging import EdemaReport
from cds_hooks.snapshot.model import Absent, Factual, Finding, Present, Unknown, finding, unless
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.problem import Event
from cds_hooks.snapshot.vocabulary import Concept, Need, Service

SCAN_DAYS = Threshold(
    name="leukocyte-imaging-days", unit="d", default=60, low=14, high=180, source="ours, awaiting a clinical board"
)
RULE = Rule(
    id="BME-CF-03",
    version=1,
    title="Infection of a diabetic foot still unclear after MRI: leukocyte imaging",
    check="leukocyte imaging of a diabetic foot",
    hooks=frozenset({Hook.PATIENT_VIEW}),
    needs=(Need.PROBLEMS, Need.MRI, Need.PROCEDURES, Need.CARE, Need.IMAGING_STUDIES, Need.OPEN_ORDERS),
    evidence=(Evidence(MANAGEMENT, "Charcot foot: leukocyte imaging when MRI is unclear"),),
    limits="One source; it may separate the two better than MRI.",
    proposes=(Service.LEUKOCYTE_SCAN,),
    thresholds=(diabetic_foot.EDEMA_DAYS, SCAN_DAYS),
    overrides=(OverrideReason("biopsy-planned", "A biopsy is planned"),),
)

SUMMARY = "Charcot vs osteomyelitis unclear after MRI - consider white-cell imaging"
WHY = "White-cell imaging may separate Charcot disease from osteomyelitis better than MRI."


def assess(patient: Patient) -> Verdict:
    diabetes = patient.has(Concept.DIABETES)
    if isinstance(diabetes, Absent):
        return NOT_APPLICABLE
    edema = diabetic_foot.foot_edema(patient)
    if isinstance(edema, Absent):
        return Satisfied(edema.remarks)
    if isinstance(edema, Unknown):
        return MissingData(edema.gap)
    match unless(diabetic_foot.infection_sign(patient, edema), _imaging(patient)):
        case Unknown(gap):
            return MissingData(gap)
        case Absent():
            return Satisfied(edema.remarks)
        case sign:
            return MissingData(diabetes.gap) if isinstance(diabetes, Unknown) else _advice(edema, sign)


def _imaging(patient: Patient) -> Finding[Event]:
    """Leukocyte imaging that was made, or an open order of it."""
    made = (*patient.procedures.items, *patient.imaging_studies.items)
    rows = (*(row for row in patient.care.items if row.open), *(row for row in made if _lately(row, patient)))
    gaps = patient.procedures.gaps + patient.imaging_studies.gaps + patient.care.gaps
    return finding(tuple(row for row in rows if Concept.LEUKOCYTE_SCAN in row.concepts), gaps)


def _lately(row: Event, patient: Patient) -> bool:
    return row.when is not None and row.when.age_days_at_most(patient.as_of) <= patient.policy[SCAN_DAYS]


def _advice(edema: Present[EdemaReport], sign: Present[Factual]) -> Advice:
    return Advice(
        indicator="info",
        summary=SUMMARY,
        detail=(WHY,),
        because=tuple(dict.fromkeys((*edema.facts, *sign.facts))),
        unchecked=tuple(dict.fromkeys((*edema.gaps, *sign.gaps))),
        remarks=edema.remarks,
        proposals=(Propose(Service.LEUKOCYTE_SCAN),),
        group=Group.DIABETIC_FOOT_INFECTION,
    )

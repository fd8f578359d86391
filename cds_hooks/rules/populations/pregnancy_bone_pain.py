"""Hip or lower-limb bone pain in pregnancy may be transient osteoporosis: it should be imaged without contrast and the
limb protected.

When    the patient is pregnant
  and   an edema syndrome is active, or bone pain of the lower limb began in this pregnancy, from 20 weeks on or where
        the gestational age is unknown
Then    say so; from 28 weeks on without a weight-bearing restriction as a warning. Offer an MRI without contrast of a
        site that has none, obstetrics and orthopedics
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import (
    CONSUMER_ARTICLE,
    DPM_BLOG,
    STATPEARLS,
    TRANSIENT_OSTEOPOROSIS_PREGNANCY,
    Evidence,
)
from cds_hooks.authoring.rule import Hook, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, MissingData, Propose, Satisfied, Verdict
from cds_hooks.snapshot.bone_pain import MRI, PAIN, imaged, mri_requested
from cds_hooks.snapshot.examinations import MRIS_WITHOUT_CONTRAST, mri_without_contrast_of
from cds_hooks.snapshot.gestation import TRIMESTERS, Gestation
from cds_hooks.snapshot.model import Absent, Fact, Factual, Finding, Present, Unknown, any_of, finding, gaps_of
from cds_hooks.snapshot.pain_context import pregnancy_pain
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.problem import Event, Problem
from cds_hooks.snapshot.vocabulary import Concept, Need, Service

RULE = Rule(
    id="BME-SP-01",
    version=1,
    title="Pregnancy with hip or lower-limb bone pain",
    check="bone pain in pregnancy",
    hooks=frozenset({Hook.PATIENT_VIEW}),
    needs=(
        Need.PROBLEMS,
        Need.PREGNANCY,
        Need.DEMOGRAPHICS,
        Need.CHILDBEARING,
        Need.CARE,
        Need.MRI,
        Need.IMAGING_STUDIES,
        Need.OPEN_ORDERS,
    ),
    evidence=(
        Evidence(TRANSIENT_OSTEOPOROSIS_PREGNANCY, "case series"),
        Evidence(STATPEARLS, "Epidemiology"),
        Evidence(DPM_BLOG, "third trimester"),
        Evidence(CONSUMER_ARTICLE, "who is affected"),
    ),
    limits="Case series.",
    proposes=MRIS_WITHOUT_CONTRAST,
)

SUMMARY = "Pregnant with hip or lower-limb bone pain - consider transient osteoporosis; MRI without gadolinium"
CLASSIC = "Transient osteoporosis of the hip is classic in the third trimester."
FRACTURE_RISK = "No weight-bearing restriction is on record: the bone may fracture."
CARE = "Consider protected weight-bearing, the obstetric team, and acetaminophen (paracetamol) by local protocol."
AVOID = "Prostacyclins, bisphosphonates and denosumab are no option, nor are NSAIDs late in pregnancy."
LATE = TRIMESTERS[3][0]  # days: 28 weeks
RESTRICTION = frozenset(
    {
        Concept.WEIGHT_BEARING_RESTRICTED,
        Concept.CRUTCHES,
        Concept.OFFLOADING_DEVICE,
        Concept.OFFLOADING_ORTHOSIS,
    }
)


def assess(patient: Patient) -> Verdict:
    if isinstance(patient.has(Concept.EDEMA_SYNDROME, *PAIN), Absent):
        return NOT_APPLICABLE
    pregnancy = patient.pregnancy
    if isinstance(pregnancy, Unknown):
        return MissingData(pregnancy.gap)
    if isinstance(pregnancy, Absent):
        return Satisfied(pregnancy.remarks)
    match any_of(patient.has(Concept.EDEMA_SYNDROME), pregnancy_pain(patient)):
        case Unknown(gap):
            return MissingData(gap)
        case Absent():
            return Satisfied(pregnancy.remarks)
        case complaint:
            return _advice(complaint, pregnancy, patient)  # type: ignore[arg-type]


def _advice(complaint: Present[Problem], pregnancy: Present[Fact], patient: Patient) -> Advice:
    gestation = patient.gestation
    restriction = _restriction(patient, gestation) if gestation and gestation.compared >= LATE else None
    at_risk = isinstance(restriction, Absent)
    imaging = {item: _imaging(item, patient) for item in complaint.items}
    to_image = (mri_without_contrast_of(item.site) for item, found in imaging.items() if isinstance(found, Absent))
    unread = (gap for found in (*imaging.values(), restriction) if found for gap in gaps_of(found))
    dated = (gestation.fact,) if gestation else ()
    told = (*((CLASSIC,) if gestation else ()), *((FRACTURE_RISK,) if at_risk else ()))
    return Advice(
        indicator="warning" if at_risk else "info",
        summary=SUMMARY,
        detail=(*told, CARE, AVOID),
        because=tuple(dict.fromkeys((*complaint.facts, *pregnancy.facts, *dated))),
        unchecked=tuple(dict.fromkeys((*complaint.gaps, *pregnancy.gaps, *unread))),
        remarks=(*pregnancy.remarks, *(gestation.remarks if gestation else ())),
        proposals=(
            *(Propose(service) for service in dict.fromkeys(to_image)),
            Propose(Service.OBSTETRIC_CONSULT),
            Propose(Service.ORTHOPEDIC_REFERRAL),
        ),
        arm="fracture risk" if at_risk else "",
    )


def _restriction(patient: Patient, gestation: Gestation) -> Finding[Event]:
    """Crutches or another restriction of weight-bearing, ordered in this pregnancy."""
    found = (row for row in patient.care.items if row.concepts & RESTRICTION and _in_pregnancy(row, gestation, patient))
    return finding(tuple(found), patient.care.gaps)


def _in_pregnancy(row: Event, gestation: Gestation, patient: Patient) -> bool:
    """Without a date only an open order shows that it is meant now."""
    return row.open if row.when is None else row.when.age_days_at_most(patient.as_of) <= gestation.last


def _imaging(item: Problem, patient: Patient) -> Finding[Factual]:
    """An MRI of the site, made or asked for; of any, where the site is not said."""
    asked = mri_requested(patient, item.site)
    if item.site.known:
        return any_of(asked, imaged(patient, item.site))
    studies = tuple(study for study in patient.imaging_studies.items if study.concepts & MRI)
    reports = finding(patient.mri_reports.items, patient.mri_reports.gaps)
    return any_of(asked, reports, finding(studies, patient.imaging_studies.gaps))

"""With sickle cell disease or a long course of glucocorticoids osteonecrosis should be weighed before edema syndrome.

When    marrow edema of hip, knee or shoulder is on MRI or on the problem list
  and   sickle cell disease is on record (the trait does not count), or a systemic glucocorticoid was taken for weeks
Unless  a dynamic contrast MRI of the site was made or ordered, or orthopedics was visited or asked, in the last year
Then    name the factor and offer an MRI of both sides
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import ICLINIQ, Evidence
from cds_hooks.authoring.rule import Hook, Rule
from cds_hooks.authoring.verdict import Advice, MissingData, Propose, Satisfied, Verdict
from cds_hooks.snapshot.exposures import INFARCTION_SITES, STEROID_DAYS, STOPPED_DAYS, long_glucocorticoid
from cds_hooks.snapshot.imaging import REPORT_DAYS, EdemaReport, ImagingReport
from cds_hooks.snapshot.model import Absent, Factual, Finding, Present, Unknown, any_of, finding, only, unless
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.problem import Event, Problem
from cds_hooks.snapshot.team import ORTHOPEDICS, seen_or_referred
from cds_hooks.snapshot.vocabulary import Concept, Need, Service

RULE = Rule(
    id="BME-ON-04",
    version=1,
    title="Risk factors of bone infarction: sickle cell disease, glucocorticoids",
    check="risk factors of bone infarction",
    hooks=frozenset({Hook.PATIENT_VIEW}),
    needs=(
        Need.MRI,
        Need.PROBLEMS,
        Need.MEDICATIONS,
        Need.STOPPED_MEDICATIONS,
        Need.IMAGING_STUDIES,
        Need.CARE,
        Need.ENCOUNTERS,
        Need.APPOINTMENTS,
        Need.OPEN_ORDERS,
    ),
    evidence=(Evidence(ICLINIQ, "Ischemic and treatment-induced causes"),),
    limits="One narrative text.",
    proposes=(Service.MRI_BOTH_SIDES,),
    thresholds=(STEROID_DAYS, STOPPED_DAYS),
)

SUMMARY = "Risk factor for bone infarction present - weigh osteonecrosis before BMES"
SICKLE_CELL = "Sickle cell disease is a cause of bone infarction."
STEROID = "A systemic glucocorticoid for a month or longer is a risk factor of osteonecrosis."
OTHER_SIDE = "Look at the other side as well: osteonecrosis is often on both."


def assess(patient: Patient) -> Verdict:
    edema = _edema(patient)
    if isinstance(edema, Absent):
        return Satisfied(edema.remarks)
    sickle_cell, steroid = patient.has(Concept.SICKLE_CELL_DISEASE), long_glucocorticoid(patient)
    match unless(any_of(sickle_cell, steroid), _reviewed(edema, patient)):
        case Unknown(gap):
            return MissingData(gap)
        case Absent(remarks):
            return Satisfied(remarks)
        case factors if isinstance(edema, Unknown):
            return MissingData(edema.gap)
        case factors:
            told = ((SICKLE_CELL, sickle_cell), (STEROID, steroid))
            return Advice(
                indicator="info",
                summary=SUMMARY,
                detail=(*(text for text, each in told if isinstance(each, Present)), OTHER_SIDE),
                because=tuple(dict.fromkeys((*factors.facts, *edema.facts))),
                unchecked=tuple(dict.fromkeys((*edema.gaps, *factors.gaps))),
                proposals=(Propose(Service.MRI_BOTH_SIDES),),
            )


def _edema(patient: Patient) -> Finding[EdemaReport | Problem]:
    """Edema of the joints in which bone infarcts are usual."""
    on_mri = patient.edema_on_mri()
    recorded = patient.has(Concept.EDEMA, Concept.EDEMA_SYNDROME)
    return only(
        any_of(on_mri, recorded),  # type: ignore[arg-type]
        lambda item: item.site.region in INFARCTION_SITES,
    )


def _reviewed(edema: Finding[EdemaReport | Problem], patient: Patient) -> Finding[Factual]:
    """Nobody has to be told twice: a dynamic contrast MRI of one of the sites, or contact with orthopedics."""
    sites = [item.site for item in edema.items] if isinstance(edema, Present) else []
    made = (*patient.imaging_studies.items, *(item for item in patient.care.items if item.open))
    rows: list[Event] = [item for item in made if any(item.site.may_be(site) for site in sites)]
    reports = [item for item in patient.mri_reports.items if any(item.about(site) for site in sites)]
    examinations: list[Event | ImagingReport] = [*rows, *reports]
    dynamic = (item.fact for item in examinations if Concept.DYNAMIC_CONTRAST_MRI in item.concepts)
    studies = finding(tuple(dynamic), patient.imaging_studies.gaps + patient.care.gaps)
    return any_of(studies, seen_or_referred(patient, *ORTHOPEDICS, within_days=REPORT_DAYS))

"""In chronic non-bacterial osteitis the marrow edema follows the activity of the disease: MRI is needed to evaluate it.

When    a chronic non-bacterial osteitis (CRMO, SAPHO) is on the problem list
Unless  an MRI was made in the last six months
Then    say so, and offer an MRI
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import MANAGEMENT, Evidence
from cds_hooks.authoring.rule import Hook, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, SATISFIED, Advice, MissingData, Propose, Verdict
from cds_hooks.snapshot.examinations import MRIS, mri_of
from cds_hooks.snapshot.model import Absent, Factual, Finding, Unknown, any_of, finding, unless
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.vocabulary import Concept, Need, Service
from cds_hooks.snapshot.when import When

MRI_DAYS = Threshold(
    name="osteitis-mri-days", unit="d", default=183, low=90, high=365, source="rule specification: six months"
)

RULE = Rule(
    id="BME-SP-05",
    version=1,
    title="Chronic non-bacterial osteitis: MRI",
    check="MRI in chronic non-bacterial osteitis",
    hooks=frozenset({Hook.PATIENT_VIEW}),
    needs=(Need.PROBLEMS, Need.MRI, Need.IMAGING_STUDIES, Need.OPEN_ORDERS),
    proposes=MRIS,
    thresholds=(MRI_DAYS,),
    evidence=(Evidence(MANAGEMENT, "chronic non-bacterial osteitis: MRI"),),
    limits="One source. Any MRI of the last six months counts, also of another place.",
)

SUMMARY = "Chronic non-bacterial osteitis - marrow edema tracks activity; MRI is needed for evaluation"
WHOLE_BODY = "Edema is an early sign that follows the activity. Whole-body MRI is best, where it is available."


def assess(patient: Patient) -> Verdict:
    osteitis = patient.has(Concept.CHRONIC_NONBACTERIAL_OSTEOMYELITIS)
    if isinstance(osteitis, Absent):
        return NOT_APPLICABLE
    match unless(osteitis, _recent_mri(patient)):
        case Unknown(gap):
            return MissingData(gap)
        case Absent():
            return SATISFIED
        case found:
            services = {mri_of(item.site) for item in found.items}
            return Advice(
                indicator="info",
                summary=SUMMARY,
                detail=(WHOLE_BODY,),
                because=found.facts,
                unchecked=found.gaps,
                proposals=(Propose(services.pop() if len(services) == 1 else Service.MRI),),
            )


def _recent_mri(patient: Patient) -> Finding[Factual]:
    """A study or a report of one, preliminary or not."""
    reports = tuple(each for each in patient.mri_reports.items if _recent(each.when, patient))
    studies = patient.imaging_studies.about(Concept.MRI_ANY)
    dated = tuple(each for each in studies if each.when and _recent(each.when, patient))
    return any_of(finding(reports, patient.mri_reports.gaps), finding(dated, patient.imaging_studies.gaps))


def _recent(when: When, patient: Patient) -> bool:
    return not when.is_future(patient.as_of) and when.age_days(patient.as_of) <= patient.policy[MRI_DAYS]

"""A painful vertebral fracture in a patient with cancer may be treated with balloon kyphoplasty.

When    a vertebral fracture and a cancer are on the problem list
Unless  the cancer is a myeloma, which has a rule of its own, the vertebra was augmented, or the pain score is low
Then    name the option, "if painful" where no pain score says so, and offer the oncology and spine team
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import MANAGEMENT, Evidence
from cds_hooks.authoring.rule import Hook, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, SATISFIED, Advice, MissingData, Propose, Verdict
from cds_hooks.snapshot import spine
from cds_hooks.snapshot.model import Absent, Present, Unknown, all_of, gaps_of, items_of, remarks_of
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.vocabulary import Concept, Need, Service

RULE = Rule(
    id="BME-VF-08",
    version=1,
    title="Vertebral fracture in cancer: kyphoplasty",
    check="kyphoplasty as an option in cancer",
    hooks=frozenset({Hook.PATIENT_VIEW}),
    needs=(Need.PROBLEMS, Need.PROCEDURES, Need.PAIN, Need.OPEN_ORDERS),
    thresholds=spine.LASTING_PAIN,
    evidence=(Evidence(MANAGEMENT, "cancer-related vertebral fracture: balloon kyphoplasty"),),
    limits="One source; that the cancer caused the fracture is not in the chart: any active cancer counts, skin cancer "
    "other than melanoma aside.",
)

PAINFUL = "Painful cancer-related vertebral fracture - balloon kyphoplasty: about 80 % pain relief reported"
IF_PAINFUL = "Cancer-related vertebral fracture, if painful - balloon kyphoplasty: about 80 % pain relief reported"
TOGETHER = "Decide with oncology; assess radiotherapy and stability in parallel."


def assess(patient: Patient) -> Verdict:
    myeloma = isinstance(patient.has(Concept.MULTIPLE_MYELOMA), Present)
    both = all_of(spine.unaugmented_fracture(patient), spine.cancer(patient))
    if myeloma or isinstance(both, Absent):
        return NOT_APPLICABLE
    if spine.low_pain(patient):
        return SATISFIED
    pain = spine.lasting_pain(patient)
    for each in (both, pain):
        if isinstance(each, Unknown):
            return MissingData(each.gap)
    painful = isinstance(pain, Present)
    return Advice(
        indicator="info",
        summary=PAINFUL if painful else IF_PAINFUL,
        detail=(TOGETHER,),
        because=(*items_of(both), *(score.fact for score in items_of(pain))),
        unchecked=(*gaps_of(both), *gaps_of(pain)),
        remarks=remarks_of(both, pain),
        proposals=(Propose(Service.ONCOLOGY_SPINE_MDT),),
        arm="" if painful else "no pain score",
    )

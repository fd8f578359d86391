"""Where cancer or destructive imaging stands beside a marrow edema, a tumor or metastasis should be ruled out.

When    the newest MRI of a place shows marrow edema
  and   a malignant tumor is on record, also in remission, the report speaks of a mass or destruction, or weight was
        lost lately
Unless  a CT, a biopsy or a referral to oncology was asked for since the report
Then    warn, and offer a referral and a CT
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import ICLINIQ, STATPEARLS, Evidence
from cds_hooks.authoring.override import OverrideReason
from cds_hooks.authoring.rule import Hook, Rule
from cds_hooks.authoring.verdict import Advice, MissingData, Propose, Satisfied, Verdict
from cds_hooks.snapshot import neoplasm
from cds_hooks.snapshot.examinations import CTS, ct_of
from cds_hooks.snapshot.imaging import EdemaReport
from cds_hooks.snapshot.model import Absent, Factual, Finding, Present, Unknown, any_of, gaps_of
from cds_hooks.snapshot.neoplasm import neoplasm_behind_edema
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.vocabulary import Need, Service

RULE = Rule(
    id="BME-DX-08",
    version=1,
    title="Red flag: possible neoplasm behind marrow edema",
    check="tumor behind a marrow edema",
    hooks=frozenset({Hook.PATIENT_VIEW, Hook.PROBLEM_LIST_ITEM_CREATE}),
    needs=(*neoplasm.NEEDS, Need.OPEN_ORDERS),
    evidence=(
        Evidence(ICLINIQ, "Neoplastic causes"),
        Evidence(STATPEARLS, "Differential Diagnosis; CT in Evaluation"),
    ),
    limits="Narrative lists; indirect evidence.",
    proposes=CTS,
    thresholds=(neoplasm.WEIGHT_LOSS_DAYS,),
    overrides=(OverrideReason("known-stable-disease", "The tumor is known and stable"),),
)

SUMMARY = "Marrow edema with cancer history or destructive imaging - rule out tumor or metastasis"
WHY = (
    "Leukemia, Ewing sarcoma, osteosarcoma, chondrosarcoma and metastases may look like marrow edema. CT helps to rule "
    "out malignancy."
)


def assess(patient: Patient) -> Verdict:
    seen = patient.edema_on_mri()
    if isinstance(seen, Unknown):
        return MissingData(seen.gap)
    if isinstance(seen, Absent):
        return Satisfied(seen.remarks)
    judged = [(each, neoplasm_behind_edema(patient, each)) for each in seen.items]
    match any_of(*(signs for _, signs in judged)):
        case Unknown(gap):
            return MissingData(gap)
        case Absent():
            return Satisfied(seen.remarks)
        case signs:
            return _advice([each for each, found in judged if isinstance(found, Present)], seen, signs)


def _advice(edema: list[EdemaReport], seen: Finding[EdemaReport], signs: Present[Factual]) -> Advice:
    facts = (*(each.fact for each in edema), *signs.facts)
    return Advice(
        indicator="warning",
        summary=SUMMARY,
        detail=(WHY,),
        because=tuple(dict.fromkeys(facts)),
        unchecked=tuple(dict.fromkeys((*gaps_of(seen), *signs.gaps))),
        proposals=(
            Propose(Service.ONCOLOGY_REFERRAL),
            *dict.fromkeys(Propose(ct_of(each.site)) for each in edema),
        ),
    )

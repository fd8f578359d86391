"""Marrow edema in an inflammatory arthritis predicts erosion: its disease-modifying therapy should be reviewed.

When    rheumatoid arthritis, axial spondyloarthritis or psoriatic arthritis is confirmed
  and   an MRI of the last six months shows edema at a joint, the spine or the sacroiliac joints
  and   no disease-modifying drug is in use, or rheumatology was not seen in the weeks since the MRI
Then    warn, and offer a referral to rheumatology
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import CONSUMER_ARTICLE, ICLINIQ, MANAGEMENT, Evidence
from cds_hooks.authoring.override import OverrideReason
from cds_hooks.authoring.rule import Hook, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, SATISFIED, Advice, MissingData, Propose, Verdict
from cds_hooks.snapshot import arthritis
from cds_hooks.snapshot.model import Absent, Unknown, all_of
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.vocabulary import Need, Service

RULE = Rule(
    id="BME-IA-01",
    version=1,
    title="Inflammatory arthritis with marrow edema: predictor of erosion",
    check="disease control of an inflammatory arthritis with marrow edema",
    hooks=frozenset({Hook.PATIENT_VIEW, Hook.PROBLEM_LIST_ITEM_CREATE}),
    needs=(*arthritis.NEEDS, Need.OPEN_ORDERS),
    thresholds=arthritis.THRESHOLDS,
    evidence=(
        Evidence(MANAGEMENT, "rheumatoid arthritis and spondyloarthritis: edema predicts erosion"),
        Evidence(ICLINIQ, "Treatment: rheumatoid arthritis"),
        Evidence(CONSUMER_ARTICLE, "treatment by cause"),
    ),
    limits="Cohort data of rheumatoid arthritis, quoted from a secondary text. Whether the disease is controlled is "
    "not asked.",
    overrides=(OverrideReason("treated-to-target", "Treated to target"),),
)

SUMMARY = "Inflammatory arthritis with marrow edema predicts erosion - consider review of disease-modifying therapy"
PREDICTOR = (
    "Among the baseline variables studied in rheumatoid arthritis, edema on MRI predicted later damage on radiographs "
    "best (regression coefficient 0.75 to 0.82, p < 0.001)."
)
TARGET = "Treatment to target is a matter of rheumatology."


def assess(patient: Patient) -> Verdict:
    confirmed = arthritis.confirmed_arthritis(patient)
    if isinstance(confirmed, Absent):
        return NOT_APPLICABLE
    match all_of(confirmed, arthritis.unreviewed_edema(patient)):
        case Unknown(gap):
            return MissingData(gap)
        case Absent():
            return SATISFIED
        case found:
            return Advice(
                indicator="warning",
                summary=SUMMARY,
                detail=(PREDICTOR, TARGET),
                because=found.facts,
                unchecked=found.gaps,
                remarks=found.remarks,
                proposals=(Propose(Service.RHEUMATOLOGY_REFERRAL),),
            )

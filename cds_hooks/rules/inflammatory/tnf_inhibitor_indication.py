"""A TNF inhibitor is for inflammatory disease; for the idiopathic edema syndrome it is off-label.

When    a TNF inhibitor is ordered for a patient with bone marrow edema
Unless  an inflammatory disease that it is labeled for is its reason or is active: rheumatoid arthritis, axial
        spondyloarthritis, psoriatic arthritis, psoriasis, inflammatory bowel disease, uveitis, juvenile arthritis
Then    warn, offer to remove the draft, and offer a referral to rheumatology
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import DPM_BLOG, ICLINIQ, Evidence
from cds_hooks.authoring.override import OverrideReason
from cds_hooks.authoring.rule import Gate, Hook, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, SATISFIED, Advice, DeleteDraft, MissingData, Propose, Verdict
from cds_hooks.snapshot.indication import INFLAMMATORY
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Gap, GapKind, Present, Unknown
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.vocabulary import DrugGroup, Need, Service

RULE = Rule(
    id="BME-IA-05",
    version=1,
    title="TNF inhibitor for bone marrow edema only with an inflammatory indication",
    check="indication of a TNF inhibitor",
    hooks=frozenset({Hook.ORDER_SELECT}),
    orders=(DrugGroup.TNF_INHIBITOR,),
    needs=(Need.PROBLEMS, Need.OPEN_ORDERS),
    gate=Gate.EDEMA,
    evidence=(
        Evidence(ICLINIQ, "Treatment: TNF inhibitors in rheumatoid arthritis"),
        Evidence(DPM_BLOG, "lists TNF inhibitors among the therapies"),
    ),
    limits="Low certainty for the edema syndrome: one source limits TNF inhibitors to rheumatoid arthritis, another "
    "lists them as generally valuable.",
    overrides=(OverrideReason("specialist-approved", "Approved by a specialist"),),
)

SUMMARY = "TNF inhibitor for idiopathic BMES is off-label - evidence is in inflammatory arthritis"
EVIDENCE = "A reduction of marrow lesions was shown in rheumatoid arthritis."
DECISION = "Use in the idiopathic syndrome is a decision of the specialist, after screening for infection."
UNREADABLE = Gap(Need.PROBLEMS, GapKind.OUT_OF_REACH, "the reason stated on the order could not be read")


def assess(order: Order, patient: Patient) -> Verdict:
    if not order.gives(DrugGroup.TNF_INHIBITOR):
        return NOT_APPLICABLE
    if not order.reasons.concepts.isdisjoint(INFLAMMATORY):
        return SATISFIED
    indication = patient.has(*INFLAMMATORY)
    if isinstance(indication, Present):
        return SATISFIED
    if not order.reasons.readable:
        return MissingData(UNREADABLE)
    if isinstance(indication, Unknown):
        return MissingData(indication.gap)
    return Advice(
        indicator="warning",
        summary=SUMMARY,
        detail=(EVIDENCE, DECISION),
        because=(order.fact,),
        proposals=(
            DeleteDraft(order.reference, "Remove the draft order of the TNF inhibitor"),
            Propose(Service.RHEUMATOLOGY_REFERRAL),
        ),
    )

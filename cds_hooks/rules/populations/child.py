"""A child with marrow edema should be seen by a pediatric specialist: the drug pathways of adults do not apply.

When    a child has bone marrow edema, or a prostacyclin, bisphosphonate, denosumab, nifedipine or TNF inhibitor is
        ordered for it
Then    say so and offer a pediatric referral; warn about the draft and offer to remove it; ask for the age where the
        birth date does not tell it
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import DPM_BLOG, Evidence
from cds_hooks.authoring.override import OverrideReason
from cds_hooks.authoring.rule import ORDER_HOOKS, Gate, Hook, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, Advice, DeleteDraft, MissingData, Propose, Verdict
from cds_hooks.snapshot import age
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Absent, Fact, GapKind, Present, Unknown
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.vocabulary import DrugGroup, Need, Service

RULE = Rule(
    id="BME-SP-04",
    version=1,
    title="Child or adolescent: adult drug rules do not apply",
    check="age before adult drug treatment",
    hooks=ORDER_HOOKS | {Hook.PATIENT_VIEW},
    orders=(
        DrugGroup.PROSTACYCLIN,
        DrugGroup.BISPHOSPHONATE,
        DrugGroup.DENOSUMAB,
        DrugGroup.CALCIUM_CHANNEL_BLOCKER,
        DrugGroup.TNF_INHIBITOR,
    ),
    gate=Gate.EDEMA,
    needs=(Need.DEMOGRAPHICS, Need.PROBLEMS, Need.MRI, Need.OPEN_ORDERS),
    evidence=(Evidence(DPM_BLOG, "a case of an adolescent; treatment"),),
    limits="One case report; all other checks run for children as well.",
    overrides=(OverrideReason("paediatric-specialist", "A pediatric specialist decides"),),
)

CHILD = "Child with marrow edema - adult drug pathways do not apply; pediatric specialist advised"
VERIFY = "Age not known - verify age: adult drug pathways for marrow edema do not apply to children"
CASE = "A pediatric case healed in six months with an NSAID, modified weight-bearing and vitamin D."
THINK_OF = "Infection, leukemia, Ewing sarcoma and chronic non-bacterial osteomyelitis come first to mind."
NIFEDIPINE = "nifedipine"


def assess_order(order: Order, patient: Patient) -> Verdict:
    child = age.child(patient)
    if not _adult_drug(order) or isinstance(child, Absent):
        return NOT_APPLICABLE
    reason = patient.edema_reason(order)
    if isinstance(reason, Absent):
        return NOT_APPLICABLE
    if isinstance(child, Unknown) and child.gap.kind is not GapKind.NOT_RECORDED:
        return MissingData(child.gap)
    if isinstance(reason, Unknown):
        return MissingData(reason.gap)
    return _verify(order, reason) if isinstance(child, Unknown) else _advice(order, child, reason)


def assess_chart(patient: Patient) -> Verdict:
    match age.child(patient):
        case Unknown(gap):
            return NOT_APPLICABLE if gap.kind is GapKind.NOT_RECORDED else MissingData(gap)
        case Absent():
            return NOT_APPLICABLE
        case child:
            edema = patient.edema_context()
            facts = edema.facts if isinstance(edema, Present) else ()
            return Advice(
                indicator="info",
                summary=CHILD,
                detail=(CASE, THINK_OF),
                because=(*child.facts, *facts),
                proposals=(Propose(Service.PEDIATRIC_REFERRAL),),
            )


def _adult_drug(order: Order) -> bool:
    """Of the calcium channel blockers only nifedipine is an option in edema."""
    groups = tuple(each for each in RULE.orders if isinstance(each, DrugGroup))
    drug = order.medication
    if drug is None or drug.groups.isdisjoint(groups):
        return False
    return drug.groups.intersection(groups) != {DrugGroup.CALCIUM_CHANNEL_BLOCKER} or NIFEDIPINE in drug.ingredients


def _advice(order: Order, child: Present[Fact], reason: Present[Fact]) -> Advice:
    return Advice(
        indicator="warning",
        summary=CHILD,
        detail=(CASE, THINK_OF),
        because=tuple(dict.fromkeys((order.fact, *child.facts, *reason.facts))),
        unchecked=reason.gaps,
        proposals=(
            Propose(Service.PEDIATRIC_REFERRAL),
            DeleteDraft(order.reference, "Remove the draft order of the adult medicine"),
        ),
    )


def _verify(order: Order, reason: Present[Fact]) -> Advice:
    return Advice(
        indicator="warning",
        summary=VERIFY,
        detail=("The birth date is not recorded, or only in part.",),
        because=tuple(dict.fromkeys((order.fact, *reason.facts))),
        unchecked=reason.gaps,
        arm="missing",
    )

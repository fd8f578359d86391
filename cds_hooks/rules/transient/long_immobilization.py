"""Protected weight-bearing with physiotherapy should be preferred to a long immobilization in edema syndrome.

When    a cast or another non-removable immobilizer is ordered for bone marrow edema, for more than six weeks
Unless  a fracture or a Charcot foot is active at the site, or is the reason of the order
Then    say so, offer to shorten it and physiotherapy
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import DPM_BLOG, STATPEARLS, Evidence
from cds_hooks.authoring.override import OverrideReason
from cds_hooks.authoring.rule import Hook, Rule
from cds_hooks.authoring.verdict import (
    NOT_APPLICABLE,
    SATISFIED,
    Advice,
    Change,
    MissingData,
    Propose,
    UpdateDraft,
    Verdict,
)
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Absent, Present, Unknown, gaps_of
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.vocabulary import Concept, Need, Service

LONG_DAYS = Threshold(
    name="long-immobilization-days",
    unit="d",
    default=42,
    low=14,
    high=84,
    source="experience of one author; the number is ours, awaiting a clinical board",
)
NEEDS_IT = (
    Concept.CHARCOT,
    Concept.FRACTURE,
    Concept.STRESS_FRACTURE,
    Concept.SUBCHONDRAL_FRACTURE,
    Concept.LOWER_LIMB_FRACTURE,
    Concept.PATHOLOGICAL_FRACTURE,
)

RULE = Rule(
    id="BME-TB-06",
    version=1,
    title="Long immobilization alone is not a treatment for bone marrow edema syndrome",
    check="duration of the immobilization",
    hooks=frozenset({Hook.ORDER_SELECT}),
    orders=(Concept.IMMOBILIZER,),
    needs=(Need.PROBLEMS, Need.OPEN_ORDERS),
    evidence=(
        Evidence(DPM_BLOG, "experience with long immobilization"),
        Evidence(STATPEARLS, "Treatment / Management: protected weight-bearing, physiotherapy"),
    ),
    limits="Experience of a senior author; the number of weeks is an assumption of this project.",
    thresholds=(LONG_DAYS,),
    overrides=(OverrideReason("fracture-risk", "Risk of fracture"),),
)

SUMMARY = "Long immobilization has not worked well in BMES - prefer protected weight-bearing with physiotherapy"
PLAN = "Limit the immobilization and plan graded loading."


def assess(order: Order, patient: Patient) -> Verdict:
    if not order.asks_for(Concept.IMMOBILIZER) or order.asks_for(Concept.OFFLOADING_ENDED) or not _long(order, patient):
        return NOT_APPLICABLE
    reason = patient.edema_reason(order)
    if isinstance(reason, Absent) or not order.reasons.concepts.isdisjoint(NEEDS_IT):
        return NOT_APPLICABLE
    if isinstance(reason, Unknown):
        return MissingData(reason.gap)
    needed = patient.has_at(order.site, *NEEDS_IT)
    if isinstance(needed, Present):
        return SATISFIED
    return Advice(
        indicator="info",
        summary=SUMMARY,
        detail=(PLAN,),
        because=tuple(dict.fromkeys((order.fact, *reason.facts))),
        unchecked=tuple(dict.fromkeys((*reason.gaps, *gaps_of(needed)))),
        proposals=(UpdateDraft(order.reference, Change.SHORTER), Propose(Service.PHYSIOTHERAPY)),
    )


def _long(order: Order, patient: Patient) -> bool:
    return order.planned_days is not None and order.planned_days > patient.policy[LONG_DAYS]

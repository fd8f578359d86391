"""An active Charcot foot should be offloaded: an order that allows weight-bearing conflicts with that.

When    an order allows weight-bearing, as tolerated, full or as exercise, or ends the offloading
  and   a Charcot foot is active
Then    warn and offer to state non-weight-bearing in the draft
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import IWGDF, MANAGEMENT, Evidence
from cds_hooks.authoring.override import OverrideReason
from cds_hooks.authoring.rule import ORDER_HOOKS, Rule
from cds_hooks.authoring.verdict import (
    NOT_APPLICABLE,
    SATISFIED,
    Advice,
    Change,
    MissingData,
    UpdateDraft,
    Verdict,
)
from cds_hooks.snapshot import diabetic_foot
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Absent, Unknown
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.vocabulary import Concept, Need

LOADING = (Concept.WEIGHT_BEARING_ALLOWED, Concept.OFFLOADING_ENDED)

RULE = Rule(
    id="BME-CF-04",
    version=1,
    title="Weight-bearing or exercise order in active Charcot foot",
    check="weight-bearing orders in Charcot foot",
    hooks=ORDER_HOOKS,
    orders=LOADING,
    needs=(Need.PROBLEMS,),
    evidence=(
        Evidence(MANAGEMENT, "Charcot foot: offloading is mandatory"),
        Evidence(IWGDF, "active Charcot foot: knee-high offloading until remission"),
    ),
    limits="An order that does not state the weight-bearing is not looked at.",
    overrides=(OverrideReason("remission-documented", "Remission is documented"),),
)

SUMMARY = "Active Charcot foot: weight-bearing order conflicts with mandatory offloading"
UNTIL_REMISSION = "Mobility within the offloading is the limit until remission."


def assess(order: Order, patient: Patient) -> Verdict:
    if not order.asks_for(*LOADING):
        return NOT_APPLICABLE
    match diabetic_foot.charcot_foot(patient):
        case Unknown(gap):
            return MissingData(gap)
        case Absent():
            return SATISFIED
        case charcot:
            return Advice(
                indicator="warning",
                summary=SUMMARY,
                detail=(UNTIL_REMISSION,),
                because=(order.fact, *charcot.facts),
                unchecked=charcot.gaps,
                proposals=(UpdateDraft(order.reference, Change.NON_WEIGHT_BEARING),),
            )

"""A steroid should not be injected again too soon, nor in the three months before a joint replacement.

When    a local steroid injection is ordered
  and   the same joint was injected in the last 12 weeks, or four times in a year, or is to be replaced within 90 days
Then    warn and offer to remove the draft
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import JOINT_INJECTION, Evidence
from cds_hooks.authoring.rule import ORDER_HOOKS, Gate, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, SATISFIED, Advice, DeleteDraft, MissingData, Verdict
from cds_hooks.snapshot.indication import STEROID_INJECTION, injects_steroid
from cds_hooks.snapshot.injections import Injection, at_joint_of, earlier_injections, joints_of
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Finding, Gap, GapKind, Present, Unknown, finding, gaps_of
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.problem import Event
from cds_hooks.snapshot.vocabulary import Concept, Need

OURS = "ours, awaiting a clinical board"
INTERVAL = Threshold(name="injection-interval", unit="d", default=84, low=28, high=183, source=OURS)
PER_YEAR = Threshold(name="injections-per-year", unit="1", default=4, low=2, high=6, source=OURS)
YEAR = Threshold(name="injection-count-window", unit="d", default=365, low=183, high=730, source=OURS)
ARTHROPLASTY_DAYS = Threshold(
    name="arthroplasty-window",
    unit="d",
    default=90,
    low=30,
    high=183,
    source="meta-analyses on injection before arthroplasty",
)
RULE = Rule(
    id="BME-DS-COR-03",
    version=1,
    title="Steroid injection: interval and arthroplasty within 3 months",
    check="earlier injections and planned joint replacement",
    hooks=ORDER_HOOKS,
    orders=STEROID_INJECTION,
    gate=Gate.EDEMA,
    needs=(Need.PROCEDURES, Need.MEDICATIONS, Need.STOPPED_MEDICATIONS, Need.CARE, Need.APPOINTMENTS),
    evidence=(Evidence(JOINT_INJECTION, "injection in the three months before arthroplasty"),),
    limits="Meta-analyses; interval and number of injections are ours and await a clinical board.",
    thresholds=(INTERVAL, PER_YEAR, YEAR, ARTHROPLASTY_DAYS),
)

SUMMARY = "Steroid injection too soon or joint replacement within 3 months"
SOON = "The same joint was injected lately or often; the usual interval is three months, and few injections a year."
REPLACEMENT = "The risk of infection after a joint replacement is raised when it was injected within 3 months before."
NO_JOINT = Gap("joint", GapKind.NOT_RECORDED, "neither the draft nor its reason says which joint is injected")


def assess(order: Order, patient: Patient) -> Verdict:
    if not injects_steroid(order):
        return NOT_APPLICABLE
    before, planned = _too_soon(order, patient), _replacement(order, patient)
    found = [each for each in (before, planned) if isinstance(each, Present)]
    if not found:
        unclear = [each.gap for each in (before, planned) if isinstance(each, Unknown)]
        return MissingData(unclear[0]) if unclear else SATISFIED
    soon, replaced = isinstance(before, Present), isinstance(planned, Present)
    return Advice(
        indicator="warning",
        summary=SUMMARY,
        detail=(*((SOON,) if soon else ()), *((REPLACEMENT,) if replaced else ())),
        because=(order.fact, *(fact for each in found for fact in each.facts)),
        unchecked=(*gaps_of(before), *gaps_of(planned)),
        proposals=(DeleteDraft(order.reference, "Remove the draft order of the steroid injection"),),
    )


def _too_soon(order: Order, patient: Patient) -> Finding[Injection]:
    policy = patient.policy
    earlier = earlier_injections(patient, max(policy[YEAR], policy[INTERVAL]))
    if not isinstance(earlier, Present):
        return earlier
    if not joints_of(order):
        return Unknown(NO_JOINT)
    same = [item for item in earlier.items if at_joint_of(order, item.site)]
    ages = [(item, item.when.age_days_at_most(patient.as_of)) for item in same]
    recent = tuple(item for item, age in ages if age < policy[INTERVAL])
    many = tuple(item for item, age in ages if age <= policy[YEAR])
    return finding(many if len(many) >= policy[PER_YEAR] else recent, earlier.gaps)


def _replacement(order: Order, patient: Patient) -> Finding[Event]:
    """A planned replacement of this joint, or of one that is not said."""
    planned = patient.planned(Concept.JOINT_REPLACEMENT, within_days=patient.policy[ARTHROPLASTY_DAYS])
    if not isinstance(planned, Present):
        return planned
    joints = joints_of(order) or (order.site,)
    here = tuple(item for item in planned.items if any(item.site.may_be(joint) for joint in joints))
    return finding(here, planned.gaps)

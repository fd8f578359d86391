"""Core decompression for bone marrow edema syndrome should be kept for difficult cases after other options failed.

When    core decompression is ordered for bone marrow edema
  and   the edema began less than 12 weeks ago or at an unknown date, or no advanced therapy without surgery is on
        record
Unless  osteonecrosis is on the problem list or is the reason of the order
Then    warn, offer a second opinion, and where the onset is known to be recent to remove the draft
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import CONSUMER_ARTICLE, DPM_BLOG, ICLINIQ, Evidence
from cds_hooks.authoring.override import OverrideReason
from cds_hooks.authoring.rule import Hook, Rule
from cds_hooks.authoring.verdict import (
    NOT_APPLICABLE,
    SATISFIED,
    Advice,
    DeleteDraft,
    MissingData,
    Propose,
    Verdict,
)
from cds_hooks.snapshot import course
from cds_hooks.snapshot.medication import Medication, Order, Standing
from cds_hooks.snapshot.model import Absent, Factual, Finding, Gap, Present, Unknown, any_of, finding, gaps_of
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.problem import Event, Problem
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need, Service
from cds_hooks.snapshot.when import When

SELF_LIMITING_DAYS = Threshold(
    name="core-decompression-onset-days",
    unit="d",
    default=84,
    low=42,
    high=180,
    source="management text: refractory after 12 weeks",
)

RULE = Rule(
    id="BME-RF-08",
    version=1,
    title="Core decompression: last step for bone marrow edema syndrome",
    check="other options before core decompression",
    hooks=frozenset({Hook.ORDER_SELECT}),
    orders=(Concept.CORE_DECOMPRESSION,),
    needs=(
        Need.PROBLEMS,
        Need.MEDICATIONS,
        Need.STOPPED_MEDICATIONS,
        Need.PROCEDURES,
        Need.CARE,
        Need.OPEN_ORDERS,
    ),
    evidence=(
        Evidence(ICLINIQ, "surgical treatment"),
        Evidence(CONSUMER_ARTICLE, "treatment"),
        Evidence(DPM_BLOG, "treatment options"),
    ),
    limits="Case series; treatment elsewhere may not be on record.",
    thresholds=(SELF_LIMITING_DAYS,),
    overrides=(
        OverrideReason("refractory", "Refractory to other treatment"),
        OverrideReason("osteonecrosis-suspected", "Osteonecrosis is suspected"),
    ),
)

SUMMARY = "Core decompression for BMES: reserve for difficult cases after other options failed"
RATIONALE = "Its rationale is relief of pressure and better perfusion; it is invasive in a self-limiting disease."
NECROSIS = "If osteonecrosis is present, the way is that of osteonecrosis with orthopedics."
DRUGS = (DrugGroup.PROSTACYCLIN, DrugGroup.BISPHOSPHONATE, DrugGroup.DENOSUMAB)
DEVICES = frozenset({Concept.ESWT, Concept.PEMF})


def assess(order: Order, patient: Patient) -> Verdict:
    if not order.asks_for(Concept.CORE_DECOMPRESSION) or Concept.OSTEONECROSIS in order.reasons.concepts:
        return NOT_APPLICABLE
    reason, necrosis = patient.edema_reason(order), patient.has_at(order.site, Concept.OSTEONECROSIS)
    if isinstance(reason, Absent) or isinstance(necrosis, Present):
        return NOT_APPLICABLE
    if isinstance(reason, Unknown):
        return MissingData(reason.gap)
    problem = course.edema(patient)
    since = problem.since if problem else None
    unchecked = tuple(dict.fromkeys((*reason.gaps, *gaps_of(necrosis))))
    if since is None or _recent(since, patient):
        return _advice(order, reason, problem, unchecked, early=since is not None)
    match _tried(since, patient):
        case Unknown(gap):
            return MissingData(gap)
        case Present():
            return SATISFIED
        case _:
            return _advice(order, reason, problem, unchecked, early=False)


def _recent(since: When, patient: Patient) -> bool:
    return since.age_days_at_most(patient.as_of) < patient.policy[SELF_LIMITING_DAYS]


def _tried(since: When, patient: Patient) -> Finding[Factual]:
    """Advanced therapy without surgery: taken now, or on record since the onset."""
    given = tuple(item for item in patient.medications.items if _given(item, since))
    done = tuple(item for item in (*patient.procedures.items, *patient.care.items) if _done(item, since))
    gaps = patient.procedures.gaps + patient.care.gaps
    return any_of(finding(given, patient.medications.gaps), finding(done, gaps))


def _given(item: Medication, since: When) -> bool:
    if not any(item.gives(group) for group in DRUGS):
        return False
    return item.standing is Standing.ACTIVE or _after(item.last_given or item.stopped or item.written, since)


def _done(item: Event, since: When) -> bool:
    return bool(item.concepts & DEVICES) and _after(item.when, since)


def _after(when: When | None, since: When) -> bool:
    return when is not None and when.last >= since.first


def _advice(
    order: Order, reason: Present[Factual], problem: Problem | None, unchecked: tuple[Gap, ...], *, early: bool
) -> Advice:
    sure = early and not unchecked
    delete = (DeleteDraft(order.reference, "Remove the draft order of core decompression"),) if sure else ()
    return Advice(
        indicator="warning",
        summary=SUMMARY,
        detail=(RATIONALE, NECROSIS),
        because=tuple(dict.fromkeys((order.fact, *reason.facts, *((problem.fact,) if problem else ())))),
        unchecked=unchecked,
        proposals=(*delete, Propose(Service.SECOND_OPINION)),
    )

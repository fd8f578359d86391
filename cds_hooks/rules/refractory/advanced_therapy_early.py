"""Advanced therapy for bone marrow edema should follow conservative care, unless the pain is severe.

When    a prostacyclin, bisphosphonate or denosumab, shock waves, electromagnetic fields or core decompression is
        ordered for bone marrow edema
  and   conservative care began only days ago; or none is on record and the edema is as new; or neither has a date
Unless  the pain is severe, or the patient is a child
Then    say so and offer physiotherapy, and where the start of care is known to remove the draft
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import CONSUMER_ARTICLE, ICLINIQ, MANAGEMENT, Evidence
from cds_hooks.authoring.override import OverrideReason
from cds_hooks.authoring.rule import Hook, Rule
from cds_hooks.authoring.verdict import (
    NOT_APPLICABLE,
    SATISFIED,
    Advice,
    DeleteDraft,
    MissingData,
    Propose,
    Satisfied,
    Verdict,
)
from cds_hooks.snapshot import age, course
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Absent, Fact, Factual, Finding, Gap, Present, Unknown, gaps_of
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need, Service
from cds_hooks.snapshot.when import When

EARLY_DAYS = Threshold(
    name="conservative-care-days",
    unit="d",
    default=14,
    low=7,
    high=42,
    source="management text: 2 to 12 weeks of conservative care",
)
SEVERE_PAIN = Threshold(
    name="severe-pain", unit="1", default=7, low=5, high=9, source="ours, awaiting a clinical board"
)
PAIN_DAYS = Threshold(
    name="severe-pain-days", unit="d", default=30, low=7, high=60, source="ours, awaiting a clinical board"
)

RULE = Rule(
    id="BME-RF-01",
    version=1,
    title="Advanced therapy only after failed conservative care",
    check="conservative care before advanced therapy",
    hooks=frozenset({Hook.ORDER_SELECT}),
    orders=(
        DrugGroup.PROSTACYCLIN,
        DrugGroup.BISPHOSPHONATE,
        DrugGroup.DENOSUMAB,
        Concept.ESWT,
        Concept.PEMF,
        Concept.CORE_DECOMPRESSION,
    ),
    needs=(Need.PROBLEMS, Need.CARE, Need.PROCEDURES, Need.MEDICATIONS, Need.PAIN, Need.DEMOGRAPHICS, Need.OPEN_ORDERS),
    evidence=(
        Evidence(MANAGEMENT, "algorithm: conservative care for 2 to 12 weeks, then advanced therapy"),
        Evidence(ICLINIQ, "Treatment"),
        Evidence(CONSUMER_ARTICLE, "treatment"),
    ),
    limits="The window of 2 to 12 weeks is wide; care that nobody wrote down cannot be counted.",
    thresholds=(EARLY_DAYS, SEVERE_PAIN, PAIN_DAYS),
    overrides=(
        OverrideReason("severe-pain", "Severe pain"),
        OverrideReason("recurrent-bmes", "Recurrent bone marrow edema syndrome"),
    ),
)

EARLY = "Advanced BMES therapy drafted before conservative care was tried - check indication"
UNDATED = "Advanced BMES therapy drafted, duration of conservative care not on record - document duration"
USUAL = "At least 2 weeks, usually 2 to 12 weeks, of NSAID and offloading come first, unless the pain is severe."
NO_CARE = "There is no conservative care on record."
NO_OFFLOADING = "Neither physiotherapy nor offloading is on record; NSAID orders could not be read."


def assess(order: Order, patient: Patient) -> Verdict:
    if order.subjects.isdisjoint(RULE.orders):
        return NOT_APPLICABLE
    reason, child = patient.edema_reason(order), age.child(patient)
    if isinstance(reason, Absent) or isinstance(child, Present):
        return NOT_APPLICABLE
    if isinstance(reason, Unknown):
        return MissingData(reason.gap)
    care, pain = patient.care_started, _severe_pain(patient)
    if isinstance(pain, Present):
        return SATISFIED
    unchecked = tuple(dict.fromkeys((*reason.gaps, *gaps_of(care), *gaps_of(pain), *gaps_of(child))))
    if isinstance(care, Present):
        return _since_care(order, care.facts, unchecked, patient)
    if isinstance(care, Unknown) and not (course.only_nsaids_unread(care) and _edema_is_new(patient)):
        return MissingData(care.gap)
    return _without_care(order, reason.facts, unchecked, patient, nsaids_read=isinstance(care, Absent))


def _severe_pain(patient: Patient) -> Finding[Factual]:
    """Severity alone opens the gate."""
    pain = patient.pain(patient.policy[PAIN_DAYS])
    if not isinstance(pain, Present):
        return pain
    severe = any(score.surely_at_least(patient.policy[SEVERE_PAIN]) for score in pain.items)
    return pain if severe else Absent()


def _since_care(order: Order, care: tuple[Fact, ...], unchecked: tuple[Gap, ...], patient: Patient) -> Verdict:
    if not any(_new(fact.when, patient) for fact in care):
        return Satisfied()
    delete = () if unchecked else (DeleteDraft(order.reference, "Remove the draft order of the advanced therapy"),)
    return Advice(
        indicator="info",
        summary=EARLY,
        detail=(USUAL,),
        because=(order.fact, *care),
        unchecked=unchecked,
        proposals=(*delete, Propose(Service.PHYSIOTHERAPY)),
    )


def _edema_is_new(patient: Patient) -> bool:
    problem = course.edema(patient)
    return problem is not None and _new(problem.since, patient)


def _without_care(
    order: Order, reason: tuple[Fact, ...], unchecked: tuple[Gap, ...], patient: Patient, *, nsaids_read: bool
) -> Verdict:
    problem = course.edema(patient)
    since = problem.since if problem else None
    if since and not _new(since, patient):
        return Satisfied()
    return Advice(
        indicator="info",
        summary=EARLY if since else UNDATED,
        detail=(NO_CARE if nsaids_read else NO_OFFLOADING, USUAL),
        because=tuple(dict.fromkeys((order.fact, *reason, *((problem.fact,) if problem else ())))),
        unchecked=unchecked,
        proposals=(Propose(Service.PHYSIOTHERAPY),),
        arm="no care" if since else "missing",
    )


def _new(when: When | None, patient: Patient) -> bool:
    return when is not None and when.age_days_at_most(patient.as_of) < patient.policy[EARLY_DAYS]

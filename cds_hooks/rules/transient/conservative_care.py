"""Protected weight-bearing, physiotherapy and symptom control should come first in edema syndrome.

When    edema syndrome of an adult is active and began no more than a year ago
  and   neither physiotherapy nor offloading is on record since two weeks before its onset
Unless  it is at the spine, where early mobilization takes their place
Then    offer physiotherapy and crutches, and an NSAID where nothing speaks against one; else say what does
"""

from __future__ import annotations

from collections.abc import Iterable

from cds_hooks.authoring.evidence import CONSUMER_ARTICLE, DPM_BLOG, ICLINIQ, MANAGEMENT, STATPEARLS, Evidence
from cds_hooks.authoring.override import OverrideReason
from cds_hooks.authoring.rule import Hook, Rule
from cds_hooks.authoring.verdict import (
    NOT_APPLICABLE,
    SATISFIED,
    Advice,
    Group,
    MissingData,
    Propose,
    Treat,
    Verdict,
)
from cds_hooks.snapshot import age, course, vitamin_d_level
from cds_hooks.snapshot.model import Absent, Finding, Gap, GapKind, Present, Unknown, finding, gaps_of
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.problem import Problem
from cds_hooks.snapshot.report_text import Region
from cds_hooks.snapshot.vocabulary import Need, Service, Treatment

RULE = Rule(
    id="BME-TB-01",
    version=1,
    title="Conservative bundle: protected weight-bearing, physiotherapy, NSAID if safe",
    check="conservative care of the edema syndrome",
    hooks=frozenset({Hook.PATIENT_VIEW, Hook.ENCOUNTER_DISCHARGE}),
    needs=(
        Need.PROBLEMS,
        Need.DEMOGRAPHICS,
        Need.CARE,
        Need.PROCEDURES,
        Need.MEDICATIONS,
        Need.VITAMIN_D,
        Need.OPEN_ORDERS,
    ),
    evidence=(
        Evidence(STATPEARLS, "Treatment / Management; Enhancing Healthcare Team Outcomes"),
        Evidence(MANAGEMENT, "algorithm: NSAID and offloading for 2 to 12 weeks"),
        Evidence(CONSUMER_ARTICLE, "treatment"),
        Evidence(ICLINIQ, "Treatment"),
        Evidence(DPM_BLOG, "treatment options"),
    ),
    limits="Reviews and experts, no randomized trial; aids are often handed out without an order.",
    proposes=(Treatment.NSAID,),
    thresholds=(course.LATE_DAYS, *vitamin_d_level.BANDS),
    overrides=(OverrideReason("already-offloaded", "Already offloaded"),),
)

SUMMARY = "BMES: protected weight-bearing, physiotherapy and symptom control are the usual first steps"
AIM = "The disease is self-limiting; the aim is control of pain."
BUNDLE = (
    "Offload the region until pain allows more, with physiotherapy and, if nothing speaks against it, an NSAID at the "
    "lowest effective dose."
)
THERAPIST = "A therapist should teach the technique of crutches and of partial load."  # rule ED-03
REVIEW = "Plan a review in 2 to 12 weeks."
NO_DATE = Gap(Need.PROBLEMS, GapKind.NOT_RECORDED, "onset of the edema syndrome: not recorded")


def assess(patient: Patient) -> Verdict:
    found, child = _of_a_limb(patient), age.child(patient)
    if isinstance(found, Absent) or isinstance(child, Present):
        return NOT_APPLICABLE
    if isinstance(found, Unknown):
        return MissingData(found.gap)
    problem = _within_a_year(found.items, patient)
    if problem is None:
        undated = any(item.since is None for item in found.items)
        return MissingData(NO_DATE) if undated else NOT_APPLICABLE
    cared_for = course.offloaded(patient, problem)
    if isinstance(cared_for, Present):
        return SATISFIED
    for unclear in (child, cared_for):
        if isinstance(unclear, Unknown):
            return MissingData(unclear.gap)
    return _advice(problem, found.gaps, patient)


def _of_a_limb(patient: Patient) -> Finding[Problem]:
    limbs = (item for item in course.syndromes(patient) if item.site.region is not Region.SPINE)
    return finding(tuple(limbs), patient.problems.gaps)


def _within_a_year(items: Iterable[Problem], patient: Patient) -> Problem | None:
    """The syndrome with the earliest onset in the window."""
    limit = patient.policy[course.LATE_DAYS]
    dated = [(item.since.first, item) for item in items if item.since and item.since.age_days(patient.as_of) <= limit]
    return min(dated, key=lambda each: each[0])[1] if dated else None


def _advice(problem: Problem, gaps: tuple[Gap, ...], patient: Patient) -> Advice:
    level = vitamin_d_level.between(patient)
    return Advice(
        indicator="info",
        summary=SUMMARY,
        detail=(AIM, BUNDLE, THERAPIST, REVIEW, *vitamin_d_level.vitamin_d_note(patient)),
        because=(problem.fact, *(level.facts if isinstance(level, Present) else ())),
        unchecked=tuple(dict.fromkeys((*gaps, *gaps_of(level)))),
        proposals=(Propose(Service.PHYSIOTHERAPY), Propose(Service.CRUTCHES), Treat(Treatment.NSAID)),
        group=Group.CARE,
    )

"""A patient with edema syndrome on conservative care should be reviewed between the second and the twelfth week.

When    edema syndrome is active and its conservative care (else its onset, else its record) began 14 to 84 days ago
Unless  there is a pain score or a follow-up visit of the last four weeks, or an appointment ahead
Then    offer a follow-up visit and a pain score
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import MANAGEMENT, Evidence
from cds_hooks.authoring.rule import Hook, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, SATISFIED, Advice, MissingData, Propose, Verdict
from cds_hooks.snapshot import course
from cds_hooks.snapshot.model import Absent, Fact, Factual, Finding, Gap, GapKind, Present, Unknown, finding, gaps_of
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.problem import Encounter, Event
from cds_hooks.snapshot.vocabulary import Need, Service
from cds_hooks.snapshot.when import When

WINDOW = "management text: review within 2 to 12 weeks"
FROM_DAYS = Threshold(name="conservative-review-from", unit="d", default=14, low=7, high=28, source=WINDOW)
TO_DAYS = Threshold(name="conservative-review-to", unit="d", default=84, low=42, high=120, source=WINDOW)
REVIEWED_DAYS = Threshold(
    name="conservative-reviewed-days", unit="d", default=28, low=7, high=56, source="ours, awaiting a clinical board"
)

RULE = Rule(
    id="BME-TB-04",
    version=1,
    title="Scheduled review after 2 to 12 weeks of conservative care",
    check="review of conservative care",
    hooks=frozenset({Hook.PATIENT_VIEW, Hook.ENCOUNTER_DISCHARGE}),
    needs=(
        Need.PROBLEMS,
        Need.CARE,
        Need.PROCEDURES,
        Need.MEDICATIONS,
        Need.PAIN,
        Need.ENCOUNTERS,
        Need.APPOINTMENTS,
        Need.OPEN_ORDERS,
    ),
    evidence=(Evidence(MANAGEMENT, "algorithm: conservative care for 2 to 12 weeks"),),
    limits="One source; 2 to 12 weeks is a window for review, not the time of healing. Any later visit counts.",
    thresholds=(FROM_DAYS, TO_DAYS, REVIEWED_DAYS),
)

SUMMARY = "BMES on conservative care without a recent review - reassess pain and function"
NEXT = "The conservative period is 2 to 12 weeks; consider the refractory pathway if the pain stays severe."
NO_DATE = Gap(Need.PROBLEMS, GapKind.NOT_RECORDED, "start of conservative care and onset: not recorded")


def assess(patient: Patient) -> Verdict:
    syndrome = course.active_syndrome(patient)
    if isinstance(syndrome, Absent):
        return NOT_APPLICABLE
    if isinstance(syndrome, Unknown):
        return MissingData(syndrome.gap)
    care, problem = patient.care_started, syndrome.items[0]
    if isinstance(care, Unknown) and not course.only_nsaids_unread(care):
        return MissingData(care.gap)
    start = care.items[0] if isinstance(care, Present) else problem.fact
    since = care.items[0].when if isinstance(care, Present) else problem.since
    if since is None:
        return MissingData(care.gap if isinstance(care, Unknown) else NO_DATE)
    if not patient.policy[FROM_DAYS] <= since.age_days(patient.as_of) <= patient.policy[TO_DAYS]:
        return MissingData(care.gap) if isinstance(care, Unknown) else NOT_APPLICABLE
    return _unless_reviewed(since, tuple(dict.fromkeys((problem.fact, start))), gaps_of(care), patient)


def _unless_reviewed(since: When, because: tuple[Fact, ...], gaps: tuple[Gap, ...], patient: Patient) -> Verdict:
    reviews: tuple[Finding[Factual], ...] = (
        patient.pain(patient.policy[REVIEWED_DAYS]),
        _visits(since, patient),
        _appointments(patient),
    )
    if any(isinstance(review, Present) for review in reviews):
        return SATISFIED
    for review in reviews:
        if isinstance(review, Unknown):
            return MissingData(review.gap)
    return Advice(
        indicator="info",
        summary=SUMMARY,
        detail=(NEXT,),
        because=because,
        unchecked=gaps,
        proposals=(Propose(Service.FOLLOW_UP_VISIT), Propose(Service.PAIN_SCORE_QUESTIONNAIRE)),
    )


def _visits(since: When, patient: Patient) -> Finding[Encounter]:
    """Contacts of the last weeks after the day on which care began; the one that goes on is no review yet."""
    days = patient.policy[REVIEWED_DAYS]
    found = tuple(
        visit
        for visit in patient.encounters.items
        if not visit.in_progress and visit.when and visit.when.age_days_at_most(patient.as_of) <= days
        if visit.when.first.date() > since.last.date()
    )
    return finding(found, patient.encounters.gaps)


def _appointments(patient: Patient) -> Finding[Event]:
    found = tuple(each for each in patient.appointments.items if not each.when or not each.when.is_past(patient.as_of))
    return finding(found, patient.appointments.gaps)

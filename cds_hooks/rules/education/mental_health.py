"""A patient in long or severe pain of edema syndrome should be asked about mood and offered support.

When    edema syndrome has been active for four weeks or more
  and   within 90 days the newest pain score is 7 or more, PHQ-9 is 10 or more, PHQ-2 is 3 or more, or its ninth item
        is above 0; or depression or anxiety is new on the problem list
Unless  mental health care was involved within 90 days, or is booked
Then    offer a referral and PHQ-9; warn where thoughts of self-harm were stated (item 9)
"""

from __future__ import annotations

from cds_hooks.authoring.arms import Weighed, weigh
from cds_hooks.authoring.evidence import PROJECT, STATPEARLS, Evidence
from cds_hooks.authoring.rule import Hook, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, SATISFIED, Advice, MissingData, Propose, Verdict
from cds_hooks.snapshot import course
from cds_hooks.snapshot.model import Absent, Finding, Gap, GapKind, Present, Unknown, any_of, gaps_of, only
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.problem import Problem, Result
from cds_hooks.snapshot.team import MENTAL_HEALTH, seen_or_referred
from cds_hooks.snapshot.vocabulary import Concept, Need, Service

OURS = "ours, awaiting a clinical board"
SINCE_DAYS = Threshold(name="mental-load-syndrome-days", unit="d", default=28, low=14, high=84, source=OURS)
WITHIN_DAYS = Threshold(name="mental-load-days", unit="d", default=90, low=30, high=180, source=OURS)
PAIN = Threshold(name="mental-load-pain", unit="1", default=7, low=5, high=9, source=OURS)
PHQ9 = Threshold(name="mental-load-phq9", unit="1", default=10, low=5, high=15, source="usual cut-off; ours")
PHQ2 = Threshold(name="mental-load-phq2", unit="1", default=3, low=2, high=4, source="usual cut-off; ours")
ITEM9 = 1  # any answer but "not at all"

RULE = Rule(
    id="BME-ED-02",
    version=1,
    title="Mental health load",
    check="mood in long or severe pain",
    hooks=frozenset({Hook.PATIENT_VIEW, Hook.ENCOUNTER_DISCHARGE}),
    needs=(
        Need.PROBLEMS,
        Need.PAIN,
        Need.SCORES,
        Need.CARE,
        Need.APPOINTMENTS,
        Need.ENCOUNTERS,
        Need.OPEN_ORDERS,
    ),
    evidence=(
        Evidence(STATPEARLS, "Pearls and Other Issues; Enhancing Healthcare Team Outcomes"),
        Evidence(PROJECT, "BME-ED-02; the cut-offs are ours, awaiting a clinical board"),
    ),
    limits="Expert opinion; the cut-offs of pain and questionnaires are assumptions of this project.",
    thresholds=(SINCE_DAYS, WITHIN_DAYS, PAIN, PHQ9, PHQ2),
)

SUMMARY = "Long severe pain - screen mood and offer psychological support"
MOOD = "Low mood or anxiety in a patient with BMES - offer psychological support"
SELF_HARM = "PHQ-9 item 9 is above 0 (thoughts of self-harm) in BMES - follow the local suicide protocol today"
DISTRESS = "Distress is common although the disease regresses."
ASK = "No PHQ score of the last months is on record: ask about mood."
NO_DATE = Gap(Need.PROBLEMS, GapKind.NOT_RECORDED, "onset of the edema syndrome: not recorded")


def assess(patient: Patient) -> Verdict:
    syndrome = course.active_syndrome(patient)
    if isinstance(syndrome, Absent):
        return NOT_APPLICABLE
    if isinstance(syndrome, Unknown):
        return MissingData(syndrome.gap)
    since = syndrome.items[0].since
    if since is None:
        return MissingData(NO_DATE)
    if since.age_days(patient.as_of) < patient.policy[SINCE_DAYS]:
        return NOT_APPLICABLE
    weighed = weigh(warning=_score(patient, Concept.PHQ9_ITEM9, ITEM9), info=any_of(_pain(patient), _mood(patient)))
    if not isinstance(weighed, Weighed):
        return weighed
    support = seen_or_referred(patient, *MENTAL_HEALTH, within_days=patient.policy[WITHIN_DAYS])
    if isinstance(support, Present):
        return SATISFIED
    return _advice(weighed, syndrome, gaps_of(support), patient)


def _pain(patient: Patient) -> Finding[Result]:
    found = patient.pain(patient.policy[WITHIN_DAYS])
    return only(found, lambda score: score.surely_at_least(patient.policy[PAIN]))


def _mood(patient: Patient) -> Finding[Result | Problem]:
    policy = patient.policy
    new = only(
        patient.has(Concept.DEPRESSION, Concept.ANXIETY),
        lambda item: _recorded_lately(item, patient),
    )
    scores = (
        _score(patient, Concept.PHQ9_TOTAL, policy[PHQ9]),
        _score(patient, Concept.PHQ2_TOTAL, policy[PHQ2]),
    )
    return any_of(*scores, new)  # type: ignore[return-value]


def _recorded_lately(item: Problem, patient: Patient) -> bool:
    recorded = item.recorded or item.onset
    return recorded is not None and recorded.age_days_at_most(patient.as_of) <= patient.policy[WITHIN_DAYS]


def _score(patient: Patient, concept: Concept, limit: float) -> Finding[Result]:
    found = patient.newest(concept, patient.policy[WITHIN_DAYS])
    return only(found, lambda score: score.surely_at_least(limit))


def _asked(patient: Patient) -> bool:
    days = patient.policy[WITHIN_DAYS]
    return any(isinstance(patient.newest(each, days), Present) for each in (Concept.PHQ9_TOTAL, Concept.PHQ2_TOTAL))


def _advice(weighed: Weighed, syndrome: Present[Problem], gaps: tuple[Gap, ...], patient: Patient) -> Advice:
    painful = isinstance(_pain(patient), Present)
    return Advice(
        indicator=weighed.indicator,
        summary=SELF_HARM if weighed.indicator == "warning" else SUMMARY if painful else MOOD,
        detail=(DISTRESS, *(() if _asked(patient) else (ASK,))),
        because=tuple(dict.fromkeys((*weighed.facts, *syndrome.facts))),
        unchecked=tuple(dict.fromkeys((*weighed.unchecked, *syndrome.gaps, *gaps))),
        remarks=weighed.remarks,
        proposals=(Propose(Service.MENTAL_HEALTH_REFERRAL), Propose(Service.PHQ9_QUESTIONNAIRE)),
    )

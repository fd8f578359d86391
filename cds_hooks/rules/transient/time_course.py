"""A patient with edema syndrome should know its usual course: it settles within months.

When    edema syndrome is active and in its first nine months
Unless  education of the patient is on record for the last year
Then    say where the patient is on the course, and offer a leaflet
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import CONSUMER_ARTICLE, DPM_BLOG, MANAGEMENT, STATPEARLS, Evidence
from cds_hooks.authoring.rule import Hook, Rule
from cds_hooks.authoring.verdict import (
    NOT_APPLICABLE,
    SATISFIED,
    Advice,
    Group,
    MissingData,
    Propose,
    Verdict,
)
from cds_hooks.snapshot import course, demography, education
from cds_hooks.snapshot.model import Absent, Unknown
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.vocabulary import Need, Service

RULE = Rule(
    id="BME-TB-02",
    version=1,
    title="Time course and prognosis message",
    check="course of the edema syndrome and education",
    hooks=frozenset({Hook.PATIENT_VIEW, Hook.ENCOUNTER_DISCHARGE}),
    needs=(Need.EDUCATION, Need.OPEN_ORDERS, *demography.NEEDS),
    evidence=(
        Evidence(STATPEARLS, "History and Physical; Prognosis"),
        Evidence(MANAGEMENT, "healing in 3 to 9 months"),
        Evidence(CONSUMER_ARTICLE, "course: 6 to 12 months"),
        Evidence(DPM_BLOG, "a child healed by six months"),
    ),
    limits="Reviews; the course varies, and sources name 3 to 9 or 6 to 12 months.",
    thresholds=(*education.OWED, course.LATE_DAYS),
)

SUMMARY = "BMES usually settles: pain peaks at 1-2 months, most recover in 3-9 (up to 12) months"
VARIES = "The course varies; usually no deficit remains."


def assess(patient: Patient) -> Verdict:
    owed = education.owed(patient)
    if isinstance(owed, Unknown):
        return MissingData(owed.gap)
    if isinstance(owed, Absent):
        return SATISFIED if course.syndromes(patient) else NOT_APPLICABLE
    problem = owed.items[0]
    return Advice(
        indicator="info",
        summary=SUMMARY,
        detail=(course.where(problem, patient), VARIES, *demography.typical(patient)),
        because=(problem.fact,),
        unchecked=owed.gaps,
        proposals=(Propose(Service.PATIENT_LEAFLET),),
        group=Group.CARE,
        line=f"{SUMMARY}. {course.where(problem, patient)}",
    )

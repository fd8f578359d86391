"""A patient with edema syndrome should have written advice: course, load, medicines and warning signs.

When    edema syndrome is active and in its first nine months
Unless  education of the patient is on record for the last year
Then    say what the advice should hold, and offer a leaflet
"""

from __future__ import annotations

from cds_hooks.authoring.evidence import CONSUMER_ARTICLE, ICLINIQ, STATPEARLS, Evidence
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
from cds_hooks.snapshot import course, education
from cds_hooks.snapshot.model import Absent, Unknown
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.vocabulary import Need, Service

RULE = Rule(
    id="BME-ED-01",
    version=1,
    title="Patient education and emergency advice",
    check="education of the patient",
    hooks=frozenset({Hook.PATIENT_VIEW, Hook.ENCOUNTER_DISCHARGE}),
    needs=(Need.PROBLEMS, Need.EDUCATION, Need.OPEN_ORDERS),
    evidence=(
        Evidence(STATPEARLS, "Deterrence and Patient Education"),
        Evidence(CONSUMER_ARTICLE, "introduction"),
        Evidence(ICLINIQ, "when to see a doctor"),
    ),
    limits="Expert opinion; advice that nobody wrote down cannot be seen.",
    thresholds=education.OWED,
)

SUMMARY = "BMES: give written advice - course, load, warning signs, help to cope"
CONTENT = "The disease is self-limiting: advise on weight-bearing and medicines."
URGENT = (
    "Urgent care is needed with fever, a sudden worsening of pain, inability to bear weight, and on treatment with "
    "chest pain or bleeding."
)


def assess(patient: Patient) -> Verdict:
    owed = education.owed(patient)
    if isinstance(owed, Unknown):
        return MissingData(owed.gap)
    if isinstance(owed, Absent):
        return SATISFIED if course.syndromes(patient) else NOT_APPLICABLE
    return Advice(
        indicator="info",
        summary=SUMMARY,
        detail=(CONTENT, URGENT),
        because=owed.facts,
        unchecked=owed.gaps,
        proposals=(Propose(Service.PATIENT_LEAFLET),),
        group=Group.CARE,
        line=f"{SUMMARY}. {URGENT}",
    )

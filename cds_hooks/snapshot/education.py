"""What the patient was told: the record of education (rule specification 0.4, vs-bme-education)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cds_hooks.snapshot import course
from cds_hooks.snapshot.model import Absent, Finding, Present, Unknown, finding
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.problem import Event, Problem
from cds_hooks.snapshot.vocabulary import Concept

if TYPE_CHECKING:
    from cds_hooks.snapshot.patient import Patient

EDUCATION_DAYS = Threshold(
    name="education-days", unit="d", default=365, low=90, high=730, source="ours, awaiting a clinical board"
)
OWED = (EDUCATION_DAYS, course.EXPECTED_DAYS)
"""What `owed` reads."""


def given(patient: Patient) -> Finding[Event]:
    """Education or a leaflet, given in the last year; what bears no date counts."""
    days = patient.policy[EDUCATION_DAYS]
    rows = (*patient.procedures.items, *patient.communications.items)
    found = tuple(
        row
        for row in rows
        if Concept.PATIENT_EDUCATION in row.concepts
        and (row.when is None or row.when.age_days_at_most(patient.as_of) <= days)
    )
    return finding(found, patient.procedures.gaps + patient.communications.gaps)


def owed(patient: Patient) -> Finding[Problem]:
    """The syndrome within its expected course of a patient without education (rules TB-02 and ED-01)."""
    found = course.active_syndrome(patient)
    if not isinstance(found, Present):
        return found
    problem = found.items[0]
    days = problem.since.age_days_at_most(patient.as_of) if problem.since else -1
    if not 0 <= days <= patient.policy[course.EXPECTED_DAYS]:
        return Absent()
    told = given(patient)
    if isinstance(told, Unknown):
        return told
    return Absent() if isinstance(told, Present) else found

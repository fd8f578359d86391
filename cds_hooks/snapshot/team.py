"""Who is involved in the care: referrals, visits and appointments by specialty."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cds_hooks.snapshot.model import Finding, finding
from cds_hooks.snapshot.problem import Encounter, Event
from cds_hooks.snapshot.vocabulary import Concept
from cds_hooks.snapshot.when import When

if TYPE_CHECKING:
    from cds_hooks.snapshot.patient import Patient

ORTHOPEDICS = (Concept.SPECIALTY_ORTHOPEDICS, Concept.REFERRAL_ORTHOPEDICS)
RHEUMATOLOGY = (Concept.SPECIALTY_RHEUMATOLOGY, Concept.REFERRAL_RHEUMATOLOGY)
PAIN_MEDICINE = (Concept.SPECIALTY_PAIN, Concept.REFERRAL_PAIN_CLINIC)
MENTAL_HEALTH = (Concept.REFERRAL_MENTAL_HEALTH,)
ONCOLOGY = (Concept.REFERRAL_ONCOLOGY,)
SPINE = (Concept.REFERRAL_SPINE,)


def seen_or_referred(
    patient: Patient, *specialties: Concept, since: When | None = None, within_days: float | None = None
) -> Finding[Event | Encounter]:
    """A visit, an order or an appointment with one of these specialties: since a day (that day counts), within so many
    days back, or ahead. What bears no date counts."""
    rows: tuple[Event | Encounter, ...] = (
        *patient.encounters.about(*specialties),
        *patient.care.about(*specialties),
        *patient.appointments.about(*specialties),
    )
    found = tuple(row for row in rows if _in_time(patient, row.when, since, within_days))
    return finding(found, patient.encounters.gaps + patient.care.gaps + patient.appointments.gaps)


def _in_time(patient: Patient, when: When | None, since: When | None, within_days: float | None) -> bool:
    if when is None:
        return True
    if since is not None and when.last.date() < since.first.date():
        return False
    return within_days is None or when.age_days_at_most(patient.as_of) <= within_days

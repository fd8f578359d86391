"""Vertebral fracture: since when, and what justifies an early augmentation (rules BME-VF-06, BME-VF-07)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cds_hooks.snapshot.medication import Medication, Standing
from cds_hooks.snapshot.model import Absent, Factual, Finding, Present, any_of, finding
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.problem import Encounter, Problem
from cds_hooks.snapshot.report_text.model import Region
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Route

if TYPE_CHECKING:
    from cds_hooks.snapshot.patient import Patient

SPINE = Site(Region.SPINE)
CORD_AT_RISK = (Concept.UNSTABLE_VERTEBRAL_FRACTURE, Concept.MYELOPATHY, Concept.CAUDA_EQUINA)
CANCER = (
    Concept.MALIGNANCY,
    Concept.BONE_METASTASIS,
    Concept.MULTIPLE_MYELOMA,
    Concept.PRIMARY_BONE_TUMOR,
    Concept.NEOPLASTIC_FRACTURE,
)
OURS = "ours, awaiting a clinical board"
OPIOID_DAYS = Threshold(name="parenteral-opioid-days", unit="d", default=7, low=1, high=14, source=OURS)
TOLERABLE_PAIN = Threshold(name="tolerable-pain", unit="1", default=4, low=3, high=6, source=OURS)
TOLERABLE_PAIN_DAYS = Threshold(name="tolerable-pain-days", unit="d", default=7, low=1, high=30, source=OURS)
EARLY = (OPIOID_DAYS, TOLERABLE_PAIN, TOLERABLE_PAIN_DAYS)
"""What `severe_pain_care` reads."""


def vertebral_fracture(patient: Patient) -> Finding[Problem]:
    """A current vertebral fracture on the problem list."""
    return patient.has(Concept.VERTEBRAL_FRACTURE)


def severe_pain_care(patient: Patient) -> Finding[Factual]:
    """Pain that took a parenteral opioid in the last days or a stay in hospital for the fracture, unless the newest
    score says that it is tolerable."""
    policy = patient.policy
    care = any_of(parenteral_opioid(patient, policy[OPIOID_DAYS]), hospital_stay(patient))
    pain = patient.pain(policy[TOLERABLE_PAIN_DAYS])
    if isinstance(care, Absent) or not isinstance(pain, Present):
        return care
    tolerable = all(score.surely_below(policy[TOLERABLE_PAIN]) for score in pain.items)
    return Absent() if tolerable else care


def hospital_stay(patient: Patient) -> Finding[Encounter]:
    """In hospital now for the vertebral fracture. A stay without a stated reason proves nothing."""
    stays = tuple(
        item
        for item in patient.encounters.items
        if item.inpatient and item.in_progress and Concept.VERTEBRAL_FRACTURE in item.reasons
    )
    return finding(stays, patient.encounters.gaps)


def parenteral_opioid(patient: Patient, within_days: float) -> Finding[Medication]:
    """An opioid by needle: active, drafted, or ended in the window."""
    held = tuple(item for item in patient.medications.items if item.gives(DrugGroup.OPIOID))
    found = [item for item in (*held, *patient.drafted(DrugGroup.OPIOID)) if _by_needle(item)]
    recent = tuple(item for item in found if _counts(item, patient, within_days))
    ended = patient.administrations_gap if any(item.standing is Standing.ENDED for item in found) else None
    return finding(recent, patient.medication_gaps() + ((ended,) if ended else ()))


def _by_needle(item: Medication) -> bool:
    return item.medicine.route is Route.PARENTERAL


def _counts(item: Medication, patient: Patient, within_days: float) -> bool:
    if item.standing in (Standing.ACTIVE, Standing.DRAFT):
        return True
    last = item.last_given or item.stopped or item.written
    return last is not None and 0 <= last.age_days_at_most(patient.as_of) <= within_days

"""Since when: the onset of the syndrome and the start of conservative care (rule specification 0.2, CONS_START)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from cds_hooks.snapshot.model import Fact, Finding, finding
from cds_hooks.snapshot.problem import Event, Problem
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup
from cds_hooks.snapshot.when import When

if TYPE_CHECKING:
    from cds_hooks.snapshot.patient import Patient

BEFORE_ONSET = timedelta(days=14)
CARE = (
    Concept.PHYSIOTHERAPY,
    Concept.REFERRAL_PHYSIOTHERAPY,
    Concept.CRUTCHES,
    Concept.WALKING_AID,
    Concept.OFFLOADING_DEVICE,
    Concept.OFFLOADING_ORTHOSIS,
    Concept.WEIGHT_BEARING_RESTRICTED,
)


def syndrome(patient: Patient) -> Problem | None:
    """The active edema syndrome with the earliest onset."""
    found = [item for item in patient.problems.items if item.current and Concept.EDEMA_SYNDROME in item.concepts]
    return min(found, key=lambda item: item.since.first if item.since else patient.as_of, default=None)


def syndrome_since(patient: Patient) -> When | None:
    """Its onset, else when it was recorded; None where there is none or it has no date."""
    found = syndrome(patient)
    return found.since if found else None


def care_started(patient: Patient) -> Finding[Fact]:
    """CONS_START: the earliest physiotherapy, offloading or NSAID order since two weeks before the onset, whatever its
    present status. The fact is dated."""
    since = syndrome_since(patient)
    orders = [item.fact for item in patient.care.items + patient.procedures.items if _is_care(item)]
    orders += [item.fact for item in patient.medications.items if item.gives(DrugGroup.NSAID_SYSTEMIC)]
    counted = [(fact.when.first, fact) for fact in orders if fact.when and _counts(fact.when, since)]
    earliest = min(counted, key=lambda each: each[0], default=None)
    gaps = patient.care.gaps + patient.procedures.gaps + patient.medications.gaps
    return finding((earliest[1],) if earliest else (), gaps)


def _is_care(item: Event) -> bool:
    return not item.concepts.isdisjoint(CARE)


def _counts(when: When, since: When | None) -> bool:
    return since is None or when.last >= since.first - BEFORE_ONSET

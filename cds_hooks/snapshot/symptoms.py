"""Does the patient feel anything where the edema is (rule specification 0.2, Symptom at site)?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cds_hooks.snapshot.indication import BONE_PAIN
from cds_hooks.snapshot.model import Factual, Finding, any_of, finding, only
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.problem import Problem
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept

if TYPE_CHECKING:
    from cds_hooks.snapshot.patient import Patient

SYMPTOM_DAYS = Threshold(
    name="symptom-days", unit="d", default=90, low=30, high=365, source="ours, awaiting a clinical board"
)
ANY_PAIN = 1  # on the scale from 0 to 10
SYMPTOMS = BONE_PAIN | {
    Concept.BACK_PAIN,
    Concept.PAIN_PELVIC_GIRDLE,
    Concept.JOINT_EFFUSION,
    Concept.LOCALIZED_SWELLING,
    Concept.LOCALIZED_SWELLING_WITH_TEXT,
    Concept.JOINT_STIFFNESS,
    Concept.WALKING_DIFFICULTY,
}


def symptom_at(patient: Patient, site: Site) -> Finding[Factual]:
    """Pain, swelling or a limit of function of the site in the last months, a pain score, or an active edema syndrome.
    A symptom without a site may be of this one; one without a date may be recent."""
    days = patient.policy[SYMPTOM_DAYS]
    recorded = tuple(item for item in patient.problems.items if _felt(item, site) and _lately(item, patient, days))
    scores = only(patient.pain(days), lambda score: score.surely_at_least(ANY_PAIN))
    return any_of(finding(recorded, patient.problems.gaps), scores, patient.has(Concept.EDEMA_SYNDROME))


def _felt(item: Problem, site: Site) -> bool:
    return item.current and not item.concepts.isdisjoint(SYMPTOMS) and item.site.may_be(site)


def _lately(item: Problem, patient: Patient, days: float) -> bool:
    dates = [when for when in (item.onset, item.recorded) if when]
    return not dates or any(when.age_days_at_most(patient.as_of) <= days for when in dates)

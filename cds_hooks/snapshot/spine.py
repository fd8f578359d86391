"""Vertebral fracture: since when, at which level, how painful, whether it was augmented, and what justifies an early
augmentation (rules BME-VF-01 to BME-VF-08, BME-SP-03).

A level that is not stated matches every vertebra: of a fracture, of edema, of an augmentation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from cds_hooks.snapshot.imaging import EdemaReport
from cds_hooks.snapshot.medication import Medication, Standing
from cds_hooks.snapshot.model import (
    Absent,
    Fact,
    Factual,
    Finding,
    Present,
    any_of,
    finding,
    gaps_of,
    items_of,
    only,
    remarks_of,
    unless,
)
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.problem import Encounter, Event, Problem, Result
from cds_hooks.snapshot.report_text.model import Assertion, Region
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Route, Service

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
AUGMENTATION = (Concept.VERTEBRAL_AUGMENTATION, Concept.KYPHOPLASTY, Concept.VERTEBROPLASTY)
OURS = "ours, awaiting a clinical board"
CONSERVATIVE_DAYS = Threshold(
    name="augmentation-conservative-days",
    unit="d",
    default=90,
    low=42,
    high=180,
    source="management text: 3 months of conservative care",
)
PAIN = Threshold(name="vertebral-pain", unit="1", default=4, low=3, high=7, source=OURS)
PAIN_DAYS = Threshold(name="vertebral-pain-days", unit="d", default=30, low=7, high=90, source=OURS)
LASTING_PAIN = (PAIN, PAIN_DAYS)
"""What `lasting_pain` reads."""
OPIOID_DAYS = Threshold(name="parenteral-opioid-days", unit="d", default=7, low=1, high=14, source=OURS)
TOLERABLE_PAIN = Threshold(name="tolerable-pain", unit="1", default=4, low=3, high=6, source=OURS)
TOLERABLE_PAIN_DAYS = Threshold(name="tolerable-pain-days", unit="d", default=7, low=1, high=30, source=OURS)
EARLY = (OPIOID_DAYS, TOLERABLE_PAIN, TOLERABLE_PAIN_DAYS)
"""What `severe_pain_care` reads."""
_VERTEBRA = re.compile(r"([A-Z])?(\d+)")
_MRI: Mapping[str, Service] = MappingProxyType(
    {"C": Service.MRI_CERVICAL_SPINE, "T": Service.MRI_THORACIC_SPINE, "L": Service.MRI_LUMBAR_SPINE}
)
MRIS = (*_MRI.values(), Service.MRI)
"""What `mri_of` may give."""

# -- the fracture


def vertebral_fracture(patient: Patient) -> Finding[Problem]:
    """A current vertebral fracture on the problem list."""
    return patient.has(Concept.VERTEBRAL_FRACTURE)


def unaugmented_fracture(patient: Patient, of_age: Callable[[Problem], bool] = bool) -> Finding[Problem]:
    """The current vertebral fractures of this age, or of any, that were not augmented."""
    fractures = only(vertebral_fracture(patient), of_age)
    if not isinstance(fractures, Present):
        return fractures
    judged = [unless(Present((item,)), augmentation(patient, item)) for item in fractures.items]
    items = tuple(item for each in judged for item in items_of(each))
    return finding(items, tuple(dict.fromkeys((*fractures.gaps, *(gap for each in judged for gap in gaps_of(each))))))


def augmentation(patient: Patient, fracture: Problem) -> Finding[Event]:
    """An augmentation of this vertebra, or one of an unknown level that was not made before the fracture."""
    done = patient.procedures.about(*AUGMENTATION)
    return finding(tuple(item for item in done if _of_fracture(item, fracture)), patient.procedures.gaps)


def _of_fracture(done: Event, fracture: Problem) -> bool:
    if done.levels and fracture.levels:
        return same_level(done.levels, fracture.levels)
    before = done.when and fracture.since and done.when.last < fracture.since.first
    return not before


def old(item: Problem, patient: Patient, days: float) -> bool:
    """Known for at least so many days, by its onset, else by its record."""
    return item.since is not None and item.since.age_days(patient.as_of) >= days


def younger(item: Problem, patient: Patient, days: float) -> bool:
    """Surely known for less than so many days, by its onset, else by its record."""
    return item.since is not None and item.since.age_days_at_most(patient.as_of) < days


# -- its level


def same_level(one: frozenset[str], other: frozenset[str]) -> bool:
    """They share a vertebra, or one of them is not stated."""
    return not one or not other or not _vertebrae(one).isdisjoint(_vertebrae(other))


def _vertebrae(levels: frozenset[str]) -> frozenset[str]:
    """The vertebrae of these levels: "L4/5" are L4 and L5."""
    found: set[str] = set()
    for level in levels:
        letter = ""
        for own, number in _VERTEBRA.findall(level):
            letter = own or letter
            found.add(f"{letter}{number}")
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class FractureWithEdema:
    """A vertebral fracture, and the newest MR report, which shows edema at its level."""

    fracture: Problem
    report: EdemaReport

    @property
    def fact(self) -> Fact:
        return self.report.fact


def with_edema(patient: Patient, fractures: Finding[Problem]) -> Finding[FractureWithEdema]:
    """Those of the fractures that the newest MR reports of the spine show edema of."""
    seen = patient.edema_on_mri(SPINE)
    if isinstance(seen, Absent):
        return seen
    pairs = ((item, report) for item in items_of(fractures) for report in items_of(seen))
    shown = tuple(FractureWithEdema(item, report) for item, report in pairs if _shows(report, item))
    return finding(shown, (*gaps_of(fractures), *gaps_of(seen)), remarks_of(seen))


def _shows(report: EdemaReport, fracture: Problem) -> bool:
    present = (sign.mention.level for sign in report.signs if sign.assertion is Assertion.PRESENT)
    return any(same_level(frozenset({level} - {""}), fracture.levels) for level in present)


def mri_of(*fractures: Problem) -> Service:
    """The examination of the part of the spine where the fractures are; where that is not one part, of the region."""
    parts = {vertebra[0] for item in fractures for vertebra in _vertebrae(item.levels)}
    return _MRI.get(parts.pop(), Service.MRI) if len(parts) == 1 else Service.MRI


# -- its pain


def lasting_pain(patient: Patient) -> Finding[Result]:
    """The newest pain score of the last weeks, where it surely is not low."""
    return only(patient.pain(patient.policy[PAIN_DAYS]), lambda score: score.surely_at_least(patient.policy[PAIN]))


def low_pain(patient: Patient) -> bool:
    """The newest pain score of the last weeks surely is low."""
    scores = items_of(patient.pain(patient.policy[PAIN_DAYS]))
    return bool(scores) and all(score.surely_below(patient.policy[PAIN]) for score in scores)


# -- cancer


def cancer(patient: Patient) -> Finding[Problem]:
    """A current malignant tumor; skin cancer other than melanoma is none here."""
    return only(patient.has(*CANCER), lambda item: Concept.SKIN_CANCER_NOT_MELANOMA not in item.concepts)


# -- severe pain


def severe_pain_care(patient: Patient) -> Finding[Factual]:
    """Pain that took a parenteral opioid in the last days or a stay in hospital for the fracture, unless the newest
    score says that it is tolerable."""
    policy = patient.policy
    care = any_of(parenteral_opioid(patient, policy[OPIOID_DAYS]), hospital_stay(patient))
    pain = patient.pain(policy[TOLERABLE_PAIN_DAYS])
    scores = items_of(pain)
    if scores and all(score.surely_below(policy[TOLERABLE_PAIN]) for score in scores):
        return Absent()
    return finding(care.items, (*care.gaps, *gaps_of(pain))) if isinstance(care, Present) else care


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
    held = patient.medications.about(DrugGroup.OPIOID)
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

"""The foot in diabetes: edema on MRI, Charcot foot, offloading, signs of infection (rules CF-01 to CF-03)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from cds_hooks.snapshot.imaging import EdemaReport
from cds_hooks.snapshot.model import Factual, Finding, Present, any_of, finding, gaps_of, only, remarks_of, unless
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.problem import Event, Problem
from cds_hooks.snapshot.report_text import Finding as Seen
from cds_hooks.snapshot.report_text import Region
from cds_hooks.snapshot.safety import BONE_INFECTION, SOFT_TISSUE_INFECTION, soft_tissue_infection
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept

if TYPE_CHECKING:
    from cds_hooks.snapshot.patient import Patient

T = TypeVar("T", bound=Factual)
FOOT = Site(Region.ANKLE_FOOT)
EDEMA_DAYS = Threshold(
    name="diabetic-foot-mri-days", unit="d", default=183, low=90, high=365, source="rule specification: six months"
)
OFFLOADING_DAYS = Threshold(
    name="offloading-days", unit="d", default=90, low=30, high=180, source="ours, awaiting a clinical board"
)
OFFLOADING = frozenset({Concept.OFFLOADING_DEVICE, Concept.OFFLOADING_ORTHOSIS})
"""Total contact cast, knee-high walker, offloading footwear. Crutches alone do not offload the foot."""
OTHER_THAN_A_DEVICE = frozenset({Concept.PHYSIOTHERAPY, Concept.REFERRAL_PHYSIOTHERAPY, Concept.OFFLOADING_ENDED})


def foot_edema(patient: Patient) -> Finding[EdemaReport]:
    """Edema of ankle or foot on an MRI of the last six months."""
    return patient.edema_on_mri(FOOT, within_days=patient.policy[EDEMA_DAYS])


def charcot_foot(patient: Patient) -> Finding[Problem]:
    """An active Charcot joint of the foot, or of a place that is not said; none that its own words call inactive."""
    found = patient.has_at(FOOT, Concept.CHARCOT)
    return only(found, lambda item: Concept.CHARCOT_INACTIVE not in item.concepts)


# -- offloading


def unprotected_feet(patient: Patient) -> Finding[EdemaReport | Problem]:
    """Feet with edema or an active Charcot joint that nothing offloads, as far as is recorded."""
    edema, charcot = foot_edema(patient), charcot_foot(patient)
    feet: list[EdemaReport | Problem] = [*_items(edema), *_items(charcot)]
    judged = [unless(Present((foot,)), offloading(patient, foot.site)) for foot in feet]
    found = tuple(foot for each in judged if isinstance(each, Present) for foot in each.items)
    gaps = (gap for each in (edema, charcot, *judged) for gap in gaps_of(each))
    return finding(found, tuple(dict.fromkeys(gaps)), remarks_of(edema, charcot))


def _items(found: Finding[T]) -> tuple[T, ...]:
    return found.items if isinstance(found, Present) else ()


def offloading(patient: Patient, site: Site) -> Finding[Event]:
    """A device that offloads this foot, ordered or fitted in the last months; without a side it may be this one."""
    rows = (*patient.care.items, *patient.procedures.items)
    found = tuple(row for row in rows if _offloads(row) and row.site.may_be(site) and _lately(row, patient))
    return finding(found, patient.care.gaps + patient.procedures.gaps)


def _offloads(row: Event) -> bool:
    """Training of the technique and the end of it are no device; one that was stopped is no longer worn."""
    return bool(row.concepts & OFFLOADING) and row.concepts.isdisjoint(OTHER_THAN_A_DEVICE) and not row.unfinished


def _lately(row: Event, patient: Patient) -> bool:
    """Without a date only an open order shows that it is meant now."""
    if row.when is None:
        return row.open
    return row.when.age_days_at_most(patient.as_of) <= patient.policy[OFFLOADING_DAYS]


def against_fixed_device(patient: Patient, site: Site) -> Finding[Problem]:
    """Ulcer, infection or poor perfusion of this foot, or of a place that is not said: a device that cannot be taken
    off may do harm."""
    place = site if site.known else FOOT
    return patient.has_at(place, *SOFT_TISSUE_INFECTION, *BONE_INFECTION, Concept.LIMB_ISCHEMIA)


# -- infection


def infection_sign(patient: Patient, edema: Present[EdemaReport]) -> Finding[Factual]:
    """At the site of an edema: an ulcer, cellulitis or abscess, on the problem list or on the MRI, or a positive
    probe-to-bone test."""
    return any_of(*(_sign_at(patient, each.site) for each in edema.items))


def _sign_at(patient: Patient, site: Site) -> Finding[Factual]:
    on_mri = patient.seen_on_mri(Seen.SOFT_TISSUE_INFECTION, site=site, within_days=patient.policy[EDEMA_DAYS])
    return any_of(soft_tissue_infection(patient, site), on_mri, _probe_to_bone(patient, site))


def _probe_to_bone(patient: Patient, site: Site) -> Finding[Problem | Event]:
    """The test is one of foot wounds: without a place it is of this foot."""
    current = tuple(item for item in patient.problems.items if item.current)
    rows: tuple[Problem | Event, ...] = (*current, *patient.procedures.items)
    found = tuple(row for row in rows if Concept.PROBE_TO_BONE_POSITIVE in row.concepts and row.site.may_be(site))
    return finding(found, patient.problems.gaps + patient.procedures.gaps)

"""What speaks against a procedure: clotting, a tumor in its field, implanted electronics (rules of section 11).

Infection at the site is `Patient.infection`, an anticoagulant `Patient.takes`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from cds_hooks.snapshot.model import Factual, Finding, Present, any_of, finding
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.problem import Event, Problem, Result
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept

if TYPE_CHECKING:
    from cds_hooks.snapshot.patient import Patient

OURS = "ours, awaiting a clinical board"
INR_HIGH = Threshold(
    name="procedure-inr",
    unit="1",
    default=1.5,
    low=1.2,
    high=2,
    source="vertebral augmentation: contraindication lists",
)
PLATELETS_LOW = Threshold(
    name="procedure-platelets",
    unit="10*9/L",
    default=50,
    low=30,
    high=100,
    source="vertebral augmentation: contraindication lists; ours, awaiting a clinical board",
)
INR_DAYS = Threshold(name="procedure-inr-days", unit="d", default=30, low=1, high=90, source=OURS)
PLATELETS_DAYS = Threshold(name="procedure-platelets-days", unit="d", default=30, low=1, high=90, source=OURS)
CLOTTING = (INR_HIGH, PLATELETS_LOW, INR_DAYS, PLATELETS_DAYS)
"""What `coagulopathy` reads."""

ELECTRONICS = (
    Concept.PACEMAKER,
    Concept.IMPLANTABLE_DEFIBRILLATOR,
    Concept.IMPLANTED_ELECTRONIC_DEVICE,
    Concept.CARDIAC_ASSIST_DEVICE,
    Concept.NEUROSTIMULATOR,
    Concept.COCHLEAR_IMPLANT,
    Concept.INFUSION_PUMP,
)
BONE_TUMORS = frozenset(
    {Concept.PRIMARY_BONE_TUMOR, Concept.BONE_METASTASIS, Concept.MULTIPLE_MYELOMA, Concept.NEOPLASTIC_FRACTURE}
)


# -- clotting


def coagulopathy(patient: Patient) -> Finding[Factual]:
    """A raised INR or a low platelet count, by the usual limits before a procedure."""
    policy = patient.policy
    return any_of(
        raised_inr(patient, policy[INR_HIGH], policy[INR_DAYS]),
        low_platelets(patient, policy[PLATELETS_LOW], policy[PLATELETS_DAYS]),
    )


def raised_inr(patient: Patient, limit: float, within_days: float) -> Finding[Result]:
    """The newest INR in the window lies above the limit. None in the window is silent."""
    inr = patient.newest(Concept.INR, within_days)
    return _where(inr, lambda item: item.quantity is not None and item.quantity.surely_above(limit))


def low_platelets(patient: Patient, limit: float, within_days: float) -> Finding[Result]:
    """The newest platelet count in the window lies below the limit. None in the window is silent."""
    return _where(patient.newest(Concept.PLATELETS, within_days), lambda item: item.surely_below(limit))


def _where(found: Finding[Result], says: Callable[[Result], bool]) -> Finding[Result]:
    if not isinstance(found, Present):
        return found
    return finding(tuple(item for item in found.items if says(item)), found.gaps, found.remarks)


# -- the field


def malignancy_at(patient: Patient, site: Site) -> Finding[Problem]:
    """A malignant tumor in the field: one of bone there or without a site, any other only where its site is known to
    be the same."""
    found = tuple(item for item in patient.problems.items if item.current and _in_field(item, site))
    return finding(found, patient.problems.gaps)


def _in_field(item: Problem, site: Site) -> bool:
    if item.concepts & BONE_TUMORS:
        return item.site.may_be(site)
    return Concept.MALIGNANCY in item.concepts and item.site.same_as(site)


def electronic_implant(patient: Patient) -> Finding[Problem | Event]:
    """An implant with electronics, on the device list or as a problem; plates and screws are none."""
    return patient.carries(*ELECTRONICS)

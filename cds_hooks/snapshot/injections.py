"""Local steroid injections (rule specification 0.8): the joint that a draft goes to, and what it was given before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cds_hooks.snapshot.medication import Medication, Order, Standing
from cds_hooks.snapshot.model import Fact, Finding, finding
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Route
from cds_hooks.snapshot.when import When

if TYPE_CHECKING:
    from cds_hooks.snapshot.patient import Patient

STEROIDS = (DrugGroup.GLUCOCORTICOID_DEPOT_INJECTION, DrugGroup.GLUCOCORTICOID_SYSTEMIC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Injection:
    """One earlier injection into or around a joint."""

    site: Site
    when: When
    fact: Fact


def joints_of(order: Order) -> tuple[Site, ...]:
    """Where the draft goes; where it does not say, the places that it is given for."""
    return (order.site,) if order.site.known else order.reasons.sites


def at_joint_of(order: Order, site: Site) -> bool:
    """Is this the joint that the draft goes to? Where neither the draft nor its reason says, it may be any."""
    joints = joints_of(order)
    return not joints or any(joint.same_as(site) for joint in joints)


def earlier_injections(patient: Patient, within_days: float) -> Finding[Injection]:
    """The dated injections of the window, newest first, one per joint and day: procedures, and steroid medicines given
    by a local route that were administered or are completed."""
    procedures = (
        Injection(site=item.site, when=item.when, fact=item.fact)
        for item in patient.procedures.items
        if Concept.JOINT_INJECTION in item.concepts and item.when
    )
    given = (
        Injection(site=item.site, when=when, fact=item.fact)
        for item in patient.medications.items
        if _local_steroid(item) and (when := _given(item))
    )
    recent = [each for each in (*procedures, *given) if _recent(each.when, patient, within_days)]
    by_day = {(each.site, each.when.age_days(patient.as_of)): each for each in recent}
    newest_first = tuple(sorted(by_day.values(), key=lambda each: each.when.last, reverse=True))
    gaps = (*patient.procedures.gaps, *patient.medications.gaps)
    return finding(newest_first, (*gaps, *((patient.administrations_gap,) if patient.administrations_gap else ())))


def _local_steroid(item: Medication) -> bool:
    return item.medicine.route is Route.LOCAL and any(item.gives(group) for group in STEROIDS)


def _given(item: Medication) -> When | None:
    """The newest administration; of a completed order without one, its end."""
    return item.last_given or (item.stopped or item.written if item.standing is Standing.ENDED else None)


def _recent(when: When, patient: Patient, within_days: float) -> bool:
    return not when.is_future(patient.as_of) and when.age_days_at_most(patient.as_of) <= within_days

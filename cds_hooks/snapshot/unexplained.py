"""Marrow edema that lasts: the syndrome since its onset, edema without a recorded cause since it was first seen (rule
BME-ED-04)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cds_hooks.snapshot import course, imaging
from cds_hooks.snapshot.causes import causes_of_edema
from cds_hooks.snapshot.imaging import EdemaReport
from cds_hooks.snapshot.model import Absent, Factual, Finding, Present, Unknown, any_of, only
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept
from cds_hooks.snapshot.when import When

if TYPE_CHECKING:
    from cds_hooks.snapshot.patient import Patient


def lasting_edema(patient: Patient, days: float) -> Finding[Factual]:
    """Edema that began so many days ago or more. Where the syndrome is active, its onset alone decides."""
    syndromes = course.syndromes(patient)
    if syndromes:
        old = tuple(item for item in syndromes if _as_old(item.since, days, patient))
        return Present(old, patient.problems.gaps) if old else Absent()
    if patient.problems.gap:
        return Unknown(patient.problems.gap)
    recorded = only(
        patient.has(Concept.EDEMA),
        lambda item: _unexplained(item.site, patient) and _as_old(item.since, days, patient),
    )
    seen = only(
        imaging.edema_on_mri(patient),
        lambda report: _unexplained(report.site, patient) and _seen_long_ago(report, days, patient),
    )
    return any_of(recorded, seen)


def _seen_long_ago(report: EdemaReport, days: float, patient: Patient) -> bool:
    """Since the first report that shows it there."""
    ever = imaging.edema_ever_on_mri(patient, report.site)
    earlier = [fact.when for fact in ever.facts] if isinstance(ever, Present) else []
    return any(_as_old(when, days, patient) for when in (report.when, *earlier))


def _unexplained(site: Site, patient: Patient) -> bool:
    return not isinstance(causes_of_edema(patient, site if site.known else None), Present)


def _as_old(when: When | None, days: float, patient: Patient) -> bool:
    return when is not None and when.age_days(patient.as_of) >= days

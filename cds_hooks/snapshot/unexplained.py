"""Marrow edema that lasts: the syndrome since its onset, edema without a recorded cause since it was first seen (rule
BME-ED-04)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cds_hooks.snapshot import course, imaging
from cds_hooks.snapshot.causes import causes_of_edema
from cds_hooks.snapshot.imaging import EdemaReport
from cds_hooks.snapshot.model import Factual, Finding, Present, finding
from cds_hooks.snapshot.problem import Problem
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept
from cds_hooks.snapshot.when import When

if TYPE_CHECKING:
    from cds_hooks.snapshot.patient import Patient


def lasting_edema(patient: Patient, days: float) -> Finding[Factual]:
    """Edema that began so many days ago or more. Where the syndrome is active, its onset alone decides."""
    problems = course.syndromes(patient) or tuple(item for item in _edema(patient) if _unexplained(item.site, patient))
    found: tuple[Factual, ...] = tuple(item for item in problems if _as_old(item.since, days, patient))
    on_mri = imaging.edema_on_mri(patient)
    if not problems and isinstance(on_mri, Present):
        found = tuple(each for each in on_mri.items if _seen_long_ago(each, days, patient))
    return finding(found, patient.problems.gaps + (() if problems else patient.mri_reports.gaps))


def _edema(patient: Patient) -> tuple[Problem, ...]:
    return tuple(item for item in patient.problems.items if item.current and Concept.EDEMA in item.concepts)


def _seen_long_ago(report: EdemaReport, days: float, patient: Patient) -> bool:
    """Without a cause, and since the first report that shows it there."""
    if not _unexplained(report.site, patient):
        return False
    ever = imaging.edema_ever_on_mri(patient, report.site)
    seen = (
        [report.when, *(fact.when for fact in ever.facts if fact.when)] if isinstance(ever, Present) else [report.when]
    )
    return any(_as_old(when, days, patient) for when in seen)


def _unexplained(site: Site, patient: Patient) -> bool:
    return not isinstance(causes_of_edema(patient, site if site.known else None), Present)


def _as_old(when: When | None, days: float, patient: Patient) -> bool:
    return when is not None and when.age_days(patient.as_of) >= days

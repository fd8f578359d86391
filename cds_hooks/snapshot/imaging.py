"""What MR reports say of marrow edema, site by site (rule specification 0.2: SITE, MRI_BME_POS, MRI_BME_NEG,
BME_CONTEXT).

The newest report of a site decides. A report that cannot be read is a gap, never a negative one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cds_hooks.snapshot.indication import EDEMA
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Absent, Fact, Finding, Gap, GapKind, Present, Unknown, finding
from cds_hooks.snapshot.report_text import Assertion
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, Need
from cds_hooks.snapshot.when import When

if TYPE_CHECKING:
    from cds_hooks.snapshot.patient import Patient

REPORT_DAYS = 365  # "<= 12 mo"
NEGATED = (Assertion.ABSENT, Assertion.HISTORICAL)  # a resolved or earlier edema is none today


@dataclass(frozen=True, slots=True, kw_only=True)
class EdemaReport:
    """What one MR report says of marrow edema at one site.

    `assertion` is None when the report says nothing of it, and when it cannot be read (`readable` False). `sentence`
    is the one that decided, in the report's own words.
    """

    site: Site
    when: When
    assertion: Assertion | None
    fact: Fact
    sentence: str = ""
    readable: bool = True


def edema_on_mri(patient: Patient, site: Site | None = None) -> Finding[Fact]:
    """MRI_BME_POS at this site, or at any: present with the reports that say so, newest per site."""
    return _by_newest(patient, site, lambda report: report.assertion is Assertion.PRESENT)


def edema_ruled_out_on_mri(patient: Patient, site: Site | None = None) -> Finding[Fact]:
    """MRI_BME_NEG: the newest MR report of the site negates it."""
    return _by_newest(patient, site, lambda report: report.assertion in NEGATED)


def edema_context(patient: Patient, order: Order | None = None) -> Finding[Fact]:
    """BME_CONTEXT: edema on MRI at any site, an active edema Condition, or the draft's own reason."""
    if order and order.reasons.concepts & EDEMA:
        return Present((order.fact,))
    on_problem_list, on_mri = patient.has(Concept.EDEMA, Concept.EDEMA_SYNDROME), edema_on_mri(patient)
    for found in (on_problem_list, on_mri):
        if isinstance(found, Present):
            return Present(found.facts, found.gaps)
    unknown = [found.gap for found in (on_problem_list, on_mri) if isinstance(found, Unknown)]
    return Unknown(unknown[0]) if unknown else Absent()


def _by_newest(patient: Patient, site: Site | None, says: Callable[[EdemaReport], bool]) -> Finding[Fact]:
    reports = [report for report in _recent(patient) if site is None or report.site.same_as(site)]
    deciding = [report for report in reports if not any(_supersedes(other, report) for other in reports)]
    unreadable = tuple(_unreadable(report) for report in deciding if not report.readable)
    facts = tuple(report.fact for report in deciding if says(report))
    return finding(facts, patient.mri_reports.gaps + unreadable, patient.mri_reports.remarks)


def _recent(patient: Patient) -> list[EdemaReport]:
    return [report for report in patient.mri_reports.items if report.when.age_days(patient.as_of) <= REPORT_DAYS]


def _supersedes(newer: EdemaReport, older: EdemaReport) -> bool:
    """Reports of an unknown site stand for themselves: nothing shows that they are about the same place."""
    return newer.site.same_as(older.site) and newer.when.first > older.when.last


def _unreadable(report: EdemaReport) -> Gap:
    return Gap(Need.MRI, GapKind.OUT_OF_REACH, f"the MR report of {report.when.day} holds no text that can be read")

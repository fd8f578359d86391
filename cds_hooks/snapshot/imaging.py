"""Imaging as a course: every report with what it says at each place, and the newest report of a place decides (rule
specification 0.2: SITE, MRI_BME_POS, MRI_BME_NEG, BME_CONTEXT, vs-subchondral-site). In the spine each part is a place.

A report is about the place of its study and about every place that it names. What a newer one says of one place does
not end what an older one said of another. A report that cannot be read is a gap, never a negative one. A preliminary
report counts only where a rule asks for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from cds_hooks.snapshot import report_text
from cds_hooks.snapshot.indication import EDEMA
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Absent, Fact, Finding, Gap, GapKind, Listing, Present, Unknown, finding
from cds_hooks.snapshot.report_text import Assertion, Mention, Region, Side
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, Need
from cds_hooks.snapshot.when import When

if TYPE_CHECKING:
    from cds_hooks.snapshot.patient import Patient

REPORT_DAYS = 365  # "<= 12 mo"
EDEMA_FINDINGS = (report_text.Finding.MARROW_EDEMA, report_text.Finding.EDEMA_SYNDROME)
NEGATED = (Assertion.ABSENT, Assertion.HISTORICAL)  # a resolved or earlier edema is none today
SPINE_PARTS = frozenset({Concept.MRI_SPINE_CERVICAL, Concept.MRI_SPINE_THORACIC, Concept.MRI_SPINE_LUMBAR})
SUBCHONDRAL_REGIONS = frozenset({Region.HIP, Region.KNEE, Region.ANKLE_FOOT, Region.SHOULDER})


class Modality(StrEnum):
    """How the images were made, as far as rules tell it apart."""

    MRI = "MRI"
    RADIOGRAPH = "radiograph"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """One finding that a report asserts, doubts or denies at one place. `mention` holds the sentence, the level of the
    spine, kind of fracture, pattern, depth and score; the place where it names none is that of the study."""

    mention: Mention
    site: Site
    fact: Fact

    @property
    def finding(self) -> report_text.Finding:
        return self.mention.finding

    @property
    def assertion(self) -> Assertion:
        return self.mention.assertion

    @property
    def subjects(self) -> frozenset[str]:
        return frozenset((self.finding,))

    @property
    def subchondral(self) -> bool:
        """vs-subchondral-site: femoral head or condyle, tibial plateau, talar dome, humeral head."""
        return self.mention.subchondral and self.site.region in SUBCHONDRAL_REGIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagingReport:
    """One report of an MR study or of plain radiographs.

    `site` is that of the study; `concepts` are what its code and title say (dynamic contrast, parts of the spine).
    `readable` is False where it holds neither a text nor a coded conclusion that could be read, `complete` where a
    result Observation that it refers to could not be had or understood.
    """

    site: Site
    when: When
    fact: Fact
    modality: Modality = Modality.MRI
    signs: tuple[Sign, ...] = ()
    concepts: frozenset[Concept] = frozenset()
    preliminary: bool = False
    readable: bool = True
    complete: bool = True

    @property
    def subjects(self) -> frozenset[Concept]:
        return self.concepts

    def about(self, site: Site) -> bool:
        """Is it a study of this site, or does it speak of it?"""
        return self.site.same_as(site) or any(sign.site.same_as(site) for sign in self.signs)

    def overtakes(self, older: ImagingReport) -> bool:
        """Is it newer, and not of another part of the spine? A study that does not say its part may be of any."""
        parts, others = self.concepts & SPINE_PARTS, older.concepts & SPINE_PARTS
        elsewhere = parts and others and parts.isdisjoint(others)
        return self.when.first > older.when.last and not elsewhere

    def said(self, *findings: report_text.Finding) -> dict[Site, tuple[Sign, ...]]:
        """What it says of these findings, place by place, each side by itself. The place of the study is there with
        nothing said where the report does not speak of it."""
        by_place: dict[Site, tuple[Sign, ...]] = {}
        for sign in self.signs:
            for place in _sides(sign.site) if sign.finding in findings else ():
                by_place[place] = (*by_place.get(place, ()), sign)
        own = [place for place in _sides(self.site) if not any(_same(place, named) for named in by_place)]
        return by_place | dict.fromkeys(own, ())

    def verdict(self, *findings: report_text.Finding) -> Assertion | None:
        """What it says of these findings at any place; None when it is silent."""
        return _verdict([sign for sign in self.signs if sign.finding in findings])

    def may_hide(self, *findings: report_text.Finding) -> bool:
        """May it say of these findings what could not be read? The words that it has answer for what they speak of, and
        those about a place that no rule asks for answer for everything."""
        if not self.readable:
            return True
        return not self.complete and self.site.known and self.verdict(*findings) is None

    @property
    def unread(self) -> Gap:
        """That it, or some of its results, could not be read."""
        of_mri = self.modality is Modality.MRI
        need, name = (Need.MRI, "MR report") if of_mri else (Need.RADIOGRAPHS, "radiograph report")
        what = "has results that could not be read" if self.readable else "holds no text that can be read"
        return Gap(need, GapKind.OUT_OF_REACH, f"the {name} of {self.when.day} {what}")


@dataclass(frozen=True, slots=True, kw_only=True)
class EdemaReport:
    """What one MR report says of marrow edema at one place; `assertion` is None when it says nothing of it there."""

    site: Site
    report: ImagingReport
    signs: tuple[Sign, ...] = ()

    @property
    def assertion(self) -> Assertion | None:
        return _verdict(self.signs)

    @property
    def when(self) -> When:
        return self.report.when

    @property
    def subchondral(self) -> bool:
        """Edema at a vs-subchondral-site."""
        return any(sign.subchondral for sign in self.signs if sign.assertion is self.assertion)

    @property
    def fact(self) -> Fact:
        """The sentence that decides, else the report."""
        return next((sign.fact for sign in self.signs if sign.assertion is self.assertion), self.report.fact)


class _Said(NamedTuple):
    """What a report says at a place of which no report is newer."""

    place: Site
    report: ImagingReport
    signs: tuple[Sign, ...]


# -- marrow edema


def edema_reports(
    patient: Patient, site: Site | None = None, *, within_days: float = REPORT_DAYS, preliminary: bool = False
) -> tuple[EdemaReport, ...]:
    """What the newest MR reports say of marrow edema, one entry per place, at this site or at all."""
    deciding = _deciding(_recent(patient, within_days, preliminary), EDEMA_FINDINGS, site)
    return tuple(EdemaReport(site=place, report=report, signs=signs) for place, report, signs in deciding)


def edema_on_mri(
    patient: Patient, site: Site | None = None, *, within_days: float = REPORT_DAYS, preliminary: bool = False
) -> Finding[EdemaReport]:
    """MRI_BME_POS at this site, or at any: present with the reports that say so, newest per place."""
    reports = edema_reports(patient, site, within_days=within_days, preliminary=preliminary)
    found = tuple(each for each in reports if each.assertion is Assertion.PRESENT)
    return finding(found, _gaps(patient, EDEMA_FINDINGS, site, within_days, preliminary), patient.mri_reports.remarks)


def edema_ruled_out_on_mri(
    patient: Patient, site: Site | None = None, *, within_days: float = REPORT_DAYS
) -> Finding[EdemaReport]:
    """MRI_BME_NEG: the newest MR report of the site negates it, and none of the same day, or of another part of the
    spine, says it."""
    reports = edema_reports(patient, site, within_days=within_days)
    positive = [each.site for each in reports if each.assertion is Assertion.PRESENT]
    found = tuple(
        each for each in reports if each.assertion in NEGATED and not any(_same(each.site, one) for one in positive)
    )
    gaps = _gaps(patient, EDEMA_FINDINGS, site, within_days, preliminary=False)
    return finding(found, gaps, patient.mri_reports.remarks)


def edema_ever_on_mri(patient: Patient, site: Site | None = None) -> Finding[Sign]:
    """Any final MR report, however old or overtaken, that shows edema at this site, or at any."""
    found = tuple(
        sign
        for report in patient.mri_reports.items
        for sign in report.signs
        if not report.preliminary and sign.finding in EDEMA_FINDINGS and sign.assertion is Assertion.PRESENT
        if site is None or sign.site.same_as(site)
    )
    hidden = (report for report in patient.mri_reports.items if _may_hide(report, EDEMA_FINDINGS, site))
    unread = tuple(report.unread for report in hidden)
    return finding(found, patient.mri_reports.gaps + unread, patient.mri_reports.remarks)


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


# -- the other findings, and the studies themselves


def seen_on_mri(
    patient: Patient,
    *findings: report_text.Finding,
    site: Site | None = None,
    said: Assertion = Assertion.PRESENT,
    within_days: float = REPORT_DAYS,
    preliminary: bool = False,
) -> Finding[Sign]:
    """What the newest MR reports of this site, or of each place, say of these findings: where such a finding is the
    verdict `said` of several mentions, the sentences that say it."""
    deciding = _deciding(_recent(patient, within_days, preliminary), findings, site)
    found = tuple(
        sign
        for each in deciding
        for sign in each.signs
        if sign.assertion is said
        if _verdict([other for other in each.signs if other.finding is sign.finding]) is said
    )
    gaps = _gaps(patient, findings, site, within_days, preliminary)
    return finding(tuple(dict.fromkeys(found)), gaps, patient.mri_reports.remarks)


def measured_on_mri(patient: Patient, what: report_text.Finding, *, site: Site | None = None) -> Finding[Sign]:
    """Observations of their own that measure this finding (RAMRIS score, depth of edema), the newest of each place."""
    listing = patient.imaging_measures
    held = [sign for sign in listing.about(what) if site is None or sign.site.same_as(site)]
    recent = [sign for sign in held if sign.fact.when and sign.fact.when.age_days(patient.as_of) <= REPORT_DAYS]
    newest = (one for one in recent if not any(_same(other.site, one.site) and after(other, one) for other in recent))
    return finding(tuple(newest), listing.gaps)


def after(one: Sign, other: Sign) -> bool:
    """Of a later day."""
    return bool(one.fact.when and other.fact.when and one.fact.when.first.date() > other.fact.when.last.date())


# -- which report decides


def _recent(patient: Patient, within_days: float, preliminary: bool) -> list[ImagingReport]:
    return [
        report
        for report in patient.mri_reports.items
        if report.when.age_days(patient.as_of) <= within_days and (preliminary or not report.preliminary)
    ]


def _deciding(
    reports: Sequence[ImagingReport], findings: tuple[report_text.Finding, ...], site: Site | None
) -> list[_Said]:
    said = [_Said(place, report, signs) for report in reports for place, signs in report.said(*findings).items()]
    asked = [each for each in said if site is None or each.place.same_as(site)]
    return [
        each
        for each in asked
        if not any(other.place.same_as(each.place) and other.report.overtakes(each.report) for other in said)
    ]


def _same(one: Site, other: Site) -> bool:
    """Reports of an unknown place stand for themselves: nothing shows that they are about the same one."""
    return one == other or one.same_as(other)


def _sides(site: Site) -> Iterator[Site]:
    if site.side is Side.BOTH:
        yield from (Site(site.region, Side.LEFT), Site(site.region, Side.RIGHT))
    else:
        yield site


def _verdict(signs: Sequence[Sign]) -> Assertion | None:
    """Present before uncertain before absent before historical."""
    return next((assertion for assertion in Assertion if any(sign.assertion is assertion for sign in signs)), None)


def _gaps(
    patient: Patient,
    findings: tuple[report_text.Finding, ...],
    site: Site | None,
    within_days: float,
    preliminary: bool,
) -> tuple[Gap, ...]:
    """The query, and reports that decide and cannot be read; one of an unknown place may be about any."""
    listing: Listing[ImagingReport] = patient.mri_reports
    reports = _recent(patient, within_days, preliminary)
    overtaken = [r for r in reports if any(o.overtakes(r) and o.site.same_as(r.site) for o in reports)]
    hidden = (report for report in reports if report not in overtaken and _may_hide(report, findings, site))
    return listing.gaps + tuple(report.unread for report in hidden)


def _may_hide(report: ImagingReport, findings: tuple[report_text.Finding, ...], site: Site | None) -> bool:
    return report.may_hide(*findings) and (site is None or report.site.may_be(site))

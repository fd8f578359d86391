"""MR reports: their site by code or words, and what they say of marrow edema by coded conclusion or text."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterator
from typing import NamedTuple

from cds_hooks.snapshot.from_fhir.chart import Row
from cds_hooks.snapshot.from_fhir.reader import Reader, text_of
from cds_hooks.snapshot.from_fhir.recognition import concepts_of
from cds_hooks.snapshot.from_fhir.results import VALID
from cds_hooks.snapshot.imaging import EdemaReport
from cds_hooks.snapshot.model import Fact, Gap, GapKind, Listing
from cds_hooks.snapshot.queries import IMAGING_REPORTS
from cds_hooks.snapshot.report_text import Assertion, Finding, Region, ReportReader, Side
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, Need
from cds_hooks.snapshot.when import When
from cds_hooks.wire import fhir

PLAIN_TEXT = "text/plain"
REGIONS = {
    Concept.MRI_HIP: Region.HIP,
    Concept.MRI_KNEE: Region.KNEE,
    Concept.MRI_ANKLE: Region.ANKLE_FOOT,
    Concept.MRI_FOOT: Region.ANKLE_FOOT,
    Concept.MRI_SPINE: Region.SPINE,
    Concept.MRI_PELVIS: Region.SACROILIAC,
}
SIDES = {Concept.SIDE_LEFT: Side.LEFT, Concept.SIDE_RIGHT: Side.RIGHT, Concept.SIDE_BILATERAL: Side.BOTH}


class _Said(NamedTuple):
    """What is said of marrow edema at one place."""

    site: Site
    assertion: Assertion
    sentence: str


def read_mri_reports(reader: Reader, reports: ReportReader) -> Listing[EdemaReport]:
    """Every valid report of an MR study, once per site that it speaks of. An undated one is remarked, not used."""
    found: list[EdemaReport] = []
    remarks: list[Gap] = []
    for row in reader.rows(IMAGING_REPORTS, fhir.DiagnosticReport):
        concepts = concepts_of(row.resource.code, reader.lookups)
        if row.resource.status not in VALID or Concept.MRI_ANY not in concepts:
            continue
        period = row.resource.effective_period or fhir.Period()
        when = reader.when(row.resource.effective_date_time, period.end, period.start, row.resource.issued)
        if when is None or when.is_future(reader.as_of):
            remarks.append(Gap(Need.MRI, GapKind.UNUSABLE, "an MR report without a usable date; it was not used"))
        else:
            found += _reports(row, when, _site(row.resource, concepts, reports), reader, reports)
    return Listing(tuple(found), reader.chart.gap(IMAGING_REPORTS, Need.MRI), tuple(remarks))


def _reports(
    row: Row[fhir.DiagnosticReport], when: When, site: Site, reader: Reader, reports: ReportReader
) -> Iterator[EdemaReport]:
    text = "\n\n".join(_texts(row.resource))
    conclusion = [c for code in row.resource.conclusion_code or () for c in concepts_of(code, reader.lookups)]
    if Concept.EDEMA in conclusion or Concept.EDEMA_SYNDROME in conclusion:
        said = [_Said(site, Assertion.PRESENT, "")]
    else:
        said = list(_said(text, site, reports))
    for each in said:
        fact = _fact(row, when, each.sentence)
        yield EdemaReport(site=each.site, when=when, assertion=each.assertion, fact=fact, sentence=each.sentence)
    if not said:
        yield EdemaReport(site=site, when=when, assertion=None, fact=_fact(row, when, ""), readable=bool(text))


def _said(text: str, site: Site, reports: ReportReader) -> Iterator[_Said]:
    """One verdict per site: present before uncertain before absent before historical."""
    by_site: dict[Site, list[tuple[Assertion, str]]] = {}
    for mention in reports.read(text, of_mri=True).of(Finding.MARROW_EDEMA, Finding.EDEMA_SYNDROME):
        place = Site(
            mention.site or site.region, mention.side or (site.side if mention.site in (None, site.region) else None)
        )
        by_site.setdefault(place, []).append((mention.assertion, mention.sentence))
    for place, mentions in by_site.items():
        assertion, sentence = min(mentions, key=lambda said: list(Assertion).index(said[0]))
        yield _Said(place, assertion, sentence)


def _texts(report: fhir.DiagnosticReport) -> Iterator[str]:
    """The conclusion and the forms that are plain text. A form of another type, or one that is garbled, holds none."""
    if report.conclusion and report.conclusion.strip():
        yield report.conclusion
    for form in report.presented_form or ():
        if form.data and (form.content_type or "").split(";")[0].strip() == PLAIN_TEXT:
            try:
                yield b64decode(form.data, validate=False).decode("utf-8", errors="replace")
            except (NotBase64, ValueError):
                continue


def _site(report: fhir.DiagnosticReport, concepts: frozenset[Concept], reports: ReportReader) -> Site:
    """From the code; what it does not say, from its words."""
    region = next((REGIONS[concept] for concept in REGIONS if concept in concepts), None)
    side = next((SIDES[concept] for concept in SIDES if concept in concepts), None)
    named_region, named_side = reports.place(text_of(report.code))
    return Site(region or named_region, side or named_side)


def _fact(row: Row[fhir.DiagnosticReport], when: When, sentence: str) -> Fact:
    return Fact(
        name="MRI",
        value=sentence or text_of(row.resource.code),
        kind="imaging report",
        when=when,
        resource=row.reference,
        origin=row.origin,
    )

"""MR reports: their site by code or words, and what they say of marrow edema by coded conclusion or text."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterator
from typing import NamedTuple

from cds_hooks.snapshot.from_fhir.chart import Row
from cds_hooks.snapshot.from_fhir.reader import Reader, text_of
from cds_hooks.snapshot.from_fhir.recognition import concepts_of, texts_of
from cds_hooks.snapshot.from_fhir.results import VALID
from cds_hooks.snapshot.from_fhir.sites import concepts_in, site_of
from cds_hooks.snapshot.imaging import EdemaReport
from cds_hooks.snapshot.model import Fact, Gap, GapKind, Listing
from cds_hooks.snapshot.queries import IMAGING_REPORTS
from cds_hooks.snapshot.report_text import Assertion, Finding, ReportReader
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, Need
from cds_hooks.snapshot.when import When
from cds_hooks.wire import fhir

PLAIN_TEXT = "text/plain"
NEVER_COUNTS = {"cancelled", "entered-in-error"}
NOT_FINAL = {"registered", "partial", "preliminary"}
NMR = "NMR"  # the section of a department that runs MR studies (HL7 v2, table 0074)
OTHER_MODALITIES = frozenset(
    {Concept.XRAY_ANY, Concept.CT_ANY, Concept.DXA, Concept.BONE_SCAN, Concept.NUCLEAR_MEDICINE, Concept.LEUKOCYTE_SCAN}
)
OTHER_STUDY = re.compile(
    r"\b(?:US|USS|ultraso\w+|sono\w+|echo\w*|doppler|fluoro\w+|mammo\w+|angio\w+|PET|SPECT|X-?ray|CT|DE?XA)\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[\n.:;]")  # a report opens with its study: "MRI of the left hip, 3 T:"
EDEMA_FINDINGS = (Finding.MARROW_EDEMA, Finding.EDEMA_SYNDROME)
UNDATED = "an MR report without a usable date; it was not used"
PRELIMINARY = "an MR report that is not final; it was not used"
UNKNOWN_STUDY = "an imaging report that may be of an MR study was not recognized as one; it was not used"


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
        raw = row.resource
        of_mri = raw.status not in NEVER_COUNTS and _of_mri(raw, reader, reports)
        period = raw.effective_period or fhir.Period()
        when = reader.when(raw.effective_date_time, period.end, period.start, raw.issued)
        if of_mri is None:
            remarks.append(_unused(UNKNOWN_STUDY))
        elif of_mri and raw.status in NOT_FINAL:
            remarks.append(_unused(PRELIMINARY))
        elif of_mri and (when is None or when.is_future(reader.as_of)):
            remarks.append(_unused(UNDATED))
        elif of_mri and when:
            found += _reports(row, when, site_of(reader.lookups, _code(raw)), reader, reports)
    gap = reader.chart.gap(IMAGING_REPORTS, Need.MRI)
    return Listing(tuple(found), gap, tuple(dict.fromkeys(remarks)))


def _unused(why: str) -> Gap:
    return Gap(Need.MRI, GapKind.UNUSABLE, why)


def _code(report: fhir.DiagnosticReport) -> tuple[fhir.CodeableConcept, ...]:
    return (report.code,) if report.code else ()


def _of_mri(report: fhir.DiagnosticReport, reader: Reader, reports: ReportReader) -> bool | None:
    """Is it of an MR study: by its code, its department, the words that it opens with? None where it may be one: it
    speaks of marrow edema, or its code has no words."""
    concepts = concepts_of(report.code, reader.lookups)
    if Concept.MRI_ANY in concepts or _department_is_mr(report):
        return True
    title = " ".join(texts_of(_code(report)))
    if concepts & OTHER_MODALITIES or OTHER_STUDY.search(title):
        return False
    text = "\n\n".join(_texts(report))
    opening = _SENTENCE_END.split(text.strip(), maxsplit=1)[0]
    if Concept.MRI_ANY in concepts_of(fhir.CodeableConcept(text=opening), reader.lookups):
        return True
    speaks_of_marrow = bool(reports.read(text, of_mri=False).of(*EDEMA_FINDINGS))
    return None if speaks_of_marrow or not title else False


def _department_is_mr(report: fhir.DiagnosticReport) -> bool:
    codings = (coding for category in concepts_in(report.category) for coding in category.coding or ())
    return any(coding.code == NMR for coding in codings)


def _reports(
    row: Row[fhir.DiagnosticReport], when: When, site: Site, reader: Reader, reports: ReportReader
) -> Iterator[EdemaReport]:
    if row.resource.status not in VALID:
        yield EdemaReport(site=site, when=when, assertion=None, fact=_fact(row, when, ""), readable=False)
        return
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
    for mention in reports.read(text, of_mri=True).of(*EDEMA_FINDINGS):
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


def _fact(row: Row[fhir.DiagnosticReport], when: When, sentence: str) -> Fact:
    return Fact(
        name="MRI",
        value=sentence or text_of(row.resource.code),
        kind="imaging report",
        when=when,
        resource=row.reference,
        origin=row.origin,
    )

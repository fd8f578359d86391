"""Reports of MR studies and radiographs: their site by code or words, what they say by coded conclusion, text or result
Observations. Of bone density measurements only that they were made."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterable, Iterator, Mapping

from cds_hooks.snapshot.from_fhir.chart import Row
from cds_hooks.snapshot.from_fhir.imaging_results import NOTHING, results_of, unresolved_results
from cds_hooks.snapshot.from_fhir.reader import Reader, text_of
from cds_hooks.snapshot.from_fhir.recognition import concepts_of, texts_of
from cds_hooks.snapshot.from_fhir.results import VALID
from cds_hooks.snapshot.from_fhir.sites import concepts_in, site_of
from cds_hooks.snapshot.imaging import EDEMA_FINDINGS, ImagingReport, Modality, Sign
from cds_hooks.snapshot.model import Fact, Gap, GapKind, Listing
from cds_hooks.snapshot.problem import Event
from cds_hooks.snapshot.queries import IMAGING_REPORTS
from cds_hooks.snapshot.report_text import Assertion, Finding, FractureKind, Mention, ReportReader
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, Need
from cds_hooks.snapshot.when import When
from cds_hooks.wire import fhir
from cds_hooks.wire.delivery import Query

PLAIN_TEXT = "text/plain"
NEVER_COUNTS = {"registered", "cancelled", "entered-in-error"}  # registered: announced, nothing is said yet
PRELIMINARY = {"preliminary", "partial"}
NMR = "NMR"  # the section of a department that runs MR studies (HL7 v2, table 0074)
MR_STUDY = frozenset({Concept.MRI_ANY, Concept.DYNAMIC_CONTRAST_MRI})
OTHER_MODALITIES = frozenset(
    {Concept.XRAY_ANY, Concept.CT_ANY, Concept.DXA, Concept.BONE_SCAN, Concept.NUCLEAR_MEDICINE, Concept.LEUKOCYTE_SCAN}
)
OTHER_STUDY = re.compile(
    r"\b(?:US|USS|ultraso\w+|sono\w+|echo\w*|doppler|fluoro\w+|mammo\w+|angio\w+|PET|SPECT|X-?ray|CT|DE?XA)\b",
    re.IGNORECASE,
)
SPINE_PARTS: Mapping[Concept, re.Pattern[str]] = {
    Concept.MRI_SPINE_CERVICAL: re.compile(r"\bC-?spine\b|cervic|halswirbel|\bHWS\b", re.IGNORECASE),
    Concept.MRI_SPINE_THORACIC: re.compile(r"\bT-?spine\b|thorac|torac|dorsal|brustwirbel|\bBWS\b", re.IGNORECASE),
    Concept.MRI_SPINE_LUMBAR: re.compile(r"\bL-?spine\b|lumb|lomb|lendenwirbel|\bLWS\b", re.IGNORECASE),
}
"""What titles call the parts of the spine; "thoracolumbar" names two."""
_SENTENCE_END = re.compile(r"[\n.:;]")  # a report opens with its study: "MRI of the left hip, 3 T:"
UNDATED = "without a usable date; it was not used"
UNKNOWN_STUDY = "an imaging report that may be of an MR study was not recognized as one; it was not used"
CONCLUSIONS: Mapping[Concept, tuple[Finding, FractureKind | None]] = {
    Concept.EDEMA: (Finding.MARROW_EDEMA, None),
    Concept.EDEMA_SYNDROME: (Finding.EDEMA_SYNDROME, None),
    Concept.OSTEONECROSIS: (Finding.OSTEONECROSIS, None),
    Concept.SUBCHONDRAL_FRACTURE: (Finding.SUBCHONDRAL_FRACTURE, None),
    Concept.STRESS_FRACTURE: (Finding.FRACTURE, FractureKind.STRESS),
    Concept.PATHOLOGICAL_FRACTURE: (Finding.FRACTURE, FractureKind.PATHOLOGICAL),
    Concept.FRACTURE: (Finding.FRACTURE, None),
    Concept.VERTEBRAL_FRACTURE: (Finding.FRACTURE, None),
    Concept.BONE_METASTASIS: (Finding.MASS, None),
    Concept.PRIMARY_BONE_TUMOR: (Finding.MASS, None),
    Concept.OSTEOMYELITIS: (Finding.OSTEOMYELITIS, None),
    Concept.SEPTIC_ARTHRITIS: (Finding.OSTEOMYELITIS, None),
    Concept.ABSCESS: (Finding.SOFT_TISSUE_INFECTION, None),
    Concept.CELLULITIS: (Finding.SOFT_TISSUE_INFECTION, None),
    Concept.JOINT_EFFUSION: (Finding.EFFUSION, None),
    Concept.SYNOVITIS: (Finding.SYNOVITIS, None),
    Concept.EROSION: (Finding.EROSION, None),
    Concept.OSTEOPOROSIS: (Finding.OSTEOPENIA, None),
}
"""What a coded conclusion says in the words of a report."""


def read_mri_reports(reader: Reader, reports: ReportReader) -> Listing[ImagingReport]:
    """Every MR report that counts, preliminary ones marked. What is undated, or may be one, is remarked, not used."""
    rows = _counting(reader)
    judged = [(row, _of_mri(row.resource, reader, reports)) for row in rows]
    unknown = [Gap(Need.MRI, GapKind.UNUSABLE, UNKNOWN_STUDY)] if any(of_mri is None for _, of_mri in judged) else []
    mine = [row for row, of_mri in judged if of_mri]
    return _listing(mine, Modality.MRI, Need.MRI, unknown, reader, reports)


def read_radiographs(reader: Reader, reports: ReportReader) -> Listing[ImagingReport]:
    """Every report of plain radiographs that counts."""
    mine = [row for row in _counting(reader) if _is_radiograph(row.resource, reader)]
    return _listing(mine, Modality.RADIOGRAPH, Need.RADIOGRAPHS, [], reader, reports)


def unresolved_imaging_results(reader: Reader, reports: ReportReader) -> Iterator[Query]:
    """The reads of what the reports of MR studies and radiographs refer to as their results."""
    for row in _counting(reader):
        report = row.resource
        queries = tuple(unresolved_results(report, reader))
        if queries and (_is_radiograph(report, reader) or _of_mri(report, reader, reports)):
            yield from queries


def read_densitometry(reader: Reader) -> Listing[Event]:
    """Every final report of a bone density measurement that was made by now."""
    rows = [
        row
        for row in _counting(reader)
        if row.resource.status in VALID and Concept.DXA in concepts_of(row.resource.code, reader.lookups)
    ]
    made = (_densitometry(row, reader) for row in rows)
    past = tuple(event for event in made if event.when is None or not event.when.is_future(reader.as_of))
    return Listing(past, reader.chart.gap(IMAGING_REPORTS, Need.BONE_DENSITY))


def _densitometry(row: Row[fhir.DiagnosticReport], reader: Reader) -> Event:
    when = _date(row.resource, reader)
    fact = Fact(
        name="bone density",
        value=text_of(row.resource.code),
        kind="imaging report",
        when=when,
        resource=row.reference,
        origin=row.origin,
    )
    return Event(concepts=frozenset({Concept.DXA}), when=when, fact=fact)


def _date(report: fhir.DiagnosticReport, reader: Reader) -> When | None:
    period = report.effective_period or fhir.Period()
    return reader.when(report.effective_date_time, period.end, period.start, report.issued)


def _counting(reader: Reader) -> list[Row[fhir.DiagnosticReport]]:
    rows = reader.rows(IMAGING_REPORTS, fhir.DiagnosticReport)
    return [row for row in rows if row.resource.status not in NEVER_COUNTS]


def _listing(
    rows: Iterable[Row[fhir.DiagnosticReport]],
    modality: Modality,
    need: Need,
    remarks: list[Gap],
    reader: Reader,
    reports: ReportReader,
) -> Listing[ImagingReport]:
    found: list[ImagingReport] = []
    for row in rows:
        when = _date(row.resource, reader)
        if when is None or when.is_future(reader.as_of):
            remarks = [*remarks, Gap(need, GapKind.UNUSABLE, f"{need}: one {UNDATED}")]
        else:
            found.append(_report(row, modality, when, reader, reports))
    return Listing(tuple(found), reader.chart.gap(IMAGING_REPORTS, need), tuple(dict.fromkeys(remarks)))


def _code(report: fhir.DiagnosticReport) -> tuple[fhir.CodeableConcept, ...]:
    return (report.code,) if report.code else ()


def _of_mri(report: fhir.DiagnosticReport, reader: Reader, reports: ReportReader) -> bool | None:
    """Is it of an MR study: by its code, its department, the words that it opens with? None where it may be one: it
    speaks of marrow edema, or its code has no words."""
    concepts = concepts_of(report.code, reader.lookups)
    if concepts & MR_STUDY or _department_is_mr(report):
        return True
    title = " ".join(texts_of(_code(report)))
    if concepts & OTHER_MODALITIES or OTHER_STUDY.search(title):
        return False
    text = "\n\n".join(_texts(report))
    opening = _SENTENCE_END.split(text.strip(), maxsplit=1)[0]
    if concepts_of(fhir.CodeableConcept(text=opening), reader.lookups) & MR_STUDY:
        return True
    speaks_of_marrow = bool(reports.read(text, of_mri=False).of(*EDEMA_FINDINGS))
    return None if speaks_of_marrow or not title else False


def _is_radiograph(report: fhir.DiagnosticReport, reader: Reader) -> bool:
    return Concept.XRAY_ANY in concepts_of(report.code, reader.lookups)


def _department_is_mr(report: fhir.DiagnosticReport) -> bool:
    codings = (coding for category in concepts_in(report.category) for coding in category.coding or ())
    return any(coding.code == NMR for coding in codings)


def _report(
    row: Row[fhir.DiagnosticReport], modality: Modality, when: When, reader: Reader, reports: ReportReader
) -> ImagingReport:
    """A report whose status is not known says nothing that could be relied on."""
    raw, of_mri = row.resource, modality is Modality.MRI
    reliable = raw.status in VALID | PRELIMINARY
    text = "\n\n".join(_texts(raw)) if reliable else ""
    results = results_of(raw, reader, reports, of_mri=of_mri) if reliable else NOTHING
    said = (*reports.read(text, of_mri=of_mri).mentions, *results.mentions)
    coded = tuple(_coded(raw, said, reader)) if reliable else ()
    site = site_of(reader.lookups, _code(raw))
    preliminary = raw.status in PRELIMINARY
    signs = tuple(
        Sign(
            mention=mention, site=_place(mention, site), fact=_fact(row, modality, when, mention.sentence, preliminary)
        )
        for mention in (*said, *coded)
    )
    return ImagingReport(
        modality=modality,
        site=site,
        when=when,
        fact=_fact(row, modality, when, "", preliminary),
        signs=signs,
        concepts=concepts_of(raw.code, reader.lookups) | (_spine_parts(raw) if of_mri else frozenset()),
        preliminary=preliminary,
        readable=bool(text or coded or results.read),
        complete=not results.unread,
    )


def _spine_parts(report: fhir.DiagnosticReport) -> frozenset[Concept]:
    title = " ".join(texts_of(_code(report)))
    return frozenset(part for part, words in SPINE_PARTS.items() if words.search(title))


def _coded(report: fhir.DiagnosticReport, said: tuple[Mention, ...], reader: Reader) -> Iterator[Mention]:
    """The coded conclusions, but not those that the text states too: it also says where."""
    stated = {mention.finding for mention in said if mention.assertion is Assertion.PRESENT}
    stated |= set(EDEMA_FINDINGS) if stated.intersection(EDEMA_FINDINGS) else set()
    coded = {concept for code in report.conclusion_code or () for concept in concepts_of(code, reader.lookups)}
    for concept, (finding, kind) in CONCLUSIONS.items():
        if concept in coded and finding not in stated:
            yield Mention(finding, Assertion.PRESENT, "", fracture_kind=kind)


def _place(mention: Mention, study: Site) -> Site:
    """Where the sentence says, else where the study was made; the side of the study holds for its own region."""
    at_study = mention.site in (None, study.region)
    return Site(mention.site or study.region, mention.side or (study.side if at_study else None))


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


def _fact(row: Row[fhir.DiagnosticReport], modality: Modality, when: When, sentence: str, preliminary: bool) -> Fact:
    return Fact(
        name=str(modality),
        value=sentence or text_of(row.resource.code),
        kind="preliminary imaging report" if preliminary else "imaging report",
        when=when,
        resource=row.reference,
        origin=row.origin,
    )

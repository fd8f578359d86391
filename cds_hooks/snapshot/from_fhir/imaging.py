"""Reports of MR studies and radiographs: their site by code or words, what they say by coded conclusion or text."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterator, Mapping

from cds_hooks.snapshot.from_fhir.chart import Row
from cds_hooks.snapshot.from_fhir.reader import Reader, text_of
from cds_hooks.snapshot.from_fhir.recognition import concepts_of
from cds_hooks.snapshot.from_fhir.results import VALID
from cds_hooks.snapshot.imaging import EDEMA_FINDINGS, ImagingReport, Modality, Sign
from cds_hooks.snapshot.model import Fact, Gap, GapKind, Listing
from cds_hooks.snapshot.queries import IMAGING_REPORTS
from cds_hooks.snapshot.report_text import Assertion, Finding, FractureKind, Mention, Region, ReportReader, Side
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, Need
from cds_hooks.snapshot.when import When
from cds_hooks.wire import fhir

PLAIN_TEXT = "text/plain"
PRELIMINARY = {"preliminary", "partial"}
STUDIES: Mapping[Modality, tuple[frozenset[Concept], Need]] = {
    Modality.MRI: (frozenset({Concept.MRI_ANY, Concept.DYNAMIC_CONTRAST_MRI}), Need.MRI),
    Modality.RADIOGRAPH: (frozenset({Concept.XRAY_ANY}), Need.RADIOGRAPHS),
}
REGIONS = {
    Concept.MRI_HIP: Region.HIP,
    Concept.MRI_KNEE: Region.KNEE,
    Concept.MRI_ANKLE: Region.ANKLE_FOOT,
    Concept.MRI_FOOT: Region.ANKLE_FOOT,
    Concept.MRI_SPINE: Region.SPINE,
    Concept.MRI_PELVIS: Region.SACROILIAC,
    Concept.XRAY_HIP: Region.HIP,
    Concept.XRAY_KNEE: Region.KNEE,
    Concept.XRAY_ANKLE: Region.ANKLE_FOOT,
    Concept.XRAY_FOOT: Region.ANKLE_FOOT,
    Concept.XRAY_SPINE: Region.SPINE,
    Concept.XRAY_PELVIS_SACROILIAC: Region.SACROILIAC,
}
SIDES = {Concept.SIDE_LEFT: Side.LEFT, Concept.SIDE_RIGHT: Side.RIGHT, Concept.SIDE_BILATERAL: Side.BOTH}
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


def read_imaging(reader: Reader, reports: ReportReader, modality: Modality) -> Listing[ImagingReport]:
    """Every report of such a study that counts, preliminary ones marked. An undated one is remarked, not used."""
    found: list[ImagingReport] = []
    remarks: list[Gap] = []
    studies, need = STUDIES[modality]
    for row in reader.rows(IMAGING_REPORTS, fhir.DiagnosticReport):
        concepts = concepts_of(row.resource.code, reader.lookups)
        if row.resource.status not in VALID | PRELIMINARY or studies.isdisjoint(concepts):
            continue
        period = row.resource.effective_period or fhir.Period()
        when = reader.when(row.resource.effective_date_time, period.end, period.start, row.resource.issued)
        if when is None or when.is_future(reader.as_of):
            remarks.append(Gap(need, GapKind.UNUSABLE, f"{need}: one without a usable date; it was not used"))
        else:
            found.append(_report(row, modality, when, concepts, reader, reports))
    return Listing(tuple(found), reader.chart.gap(IMAGING_REPORTS, need), tuple(remarks))


def _report(
    row: Row[fhir.DiagnosticReport],
    modality: Modality,
    when: When,
    concepts: frozenset[Concept],
    reader: Reader,
    reports: ReportReader,
) -> ImagingReport:
    text = "\n\n".join(_texts(row.resource))
    site = _site(row.resource, concepts, reports)
    said = reports.read(text, of_mri=modality is Modality.MRI).mentions
    coded = tuple(_coded(row.resource, said, reader))
    preliminary = row.resource.status in PRELIMINARY
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
        concepts=concepts,
        preliminary=preliminary,
        readable=bool(text or coded),
    )


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


def _site(report: fhir.DiagnosticReport, concepts: frozenset[Concept], reports: ReportReader) -> Site:
    """From the code; what it does not say, from its words."""
    region = next((REGIONS[concept] for concept in REGIONS if concept in concepts), None)
    side = next((SIDES[concept] for concept in SIDES if concept in concepts), None)
    named_region, named_side = reports.place(text_of(report.code))
    return Site(region or named_region, side or named_side)


def _fact(row: Row[fhir.DiagnosticReport], modality: Modality, when: When, sentence: str, preliminary: bool) -> Fact:
    return Fact(
        name=str(modality),
        value=sentence or text_of(row.resource.code),
        kind="preliminary imaging report" if preliminary else "imaging report",
        when=when,
        resource=row.reference,
        origin=row.origin,
    )

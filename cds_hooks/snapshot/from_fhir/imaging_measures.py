"""Observations of their own that measure what MR reports else state in words: the RAMRIS score of bone edema, and how
deep edema reaches at the sacroiliac joints. No standard code is in use for them (rule specification 0.7): their names
are read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cds_hooks.snapshot.from_fhir.chart import Row
from cds_hooks.snapshot.from_fhir.reader import Reader, text_of
from cds_hooks.snapshot.from_fhir.results import VALID, Valued, amount_in_words, date_of, parts_of
from cds_hooks.snapshot.from_fhir.sites import concepts_in, site_of
from cds_hooks.snapshot.imaging import Sign
from cds_hooks.snapshot.model import Fact, Listing
from cds_hooks.snapshot.queries import IMAGING_MEASURES
from cds_hooks.snapshot.report_text import Finding, Mention, Region, ReportReader
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Need
from cds_hooks.snapshot.when import When
from cds_hooks.wire import fhir

_DEPTH = re.compile(r"\b(?:depth|deep|tiefe\w*|profond\w+|profundidad)\b", re.IGNORECASE)


def read_imaging_measures(reader: Reader, reports: ReportReader) -> Listing[Sign]:
    """Every final one with a date."""
    rows = [row for row in reader.rows(IMAGING_MEASURES, fhir.Observation) if row.resource.status in VALID]
    found = tuple(sign for row in rows for sign in _signs(row, reader, reports))
    return Listing(found, reader.chart.gap(IMAGING_MEASURES, Need.IMAGING_MEASURES))


def _signs(row: Row[fhir.Observation], reader: Reader, reports: ReportReader) -> Iterator[Sign]:
    raw, when = row.resource, date_of(row.resource, reader)
    if when is None or when.is_future(reader.as_of):
        return
    for part in parts_of(raw, fhir.decode_list(raw.component, fhir.Component) or ()):
        codes = [code for code in (part.code, raw.code) if code]
        site = site_of(reader.lookups, concepts_in(raw.body_site), codes)
        name = " ".join(dict.fromkeys(text_of(code) for code in (raw.code, part.code)))
        for mention in _measured(f"{name}: {amount_in_words(part)}", site, reports):
            yield Sign(mention=mention, site=site, fact=_fact(row, name, part, when))


def _measured(sentence: str, site: Site, reports: ReportReader) -> Iterator[Mention]:
    """The score, or the depth of a lesion: at a sacroiliac joint that is one of edema."""
    read = reports.read(sentence, of_mri=True)
    yield from (mention for mention in read.of(Finding.RAMRIS_SCORE) if mention.score is not None)
    if site.region is Region.SACROILIAC and _DEPTH.search(sentence):
        deep = reports.read(f"Bone marrow edema, {sentence}", of_mri=True).of(Finding.MARROW_EDEMA)
        yield from (mention for mention in deep[:1] if mention.depth_mm is not None)


def _fact(row: Row[fhir.Observation], name: str, part: Valued, when: When) -> Fact:
    return Fact(
        name=name,
        value=amount_in_words(part),
        kind="observation",
        when=when,
        resource=row.reference,
        origin=row.origin,
    )

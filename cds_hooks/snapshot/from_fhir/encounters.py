"""Contacts with care, what patients were told, and imaging studies with or without a report."""

from __future__ import annotations

from collections.abc import Mapping

from cds_hooks.snapshot.from_fhir.care import SPECIALTIES
from cds_hooks.snapshot.from_fhir.chart import Row
from cds_hooks.snapshot.from_fhir.reader import Reader, text_of
from cds_hooks.snapshot.from_fhir.reasons import concepts_referred, reasons_of
from cds_hooks.snapshot.from_fhir.recognition import concepts_of
from cds_hooks.snapshot.from_fhir.sites import Concepts, concepts_in, in_words, site_of
from cds_hooks.snapshot.model import Fact, Listing
from cds_hooks.snapshot.problem import Encounter, Event
from cds_hooks.snapshot.queries import COMMUNICATIONS, ENCOUNTERS, IMAGING_STUDIES
from cds_hooks.snapshot.vocabulary import Concept, Need
from cds_hooks.snapshot.when import When
from cds_hooks.wire import fhir

NEVER_HAPPENED = {"planned", "cancelled", "entered-in-error"}
GOING_ON = {"arrived", "triaged", "in-progress", "onleave"}
IN_HOSPITAL = {"IMP", "ACUTE", "NONAC"}  # http://terminology.hl7.org/CodeSystem/v3-ActCode, encounter class
NOT_TOLD = {"preparation", "not-done", "on-hold", "entered-in-error"}
NEVER_TAKEN = {"registered", "cancelled", "entered-in-error"}
MODALITIES: Mapping[str, Concept] = {
    "MR": Concept.MRI_ANY,
    "CT": Concept.CT_ANY,
    **dict.fromkeys(("CR", "DX", "RG"), Concept.XRAY_ANY),
    "NM": Concept.NUCLEAR_MEDICINE,
}
"""Modalities of DICOM (PS3.16, CID 29)."""


def read_encounters(reader: Reader) -> Listing[Encounter]:
    """Every contact that took place or goes on, whatever for."""
    rows = [row for row in reader.rows(ENCOUNTERS, fhir.Encounter) if row.resource.status not in NEVER_HAPPENED]
    found = [_encounter(row, reader) for row in rows]
    past = tuple(each for each in found if each.when is None or not each.when.is_future(reader.as_of))
    return Listing(past, reader.chart.gap(ENCOUNTERS, Need.ENCOUNTERS))


def _encounter(row: Row[fhir.Encounter], reader: Reader) -> Encounter:
    raw = row.resource
    said = (*concepts_in(raw.service_type), *concepts_in(raw.type))
    period = fhir.decode(raw.period, fhir.Period) or fhir.Period()
    start, end = reader.when(period.start), reader.when(period.end)
    return Encounter(
        concepts=_concepts(said, reader) | (_concepts(_roles(raw), reader) & SPECIALTIES),
        fact=_fact("encounter", said, "encounter", start, row),
        when=start,
        inpatient=not _class_codes(raw).isdisjoint(IN_HOSPITAL),
        in_progress=raw.status in GOING_ON and not (end and end.is_past(reader.as_of)),
        reasons=_reasons(raw, reader),
    )


def _roles(raw: fhir.Encounter) -> Concepts:
    """In which roles people took part."""
    participants = fhir.decode_list(raw.participant, fhir.Participant) or ()
    return tuple(role for each in participants for role in concepts_in(each.type))


def _class_codes(raw: fhir.Encounter) -> set[str | None]:
    """R4 has one Coding; later versions have concepts."""
    coding = fhir.decode(raw.kind, fhir.Coding) or fhir.Coding()
    return {coding.code, *(each.code for concept in concepts_in(raw.kind) for each in concept.coding or ())}


def _reasons(raw: fhir.Encounter, reader: Reader) -> frozenset[Concept]:
    """Its reasons, and the diagnoses that it names."""
    diagnoses = fhir.decode_list(raw.diagnosis, fhir.Diagnosis) or ()
    named = [concepts_referred(each.condition, raw, reader) for each in diagnoses if each.condition]
    return reasons_of(raw, reader).concepts.union(*(each or frozenset() for each in named))


def read_communications(reader: Reader) -> Listing[Event]:
    """What the patient was told or given to read, as far as a table knows it."""
    rows = [row for row in reader.rows(COMMUNICATIONS, fhir.Communication) if row.resource.status not in NOT_TOLD]
    found = (_communication(row, reader) for row in rows)
    gap = reader.chart.gap(COMMUNICATIONS, Need.EDUCATION)
    return Listing(tuple(event for event in found if event.concepts), gap)


def _communication(row: Row[fhir.Communication], reader: Reader) -> Event:
    raw = row.resource
    payloads = fhir.decode_list(raw.payload, fhir.Payload) or ()
    titles = (each.content_attachment.title if each.content_attachment else None for each in payloads)
    said = (
        *(*concepts_in(raw.topic), *concepts_in(raw.category)),
        *in_words(*(each.content_string for each in payloads), *titles),
    )
    when = reader.when(raw.sent, raw.received)
    return Event(
        concepts=_concepts(said, reader), when=when, fact=_fact("communication", said, "communication", when, row)
    )


def read_imaging_studies(reader: Reader) -> Listing[Event]:
    """Every study that was made, whether or not there is a report."""
    rows = [row for row in reader.rows(IMAGING_STUDIES, fhir.ImagingStudy) if row.resource.status not in NEVER_TAKEN]
    found = (_study(row, reader) for row in rows)
    gap = reader.chart.gap(IMAGING_STUDIES, Need.IMAGING_STUDIES)
    return Listing(tuple(event for event in found if event.concepts), gap)


def _study(row: Row[fhir.ImagingStudy], reader: Reader) -> Event:
    raw = row.resource
    series = fhir.decode_list(raw.series, fhir.Series) or ()
    modalities = [*(fhir.decode_list(raw.modality, fhir.Coding) or ()), *(each.modality for each in series)]
    codes = {each.code or "" for each in modalities if each}
    taken = {MODALITIES[code] for code in codes if code in MODALITIES}
    said = (*concepts_in(raw.procedure_code), *in_words(raw.description))
    places = [place for each in series for place in (each.body_site, each.laterality) if place]
    sites = tuple(fhir.CodeableConcept(coding=[place]) for place in places)
    when = reader.when(raw.started)
    return Event(
        concepts=_concepts(said, reader) | taken,
        when=when,
        site=site_of(reader.lookups, sites, said),
        fact=_fact("imaging study", said, "imaging study", when, row),
    )


def _concepts(said: Concepts, reader: Reader) -> frozenset[Concept]:
    return frozenset().union(*(concepts_of(each, reader.lookups) for each in said))


def _fact(name: str, said: Concepts, kind: str, when: When | None, row: Row[fhir.Head]) -> Fact:
    value = text_of(said[0]) if said else "not named"
    return Fact(name=name, value=value, kind=kind, when=when, resource=row.reference, origin=row.origin)

"""Implanted devices and immunizations (status filters: rule specification 0.1)."""

from __future__ import annotations

from cds_hooks.snapshot.from_fhir.chart import Row
from cds_hooks.snapshot.from_fhir.reader import Reader, text_of
from cds_hooks.snapshot.from_fhir.recognition import concepts_of
from cds_hooks.snapshot.from_fhir.sites import concepts_in, in_words
from cds_hooks.snapshot.model import Fact, Gap, GapKind, Listing
from cds_hooks.snapshot.problem import Event
from cds_hooks.snapshot.queries import DEVICES, IMMUNIZATIONS
from cds_hooks.snapshot.vocabulary import Need
from cds_hooks.wire import fhir

NOT_IN_USE = {"inactive", "entered-in-error"}
IN_USE = {"active", None}
NOT_GIVEN = {"not-done", "entered-in-error"}
FUTURE = "an immunization is dated in the future; it was not used"


def read_devices(reader: Reader) -> Listing[Event]:
    """Every device that a table knows and that is not out of use; one of unknown status is uncertain."""
    found = [_device(row, reader) for row in reader.rows(DEVICES, fhir.Device) if row.resource.status not in NOT_IN_USE]
    return Listing(tuple(event for event in found if event.concepts), reader.chart.gap(DEVICES, Need.DEVICES))


def _device(row: Row[fhir.Device], reader: Reader) -> Event:
    raw = row.resource
    names = fhir.decode_list(raw.device_name, fhir.DeviceName) or ()
    said = [each for each in (raw.type, *in_words(*(name.name for name in names)), *concepts_in(raw.safety)) if each]
    uncertain = raw.status not in IN_USE
    fact = Fact(
        name="device",
        value=text_of(said[0]) if said else "not named",
        kind="device of unknown status" if uncertain else "device",
        resource=row.reference,
        origin=row.origin,
    )
    concepts = frozenset().union(*(concepts_of(each, reader.lookups) for each in said))
    return Event(concepts=concepts, fact=fact, open=not uncertain, uncertain=uncertain)


def read_immunizations(reader: Reader) -> Listing[Event]:
    """Every vaccine of the tables that was given. One dated in the future is remarked, not used."""
    found: list[Event] = []
    remarks: list[Gap] = []
    for row in reader.rows(IMMUNIZATIONS, fhir.Immunization):
        raw = row.resource
        concepts = concepts_of(raw.vaccine_code, reader.lookups)
        if raw.status in NOT_GIVEN or not concepts:
            continue
        when = reader.when(raw.occurrence_date_time)
        if when and when.is_future(reader.as_of):
            remarks.append(Gap(Need.IMMUNIZATIONS, GapKind.UNUSABLE, FUTURE))
            continue
        fact = Fact(
            name="immunization",
            value=text_of(raw.vaccine_code),
            kind="immunization",
            when=when,
            resource=row.reference,
            origin=row.origin,
        )
        found.append(Event(concepts=concepts, when=when, fact=fact))
    gap = reader.chart.gap(IMMUNIZATIONS, Need.IMMUNIZATIONS)
    return Listing(tuple(found), gap, tuple(dict.fromkeys(remarks)))

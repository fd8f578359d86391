"""Orders of care and appointments: what they ask for by code and words, where, and for when (rule specification 0.1).

What is ordered stands in the code and its details. A note tells how, never what: "after kyphoplasty" orders none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from cds_hooks.snapshot.from_fhir.chart import Row
from cds_hooks.snapshot.from_fhir.dosage import duration_days
from cds_hooks.snapshot.from_fhir.reader import Reader, names_something, text_of
from cds_hooks.snapshot.from_fhir.recognition import concepts_of, texts_of
from cds_hooks.snapshot.from_fhir.sites import Concepts, concepts_in, in_words, site_of
from cds_hooks.snapshot.model import Fact, Gap, Indexed, Listing, Unread
from cds_hooks.snapshot.problem import Event
from cds_hooks.snapshot.queries import APPOINTMENTS, DEVICE_REQUESTS, SERVICES
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, Need
from cds_hooks.snapshot.when import When
from cds_hooks.wire import fhir
from mappings.text import fold, whole_text

KINDS: Mapping[str, type[fhir.ServiceRequest] | type[fhir.DeviceRequest] | type[fhir.NutritionOrder]] = {
    "ServiceRequest": fhir.ServiceRequest,
    "DeviceRequest": fhir.DeviceRequest,
    "NutritionOrder": fhir.NutritionOrder,
}
LISTS: Mapping[str, type[fhir.ServiceRequest] | type[fhir.DeviceRequest]] = {
    SERVICES: fhir.ServiceRequest,
    DEVICE_REQUESTS: fhir.DeviceRequest,
}
OPEN = {"active", "draft", "on-hold"}
NEVER_COUNTS = {"cancelled", "revoked", "entered-in-error"}
NOT_ORDERS = {"proposal", "option"}
PLANNED = {"proposed", "pending", "booked", "arrived", "checked-in"}
CareOrder = fhir.ServiceRequest | fhir.DeviceRequest | fhir.NutritionOrder
HOW = frozenset(
    {
        *(Concept.MRI_WITH_CONTRAST, Concept.MRI_WITHOUT_CONTRAST, Concept.DYNAMIC_CONTRAST_MRI),
        *(Concept.WEIGHT_BEARING_ALLOWED, Concept.WEIGHT_BEARING_RESTRICTED),
        Concept.LOW_ENERGY_SHOCK_WAVE,
    }
)
"""What a note may add to an order."""
SPECIALTIES = frozenset({Concept.SPECIALTY_ORTHOPEDICS, Concept.SPECIALTY_PAIN, Concept.SPECIALTY_RHEUMATOLOGY})
"""Of whom something is asked, or who saw the patient; a name of an order means neither ("rheumatology panel")."""

_DAYS = {"d": 1, "t": 1, "j": 1, "g": 1, "w": 7, "s": 7, "m": 30}  # by the first letter of the unit
_LENGTH = (
    r"(\d{1,3})(?:\s*(?:-|to|bis)\s*(\d{1,3}))?\s*-?"
    r"(days?|weeks?|wks?|months?|tag(?:en?)?|wochen?|monate?n?|jours?|semaines?|mois|dias?|semanas?|mes(?:es|i)?"
    r"|giorn[oi]|settiman[ae])\b"
)
_LASTS = re.compile(
    r"\b(?:for|x|fur|fuer|uber|pour|pendant|per|por|durante|(?:duration|dauer|duree|duracion|durata)(?: of)?:?)\s+"
    + _LENGTH
)
"""How long an order is to last, in a note, which may name other spans: "review in 2 weeks"."""
_BARE_LENGTH = re.compile(
    r"(?<![\w.,/-])" + _LENGTH + r"(?!\s+(?:ago|old|later|post\w*|after|follow|review|check|vor|nach)\b)"
)
_OTHER_SPAN = re.compile(
    r"\b(?:in|after|within|at|every|each|per|past|last|since|until|week|day|nach|vor|alle|seit|apres|dans|dopo|tras"
    r"|en)\s+$"
)


class Asked(NamedTuple):
    """What an order asks for (its code and details), its notes, and of whom."""

    what: tuple[fhir.CodeableConcept, ...]
    notes: tuple[str, ...] = ()
    performers: Concepts = ()

    @property
    def name(self) -> str:
        return text_of(self.what[0]) if self.what else "not named"

    @property
    def words(self) -> list[str]:
        return [*texts_of(self.what), *self.notes]


def asked_for(order: CareOrder) -> Asked:
    notes = tuple(note.text for note in fhir.decode_list(order.note, fhir.Annotation) or () if note.text)
    said = tuple(concept for concept in _what(order) if names_something(concept))
    return Asked(said, notes, concepts_in(order.performer_type))


def _what(order: CareOrder) -> Iterator[fhir.CodeableConcept]:
    """The main code first."""
    if isinstance(order, fhir.NutritionOrder):
        diet = fhir.decode(order.oral_diet, fhir.OralDiet) or fhir.OralDiet()
        yield from diet.type or ()
        for supplement in fhir.decode_list(order.supplement, fhir.Supplement) or ():
            yield from (each for each in (supplement.type,) if each)
            yield from in_words(supplement.product_name)
        return
    code = order.code if isinstance(order, fhir.ServiceRequest) else order.code_codeable_concept
    yield from (each for each in (code,) if each)
    if isinstance(order, fhir.ServiceRequest):
        yield from concepts_in(order.order_detail)
    else:
        yield from in_words(order.code_reference.display if order.code_reference else None)


def concepts_asked(asked: Asked, reader: Reader) -> frozenset[Concept]:
    found = [concepts_of(concept, reader.lookups) - SPECIALTIES for concept in asked.what]
    found += [concepts_of(note, reader.lookups) & HOW for note in in_words(*asked.notes)]
    found += [concepts_of(performer, reader.lookups) & SPECIALTIES for performer in asked.performers]
    return frozenset().union(*found)


def site_asked(order: CareOrder, asked: Asked, reader: Reader) -> Site:
    return site_of(reader.lookups, concepts_in(order.body_site), asked.what)


def planned_for(order: CareOrder, reader: Reader) -> When | None:
    """The day that it is meant to begin on."""
    period, bounds = _period(order), _repeat(order).bounds_period or fhir.Period()
    return reader.when(order.occurrence_date_time, period.start, bounds.start)


def _period(order: CareOrder) -> fhir.Period:
    return fhir.decode(order.occurrence_period, fhir.Period) or fhir.Period()


def _repeat(order: CareOrder) -> fhir.Repeat:
    return (fhir.decode(order.occurrence_timing, fhir.Timing) or fhir.Timing()).repeat or fhir.Repeat()


def planned_days(order: CareOrder, asked: Asked, reader: Reader) -> float | None:
    """How long it is to last: by its period, its timing, or in words."""
    repeat = _repeat(order)
    for period in (_period(order), repeat.bounds_period or fhir.Period()):
        if (days := _length(period, order, reader)) is not None:
            return days
    longest = repeat.bounds_duration or (repeat.bounds_range.high if repeat.bounds_range else None)
    stated = duration_days(longest)
    return stated if stated is not None else _in_words(asked, reader)


def _length(period: fhir.Period, order: CareOrder, reader: Reader) -> float | None:
    """A period without a start begins when it is ordered, else today."""
    end = reader.when(period.end)
    start = reader.when(period.start, order.authored_on)
    if end is None:
        return None
    days = (end.last - (start.first if start else reader.as_of)).days
    return days if days >= 0 else None


def _in_words(asked: Asked, reader: Reader) -> float | None:
    found = (_LASTS.search(fold(text)) for text in asked.words)
    match = next((each for each in found if each), None) or _bare_length(asked)
    return int(match[2] or match[1]) * _DAYS[match[3][0]] if match else None


def _bare_length(asked: Asked) -> re.Match[str] | None:
    """A length that stands alone in what is asked for: "short leg cast, 8 weeks"; not "cast check in 8 weeks"."""
    for text in map(fold, texts_of(asked.what)):
        for match in _BARE_LENGTH.finditer(text):
            if not _OTHER_SPAN.search(text[: match.start()]):
                return match
    return None


# -- the lists


def read_care(reader: Reader, keys: Iterable[str]) -> Listing[Event]:
    """Every order of care that counts, of the queries that were asked for."""
    wanted = LISTS.keys() & set(keys)
    rows = [row for key, kind in LISTS.items() if key in wanted for row in reader.rows(key, kind)]
    events = [event for row in rows if counts(row.resource) and (event := _unread(row, reader)).subjects]
    gaps = [gap for key in LISTS if key in wanted and (gap := reader.chart.gap(key, Need.CARE))]
    gap = Gap(Need.CARE, gaps[0].kind, "; ".join(each.text for each in gaps)) if gaps else None
    return Indexed(events, gap)


def counts(order: CareOrder) -> bool:
    """Neither withdrawn nor forbidden nor merely proposed."""
    return not order.do_not_perform and order.status not in NEVER_COUNTS and order.intent not in NOT_ORDERS


def _unread(row: Row[CareOrder], reader: Reader) -> Unread[Event]:
    asked = asked_for(row.resource)
    concepts = concepts_asked(asked, reader)
    return Unread(concepts, lambda: _event(row, asked, concepts, reader))


def _event(row: Row[CareOrder], asked: Asked, concepts: frozenset[Concept], reader: Reader) -> Event:
    order = row.resource
    planned = planned_for(order, reader)
    when = reader.when(order.authored_on) or planned
    is_open = order.status in OPEN
    fact = Fact(
        name="order",
        value=asked.name,
        kind="open order" if is_open else "order",
        when=when,
        resource=row.reference,
        origin=row.origin,
    )
    return Event(
        concepts=concepts,
        fact=fact,
        when=when,
        planned=planned,
        site=site_asked(order, asked, reader),
        open=is_open,
    )


def read_appointments(reader: Reader) -> Listing[Event]:
    """Every appointment that is planned, whatever for: it may be the review."""
    rows = reader.rows(APPOINTMENTS, fhir.Appointment)
    planned = [_appointment(row, reader) for row in rows if row.resource.status in PLANNED]
    return Listing(tuple(planned), reader.chart.gap(APPOINTMENTS, Need.APPOINTMENTS))


def _appointment(row: Row[fhir.Appointment], reader: Reader) -> Event:
    raw = row.resource
    said = [
        concept
        for element in (raw.service_type, raw.specialty, raw.service_category, raw.reason_code)
        for concept in concepts_in(element)
    ]
    said += in_words(raw.description)
    start = reader.when(raw.start)
    fact = Fact(
        name="appointment",
        value=text_of(said[0]) if said else "not named",
        kind="appointment",
        when=start,
        resource=row.reference,
        origin=row.origin,
    )
    return Event(
        concepts=frozenset().union(*(concepts_of(concept, reader.lookups) for concept in said)),
        fact=fact,
        when=start,
        planned=start,
        site=site_of(reader.lookups, said),
        open=start is None or not start.is_past(reader.as_of),
    )


def read_open_services(reader: Reader, keys: Iterable[str]) -> frozenset[tuple[str, str]]:
    """(system, code) of every ServiceRequest and DeviceRequest in force or among the drafts; its text under no system.

    A failed query leaves this empty: an order may then be proposed twice, which harms nobody.
    """
    wanted = set(keys)
    rows = [row.resource for key, kind in LISTS.items() if key in wanted for row in reader.rows(key, kind)]
    orders: list[CareOrder] = [order for order in rows if order.status in OPEN and not order.do_not_perform]
    orders += _drafted(reader)
    asked = [concept for order in orders for concept in asked_for(order).what[:1]]
    codings = [coding for concept in asked for coding in concept.coding or ()]
    coded = {(coding.system, coding.code) for coding in codings if coding.system and coding.code}
    return frozenset(coded | {("", whole_text(concept.text)) for concept in asked if concept.text})


def _drafted(reader: Reader) -> Iterator[CareOrder]:
    for entry in reader.chart.draft_entries:
        head = fhir.decode(entry.resource, fhir.Head)
        kind = KINDS.get(head.resource_type) if head else None
        if kind and (draft := fhir.decode(entry.resource, kind)):
            yield draft

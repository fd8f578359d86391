"""The data of one call by query key: what the client sent and what was fetched, as rows of this patient.

A failed query keeps the rows that arrived and says why they are not all. A row of another patient is dropped and
counted; where only such rows came, the query has failed. A row that is malformed is counted and read no further.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar

from msgspec import Raw

from cds_hooks.snapshot.model import Gap, GapKind
from cds_hooks.snapshot.queries import CONDITIONS, Source
from cds_hooks.wire import fhir
from cds_hooks.wire.delivery import NOT_ASKED, Delivery, Origin, Query, State
from cds_hooks.wire.request import BundleEntry, Request

T = TypeVar("T", bound=fhir.Head, covariant=True)
OUTCOME = "OperationOutcome"
GARBLED = "what came is not what the query asks for"
CUT_OFF = "the EHR says that it holds more than came"
REFUSED = "the EHR answered with an error"
FOREIGN = "what came belongs to another patient"


class Row(NamedTuple, Generic[T]):
    """One resource and where it came from."""

    resource: T
    origin: Origin

    @property
    def reference(self) -> str:
        return f"{self.resource.resource_type}/{self.resource.id}"


@dataclass(slots=True)
class Rows:
    """What one query gave. `reason` says in plain words why it is not everything; empty means complete."""

    state: State = State.DATA
    reason: str = ""
    rows: list[Row[Any]] = field(default_factory=list)
    foreign: int = 0
    unreadable: int = 0
    entries: int = 0
    total: int = 0  # the largest that any page claims

    def fail(self, reason: str) -> None:
        self.state, self.reason = State.FAILED, reason


@dataclass(frozen=True, slots=True)
class Page:
    """One page of an answer, its rows decoded as far as they can be."""

    following: str | None = None
    rows: tuple[fhir.Head, ...] = ()
    others: tuple[tuple[fhir.Head, Raw], ...] = ()  # included resources and outcomes
    unreadable: int = 0
    total: int = 0
    refused: bool = False  # an OperationOutcome in place of the rows


@dataclass(slots=True)
class Chart:
    """Reads each query once, when it is first needed. `included` holds referenced resources that came along."""

    request: Request
    have: Mapping[str, Delivery]
    sources: Mapping[str, Source]
    read: dict[str, Rows] = field(default_factory=dict)
    included: dict[str, Raw] = field(default_factory=dict)
    _sent: dict[str, Page | None] = field(default_factory=dict)
    _beside: dict[str, Raw] | None = None

    @property
    def draft_entries(self) -> list[BundleEntry]:
        """The orders to judge: the basket of the call, or those that are dispatched, as far as they could be read."""
        dispatched = [self._dispatched(self.resource(reference)) for reference in self.request.context.dispatched]
        return [*self.request.draft_entries, *dispatched]

    def _dispatched(self, raw: Raw | None) -> BundleEntry:
        """An entry without a resource, which says nothing, where it could not be read or is another patient's."""
        head = fhir.decode(raw, fhir.Head) if raw else None
        return BundleEntry(raw) if raw and head and not is_foreign(head, self.request.patient_id) else BundleEntry()

    def unread_orders(self) -> Iterator[Query]:
        """The reads of dispatched orders that did not come along."""
        for reference in self.request.context.dispatched:
            if reference not in self.have and self.resource(reference) is None:
                yield Query(reference, reference)

    def unasked(self, keys: tuple[str, ...]) -> Iterator[Query]:
        """What must still be asked for: keys that nobody ran, and pages that the client did not send."""
        sent = self.request.prefetch
        for key in keys:
            if key in self.have:
                continue
            page = self._sent_page(key) if key in sent else None
            following = page.following if page else None
            if following or key not in sent:
                yield Query(key, self.sources[key].path(self.request.patient_id), resume=following)

    def rows(self, key: str) -> Rows:
        if key not in self.read:
            self.read[key] = self._read(key)
        return self.read[key]

    def gap(self, key: str, fact: str, unreadable: int = 0) -> Gap | None:
        """The gap that this query leaves in a fact: it failed, was cut off, or held rows that could not be read.

        `unreadable` counts rows that were decoded and still say nothing.
        """
        found = self.rows(key)
        title = self.sources[key].title
        if found.reason:
            return Gap(fact, GapKind.OUT_OF_REACH, f"{title}: {found.reason}")
        if found.unreadable + unreadable:
            return Gap(fact, GapKind.OUT_OF_REACH, f"{title}: {found.unreadable + unreadable} could not be read")
        return None

    def resource(self, reference: str) -> Raw | None:
        """A resource that something refers to: fetched by itself, or sent along with the rows."""
        fetched = self.have.get(reference)
        if fetched and fetched.state is State.DATA:
            return Raw(fetched.pages[0])
        return self.included.get(reference) or self._came_along().get(reference)

    def recorded(self, key: str, reference: str) -> Raw | None:
        """A row of a query as it came, from the client or from its FHIR server."""
        sent, fetched = self.request.prefetch.get(key, fhir.NOTHING), self.have.get(key, NOT_ASKED).pages
        own = (found for page in (sent, *map(Raw, fetched)) for found in self._own(page))
        return next((raw for name, raw in own if name == reference), None)

    def _came_along(self) -> Mapping[str, Raw]:
        """Resources that the client sent beside what was asked for: in the basket, or under any prefetch key."""
        if self._beside is None:
            sent = (*(entry.resource for entry in self.request.draft_entries), *self.request.prefetch.values())
            self._beside = dict(own for raw in sent for own in self._own(raw))
        return self._beside

    def _own(self, raw: Raw) -> Iterator[tuple[str, Raw]]:
        """This resource and those of its Bundle, by reference, as far as they are not another patient's."""
        page = fhir.decode(raw, fhir.RawPage)
        for each in (raw, *(entry.resource for entry in page.entry or ())) if page else (raw,):
            head = fhir.decode(each, fhir.Head)
            if head is not None and not is_foreign(head, self.request.patient_id):
                yield f"{head.resource_type}/{head.id}", each

    def _sent_page(self, key: str) -> Page | None:
        """The prefetch value as a page; None when it is not what the query asks for."""
        if key not in self._sent:
            raw = self.request.prefetch[key]
            self._sent[key] = Page() if bytes(raw) == b"null" else read_page(raw, self.sources[key].row_type)
        return self._sent[key]

    def _read(self, key: str) -> Rows:
        found = Rows()
        relied_on = key not in self.request.prefetch
        entered = self.request.context.new_conditions if key == CONDITIONS else None
        if entered:
            self._add(found, read_page(entered, self.sources[key].row_type), Origin.CONTEXT)
        if not relied_on:
            sent = self._sent_page(key)
            self._add(found, sent, Origin.PREFETCH)
            relied_on = bool(sent and sent.following)
        fetched = self.have.get(key, NOT_ASKED)
        for raw in fetched.pages:
            self._add(found, read_page(Raw(raw), self.sources[key].row_type), Origin.FHIR_SERVER)
        if entered:
            _drop_old_copies(found)
        if relied_on and fetched.state not in (State.DATA, State.EMPTY):
            found.fail(fetched.reason)
        if found.foreign and not found.rows:
            found.fail(FOREIGN)
        if not found.reason and found.total > found.entries:
            found.fail(CUT_OFF)
        if not found.reason and not found.rows:
            found.state = State.EMPTY
        return found

    def _add(self, found: Rows, page: Page | None, origin: Origin) -> None:
        if page is None:
            found.fail(GARBLED)
            return
        if page.refused:
            found.fail(REFUSED)
        patient_id = self.request.patient_id
        own = [row for row in page.rows if not is_foreign(row, patient_id)]
        found.foreign += len(page.rows) - len(own)
        found.rows += [Row(row, origin) for row in own]
        found.unreadable += page.unreadable
        found.entries += len(page.rows) + len(page.others) + page.unreadable
        found.total = max(found.total, page.total)
        for head, raw in page.others:
            if head.resource_type != OUTCOME:
                self.included[f"{head.resource_type}/{head.id}"] = raw
            elif _is_error(raw):
                found.fail(REFUSED)


def _drop_old_copies(found: Rows) -> None:
    """What was just entered may be in the chart already: it counts once, as it was entered."""
    entered = {row.reference for row in found.rows if row.origin is Origin.CONTEXT and row.resource.id}
    found.rows = [row for row in found.rows if row.origin is Origin.CONTEXT or row.reference not in entered]


def read_page(raw: Raw, row_type: str) -> Page | None:
    """A Bundle or a single resource, its rows decoded; None when it is neither.

    All rows at once where they are as they should be; one by one where one of them is not.
    """
    whole = fhir.decode_page(raw, row_type)
    if whole is not None and whole.resource_type == "Bundle":
        rows = [entry.resource for entry in whole.entry or ()]
        fitting = tuple(row for row in rows if row is not None and row.resource_type == row_type)
        if len(fitting) == len(rows):
            return Page(whole.following, fitting, total=whole.total or 0)
    return _one_by_one(raw, row_type, fhir.ROWS[row_type])


def _one_by_one(raw: Raw, row_type: str, kind: type[fhir.Head]) -> Page | None:
    page = fhir.decode(raw, fhir.RawPage)
    if page is None or page.resource_type not in ("Bundle", row_type, OUTCOME):
        return None
    if page.resource_type == OUTCOME:  # whatever its severity: it tells of a query, and brings no rows
        return Page(refused=True)
    entries = [entry.resource for entry in page.entry or ()] if page.resource_type == "Bundle" else [raw]
    rows: list[fhir.Head] = []
    others: list[tuple[fhir.Head, Raw]] = []
    for entry in entries:
        head = fhir.decode(entry, fhir.Head)
        if head is not None and head.resource_type not in ("", row_type):
            others.append((head, entry))
        elif (row := fhir.decode(entry, kind)) is not None:
            rows.append(row)
    unreadable = len(entries) - len(rows) - len(others)
    return Page(page.following, tuple(rows), tuple(others), unreadable, page.total or 0)


def is_foreign(head: fhir.Head, patient_id: str) -> bool:
    """Is this surely another patient's? A resource that names nobody is taken as the patient's own."""
    if head.resource_type == "Patient":
        return head.id is not None and head.id != patient_id
    if isinstance(head, fhir.Appointment):
        return _of_others(head, patient_id)
    owner = head.subject or head.patient
    if owner is None or owner.reference == f"Patient/{patient_id}":
        return False
    named = fhir.reference_id(owner.reference, "Patient")
    return named is not None and named != patient_id


def _of_others(appointment: fhir.Appointment, patient_id: str) -> bool:
    """Do patients take part in it, and this one does not?"""
    participants = fhir.decode_list(appointment.participant, fhir.Participant) or ()
    actors = {fhir.reference_id(each.actor.reference, "Patient") for each in participants if each.actor} - {None}
    return bool(actors) and patient_id not in actors


def _is_error(raw: Raw) -> bool:
    """Of an OperationOutcome beside rows: one that only warns or informs may come with good ones."""
    outcome = fhir.decode(raw, fhir.OperationOutcome)
    return outcome is None or any(issue.severity in ("error", "fatal", None) for issue in outcome.issue or ())

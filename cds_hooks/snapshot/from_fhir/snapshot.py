"""One call becomes one snapshot: only what the concerned rules need is read, the rest stays empty."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from msgspec import Raw

from cds_hooks.snapshot.from_fhir.allergies import read_allergies
from cds_hooks.snapshot.from_fhir.care import read_appointments, read_care, read_open_services
from cds_hooks.snapshot.from_fhir.chart import Chart, is_foreign, read_page
from cds_hooks.snapshot.from_fhir.conditions import (
    Conditions,
    read_conditions,
    read_planned_procedures,
    read_procedures,
)
from cds_hooks.snapshot.from_fhir.demographics import read_demographics
from cds_hooks.snapshot.from_fhir.devices import read_devices, read_immunizations
from cds_hooks.snapshot.from_fhir.drafts import read_drafts, unresolved_drafts
from cds_hooks.snapshot.from_fhir.encounters import read_communications, read_encounters, read_imaging_studies
from cds_hooks.snapshot.from_fhir.imaging import (
    read_densitometry,
    read_mri_reports,
    read_radiographs,
    unresolved_imaging_results,
)
from cds_hooks.snapshot.from_fhir.imaging_measures import read_imaging_measures
from cds_hooks.snapshot.from_fhir.medications import (
    administration_gap,
    read_administrations,
    read_medications,
    unresolved_administrations,
    unresolved_medications,
)
from cds_hooks.snapshot.from_fhir.reader import Lookups, Reader
from cds_hooks.snapshot.from_fhir.recognition import concepts_of
from cds_hooks.snapshot.from_fhir.results import (
    read_bone_labs,
    read_immunology,
    read_labs,
    read_pregnancy_results,
    read_scores,
    read_screening_labs,
    read_vitals,
)
from cds_hooks.snapshot.later import Later
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import NOT_READ, Deferred, Listing
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Policy
from cds_hooks.snapshot.queries import (
    ADMINISTRATIONS,
    ALLERGIES,
    APPOINTMENTS,
    BONE_LABS,
    COMMUNICATIONS,
    CONDITIONS,
    DEVICE_REQUESTS,
    DEVICES,
    ENCOUNTERS,
    IMAGING_MEASURES,
    IMAGING_REPORTS,
    IMAGING_STUDIES,
    IMMUNIZATIONS,
    IMMUNOLOGY,
    LABS,
    MEDICATIONS,
    PATIENT,
    PREGNANCY,
    PROCEDURES,
    SCORES,
    SCREENING_LABS,
    SERVICES,
    VITALS,
    Source,
)
from cds_hooks.snapshot.report_text import ReportReader
from cds_hooks.snapshot.vocabulary import Concept
from cds_hooks.wire import fhir
from cds_hooks.wire.delivery import Delivery, Query, State
from cds_hooks.wire.request import Request
from mappings.knowledge import Knowledge

READERS: Mapping[str, tuple[str, Callable[[Reader], Listing[Any]]]] = {
    PREGNANCY: ("pregnancy_results", read_pregnancy_results),
    LABS: ("labs", read_labs),
    BONE_LABS: ("bone_labs", read_bone_labs),
    SCREENING_LABS: ("screening_labs", read_screening_labs),
    VITALS: ("vitals", read_vitals),
    PROCEDURES: ("procedures", read_procedures),
    ALLERGIES: ("allergies", read_allergies),
    DEVICES: ("devices", read_devices),
    IMMUNIZATIONS: ("immunizations", read_immunizations),
    APPOINTMENTS: ("appointments", read_appointments),
    COMMUNICATIONS: ("communications", read_communications),
    SCORES: ("scores", read_scores),
    IMMUNOLOGY: ("immunology", read_immunology),
    IMAGING_STUDIES: ("imaging_studies", read_imaging_studies),
}
"""The listing that one query fills, and how; it is read when a rule first looks at it."""
CARE = frozenset({SERVICES, DEVICE_REQUESTS})


def foreign_resource(request: Request) -> str | None:
    """Where the request carries another patient's draft or Patient: patients are mixed up, nothing may be judged."""
    for number, entry in enumerate(request.draft_entries):
        head = fhir.decode(entry.resource, fhir.Head)
        if head and is_foreign(head, request.patient_id):
            return f"context.draftOrders.entry[{number}]"
    if (entered := request.context.new_conditions) and (page := fhir.decode(entered, fhir.RawPage)):
        for number, condition in enumerate(page.entry or ()):
            head = fhir.decode(condition.resource, fhir.Head)
            if head and is_foreign(head, request.patient_id):
                return f"context.conditions.entry[{number}]"
    for key, raw in request.prefetch.items():
        head = fhir.decode(raw, fhir.Head) if key == PATIENT else None
        if head and is_foreign(head, request.patient_id):
            return f"prefetch.{key}"
    return None


class Reading:
    """The reading of one call: grows with what is delivered, reads each thing once.

    `chart` keeps what the record of the decision says about the data.
    """

    def __init__(
        self,
        request: Request,
        sources: Mapping[str, Source],
        knowledge: Knowledge,
        reports: ReportReader,
        as_of: datetime,
    ) -> None:
        self.chart = Chart(request, {}, sources)
        self._reports = reports
        self._reader = Reader(self.chart, Lookups(knowledge, reports), as_of)
        self._drafts: tuple[Order, ...] | None = None

    def deliver(self, have: Mapping[str, Delivery]) -> None:
        """Take in everything that was delivered so far. A key, once delivered, does not change."""
        if len(have) > len(self.chart.have):
            self.chart.have = have
            self._drafts = None

    def drafts(self) -> tuple[Order, ...]:
        """The drafts before anything else is known: enough to see which rules they concern."""
        if self._drafts is None:
            self._drafts = read_drafts(self._reader)
        return self._drafts

    def enters(self, concepts: frozenset[Concept]) -> bool:
        """Is a problem that was just entered about one of these? One that cannot be read may be."""
        page = read_page(self.chart.request.context.new_conditions or fhir.NOTHING, "Condition")
        if page is None or page.unreadable:
            return True
        entered = (row.code for row in page.rows if isinstance(row, fhir.Condition))
        return any(concepts_of(code, self._reader.lookups) & concepts for code in entered)

    def unread_drafts(self) -> tuple[Query, ...]:
        """The reads that would tell which medicines the drafts give."""
        return (*self.chart.unread_orders(), *unresolved_drafts(self._reader, self.drafts()))

    def any_data(self, keys: Iterable[str]) -> bool:
        """Did at least one of these queries run, whatever it found?"""
        return any(self.chart.rows(key).state is not State.FAILED for key in keys)

    def condition(self, reference: str) -> Raw | None:
        """A Condition of the chart (`Condition/id`) as it came."""
        return self.chart.recorded(CONDITIONS, reference)

    def unasked(self, keys: tuple[str, ...]) -> tuple[Query, ...]:
        """What must still be asked for; once all keys are there, what the rows refer to: medications and the results
        of imaging."""
        if queries := tuple(self.chart.unasked(keys)):
            return queries
        return tuple(dict.fromkeys(self._referred(keys)))

    def _referred(self, keys: tuple[str, ...]) -> Iterator[Query]:
        if MEDICATIONS in keys:
            yield from unresolved_medications(self._reader)
        if MEDICATIONS in keys and ADMINISTRATIONS in keys:
            yield from unresolved_administrations(self._reader)
        if IMAGING_REPORTS in keys:
            yield from unresolved_imaging_results(self._reader, self._reports)

    def patient(self, keys: Iterable[str], policy: Policy) -> Patient:
        """The snapshot, with the listings that these queries hold."""
        wanted, reader = set(keys), self._reader
        parts: dict[str, object] = {
            name: Deferred(partial(read, reader)) for key, (name, read) in READERS.items() if key in wanted
        }
        # By a reader of its own: one that its own rows refer to would be freed by the collector alone.
        own = replace(reader)
        conditions = read_conditions(own) if CONDITIONS in wanted else Conditions(NOT_READ, Listing(), NOT_READ)
        reader.problems = conditions.either
        drafts = self.drafts()
        if MEDICATIONS in wanted:
            given = read_administrations(reader) if ADMINISTRATIONS in wanted else ()
            parts["medications"] = read_medications(reader, given, drafts)
        if PATIENT in wanted:
            parts["demographics"] = read_demographics(reader)
        if ADMINISTRATIONS in wanted:
            parts["administrations_gap"] = administration_gap(reader)
        if IMAGING_REPORTS in wanted:
            parts["mri_reports"] = Deferred(partial(read_mri_reports, reader, self._reports))
            parts["radiographs"] = Deferred(partial(read_radiographs, reader, self._reports))
            parts["densitometry"] = Deferred(partial(read_densitometry, reader))
        if IMAGING_MEASURES in wanted:
            parts["imaging_measures"] = Deferred(partial(read_imaging_measures, reader, self._reports))
        if ENCOUNTERS in wanted:
            parts["encounters"] = Deferred(partial(read_encounters, reader))
        if PROCEDURES in wanted:
            parts["planned_procedures"] = Deferred(partial(read_planned_procedures, reader))
        if wanted & CARE:
            parts["care"] = Deferred(partial(read_care, reader, wanted))
            parts["open_services"] = Later(partial(read_open_services, reader, wanted))
        for key in wanted:
            self.chart.rows(key)  # the record says of each query in which state it came, looked at or not
        return Patient(
            as_of=reader.as_of,
            policy=policy,
            drafts=drafts,
            problems=conditions.problems,
            differentials=conditions.differentials.items,
            **parts,  # type: ignore[arg-type]
        )

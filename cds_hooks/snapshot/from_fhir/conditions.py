"""Conditions and procedures as problems and events (status filters: rule specification 0.1)."""

from __future__ import annotations

from cds_hooks.snapshot.from_fhir.chart import Row
from cds_hooks.snapshot.from_fhir.reader import Reader, code_of, text_of
from cds_hooks.snapshot.from_fhir.recognition import concepts_of, gestation_of
from cds_hooks.snapshot.model import Fact, Listing
from cds_hooks.snapshot.problem import Event, Problem
from cds_hooks.snapshot.queries import CONDITIONS, PROCEDURES
from cds_hooks.snapshot.vocabulary import Need
from cds_hooks.snapshot.when import When
from cds_hooks.wire import fhir

NEVER_COUNTS = {"refuted", "entered-in-error", "differential"}  # a differential diagnosis says neither yes nor no
NOT_CURRENT = {"inactive", "remission", "resolved"}  # absent or unreadable counts as active (0.1)
NOT_DONE = {"not-done", "entered-in-error", "preparation", "on-hold", "stopped"}


def read_problems(reader: Reader) -> Listing[Problem]:
    """Every Condition that counts, whatever its concepts: an order's reason may refer to any of them."""
    rows = reader.rows(CONDITIONS, fhir.Condition)
    kept = [row for row in rows if code_of(row.resource.verification_status) not in NEVER_COUNTS]
    return Listing(tuple(_problem(row, reader) for row in kept), reader.chart.gap(CONDITIONS, Need.PROBLEMS))


def _problem(row: Row[fhir.Condition], reader: Reader) -> Problem:
    raw = row.resource
    onset = raw.onset_period or fhir.Period()
    recorded = reader.when(raw.recorded_date, raw.onset_date_time, onset.start)
    abatement = raw.abatement_period or fhir.Period()
    abated = reader.when(raw.abatement_date_time, abatement.end)
    over = bool(abated and abated.first <= reader.as_of) or bool(raw.abatement_string or raw.abatement_boolean)
    return Problem(
        id=raw.id or "",
        concepts=concepts_of(raw.code, reader.lookups),
        current=code_of(raw.clinical_status) not in NOT_CURRENT and not over,
        onset=reader.when(raw.onset_date_time, onset.start),
        recorded=recorded,
        ended=abated if over and abated else recorded,
        gestation=gestation_of(raw.code, reader.lookups),
        fact=_fact("problem", raw.code, "problem list", recorded, row),
    )


def read_procedures(reader: Reader) -> Listing[Event]:
    """Every Procedure that was done and that a table knows."""
    events = []
    for row in reader.rows(PROCEDURES, fhir.Procedure):
        raw = row.resource
        concepts = concepts_of(raw.code, reader.lookups)
        if concepts and raw.status not in NOT_DONE:
            period = raw.performed_period or fhir.Period()
            when = reader.when(raw.performed_date_time, period.end, period.start)
            events.append(
                Event(concepts=concepts, when=when, fact=_fact("procedure", raw.code, "procedure", when, row))
            )
    return Listing(tuple(events), reader.chart.gap(PROCEDURES, Need.CHILDBEARING))


def _fact(name: str, code: fhir.CodeableConcept | None, kind: str, when: When | None, row: Row[fhir.Head]) -> Fact:
    return Fact(name=name, value=text_of(code), kind=kind, when=when, resource=row.reference, origin=row.origin)

"""Conditions and procedures as problems and events (status filters: rule specification 0.1)."""

from __future__ import annotations

from cds_hooks.snapshot.from_fhir.chart import Row
from cds_hooks.snapshot.from_fhir.given_by_order import medicine_ordered
from cds_hooks.snapshot.from_fhir.reader import Reader, code_of, text_of
from cds_hooks.snapshot.from_fhir.recognition import concepts_of, gestation_of, texts_of
from cds_hooks.snapshot.from_fhir.sites import concepts_in, in_words, levels_of, site_of
from cds_hooks.snapshot.medication import Medicine
from cds_hooks.snapshot.model import Fact, Listing
from cds_hooks.snapshot.problem import Event, Problem
from cds_hooks.snapshot.queries import CONDITIONS, PROCEDURES
from cds_hooks.snapshot.site import ANYWHERE
from cds_hooks.snapshot.vocabulary import Concept, Need, Route
from cds_hooks.snapshot.when import When
from cds_hooks.wire import fhir

NEVER_COUNTS = {"refuted", "entered-in-error"}
DIFFERENTIAL = "differential"  # says neither yes nor no
PROVISIONAL = {"provisional", "unconfirmed", DIFFERENTIAL}
NOT_CURRENT = {"inactive", "remission", "resolved"}  # absent or unreadable counts as active (0.1)
AUGMENTATION = frozenset({Concept.VERTEBRAL_AUGMENTATION, Concept.KYPHOPLASTY, Concept.VERTEBROPLASTY})
NOT_DONE = {"not-done", "entered-in-error", "preparation", "on-hold", "stopped"}


def read_problems(reader: Reader) -> Listing[Problem]:
    """Every Condition that is not refuted, whatever its concepts: an order's reason may refer to any of them."""
    rows = reader.rows(CONDITIONS, fhir.Condition)
    kept = [row for row in rows if code_of(row.resource.verification_status) not in NEVER_COUNTS]
    return Listing(tuple(_problem(row, reader) for row in kept), reader.chart.gap(CONDITIONS, Need.PROBLEMS))


def _problem(row: Row[fhir.Condition], reader: Reader) -> Problem:
    raw = row.resource
    verification = code_of(raw.verification_status)
    concepts = _concepts(raw, reader)
    onset = raw.onset_period or fhir.Period()
    recorded = reader.when(raw.recorded_date, raw.onset_date_time, onset.start)
    abatement = raw.abatement_period or fhir.Period()
    abated = reader.when(raw.abatement_date_time, abatement.end)
    places = (concepts_in(raw.body_site), _code(raw))
    over = bool(abated and abated.first <= reader.as_of) or bool(raw.abatement_string or raw.abatement_boolean)
    return Problem(
        id=raw.id or "",
        concepts=concepts,
        site=site_of(reader.lookups, *places) if concepts else ANYWHERE,
        levels=levels_of(reader.lookups, *places) if Concept.VERTEBRAL_FRACTURE in concepts else frozenset(),
        provisional=verification in PROVISIONAL,
        differential=verification == DIFFERENTIAL,
        current=code_of(raw.clinical_status) not in NOT_CURRENT and not over,
        onset=reader.when(raw.onset_date_time, onset.start),
        recorded=recorded,
        ended=abated if over and abated else recorded,
        gestation=gestation_of(raw.code, reader.lookups),
        fact=_fact("problem", raw.code, "problem list", recorded, row),
    )


def _code(raw: fhir.Condition | fhir.Procedure) -> tuple[fhir.CodeableConcept, ...]:
    return (raw.code,) if raw.code else ()


def _concepts(raw: fhir.Condition, reader: Reader) -> frozenset[Concept]:
    """What its code says, what the code says together with a severity, and its stage: a class of heart failure."""
    said = [concepts_of(raw.code, reader.lookups)]
    for severity in concepts_in(raw.severity):
        graded = [f"{grade} {text}" for grade in texts_of((severity,)) for text in texts_of(_code(raw))]
        said += [concepts_of(each, reader.lookups) for each in in_words(*graded)]
    stages = fhir.decode_list(raw.stage, fhir.Stage) or ()
    said += [concepts_of(stage.summary, reader.lookups) for stage in stages]
    return frozenset().union(*said)


def read_procedures(reader: Reader) -> Listing[Event]:
    """Every Procedure that was done and that a table knows, or that gives a drug of the tables."""
    rows = reader.rows(PROCEDURES, fhir.Procedure)
    events = [_procedure(row, reader) for row in rows if row.resource.status not in NOT_DONE]
    known = tuple(event for event in events if event.concepts or event.drugs)
    return Listing(known, reader.chart.gap(PROCEDURES, Need.CHILDBEARING))


def _procedure(row: Row[fhir.Procedure], reader: Reader) -> Event:
    raw = row.resource
    concepts = concepts_of(raw.code, reader.lookups)
    medicine = medicine_ordered(_code(raw), concepts, reader.lookups) or Medicine("")
    if medicine.route is Route.LOCAL:
        concepts |= {Concept.JOINT_INJECTION}
    places = (concepts_in(raw.body_site), _code(raw))
    period = raw.performed_period or fhir.Period()
    when = reader.when(raw.performed_date_time, period.end, period.start)
    return Event(
        concepts=concepts,
        drugs=medicine.drugs,
        when=when,
        site=site_of(reader.lookups, *places),
        levels=levels_of(reader.lookups, *places) if concepts & AUGMENTATION else frozenset(),
        fact=_fact("procedure", raw.code, "procedure", when, row),
    )


def _fact(name: str, code: fhir.CodeableConcept | None, kind: str, when: When | None, row: Row[fhir.Head]) -> Fact:
    return Fact(name=name, value=text_of(code), kind=kind, when=when, resource=row.reference, origin=row.origin)

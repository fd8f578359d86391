"""Conditions and procedures as problems and events (status filters: rule specification 0.1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from cds_hooks.snapshot.course import CARE
from cds_hooks.snapshot.from_fhir.chart import Row
from cds_hooks.snapshot.from_fhir.given_by_order import medicine_ordered
from cds_hooks.snapshot.from_fhir.reader import Reader, code_of, text_of
from cds_hooks.snapshot.from_fhir.recognition import concepts_of, gestation_of, texts_of
from cds_hooks.snapshot.from_fhir.sites import concepts_in, in_words, levels_of, site_of
from cds_hooks.snapshot.medication import Drug
from cds_hooks.snapshot.model import Fact, Indexed, Listing, Unread
from cds_hooks.snapshot.problem import Event, Problem
from cds_hooks.snapshot.queries import CONDITIONS, PROCEDURES
from cds_hooks.snapshot.site import ANYWHERE
from cds_hooks.snapshot.vocabulary import Concept, Need, Route
from cds_hooks.snapshot.when import When
from cds_hooks.wire import fhir
from mappings.text import fold

NEVER_COUNTS = {"refuted", "entered-in-error"}
DIFFERENTIAL = "differential"  # says neither yes nor no
PROVISIONAL = {"provisional", "unconfirmed", DIFFERENTIAL}
NOT_CURRENT = {"inactive", "remission", "resolved"}  # absent or unreadable counts as active (0.1)
AUGMENTATION = frozenset({Concept.VERTEBRAL_AUGMENTATION, Concept.KYPHOPLASTY, Concept.VERTEBROPLASTY})
NOT_DONE = {"not-done", "entered-in-error", "preparation"}
UNFINISHED = {"on-hold", "stopped"}
PLANNED = "preparation"
# Words, and the codes of http://hl7.org/fhir/ValueSet/condition-severity.
SEVERE = {"severe", "severa", "schwer", "grave", "24484000"}
MILD = {"mild", "leicht", "lieve", "255604002"}
GRADED = {
    Concept.ISCHEMIC_HEART_DISEASE: Concept.SEVERE_ISCHEMIC_HEART_DISEASE,
    Concept.ATRIAL_FIBRILLATION: Concept.SEVERE_ARRHYTHMIA,
    Concept.AORTIC_STENOSIS: Concept.SEVERE_AORTIC_STENOSIS,
    Concept.VALVE_DISEASE: Concept.SEVERE_VALVE_DISEASE,
}
"""What a disease is when its severity is coded as severe."""
VALVES = frozenset({Concept.VALVE_DISEASE, Concept.AORTIC_STENOSIS})


class Conditions(NamedTuple):
    """The Conditions that are not refuted: those that count, and those that are only considered. An order's reason may
    refer to any of them (`either`)."""

    problems: Listing[Problem]
    differentials: Listing[Problem]
    either: Listing[Problem]


def read_conditions(reader: Reader) -> Conditions:
    """Every Condition that is not refuted, whatever its concepts."""
    problems: list[Unread[Problem]] = []
    differentials: list[Unread[Problem]] = []
    for row in reader.rows(CONDITIONS, fhir.Condition):
        verification = code_of(row.resource.verification_status)
        if verification not in NEVER_COUNTS:
            (differentials if verification == DIFFERENTIAL else problems).append(_unread(row, reader))
    gap = reader.chart.gap(CONDITIONS, Need.PROBLEMS)
    return Conditions(*(Indexed(rows, gap) for rows in (problems, differentials, [*problems, *differentials])))


def _unread(row: Row[fhir.Condition], reader: Reader) -> Unread[Problem]:
    concepts = _concepts(row.resource, reader)
    return Unread(concepts, partial(_problem, row, concepts, reader))


def _problem(row: Row[fhir.Condition], concepts: frozenset[Concept], reader: Reader) -> Problem:
    raw = row.resource
    verification = code_of(raw.verification_status)
    onset = raw.onset_period or fhir.Period()
    began = reader.when(raw.onset_date_time, onset.start)
    recorded = reader.when(raw.recorded_date) or began
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
        onset=None if began and began.is_future(reader.as_of) else began,
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
    return _graded(raw, frozenset().union(*said))


def _graded(raw: fhir.Condition, concepts: frozenset[Concept]) -> frozenset[Concept]:
    """With what its coded severity makes of it."""
    grades = {fold(grade) for severity in concepts_in(raw.severity) for grade in _grades(severity)}
    if grades & SEVERE:
        return concepts | {GRADED[each] for each in concepts & GRADED.keys()}
    return concepts | {Concept.MILD_VALVE_DISEASE} if grades & MILD and concepts & VALVES else concepts


def _grades(severity: fhir.CodeableConcept) -> Iterator[str]:
    yield from texts_of((severity,))
    yield from (coding.code for coding in severity.coding or () if coding.code)


def read_procedures(reader: Reader) -> Listing[Event]:
    """Every Procedure that was done and that a table knows, or that gives a drug of the tables.

    Of what was not finished conservative care alone counts, because it began (rule specification 0.8).
    """
    rows = reader.rows(PROCEDURES, fhir.Procedure)
    done = (_procedure(row, reader) for row in rows if row.resource.status not in NOT_DONE)
    return Indexed([each for each in done if each], reader.chart.gap(PROCEDURES, Need.CHILDBEARING))


def read_planned_procedures(reader: Reader) -> Listing[Event]:
    """Every Procedure that is being prepared; whether they are all is told by the procedures that were done."""
    rows = (row for row in reader.rows(PROCEDURES, fhir.Procedure) if row.resource.status == PLANNED)
    return Listing(tuple(_planned(row, reader) for row in rows))


def _planned(row: Row[fhir.Procedure], reader: Reader) -> Event:
    event = _event(row, concepts_of(row.resource.code, reader.lookups), (), reader)
    return replace(event, open=True, planned=event.when, fact=replace(event.fact, name="planned procedure"))


def _procedure(row: Row[fhir.Procedure], reader: Reader) -> Unread[Event] | None:
    code = row.resource.code
    concepts = concepts_of(code, reader.lookups)
    if row.resource.status in UNFINISHED:
        concepts &= CARE
        return Unread(concepts, partial(_event, row, concepts, (), reader)) if concepts else None
    medicine = medicine_ordered(_code(row.resource), concepts, reader.lookups)
    if medicine and medicine.route is Route.LOCAL:
        concepts |= {Concept.JOINT_INJECTION}
    if not concepts and medicine is None:
        return None
    return Unread(concepts, partial(_event, row, concepts, medicine.drugs if medicine else (), reader))


def _event(row: Row[fhir.Procedure], concepts: frozenset[Concept], drugs: tuple[Drug, ...], reader: Reader) -> Event:
    raw = row.resource
    places = (concepts_in(raw.body_site), _code(raw))
    period = raw.performed_period or fhir.Period()
    when = reader.when(raw.performed_date_time, period.end, period.start)
    return Event(
        concepts=concepts,
        drugs=drugs,
        when=when,
        began=reader.when(period.start),
        unfinished=raw.status in UNFINISHED,
        site=site_of(reader.lookups, *places),
        levels=levels_of(reader.lookups, *places) if concepts & AUGMENTATION else frozenset(),
        fact=_fact("procedure", raw.code, "procedure", when, row),
    )


def _fact(name: str, code: fhir.CodeableConcept | None, kind: str, when: When | None, row: Row[fhir.Head]) -> Fact:
    return Fact(name=name, value=text_of(code), kind=kind, when=when, resource=row.reference, origin=row.origin)

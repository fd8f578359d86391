"""Medication orders, statements and administrations as the rules see them (status filters: rule specification 0.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple, TypeVar

from msgspec import Raw

from cds_hooks.snapshot.from_fhir.chart import Row
from cds_hooks.snapshot.from_fhir.dosage import bounds_of, dosages_of, dosing, stated_supply_days
from cds_hooks.snapshot.from_fhir.given_by_order import STEROIDS
from cds_hooks.snapshot.from_fhir.reader import Reader, names_something
from cds_hooks.snapshot.from_fhir.reasons import reasons_of
from cds_hooks.snapshot.from_fhir.recognition import may_give, recognize
from cds_hooks.snapshot.from_fhir.sites import in_words, site_of
from cds_hooks.snapshot.later import Later
from cds_hooks.snapshot.medication import Medication, Medicine, Order, Standing
from cds_hooks.snapshot.model import Gap, GapKind, Indexed, Listing, Unread
from cds_hooks.snapshot.queries import ADMINISTRATIONS, MEDICATIONS, STATEMENTS
from cds_hooks.snapshot.site import ANYWHERE, Site
from cds_hooks.snapshot.vocabulary import DrugGroup, Need, Route
from cds_hooks.snapshot.when import When
from cds_hooks.wire import fhir
from cds_hooks.wire.delivery import Origin, Query

U = TypeVar("U", bound=fhir.MedicationUse)
SUPPLY_GRACE_DAYS = 30  # rule specification 0.1
STANDING = {
    "active": Standing.ACTIVE,
    "on-hold": Standing.UNCERTAIN,
    "unknown": Standing.UNCERTAIN,
    "stopped": Standing.ENDED,
    "completed": Standing.ENDED,
}
NEVER_COUNTS = {"cancelled", "entered-in-error", "draft", "not-taken"}
NOT_ORDERS = {"proposal", "option"}
NOT_GIVEN = {"not-done", "entered-in-error"}
DOUBT = {"on-hold": "on hold", "unknown": "status unknown", "intended": "intended, not yet taken"}
NO_STATUS = "status not readable"
PAST_END = "still active although its end has passed"
MEDICATION = "Medication"


# -- what a medicine is


def medicine_of(use: fhir.MedicationUse, dosages: Sequence[fhir.Dosage], reader: Reader) -> Medicine | None:
    """The medicine of an order or statement; None when it refers to a product that could not be read.

    Without the product, what the reference is displayed as counts as its name.
    """
    concept, reference = use.medication_codeable_concept, use.medication_reference
    if concept is not None and (reference is None or names_something(concept)):
        return recognize([concept], dosages, reader.lookups)
    if reference is None:
        return Medicine(name="no medicine named", readable=False)
    product = _product(use, reader)
    if product is None:
        return recognize([], dosages, reader.lookups, display=reference.display) if reference.display else None
    parts = list(_parts(product, use, reader))
    code = [product.code] if product.code else []
    return recognize(code, dosages, reader.lookups, product.form, reference.display, parts)


def unresolved(use: fhir.MedicationUse, reader: Reader) -> Query | None:
    """The read that would tell which medicine this is, when nothing at hand does and nobody has asked for it yet."""
    concept, reference = use.medication_codeable_concept, use.medication_reference
    if names_something(concept) or reference is None or _product(use, reader) is not None:
        return None
    identifier = fhir.reference_id(reference.reference, MEDICATION)
    path = f"{MEDICATION}/{identifier}"
    return Query(path, path) if identifier and path not in reader.chart.have else None


def _product(use: fhir.MedicationUse, reader: Reader) -> fhir.Medication | None:
    reference = (use.medication_reference.reference if use.medication_reference else None) or ""
    if reference.startswith("#"):
        return next((m for m in _contained(use) if m.id == reference[1:]), None)
    identifier = fhir.reference_id(reference, MEDICATION)
    raw = reader.chart.resource(f"{MEDICATION}/{identifier}") if identifier else None
    return fhir.decode(raw, fhir.Medication) if raw else None


def _parts(product: fhir.Medication, use: fhir.MedicationUse, reader: Reader) -> Iterator[fhir.CodeableConcept]:
    """The ingredients, stated or by reference to a Substance or Medication that came along."""
    for part in product.ingredient or ():
        reference = (part.item_reference.reference if part.item_reference else None) or ""
        if part.item_codeable_concept:
            yield part.item_codeable_concept
        elif reference.startswith("#"):
            yield from (m.code for m in _contained(use) if m.id == reference[1:] and m.code)
        elif raw := reader.chart.resource("/".join(reference.split("/")[-2:])):
            substance = fhir.decode(raw, fhir.Medication)
            if substance and substance.code:
                yield substance.code


def _contained(use: fhir.MedicationUse) -> Iterator[fhir.Medication]:
    """Contained Medications and Substances, which carry their code alike; a sibling of another shape hides none."""
    for raw in fhir.decode_list(use.contained, Raw) or ():
        if product := fhir.decode(raw, fhir.Medication):
            yield product


# -- the list


class Dose(NamedTuple):
    """One administration: the order it belongs to (`MedicationRequest/id`), when, and the row."""

    order: str | None
    when: When | None
    row: Row[fhir.MedicationAdministration]


def read_medications(reader: Reader, given: Sequence[Dose], drafts: Sequence[Order]) -> Listing[Medication]:
    """Orders and statements that hold a drug that the tables know, with the dates they were stopped, and those in use
    that hold nothing that is known; not the orders that are the very drafts. What was given (`given`) without one of
    these orders is one that has ended."""
    orders = _rows(MEDICATIONS, fhir.MedicationRequest, partial(_order, reader=reader), reader)
    statements = _rows(STATEMENTS, fhir.MedicationStatement, partial(_statement, reader=reader), reader)
    dates = _Dates(_newest_by_order(given), Indexed(statements.found, None))
    drafted = {(order.reference, order.medication.ingredients) for order in drafts if order.medication}
    on_file = [
        Unread(row.subjects, partial(_settled, row, dates, drafted)) for row in (*orders.found, *statements.found)
    ]
    ordered = {*orders.references, *statements.references}
    loose = (_given(dose, reader) for dose in given if dose.order not in ordered)
    return Indexed([*on_file, *(_as_read(item) for item in loose if item)], _joined([*orders.gaps, *statements.gaps]))


class _Rows(NamedTuple):
    """The rows of one query that matter, their references, and what keeps them from being all."""

    found: list[Unread[Medication]]
    references: list[str]
    gaps: list[Gap]


def _rows(key: str, kind: type[U], read: Callable[[Row[U]], Medication | None], reader: Reader) -> _Rows:
    """A row that tells at first sight which drugs it may give is read when a rule asks for one, the others at once."""
    found: list[Unread[Medication]] = []
    references: list[str] = []
    unreadable = 0
    for row in reader.rows(key, kind):
        if not _counts(row.resource):
            continue
        groups = _groups_at_first_sight(row.resource, reader)
        if groups is not None:
            found.append(Unread(groups, partial(read, row)))
        elif (medication := read(row)) is None or not medication.medicine.readable:
            unreadable += 1
            continue
        else:
            found.append(_as_read(medication))
        references.append(row.reference)
    gap = reader.chart.gap(key, Need.MEDICATIONS, unreadable)
    return _Rows(found, references, [gap] if gap else [])


def _groups_at_first_sight(use: fhir.MedicationUse, reader: Reader) -> frozenset[DrugGroup] | None:
    """The groups of the drugs that it may give, by its own code or words; None where those do not tell."""
    concept = use.medication_codeable_concept
    return may_give(concept, reader.lookups) if concept and names_something(concept) else None


def _as_read(medication: Medication) -> Unread[Medication]:
    return Unread(medication.subjects, lambda: medication)


def unresolved_medications(reader: Reader) -> Iterator[Query]:
    """The reads that would tell what the listed orders and statements are for."""
    orders = [row.resource for row in reader.rows(MEDICATIONS, fhir.MedicationRequest)]
    statements = [row.resource for row in reader.rows(STATEMENTS, fhir.MedicationStatement)]
    yield from (query for use in (*orders, *statements) if _counts(use) and (query := unresolved(use, reader)))


def unresolved_administrations(reader: Reader) -> Iterator[Query]:
    """The reads that would tell what was given without an order."""
    doses = (row.resource for row in reader.rows(ADMINISTRATIONS, fhir.MedicationAdministration))
    loose = (dose for dose in doses if dose.request is None and dose.status not in NOT_GIVEN)
    yield from (query for dose in loose if (query := unresolved(dose, reader)))


def _counts(use: fhir.MedicationUse) -> bool:
    """Neither withdrawn nor forbidden nor merely proposed. A status that cannot be read does not make it vanish."""
    if isinstance(use, fhir.MedicationRequest) and (use.do_not_perform or use.intent in NOT_ORDERS):
        return False
    return use.status not in NEVER_COUNTS


def _matters(medication: Medication) -> bool:
    """Does it hold a known drug, or nothing that is known and is in use?"""
    medicine = medication.medicine
    return bool(medicine.drugs) or not (medicine.recognized or medication.standing is Standing.ENDED)


def _joined(gaps: list[Gap]) -> Gap | None:
    text = "; ".join(gap.text for gap in gaps)
    return Gap(Need.MEDICATIONS, GapKind.OUT_OF_REACH, text) if gaps else None


class Standings(NamedTuple):
    """Where an order stands: why that is in doubt, when it was stopped, and when its record was last touched."""

    standing: Standing
    doubt: str = ""
    stopped: When | None = None
    touched: When | None = None


def prescribed(
    order: fhir.MedicationRequest,
    dosages: Sequence[fhir.Dosage],
    reference: str,
    stands: Standings,
    origin: Origin,
    reader: Reader,
) -> Medication | None:
    """A MedicationRequest, drafted or on file; None when it refers to a product that could not be read."""
    medicine = medicine_of(order, dosages, reader)
    if medicine is None:
        return None
    return Medication(
        reference=reference,
        medicine=medicine,
        origin=origin,
        written=reader.when(order.authored_on),
        replaces=replaced_by(order),
        why=Later(lambda: reasons_of(order, reader)),
        dosing=Later(lambda: dosing(dosages, medicine, _dispense(order))),
        site=_site(dosages, medicine, reader),
        **stands._asdict(),
    )


def _dispense(order: fhir.MedicationRequest) -> fhir.DispenseRequest:
    return fhir.decode(order.dispense_request, fhir.DispenseRequest) or fhir.DispenseRequest()


def _order(row: Row[fhir.MedicationRequest], reader: Reader) -> Medication | None:
    order = row.resource
    standing, doubt = _standing(order)
    dosages, dispense = dosages_of(order.dosage_instruction), _dispense(order)
    if standing is Standing.ACTIVE and _past_end(dispense, reader.when(order.authored_on), reader):
        standing, doubt = Standing.UNCERTAIN, PAST_END
    stopped = _latest_past(reader.ends_of(iter([*bounds_of(dosages), dispense.validity_period])), reader)
    touched = reader.when(order.meta.last_updated) if order.meta else None
    return prescribed(order, dosages, row.reference, Standings(standing, doubt, stopped, touched), row.origin, reader)


def replaced_by(order: fhir.MedicationRequest) -> str | None:
    """The order that this one replaces, as `MedicationRequest/id`."""
    prior = order.prior_prescription.reference if order.prior_prescription else None
    identifier = fhir.reference_id(prior, "MedicationRequest")
    return f"MedicationRequest/{identifier}" if identifier else None


def _statement(row: Row[fhir.MedicationStatement], reader: Reader) -> Medication | None:
    statement = row.resource
    standing, doubt = _standing(statement)
    dosages = dosages_of(statement.dosage)
    medicine = medicine_of(statement, dosages, reader)
    if medicine is None or not medicine.drugs:
        return _bare(row, medicine, standing, reader.when(statement.date_asserted))
    period = statement.effective_period or fhir.Period()
    end = reader.when(period.end)
    if standing is Standing.ACTIVE and end and end.is_past(reader.as_of):
        standing, doubt = Standing.UNCERTAIN, PAST_END
    return Medication(
        reference=row.reference,
        medicine=medicine,
        standing=standing,
        origin=row.origin,
        doubt=doubt,
        written=reader.when(period.start, statement.effective_date_time, statement.date_asserted),
        stopped=end if end and end.is_past(reader.as_of) else None,
        touched=reader.when(statement.meta.last_updated) if statement.meta else None,
        why=Later(lambda: reasons_of(statement, reader)),
        dosing=Later(lambda: dosing(dosages, medicine)),
        site=_site(dosages, medicine, reader),
    )


def _standing(use: fhir.MedicationUse) -> tuple[Standing, str]:
    """Where it stands by its status, and why that is in doubt."""
    standing = STANDING.get(use.status or "", Standing.UNCERTAIN)
    return standing, DOUBT.get(use.status or "", NO_STATUS) if standing is Standing.UNCERTAIN else ""


def _bare(
    row: Row[fhir.Head], medicine: Medicine | None, standing: Standing, written: When | None
) -> Medication | None:
    if medicine is None:
        return None
    return Medication(reference=row.reference, medicine=medicine, standing=standing, origin=row.origin, written=written)


def _site(dosages: Sequence[fhir.Dosage], medicine: Medicine, reader: Reader) -> Site:
    """Where it is given: the site of the dosage; of what may be given into a joint, else its words."""
    sites = [dosage.site for dosage in dosages if dosage.site]
    if not sites and medicine.route is not Route.LOCAL and STEROIDS.isdisjoint(drug.group for drug in medicine.drugs):
        return ANYWHERE
    return site_of(reader.lookups, sites, in_words(*(dosage.text for dosage in dosages)))


def _past_end(dispense: fhir.DispenseRequest, written: When | None, reader: Reader) -> bool:
    """Past the dispense validity, or past the stated supply with its refills and the grace."""
    period = dispense.validity_period or fhir.Period()
    end = reader.when(period.end)
    if end and end.is_past(reader.as_of):
        return True
    start, days = written or reader.when(period.start), stated_supply_days(dispense)
    return start is not None and days is not None and start.age_days(reader.as_of) > days + SUPPLY_GRACE_DAYS


# -- what was given, and when it was stopped


class _Dates(NamedTuple):
    """What dates an order beside its own: the newest dose of each order, and the statements."""

    last_given: Mapping[str, When]
    stated: Listing[Medication]


def _newest_by_order(given: Sequence[Dose]) -> Mapping[str, When]:
    newest: dict[str, When] = {}
    for dose in given:
        if dose.order and dose.when and (dose.order not in newest or dose.when.last > newest[dose.order].last):
            newest[dose.order] = dose.when
    return newest


def _settled(row: Unread[Medication], dates: _Dates, drafted: set[tuple[str, frozenset[str]]]) -> Medication | None:
    """The medication with its newest dose and STOP_DATE; None where it is the very draft, signed before and now
    revised. A shared id alone may be a coincidence."""
    item = row.item
    if item is None or not _matters(item) or (item.reference, item.ingredients) in drafted:
        return None
    last = dates.last_given.get(item.reference)
    stopped = _stop_date(item, last, dates.stated.items) if item.standing is Standing.ENDED else item.stopped
    return replace(item, stopped=stopped, last_given=last) if last or stopped != item.stopped else item


def _stop_date(item: Medication, last_given: When | None, stated: Sequence[Medication]) -> When | None:
    """STOP_DATE (0.2): the latest past date among the order's own ends, the ingredient's statements and the order's
    administrations."""
    same = [statement.stopped for statement in stated if item.ingredients & statement.ingredients]
    dates = [when for when in (item.stopped, *same, last_given) if when]
    return max(dates, key=lambda when: when.last, default=None)


def read_administrations(reader: Reader) -> tuple[Dose, ...]:
    """The doses that were given; one without a readable date is kept, one dated in the future is not."""
    doses = []
    for row in reader.rows(ADMINISTRATIONS, fhir.MedicationAdministration):
        raw = row.resource
        order = fhir.reference_id(raw.request.reference if raw.request else None, "MedicationRequest")
        period = raw.effective_period or fhir.Period()
        when = reader.when(raw.effective_date_time, period.end, period.start)
        if raw.status not in NOT_GIVEN and (when is None or when.is_past(reader.as_of)):
            doses.append(Dose(f"MedicationRequest/{order}" if order else None, when, row))
    return tuple(doses)


def _given(dose: Dose, reader: Reader) -> Medication | None:
    """A dose without an order on file, as an order that has ended; None when no table knows the drug."""
    raw = dose.row.resource
    dosages = dosages_of(raw.dosage)
    medicine = medicine_of(raw, dosages, reader)
    if medicine is None or not medicine.drugs:
        return None
    return Medication(
        reference=dose.row.reference,
        medicine=medicine,
        standing=Standing.ENDED,
        origin=dose.row.origin,
        written=dose.when,
        stopped=dose.when,
        last_given=dose.when,
        why=Later(lambda: reasons_of(raw, reader)),
        site=_site(dosages, medicine, reader),
    )


def administration_gap(reader: Reader) -> Gap | None:
    """What keeps the stop dates from being certain."""
    return reader.chart.gap(ADMINISTRATIONS, Need.STOPPED_MEDICATIONS)


def _latest_past(dates: Iterable[When], reader: Reader) -> When | None:
    past = [date for date in dates if date.is_past(reader.as_of)]
    return max(past, key=lambda date: date.last, default=None)

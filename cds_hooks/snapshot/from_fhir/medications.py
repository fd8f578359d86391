"""Medication orders, statements and administrations as the rules see them (status filters: rule specification 0.1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from msgspec import Raw

from cds_hooks.snapshot.from_fhir.chart import Row
from cds_hooks.snapshot.from_fhir.reader import Reader
from cds_hooks.snapshot.from_fhir.recognition import concepts_of, recognize
from cds_hooks.snapshot.medication import Medication, Medicine, Reasons, Standing
from cds_hooks.snapshot.model import Gap, GapKind, Listing
from cds_hooks.snapshot.problem import Problem
from cds_hooks.snapshot.queries import ADMINISTRATIONS, MEDICATIONS, STATEMENTS
from cds_hooks.snapshot.vocabulary import Concept, Need
from cds_hooks.snapshot.when import When
from cds_hooks.wire import fhir
from cds_hooks.wire.delivery import Query

SUPPLY_GRACE = timedelta(days=30)  # rule specification 0.1
DAYS_PER_UNIT = {"d": 1, "day": 1, "days": 1, "wk": 7, "week": 7, "weeks": 7, "mo": 30, "month": 30, "months": 30}
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
LONGEST_SUPPLY_DAYS = 3660
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


def names_something(concept: fhir.CodeableConcept | None) -> bool:
    """Does the concept hold any text or code? EHRs send empty ones beside a reference, or before a drug is chosen."""
    if concept is None:
        return False
    return bool(concept.text) or any(coding.code or coding.display for coding in concept.coding or ())


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


# -- why it is given


def reasons_of(use: fhir.MedicationUse, problems: Listing[Problem], reader: Reader) -> Reasons:
    """The stated reasons: coded ones, and Conditions by reference (the chart's, contained, or as displayed)."""
    codes = fhir.decode_list(use.reason_code, fhir.CodeableConcept)
    references = fhir.decode_list(use.reason_reference, fhir.Reference)
    readable = codes is not None and references is not None
    concepts = [concepts_of(code, reader.lookups) for code in codes or () if code.coding or code.text]
    for reference in references or ():
        named = _referred(reference, use, problems, reader)
        readable = readable and named is not None
        concepts.append(named or frozenset())
    return Reasons(bool(concepts), frozenset().union(*concepts), readable)


def _referred(
    reference: fhir.Reference, use: fhir.MedicationUse, problems: Listing[Problem], reader: Reader
) -> frozenset[Concept] | None:
    identifier = fhir.reference_id(reference.reference, "Condition")
    for problem in problems.items:
        if identifier is not None and problem.id == identifier:
            return problem.concepts
    if (reference.reference or "").startswith("#"):
        contained = (fhir.decode(raw, fhir.Condition) for raw in fhir.decode_list(use.contained, Raw) or ())
        found = next((c for c in contained if c and reference.reference == f"#{c.id}"), None)
        return concepts_of(found.code, reader.lookups) if found else None
    raw = reader.chart.resource(f"Condition/{identifier}") if identifier else None
    condition = fhir.decode(raw, fhir.Condition) if raw else None
    if condition:
        return concepts_of(condition.code, reader.lookups)
    if reference.display:
        return concepts_of(fhir.CodeableConcept(text=reference.display), reader.lookups) or None
    return None


# -- the list


Given = Mapping[str, list[When]]
"""When the doses of an order (`MedicationRequest/id`) were given."""


def read_medications(reader: Reader, problems: Listing[Problem], given: Given) -> Listing[Medication]:
    """Orders and statements that hold a drug that the tables know, with the dates they were stopped, and those in use
    that hold nothing that is known."""
    found: list[Medication] = []
    unread = {MEDICATIONS: 0, STATEMENTS: 0}
    for row in reader.rows(MEDICATIONS, fhir.MedicationRequest):
        if _counts(row.resource):
            unread[MEDICATIONS] += _add(found, _order(row, problems, reader))
    for statement in reader.rows(STATEMENTS, fhir.MedicationStatement):
        if _counts(statement.resource):
            unread[STATEMENTS] += _add(found, _statement(statement, problems, reader))
    gaps = [gap for key, count in unread.items() if (gap := reader.chart.gap(key, Need.MEDICATIONS, count))]
    return Listing(tuple(_with_stop_dates(found, given)), _joined(gaps))


def unresolved_medications(reader: Reader) -> Iterator[Query]:
    """The reads that would tell what the listed orders and statements are for."""
    orders = [row.resource for row in reader.rows(MEDICATIONS, fhir.MedicationRequest)]
    statements = [row.resource for row in reader.rows(STATEMENTS, fhir.MedicationStatement)]
    yield from (query for use in (*orders, *statements) if _counts(use) and (query := unresolved(use, reader)))


def _counts(use: fhir.MedicationUse) -> bool:
    """Neither withdrawn nor forbidden nor merely proposed. A status that cannot be read does not make it vanish."""
    if isinstance(use, fhir.MedicationRequest) and (use.do_not_perform or use.intent in NOT_ORDERS):
        return False
    return use.status not in NEVER_COUNTS


def _add(found: list[Medication], medication: Medication | None) -> int:
    """Keep what holds a known drug, and what is in use and holds nothing that is known; count what cannot be read."""
    if medication is None or not medication.medicine.readable:
        return 1
    if medication.medicine.drugs or not (medication.medicine.recognized or medication.standing is Standing.ENDED):
        found.append(medication)
    return 0


def _joined(gaps: list[Gap]) -> Gap | None:
    text = "; ".join(gap.text for gap in gaps)
    return Gap(Need.MEDICATIONS, GapKind.OUT_OF_REACH, text) if gaps else None


def _order(row: Row[fhir.MedicationRequest], problems: Listing[Problem], reader: Reader) -> Medication | None:
    order = row.resource
    standing, doubt = _standing(order)
    dosages = fhir.decode_list(order.dosage_instruction, fhir.Dosage) or ()
    medicine = medicine_of(order, dosages, reader)
    if medicine is None or not medicine.drugs:
        return _bare(row, medicine, standing, reader.when(order.authored_on))
    dispense = fhir.decode(order.dispense_request, fhir.DispenseRequest) or fhir.DispenseRequest()
    written = reader.when(order.authored_on)
    if standing is Standing.ACTIVE and _past_end(dispense, written, reader):
        standing, doubt = Standing.UNCERTAIN, PAST_END
    ends = [dosage.timing.repeat.bounds_period for dosage in dosages if dosage.timing and dosage.timing.repeat]
    return Medication(
        reference=row.reference,
        medicine=medicine,
        standing=standing,
        origin=row.origin,
        doubt=doubt,
        written=written,
        stopped=_latest_past(reader.ends_of(iter([*ends, dispense.validity_period])), reader),
        touched=reader.when(order.meta.last_updated) if order.meta else None,
        reasons=reasons_of(order, problems, reader),
        replaces=replaced_by(order),
    )


def replaced_by(order: fhir.MedicationRequest) -> str | None:
    """The order that this one replaces, as `MedicationRequest/id`."""
    prior = order.prior_prescription.reference if order.prior_prescription else None
    identifier = fhir.reference_id(prior, "MedicationRequest")
    return f"MedicationRequest/{identifier}" if identifier else None


def _statement(row: Row[fhir.MedicationStatement], problems: Listing[Problem], reader: Reader) -> Medication | None:
    statement = row.resource
    standing, doubt = _standing(statement)
    medicine = medicine_of(statement, fhir.decode_list(statement.dosage, fhir.Dosage) or (), reader)
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
        reasons=reasons_of(statement, problems, reader),
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


def _past_end(dispense: fhir.DispenseRequest, written: When | None, reader: Reader) -> bool:
    """Past the dispense validity, or past the supply with its refills and the grace."""
    period = dispense.validity_period or fhir.Period()
    end = reader.when(period.end)
    if end and end.is_past(reader.as_of):
        return True
    start = written or reader.when(period.start)
    supply = dispense.expected_supply_duration
    days = DAYS_PER_UNIT.get((supply.code or supply.unit or "").lower()) if supply else None
    if start is None or supply is None or days is None or supply.value is None:
        return False
    fills = 1 + min(dispense.number_of_repeats_allowed or 0, LONGEST_SUPPLY_DAYS)
    length = days * supply.value * fills
    if not 0 < length < LONGEST_SUPPLY_DAYS:
        return False  # not to be believed: the order counts as it stands
    return reader.as_of - start.last > timedelta(days=length) + SUPPLY_GRACE


# -- when it was stopped


def _with_stop_dates(found: list[Medication], given: Given) -> Iterator[Medication]:
    """STOP_DATE (0.2): the latest past date among the order's own ends, the ingredient's statements and the order's
    administrations."""
    stated = [item for item in found if item.stopped and item.reference.startswith("MedicationStatement/")]
    for item in found:
        if item.standing is not Standing.ENDED:
            yield item
            continue
        ingredients = {drug.ingredient for drug in item.medicine.drugs}
        same = [s.stopped for s in stated if ingredients & {drug.ingredient for drug in s.medicine.drugs}]
        dates = [when for when in (item.stopped, *same, *given.get(item.reference, ())) if when]
        yield replace(item, stopped=max(dates, key=lambda when: when.last, default=None))


def read_administrations(reader: Reader) -> Given:
    """The doses that were given, by order."""
    given: dict[str, list[When]] = {}
    for row in reader.rows(ADMINISTRATIONS, fhir.MedicationAdministration):
        raw = row.resource
        order = fhir.reference_id(raw.request.reference if raw.request else None, "MedicationRequest")
        period = raw.effective_period or fhir.Period()
        when = reader.when(raw.effective_date_time, period.end, period.start)
        if order and when and when.is_past(reader.as_of) and raw.status not in NOT_GIVEN:
            given.setdefault(f"MedicationRequest/{order}", []).append(when)
    return given


def administration_gap(reader: Reader) -> Gap | None:
    """What keeps the stop dates from being certain."""
    return reader.chart.gap(ADMINISTRATIONS, Need.STOPPED_MEDICATIONS)


def _latest_past(dates: Iterable[When], reader: Reader) -> When | None:
    past = [date for date in dates if date.is_past(reader.as_of)]
    return max(past, key=lambda date: date.last, default=None)

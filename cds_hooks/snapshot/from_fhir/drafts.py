"""The draft orders of the session (CDS Hooks contexts of order-select and order-sign)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from msgspec import Raw

from cds_hooks.snapshot.from_fhir.medications import medicine_of, names_something, reasons_of, replaced_by, unresolved
from cds_hooks.snapshot.from_fhir.reader import Reader
from cds_hooks.snapshot.medication import Medication, Order, Reasons, Standing
from cds_hooks.snapshot.model import Listing
from cds_hooks.snapshot.problem import Problem
from cds_hooks.wire import fhir
from cds_hooks.wire.delivery import Origin, Query

GIVES_NOTHING = {"cancelled", "entered-in-error", "stopped", "completed"}
UNREADABLE = "a draft order could not be read: it is not known which medicine it gives"
UNRESOLVED = "a draft order refers to a medication that could not be read: it is not known which medicine it gives"


def read_drafts(reader: Reader, problems: Listing[Problem]) -> tuple[Order, ...]:
    """Every draft in order. A draft that gives nothing (cancelled, do not perform) has no medication."""
    request = reader.chart.request
    orders = [_order(entry.resource, request.selections, problems, reader) for entry in reader.chart.draft_entries]
    seen: Counter[str] = Counter()
    numbered = []
    for order in orders:
        numbered.append(replace(order, number=seen[order.reference]))
        seen[order.reference] += 1
    return tuple(numbered)


def unresolved_drafts(reader: Reader, drafts: tuple[Order, ...]) -> tuple[Query, ...]:
    """The reads that would tell which medicines the drafts give, where neither code nor words do."""
    queries = []
    for entry, order in zip(reader.chart.draft_entries, drafts, strict=True):
        unclear = order.unreadable or (order.medication and not order.medication.medicine.recognized)
        draft = fhir.decode(entry.resource, fhir.MedicationRequest) if unclear else None
        if draft and (query := unresolved(draft, reader)):
            queries.append(query)
    return tuple(dict.fromkeys(queries))


def _names(selection: str, head: fhir.Head) -> bool:
    """`Type/id`, relative or absolute; older clients send the bare id."""
    if not head.id:
        return False
    return selection == head.id or fhir.reference_id(selection, head.resource_type) == head.id


def names_medicine(draft: fhir.MedicationRequest) -> bool:
    """Has a medicine been chosen yet? EHRs send drafts before one is."""
    return draft.medication_reference is not None or names_something(draft.medication_codeable_concept)


def _order(raw: Raw, selections: list[str] | None, problems: Listing[Problem], reader: Reader) -> Order:
    head = fhir.decode(raw, fhir.Head)
    if head is None or not head.resource_type:
        return Order(reference="", kind="", unreadable=UNREADABLE)
    reference = f"{head.resource_type}/{head.id}" if head.id else ""
    selected = selections is None or any(_names(selection, head) for selection in selections)
    if head.resource_type != "MedicationRequest":
        return Order(reference=reference, kind=head.resource_type, selected=selected)
    draft = fhir.decode(raw, fhir.MedicationRequest)
    if draft is None:
        return Order(reference=reference, kind=head.resource_type, selected=selected, unreadable=UNREADABLE)
    if not names_medicine(draft) or draft.do_not_perform or draft.status in GIVES_NOTHING:
        return Order(reference=reference, kind=head.resource_type, selected=selected)
    dosages = fhir.decode_list(draft.dosage_instruction, fhir.Dosage) or ()
    medicine = medicine_of(draft, dosages, reader)
    if medicine is None or not medicine.readable:
        return Order(reference=reference, kind=head.resource_type, selected=selected, unreadable=UNRESOLVED)
    medication = Medication(
        reference=reference,
        medicine=medicine,
        standing=Standing.DRAFT,
        origin=Origin.DRAFT,
        written=reader.when(draft.authored_on),
        reasons=reasons_of(draft, problems, reader) if medicine.drugs else Reasons(),
        replaces=replaced_by(draft),
    )
    return Order(reference=reference, kind=head.resource_type, selected=selected, medication=medication)

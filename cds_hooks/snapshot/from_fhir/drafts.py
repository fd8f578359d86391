"""The draft orders of the session (CDS Hooks contexts of order-select and order-sign)."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from msgspec import Raw

from cds_hooks.snapshot.from_fhir.care import (
    KINDS,
    Asked,
    CareOrder,
    asked_for,
    concepts_asked,
    planned_days,
    site_asked,
)
from cds_hooks.snapshot.from_fhir.conditions import AUGMENTATION
from cds_hooks.snapshot.from_fhir.dosage import dosages_of
from cds_hooks.snapshot.from_fhir.given_by_order import medicine_ordered
from cds_hooks.snapshot.from_fhir.medications import Standings, prescribed, unresolved
from cds_hooks.snapshot.from_fhir.naming import named
from cds_hooks.snapshot.from_fhir.reader import Reader, names_something
from cds_hooks.snapshot.from_fhir.reasons import reasons_of
from cds_hooks.snapshot.from_fhir.recognition import groups_of
from cds_hooks.snapshot.from_fhir.sites import concepts_in, levels_of
from cds_hooks.snapshot.later import Later
from cds_hooks.snapshot.medication import Medication, Medicine, Order, Reasons, Series, Standing
from cds_hooks.snapshot.model import Fact
from cds_hooks.snapshot.report_text import Region
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup
from cds_hooks.snapshot.when import When
from cds_hooks.wire import fhir
from cds_hooks.wire.delivery import Origin, Query
from mappings.text import fold

MEDICATION_REQUEST = "MedicationRequest"
GIVES_NOTHING = {"cancelled", "revoked", "entered-in-error", "stopped", "completed"}
UNREADABLE = "a draft order could not be read: it is not known which medicine it gives"
UNREADABLE_ORDER = "a draft order could not be read: it is not known what it asks for"
UNRESOLVED = "a draft order refers to a medication that could not be read: it is not known which medicine it gives"


def read_drafts(reader: Reader) -> tuple[Order, ...]:
    """Every draft in order. One that gives nothing (cancelled, do not perform) has neither medicine nor concepts."""
    request = reader.chart.request
    orders = [_order(entry.resource, request.selections, reader) for entry in reader.chart.draft_entries]
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
        if draft and draft.resource_type == MEDICATION_REQUEST and (query := unresolved(draft, reader)):
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


def _order(raw: Raw, selections: list[str] | None, reader: Reader) -> Order:
    head = fhir.decode(raw, fhir.Head)
    if head is None or not head.resource_type:
        return Order(reference="", kind="", unreadable=UNREADABLE)
    order = Order(
        reference=f"{head.resource_type}/{head.id}" if head.id else "",
        kind=head.resource_type,
        selected=selections is None or any(_names(selection, head) for selection in selections),
    )
    if head.resource_type == MEDICATION_REQUEST:
        return _of_medicine(order, raw, reader)
    kind = KINDS.get(head.resource_type)
    if kind is None:
        return order
    draft = fhir.decode(raw, kind)
    return _of_care(order, draft, reader) if draft else replace(order, unreadable=UNREADABLE_ORDER)


def _of_medicine(order: Order, raw: Raw, reader: Reader) -> Order:
    draft = fhir.decode(raw, fhir.MedicationRequest)
    if draft is None:
        return replace(order, unreadable=UNREADABLE)
    if not names_medicine(draft) or draft.do_not_perform or draft.status in GIVES_NOTHING:
        return order
    dosages = dosages_of(draft.dosage_instruction)
    medication = prescribed(draft, dosages, order.reference, Standings(Standing.DRAFT), Origin.DRAFT, reader)
    if medication is None or not medication.medicine.readable:
        return replace(order, unreadable=UNRESOLVED)
    return replace(order, medication=medication, site=medication.site)


# -- orders of other kinds


def _of_care(order: Order, draft: CareOrder, reader: Reader) -> Order:
    asked = asked_for(draft)
    if draft.do_not_perform or draft.status in GIVES_NOTHING:
        return order
    concepts, site = concepts_asked(asked, reader), site_asked(draft, asked, reader)
    why, written = Later(lambda: reasons_of(draft, reader)), reader.when(draft.authored_on)
    medicine = medicine_ordered(asked.what, concepts, reader.lookups)
    return replace(
        order,
        medication=_medication(order.reference, medicine, written, why, site) if medicine else None,
        concepts=concepts,
        why=why,
        site=site,
        levels=_levels(draft, asked, reader) if concepts & AUGMENTATION else frozenset(),
        planned_days=planned_days(draft, asked, reader),
        sequences=_sequences(asked, site) if Concept.MRI_ANY in concepts else frozenset(),
        agents=_agents(asked, reader) if Concept.MRI_ANY in concepts else frozenset(),
        line=Fact(
            name="order",
            value=asked.name,
            kind=str(Standing.DRAFT),
            when=written,
            resource=order.reference,
            origin=Origin.DRAFT,
        ),
    )


def _levels(draft: CareOrder, asked: Asked, reader: Reader) -> frozenset[str]:
    return levels_of(reader.lookups, concepts_in(draft.body_site), asked.what)


def _agents(asked: Asked, reader: Reader) -> frozenset[DrugGroup]:
    """The groups of the medicines that the words of an examination name (rule specification 0.7)."""
    return groups_of(named(asked.words, reader.lookups).given)


def _medication(
    reference: str, medicine: Medicine, written: When | None, why: Later[Reasons], site: Site
) -> Medication:
    return Medication(
        reference=reference,
        medicine=medicine,
        standing=Standing.DRAFT,
        origin=Origin.DRAFT,
        written=written,
        why=why,
        site=site,
    )


_NOT = r"(?<!no )(?<!without )(?<!ohne )(?<!sans )(?<!sin )(?<!senza )"
_FAT = r"(?:fs|fat[- ]?(?:sat\w*|suppress\w*)|fatsat|spair|spir|dixon|fettsatt\w*|fettgesatt\w*|fettsupp\w*)"
_WEIGHTED = r"(?:w|wi|[- ]?weighted|[- ]?gewichtet\w*|[- ]?gew\.?)?"
_CONTRAST = rf"(?:t2{_WEIGHTED}|pd{_WEIGHTED}|proton[- ]?density)"
_SEQUENCES = {
    # T1 is also a vertebra: "T1-T12" and "T1 level" are places.
    Series.T1: re.compile(
        rf"{_NOT}\bt1{_WEIGHTED}\b(?!\s*(?:-|to|bis)\s*[tls]?h?\d)(?!\s*(?:level|vertebra|fracture))"
    ),
    Series.FLUID_SENSITIVE: re.compile(
        rf"{_NOT}(?:\b(?:stir|tirm|pdfs|t2fs|short tau)\b|\b{_CONTRAST}[\s-]*(?:tse |fse )?{_FAT}\b"
        rf"|\b{_FAT}[\s-]*{_CONTRAST}(?!\w))"
    ),
    Series.OTHER: re.compile(rf"{_NOT}\b(?:{_CONTRAST}|gradient echo|gre|swi|dwi|diffusion)\b"),
}


def _sequences(asked: Asked, site: Site) -> frozenset[Series]:
    """The MR sequences that the order lists. Of an order for the spine, the title says levels."""
    title, *rest = [fold(text) for text in asked.words] or [""]
    said = rest if site.region is Region.SPINE else [title, *rest]
    return frozenset(series for series, pattern in _SEQUENCES.items() if any(map(pattern.search, said)))

"""The FHIR R4 elements that Marrow reads, and nothing else (https://hl7.org/fhir/R4/).

Real clients send invalid R4. Elements that matter little or are often malformed stay `Raw` and are decoded when they
are needed, so that an odd dosage never hides which drug was ordered.
"""

from __future__ import annotations

from typing import Generic, TypeVar

import msgspec
from msgspec import Raw

NOTHING = Raw(b"null")
T = TypeVar("T")


class Element(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Base of everything read: immutable, camelCase on the wire, every element optional."""


class Coding(Element, frozen=True):
    system: str | None = None
    code: str | None = None
    display: str | None = None


class CodeableConcept(Element, frozen=True):
    coding: list[Coding] | None = None
    text: str | None = None


class Reference(Element, frozen=True):
    reference: str | None = None
    display: str | None = None


class Period(Element, frozen=True):
    start: str | None = None
    end: str | None = None


class Quantity(Element, frozen=True):
    value: float | None = None
    comparator: str | None = None
    unit: str | None = None
    system: str | None = None
    code: str | None = None


class Head(Element, frozen=True):
    """What every row is judged by before it is read: its type, and whose it is."""

    resource_type: str
    id: str | None = None
    subject: Reference | None = None
    patient: Reference | None = None


class Entry(Element, Generic[T], frozen=True):
    resource: T | None = None


class Link(Element, frozen=True):
    relation: str | None = None
    url: str | None = None


class RawEntry(Element, frozen=True):
    resource: Raw = NOTHING  # never `Raw | None`: msgspec gives null as its bytes


class Answer(Head, frozen=True):
    """One answer of a FHIR server: a resource, or a Bundle and what follows it."""

    link: list[Link] | None = None
    total: int | None = None

    @property
    def following(self) -> str | None:
        """The URL of the next page."""
        return next((link.url for link in self.link or () if link.relation == "next"), None)


class Page(Answer, Generic[T], frozen=True):
    """An answer whose rows are all as they should be."""

    entry: list[Entry[T]] | None = None


class RawPage(Answer, frozen=True):
    """An answer whose rows are read one by one."""

    entry: list[RawEntry] | None = None


class Issue(Element, frozen=True):
    severity: str | None = None


class OperationOutcome(Element, frozen=True):
    issue: list[Issue] | None = None


class Extension(Element, frozen=True):
    url: str | None = None
    value_code: str | None = None
    value_codeable_concept: CodeableConcept | None = None
    extension: list[Extension] | None = None


class Patient(Head, frozen=True):
    gender: str | None = None
    birth_date: str | None = None
    extension: list[Extension] | None = None


class Condition(Head, frozen=True):
    clinical_status: CodeableConcept | None = None
    verification_status: CodeableConcept | None = None
    code: CodeableConcept | None = None
    recorded_date: str | None = None
    onset_date_time: str | None = None
    onset_period: Period | None = None
    abatement_date_time: str | None = None
    abatement_period: Period | None = None
    abatement_string: str | None = None
    abatement_boolean: bool | None = None


class Observation(Head, frozen=True):
    status: str | None = None
    code: CodeableConcept | None = None
    effective_date_time: str | None = None
    effective_period: Period | None = None
    effective_instant: str | None = None
    issued: str | None = None
    value_quantity: Quantity | None = None
    value_codeable_concept: CodeableConcept | None = None
    value_string: str | None = None
    value_integer: float | None = None
    value_boolean: bool | None = None
    value_date_time: str | None = None
    data_absent_reason: CodeableConcept | None = None
    component: Raw = NOTHING


class Component(Element, frozen=True):
    """A part of an Observation that has its own code and value: the systolic pressure of a panel."""

    code: CodeableConcept | None = None
    value_quantity: Quantity | None = None
    value_codeable_concept: CodeableConcept | None = None
    value_string: str | None = None
    value_integer: float | None = None
    value_boolean: bool | None = None
    value_date_time: str | None = None
    data_absent_reason: CodeableConcept | None = None


class Attachment(Element, frozen=True):
    content_type: str | None = None
    data: str | None = None


class DiagnosticReport(Head, frozen=True):
    status: str | None = None
    code: CodeableConcept | None = None
    effective_date_time: str | None = None
    effective_period: Period | None = None
    issued: str | None = None
    conclusion: str | None = None
    conclusion_code: list[CodeableConcept] | None = None
    presented_form: list[Attachment] | None = None


class Procedure(Head, frozen=True):
    status: str | None = None
    code: CodeableConcept | None = None
    performed_date_time: str | None = None
    performed_period: Period | None = None


class Meta(Element, frozen=True):
    last_updated: str | None = None


class Ingredient(Element, frozen=True):
    item_codeable_concept: CodeableConcept | None = None
    item_reference: Reference | None = None


class Medication(Element, frozen=True):
    id: str | None = None
    code: CodeableConcept | None = None
    form: CodeableConcept | None = None
    ingredient: list[Ingredient] | None = None


class MedicationUse(Head, frozen=True):
    """What MedicationRequest, MedicationStatement and MedicationAdministration share."""

    meta: Meta | None = None
    status: str | None = None
    medication_codeable_concept: CodeableConcept | None = None
    medication_reference: Reference | None = None
    contained: Raw = NOTHING
    reason_code: Raw = NOTHING
    reason_reference: Raw = NOTHING


class MedicationRequest(MedicationUse, frozen=True):
    intent: str | None = None
    do_not_perform: bool | None = None
    authored_on: str | None = None
    prior_prescription: Reference | None = None
    dosage_instruction: Raw = NOTHING
    dispense_request: Raw = NOTHING


class MedicationStatement(MedicationUse, frozen=True):
    effective_date_time: str | None = None
    effective_period: Period | None = None
    date_asserted: str | None = None
    dosage: Raw = NOTHING


class MedicationAdministration(MedicationUse, frozen=True):
    request: Reference | None = None
    effective_date_time: str | None = None
    effective_period: Period | None = None


class Repeat(Element, frozen=True):
    bounds_period: Period | None = None


class Timing(Element, frozen=True):
    repeat: Repeat | None = None


class Dosage(Element, frozen=True):
    text: str | None = None
    route: CodeableConcept | None = None
    timing: Timing | None = None
    as_needed_codeable_concept: CodeableConcept | None = None


class DispenseRequest(Element, frozen=True):
    validity_period: Period | None = None
    expected_supply_duration: Quantity | None = None
    number_of_repeats_allowed: int | None = None


class ServiceRequest(Head, frozen=True):
    status: str | None = None
    code: CodeableConcept | None = None
    authored_on: str | None = None


ROWS: dict[str, type[Head]] = {
    kind.__name__: kind
    for kind in (
        Patient,
        Condition,
        Observation,
        Procedure,
        MedicationRequest,
        MedicationStatement,
        MedicationAdministration,
        ServiceRequest,
        DiagnosticReport,
    )
}
"""How a row of each type is read."""


def decode(raw: bytes | Raw, kind: type[T]) -> T | None:
    """Decode one resource or element; None when it is malformed, which the caller states as a gap."""
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def decode_list(raw: Raw, kind: type[T]) -> tuple[T, ...] | None:
    """Decode a list element; empty when it is absent, None when it is malformed."""
    if bytes(raw) == b"null":
        return ()
    found = decode(raw, list[kind])  # type: ignore[valid-type]
    return None if found is None else tuple(found)


def reference_id(reference: str | None, kind: str) -> str | None:
    """The id that a relative or absolute reference to a `kind` names, versions aside; None for anything else."""
    parts = (reference or "").split("/_history/")[0].split("/")
    return parts[-1] if len(parts) >= 2 and parts[-2] == kind and parts[-1] else None

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


class Range(Element, frozen=True):
    low: Quantity | None = None
    high: Quantity | None = None


class Ratio(Element, frozen=True):
    numerator: Quantity | None = None
    denominator: Quantity | None = None


class Annotation(Element, frozen=True):
    text: str | None = None


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


class Stage(Element, frozen=True):
    summary: CodeableConcept | None = None


class Condition(Head, frozen=True):
    clinical_status: CodeableConcept | None = None
    verification_status: CodeableConcept | None = None
    severity: Raw = NOTHING
    code: CodeableConcept | None = None
    body_site: Raw = NOTHING
    stage: Raw = NOTHING
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
    interpretation: Raw = NOTHING
    body_site: Raw = NOTHING
    reference_range: Raw = NOTHING
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
    interpretation: Raw = NOTHING
    reference_range: Raw = NOTHING


class ReferenceRange(Element, frozen=True):
    """Limits of the laboratory; `applies_to` and `age` narrow whom they are for."""

    low: Quantity | None = None
    high: Quantity | None = None
    type: CodeableConcept | None = None
    applies_to: Raw = NOTHING
    age: Raw = NOTHING


class Attachment(Element, frozen=True):
    content_type: str | None = None
    data: str | None = None


class DiagnosticReport(Head, frozen=True):
    status: str | None = None
    category: Raw = NOTHING
    code: CodeableConcept | None = None
    effective_date_time: str | None = None
    effective_period: Period | None = None
    issued: str | None = None
    conclusion: str | None = None
    conclusion_code: list[CodeableConcept] | None = None
    presented_form: list[Attachment] | None = None
    result: Raw = NOTHING
    contained: Raw = NOTHING


class Procedure(Head, frozen=True):
    status: str | None = None
    code: CodeableConcept | None = None
    body_site: Raw = NOTHING
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


class Reasoned(Head, frozen=True):
    """What orders and medicines share: why, by code or by reference to a Condition that may be contained."""

    contained: Raw = NOTHING
    reason_code: Raw = NOTHING
    reason_reference: Raw = NOTHING


class MedicationUse(Reasoned, frozen=True):
    """What MedicationRequest, MedicationStatement and MedicationAdministration share."""

    meta: Meta | None = None
    status: str | None = None
    medication_codeable_concept: CodeableConcept | None = None
    medication_reference: Reference | None = None


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
    dosage: Raw = NOTHING


class Repeat(Element, frozen=True):
    bounds_period: Period | None = None
    bounds_duration: Quantity | None = None
    bounds_range: Range | None = None
    frequency: float | None = None
    frequency_max: float | None = None
    period: float | None = None
    period_unit: str | None = None
    day_of_week: list[str] | None = None
    time_of_day: list[str] | None = None
    when: list[str] | None = None


class Timing(Element, frozen=True):
    repeat: Repeat | None = None
    code: CodeableConcept | None = None


class DoseAndRate(Element, frozen=True):
    dose_quantity: Quantity | None = None
    dose_range: Range | None = None


class Directions(Element, frozen=True):
    """What a dosage instruction says that is not a number."""

    text: str | None = None
    route: CodeableConcept | None = None
    site: CodeableConcept | None = None


class Schedule(Directions, frozen=True):
    """The same with when."""

    timing: Timing | None = None
    as_needed_boolean: bool | None = None
    as_needed_codeable_concept: CodeableConcept | None = None


class Dosage(Schedule, frozen=True):
    """A dosage instruction; of an administration, what was given."""

    dose_and_rate: list[DoseAndRate] | None = None
    max_dose_per_period: Ratio | None = None


class DispenseRequest(Element, frozen=True):
    validity_period: Period | None = None
    quantity: Quantity | None = None
    expected_supply_duration: Quantity | None = None
    number_of_repeats_allowed: int | None = None


class CareOrder(Reasoned, frozen=True):
    """What orders of services, devices and nutrition share, as far as they have it."""

    status: str | None = None
    intent: str | None = None
    do_not_perform: bool | None = None
    authored_on: str | None = None
    occurrence_date_time: str | None = None
    occurrence_period: Raw = NOTHING
    occurrence_timing: Raw = NOTHING
    performer_type: Raw = NOTHING
    body_site: Raw = NOTHING
    note: Raw = NOTHING


class ServiceRequest(CareOrder, frozen=True):
    code: CodeableConcept | None = None
    order_detail: Raw = NOTHING


class DeviceRequest(CareOrder, frozen=True):
    code_codeable_concept: CodeableConcept | None = None
    code_reference: Reference | None = None


class OralDiet(Element, frozen=True):
    type: list[CodeableConcept] | None = None


class Supplement(Element, frozen=True):
    type: CodeableConcept | None = None
    product_name: str | None = None


class NutritionOrder(CareOrder, frozen=True):
    oral_diet: Raw = NOTHING
    supplement: Raw = NOTHING


class Reaction(Element, frozen=True):
    substance: CodeableConcept | None = None
    manifestation: list[CodeableConcept] | None = None
    severity: str | None = None


class AllergyIntolerance(Head, frozen=True):
    clinical_status: CodeableConcept | None = None
    verification_status: CodeableConcept | None = None
    type: str | None = None
    criticality: str | None = None
    code: CodeableConcept | None = None
    recorded_date: str | None = None
    reaction: Raw = NOTHING


class DeviceName(Element, frozen=True):
    name: str | None = None


class Device(Head, frozen=True):
    status: str | None = None
    type: CodeableConcept | None = None
    device_name: Raw = NOTHING
    safety: Raw = NOTHING


class Immunization(Head, frozen=True):
    status: str | None = None
    vaccine_code: CodeableConcept | None = None
    occurrence_date_time: str | None = None


class Participant(Element, frozen=True):
    actor: Reference | None = None
    type: Raw = NOTHING


class Appointment(Head, frozen=True):
    status: str | None = None
    service_category: Raw = NOTHING
    service_type: Raw = NOTHING
    specialty: Raw = NOTHING
    reason_code: Raw = NOTHING
    description: str | None = None
    start: str | None = None
    participant: Raw = NOTHING


class Diagnosis(Element, frozen=True):
    condition: Reference | None = None


class Encounter(Reasoned, frozen=True):
    status: str | None = None
    kind: Raw = msgspec.field(default=NOTHING, name="class")
    type: Raw = NOTHING
    service_type: Raw = NOTHING
    participant: Raw = NOTHING
    period: Raw = NOTHING
    diagnosis: Raw = NOTHING


class Title(Element, frozen=True):
    title: str | None = None


class Payload(Element, frozen=True):
    content_string: str | None = None
    content_attachment: Title | None = None


class Communication(Head, frozen=True):
    status: str | None = None
    category: Raw = NOTHING
    topic: Raw = NOTHING
    payload: Raw = NOTHING
    sent: str | None = None
    received: str | None = None


class Series(Element, frozen=True):
    modality: Coding | None = None
    body_site: Coding | None = None
    laterality: Coding | None = None


class ImagingStudy(Head, frozen=True):
    status: str | None = None
    started: str | None = None
    modality: Raw = NOTHING
    procedure_code: Raw = NOTHING
    description: str | None = None
    series: Raw = NOTHING


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
        DiagnosticReport,
        ServiceRequest,
        DeviceRequest,
        AllergyIntolerance,
        Device,
        Immunization,
        Appointment,
        Encounter,
        Communication,
        ImagingStudy,
    )
}
"""How a row of each type is read."""
_PAGES: dict[str, msgspec.json.Decoder[Page[Head]]] = {
    name: msgspec.json.Decoder(Page[kind], strict=False)  # type: ignore[valid-type]  # by row type
    for name, kind in ROWS.items()
}


def decode_page(raw: bytes | Raw, row_type: str) -> Page[Head] | None:
    """An answer with rows of one type, all of them at once; None where one of them is malformed."""
    try:
        return _PAGES[row_type].decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def decode(raw: bytes | Raw, kind: type[T]) -> T | None:
    """Decode one resource or element; None when it is malformed, which the caller states as a gap.

    Not strict: EHRs write numbers and booleans as strings.
    """
    try:
        return msgspec.json.decode(raw, type=kind, strict=False)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def decode_list(raw: Raw, kind: type[T]) -> tuple[T, ...] | None:
    """Decode a list element; empty when it is absent, None when it is malformed."""
    if raw is NOTHING or bytes(raw) == b"null":
        return ()
    found = decode(raw, list[kind])  # type: ignore[valid-type]
    return None if found is None else tuple(found)


def reference_id(reference: str | None, kind: str) -> str | None:
    """The id that a relative or absolute reference to a `kind` names, versions aside; None for anything else."""
    parts = (reference or "").split("/_history/")[0].split("/")
    return parts[-1] if len(parts) >= 2 and parts[-2] == kind and parts[-1] else None

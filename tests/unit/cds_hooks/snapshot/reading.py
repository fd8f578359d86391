"""A snapshot read from FHIR resources, with the knowledge that ships."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, TypeVar

from msgspec import Raw

from cds_hooks.snapshot.from_fhir.reader import Lookups
from cds_hooks.snapshot.from_fhir.recognition import recognize
from cds_hooks.snapshot.from_fhir.snapshot import Reading
from cds_hooks.snapshot.medication import Medicine
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
    PREGNANCY,
    PROCEDURES,
    SCORES,
    SCREENING_LABS,
    SERVICES,
    STATEMENTS,
    VITALS,
    sources,
)
from cds_hooks.snapshot.report_text import ReportReader
from cds_hooks.wire import fhir
from cds_hooks.wire.request import OrderSignContext, Request, read_request
from mappings import load
from tests.builders.calls import a_request
from tests.builders.fhir import Json, a_bundle
from tests.builders.moment import AS_OF

T = TypeVar("T")
KNOWLEDGE = load()
REPORTS = ReportReader(KNOWLEDGE.report_lists)
LOOKUPS = Lookups(KNOWLEDGE, REPORTS)
KEYS = {
    MEDICATIONS: "MedicationRequest",
    STATEMENTS: "MedicationStatement",
    ADMINISTRATIONS: "MedicationAdministration",
    CONDITIONS: "Condition",
    PROCEDURES: "Procedure",
    IMAGING_REPORTS: "DiagnosticReport",
    ALLERGIES: "AllergyIntolerance",
    DEVICES: "Device",
    IMMUNIZATIONS: "Immunization",
    SERVICES: "ServiceRequest",
    DEVICE_REQUESTS: "DeviceRequest",
    APPOINTMENTS: "Appointment",
    ENCOUNTERS: "Encounter",
    COMMUNICATIONS: "Communication",
    IMAGING_STUDIES: "ImagingStudy",
}
OBSERVATIONS = (LABS, PREGNANCY, BONE_LABS, SCREENING_LABS, VITALS, SCORES, IMMUNOLOGY, IMAGING_MEASURES)


def read(
    resources: Iterable[Json] = (),
    drafts: Iterable[Json] = (),
    observations_under: str = LABS,
    **prefetch: Any,
) -> Patient:
    """The patient of a call that sends these resources; Observations stand under one key.

    `prefetch` gives what came under a key in place of these rows: an OperationOutcome, null, another patient's rows.
    """
    reading = reading_of(resources, drafts, observations_under, **prefetch)
    return reading.patient((*KEYS, *OBSERVATIONS), Policy())


def reading_of(
    resources: Iterable[Json] = (), drafts: Iterable[Json] = (), observations_under: str = LABS, **prefetch: Any
) -> Reading:
    """The reading of that call, before it is said what is needed."""
    kinds = {**KEYS, **dict.fromkeys(OBSERVATIONS, ""), observations_under: "Observation"}
    rows = list(resources)
    sent = {key: a_bundle([row for row in rows if row["resourceType"] == kind]) for key, kind in kinds.items()}
    request = _request(a_request("order-sign", list(drafts), sent | prefetch))
    return Reading(request, sources(KNOWLEDGE), KNOWLEDGE, REPORTS, AS_OF)


def _request(body: bytes) -> Request:
    return read_request(body, "order-sign", OrderSignContext)


def medicine(
    concept: Json | None = None,
    dosages: Iterable[Json] = (),
    form: Json | None = None,
    ingredients: Iterable[Json] = (),
    lookups: Lookups = LOOKUPS,
) -> Medicine:
    """What a product is recognized as."""
    return recognize(
        [_concept(concept)] if concept else [],
        [_decoded(dosage, fhir.Dosage) for dosage in dosages],
        lookups,
        _concept(form) if form else None,
        ingredients=[_concept(part) for part in ingredients],
    )


def _concept(concept: Json) -> fhir.CodeableConcept:
    return _decoded(concept, fhir.CodeableConcept)


def _decoded(value: Json, kind: type[T]) -> T:
    found = fhir.decode(Raw(json.dumps(value).encode()), kind)
    assert found is not None
    return found

"""A snapshot read from FHIR resources, with the knowledge that ships."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TypeVar

from msgspec import Raw

from cds_hooks.snapshot.from_fhir.reader import Lookups
from cds_hooks.snapshot.from_fhir.recognition import recognize
from cds_hooks.snapshot.from_fhir.snapshot import Reading
from cds_hooks.snapshot.medication import Medicine
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Policy
from cds_hooks.snapshot.queries import CONDITIONS, IMAGING_REPORTS, LABS, MEDICATIONS, PREGNANCY, STATEMENTS, sources
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
LOOKUPS = Lookups(KNOWLEDGE)
KEYS = {
    MEDICATIONS: "MedicationRequest",
    STATEMENTS: "MedicationStatement",
    CONDITIONS: "Condition",
    IMAGING_REPORTS: "DiagnosticReport",
}


def read(resources: Iterable[Json] = (), drafts: Iterable[Json] = (), observations_under: str = LABS) -> Patient:
    """The patient of a call that sends these resources; Observations stand under one key."""
    kinds = {**KEYS, LABS: "", PREGNANCY: "", observations_under: "Observation"}
    rows = list(resources)
    prefetch = {key: a_bundle([row for row in rows if row["resourceType"] == kind]) for key, kind in kinds.items()}
    request = _request(a_request("order-sign", list(drafts), prefetch))
    return Reading(request, sources(KNOWLEDGE), KNOWLEDGE, REPORTS, AS_OF).patient(kinds, Policy())


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

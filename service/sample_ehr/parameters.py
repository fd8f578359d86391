"""Which types the server knows, and which search parameters each of them has.

Names and paths are those of FHIR R4 (the "Search Parameters" table of each resource). A type is listed even when no
sample patient has one: a known type without rows answers with an empty Bundle, an unknown type with 404.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Any

from service.sample_ehr.store import Resource


class Kind(Enum):
    """How a parameter compares; the value is its FHIR search parameter type."""

    CODED = "token"
    DATE = "date"
    PATIENT = "reference"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A search parameter and the elements that it looks at, such as ``("performedDateTime", "performedPeriod")``."""

    name: str
    kind: Kind
    paths: tuple[str, ...]

    def values(self, resource: Resource) -> Iterator[Any]:
        """Every value of the resource at the paths, lists opened."""
        for path in self.paths:
            yield from _walk(resource, path.split("."))


def _walk(node: Any, path: list[str]) -> Iterator[Any]:
    if isinstance(node, list):
        for item in node:
            yield from _walk(item, path)
    elif not path:
        yield node
    elif isinstance(node, Mapping) and path[0] in node:
        yield from _walk(node[path[0]], path[1:])


def _token(name: str, *paths: str) -> Parameter:
    return Parameter(name, Kind.CODED, paths or (name,))


def _date(name: str, *paths: str) -> Parameter:
    return Parameter(name, Kind.DATE, paths)


def _patient(name: str = "patient", path: str = "subject") -> Parameter:
    return Parameter(name, Kind.PATIENT, (path,))


_ID = _token("_id", "id")
_SUBJECT = (_patient(), _patient("subject"))
_EFFECTIVE = ("effectiveDateTime", "effectivePeriod", "effectiveInstant")
_CLINICAL_STATUS = (
    _token("clinical-status", "clinicalStatus"),
    _token("verification-status", "verificationStatus"),
)
# FHIR R4: ``code`` looks at the concept alone; an order that references a Medication is found by patient or status.
_MEDICATION = _token("code", "medicationCodeableConcept")

_BY_TYPE: dict[str, tuple[Parameter, ...]] = {
    "AllergyIntolerance": (
        _patient(path="patient"),
        _token("code", "code", "reaction.substance"),
        _token("category"),
        *_CLINICAL_STATUS,
        _date("date", "recordedDate"),
    ),
    "Appointment": (
        _patient(path="participant.actor"),
        _token("status"),
        _date("date", "start"),
    ),
    "Communication": (
        *_SUBJECT,
        _token("category"),
        _token("status"),
        _date("sent", "sent"),
    ),
    "Condition": (
        *_SUBJECT,
        _token("code"),
        _token("category"),
        *_CLINICAL_STATUS,
        _date("recorded-date", "recordedDate"),
        _date("onset-date", "onsetDateTime", "onsetPeriod"),
    ),
    "Device": (
        _patient(path="patient"),
        _token("type"),
        _token("status"),
    ),
    "DeviceRequest": (
        *_SUBJECT,
        _token("code", "codeCodeableConcept"),
        _token("status"),
        _token("intent"),
        _date("authored-on", "authoredOn"),
    ),
    "DeviceUseStatement": _SUBJECT,
    "DiagnosticReport": (
        *_SUBJECT,
        _token("code"),
        _token("category"),
        _token("status"),
        _date("date", *_EFFECTIVE),
        _date("issued", "issued"),
    ),
    "DocumentReference": (
        *_SUBJECT,
        _token("category"),
        _token("type"),
        _token("status"),
        _date("date", "date"),
    ),
    "Encounter": (
        *_SUBJECT,
        _token("class"),
        _token("type"),
        _token("status"),
        _date("date", "period"),
    ),
    "FamilyMemberHistory": (
        _patient(path="patient"),
        _token("code", "condition.code"),
        _token("status"),
        _date("date", "date"),
    ),
    "ImagingStudy": (
        *_SUBJECT,
        _token("modality", "modality", "series.modality"),
        _token("bodysite", "series.bodySite"),
        _token("status"),
        _date("started", "started"),
    ),
    "Immunization": (
        _patient(path="patient"),
        _token("vaccine-code", "vaccineCode"),
        _token("status"),
        _date("date", "occurrenceDateTime"),
    ),
    "Medication": (_token("code"), _token("status")),
    "MedicationAdministration": (
        *_SUBJECT,
        _MEDICATION,
        _token("status"),
        _date("effective-time", "effectiveDateTime", "effectivePeriod"),
    ),
    "MedicationDispense": (
        *_SUBJECT,
        _MEDICATION,
        _token("status"),
        _date("whenhandedover", "whenHandedOver"),
    ),
    "MedicationRequest": (
        *_SUBJECT,
        _MEDICATION,
        _token("category"),
        _token("status"),
        _token("intent"),
        _date("authoredon", "authoredOn"),
    ),
    "MedicationStatement": (
        *_SUBJECT,
        _MEDICATION,
        _token("category"),
        _token("status"),
        _date("effective", "effectiveDateTime", "effectivePeriod"),
    ),
    "Observation": (
        *_SUBJECT,
        _token("code"),
        _token("category"),
        _token("status"),
        _date("date", *_EFFECTIVE),
    ),
    "Patient": (_token("gender"), _date("birthdate", "birthDate")),
    "Procedure": (
        *_SUBJECT,
        _token("code"),
        _token("category"),
        _token("status"),
        _date("date", "performedDateTime", "performedPeriod"),
    ),
    "QuestionnaireResponse": (
        *_SUBJECT,
        _token("status"),
        _date("authored", "authored"),
    ),
    "ServiceRequest": (
        *_SUBJECT,
        _token("code"),
        _token("category"),
        _token("status"),
        _token("intent"),
        _date("authored", "authoredOn"),
        _date("occurrence", "occurrenceDateTime", "occurrencePeriod"),
    ),
    "Task": (
        _patient(path="for"),
        _patient("subject", "for"),
        _token("code"),
        _token("status"),
        _token("intent"),
        _date("authored-on", "authoredOn"),
    ),
}

# type -> name -> parameter
PARAMETERS: Mapping[str, Mapping[str, Parameter]] = MappingProxyType(
    {kind: MappingProxyType({row.name: row for row in (_ID, *rows)}) for kind, rows in _BY_TYPE.items()}
)

"""The request bodies of the bench: one order-sign with some 60 prefetched resources, sized as EHRs send them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from cds_hooks.snapshot.queries import HELD_IN

PATIENT = "bench-patient"
SUBJECT = {"reference": f"Patient/{PATIENT}", "display": "Bench, Bea"}
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
LOINC = "http://loinc.org"
HARMLESS = (
    ("198440", "acetaminophen 500 MG Oral Tablet"),
    ("861007", "metformin hydrochloride 500 MG Oral Tablet"),
    ("314076", "lisinopril 10 MG Oral Tablet"),
    ("199362", "cholecalciferol 0.025 MG Oral Tablet"),
)
APIXABAN = ("1364445", "apixaban 5 MG Oral Tablet")
ILOPROST = ("2680303", "1 ML iloprost 0.1 MG/ML Injection")
METFORMIN = HARMLESS[1]
FILLER = "x" * 620  # narrative, identifiers and tags that an EHR sends along and nobody reads


def order_sign(draft: tuple[str, str], now: datetime | None = None) -> bytes:
    """An order-sign for a patient who takes apixaban, as JSON."""
    now = now or datetime.now(UTC)
    order = _order("draft-1", draft, now, status="draft")
    return orjson.dumps(
        {
            "hook": "order-sign",
            "hookInstance": "0b5a3d9e-4c2f-4f0e-9f57-3c8f0c5b9d11",
            "context": {
                "userId": "Practitioner/bench",
                "patientId": PATIENT,
                "draftOrders": {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": order}]},
            },
            "prefetch": _prefetch(now),
        }
    )


def _prefetch(now: datetime) -> dict[str, Any]:
    orders = [_order(f"order-{n}", HARMLESS[n % 4], now - timedelta(days=30 * n)) for n in range(11)]
    results = [_result(f"lab-{n}", now - timedelta(days=9 * n + 1)) for n in range(30)]
    return {
        **{key: _bundle([]) for keys in HELD_IN.values() for key in keys},
        "patient": _patient(),
        "medications": _bundle([*orders, _order("order-apixaban", APIXABAN, now - timedelta(days=200))]),
        "medicationStatements": _bundle([]),
        "medicationAdministrations": _bundle([]),
        "conditions": _bundle([_condition(n, now) for n in range(9)]),
        "pregnancy": _bundle([]),
        "labs": _bundle(results),
        "procedures": _bundle([_procedure(n, now) for n in range(6)]),
        "serviceRequests": _bundle([_service(n, now) for n in range(2)]),
    }


def _bundle(rows: list[dict[str, Any]]) -> dict[str, Any]:
    entries = [
        {
            "fullUrl": f"https://ehr.example.org/fhir/{r['resourceType']}/{r['id']}",
            "resource": r,
            "search": {"mode": "match"},
        }
        for r in rows
    ]
    return {"resourceType": "Bundle", "type": "searchset", "total": len(rows), **({"entry": entries} if rows else {})}


def _resource(kind: str, identifier: str, **elements: Any) -> dict[str, Any]:
    return {
        "resourceType": kind,
        "id": identifier,
        "meta": {"versionId": "3", "lastUpdated": "2026-01-02T03:04:05Z"},
        "text": {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{FILLER}</div>'},
        "identifier": [{"system": "https://ehr.example.org/ids", "value": f"{kind}-{identifier}-0001"}],
        **elements,
    }


def _patient() -> dict[str, Any]:
    return _resource("Patient", PATIENT, gender="male", birthDate="1974-05-06", name=[{"family": "Bench"}])


def _order(identifier: str, drug: tuple[str, str], when: datetime, status: str = "active") -> dict[str, Any]:
    code, display = drug
    return _resource(
        "MedicationRequest",
        identifier,
        status=status,
        intent="order",
        medicationCodeableConcept={
            "coding": [
                {"system": "urn:oid:1.2.36.1.2001.1005.17", "code": f"local-{code}", "display": display},
                {"system": RXNORM, "code": code, "display": display},
            ],
            "text": display,
        },
        subject=SUBJECT,
        authoredOn=when.isoformat(timespec="seconds"),
        dosageInstruction=[
            {
                "text": "as directed",
                "timing": {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}},
                "doseAndRate": [{"doseQuantity": {"value": 1, "unit": "tablet"}}],
            }
        ],
        requester={"reference": "Practitioner/bench", "display": "Bench"},
    )


def _result(identifier: str, when: datetime) -> dict[str, Any]:
    unit = "mL/min/{1.73_m2}"
    return _resource(
        "Observation",
        identifier,
        status="final",
        category=[
            {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}]}
        ],
        code={"coding": [{"system": LOINC, "code": "98979-8", "display": "eGFR"}], "text": "eGFR (CKD-EPI 2021)"},
        subject=SUBJECT,
        effectiveDateTime=when.isoformat(timespec="seconds"),
        issued=when.isoformat(timespec="seconds"),
        valueQuantity={"value": 84, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit},
        referenceRange=[{"low": {"value": 60, "unit": unit}}],
    )


def _condition(number: int, now: datetime) -> dict[str, Any]:
    kind = "http://terminology.hl7.org/CodeSystem/condition-"
    code = ("M81.6", "Localized osteoporosis [Lequesne]") if number == 0 else ("I10", "Essential hypertension")
    return _resource(
        "Condition",
        f"condition-{number}",
        clinicalStatus={"coding": [{"system": f"{kind}clinical", "code": "active"}]},
        verificationStatus={"coding": [{"system": f"{kind}ver-status", "code": "confirmed"}]},
        code={
            "coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": code[0], "display": code[1]}],
            "text": code[1],
        },
        subject=SUBJECT,
        recordedDate=(now - timedelta(days=40 + number)).isoformat(timespec="seconds"),
    )


def _procedure(number: int, now: datetime) -> dict[str, Any]:
    when = (now - timedelta(days=100 + number)).isoformat(timespec="seconds")
    concept = {"coding": [{"system": "http://snomed.info/sct", "code": "91251008"}], "text": "Physical therapy"}
    return _resource(
        "Procedure", f"procedure-{number}", status="completed", code=concept, subject=SUBJECT, performedDateTime=when
    )


def _service(number: int, now: datetime) -> dict[str, Any]:
    concept = {"coding": [{"system": "http://snomed.info/sct", "code": "91251008"}], "text": "Physical therapy"}
    when = now.isoformat(timespec="seconds")
    return _resource(
        "ServiceRequest",
        f"service-{number}",
        status="active",
        intent="order",
        code=concept,
        subject=SUBJECT,
        authoredOn=when,
    )

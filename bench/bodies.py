"""The request bodies of the bench, sized as EHRs send them: an order-sign and a patient-view of some 95 KB.

`scale` makes a body longer or shorter: every list of the chart has so many times the rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from bench.reports import REPORT
from cds_hooks.snapshot.queries import HELD_IN

PATIENT = "bench-patient"
SUBJECT = {"reference": f"Patient/{PATIENT}", "display": "Bench, Bea"}
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
LOINC = "http://loinc.org"
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
HARMLESS = (
    ("198440", "acetaminophen 500 MG Oral Tablet"),
    ("861007", "metformin hydrochloride 500 MG Oral Tablet"),
    ("314076", "lisinopril 10 MG Oral Tablet"),
    ("199362", "cholecalciferol 0.025 MG Oral Tablet"),
)
APIXABAN = ("1364445", "apixaban 5 MG Oral Tablet")
IBUPROFEN = ("197806", "ibuprofen 600 MG Oral Tablet")
ILOPROST = ("2680303", "1 ML iloprost 0.1 MG/ML Injection")
METFORMIN = HARMLESS[1]
EGFR = ("98979-8", "eGFR", "mL/min/{1.73_m2}")
VITAMIN_D = ("62292-8", "25-OH vitamin D", "ng/mL")
CALCIUM = ("17861-6", "Calcium", "mg/dL")
PAIN = ("72514-3", "Pain severity 0-10", "{score}")
HIP_MRI = {"coding": [{"system": LOINC, "code": "36488-5", "display": "MR Hip WO contrast"}]}
FILLER = "x" * 620  # narrative, identifiers and tags that an EHR sends along and nobody reads

Row = dict[str, Any]


def order_sign(draft: tuple[str, str], now: datetime | None = None, scale: float = 1) -> bytes:
    """An order-sign for a patient who takes apixaban, as JSON."""
    now = now or datetime.now(UTC)
    order = _order("draft-1", draft, now, status="draft")
    drafts = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": order}]}
    return _call("order-sign", {"draftOrders": drafts}, _on_apixaban(now, scale))


def patient_view(now: datetime | None = None, scale: float = 1) -> bytes:
    """A patient-view with five cards, as JSON: edema of the hip for six weeks, and a vitamin D that is low."""
    return _call("patient-view", {}, _with_edema(now or datetime.now(UTC), scale))


def _call(hook: str, context: Mapping[str, Any], lists: Mapping[str, list[Row]]) -> bytes:
    prefetch: Row = {key: _bundle(lists.get(key, [])) for keys in HELD_IN.values() for key in keys}
    return orjson.dumps(
        {
            "hook": hook,
            "hookInstance": "0b5a3d9e-4c2f-4f0e-9f57-3c8f0c5b9d11",
            "context": {"userId": "Practitioner/bench", "patientId": PATIENT, **context},
            "prefetch": {**prefetch, "patient": _patient()},
        }
    )


def _on_apixaban(now: datetime, scale: float) -> dict[str, list[Row]]:
    """What is prefetched: rows by key."""
    orders = [_order(f"order-{n}", HARMLESS[n % 4], _ago(now, 30 * n)) for n in range(_times(11, scale))]
    return {
        "medications": [*orders, _order("order-apixaban", APIXABAN, _ago(now, 200))],
        "conditions": _conditions(now, _times(9, scale)),
        "labs": [_result(f"lab-{n}", _ago(now, 9 * n + 1), EGFR, 84) for n in range(_times(30, scale))],
        "procedures": [_procedure(n, now) for n in range(_times(6, scale))],
        "serviceRequests": [_service(n, now) for n in range(_times(2, scale))],
    }


def _with_edema(now: datetime, scale: float) -> dict[str, list[Row]]:
    orders = [_order(f"order-{n}", HARMLESS[n % 4], _ago(now, 30 * n)) for n in range(_times(8, scale))]
    low = [_result(f"vitamin-d-{n}", _ago(now, 4 + 30 * n), VITAMIN_D, 17 - n % 5) for n in range(_times(3, scale))]
    calcium = [_result(f"calcium-{n}", _ago(now, 4 + 90 * n), CALCIUM, 9.2) for n in range(_times(2, scale))]
    return {
        "medications": [*orders, _order("order-ibuprofen", IBUPROFEN, _ago(now, 30))],
        "conditions": _conditions(now, _times(8, scale)),
        "labs": [_result(f"lab-{n}", _ago(now, 9 * n + 1), EGFR, 84) for n in range(_times(20, scale))],
        "boneLabs": [*low, *calcium],
        "vitals": [_result(f"pain-{n}", _ago(now, 4 + 9 * n), PAIN, 6) for n in range(_times(4, scale))],
        "imagingReports": [_report(n, now) for n in range(_times(3, scale))],
        "imagingStudies": [_study(n, now) for n in range(_times(3, scale))],
        "procedures": [_procedure(n, now) for n in range(_times(5, scale))],
        "serviceRequests": [_service(n, now) for n in range(_times(2, scale))],
    }


def _times(rows: int, scale: float) -> int:
    return max(1, round(rows * scale))


def _ago(now: datetime, days: int) -> datetime:
    """So many days ago, within ten years: a long chart is a dense one."""
    return now - timedelta(days=days % 3650)


def _bundle(rows: list[Row]) -> Row:
    entries = [
        {
            "fullUrl": f"https://ehr.example.org/fhir/{r['resourceType']}/{r['id']}",
            "resource": r,
            "search": {"mode": "match"},
        }
        for r in rows
    ]
    return {"resourceType": "Bundle", "type": "searchset", "total": len(rows), **({"entry": entries} if rows else {})}


def _resource(kind: str, identifier: str, **elements: Any) -> Row:
    return {
        "resourceType": kind,
        "id": identifier,
        "meta": {"versionId": "3", "lastUpdated": "2026-01-02T03:04:05Z"},
        "text": {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{FILLER}</div>'},
        "identifier": [{"system": "https://ehr.example.org/ids", "value": f"{kind}-{identifier}-0001"}],
        **elements,
    }


def _patient() -> Row:
    return _resource("Patient", PATIENT, gender="male", birthDate="1974-05-06", name=[{"family": "Bench"}])


def _order(identifier: str, drug: tuple[str, str], when: datetime, status: str = "active") -> Row:
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


def _result(identifier: str, when: datetime, what: tuple[str, str, str], value: float) -> Row:
    code, name, unit = what
    return _resource(
        "Observation",
        identifier,
        status="final",
        category=[{"coding": [{"system": f"{TERMINOLOGY}/observation-category", "code": "laboratory"}]}],
        code={"coding": [{"system": LOINC, "code": code, "display": name}], "text": name},
        subject=SUBJECT,
        effectiveDateTime=when.isoformat(timespec="seconds"),
        issued=when.isoformat(timespec="seconds"),
        valueQuantity={"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit},
        referenceRange=[{"low": {"value": 60, "unit": unit}}],
    )


def _conditions(now: datetime, count: int) -> list[Row]:
    """Edema syndrome of the left hip since six weeks, and what else the problem list holds."""
    edema = _condition(0, ("M81.6", "Localized osteoporosis [Lequesne]"), now)
    edema |= {"bodySite": [{"text": "Left hip"}], "onsetDateTime": _ago(now, 42).isoformat(timespec="seconds")}
    return [edema, *(_condition(n, ("I10", "Essential hypertension"), now) for n in range(1, count))]


def _condition(number: int, what: tuple[str, str], now: datetime) -> Row:
    code, name = what
    return _resource(
        "Condition",
        f"condition-{number}",
        clinicalStatus={"coding": [{"system": f"{TERMINOLOGY}/condition-clinical", "code": "active"}]},
        verificationStatus={"coding": [{"system": f"{TERMINOLOGY}/condition-ver-status", "code": "confirmed"}]},
        code={"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": code, "display": name}], "text": name},
        subject=SUBJECT,
        recordedDate=_ago(now, 40 + number).isoformat(timespec="seconds"),
    )


def _report(number: int, now: datetime) -> Row:
    when = _ago(now, 30 + 200 * number).isoformat(timespec="seconds")
    return _resource(
        "DiagnosticReport",
        f"report-{number}",
        status="final",
        category=[{"coding": [{"system": f"{TERMINOLOGY}/v2-0074", "code": "RAD"}]}],
        code=HIP_MRI,
        subject=SUBJECT,
        effectiveDateTime=when,
        imagingStudy=[{"reference": f"ImagingStudy/study-{number}"}],
        conclusion=REPORT,
    )


def _study(number: int, now: datetime) -> Row:
    return _resource(
        "ImagingStudy",
        f"study-{number}",
        status="available",
        modality=[{"system": "http://dicom.nema.org/resources/ontology/DCM", "code": "MR"}],
        subject=SUBJECT,
        started=_ago(now, 30 + 200 * number).isoformat(timespec="seconds"),
        procedureCode=[HIP_MRI],
    )


def _procedure(number: int, now: datetime) -> Row:
    when = _ago(now, 100 + number).isoformat(timespec="seconds")
    concept = {"coding": [{"system": "http://snomed.info/sct", "code": "91251008"}], "text": "Physical therapy"}
    return _resource(
        "Procedure", f"procedure-{number}", status="completed", code=concept, subject=SUBJECT, performedDateTime=when
    )


def _service(number: int, now: datetime) -> Row:
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

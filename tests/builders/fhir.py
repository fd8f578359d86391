"""FHIR resources as an EHR sends them, with sane defaults: plain JSON, so that a test may break any part of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tests.builders.moment import day

Json = dict[str, Any]

PATIENT_ID = "patient-1"
SUBJECT = {"reference": f"Patient/{PATIENT_ID}"}
ATC = "http://www.whocc.no/atc"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"


def coded(system: str, code: str, text: str | None = None) -> Json:
    """A CodeableConcept of one coding; `text` is its display and its text."""
    shown = {} if text is None else {"display": text}
    return {"coding": [{"system": system, "code": code, **shown}]} | ({} if text is None else {"text": text})


def named(text: str) -> Json:
    return {"text": text}


ILOPROST = coded(ATC, "B01AC11", "iloprost")
APIXABAN = coded(RXNORM, "1364430", "apixaban")
WARFARIN = coded(RXNORM, "11289", "warfarin")
NIFEDIPINE = coded(ATC, "C08CA05", "nifedipine")
INHALED = coded(SNOMED, "372452007", "Endotracheopulmonary route")
INTRAVENOUS = named("intravenous")

PREGNANCY = coded(SNOMED, "77386006", "Pregnant")
PULMONARY_HYPERTENSION = coded(ICD10CM, "I27.0", "Primary pulmonary hypertension")
EDEMA_SYNDROME = named("bone marrow edema syndrome")
LONG_TERM_ANTICOAGULATION = coded(ICD10CM, "Z79.01", "Long term (current) use of anticoagulants")
HYSTERECTOMY = coded(ICD10CM, "Z90.710", "Acquired absence of both cervix and uterus")
CESAREAN = coded(SNOMED, "11466000", "Cesarean section")

PREGNANCY_STATUS = coded(LOINC, "82810-3", "Pregnancy status")
PREGNANCY_TEST = coded(LOINC, "2106-3", "Choriogonadotropin (pregnancy test) [Presence] in Urine")
PREGNANCY_TEST_AMOUNT = coded(LOINC, "19080-1", "Choriogonadotropin [Units/volume] in Serum or Plasma")
DUE_DATE = coded(LOINC, "11778-8", "Delivery date Estimated")
INR = coded(LOINC, "34714-6", "INR in Blood by Coagulation assay")
EGFR = coded(LOINC, "33914-3", "Glomerular filtration rate (MDRD)")
ANSWER_PREGNANT = coded(LOINC, "LA15173-0", "Pregnant")
ANSWER_NOT_PREGNANT = coded(LOINC, "LA26683-5", "Not pregnant")
POSITIVE = coded(LOINC, "LA6576-8", "Positive")
NEGATIVE = coded(LOINC, "LA6577-6", "Negative")


def fhir_patient(**overrides: Any) -> Json:
    """A man of 52 years."""
    return {"resourceType": "Patient", "id": PATIENT_ID, "gender": "male", "birthDate": "1973-01-10", **overrides}


def fhir_medication_request(medication: Json | None = None, **overrides: Any) -> Json:
    """An active order of apixaban; `medication` is a CodeableConcept."""
    concept = {} if medication is None and "medicationReference" in overrides else medication or APIXABAN
    return {
        "resourceType": "MedicationRequest",
        "id": "order-1",
        "status": "active",
        "intent": "order",
        **({"medicationCodeableConcept": concept} if concept else {}),
        "subject": SUBJECT,
        "authoredOn": day(30),
        **overrides,
    }


def fhir_draft(medication: Json | None = None, **overrides: Any) -> Json:
    """A draft order of iloprost by vein."""
    draft = {"id": "draft-1", "status": "draft", "authoredOn": day(0), "dosageInstruction": [{"route": INTRAVENOUS}]}
    return fhir_medication_request(medication or ILOPROST, **(draft | overrides))


def fhir_statement(medication: Json | None = None, **overrides: Any) -> Json:
    """The statement that apixaban is taken."""
    return {
        "resourceType": "MedicationStatement",
        "id": "statement-1",
        "status": "active",
        "medicationCodeableConcept": medication or APIXABAN,
        "subject": SUBJECT,
        "effectivePeriod": {"start": day(30)},
        **overrides,
    }


def fhir_administration(order: str, days: int, **overrides: Any) -> Json:
    """A dose of an order, given so many days ago."""
    return {
        "resourceType": "MedicationAdministration",
        "id": "administration-1",
        "status": "completed",
        "medicationCodeableConcept": APIXABAN,
        "subject": SUBJECT,
        "request": {"reference": f"MedicationRequest/{order}"},
        "effectiveDateTime": day(days),
        **overrides,
    }


def fhir_condition(code: Json | None = None, **overrides: Any) -> Json:
    """An active, confirmed pregnancy, recorded 60 days ago."""
    return {
        "resourceType": "Condition",
        "id": "condition-1",
        "clinicalStatus": coded(CLINICAL, "active"),
        "verificationStatus": coded(VERIFICATION, "confirmed"),
        "code": code or PREGNANCY,
        "subject": SUBJECT,
        "recordedDate": day(60),
        **overrides,
    }


def fhir_observation(code: Json | None = None, **overrides: Any) -> Json:
    """A final observation of yesterday, the pregnancy status unless `code` says otherwise; give it a value."""
    return {
        "resourceType": "Observation",
        "id": "observation-1",
        "status": "final",
        "code": code or PREGNANCY_STATUS,
        "subject": SUBJECT,
        "effectiveDateTime": day(1),
        **overrides,
    }


def fhir_procedure(code: Json | None = None, **overrides: Any) -> Json:
    """A completed cesarean section of 60 days ago."""
    return {
        "resourceType": "Procedure",
        "id": "procedure-1",
        "status": "completed",
        "code": code or CESAREAN,
        "subject": SUBJECT,
        "performedDateTime": day(60),
        **overrides,
    }


def a_quantity(value: float, unit: str, **overrides: Any) -> Json:
    return {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit, **overrides}


def a_bundle(rows: Iterable[Any] = (), next: str | None = None) -> Json:  # noqa: A002 -- the relation's own name
    """A search result; `next` is the address of the page that follows."""
    link = {"link": [{"relation": "next", "url": next}]} if next else {}
    return {"resourceType": "Bundle", "type": "searchset", **link, "entry": [{"resource": row} for row in rows]}


def an_outcome(severity: str = "error") -> Json:
    return {"resourceType": "OperationOutcome", "issue": [{"severity": severity, "code": "processing"}]}


def reference_to(resource: Mapping[str, Any]) -> str:
    return f"{resource['resourceType']}/{resource['id']}"


def codes_of(resource: Mapping[str, Any]) -> Sequence[str]:
    """The codes of a resource's `code`."""
    return [coding["code"] for coding in resource.get("code", {}).get("coding", ()) if "code" in coding]


def fhir_service_order(code: Json | None = None, **overrides: Any) -> Json:
    """An active order of physiotherapy, written 30 days ago."""
    return {
        "resourceType": "ServiceRequest",
        "id": "service-1",
        "status": "active",
        "intent": "order",
        "code": code or named("Physiotherapy"),
        "subject": SUBJECT,
        "authoredOn": day(30),
        **overrides,
    }


def fhir_device_order(code: Json | None = None, **overrides: Any) -> Json:
    """An active order of crutches, written 30 days ago."""
    return {
        "resourceType": "DeviceRequest",
        "id": "aid-1",
        "status": "active",
        "intent": "order",
        "codeCodeableConcept": code or named("Forearm crutches"),
        "subject": SUBJECT,
        "authoredOn": day(30),
        **overrides,
    }


def fhir_allergy(code: Json | None = None, **overrides: Any) -> Json:
    """A confirmed allergy to ibuprofen, without a reaction."""
    return {
        "resourceType": "AllergyIntolerance",
        "id": "allergy-1",
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "verificationStatus": {"coding": [{"code": "confirmed"}]},
        "code": code or coded(RXNORM, "5640", "Ibuprofen"),
        "patient": SUBJECT,
        "recordedDate": day(900),
        **overrides,
    }


def fhir_device(kind: Json | None = None, **overrides: Any) -> Json:
    """A pacemaker in use."""
    return {
        "resourceType": "Device",
        "id": "device-1",
        "status": "active",
        "type": kind or named("Cardiac pacemaker"),
        "patient": SUBJECT,
        **overrides,
    }


def fhir_immunization(**overrides: Any) -> Json:
    """A measles, mumps and rubella vaccine of 20 days ago."""
    return {
        "resourceType": "Immunization",
        "id": "immunization-1",
        "status": "completed",
        "vaccineCode": coded("http://hl7.org/fhir/sid/cvx", "03", "MMR"),
        "patient": SUBJECT,
        "occurrenceDateTime": day(20),
        **overrides,
    }


def fhir_appointment(**overrides: Any) -> Json:
    """A booked visit to the orthopedic clinic in ten days."""
    return {
        "resourceType": "Appointment",
        "id": "appointment-1",
        "status": "booked",
        "serviceType": [coded(SNOMED, "394801008", "Trauma and orthopedics")],
        "start": f"{day(-10)}T09:00:00Z",
        "participant": [{"actor": SUBJECT, "status": "accepted"}],
        **overrides,
    }


def fhir_encounter(**overrides: Any) -> Json:
    """A finished visit to the orthopedic clinic, 20 days ago."""
    return {
        "resourceType": "Encounter",
        "id": "encounter-1",
        "status": "finished",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
        "type": [named("Clinic visit")],
        "serviceType": coded(SNOMED, "394801008", "Trauma and orthopedics"),
        "subject": SUBJECT,
        "period": {"start": day(20), "end": day(20)},
        **overrides,
    }


def fhir_imaging_study(**overrides: Any) -> Json:
    """An MR study of the right ankle, 20 days ago."""
    return {
        "resourceType": "ImagingStudy",
        "id": "study-1",
        "status": "available",
        "modality": [{"code": "MR"}],
        "subject": SUBJECT,
        "started": day(20),
        "procedureCode": [coded(LOINC, "36429-9", "MR Ankle - right WO contrast")],
        "series": [{"modality": {"code": "MR"}, "bodySite": {"system": SNOMED, "code": "344001"}}],
        **overrides,
    }

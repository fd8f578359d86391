"""Charts of sample patients built by code: valid FHIR R4, dated relative to a day, ids unique to the story."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
LOINC = "http://loinc.org"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
SNOMED = "http://snomed.info/sct"
UCUM = "http://unitsofmeasure.org"
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/"
MRI = {
    "hip": ("30687-8", "MR Hip WO contrast"),
    "knee": ("30691-0", "MR Knee WO contrast"),
    "ankle": ("30680-3", "MR Ankle WO contrast"),
    "foot": ("30681-1", "MR Foot WO contrast"),
    "spine": ("30679-5", "MR Lumbar spine WO contrast"),
    "pelvis": ("30673-8", "MR Pelvis WO contrast"),
}
LABS: Mapping[str, tuple[str, str, str]] = {
    "vitamin D": ("62292-8", "25-hydroxyvitamin D3+25-hydroxyvitamin D2 [Mass/volume] in Serum or Plasma", "ng/mL"),
    "calcium": ("17861-6", "Calcium [Mass/volume] in Serum or Plasma", "mg/dL"),
    "egfr": ("33914-3", "Glomerular filtration rate/1.73 sq M.predicted (MDRD)", "mL/min/{1.73_m2}"),
    "crp": ("1988-5", "C reactive protein [Mass/volume] in Serum or Plasma", "mg/L"),
    "inr": ("34714-6", "INR in Blood by Coagulation assay", "{INR}"),
    "pain": ("72514-3", "Pain severity - 0-10 verbal numeric rating [Score] - Reported", "{score}"),
    "temperature": ("8310-5", "Body temperature", "Cel"),
    "PHQ-9": ("44261-6", "Patient Health Questionnaire 9 item (PHQ-9) total score [Reported]", "{score}"),
}
MEDICINES: Mapping[str, tuple[str, str]] = {
    "acetaminophen": ("198440", "acetaminophen 500 MG Oral Tablet"),
    "apixaban": ("1364445", "apixaban 5 MG Oral Tablet"),
    "ibuprofen": ("197806", "ibuprofen 600 MG Oral Tablet"),
    "lorazepam": ("197901", "lorazepam 1 MG Oral Tablet"),
    "clarithromycin": ("197517", "clarithromycin 500 MG Oral Tablet"),
    "clopidogrel": ("309362", "clopidogrel 75 MG Oral Tablet"),
    "prednisone": ("198145", "prednisone 10 MG Oral Tablet"),
    "digoxin": ("197604", "digoxin 0.125 MG Oral Tablet"),
    "sildenafil": ("312950", "sildenafil 50 MG Oral Tablet"),
    "denosumab": ("993452", "1 ML denosumab 60 MG/ML Prefilled Syringe"),
}

Resource = dict[str, Any]


def concept(text: str, system: str = "", code: str = "") -> Resource:
    """A CodeableConcept: with its code, or in words alone."""
    coding = {"coding": [{"system": system, "code": code, "display": text}]} if code else {}
    return {**coding, "text": text}


class Chart:
    """One patient, filled entry by entry. Days count back from `today`."""

    def __init__(self, story: str, name: str, gender: str, years: int, today: date) -> None:
        self._short = story.removeprefix("sample-")
        self._today = today
        self._subject = {"reference": f"Patient/{story}"}
        born = date(today.year - years, today.month, min(today.day, 28)) - timedelta(days=100)
        self.resources: list[Resource] = [
            {
                "resourceType": "Patient",
                "id": story,
                "active": True,
                "name": [{"use": "official", "family": "Sample", "given": [name], "text": f"Sample, {name}"}],
                "gender": gender,
                "birthDate": born.isoformat(),
            }
        ]

    def _day(self, days: int) -> str:
        return (self._today - timedelta(days=days)).isoformat()

    def _add(self, kind: str, subject: str = "subject", **fields: Any) -> Chart:
        number = sum(row["resourceType"] == kind for row in self.resources) + 1
        entry = f"{self._short}-{kind.lower()}-{number}"
        self.resources.append({"resourceType": kind, "id": entry, subject: self._subject, **fields})
        return self

    def problem(self, text: str, code: str = "", days: int = 40, site: str = "") -> Chart:
        """An active, confirmed problem since so many days; `code` is of ICD-10-CM."""
        place: dict[str, Any] = {"bodySite": [{"text": site}]} if site else {}
        return self._add(
            "Condition",
            clinicalStatus=concept("active", f"{TERMINOLOGY}condition-clinical", "active"),
            verificationStatus=concept("confirmed", f"{TERMINOLOGY}condition-ver-status", "confirmed"),
            category=[concept("Problem List Item", f"{TERMINOLOGY}condition-category", "problem-list-item")],
            code=concept(text, ICD10CM, code),
            onsetDateTime=self._day(days),
            recordedDate=self._day(max(days - 10, 0)),
            **place,
        )

    def mri(self, part: str, conclusion: str, days: int = 20) -> Chart:
        """An MR study with its report."""
        code, name = MRI[part]
        self._add(
            "ImagingStudy",
            status="available",
            modality=[{"system": "http://dicom.nema.org/resources/ontology/DCM", "code": "MR"}],
            started=f"{self._day(days)}T09:30:00Z",
            procedureCode=[concept(name, LOINC, code)],
        )
        study = {"reference": f"ImagingStudy/{self.resources[-1]['id']}"}
        return self._add(
            "DiagnosticReport",
            status="final",
            category=[concept("Radiology", f"{TERMINOLOGY}v2-0074", "RAD")],
            code=concept(name, LOINC, code),
            effectiveDateTime=f"{self._day(days)}T09:30:00Z",
            issued=f"{self._day(days)}T15:00:00Z",
            imagingStudy=[study],
            conclusion=conclusion,
        )

    def radiograph(self, name: str, conclusion: str, days: int = 30) -> Chart:
        """A report of a radiograph, named in words."""
        return self._add(
            "DiagnosticReport",
            status="final",
            category=[concept("Radiology", f"{TERMINOLOGY}v2-0074", "RAD")],
            code=concept(name),
            effectiveDateTime=f"{self._day(days)}T10:00:00Z",
            conclusion=conclusion,
        )

    def result(self, what: str, value: float, days: int = 5) -> Chart:
        """A final measurement."""
        code, name, unit = LABS[what]
        return self._add(
            "Observation",
            status="final",
            code=concept(name, LOINC, code),
            effectiveDateTime=f"{self._day(days)}T08:10:00Z",
            valueQuantity={"value": value, "unit": unit, "system": UCUM, "code": unit},
        )

    def blood_pressure(self, systolic: int, diastolic: int, days: int = 1) -> Chart:
        parts = (("8480-6", "Systolic blood pressure", systolic), ("8462-4", "Diastolic blood pressure", diastolic))
        return self._add(
            "Observation",
            status="final",
            code=concept("Blood pressure panel with all children optional", LOINC, "85354-9"),
            effectiveDateTime=f"{self._day(days)}T09:00:00Z",
            component=[
                {
                    "code": concept(name, LOINC, code),
                    "valueQuantity": {"value": value, "unit": "mmHg", "system": UCUM, "code": "mm[Hg]"},
                }
                for code, name, value in parts
            ],
        )

    def takes(self, medicine: str, days: int = 60) -> Chart:
        """An active order, coded where `MEDICINES` knows it, else in words."""
        code, name = MEDICINES.get(medicine, ("", medicine))
        return self._add(
            "MedicationRequest",
            status="active",
            intent="order",
            medicationCodeableConcept=concept(name, RXNORM, code),
            authoredOn=self._day(days),
        )

    def ordered(self, text: str, days: int = 20) -> Chart:
        """An active order of a service, in words."""
        return self._add(
            "ServiceRequest", status="active", intent="order", code=concept(text), authoredOn=self._day(days)
        )

    def done(self, text: str, days: int) -> Chart:
        """A completed procedure, in words."""
        return self._add("Procedure", status="completed", code=concept(text), performedDateTime=self._day(days))

    def device(self, text: str, code: str) -> Chart:
        """A device in use; `code` is of SNOMED CT."""
        return self._add("Device", "patient", status="active", type=concept(text, SNOMED, code))

    def allergy(self, text: str, code: str) -> Chart:
        """A confirmed allergy; `code` is of RxNorm."""
        return self._add(
            "AllergyIntolerance",
            "patient",
            clinicalStatus=concept("active", f"{TERMINOLOGY}allergyintolerance-clinical", "active"),
            verificationStatus=concept("confirmed", f"{TERMINOLOGY}allergyintolerance-verification", "confirmed"),
            code=concept(text, RXNORM, code),
        )

    def pregnant(self, weeks_to_go: int) -> Chart:
        """A pregnancy on the problem list, with the expected delivery date."""
        self.problem("Pregnant state, incidental", "Z33.1", days=(40 - weeks_to_go) * 7 - 30)
        return self._add(
            "Observation",
            status="final",
            code=concept("Delivery date Estimated", LOINC, "11778-8"),
            effectiveDateTime=f"{self._day(30)}T08:00:00Z",
            valueDateTime=self._day(-weeks_to_go * 7),
        )

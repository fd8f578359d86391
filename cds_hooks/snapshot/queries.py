"""Which FHIR query holds which fact. Stated once, used three times: prefetch templates in discovery, the queries for
what is missing, and the sentence about what could not be had.

The queries are few and stable, because analysts copy them into EHRs by hand. They keep to the restrictions of
CDS Hooks 2.0 ("Prefetch query restrictions"): no modifier, no repeated parameter, only context tokens. Statuses and
dates are judged again when the rows are read, whatever a query asked for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from cds_hooks.snapshot import measures
from cds_hooks.snapshot.measures import BONE, KIDNEY_AND_CLOTTING, SCREENING, VITAL_SIGNS
from cds_hooks.snapshot.vocabulary import Concept, Need
from mappings.knowledge import Knowledge

PATIENT_TOKEN = "{{context.patientId}}"  # noqa: S105 -- a prefetch token, not a secret
PATIENT = "patient"
MEDICATIONS = "medications"
STATEMENTS = "medicationStatements"
ADMINISTRATIONS = "medicationAdministrations"
CONDITIONS = "conditions"
PREGNANCY = "pregnancy"
LABS = "labs"
PROCEDURES = "procedures"
SERVICES = "serviceRequests"
IMAGING_REPORTS = "imagingReports"
BONE_LABS = "boneLabs"
SCREENING_LABS = "screeningLabs"
VITALS = "vitals"
ALLERGIES = "allergies"
DEVICES = "devices"
DEVICE_REQUESTS = "deviceRequests"
IMMUNIZATIONS = "immunizations"
APPOINTMENTS = "appointments"
ENCOUNTERS = "encounters"
COMMUNICATIONS = "communications"
SCORES = "scores"
IMMUNOLOGY = "immunologyLabs"
IMAGING_STUDIES = "imagingStudies"
IMAGING_MEASURES = "imagingMeasures"


@dataclass(frozen=True, slots=True)
class Source:
    """One query: its prefetch key, its template, the type of its rows and how a notice names it."""

    key: str
    template: str
    row_type: str
    title: str

    def path(self, patient_id: str) -> str:
        """The query for this patient, relative to the FHIR base."""
        return self.template.replace(PATIENT_TOKEN, quote(patient_id, safe=""))


HELD_IN: Mapping[Need, tuple[str, ...]] = {
    Need.DEMOGRAPHICS: (PATIENT,),
    Need.MEDICATIONS: (MEDICATIONS, STATEMENTS),
    Need.STOPPED_MEDICATIONS: (ADMINISTRATIONS,),
    Need.PROBLEMS: (CONDITIONS,),
    Need.PREGNANCY: (CONDITIONS, PREGNANCY),
    Need.CHILDBEARING: (CONDITIONS, PROCEDURES),
    Need.PROCEDURES: (PROCEDURES,),
    Need.INR: (LABS,),
    Need.KIDNEY_FUNCTION: (LABS,),
    Need.PLATELETS: (LABS,),
    Need.CALCIUM: (BONE_LABS,),
    Need.VITAMIN_D: (BONE_LABS,),
    Need.INFLAMMATION: (SCREENING_LABS,),
    Need.HBA1C: (SCREENING_LABS,),
    Need.SCREENING: (SCREENING_LABS,),
    Need.BLOOD_PRESSURE: (VITALS,),
    Need.PAIN: (VITALS,),
    Need.TEMPERATURE: (VITALS,),
    Need.WEIGHT: (VITALS,),
    Need.HEART_FAILURE_CLASS: (VITALS,),
    Need.ALLERGIES: (ALLERGIES,),
    Need.DEVICES: (DEVICES,),
    Need.IMMUNIZATIONS: (IMMUNIZATIONS,),
    Need.CARE: (SERVICES, DEVICE_REQUESTS),
    Need.APPOINTMENTS: (APPOINTMENTS,),
    Need.ENCOUNTERS: (ENCOUNTERS,),
    Need.EDUCATION: (PROCEDURES, COMMUNICATIONS),
    Need.SCORES: (SCORES,),
    Need.BONE_DENSITY: (SCORES, IMAGING_REPORTS),
    Need.IMMUNOLOGY: (IMMUNOLOGY,),
    Need.IMAGING_STUDIES: (IMAGING_STUDIES,),
    Need.OPEN_ORDERS: (SERVICES, DEVICE_REQUESTS),
    Need.MRI: (IMAGING_REPORTS,),
    Need.RADIOGRAPHS: (IMAGING_REPORTS,),
    Need.IMAGING_MEASURES: (IMAGING_MEASURES,),
}

RADIOLOGY = "radiology_category"  # diagnostic service sections of HL7, and the categories of US Core
IMAGING = "&category=imaging"  # RAMRIS score and depth of edema: no code is in use that could be asked for
CARE_STATUS = "&status=active,on-hold,completed,draft,unknown"
PANELS = ("bp_panel",)  # a search by code finds the panel, not what stands in its components
PREGNANCY_RESULTS = (
    Concept.PREGNANCY_STATUS,
    Concept.HCG_QUALITATIVE,
    Concept.HCG_QUANTITATIVE,
    Concept.DELIVERY_DATE,
    Concept.GESTATIONAL_AGE,
    Concept.BREASTFEEDING_STATUS,
)


def sources(knowledge: Knowledge) -> Mapping[str, Source]:
    """Every query by its key, the codes of the coded ones taken from the tables."""

    def coded(concepts: Iterable[str]) -> str:
        codes = (f"{code.system}|{code.code}" for concept in concepts for code in knowledge.codes(concept))
        return f"Observation?patient={PATIENT_TOKEN}&code={','.join(dict.fromkeys(codes))}"

    def of_patient(row_type: str, rest: str = "") -> str:
        return f"{row_type}?patient={PATIENT_TOKEN}{rest}"

    radiology = f"&category={','.join(dict.fromkeys(code.code for code in knowledge.codes(RADIOLOGY)))}"
    on_file = "&status=active,on-hold,unknown,completed,stopped"
    table = (
        Source(PATIENT, f"Patient/{PATIENT_TOKEN}", "Patient", "patient record"),
        Source(MEDICATIONS, of_patient("MedicationRequest", on_file), "MedicationRequest", "medication orders"),
        Source(STATEMENTS, of_patient("MedicationStatement"), "MedicationStatement", "medication statements"),
        Source(ADMINISTRATIONS, of_patient("MedicationAdministration"), "MedicationAdministration", "administrations"),
        Source(CONDITIONS, of_patient("Condition"), "Condition", "problem list"),
        Source(PREGNANCY, coded(PREGNANCY_RESULTS), "Observation", "pregnancy tests and status"),
        Source(LABS, coded(KIDNEY_AND_CLOTTING), "Observation", "kidney and clotting results"),
        Source(BONE_LABS, coded(BONE), "Observation", "vitamin D and calcium results"),
        Source(SCREENING_LABS, coded(SCREENING), "Observation", "inflammation and screening results"),
        Source(VITALS, coded((*VITAL_SIGNS, *PANELS)), "Observation", "vital signs and pain scores"),
        Source(ALLERGIES, of_patient("AllergyIntolerance"), "AllergyIntolerance", "allergies"),
        Source(PROCEDURES, of_patient("Procedure"), "Procedure", "procedures"),
        Source(DEVICES, of_patient("Device"), "Device", "implanted devices"),
        Source(IMMUNIZATIONS, of_patient("Immunization"), "Immunization", "immunizations"),
        Source(IMAGING_REPORTS, of_patient("DiagnosticReport", radiology), "DiagnosticReport", "imaging reports"),
        Source(SERVICES, of_patient("ServiceRequest", CARE_STATUS), "ServiceRequest", "orders of services"),
        Source(DEVICE_REQUESTS, of_patient("DeviceRequest"), "DeviceRequest", "orders of aids"),
        Source(APPOINTMENTS, of_patient("Appointment"), "Appointment", "appointments"),
        Source(ENCOUNTERS, of_patient("Encounter"), "Encounter", "encounters"),
        Source(COMMUNICATIONS, of_patient("Communication"), "Communication", "communications"),
        Source(SCORES, coded(measures.SCORES), "Observation", "questionnaire scores and bone density"),
        Source(IMMUNOLOGY, coded(measures.IMMUNOLOGY), "Observation", "rheumatology tests"),
        Source(IMAGING_STUDIES, of_patient("ImagingStudy"), "ImagingStudy", "imaging studies"),
        Source(IMAGING_MEASURES, of_patient("Observation", IMAGING), "Observation", "measurements on imaging"),
    )
    return {source.key: source for source in table}


_ORDER = tuple(dict.fromkeys(key for need in Need for key in HELD_IN[need]))


def keys_for(needs: Iterable[Need]) -> tuple[str, ...]:
    """The keys of the queries that hold these facts, each once, in the order of the table."""
    return in_order(frozenset(key for need in needs for key in HELD_IN[need]))


def in_order(keys: Collection[str]) -> tuple[str, ...]:
    """Keys in the order of the table."""
    return tuple(key for key in _ORDER if key in keys)

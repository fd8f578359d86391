"""Which FHIR query holds which fact. Stated once, used three times: prefetch templates in discovery, the queries for
what is missing, and the sentence about what could not be had.

The queries are few and stable, because analysts copy them into EHRs by hand. They keep to the restrictions of
CDS Hooks 2.0 ("Prefetch query restrictions"): no modifier, no repeated parameter, only context tokens. Statuses and
dates are judged again when the rows are read, whatever a query asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

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


@dataclass(frozen=True, slots=True)
class Source:
    """One query: its prefetch key, its template, the type of its rows and how a notice names it."""

    key: str
    template: str
    row_type: str
    title: str
    optional: bool = False  # its failure changes what is suggested, never what is found

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
    Need.INR: (LABS,),
    Need.KIDNEY_FUNCTION: (LABS,),
    Need.OPEN_ORDERS: (SERVICES,),
    Need.MRI: (IMAGING_REPORTS,),
}

RADIOLOGY = "&category=RAD,NMR,LP29684-5"  # diagnostic service sections of HL7, and the category of US Core
PREGNANCY_RESULTS = (Concept.PREGNANCY_STATUS, Concept.HCG_QUALITATIVE, Concept.HCG_QUANTITATIVE, Concept.DELIVERY_DATE)
LAB_RESULTS = (Concept.INR, Concept.EGFR)


def sources(knowledge: Knowledge) -> Mapping[str, Source]:
    """Every query by its key, the codes of the coded ones taken from the tables."""

    def coded(concepts: Iterable[Concept]) -> str:
        codes = (f"{code.system}|{code.code}" for concept in concepts for code in knowledge.codes(concept))
        return f"Observation?patient={PATIENT_TOKEN}&code={','.join(codes)}"

    def of_patient(row_type: str, rest: str = "") -> str:
        return f"{row_type}?patient={PATIENT_TOKEN}{rest}"

    on_file = "&status=active,on-hold,unknown,completed,stopped"
    table = (
        Source(PATIENT, f"Patient/{PATIENT_TOKEN}", "Patient", "patient record"),
        Source(MEDICATIONS, of_patient("MedicationRequest", on_file), "MedicationRequest", "medication orders"),
        Source(STATEMENTS, of_patient("MedicationStatement"), "MedicationStatement", "medication statements"),
        Source(ADMINISTRATIONS, of_patient("MedicationAdministration"), "MedicationAdministration", "administrations"),
        Source(CONDITIONS, of_patient("Condition"), "Condition", "problem list"),
        Source(PREGNANCY, coded(PREGNANCY_RESULTS), "Observation", "pregnancy tests and status"),
        Source(LABS, coded(LAB_RESULTS), "Observation", "laboratory results"),
        Source(PROCEDURES, of_patient("Procedure"), "Procedure", "procedures"),
        Source(IMAGING_REPORTS, of_patient("DiagnosticReport", RADIOLOGY), "DiagnosticReport", "imaging reports"),
        Source(
            SERVICES, of_patient("ServiceRequest", "&status=active"), "ServiceRequest", "open orders", optional=True
        ),
    )
    return {source.key: source for source in table}


def keys_for(needs: Iterable[Need]) -> tuple[str, ...]:
    """The keys of the queries that hold these facts, each once, in the order of the table."""
    wanted = set(needs)
    return tuple(dict.fromkeys(key for need in Need if need in wanted for key in HELD_IN[need]))

"""Sex and birth date from the Patient resource."""

from __future__ import annotations

from cds_hooks.snapshot.from_fhir.reader import Reader, code_of
from cds_hooks.snapshot.model import Gap, GapKind
from cds_hooks.snapshot.patient import Demographics
from cds_hooks.snapshot.queries import PATIENT
from cds_hooks.snapshot.vocabulary import Need
from cds_hooks.wire import fhir

BIRTH_SEX = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex"
SEX_EXTENSIONS = {
    BIRTH_SEX,
    "http://hl7.org/fhir/us/core/StructureDefinition/us-core-sex",
    "http://hl7.org/fhir/StructureDefinition/patient-sexParameterForClinicalUse",
}
FEMALE = {"F", "female", "female-typical", "248152002"}
MALE = {"M", "male", "male-typical", "248153007"}


def read_demographics(reader: Reader) -> Demographics:
    rows = reader.rows(PATIENT, fhir.Patient)
    gap = reader.chart.gap(PATIENT, Need.DEMOGRAPHICS)
    if gap or not rows:
        return Demographics(gap=gap or Gap(Need.DEMOGRAPHICS, GapKind.OUT_OF_REACH, "patient record: not found"))
    patient = rows[0].resource
    return Demographics(
        gender=patient.gender, birth_sex=_birth_sex(patient), birth_date=reader.when(patient.birth_date)
    )


def _birth_sex(patient: fhir.Patient) -> str | None:
    """Female where any of the recorded sexes says so: it decides whether a pregnancy is possible."""
    found = [extension for extension in patient.extension or () if extension.url in SEX_EXTENSIONS]
    parts = [part for extension in found for part in (extension, *(extension.extension or ()))]
    codes = {part.value_code or code_of(part.value_codeable_concept) for part in parts}
    if codes & FEMALE:
        return "female"
    return "male" if codes & MALE else None

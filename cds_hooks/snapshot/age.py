"""Is the patient a child, or of an age that adds to a risk? What the birth date leaves open stays open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cds_hooks.snapshot.model import Absent, Fact, Finding, Gap, GapKind, Present, Unknown
from cds_hooks.snapshot.vocabulary import Need

if TYPE_CHECKING:
    from cds_hooks.snapshot.patient import Patient

ADULT = 18  # years


def child(patient: Patient) -> Finding[Fact]:
    """Under age: the adult pathways do not apply."""
    return under(patient, ADULT)


def under(patient: Patient, years: float) -> Finding[Fact]:
    """Younger than so many years. Unknown with a gap "not recorded" where there is no birth date or a partial one
    leaves both open, "out of reach" where the patient record could not be read."""
    if patient.demographics.gap:
        return Unknown(patient.demographics.gap)
    ages = patient.ages
    if ages is None or ages[0] < years <= ages[1]:
        told = "is not recorded" if ages is None else "is recorded only in part"
        return Unknown(Gap(Need.DEMOGRAPHICS, GapKind.NOT_RECORDED, f"the birth date {told}"))
    if ages[0] >= years:
        return Absent()
    return Present((Fact(name="age", value=str(ages[0]), unit="years", kind="patient record"),))


def aged(patient: Patient, years: float) -> Finding[Fact]:
    """At least so old, as a factor that adds to a risk: absent where the birth date does not show it."""
    if patient.demographics.gap:
        return Unknown(patient.demographics.gap)
    if patient.ages is None or not patient.surely_aged(years):
        return Absent()
    return Present((Fact(name="age", value=str(patient.ages[0]), unit="years", kind="patient record"),))

"""Does the patient fit the usual picture of the edema syndrome (rules DX-17 and SP-07)?

Context for a card that is shown anyway, never a reason to show one or to leave one out: the sources disagree about who
gets it. What is not recorded, or could not be read, is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cds_hooks.snapshot.gestation import TRIMESTERS
from cds_hooks.snapshot.model import Present
from cds_hooks.snapshot.vocabulary import Concept, Need

if TYPE_CHECKING:
    from cds_hooks.snapshot.patient import Patient

NEEDS = (Need.DEMOGRAPHICS, Need.PROBLEMS, Need.PREGNANCY, Need.CHILDBEARING)
"""What a rule that shows the line declares beside its own needs."""
MEN = (30, 60)  # years, both included
WOMEN = (20, 40)
THIRD_TRIMESTER = TRIMESTERS[3][0]  # days


def typical(patient: Patient) -> tuple[str, ...]:
    """One sentence for the detail of a card; empty where nothing fits."""
    fits = (*_usual(patient), *_reported(patient))
    return (f"Context only, it decides nothing: the syndrome is described {' and '.join(fits)}.",) if fits else ()


def _usual(patient: Patient) -> Iterator[str]:
    female = patient.demographics.female
    if female is False and _aged(patient, MEN):
        yield f"mostly in men of {MEN[0]} to {MEN[1]} years"
    if female and _aged(patient, WOMEN):
        yield f"in women of {WOMEN[0]} to {WOMEN[1]} years"
    if isinstance(patient.pregnancy, Present) and _in_third_trimester(patient):
        yield "in the third trimester of pregnancy"


def _in_third_trimester(patient: Patient) -> bool:
    return patient.gestation is not None and patient.gestation.surely_at_least(THIRD_TRIMESTER)


def _aged(patient: Patient, years: tuple[int, int]) -> bool:
    """Within these years, whatever the birth date leaves open."""
    ages = patient.ages
    return ages is not None and years[0] <= ages[0] and ages[1] <= years[1]


def _reported(patient: Patient) -> Iterator[str]:
    """Old case reports."""
    if isinstance(patient.has(Concept.CIRRHOSIS), Present):
        yield "with cirrhosis"
    if isinstance(patient.has(Concept.HYPERTRIGLYCERIDEMIA), Present):
        yield "with type IV hyperlipoproteinemia"

"""Which listing of the snapshot holds a measurement, and judgments over several of them (rule specification 0.2)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeVar

from cds_hooks.snapshot import labs
from cds_hooks.snapshot.labs import Calcium
from cds_hooks.snapshot.model import (
    Absent,
    Finding,
    Gap,
    Listing,
    Present,
    Unread,
    finding,
    items_of,
    remarks_of,
)
from cds_hooks.snapshot.problem import Result
from cds_hooks.snapshot.vocabulary import Concept
from cds_hooks.snapshot.when import When

if TYPE_CHECKING:
    from cds_hooks.snapshot.patient import Patient

KIDNEY_AND_CLOTTING = (Concept.INR, Concept.EGFR, Concept.CREATININE, Concept.CREATININE_CLEARANCE, Concept.PLATELETS)
BONE = (
    Concept.VITAMIN_D_25_OH,
    Concept.VITAMIN_D2_25_OH,
    Concept.VITAMIN_D3_25_OH,
    Concept.CALCIUM_TOTAL,
    Concept.CALCIUM_CORRECTED,
    Concept.CALCIUM_IONIZED,
    Concept.ALBUMIN,
)
SCREENING = (
    Concept.CRP,
    Concept.ESR,
    Concept.HBA1C,
    Concept.HBSAG,
    Concept.ANTI_HBC,
    Concept.IGRA,
    Concept.TUBERCULIN_SKIN_TEST,
)
VITAL_SIGNS = (
    Concept.SYSTOLIC_BP,
    Concept.PAIN_NRS,
    Concept.PAIN_VAS,
    Concept.BODY_TEMPERATURE,
    Concept.BODY_WEIGHT,
    Concept.NYHA_CLASS,
)
T = TypeVar("T", Result, Calcium)
SCORES = (Concept.PHQ2_TOTAL, Concept.PHQ9_TOTAL, Concept.PHQ9_ITEM9, Concept.DXA_T_SCORE)
IMMUNOLOGY = (Concept.ANTI_CCP, Concept.RHEUMATOID_FACTOR, Concept.HLA_B27)
PAIN = (Concept.PAIN_NRS, Concept.PAIN_VAS)
ADULT_WEIGHT_DAYS = 365  # ours: an older weight makes no clearance


def listing_of(patient: Patient, concept: Concept) -> Listing[Result]:
    if concept in BONE:
        return patient.bone_labs
    if concept in SCREENING:
        return patient.screening_labs
    if concept in SCORES:
        return patient.scores
    if concept in IMMUNOLOGY:
        return patient.immunology
    return patient.vitals if concept in VITAL_SIGNS else patient.labs


def within(patient: Patient, days: float, *concepts: Concept, preliminary: bool = False) -> list[Result]:
    """The dated results of these kinds in the window; preliminary ones only where they are asked for."""
    held = (item for concept in concepts for item in listing_of(patient, concept).about(concept))
    counted = (item for item in held if preliminary or not item.preliminary)
    return [item for item in counted if item.when and item.when.age_days(patient.as_of) <= days]


def newest(patient: Patient, concepts: Iterable[Concept], days: float, *, preliminary: bool = False) -> Finding[Result]:
    """The newest valid result of these kinds in the window; more than one where they share their moment. Undated
    results do not count. All kinds are of one listing.

    What cannot be used is remarked where it might have counted: it has no date, or one at least as new.
    """
    kinds = tuple(concepts)
    listing = listing_of(patient, kinds[0])
    rows = listing.rows_about(*kinds)
    if not rows:
        return finding((), listing.gaps)
    sample: list[Result] = []
    remarks: list[Gap] = []
    for when, row in _newest_first(rows):
        if when and (when.age_days(patient.as_of) > days or (sample and _older_date(when, sample[0].when))):
            break
        found = row.value
        if isinstance(found, Gap):
            remarks.append(found)
        elif found and when and (preliminary or not found.preliminary):
            sample.append(found)
    return finding(labs.preferred(sample), listing.gaps, tuple(remarks))


def _newest_first(rows: Iterable[Unread[Result]]) -> Iterable[tuple[When | None, Unread[Result]]]:
    """With their dates; those without one come first."""
    dates = [(row.when or (row.item.when if row.item else None), row) for row in rows]
    dated = [(when, row) for when, row in dates if when]
    dated.sort(key=lambda each: each[0].last, reverse=True)
    return [*((when, row) for when, row in dates if when is None), *dated]


def before(result: Result, patient: Patient, days: float, *kinds: Concept) -> Result | None:
    """The result of these kinds before this one, for the trend."""
    earlier = (item for item in within(patient, days, *kinds) if _older(item, result))
    return labs.newest(earlier)


def _older(item: Result, than: Result) -> bool:
    return _older_date(item.when, than.when)


def _older_date(when: When | None, than: When | None) -> bool:
    return when is not None and than is not None and when.last < than.last


def vitamin_d(patient: Patient, days: float) -> Finding[Result]:
    """VITD: 25-OH vitamin D in ng/mL."""
    totals = within(patient, days, Concept.VITAMIN_D_25_OH)
    d3, d2 = within(patient, days, Concept.VITAMIN_D3_25_OH), within(patient, days, Concept.VITAMIN_D2_25_OH)
    kinds = (Concept.VITAMIN_D_25_OH, Concept.VITAMIN_D3_25_OH, Concept.VITAMIN_D2_25_OH)
    return _one(labs.vitamin_d(totals, d3, d2), patient.bone_labs, kinds)


def calcium(patient: Patient, days: float) -> Finding[Calcium]:
    """Corrected calcium, or ionized where that is as new."""
    kinds = (Concept.CALCIUM_TOTAL, Concept.CALCIUM_CORRECTED, Concept.CALCIUM_IONIZED)
    total, corrected, ionized = (within(patient, days, kind) for kind in kinds)
    albumins = within(patient, days + labs.ALBUMIN_DAYS, Concept.ALBUMIN)
    return _one(labs.calcium(total, corrected, ionized, albumins), patient.bone_labs, (*kinds, Concept.ALBUMIN))


def egfr(patient: Patient, days: float) -> Finding[Result]:
    """eGFR in mL/min/1.73 m2, without race where its sample allows."""
    found = newest(patient, (Concept.EGFR,), days)
    if not isinstance(found, Present):
        return found
    result, age = found.items[0], patient.ages[0] if patient.ages else None
    if result.rank == labs.RACE_SPECIFIC:
        creatinines = within(patient, days, Concept.CREATININE)
        result = labs.without_race(result, creatinines, age, patient.demographics.female)
    return Present((result,), found.gaps, found.remarks)


def clearance(patient: Patient, days: float) -> Finding[Result]:
    """Creatinine clearance in mL/min: measured, else by Cockcroft-Gault where weight, age and sex are known too.

    Unknown only where the laboratory results are: without a weight, labels are read with the eGFR.
    """
    measured = _first(newest(patient, (Concept.CREATININE_CLEARANCE,), days))
    if measured:
        return Present((measured,), patient.labs.gaps)
    found = newest(patient, (Concept.CREATININE,), days)
    creatinine, weight = _first(found), _first(newest(patient, (Concept.BODY_WEIGHT,), ADULT_WEIGHT_DAYS))
    ages, female = patient.ages, patient.demographics.female
    if creatinine is None or weight is None or ages is None or female is None or ages[0] < 18:
        return finding((), patient.labs.gaps)
    computed = labs.clearance(creatinine, weight, ages[1], female)
    return finding((computed,) if computed else (), patient.labs.gaps, remarks_of(found))


def _first(found: Finding[Result]) -> Result | None:
    return next(iter(items_of(found)), None)


def kidney_function(patient: Patient, days: float) -> Finding[Result]:
    """What labels ask for: creatinine clearance, else eGFR (rule DS-BIS-02)."""
    found = clearance(patient, days)
    return egfr(patient, days) if isinstance(found, Absent) else found


def _one(found: T | None, listing: Listing[Result], kinds: tuple[Concept, ...]) -> Finding[T]:
    return finding(() if found is None else (found,), listing.gaps, listing.remarks_about(*kinds))

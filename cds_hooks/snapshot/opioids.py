"""Opioids: morphine equivalents, long-acting forms, and what was taken lately (CDC guideline 2022)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from math import ceil
from types import MappingProxyType
from typing import TYPE_CHECKING

from cds_hooks.snapshot.medication import Medication, Standing
from cds_hooks.snapshot.model import Finding, finding
from cds_hooks.snapshot.quantity import rounded
from cds_hooks.snapshot.release import Release, release
from cds_hooks.snapshot.vocabulary import DrugGroup

if TYPE_CHECKING:
    from cds_hooks.snapshot.patient import Patient

FACTORS: Mapping[str, float] = MappingProxyType(
    {
        "codeine": 0.15,
        "hydrocodone": 1.0,
        "hydromorphone": 5.0,
        "methadone": 4.7,
        "morphine": 1.0,
        "oxycodone": 1.5,
        "oxymorphone": 3.0,
        "tapentadol": 0.4,
        "tramadol": 0.2,
    }
)
"""Oral morphine milligram equivalents for each mg: Dowell D et al. CDC Clinical Practice Guideline for Prescribing
Opioids for Pain. MMWR Recomm Rep 2022;71(3):1-95, table of conversion factors. Others have none there."""
FENTANYL = "fentanyl"
FENTANYL_PATCH_FACTOR = 2.4  # daily equivalents for each microgram per hour (same table)
LONG_ACTING = frozenset({"methadone", "levomethadone"})  # by themselves, in any form
# Brands that exist only with extended release and do not say so.
_LONG_ACTING_BRANDS = re.compile(
    r"\b(?:kadian|avinza|embeda|hysingla|zohydro|xtampza|exalgo|jurnista|targin(?:iq)?|oxygesic|conzip|mst|duragesic"
    r"|butrans)\b",
    re.IGNORECASE,
)


def morphine_equivalents(medication: Medication) -> float | None:
    """Oral morphine milligram equivalents a day; None where drug or dose is not known.

    The factors are those of oral medicines. An opioid that is injected does more, so that this is the least it can be.
    """
    ingredients = {drug.ingredient for drug in medication.medicine.of(DrugGroup.OPIOID)}
    ingredient = ingredients.pop() if len(ingredients) == 1 else ""
    if ingredient == FENTANYL:
        rate = medication.medicine.strength.mcg_per_hour
        return None if rate is None else rounded(rate * FENTANYL_PATCH_FACTOR)
    factor = FACTORS.get(ingredient)
    dose = medication.per_day.mg if medication.per_day else None
    return None if factor is None or dose is None else rounded(dose * factor)


def is_long_acting(medication: Medication) -> bool:
    """An extended-release form, a patch or an implant, or a drug that acts long by itself."""
    return (
        not LONG_ACTING.isdisjoint(medication.ingredients)
        or release(medication.medicine) is Release.EXTENDED
        or bool(_LONG_ACTING_BRANDS.search(medication.medicine.name))
    )


def taken(patient: Patient, within_days: float) -> Finding[Medication]:
    """The opioids on file that were taken, or may have been taken, in the days before today."""
    on_file = patient.on_file(DrugGroup.OPIOID, Standing.ACTIVE, Standing.UNCERTAIN, Standing.ENDED)
    last = ((item, _last_day(item, patient.as_of)) for item in on_file)
    return finding(
        tuple(item for item, ago in last if ago is not None and ago <= within_days), patient.medications.gaps
    )


def days_taken(medications: Iterable[Medication], as_of: datetime, within_days: float) -> int:
    """On how many of the last days, today included, one of them was taken. A course whose begin nobody wrote down
    counts with no day."""
    days = {day for item in medications for day in _days(item, as_of, within_days)}
    return len(days)


def _days(item: Medication, as_of: datetime, within_days: float) -> range:
    """The days of a course, as days ago."""
    last = _last_day(item, as_of)
    if item.written is None or last is None:
        return range(0)
    return range(last, min(item.written.age_days(as_of), int(within_days) - 1) + 1)


def _last_day(item: Medication, as_of: datetime) -> int | None:
    """How many days ago it was taken last: when it was stopped, last given or when the supply was used up; today for an
    active order that says nothing of that."""
    stopped = item.stopped or item.last_given
    if stopped:
        return max(0, stopped.age_days(as_of))
    if item.written and item.supply_days is not None:
        return max(0, item.written.age_days(as_of) - ceil(item.supply_days) + 1)
    if item.standing is Standing.ACTIVE:
        return 0
    return item.written.age_days(as_of) if item.written else None

"""What a structured dosage gives in a day and how long a supply lasts. What is not structured is unknown, never zero.

Timings: FHIR R4, Timing; codes of HL7's GTSAbbreviation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC
from math import isfinite
from typing import NamedTuple

import msgspec
from msgspec import Raw

from cds_hooks.snapshot.from_fhir.strength import MG, MG_PER_UNIT_OF_VITAMIN_D, UNITS
from cds_hooks.snapshot.medication import Dose, Dosing, Medicine
from cds_hooks.snapshot.quantity import rounded
from cds_hooks.snapshot.vocabulary import DrugGroup
from cds_hooks.snapshot.when import read_when
from cds_hooks.wire import fhir
from mappings.text import fold

DAYS: Mapping[str, float] = {
    "s": 1 / 86400,
    "min": 1 / 1440,
    **dict.fromkeys(("h", "hour", "hours"), 1 / 24),
    **dict.fromkeys(("d", "day", "days"), 1),
    **dict.fromkeys(("wk", "week", "weeks"), 7),
    **dict.fromkeys(("mo", "month", "months"), 30),
    **dict.fromkeys(("a", "year", "years"), 365),
}
"""Units of time in days."""
TIMES_A_DAY: Mapping[str, float] = {
    **dict.fromkeys(("QD", "AM", "PM", "BED"), 1),
    "BID": 2,
    "TID": 3,
    "QID": 4,
    "QOD": 0.5,
    "WK": 1 / 7,
    "MO": 1 / 30,
    **{f"Q{hours}H": 24 / hours for hours in (1, 2, 3, 4, 6, 8, 12)},
}
"""Codes of a timing (http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation)."""
PRODUCT_UNITS = frozenset(
    {
        *("tablet", "tablets", "tab", "tabs", "{tbl}", "{tablet}", "tablette", "tabletten", "tbl", "comprime", "pill"),
        *("capsule", "capsules", "cap", "caps", "{capsule}", "{cap}", "kapsel", "kapseln", "suppository", "{supp}"),
        *("syringe", "{syringe}", "pen", "vial", "{vial}", "ampule", "ampoule", "patch", "{patch}", "each", "ea", "1"),
        *("dose", "{dose}", "unit dose", "piece", "stuck", "{unit}", "compressa", "comprimido", "sachet", "lozenge"),
    }
)
"""What one unit of a product is called, folded."""
MILLILITERS: Mapping[str, float] = {"ml": 1, "milliliter": 1, "milliliters": 1, "cc": 1, "l": 1000}
LONGEST_DAYS = 3660.0


def dosages_of(raw: Raw) -> tuple[fhir.Dosage, ...]:
    """The dosage instructions. Of a malformed one its schedule remains, else its words; its dose is unknown."""
    found = fhir.decode_list(raw, fhir.Dosage)
    if found is not None:
        return found
    each_raw = fhir.decode_list(raw, Raw)
    return tuple(map(_readable, (raw,) if each_raw is None else each_raw))


def _readable(raw: Raw) -> fhir.Dosage:
    kinds: tuple[type[fhir.Directions], ...] = (fhir.Dosage, fhir.Schedule, fhir.Directions)
    found = next((each for kind in kinds if (each := fhir.decode(raw, kind)) is not None), fhir.Directions())
    return found if isinstance(found, fhir.Dosage) else fhir.Dosage(**msgspec.structs.asdict(found))


def bounds_of(dosages: Sequence[fhir.Dosage]) -> list[fhir.Period | None]:
    """The periods that the dosages are bound to."""
    return [dosage.timing.repeat.bounds_period for dosage in dosages if dosage.timing and dosage.timing.repeat]


def dosing(dosages: Sequence[fhir.Dosage], medicine: Medicine, dispense: fhir.DispenseRequest | None = None) -> Dosing:
    """How much of a medicine these instructions give; a dispense request tells for how long as well."""
    supply = supply_days(dispense, dosages, medicine) if dispense else None
    return Dosing(per_day(dosages, medicine), supply, _as_needed(dosages))


def _as_needed(dosages: Sequence[fhir.Dosage]) -> bool:
    return any(dosage.as_needed_boolean or dosage.as_needed_codeable_concept for dosage in dosages)


# -- dose


class _Amount(NamedTuple):
    """An amount in the measures that are known of it: mg, international units, units of the product."""

    mg: float | None = None
    units: float | None = None
    pieces: float | None = None

    def times(self, factor: float) -> _Amount:
        return _Amount(*(None if each is None else rounded(each * factor) for each in self))

    def plus(self, other: _Amount) -> _Amount:
        pairs = zip(self, other, strict=True)
        return _Amount(*(None if a is None or b is None else rounded(a + b) for a, b in pairs))

    def __bool__(self) -> bool:
        return any(each is not None for each in self)


def per_day(dosages: Sequence[fhir.Dosage], medicine: Medicine) -> Dose | None:
    """The daily dose, several instructions added up, each at its highest; None where one of them is not complete."""
    daily = _daily(dosages, medicine)
    return Dose(mg=daily.mg, units=daily.units) if daily and (daily.mg is not None or daily.units is not None) else None


def single_mg(dosages: Sequence[fhir.Dosage]) -> float | None:
    """The dose of one administration in mg, where all instructions give the same."""
    found = {_dose(dosage, Medicine("")).mg for dosage in dosages}
    return found.pop() if len(found) == 1 else None


def supply_days(dispense: fhir.DispenseRequest, dosages: Sequence[fhir.Dosage], medicine: Medicine) -> float | None:
    """The expected supply with its refills: as stated, else the quantity by the daily dose; else how long the
    instructions are to be followed."""
    if duration_days(dispense.expected_supply_duration) is not None:
        return stated_supply_days(dispense)
    supply = _with_refills(_by_quantity(dispense, dosages, medicine), dispense)
    return _bound_days(dosages) if supply is None else supply


def stated_supply_days(dispense: fhir.DispenseRequest) -> float | None:
    """The expected supply with its refills, where it is stated."""
    return _with_refills(duration_days(dispense.expected_supply_duration), dispense)


def _with_refills(days: float | None, dispense: fhir.DispenseRequest) -> float | None:
    """None for what is not to be believed."""
    fills = 1 + min(max(dispense.number_of_repeats_allowed or 0, 0), LONGEST_DAYS)
    return days * fills if days is not None and 0 < days * fills < LONGEST_DAYS else None


def duration_days(duration: fhir.Quantity | None) -> float | None:
    """A duration in days."""
    unit = DAYS.get(_unit(duration)) if duration else None
    if duration is None or unit is None or duration.value is None or not isfinite(duration.value):
        return None
    return duration.value * unit


def _by_quantity(dispense: fhir.DispenseRequest, dosages: Sequence[fhir.Dosage], medicine: Medicine) -> float | None:
    whole = _amount(dispense.quantity, medicine)
    daily = _daily(dosages, medicine) if whole else None
    shared = [(all_, each) for all_, each in zip(whole, daily or (), strict=False) if all_ is not None and each]
    return shared[0][0] / shared[0][1] if shared else None


def _bound_days(dosages: Sequence[fhir.Dosage]) -> float | None:
    """From the first day of the instructions to the last, or the duration of a single one; None where one is open."""
    repeats = [dosage.timing.repeat or fhir.Repeat() if dosage.timing else fhir.Repeat() for dosage in dosages]
    if len(repeats) == 1 and repeats[0].bounds_period is None:
        longest = repeats[0].bounds_range.high if repeats[0].bounds_range else None
        return duration_days(repeats[0].bounds_duration or longest)
    periods = [repeat.bounds_period or fhir.Period() for repeat in repeats]
    starts = [when.first for period in periods if (when := read_when(period.start, UTC))]
    ends = [when.last for period in periods if (when := read_when(period.end, UTC))]
    if not periods or len(starts) < len(periods) or len(ends) < len(periods):
        return None
    days = (max(ends) - min(starts)).days
    return days if 0 < days < LONGEST_DAYS else None


def _daily(dosages: Sequence[fhir.Dosage], medicine: Medicine) -> _Amount | None:
    found = [_of_day(dosage, medicine) for dosage in dosages]
    if not found or not all(found):
        return None
    whole = found[0]
    for each in found[1:]:
        whole = whole.plus(each)
    return whole or None


def _of_day(dosage: fhir.Dosage, medicine: Medicine) -> _Amount:
    """What one instruction gives in a day, no more than its own limit."""
    times = times_a_day(dosage.timing) if dosage.timing else None
    given = _dose(dosage, medicine).times(times) if times is not None else _Amount()
    limit = _limit(dosage, medicine)
    if not (given and limit):
        return given or limit
    pairs = zip(given, limit, strict=True)
    return _Amount(*(a if b is None else b if a is None else min(a, b) for a, b in pairs))


def _dose(dosage: fhir.Dosage, medicine: Medicine) -> _Amount:
    """One dose: the first entry that states an amount in mg or units, else one that counts pieces. A rate is none."""
    entries = dosage.dose_and_rate or ()
    highest = [entry.dose_quantity or (entry.dose_range.high if entry.dose_range else None) for entry in entries]
    amounts = [amount for each in highest if (amount := _amount(each, medicine))]
    sure = [amount for amount in amounts if amount.mg is not None or amount.units is not None]
    return next(iter(sure or amounts), _Amount())


def _limit(dosage: fhir.Dosage, medicine: Medicine) -> _Amount:
    ratio = dosage.max_dose_per_period or fhir.Ratio()
    days = duration_days(ratio.denominator)
    return _amount(ratio.numerator, medicine).times(1 / days) if days and days > 0 else _Amount()


def times_a_day(timing: fhir.Timing) -> float | None:
    """How often a day at most; None where the timing is not structured or incomplete."""
    repeat = timing.repeat or fhir.Repeat()
    named = len(repeat.time_of_day or repeat.when or ())
    counts = (count for count in (repeat.frequency, repeat.frequency_max, named) if count and 0 < count < LONGEST_DAYS)
    often = max(counts, default=None)
    span = DAYS.get(fold(repeat.period_unit)) if repeat.period_unit else None
    days = len(set(repeat.day_of_week or ()))
    if days and (span is None or span in (1, 7)):
        each_day = often or 1
        return max(days, each_day) / 7 if span == 7 else each_day * days / 7
    if span is not None:
        period = 1 if repeat.period is None else repeat.period
        return (often or 1) / (period * span) if 0 < period < LONGEST_DAYS else None
    return float(named) if named else _by_code(timing.code)


def _by_code(code: fhir.CodeableConcept | None) -> float | None:
    if code is None:
        return None
    said = [*(coding.code for coding in code.coding or ()), code.text]
    return next((TIMES_A_DAY[text.upper()] for text in said if text and text.upper() in TIMES_A_DAY), None)


def _unit(quantity: fhir.Quantity) -> str:
    """The unit, by code, else as displayed."""
    return fold(quantity.code or quantity.unit or "").strip()


def _amount(quantity: fhir.Quantity | None, medicine: Medicine) -> _Amount:
    """A quantity in all measures that the product's strength allows; nothing where its unit is unknown."""
    if quantity is None or quantity.value is None or not isfinite(quantity.value) or quantity.value <= 0:
        return _Amount()
    value, strength = quantity.value, medicine.strength
    for unit in filter(None, (fold(quantity.code or "").strip(), fold(quantity.unit or "").strip())):
        if unit in MG:
            if medicine.of(DrugGroup.CALCIUM) and medicine.of(DrugGroup.VITAMIN_D):
                return _Amount()  # of which of the two?
            return _of_vitamin_d(_Amount(mg=value * MG[unit], pieces=_pieces(value * MG[unit], strength.mg)), medicine)
        if unit in UNITS:
            return _of_vitamin_d(_Amount(units=value, pieces=_pieces(value, strength.units)), medicine)
        if unit in MILLILITERS:
            volume = value * MILLILITERS[unit]
            return _of_vitamin_d(_times(volume, strength.mg_per_ml, strength.units_per_ml, None), medicine)
        if unit in PRODUCT_UNITS:
            return _of_vitamin_d(_times(value, strength.mg, strength.units, 1.0), medicine)
    return _Amount()


def _times(number: float, mg: float | None, units: float | None, pieces: float | None) -> _Amount:
    return _Amount(mg, units, pieces).times(number)


def _pieces(amount: float, strength: float | None) -> float | None:
    return amount / strength if strength else None


def _of_vitamin_d(amount: _Amount, medicine: Medicine) -> _Amount:
    """Vitamin D in both measures: 1 microgram is 40 IU."""
    if not medicine.of(DrugGroup.VITAMIN_D):
        return amount
    if amount.units is None and amount.mg is not None:
        return amount._replace(units=rounded(amount.mg / MG_PER_UNIT_OF_VITAMIN_D))
    if amount.mg is None and amount.units is not None:
        return amount._replace(mg=rounded(amount.units * MG_PER_UNIT_OF_VITAMIN_D))
    return amount

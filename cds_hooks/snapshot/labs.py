"""Laboratory values that take more than one result: the newest, vitamin D, calcium, kidney function (0.2).

Amounts are in the canonical units of `mappings/units`: calcium mg/dL, ionized calcium mmol/L, albumin g/dL, creatinine
mg/dL, 25-OH vitamin D ng/mL, eGFR mL/min/1.73 m2.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from cds_hooks.snapshot.model import Fact
from cds_hooks.snapshot.problem import Result
from cds_hooks.snapshot.quantity import Comparator, Quantity, in_both_units, rounded
from cds_hooks.snapshot.when import When

ALBUMIN_DAYS = 3  # albumin must be this close to the calcium
ALBUMIN_NORMAL = 4.0  # g/dL
MG_PER_G_ALBUMIN = 0.8  # calcium in mg/dL for each g/dL of albumin below normal
MMOL_PER_MG_CALCIUM = 0.2495  # mg/dL to mmol/L (rule specification 0.2); molar mass of calcium 40.08 g/mol
RACE_SPECIFIC = 90
"""The rank of an eGFR that was computed for one race: nothing is chosen by race, of a pair the lower value counts."""


def newest(results: Iterable[Result]) -> Result | None:
    """The newest dated result, the preferred one of its sample."""
    return next(iter(newest_sample(results)), None)


def newest_sample(results: Iterable[Result]) -> tuple[Result, ...]:
    """The preferred results of the newest moment; more than one where they share it. Undated ones do not count."""
    dated = [(result, result.when.last) for result in results if result.when]
    last = max((moment for _, moment in dated), default=None)
    return preferred(result for result, moment in dated if moment == last)


def preferred(sample: Iterable[Result]) -> tuple[Result, ...]:
    """Of the results of one sample those of the lowest rank; of a race-specific pair the lower value."""
    results = tuple(sample)
    lowest = min((result.rank for result in results), default=0)
    best = tuple(result for result in results if result.rank == lowest)
    return (min(best, key=lambda result: result.number or 0.0),) if best and lowest == RACE_SPECIFIC else best


def same_sample(one: Result, other: Result) -> bool:
    return one.when is not None and other.when is not None and one.when.last == other.when.last


# -- 25-OH vitamin D


def vitamin_d(totals: Iterable[Result], d3s: Iterable[Result], d2s: Sequence[Result]) -> Result | None:
    """VITD: the newest total, or D3 with the D2 of the same sample; the total where one sample has both."""
    summed = (replace(_with_d2(d3, d2s), rank=1) for d3 in d3s)
    return newest([*totals, *summed])


def _with_d2(d3: Result, d2s: Sequence[Result]) -> Result:
    d2 = next((d2 for d2 in d2s if same_sample(d2, d3)), None)
    if d2 is None or d2.quantity is None or d3.quantity is None:
        return d3
    quantity = _sum(d3.quantity, d2.quantity)
    if quantity is d3.quantity:
        return d3
    fact = replace(d3.fact, name="25-OH vitamin D (D2 + D3)", value=in_both_units(quantity), unit="")
    return replace(d3, quantity=quantity, fact=fact)


def _sum(d3: Quantity, d2: Quantity) -> Quantity:
    """D3 alone where D2 is only "less than": D2 adds nothing that is known."""
    if d2.at_most and not d3.at_most:
        return d3
    if d3.at_most and d2.at_least:
        return d2
    bounds = {d3.comparator, d2.comparator} - {Comparator.EXACT}
    strict = bounds & {Comparator.BELOW, Comparator.ABOVE}
    comparator = next(iter(strict or bounds), Comparator.EXACT)
    return Quantity(rounded(d3.value + d2.value), d3.unit, comparator)


# -- calcium

TOTAL_LIMITS = (8.5, 10.5)  # mg/dL, where the laboratory states none
IONIZED_LIMITS = (1.12, 1.32)  # mmol/L
SAME_CALCIUM = 0.005  # mg/dL: the limits and the correction are given in both units, which agree only so far (0.2)


@dataclass(frozen=True, slots=True)
class Calcium:
    """Calcium as it is compared: total, corrected for albumin where that can be done, or ionized.

    Ionized calcium (mmol/L) has its own limits and is never compared with those of total calcium (mg/dL). `how` says
    on the card what was done. `low` and `high` are the laboratory's limits, else the usual ones.
    """

    quantity: Quantity
    ionized: bool
    how: str
    facts: tuple[Fact, ...]
    when: When
    low: float
    high: float

    @property
    def fact(self) -> Fact:
        return self.facts[0]

    @property
    def shown(self) -> tuple[Fact, ...]:
        """Its facts, the value that is compared in both units and with what was done to it."""
        unit = "" if self.ionized else f" ({self.quantity.times(MMOL_PER_MG_CALCIUM, 'mmol/L')})"
        return (replace(self.fact, value=f"{self.quantity}{unit}, {self.how}", unit=""), *self.facts[1:])

    @property
    def surely_low(self) -> bool:
        return self.quantity.surely_below(self.low - self._apart)

    @property
    def surely_high(self) -> bool:
        return self.quantity.surely_above(self.high + self._apart)

    @property
    def surely_not_low(self) -> bool:
        return self.quantity.surely_at_least(self.low - self._apart)

    @property
    def surely_not_high(self) -> bool:
        return self.quantity.surely_at_most(self.high + self._apart)

    @property
    def _apart(self) -> float:
        """Up to this far from a limit it is the limit."""
        return 0.0 if self.ionized else SAME_CALCIUM


def calcium(
    totals: Iterable[Result], corrected: Iterable[Result], ionized: Iterable[Result], albumins: Sequence[Result]
) -> Calcium | None:
    """The newest calcium. Ionized calcium of the same or a newer day wins; what the laboratory corrected stays so."""
    total = newest([*corrected, *(replace(each, rank=1) for each in totals)])
    free = newest(ionized)
    if free and free.when and free.quantity and not (total and total.when and _days_between(total.when, free.when) > 0):
        return Calcium(free.quantity, True, "ionized", (free.fact,), free.when, *_limits(free, IONIZED_LIMITS))
    return _corrected(total, albumins) if total else None


def _corrected(total: Result, albumins: Sequence[Result]) -> Calcium | None:
    if total.quantity is None or total.when is None:
        return None
    low, high = _limits(total, TOTAL_LIMITS)
    if total.rank == 0:
        return Calcium(total.quantity, False, "corrected by the laboratory", (total.fact,), total.when, low, high)
    albumin = _nearest(albumins, total.when)
    if albumin is None or albumin.number is None:
        how = f"not corrected: no albumin within {ALBUMIN_DAYS} days"
        return Calcium(total.quantity, False, how, (total.fact,), total.when, low, high)
    quantity = corrected_calcium(total.quantity, albumin.number)
    shown = replace(albumin.fact, name="calcium, corrected for albumin", value=str(quantity), unit="", when=total.when)
    return Calcium(quantity, False, "corrected for albumin", (shown, total.fact, albumin.fact), total.when, low, high)


def _limits(result: Result, usual: tuple[float, float]) -> tuple[float, float]:
    return (
        usual[0] if result.low is None else result.low,
        usual[1] if result.high is None else result.high,
    )


def _nearest(albumins: Iterable[Result], when: When) -> Result | None:
    """The albumin of the nearest day; one that is only a bound corrects nothing."""
    days = [(abs(_days_between(each.when, when)), each) for each in albumins if each.when and _exact(each)]
    near = [(apart, each) for apart, each in days if apart <= ALBUMIN_DAYS]
    return min(near, key=lambda each: each[0])[1] if near else None


def corrected_calcium(total: Quantity, albumin: float) -> Quantity:
    """Total calcium (mg/dL) for a normal albumin, from albumin in g/dL (rule specification 0.2)."""
    return total.plus(MG_PER_G_ALBUMIN * (ALBUMIN_NORMAL - albumin))


def _exact(result: Result) -> bool:
    return result.quantity is not None and not result.quantity.comparator


def _days_between(one: When, other: When) -> int:
    """Calendar days, as written, by which `one` is newer."""
    return (one.last.date() - other.last.date()).days


# -- kidney function


def without_race(result: Result, creatinines: Iterable[Result], age: int | None, female: bool | None) -> Result:
    """A race-specific eGFR gives way to the 2021 formula where its sample's creatinine is known; of adults."""
    creatinine = next((each for each in creatinines if _exact(each) and same_sample(each, result)), None)
    if age is None or age < 18 or female is None or creatinine is None or creatinine.number is None:
        return result
    value = egfr_2021(creatinine.number, age, female)
    fact = replace(creatinine.fact, name="eGFR (CKD-EPI 2021, computed)", value=f"{value:.0f}", unit="mL/min/1.73 m2")
    return replace(result, quantity=Quantity(value, "mL/min/{1.73_m2}"), rank=0, fact=fact)


def egfr_2021(creatinine: float, age: int, female: bool) -> float:
    """eGFR in mL/min/1.73 m2 from creatinine in mg/dL and age in years, adults only.

    CKD-EPI creatinine equation without race: Inker LA et al. N Engl J Med 2021;385:1737-1749.
    """
    kappa, alpha, factor = (0.7, -0.241, 1.012) if female else (0.9, -0.302, 1.0)
    ratio = creatinine / kappa
    value: float = 142 * min(ratio, 1.0) ** alpha * max(ratio, 1.0) ** -1.200 * 0.9938**age * factor
    return rounded(value)


def clearance(creatinine: Result, weight: Result, age: int, female: bool) -> Result | None:
    """Creatinine clearance in mL/min from creatinine in mg/dL, weight in kg and age in years.

    Cockcroft DW, Gault MH. Nephron 1976;16:31-41. None where a value is only a bound.
    """
    if not (_exact(creatinine) and _exact(weight) and creatinine.number and weight.number and creatinine.when):
        return None
    value = (140 - age) * weight.number / (72 * creatinine.number) * (0.85 if female else 1.0)
    fact = replace(creatinine.fact, name="creatinine clearance (Cockcroft-Gault)", value=f"{value:.0f}", unit="mL/min")
    return replace(creatinine, quantity=Quantity(rounded(value), "mL/min"), fact=fact)

"""Amounts with their unit and their comparator, read from what a laboratory writes and converted, never guessed.

The spellings of a unit, its factor and what is plausible stand in `mappings/units/units.csv`, by kind of quantity; the
canonical unit of a kind is the one that the rules are written in. What has no unit, an unknown unit, two units that
disagree, or a value that no patient has is refused with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from math import isfinite

from mappings.models import Unit

UnitLookup = Callable[[str, str], Unit | None]
"""`Knowledge.unit`: how a spelling is read for a kind of quantity."""

NMOL_PER_NG = 2.496  # 25-OH vitamin D: 1 ng/mL in nmol/L; molar mass of C27H44O2, 400.65 g/mol
SCORES = frozenset({"pain_nrs", "score", "t_score"})
"""Kinds that are complete without a unit: points on a scale that has no other. An INR must say that it is a ratio."""
PAIN_SCORES = frozenset({"pain_nrs", "pain_vas"})
"""The unit says whether it is a numeric rating or a visual analog scale, never the code or the size (0.2, NRS)."""


class Comparator(StrEnum):
    """How a value stands to the true one (FHIR R4, Quantity.comparator)."""

    EXACT = ""
    BELOW = "<"
    AT_MOST = "<="
    AT_LEAST = ">="
    ABOVE = ">"


class Refusal(StrEnum):
    """Why an amount was not used, as it follows "a result ..." on the card."""

    NO_VALUE = "holds no readable value"
    COMPARATOR = "has an unknown comparator"
    UNIT = "has no unit or an unknown one"
    TWO_UNITS = "has two units that disagree"
    IMPLAUSIBLE = "is outside what is plausible"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value in the canonical unit of its kind.

    A bound ("<15", ">60") answers a question only where it decides it; where it does not, all answers are False.
    """

    value: float
    unit: str = ""
    comparator: Comparator = Comparator.EXACT

    @property
    def at_most(self) -> bool:
        """The value is only an upper bound."""
        return self.comparator in (Comparator.BELOW, Comparator.AT_MOST)

    @property
    def at_least(self) -> bool:
        """The value is only a lower bound."""
        return self.comparator in (Comparator.AT_LEAST, Comparator.ABOVE)

    def surely_at_least(self, limit: float) -> bool:
        return not self.at_most and self.value >= limit

    def surely_above(self, limit: float) -> bool:
        if self.comparator is Comparator.ABOVE:
            return self.value >= limit
        return not self.at_most and self.value > limit

    def surely_at_most(self, limit: float) -> bool:
        return not self.at_least and self.value <= limit

    def surely_below(self, limit: float) -> bool:
        """ "<8" is below 8; "<=8" is not, nor is 8."""
        if self.comparator is Comparator.BELOW:
            return self.value <= limit
        return not self.at_least and self.value < limit

    def surely_within(self, low: float, high: float) -> bool:
        """In the half-open band: at least `low` and below `high`."""
        return self.surely_at_least(low) and self.surely_below(high)

    def plus(self, other: float) -> Quantity:
        """Shifted by an exact amount of the same unit."""
        return replace(self, value=rounded(self.value + other))

    def times(self, factor: float, unit: str) -> Quantity:
        """In another unit, by a positive factor."""
        return Quantity(rounded(self.value * factor), unit, self.comparator)

    def __str__(self) -> str:
        unit = "" if self.unit == "1" or self.unit.startswith("{") else self.unit
        return f"{self.comparator}{float(f'{self.value:.3g}'):.10g} {unit}".strip()


def rounded(value: float) -> float:
    """Nine digits: 124.8 nmol/L is 50 ng/mL, not 49.99999999999999, which another band would hold."""
    return float(f"{value:.9g}")


# -- reading


@dataclass(frozen=True, slots=True)
class _Shifted:
    """A scale with another zero: value times `factor` plus `offset` is in `unit`, the canonical one."""

    kind: str
    factor: float
    offset: float
    unit: str


_SHIFTED: Mapping[str, _Shifted] = {
    # Definition of the degree Fahrenheit: 9/5 C + 32.
    "temperature": _Shifted("temperature_fahrenheit", 5 / 9, -160 / 9, "Cel"),
    # NGSP = 0.09148 x IFCC + 2.152: master equation, Hoelzel W et al. Clin Chem 2004;50:166-174.
    "hba1c": _Shifted("hba1c_ifcc", 0.09148, 2.152, "%"),
}


def read_quantity(
    kind: str, value: float | None, spellings: Iterable[str | None], comparator: str | None, unit_of: UnitLookup
) -> Quantity | Refusal:
    """A number with its unit as the chart writes it (code, then display), in the canonical unit of the kind."""
    if value is None or not isfinite(value):
        return Refusal.NO_VALUE
    try:
        sign = Comparator(comparator or "")
    except ValueError:
        return Refusal.COMPARATOR
    written = [plain for spelling in spellings if (plain := _plain_unit(spelling or ""))]
    found = {found for spelling in written or _implied(kind, value) if (found := _scale(kind, spelling, unit_of))}
    if len({(unit.kind, unit.factor) for unit in found}) > 1:
        return Refusal.TWO_UNITS
    if not found:
        return Refusal.UNIT
    return _converted(Quantity(value, comparator=sign), found.pop(), _SHIFTED.get(kind))


def _implied(kind: str, value: float) -> tuple[str, ...]:
    """What a missing unit means: a score needs none; a pain score above 10 is in millimeters (0.2, NRS)."""
    if kind in PAIN_SCORES and value > 10:
        return ("mm",)
    return ("1",) if kind in SCORES else ()


def _scale(kind: str, spelling: str, unit_of: UnitLookup) -> Unit | None:
    shifted = _SHIFTED.get(kind)
    return unit_of(kind, spelling) or (unit_of(shifted.kind, spelling) if shifted else None)


def _converted(written: Quantity, unit: Unit, shifted: _Shifted | None) -> Quantity | Refusal:
    found = written.times(unit.factor, unit.canonical)
    if not _plausible(found, unit):
        return Refusal.IMPLAUSIBLE
    if shifted is not None and unit.kind == shifted.kind:
        return replace(found, value=rounded(found.value * shifted.factor + shifted.offset), unit=shifted.unit)
    return found


def _plausible(found: Quantity, unit: Unit) -> bool:
    """A detection limit may lie below what patients have ("<0.5")."""
    low = 0.0 if found.at_most else unit.plausible_low
    return low <= found.value <= unit.plausible_high


# Signs that look alike: micro, multiplication, fraction slash, minus.
_SIGNS = str.maketrans({"µ": "u", "μ": "u", "×": "x", "·": "*", "⋅": "*", "∙": "*", "⁄": "/", "∕": "/", "−": "-"})
_POWERS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


def _plain_unit(spelling: str) -> str:
    return spelling.strip() if spelling.isascii() else spelling.translate(_SIGNS).translate(_POWERS).strip()


# -- numbers in text

_NUMBER = re.compile(r"\s*(<=|=<|>=|=>|≤|≥|<|>|=)?\s*([-+]?\d+(?:[.,]\d+)?)(?![\d.,])\s*(\D.*?)?\s*", re.DOTALL)
_THOUSANDS = re.compile(r"\d{1,3},\d{3}")
_SIGN_OF = {"≤": "<=", "=<": "<=", "≥": ">=", "=>": ">=", "=": ""}


def read_text(kind: str, text: str, spellings: Iterable[str | None], unit_of: UnitLookup) -> Quantity | Refusal:
    """A number in a text ("< 8", "1,8 mmol/L") with its unit behind it, else with the unit that stands elsewhere.

    A comma is a decimal sign unless it may part thousands ("1,800"): what can be read in two ways is refused.
    """
    match = _NUMBER.fullmatch(text)
    if match is None or _THOUSANDS.fullmatch(match[2]):
        return Refusal.NO_VALUE
    sign = _SIGN_OF.get(match[1], match[1])
    units = [match[3]] if match[3] else spellings
    return read_quantity(kind, float(match[2].replace(",", ".")), units, sign, unit_of)


# -- showing


def in_both_units(quantity: Quantity) -> str:
    """25-OH vitamin D in ng/mL and nmol/L (rule specification 0.2, VITD)."""
    return f"{quantity} ({quantity.times(NMOL_PER_NG, 'nmol/L')})"

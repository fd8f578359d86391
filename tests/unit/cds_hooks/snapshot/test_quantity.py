"""Amounts: units, comparators, numbers in text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_hooks.snapshot.quantity import (
    NMOL_PER_NG,
    Comparator,
    Quantity,
    Refusal,
    in_both_units,
    read_quantity,
    read_text,
    rounded,
)
from mappings import load

KNOWLEDGE = load()
KINDS = sorted({kind for kind, _ in KNOWLEDGE.units})


def amount(kind: str, value: float | None, *units: str | None, comparator: str | None = None) -> Quantity | Refusal:
    return read_quantity(kind, value, units, comparator, KNOWLEDGE.unit)


def value_of(kind: str, value: float, unit: str) -> float:
    found = amount(kind, value, unit)
    assert isinstance(found, Quantity), found
    return found.value


@pytest.mark.parametrize(
    ("kind", "value", "unit", "canonical"),
    [
        ("vitamin_d", 50, "nmol/L", 20.0320513),
        ("vitamin_d", 20, "ng/mL", 20),
        ("vitamin_d", 20, "µg/L", 20),
        ("vitamin_d", 20, "mcg/L", 20),
        ("calcium_total", 2.62, "mmol/L", 10.501002),
        ("calcium_total", 4.5, "mEq/L", 9.01803607),
        ("calcium_ionized", 4.8, "mg/dL", 1.1976),
        ("albumin", 38, "g/L", 3.8),
        ("creatinine", 88.4, "µmol/L", 1),
        ("creatinine", 1.1, "mg/dl", 1.1),
        ("egfr", 60, "mL/min/1.73 m²", 60),
        ("egfr", 1, "mL/s/{1.73_m2}", 60),
        ("crp", 5, "mg/dL", 50),
        ("crp", 5, "μg/mL", 5),
        ("platelets", 150, "K/uL", 150),
        ("platelets", 150, "10*3/uL", 150),
        ("platelets", 150, "x10E3/uL", 150),
        ("platelets", 150, "10³/µL", 150),
        ("platelets", 150, "×10⁹/L", 150),
        ("platelets", 150, "10^9/L", 150),
        ("platelets", 150000, "/uL", 150),
        ("platelets", 150, "Thousand/mcL", 150),
        ("weight", 154, "[lb_av]", 69.853225),
        ("height", 70, "[in_i]", 177.8),
        ("temperature", 38, "Cel", 38),
        ("temperature", 100.4, "[degF]", 38),
        ("temperature", 98.6, "°F", 37),
        ("systolic_bp", 16, "kPa", 120.01024),
        ("systolic_bp", 120, "mm Hg", 120),
        ("inr", 2.5, "{INR}", 2.5),
        ("hcg", 30, "m[IU]/mL", 30),
        ("hcg", 30, "mIU/mL", 30),
        ("hcg", 30, "[iU]/L", 30),
        ("gestational_age", 34, "wk", 238),
        ("triglycerides", 150, "mg/dL", 1.6935),
        ("hba1c", 53, "mmol/mol", 7.00044),
        ("hba1c", 8.5, "%", 8.5),
        ("vitamin_d", 400, "ng/mL", 400),
        ("pain_nrs", 7, "{score}", 7),
        ("pain_vas", 65, "mm", 6.5),
        ("pain_vas", 6.5, "cm", 6.5),
        ("pain_nrs", 65, "mm", 6.5),
        ("pain_nrs", 6.5, "cm", 6.5),
        ("pain_nrs", 6, "mm", 0.6),
    ],
)
def test_a_unit_is_converted(kind: str, value: float, unit: str, canonical: float) -> None:
    assert value_of(kind, value, unit) == pytest.approx(canonical, rel=1e-8)


@pytest.mark.parametrize("kind", ["vitamin_d", "calcium_total", "albumin", "egfr", "inr", "platelets", "weight", "hcg"])
def test_a_missing_unit_is_refused(kind: str) -> None:
    assert amount(kind, 5) is Refusal.UNIT
    assert amount(kind, 5, None, " ") is Refusal.UNIT


@pytest.mark.parametrize("kind", ["pain_nrs", "score", "t_score"])
def test_a_score_needs_no_unit(kind: str) -> None:
    found = amount(kind, 2)

    assert isinstance(found, Quantity)
    assert found.value == 2


@pytest.mark.parametrize(
    ("kind", "value", "unit", "reason"),
    [
        ("vitamin_d", 30, "mg/dL", Refusal.UNIT),
        ("egfr", 60, "mL/min", Refusal.UNIT),
        ("inr", 12, "s", Refusal.UNIT),
        ("crp", 5, "nmol/L", Refusal.UNIT),
        ("platelets", 150, "kelvin", Refusal.UNIT),
        ("vitamin_d", 1000, "ng/mL", Refusal.IMPLAUSIBLE),
        ("calcium_total", 2.3, "mg/dL", Refusal.IMPLAUSIBLE),
        ("calcium_total", 9.5, "mmol/L", Refusal.IMPLAUSIBLE),
        ("temperature", 98.6, "Cel", Refusal.IMPLAUSIBLE),
        ("platelets", 0.15, "/uL", Refusal.IMPLAUSIBLE),
        ("pain_nrs", 11, "{score}", Refusal.IMPLAUSIBLE),
    ],
)
def test_what_cannot_be_right_is_refused(kind: str, value: float, unit: str, reason: Refusal) -> None:
    assert amount(kind, value, unit) is reason


def test_two_units_must_agree() -> None:
    assert amount("calcium_total", 9, "mg/dL", "mmol/L") is Refusal.TWO_UNITS
    assert amount("temperature", 37, "Cel", "degF") is Refusal.TWO_UNITS
    assert isinstance(amount("platelets", 150, "10*3/uL", "K/uL"), Quantity)
    assert isinstance(amount("egfr", 60, "local-7", "mL/min/1.73m2"), Quantity)


@pytest.mark.parametrize(("value", "expected"), [(65, 6.5), (11, 1.1), (10, Refusal.UNIT), (4, Refusal.UNIT)])
def test_a_visual_analog_scale_without_a_unit(value: float, expected: object) -> None:
    found = amount("pain_vas", value)

    assert (found.value if isinstance(found, Quantity) else found) == expected


@pytest.mark.parametrize(("value", "expected"), [(65, 6.5), (11, 1.1), (10, 10), (4, 4), (101, Refusal.IMPLAUSIBLE)])
def test_a_numeric_rating_without_a_unit(value: float, expected: object) -> None:
    """Above 10 it is a visual analog scale in millimeters, whatever its code."""
    found = amount("pain_nrs", value)

    assert (found.value if isinstance(found, Quantity) else found) == expected


@pytest.mark.parametrize(("value", "comparator"), [(None, None), (float("nan"), None), (float("inf"), None), (5, "ad")])
def test_no_value_or_an_unknown_comparator(value: float | None, comparator: str | None) -> None:
    assert isinstance(amount("crp", value, "mg/L", comparator=comparator), Refusal)


def test_a_detection_limit_may_lie_below_the_plausible() -> None:
    assert amount("vitamin_d", 0.5, "ng/mL") is Refusal.IMPLAUSIBLE
    assert isinstance(amount("vitamin_d", 0.5, "ng/mL", comparator="<"), Quantity)


# -- comparators


@pytest.mark.parametrize(
    ("written", "limit", "below", "at_most", "at_least", "above"),
    [
        ("<8", 8, True, True, False, False),
        ("<=8", 8, False, True, False, False),
        ("8", 8, False, True, True, False),
        (">=8", 8, False, False, True, False),
        (">8", 8, False, False, True, True),
        ("<8", 7, False, False, False, False),
        ("<8", 9, True, True, False, False),
        (">8", 9, False, False, False, False),
        (">8", 7, False, False, True, True),
        ("7", 8, True, True, False, False),
        ("9", 8, False, False, True, True),
    ],
)
def test_a_bound_answers_only_what_it_decides(
    written: str, limit: float, below: bool, at_most: bool, at_least: bool, above: bool
) -> None:
    quantity = read_text("crp", written, ["mg/L"], KNOWLEDGE.unit)

    assert isinstance(quantity, Quantity)
    assert quantity.surely_below(limit) is below
    assert quantity.surely_at_most(limit) is at_most
    assert quantity.surely_at_least(limit) is at_least
    assert quantity.surely_above(limit) is above


def test_bands_are_half_open() -> None:
    assert Quantity(50).surely_within(50, 100)
    assert not Quantity(100).surely_within(50, 100)
    assert not Quantity(60, comparator=Comparator.BELOW).surely_within(50, 100)


# -- text


@pytest.mark.parametrize(
    ("text", "unit", "value", "comparator"),
    [
        ("< 8 ng/mL", None, 8, "<"),
        ("<8", "ng/mL", 8, "<"),
        ("≤ 8,5 ng/ml", None, 8.5, "<="),
        ("  24.0 ng/mL ", None, 24, ""),
        ("1,8 ng/mL", None, 1.8, ""),
        ("=12", "ng/mL", 12, ""),
        (">=100", "ng/mL", 100, ">="),
    ],
)
def test_a_number_in_a_text(text: str, unit: str | None, value: float, comparator: str) -> None:
    found = read_text("vitamin_d", text, [unit], KNOWLEDGE.unit)

    assert found == Quantity(value, "ng/mL", Comparator(comparator))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", Refusal.NO_VALUE),
        ("pending", Refusal.NO_VALUE),
        ("5-10 ng/mL", Refusal.UNIT),
        ("1,234 ng/mL", Refusal.NO_VALUE),
        ("1,234,567 ng/mL", Refusal.NO_VALUE),
        ("12.5.1 ng/mL", Refusal.NO_VALUE),
        ("24", Refusal.UNIT),
        ("24 furlongs", Refusal.UNIT),
        ("about 24 ng/mL", Refusal.NO_VALUE),
    ],
)
def test_a_text_that_can_be_read_in_two_ways_is_refused(text: str, reason: Refusal) -> None:
    assert read_text("vitamin_d", text, [], KNOWLEDGE.unit) is reason


def test_both_units_of_vitamin_d() -> None:
    assert in_both_units(Quantity(20, "ng/mL")) == "20 ng/mL (49.9 nmol/L)"
    assert in_both_units(Quantity(12, "ng/mL", Comparator.BELOW)) == "<12 ng/mL (<30 nmol/L)"


# -- properties


@given(st.floats(10, 600), st.sampled_from([10, 12, 20, 30, 50, 100, 150]))
def test_the_unit_changes_no_decision(value: float, limit: float) -> None:
    """A value that is written in the other unit stands on the same side of each limit."""
    nmol = rounded(value)
    ng = amount("vitamin_d", rounded(nmol / NMOL_PER_NG), "ng/mL")
    same = amount("vitamin_d", nmol, "nmol/L")

    assert isinstance(ng, Quantity)
    assert isinstance(same, Quantity)
    assert ng.surely_below(limit) == same.surely_below(limit)
    assert ng.surely_at_least(limit) == same.surely_at_least(limit)


@pytest.mark.parametrize("limit", [10, 12, 20, 30, 50, 100, 150])
def test_a_limit_is_met_in_either_unit(limit: float) -> None:
    assert value_of("vitamin_d", limit * NMOL_PER_NG, "nmol/L") == limit


@given(st.sampled_from(sorted(KNOWLEDGE.units)), st.floats(0.01, 0.99))
def test_a_conversion_can_be_turned_back(row: tuple[str, str], share: float) -> None:
    unit = KNOWLEDGE.units[row]
    canonical = unit.plausible_low + share * (unit.plausible_high - unit.plausible_low)
    found = amount(unit.kind, canonical / unit.factor, row[1])

    assert isinstance(found, Quantity)
    assert found.value == pytest.approx(canonical, rel=1e-7)
    assert found.unit == unit.canonical


@given(
    st.sampled_from([*KINDS, "no such kind"]),
    st.none() | st.floats(),
    st.lists(st.none() | st.text(), max_size=3),
    st.none() | st.text(),
    st.text(),
)
def test_reading_never_fails(
    kind: str, value: float | None, units: list[str | None], comparator: str | None, text: str
) -> None:
    assert isinstance(read_quantity(kind, value, units, comparator, KNOWLEDGE.unit), Quantity | Refusal)
    assert isinstance(read_text(kind, text, units, KNOWLEDGE.unit), Quantity | Refusal)


@given(st.floats(0, 1000), st.sampled_from(Comparator), st.floats(0, 1000))
def test_no_amount_is_on_both_sides_of_a_limit(value: float, comparator: Comparator, limit: float) -> None:
    quantity = Quantity(value, comparator=comparator)

    assert not (quantity.surely_below(limit) and quantity.surely_at_least(limit))
    assert not (quantity.surely_above(limit) and quantity.surely_at_most(limit))


def test_each_kind_has_one_canonical_unit_and_range() -> None:
    for kind in KINDS:
        units = {
            (unit.canonical, unit.plausible_low, unit.plausible_high)
            for unit in KNOWLEDGE.units.values()
            if unit.kind == kind
        }
        assert len(units) == 1, kind

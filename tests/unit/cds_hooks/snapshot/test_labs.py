"""Values that take more than one result."""

import pytest

from cds_hooks.snapshot.labs import (
    RACE_SPECIFIC,
    Calcium,
    calcium,
    clearance,
    corrected_calcium,
    egfr_2021,
    newest,
    vitamin_d,
    without_race,
)
from cds_hooks.snapshot.model import Fact
from cds_hooks.snapshot.problem import Result
from cds_hooks.snapshot.quantity import Comparator, Quantity
from cds_hooks.snapshot.vocabulary import Concept
from cds_hooks.snapshot.when import When
from tests.builders.moment import days_ago


def lab(value: float, *, days: int | None = 1, comparator: str = "", rank: int = 0, unit: str = "") -> Result:
    when: When | None = None if days is None else days_ago(days)
    fact = Fact(name="lab", value=f"{comparator}{value}", unit=unit, kind="observation", when=when)
    return Result(
        concept=Concept.INR, fact=fact, when=when, quantity=Quantity(value, unit, Comparator(comparator)), rank=rank
    )


def test_the_newest_dated_result_counts() -> None:
    new = lab(2, days=1)

    assert newest([lab(1, days=3), new, lab(3, days=2), lab(4, days=None)]) is new
    assert newest([lab(4, days=None)]) is None
    assert newest([]) is None


def test_of_one_sample_the_preferred_formula_counts() -> None:
    mdrd, new_formula = lab(55, rank=2), lab(61, rank=0)

    assert newest([mdrd, new_formula]) is new_formula
    assert newest([new_formula, mdrd]) is new_formula
    newer = lab(40, days=0, rank=3)
    assert newest([new_formula, newer]) is newer


def test_of_a_race_specific_pair_the_lower_counts() -> None:
    low, high = lab(52, rank=RACE_SPECIFIC), lab(61, rank=RACE_SPECIFIC)

    assert newest([low, high]) is low
    assert newest([high, low]) is low


# -- vitamin D


def test_d2_and_d3_of_one_sample_are_added() -> None:
    found = vitamin_d([], [lab(12, unit="ng/mL")], [lab(9.5, unit="ng/mL")])

    assert found is not None
    assert found.quantity == Quantity(21.5, "ng/mL")
    assert (found.fact.value, found.fact.unit) == ("21.5 ng/mL (53.7 nmol/L)", "")


def test_d2_of_another_sample_is_not_added() -> None:
    found = vitamin_d([], [lab(12, days=1)], [lab(9, days=2)])

    assert found is not None
    assert found.number == 12


def test_d2_alone_is_no_vitamin_d() -> None:
    assert vitamin_d([], [], [lab(30)]) is None


def test_the_total_wins_in_one_sample_and_the_newer_otherwise() -> None:
    assert vitamin_d([lab(25)], [lab(12)], [lab(12)]) == lab(25)
    newer = vitamin_d([lab(25, days=9)], [lab(12, days=1)], [])
    assert newer is not None
    assert newer.number == 12


@pytest.mark.parametrize(
    ("d3", "d2", "expected"),
    [
        ((12, ""), (4, "<"), (12, "")),
        ((4, "<"), (4, "<"), (8, "<")),
        ((4, "<="), (4, "<"), (8, "<")),
        ((4, "<="), (4, "<="), (8, "<=")),
        ((4, "<"), (10, ""), (14, "<")),
        ((100, ">"), (10, ""), (110, ">")),
        ((12, ""), (50, ">="), (62, ">=")),
        ((4, "<"), (50, ">="), (50, ">=")),
    ],
)
def test_bounds_of_a_sum(d3: tuple[float, str], d2: tuple[float, str], expected: tuple[float, str]) -> None:
    found = vitamin_d([], [lab(d3[0], comparator=d3[1])], [lab(d2[0], comparator=d2[1])])

    assert found is not None
    assert found.quantity == Quantity(expected[0], "", Comparator(expected[1]))


def test_a_vitamin_d_without_a_number_stays_as_it_is() -> None:
    bare = Result(concept=Concept.INR, fact=lab(1).fact, when=days_ago(1))

    found = vitamin_d([], [bare], [lab(3)])

    assert found is not None
    assert found.quantity is None


# -- calcium


def how(found: Calcium | None) -> tuple[float, str]:
    assert found is not None
    return found.quantity.value, found.how


def test_calcium_is_corrected_for_albumin() -> None:
    """8.2 mg/dL with albumin 2.5 g/dL is 9.4 mg/dL; 2.05 mmol/L with 25 g/L is 2.35 mmol/L."""
    assert corrected_calcium(Quantity(8.2, "mg/dL"), 2.5) == Quantity(9.4, "mg/dL")
    assert corrected_calcium(Quantity(2.05 / 0.2495, "mg/dL"), 2.5).value * 0.2495 == pytest.approx(2.35, abs=0.001)


def test_albumin_must_be_near() -> None:
    assert how(calcium([lab(8.2, days=5)], [], [], [lab(2.5, days=8)])) == (9.4, "corrected for albumin")
    assert how(calcium([lab(8.2, days=5)], [], [], [lab(2.5, days=2)])) == (9.4, "corrected for albumin")
    assert how(calcium([lab(8.2, days=5)], [], [], [lab(2.5, days=9)]))[0] == 8.2
    assert how(calcium([lab(8.2, days=5)], [], [], [lab(2.5, days=3), lab(4, days=5)]))[0] == 8.2
    assert "not corrected" in how(calcium([lab(8.2)], [], [], []))[1]
    assert "not corrected" in how(calcium([lab(8.2)], [], [], [lab(1, comparator="<")]))[1]


def test_what_the_laboratory_corrected_is_not_corrected_again() -> None:
    found = calcium([lab(8.2)], [lab(9.1)], [], [lab(2.5)])

    assert how(found) == (9.1, "corrected by the laboratory")


@pytest.mark.parametrize(("total_days", "ionized"), [(1, True), (3, True), (0, False)])
def test_ionized_calcium_of_the_same_or_a_newer_day_wins(total_days: int, ionized: bool) -> None:
    found = calcium([lab(8.2, days=total_days)], [], [lab(1.2, days=1)], [])

    assert found is not None
    assert found.ionized is ionized


@pytest.mark.parametrize(
    ("millimoles", "albumin", "low"), [(2.12, 4.0, False), (2.11, 4.0, True), (1.92, 3.0, False), (1.91, 3.0, True)]
)
def test_the_limit_is_the_same_in_both_units(millimoles: float, albumin: float, low: bool) -> None:
    """2.12 mmol/L is 8.497 mg/dL, and the limit all the same; so is 1.92 mmol/L at an albumin of 30 g/L."""
    found = calcium([lab(millimoles / 0.2495)], [], [], [lab(albumin)])

    assert found is not None
    assert (found.surely_low, found.surely_not_low) == (low, not low)


def test_no_calcium() -> None:
    assert calcium([], [], [], [lab(4)]) is None
    assert calcium([Result(concept=Concept.INR, fact=lab(1).fact, when=days_ago(1))], [], [], []) is None


# -- kidney function


@pytest.mark.parametrize(
    ("creatinine", "age", "female", "expected"),
    [(1.0, 50, False, 92), (1.0, 50, True, 69), (0.6, 30, True, 124), (3.0, 70, False, 22)],
)
def test_the_2021_formula(creatinine: float, age: int, female: bool, expected: int) -> None:
    assert round(egfr_2021(creatinine, age, female)) == expected


def test_a_race_specific_egfr_is_computed_anew() -> None:
    given = lab(52, rank=RACE_SPECIFIC)

    assert without_race(given, [lab(1.0)], 50, True).number == pytest.approx(68.6, abs=0.1)
    for unknown in (
        without_race(given, [lab(1.0, days=4)], 50, True),
        without_race(given, [lab(1.0)], None, True),
        without_race(given, [lab(1.0)], 50, None),
        without_race(given, [lab(1.0)], 17, True),
    ):
        assert unknown is given


@pytest.mark.parametrize(("creatinine", "weight"), [("<", ""), ("", ">")])
def test_a_bound_makes_no_clearance(creatinine: str, weight: str) -> None:
    """ "<0.5" is no creatinine, and ">150" no weight to compute with."""
    assert clearance(lab(1.0, comparator=creatinine), lab(72, comparator=weight), 60, False) is None


def test_clearance_by_cockcroft_and_gault() -> None:
    found = clearance(lab(1.0), lab(72), 60, False)

    assert found is not None
    assert found.number == 80
    assert clearance(lab(1.0, days=None), lab(72), 60, False) is None, "a value without a date is of no time"

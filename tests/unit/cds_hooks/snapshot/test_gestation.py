"""How old a pregnancy is today."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_hooks.snapshot.from_fhir.recognition import gestation_of
from cds_hooks.snapshot.gestation import TRIMESTERS, days_of_week_code, gestational_age, weeks_and_days
from cds_hooks.snapshot.model import Present, Unknown
from cds_hooks.snapshot.problem import Problem, Result
from cds_hooks.snapshot.quantity import Comparator, Quantity
from cds_hooks.snapshot.vocabulary import Concept
from cds_hooks.snapshot.when import When
from cds_hooks.wire import fhir
from tests.builders.fhir import ICD10CM, SNOMED
from tests.builders.moment import days_ago, days_ahead, on
from tests.builders.snapshot import a_patient, a_problem, a_result
from tests.unit.cds_hooks.snapshot.reading import LOOKUPS


def due(days: int, *, noted: When | None = None) -> Result:
    return a_result(Concept.DELIVERY_DATE, days_ahead(days), when=noted)


def observed(days: float, *, ago: int | None, comparator: str = "") -> Result:
    """An observed gestational age; the concept is one that only its name tells."""
    fact = a_result(Concept.INR, 1).fact
    when = None if ago is None else days_ago(ago)
    quantity = Quantity(days, "d", Comparator(comparator))
    return Result(concept="gestational_age_weeks", fact=fact, when=when, quantity=quantity)  # type: ignore[arg-type]


def coded(days: tuple[int, int], *, ago: int | None = 0, current: bool = True) -> Problem:
    recorded = None if ago is None else days_ago(ago)
    return replace(a_problem(Concept.PREGNANCY, recorded=recorded, current=current), gestation=days)


def span(results: tuple[Result, ...] = (), problems: tuple[Problem, ...] = ()) -> tuple[int, int] | None:
    found = a_patient(pregnancy_results=results, problems=problems).gestation
    return (found.first, found.last) if found else None


def test_from_the_due_date() -> None:
    assert span((due(80),)) == (200, 200)
    assert span((due(-7),)) == (287, 287)
    assert span((due(-60),)) is None
    assert span((due(400),)) is None


def test_a_due_date_of_a_month_is_a_span() -> None:
    found = span((a_result(Concept.DELIVERY_DATE, on("2025-09"), when=days_ago(3)),))

    assert found == (280 - 107, 280 - 78)


def test_an_observed_age_grows_with_the_days() -> None:
    assert span((observed(240, ago=10),)) == (250, 250)
    assert span((observed(238, ago=10),)) == (248, 254)
    assert span((observed(240, ago=None),)) is None
    assert span((observed(240, ago=1, comparator=">"),)) is None
    assert span((observed(240, ago=200),)) is None


def test_a_week_code_is_true_for_its_date() -> None:
    assert span(problems=(coded((196, 202), ago=3),)) == (199, 205)
    assert span(problems=(coded((196, 202), ago=None),)) is None
    assert span(problems=(coded((196, 202), current=False),)) is None


def test_the_newest_statement_of_its_kind_wins() -> None:
    assert span((due(80, noted=days_ago(90)), due(84, noted=days_ago(3)), due(82))) == (196, 196)
    assert span((observed(190, ago=5), observed(211, ago=2), observed(205, ago=9))) == (213, 213)


def test_a_due_date_beats_an_observed_age() -> None:
    assert span((observed(206, ago=1), due(80, noted=days_ago(90)))) == (200, 200)
    assert span((due(80),), (coded((205, 211)),)) == (200, 200)


@pytest.mark.parametrize(
    ("days", "expected"),
    [(213, 200), (214, 200), (215, 215), (187, 200), (186, 200), (185, 200), (235, 235)],
)
def test_statements_far_apart_leave_the_higher_age_and_a_remark(days: int, expected: int) -> None:
    found = a_patient(pregnancy_results=(due(80, noted=days_ago(1)), observed(days, ago=0))).gestation

    assert found is not None
    assert found.first == expected
    assert bool(found.remarks) is (abs(days - 200) > 14)


def test_a_wide_span_contradicts_nothing() -> None:
    month = a_result(Concept.DELIVERY_DATE, on("2025-09"), when=days_ago(3))

    assert span((month, observed(240, ago=0))) == (240, 240)
    assert span((month,), (coded(TRIMESTERS[2]),)) == (280 - 107, 280 - 78)
    assert span((due(80),), (coded(TRIMESTERS[1]),)) == (200, 200)


def test_what_bands_of_weeks_are_read_with() -> None:
    def compared(days: tuple[int, int]) -> int:
        found = a_patient(problems=(coded(days),)).gestation
        assert found is not None
        return found.compared

    assert compared((189, 195)) == 189
    assert compared((189, 196)) == 196


def test_a_trimester_counts_only_alone() -> None:
    third = coded(TRIMESTERS[3], ago=0)

    assert span(problems=(third,)) == (196, 308)
    assert span((due(80, noted=days_ago(60)),), (third,)) == (200, 200)


def test_a_span_decides_only_what_it_surely_does() -> None:
    found = a_patient(problems=(coded((134, 140), ago=3),)).gestation

    assert found is not None
    assert not found.surely_at_least(140)
    assert not found.surely_below(140)
    assert found.surely_at_least(137)
    assert found.surely_below(144)


def test_the_fact_says_weeks_and_days() -> None:
    found = gestational_age(a_patient(pregnancy_results=(due(80, noted=days_ago(4)),)))

    assert isinstance(found, Present)
    assert found.items[0].value == "28w4d today"
    assert isinstance(gestational_age(a_patient()), Unknown)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("34w2d", 240),
        ("34 w 2 d", 240),
        ("34 2/7", 240),
        ("34+2", 240),
        ("34 + 2/7", 240),
        ("34 weeks 2 days", 240),
        ("34 weeks, 2 days", 240),
        ("34 wks and 2 d", 240),
        ("34w", 238),
        ("34 weeks", 238),
        ("SSW 34", None),
        ("34 SSW", 238),
        ("34w8d", None),
        ("34", None),
        ("342", None),
        ("", None),
        ("term", None),
    ],
)
def test_weeks_and_days_in_words(text: str, days: int | None) -> None:
    assert weeks_and_days(text) == days


@pytest.mark.parametrize(
    ("code", "days"),
    [
        ("Z3A01", (0, 55)),
        ("Z3A08", (56, 62)),
        ("Z3A28", (196, 202)),
        ("Z3A42", (294, 300)),
        ("Z3A49", (301, 308)),
        ("Z3A00", None),
        ("Z3A45", None),
        ("Z3A", None),
        ("O0993", None),
    ],
)
def test_week_codes(code: str, days: tuple[int, int] | None) -> None:
    assert days_of_week_code(code) == days


def concept(system: str, code: str, display: str | None = None) -> fhir.CodeableConcept:
    return fhir.CodeableConcept(coding=[fhir.Coding(system=system, code=code, display=display)])


def test_what_a_condition_states() -> None:
    assert gestation_of(concept(ICD10CM, "Z3A.28"), LOOKUPS) == (196, 202)
    assert gestation_of(concept(ICD10CM, "z3a28"), LOOKUPS) == (196, 202)
    assert gestation_of(concept(SNOMED, "Z3A.28"), LOOKUPS) is None
    second = concept(ICD10CM, "Z34.82", "Encounter for supervision of other normal pregnancy, second trimester")
    assert gestation_of(second, LOOKUPS) == TRIMESTERS[2]
    assert gestation_of(concept(ICD10CM, "O09.33"), LOOKUPS) == TRIMESTERS[3]
    assert gestation_of(concept(ICD10CM, "Z33.1", "Pregnant state, incidental"), LOOKUPS) is None
    assert gestation_of(concept(ICD10CM, "I10", "hypertension, third trimester"), LOOKUPS) is None
    assert gestation_of(None, LOOKUPS) is None


@given(st.text())
def test_reading_never_fails(text: str) -> None:
    weeks_and_days(text)
    days_of_week_code(text)

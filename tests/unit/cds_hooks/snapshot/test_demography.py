"""The demographic context line of rules DX-17 and SP-07."""

from __future__ import annotations

import pytest

from cds_hooks.snapshot.demography import typical
from cds_hooks.snapshot.patient import Demographics, Patient
from cds_hooks.snapshot.problem import Answer
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.moment import born, days_ago, days_ahead, on
from tests.builders.snapshot import A_WOMAN, a_patient, a_problem, a_result, cut_off

LEAD = "Context only, it decides nothing: the syndrome is described "


def aged(years: int, gender: str | None = "male") -> Patient:
    return a_patient(demographics=Demographics(gender=gender, birth_date=born(years)))


@pytest.mark.parametrize("years", [30, 60])
def test_a_man_of_the_usual_age(years: int) -> None:
    assert typical(aged(years)) == (f"{LEAD}mostly in men of 30 to 60 years.",)


@pytest.mark.parametrize("years", [20, 40])
def test_a_woman_of_the_usual_age(years: int) -> None:
    assert typical(aged(years, "female")) == (f"{LEAD}in women of 20 to 40 years.",)


@pytest.mark.parametrize(
    "patient",
    [
        *(aged(29), aged(61), aged(19, "female"), aged(41, "female")),
        *(aged(35, None), a_patient(demographics=Demographics(gender="male"))),
        a_patient(demographics=Demographics(gender="male", birth_date=on("1995"))),
        a_patient(demographics=Demographics(gender="male", birth_date=on("1964"))),
        a_patient(demographics=aged(61).demographics, problems=cut_off(Need.PROBLEMS)),
    ],
)
def test_no_line_where_nothing_fits_or_nothing_is_known(patient: Patient) -> None:
    """A birth date to the year that leaves an age outside open is no fit."""
    assert typical(patient) == ()


@pytest.mark.parametrize(("days", "said"), [(196, True), (195, False)])
def test_the_third_trimester_begins_at_28_weeks(days: int, said: bool) -> None:
    due = a_result(Concept.DELIVERY_DATE, days_ahead(280 - days), when=days_ago(60))
    line = typical(a_patient(demographics=A_WOMAN, pregnancy_results=[due]))[0]
    assert ("in the third trimester of pregnancy" in line) is said


def test_a_pregnancy_without_an_age_or_that_is_over_is_no_third_trimester() -> None:
    positive = a_result(Concept.HCG_QUALITATIVE, Answer.POSITIVE)
    due = a_result(Concept.DELIVERY_DATE, days_ahead(40), when=days_ago(60))
    over = a_result(Concept.PREGNANCY_STATUS, Answer.NEGATIVE)
    for results in ([positive], [due, over]):
        (line,) = typical(a_patient(demographics=A_WOMAN, pregnancy_results=results))
        assert "trimester" not in line


def test_associated_diseases_are_named() -> None:
    """Also where sex or age are not recorded."""
    problems = [a_problem(Concept.CIRRHOSIS), a_problem(Concept.HYPERTRIGLYCERIDEMIA)]
    patient = a_patient(demographics=Demographics(), problems=problems)
    assert typical(patient) == (f"{LEAD}with cirrhosis and with type IV hyperlipoproteinemia.",)

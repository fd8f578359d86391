"""Heart failure with its class; infarction and stroke as events that rules count by date."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cds_hooks.snapshot.heart import (
    HeartFailure,
    heart_failure,
    heart_failure_if,
    infarction,
    stroke,
    undated_infarction,
    undated_stroke,
)
from cds_hooks.snapshot.model import Absent, Finding, Present, Unknown
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.problem import Event, Problem
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.moment import days_ago, on
from tests.builders.snapshot import a_patient, a_problem, a_result, cut_off

FAILURE = Concept.HEART_FAILURE
ACUTE = Concept.HEART_FAILURE_DECOMPENSATED
CLASSES = (Concept.NYHA_1, Concept.NYHA_2, Concept.NYHA_3, Concept.NYHA_4)


def failing(*problems: Problem) -> HeartFailure:
    found = heart_failure(a_patient(problems=problems))
    assert isinstance(found, Present)
    (item,) = found.items
    return item


# -- heart failure


def test_a_heart_failure_of_a_kind_stands_on_its_records() -> None:
    """The records are what a card shows, and what is asked of the heart failure decides."""
    patient = a_patient(problems=[a_problem(FAILURE), a_problem(ACUTE)])
    found = heart_failure_if(patient, lambda failure: failure.decompensated)
    assert isinstance(found, Present)
    assert found.items == tuple(patient.problems.items)
    assert heart_failure_if(patient, lambda failure: not failure.decompensated) == Absent()


def test_the_class_that_was_observed() -> None:
    """The newest of list and Observations counts; without heart failure on the list an observed class is none."""
    first, third = a_result(Concept.NYHA_1, 1, when=days_ago(20)), a_result(Concept.NYHA_3, 3, when=days_ago(40))
    failure = a_problem(FAILURE, recorded=days_ago(400))
    listed = a_problem(FAILURE, Concept.NYHA_2, recorded=days_ago(30))

    for problems, vitals, expected in (
        ([failure], [first, third], 1),
        ([failure], [third], 3),
        ([listed], [third], 2),
        ([listed], [first], 1),
    ):
        found = heart_failure(a_patient(problems=problems, vitals=vitals))
        assert isinstance(found, Present)
        assert found.items[0].nyha == expected
    assert heart_failure(a_patient(vitals=[third])) == Absent()


def test_a_class_that_could_not_be_read() -> None:
    """The heart failure stands, and that the class was not read is said."""
    found = heart_failure_if(a_patient(problems=[a_problem(FAILURE)], vitals=cut_off(Need.PAIN)), lambda _: True)
    assert isinstance(found, Present)
    assert found.gaps


def test_no_heart_failure() -> None:
    """Nothing on a complete problem list, or heart failure that is over."""
    assert heart_failure(a_patient()) == Absent()
    assert heart_failure(a_patient(problems=[a_problem(FAILURE, current=False)])) == Absent()


def test_heart_failure_without_a_class() -> None:
    """Neither mild nor severe: the rule decides what an unknown class means."""
    found = failing(a_problem(FAILURE))
    assert (found.nyha, found.severe, found.without_symptoms) == (None, False, False)
    assert found.fact.resource == "Condition/heart_failure"


@pytest.mark.parametrize(("concept", "nyha"), [(each, number) for number, each in enumerate(CLASSES, 1)])
def test_the_class(concept: Concept, nyha: int) -> None:
    """In the same record, in one of its own, or alone: NYHA I has no symptoms, III and IV are severe."""
    one, own = a_problem(FAILURE, concept), a_problem(concept, id="class")
    for problems in ((one,), (a_problem(FAILURE), own), (own,)):
        found = failing(*problems)
        assert (found.nyha, found.severe, found.without_symptoms) == (nyha, nyha >= 3, nyha == 1)
        assert found.facts == tuple(problem.fact for problem in problems)


def test_decompensated_failure_is_severe_whatever_its_class() -> None:
    """Also where the class beside it is I, and where nothing else names heart failure."""
    for problems in ((a_problem(ACUTE),), (a_problem(FAILURE, Concept.NYHA_1), a_problem(ACUTE))):
        found = failing(*problems)
        assert found.decompensated
        assert (found.severe, found.without_symptoms) == (True, False)


def test_of_two_classes_the_newest_counts() -> None:
    """Where the dates do not show which is newer, the higher one does."""
    older = a_problem(Concept.NYHA_3, recorded=days_ago(100))
    for recorded, expected in ((days_ago(99), 1), (days_ago(100), 3), (days_ago(101), 3), (None, 3), (on("2025"), 3)):
        assert failing(older, a_problem(Concept.NYHA_1, recorded=recorded)).nyha == expected
    assert failing(a_problem(Concept.NYHA_1, recorded=None), a_problem(Concept.NYHA_2)).nyha == 2


def test_heart_failure_and_a_problem_list_that_could_not_be_read() -> None:
    """A failed query is unknown; what arrived counts and names what did not."""
    assert isinstance(heart_failure(a_patient(problems=cut_off(Need.PROBLEMS))), Unknown)
    partial = heart_failure(a_patient(problems=cut_off(Need.PROBLEMS, a_problem(FAILURE))))
    assert isinstance(partial, Present)
    assert partial.gaps


# -- events

Asked = Callable[[Patient], Finding[Problem | Event]]
EVENTS = pytest.mark.parametrize(
    ("concept", "history", "dated", "undated"),
    [
        (
            Concept.MYOCARDIAL_INFARCTION,
            Concept.OLD_MYOCARDIAL_INFARCTION,
            lambda patient: infarction(patient, 90),
            undated_infarction,
        ),
        (Concept.STROKE_TIA, Concept.STROKE_HISTORY, lambda patient: stroke(patient, 90), undated_stroke),
    ],
    ids=["infarction", "stroke"],
)


@EVENTS
def test_an_event_counts_by_its_date(concept: Concept, history: Concept, dated: Asked, undated: Asked) -> None:
    """By onset, else by when it was recorded, current or over; outside the window it is silent."""
    for inside in (
        a_problem(concept, onset=days_ago(90), recorded=days_ago(400)),
        a_problem(concept, recorded=days_ago(90), current=False),
    ):
        assert dated(a_patient(problems=[inside])) == Present((inside,))
        assert undated(a_patient(problems=[inside])) == Absent()
    for outside in (
        a_problem(concept, recorded=days_ago(91)),
        a_problem(concept, onset=days_ago(91), recorded=days_ago(1)),
    ):
        assert dated(a_patient(problems=[outside])) == Absent()
        assert undated(a_patient(problems=[outside])) == Absent()


@EVENTS
def test_an_event_without_a_date(concept: Concept, history: Concept, dated: Asked, undated: Asked) -> None:
    """It is not known to be recent, and not known to be old."""
    event = a_problem(concept, recorded=None)
    assert dated(a_patient(problems=[event])) == Absent()
    assert undated(a_patient(problems=[event])) == Present((event,))


@EVENTS
def test_an_old_event_is_silent(concept: Concept, history: Concept, dated: Asked, undated: Asked) -> None:
    """ "Old" or "history of", dated or not, also beside the code of the event itself."""
    for concepts in ((history,), (concept, history)):
        assert dated(a_patient(problems=[a_problem(*concepts, recorded=days_ago(1))])) == Absent()
        assert undated(a_patient(problems=[a_problem(*concepts, recorded=None)])) == Absent()


@EVENTS
def test_events_that_could_not_be_looked_for(concept: Concept, history: Concept, dated: Asked, undated: Asked) -> None:
    """A failed query hides an event, also behind one that is old."""
    for asked, recorded in ((dated, days_ago(1)), (undated, None)):
        assert isinstance(asked(a_patient(problems=cut_off(Need.PROBLEMS))), Unknown)
        old = a_problem(concept, history, recorded=recorded)
        assert isinstance(asked(a_patient(problems=cut_off(Need.PROBLEMS, old))), Unknown)

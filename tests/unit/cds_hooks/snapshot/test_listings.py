"""Listings of a chart: each row is read when somebody first asks for what it may be about, and once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from cds_hooks.snapshot.labs import RACE_SPECIFIC
from cds_hooks.snapshot.later import Later
from cds_hooks.snapshot.model import Deferred, Gap, Indexed, Listing, Unread, items_of, remarks_of
from cds_hooks.snapshot.problem import Problem, Result
from cds_hooks.snapshot.vocabulary import Concept, Need
from tests.builders.moment import days_ago
from tests.builders.snapshot import A_WOMAN, a_patient, a_problem, a_result, out_of_reach, unusable

FRACTURE, PREGNANCY = a_problem(Concept.VERTEBRAL_FRACTURE), a_problem(Concept.PREGNANCY)
ODD = Gap(Need.PROBLEMS, unusable(Need.PROBLEMS).kind, "a row could not be used", Concept.PREGNANCY)


def never() -> Problem:
    raise AssertionError("this row was not asked for")


def a_row(found: Problem | Gap | None, *about: Concept) -> Unread[Problem]:
    return Unread(frozenset(about), lambda: found)


def test_only_what_is_asked_for_is_read() -> None:
    """A question about fractures leaves a pregnancy unread; one about something else reads nothing."""
    unread: Unread[Problem] = Unread(frozenset({Concept.PREGNANCY}), never)
    listing = Indexed([a_row(FRACTURE, Concept.VERTEBRAL_FRACTURE), unread], None)

    assert listing.about(Concept.VERTEBRAL_FRACTURE, Concept.EDEMA) == (FRACTURE,)
    assert listing.remarks_about(Concept.VERTEBRAL_FRACTURE) == ()
    assert listing.about(Concept.EDEMA) == ()
    assert listing.rows_about(Concept.EDEMA) == ()


def test_a_row_turns_out_to_be_about_less_than_it_might() -> None:
    """What its codes promise, its words may take back: then it is no answer, and neither is what does not matter."""
    maybe = a_row(FRACTURE, Concept.VERTEBRAL_FRACTURE, Concept.EDEMA)
    nothing = a_row(None, Concept.EDEMA)

    assert Indexed([maybe, nothing], None).about(Concept.EDEMA) == ()
    assert Indexed([maybe, nothing], None).items == (FRACTURE,)


def test_rows_that_cannot_be_used_are_remarks() -> None:
    gap = out_of_reach(Need.PROBLEMS)
    listing = Indexed([a_row(ODD, Concept.PREGNANCY), a_row(PREGNANCY, Concept.PREGNANCY)], gap)

    assert (listing.items, listing.remarks, listing.gaps) == ((PREGNANCY,), (ODD,), (gap,))
    assert listing.about(Concept.PREGNANCY) == (PREGNANCY,)
    assert listing.remarks_about(Concept.PREGNANCY) == (ODD,)


@pytest.mark.parametrize(
    "made",
    [
        lambda: Listing((FRACTURE, PREGNANCY), None, (ODD,)),
        lambda: Indexed(
            [
                a_row(FRACTURE, Concept.VERTEBRAL_FRACTURE),
                a_row(PREGNANCY, Concept.PREGNANCY),
                a_row(ODD, Concept.PREGNANCY),
            ],
            None,
        ),
        lambda: Deferred(lambda: Listing((FRACTURE, PREGNANCY), None, (ODD,))),
    ],
    ids=["known", "row by row", "deferred"],
)
def test_listings_that_say_the_same_are_equal(made: Callable[[], Listing[Problem]]) -> None:
    """Whenever they are read, they answer alike."""
    listing = made()

    assert listing == Listing((FRACTURE, PREGNANCY), None, (ODD,))
    assert hash(listing) == hash(Listing((FRACTURE, PREGNANCY), None, (ODD,)))
    assert listing != Listing((FRACTURE,))
    assert listing != (FRACTURE, PREGNANCY)
    assert listing.about(Concept.PREGNANCY) == (PREGNANCY,)
    assert listing.remarks_about(Concept.PREGNANCY) == (ODD,)
    assert [row.value for row in listing.rows_about(Concept.PREGNANCY)] == [PREGNANCY, ODD]
    assert [row.item for row in listing.rows_about(Concept.PREGNANCY)] == [PREGNANCY, None]


def test_a_value_is_made_once() -> None:
    made: list[int] = []

    def make() -> int:
        made.append(1)
        return len(made)

    later = Later(make)
    assert made == []
    assert (later.value, later.value, made) == (1, 1, [1])
    assert later == Later.of(1)
    assert later != 1
    assert hash(later) == hash(Later.of(1))
    assert repr(later) == "Later.of(1)"


def of_one_race(value: float) -> Result:
    return replace(a_result(Concept.EGFR, value), rank=RACE_SPECIFIC)


def test_an_egfr_of_one_race_gives_way_where_its_sample_allows() -> None:
    """Nothing is chosen by race: with the creatinine of the sample the value is computed anew, else it stays."""
    both = a_patient(labs=[of_one_race(52), a_result(Concept.CREATININE, 1.0)], demographics=A_WOMAN)
    alone = a_patient(labs=[of_one_race(52)], demographics=A_WOMAN)

    assert [item.number for item in items_of(both.egfr(30))] == [pytest.approx(76.3, abs=1)]
    assert [item.number for item in items_of(alone.egfr(30))] == [52]


def test_only_what_might_have_counted_is_remarked() -> None:
    """Of results that cannot be used one older than the one that counts says nothing; one without a date does."""
    odd = Gap("eGFR", unusable(Need.KIDNEY_FUNCTION).kind, "eGFR: a result has no known unit", Concept.EGFR)
    rows: list[Unread[Result]] = [
        Unread(frozenset({Concept.EGFR}), lambda: odd, days_ago(9)),
        Unread(frozenset({Concept.EGFR}), lambda: a_result(Concept.EGFR, 80, when=days_ago(5)), days_ago(5)),
    ]
    undated: Unread[Result] = Unread(frozenset({Concept.EGFR}), lambda: odd)

    assert remarks_of(a_patient(labs=Indexed(rows, None)).newest(Concept.EGFR, 30)) == ()
    assert remarks_of(a_patient(labs=Indexed([*rows, undated], None)).newest(Concept.EGFR, 30)) == (odd,)
    assert remarks_of(a_patient(labs=Indexed(rows[:1], None)).newest(Concept.EGFR, 30)) == (odd,)

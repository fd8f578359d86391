"""Feedback as clients send it, apart from HTTP."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from cds_hooks.wire.feedback import MOST_ITEMS, Feedback, read_feedback, schema
from cds_hooks.wire.problem import RequestError
from tests.builders.feedback import an_item


def read(body: object) -> Feedback:
    return read_feedback(json.dumps(body).encode())


def refused(body: object) -> RequestError:
    with pytest.raises(RequestError) as caught:
        read(body)
    return caught.value


@pytest.mark.conforms("N2")
def test_a_batch_may_hold_several_cards_and_repeats() -> None:
    found = read({"feedback": [an_item("a"), an_item("b"), an_item("a")]})
    assert [item.card for item in found.items] == ["a", "b", "a"]
    assert not found.refused


@pytest.mark.conforms("N2", "N4")
def test_a_bare_item_is_taken_as_a_batch_of_one() -> None:
    """Some clients leave the array out."""
    [item] = read(an_item("a", acceptedSuggestions=[{"id": "s"}, {"id": "r"}, {"id": "s"}])).items
    assert (item.card, item.outcome, item.suggestions) == ("a", "accepted", ("r", "s"))
    assert (item.reason, item.comment) == (None, "")


@pytest.mark.conforms("N5")
def test_an_override_as_the_sandbox_sends_it() -> None:
    """A reason with code and system, without display, and no comment."""
    reason = {"reason": {"code": "contraindicated", "system": "http://example.org"}}
    [item] = read({"feedback": [an_item(outcome="overridden", overrideReason=reason)]}).items
    assert item.reason
    assert (item.reason.code, item.reason.system, item.comment) == ("contraindicated", "http://example.org", "")


@pytest.mark.conforms("N5")
def test_an_override_with_a_comment_alone() -> None:
    [item] = read(an_item(outcome="overridden", overrideReason={"userComment": "seen by cardiology"})).items
    assert (item.reason, item.comment) == (None, "seen by cardiology")


def test_what_is_null_counts_as_absent() -> None:
    [item] = read(an_item(acceptedSuggestions=None, overrideReason={"reason": None, "userComment": None})).items
    assert (item.suggestions, item.reason, item.comment) == ((), None, "")


@pytest.mark.conforms("N3", "N8")
@pytest.mark.parametrize(
    "written",
    ["2026-03-01T10:00:00Z", "2026-03-01T10:00:00.000Z", "2026-03-01T12:00:00+02:00", "2026-03-01T10:00:00.000000Z"],
)
def test_the_same_moment_in_any_writing(written: str) -> None:
    [item] = read(an_item(outcomeTimestamp=written)).items
    assert item.at == datetime(2026, 3, 1, 10, 0, tzinfo=UTC)


@pytest.mark.conforms("N8")
def test_unknown_members_are_left_out() -> None:
    [item] = read(an_item(patientName="someone", extension={"a": 1})).items
    assert "someone" not in repr(item)


@pytest.mark.conforms("N3", "N8", "V10")
@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"card": ""}, "feedback[1].card"),
        ({"card": "x" * 256}, "feedback[1].card"),
        ({"outcome": "ignored"}, "feedback[1].outcome"),
        ({"outcomeTimestamp": "yesterday"}, "feedback[1].outcomeTimestamp"),
        ({"outcomeTimestamp": "2026-03-01T10:00:00"}, "feedback[1].outcomeTimestamp"),
        ({"outcomeTimestamp": "0001-01-01T00:00:00+12:00"}, "feedback[1]"),
        ({"acceptedSuggestions": [{"uuid": "s"}]}, "feedback[1].acceptedSuggestions[0]"),
        ({"overrideReason": "because"}, "feedback[1].overrideReason"),
    ],
)
def test_a_bad_item_costs_no_other(changed: dict[str, Any], place: str) -> None:
    found = read({"feedback": [an_item("good"), an_item(**changed)]})
    assert [item.card for item in found.items] == ["good"]
    [bad] = found.refused
    assert (bad.index, bad.problem.where) == (1, place)
    assert not any(str(value) in bad.problem.text for value in changed.values() if value)  # what was sent is not told


def test_items_that_are_all_bad_are_refused_with_the_place_of_the_first() -> None:
    assert refused({"feedback": [{}, 5]}).where == "feedback[0]"


@pytest.mark.parametrize("count", [0, MOST_ITEMS + 1])
def test_no_items_or_too_many(count: int) -> None:
    assert refused({"feedback": [an_item()] * count}).where == "feedback"


@pytest.mark.parametrize("body", [b"", b"[]", b'"feedback"', b'{"feedback": 5}', b"{" * 5000, b"\xff", b"{}"])
def test_what_is_no_feedback_at_all(body: bytes) -> None:
    with pytest.raises(RequestError):
        read_feedback(body)


def test_the_body_is_documented() -> None:
    root, components = schema()
    assert root["$ref"].rpartition("/")[2] in components
    assert {"FeedbackBody", "FeedbackItem", "ReasonCoding"} <= set(components)

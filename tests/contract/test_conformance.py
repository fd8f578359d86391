"""The conformance page says what the tests say, and nothing of the checklist is left without an answer."""

from __future__ import annotations

from tests.contract.conformance import PAGE, marked, page
from tests.contract.items import ELSEWHERE, ITEMS


def test_the_page_is_what_the_markers_say() -> None:
    """After a change: python -m tests.contract.conformance"""
    assert PAGE.read_text("utf-8") == page()


def test_every_item_has_a_test_or_a_word_elsewhere() -> None:
    tests = marked()
    assert tests.keys() == ITEMS.keys(), "a marker names an item that the checklist does not have"
    assert [item for item in ITEMS if not tests[item] and item not in ELSEWHERE] == []
    assert [item for item in ELSEWHERE if tests[item]] == [], "has a test by now"

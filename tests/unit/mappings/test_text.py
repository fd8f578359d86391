"""Comparing words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.text import fold, fold_unit, passage, spellings, words


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_a_passage_holds_the_words_of_its_text(text: str) -> None:
    cut = passage(text)

    assert tuple(cut.words) == words(text)
    assert cut.clauses == sorted(cut.clauses)
    assert len(cut.clauses) == len(cut.words)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Straße", "strasse"),
        ("ÉPOPROSTÉNOL", "epoprostenol"),
        ("Œdème", "oedeme"),
        ("Eliquis™", "eliquis "),
        ("m²", "m2"),
    ],
)
def test_folding(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_words_and_clauses() -> None:
    assert words("Heparin-Spülung 5mL") == ("heparin", "spulung", "5", "ml")
    assert passage("no aspirin, 2.5 mg warfarin. End").clauses == [0, 0, 1, 1, 1, 1, 2]


def test_an_umlaut_has_two_spellings() -> None:
    assert spellings("Blutverdünner") == {("blutverdunner",), ("blutverduenner",)}
    assert spellings("warfarin") == {("warfarin",)}


def test_units_lose_blanks_and_case() -> None:
    assert fold_unit(" mL/min/1.73 m² ") == "ml/min/1.73m2"

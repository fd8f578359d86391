import sys
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cds_hooks.snapshot.report_text import Assertion, Finding, ReportReader
from tests.unit.cds_hooks.snapshot.reading import REPORTS

FINDINGS = ("fracture", "effusion", "mass", "marrow edema", "rim sign", "osteonecrosis", "synovitis")
UNRELATED = (
    "The menisci are intact.",
    "Ligaments: continuous, without tear.",
    "No prior studies for comparison.",
    "Slices of 3.5 mm at 1.5 T, e.g. with fat suppression.",
    "Cartilage is preserved?",
)
WORDS = (
    *FINDINGS,
    *("no", "without", "possible", "resolved", "old", "previous", "persistent", "not seen", "cannot be excluded"),
    *("or", "and", "nor", "with", "but", "versus", "such as", "talus", "left", "femoral head", "edema", "deep"),
    *(",", ";", ":", "(", ")", "?", ".", "\n", "\n\n", "-", "12 mm", "RAMRIS", "Indication:", "FINDINGS:"),
)


def reader() -> ReportReader:
    """Built before the first example, which would otherwise be much slower than the others."""
    return REPORTS


def said(text: str) -> list[tuple[Finding, Assertion]]:
    return [(each.finding, each.assertion) for each in reader().read(text, of_mri=True).mentions]


@given(st.text(), st.booleans())
def test_no_text_makes_it_raise(text: str, of_mri: bool) -> None:
    reader().read(text, of_mri=of_mri)


@given(st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join))
def test_no_order_of_its_own_words_makes_it_raise(text: str) -> None:
    for mention in reader().read(text, of_mri=True).mentions:
        assert mention.sentence in text


@given(st.sampled_from(UNRELATED), st.lists(st.sampled_from(WORDS), max_size=20).map(" ".join))
def test_an_unrelated_sentence_before_changes_nothing(unrelated: str, text: str) -> None:
    assert said(f"{unrelated}\n\nFINDINGS: {text}") == said(f"FINDINGS: {text}")


@given(st.sampled_from(FINDINGS))
def test_negating_twice_is_negating_once(finding: str) -> None:
    assert said(f"Without {finding}.") == said(f"No evidence and no sign, without any {finding}.")
    assert {assertion for _, assertion in said(f"No {finding}, no {finding}.")} == {Assertion.ABSENT}


@given(st.lists(st.sampled_from(FINDINGS), min_size=2, max_size=6))
def test_all_members_of_a_closed_enumeration_are_absent(findings: list[str]) -> None:
    for last in (", or ", " or ", ", nor "):
        text = "No " + ", ".join(findings[:-1]) + last + findings[-1] + "."
        assert {assertion for _, assertion in said(text)} == {Assertion.ABSENT}


@settings(max_examples=20)
@given(st.sampled_from(FINDINGS), st.sampled_from(["", "No ", "Possible ", "Old "]))
def test_case_accents_and_line_ends_change_nothing(finding: str, cue: str) -> None:
    text = f"{cue}{finding}.\nThe end."
    assert said(text) == said(text.upper()) == said(text.replace("\n", "\r\n")) == said(text.replace("e", "e\u0301"))


HOSTILE = {
    "no punctuation": "no fracture and bone marrow edema of the talus ",
    "commas": "no fracture, mass, ",
    "brackets": "(no (",
    "questions": "? edema ",
    "control characters": "\x00\x1b\x0b\x85edema ",
    "line ends": "\n \r\n",
    "full stops": ". ... ",
    "colons": "indication: findings: ",
    "bones": "edema talus collapse femoral head ",
    "persisting": "edema or edema persists ",
    "numbers": "ramris 3 edema 4 mm deep 1,",
    "letters outside ASCII": "ö\u0308ß",
    "one word": "a",
}


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE)
def test_the_steps_grow_with_the_length(piece: str) -> None:
    short, long = _steps(piece * (5_000 // len(piece))), _steps(piece * (20_000 // len(piece)))
    assert long <= 4.4 * short + 500


@pytest.mark.slow
def test_a_megabyte_of_it_is_read() -> None:
    share = 1_000_000 // len(HOSTILE)
    reader().read("".join(piece * (share // len(piece)) for piece in HOSTILE.values()), of_mri=True)


def _steps(text: str) -> int:
    """The lines of Python run and the built-in functions called to read a text."""
    steps = 0

    def count(_frame: FrameType, _event: str, _argument: Any) -> Any:
        nonlocal steps
        steps += 1
        return count

    read = reader().read
    before = sys.gettrace()
    sys.settrace(count)
    try:
        read(text, of_mri=True)
    finally:
        sys.settrace(before)
    return steps

"""A report cut into sentences, without those under headings that hold no findings (history, technique ...)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import Enum, auto
from typing import NamedTuple

from cds_hooks.snapshot.report_text.lexicon import fold_fast
from mappings.text import words

_BREAK = re.compile(r"[.!?](?=\s)|\n|[ \t](?=\d{1,2}\)\s)")
_SEQUENCE_NAMES = ("t1", "t2")
# How far a look around a possible end of a sentence goes.
_REACH = 48
# A line at least this long without a full stop goes on in the next line.
_WRAPPED = 60
_LONGEST_ABBREVIATION = 8
# What is longer than this is cut: text without any punctuation is no sentence.
_LONGEST = 1000
_LONGEST_HEADING = 60
_HEADING_WORDS = 4
# What opens findings though it ends like a heading: "MRI HIP LEFT WO CONTRAST: ...", "MR examination: ...", "compared
# with the previous examination: ...".
_STUDIES = frozenset({"mri", "mr", "mrt", "irm", "rm", "rmn", "magnetic"})
_CONTRAST_BEFORE = frozenset({"with", "without", "w", "wo", "no", "iv", "intravenous", "mit", "ohne"})
_EARLIER = frozenset({"previous", "prior", "earlier"})
_ENDS_OF_TITLES = frozenset({"contrast", "exam", "examination", "study", "kontrastmittel", "untersuchung"})


class Section(Enum):
    FINDINGS = auto()
    ASIDE = auto()  # indication, history, technique, comparison
    ADVICE = auto()  # recommendation


class Sentence(NamedTuple):
    """A sentence as it is written; whether a line begins with it, and whether a blank line or the end follows."""

    text: str
    opens_line: bool
    ends_paragraph: bool


def sentences(text: str, abbreviations: frozenset[str]) -> Iterator[Sentence]:
    """The sentences of a text. "1.5 T", "e.g." and a line break inside a sentence end none; "2)" begins one."""
    text = "\n".join(text.splitlines())
    begin = line = 0
    opens = True
    for match in _BREAK.finditer(text):
        position = match.start()
        newline = text[position] == "\n"
        if text[position] in " \t":
            ends = not _in_brackets(text[max(begin, position - _REACH) : position])
        elif newline:
            ends = position == begin or _line_ends_sentence(text, line, position)
            line = position + 1
        else:
            ends = _stop_ends_sentence(text, begin, position, abbreviations)
        if ends:
            if position > begin:
                yield from _pieces(text[begin : position + 1], opens, _paragraph_ends(text, position))
            begin, opens = position + 1, newline
    yield from _pieces(text[begin:], opens, True)


def _pieces(text: str, opens_line: bool, ends_paragraph: bool) -> Iterator[Sentence]:
    text = text.strip()
    if len(text) <= _LONGEST:
        if text:
            yield Sentence(text, opens_line, ends_paragraph)
        return
    for start in range(0, len(text), _LONGEST):
        last = start + _LONGEST >= len(text)
        yield Sentence(text[start : start + _LONGEST], opens_line and start == 0, ends_paragraph and last)


def _in_brackets(before: str) -> bool:
    """ "(grade 2)" numbers nothing."""
    return before.rfind("(") > before.rfind(")")


def _stop_ends_sentence(text: str, begin: int, position: int, abbreviations: frozenset[str]) -> bool:
    before = text[max(begin, position - _REACH) : position]
    if not before or before[-1].isspace():
        return text[position] == "."  # "? fracture": a sign before its word
    word = before.rsplit(None, 1)[-1].lstrip("([")
    if text[position] != "." or len(word) > _LONGEST_ABBREVIATION:
        return True
    folded = fold_fast(word)
    if folded in abbreviations or ("." in word and not word[-1].isdigit()):
        return False
    if text[position + 1 : position + 1 + _REACH].lstrip()[:1].islower():
        return not (word.isdigit() or len(word) == 1 or folded in _SEQUENCE_NAMES)
    return not (len(word) == 1 and word.islower())


def _line_ends_sentence(text: str, line: int, position: int) -> bool:
    before = text[max(line, position - _REACH) : position].rstrip()[-1:]
    after = text[position + 1 : position + 1 + _REACH]
    following = after.lstrip(" \t")[:1]
    if not before or not following or following == "\n" or before in ".!?:":
        return True
    if following.islower():
        return False
    return position - line < _WRAPPED or ":" in after.partition("\n")[0] or not following.isalnum()


def _paragraph_ends(text: str, position: int) -> bool:
    following = text[position + (text[position] != "\n") : position + _REACH]
    return following[:1].isspace() and following.replace(" ", "").startswith("\n\n")


class Sections:
    """Tells which sentences of a report state findings.

    What stands under a heading such as "Indication" or "Technique" does not, up to the next heading or blank line. When
    no heading of findings follows later, such a heading covers its own sentence only: nobody knows where its text ends,
    and a finding that is passed over in silence is the worse error.
    """

    __slots__ = ("_headings",)

    def __init__(self, lists: Mapping[str, tuple[str, ...]]) -> None:
        named = {Section.FINDINGS: "findings", Section.ASIDE: "aside", Section.ADVICE: "advice"}
        self._headings = {
            " ".join(words(phrase)): section for section, name in named.items() for phrase in lists[f"section_{name}"]
        }

    def stated(self, found: list[Sentence]) -> Iterator[Sentence]:
        """The sentences that state findings, in order."""
        headings = [self.heading(sentence) for sentence in found]
        last = max((at for at, heading in enumerate(headings) if heading is Section.FINDINGS), default=-1)
        section, filled = Section.FINDINGS, False
        for at, (sentence, heading) in enumerate(zip(found, headings, strict=True)):
            if heading is not None:
                section, filled = heading, False
            filled = filled or heading is None or ":" in sentence.text[:-1]
            if section is Section.FINDINGS:
                yield sentence
            elif filled and (sentence.ends_paragraph or (section is Section.ASIDE and at > last)):
                section = Section.FINDINGS

    def heading(self, sentence: Sentence) -> Section | None:
        """The section that a sentence opens: "FINDINGS: ...", "Clinical history - ...", or a heading on its own line.

        An unknown heading at the start of a line ("BONES: ...") is one of findings.
        """
        head, colon, _ = sentence.text[:_LONGEST_HEADING].partition(":")
        if not colon:
            alone = sentence.opens_line and len(sentence.text) < _LONGEST_HEADING
            return self._headings.get(" ".join(words(head))) if alone else None
        known = self._ending(words(head))
        if known is None and sentence.opens_line and len(head.split()) <= _HEADING_WORDS:
            return Section.FINDINGS
        return known

    def _ending(self, head: tuple[str, ...]) -> Section | None:
        """The section named by a whole heading, or else by its last words ("MRI hip, technique")."""
        if len(head) > _HEADING_WORDS + 2 or _is_no_heading(head):
            return None
        endings = (" ".join(head[start:]) for start in range(len(head)))
        return next((self._headings[ending] for ending in endings if ending in self._headings), None)


def _is_no_heading(head: tuple[str, ...]) -> bool:
    """What ends like a heading ("contrast", "previous examination") ends a title, or a comparison."""
    if len(head) < 2:
        return False
    if head[-1] in _ENDS_OF_TITLES and (head[0] in _STUDIES or head[-2] in _CONTRAST_BEFORE):
        return True
    return len(head) > 2 and head[-2] in _EARLIER

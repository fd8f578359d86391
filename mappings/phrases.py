"""Finding the phrases of a lexicon in a text: whole words, longest first, each word used once."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from mappings.text import Passage, passage, spellings, words

T = TypeVar("T")

# How many words may stand between "no" and what it negates: "no history of recent warfarin".
_REACH = 3


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """A phrase of the lexicon in a text: its values and the position of its first word."""

    start: int
    values: tuple[T, ...]


class PhraseIndex(Generic[T]):
    """The phrases of a lexicon, by their first word and then by length, longest first."""

    __slots__ = ("_by_first_word",)

    def __init__(self, phrases: Iterable[tuple[str, T]]) -> None:
        values: dict[tuple[str, ...], list[T]] = {}
        for phrase, value in phrases:
            for spelling in spellings(phrase):
                values.setdefault(spelling, []).append(value)
        by_first_word: dict[str, list[tuple[tuple[str, ...], tuple[T, ...]]]] = {}
        for spelling in sorted(values, key=lambda each: (-len(each), each)):
            by_first_word.setdefault(spelling[0], []).append((spelling[1:], tuple(values[spelling])))
        self._by_first_word = by_first_word

    def find(self, text: Passage) -> list[Found[T]]:
        """Every phrase in the text, in order. A longer phrase hides the shorter ones inside it."""
        found: list[Found[T]] = []
        # Most orders name no medicine of ours: that is seen at once.
        if self._by_first_word.keys().isdisjoint(text.words):
            return found
        position = 0
        while position < len(text.words):
            match = self._at(text.words, position)
            if match is None:
                position += 1
                continue
            length, values = match
            found.append(Found(position, values))
            position += length
        return found

    def in_text(self, text: str) -> list[Found[T]]:
        """Every phrase in a plain text."""
        return self.find(passage(text)) if text else []

    def _at(self, text: list[str], position: int) -> tuple[int, tuple[T, ...]] | None:
        after = position + 1
        for rest, values in self._by_first_word.get(text[position], ()):
            if tuple(text[after : after + len(rest)]) == rest:
                return 1 + len(rest), values
        return None


class Negation:
    """Tells whether a word is negated by what stands before it in the same clause ("not on", "allergic to")."""

    __slots__ = ("_breaks", "_by_last_word")

    def __init__(self, phrases: Iterable[str], breaks: Iterable[str]) -> None:
        by_last_word: dict[str, list[tuple[str, ...]]] = {}
        for spelling in {spelling for phrase in phrases for spelling in spellings(phrase)}:
            by_last_word.setdefault(spelling[-1], []).append(spelling)
        self._by_last_word = {last: tuple(sorted(found)) for last, found in by_last_word.items()}
        self._breaks = frozenset(words(phrase)[-1] for phrase in breaks)

    def covers(self, text: Passage, start: int) -> bool:
        """True when a negating phrase reaches the word at `start`.

        "history of thrombosis on warfarin" is no negation of warfarin: a word such as "on" or "but" ends the reach.
        """
        clause = text.clauses[start]
        for last in range(start - 1, max(start - 2 - _REACH, -1), -1):
            if text.clauses[last] != clause:
                return False
            if self._ends_at(text.words, last):
                return True
            if text.words[last] in self._breaks:
                return False
        return False

    def _ends_at(self, text: list[str], last: int) -> bool:
        return any(
            tuple(text[max(last + 1 - len(phrase), 0) : last + 1]) == phrase
            for phrase in self._by_last_word.get(text[last], ())
        )

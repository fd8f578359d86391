"""Finding the phrases of a lexicon in a text: whole words, longest first, each word used once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from mappings.text import Passage, passage, spellings, words

T = TypeVar("T")

# By first word: the other words of each phrase, and the numbers that it stands for.
PhraseTable = dict[str, list[tuple[tuple[str, ...], tuple[int, ...]]]]

# How many words may stand between "no" and what it negates: "no history of recent warfarin".
_REACH = 3


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """A phrase of the lexicon in a text: its values, the position of its first word and of the first word behind it."""

    start: int
    end: int
    values: tuple[T, ...]


def phrase_table(phrases: Iterable[tuple[str, int]]) -> PhraseTable:
    """Numbered phrases by their first word and then by length, longest first; a phrase may have several numbers."""
    numbers: dict[tuple[str, ...], dict[int, None]] = {}
    for phrase, number in phrases:
        for spelling in spellings(phrase):
            numbers.setdefault(spelling, {})[number] = None
    table: PhraseTable = {}
    for spelling in sorted(numbers, key=lambda each: (-len(each), each)):
        table.setdefault(spelling[0], []).append((spelling[1:], tuple(numbers[spelling])))
    return table


class PhraseIndex(Generic[T]):
    """The phrases of a lexicon and what each stands for. `from_table` takes a table that was made before."""

    __slots__ = ("_table", "_values")

    def __init__(self, phrases: Iterable[tuple[str, T]]) -> None:
        pairs = tuple(phrases)
        self._values: Sequence[T] = tuple(value for _, value in pairs)
        self._table = phrase_table((phrase, number) for number, (phrase, _) in enumerate(pairs))

    @classmethod
    def from_table(cls, table: PhraseTable, values: Sequence[T]) -> "PhraseIndex[T]":
        """An index whose numbers are positions in `values`."""
        index = cls(())
        index._table, index._values = table, values
        return index

    def find(self, text: Passage) -> list[Found[T]]:
        """Every phrase in the text, in order. A longer phrase hides the shorter ones inside it."""
        found: list[Found[T]] = []
        # Most orders name no medicine of ours: that is seen at once.
        if self._table.keys().isdisjoint(text.words):
            return found
        position = 0
        while position < len(text.words):
            match = self._at(text.words, position)
            if match is None:
                position += 1
                continue
            length, numbers = match
            end = position + length
            found.append(Found(position, end, tuple(self._values[number] for number in numbers)))
            position = end
        return found

    def in_text(self, text: str) -> list[Found[T]]:
        """Every phrase in a plain text."""
        return self.find(passage(text)) if text else []

    def _at(self, text: list[str], position: int) -> tuple[int, tuple[int, ...]] | None:
        after = position + 1
        for rest, numbers in self._table.get(text[position], ()):
            if tuple(text[after : after + len(rest)]) == rest:
                return 1 + len(rest), numbers
        return None


class Negation:
    """Tells whether a word is negated by what stands before it in the same clause ("not on", "allergic to").

    A finding may also be denied by what stands right behind it ("ruled out").
    """

    __slots__ = ("_behind", "_breaks", "_by_last_word")

    def __init__(self, phrases: Iterable[str], breaks: Iterable[str], behind: Iterable[str] = ()) -> None:
        by_last_word: dict[str, list[tuple[str, ...]]] = {}
        for spelling in {spelling for phrase in phrases for spelling in spellings(phrase)}:
            by_last_word.setdefault(spelling[-1], []).append(spelling)
        self._by_last_word = {last: tuple(sorted(found)) for last, found in by_last_word.items()}
        self._breaks = frozenset(words(phrase)[-1] for phrase in breaks)
        self._behind = frozenset(spelling for phrase in behind for spelling in spellings(phrase))

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

    def denies(self, text: Passage, found: Found[T]) -> bool:
        """True when a phrase is negated before it, or denied right behind it: "osteomyelitis was ruled out"."""
        if self.covers(text, found.start):
            return True
        clause, last = text.clauses[found.start], found.end
        rest = tuple(word for word, own in zip(text.words[last:], text.clauses[last:], strict=True) if own == clause)
        return any(rest[: len(phrase)] == phrase for phrase in self._behind)

    def _ends_at(self, text: list[str], last: int) -> bool:
        return any(
            tuple(text[max(last + 1 - len(phrase), 0) : last + 1]) == phrase
            for phrase in self._by_last_word.get(text[last], ())
        )

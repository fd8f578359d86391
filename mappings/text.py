"""One way to compare words: without case, accents or punctuation."""

import re
import unicodedata
from collections.abc import Container
from typing import NamedTuple

# Letters that Unicode does not decompose, and the signs behind trade names, which it would turn into letters.
_LETTERS = str.maketrans(
    {
        "œ": "oe",
        "æ": "ae",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ı": "i",
        "®": " ",
        "™": " ",
        "Ⓡ": " ",
        "ⓡ": " ",
        "©": " ",
        "℠": " ",
    }
)
# Where a keyboard has no umlauts, an e follows the vowel.
_UMLAUTS = str.maketrans({umlaut: f"{vowel}e" for umlaut, vowel in zip("äöüÄÖÜ", "aouaou", strict=True)})
# Mn, Me: accents. Cf: soft hyphens and zero-width characters, which are pasted into orders unseen.
_DROPPED = frozenset({"Mn", "Me", "Cf"})
# "5mg" is two words: a strength is often glued to a name or a unit.
_WORD = re.compile(r"[^\W\d_]+|\d+")
# A full stop ends a clause when no letter or digit follows at once ("2.5 mg" and "i.v." do not).
_WORD_OR_BREAK = re.compile(r"[^\W\d_]+|\d+|[;:,!?()\[\]\n\r]|\.(?!\w)")
_BREAKS = frozenset(";:,!?()[]\n\r.")


class Passage(NamedTuple):
    """A text as its folded words, and for each word the number of the clause that it stands in."""

    words: list[str]
    clauses: list[int]

    def without(self, left_out: Container[str]) -> "Passage":
        """The same text without these words."""
        kept = [place for place, word in enumerate(self.words) if word not in left_out]
        return Passage([self.words[place] for place in kept], [self.clauses[place] for place in kept])


def fold(text: str) -> str:
    """The text in lower case without accents; the same when folded again. Never raises."""
    if text.isascii():
        return text.lower()
    lowered = _plain(_plain(text.translate(_LETTERS)).casefold())
    return lowered.translate(_LETTERS)


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(character for character in decomposed if unicodedata.category(character) not in _DROPPED)


def words(text: str) -> tuple[str, ...]:
    """The folded words of a text: "Heparin-Spülung 5mL" gives heparin, spulung, 5, ml."""
    return tuple(_WORD.findall(fold(text)))


def passage(text: str) -> Passage:
    """A text cut into words and clauses: "no warfarin, apixaban" has two clauses."""
    found: list[str] = []
    clauses: list[int] = []
    clause = 0
    for token in _WORD_OR_BREAK.findall(fold(text)):
        if token in _BREAKS:
            clause += 1
        else:
            found.append(token)
            clauses.append(clause)
    return Passage(found, clauses)


def spellings(phrase: str) -> frozenset[tuple[str, ...]]:
    """The word sequences under which a phrase is found: "Blutverdünner" also as "Blutverduenner"."""
    return frozenset({words(phrase), words(phrase.translate(_UMLAUTS))})


def whole_text(phrase: str) -> str:
    """The form under which a whole text is looked up."""
    return " ".join(words(phrase))


def fold_unit(text: str) -> str:
    """A unit in lower case without blanks: "mL/min/1.73 m²" gives "ml/min/1.73m2"."""
    return "".join(fold(text).split())

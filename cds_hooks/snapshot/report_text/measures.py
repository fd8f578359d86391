"""The numbers of a report: how deep edema reaches from a joint, and the RAMRIS score of bone edema."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from cds_hooks.snapshot.report_text.scope import Place

# SI prefixes: exact factors to millimeters.
_TO_MM: Mapping[str, float] = MappingProxyType({"mm": 1.0, "cm": 10.0})
_BEFORE_VALUE: Mapping[str, str] = MappingProxyType({"<": "<", "≤": "<", ">": ">", "≥": ">"})
_TIMES = frozenset({"x", "×"})
# The score stands at most this many words behind its name: "edema sum score was 6".
_NAME_TO_SCORE = 6


class Length(NamedTuple):
    """A length in millimeters, its comparator ("<", ">" or none) and the position of its number."""

    mm: float
    comparator: str
    at: int


def depth(tokens: Sequence[str], cues: Sequence[Place], *, at_joint: bool) -> Length | None:
    """The length nearest to a word of depth ("deep", "from the articular surface").

    Without such a word the only length of a sentence counts, when that sentence is about the sacroiliac joint.
    """
    lengths = _lengths(tokens)
    if cues and lengths:
        return min(lengths, key=lambda length: min(abs(length.at - cue.start) for cue in cues))
    return lengths[0] if at_joint and len(lengths) == 1 else None


def _lengths(tokens: Sequence[str]) -> list[Length]:
    """Every number with mm or cm; of "8-12 mm" the second, and none of "14 x 8 mm", which is an area."""
    found: list[Length] = []
    for at, token in enumerate(tokens):
        if token not in _TO_MM or at == 0:
            continue
        factor, value = _TO_MM[token], number(tokens[at - 1])
        before = tokens[at - 2] if at > 1 else ""
        if value is not None and before not in _TIMES:
            found.append(Length(round(value * factor, 3), _comparator(tokens, at - 1), at - 1))
    return found


def _comparator(tokens: Sequence[str], at: int) -> str:
    before = tokens[at - 1] if at else ""
    if before == "than" and at > 1:
        return {"more": ">", "greater": ">", "deeper": ">", "less": "<"}.get(tokens[at - 2], "")
    return _BEFORE_VALUE.get(before, "")


def number(token: str) -> float | None:
    """The number that a token writes, with decimal point or comma."""
    return float(token.replace(",", ".")) if token[:1].isdecimal() and token.isascii() else None


def ramris_score(tokens: Sequence[str], start: int, edema: Sequence[int], others: Sequence[int]) -> float | None:
    """The edema score of a sentence that names RAMRIS at `start`: behind the word edema, else behind RAMRIS itself.

    `edema` and `others` are where the names of edema and of the other two scores end. "RAMRIS synovitis 5" has none.
    """
    names = [end for end in edema if end > start] or ([] if others else [start + 1])
    for name in names:
        for token in tokens[name : name + _NAME_TO_SCORE]:
            score = number(token)
            if score is not None:
                return score
    return None

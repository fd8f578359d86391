"""The phrases of the lexicon by their first word, each with the roles it plays in a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import IntEnum, auto
from itertools import islice
from types import MappingProxyType
from typing import NamedTuple

from cds_hooks.snapshot.report_text.model import Finding, FractureKind, Region, Side
from mappings.text import fold, spellings, words

_NON_ASCII = re.compile(r"[^\x00-\x7f]+")
# The letters of western Europe, folded once.
_LATIN: Mapping[str, str] = MappingProxyType({letter: fold(letter) for letter in map(chr, range(0xC0, 0x180))})
# A dash is punctuation only between blanks: "double-line" is two words. A decimal number is one token.
_TOKEN = re.compile(r"[^\W\d_]+|\d+(?:[.,]\d+)?|[,;:?()<>≤≥×]|(?<=\s)[-–—](?=\s)")


class Kind(IntEnum):
    """What a phrase, or a punctuation mark, does in its sentence."""

    EITHER = auto()  # stands before its finding or behind it; the roles that follow are those of both
    FINDING = auto()
    MR_FINDING = auto()  # an abbreviation that means a finding in a report of an MR study, and other things elsewhere
    NORMAL_MARROW = auto()  # says that there is no marrow edema
    EDEMA = auto()  # edema of what? A finding together with a bone
    COLLAPSE = auto()  # the same with a subchondral place
    SOFT_TISSUE = auto()  # takes such edema away from the bone
    BONE = auto()
    SITE = auto()
    SIDE = auto()
    LEVEL = auto()
    SUBCHONDRAL = auto()
    FEMORAL_HEAD = auto()
    FEMORAL_NECK = auto()
    DIFFUSE = auto()
    DEPTH = auto()
    ABSENT_BEFORE = auto()
    ABSENT_AFTER = auto()
    UNCERTAIN_BEFORE = auto()
    UNCERTAIN_AFTER = auto()
    DIFFERENTIAL = auto()  # makes the rest of its sentence uncertain
    HISTORICAL_BEFORE = auto()
    HISTORICAL_NEXT = auto()
    HISTORICAL_AFTER = auto()
    PERSISTING = auto()
    VERSUS = auto()
    OR = auto()
    AND = auto()
    WITH = auto()
    EXAMPLE = auto()  # goes on with the scope before its comma: "no sign of infection, such as an abscess"
    TURN = auto()
    COMMA = auto()
    STOP = auto()
    COLON = auto()
    OPEN = auto()
    CLOSE = auto()
    QUESTION = auto()
    NOTHING = auto()  # hides the shorter phrases inside it: "bone mass" is no mass


class Role(NamedTuple):
    """A kind with what it names: a finding, a region, a side, a level; empty for the other kinds."""

    kind: Kind
    value: str = ""
    detail: str = ""  # of a fracture, its kind


class Mark(NamedTuple):
    """A phrase found in a sentence: from its first word up to, not including, `end`."""

    start: int
    end: int
    roles: tuple[Role, ...]


_ROLES: Mapping[str, tuple[Role, ...]] = MappingProxyType(
    {
        **{f"finding_{finding}": (Role(Kind.FINDING, finding),) for finding in Finding},
        **{f"finding_fracture_{kind}": (Role(Kind.FINDING, Finding.FRACTURE, kind),) for kind in FractureKind},
        "finding_subchondral_fracture_insufficiency": (
            Role(Kind.FINDING, Finding.SUBCHONDRAL_FRACTURE, FractureKind.INSUFFICIENCY),
        ),
        "abbreviation_marrow_edema": (Role(Kind.MR_FINDING, Finding.MARROW_EDEMA),),
        "abbreviation_edema_syndrome": (Role(Kind.MR_FINDING, Finding.EDEMA_SYNDROME),),
        "finding_normal_marrow": (Role(Kind.NORMAL_MARROW),),
        "joined_edema": (Role(Kind.EDEMA),),
        "joined_collapse": (Role(Kind.COLLAPSE),),
        "soft_tissue": (Role(Kind.SOFT_TISSUE),),
        "bone_unspecified": (Role(Kind.BONE),),
        **{f"bone_{region}": (Role(Kind.BONE), Role(Kind.SITE, region)) for region in Region},
        **{f"site_{region}": (Role(Kind.SITE, region),) for region in Region},
        **{f"side_{side}": (Role(Kind.SIDE, side),) for side in Side},
        "place_subchondral": (Role(Kind.SUBCHONDRAL),),
        "place_femoral_head": (Role(Kind.FEMORAL_HEAD),),
        "place_femoral_neck": (Role(Kind.FEMORAL_NECK),),
        "pattern_diffuse": (Role(Kind.DIFFUSE),),
        "measure_depth": (Role(Kind.DEPTH),),
        "cue_absent_before": (Role(Kind.ABSENT_BEFORE),),
        "cue_absent_after": (Role(Kind.ABSENT_AFTER),),
        "cue_uncertain_before": (Role(Kind.UNCERTAIN_BEFORE),),
        "cue_uncertain_after": (Role(Kind.UNCERTAIN_AFTER),),
        "cue_differential": (Role(Kind.DIFFERENTIAL),),
        "cue_historical_before": (Role(Kind.HISTORICAL_BEFORE),),
        "cue_historical_next": (Role(Kind.HISTORICAL_NEXT),),
        "cue_historical_after": (Role(Kind.HISTORICAL_AFTER),),
        "cue_persisting": (Role(Kind.PERSISTING),),
        "cue_versus": (Role(Kind.VERSUS),),
        "cue_or": (Role(Kind.OR),),
        "cue_and": (Role(Kind.AND),),
        "cue_with": (Role(Kind.WITH),),
        "cue_example": (Role(Kind.EXAMPLE),),
        "cue_turn": (Role(Kind.TURN),),
        "cue_nothing": (Role(Kind.NOTHING),),
    }
)
_PUNCTUATION: Mapping[str, Kind] = MappingProxyType(
    {
        ",": Kind.COMMA,
        ";": Kind.STOP,
        "-": Kind.STOP,
        "–": Kind.STOP,
        "—": Kind.STOP,
        ":": Kind.COLON,
        "(": Kind.OPEN,
        ")": Kind.CLOSE,
        "?": Kind.QUESTION,
    }
)
# Levels of the spine, as they are written and as they are compared.
_LEVELS = "level_spine"
_LEVEL_LETTERS: Mapping[str, str] = MappingProxyType({"lwk": "L", "bwk": "T", "hwk": "C", "th": "T", "d": "T"})
_LEVEL_PART = re.compile(r"([a-z]*)\s*(\d+)")

# Cues that can be said before or behind a finding: "resolved edema", "edema resolved".
BEFORE = frozenset({Kind.ABSENT_BEFORE, Kind.HISTORICAL_BEFORE, Kind.HISTORICAL_NEXT, Kind.UNCERTAIN_BEFORE})
AFTER = frozenset({Kind.ABSENT_AFTER, Kind.HISTORICAL_AFTER, Kind.UNCERTAIN_AFTER})


class _Node:
    """A word of the phrases that begin alike: the words that may follow, and the roles of the phrase that ends here."""

    __slots__ = ("following", "roles")

    def __init__(self) -> None:
        self.following: dict[str, _Node] = {}
        self.roles: tuple[Role, ...] = ()

    def add(self, phrase: tuple[str, ...], roles: tuple[Role, ...]) -> None:
        node = self
        for word in phrase:
            node = node.following.setdefault(word, _Node())
        node.roles = _in_order({*node.roles, *roles})


def _in_order(roles: set[Role]) -> tuple[Role, ...]:
    kinds = {role.kind for role in roles}
    either = {Role(Kind.EITHER)} if BEFORE & kinds and AFTER & kinds else set()
    return tuple(sorted(roles | either))


class Lexicon:
    """Finds the phrases of the report lists in the tokens of a sentence: whole words, longest first."""

    __slots__ = ("_root",)

    def __init__(self, lists: Mapping[str, tuple[str, ...]]) -> None:
        self._root = _Node()
        for mark, kind in _PUNCTUATION.items():
            self._root.add((mark,), (Role(kind),))
        for phrase, roles in _phrases(lists):
            for spelling in spellings(phrase) if not phrase.isascii() else (words(phrase),):
                self._root.add(spelling, roles)

    def marks(self, tokens: list[str]) -> list[Mark]:
        """Every phrase in the tokens, in order. A longer phrase hides the shorter ones inside it."""
        found: list[Mark] = []
        first = self._root.following.get
        free = 0
        for start, token in enumerate(tokens):
            node = first(token)
            if node is None or start < free:
                continue
            end, roles = _longest(tokens, start + 1, node) if node.following else (start + 1, node.roles)
            if roles:
                found.append(Mark(start, end, roles))
                free = end
        return found


def _longest(tokens: list[str], at: int, node: _Node) -> tuple[int, tuple[Role, ...]]:
    """Where the longest phrase ends that goes on from a node at a position, and its roles; none when there is none."""
    end, roles = at, node.roles
    for token in islice(tokens, at, None):
        following = node.following.get(token)
        if following is None:
            break
        node = following
        at += 1
        if node.roles:
            end, roles = at, node.roles
    return end, roles


def tokens(sentence: str) -> list[str]:
    """The folded words, numbers and punctuation marks of a sentence: "No edema, T2" gives no, edema, ",", t, 2."""
    return _TOKEN.findall(fold_fast(sentence))


def fold_fast(text: str) -> str:
    """The text as `mappings.text.fold` gives it, folding only what is not plain ASCII."""
    if not text.isascii():
        text = _NON_ASCII.sub(_fold_run, text)
    return text.lower()


def _fold_run(run: re.Match[str]) -> str:
    folded = _LATIN.get(run[0])
    return fold(run[0]) if folded is None else folded


def _phrases(lists: Mapping[str, tuple[str, ...]]) -> Iterable[tuple[str, tuple[Role, ...]]]:
    missing = sorted(name for name in (*_ROLES, _LEVELS) if name not in lists)
    if missing:
        raise ValueError(f"the report lexicon lacks {', '.join(missing)}")
    for name, added in _ROLES.items():
        for phrase in lists[name]:
            yield phrase, added
    for phrase in lists[_LEVELS]:
        yield phrase, (Role(Kind.SITE, Region.SPINE), Role(Kind.BONE), Role(Kind.LEVEL, level_name(phrase)))


def level_name(written: str) -> str:
    """A level of the spine in its usual form: "BWK 12" is T12, "L4/L5" is L4/5, "L5/S1" stays."""
    parts: list[str] = []
    before = ""
    for letters, number in _LEVEL_PART.findall(written.lower()):
        letter = _LEVEL_LETTERS.get(letters, letters.upper())
        parts.append(number if letter in ("", before) else f"{letter}{number}")
        before = letter or before
    return "/".join(parts)

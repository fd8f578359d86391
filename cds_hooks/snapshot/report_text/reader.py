"""Reads an imaging report: sentences, the phrases in them, what is said of each finding, where and how deep."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from operator import attrgetter
from types import MappingProxyType
from typing import NamedTuple

from cds_hooks.snapshot.report_text import measures
from cds_hooks.snapshot.report_text.lexicon import Kind, Lexicon, Mark, fold_fast, tokens
from cds_hooks.snapshot.report_text.model import (
    Assertion,
    Finding,
    FractureKind,
    Mention,
    Pattern,
    Region,
    ReportReading,
    Side,
)
from cds_hooks.snapshot.report_text.scope import Draft, Place, Scanned, scan
from cds_hooks.snapshot.report_text.sentences import Sections, Sentence, sentences

# In words: a place in another part of the sentence is farther away than any in the same part.
_OTHER_SEGMENT = 100
# A label at the start of a line ("Right hip: ...") has at most this many words.
_LABEL_WORDS = 4
_LABEL_LENGTH = 60  # characters
# Between two levels of a list: ", and".
_LINK_WORDS = 2
_AND = frozenset({"and", "to", "und", "bis", "et", "y", "e", "through"})
_OF = frozenset({"of", "in", "at", "within", "des", "der", "im", "du", "de", "del", "della"})
_OF_WORDS = 4
_LINKS = _AND | _OF | {"the", "both", ","}
# Looked up for every mention: a mapping is much faster than calling the enum.
_REGIONS: Mapping[str | None, Region] = MappingProxyType({region.value: region for region in Region})
_SIDES: Mapping[str | None, Side] = MappingProxyType({side.value: side for side in Side})
_START = attrgetter("start")
_RAMRIS_OTHERS = (Finding.SYNOVITIS, Finding.EROSION)


class _Label(NamedTuple):
    """The place that a line begins with; it holds for the sentences of its paragraph that name none."""

    site: str | None = None
    side: str | None = None


class ReportReader:
    """Reads reports with the phrases of `mappings/lexicon/report`, one tuple per list. Holds no state of a report."""

    def __init__(self, lists: Mapping[str, tuple[str, ...]]) -> None:
        self._lexicon = Lexicon(lists)
        self._sections = Sections(lists)
        self._abbreviations = frozenset(fold_fast(phrase) for phrase in lists["abbreviation"])

    def read(self, text: str, *, of_mri: bool) -> ReportReading:
        """The findings that a report states. BME, BMO and BML mean marrow edema only in a report of an MR study."""
        found: list[Mention] = []
        label = _Label()
        for sentence in self._sections.stated(list(sentences(text, self._abbreviations))):
            words = tokens(sentence.text)
            marks = self._lexicon.marks(words)
            label = _label(sentence, marks, label)
            if marks:
                scanned = scan(marks, len(words), of_mri=of_mri)
                _add_depth_of_edema_before(found, words, scanned)
                found += _mentions(sentence.text, words, scanned, label)
            if sentence.ends_paragraph:
                label = _Label()
        return ReportReading(tuple(found))

    def place(self, text: str) -> tuple[Region | None, Side | None]:
        """The first region and the first side that a short text names, such as the title of a study."""
        return _place(self._lexicon.marks(tokens(text)))

    def levels(self, text: str) -> frozenset[str]:
        """The levels of the spine that a short text names, in their usual form: "L1", "T12", "L4/5"."""
        roles = (role for mark in self._lexicon.marks(tokens(text)) for role in mark.roles)
        return frozenset(role.value for role in roles if role.kind is Kind.LEVEL)


def _place(marks: Sequence[Mark]) -> tuple[Region | None, Side | None]:
    values = {role.kind: role.value for mark in reversed(marks) for role in mark.roles}
    site, side = values.get(Kind.SITE), values.get(Kind.SIDE)
    return Region(site) if site else None, Side(side) if side else None


def _label(sentence: Sentence, marks: Sequence[Mark], before: _Label) -> _Label:
    """The place before the colon that a line opens with, and none after any other heading."""
    if not sentence.opens_line or ":" not in sentence.text[:_LABEL_LENGTH]:
        return before
    colon = next((at for at, mark in enumerate(marks) if mark.roles[0].kind is Kind.COLON), None)
    if colon is None or marks[colon].start > _LABEL_WORDS:
        return before
    values = {role.kind: role.value for mark in marks[:colon] for role in mark.roles}
    return _Label(values.get(Kind.SITE), values.get(Kind.SIDE))


def _mentions(text: str, words: Sequence[str], scanned: Scanned, label: _Label) -> Iterator[Mention]:
    for draft in scanned.drafts:
        score = _score(draft, words, scanned) if draft.finding is Finding.RAMRIS_SCORE else None
        if draft.finding is not Finding.RAMRIS_SCORE or score is not None:
            mention = _mention(draft, text, words, scanned, label, score)
            levels = _levels(draft, words, scanned) if mention.site is Region.SPINE else ()
            yield from (mention._replace(level=level) for level in levels or ("",))
            yield from _elsewhere(mention, draft, words, scanned)
        if score == 0:
            return  # what follows names the score: "RAMRIS bone marrow edema 0" finds none


def _mention(
    draft: Draft, text: str, words: Sequence[str], scanned: Scanned, label: _Label, score: float | None
) -> Mention:
    places = scanned.places
    site = _nearest(places.get(Kind.SITE, ()), draft, words) or label.site
    side = _nearest(places.get(Kind.SIDE, ()), draft, words) or label.side
    seen = draft.finding is Finding.MARROW_EDEMA and not draft.absent
    length = _depth(words, scanned, site) if seen else None
    return Mention(
        finding=draft.finding,
        assertion=draft.assertion,
        sentence=text,
        site=_REGIONS.get(site),
        side=_SIDES.get(side),
        subchondral=Kind.SUBCHONDRAL in places,
        fracture_kind=FractureKind(draft.detail) if draft.detail else None,
        pattern=_pattern(scanned, site) if seen else None,
        depth_mm=length.mm if length else None,
        depth_comparator=length.comparator if length else "",
        score=score,
    )


def _elsewhere(mention: Mention, draft: Draft, words: Sequence[str], scanned: Scanned) -> Iterator[Mention]:
    """The other regions of "edema of the left hip and of the right knee". A side holds for what follows it."""
    places, sides = scanned.places.get(Kind.SITE, ()), scanned.places.get(Kind.SIDE, ())
    if len(places) < 2:
        return
    for one, other in pairwise(places[_nearest_at(places, draft, words) :]):
        own = [side for side in sides if one.end <= side.start < other.start]
        link = {word for at, word in enumerate(words[one.end : other.start], one.end) if not _covers(own, at)}
        if not (_AND & link and link <= _LINKS) or _is_of_another(other, draft, scanned):
            return
        if other.value != one.value:
            mention = mention._replace(
                site=_REGIONS[other.value], side=_SIDES[own[-1].value] if own else mention.side, level=""
            )
            yield mention


def _covers(places: Sequence[Place], at: int) -> bool:
    return any(place.start <= at < place.end for place in places)


def _is_of_another(place: Place, draft: Draft, scanned: Scanned) -> bool:
    """ "Edema of the hip and knee effusion": the place belongs to the finding that follows it."""
    later = (each.start for each in scanned.drafts if each.start > draft.start)
    return any(start - place.end <= _LINK_WORDS for start in later)


def _levels(draft: Draft, words: Sequence[str], scanned: Scanned) -> list[str]:
    """The level nearest to a finding, and those that are listed with it: "edema of L1, L2 and L4"."""
    places = scanned.places.get(Kind.LEVEL, ())
    if not places:
        return []
    nearest = first = last = _nearest_at(places, draft, words)
    while first and _listed(words, places[first - 1], places[first]):
        first -= 1
    while last + 1 < len(places) and _listed(words, places[last], places[last + 1]):
        last += 1
    between = words[places[first].start : places[last].end]
    if not _AND.intersection(between):  # "edema of L1, L2 is normal" lists nothing
        return [places[nearest].value]
    return [place.value for place in places[first : last + 1]]


def _listed(words: Sequence[str], one: Place, other: Place) -> bool:
    between = words[one.end : other.start]
    return 0 < len(between) <= _LINK_WORDS and _AND.union(",").issuperset(between)


def _nearest(places: Sequence[Place], draft: Draft, words: Sequence[str]) -> str | None:
    return places[_nearest_at(places, draft, words)].value if places else None


def _nearest_at(places: Sequence[Place], draft: Draft, words: Sequence[str]) -> int:
    """The place nearest to a finding, in the same part of the sentence if there is one; in "edema of the left talus"
    that which the finding is said to be of."""
    after = bisect_left(places, draft.start, key=_START)
    if after in (0, len(places)):
        return min(after, len(places) - 1)
    before, behind = places[after - 1], places[after]
    if not _OF.isdisjoint(words[draft.end : draft.end + 1]) and _distance(behind, draft) <= _OF_WORDS:
        return after
    return after - 1 if _distance(before, draft) <= _distance(behind, draft) else after


def _distance(place: Place, draft: Draft) -> int:
    gap = place.start - draft.end if place.start >= draft.end else draft.start - place.end
    return gap + (_OTHER_SEGMENT if place.segment != draft.segment else 0)


def _pattern(scanned: Scanned, site: str | None) -> Pattern | None:
    if site == Region.HIP and Kind.FEMORAL_HEAD in scanned.places and Kind.FEMORAL_NECK in scanned.places:
        return Pattern.HEAD_AND_NECK
    return Pattern.DIFFUSE if Kind.DIFFUSE in scanned.places else None


def _depth(words: Sequence[str], scanned: Scanned, site: str | None) -> measures.Length | None:
    return measures.depth(words, scanned.places.get(Kind.DEPTH, ()), at_joint=site == Region.SACROILIAC)


def _add_depth_of_edema_before(found: list[Mention], words: Sequence[str], scanned: Scanned) -> None:
    """ "It extends 14 mm from the articular surface": the depth of the edema in the sentence before."""
    if not found or scanned.drafts or Kind.DEPTH not in scanned.places:
        return
    last = found[-1]
    if last.finding is Finding.MARROW_EDEMA and last.assertion is not Assertion.ABSENT and last.depth_mm is None:
        length = _depth(words, scanned, None)
        if length is not None:
            found[-1] = last._replace(depth_mm=length.mm, depth_comparator=length.comparator)


def _score(draft: Draft, words: Sequence[str], scanned: Scanned) -> float | None:
    edema = [other.end for other in scanned.drafts if other.finding is Finding.MARROW_EDEMA]
    edema += [place.end for place in scanned.places.get(Kind.EDEMA, ())]
    others = [other.end for other in scanned.drafts if other.finding in _RAMRIS_OTHERS]
    return measures.ramris_score(words, draft.start, edema, others)

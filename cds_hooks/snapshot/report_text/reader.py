"""Reads an imaging report: sentences, the phrases in them, what is said of each finding, where and how deep."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
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
            yield _mention(draft, text, words, scanned, label, score)
        if score == 0:
            return  # what follows names the score: "RAMRIS bone marrow edema 0" finds none


def _mention(
    draft: Draft, text: str, words: Sequence[str], scanned: Scanned, label: _Label, score: float | None
) -> Mention:
    places = scanned.places
    site = _nearest(places.get(Kind.SITE, ()), draft) or label.site
    side = _nearest(places.get(Kind.SIDE, ()), draft) or label.side
    level = _nearest(places.get(Kind.LEVEL, ()), draft) if site == Region.SPINE else None
    seen = draft.finding is Finding.MARROW_EDEMA and not draft.absent
    length = _depth(words, scanned, site) if seen else None
    return Mention(
        finding=draft.finding,
        assertion=draft.assertion,
        sentence=text,
        site=_REGIONS.get(site),
        side=_SIDES.get(side),
        level=level or "",
        subchondral=Kind.SUBCHONDRAL in places,
        fracture_kind=FractureKind(draft.detail) if draft.detail else None,
        pattern=_pattern(scanned, site) if seen else None,
        depth_mm=length.mm if length else None,
        depth_comparator=length.comparator if length else "",
        score=score,
    )


def _nearest(places: Sequence[Place], draft: Draft) -> str | None:
    """The place nearest to a finding, in the same part of the sentence if there is one."""
    if len(places) < 2:
        return places[0].value if places else None
    after = bisect_left(places, draft.start, key=_START)
    if after in (0, len(places)):
        return places[min(after, len(places) - 1)].value
    before, behind = places[after - 1], places[after]
    return (before if _distance(before, draft) <= _distance(behind, draft) else behind).value


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

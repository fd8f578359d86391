"""How far a word such as "no", "possible" or "resolved" reaches in a sentence, and so what is said of each finding.

A cue reaches what follows it up to the next comma, semicolon, colon, dash, "but" or end of the sentence. Some things
are finer than that:

- A cue inside brackets ends with them; one before them reaches into them and beyond.
- An enumeration that "or" or "nor" closes is one scope: in "no fracture, mass, or effusion" all three are absent.
  Without the "or" the comma ends the scope: "no fracture, bone marrow edema of the talus".
- A comma before "such as" or "e.g." ends no scope.
- "Possible", "old", "persistent" and their like belong to the next finding and to those joined to it by "or" or "and".
- Some cues stand behind their finding: "has resolved", "is not seen", "cannot be excluded".
- What is said to persist is present, also when it is called "previously described".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from types import MappingProxyType
from typing import NamedTuple

from cds_hooks.snapshot.report_text.lexicon import AFTER, BEFORE, Kind, Mark, Role
from cds_hooks.snapshot.report_text.model import Assertion, Finding

# Distances in words.
_BESIDE = 3  # from "persistent" or "resolved" to the finding after it
_AHEAD = 7  # from "possible" or "old" to the next finding
_BEHIND = 12  # from a finding to "is not seen"
_JOINED = 4  # between the members of "a or b"
_ITEM = 5  # the length of one item of an enumeration
_BONE_AHEAD = 5  # "edema is present within the greater tuberosity"
_BONE_BEFORE = 3  # "the femoral head is free of edema"

_FINDING: Mapping[str, Finding] = MappingProxyType({finding.value: finding for finding in Finding})
_FINDINGS = (Kind.FINDING, Kind.MR_FINDING, Kind.EDEMA, Kind.COLLAPSE)
_EITHER = Kind.EITHER
# A sentence with none of these says nothing that is read.
_READ = frozenset({*_FINDINGS, Kind.NORMAL_MARROW, Kind.DEPTH})
_ENDS = frozenset({Kind.COMMA, Kind.STOP, Kind.COLON, Kind.TURN})
_LABEL_ENDS = _ENDS - {Kind.COLON}
_PLACES = (
    Kind.SITE,
    Kind.SIDE,
    Kind.LEVEL,
    Kind.SUBCHONDRAL,
    Kind.FEMORAL_HEAD,
    Kind.FEMORAL_NECK,
    Kind.DIFFUSE,
    Kind.DEPTH,
)


@dataclass(slots=True)
class Draft:
    """A finding while its sentence is being read. Positions count the words of the sentence."""

    finding: Finding
    detail: str
    start: int
    end: int
    segment: int
    joined: bool = False  # by "or" or "and" to the draft before it
    absent: bool = False
    historical: bool = False
    resolved: bool = False  # said behind it: not undone by "persistent"
    uncertain: bool = False
    open_question: bool = False  # doubt that outweighs "no": "not excluded"
    persisting: bool = False

    @property
    def assertion(self) -> Assertion:
        if self.open_question:
            return Assertion.UNCERTAIN
        if self.absent:
            return Assertion.ABSENT
        if self.resolved or (self.historical and not self.persisting):
            return Assertion.HISTORICAL
        return Assertion.UNCERTAIN if self.uncertain else Assertion.PRESENT


class Place(NamedTuple):
    """A word about where or how far, with the segment that it stands in."""

    start: int
    end: int
    segment: int
    value: str


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a sentence holds: its findings, and its places by kind, both in order."""

    drafts: Sequence[Draft]
    places: Mapping[Kind, Sequence[Place]]


@dataclass(slots=True)
class _Segment:
    """A part of a sentence between two ends of scope."""

    start: int
    opened_by: Kind
    end: int = 0
    drafts: list[Draft] = field(default_factory=list)
    negated: bool = False  # a "no" reaches to its end
    cued: bool = False  # has a cue of its own
    closes: bool = False  # its "or" closes an enumeration


@dataclass(slots=True)
class _Next:
    """The cues that wait for the next finding, and where the last of them ended; 0 when there is none."""

    at: int = 0
    uncertain: bool = False
    historical: bool = False
    persisting: bool = False


def scan(marks: Sequence[Mark], length: int, *, of_mri: bool) -> Scanned:
    """The findings of one sentence of so many words, with what is said of each. Takes time linear in the marks."""
    for mark in marks:
        if mark.roles[0].kind in _READ:
            return _Scan(marks, length, of_mri=of_mri).run()
    return _NOTHING


_NOTHING = Scanned((), MappingProxyType({}))


class _Scan:
    __slots__ = (
        "absent",
        "at",
        "cue_end",
        "differential",
        "drafts",
        "historical",
        "length",
        "link",
        "marks",
        "next",
        "of_mri",
        "outside",
        "places",
        "segment",
        "segments",
    )

    def __init__(self, marks: Sequence[Mark], length: int, *, of_mri: bool) -> None:
        self.marks = marks
        self.length = length
        self.of_mri = of_mri
        self.at = 0  # the mark being read
        self.drafts: list[Draft] = []
        self.places: dict[Kind, list[Place]] = {}
        self.segment = _Segment(0, Kind.STOP)
        self.segments = [self.segment]
        self.absent = self.historical = False  # a "no" or a "previous" reaches the word being read
        self.next = _Next()
        self.outside: list[tuple[bool, bool]] = []  # what reached each open bracket
        self.link = False  # an "or" or "and" since the last finding
        self.differential = False
        self.cue_end = -1

    def run(self) -> Scanned:
        action_of = _ACTIONS.get
        for at, mark in enumerate(self.marks):
            self.at = at
            if mark.roles[0].kind is _EITHER:
                self._either(mark)
                continue
            for role in mark.roles:
                action = action_of(role.kind)
                if action is not None:
                    action(self, mark, role)
        self._end_segment(self.marks[-1].end)
        if len(self.segments) > 1:
            self._close_enumerations()
        return Scanned(self.drafts, self.places)

    # ---- findings

    def _finding(self, mark: Mark, role: Role) -> None:
        before = self.segment.drafts[-1] if self.segment.drafts else None
        draft = Draft(_FINDING[role.value], role.detail, mark.start, mark.end, len(self.segments) - 1)
        if before is not None and self.link and mark.start - before.end <= _JOINED:
            draft.joined, draft.uncertain, draft.historical = True, before.uncertain, before.historical
        draft.absent = self.absent
        draft.historical |= self.historical
        draft.uncertain |= self.differential
        self._take_next(draft)
        self.link = False
        self.drafts.append(draft)
        self.segment.drafts.append(draft)

    def _take_next(self, draft: Draft) -> None:
        if self.next.at and draft.start - self.next.at <= _AHEAD:
            draft.historical |= self.next.historical
            draft.uncertain |= self.next.uncertain
            draft.persisting = self.next.persisting
        self._forget_next()

    def _forget_next(self) -> None:
        if self.next.at:
            self.next = _Next()

    def _mr_finding(self, mark: Mark, role: Role) -> None:
        if self.of_mri:
            self._finding(mark, role)

    def _edema(self, mark: Mark, role: Role) -> None:
        if self._beside(mark, Kind.BONE):
            self._finding(mark, Role(Kind.FINDING, Finding.MARROW_EDEMA))
        else:
            self._place(mark, role)

    def _collapse(self, mark: Mark, _: Role) -> None:
        if self._beside(mark, Kind.SUBCHONDRAL):
            self._finding(mark, Role(Kind.FINDING, Finding.OSTEONECROSIS_SIGN))

    def _normal_marrow(self, mark: Mark, role: Role) -> None:
        if self.absent or self.historical or self.next.historical:
            return
        self._finding(mark, Role(role.kind, Finding.MARROW_EDEMA))
        self.drafts[-1].absent = True

    def _beside(self, mark: Mark, wanted: Kind) -> bool:
        """True when such a place stands near in the same segment or label ("Talus: edema"), no soft tissue between."""
        before = self.marks[max(self.at - 1 - _BONE_BEFORE, 0) : self.at]
        if before and _has(before[-1], Kind.SOFT_TISSUE) and mark.start - before[-1].end <= 1:
            return False
        ahead = self.marks[self.at + 1 : self.at + 2 + _BONE_AHEAD]
        return _meets(((other, other.start - mark.end) for other in ahead), wanted, _BONE_AHEAD, _ENDS) or _meets(
            ((other, mark.start - other.end) for other in reversed(before)), wanted, _BONE_BEFORE, _LABEL_ENDS
        )

    # ---- cues before their finding

    def _absent_before(self, mark: Mark, role: Role) -> None:
        if self.segment.opened_by is Kind.COLON and self._answers(mark) and self._alone(mark):
            self._absent_after(mark, role)  # "Bone marrow edema: no"
            return
        self.absent = True
        self.segment.cued |= not _has(mark, Kind.OR)  # "nor" goes on with an enumeration
        self.cue_end = mark.end

    def _historical_before(self, mark: Mark, _: Role) -> None:
        self.historical = self.segment.cued = True
        self.cue_end = mark.end

    def _historical_next(self, mark: Mark, _: Role) -> None:
        self.next.historical = self.segment.cued = True
        self.next.at = self.cue_end = mark.end

    def _uncertain_before(self, mark: Mark, _: Role) -> None:
        self.next.uncertain = self.segment.cued = True
        self.next.at = self.cue_end = mark.end

    def _differential(self, mark: Mark, _: Role) -> None:
        self.differential = self.segment.cued = True
        self.cue_end = mark.end

    # ---- cues behind their finding, or on either side

    def _absent_after(self, mark: Mark, _: Role) -> None:
        for draft in self._behind(mark):
            draft.absent = True

    def _historical_after(self, mark: Mark, _: Role) -> None:
        for draft in self._behind(mark):
            draft.resolved = True

    def _uncertain_after(self, mark: Mark, _: Role) -> None:
        for draft in self._behind(mark):
            draft.open_question = True

    def _either(self, mark: Mark) -> None:
        """ "Edema resolved", "resolved edema": before or behind, whichever finding is nearer."""
        directly_behind = bool(self.segment.drafts) and mark.start - self.segment.drafts[-1].end <= 1
        behind = self.segment.drafts or self._answers(mark)
        before = not directly_behind and (self._finding_follows(mark) or not behind)
        kinds = BEFORE if before else AFTER
        for role in mark.roles:
            if role.kind in kinds:
                _ACTIONS[role.kind](self, mark, role)

    def _persisting(self, mark: Mark, _: Role) -> None:
        if self._finding_follows(mark):
            self.next.persisting, self.next.at = True, mark.end
        elif self.drafts:
            for draft in _chain(self.drafts):
                draft.persisting = True

    def _versus(self, mark: Mark, role: Role) -> None:
        if self.segment.drafts and mark.start - self.segment.drafts[-1].end <= 1:
            for draft in _chain(self.segment.drafts):
                draft.uncertain = True
        self._uncertain_before(mark, role)

    def _question(self, mark: Mark, role: Role) -> None:
        if self.segment.drafts:
            self._uncertain_after(mark, role)
        else:
            self._uncertain_before(mark, role)

    def _behind(self, mark: Mark) -> Iterator[Draft]:
        """The last finding before the mark, and those joined to it.

        It stands in the same segment, or right before its sign: "Effusion: none", "edema of the talus, but resolved".
        """
        drafts: Sequence[Draft] = self.segment.drafts
        if not drafts and self._answers(mark):
            drafts = self.drafts
        if drafts and mark.start - drafts[-1].end <= _BEHIND:
            yield from _chain(drafts)

    def _answers(self, mark: Mark) -> bool:
        """True when the mark opens its segment and speaks of what stood before the sign.

        After a comma or dash only what is gone, or a word that stands alone: "edema of the talus, not seen before" is
        new.
        """
        if mark.start != self.segment.start or not self.drafts:
            return False
        if self.segment.opened_by in (Kind.COMMA, Kind.STOP):
            return _has(mark, Kind.HISTORICAL_AFTER) or self._alone(mark)
        return self.segment.opened_by in (Kind.COLON, Kind.TURN)

    def _alone(self, mark: Mark) -> bool:
        """True when nothing follows the mark in its segment."""
        following = self.marks[self.at + 1 : self.at + 2]
        if following and following[0].roles[0].kind in _ENDS:
            return following[0].start == mark.end
        return not following and mark.end == self.length

    def _finding_follows(self, mark: Mark) -> bool:
        for other in islice(self.marks, self.at + 1, self.at + 2 + _BESIDE):
            if other.start - mark.end > _BESIDE or other.roles[0].kind in _ENDS:
                return False
            if other.roles[0].kind in _FINDINGS:
                return True
        return False

    # ---- where scopes end

    def _break(self, mark: Mark, role: Role) -> None:
        if role.kind is Kind.COLON and mark.start == self.cue_end:
            return  # "Suspicion of: fracture"
        if role.kind is Kind.COMMA and self._directly_before_example(mark):
            return
        self._end_segment(mark.start)
        self.segment = _Segment(mark.end, role.kind)
        self.segments.append(self.segment)
        self.absent = self.historical = self.link = False
        self._forget_next()

    def _directly_before_example(self, mark: Mark) -> bool:
        following = self.marks[self.at + 1 : self.at + 2]
        return bool(following) and following[0].start == mark.end and _has(following[0], Kind.EXAMPLE)

    def _end_segment(self, end: int) -> None:
        self.segment.end = end
        self.segment.negated = self.absent

    def _open(self, _: Mark, __: Role) -> None:
        self.outside.append((self.absent, self.historical))

    def _close(self, _: Mark, __: Role) -> None:
        if self.outside:
            self.absent, self.historical = self.outside.pop()
            self._forget_next()

    def _with(self, _: Mark, __: Role) -> None:
        self.link = False
        self._forget_next()

    def _and(self, _: Mark, __: Role) -> None:
        self.link = True

    def _or(self, mark: Mark, _: Role) -> None:
        self.link = True
        segment = self.segment
        if mark.start - segment.start > _ITEM:
            return
        after_finding = bool(segment.drafts) and segment.drafts[-1].end == mark.start
        segment.closes |= mark.start == segment.start or after_finding or self._finding_follows(mark)

    def _close_enumerations(self) -> None:
        for at, segment in enumerate(self.segments):
            if segment.negated:
                for draft in _enumerated(self.segments, at + 1):
                    draft.absent = True

    # ---- places

    def _place(self, mark: Mark, role: Role) -> None:
        if not self.absent or role.kind not in (Kind.FEMORAL_HEAD, Kind.FEMORAL_NECK):
            place = Place(mark.start, mark.end, len(self.segments) - 1, role.value)
            self.places.setdefault(role.kind, []).append(place)


def _has(mark: Mark, kind: Kind) -> bool:
    return any(role.kind is kind for role in mark.roles)


def _meets(others: Iterator[tuple[Mark, int]], wanted: Kind, reach: int, ends: frozenset[Kind]) -> bool:
    for other, distance in others:
        if distance > reach or _has(other, Kind.SOFT_TISSUE) or other.roles[0].kind in ends:
            return False
        if _has(other, wanted):
            return True
    return False


def _chain(drafts: Sequence[Draft]) -> Iterator[Draft]:
    """The last draft, and back from it those that it is joined to."""
    at = len(drafts) - 1
    yield drafts[at]
    while drafts[at].joined:
        at -= 1
        yield drafts[at]


def _enumerated(segments: Sequence[_Segment], start: int) -> list[Draft]:
    """The findings of the items that go on an enumeration; none unless "or" closes it."""
    found: list[Draft] = []
    for segment in islice(segments, start, None):
        if segment.cued or segment.opened_by is not Kind.COMMA:
            return []
        found += segment.drafts
        if segment.closes:
            return found
        if segment.end - segment.start > _ITEM:
            return []
    return []


_ACTIONS: Mapping[Kind, Callable[[_Scan, Mark, Role], None]] = {
    Kind.FINDING: _Scan._finding,
    Kind.MR_FINDING: _Scan._mr_finding,
    Kind.EDEMA: _Scan._edema,
    Kind.COLLAPSE: _Scan._collapse,
    Kind.NORMAL_MARROW: _Scan._normal_marrow,
    Kind.ABSENT_BEFORE: _Scan._absent_before,
    Kind.HISTORICAL_BEFORE: _Scan._historical_before,
    Kind.HISTORICAL_NEXT: _Scan._historical_next,
    Kind.UNCERTAIN_BEFORE: _Scan._uncertain_before,
    Kind.DIFFERENTIAL: _Scan._differential,
    Kind.ABSENT_AFTER: _Scan._absent_after,
    Kind.HISTORICAL_AFTER: _Scan._historical_after,
    Kind.UNCERTAIN_AFTER: _Scan._uncertain_after,
    Kind.PERSISTING: _Scan._persisting,
    Kind.VERSUS: _Scan._versus,
    Kind.QUESTION: _Scan._question,
    Kind.WITH: _Scan._with,
    Kind.AND: _Scan._and,
    Kind.OR: _Scan._or,
    Kind.COMMA: _Scan._break,
    Kind.STOP: _Scan._break,
    Kind.COLON: _Scan._break,
    Kind.TURN: _Scan._break,
    Kind.OPEN: _Scan._open,
    Kind.CLOSE: _Scan._close,
    **dict.fromkeys(_PLACES, _Scan._place),
}

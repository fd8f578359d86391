"""Facts, gaps and findings: the three things a snapshot is made of.

A finding about the patient is never a bool. It is present, absent or unknown, and unknown says why.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

from cds_hooks.snapshot.later import Later
from cds_hooks.snapshot.vocabulary import Concept
from cds_hooks.snapshot.when import When
from cds_hooks.wire.delivery import Origin


class GapKind(StrEnum):
    """Why a fact is missing."""

    NOT_RECORDED = "not recorded"  # the query ran, the chart holds nothing
    OUT_OF_REACH = "out of reach"  # the query failed, was cut off or gave rows that cannot be read
    UNUSABLE = "unusable"  # recorded, but contradictory or without a usable value


@dataclass(frozen=True, slots=True)
class Gap:
    """A fact that is missing: what it is, why, and a sentence for the card. Quotes no free text of the chart.

    `about` is the kind of result that could not be used.
    """

    fact: str
    kind: GapKind
    text: str
    about: Concept | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing that the chart says: what, value, unit, when, and where it was read.

    `kind` is the word for the source on the card ("active order"); `resource` is its `Type/id`.
    """

    name: str
    value: str
    kind: str
    when: When | None = None
    unit: str = ""
    resource: str = ""
    origin: Origin = Origin.PREFETCH

    @property
    def fact(self) -> Fact:
        return self


class Factual(Protocol):
    """Anything that a card can show as a fact."""

    @property
    def fact(self) -> Fact: ...


T = TypeVar("T", covariant=True, bound=Factual)


@dataclass(frozen=True, slots=True)
class Present(Generic[T]):
    """Found. `gaps` name what could not be read beside it; `remarks` are contradictions that were seen on the way."""

    items: tuple[T, ...]
    gaps: tuple[Gap, ...] = ()
    remarks: tuple[Gap, ...] = ()

    @property
    def facts(self) -> tuple[Fact, ...]:
        return tuple(item.fact for item in self.items)


@dataclass(frozen=True, slots=True)
class Absent:
    """Looked for in a complete list and not there."""

    remarks: tuple[Gap, ...] = ()


ABSENT = Absent()


@dataclass(frozen=True, slots=True)
class Unknown:
    """Could not be looked for, or not everywhere."""

    gap: Gap


Finding = Present[T] | Absent | Unknown


def finding(items: tuple[T, ...], gaps: tuple[Gap, ...], remarks: tuple[Gap, ...] = ()) -> Finding[T]:
    """Present where anything was found; else unknown where something could not be read; else absent."""
    if items:
        return Present(items, gaps, remarks)
    if gaps:
        return Unknown(gaps[0])
    return Absent(remarks) if remarks else ABSENT


def only(found: Finding[T], keep: Callable[[T], bool]) -> Finding[T]:
    """What of a finding also is so; unknown where nothing is and something could not be read."""
    if not isinstance(found, Present):
        return found
    return finding(tuple(item for item in found.items if keep(item)), found.gaps, found.remarks)


def any_of(*findings: Finding[Factual]) -> Finding[Factual]:
    """One finding for an *or*: present with all that was found, else unknown where one is unknown, else absent."""
    items: list[Factual] = []
    gaps: list[Gap] = []
    telling = [each for each in findings if each is not ABSENT]
    if len(telling) < 2:
        return telling[0] if telling else ABSENT
    for each in telling:
        items += items_of(each)
        gaps += gaps_of(each)
    return finding(tuple(items), tuple(dict.fromkeys(gaps)), remarks_of(*telling))


def all_of(*findings: Finding[Factual]) -> Finding[Fact]:
    """One finding for an *and*: absent where one is, else unknown where one is, else present with the facts of all."""
    if any(isinstance(each, Absent) for each in findings):
        return Absent(remarks_of(*findings))
    for each in findings:
        if isinstance(each, Unknown):
            return each
    facts = (fact for each in findings if isinstance(each, Present) for fact in each.facts)
    gaps = (gap for each in findings for gap in gaps_of(each))
    return Present(tuple(dict.fromkeys(facts)), tuple(dict.fromkeys(gaps)), remarks_of(*findings))


def unless(why: Finding[T], *against: Finding[Factual]) -> Finding[T]:
    """What was found, unless one of the others is; unknown where one of them is."""
    if isinstance(why, Absent) or any(isinstance(each, Present) for each in against):
        return Absent(why.remarks if isinstance(why, Absent) else ())
    unclear = [each for each in against if isinstance(each, Unknown)]
    return unclear[0] if unclear else why


def items_of(found: Finding[T]) -> tuple[T, ...]:
    """What was found; nothing where nothing was, or where it could not be looked for."""
    return found.items if isinstance(found, Present) else ()


def gaps_of(found: Finding[Factual]) -> tuple[Gap, ...]:
    """What could not be looked at."""
    if isinstance(found, Unknown):
        return (found.gap,)
    return found.gaps if isinstance(found, Present) else ()


def remarks_of(*found: Finding[Factual]) -> tuple[Gap, ...]:
    """Recorded data that could not be used on the way, each once."""
    return tuple(dict.fromkeys(gap for each in found if not isinstance(each, Unknown) for gap in each.remarks))


class Listed(Factual, Protocol):
    """What a listing holds: `subjects` are the groups of drugs or the concepts that rules look for it by."""

    @property
    def subjects(self) -> frozenset[str]: ...


L = TypeVar("L", covariant=True, bound=Listed)


class Unread(Later["L | Gap | None"], Generic[L]):
    """A row of a chart: an item, a remark, or nothing that matters. `subjects` is all that it may be about; `when` is
    its date, for listings that are searched by date."""

    __slots__ = ("subjects", "when")

    def __init__(self, subjects: frozenset[str], read: Callable[[], L | Gap | None], when: When | None = None) -> None:
        super().__init__(read)
        self.subjects, self.when = subjects, when

    @property
    def item(self) -> L | None:
        found = self.value
        return None if isinstance(found, Gap) else found


@dataclass(frozen=True, slots=True)
class Listing(Generic[L]):
    """What one query gave: the rows that matter, and the gap when it failed, was cut off or held unreadable rows."""

    items: tuple[L, ...] = ()
    gap: Gap | None = None
    remarks: tuple[Gap, ...] = ()  # rows that were recorded but cannot be used

    @property
    def gaps(self) -> tuple[Gap, ...]:
        gap = self.gap
        return (gap,) if gap else ()

    def rows_about(self, *subjects: str) -> Sequence[Unread[L]]:
        """The rows that are, or may be, about one of these."""
        items = [Unread(item.subjects, _known(item)) for item in self.items if not item.subjects.isdisjoint(subjects)]
        remarks: list[Unread[L]] = [
            Unread(frozenset(), _known(remark)) for remark in self.remarks if remark.about in subjects
        ]
        return [*items, *remarks]

    def about(self, *subjects: str) -> tuple[L, ...]:
        """The items that are about one of these."""
        return tuple(item for item in self.items if not item.subjects.isdisjoint(subjects))

    def remarks_about(self, *subjects: str) -> tuple[Gap, ...]:
        """The rows about one of these that cannot be used."""
        return tuple(remark for remark in self.remarks if remark.about in subjects)

    def __eq__(self, other: object) -> bool:
        """Two listings that say the same are equal, whenever each was read."""
        return isinstance(other, Listing) and _said(self) == _said(other)


def _said(listing: Listing[Any]) -> tuple[object, ...]:
    return listing.items, listing.gap, listing.remarks


def _known(found: L | Gap) -> Callable[[], L | Gap]:
    return lambda: found


class Indexed(Listing[L]):
    """A listing of which each row is read when somebody first asks for what it may be about: an order is judged by a
    few rows of a long chart."""

    __slots__ = ("_answers", "_rows", "_subjects")
    _rows: Sequence[Unread[L]]
    _subjects: frozenset[str]
    _answers: dict[tuple[str, ...], tuple[L, ...]]  # rules ask the same again and again

    def __init__(self, rows: Sequence[Unread[L]], gap: Gap | None) -> None:
        object.__setattr__(self, "_rows", rows)
        object.__setattr__(self, "_answers", {})
        object.__setattr__(self, "_subjects", frozenset().union(*(row.subjects for row in rows)))
        object.__setattr__(self, "gap", gap)

    @property
    def items(self) -> tuple[L, ...]:
        return tuple(item for row in self._rows if (item := row.item) is not None)

    @property
    def remarks(self) -> tuple[Gap, ...]:
        return tuple(found for row in self._rows if isinstance(found := row.value, Gap))

    def rows_about(self, *subjects: str) -> Sequence[Unread[L]]:
        """As of any listing; most questions are about nothing that the chart holds."""
        if self._subjects.isdisjoint(subjects):
            return ()
        return [row for row in self._rows if not row.subjects.isdisjoint(subjects)]

    def about(self, *subjects: str) -> tuple[L, ...]:
        """As of any listing; only these rows are read."""
        if subjects not in self._answers:
            items = (row.item for row in self.rows_about(*subjects))
            found = tuple(item for item in items if item is not None and not item.subjects.isdisjoint(subjects))
            self._answers[subjects] = found
        return self._answers[subjects]

    def remarks_about(self, *subjects: str) -> tuple[Gap, ...]:
        """As of any listing; only these rows are read."""
        values = (row.value for row in self.rows_about(*subjects))
        return tuple(found for found in values if isinstance(found, Gap) and found.about in subjects)


class Deferred(Listing[L]):
    """A listing that is read when somebody first looks at it: most rules end before they look at most of a chart."""

    __slots__ = ("_listing",)
    _listing: Later[Listing[L]]

    def __init__(self, read: Callable[[], Listing[L]]) -> None:
        object.__setattr__(self, "_listing", Later(read))

    @property
    def listing(self) -> Listing[L]:
        """What was read."""
        return self._listing.value

    @property
    def items(self) -> tuple[L, ...]:
        return self.listing.items

    @property
    def gap(self) -> Gap | None:
        return self._listing.value.gap

    @property
    def remarks(self) -> tuple[Gap, ...]:
        return self.listing.remarks

    def rows_about(self, *subjects: str) -> Sequence[Unread[L]]:
        """As of the listing that is read."""
        return self._listing.value.rows_about(*subjects)

    def about(self, *subjects: str) -> tuple[L, ...]:
        """As of the listing that is read."""
        return self._listing.value.about(*subjects)

    def remarks_about(self, *subjects: str) -> tuple[Gap, ...]:
        """As of the listing that is read."""
        return self._listing.value.remarks_about(*subjects)


NOT_READ: Listing[Any] = Listing(
    gap=Gap("data", GapKind.OUT_OF_REACH, "a fact was looked at that the rule does not declare")
)
"""What a listing is until it is read: a fact that nobody asked for is unknown, never absent."""

"""A type search: read the parameters, filter, sort, cut out one page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from service.sample_ehr.dates import held_span
from service.sample_ehr.errors import BadSearchError
from service.sample_ehr.matching import Test, matcher
from service.sample_ehr.parameters import PARAMETERS, Kind, Parameter
from service.sample_ehr.store import Resource

PAGE_OFFSET = "_page"
DEFAULT_COUNT = 50
MAX_COUNT = 200
_MOST_DIGITS = 9  # more rows than there will ever be; a very long number is slow to read and can fail
# How to answer, not which rows. ``_format`` is accepted and has no effect: there is only JSON.
CONTROLS = ("_count", "_format", "_sort")
_ONCE = frozenset({*CONTROLS, PAGE_OFFSET})


@dataclass(frozen=True, slots=True)
class SortKey:
    """Sort by the start of a date parameter; rows without the date come last either way."""

    parameter: Parameter
    newest_first: bool


@dataclass(frozen=True, slots=True)
class Query:
    """A search that has been understood. All tests must hold."""

    tests: tuple[Test, ...]
    sort: tuple[SortKey, ...]
    count: int
    offset: int


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its rows, the total of all pages, and where the next page starts (None on the last)."""

    rows: tuple[Resource, ...]
    total: int
    next_offset: int | None


def parse(kind: str, pairs: Sequence[tuple[str, str]]) -> Query:
    """Read the decoded ``name=value`` pairs of a search for a known type.

    A repeated filter means "and". BadSearchError for an unknown name, a modifier, or a value that cannot be read.
    """
    known = PARAMETERS[kind]
    controls = _controls(pairs)
    filters = [(name, value) for name, value in pairs if name not in _ONCE]
    return Query(
        tests=tuple(matcher(_known(kind, name, known), value) for name, value in filters),
        sort=tuple(_sort_key(kind, field, known) for field in controls.get("_sort", "").split(",") if field),
        count=min(_whole("_count", controls.get("_count", str(DEFAULT_COUNT))), MAX_COUNT),
        offset=_whole(PAGE_OFFSET, controls.get(PAGE_OFFSET, "0")),
    )


def run(query: Query, rows: Iterable[Resource]) -> Page:
    """The page that the query asks for. ``_count=0`` asks for the total alone and has no next page."""
    found = [row for row in rows if all(test(row) for test in query.tests)]
    for key in reversed(query.sort):
        found = _sorted(found, key)
    end = query.offset + query.count
    more = query.count > 0 and end < len(found)
    return Page(tuple(found[query.offset : end]), len(found), end if more else None)


def _controls(pairs: Sequence[tuple[str, str]]) -> Mapping[str, str]:
    controls: dict[str, str] = {}
    for name, value in pairs:
        if name in controls:
            raise BadSearchError(f"{name!r} is given twice; give it once")
        if name in _ONCE:
            controls[name] = value
    return controls


def _known(kind: str, name: str, known: Mapping[str, Parameter]) -> Parameter:
    if name not in known:
        raise BadSearchError(f"{kind} has no search parameter {name!r}; it has {', '.join((*known, *CONTROLS))}")
    return known[name]


def _sort_key(kind: str, field: str, known: Mapping[str, Parameter]) -> SortKey:
    parameter = known.get(field.removeprefix("-"))
    if parameter is None or parameter.kind is not Kind.DATE:
        dates = ", ".join(row.name for row in known.values() if row.kind is Kind.DATE)
        raise BadSearchError(f"{kind} cannot be sorted by {field!r}; sort by {dates or 'nothing'}")
    return SortKey(parameter, newest_first=field.startswith("-"))


def _whole(name: str, value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) <= _MOST_DIGITS):
        raise BadSearchError(f"{name!r} must be a whole number, not {value[:20]!r}")
    return int(value)


def _sorted(rows: Iterable[Resource], key: SortKey) -> list[Resource]:
    dated: list[tuple[datetime, Resource]] = []
    undated: list[Resource] = []
    for row in rows:
        starts = [held_span(value).start for value in key.parameter.values(row)]
        if starts:
            dated.append((min(starts), row))
        else:
            undated.append(row)
    dated.sort(key=lambda pair: pair[0], reverse=key.newest_first)
    return [row for _, row in dated] + undated

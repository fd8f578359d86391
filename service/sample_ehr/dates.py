"""FHIR dates as spans of time, compared as a FHIR search compares them.

Source: FHIR R4, Search, section 3.1.1.4.6 (prefixes) and 3.1.1.4.8 (date).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

_DATE = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d)"
    r"(?:T(?P<clock>\d\d:\d\d)(?:(?P<seconds>:\d\d)(?P<fraction>\.\d+)?)?(?P<zone>Z|[+-]\d\d:\d\d)?)?)?)?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Span:
    """From ``start`` up to, not including, ``end``: "2025-03" is a whole month, "2025-03-02T09:30Z" a minute."""

    start: datetime
    end: datetime

    def covers(self, other: Span) -> bool:
        """Whether ``other`` lies within this span."""
        return self.start <= other.start and other.end <= self.end


_ALWAYS = Span(datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))

# prefix -> (what the search asks for, what the resource has) -> match
COMPARE: Mapping[str, Callable[[Span, Span], bool]] = MappingProxyType(
    {
        "eq": lambda asked, held: asked.covers(held),
        "ne": lambda asked, held: not asked.covers(held),
        "gt": lambda asked, held: held.end > asked.end,
        "lt": lambda asked, held: held.start < asked.start,
        "ge": lambda asked, held: held.end > asked.end or asked.covers(held),
        "le": lambda asked, held: held.start < asked.start or asked.covers(held),
        "sa": lambda asked, held: held.start >= asked.end,
        "eb": lambda asked, held: held.end <= asked.start,
    }
)


def span(text: str) -> Span:
    """The time that a FHIR date, dateTime or instant stands for; without a zone it is read as UTC.

    ValueError when it is not a date of the calendar.
    """
    found = _DATE.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not a FHIR date")
    try:
        start = _start(found)
        return Span(start, _end(start, found))
    except OverflowError as error:
        raise ValueError(f"{text!r} is outside the calendar") from error


def held_span(value: Any) -> Span:
    """The time that an element of a resource covers: a string, or a Period whose open side has no limit."""
    if isinstance(value, str):
        return span(value)
    return Span(
        span(value["start"]).start if "start" in value else _ALWAYS.start,
        span(value["end"]).end if "end" in value else _ALWAYS.end,
    )


def _start(found: re.Match[str]) -> datetime:
    day = f"{found['year']}-{found['month'] or '01'}-{found['day'] or '01'}"
    clock = f"{found['clock'] or '00:00'}{found['seconds'] or ':00'}"
    moment = datetime.fromisoformat(f"{day}T{clock}{found['fraction'] or ''}{found['zone'] or 'Z'}")
    return moment.astimezone(UTC)


def _end(start: datetime, found: re.Match[str]) -> datetime:
    if found["month"] is None:
        return start.replace(year=start.year + 1)
    if found["day"] is None:
        return (start.replace(day=1) + timedelta(days=32)).replace(day=1)
    if found["clock"] is None:
        return start + timedelta(days=1)
    if found["seconds"] is None:
        return start + timedelta(minutes=1)
    return start + (timedelta(microseconds=1) if found["fraction"] else timedelta(seconds=1))

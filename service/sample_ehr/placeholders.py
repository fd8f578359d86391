"""Dates that move with the calendar: the samples name days relative to today, so that they never go stale.

{{-41d}}         a date        2025-03-02
{{-41d 09:30}}   a dateTime    2025-03-02T09:30:00Z
"""

from __future__ import annotations

import re
from datetime import date, timedelta

# JSON itself never has two opening braces side by side, so this finds nothing but placeholders.
_PLACEHOLDER = re.compile(r"\{\{([^{}]*)\}\}")
_DAY = re.compile(r"(?P<days>[+-]\d+)d(?: (?P<time>\d\d:\d\d))?")


def fill(text: str, today: date) -> str:
    """Return ``text`` with a date in place of every placeholder; ValueError for one that is not a day."""
    return _PLACEHOLDER.sub(lambda found: _moved(found.group(1), today), text)


def _moved(inner: str, today: date) -> str:
    day = _DAY.fullmatch(inner)
    if day is None:
        raise ValueError(f"placeholder {{{{{inner}}}}} is not a day such as {{{{-41d}}}} or {{{{-41d 09:30}}}}")
    moved = (today + timedelta(days=int(day["days"]))).isoformat()
    return f"{moved}T{day['time']}:00Z" if day["time"] else moved

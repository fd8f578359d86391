"""Dates as FHIR writes them: to the year, month, day or second (https://hl7.org/fhir/R4/datatypes.html#dateTime).

A partial date is the span it covers. Age tests name the side they need: the last instant when the question is "too
old?", the first when it is "recent event?" (rule specification 0.2, date rule).
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, tzinfo

YEARS = range(2, 9999)  # the first and the last year of the calendar cannot be shifted between zones
LONGEST_PARTIAL = len("YYYY-MM-DD")
_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


@dataclass(frozen=True, slots=True)
class When:
    """A span of time: `first` and `last` are aware instants, equal when the second is known; `text` as written."""

    first: datetime
    last: datetime
    text: str

    @property
    def day(self) -> str:
        """The date for people, as precise as it was written."""
        return self.text[:10]

    def age_days(self, as_of: datetime) -> int:
        """Days between the calendar day of `last` and that of `as_of`, in the zone of `as_of`."""
        return (as_of.date() - self.last.astimezone(as_of.tzinfo).date()).days

    def age_days_at_most(self, as_of: datetime) -> int:
        """Days since the calendar day of `first`: a partial date is no proof that an event is recent."""
        return (as_of.date() - self.first.astimezone(as_of.tzinfo).date()).days

    def is_future(self, as_of: datetime) -> bool:
        """Surely after today: no part of the span lies on or before today's date."""
        return self.first.astimezone(as_of.tzinfo).date() > as_of.date()

    def is_past(self, as_of: datetime) -> bool:
        """Surely over at `as_of`."""
        return self.last < as_of


def read_when(text: str | None, zone: tzinfo) -> When | None:
    """Read a FHIR date, dateTime or instant; None for no text or for text that is none of these.

    Dates without a time are days in `zone`.
    """
    if not text:
        return None
    try:
        if len(text) <= LONGEST_PARTIAL and (partial := _PARTIAL.fullmatch(text)):
            return _span(text, partial, zone)
        moment = datetime.fromisoformat(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
        return When(moment, moment, text) if moment.year in YEARS else None
    except ValueError:
        return None


def _span(text: str, partial: re.Match[str], zone: tzinfo) -> When:
    year, month, day = int(partial[1]), int(partial[2] or 1), int(partial[3] or 1)
    if year not in YEARS:
        raise ValueError("outside the calendar")
    first = datetime(year, month, day, tzinfo=zone)
    last_month = month if partial[2] else 12
    last_day = day if partial[3] else monthrange(year, last_month)[1]
    last = datetime(year, last_month, last_day, 23, 59, 59, tzinfo=zone)
    return When(first, last, text)

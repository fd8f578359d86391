"""The moment of every test, and dates counted from it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cds_hooks.snapshot.when import When, read_when

AS_OF = datetime(2025, 6, 15, 10, 0, tzinfo=UTC)


def day(number: int) -> str:
    """The calendar day so many days before the moment; negative numbers lie ahead."""
    return (AS_OF - timedelta(days=number)).date().isoformat()


def on(text: str) -> When:
    """A date as FHIR writes it."""
    when = read_when(text, UTC)
    if when is None:
        raise ValueError(f"not a FHIR date: {text}")
    return when


def days_ago(number: int) -> When:
    return on(day(number))


def days_ahead(number: int) -> When:
    return on(day(-number))


def born(years: int, days_to_birthday: int = 180) -> When:
    """The birth date of somebody of this age, whose next birthday is so many days ahead."""
    last_birthday = (AS_OF + timedelta(days=days_to_birthday)).date()
    return on(last_birthday.replace(year=last_birthday.year - years - 1).isoformat())

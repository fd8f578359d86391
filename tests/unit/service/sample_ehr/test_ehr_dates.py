"""Dates are compared as spans, as FHIR R4 search defines the prefixes."""

from __future__ import annotations

import pytest

from service.sample_ehr.dates import COMPARE, held_span, span


@pytest.mark.parametrize(
    ("prefix", "asked", "held", "matches"),
    [
        ("eq", "2025-03", "2025-03-02T09:30:00Z", True),
        ("eq", "2025-03-02", "2025-03", False),
        ("ne", "2025-03", "2025-04-01", True),
        ("ne", "2025-03", "2025-03-31", False),
        ("gt", "2025-03-02", "2025-03-02T23:59:59Z", False),
        ("gt", "2025-03-02", "2025-03-03", True),
        ("ge", "2025-03-02", "2025-03-02T00:00:00Z", True),
        ("ge", "2025-03-02", "2025-03-01T23:59:59Z", False),
        ("lt", "2025-03-02", "2025-03-01T23:59:59Z", True),
        ("lt", "2025-03-02", "2025-03-02", False),
        ("le", "2025-03-02", "2025-03-02T23:59:59Z", True),
        ("le", "2025-03-02", "2025-03-03", False),
        ("sa", "2025", "2026-01-01", True),
        ("sa", "2025", "2025-12-31", False),
        ("eb", "2025-12", "2025-11-30", True),
        ("eb", "2025-12", "2025-12-01", False),
        ("eq", "2025-03-02T09:30Z", "2025-03-02T11:30:59+02:00", True),
        ("eq", "2025-03-02T09:30:00Z", "2025-03-02T09:30:00.250Z", True),
    ],
)
def test_a_prefix_compares_spans(prefix: str, asked: str, held: str, matches: bool) -> None:
    assert COMPARE[prefix](span(asked), held_span(held)) is matches


def test_a_period_without_an_end_goes_on() -> None:
    assert COMPARE["ge"](span("2999"), held_span({"start": "2024-06-16"}))
    assert not COMPARE["lt"](span("2024"), held_span({"start": "2024-06-16"}))


def test_a_period_without_a_start_has_always_been() -> None:
    assert COMPARE["lt"](span("1900"), held_span({"end": "2024-06-16"}))
    assert not COMPARE["gt"](span("2025"), held_span({"end": "2024-06-16"}))


@pytest.mark.parametrize(
    "text", ["", "today", "2025-13", "2025-02-30", "2025-3-2", "9999", "9999-12-31", "0000", "0001-01-01T00:00+14:00"]
)
def test_what_is_no_date_of_the_calendar_is_an_error(text: str) -> None:
    with pytest.raises(ValueError):
        span(text)

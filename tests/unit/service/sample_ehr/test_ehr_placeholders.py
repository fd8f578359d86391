"""Placeholders become dates relative to the day that is passed in."""

from __future__ import annotations

from datetime import date

import pytest

from service.sample_ehr.placeholders import fill

TODAY = date(2025, 4, 12)


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ('"{{-41d}}"', '"2025-03-02"'),
        ('"{{+0d}}"', '"2025-04-12"'),
        ('"{{+77d}}"', '"2025-06-28"'),
        ('"{{-41d 09:30}}"', '"2025-03-02T09:30:00Z"'),
        ('"from {{-2d}} to {{-1d}}"', '"from 2025-04-10 to 2025-04-11"'),
        ('{"a": {"b": {}}}', '{"a": {"b": {}}}'),
    ],
)
def test_a_placeholder_becomes_a_date(text: str, filled: str) -> None:
    assert fill(text, TODAY) == filled


@pytest.mark.parametrize("text", ["{{41d}}", "{{-41}}", "{{-41d 9:30}}", "{{today}}", "{{}}"])
def test_a_placeholder_that_means_nothing_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="is not a day"):
        fill(text, TODAY)

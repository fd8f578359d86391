"""Feedback as clients send it."""

from __future__ import annotations

from typing import Any

from tests.builders.decisions import a_card


def an_item(card: str = a_card(), **changed: Any) -> dict[str, Any]:
    """An accepted card; a change to None sends null."""
    return {"card": card, "outcome": "accepted", "outcomeTimestamp": "2026-03-01T10:05:00Z", **changed}

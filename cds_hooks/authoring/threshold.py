"""Named limits. A number never stands in a rule's logic."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """A limit that a site may set within its bounds (`patient.policy[WASHOUT]`)."""

    name: str
    unit: str
    default: float
    low: float
    high: float
    source: str

    def __post_init__(self) -> None:
        if not self.low <= self.default <= self.high:
            raise ValueError(f"{self.name}: the default lies outside its bounds")

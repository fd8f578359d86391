"""What a site may set: the thresholds that rules declare, and how each rule is run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """A named limit that a site may set within its bounds (`patient.policy[WASHOUT]`). No number stands in a rule's
    logic."""

    name: str
    unit: str
    default: float
    low: float
    high: float
    source: str

    def __post_init__(self) -> None:
        if not self.low <= self.default <= self.high:
            raise ValueError(f"{self.name}: the default lies outside its bounds")


class Mode(StrEnum):
    """How a site runs a rule."""

    LIVE = "live"
    SILENT = "silent"  # evaluated and recorded, not shown
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Policy:
    """The site's values for thresholds and modes of rules; what it does not name keeps the default (live).

    `revision` changes with any of them; "" is the policy of the defaults.
    """

    values: Mapping[str, float] = field(default_factory=dict)
    modes: Mapping[str, Mode] = field(default_factory=dict)
    revision: str = ""

    def __getitem__(self, threshold: Threshold) -> float:
        return self.values.get(threshold.name, threshold.default)

    def mode(self, rule_id: str) -> Mode:
        return self.modes.get(rule_id, Mode.LIVE)

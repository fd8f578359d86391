"""Conditions, procedures and observations as the rules see them: concepts with dates, statuses already judged."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cds_hooks.snapshot.model import Fact
from cds_hooks.snapshot.quantity import Quantity
from cds_hooks.snapshot.vocabulary import Concept
from cds_hooks.snapshot.when import When


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A Condition that is not refuted. `recorded` is its recorded date, else its onset.

    `current` follows the status filter of the rule specification (0.1). `ended` is when a Condition that is not
    current ended: its abatement, else its recorded date. `gestation` is the age of the pregnancy in days, from and to,
    that its code states for the recorded date.
    """

    id: str
    concepts: frozenset[Concept]
    current: bool
    fact: Fact
    onset: When | None = None
    recorded: When | None = None
    ended: When | None = None
    gestation: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A Procedure that was done, with the date it was done."""

    concepts: frozenset[Concept]
    fact: Fact
    when: When | None = None


class Answer(StrEnum):
    """What a coded observation says."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    UNDECIDED = "undecided"  # "possible", "not yet confirmed", "unknown": neither positive nor negative


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A valid Observation: an answer, an amount in the unit of its kind, or a date. `when` is the sample's date.

    `rank` orders several results of one sample: the lowest counts (`snapshot.labs.newest`).
    """

    concept: Concept
    fact: Fact
    when: When | None = None
    answer: Answer | None = None
    quantity: Quantity | None = None
    date: When | None = None
    rank: int = 0

    @property
    def number(self) -> float | None:
        return self.quantity.value if self.quantity else None

    def surely_at_least(self, limit: float) -> bool:
        """The number decides for at or above the limit, bounds considered."""
        return self.quantity is not None and self.quantity.surely_at_least(limit)

    def surely_below(self, limit: float) -> bool:
        """The number decides for below the limit, bounds considered."""
        return self.quantity is not None and self.quantity.surely_below(limit)

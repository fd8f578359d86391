"""Conditions, procedures and observations as the rules see them: concepts with dates, statuses already judged."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cds_hooks.snapshot.model import Fact
from cds_hooks.snapshot.vocabulary import Concept
from cds_hooks.snapshot.when import When


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A Condition that is not refuted. `recorded` is its recorded date, else its onset.

    `current` follows the status filter of the rule specification (0.1). `ended` is when a Condition that is not
    current ended: its abatement, else its recorded date.
    """

    id: str
    concepts: frozenset[Concept]
    current: bool
    fact: Fact
    recorded: When | None = None
    ended: When | None = None


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
    """A valid Observation: an answer, a number in the unit of its kind, or a date. `when` is the sample's date.

    `at_most` and `at_least` mark a number that is only a bound ("<15", ">60").
    """

    concept: Concept
    fact: Fact
    when: When | None = None
    answer: Answer | None = None
    number: float | None = None
    at_most: bool = False
    at_least: bool = False
    date: When | None = None

    def surely_at_least(self, limit: float) -> bool:
        """The number decides for at or above the limit, bounds considered."""
        return self.number is not None and not self.at_most and self.number >= limit

    def surely_below(self, limit: float) -> bool:
        """The number decides for below the limit, bounds considered."""
        return self.number is not None and not self.at_least and (self.number < limit)

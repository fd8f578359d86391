"""Conditions, procedures and observations as the rules see them: concepts with dates, statuses already judged."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cds_hooks.snapshot.medication import Drug
from cds_hooks.snapshot.model import Fact
from cds_hooks.snapshot.quantity import Quantity
from cds_hooks.snapshot.site import ANYWHERE, Site
from cds_hooks.snapshot.vocabulary import Concept
from cds_hooks.snapshot.when import When


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A Condition that is not refuted. `recorded` is its recorded date, else its onset; an onset in the future is none.

    `current` follows the status filter of the rule specification (0.1). `ended` is when a Condition that is not
    current ended: its abatement, else its recorded date. `gestation` is the age of the pregnancy in days, from and to,
    that its code states for the recorded date. `levels` are those of the spine that a vertebral fracture names.
    """

    id: str
    concepts: frozenset[Concept]
    current: bool
    fact: Fact
    onset: When | None = None
    recorded: When | None = None
    ended: When | None = None
    gestation: tuple[int, int] | None = None
    site: Site = ANYWHERE
    levels: frozenset[str] = frozenset()
    provisional: bool = False  # verification status provisional, unconfirmed or differential
    differential: bool = False  # counts only for rules that say so

    @property
    def subjects(self) -> frozenset[Concept]:
        return self.concepts

    @property
    def since(self) -> When | None:
        """Its onset, else when it was recorded."""
        return self.onset or self.recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What was done or is planned: a procedure, a device in use, an immunization, an order of care, an appointment.

    `when` is the date it was done, was ordered or is planned for. `open` is an order that is still in force; `planned`
    is the day it is meant for, where it says one. `uncertain` is a device of unknown status: it may have been removed.
    `drugs` are those that a procedure gives, `levels` the levels of the spine that it names. `began` is its first day
    where it lasted. `unfinished` is care that was put on hold or stopped: it began, and is no longer given.
    """

    concepts: frozenset[Concept]
    fact: Fact
    when: When | None = None
    site: Site = ANYWHERE
    levels: frozenset[str] = frozenset()
    open: bool = False
    planned: When | None = None
    uncertain: bool = False
    drugs: tuple[Drug, ...] = ()
    began: When | None = None
    unfinished: bool = False

    @property
    def subjects(self) -> frozenset[Concept]:
        return self.concepts


@dataclass(frozen=True, slots=True, kw_only=True)
class Encounter:
    """A contact with care, with the specialties it was with. `inpatient` is a stay in hospital; `in_progress` one that
    has not ended. `reasons` is what its reasons mean."""

    concepts: frozenset[Concept]
    fact: Fact
    when: When | None = None
    inpatient: bool = False
    in_progress: bool = False
    reasons: frozenset[Concept] = frozenset()

    @property
    def subjects(self) -> frozenset[Concept]:
        return self.concepts


class Answer(StrEnum):
    """What a coded observation says."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    UNDECIDED = "undecided"  # "possible", "not yet confirmed", "unknown": neither positive nor negative


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A valid Observation: an answer, an amount in the unit of its kind, or a date. `when` is the sample's date.

    `rank` orders several results of one sample: the lowest counts (`snapshot.labs.newest`). `low` and `high` are the
    laboratory's reference range in the unit of the quantity. `preliminary` results count only where a rule says so.
    """

    concept: Concept
    fact: Fact
    when: When | None = None
    answer: Answer | None = None
    quantity: Quantity | None = None
    date: When | None = None
    rank: int = 0
    low: float | None = None
    high: float | None = None
    preliminary: bool = False

    @property
    def subjects(self) -> frozenset[Concept]:
        return frozenset((self.concept,))

    @property
    def number(self) -> float | None:
        return self.quantity.value if self.quantity else None

    def surely_at_least(self, limit: float) -> bool:
        """The number decides for at or above the limit, bounds considered."""
        return self.quantity is not None and self.quantity.surely_at_least(limit)

    def surely_below(self, limit: float) -> bool:
        """The number decides for below the limit, bounds considered."""
        return self.quantity is not None and self.quantity.surely_below(limit)

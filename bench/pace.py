"""How long the bench takes its time."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often each thing is done."""

    rounds: int  # per server and case, of so many seconds each
    seconds: int
    warm_up: int  # seconds before the rounds
    turns: int  # of all sizes of body
    repeats: int  # of what is timed inside the process
    calls: int  # before the memory of a worker is looked at
    reads: int  # of a chart from the EHR
    hangs: int  # calls to an EHR that hangs
    starts: int
    decisions: int  # in the database that a report is made of


FULL = Pace(
    rounds=7,
    seconds=2,
    warm_up=1,
    turns=5,
    repeats=300,
    calls=1_000,
    reads=40,
    hangs=3,
    starts=7,
    decisions=100_000,
)
SHORT = Pace(
    rounds=1,
    seconds=1,
    warm_up=0,
    turns=1,
    repeats=50,
    calls=100,
    reads=5,
    hangs=1,
    starts=2,
    decisions=10_000,
)

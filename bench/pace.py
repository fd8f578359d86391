"""How long the bench takes its time."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """`rounds` of `seconds` per server and case, `warm_up` seconds before; `repeats` of what is timed one by one."""

    rounds: int
    seconds: int
    warm_up: int
    repeats: int
    decisions: int  # in the database that a report is made of
    calls: int  # before the memory of a worker is looked at
    reads: int  # of a chart from the EHR
    hangs: int  # calls to an EHR that hangs
    starts: int


FULL = Pace(9, 2, warm_up=1, repeats=300, decisions=100_000, calls=1_000, reads=40, hangs=3, starts=7)
SHORT = Pace(2, 1, warm_up=1, repeats=50, decisions=10_000, calls=300, reads=10, hangs=1, starts=2)

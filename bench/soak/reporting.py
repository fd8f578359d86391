"""The account as tables, and what is wrong with it as sentences."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.soak.ledger import AS_EVER, FULL, NO_DATA, UNEXPLAINED, WITH_NOTICE, Ledger
from bench.soak.memory import Sample, slope, warm
from bench.soak.weather import SECONDS, Weather

OUTCOMES = (AS_EVER, WITH_NOTICE, NO_DATA, FULL, UNEXPLAINED)
MOST_GROWTH = 1.0  # megabytes per 1000 requests, beyond twice the standard error: what is kept of a request weighs more
LEAST_SAMPLES = 50  # after the warm-up; a shorter soak says what it saw and does not judge it
SHOWN = 20
BAD_EVENTS = ("rule_failed", "call_failed", "decisions_lost", "decision_not_made")


@dataclass(frozen=True, slots=True)
class Kept:
    """What the database holds at the end: decisions, and the cards that were answered."""

    decisions: int
    cards: frozenset[str]

    @classmethod
    def of(cls, database: Path) -> Kept:
        with closing(sqlite3.connect(database)) as connection:
            [(decisions,)] = connection.execute("SELECT count(*) FROM decisions WHERE client = 'soak'").fetchall()
            return cls(decisions, frozenset(card for (card,) in connection.execute("SELECT card FROM feedback")))


def show(
    console: Console, ledger: Ledger, weather: Weather, samples: Sequence[Sample], kept: Kept, events: Counter[str]
) -> bool:
    """Print the account; True when nothing is wrong with it."""
    console.print(_by_outcome("hook", "Calls", ledger.calls))
    console.print(_by_outcome("fault of the reads", "The same calls", ledger.faults))
    table = Table("sent", "status", "explained by", "times", title="Errors", title_justify="left")
    for (what, status, why), times in sorted(ledger.errors.items()):
        table.add_row(what, str(status), why, str(times))
    console.print(table)
    for what, seconds in SECONDS.items():
        console.print(f"{what} for {seconds:g} s: {weather.count(what)} times")
    console.print(f"feedback: {len(ledger.acknowledged)} acknowledged, {len(kept.cards)} in the database")
    console.print(f"decisions: {ledger.answered} calls answered, {kept.decisions} in the database")
    console.print(
        f"logged by the service: {', '.join(f'{name} {n}' for name, n in sorted(events.items())) or 'nothing'}"
    )
    console.print(_memory(samples))
    wrong = [*_wrong(ledger, kept, events, samples)]
    for sentence in wrong[:SHOWN]:
        console.print(f"WRONG: {sentence}", style="bold red", markup=False)
    console.print(f"{len(wrong)} things wrong" if wrong else "nothing lost, nothing unexplained")
    return not wrong


def _by_outcome(first: str, title: str, counted: Counter[tuple[str, str]]) -> Table:
    table = Table(first, *OUTCOMES, title=title, title_justify="left")
    for name in sorted({name for name, _ in counted}):
        table.add_row(name, *(str(counted[name, outcome] or "") for outcome in OUTCOMES))
    table.add_row("all", *(str(sum(n for (_, each), n in counted.items() if each == outcome)) for outcome in OUTCOMES))
    return table


def _memory(samples: Sequence[Sample]) -> str:
    after = warm(samples)
    if len(after) < 3:
        return "memory: too few samples to tell"
    first, last = after[0], after[-1]
    by_hour = slope(after, lambda sample: sample.seconds / 3600)
    by_request = slope(after, _thousands)
    judged = "" if len(after) >= LEAST_SAMPLES else "; too short a time to judge"
    return (
        f"memory: {samples[0].megabytes:.1f} MB at first, {first.megabytes:.1f} MB after {first.requests} requests, "
        f"{last.megabytes:.1f} MB after {last.requests}; slope between these "
        f"{by_hour.of:+.1f} ± {by_hour.error:.1f} MB per hour, "
        f"{by_request.of:+.2f} ± {by_request.error:.2f} MB per 1000 requests (limit: {MOST_GROWTH:g}{judged})"
    )


def _thousands(sample: Sample) -> float:
    return sample.requests / 1000


def _wrong(ledger: Ledger, kept: Kept, events: Counter[str], samples: Sequence[Sample]) -> Iterator[str]:
    yield from ledger.unexplained
    if lost := ledger.acknowledged - kept.cards:
        yield f"{len(lost)} answers were acknowledged and are not in the database"
    if kept.decisions != ledger.answered:
        yield f"{ledger.answered} calls were answered, {kept.decisions} decisions are in the database"
    for event in BAD_EVENTS:
        if events[event]:
            yield f"the service logged {event} {events[event]} times"
    after = warm(samples)
    if len(after) >= LEAST_SAMPLES:
        found = slope(after, _thousands)
        if found.of - 2 * found.error > MOST_GROWTH:
            yield f"memory grows by {found.of:.2f} MB per 1000 requests"

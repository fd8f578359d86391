"""What fails for everyone for a while, in turns: the EHR is down, the database is held, too many call at once."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

OUTAGE, HELD, RUSH = "the EHR is down", "the database is held", "a rush"
SECONDS = {OUTAGE: 6.0, HELD: 7.0}  # held for longer than SQLite waits for a lock
CALM_SECONDS = 15.0  # before each: longer than a recovery, so that there are times without an excuse


class Weather:
    """When what went on."""

    def __init__(self) -> None:
        self._times: dict[str, list[tuple[float, float]]] = {OUTAGE: [], HELD: [], RUSH: []}
        self._now: dict[str, float] = {}

    def is_now(self, what: str) -> bool:
        return what in self._now

    def was(self, what: str, since: float, after: float = 0.0) -> bool:
        """Whether it went on at some time from `since` to now; `after` so many seconds it still counts."""
        return what in self._now or any(end + after >= since for _, end in self._times[what])

    def count(self, what: str) -> int:
        return len(self._times[what])

    @contextmanager
    def __call__(self, what: str) -> Iterator[None]:
        self._now[what] = monotonic()
        try:
            yield
        finally:
            self._times[what].append((self._now.pop(what), monotonic()))

    async def go_on(self, database: Path, rush: Callable[[], Awaitable[None]]) -> None:
        """One after the other until it is cancelled."""
        while True:
            await asyncio.sleep(CALM_SECONDS)
            with self(OUTAGE):
                await asyncio.sleep(SECONDS[OUTAGE])
            await asyncio.sleep(CALM_SECONDS)
            with self(RUSH):
                await rush()
            await asyncio.sleep(CALM_SECONDS)
            with self(HELD):
                await asyncio.to_thread(_hold, database, SECONDS[HELD])


def _hold(database: Path, seconds: float) -> None:
    """Be the one who writes, so that nobody else can."""
    connection = sqlite3.connect(database, timeout=30, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
        sleep(seconds)
        connection.execute("ROLLBACK")
    finally:
        connection.close()

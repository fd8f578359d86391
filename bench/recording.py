"""What the record costs: Marrow with and without it, in throughput, and in the slowest answers at half load."""

from __future__ import annotations

import asyncio
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from bench.cases import cases
from bench.figures import Figure
from bench.load import Caller
from bench.pace import Pace
from bench.running import Site, app_running, marrow_running

LIMIT_PERCENT = 10
TIMES_UNRECORDED = 1.1  # no more than two servers that are the same differ in so few rounds
TAILS = 3  # rounds at half load per round at full load: the slowest calls are few
TABLE = ("case", "without /s", "with /s", "cost", "p99 at half load, without", "with")


async def measure(console: Console, wrk: str, pace: Pace, folder: Path) -> list[Figure]:
    """Rounds alternate, since the machine is never twice the same."""
    site = await Site.made(folder / "recording", production=False)
    table = Table(*TABLE, title=f"The record, {pace.rounds} rounds", title_justify="left")
    figures = []
    async with (
        marrow_running(site) as recorded,
        app_running("bench.unrecorded:app", "/health/ready", site.environment) as unrecorded,
    ):
        for case in cases()[:2]:
            body = folder / "body.json"
            body.write_bytes(case.body)
            callers = [
                Caller(wrk, f"{server.url}/cds-services/{case.service}", body, folder)
                for server in (unrecorded, recorded)
            ]
            for caller in callers:
                await asyncio.to_thread(caller.warm_up, pace.warm_up)
            fast = [[await asyncio.to_thread(c.run, pace.seconds) for c in callers] for _ in range(pace.rounds)]
            rates = [median(pair[which].rate for pair in fast) for which in (0, 1)]
            late = [
                [await asyncio.to_thread(c.run, pace.seconds, rates[0] / 2) for c in callers]
                for _ in range(TAILS * pace.rounds)
            ]
            costs = tuple(100 * (1 - pair[1].rate / pair[0].rate) for pair in fast)
            tails = (f"{median(pair[which].p99 for pair in late):.1f} ms" for which in (0, 1))
            figure = Figure(f"{case.name}: throughput that the record costs", costs, LIMIT_PERCENT, "%")
            table.add_row(case.name, f"{rates[0]:.0f}", f"{rates[1]:.0f}", figure.shown, *tails)
            times = tuple(pair[1].p99 / pair[0].p99 for pair in late)
            tail = Figure(f"{case.name}: p99 at half load, times that without the record", times, TIMES_UNRECORDED)
            figures += [figure, tail]
    console.print(table)
    return figures

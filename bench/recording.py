"""What the record costs: Marrow with and without it, in throughput, and in the slowest answers at half load."""

from __future__ import annotations

import asyncio
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from bench import bodies, load
from bench.running import server_running
from service.play.demo import marrow_running

LIMIT_PERCENT = 10
CASES = {"critical card": bodies.ILOPROST, "no rule concerned": bodies.METFORMIN}
QUIET = {"MARROW_MODE": "development", "MARROW_LOG_LEVEL": "error"}


async def measure(console: Console, wrk: str, hey: str | None, rounds: int, seconds: float, folder: Path) -> None:
    """Print the cost in percent, case by case; rounds alternate, since the machine is never twice the same."""
    table = Table("case", "without /s", "with /s", "cost", "p99 half load, without", "with", title="The record")
    table.title_justify = "left"
    async with marrow_running() as recorded, server_running("bench.unrecorded:app", "/health/ready", QUIET) as bare:
        for case, draft in CASES.items():
            body = folder / "body.json"
            body.write_bytes(bodies.order_sign(draft))
            urls = [f"{base}/cds-services/bme-order-sign" for base in (bare, recorded)]
            found = [
                [await asyncio.to_thread(load.run, wrk, url, body, seconds, folder) for url in urls]
                for _ in range(rounds)
            ]
            rates = [median(pair[which].rate for pair in found) for which in (0, 1)]
            cost = median(100 * (1 - pair[1].rate / pair[0].rate) for pair in found)
            slowest = ["-", "-"]
            if hey:
                half = rates[0] / 2
                tails = [
                    [await asyncio.to_thread(load.steady, hey, url, body, seconds, half) for url in urls]
                    for _ in range(rounds)
                ]
                slowest = [f"{median(pair[which] for pair in tails):.1f} ms" for which in (0, 1)]
            table.add_row(case, f"{rates[0]:.0f}", f"{rates[1]:.0f}", f"{cost:.1f} %", *slowest)
    console.print(table)
    console.print(f"limit: {LIMIT_PERCENT} % of the throughput\n")

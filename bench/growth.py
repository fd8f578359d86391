"""Bodies of 10 KB to 10 MB: what a kilobyte costs in each, and what memory the worker keeps afterwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

import aiohttp
from rich.console import Console
from rich.table import Table

from bench import bodies
from bench.figures import Figure
from bench.pace import Pace
from bench.running import Server, Site, call, marrow_running, resident
from bench.tokens import Tokens

SIZES = (10_000, 100_000, 1_000_000, 10_000_000)  # bytes
TURN_BYTES = 10_000_000  # of each size in one turn
MOST_CALLS = 50
TIMES = 1.2  # so many times what a kilobyte costs at 100 KB
KEPT_MEGABYTES = 20  # two such bodies: as much as the C library holds back of what is freed
DRIFT_MEGABYTES = 5


async def measure(console: Console, pace: Pace, folder: Path) -> list[Figure]:
    """Cost is processor time of the server, all threads. Sizes take turns."""
    site = await Site.made(folder / "growth")
    tokens = site.tokens()
    makers = {
        "bme-order-sign": lambda scale: bodies.order_sign(bodies.ILOPROST, scale=scale),
        "bme-patient-view": lambda scale: bodies.patient_view(scale=scale),
    }
    figures, memory = [], []
    async with marrow_running(site) as marrow, aiohttp.ClientSession() as session:
        ordinary = bodies.patient_view()
        await _send(session, marrow, "bme-patient-view", ordinary, tokens, MOST_CALLS)
        before = marrow.resident()
        for service, make in makers.items():
            sent, turns = [_sized(make, size) for size in SIZES], []
            for _ in range(max(2, pace.rounds // 2)):
                turns.append([await _send(session, marrow, service, body, tokens) for body in sent])
                await _send(session, marrow, "bme-patient-view", ordinary, tokens, MOST_CALLS)
                memory.append(marrow.resident())
            console.print(_table(service, sent, turns))
            ratios = tuple(turn[-1] / turn[1] for turn in turns)
            figures.append(Figure(f"{service}: cost of a KB at 10 MB, times that at 100 KB", ratios, TIMES))
        most = resident(marrow.pid, "VmHWM")
    console.print(f"memory: {before:.0f} MB before, {most:.0f} MB at most, {memory[-1]:.0f} MB after bodies of 10 MB\n")
    return [
        *figures,
        Figure("memory kept after bodies of 10 MB", (memory[-1] - before,), KEPT_MEGABYTES, "MB"),
        Figure(
            "memory that it grows by from the second time to the last", (memory[-1] - memory[1],), DRIFT_MEGABYTES, "MB"
        ),
    ]


def _sized(make: Callable[[float], bytes], size: int) -> bytes:
    """A body of about this many bytes; a chart cannot be shorter than one row of each kind."""
    least, ordinary = len(make(0)), len(make(1))
    return make((size - least) / (ordinary - least))


async def _send(
    session: aiohttp.ClientSession, marrow: Server, service: str, body: bytes, tokens: Tokens, times: int | None = None
) -> float:
    """Microseconds of processor time per KB, over as many calls as a turn has."""
    times = times or max(1, min(MOST_CALLS, TURN_BYTES // len(body)))
    before = marrow.processor()
    for _ in range(times):
        await call(session, marrow, service, body, tokens)
    return (marrow.processor() - before) * 1e6 / (times * len(body) / 1000)


def _table(service: str, sent: Sequence[bytes], turns: Sequence[Sequence[float]]) -> Table:
    table = Table("body", "us per KB", title=f"{service}: cost by size, {len(turns)} turns", title_justify="left")
    for number, body in enumerate(sent):
        costs = [turn[number] for turn in turns]
        table.add_row(f"{len(body) / 1000:,.0f} KB", f"{median(costs):.1f} ({min(costs):.1f}-{max(costs):.1f})")
    return table

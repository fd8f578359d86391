"""Bodies of 10 KB to 10 MB: what a kilobyte costs in each, and what memory the worker keeps afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from rich.console import Console
from rich.table import Table

from bench import bodies
from bench.figures import Figure, spread
from bench.pace import Pace
from bench.running import Server, Site, call, marrow_running, resident
from bench.tokens import Tokens

SIZES = (10_000, 100_000, 1_000_000, 10_000_000)  # bytes
TURN_BYTES = 5_000_000  # of each size in one turn
MOST_CALLS = 30
TIMES = 1.2  # so many times what a kilobyte costs at 100 KB
KEPT_MEGABYTES = 25  # two such bodies and a half: the C library holds back twice the largest block that was freed
ADDED_MEGABYTES = 5
MAKERS: dict[str, Callable[[float], bytes]] = {
    "bme-order-sign": lambda scale: bodies.order_sign(bodies.ILOPROST, scale=scale),
    "bme-patient-view": lambda scale: bodies.patient_view(scale=scale),
}


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends one service a body again and again."""

    session: aiohttp.ClientSession
    marrow: Server
    tokens: Tokens
    service: str

    async def send(self, body: bytes, times: int) -> float:
        """Microseconds of the server's processor time per KB, all threads."""
        before = self.marrow.processor()
        for _ in range(times):
            await call(self.session, self.marrow, self.service, body, self.tokens)
        return (self.marrow.processor() - before) * 1e6 / (times * len(body) / 1000)


async def measure(console: Console, pace: Pace, folder: Path) -> list[Figure]:
    """Cost is processor time, since that is what grows. Sizes take turns."""
    site = await Site.made(folder / "growth")
    async with marrow_running(site) as marrow, aiohttp.ClientSession() as session:
        senders = {service: Sender(session, marrow, site.tokens(), service) for service in MAKERS}
        figures = await _memory(console, senders["bme-patient-view"], 2 * pace.turns)
        for sender in senders.values():
            figures.append(await _costs(console, sender, pace.turns))
    return figures


async def _costs(console: Console, sender: Sender, times: int) -> Figure:
    sent = [_sized(MAKERS[sender.service], size) for size in SIZES]
    calls = [max(1, min(MOST_CALLS, TURN_BYTES // len(body))) for body in sent]
    turns = [[await sender.send(*each) for each in zip(sent, calls, strict=True)] for _ in range(times)]
    table = Table("body", "us per KB", title=f"{sender.service}, {times} turns", title_justify="left")
    for body, *costs in zip(sent, *turns, strict=True):
        table.add_row(f"{len(body) / 1000:,.0f} KB", spread(costs))
    console.print(table)
    ratios = tuple(turn[-1] / turn[1] for turn in turns)
    return Figure(f"{sender.service}: cost of a KB at 10 MB, times that at 100 KB", ratios, TIMES)


async def _memory(console: Console, sender: Sender, times: int) -> list[Figure]:
    """What a worker keeps of long bodies, and whether more of them add to it."""
    ordinary, long = bodies.patient_view(), _sized(MAKERS["bme-patient-view"], SIZES[-1])
    held = []
    for body, calls in ((ordinary, MOST_CALLS), (long, 2), (long, times), (ordinary, MOST_CALLS)):
        await sender.send(body, calls)
        held.append(sender.marrow.resident())
    before, first, _, after = held
    most = resident(sender.marrow.pid, "VmHWM")
    console.print(f"memory: {before:.0f} MB before, {most:.0f} MB at most, {after:.0f} MB after bodies of 10 MB\n")
    return [
        Figure("memory kept after bodies of 10 MB", (after - before,), KEPT_MEGABYTES, "MB"),
        Figure("memory that further bodies of 10 MB add", (after - first,), ADDED_MEGABYTES, "MB"),
    ]


def _sized(make: Callable[[float], bytes], size: int) -> bytes:
    """A body of about this many bytes; a chart cannot be shorter than one row of each kind."""
    once, twice = len(make(1)), len(make(2))
    return make(1 + (size - once) / (twice - once))

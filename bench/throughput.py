"""Marrow as in production beside the bare endpoint: how many calls, and how late the slowest are at half of that."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import aiohttp
import msgspec
from rich.console import Console
from rich.table import Table

from bench.cases import Case, cases
from bench.figures import Figure, spread
from bench.load import CONNECTIONS, Caller, Load
from bench.pace import Pace
from bench.running import Server, Site, app_running, call, marrow_running
from bench.tokens import Tokens, Unread

TIMES_BARE = 3  # so many times the bare endpoint's p99 at the same rate


@dataclass(slots=True)
class Side:
    """One of the two servers under one body: as fast as it can, and at a rate."""

    server: Server
    caller: Caller
    fast: list[Load] = field(default_factory=list)
    steady: list[Load] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)  # of processor time per call

    async def saturated(self, seconds: int) -> None:
        before = self.server.processor()
        self.fast.append(await asyncio.to_thread(self.caller.run, seconds))
        self.milliseconds.append(1000 * (self.server.processor() - before) / self.fast[-1].calls)

    async def at(self, rate: float, seconds: int) -> None:
        self.steady.append(await asyncio.to_thread(self.caller.run, seconds, rate))

    @property
    def rate(self) -> float:
        return median(run.rate for run in self.fast)

    @property
    def late(self) -> float:
        return median(run.p99 for run in self.steady)


async def measure(console: Console, wrk: str, pace: Pace, folder: Path) -> list[Figure]:
    """The two take turns, since the machine is never twice the same; a ratio is made within each turn."""
    site = await Site.made(folder / "site")
    tokens = site.tokens()
    unread = Unread(site.keys["RS384"], "RS384")
    figures = []
    async with marrow_running(site) as marrow, app_running("bench.bare:app", "/openapi.json") as bare:
        for case in cases():
            body = folder / "body.json"
            body.write_bytes(case.body)
            await _expect(case, marrow, tokens)
            bare_side = Side(bare, Caller(wrk, f"{bare.url}/fixed", body, folder, unread))
            ours = Side(marrow, Caller(wrk, f"{marrow.url}/cds-services/{case.service}", body, folder, tokens))
            await _take_turns(bare_side, ours, pace)
            console.print(_table(case, {"bare": bare_side, "Marrow": ours}))
            found = _figures(case, bare_side, ours)
            by_processor = median(bare_side.milliseconds) / median(ours.milliseconds)
            console.print(f"ratio {found[0].shown}; of processor time per call {by_processor:.2f}")
            console.print(f"p99 at half load: {found[1].shown} times that of the bare endpoint\n")
            figures += found
    return figures


async def _take_turns(bare: Side, ours: Side, pace: Pace) -> None:
    for side in (bare, ours):
        await asyncio.to_thread(side.caller.warm_up, pace.warm_up)
    for _ in range(pace.rounds):
        for side in (bare, ours):
            await side.saturated(pace.seconds)
    half = ours.rate / 2
    for _ in range(pace.rounds):
        for side in (bare, ours):
            await side.at(half, pace.seconds)


def _figures(case: Case, bare: Side, ours: Side) -> list[Figure]:
    ratios = tuple(mine.rate / theirs.rate for mine, theirs in zip(ours.fast, bare.fast, strict=True))
    times = tuple(mine.p99 / theirs.p99 for mine, theirs in zip(ours.steady, bare.steady, strict=True))
    return [
        Figure(f"{case.name}: throughput, of the bare endpoint's", ratios, case.part, at_least=True),
        Figure(f"{case.name}: p99 at half load, times the bare endpoint's", times, TIMES_BARE),
    ]


def _table(case: Case, sides: Mapping[str, Side]) -> Table:
    title = f"{case.name}: {len(case.body) / 1000:.0f} KB, {CONNECTIONS} connections, {len(sides['bare'].fast)} rounds"
    columns = ("server", "requests/s", "p50 ms", "p99 ms", "processor ms", "p99 ms at half load", "broken")
    table = Table(*columns, title=title, title_justify="left")
    for name, side in sides.items():
        table.add_row(
            name,
            spread([run.rate for run in side.fast]),
            f"{median(run.p50 for run in side.fast):.1f}",
            f"{median(run.p99 for run in side.fast):.1f}",
            f"{median(side.milliseconds):.2f}",
            f"{side.late:.1f}",
            str(sum(run.errors for run in (*side.fast, *side.steady))),
        )
    return table


async def _expect(case: Case, server: Server, tokens: Tokens) -> None:
    """A fast wrong answer is not measured. Raises RuntimeError."""
    async with aiohttp.ClientSession() as session:
        answer = await call(session, server, case.service, case.body, tokens)
    came = tuple(card["indicator"] for card in msgspec.json.decode(answer)["cards"])
    if came != case.indicators:
        raise RuntimeError(f"{case.name}: cards {came} came, and {case.indicators} were expected")

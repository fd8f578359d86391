"""From the start of the process to the first answer, what a worker weighs after its calls, what a second one gives."""

from __future__ import annotations

import asyncio
from pathlib import Path
from statistics import median
from time import perf_counter

import aiohttp
from rich.console import Console
from rich.table import Table

from bench import bodies
from bench.cases import cases
from bench.figures import Figure
from bench.load import Caller, Load
from bench.pace import Pace
from bench.running import Site, call, marrow_running

START_SECONDS = 1.0
WORKER_MEGABYTES = 150
CONNECTIONS = 32
TIMES = 1.6  # so many times what one worker answers


async def measure(console: Console, wrk: str | None, pace: Pace, folder: Path) -> list[Figure]:
    site = await Site.made(folder / "starting")
    figures = [await _first_answer(console, site, pace.starts), await _weight(site, pace.calls)]
    return [*figures, await _two_workers(console, wrk, pace, folder)] if wrk else figures


async def _first_answer(console: Console, site: Site, times: int) -> Figure:
    """The database has its tables and Python its bytecode, as an installation has both."""
    body, tokens = bodies.order_sign(bodies.ILOPROST), site.tokens()
    seconds, processor = [], []
    for _ in range(times):
        start = perf_counter()
        async with marrow_running(site) as marrow, aiohttp.ClientSession() as session:
            await call(session, marrow, "bme-order-sign", body, tokens)
            seconds.append(perf_counter() - start)
            processor.append(marrow.processor())
    console.print(f"start: {median(seconds):.2f} s to the first answer, {median(processor):.2f} s of processor time\n")
    return Figure("start of the process to its first answer", tuple(seconds), START_SECONDS, "s")


async def _weight(site: Site, calls: int) -> Figure:
    tokens, sent = site.tokens(), cases()
    async with marrow_running(site) as marrow, aiohttp.ClientSession() as session:
        for number in range(calls):
            case = sent[number % len(sent)]
            await call(session, marrow, case.service, case.body, tokens)
        megabytes = marrow.resident()
    return Figure(f"memory of a worker after {calls:,} calls", (megabytes,), WORKER_MEGABYTES, "MB")


async def _two_workers(console: Console, wrk: str, pace: Pace, folder: Path) -> Figure:
    """In development mode: in production two workers share the memory of used tokens in Redis, a server more."""
    case = cases()[0]
    body = folder / "body.json"
    body.write_bytes(case.body)
    found: dict[int, list[Load]] = {1: [], 2: []}
    sites = {workers: await Site.made(folder / f"workers-{workers}", production=False) for workers in found}
    async with marrow_running(sites[1]) as one, marrow_running(sites[2], workers=2) as two:
        urls = {1: one.url, 2: two.url}
        callers = {
            workers: Caller(
                wrk, f"{url}/cds-services/{case.service}", body, folder, sites[workers].tokens(), CONNECTIONS
            )
            for workers, url in urls.items()
        }
        for caller in callers.values():
            await asyncio.to_thread(caller.warm_up, pace.warm_up)
        for _ in range(pace.rounds):
            for workers, caller in callers.items():
                found[workers].append(await asyncio.to_thread(caller.run, pace.seconds))
    title = f"{case.name}: {CONNECTIONS} connections, {pace.rounds} rounds"
    table = Table("workers", "requests/s", "p50 ms", "p99 ms", "broken", title=title, title_justify="left")
    for workers, runs in found.items():
        table.add_row(
            str(workers),
            f"{median(run.rate for run in runs):.0f}",
            f"{median(run.p50 for run in runs):.1f}",
            f"{median(run.p99 for run in runs):.1f}",
            str(sum(run.errors for run in runs)),
        )
    console.print(table)
    ratios = tuple(both.rate / alone.rate for alone, both in zip(found[1], found[2], strict=True))
    return Figure("two workers, times the throughput of one", ratios, TIMES, at_least=True)

"""What it costs to know who asks: the same calls without a token, signed with RS384, and signed with ES384."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from rich.console import Console
from rich.table import Table

from bench import bodies
from bench.figures import Figure
from bench.load import Caller, Load
from bench.pace import Pace
from bench.running import Site, marrow_running
from bench.tokens import AUDIENCE, ISSUER, Tokens, Unread, new_keys, public
from service.clients import Client, Clients
from service.security.client_jwt import Gate
from service.security.key_ring import KeyRing, KeysNotFetchedError
from service.security.keys import read_keys
from service.security.replay import TokensInMemory

LEFT = 0.88  # of the throughput without tokens must be left with RS384


async def measure(console: Console, wrk: str, pace: Pace, folder: Path) -> list[Figure]:
    """One process for all ways, so that only the token differs: it knows a client, and also takes unsigned calls."""
    site = await Site.made(folder / "trust", production=False)
    body = folder / "body.json"
    body.write_bytes(bodies.order_sign(bodies.ILOPROST))
    async with marrow_running(site) as marrow:
        url = f"{marrow.url}/cds-services/bme-order-sign"
        ways: dict[str, Tokens] = {"no token": Unread(site.keys["RS384"], "RS384")}
        ways |= {algorithm: Tokens(key, algorithm) for algorithm, key in site.keys.items()}
        callers = {way: Caller(wrk, url, body, folder, tokens) for way, tokens in ways.items()}
        await asyncio.to_thread(callers["no token"].warm_up, pace.warm_up)
        found: dict[str, list[Load]] = {way: [] for way in ways}
        for _ in range(pace.rounds):
            for way, caller in callers.items():
                found[way].append(await asyncio.to_thread(caller.run, pace.seconds))
    plain = [run.rate for run in found["no token"]]
    left = {way: [run.rate / without for run, without in zip(runs, plain, strict=True)] for way, runs in found.items()}
    title = f"Who asks: critical card, a new token with every call, {pace.rounds} rounds"
    table = Table("token", "requests/s", "p50 ms", "p99 ms", "errors", "of unsigned", title=title, title_justify="left")
    for way, runs in found.items():
        table.add_row(
            way,
            f"{median(run.rate for run in runs):.0f}",
            f"{median(run.p50 for run in runs):.1f}",
            f"{median(run.p99 for run in runs):.1f}",
            str(sum(run.errors for run in runs)),
            f"{median(left[way]):.2f}",
        )
    console.print(table)
    console.print("ES384 costs several times more than RS384 by its nature\n")
    return [Figure("throughput with RS384 tokens, of that without tokens", tuple(left["RS384"]), LEFT, at_least=True)]


async def inside(times: int) -> dict[str, float]:
    """Microseconds that the gate takes for one call, by algorithm (median)."""
    found = {}
    for algorithm, key in new_keys().items():
        client = Client("bench", ISSUER, audience=(AUDIENCE,), keys=read_keys([public(key, algorithm)], "bench"))
        clients = Clients({(ISSUER, None): client}, None)
        gate = Gate(clients, (), lambda: datetime.now(UTC), KeyRing(_nobody), TokensInMemory())
        found[algorithm] = await _admitted(gate, Tokens(key, algorithm).take(times))
    return found


async def _admitted(gate: Gate, tokens: list[str]) -> float:
    times = []
    for token in tokens:
        start = perf_counter()
        await gate.admit([f"Bearer {token}"], "/")
        times.append(perf_counter() - start)
    return median(times) * 1e6


async def _nobody(url: str) -> list[dict[str, Any]]:
    raise KeysNotFetchedError

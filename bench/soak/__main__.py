"""`make soak`: mixed calls and faults against a running Marrow, and an account of every answer."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import aiohttp
from rich.console import Console

from bench.soak import memory, reporting
from bench.soak.ehr import faulty
from bench.soak.ledger import Ledger
from bench.soak.scenes import scenes
from bench.soak.sending import CALLS_AT_ONCE, Sending, Signer
from bench.soak.weather import Weather
from service.play.demo import free_port, ready
from service.sample_ehr import running

MOST_REQUESTS = 1_000_000
PATIENCE = aiohttp.ClientTimeout(total=60)


async def soak(console: Console, minutes: float, rate: float, most: int, seed: int) -> bool:
    """One soak; True when its account is in order."""
    weather, signer = Weather(), Signer()
    ledger = Ledger(weather)
    hit: set[str] = set()
    samples: list[memory.Sample] = []
    today = datetime.now(UTC).date()
    with tempfile.TemporaryDirectory(prefix="marrow-soak-") as name:
        folder = Path(name)
        async with running(today, middlewares=[faulty(weather, hit)]) as ehr:
            (folder / "clients.yaml").write_text(json.dumps(signer.clients(ehr)))
            async with _marrow(folder) as (marrow, pid), aiohttp.ClientSession(timeout=PATIENCE) as session:
                until = time.monotonic() + minutes * 60
                known, dice = await scenes(marrow, today), Random(seed)  # noqa: S311 -- no secret
                sending = Sending(session, marrow, ehr, known, signer, ledger, hit, dice, rate, most, until)
                beside = [
                    asyncio.create_task(memory.watch(pid, lambda: sending.sent, samples)),
                    asyncio.create_task(weather.go_on(folder / "marrow.db", sending.rush)),
                ]
                await sending.steadily()
                for task in beside:
                    task.cancel()
                await asyncio.gather(*beside, return_exceptions=True)
        console.print(
            f"{sending.sent} requests in {minutes:g} minutes, {rate:g} a second aimed at; "
            f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}, seed {seed}\n"
        )
        return reporting.show(
            console, ledger, weather, samples, reporting.Kept.of(folder / "marrow.db"), _events(folder)
        )


@asynccontextmanager
async def _marrow(folder: Path) -> AsyncIterator[tuple[str, int]]:
    """A Marrow that knows the client, with its log in a file. It stops with the block."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MARROW_")}
    environment |= {
        "MARROW_MODE": "development",  # the EHR is on loopback
        "MARROW_CLIENTS_FILE": str(folder / "clients.yaml"),
        "MARROW_DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'marrow.db'}",
        "MARROW_LOG_LEVEL": "warning",
        "MARROW_CALLS_AT_ONCE": str(CALLS_AT_ONCE),
        "MARROW_DRAIN_SECONDS": "0",
    }
    command = (sys.executable, "-c", "from service.cli import app; app()", "serve", "--port", str(port))
    with (folder / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=log, stderr=log)
        try:
            await ready(process, f"http://127.0.0.1:{port}/health/ready")
            yield f"http://127.0.0.1:{port}", process.pid
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


def _events(folder: Path) -> Counter[str]:
    lines = (folder / "log").read_text().splitlines()
    return Counter(json.loads(line)["event"] for line in lines if line.startswith("{"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="how long (default: 10)")
    parser.add_argument("--rate", type=float, default=15, help="requests per second to aim at (default: 15)")
    parser.add_argument("--requests", type=int, default=MOST_REQUESTS, help="send no more than so many")
    parser.add_argument("--seed", type=int, default=1, help="another seed is another mix")
    given = parser.parse_args()
    in_order = asyncio.run(soak(Console(width=120), given.minutes, given.rate, given.requests, given.seed))
    sys.exit(0 if in_order else 1)

"""`make bench`: Marrow and the bare endpoint, interleaved in one run; the stages inside; the library."""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from bench import bodies, knowledge, load, recording, reporting, tokens
from bench.reports import report_cost
from bench.running import server_running
from bench.stages import stages
from service.play.demo import marrow_running

TARGETS = {"critical card": 0.6, "no rule concerned": 0.7}
REPORT_LIMIT = 300
CASES = {"critical card": bodies.ILOPROST, "no rule concerned": bodies.METFORMIN}


async def main(rounds: int, seconds: float) -> None:
    console = Console(width=110)
    wrk = load.find_wrk()
    if wrk:
        await _throughput(console, wrk, rounds, seconds)
        with tempfile.TemporaryDirectory(prefix="marrow-bench-") as name:
            await recording.measure(console, wrk, load.find_hey(), rounds, seconds, Path(name))
    table = Table("stage", "microseconds", title="Inside the process (median)", title_justify="left")
    for stage, cost in {**stages(), **(await tokens.inside())}.items():
        table.add_row(stage, f"{cost:.0f}")
    table.add_row("a report of 1,000 characters", f"{report_cost():.0f} (limit: {REPORT_LIMIT})")
    console.print(table)
    console.print(knowledge.measure())
    console.print(await reporting.measure())


async def _throughput(console: Console, wrk: str, rounds: int, seconds: float) -> None:
    with tempfile.TemporaryDirectory(prefix="marrow-bench-") as name:
        folder = Path(name)
        async with (
            marrow_running(tokens.WITHOUT_LIMIT) as marrow,
            server_running("bench.bare:app", "/openapi.json") as bare,
        ):
            for case, draft in CASES.items():
                body = folder / "body.json"
                body.write_bytes(bodies.order_sign(draft))
                urls = {"bare FastAPI + orjson": f"{bare}/fixed", "Marrow": f"{marrow}/cds-services/bme-order-sign"}
                found: dict[str, list[load.Load]] = {server: [] for server in urls}
                for _ in range(rounds):
                    for server, url in urls.items():
                        found[server].append(await asyncio.to_thread(load.run, wrk, url, body, seconds, folder))
                _print(console, case, body.stat().st_size, found)
        await tokens.cost(console, wrk, rounds, seconds, folder)


def _print(console: Console, case: str, size: int, found: dict[str, list[load.Load]]) -> None:
    title = f"{case}: {size / 1000:.0f} KB order-sign, {load.CONNECTIONS} connections, {len(found['Marrow'])} rounds"
    table = Table("server", "requests/s", "p50 ms", "p99 ms", "errors", title=title, title_justify="left")
    for server, rounds in found.items():
        rates = [each.rate for each in rounds]
        table.add_row(
            server,
            f"{median(rates):.0f} ({min(rates):.0f}-{max(rates):.0f})",
            f"{median(each.p50 for each in rounds):.1f}",
            f"{median(each.p99 for each in rounds):.1f}",
            str(sum(each.errors for each in rounds)),
        )
    console.print(table)
    pairs = zip(found["Marrow"], found["bare FastAPI + orjson"], strict=True)
    ratios = [ours.rate / bare.rate for ours, bare in pairs]
    spread = f"{min(ratios):.2f}-{max(ratios):.2f}"
    console.print(f"ratio {median(ratios):.2f} (spread {spread}); to reach: {TARGETS[case]}\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--short", action="store_true", help="three short rounds")
    arguments = parser.parse_args()
    asyncio.run(main(rounds=3, seconds=2 if arguments.short else 8))

"""`make bench`: every figure that is to be reached, with what was found, and what lies behind it."""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import (
    figures,
    growth,
    knowledge,
    load,
    reading,
    recording,
    reporting,
    reports,
    rules,
    stages,
    starting,
    throughput,
    trust,
)
from bench.figures import Figure
from bench.pace import FULL, SHORT, Pace

WIDTH = 140


async def main(pace: Pace) -> None:
    """Prints each part when it is measured, and all figures at the end."""
    console = Console(width=WIDTH)
    with tempfile.TemporaryDirectory(prefix="marrow-bench-") as name:
        found = await _served(console, pace, Path(name))
    console.print(stages.measure(pace.repeats))
    found += rules.measure(console, pace)
    found.append(reports.measure(pace.repeats))
    gate = Table("token", "microseconds", title="Who asks", title_justify="left")
    for algorithm, cost in (await trust.inside(pace.repeats)).items():
        gate.add_row(algorithm, f"{cost:.0f}")
    console.print(gate)
    console.print(knowledge.measure(pace.starts))
    found.append(await reporting.measure(pace.decisions))
    console.print(figures.table(found))


async def _served(console: Console, pace: Pace, folder: Path) -> list[Figure]:
    """What is measured from outside, on servers of their own."""
    wrk, found = load.find_wrk(), []
    if wrk:
        found += await throughput.measure(console, wrk, pace, folder)
        found += await trust.measure(console, wrk, pace, folder)
        found += await recording.measure(console, wrk, pace, folder)
    found += await growth.measure(console, pace, folder)
    found += await reading.measure(console, pace, folder)
    found += await starting.measure(console, wrk, pace, folder)
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--short", action="store_true", help="a quick look: few and short rounds")
    asyncio.run(main(SHORT if parser.parse_args().short else FULL))

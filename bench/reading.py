"""Reading from the EHR instead of prefetch: how long, in how many queries and rounds; and when the EHR hangs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import aiohttp
import orjson
from rich.console import Console
from rich.table import Table

from bench import bodies
from bench.figures import Figure, spread
from bench.pace import Pace
from bench.running import Server, Site, call, marrow_running
from bench.slow_ehr import SlowEhr, answering
from cds_hooks.snapshot.queries import CONDITIONS, MEDICATIONS, sources
from mappings.load import load

ON_TOP_MS = 10  # of the slowest query of each round
DEADLINE_SECONDS = 2.5  # the default of MARROW_DEADLINE_SECONDS: for all reading of one call
ANSWER_SECONDS = 0.1  # for the answer, once the deadline has passed
NOTICE = b'"BME-SYS-01"'


@dataclass(frozen=True, slots=True)
class Chart:
    """A call without prefetch, and what the EHR holds instead, by path. Reading it takes so many `rounds`."""

    name: str
    request: dict[str, Any]
    held: dict[str, Any]
    rounds: int = 1

    @classmethod
    def of(cls, name: str, body: bytes) -> Chart:
        request = orjson.loads(body)
        return cls(name, request, {_path(key): value for key, value in request.pop("prefetch").items()})

    def by_reference(self) -> Chart:
        """The same chart, whose orders name their medicines by reference: those are read in a round of their own."""
        orders = orjson.loads(orjson.dumps(self.held[_path(MEDICATIONS)]))
        medicines = {}
        for entry in orders["entry"]:
            medicine = f"Medication/of-{entry['resource']['id']}"
            code = entry["resource"].pop("medicationCodeableConcept")
            entry["resource"]["medicationReference"] = {"reference": medicine}
            medicines[medicine] = {"resourceType": "Medication", "id": medicine.partition("/")[2], "code": code}
        held = {**self.held, _path(MEDICATIONS): orders, **medicines}
        return Chart(f"{self.name}, medicines by reference", self.request, held, self.rounds + 1)


@dataclass(frozen=True, slots=True)
class Reads:
    """One chart that is asked for again and again; times in milliseconds."""

    chart: Chart
    ehr: SlowEhr
    session: aiohttp.ClientSession
    marrow: Server
    base: str

    async def once(self) -> tuple[float, bytes]:
        """How long one call takes, and its answer."""
        body = orjson.dumps({**self.chart.request, "fhirServer": self.base})
        start = perf_counter()
        answer = await call(self.session, self.marrow, f"bme-{self.chart.request['hook']}", body)
        return (perf_counter() - start) * 1000, answer

    async def answered(self, table: Table, times: int) -> list[Figure]:
        """Every call takes what its slowest queries take, and little more."""
        await self.once()
        self.ehr.forget()
        opened, calls, over = self.ehr.connections, [], []
        for _ in range(times):
            self.ehr.forget()
            calls.append((await self.once())[0])
            over.append(calls[-1] - self.chart.rounds * self.ehr.slowest * 1000)
            opened += self.ehr.connections
        asked, twice = len(self.ehr.asked), len(self.ehr.asked) - len(set(self.ehr.asked))
        table.add_row(
            self.chart.name,
            *map(str, (asked, twice, self.ehr.rounds, opened)),
            f"{self.ehr.slowest * 1000:.1f} ms",
            spread(calls, " ms"),
        )
        limit = ON_TOP_MS * self.chart.rounds
        return [
            Figure(f"{self.chart.name}: time on top of the slowest queries", tuple(over), limit, "ms"),
            Figure(f"{self.chart.name}: rounds", (self.ehr.rounds,), self.chart.rounds),
            Figure(f"{self.chart.name}: queries asked twice", (twice,), 0),
            Figure(f"{self.chart.name}: connections opened once warm", (opened,), 0),
        ]

    async def hung(self, times: int) -> Figure:
        """Seconds to an answer. Raises RuntimeError when it does not state the gap."""
        seconds = []
        for _ in range(times):
            took, answer = await self.once()
            if NOTICE not in answer:
                raise RuntimeError(f"{self.chart.name}: the EHR hung, and the answer does not say so")
            seconds.append(took / 1000)
        which = "which" if self.ehr.silent is None else "of which one query"
        name = f"{self.chart.name}, {which} hangs: answer that states the gap, after"
        return Figure(name, tuple(seconds), DEADLINE_SECONDS + ANSWER_SECONDS, "s")


async def measure(console: Console, pace: Pace, folder: Path) -> list[Figure]:
    """In development mode, which may read a FHIR server on this machine."""
    site = await Site.made(folder / "reading", production=False)
    order = Chart.of("order-sign from the EHR", bodies.order_sign(bodies.ILOPROST))
    view = Chart.of("patient-view from the EHR", bodies.patient_view())
    columns = ("without prefetch", "queries", "asked twice", "rounds", "connections opened", "slowest query", "in all")
    table = Table(*columns, title=f"Read from an EHR, {pace.reads} calls", title_justify="left")
    figures = []
    async with marrow_running(site) as marrow, aiohttp.ClientSession() as session:
        for chart in (order, view, order.by_reference()):
            ehr = SlowEhr({path: orjson.dumps(value) for path, value in chart.held.items()})
            async with answering(ehr) as base:
                figures += await Reads(chart, ehr, session, marrow, base).answered(table, pace.reads)
        console.print(table)
        for chart, silent in ((order, None), (view, frozenset({_path(CONDITIONS)}))):
            ehr = SlowEhr({path: orjson.dumps(value) for path, value in chart.held.items()})
            ehr.silent = silent
            async with answering(ehr) as base:
                figures.append(await Reads(chart, ehr, session, marrow, base).hung(pace.hangs))
    return figures


def _path(key: str) -> str:
    return sources(load())[key].path(bodies.PATIENT)

"""Metrics for Prometheus: counted in this process, added up over all workers, without a word of the patient.

Labels are bounded: services and rules of the catalog, clients of `clients.yaml`, facts and queries of the core, words
of our own. What is none of these, and whatever comes after the first `MOST_VALUES` of a label, is "other".

With several workers each keeps its counts in a file of its own (`PROMETHEUS_MULTIPROC_DIR`, set by `marrow serve`
before this module is imported), and any of them answers for all.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from time import perf_counter
from types import SimpleNamespace
from typing import TYPE_CHECKING

import aiohttp
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.persistence.decisions import DecisionStore

if TYPE_CHECKING:
    from cds_hooks.decision import Decision
    from cds_hooks.wire.feedback import Feedback

SHARED = "PROMETHEUS_MULTIPROC_DIR"
MOST_VALUES = 300
OTHER = "other"
WATCH_SECONDS = 2.0
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
CLIENT = "marrow.client"  # where a route leaves the name of the client for `Metered`


class Metrics:
    """All that is counted. One per process."""

    def __init__(self, services: Iterable[str]) -> None:
        self.registry = CollectorRegistry()
        self._services = frozenset(services)
        self._known: dict[str, set[str]] = {}
        counter = partial(Counter, registry=self.registry)
        histogram = partial(Histogram, registry=self.registry, buckets=SECONDS)
        gauge = partial(Gauge, registry=self.registry, multiprocess_mode="livesum")
        self.requests = counter("marrow_requests", "HTTP requests", ["service", "status", "client"])
        self.seconds = histogram("marrow_request_seconds", "Time to the reply", ["service"])
        self.cards = counter("marrow_cards", "Cards sent, once for each rule on them", ["rule", "indicator"])
        self.missing = counter("marrow_missing_facts", "Checks that lacked a fact", ["fact"])
        self.queries = counter("marrow_queries", "Queries by the state their data came in", ["query", "state"])
        self.failures = counter("marrow_rule_failures", "Rules that broke", ["rule"])
        self.feedback = counter("marrow_feedback", "Answers to cards", ["service", "client", "outcome"])
        self.ehr_seconds = histogram("marrow_ehr_request_seconds", "Time of one read from an EHR", ["outcome"])
        self.lost = counter("marrow_decisions_lost", "Decisions that could not be kept", ["reason"])
        self.waiting = gauge("marrow_decisions_waiting", "Decisions not written yet")
        self.failing = gauge("marrow_store_failing", "Workers whose last write failed")

    def decided(self, decision: Decision) -> None:
        """Count what one call came to."""
        for card in decision.cards:
            for rule in card.topic.split("+"):
                self.cards.labels(self._bounded("rule", rule), card.indicator).inc()
        for outcome in decision.outcomes:
            if outcome.gap:
                self.missing.labels(self._bounded("fact", outcome.gap)).inc()
        for query, state in decision.queries.items():
            self.queries.labels(self._bounded("query", query), state).inc()
        for failure in decision.failures:
            self.failures.labels(self._bounded("rule", failure.rule)).inc()

    def heard(self, service: str, client: str, given: Feedback) -> None:
        """Count feedback."""
        for item in given.items:
            self.feedback.labels(service, self._bounded("client", client), item.outcome).inc()

    def lose(self, count: int, reason: str) -> None:
        """Count decisions that were lost; `reason` is a word of the store."""
        self.lost.labels(reason).inc(count)

    def watch(self, store: DecisionStore) -> None:
        """Take the gauges from the store."""
        self.waiting.set(store.waiting)
        self.failing.set(store.failing)

    def replied(self, path: str, status: int, client: str, seconds: float) -> None:
        """Count one request by the service that its path names."""
        service = path.removeprefix("/cds-services/").removesuffix("/feedback")
        service = service if service in self._services else OTHER
        self.requests.labels(service, str(status), self._bounded("client", client)).inc()
        self.seconds.labels(service).observe(seconds)

    def page(self) -> bytes:
        """All metrics in the text format of Prometheus, of all workers together."""
        if SHARED not in os.environ:
            return generate_latest(self.registry)
        _bury(Path(os.environ[SHARED]))
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return generate_latest(together)

    def ehr_tracing(self) -> aiohttp.TraceConfig:
        """What times each read from an EHR, for the session that makes them."""
        config = aiohttp.TraceConfig()

        async def began(_session: aiohttp.ClientSession, context: SimpleNamespace, _params: object) -> None:
            context.began = perf_counter()

        async def ended(
            _session: aiohttp.ClientSession, context: SimpleNamespace, params: aiohttp.TraceRequestEndParams
        ) -> None:
            outcome = "ok" if params.response.status == 200 else f"{params.response.status // 100}xx"
            self.ehr_seconds.labels(outcome).observe(perf_counter() - context.began)

        async def broke(_session: aiohttp.ClientSession, context: SimpleNamespace, _params: object) -> None:
            self.ehr_seconds.labels("failed").observe(perf_counter() - context.began)

        config.on_request_start.append(began)
        config.on_request_end.append(ended)
        config.on_request_exception.append(broke)
        config.freeze()
        return config

    def _bounded(self, label: str, value: str) -> str:
        known = self._known.setdefault(label, set())
        if value not in known:
            if len(known) >= MOST_VALUES:
                return OTHER
            known.add(value)
        return value


@asynccontextmanager
async def watching_store(metrics: Metrics, store: DecisionStore) -> AsyncIterator[None]:
    """Keeps this worker's gauges current while the block runs: another worker may be the one that is asked."""

    async def look() -> None:
        while True:
            metrics.watch(store)
            await asyncio.sleep(WATCH_SECONDS)

    task = asyncio.create_task(look())
    try:
        yield
    finally:
        task.cancel()


class Metered:
    """Counts each request with its status and time. Plain ASGI."""

    def __init__(self, app: ASGIApp, metrics: Metrics, clock: Callable[[], float] = perf_counter) -> None:
        self.app = app
        self.metrics = metrics
        self.clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = self.clock(), 499  # the caller left before there was a reply

        async def send_and_look(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, send_and_look)
        finally:
            self.metrics.replied(scope["path"], status, scope.get(CLIENT, "unknown"), self.clock() - began)


def _bury(folder: Path) -> None:
    """Forget the gauges of workers that are no more; their counts stay."""
    for file in folder.glob("gauge_live*_*.db"):
        pid = file.stem.rpartition("_")[2]
        if pid.isdecimal() and not Path(f"/proc/{pid}").exists() and Path("/proc/self").exists():
            mark_process_dead(int(pid), str(folder))  # type: ignore[no-untyped-call]

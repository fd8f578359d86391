"""Decisions in a database: SQLite beside the service, or PostgreSQL.

`record` puts a record into a bounded queue; one task writes what waits in batches. A database that is down, slow or
full costs records, which are counted, and never a card. A start without database is no failure either: the table is
made as soon as it answers.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import structlog
from sqlalchemy import JSON, Column, DateTime, Integer, MetaData, String, Table, event, insert, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from service.observability.redaction import described
from service.persistence.decisions import TEXT_LIMIT, CallRecord, row

log = structlog.get_logger()
BATCH = 500
PING_SECONDS = 1.0
PREPARE_SECONDS = 5.0
DRAIN_SECONDS = 10.0
# A moment's wait makes one transaction of many calls.
LINGER_SECONDS = 0.05
# Said in one line per this many lost records: a full queue loses one per call.
LOSSES_PER_LINE = 1000

metadata = MetaData()
decisions = Table(
    "decisions",
    metadata,
    Column("decision_id", String(36), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False, index=True),
    Column("client", String(TEXT_LIMIT), nullable=False),
    Column("tenant", String(TEXT_LIMIT)),
    Column("service", String(64), nullable=False),
    Column("hook", String(64), nullable=False),
    Column("hook_instance", String(TEXT_LIMIT), nullable=False, index=True),
    Column("patient_key", String(64), nullable=False, index=True),
    Column("outcomes", JSON, nullable=False),
    Column("cards", JSON, nullable=False),
    Column("facts", JSON, nullable=False),
    Column("missing", JSON, nullable=False),
    Column("queries", JSON, nullable=False),
    Column("foreign_rows", Integer, nullable=False),
    Column("knowledge", String(TEXT_LIMIT), nullable=False),
    Column("program_version", String(64), nullable=False),
    Column("timings", JSON, nullable=False),
)


class SqlDecisions:
    """A `DecisionStore` in a database that SQLAlchemy can reach asynchronously."""

    def __init__(self, url: str, key: bytes, capacity: int) -> None:
        """`key` makes patient keys; `capacity` is how many records may wait. Raises ArgumentError for a bad URL."""
        self.ready = False
        self.lost = 0
        self._engine = _engine(url)
        self._key = key
        self._waiting: asyncio.Queue[CallRecord] = asyncio.Queue(capacity)
        self._writing = 0  # records that have left the queue and are not in the database yet
        self._writer: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Make the table where it is missing, and begin to write."""
        await self._prepare()
        self._writer = asyncio.create_task(self._write_forever())

    def record(self, record: CallRecord) -> None:
        """Let the record wait for the writer; count it as lost when too many wait already."""
        try:
            self._waiting.put_nowait(record)
        except asyncio.QueueFull:
            self._lose(1, "queue_full")

    async def ping(self) -> bool:
        """Whether the database answers within a second."""
        try:
            async with asyncio.timeout(PING_SECONDS), self._engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
        except Exception:  # noqa: BLE001 -- drivers raise errors of their own while they connect
            return False
        return True

    async def stop(self) -> None:
        """Write what waits, within ten seconds, and close the connections."""
        if self._writer is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(DRAIN_SECONDS):
                    await self._waiting.join()
            self._writer.cancel()
        left = self._waiting.qsize() + self._writing
        if left:
            self._lose(left, "stopped")
        await self._engine.dispose()

    async def _write_forever(self) -> None:
        while True:
            batch = [await self._waiting.get()]
            self._writing = 1
            await asyncio.sleep(LINGER_SECONDS)
            batch += [self._waiting.get_nowait() for _ in range(min(self._waiting.qsize(), BATCH - 1))]
            self._writing = len(batch)
            await self._write(batch)
            self._writing = 0
            for _ in batch:
                self._waiting.task_done()

    async def _write(self, batch: list[CallRecord]) -> None:
        try:
            if self.ready or await self._prepare():
                rows = [row(record, self._key) for record in batch]
                async with self._engine.begin() as connection:
                    await connection.execute(insert(decisions), rows)
                return
        except Exception as error:  # noqa: BLE001 -- whatever it is, the writer goes on and the loss is counted
            log.warning("decisions_not_written", count=len(batch), **described(error))
        self._lose(len(batch), "database")

    async def _prepare(self) -> bool:
        try:
            async with asyncio.timeout(PREPARE_SECONDS), self._engine.begin() as connection:
                await connection.run_sync(metadata.create_all)
        except Exception as error:  # noqa: BLE001 -- as in ping
            log.warning("decision_store_unreachable", **described(error))
            return False
        self.ready = True
        return True

    def _lose(self, count: int, reason: str) -> None:
        before, self.lost = self.lost, self.lost + count
        if before == 0 or before // LOSSES_PER_LINE != self.lost // LOSSES_PER_LINE:
            log.error("decisions_lost", lost=self.lost, reason=reason)


def _engine(url: str) -> AsyncEngine:
    engine = create_async_engine(url, pool_pre_ping=True, hide_parameters=True)
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine, "connect", _tune_sqlite)
    return engine


def _tune_sqlite(connection: Any, _record: Any) -> None:
    """Readers beside the writer, and patience when another worker writes (SQLite: "Write-Ahead Logging")."""
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=5000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()

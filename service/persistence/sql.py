"""Decisions in a database: SQLite beside the service, or PostgreSQL.

`record` puts a record into a bounded queue; one task writes what waits in batches, each in one transaction with its
entry in the audit trail and its counts. What fails is tried again for a minute, while the queue takes in more. A
database that is down, slow or full longer than that costs records, which are counted, and never a card.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime

import structlog
from sqlalchemy import select
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, StatementError

from service.errors import SetupError
from service.observability.redaction import described
from service.persistence.audit import Chain, Entry, audit_key, open_chain
from service.persistence.batch import Batch, Kept, kept
from service.persistence.database import Database
from service.persistence.decisions import CallRecord
from service.persistence.tables import audit

log = structlog.get_logger()
BATCH = 1000
SLICE = 3
DRAIN_SECONDS = 10.0
# One transaction a second, since each has its price: a call that comes meanwhile waits for a part of it.
LINGER_SECONDS = 1.0
RETRY_SECONDS = 60.0
LONGEST_PAUSE_SECONDS = 5.0
ATTEMPT_SECONDS = 20.0
# Said in one line per this many lost records: a full queue loses one per call.
LOSSES_PER_LINE = 1000


class SqlDecisions:
    """A `DecisionStore` in a database that SQLAlchemy can reach asynchronously."""

    def __init__(
        self,
        database: Database,
        key: bytes,
        capacity: int,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        on_loss: Callable[[int, str], None] = lambda _count, _reason: None,
    ) -> None:
        """`key` makes patient keys; `capacity` is how many records may wait; `on_loss` hears of what is lost."""
        self.ready = False
        self.failing = False
        self.lost = 0
        self._database = database
        self._key = key
        self._audit_key = audit_key(key)
        self._chain: Chain | None = None
        self._clock = clock
        self._on_loss = on_loss
        self._queue: asyncio.Queue[CallRecord] = asyncio.Queue(capacity)
        self._writing = 0  # records that have left the queue and are not in the database yet
        self._stopping = asyncio.Event()
        self._writer: asyncio.Task[None] | None = None

    @property
    def waiting(self) -> int:
        return self._queue.qsize() + self._writing

    async def start(self) -> None:
        """Begin to write. Raises SchemaError; a database that does not answer is tried again later."""
        try:
            await self._prepare()
        except SetupError:
            raise
        except Exception as error:  # noqa: BLE001 -- drivers raise errors of their own while they connect
            self.failing = True
            log.warning("decision_store_unreachable", **described(error))
        self._writer = asyncio.create_task(self._write_forever())

    def record(self, record: CallRecord) -> None:
        """Let the record wait for the writer; count it as lost when too many wait already."""
        try:
            self._queue.put_nowait(record)
        except asyncio.QueueFull:
            self._lose(1, "queue_full")

    async def ping(self) -> bool:
        """Whether the database answers within a second."""
        return await self._database.ping()

    async def stop(self) -> None:
        """Write what waits, within ten seconds, and close the connections."""
        self._stopping.set()
        if self._writer is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(DRAIN_SECONDS):
                    await self._queue.join()
            self._writer.cancel()
            with suppress(asyncio.CancelledError):
                await self._writer
        if self.waiting:
            self._lose(self.waiting, "stopped")
        await self._database.close()

    # -- the writer

    async def _write_forever(self) -> None:
        while True:
            records = [await self._queue.get()]
            self._writing = 1
            if self._queue.qsize() < BATCH and not self._stopping.is_set():
                await self._pause(LINGER_SECONDS)
            records += [self._queue.get_nowait() for _ in range(min(self._queue.qsize(), BATCH - 1))]
            self._writing = len(records)
            if made := await self._made(records):
                await self._keep(made)
            self._writing = 0
            for _ in records:
                self._queue.task_done()

    async def _pause(self, seconds: float) -> None:
        """Wait, unless the service stops."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)

    async def _keep(self, records: Sequence[Kept]) -> None:
        """Write these records, or lose them: at once when the database refuses them, in time when it fails."""
        clock = asyncio.get_running_loop().time
        give_up, pause = clock() + RETRY_SECONDS, 0.2
        batch: Batch | None = None
        while True:
            try:
                async with asyncio.timeout(ATTEMPT_SECONDS):
                    chain = self._chain or await self._prepare()
                    # Made once: a batch that is tried again must be the same batch.
                    batch = batch or Batch.of(records, chain, self._clock())
                    await self._write(batch, chain)
            except Exception as error:  # noqa: BLE001 -- whatever it is, the writer goes on and the loss is counted
                self.failing = True
                log.warning("decisions_not_written", count=len(records), **described(error))
                if _refused(error):
                    await self._keep_what_can_be(records)
                    return
                if self._stopping.is_set() or clock() > give_up:
                    self._chain = None  # whether the entry was written is not known: the next one begins a new chain
                    self._lose(len(records), "database")
                    return
            else:
                self.failing = False
                self._chain = chain.after(batch.entry)
                return
            await self._pause(pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    async def _keep_what_can_be(self, records: Sequence[Kept]) -> None:
        """One record that the database does not take must not cost the others."""
        if len(records) == 1:
            self._chain = None
            self._lose(1, "refused")
            return
        middle = len(records) // 2
        await self._keep(records[:middle])
        await self._keep(records[middle:])

    async def _prepare(self) -> Chain:
        """The chain to write to, after making sure that the schema fits."""
        if self._chain is None:
            await self._database.prepare()
            async with self._database.engine.begin() as connection:
                self._chain = await open_chain(connection, self._audit_key, self._clock())
            self.ready, self.failing = True, False
        return self._chain

    async def _made(self, records: Sequence[CallRecord]) -> list[Kept]:
        """The records as the database takes them."""
        made = []
        for number, record in enumerate(records):
            try:
                made.append(kept(record, self._key, self._audit_key))
            except Exception as error:  # noqa: BLE001 -- an error of ours, which must not cost the other records
                log.error("decision_not_made", **described(error))  # noqa: TRY400 -- never with its message
                self._lose(1, "failed")
            if number % SLICE == 0:
                await asyncio.sleep(0)  # calls are answered in between
        return made

    async def _write(self, batch: Batch, chain: Chain) -> None:
        try:
            async with self._database.engine.begin() as connection:
                await batch.write(connection, chain.key)
        except IntegrityError:
            # The connection may have died after the commit: then the entry is there, and all that belongs to it.
            if not await self._is_written(batch.entry, chain.key):
                raise

    async def _is_written(self, entry: Entry, key: bytes) -> bool:
        async with self._database.engine.connect() as connection:
            found = await connection.scalar(
                select(audit.c.hash).where(audit.c.chain == entry.chain, audit.c.entry == entry.entry)
            )
        return found == entry.hash(key)

    def _lose(self, count: int, reason: str) -> None:
        before, self.lost = self.lost, self.lost + count
        self._on_loss(count, reason)
        if before == 0 or before // LOSSES_PER_LINE != self.lost // LOSSES_PER_LINE:
            log.error("decisions_lost", lost=self.lost, reason=reason)


def _refused(error: Exception) -> bool:
    """Whether the database will not take these rows, however often they are sent."""
    if isinstance(error, DBAPIError):
        state = str(getattr(error.orig, "sqlstate", "") or "")
        return isinstance(error, IntegrityError | DataError) or state[:2] in {"22", "23"}
    return isinstance(error, StatementError)

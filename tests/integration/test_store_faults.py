"""What a failing database costs: records, counted, and never a card. On SQLite and on PostgreSQL.

PostgreSQL is reached through a socket that the test can slow down or cut; SQLite is hindered in its file.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import httpx2 as httpx
import pytest
from sqlalchemy import event, text

from service.persistence import sql
from service.persistence.audit import audit_key
from service.persistence.database import Database
from service.persistence.sql import SqlDecisions
from service.persistence.verification import verify
from tests.builders.decisions import KEY, a_record, nothing_waits
from tests.builders.history import recorded
from tests.integration.test_shell_support import NOW, SIGN, a_call, calling
from tests.unit.service.persistence.test_sql_decisions import count
from tests.unit.service.sqlite_threads import sqlite_threads_end

pytestmark = pytest.mark.asyncio


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes a minute in real life takes a second here."""
    monkeypatch.setattr(sql, "RETRY_SECONDS", 1.0)
    monkeypatch.setattr(sql, "ATTEMPT_SECONDS", 1.0)
    monkeypatch.setattr(sql, "DRAIN_SECONDS", 5.0)


def store_on(url: str, capacity: int = 1000) -> SqlDecisions:
    return SqlDecisions(Database(url, create=True), KEY, capacity)


async def call_until(client: httpx.AsyncClient, done: Callable[[], bool]) -> int:
    """Call again and again; every call must bring its card. Returns how many there were."""
    calls = 0
    async with asyncio.timeout(60):
        while not done():
            reply = await client.post(SIGN, json=a_call())
            assert reply.status_code == 200
            assert reply.json()["cards"]
            calls += 1
            await asyncio.sleep(0.02)
    return calls


async def readiness(client: httpx.AsyncClient) -> str:
    return str((await client.get("/health/ready")).json()["status"])


class Wire:
    """The way to a PostgreSQL server over a Unix socket, which can be slow or cut."""

    def __init__(self, socket: str) -> None:
        self.socket = socket
        self.delay = 0.0
        self.cut = False
        self._open: set[asyncio.StreamWriter] = set()

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.cut:
            writer.close()
            return
        there, back = await asyncio.open_unix_connection(self.socket)
        self._open |= {writer, back}
        await asyncio.gather(self._carry(reader, back), self._carry(there, writer), return_exceptions=True)
        self._open -= {writer, back}

    async def _carry(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(65536):
                await asyncio.sleep(self.delay)
                target.write(data)
                await target.drain()
        finally:
            target.close()

    def break_off(self) -> None:
        self.cut = True
        for writer in self._open:
            writer.transport.abort()


@asynccontextmanager
async def wired(url: str, folder: Path) -> AsyncIterator[tuple[Wire, str]]:
    """A wire to the database of this URL, and the URL that leads over it."""
    parts = urlsplit(url)
    options = parse_qs(parts.query)
    wire = Wire(f"{options['host'][0]}/.s.PGSQL.5432")
    server = await asyncio.start_unix_server(wire.connected, folder / ".s.PGSQL.5432")
    options["host"] = [str(folder)]
    try:
        yield wire, urlunsplit(parts._replace(query=urlencode(options, doseq=True)))
    finally:
        wire.break_off()
        server.close()


@pytest.fixture
def postgres_url(request: pytest.FixtureRequest) -> Iterator[str]:
    server = request.getfixturevalue("postgres_server")
    url = server.new_database()
    if "host=" not in url:
        pytest.skip("this PostgreSQL is not reached over a socket of this machine")
    yield url
    server.drop(url)


# -- down at the start


async def test_sqlite_that_is_away_at_the_start_and_comes(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/later/marrow.db"
    store = store_on(url)
    async with calling(store=store) as client:
        assert await readiness(client) == "unavailable"
        assert (await client.post(SIGN, json=a_call())).json()["cards"]
        (tmp_path / "later").mkdir()
        await call_until(client, lambda: store.ready)
        assert await readiness(client) == "ready"
    await sqlite_threads_end()
    assert store.lost == 0


@pytest.mark.postgres
async def test_postgresql_that_is_away_at_the_start_and_comes(postgres_url: str, tmp_path: Path) -> None:
    async with wired(postgres_url, tmp_path) as (wire, url):
        wire.cut = True
        store = store_on(url)
        async with calling(store=store) as client:
            assert await readiness(client) == "unavailable"
            wire.cut = False
            calls = await call_until(client, lambda: store.ready)
        assert await count(postgres_url) == calls - store.lost


# -- dying under load


@pytest.mark.postgres
async def test_postgresql_that_dies_under_load_and_comes_back(postgres_url: str, tmp_path: Path) -> None:
    async with wired(postgres_url, tmp_path) as (wire, url):
        store = store_on(url)
        async with calling(store=store) as client:
            calls = await call_until(client, lambda: store.waiting > 3)
            wire.break_off()
            calls += await call_until(client, lambda: store.lost > 0)
            assert await readiness(client) == "degraded"
            wire.cut = False
            calls += await call_until(client, lambda: not store.failing)
        assert await count(postgres_url) == calls - store.lost
        assert await holds(postgres_url)


async def test_sqlite_that_is_destroyed_under_load(tmp_path: Path) -> None:
    store = store_on(f"sqlite+aiosqlite:///{tmp_path}/marrow.db")
    async with calling(store=store) as client:
        await call_until(client, lambda: store.waiting > 3)
        for name in ("marrow.db", "marrow.db-wal", "marrow.db-shm"):
            (tmp_path / name).write_bytes(b"not a database " * 1000)
        await call_until(client, lambda: store.lost > 0)
        assert await readiness(client) == "degraded"


# -- full


async def test_sqlite_that_is_full_and_gets_room(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/marrow.db"
    store = store_on(url)
    most_pages = 100_000

    def limit(connection: Any, _record: object, _proxy: object) -> None:
        connection.cursor().execute(f"PRAGMA max_page_count={most_pages}")

    event.listen(store._database.engine.sync_engine, "checkout", limit)
    async with calling(store=store) as client:
        most_pages = 1  # SQLite takes this for as many as there are
        calls = await call_until(client, lambda: store.failing)
        assert await readiness(client) == "degraded"
        calls += await call_until(client, lambda: store.lost > 0)
        most_pages = 100_000
        calls += await call_until(client, lambda: not store.failing)
    assert await count(url) == calls - store.lost
    assert await holds(url)


@pytest.mark.postgres
async def test_postgresql_that_is_full_and_gets_room(postgres_url: str) -> None:
    """The server's own word for it (SQLSTATE 53100), raised by a trigger."""
    await recorded(postgres_url, [])
    function = (
        "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$"
    )
    await run(postgres_url, function)
    await run(postgres_url, "CREATE TRIGGER full_disk BEFORE INSERT ON decisions EXECUTE FUNCTION full_disk()")
    store = store_on(postgres_url)
    async with calling(store=store) as client:
        calls = await call_until(client, lambda: store.failing)
        assert await readiness(client) == "degraded"
        await run(postgres_url, "DROP TRIGGER full_disk ON decisions")
        calls += await call_until(client, lambda: not store.failing)
    assert await count(postgres_url) == calls - store.lost


# -- locked


async def test_sqlite_that_another_holds(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/marrow.db"
    store = store_on(url)
    async with calling(store=store) as client:
        with closing(sqlite3.connect(tmp_path / "marrow.db", isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            calls = await call_until(client, lambda: store.failing)
            other.execute("ROLLBACK")
        calls += await call_until(client, lambda: not store.failing)
    assert await count(url) == calls - store.lost
    assert await holds(url)


@pytest.mark.postgres
async def test_postgresql_whose_table_another_holds(postgres_url: str) -> None:
    await recorded(postgres_url, [])
    store, other = store_on(postgres_url), Database(postgres_url)
    async with calling(store=store) as client:
        async with other.engine.begin() as connection:
            await connection.execute(text("LOCK TABLE decisions IN ACCESS EXCLUSIVE MODE"))
            calls = await call_until(client, lambda: store.failing)
        calls += await call_until(client, lambda: not store.failing)
    await other.close()
    assert await count(postgres_url) == calls - store.lost
    assert await holds(postgres_url)


# -- slow


@pytest.mark.postgres
async def test_a_slow_postgresql_fills_the_queue_and_no_more(postgres_url: str, tmp_path: Path) -> None:
    async with wired(postgres_url, tmp_path) as (wire, url):
        store = store_on(url, capacity=5)
        async with calling(store=store) as client:
            wire.delay = 0.3
            await call_until(client, lambda: store.lost > 0)
            assert store.waiting <= 5 + 5  # in the queue, and out of it but not written
            wire.delay = 0.0


async def test_a_slow_sqlite_fills_the_queue_and_no_more(tmp_path: Path) -> None:
    """Another writer holds the file for a good part of the time; each write waits for it."""
    url = f"sqlite+aiosqlite:///{tmp_path}/marrow.db"
    store = store_on(url, capacity=5)
    async with calling(store=store) as client:
        with closing(sqlite3.connect(tmp_path / "marrow.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            await call_until(client, lambda: store.lost > 0)
            assert store.waiting <= 5 + 5
            other.execute("ROLLBACK")


# -- clocks


async def test_a_clock_that_jumps(database_url: str) -> None:
    """Times go back a year and forward again: every decision is kept under the time it was given, the trail holds."""
    moments = [NOW, NOW - timedelta(days=365), NOW + timedelta(days=365), NOW]
    clock = iter(moments * 50)
    store = SqlDecisions(Database(database_url, create=True), KEY, 1000, lambda: next(clock))
    await store.start()
    for number, moment in enumerate(moments):
        store.record(a_record(number, as_of=moment))
        await nothing_waits(store)  # a batch of its own, under the clock's next time
    await store.stop()
    assert await count(database_url) == 4
    assert await holds(database_url)


async def holds(url: str) -> bool:
    """Whether the audit trail verifies."""
    database = Database(url)
    found = await verify(database, audit_key(KEY))
    await database.close()
    return not found.problems


async def run(url: str, statement: str) -> None:
    database = Database(url)
    async with database.engine.begin() as connection:
        await connection.execute(text(statement))
    await database.close()

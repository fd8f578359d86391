"""Upgrade and rollback from the command line, as docs/record.md says, over the rows of an older schema."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from service.persistence.database import SCHEMA, Database
from tests.builders.decisions import KEY
from tests.builders.history import a_call, an_override, answered, recorded
from tests.integration.test_shell_command import run
from tests.unit.service.persistence.test_schema import OLD_ROW

OLD_PATIENT = "0" * 64
ROW = {**OLD_ROW, "patient_key": OLD_PATIENT}


async def _executed(url: str, statement: str, **values: Any) -> list[Any]:
    database = Database(url)
    async with database.engine.begin() as connection:
        result = await connection.execute(text(statement), values)
        found = list(result.scalars()) if result.returns_rows else []
    await database.close()
    return found


async def made(url: str) -> None:
    """The tables as they were before there was feedback."""
    database = Database(url)
    await database.upgrade("0001")
    await database.close()


def executed(url: str, statement: str, **values: Any) -> list[Any]:
    return asyncio.run(_executed(url, statement, **values))


@pytest.mark.slow
def test_an_older_database_is_upgraded_used_and_rolled_back(database_url: str, tmp_path: Path) -> None:
    """Decisions of the older schema are kept, outside the chains and the counts, and can be erased like any other."""
    site = {"MARROW_DATABASE_URL": database_url, "MARROW_PATIENT_HASH_KEY": KEY.decode()}

    def marrow(*arguments: str, code: int = 0) -> str:
        done = run(*arguments, cwd=tmp_path, **site)
        assert done.returncode == code, done.stderr
        return done.stdout

    asyncio.run(made(database_url))
    columns = ", ".join(ROW)
    values = ", ".join(f"'{value}'" if isinstance(value, str) else str(value) for value in ROW.values())
    executed(database_url, f"INSERT INTO decisions ({columns}) VALUES ({values})")  # noqa: S608 -- ours

    assert "schema 0001" in marrow("db", "status", code=1)
    assert f"had schema 0001 and has {SCHEMA} now" in marrow("db", "upgrade")
    assert f"schema {SCHEMA}" in marrow("db", "status")
    asyncio.run(recorded(database_url, [a_call(number) for number in range(3)]))
    asyncio.run(answered(database_url, [an_override(1)]))
    verified = marrow("audit", "verify")
    assert "4 rows as they were written" in verified
    assert "1 from before the trail" in verified
    assert json.loads(marrow("report", "--format", "json"))["calls"] == 3

    assert "has schema 0001 now" in marrow("db", "downgrade", "0001", "--yes")
    kept = executed(database_url, "SELECT decision_id FROM decisions ORDER BY decision_id")
    assert kept == ["decision-0", "decision-1", "decision-2", "old"]
    back = executed(database_url, "SELECT outcomes FROM decisions WHERE decision_id = 'old'")[0]
    assert (json.loads(back) if isinstance(back, str) else back) == json.loads(str(OLD_ROW["outcomes"]))

    marrow("db", "upgrade")
    # What the older schema had no place for is gone: chains, counts and answers.
    assert "0 rows as they were written" in marrow("audit", "verify")
    assert json.loads(marrow("report", "--format", "json"))["calls"] == 0
    assert "1 decisions and 0 answers erased" in marrow("erase", "--patient-key", OLD_PATIENT)
    assert "old" not in executed(database_url, "SELECT decision_id FROM decisions")
    marrow("audit", "verify")

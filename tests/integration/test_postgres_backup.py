"""PostgreSQL is copied and brought back as docs/record.md says, with the tools of the server itself."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path

import pytest

from service.persistence.audit import audit_key
from service.persistence.database import Database
from service.persistence.verification import Verification, verify
from tests.builders.decisions import KEY
from tests.builders.history import a_call, an_override, answered, recorded
from tests.conftest import PostgresServer

pytestmark = pytest.mark.postgres


async def verified(url: str) -> Verification:
    database = Database(url)
    await database.prepare()
    found = await verify(database, audit_key(KEY))
    await database.close()
    return found


def test_a_dump_brings_everything_back(postgres_server: PostgresServer, tmp_path: Path) -> None:
    if postgres_server.tools is None:
        pytest.skip("the tools of this PostgreSQL are not known")
    url, restored = postgres_server.new_database(), postgres_server.new_database()
    asyncio.run(recorded(url, [a_call(number) for number in range(5)]))
    asyncio.run(answered(url, [an_override(1)]))
    dump = tmp_path / "marrow.dump"
    tool = postgres_server.tools
    subprocess.run([tool / "pg_dump", "--format=custom", f"--file={dump}", plain(url)], check=True)
    subprocess.run([tool / "pg_restore", "--exit-on-error", f"--dbname={plain(restored)}", str(dump)], check=True)
    found = asyncio.run(verified(restored))
    assert (found.problems, found.present) == ([], 6)
    # And it goes on: the restored database takes new decisions.
    asyncio.run(recorded(restored, [a_call(9)]))
    assert asyncio.run(verified(restored)).present == 7
    for each in (url, restored):
        postgres_server.drop(each)


def plain(url: str) -> str:
    """As PostgreSQL's own tools take it."""
    return url.replace("+asyncpg", "")

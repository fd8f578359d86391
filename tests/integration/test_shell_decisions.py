"""Decisions of real calls: in the database when the service has stopped, and no card waits for them."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest
from pydantic import SecretStr

from service.app import create_app
from service.config import Mode, Settings
from service.persistence.database import Database
from service.persistence.sql import SqlDecisions
from tests.integration.test_shell_support import SIGN, a_call, advisor, calling
from tests.unit.service.sqlite_threads import sqlite_threads_end

pytestmark = pytest.mark.asyncio


def count(path: Path) -> int:
    connection = sqlite3.connect(path)
    try:
        return int(connection.execute("SELECT count(*) FROM decisions").fetchone()[0])
    finally:
        connection.close()


async def test_every_answered_call_is_written_when_the_service_stops(tmp_path: Path) -> None:
    path = tmp_path / "marrow.db"
    store = SqlDecisions(Database(f"sqlite+aiosqlite:///{path}", create=True), b"key", 1000)
    async with calling(store=store) as client:
        replies = await asyncio.gather(*(client.post(SIGN, json=a_call()) for _ in range(50)))
        refused = await client.post(SIGN, json=[])
    assert {reply.status_code for reply in replies} == {200}
    assert refused.status_code == 400
    assert count(path) == 50
    assert store.lost == 0


async def test_cards_go_out_when_the_queue_is_full(tmp_path: Path) -> None:
    store = SqlDecisions(Database(f"sqlite+aiosqlite:///{tmp_path}/missing/marrow.db", create=True), b"key", 1)
    async with calling(store=store) as client:
        replies = await asyncio.gather(*(client.post(SIGN, json=a_call()) for _ in range(5)))
        assert (await client.get("/health/ready")).status_code == 503
    await sqlite_threads_end()
    assert all(reply.json()["cards"] for reply in replies)
    assert store.lost == 5


async def test_the_store_of_the_settings_is_used(tmp_path: Path) -> None:
    path = tmp_path / "site.db"
    settings = Settings(mode=Mode.DEVELOPMENT, database_url=SecretStr(f"sqlite+aiosqlite:///{path}"))
    app = create_app(settings, advisor=advisor())
    async with app.router.lifespan_context(app):
        pass
    assert count(path) == 0

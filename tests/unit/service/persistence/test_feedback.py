"""Feedback in a database: once however often it comes, apart from other clients', in the audit trail."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from cds_hooks.wire.feedback import FeedbackItem, read_feedback
from service.persistence.database import Database
from service.persistence.feedback import FeedbackNotKeptError, MemoryFeedback, SqlFeedback
from service.persistence.tables import audit, feedback, feedback_comments
from tests.builders.decisions import KEY
from tests.builders.feedback import an_item
from tests.unit.service.persistence.test_sql_decisions import count, rows

pytestmark = pytest.mark.asyncio
NOW = datetime(2026, 3, 1, 10, 6, tzinfo=UTC)
SERVICE = "bme-order-sign"


def items(*bodies: dict[str, Any]) -> tuple[FeedbackItem, ...]:
    return read_feedback(json.dumps({"feedback": bodies}).encode()).items


@asynccontextmanager
async def a_store(url: str, comment_length: int = 1000) -> AsyncIterator[tuple[SqlFeedback, Database]]:
    database = Database(url, create=True)
    yield SqlFeedback(database, KEY, lambda: NOW, comment_length), database
    await database.close()


@pytest.mark.conforms("N9")
async def test_what_is_kept(database_url: str) -> None:
    override = {"reason": {"code": "seen", "system": "s", "display": "d"}, "userComment": " Mrs. Miller agreed\x00 "}
    async with a_store(database_url) as (store, _):
        new = await store.keep(
            items(an_item("card-1", outcome="overridden", overrideReason=override)), SERVICE, "hospital", "north"
        )
    assert new == 1
    [written] = await rows(database_url, feedback)
    assert written.pop("outcome_at").replace(tzinfo=UTC) == datetime(2026, 3, 1, 10, 5, tzinfo=UTC)
    assert written.pop("received_at").replace(tzinfo=UTC) == NOW
    number = written.pop("feedback_id")
    assert written.pop("chain")
    assert written == {
        "client": "hospital",
        "tenant": "north",
        "service": SERVICE,
        "card": "card-1",
        "outcome": "overridden",
        "suggestions": [],
        "reason_code": "seen",
        "reason_system": "s",
        "entry": 1,
    }
    assert await rows(database_url, feedback_comments) == [{"feedback_id": number, "comment": "Mrs. Miller agreed"}]


@pytest.mark.conforms("N8")
async def test_the_same_answer_is_kept_once(database_url: str) -> None:
    """Card, outcome, time and suggestions make it the same: not its writing nor the service."""
    first = an_item(acceptedSuggestions=[{"id": "a"}, {"id": "b"}])
    again = an_item(acceptedSuggestions=[{"id": "b"}, {"id": "a"}], outcomeTimestamp="2026-03-01T12:05:00.000+02:00")
    later = an_item(outcomeTimestamp="2026-03-01T10:05:01Z")
    async with a_store(database_url) as (store, _):
        assert await store.keep(items(first, again), SERVICE, "hospital", None) == 1
        assert await store.keep(items(again), "bme-order-select", "hospital", None) == 0
        assert await store.keep(items(later, first), SERVICE, "hospital", None) == 1
    assert await count(database_url, feedback) == 2
    assert await count(database_url, audit) == 3  # opened, and one for each time that something was new


@pytest.mark.conforms("N10")
async def test_clients_and_tenants_do_not_meet(database_url: str) -> None:
    async with a_store(database_url) as (store, _):
        for client, tenant in (("a", None), ("b", None), ("a", "north")):
            assert await store.keep(items(an_item()), SERVICE, client, tenant) == 1
    assert len({row["feedback_id"] for row in await rows(database_url, feedback)}) == 3


@pytest.mark.conforms("N9")
@pytest.mark.parametrize(("length", "kept"), [(5, ["12345"]), (0, [])])
async def test_comments_are_cut_or_not_kept_at_all(database_url: str, length: int, kept: list[str]) -> None:
    async with a_store(database_url, length) as (store, _):
        await store.keep(items(an_item(overrideReason={"userComment": "1234567"})), SERVICE, "hospital", None)
    assert [row["comment"] for row in await rows(database_url, feedback_comments)] == kept


async def test_many_at_once_stand_in_one_chain(database_url: str) -> None:
    async with a_store(database_url) as (store, _):
        await asyncio.gather(
            *(store.keep(items(an_item(f"card-{number}")), SERVICE, "hospital", None) for number in range(20))
        )
    entries = sorted((row["chain"], row["entry"]) for row in await rows(database_url, audit))
    assert [entry for _, entry in entries] == list(range(21))
    assert len({chain for chain, _ in entries}) == 1


async def test_two_writers_that_get_the_same_feedback_keep_it_once(database_url: str) -> None:
    async with a_store(database_url) as (one, _), a_store(database_url) as (other, _):
        batch = items(*(an_item(f"card-{number}") for number in range(50)))
        await one.keep(items(an_item()), SERVICE, "hospital", None)
        kept = await asyncio.gather(*(store.keep(batch, SERVICE, "hospital", None) for store in (one, other)))
    assert sum(kept) == 50
    assert await count(database_url, feedback) == 51


async def test_what_is_not_on_disk_is_not_acknowledged(database_url: str) -> None:
    """And what is sent again afterwards is kept."""
    async with a_store(database_url) as (store, database):
        await store.keep(items(an_item("first")), SERVICE, "hospital", None)
        async with database.engine.begin() as connection:
            await connection.execute(text("ALTER TABLE audit RENAME TO away"))
        with pytest.raises(FeedbackNotKeptError):
            await store.keep(items(an_item("second")), SERVICE, "hospital", None)
        async with database.engine.begin() as connection:
            await connection.execute(text("ALTER TABLE away RENAME TO audit"))
        assert await count(database_url, feedback) == 1
        assert await store.keep(items(an_item("second")), SERVICE, "hospital", None) == 1


async def test_memory_keeps_once_too() -> None:
    store = MemoryFeedback()
    assert await store.keep(items(an_item()), SERVICE, "hospital", None) == 1
    assert await store.keep(items(an_item()), SERVICE, "hospital", None) == 0

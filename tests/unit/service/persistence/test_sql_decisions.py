"""Decisions in a database: written, drained at the stop, and counted where they are lost."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, func, select

from cds_hooks.decision import CardRecord, Outcome
from service.persistence.audit import audit_key, digest
from service.persistence.database import Database
from service.persistence.decisions import MemoryDecisions, patient_key, row
from service.persistence.sql import BATCH, SqlDecisions
from service.persistence.tables import audit, cards, decisions, tallies
from tests.builders.decisions import AT, KEY, PATIENT, a_card, a_record, nothing_waits
from tests.unit.service.sqlite_threads import sqlite_threads_end

pytestmark = pytest.mark.asyncio


def store_at(url: str, capacity: int = 10_000) -> SqlDecisions:
    return SqlDecisions(Database(url, create=True), KEY, capacity)


async def rows(url: str, table: Table = decisions) -> list[dict[str, Any]]:
    database = Database(url)
    async with database.engine.connect() as connection:
        found = (await connection.execute(select(table))).mappings().all()
    await database.close()
    return [dict(one) for one in found]


async def count(url: str, table: Table = decisions) -> int:
    database = Database(url)
    async with database.engine.connect() as connection:
        found = (await connection.execute(select(func.count()).select_from(table))).scalar_one()
    await database.close()
    return int(found)


async def test_what_waits_is_written_before_the_stop(database_url: str) -> None:
    store = store_at(database_url)
    await store.start()
    for number in range(BATCH + 10):
        store.record(a_record(number))
    assert store.waiting == BATCH + 10
    await store.stop()
    assert await count(database_url) == BATCH + 10
    assert (store.lost, store.waiting, store.ready, store.failing) == (0, 0, True, False)


@pytest.mark.conforms("F16", "O6")
async def test_a_row_names_what_was_decided_and_not_who_the_patient_is(database_url: str) -> None:
    store = store_at(database_url)
    await store.start()
    store.record(a_record())
    await store.stop()
    [written] = await rows(database_url)
    at = written.pop("at")
    assert at.replace(tzinfo=UTC) == datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
    assert written.pop("chain")
    assert json.loads(written.pop("detail")) == {
        "outcomes": [["BME-CI-01", 1, "advice", "MedicationRequest/1", None]],
        "cards": [[a_card(), "BME-CI-01", "critical"]],
        "facts": ["active orders"],
        "queries": {"medications": "data"},
        "knowledge": "abc",
        "policy": "site-1",
        "program": "1.0",
        "timings": {"answer": 0.5},
    }
    assert written == {
        "decision_id": "decision-0",
        "client": "hospital",
        "tenant": None,
        "service": "bme-order-sign",
        "hook": "order-sign",
        "hook_instance": "instance-0",
        "patient_key": patient_key(PATIENT, KEY),
        "entry": 1,
    }
    assert PATIENT not in str(written)


async def test_a_card_is_found_by_who_got_it(database_url: str) -> None:
    outcomes = (Outcome("BME-RF-04", 2, "advice", None, None), Outcome("BME-DS-05", 1, "merged", None, None))
    shown = (CardRecord(a_card(1), "BME-RF-04+BME-DS-05", "warning"), CardRecord(a_card(2), "BME-SYS-01", "warning"))
    store = store_at(database_url)
    await store.start()
    store.record(a_record(1, tenant="north", outcomes=outcomes, cards=shown))
    store.record(a_record(2, tenant="north", outcomes=outcomes, cards=shown))  # the client asks again
    store.record(a_record(3, client="other", outcomes=outcomes, cards=shown[:1]))
    await store.stop()
    found = {(card["client"], card["tenant"], card["uuid"]): card for card in await rows(database_url, cards)}
    assert set(found) == {
        ("hospital", "north", a_card(1)),
        ("hospital", "north", a_card(2)),
        ("other", "", a_card(1)),
    }
    first = found["hospital", "north", a_card(1)]
    assert (first["decision_id"], first["rules"]) == ("decision-1", "BME-RF-04@2+BME-DS-05@1")
    assert found["hospital", "north", a_card(2)]["rules"] == "BME-SYS-01@0"
    assert first["day"] == AT.date()


async def test_verdicts_of_any_name_are_counted_over_batches(database_url: str) -> None:
    outcomes = (
        Outcome("BME-CI-01", 1, "held", None, None),
        Outcome("BME-CI-03", 1, "missing", None, "pregnancy status"),
    )
    for _ in range(2):
        store = store_at(database_url)
        await store.start()
        for number in range(2):
            store.record(a_record(number + 10 * await count(database_url), outcomes=outcomes))
        await store.stop()
    counted = {(t["rule"], t["verdict"], t["gap"]): t["count"] for t in await rows(database_url, tallies)}
    assert counted == {
        ("", "answered", ""): 4,
        ("BME-CI-01", "held", ""): 4,
        ("BME-CI-03", "missing", "pregnancy status"): 4,
    }


async def test_values_are_kept_where_the_site_asks_for_them(database_url: str) -> None:
    response = (
        b'{"cards":[{"uuid":"1","extension":{"org.marrow-cds.basis":{"rules":[],"facts":'
        b'[{"name":"INR","value":"2.5","date":"2026-02-28"},{"name":"pregnant"}]}}},'
        b'{"uuid":"2","extension":{"org.marrow-cds.basis":{"rules":[]}}}]}'
    )
    store = store_at(database_url)
    await store.start()
    store.record(a_record(response=response))
    await store.stop()
    [written] = await rows(database_url)
    assert json.loads(written["detail"])["values"] == [["INR", "2.5", "", "2026-02-28"], ["pregnant", "", "", ""]]


async def test_a_digest_is_the_same_before_and_after_the_database(database_url: str) -> None:
    record = a_record(facts=("a\x00b",), queries={"b": "data", "a": "empty"}, tenant="north")
    store = store_at(database_url)
    await store.start()
    store.record(record)
    await store.stop()
    [written] = await rows(database_url)
    key = audit_key(KEY)
    assert digest(key, decisions, written) == digest(key, decisions, row(record, KEY))
    assert digest(key, decisions, {**written, "client": "another"}) != digest(key, decisions, written)


async def test_a_patient_key_depends_on_patient_and_site() -> None:
    assert patient_key("1", b"a") == patient_key("1", b"a")
    assert len({patient_key("1", b"a"), patient_key("2", b"a"), patient_key("1", b"b")}) == 3


async def test_text_that_a_database_refuses_is_made_to_fit(database_url: str) -> None:
    record = a_record(hook_instance="a\x00b\ud800" + "x" * 500)
    assert row(record, KEY)["hook_instance"] == "ab?" + "x" * 252
    store = store_at(database_url)
    await store.start()
    store.record(record)
    await store.stop()
    assert store.lost == 0


async def test_overflow_is_counted(database_url: str) -> None:
    heard = []
    store = SqlDecisions(
        Database(database_url, create=True), KEY, 3, on_loss=lambda count, reason: heard.append((count, reason))
    )
    await store.start()
    for number in range(5):  # without a pause: the writer has no turn in between
        store.record(a_record(number))
    assert store.lost == 2
    await store.stop()
    assert await count(database_url) == 3
    assert heard == [(1, "queue_full")] * 2


async def test_a_record_that_cannot_be_made_costs_no_card(database_url: str) -> None:
    """An error of our own is counted like any other loss, and the call goes on."""
    store = store_at(database_url)
    await store.start()
    store.record(a_record(1, response=b"no JSON"))
    await nothing_waits(store)  # alone in its batch
    store.record(a_record(3, response=b"no JSON"))
    store.record(a_record(2))
    await store.stop()
    assert (await count(database_url), store.lost) == (1, 2)
    assert await count(database_url, audit) == 2  # the opening, and the batch of the one that could be made


async def test_one_record_that_is_refused_costs_no_other(database_url: str) -> None:
    store = store_at(database_url)
    await store.start()
    for number in (1, 2, 3, 2, 4):  # an id that is there already
        store.record(a_record(number))
    await store.stop()
    assert await count(database_url) == 4
    assert store.lost == 1


async def test_a_batch_whose_commit_went_through_unheard_is_not_written_twice(database_url: str) -> None:
    class Deaf(SqlDecisions):
        """Hears of a failure where there was a commit, once."""

        deaf = True

        async def _write(self, batch: Any, chain: Any) -> None:
            await super()._write(batch, chain)
            if self.deaf:
                self.deaf = False
                raise ConnectionResetError

    store = Deaf(Database(database_url, create=True), KEY, 100)
    await store.start()
    store.record(a_record())
    await nothing_waits(store)
    await store.stop()
    assert (await count(database_url), store.lost) == (1, 0)
    assert [tally["count"] for tally in await rows(database_url, tallies)] == [1, 1]
    assert await count(database_url, audit) == 2


async def test_a_stop_before_the_start_is_harmless(database_url: str) -> None:
    store = store_at(database_url)
    store.record(a_record())
    await store.stop()
    assert store.lost == 1


async def test_a_database_that_comes_later_is_used(tmp_path: Path) -> None:
    folder = tmp_path / "later"
    store = store_at(f"sqlite+aiosqlite:///{folder}/marrow.db")
    await store.start()
    assert (store.ready, store.failing) == (False, True)
    folder.mkdir()
    store.record(a_record())
    await store.stop()
    await sqlite_threads_end()
    assert store.ready
    assert await count(f"sqlite+aiosqlite:///{folder}/marrow.db") == 1


async def test_sqlite_is_opened_for_readers_beside_the_writer(tmp_path: Path) -> None:
    store = store_at(f"sqlite+aiosqlite:///{tmp_path}/marrow.db")
    await store.start()
    await store.stop()
    connection = sqlite3.connect(tmp_path / "marrow.db")
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


async def test_memory_keeps_the_last_records() -> None:
    store = MemoryDecisions(most=2)
    await store.start()
    for number in range(3):
        store.record(a_record(number))
    await asyncio.sleep(0)
    await store.stop()
    assert [record.decision_id for record in store.records] == ["decision-1", "decision-2"]
    assert await store.ping()
    assert store.ready
    assert (store.lost, store.waiting, store.failing) == (0, 0, False)

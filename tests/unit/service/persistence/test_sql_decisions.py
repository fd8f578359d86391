"""Decisions in a database: written, drained at the stop, and counted where they are lost."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import create_async_engine

from cds_hooks.decision import CardRecord, Decision, Outcome
from service.persistence.decisions import CallRecord, MemoryDecisions, patient_key, row
from service.persistence.sql import BATCH, SqlDecisions, decisions
from tests.unit.service.sqlite_threads import sqlite_threads_end

pytestmark = pytest.mark.asyncio
KEY = b"a key of the site"
PATIENT = "patient-4711"


def a_record(number: int = 0, **changed: Any) -> CallRecord:
    decision: dict[str, Any] = {
        "hook": "order-sign",
        "hook_instance": f"instance-{number}",
        "patient_id": PATIENT,
        "as_of": datetime(2026, 3, 1, 12, 0, tzinfo=timezone(timedelta(hours=2))),
        "knowledge_revision": "abc",
        "outcomes": (Outcome("BME-CI-01", 1, "advice", "MedicationRequest/1", None),),
        "cards": (CardRecord("uuid-1", "BME-CI-01", "critical"),),
        "facts": ("active orders",),
        "missing": (),
        "queries": {"medications": "data"},
        "foreign_rows": 0,
        "failures": (),
        **changed,
    }
    return CallRecord(
        f"decision-{number}", "bme-order-sign", "hospital", None, Decision(**decision), "1.0", {"answer": 0.5}
    )


def store_at(folder: Path, capacity: int = 10_000) -> SqlDecisions:
    return SqlDecisions(f"sqlite+aiosqlite:///{folder / 'marrow.db'}", KEY, capacity)


async def rows(folder: Path) -> list[dict[str, Any]]:
    engine = create_async_engine(f"sqlite+aiosqlite:///{folder / 'marrow.db'}")
    async with engine.connect() as connection:
        found = (await connection.execute(select(decisions))).mappings().all()
    await engine.dispose()
    return [dict(one) for one in found]


async def test_what_waits_is_written_before_the_stop(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    await store.start()
    for number in range(BATCH + 10):
        store.record(a_record(number))
    await store.stop()
    written = await rows(tmp_path)
    assert len(written) == BATCH + 10
    assert store.lost == 0
    assert store.ready


@pytest.mark.conforms("F16", "O6")
async def test_a_row_names_what_was_decided_and_not_who_the_patient_is(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    await store.start()
    store.record(a_record())
    await store.stop()
    [written] = await rows(tmp_path)
    assert written.pop("at") == datetime(2026, 3, 1, 10, 0)  # noqa: DTZ001 -- SQLite keeps UTC without saying so
    assert written == {
        "decision_id": "decision-0",
        "client": "hospital",
        "tenant": None,
        "service": "bme-order-sign",
        "hook": "order-sign",
        "hook_instance": "instance-0",
        "patient_key": patient_key(PATIENT, KEY),
        "outcomes": [{"rule": "BME-CI-01", "version": 1, "verdict": "advice", "order": "MedicationRequest/1"}],
        "cards": [{"uuid": "uuid-1", "topic": "BME-CI-01", "indicator": "critical"}],
        "facts": ["active orders"],
        "missing": [],
        "queries": {"medications": "data"},
        "foreign_rows": 0,
        "knowledge": "abc",
        "program_version": "1.0",
        "timings": {"answer": 0.5},
    }
    assert PATIENT not in str(written)


async def test_a_patient_key_depends_on_patient_and_site() -> None:
    assert patient_key("1", b"a") == patient_key("1", b"a")
    assert len({patient_key("1", b"a"), patient_key("2", b"a"), patient_key("1", b"b")}) == 3


async def test_text_that_a_database_refuses_is_made_to_fit() -> None:
    written = row(a_record(hook_instance="a\x00b\ud800" + "x" * 500), KEY)
    assert written["hook_instance"].startswith("ab?xxx")
    assert len(written["hook_instance"]) == 255
    assert written["at"].tzinfo is UTC


async def test_overflow_is_counted(tmp_path: Path) -> None:
    store = store_at(tmp_path, capacity=3)
    await store.start()
    for number in range(5):  # without a pause: the writer has no turn in between
        store.record(a_record(number))
    assert store.lost == 2
    await store.stop()
    assert len(await rows(tmp_path)) == 3


async def test_a_database_that_cannot_be_opened_costs_records_only(tmp_path: Path) -> None:
    store = SqlDecisions(f"sqlite+aiosqlite:///{tmp_path}/missing/marrow.db", KEY, 10)
    await store.start()
    assert not store.ready
    assert not await store.ping()
    store.record(a_record())
    await store.stop()
    await sqlite_threads_end()
    assert store.lost == 1


async def test_a_database_that_comes_later_is_used(tmp_path: Path) -> None:
    folder = tmp_path / "later"
    store = store_at(folder)
    await store.start()
    folder.mkdir()
    store.record(a_record())
    await store.stop()
    await sqlite_threads_end()
    assert store.ready
    assert len(await rows(folder)) == 1


async def test_a_full_database_costs_records_only(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    await store.start()
    with sqlite3.connect(tmp_path / "marrow.db") as connection:
        connection.execute("CREATE TRIGGER full BEFORE INSERT ON decisions BEGIN SELECT RAISE(FAIL, 'full'); END")
    connection.close()
    store.record(a_record())
    assert await store.ping()
    await store.stop()
    assert store.lost == 1


async def test_a_stop_before_the_start_is_harmless(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    store.record(a_record())
    await store.stop()
    assert store.lost == 1


async def test_sqlite_is_opened_for_readers_beside_the_writer(tmp_path: Path) -> None:
    store = store_at(tmp_path)
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
    assert store.lost == 0

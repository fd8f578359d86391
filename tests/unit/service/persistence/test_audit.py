"""The audit trail: it holds as written, shows what was changed, and stays whole when records are purged or erased."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fhir.resources.R4B.auditevent import AuditEvent
from sqlalchemy import delete, insert, update

from cds_hooks.decision import Outcome
from service.persistence.audit import START, audit_key
from service.persistence.audit_events import audit_events
from service.persistence.database import Database
from service.persistence.decisions import patient_key
from service.persistence.removal import erase, purge
from service.persistence.tables import audit, cards, decisions, feedback, feedback_comments, tallies
from service.persistence.verification import Verification, verify
from tests.builders.decisions import KEY, a_card, a_record
from tests.builders.feedback import an_item
from tests.builders.history import answered, recorded
from tests.unit.service.persistence.test_sql_decisions import count, rows

pytestmark = pytest.mark.asyncio
NOW = datetime.now(UTC)
LATER = datetime(2100, 6, 1, tzinfo=UTC)


async def on(url: str, work: Callable[[Database], Awaitable[Any]]) -> Any:
    database = Database(url, create=True)
    try:
        return await work(database)
    finally:
        await database.close()


async def verified(url: str, key: bytes = KEY) -> Verification:
    found = await on(url, lambda database: verify(database, audit_key(key)))
    assert isinstance(found, Verification)
    return found


async def tampered(url: str, statement: Any) -> None:
    async def run(database: Database) -> None:
        async with database.engine.begin() as connection:
            await connection.execute(statement)

    await on(url, run)


async def a_history(url: str) -> None:
    """Two writers; patient-1 and patient-2 with a card each, both answered with a comment."""
    await recorded(url, [a_record(1, patient_id="patient-1"), a_record(2, patient_id="patient-2")])
    await recorded(url, [a_record(3, patient_id="patient-1", cards=())])
    comment = {"overrideReason": {"userComment": "a word"}}
    await answered(url, [an_item(a_card(number), outcome="overridden", **comment) for number in (1, 2)])


async def test_a_trail_as_it_was_written_holds(database_url: str) -> None:
    await a_history(database_url)
    found = await verified(database_url)
    assert found.problems == []
    assert (found.chains, found.entries, found.present, found.removed, found.unchained) == (3, 6, 5, 0, 0)


async def test_another_key_is_told_from_a_good_trail(database_url: str) -> None:
    await a_history(database_url)
    assert any("another key" in problem for problem in (await verified(database_url, b"another")).problems)


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        (
            update(decisions).where(decisions.c.decision_id == "decision-2").values(client="x"),
            "decision-2: was changed",
        ),
        (update(decisions).where(decisions.c.decision_id == "decision-2").values(detail="{}"), "was changed"),
        (delete(decisions).where(decisions.c.decision_id == "decision-2"), "decision-2: is missing"),
        (update(feedback).where(feedback.c.card == a_card(1)).values(outcome="accepted"), "feedback"),
        (delete(feedback).where(feedback.c.card == a_card(1)), "is missing"),
        (update(audit).where(audit.c.entry == 1).values(at="2020-01-01T00:00:00.000000"), "was changed"),
        (delete(audit).where(audit.c.entry == 0), "entry 0 is missing"),
        (update(audit).where(audit.c.entry == 1).values(previous=START), "does not follow"),
        (update(audit).where(audit.c.entry == 0).values(body="[]"), "its start was changed"),
        (update(audit).where(audit.c.kind == "decisions").values(body="x"), "was changed"),
        (update(decisions).values(chain="forged"), "name an entry that is not there"),
    ],
)
async def test_what_was_changed_shows(database_url: str, statement: Any, told: str) -> None:
    await a_history(database_url)
    await tampered(database_url, statement)
    assert any(told in problem for problem in (await verified(database_url)).problems)


async def test_a_row_that_was_put_in_shows(database_url: str) -> None:
    await a_history(database_url)
    [row] = [row for row in await rows(database_url) if row["decision_id"] == "decision-1"]
    await tampered(database_url, insert(decisions).values({**row, "decision_id": "forged"}))
    assert (await verified(database_url)).problems == ["decisions forged: no entry of the trail tells of it"]


async def test_a_chain_whose_end_is_cut_off_contradicts_a_later_one(database_url: str) -> None:
    """With the rows that it told of, so that nothing else is amiss."""
    await a_history(database_url)
    [first] = [row["chain"] for row in await rows(database_url) if row["decision_id"] == "decision-1"]
    await tampered(database_url, delete(audit).where(audit.c.chain == first, audit.c.entry == 1))
    await tampered(database_url, delete(decisions).where(decisions.c.chain == first))
    [problem] = (await verified(database_url)).problems
    assert f"chain {first}: a later chain saw entry 1" in problem


async def test_decisions_from_before_the_trail_are_counted_apart(database_url: str) -> None:
    await a_history(database_url)
    await tampered(database_url, update(decisions).values(chain=None, entry=None))
    found = await verified(database_url)
    assert found.unchained == 3
    assert len(found.problems) == 3  # that the entries miss them is said all the same


async def test_a_patient_is_erased_and_nobody_else(database_url: str) -> None:
    await a_history(database_url)
    key = patient_key("patient-1", KEY)
    removed = await on(database_url, lambda database: erase(database, audit_key(KEY), key, NOW))
    assert (removed.decisions, removed.feedback) == (2, 1)
    assert [row["decision_id"] for row in await rows(database_url)] == ["decision-2"]
    assert [row["card"] for row in await rows(database_url, feedback)] == [a_card(2)]
    assert [row["uuid"] for row in await rows(database_url, cards)] == [a_card(2)]
    assert await count(database_url, feedback_comments) == 1
    assert key not in str(await rows(database_url, audit))
    found = await verified(database_url)
    assert (found.problems, found.present, found.removed) == ([], 2, 3)


async def test_an_erasure_at_one_client_leaves_the_others(database_url: str) -> None:
    await recorded(database_url, [a_record(1), a_record(2, client="other")])
    [row] = [row for row in await rows(database_url) if row["client"] == "other"]
    await on(database_url, lambda database: erase(database, audit_key(KEY), row["patient_key"], NOW, "other"))
    assert [row["client"] for row in await rows(database_url)] == ["hospital"]


async def test_an_erasure_that_was_made_up_does_not_hide_a_deletion(database_url: str) -> None:
    await a_history(database_url)
    await tampered(database_url, delete(decisions).where(decisions.c.decision_id == "decision-2"))
    forged = {"chain": "f", "entry": 0, "at": "2026", "kind": "erased", "previous": START, "hash": START}
    await tampered(database_url, insert(audit).values({**forged, "body": json.dumps({"decisions": ["decision-2"]})}))
    assert any("decision-2: is missing" in problem for problem in (await verified(database_url)).problems)


async def test_what_is_old_is_purged_and_the_trail_stays_whole(database_url: str) -> None:
    await a_history(database_url)
    boundary = datetime(2100, 1, 1, tzinfo=UTC)

    async def run(dry: bool) -> Any:
        return await on(database_url, lambda database: purge(database, audit_key(KEY), boundary, LATER, dry=dry))

    assert (await run(dry=True)).decisions == 3
    assert await count(database_url) == 3
    removed = await run(dry=False)
    assert removed.decisions == 3
    assert [await count(database_url, table) for table in (decisions, cards, tallies)] == [0, 0, 0]
    assert (await verified(database_url)).problems == []


async def test_a_purge_takes_only_what_is_old(database_url: str) -> None:
    await a_history(database_url)
    removed = await on(database_url, lambda database: purge(database, audit_key(KEY), NOW - timedelta(days=1000), NOW))
    assert (removed.decisions, removed.feedback) == (0, 0)
    assert await count(database_url) == 3
    assert (await verified(database_url)).problems == []


async def test_a_deletion_after_a_purge_shows(database_url: str) -> None:
    """A purge excuses what was older than it says, and nothing else."""
    await a_history(database_url)
    await on(database_url, lambda database: purge(database, audit_key(KEY), NOW - timedelta(days=1000), NOW))
    await tampered(database_url, delete(decisions))
    assert len((await verified(database_url)).problems) == 3


async def test_decisions_as_audit_events(database_url: str) -> None:
    failed = (Outcome("BME-CI-01", 1, "failed", None, None),)
    await recorded(database_url, [a_record(1), a_record(2, tenant="north", outcomes=failed, cards=())])

    async def run(database: Database) -> list[dict[str, Any]]:
        return [json.loads(event) async for event in audit_events(database)]

    events = await on(database_url, run)
    for event in events:
        AuditEvent.model_validate({name: value for name, value in event.items() if name != "resourceType"})
    assert [event["outcome"] for event in events] == ["0", "4"]
    assert events[0]["recorded"].startswith("2026-03-01T10:00:00")
    assert events[0]["entity"][0]["description"] == "bme-order-sign: BME-CI-01"
    assert events[1]["agent"][0]["who"]["display"] == "hospital/north"
    assert "patient-4711" not in json.dumps(events)

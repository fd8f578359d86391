"""A history of calls and answers in a database, as months of use would leave it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from cds_hooks.decision import CardRecord, Outcome
from cds_hooks.wire.feedback import read_feedback
from service.persistence.database import Database
from service.persistence.decisions import CallRecord
from service.persistence.feedback import SqlFeedback
from service.persistence.sql import SqlDecisions
from tests.builders.decisions import AT, KEY, a_card, a_record
from tests.builders.feedback import an_item


async def recorded(url: str, records: Iterable[CallRecord]) -> None:
    """Keep these records as the service would."""
    kept = list(records)
    store = SqlDecisions(Database(url, create=True), KEY, len(kept) + 1)
    await store.start()
    for record in kept:
        store.record(record)
    await store.stop()
    assert store.lost == 0


async def answered(
    url: str, answers: Sequence[dict[str, object]], client: str = "hospital", tenant: str | None = None
) -> None:
    """Keep this feedback as the service would."""
    database = Database(url, create=True)
    store = SqlFeedback(database, KEY, lambda: datetime(2026, 6, 1, tzinfo=UTC))
    for start in range(0, len(answers), 500):
        body = json.dumps({"feedback": answers[start : start + 500]}).encode()
        await store.keep(read_feedback(body).items, "bme-order-sign", client, tenant)
    await database.close()


def a_call(
    number: int, rule: str = "BME-CI-01", version: int = 1, *, days: int = 0, client: str = "hospital"
) -> CallRecord:
    """A call whose one card, `a_card(number)`, comes from this rule."""
    return a_record(
        number,
        client=client,
        as_of=AT + timedelta(days=days),
        outcomes=(Outcome(rule, version, "advice", None, None), Outcome("BME-CI-03", 1, "satisfied", None, None)),
        cards=(CardRecord(a_card(number), rule, "critical"),),
    )


def an_override(number: int, code: str | None = "seen", after: timedelta = timedelta(minutes=1)) -> dict[str, object]:
    reason = {"overrideReason": {"reason": {"code": code}}} if code else {}
    at = (AT + after).isoformat()
    return an_item(a_card(number), outcome="overridden", outcomeTimestamp=at, **reason)


def an_acceptance(number: int, after: timedelta = timedelta(minutes=1)) -> dict[str, object]:
    return an_item(a_card(number), outcomeTimestamp=(AT + after).isoformat())

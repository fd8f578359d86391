"""How long a report over many decisions takes: a card in every call, an answer to every other card."""

from __future__ import annotations

import asyncio
import json
import tempfile
from datetime import UTC, datetime, timedelta
from time import perf_counter
from uuid import uuid4

from bench.figures import Figure
from cds_hooks.decision import CardRecord, Decision, Outcome
from cds_hooks.wire.feedback import read_feedback
from service.persistence.database import Database
from service.persistence.decisions import CallRecord
from service.persistence.feedback import SqlFeedback
from service.persistence.sql import SqlDecisions
from service.reports.questions import DIMENSIONS, Question, ask

LIMIT_SECONDS = 2.0
RULES = [f"BME-X-{number:02}" for number in range(40)]
START = datetime(2026, 1, 1, tzinfo=UTC)


async def measure(decisions: int) -> Figure:
    """Seconds, on SQLite."""
    with tempfile.TemporaryDirectory(prefix="marrow-bench-") as folder:
        database = Database(f"sqlite+aiosqlite:///{folder}/marrow.db", create=True)
        cards = [str(uuid4()) for _ in range(decisions)]
        await _record(database, cards)
        await _answer(database, cards[::2])
        start = perf_counter()
        await ask(database, Question(by=DIMENSIONS))
        took = perf_counter() - start
        await database.close()
    name = f"a report over {decisions:,} decisions and {decisions // 2:,} answers, by rule, version, client and week"
    return Figure(name, (took,), LIMIT_SECONDS, "s")


async def _record(database: Database, cards: list[str]) -> None:
    store = SqlDecisions(database, b"a key of the bench", len(cards))
    await store.start()
    for number, card in enumerate(cards):
        store.record(_call(number, card))
    while store.waiting:  # noqa: ASYNC110 -- the store tells how many wait, and nothing more
        await asyncio.sleep(0.1)
    await store.stop()


def _call(number: int, card: str) -> CallRecord:
    rule = RULES[number % len(RULES)]
    decision = Decision(
        hook="order-sign",
        hook_instance=str(uuid4()),
        patient_id=str(number // 5),
        as_of=START + timedelta(minutes=5 * number),
        knowledge_revision="0123456789abcdef",
        outcomes=tuple(Outcome(each, 1, "advice" if each == rule else "satisfied", None, None) for each in RULES[:10]),
        cards=(CardRecord(card, rule, "warning"),),
        facts=("active orders",),
        missing=(),
        queries={"medications": "data"},
        foreign_rows=0,
        failures=(),
    )
    return CallRecord(uuid4().hex, "bme-order-sign", f"client-{number % 3}", None, decision, "1.0", {"answer": 0.5})


async def _answer(database: Database, cards: list[str]) -> None:
    store = SqlFeedback(database, b"a key of the bench", lambda: datetime.now(UTC))
    # Each client answers its own cards; those of others would be orphans.
    for client in range(3):
        own = [card for number, card in enumerate(cards) if 2 * number % 3 == client]
        for start in range(0, len(own), 500):
            items = [
                {"card": card, "outcome": "overridden", "outcomeTimestamp": "2027-01-01T00:00:00Z"}
                for card in own[start : start + 500]
            ]
            body = json.dumps({"feedback": items}).encode()
            await store.keep(read_feedback(body).items, "bme-order-sign", f"client-{client}", None)

"""Taking records out: by age, and by patient. The audit trail tells what was taken out, so that it still verifies.

    purged     {"before": ...}                           all that the entries before this moment tell of
    erased     {"decisions": [...], "feedback": [...]}   these rows, named by their ids, which say nothing by themselves

The counts that reports stand on lose their old days with a purge; an erasure leaves them, since they name nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, delete, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from service.persistence.audit import append, moment, open_chain
from service.persistence.database import Database
from service.persistence.tables import audit, cards, decisions, feedback, feedback_comments, tallies


@dataclass(frozen=True, slots=True)
class Removed:
    """How many rows went."""

    decisions: int
    feedback: int


async def purge(database: Database, key: bytes, before: datetime, now: datetime, *, dry: bool = False) -> Removed:
    """Remove decisions, cards, feedback and counts that were written before this moment; `dry` only counts them."""
    old = {table: _written_before(table, before) for table in (decisions, feedback)}
    async with database.engine.begin() as connection:
        found = Removed(await _count(connection, decisions, old), await _count(connection, feedback, old))
        if dry:
            return found
        await _remove(
            connection,
            {
                decisions: select(decisions.c.decision_id).where(old[decisions]),
                feedback: select(feedback.c.feedback_id).where(old[feedback]),
            },
        )
        await connection.execute(delete(tallies).where(tallies.c.day < before.date()))
        chain = await open_chain(connection, key, now)
        told = {"before": moment(before), "decisions": found.decisions, "feedback": found.feedback}
        await append(connection, chain, "purged", told, now)
    return found


async def erase(database: Database, key: bytes, patient: str, now: datetime, client: str | None = None) -> Removed:
    """Remove all that is kept of a patient (the key in `decisions.patient_key`), at one client or at all of them."""
    whose = [decisions.c.patient_key == patient, *([decisions.c.client == client] if client else [])]
    async with database.engine.begin() as connection:
        calls = list(await connection.scalars(select(decisions.c.decision_id).where(*whose)))
        theirs = select(decisions.c.decision_id).where(*whose)
        on_cards = exists().where(cards.c.decision_id.in_(theirs), _answers(cards))
        answers = list(await connection.scalars(select(feedback.c.feedback_id).where(on_cards)))
        await _remove(connection, {feedback: select(feedback.c.feedback_id).where(on_cards), decisions: theirs})
        chain = await open_chain(connection, key, now)
        await append(connection, chain, "erased", {"decisions": calls, "feedback": answers}, now)
    return Removed(len(calls), len(answers))


async def _remove(connection: AsyncConnection, chosen: dict[Table, Select[Any]]) -> None:
    """Comments and feedback first, then cards: each is found through the next."""
    answers, calls = chosen[feedback], chosen[decisions]
    await connection.execute(delete(feedback_comments).where(feedback_comments.c.feedback_id.in_(answers)))
    await connection.execute(delete(feedback).where(feedback.c.feedback_id.in_(answers)))
    await connection.execute(delete(cards).where(cards.c.decision_id.in_(calls)))
    await connection.execute(delete(decisions).where(decisions.c.decision_id.in_(calls)))


def _written_before(table: Table, before: datetime) -> ColumnElement[bool]:
    """By the entry that tells of the row, as verification will see it; by its own time where there is none."""
    told = and_(audit.c.chain == table.c.chain, audit.c.entry == table.c.entry, audit.c.at < moment(before))
    by_entry: ColumnElement[bool] = exists().where(told)
    if table is decisions:
        return or_(by_entry, and_(decisions.c.chain.is_(None), decisions.c.at < before))
    return by_entry


def _answers(shown: Table) -> ColumnElement[bool]:
    return and_(
        feedback.c.client == shown.c.client, feedback.c.tenant == shown.c.tenant, feedback.c.card == shown.c.uuid
    )


async def _count(connection: AsyncConnection, table: Table, old: dict[Table, ColumnElement[bool]]) -> int:
    return int(await connection.scalar(select(func.count()).select_from(table).where(old[table])) or 0)

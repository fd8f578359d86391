"""Does the audit trail hold? `marrow audit verify`.

Each chain is followed from its start: numbers without a gap, each entry bound to the one before, each hash right under
the site's key. Then each decision and each feedback that an entry tells of must be there unchanged, or have been purged
or erased by an entry that says so. Rows that no entry tells of were put in by somebody else.

What cannot be seen from inside: that whole chains are gone together with every later one that names them, or that the
database is an old copy. For that, keep the ends that `verify` prints somewhere else and compare.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import Table, and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from service.persistence.audit import START, Entry, digest, key_id
from service.persistence.database import Database
from service.persistence.tables import audit, decisions, feedback

KINDS = {"decisions": decisions, "feedback": feedback}
WINDOW = 200  # entries whose rows are looked at together
MOST_PROBLEMS = 100


@dataclass(slots=True)
class Verification:
    """What was found. `ends` is the last entry of each chain: number and hash."""

    chains: int = 0
    entries: int = 0
    present: int = 0
    removed: int = 0
    unchained: int = 0
    ends: dict[str, tuple[int, str]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def found(self, problem: str) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)


@dataclass(slots=True)
class _Gone:
    """What entries of the trail say was taken out: by time of the entry, and by id."""

    before: str = ""
    ids: set[str] = field(default_factory=set)
    seen: list[tuple[str, int, str]] = field(default_factory=list)


async def verify(database: Database, key: bytes) -> Verification:
    """Follow every chain and look at every row. Raises what the database raises."""
    result, gone = Verification(), _Gone()
    async with database.engine.connect() as connection:
        await _follow(connection, key, result, gone)
        for kind, table in KINDS.items():
            await _compare(connection, kind, table, key, result, gone)
    return result


# -- the chains


async def _follow(connection: AsyncConnection, key: bytes, result: Verification, gone: _Gone) -> None:
    chain, expected, previous = "", 0, START
    async for row in _entries(connection):
        entry = Entry(row.chain, row.entry, row.at, row.kind, row.body, row.previous)
        if entry.chain != chain:
            chain, expected, previous = entry.chain, 0, START
            result.chains += 1
            _check_start(entry, key, result)
        if entry.entry != expected:
            result.found(f"chain {chain}: entry {expected} is missing")
        elif entry.previous != previous:
            result.found(f"chain {chain}: entry {entry.entry} does not follow the one before it")
        if entry.hash(key) != row.hash:
            result.found(f"chain {chain}: entry {entry.entry} was changed, or made under another key")
        else:
            _learn(entry, gone)
        result.entries += 1
        result.ends[chain] = (entry.entry, row.hash)
        expected, previous = entry.entry + 1, row.hash
    for name, number, told in dict.fromkeys(gone.seen):  # several chains may have seen the same
        end = result.ends.get(name)
        if end is None or end[0] < number or (end[0] == number and end[1] != told):
            result.found(f"chain {name}: a later chain saw entry {number}, which is not there as it was")


def _check_start(entry: Entry, key: bytes, result: Verification) -> None:
    try:
        named = msgspec.json.decode(entry.body).get("key")
    except (msgspec.DecodeError, AttributeError):
        named = None
    if entry.entry == 0 and (entry.kind != "opened" or named != key_id(key)):
        result.found(f"chain {entry.chain}: made under another key, or its start was changed")


def _learn(entry: Entry, gone: _Gone) -> None:
    """Only from entries whose hash is right."""
    if entry.kind == "purged":
        gone.before = max(gone.before, msgspec.json.decode(entry.body)["before"])
    elif entry.kind == "erased":
        gone.ids.update(*msgspec.json.decode(entry.body).values())
    elif entry.kind == "opened":
        gone.seen += [tuple(end) for end in msgspec.json.decode(entry.body)["seen"]]


async def _entries(connection: AsyncConnection, *where: Any) -> AsyncIterator[Any]:
    """All entries in their order, in portions."""
    place: tuple[str, int] = ("", -1)
    after = select(audit).order_by(audit.c.chain, audit.c.entry).limit(1000)
    while True:
        beyond = (audit.c.chain > place[0]) | and_(audit.c.chain == place[0], audit.c.entry > place[1])
        rows = (await connection.execute(after.where(beyond, *where))).all()
        for row in rows:
            yield row
        if not rows:
            return
        place = (rows[-1].chain, rows[-1].entry)


# -- the rows


async def _compare(
    connection: AsyncConnection, kind: str, table: Table, key: bytes, result: Verification, gone: _Gone
) -> None:
    window: list[Any] = []
    async for row in _entries(connection, audit.c.kind == kind):
        if window and (row.chain != window[0].chain or len(window) == WINDOW):
            await _compare_window(connection, kind, table, window, key, result, gone)
            window = []
        window.append(row)
    if window:
        await _compare_window(connection, kind, table, window, key, result, gone)
    await _count_strangers(connection, kind, table, result)


async def _compare_window(
    connection: AsyncConnection,
    kind: str,
    table: Table,
    window: list[Any],
    key: bytes,
    result: Verification,
    gone: _Gone,
) -> None:
    here = (table.c.chain == window[0].chain, table.c.entry.between(window[0].entry, window[-1].entry))
    identity = table.primary_key.columns[0].name
    found = (await connection.execute(select(table).where(*here))).mappings().all()
    rows: dict[str, Mapping[Any, Any]] = {row[identity]: row for row in found}
    for entry in window:
        for number, told in _told(entry):
            row = rows.pop(number, None)
            if row is not None and row["entry"] == entry.entry:
                result.present += 1
                if digest(key, table, row) != told:
                    result.found(f"{kind} {number}: was changed after it was written")
            elif number in gone.ids or entry.at < gone.before:
                result.removed += 1
            else:
                result.found(f"{kind} {number}: is missing, and no entry says that it was removed")
    for number in rows:
        result.found(f"{kind} {number}: no entry of the trail tells of it")


def _told(entry: Any) -> list[tuple[str, str]]:
    try:
        return msgspec.json.decode(entry.body, type=list[tuple[str, str]])
    except msgspec.DecodeError:  # its hash is wrong, which has been said
        return []


async def _count_strangers(connection: AsyncConnection, kind: str, table: Table, result: Verification) -> None:
    """Rows that name no entry of their kind: decisions from before the trail, and what was put in beside it."""
    joined = table.outerjoin(
        audit, and_(audit.c.chain == table.c.chain, audit.c.entry == table.c.entry, audit.c.kind == kind)
    )
    strange = select(table.c.chain.is_(None), func.count()).select_from(joined).where(audit.c.chain.is_(None))
    for before, count in (await connection.execute(strange.group_by(table.c.chain.is_(None)))).all():
        if before:
            result.unchained += count
        else:
            result.found(f"{kind}: {count} rows name an entry that is not there")

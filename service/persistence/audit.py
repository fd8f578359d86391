"""The audit trail: append-only entries, each bound to the one before it by a keyed hash.

    opened  ->  decisions  ->  decisions  ->  ...        one chain per writer, so that no writer waits for another

A writer is one store of one process, or one run of a command. An entry holds ids and digests of what was written with
it in the same transaction, never the content: what is erased leaves its digest, and the chain stays whole. `opened`
names the last entries of other chains that were there, so that a chain whose end is cut off contradicts a later one.

Hashes (HMAC-SHA256) and digests (keyed BLAKE2b, cheaper for the many) use a key derived from the site's secret: who can
write to the database, but does not hold the secret, cannot make a trail that verifies.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any
from uuid import uuid4

import msgspec
from sqlalchemy import Table, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from service.persistence.tables import audit, names_in

DIGEST_BYTES = 16
START = "0" * 64
LINK = ("chain", "entry")  # the columns by which a row names its entry
WITNESSED = 20  # chains whose ends an `opened` entry names


@dataclass(frozen=True, slots=True)
class Entry:
    """One link. `body` is JSON text, kept and hashed as it is; `at` is ISO 8601 in UTC."""

    chain: str
    entry: int
    at: str
    kind: str
    body: str
    previous: str

    def hash(self, key: bytes) -> str:
        """HMAC-SHA256 over all members."""
        told = (self.chain, self.entry, self.at, self.kind, self.body, self.previous)
        return hmac.digest(key, msgspec.json.encode(told), "sha256").hex()

    def row(self, key: bytes) -> dict[str, Any]:
        return {
            "chain": self.chain,
            "entry": self.entry,
            "at": self.at,
            "kind": self.kind,
            "body": self.body,
            "previous": self.previous,
            "hash": self.hash(key),
        }


@dataclass(frozen=True, slots=True)
class Chain:
    """Where a writer stands: the next entry's number and the hash that it builds on."""

    key: bytes
    id: str
    entry: int = 0
    head: str = START

    def linked(self, kind: str, body: object, at: datetime) -> Entry:
        """The next entry."""
        text = msgspec.json.encode(body).decode()
        return Entry(self.id, self.entry, moment(at), kind, text, self.head)

    def after(self, entry: Entry) -> Chain:
        """Where the writer stands when the entry is in the database."""
        return replace(self, entry=entry.entry + 1, head=entry.hash(self.key))


def audit_key(secret: bytes) -> bytes:
    """The key of chains and digests, derived from the secret that makes patient keys."""
    return hmac.digest(secret, b"marrow audit trail", "sha256")


def key_id(key: bytes) -> str:
    """Names a key without telling it, so that a chain under another key is not taken for a forged one."""
    return hmac.digest(key, b"key id", "sha256").hex()[:16]


def digest(key: bytes, table: Table, row: Mapping[Any, Any]) -> str:
    """What an entry keeps of a row of this table: the same whichever database gave the row back."""
    told = [moment(value) if isinstance(value := row[name], datetime) else value for name in names_in(table, LINK)]
    return blake2b(msgspec.json.encode(told), key=key, digest_size=DIGEST_BYTES).hexdigest()


def moment(at: datetime) -> str:
    """ISO 8601 in UTC with microseconds: the text sorts as the time does. SQLite gives times back without a zone."""
    return (at if at.tzinfo is None else at.astimezone(UTC)).replace(tzinfo=None).isoformat(timespec="microseconds")


async def open_chain(connection: AsyncConnection, key: bytes, at: datetime) -> Chain:
    """A new chain, whose first entry names the key and the ends of the chains that were written last."""
    chain = Chain(key, uuid4().hex)
    ends = await _ends(connection)
    first = chain.linked("opened", {"key": key_id(key), "seen": ends}, at)
    await connection.execute(insert(audit), first.row(key))
    return chain.after(first)


async def append(connection: AsyncConnection, chain: Chain, kind: str, body: object, at: datetime) -> Chain:
    """Write the next entry, within the transaction of what it tells."""
    entry = chain.linked(kind, body, at)
    await connection.execute(insert(audit), entry.row(chain.key))
    return chain.after(entry)


async def _ends(connection: AsyncConnection) -> list[list[object]]:
    """[chain, entry, hash] of the last entry of each of the latest chains."""
    last = (
        select(audit.c.chain, func.max(audit.c.entry).label("entry"))
        .group_by(audit.c.chain)
        .order_by(func.max(audit.c.at).desc(), audit.c.chain)
        .limit(WITNESSED)
        .subquery()
    )
    ends = select(audit.c.chain, audit.c.entry, audit.c.hash).join(
        last, (audit.c.chain == last.c.chain) & (audit.c.entry == last.c.entry)
    )
    return [list(row) for row in (await connection.execute(ends)).all()]

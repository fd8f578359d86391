"""What one transaction of the writer holds: records made into rows, their entry in the audit trail, their counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from service.persistence.audit import LINK, Chain, Entry, digest
from service.persistence.bulk import add, encoded
from service.persistence.decisions import CallRecord, Tally, card_rows, row, tally
from service.persistence.tables import audit, cards, decisions, names_in, tallies

TALLY_COLUMNS = names_in(tallies)


@dataclass(frozen=True, slots=True)
class Kept:
    """A record as the database takes it: rows as JSON, what the audit trail tells of it, and what it adds to counts."""

    told: tuple[str, str]  # decision id, digest
    decision: bytes
    cards: Sequence[tuple[tuple[str, str, str], bytes]]  # client, tenant, uuid; row
    counts: Sequence[Tally]


@dataclass(frozen=True, slots=True)
class Batch:
    """What one transaction writes. The entry is what tells a batch that is in the database from one that is not."""

    entry: Entry
    decisions: Sequence[bytes]
    cards: Sequence[bytes]
    tallies: Sequence[bytes]

    @classmethod
    def of(cls, records: Sequence[Kept], chain: Chain, at: datetime) -> Batch:
        """The next batch of the chain."""
        # In one order for all writers: two that wait for each other's rows would wait forever.
        shown = sorted(card for each in records for card in each.cards)
        counted = sorted(Counter(count for each in records for count in each.counts).items())
        return cls(
            entry=chain.linked("decisions", [each.told for each in records], at),
            decisions=[each.decision for each in records],
            cards=[card for _, card in shown],
            tallies=[encoded(tallies, dict(zip(TALLY_COLUMNS, (*key, times), strict=True))) for key, times in counted],
        )

    async def write(self, connection: AsyncConnection, key: bytes) -> None:
        """Write all of it, within the caller's transaction; `key` is that of the audit trail."""
        await connection.execute(insert(audit), self.entry.row(key))
        link = {"chain": self.entry.chain, "entry": self.entry.entry}
        await add(connection, decisions, self.decisions, same=link)
        await add(connection, cards, self.cards, known="passed over")  # a repeated call gives the same cards again
        await add(connection, tallies, self.tallies, known="counted on")


def kept(record: CallRecord, key: bytes, audit_key: bytes) -> Kept:
    """The record, made ready; `key` makes patient keys, `audit_key` digests."""
    decision = row(record, key)
    return Kept(
        told=(record.decision_id, digest(audit_key, decisions, decision)),
        decision=encoded(decisions, decision, without=LINK),
        cards=[((each["client"], each["tenant"], each["uuid"]), encoded(cards, each)) for each in card_rows(record)],
        counts=tally(record),
    )

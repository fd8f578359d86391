"""What clinicians answered: on disk before it is acknowledged, once however often it is sent.

Feedback is kept under the client and tenant that sent it. It meets its card when both are read: by client, tenant and
card uuid. So feedback that comes before its card is written, or names a card that nobody knows, is kept like any other,
and what one client says of another's card never touches it.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any, Protocol

import msgspec
import structlog
from sqlalchemy import insert

from cds_hooks.wire.feedback import FeedbackItem
from service.errors import CallError
from service.observability.redaction import described
from service.persistence.audit import Chain, append, audit_key, digest, moment, open_chain
from service.persistence.database import Database
from service.persistence.decisions import storable
from service.persistence.tables import feedback, feedback_comments

log = structlog.get_logger()
KEEP_SECONDS = 8.0


class FeedbackNotKeptError(CallError):
    """The database did not take the feedback; the client has to send it again."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    code = "transient"
    text = "The feedback could not be kept. Send it again in half a minute."
    headers: Mapping[str, str] = {"Retry-After": "30"}


class FeedbackStore(Protocol):
    """Keeps what clinicians answered."""

    async def keep(self, items: Sequence[FeedbackItem], service: str, client: str, tenant: str | None) -> int:
        """Keep these items; returns how many were new. When it returns they are on disk.

        Raises FeedbackNotKeptError.
        """
        ...


class MemoryFeedback:
    """Keeps feedback in memory, for trying the service."""

    def __init__(self) -> None:
        self.kept: dict[str, FeedbackItem] = {}

    async def keep(self, items: Sequence[FeedbackItem], service: str, client: str, tenant: str | None) -> int:
        """Keep these items until the process ends."""
        before = len(self.kept)
        for item in items:
            self.kept.setdefault(feedback_id(item, client, tenant or ""), item)
        return len(self.kept) - before


class SqlFeedback:
    """A `FeedbackStore` in a database."""

    def __init__(
        self, database: Database, key: bytes, clock: Callable[[], datetime], comment_length: int = 1000
    ) -> None:
        """`key` is the site's secret; of a comment `comment_length` characters are kept."""
        self._database = database
        self._key = audit_key(key)
        self._clock = clock
        self._comment_length = comment_length
        self._chain: Chain | None = None
        self._one_at_a_time = asyncio.Lock()  # a chain has one end

    async def keep(self, items: Sequence[FeedbackItem], service: str, client: str, tenant: str | None) -> int:
        """One transaction for all items, and their entry in the audit trail."""
        received = self._clock()
        by_id = {feedback_id(item, client, tenant or ""): item for item in items}
        rows = [_row(each, by_id[each], service, client, tenant or "", received) for each in sorted(by_id)]
        comments = {each: self._comment(item) for each, item in by_id.items()}
        try:
            async with asyncio.timeout(KEEP_SECONDS), self._one_at_a_time:
                return await self._write(rows, comments, received)
        except Exception as error:  # noqa: BLE001 -- drivers raise errors of their own; the client is told to try again
            # Whether the commit went through is not known: the next entry begins a new chain.
            self._chain = None
            log.warning("feedback_not_kept", count=len(items), **described(error))
            raise FeedbackNotKeptError("database") from None

    def _comment(self, item: FeedbackItem) -> str:
        return storable(item.comment.strip(), self._comment_length)

    async def _write(self, rows: Sequence[dict[str, Any]], comments: Mapping[str, str], received: datetime) -> int:
        if self._chain is None:
            await self._database.prepare()
        async with self._database.engine.begin() as connection:
            chain = self._chain or await open_chain(connection, self._key, received)
            link = {"chain": chain.id, "entry": chain.entry}
            adding = self._database.insert(feedback).values([{**row, **link} for row in rows])
            added = set(await connection.scalars(adding.on_conflict_do_nothing().returning(feedback.c.feedback_id)))
            if added:
                texts = [{"feedback_id": each, "comment": comments[each]} for each in sorted(added) if comments[each]]
                if texts:
                    await connection.execute(insert(feedback_comments), texts)
                told = [
                    [row["feedback_id"], digest(self._key, feedback, row)]
                    for row in rows
                    if row["feedback_id"] in added
                ]
                chain = await append(connection, chain, "feedback", told, received)
        self._chain = chain
        return len(added)


def feedback_id(item: FeedbackItem, client: str, tenant: str) -> str:
    """The same answer of the same client has the same id: card, outcome, time and accepted suggestions make it."""
    told = (client, tenant, item.card, item.outcome, moment(item.at), item.suggestions)
    return hashlib.sha256(msgspec.json.encode(told)).hexdigest()[:32]


def _row(number: str, item: FeedbackItem, service: str, client: str, tenant: str, received: datetime) -> dict[str, Any]:
    reason = item.reason
    return {
        "feedback_id": number,
        "client": client,
        "tenant": tenant,
        "service": service,
        "card": storable(item.card),
        "outcome": item.outcome,
        "outcome_at": item.at,
        "received_at": received,
        "suggestions": [storable(each) for each in item.suggestions],
        "reason_code": storable(reason.code) if reason else None,
        "reason_system": storable(reason.system) if reason and reason.system else None,
    }

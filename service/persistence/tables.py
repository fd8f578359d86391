"""The tables of the store. A change here needs a migration (`migrations/versions`) and a new `database.SCHEMA`.

    decisions          one compact row per call; what is not named was not applicable
    cards              one row per card: what feedback names, found again by client, tenant and uuid
    tallies            verdicts counted per day, client, rule and version, so that reports need not read `decisions`
    feedback           what clinicians answered; kept whether or not its card is known (yet)
    feedback_comments  their free text, apart from all else
    audit              the hash chains over decisions, feedback and removals (`service.persistence.audit`)

Where a client has no tenant, `cards`, `tallies` and `feedback` say "": part of a key cannot be null.
"""

from __future__ import annotations

from functools import cache

from sqlalchemy import JSON, Column, Date, DateTime, Index, Integer, MetaData, String, Table, Text

TEXT_LIMIT = 255
ID = String(36)
NAME = String(64)
TEXT = String(TEXT_LIMIT)
MOMENT = DateTime(timezone=True)

metadata = MetaData()

decisions = Table(
    "decisions",
    metadata,
    Column("decision_id", ID, primary_key=True),
    Column("at", MOMENT, nullable=False, index=True),
    Column("client", TEXT, nullable=False),
    Column("tenant", TEXT),
    Column("service", NAME, nullable=False),
    Column("hook", NAME, nullable=False),
    Column("hook_instance", TEXT, nullable=False),
    Column("patient_key", NAME, nullable=False, index=True),
    Column("detail", Text, nullable=False, server_default=""),  # JSON: `decisions.Detail`
    Column("chain", ID),
    Column("entry", Integer),
    Index("ix_decisions_chain_entry", "chain", "entry"),
)

cards = Table(
    "cards",
    metadata,
    Column("client", TEXT, primary_key=True),
    Column("tenant", TEXT, primary_key=True),
    Column("uuid", ID, primary_key=True),
    Column("decision_id", ID, nullable=False, index=True),
    Column("at", MOMENT, nullable=False),
    Column("day", Date, nullable=False, index=True),
    Column("service", NAME, nullable=False),
    Column("rules", Text, nullable=False),  # RULE@VERSION, joined by +
    Column("indicator", String(16), nullable=False),
)

tallies = Table(
    "tallies",
    metadata,
    Column("day", Date, primary_key=True),
    Column("client", TEXT, primary_key=True),
    Column("tenant", TEXT, primary_key=True),
    Column("service", NAME, primary_key=True),
    Column("rule", NAME, primary_key=True),  # "" counts the calls themselves
    Column("version", Integer, primary_key=True),
    Column("verdict", NAME, primary_key=True),
    Column("gap", TEXT, primary_key=True),  # the fact that was missing, or ""
    Column("count", Integer, nullable=False),
)

feedback = Table(
    "feedback",
    metadata,
    Column("feedback_id", ID, primary_key=True),
    Column("client", TEXT, nullable=False),
    Column("tenant", TEXT, nullable=False),
    Column("service", NAME, nullable=False),
    Column("card", TEXT, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("outcome_at", MOMENT, nullable=False),
    Column("received_at", MOMENT, nullable=False),
    Column("suggestions", JSON, nullable=False),
    Column("reason_code", TEXT),
    Column("reason_system", TEXT),
    Column("chain", ID, nullable=False),
    Column("entry", Integer, nullable=False),
    Index("ix_feedback_card", "client", "tenant", "card"),
    Index("ix_feedback_chain_entry", "chain", "entry"),
)

feedback_comments = Table(
    "feedback_comments",
    metadata,
    Column("feedback_id", ID, primary_key=True),
    Column("comment", Text, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("chain", ID, primary_key=True),
    Column("entry", Integer, primary_key=True),
    Column("at", String(32), nullable=False, index=True),  # ISO 8601, UTC, microseconds: sorts as time
    Column("kind", String(16), nullable=False),
    Column("body", Text, nullable=False),
    Column("previous", NAME, nullable=False),
    Column("hash", NAME, nullable=False),
)


@cache
def names_in(table: Table, without: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The names of the columns in their order, but for these."""
    return tuple(column.name for column in table.columns if column.name not in without)

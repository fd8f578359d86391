"""Feedback, the audit chains, and what reports count; what a decision tells becomes one JSON text.

Decisions that are older than this step stay outside the chains and the counts.
"""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

MOMENT = sa.DateTime(timezone=True)
TABLES = ("audit", "feedback_comments", "feedback", "tallies", "cards")
OUTCOME = ("rule", "version", "verdict", "order", "gap")
CARD = ("uuid", "topic", "indicator")
# Old column, its type, and the member of the new `detail` that holds the same.
MOVED: tuple[tuple[str, sa.types.TypeEngine[Any], str], ...] = (
    ("outcomes", sa.JSON(), "outcomes"),
    ("cards", sa.JSON(), "cards"),
    ("facts", sa.JSON(), "facts"),
    ("missing", sa.JSON(), "missing"),
    ("queries", sa.JSON(), "queries"),
    ("timings", sa.JSON(), "timings"),
    ("foreign_rows", sa.Integer(), "foreign_rows"),
    ("knowledge", sa.String(255), "knowledge"),
    ("program_version", sa.String(64), "program"),
)


def upgrade() -> None:
    op.add_column("decisions", sa.Column("detail", sa.Text, nullable=False, server_default=""))
    op.add_column("decisions", sa.Column("chain", sa.String(36)))
    op.add_column("decisions", sa.Column("entry", sa.Integer))
    op.create_index("ix_decisions_chain_entry", "decisions", ["chain", "entry"])
    op.drop_index("ix_decisions_hook_instance", "decisions")  # nobody asks by it, and each call pays for it
    _into_detail()
    for column, _, _ in MOVED:
        op.drop_column("decisions", column)
    op.create_table(
        "cards",
        sa.Column("client", sa.String(255), primary_key=True),
        sa.Column("tenant", sa.String(255), primary_key=True),
        sa.Column("uuid", sa.String(36), primary_key=True),
        sa.Column("decision_id", sa.String(36), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("service", sa.String(64), nullable=False),
        sa.Column("rules", sa.Text, nullable=False),
        sa.Column("indicator", sa.String(16), nullable=False),
    )
    op.create_index("ix_cards_decision_id", "cards", ["decision_id"])
    op.create_index("ix_cards_day", "cards", ["day"])
    op.create_table(
        "tallies",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("client", sa.String(255), primary_key=True),
        sa.Column("tenant", sa.String(255), primary_key=True),
        sa.Column("service", sa.String(64), primary_key=True),
        sa.Column("rule", sa.String(64), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("verdict", sa.String(64), primary_key=True),
        sa.Column("gap", sa.String(255), primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
    )
    op.create_table(
        "feedback",
        sa.Column("feedback_id", sa.String(36), primary_key=True),
        sa.Column("client", sa.String(255), nullable=False),
        sa.Column("tenant", sa.String(255), nullable=False),
        sa.Column("service", sa.String(64), nullable=False),
        sa.Column("card", sa.String(255), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("outcome_at", MOMENT, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("suggestions", sa.JSON, nullable=False),
        sa.Column("reason_code", sa.String(255)),
        sa.Column("reason_system", sa.String(255)),
        sa.Column("chain", sa.String(36), nullable=False),
        sa.Column("entry", sa.Integer, nullable=False),
    )
    op.create_index("ix_feedback_card", "feedback", ["client", "tenant", "card"])
    op.create_index("ix_feedback_chain_entry", "feedback", ["chain", "entry"])
    op.create_table(
        "feedback_comments",
        sa.Column("feedback_id", sa.String(36), primary_key=True),
        sa.Column("comment", sa.Text, nullable=False),
    )
    op.create_table(
        "audit",
        sa.Column("chain", sa.String(36), primary_key=True),
        sa.Column("entry", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    op.create_index("ix_audit_at", "audit", ["at"])


def downgrade() -> None:
    """Back to the record alone: feedback, cards, counts and chains are lost."""
    for table in TABLES:
        op.drop_table(table)
    for column, kind, _ in MOVED:
        empty = {sa.JSON: "[]", sa.Integer: "0"}.get(type(kind), "")
        op.add_column("decisions", sa.Column(column, kind, nullable=False, server_default=empty))
    _out_of_detail()
    op.create_index("ix_decisions_hook_instance", "decisions", ["hook_instance"])
    op.drop_index("ix_decisions_chain_entry", "decisions")
    for added in ("detail", "chain", "entry"):
        op.drop_column("decisions", added)


def _decisions() -> sa.TableClause:
    moved = [sa.column(name, kind) for name, kind, _ in MOVED]
    return sa.table("decisions", sa.column("decision_id", sa.String), sa.column("detail", sa.Text), *moved)


def _into_detail() -> None:
    decisions, connection = _decisions(), op.get_bind()
    for row in connection.execute(sa.select(decisions)).mappings().all():
        detail = {member: row[column] for column, _, member in MOVED if row[column]}
        detail["outcomes"] = [[outcome.get(name) for name in OUTCOME] for outcome in row["outcomes"]]
        detail["cards"] = [[card.get(name) for name in CARD] for card in row["cards"]]
        _update(decisions, row["decision_id"], {"detail": json.dumps(detail)})


def _out_of_detail() -> None:
    decisions, connection = _decisions(), op.get_bind()
    rows = connection.execute(sa.select(decisions.c.decision_id, decisions.c.detail)).all()
    for decision_id, text in rows:
        detail = json.loads(text)
        values = {column: detail[member] for column, _, member in MOVED if member in detail}
        values["outcomes"] = [_named(OUTCOME, outcome) for outcome in detail.get("outcomes", [])]
        values["cards"] = [_named(CARD, card) for card in detail.get("cards", [])]
        _update(decisions, decision_id, values)


def _update(decisions: sa.TableClause, decision_id: str, values: dict[str, Any]) -> None:
    op.get_bind().execute(sa.update(decisions).where(decisions.c.decision_id == decision_id).values(**values))


def _named(names: tuple[str, ...], values: list[Any]) -> dict[str, Any]:
    return {name: value for name, value in zip(names, values, strict=True) if value is not None}

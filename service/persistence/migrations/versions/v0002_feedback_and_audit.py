"""Feedback, the audit chains, and what reports count; outcomes become short lists.

Decisions that are older than this step stay as they are, outside the chains and the counts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

MOMENT = sa.DateTime(timezone=True)
ADDED = ("policy", "fact_values", "chain", "entry")
TABLES = ("audit", "feedback_comments", "feedback", "tallies", "cards")
MEMBERS = ("rule", "version", "verdict", "order", "gap")


def upgrade() -> None:
    op.add_column("decisions", sa.Column("policy", sa.String(255), nullable=False, server_default=""))
    op.add_column("decisions", sa.Column("fact_values", sa.JSON))
    op.add_column("decisions", sa.Column("chain", sa.String(36)))
    op.add_column("decisions", sa.Column("entry", sa.Integer))
    op.create_index("ix_decisions_chain_entry", "decisions", ["chain", "entry"])
    _reshape_outcomes(lambda outcome: [outcome.get(member) for member in MEMBERS])
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
    _reshape_outcomes(
        lambda outcome: {name: value for name, value in zip(MEMBERS, outcome, strict=True) if value is not None}
    )
    op.drop_index("ix_decisions_chain_entry", "decisions")
    for column in ADDED:
        op.drop_column("decisions", column)


def _reshape_outcomes(reshaped: Callable[[Any], Any]) -> None:
    decisions = sa.table("decisions", sa.column("decision_id", sa.String), sa.column("outcomes", sa.JSON))
    connection = op.get_bind()
    for decision_id, outcomes in connection.execute(sa.select(decisions)).all():
        connection.execute(
            sa.update(decisions)
            .where(decisions.c.decision_id == decision_id)
            .values(outcomes=[reshaped(outcome) for outcome in outcomes])
        )

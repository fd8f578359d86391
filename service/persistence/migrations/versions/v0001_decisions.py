"""The record of decisions as it was before there were migrations; a table that exists already is taken as it is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

INDEXED = ("at", "hook_instance", "patient_key")


def upgrade() -> None:
    if sa.inspect(op.get_bind()).has_table("decisions"):
        return
    op.create_table(
        "decisions",
        sa.Column("decision_id", sa.String(36), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client", sa.String(255), nullable=False),
        sa.Column("tenant", sa.String(255)),
        sa.Column("service", sa.String(64), nullable=False),
        sa.Column("hook", sa.String(64), nullable=False),
        sa.Column("hook_instance", sa.String(255), nullable=False),
        sa.Column("patient_key", sa.String(64), nullable=False),
        sa.Column("outcomes", sa.JSON, nullable=False),
        sa.Column("cards", sa.JSON, nullable=False),
        sa.Column("facts", sa.JSON, nullable=False),
        sa.Column("missing", sa.JSON, nullable=False),
        sa.Column("queries", sa.JSON, nullable=False),
        sa.Column("foreign_rows", sa.Integer, nullable=False),
        sa.Column("knowledge", sa.String(255), nullable=False),
        sa.Column("program_version", sa.String(64), nullable=False),
        sa.Column("timings", sa.JSON, nullable=False),
    )
    for column in INDEXED:
        op.create_index(f"ix_decisions_{column}", "decisions", [column])


def downgrade() -> None:
    op.drop_table("decisions")

"""What Alembic runs for each command: the migrations, on the connection that `persistence.database` hands in."""

from __future__ import annotations

from alembic import context

from service.persistence.tables import metadata

# transactional_ddl: SQLite can do it too, once the transaction has been begun by hand (`database._lock`).
context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()

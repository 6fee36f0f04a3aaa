"""Alembic's entry: takes the connection that kit/db/migrate opened. Revisions are hand-written SQL; no metadata, no autogenerate."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection, transaction_per_migration=True)
with context.begin_transaction():
    context.run_migrations()

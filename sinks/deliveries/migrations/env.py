"""Alembic's entry: the steps are taken in the transaction, and under the lock, of `sinks/deliveries/engine.py`.

To write a new step: `docs/deliveries.md`, "For developers".
"""

from alembic import context

from sinks.deliveries.tables import metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, version_table="deliveries_version"
)
with context.begin_transaction():
    context.run_migrations()

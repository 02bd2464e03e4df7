"""How the store of deliveries came to be what it is, step by step: Alembic, run by whoever opens the store."""

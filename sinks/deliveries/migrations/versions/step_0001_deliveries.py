"""The deliveries, and which destinations are disabled."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_WAITING = sa.text("state = 'waiting'")
_OPEN = sa.text("state IN ('waiting', 'failed', 'refused')")


def upgrade() -> None:
    """Take the step."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "deliveries",
        sa.Column("place", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("id", sa.String(36), nullable=False, unique=True),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("partition", sa.Integer, nullable=False),
        sa.Column("offset", sa.BigInteger, nullable=False),
        sa.Column("destination", sa.String(63), nullable=False),
        sa.Column("sink", sa.String(63), nullable=False),
        sa.Column("department", sa.Text, nullable=False),
        sa.Column("protocol", sa.Text),
        sa.Column("attributes", sa.JSON, nullable=False),
        sa.Column("body", sa.LargeBinary),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("next_try", moment, nullable=False),
        sa.Column("lease", sa.String(36)),
        sa.Column("status", sa.Integer),
        sa.Column("answer", sa.Text),
        sa.Column("added_at", moment, nullable=False),
        sa.Column("tried_at", moment),
        sa.Column("settled_at", moment),
        sqlite_autoincrement=True,
    )
    for name, columns, condition in (
        ("deliveries_due", ["destination", "next_try", "place"], _WAITING),
        ("deliveries_order", ["destination", "protocol", "place"], _OPEN),
        ("deliveries_settled", ["settled_at"], None),
    ):
        op.create_index(name, "deliveries", columns, sqlite_where=condition, postgresql_where=condition)
    op.create_table(
        "destinations",
        sa.Column("name", sa.String(63), primary_key=True),
        sa.Column("disabled", sa.Text),
        sa.Column("since", moment, nullable=False),
    )

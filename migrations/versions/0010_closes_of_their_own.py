"""Closes of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("consent_unit", schema=None) as batch_op:
        batch_op.create_index(
            "ix_consent_unit_own_close",
            ["collection_id", "closes_at"],
            unique=False,
            sqlite_where=sa.text("closes_at IS NOT NULL"),
            postgresql_where=sa.text("closes_at IS NOT NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("consent_unit", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_consent_unit_own_close",
            sqlite_where=sa.text("closes_at IS NOT NULL"),
            postgresql_where=sa.text("closes_at IS NOT NULL"),
        )

"""Polls that are void."""

import sqlalchemy as sa
from alembic import op

from hearing.db import Instant

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "poll_voiding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", Instant(), nullable=True),
        sa.Column("voted", sa.Integer(), nullable=False),
        sa.Column("in_trail", sa.Integer(), nullable=False),
        sa.Column("lost", sa.Integer(), nullable=False),
        sa.Column("key_read", sa.Boolean(), nullable=False),
        sa.CheckConstraint("made_by IS NULL OR made_by <> asked_by", name=op.f("ck_poll_voiding_two_officers")),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_poll_voiding_asked_by")),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_poll_voiding_made_by")),
        sa.ForeignKeyConstraint(["poll_id"], ["poll.id"], name=op.f("fk_poll_voiding_poll_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll_voiding")),
    )
    with op.batch_alter_table("poll_voiding", schema=None) as batch_op:
        batch_op.create_index("ix_poll_voiding_poll", ["poll_id"], unique=False)

    # A plain statement: a table that is written anew would lose its checks.
    op.add_column("poll", sa.Column("box_check", sa.String(length=64), server_default=sa.text("''"), nullable=False))


def downgrade() -> None:
    op.execute("ALTER TABLE poll DROP COLUMN box_check")
    with op.batch_alter_table("poll_voiding", schema=None) as batch_op:
        batch_op.drop_index("ix_poll_voiding_poll")

    op.drop_table("poll_voiding")

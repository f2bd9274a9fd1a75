"""Polls that are void, and photographs of papers."""

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
    op.create_table(
        "paper_photo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(length=10), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("why", sa.String(length=40), nullable=False),
        sa.Column("taken_by", sa.Integer(), nullable=False),
        sa.Column("taken_at", Instant(), nullable=False),
        sa.CheckConstraint("(state = 'refused') = (why <> '')", name=op.f("ck_paper_photo_refused_why")),
        sa.CheckConstraint(
            "state <> 'matched' OR (code IS NOT NULL AND evidence_id IS NOT NULL)", name=op.f("ck_paper_photo_matched")
        ),
        sa.CheckConstraint("state IN ('matched', 'waiting', 'refused', 'aside')", name=op.f("ck_paper_photo_state")),
        sa.ForeignKeyConstraint(["code"], ["ballot_paper.code"], name=op.f("fk_paper_photo_code")),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_paper_photo_evidence_id")),
        sa.ForeignKeyConstraint(["poll_id"], ["poll.id"], name=op.f("fk_paper_photo_poll_id")),
        sa.ForeignKeyConstraint(["taken_by"], ["account.id"], name=op.f("fk_paper_photo_taken_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_photo")),
        sa.UniqueConstraint("poll_id", "number", name="uq_paper_photo_number"),
    )
    with op.batch_alter_table("paper_photo", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_paper_photo_evidence_id"), ["evidence_id"], unique=False)
        batch_op.create_index(
            "uq_paper_photo_paper",
            ["code"],
            unique=True,
            sqlite_where=sa.text("state = 'matched'"),
            postgresql_where=sa.text("state = 'matched'"),
        )
        batch_op.create_index(
            "uq_paper_photo_picture",
            ["poll_id", "sha256"],
            unique=True,
            sqlite_where=sa.text("state IN ('matched', 'waiting', 'aside')"),
            postgresql_where=sa.text("state IN ('matched', 'waiting', 'aside')"),
        )


def downgrade() -> None:
    with op.batch_alter_table("paper_photo", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_paper_photo_picture",
            sqlite_where=sa.text("state IN ('matched', 'waiting', 'aside')"),
            postgresql_where=sa.text("state IN ('matched', 'waiting', 'aside')"),
        )
        batch_op.drop_index(
            "uq_paper_photo_paper",
            sqlite_where=sa.text("state = 'matched'"),
            postgresql_where=sa.text("state = 'matched'"),
        )
        batch_op.drop_index(batch_op.f("ix_paper_photo_evidence_id"))

    op.drop_table("paper_photo")

    op.execute("ALTER TABLE poll DROP COLUMN box_check")
    with op.batch_alter_table("poll_voiding", schema=None) as batch_op:
        batch_op.drop_index("ix_poll_voiding_poll")

    op.drop_table("poll_voiding")

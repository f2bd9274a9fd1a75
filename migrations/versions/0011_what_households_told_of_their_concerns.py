"""What households told of their concerns."""

import sqlalchemy as sa
from alembic import op

from hearing.db import Instant
from hearing.schema import only_grows

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "concern_telling",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("concern_id", sa.Integer(), nullable=False),
        sa.Column("word_id", sa.Integer(), nullable=True),
        sa.Column("way", sa.String(length=40), nullable=False),
        sa.Column("told_by", sa.String(length=120), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=True),
        sa.Column("entered_by", sa.Integer(), nullable=False),
        sa.Column("entered_at", Instant(), nullable=False),
        sa.CheckConstraint("way <> 'paper' OR paper_id IS NOT NULL", name=op.f("ck_concern_telling_paper")),
        sa.ForeignKeyConstraint(["concern_id"], ["concern.id"], name=op.f("fk_concern_telling_concern_id")),
        sa.ForeignKeyConstraint(["entered_by"], ["account.id"], name=op.f("fk_concern_telling_entered_by")),
        sa.ForeignKeyConstraint(["paper_id"], ["evidence.id"], name=op.f("fk_concern_telling_paper_id")),
        sa.ForeignKeyConstraint(["word_id"], ["concern_word.id"], name=op.f("fk_concern_telling_word_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_concern_telling")),
        sa.UniqueConstraint("word_id", name=op.f("uq_concern_telling_word_id")),
    )
    with op.batch_alter_table("concern_telling", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_concern_telling_concern_id"), ["concern_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_concern_telling_paper_id"), ["paper_id"], unique=False)
        batch_op.create_index(
            "uq_concern_telling_concern",
            ["concern_id"],
            unique=True,
            sqlite_where=sa.text("word_id IS NULL"),
            postgresql_where=sa.text("word_id IS NULL"),
        )
    only_grows("concern_telling", "told_by", "note")


def downgrade() -> None:
    with op.batch_alter_table("concern_telling", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_concern_telling_concern",
            sqlite_where=sa.text("word_id IS NULL"),
            postgresql_where=sa.text("word_id IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_concern_telling_paper_id"))
        batch_op.drop_index(batch_op.f("ix_concern_telling_concern_id"))

    op.drop_table("concern_telling")

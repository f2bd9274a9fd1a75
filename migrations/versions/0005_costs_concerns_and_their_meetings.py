"""Costs, concerns and their meetings."""

import sqlalchemy as sa
from alembic import op

from hearing.db import Instant
from hearing.schema import only_grows

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


GROWING: dict[str, tuple[str, ...]] = {
    "concern": ("text",),
    "concern_answer": ("text", "measures_json"),
    "concern_answer_file": (),
    "concern_referral": (),
    "concern_word": ("text",),
    "cost_sheet": (),
}
"""Tables that only grow, with the columns that may be blanked once nobody may keep them any longer."""


def upgrade() -> None:
    op.create_table(
        "concern",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("neighbourhood_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("raised_by", sa.Integer(), nullable=False),
        sa.Column("raised_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["neighbourhood_id"], ["neighbourhood.id"], name=op.f("fk_concern_neighbourhood_id")),
        sa.ForeignKeyConstraint(["photo_id"], ["evidence.id"], name=op.f("fk_concern_photo_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_concern_proposal_id")),
        sa.ForeignKeyConstraint(["raised_by"], ["account.id"], name=op.f("fk_concern_raised_by")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_concern_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_concern")),
        sa.UniqueConstraint("proposal_id", "number", name="uq_concern_number"),
    )
    with op.batch_alter_table("concern", schema=None) as batch_op:
        batch_op.create_index("ix_concern_desk", ["neighbourhood_id", "raised_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_concern_raised_by"), ["raised_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_concern_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "cost_sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("scope_kind", sa.String(length=40), nullable=False),
        sa.Column("scope_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("total_fen", sa.BigInteger(), nullable=False),
        sa.Column("subsidy_fen", sa.BigInteger(), nullable=False),
        sa.Column("fund_fen", sa.BigInteger(), nullable=False),
        sa.Column("residents_fen", sa.BigInteger(), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=False),
        sa.Column("entered_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "subsidy_fen >= 0 AND fund_fen >= 0 AND residents_fen >= 0", name=op.f("ck_cost_sheet_not_negative")
        ),
        sa.CheckConstraint("total_fen = subsidy_fen + fund_fen + residents_fen", name=op.f("ck_cost_sheet_adds_up")),
        sa.ForeignKeyConstraint(["entered_by"], ["account.id"], name=op.f("fk_cost_sheet_entered_by")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_cost_sheet_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cost_sheet")),
        sa.UniqueConstraint("proposal_id", "digest", name="uq_cost_sheet_content"),
    )
    op.create_table(
        "concern_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("concern_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("measures_json", sa.Text(), nullable=False),
        sa.Column("compensation_fen", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("answered_by", sa.Integer(), nullable=False),
        sa.Column("answered_at", Instant(), nullable=False),
        sa.CheckConstraint("compensation_fen >= 0", name=op.f("ck_concern_answer_compensation")),
        sa.ForeignKeyConstraint(["answered_by"], ["account.id"], name=op.f("fk_concern_answer_answered_by")),
        sa.ForeignKeyConstraint(["concern_id"], ["concern.id"], name=op.f("fk_concern_answer_concern_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_concern_answer")),
    )
    with op.batch_alter_table("concern_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_concern_answer_concern_id"), ["concern_id"], unique=False)

    op.create_table(
        "concern_referral",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("concern_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_concern_referral_account_id")),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_concern_referral_asked_by")),
        sa.ForeignKeyConstraint(["concern_id"], ["concern.id"], name=op.f("fk_concern_referral_concern_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_concern_referral")),
        sa.UniqueConstraint("concern_id", "account_id", name="uq_concern_referral_once"),
    )
    with op.batch_alter_table("concern_referral", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_concern_referral_account_id"), ["account_id"], unique=False)

    op.create_table(
        "concern_word",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("concern_id", sa.Integer(), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("said_by", sa.Integer(), nullable=False),
        sa.Column("said_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["concern_id"], ["concern.id"], name=op.f("fk_concern_word_concern_id")),
        sa.ForeignKeyConstraint(["said_by"], ["account.id"], name=op.f("fk_concern_word_said_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_concern_word")),
    )
    with op.batch_alter_table("concern_word", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_concern_word_concern_id"), ["concern_id"], unique=False)

    op.create_table(
        "concern_answer_file",
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["answer_id"], ["concern_answer.id"], name=op.f("fk_concern_answer_file_answer_id")),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_concern_answer_file_evidence_id")),
        sa.PrimaryKeyConstraint("answer_id", "evidence_id", name=op.f("pk_concern_answer_file")),
    )
    with op.batch_alter_table("concern_answer_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_concern_answer_file_evidence_id"), ["evidence_id"], unique=False)

    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.add_column(sa.Column("concern_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_meeting_concern_id"), ["concern_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_meeting_concern_id"), "concern", ["concern_id"], ["id"])
    for table, erasable in GROWING.items():
        only_grows(table, *erasable)


def downgrade() -> None:
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_meeting_concern_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_meeting_concern_id"))
        batch_op.drop_column("concern_id")

    with op.batch_alter_table("concern_answer_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_concern_answer_file_evidence_id"))

    op.drop_table("concern_answer_file")
    with op.batch_alter_table("concern_word", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_concern_word_concern_id"))

    op.drop_table("concern_word")
    with op.batch_alter_table("concern_referral", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_concern_referral_account_id"))

    op.drop_table("concern_referral")
    with op.batch_alter_table("concern_answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_concern_answer_concern_id"))

    op.drop_table("concern_answer")
    op.drop_table("cost_sheet")
    with op.batch_alter_table("concern", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_concern_unit_id"))
        batch_op.drop_index(batch_op.f("ix_concern_raised_by"))
        batch_op.drop_index("ix_concern_desk")

    op.drop_table("concern")

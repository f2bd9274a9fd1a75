"""Stages of a lift and its building group."""

import sqlalchemy as sa
from alembic import op

from hearing.db import Instant
from hearing.schema import only_grows

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


GROWING: dict[str, tuple[str, ...]] = {"works_event": ("note",), "works_file": ()}
"""Tables that only grow, with the columns that may be blanked once nobody may keep them any longer."""


def upgrade() -> None:
    op.create_table(
        "group_seat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("appointed_by", sa.Integer(), nullable=False),
        sa.Column("appointed_at", Instant(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("ended_why", sa.String(length=40), nullable=True),
        sa.Column("ended_note", sa.Text(), nullable=False),
        sa.Column("ended_paper_id", sa.Integer(), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "(until IS NULL) = (ended_by IS NULL) AND (until IS NULL) = (ended_why IS NULL)",
            name=op.f("ck_group_seat_ended_in_full"),
        ),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("ck_group_seat_days")),
        sa.ForeignKeyConstraint(["appointed_by"], ["account.id"], name=op.f("fk_group_seat_appointed_by")),
        sa.ForeignKeyConstraint(["ended_by"], ["account.id"], name=op.f("fk_group_seat_ended_by")),
        sa.ForeignKeyConstraint(["ended_paper_id"], ["evidence.id"], name=op.f("fk_group_seat_ended_paper_id")),
        sa.ForeignKeyConstraint(["holder_id"], ["holder.id"], name=op.f("fk_group_seat_holder_id")),
        sa.ForeignKeyConstraint(["paper_id"], ["evidence.id"], name=op.f("fk_group_seat_paper_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_group_seat_proposal_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_group_seat_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_seat")),
    )
    with op.batch_alter_table("group_seat", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_group_seat_holder_id"), ["holder_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_group_seat_unit_id"), ["unit_id"], unique=False)
        batch_op.create_index(
            "uq_group_seat_alone",
            ["proposal_id", "role"],
            unique=True,
            sqlite_where=sa.text("until IS NULL AND role IN ('leader', 'accounts')"),
            postgresql_where=sa.text("until IS NULL AND role IN ('leader', 'accounts')"),
        )
        batch_op.create_index(
            "uq_group_seat_person",
            ["proposal_id", "role", "holder_id"],
            unique=True,
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        )

    op.create_table(
        "works_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("stage", sa.String(length=40), nullable=True),
        sa.Column("paper", sa.String(length=40), nullable=True),
        sa.Column("reference", sa.String(length=120), nullable=False),
        sa.Column("issuer", sa.String(length=120), nullable=False),
        sa.Column("party", sa.String(length=40), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=False),
        sa.Column("entered_at", Instant(), nullable=False),
        sa.CheckConstraint("(kind = 'entered') = (stage IS NOT NULL)", name=op.f("ck_works_event_stage")),
        sa.CheckConstraint("(kind = 'paper') = (paper IS NOT NULL)", name=op.f("ck_works_event_paper")),
        sa.CheckConstraint("kind <> 'turn' OR party IS NOT NULL", name=op.f("ck_works_event_whose_turn")),
        sa.CheckConstraint("kind IN ('entered', 'turn') OR party IS NULL", name=op.f("ck_works_event_party")),
        sa.CheckConstraint("corrects_id IS NOT NULL OR NOT withdrawn", name=op.f("ck_works_event_takes_back")),
        sa.ForeignKeyConstraint(["corrects_id"], ["works_event.id"], name=op.f("fk_works_event_corrects_id")),
        sa.ForeignKeyConstraint(["entered_by"], ["account.id"], name=op.f("fk_works_event_entered_by")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_works_event_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_works_event")),
        sa.UniqueConstraint("corrects_id", name="uq_works_event_corrected_once"),
        sa.UniqueConstraint("proposal_id", "number", name="uq_works_event_number"),
    )
    op.create_table(
        "works_file",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.CheckConstraint("purpose IN ('document', 'before', 'after')", name=op.f("ck_works_file_purpose")),
        sa.ForeignKeyConstraint(["event_id"], ["works_event.id"], name=op.f("fk_works_file_event_id")),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_works_file_evidence_id")),
        sa.PrimaryKeyConstraint("event_id", "evidence_id", name=op.f("pk_works_file")),
    )
    with op.batch_alter_table("works_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_works_file_evidence_id"), ["evidence_id"], unique=False)
    for table, erasable in GROWING.items():
        only_grows(table, *erasable)


def downgrade() -> None:
    with op.batch_alter_table("works_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_works_file_evidence_id"))

    op.drop_table("works_file")
    op.drop_table("works_event")
    with op.batch_alter_table("group_seat", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_group_seat_person", sqlite_where=sa.text("until IS NULL"), postgresql_where=sa.text("until IS NULL")
        )
        batch_op.drop_index(
            "uq_group_seat_alone",
            sqlite_where=sa.text("until IS NULL AND role IN ('leader', 'accounts')"),
            postgresql_where=sa.text("until IS NULL AND role IN ('leader', 'accounts')"),
        )
        batch_op.drop_index(batch_op.f("ix_group_seat_unit_id"))
        batch_op.drop_index(batch_op.f("ix_group_seat_holder_id"))

    op.drop_table("group_seat")

"""Visits, who goes where, and the one reminder."""

import sqlalchemy as sa
from alembic import op

from hearing.db import Instant
from hearing.schema import only_grows

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


GROWING: dict[str, tuple[str, ...]] = {
    "visit": ("mail_number",),
    "visit_correction": ("reason",),
    "visit_reminder": (),
    "visit_reminder_plan": (),
    "visit_round": (),
}
"""Tables that only grow, with the columns that may be blanked once nobody may keep them any longer."""


def upgrade() -> None:
    op.create_table(
        "visit_reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("collection_id", sa.Integer(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("sent_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["collection_id"], ["consent_collection.id"], name=op.f("fk_visit_reminder_collection_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_reminder")),
        sa.UniqueConstraint("collection_id", name="uq_visit_reminder_once"),
    )
    op.create_table(
        "visit_reminder_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("collection_id", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=False),
        sa.Column("set_at", Instant(), nullable=False),
        sa.CheckConstraint("days BETWEEN 1 AND 30", name=op.f("ck_visit_reminder_plan_days")),
        sa.ForeignKeyConstraint(
            ["collection_id"], ["consent_collection.id"], name=op.f("fk_visit_reminder_plan_collection_id")
        ),
        sa.ForeignKeyConstraint(["set_by"], ["account.id"], name=op.f("fk_visit_reminder_plan_set_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_reminder_plan")),
    )
    with op.batch_alter_table("visit_reminder_plan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_reminder_plan_collection_id"), ["collection_id"], unique=False)

    op.create_table(
        "visit_round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("collection_id", sa.Integer(), nullable=False),
        sa.Column("stairwell_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("assigned_by", sa.Integer(), nullable=False),
        sa.Column("assigned_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_visit_round_account_id")),
        sa.ForeignKeyConstraint(["assigned_by"], ["account.id"], name=op.f("fk_visit_round_assigned_by")),
        sa.ForeignKeyConstraint(
            ["collection_id"], ["consent_collection.id"], name=op.f("fk_visit_round_collection_id")
        ),
        sa.ForeignKeyConstraint(["stairwell_id"], ["stairwell.id"], name=op.f("fk_visit_round_stairwell_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_round")),
    )
    with op.batch_alter_table("visit_round", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_round_account_id"), ["account_id"], unique=False)
        batch_op.create_index("ix_visit_round_place", ["collection_id", "stairwell_id"], unique=False)

    op.create_table(
        "visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consent_unit_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("mail_number", sa.String(length=30), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=True),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("agreed_at", Instant(), nullable=True),
        sa.Column("no_more", sa.Boolean(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=False),
        sa.Column("entered_at", Instant(), nullable=False),
        sa.CheckConstraint("outcome <> 'door' OR photo_id IS NOT NULL", name=op.f("ck_visit_photo")),
        sa.CheckConstraint("NOT no_more OR (next_on IS NULL AND agreed_at IS NULL)", name=op.f("ck_visit_one_wish")),
        sa.ForeignKeyConstraint(["consent_unit_id"], ["consent_unit.id"], name=op.f("fk_visit_consent_unit_id")),
        sa.ForeignKeyConstraint(["entered_by"], ["account.id"], name=op.f("fk_visit_entered_by")),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_visit_made_by")),
        sa.ForeignKeyConstraint(["photo_id"], ["evidence.id"], name=op.f("fk_visit_photo_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
    )
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.create_index("ix_visit_unit", ["consent_unit_id", "happened_on"], unique=False)
        batch_op.create_index(
            "uq_visit_page_seen",
            ["consent_unit_id"],
            unique=True,
            sqlite_where=sa.text("outcome = 'page'"),
            postgresql_where=sa.text("outcome = 'page'"),
        )

    op.create_table(
        "visit_correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("corrected_by", sa.Integer(), nullable=False),
        sa.Column("corrected_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["corrected_by"], ["account.id"], name=op.f("fk_visit_correction_corrected_by")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_correction_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_correction")),
        sa.UniqueConstraint("visit_id", name="uq_visit_correction_once"),
    )
    for table, erasable in GROWING.items():
        only_grows(table, *erasable)


def downgrade() -> None:
    op.drop_table("visit_correction")
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_visit_page_seen", sqlite_where=sa.text("outcome = 'page'"), postgresql_where=sa.text("outcome = 'page'")
        )
        batch_op.drop_index("ix_visit_unit")

    op.drop_table("visit")
    with op.batch_alter_table("visit_round", schema=None) as batch_op:
        batch_op.drop_index("ix_visit_round_place")
        batch_op.drop_index(batch_op.f("ix_visit_round_account_id"))

    op.drop_table("visit_round")
    with op.batch_alter_table("visit_reminder_plan", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_visit_reminder_plan_collection_id"))

    op.drop_table("visit_reminder_plan")
    op.drop_table("visit_reminder")

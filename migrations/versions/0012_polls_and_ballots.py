"""Polls and ballots."""

import sqlalchemy as sa
from alembic import op

from hearing.db import Instant
from hearing.schema import only_grows

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


ONLY_GROWING = (
    "poll_extension",
    "poll_mark",
    "poll_tally",
    "secret_ballot",
)


def upgrade() -> None:
    op.create_table(
        "poll",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("neighbourhood_id", sa.Integer(), nullable=False),
        sa.Column("building_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("mode", sa.String(length=40), nullable=False),
        sa.Column("per", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("least", sa.Integer(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("most_each", sa.Integer(), nullable=False),
        sa.Column("budget_fen", sa.BigInteger(), nullable=False),
        sa.Column("pots_text", sa.Text(), nullable=False),
        sa.Column("counting", sa.String(length=40), nullable=False),
        sa.Column("threshold", sa.Integer(), nullable=False),
        sa.Column("floor", sa.Integer(), nullable=False),
        sa.Column("comparison", sa.Boolean(), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("rule_text", sa.Text(), nullable=False),
        sa.Column("rule_hash", sa.String(length=64), nullable=False),
        sa.Column("lot_seed", sa.String(length=64), nullable=False),
        sa.Column("order_seed", sa.String(length=64), nullable=False),
        sa.Column("opens_at", Instant(), nullable=False),
        sa.Column("closes_at", Instant(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("roll_root", sa.String(length=43), nullable=False),
        sa.Column("roll_size", sa.Integer(), nullable=False),
        sa.Column("box_room", sa.Integer(), nullable=False),
        sa.CheckConstraint("state = 'draft' OR (rule_hash <> '' AND roll_root <> '')", name=op.f("ck_poll_frozen")),
        sa.CheckConstraint("budget_fen >= 0", name=op.f("ck_poll_budget")),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_poll_window")),
        sa.ForeignKeyConstraint(["building_id"], ["building.id"], name=op.f("fk_poll_building_id")),
        sa.ForeignKeyConstraint(["neighbourhood_id"], ["neighbourhood.id"], name=op.f("fk_poll_neighbourhood_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll")),
    )
    with op.batch_alter_table("poll", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_poll_building_id"), ["building_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_poll_closes_at"), ["closes_at"], unique=False)
        batch_op.create_index("ix_poll_place", ["neighbourhood_id", "state"], unique=False)

    op.create_table(
        "poll_extension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("before", Instant(), nullable=False),
        sa.Column("closes_at", Instant(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("extended_by", sa.Integer(), nullable=False),
        sa.Column("extended_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["extended_by"], ["account.id"], name=op.f("fk_poll_extension_extended_by")),
        sa.ForeignKeyConstraint(["poll_id"], ["poll.id"], name=op.f("fk_poll_extension_poll_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll_extension")),
        sa.UniqueConstraint("poll_id", "number", name=op.f("uq_poll_extension_poll_id_number")),
    )
    op.create_table(
        "poll_project",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("cost_fen", sa.BigInteger(), nullable=False),
        sa.Column("category", sa.String(length=120), nullable=False),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.Column("withdrawn_because", sa.Text(), nullable=False),
        sa.CheckConstraint("cost_fen >= 0", name=op.f("ck_poll_project_cost")),
        sa.ForeignKeyConstraint(["poll_id"], ["poll.id"], name=op.f("fk_poll_project_poll_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll_project")),
        sa.UniqueConstraint("poll_id", "code", name="uq_poll_project_code"),
    )
    op.create_table(
        "poll_tally",
        sa.Column("poll_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("record_text", sa.Text(), nullable=False),
        sa.Column("record_hash", sa.String(length=64), nullable=False),
        sa.Column("reveal_hash", sa.String(length=64), nullable=False),
        sa.Column("election_pb", sa.Text(), nullable=False),
        sa.Column("rule_json", sa.Text(), nullable=False),
        sa.Column("readme", sa.Text(), nullable=False),
        sa.Column("counted_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["poll_id"], ["poll.id"], name=op.f("fk_poll_tally_poll_id")),
        sa.PrimaryKeyConstraint("poll_id", name=op.f("pk_poll_tally")),
    )
    op.create_table(
        "sealed_ballot",
        sa.Column("slot", sa.String(length=32), nullable=False),
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["poll_id"], ["poll.id"], name=op.f("fk_sealed_ballot_poll_id")),
        sa.PrimaryKeyConstraint("slot", name=op.f("pk_sealed_ballot")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("sealed_ballot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sealed_ballot_poll_id"), ["poll_id"], unique=False)

    op.create_table(
        "secret_ballot",
        sa.Column("c", sa.String(length=43), nullable=False),
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("nonce", sa.String(length=43), nullable=False),
        sa.Column("ballot", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["poll_id"], ["poll.id"], name=op.f("fk_secret_ballot_poll_id")),
        sa.PrimaryKeyConstraint("c", name=op.f("pk_secret_ballot")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("secret_ballot", schema=None) as batch_op:
        batch_op.create_index("ix_secret_ballot_poll", ["poll_id", "c"], unique=False)

    op.create_table(
        "poll_voter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("holder_id", sa.Integer(), nullable=True),
        sa.Column("salt", sa.LargeBinary(length=32), nullable=False),
        sa.Column("commitment", sa.String(length=43), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.Column("struck", sa.Boolean(), nullable=False),
        sa.CheckConstraint("(unit_id IS NULL) <> (holder_id IS NULL)", name=op.f("ck_poll_voter_one_kind")),
        sa.ForeignKeyConstraint(["holder_id"], ["holder.id"], name=op.f("fk_poll_voter_holder_id")),
        sa.ForeignKeyConstraint(["poll_id"], ["poll.id"], name=op.f("fk_poll_voter_poll_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_poll_voter_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll_voter")),
        sa.UniqueConstraint("poll_id", "holder_id", name="uq_poll_voter_holder"),
        sa.UniqueConstraint("poll_id", "unit_id", name="uq_poll_voter_unit"),
    )
    with op.batch_alter_table("poll_voter", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_poll_voter_holder_id"), ["holder_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_poll_voter_unit_id"), ["unit_id"], unique=False)
        batch_op.create_index(
            "ix_poll_voter_untold",
            ["poll_id"],
            unique=False,
            sqlite_where=sa.text("NOT told"),
            postgresql_where=sa.text("NOT told"),
        )

    op.create_table(
        "roll_amendment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("adds", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", Instant(), nullable=True),
        sa.CheckConstraint("made_by IS NULL OR made_by <> asked_by", name=op.f("ck_roll_amendment_two_officers")),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_roll_amendment_asked_by")),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_roll_amendment_made_by")),
        sa.ForeignKeyConstraint(["poll_id"], ["poll.id"], name=op.f("fk_roll_amendment_poll_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_roll_amendment_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roll_amendment")),
    )
    with op.batch_alter_table("roll_amendment", schema=None) as batch_op:
        batch_op.create_index("ix_roll_amendment_poll", ["poll_id"], unique=False)

    op.create_table(
        "named_ballot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("voter_id", sa.Integer(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("ballot", sa.Text(), nullable=False),
        sa.Column("cast_by", sa.Integer(), nullable=False),
        sa.Column("cast_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["cast_by"], ["account.id"], name=op.f("fk_named_ballot_cast_by")),
        sa.ForeignKeyConstraint(["poll_id"], ["poll.id"], name=op.f("fk_named_ballot_poll_id")),
        sa.ForeignKeyConstraint(["voter_id"], ["poll_voter.id"], name=op.f("fk_named_ballot_voter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_named_ballot")),
        sa.UniqueConstraint("voter_id", "turn", name="uq_named_ballot_turn"),
    )
    with op.batch_alter_table("named_ballot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_named_ballot_cast_by"), ["cast_by"], unique=False)
        batch_op.create_index("ix_named_ballot_poll", ["poll_id"], unique=False)

    op.create_table(
        "poll_mark",
        sa.Column("voter_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["voter_id"], ["poll_voter.id"], name=op.f("fk_poll_mark_voter_id")),
        sa.PrimaryKeyConstraint("voter_id", name=op.f("pk_poll_mark")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("log_entry", schema=None) as batch_op:
        batch_op.create_index(
            "ix_log_entry_ballot",
            ["leaf_hash"],
            unique=False,
            sqlite_where=sa.text("kind = 'ballot'"),
            postgresql_where=sa.text("kind = 'ballot'"),
        )
    for table in ONLY_GROWING:
        only_grows(table)
    only_grows("named_ballot", "ballot")


def downgrade() -> None:
    with op.batch_alter_table("log_entry", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_log_entry_ballot", sqlite_where=sa.text("kind = 'ballot'"), postgresql_where=sa.text("kind = 'ballot'")
        )

    op.drop_table("poll_mark")
    with op.batch_alter_table("named_ballot", schema=None) as batch_op:
        batch_op.drop_index("ix_named_ballot_poll")
        batch_op.drop_index(batch_op.f("ix_named_ballot_cast_by"))

    op.drop_table("named_ballot")
    with op.batch_alter_table("roll_amendment", schema=None) as batch_op:
        batch_op.drop_index("ix_roll_amendment_poll")

    op.drop_table("roll_amendment")
    with op.batch_alter_table("poll_voter", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_poll_voter_untold", sqlite_where=sa.text("NOT told"), postgresql_where=sa.text("NOT told")
        )
        batch_op.drop_index(batch_op.f("ix_poll_voter_unit_id"))
        batch_op.drop_index(batch_op.f("ix_poll_voter_holder_id"))

    op.drop_table("poll_voter")
    with op.batch_alter_table("secret_ballot", schema=None) as batch_op:
        batch_op.drop_index("ix_secret_ballot_poll")

    op.drop_table("secret_ballot")
    with op.batch_alter_table("sealed_ballot", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sealed_ballot_poll_id"))

    op.drop_table("sealed_ballot")
    op.drop_table("poll_tally")
    op.drop_table("poll_project")
    op.drop_table("poll_extension")
    with op.batch_alter_table("poll", schema=None) as batch_op:
        batch_op.drop_index("ix_poll_place")
        batch_op.drop_index(batch_op.f("ix_poll_closes_at"))
        batch_op.drop_index(batch_op.f("ix_poll_building_id"))

    op.drop_table("poll")

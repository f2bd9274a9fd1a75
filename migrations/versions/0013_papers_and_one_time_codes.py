"""Papers and one-time codes of a poll."""

import sqlalchemy as sa
from alembic import op

from hearing.db import Instant
from hearing.schema import only_grows

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


ONLY_GROWING = ("paper_run",)


def upgrade() -> None:
    op.create_table(
        "paper_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sheets", sa.Integer(), nullable=False),
        sa.Column("printed_by", sa.Integer(), nullable=False),
        sa.Column("printed_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["poll_id"], ["poll.id"], name=op.f("fk_paper_run_poll_id")),
        sa.ForeignKeyConstraint(["printed_by"], ["account.id"], name=op.f("fk_paper_run_printed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_run")),
        sa.UniqueConstraint("poll_id", "number", name=op.f("uq_paper_run_poll_id_number")),
    )
    op.create_table(
        "poll_desk",
        sa.Column("poll_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("printed", sa.Integer(), nullable=False),
        sa.Column("handed", sa.Integer(), nullable=False),
        sa.Column("entered", sa.Integer(), nullable=False),
        sa.Column("voided", sa.Integer(), nullable=False),
        sa.Column("unreturned", sa.Integer(), nullable=False),
        sa.Column("codes", sa.Integer(), nullable=False),
        sa.CheckConstraint("entered + voided + unreturned <= handed", name=op.f("ck_poll_desk_papers_out")),
        sa.CheckConstraint(
            "entered >= 0 AND voided >= 0 AND unreturned >= 0 AND codes >= 0", name=op.f("ck_poll_desk_counts")
        ),
        sa.CheckConstraint("handed <= printed", name=op.f("ck_poll_desk_papers_left")),
        sa.ForeignKeyConstraint(["poll_id"], ["poll.id"], name=op.f("fk_poll_desk_poll_id")),
        sa.PrimaryKeyConstraint("poll_id", name=op.f("pk_poll_desk")),
    )
    op.create_table(
        "ballot_paper",
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("exchanged", sa.Boolean(), nullable=False),
        sa.Column("voter_id", sa.Integer(), nullable=True),
        sa.Column("void_because", sa.String(length=40), nullable=False),
        sa.CheckConstraint("(state = 'void') = (void_because <> '')", name=op.f("ck_ballot_paper_void_because")),
        sa.ForeignKeyConstraint(["poll_id"], ["poll.id"], name=op.f("fk_ballot_paper_poll_id")),
        sa.ForeignKeyConstraint(["voter_id"], ["poll_voter.id"], name=op.f("fk_ballot_paper_voter_id")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_ballot_paper")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("ballot_paper", schema=None) as batch_op:
        batch_op.create_index("ix_ballot_paper_state", ["poll_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_ballot_paper_voter_id"), ["voter_id"], unique=False)

    op.create_table(
        "desk_code",
        sa.Column("voter_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("code_mac", sa.String(length=64), nullable=False),
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("issued_by", sa.Integer(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["issued_by"], ["account.id"], name=op.f("fk_desk_code_issued_by")),
        sa.ForeignKeyConstraint(["poll_id"], ["poll.id"], name=op.f("fk_desk_code_poll_id")),
        sa.ForeignKeyConstraint(["voter_id"], ["poll_voter.id"], name=op.f("fk_desk_code_voter_id")),
        sa.PrimaryKeyConstraint("voter_id", name=op.f("pk_desk_code")),
        sa.UniqueConstraint("code_mac", name=op.f("uq_desk_code_code_mac")),
    )
    with op.batch_alter_table("desk_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_desk_code_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_desk_code_poll_id"), ["poll_id"], unique=False)

    op.create_table(
        "paper_reading",
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("turn", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("read_by", sa.Integer(), nullable=False),
        sa.Column("said", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("turn BETWEEN 1 AND 3", name=op.f("ck_paper_reading_turn")),
        sa.ForeignKeyConstraint(["code"], ["ballot_paper.code"], name=op.f("fk_paper_reading_code")),
        sa.ForeignKeyConstraint(["read_by"], ["account.id"], name=op.f("fk_paper_reading_read_by")),
        sa.PrimaryKeyConstraint("code", "turn", name=op.f("pk_paper_reading")),
        sa.UniqueConstraint("code", "read_by", name="uq_paper_reading_reader"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("paper_reading", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_paper_reading_read_by"), ["read_by"], unique=False)
    for table in ONLY_GROWING:
        only_grows(table)


def downgrade() -> None:
    with op.batch_alter_table("paper_reading", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_paper_reading_read_by"))

    op.drop_table("paper_reading")
    with op.batch_alter_table("desk_code", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_desk_code_poll_id"))
        batch_op.drop_index(batch_op.f("ix_desk_code_expires_at"))

    op.drop_table("desk_code")
    with op.batch_alter_table("ballot_paper", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ballot_paper_voter_id"))
        batch_op.drop_index("ix_ballot_paper_state")

    op.drop_table("ballot_paper")
    op.drop_table("poll_desk")
    op.drop_table("paper_run")

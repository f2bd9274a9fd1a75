"""Count who has voted without their lines: a mark knows its poll."""

import sqlalchemy as sa
from alembic import op

from hearing.schema import only_grows

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What was filled is made anew: nothing points to a mark, and no row of what only grows can be changed.
    op.create_index("uq_poll_voter_line", "poll_voter", ["id", "poll_id"], unique=True)
    for column in ("unit_id", "holder_id"):
        there = sa.text(f"{column} IS NOT NULL")
        op.drop_index(f"ix_poll_voter_{column}", "poll_voter")
        op.create_index(
            f"ix_poll_voter_{column}", "poll_voter", [column], sqlite_where=there, postgresql_where=there, unique=False
        )
    op.execute(
        "CREATE TEMPORARY TABLE marks_before AS SELECT poll_mark.voter_id, poll_voter.poll_id "
        "FROM poll_mark JOIN poll_voter ON poll_voter.id = poll_mark.voter_id"
    )
    op.drop_table("poll_mark")
    op.create_table(
        "poll_mark",
        sa.Column("voter_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["poll_id", "voter_id"], ["poll_voter.poll_id", "poll_voter.id"], name="fk_poll_mark_voter"
        ),
        sa.PrimaryKeyConstraint("voter_id", name=op.f("pk_poll_mark")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_poll_mark_poll", "poll_mark", ["poll_id"], unique=False)
    # By line, so nothing of the order in which people voted stays.
    op.execute("INSERT INTO poll_mark (voter_id, poll_id) SELECT voter_id, poll_id FROM marks_before ORDER BY voter_id")
    op.execute("DROP TABLE marks_before")
    only_grows("poll_mark")


def downgrade() -> None:
    op.execute("CREATE TEMPORARY TABLE marks_before AS SELECT voter_id FROM poll_mark")
    op.drop_table("poll_mark")
    op.drop_index("uq_poll_voter_line", "poll_voter")
    for column in ("unit_id", "holder_id"):
        op.drop_index(f"ix_poll_voter_{column}", "poll_voter")
        op.create_index(f"ix_poll_voter_{column}", "poll_voter", [column], unique=False)
    op.create_table(
        "poll_mark",
        sa.Column("voter_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["voter_id"], ["poll_voter.id"], name=op.f("fk_poll_mark_voter_id")),
        sa.PrimaryKeyConstraint("voter_id", name=op.f("pk_poll_mark")),
        sqlite_with_rowid=False,
    )
    op.execute("INSERT INTO poll_mark (voter_id) SELECT voter_id FROM marks_before ORDER BY voter_id")
    op.execute("DROP TABLE marks_before")
    only_grows("poll_mark")

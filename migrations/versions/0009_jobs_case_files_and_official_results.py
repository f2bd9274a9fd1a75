"""Jobs case files and official results."""

import sqlalchemy as sa
from alembic import op

from hearing.db import Instant
from hearing.schema import only_grows

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


GROWING: dict[str, tuple[str, ...]] = {
    "case_file_fetch": (),
    "case_file_request": ("purpose",),
    "official_result": ("reason",),
}
"""Tables that only grow, with the columns that may be blanked once nobody may keep them any longer."""


def upgrade() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("lease", sa.String(length=32), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("failure", sa.String(length=40), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.CheckConstraint("(state = 'working') = (lease <> '')", name=op.f("ck_job_leased")),
        sa.CheckConstraint("done >= 0 AND total >= 0", name=op.f("ck_job_progress")),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_job_asked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_job_asked_by"), ["asked_by"], unique=False)
        batch_op.create_index("ix_job_due", ["state", "due_at"], unique=False)
        batch_op.create_index(
            "uq_job_running",
            ["key"],
            unique=True,
            sqlite_where=sa.text("state IN ('waiting', 'working')"),
            postgresql_where=sa.text("state IN ('waiting', 'working')"),
        )

    op.create_table(
        "case_file_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("edition", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.CheckConstraint("edition IN ('full', 'public')", name=op.f("ck_case_file_request_edition")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_case_file_request_account_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_case_file_request_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_file_request")),
    )
    with op.batch_alter_table("case_file_request", schema=None) as batch_op:
        batch_op.create_index("ix_case_file_request_reader", ["proposal_id", "account_id"], unique=False)

    op.create_table(
        "case_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("edition", sa.String(length=40), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("log_size", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.Boolean(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("gone_at", Instant(), nullable=True),
        sa.Column("gone_because", sa.String(length=40), nullable=True),
        sa.CheckConstraint("edition IN ('full', 'public')", name=op.f("ck_case_file_edition")),
        sa.CheckConstraint("(gone_at IS NULL) = (gone_because IS NULL)", name=op.f("ck_case_file_gone_in_full")),
        sa.CheckConstraint("size > 0 AND files > 0", name=op.f("ck_case_file_size")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_case_file_proposal_id")),
        sa.ForeignKeyConstraint(["request_id"], ["case_file_request.id"], name=op.f("fk_case_file_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_file")),
    )
    with op.batch_alter_table("case_file", schema=None) as batch_op:
        batch_op.create_index(
            "uq_case_file_here",
            ["proposal_id", "edition"],
            unique=True,
            sqlite_where=sa.text("gone_at IS NULL"),
            postgresql_where=sa.text("gone_at IS NULL"),
        )

    op.create_table(
        "case_file_fetch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("fetched_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_case_file_fetch_account_id")),
        sa.ForeignKeyConstraint(["file_id"], ["case_file.id"], name=op.f("fk_case_file_fetch_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_file_fetch")),
    )
    with op.batch_alter_table("case_file_fetch", schema=None) as batch_op:
        batch_op.create_index("ix_case_file_fetch_reader", ["file_id", "account_id"], unique=False)

    op.create_table(
        "official_result",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("collection_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("way", sa.String(length=40), nullable=False),
        sa.Column("office", sa.String(length=120), nullable=False),
        sa.Column("reference", sa.String(length=120), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("yes_heads", sa.Integer(), nullable=True),
        sa.Column("all_heads", sa.Integer(), nullable=True),
        sa.Column("yes_area_centi", sa.Integer(), nullable=True),
        sa.Column("all_area_centi", sa.Integer(), nullable=True),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=False),
        sa.Column("entered_at", Instant(), nullable=False),
        sa.CheckConstraint("way IN ('system', 'wet_ink')", name=op.f("ck_official_result_way")),
        sa.CheckConstraint(
            "(yes_area_centi IS NULL) = (all_area_centi IS NULL) AND yes_area_centi <= all_area_centi",
            name=op.f("ck_official_result_areas"),
        ),
        sa.CheckConstraint(
            "(yes_heads IS NULL) = (all_heads IS NULL) AND yes_heads <= all_heads",
            name=op.f("ck_official_result_heads"),
        ),
        sa.ForeignKeyConstraint(
            ["collection_id"], ["consent_collection.id"], name=op.f("fk_official_result_collection_id")
        ),
        sa.ForeignKeyConstraint(["document_id"], ["evidence.id"], name=op.f("fk_official_result_document_id")),
        sa.ForeignKeyConstraint(["entered_by"], ["account.id"], name=op.f("fk_official_result_entered_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_official_result")),
        sa.UniqueConstraint("collection_id", "number", name="uq_official_result_number"),
    )
    with op.batch_alter_table("official_result", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_official_result_document_id"), ["document_id"], unique=False)
    for table, erasable in GROWING.items():
        only_grows(table, *erasable)


def downgrade() -> None:
    with op.batch_alter_table("official_result", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_official_result_document_id"))

    op.drop_table("official_result")
    with op.batch_alter_table("case_file_fetch", schema=None) as batch_op:
        batch_op.drop_index("ix_case_file_fetch_reader")

    op.drop_table("case_file_fetch")
    with op.batch_alter_table("case_file", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_case_file_here", sqlite_where=sa.text("gone_at IS NULL"), postgresql_where=sa.text("gone_at IS NULL")
        )

    op.drop_table("case_file")
    with op.batch_alter_table("case_file_request", schema=None) as batch_op:
        batch_op.drop_index("ix_case_file_request_reader")

    op.drop_table("case_file_request")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_job_running",
            sqlite_where=sa.text("state IN ('waiting', 'working')"),
            postgresql_where=sa.text("state IN ('waiting', 'working')"),
        )
        batch_op.drop_index("ix_job_due")
        batch_op.drop_index(batch_op.f("ix_job_asked_by"))

    op.drop_table("job")

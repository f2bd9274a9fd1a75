"""Paper at scale."""

import sqlalchemy as sa
from alembic import op

from hearing.db import Instant
from hearing.schema import only_grows

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


ONLY_GROWING = (
    "slip_batch",
    "slip_count",
)
REFERENCES = (("replaces_id", "paper_slip"), ("voided_by", "account"))
MOMENTS = ("received_at", "voided_at")


def upgrade() -> None:
    op.create_table(
        "slip_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("collection_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("came_by", sa.String(length=40), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["collection_id"], ["consent_collection.id"], name=op.f("fk_slip_batch_collection_id")),
        sa.ForeignKeyConstraint(["opened_by"], ["account.id"], name=op.f("fk_slip_batch_opened_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slip_batch")),
        sa.UniqueConstraint("collection_id", "number", name="uq_slip_batch_number"),
    )
    op.create_table(
        "slip_count",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("collection_id", sa.Integer(), nullable=False),
        sa.Column("building", sa.String(length=60), nullable=False),
        sa.Column("issued", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("voided", sa.Integer(), nullable=False),
        sa.Column("unreturned", sa.Integer(), nullable=False),
        sa.Column("counted_at", Instant(), nullable=False),
        sa.CheckConstraint("issued = used + voided + unreturned", name=op.f("ck_slip_count_balance")),
        sa.ForeignKeyConstraint(["collection_id"], ["consent_collection.id"], name=op.f("fk_slip_count_collection_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slip_count")),
        sa.UniqueConstraint("collection_id", "building", name="uq_slip_count_once"),
    )
    op.create_table(
        "slip_photo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("collection_id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=True),
        sa.Column("slip_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("why", sa.String(length=40), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=True),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("taken_by", sa.Integer(), nullable=False),
        sa.Column("taken_at", Instant(), nullable=False),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.CheckConstraint("(state = 'refused') = (why <> '')", name=op.f("ck_slip_photo_refused_why")),
        sa.CheckConstraint(
            "state <> 'matched' OR (slip_id IS NOT NULL AND evidence_id IS NOT NULL)",
            name=op.f("ck_slip_photo_matched"),
        ),
        sa.CheckConstraint(
            "state IN ('matched', 'waiting', 'refused', 'discarded', 'aside')", name=op.f("ck_slip_photo_state")
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["slip_batch.id"], name=op.f("fk_slip_photo_batch_id")),
        sa.ForeignKeyConstraint(["collection_id"], ["consent_collection.id"], name=op.f("fk_slip_photo_collection_id")),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_slip_photo_evidence_id")),
        sa.ForeignKeyConstraint(["first_id"], ["slip_photo.id"], name=op.f("fk_slip_photo_first_id")),
        sa.ForeignKeyConstraint(["settled_by"], ["account.id"], name=op.f("fk_slip_photo_settled_by")),
        sa.ForeignKeyConstraint(["slip_id"], ["paper_slip.id"], name=op.f("fk_slip_photo_slip_id")),
        sa.ForeignKeyConstraint(["taken_by"], ["account.id"], name=op.f("fk_slip_photo_taken_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slip_photo")),
        sa.UniqueConstraint("batch_id", "number", name="uq_slip_photo_number"),
    )
    with op.batch_alter_table("slip_photo", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_slip_photo_collection_id"), ["collection_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_slip_photo_evidence_id"), ["evidence_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_slip_photo_slip_id"), ["slip_id"], unique=False)
        batch_op.create_index(
            "uq_slip_photo_picture",
            ["collection_id", "sha256"],
            unique=True,
            sqlite_where=sa.text("state IN ('matched', 'waiting', 'aside')"),
            postgresql_where=sa.text("state IN ('matched', 'waiting', 'aside')"),
        )
        batch_op.create_index(
            "uq_slip_photo_slip",
            ["slip_id"],
            unique=True,
            sqlite_where=sa.text("state = 'matched'"),
            postgresql_where=sa.text("state = 'matched'"),
        )

    _more_of_slips()
    for table in ONLY_GROWING:
        only_grows(table)


def _more_of_slips() -> None:
    # Plain statements: a table that is written anew would lose its checks.
    op.add_column("paper_slip", sa.Column("run", sa.Integer(), server_default=sa.text("0"), nullable=False))
    for column, other in REFERENCES:
        name = f"fk_paper_slip_{column}"
        op.execute(f"ALTER TABLE paper_slip ADD COLUMN {column} INTEGER CONSTRAINT {name} REFERENCES {other} (id)")
    for column in MOMENTS:
        op.add_column("paper_slip", sa.Column(column, Instant(), nullable=True))
    op.create_index("ix_paper_slip_replaces_id", "paper_slip", ["replaces_id"], unique=False)
    # The first reading of a slip held its receipt stamp before the slip itself did.
    op.execute(
        "UPDATE paper_slip SET received_at ="
        " (SELECT r.received_at FROM slip_reading r WHERE r.slip_id = paper_slip.id ORDER BY r.id LIMIT 1)"
    )


def downgrade() -> None:
    op.drop_index("ix_paper_slip_replaces_id", "paper_slip")
    for column in ("run", *MOMENTS, *(column for column, _ in REFERENCES)):
        op.execute(f"ALTER TABLE paper_slip DROP COLUMN {column}")
    with op.batch_alter_table("slip_photo", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_slip_photo_slip",
            sqlite_where=sa.text("state = 'matched'"),
            postgresql_where=sa.text("state = 'matched'"),
        )
        batch_op.drop_index(
            "uq_slip_photo_picture",
            sqlite_where=sa.text("state IN ('matched', 'waiting', 'aside')"),
            postgresql_where=sa.text("state IN ('matched', 'waiting', 'aside')"),
        )
        batch_op.drop_index(batch_op.f("ix_slip_photo_slip_id"))
        batch_op.drop_index(batch_op.f("ix_slip_photo_evidence_id"))
        batch_op.drop_index(batch_op.f("ix_slip_photo_collection_id"))

    op.drop_table("slip_photo")
    op.drop_table("slip_count")
    op.drop_table("slip_batch")

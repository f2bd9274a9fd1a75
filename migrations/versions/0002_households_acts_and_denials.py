"""What stands in a household's name, and what it denies; entries by neighbourhood, kind and time."""

import sqlalchemy as sa
from alembic import op

from hearing.db import Instant
from hearing.schema import growing_statements, only_grows

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


ONLY_GROWING = ("denial_check",)
DENIED = ("meeting_member", "objection", "proposal")

# What the entries of before say of themselves. A unit stood in the payload of what a household did by itself.
TEXT = {"sqlite": "CAST({0} AS TEXT)", "postgresql": "convert_from({0}, 'UTF8')"}
FIELD = {"sqlite": "json_extract({0}, '$.{1}')", "postgresql": "({0}::json ->> '{1}')"}
BY_HOUSEHOLDS = """INSERT INTO log_household (idx, unit_id)
SELECT e.idx, CAST({unit} AS INTEGER) FROM log_entry e JOIN log_payload p ON p.idx = e.idx
WHERE e.kind IN ('consent.answered', 'consent.withdrawn', 'consent.asked', 'consent.disputed', 'household.joined')"""
BY_THINGS = """INSERT INTO log_household (idx, unit_id)
SELECT e.idx, t.unit_id FROM log_entry e JOIN log_payload p ON p.idx = e.idx
JOIN {table} t ON e.subject = '{table}/' || CAST(t.id AS VARCHAR) WHERE e.kind IN ({kinds}) AND t.unit_id IS NOT NULL"""
THINGS = (("proposal", "'proposal.submitted', 'proposal.letter'"), ("objection", "'objection.raised'"))


def upgrade() -> None:
    op.create_table(
        "log_household",
        sa.Column("idx", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["idx"], ["log_payload.idx"], name=op.f("fk_log_household_idx"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("idx", "unit_id", name=op.f("pk_log_household")),
    )
    with op.batch_alter_table("log_household", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_log_household_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "denial",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idx", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("neighbourhood_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("denied_by", sa.Integer(), nullable=False),
        sa.Column("denied_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("genuine", sa.Boolean(), nullable=True),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.CheckConstraint("(genuine IS NULL) = (settled_at IS NULL)", name=op.f("ck_denial_settled")),
        sa.ForeignKeyConstraint(["denied_by"], ["account.id"], name=op.f("fk_denial_denied_by")),
        sa.ForeignKeyConstraint(["idx"], ["log_entry.idx"], name=op.f("fk_denial_idx")),
        sa.ForeignKeyConstraint(["neighbourhood_id"], ["neighbourhood.id"], name=op.f("fk_denial_neighbourhood_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_denial_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_denial")),
        sa.UniqueConstraint("idx", "unit_id", name="uq_denial_once"),
    )
    with op.batch_alter_table("denial", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_denial_neighbourhood_id"), ["neighbourhood_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_denial_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "denial_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("denial_id", sa.Integer(), nullable=False),
        sa.Column("genuine", sa.Boolean(), nullable=False),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.Column("checked_by", sa.Integer(), nullable=False),
        sa.Column("checked_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["checked_by"], ["account.id"], name=op.f("fk_denial_check_checked_by")),
        sa.ForeignKeyConstraint(["denial_id"], ["denial.id"], name=op.f("fk_denial_check_denial_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_denial_check")),
        sa.UniqueConstraint("denial_id", "checked_by", name="uq_denial_check_person"),
    )
    # Plain statements here and below: a table that is written anew would lose its triggers.
    op.add_column("log_entry", sa.Column("scope", sa.String(length=40), server_default=sa.text("''"), nullable=False))
    op.create_index("ix_log_entry_at", "log_entry", ["at"], unique=False)
    op.create_index("ix_log_entry_scope_kind", "log_entry", ["scope", "kind", "idx"], unique=False)
    op.create_index("ix_log_entry_subject", "log_entry", ["subject"], unique=False)
    for table in DENIED:
        op.add_column(table, sa.Column("denied_at", Instant(), nullable=True))
    _learn_from_the_entries()
    for table in ONLY_GROWING:
        only_grows(table)


def _learn_from_the_entries() -> None:
    """Fill in what the entries of before say; the new column is none of what is hashed."""
    dialect = op.get_bind().dialect.name

    def field(column: str, name: str) -> str:
        return FIELD[dialect].format(TEXT[dialect].format(column), name)

    _let_change(dialect)
    op.execute(f"UPDATE log_entry SET scope = {field('body', 'scope')}")  # noqa: S608 - our own words
    for statement in growing_statements("log_entry", dialect):
        op.execute(statement)
    op.execute(BY_HOUSEHOLDS.format(unit=field("p.payload", "unit")))
    for table, kinds in THINGS:
        op.execute(BY_THINGS.format(table=table, kinds=kinds))


def _let_change(dialect: str) -> None:
    if dialect == "sqlite":
        for verb in ("update", "delete"):
            op.execute(f"DROP TRIGGER log_entry_keeps_{verb}")
    else:
        op.execute("DROP TRIGGER log_entry_only_grows ON log_entry")


def downgrade() -> None:
    for table in DENIED:
        op.execute(f"ALTER TABLE {table} DROP COLUMN denied_at")
    with op.batch_alter_table("log_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_log_entry_subject")
        batch_op.drop_index("ix_log_entry_scope_kind")
        batch_op.drop_index("ix_log_entry_at")
    op.execute("ALTER TABLE log_entry DROP COLUMN scope")

    op.drop_table("denial_check")
    with op.batch_alter_table("denial", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_denial_unit_id"))
        batch_op.drop_index(batch_op.f("ix_denial_neighbourhood_id"))

    op.drop_table("denial")
    with op.batch_alter_table("log_household", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_log_household_unit_id"))

    op.drop_table("log_household")

"""Rules kept with collections, permits, and who speaks for whom."""

import sqlalchemy as sa
from alembic import op

from hearing.db import Instant
from hearing.schema import only_grows

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


ONLY_GROWING = (
    "guardianship",
    "mandate",
    "mandate_event",
    "mandate_hand",
    "mandate_principal",
    "permit_answer",
    "permit_hand",
)

REFERENCES = (
    ("consent_record", "mandate_id", "mandate"),
    ("consent_record", "guardianship_id", "guardianship"),
    ("consent_unit_event", "holder_id", "holder"),
    ("slip_reading", "mandate_id", "mandate"),
)
OTHERS = (
    ("consent_collection", "rule_text"),
    ("consent_collection", "rule_hash"),
    ("consent_holder", "since"),
    ("consent_unit_event", "kind"),
    ("consent_unit_event", "happened_on"),
)
GROWING_ON: dict[str, tuple[str, ...]] = {
    "consent_record": ("reason", "strokes", "typed_name", "salt"),
    "consent_unit_event": ("reason",),
    "slip_reading": (),
}
ERASABLE: dict[str, tuple[str, ...]] = {
    "guardianship": ("guardian_name", "guardian_phone", "reason"),
    "mandate": ("agent_name", "agent_phone", "strokes"),
    "mandate_event": ("reason",),
    "permit_answer": ("note",),
}
TRIGGERS = ("keeps_update", "keeps_delete", "only_grows", "only_blanks")


def upgrade() -> None:
    op.create_table(
        "guardianship",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=False),
        sa.Column("relation", sa.String(length=40), nullable=True),
        sa.Column("basis", sa.String(length=40), nullable=False),
        sa.Column("guardian_name", sa.String(length=120), nullable=False),
        sa.Column("guardian_phone", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=False),
        sa.Column("entered_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["entered_by"], ["account.id"], name=op.f("fk_guardianship_entered_by")),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_guardianship_evidence_id")),
        sa.ForeignKeyConstraint(["holder_id"], ["holder.id"], name=op.f("fk_guardianship_holder_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guardianship")),
    )
    with op.batch_alter_table("guardianship", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_guardianship_guardian_phone"), ["guardian_phone"], unique=False)
        batch_op.create_index(batch_op.f("ix_guardianship_holder_id"), ["holder_id"], unique=False)

    op.create_table(
        "required_permit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_version_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.CheckConstraint("(kind = 'part_owner') = (unit_id IS NOT NULL)", name=op.f("ck_required_permit_whose")),
        sa.ForeignKeyConstraint(
            ["plan_version_id"], ["plan_version.id"], name=op.f("fk_required_permit_plan_version_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_required_permit_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_required_permit")),
        sa.UniqueConstraint("plan_version_id", "unit_id", name="uq_required_permit_part"),
    )
    with op.batch_alter_table("required_permit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_required_permit_unit_id"), ["unit_id"], unique=False)
        batch_op.create_index(
            "uq_required_permit_seat",
            ["plan_version_id", "kind"],
            unique=True,
            sqlite_where=sa.text("unit_id IS NULL"),
            postgresql_where=sa.text("unit_id IS NULL"),
        )

    op.create_table(
        "permit_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("permit_id", sa.Integer(), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=False),
        sa.Column("agrees", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=True),
        sa.Column("given_by", sa.Integer(), nullable=False),
        sa.Column("given_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["given_by"], ["account.id"], name=op.f("fk_permit_answer_given_by")),
        sa.ForeignKeyConstraint(["holder_id"], ["holder.id"], name=op.f("fk_permit_answer_holder_id")),
        sa.ForeignKeyConstraint(["paper_id"], ["evidence.id"], name=op.f("fk_permit_answer_paper_id")),
        sa.ForeignKeyConstraint(["permit_id"], ["required_permit.id"], name=op.f("fk_permit_answer_permit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_permit_answer")),
    )
    with op.batch_alter_table("permit_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_permit_answer_permit_id"), ["permit_id"], unique=False)

    op.create_table(
        "permit_hand",
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("done_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_permit_hand_account_id")),
        sa.ForeignKeyConstraint(["answer_id"], ["permit_answer.id"], name=op.f("fk_permit_hand_answer_id")),
        sa.PrimaryKeyConstraint("answer_id", "account_id", name=op.f("pk_permit_hand")),
    )
    op.create_table(
        "mandate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("collection_id", sa.Integer(), nullable=False),
        sa.Column("consent_unit_id", sa.Integer(), nullable=False),
        sa.Column("agent_name", sa.String(length=120), nullable=False),
        sa.Column("agent_phone", sa.String(length=20), nullable=False),
        sa.Column("instruction", sa.String(length=40), nullable=False),
        sa.Column("plan_hash", sa.String(length=64), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("strokes", sa.Text(), nullable=False),
        sa.Column("given_by", sa.Integer(), nullable=False),
        sa.Column("given_at", Instant(), nullable=False),
        sa.CheckConstraint("instruction <> ''", name=op.f("ck_mandate_instruction")),
        sa.CheckConstraint("valid_from <= valid_until", name=op.f("ck_mandate_term")),
        sa.ForeignKeyConstraint(["collection_id"], ["consent_collection.id"], name=op.f("fk_mandate_collection_id")),
        sa.ForeignKeyConstraint(["consent_unit_id"], ["consent_unit.id"], name=op.f("fk_mandate_consent_unit_id")),
        sa.ForeignKeyConstraint(["given_by"], ["account.id"], name=op.f("fk_mandate_given_by")),
        sa.ForeignKeyConstraint(["signature_id"], ["evidence.id"], name=op.f("fk_mandate_signature_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandate")),
    )
    with op.batch_alter_table("mandate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mandate_agent_phone"), ["agent_phone"], unique=False)
        batch_op.create_index(batch_op.f("ix_mandate_collection_id"), ["collection_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mandate_consent_unit_id"), ["consent_unit_id"], unique=False)

    op.create_table(
        "mandate_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mandate_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=True),
        sa.Column("entered_by", sa.Integer(), nullable=False),
        sa.Column("entered_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["entered_by"], ["account.id"], name=op.f("fk_mandate_event_entered_by")),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_mandate_event_evidence_id")),
        sa.ForeignKeyConstraint(["mandate_id"], ["mandate.id"], name=op.f("fk_mandate_event_mandate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandate_event")),
        sa.UniqueConstraint("mandate_id", "kind", name="uq_mandate_event_once"),
    )
    op.create_table(
        "mandate_hand",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mandate_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("done_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_mandate_hand_account_id")),
        sa.ForeignKeyConstraint(["mandate_id"], ["mandate.id"], name=op.f("fk_mandate_hand_mandate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandate_hand")),
        sa.UniqueConstraint("mandate_id", "account_id", name="uq_mandate_hand_person"),
    )
    op.create_table(
        "mandate_principal",
        sa.Column("mandate_id", sa.Integer(), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["holder_id"], ["holder.id"], name=op.f("fk_mandate_principal_holder_id")),
        sa.ForeignKeyConstraint(["mandate_id"], ["mandate.id"], name=op.f("fk_mandate_principal_mandate_id")),
        sa.PrimaryKeyConstraint("mandate_id", "holder_id", name=op.f("pk_mandate_principal")),
    )
    with op.batch_alter_table("mandate_principal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mandate_principal_holder_id"), ["holder_id"], unique=False)

    _more_columns()
    for table in ONLY_GROWING:
        only_grows(table, *ERASABLE.get(table, ()))


def _more_columns() -> None:
    # Plain statements: a table that is written anew would lose its triggers.
    for name, kind in (("rule_text", "TEXT"), ("rule_hash", "VARCHAR(64)")):
        op.execute(f"ALTER TABLE consent_collection ADD COLUMN {name} {kind} DEFAULT '' NOT NULL")
    op.execute("ALTER TABLE consent_holder ADD COLUMN since DATE")
    op.execute("ALTER TABLE consent_unit_event ADD COLUMN kind VARCHAR(40) DEFAULT 'blocked' NOT NULL")
    op.execute("ALTER TABLE consent_unit_event ADD COLUMN happened_on DATE")
    for table, column, other in REFERENCES:
        name = f"fk_{table}_{column}"
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} INTEGER CONSTRAINT {name} REFERENCES {other} (id)")
    op.create_index("ix_consent_record_mandate_id", "consent_record", ["mandate_id"], unique=False)
    _let_grow()
    # What was entered before without a reason to wait had set its unit free.
    op.execute("UPDATE consent_unit_event SET kind = 'freed' WHERE blocked IS NULL")
    for table, erasable in GROWING_ON.items():
        only_grows(table, *erasable)


def _let_grow() -> None:
    """Take the triggers off, which name the columns that there were."""
    on = op.get_bind().dialect.name == "postgresql"
    for table in GROWING_ON:
        for name in TRIGGERS:
            op.execute(f"DROP TRIGGER IF EXISTS {table}_{name}{f' ON {table}' if on else ''}")


def downgrade() -> None:
    _let_grow()
    op.drop_index("ix_consent_record_mandate_id", "consent_record")
    for table, column, _ in REFERENCES:
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    for table, column in OTHERS:
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    for table, erasable in GROWING_ON.items():
        only_grows(table, *erasable)
    with op.batch_alter_table("mandate_principal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mandate_principal_holder_id"))

    op.drop_table("mandate_principal")
    op.drop_table("mandate_hand")
    op.drop_table("mandate_event")
    with op.batch_alter_table("mandate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mandate_consent_unit_id"))
        batch_op.drop_index(batch_op.f("ix_mandate_collection_id"))
        batch_op.drop_index(batch_op.f("ix_mandate_agent_phone"))

    op.drop_table("mandate")
    op.drop_table("permit_hand")
    with op.batch_alter_table("permit_answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_permit_answer_permit_id"))

    op.drop_table("permit_answer")
    with op.batch_alter_table("required_permit", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_required_permit_seat",
            sqlite_where=sa.text("unit_id IS NULL"),
            postgresql_where=sa.text("unit_id IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_required_permit_unit_id"))

    op.drop_table("required_permit")
    with op.batch_alter_table("guardianship", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_guardianship_holder_id"))
        batch_op.drop_index(batch_op.f("ix_guardianship_guardian_phone"))

    op.drop_table("guardianship")

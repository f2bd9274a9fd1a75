"""What may be erased, and what is never changed.

Signatures, reasons and an applicant's own words lie in tables that only grow. They may be blanked from now on, once
nobody may keep them any longer, and never become anything else. A payload of the trail may go and never change.
"""

import sqlalchemy as sa
from alembic import op

from hearing.db import Instant
from hearing.schema import may_change_again, never_changes, only_grows

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ERASABLE = {
    "consent_record": ("reason", "strokes", "typed_name", "salt"),
    "consent_record_mark": ("reason",),
    "signature_check": ("finding",),
    "consent_unit_event": ("reason",),
    "application": ("problem", "place", "wish", "upkeep", "letter"),
}


def upgrade() -> None:
    op.create_table(
        "evidence_erasure",
        sa.Column("evidence_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("erased_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_evidence_erasure_evidence_id")),
        sa.PrimaryKeyConstraint("evidence_id", name=op.f("pk_evidence_erasure")),
    )
    only_grows("evidence_erasure")
    for table, columns in ERASABLE.items():
        only_grows(table, *columns)
    never_changes("log_payload")


def downgrade() -> None:
    may_change_again("log_payload")
    for table in ERASABLE:
        only_grows(table)
    op.drop_table("evidence_erasure")

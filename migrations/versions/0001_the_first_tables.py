"""The first tables."""

import sqlalchemy as sa
from alembic import op

from hearing.db import Instant
from hearing.schema import only_grows

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


ONLY_GROWING = (
    "application",
    "application_photo",
    "attendance",
    "change_decision",
    "change_opinion",
    "consent_record",
    "consent_record_holder",
    "consent_record_mark",
    "consent_record_view",
    "consent_unit_event",
    "evidence",
    "log_entry",
    "log_node",
    "manager_consent",
    "meeting_answer",
    "meeting_photo",
    "meeting_question",
    "meeting_step",
    "minutes_confirmation",
    "minutes_version",
    "notice",
    "notice_withdrawal",
    "objection_decision",
    "paper_posting",
    "plan_change",
    "plan_drawing",
    "plan_version",
    "result_confirmation",
    "screening",
    "signature_check",
    "slip_reading",
)


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("email", sa.String(length=120), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("totp_secret", sa.String(length=64), nullable=True),
        sa.Column("totp_step", sa.Integer(), nullable=False),
        sa.Column("elder", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=40), nullable=False),
        sa.Column("invitation", sa.String(length=64), nullable=True),
        sa.Column("disabled_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("phone", name=op.f("uq_account_phone")),
        sa.UniqueConstraint("ref", name=op.f("uq_account_ref")),
    )
    op.create_table(
        "log_entry",
        sa.Column("idx", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("matter", sa.String(length=40), nullable=False),
        sa.Column("actor_ref", sa.String(length=40), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("idx", name=op.f("pk_log_entry")),
    )
    with op.batch_alter_table("log_entry", schema=None) as batch_op:
        batch_op.create_index("ix_log_entry_actor_ref", ["actor_ref"], unique=False)
        batch_op.create_index("ix_log_entry_matter_idx", ["matter", "idx"], unique=False)

    op.create_table(
        "log_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_log_head_one_head")),
        sa.CheckConstraint("size >= 0", name=op.f("ck_log_head_size")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_head")),
    )
    op.create_table(
        "log_node",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("level", "number", name=op.f("pk_log_node")),
    )
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("recipient", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("written_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("useless_at", Instant(), nullable=True),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index("ix_message_waiting", ["state", "due_at"], unique=False)

    op.create_table(
        "subdistrict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subdistrict")),
        sa.UniqueConstraint("name", name=op.f("uq_subdistrict_name")),
    )
    op.create_table(
        "throttle",
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_throttle")),
    )
    with op.batch_alter_table("throttle", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_throttle_since"), ["since"], unique=False)

    op.create_table(
        "draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(length=40), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("saved_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_draft_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("account_id", "form", "step", name="uq_draft_step"),
    )
    op.create_table(
        "draft_photo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(length=40), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_draft_photo_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_photo")),
    )
    with op.batch_alter_table("draft_photo", schema=None) as batch_op:
        batch_op.create_index("ix_draft_photo_form", ["account_id", "form"], unique=False)

    op.create_table(
        "log_payload",
        sa.Column("idx", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("salt", sa.LargeBinary(length=32), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["idx"], ["log_entry.idx"], name=op.f("fk_log_payload_idx")),
        sa.PrimaryKeyConstraint("idx", name=op.f("pk_log_payload")),
    )
    op.create_table(
        "login_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("by_password", sa.Boolean(), nullable=False),
        sa.Column("second_factor_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("device", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_login_session_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_login_session_token_hash")),
    )
    with op.batch_alter_table("login_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_login_session_account_id"), ["account_id"], unique=False)

    op.create_table(
        "sector",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subdistrict_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["subdistrict_id"], ["subdistrict.id"], name=op.f("fk_sector_subdistrict_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sector")),
        sa.UniqueConstraint("subdistrict_id", "name", name=op.f("uq_sector_subdistrict_id_name")),
    )
    op.create_table(
        "sent_form",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("idx", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["idx"], ["log_entry.idx"], name=op.f("fk_sent_form_idx")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sent_form")),
    )
    with op.batch_alter_table("sent_form", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sent_form_idx"), ["idx"], unique=False)

    op.create_table(
        "neighbourhood",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sector_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("committee", sa.String(length=120), nullable=False),
        sa.Column("phone", sa.String(length=60), nullable=False),
        sa.Column("office", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["sector_id"], ["sector.id"], name=op.f("fk_neighbourhood_sector_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_neighbourhood")),
        sa.UniqueConstraint("slug", name=op.f("uq_neighbourhood_slug")),
    )
    with op.batch_alter_table("neighbourhood", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_neighbourhood_sector_id"), ["sector_id"], unique=False)

    op.create_table(
        "estate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("neighbourhood_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["neighbourhood_id"], ["neighbourhood.id"], name=op.f("fk_estate_neighbourhood_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_estate")),
        sa.UniqueConstraint("neighbourhood_id", "name", name=op.f("uq_estate_neighbourhood_id_name")),
    )
    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("neighbourhood_id", sa.Integer(), nullable=False),
        sa.Column("matter", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("uploaded_by", sa.Integer(), nullable=False),
        sa.Column("uploaded_at", Instant(), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_evidence_size")),
        sa.ForeignKeyConstraint(["neighbourhood_id"], ["neighbourhood.id"], name=op.f("fk_evidence_neighbourhood_id")),
        sa.ForeignKeyConstraint(["uploaded_by"], ["account.id"], name=op.f("fk_evidence_uploaded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.create_index("ix_evidence_matter_kind", ["matter", "kind"], unique=False)
        batch_op.create_index(batch_op.f("ix_evidence_neighbourhood_id"), ["neighbourhood_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_evidence_sha256"), ["sha256"], unique=False)
        batch_op.create_index(batch_op.f("ix_evidence_uploaded_by"), ["uploaded_by"], unique=False)

    op.create_table(
        "holder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("neighbourhood_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("phone", sa.String(length=60), nullable=False),
        sa.Column("died_on", sa.String(length=10), nullable=True),
        sa.ForeignKeyConstraint(["neighbourhood_id"], ["neighbourhood.id"], name=op.f("fk_holder_neighbourhood_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holder")),
    )
    with op.batch_alter_table("holder", schema=None) as batch_op:
        batch_op.create_index(
            "uq_holder_name_phone",
            ["neighbourhood_id", "name", "phone"],
            unique=True,
            sqlite_where=sa.text("phone <> ''"),
            postgresql_where=sa.text("phone <> ''"),
        )

    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("neighbourhood_id", sa.Integer(), nullable=False),
        sa.Column("matter", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("posted_by", sa.Integer(), nullable=False),
        sa.Column("posted_at", Instant(), nullable=False),
        sa.Column("takes_effect_at", Instant(), nullable=True),
        sa.Column("lead_days", sa.Integer(), nullable=False),
        sa.CheckConstraint("lead_days >= 0", name=op.f("ck_notice_lead_days")),
        sa.ForeignKeyConstraint(["neighbourhood_id"], ["neighbourhood.id"], name=op.f("fk_notice_neighbourhood_id")),
        sa.ForeignKeyConstraint(["posted_by"], ["account.id"], name=op.f("fk_notice_posted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index("ix_notice_board", ["neighbourhood_id", "posted_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_notice_matter"), ["matter"], unique=False)

    op.create_table(
        "seat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("neighbourhood_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_seat_account_id")),
        sa.ForeignKeyConstraint(["neighbourhood_id"], ["neighbourhood.id"], name=op.f("fk_seat_neighbourhood_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat")),
    )
    with op.batch_alter_table("seat", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seat_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_seat_neighbourhood_id"), ["neighbourhood_id"], unique=False)
        batch_op.create_index(
            "uq_seat_standing",
            ["account_id", "role", "neighbourhood_id"],
            unique=True,
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        )

    op.create_table(
        "building",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("estate_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_building_estate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_building")),
        sa.UniqueConstraint("estate_id", "name", name=op.f("uq_building_estate_id_name")),
    )
    op.create_table(
        "notice_withdrawal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("withdrawn_by", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_notice_withdrawal_notice_id")),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["account.id"], name=op.f("fk_notice_withdrawal_withdrawn_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_withdrawal")),
        sa.UniqueConstraint("notice_id", name="uq_notice_withdrawal_once"),
    )
    op.create_table(
        "paper_posting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("posted_by", sa.Integer(), nullable=False),
        sa.Column("posted_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_paper_posting_notice_id")),
        sa.ForeignKeyConstraint(["photo_id"], ["evidence.id"], name=op.f("fk_paper_posting_photo_id")),
        sa.ForeignKeyConstraint(["posted_by"], ["account.id"], name=op.f("fk_paper_posting_posted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_posting")),
        sa.UniqueConstraint("notice_id", "place", name="uq_paper_posting_place"),
    )
    op.create_table(
        "publicity_period",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("neighbourhood_id", sa.Integer(), nullable=False),
        sa.Column("matter", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("posted_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("no_open_objection", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("stopped_because", sa.Text(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("next_number", sa.Integer(), nullable=False),
        sa.CheckConstraint("days > 0", name=op.f("ck_publicity_period_days")),
        sa.ForeignKeyConstraint(
            ["neighbourhood_id"], ["neighbourhood.id"], name=op.f("fk_publicity_period_neighbourhood_id")
        ),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_publicity_period_notice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publicity_period")),
        sa.UniqueConstraint("notice_id", name="uq_publicity_notice"),
    )
    with op.batch_alter_table("publicity_period", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_publicity_period_neighbourhood_id"), ["neighbourhood_id"], unique=False)
        batch_op.create_index("ix_publicity_period_subject", ["subject"], unique=False)

    op.create_table(
        "roll_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("estate_id", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(length=120), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("reading", sa.Text(), nullable=True),
        sa.Column("findings_json", sa.Text(), nullable=False),
        sa.Column("difference", sa.String(length=64), nullable=False),
        sa.Column("new_count", sa.Integer(), nullable=False),
        sa.Column("changed_count", sa.Integer(), nullable=False),
        sa.Column("same_count", sa.Integer(), nullable=False),
        sa.Column("missing_count", sa.Integer(), nullable=False),
        sa.Column("faulty_count", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("uploaded_by", sa.Integer(), nullable=False),
        sa.Column("uploaded_at", Instant(), nullable=False),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.Column("declined_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("undo", sa.Text(), nullable=True),
        sa.Column("undo_asked_by", sa.Integer(), nullable=True),
        sa.Column("undo_asked_at", Instant(), nullable=True),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.Column("undone_at", Instant(), nullable=True),
        sa.CheckConstraint("approved_by IS NULL OR approved_by <> uploaded_by", name=op.f("ck_roll_import_two_people")),
        sa.CheckConstraint(
            "undone_by IS NULL OR undone_by <> undo_asked_by", name=op.f("ck_roll_import_two_people_undo")
        ),
        sa.ForeignKeyConstraint(["approved_by"], ["account.id"], name=op.f("fk_roll_import_approved_by")),
        sa.ForeignKeyConstraint(["declined_by"], ["account.id"], name=op.f("fk_roll_import_declined_by")),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_roll_import_estate_id")),
        sa.ForeignKeyConstraint(["undo_asked_by"], ["account.id"], name=op.f("fk_roll_import_undo_asked_by")),
        sa.ForeignKeyConstraint(["undone_by"], ["account.id"], name=op.f("fk_roll_import_undone_by")),
        sa.ForeignKeyConstraint(["uploaded_by"], ["account.id"], name=op.f("fk_roll_import_uploaded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roll_import")),
    )
    with op.batch_alter_table("roll_import", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_roll_import_estate_id"), ["estate_id"], unique=False)

    op.create_table(
        "stairwell",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("building_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["building_id"], ["building.id"], name=op.f("fk_stairwell_building_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stairwell")),
        sa.UniqueConstraint("building_id", "name", name=op.f("uq_stairwell_building_id_name")),
    )
    op.create_table(
        "unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stairwell_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("floor", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("use", sa.String(length=40), nullable=False),
        sa.Column("area_centi", sa.Integer(), nullable=False),
        sa.Column("vacant", sa.Boolean(), nullable=False),
        sa.CheckConstraint("area_centi >= 0", name=op.f("ck_unit_area")),
        sa.ForeignKeyConstraint(["stairwell_id"], ["stairwell.id"], name=op.f("fk_unit_stairwell_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("stairwell_id", "floor", "name", name="uq_unit_door"),
    )
    op.create_table(
        "arrival",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("aim", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("proven_at", Instant(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("letter_shown", sa.Boolean(), nullable=False),
        sa.Column("back", sa.String(length=500), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_arrival_account_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_arrival_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arrival")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_arrival_token_hash")),
    )
    with op.batch_alter_table("arrival", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_arrival_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_arrival_opened_at"), ["opened_at"], unique=False)

    op.create_table(
        "household_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("code_mac", sa.String(length=64), nullable=False),
        sa.Column("issued_by", sa.Integer(), nullable=False),
        sa.Column("issued_at", Instant(), nullable=False),
        sa.Column("voided_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["issued_by"], ["account.id"], name=op.f("fk_household_code_issued_by")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_household_code_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_code")),
        sa.UniqueConstraint("code_mac", name=op.f("uq_household_code_code_mac")),
    )
    with op.batch_alter_table("household_code", schema=None) as batch_op:
        batch_op.create_index(
            "uq_household_code_standing",
            ["unit_id"],
            unique=True,
            sqlite_where=sa.text("voided_at IS NULL"),
            postgresql_where=sa.text("voided_at IS NULL"),
        )

    op.create_table(
        "membership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=True),
        sa.Column("relation", sa.String(length=40), nullable=False),
        sa.Column("checked_how", sa.String(length=40), nullable=False),
        sa.Column("joined_at", Instant(), nullable=False),
        sa.Column("left_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_membership_account_id")),
        sa.ForeignKeyConstraint(["holder_id"], ["holder.id"], name=op.f("fk_membership_holder_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_membership_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint("account_id", "unit_id", name=op.f("uq_membership_account_id_unit_id")),
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_membership_holder_id"), ["holder_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_membership_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "objection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("publicity_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("raised_by", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("door", sa.String(length=120), nullable=False),
        sa.Column("contact", sa.String(length=60), nullable=False),
        sa.Column("relation", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("raised_at", Instant(), nullable=False),
        sa.Column("assisted_by", sa.Integer(), nullable=True),
        sa.Column("assisted_why", sa.Text(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(raised_by IS NULL) = (assisted_by IS NOT NULL)", name=op.f("ck_objection_own_or_assisted")
        ),
        sa.ForeignKeyConstraint(["assisted_by"], ["account.id"], name=op.f("fk_objection_assisted_by")),
        sa.ForeignKeyConstraint(["paper_id"], ["evidence.id"], name=op.f("fk_objection_paper_id")),
        sa.ForeignKeyConstraint(["publicity_id"], ["publicity_period.id"], name=op.f("fk_objection_publicity_id")),
        sa.ForeignKeyConstraint(["raised_by"], ["account.id"], name=op.f("fk_objection_raised_by")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_objection_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
        sa.UniqueConstraint("publicity_id", "number", name="uq_objection_number"),
    )
    with op.batch_alter_table("objection", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_objection_raised_by"), ["raised_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_objection_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("neighbourhood_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("suspended_from", sa.String(length=40), nullable=True),
        sa.Column("proposer_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("proposer_name", sa.String(length=120), nullable=False),
        sa.Column("proposer_role", sa.String(length=40), nullable=False),
        sa.Column("submitted_at", Instant(), nullable=False),
        sa.Column("screening_due", Instant(), nullable=False),
        sa.Column("accepted_at", Instant(), nullable=True),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("routed_to", sa.String(length=120), nullable=False),
        sa.CheckConstraint("proposer_id IS NOT NULL OR unit_id IS NOT NULL", name=op.f("ck_proposal_has_proposer")),
        sa.ForeignKeyConstraint(["merged_into_id"], ["proposal.id"], name=op.f("fk_proposal_merged_into_id")),
        sa.ForeignKeyConstraint(["neighbourhood_id"], ["neighbourhood.id"], name=op.f("fk_proposal_neighbourhood_id")),
        sa.ForeignKeyConstraint(["proposer_id"], ["account.id"], name=op.f("fk_proposal_proposer_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_proposal_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
    )
    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.create_index("ix_proposal_desk", ["neighbourhood_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_proposal_proposer_id"), ["proposer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_proposal_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "tenure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("capacity", sa.String(length=40), nullable=False),
        sa.Column("form", sa.String(length=40), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_tenure_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenure")),
    )
    with op.batch_alter_table("tenure", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tenure_unit_id"), ["unit_id"], unique=False)
        batch_op.create_index(
            "uq_tenure_standing",
            ["unit_id"],
            unique=True,
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        )

    op.create_table(
        "application",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("wish", sa.Text(), nullable=False),
        sa.Column("upkeep", sa.Text(), nullable=False),
        sa.Column("letter", sa.Text(), nullable=False),
        sa.Column("letter_photo_id", sa.Integer(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("written_by", sa.Integer(), nullable=False),
        sa.Column("written_at", Instant(), nullable=False),
        sa.Column("assisted_by", sa.Integer(), nullable=True),
        sa.Column("assisted_why", sa.Text(), nullable=True),
        sa.Column("presence", sa.String(length=40), nullable=True),
        sa.CheckConstraint(
            "(assisted_by IS NULL) = (presence IS NULL) AND (assisted_by IS NULL) = (assisted_why IS NULL)",
            name=op.f("ck_application_assisted_in_full"),
        ),
        sa.ForeignKeyConstraint(["assisted_by"], ["account.id"], name=op.f("fk_application_assisted_by")),
        sa.ForeignKeyConstraint(["letter_photo_id"], ["evidence.id"], name=op.f("fk_application_letter_photo_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_application_proposal_id")),
        sa.ForeignKeyConstraint(["written_by"], ["account.id"], name=op.f("fk_application_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
        sa.UniqueConstraint("proposal_id", "number", name="uq_application_number"),
    )
    op.create_table(
        "meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("neighbourhood_id", sa.Integer(), nullable=False),
        sa.Column("building_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("agenda", sa.Text(), nullable=False),
        sa.Column("chair_id", sa.Integer(), nullable=False),
        sa.Column("recorder_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=True),
        sa.Column("door_token", sa.String(length=24), nullable=False),
        sa.Column("named", sa.Integer(), nullable=False),
        sa.Column("opened_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("next_question", sa.Integer(), nullable=False),
        sa.CheckConstraint("named >= 0", name=op.f("ck_meeting_named")),
        sa.ForeignKeyConstraint(["building_id"], ["building.id"], name=op.f("fk_meeting_building_id")),
        sa.ForeignKeyConstraint(["chair_id"], ["account.id"], name=op.f("fk_meeting_chair_id")),
        sa.ForeignKeyConstraint(["neighbourhood_id"], ["neighbourhood.id"], name=op.f("fk_meeting_neighbourhood_id")),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_meeting_notice_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_meeting_proposal_id")),
        sa.ForeignKeyConstraint(["recorder_id"], ["account.id"], name=op.f("fk_meeting_recorder_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sa.UniqueConstraint("door_token", name=op.f("uq_meeting_door_token")),
    )
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_building_id"), ["building_id"], unique=False)
        batch_op.create_index("ix_meeting_desk", ["neighbourhood_id", "starts_at"], unique=False)
        batch_op.create_index("ix_meeting_proposal", ["proposal_id"], unique=False)

    op.create_table(
        "membership_refusal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("membership_id", sa.Integer(), nullable=False),
        sa.Column("refused_by", sa.Integer(), nullable=False),
        sa.Column("refused_at", Instant(), nullable=False),
        sa.Column("reason", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["membership_id"], ["membership.id"], name=op.f("fk_membership_refusal_membership_id")),
        sa.ForeignKeyConstraint(["refused_by"], ["account.id"], name=op.f("fk_membership_refusal_refused_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership_refusal")),
    )
    with op.batch_alter_table("membership_refusal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_membership_refusal_membership_id"), ["membership_id"], unique=False)

    op.create_table(
        "objection_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("objection_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("decided_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_objection_decision_decided_by")),
        sa.ForeignKeyConstraint(["objection_id"], ["objection.id"], name=op.f("fk_objection_decision_objection_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection_decision")),
    )
    with op.batch_alter_table("objection_decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_objection_decision_objection_id"), ["objection_id"], unique=False)

    op.create_table(
        "one_time_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("arrival_id", sa.Integer(), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("code_mac", sa.String(length=64), nullable=False),
        sa.Column("issued_at", Instant(), nullable=False),
        sa.Column("wrong_tries", sa.Integer(), nullable=False),
        sa.Column("used", sa.Boolean(), nullable=False),
        sa.CheckConstraint("wrong_tries >= 0", name=op.f("ck_one_time_code_wrong_tries")),
        sa.ForeignKeyConstraint(["arrival_id"], ["arrival.id"], name=op.f("fk_one_time_code_arrival_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_code")),
    )
    with op.batch_alter_table("one_time_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_one_time_code_arrival_id"), ["arrival_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_one_time_code_phone"), ["phone"], unique=False)

    op.create_table(
        "plan_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("put_by", sa.Integer(), nullable=False),
        sa.Column("put_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_plan_change_proposal_id")),
        sa.ForeignKeyConstraint(["put_by"], ["account.id"], name=op.f("fk_plan_change_put_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_change")),
        sa.UniqueConstraint("proposal_id", "digest", name="uq_plan_change_content"),
    )
    op.create_table(
        "plan_draft",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("saved_by", sa.Integer(), nullable=False),
        sa.Column("saved_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_plan_draft_proposal_id")),
        sa.ForeignKeyConstraint(["saved_by"], ["account.id"], name=op.f("fk_plan_draft_saved_by")),
        sa.PrimaryKeyConstraint("proposal_id", name=op.f("pk_plan_draft")),
    )
    op.create_table(
        "plan_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("plan_hash", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("fixed_by", sa.Integer(), nullable=False),
        sa.Column("fixed_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["fixed_by"], ["account.id"], name=op.f("fk_plan_version_fixed_by")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_plan_version_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_version")),
        sa.UniqueConstraint("plan_hash", name=op.f("uq_plan_version_plan_hash")),
        sa.UniqueConstraint("proposal_id", "number", name="uq_plan_version_number"),
    )
    op.create_table(
        "register_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("tenure_id", sa.Integer(), nullable=True),
        sa.Column("holder_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("happened_on", sa.String(length=10), nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["changed_by"], ["account.id"], name=op.f("fk_register_change_changed_by")),
        sa.ForeignKeyConstraint(["holder_id"], ["holder.id"], name=op.f("fk_register_change_holder_id")),
        sa.ForeignKeyConstraint(["tenure_id"], ["tenure.id"], name=op.f("fk_register_change_tenure_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_register_change_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_change")),
    )
    with op.batch_alter_table("register_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_register_change_holder_id"), ["holder_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_register_change_tenure_id"), ["tenure_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_register_change_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "screening",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("move", sa.String(length=40), nullable=False),
        sa.Column("rejection", sa.String(length=40), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=False),
        sa.Column("decided_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_screening_decided_by")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_screening_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening")),
    )
    with op.batch_alter_table("screening", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_screening_proposal_id"), ["proposal_id"], unique=False)

    op.create_table(
        "seat_opinion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.Integer(), nullable=False),
        sa.Column("requested_at", Instant(), nullable=False),
        sa.Column("recommendation", sa.String(length=40), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("steps", sa.Text(), nullable=False),
        sa.Column("given_by", sa.Integer(), nullable=True),
        sa.Column("given_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["given_by"], ["account.id"], name=op.f("fk_seat_opinion_given_by")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_seat_opinion_proposal_id")),
        sa.ForeignKeyConstraint(["requested_by"], ["account.id"], name=op.f("fk_seat_opinion_requested_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_opinion")),
    )
    with op.batch_alter_table("seat_opinion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seat_opinion_proposal_id"), ["proposal_id"], unique=False)
        batch_op.create_index(
            "uq_seat_opinion_open",
            ["proposal_id", "role"],
            unique=True,
            sqlite_where=sa.text("given_at IS NULL"),
            postgresql_where=sa.text("given_at IS NULL"),
        )

    op.create_table(
        "second_look",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("reopened", sa.Boolean(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["answered_by"], ["account.id"], name=op.f("fk_second_look_answered_by")),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_second_look_asked_by")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_second_look_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_look")),
        sa.UniqueConstraint("proposal_id", name="uq_second_look_once"),
    )
    op.create_table(
        "tenure_share",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tenure_id", sa.Integer(), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("whole", sa.Integer(), nullable=False),
        sa.Column("represents", sa.Boolean(), nullable=False),
        sa.CheckConstraint("part > 0 AND part <= whole", name=op.f("ck_tenure_share_share")),
        sa.ForeignKeyConstraint(["holder_id"], ["holder.id"], name=op.f("fk_tenure_share_holder_id")),
        sa.ForeignKeyConstraint(["tenure_id"], ["tenure.id"], name=op.f("fk_tenure_share_tenure_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenure_share")),
        sa.UniqueConstraint("tenure_id", "holder_id", name=op.f("uq_tenure_share_tenure_id_holder_id")),
    )
    with op.batch_alter_table("tenure_share", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tenure_share_holder_id"), ["holder_id"], unique=False)

    op.create_table(
        "application_photo",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_application_photo_application_id")
        ),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_application_photo_evidence_id")),
        sa.PrimaryKeyConstraint("application_id", "evidence_id", name=op.f("pk_application_photo")),
    )
    op.create_table(
        "change_contest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_version_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("contested_by", sa.Integer(), nullable=False),
        sa.Column("contested_at", Instant(), nullable=False),
        sa.Column("upheld", sa.Boolean(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["answered_by"], ["account.id"], name=op.f("fk_change_contest_answered_by")),
        sa.ForeignKeyConstraint(["contested_by"], ["account.id"], name=op.f("fk_change_contest_contested_by")),
        sa.ForeignKeyConstraint(
            ["plan_version_id"], ["plan_version.id"], name=op.f("fk_change_contest_plan_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_contest")),
        sa.UniqueConstraint("plan_version_id", name="uq_change_contest_once"),
    )
    op.create_table(
        "change_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_version_id", sa.Integer(), nullable=False),
        sa.Column("change", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_version_id"], ["plan_version.id"], name=op.f("fk_change_decision_plan_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_decision")),
    )
    with op.batch_alter_table("change_decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_change_decision_plan_version_id"), ["plan_version_id"], unique=False)

    op.create_table(
        "change_opinion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_change_id", sa.Integer(), nullable=False),
        sa.Column("seat", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("change", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("given_by", sa.Integer(), nullable=False),
        sa.Column("given_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["given_by"], ["account.id"], name=op.f("fk_change_opinion_given_by")),
        sa.ForeignKeyConstraint(["plan_change_id"], ["plan_change.id"], name=op.f("fk_change_opinion_plan_change_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_opinion")),
        sa.UniqueConstraint("plan_change_id", "seat", name="uq_change_opinion_once"),
    )
    op.create_table(
        "manager_consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_version_id", sa.Integer(), nullable=False),
        sa.Column("agrees", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=True),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("given_by", sa.Integer(), nullable=False),
        sa.Column("given_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["given_by"], ["account.id"], name=op.f("fk_manager_consent_given_by")),
        sa.ForeignKeyConstraint(["paper_id"], ["evidence.id"], name=op.f("fk_manager_consent_paper_id")),
        sa.ForeignKeyConstraint(
            ["plan_version_id"], ["plan_version.id"], name=op.f("fk_manager_consent_plan_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_manager_consent")),
    )
    with op.batch_alter_table("manager_consent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_manager_consent_plan_version_id"), ["plan_version_id"], unique=False)

    op.create_table(
        "meeting_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("capacity", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "(holder_id IS NULL) <> (account_id IS NULL)", name=op.f("ck_meeting_member_holder_or_seat")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_meeting_member_account_id")),
        sa.ForeignKeyConstraint(["holder_id"], ["holder.id"], name=op.f("fk_meeting_member_holder_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_member_meeting_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_meeting_member_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_member")),
        sa.UniqueConstraint("meeting_id", "key", name="uq_meeting_member_person"),
    )
    with op.batch_alter_table("meeting_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_member_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_meeting_member_holder_id"), ["holder_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_meeting_member_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "meeting_photo",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_meeting_photo_evidence_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_photo_meeting_id")),
        sa.PrimaryKeyConstraint("meeting_id", "evidence_id", name=op.f("pk_meeting_photo")),
    )
    op.create_table(
        "meeting_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("move", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("taken_by", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("taken_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_step_meeting_id")),
        sa.ForeignKeyConstraint(["taken_by"], ["account.id"], name=op.f("fk_meeting_step_taken_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_step")),
    )
    with op.batch_alter_table("meeting_step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_step_meeting_id"), ["meeting_id"], unique=False)

    op.create_table(
        "minutes_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("settlement", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("written_by", sa.Integer(), nullable=False),
        sa.Column("written_at", Instant(), nullable=False),
        sa.Column("corrections_until", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_minutes_version_meeting_id")),
        sa.ForeignKeyConstraint(["written_by"], ["account.id"], name=op.f("fk_minutes_version_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes_version")),
        sa.UniqueConstraint("meeting_id", "number", name="uq_minutes_version_number"),
    )
    op.create_table(
        "plan_drawing",
        sa.Column("plan_version_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_plan_drawing_evidence_id")),
        sa.ForeignKeyConstraint(["plan_version_id"], ["plan_version.id"], name=op.f("fk_plan_drawing_plan_version_id")),
        sa.PrimaryKeyConstraint("plan_version_id", "position", name=op.f("pk_plan_drawing")),
    )
    with op.batch_alter_table("plan_drawing", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_drawing_evidence_id"), ["evidence_id"], unique=False)

    op.create_table(
        "required_consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_version_id", sa.Integer(), nullable=False),
        sa.Column("template", sa.String(length=40), nullable=False),
        sa.Column("preset", sa.String(length=40), nullable=False),
        sa.Column("capacity", sa.String(length=40), nullable=False),
        sa.Column("scope_kind", sa.String(length=40), nullable=False),
        sa.Column("scope_id", sa.Integer(), nullable=False),
        sa.Column("needs_manager_consent", sa.Boolean(), nullable=False),
        sa.Column("no_open_objection", sa.Boolean(), nullable=False),
        sa.Column("publicity_days", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_version_id"], ["plan_version.id"], name=op.f("fk_required_consent_plan_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_required_consent")),
        sa.UniqueConstraint("plan_version_id", "template", "scope_kind", "scope_id", name="uq_required_once"),
    )
    op.create_table(
        "attendance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("by_family", sa.Boolean(), nullable=False),
        sa.Column("signed_in_at", Instant(), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["entered_by"], ["account.id"], name=op.f("fk_attendance_entered_by")),
        sa.ForeignKeyConstraint(["member_id"], ["meeting_member.id"], name=op.f("fk_attendance_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
        sa.UniqueConstraint("member_id", name="uq_attendance_once"),
    )
    op.create_table(
        "consent_collection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("required_id", sa.Integer(), nullable=False),
        sa.Column("round_no", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("plan_version_id", sa.Integer(), nullable=False),
        sa.Column("neighbourhood_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("preset", sa.String(length=40), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("answer_set", sa.String(length=40), nullable=False),
        sa.Column("conflict_rule", sa.String(length=40), nullable=False),
        sa.Column("roll_days", sa.Integer(), nullable=False),
        sa.Column("window_days", sa.Integer(), nullable=False),
        sa.Column("grace_days", sa.Integer(), nullable=False),
        sa.Column("provisional_days", sa.Integer(), nullable=False),
        sa.Column("mandate_cap", sa.Integer(), nullable=False),
        sa.Column("needs_manager_consent", sa.Boolean(), nullable=False),
        sa.Column("no_open_objection", sa.Boolean(), nullable=False),
        sa.Column("counter_id", sa.Integer(), nullable=False),
        sa.Column("scrutineer_id", sa.Integer(), nullable=False),
        sa.Column("roll_opened_at", Instant(), nullable=True),
        sa.Column("roll_hash", sa.String(length=64), nullable=True),
        sa.Column("opened_at", Instant(), nullable=True),
        sa.Column("closes_at", Instant(), nullable=True),
        sa.Column("extended_because", sa.Text(), nullable=False),
        sa.Column("provisional_at", Instant(), nullable=True),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.Column("result", sa.String(length=40), nullable=False),
        sa.Column("void_because", sa.Text(), nullable=False),
        sa.Column("next_record", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "scrutineer_id IS NULL OR scrutineer_id <> counter_id", name=op.f("ck_consent_collection_two_people")
        ),
        sa.ForeignKeyConstraint(["counter_id"], ["account.id"], name=op.f("fk_consent_collection_counter_id")),
        sa.ForeignKeyConstraint(
            ["neighbourhood_id"], ["neighbourhood.id"], name=op.f("fk_consent_collection_neighbourhood_id")
        ),
        sa.ForeignKeyConstraint(
            ["plan_version_id"], ["plan_version.id"], name=op.f("fk_consent_collection_plan_version_id")
        ),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_consent_collection_proposal_id")),
        sa.ForeignKeyConstraint(
            ["required_id"], ["required_consent.id"], name=op.f("fk_consent_collection_required_id")
        ),
        sa.ForeignKeyConstraint(["scrutineer_id"], ["account.id"], name=op.f("fk_consent_collection_scrutineer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_collection")),
        sa.UniqueConstraint("required_id", "round_no", name="uq_collection_round"),
    )
    with op.batch_alter_table("consent_collection", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consent_collection_neighbourhood_id"), ["neighbourhood_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_consent_collection_plan_version_id"), ["plan_version_id"], unique=False)
        batch_op.create_index("ix_consent_collection_proposal", ["proposal_id"], unique=False)

    op.create_table(
        "meeting_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("floor", sa.String(length=60), nullable=False),
        sa.Column("stance", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "asked_by IS NOT NULL OR recorded_by IS NOT NULL", name=op.f("ck_meeting_question_asked_or_recorded")
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_meeting_question_asked_by")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_question_meeting_id")),
        sa.ForeignKeyConstraint(["member_id"], ["meeting_member.id"], name=op.f("fk_meeting_question_member_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_meeting_question_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_question")),
        sa.UniqueConstraint("meeting_id", "number", name="uq_meeting_question_number"),
    )
    with op.batch_alter_table("meeting_question", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_question_asked_by"), ["asked_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_meeting_question_member_id"), ["member_id"], unique=False)

    op.create_table(
        "minutes_confirmation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(length=40), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("is_chair", sa.Boolean(), nullable=False),
        sa.Column("objection", sa.Text(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=True),
        sa.Column("entered_by", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["entered_by"], ["account.id"], name=op.f("fk_minutes_confirmation_entered_by")),
        sa.ForeignKeyConstraint(["member_id"], ["meeting_member.id"], name=op.f("fk_minutes_confirmation_member_id")),
        sa.ForeignKeyConstraint(["paper_id"], ["evidence.id"], name=op.f("fk_minutes_confirmation_paper_id")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["minutes_version.id"], name=op.f("fk_minutes_confirmation_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes_confirmation")),
        sa.UniqueConstraint("version_id", "person", name="uq_minutes_confirmation_once"),
    )
    with op.batch_alter_table("minutes_confirmation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_minutes_confirmation_member_id"), ["member_id"], unique=False)

    op.create_table(
        "consent_unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("collection_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("building", sa.String(length=60), nullable=False),
        sa.Column("floor", sa.String(length=60), nullable=False),
        sa.Column("door", sa.String(length=60), nullable=False),
        sa.Column("capacity", sa.String(length=40), nullable=False),
        sa.Column("form", sa.String(length=40), nullable=False),
        sa.Column("whole", sa.Integer(), nullable=False),
        sa.Column("area_centi", sa.Integer(), nullable=False),
        sa.Column("buyer", sa.String(length=40), nullable=False),
        sa.Column("blocked", sa.String(length=40), nullable=True),
        sa.Column("closes_at", Instant(), nullable=True),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("reconfirm", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["collection_id"], ["consent_collection.id"], name=op.f("fk_consent_unit_collection_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_consent_unit_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_unit")),
        sa.UniqueConstraint("collection_id", "unit_id", name="uq_consent_unit_once"),
    )
    with op.batch_alter_table("consent_unit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consent_unit_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "meeting_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("answered_by", sa.Integer(), nullable=False),
        sa.Column("answered_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["answered_by"], ["account.id"], name=op.f("fk_meeting_answer_answered_by")),
        sa.ForeignKeyConstraint(["question_id"], ["meeting_question.id"], name=op.f("fk_meeting_answer_question_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_answer")),
    )
    with op.batch_alter_table("meeting_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_answer_question_id"), ["question_id"], unique=False)

    op.create_table(
        "result_confirmation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("collection_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("count_hash", sa.String(length=64), nullable=False),
        sa.Column("confirmed_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_result_confirmation_account_id")),
        sa.ForeignKeyConstraint(
            ["collection_id"], ["consent_collection.id"], name=op.f("fk_result_confirmation_collection_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_result_confirmation")),
        sa.UniqueConstraint("collection_id", "account_id", "count_hash", name="uq_result_confirmation_person"),
    )
    op.create_table(
        "ask_first",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consent_unit_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["answered_by"], ["account.id"], name=op.f("fk_ask_first_answered_by")),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_ask_first_asked_by")),
        sa.ForeignKeyConstraint(["consent_unit_id"], ["consent_unit.id"], name=op.f("fk_ask_first_consent_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ask_first")),
    )
    with op.batch_alter_table("ask_first", schema=None) as batch_op:
        batch_op.create_index(
            "uq_ask_first_open",
            ["consent_unit_id", "asked_by"],
            unique=True,
            sqlite_where=sa.text("answered_at IS NULL"),
            postgresql_where=sa.text("answered_at IS NULL"),
        )

    op.create_table(
        "consent_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("consent_unit_id", sa.Integer(), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=False),
        sa.Column("plan_hash", sa.String(length=64), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("strokes", sa.Text(), nullable=False),
        sa.Column("typed_name", sa.String(length=120), nullable=False),
        sa.Column("picture", sa.LargeBinary(), nullable=True),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("saved_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_consent_draft_account_id")),
        sa.ForeignKeyConstraint(
            ["consent_unit_id"], ["consent_unit.id"], name=op.f("fk_consent_draft_consent_unit_id")
        ),
        sa.ForeignKeyConstraint(["holder_id"], ["holder.id"], name=op.f("fk_consent_draft_holder_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_draft")),
        sa.UniqueConstraint("account_id", "consent_unit_id", name="uq_consent_draft_person"),
    )
    with op.batch_alter_table("consent_draft", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consent_draft_consent_unit_id"), ["consent_unit_id"], unique=False)

    op.create_table(
        "consent_holder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consent_unit_id", sa.Integer(), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("died_on", sa.Date(), nullable=True),
        sa.CheckConstraint("weight > 0", name=op.f("ck_consent_holder_weight")),
        sa.ForeignKeyConstraint(
            ["consent_unit_id"], ["consent_unit.id"], name=op.f("fk_consent_holder_consent_unit_id")
        ),
        sa.ForeignKeyConstraint(["holder_id"], ["holder.id"], name=op.f("fk_consent_holder_holder_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_holder")),
        sa.UniqueConstraint("consent_unit_id", "holder_id", name="uq_consent_holder_once"),
    )
    with op.batch_alter_table("consent_holder", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consent_holder_holder_id"), ["holder_id"], unique=False)

    op.create_table(
        "consent_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("collection_id", sa.Integer(), nullable=False),
        sa.Column("consent_unit_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(length=40), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("plan_hash", sa.String(length=64), nullable=False),
        sa.Column("identity", sa.String(length=40), nullable=False),
        sa.Column("signed_by", sa.Integer(), nullable=True),
        sa.Column("assisted_by", sa.Integer(), nullable=True),
        sa.Column("checked_by", sa.Integer(), nullable=True),
        sa.Column("signature_id", sa.Integer(), nullable=True),
        sa.Column("strokes", sa.Text(), nullable=False),
        sa.Column("typed_name", sa.String(length=120), nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.Column("evidence_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["assisted_by"], ["account.id"], name=op.f("fk_consent_record_assisted_by")),
        sa.ForeignKeyConstraint(["checked_by"], ["account.id"], name=op.f("fk_consent_record_checked_by")),
        sa.ForeignKeyConstraint(
            ["collection_id"], ["consent_collection.id"], name=op.f("fk_consent_record_collection_id")
        ),
        sa.ForeignKeyConstraint(
            ["consent_unit_id"], ["consent_unit.id"], name=op.f("fk_consent_record_consent_unit_id")
        ),
        sa.ForeignKeyConstraint(["signature_id"], ["evidence.id"], name=op.f("fk_consent_record_signature_id")),
        sa.ForeignKeyConstraint(["signed_by"], ["account.id"], name=op.f("fk_consent_record_signed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_record")),
        sa.UniqueConstraint("collection_id", "number", name="uq_consent_record_number"),
        sa.UniqueConstraint("consent_unit_id", "turn", name="uq_consent_record_turn"),
    )
    op.create_table(
        "consent_record_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("collection_id", sa.Integer(), nullable=False),
        sa.Column("consent_unit_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("viewed_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_consent_record_view_account_id")),
        sa.ForeignKeyConstraint(
            ["collection_id"], ["consent_collection.id"], name=op.f("fk_consent_record_view_collection_id")
        ),
        sa.ForeignKeyConstraint(
            ["consent_unit_id"], ["consent_unit.id"], name=op.f("fk_consent_record_view_consent_unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_record_view")),
    )
    with op.batch_alter_table("consent_record_view", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consent_record_view_consent_unit_id"), ["consent_unit_id"], unique=False)
        batch_op.create_index("ix_consent_record_view_reader", ["collection_id", "account_id"], unique=False)

    op.create_table(
        "consent_unit_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consent_unit_id", sa.Integer(), nullable=False),
        sa.Column("blocked", sa.String(length=40), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=True),
        sa.Column("entered_by", sa.Integer(), nullable=False),
        sa.Column("entered_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consent_unit_id"], ["consent_unit.id"], name=op.f("fk_consent_unit_event_consent_unit_id")
        ),
        sa.ForeignKeyConstraint(["entered_by"], ["account.id"], name=op.f("fk_consent_unit_event_entered_by")),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_consent_unit_event_evidence_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_unit_event")),
    )
    with op.batch_alter_table("consent_unit_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consent_unit_event_consent_unit_id"), ["consent_unit_id"], unique=False)

    op.create_table(
        "roll_correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("collection_id", sa.Integer(), nullable=False),
        sa.Column("consent_unit_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_roll_correction_asked_by")),
        sa.ForeignKeyConstraint(
            ["collection_id"], ["consent_collection.id"], name=op.f("fk_roll_correction_collection_id")
        ),
        sa.ForeignKeyConstraint(
            ["consent_unit_id"], ["consent_unit.id"], name=op.f("fk_roll_correction_consent_unit_id")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_roll_correction_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roll_correction")),
    )
    with op.batch_alter_table("roll_correction", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_roll_correction_collection_id"), ["collection_id"], unique=False)

    op.create_table(
        "consent_record_holder",
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["holder_id"], ["holder.id"], name=op.f("fk_consent_record_holder_holder_id")),
        sa.ForeignKeyConstraint(["record_id"], ["consent_record.id"], name=op.f("fk_consent_record_holder_record_id")),
        sa.PrimaryKeyConstraint("record_id", "holder_id", name=op.f("pk_consent_record_holder")),
    )
    op.create_table(
        "consent_record_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("invalid", sa.String(length=40), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("marked_by", sa.Integer(), nullable=False),
        sa.Column("marked_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["marked_by"], ["account.id"], name=op.f("fk_consent_record_mark_marked_by")),
        sa.ForeignKeyConstraint(["record_id"], ["consent_record.id"], name=op.f("fk_consent_record_mark_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_record_mark")),
    )
    with op.batch_alter_table("consent_record_mark", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consent_record_mark_record_id"), ["record_id"], unique=False)

    op.create_table(
        "paper_slip",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("collection_id", sa.Integer(), nullable=False),
        sa.Column("consent_unit_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("issued_by", sa.Integer(), nullable=False),
        sa.Column("issued_at", Instant(), nullable=False),
        sa.Column("came_by", sa.String(length=40), nullable=False),
        sa.Column("void_because", sa.Text(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=True),
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('issued', 'entered', 'differs', 'recorded', 'void')", name=op.f("ck_paper_slip_state")
        ),
        sa.ForeignKeyConstraint(["collection_id"], ["consent_collection.id"], name=op.f("fk_paper_slip_collection_id")),
        sa.ForeignKeyConstraint(["consent_unit_id"], ["consent_unit.id"], name=op.f("fk_paper_slip_consent_unit_id")),
        sa.ForeignKeyConstraint(["issued_by"], ["account.id"], name=op.f("fk_paper_slip_issued_by")),
        sa.ForeignKeyConstraint(["photo_id"], ["evidence.id"], name=op.f("fk_paper_slip_photo_id")),
        sa.ForeignKeyConstraint(["record_id"], ["consent_record.id"], name=op.f("fk_paper_slip_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_slip")),
        sa.UniqueConstraint("code", name=op.f("uq_paper_slip_code")),
    )
    with op.batch_alter_table("paper_slip", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_paper_slip_collection_id"), ["collection_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_paper_slip_consent_unit_id"), ["consent_unit_id"], unique=False)

    op.create_table(
        "signature_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mark_id", sa.Integer(), nullable=False),
        sa.Column("genuine", sa.Boolean(), nullable=False),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.Column("checked_by", sa.Integer(), nullable=False),
        sa.Column("checked_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["checked_by"], ["account.id"], name=op.f("fk_signature_check_checked_by")),
        sa.ForeignKeyConstraint(["mark_id"], ["consent_record_mark.id"], name=op.f("fk_signature_check_mark_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature_check")),
        sa.UniqueConstraint("mark_id", "checked_by", name="uq_signature_check_person"),
    )
    op.create_table(
        "slip_reading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slip_id", sa.Integer(), nullable=False),
        sa.Column("read_by", sa.Integer(), nullable=False),
        sa.Column("read_at", Instant(), nullable=False),
        sa.Column("holders", sa.String(length=60), nullable=False),
        sa.Column("answer", sa.String(length=40), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["read_by"], ["account.id"], name=op.f("fk_slip_reading_read_by")),
        sa.ForeignKeyConstraint(["slip_id"], ["paper_slip.id"], name=op.f("fk_slip_reading_slip_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slip_reading")),
        sa.UniqueConstraint("slip_id", "read_by", name="uq_slip_reading_person"),
    )
    for table in ONLY_GROWING:
        only_grows(table)


def downgrade() -> None:
    op.drop_table("slip_reading")
    op.drop_table("signature_check")
    with op.batch_alter_table("paper_slip", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_paper_slip_consent_unit_id"))
        batch_op.drop_index(batch_op.f("ix_paper_slip_collection_id"))

    op.drop_table("paper_slip")
    with op.batch_alter_table("consent_record_mark", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consent_record_mark_record_id"))

    op.drop_table("consent_record_mark")
    op.drop_table("consent_record_holder")
    with op.batch_alter_table("roll_correction", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_roll_correction_collection_id"))

    op.drop_table("roll_correction")
    with op.batch_alter_table("consent_unit_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consent_unit_event_consent_unit_id"))

    op.drop_table("consent_unit_event")
    with op.batch_alter_table("consent_record_view", schema=None) as batch_op:
        batch_op.drop_index("ix_consent_record_view_reader")
        batch_op.drop_index(batch_op.f("ix_consent_record_view_consent_unit_id"))

    op.drop_table("consent_record_view")
    op.drop_table("consent_record")
    with op.batch_alter_table("consent_holder", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consent_holder_holder_id"))

    op.drop_table("consent_holder")
    with op.batch_alter_table("consent_draft", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consent_draft_consent_unit_id"))

    op.drop_table("consent_draft")
    with op.batch_alter_table("ask_first", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_ask_first_open",
            sqlite_where=sa.text("answered_at IS NULL"),
            postgresql_where=sa.text("answered_at IS NULL"),
        )

    op.drop_table("ask_first")
    op.drop_table("result_confirmation")
    with op.batch_alter_table("meeting_answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_meeting_answer_question_id"))

    op.drop_table("meeting_answer")
    with op.batch_alter_table("consent_unit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consent_unit_unit_id"))

    op.drop_table("consent_unit")
    with op.batch_alter_table("minutes_confirmation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_minutes_confirmation_member_id"))

    op.drop_table("minutes_confirmation")
    with op.batch_alter_table("meeting_question", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_meeting_question_member_id"))
        batch_op.drop_index(batch_op.f("ix_meeting_question_asked_by"))

    op.drop_table("meeting_question")
    with op.batch_alter_table("consent_collection", schema=None) as batch_op:
        batch_op.drop_index("ix_consent_collection_proposal")
        batch_op.drop_index(batch_op.f("ix_consent_collection_plan_version_id"))
        batch_op.drop_index(batch_op.f("ix_consent_collection_neighbourhood_id"))

    op.drop_table("consent_collection")
    op.drop_table("attendance")
    op.drop_table("required_consent")
    with op.batch_alter_table("plan_drawing", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_drawing_evidence_id"))

    op.drop_table("plan_drawing")
    op.drop_table("minutes_version")
    with op.batch_alter_table("meeting_step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_meeting_step_meeting_id"))

    op.drop_table("meeting_step")
    op.drop_table("meeting_photo")
    with op.batch_alter_table("meeting_member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_meeting_member_unit_id"))
        batch_op.drop_index(batch_op.f("ix_meeting_member_holder_id"))
        batch_op.drop_index(batch_op.f("ix_meeting_member_account_id"))

    op.drop_table("meeting_member")
    with op.batch_alter_table("manager_consent", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_manager_consent_plan_version_id"))

    op.drop_table("manager_consent")
    op.drop_table("change_opinion")
    with op.batch_alter_table("change_decision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_change_decision_plan_version_id"))

    op.drop_table("change_decision")
    op.drop_table("change_contest")
    op.drop_table("application_photo")
    with op.batch_alter_table("tenure_share", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tenure_share_holder_id"))

    op.drop_table("tenure_share")
    op.drop_table("second_look")
    with op.batch_alter_table("seat_opinion", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_seat_opinion_open",
            sqlite_where=sa.text("given_at IS NULL"),
            postgresql_where=sa.text("given_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_seat_opinion_proposal_id"))

    op.drop_table("seat_opinion")
    with op.batch_alter_table("screening", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_screening_proposal_id"))

    op.drop_table("screening")
    with op.batch_alter_table("register_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_register_change_unit_id"))
        batch_op.drop_index(batch_op.f("ix_register_change_tenure_id"))
        batch_op.drop_index(batch_op.f("ix_register_change_holder_id"))

    op.drop_table("register_change")
    op.drop_table("plan_version")
    op.drop_table("plan_draft")
    op.drop_table("plan_change")
    with op.batch_alter_table("one_time_code", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_one_time_code_phone"))
        batch_op.drop_index(batch_op.f("ix_one_time_code_arrival_id"))

    op.drop_table("one_time_code")
    with op.batch_alter_table("objection_decision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_objection_decision_objection_id"))

    op.drop_table("objection_decision")
    with op.batch_alter_table("membership_refusal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_membership_refusal_membership_id"))

    op.drop_table("membership_refusal")
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.drop_index("ix_meeting_proposal")
        batch_op.drop_index("ix_meeting_desk")
        batch_op.drop_index(batch_op.f("ix_meeting_building_id"))

    op.drop_table("meeting")
    op.drop_table("application")
    with op.batch_alter_table("tenure", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_tenure_standing", sqlite_where=sa.text("until IS NULL"), postgresql_where=sa.text("until IS NULL")
        )
        batch_op.drop_index(batch_op.f("ix_tenure_unit_id"))

    op.drop_table("tenure")
    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_proposal_unit_id"))
        batch_op.drop_index(batch_op.f("ix_proposal_proposer_id"))
        batch_op.drop_index("ix_proposal_desk")

    op.drop_table("proposal")
    with op.batch_alter_table("objection", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_objection_unit_id"))
        batch_op.drop_index(batch_op.f("ix_objection_raised_by"))

    op.drop_table("objection")
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_membership_unit_id"))
        batch_op.drop_index(batch_op.f("ix_membership_holder_id"))

    op.drop_table("membership")
    with op.batch_alter_table("household_code", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_household_code_standing",
            sqlite_where=sa.text("voided_at IS NULL"),
            postgresql_where=sa.text("voided_at IS NULL"),
        )

    op.drop_table("household_code")
    with op.batch_alter_table("arrival", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_arrival_opened_at"))
        batch_op.drop_index(batch_op.f("ix_arrival_account_id"))

    op.drop_table("arrival")
    op.drop_table("unit")
    op.drop_table("stairwell")
    with op.batch_alter_table("roll_import", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_roll_import_estate_id"))

    op.drop_table("roll_import")
    with op.batch_alter_table("publicity_period", schema=None) as batch_op:
        batch_op.drop_index("ix_publicity_period_subject")
        batch_op.drop_index(batch_op.f("ix_publicity_period_neighbourhood_id"))

    op.drop_table("publicity_period")
    op.drop_table("paper_posting")
    op.drop_table("notice_withdrawal")
    op.drop_table("building")
    with op.batch_alter_table("seat", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_seat_standing", sqlite_where=sa.text("until IS NULL"), postgresql_where=sa.text("until IS NULL")
        )
        batch_op.drop_index(batch_op.f("ix_seat_neighbourhood_id"))
        batch_op.drop_index(batch_op.f("ix_seat_account_id"))

    op.drop_table("seat")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notice_matter"))
        batch_op.drop_index("ix_notice_board")

    op.drop_table("notice")
    with op.batch_alter_table("holder", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_holder_name_phone", sqlite_where=sa.text("phone <> ''"), postgresql_where=sa.text("phone <> ''")
        )

    op.drop_table("holder")
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evidence_uploaded_by"))
        batch_op.drop_index(batch_op.f("ix_evidence_sha256"))
        batch_op.drop_index(batch_op.f("ix_evidence_neighbourhood_id"))
        batch_op.drop_index("ix_evidence_matter_kind")

    op.drop_table("evidence")
    op.drop_table("estate")
    with op.batch_alter_table("neighbourhood", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_neighbourhood_sector_id"))

    op.drop_table("neighbourhood")
    with op.batch_alter_table("sent_form", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sent_form_idx"))

    op.drop_table("sent_form")
    op.drop_table("sector")
    with op.batch_alter_table("login_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_login_session_account_id"))

    op.drop_table("login_session")
    op.drop_table("log_payload")
    with op.batch_alter_table("draft_photo", schema=None) as batch_op:
        batch_op.drop_index("ix_draft_photo_form")

    op.drop_table("draft_photo")
    op.drop_table("draft")
    with op.batch_alter_table("throttle", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_throttle_since"))

    op.drop_table("throttle")
    op.drop_table("subdistrict")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index("ix_message_waiting")

    op.drop_table("message")
    op.drop_table("log_node")
    op.drop_table("log_head")
    with op.batch_alter_table("log_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_log_entry_matter_idx")
        batch_op.drop_index("ix_log_entry_actor_ref")

    op.drop_table("log_entry")
    op.drop_table("account")

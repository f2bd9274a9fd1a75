"""Resident hearings."""

import sqlalchemy as sa
from alembic import op

from hearing.db import Instant
from hearing.schema import only_grows

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


GROWING: dict[str, tuple[str, ...]] = {
    "meeting_completion": (),
    "meeting_draw": (),
    "meeting_material": (),
    "meeting_satisfaction": ("words",),
    "opinion_reply": (),
    "opinion_wording": ("text",),
    "rectification": (),
    "room_ballot": (),
    "room_paper": (),
    "settlement_signature": ("refused_because",),
}
"""Tables that only grow, with the columns that may be blanked once nobody may keep them any longer."""


def _word(name: str, length: int = 40, default: str = "") -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), server_default=sa.text(f"'{default}'"), nullable=False)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False)


def _number(name: str, default: int) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), server_default=sa.text(str(default)), nullable=False)


COLUMNS = {
    "meeting": (
        _flag("everywhere"),
        _word("roster", default="parties"),
        _word("naming", default="everybody"),
        _number("round_no", 1),
        _number("session", 1),
        _number("wanted", 0),
        _word("reviewed", 120),
        sa.Column("answers_due_at", Instant(), nullable=True),
        sa.Column("rectification_due_at", Instant(), nullable=True),
        _word("outcome"),
        sa.Column("outcome_words", sa.Text(), server_default=sa.text("''"), nullable=False),
    ),
    "meeting_member": (sa.Column("left_at", Instant(), nullable=True),),
    "meeting_question": (_word("speaks"), _flag("anonymous"), _flag("late")),
}


def upgrade() -> None:
    op.create_table(
        "holiday",
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("works", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_holiday")),
    )
    op.create_table(
        "agenda_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("started_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "ended_at IS NULL OR started_at IS NOT NULL", name=op.f("ck_agenda_item_ended_after_started")
        ),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_agenda_item_minutes")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_agenda_item_meeting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_item")),
        sa.UniqueConstraint("meeting_id", "position", name="uq_agenda_item_position"),
    )
    op.create_table(
        "meeting_completion",
        sa.Column("meeting_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("completed_on", sa.String(length=10), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("noted_by", sa.Integer(), nullable=False),
        sa.Column("noted_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_completion_meeting_id")),
        sa.ForeignKeyConstraint(["noted_by"], ["account.id"], name=op.f("fk_meeting_completion_noted_by")),
        sa.PrimaryKeyConstraint("meeting_id", name=op.f("pk_meeting_completion")),
    )
    op.create_table(
        "meeting_draw",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("volunteers", sa.Text(), nullable=False),
        sa.Column("list_hash", sa.String(length=64), nullable=False),
        sa.Column("called", sa.String(length=120), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("order", sa.Text(), nullable=False),
        sa.Column("drawn_by", sa.Integer(), nullable=False),
        sa.Column("drawn_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["drawn_by"], ["account.id"], name=op.f("fk_meeting_draw_drawn_by")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_draw_meeting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_draw")),
        sa.UniqueConstraint("meeting_id", name="uq_meeting_draw_once"),
    )
    op.create_table(
        "meeting_invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(length=120), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("invited_by", sa.Integer(), nullable=False),
        sa.Column("invited_at", Instant(), nullable=False),
        sa.Column("reply", sa.String(length=40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=True),
        sa.Column("replied_by", sa.Integer(), nullable=True),
        sa.Column("replied_at", Instant(), nullable=True),
        sa.CheckConstraint("(replied_at IS NULL) = (reply = '')", name=op.f("ck_meeting_invitation_replied")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_meeting_invitation_account_id")),
        sa.ForeignKeyConstraint(["invited_by"], ["account.id"], name=op.f("fk_meeting_invitation_invited_by")),
        sa.ForeignKeyConstraint(["letter_id"], ["evidence.id"], name=op.f("fk_meeting_invitation_letter_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_invitation_meeting_id")),
        sa.ForeignKeyConstraint(["replied_by"], ["account.id"], name=op.f("fk_meeting_invitation_replied_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_invitation")),
        sa.UniqueConstraint("meeting_id", "office", name="uq_meeting_invitation_office"),
    )
    with op.batch_alter_table("meeting_invitation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_invitation_account_id"), ["account_id"], unique=False)

    op.create_table(
        "meeting_live",
        sa.Column("meeting_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("queue_turn", sa.Integer(), nullable=False),
        sa.Column("next_hand", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_live_meeting_id")),
        sa.PrimaryKeyConstraint("meeting_id", name=op.f("pk_meeting_live")),
    )
    op.create_table(
        "meeting_material",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=False),
        sa.Column("added_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["added_by"], ["account.id"], name=op.f("fk_meeting_material_added_by")),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_meeting_material_evidence_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_material_meeting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_material")),
    )
    with op.batch_alter_table("meeting_material", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_material_meeting_id"), ["meeting_id"], unique=False)

    op.create_table(
        "meeting_satisfaction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("grade", sa.String(length=60), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("given_by", sa.Integer(), nullable=False),
        sa.Column("given_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["given_by"], ["account.id"], name=op.f("fk_meeting_satisfaction_given_by")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_satisfaction_meeting_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_meeting_satisfaction_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_satisfaction")),
        sa.UniqueConstraint("meeting_id", "unit_id", name="uq_meeting_satisfaction_household"),
    )
    with op.batch_alter_table("meeting_satisfaction", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_satisfaction_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "meeting_sign_up",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=True),
        sa.Column("wanted", sa.String(length=40), nullable=False),
        sa.Column("stairwell", sa.String(length=60), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("signed_up_at", Instant(), nullable=False),
        sa.Column("taken_back_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_meeting_sign_up_account_id")),
        sa.ForeignKeyConstraint(["holder_id"], ["holder.id"], name=op.f("fk_meeting_sign_up_holder_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_sign_up_meeting_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_meeting_sign_up_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_sign_up")),
        sa.UniqueConstraint("meeting_id", "number", name="uq_meeting_sign_up_number"),
    )
    with op.batch_alter_table("meeting_sign_up", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_sign_up_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_meeting_sign_up_meeting_id"), ["meeting_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_meeting_sign_up_unit_id"), ["unit_id"], unique=False)
        batch_op.create_index(
            "uq_meeting_sign_up_standing",
            ["meeting_id", "account_id"],
            unique=True,
            sqlite_where=sa.text("taken_back_at IS NULL"),
            postgresql_where=sa.text("taken_back_at IS NULL"),
        )

    op.create_table(
        "opinion_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_opinion_group_made_by")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_opinion_group_meeting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinion_group")),
        sa.UniqueConstraint("meeting_id", "number", name="uq_opinion_group_number"),
    )
    op.create_table(
        "rectification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=True),
        sa.Column("after_deadline", sa.Boolean(), nullable=False),
        sa.Column("filed_by", sa.Integer(), nullable=False),
        sa.Column("filed_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["filed_by"], ["account.id"], name=op.f("fk_rectification_filed_by")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_rectification_meeting_id")),
        sa.ForeignKeyConstraint(["paper_id"], ["evidence.id"], name=op.f("fk_rectification_paper_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rectification")),
        sa.UniqueConstraint("meeting_id", name="uq_rectification_once"),
    )
    op.create_table(
        "room_poll",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("options_json", sa.Text(), nullable=False),
        sa.Column("present", sa.Integer(), nullable=False),
        sa.Column("named", sa.Integer(), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("counted", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_room_poll_meeting_id")),
        sa.ForeignKeyConstraint(["opened_by"], ["account.id"], name=op.f("fk_room_poll_opened_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_poll")),
        sa.UniqueConstraint("meeting_id", "number", name="uq_room_poll_number"),
    )
    with op.batch_alter_table("room_poll", schema=None) as batch_op:
        batch_op.create_index(
            "uq_room_poll_running",
            ["meeting_id"],
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )

    op.create_table(
        "speaker_hand",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("on_paper", sa.Boolean(), nullable=False),
        sa.Column("raised_at", Instant(), nullable=False),
        sa.Column("called_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_speaker_hand_meeting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_speaker_hand")),
    )
    with op.batch_alter_table("speaker_hand", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_speaker_hand_meeting_id"), ["meeting_id"], unique=False)
        batch_op.create_index(
            "uq_speaker_hand_waiting",
            ["meeting_id", "key"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "opinion_reply",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("disposition", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("office", sa.String(length=120), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("parts_json", sa.Text(), nullable=False),
        sa.Column("after_deadline", sa.Boolean(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("replied_by", sa.Integer(), nullable=False),
        sa.Column("replied_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "disposition <> 'routed' OR (office <> '' AND due_at IS NOT NULL)",
            name=op.f("ck_opinion_reply_passed_on_to_whom"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_opinion_reply_account_id")),
        sa.ForeignKeyConstraint(["group_id"], ["opinion_group.id"], name=op.f("fk_opinion_reply_group_id")),
        sa.ForeignKeyConstraint(["replied_by"], ["account.id"], name=op.f("fk_opinion_reply_replied_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinion_reply")),
    )
    with op.batch_alter_table("opinion_reply", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_opinion_reply_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_opinion_reply_group_id"), ["group_id"], unique=False)

    op.create_table(
        "room_ballot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("option", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("cast_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["meeting_member.id"], name=op.f("fk_room_ballot_member_id")),
        sa.ForeignKeyConstraint(["poll_id"], ["room_poll.id"], name=op.f("fk_room_ballot_poll_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_ballot")),
        sa.UniqueConstraint("poll_id", "member_id", name="uq_room_ballot_once"),
    )
    op.create_table(
        "room_paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("option", sa.Integer(), nullable=False),
        sa.Column("read_by", sa.Integer(), nullable=False),
        sa.Column("read_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["meeting_member.id"], name=op.f("fk_room_paper_member_id")),
        sa.ForeignKeyConstraint(["poll_id"], ["room_poll.id"], name=op.f("fk_room_paper_poll_id")),
        sa.ForeignKeyConstraint(["read_by"], ["account.id"], name=op.f("fk_room_paper_read_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_paper")),
        sa.UniqueConstraint("poll_id", "member_id", "read_by", name="uq_room_paper_reader"),
    )
    op.create_table(
        "settlement_signature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("minutes_hash", sa.String(length=64), nullable=False),
        sa.Column("refused_because", sa.Text(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=True),
        sa.Column("entered_by", sa.Integer(), nullable=False),
        sa.Column("signed_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["entered_by"], ["account.id"], name=op.f("fk_settlement_signature_entered_by")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_settlement_signature_meeting_id")),
        sa.ForeignKeyConstraint(["member_id"], ["meeting_member.id"], name=op.f("fk_settlement_signature_member_id")),
        sa.ForeignKeyConstraint(["paper_id"], ["evidence.id"], name=op.f("fk_settlement_signature_paper_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_signature")),
        sa.UniqueConstraint("member_id", name="uq_settlement_signature_once"),
    )
    with op.batch_alter_table("settlement_signature", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_settlement_signature_meeting_id"), ["meeting_id"], unique=False)

    op.create_table(
        "grouped_opinion",
        sa.Column("question_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["opinion_group.id"], name=op.f("fk_grouped_opinion_group_id")),
        sa.ForeignKeyConstraint(["question_id"], ["meeting_question.id"], name=op.f("fk_grouped_opinion_question_id")),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_grouped_opinion")),
    )
    with op.batch_alter_table("grouped_opinion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_grouped_opinion_group_id"), ["group_id"], unique=False)

    op.create_table(
        "opinion_correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.CheckConstraint("(decided_at IS NULL) = (accepted IS NULL)", name=op.f("ck_opinion_correction_decided")),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_opinion_correction_asked_by")),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_opinion_correction_decided_by")),
        sa.ForeignKeyConstraint(
            ["question_id"], ["meeting_question.id"], name=op.f("fk_opinion_correction_question_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinion_correction")),
    )
    with op.batch_alter_table("opinion_correction", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_opinion_correction_question_id"), ["question_id"], unique=False)
        batch_op.create_index(
            "uq_opinion_correction_open",
            ["question_id"],
            unique=True,
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )

    op.create_table(
        "opinion_wording",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_by", sa.Integer(), nullable=False),
        sa.Column("written_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["question_id"], ["meeting_question.id"], name=op.f("fk_opinion_wording_question_id")),
        sa.ForeignKeyConstraint(["written_by"], ["account.id"], name=op.f("fk_opinion_wording_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinion_wording")),
        sa.UniqueConstraint("question_id", name="uq_opinion_wording_once"),
    )
    _more_of_meetings()
    for table, erasable in GROWING.items():
        only_grows(table, *erasable)


def _more_of_meetings() -> None:
    # Plain statements: a table that is written anew loses its checks, and one that others point to cannot be.
    for table, columns in COLUMNS.items():
        for column in columns:
            op.add_column(table, column._copy())
    voice = "CONSTRAINT fk_meeting_question_voice_id REFERENCES evidence (id)"
    op.execute(f"ALTER TABLE meeting_question ADD COLUMN voice_id INTEGER {voice}")
    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.add_column(sa.Column("session", sa.Integer(), server_default=sa.text("1"), nullable=False))
        batch_op.drop_constraint("uq_attendance_once", type_="unique")
        batch_op.create_unique_constraint("uq_attendance_once", ["member_id", "session"])
    only_grows("attendance")


def downgrade() -> None:
    for table, columns in COLUMNS.items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {column.name}")
    op.execute("ALTER TABLE meeting_question DROP COLUMN voice_id")
    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.drop_constraint("uq_attendance_once", type_="unique")
        batch_op.create_unique_constraint("uq_attendance_once", ["member_id"])
        batch_op.drop_column("session")
    only_grows("attendance")

    op.drop_table("opinion_wording")
    with op.batch_alter_table("opinion_correction", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_opinion_correction_open",
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_opinion_correction_question_id"))

    op.drop_table("opinion_correction")
    with op.batch_alter_table("grouped_opinion", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_grouped_opinion_group_id"))

    op.drop_table("grouped_opinion")
    with op.batch_alter_table("settlement_signature", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_settlement_signature_meeting_id"))

    op.drop_table("settlement_signature")
    op.drop_table("room_paper")
    op.drop_table("room_ballot")
    with op.batch_alter_table("opinion_reply", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_opinion_reply_group_id"))
        batch_op.drop_index(batch_op.f("ix_opinion_reply_account_id"))

    op.drop_table("opinion_reply")
    with op.batch_alter_table("speaker_hand", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_speaker_hand_waiting",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_speaker_hand_meeting_id"))

    op.drop_table("speaker_hand")
    with op.batch_alter_table("room_poll", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_room_poll_running",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )

    op.drop_table("room_poll")
    op.drop_table("rectification")
    op.drop_table("opinion_group")
    with op.batch_alter_table("meeting_sign_up", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_meeting_sign_up_standing",
            sqlite_where=sa.text("taken_back_at IS NULL"),
            postgresql_where=sa.text("taken_back_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_meeting_sign_up_unit_id"))
        batch_op.drop_index(batch_op.f("ix_meeting_sign_up_meeting_id"))
        batch_op.drop_index(batch_op.f("ix_meeting_sign_up_account_id"))

    op.drop_table("meeting_sign_up")
    with op.batch_alter_table("meeting_satisfaction", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_meeting_satisfaction_unit_id"))

    op.drop_table("meeting_satisfaction")
    with op.batch_alter_table("meeting_material", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_meeting_material_meeting_id"))

    op.drop_table("meeting_material")
    op.drop_table("meeting_live")
    with op.batch_alter_table("meeting_invitation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_meeting_invitation_account_id"))

    op.drop_table("meeting_invitation")
    op.drop_table("meeting_draw")
    op.drop_table("meeting_completion")
    op.drop_table("agenda_item")
    op.drop_table("holiday")

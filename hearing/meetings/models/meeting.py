"""Meetings 会议: who is named, who came, what was asked and answered."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hearing.audit.ledger import broken_promise
from hearing.concerns.models import Concern
from hearing.db import Base, Code, Id, Instant, Label, Ledgered, LongText, Name
from hearing.meetings import rules
from hearing.notices.models import Notice
from hearing.people.models import Account
from hearing.people.rules import ROLE_LABELS, Role, mask_name
from hearing.places.models import Building, Holder, Neighbourhood, Unit
from hearing.places.rules import CAPACITY_LABELS, Capacity
from hearing.proposals.models import Proposal

if TYPE_CHECKING:
    from hearing.meetings.models.before import Invitation, Material
    from hearing.meetings.models.minutes import Correction, MinutesVersion, Wording
    from hearing.meetings.models.room import AgendaItem


class Meeting(Base, Ledgered):
    """One meeting 会议 on a case. Its row is what every step, sign-in and question locks."""

    __tablename__ = "meeting"
    __table_args__ = (
        Index("ix_meeting_proposal", "proposal_id"),
        Index("ix_meeting_desk", "neighbourhood_id", "starts_at"),
        CheckConstraint("named >= 0", name="named"),
    )
    id: Mapped[Id]
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    neighbourhood_id: Mapped[int] = mapped_column(ForeignKey("neighbourhood.id"))
    building_id: Mapped[int] = mapped_column(ForeignKey("building.id"), index=True)
    """Whose households are named, unless it is for everybody."""
    everywhere: Mapped[bool] = mapped_column(server_default=false(), default=False)
    """Whether it is for the whole neighbourhood: gate and lane of an estate concern every building."""
    concern_id: Mapped[int | None] = mapped_column(ForeignKey("concern.id"), index=True)
    """The concern that it is about: then its parties alone are named, not the whole building."""
    kind: Mapped[Code]
    """meetings.rules.Kind."""
    roster: Mapped[Code] = mapped_column(server_default=sql("'parties'"), default=rules.RosterName.PARTIES)
    """meetings.rules.RosterName."""
    naming: Mapped[Code] = mapped_column(server_default=sql("'everybody'"), default=rules.Naming.EVERYBODY)
    """meetings.rules.Naming."""
    round_no: Mapped[int] = mapped_column(server_default=sql("1"), default=1)
    """Which meeting of its kind on its case 第几次, from 1."""
    session: Mapped[int] = mapped_column(server_default=sql("1"), default=1)
    """Which date it is at: every new date signs in anew."""
    wanted: Mapped[int] = mapped_column(server_default=sql("0"), default=0)
    """How many delegates are to be drawn; 0 where none are."""
    reviewed: Mapped[str] = mapped_column(String(120), server_default=sql("''"), default="")
    """Of a review: whose work is reviewed."""
    title: Mapped[Name]
    place: Mapped[Name]
    starts_at: Mapped[datetime] = mapped_column(Instant)
    agenda: Mapped[LongText]
    chair_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    recorder_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    state: Mapped[Code]
    """meetings.rules.State."""
    since: Mapped[datetime] = mapped_column(Instant)
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("notice.id"))
    """The notice that stands, or stood last."""
    door_token: Mapped[str] = mapped_column(String(24), unique=True)
    """In the address that the QR code at the door holds; it says nothing about anybody."""
    named: Mapped[int] = mapped_column(default=0)
    """How many delegates were named when the notice was posted: the whole of the quorum."""
    opened_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    answers_due_at: Mapped[datetime | None] = mapped_column(Instant)
    """Until when its opinions are answered; set when the minutes stand."""
    rectification_due_at: Mapped[datetime | None] = mapped_column(Instant)
    """Until when the reviewed unit files its plan."""
    outcome: Mapped[Code] = mapped_column(server_default=sql("''"), default="")
    """meetings.rules.Outcome, once it is closed."""
    outcome_words: Mapped[LongText] = mapped_column(server_default=sql("''"), default="")
    next_question: Mapped[int] = mapped_column(default=1)
    """The number of the next question; kept under this row's lock."""
    proposal: Mapped[Proposal] = relationship()
    neighbourhood: Mapped[Neighbourhood] = relationship()
    building: Mapped[Building] = relationship()
    concern: Mapped[Concern | None] = relationship()
    chair: Mapped[Account] = relationship(foreign_keys=[chair_id])
    recorder: Mapped[Account] = relationship(foreign_keys=[recorder_id])
    notice: Mapped[Notice | None] = relationship()
    members: Mapped[list[MeetingMember]] = relationship(
        back_populates="meeting", order_by="MeetingMember.position", cascade="all, delete-orphan"
    )
    items: Mapped[list[AgendaItem]] = relationship(order_by="AgendaItem.position", cascade="all, delete-orphan")
    steps: Mapped[list[MeetingStep]] = relationship(order_by="MeetingStep.id")
    invitations: Mapped[list[Invitation]] = relationship(back_populates="meeting", order_by="Invitation.id")
    materials: Mapped[list[Material]] = relationship(back_populates="meeting", order_by="Material.id")
    questions: Mapped[list[MeetingQuestion]] = relationship(back_populates="meeting", order_by="MeetingQuestion.number")
    versions: Mapped[list[MinutesVersion]] = relationship(back_populates="meeting", order_by="MinutesVersion.number")

    @property
    def subject(self) -> str:
        """This meeting's name in the trail."""
        return f"meeting/{self.id}"

    @property
    def stands(self) -> rules.State:
        """Where it stands."""
        return rules.State(self.state)

    @property
    def state_label(self) -> str:
        """That in a word."""
        return rules.STATE_LABELS[self.stands]

    @property
    def kind_label(self) -> str:
        """What it is for, in a word."""
        return rules.KIND_LABELS[rules.Kind(self.kind)]

    @property
    def sort(self) -> rules.Kind:
        """What it is for."""
        return rules.Kind(self.kind)

    @property
    def template(self) -> rules.Template:
        """What its kind asks for."""
        return rules.TEMPLATES[self.sort]

    @property
    def whom(self) -> str:
        """Whose households it is for: a building's, or everybody's."""
        return self.neighbourhood.name if self.everywhere else self.building.name

    @property
    def is_over(self) -> bool:
        """Whether nobody waits for anything of it."""
        return rules.is_over(self.stands, self.sort)

    @property
    def is_public(self) -> bool:
        """Whether it was ever announced."""
        return self.notice_id is not None

    @property
    def delegates(self) -> list[MeetingMember]:
        """The named delegates, in the order of the doors."""
        return [member for member in self.members if member.kind == rules.MemberKind.DELEGATE]

    @property
    def seats(self) -> list[MeetingMember]:
        """The invited seats."""
        return [member for member in self.members if member.kind == rules.MemberKind.SEAT]

    @property
    def present(self) -> int:
        """How many delegates have signed in."""
        return sum(member.came for member in self.delegates)

    @property
    def inside(self) -> int:
        """How many delegates are in the room now: came, and did not leave."""
        return sum(member.inside for member in self.delegates)

    @property
    def seats_present(self) -> list[MeetingMember]:
        """The invited seats that came."""
        return [member for member in self.seats if member.came]

    @property
    def needed(self) -> int:
        """The least number of delegates that makes a quorum."""
        return rules.needed(self.named) if self.named else 0

    @property
    def in_time(self) -> list[MeetingQuestion]:
        """What was asked and said before the meeting ended."""
        return [question for question in self.questions if not question.late]

    @property
    def late(self) -> list[MeetingQuestion]:
        """What was said afterwards 会后意见."""
        return [question for question in self.questions if question.late]

    @property
    def unanswered(self) -> int:
        """How many questions that the meeting itself answers still wait."""
        if self.template.answers:
            return 0
        return sum(not question.answers for question in self.questions)

    @property
    def item(self) -> AgendaItem | None:
        """The item that is on."""
        return next((item for item in self.items if item.started_at and not item.ended_at), None)

    @property
    def minutes(self) -> MinutesVersion | None:
        """The latest version of the minutes; the one that stands once they are confirmed."""
        return self.versions[-1] if self.versions else None

    @property
    def outcome_label(self) -> str:
        """What came of it, in words; empty before it is closed."""
        return rules.OUTCOME_LABELS[rules.Outcome(self.outcome)] if self.outcome else ""

    @property
    def last_reason(self) -> str:
        """Why it was postponed or cancelled last."""
        return next((step.reason for step in reversed(self.steps) if step.reason), "")


class MeetingStep(Base, Ledgered):
    """A step of a meeting: who moved it on, when, and why."""

    __tablename__ = "meeting_step"
    append_only = True
    id: Mapped[Id]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    move: Mapped[Code]
    """meetings.rules.Move."""
    reason: Mapped[LongText] = mapped_column(default="")
    starts_at: Mapped[datetime] = mapped_column(Instant)
    """The hour announced as this step left it."""
    taken_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    role: Mapped[Code]
    taken_at: Mapped[datetime] = mapped_column(Instant)


class MeetingMember(Base, Ledgered):
    """Somebody named for a meeting: a person of the register as delegate, or an invited seat."""

    __tablename__ = "meeting_member"
    __table_args__ = (
        UniqueConstraint("meeting_id", "key", name="uq_meeting_member_person"),
        CheckConstraint("(holder_id IS NULL) <> (account_id IS NULL)", name="holder_or_seat"),
    )
    id: Mapped[Id]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    key: Mapped[Code]
    """holder/12, or seat/legal_adviser/5: one person is named once."""
    kind: Mapped[Code]
    """meetings.rules.MemberKind."""
    position: Mapped[int]
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("holder.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    """The delegate's household."""
    capacity: Mapped[Code] = mapped_column(String(40), default="")
    """places.rules.Capacity of a delegate."""
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    role: Mapped[Code]
    """people.rules.Role: resident for a delegate, otherwise the invited seat."""
    denied_at: Mapped[datetime | None] = mapped_column(Instant)
    """Since when her household says that nobody of it signed in: it does not count until that is checked."""
    meeting: Mapped[Meeting] = relationship(back_populates="members")
    holder: Mapped[Holder | None] = relationship()
    unit: Mapped[Unit | None] = relationship()
    account: Mapped[Account | None] = relationship()
    left_at: Mapped[datetime | None] = mapped_column(Instant)
    """Since when she is out of the room; None while she is in it, or has not come."""
    attendances: Mapped[list[Attendance]] = relationship(back_populates="member", order_by="Attendance.id")

    @property
    def attendance(self) -> Attendance | None:
        """Her sign-in for the date that stands."""
        return next((each for each in self.attendances if each.session == self.meeting.session), None)

    @property
    def inside(self) -> bool:
        """Whether she is in the room."""
        return self.came and self.left_at is None

    @property
    def came(self) -> bool:
        """Whether she has signed in and nobody denies it."""
        return self.attendance is not None and self.denied_at is None

    @property
    def name(self) -> str:
        """The person's name, for those who run the meeting."""
        person = self.holder or self.account
        return person.name if person is not None else ""

    @property
    def label(self) -> str:
        """As what the person is named: 承租人, 业主, 法律顾问."""
        return CAPACITY_LABELS[Capacity(self.capacity)] if self.capacity else ROLE_LABELS[Role(self.role)]

    @property
    def masked(self) -> str:
        """The person as the public reads her: 李**."""
        return mask_name(self.name)

    @property
    def door(self) -> str:
        """The delegate's floor and door; empty for a seat."""
        return f"{self.unit.floor} {self.unit.name}" if self.unit is not None else ""


class Attendance(Base, Ledgered):
    """Somebody came 签到: how she signed in, when, and who entered it."""

    __tablename__ = "attendance"
    __table_args__ = (UniqueConstraint("member_id", "session", name="uq_attendance_once"),)
    append_only = True
    id: Mapped[Id]
    member_id: Mapped[int] = mapped_column(ForeignKey("meeting_member.id"))
    session: Mapped[int] = mapped_column(server_default=sql("1"), default=1)
    """For which date of the meeting."""
    method: Mapped[Code]
    """meetings.rules.SignInMethod."""
    by_family: Mapped[bool] = mapped_column(default=False)
    """Whether another member of the household came for her."""
    signed_in_at: Mapped[datetime] = mapped_column(Instant)
    entered_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    member: Mapped[MeetingMember] = relationship(back_populates="attendances")

    @property
    def method_label(self) -> str:
        """How she signed in, in words."""
        return rules.SIGN_IN_LABELS[rules.SignInMethod(self.method)]


class MeetingQuestion(Base, Ledgered):
    """A question or opinion put before or in the meeting: by phone, or spoken and recorded by staff."""

    __tablename__ = "meeting_question"
    __table_args__ = (
        UniqueConstraint("meeting_id", "number", name="uq_meeting_question_number"),
        CheckConstraint("asked_by IS NOT NULL OR recorded_by IS NOT NULL", name="asked_or_recorded"),
    )
    append_only = True
    id: Mapped[Id]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    number: Mapped[int]
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("meeting_member.id"), index=True)
    """Who spoke, when staff recorded it; None for a neighbour who sat in."""
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    role: Mapped[Code]
    """people.rules.Role: from which seat it was said."""
    floor: Mapped[Label] = mapped_column(String(60), default="")
    """The speaker's floor, where it hides her well enough; otherwise empty."""
    stance: Mapped[Code]
    """meetings.rules.Stance."""
    text: Mapped[LongText]
    """In the speaker's own words; empty where she sent her voice alone."""
    asked_at: Mapped[datetime] = mapped_column(Instant)
    speaks: Mapped[Code] = mapped_column(server_default=sql("''"), default="")
    """meetings.rules.Speaks; empty for one from before capacities were written down."""
    anonymous: Mapped[bool] = mapped_column(server_default=false(), default=False)
    """Whether neighbours in the room read her floor and no part of her name."""
    late: Mapped[bool] = mapped_column(server_default=false(), default=False)
    """Said after the meeting 会后意见."""
    voice_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"))
    """Her voice, which only she and the desk can hear."""
    wording: Mapped[Wording | None] = relationship(back_populates="question")
    corrections: Mapped[list[Correction]] = relationship(back_populates="question", order_by="Correction.id")
    meeting: Mapped[Meeting] = relationship(back_populates="questions")
    member: Mapped[MeetingMember | None] = relationship()
    answers: Mapped[list[MeetingAnswer]] = relationship(back_populates="question", order_by="MeetingAnswer.id")

    @property
    def label(self) -> str:
        """From which seat it was said, or in which capacity."""
        if self.role == Role.RESIDENT and self.speaks:
            return rules.SPEAKS_LABELS[rules.Speaks(self.speaks)]
        return ROLE_LABELS[Role(self.role)]

    @property
    def words(self) -> str:
        """What she said, as it stands: put right by her, or transcribed, or as she typed it."""
        put_right = [each.text for each in self.corrections if each.accepted]
        if put_right:
            return put_right[-1]
        return self.wording.text if self.wording is not None else self.text

    @property
    def awaits_words(self) -> bool:
        """Whether her voice waits to be transcribed."""
        return self.voice_id is not None and not self.words

    @property
    def stance_label(self) -> str:
        """How it was meant."""
        return rules.STANCE_LABELS[rules.Stance(self.stance)]

    @property
    def who(self) -> str:
        """The speaker as the minutes name her: 居民（二层）, 法律顾问."""
        return f"{self.label}（{self.floor}）" if self.floor else self.label


class MeetingAnswer(Base, Ledgered):
    """An answer to a question, from a seat; several may answer, and a later one adds to the earlier."""

    __tablename__ = "meeting_answer"
    append_only = True
    id: Mapped[Id]
    question_id: Mapped[int] = mapped_column(ForeignKey("meeting_question.id"), index=True)
    text: Mapped[LongText]
    role: Mapped[Code]
    """people.rules.Role; resident for the proposer."""
    answered_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    answered_at: Mapped[datetime] = mapped_column(Instant)
    question: Mapped[MeetingQuestion] = relationship(back_populates="answers")

    @property
    def label(self) -> str:
        """Who answered."""
        return rules.PROPOSER_LABEL if self.role == Role.RESIDENT else ROLE_LABELS[Role(self.role)]


class MeetingPhoto(Base, Ledgered):
    """A photo of the meeting or of its paper list; it shows faces and names, so it is not public."""

    __tablename__ = "meeting_photo"
    append_only = True
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), primary_key=True)


broken_promise("uq_attendance_once", rules.Refusal.SIGNED_IN_BEFORE)

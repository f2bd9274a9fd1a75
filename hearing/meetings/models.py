"""Meetings 会议: who is named, who came, what was asked and answered, and the minutes in all their versions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hearing.audit.ledger import broken_promise
from hearing.concerns.models import Concern
from hearing.db import Base, Code, Digest, Id, Instant, Label, Ledgered, LongText, Name
from hearing.meetings import rules
from hearing.notices.models import Notice
from hearing.people.models import Account
from hearing.people.rules import ROLE_LABELS, Role, mask_name
from hearing.places.models import Building, Holder, Neighbourhood, Unit
from hearing.places.rules import CAPACITY_LABELS, Capacity
from hearing.proposals.models import Proposal


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
    """Whose households are named."""
    concern_id: Mapped[int | None] = mapped_column(ForeignKey("concern.id"), index=True)
    """The concern that it is about: then its parties alone are named, not the whole building."""
    kind: Mapped[Code]
    """meetings.rules.Kind."""
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
    steps: Mapped[list[MeetingStep]] = relationship(order_by="MeetingStep.id")
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
    def seats_present(self) -> list[MeetingMember]:
        """The invited seats that came."""
        return [member for member in self.seats if member.came]

    @property
    def needed(self) -> int:
        """The least number of delegates that makes a quorum."""
        return -(-2 * self.named // 3)

    @property
    def unanswered(self) -> int:
        """How many questions still wait for an answer."""
        return sum(not question.answers for question in self.questions)

    @property
    def minutes(self) -> MinutesVersion | None:
        """The latest version of the minutes; the one that stands once they are confirmed."""
        return self.versions[-1] if self.versions else None

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
    attendance: Mapped[Attendance | None] = relationship(back_populates="member")

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
    __table_args__ = (UniqueConstraint("member_id", name="uq_attendance_once"),)
    append_only = True
    id: Mapped[Id]
    member_id: Mapped[int] = mapped_column(ForeignKey("meeting_member.id"))
    method: Mapped[Code]
    """meetings.rules.SignInMethod."""
    by_family: Mapped[bool] = mapped_column(default=False)
    """Whether another member of the household came for her."""
    signed_in_at: Mapped[datetime] = mapped_column(Instant)
    entered_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    member: Mapped[MeetingMember] = relationship(back_populates="attendance")

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
    asked_at: Mapped[datetime] = mapped_column(Instant)
    meeting: Mapped[Meeting] = relationship(back_populates="questions")
    member: Mapped[MeetingMember | None] = relationship()
    answers: Mapped[list[MeetingAnswer]] = relationship(back_populates="question", order_by="MeetingAnswer.id")

    @property
    def label(self) -> str:
        """From which seat it was said."""
        return ROLE_LABELS[Role(self.role)]

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


class MinutesVersion(Base, Ledgered):
    """A version of the minutes 会议纪要: the record with its questions and answers, a summary, what was settled."""

    __tablename__ = "minutes_version"
    __table_args__ = (UniqueConstraint("meeting_id", "number", name="uq_minutes_version_number"),)
    append_only = True
    id: Mapped[Id]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    number: Mapped[int]
    summary: Mapped[LongText]
    settlement: Mapped[LongText] = mapped_column(default="")
    content: Mapped[LongText]
    """`rules.Minutes.text()`: the exact text whose SHA-256 is `digest`."""
    digest: Mapped[Digest]
    written_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    written_at: Mapped[datetime] = mapped_column(Instant)
    corrections_until: Mapped[datetime] = mapped_column(Instant)
    """Until when those named may say what is wrong with it."""
    meeting: Mapped[Meeting] = relationship(back_populates="versions")
    confirmations: Mapped[list[MinutesConfirmation]] = relationship(
        back_populates="version", order_by="MinutesConfirmation.id"
    )

    @property
    def objections(self) -> list[MinutesConfirmation]:
        """What people found wrong with it."""
        return [word for word in self.confirmations if word.objection]


class MinutesConfirmation(Base, Ledgered):
    """Somebody's word on a version of the minutes: that it is right, or what is wrong with it."""

    __tablename__ = "minutes_confirmation"
    __table_args__ = (UniqueConstraint("version_id", "person", name="uq_minutes_confirmation_once"),)
    append_only = True
    id: Mapped[Id]
    version_id: Mapped[int] = mapped_column(ForeignKey("minutes_version.id"))
    person: Mapped[Code]
    """The member's key, or account/5 for a chair who is no member: one person has one word."""
    member_id: Mapped[int | None] = mapped_column(ForeignKey("meeting_member.id"), index=True)
    is_chair: Mapped[bool] = mapped_column(default=False)
    objection: Mapped[LongText] = mapped_column(default="")
    """Empty for a confirmation."""
    paper_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"))
    """The signed page, when staff entered it for a delegate."""
    entered_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    confirmed_at: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[MinutesVersion] = relationship(back_populates="confirmations")
    member: Mapped[MeetingMember | None] = relationship()


class MeetingPhoto(Base, Ledgered):
    """A photo of the meeting or of its paper list; it shows faces and names, so it is not public."""

    __tablename__ = "meeting_photo"
    append_only = True
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), primary_key=True)


broken_promise("uq_attendance_once", rules.Refusal.SIGNED_IN_BEFORE)
broken_promise("uq_minutes_confirmation_once", rules.Refusal.MINUTES_CONFIRMED_BEFORE)

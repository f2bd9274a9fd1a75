"""Notices 公告: what was posted, where it hangs on paper, for how long it is public, and who objected."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hearing.audit.ledger import broken_promise
from hearing.db import Base, Code, Digest, Id, Instant, Label, Ledgered, LongText, Name
from hearing.files.models import Evidence
from hearing.notices import rules
from hearing.people.models import Account
from hearing.people.rules import RELATION_LABELS, ROLE_LABELS, Relation, Role, mask_name
from hearing.places.models import Neighbourhood, Unit


class Notice(Base, Ledgered):
    """A notice 公告, as it was posted. What it says never changes; a mistake is withdrawn and posted anew."""

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_board", "neighbourhood_id", "posted_at"),
        CheckConstraint("lead_days >= 0", name="lead_days"),
    )
    append_only = True
    id: Mapped[Id]
    neighbourhood_id: Mapped[int] = mapped_column(ForeignKey("neighbourhood.id"))
    matter: Mapped[Code] = mapped_column(String(40), default="", index=True)
    """The case, like "proposal/3"; empty for a notice that belongs to none."""
    kind: Mapped[Code]
    """notices.rules.NoticeKind."""
    title: Mapped[Name]
    content: Mapped[LongText]
    """`rules.Printed.text()`: the exact text whose SHA-256 is `digest`."""
    digest: Mapped[Digest]
    posted_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    posted_at: Mapped[datetime] = mapped_column(Instant)
    takes_effect_at: Mapped[datetime | None] = mapped_column(Instant)
    """When what it announces begins."""
    lead_days: Mapped[int] = mapped_column(default=0)
    """How many days before that it had to hang."""
    neighbourhood: Mapped[Neighbourhood] = relationship()
    withdrawal: Mapped[NoticeWithdrawal | None] = relationship(back_populates="notice")
    papers: Mapped[list[PaperPosting]] = relationship(back_populates="notice", order_by="PaperPosting.id")
    period: Mapped[PublicityPeriod | None] = relationship(back_populates="notice")

    @property
    def subject(self) -> str:
        """This notice's name in the trail."""
        return f"notice/{self.id}"

    @property
    def story(self) -> str:
        """The matter that its facts belong to."""
        return self.matter or self.subject

    @property
    def label(self) -> str:
        """What kind of notice it is, in the interface's source language."""
        return rules.NOTICE_LABELS[rules.NoticeKind(self.kind)]

    @property
    def body(self) -> str:
        """The text."""
        return str(json.loads(self.content)["body"])

    @property
    def lines(self) -> list[tuple[str, str]]:
        """时间, 地点 and the like, in the order printed."""
        return [(label, value) for label, value in json.loads(self.content)["lines"]]

    @property
    def is_intact(self) -> bool:
        """Whether the text is still the one whose hash the trail has."""
        return rules.fingerprint(self.content) == self.digest


class NoticeWithdrawal(Base, Ledgered):
    """A notice was taken down 撤下, and why. It stays readable."""

    __tablename__ = "notice_withdrawal"
    __table_args__ = (UniqueConstraint("notice_id", name="uq_notice_withdrawal_once"),)
    append_only = True
    id: Mapped[Id]
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"))
    reason: Mapped[LongText]
    withdrawn_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    withdrawn_at: Mapped[datetime] = mapped_column(Instant)
    notice: Mapped[Notice] = relationship(back_populates="withdrawal")


class PaperPosting(Base, Ledgered):
    """The printed notice hangs somewhere 纸质张贴: where, since when, and the photo that shows it."""

    __tablename__ = "paper_posting"
    __table_args__ = (UniqueConstraint("notice_id", "place", name="uq_paper_posting_place"),)
    append_only = True
    id: Mapped[Id]
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"))
    place: Mapped[Name]
    photo_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"))
    posted_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    posted_at: Mapped[datetime] = mapped_column(Instant)
    notice: Mapped[Notice] = relationship(back_populates="papers")
    photo: Mapped[Evidence] = relationship()


class PublicityPeriod(Base, Ledgered):
    """A publicity period 公示: while it runs, neighbours may object. Its row is what every objection locks."""

    __tablename__ = "publicity_period"
    __table_args__ = (
        UniqueConstraint("notice_id", name="uq_publicity_notice"),
        Index("ix_publicity_period_subject", "subject"),
        CheckConstraint("days > 0", name="days"),
    )
    id: Mapped[Id]
    neighbourhood_id: Mapped[int] = mapped_column(ForeignKey("neighbourhood.id"), index=True)
    matter: Mapped[Code]
    subject: Mapped[Code]
    """What is put before the neighbours, like "proposal/3" or "consent/7"."""
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"))
    days: Mapped[int]
    """Full days after the day of posting."""
    posted_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    no_open_objection: Mapped[bool]
    """Whether one objection that is still in coordination blocks what was posted."""
    state: Mapped[Code]
    """notices.rules.PublicityState."""
    stopped_because: Mapped[LongText] = mapped_column(default="")
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    """When it was concluded or stopped."""
    next_number: Mapped[int] = mapped_column(default=1)
    """The number of the next objection; taken under this row's lock."""
    neighbourhood: Mapped[Neighbourhood] = relationship()
    notice: Mapped[Notice] = relationship(back_populates="period")
    objections: Mapped[list[Objection]] = relationship(back_populates="period", order_by="Objection.number")

    def as_rule(self) -> rules.PublicityPeriod:
        """The period as the rules know it."""
        return rules.PublicityPeriod(self.posted_at, self.days)

    @property
    def states(self) -> list[rules.ObjectionState]:
        """What has become of each objection."""
        return [rules.ObjectionState(objection.state) for objection in self.objections]

    def takes_objections(self, now: datetime) -> bool:
        """Whether a neighbour may object at `now`."""
        return self.state == rules.PublicityState.RUNNING and now < self.ends_at


class Objection(Base, Ledgered):
    """An objection 异议: a neighbour's own, or one from paper that staff entered, marked as assisted."""

    __tablename__ = "objection"
    __table_args__ = (
        UniqueConstraint("publicity_id", "number", name="uq_objection_number"),
        CheckConstraint("(raised_by IS NULL) = (assisted_by IS NOT NULL)", name="own_or_assisted"),
    )
    id: Mapped[Id]
    publicity_id: Mapped[int] = mapped_column(ForeignKey("publicity_period.id"))
    number: Mapped[int]
    raised_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    name: Mapped[Name]
    door: Mapped[Name]
    """The household as staff know it; never on a public page."""
    contact: Mapped[Label] = mapped_column(String(60), default="")
    """A telephone number, for one from paper."""
    relation: Mapped[Code]
    """people.rules.Relation, or empty for a neighbour of whom no more is known."""
    text: Mapped[LongText]
    state: Mapped[Code]
    """notices.rules.ObjectionState."""
    raised_at: Mapped[datetime] = mapped_column(Instant)
    assisted_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    assisted_why: Mapped[LongText] = mapped_column(default="")
    paper_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"))
    """The photo of the paper."""
    denied_at: Mapped[datetime | None] = mapped_column(Instant)
    """Since when the household in whose name it was entered says that it is not its own, until that is checked."""
    period: Mapped[PublicityPeriod] = relationship(back_populates="objections")
    author: Mapped[Account | None] = relationship(foreign_keys=[raised_by])
    unit: Mapped[Unit | None] = relationship()
    decisions: Mapped[list[ObjectionDecision]] = relationship(
        back_populates="objection", order_by="ObjectionDecision.id"
    )

    @property
    def subject(self) -> str:
        """This objection's name in the trail."""
        return f"objection/{self.id}"

    @property
    def stands(self) -> rules.ObjectionState:
        """What has become of it."""
        return rules.ObjectionState(self.state)

    @property
    def state_label(self) -> str:
        """That in a word."""
        return rules.OBJECTION_LABELS[self.stands]

    @property
    def masked(self) -> str:
        """Its author as the public reads her: 张**."""
        return mask_name(self.name)

    @property
    def capacity_label(self) -> str:
        """As what she objects: 承租人, 家属或同住人, 居民."""
        return RELATION_LABELS[Relation(self.relation)] if self.relation else ROLE_LABELS[Role.RESIDENT]

    @property
    def answer(self) -> ObjectionDecision | None:
        """The last decision that says anything."""
        return next((decision for decision in reversed(self.decisions) if decision.reason), None)


class ObjectionDecision(Base, Ledgered):
    """What the committee decided on an objection, or that its author took it back 处理."""

    __tablename__ = "objection_decision"
    append_only = True
    id: Mapped[Id]
    objection_id: Mapped[int] = mapped_column(ForeignKey("objection.id"), index=True)
    state: Mapped[Code]
    """notices.rules.ObjectionState that it led to."""
    reason: Mapped[LongText] = mapped_column(default="")
    decided_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    role: Mapped[Code]
    decided_at: Mapped[datetime] = mapped_column(Instant)
    objection: Mapped[Objection] = relationship(back_populates="decisions")

    @property
    def label(self) -> str:
        """What it led to, in a word."""
        return rules.OBJECTION_LABELS[rules.ObjectionState(self.state)]


class Holiday(Base, Ledgered):
    """A weekday on which offices are closed 休, or a weekend day that is worked instead 班."""

    __tablename__ = "holiday"
    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    """YYYY-MM-DD in Beijing."""
    works: Mapped[bool]
    name: Mapped[Label]


broken_promise("uq_notice_withdrawal_once", rules.Refusal.NOTICE_TAKEN_DOWN)
broken_promise("uq_paper_posting_place", rules.Refusal.PAPER_POSTED_BEFORE)

"""Who speaks for somebody else: mandates 委托 and guardianships 监护, as rows that are only ever added."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hearing.audit.ledger import broken_promise
from hearing.consents import rules
from hearing.consents.models.collecting import ConsentCollection, ConsentUnit
from hearing.db import Base, Code, Digest, Id, Instant, Ledgered, LongText, Name
from hearing.files.models import Evidence
from hearing.places.models import Holder


class Mandate(Base, Ledgered):
    """A written mandate: for which unit, to which agent, on which plan, with what instruction, until when.

    Two-sided: it gives nothing until the agent has accepted it. What became of it stands in its events.
    """

    __tablename__ = "mandate"
    # Without an instruction on this plan nobody may speak for another (上海市住宅物业管理规定 §18).
    __table_args__ = (
        CheckConstraint("instruction <> ''", name="instruction"),
        CheckConstraint("valid_from <= valid_until", name="term"),
    )
    append_only = True
    erasable = ("agent_name", "agent_phone", "strokes")
    id: Mapped[Id]
    collection_id: Mapped[int] = mapped_column(ForeignKey("consent_collection.id"), index=True)
    consent_unit_id: Mapped[int] = mapped_column(ForeignKey("consent_unit.id"), index=True)
    agent_name: Mapped[Name]
    agent_phone: Mapped[str] = mapped_column(String(20), index=True)
    """Digits. The agent is known by her phone: two names with one phone are one agent."""
    instruction: Mapped[Code]
    """consents.rules.Answer that the agent shall give."""
    plan_hash: Mapped[Digest]
    valid_from: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date] = mapped_column(Date)
    method: Mapped[Code]
    """consents.rules.Method: on the principal's own phone, or on paper."""
    signature_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"))
    """The principal's drawn signature, or the photo of the signed paper."""
    strokes: Mapped[LongText] = mapped_column(default="")
    given_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    """The principal's account, or the member of staff who entered the paper."""
    given_at: Mapped[datetime] = mapped_column(Instant)
    collection: Mapped[ConsentCollection] = relationship()
    unit: Mapped[ConsentUnit] = relationship()
    signature: Mapped[Evidence] = relationship()
    principals: Mapped[list[MandatePrincipal]] = relationship(order_by="MandatePrincipal.holder_id")
    events: Mapped[list[MandateEvent]] = relationship(back_populates="mandate", order_by="MandateEvent.id")
    hands: Mapped[list[MandateHand]] = relationship(order_by="MandateHand.done_at")

    def as_rule(self) -> rules.Mandate:
        """The mandate as the law weighs it."""
        return rules.Mandate(
            unit=self.unit.ref,
            holders=tuple(str(principal.holder_id) for principal in self.principals),
            agent=self.agent_phone,
            plan_hash=self.plan_hash,
            instruction=rules.Answer(self.instruction),
            valid_from=self.valid_from,
            valid_until=self.valid_until,
            on_paper=self.is_on_paper,
            hands=len(self.hands),
            events=tuple(rules.MandateHappening(rules.MandateStep(e.kind), e.happened_on) for e in self.events),
        )

    @property
    def is_on_paper(self) -> bool:
        """Whether it was written on paper and entered by staff."""
        return self.method == rules.Method.PAPER

    @property
    def was_accepted(self) -> bool:
        """Whether the agent accepted it, whatever became of it since."""
        return any(event.kind == rules.MandateStep.ACCEPTED for event in self.events)

    def stands(self, today: date) -> rules.MandateState:
        """Where it stands on a day."""
        return rules.mandate_state(self.as_rule(), today)

    @property
    def words(self) -> str:
        """The instruction in the interface's source language."""
        return rules.ANSWER_LABELS[rules.Answer(self.instruction)]

    def principal_names(self) -> str:
        """Who gave it, in full: for the two sides and the committee."""
        ids = {principal.holder_id for principal in self.principals}
        return "、".join(share.holder.name for share in self.unit.holders if share.holder_id in ids)


class MandatePrincipal(Base, Ledgered):
    """One of those who gave a mandate: a couple may give one together."""

    __tablename__ = "mandate_principal"
    append_only = True
    mandate_id: Mapped[int] = mapped_column(ForeignKey("mandate.id"), primary_key=True)
    holder_id: Mapped[int] = mapped_column(ForeignKey("holder.id"), primary_key=True, index=True)


class MandateEvent(Base, Ledgered):
    """What became of a mandate: accepted, declined, revoked, ended by a death. Each happens once."""

    __tablename__ = "mandate_event"
    __table_args__ = (UniqueConstraint("mandate_id", "kind", name="uq_mandate_event_once"),)
    append_only = True
    erasable = ("reason",)
    id: Mapped[Id]
    mandate_id: Mapped[int] = mapped_column(ForeignKey("mandate.id"))
    kind: Mapped[Code]
    """consents.rules.MandateStep."""
    happened_on: Mapped[date] = mapped_column(Date)
    reason: Mapped[LongText] = mapped_column(default="")
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"))
    entered_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    entered_at: Mapped[datetime] = mapped_column(Instant)
    mandate: Mapped[Mandate] = relationship(back_populates="events")


class MandateHand(Base, Ledgered):
    """One of the two members of staff who held a paper mandate in their hands; the key keeps them two persons."""

    __tablename__ = "mandate_hand"
    __table_args__ = (UniqueConstraint("mandate_id", "account_id", name="uq_mandate_hand_person"),)
    append_only = True
    id: Mapped[Id]
    mandate_id: Mapped[int] = mapped_column(ForeignKey("mandate.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    done_at: Mapped[datetime] = mapped_column(Instant)


class Guardianship(Base, Ledgered):
    """Who acts for a holder by law 监护: the relation and what shows it, never why. The last row counts.

    Civil Code §23: the guardian is the legal representative. A row without a relation ends what was before.
    """

    __tablename__ = "guardianship"
    append_only = True
    erasable = ("guardian_name", "guardian_phone", "reason")
    id: Mapped[Id]
    holder_id: Mapped[int] = mapped_column(ForeignKey("holder.id"), index=True)
    """The person who is represented."""
    relation: Mapped[Code | None]
    """consents.rules.Relation; None ends the guardianship."""
    basis: Mapped[Code]
    """consents.rules.Basis: what shows it."""
    guardian_name: Mapped[Name]
    guardian_phone: Mapped[str] = mapped_column(String(20), index=True)
    """Digits; who signs in with it answers in the holder's name. Empty where she answers on paper alone."""
    reason: Mapped[LongText] = mapped_column(default="")
    since: Mapped[date] = mapped_column(Date)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"))
    entered_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    entered_at: Mapped[datetime] = mapped_column(Instant)
    holder: Mapped[Holder] = relationship()


for _name, _refusal in (
    ("uq_mandate_event_once", rules.Refusal.MANDATE_DONE),
    ("uq_mandate_hand_person", rules.Refusal.ENTRY_SAME_PERSON),
):
    broken_promise(_name, _refusal)

"""Consents 意愿征询: a collection, its frozen roll, and records that are only ever added."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    func,
    select,
    text,
)
from sqlalchemy.orm import Mapped, column_property, mapped_column, object_session, relationship

from hearing.audit.ledger import broken_promise
from hearing.consents import rules
from hearing.db import AreaCenti, Base, Code, Digest, Id, Instant, Label, Ledgered, LongText, Name
from hearing.files.models import Evidence
from hearing.notices.rules import PublicityPeriod
from hearing.people.models import Account
from hearing.places.models import Holder, Neighbourhood, Unit
from hearing.proposals.models import PlanVersion, Proposal, RequiredConsent
from hearing.refusal import N_
from hearing.web.filters import door

if TYPE_CHECKING:
    from hearing.consents.ballots import Ballot
    from hearing.consents.models.papering import SlipCount
    from hearing.consents.models.representing import Guardianship, Mandate

WITHDREW = N_("撤回")
DISPUTED, GENUINE, INVALID = "disputed", "genuine", "invalid"
"""Kinds of a record's mark."""
ISSUED, ENTERED, DIFFERS, RECORDED, VOID = "issued", "entered", "differs", "recorded", "void"
"""States of a printed slip."""


class ConsentCollection(Base, Ledgered):
    """One collection 征询: on one plan version, of one roll, by one rule. Its row is what every answer locks."""

    __tablename__ = "consent_collection"
    __table_args__ = (
        UniqueConstraint("required_id", "round_no", name="uq_collection_round"),
        Index("ix_consent_collection_proposal", "proposal_id"),
        CheckConstraint("scrutineer_id IS NULL OR scrutineer_id <> counter_id", name="two_people"),
    )
    id: Mapped[Id]
    required_id: Mapped[int] = mapped_column(ForeignKey("required_consent.id"))
    round_no: Mapped[int] = mapped_column(default=1)
    """A void collection may be held again."""
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    plan_version_id: Mapped[int] = mapped_column(ForeignKey("plan_version.id"), index=True)
    neighbourhood_id: Mapped[int] = mapped_column(ForeignKey("neighbourhood.id"), index=True)
    state: Mapped[Code]
    since: Mapped[datetime] = mapped_column(Instant)
    preset: Mapped[Code]
    rule_version: Mapped[int]
    rule_text: Mapped[LongText] = mapped_column(default="", server_default=text("''"))
    """Canonical JSON of the rule as it was when the terms were fixed; empty for those fixed before it was kept."""
    rule_hash: Mapped[str] = mapped_column(String(64), default="", server_default=text("''"))
    """SHA-256 over that text."""
    answer_set: Mapped[Code]
    conflict_rule: Mapped[Code]
    roll_days: Mapped[int]
    window_days: Mapped[int]
    grace_days: Mapped[int]
    provisional_days: Mapped[int]
    mandate_cap: Mapped[int]
    needs_manager_consent: Mapped[bool]
    no_open_objection: Mapped[bool]
    counter_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    scrutineer_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    roll_opened_at: Mapped[datetime | None] = mapped_column(Instant)
    roll_hash: Mapped[str | None] = mapped_column(String(64))
    opened_at: Mapped[datetime | None] = mapped_column(Instant)
    closes_at: Mapped[datetime | None] = mapped_column(Instant)
    extended_because: Mapped[LongText] = mapped_column(default="")
    provisional_at: Mapped[datetime | None] = mapped_column(Instant)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
    result: Mapped[Code] = mapped_column(String(40), default="")
    """consents.rules.Reason of the final outcome."""
    void_because: Mapped[LongText] = mapped_column(default="")
    next_record: Mapped[int] = mapped_column(default=1)
    """The number of the next record; kept under this row's lock."""
    proposal: Mapped[Proposal] = relationship()
    version: Mapped[PlanVersion] = relationship()
    required: Mapped[RequiredConsent] = relationship()
    neighbourhood: Mapped[Neighbourhood] = relationship()
    counter: Mapped[Account] = relationship(foreign_keys=[counter_id])
    scrutineer: Mapped[Account] = relationship(foreign_keys=[scrutineer_id])
    units: Mapped[list[ConsentUnit]] = relationship(back_populates="collection", order_by="ConsentUnit.position")
    records: Mapped[list[ConsentRecord]] = relationship(back_populates="collection", order_by="ConsentRecord.number")
    confirmations: Mapped[list[ResultConfirmation]] = relationship(order_by="ResultConfirmation.id")
    if TYPE_CHECKING:
        longest_close: datetime | None
        """The last close of a unit that has one of its own."""
    slip_counts: Mapped[list[SlipCount]] = relationship(order_by="SlipCount.id")

    @cached_property
    def rule(self) -> rules.ThresholdRule:
        """The lines that this collection must reach, in the version that was fixed with its terms."""
        if self.rule_text:
            return rules.read_rule(json.loads(self.rule_text))
        return rules.RULES[rules.Preset(self.preset)]

    @property
    def answers_offered(self) -> tuple[rules.Answer, ...]:
        """What a slip offers, in its order."""
        return rules.ANSWERS[rules.AnswerSet(self.answer_set)]

    @property
    def subject(self) -> str:
        """This collection's name in the trail."""
        return f"consent/{self.id}"

    @cached_property
    def shown(self) -> Ballot:
        """Its ballot for one page: read once, or together with others'; an act asks for `ballot()`."""
        return self.ballot()

    def ballot(self) -> Ballot:
        """What a count needs, as it stands now, in two statements."""
        from hearing.consents.ballots import read  # It reads the tables of this module.

        session = object_session(self)
        assert session is not None
        return read(session, [self])[self.id]

    def roll(self) -> rules.Roll:
        """The roll as the law counts it, as it stands now."""
        return self.ballot().roll

    @property
    def stands(self) -> rules.CollectionState:
        """Where it stands."""
        return rules.CollectionState(self.state)

    @property
    def state_label(self) -> str:
        """That in a word, in the interface's source language."""
        return rules.COLLECTION_LABELS[self.stands]

    @property
    def roll_ends_at(self) -> datetime | None:
        """Until when corrections of the roll may be asked for; None before it is shown."""
        return PublicityPeriod(self.roll_opened_at, self.roll_days).ends_at if self.roll_opened_at else None

    @property
    def grace_ends_at(self) -> datetime | None:
        """Until when slips received in time are entered; None before the window is fixed."""
        return rules.grace_ends_at(self.last_close, self.grace_days) if self.closes_at else None

    @property
    def provisional_ends_at(self) -> datetime | None:
        """Until when the provisional result hangs; None before it is published."""
        return PublicityPeriod(self.provisional_at, self.provisional_days).ends_at if self.provisional_at else None

    def takes_answers(self, now: datetime) -> bool:
        """Whether a household may still answer: open, and the clock has not yet come to the last close of a unit."""
        return self.stands is rules.CollectionState.OPEN and self.closes_at is not None and now < self.last_close

    @property
    def last_close(self) -> datetime:
        """When answering ends for all: with the window, or with the longer one of a flat sold meanwhile.

        Raises ValueError before the roll is frozen.
        """
        if self.closes_at is None:
            raise ValueError("the window is not open yet")
        return max(self.closes_at, self.longest_close or self.closes_at)

    @property
    def frozen_slips(self) -> rules.Balance:
        """The balance of the printed slips as it was frozen with the provisional result; nothing before that."""
        return rules.total(each.as_rule for each in self.slip_counts)

    def standings(
        self, units: Iterable[ConsentUnit] | None = None, records: Iterable[ConsentRecord] = ()
    ) -> dict[str, rules.Standing]:
        """What stands for every unit, by reference; of all units as they are now, or of those given with their records.

        Whoever gives some of the units gives all flats of each head. Nothing stands before the roll is frozen.
        """
        if units is None:
            return self.ballot().standings
        if self.closes_at is None:
            return {}
        chosen = list(units)
        return rules.standings(
            rules.Roll(tuple(unit.as_rule() for unit in chosen)),
            [record.as_rule() for record in records],
            closings={unit.ref: unit.closes_at or self.closes_at for unit in chosen},
            rule=rules.ConflictRule(self.conflict_rule),
            plan_hash=self.version.plan_hash,
            died_on={str(share.holder_id): share.died_on for unit in chosen for share in unit.holders if share.died_on},
        )

    def tally(self) -> rules.Tally:
        """The count by the collection's rule, as things stand now."""
        return self.ballot().tally


class ConsentUnit(Base, Ledgered):
    """One unit on a collection's roll 征询单元, as it stood when the roll was shown."""

    __tablename__ = "consent_unit"
    __table_args__ = (
        UniqueConstraint("collection_id", "unit_id", name="uq_consent_unit_once"),
        # The few units with a close of their own are found without reading an estate's roll.
        Index(
            "ix_consent_unit_own_close",
            "collection_id",
            "closes_at",
            sqlite_where=text("closes_at IS NOT NULL"),
            postgresql_where=text("closes_at IS NOT NULL"),
        ),
    )
    id: Mapped[Id]
    collection_id: Mapped[int] = mapped_column(ForeignKey("consent_collection.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    position: Mapped[int]
    building: Mapped[Label]
    floor: Mapped[Label]
    door: Mapped[Label]
    capacity: Mapped[Code]
    form: Mapped[Code]
    whole: Mapped[int] = mapped_column(default=1)
    """What the holders' weights are parts of, where the unit is held by shares."""
    area_centi: Mapped[AreaCenti]
    buyer: Mapped[Code] = mapped_column(String(40), default="")
    """The holder whose several flats are one head; empty for a unit that stands alone."""
    blocked: Mapped[Code | None]
    closes_at: Mapped[datetime | None] = mapped_column(Instant)
    """This unit's own close, when the flat was sold in mid-window."""
    turn: Mapped[int] = mapped_column(default=0)
    """How many records were entered for this unit; kept under the collection's lock."""
    reconfirm: Mapped[bool] = mapped_column(default=False)
    """Whether it had answered an earlier version of the plan 待重新确认."""
    collection: Mapped[ConsentCollection] = relationship(back_populates="units")
    unit: Mapped[Unit] = relationship()
    holders: Mapped[list[ConsentHolder]] = relationship(
        back_populates="unit", order_by="ConsentHolder.id", cascade="all, delete-orphan"
    )
    records: Mapped[list[ConsentRecord]] = relationship(back_populates="unit", order_by="ConsentRecord.number")

    @property
    def ref(self) -> str:
        """The unit's reference in the roll: it says no name and no door."""
        return str(self.unit_id)

    def as_rule(self) -> rules.RollUnit:
        """The unit as the law counts it."""
        return rules.listed_unit(
            self.unit_id,
            ((share.holder_id, share.weight) for share in self.holders),
            area_centi=self.area_centi,
            capacity=self.capacity,
            form=self.form,
            whole=self.whole,
            floor=self.floor,
            buyer=self.buyer,
            blocked=self.blocked,
        )

    @property
    def door_words(self) -> str:
        """The door as neighbours say it: 天津路426弄 二层前楼, 3号楼 301室; rooms with names need their floor."""
        return door(self.building, self.room)

    @property
    def room(self) -> str:
        """The door inside its building: 二层前楼, 301."""
        return self.door if self.door[:1].isdigit() else f"{self.floor}{self.door}"

    def held_when(self) -> dict[str, tuple[date | None, date | None]]:
        """From when, and until which day of death, each holder holds the unit; None where nothing is known."""
        return {str(share.holder_id): (share.since, share.died_on) for share in self.holders}

    def names(self) -> str:
        """Who answers for the unit, in full: for the committee and the household alone."""
        return "、".join(share.holder.name for share in self.holders)


ConsentCollection.longest_close = column_property(  # type: ignore[assignment]
    select(func.max(ConsentUnit.closes_at))
    .where(ConsentUnit.collection_id == ConsentCollection.id, ConsentUnit.closes_at.is_not(None))
    .correlate_except(ConsentUnit)
    .scalar_subquery()
)


class ConsentHolder(Base, Ledgered):
    """One person who answers for a unit on the roll, with her part of it."""

    __tablename__ = "consent_holder"
    __table_args__ = (
        UniqueConstraint("consent_unit_id", "holder_id", name="uq_consent_holder_once"),
        CheckConstraint("weight > 0", name="weight"),
    )
    id: Mapped[Id]
    consent_unit_id: Mapped[int] = mapped_column(ForeignKey("consent_unit.id"))
    holder_id: Mapped[int] = mapped_column(ForeignKey("holder.id"), index=True)
    weight: Mapped[int]
    """The holder's part of the unit's `whole` where it is held by shares, otherwise 1."""
    since: Mapped[date | None] = mapped_column(Date)
    """From which day she holds it, where that began while the unit was being asked: an earlier signature is no good."""
    died_on: Mapped[date | None] = mapped_column(Date)
    """The day of death, as far as the office knew it while answers were taken: a later signature is invalid."""
    unit: Mapped[ConsentUnit] = relationship(back_populates="holders")
    holder: Mapped[Holder] = relationship()
    guardianships: Mapped[list[Guardianship]] = relationship(
        primaryjoin="foreign(Guardianship.holder_id) == ConsentHolder.holder_id",
        order_by="Guardianship.id",
        viewonly=True,
    )

    @property
    def guardian(self) -> Guardianship | None:
        """Who acts for her by law; the last row counts, and one without a relation ended what was before."""
        last = self.guardianships[-1] if self.guardianships else None
        return last if last is not None and last.relation else None


class ConsentRecord(Base, Ledgered):
    """One written confirmation 书面确认. Records are never changed: a later one stands in front of an earlier one."""

    __tablename__ = "consent_record"
    __table_args__ = (
        UniqueConstraint("collection_id", "number", name="uq_consent_record_number"),
        # Two phones of one household that press at once: the second has seen an older state of the slip.
        UniqueConstraint("consent_unit_id", "turn", name="uq_consent_record_turn"),
    )
    append_only = True
    erasable = ("reason", "strokes", "typed_name", "salt")
    id: Mapped[Id]
    collection_id: Mapped[int] = mapped_column(ForeignKey("consent_collection.id"))
    consent_unit_id: Mapped[int] = mapped_column(ForeignKey("consent_unit.id"))
    number: Mapped[int]
    turn: Mapped[int]
    answer: Mapped[Code | None]
    """consents.rules.Answer; None takes an earlier answer back."""
    reason: Mapped[LongText] = mapped_column(default="")
    method: Mapped[Code]
    signed_on: Mapped[date] = mapped_column(Date)
    received_at: Mapped[datetime] = mapped_column(Instant)
    plan_hash: Mapped[Digest]
    identity: Mapped[Code]
    """How the signer was recognised: session, in_person, paper."""
    signed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    """The account, when she signed on her own phone."""
    assisted_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    checked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    """The second person of a paper slip."""
    mandate_id: Mapped[int | None] = mapped_column(ForeignKey("mandate.id"), index=True, sort_order=1)
    """By which mandate an agent gave it."""
    guardianship_id: Mapped[int | None] = mapped_column(ForeignKey("guardianship.id"), sort_order=1)
    """By which guardianship it was given in the holder's name."""
    signature_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"))
    """The drawn signature, or the photo of the slip."""
    strokes: Mapped[LongText] = mapped_column(default="")
    """signature_pad's own data: how the signature was drawn, point by point."""
    typed_name: Mapped[Name] = mapped_column(String(120), default="")
    """The name that was typed beside the photo of a signed paper."""
    salt: Mapped[str] = mapped_column(String(64))
    """Random, so that nobody can guess from the hash below which household withdrew or what it said."""
    evidence_hash: Mapped[Digest]
    """SHA-256 over what this record rests on: what the certificate prints and the trail commits to."""
    collection: Mapped[ConsentCollection] = relationship(back_populates="records")
    unit: Mapped[ConsentUnit] = relationship(back_populates="records")
    holders: Mapped[list[RecordHolder]] = relationship(order_by="RecordHolder.holder_id")
    marks: Mapped[list[RecordMark]] = relationship(back_populates="record", order_by="RecordMark.id")
    signature: Mapped[Evidence | None] = relationship()
    mandate: Mapped[Mandate | None] = relationship()
    guardianship: Mapped[Guardianship | None] = relationship()

    @property
    def said(self) -> rules.Answer | None:
        """The answer; None takes an earlier one back."""
        return rules.Answer(self.answer) if self.answer else None

    @property
    def words(self) -> str:
        """The answer in the interface's source language, 撤回 for none."""
        return rules.ANSWER_LABELS[self.said] if self.said else WITHDREW

    @property
    def erased(self) -> bool:
        """Whether signature, reason and salt were erased 已删除; without its salt the evidence hash tells nothing."""
        return not self.salt

    @property
    def dispute(self) -> RecordMark | None:
        """The standing dispute of this record, if somebody said that the signature is not hers."""
        last = self.marks[-1] if self.marks else None
        return last if last is not None and last.kind == DISPUTED else None

    def as_rule(self) -> rules.Record:
        """The record as the law weighs it."""
        last = self.marks[-1] if self.marks else None
        return rules.Record(
            number=self.number,
            unit=self.unit.ref,
            holders=tuple(str(holder.holder_id) for holder in self.holders),
            answer=self.said,
            method=rules.Method(self.method),
            signed_on=self.signed_on,
            received_at=self.received_at,
            plan_hash=self.plan_hash,
            disputed=last is not None and last.kind == DISPUTED,
            invalid=rules.Invalid(last.invalid) if last is not None and last.invalid else None,
        )


class RecordHolder(Base, Ledgered):
    """In whose name a record was given: one holder, or several by mandate."""

    __tablename__ = "consent_record_holder"
    append_only = True
    record_id: Mapped[int] = mapped_column(ForeignKey("consent_record.id"), primary_key=True)
    holder_id: Mapped[int] = mapped_column(ForeignKey("holder.id"), primary_key=True)


class RecordMark(Base, Ledgered):
    """What became of a record afterwards: disputed, found genuine, found invalid. The last mark counts."""

    __tablename__ = "consent_record_mark"
    append_only = True
    erasable = ("reason",)
    id: Mapped[Id]
    record_id: Mapped[int] = mapped_column(ForeignKey("consent_record.id"), index=True)
    kind: Mapped[Code]
    """disputed, genuine or invalid."""
    invalid: Mapped[Code | None]
    """consents.rules.Invalid, for an invalid one."""
    reason: Mapped[LongText]
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    """For a dispute: until when two others check the signature."""
    marked_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    marked_at: Mapped[datetime] = mapped_column(Instant)
    record: Mapped[ConsentRecord] = relationship(back_populates="marks")
    checks: Mapped[list[SignatureCheck]] = relationship(back_populates="mark", order_by="SignatureCheck.id")


class SignatureCheck(Base, Ledgered):
    """What one member of staff found who had no hand in collecting a disputed signature 核实."""

    __tablename__ = "signature_check"
    __table_args__ = (UniqueConstraint("mark_id", "checked_by", name="uq_signature_check_person"),)
    append_only = True
    erasable = ("finding",)
    id: Mapped[Id]
    mark_id: Mapped[int] = mapped_column(ForeignKey("consent_record_mark.id"))
    genuine: Mapped[bool]
    finding: Mapped[LongText]
    checked_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    checked_at: Mapped[datetime] = mapped_column(Instant)
    mark: Mapped[RecordMark] = relationship(back_populates="checks")


class RecordView(Base, Ledgered):
    """A member of staff looked at a household's records, or at all of them, and why: every look is kept."""

    __tablename__ = "consent_record_view"
    __table_args__ = (Index("ix_consent_record_view_reader", "collection_id", "account_id"),)
    append_only = True
    id: Mapped[Id]
    collection_id: Mapped[int] = mapped_column(ForeignKey("consent_collection.id"))
    consent_unit_id: Mapped[int | None] = mapped_column(ForeignKey("consent_unit.id"), index=True)
    """None for all households at once."""
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    purpose: Mapped[LongText]
    viewed_at: Mapped[datetime] = mapped_column(Instant)


class ConsentDraft(Base):
    """An answer that somebody has begun and not signed yet, so that going back or leaving loses nothing.

    Bookkeeping: it is no answer, it is erased when the answer is signed and when the collection closes.
    """

    __tablename__ = "consent_draft"
    __table_args__ = (UniqueConstraint("account_id", "consent_unit_id", name="uq_consent_draft_person"),)
    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    consent_unit_id: Mapped[int] = mapped_column(ForeignKey("consent_unit.id"), index=True)
    holder_id: Mapped[int] = mapped_column(ForeignKey("holder.id"))
    """In whose name."""
    plan_hash: Mapped[Digest]
    turn: Mapped[int]
    """How the household's line stood when the draft was begun."""
    answer: Mapped[Code]
    reason: Mapped[LongText]
    strokes: Mapped[LongText]
    typed_name: Mapped[Name] = mapped_column(String(120))
    picture: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The drawn signature or the photo of a signed paper, already made safe."""
    media_type: Mapped[Code]
    digest: Mapped[Digest]
    """SHA-256 over all of the above: what the check page shows is what is signed."""
    saved_at: Mapped[datetime] = mapped_column(Instant)


class PaperSlip(Base, Ledgered):
    """A printed slip 征询单: an opaque code, entered twice by two people who do not see each other's reading."""

    __tablename__ = "paper_slip"
    __table_args__ = (CheckConstraint("state IN ('issued', 'entered', 'differs', 'recorded', 'void')", name="state"),)
    id: Mapped[Id]
    collection_id: Mapped[int] = mapped_column(ForeignKey("consent_collection.id"), index=True)
    consent_unit_id: Mapped[int] = mapped_column(ForeignKey("consent_unit.id"), index=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    state: Mapped[Code]
    issued_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    issued_at: Mapped[datetime] = mapped_column(Instant)
    came_by: Mapped[Code] = mapped_column(String(40), default="")
    """consents.rules.Method: handed in, or by mail."""
    void_because: Mapped[LongText] = mapped_column(default="")
    run: Mapped[int] = mapped_column(default=0, server_default=text("0"), sort_order=1)
    """In which printing of its collection, from 1; 0 for those printed before it was counted."""
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("paper_slip.id"), index=True, sort_order=1)
    """The slip in whose place it was printed; why stands there."""
    received_at: Mapped[datetime | None] = mapped_column(Instant, sort_order=1)
    """The receipt stamp; None until the slip comes in."""
    voided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"), sort_order=1)
    voided_at: Mapped[datetime | None] = mapped_column(Instant, sort_order=1)
    photo_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"))
    record_id: Mapped[int | None] = mapped_column(ForeignKey("consent_record.id"))
    unit: Mapped[ConsentUnit] = relationship()
    collection: Mapped[ConsentCollection] = relationship()
    photo: Mapped[Evidence | None] = relationship()
    replaces: Mapped[PaperSlip | None] = relationship(remote_side="PaperSlip.id")
    entries: Mapped[list[SlipReading]] = relationship(back_populates="slip", order_by="SlipReading.id")

    @property
    def stands(self) -> rules.SlipStands:
        """Where it stands: still out, photographed and unread, read once, read differently, entered, or void."""
        if self.state == ISSUED:
            return rules.SlipStands.OUT if self.photo_id is None else rules.SlipStands.UNREAD
        return rules.SlipStands(self.state)


class SlipReading(Base, Ledgered):
    """What one member of staff read from a slip."""

    __tablename__ = "slip_reading"
    # The same person cannot be the second: the database keeps it.
    __table_args__ = (UniqueConstraint("slip_id", "read_by", name="uq_slip_reading_person"),)
    append_only = True
    id: Mapped[Id]
    slip_id: Mapped[int] = mapped_column(ForeignKey("paper_slip.id"))
    read_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    read_at: Mapped[datetime] = mapped_column(Instant)
    holders: Mapped[Label]
    """The ids of the holders who signed, ascending, with commas between."""
    answer: Mapped[Code | None]
    signed_on: Mapped[date] = mapped_column(Date)
    received_at: Mapped[datetime] = mapped_column(Instant)
    mandate_id: Mapped[int | None] = mapped_column(ForeignKey("mandate.id"))
    """The mandate by which an agent signed for the holders."""
    slip: Mapped[PaperSlip] = relationship(back_populates="entries")

    def as_rule(self) -> rules.SlipEntry:
        """The reading as the rules compare it."""
        return rules.SlipEntry(
            by=str(self.read_by),
            unit=self.slip.unit.ref,
            holders=tuple(self.holders.split(",")),
            answer=rules.Answer(self.answer) if self.answer else None,
            signed_on=self.signed_on,
            received_at=self.received_at,
            mandate=str(self.mandate_id or ""),
        )


class RollCorrection(Base, Ledgered):
    """Somebody says that the roll is wrong about a unit 名册更正; decided before the roll is frozen."""

    __tablename__ = "roll_correction"
    id: Mapped[Id]
    collection_id: Mapped[int] = mapped_column(ForeignKey("consent_collection.id"), index=True)
    consent_unit_id: Mapped[int] = mapped_column(ForeignKey("consent_unit.id"))
    text: Mapped[LongText]
    asked_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime] = mapped_column(Instant)
    accepted: Mapped[bool | None]
    reply: Mapped[LongText] = mapped_column(default="")
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    unit: Mapped[ConsentUnit] = relationship()


class UnitEvent(Base, Ledgered):
    """Something that happened to a unit while it was being asked: a death, a sale, a dispute, a guardian, their end."""

    __tablename__ = "consent_unit_event"
    append_only = True
    erasable = ("reason",)
    id: Mapped[Id]
    consent_unit_id: Mapped[int] = mapped_column(ForeignKey("consent_unit.id"), index=True)
    kind: Mapped[Code] = mapped_column(String(40), server_default=text("'blocked'"), sort_order=1)
    """consents.rules.Happening."""
    happened_on: Mapped[date | None] = mapped_column(Date, sort_order=1)
    """The day on which it happened outside; unknown for events that were entered before it was asked for."""
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("holder.id"), sort_order=1)
    """Whom it is about, where it is about one of several."""
    blocked: Mapped[Code | None]
    """What blocks the unit from now on; None frees it."""
    reason: Mapped[LongText]
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"))
    entered_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    entered_at: Mapped[datetime] = mapped_column(Instant)


class AskFirst(Base, Ledgered):
    """A household that wants to ask before it answers 先问一问: the committee calls within two working days."""

    __tablename__ = "ask_first"
    __table_args__ = (
        Index(
            "uq_ask_first_open",
            "consent_unit_id",
            "asked_by",
            unique=True,
            sqlite_where=text("answered_at IS NULL"),
            postgresql_where=text("answered_at IS NULL"),
        ),
    )
    id: Mapped[Id]
    consent_unit_id: Mapped[int] = mapped_column(ForeignKey("consent_unit.id"))
    question: Mapped[LongText] = mapped_column(default="")
    asked_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime] = mapped_column(Instant)
    due_at: Mapped[datetime] = mapped_column(Instant)
    answer: Mapped[LongText] = mapped_column(default="")
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    unit: Mapped[ConsentUnit] = relationship()


class ResultConfirmation(Base, Ledgered):
    """A person who confirms the final result: one of the committee, and the scrutineer."""

    __tablename__ = "result_confirmation"
    __table_args__ = (
        UniqueConstraint("collection_id", "account_id", "count_hash", name="uq_result_confirmation_person"),
    )
    append_only = True
    id: Mapped[Id]
    collection_id: Mapped[int] = mapped_column(ForeignKey("consent_collection.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    role: Mapped[Code]
    count_hash: Mapped[Digest]
    """`rules.count_hash` of the count that was confirmed: a count that changes must be confirmed again."""
    confirmed_at: Mapped[datetime] = mapped_column(Instant)


for _name, _refusal in (
    ("uq_collection_round", rules.Refusal.COLLECTION_ELSEWHERE),
    ("uq_consent_record_number", rules.Refusal.ANSWERED_MEANWHILE),
    ("uq_consent_record_turn", rules.Refusal.ANSWERED_MEANWHILE),
    ("uq_slip_reading_person", rules.Refusal.ENTRY_SAME_PERSON),
    ("uq_ask_first_open", rules.Refusal.ASKED_ALREADY),
    ("uq_signature_check_person", rules.Refusal.CHECKED_BY_YOU_ALREADY),
    ("uq_result_confirmation_person", rules.Refusal.CONFIRMED_ALREADY),
):
    broken_promise(_name, _refusal)

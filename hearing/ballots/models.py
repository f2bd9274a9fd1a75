"""Polls 投票: what is asked, the frozen roll, and ballots. Those under a name keep their history; secret ones no trace.

A secret ballot is in two places, one after the other, and neither leads to its voter. While it waits for others it lies
sealed in the box: who reads the whole database, its journal and its dead rows finds the voter beside it, and cannot
open it. When it comes into the trail it is written in the clear among at least nine others, by a job that knows no
voter, and once the poll is closed the key of the box is destroyed (docs/decisions/051).
"""

from __future__ import annotations

import json
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hearing.audit.ledger import broken_promise
from hearing.ballots import rules
from hearing.db import Base, Blob, Code, Digest, Fen, Id, Instant, Ledgered, LongText, Name
from hearing.places.models import Building, Neighbourhood

Word = String(43)
"""32 bytes as base64url without padding."""


class Poll(Base, Ledgered):
    """One poll. Every ballot shares a lock on its row, whoever closes has it alone."""

    __tablename__ = "poll"
    __table_args__ = (
        CheckConstraint("budget_fen >= 0", name="budget"),
        CheckConstraint("closes_at > opens_at", name="window"),
        CheckConstraint("state = 'draft' OR (rule_hash <> '' AND roll_root <> '')", name="frozen"),
        Index("ix_poll_place", "neighbourhood_id", "state"),
    )
    id: Mapped[Id]
    neighbourhood_id: Mapped[int] = mapped_column(ForeignKey("neighbourhood.id"))
    building_id: Mapped[int | None] = mapped_column(ForeignKey("building.id"), index=True)
    """Whose roll it is, where it is not the whole neighbourhood's."""
    title: Mapped[Name]
    words: Mapped[LongText] = mapped_column(default="")
    mode: Mapped[Code]
    """ballots.rules.Mode."""
    per: Mapped[Code]
    """ballots.rules.Per."""
    kind: Mapped[Code]
    """ballots.rules.Kind."""
    least: Mapped[int] = mapped_column(default=1)
    most: Mapped[int] = mapped_column(default=0)
    points: Mapped[int] = mapped_column(default=0)
    most_each: Mapped[int] = mapped_column(default=0)
    budget_fen: Mapped[Fen] = mapped_column(default=0)
    pots_text: Mapped[LongText] = mapped_column(default="{}")
    """JSON: 分 by category, where each category is a pot of its own."""
    counting: Mapped[Code]
    """ballots.rules.Counting."""
    threshold: Mapped[int] = mapped_column(default=0)
    floor: Mapped[int] = mapped_column(default=0)
    comparison: Mapped[bool] = mapped_column(default=False)
    rule_version: Mapped[int] = mapped_column(default=1)
    """Counts every change of the terms before the opening."""
    rule_text: Mapped[LongText] = mapped_column(default="")
    """Canonical JSON of the rule as it was frozen at the opening."""
    rule_hash: Mapped[str] = mapped_column(String(64), default="")
    lot_seed: Mapped[Digest]
    """Draws the lot for ties; in nobody's sight before the close, the trail has its hash from the opening on."""
    order_seed: Mapped[Digest]
    """Makes the order in which projects are shown; public from the opening on."""
    opens_at: Mapped[datetime] = mapped_column(Instant)
    closes_at: Mapped[datetime] = mapped_column(Instant, index=True)
    state: Mapped[Code]
    since: Mapped[datetime] = mapped_column(Instant)
    roll_root: Mapped[str] = mapped_column(Word, default="")
    roll_size: Mapped[int] = mapped_column(default=0)
    box_room: Mapped[int] = mapped_column(default=0)
    """Bytes to which every ballot in its box is padded, fixed at the opening; 0 where there is no box."""
    box_check: Mapped[str] = mapped_column(String(64), default="", server_default=text("''"))
    """By what the box's key is known to be the one that it was opened with; empty where there is no box."""
    neighbourhood: Mapped[Neighbourhood] = relationship()
    building: Mapped[Building | None] = relationship()
    projects: Mapped[list[PollProject]] = relationship(back_populates="poll", order_by="PollProject.code")
    extensions: Mapped[list[PollExtension]] = relationship(order_by="PollExtension.number")
    tally: Mapped[PollTally | None] = relationship(back_populates="poll")

    @property
    def subject(self) -> str:
        """This poll's name in the trail."""
        return f"poll/{self.id}"

    @property
    def stands(self) -> rules.State:
        """Where it stands."""
        return rules.State(self.state)

    @property
    def is_secret(self) -> bool:
        """Whether its ballots stand under no name."""
        return self.mode == rules.Mode.SECRET

    @property
    def limits(self) -> rules.Limits:
        """How much one ballot may say."""
        return rules.Limits(self.least, self.most, self.points, self.most_each)

    @property
    def pots(self) -> dict[str, int]:
        """分 by category; empty where all projects are paid from one pot."""
        return dict(json.loads(self.pots_text))

    @cached_property
    def options(self) -> list[rules.Option]:
        """What its ballots offer, in the order in which it is shown."""
        if self.kind == rules.Kind.YES_NO:
            return rules.answers()
        known = {project.code: project.as_option() for project in self.projects}
        return [known[code] for code in rules.shown_order(known, self.order_seed)]

    @property
    def terms(self) -> rules.Terms:
        """What its ballots are checked against."""
        return rules.Terms(rules.Kind(self.kind), self.limits, self.options, self.budget_fen, self.pots)

    @property
    def rule(self) -> rules.RuleObject:
        """The rule: as frozen, or before the opening as it would be."""
        if self.rule_text:
            return rules.read_rule(self.rule_text)
        return rules.RuleObject(
            kind=rules.Kind(self.kind),
            limits=self.limits,
            counting=rules.Counting(self.counting),
            budget=self.budget_fen,
            mode=self.mode,
            per=self.per,
            lot=rules.seed_commitment(self.lot_seed),
            threshold=self.threshold,
            floor=self.floor,
            comparison=self.comparison,
            pots=self.pots,
        )

    def takes_ballots(self, now: datetime) -> bool:
        """Whether a ballot may be cast at that moment."""
        return self.stands is rules.State.OPEN and self.opens_at <= now < self.closes_at

    def state_label(self, now: datetime) -> str:
        """Where it stands at that moment, in the interface's source language."""
        if self.stands is rules.State.OPEN and now < self.opens_at:
            return rules.NOT_BEGUN
        if self.stands is rules.State.OPEN and now >= self.closes_at:
            return rules.OVER
        return rules.STATE_LABELS[self.stands]


class PollProject(Base, Ledgered):
    """One project of a poll. Once the poll is open it can be withdrawn, and nothing else."""

    __tablename__ = "poll_project"
    __table_args__ = (
        UniqueConstraint("poll_id", "code", name="uq_poll_project_code"),
        CheckConstraint("cost_fen >= 0", name="cost"),
    )
    id: Mapped[Id]
    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id"))
    code: Mapped[str] = mapped_column(String(12))
    """What everybody calls it: a text, whose leading zeros count."""
    title: Mapped[Name]
    words: Mapped[LongText] = mapped_column(default="")
    cost_fen: Mapped[Fen]
    category: Mapped[Name] = mapped_column(String(120), default="")
    withdrawn_at: Mapped[datetime | None] = mapped_column(Instant)
    withdrawn_because: Mapped[LongText] = mapped_column(default="")
    poll: Mapped[Poll] = relationship(back_populates="projects")

    def as_option(self) -> rules.Option:
        """The project as a ballot sees it."""
        return rules.Option(self.code, self.title, self.cost_fen, self.category, self.withdrawn_at is not None)


class PollVoter(Base, Ledgered):
    """One voter of a frozen roll: a household, or a person of the register."""

    __tablename__ = "poll_voter"
    __table_args__ = (
        # One row a voter: by the check exactly one of the two numbers stands in each row.
        UniqueConstraint("poll_id", "unit_id", name="uq_poll_voter_unit"),
        UniqueConstraint("poll_id", "holder_id", name="uq_poll_voter_holder"),
        CheckConstraint("(unit_id IS NULL) <> (holder_id IS NULL)", name="one_kind"),
        # What a mark refers to: the line together with its poll.
        Index("uq_poll_voter_line", "id", "poll_id", unique=True),
        # Without the lines of the other kind: else SQLite takes all of them for equal, and looks through the roll.
        Index(
            "ix_poll_voter_unit_id",
            "unit_id",
            sqlite_where=text("unit_id IS NOT NULL"),
            postgresql_where=text("unit_id IS NOT NULL"),
        ),
        Index(
            "ix_poll_voter_holder_id",
            "holder_id",
            sqlite_where=text("holder_id IS NOT NULL"),
            postgresql_where=text("holder_id IS NOT NULL"),
        ),
        Index(
            "ix_poll_voter_untold",
            "poll_id",
            sqlite_where=text("NOT told"),
            postgresql_where=text("NOT told"),
        ),
    )
    id: Mapped[Id]
    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("holder.id"))
    salt: Mapped[bytes] = mapped_column(LargeBinary(32))
    commitment: Mapped[str] = mapped_column(Word)
    told: Mapped[bool] = mapped_column(default=False)
    """Whether the household was told on its phone that it has voted; never at the moment when it did."""
    struck: Mapped[bool] = mapped_column(default=False)
    """Taken off the roll by an amendment, before anything was cast."""


class PollMark(Base, Ledgered):
    """This voter has voted, in whichever channel: one row or none, and neither a time nor a channel in it.

    On SQLite the table has no row numbers, so the order of arrival is not kept.
    """

    __tablename__ = "poll_mark"
    __table_args__ = (
        ForeignKeyConstraint(
            ["poll_id", "voter_id"], ["poll_voter.poll_id", "poll_voter.id"], name="fk_poll_mark_voter"
        ),
        Index("ix_poll_mark_poll", "poll_id"),
        {"sqlite_with_rowid": False},
    )
    append_only = True
    voter_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    poll_id: Mapped[int]
    """The poll of this line, as the key keeps it: so those who have voted are counted without their lines."""


class SealedBallot(Base, Ledgered):
    """A ballot in the box 票箱: until it comes into the trail with others nobody reads it, and nobody finds it but it.

    The box's key is a file beside the other keys. What is sealed is padded to one length for the whole poll.
    """

    __tablename__ = "sealed_ballot"
    __table_args__ = ({"sqlite_with_rowid": False},)
    slot: Mapped[str] = mapped_column(String(32), primary_key=True)
    """A keyed hash of its commitment: the same form sent again finds it, and without the key nobody does."""
    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id"), index=True)
    sealed: Mapped[Blob]


class SecretBallot(Base, Ledgered):
    """A ballot that the trail has, under its commitment; published whole at the close."""

    __tablename__ = "secret_ballot"
    __table_args__ = (Index("ix_secret_ballot_poll", "poll_id", "c"), {"sqlite_with_rowid": False})
    append_only = True
    c: Mapped[str] = mapped_column(Word, primary_key=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id"))
    nonce: Mapped[str] = mapped_column(Word)
    ballot: Mapped[LongText]
    """Canonical JSON of choices, points and the voter's phrase, as it is committed to."""

    def said(self) -> rules.Said:
        """What it says."""
        return rules.Said.of_data(json.loads(self.ballot))


class NamedBallot(Base, Ledgered):
    """A ballot under its voter's name; a later one of hers takes its place, and both are kept."""

    __tablename__ = "named_ballot"
    __table_args__ = (
        UniqueConstraint("voter_id", "turn", name="uq_named_ballot_turn"),
        Index("ix_named_ballot_poll", "poll_id"),
    )
    append_only = True
    erasable = ("ballot",)
    id: Mapped[Id]
    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id"))
    voter_id: Mapped[int] = mapped_column(ForeignKey("poll_voter.id"))
    turn: Mapped[int]
    """1 for the first, and so on: whoever saw an older one does not overwrite a newer."""
    ballot: Mapped[LongText]
    cast_by: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    cast_at: Mapped[datetime] = mapped_column(Instant)

    def said(self) -> rules.Said:
        """What it says."""
        return rules.Said.of_data(json.loads(self.ballot))


class PollExtension(Base, Ledgered):
    """The close was put off, for a reason that everybody reads."""

    __tablename__ = "poll_extension"
    __table_args__ = (UniqueConstraint("poll_id", "number"),)
    append_only = True
    id: Mapped[Id]
    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id"))
    number: Mapped[int]
    before: Mapped[datetime] = mapped_column(Instant)
    closes_at: Mapped[datetime] = mapped_column(Instant)
    reason: Mapped[LongText]
    extended_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    extended_at: Mapped[datetime] = mapped_column(Instant)


class RollAmendment(Base, Ledgered):
    """A change of the roll of an open poll: one officer asks for it with a reason, another one makes it."""

    __tablename__ = "roll_amendment"
    __table_args__ = (
        CheckConstraint("made_by IS NULL OR made_by <> asked_by", name="two_officers"),
        Index("ix_roll_amendment_poll", "poll_id"),
    )
    id: Mapped[Id]
    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    adds: Mapped[bool]
    reason: Mapped[LongText]
    asked_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime] = mapped_column(Instant)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime | None] = mapped_column(Instant)


class PollVoiding(Base, Ledgered):
    """A poll is to be declared void 作废: one officer asks for it with a reason, another one does it."""

    __tablename__ = "poll_voiding"
    __table_args__ = (
        CheckConstraint("made_by IS NULL OR made_by <> asked_by", name="two_officers"),
        Index("ix_poll_voiding_poll", "poll_id"),
    )
    id: Mapped[Id]
    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id"))
    reason: Mapped[LongText]
    asked_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime] = mapped_column(Instant)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime | None] = mapped_column(Instant)
    voted: Mapped[int] = mapped_column(default=0)
    """Marks on the roll when it was done."""
    in_trail: Mapped[int] = mapped_column(default=0)
    """Ballots that had come into the trail; they are not revealed."""
    lost: Mapped[int] = mapped_column(default=0)
    """Ballots that lay in the box, and that nobody opened."""
    key_read: Mapped[bool] = mapped_column(default=True)
    """Whether the box's key could be read; true where there was no box."""


class PollTally(Base, Ledgered):
    """The count of a poll: one record, from which every page and file is made."""

    __tablename__ = "poll_tally"
    append_only = True
    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id"), primary_key=True, autoincrement=False)
    record_text: Mapped[LongText]
    """Canonical JSON."""
    record_hash: Mapped[Digest]
    """SHA-256 over that text."""
    reveal_hash: Mapped[str] = mapped_column(String(64), default="")
    """SHA-256 of reveal.jsonl; empty where the ballots stand under names."""
    election_pb: Mapped[LongText] = mapped_column(deferred=True, deferred_group="bundle")
    """The ballots as the bundle has them, written at the count by chance: ballots under names are erased in time."""
    rule_json: Mapped[LongText] = mapped_column(deferred=True, deferred_group="bundle")
    readme: Mapped[LongText] = mapped_column(deferred=True, deferred_group="bundle")
    counted_at: Mapped[datetime] = mapped_column(Instant)
    poll: Mapped[Poll] = relationship(back_populates="tally")

    @property
    def record(self) -> dict[str, Any]:
        """The record itself."""
        return dict(json.loads(self.record_text))


for _name, _refusal in (
    ("uq_poll_project_code", rules.Refusal.CODE_TAKEN),
    ("uq_named_ballot_turn", rules.Refusal.VOTED_MEANWHILE),
    ("ck_roll_amendment_two_officers", rules.Refusal.SAME_OFFICER),
    ("ck_poll_voiding_two_officers", rules.Refusal.VOID_ASKED_BY_YOU),
):
    broken_promise(_name, _refusal)

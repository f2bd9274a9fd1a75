"""People 人: accounts, the households they belong to, the seats they hold, how they sign in, messages to them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hearing.db import Base, Code, Digest, Id, Instant, Label, Ledgered, LongText, Name
from hearing.places.models import Holder, Neighbourhood, Unit


class Account(Base):
    """One person who can sign in. The trail knows her by `ref` alone."""

    __tablename__ = "account"
    id: Mapped[Id]
    ref: Mapped[str] = mapped_column(String(20), unique=True)
    """Random pseudonym, like p-4k2m9x7q."""
    name: Mapped[Name]
    phone: Mapped[str | None] = mapped_column(String(20), unique=True)
    email: Mapped[Name] = mapped_column(String(120), default="")
    password_hash: Mapped[str | None] = mapped_column(String(200))
    totp_secret: Mapped[str | None] = mapped_column(String(64))
    """Sealed with the installation's key: a copy of the database alone shows no second factor."""
    totp_step: Mapped[int] = mapped_column(default=0)
    """The last 30-second step whose code was taken: a code works once."""
    elder: Mapped[bool] = mapped_column(default=False)
    language: Mapped[Code] = mapped_column(String(40), default="zh")
    invitation: Mapped[str | None] = mapped_column(String(64))
    """Digest of the standing invitation's nonce: using it, or sending a newer one, kills the link."""
    disabled_at: Mapped[datetime | None] = mapped_column(Instant)
    seats: Mapped[list[Seat]] = relationship(back_populates="account", order_by="Seat.id")
    memberships: Mapped[list[Membership]] = relationship(back_populates="account", order_by="Membership.id")


class Seat(Base, Ledgered):
    """A role that a person holds in a neighbourhood 席位, from when until when."""

    __tablename__ = "seat"
    __table_args__ = (
        Index(
            "uq_seat_standing",
            "account_id",
            "role",
            "neighbourhood_id",
            unique=True,
            sqlite_where=text("until IS NULL"),
            postgresql_where=text("until IS NULL"),
        ),
    )
    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    neighbourhood_id: Mapped[int] = mapped_column(ForeignKey("neighbourhood.id"), index=True)
    role: Mapped[Code]
    since: Mapped[datetime] = mapped_column(Instant)
    until: Mapped[datetime | None] = mapped_column(Instant)
    account: Mapped[Account] = relationship(back_populates="seats")
    neighbourhood: Mapped[Neighbourhood] = relationship()


class Membership(Base, Ledgered):
    """An account that belongs to a household; with a holder, it may answer for the unit in that holder's name."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("account_id", "unit_id"),)
    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("holder.id"), index=True)
    """None for a family member, or until the office has checked who she is."""
    relation: Mapped[Code] = mapped_column(String(40), default="")
    """What she said that she is: rules.Relation."""
    checked_how: Mapped[Code] = mapped_column(String(40), default="")
    """How the holder was recognised: phone (the roll's own number) or office (a clerk looked at the papers)."""
    joined_at: Mapped[datetime] = mapped_column(Instant)
    left_at: Mapped[datetime | None] = mapped_column(Instant)
    account: Mapped[Account] = relationship(back_populates="memberships")
    unit: Mapped[Unit] = relationship()
    holder: Mapped[Holder | None] = relationship()
    refusals: Mapped[list[MembershipRefusal]] = relationship(order_by="MembershipRefusal.id")


class MembershipRefusal(Base, Ledgered):
    """The office looked at the papers and did not recognise the member as a holder; she stays a member."""

    __tablename__ = "membership_refusal"
    id: Mapped[Id]
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"), index=True)
    refused_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    refused_at: Mapped[datetime] = mapped_column(Instant)
    reason: Mapped[Name]


class HouseholdCode(Base, Ledgered):
    """The code on a household's printed letter, kept only as a keyed hash; a new letter voids the old one."""

    __tablename__ = "household_code"
    __table_args__ = (
        Index(
            "uq_household_code_standing",
            "unit_id",
            unique=True,
            sqlite_where=text("voided_at IS NULL"),
            postgresql_where=text("voided_at IS NULL"),
        ),
    )
    id: Mapped[Id]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    code_mac: Mapped[str] = mapped_column(String(64), unique=True)
    issued_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    issued_at: Mapped[datetime] = mapped_column(Instant)
    voided_at: Mapped[datetime | None] = mapped_column(Instant)
    unit: Mapped[Unit] = relationship()


class Arrival(Base):
    """Somebody at the door 来人: a sign-in, or a change of phone, that is under way in one browser.

    The browser's cookie holds a random token and nothing else. What is proven here is bound to that token, so a code
    can neither be tried nor spoilt from another browser.
    """

    __tablename__ = "arrival"
    id: Mapped[Id]
    token_hash: Mapped[Digest] = mapped_column(String(64), unique=True)
    aim: Mapped[Code]
    """arriving.Aim: to enter, or to change the account's phone."""
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    """Who had signed in before: she adds a household or changes her phone."""
    phone: Mapped[str] = mapped_column(String(20), default="")
    proven_at: Mapped[datetime | None] = mapped_column(Instant)
    """When a code sent to the phone came back."""
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    letter_shown: Mapped[bool] = mapped_column(default=False)
    """Whether a household code was typed, good or not: a bad one is named only after the phone is proven."""
    back: Mapped[str] = mapped_column(String(500), default="/")
    opened_at: Mapped[datetime] = mapped_column(Instant, index=True)
    closed: Mapped[bool] = mapped_column(default=False)
    unit: Mapped[Unit | None] = relationship()


class OneTimeCode(Base):
    """A sign-in code sent to a phone, kept only as a keyed hash."""

    __tablename__ = "one_time_code"
    __table_args__ = (CheckConstraint("wrong_tries >= 0", name="wrong_tries"),)
    id: Mapped[Id]
    arrival_id: Mapped[int] = mapped_column(ForeignKey("arrival.id"), index=True)
    phone: Mapped[str] = mapped_column(String(20), index=True)
    code_mac: Mapped[Digest]
    issued_at: Mapped[datetime] = mapped_column(Instant)
    wrong_tries: Mapped[int] = mapped_column(default=0)
    used: Mapped[bool] = mapped_column(default=False)


class LoginSession(Base):
    """A phone or computer on which a person is signed in; ending the row ends it at once."""

    __tablename__ = "login_session"
    id: Mapped[Id]
    token_hash: Mapped[Digest] = mapped_column(String(64), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    opened_at: Mapped[datetime] = mapped_column(Instant)
    by_password: Mapped[bool] = mapped_column(default=False)
    """Whether the first factor was the password: only then may a second one be added."""
    second_factor_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    device: Mapped[Label] = mapped_column(String(60), default="")
    """What the person will recognise, like phone/wechat; devices.words says it."""
    account: Mapped[Account] = relationship()


class Message(Base):
    """A message waiting to be sent, written in the transaction of the act that it tells of."""

    __tablename__ = "message"
    __table_args__ = (Index("ix_message_waiting", "state", "due_at"),)
    id: Mapped[Id]
    channel: Mapped[Code]
    """sms or mail."""
    recipient: Mapped[Name]
    text: Mapped[LongText]
    """Erased once it was sent, save in a demo, whose inbox shows it."""
    state: Mapped[Code] = mapped_column(String(40), default="waiting")
    """waiting, sent or failed."""
    tries: Mapped[int] = mapped_column(default=0)
    written_at: Mapped[datetime] = mapped_column(Instant)
    due_at: Mapped[datetime] = mapped_column(Instant)
    """When to try next; a worker that takes the message moves it on, so that no other takes it meanwhile."""
    useless_at: Mapped[datetime | None] = mapped_column(Instant)
    """When it is of no more use, and is not sent any more: a code's end."""
    sent_at: Mapped[datetime | None] = mapped_column(Instant)

"""Seating: a director gives seats and ends them; the very first one is given from the command line."""

from __future__ import annotations

from sqlalchemy import select

from hearing.audit.fact import SYSTEM, Actor
from hearing.audit.ledger import broken_promise
from hearing.clock import now
from hearing.db import db
from hearing.people import invitations, outbox, queries
from hearing.people.actions.belonging import new_ref
from hearing.people.facts import InvitedAgain, SeatEnded, SeatGranted
from hearing.people.models import Account, Seat
from hearing.people.rules import INVITATION_LIFE, ROLE_LABELS, Refusal, Role, may_end, may_grant
from hearing.people.viewer import Viewer
from hearing.places.models import Neighbourhood
from hearing.refusal import N_, Refused

INVITED = N_("请您到社区议事厅当%(role)s：打开 %(url)s 设置密码，72 小时内有效，只能用一次。请不要转发。")
ANOTHER_SEAT = N_("您在社区议事厅有了新的席位，请看 %(url)s")

broken_promise("uq_seat_standing", Refusal.SEAT_HELD)


def invite(by: Viewer | None, name: str, phone: str, role: Role, neighbourhood: Neighbourhood) -> SeatGranted:
    """Give the person with this phone a seat; somebody without a password gets the link to set one, by text message.

    `by`: the neighbourhood's director, or None from the command line. The link is also in the fact, unrecorded, for the
    command line alone: who invites on a page must not be able to set another's password (ASVS 6.4.6).
    Raises SEAT_HELD, ROLE_NOT_GRANTED or ACCOUNT_CLOSED.
    """
    actor = _actor(by, neighbourhood.id)
    account = db.session.scalars(select(Account).where(Account.phone == phone).with_for_update()).one_or_none()
    if account is None:
        account = Account(ref=new_ref(), name=name, phone=phone)
        db.session.add(account)
        db.session.flush()
    if account.disabled_at is not None:
        raise Refused(Refusal.ACCOUNT_CLOSED)
    held = select(Seat.id).where(
        Seat.account_id == account.id,
        Seat.role == role,
        Seat.neighbourhood_id == neighbourhood.id,
        Seat.until.is_(None),
    )
    may_grant(role, held=db.session.scalar(held) is not None)
    seat = Seat(account=account, neighbourhood_id=neighbourhood.id, role=role, since=now())
    db.session.add(seat)
    db.session.flush()
    link = None
    if account.password_hash is None:
        link = _send_invitation(account, role)
    else:
        outbox.tell(db.session, account, ANOTHER_SEAT)
    return SeatGranted(
        actor=actor,
        scope=neighbourhood.slug,
        subject=f"seat/{seat.id}",
        matter=f"seat/{seat.id}",
        role=role.value,
        role_label=ROLE_LABELS[role],
        holder_ref=account.ref,
        name=account.name,
        link=link,
    )


def invite_again(by: Viewer | None, seat: Seat) -> InvitedAgain:
    """Send who holds the seat a new link: the first was lost, or she has a new phone and no second factor.

    Password and second factor stay as they are until the link is used. Raises SEAT_ENDED or ACCOUNT_CLOSED.
    """
    actor = _actor(by, seat.neighbourhood_id)
    account = db.session.get_one(Account, seat.account_id, with_for_update=True)
    if seat.until is not None:
        raise Refused(Refusal.SEAT_ENDED)
    if account.disabled_at is not None:
        raise Refused(Refusal.ACCOUNT_CLOSED)
    return InvitedAgain(
        actor=actor,
        scope=seat.neighbourhood.slug,
        subject=f"seat/{seat.id}",
        matter=f"seat/{seat.id}",
        role=seat.role,
        role_label=ROLE_LABELS[Role(seat.role)],
        holder_ref=account.ref,
        name=account.name,
        link=_send_invitation(account, Role(seat.role)),
    )


def end_seat(by: Viewer | None, seat: Seat) -> SeatEnded:
    """End a seat at once: the next page that its holder opens knows. Raises SEAT_ENDED or LAST_DIRECTOR."""
    actor = _actor(by, seat.neighbourhood_id)
    # Two directors who end each other's seats at once wait here, and the second one stays.
    db.session.execute(select(Neighbourhood.id).where(Neighbourhood.id == seat.neighbourhood_id).with_for_update())
    db.session.refresh(seat)
    may_end(Role(seat.role), ended=seat.until is not None, directors=queries.directors(seat.neighbourhood_id))
    seat.until = now()
    return SeatEnded(
        actor=actor,
        scope=seat.neighbourhood.slug,
        subject=f"seat/{seat.id}",
        matter=f"seat/{seat.id}",
        role=seat.role,
        role_label=ROLE_LABELS[Role(seat.role)],
        holder_ref=seat.account.ref,
        name=seat.account.name,
    )


def _actor(by: Viewer | None, neighbourhood_id: int) -> Actor:
    return by.acting_as(Role.COMMITTEE_DIRECTOR, neighbourhood_id=neighbourhood_id) if by is not None else SYSTEM


def _send_invitation(account: Account, role: Role) -> str:
    link = invitations.issue(account)
    if account.phone:
        label = outbox.worded(account.language, ROLE_LABELS[role])
        text = outbox.worded(account.language, INVITED, role=label, url=link)
        useless_at = now() + INVITATION_LIFE
        outbox.write(db.session, outbox.SMS, account.phone, text, useless_at=useless_at)
    return link

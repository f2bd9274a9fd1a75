"""A person 一个人: who asks to be forgotten, what still needs her, what goes now and what stays until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import aliased, joinedload

from hearing.audit import erasing
from hearing.audit.fact import type_registry
from hearing.clock import now
from hearing.concerns.models import Concern
from hearing.concerns.queries import was_told
from hearing.consents.models import (
    DISPUTED,
    AskFirst,
    ConsentCollection,
    ConsentDraft,
    ConsentHolder,
    ConsentRecord,
    ConsentUnit,
    Guardianship,
    Mandate,
    RecordHolder,
    RollCorrection,
)
from hearing.db import db
from hearing.denials.models import Denial
from hearing.erasure.gathering import (
    RUNNING,
    applications,
    closed,
    concerns,
    ids,
    mandates,
    meetings,
    meetings_over,
    objections,
    of,
    package,
    past,
    records,
    visits,
)
from hearing.erasure.parts import LABELS, PAYLOADS, Going
from hearing.erasure.rules import KEEPING, Class, Refusal, class_of, is_over, kept_until
from hearing.meetings.models import Meeting
from hearing.notices.models import Objection, PublicityPeriod
from hearing.notices.rules import STANDING, PublicityState
from hearing.people.models import (
    Account,
    Arrival,
    LoginSession,
    Membership,
    MembershipRefusal,
    Message,
    OneTimeCode,
    Seat,
)
from hearing.people.rules import GONE, ROLE_LABELS, Role
from hearing.places.models import Building, Estate, Holder, Neighbourhood, Stairwell, Tenure, TenureShare, Unit
from hearing.proposals.models import Draft, DraftPhoto, Proposal
from hearing.refusal import N_, Refused
from hearing.visits.models import Visit
from hearing.web.filters import BEIJING
from hearing.works.models import GroupSeat

ON_REGISTER = N_("还在户册上，由户册变更以后再删除")
ON_ROLL = N_("征询的法定保存期还没有满")
ON_CASE = N_("这件事还在办")
SEVERAL_SIGNED = N_("同一份签名还有别人")


@dataclass(frozen=True)
class Person:
    """Somebody who asks to be forgotten: her account, if she ever signed in, and her lines in the register."""

    account: Account | None
    holders: tuple[Holder, ...]

    @property
    def holder_ids(self) -> list[int]:
        """The numbers of her lines in the register."""
        return [holder.id for holder in self.holders]

    @property
    def account_id(self) -> int:
        """The number of her account; one that nobody has when she never signed in."""
        return self.account.id if self.account is not None else 0


def person(known_by: str) -> Person:
    """The person with this phone, or with this pseudonym in the trail.

    Raises NOBODY, SEVERAL_PEOPLE, FORGOTTEN_ALREADY.
    """
    found = db.session.scalars(select(Account).where(or_(Account.phone == known_by, Account.ref == known_by))).first()
    if found is None:
        lines = db.session.scalars(select(Holder).where(Holder.phone == known_by).order_by(Holder.id)).all()
        if not lines:
            raise Refused(Refusal.NOBODY)
        if len({line.name for line in lines}) > 1:
            raise Refused(Refusal.SEVERAL_PEOPLE)
        return Person(None, tuple(lines))
    if found.name == GONE and found.phone is None:
        raise Refused(Refusal.FORGOTTEN_ALREADY)
    joined = select(Membership.holder_id).where(Membership.account_id == found.id, Membership.holder_id.is_not(None))
    hers: ColumnElement[bool] = Holder.id.in_(joined)
    if found.phone:
        hers = or_(hers, (Holder.phone == found.phone) & (Holder.name == found.name))
    return Person(found, tuple(db.session.scalars(select(Holder).where(hers).order_by(Holder.id))))


def home_of(who: Person) -> Neighbourhood:
    """The neighbourhood in whose log it is said that somebody was forgotten: where she lives, or had a seat."""
    lines = select(Holder.neighbourhood_id).where(Holder.id.in_(who.holder_ids))
    seats = select(Seat.neighbourhood_id).where(Seat.account_id == who.account_id)
    homes = (
        select(Estate.neighbourhood_id)
        .join(Estate.buildings)
        .join(Building.stairwells)
        .join(Stairwell.units)
        .join(Membership, Membership.unit_id == Unit.id)
        .where(Membership.account_id == who.account_id)
    )
    for known in (lines, seats, homes, select(Neighbourhood.id)):
        found = db.session.scalars(known.order_by(known.selected_columns[0])).first()
        if found is not None:
            return db.session.get_one(Neighbourhood, found)
    raise Refused(Refusal.NOBODY)


def check_may_go(who: Person) -> None:
    """Whether anything still needs the person. Raises one of the refusals STILL_…."""
    seat = db.session.scalars(select(Seat).where(Seat.account_id == who.account_id, Seat.until.is_(None))).first()
    if seat is not None:
        raise Refused(Refusal.STILL_SEATED, role=ROLE_LABELS[Role(seat.role)])
    asked = (
        select(Proposal.title)
        .join(ConsentCollection, ConsentCollection.proposal_id == Proposal.id)
        .join(ConsentUnit, ConsentUnit.collection_id == ConsentCollection.id)
        .join(ConsentHolder, ConsentHolder.consent_unit_id == ConsentUnit.id)
        .where(ConsentCollection.state.in_(RUNNING), ConsentHolder.holder_id.in_(who.holder_ids))
    )
    proposed = select(Proposal.title).where(Proposal.proposer_id == who.account_id, ~closed())
    objected = (
        select(Proposal.title)
        .select_from(Objection)
        .join(Objection.period)
        .join(Proposal, PublicityPeriod.matter == "proposal/" + Proposal.id.cast(PublicityPeriod.matter.type))
        .where(
            Objection.raised_by == who.account_id,
            or_(Objection.state.in_(STANDING), PublicityPeriod.state == PublicityState.RUNNING),
        )
    )
    raised = (
        select(Proposal.title)
        .join(Concern, Concern.proposal_id == Proposal.id)
        .where(Concern.raised_by == who.account_id, ~was_told(), ~closed())
    )
    sitting = (
        select(Proposal.title)
        .join(GroupSeat, GroupSeat.proposal_id == Proposal.id)
        .where(GroupSeat.until.is_(None), GroupSeat.holder_id.in_(who.holder_ids))
    )
    for refusal, query in (
        (Refusal.STILL_ASKED, asked),
        (Refusal.STILL_PROPOSING, proposed),
        (Refusal.STILL_OBJECTING, objected),
        (Refusal.STILL_CONCERNED, raised),
        (Refusal.STILL_IN_GROUP, sitting),
    ):
        title = db.session.scalars(query).first()
        if title is not None:
            raise Refused(refusal, title=title)
    if db.session.scalars(_denied(who)).first() or _disputed(who):
        raise Refused(Refusal.STILL_CHECKED)


def _denied(who: Person) -> Select[int]:
    homes = select(Membership.unit_id).where(Membership.account_id == who.account_id)
    return select(Denial.id).where(
        Denial.settled_at.is_(None), or_(Denial.denied_by == who.account_id, Denial.unit_id.in_(homes))
    )


def _disputed(who: Person) -> bool:
    """Whether the last word on one of her records is that somebody says it is not hers."""
    query = select(ConsentRecord).where(ConsentRecord.id.in_(_signed(who))).options(joinedload(ConsentRecord.marks))
    return any(record.marks and record.marks[-1].kind == DISPUTED for record in db.session.scalars(query).unique())


def _signed(who: Person) -> Select[int]:
    """The records that she signed, or that were given in her name."""
    named = select(RecordHolder.record_id).where(RecordHolder.holder_id.in_(who.holder_ids))
    return select(ConsentRecord.id).where(or_(ConsentRecord.signed_by == who.account_id, ConsentRecord.id.in_(named)))


def of_person(who: Person) -> Going:
    """What goes of a person now, and what stays until when."""
    going, today = Going(), now().astimezone(BEIJING).date()
    _signing_in(going, who)
    _own_records(going, who, today)
    _visited(going, who, today)
    _spoken_for(going, who, today)
    _own_cases(going, who, today)
    _own_words(going, who)
    _own_payloads(going, who, today)
    _own_lines(going, who, today)
    return going


def _own_words(going: Going, who: Person) -> None:
    """What she wrote or said to meetings that are over, beside their record: sign-ups, ratings, voice notes."""
    if who.account is not None:
        meetings(going, select(Meeting).where(meetings_over()), Account.id == who.account.id)


def _signing_in(going: Going, who: Person) -> None:
    """Account, devices, messages and whatever was never sent: none of it has a legal period."""
    account = who.account
    phones = {line.phone for line in who.holders if line.phone}
    mails: set[str] = set()
    if account is not None:
        going.add(Account, [account.id])
        phones |= {account.phone} if account.phone else set()
        mails |= {account.email} if account.email else set()
        going.add(Membership, ids(of(Membership, account.id).where(Membership.left_at.is_(None))))
        members = select(Membership.id).where(Membership.account_id == account.id)
        refused = MembershipRefusal.membership_id.in_(members), MembershipRefusal.reason != ""
        going.add(MembershipRefusal, ids(select(MembershipRefusal.id).where(*refused)))
        for model in (LoginSession, ConsentDraft, Draft, DraftPhoto):
            going.add(model, ids(of(model, account.id)))
    arrivals = select(Arrival.id).where(or_(Arrival.account_id == who.account_id, Arrival.phone.in_(phones)))
    going.add(Arrival, ids(arrivals))
    codes = or_(OneTimeCode.arrival_id.in_(arrivals), OneTimeCode.phone.in_(phones))
    going.add(OneTimeCode, ids(select(OneTimeCode.id).where(codes)))
    going.add(Message, ids(select(Message.id).where(Message.recipient.in_(phones | mails))))


def _own_records(going: Going, who: Person, today: date) -> None:
    """Her signatures: those of collections whose period is over, and that nobody else signed with her."""
    keeping = KEEPING[Class.CONSENT]
    query = (
        select(ConsentRecord)
        .where(ConsentRecord.id.in_(_signed(who)), ConsentRecord.salt != "")
        .options(
            joinedload(ConsentRecord.collection).joinedload(ConsentCollection.proposal),
            joinedload(ConsentRecord.holders),
        )
    )
    going_on = set(ids(select(Proposal.id).where(~closed())))
    free: list[int] = []
    for record in db.session.scalars(query).unique():
        ended = record.collection.since.astimezone(BEIJING).date()
        if record.collection.proposal_id in going_on:
            going.stays(LABELS[ConsentRecord], ON_CASE)
        elif not is_over(ended, keeping, today):
            going.stays(LABELS[ConsentRecord], keeping.because, kept_until(ended, keeping))
        elif not {holder.holder_id for holder in record.holders} <= set(who.holder_ids):
            going.stays(LABELS[ConsentRecord], SEVERAL_SIGNED)
        else:
            free.append(record.id)
    records(going, free)
    for model, words in ((AskFirst, AskFirst.question), (RollCorrection, RollCorrection.text)):
        rows = db.session.execute(select(model.id, model.asked_at).where(model.asked_by == who.account_id, words != ""))
        going.add(model, past(going, model, keeping, ((row.id, row.asked_at) for row in rows), today))
    denied = select(Denial.id, Denial.denied_at).where(Denial.denied_by == who.account_id, Denial.reason != "")
    rows = db.session.execute(denied)
    going.add(Denial, past(going, Denial, keeping, ((row.id, row.denied_at) for row in rows), today))


def _visited(going: Going, who: Person, today: date) -> None:
    """Letters to her flat and photos of its door, once the case is over; where she held it with others they stay."""
    keeping = KEEPING[Class.CONSENT]
    others = aliased(ConsentHolder)
    hers = select(ConsentHolder.consent_unit_id).where(ConsentHolder.holder_id.in_(who.holder_ids))
    shared = select(others.id).where(others.consent_unit_id == ConsentUnit.id, others.holder_id.not_in(who.holder_ids))
    found = db.session.execute(
        select(ConsentUnit.id, ConsentCollection.since)
        .join(ConsentUnit.collection)
        .join(ConsentCollection.proposal)
        .where(ConsentUnit.id.in_(hers), ~shared.exists(), closed())
        .where(select(Visit.id).where(Visit.consent_unit_id == ConsentUnit.id).exists())
    ).all()
    free = past(going, Visit, keeping, ((row.id, row.since) for row in found), today)
    visits(going, select(ConsentUnit.id).where(ConsentUnit.id.in_(free)))


def _spoken_for(going: Going, who: Person, today: date) -> None:
    """Mandates that she had as agent, and guardianships that she held: known by her phone alone."""
    phones = {line.phone for line in who.holders if line.phone}
    if who.account is not None and who.account.phone:
        phones.add(who.account.phone)
    keeping = KEEPING[Class.CONSENT]
    given = select(Mandate.id, ConsentCollection.since, closed().label("over")).join(Mandate.collection)
    query = given.join(ConsentCollection.proposal).where(Mandate.agent_phone.in_(phones))
    rows = db.session.execute(query).all()
    if not all(row.over for row in rows):
        going.stays(LABELS[Mandate], ON_CASE)
    over = ((row.id, row.since) for row in rows if row.over)
    mandates(going, select(Mandate).where(Mandate.id.in_(past(going, Mandate, keeping, over, today))))
    held = select(Guardianship.id, Guardianship.entered_at).where(Guardianship.guardian_phone.in_(phones))
    entered = ((row.id, row.entered_at) for row in db.session.execute(held))
    going.add(Guardianship, past(going, Guardianship, keeping, entered, today))


def _own_cases(going: Going, who: Person, today: date) -> None:
    """Her proposals, objections and concerns, once their period is over."""
    proposed = select(Proposal.id, Proposal.since).where(
        Proposal.proposer_id == who.account_id, Proposal.proposer_name != GONE
    )
    rows = db.session.execute(proposed).all()
    free = past(going, Proposal, KEEPING[Class.PROPOSAL], ((row.id, row.since) for row in rows), today)
    applications(going, select(Proposal).where(Proposal.id.in_(free)))
    objected = (
        select(Objection.id, Objection.raised_at)
        .join(Objection.period)
        .where(Objection.raised_by == who.account_id, Objection.name != GONE)
    )
    rows = db.session.execute(objected).all()
    free = past(going, Objection, KEEPING[Class.NOTICE], ((row.id, row.raised_at) for row in rows), today)
    objections(going, select(Objection).where(Objection.id.in_(free)))
    own = Concern.raised_by == who.account_id, ~was_told()
    feared = select(Concern.id, Concern.raised_at).where(*own, Concern.text != "")
    rows = db.session.execute(feared).all()
    free = past(going, Concern, KEEPING[Class.CONCERN], ((row.id, row.raised_at) for row in rows), today)
    concerns(going, select(Concern).where(Concern.id.in_(free)))


def _own_payloads(going: Going, who: Person, today: date) -> None:
    """What the trail commits to of her acts, and of acts of others in which her pseudonym stands."""
    found: list[erasing.Held] = []
    if who.account is not None:
        found += erasing.held_of(db.session, who.account.ref)
        seats = [kind for kind in type_registry if kind.startswith("seat.")]
        found += erasing.naming(db.session, seats, who.account.ref)
    for entry in found:
        which = class_of(package(type_registry[entry.kind])) if entry.kind in type_registry else None
        keeping = KEEPING[which] if which is not None else KEEPING[Class.LOOKUP]
        recorded = entry.at.astimezone(BEIJING).date()
        if is_over(recorded, keeping, today):
            going.payloads.add(entry.index)
        else:
            going.stays(PAYLOADS, keeping.because, kept_until(recorded, keeping))


def _own_lines(going: Going, who: Person, today: date) -> None:
    """Her name in the register, unless she holds a unit now or stands on a roll that must still be checkable."""
    keeping = KEEPING[Class.CONSENT]
    for line in who.holders:
        held_now = (
            select(TenureShare.id)
            .join(Tenure, Tenure.id == TenureShare.tenure_id)
            .where(TenureShare.holder_id == line.id, Tenure.until.is_(None))
        )
        rolls = (
            select(ConsentCollection.since)
            .join(ConsentUnit, ConsentUnit.collection_id == ConsentCollection.id)
            .join(ConsentHolder, ConsentHolder.consent_unit_id == ConsentUnit.id)
            .where(ConsentHolder.holder_id == line.id)
            .order_by(ConsentCollection.since.desc())
        )
        last = db.session.scalars(rolls).first()
        ended = last.astimezone(BEIJING).date() if last is not None else None
        if db.session.scalars(held_now).first() is not None:
            going.stays(LABELS[Holder], ON_REGISTER)
        elif ended is not None and not is_over(ended, keeping, today):
            going.stays(LABELS[Holder], ON_ROLL, kept_until(ended, keeping))
        elif line.name != GONE or line.phone:
            going.add(Holder, [line.id])

"""What may be done with visits: note one, enter a sheet, correct, send somebody, see the notice, remind once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import select

from hearing.audit.fact import SYSTEM
from hearing.audit.ledger import perform
from hearing.clock import now
from hearing.consents import queries as consents
from hearing.consents.actions.locking import frame, hold, hold_whole, resident, staff
from hearing.consents.actions.telling import tell_units
from hearing.consents.models import ConsentCollection, ConsentUnit
from hearing.consents.rules import check_open
from hearing.db import db, reading
from hearing.files import actions as files
from hearing.notices.rules import beijing_day
from hearing.people.models import Seat
from hearing.people.rules import COMMITTEE, ROLE_LABELS, Role
from hearing.people.viewer import Viewer
from hearing.refusal import N_, Refused
from hearing.visits import facts, queries, rules
from hearing.visits.models import Reminder, ReminderPlan, Visit, VisitCorrection, VisitRound
from hearing.web.pictures import Safe

log = structlog.get_logger()

REMINDED = N_("您户要表态的一件事快到截止时间了，请登录查看：%(url)s 用不来可以打居委会电话。")


@dataclass(frozen=True)
class Row:
    """What was noted of one household: the line on the roll, what was found there, and the photo that shows it."""

    unit: ConsentUnit
    noted: rules.Noted
    photo: Safe | None = None


def note(by: Viewer, row: Row, visitor: Seat) -> facts.VisitNoted:
    """Note one visit, letter or call. `visitor` is who went.

    Raises what `rules.check_noted` raises, VISIT_NOT_YOUR_BLOCK, VISIT_VISITOR_UNKNOWN, or NOT_YOUR_SEAT of people.
    """
    collection = hold(row.unit.collection)
    about = staff(by, collection, rules.VISITORS)
    _check_visitor(by, collection, visitor, [row.unit])
    written = _write(by, collection, visitor, row)
    outcome = row.noted.outcome
    return facts.VisitNoted(
        **about,
        way=outcome,
        way_label=rules.OUTCOME_LABELS[outcome],
        told=outcome in rules.WAYS,
        visit=written,
    )


def enter_sheet(by: Viewer, collection: ConsentCollection, rows: Sequence[Row], visitor: Seat) -> facts.SheetEntered:
    """Enter the rows of a door-knocking sheet that were filled in by hand; all of them or none.

    Raises VISIT_SHEET_EMPTY and what `note` raises.
    """
    collection = hold(collection)
    about = staff(by, collection, rules.VISITORS)
    if not rows:
        raise Refused(rules.Refusal.VISIT_SHEET_EMPTY)
    _check_visitor(by, collection, visitor, [row.unit for row in rows])
    written = tuple(_write(by, collection, visitor, row) for row in rows)
    return facts.SheetEntered(
        **about, rows=len(rows), told=sum(row.noted.outcome in rules.WAYS for row in rows), visits=written
    )


def correct(by: Viewer, visit: Visit, reason: str) -> facts.VisitCorrected:
    """Declare that a visit was noted wrongly: it stays with the reason, and counts no more.

    Raises VISIT_REASON_MISSING, VISIT_NOT_NOW, VISIT_NOT_YOUR_BLOCK, VISIT_CORRECTED (by the database's own
    constraint), or NOT_YOUR_SEAT of people.
    """
    collection = hold(visit.unit.collection)
    about = staff(by, collection, rules.VISITORS)
    _check_block(by, collection, [visit.unit])
    if not reason.strip():
        raise Refused(rules.Refusal.VISIT_REASON_MISSING)
    if collection.stands not in rules.ENTERED_IN:
        raise Refused(rules.Refusal.VISIT_NOT_NOW)
    db.session.add(VisitCorrection(visit_id=visit.id, reason=reason, corrected_by=by.id, corrected_at=now()))
    return facts.VisitCorrected(**about, number=visit.id, unit=visit.unit.ref, reason=reason)


def see_notice(by: Viewer, collection: ConsentCollection, slips: Sequence[consents.Slip]) -> facts.NoticeSeen:
    """A household says that it has seen the notice: that is no answer, and spares it a visit. `slips` are its lines.

    Raises NOTICE_SEEN_ALREADY, VISIT_NOT_NOW, or what `check_open` of consents raises.
    """
    collection = hold(collection)
    moment = now()
    closings = [slip.closing for slip in slips if slip.closing is not None]
    if not closings:
        raise Refused(rules.Refusal.VISIT_NOT_NOW)
    check_open(collection.stands, closing=max(closings), now=moment)
    flats = [flat for slip in slips for flat in slip.flats]
    known = select(Visit.consent_unit_id).where(
        Visit.consent_unit_id.in_([flat.id for flat in flats]), Visit.outcome == rules.Outcome.PAGE
    )
    seen = set(db.session.scalars(known))
    fresh = [flat for flat in flats if flat.id not in seen]
    if not fresh:
        raise Refused(rules.Refusal.NOTICE_SEEN_ALREADY)
    for flat in fresh:
        noted = rules.Noted(outcome=rules.Outcome.PAGE, happened_on=beijing_day(moment))
        _add(by, by.id, flat, noted, None)
    return facts.NoticeSeen(
        **resident(by, collection),
        households=tuple(flat.unit_id for flat in fresh),
        title=collection.proposal.title,
        units=tuple(flat.ref for flat in fresh),
    )


def assign(by: Viewer, collection: ConsentCollection, stairwell_id: int, visitor: Seat) -> facts.RoundAssigned:
    """The committee sends one of its own, or a block officer, to a stairwell; whoever went there before no longer does.

    Raises VISIT_NOT_NOW, VISIT_VISITOR_UNKNOWN, VISIT_NOT_YOUR_BLOCK for a stairwell that is not asked, or
    NOT_YOUR_SEAT of people.
    """
    collection = hold(collection)
    about = staff(by, collection, COMMITTEE)
    if collection.stands not in rules.ENTERED_IN:
        raise Refused(rules.Refusal.VISIT_NOT_NOW)
    if queries.place(by, collection, stairwell_id) is None:
        raise Refused(rules.Refusal.VISIT_NOT_YOUR_BLOCK)
    _check_sits(collection, visitor)
    db.session.add(
        VisitRound(
            collection_id=collection.id,
            stairwell_id=stairwell_id,
            account_id=visitor.account_id,
            assigned_by=by.id,
            assigned_at=now(),
        )
    )
    return facts.RoundAssigned(
        **about,
        seat=visitor.role,
        seat_label=ROLE_LABELS[Role(visitor.role)],
        stairwell=stairwell_id,
        visitor=visitor.account.ref,
    )


def set_reminder(by: Viewer, collection: ConsentCollection, days: int) -> facts.ReminderSet:
    """The committee sets how many days before the last one those who have not answered are reminded, once.

    Raises what `rules.check_reminder` raises, or NOT_YOUR_SEAT of people.
    """
    collection = hold(collection)
    about = staff(by, collection, COMMITTEE)
    moment, planned = now(), queries.reminder(collection.id)
    rules.check_reminder(
        collection.stands,
        closes_at=collection.closes_at,
        days=days,
        sent=planned.sent_at is not None,
        now=moment,
    )
    assert collection.closes_at is not None
    db.session.add(ReminderPlan(collection_id=collection.id, days=days, set_by=by.id, set_at=moment))
    return facts.ReminderSet(**about, days=days, due=rules.remind_at(collection.closes_at, days))


def remind(collection: ConsentCollection) -> facts.Reminded:
    """The system reminds those who have not answered, once; never who answered or asked to be left alone.

    Raises VISIT_NOT_NOW, REMINDER_SENT or REMINDER_NOT_DUE.
    """
    collection = hold_whole(collection)
    moment, planned = now(), queries.reminder(collection.id)
    if collection.closes_at is None or not collection.takes_answers(moment):
        raise Refused(rules.Refusal.VISIT_NOT_NOW)
    if planned.sent_at is not None:
        raise Refused(rules.Refusal.REMINDER_SENT)
    if planned.days is None or moment < rules.remind_at(collection.closes_at, planned.days):
        raise Refused(rules.Refusal.REMINDER_NOT_DUE)
    units = queries.reminded(collection)
    tell_units(units, REMINDED, f"/consents/{collection.id}")
    db.session.add(Reminder(collection_id=collection.id, units=len(units), sent_at=moment))
    return facts.Reminded(**frame(collection, SYSTEM), told=len(units))


def due_reminders() -> int:
    """Send every reminder whose moment has come; return how many collections were. Needs an application context.

    Several workers may call this at once: whoever comes second finds that it was sent.
    """
    with reading():
        moment = now()
        waiting = [number for number, due in queries.to_remind() if due <= moment]
        db.session.rollback()
    return sum(_reminded(number) for number in waiting)


def _reminded(collection_id: int) -> bool:
    try:
        perform(remind, consents.head(collection_id))
    except Refused as refused:
        # Another worker was quicker, the last hour has come, or the window was made longer meanwhile.
        log.info("not_reminded", collection=collection_id, why=str(refused.refusal))
        return False
    return True


def _check_visitor(by: Viewer, collection: ConsentCollection, visitor: Seat, units: Collection[ConsentUnit]) -> None:
    """A block officer notes what she did herself, in her stairwells; the committee enters anybody's sheet."""
    _check_block(by, collection, units)
    _check_sits(collection, visitor)
    if not consents.is_committee(by, collection) and visitor.account_id != by.id:
        raise Refused(rules.Refusal.VISIT_VISITOR_UNKNOWN)


def _check_block(by: Viewer, collection: ConsentCollection, units: Collection[ConsentUnit]) -> None:
    if any(unit.collection_id != collection.id for unit in units):
        raise Refused(rules.Refusal.VISIT_NOT_YOUR_BLOCK)
    if not all(queries.may_go(by, collection, place) for place in {unit.unit.stairwell_id for unit in units}):
        raise Refused(rules.Refusal.VISIT_NOT_YOUR_BLOCK)


def _check_sits(collection: ConsentCollection, visitor: Seat) -> None:
    if visitor.account_id not in {seat.account_id for seat in queries.visitors(collection)}:
        raise Refused(rules.Refusal.VISIT_VISITOR_UNKNOWN)


def _write(by: Viewer, collection: ConsentCollection, visitor: Seat, row: Row) -> dict[str, Any]:
    """Write one visit; what the trail commits to of it."""
    rules.check_noted(
        row.noted,
        state=collection.stands,
        opened_at=collection.opened_at,
        closes_at=row.unit.closes_at or collection.closes_at,
        now=now(),
    )
    digest, photo = "", None
    if row.photo is not None:
        kept = files.store(
            by,
            row.photo.data,
            row.photo.media_type,
            queries.PHOTO,
            collection.proposal.matter,
            collection.neighbourhood_id,
        )
        digest, photo = kept.sha256, kept.id
    _add(by, visitor.account_id, row.unit, row.noted, photo)
    noted = row.noted
    return {
        "unit": row.unit.ref,
        "way": noted.outcome,
        "day": noted.happened_on.isoformat(),
        "visitor": visitor.account.ref,
        "mail_number": noted.mail_number,
        "photo_hash": digest,
        "next_on": noted.next_on.isoformat() if noted.next_on else "",
        "agreed_at": noted.agreed_at,
        "no_more": noted.no_more,
    }


def _add(by: Viewer, made_by: int, unit: ConsentUnit, noted: rules.Noted, photo: int | None) -> None:
    db.session.add(
        Visit(
            consent_unit_id=unit.id,
            outcome=noted.outcome,
            happened_on=noted.happened_on,
            mail_number=noted.mail_number,
            photo_id=photo,
            next_on=noted.next_on,
            agreed_at=noted.agreed_at,
            no_more=noted.no_more,
            made_by=made_by,
            entered_by=by.id,
            entered_at=now(),
        )
    )

"""Changing 变更: what the office registers by hand for one unit, with what showed it."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import select

from hearing.audit.ledger import broken_promise
from hearing.clock import now
from hearing.db import db
from hearing.people import outbox
from hearing.people.rules import COMMITTEE
from hearing.people.viewer import Viewer
from hearing.places.models import Holder, Neighbourhood, Tenure, TenureShare, Unit
from hearing.places.rules import HoldingForm
from hearing.places.sheet import Holder as OnRoll
from hearing.refusal import N_, Refused
from hearing.register import queries
from hearing.register.actions.holding import hold
from hearing.register.facts import HolderDied, PhoneCorrected, TenureChanged, VacancyMarked
from hearing.register.models import RegisterChange
from hearing.register.rules import ChangeKind, NewTenure, Refusal, check_tenure, happened_by, tidy_note
from hearing.web.filters import BEIJING

broken_promise("uq_holder_name_phone", Refusal.HOLDER_KNOWN)
broken_promise("uq_tenure_standing", Refusal.TENURE_TWICE)

HANDS_CHANGED = N_("居委会登记了您这一户的户主变更。不是您知道的？请打 %(phone)s。")
PHONE_CHANGED = N_("居委会更正了户册上您的手机号。不是您要改的？请打 %(phone)s。")


def change_hands(by: Viewer, unit: Unit, tenure: NewTenure, note: str, happened_on: date) -> TenureChanged:
    """Register who holds a unit from now on. Those who held it are told.

    Raises what `change_hands_within` raises.
    """
    before = [holder.id for holder in queries.holders_now(unit)]
    change = change_hands_within(by, unit, tenure, note, happened_on)
    after = [holder.id for holder in queries.holders_now(unit)]
    return TenureChanged(**_signed(by, unit, change), before=before, after=after)


def change_hands_within(by: Viewer, unit: Unit, tenure: NewTenure, note: str, happened_on: date) -> RegisterChange:
    """The same inside an act of another package, whose own fact tells of it.

    The standing tenure ends and another begins at this moment; `happened_on` is the day on which it happened outside.
    Who has both name and phone of a person on this neighbourhood's register is that person.
    Raises DAY_AHEAD, TENURE_SAME, or what `rules.check_tenure` raises.
    """
    home, moment = _home(unit), now()
    by.acting_as(*sorted(COMMITTEE), neighbourhood_id=home.id)
    happened_by(happened_on, moment.astimezone(BEIJING).date())
    check_tenure(tenure)
    hold(home.id)
    db.session.refresh(unit, ["tenures"])
    old = queries.standing_tenure(unit)
    if old is not None and _said(old) == (tenure.capacity, tenure.form, _people(tenure)):
        raise Refused(Refusal.TENURE_SAME)
    before = queries.holders_now(unit)
    if old is not None:
        old.until = moment
        db.session.flush()  # The old tenure ends first: a unit has one standing tenure at a time.
    holders = [_holder(home, before, someone.name, someone.phone) for someone in tenure.holders]
    new = Tenure(unit=unit, capacity=tenure.capacity, form=tenure.form, since=moment)
    for someone, holder in zip(tenure.holders, holders, strict=True):
        share = someone.share or Fraction(1)
        new.shares.append(TenureShare(holder=holder, part=share.numerator, whole=share.denominator))
    db.session.add(new)
    unit.vacant = not tenure.holders
    change = _note(by, unit, ChangeKind.HANDS, note, happened_on, None)
    for holder in before:
        _tell(home, holder.phone, HANDS_CHANGED)
    return change


def register_death(by: Viewer, unit: Unit, holder: Holder, died_on: date, note: str) -> HolderDied:
    """Register the day on which somebody who holds the unit died; entered again, the later entry counts.

    Raises NOT_HOLDING_NOW, DAY_AHEAD or DEATH_KNOWN.
    """
    _take(unit, holder)
    happened_by(died_on, now().astimezone(BEIJING).date())
    told = select(RegisterChange.id).where(
        RegisterChange.holder_id == holder.id, RegisterChange.kind == ChangeKind.DEATH
    )
    if holder.died_on == died_on.isoformat() and db.session.scalar(told.limit(1)):
        raise Refused(Refusal.DEATH_KNOWN)
    holder.died_on = died_on.isoformat()
    change = _note(by, unit, ChangeKind.DEATH, note, died_on, holder)
    return HolderDied(**_signed(by, unit, change), holder=holder.id)


def correct_phone(by: Viewer, unit: Unit, holder: Holder, phone: str, note: str) -> PhoneCorrected:
    """Correct the register's phone number of somebody who holds the unit; the old number is told.

    `phone`: digits, empty when there is none any more. Raises NOT_HOLDING_NOW, PHONE_SAME or HOLDER_KNOWN.
    """
    _take(unit, holder)
    if holder.phone == phone:
        raise Refused(Refusal.PHONE_SAME)
    _tell(_home(unit), holder.phone, PHONE_CHANGED)
    holder.phone = phone
    change = _note(by, unit, ChangeKind.PHONE, note, None, holder)
    return PhoneCorrected(**_signed(by, unit, change), holder=holder.id)


def mark_vacancy(by: Viewer, unit: Unit, vacant: bool, note: str) -> VacancyMarked:
    """Mark a unit as empty, or as lived in again. Raises VACANCY_SAME."""
    hold(_home(unit).id)
    db.session.refresh(unit, ["vacant"])
    if unit.vacant is vacant:
        raise Refused(Refusal.VACANCY_SAME)
    unit.vacant = vacant
    change = _note(by, unit, ChangeKind.VACANT if vacant else ChangeKind.OCCUPIED, note, None, None)
    return VacancyMarked(**_signed(by, unit, change), vacant=vacant)


def _take(unit: Unit, holder: Holder) -> None:
    """Hold the register and see that this person holds the unit now. Raises NOT_HOLDING_NOW."""
    hold(_home(unit).id)
    db.session.refresh(unit, ["tenures"])
    db.session.refresh(holder)
    if holder not in queries.holders_now(unit):
        raise Refused(Refusal.NOT_HOLDING_NOW)


def _holder(home: Neighbourhood, before: list[Holder], name: str, phone: str) -> Holder:
    """The person of that name and phone: without a phone, only one who holds the unit already; otherwise a new one."""
    for holder in before:
        if (holder.name, holder.phone) == (name, phone):
            return holder
    query = select(Holder).where(Holder.neighbourhood_id == home.id, Holder.name == name, Holder.phone == phone)
    known = db.session.scalars(query).one_or_none() if phone else None
    return known or Holder(neighbourhood_id=home.id, name=name, phone=phone)


def _people(tenure: NewTenure) -> list[OnRoll]:
    return sorted((OnRoll(h.name, h.phone, h.share) for h in tenure.holders), key=lambda h: (h.name, h.phone))


def _said(tenure: Tenure) -> tuple[str, str, list[OnRoll]]:
    """What a tenure says, as `_people` writes it."""
    by_shares = tenure.form == HoldingForm.SHARES
    people = [
        OnRoll(share.holder.name, share.holder.phone, Fraction(share.part, share.whole) if by_shares else None)
        for share in tenure.shares
    ]
    return tenure.capacity, tenure.form, sorted(people, key=lambda h: (h.name, h.phone))


def _note(
    by: Viewer, unit: Unit, kind: ChangeKind, note: str, happened_on: date | None, holder: Holder | None
) -> RegisterChange:
    change = RegisterChange(
        unit=unit,
        holder=holder,
        kind=kind,
        note=tidy_note(note),
        happened_on=happened_on.isoformat() if happened_on else "",
        changed_by=by.id,
        changed_at=now(),
    )
    db.session.add(change)
    db.session.flush()
    return change


def _tell(home: Neighbourhood, phone: str, sentence: str) -> None:
    """A text message to a number on the register, whether or not its owner ever signed in."""
    if OnRoll("", phone).takes_messages:
        outbox.write(db.session, outbox.SMS, phone, outbox.worded("zh", sentence, phone=home.phone))


def _home(unit: Unit) -> Neighbourhood:
    return unit.stairwell.building.estate.neighbourhood


def _signed(by: Viewer, unit: Unit, change: RegisterChange) -> dict[str, Any]:
    home = _home(unit)
    return {
        "actor": by.acting_as(*sorted(COMMITTEE), neighbourhood_id=home.id),
        "scope": home.slug,
        "subject": change.subject,
        "matter": change.subject,
        "unit": unit.id,
        "door": queries.words_of(unit),
        "note": change.note,
        "happened_on": change.happened_on,
    }

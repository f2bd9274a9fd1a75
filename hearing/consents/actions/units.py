"""Units 一户的变动: a death, heirs, a sale, a dispute, a guardian: dated events with evidence and never an edit."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy import select, update

from hearing.clock import now
from hearing.consents import facts, queries, rules, speaking
from hearing.consents.actions.answering import mark_invalid
from hearing.consents.actions.locking import closing_of, hold_unit, staff
from hearing.consents.actions.mandating import end_mandates
from hearing.consents.actions.setting_up import find_buyers, take_over_tenure
from hearing.consents.actions.telling import OPENED, tell_unit
from hearing.consents.models import (
    RECORDED,
    VOID,
    ConsentCollection,
    ConsentHolder,
    ConsentRecord,
    ConsentUnit,
    Guardianship,
    PaperSlip,
    RecordView,
    UnitEvent,
)
from hearing.consents.queries import ALTERABLE, CLOSED, UNIT_PAPER, WATCHERS
from hearing.db import db
from hearing.files import actions as files
from hearing.files.models import Evidence
from hearing.notices.rules import beijing_day, last_day
from hearing.people.models import Membership
from hearing.people.rules import COMMITTEE, CheckedHow
from hearing.people.viewer import Viewer
from hearing.places.models import Holder, Tenure
from hearing.places.rules import Capacity, HoldingForm
from hearing.refusal import Refused
from hearing.register import actions as register
from hearing.register.rules import NewHolder, NewTenure
from hearing.register.rules import Refusal as RegisterRefusal
from hearing.web.pictures import Safe


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What every event says: why, on which day it happened, and the paper that shows it."""

    reason: str
    happened_on: date
    paper: Safe | None = None


@dataclass(frozen=True, kw_only=True)
class Guardian:
    """Who acts for a holder: her name and phone, what she is to her, and what shows it. Never why."""

    name: str
    phone: str
    relation: rules.Relation
    basis: rules.Basis


def block(
    by: Viewer, unit: ConsentUnit, why: rules.Blocked, shown: Shown, *, died: int | None = None
) -> facts.UnitBlocked:
    """Register that a unit cannot answer for now; it stays on the roll and in every denominator.

    `died` is the holder who died on that day: what is signed in her name afterwards is invalid and is counted in the
    fact, her mandates end, and the unit waits for heirs or for another lessee, whatever `why` says. Raises
    COLLECTION_ELSEWHERE when the collection is over, EVENT_AFTER_CLOSE(closes) for what happened after the unit's own
    close, what `rules.check_happening` raises, NOT_ON_ROLL, or NOT_YOUR_SEAT of people.
    """
    unit = _changeable(unit)
    _check_in_window(unit, shown)
    about = staff(by, unit.collection, COMMITTEE)
    dead = None
    if died is not None:
        dead = next((share for share in unit.holders if share.holder_id == died), None)
        if dead is None:
            raise Refused(rules.Refusal.NOT_ON_ROLL)
        why = rules.blocked_by_death(Capacity(unit.capacity))
    _check(why, shown)
    unit.blocked = why
    late = _register_death(by, unit, dead, shown) if dead is not None else []
    _event(by, unit, rules.Happening.BLOCKED, shown, holder=died)
    return facts.UnitBlocked(
        **about,
        blocked=True,
        after_death=len(late),
        unit=unit.ref,
        why=why,
        happened_on=shown.happened_on.isoformat(),
        reason=shown.reason,
    )


def note_death(by: Viewer, unit: ConsentUnit, died: int, shown: Shown) -> facts.UnitBlocked:
    """Register, after the close and before the result is final, that a holder had died: nobody answers any more.

    What she signed while she lived stands. What is signed in her name afterwards is invalid and is counted in the
    fact, and whoever has confirmed the count confirms it anew. Raises COLLECTION_ELSEWHERE at any other time, what
    `rules.check_happening` raises, NOT_ON_ROLL for nobody there or somebody whose death is known, or NOT_YOUR_SEAT of
    people.
    """
    unit = _changeable(unit, CLOSED)
    about = staff(by, unit.collection, COMMITTEE)
    dead = next((share for share in unit.holders if share.holder_id == died and not share.died_on), None)
    if dead is None:
        raise Refused(rules.Refusal.NOT_ON_ROLL)
    _check(None, shown)
    late = _register_death(by, unit, dead, shown)
    _event(by, unit, rules.Happening.DEATH_NOTED, shown, holder=died)
    return facts.UnitBlocked(
        **about,
        blocked=unit.blocked is not None,
        after_death=len(late),
        unit=unit.ref,
        why=unit.blocked or "",
        happened_on=shown.happened_on.isoformat(),
        reason=shown.reason,
    )


def _register_death(by: Viewer, unit: ConsentUnit, dead: ConsentHolder, shown: Shown) -> list[ConsentRecord]:
    """Write the day of death down, end her mandates, and set aside what was signed in her name after it."""
    dead.died_on, dead.holder.died_on = shown.happened_on, shown.happened_on.isoformat()
    end_mandates(by, unit, rules.MandateStep.PRINCIPAL_DIED, shown.happened_on, dead.holder)
    late = [
        record
        for record in unit.records
        if record.signed_on > shown.happened_on and any(holder.holder_id == dead.holder_id for holder in record.holders)
    ]
    for record in late:
        mark_invalid(by, record, rules.Invalid.SIGNED_AFTER_DEATH, shown.reason)
    return late


def unblock(by: Viewer, unit: ConsentUnit, shown: Shown) -> facts.UnitBlocked:
    """Register that the unit may answer again, as it stands on the roll.

    Raises NOT_BLOCKED, HOLDER_DEAD while a holder who has died stands there, or as `block` does.
    """
    unit = _changeable(unit)
    about = staff(by, unit.collection, COMMITTEE)
    why = rules.Blocked(unit.blocked) if unit.blocked else None
    rules.may_free(why, dead_holders=sum(share.died_on is not None for share in unit.holders))
    _check(why, shown)
    unit.blocked = None
    _event(by, unit, rules.Happening.FREED, shown)
    return facts.UnitBlocked(
        **about, blocked=False, unit=unit.ref, why="", happened_on=shown.happened_on.isoformat(), reason=shown.reason
    )


def change_hands(by: Viewer, unit: ConsentUnit, tenure: NewTenure, shown: Shown) -> facts.HolderChanged:
    """Register who holds the unit from now on 更户/过户: the old tenure ends, a new one begins, in this act.

    For public housing the lessor has named the new lessee (上海市房屋租赁条例 §41); a flat has been sold, registered on
    that day (Civil Code §209). What the sellers said counts no more, their slips and mandates end, the buyers are
    invited and have five full days at least. Raises COLLECTION_ELSEWHERE, EVENT_AFTER_CLOSE(closes) for a day after the
    unit's own close, what `rules.check_happening` raises, HEIRS_NONE for nobody, what
    `register.actions.change_hands_within` raises, or NOT_YOUR_SEAT of people.

    A register that says so already is left as it is: a flat asked on two rolls at once is sold once.
    """
    unit = _changeable(unit)
    _check_in_window(unit, shown)
    about = staff(by, unit.collection, COMMITTEE)
    _check(rules.Blocked.OWNERSHIP_DISPUTE, shown)
    if not tenure.holders:
        raise Refused(rules.Refusal.HEIRS_NONE)
    _write_register(by, unit, tenure, shown)
    if unit.capacity == Capacity.OWNER:
        _void_answers(by, unit, shown)
    _new_holders(by, unit, queries.standing_tenure(unit.unit_id), shown.happened_on, rules.MandateStep.HANDS_CHANGED)
    _event(by, unit, rules.Happening.HANDS_CHANGED, shown)
    return facts.HolderChanged(
        **about,
        unit=unit.ref,
        holders=tuple(str(share.holder_id) for share in unit.holders),
        since=shown.happened_on.isoformat(),
        reason=shown.reason,
    )


def show_heirs(
    by: Viewer,
    unit: ConsentUnit,
    dead: int,
    people: Sequence[NewHolder],
    shown: Shown,
    *,
    administrator: bool = False,
) -> facts.HeirsShown:
    """Register who stands in the place of a holder who has died: heirs, or the administrator of the estate.

    Heirs own from the death on (Civil Code §230) and enter the register; an administrator (§1145) answers on this roll
    and owns nothing. What the dead person had said counts no more; what other co-owners said stands. Raises
    COLLECTION_ELSEWHERE, what `rules.check_happening` and `rules.after_succession` raise, what
    `register.actions.change_hands_within` raises, or NOT_YOUR_SEAT of people.
    """
    unit = _changeable(unit)
    about = staff(by, unit.collection, COMMITTEE)
    _check(rules.Blocked.HEIRS_AWAITED, shown)
    gone = next((share for share in unit.holders if share.holder_id == dead and share.died_on), None)
    holders = {
        str(share.holder_id): _share(unit, share) for share in unit.holders if share is gone or not share.died_on
    }
    names = {f"heir/{place}": person for place, person in enumerate(people)}
    form, parts = rules.after_succession(
        HoldingForm(unit.form), holders if gone else {}, str(dead), list(names), administrator=administrator
    )
    for record in unit.records:
        if any(holder.holder_id == dead for holder in record.holders):
            mark_invalid(by, record, rules.Invalid.SUCCEEDED, shown.reason)
    if administrator:
        _administrator(by, unit, dead, people[0], shown.happened_on)
    else:
        by_key = {str(share.holder_id): share.holder for share in unit.holders}
        new = tuple(
            NewHolder(by_key[part.key].name, by_key[part.key].phone, part.share)
            if part.key in by_key
            else NewHolder(names[part.key].name, names[part.key].phone, part.share)
            for part in parts
        )
        tenure = NewTenure(Capacity(unit.capacity), form, new)
        _write_register(by, unit, tenure, shown)
        standing = queries.standing_tenure(unit.unit_id)
        _new_holders(by, unit, standing, shown.happened_on, rules.MandateStep.PRINCIPAL_DIED)
    unit.blocked = None
    _own_window(unit, shown.happened_on)
    _event(by, unit, rules.Happening.HEIRS_SHOWN, shown, holder=dead)
    _invite(unit)
    return facts.HeirsShown(
        **about,
        unit=unit.ref,
        dead=str(dead),
        holders=tuple(str(share.holder_id) for share in unit.holders),
        administrator=administrator,
        since=shown.happened_on.isoformat(),
        reason=shown.reason,
    )


def name_guardian(by: Viewer, unit: ConsentUnit, ward: int, guardian: Guardian, shown: Shown) -> facts.GuardianNamed:
    """Register who acts for a holder by law; a unit that waited for a guardian may answer again.

    Only the relation and what shows it are recorded. Raises COLLECTION_ELSEWHERE, what `rules.check_happening` and
    `rules.may_name_guardian` raise, or NOT_YOUR_SEAT of people.
    """
    unit = _changeable(unit)
    about = staff(by, unit.collection, COMMITTEE)
    _check(None, shown)
    held = next((share.holder for share in unit.holders if share.holder_id == ward), None)
    rules.may_name_guardian(
        ward=str(ward),
        holders=[str(share.holder_id) for share in unit.holders],
        guardian_is_ward=held is not None and (held.name, held.phone) == (guardian.name, guardian.phone),
        seats=speaking.seats_of(guardian.phone, unit.collection.neighbourhood_id),
    )
    evidence = _event(by, unit, rules.Happening.GUARDIAN_NAMED, shown, holder=ward)
    assert evidence is not None
    db.session.add(_row(by, ward, guardian, shown, evidence))
    if unit.blocked == rules.Blocked.GUARDIAN_NEEDED:
        unit.blocked = None
    _invite(unit)
    return facts.GuardianNamed(
        **about,
        standing=True,
        unit=unit.ref,
        holder=str(ward),
        relation=guardian.relation,
        basis=guardian.basis,
        since=shown.happened_on.isoformat(),
    )


def end_guardianship(by: Viewer, unit: ConsentUnit, ward: int, shown: Shown) -> facts.GuardianNamed:
    """Register that a guardianship has ended; the holder answers herself again. Raises as `name_guardian`, NOT_BLOCKED.

    What the guardian said in the holder's name stands until she changes it.
    """
    unit = _changeable(unit)
    about = staff(by, unit.collection, COMMITTEE)
    _check(None, shown)
    before = speaking.guardianships([ward]).get(ward)
    if before is None or all(share.holder_id != ward for share in unit.holders):
        raise Refused(rules.Refusal.NOT_BLOCKED)
    evidence = _event(by, unit, rules.Happening.GUARDIAN_ENDED, shown, holder=ward)
    assert evidence is not None
    db.session.add(_row(by, ward, None, shown, evidence, basis=before.basis))
    return facts.GuardianNamed(
        **about,
        standing=False,
        unit=unit.ref,
        holder=str(ward),
        relation="",
        basis=before.basis,
        since=shown.happened_on.isoformat(),
    )


def _row(
    by: Viewer, ward: int, guardian: Guardian | None, shown: Shown, evidence: Evidence, basis: str = ""
) -> Guardianship:
    return Guardianship(
        holder_id=ward,
        relation=guardian.relation if guardian else None,
        basis=guardian.basis if guardian else basis,
        guardian_name=guardian.name if guardian else "",
        guardian_phone=guardian.phone if guardian else "",
        reason=shown.reason,
        since=shown.happened_on,
        evidence_id=evidence.id,
        entered_by=by.id,
        entered_at=now(),
    )


def look_at(by: Viewer, collection: ConsentCollection, unit: ConsentUnit | None, purpose: str) -> facts.RecordsSeen:
    """Register that a member of staff opens a household's records, or all of them, and why.

    Raises COLLECTION_REASON_MISSING, or NOT_YOUR_SEAT of people.
    """
    if not purpose.strip():
        raise Refused(rules.Refusal.COLLECTION_REASON_MISSING)
    about = staff(by, collection, WATCHERS)
    db.session.add(
        RecordView(
            collection_id=collection.id,
            consent_unit_id=unit.id if unit else None,
            account_id=by.id,
            purpose=purpose,
            viewed_at=now(),
        )
    )
    return facts.RecordsSeen(**about, all_households=unit is None, unit=unit.ref if unit else "", purpose=purpose)


def _changeable(unit: ConsentUnit, while_it: frozenset[rules.CollectionState] = ALTERABLE) -> ConsentUnit:
    unit = hold_unit(unit)
    if unit.collection.stands not in while_it:
        raise Refused(rules.Refusal.COLLECTION_ELSEWHERE)
    return unit


def _check_in_window(unit: ConsentUnit, shown: Shown) -> None:
    """What happens to a unit after its own close changes nothing of what it said. Raises EVENT_AFTER_CLOSE(closes).

    The collection may still be open then: a flat that was sold has a longer window than its neighbours.
    """
    closing = unit.closes_at or unit.collection.closes_at
    if closing is not None and not rules.transfer_voids_answer(closing, shown.happened_on):
        raise Refused(rules.Refusal.EVENT_AFTER_CLOSE, closes=last_day(closing).isoformat())


def _check(why: rules.Blocked | None, shown: Shown) -> None:
    rules.check_happening(
        why,
        reason=shown.reason,
        happened_on=shown.happened_on,
        has_paper=shown.paper is not None,
        today=beijing_day(now()),
    )


def _write_register(by: Viewer, unit: ConsentUnit, tenure: NewTenure, shown: Shown) -> None:
    """Bring the register to it, unless it says so already and only this roll does not: 本幢 may be ahead of 小区."""
    try:
        register.change_hands_within(by, unit.unit, tenure, shown.reason, shown.happened_on)
    except Refused as refused:
        standing = queries.standing_tenure(unit.unit_id)
        behind = standing is not None and {share.holder_id for share in standing.shares} != {
            share.holder_id for share in unit.holders
        }
        if refused.refusal is not RegisterRefusal.TENURE_SAME or not behind:
            raise


def _void_answers(by: Viewer, unit: ConsentUnit, shown: Shown) -> None:
    """The sellers' answers fall: the flat changed hands while answers could still be given.

    A seller who keeps another flat on this roll has said it for that one as well, and there it stands.
    """
    sellers = unit.as_rule().holding.everybody
    keeps = any(
        other.id != unit.id and other.capacity == Capacity.OWNER and other.as_rule().holding.everybody == sellers
        for other in unit.collection.units
    )
    for record in unit.records if not keeps else []:
        mark_invalid(by, record, rules.Invalid.UNIT_SOLD, shown.reason)


def _new_holders(by: Viewer, unit: ConsentUnit, tenure: Tenure | None, since: date, step: rules.MandateStep) -> None:
    """Take the new holders over, let them in, and end what the ones before had under way."""
    assert tenure is not None
    end_mandates(by, unit, step, since)
    before = {share.holder_id for share in unit.holders if not share.died_on}
    _retire_slips(by, unit, returned_too=not _go_on(step, before, tenure))
    _take_over(unit, tenure, since)
    find_buyers(unit.collection.units)
    _link_accounts(unit, tenure)
    if unit.capacity == Capacity.OWNER:
        _own_window(unit, since)
    _invite(unit)


def _take_over(unit: ConsentUnit, tenure: Tenure, since: date) -> None:
    kept = {share.holder_id: share.since for share in unit.holders}
    unit.holders.clear()
    db.session.flush()
    take_over_tenure(unit, tenure, since=since, before=kept)
    db.session.flush()


def _own_window(unit: ConsentUnit, since: date) -> None:
    """Who answers anew has five full days from the day on which she is invited."""
    if unit.collection.closes_at is not None:
        unit.closes_at = rules.closing_after_transfer(closing_of(unit), since, beijing_day(now()))


def _invite(unit: ConsentUnit) -> None:
    if unit.collection.stands is rules.CollectionState.OPEN and not unit.blocked:
        tell_unit(unit, OPENED, f"/consents/{unit.collection_id}")


def _go_on(step: rules.MandateStep, before: Collection[int], tenure: Tenure) -> bool:
    """Whether somebody who held the unit beside a person who died still does, and what she has said stands."""
    return step is rules.MandateStep.PRINCIPAL_DIED and any(share.holder_id in before for share in tenure.shares)


def _retire_slips(by: Viewer, unit: ConsentUnit, *, returned_too: bool) -> None:
    """A slip that was printed for the holders before is void: it names them, and they do not answer any more.

    One that has come back and is not read to its end falls with what they said, and nobody could read it any more: its
    signers are not on the roll. Where a co-owner goes on it is read, for it may be hers.
    """
    waiting = update(PaperSlip).where(PaperSlip.consent_unit_id == unit.id, PaperSlip.state.not_in([RECORDED, VOID]))
    if not returned_too:
        waiting = waiting.where(PaperSlip.photo_id.is_(None))
    reason = "表态人有变更"
    db.session.execute(waiting.values(state=VOID, void_because=reason, voided_by=by.id, voided_at=now()))


def _share(unit: ConsentUnit, share: ConsentHolder) -> Fraction:
    return Fraction(share.weight, unit.whole) if unit.form == HoldingForm.SHARES else Fraction(1)


def _administrator(by: Viewer, unit: ConsentUnit, dead: int, person: NewHolder, since: date) -> None:
    """Put the administrator on the roll in the dead person's place; the register goes on naming the estate's owner."""
    gone = next(share for share in unit.holders if share.holder_id == dead)
    holder = _person(unit.collection, person.name, person.phone)
    db.session.add(holder)
    db.session.flush()
    unit.holders.remove(gone)
    db.session.flush()
    others = any(not share.died_on for share in unit.holders)
    unit.holders.append(ConsentHolder(holder=holder, weight=gone.weight, since=since))
    _retire_slips(by, unit, returned_too=not others)
    find_buyers(unit.collection.units)
    db.session.flush()


def _person(collection: ConsentCollection, name: str, phone: str) -> Holder:
    """The register's person of that name and phone; two rows are one person only when both agree."""
    place = collection.neighbourhood_id
    query = select(Holder).where(Holder.neighbourhood_id == place, Holder.name == name, Holder.phone == phone)
    return (db.session.scalars(query).first() if phone else None) or Holder(
        neighbourhood_id=place, name=name, phone=phone
    )


def _link_accounts(unit: ConsentUnit, tenure: Tenure) -> None:
    """A member of the household whose proven phone is a new holder's may answer in her name at once."""
    by_phone = {share.holder.phone: share.holder_id for share in tenure.shares if share.holder.phone}
    members = select(Membership).where(
        Membership.unit_id == unit.unit_id, Membership.left_at.is_(None), Membership.holder_id.is_(None)
    )
    for membership in db.session.scalars(members):
        if membership.account.phone in by_phone:
            membership.holder_id, membership.checked_how = by_phone[membership.account.phone], CheckedHow.OFFICE


def _event(
    by: Viewer, unit: ConsentUnit, kind: rules.Happening, shown: Shown, *, holder: int | None = None
) -> Evidence | None:
    """Write the event down with its paper, and return that."""
    collection, evidence = unit.collection, None
    if shown.paper is not None:
        evidence = files.store(
            by,
            shown.paper.data,
            shown.paper.media_type,
            UNIT_PAPER,
            collection.proposal.matter,
            collection.neighbourhood_id,
        )
    db.session.add(
        UnitEvent(
            consent_unit_id=unit.id,
            kind=kind,
            happened_on=shown.happened_on,
            holder_id=holder,
            blocked=unit.blocked,
            reason=shown.reason,
            evidence_id=evidence.id if evidence else None,
            entered_by=by.id,
            entered_at=now(),
        )
    )
    db.session.flush()
    return evidence

"""Acts of people: the row and the fact of each."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TypeVar

import pytest
from cryptography.exceptions import InvalidTag
from flask import Flask
from sqlalchemy import func, select

from hearing.audit import queries as trail
from hearing.audit.fact import SYSTEM, Fact
from hearing.audit.ledger import OutsideTheDoor, Recorded, keep, perform
from hearing.db import db
from hearing.people import actions, arriving, setup
from hearing.people.arriving import Aim
from hearing.people.models import Account, HouseholdCode, Membership, Message, Seat
from hearing.people.rules import CheckedHow, Papers, Refusal, Relation, Role, household_code
from hearing.people.viewer import Viewer
from hearing.places.models import Neighbourhood
from hearing.refusal import Refused
from hearing.web import sealing
from tests.cast import Cast
from tests.people import steps

AtDesk = Callable[[str], Viewer]
F = TypeVar("F", bound=Fact)


def entry(done: Recorded[F]) -> trail.Told:
    told = trail.entry(db.session, done.index)
    assert told is not None
    return told


def arrived(phone: str, letter: str) -> str:
    """Somebody whose phone is proven shows a letter; returns her token."""
    token = keep(arriving.ask_code, None, Aim.ENTER, phone, back="/", language="zh")
    text = db.session.scalars(select(Message.text).order_by(Message.id.desc())).first() or ""
    code = "".join(char for char in text[:11] if char.isdigit())
    passed = keep(arriving.try_code, token, Aim.ENTER, code)
    assert isinstance(passed, arriving.Passed)
    return keep(arriving.show_letter, passed.token, letter, back="/")[1]


def refusal_of(error: pytest.ExceptionInfo[Refused]) -> object:
    return error.value.refusal


@pytest.fixture
def letter(app: Flask, cast: Cast) -> str:
    """The code on a new letter to household 5."""
    return steps.letter_for(app, cast, 5)


@pytest.mark.usefixtures("at_desk")
def test_joining_writes_the_membership_and_a_fact_without_a_door(cast: Cast, letter: str) -> None:
    done = perform(actions.join, arrived("14100055501", letter), Relation.FAMILY, "郑小妹")
    membership = db.session.scalars(select(Membership).order_by(Membership.id.desc())).first()
    assert membership is not None
    assert (membership.unit_id, membership.holder_id, membership.relation) == (cast.units[4], None, "family")
    told = entry(done)
    assert (told.kind, told.role, told.subject) == ("household.joined", "resident", f"membership/{membership.id}")
    assert told.pub == {}
    assert told.ref == membership.account.ref
    assert told.payload == {
        "checked_how": "",
        "door": "天津路426弄 二层前楼",
        "relation": "family",
        "unit": cast.units[4],
    }
    body = (trail.entry_bytes(db.session, done.index) or b"").decode()
    assert not any(private in body for private in ("郑小妹", "14100055501", "前楼"))


@pytest.mark.usefixtures("at_desk")
def test_joining_needs_phone_and_letter(letter: str) -> None:
    for token in (None, "nobody's"):
        with pytest.raises(Refused) as refused:
            perform(actions.join, token, Relation.FAMILY, "谁")
        assert refusal_of(refused) is Refusal.SESSION_OVER
    unproven = keep(arriving.show_letter, None, letter, back="/")[1]
    with pytest.raises(Refused) as refused:
        perform(actions.join, unproven, Relation.FAMILY, "谁")
    assert refusal_of(refused) is Refusal.SESSION_OVER
    with pytest.raises(Refused) as refused:
        arrived("14100055501", household_code(77))
    assert refusal_of(refused) is Refusal.HOUSEHOLD_CODE_UNKNOWN
    token = arrived("14100055502", letter)
    perform(actions.join, token, Relation.FAMILY, "谁")
    with pytest.raises(Refused) as refused:
        perform(actions.join, token, Relation.LESSEE, "谁")
    assert refusal_of(refused) is Refusal.SESSION_OVER


def test_joining_again_corrects_the_relation_and_gives_up_what_the_office_gave(
    at_desk: AtDesk, cast: Cast, letter: str
) -> None:
    perform(actions.join, arrived("14100055501", letter), Relation.LESSEE, "郑龙根")
    membership = db.session.scalars(select(Membership).order_by(Membership.id.desc())).first()
    assert membership is not None
    perform(actions.recognise, at_desk(cast.ref("clerk")), membership, cast.holders[4], Papers.TENANCY)
    member = at_desk(membership.account.ref)
    for relation, holder, how in (
        (Relation.LESSEE, cast.holders[4], CheckedHow.OFFICE),
        (Relation.FAMILY, None, ""),
        (Relation.LESSEE, None, ""),
    ):
        perform(actions.join, keep(arriving.come_again, member, membership, "/"), relation, "")
        assert (membership.relation, membership.holder_id, membership.checked_how) == (relation, holder, how)
    assert db.session.scalar(select(func.count(Membership.id)).where(Membership.account_id == member.id)) == 1


def test_a_member_is_recognised_once(at_desk: AtDesk, cast: Cast, letter: str) -> None:
    perform(actions.join, arrived("14100055501", letter), Relation.LESSEE, "郑龙根")
    membership = db.session.scalars(select(Membership).order_by(Membership.id.desc())).first()
    assert membership is not None
    clerk = at_desk(cast.ref("clerk"))
    with pytest.raises(Refused) as refused:
        perform(actions.recognise, clerk, membership, cast.holders[5], Papers.TENANCY)
    assert refusal_of(refused) is Refusal.HOLDER_ELSEWHERE
    with pytest.raises(PermissionError):
        perform(actions.recognise, at_desk(cast.ref("contractor")), membership, cast.holders[4], Papers.TENANCY)
    done = perform(actions.recognise, clerk, membership, cast.holders[4], Papers.TENANCY)
    assert entry(done).pub == {}
    assert entry(done).role == "committee_clerk"
    for act in (
        lambda: perform(actions.recognise, clerk, membership, cast.holders[4], Papers.TENANCY),
        lambda: perform(actions.decline, clerk, membership, "再看看"),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refusal_of(refused) is Refusal.MEMBERSHIP_DECIDED


def test_a_seat_is_a_row_and_a_fact_that_names_nobody(at_desk: AtDesk, cast: Cast) -> None:
    place = db.session.get_one(Neighbourhood, cast.neighbourhood)
    director = at_desk(cast.ref("director"))
    done = perform(actions.invite, director, "新同事", "14100055501", Role.AUDITOR, place)
    seat = db.session.scalars(select(Seat).order_by(Seat.id.desc())).first()
    assert seat is not None
    assert (seat.role, seat.neighbourhood_id, seat.until) == ("auditor", place.id, None)
    told = entry(done)
    assert told.pub == {"role": "auditor", "role_label": "审计员"}
    assert told.payload == {"holder_ref": seat.account.ref, "name": "新同事"}
    assert "welcome" not in json.dumps(told.payload)
    assert done.fact.link is not None
    assert done.fact.link not in repr(done.fact)
    # A second seat of somebody with a password needs no new invitation.
    seat.account.password_hash = "$argon2id$x"
    keep(db.session.flush)
    done = perform(actions.invite, director, "新同事", "14100055501", Role.SCRUTINEER, place)
    assert done.fact.link is None
    text = db.session.scalars(select(Message.text).order_by(Message.id.desc())).first() or ""
    assert "新的席位" in text
    ended = perform(actions.end_seat, director, seat)
    assert seat.until is not None
    assert entry(ended).pub == {"role": "auditor", "role_label": "审计员"}
    with pytest.raises(Refused) as refused:
        perform(actions.invite_again, director, seat)
    assert refusal_of(refused) is Refusal.SEAT_ENDED


def test_only_the_neighbourhoods_director_gives_seats(at_desk: AtDesk, cast: Cast) -> None:
    place = db.session.get_one(Neighbourhood, cast.neighbourhood)
    away = db.session.get_one(Neighbourhood, cast.elsewhere)
    for who, where in (("clerk", place), ("party_secretary", place), ("director", away)):
        with pytest.raises(PermissionError):
            perform(actions.invite, at_desk(cast.ref(who)), "谁", "14100055501", Role.AUDITOR, where)
    assert db.session.scalar(select(func.count(Account.id)).where(Account.phone == "14100055501")) == 0


@pytest.mark.usefixtures("at_desk")
def test_the_command_line_acts_as_the_system() -> None:
    assert setup.appoint("xinqiao", "新桥主任", "14100055501") is not None
    told = trail.own_acts(db.session, SYSTEM.ref)
    assert [one.kind for one in told] == ["seat.granted"]
    setup.close_account("14100055501")
    with pytest.raises(Refused) as refused:
        setup.appoint("xinqiao", "新桥主任", "14100055501", Role.AUDITOR)
    assert refusal_of(refused) is Refusal.ACCOUNT_CLOSED


def test_letters_are_kept_as_digests_and_counted_in_the_trail(at_desk: AtDesk, cast: Cast) -> None:
    clerk = at_desk(cast.ref("clerk"))
    done = perform(actions.issue_codes, clerk, cast.units[:3])
    assert set(done.fact.codes) == set(cast.units[:3])
    told = entry(done)
    assert told.pub == {"letter_count": 3}
    assert told.payload == {"units": list(cast.units[:3])}
    rows = db.session.scalars(select(HouseholdCode).order_by(HouseholdCode.unit_id)).all()
    assert [row.code_mac for row in rows] == [arriving.household_mac(done.fact.codes[unit]) for unit in cast.units[:3]]
    perform(actions.issue_codes, clerk, cast.units[:1])
    ends = db.session.scalars(select(HouseholdCode.voided_at).order_by(HouseholdCode.id))
    assert [end is None for end in ends] == [False, True, True, True]
    with pytest.raises(Refused) as refused:
        perform(actions.issue_codes, clerk, [])
    assert refusal_of(refused) is Refusal.NO_UNITS
    with pytest.raises(LookupError):
        perform(actions.issue_codes, at_desk(cast.foreign_clerk), cast.units[:2])


@pytest.mark.usefixtures("at_desk")
def test_recorded_rows_change_by_acts_alone() -> None:
    seat = db.session.scalars(select(Seat)).first()
    assert seat is not None
    with pytest.raises(OutsideTheDoor):
        keep(lambda: setattr(seat, "role", "auditor"))


@pytest.mark.usefixtures("at_desk")
def test_what_is_sealed_depends_on_purpose_and_parts_and_what_is_locked_opens_for_its_owner() -> None:
    assert sealing.seal("a", "b", "c") != sealing.seal("a", "bc") != sealing.seal("ab", "c")
    box = sealing.lock_up("purpose", "p-owner", b"x" * 20)
    assert len(box) == 64
    assert box != sealing.lock_up("purpose", "p-owner", b"x" * 20)
    assert sealing.unlock("purpose", "p-owner", box) == b"x" * 20
    for purpose, owner in (("other", "p-owner"), ("purpose", "p-other")):
        with pytest.raises(InvalidTag):
            sealing.unlock(purpose, owner, box)

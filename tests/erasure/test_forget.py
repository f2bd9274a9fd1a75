"""Forgetting one person: what has no legal period goes at once, what has one stays until its day, what runs refuses."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from hearing import clock
from hearing.audit import checking
from hearing.audit.models import LogEntry, LogPayload
from hearing.consents.models import ConsentRecord, RecordHolder
from hearing.consents.queries import log_places
from hearing.consents.rules import CollectionState
from hearing.db import db, reading
from hearing.people.models import Account, LoginSession, Membership, Message
from hearing.people.rules import GONE
from hearing.places.models import Holder, Tenure
from hearing.proposals.models import Draft
from hearing.visits.models import Visit
from hearing.visits.rules import Outcome
from tests.consents.course import moment
from tests.erasure.conftest import LATER, Past
from tests.schema import door_open, viewer

SOON = LATER.replace(year=2027)
"""A year after the result: the period of a consent still runs, that of a membership is over."""


@pytest.fixture
def moved(past: Past) -> Past:
    """The lessee of the fifth unit, who signed, has moved away; she left a session, a message and a draft."""
    with past.app.app_context(), door_open():
        tenure = db.session.scalars(select(Tenure).where(Tenure.unit_id == past.cast.units[4])).one()
        tenure.until = LATER.replace(day=1)
        account = db.session.scalars(select(Account).where(Account.ref == past.cast.ref(5))).one()
        db.session.add(LoginSession(token_hash="x" * 64, account_id=account.id, opened_at=LATER))
        db.session.add(Draft(account_id=account.id, form="proposal/new", step="where", content="{}", saved_at=LATER))
        when = {"written_at": LATER, "due_at": LATER}
        db.session.add(Message(channel="sms", recipient=account.phone, text="您好", **when))
    return past


def named(past: Past) -> tuple[str, str]:
    """Name and phone of the lessee of the fifth unit."""
    with past.app.app_context(), reading():
        holder = db.session.get_one(Holder, past.cast.holders[4])
        return holder.name, holder.phone


def state(past: Past) -> dict[str, object]:
    """What the tables say of her."""
    with past.app.app_context(), reading():
        account = db.session.scalars(select(Account).where(Account.ref == past.cast.ref(5))).one()
        holder = db.session.get_one(Holder, past.cast.holders[4])
        hers = select(RecordHolder.record_id).where(RecordHolder.holder_id == holder.id)
        record = db.session.scalars(select(ConsentRecord).where(ConsentRecord.id.in_(hers))).one()
        own = select(LogEntry.idx).where(LogEntry.actor_ref == account.ref)
        count = select(func.count())
        return {
            "account": (account.name, account.phone, account.email, account.disabled_at is not None),
            "holder": (holder.name, holder.phone),
            "record": (record.erased, record.strokes == "", record.answer),
            "payloads": db.session.scalar(count.where(LogPayload.idx.in_(own))),
            "entries": db.session.scalar(count.where(LogEntry.idx.in_(own))),
            "left": db.session.scalar(count.where(Membership.account_id == account.id, Membership.left_at.is_(None))),
            "sessions": db.session.scalar(count.where(LoginSession.account_id == account.id)),
            "drafts": db.session.scalar(count.where(Draft.account_id == account.id)),
            "messages": db.session.scalar(count.where(Message.text == "您好")),
        }


def test_without_yes_it_is_only_shown(moved: Past) -> None:
    _, phone = named(moved)
    before = state(moved)
    done = moved.run("forget", phone)
    assert done.exit_code == 0, done.output
    assert "户册上的姓名和手机号：1" in done.output and "试算" in done.output
    assert state(moved) == before


@pytest.mark.parametrize("by", ["phone", "ref"])
def test_somebody_who_moved_away_is_forgotten_and_the_trail_stays_valid(moved: Past, by: str) -> None:
    name, phone = named(moved)
    assert moved.verifies()
    done = moved.run("forget", phone if by == "phone" else moved.cast.ref(5), "--yes")
    assert done.exit_code == 0, done.output
    assert moved.verifies()
    assert state(moved) == {
        "account": (GONE, None, "", True),
        "holder": (GONE, ""),
        "record": (True, True, "agree"),
        "payloads": 0,
        "entries": 1,
        "left": 0,
        "sessions": 0,
        "drafts": 0,
        "messages": 0,
    }
    with moved.app.app_context(), reading():
        check = checking.run(db.session, moved.settings, moved.publish())
        entry = db.session.scalars(select(LogEntry).where(LogEntry.kind == "erasure.done")).one()
        assert check.ok, check.en
        assert b'"class":"person"' in entry.body and b'"count":1' in entry.body
        assert moved.cast.ref(5).encode() not in entry.body
        if db.engine.dialect.name == "sqlite":
            db.session.close()
            assert name.encode() not in moved.on_disk()
            assert phone.encode() not in moved.on_disk()
    again = moved.run("forget", moved.cast.ref(5), "--yes")
    assert (again.exit_code, "以前已经删除" in again.output) == (1, True)


def test_the_numbers_of_letters_to_her_flat_go_with_her(moved: Past) -> None:
    with moved.app.app_context(), door_open():
        clerk = viewer(moved.cast.ref("clerk")).id
        for household in (5, 6):
            line = moved.course.unit(household)
            db.session.add(
                Visit(
                    consent_unit_id=line.id,
                    outcome=Outcome.MAIL,
                    happened_on=moment(9).date(),
                    mail_number=f"XA12345678{household}CN",
                    no_more=False,
                    made_by=clerk,
                    entered_by=clerk,
                    entered_at=moment(9),
                )
            )
    done = moved.run("forget", moved.cast.ref(5), "--yes")
    assert done.exit_code == 0, done.output
    with moved.app.app_context():
        assert db.session.scalars(select(Visit.mail_number).order_by(Visit.id)).all() == ["", "XA123456786CN"]


def test_pages_that_named_her_say_that_she_is_gone(moved: Past) -> None:
    name, phone = named(moved)
    with moved.app.app_context():
        index = log_places(moved.course.collection())[0][6]
    moved.run("forget", phone, "--yes")
    moved.publish()
    with clock.standing_at(LATER):
        clerk = moved.browser("clerk")
        unit = f"/desk/consents/{moved.course.collection_id}/units/{moved.cast.units[4]}"
        if "purpose" in clerk.get(unit).text:
            clerk.submit(unit, {"purpose": "存档"}, field="purpose")
        page = clerk.get(unit).text
        assert name not in page and GONE in page
        assert moved.browser().get(f"/r/{index}").status_code == 200


def test_what_must_be_kept_is_kept_and_named_with_its_day(moved: Past) -> None:
    _, phone = named(moved)
    done = moved.run("forget", phone, "--yes", when=SOON)
    assert done.exit_code == 0, done.output
    assert "留着 书面表态的签名、笔迹、理由：民法典第一百八十八条" in done.output
    assert "保存到 2029-11-2" in done.output
    now = state(moved)
    assert now["account"] == (GONE, None, "", True)
    assert now["record"] == (False, False, "agree")
    assert now["holder"] != (GONE, "")
    assert now["payloads"] == 1
    assert moved.verifies()


def test_whoever_holds_the_unit_now_stays_in_the_register(past: Past) -> None:
    name, phone = named(past)
    done = past.run("forget", phone, "--yes")
    assert "还在户册上" in done.output
    assert state(past)["holder"] == (name, phone)
    assert state(past)["account"] == (GONE, None, "", True)


def test_a_running_collection_still_needs_her(moved: Past) -> None:
    _, phone = named(moved)
    with moved.app.app_context(), door_open():
        moved.course.collection().state = CollectionState.OPEN.value
    before = state(moved)
    done = moved.run("forget", phone, "--yes")
    assert done.exit_code == 1
    assert "还没有结束" in done.output and "门口台阶改坡道" in done.output
    assert state(moved) == before


def test_a_seat_is_ended_first_and_nobody_is_nobody(past: Past) -> None:
    assert "还在任" in past.run("forget", past.cast.ref("clerk"), "--yes").output
    assert "没有找到这个人" in past.run("forget", "14199999999", "--yes").output


def test_somebody_who_never_signed_in_is_known_by_her_phone(moved: Past) -> None:
    with moved.app.app_context(), door_open():
        account = db.session.scalars(select(Account).where(Account.ref == moved.cast.ref(5))).one()
        account.phone = None
        db.session.scalars(select(Membership).where(Membership.account_id == account.id)).one().holder_id = None
    _, phone = named(moved)
    done = moved.run("forget", phone, "--yes")
    assert done.exit_code == 0, done.output
    assert state(moved)["holder"] == (GONE, "")


def test_one_phone_of_two_people_is_nobodys_name(moved: Past) -> None:
    with moved.app.app_context(), door_open():
        account = db.session.scalars(select(Account).where(Account.ref == moved.cast.ref(5))).one()
        account.phone = None
        other = db.session.get_one(Holder, moved.cast.holders[5])
        other.phone = db.session.get_one(Holder, moved.cast.holders[4]).phone
    assert "分不清是谁" in moved.run("forget", named(moved)[1], "--yes").output

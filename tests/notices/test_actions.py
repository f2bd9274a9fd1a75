"""Posting, hanging up, objecting and deciding: the rows and what the trail says of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from hearing import clock
from hearing.audit import queries as trail
from hearing.audit.fact import Fact
from hearing.audit.ledger import OutsideTheDoor, perform
from hearing.db import db
from hearing.files.models import Evidence
from hearing.notices import actions, queries
from hearing.notices.models import Notice, Objection, PublicityPeriod
from hearing.notices.rules import NoticeKind, ObjectionState, PublicityState, Refusal, fingerprint
from hearing.people.models import Message
from hearing.people.rules import Refusal as PeopleRefusal
from hearing.people.viewer import Viewer
from hearing.places.models import Neighbourhood
from hearing.refusal import Refused
from tests.cast import Cast
from tests.notices.board import MIDNIGHT, POSTED, conclude, post, put_up, safe_photo, told

AtDesk = Callable[[str], Viewer]
OPEN, SETTLED, WITHDRAWN, UNFOUNDED, TO_COORDINATION = ObjectionState


def refused(act: Callable[[], object]) -> object:
    """The refusal with which an act ends."""
    with pytest.raises(Refused) as caught:
        act()
    return caught.value.refusal


def refused_by(by: Viewer, act: Callable[[Viewer], object]) -> object:
    """The refusal with which a person's act ends."""
    return refused(lambda: act(by))


def test_a_notice_is_kept_word_for_word_and_the_trail_has_its_hash(at_desk: AtDesk, cast: Cast) -> None:
    notice = post(at_desk(cast.ref("clerk")), cast.neighbourhood)
    entry = trail.entry(db.session, 0)
    assert entry is not None
    assert entry.kind == "notice.posted"
    assert entry.pub == {"notice_kind": "general", "notice_label": "公告", "notice_hash": notice.digest}
    assert entry.payload == {"title": "关于暂停供水的公告"}
    assert fingerprint(notice.content) == notice.digest
    content = json.loads(notice.content)
    assert content["body"] == "水管大修。\n\n请提前储水。"
    assert content["lines"] == [["时间", "11月30日（周一）9:00–17:00"]]
    assert content["neighbourhood"] == "tianjinlu"
    assert notice.is_intact


def test_what_a_notice_says_cannot_be_changed(at_desk: AtDesk, cast: Cast) -> None:
    notice = post(at_desk(cast.ref("clerk")), cast.neighbourhood)
    with pytest.raises(DatabaseError, match="only grows"):
        db.session.execute(text("UPDATE notice SET content = 'x' WHERE id = :id"), {"id": notice.id})
    db.session.rollback()
    notice.title = "别的"
    with pytest.raises(OutsideTheDoor):
        db.session.flush()
    db.session.rollback()


def test_only_the_committee_posts(at_desk: AtDesk, cast: Cast) -> None:
    for who in (cast.ref(1), cast.ref("block_officer"), cast.foreign_clerk):
        assert refused_by(at_desk(who), lambda by: post(by, cast.neighbourhood)) is PeopleRefusal.NOT_YOUR_SEAT
    assert db.session.scalar(select(func.count()).select_from(Notice)) == 0


def test_a_notice_of_an_event_hangs_long_enough_before_it(at_desk: AtDesk, cast: Cast) -> None:
    clerk = at_desk(cast.ref("clerk"))

    def announce(by: Viewer, hours: int) -> Fact:
        neighbourhood = db.session.get_one(Neighbourhood, cast.neighbourhood)
        notice = actions.post_within(
            by,
            neighbourhood=neighbourhood,
            matter="proposal/3",
            kind=NoticeKind.MEETING,
            title="协调会",
            body="请参加。",
            takes_effect_at=clock.now() + timedelta(hours=hours),
            lead_days=7,
        )
        return told(by, neighbourhood, notice)

    assert refused(lambda: perform(announce, clerk, 7 * 24 - 1)) is Refusal.NOTICE_TOO_LATE
    assert db.session.scalar(select(func.count()).select_from(Notice)) == 0
    perform(announce, clerk, 7 * 24 + 1)
    assert [notice.kind for notice in queries.of_matter("proposal/3")] == ["meeting"]


def test_paper_hangs_at_a_place_once_with_its_photo(at_desk: AtDesk, cast: Cast) -> None:
    notice = post(at_desk(cast.ref("clerk")), cast.neighbourhood)
    officer = at_desk(cast.ref("block_officer"))
    done = perform(actions.hang_up, officer, notice, "弄堂口公告栏", safe_photo())
    paper = notice.papers[0]
    photo = db.session.get_one(Evidence, paper.photo_id)
    assert (paper.place, photo.kind, photo.matter) == ("弄堂口公告栏", "notice_on_paper", notice.subject)
    assert done.fact.pub() == {"notice_hash": notice.digest, "photo_hash": photo.sha256}
    again = refused(lambda: perform(actions.hang_up, officer, notice, "弄堂口公告栏", safe_photo()))
    assert again is Refusal.PAPER_POSTED_BEFORE
    perform(actions.hang_up, officer, notice, "3 号门口", safe_photo())
    stranger = at_desk(cast.foreign_clerk)
    outside = refused(lambda: perform(actions.hang_up, stranger, notice, "别处", safe_photo()))
    assert outside is PeopleRefusal.NOT_YOUR_SEAT


def test_a_notice_taken_down_stays_readable_and_is_taken_down_once(at_desk: AtDesk, cast: Cast) -> None:
    clerk = at_desk(cast.ref("clerk"))
    notice = post(clerk, cast.neighbourhood)
    done = perform(actions.take_down, clerk, notice, "日期写错")
    assert done.fact.pub() == {"notice_hash": notice.digest}
    db.session.expire_all()
    assert notice.withdrawal is not None
    assert notice.body
    assert refused(lambda: perform(actions.take_down, clerk, notice, "再撤")) is Refusal.NOTICE_TAKEN_DOWN
    hung = refused(lambda: perform(actions.hang_up, clerk, notice, "弄堂口", safe_photo()))
    assert hung is Refusal.NOTICE_TAKEN_DOWN


def test_a_notice_of_another_act_is_not_taken_down_alone(at_desk: AtDesk, cast: Cast) -> None:
    clerk = at_desk(cast.ref("clerk"))
    period = put_up(clerk, cast.neighbourhood)
    alone = refused(lambda: perform(actions.take_down, clerk, period.notice, "不公示了"))
    assert alone is Refusal.NOTICE_OF_ANOTHER_ACT


def test_publicity_tells_its_deadline_in_words(at_desk: AtDesk, cast: Cast) -> None:
    with clock.standing_at(POSTED):
        period = put_up(at_desk(cast.ref("clerk")), cast.neighbourhood)
    assert period.ends_at == MIDNIGHT
    assert dict(period.notice.lines)["公示期"] == "7 天，到 2026年11月27日（周五）24:00"
    assert "天津路426弄1号底层" in dict(period.notice.lines)["如有异议"]


def test_publicity_is_not_shorter_than_its_least(at_desk: AtDesk, cast: Cast) -> None:
    clerk = at_desk(cast.ref("clerk"))
    assert refused(lambda: put_up(clerk, cast.neighbourhood, days=0)) is Refusal.PUBLICITY_TOO_SHORT


def test_a_neighbour_objects_and_the_trail_keeps_name_and_words_to_itself(at_desk: AtDesk, cast: Cast) -> None:
    period = put_up(at_desk(cast.ref("clerk")), cast.neighbourhood)
    done = perform(actions.object_to, at_desk(cast.ref(5)), period, "坡道挡住水表")
    objection = period.objections[0]
    assert (objection.number, objection.stands, objection.masked) == (1, OPEN, "郑**")
    assert objection.door == "天津路426弄 前楼"
    assert done.fact.matter == "proposal/3"
    assert set(done.fact.pub()) == {"matter", "about", "number", "assisted", "ends_at"}
    assert done.fact.payload()["text"] == "坡道挡住水表"
    assert queries.objections_of("proposal/3") == [OPEN]


def test_objections_are_numbered_one_after_the_other(at_desk: AtDesk, cast: Cast) -> None:
    period = put_up(at_desk(cast.ref("clerk")), cast.neighbourhood)
    for household in (1, 2, 2):
        perform(actions.object_to, at_desk(cast.ref(household)), period, "不同意")
    db.session.expire_all()
    assert [objection.number for objection in period.objections] == [1, 2, 3]


def test_at_the_closing_instant_nobody_objects_any_more(at_desk: AtDesk, cast: Cast) -> None:
    with clock.standing_at(POSTED):
        period = put_up(at_desk(cast.ref("clerk")), cast.neighbourhood)
    household = at_desk(cast.ref(2))
    with clock.standing_at(MIDNIGHT - timedelta(seconds=2)):
        perform(actions.object_to, household, period, "赶在截止前")
    with clock.standing_at(MIDNIGHT):
        late = refused(lambda: perform(actions.object_to, household, period, "晚了一步"))
    assert late is Refusal.PUBLICITY_OVER
    assert queries.objections_of("proposal/3") == [OPEN]
    assert db.session.get_one(PublicityPeriod, period.id).next_number == 2


def test_empty_words_and_strangers_do_not_object(at_desk: AtDesk, cast: Cast) -> None:
    period = put_up(at_desk(cast.ref("clerk")), cast.neighbourhood)
    assert refused(lambda: perform(actions.object_to, at_desk(cast.ref(1)), period, " \n")) is Refusal.OBJECTION_EMPTY
    for who in (cast.stranger, cast.ref("clerk")):
        outside = refused_by(at_desk(who), lambda by: perform(actions.object_to, by, period, "不同意"))
        assert outside is PeopleRefusal.NOT_YOUR_SEAT
    assert queries.objections_of("proposal/3") == []


def paper(**changes: object) -> actions.OnPaper:
    fields = {
        "name": "蒋国平",
        "door": "天津路426弄 三层前楼",
        "contact": "14100001010",
        "relation": "lessee",
        "text": "扶手太低",
        "why": "本人送来纸条",
        "photo": safe_photo(),
    }
    return actions.OnPaper(**(fields | changes))  # type: ignore[arg-type]


def test_an_objection_from_paper_says_who_typed_it(at_desk: AtDesk, cast: Cast) -> None:
    period = put_up(at_desk(cast.ref("clerk")), cast.neighbourhood)
    officer = at_desk(cast.ref("block_officer"))
    done = perform(actions.enter_objection, officer, period, paper())
    objection = period.objections[0]
    assert objection.raised_by is None
    assert (objection.assisted_by, objection.assisted_why) == (officer.id, "本人送来纸条")
    assert objection.capacity_label == "承租人"
    assert done.fact.pub()["assisted"] is True
    assert done.fact.payload()["paper_hash"] == db.session.get_one(Evidence, objection.paper_id).sha256
    neighbour = refused(lambda: perform(actions.enter_objection, at_desk(cast.ref(1)), period, paper(photo=None)))
    assert neighbour is PeopleRefusal.NOT_YOUR_SEAT


def test_the_committee_decides_and_the_author_is_told(at_desk: AtDesk, cast: Cast) -> None:
    clerk, household = at_desk(cast.ref("clerk")), at_desk(cast.ref(2))
    period = put_up(clerk, cast.neighbourhood)
    perform(actions.object_to, household, period, "太陡")
    objection = period.objections[0]
    missing = refused(lambda: perform(actions.decide, clerk, objection, UNFOUNDED, " "))
    assert missing is Refusal.OBJECTION_REASON_MISSING
    perform(actions.decide, clerk, objection, TO_COORDINATION, "周五当面谈")
    done = perform(actions.decide, clerk, objection, SETTLED, "改成一比十二")
    assert done.fact.pub() == {
        "matter": "proposal/3",
        "about": "proposal/3",
        "number": 1,
        "state": "settled",
        "state_label": "已解决",
    }
    db.session.expire_all()
    assert [decision.state for decision in objection.decisions] == [TO_COORDINATION, SETTLED]
    assert objection.stands is SETTLED
    told_of = db.session.scalars(select(Message.text).where(Message.recipient == household.account.phone)).all()
    assert len(told_of) == 2
    assert f"/notices/objections/{objection.id}" in told_of[0]
    assert "一比十二" not in told_of[1]
    assert refused(lambda: perform(actions.decide, clerk, objection, UNFOUNDED, "再想想")) is Refusal.OBJECTION_DECIDED


def test_only_its_author_takes_an_objection_back(at_desk: AtDesk, cast: Cast) -> None:
    period = put_up(at_desk(cast.ref("clerk")), cast.neighbourhood)
    perform(actions.object_to, at_desk(cast.ref(2)), period, "太陡")
    objection = period.objections[0]
    other = refused(lambda: perform(actions.withdraw_objection, at_desk(cast.ref(3)), objection))
    assert other is Refusal.OBJECTION_NOT_YOURS
    perform(actions.withdraw_objection, at_desk(cast.ref(2)), objection)
    assert queries.objections_of("proposal/3") == [WITHDRAWN]
    again = refused(lambda: perform(actions.withdraw_objection, at_desk(cast.ref(2)), objection))
    assert again is Refusal.OBJECTION_DECIDED


def test_what_was_posted_stands_after_its_days_when_nothing_stands_against_it(at_desk: AtDesk, cast: Cast) -> None:
    clerk = at_desk(cast.ref("clerk"))
    with clock.standing_at(POSTED):
        period = put_up(clerk, cast.neighbourhood)
        perform(actions.object_to, at_desk(cast.ref(2)), period, "太陡")
    with clock.standing_at(MIDNIGHT - timedelta(minutes=1)):
        assert refused(lambda: perform(conclude, clerk)) is Refusal.PUBLICITY_RUNNING
    with clock.standing_at(MIDNIGHT):
        assert refused(lambda: perform(conclude, clerk)) is Refusal.OBJECTIONS_UNDECIDED
        perform(actions.decide, clerk, period.objections[0], TO_COORDINATION, "周五当面谈")
        assert refused(lambda: perform(conclude, clerk)) is Refusal.OBJECTIONS_STANDING
        perform(actions.decide, clerk, period.objections[0], SETTLED, "谈好了")
        perform(conclude, clerk)
    found = queries.publicity_of("proposal/3")
    assert found is not None
    assert (found.state, found.ended_at) != (PublicityState.RUNNING, None)
    assert actions.hold_publicity("proposal/3") is None


def test_a_stopped_period_takes_no_objections_and_its_notice_says_why(at_desk: AtDesk, cast: Cast) -> None:
    clerk = at_desk(cast.ref("clerk"))
    period = put_up(clerk, cast.neighbourhood)
    perform(actions.object_to, at_desk(cast.ref(2)), period, "太陡")

    def replace(by: Viewer) -> Fact:
        stopped = actions.stop_publicity_within(by, "proposal/3", "方案改为第 2 版")
        assert stopped is not None
        return told(by, stopped.neighbourhood, stopped.notice)

    perform(replace, clerk)
    late = refused(lambda: perform(actions.object_to, at_desk(cast.ref(3)), period, "不同意"))
    assert late is Refusal.PUBLICITY_STOPPED
    assert queries.objections_of("proposal/3") == []
    assert db.session.scalar(select(func.count()).select_from(Objection)) == 1
    withdrawal = db.session.get_one(Notice, period.notice_id).withdrawal
    assert withdrawal is not None
    assert withdrawal.reason == "方案改为第 2 版"

"""Notices that the tests hang on the board."""

from __future__ import annotations

import io
from datetime import UTC, datetime

from PIL import Image

from hearing.audit.fact import Fact
from hearing.audit.ledger import perform
from hearing.clock import now
from hearing.db import db
from hearing.notices import actions, facts
from hearing.notices.models import Notice, PublicityPeriod
from hearing.notices.rules import NoticeKind, may_approve
from hearing.people.viewer import Viewer
from hearing.places.models import Neighbourhood
from hearing.web.pictures import Safe, photo

POSTED = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)  # 10:00 in Beijing
MIDNIGHT = datetime(2026, 11, 27, 16, 0, tzinfo=UTC)  # 27 November 24:00 in Beijing, seven full days later


def jpeg(colour: str = "brown") -> bytes:
    """A small photo as a phone sends it."""
    file = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(file, "JPEG")
    return file.getvalue()


def safe_photo() -> Safe:
    """The same, made safe."""
    return photo(jpeg())


def post(clerk: Viewer, place: int, title: str = "关于暂停供水的公告") -> Notice:
    """A general notice."""
    neighbourhood = db.session.get_one(Neighbourhood, place)
    lines = [("时间", "11月30日（周一）9:00–17:00")]
    done = perform(actions.post, clerk, neighbourhood, title=title, body="水管大修。\n\n请提前储水。", lines=lines)
    return db.session.get_one(Notice, int(done.fact.subject.removeprefix("notice/")))


def put_up(
    clerk: Viewer, place: int, *, days: int = 7, strict: bool = True, subject: str = "proposal/3"
) -> PublicityPeriod:
    """A result put before the neighbours, as the act of another package does it."""
    periods = []

    def publish(by: Viewer) -> Fact:
        neighbourhood = db.session.get_one(Neighbourhood, place)
        period = actions.begin_publicity_within(
            by,
            neighbourhood=neighbourhood,
            matter="proposal/3",
            subject=subject,
            kind=NoticeKind.PUBLICITY,
            title="门口台阶改坡道的公示",
            body="十三户全部书面同意。",
            days=days,
            no_open_objection=strict,
        )
        periods.append(period)
        return told(by, neighbourhood, period.notice)

    perform(publish, clerk)
    return periods[0]


def conclude(by: Viewer) -> Fact:
    """What was put up stands, as the act of another package lets it: weighed by the law while the period is held."""
    period = actions.hold_publicity("proposal/3")
    assert period is not None
    may_approve(period.as_rule(), period.states, no_open_objection=period.no_open_objection, now=now())
    actions.end_publicity_within(period)
    return told(by, period.neighbourhood, period.notice)


def told(by: Viewer, neighbourhood: Neighbourhood, notice: Notice) -> Fact:
    """A fact for the act of another package that these tests stand in for."""
    return facts.NoticePosted(
        actor=actions.actor(by, actions.seat_of(by, neighbourhood.id)),
        scope=neighbourhood.slug,
        subject=notice.subject,
        matter=notice.story,
        notice_kind=notice.kind,
        notice_label=notice.label,
        notice_hash=notice.digest,
        title=notice.title,
    )

"""Pages of concerns: numbers for everybody, words for those who answer; each works, refuses and says little."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import cast as cast_to

import pytest
from flask import Flask

from hearing.audit.ledger import perform
from hearing.concerns import actions, queries
from hearing.concerns.models import Concern
from hearing.concerns.rules import Kind
from hearing.db import db
from hearing.meetings.models import Meeting
from hearing.people.models import Seat
from hearing.people.rules import Role
from tests.browser import Browser
from tests.cast import Cast
from tests.concerns.test_actions import FEAR, MEASURED
from tests.proposals import scene
from tests.schema import viewer
from tests.statements import statements

Browse = Callable[[str | int], Browser]


@pytest.fixture
def browse(app: Flask, cast: Cast) -> Browse:
    """A browser in which somebody of the cast has signed in."""
    return lambda who: cast_to(Browser, app.test_client()).enter(
        who if isinstance(who, str) and who.startswith("p-") else cast.ref(who)
    )


@pytest.fixture
def case(app: Flask, cast: Cast) -> int:
    """A case that is being talked over."""
    with app.app_context():
        return scene.deliberating(cast).id


@pytest.fixture
def fear(app: Flask, cast: Cast, case: int) -> int:
    """The third household's concern about light."""
    with app.app_context():
        proposal = scene.proposal_of(f"proposal/{case}")
        perform(actions.raise_concern, viewer(cast.ref(3)), proposal, Kind.LIGHT, FEAR, scene.picture())
        return 1


def named(app: Flask, cast: Cast, fear: int) -> None:
    """The works lead was asked to answer."""
    with app.app_context():
        concern = queries.whole(fear)
        assert concern is not None
        seat = next(each for each in queries.nameable(concern) if each.role == Role.WORKS_LEAD)
        perform(actions.name_answerer, viewer(cast.ref("clerk")), concern, db.session.get_one(Seat, seat.id))


def answered(app: Flask, cast: Cast, fear: int) -> None:
    """The clerk has answered."""
    with app.app_context():
        concern = queries.whole(fear)
        assert concern is not None
        perform(actions.answer, viewer(cast.ref("clerk")), concern, MEASURED)


def test_a_resident_says_what_she_fears_and_gets_a_receipt(app: Flask, browse: Browse, case: int) -> None:
    typed = {"kind": "noise", "text": FEAR, "photo": (BytesIO(scene.jpeg()), "窗.jpg")}
    answer = browse(3).submit(f"/proposals/{case}/concerns/new", typed, follow=True)
    assert "您对“门口台阶改坡道”的顾虑（噪声）已收到" in answer.text
    with app.app_context():
        assert db.session.get_one(Concern, 1).photo_id is not None


def test_what_is_missing_is_said_and_what_was_typed_stays(browse: Browse, case: int) -> None:
    answer = browse(3).submit(f"/proposals/{case}/concerns/new", {"text": FEAR})
    assert answer.status_code == 422
    assert FEAR in answer.text
    assert "请选一项" in answer.text


def test_a_second_one_of_the_kind_is_refused_on_its_page(browse: Browse, case: int, fear: int) -> None:
    answer = browse(3).submit(f"/proposals/{case}/concerns/new", {"kind": "light", "text": "还是怕"})
    assert answer.status_code == 422
    assert "您家这一类的顾虑已经提过" in answer.text
    assert "还是怕" in answer.text


def test_the_case_lists_kinds_and_numbers_and_never_whose(app: Flask, browse: Browse, case: int, fear: int) -> None:
    visitor = cast_to(Browser, app.test_client())
    for browser in (visitor, browse(5)):
        for page in (f"/cases/{case}", f"/proposals/{case}/concerns"):
            text = browser.get(page).text
            assert "还有 1 条没有解决：采光 1。" in text
            assert FEAR not in text
            assert "我提的第" not in text
    assert "我提的第 1 条：采光" in browse(3).get(f"/cases/{case}").text


@pytest.mark.parametrize("page", ["/concerns/1", "/concerns/1/answer", "/desk/concerns/1", "/files/2"])
def test_neighbours_and_other_desks_do_not_find_it(
    app: Flask, cast: Cast, browse: Browse, fear: int, page: str
) -> None:
    for who in (5, cast.stranger, cast.foreign_clerk):
        assert browse(who).get(page).status_code in {403, 404}, who


def test_the_author_reads_the_answer_and_says_whether_it_is_settled(
    app: Flask, cast: Cast, browse: Browse, fear: int
) -> None:
    assert "还没有答复" in browse(3).get("/concerns/1").text
    answered(app, cast, fear)
    author = browse(3)
    text = author.get("/concerns/1").text
    assert "冬至日照" in text and "118 分钟" in text
    refused = author.submit("/concerns/1", {"text": "厨房呢"}, field="word")
    assert refused.status_code == 422 and "厨房呢" in refused.text
    said = author.submit("/concerns/1", {"word": "stands", "text": "厨房没有量"}, follow=True)
    assert "您说第 1 条顾虑还没解决" in said.text
    assert "厨房没有量" in browse("clerk").get("/desk/concerns/1").text
    author.submit("/concerns/1", {"word": "settled"})
    assert 'name="word"' not in author.get("/concerns/1").text


def test_the_desk_answers_with_a_measure_or_is_told_what_is_missing(browse: Browse, fear: int) -> None:
    clerk = browse("clerk")
    assert "1 条顾虑待答复" in clerk.get("/desk").text
    bare = clerk.submit("/concerns/1/answer", {"text": "不会挡的"})
    assert bare.status_code == 422
    assert "答复要有依据" in bare.text and "不会挡的" in bare.text
    wrong = clerk.submit("/concerns/1/answer", {"text": "量了", "measured": "日照 很好"})
    assert wrong.status_code == 422 and "第 1 行没看懂" in wrong.text
    typed = {
        "text": "量了",
        "measured": "冬至日照 118 分钟",
        "compensation": "3000",
        "files": (BytesIO(scene.jpeg()), "日照图.jpg"),
    }
    assert clerk.submit("/concerns/1/answer", typed).status_code == 303
    text = clerk.get("/desk/concerns/1").text
    assert "118 分钟" in text and "¥3,000.00" in text
    assert "条顾虑待答复" not in clerk.get("/desk").text


def test_a_named_adviser_sees_the_fear_and_not_the_person(app: Flask, cast: Cast, browse: Browse, fear: int) -> None:
    lead = browse("works_lead")
    assert lead.get("/concerns/1/answer").status_code == 404
    assert lead.get("/files/1").status_code == 404
    picked = browse("clerk").get("/desk/concerns/1/referral").text
    assert "丁大勇" in picked and "翁玉梅" not in picked
    named(app, cast, fear)
    assert "采光" in lead.get("/desk/concerns").text
    text = lead.get("/concerns/1/answer").text
    with app.app_context():
        concern = db.session.get_one(Concern, 1)
        name, door, photo = concern.author.name, concern.unit.name, concern.photo_id
    assert FEAR in text
    assert name not in text and door not in text
    assert lead.get(f"/files/{photo}").status_code == 200
    sent = lead.submit("/concerns/1/answer", {"text": "量了", "measured": "冬至日照 118 分钟"})
    assert sent.headers["Location"].endswith("/desk/concerns")
    assert lead.get("/desk/concerns/1").status_code == 403


def test_somebody_is_named_from_the_desk(browse: Browse, app: Flask, fear: int) -> None:
    clerk = browse("clerk")
    form = clerk.found("/desk/concerns/1/referral", field="seat")
    with app.app_context():
        seat = next(each for each in queries.nameable(anew()) if each.role == Role.LEGAL_ADVISER).id
    assert clerk.submit("/desk/concerns/1/referral", {"seat": str(seat)}).status_code == 303
    assert "已请法律顾问" in clerk.get("/desk/concerns/1").text
    assert clerk.submit("/desk/concerns/1/referral", {"seat": "99999"}).status_code == 422
    assert "seat" in form.names


def anew() -> Concern:
    found = queries.whole(1)
    assert found is not None
    return found


def test_one_button_opens_a_meeting_to_be_looked_over(app: Flask, browse: Browse, fear: int) -> None:
    clerk = browse("clerk")
    answer = clerk.press("/desk/concerns/1", "/desk/concerns/1/meeting")
    assert answer.status_code == 303
    with app.app_context():
        meeting = db.session.get_one(Meeting, 1)
        assert answer.headers["Location"].endswith(f"/desk/meetings/{meeting.id}/plan")
        assert meeting.concern_id == 1
    assert "采光协调会" in clerk.get("/desk/meetings/1/plan").text
    assert "采光协调会" in clerk.get("/desk/concerns/1").text
    again = clerk.press("/desk/concerns/1", "/desk/concerns/1/meeting", follow=True)
    assert "已经有一次协调会" in again.text
    assert 'meeting"' not in browse("block_officer").get("/desk/concerns/1").text


def test_a_photo_that_is_none_is_refused(browse: Browse, case: int) -> None:
    typed = {"kind": "light", "text": FEAR, "photo": (BytesIO(b"PK\x03\x04" + b"0" * 100), "炸弹.jpg")}
    answer = browse(3).submit(f"/proposals/{case}/concerns/new", typed)
    assert answer.status_code == 422
    assert "这不是能用的照片" in answer.text


def test_every_page_says_little_to_the_database(app: Flask, cast: Cast, browse: Browse, case: int, fear: int) -> None:
    named(app, cast, fear)
    answered(app, cast, fear)
    for who, page in (
        (3, f"/cases/{case}"),
        (3, f"/proposals/{case}/concerns"),
        (3, f"/proposals/{case}/concerns/new"),
        (3, "/concerns/1"),
        ("clerk", "/desk/concerns"),
        ("clerk", "/desk/concerns/1"),
        ("clerk", "/desk/concerns/1/referral"),
        ("works_lead", "/concerns/1/answer"),
        ("clerk", "/desk"),
    ):
        browser = browse(who)
        with statements(app) as said:
            assert browser.get(page).status_code == 200
        assert len(said) <= 8, f"{page}: {len(said)}\n" + "\n".join(said)

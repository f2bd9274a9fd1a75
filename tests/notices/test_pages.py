"""Pages of notices: the board, paper, objections, and what the wrong person gets."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask, render_template
from markupsafe import escape
from pypdf import PdfReader
from sqlalchemy import func, select

from hearing import clock
from hearing.audit import verify
from hearing.audit.ledger import perform
from hearing.audit.routes import paper_witness, publisher
from hearing.db import db
from hearing.notices import actions, queries
from hearing.notices.models import Notice, Objection, PaperPosting
from hearing.notices.rules import ObjectionState
from tests.browser import Browser, pick
from tests.cast import Cast
from tests.notices.board import MIDNIGHT, POSTED, jpeg, post, put_up
from tests.schema import viewer
from tests.statements import statements

MOST_STATEMENTS = 8


@pytest.fixture
def general(app: Flask, cast: Cast) -> int:
    """The number of a general notice."""
    with app.app_context(), clock.standing_at(POSTED):
        return post(viewer(cast.ref("clerk")), cast.neighbourhood).id


@pytest.fixture
def period(app: Flask, cast: Cast) -> Iterator[int]:
    """The number of a notice whose publicity period runs."""
    with app.app_context(), clock.standing_at(POSTED):
        number = put_up(viewer(cast.ref("clerk")), cast.neighbourhood).notice_id
    with clock.standing_at(POSTED + timedelta(days=1)):
        yield number


def objection(app: Flask, cast: Cast, household: int = 5, text: str = "坡道会挡住水表") -> int:
    """The number of an objection to the only period."""
    with app.app_context():
        notice = db.session.scalars(select(Notice)).one()
        assert notice.period is not None
        perform(actions.object_to, viewer(cast.ref(household)), notice.period, text)
        return db.session.scalars(select(Objection.id).order_by(Objection.id.desc())).first() or 0


def count(app: Flask, model: type) -> int:
    """How many rows there are."""
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_everybody_reads_the_board_and_a_notice(client: Browser, general: int) -> None:
    board = client.get("/notices?of=tianjinlu")
    assert board.status_code == 200
    assert "关于暂停供水的公告" in board.text
    page = client.get(f"/notices/{general}")
    assert page.status_code == 200
    assert "水管大修。" in page.text
    assert "天津路居民委员会" in page.text
    assert f"/notices/{general}/paper" not in page.text
    assert "撤下" not in page.text


def test_a_visitor_of_several_neighbourhoods_chooses(client: Browser, general: int) -> None:
    chooser = client.get("/notices")
    assert "天津路居民区" in chooser.text
    assert "新桥居民区" in chooser.text
    assert client.get("/notices?of=nowhere").status_code == 404
    assert client.get("/notices?of=tianjinlu&page=99999999999").status_code == 200
    assert client.get("/notices?of=tianjinlu&page=x").status_code == 200
    assert client.get(f"/notices/{general + 1}").status_code == 404


def test_long_boards_have_pages(app: Flask, cast: Cast, client: Browser) -> None:
    with app.app_context():
        for number in range(21):
            post(viewer(cast.ref("clerk")), cast.neighbourhood, f"第 {number} 号公告")
    first, second = client.get("/notices?of=tianjinlu"), client.get("/notices?of=tianjinlu&page=2")
    assert "第 20 号公告" in first.text
    assert "第 0 号公告" not in first.text
    assert "第 0 号公告" in second.text


def test_a_text_that_no_longer_matches_its_hash_is_named(app: Flask, client: Browser, general: int) -> None:
    with app.app_context():
        drop = (
            "DROP TRIGGER notice_keeps_update"
            if db.engine.dialect.name == "sqlite"
            else ("DROP TRIGGER notice_only_grows ON notice")
        )
        with db.engine.begin() as connection:
            connection.exec_driver_sql(drop)
            connection.exec_driver_sql("UPDATE notice SET content = replace(content, '大修', '小修')")
    assert "存证对不上" in client.get(f"/notices/{general}").text


@pytest.mark.parametrize(("size", "points"), [("a4", (595, 842)), ("a3", (842, 1191)), ("tabloid", (595, 842))])
def test_a_notice_is_printed_with_the_days_head_code(
    app: Flask, client: Browser, general: int, size: str, points: tuple[int, int]
) -> None:

    assert client.get(f"/notices/{general}/print.pdf").status_code == 503
    with app.app_context():
        publisher().publish(db.session)
        db.session.rollback()
    answer = client.get(f"/notices/{general}/print.pdf?size={size}")
    assert (answer.status_code, answer.content_type) == (200, "application/pdf")
    page = PdfReader(io.BytesIO(answer.data)).pages[0]
    assert (round(float(page.mediabox.width)), round(float(page.mediabox.height))) == points
    text = page.extract_text()
    assert "关于暂停供水的公告" in text.replace("\n", "")
    with app.app_context():
        head = publisher().last()
    assert head is not None
    assert f"{head.checkpoint.size}-{head.checkpoint.root.hex()[:8]}" in text.replace("\n", "")
    assert client.get(f"/notices/{general}/print.pdf?size={size}").data == answer.data


def test_every_printed_notice_is_a_witness_on_paper(app: Flask, client: Browser, general: int) -> None:
    """Its three lines are the head of the day, and what its code holds is signed by the log."""
    with app.app_context():
        publisher().publish(db.session)
        db.session.rollback()
        head = publisher().last()
        assert head is not None
        with app.test_request_context():
            signed = paper_witness(head)
        key = str(publisher().vkey)
    assert verify.check_checkpoint(signed.encode(), key).ok
    page = client.get(f"/notices/{general}/print").text
    text = "".join(
        PdfReader(io.BytesIO(client.get(f"/notices/{general}/print.pdf").data)).pages[0].extract_text().split()
    )
    for line in head.checkpoint.text.splitlines():
        assert line in text
    assert str(escape(head.checkpoint.text.strip())) in page


def test_a_notice_is_printed_from_the_page_too(client: Browser, general: int) -> None:
    sheet = client.get(f"/notices/{general}/print?size=a3")
    assert sheet.status_code == 200
    assert "sheet-a3" in sheet.text
    assert "<svg" in sheet.text


def test_a_case_lists_its_notices(app: Flask, period: int) -> None:
    with app.test_request_context("/"), statements(app) as said:
        found = queries.of_matter("proposal/3")
        shown = render_template("notices/_list.html", notices=found, now=POSTED + timedelta(days=1))
    assert f"/notices/{period}" in shown
    assert "11月27日 24:00前可提异议" in shown
    assert len([sql for sql in said if "FROM notice" in sql]) == 1


# The desk.


def test_a_clerk_writes_checks_and_posts(app: Flask, cast: Cast, client: Browser) -> None:
    client.enter(cast.ref("clerk"))
    written = {"title": "关于清运时间的公告", "when": "每天 7:00", "body": "请按时投放。\n\n谢谢。"}
    check = client.submit("/desk/notices/new", written)
    assert check.status_code == 200
    assert "还没贴出" in check.text
    assert count(app, Notice) == 0

    form = pick(check.text, field="step")
    changed = client.post("/desk/notices/new", data={**form.fields, "step": "change"})
    assert "请按时投放。" in changed.text
    assert changed.status_code == 200
    posted = client.post("/desk/notices/new", data={**form.fields, "step": "send"}, follow_redirects=True)
    assert "关于清运时间的公告" in posted.text
    assert count(app, Notice) == 1
    again = client.post("/desk/notices/new", data={**form.fields, "step": "send"})
    assert again.status_code == 303
    assert "/receipts/" in again.location
    assert count(app, Notice) == 1


def test_what_was_typed_of_a_notice_stays(cast: Cast, client: Browser) -> None:
    client.enter(cast.ref("clerk"))
    answer = client.submit("/desk/notices/new", {"title": "", "body": "正文已经写好了"})
    assert answer.status_code == 422
    assert "正文已经写好了" in answer.text
    assert "有问题需要改正" in answer.text
    long = client.submit("/desk/notices/new", {"title": "长" * 61, "body": "文"})
    assert long.status_code == 422


def test_staff_say_where_the_paper_hangs(app: Flask, cast: Cast, client: Browser, general: int) -> None:
    client.enter(cast.ref("block_officer"))
    url = f"/notices/{general}/paper"
    missing = client.submit(url, {"place": "弄堂口公告栏"})
    assert missing.status_code == 422
    assert "弄堂口公告栏" in missing.text
    wrong = client.submit(url, {"place": "弄堂口", "photo": (io.BytesIO(b"GIF89a"), "a.jpg")})
    assert wrong.status_code == 422
    done = client.submit(url, {"place": "弄堂口公告栏", "photo": (io.BytesIO(jpeg()), "a.jpg")}, follow=True)
    assert "弄堂口公告栏" in done.text
    assert count(app, PaperPosting) == 1
    twice = client.submit(url, {"place": "弄堂口公告栏", "photo": (io.BytesIO(jpeg("teal")), "b.jpg")})
    assert twice.status_code == 422
    assert "已经登记过" in twice.text
    with app.app_context():
        photo = db.session.scalars(select(PaperPosting.photo_id)).one()
    assert client.get(f"/files/{photo}").status_code == 200
    assert client.enter(cast.ref(3)).get(f"/files/{photo}").status_code == 200
    assert client.enter(cast.stranger).get(f"/files/{photo}").status_code == 404


def test_a_general_notice_is_taken_down_with_its_reason(cast: Cast, client: Browser, general: int) -> None:
    client.enter(cast.ref("clerk"))
    done = client.submit(f"/notices/{general}/withdrawal", {"reason": "日期写错，另贴一份"}, follow=True)
    assert "日期写错，另贴一份" in done.text
    assert "水管大修。" in done.text
    assert client.submit(f"/notices/{general}/withdrawal", {"reason": "再撤"}).status_code == 422


@pytest.mark.usefixtures("period")
def test_the_desk_lists_notices_and_objections(app: Flask, cast: Cast, client: Browser) -> None:
    number = objection(app, cast)
    client.enter(cast.ref("clerk"))
    for url, words in (("/desk/notices", "纸质还没贴"), ("/desk/objections", f"/notices/objections/{number}")):
        page = client.get(url)
        assert page.status_code == 200
        assert words in page.text
    client.enter(cast.foreign_clerk)
    for url in ("/desk/notices", "/desk/objections"):
        page = client.get(url)
        assert page.status_code == 200
        assert "坡道" not in page.text


# Objections.


def test_a_neighbour_objects_checks_and_gets_a_receipt(app: Flask, cast: Cast, client: Browser, period: int) -> None:

    client.enter(cast.ref(5))
    page = client.get(f"/notices/{period}")
    assert f"/notices/{period}/objection" in page.text
    assert "2026年11月27日（周五）24:00" in page.text
    check = client.submit(f"/notices/{period}/objection", {"text": "坡道会挡住水表"})
    assert check.status_code == 200
    assert "还没提交" in check.text
    assert "郑**" in check.text
    assert count(app, Objection) == 0
    form = pick(check.text, field="step")
    receipt = client.post(f"/notices/{period}/objection", data={**form.fields, "step": "send"}, follow_redirects=True)
    assert "编号 1" in receipt.text
    assert count(app, Objection) == 1
    own = client.get(f"/notices/{period}")
    assert "看我提的第 1 条异议" in own.text


def test_the_public_list_shows_no_name_door_or_words(app: Flask, cast: Cast, client: Browser, period: int) -> None:
    objection(app, cast)
    for who in (None, cast.ref(2)):
        if who:
            client.enter(who)
        page = client.get(f"/notices/{period}")
        assert "郑**" in page.text
        assert "待处理" in page.text
        for secret in ("郑龙根", "水表", "前楼", "141000"):
            assert secret not in page.text


def test_an_empty_objection_keeps_the_page(cast: Cast, client: Browser, period: int) -> None:
    client.enter(cast.ref(5))
    answer = client.submit(f"/notices/{period}/objection", {"text": "  \u200b "})
    assert answer.status_code == 422
    assert "这一项还没有填" in answer.text


def test_after_the_last_day_the_words_stay_and_the_sentence_says_why(
    app: Flask, cast: Cast, client: Browser, period: int
) -> None:
    with clock.standing_at(MIDNIGHT):
        client.enter(cast.ref(5))
        late = client.submit(f"/notices/{period}/objection", {"text": "晚了一步", "step": "send"})
        assert late.status_code == 422
        assert "公示已经结束" in late.text
        assert "晚了一步" in late.text
        assert f"/notices/{period}/objection" not in client.get(f"/notices/{period}").text
    assert count(app, Objection) == 0


@pytest.mark.parametrize(
    "typed", ["<script>alert(1)</script>", "100% {7*7}", "='=1+1'", "𠮷家的水表\x00\x08", "字" * 1000]
)
def test_whatever_is_typed_stays_text(cast: Cast, client: Browser, period: int, typed: str) -> None:
    client.enter(cast.ref(5))
    answer = client.submit(f"/notices/{period}/objection", {"text": typed, "step": "send"}, follow=True)
    assert answer.status_code == 200
    own = client.get("/notices/objections/1")
    assert own.status_code == 200
    assert "<script>alert" not in own.text


def test_the_committee_decides_and_the_author_reads_it(app: Flask, cast: Cast, client: Browser, period: int) -> None:
    number = objection(app, cast)
    url = f"/notices/objections/{number}"
    client.enter(cast.ref("director"))
    page = client.get(url)
    assert "郑龙根" in page.text
    assert "坡道会挡住水表" in page.text
    missing = client.submit(url, {"outcome": "unfounded", "reason": ""})
    assert missing.status_code == 422
    assert "请写明理由" in missing.text
    assert client.submit(url, {"outcome": "open", "reason": "x"}).status_code == 422
    assert client.submit(url, {"outcome": "settled", "reason": "留出 60 厘米"}).status_code == 303
    client.enter(cast.ref(5))
    own = client.get(url)
    assert "已解决" in own.text
    assert "留出 60 厘米" in own.text
    assert "怎样处理" not in own.text
    assert "留出 60 厘米" in client.get(f"/notices/{period}").text


@pytest.mark.usefixtures("period")
def test_its_author_takes_it_back(app: Flask, cast: Cast, client: Browser) -> None:
    number = objection(app, cast)
    client.enter(cast.ref(5))
    done = client.submit(f"/notices/objections/{number}/withdrawal", action="", follow=True)
    assert "您已撤回第 1 条异议" in done.text
    with app.app_context():
        assert db.session.get_one(Objection, number).stands is ObjectionState.WITHDRAWN
    assert client.submit(f"/notices/objections/{number}/withdrawal", action="").status_code == 422


def test_staff_enter_an_objection_from_paper(app: Flask, cast: Cast, client: Browser, period: int) -> None:
    client.enter(cast.ref("block_officer"))
    typed = {
        "name": "蒋国平",
        "door": "天津路426弄 三层前楼",
        "contact": "141 0000 1010",
        "relation": "lessee",
        "text": "扶手太低",
        "why": "本人送来纸条",
    }
    url = f"/notices/{period}/objection/paper"
    missing = client.submit(url, {**typed, "why": ""})
    assert missing.status_code == 422
    assert "蒋国平" in missing.text
    client.submit(url, {**typed, "photo": (io.BytesIO(jpeg()), "paper.jpg")})
    with app.app_context():
        row = db.session.scalars(select(Objection)).one()
        assert (row.contact, row.assisted_by is not None, row.raised_by) == ("14100001010", True, None)
        paper = row.paper_id
    public = client.enter(cast.ref(2)).get(f"/notices/{period}")
    assert "纸质，居委代录" in public.text
    assert "蒋国平" not in public.text
    assert client.get(f"/files/{paper}").status_code == 404
    assert client.enter(cast.ref("clerk")).get(f"/files/{paper}").status_code == 200


# Who may open what.


def test_pages_of_staff_are_for_staff_of_the_place(cast: Cast, client: Browser, period: int) -> None:
    staff = [f"/notices/{period}/paper", f"/notices/{period}/objection/paper", f"/notices/{period}/withdrawal"]
    desk = ["/desk/notices", "/desk/notices/new", "/desk/objections"]
    for url in (*staff, *desk):
        assert client.get(url).status_code == 401, url
    client.enter(cast.ref(2))
    for url in (*staff, *desk):
        assert client.get(url).status_code == 403, url
    client.enter(cast.foreign_clerk)
    for url in staff:
        assert client.get(url).status_code == 404, url
    client.enter(cast.ref("clerk"))
    for url in (*staff, *desk):
        assert client.get(url).status_code == 200, url


@pytest.mark.usefixtures("period")
def test_an_objection_is_for_its_author_and_the_committee_of_the_place(app: Flask, cast: Cast, client: Browser) -> None:
    url = f"/notices/objections/{objection(app, cast)}"
    assert client.get(url).status_code == 401
    for who, status in ((2, 404), ("block_officer", 404), (5, 200), ("clerk", 200)):
        assert client.enter(cast.ref(who)).get(url).status_code == status, who
    for who in (cast.stranger, cast.foreign_clerk):
        assert client.enter(who).get(url).status_code == 404
    assert client.enter(cast.ref("clerk")).get(f"{url}/withdrawal").status_code == 404
    author = client.enter(cast.ref(5))

    token = pick(author.get(f"{url}/withdrawal").text).fields
    forged = author.post(url, data={"csrf_token": token["csrf_token"], "outcome": "settled", "reason": "自己定"})
    assert forged.status_code == 403


def test_objecting_is_for_residents_of_the_place(cast: Cast, client: Browser, period: int, general: int) -> None:
    url = f"/notices/{period}/objection"
    assert client.get(url).status_code == 401
    assert client.enter(cast.stranger).get(url).status_code == 404
    assert client.enter(cast.ref("clerk")).get(url).status_code == 403
    assert client.enter(cast.ref(1)).get(url).status_code == 200
    assert client.get(f"/notices/{general}/objection").status_code == 404


def test_no_page_asks_much_of_the_database(app: Flask, cast: Cast, client: Browser, period: int) -> None:
    for household in (1, 2, 3, 4):
        number = objection(app, cast, household)
    urls = {
        None: ["/notices?of=tianjinlu", f"/notices/{period}", f"/notices/{period}/print"],
        cast.ref(4): [f"/notices/{period}", f"/notices/{period}/objection", f"/notices/objections/{number}"],
        cast.ref("clerk"): [
            "/notices",
            f"/notices/{period}",
            f"/notices/{period}/paper",
            f"/notices/objections/{number}",
            "/desk/notices",
            "/desk/notices/new",
            "/desk/objections",
        ],
    }
    for who, pages in urls.items():
        if who:
            client.enter(who)
        for url in pages:
            with statements(app) as said:
                assert client.get(url).status_code == 200
            assert len(said) <= MOST_STATEMENTS, (url, said)

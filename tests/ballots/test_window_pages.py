"""The pages of the window and of the tablet: from printing to the balance, without JavaScript."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select

from hearing import clock
from hearing.audit.models import LogEntry
from hearing.audit.routes import publisher
from hearing.ballots import paper_queries, queries, rules
from hearing.ballots.models import NamedBallot, PollMark, SealedBallot
from hearing.ballots.paper_models import DeskCode
from hearing.ballots.rules import Counting as Way
from hearing.ballots.rules import Kind, Limits, Mode
from hearing.clock import now
from hearing.db import db
from tests.ballots.stage import Stage, question, terms
from tests.browser import Browser, pick
from tests.cast import Cast
from tests.statements import statements


@pytest.fixture
def stage(app: Flask, cast: Cast) -> Stage:
    """A stage whose poll is set up inside an application context."""
    return Stage(cast)


def desk(app: Flask, cast: Cast, who: str = "clerk") -> Browser:
    """An officer's own browser."""
    browser = app.test_client()
    assert isinstance(browser, Browser)
    return browser.enter(cast.ref(who))


def opened(app: Flask, stage: Stage, **changes: object) -> str:
    """Open a poll; its address at the desk."""
    with app.app_context():
        stage.open(terms(now(), **changes))
    return f"/desk/polls/{stage.poll_id}"


def codes(app: Flask, stage: Stage, run: int = 1) -> list[str]:
    with app.app_context():
        return paper_queries.papers_of(stage.poll_id, run)


def voter(app: Flask, stage: Stage, who: int) -> int:
    with app.app_context():
        return stage.line(who).voter_id


def read(browser: Browser, url: str, code: str, **fields: object) -> str:
    """Read one paper; the page that comes after."""
    page = browser.submit(f"{url}/papers/reading", {"code": code}).text
    form = pick(page, action="/papers/reading/one")
    return browser.post(form.action, data={**form.fields, **fields}, follow_redirects=True).text


def given(browser: Browser, url: str, voter_id: int) -> str:
    """A one-time code from the desk."""
    form = pick(browser.get(f"{url}/window/{voter_id}").text, action="/code")
    found = re.search(r"(\d{4}) (\d{4})", browser.post(form.action, data=form.fields).text)
    assert found
    return found[1] + found[2]


def test_papers_from_the_printer_to_the_balance(app: Flask, client: Browser, cast: Cast, stage: Stage) -> None:
    url = opened(app, stage)
    client.enter(cast.ref("clerk"))
    assert "纸票" in client.get(url).text
    assert client.submit(f"{url}/papers", {"sheets": "1e3"}).status_code == 422
    assert client.submit(f"{url}/papers", {"sheets": "3"}).status_code == 303
    assert "3 张" in client.get(f"{url}/papers").text
    found = client.submit(f"{url}/window", {"words": "二层 前楼"}).text
    assert "天津路426弄 二层前楼" in found
    line = voter(app, stage, 5)
    assert f"/window/{line}" in found
    assert client.submit(f"{url}/window/{line}", action=f"/window/{line}").status_code == 303
    assert "不能再领" in client.get(f"{url}/window/{line}").text
    first, second, _ = codes(app, stage)
    assert "录好了" in read(client, url, first, choice=["01", "03"])
    again = client.submit(f"{url}/papers/reading", {"code": first})
    assert again.status_code == 422 and "您已经录过一次" in again.text
    other = desk(app, cast, "second_clerk")
    assert "1 张等第二人" in other.get(f"{url}/papers").text
    assert "看不到第一位" in other.submit(f"{url}/papers/reading", {"code": rules.square_text(first)}).text
    assert "录好了" in read(other, url, first, choice=["01", "03"])
    assert "已经录完" in other.submit(f"{url}/papers/reading", {"code": first}).text
    assert "比发出的还多" in read(client, url, second, choice="01")
    for typed, words in (("123", "编号不对"), (rules.paper_code(7), "没有印过这个编号")):
        answer = client.submit(f"{url}/papers/reading", {"code": typed})
        assert answer.status_code == 422 and words in answer.text and typed in answer.text
    with app.app_context():
        assert (db.session.query(SealedBallot).count(), db.session.query(PollMark).count()) == (1, 1)
        stage.finish()
    page = client.get(f"{url}/papers").text
    assert "投入票箱" in page
    assert client.get(f"{url}/papers/1.pdf").status_code == 404, "nothing is printed after the close"


def test_what_two_read_differently_a_third_decides(app: Flask, cast: Cast, stage: Stage) -> None:
    url = opened(app, stage, kind=Kind.POINTS, limits=Limits(1, 0, 10, 6), counting=Way.GREEDY)
    first, second, third = (desk(app, cast, who) for who in ("clerk", "second_clerk", "third_clerk"))
    first.submit(f"{url}/papers", {"sheets": "2"})
    line = voter(app, stage, 1)
    first.submit(f"{url}/window/{line}", action=f"/window/{line}")
    code = codes(app, stage)[0]
    bad = read(first, url, code, **{"n.01": "NaN"})
    assert "“NaN”不是整数" in bad and 'value="NaN"' in bad
    read(first, url, code, **{"n.01": "３"})
    read(second, url, code, **{"n.01": "5"})
    assert "1 张等第三人" in first.get(f"{url}/papers").text
    page = third.submit(f"{url}/papers/reading", {"code": code}).text
    assert "两次录入不一致" in page and "3 分" in page and "5 分" in page
    assert "录好了" in read(third, url, code, void="unclear")
    assert "看不清选了什么" in first.get(f"{url}/papers").text


def test_a_named_paper_is_bound_at_the_desk(app: Flask, client: Browser, cast: Cast, stage: Stage) -> None:
    url = opened(app, stage, mode=Mode.NAMED)
    client.enter(cast.ref("clerk"))
    client.submit(f"{url}/papers", {"sheets": "3"})
    line, (old, new, _) = voter(app, stage, 2), codes(app, stage)
    page = client.submit(f"{url}/window/{line}", {"code": "123"}, action=f"/window/{line}")
    assert page.status_code == 422 and "编号不对" in page.text
    assert client.submit(f"{url}/window/{line}", {"code": old}, action=f"/window/{line}").status_code == 303
    assert "领了纸票" in client.get(f"{url}/window/{line}").text
    resident = desk(app, cast, 2)  # type: ignore[arg-type]
    ballot = resident.found(f"/polls/{stage.poll_id}/ballot", field="voter")
    check = resident.post(ballot.action, data={**ballot.fields, "step": "check", "choice": "01"}).text
    form = pick(check, action="/ballot/cast")
    answer = resident.post(form.action, data=form.fields)
    assert answer.status_code == 422 and "您户领了纸票" in answer.text
    assert client.submit(f"{url}/papers/exchange", {"code": old, "new": new}).status_code == 303
    other = desk(app, cast, "second_clerk")
    for browser in (client, other):
        read(browser, url, old, void="exchanged")
        read(browser, url, new, choice="03")
    with app.app_context():
        assert db.session.query(NamedBallot).one().said().choices == ("03",)


def test_the_close_asks_for_what_did_not_come_back(app: Flask, client: Browser, cast: Cast, stage: Stage) -> None:
    url = opened(app, stage)
    client.enter(cast.ref("clerk"))
    client.submit(f"{url}/papers", {"sheets": "2"})
    line = voter(app, stage, 1)
    client.submit(f"{url}/window/{line}", action=f"/window/{line}")
    with app.app_context():
        after = stage.poll.closes_at + timedelta(minutes=1)
    with clock.standing_at(after):
        late = desk(app, cast)
        assert "没有着落" in late.get(f"{url}/papers").text
        assert "没有交回" in late.get("/desk").text
        wrong = late.submit(f"{url}/papers/unreturned", {"missing": "2"})
        assert wrong.status_code == 422 and "数目对不上" in wrong.text and 'value="2"' in wrong.text
        assert late.submit(f"{url}/papers/unreturned", {"missing": "1"}).status_code == 303
        assert "不能再领" not in late.get(f"{url}/papers").text


def test_the_tablet_takes_one_voter_after_the_other(app: Flask, client: Browser, cast: Cast, stage: Stage) -> None:
    url = opened(app, stage)
    officer = desk(app, cast)
    line = voter(app, stage, 1)
    code = given(officer, url, line)
    assert client.get("/polls/tablet/ballot").location == "/polls/tablet", "nobody without a code"
    for typed, words in (("123", "8 位数字"), (rules.desk_code(1), "没有用")):
        wrong = client.submit("/polls/tablet", {"code": typed}, action="/polls/tablet")
        assert wrong.status_code == 422 and words in wrong.text
    assert client.submit("/polls/tablet", {"code": code}, action="/polls/tablet").location == "/polls/tablet/ballot"
    page = client.get("/polls/tablet/ballot")
    assert page.headers["Cache-Control"] == "no-store" and "楼道扶手加装" in page.text
    form = pick(page.text, field="voter")
    assert form.action == "/polls/tablet/ballot"
    many = client.post(form.action, data={**form.fields, "step": "check", "choice": ["01", "02", "03", "A-4"]})
    assert many.status_code == 422 and "最多选 3 项" in many.text
    check = client.post(form.action, data={**form.fields, "step": "check", "choice": "01", "phrase": "桂花"})
    assert check.headers["Cache-Control"] == "no-store"
    sent = pick(check.text, action="/ballot/cast")
    done = client.post(sent.action, data=sent.fields)
    assert done.status_code == 200 and done.headers["Cache-Control"] == "no-store"
    assert done.headers["Refresh"] == "120; url=/polls/tablet"
    assert "您的选票已收到" in done.text and "楼道扶手加装" not in done.text
    # Whoever presses back, or sends the form once more, is at the first page.
    assert client.post(sent.action, data=sent.fields).location == "/polls/tablet"
    assert client.get("/polls/tablet/ballot").location == "/polls/tablet"
    with client.session_transaction() as session:
        assert "ballot_code" not in session and code not in str(dict(session))
    assert "没有用" in client.submit("/polls/tablet", {"code": code}, action="/polls/tablet").text
    with app.app_context():
        assert db.session.query(DeskCode).count() == 0
        assert db.session.query(PollMark).count() == db.session.query(SealedBallot).count() == 1
    assert "不能再领" in officer.get(f"{url}/window/{line}").text
    # The next one.
    second = given(officer, url, voter(app, stage, 2))
    client.submit("/polls/tablet", {"code": second}, action="/polls/tablet")
    assert "桂花" not in client.get("/polls/tablet/ballot").text
    client.get("/polls/tablet")
    assert client.get("/polls/tablet/ballot").location == "/polls/tablet", "coming to the first page ends it"


def test_a_named_ballot_at_the_tablet(app: Flask, client: Browser, cast: Cast, stage: Stage) -> None:
    with app.app_context():
        stage.open(question(now()))
    url = f"/desk/polls/{stage.poll_id}"
    officer = desk(app, cast)
    for choice in ("yes", "yes", "no"):
        code = given(officer, url, voter(app, stage, 1))
        client.submit("/polls/tablet", {"code": code}, action="/polls/tablet")
        form = client.found("/polls/tablet/ballot", field="voter")
        page = client.get("/polls/tablet/ballot").text
        assert "checked" not in page, "what she said before is not shown on a tablet"
        check = client.post(form.action, data={**form.fields, "step": "check", "choice": choice}).text
        sent = pick(check, action="/ballot/cast")
        assert "截止前还可以再投" in client.post(sent.action, data=sent.fields).text
        assert "没有用" in client.submit("/polls/tablet", {"code": code}, action="/polls/tablet").text
    with app.app_context():
        assert [ballot.turn for ballot in db.session.query(NamedBallot).order_by(NamedBallot.turn)] == [1, 2]
        assert queries.turnout(stage.poll) == 1


def test_codes_cannot_be_guessed_for_long(app: Flask, client: Browser, cast: Cast, stage: Stage) -> None:
    opened(app, stage)
    form = client.found("/polls/tablet", action="/polls/tablet")
    answers = [client.post("/polls/tablet", data={**form.fields, "code": rules.desk_code(n)}) for n in range(61)]
    assert [answer.status_code for answer in answers] == [422] * 60 + [429]


def test_who_does_not_sit_there_sees_no_window(app: Flask, client: Browser, cast: Cast, stage: Stage) -> None:
    url = opened(app, stage)
    client.enter(cast.foreign_clerk)
    for page in ("/papers", "/window", "/papers/exchange", "/papers/reading", "/papers/unreturned", "/papers/1.pdf"):
        assert client.get(url + page).status_code == 404
    client.enter(cast.ref(1))
    assert client.get(f"{url}/window").status_code == 403


def test_the_papers_hold_their_squares_and_their_stubs(app: Flask, client: Browser, cast: Cast, stage: Stage) -> None:
    url = opened(app, stage)
    client.enter(cast.ref("clerk"))
    client.submit(f"{url}/papers", {"sheets": "4"})
    with app.app_context():
        publisher().publish(db.session)
    answer = client.get(f"{url}/papers/1.pdf")
    assert answer.status_code == 200, answer.text[:500]
    text = [page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages]
    assert len(text) == 4
    assert all("楼道扶手加装" in page and "28,000.00 元" in page and "·" in page for page in text)


def test_pages_ask_the_database_little(app: Flask, client: Browser, cast: Cast, stage: Stage) -> None:
    url = opened(app, stage)
    client.enter(cast.ref("clerk"))
    client.submit(f"{url}/papers", {"sheets": "3"})
    line = voter(app, stage, 1)
    for page in (f"{url}/papers", f"{url}/window", f"{url}/window/{line}", f"{url}/papers/reading", "/polls/tablet"):
        with statements(app) as asked:
            assert client.get(page).status_code == 200
        assert len(asked) <= 8, (page, asked)


def test_a_lost_paper_is_declared_on_the_page_of_its_line(
    app: Flask, client: Browser, cast: Cast, stage: Stage
) -> None:
    url = opened(app, stage, mode=Mode.NAMED)
    client.enter(cast.ref("clerk"))
    client.submit(f"{url}/papers", {"sheets": "2"})
    code, other = codes(app, stage)
    line = voter(app, stage, 1)
    at_line, lost = f"{url}/window/{line}", f"{url}/window/{line}/lost"
    assert client.get(lost).status_code == 303, "she has no paper"
    client.submit(at_line, {"code": code}, action=f"/window/{line}")
    assert "这张丢了，或者不会交回" in client.get(at_line).text
    page = client.get(lost)
    assert "天津路426弄" in page.text and pick(page.text, action="", field="code").fields["code"] == [code]
    form = client.found(lost, field="code")
    assert client.post(lost, data={**form.fields, "code": other}).status_code == 422, "that is not hers"
    assert client.submit(lost, field="code").status_code == 303
    assert "发一张纸票" in client.get(at_line).text
    assert "1 张报过没交回" in client.get(f"{url}/papers").text
    assert "报过没交回" in read_refused(client, url, code)
    late = f"{url}/papers/late"
    assert "没有报过没交回" in client.submit(late, {"code": other}, field="code").text
    assert client.submit(late, {"code": rules.square_text(code)}, field="code").status_code == 303
    assert "报过没交回，后来又出现了" in client.get(f"{url}/papers").text
    with app.app_context():
        kinds = select(LogEntry.idx, LogEntry.kind).where(LogEntry.kind.in_(["paper.lost", "paper.turned_up"]))
        places = {row.kind: row.idx for row in db.session.execute(kinds)}
    own = desk(app, cast, "clerk").enter(cast.ref(1))
    assert "可以另领一张" in own.get(f"/receipts/{places['paper.lost']}").text, "the household reads it too"
    assert "后来又出现了" in own.get(f"/receipts/{places['paper.turned_up']}").text


def read_refused(browser: Browser, url: str, code: str) -> str:
    """The page that says why a paper is not read."""
    answer = browser.submit(f"{url}/papers/reading", {"code": code})
    assert answer.status_code == 422
    return answer.text


def test_a_secret_poll_has_no_pages_for_lost_papers(app: Flask, client: Browser, cast: Cast, stage: Stage) -> None:
    url = opened(app, stage)
    client.enter(cast.ref("clerk"))
    line = voter(app, stage, 1)
    assert client.get(f"{url}/window/{line}/lost").status_code == 303
    assert client.get(f"{url}/papers/late").status_code == 404

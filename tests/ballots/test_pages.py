"""The pages of polls: from the desk to the receipt, without JavaScript."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from flask import Flask, template_rendered
from jinja2 import Template
from sqlalchemy import select
from werkzeug.test import TestResponse

from hearing import clock
from hearing.audit import replay
from hearing.audit.ledger import perform
from hearing.audit.models import LogEntry
from hearing.ballots import actions
from hearing.ballots.models import NamedBallot, PollMark, SealedBallot
from hearing.ballots.rules import Counting, Kind, Limits
from hearing.clock import now
from hearing.db import db
from tests.ballots.stage import Stage, close_at, question, terms
from tests.browser import Browser, pick
from tests.cast import Cast
from tests.statements import statements


@pytest.fixture
def stage(app: Flask, cast: Cast) -> Stage:
    """A stage whose poll is set up inside an application context."""
    return Stage(cast)


def opened(app: Flask, stage: Stage, **changes: object) -> str:
    """Open a poll; its address."""
    with app.app_context():
        stage.open(terms(now(), **changes))
    return f"/polls/{stage.poll_id}"


def soon(app: Flask) -> datetime:
    """Early in a minute to come: what is kept then lives for a while."""
    with app.app_context():
        return now().replace(second=10, microsecond=0) + timedelta(minutes=5)


def checked(client: Browser, url: str, **fields: object) -> str:
    """Fill the ballot in and go to its check page; the page."""
    form = client.found(f"{url}/ballot", field="voter")
    answer = client.post(f"{url}/ballot", data={**form.fields, "step": "check", **fields})
    assert answer.status_code == 200, answer.text[:3000]
    return answer.text


def sent(client: Browser, page: str) -> TestResponse:
    """Send the ballot of a check page."""
    form = pick(page, action="/ballot/cast")
    return client.post(form.action, data=form.fields)


def test_a_household_votes_in_secret_and_keeps_a_promise(app: Flask, client: Browser, cast: Cast, stage: Stage) -> None:
    url = opened(app, stage)
    client.enter(cast.ref(1))
    assert "去投票" in client.get(url).text
    page = checked(client, url, choice=["01", "03"], phrase="我家的猫叫阿黄")
    assert "还没提交" in page and "楼道扶手加装" in page and "我家的猫叫阿黄" in page
    answer = sent(client, page)
    assert answer.status_code == 303 and answer.location == f"{url}/receipt"
    receipt = client.get(f"{url}/receipt").text
    assert "您的选票已收到" in receipt and "hearing/promise/v1" in receipt
    promise = client.get(f"{url}/receipt/promise")
    c = promise.text.split("\n")[3]
    assert c in receipt
    with app.app_context():
        assert db.session.query(PollMark).count() == db.session.query(SealedBallot).count() == 1
    # The very same form again: the very same receipt, and still one ballot.
    assert sent(client, page).location == f"{url}/receipt"
    assert client.get(f"{url}/receipt/promise").text == promise.text
    with app.app_context():
        assert db.session.query(SealedBallot).count() == 1
    assert client.get(f"{url}/ballot").location == f"{url}/receipt"
    # On another phone of the household nobody knows which ballot it was.
    other = app.test_client()
    assert isinstance(other, Browser)
    told = other.enter(cast.ref(1)).get(f"{url}/receipt").text
    assert "您户已投票" in told and c not in told
    found = other.submit(f"{url}/find", {"word": c[:10] + " " + c[10:]})
    assert "在票箱里" in found.text
    assert "没有这个编号" in other.submit(f"{url}/find", {"word": "A" * 43}).text
    assert other.submit(f"{url}/find", {"word": "1e3"}).status_code == 422
    with app.app_context():
        stage.finish()
    after = client.get(f"{url}/receipt").text
    assert "已经写进存证" in after
    revealed = client.get(f"{url}/reveal.jsonl").text
    assert c in revealed and "我家的猫叫阿黄" in revealed
    assert client.get(f"{url}/voted.txt").status_code == 404, "the roll is small"


def test_a_ballot_under_a_name_changes_until_the_close(app: Flask, client: Browser, cast: Cast, stage: Stage) -> None:
    with app.app_context():
        stage.open(question(now()))
    url = f"/polls/{stage.poll_id}"
    client.enter(cast.ref(2))
    first = sent(client, checked(client, url, choice="yes"))
    assert "/receipts/" in first.location
    page = checked(client, url, choice="no")
    second = sent(client, page)
    assert second.location != first.location
    assert sent(client, page).location == second.location, "the same form"
    assert sent(client, checked(client, url, choice="no")).location == second.location, "the same choice"
    assert client.get(f"{url}/receipt").location == second.location
    with app.app_context():
        assert db.session.query(NamedBallot).count() == 2
        assert db.session.query(PollMark).count() == 1
    assert "反对" in client.get(second.location).text


def test_bad_ballots_get_a_sentence_and_keep_what_was_typed(
    app: Flask, client: Browser, cast: Cast, stage: Stage
) -> None:
    url = opened(app, stage, kind=Kind.POINTS, limits=Limits(1, 0, 10, 6), counting=Counting.GREEDY)
    client.enter(cast.ref(1))
    form = client.found(f"{url}/ballot", field="voter")
    for typed, words in (
        ("1e3", "“1e3”不是整数"),
        ("NaN", "“NaN”不是整数"),
        ("-1", "“-1”不是整数"),
        ("2.5", "“2.5”不是整数"),
        ("7", "最多给 6 分"),
        ("9999999", "不是整数"),
    ):
        answer = client.post(f"{url}/ballot", data={**form.fields, "step": "check", "n.01": typed, "n.02": "2"})
        assert answer.status_code == 422 and words in answer.text, (typed, answer.text[:2000])
        assert f'value="{typed}"' in answer.text
    answer = client.post(f"{url}/ballot", data={**form.fields, "step": "check", "n.01": "６", "n.02": " 4 "})
    assert answer.status_code == 200 and "6 分" in answer.text, "full-width digits are digits"
    sent_form = pick(answer.text, action="/ballot/cast")
    bad = {**sent_form.fields, "n.01": ["1e3"]}
    answer = client.post(sent_form.action, data=bad)
    assert answer.status_code == 422 and "“1e3”不是整数" in answer.text
    assert client.post(sent_form.action, data={**sent_form.fields, "n.zz": "1"}).status_code == 422
    with app.app_context():
        assert db.session.query(PollMark).count() == 0


def test_the_totals_come_without_javascript(app: Flask, client: Browser, cast: Cast, stage: Stage) -> None:
    url = opened(app, stage, kind=Kind.KNAPSACK, limits=Limits())
    client.enter(cast.ref(1))
    form = client.found(f"{url}/ballot", field="voter")
    answer = client.post(f"{url}/ballot", data={**form.fields, "step": "total", "choice": ["01", "02"]})
    assert answer.status_code == 200
    assert "¥70,000.00" in answer.text and "¥30,000.00" in answer.text
    assert "还差 ¥30,000.00" in answer.text, "the garden does not fit, and says by how much"
    assert len(re.findall(r"checked", answer.text)) == 2
    over = client.post(f"{url}/ballot", data={**form.fields, "step": "check", "choice": ["01", "02", "A-4"]})
    assert over.status_code == 422 and "超出 ¥30,000.00" in over.text


def test_order_search_and_filter(app: Flask, client: Browser, cast: Cast, stage: Stage) -> None:
    url = opened(app, stage)
    first, again = client.get(url).text, client.enter(cast.ref(3)).get(url).text
    order = [re.findall(r"<h3>([^<]+)", text) for text in (first, again)]
    assert order[0] == order[1] and len(order[0]) == 4
    assert re.findall(r"<h3>([^<]+)", client.get(f"{url}?q=扶手").text) == ["楼道扶手加装"]
    assert re.findall(r"<h3>([^<]+)", client.get(f"{url}?category=绿化").text) == ["口袋花园"]
    assert "没有找到" in client.get(f"{url}?q=电梯").text


def test_before_and_after_a_kind_page_says_why_not(app: Flask, client: Browser, cast: Cast, stage: Stage) -> None:
    with app.app_context():
        moment = now()
        early = Stage(cast).open(terms(moment, opens=moment + timedelta(hours=2)))
    client.enter(cast.ref(1))
    assert "开始投票，到时候再来" in client.get(f"/polls/{early.poll_id}/ballot").text
    url = opened(app, stage)
    page = checked(client, url, choice="01")
    with app.app_context():
        close_at(stage.poll_id, now())
    assert "已经截止" in client.get(f"{url}/ballot").text
    late = sent(client, page)
    assert late.status_code == 422
    assert "这张选票没有收" in late.text
    with app.app_context():
        assert db.session.query(PollMark).count() == 0


def test_a_stranger_and_a_visitor_cannot_vote(app: Flask, client: Browser, cast: Cast, stage: Stage) -> None:
    url = opened(app, stage)
    assert client.get(url).status_code == 200
    assert client.get(f"{url}/ballot").status_code in {302, 303, 401}
    client.enter(cast.stranger)
    assert "名册" in client.get(f"{url}/ballot").text
    client.enter(cast.ref(1))
    page = checked(client, url, choice="01")
    form = pick(page, action="/ballot/cast")
    client.enter(cast.stranger)
    own = client.get(f"{url}/find").text
    token = pick(own, field="word").fields["csrf_token"]
    answer = client.post(form.action, data={**form.fields, "csrf_token": token})
    assert (answer.status_code == 200 and "不在这次投票的名册上" in answer.text) or answer.status_code == 422
    with app.app_context():
        assert db.session.query(PollMark).count() == 0


def test_few_statements(app: Flask, client: Browser, cast: Cast, stage: Stage) -> None:
    url = opened(app, stage)
    client.enter(cast.ref(1))
    for address in (url, f"{url}/ballot", "/polls"):
        with statements(app) as said:
            assert client.get(address).status_code == 200
        assert len(said) <= 8, (address, said)
    page = checked(client, url, choice=["01"])
    with statements(app) as said:
        assert sent(client, page).status_code == 303
    assert len(said) <= 10, "\n".join(said)


def test_who_has_just_voted_sees_it_at_once_and_her_other_phone_within_a_minute(
    app: Flask, client: Browser, cast: Cast, stage: Stage
) -> None:
    url = opened(app, stage)
    noon = soon(app)
    other = app.test_client()
    assert isinstance(other, Browser)
    with clock.standing_at(noon):
        client.enter(cast.ref(1))
        other.enter(cast.ref(1))
        page, late = checked(client, url, choice=["01"]), checked(other, url, choice=["02"])
        for browser in (client, other):
            assert "已经投票：0" in browser.get(url).text
            assert 'name="choice"' in browser.get(f"{url}/ballot").text
        sent(client, page)
        assert "已经投票：1" in client.get(url).text and "看回执" in client.get(url).text
        assert client.get(f"{url}/ballot").status_code == 303
        assert "已经投票：0" in other.get(url).text, "kept until the minute is over"
        assert sent(other, late).status_code == 303
        assert "这一张没有收" in other.get(f"{url}/receipt").text
        assert "已经投票：1" in other.get(url).text
    with clock.standing_at(noon + timedelta(minutes=1)):
        assert "看回执" in other.get(url).text
        with app.app_context():
            assert db.session.query(SealedBallot).count() == 1


def test_what_a_blank_ballot_offers_is_made_once_and_is_nobodys(
    app: Flask, client: Browser, cast: Cast, stage: Stage
) -> None:
    url = opened(app, stage)
    made: list[str] = []

    def hear(_app: Flask, template: Template, **_more: object) -> None:
        if template.name == "ballots/_choices.html":
            made.append(template.name)

    template_rendered.connect(hear, app)
    with clock.standing_at(soon(app)):
        first = client.enter(cast.ref(1)).get(f"{url}/ballot").text
        with statements(app) as said:
            again = client.get(f"{url}/ballot").text
        assert len(said) == 1
        other = app.test_client()
        assert isinstance(other, Browser)
        second = other.enter(cast.ref(2)).get(f"{url}/ballot").text
        assert len(made) == 1
        tokens = [pick(text, action="/ballot").fields for text in (first, again, second)]
        assert tokens[0]["voter"] == tokens[1]["voter"] != tokens[2]["voter"]
        assert tokens[0]["csrf_token"] != tokens[2]["csrf_token"]
        assert not any("once" in each for each in tokens), "nothing is done by this form, so it needs no key"
        form = client.found(f"{url}/ballot", field="voter")
        ticked = client.post(f"{url}/ballot", data={**form.fields, "step": "total", "choice": ["01"]}).text
        assert " checked" in ticked and " checked" not in client.get(f"{url}/ballot").text
        made.clear()
        with app.app_context():
            perform(actions.withdraw_project, stage.clerk, stage.poll, "01", "做不了")
        assert "已撤回，不能选" in other.get(f"{url}/ballot").text
        assert len(made) == 1
        token = client.found(f"{url}/ballot", field="voter").fields["csrf_token"]
        assert client.post("/language", data={"csrf_token": token, "language": "en"}).status_code == 303
        english = client.get(f"{url}/ballot").text
        assert "已撤回" not in english and len(made) == 2


def test_staff_set_up_a_poll_and_open_it(app: Flask, client: Browser, cast: Cast, stage: Stage) -> None:
    client.enter(cast.ref("clerk"))
    answer = client.submit(
        "/desk/polls/new",
        {
            "title": "分一分这10万元",
            "kind": "knapsack",
            "mode": "secret",
            "budget": "100,000",
            "counting": "mes-add1u",
        },
        field="title",
    )
    assert answer.status_code == 303, answer.text[:3000]
    desk = answer.location
    poll = f"/polls/{desk.rpartition('/')[2]}"
    assert client.get(poll).status_code == 200
    for code, title, cost in (("01", "扶手", "28000"), ("02", "铁门", "4.2万")):
        answer = client.submit(f"{desk}/project", {"code": code, "title": title, "cost": cost}, field="code")
        assert answer.status_code == (303 if cost.isdigit() else 422)
    client.submit(f"{desk}/project", {"code": "02", "title": "铁门", "cost": "42000"}, field="code")
    again = client.submit(f"{desk}/project", {"code": "02", "title": "另一个", "cost": "1"}, field="code")
    assert again.status_code == 422 and "已经有项目用了" in again.text
    dear = client.submit(f"{desk}/project", {"code": "03", "title": "电梯", "cost": "120000"}, field="code")
    assert dear.status_code == 422 and "“电梯”要 ¥120,000.00，比总金额 ¥100,000.00 还多" in dear.text
    assert 'value="120000"' in dear.text, "what was typed stays"
    less = client.submit(f"{desk}/terms", {"budget": "41,999"}, field="title")
    assert less.status_code == 422 and "“铁门”要" in less.text and 'value="41,999"' in less.text
    opening = client.get(f"{desk}/opening").text
    assert "总金额平均分给每一张选票" in opening
    assert client.submit(f"{desk}/opening", field="seen").status_code == 303
    assert client.get(f"{desk}/terms").status_code == 303, "frozen"
    assert (
        client.submit(f"{desk}/project", {"code": "3", "title": "晚了", "cost": "1"}, field="code").status_code == 422
    )
    page = client.get(desk).text
    assert "延长" in page and "改名册" in page
    visitor = app.test_client()
    assert isinstance(visitor, Browser)
    assert visitor.get(desk).status_code == 401
    assert visitor.get("/n/tianjinlu").text.count("分一分这10万元") == 1


def test_a_draft_is_for_its_office_alone(app: Flask, client: Browser, cast: Cast, stage: Stage) -> None:
    with app.app_context():
        stage.draft()
    url = f"/polls/{stage.poll_id}"
    assert client.get(url).status_code == 404
    assert client.enter(cast.ref(1)).get(url).status_code == 404
    assert client.enter(cast.foreign_clerk).get(f"/desk{url}").status_code == 404
    assert client.enter(cast.ref("clerk")).get(url).status_code == 200


def test_the_trails_pages_tell_a_ballot_without_author_and_hour(
    app: Flask, client: Browser, cast: Cast, stage: Stage
) -> None:
    with app.app_context():
        stage.open()
        for number in range(1, 12):
            stage.cast_secretly(number, "01")
        done = stage.close()
        ballot, closed = done[0], done[-1]
        rows = [replay._row(ballot.index, _bodies()), replay._row(closed.index, _bodies())]
    assert rows[0]["actor_ref"] == "" and rows[0]["subject"] == f"poll/{stage.poll_id}"
    assert rows[0]["at"] <= rows[1]["at"], "an entry without an hour is given that of the one before it"
    assert client.get(f"/r/{ballot.index}").status_code == 200
    assert client.get(f"/receipts/{ballot.index}/proof").status_code in {200, 404}
    client.enter(cast.ref("director"))
    for address in ("/desk/trail", "/desk/trail/export"):
        assert client.get(address).status_code == 200
    found = client.submit("/desk/trail", {"sort": "ballot"}, field="sort", follow=True)
    assert found.status_code == 200 and "一张无记名选票" in found.text
    found = client.submit("/desk/trail", {"sort": "poll"}, field="sort", follow=True)
    assert "投票截止" in found.text
    assert client.enter(cast.ref(1)).get(f"/receipts/{ballot.index}").status_code == 404, "it is nobody's"
    assert client.get("/me").status_code == 200


def _bodies() -> list[bytes]:
    return list(db.session.scalars(select(LogEntry.body).order_by(LogEntry.idx)))


def test_a_visitor_of_several_neighbourhoods_chooses_one_first(client: Browser, cast: Cast) -> None:
    assert client.get("/polls").location == "/"
    assert client.enter(cast.ref(1)).get("/polls").status_code == 200

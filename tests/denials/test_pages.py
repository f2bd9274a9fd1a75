"""我的签名记录 on the phone: everything in the household's name, and one tap that denies it; the desk that checks."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select

from hearing import clock
from hearing.audit.ledger import perform
from hearing.consents.models import ConsentRecord
from hearing.db import db
from hearing.denials.models import Denial
from hearing.people.models import Membership
from hearing.proposals import actions as proposals
from hearing.proposals.rules import Assistance, Presence
from tests import schema
from tests.audit.receipts import Signed, signed
from tests.audit.test_receipts import codes
from tests.browser import Browser
from tests.cast import Cast
from tests.consents.course import at as at_moment
from tests.consents.course import lane_course, moment
from tests.people.steps import statements
from tests.proposals import scene


@pytest.fixture
def receipt(app: Flask, cast: Cast) -> Signed:
    return signed(app, cast)


def assisted(app: Flask, cast: Cast, household: int) -> int:
    """The block officer applies in a household's name; the entry's index."""
    with app.app_context():
        return perform(
            proposals.submit,
            schema.viewer(cast.ref("block_officer")),
            scene.ANSWERS,
            neighbourhood_id=cast.neighbourhood,
            unit_id=cast.units[household - 1],
            assistance=Assistance("走访时提出，本人不会用手机", Presence.VISIT),
            proposer_name="李伯年",
        ).index


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def join(app: Flask, cast: Cast, ref: str, household: int) -> None:
    """Somebody becomes a member of another household, as family."""
    with app.app_context(), schema.door_open():
        who = schema.viewer(ref)
        db.session.add(
            Membership(
                account_id=who.id,
                unit_id=cast.units[household - 1],
                relation="family",
                joined_at=who.memberships[0].joined_at,
            )
        )


def test_the_list_holds_what_she_did_and_what_staff_did_for_her_newest_first(
    app: Flask, client: Browser, cast: Cast, receipt: Signed
) -> None:
    later = assisted(app, cast, 1)
    page = client.enter(cast.ref(1)).get("/me/receipts").text
    said = words(page)
    assert said.index("您的提案已提交") < said.index("您对“门口台阶改坡道”方案第 1 版的表态是：同意")
    assert "包块干部代办" in said
    assert "您自己办的" in said
    for index in (later, receipt.index):
        assert f"/receipts/{index}" in page
        assert client.get(f"/receipts/{index}").status_code == 200
    assert "表态是：同意" not in words(client.enter(cast.ref(3)).get("/me/receipts").text)


def test_family_reads_that_something_was_said_and_not_what(
    app: Flask, client: Browser, cast: Cast, receipt: Signed
) -> None:
    join(app, cast, cast.ref(7), 1)
    page = client.enter(cast.ref(7)).get("/me/receipts").text
    assert "一户书面表态" in page
    assert "家里人办的" in page
    assert "同意" not in words(page)
    assert "这不是我签的</span>" not in page
    assert client.get(f"/receipts/{receipt.index}").status_code == 200
    assert client.get(f"/receipts/{receipt.index}/opening").status_code == 404
    small, _large = codes(client.get(f"/receipts/{receipt.index}/print").text)
    assert small.endswith(f"/r/{receipt.index}"), "no key to another's words"


def test_one_tap_denies_an_answer_which_counts_no_more(
    app: Flask, client: Browser, cast: Cast, receipt: Signed
) -> None:
    with clock.standing_at(moment(9)):
        client.enter(cast.ref(1))
        done = client.press("/me/receipts", "/records/1/dispute")
        assert done.status_code == 303
        assert "已登记“这不是我签的”" in client.get(done.headers["Location"]).text
        page = client.get("/me/receipts").text
        assert "/records/1/dispute" not in page, "what is denied is not denied twice"
    with app.app_context():
        record = db.session.scalars(select(ConsentRecord).where(ConsentRecord.number == 1)).one()
        assert record.dispute is not None


def test_a_slip_that_staff_read_in_can_be_denied_by_the_household(app: Flask, client: Browser, cast: Cast) -> None:
    with app.app_context():
        course = lane_course(cast).open()
        with at_moment(moment(8)):
            slip = course.print_slip(1).id
            for who, first in (("clerk", True), ("second_clerk", False)):
                course.read(who, slip, signed=moment(8).date(), received=moment(8, 9), original=first)
    with clock.standing_at(moment(9)):
        page = client.enter(cast.ref(1)).get("/me/receipts").text
        assert "居委工作人员代办" in words(page)
        assert client.press("/me/receipts", "/records/1/dispute").status_code == 303


def test_one_tap_denies_an_application_and_the_desk_checks_it(app: Flask, client: Browser, cast: Cast) -> None:
    index = assisted(app, cast, 1)
    client.enter(cast.ref(1))
    done = client.press("/me/receipts", f"/me/receipts/{index}/deny")
    assert done.status_code == 303
    assert "先搁置" in client.get(done.headers["Location"]).text
    assert "您家说不是自己办的，正在核实" in client.get("/me/receipts").text
    again = client.submit(f"/me/receipts/{index}/deny", {"reason": "再说一次"})
    assert again.status_code == 422
    assert "再说一次" in again.text
    with app.app_context():
        number = db.session.scalars(select(Denial.id)).one()
    for who in ("clerk", "second_clerk"):
        client.enter(cast.ref(who))
        assert "住户说不是自己办的" in words(client.get("/desk").text)
        assert "天津路426弄" in client.get("/desk/denials").text
        empty = client.submit(f"/desk/denials/{number}", {"genuine": "no", "finding": ""})
        assert empty.status_code == 422
        assert client.submit(f"/desk/denials/{number}", {"genuine": "no", "finding": "问过本人"}).status_code == 303
    assert "不是这一户办的" in client.get(f"/desk/denials/{number}").text
    assert "不算数" in client.enter(cast.ref(1)).get("/me/receipts").text


def test_whoever_entered_it_may_not_check_it(app: Flask, client: Browser, cast: Cast) -> None:
    index = assisted(app, cast, 1)
    client.enter(cast.ref(1)).press("/me/receipts", f"/me/receipts/{index}/deny")
    answer = client.enter(cast.ref("block_officer")).submit(
        "/desk/denials/1", {"genuine": "yes", "finding": "是我办的"}
    )
    assert answer.status_code == 422
    assert "经手" in answer.text
    assert "是我办的" in answer.text


def test_nobody_denies_for_another_household(app: Flask, client: Browser, cast: Cast) -> None:
    index = assisted(app, cast, 1)
    for ref in (cast.ref(2), cast.ref("clerk"), cast.stranger):
        client.enter(ref)
        assert client.get(f"/me/receipts/{index}/deny").status_code == 404
        assert client.get("/me/receipts/9999/deny").status_code == 404


def test_another_neighbourhood_s_desk_sees_no_denial(app: Flask, client: Browser, cast: Cast) -> None:
    index = assisted(app, cast, 1)
    client.enter(cast.ref(1)).press("/me/receipts", f"/me/receipts/{index}/deny")
    client.enter(cast.foreign_clerk)
    assert client.get("/desk/denials/1").status_code == 404
    assert "天津路" not in client.get("/desk/denials").text


def test_pages_cost_few_statements(app: Flask, client: Browser, cast: Cast, receipt: Signed) -> None:
    index = assisted(app, cast, 1)
    client.enter(cast.ref(1)).press("/me/receipts", f"/me/receipts/{index}/deny")
    for path in ("/me/receipts", "/desk/denials", "/desk/denials/1", "/desk"):
        client.enter(cast.ref(1) if path.startswith("/me") else cast.ref("clerk"))
        with statements(app) as seen:
            assert client.get(path).status_code == 200
        assert len(seen) <= 8, "\n".join(seen)

"""Pages of consents: the household on its phone, the public, the desk; and whoever should not be there."""

from __future__ import annotations

import csv
import hashlib
import io
import re

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from hearing import clock
from hearing.audit.ledger import perform
from hearing.consents import actions, papers, queries, rules
from hearing.consents.models import ConsentDraft, ConsentRecord
from hearing.consents.routes import house
from hearing.consents.rules import Answer, CollectionState
from hearing.db import db
from hearing.files.models import Evidence
from hearing.proposals.models import Proposal
from hearing.proposals.rules import TemplateName
from tests import schema
from tests.browser import Browser
from tests.cast import Cast
from tests.consents.conftest import Stage, drawn
from tests.consents.course import (
    CLOSES,
    LAST_DAY,
    START,
    TITLE,
    BlockCourse,
    at,
    block_a,
    block_course,
    estate,
    fixed_plan,
    moment,
    png,
    shown,
    sole_holder,
)
from tests.statements import hearing_every_statement
from tests.web.test_switches import switch

MOST_STATEMENTS = 8
MOST_OF_A_SIGNATURE = 18
"""Statements of the last post: 31 before (decisions/043)."""


def words(answer: TestResponse) -> str:
    """What a page says, without its markup."""
    text = re.sub(r"<(script|style)\b.*?</\1>", " ", answer.text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def begin(browser: Browser, url: str, said: str = "agree", **more: object) -> TestResponse:
    """The first page, filled in and sent."""
    return browser.submit(f"{url}/answer", {"answer": said, **drawn(), **more}, field="answer")


def sign(browser: Browser, url: str, said: str = "agree", **more: object) -> TestResponse:
    """Both pages, up to the receipt."""
    answer = begin(browser, url, said, **more)
    assert answer.status_code == 303, words(answer)
    return browser.submit(answer.location, field="draft")


def records(stage: Stage) -> list[tuple[str | None, str]]:
    """Every record: what was said, and how."""
    return stage.count(lambda collection: [(record.answer, record.method) for record in collection.records])


# ---- the household


def test_a_household_answers_in_two_pages_and_gets_a_receipt(opened: Stage) -> None:
    browser = opened.browser(5)
    first = begin(browser, opened.url, "oppose", reason="会挡住下水口")
    check = browser.get(first.location)
    assert "不同意（反对）" in words(check)
    assert "会挡住下水口" in words(check)
    assert "11月16日 24:00" in words(check)
    assert "data:image/png;base64," in check.text
    assert not records(opened)
    receipt = browser.submit(first.location, field="draft", follow=True)
    assert "您对“门口台阶改坡道”方案第 1 版的表态是：反对" in words(receipt)
    assert records(opened) == [("oppose", "phone")]
    reasons = opened.count(lambda collection: [record.reason for record in collection.records])
    assert reasons == ["会挡住下水口"]
    assert "会挡住下水口" not in opened.browser(6).get(opened.url).text


def test_a_reason_belongs_to_a_no_alone(opened: Stage) -> None:
    sign(opened.browser(5), opened.url, "agree", reason="写错地方了")
    assert opened.count(lambda collection: collection.records[0].reason) == ""


def test_nothing_is_preselected_and_asking_stands_beside_the_answers(opened: Stage) -> None:
    page = opened.browser(5).get(f"{opened.url}/answer")
    assert not re.search(r'name="answer"[^>]*checked', page.text)
    assert [word for word in ("同意", "不同意（反对）", "弃权", "想先问一问") if word in words(page)] != []
    assert page.text.count('type="radio"') == 4


def test_without_a_signature_nothing_typed_is_lost(opened: Stage) -> None:
    browser = opened.browser(5)
    answer = browser.submit(f"{opened.url}/answer", {"answer": "oppose", "reason": "太陡"}, field="answer")
    assert answer.status_code == 422
    assert "还没有签名" in words(answer)
    assert "太陡" in answer.text
    assert re.search(r'value="oppose"[^>]*checked|checked[^>]*value="oppose"', answer.text)


def test_without_an_answer_the_drawing_stays(opened: Stage) -> None:
    browser = opened.browser(5)
    answer = browser.submit(f"{opened.url}/answer", {**drawn()}, field="answer")
    assert answer.status_code == 422
    assert drawn()["signature"] in answer.text


def test_a_photo_of_a_signed_paper_is_kept_when_something_else_is_wrong(opened: Stage) -> None:
    browser = opened.browser(5)
    form = browser.found(f"{opened.url}/answer", field="answer")
    paper = {"typed_name": "郑龙根", "paper": (io.BytesIO(png()), "sign.png")}
    answer = browser.post(f"{opened.url}/answer", data={**form.fields, **paper})
    assert answer.status_code == 422
    assert "您选的照片还在" in words(answer)
    from tests.browser import pick

    again = pick(answer.text, field="answer")
    answer = browser.post(f"{opened.url}/answer", data={**again.fields, "answer": "agree"})
    assert answer.status_code == 303, words(answer)
    browser.submit(answer.location, field="draft")
    kept = opened.count(lambda c: [(r.typed_name, r.signature and r.signature.media_type) for r in c.records])
    assert kept == [("郑龙根", "image/webp")]


def test_a_typed_name_alone_is_no_signature(opened: Stage) -> None:
    answer = opened.browser(5).submit(
        f"{opened.url}/answer", {"answer": "agree", "typed_name": "郑龙根"}, field="answer"
    )
    assert answer.status_code == 422
    assert "只打名字还不算签名" in words(answer)


@pytest.mark.parametrize(
    "bad",
    [
        {"signature": "data:image/png;base64,AAAA"},
        {"signature": "data:text/html;base64,PGI+"},
        {"signature": "javascript:alert(1)"},
        {"strokes": "[]"},
        {"strokes": '[{"points": []}]'},
        {"strokes": '{"a": 1}'},
        {"strokes": "[" * 3000},
        {"strokes": '[{"points": [{"x": 1, "y": 1}]}]'},
        {"strokes": '[{"points": [{"x": 1, "y": NaN}, {"x": 2, "y": 1}]}]'},
        {"strokes": '[{"points": [{"x": "a", "y": 1}]}]'},
        {"strokes": '[{"points": [' + ", ".join(['{"x": 1, "y": 1}'] * 5000) + "]}]"},
        {"strokes": ""},
    ],
    ids=lambda bad: str(bad)[:40],
)
def test_a_drawing_that_is_none_is_refused_with_a_sentence(opened: Stage, bad: dict[str, str]) -> None:
    browser = opened.browser(5)
    answer = browser.submit(f"{opened.url}/answer", {"answer": "agree", **drawn(), **bad}, field="answer")
    assert answer.status_code == 422, words(answer)
    assert re.search("签名", words(answer))
    assert not records(opened)


def test_going_back_keeps_everything(opened: Stage) -> None:
    browser = opened.browser(5)
    begin(browser, opened.url, "oppose", reason="会挡住下水口")
    again = browser.found(f"{opened.url}/answer", field="answer")
    assert again.fields["answer"] == ["oppose"]
    assert again.fields["reason"][0].strip() == "会挡住下水口"
    assert again.fields["strokes"] == [drawn()["strokes"]]
    other = opened.browser(6).found(f"{opened.url}/answer", field="answer")
    assert "answer" not in other.fields


def test_what_the_check_page_shows_is_what_is_signed(opened: Stage) -> None:
    browser, window = opened.browser(5), opened.browser(5)
    first = begin(browser, opened.url, "agree")
    shown = browser.found(first.location, field="draft")
    begin(window, opened.url, "oppose")
    answer = browser.post(first.location, data=shown.fields)
    assert answer.status_code == 422
    assert "您在另一处改过这张表" in words(answer)
    assert "不同意（反对）" in words(answer)
    assert not records(opened)


def test_changing_shows_old_and_new_and_both_are_kept(opened: Stage) -> None:
    browser = opened.browser(5)
    sign(browser, opened.url, "agree")
    page = browser.get(f"{opened.url}/answer")
    assert "您现在的表态是：同意" in words(page)
    first = begin(browser, opened.url, "abstain")
    assert "原来的表态 同意" in words(browser.get(first.location))
    browser.submit(first.location, field="draft")
    assert records(opened) == [("agree", "phone"), ("abstain", "phone")]
    assert "现在算数" in words(browser.get(f"{opened.url}/mine"))


def test_withdrawing_asks_once_more(opened: Stage) -> None:
    browser = opened.browser(5)
    sign(browser, opened.url)
    page = browser.get(f"{opened.url}/withdrawal")
    assert "要撤回您的表态吗" in words(page)
    receipt = browser.submit(f"{opened.url}/withdrawal", field="turn", follow=True)
    assert "您已撤回" in words(receipt)
    assert opened.count(lambda collection: collection.tally().part.heads) == 0
    assert browser.get(f"{opened.url}/withdrawal").status_code == 303


def test_asking_first_leads_to_a_question_and_not_to_an_answer(opened: Stage) -> None:
    browser = opened.browser(5)
    answer = browser.submit(f"{opened.url}/answer", {"answer": "ask"}, field="answer")
    assert answer.location.endswith("/question")
    receipt = browser.submit(answer.location, {"question": "扶手多高？"}, follow=True)
    assert "两个工作日内联系您" in words(receipt)
    assert not records(opened)
    assert "您已经问过一次" in words(browser.get(answer.location))
    clerk = opened.browser("clerk")
    assert "扶手多高？" in words(clerk.get(f"{opened.desk}/questions"))
    clerk.submit("/desk/consents/questions/1", {"text": "0.85 米"})
    assert "0.85 米" in words(browser.get(f"{opened.url}/mine"))


def test_a_form_sent_twice_shows_the_first_receipt(opened: Stage) -> None:
    browser = opened.browser(5)
    first = begin(browser, opened.url)
    shown = browser.found(first.location, field="draft").fields
    one = browser.post(first.location, data=shown)
    two = browser.post(first.location, data=shown)
    assert one.status_code == two.status_code == 303
    assert one.location == two.location
    assert len(records(opened)) == 1


def test_the_same_form_with_other_content_is_told_what_was_recorded(opened: Stage) -> None:
    browser = opened.browser(5)
    first = begin(browser, opened.url)
    shown = browser.found(first.location, field="draft").fields
    browser.post(first.location, data=shown)
    other = browser.post(first.location, data={**shown, "draft": ["f" * 64]})
    assert other.status_code == 409
    assert "已经提交过" in words(other)
    assert len(records(opened)) == 1


def test_a_form_that_showed_another_plan_is_refused(opened: Stage) -> None:
    browser = opened.browser(5)
    first = begin(browser, opened.url, plan="0" * 64)
    answer = browser.submit(first.location, field="draft")
    assert answer.status_code == 422
    assert "方案刚刚更新了" in words(answer)
    assert not records(opened)


@pytest.mark.parametrize("turn", ["7", "-1", "x", "", "9" * 30])
def test_a_form_that_showed_another_state_of_the_household_is_refused(opened: Stage, turn: str) -> None:
    browser = opened.browser(5)
    first = begin(browser, opened.url, turn=turn)
    answer = browser.submit(first.location, field="draft")
    assert answer.status_code == 422
    assert "这一户刚刚有了新的表态" in words(answer)


def test_after_the_close_the_page_says_so_whether_or_not_the_system_has_written_it(opened: Stage) -> None:
    browser = opened.browser(5)
    first = begin(browser, opened.url)
    with clock.standing_at(CLOSES):
        browser = opened.browser(5)
        late = browser.submit(first.location, field="draft")
        assert late.status_code == 422
        assert "征询已在2026-11-16 24:00 截止" in words(late)
        page = browser.get(f"{opened.url}/answer")
        assert "征询已在2026年11月16日（周一）24:00截止" in words(page)
        assert "已截止" in words(browser.get(opened.url))
    opened.act(lambda course: course.close())
    with clock.standing_at(CLOSES):
        assert "截止，不能再表态" in words(opened.browser(5).get(f"{opened.url}/answer"))
    assert not records(opened)


def test_no_other_household_and_no_forged_unit_is_answered_for(opened: Stage) -> None:
    units = opened.cast.units
    browser = opened.browser(5)
    for number in (units[0], 999_999):
        assert browser.get(f"{opened.url}/answer?unit={number}").status_code == 404
        form = browser.found(f"{opened.url}/answer", field="answer").fields
        assert browser.post(f"{opened.url}/answer?unit={number}", data={**form, **drawn()}).status_code == 404
    for typed in ("x", "-1", "1" * 40, "%F0%9F%98%80"):
        assert browser.get(f"{opened.url}/answer?unit={typed}").status_code == 404
    assert browser.get(f"{opened.url}/answer?unit={units[4]}").status_code == 200
    assert browser.get("/consents/999999").status_code == 404


def test_somebody_elses_records_and_signature_do_not_exist(opened: Stage) -> None:
    sign(opened.browser(5), opened.url)
    evidence = opened.count(lambda collection: collection.records[0].signature_id)
    assert opened.browser(5).get(f"/files/{evidence}").status_code == 200
    assert opened.browser(6).get(f"/files/{evidence}").status_code == 404
    assert opened.browser().get(f"/files/{evidence}").status_code == 401
    assert opened.browser(6).get(f"{opened.url}/records/1/dispute").status_code == 404
    clerk = opened.browser("clerk")
    assert clerk.get(f"/files/{evidence}").status_code == 404
    unit = f"{opened.desk}/units/{opened.cast.units[4]}"
    clerk.submit(unit, {"purpose": "住户来电核对"})
    assert clerk.get(f"/files/{evidence}").status_code == 200
    with clock.standing_at(moment(9, 11)):
        assert opened.browser("clerk").get(f"/files/{evidence}").status_code == 404


def test_a_stranger_and_a_family_member_are_told_kindly_why_not(opened: Stage) -> None:
    stranger = opened.browser(opened.cast.stranger).get(f"{opened.url}/answer")
    assert stranger.status_code == 200
    assert "这次征询没有问到您" in words(stranger)
    assert "021-6322 0426" in words(stranger)
    opened.act(lambda course: _family(course.cast))
    family = opened.browser("p-daughter").get(f"{opened.url}/answer")
    assert family.status_code == 200
    assert "由您家的承租人或产权人表态" in words(family)


def _family(cast: Cast) -> None:
    from hearing.people.models import Account, Membership

    with schema.door_open():
        daughter = Account(ref="p-daughter", name="李小妹", phone="14100750001")
        home = Membership(account=daughter, unit_id=cast.units[0], relation="family", joined_at=START)
        db.session.add_all([daughter, home])


def test_whoever_has_not_signed_in_is_sent_to_sign_in_and_back(opened: Stage) -> None:
    answer = opened.browser().get(f"{opened.url}/answer")
    assert answer.status_code == 401
    assert "/sign-in" in answer.text


def test_a_blocked_household_reads_why_and_sees_its_status(opened: Stage) -> None:
    why = rules.Blocked.LESSEE_CHANGE
    opened.act(lambda c: perform(actions.block, c.who("clerk"), c.unit(9), why, shown("承租人去世", 8)))
    browser = opened.browser(9)
    assert "等待过户或更户" in words(browser.get(f"{opened.url}/answer"))
    assert "等待过户或更户" in words(browser.get(f"{opened.url}/mine"))
    assert "承租人去世" not in words(browser.get(opened.url))
    assert "有 1 户在等待过户" in words(browser.get(opened.url))


def test_a_denied_signature_is_one_press_and_a_check_away(opened: Stage) -> None:
    browser = opened.browser(5)
    sign(browser, opened.url)
    assert "这不是我签的" in words(browser.get(f"{opened.url}/mine"))
    receipt = browser.submit(f"{opened.url}/records/1/dispute", {"reason": "不是我"}, follow=True)
    assert "已登记“这不是我签的”" in words(receipt)
    assert opened.count(lambda collection: collection.tally().part.heads) == 0
    for who in ("clerk", "scrutineer"):
        finding = {"genuine": "yes", "finding": "当面问过本人"}
        opened.browser(who).submit(f"{opened.desk}/disputes/1", finding, field="genuine")
    assert opened.count(lambda collection: collection.tally().part.heads) == 1


def test_ones_own_line_of_the_roll_can_be_corrected_while_it_hangs(stage: Stage) -> None:
    with clock.standing_at(START):
        stage.act(lambda c: c.set_up())
        stage.act(lambda c: perform(actions.show_roll, c.who("clerk"), c.collection()))
        browser = stage.browser(2)
        page = browser.get(f"{stage.url}/roll")
        assert "16.20 ㎡" in words(page)
        assert "王彩娣" in words(page)
        assert "李伯年" not in words(page)
        assert "征询还没有开始" in words(browser.get(f"{stage.url}/answer"))
        browser.submit(f"{stage.url}/roll", {"text": "应是 17 平方米"})
        clerk = stage.browser("clerk")
        assert "应是 17 平方米" in words(clerk.get(f"{stage.desk}/roll"))
        clerk.submit("/desk/consents/corrections/1", {"accepted": "no", "reply": "凭证上是 16.20"}, field="accepted")
        assert "凭证上是 16.20" in words(stage.browser(2).get(f"{stage.url}/roll"))


def test_a_couple_sees_who_else_must_sign(app: Flask, cast: Cast) -> None:
    with app.app_context():
        block = block_a(cast, couple="301", same_buyer=("401", "501"))
        template = TemplateName.OWNERS_ALTERATION
        course = BlockCourse(cast, fixed_plan(cast, cast.neighbourhood, template, block.building, manager=False))
        course.open()
    stage = Stage(app, cast, course)
    with clock.standing_at(moment(9)):
        husband = stage.browser("p-husband")
        sign(husband, stage.url)
        page = words(husband.get(f"{stage.url}/mine"))
        assert "孙明 已签名" in page
        assert "吕芳 还没签" in page
        assert "等其他共有人一起表态" in page
        wife = words(stage.browser("p-wife").get(f"{stage.url}/answer"))
        assert "共同共有" in wife
        buyer = stage.browser("p-buyer")
        assert "401、501" in words(buyer.get(f"{stage.url}/answer"))
        sign(buyer, stage.url)
        public = words(stage.browser().get(stage.url))
        assert "1 / 11 户参与" in public


def test_two_lives_of_one_person_are_two_slips_to_choose_from(opened: Stage) -> None:
    def second_home(cast: Cast) -> None:
        from hearing.people.models import Account, Membership

        with schema.door_open():
            account = db.session.scalars(select(Account).where(Account.ref == cast.ref(5))).one()
            db.session.add(
                Membership(
                    account=account,
                    unit_id=cast.units[5],
                    holder_id=cast.holders[5],
                    checked_how="office",
                    joined_at=START,
                )
            )

    opened.act(lambda course: second_home(course.cast))
    browser = opened.browser(5)
    page = browser.get(f"{opened.url}/answer")
    assert "您有几户要表态" in words(page)
    second = f"{opened.url}/answer?unit={opened.cast.units[5]}"
    assert second in page.text
    answer = browser.submit(second, {"answer": "agree", **drawn()}, field="answer")
    browser.submit(answer.location, field="draft")
    answered = opened.count(lambda c: [unit.turn for unit in c.units])
    assert answered == [0] * 5 + [1] + [0] * 7


# ---- the public


def test_the_public_page_tells_numbers_and_floors_and_nobodys_answer(opened: Stage) -> None:
    opened.act(lambda c: [c.sign(number) for number in (1, 2, 3)])
    opened.act(lambda c: c.sign(4, Answer.OPPOSE))
    page = opened.browser().get(opened.url)
    text = words(page)
    assert "3 / 13 户同意" in text
    assert "须全部同意，还差 10 户" in text
    assert "全体13户同意" in text
    assert "还没表态的 9 户" in text
    assert "反对" not in text
    for name in ("李伯年", "前客堂", "p-home"):
        assert name not in page.text


def test_the_result_is_published_with_its_lines_and_what_abstaining_meant(app: Flask, cast: Cast) -> None:
    with app.app_context():
        block = block_a(cast)
        template = TemplateName.OWNERS_ALTERATION
        course = BlockCourse(cast, fixed_plan(cast, cast.neighbourhood, template, block.building, manager=False))
        course.open()
        for floor in (3, 4, 5, 6):
            course.sign_all([f"{floor}01", f"{floor}02"])  # type: ignore[list-item]
        course.sign_all(["101", "102"], Answer.ABSTAIN)  # type: ignore[list-item]
        course.sign_all(["201", "202"], Answer.OPPOSE)  # type: ignore[list-item]
        course.close()
        course.publish()
    stage = Stage(app, cast, course)
    with clock.standing_at(moment(21)):
        text = words(stage.browser().get(stage.url))
    assert "同意 8 户 · 420.00 ㎡" in text
    assert "反对 2 户" in text
    assert "同意线（四分之三） 8 / 12 户，要 9 户" in text
    assert "参与线（三分之二） 12 / 12 户，要 8 户" in text
    assert "如果不算弃权的 2 户，会是 8 / 10" in text
    assert "按面积，是 420.00 ㎡ / 630.00 ㎡；不算弃权的，会是 420.00 ㎡ / 525.00 ㎡" in text
    assert "这次差在弃权：如果不算弃权，同意线就达到了" in text
    assert "我要提异议" in text


def test_who_answers_for_two_flats_is_one_household_in_every_number_of_the_result(app: Flask, cast: Cast) -> None:
    with app.app_context():
        course = BlockCourse(cast, block_course(cast, block_a(cast, same_buyer=("401", "501"))).required).open()
        with at(moment(8)):
            for who in ("buyer", "101", "102"):
                course.sign(who)
        course.close()
        course.publish()
    text = words(app.test_client().get(f"/consents/{course.collection_id}"))
    assert "参与 3 户" in text
    assert "表态方式： 手机 3 户" in text or "表态方式：手机 3 户" in text
    with app.app_context():
        lines = course.collection().units
        spoken = queries.spoken(course.collection_id, lines[0].building)
        assert {line.door for line in lines if line.id in spoken} == {"101", "102", "401", "501"}


def test_a_superseded_and_a_void_collection_say_what_became_of_the_answers(opened: Stage) -> None:
    sign(opened.browser(5), opened.url)

    def put(state: CollectionState) -> None:
        def change(course: object) -> None:
            with schema.door_open():
                collection = opened.course.collection()
                collection.state, collection.void_because = state, "名册漏了一户"

        opened.act(change)

    put(CollectionState.SUPERSEDED)
    assert "方案已经更新" in words(opened.browser().get(opened.url))
    assert "您的表态已保存，不再计入" in words(opened.browser(5).get(f"{opened.url}/mine"))
    assert "方案更新了，这一版不再征询" in words(opened.browser(5).get(f"{opened.url}/answer"))
    put(CollectionState.VOID)
    assert "名册漏了一户" in words(opened.browser().get(opened.url))
    assert "本次征询无效" in words(opened.browser(5).get(f"{opened.url}/answer"))


def test_a_draft_collection_does_not_exist_for_the_public(stage: Stage) -> None:
    with clock.standing_at(START):
        stage.act(lambda c: c.set_up())
        assert stage.browser().get(stage.url).status_code == 404
        assert stage.browser(1).get(f"{stage.url}/answer").status_code == 404
        assert stage.browser("clerk").get(stage.url).status_code == 200


# ---- the desk


def test_the_desk_takes_a_collection_from_its_terms_to_the_freeze(stage: Stage) -> None:
    with clock.standing_at(START):
        clerk = stage.browser("clerk")
        assert TITLE in words(clerk.get("/desk/consents"))
        url = f"/desk/consents/required/{stage.course.required}"
        page = words(clerk.get(url))
        assert "全体13户同意" in page
        assert "同意 13 户，弃权 0 户，反对 0 户，没表态 0 户 通过" in page
        assert "同意 12 户，弃权 1 户，反对 0 户，没表态 0 户 不通过" in page
        wrong = clerk.submit(url, {"window_days": "4"})
        assert wrong.status_code == 422
        assert "请写 5 到 60 之间的整数" in words(wrong)
        done = clerk.submit(url, {"window_days": "10"})
        assert done.status_code == 303
        desk = done.location
        assert clerk.submit(f"{desk}/show-roll", field="once").status_code == 303
        early = clerk.submit(f"{desk}/freeze", field="once")
        assert early.status_code == 422
        assert "名册还在公布" in words(early)
    with clock.standing_at(moment(6)):
        clerk = stage.browser("clerk")
        assert clerk.submit(f"{desk}/freeze", field="once").status_code == 303
        assert "还没表态的 13 户" in words(clerk.get(desk))


def test_the_desk_closes_publishes_confirms_and_finishes(opened: Stage) -> None:
    opened.act(lambda c: c.sign_all(range(1, 14), day=9))
    opened.act(lambda c: c.close())
    with clock.standing_at(moment(20)):
        assert opened.browser("clerk").submit(f"{opened.desk}/publish", field="once").status_code == 303
    with clock.standing_at(moment(24)):
        for who in ("director", "scrutineer"):
            browser = opened.browser(who)
            assert browser.submit(f"{opened.desk}/confirmation", field="count").status_code == 303
        assert opened.browser("clerk").submit(f"{opened.desk}/finish", field="once").status_code == 303
        assert "达到通过线" in words(opened.browser().get(opened.url))


def test_the_doors_show_who_has_answered_and_a_look_shows_what(opened: Stage) -> None:
    opened.act(lambda c: c.sign(5, Answer.OPPOSE))
    clerk = opened.browser("clerk")
    doors = words(clerk.get(f"{opened.desk}/doors"))
    assert "前楼 已表态" in doors
    assert "反对" not in doors
    url = f"{opened.desk}/units/{opened.cast.units[4]}"
    assert "反对" not in words(clerk.get(url))
    assert clerk.submit(url, {"purpose": ""}, field="purpose").status_code == 422
    clerk.submit(url, {"purpose": "住户来电核对"})
    assert "反对" in words(clerk.get(url))
    assert "反对" not in words(opened.browser("second_clerk").get(url))


def test_a_person_signs_on_the_tablet(opened: Stage) -> None:
    officer = opened.browser("block_officer")
    url = f"{opened.desk}/on-site/{opened.cast.units[6]}"
    missing = officer.submit(url, {"answer": "agree", **drawn()}, field="answer")
    assert missing.status_code == 422
    assert "请勾选后再继续" in words(missing)
    first = officer.submit(url, {"answer": "agree", "present": "y", **drawn()}, field="answer")
    assert "陈荣生，请核对后签署" in words(officer.get(first.location))
    officer.submit(first.location, field="draft")
    assert records(opened) == [("agree", "tablet")]
    assert "工作人员协助" in words(opened.browser(7).get(f"{opened.url}/mine"))


READING = {
    "answer": "agree",
    "signed_on": "2026-11-08",
    "received_on": "2026-11-09",
    "received_hour": "9:00",
}


def _printed(stage: Stage, number: int = 12) -> tuple[int, str]:
    return stage.act(lambda c: (lambda slip: (slip.id, slip.code))(c.print_slip(number)))


def test_a_slip_is_read_twice_blind_and_the_second_reader_sees_the_photo_alone(opened: Stage) -> None:
    slip, code = _printed(opened)
    signer = str(opened.cast.holders[11])
    clerk = opened.browser("clerk")
    found = clerk.submit("/desk/slips", {"code": f" {code[:4].lower()}-{code[4:8]} {code[8:]}"})
    assert found.location.endswith(f"/desk/slips/{slip}")
    without = clerk.submit(found.location, {**READING, "signers": signer, "came_by": "mail"}, field="signers")
    assert without.status_code == 422
    assert "请先拍下征询单原件的照片" in words(without)
    photo = {"photo": (io.BytesIO(png()), "slip.png"), "came_by": "mail"}
    secret = {**READING, "answer": "abstain", "signers": signer}
    assert clerk.submit(found.location, {**secret, **photo}, field="signers").status_code == 303
    assert "您已经录过这一张" in words(clerk.get(found.location))
    second = opened.browser("second_clerk")
    page = second.get(found.location)
    assert not re.search(r"checked|value=\"2026", page.text)
    evidence = opened.act(
        lambda _: db.session.scalars(select(Evidence.id).where(Evidence.kind == "consent_slip")).one()
    )
    assert f"/files/{evidence}" in page.text
    assert second.get(f"/files/{evidence}").status_code == 200
    assert opened.browser(opened.cast.foreign_clerk).get(f"/files/{evidence}").status_code == 404
    second.submit(found.location, secret, field="signers")
    assert records(opened) == [("abstain", "mail")]
    assert second.get(f"/files/{evidence}").status_code == 404
    assert opened.browser(12).get(f"/files/{evidence}").status_code == 200
    assert "已经两人录入" in words(second.get(found.location))


def test_differing_readings_wait_for_a_third(opened: Stage) -> None:
    slip, _ = _printed(opened)
    signer = str(opened.cast.holders[11])
    photo = {"photo": (io.BytesIO(png()), "slip.png"), "came_by": "paper"}
    url = f"/desk/slips/{slip}"
    opened.browser("clerk").submit(url, {**READING, "signers": signer, **photo}, field="signers")
    opened.browser("second_clerk").submit(url, {**READING, "signers": signer, "answer": "oppose"}, field="signers")
    assert not records(opened)
    assert "1 张两次不一致" in words(opened.browser("clerk").get(opened.desk))
    third = opened.browser("third_clerk")
    assert "两次录入不一致" in words(third.get(url))
    third.submit(url, {**READING, "signers": signer, "answer": "oppose"}, field="signers")
    assert records(opened) == [("oppose", "paper")]


@pytest.mark.parametrize("typed", ["", "XXXX", "0000-0000-00", "😀", "K7MP-3QXD-9F", "a" * 500])
def test_a_code_that_no_slip_has_is_told_so(opened: Stage, typed: str) -> None:
    answer = opened.browser("clerk").submit("/desk/slips", {"code": typed})
    assert answer.status_code == 422


def test_slips_are_counted_printed_and_void(opened: Stage) -> None:
    opened.publish_trail()
    clerk = opened.browser("clerk")
    for unit in opened.cast.units[:3]:
        door = f"{opened.desk}/slips/print?unit={unit}"
        clerk.submit(door, {"places": f"u{unit}", "silent_only": "y"}, field="places")
    page = words(clerk.get(f"{opened.desk}/slips"))
    assert "印 3 张" in page
    assert "未交回 3 张" in page
    clerk.submit("/desk/slips/1/void", {"reason": "打印不清"})
    page = words(clerk.get(f"{opened.desk}/slips"))
    assert "废 1 张" in page
    assert "未交回 2 张" in page
    pdf = clerk.get(f"{opened.desk}/slips.pdf")
    assert pdf.mimetype == "application/pdf"
    from pypdf import PdfReader

    sheets = PdfReader(io.BytesIO(pdf.data)).pages
    assert len(sheets) == 2
    assert "王**" in sheets[0].extract_text()
    assert clerk.get(f"{opened.desk}/slips.pdf?part=1").status_code == 404
    assert opened.browser(1).get(f"{opened.desk}/slips.pdf").status_code == 403


def test_a_deceased_lessee_is_blocked_renamed_and_her_successor_signs(opened: Stage) -> None:
    opened.act(lambda course: _family_of(course.cast, 9, "p-heir", "14100730001"))
    clerk = opened.browser("clerk")
    unit = f"{opened.desk}/units/{opened.cast.units[8]}"
    holder = str(opened.cast.holders[8])
    death = {"why": "death", "died": holder, "reason": "死亡证明", "happened_on": "2026-11-08"}
    nobody = clerk.submit(f"{unit}/block", {**death, "died": ""}, field="why")
    assert nobody.status_code == 422
    assert "请选出去世的是哪一位" in words(nobody)
    without = clerk.submit(f"{unit}/block", death, field="why")
    assert without.status_code == 422
    assert "请附上证明材料" in words(without)
    shown_paper = {**death, "paper": (io.BytesIO(png()), "paper.png")}
    assert clerk.submit(f"{unit}/block", shown_paper, field="why").status_code == 303
    heir = opened.browser("p-heir")
    assert "由您家的承租人或产权人表态" in words(heir.get(f"{opened.url}/answer"))
    new = {
        "people-0-name": "蒋来弟",
        "people-0-phone": "141 0073 0001",
        "held": "sole",
        "happened_on": "2026-11-09",
        "reason": "出租人同意更户",
        "paper": (io.BytesIO(png()), "paper.png"),
    }
    assert clerk.submit(f"{unit}/holder", new, field="held").status_code == 303
    heir = opened.browser("p-heir")
    sign(heir, opened.url)
    assert opened.count(lambda collection: collection.tally().yes.heads) == 1


def _family_of(cast: Cast, number: int, ref: str, phone: str) -> None:
    from hearing.people.models import Account, Membership

    with schema.door_open():
        account = Account(ref=ref, name="蒋来弟", phone=phone)
        unit = cast.units[number - 1]
        db.session.add_all([account, Membership(account=account, unit_id=unit, relation="family", joined_at=START)])


# ---- who may open the desk's pages

DESK_PAGES = (
    "",
    "/roll",
    "/doors",
    "/questions",
    "/disputes",
    "/slips",
    "/slips/print",
    "/on-site",
    "/on-site/5",
    "/units/5",
    "/units/5/block",
    "/units/5/unblock",
    "/units/5/holder",
    "/extend",
    "/void",
    "/confirmation",
    "/freeze",
    "/finish",
    "/records",
)


@pytest.mark.parametrize("page", DESK_PAGES)
def test_the_desk_is_closed_to_residents_and_does_not_exist_elsewhere(opened: Stage, page: str) -> None:
    url = opened.desk + page
    assert opened.browser().get(url).status_code == 401
    assert opened.browser(1).get(url).status_code == 403
    assert opened.browser(opened.cast.foreign_clerk).get(url).status_code == 404
    assert opened.browser("clerk").get(url).status_code == 200


# ---- who has handed her home on


def test_a_seller_is_told_that_and_since_when_others_hold_her_flat(opened: Stage) -> None:
    opened.act(lambda c: c.sign(9))
    buyer = sole_holder("新承租", "14100730009", rules.Capacity.LESSEE)
    with clock.standing_at(moment(10)):
        opened.act(lambda c: perform(actions.change_hands, c.who("clerk"), c.unit(9), buyer, shown("更户", 9)))
        door = opened.count(lambda c: c.units[8].door_words)
        seller = opened.browser(9)
        for page in ("/mine", "/answer"):
            with opened.statements() as sent:
                text = words(seller.get(opened.url + page))
            assert len(sent) <= MOST_STATEMENTS
            assert f"{door}从2026年11月9日（周一）起登记在别人名下" in text, page
            assert "由您家的承租人" not in text
        switch(seller, language="en")
        assert "since Mon 9 Nov 2026" in seller.get(f"{opened.url}/mine").get_data(as_text=True)
        assert "起登记在别人名下" not in words(opened.browser(8).get(f"{opened.url}/mine"))


def test_days_are_one_day_or_several_in_english(opened: Stage) -> None:
    clerk = opened.browser("clerk")
    switch(clerk, language="en")
    text = clerk.get(opened.desk).get_data(as_text=True)
    assert "3 days" in text
    assert "day(s)" not in text


# ---- the certificate


def test_the_certificate_for_everybody_names_nobody_and_the_committees_copy_everybody(opened: Stage) -> None:
    opened.act(lambda c: c.sign_all(range(1, 14), day=9))
    with clock.standing_at(moment(10)):
        opened.act(lambda c: c.withdraw(4))
        opened.act(lambda c: c.sign(4))
    assert opened.browser().get(f"{opened.url}/certificate.pdf").status_code == 404
    opened.act(lambda c: c.to_the_end())
    with clock.standing_at(moment(25)):
        assert opened.browser().get(f"{opened.url}/certificate.pdf").status_code == 503
        opened.publish_trail()
        public = _text(opened.browser().get(f"{opened.url}/certificate.pdf"))
        assert "书面同意证书" in public
        assert "13 = 13" in public or "13 ≥ 13" in public
        assert "达到通过线" in public
        assert "python verify.py audit" in public
        hashes = opened.count(lambda c: [record.evidence_hash for record in c.records])
        assert all(digest in public.replace("\n", "") for digest in hashes)
        names = opened.count(lambda c: [unit.names() for unit in c.units])
        for secret in ("前客堂", "阁楼", *names):
            assert secret not in public
        assert opened.browser(1).get(f"{opened.url}/certificate.pdf?doors=1").status_code == 404
        clerk = opened.browser("clerk")
        asked = clerk.get(f"{opened.url}/certificate.pdf?doors=1")
        assert asked.location.endswith("/records")
        clerk.submit(asked.location, {"purpose": "存档"})
        full = _text(clerk.get(f"{opened.url}/certificate.pdf?doors=1"))
        for told in ("前客堂", "撤回", *names):
            assert told in full.replace("\n", "")


def _text(answer: TestResponse) -> str:
    from pypdf import PdfReader

    assert answer.mimetype == "application/pdf", words(answer)
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages)


def test_a_certificate_of_many_records_names_their_list_and_does_not_print_them(
    opened: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(papers, "PRINTED", 5)
    opened.act(lambda c: c.sign_all(range(1, 13), day=9))
    with clock.standing_at(moment(10)):
        opened.act(lambda c: c.withdraw(4))
        opened.act(lambda c: c.sign(4))
        opened.act(lambda c: c.sign(13, Answer.AGREE))
    assert opened.browser().get(f"{opened.url}/list.csv").status_code == 404
    opened.act(lambda c: c.to_the_end())
    hashes = opened.count(lambda c: [record.evidence_hash for record in c.records])
    names = opened.count(lambda c: [unit.names() for unit in c.units])
    with clock.standing_at(moment(25)):
        opened.publish_trail()
        visitor, clerk = opened.browser(), opened.browser("clerk")
        public = bare(_text(visitor.get(f"{opened.url}/certificate.pdf")))
        listed = _file(visitor, f"{opened.url}/list.csv")
        assert hashlib.sha256(listed).hexdigest() in public
        assert not [each for each in hashes if each in public]
        assert "共15份记录，计入13份，已撤回、变更或未计入2份" in public
        assert "同意13户" in public
        assert "参与" in public and "天津路426弄13" in public, "sums of the stairwell"
        rows = list(csv.reader(io.StringIO(listed.decode("utf-8-sig"))))
        assert [row[0] for row in rows[1:]] == [str(number) for number in range(1, 16)]
        assert sorted(row[3] for row in rows[1:]) == sorted(hashes)
        assert [row[6] for row in rows[1:]].count("计入") == 13
        assert len(rows[0]) == 7
        assert not [each for each in (*names, "前客堂", "同意") if each in listed.decode()]
        assert visitor.get(f"{opened.url}/list.csv?doors=1").status_code == 404
        assert clerk.get(f"{opened.url}/list.csv?doors=1").location.endswith("/records")
        clerk.submit(f"{opened.desk}/records", {"purpose": "存档"})
        full = bare(_text(clerk.get(f"{opened.url}/certificate.pdf?doors=1")))
        whole = _file(clerk, f"{opened.url}/list.csv?doors=1")
        assert hashlib.sha256(whole).hexdigest() in full
        assert not [each for each in names if each in full]
        assert all(each in whole.decode() for each in (*names, "前客堂", "同意", "撤回"))
        switch(clerk, language="en")
        assert _file(clerk, f"{opened.url}/list.csv?doors=1") == whole, (
            "its fingerprint is the same whatever language its reader has"
        )


def test_what_a_certificate_asks_of_the_database_does_not_grow_with_the_roll(
    opened: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(papers, "PRINTED", 5)
    opened.act(lambda c: c.sign_all(range(1, 14), day=9))
    opened.act(lambda c: c.to_the_end())
    with clock.standing_at(moment(25)):
        opened.publish_trail()
        for page in ("certificate.pdf", "list.csv"):
            with opened.statements() as sent:
                answer = opened.browser().get(f"{opened.url}/{page}")
                answer.close()
            assert answer.status_code == 200
            assert len(sent) <= 18, "\n".join(statement[:200] for statement in sent)


def _file(browser: Browser, address: str) -> bytes:
    answer = browser.get(address)
    assert answer.mimetype == "text/csv"
    data = answer.get_data()
    answer.close()
    return data


def bare(text: str) -> str:
    return "".join(text.split())


def test_each_record_of_the_certificate_is_found_in_the_trail(opened: Stage) -> None:
    opened.act(lambda c: c.sign_all(range(1, 14), day=9))
    opened.act(lambda c: c.to_the_end())

    def check(_: object) -> None:
        from hearing.audit import queries as audit

        collection = opened.course.collection()
        places, final = queries.log_places(collection)
        assert final is not None
        assert sorted(places) == [record.number for record in collection.records]
        for record in collection.records:
            told = audit.entry(db.session, places[record.number])
            assert told is not None
            assert told.payload is not None
            assert told.payload["evidence_hash"] == record.evidence_hash

    opened.act(check)


def test_a_character_without_a_shape_is_named_and_nothing_is_printed(opened: Stage) -> None:
    opened.act(lambda c: c.sign_all(range(1, 14), day=9))
    opened.act(lambda c: c.to_the_end())

    def rename(_: object) -> None:
        with schema.door_open():
            db.session.scalars(select(Proposal)).one().title = "门口\ue123台阶"

    opened.act(rename)
    opened.publish_trail()
    with clock.standing_at(moment(25)):
        answer = opened.browser().get(f"{opened.url}/certificate.pdf")
    assert answer.status_code == 500
    assert "U+E123" in words(answer)
    assert "021-6322 0426" in words(answer)


# ---- how much a page asks of the database


def _pages(stage: Stage) -> list[tuple[str | int | None, str]]:
    unit = stage.count(lambda collection: collection.units[0].unit_id)
    return [
        (None, stage.url),
        ("clerk", stage.url),
        ("clerk", stage.desk),
        ("clerk", f"{stage.desk}/doors"),
        ("clerk", f"{stage.desk}/roll"),
        ("clerk", f"{stage.desk}/slips"),
        ("clerk", f"{stage.desk}/slips/print"),
        ("clerk", f"{stage.desk}/on-site"),
        ("clerk", f"{stage.desk}/on-site/{unit}"),
        ("clerk", f"{stage.desk}/units/{unit}"),
        ("clerk", f"{stage.desk}/questions"),
        ("clerk", f"{stage.desk}/disputes"),
        ("clerk", "/desk/consents"),
    ]


RESIDENT_PAGES = ("", "/answer", "/answer/check", "/mine", "/roll", "/question", "/withdrawal")


def _few_statements(stage: Stage, pages: list[tuple[str | int | None, str]]) -> None:
    for who, url in pages:
        browser = stage.browser(who)
        with stage.statements() as sent:
            answer = browser.get(url)
        assert answer.status_code == 200, (url, answer.status_code)
        assert len(sent) <= MOST_STATEMENTS, (url, len(sent), [statement[:90] for statement in sent])


def test_no_page_of_the_lane_asks_the_database_more_than_eight_times(opened: Stage) -> None:
    opened.act(lambda c: [c.sign(number) for number in (1, 2, 5)])
    begin(opened.browser(5), opened.url, "abstain")
    _few_statements(opened, _pages(opened))
    _few_statements(opened, [(5, opened.url + page) for page in RESIDENT_PAGES])
    _few_statements(opened, [(5, "/cases/1")])


def test_no_page_of_a_thousand_flats_asks_the_database_more_than_eight_times(app: Flask, cast: Cast) -> None:
    with app.app_context():
        building = estate(cast, 1008)
        template = TemplateName.OWNERS_ALTERATION
        course = BlockCourse(cast, fixed_plan(cast, cast.neighbourhood, template, building, manager=False))
        course.open()
    stage = Stage(app, cast, course)
    with clock.standing_at(moment(9)):
        _few_statements(stage, _pages(stage))
        assert "0 / 1008 户参与" in words(stage.browser().get(stage.url))


def test_nothing_is_left_of_a_draft_once_it_is_signed(opened: Stage) -> None:
    browser = opened.browser(5)
    sign(browser, opened.url)
    assert opened.act(lambda _: db.session.scalars(select(ConsentDraft)).all()) == []
    assert browser.get(f"{opened.url}/answer/check").location.endswith("/mine")
    assert opened.act(lambda _: len(db.session.scalars(select(ConsentRecord)).all())) == 1


def test_a_drawing_is_on_the_disk_before_anybody_waits_for_its_signer(opened: Stage) -> None:
    """A disk may take longer than all of the act: it must not while the collection's row is locked."""
    browser = opened.browser(5)
    checked = begin(browser, opened.url, "agree")
    drawing = opened.act(lambda _: db.session.scalars(select(ConsentDraft.picture)).one()) or b""
    kept = opened.app.extensions["settings"].files_dir / (name := hashlib.sha256(drawing).hexdigest())[:2] / name
    there: list[bool] = []

    def look(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("SELECT consent_collection.id, consent_collection.proposal_id"):
            there.append(kept.exists())

    assert not kept.exists()
    with hearing_every_statement(opened.app, look):
        browser.submit(checked.location, field="draft")
    assert there == [True]
    assert len(records(opened)) == 1


def test_neighbours_see_who_has_answered_only_when_no_answer_can_be_told_from_it(opened: Stage) -> None:
    """While the number of those who agree moves with each answer, a door that lights up would tell which it was."""
    url = f"{opened.url}/doors"
    for number in range(1, 10):
        sign(opened.browser(number), opened.url, "oppose" if number == 4 else "agree")
    opened.act(lambda course: course.withdraw(9))
    member = opened.browser(2)
    before = words(member.get(url))
    assert "按门牌看本楼" in before
    assert "已表态" not in before
    assert url not in member.get(f"{opened.url}/mine").text
    opened.act(lambda course: course.close())
    with clock.standing_at(moment(17)):
        assert "已表态" not in words(opened.browser(2).get(url)), "papers that came in time are still entered"
    opened.act(lambda course: course.publish())
    with clock.standing_at(moment(20)):
        member = opened.browser(2)
        assert url in member.get(f"{opened.url}/mine").text
        with opened.statements() as sent:
            shown = member.get(url)
        assert len(sent) <= MOST_STATEMENTS
        said = words(shown)
        assert (said.count("已表态"), said.count(" 没有表态 ")) == (8, 5)
        assert said.count("您家") == 1
        assert "反对" not in said
        assert "同意" not in said
        opened.act(lambda course: perform(actions.dispute, course.who(3), course.unit(3).records[-1]))
        assert opened.count(lambda collection: collection.tally().yes.heads) == 6
        assert words(member.get(url)).count("已表态") == 8, "a signature in doubt tells nobody what it said"
        assert opened.browser().get(url).status_code == 401
        assert "已表态" not in words(opened.browser("clerk").get(url))


def test_extending_and_voiding_take_a_reason(opened: Stage) -> None:
    clerk = opened.browser("clerk")
    assert clerk.submit(f"{opened.desk}/extend", {"last_day": "2026-11-20", "reason": ""}).status_code == 422
    early = clerk.submit(f"{opened.desk}/extend", {"last_day": LAST_DAY.isoformat(), "reason": "有一户在外地"})
    assert early.status_code == 422
    assert "新的截止日期要比原来的晚" in words(early)
    done = clerk.submit(f"{opened.desk}/extend", {"last_day": "2026年11月20日", "reason": "有一户在外地"})
    assert done.status_code == 303
    assert "有一户在外地" in words(opened.browser().get(opened.url))
    assert opened.count(lambda c: c.closes_at) == rules.closes_at(moment(6), 14)
    assert clerk.submit(f"{opened.desk}/void", {"reason": "  "}).status_code == 422
    assert clerk.submit(f"{opened.desk}/void", {"reason": "名册漏了一户"}).status_code == 303
    assert "名册漏了一户" in words(opened.browser().get(opened.url))


def test_a_signature_asks_the_database_no_more_than_it_must(opened: Stage) -> None:
    """On the last evening an estate signs at once (decisions/043): a statement more is a longer queue for all."""
    opened.act(lambda course: course.sign(4))
    browser = opened.browser(5)
    first = begin(browser, opened.url)
    shown = browser.found(first.location, field="draft").fields
    with opened.statements() as sent:
        answer = browser.post(first.location, data=shown)
    assert answer.status_code == 303
    writes = [statement.split()[2] for statement in sent if statement.startswith("INSERT")]
    assert sorted(set(writes)) == sorted(writes), "one INSERT a table"
    assert len(sent) <= MOST_OF_A_SIGNATURE, [statement[:90] for statement in sent]


def test_the_floor_grid_leads_to_some_buildings_of_many_and_shows_one(app: Flask, cast: Cast) -> None:
    near = house._near
    names = [f"{number}号楼" for number in range(1, 101)]
    assert near(names[:14], 3) == list(enumerate(names[:14]))
    assert near(names, 0)[0] == (0, "1号楼")
    assert near(names, 99)[-1] == (99, "100号楼")
    shown = near(names, 50)
    assert len(shown) == house.BUILDINGS_SHOWN
    assert (50, "51号楼") in shown

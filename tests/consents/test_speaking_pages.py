"""Pages of those who speak for others: a mandate on two phones, on paper, a guardian, heirs, a rule of one's own."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from flask import Flask

from hearing import clock
from hearing.consents import rules
from hearing.consents.models import Mandate
from hearing.db import db
from hearing.people.models import Account
from hearing.proposals.rules import TemplateName
from tests import schema
from tests.browser import forms
from tests.cast import Cast
from tests.consents.conftest import Stage, drawn
from tests.consents.course import START, Course, block_a, block_course, fixed_plan, moment, png
from tests.consents.test_pages import MOST_STATEMENTS, sign, words

PHONE = "14100790001"
GIVEN = {"agent_name": "代理人", "agent_phone": "141 0079 0001", "instruction": "agree", "valid_until": "2026-11-16"}


def _account() -> None:
    with schema.door_open():
        db.session.add(Account(ref="p-agent", name="代理人", phone=PHONE))


def paper() -> tuple[io.BytesIO, str]:
    """A photographed paper."""
    return io.BytesIO(png()), "paper.png"


def test_a_mandate_goes_from_phone_to_phone(opened: Stage) -> None:
    opened.act(lambda _: _account())
    principal, agent = opened.browser(12), opened.browser("p-agent")
    assert "委托别人代我表态" in words(principal.get(f"{opened.url}/mine"))
    unsigned = principal.submit(f"{opened.url}/mandate", GIVEN, field="agent_name")
    assert unsigned.status_code == 422
    assert "还没有签名" in words(unsigned)
    assert "代理人" in unsigned.text
    receipt = principal.submit(f"{opened.url}/mandate", {**GIVEN, **drawn()}, field="agent_name", follow=True)
    assert "您已委托 代理人：对“门口台阶改坡道”方案第 1 版同意" in words(receipt)
    listed = words(agent.get("/consents/mandates"))
    assert "等代理人接受" in listed
    one = f"/consents/mandates/{opened.act(lambda _: db.session.query(Mandate.id).scalar())}"
    assert opened.browser(11).get(one).status_code == 404
    assert agent.submit(one, {"accepts": "yes"}, field="accepts").status_code == 303
    again = agent.get(one)
    assert "按委托书表态" in words(again)
    assert "代为表态：同意" in words(agent.get(f"{one}/answer"))
    done = agent.submit(f"{one}/answer", drawn(), field="plan", follow=True)
    assert "您对“门口台阶改坡道”方案第 1 版的表态是：同意" in words(done)
    assert opened.count(lambda collection: collection.tally().yes.heads) == 1
    assert "委托（手机）" in words(principal.get(f"{opened.url}/mine"))
    over = principal.submit(f"{one}/revocation", {"reason": "不用了"}, field="reason", follow=True)
    assert "这份委托已终止" in words(over)
    assert agent.get(f"{one}/revocation").status_code == 404
    late = agent.submit(f"{one}/answer", drawn(), field="plan")
    assert late.status_code == 422
    assert "已经终止" in words(late)


def test_what_is_wrong_with_a_mandate_is_said_and_nothing_typed_is_lost(opened: Stage) -> None:
    principal = opened.browser(12)
    bad = {**GIVEN, **drawn(), "agent_phone": "12", "valid_until": "昨天"}
    answer = principal.submit(f"{opened.url}/mandate", bad, field="agent_name")
    assert answer.status_code == 422
    assert "昨天" in answer.text
    past = principal.submit(
        f"{opened.url}/mandate", {**GIVEN, **drawn(), "valid_until": "2026-11-01"}, field="agent_name"
    )
    assert past.status_code == 422
    assert "委托的期限要从今天往后算" in words(past)


def test_a_paper_mandate_is_entered_by_one_and_checked_by_another(opened: Stage) -> None:
    clerk = opened.browser("clerk")
    unit = f"{opened.desk}/units/{opened.cast.units[11]}"
    plan = opened.count(lambda collection: collection.version.hash8)
    written = {
        "signers": str(opened.cast.holders[11]),
        "plan_hash8": plan.upper(),
        "agent_name": "代理人",
        "agent_phone": PHONE,
        "instruction": "none",
        "signed_on": "2026-11-08",
        "valid_until": "2026-11-16",
        "accepted": "y",
        "photo": paper(),
    }
    silent = clerk.submit(f"{unit}/mandate", written, field="agent_name")
    assert silent.status_code == 422
    assert "没有写明对这个方案同意还是不同意" in words(silent)
    other = clerk.submit(
        f"{unit}/mandate",
        {**written, "instruction": "agree", "plan_hash8": "0" * 8, "photo": paper()},
        field="agent_name",
    )
    assert "委托书写的不是这一版方案" in words(other)
    good = {**written, "instruction": "agree", "photo": paper()}
    assert clerk.submit(f"{unit}/mandate", good, field="agent_name").status_code == 303
    listed = clerk.get(f"{opened.desk}/mandates")
    assert "等第二人复核" in words(listed)
    one = f"/desk/consents/mandates/{opened.act(lambda _: db.session.query(Mandate.id).scalar())}"
    assert "这份委托书是您录入的" in words(clerk.get(one))
    director = opened.browser("director")
    assert director.submit(one, field="once").status_code == 303
    assert "有效" in words(director.get(one))
    dead = {"died_on": "2026-11-09", "reason": "家属来说", "paper": paper()}
    assert clerk.submit(f"{one}/agents-death", dead, field="died_on").status_code == 303
    assert "已终止" in words(clerk.get(one))


def test_a_guardian_signs_on_her_own_phone(opened: Stage) -> None:
    opened.act(lambda _: _account())
    clerk = opened.browser("clerk")
    unit = f"{opened.desk}/units/{opened.cast.units[4]}"
    named = {
        "ward": str(opened.cast.holders[4]),
        "name": "代理人",
        "phone": PHONE,
        "relation": "child",
        "basis": "court",
        "happened_on": "2026-11-08",
        "reason": "中风以后由女儿照顾",
        "paper": paper(),
    }
    ill = clerk.submit(f"{unit}/guardian", named, field="ward")
    assert ill.status_code == 422
    assert "这里不写病情和诊断" in words(ill)
    fine = {**named, "reason": "女儿，法院指定", "paper": paper()}
    assert clerk.submit(f"{unit}/guardian", fine, field="ward").status_code == 303
    assert "由监护人代理人（子女）代为表态" in words(clerk.get(unit))
    guardian = opened.browser("p-agent")
    assert "您作为监护人" in words(guardian.get(f"{opened.url}/answer"))
    sign(guardian, opened.url)
    assert opened.count(lambda collection: collection.tally().yes.heads) == 1
    assert "（监护人）" in words(guardian.get(f"{opened.url}/mine"))
    over = {"happened_on": "2026-11-09", "reason": "本人来办", "paper": paper()}
    end = f"{unit}/guardian/{opened.cast.holders[4]}/end"
    assert clerk.submit(end, over, field="reason").status_code == 303
    assert clerk.get(end).status_code == 404


def test_heirs_are_shown_with_their_paper(opened: Stage) -> None:
    clerk = opened.browser("clerk")
    unit = f"{opened.desk}/units/{opened.cast.units[8]}"
    assert clerk.get(f"{unit}/heirs").status_code == 404
    death = {
        "why": "death",
        "died": str(opened.cast.holders[8]),
        "reason": "死亡证明",
        "happened_on": "2026-11-08",
        "paper": paper(),
    }
    assert clerk.submit(f"{unit}/block", death, field="why").status_code == 303
    nobody = {"dead": str(opened.cast.holders[8]), "happened_on": "2026-11-09", "reason": "公证", "paper": paper()}
    answer = clerk.submit(f"{unit}/heirs", nobody, field="dead")
    assert answer.status_code == 422
    assert "请至少写一位" in words(answer)
    free = {"happened_on": "2026-11-09", "reason": "弄错了", "paper": paper()}
    assert "已经去世" in words(clerk.submit(f"{unit}/unblock", free, field="reason"))
    heirs = {**nobody, "people-0-name": "蒋来弟", "people-1-name": "蒋来妹", "paper": paper()}
    assert clerk.submit(f"{unit}/heirs", heirs, field="dead").status_code == 303
    assert "继承人或遗产管理人已确认" in words(clerk.get(unit))
    assert "蒋来妹" in words(clerk.get(unit))


def test_a_death_that_comes_out_after_the_close_has_a_page_of_its_own(opened: Stage) -> None:
    sign(opened.browser(9), opened.url)
    clerk = opened.browser("clerk")
    unit = f"{opened.desk}/units/{opened.cast.units[8]}"
    death = {"died": str(opened.cast.holders[8]), "happened_on": "2026-11-08", "paper": paper()}
    assert f"{unit}/death" not in clerk.get(unit).text, "while answers are taken the household is blocked"
    assert clerk.submit(f"{unit}/death", {**death, "reason": "死亡证明"}, field="reason").status_code == 422
    opened.act(lambda course: course.close())
    with clock.standing_at(moment(18)):
        clerk = opened.browser("clerk")
        assert f"{unit}/death" in clerk.get(unit).text
        missing = clerk.submit(f"{unit}/death", {**death, "reason": "", "paper": paper()}, field="reason")
        assert missing.status_code == 422
        done = clerk.submit(f"{unit}/death", {**death, "reason": "死亡证明", "paper": paper()}, field="reason")
        assert done.status_code == 303
        assert "截止以后登记了去世" in words(clerk.get(unit))
        assert "去世后的签名 1 份" in words(clerk.get(opened.desk))
        assert clerk.get(f"{unit}/death").status_code == 404
        assert opened.browser("scrutineer").get(f"{unit}/death").status_code == 403


def test_the_page_of_a_household_leads_to_the_other_rolls_it_is_on(app: Flask, cast: Cast) -> None:
    with app.app_context():
        block = block_a(cast, same_buyer=("401", "501"))
        stages = [Stage(app, cast, block_course(cast, block).open()) for _ in range(2)]
    with clock.standing_at(moment(9)):
        clerk = stages[0].browser("clerk")
        shown = clerk.get(f"{stages[0].desk}/units/{block.units['401']}")
        assert "要分别登记" in words(shown)
        others = [(0, "501"), (1, "401"), (1, "501")]
        for number, door in others:
            assert f'href="{stages[number].desk}/units/{block.units[door]}"' in shown.text
        alone = clerk.get(f"{stages[0].desk}/units/{block.units['101']}")
        assert f'href="{stages[1].desk}/units/{block.units["101"]}"' in alone.text
        with stages[0].statements() as sent:
            clerk.get(f"{stages[0].desk}/units/{block.units['401']}")
        assert len(sent) <= MOST_STATEMENTS, len(sent)


def test_the_register_leads_to_the_rolls_that_do_not_change_with_it(opened: Stage) -> None:
    clerk, unit, holder = opened.browser("clerk"), opened.cast.units[8], opened.cast.holders[8]
    register, line = f"/desk/register/units/{unit}", f"{opened.desk}/units/{unit}"
    for url in (f"{register}/hands", f"{register}/holders/{holder}/death"):
        page = clerk.get(url)
        assert "名册不会跟着户册变" in words(page)
        assert f'href="{line}"' in page.text
    sold = {"held": "sole", "capacity": "lessee", "happened_on": "2026-11-09", "note": "房管所更户通知"}
    sold |= {"holders-0-name": "蒋来弟", "holders-0-phone": "14100770009"}
    assert clerk.submit(f"{register}/hands", sold, field="held").status_code == 303
    named = {"people-0-name": "蒋来弟", "people-0-phone": "14100770009", "held": "sole"}
    shown = {"happened_on": "2026-11-09", "reason": "房管所更户通知", "paper": paper()}
    assert "由蒋来弟表态" not in words(clerk.get(f"{line}/holder"))
    done = clerk.submit(f"{line}/holder", {**named, **shown}, field="held")
    assert done.status_code == 303, "the register said it first"
    assert "由蒋来弟表态" in words(clerk.get(f"{line}/holder"))
    opened.act(lambda course: course.close())
    opened.act(lambda course: course.publish())
    opened.act(lambda course: course.confirm())
    opened.act(lambda course: course.finish())
    with clock.standing_at(moment(25)):
        assert "名册不会跟着户册变" not in words(opened.browser("clerk").get(f"{register}/hands"))


def test_shares_that_do_not_make_a_whole_are_refused_on_the_page(opened: Stage) -> None:
    clerk = opened.browser("clerk")
    unit = f"{opened.desk}/units/{opened.cast.units[8]}"
    sold = {
        "people-0-name": "甲",
        "people-0-share": "1/2",
        "people-1-name": "乙",
        "people-1-share": "1/3",
        "held": "shares",
        "happened_on": "2026-11-09",
        "reason": "登记",
        "paper": paper(),
    }
    answer = clerk.submit(f"{unit}/holder", sold, field="held")
    assert answer.status_code == 422
    assert "份额要合计正好是全部" in words(answer)
    assert "1/3" in answer.text


def test_strangers_see_no_mandate_and_no_event(opened: Stage) -> None:
    stranger = opened.browser(opened.cast.stranger)
    assert stranger.get("/consents/mandates/1").status_code == 404
    foreign = opened.browser(opened.cast.foreign_clerk)
    unit = f"{opened.desk}/units/{opened.cast.units[8]}"
    for page in ("guardian", "heirs", "holder", "mandate"):
        assert foreign.get(f"{unit}/{page}").status_code == 404
    assert foreign.get(f"{opened.desk}/mandates").status_code == 404


def test_the_new_pages_ask_the_database_at_most_eight_times(opened: Stage) -> None:
    opened.act(lambda _: _account())
    opened.browser(12).submit(f"{opened.url}/mandate", {**GIVEN, **drawn()}, field="agent_name")
    unit = f"{opened.desk}/units/{opened.cast.units[8]}"
    one = opened.act(lambda _: db.session.query(Mandate.id).scalar())
    for who, url in (
        (12, "/consents/mandates"),
        (12, f"/consents/mandates/{one}"),
        ("p-agent", f"/consents/mandates/{one}"),
        ("p-agent", f"/consents/mandates/{one}/answer"),
        (11, f"{opened.url}/mandate"),
        ("clerk", f"{opened.desk}/mandates"),
        ("clerk", f"/desk/consents/mandates/{one}"),
        ("clerk", f"{unit}/mandate"),
        ("clerk", f"{unit}/guardian"),
        ("clerk", f"{unit}/holder"),
    ):
        browser = opened.browser(who)
        with opened.statements() as sent:
            assert browser.get(url).status_code == 200, url
        assert len(sent) <= MOST_STATEMENTS, (url, len(sent))


# ---- a rule of the committee's own


@pytest.mark.parametrize(("last", "by_area"), [(("501", "502", "601", "602"), 4), ((), 0)])
def test_a_rehearsal_says_where_it_is_the_area_that_decides(
    app: Flask, cast: Cast, last: tuple[str, ...], by_area: int
) -> None:
    """Six heads of nine are enough to take part, and have too few metres where the ninth owns four flats."""
    with app.app_context():
        required = block_course(cast, block_a(cast, same_buyer=last)).required
    text = words(Stage(app, cast, Course(cast, required)).browser("clerk").get(f"/desk/consents/required/{required}"))
    assert "不通过" in text
    assert text.count("户数够了，面积还差") == by_area


def test_a_rule_of_ones_own_is_seen_rehearsed_before_it_is_fixed(app: Flask, cast: Cast) -> None:
    with app.app_context():
        required = fixed_plan(cast, cast.neighbourhood, TemplateName.CUSTOM, cast.building, manager=False)
    stage = Stage(app, cast, Course(cast, required))
    terms = {
        "turnout": "50%",
        "agreement": "1e3",
        "agreement_of": "all",
        "answerers": "lessee",
        "window_days": "10",
        "legal_note": "",
    }
    with clock.standing_at(START):
        clerk = stage.browser("clerk")
        url = f"/desk/consents/required/{required}"
        wrong = clerk.submit(url, terms, field="agreement")
        assert wrong.status_code == 422
        assert words(wrong).count("请写成 2/3 这样的分数") >= 2
        assert "1e3" in wrong.text
        good = {**terms, "turnout": "", "agreement": "９/13", "legal_note": "管理规约第十二条"}
        shown = clerk.submit(url, good, field="agreement")
        assert shown.status_code == 422
        assert "已按您写的分数演算了一遍" in words(shown)
        assert "全体 13 户，全体的9/13以上同意" in words(shown)
        assert "同意 9 户" in words(shown) or "同意 13 户" in words(shown)
        seen = next(form.fields["seen"][0] for form in forms(shown.text) if "seen" in form.fields)
        done = clerk.submit(url, {**good, "seen": seen}, field="agreement")
        assert done.status_code == 303, words(done)
        collection_id = int(done.location.rsplit("/", 1)[1])
        other = clerk.submit(url, {**good, "agreement": "10/13", "seen": seen}, field="agreement")
        assert other.status_code in (404, 422)
    stage.course.collection_id = collection_id
    rule = stage.count(lambda collection: collection.rule)
    assert (rule.preset, rule.agreement, rule.since) == (rules.Preset.CUSTOM, rules.Line(9, 13), START.date())
    assert stage.count(lambda collection: collection.rule_hash) == rule.hash


def test_an_opened_collection_keeps_its_version_of_the_rule(opened: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    before = opened.count(lambda collection: collection.rule)
    newer = replace(before, version=2, agreement=rules.Line(1, 2), words="全体%(n)s户过半同意")
    monkeypatch.setitem(rules.RULES, before.preset, newer)
    assert opened.count(lambda collection: collection.rule) == before
    page = words(opened.browser().get(opened.url))
    assert "全体13户同意" in page
    assert "规则版本 第 1 版" in page


def test_the_archived_rule_says_that_it_is_over(app: Flask, cast: Cast) -> None:
    with app.app_context():
        required = fixed_plan(cast, cast.neighbourhood, TemplateName.LIFT_2018_ARCHIVE, cast.building, manager=False)
    stage = Stage(app, cast, Course(cast, required))
    with clock.standing_at(moment(8)):
        page = words(stage.browser("clerk").get(f"/desk/consents/required/{required}"))
    assert "这一规则只用到2020年12月31日" in page
    assert "有没解决的异议就不能通过" in page

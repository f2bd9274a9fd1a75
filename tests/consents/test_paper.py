"""Paper at scale: a pile is stamped and photographed, each photo finds its slip, and every bad one gets a sentence."""

from __future__ import annotations

import io
import re
import struct
import zlib
from collections.abc import Sequence
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from werkzeug.test import TestResponse

from hearing import clock
from hearing.audit.ledger import perform
from hearing.consents import actions, queries, rules
from hearing.consents import slips as stock
from hearing.consents.actions.counting import supersede
from hearing.consents.models import PaperSlip, SlipBatch, SlipCount, SlipPhoto
from hearing.consents.rules import Answer, ConflictRule, Refusal
from hearing.db import db
from hearing.files.models import Evidence
from hearing.people.models import Account, Membership, Message
from hearing.people.queries import accounts_of_person
from hearing.people.rules import household_code
from hearing.places.models import Holder
from hearing.proposals.models import Proposal
from hearing.proposals.rules import TemplateName
from tests import schema, slip_photos
from tests.cast import LONG_AGO, Cast
from tests.consents.conftest import Stage
from tests.consents.course import (
    LAST_DAY,
    BlockCourse,
    Course,
    at,
    estate,
    fixed_plan,
    lane_course,
    moment,
    png,
    write_version,
)
from tests.consents.test_actions import at_hand, refused
from tests.consents.test_pages import MOST_STATEMENTS, words
from tests.printing import reading

STAMP = {"received_on": "2026-11-09", "received_hour": "9:00", "came_by": "paper"}
READ = {"answer": "agree", "signed_on": "2026-11-08"}


def printed(stage: Stage, *numbers: int) -> list[str]:
    """Print the slips of these households; their codes."""
    return stage.act(lambda course: [course.print_slip(number).code for number in numbers])


def opened_batch(stage: Stage) -> str:
    """Stamp a pile as the clerk; the page on which it is photographed."""
    answer = stage.browser("clerk").submit(f"{stage.desk}/slips/receive", STAMP)
    assert answer.status_code == 303, words(answer)
    return str(answer.location)


def photographed(stage: Stage, *photos: bytes, batch: str = "") -> TestResponse:
    """Send these photos in one form; the page that comes back."""
    batch = batch or opened_batch(stage)
    return stage.browser("clerk").submit(batch, {"photos": slip_photos.stack(photos)}, field="photos", follow=True)


def lines(stage: Stage) -> list[tuple[str, str]]:
    """What became of each picture, and why."""
    return stage.act(lambda _: [(p.state, p.why) for p in db.session.scalars(select(SlipPhoto).order_by(SlipPhoto.id))])


def signer(stage: Stage, number: int) -> str:
    """The holder of a household, as the form names her."""
    return str(stage.cast.holders[number - 1])


# ---- photographs


def test_a_pile_is_photographed_and_each_photo_finds_its_slip(opened: Stage) -> None:
    codes = printed(opened, 3, 5, 12)
    answer = photographed(
        opened, slip_photos.slip(codes[0]), slip_photos.slip(codes[1], turned=90), slip_photos.slip(codes[2], turned=7)
    )
    page = words(answer)
    assert page.count("对上了") == 3
    assert lines(opened) == [("matched", "")] * 3

    def kept(_: Course) -> None:
        slips = db.session.scalars(select(PaperSlip).order_by(PaperSlip.id)).all()
        assert [slip.stands for slip in slips] == [rules.SlipStands.UNREAD] * 3
        assert {slip.received_at for slip in slips} == {moment(9, 9)}
        assert {slip.came_by for slip in slips} == {"paper"}

    opened.act(kept)
    balance = words(opened.browser("clerk").get(f"{opened.desk}/slips"))
    assert "印 3 张" in balance
    assert "用 3 张" in balance
    assert "3 张在等，您能录 3 张" in balance


def test_the_trail_commits_to_codes_and_pictures_and_shows_neither(opened: Stage) -> None:
    [code] = printed(opened, 3)
    photographed(opened, slip_photos.slip(code))
    page = opened.act(
        lambda _: db.session.execute(
            text("SELECT e.body, p.payload FROM log_entry e JOIN log_payload p ON p.idx = e.idx ORDER BY e.idx DESC")
        ).all()[0]
    )
    body, payload = (bytes(part).decode() for part in page)
    assert '"matched":1' in body
    assert code not in body
    sha256 = opened.act(lambda _: db.session.scalars(select(Evidence.sha256).order_by(Evidence.id.desc())).all()[0])
    assert sha256 not in body
    assert code in payload
    assert sha256 in payload


def test_the_same_slip_and_the_same_picture_are_taken_once(opened: Stage) -> None:
    [code] = printed(opened, 3)
    batch = opened_batch(opened)
    photographed(opened, slip_photos.slip(code), batch=batch)
    again = words(photographed(opened, slip_photos.slip(code, seed=9), slip_photos.slip(code), batch=batch))
    assert lines(opened) == [("matched", ""), ("refused", "same_slip"), ("refused", "same_picture")]
    door = opened.act(lambda course: course.unit(3).door_words)
    assert f"{door}的这一张已经有照片了，2026年11月9日（周一）10:00收的" in again
    assert "这张照片收过了，2026年11月9日（周一）10:00收的" in again
    assert opened.act(lambda _: len(db.session.scalars(select(Evidence)).all())) == 2, (
        "the plan's drawing, and one photo"
    )


def test_twice_in_one_form_is_twice(opened: Stage) -> None:
    [code] = printed(opened, 3)
    photographed(opened, slip_photos.slip(code), slip_photos.slip(code, seed=5), slip_photos.slip(code))
    assert lines(opened) == [("matched", ""), ("refused", "same_slip"), ("refused", "same_picture")]


def test_a_void_slip_is_refused_with_its_reason(opened: Stage) -> None:
    [code] = printed(opened, 3)
    opened.act(lambda course: course.reprint(1, "住户说丢了"))
    answer = words(photographed(opened, slip_photos.slip(code)))
    assert lines(opened) == [("refused", "slip_void")]
    assert "已经作废（住户说丢了），不能收" in answer


def test_a_slip_of_the_old_plan_is_refused_with_both_versions(opened: Stage) -> None:
    [code] = printed(opened, 3)

    def plan_changes(course: Course) -> int:
        proposal = db.session.get_one(Proposal, course.collection().proposal_id)
        with schema.door_open():
            old = proposal.versions[-1]
            new = write_version(proposal, 2, TemplateName.RAMP_PUBLIC_HOUSING, course.cast.building)
            supersede(old, new)
            return new.required[0].id

    required = opened.act(plan_changes)
    anew = Course(opened.cast, required)
    with opened.app.app_context():
        anew.open()
        db.session.rollback()
    stage = Stage(opened.app, opened.cast, anew)
    page = words(photographed(stage, slip_photos.slip(code)))
    assert lines(stage) == [("refused", "old_plan")]
    assert "这一张是方案第1版的，方案已经更新到第2版，旧表不再算数" in page
    found = stage.browser("clerk").submit("/desk/slips", {"code": code})
    answer = stage.browser("clerk").submit(
        found.location,
        {**READ, **STAMP, "signers": signer(stage, 3), "photo": (io.BytesIO(slip_photos.slip(code, 3)), "a.jpg")},
        field="signers",
    )
    assert answer.status_code == 422
    assert "旧表不再算数" in words(answer)


def test_codes_of_nobody_and_of_another_neighbourhood_are_unknown(opened: Stage) -> None:
    answer = words(photographed(opened, slip_photos.slip(household_code(77))))
    assert lines(opened) == [("refused", "unknown_code")]
    assert "没有找到这张征询单" in answer


def test_two_slips_in_one_photo_are_taken_one_by_one(opened: Stage) -> None:
    codes = printed(opened, 3, 5)
    both = slip_photos.photo(*(rules.square_text(code) for code in codes))
    answer = words(photographed(opened, both))
    assert lines(opened) == [("refused", "several_slips")]
    assert "不止一张征询单" in answer


def test_another_square_on_the_table_is_no_slip(opened: Stage) -> None:
    [code] = printed(opened, 3)
    photographed(opened, slip_photos.photo(rules.square_text(code), "https://pay.example/1"))
    assert lines(opened) == [("matched", "")]


def test_a_photo_without_a_code_waits_for_a_person_who_types_it(opened: Stage) -> None:
    codes = printed(opened, 3, 5)
    photographed(opened, slip_photos.photo(), slip_photos.photo(seed=9))
    assert lines(opened) == [("waiting", "")] * 2
    clerk = opened.browser("clerk")
    assert "2 张" in words(clerk.get(f"{opened.desk}/slips"))
    page = clerk.get(f"{opened.desk}/slips/photos")
    code = codes[0]
    wrong = f"{code[:3]}{'7' if code[3] != '7' else '8'}{code[4:]}"
    answer = clerk.submit(page.location, {"code": wrong})
    assert answer.status_code == 422
    assert "编号的检验字母对不上" in words(answer)
    assert wrong in answer.text, "what was typed stays"
    first = clerk.submit(page.location, {"code": f"{code[:4]}-{code[4:8]}-{code[8:]}".lower()}, follow=True)
    assert first.status_code == 200
    second = clerk.get(f"{opened.desk}/slips/photos").location
    assert clerk.submit(second, {"code": code}).status_code == 422, "that slip has a photo"
    assert clerk.submit(f"{second}/discard", {"reason": " "}).status_code == 422
    assert clerk.submit(f"{second}/discard", {"reason": "拍到了桌子"}).status_code == 303
    assert lines(opened) == [("matched", ""), ("discarded", "")]
    again = clerk.submit(f"{second}/discard", {"reason": "再来"})
    assert again.status_code == 422
    assert "已经处理过了" in words(again)


def _bomb() -> bytes:
    """A PNG that says it is 30,000 by 30,000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


def test_what_cannot_be_opened_does_not_spoil_the_others(opened: Stage) -> None:
    [code] = printed(opened, 3)
    heic = b"\x00\x00\x00\x18ftypheic" + bytes(40)
    answer = words(photographed(opened, _bomb(), heic, b"hello", b"%PDF-1.4 %%EOF", slip_photos.slip(code)))
    assert lines(opened) == [("refused", "unusable")] * 4 + [("matched", "")]
    assert "像素太多" in answer
    assert "HEIC" in answer
    assert "这不是能用的照片" in answer


def test_thirty_photos_in_one_form_are_too_many_and_none_is_kept(opened: Stage) -> None:
    answer = photographed(opened, *(png(seed) for seed in range(30)))
    assert answer.status_code == 422
    assert "一次最多传 10 张，这次选了 30 张，一张也没有收" in words(answer)
    assert lines(opened) == []
    assert photographed(opened).status_code == 422


def test_a_stamp_that_is_still_to_come_is_refused(opened: Stage) -> None:
    answer = opened.browser("clerk").submit(f"{opened.desk}/slips/receive", {**STAMP, "received_on": "2026-11-10"})
    assert answer.status_code == 422
    assert "收到的时间还没有到" in words(answer)


def test_the_database_itself_keeps_one_photo_a_slip_and_no_picture_twice(opened: Stage) -> None:
    [code] = printed(opened, 3)
    photographed(opened, slip_photos.slip(code))

    def twice(_: Course) -> None:
        first = db.session.scalars(select(SlipPhoto)).one()
        row = {"collection_id": 1, "batch_id": 1, "taken_by": 1, "taken_at": moment(9), "state": "matched"}
        same_slip = {"number": 7, "sha256": "a" * 64, "evidence_id": first.evidence_id, "slip_id": first.slip_id}
        same_picture = {"number": 8, "sha256": first.sha256, "state": "waiting"}
        for more in (same_slip, same_picture, {"number": 9, "sha256": "", "state": "refused"}):
            db.session.info["performing"] = True
            db.session.add(SlipPhoto(**{**row, **more}))
            with pytest.raises(IntegrityError):
                db.session.flush()
            db.session.info.pop("performing")
            db.session.rollback()

    opened.act(twice)


def test_a_photo_on_which_nothing_can_be_read_is_set_aside_and_taken_anew(opened: Stage) -> None:
    [code] = printed(opened, 3)
    batch = opened_batch(opened)
    photographed(opened, slip_photos.slip(code), batch=batch)
    clerk = opened.browser("clerk")
    assert clerk.submit("/desk/slip-photos/1/aside", {"reason": "反光"}).status_code == 303
    assert "未交回 1 张" in words(clerk.get(f"{opened.desk}/slips"))
    photographed(opened, slip_photos.slip(code), slip_photos.slip(code, seed=7), batch=batch)
    assert lines(opened) == [("aside", ""), ("refused", "same_picture"), ("matched", "")]
    clerk.submit("/desk/slips/1", {**READ, "signers": signer(opened, 3)}, field="signers")
    late = clerk.submit("/desk/slip-photos/3/aside", {"reason": "再拍"})
    assert late.status_code == 422
    assert "照片不能再换" in words(late)


def test_the_photo_is_for_those_who_read_it_in(opened: Stage) -> None:
    [code] = printed(opened, 3)
    photographed(opened, slip_photos.slip(code), slip_photos.photo())
    shown = opened.act(lambda _: db.session.scalars(select(SlipPhoto.evidence_id).order_by(SlipPhoto.id)).all())
    for evidence in shown:
        assert opened.browser("second_clerk").get(f"/files/{evidence}").status_code == 200
        assert opened.browser(3).get(f"/files/{evidence}").status_code == 404
        assert opened.browser(opened.cast.foreign_clerk).get(f"/files/{evidence}").status_code == 404


# ---- reading


def _queue(stage: Stage, who: str, queue: str) -> str:
    answer = stage.browser(who).get(f"{stage.desk}/slips/queue/{queue}")
    assert answer.status_code == 303
    return str(answer.location)


def test_a_queue_goes_from_slip_to_slip_and_says_how_many_are_left(opened: Stage) -> None:
    codes = printed(opened, 3, 5, 12)
    photographed(opened, *(slip_photos.slip(code) for code in codes))
    clerk = opened.browser("clerk")
    url = _queue(opened, "clerk", "first")
    for left, number in ((2, 3), (1, 5)):
        page = clerk.submit(url, {**READ, "signers": signer(opened, number)}, field="signers", follow=True)
        assert f"已存，还剩 {left} 张" in words(page)
        url = page.request.path + "?queue=first"
    done = clerk.submit(url, {**READ, "signers": signer(opened, 12)}, field="signers", follow=True)
    assert "已存，这一列录完了" in words(done)
    assert _queue(opened, "clerk", "second").endswith("/slips"), "her own readings are not hers to check"
    second = opened.browser("second_clerk")
    url = _queue(opened, "second_clerk", "second")
    page = second.get(url)
    assert not re.search(r"checked|value=\"2026", page.text), "blind"
    skipped = second.get(f"{opened.desk}/slips/queue/second?after=1")
    assert "/desk/slips/2" in skipped.location
    second.submit(url, {**READ, "signers": signer(opened, 3)}, field="signers")
    assert opened.count(lambda c: [(r.answer, r.method) for r in c.records]) == [("agree", "paper")]


def test_who_decides_sees_both_readings_and_what_differs(opened: Stage) -> None:
    [code] = printed(opened, 3)
    photographed(opened, slip_photos.slip(code))
    for who, said in (("clerk", "agree"), ("second_clerk", "oppose")):
        opened.browser(who).submit(
            "/desk/slips/1", {**READ, "answer": said, "signers": signer(opened, 3)}, field="answer"
        )
    officer = words(opened.browser("block_officer").get("/desk/slips/1"))
    assert "由居委会或监票人里没有录过这一张的人来定" in officer
    assert "不一样" not in officer
    url = _queue(opened, "scrutineer", "third")
    page = opened.browser("scrutineer").get(url)
    assert re.search(r"勾了哪一项\s*同意\s*反对\s*不一样", words(page))
    assert re.search(r"签名日期\s*2026-11-08\s*2026-11-08\s*一样", words(page))
    assert re.search(r'name="answer"[^>]*checked', page.text) is None, "what differs is not filled in"
    assert 'value="2026-11-08"' in page.text
    opened.browser("scrutineer").submit(url, {"answer": "oppose"}, field="answer")
    assert opened.count(lambda c: [r.answer for r in c.records]) == ["oppose"]


def test_two_accounts_of_one_person_are_one_person(opened: Stage) -> None:
    [code] = printed(opened, 3)
    photographed(opened, slip_photos.slip(code))
    opened.browser("clerk").submit("/desk/slips/1", {**READ, "signers": signer(opened, 3)}, field="signers")

    def the_same_address(_: Course) -> None:
        with schema.door_open():
            for ref in ("clerk", "second_clerk"):
                account = db.session.scalars(select(Account).where(Account.ref == opened.cast.ref(ref))).one()
                account.email = "xu@example.cn"

    opened.act(the_same_address)
    page = opened.browser("second_clerk").get("/desk/slips/1")
    assert "您用另一个账号录入过" in words(page)
    assert _queue(opened, "second_clerk", "second").endswith("/slips")

    def read_anyway(course: Course) -> object:
        by = course.who("second_clerk")
        slip = queries.paper_slip_by_id(by, 1)
        assert slip is not None
        holder = (opened.cast.holders[2],)
        reading = actions.Reading(holder, Answer.AGREE, date(2026, 11, 8))
        return refused(lambda: perform(actions.read_slip, by, slip, reading))

    assert opened.act(read_anyway) == Refusal.ENTRY_OTHER_ACCOUNT


@pytest.mark.parametrize("how", ["phone", "member"])
def test_a_person_is_known_by_the_register(opened: Stage, how: str) -> None:
    """The holder of a flat with a seat under one number, and her second account that joined the same flat."""

    def known(course: Course) -> None:
        clerk, second = course.who("clerk").account, course.who("second_clerk").account
        assert accounts_of_person(second) == {second.id}
        with schema.door_open():
            holder = db.session.get_one(Holder, opened.cast.holders[2])
            if how == "phone":
                holder.phone = clerk.phone or ""
            else:
                row = {"unit_id": opened.cast.units[3], "holder_id": holder.id, "joined_at": LONG_AGO}
                db.session.add(Membership(account_id=clerk.id, **row))
            row = {"unit_id": opened.cast.units[2], "holder_id": holder.id, "joined_at": LONG_AGO}
            db.session.add(Membership(account_id=second.id, **row))
        assert {clerk.id, second.id} <= accounts_of_person(second)
        assert {clerk.id, second.id} <= accounts_of_person(clerk)

    opened.act(known)


def test_a_slip_is_read_while_the_window_closes(opened: Stage) -> None:
    [code] = printed(opened, 3)
    photographed(opened, slip_photos.slip(code))
    opened.browser("clerk").submit("/desk/slips/1", {**READ, "signers": signer(opened, 3)}, field="signers")
    opened.act(lambda course: course.close())
    with clock.standing_at(moment(17, 0, 1)):
        opened.browser("second_clerk").submit("/desk/slips/1", {**READ, "signers": signer(opened, 3)}, field="signers")
    assert opened.count(lambda c: c.tally().yes.heads) == 1, "it was stamped before the close"


def test_what_was_photographed_in_grace_is_read_to_its_end_and_nothing_else_is(opened: Stage) -> None:
    codes = printed(opened, 3, 5)
    photographed(opened, slip_photos.slip(codes[0]), slip_photos.photo())
    opened.act(lambda course: course.close())
    with clock.standing_at(moment(20, 9)):
        late = opened.browser("clerk").submit(f"{opened.desk}/slips/receive", STAMP)
        assert "补录期已经结束" in words(late)
        for who in ("clerk", "second_clerk"):
            assert refused(lambda: opened.act(lambda course: course.publish())) in (
                Refusal.ENTRIES_UNDECIDED,
                Refusal.PHOTOS_WAITING,
            )
            opened.browser(who).submit("/desk/slips/1", {**READ, "signers": signer(opened, 3)}, field="signers")
        assert opened.count(lambda c: c.tally().yes.heads) == 1
        assert refused(lambda: opened.act(lambda course: course.publish())) == Refusal.PHOTOS_WAITING
        opened.browser("clerk").submit("/desk/slip-photos/2/discard", {"reason": "拍到了别的"})
        opened.act(lambda course: course.publish())
        page = opened.browser("clerk").submit(
            "/desk/slips/2",
            {**READ, **STAMP, "signers": signer(opened, 5), "photo": (io.BytesIO(slip_photos.slip(codes[1])), "a.jpg")},
            field="signers",
        )
        assert page.status_code == 422
        assert "补录期已经结束" in words(page)


# ---- the balance


def test_the_balance_is_frozen_with_the_provisional_result_and_told_to_everybody(opened: Stage) -> None:
    opened.publish_trail()
    codes = printed(opened, 3, 5, 7, 9)
    opened.act(lambda course: course.reprint(4, "写坏了"))
    photographed(opened, *(slip_photos.slip(code) for code in codes[:2]))
    for who in ("clerk", "second_clerk"):
        for slip, number in ((1, 3), (2, 5)):
            form = {**READ, "signers": signer(opened, number)}
            opened.browser(who).submit(f"/desk/slips/{slip}", form, field="signers")
    opened.act(lambda course: course.close())
    fact = opened.act(lambda course: course.publish().fact)
    assert (fact.slips_issued, fact.slips_used, fact.slips_void, fact.slips_unreturned) == (5, 2, 1, 2)
    assert "纸质征询单：印 5，用 2，废 1，未交回 2" in words(opened.browser().get(opened.url))
    page = words(opened.browser("clerk").get(f"{opened.desk}/slips"))
    assert "已随初步结果固定" in page
    sheet = opened.browser("clerk").get(f"{opened.desk}/slips.csv")
    assert sheet.data.decode("utf-8-sig").splitlines()[-1] == "合计,5,2,1,2"

    def nothing_moves(course: Course) -> None:
        by = course.who("clerk")
        slip = db.session.get_one(PaperSlip, 3)
        assert refused(lambda: perform(actions.void_slip, by, slip, "丢了")) == Refusal.COLLECTION_ELSEWHERE
        assert refused(lambda: perform(actions.reprint_slip, by, slip, "丢了")) == Refusal.COLLECTION_ELSEWHERE
        batch = db.session.scalars(select(SlipBatch)).first()
        assert batch is not None
        assert refused(lambda: perform(actions.photograph, by, batch, [])) == Refusal.GRACE_OVER

    opened.act(nothing_moves)

    def by_hand(_: Course) -> None:
        db.session.info["performing"] = True
        db.session.execute(text("UPDATE paper_slip SET state = 'void' WHERE id = 3"))
        db.session.commit()
        db.session.info.pop("performing")

    opened.act(lambda course: course.confirm())
    opened.act(lambda course: course.finish())
    opened.publish_trail()
    certificate = opened.browser().get(f"{opened.url}/certificate.pdf")
    assert "纸质征询单：印5，用2，废1，未交回2。" in reading.text_of(certificate.data)
    opened.act(by_hand)
    assert "和公布初步结果时的清点不一样" in words(opened.browser("clerk").get(f"{opened.desk}/slips"))


def test_a_count_that_does_not_come_out_is_not_kept(opened: Stage) -> None:
    def unbalanced(_: Course) -> None:
        counts = {"issued": 3, "used": 1, "voided": 1, "unreturned": 0}
        db.session.info["performing"] = True
        db.session.add(SlipCount(collection_id=1, building="1号楼", counted_at=moment(9), **counts))
        with pytest.raises(IntegrityError):
            db.session.flush()
        db.session.info.pop("performing")
        db.session.rollback()

    opened.act(unbalanced)


# ---- paper and phone differ


@pytest.mark.parametrize("rule", list(ConflictRule))
@pytest.mark.parametrize("paper_first", [True, False])
def test_a_household_whose_paper_and_phone_differ_is_told_and_the_rule_decides(
    app: Flask, cast: Cast, rule: ConflictRule, paper_first: bool
) -> None:
    with app.app_context():
        course = lane_course(cast)
        course.open(conflict_rule=rule)
        with at(moment(9)):
            slip = course.print_slip(12).id
        dates = at_hand(date(2026, 11, 9), moment(10, 8))

        def paper() -> None:
            with at(moment(10)):
                course.read("clerk", slip, Answer.OPPOSE, original=True, **dates)
                course.read("second_clerk", slip, Answer.OPPOSE, **dates)

        def phone() -> None:
            with at(moment(8, 11) if not paper_first else moment(11)):
                course.sign(12, Answer.AGREE)

        for act in (paper, phone) if paper_first else (phone, paper):
            act()
        told = [m.text for m in db.session.scalars(select(Message).order_by(Message.id)) if "不一样" in m.text]
        assert told, "the household hears of it"
        assert all(f"/consents/{course.collection_id}/mine" in each for each in told)
        assert not any("同意" in each or "反对" in each for each in told)
        unit = course.unit(12)
        standing = course.collection().standings()[unit.ref]
        assert standing.conflicting
        # Signed on the 9th on paper, on the 8th or the 11th on the phone.
        later = Answer.AGREE if rule is ConflictRule.PHONE_FIRST or paper_first else Answer.OPPOSE
        assert standing.answer.answer is later
        db.session.rollback()
    page = Stage(app, cast, course).browser(12).get(f"/consents/{course.collection_id}/mine")
    assert "您家的纸质表和手机上的表态不一样" in words(page)


def test_two_that_agree_are_no_conflict(opened: Stage) -> None:
    def both(course: Course) -> None:
        slip = course.print_slip(12).id
        with at(moment(10)):
            course.sign(12)
            dates = at_hand(date(2026, 11, 9), moment(10, 8))
            course.read("clerk", slip, original=True, **dates)
            course.read("second_clerk", slip, **dates)
        assert not [m for m in db.session.scalars(select(Message)) if "不一样" in m.text]

    opened.act(both)


# ---- printing for many


def test_a_thousand_are_chosen_by_building_and_floor_and_printed_by_the_hundred(app: Flask, cast: Cast) -> None:
    with app.app_context():
        building = estate(cast, 1008)
        template = TemplateName.OWNERS_ALTERATION
        course = BlockCourse(cast, fixed_plan(cast, cast.neighbourhood, template, building, manager=False))
        course.open()
    stage = Stage(app, cast, course)
    stage.publish_trail()
    with clock.standing_at(moment(9)):
        clerk = stage.browser("clerk")
        page = clerk.get(f"{stage.desk}/slips/print")
        assert len(page.data) < 60_000
        answer = clerk.submit(
            f"{stage.desk}/slips/print", {"places": f"b{building}", "silent_only": "y"}, field="places"
        )
        assert answer.status_code == 303
        again = clerk.submit(
            f"{stage.desk}/slips/print", {"places": f"b{building}", "silent_only": "y"}, field="places"
        )
        assert again.status_code == 422
        assert "手里都有一张还没交回的征询单" in words(again)
        overview = clerk.get(f"{stage.desk}/slips")
        assert "印 1008 张" in words(overview)
        assert overview.text.count("slips.pdf?run=1") == 11
        codes = stage.act(lambda _: db.session.scalars(select(PaperSlip.code).order_by(PaperSlip.id).limit(3)).all())
        photographed(stage, *(slip_photos.slip(code) for code in codes), slip_photos.photo())
        _few(stage, building)
        last = clerk.get(f"{stage.desk}/slips.pdf?run=1&part=10")
        assert last.mimetype == "application/pdf"
        assert len(reading.reader(last.data).pages) == 8
        assert clerk.get(f"{stage.desk}/slips.pdf?run=1&part=11").status_code == 404


def _few(stage: Stage, building: int) -> None:
    pages: Sequence[str] = [
        f"{stage.desk}/slips",
        f"{stage.desk}/slips/print",
        f"{stage.desk}/slips/print?building={building}",
        f"{stage.desk}/slips/list",
        f"{stage.desk}/slips/list?building={building}&state=out&page=3",
        f"{stage.desk}/slips/receive",
        "/desk/slip-batches/1",
        "/desk/slip-photos/4",
        "/desk/slip-photos/4/discard",
        "/desk/slips/1?queue=first",
        "/desk/slips/5/reprint",
        f"{stage.desk}/slips.csv",
    ]
    clerk = stage.browser("clerk")
    for url in pages:
        with stage.statements() as sent:
            answer = clerk.get(url)
        assert answer.status_code == 200, url
        assert len(sent) <= MOST_STATEMENTS, (url, len(sent), [each[:80] for each in sent])
        assert len(answer.data) < 120_000, (url, len(answer.data))


def test_only_the_silent_are_printed_for(opened: Stage) -> None:
    opened.act(lambda course: course.sign(1))
    floor = opened.act(lambda course: [g for g in stock.groups(course.collection()) if g.key.startswith("b")])
    assert [(group.units, group.silent, group.out) for group in floor] == [(13, 12, 0)]
    clerk = opened.browser("clerk")
    clerk.submit(f"{opened.desk}/slips/print", {"places": floor[0].key, "silent_only": "y"}, field="places")
    assert opened.act(lambda _: len(db.session.scalars(select(PaperSlip)).all())) == 12
    none = clerk.submit(f"{opened.desk}/slips/print", {"places": []}, field="places")
    assert none.status_code == 422
    rest = clerk.submit(
        f"{opened.desk}/slips/print?unit={opened.cast.units[0]}", {"places": f"u{opened.cast.units[0]}"}
    )
    assert rest.status_code == 422, "she has answered already"
    assert "没有要打印的户" in words(rest)


def test_the_list_of_a_building_says_what_became_of_each(opened: Stage) -> None:
    printed(opened, 1, 2)
    opened.act(lambda course: course.reprint(1, "住户说丢了"))
    page = words(opened.browser("clerk").get(f"{opened.desk}/slips/list"))
    assert "作废：住户说丢了" in page
    assert "代替" in page
    only_void = words(opened.browser("clerk").get(f"{opened.desk}/slips/list?state=void"))
    assert "没交回 " not in only_void.split("操作")[-1]
    assert opened.browser("clerk").get(f"{opened.desk}/slips/list?building=x").status_code == 404


def test_days_of_the_window_bind_a_slip_of_a_batch_too(opened: Stage) -> None:
    [code] = printed(opened, 3)
    photographed(opened, slip_photos.slip(code))
    ahead = opened.browser("clerk").submit(
        "/desk/slips/1", {**READ, "signed_on": "2026-11-10", "signers": signer(opened, 3)}, field="signers"
    )
    assert "比收到的日期还晚" in words(ahead)
    assert LAST_DAY.isoformat() == "2026-11-16"


def test_nobody_is_her_own_scrutineer_by_another_account(stage: Stage) -> None:
    def offered(course: Course) -> list[int]:
        return [account.id for account in queries.scrutineers(course.who("clerk"), stage.cast.neighbourhood)]

    assert len(stage.act(offered)) == 1

    def the_same_address(course: Course) -> None:
        with schema.door_open():
            for who in ("clerk", "scrutineer"):
                course.who(who).account.email = "one@example.cn"

    stage.act(the_same_address)
    assert stage.act(offered) == []

"""新桥苑 at scale: 1,008 units asked at once, by phone, by mandate and on paper, and the certificate counted again.

One walk from the imported roll to the certificate and the published log; the clerk's own pages are walked through in a
browser at 360 px and at the width of a desk.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from time import perf_counter

import pytest
from playwright.sync_api import Browser as Chromium
from sqlalchemy import select

from hearing.consents import rules
from hearing.consents.models import ConsentCollection, PaperSlip
from hearing.db import db
from hearing.people.models import Message
from tests.journeys import estate as walk
from tests.journeys.estate import Estate, Hand
from tests.journeys.neighbour import Neighbour
from tests.journeys.phone import too_wide, violations
from tests.journeys.streets import street
from tests.printing import reading as paper

TWICE, REPRINTED, DIFFERING, TORN, BOTH = 0, 1, (2, 3, 4), 5, 6
"""Places among those who answer on paper where something goes wrong."""


@pytest.fixture
def estate(chromium: Chromium, tmp_path: Path) -> Iterator[Estate]:
    """An office, and a roll on its clerk's desk."""
    with street(chromium, tmp_path, "estate") as office:
        yield Estate(office, walk.read_roll(walk.ROLL))


def test_a_thousand_households_answer_in_every_way_and_the_count_comes_out(
    estate: Estate, tmp_path: Path, measured: Callable[[str, str], None]
) -> None:
    start = perf_counter()
    assert len(estate.lines) == 1008
    for step in (walk.the_roll_comes_in, walk.people_have_accounts, walk.the_plan_is_fixed, walk.it_opens):
        step(estate)
    with_phone = [place for place in range(1008) if place + 1 in estate.street.refs]
    others = [place for place in range(1008) if place + 1 not in estate.street.refs]
    phones, rest = with_phone[: walk.BY_PHONE], with_phone[walk.BY_PHONE :]
    principals, rest = rest[: walk.BY_MANDATE], rest[walk.BY_MANDATE :]
    on_paper = [*rest[:20], *others][: walk.ON_PAPER]
    walk.slips_are_printed(estate)
    text = paper.text_of(walk.last_file(estate))
    for place in range(1000, 1008):
        code = estate.codes[place]
        assert f"{code[:4]}-{code[4:8]}-{code[8:]}" in text
    walk.phones_answer(estate, phones)
    measured("新桥苑, phones", f"{perf_counter() - start:.0f} s")
    walk.mandates_answer(estate, principals, phones[:8])
    walk.a_fourth_mandate_is_too_many(estate, rest[-1], phones[0])
    _paper_comes_back(estate, on_paper)
    measured("新桥苑, paper", f"{perf_counter() - start:.0f} s")
    _the_clerk_at_her_desk(estate)
    _closed_by_the_clock(estate)
    _the_result_is_what_was_said(estate, tmp_path)
    assert not estate.street.faults, "\n\n".join(estate.street.faults)
    measured("新桥苑, 1,008 units from roll to certificate", f"{perf_counter() - start:.0f} s")


def _paper_comes_back(estate: Estate, places: list[int]) -> None:
    """Two hundred slips in piles; some of them twice, void, torn, or read differently."""
    said = {place: "oppose" if place % 7 == 2 else "agree" for place in places} | {places[BOTH]: "agree"}
    pages = walk.sheets(estate, places)
    photos = [
        walk.ticked(page, said[place], without_square=n == TORN, seed=n)
        for n, (place, page) in enumerate(zip(places, pages, strict=True))
    ]
    # One slip is lost and found again: by then a new one has been printed, and only that one is taken.
    lost = places[REPRINTED]
    clerk = Hand(estate.street, estate.street.refs["clerk"])
    clerk.must(f"/desk/slips/{estate.slips[lost]}/reprint", {"reason": "住户说找不到了"})
    with estate.street.live.app.app_context():
        anew = db.session.scalars(select(PaperSlip).where(PaperSlip.replaces_id == estate.slips[lost])).one()
        estate.slips[lost], estate.codes[lost] = anew.id, anew.code
    new_page = walk.ticked(walk.sheets(estate, [lost])[0], said[lost], seed=99)
    again = walk.ticked(pages[TWICE], said[places[TWICE]], seed=77)
    batch = walk.piles_come_in(estate, [*photos, new_page, again, photos[TWICE]])
    shown = clerk.client.get(batch).text
    assert "住户说找不到了" in shown + clerk.client.get(f"{batch}?page=3").text
    assert "已经有照片了" in shown
    assert "这张照片收过了" in shown
    _torn_one_is_named(estate, places[TORN])
    # One household has signed on its phone as well, and says something else there.
    walk.phones_answer(estate, [places[BOTH]], "oppose")
    wrong = {place: said[place] for place in places}
    for place in DIFFERING:
        wrong[places[place]] = "abstain"
    assert walk.a_queue_is_read(estate, "clerk", "first", wrong) == len(places)
    assert walk.a_queue_is_read(estate, "second_clerk", "second", said) == len(places)
    assert walk.a_queue_is_read(estate, "second_clerk", "third", said) == 0, "she has read them"
    _the_scrutineer_decides(estate, places, said)
    for place in places:
        estate.said[place], estate.ways[place] = said[place], "paper"
    with estate.street.live.app.app_context():
        told = [message for message in db.session.scalars(select(Message)) if "不一样" in message.text]
    assert told, "who differs on paper and on the phone is told"
    # Signed on one day, the phone counts.
    estate.said[places[BOTH]] = "oppose"


def _torn_one_is_named(estate: Estate, place: int) -> None:
    """The square cannot be read: somebody looks at the picture and types the code, at first wrongly."""
    clerk = estate.street.of("clerk").open(f"{estate.desk}/slips").tap("认编号")
    code = estate.codes[place]
    wrong = f"{code[:2]}{'3' if code[2] != '3' else '4'}{code[3:]}"
    clerk.fill("征询单编号", wrong).tap("就是这一张").see("检验字母对不上")
    clerk.fill("征询单编号", code).tap("就是这一张")


def _the_scrutineer_decides(estate: Estate, places: list[int], said: dict[int, str]) -> None:
    """A third person sees the photo and both readings, and what she reads is the record."""
    words = {"agree": "同意", "oppose": "反对", "abstain": "弃权"}
    third = estate.street.of("scrutineer").open(f"{estate.desk}/slips/queue/third")
    for left in (2, 1, 0):
        number = int(third.path.partition("?")[0].rpartition("/")[2])
        place = next(each for each in places if estate.slips[each] == number)
        third.see("两次录入", "不一样").choose(words[said[place]]).tap("按原件定下来")
        third.see(f"已存，还剩 {left} 张" if left else "已存，这一列录完了")


def _the_clerk_at_her_desk(estate: Estate) -> None:
    """The clerk's own pages in a browser: at 360 px, in both languages, and at the width of a desk."""
    estate.street.live.turn()
    clerk = estate.street.of("clerk")
    for path in ("slips", "slips/print", "slips/list", "slips/list?state=out", "slips/receive"):
        clerk.open(f"{estate.desk}/{path}")
    clerk.open("/desk/slip-batches/1").open("/desk").open(estate.desk)
    _a_pile_goes_up_one_by_one(estate, clerk)
    page = clerk.page
    for name, path in (("overview", "slips"), ("batch", ""), ("print", "slips/print")):
        page.set_viewport_size({"width": 1280, "height": 900})
        clerk.open(f"{estate.desk}/{path}" if path else "/desk/slip-batches/1").screenshot(f"estate-desk-{name}")
        assert not [*too_wide(page), *violations(page)]
    page.set_viewport_size({"width": 360, "height": 740})


def _a_pile_goes_up_one_by_one(estate: Estate, clerk: Neighbour) -> None:
    """With JavaScript any number of photos goes up, one after the other; what is refused is listed with its reason."""
    folder = Path(estate.street.live.settings.data_dir)
    silent = [place for place in range(1008) if place not in estate.said][:2]
    files = []
    for number, page in enumerate(walk.sheets(estate, silent)):
        file = folder / f"slip-{number}.jpg"
        file.write_bytes(walk.ticked(page, "agree", seed=number))
        files.append(file)
    files.append(files[0])
    clerk.open(f"{estate.desk}/slips/receive")
    clerk.fill("收件章上的日期", walk.today(estate).date().isoformat()).fill("收件时间", "9:45").choose("当面交来")
    clerk.tap("盖收件章，去拍照")
    clerk.page.locator("input[type=file]").set_input_files([str(file) for file in files])
    clerk.thing("传照片").tap()
    clerk.see("传完了：3 张", "这张照片收过了").screenshot("estate-pile")
    read = dict.fromkeys(silent, "agree")
    assert walk.a_queue_is_read(estate, "clerk", "first", read) == 2
    assert walk.a_queue_is_read(estate, "second_clerk", "second", read) == 2
    for place in silent:
        estate.said[place], estate.ways[place] = "agree", "paper"


def _closed_by_the_clock(estate: Estate) -> None:
    """The system closes at 24:00; after grace the provisional result hangs, and two confirm it."""
    street = estate.street
    with street.live.app.app_context():
        found = db.session.get_one(ConsentCollection, int(street.collection))
        closes = found.closes_at
        assert closes is not None
    street.until(closes + timedelta(minutes=1))
    assert "补录期" in street.of("clerk").open(estate.desk).page.content()
    street.later(days=4)
    Hand(street, street.refs["clerk"]).must(f"{estate.desk}/publish", {}, "once")
    for who in ("director", "scrutineer"):
        Hand(street, street.refs[who]).must(f"{estate.desk}/confirmation", {}, "count")
    street.later(days=4)
    Hand(street, street.refs["clerk"]).must(f"{estate.desk}/finish", {}, "once")
    street.live.turn()


def _the_result_is_what_was_said(estate: Estate, folder: Path) -> None:
    """The certificate and the public page say what the test has counted by itself; the log can be checked."""
    count, street = walk.counted(estate), estate.street
    with street.live.app.app_context():
        found = db.session.get_one(ConsentCollection, int(street.collection))
        tally, state, slips = found.tally(), found.stands, found.frozen_slips
    for name, part in (("all", tally.all), ("part", tally.part), ("agree", tally.yes), ("oppose", tally.no)):
        assert (part.heads, part.area_centi) == count[name], name
    assert (tally.abstain.heads, tally.abstain.area_centi) == count["abstain"]
    assert (state is rules.CollectionState.PASSED) is walk.passed(count)
    on_paper = walk.ON_PAPER + 2
    balance = f"印 1009，用 {on_paper}，废 1，未交回 {1009 - on_paper - 1}"
    assert rules.slip_words(slips) == balance
    street.phone("visitor").open(f"/consents/{street.collection}").see(balance).see("下载证书（PDF）")
    # A thousand lines take the printer longer than a browser waits on a busy machine.
    printed = street.live.app.test_client().get(f"/consents/{street.collection}/certificate.pdf")
    assert printed.mimetype == "application/pdf"
    words = paper.text_of(printed.data)
    assert f"纸质征询单：{balance}".replace(" ", "") in words
    heads = count["all"][0]
    assert f"{heads:,}户" in words
    for name in ("part", "agree"):
        assert f"{count[name][0]}人" in words, name
    assert f"{len(estate.said)}" in words
    assert not [line.names[0] for line in estate.lines[:50] if line.names[0] in words]
    key = street.live.app.extensions["publisher"].vkey
    program = folder / "verify.py"
    program.write_bytes(street.quickly("visitor").get("/verify.py").data)
    log = subprocess.run(
        [sys.executable, str(program), "audit", f"{street.live.url}/log", "--key", str(key)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert log.returncode == 0, log.stdout + log.stderr

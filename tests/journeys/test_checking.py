"""At the end of the first case a neighbour checks her receipt in every way; then somebody alters the database."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from jinja2 import BytecodeCache
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Locator, Request

from hearing import clock
from hearing.audit import checking
from hearing.audit.publisher import Publisher
from hearing.db import db, reading
from hearing.demo import ramp
from hearing.demo.lane import HOUSEHOLDS, OFFICES
from tests import database, qrcodes
from tests.audit.test_publisher import tamper
from tests.cast import Cast
from tests.journeys.everything import TODAY
from tests.journeys.neighbour import Neighbour
from tests.journeys.server import Live, serving
from tests.schema import viewer

MM = 96 / 25.4
"""CSS pixels in a millimetre of paper."""
NEIGHBOUR = 2
"""王彩娣, who has signed."""


@pytest.fixture(scope="module")
def told(
    settled: tuple[str, Cast], compiled_templates: BytecodeCache, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Live]:
    """A server on a lane whose whole story has been told, published and fully checked."""
    folder = tmp_path_factory.mktemp("checked")
    with database.database(folder, like=settled[0]) as url, serving(folder / "var", url) as live:
        live.app.jinja_env.bytecode_cache = compiled_templates
        with live.app.app_context():
            ramp.tell(settled[1].lane, TODAY, viewer)
            db.session.rollback()
        clock.shift(TODAY - datetime.now(UTC))
        live.turn()
        check(live)
        yield live
        clock.shift(timedelta(0))


@pytest.fixture
def hand_out(chromium: Chromium, told: Live) -> Iterator[Callable[[bool], Neighbour]]:
    """New phones on that server."""
    with ExitStack() as stack:
        yield lambda script: stack.enter_context(Neighbour.held(chromium, told.url, script=script))


def check(live: Live) -> checking.Check:
    """What the worker does every hour."""
    with live.app.app_context(), reading():
        found = checking.run(db.session, live.settings, Publisher.of(live.settings))
        db.session.rollback()
    return found


def scanned(code: Locator, at_least: float) -> str:
    """Hold another phone's camera over a code on the printed page: its pixels alone tell what it says."""
    box = code.bounding_box()
    assert box is not None
    assert box["width"] >= at_least * MM, f"{box['width'] / MM:.0f} mm wide"
    return qrcodes.text_of_picture(code.screenshot())


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_neighbour_checks_her_receipt_on_paper_on_the_page_and_by_herself(
    told: Live, hand_out: Callable[[bool], Neighbour], settled: tuple[str, Cast], tmp_path: Path, script: bool
) -> None:
    key = str(told.app.extensions["publisher"].vkey)
    hers = hand_out(script).enter(settled[1].ref(NEIGHBOUR)).open("/me").tap("我的签名记录")
    hers.tap("看回执", within="的表态是").see("回执号")
    sheet = hand_out(script)
    sheet.context.add_cookies(hers.context.cookies())  # type: ignore[arg-type]
    address = hers.thing("打印回执").get_attribute("href")
    assert address
    sheet.page.set_viewport_size({"width": 794, "height": 1123})
    sheet.open(address).page.emulate_media(media="print")
    small = scanned(sheet.page.locator(".receipt-small svg"), 25)
    large = scanned(sheet.page.locator(".receipt-large svg"), 60)

    her_neighbour = hand_out(script)
    asked: list[Request] = []
    her_neighbour.page.on("request", lambda request: asked.append(request))
    path, _, nonce = small.removeprefix(told.url).partition("#")
    her_neighbour.open(f"{path}#{nonce}").see("刚刚查过：这条记录在签了名的账本里，没有改动")
    if script:
        her_neighbour.see("这部手机自己算过").check()
        assert "answer: agree" in (her_neighbour.page.locator("[data-content]").text_content() or "")
    else:
        her_neighbour.see("登录后看“我的签名记录”")
    assert asked
    assert nonce
    for request in asked:
        assert nonce not in str((request.url.partition("#")[0], request.all_headers(), request.post_data))
    assert nonce not in her_neighbour.page.url or not script, "whoever is shown the phone's address gets no key"

    her_neighbour.open("/verify").fill("粘贴凭证", large).tap("查一查").see("查过了", "没有查什么")
    if script:
        her_neighbour.check()
    her_neighbour.open("/verify").fill("粘贴凭证", large[:-60]).tap("查一查").see("凭证不完整")
    assert her_neighbour.page.get_by_label("粘贴凭证").input_value().strip() == large[:-60].strip()

    proof, program = tmp_path / "receipt.tlog-proof", tmp_path / "verify.py"
    link = hers.thing("下载凭证").get_attribute("href")
    proof.write_bytes(hers.context.request.get(f"{told.url}{link}").body())
    program.write_bytes(hers.context.request.get(f"{told.url}/verify.py").body())
    paper = tmp_path / "paper.tlog-proof"
    paper.write_text(large, "utf-8")
    for file in (proof, paper):
        alone = subprocess.run(
            [sys.executable, "-I", str(program), "proof", str(file), "--key", key],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"]},
            timeout=60,
        )
        assert alone.returncode == 0, alone.stdout + alone.stderr


def test_the_published_log_names_nobody_no_door_and_no_telephone(told: Live) -> None:
    """Whatever is published — tiles, bundles, checkpoint, mirror — after the whole story was told."""
    files = [path for path in told.settings.log_dir.rglob("*") if path.is_file()]
    assert len([path for path in files if "entries" in path.parts]) >= 1
    published = b"\n".join(path.read_bytes() for path in files)
    assert b"consent.answered" in published, "the entries are among what was searched"
    people = {name for *_, name in OFFICES} | {name for _floor, _door, _area, name, _phone in HOUSEHOLDS}
    phones = {phone for *_, phone in HOUSEHOLDS}
    doors = {part for floor, door, *_ in HOUSEHOLDS for part in (door, floor + door)}
    for personal in sorted(people | phones | doors):
        assert personal.encode() not in published, personal
        assert personal.encode("unicode_escape") not in published, f"{personal}, escaped"


def test_an_altered_database_turns_the_public_page_red(
    told: Live, hand_out: Callable[[bool], Neighbour], settled: tuple[str, Cast]
) -> None:
    visitor = hand_out(True).open("/integrity").see("没有发现问题")
    assert not visitor.page.locator(".foot-trouble").count()
    with told.app.app_context():
        tamper("UPDATE log_entry SET actor_ref = 'p-nobody' WHERE idx = 7")
    found = check(told)
    assert not found.ok
    assert found.entry == 7
    visitor.open("/integrity").see("有问题", "全面核对没有通过").check()
    assert visitor.page.locator(".notice-red").count()
    visitor.open("/").see("存证核对没有通过，请看原因").tap("存证核对没有通过")
    visitor.see("第一条有问题的记录").open("/healthz").see("ok")

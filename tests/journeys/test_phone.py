"""The phone that all walks are made with: it does what a finger does, and it lets nothing wrong pass."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error

from hearing.web.guards import open_to_all
from tests.cast import Cast
from tests.journeys.phone import HEIGHT, WIDTH, Phone
from tests.journeys.server import Live


def test_somebody_comes_in_and_switches_to_large_type_and_english(phone: Phone, cast: Cast) -> None:
    phone.enter(cast.ref(1)).see("待我办理").check()
    phone.tap("长辈版").see("标准版")
    assert phone.page.locator("html[data-elder]").count() == 1
    phone.check().tap("EN").see("中文")
    assert phone.page.locator("html[lang=en]").count() == 1
    assert phone.taps == 2


def test_a_walk_in_the_large_type_leaves_it_on(phones: Callable[..., Phone]) -> None:
    phone = phones().open("/").tap("长辈版").check()
    assert phone.page.locator("html[data-elder]").count() == 1
    assert phone.page.viewport_size == {"width": WIDTH, "height": HEIGHT}


def test_a_signature_is_drawn_with_the_finger(phones: Callable[..., Phone]) -> None:
    phone = phones().open("/styleguide/consent").choose("同意").sign()
    strokes = json.loads(phone.page.locator("[name=strokes]").input_value())
    assert len(strokes) == 2
    assert phone.page.locator("[name=signature]").input_value().startswith("data:image/png;base64,")
    assert phone.page.locator("[name=answer][value=agree]").is_checked()
    phone.tap("重写").see("还没有签名").check()
    assert phone.page.locator("[name=strokes]").input_value() == ""


def test_forms_are_filled_in(phone: Phone, tmp_path: Path) -> None:
    photo = tmp_path / "门口.jpg"
    photo.write_bytes(b"\xff\xd8\xff")
    phone.open("/styleguide/forms").fill("您的姓名", "李伯年").choose("安和里12号").choose("采光")
    phone.attach("现场照片", photo).choose("我是这一户的承租人")
    assert phone.page.get_by_label("哪一幢").input_value() == "12"
    assert phone.page.locator("[name=topics]:checked").input_value() == "light"
    assert phone.page.locator("[name=honest]").is_checked()
    assert phone.page.locator("[name=photo]").input_value().endswith("门口.jpg")
    assert phone.taps == 5


def test_two_phones_are_two_people(phones: Callable[..., Phone], cast: Cast) -> None:
    one, other = phones().enter(cast.ref(1)), phones().enter(cast.ref(2))
    one.open("/").see("李伯年").miss("王彩娣")
    other.open("/").see("王彩娣").miss("李伯年")


def serve(live: Live, path: str, body: str) -> None:
    """Let the server answer `path` with a page that holds `body`."""
    head = "<meta name='viewport' content='width=device-width, initial-scale=1'><title>页</title>"
    main = f"<main><h1>页</h1>{body}</main>"
    html = f"<!doctype html><html lang='zh-CN'><head>{head}</head><body>{main}</body></html>"
    live.app.add_url_rule(path, path, open_to_all(lambda: html))


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("<input name='phone'>", "label"),
        ("<pre>" + "很长的一行" * 40 + "</pre>", "320 px, normal view: scrolls sideways"),
        ("<img src='data:image/gif;base64,R0lGODlhAQABAAAAACw='>", "image-alt"),
    ],
)
def test_a_page_that_is_not_accessible_or_too_wide_fails(
    live: Live, phones: Callable[..., Phone], script: bool, body: str, fault: str
) -> None:
    serve(live, "/faulty", body)
    with pytest.raises(AssertionError, match=fault):
        phones(script=script).open("/faulty").check()


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("<p style='color: red'>红</p>", "Content Security Policy"),
        ("<script>go()</script>", "Content Security Policy"),
        ("<script src='/nowhere.js'></script>", "nowhere.js"),
        ("<img alt='' src='https://elsewhere.example/a.png'>", "Content Security Policy"),
    ],
)
def test_what_the_browser_complains_of_fails_the_walk(live: Live, chromium: Browser, body: str, complaint: str) -> None:
    serve(live, "/faulty", body)
    with pytest.raises(AssertionError, match=complaint), Phone.held(chromium, live.url) as phone:
        phone.open("/faulty")


def test_a_page_that_breaks_fails_the_walk(live: Live, chromium: Browser) -> None:
    def broken() -> str:
        raise ZeroDivisionError

    live.app.add_url_rule("/broken", view_func=open_to_all(broken))
    with pytest.raises(AssertionError, match="answers 500"), Phone.held(chromium, live.url) as phone:
        phone.page.goto("/broken")


def test_what_is_not_there_cannot_be_tapped(phones: Callable[..., Phone]) -> None:
    phone = phones().open("/")
    phone.context.set_default_timeout(300)
    with pytest.raises(Error, match="Timeout"):
        phone.tap("没有这个按钮")


def test_pictures_are_kept_for_people(phone: Phone) -> None:
    phone.open("/").screenshot("phone-test")
    kept = Path(__file__).parents[1] / "output/screenshots" / f"phone-test{'' if phone.script else '-no-script'}.png"
    assert kept.stat().st_size > 5_000
    kept.unlink()


def test_the_worker_is_there_when_the_walk_needs_it(live: Live, phones: Callable[..., Phone]) -> None:
    live.turn()
    phones().open("/log/checkpoint").see("/log")

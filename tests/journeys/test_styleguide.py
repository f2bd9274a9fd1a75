"""The style guide: every component in every state is accessible, fits a small phone, and looks as it did.

The pictures are kept as text in tests/journeys/reference/. After a change of the look that is meant, record them anew
and read the difference in the review:

    HEARING_RECORD=1 .venv/bin/python -m pytest tests/journeys/test_styleguide.py
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from hearing.styleguide import PAGES
from tests.journeys import pictures
from tests.journeys.phone import Phone, violations
from tests.journeys.pictures import Grid
from tests.journeys.server import Live

REFERENCE = Path(__file__).parent / "reference"
RECORDING = os.environ.get("HEARING_RECORD") == "1"

SHOTS = {"phone": (360, False), "tablet, elder view": (765, True)}
"""Each way in which a page is photographed: width and elder view."""


@pytest.fixture
def studio(chromium: Browser, live: Live) -> Iterator[Page]:
    with pictures.studio(chromium, live) as page:
        yield page


def kept(name: str) -> dict[str, Grid]:
    """The kept pictures of a page by the way in which they were taken."""
    path = REFERENCE / f"{name}.txt"
    assert path.is_file(), f"{path.name} is missing: record it, see the top of this file"
    parts = [part.splitlines() for part in path.read_text("utf-8").split("\n\n")]
    return {lines[0].removeprefix("# "): lines[1:] for lines in parts}


def keep(name: str, shots: dict[str, Grid]) -> None:
    """Write the pictures of a page to its file."""
    text = "\n\n".join("\n".join([f"# {way}", *rows]) for way, rows in shots.items())
    (REFERENCE / f"{name}.txt").write_text(text + "\n", "utf-8")


@pytest.mark.parametrize("name", ["", *PAGES])
def test_a_page_is_accessible_and_fits(phones: Callable[..., Phone], name: str) -> None:
    phone = phones().open(f"/styleguide/{name}").check()
    phone.page.emulate_media(color_scheme="dark")
    assert violations(phone.page) == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_and_fits_without_javascript(phones: Callable[..., Phone], name: str) -> None:
    phones(script=False).open(f"/styleguide/{name}").check()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_looks_as_it_did(studio: Page, name: str) -> None:
    pictures.show(studio, f"/styleguide/{name}")
    shots = {way: pictures.take(studio, *how) for way, how in SHOTS.items()}
    if RECORDING:
        keep(name, {way: pictures.grid(photo) for way, photo in shots.items()})
    for way, picture in kept(name).items():
        assert not (rows := pictures.differences(picture, shots[way])), f"{name}, {way}:\n" + "\n".join(rows)


@pytest.mark.parametrize(
    ("name", "break_it"),
    [
        ("forms", "document.querySelectorAll('link[rel=stylesheet]').forEach(sheet => sheet.remove())"),
        ("consent", ".button-main { background: none !important }"),
        ("states", ".card { background: none !important; border: 0; box-shadow: none }"),
        ("wrong", ".field-wrong { border: 0 !important; padding: 0 !important }"),
        ("forms", ".input { border: 0 !important; background: none !important }"),
        ("case", ".tag-amber { background: var(--jade-ground) !important; color: var(--jade) !important }"),
        ("tasks", ".icon { display: none !important }"),
        ("receipt", "h1 { font-size: 1rem !important }"),
        ("case", ".moment-dot { display: none !important }"),
    ],
)
def test_a_component_that_breaks_is_seen(studio: Page, name: str, break_it: str) -> None:
    pictures.show(studio, f"/styleguide/{name}")
    if "{" in break_it:
        studio.add_style_tag(content=break_it)
    else:
        studio.evaluate(break_it)
    way, how = next(iter(SHOTS.items()))
    assert pictures.differences(kept(name)[way], pictures.take(studio, *how))


@pytest.mark.parametrize(
    "otherwise", ["body { padding-top: 1px }", "h1 { padding-top: 7px }", "* { text-rendering: geometricPrecision }"]
)
def test_what_another_machine_draws_otherwise_is_not_seen(studio: Page, otherwise: str) -> None:
    # A page without a bar: what moves beneath a bar that stays is covered by it elsewhere.
    pictures.show(studio, "/styleguide/receipt")
    studio.add_style_tag(content=otherwise)
    way, how = next(iter(SHOTS.items()))
    assert pictures.differences(kept("receipt")[way], pictures.take(studio, *how)) == []


def test_there_is_no_picture_of_a_page_that_is_gone() -> None:
    assert {path.stem for path in REFERENCE.glob("*.txt")} == set(PAGES)

"""Pictures kept as text: what a page looks like from across the room, one digit for how bright each patch is.

A page is photographed with the font that the product prints with, so the picture does not depend on the fonts of the
machine. It is cut into patches of 15 by 15 px; `0` is black, `f` white. The text can be read in a review: bars, cards
and buttons are visible in it, single letters are not.
"""

from __future__ import annotations

import io
from contextlib import contextmanager
from collections.abc import Iterator
from importlib.resources import files
from itertools import zip_longest

from PIL import Image
from playwright.sync_api import Browser, Page, Route

PATCH = 15
"""Pixels."""
SLIP = 2
"""Rows by which a part of the page may have moved up or down: another version of the browser rounds otherwise."""
SHADE = 2
"""Levels, of 16, by which a patch may be brighter or darker."""
STRAY = 0.15
"""Share of a row's patches that may differ by more."""

Grid = list[str]

_FONT = "kept.otf"
_FACE = f"""
@font-face {{ font-family: Kept; src: url(/{_FONT}); font-weight: 100 900 }}
*, *::before, *::after {{ font-family: Kept !important; caret-color: transparent !important }}
"""


@contextmanager
def studio(browser: Browser, base_url: str) -> Iterator[Page]:
    """A page on which every machine draws alike: one font, one scale, nothing moving."""
    context = browser.new_context(
        base_url=base_url,
        bypass_csp=True,
        device_scale_factor=1,
        reduced_motion="reduce",
        color_scheme="light",
        locale="zh-CN",
    )
    font = files("pylopdf_fonts_zh_cn").joinpath("NotoSansSC-Regular.otf").read_bytes()
    context.route(f"**/{_FONT}", lambda route: _font(route, font))
    try:
        yield context.new_page()
    finally:
        context.close()


def _font(route: Route, font: bytes) -> None:
    route.fulfill(body=font, content_type="font/otf")


def take(page: Page, path: str, width: int, elder: bool = False, height: int = 740) -> Grid:
    """The picture of the whole page at `path`, `width` px wide (a multiple of PATCH)."""
    page.set_viewport_size({"width": width, "height": height})
    page.goto(path)
    page.add_style_tag(content=_FACE)
    page.evaluate("elder => document.documentElement.toggleAttribute('data-elder', elder)", elder)
    page.evaluate("() => Promise.all([document.fonts.load('16px Kept', '议'), document.fonts.ready])")
    return grid(page.screenshot(full_page=True, animations="disabled"))


def grid(png: bytes) -> Grid:
    """The brightness of each patch as rows of hex digits; a last row of less than half a patch is left out."""
    with Image.open(io.BytesIO(png)) as photo:
        grey = photo.convert("L")
    columns, rows = grey.width // PATCH, max(1, round(grey.height / PATCH))
    small = grey.resize((columns, rows), Image.Resampling.BOX)
    levels = [f"{level >> 4:x}" for level in small.tobytes()]
    return ["".join(levels[row * columns : (row + 1) * columns]) for row in range(rows)]


def differences(kept: Grid, taken: Grid) -> list[str]:
    """The rows by which two pictures differ to the eye, kept | taken; none when they look alike.

    A row is at home when a row of the other picture, at most SLIP away, is like it.
    """
    if not kept or len(kept[0]) != len(taken[0]):
        return ["another width"]
    lost = {row for row in range(len(kept)) if not _at_home(kept[row], row, taken)}
    new = {row for row in range(len(taken)) if not _at_home(taken[row], row, kept)}
    if not lost | new:
        return []
    pairs = list(zip_longest(kept, taken, fillvalue=""))
    return [f"{number:3}  {old:{len(kept[0])}} | {now}" for number, (old, now) in enumerate(pairs) if number in lost | new]


def _at_home(row: str, place: int, picture: Grid) -> bool:
    return any(_alike(row, other) for other in picture[max(0, place - SLIP) : place + SLIP + 1])


def _alike(one: str, other: str) -> bool:
    far = sum(abs(int(a, 16) - int(b, 16)) > SHADE for a, b in zip(one, other, strict=True))
    return far <= STRAY * len(one)

"""Pictures kept as text: what a page looks like from across the room.

A page is photographed with the font that the product prints with, so the picture does not depend on the fonts of the
machine. It is cut into patches of 15 by 15 px, each with two digits in the two halves of a line: how bright it is, `0`
black to `z` white, and how red, `0` green over `i` neutral to `z` red. The text can be read in a review: bars, cards,
tags and buttons are visible in it, single letters are not.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from itertools import zip_longest

from flask import Response
from PIL import Image
from playwright.sync_api import Browser, Page

from hearing.web.guards import open_to_all
from tests.journeys.server import Live

PATCH = 15
"""Pixels."""
SLIP = 2
"""Rows by which a part of the page may have moved up or down: another version of the browser rounds otherwise."""
SHADE = 3
"""Levels, of 36, by which a patch may be brighter or darker."""
STRAY = 0.07
"""Share of a row's digits that may differ by more."""

Grid = list[str]

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
# Paper, cards and sunken fields are all nearly white: squaring sets them apart.
_BRIGHT = [_DIGITS[round(35 * (level / 255) ** 2)] for level in range(256)]

_FONT = "/kept.otf"
_FACE = f"""
@font-face {{ font-family: Kept; src: url({_FONT}); font-weight: 100 900 }}
*, *::before, *::after {{ font-family: Kept !important; caret-color: transparent !important }}
"""


@contextmanager
def studio(browser: Browser, live: Live) -> Iterator[Page]:
    """A page on which every machine draws alike: one font, one scale, nothing moving."""
    live.app.add_url_rule(_FONT, view_func=_font)
    context = browser.new_context(
        base_url=live.url,
        bypass_csp=True,
        device_scale_factor=1,
        reduced_motion="reduce",
        color_scheme="light",
        locale="zh-CN",
    )
    try:
        yield context.new_page()
    finally:
        context.close()


@open_to_all
def _font() -> Response:
    font = files("pylopdf_fonts_zh_cn").joinpath("NotoSansSC-Regular.otf").read_bytes()
    return Response(font, content_type="font/otf", headers={"Cache-Control": "public, max-age=3600, immutable"})


def show(page: Page, path: str) -> None:
    """Open `path` in the studio's font."""
    page.goto(path)
    page.add_style_tag(content=_FACE)
    page.evaluate("() => Promise.all([document.fonts.load('16px Kept', '议'), document.fonts.ready])")


def take(page: Page, width: int, elder: bool = False, height: int = 740) -> Grid:
    """The picture of the whole page that is shown, `width` px wide (a multiple of PATCH)."""
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate("elder => document.documentElement.toggleAttribute('data-elder', elder)", elder)
    return grid(page.screenshot(full_page=True, animations="disabled"))


def grid(png: bytes) -> Grid:
    """Brightness and redness of each patch as rows of digits; a last row of less than half a patch is left out."""
    with Image.open(io.BytesIO(png)) as photo:
        columns, rows = photo.width // PATCH, max(1, round(photo.height / PATCH))
        small = photo.convert("RGB").resize((columns, rows), Image.Resampling.BOX)
    bright = [_BRIGHT[level] for level in small.convert("L").tobytes()]
    red, green, _ = (band.tobytes() for band in small.split())
    reds = [_DIGITS[min(35, max(0, 18 + round((r - g) / 6)))] for r, g in zip(red, green, strict=True)]
    cuts = [slice(row * columns, (row + 1) * columns) for row in range(rows)]
    return [f"{''.join(bright[cut])} {''.join(reds[cut])}" for cut in cuts]


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
    return [
        f"{number:3}  {old:{len(kept[0])}} | {now}" for number, (old, now) in enumerate(pairs) if number in lost | new
    ]


def _at_home(row: str, place: int, picture: Grid) -> bool:
    return any(_alike(row, other) for other in picture[max(0, place - SLIP) : place + SLIP + 1])


def _alike(one: str, other: str) -> bool:
    patches = zip(one, other, strict=True)
    far = sum(a != b and abs(_DIGITS.index(a) - _DIGITS.index(b)) > SHADE for a, b in patches)
    return far <= STRAY * len(one)

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
STEP = 3
"""Pixels from one row of a photo to the next, so that what moved a little is found where it is now."""
STEPS = PATCH // STEP
SLIP = 30
"""Pixels by which a part of the page may have moved up or down: another version of the browser rounds otherwise."""
SHADE = 3
"""Levels, of 36, by which a patch may be brighter or darker."""
STRAY = 0.04
"""Share of a row's digits that may differ by more."""

Grid = list[str]
"""A row of digits for every PATCH px down the page: what is kept."""
Photo = list[str]
"""The same for every STEP px: what is compared with it."""

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


def take(page: Page, width: int, elder: bool = False, height: int = 740) -> Photo:
    """The picture of the whole page that is shown, `width` px wide (a multiple of PATCH)."""
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate("elder => document.documentElement.toggleAttribute('data-elder', elder)", elder)
    return photo(page.screenshot(full_page=True, animations="disabled"))


def photo(png: bytes) -> Photo:
    """Brightness and redness of each patch, a row of digits for every STEP px down the page.

    A last row of less than half a patch is left out.
    """
    with Image.open(io.BytesIO(png)) as shot:
        page = shot.convert("RGB")
    tall = PATCH * max(1, round(page.height / PATCH))
    paper = Image.new("RGB", (page.width, tall + PATCH), page.getpixel((0, page.height - 1)))
    paper.paste(page)
    # Row `step` of `shifted[n]` begins PATCH * step + STEP * n px down the page.
    shifted = [_rows(paper.crop((0, top, page.width, top + tall))) for top in range(0, PATCH, STEP)]
    return [row for rows in zip(*shifted, strict=True) for row in rows]


def _rows(part: Image.Image) -> Grid:
    columns, rows = part.width // PATCH, part.height // PATCH
    small = part.resize((columns, rows), Image.Resampling.BOX)
    bright = [_BRIGHT[level] for level in small.convert("L").tobytes()]
    red, green, _ = (band.tobytes() for band in small.split())
    reds = [_DIGITS[min(35, max(0, 18 + round((r - g) / 6)))] for r, g in zip(red, green, strict=True)]
    cuts = [slice(row * columns, (row + 1) * columns) for row in range(rows)]
    return [f"{''.join(bright[cut])} {''.join(reds[cut])}" for cut in cuts]


def grid(taken: Photo) -> Grid:
    """The rows that are kept: one for each patch."""
    return taken[::STEPS]


def differences(kept: Grid, taken: Photo) -> list[str]:
    """The rows by which two pictures differ to the eye, kept | taken; none when they look alike.

    Both are read down the page together: from one row to the next the photo may run ahead or fall behind by a STEP, and
    by SLIP in all.
    """
    if not kept or len(kept[0]) != len(taken[0]):
        return ["another width"]
    lost, ahead = [], _ANY
    for number, row in enumerate(kept):
        ahead = {slip for slip in ahead if _is_at(number * STEPS + slip, row, taken)}
        if not ahead:
            lost.append(number)
        ahead = {near for slip in ahead for near in (slip - 1, slip, slip + 1)} & _ANY or _ANY
    if abs(len(taken) - len(kept) * STEPS) > SLIP // STEP:
        lost.append(min(len(kept), len(taken) // STEPS))
    pairs = [*zip_longest(kept, grid(taken), fillvalue=""), ("", "")]
    return [f"{number:3}  {pairs[number][0]:{len(kept[0])}} | {pairs[number][1]}" for number in lost]


_ANY = set(range(-SLIP // STEP, SLIP // STEP + 1))


def _is_at(place: int, row: str, taken: Photo) -> bool:
    return 0 <= place < len(taken) and _alike(row, taken[place])


def _alike(one: str, other: str) -> bool:
    patches = zip(one, other, strict=True)
    far = sum(a != b and abs(_DIGITS.index(a) - _DIGITS.index(b)) > SHADE for a, b in patches)
    return far <= STRAY * len(one)

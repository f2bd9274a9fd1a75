"""Photos of slips: a sheet with its square, as a phone on a desk would take it."""

from __future__ import annotations

import io
from collections.abc import Sequence

import segno
from PIL import Image, ImageDraw

from hearing.consents import rules


def photo(*texts: str, seed: int = 0, turned: int = 0) -> bytes:
    """A JPEG of a sheet on which these squares are printed; `seed` makes it another picture of the same sheet."""
    sheet = Image.new("L", (840, 1188), 246)
    draw = ImageDraw.Draw(sheet)
    for line in range(6):
        draw.line([(80, 260 + 60 * line), (700 - 40 * line, 260 + 60 * line)], fill=60, width=3)
    draw.line([(120 + seed % 40, 430), (140 + seed % 40, 460), (190, 400 - seed % 60)], fill=20, width=5)
    for place, text in enumerate(texts):
        drawn = io.BytesIO()
        segno.make_qr(text, error="m").save(drawn, kind="png", scale=7, border=3)
        with Image.open(drawn) as square:
            sheet.paste(square.convert("L"), (90 + 320 * place, 930))
    shot = sheet.rotate(turned, expand=True, fillcolor=90)
    out = io.BytesIO()
    shot.save(out, "JPEG", quality=88)
    return out.getvalue()


def slip(code: str, seed: int = 0, turned: int = 0) -> bytes:
    """A photo of the slip of this code."""
    return photo(rules.square_text(code), seed=seed, turned=turned)


def stack(photos: Sequence[bytes]) -> list[tuple[io.BytesIO, str]]:
    """Photos as a form sends them."""
    return [(io.BytesIO(each), f"IMG_{number:04}.jpg") for number, each in enumerate(photos, 1)]

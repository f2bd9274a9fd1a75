"""Squares 方码: what the QR codes in a photo say. Reading takes up to a third of a second, and touches no database."""

from __future__ import annotations

from io import BytesIO

import zxingcpp
from PIL import Image

from hearing.web.pictures import Safe

_AT_MOST = 8
"""Codes that are read in one picture: two slips are two too many already, and a wall of codes keeps nobody waiting."""
_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
_TURNS = 2
"""How often a picture in which nothing was found is tried again, brighter: shadows lie on paper."""


def texts(picture: Safe) -> tuple[str, ...]:
    """The texts of the QR codes in a picture that has been made safe, each once, from the top down."""
    with Image.open(BytesIO(picture.data)) as opened:
        grey = opened.convert("L")
    found = _read(grey)
    for turn in range(1, _TURNS + 1):
        if found:
            break
        found = _read(grey.point([min(255, level + level * turn // 2) for level in range(256)]))
    return found


def _read(grey: Image.Image) -> tuple[str, ...]:
    codes = zxingcpp.read_barcodes(grey, formats=_QR)
    placed = sorted((code.position.top_left.y, code.text) for code in codes[:_AT_MOST] if code.valid)
    return tuple(dict.fromkeys(text for _, text in placed))

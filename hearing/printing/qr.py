"""QR: a square that a phone reads, as SVG, for pages and for paper."""

from __future__ import annotations

import io

import segno


def svg(text: str, *, title: str = "", border: int = 4, error: str = "m") -> str:
    """An inline <svg> holding `text`, black on white, sized by whoever shows it.

    `title` is what a screen reader says; `border` is the quiet zone in modules, 4 as ISO/IEC 18004 asks; `error` is the
    level of correction. Without style attributes, so that it may stand in a page with a strict
    Content-Security-Policy. Raises segno.DataOverflowError when `text` is longer than a QR code holds.
    """
    drawn = io.BytesIO()
    code(text, error=error).save(
        drawn,
        kind="svg",
        border=border,
        light="#fff",
        title=title or None,
        xmldecl=False,
        omitsize=True,
        svgclass="qr",
        lineclass=None,
        nl=False,
    )
    return drawn.getvalue().decode()


def code(text: str, *, error: str = "m") -> segno.QRCode:
    """The QR code of `text`, never Micro QR, which phones do not read; level M survives a fold and a coffee stain.

    Level L ("l") holds more and survives less: for much text, printed large.
    """
    return segno.make_qr(text, error=error, boost_error=error == "m")

"""Ink: a drawn signature made small enough to stand in a table of a thousand."""

from __future__ import annotations

import base64
import io

from PIL import Image, ImageOps, UnidentifiedImageError

_KINDS = ("PNG", "WEBP", "JPEG")
_BOX = (360, 120)
_LARGEST = 16_000_000


class UnreadableImage(ValueError):
    """The bytes are no PNG, WebP or JPEG, or one of more than 16 million pixels."""


def thumbnail(image: bytes) -> str:
    """The ink of a signature in grey on white, at most 360 × 120 pixels, as an SVG that carries it.

    `image`: PNG, WebP or JPEG. It is drawn anew, so that nothing hidden in the file reaches the paper; an SVG because
    Typst takes text, and decodes it faster than a list of bytes. Raises UnreadableImage.
    """
    grey = _grey(image)
    inked = ImageOps.invert(grey).point([0 if level < 24 else 255 for level in range(256)]).getbbox()
    small = grey.crop(inked) if inked else grey
    small.thumbnail(_BOX, Image.Resampling.LANCZOS)
    paper = io.BytesIO()
    small.save(paper, "PNG")
    width, height = small.size
    encoded = base64.b64encode(paper.getvalue()).decode("ascii")
    size = f'width="{width}" height="{height}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {size}>'
        f'<image {size} xlink:href="data:image/png;base64,{encoded}"/></svg>'
    )


def _grey(image: bytes) -> Image.Image:
    try:
        with Image.open(io.BytesIO(image), formats=_KINDS) as opened:
            if opened.width * opened.height > _LARGEST:
                raise UnreadableImage("more than 16 million pixels")
            drawn = ImageOps.exif_transpose(opened).convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise UnreadableImage(str(error)) from None
    white = Image.new("L", drawn.size, 255)
    white.paste(drawn.convert("L"), mask=drawn.getchannel("A"))
    return white

"""Ink: a signature becomes a small grey drawing; what is no signature is refused."""

import base64
import io
import re

import pytest
from PIL import Image

from hearing.printing import ink
from tests.printing import papers


def drawn(svg: str) -> Image.Image:
    encoded = re.search(r"base64,([^\"]+)", svg)
    assert encoded is not None
    return Image.open(io.BytesIO(base64.b64decode(encoded[1])))


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_transparent_canvas_becomes_ink_on_white(kind: str) -> None:
    small = drawn(ink.thumbnail(papers.signature(kind=kind)))
    assert (small.format, small.mode) == ("PNG", "L")
    assert small.width <= 360
    assert small.height <= 120
    grey = small.tobytes()
    assert min(grey) < 100
    assert max(grey) > 240


def test_the_empty_canvas_is_cut_away() -> None:
    canvas = Image.new("RGBA", (1000, 1000))
    canvas.paste((0, 0, 0, 255), (500, 500, 540, 520))
    file = io.BytesIO()
    canvas.save(file, "PNG")
    assert drawn(ink.thumbnail(file.getvalue())).size == (40, 20)


def test_an_empty_canvas_stays_white() -> None:
    file = io.BytesIO()
    Image.new("RGBA", (300, 100)).save(file, "PNG")
    assert drawn(ink.thumbnail(file.getvalue())).getextrema() == (255, 255)


def test_nothing_hidden_in_the_file_is_kept() -> None:
    photo = Image.new("RGB", (64, 32), "black")
    exif = Image.Exif()
    exif[0x010E] = "李明 14100000000"
    file = io.BytesIO()
    photo.save(file, "JPEG", exif=exif)
    assert b"14100000000" in file.getvalue()
    svg = ink.thumbnail(file.getvalue())
    assert b"14100000000" not in base64.b64decode(svg.split("base64,")[1].split('"')[0])


def gif() -> bytes:
    file = io.BytesIO()
    Image.new("L", (8, 8)).save(file, "GIF")
    return file.getvalue()


def too_large() -> bytes:
    file = io.BytesIO()
    Image.new("1", (5000, 4000)).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize(
    "image",
    [b"", b"\x00", b"<svg/>", papers.signature()[:60], gif(), too_large()],
    ids=["empty", "zero", "svg", "cut", "gif", "large"],
)
def test_what_is_no_signature_is_refused(image: bytes) -> None:
    with pytest.raises(ink.UnreadableImage):
        ink.thumbnail(image)

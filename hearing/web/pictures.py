"""Pictures 照片: an uploaded photo or paper is taken apart and made anew, so that nothing but the picture is kept.

What a file is, its content says, never its name. A photo is decoded and encoded again: no place where it was taken, no
thumbnail, no script and no second file inside survives. Size is read from the header before anything is decoded.
"""

from __future__ import annotations

import struct
import threading
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from io import BytesIO
from typing import BinaryIO

from PIL import Image, ImageFile

from hearing.db import Busy

MOST_PIXELS = 40_000_000
LONGEST_EDGE = 1600
PHOTO_BYTES = 15 * 1024 * 1024
PAPER_BYTES = 10 * 1024 * 1024
SIGNATURE_BYTES = 512 * 1024
SIGNATURE_PIXELS = 4_000_000
# A progressive photo has about ten scans. Thousands of tiny ones keep a processor busy for minutes.
MOST_SCANS = 64
PATIENCE = 15.0

WEBP, PNG, JPEG, PDF = "image/webp", "image/png", "image/jpeg", "application/pdf"

# We check the size ourselves, lower and earlier than Pillow's own warning.
Image.MAX_IMAGE_PIXELS = None
# One picture at a time in each process: a decoded photo of 40 megapixels takes 160 MB.
_desk = threading.Lock()

_HEIF_BRANDS = {b"heic", b"heix", b"hevc", b"heim", b"heis", b"hevm", b"hevs", b"mif1", b"msf1", b"avif", b"avis"}
_TURNED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ORIENTATION = 0x0112


class Problem(Enum):
    """Why a file was not taken."""

    EMPTY = auto()
    TOO_BIG = auto()
    TOO_MANY_PIXELS = auto()
    HEIC = auto()
    NOT_A_PICTURE = auto()
    NOT_A_PAPER = auto()
    DAMAGED = auto()


class Unusable(Exception):
    """A file that is not taken."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Safe:
    """Bytes that may be kept and shown, and what they are."""

    data: bytes
    media_type: str

    @property
    def is_picture(self) -> bool:
        """Whether a browser shows it in a page."""
        return self.media_type != PDF


def read(stream: BinaryIO) -> Safe:
    """A photo or a paper out of an upload, whichever its content says; the stream is put back to its start.

    Raises Unusable, or Busy when too many others wait for their pictures.
    """
    head = stream.read(16)
    stream.seek(0)
    most = PAPER_BYTES if head.startswith(b"%PDF-") else PHOTO_BYTES
    data = stream.read(most + 1)
    stream.seek(0)
    if len(data) > most:
        raise Unusable(Problem.TOO_BIG)
    return paper(data) if head.startswith(b"%PDF-") else photo(data)


def paper(data: bytes) -> Safe:
    """A PDF as it is: it is only ever handed out as a download. Raises Unusable."""
    if len(data) > PAPER_BYTES:
        raise Unusable(Problem.TOO_BIG)
    if not data.startswith(b"%PDF-"):
        raise Unusable(Problem.NOT_A_PAPER)
    if b"%%EOF" not in data[-2048:]:
        raise Unusable(Problem.DAMAGED)
    return Safe(data, PDF)


def photo(data: bytes) -> Safe:
    """A photo as WebP, upright, at most 1600 pixels on its longer edge, without metadata. Raises Unusable or Busy."""
    kind = _kind(data, PHOTO_BYTES)
    return Safe(_made_anew(data, kind, MOST_PIXELS, _as_photo), WEBP)


def signature(data: bytes) -> Safe:
    """A drawn signature as PNG in its own size, without metadata. Raises Unusable or Busy."""
    if _kind(data, SIGNATURE_BYTES) != "PNG":
        raise Unusable(Problem.NOT_A_PICTURE)
    return Safe(_made_anew(data, "PNG", SIGNATURE_PIXELS, _as_signature), PNG)


def _kind(data: bytes, most: int) -> str:
    if not data:
        raise Unusable(Problem.EMPTY)
    if len(data) > most:
        raise Unusable(Problem.TOO_BIG)
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS:
        raise Unusable(Problem.HEIC)
    raise Unusable(Problem.NOT_A_PICTURE)


def _made_anew(data: bytes, kind: str, most_pixels: int, encode: Callable[[ImageFile.ImageFile], bytes]) -> bytes:
    # WebP's decoder takes the memory for the whole canvas while it opens the file, so its size is read by hand.
    if kind == "WEBP":
        _check_size(_webp_size(data), most_pixels)
    if kind == "JPEG" and data.count(b"\xff\xda") > MOST_SCANS:
        raise Unusable(Problem.DAMAGED)
    if not _desk.acquire(timeout=PATIENCE):
        raise Busy
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Broken notes in a photo are thrown away with the rest of them.
            with Image.open(BytesIO(data), formats=(kind,)) as image:
                _check_size(image.size, most_pixels)
                return encode(image)
    except Unusable:
        raise
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, OverflowError, struct.error):
        # Pillow says all of these about broken files.
        raise Unusable(Problem.DAMAGED) from None
    finally:
        _desk.release()


def _check_size(size: tuple[int, int], most_pixels: int) -> None:
    if size[0] * size[1] > most_pixels:
        raise Unusable(Problem.TOO_MANY_PIXELS)


def _webp_size(data: bytes) -> tuple[int, int]:
    """Width and height as the first chunk says (RFC 9649, section 2)."""
    chunk = data[12:16]
    if len(data) < 30:
        raise Unusable(Problem.DAMAGED)
    if chunk == b"VP8X":
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if chunk == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk == b"VP8 ":
        return int.from_bytes(data[26:28], "little") & 0x3FFF, int.from_bytes(data[28:30], "little") & 0x3FFF
    raise Unusable(Problem.DAMAGED)


def _as_photo(image: ImageFile.ImageFile) -> bytes:
    turn = _TURNED.get(_orientation(image))
    image.draft("RGB", (LONGEST_EDGE, LONGEST_EDGE))  # A JPEG is decoded at the size that is wanted, not at its own.
    image.load()
    small: Image.Image = image
    if image.mode not in {"RGB", "L"}:
        small = image.convert("RGBA")
    small.thumbnail((LONGEST_EDGE, LONGEST_EDGE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    if small.mode == "RGBA":
        ground = Image.new("RGB", small.size, "white")
        ground.paste(small, mask=small.getchannel("A"))
        small = ground
    if turn is not None:
        small = small.transpose(turn)
    return _encoded(small.convert("RGB"), "WEBP", quality=80, method=4)


def _as_signature(image: ImageFile.ImageFile) -> bytes:
    image.load()
    return _encoded(image.convert("RGBA"), "PNG", optimize=True)


def _orientation(image: ImageFile.ImageFile) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except (OSError, SyntaxError, ValueError, TypeError, KeyError, OverflowError, struct.error):
        return 1  # A photo whose notes are broken is still a photo.


def _encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    image.info = {}  # Pillow would carry notes and profiles over.
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()

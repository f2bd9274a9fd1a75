"""Pictures: what an upload may be, what becomes of it, and how little a hostile one can cost."""

from __future__ import annotations

import random
import struct
import time
import zlib
from io import BytesIO

import pytest
from PIL import Image

from hearing.web import pictures
from hearing.web.pictures import Problem, Unusable

LONGEST_SECONDS = 1.0  # of the processor, for a hostile upload; reading one in full takes many


def encoded(kind: str, size: tuple[int, int] = (300, 200), mode: str = "RGB", **options: object) -> bytes:
    out = BytesIO()
    Image.new(mode, size, "teal" if mode in {"RGB", "RGBA"} else 1).save(out, kind, **options)
    return out.getvalue()


def with_exif(orientation: int = 6) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = "天津路426弄"
    exif.get_ifd(0x8825)[2] = (31.0, 14.0, 9.0)  # GPS latitude
    return encoded("JPEG", exif=exif)


def png_that_says(width: int, height: int) -> bytes:
    """A PNG whose header promises a size; its few bytes unpack to whatever is asked for."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * ((width // 8 + 2) * min(height, 200)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def problem_of(data: bytes) -> Problem:
    with pytest.raises(Unusable) as refused:
        pictures.read(BytesIO(data))
    return refused.value.problem


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_becomes_webp_whatever_it_was(kind: str) -> None:
    made = pictures.photo(encoded(kind))
    with Image.open(BytesIO(made.data)) as image:
        assert (image.format, image.size, made.media_type) == ("WEBP", (300, 200), "image/webp")


def test_a_photo_is_turned_upright_and_forgets_where_it_was_taken() -> None:
    made = pictures.photo(with_exif())
    with Image.open(BytesIO(made.data)) as image:
        assert image.size == (200, 300)
        assert not image.getexif()
        assert not {"exif", "xmp", "icc_profile"} & set(image.info)
    assert b"Exif" not in made.data
    assert "天津路".encode() not in made.data


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_shows_the_same_corner(orientation: int) -> None:
    upright = Image.new("RGB", (64, 32), "white")
    upright.paste("black", (0, 0, 16, 16))
    # What a camera stores is the upright picture with the turn undone.
    undo = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    stored = upright if undo is None else upright.transpose(undo)
    exif, out = Image.Exif(), BytesIO()
    exif[0x0112] = orientation
    stored.save(out, "JPEG", exif=exif, quality=95)
    with Image.open(BytesIO(pictures.photo(out.getvalue()).data)) as image:
        assert image.size == (64, 32)
        assert sum(image.getpixel((8, 8))) < 150  # type: ignore[arg-type]
        assert sum(image.getpixel((56, 24))) > 600  # type: ignore[arg-type]


def test_a_large_photo_is_made_small() -> None:
    made = pictures.photo(encoded("JPEG", (4000, 3000)))
    with Image.open(BytesIO(made.data)) as image:
        assert image.size == (1600, 1200)


@pytest.mark.parametrize(
    ("kind", "mode"), [("PNG", "P"), ("PNG", "LA"), ("PNG", "RGBA"), ("PNG", "1"), ("JPEG", "CMYK")]
)
def test_unusual_pixels_are_read(kind: str, mode: str) -> None:
    out = BytesIO()
    Image.new("RGB", (40, 30), "white").convert(mode if mode != "LA" else "L").convert(mode).save(out, kind)
    with Image.open(BytesIO(pictures.photo(out.getvalue()).data)) as image:
        assert min(image.convert("RGB").getpixel((5, 5))) > 240  # type: ignore[arg-type]


def test_transparent_ground_becomes_white_paper() -> None:
    with Image.open(BytesIO(pictures.photo(encoded("PNG", mode="RGBA")).data)) as image:
        assert image.mode == "RGB"


def test_a_signature_stays_png_in_its_own_size() -> None:
    out = BytesIO()
    Image.new("RGBA", (600, 200), (0, 0, 0, 0)).save(out, "PNG")
    made = pictures.signature(out.getvalue())
    with Image.open(BytesIO(made.data)) as image:
        assert (image.format, image.size, image.mode) == ("PNG", (600, 200), "RGBA")


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", Problem.EMPTY),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", Problem.NOT_A_PICTURE),
        (b"<html><body onload=alert(1)>", Problem.NOT_A_PICTURE),
        (encoded("GIF"), Problem.NOT_A_PICTURE),
        (encoded("BMP"), Problem.NOT_A_PICTURE),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", Problem.HEIC),
        (b"\0\0\0\x18ftypavif\0\0\0\0mif1avif", Problem.HEIC),
        (b"PK\x03\x04 a workbook", Problem.NOT_A_PICTURE),
        (encoded("JPEG")[:400], Problem.DAMAGED),
        (b"\xff\xd8\xff\xe0 only the start", Problem.DAMAGED),
        (b"\x89PNG\r\n\x1a\n", Problem.DAMAGED),
        (b"RIFF\x10\0\0\0WEBPVP8 ", Problem.DAMAGED),
        (b"%PDF-1.7 cut off", Problem.DAMAGED),
        (b"\xff\xd8\xff" + bytes(pictures.PHOTO_BYTES), Problem.TOO_BIG),
        (b"%PDF-1.7" + bytes(pictures.PAPER_BYTES) + b"%%EOF", Problem.TOO_BIG),
    ],
)
def test_what_is_not_taken_and_why(data: bytes, problem: Problem) -> None:
    assert problem_of(data) is problem


def test_a_pixel_flood_is_refused_by_its_header_in_no_time() -> None:
    begun = time.process_time()
    assert problem_of(png_that_says(20_000, 20_000)) is Problem.TOO_MANY_PIXELS
    assert problem_of(png_that_says(6_400, 6_400)) is Problem.TOO_MANY_PIXELS
    assert time.process_time() - begun < LONGEST_SECONDS


def test_a_webp_canvas_is_measured_before_its_decoder_takes_the_memory() -> None:
    canvas = b"VP8X\x0a\0\0\0\x10\0\0\0" + (16_382).to_bytes(3, "little") * 2
    flood = b"RIFF" + (len(canvas) + 4).to_bytes(4, "little") + b"WEBP" + canvas
    assert problem_of(flood) is Problem.TOO_MANY_PIXELS
    lossless = encoded("WEBP", (300, 200), lossless=True)
    assert pictures._webp_size(lossless) == pictures._webp_size(encoded("WEBP")) == (300, 200)


def test_a_photo_of_thousands_of_scans_is_refused() -> None:
    photo = encoded("JPEG", (400, 400), progressive=True)
    start = photo.index(b"\xff\xda")
    scan = photo[start : photo.index(b"\xff\xda", start + 2)]
    begun = time.process_time()
    assert problem_of(photo[:start] + scan * 500 + photo[start:]) is Problem.DAMAGED
    assert time.process_time() - begun < LONGEST_SECONDS


def test_the_content_counts_and_not_the_name() -> None:
    assert pictures.read(BytesIO(encoded("PNG"))).is_picture
    paper = pictures.read(BytesIO(b"%PDF-1.7\n1 0 obj\n%%EOF\n"))
    assert (paper.media_type, paper.is_picture) == ("application/pdf", False)


def test_an_upload_is_put_back_to_its_start() -> None:
    stream = BytesIO(encoded("JPEG"))
    pictures.read(stream)
    assert stream.tell() == 0


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_broken_bytes_are_refused_or_read_but_never_crash(kind: str) -> None:
    chance, whole = random.Random(4267), with_exif() if kind == "JPEG" else encoded(kind, (64, 48))
    for _ in range(300):
        broken = bytearray(whole)
        for _ in range(chance.randint(1, 12)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        try:
            made = pictures.read(BytesIO(bytes(broken)))
        except Unusable:
            continue
        assert made.data[8:12] == b"WEBP"

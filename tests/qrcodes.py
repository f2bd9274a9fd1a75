"""QR codes read back: from the drawing's modules or from the pixels of a picture to the text, as a phone does it.

Only what our own codes use (ISO/IEC 18004): one clean symbol, numeric, alphanumeric and byte segments, no correction of
errors — a test must fail on the first wrong module. The tables of block sizes are segno's.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator
from typing import Any, cast

from PIL import Image
from segno import consts

Matrix = list[list[bool]]

SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def text_of_picture(png: bytes) -> str:
    """The text of the code in a picture of nothing else; as for a phone, it may stand anywhere in it."""
    with Image.open(io.BytesIO(png)) as opened:
        picture = opened.convert("L")
    box = picture.point(lambda level: 255 if level < 128 else 0).getbbox()
    # The three finders reach to the edges of the symbol, so what is dark ends where the symbol does.
    symbol = picture.crop(box)
    for version in range(1, 41):
        matrix = _sampled(symbol, 17 + 4 * version)
        if _looks_right(matrix):
            return text_of(matrix)
    raise AssertionError("no QR code fills the picture")


def text_of(matrix: Matrix) -> str:
    """The text of a code by its modules, dark ones true, without the quiet zone."""
    version = (len(matrix) - 17) // 4
    level, mask = _format(matrix)
    bits = [
        matrix[i][j] ^ _masked(mask, i, j)
        for i, j in _path(len(matrix))
        if not _is_function(version, len(matrix), i, j)
    ]
    words = [int("".join("01"[bit] for bit in bits[at : at + 8]), 2) for at in range(0, len(bits) - 7, 8)]
    return _segments(_in_order(words, version, level), version)


def _sampled(symbol: Image.Image, modules: int) -> Matrix:
    """The modules at their centres."""
    step_x, step_y = symbol.width / modules, symbol.height / modules
    return [
        [
            int(symbol.getpixel((int((j + 0.5) * step_x), int((i + 0.5) * step_y)))) < 128  # type: ignore[arg-type]
            for j in range(modules)
        ]
        for i in range(modules)
    ]


def _looks_right(matrix: Matrix) -> bool:
    size = len(matrix)
    finder = [[max(abs(i - 3), abs(j - 3)) != 2 for j in range(7)] for i in range(7)]
    corners = ((0, 0), (0, size - 7), (size - 7, 0))
    found = all([row[y : y + 7] for row in matrix[x : x + 7]] == finder for x, y in corners)
    return found and all(matrix[6][j] == (j % 2 == 0) for j in range(8, size - 8))


def _format(matrix: Matrix) -> tuple[int, int]:
    """Level of correction and mask, from beside the upper left finder."""
    places = [(8, j) for j in (0, 1, 2, 3, 4, 5, 7, 8)] + [(i, 8) for i in (7, 5, 4, 3, 2, 1, 0)]
    value = int("".join("01"[matrix[i][j]] for i, j in places), 2) ^ 0b101010000010010
    return value >> 13, value >> 10 & 7


def _masked(mask: int, i: int, j: int) -> bool:
    """Whether the mask turns the module over."""
    rules = (
        (i + j) % 2,
        i % 2,
        j % 3,
        (i + j) % 3,
        (i // 2 + j // 3) % 2,
        i * j % 2 + i * j % 3,
        (i * j % 2 + i * j % 3) % 2,
        ((i + j) % 2 + i * j % 3) % 2,
    )
    return rules[mask] == 0


def _is_function(version: int, size: int, i: int, j: int) -> bool:
    """Whether a module belongs to a pattern and holds no data."""
    if (i < 9 and (j < 9 or j >= size - 8)) or (i >= size - 8 and j < 9) or i == 6 or j == 6:
        return True
    if version >= 7 and ((i < 6 and size - 11 <= j < size - 8) or (j < 6 and size - 11 <= i < size - 8)):
        return True
    if version == 1:
        return False
    centres = cast(tuple[int, ...], consts.ALIGNMENT_POS[version - 2])
    ends = (centres[0], centres[-1])
    at_finder = {(ends[0], ends[0]), (ends[0], ends[1]), (ends[1], ends[0])}
    return any(
        abs(i - x) <= 2 and abs(j - y) <= 2 for x, y in itertools.product(centres, centres) if (x, y) not in at_finder
    )


def _path(size: int) -> Iterator[tuple[int, int]]:
    """The modules in the order of the data: in double columns from the right, up and down in turn."""
    upwards, column = True, size - 1
    while column > 0:
        if column == 6:
            column -= 1
        for i in range(size - 1, -1, -1) if upwards else range(size):
            yield i, column
            yield i, column - 1
        upwards, column = not upwards, column - 2


def _in_order(words: list[int], version: int, level: int) -> bytes:
    """The data out of their interleaved blocks."""
    lengths = [block.num_data for block in cast(Any, consts.ECC)[version][level] for _ in range(block.num_blocks)]
    blocks: list[list[int]] = [[] for _ in lengths]
    following = iter(words)
    for place in range(max(lengths)):
        for number, length in enumerate(lengths):
            if place < length:
                blocks[number].append(next(following))
    return bytes(word for block in blocks for word in block)


def _segments(data: bytes, version: int) -> str:
    bits = "".join(f"{byte:08b}" for byte in data)
    at, text, raw = 0, "", b""

    def take(count: int) -> int:
        nonlocal at
        at += count
        return int(bits[at - count : at], 2)

    def long(short: int, middle: int, large: int) -> int:
        return take(short if version < 10 else middle if version < 27 else large)

    while at + 4 <= len(bits):
        match take(4):
            case 4:
                raw += bytes(take(8) for _ in range(long(8, 16, 16)))
            case 2:
                count = long(9, 11, 13)
                pairs = [divmod(take(11), 45) for _ in range(count // 2)]
                text = "".join(SIGNS[high] + SIGNS[low] for high, low in pairs)
                raw += (text + (SIGNS[take(6)] if count % 2 else "")).encode()
            case 1:
                count = long(10, 12, 14)
                groups = [f"{take(10):03d}" for _ in range(count // 3)]
                rest = {0: "", 1: f"{take(4)}" if count % 3 == 1 else "", 2: f"{take(7):02d}" if count % 3 == 2 else ""}
                raw += ("".join(groups) + rest[count % 3]).encode()
            case 7:
                assert take(8) == 26, "only UTF-8 is announced"
            case 0:
                break
            case mode:
                raise AssertionError(f"a segment of mode {mode}")
    return raw.decode()

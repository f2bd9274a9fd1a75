"""Tiles 公开文件: which files publish the tree, what they are called and what is in them (c2sp.org/tlog-tiles).

A tile holds up to 256 neighbouring hashes of one level, levels counted in steps of eight: tile level 0 are leaf hashes,
tile level 1 the hashes of full level-0 tiles, and so on. An entry bundle holds the up to 256 entries under one level-0
tile. A full file never changes; a partial one carries its width in its name, so it never changes either.
No file is touched here.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from hearing.audit.tree import HASH_SIZE, ReadNode

WIDTH = 256
HEIGHT = 8
MAX_LEVEL = 63

# The level of entry bundles: they lie under level 0, and sort before it, in the order in which files are written.
ENTRIES = -1

# The longest entry that a bundle's two length bytes can announce.
MAX_ENTRY_BYTES = 2**16 - 1

_PATH = re.compile(
    r"tile/(?P<level>entries|0|[1-9][0-9]?)/(?P<index>(?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)


class TileError(ValueError):
    """A path or the bytes of a file that no log has; the message says why."""


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """One file of the log: tile level (or ENTRIES), index within the level, and width, 1 to 256 hashes or entries.

    Raises TileError for numbers that no tile has.
    """

    level: int
    index: int
    width: int = WIDTH

    def __post_init__(self) -> None:
        if not (ENTRIES <= self.level <= MAX_LEVEL and self.index >= 0 and 1 <= self.width <= WIDTH):
            raise TileError(f"there is no tile at level {self.level}, index {self.index}, width {self.width}")

    @property
    def path(self) -> str:
        """Where it is served under the log's prefix: index 1234067 at level 0 is `tile/0/x001/x234/067`."""
        level = "entries" if self.level == ENTRIES else str(self.level)
        groups = [f"{self.index % 1000:03}"]
        rest = self.index // 1000
        while rest:
            groups.insert(0, f"x{rest % 1000:03}")
            rest //= 1000
        partial = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{level}/{'/'.join(groups)}{partial}"

    @classmethod
    def parse(cls, path: str) -> Tile:
        """The tile at a path. Raises TileError unless it is exactly the path that the tile has."""
        found = _PATH.fullmatch(path)
        if not found:
            raise TileError(f"{path!r} is not the path of a tile")
        level = ENTRIES if found["level"] == "entries" else int(found["level"])
        index = int(re.sub("[x/]", "", found["index"]))
        tile = cls(level, index, int(found["width"] or WIDTH))
        # What the pattern lets through is caught here: superfluous leading groups, `.p/256`.
        if tile.path != path:
            raise TileError(f"{path!r} is not the path of a tile")
        return tile


def growth(old: int, new: int) -> list[Tile]:
    """The files that a log of `new` entries has and the log of `old` entries had not, in the order to write them.

    Entry bundles come first, then tiles from level 0 up, so that nothing published refers to what is not there yet.
    `growth(0, size)` is the whole log. Raises ValueError unless 0 <= old <= new.
    """
    if not 0 <= old <= new:
        raise ValueError(f"a log does not grow from size {old} to size {new}")
    found = []
    for level in range(ENTRIES, MAX_LEVEL + 1):
        # The entries of a bundle are counted like the hashes of the level-0 tile over it.
        shift = HEIGHT * max(level, 0)
        before, after = old >> shift, new >> shift
        if after == 0:
            break
        found += [Tile(level, index) for index in range(before // WIDTH, after // WIDTH)]
        if after % WIDTH and after != before:
            found.append(Tile(level, after // WIDTH, after % WIDTH))
    return found


def tile_bytes(tile: Tile, read: ReadNode) -> bytes:
    """The content of a hash tile: `width` hashes of 32 bytes from the node store.

    Raises ValueError for an entry bundle, whose content is no hash, and for a stored hash of another length.
    """
    if tile.level == ENTRIES:
        raise ValueError("an entry bundle holds no hashes")
    first = tile.index * WIDTH
    hashes = [read(HEIGHT * tile.level, first + offset) for offset in range(tile.width)]
    if any(len(value) != HASH_SIZE for value in hashes):
        raise ValueError(f"a stored node at tile level {tile.level} is not {HASH_SIZE} bytes long")
    return b"".join(hashes)


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """The content of an entry bundle: each entry after its length in two bytes, the higher first.

    Raises TileError when there are no entries, more than 256, or one that is too long.
    """
    if not 1 <= len(entries) <= WIDTH:
        raise TileError(f"a bundle has 1 to {WIDTH} entries, not {len(entries)}")
    if any(len(entry) > MAX_ENTRY_BYTES for entry in entries):
        raise TileError(f"an entry has at most {MAX_ENTRY_BYTES} bytes")
    return b"".join(struct.pack(">H", len(entry)) + entry for entry in entries)


def decode_bundle(data: bytes, width: int) -> list[bytes]:
    """The `width` entries of a bundle. Raises TileError when it is cut short or goes on after the last one."""
    entries, place = [], 0
    for number in range(width):
        end = place + 2 + int.from_bytes(data[place : place + 2], "big")
        if end > len(data):
            raise TileError(f"the bundle ends within entry {number} of {width}")
        entries.append(data[place + 2 : end])
        place = end
    if place != len(data):
        raise TileError(f"the bundle goes on for {len(data) - place} bytes after its last entry")
    return entries

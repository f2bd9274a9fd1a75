"""Edge 右缘: the growing right side of the tree, in the rows of its tiles.

Whatever a checkpoint says follows from the last, partly filled tile of each level. The publisher takes these rows from
the database, shows that they lead to the head that was signed last, and adds the hashes of the entries' own bytes. So
every hash that it lays out was either signed before or computed here.
"""

from __future__ import annotations

from collections.abc import Sequence

from hearing.audit import tree
from hearing.audit.tiles import HEIGHT, WIDTH


class Edge:
    """The rows of hashes from the last partly filled tiles on; row `l` stands for tile level `l`."""

    def __init__(self, size: int, read: tree.ReadNode) -> None:
        """The edge of a tree of `size` leaves; `read` is asked for whole tile rows only, levels 0, 8, 16 …"""
        self.size = size
        self._first: list[int] = []
        self._rows: list[list[bytes]] = []
        level = 0
        while count := size >> HEIGHT * level:
            first = count // WIDTH * WIDTH
            self._first.append(first)
            self._rows.append([read(HEIGHT * level, number) for number in range(first, count)])
            level += 1

    def append(self, leaf: bytes) -> None:
        """Add a leaf hash, and the tiles that it completes."""
        self.size += 1
        level, value = 0, leaf
        while True:
            if level == len(self._rows):
                self._first.append(0)
                self._rows.append([])
            row = self._rows[level]
            row.append(value)
            if (self._first[level] + len(row)) % WIDTH:
                return
            value = complete(row[-WIDTH:])
            level += 1

    def read(self, level: int, number: int) -> bytes:
        """The hash of a complete subtree at the edge. Raises KeyError for one that lies further left."""
        row, height = divmod(level, HEIGHT)
        if row >= len(self._rows):
            raise KeyError((level, number))
        start = (number << height) - self._first[row]
        hashes = self._rows[row][start : start + (1 << height)] if start >= 0 else []
        if len(hashes) != 1 << height:
            raise KeyError((level, number))
        return complete(hashes)


def complete(hashes: Sequence[bytes]) -> bytes:
    """The hash of the complete subtree over a power of two of neighbouring hashes."""
    row = list(hashes)
    while len(row) > 1:
        row = [tree.node_hash(row[place], row[place + 1]) for place in range(0, len(row), 2)]
    return row[0]

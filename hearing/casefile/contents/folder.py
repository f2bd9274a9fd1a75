"""Folder 卷: the files of one case file by their names, each with the way to its bytes."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple

from hearing.casefile import shelf
from hearing.casefile.contents.headings import in_both
from hearing.files import storage
from hearing.web.cells import Cell, cell, csv_pieces

__all__ = ["Cell", "Folder", "Kept", "Series", "cell", "square", "yuan"]

ENDINGS = {"image/webp": "webp", "image/png": "png", "image/jpeg": "jpg", "application/pdf": "pdf"}
ERASED = "已删除"
ALTERED = "和记录对不上，没有放进来"
_CHUNK = 1 << 20


class Kept(NamedTuple):
    """An attachment as its row names it; of an estate there are as many as households, so it is no object."""

    kind: str
    sha256: str
    media_type: str
    size: int
    uploaded_at: datetime


@dataclass(frozen=True)
class Series:
    """Files of one folder that nobody else writes into, as many as entries: made in the order of their names."""

    count: int
    files: Callable[[], Iterator[tuple[str, bytes]]]
    """Their whole names, with their bytes."""


Piece = Callable[[], Iterable[bytes]] | str
"""How the bytes of a file are had, in pieces; of an attachment its SHA-256."""


class Folder:
    """The files of a case file. Names are plain ASCII, so that they look the same everywhere.

    A file's bytes are asked for when it is written, and forgotten then: photos never stand in memory together. Tables
    are written to a file without a name while their rows are read, which is gone with the folder.
    """

    def __init__(
        self,
        evidence: Mapping[int, Kept],
        erased: frozenset[int],
        *,
        full: bool,
        tell: Callable[[int], None] = lambda _rows: None,
    ) -> None:
        """`tell` hears how many rows have been read, now and then."""
        self.full = full
        self.pieces: dict[str, Piece] = {}
        self.series: dict[str, Series] = {}
        self._evidence, self._erased, self._tell = evidence, erased, tell
        self._attached: list[tuple[str, int]] = []
        self._spool = shelf.spool()
        self._rows = 0

    def close(self) -> None:
        """Give back the tables' place on the disk."""
        self._spool.close()

    @property
    def left_out(self) -> int:
        """How many attachments were erased."""
        return sum(path == ERASED for path, _ in self._attached)

    def lazily(self, path: str, read: Callable[[], bytes]) -> None:
        """A file whose bytes are made when it is written."""
        self._add(path, lambda: (read(),))

    def stream(self, path: str, read: Callable[[], Iterable[bytes]]) -> None:
        """A large file whose bytes are made piece by piece when it is written."""
        self._add(path, read)

    def add_series(self, prefix: str, series: Series) -> None:
        """Files as many as entries, all of which begin with a prefix that is theirs."""
        self.series[prefix] = series

    def text(self, path: str, text: str) -> None:
        """A text file in UTF-8."""
        data = text.encode()
        self._add(path, lambda: (data,))

    def json(self, path: str, value: Any) -> None:
        """A JSON file for people to read, its keys in order."""
        self.text(path, json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n")

    def table(self, path: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
        """A CSV file that a spreadsheet opens, in which nothing is taken for a formula; none for an empty table.

        Its headings stand in both languages. The rows are read now.
        """
        self.spooled(path, csv_pieces([in_both(head) for head in heads], self._counted_rows(rows)))

    def spooled(self, path: str, pieces: Iterable[bytes]) -> None:
        """A file that is written to the disk now, piece by piece; none where there is no piece."""
        begin = self._spool.seek(0, os.SEEK_END)
        for piece in pieces:
            self._spool.write(piece)
            self._tell(self._rows)
        if length := self._spool.tell() - begin:
            self._add(path, lambda: self._from_spool(begin, length))

    def _counted_rows(self, rows: Iterable[Sequence[Cell]]) -> Iterator[Sequence[Cell]]:
        for row in rows:
            self._rows += 1
            yield row

    def _from_spool(self, begin: int, length: int) -> Iterator[bytes]:
        for start in range(begin, begin + length, _CHUNK):
            self._spool.seek(start)
            yield self._spool.read(min(_CHUNK, begin + length - start))

    def _add(self, path: str, piece: Piece) -> None:
        if path in self.pieces:
            raise ValueError(f"two files are called {path}")
        self.pieces[path] = piece

    def attach(self, evidence_id: int | None, stem: str) -> str:
        """Put an attachment in under this name, of which the ending is ours; the name, or why it is not there.

        The public edition holds none: there its hash stands instead.
        """
        found = self._evidence.get(evidence_id) if evidence_id is not None else None
        if evidence_id is None or found is None:
            return ""
        if not self.full:
            return found.sha256
        path = f"{stem}.{ENDINGS.get(found.media_type, 'bin')}"
        if path in self.pieces:
            return path
        state = path
        if evidence_id in self._erased:
            state = ERASED
        else:
            try:
                storage.read(found.sha256)
            except storage.Altered:
                state = ALTERED
        self._attached.append((state, evidence_id))
        if state == path:
            # The row is forgotten with its transaction, long before the file is written.
            self._add(path, found.sha256)
        return state

    def list_attachments(self) -> None:
        """The list of all attachments with their hashes, those that were erased too."""
        heads = ("文件", "种类", "SHA-256", "字节", "存入（北京时间）", "备注")
        self._attached.sort(key=lambda each: (each[0], self._evidence[each[1]].sha256, each[1]))
        self.table("attachments.csv", heads, (self._attachment(*each) for each in self._attached))

    def _attachment(self, state: str, evidence_id: int) -> Sequence[Cell]:
        kept = self._evidence[evidence_id]
        remark = state if state in (ERASED, ALTERED) else ""
        return (state, kept.kind, kept.sha256, kept.size, kept.uploaded_at, remark)

    def counted(self) -> list[tuple[str, int]]:
        """How many files lie in each folder of the first level, those at the top first."""
        counts = Counter(path.split("/")[0] if "/" in path else "" for path in self.pieces)
        for prefix, series in self.series.items():
            counts[prefix.split("/")[0]] += series.count
        return sorted((name, count) for name, count in counts.items() if count)

    @property
    def files(self) -> int:
        """How many files there are."""
        return len(self.pieces) + sum(series.count for series in self.series.values())

    def __iter__(self) -> Iterator[tuple[str, Iterable[bytes]]]:
        """Every file in the order of names, with its bytes in pieces."""
        for name in sorted(chain(self.pieces, self.series)):
            if name in self.series:
                for path, data in self.series[name].files():
                    yield path, (data,)
            else:
                piece = self.pieces[name]
                yield name, (storage.read(piece),) if isinstance(piece, str) else piece()


def square(centi: int | None) -> str:
    """1/100 m² as 58.20."""
    return "" if centi is None else f"{centi // 100}.{centi % 100:02d}"


def yuan(fen: int) -> str:
    """分 as 21000.00."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"

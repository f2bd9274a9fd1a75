"""Folder 卷: the files of one case file by their names, each with the way to its bytes."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from hearing.files import storage
from hearing.files.models import Evidence
from hearing.printing.words import BEIJING
from hearing.web.cells import safe_cell

Cell = str | int | bool | date | datetime | None

ENDINGS = {"image/webp": "webp", "image/png": "png", "image/jpeg": "jpg", "application/pdf": "pdf"}
ERASED = "已删除"
ALTERED = "和记录对不上，没有放进来"


class Folder:
    """The files of a case file. Names are plain ASCII, so that they look the same everywhere.

    A file's bytes are asked for when it is written, and forgotten then: photos never stand in memory together.
    """

    def __init__(self, evidence: Mapping[int, Evidence], erased: frozenset[int], *, full: bool) -> None:
        self.full = full
        self.pieces: dict[str, Callable[[], bytes]] = {}
        self._evidence, self._erased = evidence, erased
        self._attached: list[list[Cell]] = []
        self.missing: set[int] = set()
        """Files that a row names and that are not of the case: to be looked up by number."""

    @property
    def left_out(self) -> int:
        """How many attachments were erased."""
        return sum(row[-1] == ERASED for row in self._attached)

    def lazily(self, path: str, read: Callable[[], bytes]) -> None:
        """A file whose bytes are made when it is written."""
        if path in self.pieces:
            raise ValueError(f"two files are called {path}")
        self.pieces[path] = read

    def text(self, path: str, text: str) -> None:
        """A text file in UTF-8."""
        data = text.encode()
        self.lazily(path, lambda: data)

    def json(self, path: str, value: Any) -> None:
        """A JSON file for people to read, its keys in order."""
        self.text(path, json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n")

    def table(self, path: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
        """A CSV file that a spreadsheet opens, in which nothing is taken for a formula; none for an empty table."""
        found = [[cell(value) for value in row] for row in rows]
        if not found:
            return
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(heads)
        writer.writerows(found)
        self.text(path, "\ufeff" + out.getvalue())

    def attach(self, evidence_id: int | None, stem: str) -> str:
        """Put an attachment in under this name, of which the ending is ours; the name, or why it is not there.

        The public edition holds none: there its hash stands instead.
        """
        if evidence_id is None:
            return ""
        found = self._evidence.get(evidence_id)
        if found is None:
            self.missing.add(evidence_id)
            return ""
        if not self.full:
            return found.sha256
        path = f"{stem}.{ENDINGS.get(found.media_type, 'bin')}"
        if path in self.pieces:
            return path
        state = ""
        if evidence_id in self._erased:
            state = ERASED
        else:
            try:
                storage.read(found.sha256)
            except storage.Altered:
                state = ALTERED
        self._attached.append([state or path, found.kind, found.sha256, found.size, found.uploaded_at, state])
        if state:
            return state
        sha256 = found.sha256  # The row is forgotten with its transaction, long before the file is written.
        self.lazily(path, lambda: storage.read(sha256))
        return path

    def list_attachments(self) -> None:
        """The list of all attachments with their hashes, those that were erased too."""
        heads = ("文件", "种类", "SHA-256", "字节", "存入（北京时间）", "备注")
        self.table("attachments.csv", heads, sorted(self._attached, key=lambda row: [str(value) for value in row]))

    def counted(self) -> list[tuple[str, int]]:
        """How many files lie in each folder of the first level, those at the top first."""
        counts = Counter(path.split("/")[0] if "/" in path else "" for path in self.pieces)
        return sorted(counts.items())


def cell(value: Cell) -> str:
    """A value as a table has it: moments in Beijing time, yes and no in words, nothing that is a formula."""
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case datetime():
            return f"{value.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}"
        case date():
            return value.isoformat()
        case int():
            return str(value)
        case _:
            return safe_cell(value)


def square(centi: int | None) -> str:
    """1/100 m² as 58.20."""
    return "" if centi is None else f"{centi // 100}.{centi % 100:02d}"


def yuan(fen: int) -> str:
    """分 as 21000.00."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"

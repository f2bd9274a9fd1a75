"""Shelf 公开的文件: the published folder or a mirror of it, read back, and packed into one file."""

from __future__ import annotations

import gzip
import io
import tarfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

from hearing.audit import durable, tree
from hearing.audit.edge import complete
from hearing.audit.note import Checkpoint, Note
from hearing.audit.tiles import ENTRIES, HEIGHT, WIDTH, Tile, decode_bundle, growth
from hearing.config import Settings

ROOT_FILES = ("vkey", "policy")
"""What lies in a published log beside the checkpoint and the tiles."""


Fetch: TypeAlias = "Callable[[str], bytes | None]"
"""Reads one file of a log by its path, None when the log does not have it."""


class Gap(Exception):
    """A file of the log is missing or has the wrong length; the message names it."""


def in_folder(folder: Path) -> Fetch:
    """Reads a published log in a folder."""

    def fetch(path: str) -> bytes | None:
        try:
            return (folder / path).read_bytes()
        except FileNotFoundError:
            return None

    return fetch


def node_reader(fetch: Fetch, size: int) -> tree.ReadNode:
    """Reads complete subtrees of the tree of `size` from its published tiles, each file once. It raises Gap."""
    rows: dict[tuple[int, int], bytes] = {}

    def read(level: int, number: int) -> bytes:
        row, height = divmod(level, HEIGHT)
        index, offset = divmod(number << height, WIDTH)
        if (row, index) not in rows:
            rows[row, index] = _tile(fetch, row, index, size >> HEIGHT * row)
        hashes = [rows[row, index][place * 32 : place * 32 + 32] for place in range(offset, offset + (1 << height))]
        return complete(hashes)

    return read


def entries(fetch: Fetch, size: int) -> Iterator[bytes]:
    """The first `size` entries of a published log, unchecked. Raises Gap."""
    for index in range(-(-size // WIDTH)):
        width = min(WIDTH, size - index * WIDTH)
        found = _either(fetch, ENTRIES, index, width)
        try:
            yield from decode_bundle(found[1], found[0].width)[:width]
        except ValueError as error:
            raise Gap(f"{found[0].path}: {error}") from None


def _tile(fetch: Fetch, level: int, index: int, count: int) -> bytes:
    tile, data = _either(fetch, level, index, min(WIDTH, count - index * WIDTH))
    if len(data) != 32 * tile.width:
        raise Gap(f"{tile.path} is incomplete")
    return data


def _either(fetch: Fetch, level: int, index: int, width: int) -> tuple[Tile, bytes]:
    """A partial file, or the full one that has taken its place since."""
    for tile in dict.fromkeys((Tile(level, index, width), Tile(level, index))):
        data = fetch(tile.path)
        if data is not None:
            return tile, data
    raise Gap(f"{Tile(level, index, width).path} is missing")


def packed_file(settings: Settings) -> Path:
    """Where an installation keeps the packed log."""
    return settings.data_dir / "mirror.tar.gz"


def pack(folder: Path, target: Path) -> Checkpoint | None:
    """Pack the log as it stands into one tar.gz, which unpacks to a folder `log` that verifies; None before a head.

    The head is read first and only what belongs to it is packed, so it fits together although the log goes on growing.
    The same log gives the same bytes. Raises Gap, OSError.
    """
    fetch = in_folder(folder)
    note = fetch("checkpoint")
    if note is None:
        return None
    head = Checkpoint.parse(Note.parse(note).text)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.draft")
    with durable.alone(target.with_name(f".{target.name}.lock")):
        try:
            with (
                draft.open("wb") as raw,
                gzip.GzipFile(filename="", fileobj=raw, mode="wb", compresslevel=6, mtime=0) as squeezed,
                tarfile.open(fileobj=squeezed, mode="w", format=tarfile.PAX_FORMAT) as pack_,
            ):
                for tile in growth(0, head.size):
                    found, data = _either(fetch, tile.level, tile.index, tile.width)
                    _add(pack_, found.path, data)
                for name in ROOT_FILES:
                    if (beside := fetch(name)) is not None:
                        _add(pack_, name, beside)
                _add(pack_, "checkpoint", note)
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
    return head


def pack_when_due(settings: Settings, folder: Path) -> None:
    """Pack the log when there is something new and the last packing is `mirror_every` seconds old."""
    target = packed_file(settings)
    try:
        packed, grown = target.stat().st_mtime, (folder / "checkpoint").stat().st_mtime
    except FileNotFoundError:
        pack(folder, target)
        return
    if packed < grown and not 0 <= time.time() - packed < settings.mirror_every:
        pack(folder, target)


def _add(pack_: tarfile.TarFile, name: str, data: bytes) -> None:
    member = tarfile.TarInfo(f"log/{name}")
    member.size, member.mode = len(data), 0o644
    pack_.addfile(member, io.BytesIO(data))

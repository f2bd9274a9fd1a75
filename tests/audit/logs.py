"""A log in memory, made of the pure functions alone: appended to entry by entry, laid out as served files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from hearing.audit import canonical, tiles, tree
from hearing.audit.note import Checkpoint, Note, SignatureType, SigningKey
from hearing.audit.verify import Fetch

ORIGIN = "hearing.example/jw01"
LOG = SigningKey(ORIGIN, SignatureType.ED25519, bytes(range(32)))
WITNESS = SigningKey("witness.example/w1", SignatureType.COSIGNATURE, bytes(range(32, 64)))
OTHER = SigningKey(ORIGIN, SignatureType.ED25519, bytes(range(64, 96)))
SEEN = 1790000000


@dataclass
class Log:
    """Entries, and the complete nodes over them."""

    entries: list[bytes] = field(default_factory=list)
    nodes: dict[tuple[int, int], bytes] = field(default_factory=dict)

    @classmethod
    def of(cls, entries: Iterable[bytes]) -> Log:
        log = cls()
        for entry in entries:
            log.append(entry)
        return log

    def append(self, entry: bytes) -> None:
        for node in tree.completed_by(len(self.entries), tree.leaf_hash(entry), self.read):
            assert (node.level, node.number) not in self.nodes, "a complete node never changes"
            self.nodes[node.level, node.number] = node.hash
        self.entries.append(entry)

    def read(self, level: int, number: int) -> bytes:
        return self.nodes[level, number]

    @property
    def size(self) -> int:
        return len(self.entries)

    def checkpoint(
        self, size: int | None = None, *, key: SigningKey = LOG, witnesses: Iterable[SigningKey] = ()
    ) -> bytes:
        size = self.size if size is None else size
        text = Checkpoint(key.name, size, tree.root(size, self.read)).text
        return Note(text, (key.sign(text), *(witness.cosign(text, SEEN) for witness in witnesses))).encode()

    def files(self, old: int = 0) -> dict[str, bytes]:
        """What the log publishes when it has grown from `old` entries, in the order of writing."""
        found = {}
        for tile in tiles.growth(old, self.size):
            if tile.level == tiles.ENTRIES:
                first = tile.index * tiles.WIDTH
                found[tile.path] = tiles.encode_bundle(self.entries[first : first + tile.width])
            else:
                found[tile.path] = tiles.tile_bytes(tile, self.read)
        found["checkpoint"] = self.checkpoint()
        return found


def entry(number: int) -> bytes:
    """An entry like those of the product, with some Chinese in it."""
    return canonical.encode_entry(
        {
            "v": 1,
            "type": "consent.given",
            "scope": "jw01",
            "subject": f"consent/{number}",
            "at": f"2026-11-21T{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}Z",
            "pub": {"matter": "坡道", "number": number, "heads": [number, None, True]},
        }
    )


def log_of(size: int) -> Log:
    """A log of `size` different entries."""
    return Log.of(entry(number) for number in range(size))


def lay_out(files: dict[str, bytes], folder: Path) -> Path:
    """Write the files of a log under a folder."""
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


def served(files: dict[str, bytes]) -> Fetch:
    """The files of a log as the verifier reads them."""

    def fetch(path: str, limit: int) -> bytes | None:
        return files[path][: limit + 1] if path in files else None

    return fetch

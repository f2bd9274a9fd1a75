"""Verify 核验: check a published trail, a receipt or two checkpoints, trusting nothing but a key that you already hold.

This file runs alone: copy it anywhere and start it with any Python from 3.9 on. It needs the standard library only,
and nothing of `hearing`; signatures are checked by the library `cryptography` where it is installed, by the lines below
where it is not. Trees, notes, canonical bytes and Ed25519 are therefore written here a second time, on purpose: whoever
checks the trail must not need the programs of those who keep it, and a mistake in those programs must not hide in the
check.

    python verify.py audit URL|DIR --key VKEY                          check the whole trail, entry by entry
    python verify.py proof FILE --key VKEY [--entry FILE]              check that a receipt's entry is in the trail
    python verify.py consistency OLD NEW --key VKEY [--log URL|DIR]    check that the later one only adds to the other
    python verify.py checkpoint FILE --key VKEY                        check who signed a checkpoint
    python verify.py consent ID --log URL|DIR --key VKEY [--opening FILE]   check a collection of written consents
    python verify.py poll ID --log URL|DIR --key VKEY --reveal FILE [--ballot C]   count a secret ballot again
    python verify.py case DIR --key VKEY                               check an unpacked case file, offline

ID is the number of the collection or poll in the address of its page. An opening is the file that a household gets with
its receipt: then the check also shows that the household's own record stands in the trail as it says. `--ballot` is the
code of one's own ballot. VKEY is the log's public key as on the notice board, `name+id+key`; never take it from the log
itself. Each command takes `--witness VKEY`, as often as wanted: then these witnesses must have cosigned the
checkpoint too.

Each command remembers the last good checkpoint and compares it with that of the next time, for each VKEY in a file of
its own below $XDG_STATE_HOME or ~/.local/state; `--state FILE` names another file, `--no-state` does neither, as for an
old copy of a log that has grown since.

Exit codes: 0 checked and found true; 1 checked and found false, or something that the trail must show is missing;
2 wrong use of this program; 3 the trail could not be reached, so nothing is shown either way.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import collections
import concurrent.futures
import csv
import hashlib
import http.client
import io
import json
import operator
import os
import re
import struct
import sys
import time
import unicodedata
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple, NoReturn, Protocol

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    _FAST = False
else:
    _FAST = True

WIDTH = 256
EMPTY_ROOT = hashlib.sha256(b"").digest()
MAX_NOTE_BYTES = 1_000_000
MAX_SIGNATURES = 100
MAX_TILE_BYTES = WIDTH * 32
MAX_BUNDLE_BYTES = WIDTH * (2 + 65_535)
MAX_ENTRY_BYTES = 8192
MAX_DEPTH = 16
MAX_REVEAL_BYTES = 100_000_000

# Seconds: how long one read from the network may wait, and how long one file may take altogether.
PATIENCE = 20.0
DEADLINE = 120.0

# From so many entries on it is worth starting processes; how many files each of them has waiting.
MANY_ENTRIES = 20_000
READ_AHEAD = 8

PASSED, CHECKPOINT, ENTRIES, TILES = "passed", "checkpoint", "entries", "tiles"
HISTORY, RECEIPT, UNREACHABLE = "history", "receipt", "unreachable"
CONSENT, OPENING, POLL, CASE = "consent", "opening", "poll", "case"


class UsageError(ValueError):
    """The program was called wrongly: a key, file or address that cannot be used. In Chinese and in English."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh}\n{en}")


@dataclass(frozen=True)
class Report:
    """What a check found, in Chinese and in English.

    `kind` names what is wrong, if anything: "passed"; "checkpoint" (malformed, or not signed as it must be); "entries";
    "tiles" (the entries are right, a hash file is not); "history" (the trail shrank or was rewritten); "receipt";
    "case" (a file of an unpacked case file is not the one that was packed); "consent" or "poll" (the trail is whole,
    but these entries contradict each other); "opening" (a household's own record is not what the trail holds);
    "unreachable". `size` is the number of entries that the checkpoint speaks of, `entry` the index of the first bad
    entry (in a hash file, of the first whose hash is wrong; for a receipt or opening that passed, of its entry), `file`
    the path of the file at fault; None where unknown.
    """

    kind: str
    zh: str
    en: str
    size: int | None = None
    entry: int | None = None
    file: str | None = None

    @property
    def ok(self) -> bool:
        """Whether everything was checked and found true."""
        return self.kind == PASSED

    @property
    def exit_code(self) -> int:
        """0 passed, 1 failed, 3 could not be reached."""
        return {PASSED: 0, UNREACHABLE: 3}.get(self.kind, 1)

    def __str__(self) -> str:
        verdicts = {PASSED: ("通过", "PASSED"), UNREACHABLE: ("未能核验", "NOT CHECKED")}
        zh, en = verdicts.get(self.kind, ("未通过", "FAILED"))
        return f"{zh}：{self.zh}\n{en}: {self.en}"


class Finding(Exception):
    """A check came to an end with something to report."""

    def __init__(self, report: Report) -> None:
        super().__init__(str(report))
        self.report = report


class Fetch(Protocol):
    """Reads a file of the log by its path: at most `limit + 1` bytes, or None when the log does not have it."""

    def __call__(self, path: str, limit: int) -> bytes | None: ...


def shown(text: str) -> str:
    """Foreign text, safe to print: control and invisible characters are escaped, so that they cannot pose as ours."""
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text)


# ---- Ed25519, verification only (RFC 8032 §5.1.7). No secret is handled, so its timing does not matter.

_P = 2**255 - 19
_ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_ROOT_OF_MINUS_ONE = pow(2, (_P - 1) // 4, _P)

# A point of the curve in extended coordinates X, Y, Z, T: x = X/Z, y = Y/Z, x*y = T/Z.
_Point = tuple[int, int, int, int]
_NEUTRAL: _Point = (0, 1, 1, 0)


def _add(first: _Point, second: _Point) -> _Point:
    a = (first[1] - first[0]) * (second[1] - second[0])
    b = (first[1] + first[0]) * (second[1] + second[0])
    c = 2 * first[3] * second[3] * _D
    d = 2 * first[2] * second[2]
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _times(factor: int, point: _Point) -> _Point:
    total = _NEUTRAL
    while factor:
        if factor & 1:
            total = _add(total, point)
        point = _add(point, point)
        factor >>= 1
    return total


def _point(data: bytes) -> _Point | None:
    """The point that 32 bytes stand for (RFC 8032 §5.1.3), or None."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _ROOT_OF_MINUS_ONE % _P
    if y >= _P or (x * x - square) % _P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = _P - x
    return x, y, 1, x * y % _P


def _point_bytes(point: _Point) -> bytes:
    inverse = pow(point[2], -1, _P)
    x, y = point[0] * inverse % _P, point[1] * inverse % _P
    return (y | (x & 1) << 255).to_bytes(32, "little")


_BASE = _point((4 * pow(5, -1, _P) % _P).to_bytes(32, "little")) or _NEUTRAL


def ed25519_verifies(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the 64 bytes of `signature` over `message` were made with the private half of `public`, 32 bytes."""
    key = _point(public) if len(public) == 32 else None
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or len(signature) != 64 or scalar >= _ORDER:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % _ORDER
    minus_key = (_P - key[0], key[1], key[2], _P - key[3])
    return _point_bytes(_add(_times(scalar, _BASE), _times(challenge, minus_key))) == signature[:32]


def signature_verifies(public: bytes, signature: bytes, message: bytes) -> bool:
    """The same by the library `cryptography` where it is installed: some milliseconds sooner, and a second opinion."""
    if not _FAST:
        return ed25519_verifies(public, signature, message)
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


# ---- Keys, notes and checkpoints (c2sp.org/signed-note, tlog-checkpoint, tlog-cosignature).

_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")
_SIGNATURE_LINE = re.compile(r"— ([^\s+]+) (\S+)")
_LOG_KEY, _WITNESS_KEY = 1, 4

_Bad = Callable[[str, str], NoReturn]


class Key(NamedTuple):
    """A public key that the caller trusts: kind 1 signs as a log, kind 4 cosigns as a witness."""

    name: str
    id: bytes
    kind: int
    public: bytes


class Head(NamedTuple):
    """A checkpoint: the log's name, its number of entries, the root over them, and the note's exact bytes."""

    origin: str
    size: int
    root: bytes
    note: bytes
    cosigned: Sequence[str] = ()


def parse_key(vkey: str, kind: int = _LOG_KEY) -> Key:
    """Read `name+id+base64(kind, key)`. Raises UsageError when it is not a whole key of this kind."""
    name, key_id, encoded = [*vkey.strip().split("+", 2), "", ""][:3]
    material = _unbase64(encoded)
    if not name or material is None or len(material) != 33 or material[0] != kind:
        raise UsageError(
            f"“{shown(vkey)}”不是完整的公钥，应形如 名称+编号+密钥。",
            f"“{shown(vkey)}” is not a whole public key of the form name+id+key.",
        )
    digest = hashlib.sha256(name.encode("utf-8", "replace") + b"\n" + material).digest()
    if digest[:4].hex() != key_id:
        raise UsageError("公钥抄错了：编号与密钥对不上。", "The key was copied wrongly: its id does not belong to it.")
    return Key(name, digest[:4], kind, material[1:])


def _parse_keys(vkey: str, witnesses: Sequence[str]) -> list[Key]:
    return [parse_key(vkey), *(parse_key(witness, _WITNESS_KEY) for witness in witnesses)]


def open_checkpoint(data: bytes, keys: Sequence[Key], file: str = "checkpoint") -> Head:
    """Read a checkpoint that all `keys` signed, the log's key first. Raises Finding when they did not."""

    def bad(zh: str, en: str) -> NoReturn:
        raise Finding(Report(CHECKPOINT, f"{zh}（{shown(file)}）", f"{en} ({shown(file)})", file=file))

    text, signatures = _split_note(data, bad)
    signed = {
        key: _check_signature(key, text, blob[4:], bad)
        for name, blob in signatures
        for key in keys
        if (name, blob[:4]) == (key.name, key.id)
    }
    for key in keys:
        if key not in signed:
            bad(f"检查点没有 {shown(key.name)} 的签名。", f"the checkpoint is not signed by {shown(key.name)}.")
    head = _read_head(text, data, bad)
    if head.origin != keys[0].name:
        bad(f"这是另一本日志的检查点：{shown(head.origin)}。", f"this is another log's: {shown(head.origin)}.")
    return head._replace(cosigned=[words for words in signed.values() if words])


def _split_note(data: bytes, bad: _Bad) -> tuple[str, list[tuple[str, bytes]]]:
    """The text of a note, and its signature lines as names and bytes."""
    text, separator, lines = data.decode("utf-8", "replace").rpartition("\n\n")
    found = [_SIGNATURE_LINE.fullmatch(line) for line in lines[:-1].split("\n")]
    signatures = [(line[1], _unbase64(line[2]) or b"") for line in found if line]
    whole = separator and lines.endswith("\n") and not _CONTROL.search(text + lines)
    if (
        not whole
        # Bytes that are not UTF-8 do not survive the round trip.
        or (text + separator + lines).encode() != data
        or len(signatures) != len(found)
        or any(len(blob) < 5 for _, blob in signatures)
        or len(data) > MAX_NOTE_BYTES
        or len(signatures) > MAX_SIGNATURES
    ):
        bad("检查点格式不对：它被改动过，或者残缺。", "the checkpoint is malformed: it was altered or is incomplete.")
    return text + "\n", signatures


def _check_signature(key: Key, text: str, signature: bytes, bad: _Bad) -> str:
    """Check one signature line; a witness's yields words that say when it cosigned."""
    message, words = text.encode(), ""
    if key.kind == _WITNESS_KEY and len(signature) == 72:
        (seconds,) = struct.unpack(">Q", signature[:8])
        message, signature = f"cosignature/v1\ntime {seconds}\n".encode() + message, signature[8:]
        words = f"{shown(key.name)} {_moment(seconds)}"
    if not signature_verifies(key.public, signature, message):
        bad(
            f"检查点被改动过：{shown(key.name)} 的签名与内容不符。",
            f"the checkpoint was altered: the signature by {shown(key.name)} is not over this content.",
        )
    return words


def _read_head(text: str, note: bytes, bad: _Bad) -> Head:
    """The three lines of a checkpoint."""
    lines = text.split("\n")
    root = _unbase64(lines[2]) if len(lines) == 4 else None
    if root is None or len(root) != 32 or not _DECIMAL.fullmatch(lines[1]):
        bad("签过名的内容不是检查点。", "what was signed is not a checkpoint.")
    return Head(lines[0], int(lines[1]), root, note)


def _moment(seconds: int) -> str:
    try:
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
    except (OSError, OverflowError, ValueError):
        return f"{seconds} s"


def _unbase64(text: str) -> bytes | None:
    """Bytes from standard base64 in its one canonical spelling, or None."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        return None
    return data if base64.b64encode(data).decode() == text else None


# ---- The tree (RFC 6962), kept as its tile levels: leaf hashes, then the hash of every 256 of them, and so on.


_sha256 = hashlib.sha256


def leaf_hash(entry: bytes) -> bytes:
    """The hash of an entry."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two neighbouring subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def _peaks(hashes: Sequence[bytes]) -> list[bytes]:
    """The hashes of the complete subtrees into which a row of hashes falls, the largest first."""
    found = []
    start = 0
    while start < len(hashes):
        count = 1 << ((len(hashes) - start).bit_length() - 1)
        row = list(hashes[start : start + count])
        while len(row) > 1:
            # Nearly all nodes are hashed here, so this spells out what `node_hash` does.
            row = [_sha256(b"\x01" + pair).digest() for pair in map(operator.add, row[::2], row[1::2])]
        found += row
        start += count
    return found


def _fold(peaks: Sequence[bytes]) -> bytes:
    value = peaks[-1]
    for peak in reversed(peaks[:-1]):
        value = node_hash(peak, value)
    return value


def tile_levels(hashes: Sequence[bytes]) -> list[list[bytes]]:
    """All tile levels over a row of hashes, that row first; the last has fewer than 256 hashes."""
    levels = [list(hashes)]
    while len(levels[-1]) >= WIDTH:
        row = levels[-1]
        full = len(row) // WIDTH * WIDTH
        levels.append([_peaks(row[start : start + WIDTH])[0] for start in range(0, full, WIDTH)])
    return levels


def root_of(levels: Sequence[Sequence[bytes]]) -> bytes:
    """The root of the tree with these tile levels: what no full tile covers, from the top down."""
    peaks = [peak for row in reversed(levels) for peak in _peaks(row[len(row) // WIDTH * WIDTH :])]
    return _fold(peaks) if peaks else EMPTY_ROOT


def _earlier(levels: Sequence[Sequence[bytes]], size: int) -> list[Sequence[bytes]]:
    """The tile levels as they were when the tree had `size` leaves: a tile that is full never changes."""
    return [row[: size >> 8 * level] for level, row in enumerate(levels)]


# ---- Where the files come from (c2sp.org/tlog-tiles).


def open_source(source: str) -> Fetch:
    """Read a log below an http(s) address or in a folder. Raises UsageError for anything else."""
    if re.match(r"https?://[^/]", source):
        return _from_web(source.rstrip("/"))
    if "://" in source or not Path(source).is_dir():
        raise UsageError(
            f"“{shown(source)}”既不是 http(s) 网址，也不是文件夹。",
            f"“{shown(source)}” is neither an http(s) address nor a folder.",
        )
    return _from_folder(Path(source))


def _from_folder(folder: Path) -> Fetch:
    def fetch(path: str, limit: int) -> bytes | None:
        try:
            if not (folder / path).is_file():
                return None
            with (folder / path).open("rb") as stream:
                return stream.read(limit + 1)
        except OSError as error:
            raise _unreachable(path, error.strerror or "") from None

    return fetch


def _from_web(prefix: str) -> Fetch:
    headers = {"Accept-Encoding": "identity", "User-Agent": "hearing-verify"}

    def fetch(path: str, limit: int) -> bytes | None:
        try:
            # The caller made sure that the address is http or https, and a redirect cannot leave the two.
            request = urllib.request.Request(f"{prefix}/{path}", headers=headers)  # noqa: S310
            with urllib.request.urlopen(request, timeout=PATIENCE) as response:  # noqa: S310
                return _read(response, path, limit)
        except urllib.error.HTTPError as error:
            error.close()
            # The specification lets a log answer either for what it does not have.
            if error.code in (404, 410):
                return None
            raise _unreachable(path, f"HTTP {error.code}") from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise _unreachable(path, str(error)) from None

    return fetch


def _read(response: http.client.HTTPResponse, path: str, limit: int) -> bytes:
    """The body, at most `limit + 1` bytes of it. A body that the network cut off is no finding against the log."""
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise _unreachable(path, "compressed")
    announced = response.headers.get("Content-Length", "")
    wanted = min(limit + 1, int(announced)) if announced.isdecimal() else limit + 1
    deadline = time.monotonic() + DEADLINE
    body = b""
    while len(body) < wanted:
        part = response.read1(wanted - len(body))
        if time.monotonic() > deadline:
            raise _unreachable(path, "too slow")
        if not part:
            break
        body += part
    if announced.isdecimal() and len(body) < wanted:
        raise _unreachable(path, "cut off")
    return body


def _unreachable(path: str, reason: str) -> Finding:
    zh = f"读不到 {path}（{shown(reason)}），请稍后再试。这既不说明日志有问题，也不说明没有问题。"
    en = f"{path} could not be read ({shown(reason)}); please try again later. This shows nothing either way."
    return Finding(Report(UNREACHABLE, zh, en, file=path))


def tile_path(level: int | str, index: int, width: int) -> str:
    """Where a tile, or with level "entries" a bundle, is served: `tile/0/x001/x234/067.p/8`."""
    digits = str(index)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[place : place + 3] for place in range(0, len(digits), 3)]
    partial = "" if width == WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join(['x' + group for group in groups[:-1]] + groups[-1:])}{partial}"


def _fetch_tile(fetch: Fetch, level: int | str, index: int, size: int) -> tuple[str, bytes | None, int]:
    """A file over `size` items of a level: its path, its content or None, and how many items it should hold.

    A log that grew in the meantime may have replaced a partial file by the full one.
    """
    limit = MAX_BUNDLE_BYTES if level == "entries" else MAX_TILE_BYTES
    width = min(WIDTH, size - index * WIDTH)
    path = tile_path(level, index, width)
    data = fetch(path, limit)
    if data is None and width < WIDTH:
        full = tile_path(level, index, WIDTH)
        data = fetch(full, limit)
        if data is not None:
            return full, data, WIDTH
    return path, data, width


def _hashes(tile: bytes | None, count: int) -> list[bytes] | None:
    if tile is None or len(tile) != count * 32:
        return None
    return [tile[place : place + 32] for place in range(0, len(tile), 32)]


# ---- The audit of a whole log.


class Copy(NamedTuple):
    """What a log published: the leaf hashes of the entries, the leaf hashes in the tiles, and the entries' faults.

    A hash is None where it cannot be read; both rows end early where neither file is there. A fault is what is wrong
    with an entry whatever its hash, in Chinese and English. `kept` are the bytes of the entries that were asked for.
    """

    leaves: list[bytes | None]
    claimed: list[bytes | None]
    faults: dict[int, tuple[str, str]]
    kept: dict[int, bytes]


class Audited(NamedTuple):
    """A log that was checked and found true: its checkpoint, the one remembered from before, the entries asked for."""

    head: Head
    before: Head | None
    kept: Mapping[int, bytes]


def audit_log(
    source: str | Fetch,
    vkey: str,
    state: str | os.PathLike[str] | None = None,
    witnesses: Sequence[str] = (),
    processes: int = 1,
) -> Report:
    """Check a whole log: its checkpoint, every entry, every tile, and that it only grew since the last time.

    `source` is an http(s) address, a folder, or a Fetch. `vkey` is the log's public key; `witnesses` are vkeys that
    must have cosigned. `state` names a file that remembers the last good checkpoint of each log: the first one is
    trusted, and every later one must contain it; without a file nothing is compared. Whatever is wrong with the log
    is in the report. A long log is read in so many `processes`, for a caller without threads. Raises UsageError for a
    key, source or state file that cannot be used.
    """
    try:
        head, before, _ = _audited(source, vkey, state, witnesses, processes=processes)
    except Finding as finding:
        return finding.report
    if before:
        zh, en = (
            f"上次记住的 {before.size} 条原样都在。",
            f"The {before.size} entries remembered are all there, unchanged.",
        )
    elif state:
        zh, en = "已记住这个检查点，下次与它比较。", "This checkpoint is remembered for the next time."
    else:
        zh, en = "没有记住的检查点，所以没有与从前比较。", "Nothing is remembered, so nothing earlier was compared."
    return Report(
        PASSED,
        f"{shown(head.origin)} 的 {head.size} 条记录都与签名的检查点一致，没有发现改动。{zh}",
        f"all {head.size} entries of {shown(head.origin)} agree with the signed checkpoint; no change was found. {en}"
        + _witnessed(head),
        head.size,
    )


def _audited(
    source: str | Fetch,
    vkey: str,
    state: str | os.PathLike[str] | None,
    witnesses: Sequence[str],
    wanted: Sequence[bytes] = (),
    processes: int = 1,
) -> Audited:
    """Check a whole log and keep the entries that hold one of the `wanted` bytes. Raises Finding and UsageError."""
    keys = _parse_keys(vkey, witnesses)
    memory = _load(state)
    before = memory.get(keys[0].name)
    fetch = open_source(source) if isinstance(source, str) else source
    note = fetch("checkpoint", MAX_NOTE_BYTES)
    if note is None:
        raise Finding(Report(CHECKPOINT, "没有检查点文件。", "there is no checkpoint file.", file="checkpoint"))
    head = open_checkpoint(note, keys)
    _check_history(before, head)
    copy = _download(fetch, head.size, wanted, processes)
    _examine(fetch, head, before, copy)
    _save(state, memory, head)
    return Audited(head, before, copy.kept)


def _witnessed(head: Head) -> str:
    return "".join(f"\n见证 cosigned: {words}" for words in head.cosigned)


def _examine(fetch: Fetch, head: Head, before: Head | None, copy: Copy) -> None:
    """Raise the Finding for the first thing wrong with the files under a checkpoint, if there is any.

    Where entries and tiles differ, the signed root decides which of them to believe.
    """
    leaves, claimed = _complete(copy.leaves, head.size), _complete(copy.claimed, head.size)
    suspects = sorted({*_differences(copy), *copy.faults})
    levels = tile_levels(leaves) if leaves is not None else []
    if leaves is not None and root_of(levels) == head.root:
        if copy.faults:
            raise _bad_entry(copy, min(copy.faults), head, "", "")
        if before and root_of(_earlier(levels, before.size)) != before.root:
            raise _rewritten(before, head)
        _check_tiles(fetch, head, copy.claimed, levels)
    elif claimed is not None and root_of(tile_levels(claimed)) == head.root:
        raise _bad_entry(copy, suspects[0], head, "它之前的记录没有问题。", " The entries before it are right.")
    elif suspects or leaves is None:
        zh, en = "哈希文件也与签名的检查点对不上。", " The hash files do not agree with the signed checkpoint either."
        raise _bad_entry(copy, suspects[0], head, zh, en)
    else:
        raise _changed_alike(fetch, head, levels, before)


def _download(fetch: Fetch, size: int, wanted: Sequence[bytes], processes: int) -> Copy:
    """Read all entry bundles and level-0 tiles; stop where both are missing."""
    copy = Copy([], [], {}, {})
    for files, bundle in _bundles(_files(fetch, size), wanted, processes if size >= MANY_ENTRIES else 1):
        first = len(copy.leaves)
        copy.faults.update((first + place, fault) for place, fault in bundle.faults.items())
        copy.kept.update((first + place, entry) for place, entry in bundle.kept.items())
        copy.leaves.extend(bundle.hashes)
        copy.leaves.extend([None] * (files.width - len(bundle.hashes)))
        # Hashes that agree are kept once: a long log would fill the memory twice otherwise.
        agree = files.tile == b"".join(bundle.hashes)
        row: Sequence[bytes | None] | None = bundle.hashes if agree else _hashes(files.tile, files.tile_holds)
        copy.claimed.extend(row[: files.width] if row and len(row) >= files.width else [None] * files.width)
    return copy


class Files(NamedTuple):
    """The two files over up to 256 neighbouring entries, and for how many items each of them was made.

    `width` is how many of these entries the checkpoint speaks of.
    """

    width: int
    bundle: bytes | None
    holds: int
    tile: bytes | None
    tile_holds: int


class Bundle(NamedTuple):
    """An entry bundle as it was read: the entries' leaf hashes; faults, and the entries asked for, by place."""

    hashes: list[bytes]
    faults: dict[int, tuple[str, str]]
    kept: dict[int, bytes]


def _files(fetch: Fetch, size: int) -> Iterator[Files]:
    for index in range(-(-size // WIDTH)):
        _, bundle, count = _fetch_tile(fetch, "entries", index, size)
        _, tile, tile_count = _fetch_tile(fetch, 0, index, size)
        yield Files(min(WIDTH, size - index * WIDTH), bundle, count, tile, tile_count)
        if bundle is None and tile is None:
            return


def _bundles(source: Iterator[Files], wanted: Sequence[bytes], processes: int) -> Iterator[tuple[Files, Bundle]]:
    """Read bundle after bundle, in so many processes; a few are read ahead, so that memory stays small."""
    if processes < 2:
        for files in source:
            yield files, _read_bundle(files.bundle, files.holds, files.width, wanted)
        return
    with concurrent.futures.ProcessPoolExecutor(processes) as pool:
        waiting: collections.deque[tuple[Files, concurrent.futures.Future[Bundle]]] = collections.deque()
        for files in source:
            waiting.append((files, pool.submit(_read_bundle, files.bundle, files.holds, files.width, wanted)))
            if len(waiting) > READ_AHEAD * processes:
                ready, reading = waiting.popleft()
                yield ready, reading.result()
        for ready, reading in waiting:
            yield ready, reading.result()


def _read_bundle(data: bytes | None, count: int, width: int, wanted: Sequence[bytes]) -> Bundle:
    """Hash the first `width` entries of a bundle of `count`, look at their form, keep those with `wanted` bytes."""
    entries, fault = _unbundle(data, count)
    entries = entries[:width]
    faults = {place: form for place, form in enumerate(map(_form_fault, entries)) if form}
    # What follows the last entry counts against that entry; behind a full file's first entries it is not ours.
    if fault and (len(entries) < width or count == width):
        faults.setdefault(min(len(entries), width - 1), fault)
    kept = {place: entry for place, entry in enumerate(entries) if any(mark in entry for mark in wanted)}
    return Bundle([_sha256(b"\x00" + entry).digest() for entry in entries], faults, kept)


def _unbundle(data: bytes | None, count: int) -> tuple[list[bytes], tuple[str, str] | None]:
    """The entries of a bundle as far as they can be read, and what is wrong with it."""
    if data is None:
        return [], ("它所在的文件缺失", "its file is missing")
    entries: list[bytes] = []
    place, whole = 0, len(data)
    while len(entries) < count:
        start = place + 2
        place = start + (data[start - 2] << 8 | data[start - 1]) if start <= whole else start
        if place > whole:
            return entries, ("文件在这里中断，后面残缺", "its file is cut off here")
        entries.append(data[start:place])
    if place != whole:
        return entries, ("文件在它后面多出了字节", "bytes that do not belong there follow it")
    return entries, None


def _no_fraction(_: str) -> NoReturn:
    raise ValueError("a number that is no integer")


_decode = json.JSONDecoder(parse_float=_no_fraction, parse_constant=_no_fraction).decode
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
# Sixteen digits where a number may stand: 2**53 has as many.
_LONG_NUMBER = re.compile(rb"[:,\[]-?[0-9]{16}")


def _form_fault(entry: bytes) -> tuple[str, str] | None:
    """What is wrong with the form of an entry: canonical JSON in a narrow sense, at most 8192 bytes."""
    try:
        text = entry.decode()
        value = _decode(text)
        canonical = isinstance(value, dict) and _encode(value) == text
        if canonical and not _plain_at_sight(entry):
            canonical = _is_plain(value, MAX_DEPTH)
    except (ValueError, RecursionError):
        canonical = False
    if canonical and len(entry) <= MAX_ENTRY_BYTES:
        return None
    return "写法不合规范", "it is not in canonical form"


def _plain_at_sight(entry: bytes) -> bool:
    """Whether canonical bytes need no closer look: ASCII alone is NFC; no number is long, and little can be nested."""
    shallow = entry.count(b"{") + entry.count(b"[") < MAX_DEPTH
    return shallow and entry.isascii() and not _LONG_NUMBER.search(entry)


def _is_plain(value: Any, depth: int) -> bool:
    """Whether JSON holds only ASCII keys, NFC text, integers below 2**53, true, false, null, lists and objects."""
    if depth == 0:
        return False
    if isinstance(value, dict):
        return all(key.isascii() and _is_plain(item, depth - 1) for key, item in value.items())
    if isinstance(value, list):
        return all(_is_plain(item, depth - 1) for item in value)
    if isinstance(value, str):
        return value.isascii() or unicodedata.is_normalized("NFC", value)
    return value is None or (isinstance(value, int) and abs(value) < 2**53)


def _complete(hashes: Sequence[bytes | None], size: int) -> list[bytes] | None:
    known = [value for value in hashes if value is not None]
    return known if len(known) == size else None


def _differences(copy: Copy) -> list[int]:
    """The entries that are missing, or hash to something else than their tile says."""
    leaves, claimed = copy.leaves, copy.claimed
    return [
        index
        for index in range(len(leaves))
        if leaves[index] != claimed[index] and (leaves[index] is None or claimed[index] is not None)
    ]


def _bad_entry(copy: Copy, index: int, head: Head, zh: str, en: str) -> Finding:
    changed = copy.leaves[index] is not None and copy.leaves[index] != copy.claimed[index]
    why = ("内容与签名时不同", "its content is not what was signed") if changed else copy.faults[index]
    path = tile_path("entries", index // WIDTH, min(WIDTH, head.size - index // WIDTH * WIDTH))
    return Finding(
        Report(
            ENTRIES,
            f"第 {index} 号记录有问题：{why[0]}（{path}，编号从 0 起）。{zh}",
            f"entry {index} is bad: {why[1]} ({path}, counting from 0).{en}",
            head.size,
            index,
            path,
        )
    )


def _check_tiles(fetch: Fetch, head: Head, claimed: Sequence[bytes | None], levels: list[list[bytes]]) -> None:
    """Compare every tile with what the entries hash to; the entries are known to be right here."""
    for level, row in enumerate(levels):
        for index in range(-(-len(row) // WIDTH)):
            right = row[index * WIDTH : (index + 1) * WIDTH]
            path, found = tile_path(level, index, len(right)), claimed[index * WIDTH : (index + 1) * WIDTH]
            if level > 0:
                path, tile, count = _fetch_tile(fetch, level, index, len(row))
                found = (_hashes(tile, count) or [])[: len(right)]
            if found != right:
                raise _bad_tile(path, level, index * WIDTH, found, right, head)


def _bad_tile(
    path: str, level: int, first: int, found: Sequence[bytes | None], right: Sequence[bytes], head: Head
) -> Finding:
    """A tile that is not what the entries hash to, with the first entry under its first wrong hash."""
    zh, en = "记录本身没有问题，与签名的检查点一致。", "The entries agree with the signed checkpoint."
    wrong = next((place for place, hashed in enumerate(found) if hashed is not None and hashed != right[place]), None)
    if wrong is None:
        zh, en = f"哈希文件 {path} 缺失或残缺。{zh}", f"the hash file {path} is missing or incomplete. {en}"
        return Finding(Report(TILES, zh, en, head.size, file=path))
    entry = (first + wrong) * WIDTH**level
    zh = f"哈希文件 {path} 被改动过，从第 {entry} 号记录的哈希起不对（编号从 0 起）。{zh}"
    en = f"the hash file {path} was altered: it is wrong from entry {entry} on, counting from 0. {en}"
    return Finding(Report(TILES, zh, en, head.size, entry, path))


def _changed_alike(fetch: Fetch, head: Head, levels: list[list[bytes]], before: Head | None) -> Finding:
    """Entries and level-0 tiles agree with each other and not with the signed root: narrow down where."""
    start, end = _narrowed(fetch, head, levels, before)
    path = tile_path("entries", start // WIDTH, min(WIDTH, head.size - start // WIDTH * WIDTH))
    return Finding(
        Report(
            ENTRIES,
            f"记录与签名的检查点不符：第 {start} 号到第 {end - 1} 号之间有改动，哈希文件也一同改了（编号从 0 起）。",
            "the entries do not agree with the signed checkpoint: there is a change from entry "
            f"{start} to entry {end - 1}, counting from 0, and the hash files were changed alike.",
            head.size,
            start,
            path,
        )
    )


def _narrowed(fetch: Fetch, head: Head, levels: list[list[bytes]], before: Head | None) -> tuple[int, int]:
    """The first range of entries that must hold a change: higher tiles or the last checkpoint may still tell."""
    for level in range(1, len(levels)):
        row: list[bytes] = []
        for index in range(-(-len(levels[level]) // WIDTH)):
            _, tile, count = _fetch_tile(fetch, level, index, len(levels[level]))
            row += _hashes(tile, count) or []
        row = row[: len(levels[level])]
        if len(row) == len(levels[level]) and root_of([*levels[:level], *tile_levels(row)]) == head.root:
            span = WIDTH**level
            place = next(place for place in range(len(row)) if row[place] != levels[level][place])
            return place * span, (place + 1) * span
    if before and root_of(_earlier(levels, before.size)) == before.root:
        return before.size, head.size
    return 0, head.size


# ---- What was seen before.


def _load(state: str | os.PathLike[str] | None) -> dict[str, Head]:
    """The remembered checkpoints by log. A file that is not there yet remembers nothing.

    It is the caller's own file, so its signatures are not checked again: the log's key may have changed since.
    """

    def bad(*_: str) -> NoReturn:
        # Starting afresh without a word would forgive whatever the file remembered.
        raise UsageError(
            f"状态文件 {state} 读不懂。确有把握时可把它移走，重新开始。",
            f"The state file {state} cannot be read. Move it away to start afresh, if you are sure.",
        )

    if state is None:
        return {}
    if not Path(state).exists():
        if not Path(state).absolute().parent.is_dir():
            raise UsageError(f"没有存放 {state} 的文件夹。", f"There is no folder to keep {state} in.")
        return {}
    try:
        memory = json.loads(Path(state).read_text(encoding="utf-8"))
        notes = {str(origin): str(note).encode() for origin, note in memory.items()}
    except (OSError, ValueError, AttributeError):
        bad()
    return {origin: _read_head(_split_note(note, bad)[0], note, bad) for origin, note in notes.items()}


def _save(state: str | os.PathLike[str] | None, memory: dict[str, Head], head: Head) -> None:
    if state is None:
        return
    # Word for word as it was signed: should the log ever deny it, this note is the evidence.
    notes = {origin: known.note.decode() for origin, known in {**memory, head.origin: head}.items()}
    beside = Path(f"{os.fspath(state)}.new")
    try:
        beside.write_text(json.dumps(notes, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        beside.replace(state)
    except OSError as error:
        raise UsageError(
            f"核验通过，但状态文件 {state} 存不下来（{error.strerror}）。",
            f"Passed, but the state file {state} could not be kept ({error.strerror}).",
        ) from None


def _check_history(before: Head | None, head: Head) -> None:
    """What the two checkpoints alone can tell."""
    if before and head.size < before.size:
        zh = (
            f"日志变短了：上次有 {before.size} 条记录，现在只有 {head.size} 条。上次的检查点留在状态文件里，它是证据。"
            "如果这是从前抄下的一份，请加 --no-state 再核验。"
        )
        en = (
            f"the log shrank: it had {before.size} entries and now has {head.size}. The state file keeps the earlier "
            "checkpoint: it is evidence. For a copy that was made before, use --no-state."
        )
        raise Finding(Report(HISTORY, zh, en, head.size))
    if before and head.size == before.size and head.root != before.root:
        raise _rewritten(before, head)


def _rewritten(before: Head, head: Head) -> Finding:
    zh = f"历史被改写：前 {before.size} 条记录与从前签过名的不同。请留好两份检查点，它们就是证据。"
    en = (
        f"history was rewritten: the first {before.size} entries are not those that were signed before. Keep both "
        "checkpoints: they are the evidence."
    )
    return Finding(Report(HISTORY, zh, en, head.size))


# ---- Receipts (c2sp.org/tlog-proof), two checkpoints, one checkpoint.


def check_receipt(
    data: bytes,
    vkey: str,
    entry: bytes | None = None,
    witnesses: Sequence[str] = (),
    state: str | os.PathLike[str] | None = None,
    source: str | Fetch | None = None,
) -> Report:
    """Check a `.tlog-proof` file: that `entry`, or the entry in its extra line, is in the signed log.

    `state` and `source` as for `check_checkpoint`. Raises UsageError for a key, state or source that cannot be used, or
    when there is no entry to look for.
    """
    keys = _parse_keys(vkey, witnesses)
    memory = _load(state)
    try:
        index, hashes, extra, note = _split_receipt(data)
        head = open_checkpoint(note, keys)
        entry = entry if entry is not None else extra
        if entry is None:
            raise UsageError(
                "收据没有带着记录，请用 --entry 给出。", "The receipt carries no entry; give it with --entry."
            )
        if not _included(leaf_hash(entry), index, head, hashes):
            zh = f"收据与记录不符：第 {index} 号位置上不是这条记录，或收据被改动过。"
            en = f"the receipt does not fit: entry {index} of the log is not this one, or the receipt was altered."
            raise Finding(Report(RECEIPT, zh, en, head.size))
        zh, en = _remember(state, memory, head, source)
    except Finding as finding:
        return finding.report
    return Report(
        PASSED,
        f"这条记录是 {shown(head.origin)} 的第 {index} 号（从 0 起），列在签名的 {head.size} 条之中。{zh}",
        f"this is entry {index}, counting from 0, of the {head.size} that {shown(head.origin)} signed.{en}"
        f"{_witnessed(head)}\n{shown(entry.decode('utf-8', 'replace'))}",
        head.size,
        index,
    )


def _split_receipt(data: bytes) -> tuple[int, list[bytes], bytes | None, bytes]:
    """Index, path, entry (None if absent) and checkpoint of a receipt."""
    above, separator, note = data.partition(b"\n\n")
    header, *lines = above.decode("utf-8", "replace").split("\n")
    extra = _unbase64(lines.pop(0)[len("extra ") :]) or b"" if lines and lines[0].startswith("extra ") else None
    index = re.fullmatch(r"index (0|[1-9][0-9]{0,18})", lines.pop(0)) if lines else None
    hashes = [_unbase64(line) or b"" for line in lines]
    if (
        not separator
        or header != "c2sp.org/tlog-proof@v1"
        or extra == b""
        or index is None
        or any(len(value) != 32 for value in hashes)
    ):
        zh, en = "收据格式不对：它被改动过，或者残缺。", "the receipt is malformed: it was altered or is incomplete."
        raise Finding(Report(RECEIPT, zh, en))
    return int(index[1]), hashes, extra, note


def _included(leaf: bytes, index: int, head: Head, proof: Sequence[bytes]) -> bool:
    """Whether the path leads from the leaf to the root (RFC 9162 §2.1.3.2)."""
    if index >= head.size:
        return False
    place, last, value = index, head.size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            value = node_hash(step, value)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            value = node_hash(value, step)
        place, last = place >> 1, last >> 1
    return last == 0 and value == head.root


def check_consistency(
    first: bytes,
    second: bytes,
    vkey: str,
    source: str | Fetch | None = None,
    witnesses: Sequence[str] = (),
    state: str | os.PathLike[str] | None = None,
) -> Report:
    """Check that of two checkpoints of a log, in any order, the larger only adds to the smaller.

    The hashes between them come from `source`, the log itself; they need no trust, for they must lead to both signed
    roots. `state` remembers the larger one, as for `check_checkpoint`. Raises UsageError for a key, source or state
    that cannot be used, or when a source is needed and none is given.
    """
    keys = _parse_keys(vkey, witnesses)
    memory = _load(state)
    fetch = open_source(source) if isinstance(source, str) else source
    try:
        report, new = _compare(open_checkpoint(first, keys, "OLD"), open_checkpoint(second, keys, "NEW"), fetch)
        zh, en = _remember(state, memory, new, fetch)
    except Finding as finding:
        return finding.report
    return replace(report, zh=report.zh + zh, en=report.en + en)


def check_heads(first: Head, second: Head, source: str | Fetch) -> Report:
    """The same for two checkpoints that are opened already, each with a key of its own: the log may have changed it."""
    try:
        return _compare(first, second, open_source(source) if isinstance(source, str) else source)[0]
    except Finding as finding:
        return finding.report


def _compare(first: Head, second: Head, fetch: Fetch | None) -> tuple[Report, Head]:
    """That the larger only adds to the smaller, and the larger. Raises Finding when it does not."""
    old, new = sorted((first, second), key=lambda head: head.size)
    _check_history(old, new)
    # Every log grows from the empty one, and equal sizes have just been compared.
    if 0 < old.size < new.size:
        _check_growth(fetch, old, new)
    zh = f"{shown(new.origin)} 从 {old.size} 条到 {new.size} 条只有增加，从前的记录没有改动。"
    en = f"from {old.size} to {new.size} entries {shown(new.origin)} only grew; no earlier entry was changed."
    return Report(PASSED, zh, en, new.size), new


def _check_growth(fetch: Fetch | None, old: Head, new: Head) -> None:
    if fetch is None:
        raise UsageError(
            "两个检查点的条数不同，请用 --log 给出日志的网址或文件夹。",
            "The checkpoints differ in size; give the log's address or folder with --log.",
        )
    old_root, new_root = _both_roots(_node_reader(fetch, new.size), old.size, 0, new.size)
    if new_root != new.root:
        zh, en = "日志的哈希文件与较新的检查点不符。", "the hash files of the log do not lead to the newer checkpoint."
        raise Finding(Report(TILES, zh, en, new.size))
    if old_root != old.root:
        raise _rewritten(old, new)


def _both_roots(read: Callable[[int, int], bytes], old: int, start: int, end: int) -> tuple[bytes, bytes]:
    """The hashes over the leaves `start..old` and `start..end`, start < old <= end, from the same nodes.

    That both come out right is the proof: the old tree is made of subtrees of the new one (RFC 6962 §2.1.2).
    """
    if old == end:
        value = _fold(_cut(read, start, end))
        return value, value
    middle = start + (1 << ((end - start - 1).bit_length() - 1))
    if old <= middle:
        before, whole = _both_roots(read, old, start, middle)
        return before, node_hash(whole, _fold(_cut(read, middle, end)))
    left = _fold(_cut(read, start, middle))
    before, whole = _both_roots(read, old, middle, end)
    return node_hash(left, before), node_hash(left, whole)


def _cut(read: Callable[[int, int], bytes], start: int, end: int) -> list[bytes]:
    """The complete subtrees into which the leaves `start..end` fall."""
    found = []
    while start < end:
        level = (end - start).bit_length() - 1
        found.append(read(level, start >> level))
        start += 1 << level
    return found


def _node_reader(fetch: Fetch, size: int) -> Callable[[int, int], bytes]:
    """Reads complete subtrees by level and number from the tiles of a log of `size` entries, each tile once."""
    rows: dict[tuple[int, int], list[bytes]] = {}

    def read(level: int, number: int) -> bytes:
        tile_level, height = divmod(level, 8)
        index, offset = divmod(number << height, WIDTH)
        if (tile_level, index) not in rows:
            path, tile, count = _fetch_tile(fetch, tile_level, index, size >> 8 * tile_level)
            row = _hashes(tile, count)
            if row is None:
                zh, en = f"哈希文件 {path} 缺失或残缺。", f"the hash file {path} is missing or incomplete."
                raise Finding(Report(TILES, zh, en, size, file=path))
            rows[tile_level, index] = row
        return _peaks(rows[tile_level, index][offset : offset + (1 << height)])[0]

    return read


def check_checkpoint(
    data: bytes,
    vkey: str,
    witnesses: Sequence[str] = (),
    state: str | os.PathLike[str] | None = None,
    source: str | Fetch | None = None,
) -> Report:
    """Check the signatures of a checkpoint, and with `state` that it is of the same log as the remembered one.

    A receipt or a paper on the board may be older than what is remembered, so either may be the larger; the hashes
    between them come from `source`, the log. Raises UsageError for a key, state or source that cannot be used.
    """
    keys = _parse_keys(vkey, witnesses)
    memory = _load(state)
    try:
        head = open_checkpoint(data, keys)
        zh, en = _remember(state, memory, head, source)
    except Finding as finding:
        return finding.report
    return Report(
        PASSED,
        f"{shown(head.origin)} 签名的检查点，共 {head.size} 条记录。只核对了签名，没有核对记录。{zh}",
        f"a checkpoint of {head.size} entries signed by {shown(head.origin)}. Only the signature was checked, not the "
        f"entries.{en}{_witnessed(head)}",
        head.size,
    )


def _remember(
    state: str | os.PathLike[str] | None, memory: dict[str, Head], head: Head, source: str | Fetch | None
) -> tuple[str, str]:
    """Compare a checkpoint with the remembered one and remember the larger; returns what to say about it.

    Raises Finding when they are not of one history.
    """
    before = memory.get(head.origin)
    if state is None:
        return "", ""
    if before is None:
        _save(state, memory, head)
        return "已记住这个检查点，下次与它比较。", " This checkpoint is remembered for the next time."
    old, new = sorted((before, head), key=lambda each: each.size)
    _check_history(old, new)
    if 0 < old.size < new.size:
        if source is None:
            zh = f"与记住的检查点（{before.size} 条）没有比较：条数不同，请用 --log 给出日志。"
            return zh, f" Not compared with the one remembered, of {before.size} entries: give the log with --log."
        _check_growth(open_source(source) if isinstance(source, str) else source, old, new)
    _save(state, memory, new)
    zh = f"与记住的检查点（{before.size} 条）是同一本日志，前后一致。"
    return zh, f" It is of one history with the one remembered, of {before.size} entries."


# ---- What the entries say. From here on the log itself is known to be whole and signed.


@dataclass(frozen=True)
class Act:
    """An entry: its index, its kind like "consent.closed", its public part, and the whole of it."""

    index: int
    kind: str
    pub: Mapping[str, Any]
    entry: Mapping[str, Any]


class Contradiction(NamedTuple):
    """Ends a check of one kind with what is wrong, in Chinese and English, and at which entry."""

    kind: str
    size: int

    def __call__(self, zh: str, en: str, act: Act | None = None) -> NoReturn:
        where = act.index if act else None
        if act:
            zh, en = f"第 {act.index} 号记录：{zh}（编号从 0 起）", f"entry {act.index}, counting from 0: {en}"
        raise Finding(Report(self.kind, zh, en, self.size, where))


def _acts(kept: Mapping[int, bytes]) -> list[Act]:
    """Entries in their order. What is not shaped like an entry has no kind, and nothing in its public part."""
    found = []
    for index, entry in sorted(kept.items()):
        said = json.loads(entry)
        kind, pub = said.get("type"), said.get("pub")
        found.append(Act(index, kind if isinstance(kind, str) else "", pub if isinstance(pub, dict) else {}, said))
    return found


def _number_of(kind: str, name: str) -> str:
    """`7` or `consent/7` as the trail writes it. Raises UsageError."""
    found = re.fullmatch(rf"(?:{kind}/)?([1-9][0-9]{{0,18}})", name)
    if not found:
        raise UsageError(f"“{shown(name)}”不是编号，应形如 7。", f"“{shown(name)}” is not a number like 7.")
    return f"{kind}/{found[1]}"


def _whole_number(act: Act, name: str, wrong: Contradiction) -> int:
    value = act.pub.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        wrong(f"没有写明 {name}。", f"it does not say {name}.", act)
    return value


def _word(act: Act, name: str, wrong: Contradiction) -> str:
    value = act.pub.get(name)
    if not isinstance(value, str):
        wrong(f"没有写明 {name}。", f"it does not say {name}.", act)
    return value


def _day(act: Act) -> str:
    return shown(str(act.entry.get("at", "")))


def _unbase64url(text: object) -> bytes | None:
    """The 32 bytes of 43 characters of base64url without padding, or None."""
    if not isinstance(text, str) or not re.fullmatch(r"[A-Za-z0-9_-]{43}", text):
        return None
    data = base64.urlsafe_b64decode(text + "=")
    return data if base64.urlsafe_b64encode(data).decode() == text + "=" else None


# ---- A collection of written consents.

ANSWERED, WITHDRAWN = "consent.answered", "consent.withdrawn"
FIXED, CLOSED, PROVISIONAL = "roll.fixed", "consent.closed", "consent.provisional"
CONFIRMED, FINISHED, VOID = "consent.confirmed", "consent.finished", "consent.void"
DISPUTED, CHECKED = "consent.disputed", "consent.dispute_checked"
# What may change a count after it was published for objections.
_EXPLAINS = frozenset({DISPUTED, CHECKED, "consent.unit_checked", "consent.holder_changed"})
_ON_A_SCREEN = frozenset({"phone", "tablet", "mandate_phone"})
_COUNTED = (
    *("all_heads", "all_area", "part_heads", "part_area"),
    *("yes_heads", "yes_area", "no_heads", "abstain_heads"),
)
_KINDS = {
    "consent.drafted": ("设定规则", "terms set"),
    "roll.shown": ("名册公示", "roll shown"),
    FIXED: ("名册定稿", "roll fixed"),
    ANSWERED: ("一户表态", "a household answered"),
    WITHDRAWN: ("一户撤回", "a household withdrew"),
    DISPUTED: ("有人提出不是本人签的", "a signature was denied"),
    CHECKED: ("核实签名", "a signature was checked"),
    "consent.extended": ("征询延长", "extended"),
    CLOSED: ("征询截止", "closed"),
    PROVISIONAL: ("公布初步结果", "provisional result"),
    CONFIRMED: ("结果经人确认", "result confirmed"),
    FINISHED: ("结果生效", "result final"),
    VOID: ("征询无效", "void"),
    "plan.replaced": ("方案改版", "plan replaced"),
}


def check_consent(
    name: str,
    source: str | Fetch,
    vkey: str,
    openings: Sequence[bytes] = (),
    state: str | os.PathLike[str] | None = None,
    witnesses: Sequence[str] = (),
    processes: int = 1,
) -> Report:
    """Check a collection of written consents, `7` or `consent/7`, in a log that is checked whole before.

    All entries must speak of one plan and one roll; records must be numbered without a gap and lie between the opening
    and the close; the published counts must add up, fit the roll and the records, and be confirmed by two people.
    Each of `openings`, a household's own file, must open one of the records: then the report says what that record says
    and what followed it. Raises UsageError for a key, source, state or opening that cannot be used.
    """
    subject = _number_of("consent", name)
    opened = [parse_opening(data) for data in openings]
    wanted = (f'"{subject}"'.encode(), b'"type":"plan.')
    try:
        head, _, kept = _audited(source, vkey, state, witnesses, wanted, processes)
        wrong = Contradiction(CONSENT, head.size)
        acts = [act for act in _acts(kept) if act.entry.get("subject") == subject]
        if not acts:
            wrong(f"日志里没有第 {subject} 号征询。", f"the log knows no {subject}.")
        plans = _plans_of(acts[0], _acts(kept))
        _check_one_of(acts, "plan_hash", "方案", "plan", wrong)
        _check_one_of(acts, "roll_hash", "名册", "roll", wrong)
        _check_plan_known(acts, plans, wrong)
        _check_records(acts, wrong)
        _check_counts(acts, wrong)
        told = [_told(opening, acts, head) for opening in opened]
    except Finding as finding:
        return finding.report
    zh, en = _outcome(acts)
    later = _later_plans(acts, plans)
    return Report(
        PASSED,
        f"{subject} 的 {len(acts)} 条记录彼此一致：方案、名册、编号、截止和计数都对得上。{zh}",
        f"the {len(acts)} entries of {subject} agree with each other: plan, roll, numbers, close and counts. {en}"
        + "".join(f"\n{line}" for line in (*told, *later))
        + _witnessed(head),
        head.size,
        opened[0].index if opened else None,
    )


def _plans_of(first: Act, acts: Sequence[Act]) -> list[Act]:
    """The plan versions of the case to which a collection belongs."""
    matter = first.pub.get("matter", first.entry.get("subject"))
    versions = ("plan.fixed", "plan.replaced")
    return [act for act in acts if act.kind in versions and act.pub.get("matter", act.entry.get("subject")) == matter]


def _check_one_of(acts: Sequence[Act], name: str, zh: str, en: str, wrong: Contradiction) -> None:
    """Whoever swaps plan or roll under a collection leaves an entry that names another."""
    naming = [act for act in acts if name in act.pub]
    for act in naming:
        if act.pub[name] != naming[0].pub[name]:
            wrong(
                f"它的{zh}与这次征询开始时的不是同一份（见第 {naming[0].index} 号）。",
                f"its {en} is not the one that the collection began with (entry {naming[0].index}).",
                act,
            )


def _check_plan_known(acts: Sequence[Act], plans: Sequence[Act], wrong: Contradiction) -> None:
    first = next((act for act in acts if "plan_hash" in act.pub), None)
    if first and not any(
        plan.index < first.index and plan.pub.get("plan_hash") == first.pub["plan_hash"] for plan in plans
    ):
        wrong("征询的方案此前没有定稿。", "its plan had not been fixed before.", first)


def _check_records(acts: Sequence[Act], wrong: Contradiction) -> None:
    """Records are numbered 1, 2, 3 … and come while answering is open; from paper also while slips are entered."""
    opened = closed = counted = False
    expected = 1
    for act in acts:
        opened, closed = opened or act.kind == FIXED, closed or act.kind == CLOSED
        counted = counted or act.kind in (PROVISIONAL, FINISHED, VOID)
        if act.kind in (ANSWERED, WITHDRAWN):
            if _whole_number(act, "record", wrong) != expected:
                wrong(f"表态编号应当是 {expected}：有一份被拿掉或插进来了。", f"it should be record {expected}.", act)
            if not opened:
                wrong("名册还没有定稿就有表态。", "a record before the roll was fixed.", act)
            if counted or (closed and _word(act, "method", wrong) in _ON_A_SCREEN):
                wrong("截止以后还有表态。", "a record after the close.", act)
            expected += 1
        elif act.kind in (DISPUTED, CHECKED) and not 0 < _whole_number(act, "record", wrong) < expected:
            wrong("它说的那份表态不存在。", "it speaks of a record that does not exist.", act)


def _check_counts(acts: Sequence[Act], wrong: Contradiction) -> None:
    fixed = next((act for act in acts if act.kind == FIXED), None)
    published: Act | None = None
    for act in acts:
        if act.kind not in (CLOSED, PROVISIONAL, FINISHED):
            continue
        if fixed is None or fixed.index > act.index:
            wrong("没有定稿的名册就有结果。", "a result without a fixed roll.", act)
        answers = _answers_before(act, acts)
        if act.kind == CLOSED:
            if _whole_number(act, "answered", wrong) > answers:
                wrong(
                    f"说有 {act.pub['answered']} 户表态，而表态记录只有 {answers} 份。",
                    f"it counts {act.pub['answered']} answers, and there are only {answers} records.",
                    act,
                )
            continue
        _check_count(act, fixed, answers, wrong)
        if published and act.kind == FINISHED:
            _check_unchanged(published, act, acts, wrong)
        if act.kind == FINISHED:
            _check_confirmed(act, acts, wrong)
        published = act


def _answers_before(act: Act, acts: Sequence[Act]) -> int:
    """How many records with an answer there were that had not been found to be another's signature."""
    struck = {
        earlier.pub.get("record")
        for earlier in acts
        if earlier.index < act.index and earlier.kind == CHECKED and earlier.pub.get("verdict") == "not_theirs"
    }
    return sum(
        earlier.kind == ANSWERED and earlier.pub["record"] not in struck
        for earlier in acts
        if earlier.index < act.index
    )


def _check_count(act: Act, fixed: Act, answers: int, wrong: Contradiction) -> None:
    figures = {name: _whole_number(act, name, wrong) for name in _COUNTED}
    part = figures["yes_heads"] + figures["no_heads"] + figures["abstain_heads"]
    if part != figures["part_heads"]:
        wrong(
            f"同意、反对、弃权合计 {part} 户，而参与的写成 {figures['part_heads']} 户。",
            f"yes, no and abstentions are {part} together, and it says that {figures['part_heads']} took part.",
            act,
        )
    if figures["all_heads"] > _whole_number(fixed, "units", wrong) or (
        figures["all_area"] != _whole_number(fixed, "area_centi", wrong)
    ):
        wrong("户数或面积与定稿的名册不符。", "its households or area are not those of the fixed roll.", act)
    if part > figures["all_heads"] or not figures["yes_area"] <= figures["part_area"] <= figures["all_area"]:
        wrong("部分大于全部。", "a part of it is larger than the whole.", act)
    if part > answers:
        wrong(
            f"说有 {part} 户参与，而有效的表态记录只有 {answers} 份。",
            f"it says that {part} took part, and there are only {answers} records that stand.",
            act,
        )


def _check_unchanged(published: Act, final: Act, acts: Sequence[Act], wrong: Contradiction) -> None:
    explained = any(published.index < act.index < final.index and act.kind in _EXPLAINS for act in acts)
    if not explained and any(published.pub[name] != final.pub[name] for name in _COUNTED):
        wrong(
            f"计数与公示的初步结果（第 {published.index} 号）不同，其间没有任何记录说明缘由。",
            f"its count is not the provisional one (entry {published.index}), and no entry between them says why.",
            final,
        )


def _check_confirmed(final: Act, acts: Sequence[Act], wrong: Contradiction) -> None:
    """Two people must have confirmed the same count."""
    people: dict[object, set[str]] = {}
    for act in acts:
        if act.kind == CONFIRMED and act.index < final.index:
            people.setdefault(act.pub.get("count_hash"), set()).add(json.dumps(act.entry.get("actor"), sort_keys=True))
    if not any(len(who) > 1 for who in people.values()):
        wrong("结果没有经两个人确认同一个计数。", "no two people confirmed the same count.", final)


def _outcome(acts: Sequence[Act]) -> tuple[str, str]:
    last = next((act for act in reversed(acts) if act.kind in (PROVISIONAL, FINISHED, VOID)), None)
    if last is None:
        records = sum(act.kind in (ANSWERED, WITHDRAWN) for act in acts)
        return f"还没有结果，有 {records} 份表态记录。", f"There is no result yet; there are {records} records."
    if last.kind == VOID:
        return "这次征询已宣布无效。", "The collection was declared void."
    yes, no, abstain, everybody = (last.pub[name] for name in ("yes_heads", "no_heads", "abstain_heads", "all_heads"))
    zh = f"{_KINDS[last.kind][0]}：应征询 {everybody} 户，同意 {yes}，反对 {no}，弃权 {abstain}。"
    en = f"{_KINDS[last.kind][1].capitalize()}: {everybody} households, {yes} yes, {no} no, {abstain} abstained."
    return zh, en


def _later_plans(acts: Sequence[Act], plans: Sequence[Act]) -> list[str]:
    """The plan versions that replaced the one which was asked about."""
    asked = next((act.pub["plan_hash"] for act in acts if "plan_hash" in act.pub), None)
    return [_line(plan) for plan in plans if asked is not None and plan.pub.get("replaces") == asked]


def _line(act: Act, about: int | None = None) -> str:
    zh, en = _KINDS.get(act.kind, ("", shown(act.kind)))
    own = " ←" if about is not None and act.pub.get("record") == about else ""
    return f"  #{act.index} {_day(act)} {zh} {en}{own}"


# ---- A household's own record.

COMMITMENT_DOMAIN = b"hearing/cm/v1\0"


@dataclass(frozen=True)
class Opening:
    """What a household holds of its own record: where it stands, the salt, and what was recorded."""

    index: int
    salt: bytes
    payload: Mapping[str, Any]


def parse_opening(data: bytes) -> Opening:
    """Read an opening, `{"index":…,"payload":{…},"salt":"…","v":1}`. Raises UsageError when it is not one."""
    try:
        said = _decode(data.decode())
        index, salt, payload = said["index"], _unbase64url(said["salt"]), said["payload"]
        whole = isinstance(index, int) and isinstance(payload, dict) and salt is not None and said["v"] == 1
    except (ValueError, KeyError, TypeError, RecursionError):
        whole = False
    if not whole or salt is None:
        raise UsageError("启封件残缺，或者不是启封件。", "The opening is incomplete, or not an opening.")
    return Opening(index, salt, payload)


def commitment(salt: bytes, payload: Mapping[str, Any]) -> str:
    """What an entry shows of a payload: base64url of the hash over the salt and the payload's canonical bytes."""
    digest = hashlib.sha256(COMMITMENT_DOMAIN + salt + _encode(payload).encode("utf-8", "surrogatepass")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _told(opening: Opening, acts: Sequence[Act], head: Head) -> str:
    """Check one opening against the entries of a collection; return what it says and what followed."""
    wrong = Contradiction(OPENING, head.size)
    act = next((act for act in acts if act.index == opening.index), None)
    if act is None or act.kind not in (ANSWERED, WITHDRAWN):
        wrong(
            f"第 {opening.index} 号不是这次征询的表态记录。",
            f"entry {opening.index} is not a record of this collection.",
        )
    if act.entry.get("cm") != commitment(opening.salt, opening.payload):
        wrong(
            "启封件与日志里的承诺不符：启封件被改动过，或者记下的不是这个内容。",
            "the opening does not fit the commitment: it was altered, or something else was recorded.",
            act,
        )
    record = act.pub["record"]
    said = shown(str(opening.payload.get("answer_label", _KINDS[act.kind][0])))
    code = shown(str(opening.payload.get("answer", act.kind)))
    lines = [
        f"这一户的记录 own record: #{act.index} {_day(act)} {said} ({code})，承诺相符 the commitment opens.",
        "此后 what followed:",
        *(_line(later, record) for later in acts if later.index > act.index),
    ]
    counted = next((later for later in reversed(acts) if later.kind in (PROVISIONAL, FINISHED)), None)
    column = {"oppose": "no_heads", "abstain": "abstain_heads"}.get(str(opening.payload.get("answer")), "yes_heads")
    if act.kind == ANSWERED and counted and counted.index > act.index and counted.pub[column] == 0:
        # No proof: who changed her mind on paper, or whose co-owner spoke differently, is not counted here either.
        lines.append(
            f"  注意：结果（#{counted.index}）里这样表态的是 0 户。这一户后来没有改签、撤回的，请向居委会问明。\n"
            f"  Note: the result (#{counted.index}) counts nobody who said this. Ask why, if you never changed it."
        )
    return "\n".join(lines)


# ---- A secret ballot (audit.md section 6, mode B).

BALLOT_DOMAIN = b"hearing/ballot/v1\0"
OPENED, AMENDED, POLL_CLOSED, TALLIED = "poll.opened", "roll.amended", "poll.closed", "poll.tallied"
POLL_VOIDED = "poll.voided"
# What a ballot's entry consists of. A time or an actor would lead to the voter.
_BALLOT_FIELDS = frozenset({"v", "type", "scope", "poll", "c"})


STILL_OPEN, NOT_COUNTED = ("还在投票", "open"), ("已截止，还没有公布结果", "closed and not yet counted")
DECLARED_VOID = ("已经作废，没有结果", "void: it has no result")
"""How far a poll without a result is."""


class Ballot(NamedTuple):
    """A line of the reveal file: the commitment, and the ballot under it."""

    c: str
    choices: Sequence[str]


def check_poll(
    name: str,
    source: str | Fetch,
    vkey: str,
    reveal: bytes | None = None,
    ballot: str | None = None,
    state: str | os.PathLike[str] | None = None,
    witnesses: Sequence[str] = (),
    processes: int = 1,
) -> Report:
    """Count a secret ballot again, `3` or `poll/3`, from a log that is checked whole before.

    `reveal` is reveal.jsonl, which is published at the close: every line must open its commitment, the commitments must
    be those of the log's ballots, no more and no fewer, there must be no more than households that voted, and their
    count must be the published one. `ballot` is a voter's own commitment: the report says what stands under it.
    Raises UsageError for a key, source or state that cannot be used, and without the file once there is a result.
    """
    subject = _number_of("poll", name)
    try:
        head, _, kept = _audited(source, vkey, state, witnesses, (f'"{subject}"'.encode(),), processes)
        wrong = Contradiction(POLL, head.size)
        known = _acts(kept)
        acts = [act for act in known if act.entry.get("subject") == subject]
        cast = [act for act in known if act.kind == "ballot" and act.entry.get("poll") == subject]
        opened, closed, tallied = _poll_frame(acts, wrong)
        voided = _voided(acts, opened, closed, wrong)
        leaves = _check_cast(cast, opened, closed or voided, wrong)
        voted = _check_turnout(acts, opened, closed or voided, len(leaves), wrong)
        if tallied is None:
            stands = DECLARED_VOID if voided else NOT_COUNTED if closed else STILL_OPEN
            return _not_counted(subject, cast, stands, ballot, leaves, head, wrong)
        if reveal is None:
            raise UsageError("计票结果已公布，请用 --reveal 给出 reveal.jsonl。", "Give reveal.jsonl with --reveal.")
        if _word(tallied, "reveal", wrong) != "sha256:" + hashlib.sha256(reveal).hexdigest():
            wrong("选票文件不是公布结果时的那一份。", "the reveal file is not the one that was counted.", tallied)
        ballots = _check_reveal(reveal, subject, leaves, opened, wrong)
        counts = _check_tally(ballots, opened, tallied, wrong)
        own = _own_ballot(ballot, leaves, ballots, wrong)
    except Finding as finding:
        return finding.report
    shares = "、".join(f"{shown(option)} {count}" for option, count in counts.items())
    return Report(
        PASSED,
        f"{subject} 的 {len(ballots)} 张选票张张对得上，不多不少（投票 {voted} 户）。重新计票与公布的一致：{shares}。",
        f"all {len(ballots)} ballots of {subject} open, no more and no fewer ({voted} households voted); counted again "
        f"they give the published result: {', '.join(f'{shown(option)} {count}' for option, count in counts.items())}."
        f"{own}{_witnessed(head)}",
        head.size,
    )


def _poll_frame(acts: Sequence[Act], wrong: Contradiction) -> tuple[Act, Act | None, Act | None]:
    """Opening, close and result of a poll, each once and in this order."""
    found: list[Act | None] = []
    for kind in (OPENED, POLL_CLOSED, TALLIED):
        those = [act for act in acts if act.kind == kind]
        if len(those) > 1:
            wrong("同一件事记了两次。", f"a second {kind}.", those[1])
        found.append(those[0] if those else None)
    opened, closed, tallied = found
    if opened is None:
        wrong("日志里没有这次投票。", "the log does not know this poll.")
    if tallied and not (closed and opened.index < closed.index < tallied.index):
        wrong("结果先于截止。", "a result before the close.", tallied)
    if closed and closed.index < opened.index:
        wrong("截止先于开始。", "a close before the opening.", closed)
    return opened, closed, tallied


def _voided(acts: Sequence[Act], opened: Act, closed: Act | None, wrong: Contradiction) -> Act | None:
    """The act by which a poll was declared void: once, while it was open, by two people and for a reason."""
    those = [act for act in acts if act.kind == POLL_VOIDED]
    if len(those) > 1:
        wrong("同一件事记了两次。", f"a second {POLL_VOIDED}.", those[1])
    if not those:
        return None
    if closed or those[0].index < opened.index:
        wrong("作废不在开始和截止之间。", "declared void before the opening or beside a close.", those[0])
    if not _by_two(those[0]):
        wrong("作废没有理由，或没有两个人经办。", "declared void without reason or by one person.", those[0])
    return those[0]


def _by_two(act: Act) -> bool:
    """Whether two people did it, for a reason."""
    officers = act.pub.get("officers")
    return bool(isinstance(officers, list) and len(set(map(str, officers))) > 1 and act.pub.get("reason"))


def _check_cast(cast: Sequence[Act], opened: Act, closed: Act | None, wrong: Contradiction) -> dict[str, Act]:
    """The ballots of the log by commitment."""
    leaves: dict[str, Act] = {}
    for act in cast:
        c = act.entry.get("c")
        if not isinstance(c, str) or _unbase64url(c) is None:
            wrong("选票没有完整的承诺。", "a ballot without a whole commitment.", act)
        if not _BALLOT_FIELDS.issuperset(act.entry):
            wrong(
                "选票带着可能指向投票人的内容。",
                "a ballot with more than its commitment, which may lead to a voter.",
                act,
            )
        if c in leaves:
            wrong(f"同一张选票已是第 {leaves[c].index} 号。", f"the same ballot as entry {leaves[c].index}.", act)
        if act.index < opened.index or (closed and act.index > closed.index):
            wrong("选票不在开始和截止之间。", "a ballot before the opening or after the close.", act)
        leaves[c] = act
    return leaves


def _check_turnout(
    acts: Sequence[Act], opened: Act, closed: Act | None, ballots: int, wrong: Contradiction
) -> int | None:
    """How many households voted, None before the close: no fewer than ballots, no more than the roll has."""
    roll, held = opened, _whole_number(opened, "roll_size", wrong)
    for act in acts:
        if act.kind == AMENDED:
            if not _by_two(act):
                wrong("改动名册没有理由，或没有两个人经办。", "a roll amended without reason or by one person.", act)
            if closed and act.index > closed.index:
                wrong("截止以后改动名册。", "a roll amended after the close.", act)
            roll, held = act, _whole_number(act, "roll_size", wrong)
    if closed is None:
        return None
    listed = closed.pub.get("voted")
    if isinstance(listed, list):
        if len(set(map(str, listed))) != len(listed):
            wrong("已投票名单里有重复的户。", "a household stands twice in the list of those who voted.", closed)
        voted = len(listed)
    else:
        voted = _whole_number(closed, "voted", wrong)
    if voted > held:
        wrong(
            f"投票的有 {voted} 户，名册上只有 {held} 户（第 {roll.index} 号）。",
            f"{voted} households voted, and the roll has {held} (entry {roll.index}).",
            closed,
        )
    if ballots > voted:
        wrong(
            f"选票有 {ballots} 张，投票的只有 {voted} 户。",
            f"there are {ballots} ballots, and {voted} households voted.",
            closed,
        )
    return voted


def _not_counted(
    subject: str,
    cast: Sequence[Act],
    stands: tuple[str, str],
    ballot: str | None,
    leaves: Mapping[str, Act],
    head: Head,
    wrong: Contradiction,
) -> Report:
    """What can be said without a result: that a voter's own ballot is there."""
    _own_ballot(ballot, leaves, {}, wrong)
    zh, en = stands
    own = ("，您的那张在内", ", yours among them") if ballot else ("", "")
    return Report(
        PASSED,
        f"{subject} {zh}，日志里有 {len(cast)} 张选票{own[0]}。",
        f"{subject} is {en}; the log has {len(cast)} ballots{own[1]}.{_witnessed(head)}",
        head.size,
    )


def _check_reveal(
    reveal: bytes, subject: str, leaves: Mapping[str, Act], opened: Act, wrong: Contradiction
) -> dict[str, Ballot]:
    """The ballots of the reveal file: each opens its commitment, and they are those of the log."""
    ballots: dict[str, Ballot] = {}
    last = ""
    for number, line in enumerate(reveal.split(b"\n")[:-1], 1):
        found = _opened_ballot(line, subject)
        if found is None:
            wrong(
                f"选票文件第 {number} 行打不开它的承诺。",
                f"line {number} of the reveal file does not open its commitment.",
            )
        if found.c <= last:
            wrong(f"选票文件第 {number} 行重复或不按顺序。", f"line {number} of the reveal file is out of order.")
        if found.c not in leaves:
            wrong(f"选票文件第 {number} 行的选票不在日志里。", f"line {number} of the reveal file is not in the log.")
        ballots[found.c], last = found, found.c
        _check_choices(found, opened, number, wrong)
    if reveal and not reveal.endswith(b"\n"):
        wrong("选票文件最后一行残缺。", "the last line of the reveal file is cut off.")
    for c, act in leaves.items():
        if c not in ballots:
            wrong("这张选票不在选票文件里。", "this ballot is missing from the reveal file.", act)
    return ballots


def _opened_ballot(line: bytes, subject: str) -> Ballot | None:
    """One line, `{"ballot":{"choices":[…],"phrase":"…"},"c":"…","nonce":"…"}`, if it opens its commitment."""
    try:
        said = _decode(line.decode())
        nonce, ballot, c = _unbase64url(said["nonce"]), said["ballot"], said["c"]
        bytes_of = _encode(ballot).encode()
        choices = ballot["choices"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if nonce is None or not isinstance(choices, list) or not all(isinstance(choice, str) for choice in choices):
        return None
    digest = hashlib.sha256(BALLOT_DOMAIN + subject.encode() + b"\0" + nonce + bytes_of).digest()
    return Ballot(c, choices) if _unbase64url(c) == digest else None


def _options(opened: Act, wrong: Contradiction) -> list[str]:
    options = opened.pub.get("options")
    if not isinstance(options, list) or not all(isinstance(option, str) for option in options):
        wrong("没有写明选项。", "it does not say its options.", opened)
    return options


def _check_choices(ballot: Ballot, opened: Act, number: int, wrong: Contradiction) -> None:
    """A ballot names options of the poll, each once, and no more than allowed."""
    options = _options(opened, wrong)
    most = _whole_number(opened, "choices", wrong) if "choices" in opened.pub else len(options)
    if not (set(options).issuperset(ballot.choices) and len(set(ballot.choices)) == len(ballot.choices) <= most):
        wrong(
            f"选票文件第 {number} 行选了不能选的，或选得太多。",
            f"line {number} of the reveal file chooses what cannot be chosen, or too much.",
        )


def _check_tally(ballots: Mapping[str, Ballot], opened: Act, tallied: Act, wrong: Contradiction) -> dict[str, int]:
    counts = dict.fromkeys(_options(opened, wrong), 0)
    for ballot in ballots.values():
        for choice in ballot.choices:
            counts[choice] += 1
    if tallied.pub.get("ballots") != len(ballots) or tallied.pub.get("counts") != counts:
        wrong(
            f"公布的结果与重新计票不同；重新计票：{json.dumps(counts, ensure_ascii=False)}，共 {len(ballots)} 张。",
            f"the published result is not what the ballots give: {json.dumps(counts)} of {len(ballots)} ballots.",
            tallied,
        )
    return counts


def _own_ballot(c: str | None, leaves: Mapping[str, Act], ballots: Mapping[str, Ballot], wrong: Contradiction) -> str:
    if c is None:
        return ""
    if c not in leaves:
        wrong(
            "您的选票不在日志里。凭回执里的签名承诺可以追究。",
            "your ballot is not in the log; the signed promise shows it.",
        )
    chosen = ballots[c].choices if c in ballots else ()
    return f"\n您的选票 your ballot: #{leaves[c].index} {shown('、'.join(chosen))}"


# ---- The command line.


# ---- An unpacked case file: its sums, a proof of every entry, and what the entries commit to.

SUMS = "SHA256SUMS"
_SUM = re.compile(r"([0-9a-f]{64})  ([^\n]+)")
MAX_SUMS_BYTES = 100_000_000


def check_case(
    folder: str, vkey: str, witnesses: Sequence[str] = (), state: str | os.PathLike[str] | None = None
) -> Report:
    """Check an unpacked case file: every file by its sum, every entry by its proof, every opening and every plan.

    `state` as for `check_checkpoint`. Raises UsageError for a key, state or folder that cannot be used.
    """
    keys, memory, root = _parse_keys(vkey, witnesses), _load(state), Path(folder)
    if not (root / SUMS).is_file():
        raise UsageError(f"{shown(folder)} 里没有 {SUMS}。", f"there is no {SUMS} in {shown(folder)}.")
    try:
        files = _check_sums(root)
        head = open_checkpoint(_read_file(str(root / "log" / "checkpoint")), keys, "log/checkpoint")
        entries = _check_proofs(root, files, head)
        openings = _check_openings(root, files, entries, head)
        plans = _check_plans(root, files, entries)
        listed = _check_lists(root, files, entries)
        zh, en = _remember(state, memory, head, None)
    except Finding as finding:
        return finding.report
    return Report(
        PASSED,
        f"{len(files)} 个文件都与 {SUMS} 相符；"
        f"{len(entries)} 条记录都列在 {shown(head.origin)} 签名的 {head.size} 条之中；"
        f"{openings} 份启封件都与记录的承诺相符；{plans} 版方案都是记录里写的那一版；"
        f"记录清单的 {listed} 行一份不多、一份不少，都是存证里的那些。{zh}",
        f"all {len(files)} files fit {SUMS}; all {len(entries)} entries are among the {head.size} that "
        f"{shown(head.origin)} signed; all {openings} openings fit what their entries commit to; all {plans} versions "
        f"of the plan are those that the entries name; the {listed} lines of the lists of records are exactly those of "
        f"the log.{en}{_witnessed(head)}",
        head.size,
    )


def _check_sums(root: Path) -> list[str]:
    """The files of a case file, each as its sum says, and no other beside them."""
    listed: dict[str, str] = {}
    for line in _read_file(str(root / SUMS), MAX_SUMS_BYTES).decode("utf-8", "replace").splitlines():
        found = _SUM.fullmatch(line)
        parts = found[2].split("/") if found else [".."]
        if not found or ".." in parts or "" in parts:
            raise _altered(SUMS, "有一行读不懂", "has a line that cannot be read")
        listed[found[2]] = found[1]
    for name, expected in listed.items():
        path = root.joinpath(*name.split("/"))
        if not path.is_file():
            raise _altered(name, "不在", "is missing")
        digest = hashlib.sha256()
        with path.open("rb") as stream:
            for piece in iter(lambda: stream.read(1 << 20), b""):
                digest.update(piece)
        if digest.hexdigest() != expected:
            raise _altered(name, "被改动过", "was altered")
    there = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
    for name in sorted(there - listed.keys() - {SUMS}):
        if "__pycache__" not in name:
            raise _altered(name, "是后来放进去的", "was added later")
    return sorted(listed)


def _altered(name: str, zh: str, en: str) -> Finding:
    return Finding(Report(CASE, f"案卷里的 {shown(name)} {zh}。", f"{shown(name)} of the case file {en}.", file=name))


def _check_proofs(root: Path, files: Sequence[str], head: Head) -> dict[int, bytes]:
    """The entries whose proofs lead to the signed head, by index."""
    entries: dict[int, bytes] = {}
    for name in files:
        if not name.startswith("log/proofs/"):
            continue
        index, hashes, entry, note = _split_receipt(_read_file(str(root / name)))
        if entry is None or note != head.note or not _included(leaf_hash(entry), index, head, hashes):
            raise _altered(name, "证明不了它的记录", "does not prove its entry")
        entries[index] = entry
    if not entries:
        raise _altered("log/proofs", "是空的", "is empty")
    return entries


def _check_openings(root: Path, files: Sequence[str], entries: Mapping[int, bytes], head: Head) -> int:
    """Check every opening against its entry; how many there are."""
    wrong, acts = Contradiction(OPENING, head.size), {act.index: act for act in _acts(entries)}
    found = [name for name in files if name.startswith("log/openings/")]
    for name in found:
        opening = parse_opening(_read_file(str(root / name)))
        act = acts.get(opening.index)
        if act is None or act.entry.get("cm") != commitment(opening.salt, opening.payload):
            wrong(f"启封件 {shown(name)} 与记录的承诺不符。", f"the opening {shown(name)} does not fit its entry.", act)
    return len(found)


def _check_plans(root: Path, files: Sequence[str], entries: Mapping[int, bytes]) -> int:
    """Check that every version of the plan is one that the entries name; how many there are."""
    named = {act.pub.get("plan_hash") for act in _acts(entries)}
    found = [name for name in files if re.fullmatch(r"01-plans/v[0-9]+/plan\.json", name)]
    for name in found:
        if hashlib.sha256(_read_file(str(root / name), MAX_SUMS_BYTES)).hexdigest() not in named:
            raise _altered(name, "不是存证里写的那一版", "is not a version that the log names")
    return len(found)


_LIST = re.compile(r"07-consents/0*([0-9]+)/list\.csv")


def _check_lists(root: Path, files: Sequence[str], entries: Mapping[int, bytes]) -> int:
    """Check the lists of records that certificates name: each line is an entry, each entry a line; how many there are.

    Of a line its number, the place of its entry and what that commits to are checked; what else stands in it is as
    good as the sums.
    """
    lists = {f"consent/{match[1]}": name for name in files for match in [_LIST.fullmatch(name)] if match}
    wanted: dict[str, dict[int, Act]] = {subject: {} for subject in lists}
    for act in _acts(entries) if lists else ():
        subject = act.entry.get("subject")
        if act.kind in ("consent.answered", "consent.withdrawn") and subject in wanted:
            wanted[subject][act.index] = act
    lines = sum(map(len, wanted.values()))
    for subject, name in lists.items():
        data = _read_file(str(root / name), MAX_SUMS_BYTES).decode("utf-8-sig", "replace")
        for row in list(csv.reader(io.StringIO(data, newline="")))[1:]:
            number, index, commitment = (row[n] if len(row) > n else "" for n in range(3))
            known = wanted[subject].pop(int(index), None) if re.fullmatch("[0-9]{1,15}", index) else None
            # A spreadsheet's apostrophe stands before what might be a formula.
            said = (number, commitment.removeprefix("'"))
            if known is None or said != (str(known.pub.get("record")), known.entry.get("cm", "")):
                raise _altered(
                    name, f"里编号 {shown(number)} 的一行与存证不符", f"denies the log in line {shown(number)}"
                )
        if wanted[subject]:
            first = min(wanted[subject])
            raise _altered(name, f"缺存证第 {first} 号的一行", f"lacks the line of entry {first}")
    return lines


def _read_file(name: str, limit: int = MAX_NOTE_BYTES) -> bytes:
    try:
        with Path(name).open("rb") as stream:
            return stream.read(limit + 1)
    except OSError as error:
        why = error.strerror
        raise UsageError(f"打不开 {shown(name)}（{why}）。", f"{shown(name)} cannot be opened ({why}).") from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description="核验公开的存证日志。Check a published audit trail.",
        epilog="退出码 exit codes: 0 通过 passed, 1 未通过 failed, 2 用法错误 wrong use, 3 连不上 unreachable",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    audit = commands.add_parser("audit", help="核验整本日志 check a whole log")
    audit.add_argument("source", metavar="URL|DIR")
    proof = commands.add_parser("proof", help="核验收据 check a receipt")
    proof.add_argument("file", metavar="FILE")
    proof.add_argument("--entry", metavar="FILE", help="记录的原始字节 the entry's exact bytes")
    consistency = commands.add_parser("consistency", help="比较两个检查点 compare two checkpoints")
    consistency.add_argument("old", metavar="OLD")
    consistency.add_argument("new", metavar="NEW")
    checkpoint = commands.add_parser("checkpoint", help="核验检查点的签名 check a checkpoint's signatures")
    checkpoint.add_argument("file", metavar="FILE")
    consent = commands.add_parser("consent", help="核验一次书面征询 check a collection of written consents")
    consent.add_argument("id", metavar="ID")
    consent.add_argument(
        "--opening", action="append", default=[], metavar="FILE", help="本户的启封件 the household's own opening"
    )
    poll = commands.add_parser("poll", help="重新计一次无记名投票 count a secret ballot again")
    poll.add_argument("id", metavar="ID")
    poll.add_argument("--reveal", metavar="FILE", help="公布的选票文件 the published reveal.jsonl")
    poll.add_argument("--ballot", metavar="C", help="自己选票的编码 your own ballot's commitment")
    case = commands.add_parser("case", help="核验解开的案卷 check an unpacked case file")
    case.add_argument("folder", metavar="DIR")
    for command in (consistency, checkpoint, proof, consent, poll):
        needed = command in (consent, poll)
        words = "日志的网址或文件夹 the log's address or folder"
        command.add_argument("--log", required=needed, metavar="URL|DIR", help=words)
    for command in (audit, consent, poll):
        words = "用几个进程读长的日志 processes that read a long log"
        command.add_argument("--processes", type=int, default=os.cpu_count() or 1, metavar="N", help=words)
    for command in (audit, proof, consistency, checkpoint, consent, poll, case):
        command.add_argument("--key", required=True, metavar="VKEY", help="日志公钥 the log's public key")
        command.add_argument(
            "--witness", action="append", default=[], metavar="VKEY", help="见证人公钥 a witness's key"
        )
        memory = command.add_mutually_exclusive_group()
        words = "检查点记在这个文件里，下次比较 the file that remembers the checkpoint for the next time"
        memory.add_argument("--state", metavar="FILE", help=words)
        words = "这次不记也不比 neither remember nor compare this time"
        memory.add_argument("--no-state", action="store_true", help=words)
    return parser


def _memory_of(given: argparse.Namespace) -> str | None:
    """The file that remembers: the one that was named, or the user's own for this key; None where there is no place.

    A file for each key, because a trial installation begins anew under the same name and with another key.
    """
    named: str | None = given.state
    if named or given.no_state:
        return named
    home = os.environ.get("HOME") or os.environ.get("USERPROFILE")
    base = os.environ.get("XDG_STATE_HOME") or (home and Path(home, ".local", "state"))
    if not base:
        return None
    folder = Path(base, "hearing-verify")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    name = hashlib.sha256(given.key.strip().encode()).hexdigest()[:16]
    return str(folder / f"{name}.json") if os.access(folder, os.W_OK) else None


def _run(given: argparse.Namespace) -> Report:
    read: dict[str, Callable[[], Report]] = {
        "audit": lambda: audit_log(given.source, given.key, given.state, given.witness, given.processes),
        "proof": lambda: check_receipt(
            _read_file(given.file),
            given.key,
            _read_file(given.entry) if given.entry else None,
            given.witness,
            given.state,
            given.log,
        ),
        "consistency": lambda: check_consistency(
            _read_file(given.old), _read_file(given.new), given.key, given.log, given.witness, given.state
        ),
        "checkpoint": lambda: check_checkpoint(
            _read_file(given.file), given.key, given.witness, given.state, given.log
        ),
        "consent": lambda: check_consent(
            given.id,
            given.log,
            given.key,
            [_read_file(name) for name in given.opening],
            given.state,
            given.witness,
            given.processes,
        ),
        "poll": lambda: check_poll(
            given.id,
            given.log,
            given.key,
            _read_file(given.reveal, MAX_REVEAL_BYTES) if given.reveal else None,
            given.ballot,
            given.state,
            given.witness,
            given.processes,
        ),
        "case": lambda: check_case(given.folder, given.key, given.witness, given.state),
    }
    return read[given.command]()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; options that argparse refuses leave through SystemExit(2)."""
    for stream in (sys.stdout, sys.stderr):
        # A console without Chinese characters must still say whether the check passed.
        getattr(stream, "reconfigure", lambda **_: None)(errors="replace")
    given = _parser().parse_args(arguments)
    given.state = _memory_of(given)
    try:
        report = _run(given)
    except UsageError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(f"{report}\n")
    return report.exit_code


if __name__ == "__main__":
    sys.exit(main())

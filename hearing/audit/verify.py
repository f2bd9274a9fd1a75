"""Verify 核验: check a published trail, a receipt or two checkpoints, trusting nothing but a key that you already hold.

This file runs alone: copy it anywhere and start it with any Python from 3.9 on. It imports the standard library only
and nothing of `hearing`. Trees, notes, canonical bytes and Ed25519 are therefore written here a second time, on
purpose: whoever checks the trail must not need the programs of those who keep it, and a mistake in those programs
must not hide in the check.

    python verify.py audit URL|DIR --key VKEY [--state FILE]           check the whole trail, entry by entry
    python verify.py proof FILE --key VKEY [--entry FILE]              check that a receipt's entry is in the trail
    python verify.py consistency OLD NEW --key VKEY [--log URL|DIR]    check that the later one only adds to the other
    python verify.py checkpoint FILE --key VKEY                        check who signed a checkpoint

VKEY is the log's public key as it hangs on the notice board, `name+id+key`; never take it from the log itself. Each
command takes `--witness VKEY`, as often as wanted: then these witnesses must have cosigned the checkpoint too.

Exit codes: 0 checked and found true; 1 checked and found false, or something that the trail must show is missing;
2 wrong use of this program; 3 the trail could not be reached, so nothing is shown either way.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import http.client
import json
import os
import re
import struct
import sys
import time
import unicodedata
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, NoReturn, Protocol

WIDTH = 256
EMPTY_ROOT = hashlib.sha256(b"").digest()
MAX_NOTE_BYTES = 1_000_000
MAX_SIGNATURES = 100
MAX_TILE_BYTES = WIDTH * 32
MAX_BUNDLE_BYTES = WIDTH * (2 + 65_535)
MAX_ENTRY_BYTES = 8192

# Seconds: how long one read from the network may wait, and how long one file may take altogether.
PATIENCE = 20.0
DEADLINE = 120.0

PASSED, CHECKPOINT, ENTRIES, TILES = "passed", "checkpoint", "entries", "tiles"
HISTORY, RECEIPT, UNREACHABLE = "history", "receipt", "unreachable"


class UsageError(ValueError):
    """The program was called wrongly: a key, file or address that cannot be used. In Chinese and in English."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh}\n{en}")


@dataclass(frozen=True)
class Report:
    """What a check found, in Chinese and in English.

    `kind` names what is wrong, if anything: "passed"; "checkpoint" (malformed, or not signed as it must be); "entries";
    "tiles" (the entries are right, a hash file is not); "history" (the trail shrank or was rewritten); "receipt";
    "unreachable". `size` is the number of entries that the checkpoint speaks of, `entry` the index of the first bad
    entry (for a receipt that passed, of its entry), `file` the path of the file at fault; None where unknown.
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
    if not ed25519_verifies(key.public, signature, message):
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
            row = [node_hash(row[place], row[place + 1]) for place in range(0, len(row), 2)]
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
    with an entry whatever its hash, in Chinese and English.
    """

    leaves: list[bytes | None]
    claimed: list[bytes | None]
    faults: dict[int, tuple[str, str]]


def audit_log(
    source: str | Fetch, vkey: str, state: str | os.PathLike[str] | None = None, witnesses: Sequence[str] = ()
) -> Report:
    """Check a whole log: its checkpoint, every entry, every tile, and that it only grew since the last time.

    `source` is an http(s) address, a folder, or a Fetch. `vkey` is the log's public key; `witnesses` are vkeys that
    must have cosigned. `state` names a file that remembers the last good checkpoint of each log: the first one is
    trusted, and every later one must contain it; without a file nothing is compared. Whatever is wrong with the log
    is in the report. Raises UsageError for a key, source or state file that cannot be used.
    """
    keys = _parse_keys(vkey, witnesses)
    memory = _load(state)
    before = memory.get(keys[0].name)
    fetch = open_source(source) if isinstance(source, str) else source
    try:
        note = fetch("checkpoint", MAX_NOTE_BYTES)
        if note is None:
            raise Finding(Report(CHECKPOINT, "没有检查点文件。", "there is no checkpoint file.", file="checkpoint"))
        head = open_checkpoint(note, keys)
        _check_history(before, head)
        _examine(fetch, head, before)
    except Finding as finding:
        return finding.report
    _save(state, memory, head)
    if before:
        zh, en = (
            f"上次记住的 {before.size} 条原样都在。",
            f"The {before.size} entries remembered are all there, unchanged.",
        )
    elif state:
        zh, en = "已记住这个检查点，下次与它比较。", "This checkpoint is remembered for the next time."
    else:
        zh, en = "没有用 --state，所以没有与从前比较。", "Without --state nothing earlier was compared."
    return Report(
        PASSED,
        f"{shown(head.origin)} 的 {head.size} 条记录都与签名的检查点一致，没有发现改动。{zh}",
        f"all {head.size} entries of {shown(head.origin)} agree with the signed checkpoint; no change was found. {en}"
        + _witnessed(head),
        head.size,
    )


def _witnessed(head: Head) -> str:
    return "".join(f"\n见证 cosigned: {words}" for words in head.cosigned)


def _examine(fetch: Fetch, head: Head, before: Head | None) -> None:
    """Raise the Finding for the first thing wrong with the files under a checkpoint, if there is any.

    Where entries and tiles differ, the signed root decides which of them to believe.
    """
    copy = _download(fetch, head.size)
    leaves, claimed = _complete(copy.leaves, head.size), _complete(copy.claimed, head.size)
    suspects = sorted({*_differences(copy), *copy.faults})
    if leaves is not None and root_of(tile_levels(leaves)) == head.root:
        if copy.faults:
            raise _bad_entry(copy, min(copy.faults), head, "", "")
        if before and root_of(tile_levels(leaves[: before.size])) != before.root:
            raise _rewritten(before, head)
        _check_tiles(fetch, head, copy.claimed, tile_levels(leaves))
    elif claimed is not None and root_of(tile_levels(claimed)) == head.root:
        raise _bad_entry(copy, suspects[0], head, "它之前的记录没有问题。", " The entries before it are right.")
    elif suspects or leaves is None:
        zh, en = "哈希文件也与签名的检查点对不上。", " The hash files do not agree with the signed checkpoint either."
        raise _bad_entry(copy, suspects[0], head, zh, en)
    else:
        raise _changed_alike(fetch, head, tile_levels(leaves), before)


def _download(fetch: Fetch, size: int) -> Copy:
    """Read all entry bundles and level-0 tiles; stop where both are missing."""
    copy = Copy([], [], {})
    for index in range(-(-size // WIDTH)):
        first, width = index * WIDTH, min(WIDTH, size - index * WIDTH)
        _, bundle, count = _fetch_tile(fetch, "entries", index, size)
        entries, fault = _unbundle(bundle, count)
        entries = entries[:width]
        for number, entry in enumerate(entries, first):
            copy.leaves.append(leaf_hash(entry))
            form = _form_fault(entry)
            if form:
                copy.faults[number] = form
        # What follows the last entry counts against that entry; behind a full file's first entries it is not ours.
        if fault and (len(entries) < width or count == width):
            copy.faults.setdefault(first + min(len(entries), width - 1), fault)
        copy.leaves.extend([None] * (width - len(entries)))
        _, tile, count = _fetch_tile(fetch, 0, index, size)
        row: Sequence[bytes | None] | None = _hashes(tile, count)
        copy.claimed.extend(row[:width] if row else [None] * width)
        if bundle is None and tile is None:
            break
    return copy


def _unbundle(data: bytes | None, count: int) -> tuple[list[bytes], tuple[str, str] | None]:
    """The entries of a bundle as far as they can be read, and what is wrong with it."""
    if data is None:
        return [], ("它所在的文件缺失", "its file is missing")
    entries: list[bytes] = []
    place = 0
    while len(entries) < count:
        end = place + 2 + int.from_bytes(data[place : place + 2], "big")
        if len(data) < end:
            return entries, ("文件在这里中断，后面残缺", "its file is cut off here")
        entries.append(data[place + 2 : end])
        place = end
    if place != len(data):
        return entries, ("文件在它后面多出了字节", "bytes that do not belong there follow it")
    return entries, None


def _form_fault(entry: bytes) -> tuple[str, str] | None:
    """What is wrong with the form of an entry: canonical JSON in a narrow sense, at most 8192 bytes."""
    try:
        value = json.loads(entry.decode())
        again = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        canonical = again == entry and isinstance(value, dict) and _is_plain(value)
    except (ValueError, RecursionError):
        canonical = False
    if canonical and len(entry) <= MAX_ENTRY_BYTES:
        return None
    return "写法不合规范", "it is not in canonical form"


def _is_plain(value: Any) -> bool:
    """Whether JSON holds only ASCII keys, NFC text, integers below 2**53, true, false, null, lists and objects."""
    if isinstance(value, dict):
        return all(key.isascii() and _is_plain(item) for key, item in value.items())
    if isinstance(value, list):
        return all(_is_plain(item) for item in value)
    if isinstance(value, str):
        return unicodedata.is_normalized("NFC", value)
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
                zh = f"哈希文件 {path} 缺失或被改动过。记录本身没有问题，与签名的检查点一致。"
                en = f"the hash file {path} is missing or was altered. The entries agree with the signed checkpoint."
                raise Finding(Report(TILES, zh, en, head.size, file=path))


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
    if before and root_of(tile_levels(levels[0][: before.size])) == before.root:
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
        zh = f"日志变短了：上次有 {before.size} 条记录，现在只有 {head.size} 条。上次的检查点留在状态文件里，它是证据。"
        en = (
            f"the log shrank: it had {before.size} entries and now has {head.size}. The state file keeps the earlier "
            "checkpoint: it is evidence."
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


def check_receipt(data: bytes, vkey: str, entry: bytes | None = None, witnesses: Sequence[str] = ()) -> Report:
    """Check a `.tlog-proof` file: that `entry`, or the entry in its extra line, is in the signed log.

    Raises UsageError for a key that cannot be used, or when there is no entry to look for.
    """
    keys = _parse_keys(vkey, witnesses)
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
    except Finding as finding:
        return finding.report
    return Report(
        PASSED,
        f"这条记录是 {shown(head.origin)} 的第 {index} 号（从 0 起），列在签名的 {head.size} 条之中。",
        f"this is entry {index}, counting from 0, of the {head.size} that {shown(head.origin)} signed."
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
    first: bytes, second: bytes, vkey: str, source: str | Fetch | None = None, witnesses: Sequence[str] = ()
) -> Report:
    """Check that of two checkpoints of a log, in any order, the larger only adds to the smaller.

    The hashes between them come from `source`, the log itself; they need no trust, for they must lead to both signed
    roots. Raises UsageError for a key or source that cannot be used, or when a source is needed and none is given.
    """
    keys = _parse_keys(vkey, witnesses)
    fetch = open_source(source) if isinstance(source, str) else source
    try:
        heads = [open_checkpoint(first, keys, "OLD"), open_checkpoint(second, keys, "NEW")]
        old, new = sorted(heads, key=lambda head: head.size)
        _check_history(old, new)
        # Every log grows from the empty one, and equal sizes have just been compared.
        if 0 < old.size < new.size:
            _check_growth(fetch, old, new)
    except Finding as finding:
        return finding.report
    return Report(
        PASSED,
        f"{shown(new.origin)} 从 {old.size} 条到 {new.size} 条只有增加，从前的记录没有改动。",
        f"from {old.size} to {new.size} entries {shown(new.origin)} only grew; no earlier entry was changed.",
        new.size,
    )


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


def check_checkpoint(data: bytes, vkey: str, witnesses: Sequence[str] = ()) -> Report:
    """Check the signatures of a checkpoint. Raises UsageError for a key that cannot be used."""
    try:
        head = open_checkpoint(data, _parse_keys(vkey, witnesses))
    except Finding as finding:
        return finding.report
    return Report(
        PASSED,
        f"{shown(head.origin)} 签名的检查点，共 {head.size} 条记录。只核对了签名，没有核对记录。",
        f"a checkpoint of {head.size} entries signed by {shown(head.origin)}. Only the signature was checked, not the "
        f"entries.{_witnessed(head)}",
        head.size,
    )


# ---- The command line.


def _read_file(name: str) -> bytes:
    try:
        with Path(name).open("rb") as stream:
            return stream.read(MAX_NOTE_BYTES + 1)
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
    audit.add_argument("--state", metavar="FILE", help="记住检查点，下次比较 remember the checkpoint for the next time")
    proof = commands.add_parser("proof", help="核验收据 check a receipt")
    proof.add_argument("file", metavar="FILE")
    proof.add_argument("--entry", metavar="FILE", help="记录的原始字节 the entry's exact bytes")
    consistency = commands.add_parser("consistency", help="比较两个检查点 compare two checkpoints")
    consistency.add_argument("old", metavar="OLD")
    consistency.add_argument("new", metavar="NEW")
    consistency.add_argument("--log", metavar="URL|DIR", help="日志的网址或文件夹 the log's address or folder")
    checkpoint = commands.add_parser("checkpoint", help="核验检查点的签名 check a checkpoint's signatures")
    checkpoint.add_argument("file", metavar="FILE")
    for command in (audit, proof, consistency, checkpoint):
        command.add_argument("--key", required=True, metavar="VKEY", help="日志公钥 the log's public key")
        command.add_argument(
            "--witness", action="append", default=[], metavar="VKEY", help="见证人公钥 a witness's key"
        )
    return parser


def _run(given: argparse.Namespace) -> Report:
    if given.command == "audit":
        return audit_log(given.source, given.key, given.state, given.witness)
    if given.command == "proof":
        entry = _read_file(given.entry) if given.entry else None
        return check_receipt(_read_file(given.file), given.key, entry, given.witness)
    if given.command == "consistency":
        return check_consistency(_read_file(given.old), _read_file(given.new), given.key, given.log, given.witness)
    return check_checkpoint(_read_file(given.file), given.key, given.witness)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; options that argparse refuses leave through SystemExit(2)."""
    for stream in (sys.stdout, sys.stderr):
        # A console without Chinese characters must still say whether the check passed.
        getattr(stream, "reconfigure", lambda **_: None)(errors="replace")
    given = _parser().parse_args(arguments)
    try:
        report = _run(given)
    except UsageError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(f"{report}\n")
    return report.exit_code


if __name__ == "__main__":
    sys.exit(main())

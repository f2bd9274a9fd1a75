"""The verifier: passes what is whole, finds every change, names it; and does so alone, without the product."""

from __future__ import annotations

import ast
import functools
import hashlib
import http.server
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import threading
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from hearing.audit import canonical, tiles, tree, verify
from hearing.audit.note import Checkpoint, Note, SignatureType, SigningKey
from hearing.audit.proof import ProofFile
from hearing.audit.verify import Report, UsageError, audit_log
from tests.audit.logs import LOG, OTHER, WITNESS, Log, entry, lay_out, log_of, served
from tests.audit.said import collection, log_with

VKEY, WITNESS_VKEY = str(LOG.verify_key), str(WITNESS.verify_key)
Files = dict[str, bytes]
BUNDLE, TILE = "tile/entries/000.p/200", "tile/0/000.p/200"


@pytest.fixture(scope="module")
def log200() -> Log:
    return log_of(200)


@pytest.fixture(scope="module")
def log600() -> Log:
    return log_of(600)


@pytest.fixture
def remembered_signatures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Check the same signature over the same bytes once only, where thousands of audits share one checkpoint."""
    monkeypatch.setattr(verify, "ed25519_verifies", functools.cache(verify.ed25519_verifies))


def audit(files: Files, *, state: Path | None = None) -> Report:
    return audit_log(served(files), VKEY, state)


def bundle_of(entries: Sequence[bytes]) -> bytes:
    return b"".join(len(each).to_bytes(2, "big") + each for each in entries)


def bent(data: bytes, place: int, mask: int = 1) -> bytes:
    return data[:place] + bytes([data[place] ^ mask]) + data[place + 1 :]


# ---- A whole log


@pytest.mark.parametrize("size", [0, 1, 2, 20, 255, 256, 257, 600])
def test_a_whole_log_passes(size: int, log600: Log) -> None:
    report = audit(Log.of(log600.entries[:size]).files())
    assert (report.kind, report.size, report.exit_code) == ("passed", size, 0)
    assert f"{size} 条记录都与签名的检查点一致" in str(report)
    assert f"all {size} entries" in str(report)


@pytest.mark.parametrize("size", [65535, 65537])
def test_a_long_log_passes(size: int) -> None:
    log = Log.of(canonical.encode({"n": number}) for number in range(size))
    files = log.files()
    assert audit(files).ok
    files["tile/2/000.p/1" if size > 65536 else "tile/1/000.p/255"] = bytes(32)
    assert audit(files).kind == "tiles"


def test_a_log_that_grew_meanwhile_passes_by_its_full_files(log600: Log) -> None:
    """Between reading the checkpoint and the rest, partial files may go whose full file has come."""
    full = {path: data for path, data in log600.files().items() if ".p/" not in path}
    for size in (200, 400):
        now = Log.of(log600.entries[:size]).files()
        files = full | {path: data for path, data in now.items() if path in ("checkpoint", "tile/1/000.p/1")}
        assert audit(files).ok
    files = full | {"checkpoint": log600.checkpoint(200)}
    # What comes after the 200 entries is none of this checkpoint's business.
    files["tile/entries/000"] = files["tile/entries/000"][:-10]
    assert audit(files).ok


def test_several_processes_find_what_one_finds(log600: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "MANY_ENTRIES", 1)
    monkeypatch.setattr(verify, "READ_AHEAD", 1)
    folder = lay_out(log600.files(), tmp_path)
    assert audit_log(str(folder), VKEY, processes=2).ok
    path = folder / "tile/entries/001"
    changed = [*log600.entries[256:300], entry(999), *log600.entries[301:512]]
    for data in (bundle_of(changed), path.read_bytes()[:-1], path.read_bytes() + b"x"):
        path.write_bytes(data)
        one, two = audit_log(str(folder), VKEY), audit_log(str(folder), VKEY, processes=2)
        assert one == two
        assert not one.ok
    path.unlink()
    (folder / "tile/0/001").unlink()
    assert audit_log(str(folder), VKEY) == audit_log(str(folder), VKEY, processes=2)


# ---- Every byte


@pytest.mark.usefixtures("remembered_signatures")
def test_every_byte_of_every_file_counts() -> None:
    log = log_of(20)
    files = log.files()
    where = {offset: number for number, start in enumerate(starts(log.entries)) for offset in start}
    kinds = {"checkpoint": "checkpoint", "tile/entries/000.p/20": "entries", "tile/0/000.p/20": "tiles"}
    assert set(kinds) == set(files)
    for path, data in files.items():
        for place in range(len(data)):
            report = audit(files | {path: bent(data, place)})
            assert report.kind == kinds[path], (path, place, str(report))
            assert report.file == path
            if kinds[path] == "entries":
                assert report.entry == where[place], (place, str(report))
                assert f"第 {where[place]} 号记录" in str(report)
                assert f"entry {where[place]} is bad" in str(report)


def starts(entries: Sequence[bytes]) -> Iterator[range]:
    """Where each entry lies in its bundle, its length included."""
    place = 0
    for each in entries:
        yield range(place, place + 2 + len(each))
        place += 2 + len(each)


@pytest.mark.usefixtures("remembered_signatures")
def test_sampled_bytes_of_a_longer_log_count(log600: Log) -> None:
    files = log600.files()
    where = [
        {
            offset: first + number
            for number, start in enumerate(starts(log600.entries[first : first + 256]))
            for offset in start
        }
        for first in (0, 256, 512)
    ]
    chance = random.Random(600)
    for path, data in files.items():
        for place in {0, len(data) - 1, *chance.sample(range(len(data)), min(20, len(data)))}:
            report = audit(files | {path: bent(data, place, 1 << chance.randrange(8))})
            if "entries" in path:
                tile = tiles.Tile.parse(path)
                assert (report.kind, report.entry) == ("entries", where[tile.index][place]), (path, place, str(report))
            else:
                assert report.kind == ("checkpoint" if path == "checkpoint" else "tiles"), (path, place, str(report))
            assert report.file == path


@pytest.mark.parametrize("cut", [1, 2, 31, 32, 150])
def test_cut_and_lengthened_files_are_found(cut: int, log200: Log) -> None:
    files = log200.files()
    for path, data in files.items():
        for other in (data[:-cut], data[cut:], data + bytes(cut), data + data[-cut:], b""):
            report = audit(files | {path: other})
            assert not report.ok, (path, cut)
            assert report.file == path
            assert report.kind == ("checkpoint" if path == "checkpoint" else "entries" if path == BUNDLE else "tiles")


def test_every_missing_file_is_found(log600: Log) -> None:
    files = log600.files()
    found = {path: audit({other: data for other, data in files.items() if other != path}) for path in files}
    assert {path: (report.kind, report.entry, report.file) for path, report in found.items()} == {
        "tile/entries/000": ("entries", 0, "tile/entries/000"),
        "tile/entries/001": ("entries", 256, "tile/entries/001"),
        "tile/entries/002.p/88": ("entries", 512, "tile/entries/002.p/88"),
        "tile/0/000": ("tiles", None, "tile/0/000"),
        "tile/0/001": ("tiles", None, "tile/0/001"),
        "tile/0/002.p/88": ("tiles", None, "tile/0/002.p/88"),
        "tile/1/000.p/2": ("tiles", None, "tile/1/000.p/2"),
        "checkpoint": ("checkpoint", None, "checkpoint"),
    }


# ---- What somebody would do to the entries

Change = Callable[[list[bytes]], list[bytes]]


@pytest.mark.parametrize(
    ("change", "first"),
    [
        (lambda entries: entries[:17] + entries[18:], 17),
        (lambda entries: entries[1:], 0),
        (lambda entries: entries[:-1], 199),
        (lambda entries: [*entries[:40], entries[90], *entries[41:90], entries[40], *entries[91:]], 40),
        (lambda entries: [*entries[:60], entries[59], *entries[60:]], 60),
        (lambda entries: [*entries[:60], entries[59], *entries[61:]], 60),
        (lambda entries: [*entries, entries[-1]], 199),
        (lambda entries: [*entries[:3], entry(999), *entries[3:]], 3),
        (lambda entries: [*entries[:123], b"", *entries[124:]], 123),
        (lambda entries: [*entries[:123], b" " + entries[123], *entries[124:]], 123),
        (lambda entries: entries[::-1], 0),
    ],
    ids=[
        "delete",
        "delete first",
        "drop last",
        "swap",
        "insert copy",
        "duplicate",
        "append",
        "insert",
        "empty",
        "space",
        "turn",
    ],
)
def test_what_is_done_to_entries_is_named(change: Change, first: int, log200: Log) -> None:
    files = log200.files()
    report = audit(files | {BUNDLE: bundle_of(change(log200.entries))})
    assert ("its content is not what was signed" in str(report)) is (first != 199)
    assert (report.kind, report.entry, report.file) == ("entries", first, BUNDLE)


def test_entries_and_tiles_changed_alike_do_not_fit_the_checkpoint(log200: Log, log600: Log, tmp_path: Path) -> None:
    """Whoever rewrites all files but has not the key: the checkpoint stands against it."""
    changed = [*log200.entries[:150], entry(999), *log200.entries[151:]]
    forged = Log.of(changed).files() | {"checkpoint": log200.checkpoint()}
    report = audit(forged)
    assert (report.kind, report.entry) == ("entries", 0)
    assert "第 0 号到第 199 号之间" in str(report)
    # A checkpoint remembered from before narrows it down, from either side.
    for size, expected in [(100, (100, 199)), (160, (0, 199))]:
        state = tmp_path / f"state-{size}"
        assert audit(Log.of(log200.entries[:size]).files(), state=state).ok
        report = audit(forged, state=state)
        assert f"from entry {expected[0]} to entry {expected[1]}" in str(report)
    # So does a higher tile that was forgotten.
    changed = [*log600.entries[:300], entry(999), *log600.entries[301:]]
    forged = Log.of(changed).files() | {name: log600.files()[name] for name in ("checkpoint", "tile/1/000.p/2")}
    report = audit(forged)
    assert (report.kind, report.entry, report.file) == ("entries", 256, "tile/entries/001")
    assert "from entry 256 to entry 511" in str(report)


def test_entries_and_tiles_damaged_in_different_places_name_the_first(log200: Log) -> None:
    files = log200.files()
    changed = bundle_of([*log200.entries[:150], entry(999), *log200.entries[151:]])
    for place, first in [(20, 20), (180, 150)]:
        report = audit(files | {BUNDLE: changed, TILE: bent(files[TILE], 32 * place)})
        assert (report.kind, report.entry) == ("entries", first)
        assert "哈希文件也" in str(report)
    report = audit(files | {BUNDLE: changed, TILE: files[TILE][:-1]})
    assert report.kind == "entries"
    del files[TILE]
    report = audit(files | {BUNDLE: changed})
    assert (report.kind, "from entry 0 to entry 199" in str(report)) == ("entries", True)
    del files[BUNDLE]
    report = audit(files)
    assert (report.kind, report.entry, "its file is missing" in str(report)) == ("entries", 0, True)


@pytest.mark.parametrize(
    "odd",
    [
        b"text",
        b"[]",
        b'{"a": 1}',
        b'{"b":1,"a":1}',
        b'{"a":1,"a":1}',
        b'{"a":1.5}',
        b'{"a":[1,[1.5]]}',
        b'{"a":9007199254740992}',
        b'{"a":"\\u0041"}',
        b'{"a":"\\ud800"}',
        '{"a":"e\u0301"}'.encode(),
        '{"é":1}'.encode(),
        b'{"a":"\xff"}',
        b'{"a":"' + b"x" * 8192 + b'"}',
        b'{"a":' * 3000 + b"1" + b"}" * 3000,
        b'{"a":' * 700 + b"1" + b"}" * 700,
    ],
)
def test_an_entry_that_the_log_signed_in_another_form_is_named(odd: bytes) -> None:
    log = Log.of([entry(0), entry(1), odd, entry(3)])
    report = audit(log.files())
    assert (report.kind, report.entry) == ("entries", 2)
    assert "写法不合规范" in str(report)


@given(
    st.dictionaries(
        st.text(st.characters(max_codepoint=127), max_size=5), st.integers() | st.text(max_size=5), max_size=3
    ),
    st.booleans(),
)
def test_it_accepts_what_the_product_writes_and_nothing_else(value: dict[str, int | str], escaped: bool) -> None:
    spelt = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=escaped).encode()
    audits = audit(Log.of([spelt]).files()).ok
    # Characters that Unicode may yet assign bind writers only: a reader's verdict must not depend on its age.
    assert audits == is_canonical(spelt) or (audits and has_unassigned(spelt))


def is_canonical(data: bytes) -> bool:
    try:
        canonical.parse(data)
    except canonical.CanonicalError:
        return False
    return True


def has_unassigned(data: bytes) -> bool:
    return any(unicodedata.category(char) == "Cn" for char in data.decode())


# ---- The checkpoint


def test_another_key_signed_it(log200: Log) -> None:
    files = log200.files()
    report = audit(files | {"checkpoint": log200.checkpoint(key=OTHER)})
    assert (report.kind, report.exit_code) == ("checkpoint", 1)
    assert "没有 hearing.example/jw01 的签名" in str(report)


def test_another_log_of_the_same_key_is_refused(log200: Log) -> None:
    text = Checkpoint("hearing.example/jw02", 200, tree.root(200, log200.read)).text
    report = audit(log200.files() | {"checkpoint": Note(text, (LOG.sign(text),)).encode()})
    assert report.kind == "checkpoint"
    assert "hearing.example/jw02" in str(report)


def test_what_is_signed_must_be_a_checkpoint(log200: Log) -> None:
    good = Checkpoint("hearing.example/jw01", 200, tree.root(200, log200.read)).text
    for text in (good + "more\n", good.replace("\n200\n", "\n0200\n"), good.replace("=\n", "\n"), "hello\n"):
        report = audit(log200.files() | {"checkpoint": Note(text, (LOG.sign(text),)).encode()})
        assert (report.kind, "不是检查点" in str(report)) == ("checkpoint", True)


@pytest.mark.usefixtures("remembered_signatures")
def test_witnesses_that_are_asked_for_must_have_signed(log200: Log) -> None:
    files = log200.files()
    report = audit_log(served(files), VKEY, witnesses=[WITNESS_VKEY])
    assert (report.kind, "没有 witness.example/w1 的签名" in str(report)) == ("checkpoint", True)
    witnessed = files | {"checkpoint": log200.checkpoint(witnesses=[WITNESS])}
    report = audit_log(served(witnessed), VKEY, witnesses=[WITNESS_VKEY])
    assert report.ok
    assert "witness.example/w1 2026-09-21T14:13:20Z" in str(report)
    assert audit(witnessed).ok
    text = Checkpoint("hearing.example/jw01", 200, tree.root(200, log200.read)).text
    far = Note(text, (LOG.sign(text), WITNESS.cosign(text, 2**63 - 1))).encode()
    assert "9223372036854775807 s" in str(verify.check_checkpoint(far, VKEY, [WITNESS_VKEY]))
    # Each of its bytes is under a signature now.
    note = witnessed["checkpoint"]
    for place in range(len(note)):
        report = audit_log(served(files | {"checkpoint": bent(note, place)}), VKEY, witnesses=[WITNESS_VKEY])
        assert report.kind == "checkpoint"


def test_lines_of_strangers_are_harmless_if_well_formed_and_few(log200: Log) -> None:
    note = log200.checkpoint()
    text, _, line = note.decode().partition("\n\n")
    assert verify.check_checkpoint(f"{text}\n\n{line * 16}".encode(), VKEY).ok
    assert not verify.check_checkpoint(f"{text}\n\n{line * 101}".encode(), VKEY).ok
    assert verify.check_checkpoint(note + "— somebody AAAAAAA=\n".encode(), VKEY).ok
    assert not verify.check_checkpoint(note + "— some\udcffbody AAAAAAA=\n".encode(errors="surrogateescape"), VKEY).ok
    assert not verify.check_checkpoint(b"x" * 1_000_001 + note, VKEY).ok


# ---- What is remembered


def test_a_log_that_only_grows_passes_every_time(log600: Log, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    for size, words in [
        (0, "已记住"),
        (100, "上次记住的 0 条"),
        (100, "上次记住的 100 条"),
        (600, "上次记住的 100 条"),
    ]:
        report = audit(Log.of(log600.entries[:size]).files(), state=state)
        assert report.ok
        assert words in report.zh
    # The whole signed note is kept: it is the evidence if the log should ever deny it.
    assert json.loads(state.read_text()) == {"hearing.example/jw01": log600.checkpoint().decode()}


def test_a_shorter_log_is_refused(log200: Log, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    assert audit(log200.files(), state=state).ok
    kept = state.read_bytes()
    report = audit(Log.of(log200.entries[:199]).files(), state=state)
    assert (report.kind, report.exit_code) == ("history", 1)
    assert "上次有 200 条记录，现在只有 199 条" in str(report)
    assert state.read_bytes() == kept


@pytest.mark.parametrize("size", [200, 201, 256, 300])
def test_a_history_that_was_rewritten_and_signed_again_is_refused(size: int, log600: Log, tmp_path: Path) -> None:
    """Whoever has the key too can make a log that is whole in itself; only what was seen before tells."""
    state = tmp_path / "state.json"
    assert audit(Log.of(log600.entries[:200]).files(), state=state).ok
    kept = state.read_bytes()
    forged = Log.of([*log600.entries[:150], entry(999), *log600.entries[151:size]])
    assert audit(forged.files()).ok
    report = audit(forged.files(), state=state)
    assert report.kind == "history"
    assert "前 200 条记录与从前签过名的不同" in str(report)
    assert state.read_bytes() == kept


def test_logs_are_remembered_apart_and_survive_a_new_key(log200: Log, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    elsewhere = SigningKey("hearing.example/jw02", SignatureType.ED25519, bytes(range(32)))
    assert audit(log200.files(), state=state).ok
    second = {**log_of(5).files(), "checkpoint": log_of(5).checkpoint(key=elsewhere)}
    assert audit_log(served(second), str(elsewhere.verify_key), state).ok
    assert set(json.loads(state.read_text())) == {"hearing.example/jw01", "hearing.example/jw02"}
    # A log that changed its key must still continue what the old key signed.
    renewed = {**log_of(5).files(), "checkpoint": log_of(5).checkpoint(key=OTHER)}
    assert audit_log(served(renewed), str(OTHER.verify_key), state).kind == "history"


@pytest.mark.parametrize("content", ["", "no json", "[]", "1", '{"a": 1}', '{"a": "text"}', '{"a": {}}', "\udcff"])
def test_a_damaged_state_is_not_forgiven(content: str, log200: Log, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    state.write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(UsageError, match="读不懂"):
        audit(log200.files(), state=state)
    assert state.read_bytes() == content.encode("utf-8", "surrogateescape")


def test_a_state_that_cannot_be_kept_is_said(log200: Log, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="没有存放"):
        audit(log200.files(), state=tmp_path / "missing" / "state.json")
    (tmp_path / "state.json.new").mkdir()
    with pytest.raises(UsageError, match="存不下来"):
        audit(log200.files(), state=tmp_path / "state.json")


# ---- Receipts


def receipt(log: Log, index: int, *, carry: bool = True) -> bytes:
    hashes = tuple(tree.inclusion_proof(index, log.size, log.read))
    return ProofFile(index, hashes, log.checkpoint(witnesses=[WITNESS]), log.entries[index] if carry else b"").encode()


def test_receipts_of_every_entry_pass() -> None:
    for size in (1, 2, 3, 20):
        log = log_of(size)
        for index in range(size):
            report = verify.check_receipt(receipt(log, index), VKEY, witnesses=[WITNESS_VKEY])
            assert (report.kind, report.size, report.entry) == ("passed", size, index)
            assert log.entries[index].decode() in str(report)
            bare = receipt(log, index, carry=False)
            assert verify.check_receipt(bare, VKEY, log.entries[index]).ok
            assert verify.check_receipt(bare, VKEY, entry(999)).kind == "receipt"
            assert verify.check_receipt(receipt(log, index), VKEY, entry(999)).kind == "receipt"


@pytest.mark.usefixtures("remembered_signatures")
def test_every_byte_of_a_receipt_counts() -> None:
    data = receipt(log_of(20), 13)
    for place in range(len(data)):
        report = verify.check_receipt(bent(data, place), VKEY, witnesses=[WITNESS_VKEY])
        assert report.kind in {"receipt", "checkpoint"}, place


@pytest.mark.parametrize("place", ["index 13", "index 14", "index 20", "index 9999999999999999999"])
def test_a_receipt_holds_for_its_own_place(place: str) -> None:
    data = receipt(log_of(20), 13).replace(b"index 13", place.encode())
    assert verify.check_receipt(data, VKEY).ok is (place == "index 13")


def test_a_receipt_without_entry_proves_nothing(log200: Log) -> None:
    with pytest.raises(UsageError, match="--entry"):
        verify.check_receipt(receipt(log200, 5, carry=False), VKEY)


def test_the_path_of_a_receipt_is_not_shortened_or_lengthened(log200: Log) -> None:
    data = receipt(log200, 5)
    lines = data.split(b"\n")
    for changed in ([*lines[:3], *lines[4:]], [*lines[:3], lines[3], *lines[3:]], [*lines[:10], lines[9], *lines[10:]]):
        assert verify.check_receipt(b"\n".join(changed), VKEY).kind == "receipt"


def test_a_log_that_signs_nonsense_makes_no_receipt() -> None:
    """Roots that a dishonest log could sign so that a careless check would accept a path of another length."""
    leaf, step = tree.leaf_hash(entry(0)), bytes(32)
    odd = step + b"\0"
    for index, size, root, path in [
        (0, 2, leaf, []),
        (1, 1, leaf, []),
        (0, 1, tree.node_hash(step, leaf), [step]),
        (0, 2, hashlib.sha256(b"\x01" + leaf + odd).digest(), [odd]),
    ]:
        text = Checkpoint("hearing.example/jw01", size, root).text
        data = ProofFile(index, tuple(path), Note(text, (LOG.sign(text),)).encode(), entry(0)).encode()
        assert verify.check_receipt(data, VKEY).kind == "receipt"
    text = Checkpoint("hearing.example/jw01", 2, tree.node_hash(leaf, step)).text
    data = ProofFile(0, (step,), Note(text, (LOG.sign(text),)).encode(), entry(0)).encode()
    assert verify.check_receipt(data, VKEY).ok


def test_foreign_text_cannot_pose_as_ours() -> None:
    assert verify.shown("a\x1b[2J\u202e\u0085b\n通过") == "a\\u001b[2J\\u202e\\u0085b\\u000a通过"
    log = Log.of([canonical.encode({"a": "\u202e\u009b"})])
    report = verify.check_receipt(receipt(log, 0), VKEY)
    assert str(report).endswith('{"a":"\\u202e\\u009b"}')


# ---- Two checkpoints


@pytest.mark.parametrize(
    ("old", "new"), [(1, 600), (255, 256), (256, 257), (256, 600), (300, 511), (512, 600), (599, 600)]
)
def test_growth_between_two_checkpoints_is_shown(old: int, new: int, log600: Log) -> None:
    files = Log.of(log600.entries[:new]).files()
    notes = log600.checkpoint(old), log600.checkpoint(new)
    for first, second in (notes, notes[::-1]):
        report = verify.check_consistency(first, second, VKEY, served(files))
        assert (report.kind, report.size) == ("passed", new)
        assert f"从 {old} 条到 {new} 条只有增加" in str(report)


def test_growth_is_read_from_few_files(log600: Log) -> None:
    files = log600.files()
    asked: list[str] = []

    def fetch(path: str, limit: int) -> bytes | None:
        asked.append(path)
        return served(files)(path, limit)

    assert verify.check_consistency(log600.checkpoint(512), log600.checkpoint(600), VKEY, fetch).ok
    assert sorted(asked) == ["tile/0/002.p/88", "tile/1/000.p/2"]


def test_a_fork_between_two_checkpoints_is_shown(log600: Log) -> None:
    forged = Log.of([*log600.entries[:150], entry(999), *log600.entries[151:]])
    for source in (log600, forged):
        report = verify.check_consistency(forged.checkpoint(200), log600.checkpoint(), VKEY, served(source.files()))
        assert report.kind == ("history" if source is log600 else "tiles")
    same = verify.check_consistency(forged.checkpoint(), log600.checkpoint(), VKEY)
    assert (same.kind, "历史被改写" in str(same)) == ("history", True)


def test_two_checkpoints_that_need_no_log(log200: Log) -> None:
    whole, empty = log200.checkpoint(), log200.checkpoint(0)
    assert verify.check_consistency(whole, whole, VKEY).ok
    assert verify.check_consistency(empty, whole, VKEY).ok
    with pytest.raises(UsageError, match="--log"):
        verify.check_consistency(log200.checkpoint(7), whole, VKEY)
    assert verify.check_consistency(bent(whole, 30), whole, VKEY).kind == "checkpoint"


def test_bad_tiles_between_two_checkpoints_are_named(log600: Log) -> None:
    files = log600.files()
    notes = log600.checkpoint(300), log600.checkpoint(600)
    del files["tile/0/002.p/88"]
    report = verify.check_consistency(*notes, VKEY, served(files))
    assert (report.kind, report.file) == ("tiles", "tile/0/002.p/88")
    files = log600.files()
    for path in ("tile/0/001", "tile/1/000.p/2"):
        # 300 = 256 + 44: the first hash of tile level 1 and the first 44 of the second leaf tile are what is compared.
        assert not verify.check_consistency(*notes, VKEY, served(files | {path: bent(files[path], 3)})).ok


# ---- Ed25519


@pytest.mark.parametrize(
    ("public", "message", "signature"),
    [
        (
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            (
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
                "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
            ),
        ),
        (
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            (
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
            ),
        ),
        (
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            (
                "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
                "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
            ),
        ),
    ],
)
def test_ed25519_of_rfc_8032(public: str, message: str, signature: str) -> None:
    key, text, sign = bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature)
    assert verify.ed25519_verifies(key, sign, text)
    assert not verify.ed25519_verifies(key, sign, text + b"\0")
    for place in range(64):
        assert not verify.ed25519_verifies(key, bent(sign, place), text)


@settings(max_examples=40)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=40), st.data())
def test_ed25519_agrees_with_cryptography(seed: bytes, message: bytes, data: st.DataObject) -> None:
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = private.public_key().public_bytes_raw(), private.sign(message)
    assert verify.ed25519_verifies(public, signature, message)
    place, mask = data.draw(st.integers(0, 95)), data.draw(st.integers(1, 255))
    both = bent(public + signature, place, mask)
    assert verify.ed25519_verifies(both[:32], both[32:], message) == theirs(both[:32], both[32:], message)
    noise = data.draw(st.binary(max_size=70))
    assert verify.ed25519_verifies(public, noise, message) == theirs(public, noise, message)


def theirs(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def test_ed25519_refuses_a_second_spelling() -> None:
    """Adding the group's order to the scalar gives another signature for the same text, which must not pass."""
    order = 2**252 + 27742317777372353535851937790883648493
    signature = LOG.sign("text\n").blob
    public = LOG.verify_key.public
    assert verify.ed25519_verifies(public, signature, b"text\n")
    scalar = int.from_bytes(signature[32:], "little")
    assert not verify.ed25519_verifies(public, signature[:32] + (scalar + order).to_bytes(32, "little"), b"text\n")
    for length in (0, 31, 33):
        assert not verify.ed25519_verifies(public[:length].ljust(length, b"\0"), signature, b"text\n")
    for length in (0, 63, 65):
        assert not verify.ed25519_verifies(public, signature[:length].ljust(length, b"\0"), b"text\n")
    # Under the neutral element as key this signature fits every text, so that only the key's spelling decides:
    # y not below the prime, and x = 0 with its sign set, are refused; y = 2 is not on the curve.
    universal = bytes.fromhex("58" + "66" * 31) + (1).to_bytes(32, "little")
    assert verify.ed25519_verifies((1).to_bytes(32, "little"), universal, b"text\n")
    for odd in (2**255 - 18, 1 | 1 << 255, 2):
        assert not verify.ed25519_verifies(odd.to_bytes(32, "little"), universal, b"text\n")


# ---- Keys and sources


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "x",
        WITNESS_VKEY,
        VKEY[:-1],
        VKEY[:-4],
        VKEY.replace("c3a4", "c3a5"),
        VKEY.replace("jw01", "jw02"),
        VKEY.replace("+", " "),
    ],
)
def test_a_key_that_was_copied_wrongly_is_said(vkey: str, log200: Log) -> None:
    checks: list[Callable[[], Report]] = [
        lambda: audit_log(served(log200.files()), vkey),
        lambda: verify.check_checkpoint(log200.checkpoint(), vkey),
        lambda: verify.check_receipt(receipt(log200, 0), vkey),
        lambda: verify.check_consistency(log200.checkpoint(), log200.checkpoint(), vkey),
    ]
    for check in checks:
        with pytest.raises(UsageError, match="公钥"):
            check()


def test_a_log_key_is_no_witness_key(log200: Log) -> None:
    with pytest.raises(UsageError, match="公钥"):
        audit_log(served(log200.files()), VKEY, witnesses=[VKEY])


def test_a_key_pasted_with_its_line_end_works(log200: Log) -> None:
    assert audit_log(served(log200.files()), f" {VKEY}\n").ok


@pytest.mark.parametrize(
    "source", ["no/such/folder", "file:///tmp", "ftp://host/log", "http://", "https:///log", __file__]
)
def test_what_is_no_source(source: str) -> None:
    with pytest.raises(UsageError, match="既不是"):
        audit_log(source, VKEY)


def test_a_log_is_checked_in_a_folder(log200: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = lay_out(log200.files(), tmp_path)
    assert audit_log(str(folder), VKEY).ok
    (folder / TILE).unlink()
    assert audit_log(str(folder), VKEY).file == TILE
    (folder / TILE).mkdir()
    assert audit_log(str(folder), VKEY).file == TILE

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    report = audit_log(str(folder), VKEY)
    assert (report.kind, "Permission denied" in str(report)) == ("unreachable", True)


@given(st.integers(0, 2**62), st.integers(1, 256))
def test_it_finds_files_where_the_product_puts_them(index: int, width: int) -> None:
    assert verify.tile_path(3, index, width) == tiles.Tile(3, index, width).path
    assert verify.tile_path("entries", index, width) == tiles.Tile(tiles.ENTRIES, index, width).path


# ---- Over the network


class Site(http.server.SimpleHTTPRequestHandler):
    """Serves a folder, and misbehaves on demand."""

    trouble = ""

    def do_GET(self) -> None:
        if self.trouble == "500":
            self.send_error(500)
        elif self.trouble == "gzip":
            self.send_response(200)
            self.send_header("Content-Encoding", "gzip")
            self.end_headers()
        elif self.trouble == "short":
            self.send_response(200)
            self.send_header("Content-Length", "100")
            self.end_headers()
            self.wfile.write(b"x" * 50)
        elif self.trouble == "endless":
            self.send_response(200)
            self.end_headers()
            self.pour()
        elif self.trouble == "away":
            self.send_response(302)
            self.send_header("Location", "file:///etc/hostname")
            self.end_headers()
        else:
            super().do_GET()

    def pour(self) -> None:
        try:
            while True:
                self.wfile.write(b"x" * 65536)
        except OSError:
            return

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep the test's output clean."""


@pytest.fixture
def site(log600: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    folder = lay_out(log600.files(), tmp_path / "log")
    monkeypatch.setattr(Site, "trouble", "")
    monkeypatch.setenv("no_proxy", "127.0.0.1")

    handler = functools.partial(Site, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/{folder.name}"
        server.shutdown()
        thread.join()


def test_a_log_is_checked_over_http(site: str, tmp_path: Path) -> None:
    for source in (site, site + "/"):
        assert audit_log(source, VKEY).ok
    path = tmp_path / "log" / "tile" / "entries" / "001"
    path.write_bytes(bent(path.read_bytes(), 1000))
    assert audit_log(site, VKEY).kind == "entries"
    path.unlink()
    report = audit_log(site, VKEY)
    assert (report.kind, report.entry, report.file) == ("entries", 256, "tile/entries/001")
    assert audit_log(site + "/elsewhere", VKEY).kind == "checkpoint"


@pytest.mark.parametrize("trouble", ["500", "gzip", "short", "away"])
def test_trouble_on_the_way_is_no_finding_against_the_log(
    trouble: str, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Site, "trouble", trouble)
    report = audit_log(site, VKEY)
    assert (report.kind, report.exit_code, report.file) == ("unreachable", 3, "checkpoint")
    assert "未能核验" in str(report)


def test_an_endless_answer_is_cut(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Site, "trouble", "endless")
    assert audit_log(site, VKEY).kind == "checkpoint"


def test_silence_and_trickle_end_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(verify, "PATIENCE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        report = audit_log(f"http://127.0.0.1:{silent.getsockname()[1]}", VKEY)
        assert report.kind == "unreachable"
    monkeypatch.setattr(verify, "PATIENCE", 5.0)
    monkeypatch.setattr(verify, "DEADLINE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as slow:
        thread = threading.Thread(target=trickle, args=(slow,))
        thread.start()
        report = audit_log(f"http://127.0.0.1:{slow.getsockname()[1]}", VKEY)
        thread.join()
    assert (report.kind, "too slow" in str(report)) == ("unreachable", True)


def trickle(server: socket.socket) -> None:
    connection, _ = server.accept()
    with connection:
        connection.sendall(b"HTTP/1.0 200 OK\r\n\r\n")
        try:
            while True:
                connection.sendall(b"x")
                threading.Event().wait(0.05)
        except OSError:
            return


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    report = audit_log(f"http://127.0.0.1:{port}/log", VKEY)
    assert (report.kind, report.exit_code) == ("unreachable", 3)


# ---- Alone


@pytest.fixture
def alone(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a copy of the one file in an empty folder, without site-packages, and with `cryptography` refused."""
    copy = tmp_path / "somewhere" / "verify.py"
    copy.parent.mkdir()
    shutil.copy(verify.__file__, copy)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}

    def run(*arguments: object, encoding: str = "utf-8") -> subprocess.CompletedProcess[str]:
        start = (
            "import runpy, sys; sys.modules['cryptography'] = None; sys.modules['hearing'] = None; "
            f"sys.argv = {[str(copy), *map(str, arguments)]!r}; runpy.run_path({str(copy)!r}, run_name='__main__')"
        )
        return subprocess.run(
            [sys.executable, "-I", "-S", "-W", "error", "-X", "utf8=0", "-c", start],
            cwd=copy.parent,
            env=environment | {"PYTHONPATH": "", "LC_ALL": "C.UTF-8" if encoding == "utf-8" else "C"},
            capture_output=True,
            text=True,
            encoding=encoding,
            check=False,
            timeout=60,
        )

    return run


Alone = Callable[..., subprocess.CompletedProcess[str]]


def test_alone_it_needs_nothing(log200: Log, tmp_path: Path) -> None:
    """The plain call of the manual: isolated, without site-packages."""
    copy = shutil.copy(verify.__file__, tmp_path / "check.py")
    folder = lay_out(log200.files(), tmp_path / "log")
    command = [sys.executable, "-I", "-S", str(copy), "audit", str(folder), "--key", VKEY]
    environment = {**os.environ, "PYTHONPATH": ""}
    passed = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, check=False, timeout=60)
    assert (passed.returncode, passed.stderr) == (0, b"")
    assert passed.stdout.decode().startswith("通过：")


def test_alone_it_audits(alone: Alone, log200: Log, tmp_path: Path) -> None:
    folder = lay_out(log200.files(), tmp_path / "log")
    passed = alone("audit", folder, "--key", VKEY, "--state", tmp_path / "state")
    assert (passed.returncode, passed.stderr) == (0, "")
    assert passed.stdout.splitlines()[0].startswith("通过：hearing.example/jw01 的 200 条记录")
    assert passed.stdout.splitlines()[1].startswith("PASSED: all 200 entries")
    path = folder / BUNDLE
    path.write_bytes(bundle_of([*log200.entries[:77], entry(999), *log200.entries[78:]]))
    failed = alone("audit", folder, "--key", VKEY, "--state", tmp_path / "state")
    assert failed.returncode == 1
    assert failed.stdout.splitlines()[0].startswith("未通过：第 77 号记录有问题")
    assert failed.stdout.splitlines()[1].startswith("FAILED: entry 77 is bad")


def test_alone_it_checks_receipts_and_checkpoints(alone: Alone, log200: Log, tmp_path: Path) -> None:
    folder = lay_out(log200.files(), tmp_path / "log")
    paths = lay_out(
        {
            "carries": receipt(log200, 7),
            "bare": receipt(log200, 7, carry=False),
            "entry": log200.entries[7],
            "wrong": log200.entries[8],
            "old": log200.checkpoint(100),
            "new": log200.checkpoint(200, witnesses=[WITNESS]),
        },
        tmp_path / "files",
    )
    key = ("--key", VKEY)
    for code, arguments in [
        (0, ("proof", paths / "carries", *key)),
        (0, ("proof", paths / "carries", *key, "--witness", WITNESS_VKEY)),
        (0, ("proof", paths / "bare", *key, "--entry", paths / "entry")),
        (1, ("proof", paths / "bare", *key, "--entry", paths / "wrong")),
        (2, ("proof", paths / "bare", *key)),
        (2, ("proof", paths / "missing", *key)),
        (0, ("consistency", paths / "old", paths / "new", *key, "--log", folder)),
        (2, ("consistency", paths / "old", paths / "new", *key)),
        (1, ("consistency", paths / "old", paths / "entry", *key)),
        (0, ("checkpoint", paths / "new", *key, "--witness", WITNESS_VKEY)),
        (1, ("checkpoint", paths / "old", *key, "--witness", WITNESS_VKEY)),
        (1, ("checkpoint", paths / "entry", *key)),
    ]:
        run = alone(*arguments)
        assert run.returncode == code, (arguments, run.stdout, run.stderr)
        assert (run.stdout == "") is (code == 2)
        assert "Traceback" not in run.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("audit",),
        ("audit", "log"),
        ("audit", "log", "--key"),
        ("audit", "log", "--key", "x"),
        ("audit", "no-such-folder", "--key", VKEY),
        ("audit", "ftp://host/log", "--key", VKEY),
        ("verify", "log", "--key", VKEY),
        ("proof", ".", "--key", VKEY),
        ("audit", "log", "--key", VKEY, "--unknown"),
    ],
)
def test_wrong_use_exits_2(arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "log").mkdir()
    monkeypatch.chdir(tmp_path)
    try:
        code: object = verify.main(arguments)
    except SystemExit as error:
        code = error.code
    assert code == 2


def test_unreachable_exits_3(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    assert verify.main(["audit", f"http://127.0.0.1:{port}", "--key", VKEY]) == 3
    assert "NOT CHECKED" in capsys.readouterr().out


def test_a_console_without_chinese_still_tells(alone: Alone, log200: Log, tmp_path: Path) -> None:
    folder = lay_out(log200.files(), tmp_path / "log")
    passed = alone("audit", folder, "--key", VKEY, encoding="ascii")
    assert passed.returncode == 0, passed.stderr
    assert "PASSED: all 200 entries" in passed.stdout


def test_every_run_remembers_and_compares_unless_told_not_to(
    alone: Alone, log200: Log, tmp_path: Path, remembered: Path
) -> None:
    whole = lay_out(log200.files(), tmp_path / "whole")
    cut = lay_out(Log.of(log200.entries[:199]).files(), tmp_path / "cut")
    first, second = (alone("audit", whole, "--key", VKEY).stdout for _ in range(2))
    assert "This checkpoint is remembered for the next time." in first
    assert "The 200 entries remembered are all there, unchanged." in second
    assert len(list(remembered.rglob("*.json"))) == 1, "a file for each key"
    shrunk = alone("audit", cut, "--key", VKEY)
    assert (shrunk.returncode, "the log shrank" in shrunk.stdout) == (1, True)
    assert alone("audit", cut, "--key", VKEY, "--no-state").returncode == 0
    assert "the log shrank" in alone("audit", cut, "--key", VKEY).stdout, "that changed nothing of what is remembered"
    assert alone("audit", cut, "--key", VKEY, "--state", tmp_path / "mine.json").returncode == 0
    assert alone("audit", cut, "--key", VKEY, "--state", tmp_path / "mine.json", "--no-state").returncode == 2


@pytest.mark.parametrize("place", ["", "a file"])
def test_without_a_place_to_remember_it_says_so(
    place: str, log200: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("HOME", "USERPROFILE", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    if place:
        (tmp_path / place).touch()
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / place))
    folder = lay_out(log200.files(), tmp_path / "log")
    monkeypatch.chdir(tmp_path)
    assert verify.main(["audit", str(folder), "--key", VKEY]) == 0
    assert "Nothing is remembered" in capsys.readouterr().out
    assert {path.name for path in tmp_path.iterdir()} <= {"log", place}


def test_it_is_one_file_of_the_standard_library_for_older_pythons() -> None:
    source = Path(verify.__file__).read_text(encoding="utf-8")
    module = ast.parse(source, feature_version=(3, 9))
    imported = {name.name for node in ast.walk(module) if isinstance(node, ast.Import) for name in node.names}
    imported |= {str(node.module) for node in ast.walk(module) if isinstance(node, ast.ImportFrom)}
    # What is not of the standard library is imported where its absence is caught, and everything runs without it.
    assert {name.partition(".")[0] for name in imported} - sys.stdlib_module_names == {"cryptography"}
    assert source.count("cryptography.") == source.partition("except ImportError:")[0].count("cryptography.")


def interpreters() -> list[str]:
    """This Python, and every older one from 3.9 on that this machine has."""
    roots = [Path("/usr/bin"), Path("/usr/local/bin"), *Path.home().glob(".pyenv/versions/*/bin")]
    found = {sys.version_info[:2]: sys.executable}
    for path in (path for root in roots for path in root.glob("python3.*") if path.name[8:].isdigit()):
        version = (3, int(path.name[8:]))
        if (3, 9) <= version <= sys.version_info[:2]:
            found.setdefault(version, str(path))
    return list(found.values())


def test_it_runs_on_every_python_that_is_here(tmp_path: Path) -> None:
    log = log_with(collection())
    folder = lay_out(log.files() | {"checkpoint": log.checkpoint(witnesses=[WITNESS])}, tmp_path / "log")
    (tmp_path / "receipt").write_bytes(receipt(log, 3))
    poll = tmp_path / "reveal.jsonl"
    poll.write_bytes(b"")
    key = ["--key", VKEY, "--witness", WITNESS_VKEY]
    for python in interpreters():
        for arguments, code in (
            (["audit", folder, *key, "--state", tmp_path / "state"], 0),
            (["checkpoint", folder / "checkpoint", *key], 0),
            (["proof", tmp_path / "receipt", "--key", VKEY], 0),
            (["consistency", folder / "checkpoint", folder / "checkpoint", *key], 0),
            (["consent", "7", "--log", folder, *key], 0),
            (["poll", "3", "--log", folder, *key, "--reveal", poll], 1),
        ):
            command = [python, "-I", "-S", verify.__file__, *map(str, arguments)]
            run = subprocess.run(command, capture_output=True, check=False, timeout=60, cwd=tmp_path)
            assert (run.returncode, run.stderr) == (code, b""), (python, arguments, run.stderr)


def test_the_end_to_end_vector_of_the_design() -> None:
    """The eight reference leaves under seed 00..1f, cosigned by seed 20..3f at 1790000000, which Go tools accept."""
    note = (
        "hearing.example/jw01\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n\n"
        "— hearing.example/jw01 "
        "w6Qp5yBAoALyhozPRtBPQPRZ4HzMuUCmjv4FZlBR5F3actQ44uFTw2FmdizUrUBojUZTHqA993NmPxeR1dl7N1BtMgQ=\n"
        "— witness.example/w1 "
        "IDJKvgAAAABqsTuAbwW0l5ZD42YzaIljHipdvc095POcp9X3T11RmzUnXF947550Keg/21Czbkh1PmgnEmSBXU0FDBMTdymQKJiQDw==\n"
    ).encode()
    report = verify.check_checkpoint(note, VKEY, [WITNESS_VKEY])
    assert (report.kind, report.size) == ("passed", 8)


# ---- Single checkpoints and receipts are remembered too


def test_a_checkpoint_is_compared_with_the_one_from_before(log600: Log, tmp_path: Path) -> None:
    state, source = tmp_path / "state", served(log600.files())
    assert "已记住这个检查点" in verify.check_checkpoint(log600.checkpoint(300), VKEY, state=state).zh
    # A paper on the board may be older than what is remembered, and a receipt newer.
    for size in (200, 300, 600, 257):
        report = verify.check_checkpoint(log600.checkpoint(size), VKEY, state=state, source=source)
        assert (report.ok, "是同一本日志，前后一致" in report.zh) == (True, True), size
        assert f"\\n{max(size, 300)}\\n" in state.read_text() or size < 600
    assert "\\n600\\n" in state.read_text()
    report = verify.check_checkpoint(log600.checkpoint(400), VKEY, state=state)
    assert (report.ok, "没有比较" in report.zh) == (True, True)
    forked = Log.of([*log600.entries[:100], entry(999), *log600.entries[101:]])
    for size in (200, 600):
        report = verify.check_checkpoint(forked.checkpoint(size), VKEY, state=state, source=source)
        assert report.kind == "history", size
    assert "\\n600\\n" in state.read_text()


def test_a_receipt_and_a_comparison_are_remembered(log600: Log, tmp_path: Path) -> None:
    state, source = tmp_path / "state", served(log600.files())
    early = Log.of(log600.entries[:200])
    assert verify.check_receipt(receipt(early, 5), VKEY, state=state).ok
    two = (log600.checkpoint(200), log600.checkpoint(600))
    assert verify.check_consistency(*two, VKEY, source, state=state).ok
    assert "\\n600\\n" in state.read_text()
    forked = Log.of([entry(999), *log600.entries[1:200]])
    report = verify.check_receipt(receipt(forked, 5), VKEY, state=state, source=source)
    assert report.kind == "history"


@pytest.mark.parametrize("fast", [True, False])
def test_signatures_are_checked_with_the_library_and_without(
    fast: bool, log200: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify, "_FAST", fast)
    assert verify.check_checkpoint(log200.checkpoint(), VKEY).ok
    assert not verify.check_checkpoint(log200.checkpoint(key=OTHER), VKEY).ok
    assert not verify.signature_verifies(LOG.verify_key.public, bytes(64), b"")
    assert not verify.signature_verifies(LOG.verify_key.public, b"short", b"")

"""Tiles: their paths, which of them a log has, and what is in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearing.audit import tiles, tree
from hearing.audit.tiles import ENTRIES, Tile, TileError, decode_bundle, encode_bundle, growth, tile_bytes
from tests.audit.logs import Log


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 999), "tile/0/999"),
        (Tile(0, 1000), "tile/0/x001/000"),
        (Tile(0, 1234067), "tile/0/x001/x234/067"),
        (Tile(0, 123456078), "tile/0/x123/x456/078"),
        (Tile(0, 5, 1), "tile/0/005.p/1"),
        (Tile(2, 1000, 255), "tile/2/x001/000.p/255"),
        (Tile(63, 0), "tile/63/000"),
        (Tile(ENTRIES, 0), "tile/entries/000"),
        (Tile(ENTRIES, 1234067, 8), "tile/entries/x001/x234/067.p/8"),
    ],
)
def test_paths(tile: Tile, path: str) -> None:
    assert tile.path == path
    assert Tile.parse(path) == tile


@given(st.integers(ENTRIES, 63), st.integers(0, 2**62), st.integers(1, 256))
def test_every_path_leads_back(level: int, index: int, width: int) -> None:
    tile = Tile(level, index, width)
    assert Tile.parse(tile.path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile",
        "tile/0",
        "tile/0/",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/123/456/078",
        "tile/0/123/x456/078",
        "tile/0/x123/456/078",
        "tile/0/x123/x456/x078",
        "tile/0/x000/001",
        "tile/0/x000/x001/000",
        "tile/0/X001/000",
        "tile/0/000.p/0",
        "tile/0/000.p/00",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/000.p/999",
        "tile/0/000.p/",
        "tile/0/000.p",
        "tile/0/000.p/1/",
        "tile/0/000.p/-1",
        "tile/00/000",
        "tile/01/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/data/000",
        "tile/8/0/000",
        "tile/entries",
        "tile/Entries/000",
        "/tile/0/000",
        "tile/0/000/",
        "tile/0/000\n",
        "tile/0/٠٠٠",
        "tile/0/000?x",
        "tile/0/../000",
        "tile//0/000",
        "tile/0/" + "x001/" * 7 + "000",
    ],
)
def test_what_is_no_path(path: str) -> None:
    with pytest.raises(TileError, match="tile"):
        Tile.parse(path)


@pytest.mark.parametrize(("level", "index", "width"), [(-2, 0, 1), (64, 0, 1), (0, -1, 1), (0, 0, 0), (0, 0, 257)])
def test_what_is_no_tile(level: int, index: int, width: int) -> None:
    with pytest.raises(TileError, match="there is no tile"):
        Tile(level, index, width)


def test_the_example_of_the_specification() -> None:
    found = growth(0, 70_000)
    assert [tile for tile in found if tile.level == 0] == [*(Tile(0, index) for index in range(273)), Tile(0, 273, 112)]
    assert [tile for tile in found if tile.level == 1] == [Tile(1, 0), Tile(1, 1, 17)]
    assert [tile for tile in found if tile.level == 2] == [Tile(2, 0, 1)]
    bundles = [Tile(0, tile.index, tile.width) for tile in found if tile.level == ENTRIES]
    assert bundles == [tile for tile in found if tile.level == 0]
    assert found == sorted(found)


@pytest.mark.parametrize(
    ("old", "new", "paths"),
    [
        (0, 0, []),
        (7, 7, []),
        (256, 256, []),
        (0, 1, ["entries/000.p/1", "0/000.p/1"]),
        (1, 2, ["entries/000.p/2", "0/000.p/2"]),
        (1, 255, ["entries/000.p/255", "0/000.p/255"]),
        (255, 256, ["entries/000", "0/000", "1/000.p/1"]),
        (256, 257, ["entries/001.p/1", "0/001.p/1"]),
        (200, 600, ["entries/000", "entries/001", "entries/002.p/88", *("0/000", "0/001", "0/002.p/88"), "1/000.p/2"]),
        (65535, 65536, ["entries/255", "0/255", "1/000", "2/000.p/1"]),
        (65536, 65537, ["entries/256.p/1", "0/256.p/1"]),
    ],
)
def test_what_growth_adds(old: int, new: int, paths: list[str]) -> None:
    assert [tile.path.removeprefix("tile/") for tile in growth(old, new)] == paths


def test_growth_has_one_direction() -> None:
    for old, new in [(2, 1), (-1, 1)]:
        with pytest.raises(ValueError, match="does not grow"):
            growth(old, new)


@given(st.lists(st.integers(0, 200_000), min_size=1, max_size=6).map(sorted))
def test_any_steps_leave_every_file_of_every_size(sizes: list[int]) -> None:
    written: set[Tile] = set()
    for old, new in zip([0, *sizes], sizes, strict=False):
        fresh = growth(old, new)
        assert not written.intersection(fresh)
        written.update(fresh)
        assert written.issuperset(growth(0, new))


@pytest.fixture(scope="module")
def long_log() -> Log:
    return Log.of(number.to_bytes(3, "big") for number in range(65537))


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 65535, 65536, 65537])
def test_the_tiles_of_a_size_hold_its_tree(size: int, long_log: Log) -> None:
    """The definition of the specification: hash i of tile n at level l is the root over 256**l entries."""
    found = growth(0, size)
    for tile in found:
        first = tile.index * 256
        if tile.level == ENTRIES:
            bundle = encode_bundle(long_log.entries[first : first + tile.width])
            assert decode_bundle(bundle, tile.width) == long_log.entries[first : first + tile.width]
            continue
        hashes = tile_bytes(tile, long_log.read)
        assert len(hashes) == 32 * tile.width
        span = 256**tile.level
        for place in (0, tile.width - 1):
            start = (first + place) * span
            part = Log.of(long_log.entries[start : start + span])
            assert hashes[32 * place : 32 * place + 32] == tree.root(span, part.read)
    assert sum(tile.width for tile in found if tile.level == ENTRIES) == size
    assert sum(tile.width for tile in found if tile.level == 1) == size // 256


def test_tiles_hold_whole_hashes_only() -> None:
    with pytest.raises(ValueError, match="not 32 bytes"):
        tile_bytes(Tile(0, 0, 1), lambda _level, _number: bytes(31))
    with pytest.raises(ValueError, match="holds no hashes"):
        tile_bytes(Tile(ENTRIES, 0, 1), lambda _level, _number: bytes(32))


def test_a_bundle_byte_for_byte() -> None:
    assert encode_bundle([b"ab", b"", b"c" * 258]) == b"\x00\x02ab\x00\x00\x01\x02" + b"c" * 258
    assert len(encode_bundle([b"x" * 65535])) == 65537


@given(st.lists(st.binary(max_size=20), min_size=1, max_size=10))
def test_a_bundle_there_and_back_and_nothing_cut_or_added(entries: list[bytes]) -> None:
    data = encode_bundle(entries)
    assert decode_bundle(data, len(entries)) == entries
    for end in range(len(data)):
        with pytest.raises(TileError, match="ends within entry"):
            decode_bundle(data[:end], len(entries))
    with pytest.raises(TileError, match="goes on for 1 bytes"):
        decode_bundle(data + b"\0", len(entries))


def test_what_is_no_bundle() -> None:
    for entries in ([], [b""] * 257):
        with pytest.raises(TileError, match="1 to 256 entries"):
            encode_bundle(entries)
    with pytest.raises(TileError, match="at most 65535"):
        encode_bundle([b"x" * (tiles.MAX_ENTRY_BYTES + 1)])

"""Press: same data, same bytes; what was typed stays text; a glyph that is missing stops the press."""

import struct
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hearing.printing import press, sheets, words
from hearing.printing.press import MissingGlyph, Press, PressFailed, Prose
from tests.printing import papers
from tests.printing.reading import text_of

AT = papers.AT
HOSTILE = (
    '#eval("1+1")',
    ']] #panic("x") [[',
    '@import "/paper.typ"',
    '#import "@preview/cetz:0.4.0"',
    '#read("/etc/passwd")',
    "#sys.inputs",
    '")); #panic(("',
    "$ integral $ `raw` *bold* _it_ <label> = heading",
    "// comment /* comment */ --- ~ \\u{41}",
    "<script>alert(1)</script> &lt; %s {0} {{x}}",
)


def notice(**changes: object) -> dict[str, press.Json]:
    return papers.notice(**changes).to_json()


def test_same_data_and_moment_give_the_same_bytes() -> None:
    first = press.press("notice", notice(), at=AT)
    assert press.press("notice", notice(), at=AT) == first
    assert Press().press("notice", notice(), at=AT) == first


def test_another_moment_gives_another_date() -> None:
    made = press.press("notice", notice(), at=AT)
    assert made != press.press("notice", notice(), at=AT + timedelta(seconds=1))
    assert b"2026-12-08T02:00:00" in made


def test_a_moment_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        press.press("notice", notice(), at=datetime(2026, 12, 8))  # noqa: DTZ001


@pytest.mark.parametrize("template", ["nothing", "../press", "/etc/passwd", "paper.typ", ""])
def test_only_our_templates(template: str) -> None:
    with pytest.raises(PressFailed, match="no template"):
        press.press(template, {}, at=AT)


def test_data_that_the_template_does_not_know_fails() -> None:
    with pytest.raises(PressFailed, match="notice"):
        press.press("notice", {"title": "公告"}, at=AT)


@pytest.mark.parametrize("typed", HOSTILE)
def test_what_was_typed_stays_text(typed: str) -> None:
    made = press.press("notice", notice(title=typed, body=typed, facts=[sheets.Fact(label=typed, text=typed)]), at=AT)
    assert text_of(made).count("".join(typed.split())) == 4


def test_signs_that_show_nothing_are_left_out() -> None:
    plain = press.press("notice", notice(body="甲 乙\n丙"), at=AT)
    typed = "\ufeff甲\u00a0\u202e乙\u200b\x00\x07\r\n\u2060丙\u00ad"
    assert press.press("notice", notice(body=typed), at=AT) == plain


@pytest.mark.parametrize(
    ("typed", "missing"),
    [
        ("𠮷", "𠮷"),
        ("\ue000", "\ue000"),
        ("李\ue001王𠮷\ue001", "\ue001𠮷"),
        ("☐\U0001f44d", "☐\U0001f44d"),
        ("\ud800", "\ud800"),
    ],
)
def test_a_missing_glyph_stops_the_press_and_is_named(typed: str, missing: str) -> None:
    with pytest.raises(MissingGlyph) as caught:
        press.press("notice", notice(title=f"关于{typed}的公告"), at=AT)
    assert sorted(caught.value.characters) == sorted(missing)
    for character in missing:
        assert f"U+{ord(character):04X}" in str(caught.value)
    assert str(caught.value).encode("utf-8", "strict")


def test_five_hundred_missing_glyphs_are_all_named() -> None:
    typed = "".join(chr(0xE000 + place) for place in range(500))
    with pytest.raises(MissingGlyph) as caught:
        press.press("notice", notice(title=typed), at=AT)
    assert sorted(caught.value.characters) == sorted(typed)


def test_rare_characters_of_names_have_glyphs() -> None:
    rare = "㛃㵘䶮龘堃喆璟芃犇骉鱻燚赟頔勔"
    assert rare in text_of(press.press("notice", notice(title=rare), at=AT))


def test_prose_spells_what_it_cannot_show() -> None:
    made = press.press("notice", notice(body="好的\U0001f44d，我是𠮷\ud800家"), at=AT)
    assert "好的〔U+1F44D〕，我是〔U+20BB7〕〔U+D800〕家" in text_of(made)


def test_prose_does_not_excuse_a_name() -> None:
    with pytest.raises(MissingGlyph) as caught:
        press.press("notice", notice(title="𠮷", body="好\U0001f44d"), at=AT)
    assert caught.value.characters == "𠮷"


def test_prose_is_a_string_elsewhere() -> None:
    assert Prose("甲") == "甲"


def test_many_threads_share_one_press() -> None:
    expected = press.press("notice", notice(), at=AT)
    made: list[bytes] = []
    threads = [threading.Thread(target=lambda: made.append(press.press("notice", notice(), at=AT))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [expected] * 8


def test_a_forked_process_is_told_rather_than_left_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = Press()
    monkeypatch.setattr("os.getpid", lambda: -1)
    with pytest.raises(PressFailed, match="forked"):
        ours.press("notice", notice(), at=AT)


def test_a_font_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PressFailed, match="HEARING_FONT_DIR"):
        Press(tmp_path / "fonts")


def test_a_font_folder_adds_a_rare_glyph(tmp_path: Path) -> None:
    (tmp_path / "village.ttf").write_bytes(one_glyph_font("Village Song", ord("𠮷")))
    ours = Press(tmp_path)
    made = ours.press("notice", notice(title="关于𠮷家的公告"), at=AT)
    assert b"VillageSong" in made
    assert "关于𠮷家的公告" in text_of(made)
    with pytest.raises(MissingGlyph) as caught:
        ours.press("notice", notice(title="关于𠮷𠮶的公告"), at=AT)
    assert caught.value.characters == "𠮶"


def test_private_use_is_refused_even_with_a_glyph(tmp_path: Path) -> None:
    (tmp_path / "village.ttf").write_bytes(one_glyph_font("Village Song", 0xE000))
    with pytest.raises(MissingGlyph) as caught:
        Press(tmp_path).press("notice", notice(title="关于\ue000的公告"), at=AT)
    assert caught.value.characters == "\ue000"


def test_the_settings_name_the_font_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEARING_FONT_DIR", str(tmp_path / "none"))
    press._house_press.cache_clear()
    try:
        with pytest.raises(PressFailed, match="HEARING_FONT_DIR"):
            press.press("notice", notice(), at=AT)
    finally:
        press._house_press.cache_clear()


def one_glyph_font(family: str, code: int) -> bytes:
    """A TrueType font whose only character is a square for the code point `code`."""
    square = struct.pack(">hhhhh", 1, 50, 0, 950, 900) + struct.pack(">HH", 3, 0) + bytes([1, 1, 1, 1])
    square += struct.pack(">hhhh", 50, 900, 0, -900) + struct.pack(">hhhh", 0, 0, 900, 0)
    square += b"\0" * (-len(square) % 4)
    names = [(1, family), (2, "Regular"), (4, family), (6, family.replace(" ", ""))]
    strings = b"".join(text.encode("utf-16-be") for _, text in names)
    records, offset = b"", 0
    for identifier, text in names:
        records += struct.pack(">HHHHHH", 3, 1, 0x409, identifier, 2 * len(text), offset)
        offset += 2 * len(text)
    tables = {
        b"OS/2": struct.pack(">HhHHHhhhhhhhhhhh", 4, 1000, 400, 5, 0, *[0] * 11)
        + bytes(10)
        + struct.pack(">IIII", 0, 0, 0, 0)
        + b"HEAR"
        + struct.pack(">HHHhhhHH", 64, min(code, 0xFFFF), min(code, 0xFFFF), 900, -100, 0, 900, 100)
        + struct.pack(">II", 0, 0)
        + struct.pack(">hhHHH", 500, 700, 0, 32, 1),
        b"cmap": struct.pack(">HHHHI", 0, 1, 3, 10, 12) + struct.pack(">HHIIIIII", 12, 0, 28, 0, 1, code, code, 1),
        b"glyf": square,
        b"head": struct.pack(
            ">IIIIHHQQhhhhHHhhh", 0x10000, 0x10000, 0, 0x5F0F3CF5, 3, 1000, 0, 0, 0, 0, 950, 900, 0, 8, 2, 1, 0
        ),
        b"hhea": struct.pack(">IhhhHhhhhhhhhhhhH", 0x10000, 900, -100, 0, 1000, 0, 0, 950, 1, 0, 0, 0, 0, 0, 0, 0, 2),
        b"hmtx": struct.pack(">HhHh", 1000, 0, 1000, 50),
        b"loca": struct.pack(">III", 0, 0, len(square)),
        b"maxp": struct.pack(">IHHHHHHHHHHHHHH", 0x10000, 2, 4, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0),
        b"name": struct.pack(">HHH", 0, len(names), 6 + 12 * len(names)) + records + strings,
        b"post": struct.pack(">IIhhIIIII", 0x30000, 0, 0, 0, 0, 0, 0, 0, 0),
    }
    directory, body, start = struct.pack(">IHHHH", 0x10000, len(tables), 128, 3, 32), b"", 12 + 16 * len(tables)
    for tag, table in tables.items():
        directory += tag + struct.pack(">III", 0, start + len(body), len(table))
        body += table + b"\0" * (-len(table) % 4)
    return directory + body


def test_the_date_is_an_instant_whatever_its_zone() -> None:
    beijing = AT.astimezone(words.BEIJING)
    assert press.press("notice", notice(), at=beijing) == press.press("notice", notice(), at=AT.astimezone(UTC))

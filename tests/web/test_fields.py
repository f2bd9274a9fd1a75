"""Fields: whatever is typed, a typed value or a sentence comes out; never an exception, never a hidden character."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask_babel import Babel
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from hearing.web import forms
from hearing.web.forms import Choice, Choices, Count, Day, Digits, Form, Hour, Line, Paragraphs, Phone, Yes, Yuan, clean

LONGEST_SECOND = 2.0
"""Seconds that reading one field may take, however long it is."""


class Everything(Form):
    line = Line("一行", most=20, required=False)
    text = Paragraphs("几行", most=40, required=False)
    digits = Digits("数字", most=8, required=False)
    phone = Phone("手机", required=False)
    choice = Choice("选一项", [("agree", "同意"), ("oppose", "不同意")], required=False)
    choices = Choices("选几项", choices={"a": "甲", "b": "乙"})
    yes = Yes("是")
    money = Yuan("钱", required=False)
    number = Count("几个", least=1, most=20, required=False)
    day = Day("哪天", required=False)
    hour = Hour("几点", required=False)


FIELDS = ["line", "text", "digits", "phone", "choice", "choices", "yes", "money", "number", "day", "hour"]


@pytest.fixture(scope="module", autouse=True)
def _request() -> Iterator[None]:
    """A request to read fields in; no database is needed."""
    app = Flask("fields")
    app.config.update(SECRET_KEY="t" * 40, WTF_CSRF_ENABLED=False)
    Babel(app, default_locale="zh_Hans_CN")
    with app.test_request_context("/", method="POST"):
        yield


def read(name: str, *typed: str) -> Any:
    """The field after `typed` was sent for it and the form was checked."""
    form = Everything(formdata=MultiDict([(name, value) for value in typed]), meta={"csrf": False})
    form.validate()
    return form[name]


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("1200", 120_000),
        ("1200.5", 120_050),
        ("1200.50", 120_050),
        ("12,000", 1_200_000),
        ("1,234,567.89", 123_456_789),
        ("¥12", 1200),
        ("¥12元", 1200),
        ("12元", 1200),
        (" 12 ", 1200),
        ("１２００．５０", 120_050),
        ("\u200b12\u202e", 1200),
        ("0", 0),
        ("0.01", 1),
        ("999999999.99", 99_999_999_999),
        ("000000012", 1200),
        ("", 0),
    ],
)
def test_money_as_people_write_it(typed: str, fen: int) -> None:
    field = read("money", typed)
    assert not field.errors
    assert field.fen == fen


NOT_MONEY = [
    "NaN",
    "nan",
    "sNaN",
    "Infinity",
    "-Infinity",
    "inf",
    "1e3",
    "1E3",
    "1e-400",
    "1e999999",
    "0x10",
    "0b1",
    "1_000",
    "١٢٣",
    "१२३",
    "一千",
    "壹仟元",
    "-1",
    "+1",
    "−1",
    "1.234",
    "1.",
    ".5",
    "1..2",
    "1.2.3",
    "12,00",
    "1,2345",
    "1,2,3,4",
    ",123",
    "1234567890",
    "¹²",
    "½",
    "12 000",
    "1'000",
    "￥",
    "元",
    "12 元 5 角",
    "12\n13",
    "1\x002",
    "\ud800",
    "𝟙𝟚",
    "Ⅻ",
    "1/2",
    "=1+1",
    "${7*7}",
    "null",
    "true",
    "[]",
    "1;",
    "９" * 10,
    "1" * 5000,
    "1" + ",000" * 1000,
    "0." + "0" * 5000,
    " " * 5000 + "x",
]


@pytest.mark.parametrize("typed", NOT_MONEY)
def test_what_is_no_amount_gets_a_sentence(typed: str) -> None:
    field = read("money", typed)
    good = unicodedata.normalize("NFKC", clean(typed))
    if forms._YUAN.fullmatch(good):
        assert field.fen >= 0
    elif field.data:
        assert field.errors, field.data


@pytest.mark.parametrize(
    ("typed", "number"), [("1", 1), ("20", 20), ("１２", 12), (" 7 ", 7), ("007", 7), ("1 2", 12), ("\u200e5", 5)]
)
def test_a_number_as_people_write_it(typed: str, number: int) -> None:
    field = read("number", typed)
    assert not field.errors
    assert field.number == number


@pytest.mark.parametrize(
    "typed", ["0", "21", "1e1", "1_0", "١٢", "NaN", "1.0", "+1", "0x1", "一", "9" * 5000, "1\u0660", "⅕"]
)
def test_what_is_no_number_gets_a_sentence(typed: str) -> None:
    assert read("number", typed).errors


@pytest.mark.parametrize(
    "typed",
    [
        "14100824591",
        "141 0082 4591",
        "141-0082-4591",
        "+8614100824591",
        "+86 141 0082 4591",
        "008614100824591",
        "８６１４１００８２４５９１",
        "8614100824591",
        "\u202d14100824591\u202c",
        "141‑0082—4591",
    ],
)
def test_a_phone_number_as_people_write_it(typed: str) -> None:
    field = read("phone", typed)
    assert not field.errors
    assert field.data == "14100824591"


@pytest.mark.parametrize(
    "typed",
    [
        "1410082459",
        "141008245911",
        "24100824591",
        "021-63220426",
        "1410082459x",
        "1٤١٠٠٨٢٤٥٩١",
        "1४१००८२४५९१",
        "+1 14100824591",
        "+86+8614100824591",
        "=14100824591",
        "14100824591,14100824592",
        "1.41008E+10",
        "一四一〇〇八二四五九一",
    ],
)
def test_what_is_no_phone_number_gets_a_sentence(typed: str) -> None:
    assert read("phone", typed).errors


@pytest.mark.parametrize(
    "typed",
    [
        "2026-11-30",
        "2026/11/30",
        "2026.11.30",
        "20261130",
        "2026 11 30",
        "2026年11月30日",
        "2026 年 11 月 30 日",
        "２０２６－１１－３０",
        " 2026-11-30\u200b",
    ],
)
def test_a_day_as_people_write_it(typed: str) -> None:
    field = read("day", typed)
    assert not field.errors
    assert field.day == date(2026, 11, 30)


@pytest.mark.parametrize(
    "typed",
    [
        "2026-02-30",
        "2026-11",
        "202611",
        "2026-113",
        "20261",
        "2026-13-01",
        "2026-00-10",
        "2026-11-00",
        "0000-01-01",
        "9999-12-31",
        "1899-12-31",
        "2101-01-01",
        "30-11-2026",
        "11/30/2026",
        "明天",
        "2026-11-30T10:00",
        "2026-11-30 24:00",
        "٢٠٢٦-١١-٣٠",
        "20261131",
        "NaN",
        "1e5",
        "46356",
    ],
)
def test_what_is_no_day_gets_a_sentence(typed: str) -> None:
    field = read("day", typed)
    assert field.errors
    with pytest.raises(ValueError, match="no day"):
        _ = field.day


@pytest.mark.parametrize(
    "day",
    [date(1986, 5, 4), date(1988, 4, 10), date(1991, 9, 15), date(1940, 6, 3), date(1900, 1, 1), date(2000, 2, 29)],
)
def test_a_day_of_summer_time_stays_that_day(day: date) -> None:
    assert read("day", day.isoformat()).day == day


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("19:00", 1140),
        ("9:30", 570),
        ("19：00", 1140),
        ("19点30", 1170),
        ("19点30分", 1170),
        ("19点", 1140),
        ("8时", 480),
        ("0:00", 0),
        ("23:59", 1439),
        ("１９：００", 1140),
    ],
)
def test_an_hour_as_people_write_it(typed: str, minutes: int) -> None:
    field = read("hour", typed)
    assert not field.errors
    assert field.after_midnight == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    "typed", ["24:00", "19:60", "19", "7pm", "-1:00", "1900", "19:00:00", "一点", "١٩:٠٠", "9:3:0", ":30", "25点"]
)
def test_what_is_no_hour_gets_a_sentence(typed: str) -> None:
    assert read("hour", typed).errors


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  李 伯年  ", "李 伯年"),
        ("李\u200b伯\u200d年", "李伯年"),
        ("\u202e年伯李", "年伯李"),
        ("李\x00伯\x07年", "李伯年"),
        ("李\ud800伯", "李伯"),
        ("阿\r\n福\t生", "阿 福生"),
        ("e\u0301", "é"),
        ("㛃𠮷𬉼", "㛃𠮷𬉼"),
        ("吐尔逊·买买提", "吐尔逊·买买提"),
        ("😀👨‍👩‍👧", "😀👨👩👧"),
        ("=1+1", "=1+1"),
        ("<b>x</b>", "<b>x</b>"),
        ("ＡＢＣ", "ＡＢＣ"),
        ("\ufeff名", "名"),
    ],
)
def test_a_name_keeps_what_is_seen_and_loses_what_is_not(typed: str, kept: str) -> None:
    field = read("line", typed)
    assert not field.errors
    assert field.data == kept


@pytest.mark.parametrize("typed", ["", " ", "\u3000", "\u200b", "\x00", "\r\n", "\u202e\u2066", "\ufeff"])
def test_what_cannot_be_seen_is_no_answer(typed: str) -> None:
    class Asked(Form):
        name = Line("姓名")
        text = Paragraphs("为什么")

    form = Asked(formdata=MultiDict([("name", typed), ("text", typed)]), meta={"csrf": False})
    assert not form.validate()
    assert form.name.errors
    assert form.text.errors


@pytest.mark.parametrize(
    "typed", ["other", "", "AGREE", "agree ", "agree\x00", "0", "同意", "agree,oppose", "a" * 100_000]
)
def test_only_a_listed_answer_is_one(typed: str) -> None:
    field = read("choice", typed)
    assert field.errors or not field.data


def test_the_first_of_two_answers_counts_alone() -> None:
    assert read("choice", "agree", "oppose").data == "agree"
    assert read("line", "一", "二").data == "一"
    assert read("money", "1", "NaN").fen == 100


anything = st.text(st.characters(codec=None), max_size=60) | st.from_regex(
    r"[0-9０-９٠-٩.,，:：年月日点元¥eE+\-_ \u200b]{0,30}", fullmatch=True
)


@pytest.mark.parametrize("name", FIELDS)
@given(st.lists(anything, max_size=3))
@example(["\ud800\udfff"])
@example(["\x00" * 50])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_that_is_typed_breaks_a_field(name: str, typed: list[str]) -> None:
    field = read(name, *typed)
    str(field())
    text = field.data if isinstance(field.data, str) else ""
    if name in {"line", "text", "digits", "phone", "money", "number", "day", "hour"}:
        hidden = {c for c in text if unicodedata.category(c) in {"Cc", "Cf", "Cs"}} - (
            {"\n"} if name != "line" else set()
        )
        assert not hidden
        assert text == text.strip()
    if field.errors or not text:
        return
    match name:
        case "line":
            assert len(text) <= 20
        case "text":
            assert len(text) <= 40
        case "phone":
            assert text.isascii()
            assert len(text) == 11
        case "money":
            assert 0 <= field.fen <= 99_999_999_999
        case "number":
            assert 1 <= field.number <= 20
        case "day":
            assert 1900 <= field.day.year <= 2100
        case "hour":
            assert timedelta(0) <= field.after_midnight < timedelta(days=1)


LONG = [
    "1" * 1_000_000,
    "2026" + " " * 1_000_000 + "x",
    "19:" + " " * 1_000_000 + "x",
    "1" + "," * 1_000_000,
    "字" * 500_000,
    "\u0301" * 200_000,
    "\u0301\u0316" * 200_000,
    " " * 1_000_000,
    "\n" * 1_000_000,
    "8" * 200_000 + "x",
    "1 " * 500_000,
    "¥" * 300_000,
    "元" * 300_000,
    "\u200b" * 500_000,
]


@pytest.mark.parametrize("typed", LONG, ids=range(len(LONG)))
@pytest.mark.parametrize("name", FIELDS)
def test_a_very_long_text_takes_no_long_time(name: str, typed: str) -> None:
    start = time.process_time()
    read(name, typed)
    assert time.process_time() - start < LONGEST_SECOND

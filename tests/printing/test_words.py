"""Words: figures and moments as official papers write them."""

from datetime import UTC, datetime, timedelta

import pytest

from hearing.printing import words

MIDNIGHT = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)


def test_midnight_in_beijing_ends_the_day_before() -> None:
    assert words.moment(MIDNIGHT) == "2026年11月30日 24:00"
    assert words.deadline(MIDNIGHT) == "2026年11月30日（周一）24:00"
    assert words.stamp(MIDNIGHT) == "2026-11-30 24:00"


def test_a_second_later_is_the_next_day() -> None:
    assert words.moment(MIDNIGHT + timedelta(seconds=1)) == "2026年12月1日 00:00"
    assert words.stamp(MIDNIGHT - timedelta(minutes=1)) == "2026-11-30 23:59"


def test_midnight_ends_the_year_before() -> None:
    assert words.moment(datetime(2026, 12, 31, 16, 0, tzinfo=UTC)) == "2026年12月31日 24:00"


def test_the_day_of_an_instant_is_the_day_in_beijing() -> None:
    assert words.day(MIDNIGHT) == "2026年12月1日"
    assert words.short_day(MIDNIGHT - timedelta(hours=8)) == "2026-11-30"


def test_a_moment_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        words.moment(datetime(2026, 11, 30))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("fen", "written"),
    [
        (0, "0.00 元"),
        (5, "0.05 元"),
        (2_100_000, "21,000.00 元"),
        (72_000_000_99, "72,000,000.99 元"),
        (-150, "−1.50 元"),
    ],
)
def test_yuan(fen: int, written: str) -> None:
    assert words.yuan(fen) == written


@pytest.mark.parametrize(("centi", "written"), [(0, "0.00 ㎡"), (5820, "58.20 ㎡"), (123_456_705, "1,234,567.05 ㎡")])
def test_area(centi: int, written: str) -> None:
    assert words.area(centi) == written


@pytest.mark.parametrize(
    ("numerator", "denominator", "written"),
    [
        (2, 3, "三分之二"),
        (3, 4, "四分之三"),
        (1, 2, "二分之一"),
        (13, 13, "全部"),
        (19, 20, "百分之九十五"),
        (1, 100, "百分之一"),
        (7, 12, "十二分之七"),
        (101, 300, "300分之101"),
    ],
)
def test_part(numerator: int, denominator: int, written: str) -> None:
    assert words.part(numerator, denominator) == written


@pytest.mark.parametrize(
    ("value", "written"), [(0, "零"), (10, "十"), (11, "十一"), (20, "二十"), (99, "九十九"), (100, "100")]
)
def test_number(value: int, written: str) -> None:
    assert words.number(value) == written


def test_paragraphs_drop_empty_lines() -> None:
    assert words.paragraphs(" 一 \r\n\r\n　二\n") == ["一", "二"]

"""Words: figures and moments as Chinese official papers write them. Pure; every moment is printed in Beijing time."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8), "北京时间")
_DIGITS = "零一二三四五六七八九十"


def moment(at: datetime) -> str:
    """2026年11月21日 19:42; the first instant of a day is 24:00 of the day before, as deadlines are written."""
    day_, clock = _split(at)
    return f"{day_.year}年{day_.month}月{day_.day}日 {clock}"


def deadline(at: datetime) -> str:
    """2026年11月30日（周一）24:00."""
    day_, clock = _split(at)
    return f"{day_.year}年{day_.month}月{day_.day}日（周{'一二三四五六日'[day_.weekday()]}）{clock}"


def stamp(at: datetime) -> str:
    """2026-11-21 19:42, for columns of moments; midnight as in `moment`."""
    day_, clock = _split(at)
    return f"{day_.isoformat()} {clock}"


def day(at: datetime) -> str:
    """2026年11月21日, the Beijing calendar day of an instant."""
    local = _local(at)
    return f"{local.year}年{local.month}月{local.day}日"


def short_day(at: datetime) -> str:
    """2026-11-21, the Beijing calendar day of an instant, for columns."""
    return _local(at).date().isoformat()


def yuan(fen: int) -> str:
    """分 as 21,000.00 元."""
    sign, fen = ("−", -fen) if fen < 0 else ("", fen)
    return f"{sign}{fen // 100:,}.{fen % 100:02d} 元"


def area(centi: int) -> str:
    """1/100 m² as 420.00 ㎡."""
    return f"{centi // 100:,}.{centi % 100:02d} ㎡"


def part(numerator: int, denominator: int) -> str:
    """A fraction in words: 三分之二; 二十分之十九 as 百分之九十五; one whole as 全部."""
    if numerator == denominator:
        return "全部"
    if denominator > 10 and 100 % denominator == 0:
        return f"百分之{number(numerator * (100 // denominator))}"
    return f"{number(denominator)}分之{number(numerator)}"


def number(value: int) -> str:
    """0 to 99 in Chinese numerals: 九十五; any other number in digits."""
    if not 0 <= value <= 99:
        return str(value)
    tens, ones = divmod(value, 10)
    if tens == 0:
        return _DIGITS[ones]
    return f"{_DIGITS[tens] if tens > 1 else ''}十{_DIGITS[ones] if ones else ''}"


def paragraphs(text: str) -> list[str]:
    """The lines of a text that say something."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def _split(at: datetime) -> tuple[date, str]:
    local = _local(at)
    if (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0):
        return local.date() - timedelta(days=1), "24:00"
    return local.date(), f"{local:%H:%M}"


def _local(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a printed moment needs its time zone")
    return at.astimezone(BEIJING)

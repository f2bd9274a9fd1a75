"""Filters: how moments, money and areas are written. Residents live on Beijing time whatever the server's zone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Flask
from flask_babel import get_locale, gettext
from markupsafe import Markup, escape

BEIJING = ZoneInfo("Asia/Shanghai")


def is_chinese() -> bool:
    """Whether the reader's language is Chinese."""
    locale = get_locale()
    return locale is None or locale.language == "zh"


def day(moment: datetime | date) -> str:
    """2026年11月30日（周一） / Mon 30 Nov 2026."""
    local = _local(moment)
    if is_chinese():
        return f"{local.year}年{local.month}月{local.day}日（周{'一二三四五六日'[local.weekday()]}）"
    return f"{local:%a} {local.day} {local:%b} {local.year}"


def short_day(moment: datetime | date) -> str:
    """11月30日 / 30 Nov."""
    local = _local(moment)
    return f"{local.month}月{local.day}日" if is_chinese() else f"{local.day} {local:%b}"


def when(moment: datetime) -> str:
    """2026年11月21日（周六）19:42; midnight is written as 24:00 of the day that it ends."""
    local = moment.astimezone(BEIJING)
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        return f"{day(local.date() - timedelta(days=1))}{_gap()}24:00"
    return f"{day(local)}{_gap()}{local:%H:%M}"


def short_when(moment: datetime) -> str:
    """11月30日 24:00."""
    local = moment.astimezone(BEIJING)
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        return f"{short_day(local.date() - timedelta(days=1))} 24:00"
    return f"{short_day(local)} {local:%H:%M}"


def yuan(fen: int) -> str:
    """分 as ¥12,000.00."""
    sign, fen = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}¥{fen // 100:,}.{fen % 100:02d}"


def yuan_words(fen: int) -> str:
    """分 for headings: 1.2万元, 800元, 12.50元 / ¥12,000."""
    if not is_chinese():
        return yuan(fen).removesuffix(".00")
    if fen >= 1_000_000 and fen % 10_000 == 0:
        return f"{_trimmed(fen, 1_000_000)}万元"
    return f"{_trimmed(fen, 100)}元"


def area(centi: int) -> str:
    """1/100 m² as 58.20 ㎡."""
    return f"{centi // 100:,}.{centi % 100:02d} ㎡"


def door(building: str, unit: str) -> str:
    """A door as neighbours say it: 天津路426弄 前客堂, 3号楼 301室."""
    return f"{building} {unit}{'室' if unit.isdigit() and is_chinese() else ''}"


def paragraphs(text: str) -> Markup:
    """Plain text with its line breaks; nothing in it is markup."""
    return Markup("").join(Markup("<p>{}</p>").format(_lines(part)) for part in text.split("\n\n") if part.strip())


def days_since(moment: datetime, now: datetime) -> str:
    """今天 / 已等 2 天: whole days on the Beijing calendar."""
    waited = (_local(now).toordinal() - _local(moment).toordinal()) if moment <= now else 0
    return str(gettext("今天开始") if waited == 0 else gettext("已等 %(n)d 天", n=waited))


def _lines(text: str) -> Markup:
    return Markup("<br>").join(escape(line) for line in text.strip().split("\n"))


def _local(moment: datetime | date) -> datetime | date:
    return moment.astimezone(BEIJING) if isinstance(moment, datetime) else moment


def _gap() -> str:
    return "" if is_chinese() else " "


def _trimmed(number: int, unit: int) -> str:
    text = f"{number // unit:,}.{number % unit * 10_000 // unit:04d}"
    return text.rstrip("0").rstrip(".")


def init_app(app: Flask) -> None:
    """Give templates the filters."""
    for filter_ in (day, short_day, when, short_when, yuan, yuan_words, area, paragraphs, days_since):
        app.jinja_env.filters[filter_.__name__] = filter_
    app.jinja_env.globals["door"] = door

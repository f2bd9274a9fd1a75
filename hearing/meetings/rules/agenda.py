"""Agenda 议程: its items with their minutes, how much time one has left; the calendar file of the day."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hearing.meetings.rules.refusals import Refusal
from hearing.meetings.rules.states import State
from hearing.refusal import Refused

DEFAULT_MINUTES, MOST_MINUTES, MOST_ITEMS = 10, 180, 12
_ITEM = re.compile(r"(?P<title>.*?\S)[\s　]*(?:[（(]?(?P<minutes>\d{1,3})\s*分钟?[)）]?)?[。；]?")


@dataclass(frozen=True)
class Item:
    """One item and the minutes that it is given."""

    title: str
    minutes: int


def read_items(text: str) -> tuple[Item, ...]:
    """The items of an agenda, one a line: “施工队说明方案 15分钟”; without a time it gets ten minutes."""
    found = []
    for line in text.splitlines():
        if match := _ITEM.fullmatch(line.strip()):
            minutes = min(int(match["minutes"] or DEFAULT_MINUTES), MOST_MINUTES)
            found.append(Item(match["title"][:120], max(1, minutes)))
    return tuple(found[:MOST_ITEMS])


def may_go_on(state: State, *, items_left: int) -> None:
    """The chair goes on to the next item while there is one. Raises MEETING_ELSEWHERE or AGENDA_OVER."""
    if state is not State.IN_SESSION:
        raise Refused(Refusal.MEETING_ELSEWHERE)
    if not items_left:
        raise Refused(Refusal.AGENDA_OVER)


def ends_at(started_at: datetime, minutes: int) -> datetime:
    """When the item's time is up."""
    return started_at + timedelta(minutes=minutes)


def minutes_left(started_at: datetime, minutes: int, now: datetime) -> int:
    """Whole minutes left, the one that runs counted; 0 or less when the time is up, −3 three minutes over."""
    seconds = (ends_at(started_at, minutes) - now).total_seconds()
    return int(-(-seconds // 60))


@dataclass(frozen=True)
class Event:
    """What goes into somebody's calendar."""

    uid: str
    sequence: int
    """How often the date was set anew."""
    title: str
    place: str
    url: str
    starts_at: datetime
    hours: int
    stamped_at: datetime
    cancelled: bool = False


def calendar_file(event: Event) -> str:
    """The event as an .ics file (RFC 5545): UTC moments, CRLF, lines folded at 75 octets."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//hearing//meetings//ZH",
        "METHOD:" + ("CANCEL" if event.cancelled else "PUBLISH"),
        "BEGIN:VEVENT",
        f"UID:{event.uid}",
        f"SEQUENCE:{event.sequence}",
        f"DTSTAMP:{_stamp(event.stamped_at)}",
        f"DTSTART:{_stamp(event.starts_at)}",
        f"DTEND:{_stamp(event.starts_at + timedelta(hours=event.hours))}",
        f"SUMMARY:{_escaped(event.title)}",
        f"LOCATION:{_escaped(event.place)}",
        f"URL:{event.url}",
        "STATUS:" + ("CANCELLED" if event.cancelled else "CONFIRMED"),
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\n", "\\n")


def _folded(line: str, most: int = 75) -> Sequence[str]:
    """The line in pieces of at most 75 octets, those after the first beginning with a space; no character is cut."""
    pieces, piece = [], ""
    for character in line:
        if len((piece + character).encode()) > most:
            pieces.append(piece)
            piece = " "
        piece += character
    return [*pieces, piece]

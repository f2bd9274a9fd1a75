"""Papers 纸: the door-knocking sheet of a stairwell, from its doors to what `printing` lays out."""

from __future__ import annotations

from collections.abc import Sequence

from hearing.consents.models import ConsentCollection
from hearing.notices.paper import frame
from hearing.people.outbox import address
from hearing.printing import sheets
from hearing.printing.words import moment
from hearing.visits.queries import Door, Place
from hearing.visits.rules import OUTCOME_LABELS, Log


def rounds(collection: ConsentCollection, place: Place, listed: Sequence[Door]) -> sheets.Rounds:
    """The sheet of these doors: no names, and nothing of what anybody answered."""
    assert collection.closes_at is not None
    return sheets.Rounds(
        frame=frame(collection.neighbourhood, address(f"/consents/{collection.id}")),
        place=place.name,
        matter=collection.proposal.title,
        visitor=place.visitor,
        close_at=collection.closes_at,
        lines=[
            sheets.RoundLine(
                floor=_floor(door.unit.floor), door=door.unit.door, before=_before(door.log), agreed=_agreed(door.log)
            )
            for door in listed
        ],
    )


print_rounds = sheets.rounds


def _floor(label: str) -> str:
    """3层, 底层."""
    return f"{label}层" if label.isdecimal() else label


def _before(log: Log) -> str:
    """How often somebody went, and how it ended last: 2 次，敲门没人."""
    if not log.visits:
        return "还没去过"
    last = log.visits[-1]
    return f"{len(log.visits)} 次，{last.happened_on.month}月{last.happened_on.day}日{OUTCOME_LABELS[last.outcome]}"


def _agreed(log: Log) -> str:
    """The time that was agreed, or the day on which somebody means to come again."""
    if log.agreed_at is not None:
        return f"约好 {moment(log.agreed_at)}"
    return f"{log.next_on.month}月{log.next_on.day}日再来" if log.next_on is not None else ""

"""Turns: when a meeting is what a case waits for."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext

from hearing.meetings import rules
from hearing.meetings.queries.finding import Summary
from hearing.proposals.models import Proposal
from hearing.proposals.queries import Turn
from hearing.proposals.rules import State


def turn(proposal: Proposal, held: Sequence[Summary]) -> Turn | None:
    """Everybody's, while a meeting on the case goes on, or hangs announced and no seat owes its opinion.

    `held` are its announced meetings, oldest first. None while the case itself tells.
    """
    now = next((each.meeting for each in held if each.meeting.stands in rules.ROOM), None)
    if now is not None:
        return Turn(gettext("大家，%(kind)s正在开", kind=gettext(now.kind_label)), now.opened_at or now.starts_at)
    if proposal.stands is not State.DELIBERATING or any(each.given_at is None for each in proposal.opinions):
        return None
    coming = next((each.meeting for each in held if each.meeting.stands in rules.ANNOUNCED), None)
    if coming is None:
        return None
    who = gettext("大家，先看材料，会前可以提问，再来开%(kind)s", kind=gettext(coming.kind_label))
    return Turn(who, coming.since, until=coming.starts_at)

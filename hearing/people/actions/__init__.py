"""Acts of people: joining a household, recognising a holder, giving and ending seats, issuing letters."""

from hearing.people.actions.belonging import decline, join, recognise
from hearing.people.actions.letters import draw_codes, issue_codes
from hearing.people.actions.seating import end_seat, invite, invite_again

__all__ = ["decline", "draw_codes", "end_seat", "invite", "invite_again", "issue_codes", "join", "recognise"]

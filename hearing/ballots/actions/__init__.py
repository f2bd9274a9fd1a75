"""What may be done with polls."""

from hearing.ballots.actions.casting import Standing, Voter, cast_by_name, cast_secretly, commitment_of
from hearing.ballots.actions.clockwork import close_one, count_one, due_steps
from hearing.ballots.actions.closing import close, put_into_trail, record_tally
from hearing.ballots.actions.setting_up import (
    ProjectTerms,
    Terms,
    add_project,
    amend_roll,
    ask_amendment,
    change_terms,
    draft,
    extend,
    open_poll,
    withdraw_project,
)

__all__ = [
    "ProjectTerms",
    "Standing",
    "Terms",
    "Voter",
    "add_project",
    "amend_roll",
    "ask_amendment",
    "cast_by_name",
    "cast_secretly",
    "change_terms",
    "close",
    "close_one",
    "commitment_of",
    "count_one",
    "draft",
    "due_steps",
    "extend",
    "open_poll",
    "put_into_trail",
    "record_tally",
    "withdraw_project",
]

"""What may be done with polls."""

from hearing.ballots.actions.casting import Standing, Voter, cast_by_name, cast_secretly, write_down
from hearing.ballots.actions.clockwork import close_one, count_one, due_steps
from hearing.ballots.actions.closing import close, put_into_trail, record_tally
from hearing.ballots.actions.papers import (
    declare_lost,
    declare_unreturned,
    exchange,
    exchange_by_name,
    hand_out,
    hand_out_by_name,
    print_papers,
    void_late,
)
from hearing.ballots.actions.photographing import Shot, name_photo, photograph, set_photo_aside
from hearing.ballots.actions.reading import may_read, read_by_name, read_secretly
from hearing.ballots.actions.setting_up import (
    ProjectTerms,
    Terms,
    add_project,
    amend_roll,
    ask_amendment,
    change_terms,
    draft,
    draft_again,
    extend,
    open_poll,
    withdraw_project,
)
from hearing.ballots.actions.tablet import (
    cast_by_name_at_desk,
    cast_secretly_at_desk,
    end_code,
    forget_codes,
    issue_by_name,
    issue_secretly,
)
from hearing.ballots.actions.voiding import ask_void, declare_void

__all__ = [
    "ProjectTerms",
    "Shot",
    "Standing",
    "Terms",
    "Voter",
    "add_project",
    "amend_roll",
    "ask_amendment",
    "ask_void",
    "cast_by_name",
    "cast_by_name_at_desk",
    "cast_secretly",
    "cast_secretly_at_desk",
    "change_terms",
    "close",
    "close_one",
    "count_one",
    "declare_lost",
    "declare_unreturned",
    "declare_void",
    "draft",
    "draft_again",
    "due_steps",
    "end_code",
    "exchange",
    "exchange_by_name",
    "extend",
    "forget_codes",
    "hand_out",
    "hand_out_by_name",
    "issue_by_name",
    "issue_secretly",
    "may_read",
    "name_photo",
    "open_poll",
    "photograph",
    "print_papers",
    "put_into_trail",
    "read_by_name",
    "read_secretly",
    "record_tally",
    "set_photo_aside",
    "void_late",
    "withdraw_project",
    "write_down",
]

"""What may be done with a collection: set it up, answer, read paper, count. One verb, one function, one fact."""

from hearing.consents.actions.answering import (
    Signature,
    answer,
    answer_on_site,
    answer_question,
    ask_first,
    withdraw,
)
from hearing.consents.actions.counting import close, confirm_result, extend, finish, publish_provisional, void
from hearing.consents.actions.paper import Reading, attach_photo, issue_slips, read_slip, void_slip
from hearing.consents.actions.setting_up import (
    CollectionTerms,
    ask_correction,
    decide_correction,
    freeze_roll,
    set_up,
    show_roll,
)
from hearing.consents.actions.units import block, change_holder, look_at, unblock

__all__ = [
    "CollectionTerms",
    "Reading",
    "Signature",
    "answer",
    "answer_on_site",
    "answer_question",
    "ask_correction",
    "ask_first",
    "attach_photo",
    "block",
    "change_holder",
    "close",
    "confirm_result",
    "decide_correction",
    "extend",
    "finish",
    "freeze_roll",
    "issue_slips",
    "look_at",
    "publish_provisional",
    "read_slip",
    "set_up",
    "show_roll",
    "unblock",
    "void",
    "void_slip",
    "withdraw",
]

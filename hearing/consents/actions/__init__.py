"""What may be done with a collection: set it up, answer, read paper, count. One verb, one function, one fact."""

from hearing.consents.actions.answering import (
    Seen,
    Signature,
    answer,
    answer_on_site,
    answer_question,
    ask_first,
    keep_draft,
    withdraw,
)
from hearing.consents.actions.clockwork import due_steps
from hearing.consents.actions.counting import close, confirm_result, extend, finish, publish_provisional, void
from hearing.consents.actions.disputing import check_signature, dispute
from hearing.consents.actions.paper import Original, Reading, issue_slips, read_slip, void_slip
from hearing.consents.actions.setting_up import (
    CollectionTerms,
    ask_correction,
    decide_correction,
    freeze_roll,
    set_up,
    show_roll,
)
from hearing.consents.actions.units import block, look_at, rename, unblock

__all__ = [
    "CollectionTerms",
    "Original",
    "Reading",
    "Seen",
    "Signature",
    "answer",
    "answer_on_site",
    "answer_question",
    "ask_correction",
    "ask_first",
    "block",
    "check_signature",
    "close",
    "confirm_result",
    "decide_correction",
    "dispute",
    "due_steps",
    "extend",
    "finish",
    "freeze_roll",
    "issue_slips",
    "keep_draft",
    "look_at",
    "publish_provisional",
    "read_slip",
    "rename",
    "set_up",
    "show_roll",
    "unblock",
    "void",
    "void_slip",
    "withdraw",
]

"""What the office does with the register."""

from hearing.register.actions.changing import (
    change_hands,
    change_hands_within,
    correct_phone,
    mark_vacancy,
    register_death,
)
from hearing.register.actions.exporting import export
from hearing.register.actions.founding import Founding, add_estate, found
from hearing.register.actions.importing import approve, ask_undo, decline, keep_import, undo, upload

__all__ = [
    "Founding",
    "add_estate",
    "approve",
    "ask_undo",
    "change_hands",
    "change_hands_within",
    "correct_phone",
    "decline",
    "export",
    "found",
    "keep_import",
    "mark_vacancy",
    "register_death",
    "undo",
    "upload",
]

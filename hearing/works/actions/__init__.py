"""What may be done with a lift after its consent: enter an event, correct one, change the building group."""

from hearing.works.actions.entering import (
    Files,
    Said,
    add_photos,
    check_not_begun,
    correct,
    enter,
    hand_over,
    record_paper,
    take_back,
)
from hearing.works.actions.grouping import appoint, end_seat

__all__ = [
    "Files",
    "Said",
    "add_photos",
    "appoint",
    "check_not_begun",
    "correct",
    "end_seat",
    "enter",
    "hand_over",
    "record_paper",
    "take_back",
]

"""Meetings 会议 in rows: what they are, before, in the room, their minutes, and what comes after."""

from hearing.meetings.models.after import (
    Completion,
    GroupedOpinion,
    OpinionGroup,
    OpinionReply,
    Rectification,
    Satisfaction,
    SettlementSignature,
)
from hearing.meetings.models.before import Draw, Invitation, Material, SignUp
from hearing.meetings.models.meeting import (
    Attendance,
    Meeting,
    MeetingAnswer,
    MeetingMember,
    MeetingPhoto,
    MeetingQuestion,
    MeetingStep,
)
from hearing.meetings.models.minutes import Correction, MinutesConfirmation, MinutesVersion, Wording
from hearing.meetings.models.room import AgendaItem, Hand, LiveState, RoomBallot, RoomPaper, RoomPoll

__all__ = [
    "AgendaItem",
    "Attendance",
    "Completion",
    "Correction",
    "Draw",
    "GroupedOpinion",
    "Hand",
    "Invitation",
    "LiveState",
    "Material",
    "Meeting",
    "MeetingAnswer",
    "MeetingMember",
    "MeetingPhoto",
    "MeetingQuestion",
    "MeetingStep",
    "MinutesConfirmation",
    "MinutesVersion",
    "OpinionGroup",
    "OpinionReply",
    "Rectification",
    "RoomBallot",
    "RoomPaper",
    "RoomPoll",
    "Satisfaction",
    "SettlementSignature",
    "SignUp",
    "Wording",
]

"""Reads of what comes after a meeting: groups and answers, signatures, the plan that is owed, satisfaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from hearing.db import db
from hearing.meetings import rules
from hearing.meetings.models import (
    Completion,
    Correction,
    GroupedOpinion,
    Meeting,
    MeetingQuestion,
    OpinionGroup,
    Rectification,
    Satisfaction,
    SettlementSignature,
)
from hearing.meetings.queries.finding import runs
from hearing.people.viewer import Viewer

FEWEST_SHOWN = 5
"""Fewer households' satisfaction is shown to nobody but the desk (ux.md B6, 41)."""


def groups(meeting_id: int) -> Sequence[OpinionGroup]:
    """The groups of a meeting's opinions with all their answers, in their order."""
    query = (
        select(OpinionGroup)
        .where(OpinionGroup.meeting_id == meeting_id)
        .options(
            joinedload(OpinionGroup.meeting),
            selectinload(OpinionGroup.entries)
            .joinedload(GroupedOpinion.question)
            .options(joinedload(MeetingQuestion.wording), joinedload(MeetingQuestion.corrections)),
            joinedload(OpinionGroup.replies),
        )
        .order_by(OpinionGroup.number)
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(query).unique().all()


def ungrouped(meeting: Meeting, found: Collection[OpinionGroup]) -> int:
    """How many opinions are in no group."""
    placed = {entry.question_id for group in found for entry in group.entries}
    return sum(question.id not in placed for question in meeting.questions)


def group(viewer: Viewer, group_id: int) -> OpinionGroup | None:
    """A group for those who answer it: the desk, or the office to which it was passed on."""
    query = (
        select(OpinionGroup)
        .where(OpinionGroup.id == group_id)
        .options(
            joinedload(OpinionGroup.meeting).joinedload(Meeting.neighbourhood),
            selectinload(OpinionGroup.entries)
            .joinedload(GroupedOpinion.question)
            .options(joinedload(MeetingQuestion.wording), joinedload(MeetingQuestion.corrections)),
            selectinload(OpinionGroup.replies),
        )
    )
    found = db.session.scalars(query).unique().one_or_none()
    if found is None:
        return None
    passed_on = found.reply is not None and found.reply.account_id == viewer.id
    return found if passed_on or runs(viewer, found.meeting) else None


@dataclass(frozen=True)
class Effect:
    """A group of opinions that changed a part of the plan."""

    group: OpinionGroup
    replied_at: datetime


def effects(proposal_id: int, after: datetime | None, until: datetime) -> dict[str, list[Effect]]:
    """Which opinions changed which part of the plan, between two of its versions: by keys of FIELD_LABELS."""
    query = (
        select(OpinionGroup)
        .join(OpinionGroup.meeting)
        .where(Meeting.proposal_id == proposal_id)
        .options(joinedload(OpinionGroup.meeting), selectinload(OpinionGroup.replies))
        .order_by(OpinionGroup.meeting_id, OpinionGroup.number)
    )
    found: dict[str, list[Effect]] = {}
    for each in db.session.scalars(query).unique():
        reply = each.reply
        if reply is None or reply.replied_at > until or (after is not None and reply.replied_at <= after):
            continue
        for part in reply.parts:
            found.setdefault(part, []).append(Effect(each, reply.replied_at))
    return found


def is_own(viewer: Viewer, question: MeetingQuestion) -> bool:
    """Whether the viewer said it: typed on her phone, or recorded under her name."""
    if question.asked_by == viewer.id:
        return True
    member = question.member
    return member is not None and (member.account_id == viewer.id or member.holder_id in viewer.holder_ids)


def correction(viewer: Viewer, correction_id: int) -> Correction | None:
    """A correction for those who decide it."""
    query = (
        select(Correction)
        .where(Correction.id == correction_id)
        .options(joinedload(Correction.question).joinedload(MeetingQuestion.meeting))
    )
    found = db.session.scalars(query).unique().one_or_none()
    return found if found is not None and runs(viewer, found.question.meeting) else None


def signatures(meeting_id: int) -> Sequence[SettlementSignature]:
    """Who has signed what was settled, in order."""
    query = (
        select(SettlementSignature)
        .where(SettlementSignature.meeting_id == meeting_id)
        .options(joinedload(SettlementSignature.member))
        .order_by(SettlementSignature.id)
    )
    return db.session.scalars(query).all()


def rectification(meeting_id: int) -> Rectification | None:
    """The plan that the reviewed unit filed."""
    return db.session.scalars(select(Rectification).where(Rectification.meeting_id == meeting_id)).one_or_none()


def completion(meeting_id: int) -> Completion | None:
    """That what the meeting led to is done."""
    return db.session.get(Completion, meeting_id)


def satisfaction(meeting_id: int) -> dict[rules.Grade, int]:
    """How satisfied households are, counted."""
    query = (
        select(Satisfaction.grade, func.count())
        .where(Satisfaction.meeting_id == meeting_id)
        .group_by(Satisfaction.grade)
    )
    counted = {row[0]: row[1] for row in db.session.execute(query)}
    return {grade: counted.get(grade.value, 0) for grade in rules.Grade}


def has_given(viewer: Viewer, meeting_id: int) -> bool:
    """Whether one of the viewer's households has said so."""
    query = select(Satisfaction.id).where(
        Satisfaction.meeting_id == meeting_id, Satisfaction.unit_id.in_(sorted(viewer.unit_ids))
    )
    return db.session.scalars(query).first() is not None

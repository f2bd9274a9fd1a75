"""Answering 意见答复: opinions into groups, each group its written answer, and what came of the meeting."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from hearing.clock import now
from hearing.db import db
from hearing.meetings import facts, queries, rules
from hearing.meetings.actions.parts import ANSWERED, about, as_staff, hold, move_on
from hearing.meetings.models import GroupedOpinion, Meeting, OpinionGroup, OpinionReply
from hearing.notices import actions as notices
from hearing.people import outbox
from hearing.people.models import Account
from hearing.people.rules import FIELD_STAFF, Role
from hearing.people.viewer import Viewer
from hearing.proposals.rules import FIELD_LABELS


def group_opinions(
    by: Viewer, meeting: Meeting, title: str, question_ids: Collection[int], into: OpinionGroup | None = None
) -> facts.OpinionsGrouped:
    """Put opinions that say the same together, in a new group or in one that waits for its answer.

    Raises MEETING_ELSEWHERE, GROUP_EMPTY, GROUP_ANSWERED, or NOT_YOUR_SEAT of people.
    """
    meeting = hold(meeting)
    role = as_staff(by, meeting)
    groups = queries.groups(meeting.id)
    placed = {entry.question_id: (group, entry) for group in groups for entry in group.entries}
    chosen = [question for question in meeting.questions if question.id in set(question_ids)]
    stuck = any(placed[each.id][0].replies for each in chosen if each.id in placed)
    rules.may_group(meeting.stands, title, len(chosen), answered=stuck or (into is not None and bool(into.replies)))
    if into is None:
        number = max((group.number for group in groups), default=0) + 1
        into = OpinionGroup(meeting=meeting, number=number, title=title, made_by=by.id, made_at=now())
        db.session.add(into)
    into.title = title
    db.session.flush()
    for question in chosen:
        if question.id in placed:
            placed[question.id][1].group_id = into.id
        else:
            into.entries.append(GroupedOpinion(question_id=question.id))
    db.session.flush()
    db.session.expire_all()
    return facts.OpinionsGrouped(
        **about(by, role, meeting),
        number=into.number,
        count=len(chosen),
        numbers=tuple(question.number for question in chosen),
        title=title,
    )


def begin_answering(by: Viewer, meeting: Meeting) -> facts.AnsweringBegun:
    """Every opinion is in a group: from now on they are answered.

    Raises MEETING_ELSEWHERE, OPINIONS_UNGROUPED, or NOT_YOUR_SEAT of people.
    """
    meeting = hold(meeting)
    role = move_on(by, meeting, rules.Move.BEGIN_ANSWERING)
    groups = queries.groups(meeting.id)
    rules.may_begin_answering(queries.ungrouped(meeting, groups))
    return facts.AnsweringBegun(
        **about(by, role, meeting),
        opinions=len(meeting.questions),
        groups=len(groups),
        due_at=meeting.answers_due_at or meeting.since,
    )


@dataclass(frozen=True, kw_only=True)
class GroupAnswer:
    """What is answered to a group."""

    disposition: rules.Disposition
    reason: str
    office: str = ""
    liaison: Account | None = None
    due_at: datetime | None = None
    parts: tuple[str, ...] = ()
    """The parts of the plan that it changes: keys of proposals.rules.FIELD_LABELS."""


def answer_group(by: Viewer, group: OpinionGroup, given: GroupAnswer) -> facts.OpinionsAnswered:
    """The committee answers a group or passes it on; the office to which it was passed on answers as well.

    Whoever spoke in the group is told. Raises MEETING_ELSEWHERE, REPLY_NOT_YOURS, REPLY_FINAL, REPLY_REASON_MISSING,
    REPLY_OFFICE_MISSING or REPLY_DUE_WRONG.
    """
    meeting = hold(group.meeting)
    db.session.refresh(group, ["replies"])
    seat, moment, last = notices.seat_of(by, meeting.neighbourhood_id), now(), group.reply
    passed_on = last is not None and last.account_id == by.id
    words = rules.ReplyWords(given.disposition, given.reason, given.office, given.due_at)
    rules.may_reply(meeting.stands, group.answered, words, entitled=seat in FIELD_STAFF or passed_on, now=moment)
    held = by.seats_in(meeting.neighbourhood_id)
    role = seat if seat in FIELD_STAFF else next((role for role in Role if role in held), Role.RESIDENT)
    routed = given.disposition is rules.Disposition.ROUTED
    adopted = given.disposition in (rules.Disposition.ADOPTED, rules.Disposition.PARTLY)
    parts = tuple(part for part in FIELD_LABELS if part in given.parts) if adopted else ()
    late = group.overdue_since(moment) is not None
    group.replies.append(
        OpinionReply(
            disposition=given.disposition,
            reason=given.reason,
            office=given.office or (last.office if last is not None else ""),
            account_id=given.liaison.id if routed and given.liaison is not None else None,
            due_at=given.due_at if routed else None,
            parts_json=json.dumps(parts),
            after_deadline=late,
            role=role,
            replied_by=by.id,
            replied_at=moment,
        )
    )
    _tell_speakers(group)
    return facts.OpinionsAnswered(
        **about(by, role, meeting),
        number=group.number,
        disposition_label=rules.DISPOSITION_LABELS[given.disposition],
        office=given.office,
        after_deadline=late,
        parts=parts,
        words=given.reason,
    )


def close(by: Viewer, meeting: Meeting, outcome: rules.Outcome | None, note: str) -> facts.MeetingClosed:
    """The meeting is dealt with; it advises, and no consent is touched.

    Raises MEETING_ELSEWHERE, OPINIONS_UNGROUPED, GROUPS_UNANSWERED, SETTLEMENT_UNSIGNED, GRADES_MISSING,
    RECTIFICATION_MISSING, MEETING_REASON_MISSING, or NOT_YOUR_SEAT of people.
    """
    meeting = hold(meeting)
    role = move_on(by, meeting, rules.Move.CLOSE)
    groups = queries.groups(meeting.id)
    ungrouped = queries.ungrouped(meeting, groups) if meeting.template.answers else 0
    decided = rules.may_close([group.answered for group in groups], ungrouped=ungrouped, outcome=outcome)
    if meeting.template.settles:
        parties = [member.key for member in meeting.delegates if member.came]
        signed = [signature.member.key for signature in queries.signatures(meeting.id)]
        rules.may_close_settled(parties, signed)
    if meeting.template.grades:
        filed = queries.rectification(meeting.id) is not None
        rules.may_close_review(queries.graded(meeting.id), filed=filed)
    meeting.outcome, meeting.outcome_words = decided, note
    return facts.MeetingClosed(
        **about(by, role, meeting), outcome_label=rules.OUTCOME_LABELS[decided], groups=len(groups), note=note
    )


def _tell_speakers(group: OpinionGroup) -> None:
    """Whoever asked on her own phone reads that there is an answer."""
    askers = sorted({question.asked_by for question in group.questions if question.asked_by is not None})
    theirs = select(Account).where(Account.id.in_(askers), Account.disabled_at.is_(None)).order_by(Account.id)
    for account in db.session.scalars(theirs):
        outbox.tell(db.session, account, ANSWERED, path=f"/meetings/{group.meeting_id}")

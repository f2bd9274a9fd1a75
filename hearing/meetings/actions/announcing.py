"""Announcing 公告: the notice in time, sign-up, postponing, a new date, calling off."""

from __future__ import annotations

from datetime import datetime

from hearing.clock import now
from hearing.db import db
from hearing.meetings import facts, queries, rules
from hearing.meetings.actions.parts import CHANGED, INVITED, about, hold, move_on, tell
from hearing.meetings.actions.planning import name
from hearing.meetings.models import Meeting
from hearing.notices import actions as notices
from hearing.notices.models import Notice
from hearing.notices.rules import NoticeKind
from hearing.people.rules import ROLE_LABELS, Role
from hearing.people.viewer import Viewer
from hearing.printing import words

_NEIGHBOURS_CALLED = "请名单上的邻居准时参加；来不了的，可以请家里人来，也可以先在网上提问。其他邻居可以旁听。"
_COUNCIL_CALLED = "请理事会成员准时参加；来不了的，请早点告诉居委会。其他邻居可以旁听，也可以先在网上提意见。"


def post_notice(by: Viewer, meeting: Meeting) -> facts.MeetingNoticed:
    """Announce a meeting in time: name its delegates, unless they are drawn; post the notice, tell everybody named.

    Raises MEETING_ELSEWHERE, NOBODY_NAMED, TOO_FEW_DELEGATES, NOTICE_TOO_LATE of notices, or NOT_YOUR_SEAT of people.
    """
    meeting = hold(meeting)
    role = move_on(by, meeting, rules.Move.POST_NOTICE)
    _name_delegates(meeting)
    notice = _announce(by, meeting, meeting.template.notice_days)
    tell(meeting, INVITED)
    return facts.MeetingNoticed(
        **about(by, role, meeting), starts_at=meeting.starts_at, named=meeting.named, notice_hash=notice.digest
    )


def postpone(by: Viewer, meeting: Meeting, reason: str) -> facts.MeetingPostponed:
    """Put a meeting off; its notice comes down, and everybody named is told.

    Raises MEETING_ELSEWHERE, MEETING_REASON_MISSING, or NOT_YOUR_SEAT of people.
    """
    meeting = hold(meeting)
    role = move_on(by, meeting, rules.Move.POSTPONE, reason)
    _take_notice_down(by, meeting, reason)
    tell(meeting, CHANGED)
    return facts.MeetingPostponed(**about(by, role, meeting), reason=reason)


def set_new_date(by: Viewer, meeting: Meeting, starts_at: datetime, place: str) -> facts.MeetingSetAnew:
    """Give a postponed meeting its new date, with a new notice; everybody named is told.

    Raises MEETING_ELSEWHERE, NEW_DATE_TOO_SOON, or NOT_YOUR_SEAT of people.
    """
    meeting = hold(meeting)
    seat = notices.seat_of(by, meeting.neighbourhood_id)
    rules.next_state(meeting.stands, rules.Move.SET_NEW_DATE, role=seat, kind=meeting.sort)
    rules.may_set_new_date(now(), starts_at)
    meeting.starts_at, meeting.place = starts_at, place
    meeting.session += 1  # Whoever signed in for the old date has not come to the new one.
    for member in meeting.members:
        member.left_at = None
    role = move_on(by, meeting, rules.Move.SET_NEW_DATE)
    notice = _announce(by, meeting, rules.POSTPONED_BY_DAYS)
    tell(meeting, CHANGED)
    return facts.MeetingSetAnew(
        **about(by, role, meeting), starts_at=starts_at, named=meeting.named, notice_hash=notice.digest
    )


def open_sign_up(by: Viewer, meeting: Meeting) -> facts.SignUpOpened:
    """Neighbours may sign up from now on: the notice hangs on the screen and on the wall.

    Raises MEETING_ELSEWHERE, PAPER_NOT_POSTED, or NOT_YOUR_SEAT of people.
    """
    meeting = hold(meeting)
    papers = queries.papers_posted(meeting)
    role = move_on(by, meeting, rules.Move.OPEN_SIGN_UP)
    rules.may_open_sign_up(posted_on_paper=papers > 0)
    return facts.SignUpOpened(
        **about(by, role, meeting), papers=papers, closes_at=rules.sign_up_closes(meeting.starts_at)
    )


def put_off(by: Viewer, meeting: Meeting) -> facts.LackedQuorum:
    """Put a meeting off at its hour because too few came; its notice comes down, and everybody named is told.

    Raises MEETING_ELSEWHERE, MEETING_TOO_EARLY, QUORUM_THERE, or NOT_YOUR_SEAT of people.
    """
    meeting = hold(meeting)
    reason = f"应到 {meeting.named} 人，实到 {meeting.inside} 人，不足三分之二"
    role = move_on(by, meeting, rules.Move.LACK_QUORUM, reason)
    rules.check_hour(meeting.starts_at + rules.DOORS_OPEN_BEFORE, meeting.since)
    rules.check_lack(meeting.inside, meeting.named)
    _take_notice_down(by, meeting, reason)
    tell(meeting, CHANGED)
    return facts.LackedQuorum(**about(by, role, meeting), named=meeting.named, present=meeting.inside)


def cancel(by: Viewer, meeting: Meeting, reason: str) -> facts.MeetingCancelled | facts.MeetingDropped:
    """Call a meeting off; whoever was told of it is told again.

    Raises MEETING_ELSEWHERE, MEETING_REASON_MISSING, or NOT_YOUR_SEAT of people.
    """
    meeting = hold(meeting)
    role = move_on(by, meeting, rules.Move.CANCEL, reason)
    if not meeting.is_public:
        return facts.MeetingDropped(**about(by, role, meeting), reason=reason)
    _take_notice_down(by, meeting, reason)
    tell(meeting, CHANGED)
    return facts.MeetingCancelled(**about(by, role, meeting), reason=reason)


def _name_delegates(meeting: Meeting) -> None:
    """Name the delegates as the register has them now; those who are drawn are named later.

    Raises NOBODY_NAMED or TOO_FEW_DELEGATES.
    """
    if meeting.naming == rules.Naming.EVERYBODY:
        name(meeting, queries.delegates_of(meeting))
    meeting.named = len(meeting.delegates)
    if meeting.naming != rules.Naming.DRAWN:
        rules.check_delegates(meeting.named, meeting.sort)


def _announce(by: Viewer, meeting: Meeting, lead_days: int) -> Notice:
    """Post the notice of the meeting as it now stands (wording: domain.md 3.2)."""
    place, template = meeting.neighbourhood, meeting.template
    called = f"居民{meeting.kind_label}" if meeting.sort is rules.Kind.HEARING else meeting.kind_label
    sign_up = [("报名", f"{words.deadline(rules.sign_up_closes(meeting.starts_at))}前，扫码或到居委会报名旁听、发言")]
    notice = notices.post_within(
        by,
        neighbourhood=place,
        matter=meeting.proposal.matter,
        kind=NoticeKind.MEETING,
        title=f"关于“{meeting.proposal.title}”召开{called}的公告",
        body=_COUNCIL_CALLED if meeting.naming == rules.Naming.SEATS else _NEIGHBOURS_CALLED,
        lines=[
            ("时间", words.deadline(meeting.starts_at)),
            ("地点", meeting.place),
            ("听证事项" if meeting.sort is rules.Kind.HEARING else "议题", _in_a_line(meeting.agenda)),
            ("参加人员", _called(meeting)),
            *(sign_up if template.takes_sign_up else []),
        ],
        takes_effect_at=meeting.starts_at,
        lead_days=lead_days,
    )
    meeting.notice = notice
    db.session.flush()
    return notice


def _in_a_line(agenda: str) -> str:
    """The items of an agenda as one line of the board; a single paragraph stays as it is."""
    items = [line.strip() for line in agenda.splitlines() if line.strip()]
    return "；".join(item.rstrip("；。") for item in items) if len(items) > 1 else agenda


def _called(meeting: Meeting) -> str:
    """Who is called, as the board says it: of a meeting about a concern, its parties and no more."""
    invited = "、".join(dict.fromkeys(ROLE_LABELS[Role(seat.role)] for seat in meeting.seats))
    if meeting.concern_id is not None:
        whom = "有关各方"
    elif meeting.naming == rules.Naming.DRAWN and not meeting.named:
        whom = f"{meeting.whom} {meeting.wanted} 名代表，从报名的邻居里按单元抽签"
    elif meeting.naming == rules.Naming.SEATS:
        whom = "、".join(dict.fromkeys(ROLE_LABELS[Role(seat.role)] for seat in meeting.delegates))
    else:
        whom = f"{meeting.whom} {meeting.named} 人"
    return f"{whom}；{invited}" if invited else whom


def _take_notice_down(by: Viewer, meeting: Meeting, reason: str) -> None:
    if meeting.notice is not None and meeting.notice.withdrawal is None:
        notices.take_down_within(by, meeting.notice, reason)

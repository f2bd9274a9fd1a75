"""Planning: what kind of meeting, about what, when, where, with whom; nobody is told yet."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from hearing.clock import now
from hearing.concerns.models import Concern
from hearing.concerns.queries import involved
from hearing.db import db
from hearing.meetings import facts, queries, rules
from hearing.meetings.actions.parts import about, hold, touch
from hearing.meetings.models import AgendaItem, Meeting, MeetingMember
from hearing.notices import actions as notices
from hearing.people.models import Account, Seat
from hearing.people.rules import COMMITTEE, Role, require_role
from hearing.people.viewer import Viewer
from hearing.places.models import Building
from hearing.proposals.actions.moving import lock
from hearing.proposals.models import Proposal
from hearing.refusal import Refused


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What the committee decides before a meeting is announced."""

    title: str
    place: str
    starts_at: datetime
    agenda: str
    building: Building | None
    """Whose households are meant; None for the whole neighbourhood."""
    chair: Account
    recorder: Account
    seats: Sequence[Seat]
    """The seats that are invited."""
    kind: rules.Kind = rules.Kind.COORDINATION
    roster: rules.RosterName = rules.RosterName.PARTIES
    naming: rules.Naming = rules.Naming.EVERYBODY
    wanted: int = 0
    """How many delegates are to be drawn."""
    reviewed: str = ""
    """Of a review: whose work is reviewed."""


def plan(by: Viewer, proposal: Proposal, wanted: Plan) -> facts.MeetingPlanned:
    """Plan a meeting on a case; nobody is told yet.

    Raises CASE_DOES_NOT_MEET or NOT_YOUR_SEAT of people.
    """
    role = notices.seat_of(by, proposal.neighbourhood_id)
    require_role(role, COMMITTEE)
    rules.may_plan(proposal.stands, wanted.kind)
    meeting = Meeting(
        proposal=proposal,
        neighbourhood=proposal.neighbourhood,
        kind=wanted.kind,
        round_no=_next_round(proposal.id, wanted.kind),
        state=rules.State.DRAFT,
        since=now(),
        door_token=secrets.token_urlsafe(12),
    )
    _lay_down(meeting, wanted)
    db.session.add(meeting)
    db.session.flush()
    touch(meeting.id)
    return _planned(by, role, meeting)


def plan_about(by: Viewer, concern: Concern) -> facts.MeetingPlanned:
    """Plan a coordination meeting about a concern with what is likely: its parties, and who was named or answered.

    It is a draft like any other: day, place and seats are looked over before it is announced. Raises
    CASE_DOES_NOT_MEET, MEETING_ABOUT_IT, or NOT_YOUR_SEAT of people.
    """
    lock(concern.proposal)
    if queries.running_about(concern.id) is not None:
        raise Refused(rules.Refusal.MEETING_ABOUT_IT)
    db.session.refresh(concern)
    place, label = concern.neighbourhood, concern.label
    wanted = Plan(
        title=f"“{concern.proposal.title[:90]}”{label}协调会",
        place=place.office[:60],
        starts_at=rules.likely_hour(now()),
        agenda=f"商量“{label}”方面的顾虑怎样解决：量出来的数、能改的地方、补偿。",
        building=concern.unit.stairwell.building,
        chair=by.account,
        recorder=by.account,
        seats=involved(concern),
    )
    done = plan(by, concern.proposal, wanted)
    db.session.get_one(Meeting, int(done.subject.removeprefix("meeting/"))).concern_id = concern.id
    return done


def change_plan(by: Viewer, meeting: Meeting, wanted: Plan) -> facts.MeetingPlanned:
    """Change a meeting that nobody has been told of. Raises MEETING_ELSEWHERE or NOT_YOUR_SEAT of people."""
    meeting = hold(meeting)
    role = notices.seat_of(by, meeting.neighbourhood_id)
    rules.next_state(meeting.stands, rules.Move.POST_NOTICE, role=role, kind=meeting.sort)
    rules.may_plan(meeting.proposal.stands, wanted.kind)
    if wanted.kind is not meeting.sort:
        meeting.round_no = _next_round(meeting.proposal_id, wanted.kind)
    listed = {member.key: member for member in meeting.delegates if wanted.naming is rules.Naming.LISTED}
    meeting.members = list(listed.values())
    meeting.items.clear()
    db.session.flush()
    _lay_down(meeting, wanted)
    return _planned(by, role, meeting)


def plan_next(by: Viewer, meeting: Meeting) -> facts.MeetingPlanned:
    """Plan the next meeting of the same kind and roster on the same case: a council that meets every month.

    It is a draft to look over: whoever was invited is invited again, or her successor; who was listed is listed. Raises
    CASE_DOES_NOT_MEET, NEXT_ROUND_PLANNED, or NOT_YOUR_SEAT of people.
    """
    lock(meeting.proposal)
    rules.may_plan_next(later.stands for later in queries.rounds_after(meeting))
    held = queries.seats(meeting.neighbourhood_id)
    places = rules.next_seats(
        [rules.Held(Role(member.role), member.account_id) for member in meeting.members if member.account_id],
        [rules.Held(Role(seat.role), seat.account_id) for seat in held],
    )
    at_desk = {seat.account_id for seat in held if Role(seat.role) in queries.CHAIRS}
    wanted = Plan(
        title=meeting.title,
        place=meeting.place,
        starts_at=rules.next_hour(meeting.starts_at, now(), meeting.sort),
        agenda=rules.next_agenda(meeting.agenda, meeting.sort),
        building=None if meeting.everywhere else meeting.building,
        chair=meeting.chair if meeting.chair_id in at_desk else by.account,
        recorder=meeting.recorder if meeting.recorder_id in at_desk else by.account,
        seats=[held[place] for place in places],
        kind=meeting.sort,
        roster=rules.RosterName(meeting.roster),
        naming=rules.Naming(meeting.naming),
        wanted=meeting.wanted,
        reviewed=meeting.reviewed,
    )
    done = plan(by, meeting.proposal, wanted)
    if wanted.naming is rules.Naming.LISTED:
        following = db.session.get_one(Meeting, int(done.subject.removeprefix("meeting/")))
        listed = {member.holder_id for member in meeting.delegates}
        name(following, [each for each in queries.nameable(following) if each.holder.id in listed])
        touch(following.id)
    return done


def list_delegates(by: Viewer, meeting: Meeting, holder_ids: Collection[int]) -> facts.DelegatesListed:
    """The committee names people of the register as delegates, or adds some to those who were drawn.

    Raises MEETING_ELSEWHERE, NOBODY_TICKED, or NOT_YOUR_SEAT of people.
    """
    meeting = hold(meeting)
    role = notices.seat_of(by, meeting.neighbourhood_id)
    require_role(role, COMMITTEE)
    if meeting.stands not in rules.ANNOUNCED | {rules.State.DRAFT}:
        raise Refused(rules.Refusal.MEETING_ELSEWHERE)
    known = {member.holder_id for member in meeting.members}
    found = [each for each in queries.nameable(meeting) if each.holder.id in set(holder_ids) - known]
    if not found:
        raise Refused(rules.Refusal.NOBODY_TICKED)
    named = name(meeting, found)
    if meeting.is_public:
        meeting.named = len(meeting.delegates)
    touch(meeting.id)
    return facts.DelegatesListed(
        **about(by, role, meeting), count=len(named), members=tuple(member.key for member in named)
    )


def name(meeting: Meeting, people: Collection[queries.Delegate]) -> list[MeetingMember]:
    """Put people of the register on the list of delegates."""
    first = len(meeting.delegates)
    named = [
        MeetingMember(
            key=f"holder/{delegate.holder.id}",
            kind=rules.MemberKind.DELEGATE,
            position=first + position,
            holder=delegate.holder,
            unit=delegate.unit,
            capacity=delegate.capacity,
            role=Role.RESIDENT,
        )
        for position, delegate in enumerate(people)
    ]
    meeting.members.extend(named)
    return named


def _next_round(proposal_id: int, kind: rules.Kind) -> int:
    """Which meeting of its kind this is on the case: one case may be heard eight times (domain.md 0, 12)."""
    query = select(func.count()).where(Meeting.proposal_id == proposal_id, Meeting.kind == kind.value)
    return db.session.scalars(query).one() + 1


def _lay_down(meeting: Meeting, wanted: Plan) -> None:
    meeting.title, meeting.place, meeting.starts_at = wanted.title, wanted.place, wanted.starts_at
    meeting.agenda, meeting.everywhere = wanted.agenda, wanted.building is None
    meeting.building = wanted.building or queries.buildings(meeting.neighbourhood.id)[0]
    meeting.chair, meeting.recorder = wanted.chair, wanted.recorder
    meeting.kind, meeting.roster, meeting.naming = wanted.kind, wanted.roster, wanted.naming
    meeting.wanted, meeting.reviewed = wanted.wanted, wanted.reviewed
    by_seat = wanted.naming is rules.Naming.SEATS
    for position, seat in enumerate(wanted.seats):
        votes = by_seat and rules.is_principal(Role(seat.role))
        meeting.members.append(
            MeetingMember(
                key=f"seat/{seat.role}/{seat.account_id}",
                kind=rules.MemberKind.DELEGATE if votes else rules.MemberKind.SEAT,
                position=10_000 + position,
                account_id=seat.account_id,
                role=seat.role,
            )
        )
    for position, item in enumerate(rules.read_items(wanted.agenda)):
        meeting.items.append(AgendaItem(position=position, title=item.title, minutes=item.minutes))


def _planned(by: Viewer, role: Role, meeting: Meeting) -> facts.MeetingPlanned:
    return facts.MeetingPlanned(
        **about(by, role, meeting), title=meeting.title, starts_at=meeting.starts_at, place=meeting.place
    )

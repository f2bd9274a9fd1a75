"""Reads of meetings: an announced meeting is for everybody, who was named and who came for those who run it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from hearing.concerns.queries import parties
from hearing.db import db
from hearing.files.models import Evidence
from hearing.meetings import rules
from hearing.meetings.models import (
    Attendance,
    Material,
    Meeting,
    MeetingMember,
    MeetingPhoto,
    MeetingQuestion,
    MinutesConfirmation,
    MinutesVersion,
)
from hearing.meetings.queries.room import polls
from hearing.people.models import Account, Seat
from hearing.people.rules import COMMITTEE, FIELD_STAFF, Role
from hearing.people.viewer import Anyone, Viewer
from hearing.places.models import Building, Estate, Holder, Neighbourhood, Sector, Stairwell, Tenure, TenureShare, Unit
from hearing.proposals.models import Proposal

PHOTO, SIGN_IN_PAPER, MINUTES_PAPER = "meeting_photo", "meeting_sign_in_paper", "minutes_paper"
VOICE, LETTER, SETTLEMENT_PAPER = "meeting_voice", "meeting_letter", "settlement_paper"
"""Kinds of evidence; they show faces, names and voices, so only the committee and whoever attached them open them."""
MATERIAL = "meeting_material"
"""What everybody reads who may read of the meeting."""

CHAIRS = COMMITTEE | {Role.PARTY_SECRETARY, Role.BLOCK_OFFICER, Role.ESTATE_OFFICER}
"""Who may chair a meeting or keep its record."""


def meeting(viewer: Anyone, meeting_id: int) -> Meeting | None:
    """A meeting with all of its record, if it was announced or the viewer runs it."""
    found = db.session.scalars(whole().where(Meeting.id == meeting_id)).unique().one_or_none()
    if found is None or not ((found.is_public and found.proposal.is_public) or runs(viewer, found)):
        return None
    return found


def at_a_glance(viewer: Viewer, meeting_id: int) -> Meeting | None:
    """A meeting without its record, for the pages in the room that many phones ask for at once."""
    query = select(Meeting).where(Meeting.id == meeting_id)
    options = joinedload(Meeting.proposal), joinedload(Meeting.neighbourhood), joinedload(Meeting.chair)
    found = db.session.scalars(query.options(*options)).one_or_none()
    if found is None or found.neighbourhood_id not in viewer.neighbourhood_ids:
        return None
    return found if found.is_public and found.proposal.is_public else None


def runs(viewer: Anyone, found: Meeting) -> bool:
    """Whether the viewer works on the meeting from the desk."""
    return viewer.holds(*FIELD_STAFF, neighbourhood_id=found.neighbourhood_id)


def leads(viewer: Anyone, found: Meeting) -> bool:
    """Whether the viewer may move the meeting on."""
    return viewer.holds(*COMMITTEE, neighbourhood_id=found.neighbourhood_id)


def for_staff(viewer: Viewer, meeting_id: int) -> Meeting | None:
    """A meeting for those who work on it from the desk."""
    found = meeting(viewer, meeting_id)
    return found if found is not None and runs(viewer, found) else None


def for_chairs(viewer: Viewer, meeting_id: int) -> Meeting | None:
    """A meeting for those who may chair it."""
    found = meeting(viewer, meeting_id)
    return found if found is not None and viewer.holds(*CHAIRS, neighbourhood_id=found.neighbourhood_id) else None


def question_for_staff(viewer: Viewer, question_id: int) -> MeetingQuestion | None:
    """A question or opinion for those who work on its meeting."""
    found = db.session.get(MeetingQuestion, question_id)
    return found if found is not None and for_staff(viewer, found.meeting_id) is not None else None


def for_committee(viewer: Viewer, meeting_id: int) -> Meeting | None:
    """A meeting for those who may move it on."""
    found = meeting(viewer, meeting_id)
    return found if found is not None and leads(viewer, found) else None


def for_neighbours(viewer: Viewer, meeting_id: int) -> Meeting | None:
    """A meeting for those who live or hold a seat in its neighbourhood, and so may ask."""
    found = meeting(viewer, meeting_id)
    return found if found is not None and found.neighbourhood_id in viewer.neighbourhood_ids else None


def question(viewer: Viewer, question_id: int) -> MeetingQuestion | None:
    """A question for those who may answer it."""
    found = db.session.get(MeetingQuestion, question_id)
    if found is None:
        return None
    whole = for_neighbours(viewer, found.meeting_id)
    return found if whole is not None and answering_role(viewer, whole) is not None else None


def answering_role(viewer: Anyone, found: Meeting) -> Role | None:
    """From which seat the viewer answers questions: an invited one, the desk's, or the proposer's; None for others."""
    if not isinstance(viewer, Viewer):
        return None
    held = viewer.seats_in(found.neighbourhood_id)
    invited = [Role(seat.role) for seat in found.seats if seat.account_id == viewer.id]
    wanted = [*invited, *(role for role in Role if role in FIELD_STAFF)]
    seat = next((role for role in wanted if role in held), None)
    if seat is not None:
        return seat
    proposer = viewer.id == found.proposal.proposer_id or found.proposal.unit_id in viewer.unit_ids
    return Role.RESIDENT if proposer else None


def memberships(viewer: Anyone, found: Meeting) -> list[MeetingMember]:
    """As what the viewer is named: in her own name, or else for the household that she belongs to.

    A family member who is not on the register comes for the household's first delegate who has not come yet.
    """
    return _as_whom(viewer, found.members) if isinstance(viewer, Viewer) else []


def own_memberships(viewer: Viewer, meeting_id: int) -> list[MeetingMember]:
    """The same, read without the rest of the list: for acts that a whole hall does within minutes."""
    query = (
        select(MeetingMember)
        .where(
            MeetingMember.meeting_id == meeting_id,
            or_(
                MeetingMember.account_id == viewer.id,
                MeetingMember.holder_id.in_(sorted(viewer.holder_ids)),
                MeetingMember.unit_id.in_(sorted(viewer.unit_ids)),
            ),
        )
        .options(joinedload(MeetingMember.attendances), joinedload(MeetingMember.unit))
        .order_by(MeetingMember.position)
        .execution_options(populate_existing=True)
    )
    return _as_whom(viewer, db.session.scalars(query).unique().all())


def _as_whom(viewer: Viewer, members: Sequence[MeetingMember]) -> list[MeetingMember]:
    own = [m for m in members if m.account_id == viewer.id or m.holder_id in viewer.holder_ids]
    if own:
        return own
    delegates = (m for m in members if m.kind == rules.MemberKind.DELEGATE)
    household = [m for m in delegates if m.unit_id in viewer.unit_ids]
    return [m for m in household if m.attendance is None][:1] or household[:1]


def of_proposal(proposal_id: int) -> list[Summary]:
    """The announced meetings of a case with their numbers, oldest first, in one statement."""
    came = (
        select(func.count(Attendance.id))
        .join(Attendance.member)
        .where(
            MeetingMember.meeting_id == Meeting.id,
            MeetingMember.kind == rules.MemberKind.DELEGATE,
            Attendance.session == Meeting.session,
        )
        .scalar_subquery()
    )
    asked = select(func.count()).where(MeetingQuestion.meeting_id == Meeting.id).scalar_subquery()
    query = (
        select(Meeting, came.label("present"), asked.label("questions"))
        .where(Meeting.proposal_id == proposal_id, Meeting.notice_id.is_not(None))
        .order_by(Meeting.starts_at, Meeting.id)
    )
    return [Summary(row[0], row.present, row.questions) for row in db.session.execute(query)]


def rounds(found: Meeting) -> Sequence[Meeting]:
    """All meetings of this one's kind on its case, drafts among them, in their order."""
    query = select(Meeting).where(Meeting.proposal_id == found.proposal_id, Meeting.kind == found.kind)
    return db.session.scalars(query.order_by(Meeting.round_no, Meeting.id)).all()


def rounds_after(found: Meeting) -> list[Meeting]:
    """Those of them that follow this one."""
    return [each for each in rounds(found) if (each.round_no, each.id) > (found.round_no, found.id)]


@dataclass(frozen=True)
class Summary:
    """An announced meeting as its case shows it."""

    meeting: Meeting
    present: int
    questions: int


AHEAD = rules.BEFORE
"""States of a meeting that waits for its hour."""


def coming(neighbourhood_id: int, most: int) -> Sequence[Meeting]:
    """The announced meetings of a neighbourhood that go on now or are still to come, the nearest first."""
    states = rules.ANNOUNCED | rules.ROOM
    query = (
        select(Meeting)
        .join(Meeting.proposal)
        .where(
            Meeting.neighbourhood_id == neighbourhood_id,
            Meeting.state.in_(sorted(state.value for state in states)),
            Meeting.notice_id.is_not(None),
            Proposal.accepted_at.is_not(None),
        )
        .order_by(Meeting.starts_at, Meeting.id)
        .limit(most)
    )
    return db.session.scalars(query).all()


def desk(viewer: Viewer, *, over: bool = True) -> Sequence[Meeting]:
    """The meetings of the viewer's neighbourhoods, those not over first, by their hour; `over` says with the others."""
    places = sorted(place for place in viewer.neighbourhood_ids if viewer.holds(*FIELD_STAFF, neighbourhood_id=place))
    is_over = or_(
        Meeting.state.in_([rules.State.CLOSED.value, rules.State.CANCELLED.value]),
        and_(
            Meeting.state == rules.State.MINUTES_CONFIRMED.value,
            Meeting.kind.in_([kind.value for kind, template in rules.TEMPLATES.items() if not template.answers]),
        ),
    )
    query = (
        select(Meeting)
        .join(Meeting.proposal)
        .where(Meeting.neighbourhood_id.in_(places), *([] if over else [~is_over]))
        .options(contains_eager(Meeting.proposal))
        .order_by(is_over, Meeting.starts_at.desc(), Meeting.id.desc())
        .limit(100)
    )
    return db.session.scalars(query).all()


def case_for_staff(viewer: Viewer, proposal_id: int) -> Proposal | None:
    """A case on which the viewer may call a meeting."""
    query = (
        select(Proposal)
        .where(Proposal.id == proposal_id)
        .options(joinedload(Proposal.neighbourhood), joinedload(Proposal.unit).joinedload(Unit.stairwell))
    )
    found = db.session.scalars(query).one_or_none()
    return found if found and viewer.holds(*COMMITTEE, neighbourhood_id=found.neighbourhood_id) else None


def buildings(neighbourhood_id: int) -> Sequence[Building]:
    """The buildings of a neighbourhood, in their order."""
    query = (
        select(Building)
        .join(Building.estate)
        .where(Estate.neighbourhood_id == neighbourhood_id)
        .order_by(Estate.id, Building.position, Building.id)
    )
    return db.session.scalars(query).all()


def seats(neighbourhood_id: int) -> Sequence[Seat]:
    """The seats that are held in a neighbourhood now and may be invited, with their people."""
    query = (
        select(Seat)
        .join(Seat.account)
        .where(Seat.neighbourhood_id == neighbourhood_id, Seat.until.is_(None), Account.disabled_at.is_(None))
        .options(contains_eager(Seat.account))
        .order_by(Seat.id)
    )
    return [seat for seat in db.session.scalars(query) if Role(seat.role) is not Role.RESIDENT]


@dataclass(frozen=True)
class Delegate:
    """A person of the register who is to be named for a meeting."""

    holder: Holder
    unit: Unit
    capacity: str


def delegates_of(found: Meeting) -> list[Delegate]:
    """Who is to be named for a meeting: the parties of the concern that it is about, else the whole building."""
    if found.concern is not None:
        return _answering_for(Unit.id.in_(sorted(parties(found.concern))))
    return nameable(found)


def nameable(found: Meeting) -> list[Delegate]:
    """Everybody on the register who may be named as a delegate of a meeting: of its building, or of all of them."""
    if not found.everywhere:
        return delegates(found.building_id)
    return _answering_for(
        Stairwell.building_id.in_(
            select(Building.id).join(Building.estate).where(Estate.neighbourhood_id == found.neighbourhood_id)
        )
    )


def running_about(concern_id: int) -> Meeting | None:
    """The meeting about a concern that is not over yet."""
    return next((found for found in about(concern_id) if not found.is_over), None)


def about(concern_id: int) -> Sequence[Meeting]:
    """The meetings about a concern, the last one first."""
    query = select(Meeting).where(Meeting.concern_id == concern_id).order_by(Meeting.id.desc())
    return db.session.scalars(query).all()


def delegates(building_id: int) -> list[Delegate]:
    """The persons of the register who answer for a building's units now, in the order of the doors.

    Of people who hold a unit together and named one to answer for them, that one; nobody who has died; whoever holds
    several units, once.
    """
    return _answering_for(Stairwell.building_id == building_id)


def _answering_for(where: ColumnElement[bool]) -> list[Delegate]:
    query = (
        select(TenureShare)
        .join(TenureShare.tenure)
        .join(Tenure.unit)
        .join(Unit.stairwell)
        .join(TenureShare.holder)
        .where(where, Tenure.until.is_(None))
        .options(
            contains_eager(TenureShare.holder),
            contains_eager(TenureShare.tenure).contains_eager(Tenure.unit).contains_eager(Unit.stairwell),
        )
        .order_by(Stairwell.id, Unit.position, Unit.id, TenureShare.id)
    )
    shares = db.session.scalars(query).all()
    represented = {share.tenure_id for share in shares if share.represents}
    found: dict[int, Delegate] = {}
    for share in shares:
        answers = share.represents or share.tenure_id not in represented
        if answers and share.holder.died_on is None:
            found.setdefault(share.holder_id, Delegate(share.holder, share.tenure.unit, share.tenure.capacity))
    return list(found.values())


def shows_material(viewer: Anyone, evidence: Evidence) -> bool:
    """A paper of a meeting is for whoever reads of the meeting."""
    found = db.session.scalars(select(Material).where(Material.evidence_id == evidence.id)).one_or_none()
    return found is not None and meeting(viewer, found.meeting_id) is not None


def plays_voice(viewer: Anyone, evidence: Evidence) -> bool:
    """A voice is for whoever sent it, and for those who write it down."""
    if viewer.holds(*FIELD_STAFF, neighbourhood_id=evidence.neighbourhood_id):
        return True
    return isinstance(viewer, Viewer) and viewer.id == evidence.uploaded_by


def photos(meeting_id: int) -> Sequence[int]:
    """The evidence numbers of a meeting's photos."""
    query = select(MeetingPhoto.evidence_id).where(MeetingPhoto.meeting_id == meeting_id)
    return db.session.scalars(query.order_by(MeetingPhoto.evidence_id)).all()


def minutes_of(found: Meeting, version: int, summary: str, settlement: str) -> rules.Minutes:
    """What the minutes would say with this summary and settlement, as the record stands."""
    return rules.Minutes(
        meeting=found.subject,
        version=version,
        title=found.title,
        place=found.place,
        opened_at=found.opened_at or found.starts_at,
        named=found.named,
        present=found.present,
        seats=tuple(seat.label for seat in found.seats_present),
        questions=tuple(
            rules.Said(
                question.who,
                question.stance,
                question.words,
                tuple((answer.label, answer.text) for answer in question.answers),
                question.speaks,
            )
            for question in found.in_time
        ),
        summary=summary,
        settlement=settlement,
        kind=found.kind,
        polls=tuple(
            rules.Polled(poll.question, tuple(zip(poll.options, poll.count.votes, strict=True)), poll.count.holds)
            for poll in polls(found.id)
            if poll.count is not None
        ),
    )


def person_key(viewer: Viewer, found: Meeting) -> tuple[str, MeetingMember | None]:
    """By which key the viewer's word on the minutes is kept, and as which member she gives it.

    A chair who is a delegate too is one person, by her member's key.
    """
    own = memberships(viewer, found)
    came = next((member for member in own if member.attendance is not None), own[0] if own else None)
    return (came.key, came) if came is not None else (f"account/{viewer.id}", None)


def chair_key(found: Meeting) -> str:
    """The key of the chair's word, if it has been given; otherwise one that nobody has."""
    words = found.minutes.confirmations if found.minutes is not None else []
    return next((word.person for word in words if word.is_chair), f"account/{found.chair_id}")


def doors_open(found: Meeting) -> datetime:
    """From when on people may sign in."""
    return found.starts_at - rules.DOORS_OPEN_BEFORE


def whole() -> Select[Meeting]:
    """A meeting with all of its record in four statements; its lists are short."""
    return select(Meeting).options(
        joinedload(Meeting.proposal),
        joinedload(Meeting.neighbourhood).joinedload(Neighbourhood.sector).joinedload(Sector.subdistrict),
        joinedload(Meeting.building),
        joinedload(Meeting.notice),
        # Few each: their product costs less than asking three times more.
        joinedload(Meeting.items),
        joinedload(Meeting.invitations),
        joinedload(Meeting.materials).joinedload(Material.evidence),
        joinedload(Meeting.chair),
        joinedload(Meeting.recorder),
        selectinload(Meeting.members).options(
            joinedload(MeetingMember.holder),
            joinedload(MeetingMember.account),
            joinedload(MeetingMember.unit),
            joinedload(MeetingMember.attendances),
        ),
        selectinload(Meeting.questions).options(
            joinedload(MeetingQuestion.answers),
            joinedload(MeetingQuestion.wording),
            joinedload(MeetingQuestion.corrections),
        ),
        selectinload(Meeting.versions).joinedload(MinutesVersion.confirmations).joinedload(MinutesConfirmation.member),
    )

"""Reads of what comes before a meeting: sign-ups, the draw, agencies that were asked, materials."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import joinedload

from hearing.db import db
from hearing.meetings import rules
from hearing.meetings.models import Draw, Invitation, Meeting, SignUp
from hearing.meetings.queries.finding import runs
from hearing.notices.models import PaperPosting
from hearing.people.models import Membership
from hearing.people.viewer import Anyone, Viewer
from hearing.places.models import Unit


def papers_posted(meeting: Meeting) -> int:
    """In how many places the notice that stands hangs on paper."""
    if meeting.notice_id is None:
        return 0
    return db.session.scalars(select(func.count()).where(PaperPosting.notice_id == meeting.notice_id)).one()


def membership_in(viewer: Anyone, meeting: Meeting) -> Membership | None:
    """The viewer's household in the meeting's neighbourhood; of several the first."""
    if not isinstance(viewer, Viewer):
        return None
    return next(
        (
            home
            for home in viewer.memberships
            if home.unit.stairwell.building.estate.neighbourhood_id == meeting.neighbourhood_id
        ),
        None,
    )


def home_of(viewer: Anyone, meeting: Meeting) -> Unit | None:
    """That household's unit."""
    home = membership_in(viewer, meeting)
    return home.unit if home is not None else None


def sign_ups(meeting_id: int) -> Sequence[SignUp]:
    """The standing sign-ups, by number, with their people: for acts and for the desk."""
    query = (
        select(SignUp)
        .where(SignUp.meeting_id == meeting_id, SignUp.taken_back_at.is_(None))
        .options(joinedload(SignUp.account), joinedload(SignUp.unit))
        .order_by(SignUp.number)
    )
    return db.session.scalars(query).all()


def volunteers(meeting_id: int) -> list[SignUp]:
    """Those who want to be drawn."""
    return [entry for entry in sign_ups(meeting_id) if entry.wanted == rules.SignUpAs.DELEGATE]


@dataclass(frozen=True)
class SignedUp:
    """How many have signed up for what, which everybody may know; and the viewer's own sign-up."""

    delegates: int
    speakers: int
    observers: int
    own_id: int | None
    own_label: str


def signed_up(viewer: Anyone, meeting_id: int) -> SignedUp:
    """That, in one statement."""
    mine = SignUp.account_id == (viewer.id if isinstance(viewer, Viewer) else 0)
    query = (
        select(SignUp.wanted, func.count().label("people"), func.max(case((mine, SignUp.id))).label("own"))
        .where(SignUp.meeting_id == meeting_id, SignUp.taken_back_at.is_(None))
        .group_by(SignUp.wanted)
    )
    found = {row.wanted: (row.people, row.own) for row in db.session.execute(query)}
    counts = {wanted: found.get(wanted.value, (0, None))[0] for wanted in rules.SignUpAs}
    own = next(((wanted, number) for wanted, (_count, number) in found.items() if number is not None), None)
    return SignedUp(
        counts[rules.SignUpAs.DELEGATE],
        counts[rules.SignUpAs.SPEAKER],
        counts[rules.SignUpAs.OBSERVER],
        own[1] if own is not None else None,
        rules.SIGN_UP_LABELS[rules.SignUpAs(own[0])] if own is not None else "",
    )


def sign_up(viewer: Viewer, sign_up_id: int) -> SignUp | None:
    """A sign-up for its author."""
    query = select(SignUp).where(SignUp.id == sign_up_id, SignUp.account_id == viewer.id)
    return db.session.scalars(query.options(joinedload(SignUp.meeting))).one_or_none()


def next_sign_up(meeting_id: int) -> int:
    """The number of the next sign-up; the caller holds the meeting."""
    query = select(func.coalesce(func.max(SignUp.number), 0)).where(SignUp.meeting_id == meeting_id)
    return db.session.scalars(query).one() + 1


def draw_of(meeting_id: int) -> Draw | None:
    """The draw of a meeting's delegates."""
    return db.session.scalars(select(Draw).where(Draw.meeting_id == meeting_id)).one_or_none()


@dataclass(frozen=True)
class DrawnLine:
    """A volunteer in the published draw: her number, her stairwell, her place, and whether she is a delegate."""

    number: int
    stairwell: str
    place: int
    is_delegate: bool


def draw_lines(draw: Draw) -> list[DrawnLine]:
    """The draw as everybody reads it, in the order drawn."""
    stairwells = dict(json.loads(draw.volunteers))
    return [
        DrawnLine(number, stairwells[number], place, place <= draw.seats)
        for place, number in enumerate(json.loads(draw.order), 1)
    ]


def draw_again(draw: Draw) -> rules.Drawn:
    """The draw made anew from what was published: it must come to the same."""
    listed = [rules.Volunteer(number, stairwell) for number, stairwell in json.loads(draw.volunteers)]
    return rules.draw(listed, draw.seats, rules.seed_of(rules.list_hash(listed), draw.called))


def invitation(viewer: Viewer, invitation_id: int) -> Invitation | None:
    """An invitation for the agency's liaison, or for those who work on its meeting."""
    query = (
        select(Invitation)
        .where(Invitation.id == invitation_id)
        .options(joinedload(Invitation.meeting).joinedload(Meeting.neighbourhood))
    )
    found = db.session.scalars(query).one_or_none()
    if found is None or not (found.account_id == viewer.id or runs(viewer, found.meeting)):
        return None
    return found

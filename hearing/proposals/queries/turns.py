"""Turns: whose move it is, and since when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import gettext

from hearing.people.rules import ROLE_LABELS, Role
from hearing.people.viewer import Anyone
from hearing.proposals.models import (
    Proposal,
)
from hearing.proposals.queries.cases import (
    COUNCIL_SEATS,
    DESK,
    is_proposer,
    second_look,
)
from hearing.proposals.queries.plans import pending_change
from hearing.proposals.rules import (
    MANAGER_SEATS,
    PermitKind,
    PermitState,
    State,
)


@dataclass(frozen=True)
class Turn:
    """Whose move it is: in words, since when, until when, where to make it, and whether it is the reader's."""

    who: str
    since: datetime
    until: datetime | None = None
    url: str | None = None
    mine: bool = False


def turn(viewer: Anyone, proposal: Proposal) -> Turn:
    """Whose move it is and since when; consents and publicity tell more precisely while they run."""
    since, place = proposal.since, proposal.neighbourhood_id
    desk_url = url_for("proposals.desk_case", proposal_id=proposal.id)
    at_desk = viewer.holds(*DESK, neighbourhood_id=place)

    def committee(until: datetime | None = None, since: datetime = since) -> Turn:
        return Turn(gettext("居委会"), since, until, desk_url if at_desk else None, mine=at_desk)

    match proposal.stands:
        case State.SUBMITTED | State.SCREENING:
            return committee(proposal.screening_due)
        case State.RETURNED:
            own = is_proposer(viewer, proposal)
            url = url_for("proposals.write_again", proposal_id=proposal.id) if own else None
            return Turn(gettext("提案人"), since, url=url, mine=own)
        case State.REJECTED:
            return _after_rejection(viewer, proposal)
        case State.DELIBERATING:
            return _of_seats(viewer, proposal) or committee()
        case State.PLAN_FIXED:
            return _of_manager(viewer, proposal) or committee()
        case State.CONSENT:
            return Turn(gettext("要表态的各户"), since)
        case State.PUBLICITY:
            return Turn(gettext("公示中，大家都可以提异议"), since)
        case State.SUSPENDED:
            return committee()
        case State.APPROVED:
            return Turn(gettext("居委会，准备施工"), since)
        case _:
            return Turn(gettext("这件事到这里为止，不用再办什么"), since)


def _after_rejection(viewer: Anyone, proposal: Proposal) -> Turn:
    look = second_look(proposal)
    if look is None or look.answered_at is not None:
        return Turn(gettext("这件事到这里为止，不用再办什么"), proposal.since)
    holds = viewer.holds(*COUNCIL_SEATS, neighbourhood_id=proposal.neighbourhood_id)
    url = url_for("proposals.second_look", proposal_id=proposal.id) if holds else None
    return Turn(gettext("理事会"), look.asked_at, url=url, mine=holds)


def _of_seats(viewer: Anyone, proposal: Proposal) -> Turn | None:
    """The seats that owe an opinion, or a judgement of a change."""
    owed = [opinion for opinion in proposal.opinions if opinion.given_at is None]
    if owed:
        held = viewer.seats_in(proposal.neighbourhood_id)
        own = next((opinion for opinion in owed if opinion.role in held), None)
        who = gettext("、").join(gettext(ROLE_LABELS[Role(opinion.role)]) for opinion in owed)
        url = url_for("proposals.opinion", opinion_id=own.id) if own is not None else None
        return Turn(who, min(opinion.requested_at for opinion in owed), url=url, mine=own is not None)
    change = pending_change(proposal) if proposal.versions else None
    if change is None or (change.opinion_of("council") and change.opinion_of("adviser")):
        return None
    waiting = {"council": COUNCIL_SEATS, "adviser": (Role.LEGAL_ADVISER,)}
    open_seats = [seat for seat in waiting if change.opinion_of(seat) is None]
    labels = {"council": gettext("理事"), "adviser": gettext("法律顾问")}
    own_seat = any(viewer.holds(*waiting[seat], neighbourhood_id=proposal.neighbourhood_id) for seat in open_seats)
    return Turn(
        gettext("、").join(labels[seat] for seat in open_seats),
        change.put_at,
        url=url_for("proposals.change", change_id=change.id) if own_seat else None,
        mine=own_seat,
    )


def _of_manager(viewer: Anyone, proposal: Proposal) -> Turn | None:
    """The manager or lessor, when the plan needs a written yes and none has been given."""
    version = proposal.signed_plan
    if version is None:
        return None
    seats = (PermitKind.PROPERTY_MANAGER, PermitKind.LESSOR)
    owed = [permit for permit in version.permits if permit.kind in seats and permit.stands is PermitState.WAITING]
    asked = any(required.needs_manager_consent for required in version.required) and not version.answers
    if not owed and not asked:
        return None
    holds = viewer.holds(*MANAGER_SEATS, neighbourhood_id=proposal.neighbourhood_id)
    url = url_for("proposals.manager_consent", proposal_id=proposal.id) if holds else None
    return Turn(gettext("物业或房管办"), version.fixed_at, url=url, mine=holds)

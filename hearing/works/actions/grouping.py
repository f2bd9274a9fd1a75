"""The group 小组: who is chosen into an office, and who leaves it, each on a day and with a paper."""

from __future__ import annotations

from datetime import date

from hearing.clock import now
from hearing.db import db
from hearing.files import actions as files
from hearing.notices.rules import beijing_day
from hearing.people.viewer import Viewer
from hearing.proposals.actions.moving import acting, frame, lock
from hearing.proposals.models import Proposal
from hearing.refusal import Refused
from hearing.web.pictures import Safe
from hearing.works import facts, queries, rules
from hearing.works.models import GroupSeat


def appoint(
    by: Viewer, proposal: Proposal, role: rules.GroupRole, place: tuple[int, int], day: date, paper: Safe
) -> facts.GroupSeatTaken:
    """Somebody of the house was chosen: `place` is the flat and its holder's line in the register.

    Raises WORKS_NOT_A_LIFT, NOT_YOUR_SEAT of people, or what `rules.may_appoint` refuses with.
    """
    lock(proposal)
    actor = acting(by, proposal, rules.RECORDERS)
    if not queries.is_lift(proposal):
        raise Refused(rules.Refusal.WORKS_NOT_A_LIFT)
    chosen = next((each for each in queries.candidates(proposal) if (each.unit_id, each.holder_id) == place), None)
    if chosen is None:
        raise Refused(rules.Refusal.GROUP_NOT_A_HOUSEHOLD)
    held = [seat.as_held() for seat in queries.seats(proposal.id) if seat.until is None]
    rules.may_appoint(held, role, chosen.person, lives_there=True, day=day, today=beijing_day(now()))
    evidence = files.store(by, paper.data, paper.media_type, queries.PAPER, proposal.matter, proposal.neighbourhood_id)
    seat = GroupSeat(
        proposal_id=proposal.id,
        role=role,
        holder_id=chosen.holder_id,
        unit_id=chosen.unit_id,
        since=day,
        paper_id=evidence.id,
        appointed_by=by.id,
        appointed_at=now(),
    )
    db.session.add(seat)
    db.session.flush()
    return facts.GroupSeatTaken(
        **frame(proposal, actor),
        households=(chosen.unit_id,),
        office=role,
        office_label=seat.label,
        day=day.isoformat(),
        holder=chosen.holder_id,
        file_hashes=(evidence.sha256,),
    )


def end_seat(
    by: Viewer, seat: GroupSeat, why: rules.Ending, day: date, note: str = "", paper: Safe | None = None
) -> facts.GroupSeatLeft:
    """Somebody left an office on a day. Raises NOT_YOUR_SEAT of people, or what `rules.may_end` refuses with."""
    proposal = lock(seat.proposal)
    actor = acting(by, proposal, rules.RECORDERS)
    db.session.refresh(seat)
    rules.may_end(since=seat.since, ended=seat.until is not None, day=day, today=beijing_day(now()), why=why, note=note)
    evidence = (
        files.store(by, paper.data, paper.media_type, queries.PAPER, proposal.matter, proposal.neighbourhood_id)
        if paper is not None
        else None
    )
    moment = now()
    seat.until, seat.ended_why, seat.ended_note = day, why, note
    seat.ended_paper_id = evidence.id if evidence is not None else None
    seat.ended_by, seat.ended_at = by.id, moment
    return facts.GroupSeatLeft(
        **frame(proposal, actor),
        households=(seat.unit_id,),
        office=seat.office,
        office_label=seat.label,
        day=day.isoformat(),
        why=why,
        holder=seat.holder_id,
        note=note,
        file_hashes=(evidence.sha256,) if evidence is not None else (),
    )

"""Screening 初审: the committee lets a proposal pass or not, the council looks again once, seats are asked."""

from __future__ import annotations

from hearing.audit.fact import Actor
from hearing.audit.ledger import broken_promise
from hearing.clock import now
from hearing.db import db
from hearing.notices.holidays import work_calendar
from hearing.people.rules import COMMITTEE, COUNCIL, ROLE_LABELS, Role, require_role
from hearing.people.viewer import Viewer
from hearing.proposals import facts, queries
from hearing.proposals.actions.moving import acting, frame, go_on, lock, require_proposer, tell, tell_proposer
from hearing.proposals.models import Proposal, Screening, SeatOpinion, SecondLook
from hearing.proposals.rules import (
    REJECTION_LABELS,
    Move,
    Recommendation,
    Refusal,
    Rejection,
    State,
    may_ask_seat,
    may_give_opinion,
    may_look_again,
    screening_due,
)
from hearing.refusal import N_, Refused

ASKED = N_("有一件事请您提意见，请打开查看：%(url)s")
LOOK_AGAIN = N_("有一件事请理事会复议，请打开查看：%(url)s")
REOPENED, UPHELD = N_("重新受理"), N_("维持原来的决定")

broken_promise("uq_second_look_once", Refusal.LOOKED_AGAIN_ALREADY)
broken_promise("uq_seat_opinion_open", Refusal.OPINION_ASKED_ALREADY)


def take_up(by: Viewer, proposal: Proposal) -> facts.TakenUp:
    """Begin screening. Raises PROPOSAL_ELSEWHERE."""
    lock(proposal)
    actor = acting(by, proposal, COMMITTEE)
    go_on(proposal, Move.SCREEN, actor)
    return facts.TakenUp(**frame(proposal, actor))


def accept(by: Viewer, proposal: Proposal, title: str, summary: str, note: str = "") -> facts.Accepted:
    """Let the proposal pass, under the title and in the words that the public will read. Raises PROPOSAL_ELSEWHERE."""
    actor = _screen(by, proposal, Move.ACCEPT, note)
    proposal.title, proposal.summary = title, summary
    proposal.accepted_at = proposal.accepted_at or proposal.since
    return facts.Accepted(**frame(proposal, actor), title=title, summary=summary, note=note)


def send_back(by: Viewer, proposal: Proposal, reason: str) -> facts.Returned:
    """Return the application to be completed. Raises PROPOSAL_ELSEWHERE or REASON_MISSING."""
    actor = _screen(by, proposal, Move.RETURN, reason)
    return facts.Returned(**frame(proposal, actor), reason=reason)


def reject(by: Viewer, proposal: Proposal, rejection: Rejection, reason: str) -> facts.Rejected:
    """Reject for a listed reason, explained in words. Raises PROPOSAL_ELSEWHERE or REASON_MISSING."""
    actor = _screen(by, proposal, Move.REJECT, reason, rejection)
    label = REJECTION_LABELS[rejection]
    return facts.Rejected(**frame(proposal, actor), rejection=rejection, rejection_label=label, reason=reason)


def merge(by: Viewer, proposal: Proposal, into_id: int, reason: str) -> facts.Merged:
    """Let the proposal go on as part of another. Raises MERGE_TARGET_MISSING, PROPOSAL_ELSEWHERE or REASON_MISSING."""
    into = next((other for other in queries.merge_targets(proposal) if other.id == into_id), None)
    if into is None:
        raise Refused(Refusal.MERGE_TARGET_MISSING)
    actor = _screen(by, proposal, Move.MERGE, reason)
    proposal.merged_into_id = into.id
    return facts.Merged(**frame(proposal, actor), into=into.id, reason=reason)


def route(by: Viewer, proposal: Proposal, to: str, reason: str) -> facts.Routed:
    """Hand the proposal to the body whose business it is. Raises PROPOSAL_ELSEWHERE or REASON_MISSING."""
    actor = _screen(by, proposal, Move.ROUTE, reason)
    proposal.routed_to = to
    return facts.Routed(**frame(proposal, actor), to=to, reason=reason)


def _screen(by: Viewer, proposal: Proposal, move: Move, reason: str, rejection: Rejection | None = None) -> Actor:
    lock(proposal)
    actor = acting(by, proposal, COMMITTEE)
    go_on(proposal, move, actor, reason)
    db.session.add(
        Screening(
            proposal_id=proposal.id,
            move=move,
            rejection=rejection,
            reason=reason,
            decided_by=by.id,
            decided_at=proposal.since,
        )
    )
    tell_proposer(proposal)
    return actor


def ask_second_look(by: Viewer, proposal: Proposal, reason: str) -> facts.SecondLookAsked:
    """Ask the council to look at the rejection again, once.

    Raises NOT_THE_PROPOSER, PROPOSAL_ELSEWHERE, REASON_MISSING or LOOKED_AGAIN_ALREADY.
    """
    lock(proposal)
    actor = require_proposer(by, proposal)
    if proposal.stands is not State.REJECTED:
        raise Refused(Refusal.PROPOSAL_ELSEWHERE)
    may_look_again(1 if queries.second_look(proposal) is not None else 0)
    if not reason.strip():
        raise Refused(Refusal.REASON_MISSING)
    db.session.add(SecondLook(proposal_id=proposal.id, reason=reason, asked_by=by.id, asked_at=now()))
    tell(queries.holders_of_seat(proposal, *COUNCIL), LOOK_AGAIN, f"/proposals/{proposal.id}/second-look")
    return facts.SecondLookAsked(**frame(proposal, actor), reason=reason)


def answer_second_look(by: Viewer, proposal: Proposal, reopen: bool, answer: str) -> facts.LookedAgain:
    """Take the proposal up again, or let the rejection stand; from a council seat that is not the proposer's own.

    Raises NOT_YOUR_SEAT of people, PROPOSAL_ELSEWHERE, SECOND_LOOK_ANSWERED or REASON_MISSING.
    """
    lock(proposal)
    actor = acting(by, proposal, COUNCIL)
    require_role(Role(actor.role), COUNCIL if by.id != proposal.proposer_id else ())
    look = queries.second_look(proposal)
    if look is None:
        raise Refused(Refusal.PROPOSAL_ELSEWHERE)
    if look.answered_at is not None:
        raise Refused(Refusal.SECOND_LOOK_ANSWERED)
    if not answer.strip():
        raise Refused(Refusal.REASON_MISSING)
    if reopen:
        go_on(proposal, Move.LOOK_AGAIN, actor, answer)
        proposal.screening_due = screening_due(proposal.since, work_calendar())
    look.reopened, look.answer, look.answered_by, look.answered_at = reopen, answer, by.id, now()
    tell_proposer(proposal)
    label = REOPENED if reopen else UPHELD
    return facts.LookedAgain(**frame(proposal, actor), reopened=reopen, outcome_label=label, answer=answer)


def request_opinion(by: Viewer, proposal: Proposal, seat: Role, question: str) -> facts.OpinionRequested:
    """Ask a seat for its opinion.

    Raises PROPOSAL_ELSEWHERE, SEAT_GIVES_NO_OPINION or OPINION_ASKED_ALREADY.
    """
    lock(proposal)
    actor = acting(by, proposal, COMMITTEE)
    may_ask_seat(proposal.stands, Role(actor.role), seat)
    opinion = SeatOpinion(proposal_id=proposal.id, role=seat, question=question, requested_by=by.id, requested_at=now())
    db.session.add(opinion)
    db.session.flush()
    tell(queries.holders_of_seat(proposal, seat), ASKED, f"/proposals/opinions/{opinion.id}")
    return facts.OpinionRequested(**frame(proposal, actor), seat=seat, seat_label=ROLE_LABELS[seat], question=question)


def give_opinion(
    by: Viewer, opinion: SeatOpinion, recommendation: Recommendation, text: str, steps: str = ""
) -> facts.OpinionGiven:
    """Answer from the seat that was asked; the legal adviser's `steps` fix the order of what follows.

    Raises NOT_YOUR_SEAT of people, OPINION_GIVEN, PROPOSAL_ELSEWHERE or REASON_MISSING.
    """
    proposal = lock(opinion.proposal)
    db.session.refresh(opinion)
    seat = Role(opinion.role)
    actor = acting(by, proposal, (seat,))
    may_give_opinion(proposal.stands, text, is_given=opinion.given_at is not None)
    opinion.recommendation, opinion.text, opinion.steps = recommendation, text, steps
    opinion.given_by, opinion.given_at = by.id, now()
    return facts.OpinionGiven(
        **frame(proposal, actor),
        seat=seat,
        seat_label=ROLE_LABELS[seat],
        recommendation=recommendation,
        text=text,
        steps=steps,
    )

"""Applying 申请: drafts that lose nothing, the application, and the letter that belongs to it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from hearing.audit.fact import Actor
from hearing.clock import now
from hearing.db import db
from hearing.files.actions import store
from hearing.files.models import Evidence
from hearing.notices.holidays import work_calendar
from hearing.people.rules import COUNCIL, FIELD_STAFF, Role
from hearing.people.viewer import Viewer
from hearing.places.models import Neighbourhood
from hearing.proposals import facts, hooks, queries
from hearing.proposals.actions.moving import acting, frame, go_on, lock, require_proposer, stop_publicity
from hearing.proposals.models import Application, ApplicationPhoto, Draft, DraftPhoto, Proposal
from hearing.proposals.rules import (
    Assistance,
    Move,
    Refusal,
    State,
    may_assist,
    next_state,
    screening_due,
    sha256_of,
)
from hearing.refusal import Refused
from hearing.web.pictures import Safe

MOST_PHOTOS = 4
TITLE_LENGTH = 40
_LETTERS_IN = frozenset({State.SUBMITTED, State.SCREENING, State.RETURNED, State.DELIBERATING})


@dataclass(frozen=True)
class Answers:
    """The four questions: what the problem is, where, what is wished for, and who will look after it."""

    problem: str
    place: str
    wish: str
    upkeep: str

    @property
    def title(self) -> str:
        """The wish's first words, until the committee finds better ones."""
        return self.wish.split("\n")[0][:TITLE_LENGTH]


@dataclass(frozen=True)
class Letter:
    """A written application: typed, or a photo of the handwriting with its transcription."""

    text: str = ""
    photo: Safe | None = None


NO_LETTER = Letter()


def submit(
    by: Viewer,
    answers: Answers,
    *,
    neighbourhood_id: int,
    unit_id: int | None,
    photos: Sequence[Safe] = (),
    letter: Letter = NO_LETTER,
    assistance: Assistance | None = None,
    proposer_name: str = "",
    form: str = "",
) -> facts.Submitted:
    """Hand a new application in: for one's own household, from a council seat, or, assisted, for a household.

    `proposer_name` is the household's for an assisted entry. `form` names the draft that is used up. Raises
    APPLICATION_EMPTY, LETTER_NEEDS_WORDS, REASON_MISSING, or NOT_YOUR_SEAT of people.
    """
    moment = now()
    own_seat = (
        Role.RESIDENT if unit_id is not None else next(iter(sorted(COUNCIL & by.seats_in(neighbourhood_id))), None)
    )
    proposal = Proposal(
        neighbourhood_id=neighbourhood_id,
        neighbourhood=db.session.get_one(Neighbourhood, neighbourhood_id),
        title=answers.title,
        state=State.DRAFT,
        since=moment,
        proposer_id=None if assistance else by.id,
        unit_id=unit_id,
        proposer_name=proposer_name if assistance else by.name,
        proposer_role=own_seat or Role.RESIDENT,
        submitted_at=moment,
        screening_due=screening_due(moment, work_calendar()),
    )
    actor = _applicant(by, proposal, assistance)
    proposal.state = next_state(State.DRAFT, Move.SUBMIT, role=Role(actor.role))
    db.session.add(proposal)
    db.session.flush()
    application = _write(by, proposal, answers, photos, letter, assistance)
    _use_up(by, form)
    return _submitted(proposal, actor, application)


def resubmit(
    by: Viewer,
    proposal: Proposal,
    answers: Answers,
    *,
    photos: Sequence[Safe] = (),
    letter: Letter = NO_LETTER,
    assistance: Assistance | None = None,
    form: str = "",
) -> facts.Submitted:
    """Hand a returned application in again, completed; its five working days begin anew.

    Raises NOT_THE_PROPOSER, PROPOSAL_ELSEWHERE, and what `submit` refuses with.
    """
    lock(proposal)
    actor = _applicant(by, proposal, assistance)
    go_on(proposal, Move.SUBMIT, actor)
    proposal.submitted_at = proposal.since
    proposal.screening_due = screening_due(proposal.since, work_calendar())
    if not proposal.is_public:
        proposal.title = answers.title
    application = _write(by, proposal, answers, photos, letter, assistance)
    _use_up(by, form)
    return _submitted(proposal, actor, application)


def hand_in_letter(
    by: Viewer, proposal: Proposal, letter: Letter, assistance: Assistance | None = None
) -> facts.LetterHandedIn:
    """Add the written application that the legal adviser asks for; the four answers stay as they were.

    Raises NOT_THE_PROPOSER, PROPOSAL_ELSEWHERE, APPLICATION_EMPTY, LETTER_NEEDS_WORDS or REASON_MISSING.
    """
    lock(proposal)
    actor = _applicant(by, proposal, assistance)
    if proposal.stands not in _LETTERS_IN:
        raise Refused(Refusal.PROPOSAL_ELSEWHERE)
    if not letter.text.strip():
        raise Refused(Refusal.LETTER_NEEDS_WORDS if letter.photo else Refusal.APPLICATION_EMPTY)
    last = proposal.applications[-1]
    answers = Answers(last.problem, last.place, last.wish, last.upkeep)
    application = _write(by, proposal, answers, (), letter, assistance)
    return facts.LetterHandedIn(
        **frame(proposal, actor),
        households=_household(proposal),
        number=application.number,
        assisted=assistance is not None,
        handwritten=letter.photo is not None,
        digest=application.digest,
        presence=application.presence or "",
        why=application.assisted_why or "",
    )


def withdraw(by: Viewer, proposal: Proposal, reason: str) -> facts.Withdrawn:
    """Take the proposal back: the proposer herself, or the desk for a household that it wrote for.

    Raises NOT_THE_PROPOSER, PROPOSAL_ELSEWHERE, or what a package above holds against it.
    """
    lock(proposal)
    for check in hooks.withdrawal_checked:
        check(proposal)
    if proposal.proposer_id is None and by.holds(*FIELD_STAFF, neighbourhood_id=proposal.neighbourhood_id):
        actor = acting(by, proposal, FIELD_STAFF)
    else:
        actor = require_proposer(by, proposal)
    go_on(proposal, Move.WITHDRAW, actor)
    proposal.suspended_from = None
    stop_publicity(by, proposal, reason)
    return facts.Withdrawn(**frame(proposal, actor), households=_household(proposal), reason=reason)


def _applicant(by: Viewer, proposal: Proposal, assistance: Assistance | None) -> Actor:
    if assistance is None:
        if proposal.unit_id is not None and proposal.unit_id not in by.unit_ids:
            raise Refused(Refusal.NOT_THE_PROPOSER)
        return require_proposer(by, proposal)
    actor = acting(by, proposal, FIELD_STAFF)
    may_assist(Role(actor.role), assistance)
    return actor


def _write(
    by: Viewer,
    proposal: Proposal,
    answers: Answers,
    photos: Sequence[Safe],
    letter: Letter,
    assistance: Assistance | None,
) -> Application:
    if not all(part.strip() for part in (answers.problem, answers.place, answers.wish, answers.upkeep)):
        raise Refused(Refusal.APPLICATION_EMPTY)
    if letter.photo is not None and not letter.text.strip():
        raise Refused(Refusal.LETTER_NEEDS_WORDS)
    kept = [_attach(by, proposal, photo, queries.PHOTO) for photo in photos]
    paper = _attach(by, proposal, letter.photo, queries.LETTER) if letter.photo is not None else None
    application = Application(
        number=len(proposal.applications) + 1,
        problem=answers.problem,
        place=answers.place,
        wish=answers.wish,
        upkeep=answers.upkeep,
        letter=letter.text,
        letter_photo=paper,
        digest=_digest(answers, letter.text, paper, kept),
        written_by=by.id,
        written_at=now(),
        assisted_by=by.id if assistance else None,
        assisted_why=assistance.why if assistance else None,
        presence=assistance.presence if assistance else None,
    )
    proposal.applications.append(application)
    application.photos = [ApplicationPhoto(evidence=evidence) for evidence in kept]
    db.session.add(application)
    db.session.flush()
    return application


def _attach(by: Viewer, proposal: Proposal, file: Safe, kind: str) -> Evidence:
    return store(by, file.data, file.media_type, kind, proposal.matter, proposal.neighbourhood_id)


def _digest(answers: Answers, letter: str, paper: Evidence | None, photos: Sequence[Evidence]) -> str:
    return sha256_of(
        {
            "v": 1,
            "problem": answers.problem,
            "place": answers.place,
            "wish": answers.wish,
            "upkeep": answers.upkeep,
            "letter": letter,
            "letter_photo": paper.sha256 if paper is not None else None,
            "photos": [evidence.sha256 for evidence in photos],
        }
    )


def _household(proposal: Proposal) -> tuple[int, ...]:
    """In whose household's name it is; nobody's for a council seat's own proposal."""
    return (proposal.unit_id,) if proposal.unit_id is not None else ()


def _submitted(proposal: Proposal, actor: Actor, application: Application) -> facts.Submitted:
    return facts.Submitted(
        **frame(proposal, actor),
        households=_household(proposal),
        number=application.number,
        assisted=application.assisted_by is not None,
        title=proposal.title,
        digest=application.digest,
        presence=application.presence or "",
        why=application.assisted_why or "",
    )


# Drafts are bookkeeping: `ledger.keep`, no fact.


def keep_draft(by: Viewer, form: str, step: str, content: Mapping[str, str]) -> None:
    """Keep what was typed of a step; two tabs that save at once leave one row."""
    insert = (sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert)(Draft)
    values = {"content": json.dumps(dict(content), ensure_ascii=False), "saved_at": now()}
    db.session.execute(
        insert.values(account_id=by.id, form=form, step=step, **values).on_conflict_do_update(
            index_elements=["account_id", "form", "step"], set_=values
        )
    )


def keep_photos(by: Viewer, form: str, photos: Sequence[Safe]) -> int:
    """Keep photos in a draft, as many as there is room for; return how many found none."""
    there = db.session.scalar(
        select(func.count()).select_from(DraftPhoto).where(DraftPhoto.account_id == by.id, DraftPhoto.form == form)
    )
    room = max(0, MOST_PHOTOS - (there or 0))
    for photo in photos[:room]:
        db.session.add(
            DraftPhoto(account_id=by.id, form=form, media_type=photo.media_type, data=photo.data, saved_at=now())
        )
    return len(photos) - len(photos[:room])


def remove_photo(photo: DraftPhoto) -> None:
    """Take a photo out of a draft."""
    db.session.delete(photo)


def discard_draft(by: Viewer, form: str) -> None:
    """Throw away everything that was typed of a form."""
    _use_up(by, form)


def _use_up(by: Viewer, form: str) -> None:
    for table in (Draft, DraftPhoto):
        db.session.execute(delete(table).where(table.account_id == by.id, table.form == form))

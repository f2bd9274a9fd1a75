"""Entering 登记: a stage, a paper, whose move it is, photos; and the event that corrects one. Nothing is edited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar

from hearing.audit.fact import Actor
from hearing.clock import now
from hearing.db import db
from hearing.files import actions as files
from hearing.notices.rules import beijing_day
from hearing.people.viewer import Viewer
from hearing.proposals import hooks
from hearing.proposals.actions.moving import acting, frame, lock
from hearing.proposals.models import Proposal
from hearing.refusal import Refused
from hearing.web.pictures import Safe
from hearing.works import facts, queries, rules
from hearing.works.models import AFTER, BEFORE, DOCUMENT, WorksEvent, WorksFile
from hearing.works.queries import History

F = TypeVar("F", bound=facts.Entered)


@dataclass(frozen=True, kw_only=True)
class Files:
    """What comes with an event: its evidence, and photos of before and after the works."""

    documents: Sequence[Safe] = ()
    before: Sequence[Safe] = ()
    after: Sequence[Safe] = ()

    def __len__(self) -> int:
        return len(self.documents) + len(self.before) + len(self.after)


@dataclass(frozen=True, kw_only=True)
class Said:
    """What staff say of an event: the day in Beijing on which it happened, who owes the next move, a note."""

    day: date
    party: rules.Party | None = None
    reference: str = ""
    issuer: str = ""
    note: str = ""


def enter(by: Viewer, proposal: Proposal, stage: rules.Stage, said: Said, given: Files) -> facts.StageEntered:
    """A lift enters its next stage, on a day, with evidence.

    Raises WORKS_NOT_A_LIFT, NOT_YOUR_SEAT of people, or what `rules.may_enter` refuses with.
    """
    history, actor = _hold(by, proposal)
    entry = _entry(history, rules.Kind.ENTERED, said, given, stage=stage, party=said.party or rules.OWES[stage])
    rules.may_enter(history.course, entry, queries.ready(proposal), files=len(given), today=_today())
    return _add(by, actor, history, entry, said.note, given, facts.StageEntered)


def record_paper(by: Viewer, proposal: Proposal, paper: rules.Paper, said: Said, given: Files) -> facts.PaperRecorded:
    """A paper from outside came, with its number and its copy. Raises what `rules.may_record` refuses with."""
    history, actor = _hold(by, proposal)
    entry = _entry(history, rules.Kind.PAPER, said, given, paper=paper)
    _may_record(history, entry, given)
    return _add(by, actor, history, entry, said.note, given, facts.PaperRecorded)


def hand_over(by: Viewer, proposal: Proposal, party: rules.Party, said: Said) -> facts.HandedOver:
    """Somebody else owes the next move from that day on. Raises what `rules.may_record` refuses with."""
    history, actor = _hold(by, proposal)
    entry = _entry(history, rules.Kind.TURN, said, Files(), party=party)
    _may_record(history, entry, Files())
    return _add(by, actor, history, entry, said.note, Files(), facts.HandedOver)


def add_photos(by: Viewer, proposal: Proposal, said: Said, given: Files) -> facts.PhotosAdded:
    """Photos of the house before the works, or of the lift after them. Raises what `rules.may_record` refuses with."""
    history, actor = _hold(by, proposal)
    entry = _entry(history, rules.Kind.PHOTOS, said, given)
    _may_record(history, entry, given)
    return _add(by, actor, history, entry, said.note, given, facts.PhotosAdded)


def correct(by: Viewer, proposal: Proposal, number: int, said: Said, given: Files) -> facts.Corrected:
    """What was entered under that number was otherwise: a further event says how; `said.note` is the reason.

    Raises what `rules.may_correct` refuses with.
    """
    history, actor = _hold(by, proposal)
    old = _standing(history, number)
    party = said.party or old.party if old.party is not None else None
    made = _entry(history, old.kind, said, given, stage=old.stage, paper=old.paper, party=party)
    entry = replace(made, corrects=number)
    rules.may_correct(history.beginning, history.entries, entry, reason=said.note, today=_today())
    return _add(by, actor, history, entry, said.note, given, facts.Corrected, corrects=number)


def take_back(by: Viewer, proposal: Proposal, number: int, reason: str) -> facts.TakenBack:
    """What was entered under that number did not happen. Raises what `rules.may_correct` refuses with."""
    history, actor = _hold(by, proposal)
    old = _standing(history, number)
    entry = replace(old, number=history.next_number, before=0, after=0, corrects=number, withdrawn=True)
    rules.may_correct(history.beginning, history.entries, entry, reason=reason, today=_today())
    return _add(by, actor, history, entry, reason, Files(), facts.TakenBack, corrects=number)


def check_not_begun(proposal: Proposal) -> None:
    """A lift that has been filed is not taken back by its proposer. Called by proposals under the case's lock.

    Raises WORKS_BEGUN.
    """
    if any(entry.stage is not None for entry in rules.standing(queries.entries(proposal.id))):
        raise Refused(rules.Refusal.WORKS_BEGUN)


hooks.withdrawal_checked.append(check_not_begun)


def _hold(by: Viewer, proposal: Proposal) -> tuple[History, Actor]:
    """Lock the case, and read what stands under the lock."""
    lock(proposal)
    actor = acting(by, proposal, rules.RECORDERS)
    if not queries.is_lift(proposal):
        raise Refused(rules.Refusal.WORKS_NOT_A_LIFT)
    return queries.history(proposal, fresh=True), actor


def _may_record(history: History, entry: rules.Entry, given: Files) -> None:
    rules.may_record(history.course, entry, history.proposal.stands, files=len(given), today=_today())


def _standing(history: History, number: int) -> rules.Entry:
    found = next((entry for entry in history.course.entries if entry.number == number), None)
    if found is None:
        raise Refused(rules.Refusal.ENTRY_CORRECTED)
    return found


def _entry(
    history: History,
    kind: rules.Kind,
    said: Said,
    given: Files,
    *,
    stage: rules.Stage | None = None,
    paper: rules.Paper | None = None,
    party: rules.Party | None = None,
) -> rules.Entry:
    return rules.Entry(
        number=history.next_number,
        kind=kind,
        day=said.day,
        stage=stage,
        paper=paper,
        reference=said.reference if paper is not None else "",
        issuer=said.issuer if paper is not None else "",
        party=party,
        before=len(given.before),
        after=len(given.after),
    )


def _add(
    by: Viewer,
    actor: Actor,
    history: History,
    entry: rules.Entry,
    note: str,
    given: Files,
    fact: type[F],
    **further: Any,
) -> F:
    """Write the event with its files, and tell it."""
    proposal = history.proposal
    corrected = history.row(entry.corrects) if entry.corrects is not None else None
    event = WorksEvent(
        proposal_id=proposal.id,
        number=entry.number,
        kind=entry.kind,
        happened_on=entry.day,
        stage=entry.stage,
        paper=entry.paper,
        reference=entry.reference,
        issuer=entry.issuer,
        party=entry.party,
        note=note,
        corrects_id=corrected.id if corrected is not None else None,
        withdrawn=entry.withdrawn,
        role=actor.role,
        entered_by=by.id,
        entered_at=now(),
    )
    db.session.add(event)
    db.session.flush()
    hashes = []
    for purpose, kept in ((DOCUMENT, given.documents), (BEFORE, given.before), (AFTER, given.after)):
        kind = queries.PAPER if purpose == DOCUMENT else queries.PHOTO
        for safe in kept:
            evidence = files.store(by, safe.data, safe.media_type, kind, proposal.matter, proposal.neighbourhood_id)
            db.session.add(WorksFile(event_id=event.id, evidence_id=evidence.id, purpose=purpose))
            hashes.append(evidence.sha256)
    return fact(
        **frame(proposal, actor),
        number=entry.number,
        sort=entry.kind,
        day=entry.day.isoformat(),
        stage=entry.stage or "",
        paper=entry.paper or "",
        reference=entry.reference,
        issuer=entry.issuer,
        party=entry.party or "",
        before=entry.before,
        after=entry.after,
        what_label=entry.label,
        files=len(given),
        note=note,
        file_hashes=tuple(hashes),
        **further,
    )


def _today() -> date:
    return beijing_day(now())

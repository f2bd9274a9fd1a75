"""What may be done with a concern: raise it, name somebody to answer, answer it, say whether it is settled."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from hearing.audit.fact import Actor
from hearing.clock import now
from hearing.concerns import facts, queries, rules
from hearing.concerns.models import (
    Concern,
    ConcernAnswer,
    ConcernAnswerFile,
    ConcernReferral,
    ConcernTelling,
    ConcernWord,
)
from hearing.db import db
from hearing.files import actions as files
from hearing.files.models import Evidence
from hearing.notices import actions as notices
from hearing.notices.rules import beijing_day
from hearing.people import outbox
from hearing.people.models import Account, Seat
from hearing.people.rules import COMMITTEE, FIELD_STAFF, ROLE_LABELS, Refusal, Role, require_role
from hearing.people.viewer import Viewer
from hearing.proposals import hooks
from hearing.proposals.actions.moving import lock
from hearing.proposals.models import Proposal
from hearing.refusal import N_, Refused
from hearing.web.pictures import Safe

ANSWERED = N_("您提的顾虑有了答复，请看 %(url)s 也请说一声解决了没有。")
SAID_LABELS = {True: N_("解决了"), False: N_("还没解决")}
NAMED = N_("请您答复一条顾虑：%(url)s")


def raise_concern(
    by: Viewer, proposal: Proposal, kind: rules.Kind, text: str, photo: Safe | None = None
) -> facts.ConcernRaised:
    """A resident says for her household what she fears.

    Raises CONCERN_NOT_NOW, CONCERN_EMPTY, CONCERN_OPEN_ALREADY, or NOT_YOUR_SEAT of people for whoever does not live
    there.
    """
    home = queries.household(by, proposal.neighbourhood_id)
    if home is None:
        raise Refused(Refusal.NOT_YOUR_SEAT)
    lock(proposal)
    rules.may_raise(proposal.stands, text, kind, queries.open_kinds(proposal.id, home.id))
    kept = _store(by, proposal, photo, queries.PHOTO) if photo is not None else None
    concern = Concern(
        proposal=proposal,
        neighbourhood=proposal.neighbourhood,
        number=len(queries.summary(by, proposal.id).lines) + 1,
        kind=kind,
        text=text,
        photo_id=kept.id if kept is not None else None,
        unit_id=home.id,
        raised_by=by.id,
        raised_at=now(),
    )
    db.session.add(concern)
    db.session.flush()
    return facts.ConcernRaised(
        **_about(by.as_resident(), concern),
        households=(home.id,),
        number=concern.number,
        topic=kind,
        topic_label=concern.label,
        title=proposal.title,
        text=text,
        photo_hash=kept.sha256 if kept is not None else "",
    )


@dataclass(frozen=True, kw_only=True)
class Telling:
    """How a household told the office what staff write down for it."""

    way: rules.Way
    told_by: str
    """Her name, or what she is to the household."""
    told_on: date
    note: str = ""
    """Of a call or a talk: from which number, who took it, who was there."""
    paper: Safe | None = None


def write_down(
    by: Viewer, proposal: Proposal, unit_id: int, kind: rules.Kind, text: str, told: Telling
) -> facts.ConcernTold:
    """Staff write down what a household fears and told them, with who told it, how, and what shows that.

    It is the household's: whoever of it has an account reads the answer and says whether it is settled. Raises what
    `rules.check_telling` and `rules.may_raise` raise, or NOT_YOUR_SEAT of people.
    """
    role = notices.seat_of(by, proposal.neighbourhood_id)
    require_role(role, FIELD_STAFF)
    _check(told)
    lock(proposal)
    rules.may_raise(proposal.stands, text, kind, queries.open_kinds(proposal.id, unit_id))
    concern = Concern(
        proposal=proposal,
        neighbourhood=proposal.neighbourhood,
        number=len(queries.summary(by, proposal.id).lines) + 1,
        kind=kind,
        text=text,
        unit_id=unit_id,
        raised_by=by.id,
        raised_at=now(),
    )
    db.session.add(concern)
    db.session.flush()
    kept = _tell_of(by, concern, None, told)
    return facts.ConcernTold(
        **_about(Actor(role.value, by.account.ref), concern),
        **_told(told, kept),
        households=(unit_id,),
        number=concern.number,
        topic=kind,
        topic_label=concern.label,
        title=proposal.title,
        text=text,
    )


def write_word_down(by: Viewer, concern: Concern, *, settled: bool, text: str, told: Telling) -> facts.ConcernWordTold:
    """Staff write down whether a household says that its concern, which they wrote down too, is settled.

    Raises CONCERN_HERS_TO_SAY where the household raised it itself, what `rules.check_telling` and `rules.may_say`
    raise, or NOT_YOUR_SEAT of people.
    """
    concern = _hold(concern)
    role = notices.seat_of(by, concern.neighbourhood_id)
    require_role(role, FIELD_STAFF)
    if concern.telling is None:
        raise Refused(rules.Refusal.CONCERN_HERS_TO_SAY)
    _check(told)
    rules.may_say(concern.course, settled=settled, is_author=True)
    word = ConcernWord(concern_id=concern.id, settled=settled, text=text, said_by=by.id, said_at=now())
    db.session.add(word)
    db.session.flush()
    kept = _tell_of(by, concern, word, told)
    return facts.ConcernWordTold(
        **_about(Actor(role.value, by.account.ref), concern),
        **_told(told, kept),
        households=(concern.unit_id,),
        number=concern.number,
        settled=settled,
        said_label=SAID_LABELS[settled],
        text=text,
    )


def _check(told: Telling) -> None:
    rules.check_telling(
        told.way,
        told.told_by,
        told.note,
        has_paper=told.paper is not None,
        told_on=told.told_on,
        today=beijing_day(now()),
    )


def _tell_of(by: Viewer, concern: Concern, word: ConcernWord | None, told: Telling) -> Evidence | None:
    """Keep who told it, how, and the paper."""
    kept = _store(by, concern.proposal, told.paper, queries.PHOTO) if told.paper is not None else None
    db.session.add(
        ConcernTelling(
            concern_id=concern.id,
            word_id=word.id if word is not None else None,
            way=told.way,
            told_by=told.told_by,
            told_on=told.told_on,
            note=told.note,
            paper_id=kept.id if kept is not None else None,
            entered_by=by.id,
            entered_at=now(),
        )
    )
    db.session.flush()
    return kept


def _told(told: Telling, kept: Evidence | None) -> dict[str, Any]:
    """The parts that every fact shares that tells of what was written down."""
    return {
        "way": told.way,
        "way_label": rules.WAY_LABELS[told.way],
        "told_by": told.told_by,
        "told_on": told.told_on.isoformat(),
        "note": told.note,
        "paper_hash": kept.sha256 if kept is not None else "",
    }


def name_answerer(by: Viewer, concern: Concern, seat: Seat) -> facts.ConcernReferred:
    """The committee names somebody to answer, in the seat that she holds; she is told.

    Raises CONCERN_SETTLED, CONCERN_SEAT_ANSWERS_NOT, CONCERN_NAMED_ALREADY, or NOT_YOUR_SEAT of people.
    """
    concern = _hold(concern)
    role = notices.seat_of(by, concern.neighbourhood_id)
    require_role(role, COMMITTEE)
    if not concern.course.is_open:
        raise Refused(rules.Refusal.CONCERN_SETTLED)
    if any(each.account_id == seat.account_id for each in concern.referrals):
        raise Refused(rules.Refusal.CONCERN_NAMED_ALREADY)
    if seat.id not in {each.id for each in queries.nameable(concern)}:
        raise Refused(rules.Refusal.CONCERN_SEAT_ANSWERS_NOT)
    db.session.add(
        ConcernReferral(
            concern_id=concern.id, account_id=seat.account_id, role=seat.role, asked_by=by.id, asked_at=now()
        )
    )
    db.session.flush()
    outbox.tell(db.session, seat.account, NAMED, path=f"/concerns/{concern.id}/answer")
    return facts.ConcernReferred(
        **_about(Actor(role.value, by.account.ref), concern),
        number=concern.number,
        seat=seat.role,
        seat_label=ROLE_LABELS[Role(seat.role)],
    )


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A measured answer: words, and what they rest on. `compensation_fen` is what the household is offered, in 分."""

    text: str
    measures: tuple[rules.Measure, ...] = ()
    files: Sequence[Safe] = ()
    compensation_fen: int = 0


def answer(by: Viewer, concern: Concern, given: Answer) -> facts.ConcernAnswered:
    """The desk or a named adviser answers; the household is told. A later answer adds to the earlier.

    Raises CONCERN_SETTLED, ANSWER_WORDLESS, ANSWER_NOT_MEASURED, or NOT_YOUR_SEAT of people.
    """
    concern = _hold(concern)
    role = queries.answering_role(by, concern)
    if role is None:
        raise Refused(Refusal.NOT_YOUR_SEAT)
    rules.may_answer(
        concern.course,
        given.text,
        measures=given.measures,
        files=len(given.files),
        compensation_fen=given.compensation_fen,
    )
    kept = [_store(by, concern.proposal, file, queries.ANSWER_FILE) for file in given.files]
    row = ConcernAnswer(
        concern_id=concern.id,
        text=given.text,
        measures_json=json.dumps([[m.what, m.number, m.unit] for m in given.measures], ensure_ascii=False),
        compensation_fen=given.compensation_fen,
        role=role,
        answered_by=by.id,
        answered_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    db.session.add_all(ConcernAnswerFile(answer_id=row.id, evidence_id=evidence.id) for evidence in kept)
    for account in queries.to_tell(concern):
        _tell(account, ANSWERED, f"/concerns/{concern.id}")
    return facts.ConcernAnswered(
        **_about(Actor(role.value, by.account.ref), concern),
        number=concern.number,
        seat=role,
        measures=len(given.measures),
        files=len(kept),
        text=given.text,
        measured=tuple(measure.words for measure in given.measures),
        compensation_fen=given.compensation_fen,
        file_hashes=tuple(evidence.sha256 for evidence in kept),
    )


def say(by: Viewer, concern: Concern, *, settled: bool, text: str = "") -> facts.ConcernSettled | facts.ConcernStands:
    """Its author says whether a concern is settled; until she says so it stays on the list.

    Raises CONCERN_NOT_YOURS, CONCERN_SETTLED, CONCERN_NOT_ANSWERED or CONCERN_SAID_ALREADY.
    """
    concern = _hold(concern)
    rules.may_say(concern.course, settled=settled, is_author=concern.is_of(by.id, by.unit_ids))
    db.session.add(ConcernWord(concern_id=concern.id, settled=settled, text=text, said_by=by.id, said_at=now()))
    about = _about(by.as_resident(), concern) | {"households": (concern.unit_id,)}
    if settled:
        return facts.ConcernSettled(**about, number=concern.number, text=text)
    return facts.ConcernStands(**about, number=concern.number, text=text)


def check_none_stands(proposal: Proposal) -> None:
    """Before a plan is approved whose consents let no objection stand: no concern of those asked stands either.

    Called by proposals under the case's lock, so that none is raised or settled meanwhile. Raises CONCERNS_UNANSWERED,
    CONCERNS_UNHEARD or CONCERNS_STANDING.
    """
    if units := queries.units_asked(proposal):
        rules.check_none_stands(queries.weights(proposal.id, units, now()))


hooks.approval_checked.append(check_none_stands)


def _hold(concern: Concern) -> Concern:
    """Lock the case's row, and read the concern as it stands under the lock."""
    lock(concern.proposal)
    found = queries.whole(concern.id, fresh=True)
    if found is None:
        raise ValueError("a concern does not go away")
    return found


def _store(by: Viewer, proposal: Proposal, file: Safe, kind: str) -> Evidence:
    return files.store(by, file.data, file.media_type, kind, proposal.matter, proposal.neighbourhood_id)


def _tell(account: Account, sentence: str, path: str) -> None:
    if account.disabled_at is None:
        outbox.tell(db.session, account, sentence, path=path)


def _about(actor: Actor, concern: Concern) -> dict[str, Any]:
    """The parts that every fact about a concern shares."""
    return {
        "actor": actor,
        "scope": concern.neighbourhood.slug,
        "subject": concern.subject,
        "matter": concern.proposal.matter,
    }

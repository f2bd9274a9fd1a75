"""Signing 签署: a household answers on its own phone, in as few statements as the act allows.

On the last evening everybody signs at once, and whoever signs holds the collection's row: what is done under that lock
is what a neighbourhood waits for. So this act reads rows and not objects, each thing once and all of it under the lock,
and its statements are built once (docs/decisions/043).
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import Row, Select, Table, and_, bindparam, delete, exists, insert, select, update
from sqlalchemy.orm.util import identity_key

from hearing.clock import database_now
from hearing.consents import facts, rules
from hearing.consents.actions.answering import Seen, Signature
from hearing.consents.actions.telling_apart import tell_recorded_for
from hearing.consents.models import (
    ConsentCollection,
    ConsentDraft,
    ConsentHolder,
    ConsentRecord,
    ConsentUnit,
    Guardianship,
    RecordHolder,
)
from hearing.consents.queries import SIGNATURE, Slip
from hearing.db import connected, db, sent_together
from hearing.files import actions as files
from hearing.files import storage
from hearing.glance import Glance, Unanswered
from hearing.notices.rules import beijing_day
from hearing.people.viewer import Viewer
from hearing.places.models import Neighbourhood
from hearing.proposals.models import PlanVersion, Proposal
from hearing.refusal import Refused
from hearing.web.pictures import Safe

_COLLECTION, _UNIT, _SHARE, _GUARDIANSHIP, _DRAFT, _RECORD, _SIGNER, _VERSION, _CASE, _PLACE = (
    cast(Table, model.__table__)
    for model in (
        ConsentCollection,
        ConsentUnit,
        ConsentHolder,
        Guardianship,
        ConsentDraft,
        ConsentRecord,
        RecordHolder,
        PlanVersion,
        Proposal,
        Neighbourhood,
    )
)

# Statements are typed by hand: what their rows hold is said where they are read.
_HOLD: Select[Any] = (
    select(
        _COLLECTION.c.id,
        _COLLECTION.c.proposal_id,
        _COLLECTION.c.neighbourhood_id,
        _COLLECTION.c.state,
        _COLLECTION.c.answer_set,
        _COLLECTION.c.closes_at,
        _VERSION.c.plan_hash,
        _VERSION.c.number.label("version"),
        _CASE.c.title,
        _PLACE.c.slug,
    )
    .join_from(_COLLECTION, _VERSION, _VERSION.c.id == _COLLECTION.c.plan_version_id)
    .join(_CASE, _CASE.c.id == _COLLECTION.c.proposal_id)
    .join(_PLACE, _PLACE.c.id == _COLLECTION.c.neighbourhood_id)
    .where(_COLLECTION.c.id == bindparam("collection"))
    .with_for_update(of=_COLLECTION)
)
# Two keys, as a person may have begun answers for several flats: the digest says which of them the page showed.
_TAKE_DRAFT = (
    delete(_DRAFT)
    .where(
        _DRAFT.c.account_id == bindparam("account"),
        _DRAFT.c.digest == bindparam("shown"),
        _DRAFT.c.consent_unit_id.in_(select(_UNIT.c.id).where(_UNIT.c.collection_id == bindparam("collection"))),
    )
    .returning(*_DRAFT.c)
)
_DRAWN = Glance(
    select(_DRAFT.c.picture).where(
        _DRAFT.c.account_id == bindparam("account"),
        _DRAFT.c.digest == bindparam("shown"),
        _DRAFT.c.picture.is_not(None),
    )
)
_FORGET_DRAFT = delete(_DRAFT).where(
    _DRAFT.c.account_id == bindparam("account"), _DRAFT.c.consent_unit_id == bindparam("line")
)
_newer = _GUARDIANSHIP.alias("newer")
_LINE: Select[Any] = (
    select(
        *(_UNIT.c[name] for name in ("id", "unit_id", "area_centi", "capacity", "form", "whole", "floor", "buyer")),
        *(_UNIT.c[name] for name in ("blocked", "closes_at", "turn")),
        _SHARE.c.holder_id,
        _SHARE.c.weight,
        _GUARDIANSHIP.c.id.label("guardianship"),
        _GUARDIANSHIP.c.guardian_phone,
    )
    .join_from(_UNIT, _SHARE, _SHARE.c.consent_unit_id == _UNIT.c.id)
    .outerjoin(
        _GUARDIANSHIP,
        and_(
            _GUARDIANSHIP.c.holder_id == _SHARE.c.holder_id,
            _GUARDIANSHIP.c.relation.is_not(None),
            # The last row counts, and one without a relation ended what was before.
            ~exists().where(_newer.c.holder_id == _GUARDIANSHIP.c.holder_id, _newer.c.id > _GUARDIANSHIP.c.id),
        ),
    )
    .where(_UNIT.c.id == bindparam("line"), _UNIT.c.collection_id == bindparam("collection"))
    .order_by(_SHARE.c.id)
)
_TAKE_NUMBER = (
    update(_COLLECTION)
    .where(
        _COLLECTION.c.id == bindparam("collection"),
        _COLLECTION.c.state == rules.CollectionState.OPEN,
        database_now() < bindparam("closing"),
    )
    .values(next_record=_COLLECTION.c.next_record + 1)
    .returning(_COLLECTION.c.next_record, database_now().label("moment"))
)
_COUNT_TURN = update(_UNIT).where(_UNIT.c.id == bindparam("line")).values(turn=bindparam("next_turn"))
_ADD_RECORD = insert(_RECORD).inline()
# By the record's number, so that none of the three waits for what another answers.
_ADD_SIGNER = insert(_SIGNER).from_select(
    ["record_id", "holder_id"],
    select(_RECORD.c.id, bindparam("holder", type_=_SIGNER.c.holder_id.type)).where(
        _RECORD.c.collection_id == bindparam("collection"), _RECORD.c.number == bindparam("record")
    ),
)


@dataclass(frozen=True)
class _Line:
    """A household's line of the roll under its collection's lock."""

    collection: Row[Any]
    shares: Sequence[Row[Any]]
    """One row for each holder, each with the unit."""

    @property
    def unit(self) -> Row[Any]:
        """The unit's columns."""
        return self.shares[0]

    @property
    def closing(self) -> datetime:
        """Until when this unit may answer. Raises NOT_YET_OPEN."""
        closing: datetime | None = self.unit.closes_at or self.collection.closes_at
        if closing is None:
            raise Refused(rules.Refusal.NOT_YET_OPEN)
        return closing

    def as_rule(self) -> rules.RollUnit:
        """The unit as the law counts it."""
        unit = self.unit
        return rules.listed_unit(
            unit.unit_id,
            ((share.holder_id, share.weight) for share in self.shares),
            area_centi=unit.area_centi,
            capacity=unit.capacity,
            form=unit.form,
            whole=unit.whole,
            floor=unit.floor,
            buyer=unit.buyer,
            blocked=unit.blocked,
        )

    def speakers(self, by: Viewer) -> tuple[int, ...]:
        """The holders in whose name she answers: her own, and those of whom she is the guardian. Raises NOT_ON_ROLL."""
        phone = by.phone
        wards = [share.holder_id for share in self.shares if phone and share.guardian_phone == phone]
        own = [share.holder_id for share in self.shares if share.holder_id in by.holder_ids]
        if not own and not wards:
            raise Refused(rules.Refusal.NOT_ON_ROLL)
        return tuple(dict.fromkeys((*(own or wards)[:1], *wards)))

    def guardian(self, holders: Sequence[int], by: Viewer) -> int | None:
        """The guardianship by which she speaks for one of these. Raises GUARDIAN_ANSWERS where it is another's."""
        found = [share for share in self.shares if share.holder_id in holders and share.guardianship is not None]
        if any(share.guardian_phone != (by.phone or "-") for share in found):
            raise Refused(rules.Refusal.GUARDIAN_ANSWERS)
        return found[0].guardianship if found else None


class _Said(NamedTuple):
    """What is signed."""

    answer: rules.Answer
    reason: str
    signature: Signature | None
    seen: Seen


def sign(by: Viewer, collection_id: int, shown: str) -> facts.Answered:
    """Sign what the check page showed: the draft of that digest, which is used up with it.

    Raises DRAFT_CHANGED when another window has changed or signed it since, otherwise what `answer` raises.
    """
    _keep_drawing(by, shown)
    collection = _hold(collection_id)
    taken = {"account": by.id, "shown": shown, "collection": collection_id}
    draft = connected().execute(_TAKE_DRAFT, taken).one_or_none() if collection is not None else None
    if collection is None or draft is None or not draft.answer:
        raise Refused(rules.Refusal.DRAFT_CHANGED)
    line = _line(collection, draft.consent_unit_id)
    signature = None
    if draft.picture:
        signature = Signature(Safe(draft.picture, draft.media_type), draft.strokes, draft.typed_name)
    said = _Said(rules.Answer(draft.answer), draft.reason, signature, Seen(draft.plan_hash, draft.turn))
    return _answer(by, line, line.speakers(by), said)


def answer(
    by: Viewer, slip: Slip, said: rules.Answer, signature: Signature | None, *, seen: Seen, reason: str = ""
) -> facts.Answered:
    """Record what a holder says on her own phone, with her signature.

    A guardian answers in the name of whom she acts for. Whoever looked at an older plan or an older state of her
    household's line is told so, and nothing is recorded. Raises what `rules.may_answer` raises, GUARDIAN_ANSWERS,
    ANSWERED_MEANWHILE or SIGNATURE_MISSING.
    """
    collection = _hold(slip.collection.id)
    if collection is None:
        raise Refused(rules.Refusal.COLLECTION_ELSEWHERE)
    line = _line(collection, slip.unit.id)
    connected().execute(_FORGET_DRAFT, {"account": by.id, "line": line.unit.id})
    return _answer(by, line, slip.speaks_for, _Said(said, reason, signature, seen))


def _keep_drawing(by: Viewer, shown: str) -> None:
    """Bring the drawing to the disk before the lock is taken: what waits for a disk should let nobody else wait.

    Under the lock it is found there. Who is refused leaves a file that no row names (`files.storage.stray`).
    """
    with suppress(Unanswered):
        drawn = _DRAWN(account=by.id, shown=shown)
        if drawn is not None:
            storage.write(drawn["picture"])


def _hold(collection_id: int) -> Row[Any] | None:
    """Lock the collection's row until the act is committed; what stands there, with its plan's hash and its case."""
    db.session.flush()
    found: Row[Any] | None = connected().execute(_HOLD, {"collection": collection_id}).one_or_none()
    return found


def _line(collection: Row[Any], consent_unit_id: int) -> _Line:
    """Read the line anew, by a statement that begins after the lock was got. Raises NOT_ON_ROLL."""
    wanted = {"line": consent_unit_id, "collection": collection.id}
    shares: Sequence[Row[Any]] = connected().execute(_LINE, wanted).all()
    if not shares:
        raise Refused(rules.Refusal.NOT_ON_ROLL)
    return _Line(collection, shares)


def _answer(by: Viewer, line: _Line, holders: tuple[int, ...], said: _Said) -> facts.Answered:
    number, moment = _take_number(line)
    _check(line, holders, said, moment)
    guardianship = line.guardian(holders, by)
    assert said.signature is not None
    collection, unit, matter = line.collection, line.unit, f"proposal/{line.collection.proposal_id}"
    picture = said.signature.picture
    evidence = files.put(by, picture.data, picture.media_type, SIGNATURE, matter, collection.neighbourhood_id, moment)
    salt, signed_on, subject = secrets.token_hex(32), beijing_day(moment), f"consent/{collection.id}"
    proof = rules.evidence_hash(
        salt=salt,
        collection=subject,
        unit=str(unit.unit_id),
        holders=holders,
        answer=said.answer,
        reason=said.reason,
        method=rules.Method.PHONE,
        identity="session",
        plan_hash=collection.plan_hash,
        signed_on=signed_on,
        signature=evidence.sha256,
        strokes=said.signature.strokes,
        typed_name=said.signature.typed_name,
        guardianship=guardianship,
    )
    _write(
        holders,
        {
            "collection_id": collection.id,
            "consent_unit_id": unit.id,
            "number": number,
            "turn": unit.turn + 1,
            "answer": said.answer,
            "reason": said.reason,
            "method": rules.Method.PHONE,
            "signed_on": signed_on,
            "received_at": moment,
            "plan_hash": collection.plan_hash,
            "identity": "session",
            "signed_by": by.id,
            "guardianship_id": guardianship,
            "signature_id": evidence.id,
            "strokes": said.signature.strokes,
            "typed_name": said.signature.typed_name,
            "salt": salt,
            "evidence_hash": proof,
        },
    )
    tell_recorded_for(unit.id, unit.turn + 1, unit.buyer, but=by.phone)
    return facts.Answered(
        actor=by.as_resident(),
        scope=collection.slug,
        subject=subject,
        matter=matter,
        households=(unit.unit_id,),
        plan_hash=collection.plan_hash,
        method=rules.Method.PHONE,
        record=number,
        title=collection.title,
        version=collection.version,
        unit=str(unit.unit_id),
        holders=tuple(str(holder) for holder in sorted(holders)),
        answer=said.answer,
        answer_label=rules.ANSWER_LABELS[said.answer],
        signed_on=signed_on.isoformat(),
        received_at=moment,
        evidence_hash=proof,
        identity="session",
        assisted=False,
        guardian=guardianship is not None,
    )


def _take_number(line: _Line) -> tuple[int, datetime]:
    """The number of the record, and the moment of receipt.

    The deadline is tested in the very statement that takes the number: who has a number is counted, and whoever closes
    waits for her. Raises what `rules.check_open` raises when it is too late.
    """
    collection, closing = line.collection, line.closing
    wanted = {"collection": collection.id, "closing": closing}
    taken = connected().execute(_TAKE_NUMBER, wanted).one_or_none()
    if taken is None:
        rules.check_open(rules.CollectionState(collection.state), closing=closing, now=closing)
        raise Refused(rules.Refusal.COLLECTION_ELSEWHERE)
    return taken.next_record - 1, taken.moment


def _check(line: _Line, holders: Sequence[int], said: _Said, moment: datetime) -> None:
    collection, unit = line.collection, line.as_rule()
    for holder in holders:
        rules.may_answer(
            unit,
            said.answer,
            person=str(holder),
            offered=rules.AnswerSet(collection.answer_set),
            state=rules.CollectionState(collection.state),
            closing=line.closing,
            now=moment,
            plan_hash=collection.plan_hash,
            seen_plan_hash=said.seen.plan_hash,
        )
    if line.unit.turn != said.seen.turn:
        raise Refused(rules.Refusal.ANSWERED_MEANWHILE)
    if said.signature is None:
        raise Refused(rules.Refusal.SIGNATURE_MISSING)


def _write(holders: Sequence[int], record: dict[str, Any]) -> None:
    """Add the record with its signers, and count the household's turn; objects in memory that show older rows go."""
    connection, session = connected(), db.session
    signers = [
        {"collection": record["collection_id"], "record": record["number"], "holder": holder}
        for holder in sorted(holders)
    ]
    with sent_together(connection):
        connection.execute(_COUNT_TURN, {"line": record["consent_unit_id"], "next_turn": record["turn"]})
        connection.execute(_ADD_RECORD, record)
        connection.execute(_ADD_SIGNER, signers)
    for key in ((ConsentUnit, record["consent_unit_id"]), (ConsentCollection, record["collection_id"])):
        known = session.identity_map.get(identity_key(*key))
        if known is not None:
            session.expire(known)

"""Receiving 收件: piles of slips that come back are stamped and photographed, and each photo finds its slip.

That a slip came back is an act, not bookkeeping: whoever doubts the count asks whether a filled-in slip was left out or
exchanged, and the trail has committed to code and picture on the day on which it came.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from hearing.clock import now
from hearing.consents import facts, rules, slips
from hearing.consents.actions.locking import hold, staff
from hearing.consents.models import ConsentCollection, PaperSlip, SlipBatch, SlipPhoto
from hearing.consents.queries import SLIP_PHOTO
from hearing.db import db
from hearing.files import actions as files
from hearing.people.viewer import Viewer
from hearing.refusal import Refused
from hearing.web.filters import when
from hearing.web.pictures import Safe


@dataclass(frozen=True)
class Shot:
    """One picture of a pile: made safe, None when it could not be opened; and what its squares say."""

    picture: Safe | None
    squares: tuple[str, ...] = ()
    problem: str = ""
    """The name of web.pictures.Problem, of one that could not be opened."""


def open_batch(
    by: Viewer, collection: ConsentCollection, came_by: rules.Method, received_at: datetime
) -> facts.SlipBatchOpened:
    """Stamp a pile of slips that came in. Raises what `rules.may_receive_slips` raises, or NOT_YOUR_SEAT of people."""
    collection = hold(collection)
    _check_open(collection, received_at)
    batch = new_batch(by, collection, came_by, received_at)
    return facts.SlipBatchOpened(**staff(by, collection), batch=batch.number, came_by=came_by, received_at=received_at)


def new_batch(by: Viewer, collection: ConsentCollection, came_by: rules.Method, received_at: datetime) -> SlipBatch:
    """The next batch of a collection that the caller holds."""
    last = select(func.coalesce(func.max(SlipBatch.number), 0)).where(SlipBatch.collection_id == collection.id)
    batch = SlipBatch(
        collection_id=collection.id,
        collection=collection,
        number=db.session.scalars(last).one() + 1,
        came_by=came_by,
        received_at=received_at,
        opened_by=by.id,
        opened_at=now(),
    )
    db.session.add(batch)
    db.session.flush()
    return batch


def photograph(by: Viewer, batch: SlipBatch, shots: Sequence[Shot]) -> facts.SlipsPhotographed:
    """Keep the pictures of a pile, each with its slip; of one that is not taken a line stays that says why.

    Raises what `rules.may_receive_slips` raises, or NOT_YOUR_SEAT of people.
    """
    collection = hold(batch.collection)
    _check_open(collection, batch.received_at)
    last = select(func.coalesce(func.max(SlipPhoto.number), 0)).where(SlipPhoto.batch_id == batch.id)
    number = db.session.scalars(last).one()
    codes = [[code for text in shot.squares if (code := rules.code_in(text))] for shot in shots]
    known = slips.known(by, {code for each in codes for code in each})
    pile = _Pile(by, batch, known)
    kept = [pile.take(number + place, shot, codes[place - 1]) for place, shot in enumerate(shots, 1)]
    states = [photo.state for photo in kept]
    return facts.SlipsPhotographed(
        **staff(by, collection),
        batch=batch.number,
        matched=states.count(rules.PhotoState.MATCHED),
        waiting=states.count(rules.PhotoState.WAITING),
        refused=states.count(rules.PhotoState.REFUSED),
        codes=tuple(photo.slip.code if photo.slip else "" for photo in kept),
        pictures=tuple(photo.sha256 for photo in kept),
        states=tuple(states),
    )


class _Pile:
    """The pictures of one form, judged one after the other: what the first shows, the second shows twice."""

    def __init__(self, by: Viewer, batch: SlipBatch, known: dict[str, PaperSlip]) -> None:
        self._by, self._batch, self._known = by, batch, known
        self._plan = batch.collection.version.number

    def take(self, number: int, shot: Shot, codes: Sequence[str]) -> SlipPhoto:
        """Keep one picture, or the line that says why it was not."""
        if shot.picture is None:
            line = self._refused(number, "", rules.PhotoTrouble.UNUSABLE)
            line.because = shot.problem
            return line
        digest = hashlib.sha256(shot.picture.data).hexdigest()
        before = slips.kept_pictures(self._batch.collection_id, [digest]).get(digest)
        judged = rules.judge(
            codes,
            {code: slips.as_known(slip) for code, slip in self._known.items()},
            collection=self._batch.collection_id,
            case=self._batch.collection.proposal_id,
            plan=self._plan,
            seen_before=before is not None,
        )
        slip = self._known.get(judged.code)
        if judged.why is not None:
            if judged.why is rules.PhotoTrouble.SAME_SLIP and slip is not None:
                before = slips.standing_photos([slip.id]).get(slip.id)
            return self._refused(number, digest, judged.why, slip, before)
        return keep_photo(self._by, self._batch, number, shot.picture, judged.state, slip)

    def _refused(
        self,
        number: int,
        digest: str,
        why: rules.PhotoTrouble,
        slip: PaperSlip | None = None,
        before: SlipPhoto | None = None,
    ) -> SlipPhoto:
        line = _line(self._by, self._batch, number, digest, rules.PhotoState.REFUSED)
        line.why, line.slip, line.first = why, slip, before
        db.session.flush()
        return line


def keep_photo(
    by: Viewer, batch: SlipBatch, number: int, picture: Safe, state: rules.PhotoState, slip: PaperSlip | None
) -> SlipPhoto:
    """Keep a picture in a batch whose collection the caller holds; with a slip, it is that slip's photo from now on."""
    collection = batch.collection
    evidence = files.store(
        by, picture.data, picture.media_type, SLIP_PHOTO, collection.proposal.matter, collection.neighbourhood_id
    )
    photo = _line(by, batch, number, evidence.sha256, state)
    photo.evidence, photo.slip = evidence, slip
    if slip is not None:
        _stamp(slip, photo)
    db.session.flush()
    return photo


def _line(by: Viewer, batch: SlipBatch, number: int, digest: str, state: rules.PhotoState) -> SlipPhoto:
    line = SlipPhoto(
        collection_id=batch.collection_id,
        batch=batch,
        number=number,
        sha256=digest,
        state=state,
        taken_by=by.id,
        taken_at=now(),
    )
    db.session.add(line)
    return line


def _stamp(slip: PaperSlip, photo: SlipPhoto) -> None:
    """The slip has come back: its photo, when it came, and by which way."""
    slip.photo, slip.came_by, slip.received_at = photo.evidence, photo.batch.came_by, photo.batch.received_at


def name_photo(by: Viewer, photo: SlipPhoto, slip: PaperSlip) -> facts.SlipPhotoSettled:
    """Say which slip a picture shows whose square could not be read.

    Raises PHOTO_DONE, SLIP_OLD_PLAN, SLIP_OTHER_COLLECTION, SLIP_VOID, SLIP_PHOTO_TWICE, what
    `rules.may_receive_slips` raises, or NOT_YOUR_SEAT of people.
    """
    photo = _held(photo)
    _check_open(photo.collection, photo.batch.received_at)
    _check_waits(photo)
    db.session.refresh(slip)
    check_fits(slip, photo.collection)
    photo.slip = slip
    _stamp(slip, photo)
    return _settle(by, photo, rules.PhotoState.MATCHED)


def discard_photo(by: Viewer, photo: SlipPhoto, reason: str) -> facts.SlipPhotoSettled:
    """Say that a picture shows no slip; the picture stays, and the reason with it.

    Raises PHOTO_DONE, COLLECTION_REASON_MISSING, or NOT_YOUR_SEAT of people.
    """
    photo = _held(photo)
    _check_waits(photo)
    return _settle(by, photo, rules.PhotoState.DISCARDED, reason)


def set_photo_aside(by: Viewer, photo: SlipPhoto, reason: str) -> facts.SlipPhotoSettled:
    """Set a photo aside on which nothing can be read: the slip waits for another; the first stays where it can be seen.

    Raises PHOTO_DONE, SLIP_READ_ALREADY once somebody has read it, COLLECTION_REASON_MISSING, or NOT_YOUR_SEAT of
    people.
    """
    photo = _held(photo)
    if photo.stands is not rules.PhotoState.MATCHED or photo.slip is None:
        raise Refused(rules.Refusal.PHOTO_DONE)
    slip = photo.slip
    db.session.refresh(slip)
    if slip.stands is not rules.SlipStands.UNREAD:
        raise Refused(rules.Refusal.SLIP_READ_ALREADY)
    slip.photo, slip.came_by, slip.received_at = None, "", None
    return _settle(by, photo, rules.PhotoState.ASIDE, reason)


def _settle(by: Viewer, photo: SlipPhoto, state: rules.PhotoState, reason: str = "") -> facts.SlipPhotoSettled:
    if state is not rules.PhotoState.MATCHED and not reason.strip():
        raise Refused(rules.Refusal.COLLECTION_REASON_MISSING)
    photo.state, photo.because, photo.settled_by, photo.settled_at = state, reason, by.id, now()
    return facts.SlipPhotoSettled(
        **staff(by, photo.collection),
        batch=photo.batch.number,
        state=state,
        picture=photo.sha256,
        code=photo.slip.code if photo.slip else "",
        reason=reason,
    )


def check_fits(slip: PaperSlip, collection: ConsentCollection) -> None:
    """Whether a slip may be photographed into this collection, in sentences.

    Raises SLIP_OLD_PLAN, SLIP_OTHER_COLLECTION, SLIP_VOID or SLIP_PHOTO_TWICE.
    """
    trouble = rules.trouble_with(
        slips.as_known(slip),
        collection=collection.id,
        case=collection.proposal_id,
        plan=collection.version.number,
    )
    match trouble:
        case None:
            return
        case rules.PhotoTrouble.OLD_PLAN:
            raise of_an_old_plan(slip)
        case rules.PhotoTrouble.SLIP_VOID:
            raise Refused(rules.Refusal.SLIP_VOID, door=slip.unit.door_words, reason=slip.void_because)
        case rules.PhotoTrouble.SAME_SLIP:
            first = slips.standing_photos([slip.id]).get(slip.id)
            taken = first.taken_at if first else slip.issued_at
            raise Refused(rules.Refusal.SLIP_PHOTO_TWICE, door=slip.unit.door_words, when=when(taken))
        case _:
            raise Refused(rules.Refusal.SLIP_OTHER_COLLECTION, title=slip.collection.proposal.title)


def of_an_old_plan(slip: PaperSlip) -> Refused:
    """The refusal of a slip of an older plan: it names the door, the slip's version, and the one that stands."""
    version = slip.collection.version
    stands = slip.collection.proposal.signed_plan or version
    return Refused(rules.Refusal.SLIP_OLD_PLAN, door=slip.unit.door_words, version=version.number, now=stands.number)


def check_new_picture(collection_id: int, digest: str) -> None:
    """Raises SLIP_PICTURE_TWICE when the collection has kept this very picture."""
    if before := slips.kept_pictures(collection_id, [digest]).get(digest):
        raise Refused(rules.Refusal.SLIP_PICTURE_TWICE, when=when(before.taken_at))


def _check_open(collection: ConsentCollection, received_at: datetime) -> None:
    closes = slips.last_close(collection)
    if closes is None:
        raise Refused(rules.Refusal.NOT_YET_OPEN)
    rules.may_receive_slips(
        received_at,
        state=collection.stands,
        grace_ends=rules.grace_ends_at(closes, collection.grace_days),
        now=now(),
    )


def _check_waits(photo: SlipPhoto) -> None:
    if photo.stands is not rules.PhotoState.WAITING:
        raise Refused(rules.Refusal.PHOTO_DONE)


def _held(photo: SlipPhoto) -> SlipPhoto:
    """The picture as it stands under the lock of its collection."""
    hold(photo.collection)
    db.session.refresh(photo)
    return photo

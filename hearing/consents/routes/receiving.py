"""Receiving 收件: stamp a pile of slips, photograph them, and say of a photo what no square could say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hearing.audit.ledger import perform
from hearing.consents import actions, queries, rules
from hearing.consents import slips as stock
from hearing.consents.actions.receiving import of_an_old_plan
from hearing.consents.forms import BatchForm, CodeForm, ReasonForm, StackForm
from hearing.consents.models import SlipBatch, SlipPhoto
from hearing.consents.routes.blueprint import bp, watched
from hearing.consents.routes.onsite import FIELD
from hearing.people.surroundings import speak_for
from hearing.people.viewer import me
from hearing.web.answers import go, page
from hearing.web.filters import when
from hearing.web.guards import signed_in_as
from hearing.web.numbers import asked_number
from hearing.web.pictures import Problem
from hearing.web.uploads import SENTENCES as UPLOAD_SENTENCES
from hearing.web.uploads import takes_a_stack

_REFUSALS = {
    rules.PhotoTrouble.SAME_SLIP: rules.Refusal.SLIP_PHOTO_TWICE,
    rules.PhotoTrouble.SAME_PICTURE: rules.Refusal.SLIP_PICTURE_TWICE,
    rules.PhotoTrouble.SLIP_VOID: rules.Refusal.SLIP_VOID,
    rules.PhotoTrouble.OLD_PLAN: rules.Refusal.SLIP_OLD_PLAN,
    rules.PhotoTrouble.OTHER_COLLECTION: rules.Refusal.SLIP_OTHER_COLLECTION,
    rules.PhotoTrouble.UNKNOWN_CODE: rules.Refusal.SLIP_UNKNOWN,
}


@bp.route("/desk/consents/<int:collection_id>/slips/receive", methods=["GET", "POST"])
@signed_in_as(*FIELD)
def receive_slips(collection_id: int) -> ResponseReturnValue:
    """The receipt stamp of a pile: day and hour, and by which way it came."""
    found, form = watched(collection_id), BatchForm()
    if form.validate_on_submit():
        with form.refusals():
            came_by = rules.Method(form.came_by.data)
            done = perform(actions.open_batch, me(), found, came_by, form.received_at)
            # By its number: a colleague may have stamped another pile a moment later.
            return go(url_for(".slip_batch", batch_id=stock.batch_id(found.id, done.fact.batch)))
    return page("consents/receive_slips.html", collection=found, form=form)


@bp.route("/desk/slip-batches/<int:batch_id>", methods=["GET", "POST"])
@signed_in_as(*FIELD)
@takes_a_stack
def slip_batch(batch_id: int) -> ResponseReturnValue:
    """One pile: choose photos, and read of each what it is."""
    batch, form = _batch(batch_id), StackForm()
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.photograph, me(), batch, form.shots())
            return go(url_for(".slip_batch", batch_id=batch_id))
    number = asked_number("page")
    photos, more = stock.photos(batch_id, number)
    return page(
        "consents/slip_batch.html",
        batch=batch,
        collection=batch.collection,
        form=form,
        photos=[(photo, trouble_words(photo)) for photo in photos],
        number=number,
        more=more,
    )


@bp.get("/desk/consents/<int:collection_id>/slips/photos")
@signed_in_as(*FIELD)
def waiting_photos(collection_id: int) -> ResponseReturnValue:
    """The next picture of which nobody has said yet which slip it shows; when there is none, back to the slips."""
    found = watched(collection_id)
    waiting = stock.waiting_photos(found.id)
    if not waiting:
        return go(url_for(".slips", collection_id=found.id))
    return go(url_for(".name_photo", photo_id=waiting[0]))


@bp.route("/desk/slip-photos/<int:photo_id>", methods=["GET", "POST"])
@signed_in_as(*FIELD)
def name_photo(photo_id: int) -> ResponseReturnValue:
    """Type the code beside the picture whose square could not be read."""
    photo, form = _photo(photo_id), CodeForm()
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.name_photo, me(), photo, queries.paper_slip(me(), form.code.data or ""))
            return go(url_for(".waiting_photos", collection_id=photo.collection_id))
    return page("consents/name_photo.html", photo=photo, collection=photo.collection, form=form)


@bp.route("/desk/slip-photos/<int:photo_id>/discard", methods=["GET", "POST"])
@signed_in_as(*FIELD)
def discard_photo(photo_id: int) -> ResponseReturnValue:
    """Say that a picture shows no slip, and what it is."""
    photo, form = _photo(photo_id), ReasonForm()
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.discard_photo, me(), photo, form.reason.data or "")
            return go(url_for(".waiting_photos", collection_id=photo.collection_id))
    return page("consents/discard_photo.html", photo=photo, collection=photo.collection, form=form)


@bp.route("/desk/slip-photos/<int:photo_id>/aside", methods=["GET", "POST"])
@signed_in_as(*FIELD)
def set_photo_aside(photo_id: int) -> ResponseReturnValue:
    """Say that nothing can be read on the photo of a slip, which is then photographed once more."""
    photo, form = _photo(photo_id), ReasonForm()
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.set_photo_aside, me(), photo, form.reason.data or "")
            return go(url_for(".slip_batch", batch_id=photo.batch_id))
    return page("consents/aside_photo.html", photo=photo, collection=photo.collection, form=form)


def trouble_words(photo: SlipPhoto) -> str:
    """Why a picture was not taken, and what to do; empty for one that was."""
    if not photo.why:
        return ""
    why = rules.PhotoTrouble(photo.why)
    if why is rules.PhotoTrouble.UNUSABLE:
        problem = Problem[photo.because] if photo.because in Problem.__members__ else Problem.DAMAGED
        return str(UPLOAD_SENTENCES[problem])
    if why is rules.PhotoTrouble.SEVERAL_SLIPS:
        return str(gettext("这张照片里不止一张征询单，没有收。请一张一张分开拍。"))
    return str(gettext(rules.SENTENCES[_REFUSALS[why]], **_details(photo)))


def _details(photo: SlipPhoto) -> Mapping[str, Any]:
    """What the sentence names: the door, when the first came, why the slip is void, which version it is of."""
    first = photo.first
    named: dict[str, Any] = {"when": when(first.taken_at if first else photo.taken_at)}
    if photo.slip is not None:
        named |= of_an_old_plan(photo.slip).details
        named |= {"reason": photo.slip.void_because, "title": photo.slip.collection.proposal.title}
    return named


def _batch(batch_id: int) -> SlipBatch:
    batch = stock.batch(me(), batch_id) or abort(404)
    speak_for(batch.collection.neighbourhood)
    return batch


def _photo(photo_id: int) -> SlipPhoto:
    photo = stock.photo(me(), photo_id) or abort(404)
    speak_for(photo.collection.neighbourhood)
    return photo

"""Photographs of papers 纸票照片: a pile is photographed, each picture finds its paper, and is read beside it."""

from __future__ import annotations

from flask import abort, flash, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hearing.audit.ledger import perform
from hearing.ballots import actions, photo_queries, rules
from hearing.ballots.forms import ConfirmForm, Filled
from hearing.ballots.models import Poll
from hearing.ballots.paper_models import PaperPhoto
from hearing.ballots.routes.blueprint import at_desk, bp
from hearing.ballots.routes.desk import OFFICE
from hearing.ballots.routes.window import reading_page
from hearing.ballots.window_forms import PaperCodeForm, PilePhotosForm, ReadingForm
from hearing.people.viewer import me
from hearing.refusal import Refused
from hearing.web.answers import go, page
from hearing.web.guards import signed_in_as
from hearing.web.numbers import asked_number
from hearing.web.pictures import Problem
from hearing.web.sentences import sentence_of
from hearing.web.uploads import SENTENCES as UPLOAD_SENTENCES
from hearing.web.uploads import takes_a_stack


@bp.route("/desk/polls/<int:poll_id>/papers/photos", methods=["GET", "POST"])
@signed_in_as(*OFFICE)
@takes_a_stack
def paper_photos(poll_id: int) -> ResponseReturnValue:
    """Choose the photographs of a pile, and read of each what it is."""
    found, form = _named(poll_id), PilePhotosForm()
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.photograph, me(), found.id, form.shots())
            return go(url_for(".paper_photos", poll_id=found.id))
    number = asked_number("page")
    photos, more = photo_queries.photos(found, number)
    return page(
        "ballots/paper_photos.html",
        poll=found,
        form=form,
        photos=[(photo, _trouble(photo)) for photo in photos],
        labels=rules.PHOTO_LABELS,
        left=photo_queries.next_photo(me(), found, 0)[1],
        number=number,
        more=more,
    )


@bp.route("/desk/polls/<int:poll_id>/papers/photos/<int:photo_id>", methods=["GET", "POST"])
@signed_in_as(*OFFICE)
def name_paper_photo(poll_id: int, photo_id: int) -> ResponseReturnValue:
    """Type the number beside the picture whose square could not be read."""
    found, form = _named(poll_id), PaperCodeForm()
    photo = photo_queries.photo(found, photo_id) or abort(404)
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.name_photo, me(), found.id, photo.id, form.code.data or "")
            return go(url_for(".paper_photos", poll_id=found.id))
    return page("ballots/name_paper_photo.html", poll=found, photo=photo, form=form)


@bp.post("/desk/polls/<int:poll_id>/papers/photos/<int:photo_id>/aside")
@signed_in_as(*OFFICE)
def set_paper_photo_aside(poll_id: int, photo_id: int) -> ResponseReturnValue:
    """Say that nothing can be read on a picture, or that it shows no paper."""
    found, form = _named(poll_id), ConfirmForm()
    photo = photo_queries.photo(found, photo_id) or abort(404)
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.set_photo_aside, me(), found.id, photo.id)
            flash(gettext("记好了，请重拍这张纸票。"), "success")
    for error in form.form_errors:
        flash(error, "warning")
    return go(url_for(".paper_photos", poll_id=found.id))


@bp.get("/desk/polls/<int:poll_id>/papers/photos/next")
@signed_in_as(*OFFICE)
def next_paper_photo(poll_id: int) -> ResponseReturnValue:
    """The next photographed paper that the reader may read; where there is none, back to the pictures."""
    found = _named(poll_id)
    photo_id, _ = photo_queries.next_photo(me(), found, asked_number("after"))
    if photo_id is None:
        flash(gettext("没有您能录的照片了。"), "info")
        return go(url_for(".paper_photos", poll_id=found.id))
    return go(url_for(".read_paper_photo", poll_id=found.id, photo_id=photo_id))


@bp.get("/desk/polls/<int:poll_id>/papers/photos/<int:photo_id>/reading")
@signed_in_as(*OFFICE)
def read_paper_photo(poll_id: int, photo_id: int) -> ResponseReturnValue:
    """The fields beside one picture: for both who read blind, and for the third who decides."""
    found = _named(poll_id)
    photo = photo_queries.photo(found, photo_id) or abort(404)
    if photo.stands is not rules.PhotoState.MATCHED or photo.code is None:
        return go(url_for(".paper_photos", poll_id=found.id))
    form = ReadingForm()
    form.code.data, form.after.data, form.once.data = photo.code, str(photo.number), ""
    try:
        return reading_page(found, photo.code, form, Filled())
    except Refused as refused:
        flash(sentence_of(refused), "warning")
        return go(url_for(".paper_photos", poll_id=found.id))


def _named(poll_id: int) -> Poll:
    """A poll of the desk whose ballots stand under names; of a secret one papers are not photographed."""
    found = at_desk(poll_id)
    return abort(404) if found.is_secret else found


def _trouble(photo: PaperPhoto) -> str:
    """Why a picture was not taken, and what to do; empty for one that was."""
    if not photo.why:
        return ""
    if photo.why in Problem.__members__:
        return str(UPLOAD_SENTENCES[Problem[photo.why]])
    return str(gettext(rules.SENTENCES[rules.Refusal(photo.why)]))

"""What happens to a unit, registered by the desk: who cannot answer, who answers now, who acts for whom."""

from __future__ import annotations

from flask import abort, url_for
from flask.typing import ResponseReturnValue

from hearing.audit.ledger import perform
from hearing.consents import actions, speaking
from hearing.consents.forms import BlockForm, DeathForm, FreeForm, GuardianForm, HandsForm, HeirsForm
from hearing.consents.routes.blueprint import bp, watched_unit
from hearing.consents.routes.setting_up import CLERKS
from hearing.people.viewer import me
from hearing.web.answers import go, page
from hearing.web.guards import signed_in_as


@bp.route("/desk/consents/<int:collection_id>/units/<int:unit_id>/block", methods=["GET", "POST"])
@signed_in_as(*CLERKS)
def block(collection_id: int, unit_id: int) -> ResponseReturnValue:
    """Register that the household cannot answer for now."""
    unit = watched_unit(collection_id, unit_id)
    form = BlockForm(unit)
    if form.validate_on_submit():
        with form.refusals():
            done = perform(actions.block, me(), unit, form.blocked, form.shown(), died=form.holder)
            return go(url_for("audit.receipt", index=done.index))
    return page("consents/block.html", unit=unit, collection=unit.collection, form=form)


@bp.route("/desk/consents/<int:collection_id>/units/<int:unit_id>/death", methods=["GET", "POST"])
@signed_in_as(*CLERKS)
def note_death(collection_id: int, unit_id: int) -> ResponseReturnValue:
    """Register after the close that a holder had died, so that what was signed in her name since does not count."""
    unit = watched_unit(collection_id, unit_id)
    form = DeathForm(unit)
    if not form.died.choices:
        abort(404)
    if form.validate_on_submit():
        with form.refusals():
            done = perform(actions.note_death, me(), unit, int(form.died.data), form.shown())
            return go(url_for("audit.receipt", index=done.index))
    return page("consents/note_death.html", unit=unit, collection=unit.collection, form=form)


@bp.route("/desk/consents/<int:collection_id>/units/<int:unit_id>/unblock", methods=["GET", "POST"])
@signed_in_as(*CLERKS)
def unblock(collection_id: int, unit_id: int) -> ResponseReturnValue:
    """Register that the household may answer again."""
    unit, form = watched_unit(collection_id, unit_id), FreeForm()
    if form.validate_on_submit():
        with form.refusals():
            done = perform(actions.unblock, me(), unit, form.shown())
            return go(url_for("audit.receipt", index=done.index))
    return page("consents/unblock.html", unit=unit, collection=unit.collection, form=form)


@bp.route("/desk/consents/<int:collection_id>/units/<int:unit_id>/holder", methods=["GET", "POST"])
@signed_in_as(*CLERKS)
def change_hands(collection_id: int, unit_id: int) -> ResponseReturnValue:
    """Register who answers from now on: a new lessee, buyers."""
    unit = watched_unit(collection_id, unit_id)
    form = HandsForm(unit)
    if form.validate_on_submit():
        with form.refusals():
            done = perform(actions.change_hands, me(), unit, form.tenure(), form.shown())
            return go(url_for("audit.receipt", index=done.index))
    return page("consents/change_hands.html", unit=unit, collection=unit.collection, form=form)


@bp.route("/desk/consents/<int:collection_id>/units/<int:unit_id>/heirs", methods=["GET", "POST"])
@signed_in_as(*CLERKS)
def heirs(collection_id: int, unit_id: int) -> ResponseReturnValue:
    """Register who stands in the place of a holder who has died."""
    unit = watched_unit(collection_id, unit_id)
    form = HeirsForm(unit)
    if not form.dead.choices:
        abort(404)
    if form.validate_on_submit():
        with form.refusals():
            done = perform(
                actions.show_heirs,
                me(),
                unit,
                int(form.dead.data),
                form.holders(),
                form.shown(),
                administrator=bool(form.administrator.data),
            )
            return go(url_for("audit.receipt", index=done.index))
    return page("consents/heirs.html", unit=unit, collection=unit.collection, form=form)


@bp.route("/desk/consents/<int:collection_id>/units/<int:unit_id>/guardian", methods=["GET", "POST"])
@signed_in_as(*CLERKS)
def guardian(collection_id: int, unit_id: int) -> ResponseReturnValue:
    """Register who acts for a holder by law: the relation and what shows it."""
    unit = watched_unit(collection_id, unit_id)
    form = GuardianForm(unit)
    if form.validate_on_submit():
        with form.refusals():
            done = perform(actions.name_guardian, me(), unit, int(form.ward.data), form.guardian(), form.shown())
            return go(url_for("audit.receipt", index=done.index))
    return page("consents/guardian.html", unit=unit, collection=unit.collection, form=form)


@bp.route("/desk/consents/<int:collection_id>/units/<int:unit_id>/guardian/<int:ward>/end", methods=["GET", "POST"])
@signed_in_as(*CLERKS)
def end_guardianship(collection_id: int, unit_id: int, ward: int) -> ResponseReturnValue:
    """Register that a guardianship has ended."""
    unit, form = watched_unit(collection_id, unit_id), FreeForm()
    standing = speaking.guardianships([share.holder_id for share in unit.holders]).get(ward) or abort(404)
    if form.validate_on_submit():
        with form.refusals():
            done = perform(actions.end_guardianship, me(), unit, ward, form.shown())
            return go(url_for("audit.receipt", index=done.index))
    return page(
        "consents/end_guardianship.html", unit=unit, collection=unit.collection, form=form, guardianship=standing
    )

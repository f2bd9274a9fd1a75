"""提个建议: four questions, one a page; a draft that nothing can lose; check, then send."""

from __future__ import annotations

import json
from dataclasses import dataclass

from flask import Response, abort, flash, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from hearing.audit.ledger import keep, perform
from hearing.people.rules import NEIGHBOURS, Role
from hearing.people.viewer import me
from hearing.places.models import Unit
from hearing.proposals import actions, queries
from hearing.proposals.actions import Answers
from hearing.proposals.forms import STEPS, LetterForm, PlaceStep, ReasonForm, SendForm, Step, written
from hearing.proposals.models import Proposal
from hearing.proposals.routes.blueprint import bp, own
from hearing.proposals.rules import State
from hearing.web.answers import go, page
from hearing.web.filters import door
from hearing.web.guards import signed_in, signed_in_as

NEW = "proposal/new"
ORDER = tuple(STEPS)
WRITERS = tuple(sorted(NEIGHBOURS | {Role.PARTY_SECRETARY}))


@dataclass(frozen=True)
class Writing:
    """An application being written: a new one, or a returned one being completed."""

    proposal: Proposal | None

    @property
    def form(self) -> str:
        """The draft's name."""
        return NEW if self.proposal is None else f"proposal/{self.proposal.id}"

    def url(self, step: str) -> str:
        """The page of a step, or of the check."""
        if self.proposal is None:
            return url_for("proposals.write_step", step=step)
        return url_for("proposals.write_again", proposal_id=self.proposal.id, step=step)

    def kept(self) -> dict[str, str]:
        """What has been typed so far, by question; a returned application starts from what was handed in."""
        typed: dict[str, str] = {}
        if self.proposal is not None:
            last = self.proposal.applications[-1]
            typed = {"problem": last.problem, "place": last.place, "wish": last.wish, "upkeep": last.upkeep}
        for content in queries.drafts(me(), self.form).values():
            typed |= json.loads(content)
        return typed


@bp.get("/proposals/new")
@signed_in_as(*WRITERS)
def write() -> ResponseReturnValue:
    """Where one begins: what it is, how long it takes, other ways."""
    typed = queries.drafts(me(), NEW)
    step = next((step for step in ORDER if step not in typed), "check")
    return page("proposals/start.html", step=step, has_draft=bool(typed))


@bp.route("/proposals/new/<step>", methods=["GET", "POST"])
@signed_in_as(*WRITERS)
def write_step(step: str) -> ResponseReturnValue:
    """One question of a new application, or the last look at it."""
    return _step(Writing(None), step)


@bp.route("/proposals/<int:proposal_id>/again", methods=["GET", "POST"], defaults={"step": "problem"})
@bp.route("/proposals/<int:proposal_id>/again/<step>", methods=["GET", "POST"])
@signed_in
def write_again(proposal_id: int, step: str) -> ResponseReturnValue:
    """The same for an application that was returned to be completed."""
    proposal = own(proposal_id)
    if proposal.stands is not State.RETURNED:
        abort(404)
    return _step(Writing(proposal), step)


def _step(writing: Writing, step: str) -> ResponseReturnValue:
    if step == "check":
        return _check(writing)
    question = STEPS.get(step) or abort(404)
    form = question(data=writing.kept())
    if form.validate_on_submit():
        _keep(writing, step, form)
        return go(writing.url(ORDER[ORDER.index(step) + 1] if step != ORDER[-1] else "check"))
    return page(
        "proposals/step.html",
        writing=writing,
        form=form,
        step=step,
        number=ORDER.index(step) + 1,
        total=len(ORDER),
        before=writing.url(ORDER[ORDER.index(step) - 1]) if step != ORDER[0] else None,
        photos=queries.draft_photos(me(), writing.form) if step == "place" else (),
    )


def _keep(writing: Writing, step: str, form: Step) -> None:
    keep(actions.keep_draft, me(), writing.form, step, form.kept())
    if isinstance(form, PlaceStep) and form.photos.pictures:
        left = keep(actions.keep_photos, me(), writing.form, form.photos.pictures)
        if left:
            flash(
                ngettext("照片最多 4 张，有 %(num)d 张没有放进来。", "照片最多 4 张，有 %(num)d 张没有放进来。", left),
                "warning",
            )


def _check(writing: Writing) -> ResponseReturnValue:
    typed, form = writing.kept(), SendForm()
    if missing := next((step for step in ORDER if not typed.get(step, "").strip()), None):
        return go(writing.url(missing))
    homes = {str(membership.unit_id): membership.unit for membership in me().memberships}
    form.offer([(key, door(unit.stairwell.building.name, unit.name)) for key, unit in homes.items()])
    photos = queries.draft_photos(me(), writing.form)
    if form.validate_on_submit():
        with form.refusals():
            return go(url_for("audit.receipt", index=_send(writing, typed, homes.get(form.unit.data or ""))))
    return page("proposals/check.html", writing=writing, typed=typed, form=form, photos=photos, homes=homes)


def _send(writing: Writing, typed: dict[str, str], home: Unit | None) -> int:
    answers = Answers(*(typed[step] for step in ORDER))
    photos = [photo.safe for photo in queries.draft_photos(me(), writing.form)]
    if writing.proposal is not None:
        return perform(actions.resubmit, me(), writing.proposal, answers, photos=photos, form=writing.form).index
    place = home.stairwell.building.estate.neighbourhood_id if home else min(me().neighbourhood_ids)
    return perform(
        actions.submit,
        me(),
        answers,
        neighbourhood_id=place,
        unit_id=home.id if home else None,
        photos=photos,
        form=writing.form,
    ).index


@bp.get("/proposals/photos/<int:photo_id>")
@signed_in
def draft_photo(photo_id: int) -> ResponseReturnValue:
    """A photo in one's own draft."""
    photo = queries.draft_photo(me(), photo_id) or abort(404)
    return Response(
        photo.data,
        content_type=photo.media_type,
        headers={"Cache-Control": "no-store", "Content-Security-Policy": "default-src 'none'; sandbox"},
    )


@bp.post("/proposals/photos/<int:photo_id>/remove")
@signed_in
def remove_photo(photo_id: int) -> ResponseReturnValue:
    """Take a photo out of one's own draft."""
    photo = queries.draft_photo(me(), photo_id) or abort(404)
    _, _, number = photo.form.partition("/")
    back = url_for("proposals.write_step", step="place")
    if number != "new":
        back = url_for("proposals.write_again", proposal_id=int(number), step="place")
    keep(actions.remove_photo, photo)
    return go(back)


@bp.post("/proposals/new/discard")
@signed_in
def discard() -> ResponseReturnValue:
    """Throw the draft of a new application away."""
    keep(actions.discard_draft, me(), NEW)
    flash(gettext("草稿已经清空。"), "info")
    return go(url_for("proposals.write"))


@bp.route("/proposals/<int:proposal_id>/letter", methods=["GET", "POST"])
@signed_in
def letter(proposal_id: int) -> ResponseReturnValue:
    """Hand in the written application that the legal adviser asks for."""
    proposal, form = own(proposal_id), LetterForm()
    if form.validate_on_submit():
        with form.refusals():
            done = perform(actions.hand_in_letter, me(), proposal, form.letter())
            return go(url_for("audit.receipt", index=done.index))
    return page("proposals/letter.html", proposal=proposal, form=form, back_url=_back(proposal_id))


@bp.route("/proposals/<int:proposal_id>/look-again", methods=["GET", "POST"])
@signed_in
def look_again(proposal_id: int) -> ResponseReturnValue:
    """Ask the council to look at a rejection again."""
    proposal, form = own(proposal_id), ReasonForm()
    form.reason.label.text = gettext("为什么请理事会再看一次？")
    form.reason.description = gettext("理事会和居委会会看到。只能提一次。")
    if form.validate_on_submit():
        with form.refusals():
            done = perform(actions.ask_second_look, me(), proposal, written(form.reason))
            return go(url_for("audit.receipt", index=done.index))
    return _reason(proposal, form, gettext("请理事会复议"), gettext("提交复议"))


@bp.route("/proposals/<int:proposal_id>/withdraw", methods=["GET", "POST"])
@signed_in
def withdraw(proposal_id: int) -> ResponseReturnValue:
    """Take one's own proposal back."""
    proposal, form = own(proposal_id), ReasonForm()
    form.reason.description = gettext("撤回以后这件事就结束了，要再提只能重新写一份。")
    if form.validate_on_submit():
        with form.refusals():
            done = perform(actions.withdraw, me(), proposal, written(form.reason))
            return go(url_for("audit.receipt", index=done.index))
    return _reason(proposal, form, gettext("撤回提案"), gettext("撤回"))


@bp.route("/proposals/<int:proposal_id>/contest", methods=["GET", "POST"])
@signed_in
def contest(proposal_id: int) -> ResponseReturnValue:
    """Hold a change that was taken for wording to be material."""
    proposal, form = own(proposal_id), ReasonForm()
    version = proposal.plan or abort(404)
    form.reason.label.text = gettext("为什么这次改动应当请大家重新确认？")
    form.reason.description = gettext("理事会会答复您。")
    if form.validate_on_submit():
        with form.refusals():
            done = perform(actions.contest_change, me(), version, written(form.reason))
            return go(url_for("audit.receipt", index=done.index))
    return _reason(proposal, form, gettext("对方案改动有异议"), gettext("提交异议"))


def _reason(proposal: Proposal, form: ReasonForm, title: str, act: str) -> ResponseReturnValue:
    back = _back(proposal.id)
    return page("proposals/reason.html", proposal=proposal, form=form, heading=title, act=act, back_url=back)


def _back(proposal_id: int) -> str:
    return url_for("proposals.application", proposal_id=proposal_id)

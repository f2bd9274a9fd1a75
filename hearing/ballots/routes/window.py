"""The window 窗口: papers and one-time codes at the desk, for a poll that is not on phones alone.

Who came, and when, is in no line of the log: handing out is beside the ballot, and hours tell.
"""

from __future__ import annotations

import random
import secrets

from flask import Response, abort, flash, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hearing.audit.ledger import entrust, perform
from hearing.ballots import actions, paper_queries, photo_queries, rules
from hearing.ballots.box import box_of
from hearing.ballots.forms import Filled
from hearing.ballots.models import Poll
from hearing.ballots.routes.blueprint import at_desk, bp
from hearing.ballots.routes.desk import OFFICE
from hearing.ballots.window_forms import (
    DeclareForm,
    ExchangeForm,
    FindLineForm,
    HandForm,
    LateForm,
    LostForm,
    PaperCodeForm,
    PrintForm,
    ReadingForm,
)
from hearing.clock import by_server
from hearing.notices.paper import frame, pdf
from hearing.people.outbox import address
from hearing.people.rules import print_household_code
from hearing.people.surroundings import moment
from hearing.people.viewer import me
from hearing.printing import sheets, words
from hearing.refusal import Refused
from hearing.web.answers import go, page
from hearing.web.guards import signed_in_as
from hearing.web.logs import unlogged
from hearing.web.sentences import sentence_of

bp.add_app_template_global(paper_queries.balance, "paper_balance")


@bp.route("/desk/polls/<int:poll_id>/papers", methods=["GET", "POST"])
@signed_in_as(*OFFICE)
def papers(poll_id: int) -> ResponseReturnValue:
    """纸票: what was printed, what became of it, and what is to do; printing a batch."""
    found, form = at_desk(poll_id), PrintForm()
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.print_papers, me(), found.id, form.sheets.number)
            flash(gettext("编好了号，可以打印。"), "success")
            return go(url_for(".papers", poll_id=found.id))
    states, voids = paper_queries.by_state(found.id)
    return page(
        "ballots/papers.html",
        poll=found,
        form=form,
        runs=paper_queries.runs(found.id),
        states=states,
        voids=voids,
        balance=paper_queries.balance(found.id),
        unread=photo_queries.next_photo(me(), found, 0)[1] if not found.is_secret else 0,
        nameless=photo_queries.waiting(found) if not found.is_secret else 0,
        now=moment(),
    )


@bp.get("/desk/polls/<int:poll_id>/papers/<int:run>.pdf")
@signed_in_as(*OFFICE)
def papers_pdf(poll_id: int, run: int) -> ResponseReturnValue:
    """The papers of one printing that nobody has read yet, shuffled anew: no order of a pile is kept anywhere."""
    found = at_desk(poll_id)
    codes = paper_queries.papers_of(found.id, run)
    if not codes or found.stands is not rules.State.OPEN:
        abort(404)
    random.SystemRandom().shuffle(codes)
    box = box_of(found.id, found.box_room, found.box_check) if found.is_secret else None
    data = sheets.BallotPapers(
        frame=frame(found.neighbourhood, address(f"/polls/{found.id}")),
        poll=found.title,
        about=found.words,
        how=_how(found),
        numbered=found.kind in (rules.Kind.POINTS, rules.Kind.RANKING),
        secret=found.is_secret,
        close_at=found.closes_at,
        options=[_option(found, option) for option in found.options if not option.withdrawn],
        papers=[
            sheets.BallotPaper(
                code=print_household_code(code),
                scan=rules.square_text(code),
                stub=rules.stub_words(box.stub(code)) if box is not None else "",
            )
            for code in codes
        ],
    )
    return pdf(sheets.ballots(data, by_server()), f"papers-{found.id}-{run}")


@bp.route("/desk/polls/<int:poll_id>/window", methods=["GET", "POST"])
@unlogged
@signed_in_as(*OFFICE)
def window(poll_id: int) -> ResponseReturnValue:
    """Find the line of whoever has come; a door and a name stand in no address."""
    found, form = at_desk(poll_id), FindLineForm()
    lines = paper_queries.find(found, form.words.data or "") if form.validate_on_submit() else None
    balance = paper_queries.balance(found.id)
    return page("ballots/window.html", poll=found, form=form, lines=lines, balance=balance, now=moment())


@bp.route("/desk/polls/<int:poll_id>/window/<int:voter_id>", methods=["GET", "POST"])
@unlogged
@signed_in_as(*OFFICE)
def at_window(poll_id: int, voter_id: int) -> ResponseReturnValue:
    """One line of the roll: hand a paper out."""
    found, form = at_desk(poll_id), HandForm()
    line = paper_queries.standing(found, voter_id) or abort(404)
    if form.validate_on_submit():
        with form.refusals():
            if found.is_secret:
                entrust(actions.hand_out, me(), found.id, voter_id)
            else:
                perform(actions.hand_out_by_name, me(), found.id, voter_id, form.code.data or "")
            flash(gettext("记好了，把纸票交给来的人。"), "success")
            return go(url_for(".window", poll_id=found.id))
    balance = paper_queries.balance(found.id)
    return page("ballots/at_window.html", poll=found, form=form, line=line, balance=balance, now=moment())


@bp.post("/desk/polls/<int:poll_id>/window/<int:voter_id>/code")
@unlogged
@signed_in_as(*OFFICE)
def give_code(poll_id: int, voter_id: int) -> ResponseReturnValue:
    """Give a one-time code out: it stands on the answer to this form and nowhere else."""
    found, form = at_desk(poll_id), HandForm()
    line = paper_queries.standing(found, voter_id) or abort(404)
    code = rules.desk_code(secrets.randbelow(rules.DESK_NUMBERS))
    if form.validate_on_submit():
        with form.refusals():
            if found.is_secret:
                entrust(actions.issue_secretly, me(), found.id, voter_id, code)
            else:
                perform(actions.issue_by_name, me(), found.id, voter_id, code)
            return page("ballots/desk_code.html", poll=found, line=line, code=code)
    for error in form.form_errors:
        flash(error, "warning")
    return go(url_for(".at_window", poll_id=found.id, voter_id=voter_id))


@bp.route("/desk/polls/<int:poll_id>/papers/exchange", methods=["GET", "POST"])
@unlogged
@signed_in_as(*OFFICE)
def exchange(poll_id: int) -> ResponseReturnValue:
    """Take a spoiled paper back and hand a new one out."""
    found, form = at_desk(poll_id), ExchangeForm()
    if form.validate_on_submit():
        with form.refusals():
            if found.is_secret:
                entrust(actions.exchange, me(), found.id, form.code.data or "")
            else:
                perform(actions.exchange_by_name, me(), found.id, form.code.data or "", form.new.data or "")
            flash(gettext("记好了，给来的人一张新的。写错的一张收好，由两个人录成作废。"), "success")
            return go(url_for(".window", poll_id=found.id))
    return page("ballots/exchange_paper.html", poll=found, form=form)


@bp.route("/desk/polls/<int:poll_id>/papers/reading", methods=["GET", "POST"])
@unlogged
@signed_in_as(*OFFICE)
def find_paper(poll_id: int) -> ResponseReturnValue:
    """录入纸票: the number of a paper; then what is on it."""
    found, form = at_desk(poll_id), PaperCodeForm()
    if form.validate_on_submit():
        with form.refusals():
            code = rules.read_paper_code(form.code.data or "")
            reading = ReadingForm()
            reading.code.data, reading.once.data = code, ""
            return reading_page(found, code, reading, Filled())
    return page("ballots/find_paper.html", poll=found, form=form)


@bp.post("/desk/polls/<int:poll_id>/papers/reading/one")
@unlogged
@signed_in_as(*OFFICE)
def read_paper(poll_id: int) -> ResponseReturnValue:
    """Note what one person reads on a paper."""
    found, form = at_desk(poll_id), ReadingForm()
    code = form.code.data or ""
    if form.validate_on_submit():
        with form.refusals():
            reading = form.reading(rules.Kind(found.kind))
            if found.is_secret:
                entrust(actions.read_secretly, me(), found.id, code, reading, seen=form.seen_readings)
            else:
                perform(actions.read_by_name, me(), found.id, code, reading, seen=form.seen_readings)
            flash(gettext("录好了，可以录下一张。"), "success")
            if form.after_photo:
                return go(url_for(".next_paper_photo", poll_id=found.id, after=form.after_photo))
            return go(url_for(".find_paper", poll_id=found.id))
    try:
        return reading_page(found, rules.read_paper_code(code), form, Filled.sent())
    except Refused as refused:
        flash(sentence_of(refused), "warning")
        return go(url_for(".find_paper", poll_id=found.id))


@bp.route("/desk/polls/<int:poll_id>/window/<int:voter_id>/lost", methods=["GET", "POST"])
@unlogged
@signed_in_as(*OFFICE)
def lost(poll_id: int, voter_id: int) -> ResponseReturnValue:
    """Say that the paper of this line will not come back."""
    found, form = at_desk(poll_id), LostForm()
    line = paper_queries.standing(found, voter_id) or abort(404)
    there = url_for(".at_window", poll_id=found.id, voter_id=voter_id)
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.declare_lost, me(), found.id, voter_id, form.code.data or "")
            flash(gettext("记好了。这一户可以另领一张，也可以用手机投。"), "success")
            return go(there)
    if found.is_secret or not line.paper:
        for error in form.form_errors:
            flash(error, "warning")
        return go(there)
    form.code.data = line.paper
    return page("ballots/lost.html", poll=found, form=form, line=line)


@bp.route("/desk/polls/<int:poll_id>/papers/late", methods=["GET", "POST"])
@signed_in_as(*OFFICE)
def late(poll_id: int) -> ResponseReturnValue:
    """A paper that was declared lost has turned up: it is void."""
    found, form = at_desk(poll_id), LateForm()
    if found.is_secret:
        abort(404)
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.void_late, me(), found.id, form.code.data or "")
            flash(gettext("记好了，纸票放到作废的一叠。"), "success")
            return go(url_for(".papers", poll_id=found.id))
    return page("ballots/late_paper.html", poll=found, form=form)


@bp.route("/desk/polls/<int:poll_id>/papers/unreturned", methods=["GET", "POST"])
@signed_in_as(*OFFICE)
def unreturned(poll_id: int) -> ResponseReturnValue:
    """Say, once the close has come, how many papers did not come back."""
    found, form = at_desk(poll_id), DeclareForm()
    if form.validate_on_submit():
        with form.refusals():
            perform(actions.declare_unreturned, me(), found.id, form.missing.number)
            return go(url_for(".papers", poll_id=found.id))
    return page("ballots/unreturned.html", poll=found, form=form, balance=paper_queries.balance(found.id), now=moment())


def reading_page(found: Poll, code: str, form: ReadingForm, filled: Filled) -> Response:
    """The form of one paper; whoever decides sees what both others read. Raises what `actions.may_read` raises."""
    before = actions.may_read(me(), found, code)
    if not form.errors:
        form.seen.data = str(len(before))
    titles = {option.code: option.title for option in found.options}
    return page(
        "ballots/read_paper.html",
        poll=found,
        form=form,
        code=code,
        turn=len(before) + 1,
        photo=photo_queries.photo_of(code) if not found.is_secret else None,
        before=before if len(before) == 2 else [],
        filled=filled,
        titles=titles,
    )


def _option(found: Poll, option: rules.Option) -> sheets.BallotOption:
    code = "" if found.kind == rules.Kind.YES_NO else option.code
    return sheets.BallotOption(code=code, title=option.title, cost_fen=option.cost, category=option.category)


def _how(found: Poll) -> str:
    """How a paper of this poll is filled in, as it stands on the paper: in Chinese, like everything on it."""
    kind, most = rules.Kind(found.kind), found.most
    if kind is rules.Kind.YES_NO:
        return "只选一项，在方框里打√。"
    if kind is rules.Kind.POINTS:
        each = f"，一个项目最多 {found.most_each} 分" if found.most_each else ""
        return f"您一共有 {found.points} 分。给支持的项目打分，把整数写进方框{each}；可以不打完。"
    if kind is rules.Kind.RANKING:
        end = f"，最多排 {most} 个" if most else ""
        return f"最支持的在方框里写 1，其次写 2，这样排下去，中间不空{end}。"
    number = f"{found.least} 到 {most} 项" if most else f"至少 {found.least} 项"
    if kind is rules.Kind.KNAPSACK:
        return f"在支持的项目的方框里打√，{number}，总价不超过 {words.yuan(found.budget_fen)}。"
    return f"在支持的项目的方框里打√，{number}。"

"""Voting 投票: the list of projects, the ballot, its check, and the receipt.

A ballot is in the page until it is sent: nothing of it is kept before, no draft, no key, no hour. The receipt of a
secret ballot lies in the cookie of the browser that sent it and nowhere else; signing out takes it away.
"""

from __future__ import annotations

import secrets

from flask import Response, abort, flash, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hearing.audit.ledger import entrust, perform, then_write
from hearing.audit.routes.receipts import proof_of
from hearing.ballots import actions, queries, rules
from hearing.ballots.forms import BallotForm, Filled, FindForm, Sums
from hearing.ballots.models import Poll
from hearing.ballots.promises import promise
from hearing.ballots.queries import Line
from hearing.ballots.routes.blueprint import bp, choices_of, projects_of, shown
from hearing.people.kept import kept_beside
from hearing.people.surroundings import here, moment, speak_for
from hearing.people.viewer import anyone, me
from hearing.refusal import Refused
from hearing.web.answers import go, page
from hearing.web.forms import clean
from hearing.web.guards import only_acts, open_to_all, signed_in
from hearing.web.logs import unlogged

_KEPT, _VOTES = "ballots", "votes"
MOST_KEPT = 6
"""Receipts that one browser keeps."""


@bp.get("/polls")
@open_to_all
def board() -> ResponseReturnValue:
    """投票: what this neighbourhood votes on, and has voted on; a visitor of several chooses one first."""
    place = here()
    if place is None:
        return go(url_for("opendata.home"))
    speak_for(place)
    return page("ballots/board.html", polls=queries.listed(place.id), now=moment())


def _votes() -> str:
    """How many secret ballots this browser has sent: a mark on the roll is no entry, and whoever set it sees it."""
    return str(session.get(_VOTES, 0))


@bp.get("/polls/<int:poll_id>")
@open_to_all
@kept_beside(_votes)
def poll(poll_id: int) -> ResponseReturnValue:
    """One poll: what is asked, how it is counted, the projects with search and filter, and the way to the ballot.

    Of a secret poll the turnout, and on her second phone that she has voted, may be a minute old.
    """
    found = shown(poll_id, whole=False)
    words, category = clean(request.args.get("q", ""))[:60], clean(request.args.get("category", ""))[:120]
    return page(
        "ballots/poll.html",
        poll=found,
        lines=queries.lines(anyone(), found),
        projects=projects_of(found, words, category) if found.kind != rules.Kind.YES_NO else "",
        voted=queries.turnout(found),
        chosen=queries.chosen_titles(found) if found.stands is rules.State.TALLIED else None,
        now=moment(),
    )


@bp.route("/polls/<int:poll_id>/ballot", methods=["GET", "POST"])
@only_acts  # Nothing is written here: what was typed goes from page to page, and on SQLite nobody waits meanwhile.
@unlogged
@kept_beside(_votes)
@signed_in
def fill(poll_id: int) -> ResponseReturnValue:
    """选票: what is chosen, what it costs, what is left; then the same once more to be checked."""
    found = shown(poll_id, whole=False)
    lines = queries.lines(me(), found)
    if not lines or not found.takes_ballots(moment()):
        return page("ballots/cannot.html", poll=found, lines=lines, now=moment())
    form = BallotForm(found)
    line = _chosen(lines, form)
    if line is None:
        return page("ballots/which.html", poll=found, lines=lines, form=form)
    if found.is_secret and line.marked:
        return go(url_for(".receipt", poll_id=found.id))
    if form.is_submitted():
        filled = form.filled()
        if form.step.data == "check" and form.validate_on_submit():
            with form.refusals():
                rules.check(found.terms, filled.said(rules.Kind(found.kind)))
                return _check_page(found, line, filled, form)
    else:
        form.seen.data = str(line.turn)
        filled = Filled.of(line.ballot, rules.Kind(found.kind))
    return _ballot_page(found, line, filled, form)


@bp.post("/polls/<int:poll_id>/ballot/cast")
@only_acts
@unlogged
@signed_in
def cast(poll_id: int) -> ResponseReturnValue:
    """Cast the ballot that was checked. What decides is read under the lock, once."""
    mode, kind = queries.manner_of(poll_id) or abort(404)
    form, by = BallotForm(None), me()
    filled = form.filled()
    if form.validate_on_submit():
        with form.refusals():
            said, voter = filled.said(kind), actions.Voter(by, form.voter_id)
            if mode is rules.Mode.SECRET:
                return _cast_secretly(voter, poll_id, said, form)
            return _cast_by_name(voter, poll_id, said, form)
    found = shown(poll_id)
    lines = queries.lines(by, found)
    line = _chosen(lines, form)
    if line is None or not found.takes_ballots(moment()):
        return page("ballots/cannot.html", poll=found, lines=lines, now=moment(), form=form)
    form.start_again(found, line.turn)
    return _ballot_page(found, line, filled, form)


def _cast_secretly(voter: actions.Voter, poll_id: int, said: rules.Said, form: BallotForm) -> ResponseReturnValue:
    """The promise is signed before anything is locked: a ballot without one is not taken."""
    vote = actions.write_down(poll_id, said, nonce=form.nonce.data or "", phrase=form.phrase.data or "")
    promise(poll_id, vote.c)
    then_write()
    try:
        entrust(actions.cast_secretly, voter, vote)
    except Refused as refused:
        if refused.refusal is not rules.Refusal.VOTED_ALREADY:
            raise
        flash(gettext("您户已经投过票，这一张没有收。"), "warning")
        _see_anew()
    else:
        _keep_receipt(poll_id, vote.c)
    return go(url_for(".receipt", poll_id=poll_id))


def _cast_by_name(voter: actions.Voter, poll_id: int, said: rules.Said, form: BallotForm) -> ResponseReturnValue:
    """A ballot that says what the standing one says is not written again: its first receipt is shown."""
    then_write()
    try:
        done = perform(actions.cast_by_name, voter, poll_id, said, seen=form.seen_turn)
    except actions.Standing:
        index = queries.receipt_of(voter.by, poll_id, voter.by.unit_ids)
        return go(url_for("audit.receipt", index=index) if index is not None else url_for(".poll", poll_id=poll_id))
    return go(url_for("audit.receipt", index=done.index))


@bp.get("/polls/<int:poll_id>/receipt")
@unlogged
@signed_in
def receipt(poll_id: int) -> ResponseReturnValue:
    """回执: the promise, and once it is kept the proof. Only the browser that sent the ballot has it."""
    found = shown(poll_id)
    lines = queries.lines(me(), found)
    if not found.is_secret:
        index = queries.receipt_of(me(), poll_id, me().unit_ids)
        return go(url_for("audit.receipt", index=index) if index is not None else url_for(".poll", poll_id=poll_id))
    c = _kept_receipt(poll_id)
    index = queries.in_trail(found, c) if c else None
    note = None
    if c:
        try:
            note = promise(poll_id, c).encode().decode()
        except Refused:
            note = None  # The signer is away for a moment: the code alone is shown, the promise next time.
    return page(
        "ballots/receipt.html",
        poll=found,
        lines=lines,
        c=c,
        note=note,
        index=index,
        proven=index is not None and proof_of(index) is not None,
        now=moment(),
    )


@bp.get("/polls/<int:poll_id>/receipt/promise")
@unlogged
@signed_in
def promise_file(poll_id: int) -> Response:
    """The signed promise as a file; which ballot, the browser's own cookie says, and no address."""
    shown(poll_id)
    c = _kept_receipt(poll_id) or abort(404)
    return _attached(promise(poll_id, c).encode(), f"promise-{poll_id}.txt")


@bp.get("/polls/<int:poll_id>/receipt/proof")
@unlogged
@signed_in
def proof_file(poll_id: int) -> Response:
    """The proof that one's ballot is in the trail, as a file; its number stands in no address."""
    found = shown(poll_id)
    c = _kept_receipt(poll_id) or abort(404)
    index = queries.in_trail(found, c)
    data = proof_of(index) if index is not None else None
    return _attached(data or abort(404), f"ballot-{poll_id}.tlog-proof")


@bp.route("/polls/<int:poll_id>/find", methods=["GET", "POST"])
@only_acts
@unlogged
@open_to_all
def find(poll_id: int) -> ResponseReturnValue:
    """Whether a ballot is in the trail, by the code of its receipt; what it says is not shown."""
    found, form = shown(poll_id), FindForm()
    if not found.is_secret:
        abort(404)
    looked, index, lies = False, None, False
    if form.validate_on_submit():
        looked, index = True, queries.in_trail(found, form.code)
        lies = index is None and queries.is_cast(found, form.code)
    return page("ballots/find.html", poll=found, form=form, looked=looked, index=index, lies=lies)


@bp.get("/polls/<int:poll_id>/reveal.jsonl")
@open_to_all
def reveal(poll_id: int) -> Response:
    """Every secret ballot of a closed poll with what opens its commitment, sorted by it."""
    found = shown(poll_id)
    if not found.is_secret or found.stands not in (rules.State.CLOSED, rules.State.TALLIED):
        abort(404)
    return Response(b"".join(queries.reveal(found)), content_type="application/jsonl; charset=utf-8")


@bp.get("/polls/<int:poll_id>/voted.txt")
@open_to_all
def voted(poll_id: int) -> Response:
    """The commitments of those who voted, of a closed poll whose roll is not small."""
    found = shown(poll_id)
    closed = found.stands in (rules.State.CLOSED, rules.State.TALLIED)
    if not closed or found.roll_size < rules.SMALL_ROLL:
        abort(404)
    return Response("".join(f"{each}\n" for each in queries.voted_list(found)), content_type="text/plain")


def _chosen(lines: list[Line], form: BallotForm) -> Line | None:
    """The line for which she votes: the one of the form, or the only one."""
    if form.voter.data:
        return next((line for line in lines if str(line.voter_id) == form.voter.data), None)
    asked = request.args.get("line", type=int)
    if asked is not None:
        return next((line for line in lines if line.voter_id == asked), None)
    return lines[0] if len(lines) == 1 else None


def _ballot_page(found: Poll, line: Line, filled: Filled, form: BallotForm) -> Response:
    form.voter.data = str(line.voter_id)
    sums = Sums(0, left=found.budget_fen) if filled.is_blank else filled.sums(found.terms)
    return page("ballots/ballot.html", poll=found, line=line, form=form, choices=choices_of(found, filled), sums=sums)


def _check_page(found: Poll, line: Line, filled: Filled, form: BallotForm) -> Response:
    """The ballot in the voter's own words, with a new nonce that only this page holds."""
    if rules.unword(form.nonce.data or "") is None:
        form.nonce.data = rules.word(secrets.token_bytes(rules.BYTES))
    said = filled.said(rules.Kind(found.kind))
    return page("ballots/check.html", poll=found, line=line, form=form, filled=filled, said=said, titles=_titles(found))


def _titles(found: Poll) -> dict[str, rules.Option]:
    return found.terms.codes


def _keep_receipt(poll_id: int, c: str) -> None:
    kept = {poll: word for poll, word in session.get(_KEPT, {}).items() if poll != str(poll_id)}
    session[_KEPT] = dict([*list(kept.items())[1 - MOST_KEPT :], (str(poll_id), c)])
    _see_anew()


def _see_anew() -> None:
    """Let this browser see pages as they are from here on, not as they were kept."""
    session[_VOTES] = session.get(_VOTES, 0) + 1


def _kept_receipt(poll_id: int) -> str | None:
    found = session.get(_KEPT, {}).get(str(poll_id))
    return found if isinstance(found, str) and rules.unword(found) else None


def _attached(data: bytes, name: str) -> Response:
    response = Response(data, content_type="text/plain; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response

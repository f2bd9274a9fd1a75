"""The tablet 居委的平板: whoever has a one-time code votes here, signed in as nobody; then it is the next one's turn.

The code is in the cookie of the tablet until the ballot is cast or somebody comes to the first page. Nothing here is
kept by the browser or told to the log.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from flask import Response, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hearing.audit.ledger import entrust, keep, perform, then_write
from hearing.ballots import actions, paper_queries, rules
from hearing.ballots.forms import BallotForm, Filled
from hearing.ballots.models import Poll
from hearing.ballots.paper_queries import AtTablet
from hearing.ballots.promises import promise
from hearing.ballots.routes.blueprint import bp, choices_of
from hearing.ballots.window_forms import TabletForm
from hearing.people.knocking import knock
from hearing.people.rules.knocks import Knocks
from hearing.people.surroundings import here, speak_for
from hearing.printing import qr
from hearing.refusal import Refused
from hearing.web.answers import go, page
from hearing.web.guards import only_acts, open_to_all
from hearing.web.limits import network
from hearing.web.logs import unlogged

_KEPT = "ballot_code"
RECEIPT_STAYS = timedelta(minutes=2)
"""How long the receipt can be photographed."""
TRIES_FROM_ADDRESS = Knocks(60, rules.CODE_LIFE)
TRIES = Knocks(300, rules.CODE_LIFE)
"""From everywhere together: of ten million codes a few live at a time, and none for longer than this window."""


@bp.route("/polls/tablet", methods=["GET", "POST"])
@unlogged
@open_to_all
def tablet() -> ResponseReturnValue:
    """The first page: a code is typed. Whoever comes here ends what the one before has begun."""
    form = TabletForm()
    session.pop(_KEPT, None)
    if (place := here()) is not None:
        speak_for(place)
    if form.validate_on_submit():
        _knock()
        with form.refusals():
            code = rules.read_desk_code(form.code.data or "")
            if paper_queries.at_tablet(code) is None:
                raise Refused(rules.Refusal.DESK_CODE_OVER)
            session[_KEPT] = code
            return go(url_for(".tablet_ballot"))
    form.code.data = ""
    return _unkept(page("ballots/tablet.html", form=form))


@bp.route("/polls/tablet/ballot", methods=["GET", "POST"])
@only_acts
@unlogged
@open_to_all
def tablet_ballot() -> ResponseReturnValue:
    """The ballot as on a phone, and its check."""
    found = _whose()
    if found is None:
        return go(url_for(".tablet"))
    form, filled = BallotForm(found.poll), Filled()
    if form.is_submitted():
        filled = form.filled()
        if form.step.data == "check" and form.validate_on_submit():
            with form.refusals():
                rules.check(found.poll.terms, filled.said(rules.Kind(found.poll.kind)))
                return _check_page(found, filled, form)
    else:
        form.seen.data = str(found.turn)
    return _ballot_page(found, filled, form)


@bp.post("/polls/tablet/ballot/cast")
@only_acts
@unlogged
@open_to_all
def tablet_cast() -> ResponseReturnValue:
    """Cast it. The receipt is this answer: it has no address, and nothing leads back to it."""
    found = _whose()
    if found is None:
        return go(url_for(".tablet"))
    form, code = BallotForm(None), session[_KEPT]
    filled = form.filled()
    if form.validate_on_submit():
        with form.refusals():
            said = filled.said(rules.Kind(found.poll.kind))
            if found.poll.is_secret:
                return _cast_secretly(found.poll, code, said, form)
            return _cast_by_name(found.poll, code, said, form)
    again = _whose()
    if again is None:
        return go(url_for(".tablet"))
    form.start_again(again.poll, again.turn)
    return _ballot_page(again, filled, form)


def _cast_secretly(poll: Poll, code: str, said: rules.Said, form: BallotForm) -> ResponseReturnValue:
    vote = actions.write_down(poll.id, said, nonce=form.nonce.data or "", phrase=form.phrase.data or "")
    note = promise(poll.id, vote.c).encode().decode()
    then_write()
    entrust(actions.cast_secretly_at_desk, code, vote)
    return _done(poll, c=vote.c, square=qr.svg(note, title=gettext("签名的承诺"), error="l"))


def _cast_by_name(poll: Poll, code: str, said: rules.Said, form: BallotForm) -> ResponseReturnValue:
    then_write()
    try:
        perform(actions.cast_by_name_at_desk, code, poll.id, said, seen=form.seen_turn)
    except actions.Standing:
        keep(actions.end_code, code)  # It says what her standing one says: that is what she wanted.
    return _done(poll)


def _done(poll: Poll, *, c: str = "", square: str = "") -> Response:
    session.pop(_KEPT, None)
    return _leaving(page("ballots/tablet_done.html", poll=poll, c=c, square=square), RECEIPT_STAYS)


def _whose() -> AtTablet | None:
    """Whose turn it is, by the code in the tablet's cookie."""
    code = session.get(_KEPT)
    found = paper_queries.at_tablet(code) if isinstance(code, str) else None
    if found is None:
        session.pop(_KEPT, None)
        return None
    speak_for(found.poll.neighbourhood)
    return found


def _knock() -> None:
    """Count one code that was typed. Raises TooMany."""
    knock("ballot tablet", network(request.remote_addr), TRIES_FROM_ADDRESS)
    knock("ballot tablets", "", TRIES)


def _ballot_page(found: AtTablet, filled: Filled, form: BallotForm) -> Response:
    sums = filled.sums(found.poll.terms)
    return _page("ballots/ballot.html", found, form, choices=choices_of(found.poll, filled), sums=sums)


def _check_page(found: AtTablet, filled: Filled, form: BallotForm) -> Response:
    if rules.unword(form.nonce.data or "") is None:
        form.nonce.data = rules.word(secrets.token_bytes(rules.BYTES))
    said, titles = filled.said(rules.Kind(found.poll.kind)), found.poll.terms.codes
    return _page("ballots/check.html", found, form, filled=filled, said=said, titles=titles)


def _page(template: str, found: AtTablet, form: BallotForm, **more: Any) -> Response:
    """One of the pages of a ballot, with the tablet's own addresses."""
    return _leaving(
        page(
            template,
            poll=found.poll,
            line=found.line,
            form=form,
            fill_url=url_for(".tablet_ballot"),
            cast_url=url_for(".tablet_cast"),
            leave_url=url_for(".tablet"),
            **more,
        ),
        rules.CODE_LIFE,
    )


def _leaving(answer: Response, after: timedelta) -> Response:
    """An answer that goes back to the first page by itself: whoever walked away leaves nothing for the next one."""
    answer.headers["Refresh"] = f"{int(after.total_seconds())}; url={url_for('.tablet')}"
    return _unkept(answer)


def _unkept(answer: Response) -> Response:
    """An answer that stays in no Back list, though nobody is signed in."""
    answer.headers["Cache-Control"] = "no-store"
    answer.vary.update(("Cookie", "Accept-Language"))
    return answer

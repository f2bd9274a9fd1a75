"""The door 登录: residents come in by phone and code, the first time with the code of their letter too.

Each page asks one thing. What it answers does not depend on whether a phone or a letter is known, until the phone is
proven.
"""

from __future__ import annotations

from typing import Any

from flask import abort, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hearing.audit.ledger import keep, perform
from hearing.people import actions, arriving, login, queries
from hearing.people.arriving import Aim, Passed
from hearing.people.forms import CodeForm, LetterForm, PhoneForm, WhoForm
from hearing.people.knocking import knock
from hearing.people.models import Arrival
from hearing.people.routes.blueprint import arrival_token, bp, forget_arrival, remember_arrival
from hearing.people.rules import (
    CODE_LIFE,
    OFFICE_CHECKS_WITHIN_DAYS,
    Refusal,
    Relation,
    mask_phone,
    read_household_code,
)
from hearing.people.rules.knocks import (
    CODES_FROM_ADDRESS,
    CODES_TO_NEIGHBOURS,
    CODES_TO_STRANGERS,
    LETTERS_FROM_ADDRESS,
    ONE_LETTER,
    TRIES_FROM_ADDRESS,
)
from hearing.people.surroundings import speak_for
from hearing.people.viewer import Viewer, anyone, me
from hearing.refusal import Refused
from hearing.web.answers import go, page
from hearing.web.guards import open_to_all, signed_in
from hearing.web.i18n import language
from hearing.web.limits import TooMany, network
from hearing.web.paths import own_path
from hearing.web.sentences import sentence_of

STAFF_PAGES = ("/desk", "/staff")


@bp.route("/sign-in", methods=["GET", "POST"])
@open_to_all
def sign_in() -> ResponseReturnValue:
    """Which phone the code goes to. A wrong number is corrected here too."""
    back = own_path(request.args.get("back"))
    if anyone().is_authenticated:
        return go(back)
    if back.startswith(STAFF_PAGES):
        return go(url_for(".staff_sign_in", back=back))
    form = PhoneForm()
    if form.validate_on_submit():
        with form.refusals():
            send_code(Aim.ENTER, form.phone.data or "", back)
            return go(url_for(".code"))
    arrival = arriving.at_door(arrival_token())
    return page("people/sign_in.html", form=form, back=back, first_time=arrival is not None and arrival.letter_shown)


@bp.route("/sign-in/code", methods=["GET", "POST"])
@open_to_all
def code() -> ResponseReturnValue:
    """The code from the text message."""
    if anyone().is_authenticated:
        return go("/")
    arrival = arriving.at_door(arrival_token())
    if arrival is None or not arrival.phone or arrival.proven_at is not None:
        return go(url_for(".sign_in"))
    form = CodeForm()
    if form.validate_on_submit():
        with form.refusals():
            passed = try_code(Aim.ENTER, form.code.data or "")
            return go(_next_page(passed)) if passed is not None else go(url_for(".sign_in"))
    return page("people/code.html", form=form, **code_page(arrival), first_time=arrival.letter_shown)


@bp.post("/sign-in/code/again")
@open_to_all
def code_again() -> ResponseReturnValue:
    """Send another code to the same phone."""
    return send_again(Aim.ENTER, url_for(".code"), url_for(".sign_in"))


@bp.route("/sign-in/letter", methods=["GET", "POST"])
@open_to_all
def letter() -> ResponseReturnValue:
    """The household code from the letter: for who comes the first time, or adds a household.

    The letter's QR code carries the code behind the #, which browsers do not send; a script puts it into the field.
    """
    back = own_path(request.args.get("back"))
    form = LetterForm()
    if form.validate_on_submit():
        with form.refusals():
            return go(_show_letter(read_household_code(form.code.data or ""), back))
    arrival = arriving.at_door(arrival_token())
    proven = arrival is not None and arrival.proven_at is not None
    void = proven and arrival is not None and arrival.letter_shown and arrival.unit_id is None
    why = sentence_of(Refused(Refusal.HOUSEHOLD_CODE_UNKNOWN)) if void and not form.is_submitted() else None
    return page("people/letter.html", form=form, back=back, proven=proven, why=why)


@bp.route("/sign-in/who", methods=["GET", "POST"])
@open_to_all
def who() -> ResponseReturnValue:
    """承租人, 产权人 or 家属: what she is to the household whose letter she has."""
    arrival = arriving.at_door(arrival_token())
    if arrival is None or arrival.proven_at is None:
        return go(url_for(".sign_in"))
    if arrival.unit_id is None:
        return go(url_for(".letter"))
    unit, back = queries.unit(arrival.unit_id), arrival.back
    speak_for(unit.stairwell.building.estate.neighbourhood)
    form, door = WhoForm(knows_name=queries.has_account(arrival)), queries.door_of(unit)
    if form.validate_on_submit():
        with form.refusals():
            return go(_join(form, back))
    return page("people/who.html", form=form, door=door, adding=anyone().is_authenticated)


@bp.get("/sign-in/done/<int:membership_id>")
@signed_in
def joined(membership_id: int) -> ResponseReturnValue:
    """What she can do now, or that the office will look, how soon, and whom to call."""
    mine = [membership for membership in me().memberships if membership.id == membership_id]
    if not mine:
        abort(404)
    speak_for(mine[0].unit.stairwell.building.estate.neighbourhood)
    return page(
        "people/joined.html",
        membership=mine[0],
        door=queries.door_of(mine[0].unit),
        days=OFFICE_CHECKS_WITHIN_DAYS,
        back=own_path(request.args.get("back")),
    )


@bp.post("/sign-out")
@open_to_all
def sign_out() -> ResponseReturnValue:
    """End this device's session."""
    login.sign_out()
    flash(gettext("您已退出。"), "success")
    return go("/")


def send_code(aim: Aim, phone: str, back: str, viewer: Viewer | None = None) -> None:
    """Send a code to `phone` and remember the arrival in the cookie.

    Raises TooMany; Refused as arriving.ask_code does.
    """
    knock("codes from", network(request.remote_addr), CODES_FROM_ADDRESS)
    arrival = arriving.at_door(arrival_token(), aim)
    vouched = viewer is not None or (arrival is not None and arrival.unit_id is not None)
    held = _is_held(vouched or arriving.is_known(phone))
    token = keep(
        arriving.ask_code, arrival_token(), aim, phone, back=back, language=language(), viewer=viewer, held=held
    )
    remember_arrival(token)


def _is_held(neighbour: bool) -> bool:
    """Whether today's messages are spent: then nothing is sent, and the page does not tell so.

    A stranger's number must not cost the installation its text messages, and must not be told from a neighbour's.
    """
    try:
        knock(
            "codes to",
            "neighbours" if neighbour else "strangers",
            CODES_TO_NEIGHBOURS if neighbour else CODES_TO_STRANGERS,
        )
    except TooMany:
        return True
    return False


def send_again(aim: Aim, to: str, start: str, viewer: Viewer | None = None) -> ResponseReturnValue:
    """Send another code for the arrival under way, and go on to its page `to`; without one to `start`."""
    arrival = arriving.at_door(arrival_token(), aim)
    if arrival is None or not arrival.phone or arrival.proven_at is not None:
        return go(start)
    try:
        send_code(aim, arrival.phone, arrival.back, viewer)
    except Refused as refused:
        flash(sentence_of(refused), "warning")
    else:
        flash(gettext("又发了一条短信。先到的那条也还能用。"), "success")
    return go(to)


def try_code(aim: Aim, typed: str) -> Passed | None:
    """Try a code; None when the arrival is over. Raises Refused after the wrong try was counted, and TooMany."""
    knock("tries from", network(request.remote_addr), TRIES_FROM_ADDRESS)
    result = keep(arriving.try_code, arrival_token(), aim, typed)
    if isinstance(result, Refused):
        raise result
    return result


def code_page(arrival: Arrival) -> dict[str, Any]:
    """What the page that asks for a code says of it."""
    return {"masked": mask_phone(arrival.phone), "minutes": int(CODE_LIFE.total_seconds()) // 60}


def _next_page(passed: Passed) -> str:
    """Where a proven phone leads: in, or one step on.

    Raises ACCOUNT_CLOSED, which only the phone's owner learns.
    """
    arrival = passed.arrival
    if passed.account is not None and passed.account.disabled_at is not None:
        raise Refused(Refusal.ACCOUNT_CLOSED)
    if passed.session is not None and passed.account is not None:
        login.let_in(passed.account, *passed.session)
        return arrival.back
    remember_arrival(passed.token)
    return url_for(".who" if arrival.unit_id is not None else ".letter")


def _show_letter(household_code: str, back: str) -> str:
    """Show the letter at the door; return the page that comes next."""
    knock("letters from", network(request.remote_addr), LETTERS_FROM_ADDRESS)
    knock("letter", household_code, ONE_LETTER)
    viewer = me() if anyone().is_authenticated else None
    arrival, token = keep(arriving.show_letter, arrival_token(), household_code, back=back, viewer=viewer)
    remember_arrival(token)
    if arrival.proven_at is None:
        return url_for(".sign_in", back=arrival.back)
    if viewer is not None and arrival.unit_id in viewer.unit_ids:
        flash(gettext("您已经在这一户了。"), "info")
        return url_for(".mine")
    return url_for(".who")


def _join(form: WhoForm, back: str) -> str:
    done = perform(actions.join, arrival_token(), Relation(form.relation.data), form.typed_name)
    forget_arrival()
    if not anyone().is_authenticated:
        login.sign_in(queries.account_by_ref(done.fact.actor.ref))
    return url_for(".joined", membership_id=int(done.fact.subject.partition("/")[2]), back=back)

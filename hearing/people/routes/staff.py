"""The staff's door: password, then the second factor; invitations and enrolment."""

from __future__ import annotations

from flask import request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from hearing.audit.ledger import keep
from hearing.people import invitations, login, passwords
from hearing.people import second_factor as factor
from hearing.people.forms import FactorForm, StaffForm, WelcomeForm
from hearing.people.knocking import knock
from hearing.people.routes.blueprint import bp
from hearing.people.rules import ADVISED, SHORTEST, Refusal
from hearing.people.rules.knocks import (
    INVITATIONS_FROM_ADDRESS,
    SECOND_FACTOR,
    STAFF_FROM_ADDRESS,
    STAFF_HERE,
    STAFF_PHONE,
)
from hearing.people.viewer import anyone, me
from hearing.printing import qr
from hearing.refusal import Refused
from hearing.web.answers import go, page
from hearing.web.guards import open_to_all, signed_in
from hearing.web.limits import network
from hearing.web.paths import own_path

DESK = "/desk"


@bp.route("/staff/sign-in", methods=["GET", "POST"])
@open_to_all
def staff_sign_in() -> ResponseReturnValue:
    """Phone and password; which of the two was wrong is not said."""
    back = own_path(request.args.get("back"), DESK)
    if anyone().is_authenticated and me().login.by_password:
        return go(url_for(".second_factor", back=back))
    form = StaffForm()
    if form.validate_on_submit():
        with form.refusals():
            _check_password(form.phone.data or "", form.password.data or "")
            return go(url_for(".second_factor", back=back))
    return page("people/staff_sign_in.html", form=form, back=back)


def _check_password(phone: str, password: str) -> None:
    here = network(request.remote_addr)
    knock("staff from", here, STAFF_FROM_ADDRESS)
    knock("staff here", f"{phone} {here}", STAFF_HERE)
    knock("staff phone", phone, STAFF_PHONE)
    account = passwords.account_with(phone, password)
    if account is None:
        raise Refused(Refusal.SIGN_IN_WRONG)
    login.sign_in(account, by_password=True)


@bp.route("/staff/second-factor", methods=["GET", "POST"])
@signed_in
def second_factor() -> ResponseReturnValue:
    """The six digits of the authenticator."""
    back = own_path(request.args.get("back"), DESK)
    if me().login.second_factor_at is not None:
        return go(back)
    if not me().login.by_password:
        return go(url_for(".staff_sign_in", back=back))
    if me().account.totp_secret is None:
        return go(url_for(".authenticator", back=back))
    form = FactorForm()
    if form.validate_on_submit():
        with form.refusals():
            knock("second factor", me().id, SECOND_FACTOR)
            keep(factor.take, me(), form.code.data or "")
            login.show_second_factor(me())
            return go(back)
    return page("people/second_factor.html", form=form)


@bp.route("/staff/welcome", methods=["GET", "POST"])
@open_to_all
def welcome() -> ResponseReturnValue:
    """An invitation is used: its owner chooses a password."""
    form = WelcomeForm()
    if form.validate_on_submit():
        with form.refusals():
            _accept(form.token.data or "", form.new_password.data or "")
            return go(url_for(".authenticator"))
    return page("people/welcome.html", form=form, advised=ADVISED, shortest=SHORTEST)


def _accept(token: str, password: str) -> None:
    knock("invitations from", network(request.remote_addr), INVITATIONS_FROM_ADDRESS)
    invited = invitations.account_of(token)
    hashed = passwords.hashed(password, phone=invited.phone or "", name=invited.name)
    login.sign_in(keep(invitations.accept, token, hashed), by_password=True)


@bp.route("/staff/authenticator", methods=["GET", "POST"])
@signed_in
def authenticator() -> ResponseReturnValue:
    """The authenticator learns the secret, and shows that it did by the first code."""
    back = own_path(request.args.get("back"), DESK)
    if me().account.totp_secret is not None or not me().login.by_password:
        return go(url_for(".second_factor", back=back))
    form = FactorForm()
    if form.validate_on_submit():
        with form.refusals():
            knock("second factor", me().id, SECOND_FACTOR)
            keep(factor.enrol, me(), form.code.data or "")
            login.show_second_factor(me())
            return go(back)
    secret = factor.new_secret(me())
    picture = Markup(qr.svg(factor.address(me(), secret)))  # noqa: S704 - our own drawing
    return page("people/authenticator.html", form=form, picture=picture, secret=factor.typed_form(secret))

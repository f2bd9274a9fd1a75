"""My pages 我的: households, devices, settings."""

from __future__ import annotations

from flask import abort, flash, make_response, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hearing.audit.ledger import keep
from hearing.people import arriving, login, passwords, queries
from hearing.people import devices as device_names
from hearing.people.arriving import Aim
from hearing.people.forms import CodeForm, PasswordForm, PhoneForm, SettingsForm
from hearing.people.knocking import knock
from hearing.people.routes.blueprint import arrival_token, bp, forget_arrival, remember_arrival
from hearing.people.routes.door import code_page, send_again, send_code, try_code
from hearing.people.rules import ADVISED, ROLE_LABELS, SHORTEST, Refusal, Role, mask_phone
from hearing.people.rules.knocks import STAFF_FROM_ADDRESS, STAFF_HERE
from hearing.people.viewer import me
from hearing.refusal import Refused
from hearing.web.answers import go, page
from hearing.web.guards import signed_in
from hearing.web.limits import network
from hearing.web.routes import YEAR


@bp.get("/me")
@signed_in
def mine() -> ResponseReturnValue:
    """Her households and seats, and the way to everything else that is hers."""
    homes = [(membership, queries.door_of(membership.unit)) for membership in me().memberships]
    roles = [(gettext(ROLE_LABELS[Role(seat.role)]), seat.neighbourhood.name) for seat in me().seats]
    return page(
        "people/mine.html",
        homes=homes,
        roles=roles,
        reasons=queries.reasons_for(me()),
        masked=mask_phone(me().account.phone or ""),
    )


@bp.post("/me/households/<int:membership_id>/again")
@signed_in
def say_again(membership_id: int) -> ResponseReturnValue:
    """Correct what one said that one is to a household."""
    membership = next((membership for membership in me().memberships if membership.id == membership_id), None)
    if membership is None:
        abort(404)
    remember_arrival(keep(arriving.come_again, me(), membership, url_for(".mine")))
    return go(url_for(".who"))


@bp.get("/me/devices")
@signed_in
def devices() -> ResponseReturnValue:
    """Where she is signed in."""
    rows = [(row, device_names.words(row.device), row.id == me().login.id) for row in queries.devices_of(me())]
    return page("people/devices.html", rows=rows)


@bp.post("/me/devices/<int:session_id>/end")
@signed_in
def end_device(session_id: int) -> ResponseReturnValue:
    """Sign one device out; another person's is nobody's here."""
    if session_id == me().login.id:
        login.sign_out()
        return go("/")
    login.end_sessions(me().id, only=session_id)
    flash(gettext("那台设备已退出。"), "success")
    return go(url_for(".devices"))


@bp.post("/me/devices/end-others")
@signed_in
def end_other_devices() -> ResponseReturnValue:
    """Sign every other device out."""
    login.end_sessions(me().id, but=me().login.id)
    flash(gettext("别的设备都已退出。"), "success")
    return go(url_for(".devices"))


@bp.route("/me/settings", methods=["GET", "POST"])
@signed_in
def settings() -> ResponseReturnValue:
    """Size of type and language; the way to phone and password."""
    account = me().account
    form = SettingsForm(size="elder" if account.elder else "standard", language=account.language)
    if form.validate_on_submit():
        elder = form.size.data == "elder"
        me().prefer(elder=elder, language=form.language.data)
        flash(gettext("已保存。"), "success")
        answer = make_response(go(url_for(".settings")))
        # The pages before a sign-in on this device speak and look the same.
        for name, value in (("elder", "1" if elder else "0"), ("language", form.language.data)):
            answer.set_cookie(name, value, max_age=YEAR, samesite="Lax", httponly=True)
        return answer
    return page(
        "people/settings.html",
        form=form,
        masked=mask_phone(account.phone or ""),
        has_password=account.password_hash is not None,
    )


@bp.route("/me/phone", methods=["GET", "POST"])
@signed_in
def phone() -> ResponseReturnValue:
    """Which number she has now."""
    form = PhoneForm()
    if form.validate_on_submit():
        with form.refusals():
            send_code(Aim.CHANGE_PHONE, form.phone.data or "", url_for(".settings"), me())
            return go(url_for(".phone_code"))
    return page("people/phone.html", form=form, masked=mask_phone(me().account.phone or ""))


@bp.route("/me/phone/code", methods=["GET", "POST"])
@signed_in
def phone_code() -> ResponseReturnValue:
    """The code that went to the new number."""
    arrival = arriving.at_door(arrival_token(), Aim.CHANGE_PHONE)
    if arrival is None or arrival.account_id != me().id or arrival.proven_at is not None:
        return go(url_for(".phone"))
    form = CodeForm()
    if form.validate_on_submit():
        with form.refusals():
            passed = try_code(Aim.CHANGE_PHONE, form.code.data or "")
            if passed is None:
                return go(url_for(".phone"))
            forget_arrival()
            keep(arriving.change_phone, me(), passed.arrival)
            flash(gettext("手机号已换好，别的设备都已退出。"), "success")
            return go(url_for(".settings"))
    return page("people/phone_code.html", form=form, **code_page(arrival))


@bp.post("/me/phone/code/again")
@signed_in
def phone_code_again() -> ResponseReturnValue:
    """Send another code to the new number."""
    return send_again(Aim.CHANGE_PHONE, url_for(".phone_code"), url_for(".phone"), me())


@bp.route("/me/password", methods=["GET", "POST"])
@signed_in
def password() -> ResponseReturnValue:
    """A new password; every other device is signed out."""
    if me().account.password_hash is None:
        abort(404)
    form = PasswordForm()
    if form.validate_on_submit():
        with form.refusals():
            _change_password(form.password.data or "", form.new_password.data or "")
            flash(gettext("密码已换好，别的设备都已退出。"), "success")
            return go(url_for(".settings"))
    return page("people/password.html", form=form, advised=ADVISED, shortest=SHORTEST)


def _change_password(old: str, new: str) -> None:
    here = network(request.remote_addr)
    knock("staff from", here, STAFF_FROM_ADDRESS)
    knock("staff here", f"{me().id} {here}", STAFF_HERE)
    account = me().account
    current, phone_now, name = account.password_hash, account.phone or "", account.name
    if not passwords.fits(current, old):
        raise Refused(Refusal.SIGN_IN_WRONG)
    hashed = passwords.hashed(new, phone=phone_now, name=name)
    keep(passwords.change, me(), hashed)

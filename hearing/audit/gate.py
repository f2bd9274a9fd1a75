"""The gate: every form that changes something shows its key before anything else happens."""

from __future__ import annotations

from flask import Flask, Response, abort, redirect, request, url_for
from flask_babel import lazy_gettext as _l

from hearing.audit import ledger, once
from hearing.db import db
from hearing.web import keys
from hearing.web.errors import Words, error_page


def init_app(app: Flask) -> None:
    """Read the form's key, and answer a form that was carried out before with its receipt."""

    @app.before_request
    def show_key() -> None:
        once.sending.set(None)
        once.required.set(request.method == "POST")
        key = request.form.get(keys.FIELD) if request.method == "POST" else None
        if key is None:
            return
        if not keys.is_ours(key):
            abort(400)
        form = once.Sending(key, keys.digest(request.form, request.files))
        ledger.sent_before(form)
        once.sending.set(form)

    @app.teardown_request
    def forget(_error: BaseException | None) -> None:
        once.sending.set(None)
        once.required.set(False)

    @app.errorhandler(once.AlreadySent)
    def already(error: once.AlreadySent) -> Response:
        db.session.rollback()
        receipt = url_for("audit.receipt", index=error.index)
        if error.same:
            return redirect(receipt, 303)  # type: ignore[return-value]
        words = Words(
            _l("这张表已经提交过了"), _l("第一次提交的内容已经记下，这次改动的没有办。要改，请从事情那一页重新进入。")
        )
        return error_page(409, words, receipt=receipt)

    @app.errorhandler(once.NoKey)
    def no_key(_error: once.NoKey) -> Response:
        return error_page(400)

"""Errors: pages that say in plain words what happened, what was kept, what to do, and whom to call."""

from __future__ import annotations

import errno
from dataclasses import dataclass
from typing import Any

import structlog
from flask import Flask, Response, current_app, g, render_template, request
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from hearing.db import Busy, db, is_reading
from hearing.refusal import Refused
from hearing.web.guards import NeedsSecondFactor, NeedsSignIn
from hearing.web.htmx import htmx
from hearing.web.limits import TooMany
from hearing.web.logs import where
from hearing.web.sentences import sentence_of

log = structlog.get_logger()

_PASSING_STATES = {"08", "40", "53", "57"}
"""Classes of SQLSTATE: connection, serialisation, resources, operator's intervention; 55P03 is a lock not had."""
_PASSING_WORDS = ("locked", "busy")
_STORAGE_STATES = {"53100", "58030", "25006"}
"""SQLSTATE: disk full, input or output failed, only reading allowed."""
_STORAGE_WORDS = ("disk", "readonly", "unable to open")
_STORAGE_ERRORS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO}


@dataclass(frozen=True, slots=True)
class Words:
    """What an error page says: what happened, and what to do."""

    title: Any
    advice: Any


WORDS = {
    400: Words(_l("这次提交没有办成"), _l("请回到上一页，再试一次。您写的内容还在那一页上。")),
    401: Words(_l("请先登录"), _l("这一页只给登录的人看。登录以后会再回到这里。")),
    403: Words(_l("这一页不归您办理"), _l("您的身份不能打开这一页。如果您觉得不对，请打电话给居委会。")),
    404: Words(_l("没有找到这一页"), _l("可能是地址抄错了，也可能这件事不在您能看的范围里。")),
    405: Words(_l("这个地址不能这样打开"), _l("请从首页重新进入。")),
    409: Words(_l("这件事已经变了"), _l("请回到上一页，看看最新的情况。")),
    413: Words(_l("文件太大了"), _l("所有文件加起来请不要超过 24 MB。照片可以先用手机压缩，或者少选几张。")),
    415: Words(_l("这种文件用不了"), _l("请换成照片（JPG、PNG）或表格（XLSX、CSV）再试。")),
    422: Words(_l("有几处需要改一改"), _l("请回到上一页，看看标红字的地方。")),
    429: Words(_l("请稍等一会儿"), _l("刚才试得太多了。过一会儿再试就可以。")),
    500: Words(_l("系统出了问题"), _l("这次没有办成，也没有记录。我们已经收到通知，请过一会儿再试。")),
    503: Words(_l("现在人多，请稍等"), _l("这次没有办成，也没有记录。请等半分钟再按一次；同一张表只会算一次。")),
}

STORAGE = Words(
    _l("系统暂时记不下来"),
    _l("存储满了，或者写不进去。这次没有办成，也没有记录，以前办的都在。请过一会儿再按一次，或者打电话给居委会。"),
)


def error_page(status: int, words: Words | None = None, **context: Any) -> Response:
    """The page for `status`, with other words where the case has its own."""
    db.session.rollback()
    context |= {"status": status, "words": words or WORDS.get(status, WORDS[400 if status < 500 else 500])}
    try:
        body = render_template("errors/error.html", **context)
    except (Busy, PoolTimeout, DBAPIError):
        # Nothing can be asked of the database now: the page goes without knowing its reader and her neighbourhood.
        db.session.rollback()
        g.neighbourhood, g._login_user = None, current_app.login_manager.anonymous_user()  # type: ignore[attr-defined]
        body = render_template("errors/error.html", **context)
    response = Response(body, status=status)
    if htmx.wants_fragment:
        # An error is a page of its own: show it whole instead of inside the fragment's place.
        response.headers["HX-Retarget"] = "body"
    return response


def init_app(app: Flask) -> None:
    """Answer every error with a page."""

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response:
        if error.response is not None and error.code and error.code < 400:
            return error.response  # type: ignore[return-value]
        return error_page(error.code or 500)

    @app.errorhandler(CSRFError)
    def csrf(_error: CSRFError) -> Response:
        words = Words(
            _l("这一页放得太久了"), _l("为了安全，这次没有办。您写的内容列在下面；请重新打开那一页再提交一次。")
        )
        return error_page(400, words, typed=_typed())

    @app.errorhandler(NeedsSignIn)
    def sign_in(_error: NeedsSignIn) -> Response:
        return error_page(401, typed=_typed(), sign_in=True)

    @app.errorhandler(NeedsSecondFactor)
    def second_factor(_error: NeedsSecondFactor) -> Response:
        words = Words(_l("还要再核对一步"), _l("工作人员的页面要输入动态口令才能打开。"))
        return error_page(403, words, second_factor=True)

    @app.errorhandler(Refused)
    def refused(error: Refused) -> Response:
        return error_page(409, Words(sentence_of(error), WORDS[409].advice), typed=_typed())

    @app.errorhandler(TooMany)
    def too_many(error: TooMany) -> Response:
        minutes = -(-error.wait // 60)
        response = error_page(429, Words(WORDS[429].title, _l("刚才试得太多了，请过 %(n)d 分钟再试。", n=minutes)))
        response.headers["Retry-After"] = str(error.wait)
        return response

    @app.errorhandler(Busy)
    @app.errorhandler(PoolTimeout)
    def busy(error: Exception) -> Response:
        log.warning("busy", error=type(error).__name__)
        response = error_page(503, typed=_typed())
        response.headers["Retry-After"] = "30"
        return response

    def unwritable(error: Exception) -> Response:
        log.critical("storage", error=type(error).__name__, where=where(error))
        response = error_page(503, STORAGE, typed=_typed())
        response.headers["Retry-After"] = "60"
        return response

    @app.errorhandler(DBAPIError)
    def database(error: DBAPIError) -> Response:
        if _is_storage(error):
            return unwritable(error)
        return busy(error) if isinstance(error, OperationalError) and _will_pass(error) else broken(error)

    @app.errorhandler(OSError)
    def disk(error: OSError) -> Response:
        return unwritable(error) if error.errno in _STORAGE_ERRORS else broken(error)

    @app.errorhandler(Exception)
    def broken(error: Exception) -> Response:
        log.error("broken", error=type(error).__name__, endpoint=request.endpoint, where=where(error))
        return error_page(500, typed=_typed())


def _is_storage(error: DBAPIError) -> bool:
    """Whether the database cannot keep anything now: full, broken or read-only, where somebody meant to write."""
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return state in _STORAGE_STATES and not (state == "25006" and is_reading())
    words = str(error.orig)
    return any(word in words for word in _STORAGE_WORDS) and not ("readonly" in words and is_reading())


def _will_pass(error: OperationalError) -> bool:
    """Whether the database is only out of reach or locked for now, and not asked for nonsense."""
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return str(state)[:2] in _PASSING_STATES or state == "55P03"
    is_sqlite = type(error.orig).__module__.startswith(("sqlite3", "pysqlite3"))
    return not is_sqlite or any(word in str(error.orig) for word in _PASSING_WORDS)


def _typed() -> list[str]:
    """The longer texts of a form that could not be taken, so that nobody has to write them again."""
    secret = {"csrf_token", "once", "password", "new_password", "token", "code", "signature", "strokes"}
    if request.method != "POST":
        return []
    return [value for name, value in request.form.items(multi=True) if name not in secret and len(value.strip()) > 1]

"""Languages: Chinese is the source, English complete; the account decides, then the cookie, then the browser."""

from __future__ import annotations

from typing import Any

from flask import Flask, g, has_request_context, request
from flask_babel import Babel, get_translations
from flask_login import current_user

LOCALES = {"zh": "zh_Hans_CN", "en": "en"}


def init_app(app: Flask) -> None:
    """Choose the language of each answer and tell templates about the reader's wishes."""
    select = {"locale_selector": lambda: LOCALES[language()]}
    Babel(app, default_locale="zh_Hans_CN", default_timezone="Asia/Shanghai", **select)
    catalogues: dict[str, Any] = {}

    def catalogue() -> Any:
        chosen = language()
        if chosen not in catalogues:
            catalogues[chosen] = get_translations()
        return catalogues[chosen]

    # Flask-Babel's own look for the catalogue at every string, an eighth of a long page's time.
    env = app.jinja_env
    env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda text: catalogue().ugettext(text),
        ngettext=lambda one, many, n: catalogue().ungettext(one, many, n),
        newstyle=True,
        pgettext=lambda context, text: catalogue().upgettext(context, text),
        npgettext=lambda context, one, many, n: catalogue().unpgettext(context, one, many, n),
    )
    env.globals["_"] = env.globals["gettext"]

    @app.context_processor
    def wishes() -> dict[str, Any]:
        return {"lang": "zh-CN" if language() == "zh" else "en", "elder": elder(), "language": language()}


def language() -> str:
    """zh or en."""
    chosen = getattr(g, "language", None)
    if chosen is None:
        chosen = g.language = _choose()
    return str(chosen)


def elder() -> bool:
    """Whether the reader wants large type."""
    if current_user and current_user.is_authenticated:
        return bool(current_user.account.elder)
    return request.cookies.get("elder") == "1"


def _choose() -> str:
    if not has_request_context():
        return "zh"  # A command, or the worker: nobody reads yet, so it is said as it was written.
    if current_user and current_user.is_authenticated and current_user.account.language in LOCALES:
        return str(current_user.account.language)
    if request.cookies.get("language") in LOCALES:
        return str(request.cookies["language"])
    return "en" if request.accept_languages.best_match(["zh", "en"], default="zh") == "en" else "zh"

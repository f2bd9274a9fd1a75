"""The application: settings → database → sign-in → languages → pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from typing import Any

from flask import Flask
from flask_compress import Compress
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from hearing import clock, db
from hearing.audit import gate
from hearing.audit.publisher import Publisher
from hearing.config import Mode, Settings
from hearing.people import doorstep, kept, login, surroundings
from hearing.web import assets, errors, filters, guards, headers, i18n, logs, numbers, sentences, transactions, uploads
from hearing.web.cookies import Sessions
from hearing.web.htmx import htmx

PACKAGES = (
    "web",
    "audit",
    "people",
    "register",
    "files",
    "jobs",
    "notices",
    "ballots",
    "proposals",
    "costs",
    "concerns",
    "meetings",
    "consents",
    "visits",
    "works",
    "denials",
    "casefile",
    "opendata",
    "desk",
)
"""Every package that has pages; each gives a blueprint `bp` in its routes."""

REFUSING = (
    "places.sheet",
    "people.rules",
    "register.rules",
    "jobs.rules",
    "notices.rules",
    "ballots.rules",
    "proposals.rules",
    "costs.rules",
    "concerns.rules",
    "meetings.rules",
    "consents.rules",
    "visits.rules",
    "works.rules",
    "casefile.rules",
    "erasure.rules",
)
"""Every module whose law can refuse; each gives its SENTENCES."""


class _Hearing(Flask):
    """Flask for views that are no coroutines."""

    session_interface = Sessions()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function itself: Flask would look at each hook and view whether it is a coroutine, at every request."""
        return func


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application for one installation.

    Raises BadSettings when the settings are unsafe.
    """
    settings = settings or Settings.from_env()
    app = _Hearing("hearing", static_folder=None)
    app.config.update(_flask_config(settings))
    app.extensions["settings"] = settings
    app.extensions["publisher"] = Publisher.of(settings)
    clock.allow_shift(settings.is_demo)
    logs.init_app(app, settings)
    transactions.init_app(app)
    db.init_app(app, settings)
    login.init_app(app)
    i18n.init_app(app)
    htmx.init_app(app)
    CSRFProtect(app)
    uploads.init_app(app)  # Before the gate: it opens the transaction that a form is carried out in.
    gate.init_app(app)
    guards.init_app(app)
    headers.init_app(app, settings)
    filters.init_app(app)
    errors.init_app(app)
    assets.init_app(app)
    surroundings.init_app(app, settings)
    kept.init_app(app)
    doorstep.init_app(app, settings)
    numbers.init_app(app)
    Compress(app)
    for module in REFUSING:
        sentences.learn(import_module(f"hearing.{module}").SENTENCES)
    for package in PACKAGES:
        app.register_blueprint(import_module(f"hearing.{package}.routes").bp)
    if settings.is_demo:
        for module in ("hearing.styleguide", "hearing.demo.routes"):
            app.register_blueprint(import_module(module).bp)
    if settings.proxy_hops:
        hops = settings.proxy_hops
        trusted = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0, x_prefix=0)
        app.wsgi_app = trusted  # type: ignore[method-assign]
    return app


def _flask_config(settings: Settings) -> dict[str, object]:
    return {
        "SECRET_KEY": settings.key(),
        "TESTING": settings.mode is Mode.TESTING,
        "PROPAGATE_EXCEPTIONS": False,
        "SERVER_NAME": None,
        "TRUSTED_HOSTS": settings.hosts,
        "MAX_CONTENT_LENGTH": settings.max_body,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "MAX_FORM_PARTS": 500,
        "SESSION_COOKIE_NAME": "__Host-hearing" if settings.secure else "hearing",
        "SESSION_COOKIE_SECURE": settings.secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_REFRESH_EACH_REQUEST": False,
        "PERMANENT_SESSION_LIFETIME": timedelta(days=90),
        # A form may stay open overnight; its token lives as long as the session that it belongs to.
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,
        "COMPRESS_ALGORITHM": ["br", "gzip"],
        "COMPRESS_BR_LEVEL": 4,
        "COMPRESS_MIN_SIZE": 800,
        "COMPRESS_MIMETYPES": ["text/html", "text/css", "text/javascript", "application/json", "image/svg+xml"],
        "COMPRESS_STREAMS": False,
    }

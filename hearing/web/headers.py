"""Headers: what browsers and caches are told about every answer."""

from __future__ import annotations

from flask import Flask, Response, g
from flask_login import current_user

from hearing.config import Settings

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; "
    "script-src 'self'; "
    "style-src 'self'; "
    "img-src 'self' data: blob:; "
    "connect-src 'self'; "
    "form-action 'self'; "
    "base-uri 'none'; "
    "frame-ancestors 'none'"
)


def init_app(app: Flask, settings: Settings) -> None:
    """Set the headers that every answer carries."""

    @app.after_request
    def manners(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        headers["X-Content-Type-Options"] = "nosniff"
        headers["X-Frame-Options"] = "DENY"
        headers["Referrer-Policy"] = "same-origin"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "camera=(self), geolocation=(), microphone=(), payment=()"
        if settings.secure:
            headers["Strict-Transport-Security"] = "max-age=31536000"
        if "Cache-Control" not in headers:
            # A page that may show anything personal stays in no cache and in no Back list of a borrowed phone.
            signed_in = "signed_in_at" in g or getattr(current_user, "is_authenticated", False)
            headers["Cache-Control"] = "no-store" if signed_in else "private, no-cache"
            response.vary.update(("Cookie", "Accept-Language", "HX-Request", "HX-Request-Type"))
        return response

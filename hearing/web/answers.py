"""Answers: a page or a way to go on. The only code that knows how htmx wants them."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from hearing.web.htmx import htmx


def page(template: str, *, fragment: str | None = None, status: int | None = None, **context: Any) -> Response:
    """Answer with a page, or with its fragment if htmx will swap only that.

    The status is 422 when a form in the context has errors: a refused form is never taken for one carried out.
    """
    partial = fragment is not None and htmx.wants_fragment
    body = render_template(fragment if partial and fragment else template, **context)
    return make_response(body, status or (422 if _has_errors(context) else 200))


def go(url: str) -> ResponseReturnValue:
    """Send the browser on to `url`, which our code built: 303 after a plain form, HX-Redirect after a fragment's."""
    if htmx.wants_fragment:
        return Response(status=200, headers={"HX-Redirect": url})
    return redirect(url, 303)


def _has_errors(context: dict[str, Any]) -> bool:
    return any(isinstance(value, FlaskForm) and bool(value.errors) for value in context.values())

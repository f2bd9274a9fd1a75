"""Forms: what a browser would send of a form on a page as it stands, and the cookie that it would send with it."""

from __future__ import annotations

from bench.load import Answer
from hearing.demo.town import forms


def hidden(answer: Answer, field: str) -> dict[str, str]:
    """The hidden fields of the page's form that has `field` among them.

    Raises RuntimeError when the page has none, or is no page.
    """
    found = dict(forms.hidden(answer.body.decode(), field))
    if answer.status != 200 or not found:
        raise RuntimeError(f"no form with a field {field} on a page that answers {answer.status}")
    return found


def cookie_after(answer: Answer, cookie: str) -> str:
    """The Cookie header after an answer: the session that it sets, otherwise the one before."""
    return answer.header("Set-Cookie").partition(";")[0] or cookie

"""Forms: what a browser would send of a form on a page as it stands, and the cookie that it would send with it."""

from __future__ import annotations

from html.parser import HTMLParser

from bench.load import Answer


class _Hidden(HTMLParser):
    """The hidden fields of every form of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        got = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append({})
            self._inside = True
        elif tag == "input" and self._inside and got.get("type") == "hidden":
            self.forms[-1][got.get("name", "")] = got.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False


def hidden(answer: Answer, field: str) -> dict[str, str]:
    """The hidden fields of the page's form that has `field` among them.

    Raises RuntimeError when the page has none, or is no page.
    """
    reader = _Hidden()
    reader.feed(answer.body.decode())
    found = next((form for form in reader.forms if field in form), None)
    if answer.status != 200 or found is None:
        raise RuntimeError(f"no form with a field {field} on a page that answers {answer.status}")
    return found


def cookie_after(answer: Answer, cookie: str) -> str:
    """The Cookie header after an answer: the session that it sets, otherwise the one before."""
    return answer.header("Set-Cookie").partition(";")[0] or cookie

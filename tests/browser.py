"""A browser without a screen: opens pages as one of the cast, fills in the forms that it finds there and sends them."""

from __future__ import annotations

from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import markup


class FoundForm:
    """A form on a page: where it goes, and what it would send as it stands."""

    def __init__(self, action: str, method: str) -> None:
        self.action, self.method = action, method
        self.fields: dict[str, list[str]] = {}
        self.names: set[str] = set()
        self.buttons: list[tuple[str, str]] = []


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[FoundForm] = []
        self._form: FoundForm | None = None
        self._area: str | None = None
        self._select: str | None = None
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        got = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = FoundForm(got.get("action", ""), got.get("method", "get").lower())
            self.forms.append(self._form)
        form, name = self._form, got.get("name", "")
        if form is None or (not name and tag != "option"):
            return
        if name:
            form.names.add(name)
        if tag == "input":
            self._input(form, name, got)
        elif tag == "textarea":
            self._area, self._text = name, ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in got and self._select:
            form.fields.setdefault(self._select, []).append(got.get("value", ""))
        elif tag == "button":
            form.buttons.append((name, got.get("value", "")))

    def _input(self, form: FoundForm, name: str, got: dict[str, str]) -> None:
        kind = got.get("type", "text")
        if (kind in {"checkbox", "radio"} and "checked" not in got) or kind in {"submit", "file"}:
            return
        form.fields.setdefault(name, []).append(got.get("value", "on" if kind == "checkbox" else ""))

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._form and self._area:
            self._form.fields[self._area] = [self._text.removeprefix("\n")]
            self._area = None
        elif tag == "form":
            self._form = None


def forms(html: str) -> list[FoundForm]:
    """The forms of a page, in order."""
    reader = _Reader()
    reader.feed(html)
    return reader.forms


class Browser(FlaskClient):
    """One person's browser. It minds what others forgive: bad HTML fails the test that fetched it."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request; check the page that comes back."""
        answer = super().open(*args, **kwargs)
        shown = answer.mimetype == "text/html" and not 300 <= answer.status_code < 400
        packed = "Content-Encoding" in answer.headers
        if shown and not packed and (html := answer.get_data(as_text=True)):
            whole = answer.request.headers.get("HX-Request-Type") != "partial"
            faults = markup.faults(html, whole=whole)
            assert not faults, f"{answer.request.path}: {'; '.join(faults)}"
        return answer

    def enter(self, ref: str) -> Browser:
        """Sign in as the account with this ref, second factor included."""
        answer = self.get(f"/demo/enter/{ref}")
        assert answer.status_code == 303, answer.status_code
        return self

    def found(self, url: str, *, field: str | None = None, action: str | None = None) -> FoundForm:
        """The form on the page at `url` that has the field, or goes to `action`; otherwise the only one of its own."""
        answer = self.get(url)
        assert answer.status_code == 200, (url, answer.status_code, answer.text[:2000])
        return pick(answer.text, field=field, action=action)

    def submit(
        self,
        url: str,
        data: Mapping[str, Any] | None = None,
        *,
        field: str | None = None,
        action: str | None = None,
        follow: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> TestResponse:
        """Open `url`, fill in the form, send it. Values may be strings, lists, or (stream, file name) pairs."""
        given = dict(data or {})
        form = self.found(url, field=field or next(iter(given), None) if action is None else None, action=action)
        return self.post(form.action or url, data={**form.fields, **given}, follow_redirects=follow, headers=headers)

    def press(self, url: str, action: str, *, follow: bool = False) -> TestResponse:
        """Open `url` and press the button whose form goes to `action`."""
        return self.submit(url, action=action, follow=follow)


def pick(html: str, *, field: str | None = None, action: str | None = None) -> FoundForm:
    """The form that has the field or goes to the action; without either, the page's own that is not a switch."""
    found = [form for form in forms(html) if not form.action.endswith(("/elder", "/language", "/sign-out"))]
    if action is not None:
        found = [form for form in found if form.action.split("?")[0].endswith(action)]
    elif field is not None:
        found = [form for form in found if field in form.names]
    assert found, f"no such form on the page: field={field} action={action}\n{html[:3000]}"
    return found[0]

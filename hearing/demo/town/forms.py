"""Forms 表单: what a browser sends of a form on a page without anybody seeing it."""

from __future__ import annotations

from html.parser import HTMLParser

Fields = list[tuple[str, str]]
"""Names and values, in the order of the page; a name may come several times."""


class _Hidden(HTMLParser):
    """The hidden fields of every form of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Fields] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what the form holds without being seen."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append([])
            self._inside = True
        elif tag == "input" and self._inside and given.get("type") == "hidden":
            self.forms[-1].append((given.get("name", ""), given.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        """Leave the form."""
        if tag == "form":
            self._inside = False


def hidden(page: str, field: str) -> Fields:
    """The hidden fields of the page's first form that has `field` among them; none where no form has it."""
    reader = _Hidden()
    reader.feed(page)
    return next((form for form in reader.forms if any(name == field for name, _ in form)), [])

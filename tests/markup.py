"""Markup: what is wrong with a page as HTML. A light check, quick enough for every page that any test fetches.

Browsers forgive almost everything, screen readers little: an element left open, two ids alike or a field without a
name is found here and not by a neighbour who cannot see the page.
"""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser

VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])
BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "details",
        "div",
        "dl",
        "fieldset",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "ul",
    ]
)
TYPED = frozenset({"input", "select", "textarea"})
UNSEEN = frozenset({"hidden", "submit", "button", "image", "reset"})
POINTERS = ("for", "aria-describedby", "aria-labelledby", "aria-controls", "list", "form", "headers")
UNFILLED = re.compile(r"%\(\w+\)[sd]|\{\{|\{%")


class _Page(HTMLParser):
    """Reads one page and collects its faults with their lines."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.open: list[tuple[str, dict[str, str]]] = []
        self.ids: Counter[str] = Counter()
        self.pointed: list[tuple[str, str]] = []
        self.labelled: set[str] = set()
        self.nameless: list[tuple[str, str]] = []
        self.seen: Counter[str] = Counter()
        self.texts: dict[str, list[str]] = {"title": [], "h1": []}

    def fault(self, sentence: str) -> None:
        self.faults.append(f"line {self.getpos()[0]}: {sentence}")

    def inside(self, *tags: str) -> bool:
        return any(tag in tags for tag, _ in self.open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if not self.inside("svg"):  # A drawing may have a title too.
            self.seen[tag] += 1
        for name, times in Counter(name for name, _ in attrs).items():
            if times > 1:
                self.fault(f"<{tag}> has {name} twice")
        self._place(tag)
        self._policy(tag, given)
        self._ids(given)
        self._names(tag, given)
        if tag not in VOID:
            self.open.append((tag, given))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            if not self.inside("svg", "math"):
                self.fault(f"<{tag}/> does not close itself in HTML")
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            self.fault(f"</{tag}> closes what has no content")
        elif self.open and self.open[-1][0] == tag:
            self._closed(*self.open.pop())
        elif self.inside(tag):
            self.fault(f"</{tag}> while <{self.open[-1][0]}> is open")
            while self.open.pop()[0] != tag:
                pass
        else:
            self.fault(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        for tag, _ in self.open:
            if tag in self.texts and not self.inside("svg"):
                self.texts[tag].append(data)
        if UNFILLED.search(data) and not self.inside("pre", "code", "textarea"):
            self.fault(f"a blank was not filled in: {data.strip()[:60]!r}")

    def _place(self, tag: str) -> None:
        """Elements that browsers silently move elsewhere, or close what is around them."""
        if tag in BLOCKS and self.inside("p") and not self.inside("svg"):
            self.fault(f"<{tag}> inside <p> ends the paragraph")
        if tag == "form" and self.inside("form"):
            self.fault("a form inside a form is thrown away")
        if tag in {"a", "button", *TYPED} and self.inside("a", "button"):
            self.fault(f"<{tag}> inside a link or a button")
        parent = self.open[-1][0] if self.open else ""
        if tag == "li" and parent not in {"ul", "ol", "menu"}:
            self.fault(f"<li> inside <{parent}>")
        if tag in {"td", "th"} and parent != "tr":
            self.fault(f"<{tag}> inside <{parent}>")

    def _policy(self, tag: str, given: dict[str, str]) -> None:
        """What the content security policy would refuse."""
        if tag == "style" or "style" in given:
            self.fault(f"inline style on <{tag}>")
        if tag == "script" and "src" not in given:
            self.fault("inline script")
        for name in given:
            if name.startswith("on"):
                self.fault(f"inline handler {name} on <{tag}>")

    def _ids(self, given: dict[str, str]) -> None:
        if "id" in given:
            if not given["id"] or re.search(r"\s", given["id"]):
                self.fault(f"id {given['id']!r}")
            self.ids[given["id"]] += 1
        self.pointed += [(name, target) for name in POINTERS if name in given for target in given[name].split()]

    def _names(self, tag: str, given: dict[str, str]) -> None:
        """What a screen reader calls the element."""
        if tag == "label" and "for" in given:
            self.labelled.add(given["for"])
        if tag == "img" and "alt" not in given:
            self.fault("a picture without alt")
        if tag == "a" and "href" not in given:
            self.fault("a link without href")
        if tag == "button" and given.get("type") not in {"submit", "button"}:
            self.fault("a button that does not say its type")
        if tag == "form" and given.get("method", "get").lower() not in {"get", "post"}:
            self.fault(f"form method {given['method']}")
        named = given.keys() & {"aria-label", "aria-labelledby"} or self.inside("label")
        if tag in TYPED and given.get("type") not in UNSEEN and not named:
            self.nameless.append((f"<{tag} name={given.get('name', '')!r}>", given.get("id", "")))

    def _closed(self, tag: str, given: dict[str, str]) -> None:
        if tag == "html" and not given.get("lang"):
            self.fault("<html> does not say its language")


def faults(html: str, *, whole: bool = True) -> list[str]:
    """What is wrong with a page, one sentence each; `whole` is False for the fragments that htmx swaps in."""
    page = _Page()
    page.feed(html)
    page.close()
    found = list(page.faults)
    found += [f"<{tag}> is never closed" for tag, _ in page.open]
    found += [f"{times} elements have the id {name!r}" for name, times in page.ids.items() if times > 1]
    found += [f"{what} has no label" for what, id_ in page.nameless if id_ not in page.labelled]
    if not whole:
        return found
    found += [f"{name} points to #{id_}, which is not there" for name, id_ in page.pointed if id_ not in page.ids]
    if not html.lstrip().lower().startswith("<!doctype html>"):
        found.append("no doctype")
    found += [
        f"{page.seen[tag]} <{tag}>" for tag in ("html", "head", "body", "title", "main", "h1") if page.seen[tag] != 1
    ]
    found += [f"an empty <{tag}>" for tag, texts in page.texts.items() if page.seen[tag] and not "".join(texts).strip()]
    return found

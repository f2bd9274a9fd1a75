"""Template lint: the house rules for HTML that a general linter does not know.

- The content security policy refuses inline scripts, styles and event handlers, so none is written.
- htmx 4 inherits nothing by itself: hx-target and the like do nothing on an element that makes no request.
- Every page works without JavaScript: a link that htmx follows has an href, a form that it sends a method or action.
- No value is marked safe in a template (its own literal HTML may be), and no escaping is turned off.
- Chinese text goes through `_()`, so that the English page is English.
"""

import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from jinja2 import Environment, TemplateSyntaxError, nodes

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "hearing/templates"

VERBS = {"hx-get", "hx-post", "hx-put", "hx-patch", "hx-delete", "hx-action"}
# They describe a request, so without a verb, a boost or `:inherited` they have no effect.
OF_A_REQUEST = {
    "hx-confirm", "hx-disable", "hx-encoding", "hx-include", "hx-indicator", "hx-push-url", "hx-replace-url",
    "hx-select", "hx-select-oob", "hx-swap", "hx-sync", "hx-target", "hx-trigger", "hx-vals",
}  # fmt: skip
TRANSLATORS = {"_", "gettext", "ngettext", "pgettext", "npgettext"}
HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
# The mark of the product, and the one language name that is written in its own language.
SAME_IN_EVERY_LANGUAGE = {"议", "中文"}
# Its texts are samples of what residents type, not interface.
SAMPLES = "styleguide"
JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)

Fault = tuple[int, str]


class Elements(HTMLParser):
    """Collects the faults of start tags, by line."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[Fault] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Check one element's name and attributes."""
        given = {name: value or "" for name, value in attrs}
        self.faults += [(self.getpos()[0], f"<{tag}>: {fault}") for fault in _element_faults(tag, given)]


def _element_faults(tag: str, given: dict[str, str]) -> Iterator[str]:
    if tag == "style" or "style" in given:
        yield "inline style"
    if tag == "script" and "src" not in given:
        yield "inline script"
    for name, value in given.items():
        if name.startswith(("on", "hx-on")):
            yield f"inline handler {name}"
        if value.strip().lower().startswith(("javascript:", "js:")):
            yield f"script in {name}"
    sends = given.keys() & VERBS
    stray = sorted(given.keys() & OF_A_REQUEST)
    if stray and not sends and "hx-boost" not in given:
        yield f"{', '.join(stray)} without a request of its own (inherited attributes end in :inherited)"
    if sends and tag == "a" and "href" not in given:
        yield "a link without href does nothing without JavaScript"
    if sends and tag == "form" and not given.keys() & {"action", "method"}:
        yield "a form without action or method does nothing without JavaScript"


def element_faults(text: str) -> list[Fault]:
    """Faults of the HTML of a template, whose Jinja is blanked out first; line breaks stay, so lines count right."""
    parser = Elements()
    parser.feed(JINJA.sub(_blank, text))
    parser.close()
    return parser.faults


def _blank(found: re.Match[str]) -> str:
    return ("x" if found[0].startswith("{{") else " ") + "\n" * found[0].count("\n")


def _untranslated(text: str, line: int) -> Iterator[Fault]:
    for found in HAN.finditer(text):
        if found[0] not in SAME_IN_EVERY_LANGUAGE:
            yield line + text.count("\n", 0, found.start()), f"{found[0]} is not inside _()"


def syntax_faults(node: nodes.Node, samples: bool) -> Iterator[Fault]:
    """Faults below ``node`` of a parsed template; ``samples`` lets Chinese text stand as it is."""
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in TRANSLATORS:
        for value in node.kwargs:
            yield from syntax_faults(value, samples)
        return
    if isinstance(node, nodes.Filter) and node.name == "safe" and not isinstance(node.node, nodes.Const):
        yield node.lineno, "|safe on a value: make Markup in Python, where it is cleaned"
    if isinstance(node, nodes.ScopedEvalContextModifier):
        yield node.lineno, "escaping is never turned off"
    if isinstance(node, nodes.TemplateData) and not samples:
        yield from _untranslated(node.data, node.lineno)
    if isinstance(node, nodes.Const) and isinstance(node.value, str) and not samples:
        yield from _untranslated(node.value, node.lineno)
    for child in node.iter_child_nodes():
        yield from syntax_faults(child, samples)


def faults(path: Path) -> list[Fault]:
    """Every fault of one template file as (line, sentence), in order."""
    text = path.read_text(encoding="utf-8")
    try:
        tree = Environment(extensions=["jinja2.ext.i18n"], autoescape=True).parse(text, filename=str(path))
    except TemplateSyntaxError as error:
        return [(error.lineno, f"{error.message}")]
    samples = SAMPLES in path.relative_to(TEMPLATES).parts
    return sorted([*element_faults(text), *syntax_faults(tree, samples)])


def main() -> None:
    """Print every fault of every template; exit with 1 if there is one."""
    lines = [
        f"{path.relative_to(ROOT)}:{line}: {fault}"
        for path in sorted(TEMPLATES.rglob("*.html"))
        for line, fault in faults(path)
    ]
    print("\n".join(lines))
    sys.exit(bool(lines))


if __name__ == "__main__":
    main()

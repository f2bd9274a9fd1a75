"""Template lint: each house rule refuses what it is for and lets the right way pass."""

import pytest
from jinja2 import Environment

from tools.templates import element_faults, syntax_faults


def sentences(text: str, *, samples: bool = False) -> list[str]:
    tree = Environment(extensions=["jinja2.ext.i18n"], autoescape=True).parse(text)
    return [sentence for _, sentence in [*element_faults(text), *syntax_faults(tree, samples)]]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('<p style="color: red">', "<p>: inline style"),
        ("<style>p {}</style>", "<style>: inline style"),
        ("<script>alert(1)</script>", "<script>: inline script"),
        ('<a href="/" onclick="go()">', "<a>: inline handler onclick"),
        ('<p hx-on:click="go()">', "<p>: inline handler hx-on:click"),
        ('<a href="JavaScript:go()">', "<a>: script in href"),
        ('<a hx-get="/cases">', "<a>: a link without href does nothing without JavaScript"),
        ('<form hx-post="/cases">', "<form>: a form without action or method does nothing without JavaScript"),
        ("{{ text|safe }}", "|safe on a value: make Markup in Python, where it is cleaned"),
        ("{% autoescape false %}{{ text }}{% endautoescape %}", "escaping is never turned off"),
        ("<p>同意</p>", "同意 is not inside _()"),
        ("{{ button('提交') }}", "提交 is not inside _()"),
        ("{{ _('%(name)s已签', name='王') }}", "王 is not inside _()"),
    ],
)
def test_a_breach_is_named(text: str, fault: str) -> None:
    assert sentences(text) == [fault]


@pytest.mark.parametrize("attribute", ["hx-target", "hx-swap", "hx-trigger"])
def test_a_request_attribute_needs_a_request(attribute: str) -> None:
    (fault,) = sentences(f'<div {attribute}="x">')
    assert attribute in fault
    assert sentences(f'<div {attribute}="x" hx-get="/tally">') == []
    assert sentences(f'<div {attribute}:inherited="x">') == []


@pytest.mark.parametrize(
    "text",
    [
        "<script src=\"{{ url_for('static', filename='js/app.js') }}\" defer></script>",
        '<a href="/cases" hx-get="/cases" hx-target="#list">{{ _("事项") }}</a>',
        '<form method="post" hx-post="{{ url }}" hx-target="#form">{{ _("同意 %(n)s 户", n=7) }}</form>',
        "{% trans count=n %}{{ count }} 户{% pluralize %}{{ count }} 户{% endtrans %}",
        "{{ '<b>%s</b>'|safe|format(text) }}",
        "{# 说明：这里是注释 #}<p>议</p>",
    ],
)
def test_the_right_way_passes(text: str) -> None:
    assert sentences(text) == []


def test_lines_count_through_jinja() -> None:
    assert element_faults('{% if a\n and b %}\n{{ x }}<p style="x">{% endif %}') == [(3, "<p>: inline style")]
    (fault,) = syntax_faults(Environment().parse("<p>\n\n同意</p>"), samples=False)
    assert fault[0] == 3


def test_samples_may_be_chinese() -> None:
    assert sentences("<p>天津路426弄</p>", samples=True) == []

"""The check of every fetched page: each fault is named, good pages and fragments pass."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.browser import Browser
from tests.markup import faults

PAGE = (
    "<!doctype html><html lang='zh-CN'><head><title>事项</title></head><body><main><h1>事项</h1>{}</main></body></html>"
)


def found(inner: str) -> list[str]:
    """The faults of a page that holds `inner`, without their lines."""
    return [fault.partition(": ")[2] if fault.startswith("line ") else fault for fault in faults(PAGE.format(inner))]


@pytest.mark.parametrize(
    ("inner", "fault"),
    [
        ("<div><p>开着</div>", "</div> while <p> is open"),
        ("<section>", "</main> while <section> is open"),
        ("</p>", "</p> closes nothing"),
        ("<br></br>", "</br> closes what has no content"),
        ("<div/>", "<div/> does not close itself in HTML"),
        ("<p id='a'></p><p id='a'></p>", "2 elements have the id 'a'"),
        ("<p id='a b'></p>", "id 'a b'"),
        ("<p class='a' class='b'></p>", "<p> has class twice"),
        ("<input name='phone'>", "<input name='phone'> has no label"),
        ("<textarea name='why'></textarea>", "<textarea name='why'> has no label"),
        ("<label for='x'>电话</label>", "for points to #x, which is not there"),
        ("<p aria-describedby='x'></p>", "aria-describedby points to #x, which is not there"),
        ("<p><ul><li>一</li></ul></p>", "<ul> inside <p> ends the paragraph"),
        ("<li>一</li>", "<li> inside <main>"),
        ("<table><tr><td>一</td></tr></table><td>二</td>", "<td> inside <main>"),
        ("<form><form></form></form>", "a form inside a form is thrown away"),
        ("<a href='/'><button type='button'>按</button></a>", "<button> inside a link or a button"),
        ("<img src='a.png'>", "a picture without alt"),
        ("<a>去</a>", "a link without href"),
        ("<button>按</button>", "a button that does not say its type"),
        ("<p style='color:red'></p>", "inline style on <p>"),
        ("<script>go()</script>", "inline script"),
        ("<p onclick='go()'></p>", "inline handler onclick on <p>"),
        ("<p>还差 %(n)s 户</p>", "a blank was not filled in: '还差 %(n)s 户'"),
        ("<h1>又一个</h1>", "2 <h1>"),
    ],
)
def test_a_fault_is_named(inner: str, fault: str) -> None:
    assert fault in found(inner)


@pytest.mark.parametrize(
    "inner",
    [
        "<label for='x'>电话</label><input id='x' name='phone'>",
        "<label>电话<input name='phone'></label>",
        "<input type='hidden' name='once'><button type='submit'>提交</button>",
        "<input name='q' aria-label='找'>",
        "<svg><title>印</title><use href='#a'/><path d='M0'/></svg>",
        "<p>一<br>二</p><ul><li>三</li></ul><dl><dt>四</dt><dd>五</dd></dl>",
        "<p>同意 7/13，占 53%。</p>",
        "<pre>{% raw %}</pre>",
    ],
)
def test_what_is_right_passes(inner: str) -> None:
    assert found(inner) == []


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        (PAGE.replace(" lang='zh-CN'", ""), "line 1: <html> does not say its language"),
        (PAGE.replace("<!doctype html>", ""), "no doctype"),
        (PAGE.replace("<title>事项", "<title> "), "an empty <title>"),
        (PAGE.replace("<title>事项</title>", ""), "0 <title>"),
        (PAGE.replace("main>", "div>"), "0 <main>"),
    ],
)
def test_a_page_has_its_parts(html: str, fault: str) -> None:
    assert fault in faults(html.format(""))


def test_a_fragment_needs_no_page_around_it_but_is_whole_in_itself() -> None:
    assert faults("<p id='tally' aria-describedby='elsewhere'>11 户</p>", whole=False) == []
    assert faults("<p>11 户", whole=False) == ["<p> is never closed"]


def test_the_browser_of_the_tests_checks_what_it_fetches(app: Flask, client: Browser) -> None:
    def crooked() -> str:
        return PAGE.format("<p>开着")

    crooked.__access__ = ("all",)  # type: ignore[attr-defined]
    app.add_url_rule("/crooked", view_func=crooked)
    with pytest.raises(AssertionError, match=r"/crooked: .*while <p> is open"):
        client.get("/crooked")

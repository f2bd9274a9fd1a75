"""The trail at the desk: who searches it, what is found, what names are read, and that an export tells of itself."""

from __future__ import annotations

import csv
import hashlib
import io
import re

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from hearing.audit import queries as trail
from hearing.audit.fact import type_registry
from hearing.audit.ledger import perform
from hearing.clock import now
from hearing.db import db
from hearing.demo.lane import HOUSEHOLDS, OFFICES
from hearing.desk import searching
from hearing.desk.rules import SORTS
from hearing.places.models import Unit
from hearing.places.rules import Capacity, HoldingForm
from hearing.register import actions as register
from hearing.register.rules import NewHolder, NewTenure
from hearing.web.cells import safe_cell
from hearing.web.filters import BEIJING
from tests import schema
from tests.audit.receipts import Signed, signed
from tests.browser import Browser
from tests.cast import Cast
from tests.people.steps import statements


@pytest.fixture
def receipt(app: Flask, cast: Cast) -> Signed:
    return signed(app, cast)


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def search(client: Browser, **typed: str) -> str:
    """Type a search; read what is found, without the form."""
    answer = client.submit("/desk/trail", typed, field="sort", follow=True)
    assert answer.status_code == 200, words(answer.text)
    found: str = answer.text
    return words(found.split("</form>")[-1])


def test_only_director_and_auditor_search_and_export(client: Browser, cast: Cast) -> None:
    for who in ("clerk", "block_officer", "scrutineer", "legal_adviser", 1):
        client.enter(cast.ref(who))
        assert client.get("/desk/trail").status_code == 403
        assert client.get("/desk/trail/export").status_code == 403


def test_entries_are_told_in_plain_sentences_newest_first(client: Browser, cast: Cast, receipt: Signed) -> None:
    found = search(client.enter(cast.ref("director")))
    assert found.index("一户书面表态") < found.index("名册定稿，13 户开始表态")
    assert "顾文清" in found
    assert "居委工作人员" in found
    assert re.search(r"意愿征询 1 +提案 1", found), "what it is about, and what that belongs to"


def test_an_auditor_reads_masked_names(client: Browser, cast: Cast, receipt: Signed) -> None:
    page = client.enter(cast.ref("auditor")).get("/desk/trail").text
    assert "顾**" in page
    assert not [name for *_, name in OFFICES if name in page.split("</header>")[1]]
    assert not [name for _floor, _door, _area, name, _phone in HOUSEHOLDS if name in page]


def test_it_is_searched_by_thing_person_kind_and_time(client: Browser, cast: Cast, receipt: Signed) -> None:
    client.enter(cast.ref("director"))
    assert "名册定稿" in search(client, thing="consent", number="1")
    assert "没有符合的记录" in search(client, thing="consent", number="77")
    only = search(client, person="顾文清")
    assert "名册定稿" in only
    assert "一户书面表态" not in only
    assert "一户书面表态" in search(client, person=cast.ref(1))
    assert "名册定稿" not in search(client, sort="consent")
    assert "名册定稿" in search(client, sort="roll")
    assert "名册定稿" in search(client, since="2026-11-06", until="2026-11-06")
    assert "名册定稿" not in search(client, since="2026-11-07")
    assert "名册定稿" not in search(client, until="2026-11-05")


def test_no_name_gets_into_an_address(client: Browser, cast: Cast, receipt: Signed) -> None:
    answer = client.enter(cast.ref("director")).submit("/desk/trail", {"person": "顾文清"}, field="sort")
    assert answer.headers["Location"] == f"/desk/trail?people={cast.ref('clerk')}"


def test_a_bad_search_keeps_what_was_typed(client: Browser, cast: Cast) -> None:
    client.enter(cast.ref("director"))
    for typed, said in (
        ({"person": "无此人"}, "没有找到这个人"),
        ({"thing": "consent", "number": ""}, "要一起填"),
        ({"thing": "consent", "number": "x"}, "整数"),
        ({"since": "2026-13-01"}, "日期"),
        ({"since": "2026-11-09", "until": "2026-11-08"}, "不能晚于"),
    ):
        answer = client.submit("/desk/trail", typed, field="sort")
        assert answer.status_code == 422
        assert said in answer.text
        assert all(value in answer.text for value in typed.values())


def test_nonsense_in_an_address_is_no_error(client: Browser, cast: Cast) -> None:
    client.enter(cast.ref("director"))
    for query in ("thing=consent&number=%27%20OR%201", "since=yesterday", "before=-1", "sort=%25", "people=,,,"):
        assert client.get(f"/desk/trail?{query}&before=99999999999").status_code == 200


def test_another_neighbourhood_s_director_finds_nothing_of_ours(app: Flask, cast: Cast, receipt: Signed) -> None:
    with app.app_context():
        assert trail.count(db.session, trail.Search(scopes=("xinqiao",))) == 0
        assert trail.count(db.session, trail.Search(scopes=())) == 0


def test_long_trails_are_read_page_by_page_without_gap_or_repetition(
    client: Browser, cast: Cast, receipt: Signed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "PAGE", 2)
    client.enter(cast.ref("director"))
    url, seen = "/desk/trail", []
    while url:
        page = client.get(url).text
        seen += re.findall(r'href="/r/(\d+)"', page)
        older = re.search(r'href="([^"]*before=\d+)"', page)
        url = older[1].replace("&amp;", "&") if older else ""
    assert seen == sorted(seen, key=int, reverse=True)
    assert len(seen) == len(set(seen)) == receipt.size


def test_before_and_after_stand_where_the_payload_has_them(client: Browser, cast: Cast, app: Flask) -> None:
    with app.app_context():
        unit = db.session.get_one(Unit, cast.units[0])
        tenure = NewTenure(Capacity.LESSEE, HoldingForm.SOLE, (NewHolder("周新", "14100990011"),))
        today = now().astimezone(BEIJING).date()
        perform(register.change_hands, schema.viewer(cast.ref("clerk")), unit, tenure, "更户通知", today)
    director = search(client.enter(cast.ref("director")), sort="tenure")
    assert "之前：李伯年；之后：周新" in director
    auditor = search(client.enter(cast.ref("auditor")), sort="tenure")
    assert "之前：李**；之后：周**" in auditor


def rows(data: bytes) -> list[list[str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def test_an_export_needs_a_purpose_and_tells_of_itself(
    client: Browser, cast: Cast, app: Flask, receipt: Signed
) -> None:
    client.enter(cast.ref("auditor"))
    empty = client.submit("/desk/trail/export?sort=consent", {"purpose": " "})
    assert empty.status_code == 422
    answer = client.submit("/desk/trail/export?sort=consent", {"purpose": "街道年度检查"})
    assert answer.status_code == 200
    assert answer.mimetype == "text/csv"
    assert answer.headers["Cache-Control"] == "no-store"
    table = rows(answer.data)
    assert {row[2] for row in table[1:]} == {"consent.drafted", "consent.answered"}
    with app.app_context():
        (told,) = trail.search(db.session, trail.Search(scopes=("tianjinlu",), sort="trail"), 5)
        assert told.kind == "trail.exported"
        assert told.pub == {"entries": len(table) - 1, "sha256": hashlib.sha256(answer.data).hexdigest()}
        assert told.payload == {"purpose": "街道年度检查", "wanted": "sort=consent"}
        assert told.ref == cast.ref("auditor")


def test_an_export_holds_no_name_door_or_phone(client: Browser, cast: Cast, receipt: Signed) -> None:
    text = client.enter(cast.ref("director")).submit("/desk/trail/export", {"purpose": "检查"}).text
    people = [*[name for *_, name in OFFICES], *[part for row in HOUSEHOLDS for part in (row[3], row[4])]]
    assert not [part for part in people if part in text]
    assert len(rows(text.encode("utf-8"))) == receipt.size + 1


def test_too_much_is_refused_and_the_purpose_kept(
    client: Browser, cast: Cast, receipt: Signed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "MOST_EXPORTED", 2)
    answer = client.enter(cast.ref("director")).submit("/desk/trail/export", {"purpose": "检查"})
    assert answer.status_code == 422
    assert "请把范围缩小" in answer.text
    assert "检查" in answer.text


@given(st.text(alphabet="=+-@＝＠ \t\r\n\xa0a1'", max_size=6) | st.text(max_size=12))
def test_no_cell_is_a_formula(text: str) -> None:
    cell = safe_cell(text)
    assert cell in {text, f"'{text}"}
    assert not re.match(r"\s*[=+\-@＝＋－＠]", cell)
    assert not (cell.strip() and cell[0] in "\t\r\n")


def test_pages_cost_few_statements(app: Flask, client: Browser, cast: Cast, receipt: Signed) -> None:
    client.enter(cast.ref("director"))
    for path in ("/desk/trail", "/desk/trail/export"):
        with statements(app) as seen:
            assert client.get(path).status_code == 200
        assert len(seen) <= 8, "\n".join(seen)


def test_every_kind_of_entry_has_its_sort() -> None:
    kinds = {kind for kind, fact in type_registry.items() if fact.__module__.startswith("hearing.")}
    assert {kind.partition(".")[0] for kind in kinds} <= set(SORTS)

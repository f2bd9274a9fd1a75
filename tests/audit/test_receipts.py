"""Receipts on screen, as files and on paper; what its small and its large QR code hold, and who may open what."""

from __future__ import annotations

import hashlib
import html
import json
import re
from base64 import urlsafe_b64decode

import pytest
from flask import Flask
from sqlalchemy import text

from hearing.audit import canonical, verify
from hearing.audit.proof import ProofFile
from hearing.audit.routes import receipts
from hearing.db import db
from tests import qrcodes
from tests.audit.receipts import Signed, signed
from tests.browser import Browser
from tests.cast import Cast
from tests.people.steps import statements
from tests.printing.test_qr import modules


@pytest.fixture
def receipt(app: Flask, cast: Cast) -> Signed:
    return signed(app, cast)


def codes(page: str) -> list[str]:
    """What the QR codes of a page say, in the order of the page."""
    drawn = re.findall(r'<svg[^>]*class="qr".*?</svg>', page, re.DOTALL)
    return [qrcodes.text_of(modules(html.unescape(svg), 4)) for svg in drawn]


def test_paper_holds_a_link_with_the_nonce_behind_the_sign_and_the_whole_proof(
    client: Browser, cast: Cast, receipt: Signed
) -> None:
    client.enter(cast.ref(1))
    page = client.get(f"/receipts/{receipt.index}/print").text
    small, large = codes(page)
    address, _, nonce = small.partition("#")
    assert address == f"http://127.0.0.1:8000/r/{receipt.index}"
    opening = client.get(f"/receipts/{receipt.index}/opening").json
    assert opening is not None
    assert nonce == opening["salt"]
    assert nonce not in re.sub(r"<svg.*?</svg>", "", page, flags=re.DOTALL), "nobody reads the nonce off the paper"
    assert large.encode() == receipt.proof()
    assert verify.check_receipt(large.encode(), receipt.vkey).ok
    assert receipt.vkey in re.sub(r"<[^>]+>", "", page)
    assert "您对“门口台阶改坡道”方案第 1 版的表态是：同意" in html.unescape(page)


def test_the_opening_opens_the_commitment_of_the_entry(client: Browser, cast: Cast, receipt: Signed) -> None:
    client.enter(cast.ref(1))
    opening = json.loads(client.get(f"/receipts/{receipt.index}/opening").data)
    entry = json.loads(receipt_entry(receipt))
    salt = urlsafe_b64decode(f"{opening['salt']}=")
    assert canonical.commit(salt, opening["payload"]) == entry["cm"]


def receipt_entry(receipt: Signed) -> bytes:
    """The entry in a downloaded proof."""
    return ProofFile.parse(receipt.proof()).extra


def test_a_phone_with_the_nonce_is_given_the_content_and_nobody_else(
    client: Browser, cast: Cast, app: Flask, receipt: Signed
) -> None:
    client.enter(cast.ref(1))
    opening = json.loads(client.get(f"/receipts/{receipt.index}/opening").data)
    salt = urlsafe_b64decode(f"{opening['salt']}=")
    word = hashlib.sha256(b"hearing/opening/v1\0" + salt).hexdigest()
    visitor, url = Browser(app), f"/r/{receipt.index}/opening"
    answer = visitor.get(url, headers={"X-Receipt": word})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert json.loads(answer.data) == opening
    for wrong in ("", "0" * 64, opening["salt"], word.upper(), "é"):
        assert visitor.get(url, headers={"X-Receipt": wrong}).status_code == 404
    assert visitor.get(f"/r/{receipt.index + 1}/opening", headers={"X-Receipt": word}).status_code == 404


def test_the_page_of_a_small_code_shows_only_what_is_public(client: Browser, receipt: Signed) -> None:
    page = client.get(f"/r/{receipt.index}").text
    assert "一户书面表态" in page
    assert "同意" not in re.sub(r"<[^>]+>", "", page)
    assert "已经记下，还没有签名公布" not in page
    assert client.get("/r/999999").status_code == 404
    assert "账本里没有第 999999 号" in client.get("/r/999999").text


def test_others_see_neither_receipt_nor_opening_but_may_have_the_public_proof(
    client: Browser, cast: Cast, receipt: Signed
) -> None:
    for who in (cast.ref(2), cast.ref("clerk"), cast.stranger):
        client.enter(who)
        for path in ("", "/opening", "/print"):
            assert client.get(f"/receipts/{receipt.index}{path}").status_code == 404, (who, path)
    assert verify.check_receipt(receipt.proof(), receipt.vkey).ok
    assert client.get("/receipts/99999/proof").status_code == 404


def test_after_erasure_the_receipt_still_proves_that_something_was_recorded(
    client: Browser, cast: Cast, app: Flask, receipt: Signed
) -> None:
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text(f"DELETE FROM log_payload WHERE idx = {receipt.index}"))
        left = connection.execute(text(f"SELECT count(*) FROM log_household WHERE idx = {receipt.index}")).scalar_one()
        assert left == 0, "whose household it was goes with the payload"
    client.enter(cast.ref(1))
    page = client.get(f"/receipts/{receipt.index}").text
    assert "一户书面表态" in page
    assert "启封件" not in page
    assert client.get(f"/receipts/{receipt.index}/opening").status_code == 404
    small, large = codes(client.get(f"/receipts/{receipt.index}/print").text)
    assert "#" not in small
    assert verify.check_receipt(large.encode(), receipt.vkey).ok
    assert client.get(f"/r/{receipt.index}").status_code == 200


def test_a_receipt_that_is_not_published_yet_is_not_printed(client: Browser, cast: Cast, app: Flask) -> None:
    fresh = signed(app, cast)
    (app.extensions["settings"].log_dir / "checkpoint").unlink()
    client.enter(cast.ref(1))
    answer = client.get(f"/receipts/{fresh.index}/print")
    assert answer.status_code == 503
    assert "还没有签名公布" in answer.text
    assert "正在公布" in client.get(f"/receipts/{fresh.index}").text
    assert "还没有签名公布" in client.get(f"/r/{fresh.index}").text


def test_pages_cost_few_statements(client: Browser, cast: Cast, app: Flask, receipt: Signed) -> None:
    client.enter(cast.ref(1))
    for path in ("/receipts/{0}", "/receipts/{0}/print", "/r/{0}", "/verify", "/integrity"):
        with statements(app) as seen:
            assert client.get(path.format(receipt.index)).status_code == 200
        assert len(seen) <= 8, (path, seen)


def test_an_entry_too_long_for_a_code_says_so_on_the_paper(
    client: Browser, cast: Cast, receipt: Signed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receipts, "proof_of", lambda _index: b"x" * 5000)
    client.enter(cast.ref(1))
    page = client.get(f"/receipts/{receipt.index}/print").text
    assert len(codes(page)) == 1
    assert "二维码放不下" in page

"""Assets: packed, named by their content, kept for a year, of the right type."""

from __future__ import annotations

import gzip
import hashlib
import re

import brotli
import pytest
from flask import Flask

from hearing.web.assets import Asset, pack
from tests.browser import Browser

TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
ASSETS = pack()


@pytest.mark.parametrize("stem", sorted(ASSETS))
def test_an_asset_is_packed_as_the_browser_likes(client: Browser, stem: str) -> None:
    asset = ASSETS[stem]
    for accepted, kind, unpack in (
        ("br, gzip", "br", brotli.decompress),
        ("gzip, deflate", "gzip", gzip.decompress),
        ("gzip;q=1, br;q=0", "gzip", gzip.decompress),
        ("", None, bytes),
        ("identity", None, bytes),
    ):
        answer = client.get(f"/assets/{asset.name}", headers={"Accept-Encoding": accepted})
        assert answer.status_code == 200
        assert answer.headers.get("Content-Encoding") == kind, accepted
        assert unpack(answer.data) == asset.plain
        assert answer.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("stem", sorted(ASSETS))
def test_an_asset_is_kept_for_a_year_and_has_its_type(client: Browser, stem: str) -> None:
    answer = client.get(f"/assets/{ASSETS[stem].name}")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Type"] == TYPES[f".{stem.rpartition('.')[2]}"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer.headers
    if stem.endswith(".svg"):
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'none'"


def test_the_name_changes_with_the_content() -> None:
    one, other = Asset.of("app.css", b"a {}"), Asset.of("app.css", b"b {}")
    assert one.name != other.name
    assert one.name == f"{hashlib.sha256(b'a {}').hexdigest()[:12]}-app.css"


@pytest.mark.parametrize(
    "name", ["app.css", "../../config.py", "..%2f..%2fconfig.py", "000000000000-app.css", "a/b.css", "%00.css"]
)
def test_only_what_was_packed_is_served(client: Browser, name: str) -> None:
    assert client.get(f"/assets/{name}").status_code in {404, 308}


def test_every_address_on_a_page_is_served(app: Flask, client: Browser) -> None:
    html = client.get("/").text
    found = set(re.findall(r"/assets/[\w.-]+", html))
    assert len(found) >= 4
    for address in found:
        assert client.get(address).status_code == 200
    with app.test_request_context(), pytest.raises(KeyError):
        app.jinja_env.globals["asset"]("no-such.css")  # type: ignore[operator]


def test_the_style_sheet_holds_no_layer_and_closes_what_it_opens() -> None:
    """Each file stands in one layer, which is taken off for old browsers; half of one would spoil all that follows."""
    sheet = re.sub(r"/\*.*?\*/", "", ASSETS["app.css"].plain.decode(), flags=re.DOTALL)
    assert "@layer" not in sheet
    depth = 0
    for line in sheet.splitlines():
        depth += line.count("{") - line.count("}")
        assert depth >= 0, line
    assert depth == 0

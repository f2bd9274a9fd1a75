"""Assets: our style sheet, scripts and icons, named by their content, packed once, kept by browsers for a year."""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import brotli
from flask import Blueprint, Flask, Response, abort, current_app, request

from hearing.web.guards import open_to_all

STATIC = Path(__file__).parent.parent / "static"

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
# An icon sheet is an image: nothing inside it may run or load.
_SVG_POLICY = "default-src 'none'; style-src 'none'"

bp = Blueprint("assets", __name__)


@dataclass(frozen=True)
class Asset:
    """One served file: its bytes plain and packed, and the name that changes with them."""

    name: str
    plain: bytes
    brotli: bytes
    gzip: bytes

    @classmethod
    def of(cls, stem: str, data: bytes) -> Asset:
        """Pack `data`, to be served as <hash>-<stem>."""
        digest = hashlib.sha256(data).hexdigest()[:12]
        return cls(f"{digest}-{stem}", data, brotli.compress(data, quality=11), gzip.compress(data, 9, mtime=0))


@cache
def pack(static: Path = STATIC) -> dict[str, Asset]:
    """Read every asset: css/*.css in name order as app.css, js/*.js and vendor/* as they are."""
    sheet = "\n".join(_unlayered(path.read_text("utf-8")) for path in sorted((static / "css").glob("*.css")))
    assets = {"app.css": Asset.of("app.css", sheet.encode())}
    for folder in ("js", "vendor"):
        for path in sorted((static / folder).glob("*")):
            if path.suffix in _TYPES:
                assets[path.name] = Asset.of(path.name, path.read_bytes())
    return assets


def _unlayered(sheet: str) -> str:
    """A style sheet without its one `@layer … { … }` wrapper.

    Browsers before 2022 throw away whatever stands in a layer. Our files stand in the layers' own order, so the order
    of the rules says the same to them.
    """
    return re.sub(r"\A(?:@layer [\w, ]+;\n)?@layer \w+ \{\n(.*)\n\}\s*\Z", r"\1", sheet, flags=re.DOTALL)


def init_app(app: Flask) -> None:
    """Pack the assets and give templates `asset('app.css')`."""
    assets = pack()
    app.extensions["assets"] = {asset.name: asset for asset in assets.values()}
    urls = {stem: f"/assets/{asset.name}" for stem, asset in assets.items()}
    app.jinja_env.globals["asset"] = urls.__getitem__
    app.register_blueprint(bp)


@bp.get("/assets/<name>")
@open_to_all
def served(name: str) -> Response:
    """One asset, packed as the browser likes."""
    asset: Asset | None = current_app.extensions["assets"].get(name)
    if asset is None:
        abort(404)
    packed = [(kind, getattr(asset, attribute)) for kind, attribute in (("br", "brotli"), ("gzip", "gzip"))]
    accepted = request.accept_encodings
    kind, body = next((pair for pair in packed if accepted.quality(pair[0]) > 0), ("", asset.plain))
    response = Response(body, content_type=_TYPES[Path(name).suffix])
    if kind:
        response.headers["Content-Encoding"] = kind
    if name.endswith(".svg"):
        response.headers["Content-Security-Policy"] = _SVG_POLICY
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response

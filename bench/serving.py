"""Serving: a process that runs the product, or a bare Flask application, on the product's own server.

python -m bench.serving ADDRESS              the product, set by HEARING_* variables
python -m bench.serving ADDRESS FOLDER       fixed pages from the folder's files, and one route that inserts
python -m bench.serving ADDRESS --without-entries    the product, whose acts append nothing to the trail
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from flask import Flask, abort, request, session
from flask_compress import Compress
from flask_wtf.csrf import validate_csrf
from sqlalchemy.orm import Session

from bench import ground
from bench.raw import COLUMNS, Raw
from hearing.app import create_app
from hearing.audit import ledger
from hearing.audit.fact import Fact
from hearing.config import Settings
from hearing.db import db
from hearing.server import Server
from hearing.web.sealing import digest

WITHOUT_ENTRIES = "--without-entries"


def bare(product: Flask, folder: Path, database_url: str) -> Flask:
    """Each file of the folder as a page, compressed as the product compresses, and /act, which stores a posted form.

    /checked does so for somebody who has signed in to the product.
    """
    app = Flask("bare", static_folder=None)
    shared = ("COMPRESS_", "SESSION_", "SECRET_KEY", "WTF_")
    app.config.update({key: value for key, value in product.config.items() if key.startswith(shared)})
    Compress(app)
    pages = {path.name: path.read_text("utf-8") for path in folder.iterdir()}
    mine = threading.local()

    @app.get("/<name>")
    def page(name: str) -> str:
        return pages[name]

    @app.post("/act")
    def act() -> str:
        household, answer, signature, strokes = (request.form.get(name, "") for name in COLUMNS)
        connection().insert((household, answer, signature, strokes))
        return "ok"

    @app.post("/checked")
    def checked() -> str:
        """The same for a form whose token and whose sign-in are looked at first, as every form's must be."""
        validate_csrf(request.form.get("csrf_token"))
        if connection().signed_in(digest(str(session.get("_user_id", "")))) is None:
            abort(403)
        return act()

    def connection() -> Raw:
        raw: Raw | None = getattr(mine, "raw", None)
        if raw is None:
            raw = mine.raw = Raw.open(database_url)
        return raw

    return app


def _nothing(session: Session, facts: Sequence[Fact]) -> int:
    del session, facts
    return 0


def main(address: str, folder: str = "") -> None:
    """Serve until told to stop."""
    settings = Settings.from_env()
    if folder == WITHOUT_ENTRIES:
        # What an act costs without its entry. The receipt it leads to is that of the first entry, which is there.
        folder = ""
        ledger._append = _nothing
    app = create_app(settings)
    with app.app_context():
        db.engine.dispose()  # Connections do not survive the fork into server processes.
    served = bare(app, Path(folder), settings.database) if folder else app
    Server(served, address, workers=ground.WORKERS).run()


if __name__ == "__main__":
    main(*sys.argv[1:])

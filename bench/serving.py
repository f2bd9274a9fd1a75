"""Serving: a process that runs the product, or a bare Flask application, on the product's own server.

python -m bench.serving ADDRESS              the product, set by HEARING_* variables
python -m bench.serving ADDRESS FOLDER       fixed pages from the folder's files, and routes that insert
python -m bench.serving ADDRESS --without-entries    the product, whose acts append nothing to the trail
"""

from __future__ import annotations

import secrets
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from flask import Flask, abort, request, session
from flask_compress import Compress
from flask_wtf.csrf import validate_csrf

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
SEAL_BYTES = 28
"""By which a sealed ballot is longer than the room of its box: nonce and tag."""


def bare(product: Flask, folder: Path, database_url: str) -> Flask:
    """Each file of the folder as a page, compressed as the product compresses, and /act, which stores a posted form.

    /checked does so for somebody who has signed in to the product, /kept keeps her answer, /promised casts her secret
    ballot.
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
        account_of_form()
        return act()

    @app.post("/kept")
    def kept() -> str:
        """What is promised of an answer and no more: form looked at, a row of each kind, commit."""
        household, answer, signature, strokes = (request.form.get(name, "") for name in COLUMNS)
        if not connection().answer(account_of_form(), (household, answer, signature, strokes)):
            abort(409)
        return "ok"

    @app.post("/promised/<int:poll>/<int:room>")
    def promised(poll: int, room: int) -> str:
        """What is promised of a secret ballot and no more: form looked at, mark with its tests, sealed row, commit.

        It seals, signs and answers nothing: as many random bytes as a ballot has in a box of this room.
        """
        sealed = secrets.token_bytes(room + SEAL_BYTES)
        voter = request.form.get("voter", 0, type=int)
        if not connection().vote(account_of_form(), voter, poll, secrets.token_hex(16), sealed):
            abort(409)
        return "ok"

    def account_of_form() -> int:
        validate_csrf(request.form.get("csrf_token"))
        found = connection().signed_in(digest(str(session.get("_user_id", ""))))
        if found is None:
            abort(403)
        return int(found[0])

    def connection() -> Raw:
        raw: Raw | None = getattr(mine, "raw", None)
        if raw is None:
            raw = mine.raw = Raw.open(database_url)
        return raw

    return app


def _nothing(facts: Sequence[Fact]) -> int:
    del facts
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

"""A server inside the test process: a browser reaches it, the test moves its clock and does its night work."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from hearing import worker
from hearing.app import create_app
from hearing.audit.publisher import Publisher
from hearing.config import Mode, Settings
from hearing.db import db
from hearing.jobs.work import work_off

HOST = "127.0.0.1"


class _Quiet(WSGIRequestHandler):
    """Answers without a line of its own for each request."""

    def log(self, _type: str, _message: str, *_args: object) -> None:
        """Say nothing: the application has its own log."""


@dataclass(frozen=True)
class Live:
    """An application that is being served."""

    app: Flask
    settings: Settings

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        return self.settings.base_url

    def turn(self) -> None:
        """One round of the worker: publish the trail, deliver what is due, do the work that waits."""
        worker.turn(self.app, self.settings, Publisher.of(self.settings))
        with self.app.app_context():
            while work_off():
                pass


@contextmanager
def serving(data_dir: Path, database_url: str) -> Iterator[Live]:
    """Serve the database at `database_url` on a free port until the block ends."""
    with socket.create_server((HOST, 0)) as door:
        port = door.getsockname()[1]
        settings = Settings(
            mode=Mode.TESTING,
            data_dir=data_dir,
            database_url=database_url,
            base_url=f"http://{HOST}:{port}",
            secret_key="t" * 40,
        )
        app = create_app(settings)
        server = make_server(HOST, port, app, threaded=True, request_handler=_Quiet, fd=door.fileno())
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield Live(app, settings)
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
            with app.app_context():
                db.engine.dispose()

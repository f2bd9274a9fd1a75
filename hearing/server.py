"""Server: gunicorn with one process a core, and one worker process beside it that publishes and delivers."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication


class Server(BaseApplication):  # type: ignore[misc]
    """The application behind gunicorn, with the settings that were measured to serve best.

    More than two threads in a process cost more than they bring; two, so that one slow upload does not stop a core.
    """

    def __init__(self, app: Flask, bind: str, workers: int | None = None) -> None:
        self._app = app
        self._options: dict[str, Any] = {
            "bind": bind,
            "workers": workers or os.cpu_count() or 1,
            "worker_class": "gthread",
            "threads": 2,
            "timeout": 60,
            "graceful_timeout": 20,
            "keepalive": 15,
            "accesslog": None,
            "errorlog": "-",
            "loglevel": "warning",
            "forwarded_allow_ips": "127.0.0.1",
            "limit_request_line": 2048,
            "control_socket_disable": True,
        }
        super().__init__()

    def load_config(self) -> None:
        """Give gunicorn our settings."""
        for name, value in self._options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Flask:
        """The application that the processes serve."""
        # Python lets a thread compute for 5 ms while another waits to go on: as long as a whole act holds its locks,
        # and every statement of an act gives way to the other thread.
        sys.setswitchinterval(0.0005)
        return self._app


def serve(app: Flask, bind: str) -> None:
    """Serve until told to stop, with the worker beside; both end together."""
    worker = subprocess.Popen([sys.executable, "-m", "hearing", "worker"], stdin=subprocess.DEVNULL)
    try:
        Server(app, bind).run()
    finally:
        worker.terminate()
        worker.wait(timeout=10)

"""The program of `writers`: forks a writer for every line of JSON that it reads."""

from __future__ import annotations

import json
import os
import sys
import threading
from pathlib import Path

from flask import Flask

from hearing.app import create_app
from hearing.audit import publishing
from hearing.audit.ledger import perform
from hearing.audit.publisher import Publisher
from hearing.config import Mode, Settings
from hearing.db import db, reading
from tests.audit.test_ledger import note

SPACING = 1_000_000
"""Numbers of one thread."""


def main() -> None:
    """Fork, wait for the writer's end, say so; end with the input."""
    children: set[int] = set()
    apps: dict[str, Flask] = {}
    for line in sys.stdin:
        asked = json.loads(line)
        folder, url = asked.pop("folder"), asked.pop("url")
        if url not in apps:
            apps[url] = open_app(folder, url)
        child = os.fork()
        if child == 0:
            say("pid", os.getpid())
            write(apps[url], **asked)
            os._exit(0)
        children.add(child)
        if asked["count"] == 0:
            os.waitpid(child, 0)
            children.clear()
            say("dead")
        elif len(children) == 2:
            for each in children:
                os.waitpid(each, 0)
            children.clear()
            say("done")


def open_app(folder: str, url: str) -> Flask:
    """The application, which has no connection yet that its children would share."""
    return create_app(Settings(mode=Mode.TESTING, data_dir=Path(folder), database_url=url, secret_key="t" * 40))


def write(app: Flask, first: int, count: int, threads: int) -> None:
    """Append in every thread; a writer without end publishes between."""
    settings: Settings = app.extensions["settings"]
    hands = [
        threading.Thread(target=append, args=(app, first + hand * SPACING, count), daemon=True)
        for hand in range(threads)
    ]
    for hand in hands:
        hand.start()
    while count == 0:
        with app.app_context(), reading():
            publishing.turn(db.session, settings, Publisher.of(settings))
            db.session.rollback()
    for hand in hands:
        hand.join()


def append(app: Flask, first: int, count: int) -> None:
    """Append acts, each acknowledged when it is committed."""
    number = first
    with app.app_context():
        while count == 0 or number < first + count:
            say(perform(note, number).index, number)
            number += 1


def say(*words: object) -> None:
    """One line in one write, so that lines of several processes do not mix."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


if __name__ == "__main__":
    # Processes die here, the machine does not: nobody needs to wait for the disk.
    os.fsync = lambda fd: None  # noqa: ARG005 - its name is part of its type
    main()

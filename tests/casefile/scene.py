"""The ramp of the lane after its result, with the worker's part done by hand."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import cast as cast_to

from flask import Flask, has_app_context

from hearing.audit.ledger import perform
from hearing.audit.publisher import Publisher
from hearing.casefile import actions, queries, shelf
from hearing.casefile.models import CaseFile
from hearing.casefile.rules import Edition
from hearing.config import Settings
from hearing.db import db, reading
from hearing.jobs.work import work_off
from hearing.proposals.models import Proposal
from tests import schema
from tests.browser import Browser
from tests.cast import Cast


@dataclass
class Case:
    """A case of the lane, and what tests do with its case file."""

    app: Flask
    cast: Cast
    proposal_id: int

    @property
    def settings(self) -> Settings:
        """The installation's settings."""
        return cast_to(Settings, self.app.extensions["settings"])

    @property
    def proposal(self) -> Proposal:
        """The case, read anew."""
        return db.session.get_one(Proposal, self.proposal_id, populate_existing=True)

    @property
    def vkey(self) -> str:
        """The log's key, as it hangs on the notice board."""
        return str(Publisher.of(self.settings).vkey)

    @contextmanager
    def inside(self) -> Iterator[None]:
        """An application context, where there is none yet."""
        with nullcontext() if has_app_context() else self.app.app_context():
            try:
                yield
            finally:
                db.session.rollback()

    def publish(self) -> None:
        """Sign the head of the trail."""
        with self.inside():
            db.session.rollback()
            with reading():
                Publisher.of(self.settings).publish(db.session)
                db.session.rollback()

    def ask(self, edition: Edition = Edition.FULL, who: str = "director", purpose: str = "报区里备案") -> None:
        """Somebody asks for a case file."""
        with self.inside():
            perform(actions.ask, schema.viewer(self.cast.ref(who)), self.proposal, edition, purpose)

    def work(self) -> None:
        """The worker does what there is, after the head was signed."""
        with self.inside():
            self.publish()
            while work_off():
                pass

    def made(self, edition: Edition = Edition.FULL) -> CaseFile:
        """The copy that lies there."""
        with self.inside():
            db.session.rollback()
            found = queries.here(self.proposal_id, edition)
            assert found is not None
            db.session.expunge(found)
        return found

    def file(self, edition: Edition = Edition.FULL) -> Path:
        """Where it lies."""
        with self.inside():
            return shelf.path(self.made(edition).sha256)

    def zip(self, edition: Edition = Edition.FULL) -> zipfile.ZipFile:
        """The same, opened."""
        return zipfile.ZipFile(io.BytesIO(self.file(edition).read_bytes()))

    def unpack(self, edition: Edition, where: Path) -> Path:
        """The same, unpacked into a folder."""
        with self.zip(edition) as packed:
            packed.extractall(where)
        return where

    def browser(self, who: str | int | None = None) -> Browser:
        """The browser of one of the cast; of a visitor without."""
        browser = cast_to(Browser, self.app.test_client())
        if who is not None:
            browser.enter(self.cast.ref(who))
        return browser

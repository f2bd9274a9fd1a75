"""Evidence: kept once under its hash, recorded each time, found out when it changes, shown to few."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar
from typing import cast as cast_to

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from structlog.testing import capture_logs

from hearing.audit.fact import Actor, Fact, private
from hearing.audit.ledger import perform
from hearing.config import Settings
from hearing.db import db, reading
from hearing.erasure.actions import remove_files
from hearing.files import queries, storage
from hearing.files.actions import store
from hearing.files.models import Evidence
from hearing.people.viewer import Anyone, Viewer, Visitor
from tests.browser import Browser
from tests.cast import Cast
from tests.schema import viewer

PIXELS = b"RIFF-made-safe"


@dataclass(frozen=True, kw_only=True)
class Attached(Fact):
    """What a package tells of an act with a file in it."""

    kind: ClassVar[str] = "test.attached"
    sentence: ClassVar[str] = "附上了"
    sha256: str = private()


def attach(by: Viewer, cast: Cast, data: bytes = PIXELS, kind: str = "test_photo", media: str = "image/webp") -> int:
    def act() -> Attached:
        evidence = store(by, data, media, kind, "proposal/1", cast.neighbourhood)
        kept.append(evidence.id)
        actor = Actor("resident", by.account.ref)
        return Attached(
            actor=actor, scope="tianjinlu", subject="proposal/1", matter="proposal/1", sha256=evidence.sha256
        )

    kept: list[int] = []
    perform(act)
    return kept[0]


def on_disk(app: Flask) -> list[Path]:
    folder = cast_to(Settings, app.extensions["settings"]).files_dir
    return sorted(path for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def photo(app: Flask, cast: Cast) -> int:
    with app.app_context():
        return attach(viewer(cast.ref(1)), cast)


@pytest.fixture
def registered() -> Iterator[Callable[[str, Callable[[Anyone, Evidence], bool]], None]]:
    before = dict(queries.may_see)
    yield queries.may_see.__setitem__
    queries.may_see.clear()
    queries.may_see.update(before)


def test_bytes_are_kept_once_and_each_attaching_is_a_row(app: Flask, cast: Cast) -> None:
    with app.app_context():
        first, second = attach(viewer(cast.ref(1)), cast), attach(viewer(cast.ref(2)), cast)
        one, two = db.session.get_one(Evidence, first), db.session.get_one(Evidence, second)
    assert first != second
    assert (one.sha256, one.size) == (two.sha256, len(PIXELS))
    assert one.uploaded_by != two.uploaded_by
    (path,) = on_disk(app)
    assert path.parts[-2:] == (one.sha256[:2], one.sha256)
    assert path.stat().st_mode & 0o077 == 0, "other users of the machine read none of it"


@pytest.mark.usefixtures("photo")
def test_a_row_is_never_changed(app: Flask) -> None:
    with app.app_context():
        for statement in ("UPDATE evidence SET kind = 'x'", "DELETE FROM evidence"):
            with pytest.raises(DBAPIError, match="only grows"):
                db.session.execute(text(statement))
            db.session.rollback()


def test_an_act_that_fails_leaves_no_row(app: Flask, cast: Cast) -> None:
    def fail() -> Attached:
        store(viewer(cast.ref(1)), PIXELS, "image/webp", "test_photo", "proposal/1", cast.neighbourhood)
        raise RuntimeError

    with app.app_context():
        with pytest.raises(RuntimeError):
            perform(fail)
        assert db.session.scalar(text("SELECT count(*) FROM evidence")) == 0
        assert attach(viewer(cast.ref(1)), cast) > 0, "the next try finds the file there already"


def test_what_nobody_names_goes_after_a_day_and_not_before(app: Flask, cast: Cast) -> None:
    with app.app_context():
        named = db.session.get_one(Evidence, attach(viewer(cast.ref(1)), cast)).sha256
        stray, fresh, wanted = (storage.write(data) for data in (b"stray", b"fresh", b"wanted"))
        (beginning,) = (path.with_name(".0123456789abcdef") for path in on_disk(app) if path.name == stray)
        beginning.write_bytes(b"half of it")
        for path in on_disk(app):
            if path.name != fresh:
                age(path)
        found = {path.name for path in storage.untouched()}
        assert found == {named, stray, wanted, beginning.name}
        paths = {path.name: path for path in on_disk(app)}
        assert storage.write(b"wanted") == wanted, "an act writes it just now, and its row is not there yet"
        assert not storage.clear_away(paths[wanted])
        with reading():
            assert remove_files() == 2
        assert {path.name for path in on_disk(app)} == {named, fresh, wanted}
        assert not storage.clear_away(paths[stray]), "somebody else was quicker"


def age(path: Path) -> None:
    long_ago = path.stat().st_mtime - storage.STRAY_AFTER - 60
    os.utime(path, (long_ago, long_ago))


def test_a_write_that_dies_half_way_is_never_taken_for_the_file(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    with app.app_context():
        monkeypatch.setattr(os, "fsync", die)
        with pytest.raises(OSError, match="No space left"):
            storage.write(PIXELS)
        monkeypatch.undo()
        assert on_disk(app) == []
        assert storage.read(storage.write(PIXELS)) == PIXELS


def test_the_uploader_and_the_committee_open_it_and_nobody_else(app: Flask, cast: Cast, photo: int) -> None:
    with app.app_context():
        seen = {
            who: queries.evidence(viewer(ref), photo) is not None
            for who, ref in {
                "uploader": cast.ref(1),
                "clerk": cast.ref("clerk"),
                "neighbour": cast.ref(2),
                "police": cast.ref("police_liaison"),
                "foreign clerk": cast.foreign_clerk,
            }.items()
        }
        assert queries.evidence(Visitor(), photo) is None
    assert seen == {"uploader": True, "clerk": True, "neighbour": False, "police": False, "foreign clerk": False}


def test_the_owner_of_a_kind_decides_who_sees_it(
    app: Flask, cast: Cast, registered: Callable[[str, Callable[[Anyone, Evidence], bool]], None]
) -> None:
    registered("test_public", lambda _viewer, _evidence: True)
    registered("test_sealed", lambda _viewer, _evidence: False)
    with app.app_context():
        open_one = attach(viewer(cast.ref(1)), cast, kind="test_public")
        sealed = attach(viewer(cast.ref(1)), cast, kind="test_sealed")
        assert queries.evidence(Visitor(), open_one) is not None
        assert queries.evidence(viewer(cast.ref("clerk")), sealed) is None


def test_a_photo_is_shown_where_nothing_can_run(client: Browser, cast: Cast, photo: int) -> None:
    answer = client.enter(cast.ref(1)).get(f"/files/{photo}")
    assert (answer.status_code, answer.data, answer.content_type) == (200, PIXELS, "image/webp")
    headers = answer.headers
    assert headers["Content-Disposition"] == f'inline; filename="test_photo-{photo}.webp"'
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("media", ["application/pdf", "text/html", "image/svg+xml"])
def test_what_is_no_photo_is_only_ever_downloaded(app: Flask, client: Browser, cast: Cast, media: str) -> None:
    with app.app_context():
        number = attach(viewer(cast.ref(1)), cast, b"<script>alert(1)</script>", media=media)
    answer = client.enter(cast.ref(1)).get(f"/files/{number}")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.content_type == ("application/pdf" if media == "application/pdf" else "application/octet-stream")


def test_visitors_sign_in_first_and_learn_nothing(client: Browser, photo: int) -> None:
    there, nowhere = client.get(f"/files/{photo}"), client.get("/files/99999")
    assert (there.status_code, nowhere.status_code) == (401, 401)


def test_other_people_find_nothing(client: Browser, cast: Cast, photo: int) -> None:
    client.enter(cast.stranger)
    assert client.get(f"/files/{photo}").status_code == 404
    assert client.get("/files/99999").status_code == 404


@pytest.mark.parametrize("harm", ["changed", "cut", "gone"])
def test_a_file_that_was_changed_on_disk_is_not_shown(
    app: Flask, client: Browser, cast: Cast, photo: int, harm: str
) -> None:
    (path,) = on_disk(app)
    if harm == "gone":
        path.unlink()
    else:
        path.write_bytes(PIXELS[:-1] + (b"?" if harm == "changed" else b""))
    client.enter(cast.ref(1))
    with capture_logs() as lines:
        answer = client.get(f"/files/{photo}")
    assert answer.status_code == 500
    assert "和记录对不上" in answer.text
    assert [(line["event"], line["evidence"]) for line in lines] == [("evidence altered", photo)]

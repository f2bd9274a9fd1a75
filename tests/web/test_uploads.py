"""Uploads in forms: made safe before the database is touched, refused in words, once a request."""

from __future__ import annotations

from io import BytesIO
from typing import BinaryIO

import pytest
from flask import Flask, session
from werkzeug.datastructures import FileStorage, MultiDict

from hearing.web import pictures, uploads
from hearing.web.forms import Form
from hearing.web.pictures import Problem
from hearing.web.uploads import Document, Documents, Picture, Pictures
from tests.statements import statements
from tests.web.test_pictures import encoded

PAPER = b"%PDF-1.7\n1 0 obj\n%%EOF\n"


class Sheet(Form):
    photo = Picture("照片", required=True)
    several = Pictures("几张", most=2)
    paper = Document("纸")
    papers = Documents("几份")


def filled(app: Flask, **files: list[tuple[bytes, str]]) -> Sheet:
    given = MultiDict(
        (name, FileStorage(BytesIO(data), filename)) for name, parts in files.items() for data, filename in parts
    )
    with app.test_request_context("/", method="POST"):
        form = Sheet(given, meta={"csrf": False})
        form.validate()
    return form


def test_fields_give_what_is_safe(app: Flask) -> None:
    form = filled(
        app,
        photo=[(encoded("JPEG"), "IMG.HEIC")],
        several=[(encoded("PNG"), "a.png"), (encoded("WEBP"), "b")],
        paper=[(PAPER, "../../etc/passwd")],
        papers=[(PAPER, "a.pdf"), (encoded("JPEG"), "b.jpg")],
    )
    assert form.errors == {}
    assert form.photo.picture is not None
    assert [safe.media_type for safe in form.several.pictures] == ["image/webp"] * 2
    assert form.paper.picture == pictures.Safe(PAPER, "application/pdf")
    assert [safe.is_picture for safe in form.papers.pictures] == [False, True]


def test_nothing_chosen_is_nothing(app: Flask) -> None:
    form = filled(app, several=[(b"", "")], paper=[(b"", "")])
    assert set(form.errors) == {"photo"}
    assert (form.several.pictures, form.paper.picture) == ([], None)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", Problem.EMPTY),
        (PAPER, Problem.NOT_A_PICTURE),
        (b"<svg onload=alert(1)>", Problem.NOT_A_PICTURE),
        (b"\0\0\0\x18ftypheic\0\0\0\0", Problem.HEIC),
        (encoded("JPEG")[:300], Problem.DAMAGED),
    ],
)
def test_what_is_not_taken_is_said_at_the_field(app: Flask, data: bytes, problem: Problem) -> None:
    form = filled(app, photo=[(data, "照片.jpg")])
    with app.test_request_context("/"):
        assert form.photo.errors == [str(uploads.SENTENCES[problem])]


def test_every_problem_has_a_sentence() -> None:
    assert set(uploads.SENTENCES) == set(Problem)


def test_too_many_files_are_refused(app: Flask) -> None:
    form = filled(app, photo=[(encoded("JPEG"), "a")], several=[(encoded("PNG"), str(n)) for n in range(3)])
    assert set(form.errors) == {"several"}


def preprocessed(app: Flask, signed_in: bool) -> tuple[object, list[str]]:
    """What lies ready after the hooks of a request with a photo, and what they said to the database."""
    from flask import g

    hook = next(f for f in app.before_request_funcs[None] if f.__name__ == "make_safe")
    data = {"photo": (BytesIO(encoded("JPEG")), "a.jpg")}
    with statements(app) as said, app.test_request_context("/", method="POST", data=data):
        if signed_in:
            session["_user_id"] = "token"
        hook()
        return g.get("uploads"), list(said)


def test_files_are_made_safe_before_the_database_is_touched(app: Flask) -> None:
    ready, said = preprocessed(app, signed_in=True)
    assert isinstance(ready, dict)
    assert len(ready) == 1
    assert said == []
    names = [f.__name__ for f in app.before_request_funcs[None]]
    assert names.index("csrf_protect") < names.index("make_safe") < names.index("show_key")


def test_nobody_makes_us_decode_without_signing_in(app: Flask) -> None:
    assert preprocessed(app, signed_in=False) == (None, [])


def test_a_file_is_decoded_once_a_request(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    reads, real = [], pictures.read

    def read(stream: BinaryIO) -> pictures.Safe:
        reads.append(stream)
        return real(stream)

    monkeypatch.setattr(pictures, "read", read)
    with app.test_request_context("/", method="POST", data={"photo": (BytesIO(encoded("JPEG")), "a.jpg")}):
        for _ in range(2):
            assert Sheet(meta={"csrf": False}).photo.data is not None
            Sheet(meta={"csrf": False}).validate()
    assert len(reads) == 1

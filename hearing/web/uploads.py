"""Uploads: form fields for photos and papers. What comes out of them is safe to keep, or None.

Decoding takes up to a second, and on SQLite a form that is being carried out holds the host's write lock. So files are
made safe in a hook before the database is touched, and the fields find them there.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

from flask import Flask, g, request, session
from flask_babel import gettext, lazy_gettext
from flask_wtf.file import FileField, MultipleFileField
from werkzeug.datastructures import FileStorage
from wtforms import StringField, ValidationError

from hearing.web import pictures
from hearing.web.pictures import Problem, Safe, Unusable

MOST_FILES = 6
DRAWN = "signature"
"""The name of every field that takes a drawn signature."""
_PNG_URL = "data:image/png;base64,"

SENTENCES = {
    Problem.EMPTY: lazy_gettext("这个文件是空的。请重新拍一张再传。"),
    Problem.TOO_BIG: lazy_gettext("这个文件太大了：照片不超过 15 MB，PDF 不超过 10 MB。"),
    Problem.TOO_MANY_PIXELS: lazy_gettext("这张照片的像素太多了。请用手机重新拍一张，或截个图再传。"),
    Problem.HEIC: lazy_gettext(
        "这是 HEIC 照片，别的手机打不开。苹果手机请到「设置 › 相机 › 格式」选「兼容性最佳」再拍，或把照片截个图再传。"
    ),
    Problem.NOT_A_PICTURE: lazy_gettext("这不是能用的照片。请选 JPG、PNG 或 WebP 照片。"),
    Problem.NOT_A_PAPER: lazy_gettext("这不是 PDF。请选 PDF 文件。"),
    Problem.DAMAGED: lazy_gettext("这个文件打不开，可能没有传完整。请重新拍一张或再传一次。"),
}


def init_app(app: Flask) -> None:
    """Make the files of a signed-in person's form safe before anything touches the database."""

    @app.before_request
    def make_safe() -> None:
        if request.method != "POST" or "_user_id" not in session:
            return
        if drawn := request.form.get(DRAWN):
            _drawn_safe(drawn)
        if request.files:
            for number, file in enumerate(file for name in request.files for file in request.files.getlist(name)):
                if number < MOST_FILES:
                    _made_safe(file)


def _made_safe(file: FileStorage) -> Safe | Problem:
    """The file made safe, once a request."""
    done: dict[int, Safe | Problem] = g.setdefault("uploads", {})
    if id(file) not in done:
        try:
            done[id(file)] = pictures.read(file.stream)  # type: ignore[arg-type]
        except Unusable as unusable:
            done[id(file)] = unusable.problem
    return done[id(file)]


def _drawn_safe(url: str) -> Safe | Problem:
    """A drawing out of the data URL in which signature_pad sends it, made safe, once a request."""
    done: dict[str, Safe | Problem] = g.setdefault("drawings", {})
    if url not in done:
        done[url] = _drawing(url)
    return done[url]


def _drawing(url: str) -> Safe | Problem:
    if not url.startswith(_PNG_URL):
        return Problem.NOT_A_PICTURE
    if len(url) > len(_PNG_URL) + pictures.SIGNATURE_BYTES * 4 // 3 + 4:
        return Problem.TOO_BIG
    try:
        return pictures.signature(base64.b64decode(url[len(_PNG_URL) :], validate=True))
    except ValueError:
        return Problem.DAMAGED
    except Unusable as unusable:
        return unusable.problem


def _chosen(files: Sequence[Any]) -> list[FileStorage]:
    """The files that somebody chose: browsers send an empty part for a field that was left alone."""
    return [file for file in files if isinstance(file, FileStorage) and file.filename]


class _Taken:
    """Reads the files of a field and says what is wrong with them."""

    papers_too = False

    def take(self, files: Sequence[FileStorage], required: bool, most: int) -> list[Safe]:
        """The files, made safe. Raises ValidationError."""
        if required and not files:
            raise ValidationError(gettext("这一项还没有选文件。"))
        if len(files) > most:
            raise ValidationError(gettext("最多选 %(n)d 个文件。", n=most))
        return [self._one(file) for file in files]

    def _one(self, file: FileStorage) -> Safe:
        made = _made_safe(file)
        if isinstance(made, Safe) and not made.is_picture and not self.papers_too:
            made = Problem.NOT_A_PICTURE
        if isinstance(made, Problem):
            raise ValidationError(str(SENTENCES[made]))
        return made


class Drawn(StringField):
    """A drawn signature, as the data URL of a PNG; `.picture` is it, made safe, or None when nothing was drawn.

    The field's name is DRAWN, so that the hook finds it.
    """

    picture: Safe | None = None

    def pre_validate(self, _form: Any) -> None:
        made = _drawn_safe(self.data) if self.data else None
        if isinstance(made, Problem):
            self.data = ""
            raise ValidationError(gettext("屏幕上的签名没有传完整。请重写一次，或者拍一张签了名的纸。"))
        self.picture = made


class Picture(_Taken, FileField):  # type: ignore[misc]
    """One photo; `.picture` is it, made safe, or None when none was chosen."""

    def __init__(self, label: Any, required: bool = False, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.required, self.picture = required, None
        self.flags.optional = not required

    picture: Safe | None

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        self.data = next(iter(_chosen(valuelist)), None)

    def pre_validate(self, _form: Any) -> None:
        taken = self.take([self.data] if self.data else [], self.required, 1)
        self.picture = taken[0] if taken else None


class Document(Picture):
    """One PDF, or a photo of a paper; `.picture` is it, made safe."""

    papers_too = True


class Pictures(_Taken, MultipleFileField):  # type: ignore[misc]
    """Up to `most` photos; `.pictures` are they, made safe."""

    def __init__(self, label: Any, most: int = 4, required: bool = False, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.required, self.most = required, most
        self.pictures: list[Safe] = []
        self.flags.optional = not required

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        self.data = _chosen(valuelist)

    def pre_validate(self, _form: Any) -> None:
        self.pictures = self.take(self.data or [], self.required, self.most)


class Documents(Pictures):
    """Up to `most` PDFs or photos of papers; `.pictures` are they, made safe."""

    papers_too = True

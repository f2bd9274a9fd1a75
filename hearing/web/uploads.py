"""Uploads: form fields for photos and papers. What comes out of them is safe to keep, or None.

Decoding takes up to a second, and on SQLite a form that is being carried out holds the host's write lock. So files are
made safe in a hook before the database is touched, and the fields find them there.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, current_app, g, request, session
from flask_babel import gettext, lazy_gettext
from flask_wtf.file import FileField, MultipleFileField
from werkzeug.datastructures import FileStorage
from wtforms import StringField, ValidationError

from hearing.web import pictures, squares
from hearing.web.pictures import Problem, Safe, Unusable

MOST_FILES = 6
STACK_FILES, STACK_BYTES = 10, 64 * 1024 * 1024
"""How many pictures, and how many bytes, a page takes at once that photographs a pile of papers."""
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


V = TypeVar("V", bound=Callable[..., Any])
_STACK = "__takes_a_stack__"


def takes_a_stack(view: V) -> V:
    """The page photographs a pile of papers: more pictures at once, and their QR codes are read with them."""
    setattr(view, _STACK, True)
    return view


def _is_stack() -> bool:
    return getattr(current_app.view_functions.get(request.endpoint or ""), _STACK, False)


def init_app(app: Flask) -> None:
    """Make the files of a signed-in person's form safe before anything touches the database."""

    @app.url_value_preprocessor
    def make_room(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
        # Before the first hook reads the form, which a body that is too long would end.
        if _is_stack() and "_user_id" in session:
            request.max_content_length = STACK_BYTES

    @app.before_request
    def make_safe() -> None:
        if request.method != "POST" or "_user_id" not in session:
            return
        if drawn := request.form.get(DRAWN):
            _drawn_safe(drawn)
        if request.files:
            stack = _is_stack()
            for number, file in enumerate(file for name in request.files for file in request.files.getlist(name)):
                if number < (STACK_FILES if stack else MOST_FILES):
                    made = _made_safe(file)
                    if stack and isinstance(made, Safe) and made.is_picture:
                        _squares_of(file, made)


def _made_safe(file: FileStorage) -> Safe | Problem:
    """The file made safe, once a request."""
    done: dict[int, Safe | Problem] = g.setdefault("uploads", {})
    if id(file) not in done:
        try:
            done[id(file)] = pictures.read(file.stream)  # type: ignore[arg-type]
        except Unusable as unusable:
            done[id(file)] = unusable.problem
    return done[id(file)]


def _squares_of(file: FileStorage, made: Safe) -> tuple[str, ...]:
    """The texts of the QR codes in a file that was made safe, once a request."""
    read: dict[int, tuple[str, ...]] = g.setdefault("squares", {})
    if id(file) not in read:
        read[id(file)] = squares.texts(made)
    return read[id(file)]


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


@dataclass(frozen=True, slots=True)
class Taken:
    """One picture of a pile: made safe, or what is wrong with it; and the texts of the QR codes in it."""

    picture: Safe | None
    problem: Problem | None = None
    squares: tuple[str, ...] = ()


class Stack(Pictures):
    """A pile of photos; `.taken` says of each what it is, and one that cannot be used does not spoil the others.

    The view says `takes_a_stack`, so that the pictures are opened before the database is touched.
    """

    def __init__(self, label: Any, most: int = STACK_FILES, **kwargs: Any) -> None:
        super().__init__(label, most=most, required=True, **kwargs)
        self.taken: list[Taken] = []

    def take(self, files: Sequence[FileStorage], required: bool, most: int) -> list[Safe]:
        """Each of the files. Raises ValidationError for none, and for too many."""
        if required and not files:
            raise ValidationError(gettext("还没有选照片。"))
        if len(files) > most:
            raise ValidationError(
                gettext(
                    "一次最多传 %(n)d 张，这次选了 %(given)d 张，一张也没有收。请分几次传。", n=most, given=len(files)
                )
            )
        self.taken = [self._each(file) for file in files]
        return [each.picture for each in self.taken if each.picture is not None]

    @staticmethod
    def _each(file: FileStorage) -> Taken:
        made = _made_safe(file)
        if isinstance(made, Problem):
            return Taken(None, made)
        return Taken(made, squares=_squares_of(file, made)) if made.is_picture else Taken(None, Problem.NOT_A_PICTURE)

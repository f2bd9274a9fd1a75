"""Forms of the trail: what somebody brings to be checked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import TextAreaField

from hearing.audit.examining import MOST
from hearing.web.forms import Form


class _Pasted(TextAreaField):
    """Text as it was pasted: signatures cover every character, so that nothing is cleaned here."""

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        self.data = valuelist[0] if valuelist else ""


class _Brought(FileField):  # type: ignore[misc]
    """A file to be checked; `.content` is at most one byte longer than what is looked at."""

    content: bytes = b""

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        chosen = [file for file in valuelist if isinstance(file, FileStorage) and file.filename]
        self.data = chosen[0] if chosen else None
        if self.data is not None:
            self.data.stream.seek(0)
            self.content = self.data.stream.read(MOST + 1)


class CheckForm(Form):
    """A receipt or a signed head, pasted or as a file."""

    text = _Pasted(
        _l("粘贴凭证"),
        description=_l("大二维码扫出来的整段字，或者 .tlog-proof 文件里的字；第一行到最后一行都要。"),
        render_kw={"spellcheck": "false", "autocomplete": "off", "autocapitalize": "off"},
    )
    proof = _Brought(_l("或者选凭证文件"), description=_l("下载的 .tlog-proof 文件。"))

    def brought(self) -> bytes:
        """What was brought: the file if one was chosen, otherwise the text."""
        return self.proof.content or (self.text.data or "").encode("utf-8", "replace")

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        valid: bool = super().validate(*args, **kwargs)
        if valid and not self.brought().strip():
            empty = self.proof.data is not None
            where, words = (
                (self.proof, gettext("这个文件是空的。"))
                if empty
                else (self.text, gettext("还没有粘贴凭证，也没有选文件。"))
            )
            where.errors = [words]
            return False
        return valid

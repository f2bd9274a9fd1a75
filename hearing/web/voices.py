"""Voices 录音: a voice note as phones send it, told by its first bytes; it is kept as it came and never played by us.

Nothing here decodes sound. A file is taken for a voice only by what it begins with, and opened only as a download.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import ValidationError

from hearing.web.pictures import Safe

MOST_BYTES = 5 * 1024 * 1024
_MPEG = (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"\xff\xf1", b"\xff\xf9")


def kind_of(data: bytes) -> str | None:
    """The media type of a voice note; None for whatever is none."""
    if data[4:8] == b"ftyp":
        return "audio/mp4"
    if data.startswith(b"OggS"):
        return "audio/ogg"
    if data.startswith(b"\x1aE\xdf\xa3"):
        return "audio/webm"
    if data.startswith(b"#!AMR"):
        return "audio/amr"
    if data.startswith(b"RIFF") and data[8:12] == b"WAVE":
        return "audio/wav"
    return "audio/mpeg" if data.startswith(_MPEG) else None


class Voice(FileField):  # type: ignore[misc]
    """A voice note; `.sound` is it, or None when none was sent."""

    sound: Safe | None

    def __init__(self, label: Any, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.sound = None
        self.flags.optional = True

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        self.data = next((file for file in valuelist if isinstance(file, FileStorage) and file.filename), None)

    def pre_validate(self, _form: Any) -> None:
        if self.data is None:
            return
        self.data.stream.seek(0)
        sound = self.data.stream.read(MOST_BYTES + 1)
        kind = kind_of(sound)
        if len(sound) > MOST_BYTES:
            raise ValidationError(gettext("录音太长了，不超过 5 MB。请分几段录。"))
        if kind is None:
            raise ValidationError(gettext("这不是能用的录音。请用手机的录音机录，再选文件。"))
        self.sound = Safe(sound, kind)

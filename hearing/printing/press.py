"""Press: Typst templates and JSON become PDF/A.

What people typed travels as data and never as Typst source, so nothing in it can be a command. The same data and the
same moment give the same bytes, on any machine with the same fonts: a certificate can be printed again and compared.
"""

from __future__ import annotations

import json
import os
import re
import threading
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TypeAlias, cast

import pylopdf_fonts_zh_cn
import typst

from hearing.config import Settings

Json: TypeAlias = "str | int | bool | Sequence[Json] | Mapping[str, Json] | None"

ARCHIVE: tuple[typst.PDFStandard, ...] = ("a-2a", "ua-1")
"""PDF/A-2a holds all that PDF/A-2b asks and is tagged; PDF/UA-1 makes it readable aloud."""

_TEMPLATES = Path(__file__).with_name("templates")
_HOUSE_FONTS = ("Noto Serif SC", "Noto Sans SC")
_EMBEDDED_FONTS = ("DejaVu Sans Mono", "Libertinus Serif", "New Computer Modern", "New Computer Modern Math")
_LARGE = 1_000_000
_NO_GLYPH = re.compile(r'(?:the text|contains the codepoint) `"((?:[^"\\]|\\.)*)"`')


class PressFailed(Exception):
    """The paper could not be made; the message names the template and the place in it, not what people wrote."""


class MissingGlyph(PressFailed):
    """No font has a shape for some characters; printing a box instead would spoil somebody's name.

    Characters for private use count among them even where a font draws them: elsewhere they mean something else.
    """

    def __init__(self, characters: str) -> None:
        """`characters`: each one that has no glyph, once, in the order met."""
        named = "、".join(f"{_shown(character)}（{_code_point(character)}）" for character in characters)
        super().__init__(f"no glyph for {named}")
        self.characters = characters


class Prose(str):
    """Free text such as an objection, in which a character without a glyph is printed as its code point, 〔U+1F44D〕.

    A name, a door or an answer is never Prose: for those a missing glyph stops the press.
    """

    __slots__ = ()


class Press:
    """A compiler with its fonts, shared by the threads of one process, one job at a time."""

    def __init__(self, font_folder: Path | None = None) -> None:
        """Load the bundled 宋体 and 黑体, and the fonts of `font_folder` for characters which these lack.

        Raises PressFailed when the folder is not there.
        """
        if font_folder is not None and not font_folder.is_dir():
            raise PressFailed(f"HEARING_FONT_DIR is not a folder: {font_folder}")
        folders = [pylopdf_fonts_zh_cn.serif_path().parent, *([font_folder] if font_folder else [])]
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=folders)
        further = set(fonts.families()) - {*_HOUSE_FONTS, *_EMBEDDED_FONTS}
        # Simplified Chinese shapes come before other regions' shapes of the same character.
        self._further = json.dumps(sorted(further, key=lambda family: ("SC" not in family.split(), family)))
        self._compiler = typst.Compiler(root=_TEMPLATES, font_paths=fonts, ignore_system_fonts=True)
        self._lock = threading.Lock()
        self._process = os.getpid()

    def press(
        self, template: str, data: Mapping[str, Json], *, at: datetime, standard: Sequence[typst.PDFStandard] = ARCHIVE
    ) -> bytes:
        """The PDF of `data` laid out by templates/<template>.typ, dated `at` (aware); see `press`."""
        try:
            return self._compile(template, _laid_in(data, unprintable=""), at, standard)
        except MissingGlyph as missing:
            spelled = _laid_in(data, unprintable=missing.characters)
            return self._compile(template, spelled, at, standard)

    def _compile(self, template: str, data: Json, at: datetime, standard: Sequence[typst.PDFStandard]) -> bytes:
        if at.tzinfo is None:
            raise ValueError("the moment of printing needs its time zone")
        source = _TEMPLATES / f"{template}.typ"
        if source.parent != _TEMPLATES or not source.is_file():
            raise PressFailed(f"no template {template!r}")
        if os.getpid() != self._process:
            # The compiler's threads do not survive a fork, and waiting for them would never end.
            raise PressFailed("this process was forked after printing; print only in the child, or only in the parent")
        inputs = {"data": json.dumps(data, ensure_ascii=False), "fonts": self._further}
        try:
            with self._lock:
                made = self._compiler.compile(
                    input=source,
                    format="pdf",
                    sys_inputs=inputs,
                    pdf_standards=list(standard),
                    timestamp=int(at.timestamp()),
                )
                pdf = cast("bytes", made)  # One file in memory, since neither an output nor pages are asked for.
                if len(pdf) > _LARGE:
                    self._forget()
        except typst.TypstError as error:
            if characters := _without_glyph(error.diagnostic):
                raise MissingGlyph(characters) from None
            raise PressFailed(f"{template}: {error.diagnostic}") from None
        return pdf

    def _forget(self) -> None:
        """Give back the memory of a large job: Typst keeps whatever the ten latest compilations used."""
        for _ in range(12):
            self._compiler.compile(input=b"", format="pdf")


def press(
    template: str, data: Mapping[str, Json], *, at: datetime, standard: Sequence[typst.PDFStandard] = ARCHIVE
) -> bytes:
    """The PDF of `data` laid out by templates/<template>.typ.

    `at` is the aware moment written into the file as its date: same data, same `at`, same bytes. Characters that show
    nothing (control, direction and zero-width signs) are left out. Raises MissingGlyph, naming the characters, when no
    font has a shape for one outside Prose; PressFailed when the template refuses the data.
    """
    return _house_press().press(template, data, at=at, standard=standard)


@cache
def _house_press() -> Press:
    folder = Settings.from_env().font_dir
    return Press(Path(folder) if folder else None)


def _laid_in(value: Json, unprintable: str) -> Json:
    """`value` with every string cleaned, and Prose with each of `unprintable` spelled as its code point."""
    if isinstance(value, str):
        text = _visible(value)
        lone = "".join(dict.fromkeys(character for character in text if unicodedata.category(character) == "Cs"))
        if isinstance(value, Prose):
            return "".join(_spelled(character) if character in unprintable + lone else character for character in text)
        if lone:
            raise MissingGlyph(lone)
        return text
    if isinstance(value, Mapping):
        return {key: _laid_in(item, unprintable) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [_laid_in(item, unprintable) for item in value]
    return value


def _visible(text: str) -> str:
    """`text` with any space as a space and without the characters that show nothing."""
    text = text.replace("\r\n", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return "".join(kept for character in text if (kept := _kept(character)))


def _kept(character: str) -> str:
    if character in "\n\u3000":
        return character
    match unicodedata.category(character):
        case "Zs":
            return " "
        case "Cc":
            return " " if character == "\t" else ""
        case "Cf":
            return ""
        case _:
            return character


def _without_glyph(diagnostic: str) -> str:
    found = "".join(_unescaped(text) for text in _NO_GLYPH.findall(diagnostic))
    return "".join(dict.fromkeys(found))


def _unescaped(text: str) -> str:
    r"""Typst writes a string as Rust does: \u{e000}, \\, \"."""
    text = re.sub(r"\\u\{([0-9a-f]+)\}", lambda match: chr(int(match[1], 16)), text)
    return re.sub(r"\\(.)", r"\1", text)


def _spelled(character: str) -> str:
    return f"〔{_code_point(character)}〕"


def _code_point(character: str) -> str:
    return f"U+{ord(character):04X}"


def _shown(character: str) -> str:
    return character if character.isprintable() else "?"

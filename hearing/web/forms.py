"""Forms: the base that every form shares, and the fields of the domain. Typed values come out, whatever went in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from functools import cache
from typing import Any

from babel.support import NullTranslations, Translations
from flask_babel import get_locale, gettext, lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.csrf import _FlaskFormCSRF
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.csrf.core import CSRFTokenField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.i18n import messages_path
from wtforms.validators import DataRequired, InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from hearing.refusal import Refused
from hearing.web import keys
from hearing.web.sentences import sentence_of


class _Words:
    """WTForms' own few sentences: its catalogues are read once, and not from the disk by every form."""

    def gettext(self, text: str) -> str:
        """A sentence in the reader's language."""
        return str(_catalogue(str(get_locale())).ugettext(text))

    def ngettext(self, one: str, many: str, n: int) -> str:
        """A sentence that counts."""
        return str(_catalogue(str(get_locale())).ungettext(one, many, n))


@cache
def _catalogue(locale: str) -> Translations | NullTranslations:
    return Translations.load(messages_path(), [locale], domain="wtforms")


_WORDS = _Words()


class Hidden(HiddenField):
    """A field that nobody sees. It has no label, where WTForms would make one of its name and look for its translation,
    in every form anew."""

    def __init__(self, label: str = "", **more: Any) -> None:
        super().__init__(label, **more)


class _Token(CSRFTokenField):
    """The CSRF token, signed when a page shows it: a form that is carried out shows none."""

    def process(self, *args: Any, **kwargs: Any) -> None:
        HiddenField.process(self, *args, **kwargs)

    def _value(self) -> str:
        return str(self.csrf_impl.generate_csrf_token(self))


class _Csrf(_FlaskFormCSRF):  # type: ignore[misc]
    field_class = _Token


class _Key(Hidden):
    """The idempotency key: the one that was sent, or a new one when a page shows it."""

    def _value(self) -> str:
        if not self.data:
            self.data = keys.issue()
        return str(self.data)


class Form(FlaskForm):  # type: ignore[misc]
    """A form with a CSRF token and an idempotency key.

    Refusals of the law become the form's own errors, so that what was typed stays on the page.
    """

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """What all our forms share."""

        csrf_class = _Csrf

        def get_translations(self, _form: Any) -> _Words:
            """The sentences of WTForms itself."""
            return _WORDS

    once = _Key()

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """Turn a Refused raised inside into an error of this form, and go on after the block."""
        try:
            yield
        except Refused as refused:
            self.refuse(sentence_of(refused))

    def refuse(self, sentence: str) -> None:
        """Add an error that belongs to the whole form."""
        self.form_errors.append(sentence)

    @property
    def asked(self) -> list[Any]:
        """The fields that a person fills in."""
        return [field for field in self if field.name not in {"csrf_token", "once"}]


LONGEST = 10_000
"""Characters that are read of one field, far beyond what any field takes: putting accents in order takes time."""


def clean(text: str | None) -> str:
    """Text without control and invisible characters, composed (NFC), stripped at both ends."""
    composed = unicodedata.normalize("NFC", (text or "")[:LONGEST]).replace("\r\n", "\n").replace("\r", "\n")
    kept = (c for c in composed if c == "\n" or unicodedata.category(c) not in {"Cc", "Cf", "Cs"})
    return "".join(kept).strip()


def plain(text: str | None) -> str:
    """Clean text with full-width and other variants of digits and signs made plain (NFKC)."""
    return clean(unicodedata.normalize("NFKC", clean(text)))


def digits(text: str | None) -> str:
    """What a person typed as digits: plain, spaces and dashes dropped."""
    return re.sub(r"[\s\-‐-―]", "", plain(text))


class Line(StringField):
    """One line of text: cleaned, without line breaks, at most `most` characters."""

    def __init__(self, label: Any, most: int = 120, required: bool = True, **kwargs: Any) -> None:
        super().__init__(label, validators=[*_must(required), *_at_most(most)], **kwargs)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        self.data = " ".join(clean(valuelist[0]).split()) if valuelist else ""


class Paragraphs(TextAreaField):
    """Several lines of text: cleaned, at most `most` characters."""

    def __init__(self, label: Any, most: int = 4000, required: bool = True, **kwargs: Any) -> None:
        super().__init__(label, validators=[*_must(required), *_at_most(most)], **kwargs)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        self.data = clean(valuelist[0]) if valuelist else ""


class Digits(StringField):
    """A number that people type with spaces and dashes: phone, code."""

    def __init__(self, label: Any, most: int = 20, required: bool = True, **kwargs: Any) -> None:
        super().__init__(label, validators=[*_must(required), *_at_most(most)], **kwargs)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        self.data = digits(valuelist[0]) if valuelist else ""


class Phone(Digits):
    """A mainland mobile number of 11 digits; a leading +86 is dropped."""

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        super().process_formdata(valuelist)
        self.data = re.sub(r"^(\+86|0086|86(?=1\d{10}$))", "", self.data or "")

    def pre_validate(self, _form: Any) -> None:
        if self.data and not re.fullmatch(r"1[0-9]{10}", self.data):
            raise ValidationError(gettext("手机号应是 11 位数字，请再看一看。"))


class Choice(RadioField):
    """One of a few choices, none chosen beforehand."""

    def __init__(
        self, label: Any, choices: Sequence[tuple[str, Any]] = (), required: bool = True, **kwargs: Any
    ) -> None:
        must = [InputRequired(lazy_gettext("请选一项。"))] if required else [Optional()]
        listed = [SelectChoice(value=value, label=words) for value, words in choices]
        super().__init__(label, choices=listed, validators=must, **kwargs)

    def pre_validate(self, _form: Any) -> None:
        if self.data is not None and self.data not in {choice.value for choice in self.iter_choices()}:  # type: ignore[attr-defined]
            raise ValidationError(gettext("请从列出的几项里选。"))


class Choices(SelectMultipleField):
    """Any of several choices, as check boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        try:
            super().process_formdata(list(valuelist))
        except ValueError:
            raise ValueError(gettext("请从列出的几项里选。")) from None

    def pre_validate(self, _form: Any) -> None:
        if not {*(self.data or [])} <= {value for value, *_ in self.iter_choices()}:
            raise ValidationError(gettext("请从列出的几项里选。"))


class Yes(BooleanField):
    """A box to tick."""

    def __init__(self, label: Any, required: bool = False, **kwargs: Any) -> None:
        must = [InputRequired(lazy_gettext("请勾选后再继续。"))] if required else []
        super().__init__(label, validators=must, **kwargs)


class Yuan(StringField):
    """Money typed in yuan, `1200` or `1,200.50`; `.fen` gives 分. Never a float."""

    def __init__(self, label: Any, required: bool = True, **kwargs: Any) -> None:
        super().__init__(label, validators=_must(required), **kwargs)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        typed = plain(valuelist[0]) if valuelist else ""
        self.data = re.sub(r"^[¥¥]|元$", "", typed).strip()

    def pre_validate(self, _form: Any) -> None:
        if self.data and not _YUAN.fullmatch(self.data):
            raise ValidationError(gettext("请写成像 1200 或 1200.50 这样的金额。"))

    @property
    def fen(self) -> int:
        """The amount in 分; 0 when left empty."""
        if not self.data:
            return 0
        whole, _, cents = self.data.replace(",", "").partition(".")
        return int(whole) * 100 + int(cents.ljust(2, "0") or 0)


class Count(StringField):
    """A whole number from `least` to `most`; `.number` gives it."""

    def __init__(self, label: Any, least: int = 0, most: int = 9999, required: bool = True, **kwargs: Any) -> None:
        super().__init__(label, validators=_must(required), **kwargs)
        self.least, self.most = least, most

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        self.data = digits(valuelist[0]) if valuelist else ""

    def pre_validate(self, _form: Any) -> None:
        if self.data and not (re.fullmatch(r"[0-9]{1,9}", self.data) and self.least <= int(self.data) <= self.most):
            raise ValidationError(gettext("请写 %(least)d 到 %(most)d 之间的整数。", least=self.least, most=self.most))

    @property
    def number(self) -> int:
        """The number; 0 when left empty."""
        return int(self.data) if self.data else 0


class Day(StringField):
    """A day typed as 2026-11-30, 2026年11月30日, 2026/11/30 or 20261130; `.day` gives the date."""

    def __init__(self, label: Any, required: bool = True, **kwargs: Any) -> None:
        super().__init__(label, validators=_must(required), **kwargs)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        self.data = plain(valuelist[0]) if valuelist else ""

    def process_data(self, value: Any) -> None:
        self.data = value.isoformat() if isinstance(value, date) else (value or "")

    def pre_validate(self, _form: Any) -> None:
        if self.data and _day(self.data) is None:
            raise ValidationError(gettext("请写成像 2026-11-30 这样的日期。"))

    @property
    def day(self) -> date:
        """The day. Raises ValueError when the field holds none."""
        found = _day(self.data or "")
        if found is None:
            raise ValueError("no day")
        return found


class Hour(StringField):
    """A time of day typed as 9:30, 19:00 or 19点30; `.after_midnight` gives it as a timedelta."""

    def __init__(self, label: Any, required: bool = True, **kwargs: Any) -> None:
        super().__init__(label, validators=_must(required), **kwargs)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        self.data = plain(valuelist[0]) if valuelist else ""

    def pre_validate(self, _form: Any) -> None:
        if self.data and _hour(self.data) is None:
            raise ValidationError(gettext("请写成像 19:00 这样的时间。"))

    @property
    def after_midnight(self) -> timedelta:
        """The time since midnight. Raises ValueError when the field holds none."""
        found = _hour(self.data or "")
        if found is None:
            raise ValueError("no hour")
        return found


_YUAN = re.compile(r"(\d{1,9}|\d{1,3}(,\d{3}){1,2})(\.\d{1,2})?", re.ASCII)
_DAY = re.compile(r"([0-9]{4})[-/.年 ]+([0-9]{1,2})[-/.月 ]+([0-9]{1,2})[日 ]*")
_DAY_IN_EIGHT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_HOUR = re.compile(r"([0-9]{1,2}) *[:点时] *(?:([0-9]{1,2}) *分?)?")
_SHORT = 40
"""Characters of a day or an hour: no spaces without end to try in every way."""


def _day(text: str) -> date | None:
    found = _DAY_IN_EIGHT.fullmatch(text) or (_DAY.fullmatch(text) if len(text) <= _SHORT else None)
    if not found:
        return None
    try:
        day = date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None
    return day if 1900 <= day.year <= 2100 else None


def _hour(text: str) -> timedelta | None:
    found = _HOUR.fullmatch(text) if len(text) <= _SHORT else None
    if not found or int(found[1]) > 23 or int(found[2] or 0) > 59:
        return None
    return timedelta(hours=int(found[1]), minutes=int(found[2] or 0))


def _must(required: bool) -> list[Any]:
    # What is left after cleaning counts: a few spaces are no answer.
    return [DataRequired(lazy_gettext("这一项还没有填。"))] if required else [Optional()]


def _at_most(most: int) -> list[Any]:
    return [Length(max=most, message=lazy_gettext("最多写 %(max)d 个字。"))]

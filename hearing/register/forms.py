"""Forms of the register: a file, a tick, and what the office enters by hand for one unit."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import PureWindowsPath
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import FieldList, FormField, SelectField, ValidationError
from wtforms import Form as PlainForm

from hearing.places.models import Holder, Neighbourhood, Tenure
from hearing.places.rules import HOLDING_LABELS, Capacity, HoldingForm
from hearing.places.sheet import FINDING_SENTENCES, MAX_BYTES
from hearing.places.sheet.cells import Unfit, bracketed, person_name, phone_number, share_fractions
from hearing.refusal import Refused
from hearing.register.rules import NewHolder, NewTenure, Refusal
from hearing.web.forms import Choice, Day, Form, Line, Paragraphs, Yes, clean

MOST_HOLDERS = 4
CAPACITIES = ((Capacity.LESSEE, _l("公房承租人")), (Capacity.OWNER, _l("产权人")))


class Table(FileField):  # type: ignore[misc]
    """A file that may be a roll: `.filename` without its folder, `.content` at most one byte over the limit."""

    filename: str = ""
    content: bytes = b""

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        chosen = [file for file in valuelist if isinstance(file, FileStorage) and file.filename]
        self.data = chosen[0] if chosen else None

    def pre_validate(self, _form: Any) -> None:
        if self.data is None:
            raise ValidationError(gettext("这一项还没有选文件。"))
        self.filename = clean(PureWindowsPath(self.data.filename or "").name)[-120:]
        self.content = self.data.stream.read(MAX_BYTES + 1)
        self.data.stream.seek(0)


class UploadForm(Form):
    """A roll to look at before anything is imported."""

    sheet = Table(_l("户册表格"))


class EstateForm(Form):
    """A new estate, still without units."""

    neighbourhood = SelectField(_l("居民区"), coerce=int)
    name = Line(_l("小区或弄的名称"), most=60)

    def __init__(self, neighbourhoods: list[Neighbourhood], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.neighbourhood.choices = [(place.id, place.name) for place in neighbourhoods]
        if len(neighbourhoods) == 1:
            self.neighbourhood.data = neighbourhoods[0].id


class FindForm(Form):
    """A door to look for; sent by POST, because people type names into any box."""

    door = Line(_l("门牌或室号"), most=60)


class ApproveForm(Form):
    """What the second person confirms."""

    compared = Yes(_l("我已经把这张对照表和居委会的原件核对过"), required=True)
    leave_out = Yes(_l("要改正的行先不导入"))

    def __init__(self, *, faulty: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not faulty:
            del self.leave_out

    @property
    def leaves_faulty_out(self) -> bool:
        """Whether the tick about faulty rows is there."""
        return "leave_out" in self and bool(self.leave_out.data)


class NoteForm(Form):
    """What showed it."""

    note = Line(_l("凭据"), most=200)


class DeathForm(NoteForm):
    """The day on which somebody died, and what showed it."""

    died_on = Day(_l("去世日期"))


class PhoneForm(NoteForm):
    """A number of the register, mobile or not, or none."""

    number = Line(_l("新号码"), most=30, required=False)

    def validate_number(self, field: Line) -> None:
        """A wrong number is worse than none."""
        try:
            field.data = phone_number(field.data or "")
        except Unfit as unfit:
            raise ValidationError(_sentence(unfit)) from unfit


class HolderFields(PlainForm):
    """One person who holds the unit from now on."""

    name = Line(_l("姓名"), most=60, required=False, render_kw={"autocomplete": "off", "spellcheck": "false"})
    phone = Line(_l("手机号"), most=30, required=False, render_kw={"autocomplete": "off", "inputmode": "tel"})
    share = Line(_l("份额（按份共有才写）"), most=20, required=False, render_kw={"autocomplete": "off"})

    def validate_name(self, field: Line) -> None:
        """A name as the roll would take it."""
        try:
            field.data = person_name(bracketed(field.data)[0]) if field.data else ""
        except Unfit as unfit:
            raise ValidationError(_sentence(unfit)) from unfit

    def validate_phone(self, field: Line) -> None:
        """A number as the roll would take it."""
        try:
            field.data = phone_number(field.data or "")
        except Unfit as unfit:
            raise ValidationError(_sentence(unfit)) from unfit
        if field.data and not self.name.data:
            raise ValidationError(gettext("写了号码，还没有写姓名。"))


class HandsForm(NoteForm):
    """Who holds a unit from now on, since when, and what showed it."""

    nobody = Yes(_l("空关或未售，没有户主"))
    holders = FieldList(FormField(HolderFields), min_entries=MOST_HOLDERS, max_entries=MOST_HOLDERS)
    held = Choice(_l("共有情况"))
    capacity = Choice(_l("表态身份"), [(capacity.value, label) for capacity, label in CAPACITIES])
    happened_on = Day(_l("从哪天起"))

    def __init__(self, tenure: Tenure | None, **kwargs: Any) -> None:
        defaults = {"capacity": tenure.capacity, "held": tenure.form} if tenure else {}
        super().__init__(data=defaults, **kwargs)
        self.holders[0].form.name.flags.optional = False
        self.held.choices = [(form.value, gettext(HOLDING_LABELS[form])) for form in HoldingForm]

    def tenure(self) -> NewTenure:
        """What was filled in. Raises Refused: HOLDERS_NONE, SHARES_NOT_WHOLE."""
        people = [entry.form for entry in self.holders if entry.form.name.data]
        if self.nobody.data or not people:
            if not self.nobody.data:
                raise Refused(Refusal.HOLDERS_NONE)
            return NewTenure(Capacity(self.capacity.data), HoldingForm.SOLE, ())
        shares = self._shares([person.share.data or "" for person in people])
        holders = tuple(
            NewHolder(person.name.data or "", person.phone.data or "", share)
            for person, share in zip(people, shares, strict=True)
        )
        return NewTenure(Capacity(self.capacity.data), HoldingForm(self.held.data), holders)

    def _shares(self, typed: list[str]) -> Sequence[Fraction | None]:
        if not any(typed):
            return [None] * len(typed)
        try:
            return share_fractions("、".join(typed), len(typed))
        except Unfit as unfit:
            raise Refused(Refusal.SHARES_NOT_WHOLE) from unfit


class ExportForm(Form):
    """What the register is taken out for."""

    purpose = Paragraphs(_l("导出用来做什么"), most=200)


def holder_named(holders: Sequence[Holder], holder_id: int) -> Holder | None:
    """The person of that number among these."""
    return next((holder for holder in holders if holder.id == holder_id), None)


def _sentence(unfit: Unfit) -> str:
    return str(gettext(FINDING_SENTENCES[unfit.code], **unfit.details))

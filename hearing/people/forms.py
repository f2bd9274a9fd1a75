"""Forms of people: one question each for residents, grouped for the desk."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, SelectField
from wtforms.validators import InputRequired

from hearing.people.queries import StairwellRow
from hearing.people.rules import PAPERS_LABELS, RELATION_LABELS, ROLE_LABELS, Papers, Registered, Relation, Role
from hearing.places.models import Neighbourhood
from hearing.web.forms import Choice, Choices, Digits, Form, Line, Phone


def _secret(label: Any, autocomplete: str) -> PasswordField:
    """A password: pasted or filled in by a program, never shown again, never changed by us."""
    must = InputRequired(_l("这一项还没有填。"))
    return PasswordField(label, [must], render_kw={"autocomplete": autocomplete, "spellcheck": "false"})


def _code(label: Any) -> Digits:
    return Digits(
        label, most=6, render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
    )


class PhoneForm(Form):
    """Which number the code goes to."""

    phone = Phone(_l("手机号"), render_kw={"autocomplete": "tel", "inputmode": "tel"})


class CodeForm(Form):
    """The code from the text message."""

    code = _code(_l("短信里的 6 位数字"))


class LetterForm(Form):
    """The household code from the letter."""

    code = Line(
        _l("信上的户码"),
        most=40,
        render_kw={
            "autocomplete": "off",
            "autocapitalize": "characters",
            "spellcheck": "false",
            "data-from-fragment": True,
        },
    )


class WhoForm(Form):
    """Who she is to the household."""

    name = Line(_l("您的姓名"), most=60, render_kw={"autocomplete": "name", "spellcheck": "false"})
    relation = Choice(_l("您是这一户的"))

    def __init__(self, *, knows_name: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if knows_name:
            del self.name
        self.relation.choices = [(relation.value, gettext(RELATION_LABELS[relation])) for relation in Relation]

    @property
    def typed_name(self) -> str:
        """The name, empty when the account has one."""
        return self.name.data or "" if "name" in self else ""


class StaffForm(Form):
    """The first factor of staff."""

    phone = Phone(_l("手机号"), render_kw={"autocomplete": "username", "inputmode": "tel"})
    password = _secret(_l("密码"), "current-password")


class FactorForm(Form):
    """The second factor of staff."""

    code = _code(_l("动态口令（6 位数字）"))


class WelcomeForm(Form):
    """An invitation and the password that it lets one choose."""

    token = Line(
        _l("邀请码"), most=300, render_kw={"autocomplete": "off", "spellcheck": "false", "data-from-fragment": True}
    )
    new_password = _secret(_l("新密码"), "new-password")


class PasswordForm(Form):
    """A change of password."""

    password = _secret(_l("现在的密码"), "current-password")
    new_password = _secret(_l("新密码"), "new-password")


class SettingsForm(Form):
    """How pages are shown to this person."""

    size = Choice(_l("字的大小"), [("standard", _l("标准版")), ("elder", _l("长辈版（大字）"))])
    language = Choice(_l("语言"), [("zh", "中文"), ("en", "English")])


class SeatForm(Form):
    """Whom the director gives which seat."""

    name = Line(_l("姓名"), most=60, render_kw={"autocomplete": "off", "spellcheck": "false"})
    phone = Phone(_l("手机号"), render_kw={"autocomplete": "off", "inputmode": "tel"})
    neighbourhood = SelectField(_l("居民区"), coerce=int)
    role = SelectField(_l("席位"), [InputRequired(_l("请选一项。"))])

    def __init__(self, neighbourhoods: list[Neighbourhood], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.neighbourhood.choices = [(place.id, place.name) for place in neighbourhoods]
        given = [(role.value, gettext(ROLE_LABELS[role])) for role in Role if role is not Role.RESIDENT]
        self.role.choices = [("", gettext("请选择")), *given]


class RecogniseForm(Form):
    """Which person of the register the member is, and what showed it."""

    holder = Choice(_l("是户册上的哪一位"))
    papers = Choice(_l("看过什么"))

    def __init__(self, holders: list[Registered], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.holder.choices = [(str(person.id), person.name) for person in holders]
        self.papers.choices = [(papers.value, gettext(PAPERS_LABELS[papers])) for papers in Papers]


class DeclineForm(Form):
    """Why the office could not recognise the member; she reads it."""

    reason = Line(_l("没有核对上的原因（登记人会看到）"), most=120)


class LettersForm(Form):
    """The stairwells whose letters are printed."""

    stairwells = Choices(_l("印哪些门洞的信"), coerce=int)

    def __init__(self, rows: list[StairwellRow], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.stairwells.choices = [(row.id, row.name) for row in rows]

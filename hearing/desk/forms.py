"""Forms of the desk: what to look for in the trail, and what an export is for."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from hearing.desk.rules import SORTS, THINGS
from hearing.web.forms import Count, Day, Form, Line, Paragraphs


def _choices(words: Mapping[str, str]) -> list[SelectChoice]:
    """Everything, or one of these."""
    all_of_them = SelectChoice(value="", label=_l("全部"))
    return [all_of_them, *(SelectChoice(value=key, label=_l(label)) for key, label in words.items())]


class TrailForm(Form):
    """What to look for; sent by POST, because people type names into it."""

    thing = SelectField(_l("哪一类对象"), choices=_choices(THINGS))
    number = Count(_l("对象的编号"), least=1, most=999_999_999, required=False, description=_l("网址里的数字。"))
    person = Line(
        _l("谁办的"),
        most=60,
        required=False,
        description=_l("姓名、手机号，或者存证里的代号（如 p-4k2m9x7q）。"),
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    sort = SelectField(_l("办的什么"), choices=_choices(SORTS))
    since = Day(_l("从哪一天"), required=False)
    until = Day(_l("到哪一天"), required=False)


class TrailExportForm(Form):
    """Why entries leave the system."""

    purpose = Paragraphs(_l("用来做什么？"), most=300, description=_l("会写进存证，大家看得到有过这次导出。"))

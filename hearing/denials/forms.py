"""Forms of denials: what a household may add, and what a check found."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from hearing.web.forms import Choice, Form, Paragraphs


class DenyForm(Form):
    """这不是我签的: the button alone is enough."""

    reason = Paragraphs(_l("怎么回事？"), most=1000, required=False, description=_l("可以不写。"))


class FindingForm(Form):
    """What a check of a denied act found."""

    genuine = Choice(_l("是这一户办的吗？"), [("yes", _l("是这一户办的")), ("no", _l("不是这一户办的"))])
    finding = Paragraphs(_l("怎么核实的？"), most=1000)

"""The form of an official result, as it stands on the other office's paper."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import StringField, ValidationError
from wtforms.validators import Optional

from hearing.consents import rules
from hearing.consents.models import OfficialResult
from hearing.web.forms import Choice, Count, Day, Form, Hidden, Line, Paragraphs, plain
from hearing.web.uploads import Document

PASSED, FAILED = "passed", "failed"
_AREA = re.compile(r"([0-9]{1,8})(?:\.([0-9]{1,2}))?")


class Area(StringField):
    """An area in m² with at most two decimals; `.centi` gives 1/100 m², None when left empty."""

    def __init__(self, label: Any, **kwargs: Any) -> None:
        super().__init__(label, validators=[Optional()], **kwargs)

    def process_formdata(self, valuelist: Any) -> None:
        self.data = plain(valuelist[0])[:20] if valuelist else ""

    def pre_validate(self, _form: Any) -> None:
        if self.data and not _AREA.fullmatch(self.data):
            raise ValidationError(gettext("请写成像 420 或 420.50 这样的面积，不加单位。"))

    @property
    def centi(self) -> int | None:
        """The area in 1/100 m²."""
        found = _AREA.fullmatch(self.data or "")
        return int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0")) if found else None


class OfficialForm(Form):
    """Office, number, day, outcome, figures and the paper itself."""

    seen = Hidden()
    way = Choice(_l("怎么得出的？"), [(way.value, _l(label)) for way, label in rules.WAY_LABELS.items()])
    office = Line(_l("哪个单位出的结果？"), most=120, description=_l("写单位全称，不写人名。"))
    reference = Line(_l("编号或文号"), most=120, description=_l("照原件写，不写人名。"))
    day = Day(_l("结果的日期"))
    outcome = Choice(_l("结果是什么？"), [(PASSED, _l("通过")), (FAILED, _l("没有通过"))])
    yes_heads = Count(_l("同意几户"), most=999_999, required=False, description=_l("原件没写的都空着。"))
    all_heads = Count(_l("一共几户"), most=999_999, required=False)
    yes_area = Area(_l("同意的面积（㎡）"))
    all_area = Area(_l("一共的面积（㎡）"))
    document = Document(_l("结果的原件"), description=_l("照片或 PDF。大家看得到它的指纹，看不到内容。"))
    reason = Paragraphs(_l("为什么更正？"), most=600, required=False, description=_l("只有办事的人看得到。"))

    def fill(self, before: OfficialResult | None) -> None:
        """Put what stands into an empty form."""
        self.seen.data = str(before.number if before is not None else 0)
        if before is None:
            return
        self.way.data, self.office.data, self.reference.data = before.way, before.office, before.reference
        self.day.data, self.outcome.data = before.happened_on.isoformat(), PASSED if before.passed else FAILED
        self.yes_heads.data = "" if before.yes_heads is None else str(before.yes_heads)
        self.all_heads.data = "" if before.all_heads is None else str(before.all_heads)
        self.yes_area.data, self.all_area.data = _typed(before.yes_area_centi), _typed(before.all_area_centi)

    def seen_number(self) -> int:
        """The number of the result that the page showed; one that never is for anything else."""
        typed = self.seen.data or ""
        return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 6 else -1

    def result(self) -> rules.OfficialResult:
        """What was typed and chosen."""
        return rules.OfficialResult(
            way=rules.OfficialWay(self.way.data),
            office=self.office.data or "",
            reference=self.reference.data or "",
            day=self.day.day,
            passed=self.outcome.data == PASSED,
            figures=rules.Figures(
                self.yes_heads.number if self.yes_heads.data else None,
                self.all_heads.number if self.all_heads.data else None,
                self.yes_area.centi,
                self.all_area.centi,
            ),
        )


def _typed(centi: int | None) -> str:
    return "" if centi is None else f"{centi // 100}.{centi % 100:02d}"

"""Forms of costs: what was agreed about the money, typed as lines or brought as a sheet."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PureWindowsPath
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import StringField, ValidationError
from wtforms.validators import Optional

from hearing.costs import rules
from hearing.places.sheet import MAX_BYTES
from hearing.web.forms import Choice, Form, Hidden, Line, Paragraphs, Yuan, clean, plain


class Percent(StringField):
    """A percentage typed as 40, 40% or 33.33; `.centi` gives 1/100 of a percent. Never a float."""

    def __init__(self, label: Any, **kwargs: Any) -> None:
        super().__init__(label, validators=[Optional()], **kwargs)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        self.data = plain(valuelist[0]).removesuffix("%").strip() if valuelist else ""

    def pre_validate(self, _form: Any) -> None:
        if self.data and (not _PERCENT.fullmatch(self.data) or self.centi > rules.WHOLE):
            raise ValidationError(gettext("请写 0 到 100 之间的百分数，例如 40 或 33.33。"))

    @property
    def centi(self) -> int:
        """The percentage in hundredths; 0 when left empty."""
        whole, _, cents = (self.data or "0").partition(".")
        return int(whole) * 100 + int(cents.ljust(2, "0") or 0)


_PERCENT = re.compile(r"[0-9]{1,3}(\.[0-9]{1,2})?")


class Sheet(FileField):  # type: ignore[misc]
    """A sheet with the lines, .xlsx or .csv, if one was chosen: `.filename` and `.content`."""

    filename: str = ""
    content: bytes = b""

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        chosen = [file for file in valuelist if isinstance(file, FileStorage) and file.filename]
        self.data = chosen[0] if chosen else None

    def pre_validate(self, _form: Any) -> None:
        if self.data is not None:
            self.filename = clean(PureWindowsPath(self.data.filename or "").name)[-120:]
            self.content = self.data.stream.read(MAX_BYTES + 1)


class CostsForm(Form):
    """What was agreed; `edition` says which saving of the plan was on the screen."""

    edition = Hidden()
    percent = Percent(_l("补贴占总价的比例"), description=_l("例如 40。没有补贴就空着。"))
    cap = Yuan(_l("补贴最多"), required=False, description=_l("例如 280000。没有上限就空着。"))
    fund = Yuan(_l("其他资金"), required=False, description=_l("维修资金、公共收益等，不由各户另外出的。"))
    basis = Choice(_l("各户怎么分摊？"), [(basis.value, _l(label)) for basis, label in rules.BASIS_LABELS.items()])
    lines = Paragraphs(
        _l("约定的比例"),
        required=False,
        description=_l(
            "一行一项。楼层写“3层 15”，不分摊写 0；个别的户写“502 12.5”；“502 不出资”是同意但不出资、不使用；"
            "“101 免出”是约定免出。"
        ),
    )
    sheet = Sheet(_l("或者传一张表"), description=_l("Excel 或 CSV，两列：楼层或室号、比例。传了表就照表算。"))
    agreed = Line(
        _l("根据什么约定的"),
        most=200,
        required=False,
        description=_l("例如：5月3日协调会议定。大家都能看到，不写姓名、门牌和病情。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sheet.flags.optional = True

    def show(self, terms: rules.Terms | None, doors: Sequence[rules.Door], edition: int) -> None:
        """Fill in what was agreed last, or a line for every floor, on the form's first showing."""
        if self.is_submitted():
            return
        self.edition.data = str(edition)
        if terms is None:
            floors = dict.fromkeys(door.floor for door in doors)
            empty = rules.Terms(0, floors=tuple((floor, 0) for floor in floors))
            self.basis.data, self.lines.data = rules.Basis.FLOORS.value, rules.floor_lines(empty, doors)
            return
        self.percent.data = rules.weight_words(terms.subsidy.percent_centi) if terms.subsidy.percent_centi else ""
        self.cap.data = _yuan(terms.subsidy.cap_fen)
        self.fund.data = _yuan(terms.fund_fen or None)
        self.basis.data, self.agreed.data = terms.basis.value, terms.agreed
        self.lines.data = rules.floor_lines(terms, doors)

    def terms(self, rows: Sequence[tuple[int, str]] | None, doors: Sequence[rules.Door]) -> rules.Terms:
        """What was typed, with the rows of a sheet in the place of the lines if one was read.

        The whole cost is the plan's and not asked here. Raises what `rules.read_agreement` raises.
        """
        basis = rules.Basis(self.basis.data)
        typed = list(enumerate((self.lines.data or "").split("\n"), 1))
        got = rules.read_agreement(typed if rows is None else rows, doors, basis)
        return rules.Terms(
            total_fen=0,
            subsidy=rules.Subsidy(self.percent.centi, self.cap.fen if self.cap.data else None),
            fund_fen=self.fund.fen,
            basis=basis,
            floors=got.floors,
            named=got.named,
            waived=got.waived,
            exempt=got.exempt,
            agreed=self.agreed.data or "",
        )


def _yuan(fen: int | None) -> str:
    if fen is None:
        return ""
    return f"{fen // 100}.{fen % 100:02d}" if fen % 100 else str(fen // 100)

"""Forms of a poll's window: printing, finding a line of the roll, reading a paper, declaring, and the tablet's code."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from hearing.ballots import rules
from hearing.ballots.actions import Shot
from hearing.ballots.forms import Filled
from hearing.web.forms import Count, Form, Hidden, Line
from hearing.web.uploads import Stack


class PrintForm(Form):
    """How many papers."""

    sheets = Count(_l("印几张"), 1, rules.SHEETS, description=_l("一批最多 100 张。"))


class FindLineForm(Form):
    """Who has come."""

    words = Line(
        _l("门牌或姓名"), most=60, description=_l("楼、门牌、户册上登记的姓名都行，用空格隔开，例如：3号楼 301")
    )


class HandForm(Form):
    """Which paper is handed out; asked only where ballots stand under names."""

    code = Line(_l("纸票编号"), most=60, required=False, description=_l("纸票右上角的编号，10 位，不分大小写。"))


class LostForm(Form):
    """Which paper will not come back: the one that the page showed."""

    code = Hidden()


class LateForm(Form):
    """Which paper has turned up."""

    code = Line(_l("纸票编号"), most=60, description=_l("照着右上角输，或者用扫码枪扫方码。"))


class ExchangeForm(Form):
    """Which paper comes back, and which takes its place."""

    code = Line(_l("写错的那张的编号"), most=60, description=_l("纸票右上角的编号，10 位，不分大小写。"))
    new = Line(_l("新的一张的编号"), most=60, required=False)


class PilePhotosForm(Form):
    """The photographs of a pile of papers, at most ten a form."""

    photos = Stack(_l("选照片"), description=_l("一张照片拍一张纸票，拍到四个角和右上角的方码。"))

    def shots(self) -> list[Shot]:
        """The pictures, in the order in which they were chosen."""
        return [
            Shot(each.picture, each.squares, each.problem.name if each.problem else "") for each in self.photos.taken
        ]


class PaperCodeForm(Form):
    """Which paper is read."""

    code = Line(_l("纸票编号"), most=60, description=_l("照着右上角输，或者用扫码枪扫方码。"))


class ReadingForm(Form):
    """What one person reads on a paper."""

    code = Hidden()
    seen = Hidden()
    after = Hidden()
    """The picture from which it is read, where the reader goes through a pile of them."""
    void = SelectField(_l("这张算不算"), default="")

    def __init__(self) -> None:
        super().__init__()
        self.void.choices = [("", _l("算，照上面选的录"))] + [
            (why.value, _l("作废：%(why)s", why=_l(words)))
            for why, words in rules.VOID_LABELS.items()
            if why in rules.READ_VOIDS
        ]

    @property
    def seen_readings(self) -> int:
        """How many readings there were when the form was made."""
        return int(self.seen.data) if self.seen.data in {"0", "1", "2"} else 0

    @property
    def after_photo(self) -> int:
        """The number of that picture; 0 where the reader typed the paper's."""
        text = str(self.after.data or "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0

    def reading(self, kind: rules.Kind) -> rules.Reading:
        """What was read. Raises what `rules.read` raises."""
        if self.void.data:
            return rules.Reading(void=rules.Void(self.void.data))
        return rules.Reading(said=Filled.sent().said(kind))


class DeclareForm(Form):
    """How many papers did not come back."""

    missing = Count(_l("没有交回几张"), 0, 100_000)


class TabletForm(Form):
    """The one-time code."""

    code = Line(_l("一次性码"), most=40, description=_l("工作人员给您的 8 位数字。"))

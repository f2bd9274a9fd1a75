"""Forms of concerns: what is feared, who is to answer, the measured answer, and whether it is settled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import ValidationError

from hearing.concerns.actions import Answer, Telling
from hearing.concerns.rules import KIND_LABELS, WAY_LABELS, Kind, Measure, Way, read_measures
from hearing.people.models import Seat
from hearing.people.rules import ROLE_LABELS, Role
from hearing.refusal import Refused
from hearing.web.forms import Choice, Day, Form, Line, Paragraphs, Yuan
from hearing.web.sentences import sentence_of
from hearing.web.uploads import Documents, Picture

SETTLED, STANDS = "settled", "stands"


class ConcernForm(Form):
    """A resident's concern."""

    kind = Choice(_l("您担心哪一方面？"), [(kind.value, _l(label)) for kind, label in KIND_LABELS.items()])
    text = Paragraphs(
        _l("具体担心什么？"),
        most=600,
        description=_l("例如：北窗会不会被井道挡住。不写病情。邻居看不到是谁提的。"),
    )
    photo = Picture(_l("照片"), description=_l("例如从窗口往外拍一张。只有办事的人看得到。"))

    def topic(self) -> Kind:
        """The kind chosen."""
        return Kind(self.kind.data)


class Measures(Paragraphs):
    """Measures typed as lines of `what number unit`; `.measures` are they."""

    def __init__(self, label: Any, **kwargs: Any) -> None:
        super().__init__(label, most=1200, required=False, **kwargs)
        self.measures: tuple[Measure, ...] = ()

    def pre_validate(self, _form: Any) -> None:
        try:
            self.measures = read_measures(self.data or "")
        except Refused as refused:
            raise ValidationError(sentence_of(refused)) from None


class AnswerForm(Form):
    """A measured answer."""

    text = Paragraphs(_l("答复"), most=1000, description=_l("用大白话写。只有提出的人和办事的人看得到。"))
    measured = Measures(_l("量出来的数"), description=_l("一行一项：项目、数、单位，例如“冬至日照 118 分钟”。"))
    files = Documents(_l("照片、日照图"), most=3, description=_l("照片或 PDF，最多 3 份。"))
    compensation = Yuan(_l("补偿"), required=False, description=_l("打算补偿多少。写进方案预算、重新确认以后才算数。"))

    def answer(self) -> Answer:
        """What was typed and chosen."""
        return Answer(
            text=self.text.data or "",
            measures=self.measured.measures,
            files=self.files.pictures,
            compensation_fen=self.compensation.fen,
        )


class WordForm(Form):
    """Whether it is settled."""

    word = Choice(_l("解决了吗？"), [(SETTLED, _l("解决了")), (STANDS, _l("还没解决"))])
    text = Paragraphs(_l("还差什么？"), most=600, required=False, description=_l("可以不写。邻居看不到。"))


_WAYS = [(way.value, _l(label)) for way, label in WAY_LABELS.items()]


class _Told(Form):
    """Who told staff, how, when, and what shows that."""

    way = Choice(_l("怎么说的？"), _WAYS)
    told_by = Line(_l("谁说的？"), most=60, description=_l("姓名，或者和这一户的关系。邻居看不到。"))
    told_on = Day(_l("哪一天说的？"))
    note = Paragraphs(
        _l("凭什么记下来？"),
        most=300,
        required=False,
        description=_l("电话或当面说的要写：哪个号码打来的、谁接的、谁在场。"),
    )
    paper = Picture(_l("原件照片"), description=_l("纸上写来的要拍。只有办事的人看得到。"))

    def telling(self) -> Telling:
        """What was typed and chosen."""
        return Telling(
            way=Way(self.way.data),
            told_by=self.told_by.data or "",
            told_on=self.told_on.day,
            note=self.note.data or "",
            paper=self.paper.picture,
        )


class ToldConcernForm(_Told):
    """A concern that a household told staff."""

    door = Line(_l("哪一户？"), most=60, description=_l("照户册写门牌，例如“3号楼 301”。"))
    kind = Choice(_l("担心哪一方面？"), [(kind.value, _l(label)) for kind, label in KIND_LABELS.items()])
    text = Paragraphs(_l("具体担心什么？"), most=600, description=_l("照原话记。不写病情。"))

    def topic(self) -> Kind:
        """The kind chosen."""
        return Kind(self.kind.data)


class ToldWordForm(_Told):
    """What a household told staff of an answer."""

    word = Choice(_l("本人说解决了吗？"), [(SETTLED, _l("解决了")), (STANDS, _l("还没解决"))])
    text = Paragraphs(_l("还差什么？"), most=600, required=False, description=_l("照原话记，可以不写。"))


class ReferralForm(Form):
    """Who is to answer."""

    seat = Choice(_l("请谁答复？"))

    def offer(self, seats: Sequence[Seat]) -> ReferralForm:
        """Offer the people of the neighbourhood's seats."""
        self._seats = {str(seat.id): seat for seat in seats}
        self.seat.choices = [
            (number, f"{gettext(ROLE_LABELS[Role(seat.role)])} {seat.account.name}")
            for number, seat in self._seats.items()
        ]
        return self

    def chosen(self) -> Seat:
        """The seat chosen."""
        return self._seats[self.seat.data]

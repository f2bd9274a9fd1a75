"""Forms for paper: which doors get a slip, when a pile came in, its photos, and what stands on a slip."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, SelectMultipleField
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget

from hearing.consents import rules
from hearing.consents.actions import Original, Reading, Shot
from hearing.consents.models import ConsentCollection, ConsentUnit, Mandate, PaperSlip, SlipReading
from hearing.consents.slips import Group
from hearing.notices.rules import BEIJING
from hearing.web.forms import Choice, Choices, Day, Form, Hour, Line, Yes
from hearing.web.uploads import Picture, Stack

_CAME_BY = [(rules.Method.PAPER.value, _l("当面交来")), (rules.Method.MAIL.value, _l("邮寄"))]
WITHDRAW = "withdraw"
"""The choice beside the answers: 撤回以前的表态."""


class ScopeForm(Form):
    """Which doors get a printed slip."""

    places = Choices(_l("给哪些户打印？"))
    silent_only = Yes(_l("只打印还没有任何表态记录的户"))

    def __init__(self, groups: Iterable[Group]) -> None:
        super().__init__()
        self.places.choices = [(group.key, group.words) for group in groups]
        if not self.is_submitted():
            self.silent_only.data = True

    def validate(self, extra_validators: Any = None) -> bool:
        """At least one group of doors."""
        good = bool(super().validate(extra_validators))
        if good and not self.places.data:
            self.places.errors = [gettext("请至少选一处。")]
            return False
        return good


class BatchForm(Form):
    """The receipt stamp of a pile of slips."""

    received_on = Day(_l("收件章上的日期"))
    received_hour = Hour(_l("收件时间"), description=_l("收件章或收件登记本上的时间，例如 16:30。"))
    came_by = Choice(_l("怎么交来的？"), _CAME_BY)

    @property
    def received_at(self) -> datetime:
        """The moment on the stamp."""
        return _moment(self.received_on, self.received_hour)


def _moment(day: Day, hour: Hour) -> datetime:
    return datetime.combine(day.day, datetime.min.time(), BEIJING) + hour.after_midnight


class StackForm(Form):
    """The photos of a pile, at most ten a form."""

    photos = Stack(_l("选照片"), description=_l("一张照片拍一张征询单，拍到四个角和左下角的方码。"))

    def shots(self) -> list[Shot]:
        """The pictures, in the order in which they were chosen."""
        return [
            Shot(each.picture, each.squares, each.problem.name if each.problem else "") for each in self.photos.taken
        ]


class CodeForm(Form):
    """A slip by its code."""

    code = Line(
        _l("征询单编号"),
        most=60,
        description=_l("单子左下角的字母和数字，空格、横线、大小写都没关系。"),
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )


class ReadingForm(Form):
    """What stands on a slip, read from the paper and from nothing else.

    A slip that came alone brings its photo and its receipt stamp; one of a batch has both.
    """

    signers = SelectMultipleField(
        _l("谁签了名？"), coerce=int, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    answer = Choice(_l("勾了哪一项？"))
    signed_on = Day(_l("表上写的签名日期"))
    received_on = Day(_l("收件章上的日期"))
    received_hour = Hour(_l("收件时间"), description=_l("收件章或收件登记本上的时间，例如 16:30。"))
    photo = Picture(_l("拍下原件"))
    came_by = Choice(_l("怎么交来的？"), _CAME_BY, required=False)
    by_agent = SelectField(_l("谁的笔迹？"), validators=[Optional()])

    def __init__(self, slip: PaperSlip, mandates: Iterable[Mandate], agreed: Sequence[SlipReading] = ()) -> None:
        """`agreed` are two readings that differ: whoever decides finds filled in what both read alike."""
        super().__init__()
        self._alone = slip.photo_id is None
        self._offer(slip.collection, slip.unit, mandates)
        if not self._alone:
            for name in ("photo", "came_by", "received_on", "received_hour"):
                delattr(self, name)
        if agreed and not self.is_submitted():
            self._fill(agreed[0], agreed[1])

    def _offer(self, collection: ConsentCollection, unit: ConsentUnit, mandates: Iterable[Mandate]) -> None:
        self.by_agent.choices = [
            ("", _l("本人（或者本人的监护人）签名")),
            *(
                (
                    str(each.id),
                    _l("代理人%(agent)s代%(names)s签名", agent=each.agent_name, names=each.principal_names()),
                )
                for each in mandates
            ),
        ]
        self.signers.choices = [(share.holder_id, share.holder.name) for share in unit.holders]
        self.answer.choices = [
            *((answer.value, _l(rules.ANSWER_LABELS[answer])) for answer in collection.answers_offered),
            (WITHDRAW, _l("撤回以前的表态")),
        ]

    def _fill(self, first: SlipReading, second: SlipReading) -> None:
        if first.holders == second.holders:
            self.signers.data = [int(holder) for holder in first.holders.split(",")]
        if first.answer == second.answer:
            self.answer.data = first.answer or WITHDRAW
        if first.signed_on == second.signed_on:
            self.signed_on.data = first.signed_on.isoformat()
        if first.mandate_id == second.mandate_id:
            self.by_agent.data = str(first.mandate_id or "")

    def validate(self, extra_validators: Any = None) -> bool:
        """Whoever reads a slip that came alone has the original in her hands."""
        good = bool(super().validate(extra_validators))
        if not self.signers.data:
            self.signers.errors = [gettext("请选出在表上签了名的人。")]
            good = False
        if not self._alone:
            return good
        if self.photo.picture is None and not self.photo.errors:
            self.photo.errors = [gettext("请先拍下征询单原件的照片，再录入。")]
        if not self.came_by.data:
            self.came_by.errors = [gettext("请选一项。")]
        return good and not self.photo.errors and not self.came_by.errors

    def reading(self) -> Reading:
        """What was read."""
        said = None if self.answer.data == WITHDRAW else rules.Answer(self.answer.data)
        received = _moment(self.received_on, self.received_hour) if self._alone else None
        mandate = int(self.by_agent.data) if self.by_agent.data else None
        return Reading(tuple(self.signers.data or ()), said, self.signed_on.day, received, mandate)

    def original(self) -> Original | None:
        """The photo of a slip that came alone, and how it came in."""
        if not self._alone or self.photo.picture is None:
            return None
        return Original(self.photo.picture, rules.Method(self.came_by.data))

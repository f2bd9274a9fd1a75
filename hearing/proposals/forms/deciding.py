"""Forms of judging a change, answering for the manager, and publishing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from hearing.proposals.forms.words import blame, labels
from hearing.proposals.rules import (
    CHANGE_LABELS,
    ChangeClass,
)
from hearing.web.forms import Choice, Count, Form, Paragraphs
from hearing.web.uploads import Document


class ChangeForm(Form):
    """What one of the two seats holds a change to be."""

    change = Choice(_l("这次改动"), choices=labels(CHANGE_LABELS))
    reason = Paragraphs(_l("为什么这样看"), most=1000, required=False)

    def held_to_be(self) -> ChangeClass:
        """Material or wording."""
        return ChangeClass(self.change.data)


class ContestAnswerForm(Form):
    """The council's answer to the proposer's contest."""

    outcome = Choice(
        _l("答复结果"),
        choices=[("uphold", _l("异议成立，请大家重新确认")), ("keep", _l("只是文字修改，不用重新确认"))],
    )
    answer = Paragraphs(_l("答复"), most=1000, description=_l("提案人会看到。"))


class ManagerForm(Form):
    """The manager's written answer."""

    agrees = Choice(_l("对这一版方案"), choices=[("yes", _l("同意")), ("no", _l("不同意"))])
    note = Paragraphs(_l("说明"), most=1000, required=False, description=_l("不同意请写明理由。"))
    paper = Document(_l("盖章的书面答复"), description=_l("照片或 PDF，没有可以空着。"))

    def validate(self, extra_validators: Any = None) -> bool:
        """A no needs words."""
        good = bool(super().validate(extra_validators))
        if self.agrees.data == "no" and not self.note.data:
            return blame(self.note, gettext("不同意请写明理由。"))
        return good


class PermitForm(Form):
    """An owner's answer about her own part."""

    agrees = Choice(
        _l("方案要用到您家的这一处，您同意吗？"), choices=[("yes", _l("同意使用")), ("no", _l("不同意使用"))]
    )
    note = Paragraphs(_l("说明"), most=1000, required=False, description=_l("不同意请写明理由。只有工作人员看得到。"))

    def validate(self, extra_validators: Any = None) -> bool:
        """A no needs words."""
        good = bool(super().validate(extra_validators))
        if self.agrees.data == "no" and not self.note.data:
            return blame(self.note, gettext("不同意请写明理由。"))
        return good


class PaperPermitForm(PermitForm):
    """The same from an owner's paper."""

    holder = Choice(_l("谁签的名？"))
    paper = Document(_l("拍下签了名的原件"), required=True)

    def __init__(self, holders: Sequence[tuple[int, str]]) -> None:
        super().__init__()
        self.agrees.label.text = gettext("纸上写的是同意还是不同意？")
        self.holder.choices = [(str(holder), name) for holder, name in holders]
        if not self.is_submitted() and len(holders) == 1:
            self.holder.data = str(holders[0][0])


class PublicityForm(Form):
    """How long the result hangs, and what the committee adds to it."""

    days = Count(_l("公示几天？"), least=1, most=60)
    text = Paragraphs(_l("公示里要补充的话"), most=1000, required=False)

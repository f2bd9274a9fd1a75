"""Forms of screening, second looks and opinions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.validators import Optional

from hearing.people.rules import ROLE_LABELS, Role
from hearing.proposals.forms.words import NO_HEALTH, blame, labels
from hearing.proposals.models import Proposal
from hearing.proposals.rules import (
    OPINION_SEATS,
    RECOMMENDATION_LABELS,
    REJECTION_LABELS,
    Move,
    Recommendation,
    Rejection,
)
from hearing.web.forms import Choice, Form, Line, Paragraphs


class ScreeningForm(Form):
    """The decision of screening, with what each decision needs."""

    move = Choice(
        _l("初审决定"),
        choices=[
            (Move.ACCEPT.value, _l("受理，开始协商")),
            (Move.RETURN.value, _l("退回补充")),
            (Move.REJECT.value, _l("不予受理")),
            (Move.MERGE.value, _l("并入另一件提案")),
            (Move.ROUTE.value, _l("转给其他单位")),
        ],
    )
    title = Line(_l("公开的名称"), most=60, required=False, description=NO_HEALTH)
    summary = Paragraphs(_l("公开的说明"), most=600, required=False, description=NO_HEALTH)
    rejection = SelectField(_l("不予受理的理由"), validators=[Optional()], validate_choice=False)
    merge_into = SelectField(_l("并入哪一件"), validators=[Optional()], validate_choice=False)
    to = Line(_l("转给哪个单位"), most=120, required=False)
    reason = Paragraphs(
        _l("说明理由"), most=1000, required=False, description=_l("退回、不受理、并案、转办都要写，提案人会看到。")
    )

    def offer(self, targets: Iterable[Proposal]) -> None:
        """Fill the lists."""
        none = [("", gettext("请选择"))]
        self.rejection.choices = none + [(key.value, gettext(label)) for key, label in REJECTION_LABELS.items()]
        self.merge_into.choices = none + [(str(other.id), f"{other.id} · {other.title}") for other in targets]

    def decided(self) -> Move:
        """The move that was chosen."""
        return Move(self.move.data)

    def listed(self) -> Rejection:
        """The listed reason of a rejection."""
        return Rejection(self.rejection.data)

    def target(self) -> int:
        """The case to merge into; 0 when what came in is no number."""
        typed = self.merge_into.data or ""
        return int(typed) if re.fullmatch(r"[0-9]{1,9}", typed) else 0

    def validate(self, extra_validators: Any = None) -> bool:
        """Each decision needs fields of its own."""
        good = bool(super().validate(extra_validators))
        needed = {
            Move.ACCEPT.value: ("title", "summary"),
            Move.RETURN.value: ("reason",),
            Move.REJECT.value: ("rejection", "reason"),
            Move.MERGE.value: ("merge_into", "reason"),
            Move.ROUTE.value: ("to", "reason"),
        }
        for name in needed.get(self.move.data or "", ()):
            if not self[name].data:
                good = blame(self[name], gettext("这一项还没有填。"))
        if self.rejection.data and self.rejection.data not in set(Rejection):
            good = blame(self.rejection, gettext("请从列出的几项里选。"))
        return good


class SecondLookForm(Form):
    """The council's answer to a second look."""

    outcome = Choice(_l("复议结果"), choices=[("reopen", _l("重新受理，再审一次")), ("uphold", _l("维持原来的决定"))])
    answer = Paragraphs(_l("答复"), most=1000, description=_l("提案人会看到。"))


class OpinionRequestForm(Form):
    """Whom to ask, and what."""

    seat = Choice(_l("请谁提意见？"), choices=[(seat.value, _l(ROLE_LABELS[seat])) for seat in OPINION_SEATS])
    question = Paragraphs(_l("想请他们看什么？"), most=600)

    def asked_seat(self) -> Role:
        """The seat that is asked."""
        return Role(self.seat.data)


class OpinionForm(Form):
    """A seat's opinion."""

    recommendation = Choice(_l("您的意见"), choices=labels(RECOMMENDATION_LABELS))
    text = Paragraphs(_l("说明"), most=2000, description=NO_HEALTH)
    steps = Paragraphs(
        _l("接下来按什么顺序办？"), most=1000, required=False, description=_l("一行写一步。会写进方案的步骤里。")
    )

    def recommended(self) -> Recommendation:
        """What the seat recommends."""
        return Recommendation(self.recommendation.data)

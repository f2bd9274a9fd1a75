"""Forms of mandates: giving one on a phone, entering one from paper, answering by one, ending one."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from hearing.consents import rules
from hearing.consents.actions import MandateTerms, PaperMandate, Signature
from hearing.consents.forms.collecting import SignForm, Strokes, answer_words
from hearing.consents.models import ConsentUnit
from hearing.web.forms import Choice, Day, Form, Hidden, Line, Paragraphs, Phone, Yes, plain
from hearing.web.uploads import Document, Drawn, Picture

SAYS_NOTHING = "none"
"""What staff choose for a paper that names no answer, so that the refusal can say what is missing."""


class _Signing(Form):
    """A drawn signature, or the photo of a signed paper, on the plan that the page showed."""

    strokes = Strokes()
    signature = Drawn()
    paper = Picture(_l("拍一张您签了名的纸"))
    plan = Hidden()
    turn = Hidden()

    def show(self, unit: ConsentUnit) -> None:
        """Note what the page shows, on its first showing."""
        if not self.is_submitted():
            self.plan.data, self.turn.data = unit.collection.version.plan_hash, str(unit.turn)

    seen = SignForm.seen

    def signed(self) -> Signature | None:
        """How it was signed; None when it was not."""
        if self.signature.picture is not None and self.strokes.data:
            return Signature(self.signature.picture, strokes=self.strokes.data)
        return Signature(self.paper.picture) if self.paper.picture is not None else None

    def validate(self, extra_validators: Any = None) -> bool:
        """Nothing goes without a signature."""
        good = bool(super().validate(extra_validators))
        if good and self.signed() is None:
            self.signature.errors = [gettext("还没有签名。请用手指写上名字，或者拍一张签了名的纸。")]
            return False
        return good


class MandateForm(_Signing):
    """Give a mandate: to whom, what to answer, until when."""

    agent_name = Line(_l("代理人姓名"), most=60, render_kw={"autocomplete": "off", "spellcheck": "false"})
    agent_phone = Phone(
        _l("代理人手机号"),
        description=_l("会发短信请代理人接受。"),
        render_kw={"inputmode": "tel", "autocomplete": "off"},
    )
    instruction = Choice(_l("请代理人怎样表态？"))
    valid_until = Day(_l("委托到哪天为止"), description=_l("写成 2026-11-30。可以随时撤销。"))

    def __init__(self, unit: ConsentUnit, last_day: date) -> None:
        super().__init__()
        self.instruction.choices = [(said.value, answer_words(said)) for said in unit.collection.answers_offered]
        self.show(unit)
        if not self.is_submitted():
            self.valid_until.data = last_day.isoformat()

    def terms(self) -> MandateTerms:
        """What the mandate says; the form has been validated."""
        return MandateTerms(
            agent_name=self.agent_name.data or "",
            agent_phone=self.agent_phone.data or "",
            instruction=rules.Answer(self.instruction.data),
            valid_until=self.valid_until.day,
        )


class AgentAnswerForm(_Signing):
    """The agent signs for what the principal wrote."""

    def __init__(self, unit: ConsentUnit) -> None:
        super().__init__()
        self.show(unit)


class MandateReplyForm(Form):
    """The agent's answer to a mandate that is offered."""

    accepts = Choice(_l("您愿意代为表态吗？"), [("yes", _l("接受：按委托书写的表态")), ("no", _l("谢绝"))])


class RevokeForm(Form):
    """Take a mandate back."""

    reason = Paragraphs(_l("为什么撤销？"), most=500, required=False, description=_l("可以不写。"))


class AgentDiedForm(Form):
    """The agent has died."""

    died_on = Day(_l("去世日期"))
    reason = Line(_l("情况说明"), most=200)
    paper = Document(_l("证明材料"), required=True)


class PaperMandateForm(Form):
    """What stands on a mandate that came in on paper."""

    signers = SelectMultipleField(
        _l("谁签了名委托？"), coerce=int, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    plan_hash8 = Line(_l("委托书上写的方案编号"), most=20, description=_l("八位字母和数字，印在方案和征询单上。"))
    agent_name = Line(_l("代理人姓名"), most=60, render_kw={"autocomplete": "off", "spellcheck": "false"})
    agent_phone = Phone(_l("代理人手机号"), render_kw={"inputmode": "tel", "autocomplete": "off"})
    instruction = Choice(_l("委托书写明怎样表态？"))
    signed_on = Day(_l("委托人签名的日期"))
    valid_until = Day(_l("委托到哪天为止"))
    accepted = Yes(_l("代理人也在委托书上签了名，表示接受"))
    photo = Picture(_l("拍下委托书原件"), required=True)

    def __init__(self, unit: ConsentUnit) -> None:
        super().__init__()
        self.signers.choices = [(share.holder_id, share.holder.name) for share in unit.holders]
        self.instruction.choices = [
            *((said.value, _l(rules.ANSWER_LABELS[said])) for said in unit.collection.answers_offered),
            (SAYS_NOTHING, _l("没有写明")),
        ]

    def validate(self, extra_validators: Any = None) -> bool:
        """Somebody signed it."""
        good = bool(super().validate(extra_validators))
        if not self.signers.data:
            self.signers.errors = [gettext("请选出在委托书上签了名的人。")]
            good = False
        return good

    def terms(self) -> MandateTerms:
        """What the paper says; the form has been validated."""
        said = None if self.instruction.data == SAYS_NOTHING else rules.Answer(self.instruction.data)
        return MandateTerms(
            agent_name=self.agent_name.data or "",
            agent_phone=self.agent_phone.data or "",
            instruction=said,
            valid_until=self.valid_until.day,
        )

    def written(self) -> PaperMandate:
        """The paper itself; the form has been validated."""
        assert self.photo.picture is not None
        return PaperMandate(
            holder_ids=tuple(self.signers.data or ()),
            plan_hash8=re.sub(r"\s", "", plain(self.plan_hash8.data)),
            signed_on=self.signed_on.day,
            accepted=bool(self.accepted.data),
            photo=self.photo.picture,
        )

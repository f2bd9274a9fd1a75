"""The form of a collection's terms, with the lines of a custom rule where the plan asks for one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, ValidationError
from wtforms.validators import InputRequired, Optional

from hearing.consents import rules
from hearing.people.models import Account
from hearing.places.rules import Capacity
from hearing.web.forms import Choice, Count, Form, Hidden, Paragraphs, Yes, plain

_FRACTION = re.compile(r"([0-9]{1,4})\s*/\s*([0-9]{1,4})")


class Fraction(StringField):
    """A line typed as 2/3; `.line(strict)` gives it. Percents and decimals are not taken: they cannot say a third."""

    def __init__(self, label: Any, required: bool = True, **kwargs: Any) -> None:
        must = InputRequired(_l("请写一个分数，例如 2/3。")) if required else Optional()
        super().__init__(label, validators=[must], **kwargs)

    def process_formdata(self, valuelist: Any) -> None:
        self.data = plain(valuelist[0])[:20] if valuelist else ""

    def post_validate(self, _form: Any, stopped: bool) -> None:
        found = _FRACTION.fullmatch(self.data or "")
        if stopped or not self.data:
            return
        if found is None or not int(found[2]):
            raise ValidationError(gettext("请写成 2/3 这样的分数，不写百分数和小数。"))

    def line(self, *, strict: bool) -> rules.Line | None:
        """The line; None when nothing was typed."""
        found = _FRACTION.fullmatch(self.data or "")
        return rules.Line(int(found[1]), int(found[2]), strict=strict) if found else None


class TermsForm(Form):
    """What is fixed before the roll is shown."""

    answer_set = Choice(
        _l("征询单上的选项"),
        [
            (rules.AnswerSet.PLAIN.value, _l("同意、反对、弃权")),
            (rules.AnswerSet.LIFT.value, _l("同意并出资、同意但不出资、弃权、反对（加装电梯）")),
        ],
    )
    roll_days = Count(_l("名册公布几天"), *rules.ROLL_PUBLICITY_DAYS, description=_l("3 到 15 天，各户可以提出更正。"))
    window_days = Count(_l("征询几天"), *rules.WINDOW_DAYS, description=_l("5 到 60 天；从开始的第二天算起。"))
    grace_days = Count(
        _l("补录几天"), 0, rules.GRACE_DAYS_MOST, description=_l("截止前收到的纸质表，截止后最多 3 天可以补录。")
    )
    provisional_days = Count(_l("初步结果公示几天"), rules.PROVISIONAL_DAYS_LEAST, 30, description=_l("至少 3 天。"))
    conflict_rule = Choice(
        _l("纸质表和手机不一致时"), [(rule.value, _l(words)) for rule, words in rules.CONFLICT_LABELS.items()]
    )
    mandate_cap = Count(_l("一人最多代理几户"), 1, 3)
    scrutineer = SelectField(_l("监票人"), coerce=int, validators=[InputRequired(_l("请选一位监票人。"))])

    def __init__(self, scrutineers: Iterable[Account]) -> None:
        super().__init__()
        self._accounts = {account.id: account for account in scrutineers}
        self.scrutineer.choices = [(account.id, account.name) for account in self._accounts.values()]
        if not self.is_submitted():
            if len(self._accounts) == 1:
                self.scrutineer.data = next(iter(self._accounts))
            self.answer_set.data, self.conflict_rule.data = rules.AnswerSet.PLAIN, rules.ConflictRule.LATEST_SIGNED
            for field, usual in (
                (self.roll_days, "3"),
                (self.window_days, "10"),
                (self.grace_days, "3"),
                (self.provisional_days, "3"),
                (self.mandate_cap, "3"),
            ):
                field.data = usual

    @property
    def chosen_scrutineer(self) -> Account:
        """The account that was chosen."""
        return self._accounts[self.scrutineer.data]

    def custom(self) -> rules.CustomTerms | None:
        """The lines of a rule of the committee's own; None where the law has them."""
        return None


class CustomTermsForm(TermsForm):
    """The same with a rule of the committee's own: freely set fractions, and the law that they rest on."""

    turnout = Fraction(_l("至少多少参与"), required=False, description=_l("写分数，例如 2/3；不要求参与率的空着。"))
    agreement = Fraction(_l("至少多少同意"), description=_l("写分数，例如 3/4；全体同意写 1/1。"))
    more_than = Yes(_l("同意的要超过这个数（例如过半数：1/2，刚好一半不算）"))
    agreement_of = Choice(
        _l("同意的比例按什么算"),
        [(rules.Base.ALL.value, _l("按名册上的全体")), (rules.Base.PART.value, _l("按参与的户"))],
    )
    counts_area = Yes(_l("面积也要达到同样的比例"))
    answerers = Choice(
        _l("问谁"),
        [
            (Capacity.OWNER.value, _l("只问产权人")),
            (Capacity.LESSEE.value, _l("只问公房承租人")),
            ("both", _l("产权人和承租人都问")),
        ],
    )
    settled = Yes(_l("有没解决的异议就不能通过"))
    legal_note = Paragraphs(
        _l("法律依据"), most=1000, description=_l("依据哪部法律、哪份管理规约或哪次决定。会和规则一起公开。")
    )
    seen = Hidden()
    """The hash of the rule whose rehearsal was on the page."""

    def custom(self) -> rules.CustomTerms | None:
        """What was typed; the form has been validated."""
        agreement = self.agreement.line(strict=bool(self.more_than.data))
        if agreement is None:
            return None
        asked = frozenset(Capacity) if self.answerers.data == "both" else frozenset({Capacity(self.answerers.data)})
        return rules.CustomTerms(
            turnout=self.turnout.line(strict=False),
            agreement=agreement,
            agreement_of=rules.Base(self.agreement_of.data),
            counts_area=bool(self.counts_area.data),
            capacities=asked,
            no_open_objection=bool(self.settled.data),
            legal_note=self.legal_note.data or "",
        )

    def rule(self, today: date) -> rules.ThresholdRule:
        """The rule out of what was typed. Raises what `rules.custom_rule` raises."""
        terms = self.custom()
        assert terms is not None
        return rules.custom_rule(terms, set_on=today)

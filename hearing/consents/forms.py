"""Forms of consents: what residents fill in on a phone, and what staff fill in at the desk."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, SelectMultipleField, ValidationError
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from hearing.consents import rules
from hearing.consents.actions import Original, Reading, Seen, Signature
from hearing.consents.models import ConsentCollection, ConsentDraft, ConsentUnit
from hearing.notices.rules import BEIJING, end_of_day
from hearing.people.models import Account
from hearing.web.forms import Choice, Choices, Count, Day, Form, Hour, Line, Paragraphs, Phone, Yes
from hearing.web.pictures import Safe
from hearing.web.uploads import Document, Drawn, Picture

ASK = "ask"
"""The choice beside the answers: 想先问一问."""
STROKES_BYTES = 64 * 1024
SHORTEST_SIGNATURE = 40
"""How long the lines of a signature are together at least, in pixels of the pad: a tap of the finger is none."""
OPPOSE_WORDS = _l("不同意（反对）")


def answer_words(answer: rules.Answer) -> Any:
    """An answer as a resident reads it before she signs; on paper and in law 不同意 is called 反对."""
    return OPPOSE_WORDS if answer is rules.Answer.OPPOSE else _l(rules.ANSWER_LABELS[answer])


class Strokes(HiddenField):
    """signature_pad's own data, as JSON: a list of strokes with their points, at most 64 KB."""

    def pre_validate(self, _form: Any) -> None:
        if not self.data:
            return
        lines = _lines(self.data)
        if lines is None:
            self.data = ""
            raise ValidationError(gettext("屏幕上的签名没有传完整。请重写一次，或者拍一张签了名的纸。"))
        if not _length(lines) >= SHORTEST_SIGNATURE:  # Nor is a length that is no number.
            self.data = ""
            raise ValidationError(gettext("屏幕上只有一个点。请用手指写上您的名字。"))


Point = tuple[float, float]


def _lines(text: str) -> list[list[Point]] | None:
    """The points of each stroke, in pixels of the pad; None when the text is too long or no such data."""
    if len(text.encode("utf-8", "surrogatepass")) > STROKES_BYTES:
        return None
    try:
        strokes = json.loads(text)
        lines = [[(float(point["x"]), float(point["y"])) for point in stroke["points"]] for stroke in strokes]
    except (ValueError, TypeError, KeyError, RecursionError, OverflowError):
        return None
    return lines if lines and all(lines) else None


def _length(lines: list[list[Point]]) -> float:
    """How long the lines are together."""
    return sum(math.dist(start, end) for line in lines for start, end in pairwise(line))


class SignForm(Form):
    """An answer with a signature: drawn on the screen, or a photo of a signed paper with the name typed beside it."""

    answer = Choice(_l("您同意这个方案吗？"))
    reason = Paragraphs(
        _l("不同意的原因"), most=1000, required=False, description=_l("可以不写。只有居委会看得到，邻居看不到。")
    )
    strokes = Strokes()
    signature = Drawn()
    typed_name = Line(_l("打上您的名字"), required=False, render_kw={"autocomplete": "name", "spellcheck": "false"})
    paper = Picture(_l("拍一张您签了名的纸"))
    plan = HiddenField()
    turn = HiddenField()
    kept = HiddenField()
    """The digest of a draft whose photo is to be used again."""

    def __init__(self, collection: ConsentCollection, unit: ConsentUnit, draft: ConsentDraft | None, ask: bool) -> None:
        super().__init__()
        self._draft = draft
        self.answer.choices = [(answer.value, answer_words(answer)) for answer in collection.answers_offered]
        if ask:
            self.answer.choices.append((ASK, _l("想先问一问")))
        if not self.is_submitted():
            self.plan.data, self.turn.data = collection.version.plan_hash, str(unit.turn)
            self._fill(draft)

    def _fill(self, draft: ConsentDraft | None) -> None:
        if draft is None:
            return
        self.answer.data, self.reason.data, self.typed_name.data = draft.answer, draft.reason, draft.typed_name
        if draft.strokes:
            self.strokes.data = draft.strokes
        elif draft.picture:
            self.kept.data = draft.digest

    @property
    def wants_to_ask(self) -> bool:
        """Whether she would rather ask first."""
        return bool(self.answer.data == ASK)

    def validate(self, extra_validators: Any = None) -> bool:
        """Asking needs no signature; every answer does."""
        good = bool(super().validate(extra_validators))
        if self.wants_to_ask or self.signed() is not None or self.signature.errors or self.strokes.errors:
            return good
        if self.paper.errors:
            return False
        if self.typed_name.data:
            self.paper.errors = [gettext("只打名字还不算签名。请在纸上签名，拍一张照片；拍不了的，请打居委会电话。")]
        else:
            self.signature.errors = [gettext("还没有签名。请用手指写上名字，或者拍一张签了名的纸。")]
        return False

    def signed(self) -> Signature | None:
        """How she signed; None when she has not."""
        if self.signature.picture is not None and self.strokes.data:
            return Signature(self.signature.picture, strokes=self.strokes.data)
        typed = self.typed_name.data or ""
        if self.paper.picture is not None:
            return Signature(self.paper.picture, typed_name=typed)
        draft = self._draft
        if draft is not None and self.kept.data == draft.digest:
            return kept_signature(draft)
        return None

    def seen(self) -> Seen:
        """What the page showed."""
        turn = self.turn.data or ""
        return Seen(self.plan.data or "", int(turn) if turn.isascii() and turn.isdecimal() and len(turn) < 9 else -1)


def kept_signature(draft: ConsentDraft) -> Signature | None:
    """The signature of a draft; its picture was made safe before it was kept."""
    if not draft.picture:
        return None
    return Signature(Safe(draft.picture, draft.media_type), draft.strokes, draft.typed_name)


class OnSiteForm(SignForm):
    """The same on the committee's tablet: who is there, and that she is there herself."""

    holder = Choice(_l("谁来签名？"))
    present = Yes(_l("本人就在旁边，自己看过方案，自己签名"), required=True)

    def __init__(self, collection: ConsentCollection, unit: ConsentUnit, draft: ConsentDraft | None) -> None:
        super().__init__(collection, unit, draft, ask=False)
        self.holder.choices = [(str(share.holder_id), share.holder.name) for share in unit.holders]
        if not self.is_submitted():
            alone = str(unit.holders[0].holder_id) if len(unit.holders) == 1 else None
            self.holder.data = str(draft.holder_id) if draft else alone


class CheckForm(Form):
    """The last page before signing: it signs what it shows and nothing else."""

    draft = HiddenField()


class SeenForm(Form):
    """A button on a page that shows how a household's line stands."""

    plan = HiddenField()
    turn = HiddenField()

    def __init__(self, unit: ConsentUnit) -> None:
        super().__init__()
        if not self.is_submitted():
            self.plan.data, self.turn.data = unit.collection.version.plan_hash, str(unit.turn)

    seen = SignForm.seen


class QuestionForm(Form):
    """Ask before answering."""

    question = Paragraphs(
        _l("您想问什么？"), most=1000, required=False, description=_l("可以不写，居委会会打电话问您。")
    )


class CorrectionForm(Form):
    """What is wrong about one's own line of the roll."""

    text = Paragraphs(_l("哪里不对？"), most=1000, description=_l("例如：面积应是 18.60 平方米；承租人的名字写错了。"))


class ReasonForm(Form):
    """A reason that others will read."""

    reason = Paragraphs(_l("理由"), most=1000)


class DisputeForm(Form):
    """这不是我签的."""

    reason = Paragraphs(_l("怎么回事？"), most=1000, required=False, description=_l("可以不写。"))


# ---- the desk


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


class DecideCorrectionForm(Form):
    """Accept a correction of the roll or not."""

    accepted = Choice(
        _l("怎么处理？"), [("yes", _l("确实有误：户册已改，名册照户册更新")), ("no", _l("没有误：名册不改"))]
    )
    reply = Paragraphs(_l("答复这一户"), most=1000)


class AnswerQuestionForm(Form):
    """What the household was told."""

    text = Paragraphs(_l("答复内容"), most=2000, description=_l("电话里怎么说的，就怎么写；这一户看得到。"))


class ExtendForm(Form):
    """Make the window longer."""

    last_day = Day(_l("新的最后一天"))
    reason = Paragraphs(_l("延期理由"), most=500, description=_l("会写进公告。"))

    @property
    def closes(self) -> datetime:
        """24:00 of that day."""
        return end_of_day(self.last_day.day)


class PurposeForm(Form):
    """Why somebody opens a household's records."""

    purpose = Line(_l("为什么要看？"), description=_l("例如：住户来电核对。您的名字和理由会记下来。"))


class BlockForm(Form):
    """Why a unit cannot answer for now."""

    why = Choice(_l("什么情况？"), [(why.value, _l(words)) for why, words in rules.BLOCKED_LABELS.items()])
    died = SelectField(_l("哪一位去世了？"), coerce=str, validators=[Optional()])
    died_on = Day(_l("去世日期"), required=False)
    reason = Paragraphs(_l("情况说明"), most=1000, description=_l("只有工作人员看得到。不写病情。"))
    paper = Document(_l("证明材料"))

    def __init__(self, unit: ConsentUnit) -> None:
        super().__init__()
        holders = [(str(share.holder_id), share.holder.name) for share in unit.holders]
        self.died.choices = [("", _l("没有人去世")), *holders]

    def validate(self, extra_validators: Any = None) -> bool:
        """Whoever has died died on a day."""
        good = bool(super().validate(extra_validators))
        if good and self.died.data and not self.died_on.data:
            self.died_on.errors = [gettext("请写去世日期：这一天以后的签名不能算数。")]
            return False
        return good


class RenameForm(Form):
    """Who answers for the unit from now on."""

    name = Line(_l("新的承租人或产权人"), most=60)
    phone = Phone(_l("手机号"), required=False, render_kw={"inputmode": "tel"})
    since = Day(_l("从哪天起"), description=_l("更户或过户登记的日期，写成 2026-11-30。"))
    reason = Paragraphs(_l("依据"), most=500, description=_l("例如：出租人书面同意更户。"))
    paper = Document(_l("证明材料"), required=True)


class UnitsForm(Form):
    """Which households get a printed slip."""

    units = Choices(_l("给哪些户打印？"), coerce=int)

    def __init__(self, units: Iterable[ConsentUnit]) -> None:
        super().__init__()
        self.units.choices = [(unit.id, unit.door_words) for unit in units]

    def validate(self, extra_validators: Any = None) -> bool:
        """At least one household."""
        good = bool(super().validate(extra_validators))
        if good and not self.units.data:
            self.units.errors = [gettext("请至少选一户。")]
            return False
        return good


class CodeForm(Form):
    """A slip by its code."""

    code = Line(
        _l("征询单编号"),
        most=60,
        description=_l("单子左下角的字母和数字，空格、横线、大小写都没关系。"),
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )


class ReadingForm(Form):
    """What stands on a slip, read from the paper and from nothing else."""

    signers = SelectMultipleField(
        _l("谁签了名？"), coerce=int, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    answer = Choice(_l("勾了哪一项？"))
    signed_on = Day(_l("表上写的签名日期"))
    received_on = Day(_l("收件章上的日期"))
    received_hour = Hour(_l("收件时间"), description=_l("收件章或收件登记本上的时间，例如 16:30。"))
    photo = Picture(_l("拍下原件"))
    came_by = Choice(
        _l("怎么交来的？"),
        [(rules.Method.PAPER.value, _l("当面交来")), (rules.Method.MAIL.value, _l("邮寄"))],
        required=False,
    )

    def __init__(self, collection: ConsentCollection, unit: ConsentUnit, *, is_first: bool) -> None:
        super().__init__()
        self._is_first = is_first
        self.signers.choices = [(share.holder_id, share.holder.name) for share in unit.holders]
        self.answer.choices = [
            *((answer.value, _l(rules.ANSWER_LABELS[answer])) for answer in collection.answers_offered),
            ("withdraw", _l("撤回以前的表态")),
        ]
        if not is_first:
            del self.photo
            del self.came_by

    def validate(self, extra_validators: Any = None) -> bool:
        """Whoever reads first has the original in her hands."""
        good = bool(super().validate(extra_validators))
        if not self.signers.data:
            self.signers.errors = [gettext("请选出在表上签了名的人。")]
            good = False
        if not self._is_first:
            return good
        if self.photo.picture is None and not self.photo.errors:
            self.photo.errors = [gettext("请先拍下征询单原件的照片，再录入。")]
        if not self.came_by.data:
            self.came_by.errors = [gettext("请选一项。")]
        return good and not self.photo.errors and not self.came_by.errors

    def reading(self) -> Reading:
        """What was read."""
        local = datetime.combine(self.received_on.day, datetime.min.time(), BEIJING)
        said = None if self.answer.data == "withdraw" else rules.Answer(self.answer.data)
        received = local + self.received_hour.after_midnight
        return Reading(tuple(self.signers.data or ()), said, self.signed_on.day, received)

    def original(self) -> Original | None:
        """The photo, and how the slip came in; None from the second reading on."""
        if not self._is_first or self.photo.picture is None:
            return None
        return Original(self.photo.picture, rules.Method(self.came_by.data))


class FindingForm(Form):
    """What a check of a disputed signature found."""

    genuine = Choice(_l("是本人签的吗？"), [("yes", _l("是本人签的")), ("no", _l("不是本人签的"))])
    finding = Paragraphs(_l("怎么核实的？"), most=1000)


class ConfirmForm(Form):
    """Confirm the count that is shown."""

    count = HiddenField()

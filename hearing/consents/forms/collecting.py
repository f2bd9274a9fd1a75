"""Forms of consents: what residents fill in on a phone, and what staff fill in at the desk."""

from __future__ import annotations

import json
import math
from datetime import datetime
from itertools import pairwise
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import ValidationError

from hearing.consents import rules
from hearing.consents.actions import Seen, Signature
from hearing.consents.models import ConsentCollection, ConsentDraft, ConsentUnit
from hearing.notices.rules import end_of_day
from hearing.web.forms import Choice, Day, Form, Hidden, Line, Paragraphs, Yes
from hearing.web.pictures import Safe
from hearing.web.uploads import Drawn, Picture

ASK = "ask"
"""The choice beside the answers: 想先问一问."""
STROKES_BYTES = 64 * 1024
SHORTEST_SIGNATURE = 40
"""How long the lines of a signature are together at least, in pixels of the pad: a tap of the finger is none."""
OPPOSE_WORDS = _l("不同意（反对）")


def answer_words(answer: rules.Answer) -> Any:
    """An answer as a resident reads it before she signs; on paper and in law 不同意 is called 反对."""
    return OPPOSE_WORDS if answer is rules.Answer.OPPOSE else _l(rules.ANSWER_LABELS[answer])


class Strokes(Hidden):
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
    plan = Hidden()
    turn = Hidden()
    kept = Hidden()
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

    draft = Hidden()


class SeenForm(Form):
    """A button on a page that shows how a household's line stands."""

    plan = Hidden()
    turn = Hidden()

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


class FindingForm(Form):
    """What a check of a disputed signature found."""

    genuine = Choice(_l("是本人签的吗？"), [("yes", _l("是本人签的")), ("no", _l("不是本人签的"))])
    finding = Paragraphs(_l("怎么核实的？"), most=1000)


class ConfirmForm(Form):
    """Confirm the count that is shown."""

    count = Hidden()

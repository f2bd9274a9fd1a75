"""Forms of applying: one question a page for residents, one page for the desk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from hearing.proposals.actions import Answers, Letter
from hearing.proposals.forms.words import NO_HEALTH, blame, labels
from hearing.proposals.rules import (
    PRESENCE_LABELS,
    Assistance,
    Presence,
)
from hearing.web.forms import Choice, Form, Line, Paragraphs
from hearing.web.uploads import Picture, Pictures


class Step(Form):
    """One question of the application; `kept()` is what the draft keeps of it."""

    def kept(self) -> dict[str, str]:
        """The texts by field."""
        return {field.name: field.data or "" for field in self.asked if isinstance(field.data, str | None)}


class ProblemStep(Step):
    """What is the problem?"""

    problem = Paragraphs(_l("遇到了什么问题？"), most=1000, description=NO_HEALTH)


class PlaceStep(Step):
    """Where is it? With photos."""

    place = Line(_l("在哪里？"), most=120, description=_l("例如：3 号门口、二楼走道。"))
    photos = Pictures(_l("拍一张给大家看"), most=4, description=_l("最多 4 张。照片里的拍摄地点会自动去掉。"))


class WishStep(Step):
    """What is wished for?"""

    wish = Paragraphs(_l("您希望怎么改？"), most=1000, description=NO_HEALTH)


class UpkeepStep(Step):
    """Who looks after it afterwards?"""

    upkeep = Paragraphs(
        _l("改好以后，谁来照看？"),
        most=400,
        description=_l("例如：我们几户轮流打扫，坏了报物业。还没想好也可以写“想和邻居商量”。"),
    )


STEPS: dict[str, type[Step]] = {
    "problem": ProblemStep,
    "place": PlaceStep,
    "wish": WishStep,
    "upkeep": UpkeepStep,
}


class SendForm(Form):
    """The last page before sending; those with several households say which one it is."""

    unit = Choice(_l("哪一户？"), choices=(), required=False)

    def offer(self, units: Sequence[tuple[str, str]]) -> None:
        """Let the person choose among her households, if there is a choice."""
        self.unit.choices = list(units)
        if len(units) == 1 and not self.unit.data:
            self.unit.data = units[0][0]

    def validate(self, extra_validators: Any = None) -> bool:
        """With several households, one has to be named."""
        good = bool(super().validate(extra_validators))
        if len(list(self.unit.iter_choices())) > 1 and not self.unit.data:
            return blame(self.unit, gettext("请选一项。"))
        return good


class LetterForm(Form):
    """A written application: typed, or photographed and transcribed."""

    photo = Picture(_l("手写申请的照片"), description=_l("拍清楚整张纸。没有手写的，可以只打字。"))
    text = Paragraphs(_l("申请的内容"), most=4000, description=_l("手写的请照着打一遍，两样一起保存。"))

    def letter(self) -> Letter:
        """What was handed in."""
        return Letter(self.text.data or "", self.photo.picture)


class AssistedForm(Form):
    """Why staff write for a household, and how the household took part."""

    presence = Choice(_l("本人怎么参加的？"), choices=labels(PRESENCE_LABELS))
    why = Line(_l("为什么代办？"), most=200, description=_l("例如：走访时提出，本人不会用手机。"))

    def assistance(self) -> Assistance:
        """Who was helped, how and why."""
        return Assistance(why=self.why.data or "", presence=Presence(self.presence.data))


class AssistedLetterForm(AssistedForm, LetterForm):
    """A household's letter, entered by staff."""


class AssistedApplicationForm(AssistedForm):
    """The four questions and the letter on one page, for the desk."""

    problem = Paragraphs(_l("遇到了什么问题？"), most=1000, description=NO_HEALTH)
    place = Line(_l("在哪里？"), most=120)
    wish = Paragraphs(_l("希望怎么改？"), most=1000, description=NO_HEALTH)
    upkeep = Paragraphs(_l("改好以后，谁来照看？"), most=400)
    photos = Pictures(_l("现场照片"), most=4)
    letter_photo = Picture(_l("手写申请的照片"), description=_l("有手写的申请就拍下来，没有可以空着。"))
    letter_text = Paragraphs(_l("手写申请的内容"), most=4000, required=False, description=_l("照着纸上打一遍。"))

    def answers(self) -> Answers:
        """The four answers."""
        return Answers(*((getattr(self, name).data or "") for name in STEPS))

    def letter(self) -> Letter:
        """The letter, if there is one."""
        return Letter(self.letter_text.data or "", self.letter_photo.picture)

    def validate(self, extra_validators: Any = None) -> bool:
        """A photo of handwriting needs its transcription."""
        good = bool(super().validate(extra_validators))
        if self.letter_photo.picture is not None and not self.letter_text.data:
            return blame(self.letter_text, gettext("手写的申请要照着打一遍，两样一起保存。"))
        return good


class ReasonForm(Form):
    """An act that needs a written reason."""

    reason = Paragraphs(_l("理由"), most=1000, description=_l("提案人会看到。"))

"""Forms of proposals: one question a page for residents, grouped for the desk."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, SelectField, TextAreaField, ValidationError
from wtforms.validators import Optional

from hearing.people.rules import ROLE_LABELS, Role
from hearing.places.models import Unit
from hearing.proposals.actions import Answers, Letter
from hearing.proposals.models import Proposal
from hearing.proposals.queries import Scope
from hearing.proposals.rules import (
    CHANGE_LABELS,
    OPINION_SEATS,
    PRESENCE_LABELS,
    RECOMMENDATION_LABELS,
    REJECTION_LABELS,
    TEMPLATES,
    TEXTS,
    Assistance,
    BudgetLine,
    ChangeClass,
    DraftPlan,
    Move,
    Plan,
    Presence,
    Recommendation,
    Rejection,
    Requirement,
    ScopeKind,
    Share,
    TemplateName,
)
from hearing.web.forms import Choice, Choices, Count, Form, Line, Paragraphs, Yuan, clean
from hearing.web.uploads import Document, Documents, Picture, Pictures

NO_HEALTH = _l("写台阶、扶手,不写病情。病情、收入这些居委会当面问,不会公开。")
"""Said wherever words may end up on a public page."""


def labels(names: dict[Any, str]) -> list[tuple[str, Any]]:
    """The choices of an enumeration, in the reader's language."""
    return [(key.value, _l(sentence)) for key, sentence in names.items()]


def blame(field: Field, sentence: str) -> bool:
    """Add an error that only the whole form can see; False, as the form's answer."""
    field.errors = [*field.errors, sentence]
    return False


def written(field: Field) -> str:
    """What stands in a text field; nothing is an empty text."""
    return field.data or ""


# The resident's four questions.


class Step(Form):
    """One question of the application; `kept()` is what the draft keeps of it."""

    def kept(self) -> dict[str, str]:
        """The texts by field."""
        return {field.name: field.data or "" for field in self.asked if isinstance(field.data, str | None)}


class ProblemStep(Step):
    """What is the problem?"""

    problem = Paragraphs(_l("遇到了什么问题?"), most=1000, description=NO_HEALTH)


class PlaceStep(Step):
    """Where is it? With photos."""

    place = Line(_l("在哪里?"), most=120, description=_l("例如:3 号门口、二楼走道。"))
    photos = Pictures(_l("拍一张给大家看"), most=4, description=_l("最多 4 张。照片里的拍摄地点会自动去掉。"))


class WishStep(Step):
    """What is wished for?"""

    wish = Paragraphs(_l("您希望怎么改?"), most=1000, description=NO_HEALTH)


class UpkeepStep(Step):
    """Who looks after it afterwards?"""

    upkeep = Paragraphs(
        _l("改好以后,谁来照看?"),
        most=400,
        description=_l("例如:我们几户轮流打扫,坏了报物业。还没想好也可以写“想和邻居商量”。"),
    )


STEPS: dict[str, type[Step]] = {
    "problem": ProblemStep,
    "place": PlaceStep,
    "wish": WishStep,
    "upkeep": UpkeepStep,
}


class SendForm(Form):
    """The last page before sending; those with several households say which one it is."""

    unit = Choice(_l("哪一户?"), choices=(), required=False)

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


# Written letters and assisted entries.


class LetterForm(Form):
    """A written application: typed, or photographed and transcribed."""

    photo = Picture(_l("手写申请的照片"), description=_l("拍清楚整张纸。没有手写的,可以只打字。"))
    text = Paragraphs(_l("申请的内容"), most=4000, description=_l("手写的请照着打一遍,两样一起保存。"))

    def letter(self) -> Letter:
        """What was handed in."""
        return Letter(self.text.data or "", self.photo.picture)


class AssistedForm(Form):
    """Why staff write for a household, and how the household took part."""

    presence = Choice(_l("本人怎么参加的?"), choices=labels(PRESENCE_LABELS))
    why = Line(_l("为什么代办?"), most=200, description=_l("例如:走访时提出,本人不会用手机。"))

    def assistance(self) -> Assistance:
        """Who was helped, how and why."""
        return Assistance(why=self.why.data or "", presence=Presence(self.presence.data))


class AssistedLetterForm(AssistedForm, LetterForm):
    """A household's letter, entered by staff."""


class AssistedApplicationForm(AssistedForm):
    """The four questions and the letter on one page, for the desk."""

    problem = Paragraphs(_l("遇到了什么问题?"), most=1000, description=NO_HEALTH)
    place = Line(_l("在哪里?"), most=120)
    wish = Paragraphs(_l("希望怎么改?"), most=1000, description=NO_HEALTH)
    upkeep = Paragraphs(_l("改好以后,谁来照看?"), most=400)
    photos = Pictures(_l("现场照片"), most=4)
    letter_photo = Picture(_l("手写申请的照片"), description=_l("有手写的申请就拍下来,没有可以空着。"))
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
            return blame(self.letter_text, gettext("手写的申请要照着打一遍,两样一起保存。"))
        return good


class ReasonForm(Form):
    """An act that needs a written reason."""

    reason = Paragraphs(_l("理由"), most=1000, description=_l("提案人会看到。"))


# Screening.


class ScreeningForm(Form):
    """The decision of screening, with what each decision needs."""

    move = Choice(
        _l("初审决定"),
        choices=[
            (Move.ACCEPT.value, _l("受理,开始协商")),
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
        _l("说明理由"), most=1000, required=False, description=_l("退回、不受理、并案、转办都要写,提案人会看到。")
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

    outcome = Choice(_l("复议结果"), choices=[("reopen", _l("重新受理,再审一次")), ("uphold", _l("维持原来的决定"))])
    answer = Paragraphs(_l("答复"), most=1000, description=_l("提案人会看到。"))


class OpinionRequestForm(Form):
    """Whom to ask, and what."""

    seat = Choice(_l("请谁提意见?"), choices=[(seat.value, _l(ROLE_LABELS[seat])) for seat in OPINION_SEATS])
    question = Paragraphs(_l("想请他们看什么?"), most=600)

    def asked_seat(self) -> Role:
        """The seat that is asked."""
        return Role(self.seat.data)


class OpinionForm(Form):
    """A seat's opinion."""

    recommendation = Choice(_l("您的意见"), choices=labels(RECOMMENDATION_LABELS))
    text = Paragraphs(_l("说明"), most=2000, description=NO_HEALTH)
    steps = Paragraphs(
        _l("接下来按什么顺序办?"), most=1000, required=False, description=_l("一行写一步。会写进方案的步骤里。")
    )

    def recommended(self) -> Recommendation:
        """What the seat recommends."""
        return Recommendation(self.recommendation.data)


# The plan.


class BudgetLines(TextAreaField):
    """A budget typed as lines of `item amount`, the amount in yuan; `.lines` gives them in 分."""

    def __init__(self, label: Any, **kwargs: Any) -> None:
        super().__init__(label, validators=[Optional()], **kwargs)
        self.lines: tuple[BudgetLine, ...] = ()

    def process_data(self, value: Any) -> None:
        self.data = "\n".join(f"{line.label} {_typed(line.fen)}" for line in value or ())

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        self.data = clean(valuelist[0]) if valuelist else ""

    def post_validate(self, _form: Any, _stopped: bool) -> None:
        typed = [line for line in (self.data or "").split("\n") if line.strip()]
        if len(typed) > 40:
            raise ValidationError(gettext("预算最多写 %(n)d 行。", n=40))
        self.lines = tuple(_budget_line(number, line) for number, line in enumerate(typed, 1))


_BUDGET = re.compile(r"(?P<label>.*\S)\s+[¥¥]?(?P<yuan>[0-9,]{1,13})(\.(?P<cents>[0-9]{1,2}))?元?")


def _budget_line(number: int, line: str) -> BudgetLine:
    found = _BUDGET.fullmatch(unicodedata.normalize("NFKC", line).strip())
    digits = found["yuan"].replace(",", "") if found else ""
    if not found or not digits or len(digits) > 9 or len(found["label"]) > 60:
        raise ValidationError(gettext("第 %(n)d 行没看懂,请写成“扶手 1200”这样:项目、空格、金额。", n=number))
    return BudgetLine(found["label"], int(digits) * 100 + int((found["cents"] or "").ljust(2, "0")))


def _typed(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}" if fen % 100 else str(fen // 100)


class PlanForm(Form):
    """The plan on the desk; `edition` says which saving was on the screen."""

    edition = HiddenField()
    title = Line(_l("名称"), most=60, required=False, description=NO_HEALTH)
    description = Paragraphs(_l("方案说明"), required=False, description=_l("做什么、怎么做。写台阶、扶手,不写病情。"))
    place = Line(_l("位置"), most=120, required=False)
    size = Paragraphs(_l("尺寸"), most=600, required=False)
    budget = BudgetLines(_l("预算"), description=_l("一行一项:项目、空格、金额,例如“扶手 1200”。不花钱也写一行 0。"))
    safety_note = Paragraphs(_l("安全说明"), most=2000, required=False)
    light_and_passage = Paragraphs(_l("采光与通行"), most=2000, required=False)
    implementer = Line(_l("实施单位"), most=120, required=False)
    upkeep_owner = Line(_l("长效管护"), most=400, required=False, description=_l("建好以后谁照看、坏了找谁。"))
    affected_parties = Paragraphs(_l("受影响的住户和单位"), most=1000, required=False)
    steps = Paragraphs(_l("步骤"), most=2000, required=False)
    template = SelectField(_l("要做哪种征询?"), validators=[Optional()])
    scope = SelectField(_l("问哪些户?"), validators=[Optional()])
    template_2 = SelectField(_l("还要做哪种征询?"), validators=[Optional()])
    scope_2 = SelectField(_l("问哪些户?"), validators=[Optional()])
    drop = Choices(_l("去掉哪些图纸?"), choices=())

    PAIRS = (("template", "scope"), ("template_2", "scope_2"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.asked:
            # A draft may have gaps, but that does not make what the plan needs optional.
            field.flags.optional = False

    def offer(self, scopes: Sequence[Scope], drawings: Sequence[tuple[str, str]]) -> None:
        """Fill the lists."""
        none = [("", gettext("不需要"))]
        kinds = none + [(name.value, gettext(template.label)) for name, template in TEMPLATES.items()]
        places = [("", gettext("请选择"))] + [(scope.key, scope.name) for scope in scopes]
        for kind, place in self.PAIRS:
            self[kind].choices, self[place].choices = kinds, places
        self.drop.choices = list(drawings)

    def show(self, draft: DraftPlan, edition: int) -> None:
        """Fill the form with what is on the desk, on its first showing."""
        if self.is_submitted():
            return
        self.edition.data = str(edition)
        for name in TEXTS:
            self[name].data = getattr(draft.texts, name)
        self.budget.process_data(draft.texts.budget)
        for (kind, place), requirement in zip(self.PAIRS, draft.requirements, strict=False):
            self[kind].data = requirement.template.value
            self[place].data = f"{requirement.scope_kind}/{requirement.scope_id}"

    def validate(self, extra_validators: Any = None) -> bool:
        """A kind of consent needs its households."""
        good = bool(super().validate(extra_validators))
        for kind, place in self.PAIRS:
            if self[kind].data and not self[place].data:
                good = blame(self[place], gettext("请选一项。"))
        return good

    def onto(self, draft: DraftPlan) -> DraftPlan:
        """The draft with what was typed; shares and drawings that were not dropped stay."""
        gone = set(self.drop.data or ())
        typed: dict[str, Any] = {name: self[name].data or "" for name in TEXTS}
        texts = Plan(**typed, budget=self.budget.lines, household_shares=draft.texts.household_shares)
        drawings = tuple(drawing for drawing in draft.drawings if str(drawing.evidence_id) not in gone)
        return DraftPlan(texts, drawings, tuple(self._requirements()))

    def _requirements(self) -> Iterable[Requirement]:
        seen: set[Requirement] = set()
        for kind, place in self.PAIRS:
            if self[kind].data and self[place].data:
                scope_kind, _, scope_id = self[place].data.partition("/")
                requirement = Requirement(TemplateName(self[kind].data), ScopeKind(scope_kind), int(scope_id))
                if requirement not in seen:
                    seen.add(requirement)
                    yield requirement


class DrawingsForm(Form):
    """Drawings and photos of the plan."""

    edition = HiddenField()
    files = Documents(
        _l("图纸或照片"), most=6, required=True, description=_l("PDF 或照片,一次最多 6 份。会随方案公开。")
    )


def edition_of(field: HiddenField) -> int:
    """The edition that was on the screen; -1 when what came in is no number."""
    typed = field.data or ""
    return int(typed) if re.fullmatch(r"[0-9]{1,9}", typed) else -1


MOST_SHARES = 300


def shares_form(units: Sequence[Unit], name_of: Callable[[Unit], str]) -> type[Form]:
    """A form with one amount for each unit, at most MOST_SHARES."""
    fields: dict[str, Any] = {f"share_{unit.id}": Yuan(name_of(unit), required=False) for unit in units[:MOST_SHARES]}
    return type("SharesForm", (_SharesForm,), fields)


class _SharesForm(Form):
    edition = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.amounts():
            field.flags.optional = False

    def shares(self) -> tuple[Share, ...]:
        """What each household pays; households that pay nothing are left out."""
        return tuple(
            Share(field.name.removeprefix("share_"), field.fen)
            for field in self
            if isinstance(field, Yuan) and field.fen
        )

    def amounts(self) -> list[Yuan]:
        """The amounts, in the order of the doors."""
        return [field for field in self if isinstance(field, Yuan)]

    def show(self, shares: Sequence[Share], edition: int) -> None:
        """Fill the form with what is on the desk, on its first showing."""
        if self.is_submitted():
            return
        self.edition.data = str(edition)
        for share in shares:
            if f"share_{share.unit}" in self:
                self[f"share_{share.unit}"].data = _typed(share.fen)


# Changes and answers.


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
        choices=[("uphold", _l("异议成立,请大家重新确认")), ("keep", _l("只是文字修改,不用重新确认"))],
    )
    answer = Paragraphs(_l("答复"), most=1000, description=_l("提案人会看到。"))


class ManagerForm(Form):
    """The manager's written answer."""

    agrees = Choice(_l("对这一版方案"), choices=[("yes", _l("同意")), ("no", _l("不同意"))])
    note = Paragraphs(_l("说明"), most=1000, required=False, description=_l("不同意请写明理由。"))
    paper = Document(_l("盖章的书面答复"), description=_l("照片或 PDF,没有可以空着。"))

    def validate(self, extra_validators: Any = None) -> bool:
        """A no needs words."""
        good = bool(super().validate(extra_validators))
        if self.agrees.data == "no" and not self.note.data:
            return blame(self.note, gettext("不同意请写明理由。"))
        return good


class PublicityForm(Form):
    """How long the result hangs, and what the committee adds to it."""

    days = Count(_l("公示几天?"), least=1, most=60)
    text = Paragraphs(_l("公示里要补充的话"), most=1000, required=False)


class FixForm(Form):
    """Nothing to fill in: the button fixes the plan."""

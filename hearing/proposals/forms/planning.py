"""Forms of the plan on the desk: texts, budget, drawings, shares."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, TextAreaField, ValidationError
from wtforms.validators import Optional

from hearing.places.models import Unit
from hearing.proposals.forms.words import NO_HEALTH, blame
from hearing.proposals.queries import Scope
from hearing.proposals.rules import (
    TEMPLATES,
    TEXTS,
    BudgetLine,
    DraftPlan,
    Requirement,
    ScopeKind,
    Share,
    TemplateName,
)
from hearing.web.forms import Choices, Form, Hidden, Line, Paragraphs, Yuan, clean
from hearing.web.uploads import Documents


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
        raise ValidationError(gettext("第 %(n)d 行没看懂，请写成“扶手 1200”这样：项目、空格、金额。", n=number))
    return BudgetLine(found["label"], int(digits) * 100 + int((found["cents"] or "").ljust(2, "0")))


def _typed(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}" if fen % 100 else str(fen // 100)


class PlanForm(Form):
    """The plan on the desk; `edition` says which saving was on the screen."""

    edition = Hidden()
    title = Line(_l("名称"), most=60, required=False, description=NO_HEALTH)
    description = Paragraphs(_l("方案说明"), required=False, description=_l("做什么、怎么做。写台阶、扶手，不写病情。"))
    place = Line(_l("位置"), most=120, required=False)
    size = Paragraphs(_l("尺寸"), most=600, required=False)
    budget = BudgetLines(_l("预算"), description=_l("一行一项：项目、空格、金额，例如“扶手 1200”。不花钱也写一行 0。"))
    safety_note = Paragraphs(_l("安全说明"), most=2000, required=False)
    light_and_passage = Paragraphs(_l("采光与通行"), most=2000, required=False)
    implementer = Line(_l("实施单位"), most=120, required=False)
    upkeep_owner = Line(_l("长效管护"), most=400, required=False, description=_l("建好以后谁照看、坏了找谁。"))
    affected_parties = Paragraphs(_l("受影响的住户和单位"), most=1000, required=False)
    steps = Paragraphs(_l("步骤"), most=2000, required=False)
    template = SelectField(_l("要做哪种征询？"), validators=[Optional()])
    scope = SelectField(_l("问哪些户？"), validators=[Optional()])
    template_2 = SelectField(_l("还要做哪种征询？"), validators=[Optional()])
    scope_2 = SelectField(_l("这一种问哪些户？"), validators=[Optional()])
    drop = Choices(_l("去掉哪些图纸？"), choices=())

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
        places = [("", gettext("请选择"))] + [(scope.key, scope.label) for scope in scopes]
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
        texts = replace(draft.texts, **typed, budget=self.budget.lines)
        drawings = tuple(drawing for drawing in draft.drawings if str(drawing.evidence_id) not in gone)
        return DraftPlan(texts, drawings, tuple(self._requirements()), draft.own_parts)

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

    edition = Hidden()
    files = Documents(
        _l("图纸或照片"), most=6, required=True, description=_l("PDF 或照片，一次最多 6 份。会随方案公开。")
    )


def edition_of(field: Hidden) -> int:
    """The edition that was on the screen; -1 when what came in is no number."""
    typed = field.data or ""
    return int(typed) if re.fullmatch(r"[0-9]{1,9}", typed) else -1


MOST_SHARES = 300


class OwnPartsForm(Form):
    """The units whose own part the works use."""

    edition = Hidden()
    units = Choices(_l("方案用到哪几户自家的部分？"), coerce=int)

    def __init__(self, units: Sequence[Unit], name_of: Callable[[Unit], str]) -> None:
        super().__init__()
        self.units.choices = [(unit.id, name_of(unit)) for unit in units[:MOST_SHARES]]

    def show(self, chosen: Sequence[int], edition: int) -> None:
        """Fill the form with what is on the desk, on its first showing."""
        if not self.is_submitted():
            self.edition.data, self.units.data = str(edition), list(chosen)

    def chosen(self) -> tuple[int, ...]:
        """The units that were ticked, ascending."""
        return tuple(sorted(self.units.data or ()))


def shares_form(units: Sequence[Unit], name_of: Callable[[Unit], str]) -> type[Form]:
    """A form with one amount for each unit, at most MOST_SHARES."""
    fields: dict[str, Any] = {f"share_{unit.id}": Yuan(name_of(unit), required=False) for unit in units[:MOST_SHARES]}
    return type("SharesForm", (_SharesForm,), fields)


class _SharesForm(Form):
    edition = Hidden()

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


class FixForm(Form):
    """Nothing to fill in: the button fixes the plan."""

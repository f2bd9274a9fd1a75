"""Forms of what happens to a unit: each asks for the day and for the paper that shows it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import FieldList, FormField, SelectField, ValidationError
from wtforms import Form as PlainForm

from hearing.consents import rules
from hearing.consents.actions import Guardian, Shown
from hearing.consents.models import ConsentUnit
from hearing.places.rules import HOLDING_LABELS, Capacity, HoldingForm
from hearing.places.sheet.cells import Unfit, share_fractions
from hearing.refusal import Refused
from hearing.register.rules import NewHolder, NewTenure
from hearing.register.rules import Refusal as RegisterRefusal
from hearing.web.forms import Choice, Day, Form, Line, Paragraphs, Phone, Yes
from hearing.web.uploads import Document

MOST_PEOPLE = 6
"""How many new holders a form takes at once."""
DEATH = "death"
"""The choice beside the reasons: somebody who holds the unit has died."""


class _EventForm(Form):
    """What every event says."""

    happened_on = Day(_l("哪一天"))
    reason = Paragraphs(_l("情况说明"), most=1000, description=_l("只有工作人员看得到。不写病情。"))
    paper = Document(_l("证明材料"), description=_l("照片或 PDF。"))

    def shown(self) -> Shown:
        """The event's day, reason and paper; the form has been validated."""
        return Shown(reason=self.reason.data or "", happened_on=self.happened_on.day, paper=self.paper.picture)


class BlockForm(_EventForm):
    """Why a unit cannot answer for now."""

    why = Choice(_l("什么情况？"))
    died = SelectField(_l("哪一位去世了？"), coerce=str, validate_choice=True)

    def __init__(self, unit: ConsentUnit) -> None:
        super().__init__()
        waits = (rules.Blocked.OWNERSHIP_DISPUTE, rules.Blocked.GUARDIAN_NEEDED)
        self.why.choices = [
            (DEATH, _l("表态人去世")),
            *((why.value, _l(rules.BLOCKED_LABELS[why])) for why in waits),
        ]
        if unit.capacity == Capacity.LESSEE:
            change = rules.Blocked.LESSEE_CHANGE
            self.why.choices.append((change.value, _l(rules.BLOCKED_LABELS[change])))
        alive = [(str(share.holder_id), share.holder.name) for share in unit.holders if not share.died_on]
        self.died.choices = [("", _l("没有人去世")), *alive]
        if not self.is_submitted() and len(alive) == 1:
            self.died.data = ""

    def validate(self, extra_validators: Any = None) -> bool:
        """A death is somebody's."""
        good = bool(super().validate(extra_validators))
        if self.why.data == DEATH and not self.died.data:
            self.died.errors = [gettext("请选出去世的是哪一位。")]
            return False
        return good

    @property
    def holder(self) -> int | None:
        """Who has died."""
        return int(self.died.data) if self.why.data == DEATH and self.died.data else None

    @property
    def blocked(self) -> rules.Blocked:
        """What the unit waits for; after a death the act itself says it."""
        return rules.Blocked.HEIRS_AWAITED if self.why.data == DEATH else rules.Blocked(self.why.data)


class DeathForm(_EventForm):
    """Who of the household had died, once answering is over."""

    died = Choice(_l("哪一位去世了？"))

    def __init__(self, unit: ConsentUnit) -> None:
        super().__init__()
        alive = [(str(share.holder_id), share.holder.name) for share in unit.holders if not share.died_on]
        self.died.choices = alive
        if not self.is_submitted() and len(alive) == 1:
            self.died.data = alive[0][0]


class FreeForm(_EventForm):
    """Why the unit may answer again."""


class PersonFields(PlainForm):
    """One person who holds the unit from now on."""

    name = Line(_l("姓名"), most=60, required=False, render_kw={"autocomplete": "off", "spellcheck": "false"})
    phone = Phone(_l("手机号"), required=False, render_kw={"inputmode": "tel", "autocomplete": "off"})
    share = Line(_l("份额（按份共有才写）"), most=20, required=False, render_kw={"autocomplete": "off"})

    def validate_phone(self, field: Phone) -> None:
        """A number is somebody's."""
        if field.data and not self.name.data:
            raise ValidationError(gettext("写了号码，还没有写姓名。"))

    def validate_share(self, field: Line) -> None:
        """A share is somebody's."""
        if field.data and not self.name.data:
            raise ValidationError(gettext("写了份额，还没有写姓名。"))


class _PeopleForm(_EventForm):
    people = FieldList(FormField(PersonFields), min_entries=MOST_PEOPLE, max_entries=MOST_PEOPLE)

    def validate(self, extra_validators: Any = None) -> bool:
        """At least one person."""
        good = bool(super().validate(extra_validators))
        if good and not self._rows():
            self.refuse(gettext("请至少写一位。"))
            return False
        return good

    def _rows(self) -> list[Any]:
        return [entry.form for entry in self.people if entry.form.name.data]

    def holders(self) -> tuple[NewHolder, ...]:
        """The people, with their shares. Raises SHARES_NOT_WHOLE of the register when the shares are not the whole."""
        rows = self._rows()
        typed = [row.share.data or "" for row in rows]
        shares: Sequence[Fraction | None] = [None] * len(rows)
        if any(typed):
            try:
                shares = share_fractions("、".join(typed), len(rows))
            except Unfit as unfit:
                raise Refused(RegisterRefusal.SHARES_NOT_WHOLE) from unfit
        return tuple(
            NewHolder(row.name.data, row.phone.data or "", share) for row, share in zip(rows, shares, strict=True)
        )


class HandsForm(_PeopleForm):
    """Who holds the unit from now on: buyers, or the lessee whom the lessor has named."""

    held = Choice(_l("共有情况"), [(form.value, _l(words)) for form, words in HOLDING_LABELS.items()])

    def __init__(self, unit: ConsentUnit) -> None:
        super().__init__()
        self._capacity = Capacity(unit.capacity)
        if not self.is_submitted():
            self.held.data = HoldingForm.SOLE

    def tenure(self) -> NewTenure:
        """What was filled in. Raises SHARES_NOT_WHOLE of the register."""
        return NewTenure(self._capacity, HoldingForm(self.held.data), self.holders())


class HeirsForm(_PeopleForm):
    """Who stands in the place of a holder who has died."""

    dead = Choice(_l("接续哪一位？"))
    administrator = Yes(_l("写的是遗产管理人，不是继承人"))

    def __init__(self, unit: ConsentUnit) -> None:
        super().__init__()
        gone = [(str(share.holder_id), share.holder.name) for share in unit.holders if share.died_on]
        self.dead.choices = gone
        if not self.is_submitted() and len(gone) == 1:
            self.dead.data = gone[0][0]


class GuardianForm(_EventForm):
    """Who acts for a holder, and what shows it."""

    ward = Choice(_l("替哪一位表态？"))
    name = Line(_l("监护人姓名"), most=60, render_kw={"autocomplete": "off", "spellcheck": "false"})
    phone = Phone(
        _l("监护人手机号"),
        required=False,
        description=_l("写了手机号，监护人登录后可以在手机上表态；不写的，只能填纸质表。"),
        render_kw={"inputmode": "tel"},
    )
    relation = Choice(
        _l("监护人是本人的什么人？"), [(each.value, _l(words)) for each, words in rules.RELATION_LABELS.items()]
    )
    basis = Choice(_l("凭什么材料？"), [(each.value, _l(words)) for each, words in rules.BASIS_LABELS.items()])

    def __init__(self, unit: ConsentUnit) -> None:
        super().__init__()
        self.ward.choices = [(str(share.holder_id), share.holder.name) for share in unit.holders]
        if not self.is_submitted() and len(unit.holders) == 1:
            self.ward.data = str(unit.holders[0].holder_id)

    def guardian(self) -> Guardian:
        """Who acts; the form has been validated."""
        return Guardian(
            name=self.name.data or "",
            phone=self.phone.data or "",
            relation=rules.Relation(self.relation.data),
            basis=rules.Basis(self.basis.data),
        )

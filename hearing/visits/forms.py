"""Forms of visits: one visit, a whole sheet row by row, a correction, who goes where, the reminder."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import FieldList, FormField, SelectField, ValidationError
from wtforms import Form as PlainForm
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from hearing.consents.models import ConsentUnit
from hearing.notices.rules import BEIJING
from hearing.people.models import Seat
from hearing.people.rules import ROLE_LABELS, Role
from hearing.refusal import Refused
from hearing.visits.actions import Row
from hearing.visits.rules import ENTERED, LEAST_DAYS, MOST_DAYS, OUTCOME_LABELS, Noted, Outcome, read_mail_number
from hearing.web.forms import Choice, Count, Day, Form, Hidden, Hour, Line, Paragraphs, Yes
from hearing.web.sentences import sentence_of
from hearing.web.uploads import Picture

ROWS = 20
"""How many rows of a sheet one form takes."""
NOT_VISITED = ""
OUTCOMES = [(NOT_VISITED, _l("没去")), *((each.value, _l(OUTCOME_LABELS[each])) for each in ENTERED)]
"""What a row of a sheet offers."""


class _Wishes(PlainForm):
    """What a visit found beside its outcome, alike for one visit and for a row of a sheet."""

    mail_number = Line(_l("信的单号"), most=60, required=False, description=_l("寄信时填：挂号信或快递的单号。"))
    photo = Picture(_l("照片"), description=_l("放在门口时拍一张：看得到材料和门，不拍到人。"))
    next_on = Day(_l("下次哪天去"), required=False, description=_l("年-月-日，例如 2026-11-30。不去了就空着。"))
    hour = Hour(_l("约好几点"), required=False, description=_l("跟本人约好了才填，例如 19:00。"))
    no_more = Yes(_l("请不要再来，也不要打电话"))

    def validate_mail_number(self, field: Line) -> None:
        """Something typed must be a number that a letter can have."""
        if field.data and not read_mail_number(field.data):
            raise ValidationError(gettext("单号是 6 到 30 个数字、字母，请对照回执再看一看。"))

    def validate_hour(self, field: Hour) -> None:
        """An hour needs its day."""
        if field.data and not self.next_on.data:
            raise ValidationError(gettext("写了几点，还没有写哪天。"))

    def noted(self, outcome: Outcome, happened_on: date) -> Noted:
        """What was typed, about a visit of that day."""
        next_on = self.next_on.day if self.next_on.data else None
        agreed_at = None
        if next_on is not None and self.hour.data:
            agreed_at = datetime.combine(next_on, time(), BEIJING) + self.hour.after_midnight
        return Noted(
            outcome=outcome,
            happened_on=happened_on,
            mail_number=read_mail_number(self.mail_number.data or ""),
            has_photo=self.photo.picture is not None,
            next_on=None if agreed_at else next_on,
            agreed_at=agreed_at,
            no_more=bool(self.no_more.data),
        )


class _Visitor:
    """Offers who may have gone."""

    visitor: SelectField
    _seats: dict[int, Seat]

    def offer(self, seats: Sequence[Seat], likely: int) -> None:
        """Offer these people; `likely` is the account that is chosen beforehand."""
        self._seats = {seat.account_id: seat for seat in seats}
        self.visitor.choices = [(number, _spoken(seat)) for number, seat in self._seats.items()]
        if self.visitor.data is None and likely in self._seats:
            self.visitor.data = likely

    @property
    def went(self) -> Seat:
        """Who went."""
        return self._seats[self.visitor.data]


class VisitForm(Form, _Wishes, _Visitor):
    """One visit, letter or call."""

    outcome = Choice(_l("结果"), [(each.value, _l(OUTCOME_LABELS[each])) for each in ENTERED])
    happened_on = Day(_l("哪天"))
    visitor = SelectField(_l("谁去的"), coerce=int)

    def row(self, unit: ConsentUnit) -> Row:
        """What was typed and chosen, about a household."""
        return Row(unit, self.noted(Outcome(self.outcome.data), self.happened_on.day), self.photo.picture)


class RowFields(_Wishes):
    """One row of a sheet; left as it is where nobody went."""

    unit = Hidden()
    outcome = SelectField(
        _l("结果"),
        choices=[SelectChoice(value=value, label=label) for value, label in OUTCOMES],
        default=NOT_VISITED,
    )
    check: Callable[[RowFields], None] | None = None

    @property
    def is_filled(self) -> bool:
        """Whether somebody went there."""
        return bool(self.outcome.data)

    @property
    def is_blank(self) -> bool:
        """Whether nothing at all was written in the row."""
        typed = self.mail_number.data or self.next_on.data or self.hour.data or self.no_more.data or self.photo.data
        return not self.is_filled and not typed

    def validate(self, extra_validators: Any = None) -> bool:
        """What the law says of one row stands at that row."""
        if not super().validate(extra_validators):
            return False
        if not self.is_filled and not self.is_blank:
            self.outcome.errors = [gettext("这一行写了别的，还没有选结果。")]
            return False
        if self.is_filled and self.check is not None:
            try:
                self.check(self)
            except Refused as refused:
                self.outcome.errors = [sentence_of(refused)]
                return False
        return True


class SheetForm(Form, _Visitor):
    """A door-knocking sheet that was filled in by hand, row by row."""

    happened_on = Day(_l("哪天"))
    visitor = SelectField(_l("谁去的"), coerce=int)
    rows = FieldList(FormField(RowFields), max_entries=ROWS)

    def __init__(self, units: Sequence[ConsentUnit], check: Callable[[ConsentUnit, Noted], None]) -> None:
        super().__init__()
        self._units = {str(unit.id): unit for unit in units}
        if not self.is_submitted():
            for number in self._units:
                self.rows.append_entry({"unit": number})
        for entry in self.rows:
            entry.form.check = self._checks(check)

    def _checks(self, check: Callable[[ConsentUnit, Noted], None]) -> Callable[[RowFields], None]:
        def of_row(row: RowFields) -> None:
            unit, day = self._units.get(row.unit.data or ""), self._day
            if unit is not None and day is not None:
                check(unit, row.noted(Outcome(row.outcome.data), day))

        return of_row

    @property
    def _day(self) -> date | None:
        try:
            return self.happened_on.day
        except ValueError:
            return None

    def unit_of(self, entry: Any) -> ConsentUnit | None:
        """The household of a row; None for a row that this sheet does not have."""
        return self._units.get(entry.form.unit.data or "")

    def filled(self) -> list[Row]:
        """The rows of the households where somebody went."""
        found = []
        for entry in self.rows:
            unit, row = self.unit_of(entry), entry.form
            if unit is not None and row.is_filled:
                noted = row.noted(Outcome(row.outcome.data), self.happened_on.day)
                found.append(Row(unit, noted, row.photo.picture))
        return found


class CorrectionForm(Form):
    """What was noted wrongly."""

    reason = Paragraphs(_l("哪里记错了？"), most=300, description=_l("例如：放错了一户。不写住户说了什么。"))


class VisitorForm(Form, _Visitor):
    """Who goes to a stairwell."""

    visitor = SelectField(_l("谁去？"), coerce=int)


class SeenForm(Form):
    """A button: the notice was seen."""


class ReminderForm(Form):
    """How many days before the last one."""

    days = Count(_l("截止前几天提醒？"), least=LEAST_DAYS, most=MOST_DAYS)


def _spoken(seat: Seat) -> str:
    return f"{gettext(ROLE_LABELS[Role(seat.role)])} {seat.account.name}"


def rows_of(units: Sequence[ConsentUnit], part: int) -> Iterable[ConsentUnit]:
    """The households of one part of a sheet, parts from 0."""
    return units[part * ROWS : (part + 1) * ROWS]

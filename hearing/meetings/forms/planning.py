"""Forms of planning: what kind of meeting, when, where, with whom; why it is put off or called off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, ValidationError

from hearing.meetings.actions import Plan
from hearing.meetings.forms.room import listed
from hearing.meetings.models import Meeting
from hearing.meetings.queries import CHAIRS
from hearing.meetings.rules import KIND_LABELS, NAMING_LABELS, ROSTERS, TEMPLATES, USUAL, Kind, Naming, RosterName
from hearing.notices.rules import BEIJING, beijing_day
from hearing.people.models import Seat
from hearing.people.rules import ROLE_LABELS, Role
from hearing.places.models import Building
from hearing.web.forms import Choices, Count, Day, Form, Hour, Line, Paragraphs

EVERYWHERE = 0
"""The choice of the whole neighbourhood."""
LIKELY_DELEGATES = 15
"""Of a prefecture's rule for hearings (domain.md 2.4)."""


class Act(Form):
    """A step that asks nothing but to be meant."""


def instant(day: date, after_midnight: timedelta) -> datetime:
    """A Beijing day and time of day as an instant in UTC."""
    return (datetime(day.year, day.month, day.day, tzinfo=BEIJING) + after_midnight).astimezone(UTC)


class WhenForm(Form):
    """When and where."""

    day = Day(_l("哪一天？"))
    hour = Hour(_l("几点？"), description=_l("例如：19:00"))
    place = Line(_l("在哪里？"), most=60, description=_l("例如：居委会会议室，或 3 号门口"))

    @property
    def starts_at(self) -> datetime:
        """The moment typed, in UTC."""
        return instant(self.day.day, self.hour.after_midnight)


class PlanForm(WhenForm):
    """What the committee decides before a meeting is announced."""

    title = Line(_l("会议名称"), most=60)
    agenda = Paragraphs(
        _l("议题"),
        most=600,
        description=_l("谁来说明什么、要商量什么，一行一项，可以写上用几分钟：说明方案 15分钟。不写姓名和病情。"),
    )
    kind = SelectField(_l("什么会？"), choices=listed((kind.value, _l(label)) for kind, label in KIND_LABELS.items()))
    roster = SelectField(
        _l("按哪种席位安排？"), choices=listed((name.value, _l(roster.label)) for name, roster in ROSTERS.items())
    )
    building = SelectField(_l("请哪幢楼的邻居？"), coerce=int)
    naming = SelectField(
        _l("代表怎么产生？"), choices=listed((naming.value, _l(label)) for naming, label in NAMING_LABELS.items())
    )
    wanted = Count(_l("抽几名代表？"), least=0, most=200, required=False, description=_l("抽签时填写，其他不填。"))
    reviewed = Line(_l("评议哪个单位或哪件事？"), most=60, required=False, description=_l("评议会填写，其他不填。"))
    seats = Choices(_l("还请谁来说明和答复？"), coerce=int)
    chair = SelectField(_l("主持人"), coerce=int)
    recorder = SelectField(_l("记录人"), coerce=int)

    def offer(self, buildings: Sequence[Building], seats: Sequence[Seat]) -> PlanForm:
        """Offer the buildings and the people of the neighbourhood."""
        self._buildings = {building.id: building for building in buildings}
        self._seats = {seat.id: seat for seat in seats}
        homes = [(building.id, building.name) for building in buildings]
        self.building.choices = [*homes, (EVERYWHERE, gettext("整个居民区"))]
        self.seats.choices = [(seat.id, _spoken(seat)) for seat in seats]
        desk = {seat.account_id: _spoken(seat) for seat in seats if Role(seat.role) in CHAIRS}
        self.chair.choices = self.recorder.choices = list(desk.items())
        return self

    def suggest(self, kind: Kind, title: str, building_id: int | None, chair_id: int, now: datetime) -> None:
        """Fill in what is likely, for a new plan: the usual roster of its kind, with the seats that belong to it."""
        self.title.data, self.hour.data = title, "19:00"
        self.day.process_data(beijing_day(now) + timedelta(days=TEMPLATES[kind].notice_days + 1))
        usual = USUAL[kind]
        self.kind.data, self.roster.data, self.naming.data = kind.value, usual.value, ROSTERS[usual].naming.value
        self.seats.data = [seat.id for seat in self._seats.values() if Role(seat.role) in ROSTERS[usual].seats]
        if ROSTERS[usual].naming is Naming.DRAWN:
            self.wanted.data = str(LIKELY_DELEGATES)
        if building_id is not None:
            self.building.data = building_id
        self.chair.data = self.recorder.data = chair_id

    def show(self, meeting: Meeting) -> None:
        """Fill in the plan as it stands."""
        local = meeting.starts_at.astimezone(BEIJING)
        self.title.data, self.place.data, self.agenda.data = meeting.title, meeting.place, meeting.agenda
        self.day.process_data(local.date())
        self.hour.data = f"{local:%H:%M}"
        self.kind.data, self.roster.data, self.naming.data = meeting.kind, meeting.roster, meeting.naming
        self.building.data = EVERYWHERE if meeting.everywhere else meeting.building_id
        self.chair.data, self.recorder.data = meeting.chair_id, meeting.recorder_id
        self.wanted.data, self.reviewed.data = str(meeting.wanted or ""), meeting.reviewed
        invited = {(member.role, member.account_id) for member in meeting.members if member.account_id is not None}
        self.seats.data = [seat.id for seat in self._seats.values() if (seat.role, seat.account_id) in invited]

    def plan(self) -> Plan:
        """What was typed and chosen."""
        people = {seat.account_id: seat.account for seat in self._seats.values()}
        return Plan(
            title=self.title.data or "",
            place=self.place.data or "",
            starts_at=self.starts_at,
            agenda=self.agenda.data or "",
            building=self._buildings.get(self.building.data),
            chair=people[self.chair.data],
            recorder=people[self.recorder.data],
            seats=[self._seats[number] for number in self.seats.data or []],
            kind=Kind(self.kind.data),
            roster=RosterName(self.roster.data),
            naming=Naming(self.naming.data),
            wanted=self.wanted.number if self.naming.data == Naming.DRAWN else 0,
            reviewed=self.reviewed.data or "",
        )

    def validate_wanted(self, field: Count) -> None:
        """A draw says how many. Raises ValidationError."""
        if self.naming.data == Naming.DRAWN and field.number < TEMPLATES[Kind(self.kind.data)].least_delegates:
            least = TEMPLATES[Kind(self.kind.data)].least_delegates
            raise ValidationError(gettext("这种会至少要 %(n)d 名代表。", n=least))


class ReasonForm(Form):
    """Why a meeting is put off or called off."""

    reason = Paragraphs(_l("为什么？"), most=300, description=_l("参加的人和公告上都会看到。"))


def _spoken(seat: Seat) -> str:
    return f"{gettext(ROLE_LABELS[Role(seat.role)])} {seat.account.name}"

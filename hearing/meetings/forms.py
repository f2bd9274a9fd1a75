"""Forms of meetings: the plan, the paper list, questions and answers, the minutes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from hearing.meetings.actions import Plan
from hearing.meetings.models import Meeting, MeetingMember
from hearing.meetings.queries import CHAIRS
from hearing.meetings.rules import NOTICE_DAYS, STANCE_LABELS, Stance
from hearing.notices.rules import BEIJING, beijing_day
from hearing.people.models import Seat
from hearing.people.rules import ROLE_LABELS, Role
from hearing.places.models import Building
from hearing.web.forms import Choice, Choices, Day, Form, Hour, Line, Paragraphs
from hearing.web.pictures import Safe
from hearing.web.uploads import Picture, Pictures

CONFIRM, CONTEST = "confirm", "contest"


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
    agenda = Paragraphs(_l("议题"), most=600, description=_l("谁来说明什么、要商量什么。不写姓名和病情。"))
    building = SelectField(_l("请哪幢楼的邻居？"), coerce=int)
    seats = Choices(_l("还请谁来说明和答复？"), coerce=int)
    chair = SelectField(_l("主持人"), coerce=int)
    recorder = SelectField(_l("记录人"), coerce=int)

    def offer(self, buildings: Sequence[Building], seats: Sequence[Seat]) -> PlanForm:
        """Offer the buildings and the people of the neighbourhood."""
        self._buildings = {building.id: building for building in buildings}
        self._seats = {seat.id: seat for seat in seats}
        self.building.choices = [(building.id, building.name) for building in buildings]
        self.seats.choices = [(seat.id, _spoken(seat)) for seat in seats]
        desk = {seat.account_id: _spoken(seat) for seat in seats if Role(seat.role) in CHAIRS}
        self.chair.choices = self.recorder.choices = list(desk.items())
        return self

    def suggest(self, title: str, building_id: int | None, chair_id: int, now: datetime) -> None:
        """Fill in what is likely, for a new plan."""
        self.title.data, self.hour.data = title, "19:00"
        self.day.process_data(beijing_day(now) + timedelta(days=NOTICE_DAYS + 1))
        if building_id is not None:
            self.building.data = building_id
        self.chair.data = self.recorder.data = chair_id

    def show(self, meeting: Meeting) -> None:
        """Fill in the plan as it stands."""
        local = meeting.starts_at.astimezone(BEIJING)
        self.title.data, self.place.data, self.agenda.data = meeting.title, meeting.place, meeting.agenda
        self.day.process_data(local.date())
        self.hour.data = f"{local:%H:%M}"
        self.building.data, self.chair.data, self.recorder.data = (
            meeting.building_id,
            meeting.chair_id,
            meeting.recorder_id,
        )
        invited = {(member.role, member.account_id) for member in meeting.seats}
        self.seats.data = [seat.id for seat in self._seats.values() if (seat.role, seat.account_id) in invited]

    def plan(self) -> Plan:
        """What was typed and chosen."""
        people = {seat.account_id: seat.account for seat in self._seats.values()}
        return Plan(
            title=self.title.data or "",
            place=self.place.data or "",
            starts_at=self.starts_at,
            agenda=self.agenda.data or "",
            building=self._buildings[self.building.data],
            chair=people[self.chair.data],
            recorder=people[self.recorder.data],
            seats=[self._seats[number] for number in self.seats.data or []],
        )


class ReasonForm(Form):
    """Why a meeting is put off or called off."""

    reason = Paragraphs(_l("为什么？"), most=300, description=_l("参加的人和公告上都会看到。"))


class PaperListForm(Form):
    """Who signed the paper list."""

    members = Choices(_l("谁到了？"), coerce=int)
    photo = Picture(_l("签到表的照片"))

    def offer(self, members: Sequence[MeetingMember]) -> PaperListForm:
        """Offer those who have not signed in yet."""
        self.members.choices = [(member.id, _named(member)) for member in members if member.attendance is None]
        return self


STANCES = [(stance.value, _l(label)) for stance, label in STANCE_LABELS.items()]


class QuestionForm(Form):
    """A neighbour's question."""

    text = Paragraphs(
        _l("您想问什么，或者想说什么？"),
        most=600,
        description=_l("不写姓名、门牌和病情。公开时只写“居民”和楼层。"),
    )
    stance = Choice(_l("这是"), STANCES, default=Stance.ASKS.value)


class SpokenForm(QuestionForm):
    """What somebody says in the room, as staff record it: how it was meant is theirs to tell, so nothing is chosen."""

    stance = Choice(_l("这是"), STANCES)
    member = SelectField(_l("谁说的？"), coerce=int)

    def offer(self, members: Sequence[MeetingMember]) -> SpokenForm:
        """Offer everybody named; 0 is a neighbour who sits in."""
        self.member.choices = [(0, gettext("旁听的邻居")), *((member.id, _named(member)) for member in members)]
        return self


class AnswerForm(Form):
    """The answer to a question."""

    text = Paragraphs(_l("答复"), most=1000, description=_l("会公开，署您的席位，不署姓名。"))


class MinutesForm(Form):
    """The words of the minutes; the record itself is added by the system."""

    summary = Paragraphs(
        _l("会议情况"),
        most=4000,
        description=_l("说明了什么、商量了什么。提问和答复会自动附上。不写姓名、门牌和病情。"),
    )
    settlement = Paragraphs(_l("议定事项"), most=2000, required=False, description=_l("没有达成一致就留空。"))


class WordForm(Form):
    """One's word on the minutes."""

    word = Choice(_l("纪要写得对吗？"), [(CONFIRM, _l("对，我确认")), (CONTEST, _l("有不对的地方"))])
    text = Paragraphs(_l("哪里不对？"), most=600, required=False, description=_l("会附在纪要后面，不会删掉。"))


class SignedPageForm(Form):
    """A delegate signed the printed minutes."""

    member = SelectField(_l("谁签的？"), coerce=int)
    text = Paragraphs(_l("纸上写的不同意见"), most=600, required=False, description=_l("没有就留空，算确认。"))
    photo = Picture(_l("签了字的那一页"), required=True)

    def offer(self, members: Sequence[MeetingMember]) -> SignedPageForm:
        """Offer those who may confirm and have not."""
        self.member.choices = [(member.id, _named(member)) for member in members]
        return self

    def taken(self) -> Safe:
        """The photo. Raises ValueError when none was chosen, which a valid form does not allow."""
        if self.photo.picture is None:
            raise ValueError("no photo")
        return self.photo.picture


class PhotosForm(Form):
    """Photos of the meeting."""

    photos = Pictures(_l("现场照片"), most=4, required=True, description=_l("最多 4 张。只有居委会看得到。"))


def _spoken(seat: Seat) -> str:
    return f"{gettext(ROLE_LABELS[Role(seat.role)])} {seat.account.name}"


def _named(member: MeetingMember) -> Any:
    return f"{member.door or gettext(member.label)} {member.name}"

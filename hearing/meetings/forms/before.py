"""Forms of what comes before: signing up, agencies, materials, naming and drawing delegates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from hearing.meetings.actions import AgencyAnswer
from hearing.meetings.queries import Delegate
from hearing.meetings.rules import REPLY_LABELS, SIGN_UP_LABELS, Reply, SignUpAs
from hearing.notices.rules import end_of_day
from hearing.people.models import Account, Seat
from hearing.people.rules import ROLE_LABELS, Role
from hearing.web.forms import Choice, Choices, Day, Form, Line, Paragraphs
from hearing.web.uploads import Document


class SignUpForm(Form):
    """A neighbour signs up."""

    wanted = Choice(_l("您想怎么参加？"), [(each.value, _l(label)) for each, label in SIGN_UP_LABELS.items()])
    topic = Paragraphs(
        _l("想说什么？"), most=300, required=False, description=_l("到场发言的，先写个大概。不写姓名、门牌和病情。")
    )

    def offer(self, *, draws: bool) -> SignUpForm:
        """Offer to be drawn only where delegates are."""
        if not draws:
            self.wanted.choices = [
                (each.value, gettext(label)) for each, label in SIGN_UP_LABELS.items() if each is not SignUpAs.DELEGATE
            ]
        return self


class InvitationForm(Form):
    """An agency is asked to come."""

    office = Line(_l("约请哪个单位？"), most=60, description=_l("例如：绿化市容所"))
    liaison = SelectField(_l("由谁来答复？"), coerce=int, default=0)
    words = Paragraphs(_l("请他们来说明什么？"), most=600)
    due = Day(_l("请在哪一天前答复？"), description=_l("要在今天以后、开会以前。到期没有答复，公开页面会写明。"))

    def offer(self, seats: Sequence[Seat]) -> InvitationForm:
        """Offer the liaisons of the neighbourhood."""
        self._people = {seat.account_id: seat.account for seat in seats}
        listed = [(seat.account_id, f"{gettext(ROLE_LABELS[Role(seat.role)])} {seat.account.name}") for seat in seats]
        self.liaison.choices = [(0, gettext("没有联络员，由居委会登记回函")), *dict(listed).items()]
        return self

    @property
    def person(self) -> Account | None:
        """The liaison chosen."""
        return self._people.get(self.liaison.data)

    @property
    def due_at(self) -> datetime:
        """24:00 of the day typed."""
        return end_of_day(self.due.day)


class InvitationReplyForm(Form):
    """What an agency answers."""

    reply = Choice(_l("怎么答复？"), [(each.value, _l(label)) for each, label in REPLY_LABELS.items()])
    words = Paragraphs(_l("书面意见，或者不来的原因"), most=1000, required=False, description=_l("会公开。"))
    letter = Document(_l("回函"))

    def answer(self) -> AgencyAnswer:
        """What was answered."""
        return AgencyAnswer(reply=Reply(self.reply.data), words=self.words.data or "", letter=self.letter.picture)


class MaterialForm(Form):
    """A paper that can be read beforehand."""

    title = Line(_l("材料名称"), most=60)
    file = Document(_l("文件"), required=True, description=_l("照片或 PDF。会公开，请先遮住姓名、门牌和电话。"))


class DelegatesForm(Form):
    """Delegates named from the register."""

    people = Choices(_l("指定哪些代表？"), coerce=int)

    def offer(self, found: Sequence[Delegate], named: Sequence[int | None]) -> DelegatesForm:
        """Offer those of the register who are not named yet."""
        self.people.choices = [
            (each.holder.id, f"{each.unit.floor} {each.unit.name} {each.holder.name}")
            for each in found
            if each.holder.id not in set(named)
        ]
        return self


class DrawForm(Form):
    """What is called out for the draw."""

    called = Line(_l("当场报出的数字"), most=60, description=_l("请在场的人报，例如：当天的开奖号码。至少 4 个字。"))

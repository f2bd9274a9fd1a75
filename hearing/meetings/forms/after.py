"""Forms of what comes after: answers, minutes, corrections, groups, signatures, satisfaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from hearing.meetings.actions import GroupAnswer
from hearing.meetings.forms.room import named
from hearing.meetings.models import MeetingMember, MeetingQuestion, OpinionGroup
from hearing.meetings.rules import DISPOSITION_LABELS, GRADE_LABELS, OUTCOME_LABELS, Disposition
from hearing.notices.rules import end_of_day
from hearing.people.models import Seat
from hearing.people.rules import ROLE_LABELS, Role
from hearing.proposals.rules import FIELD_LABELS
from hearing.web.forms import Choice, Choices, Day, Form, Line, Paragraphs
from hearing.web.pictures import Safe
from hearing.web.uploads import Document, Picture

CONFIRM, CONTEST = "confirm", "contest"
ACCEPT, DECLINE = "accept", "decline"


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
        self.member.choices = [(member.id, named(member)) for member in members]
        return self

    def taken(self) -> Safe:
        """The photo. Raises ValueError when none was chosen, which a valid form does not allow."""
        if self.photo.picture is None:
            raise ValueError("no photo")
        return self.photo.picture


class CorrectionForm(Form):
    """How one's own words should stand."""

    text = Paragraphs(_l("应该怎么写？"), most=600, description=_l("写完整的一句，会换掉现在的。不写姓名和门牌。"))


class CorrectionDecisionForm(Form):
    """What the desk makes of a correction."""

    verdict = Choice(_l("照改吗？"), [(ACCEPT, _l("照改")), (DECLINE, _l("不改"))])
    reply = Paragraphs(_l("为什么不改？"), most=300, required=False)


class GroupForm(Form):
    """Opinions that say the same."""

    into = SelectField(_l("归到哪一组？"), coerce=int, default=0)
    title = Line(_l("这一组说的是什么？"), most=60, description=_l("一句话，例如：夜里门关不上。"))
    opinions = Choices(_l("哪些意见？"), coerce=int)

    def offer(self, groups: Sequence[OpinionGroup], questions: Sequence[MeetingQuestion]) -> GroupForm:
        """Offer the groups that wait for an answer, and the opinions that are in none of them."""
        waiting = [group for group in groups if not group.replies]
        self.into.choices = [(0, gettext("新的一组")), *((group.id, _grouped(group)) for group in waiting)]
        placed = {entry.question_id for group in groups for entry in group.entries}
        self.opinions.choices = [
            (question.id, f"{question.number}. {question.words[:60]}")
            for question in questions
            if question.id not in placed
        ]
        return self


class ReplyForm(Form):
    """The answer to a group."""

    disposition = Choice(_l("怎么办理？"), [(each.value, _l(label)) for each, label in DISPOSITION_LABELS.items()])
    reason = Paragraphs(_l("怎么办，或者为什么不采纳"), most=1000, description=_l("会公开，提意见的邻居会看到。"))
    office = Line(_l("承办单位"), most=60, required=False, description=_l("转办的一定要填。"))
    liaison = SelectField(_l("由谁来答复？"), coerce=int, default=0)
    due = Day(_l("什么时候答复？"), required=False, description=_l("转办的一定要填。"))
    parts = Choices(_l("方案的哪些地方要改？"), coerce=str)

    def offer(self, seats: Sequence[Seat]) -> ReplyForm:
        """Offer the liaisons of the neighbourhood, and the parts of a plan."""
        self._people = {seat.account_id: seat.account for seat in seats}
        listed = [(seat.account_id, f"{gettext(ROLE_LABELS[Role(seat.role)])} {seat.account.name}") for seat in seats]
        self.liaison.choices = [(0, gettext("由居委会登记")), *dict(listed).items()]
        self.parts.choices = [(key, gettext(label)) for key, label in FIELD_LABELS.items()]
        return self

    def given(self) -> GroupAnswer:
        """What was answered."""
        return GroupAnswer(
            disposition=Disposition(self.disposition.data),
            reason=self.reason.data or "",
            office=self.office.data or "",
            liaison=self._people.get(self.liaison.data),
            due_at=self.due_at,
            parts=tuple(self.parts.data or ()),
        )

    @property
    def due_at(self) -> datetime | None:
        """24:00 of the day typed; None when it was left empty."""
        return end_of_day(self.due.day) if self.due.data else None


class CloseForm(Form):
    """What came of the meeting."""

    outcome = Choice(_l("这次会议的结果"), [(each.value, _l(label)) for each, label in OUTCOME_LABELS.items()])
    note = Paragraphs(
        _l("接下来怎么办？"), most=600, required=False, description=_l("会议只提意见，要邻居同意的，另外征询。")
    )


class SettlementPageForm(Form):
    """A party signed the page, or would not."""

    member = SelectField(_l("哪一位？"), coerce=int)
    photo = Picture(_l("签了字的那一页"))
    refused = Paragraphs(_l("没有签的原因"), most=300, required=False)

    def offer(self, members: Sequence[MeetingMember]) -> SettlementPageForm:
        """Offer the parties who came and have not signed."""
        self.member.choices = [(member.id, named(member)) for member in members]
        return self


class RectificationForm(Form):
    """The plan of a reviewed unit."""

    text = Paragraphs(_l("整改什么，什么时候做完？"), most=2000, description=_l("会公开。"))
    paper = Document(_l("整改方案的原件"))


class CompletionForm(Form):
    """What the meeting led to is done."""

    day = Day(_l("哪一天完工的？"))
    what = Paragraphs(_l("做了什么？"), most=300, description=_l("会公开。完工满 30 天请邻居评价。"))


class SatisfactionForm(Form):
    """How satisfied a household is."""

    grade = Choice(_l("您家满意吗？"), [(each.value, _l(label)) for each, label in GRADE_LABELS.items()])
    words = Paragraphs(_l("还想说什么？"), most=300, required=False, description=_l("只有居委会看得到。"))


def _grouped(group: OpinionGroup) -> str:
    return f"{group.number}. {group.title}"

"""Forms of the room: the paper list, opinions, hands on paper, polls and their papers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from hearing.meetings.models import MeetingMember, RoomPoll
from hearing.meetings.rules import MOST_OPTIONS, SPEAKS_LABELS, STANCE_LABELS, PollKind, Stance
from hearing.web.forms import Choice, Choices, Form, Hidden, Line, Paragraphs, Yes
from hearing.web.uploads import Picture, Pictures
from hearing.web.voices import Voice


def listed(pairs: Iterable[tuple[str, Any]]) -> list[SelectChoice]:
    """Choices of a drop-down list that are always the same."""
    return [SelectChoice(value=value, label=words) for value, words in pairs]


class PaperListForm(Form):
    """Who signed the paper list."""

    members = Choices(_l("谁到了？"), coerce=int)
    photo = Picture(_l("签到表的照片"))

    def offer(self, members: Sequence[MeetingMember]) -> PaperListForm:
        """Offer those who have not signed in yet."""
        self.members.choices = [(member.id, named(member)) for member in members if member.attendance is None]
        return self


STANCES = [(stance.value, _l(label)) for stance, label in STANCE_LABELS.items()]


class QuestionForm(Form):
    """A neighbour's question."""

    text = Paragraphs(
        _l("您想问什么，或者想说什么？"),
        most=600,
        required=False,
        description=_l("不写姓名、门牌和病情。公开时只写“居民”和楼层。"),
    )
    stance = Choice(_l("这是"), STANCES, default=Stance.ASKS.value)
    anonymous = Yes(_l("会场里也不要显示我的姓（公开时本来就不显示）"))
    voice = Voice(_l("不方便打字，可以录一段音"), description=_l("工作人员会转成文字，录音只有您和工作人员听得到。"))

    def validate_text(self, field: Paragraphs) -> None:
        """Words, or a voice in their place. Raises ValidationError."""
        if not field.data and not self.voice.data:
            raise ValidationError(gettext("请写几句话，或者录一段音。"))


class SpokenForm(QuestionForm):
    """What somebody says in the room, as staff record it: how it was meant is theirs to tell, so nothing is chosen."""

    stance = Choice(_l("这是"), STANCES)
    member = SelectField(_l("谁说的？"), coerce=int)
    speaks = SelectField(
        _l("以什么身份说的？"),
        default="",
        choices=listed(
            [("", _l("按名单上的身份")), *((each.value, _l(label)) for each, label in SPEAKS_LABELS.items())]
        ),
    )

    def offer(self, members: Sequence[MeetingMember]) -> SpokenForm:
        """Offer everybody named; 0 is a neighbour who sits in."""
        self.member.choices = [(0, gettext("旁听的邻居")), *((member.id, named(member)) for member in members)]
        return self


class HandForm(Form):
    """A hand that staff put up for somebody without a phone."""

    member = SelectField(_l("谁要发言？"), coerce=int)
    called = Line(_l("旁听的邻居怎么称呼"), most=20, required=False, description=_l("例如：穿蓝衣服的阿姨。不写姓名。"))

    def offer(self, members: Sequence[MeetingMember]) -> HandForm:
        """Offer everybody in the room; 0 is a neighbour who sits in."""
        inside = [(member.id, named(member)) for member in members if member.inside]
        self.member.choices = [*inside, (0, gettext("旁听的邻居"))]
        return self


class DoorForm(Form):
    """Somebody leaves the room, or is back."""

    member = SelectField(_l("谁？"), coerce=int)
    goes = Choice(_l("进还是出？"), [("leaves", _l("离场")), ("back", _l("回来了"))])

    def offer(self, members: Sequence[MeetingMember]) -> DoorForm:
        """Offer everybody who came."""
        self.member.choices = [(member.id, named(member)) for member in members if member.came]
        return self


class PollForm(Form):
    """What the delegates in the room are asked."""

    kind = Choice(
        _l("问什么？"),
        [(PollKind.OPTIONS.value, _l("选一项")), (PollKind.SATISFACTION.value, _l("满意度（满意、基本满意、不满意）"))],
        default=PollKind.OPTIONS.value,
    )
    question = Line(_l("表决的问题"), most=120)
    options = Paragraphs(
        _l("选项"), most=600, required=False, description=_l("一行一个，2 到 %(n)d 个。满意度不用填。", n=MOST_OPTIONS)
    )


class VoteForm(Form):
    """A delegate's choice."""

    option = Choice(_l("您选哪一项？"))

    def offer(self, poll: RoomPoll) -> VoteForm:
        """Offer the poll's options; none is chosen beforehand."""
        self.option.choices = [
            (str(place), gettext(option) if poll.is_satisfaction else option)
            for place, option in enumerate(poll.options)
        ]
        return self


class PaperVoteForm(VoteForm):
    """What one of the staff reads on a delegate's paper."""

    member = SelectField(_l("谁的票？"), coerce=int)

    def among(self, poll: RoomPoll, members: Sequence[MeetingMember], reader_id: int) -> PaperVoteForm:
        """Offer the delegates in the room whose vote is not in, and whose paper this reader has not read."""
        voted = {ballot.member_id for ballot in poll.ballots}
        read = {reading.member_id for reading in poll.readings if reading.read_by == reader_id}
        self.member.choices = [
            (member.id, named(member)) for member in members if member.inside and member.id not in voted | read
        ]
        self.offer(poll)
        return self


class QueueForm(Form):
    """A chair's move in the queue: which order she saw."""

    seen = Hidden()
    steps = Hidden()


class VoiceForm(Form):
    """What somebody says on her voice note, written down."""

    text = Paragraphs(_l("照原话写下来"), most=1000, description=_l("不写姓名、门牌和病情。"))


class PhotosForm(Form):
    """Photos of the meeting."""

    photos = Pictures(_l("现场照片"), most=4, required=True, description=_l("最多 4 张。只有居委会看得到。"))


def named(member: MeetingMember) -> Any:
    """A member as the desk's lists name her."""
    return f"{member.door or gettext(member.label)} {member.name}"

"""Forms of notices: what is written, where it hangs, what somebody objects to, and how that ends."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from hearing.notices.actions import OnPaper
from hearing.notices.rules import OBJECTION_LABELS, ObjectionState
from hearing.people.rules import RELATION_LABELS, Relation
from hearing.places.models import Neighbourhood
from hearing.web.forms import Choice, Digits, Form, Hidden, Line, Paragraphs
from hearing.web.pictures import Safe
from hearing.web.uploads import Picture

SEND = "send"


class Checked(Form):
    """A form that is shown once more, to be checked, before it is carried out: `step` says which page sent it."""

    step = Hidden()

    @property
    def is_sent(self) -> bool:
        """Whether the check page sent it, so that it is to be carried out."""
        return bool(self.step.data == SEND)

    @property
    def is_changed(self) -> bool:
        """Whether the check page sent it back to be changed."""
        return bool(self.step.data == "change")


class NoticeForm(Checked):
    """A general notice of the committee."""

    place = SelectField(_l("贴在哪个居民区"))
    title = Line(_l("标题"), most=60, description=_l("例如：关于暂停供水的公告"))
    when = Line(_l("时间"), most=60, required=False, description=_l("例如：11月30日（周一）9:00–17:00"))
    where = Line(_l("地点"), most=60, required=False)
    body = Paragraphs(_l("正文"), most=2000, description=_l("不写姓名、门牌、电话、病情。空一行就是另起一段。"))

    def offer(self, places: Sequence[Neighbourhood]) -> NoticeForm:
        """Offer the neighbourhoods in which the writer may post."""
        self.place.choices = [(place.slug, place.name) for place in places]
        return self

    def lines(self) -> list[tuple[str, str]]:
        """时间 and 地点, where they were filled in."""
        given = (("时间", self.when.data), ("地点", self.where.data))
        return [(label, value) for label, value in given if value]


class HolidaysForm(Form):
    """A table of holidays."""

    table = Paragraphs(
        _l("节假日表"),
        most=10_000,
        description=_l("每天一行：2026-10-01 休 国庆节；调休上班写“班”。同一年的表会整年替换。"),
    )


class PaperForm(Form):
    """The printed notice hangs."""

    place = Line(_l("贴在哪里？"), most=60, description=_l("例如：弄堂口公告栏"))
    photo = Picture(_l("拍一张贴好的公告"), required=True, description=_l("拍清楚公告，尽量不拍到人。"))

    def taken(self) -> Safe:
        """The photo. Raises ValueError when none was chosen, which a valid form does not allow."""
        if self.photo.picture is None:
            raise ValueError("no photo")
        return self.photo.picture


class TakeDownForm(Form):
    """Why a notice is taken down."""

    reason = Paragraphs(_l("为什么撤下？"), most=300, description=_l("公告还能看到，旁边会写上这个原因。"))


class ObjectionForm(Checked):
    """A neighbour's objection."""

    text = Paragraphs(
        _l("您不同意哪一点，为什么？"),
        most=1000,
        description=_l("写事情，不用写姓名、门牌和病情。您写的内容只有您和居委会看得到。"),
    )


class TakeBackForm(Form):
    """Takes one's own objection back."""


class PaperObjectionForm(Form):
    """An objection from paper, typed in by staff."""

    name = Line(_l("提出人姓名"), most=40, render_kw={"autocomplete": "off", "spellcheck": "false"})
    door = Line(_l("哪一户"), most=60, description=_l("例如：天津路426弄 前客堂"))
    contact = Digits(_l("联系电话"), required=False, render_kw={"inputmode": "tel", "autocomplete": "off"})
    relation = Choice(_l("身份"), [(relation.value, _l(label)) for relation, label in RELATION_LABELS.items()])
    text = Paragraphs(_l("异议内容"), most=1000, description=_l("照纸上的字打，不改意思。"))
    why = Line(_l("为什么代为录入？"), most=120, description=_l("例如：本人送来纸质意见，不用手机"))
    photo = Picture(_l("纸质意见的照片"))

    def paper(self) -> OnPaper:
        """What was typed."""
        return OnPaper(
            name=self.name.data or "",
            door=self.door.data or "",
            contact=self.contact.data or "",
            relation=Relation(self.relation.data),
            text=self.text.data or "",
            why=self.why.data or "",
            photo=self.photo.picture,
        )


class DecisionForm(Form):
    """How an objection ends."""

    outcome = Choice(_l("怎样处理？"))
    reason = Paragraphs(
        _l("答复"),
        most=1000,
        required=False,
        description=_l("提异议的邻居会看到；“理由不成立”和“转协调会”一定要写。"),
    )

    def offer(self, stands: ObjectionState) -> DecisionForm:
        """Offer what the objection may become from where it stands."""
        ends = (ObjectionState.SETTLED, ObjectionState.UNFOUNDED, ObjectionState.TO_COORDINATION)
        self.outcome.choices = [(state.value, _l(OBJECTION_LABELS[state])) for state in ends if state is not stands]
        return self

    def state(self) -> ObjectionState:
        """The outcome chosen."""
        return ObjectionState(self.outcome.data)

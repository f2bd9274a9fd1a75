"""Forms of polls: the ballot as it goes from page to page, and what staff write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, ValidationError

from hearing.ballots import rules
from hearing.ballots.actions import ProjectTerms, Terms
from hearing.ballots.models import Poll
from hearing.notices.rules import BEIJING
from hearing.people.queries import door_of
from hearing.places.models import Building, Unit
from hearing.refusal import Refused
from hearing.web import keys
from hearing.web.forms import Choice, Count, Day, Form, Hidden, Hour, Line, Paragraphs, Yes, Yuan, clean, plain

PICK, NUMBER = "choice", "n."
"""Names of a ballot's fields: boxes that are ticked, and numbers beside codes."""
NUMBERED = (rules.Kind.POINTS, rules.Kind.RANKING)
_MOST_PICKED = 2 * rules.MOST_PROJECTS


@dataclass(frozen=True)
class Sums:
    """What the bar under a ballot tells; money in 分."""

    chosen: int
    cost: int = 0
    left: int = 0
    points: int = 0
    short: Mapping[str, int] = field(default_factory=dict)
    """By code, how much is missing for a project that does not fit any more."""


@dataclass(frozen=True)
class Filled:
    """A ballot as it was filled in so far, whatever that is."""

    ticked: tuple[str, ...] = ()
    typed: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, said: rules.Said | None, kind: rules.Kind) -> Filled:
        """The ballot that stands under a name, to be changed; an empty one where there is none."""
        if said is None:
            return cls()
        if kind is rules.Kind.POINTS:
            return cls(typed={code: str(points) for code, points in zip(said.choices, said.points, strict=True)})
        if kind is rules.Kind.RANKING:
            return cls(typed={code: str(rank) for rank, code in enumerate(said.choices, 1)})
        return cls(ticked=said.choices)

    @classmethod
    def sent(cls) -> Filled:
        """The ballot of this request's form: ticks in their order, numbers beside codes."""
        ticked = [clean(code)[:40] for code in request.form.getlist(PICK)[:_MOST_PICKED]]
        typed = {
            clean(name.removeprefix(NUMBER))[:40]: text[:40]
            for name, text in request.form.items()
            if name.startswith(NUMBER)
        }
        return cls(tuple(code for code in ticked if code), typed)

    @property
    def is_blank(self) -> bool:
        """Whether nothing is filled in: then it looks the same for every voter."""
        return not self.ticked and not self.typed

    def said(self, kind: rules.Kind) -> rules.Said:
        """What it says. Raises what `rules.read` raises."""
        return rules.read(kind, self.ticked, self.typed)

    def sums(self, terms: rules.Terms) -> Sums:
        """What it comes to; of numbers that are none it says nothing yet."""
        if terms.kind in NUMBERED:
            numbers = [number for number in map(_number, self.typed.values()) if number]
            return Sums(len(numbers), points=sum(numbers) if terms.kind is rules.Kind.POINTS else 0)
        cost = rules.cost_of(terms, self.ticked)
        left = terms.budget - cost
        rest = (option for option in terms.options if option.code not in self.ticked)
        money = terms.kind is rules.Kind.KNAPSACK
        short = {option.code: option.cost - left for option in rest if money and option.cost > left}
        return Sums(len(self.ticked), cost, left, short=short)


class BallotForm(Form):
    """What goes with a ballot from page to page: whose it is, the nonce, the voter's own phrase, what she saw last."""

    voter = Hidden()
    nonce = Hidden()
    seen = Hidden()
    step = Hidden()
    phrase = Line(
        _l("您自己的一句话"),
        most=rules.MOST_PHRASE,
        required=False,
        description=_l(
            "随便写几个字，只有您知道就行。公布选票时凭它认出自己的一张，别人也换不成您的。不要写姓名和门牌。"
        ),
    )

    def __init__(self, poll: Poll | None) -> None:
        super().__init__()
        self._poll = poll

    def filled(self) -> Filled:
        """The ballot as it was sent: ticks in their order, numbers beside codes."""
        return Filled.sent()

    @property
    def voter_id(self) -> int:
        """The line of the roll that the form names; 0 for none."""
        return _row(self.voter.data)

    @property
    def seen_turn(self) -> int:
        """Which of her ballots she saw last; 0 for none."""
        return _row(self.seen.data)

    def start_again(self, poll: Poll, turn: int) -> None:
        """Make this the form of the ballot's own page: with its key, and with what is seen there."""
        self.once.data = keys.issue(request.path.removesuffix("/cast"))
        self.seen.data, self.nonce.data = str(turn), ""
        self._poll = poll


class FindForm(Form):
    """The code of a receipt."""

    word = Line(_l("回执上的选票编号"), most=60, description=_l("43 个字母、数字、横线，区分大小写。"))

    def validate_word(self, _found: Line) -> None:
        """It must be a code."""
        if rules.unword(self.code) is None:
            raise ValidationError(gettext("选票编号是 43 个字母、数字、横线，请对照回执再看一看。"))

    @property
    def code(self) -> str:
        """The code, without the spaces that people type."""
        return "".join(plain(self.word.data).split())


class TermsForm(Form):
    """What a committee decides about a poll."""

    title = Line(_l("投票的题目"), most=60)
    words = Paragraphs(_l("说明"), most=2000, required=False)
    kind = Choice(_l("选票怎么填"), [(kind.value, _l(words)) for kind, words in rules.KIND_LABELS.items()])
    mode = Choice(
        _l("记名不记名"),
        [
            (rules.Mode.SECRET.value, _l("无记名：谁投了什么，数据库里也查不出；投出后不能改")),
            (rules.Mode.NAMED.value, _l("实名：截止前可以改，改过的都留着")),
        ],
    )
    per = Choice(_l("谁投"), [(per.value, _l(words)) for per, words in rules.PER_LABELS.items()])
    building = SelectField(_l("哪些户"), coerce=int)
    budget = Yuan(_l("总金额"), required=False)
    pots = Paragraphs(
        _l("分类金额"), most=1000, required=False, description=_l("不分类就空着。分类的一行写一类，例如：绿化 30000")
    )
    least = Count(_l("最少选几项"), 1, rules.MOST_PROJECTS, required=False)
    most = Count(_l("最多选几项"), 1, rules.MOST_PROJECTS, required=False, description=_l("不限就空着。"))
    points = Count(_l("每张选票几分"), 1, 1000, required=False, description=_l("给项目打分时填。"))
    most_each = Count(_l("一个项目最多给几分"), 1, 1000, required=False)
    counting = Choice(_l("怎样计票"), [(way.value, _l(words)) for way, words in rules.COUNTING_LABELS.items()])
    threshold = Count(_l("最低票数"), 1, 100_000, required=False, description=_l("按票数、票数不够的不算时填。"))
    floor = Count(
        _l("门槛倍数"),
        1,
        100,
        required=False,
        description=_l("填 3：得票比例不到“费用除以总金额的三倍”的项目不算。不设门槛就空着。"),
    )
    comparison = Yes(_l("跟按票数的结果比一比：更多人喜欢按票数的，就用按票数的"))
    opens_on = Day(_l("哪天开始"))
    opens_hour = Hour(_l("几点开始"))
    closes_on = Day(_l("哪天截止"))
    closes_hour = Hour(_l("几点截止"))

    def __init__(self, buildings: Sequence[Building], moment: datetime, poll: Poll | None = None) -> None:
        super().__init__()
        self._buildings = {building.id: building for building in buildings}
        names = [(each.id, f"{each.estate.name} {each.name}") for each in buildings]
        self.building.choices = [(0, gettext("整个居民区")), *names]
        if not self.is_submitted():
            self._show(poll, moment)

    def _show(self, poll: Poll | None, moment: datetime) -> None:
        opens = poll.opens_at if poll else moment
        closes = poll.closes_at if poll else moment + timedelta(days=7)
        for day, hour, at in (
            (self.opens_on, self.opens_hour, opens.astimezone(BEIJING)),
            (self.closes_on, self.closes_hour, closes.astimezone(BEIJING)),
        ):
            day.data, hour.data = at.date().isoformat(), f"{at:%H:%M}"
        self.building.data = 0
        if poll is None:
            self.kind.data, self.mode.data = rules.Kind.APPROVAL, rules.Mode.SECRET
            self.per.data, self.counting.data = rules.Per.HOUSEHOLD, rules.Counting.SHARES
            return
        for name in ("title", "words", "kind", "mode", "per", "counting", "comparison"):
            self[name].data = getattr(poll, name)
        for name in ("least", "most", "points", "most_each", "threshold", "floor"):
            self[name].data = str(getattr(poll, name) or "")
        self.building.data = poll.building_id or 0
        self.budget.data = _amount(poll.budget_fen) if poll.budget_fen else ""
        self.pots.data = "\n".join(f"{name} {_amount(fen)}" for name, fen in poll.pots.items())

    def validate_pots(self, _found: Paragraphs) -> None:
        """Each line is a name and an amount."""
        try:
            self._pots()
        except Refused:
            raise ValidationError(gettext("分类金额请一行写一类，例如：绿化 30000。")) from None

    def _pots(self) -> dict[str, int]:
        """分 by category. Raises NO_POT_OF_ITS_OWN."""
        pots: dict[str, int] = {}
        for row in (self.pots.data or "").split("\n"):
            name, _, amount = plain(row).rpartition(" ")
            if not plain(row):
                continue
            whole, _, cents = amount.replace(",", "").removesuffix("元").partition(".")
            if not (name and whole.isascii() and whole.isdigit() and len(whole) < 10) or name in pots:
                raise Refused(rules.Refusal.NO_POT_OF_ITS_OWN)
            if cents and not (cents.isascii() and cents.isdigit() and len(cents) < 3):
                raise Refused(rules.Refusal.NO_POT_OF_ITS_OWN)
            pots[name.strip()] = int(whole) * 100 + int(cents.ljust(2, "0") or 0)
        return pots

    def terms(self) -> Terms:
        """What was decided."""
        kind = rules.Kind(self.kind.data)
        asks = kind is rules.Kind.YES_NO
        limits = rules.Limits(
            self.least.number or 1, 1 if asks else self.most.number, self.points.number, self.most_each.number
        )
        return Terms(
            title=self.title.data or "",
            words=self.words.data or "",
            mode=rules.Mode(self.mode.data),
            per=rules.Per(self.per.data),
            kind=kind,
            limits=rules.Limits(1, 1) if asks else limits,
            counting=rules.Counting(self.counting.data),
            opens=_at(self.opens_on, self.opens_hour),
            closes=_at(self.closes_on, self.closes_hour),
            budget=0 if asks else self.budget.fen,
            pots={} if asks else self._pots(),
            threshold=self.threshold.number,
            floor=self.floor.number,
            comparison=bool(self.comparison.data),
            building=self._buildings.get(self.building.data),
        )


class ProjectForm(Form):
    """One project."""

    code = Line(
        _l("编号"), most=12, description=_l("字母、数字、点、横线，例如 01 或 A-3；选票和公布的文件用它称呼项目。")
    )
    title = Line(_l("项目名称"), most=60)
    words = Paragraphs(_l("说明"), most=1000, required=False)
    cost = Yuan(_l("费用"))
    category = Line(_l("哪一类"), most=60, required=False)

    def project(self) -> ProjectTerms:
        """What was written."""
        return ProjectTerms(
            plain(self.code.data), self.title.data or "", self.words.data or "", self.cost.fen, self.category.data or ""
        )


class WithdrawForm(Form):
    """Why a project is withdrawn; everybody reads it."""

    because = Line(_l("为什么撤回？"), most=100, description=_l("大家都看得到，不写个人情况。"))


class OpenForm(Form):
    """Which version of the terms is opened."""

    seen = Hidden()

    @property
    def seen_version(self) -> int:
        """The version that was read."""
        return _row(self.seen.data)


class ExtendForm(Form):
    """Until when, and why."""

    closes_on = Day(_l("延长到哪天"))
    closes_hour = Hour(_l("几点截止"))
    reason = Line(_l("为什么延长？"), most=200, description=_l("大家都看得到，也写进存证。"))

    def later(self) -> datetime:
        """The new close."""
        return _at(self.closes_on, self.closes_hour)


class VoidForm(Form):
    """Why a poll is to be void; everybody reads it."""

    reason = Line(_l("为什么作废？"), most=200, description=_l("大家都看得到，也写进存证，不写姓名和门牌。"))


class AmendForm(Form):
    """Which household is put on the roll, or off it, and why."""

    change = Choice(_l("怎样改"), [("add", _l("加上漏登的一户")), ("strike", _l("去掉不该在名册上的一户"))])
    unit = SelectField(_l("哪一户"), coerce=int)
    reason = Line(_l("为什么改？"), most=200, description=_l("大家都看得到，不写姓名和门牌。"))

    def __init__(self, missing: Sequence[Unit], listed: Sequence[Unit]) -> None:
        super().__init__()
        self._missing = {unit.id for unit in missing}
        words = gettext("不在名册上"), gettext("在名册上，没投票")
        self.unit.choices = [
            *((unit.id, f"{door_of(unit)} · {words[0]}") for unit in missing),
            *((unit.id, f"{door_of(unit)} · {words[1]}") for unit in listed),
        ]

    @property
    def adds(self) -> bool:
        """Whether the household is put on the roll."""
        return str(self.change.data) == "add"

    @property
    def unit_id(self) -> int:
        """Which household."""
        return int(self.unit.data)


class ConfirmForm(Form):
    """A button: the change is made."""


def _at(day: Day, hour: Hour) -> datetime:
    """A moment that was typed as a day and an hour in Beijing, in UTC."""
    return (datetime.combine(day.day, time(), BEIJING) + hour.after_midnight).astimezone(UTC)


def _amount(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def _row(text: Any) -> int:
    found = str(text or "")
    return int(found) if found.isascii() and found.isdigit() and len(found) < 10 else 0


def _number(text: str) -> int:
    try:
        return rules.whole(text, 10**6)
    except Refused:
        return 0

"""Keeping and erasing 保存与删除: how long each class of data is kept, and when nobody may be forgotten yet.

The periods are the least that the law asks for; an office that must keep longer names an earlier day. Law: the
Personal Information Protection Law §19 (no longer than needed), §47 (delete when the purpose has ended, unless a legal
period still runs).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum, auto

from hearing.refusal import N_, Refused

PERSON = "person"
"""The class that the trail names when one person was forgotten."""
PERSON_LABEL = N_("一个人的资料")


class Class(StrEnum):
    """A class of data that is kept and erased together."""

    CONSENT = auto()
    PROPOSAL = auto()
    BALLOT = auto()
    MEETING = auto()
    NOTICE = auto()
    CONCERN = auto()
    WORKS = auto()
    REGISTER = auto()
    MEMBER = auto()
    LOOKUP = auto()


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long a class is kept after it was recorded, in years, and by which law; the packages whose acts are of it."""

    label: str
    years: int
    because: str
    packages: tuple[str, ...]


_LIMITATION = N_("民法典第一百八十八条：诉讼时效三年")
KEEPING: dict[Class, Keeping] = {
    Class.CONSENT: Keeping(
        N_("意愿征询、签名和核实"),
        3,
        N_("民法典第一百八十八条：诉讼时效三年；第二百八十条：业主可以请求撤销共同决定"),
        ("consents", "denials", "visits"),
    ),
    Class.PROPOSAL: Keeping(N_("提案和书面申请"), 3, _LIMITATION, ("proposals", "costs")),
    Class.BALLOT: Keeping(N_("实名选票和名册改动"), 3, _LIMITATION, ("ballots",)),
    Class.MEETING: Keeping(N_("会议签到和发言"), 3, _LIMITATION, ("meetings",)),
    Class.NOTICE: Keeping(N_("公告和异议"), 3, _LIMITATION, ("notices",)),
    Class.CONCERN: Keeping(N_("顾虑和答复"), 3, _LIMITATION, ("concerns",)),
    Class.WORKS: Keeping(N_("电梯办理和自治管理小组"), 20, N_("民法典第一百八十八条：诉讼时效最长二十年"), ("works",)),
    Class.REGISTER: Keeping(N_("户册变更"), 3, _LIMITATION, ("register",)),
    Class.MEMBER: Keeping(N_("入户和席位"), 1, N_("网络安全法：网络日志留存不少于六个月"), ("people",)),
    Class.LOOKUP: Keeping(
        N_("查阅和导出"), 3, N_("个人信息保护法第五十六条：处理情况记录至少保存三年"), ("audit", "desk", "casefile")
    ),
}
"""The one table of what is kept for how long."""


class Refusal(StrEnum):
    """Why nothing is erased."""

    KEPT_LONGER = auto()
    NOBODY = auto()
    SEVERAL_PEOPLE = auto()
    FORGOTTEN_ALREADY = auto()
    STILL_SEATED = auto()
    STILL_ASKED = auto()
    STILL_PROPOSING = auto()
    STILL_OBJECTING = auto()
    STILL_CONCERNED = auto()
    STILL_CHECKED = auto()
    STILL_IN_GROUP = auto()


SENTENCES = {
    Refusal.KEPT_LONGER: N_("“%(label)s”要保存 %(years)d 年（%(because)s）。最晚只能删到 %(last)s 以前的。"),
    Refusal.NOBODY: N_("没有找到这个人。请用登记的手机号，或者存证里的代号（p-…）。"),
    Refusal.SEVERAL_PEOPLE: N_("户册上有几个人登记了这个手机号，分不清是谁。请先在户册里改正手机号。"),
    Refusal.FORGOTTEN_ALREADY: N_("这个人的资料以前已经删除，不需要再办。"),
    Refusal.STILL_SEATED: N_("这个人还在任：%(role)s。请先结束席位，再删除。"),
    Refusal.STILL_ASKED: N_(
        "征询“%(title)s”还没有结束，名册上有这个人，现在删除会使表态无法核对。请等征询结束、核实完毕再办。"
    ),
    Refusal.STILL_PROPOSING: N_("提案“%(title)s”是这个人提的，还在办理。请等办结或撤回以后再删除。"),
    Refusal.STILL_OBJECTING: N_("对“%(title)s”的异议是这个人提的，还没有答复。请先答复，再删除。"),
    Refusal.STILL_CONCERNED: N_("对“%(title)s”的顾虑是这个人提的，事情还在办理。请等办结以后再删除。"),
    Refusal.STILL_IN_GROUP: N_("这个人还在“%(title)s”的自治管理小组里。请先登记卸任，再删除。"),
    Refusal.STILL_CHECKED: N_("有一条以这个人或这一户名义办的记录正在核实。请等核实完毕再删除。"),
}


def class_of(package: str) -> Class | None:
    """The class to which the acts of a package belong."""
    return next((each for each, keeping in KEEPING.items() if package in keeping.packages), None)


def years_before(day: date, years: int) -> date:
    """The same day so many years earlier; of 29 February the 28th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def is_over(recorded: date, keeping: Keeping, today: date) -> bool:
    """Whether what was recorded on a day need not be kept any longer: more than so many years have passed."""
    return recorded < years_before(today, keeping.years)


def kept_until(recorded: date, keeping: Keeping) -> date:
    """The last day on which what was recorded on a day is kept; of 29 February it is the 28th."""
    try:
        return recorded.replace(year=recorded.year + keeping.years)
    except ValueError:
        return recorded.replace(year=recorded.year + keeping.years, day=28)


def check_before(which: Class, before: date, today: date) -> None:
    """Whether everything of a class from before a day may go. Raises KEPT_LONGER."""
    keeping = KEEPING[which]
    last = years_before(today, keeping.years)
    if before > last:
        raise Refused(
            Refusal.KEPT_LONGER,
            label=keeping.label,
            years=keeping.years,
            because=keeping.because,
            last=last.isoformat(),
        )

"""What proposals tell the trail: each move of a proposal, and never the applicant's name or words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hearing.audit.fact import Band, Fact, private, public
from hearing.refusal import N_


@dataclass(frozen=True, kw_only=True)
class Submitted(Fact):
    """An application came in."""

    kind: ClassVar[str] = "proposal.submitted"
    sentence: ClassVar[str] = N_("提交了申请")
    receipt: ClassVar[str] = N_("您的提案已提交：%(title)s。居委会会在 5 个工作日内答复")
    band: ClassVar[Band] = Band.BEFORE
    number: int = public()
    assisted: bool = public()
    title: str = private()
    digest: str = private()
    presence: str = private()
    why: str = private()


@dataclass(frozen=True, kw_only=True)
class LetterHandedIn(Fact):
    """A written application was added."""

    kind: ClassVar[str] = "proposal.letter"
    sentence: ClassVar[str] = N_("申请人递交了书面申请")
    receipt: ClassVar[str] = N_("书面申请已收到，纸上的字和打的字都已保存")
    band: ClassVar[Band] = Band.BEFORE
    number: int = public()
    assisted: bool = public()
    handwritten: bool = public()
    digest: str = private()
    presence: str = private()
    why: str = private()


@dataclass(frozen=True, kw_only=True)
class TakenUp(Fact):
    """The committee began screening."""

    kind: ClassVar[str] = "proposal.screening"
    sentence: ClassVar[str] = N_("居委会开始初审")


@dataclass(frozen=True, kw_only=True)
class Accepted(Fact):
    """Screening let the proposal pass: from here on it is public."""

    kind: ClassVar[str] = "proposal.accepted"
    sentence: ClassVar[str] = N_("通过初审，开始协商")
    band: ClassVar[Band] = Band.BEFORE
    title: str = private()
    summary: str = private()
    note: str = private()


@dataclass(frozen=True, kw_only=True)
class Returned(Fact):
    """The application goes back to be completed."""

    kind: ClassVar[str] = "proposal.returned"
    sentence: ClassVar[str] = N_("退回补充")
    band: ClassVar[Band] = Band.BEFORE
    reason: str = private()


@dataclass(frozen=True, kw_only=True)
class Rejected(Fact):
    """The proposal was rejected for a listed reason."""

    kind: ClassVar[str] = "proposal.rejected"
    sentence: ClassVar[str] = N_("不予受理：%(rejection_label)s")
    band: ClassVar[Band] = Band.BEFORE
    rejection: str = public()
    rejection_label: str = public()
    reason: str = private()


@dataclass(frozen=True, kw_only=True)
class Merged(Fact):
    """The proposal goes on as part of another one."""

    kind: ClassVar[str] = "proposal.merged"
    sentence: ClassVar[str] = N_("并入提案 %(into)s")
    band: ClassVar[Band] = Band.BEFORE
    into: int = public()
    reason: str = private()


@dataclass(frozen=True, kw_only=True)
class Routed(Fact):
    """The proposal was handed to the body whose business it is."""

    kind: ClassVar[str] = "proposal.routed"
    sentence: ClassVar[str] = N_("转给其他单位办理")
    band: ClassVar[Band] = Band.BEFORE
    to: str = private()
    reason: str = private()


@dataclass(frozen=True, kw_only=True)
class SecondLookAsked(Fact):
    """The proposer asked the council to look again."""

    kind: ClassVar[str] = "proposal.second_look_asked"
    sentence: ClassVar[str] = N_("提案人请理事会复议")
    receipt: ClassVar[str] = N_("已请理事会复议，结果会通知您")
    band: ClassVar[Band] = Band.BEFORE
    reason: str = private()


@dataclass(frozen=True, kw_only=True)
class LookedAgain(Fact):
    """The council looked again."""

    kind: ClassVar[str] = "proposal.looked_again"
    sentence: ClassVar[str] = N_("理事会复议：%(outcome_label)s")
    band: ClassVar[Band] = Band.BEFORE
    reopened: bool = public()
    outcome_label: str = public()
    answer: str = private()


@dataclass(frozen=True, kw_only=True)
class OpinionRequested(Fact):
    """A seat was asked for its opinion."""

    kind: ClassVar[str] = "proposal.opinion_requested"
    sentence: ClassVar[str] = N_("请%(seat_label)s提意见")
    seat: str = public()
    seat_label: str = public()
    question: str = private()


@dataclass(frozen=True, kw_only=True)
class OpinionGiven(Fact):
    """A seat gave its opinion."""

    kind: ClassVar[str] = "proposal.opinion"
    sentence: ClassVar[str] = N_("%(seat_label)s给出意见")
    receipt: ClassVar[str] = N_("您的意见已提交，会显示在事项页上")
    band: ClassVar[Band] = Band.BEFORE
    seat: str = public()
    seat_label: str = public()
    recommendation: str = private()
    text: str = private()
    steps: str = private()


@dataclass(frozen=True, kw_only=True)
class DrawingsAdded(Fact):
    """Drawings were put to the plan that is being made."""

    kind: ClassVar[str] = "proposal.drawings"
    sentence: ClassVar[str] = N_("方案草稿加了 %(count)s 份图纸")
    count: int = public()
    hashes: tuple[str, ...] = private()


@dataclass(frozen=True, kw_only=True)
class PlanFixed(Fact):
    """The first version of the plan was fixed."""

    kind: ClassVar[str] = "plan.fixed"
    sentence: ClassVar[str] = N_("方案第 %(number)s 版定稿，编号 %(hash8)s")
    band: ClassVar[Band] = Band.BEFORE
    number: int = public()
    hash8: str = public()
    plan_hash: str = public()


@dataclass(frozen=True, kw_only=True)
class PlanReplaced(Fact):
    """A later version of the plan was fixed, and asks for new signatures or not."""

    kind: ClassVar[str] = "plan.replaced"
    sentence: ClassVar[str] = N_("方案改为第 %(number)s 版，编号 %(hash8)s：%(change_label)s")
    band: ClassVar[Band] = Band.DURING
    number: int = public()
    hash8: str = public()
    plan_hash: str = public()
    replaces: str = public()
    change: str = public()
    change_label: str = public()
    notice_hash: str = public()
    reason: str = private()


@dataclass(frozen=True, kw_only=True)
class ChangePut(Fact):
    """A changed plan was put before a council seat and the legal adviser."""

    kind: ClassVar[str] = "plan.change_put"
    sentence: ClassVar[str] = N_("方案第 %(number)s 版的改动送理事和法律顾问判断")
    number: int = public()
    plan_hash: str = public()
    fields: tuple[str, ...] = public()
    reason: str = private()


@dataclass(frozen=True, kw_only=True)
class ChangeJudged(Fact):
    """One of the two seats said what it holds the change to be."""

    kind: ClassVar[str] = "plan.change_judged"
    sentence: ClassVar[str] = N_("%(seat_label)s判断方案第 %(number)s 版的改动：%(change_label)s")
    receipt: ClassVar[str] = N_("您的判断已提交：%(change_label)s")
    number: int = public()
    seat: str = public()
    seat_label: str = public()
    change: str = public()
    change_label: str = public()
    reason: str = private()


@dataclass(frozen=True, kw_only=True)
class ChangeContested(Fact):
    """The proposer holds a wording change to be material."""

    kind: ClassVar[str] = "plan.change_contested"
    sentence: ClassVar[str] = N_("提案人认为方案第 %(number)s 版的改动应当重新确认")
    receipt: ClassVar[str] = N_("您的异议已收到，理事会答复后会通知您")
    band: ClassVar[Band] = Band.DURING
    number: int = public()
    reason: str = private()


@dataclass(frozen=True, kw_only=True)
class ContestAnswered(Fact):
    """A council seat answered the contest."""

    kind: ClassVar[str] = "plan.contest_answered"
    sentence: ClassVar[str] = N_("理事会答复第 %(number)s 版的异议：%(change_label)s")
    band: ClassVar[Band] = Band.DURING
    number: int = public()
    upheld: bool = public()
    change_label: str = public()
    notice_hash: str = public()
    answer: str = private()


@dataclass(frozen=True, kw_only=True)
class ManagerAnswered(Fact):
    """The manager or the lessor answered a fixed version in writing."""

    kind: ClassVar[str] = "plan.manager_answered"
    sentence: ClassVar[str] = N_("%(seat_label)s对方案第 %(number)s 版的书面答复：%(answer_label)s")
    receipt: ClassVar[str] = N_("您的书面答复已提交：%(answer_label)s")
    band: ClassVar[Band] = Band.DURING
    number: int = public()
    seat: str = public()
    seat_label: str = public()
    agrees: bool = public()
    answer_label: str = public()
    plan_hash: str = public()
    note: str = private()
    paper_hash: str = private()


@dataclass(frozen=True, kw_only=True)
class PermitAnswered(Fact):
    """An owner said whether her own part may be used, or a second person compared her paper."""

    kind: ClassVar[str] = "plan.permit_answered"
    sentence: ClassVar[str] = N_("方案第 %(number)s 版：用到自家部分的一户书面许可，现在%(state_label)s")
    receipt: ClassVar[str] = N_("这一处的书面许可已记下：%(state_label)s")
    number: int = public()
    plan_hash: str = public()
    state: str = public()
    state_label: str = public()
    on_paper: bool = public()
    unit: int = private()
    holder: int = private()
    agrees: bool = private()
    note: str = private()
    paper_hash: str = private()


@dataclass(frozen=True, kw_only=True)
class PlanReopened(Fact):
    """A fixed plan goes back to the desk."""

    kind: ClassVar[str] = "plan.reopened"
    sentence: ClassVar[str] = N_("方案第 %(number)s 版重新协商")
    band: ClassVar[Band] = Band.DURING
    number: int = public()
    reason: str = private()


@dataclass(frozen=True, kw_only=True)
class PublicityBegun(Fact):
    """The result hangs on the board."""

    kind: ClassVar[str] = "proposal.publicity"
    sentence: ClassVar[str] = N_("征询达到通过线，开始公示 %(days)s 天")
    band: ClassVar[Band] = Band.DURING
    days: int = public()
    plan_hash: str = public()
    notice_hash: str = public()


@dataclass(frozen=True, kw_only=True)
class Approved(Fact):
    """Publicity ended and nothing stands against the plan."""

    kind: ClassVar[str] = "proposal.approved"
    sentence: ClassVar[str] = N_("公示期满，方案通过")
    band: ClassVar[Band] = Band.DURING
    plan_hash: str = public()


@dataclass(frozen=True, kw_only=True)
class Suspended(Fact):
    """The proposal rests."""

    kind: ClassVar[str] = "proposal.suspended"
    sentence: ClassVar[str] = N_("事项中止")
    band: ClassVar[Band] = Band.DURING
    reason: str = private()


@dataclass(frozen=True, kw_only=True)
class Resumed(Fact):
    """The proposal goes on where it rested."""

    kind: ClassVar[str] = "proposal.resumed"
    sentence: ClassVar[str] = N_("事项恢复办理")
    band: ClassVar[Band] = Band.DURING
    reason: str = private()


@dataclass(frozen=True, kw_only=True)
class Withdrawn(Fact):
    """The proposer took the proposal back."""

    kind: ClassVar[str] = "proposal.withdrawn"
    sentence: ClassVar[str] = N_("提案人撤回了提案")
    receipt: ClassVar[str] = N_("您的提案已撤回")
    band: ClassVar[Band] = Band.DURING
    reason: str = private()

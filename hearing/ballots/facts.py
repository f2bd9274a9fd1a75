"""What polls tell the trail: their terms, their roll, ballots without their voters, the close and the count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from hearing.audit.fact import Band, Bare, Fact, private, public
from hearing.refusal import N_


@dataclass(frozen=True, kw_only=True)
class Drafted(Fact):
    """A poll was begun, or its terms were changed before it opened."""

    kind: ClassVar[str] = "poll.drafted"
    sentence: ClassVar[str] = N_("居委会准备一次投票：%(title)s（第 %(version)d 稿）")
    title: str = public()
    version: int = public()
    rule_hash: str = public()


@dataclass(frozen=True, kw_only=True)
class ProjectAdded(Fact):
    """A project was put on the list, or written anew before the opening."""

    kind: ClassVar[str] = "poll.project_added"
    sentence: ClassVar[str] = N_("项目 %(project)s：%(title)s")
    project: str = public()
    title: str = public()
    cost_fen: int = public()


@dataclass(frozen=True, kw_only=True)
class ProjectWithdrawn(Fact):
    """A project was taken off the list: before the opening without a trace on ballots, later it gets no money."""

    kind: ClassVar[str] = "poll.project_withdrawn"
    sentence: ClassVar[str] = N_("项目 %(project)s 撤回：%(because)s")
    project: str = public()
    because: str = public()


@dataclass(frozen=True, kw_only=True)
class Opened(Fact):
    """Rule, projects, order and roll were frozen; from `opens` on ballots are taken."""

    kind: ClassVar[str] = "poll.opened"
    sentence: ClassVar[str] = N_("投票的规则、项目和名册定稿，名册上 %(roll_size)d 个投票人：%(title)s")
    band: ClassVar[Band] = Band.DURING
    title: str = public()
    mode: str = public()
    per: str = public()
    ballot: str = public()
    options: tuple[str, ...] = public()
    choices: int = public()
    """How many options a ballot may name at most."""
    budget_fen: int = public()
    rule_version: int = public()
    rule_hash: str = public()
    projects_hash: str = public()
    """SHA-256 over the canonical list of projects: code, title, cost, category."""
    lot: str = public()
    """Commitment to the seed of the lot."""
    order_seed: str = public()
    roll_root: str = public()
    roll_size: int = public()
    opens: datetime = public()
    closes: datetime = public()


@dataclass(frozen=True, kw_only=True)
class Extended(Fact):
    """The close was put off."""

    kind: ClassVar[str] = "poll.amended"
    sentence: ClassVar[str] = N_("投票延长（第 %(number)d 次）：%(reason)s")
    band: ClassVar[Band] = Band.DURING
    number: int = public()
    before: datetime = public()
    closes: datetime = public()
    reason: str = public()


@dataclass(frozen=True, kw_only=True)
class AmendmentAsked(Fact):
    """An officer asks for a change of the roll."""

    kind: ClassVar[str] = "roll.amendment_asked"
    sentence: ClassVar[str] = N_("有人提出改动投票名册，等另一位工作人员确认")
    receipt: ClassVar[str] = N_("已提出改动名册，等另一位同事确认")
    adds: bool = public()
    voter: str = private()
    reason: str = private()


@dataclass(frozen=True, kw_only=True)
class RollAmended(Fact):
    """The roll of an open poll was changed, by two officers and for a reason."""

    kind: ClassVar[str] = "roll.amended"
    sentence: ClassVar[str] = N_("投票名册有改动，现在 %(roll_size)d 个投票人：%(reason)s")
    band: ClassVar[Band] = Band.DURING
    roll_root: str = public()
    roll_size: int = public()
    reason: str = public()
    officers: tuple[str, ...] = public()
    voter: str = private()


@dataclass(frozen=True, kw_only=True)
class VoidAsked(Fact):
    """An officer asks for a poll to be declared void."""

    kind: ClassVar[str] = "poll.void_asked"
    sentence: ClassVar[str] = N_("有人提出把这次投票作废，等另一位工作人员确认")
    receipt: ClassVar[str] = N_("已提出作废，等另一位同事确认")
    reason: str = private()


@dataclass(frozen=True, kw_only=True)
class Voided(Fact):
    """A poll was declared void by two officers, for a reason; nothing is counted, and nothing revealed."""

    kind: ClassVar[str] = "poll.voided"
    sentence: ClassVar[str] = N_(
        "投票作废：%(reason)s。已有 %(voted)d 户投票或领了纸票；存证里有选票 %(in_trail)d 张，"
        "票箱里没有打开的 %(lost)d 张，都不再算"
    )
    band: ClassVar[Band] = Band.DURING
    reason: str = public()
    voted: int = public()
    in_trail: int = public()
    """Secret ballots whose commitments the trail has."""
    lost: int = public()
    """Ballots that lay in the box and were never opened."""
    key_read: bool = public()
    """Whether the box's key could still be read; true where there was no box."""
    officers: tuple[str, ...] = public()


@dataclass(frozen=True, kw_only=True)
class SecretBallotCast(Bare):
    """A ballot without voter and time; what it says is published at the close."""

    kind: ClassVar[str] = "ballot"
    thing: ClassVar[str] = "poll"
    sentence: ClassVar[str] = N_("一张无记名选票")
    c: str = public()

    def pub(self) -> dict[str, Any]:
        """Its commitment, and nothing else."""
        return {"c": self.c}


@dataclass(frozen=True, kw_only=True)
class NamedBallotCast(Fact):
    """A ballot under a name, or a later one in its place; what it says is committed to."""

    kind: ClassVar[str] = "poll.voted"
    sentence: ClassVar[str] = N_("收到一张实名选票")
    receipt: ClassVar[str] = N_("您在“%(title)s”里投了第 %(turn)d 次票，选的是：%(choice_words)s。截止前可以改")
    turn: int = public()
    title: str = private()
    voter: str = private()
    ballot: Mapping[str, Any] = private()
    choice_words: str = private()
    cast_at: datetime = private()


@dataclass(frozen=True, kw_only=True)
class PapersPrinted(Fact):
    """Papers were printed; which, only their squares say."""

    kind: ClassVar[str] = "paper.printed"
    sentence: ClassVar[str] = N_("印了纸票 %(sheets)d 张（第 %(run)d 批）")
    band: ClassVar[Band] = Band.DURING
    run: int = public()
    sheets: int = public()


@dataclass(frozen=True, kw_only=True)
class PaperHanded(Fact):
    """A paper was handed to a household, where ballots stand under names."""

    kind: ClassVar[str] = "paper.handed"
    sentence: ClassVar[str] = N_("发出一张实名纸票")
    receipt: ClassVar[str] = N_("纸票 %(code)s 发给了这一户")
    voter: str = private()
    code: str = private()


@dataclass(frozen=True, kw_only=True)
class PaperExchanged(Fact):
    """A spoiled paper was handed back for a new one, where ballots stand under names."""

    kind: ClassVar[str] = "paper.exchanged"
    sentence: ClassVar[str] = N_("一张写错的实名纸票换了新的")
    voter: str = private()
    code: str = private()
    new_code: str = private()


@dataclass(frozen=True, kw_only=True)
class PaperLost(Fact):
    """A paper that stands under a name will not come back; the voter may have another one, or use her phone."""

    kind: ClassVar[str] = "paper.lost"
    sentence: ClassVar[str] = N_("一张实名纸票报了没交回")
    receipt: ClassVar[str] = N_("发给这一户的纸票 %(code)s 报了没交回，不再算；可以另领一张，也可以用手机投")
    voter: str = private()
    code: str = private()


@dataclass(frozen=True, kw_only=True)
class PaperTurnedUp(Fact):
    """A paper that was declared lost has turned up, and is void."""

    kind: ClassVar[str] = "paper.turned_up"
    sentence: ClassVar[str] = N_("一张报过没交回的实名纸票又出现了，作废")
    receipt: ClassVar[str] = N_("发给这一户的纸票 %(code)s 报过没交回，后来又出现了，作废")
    voter: str = private()
    code: str = private()


@dataclass(frozen=True, kw_only=True)
class PaperRead(Fact):
    """One person read a paper that stands under a name, and its fate is open yet, or it is void."""

    kind: ClassVar[str] = "paper.read"
    sentence: ClassVar[str] = N_("一张实名纸票录入了一次")
    receipt: ClassVar[str] = N_("纸票 %(code)s 录入了一次")
    state: str = public()
    code: str = private()
    read: Mapping[str, Any] = private()


@dataclass(frozen=True, kw_only=True)
class PapersPhotographed(Fact):
    """Pictures of papers that stand under names were kept, each with its paper; which they are is committed to."""

    kind: ClassVar[str] = "paper.photographed"
    sentence: ClassVar[str] = N_(
        "拍了实名纸票的照片：对上 %(matched)d 张，等人认编号 %(waiting)d 张，没有收 %(refused)d 张"
    )
    matched: int = public()
    waiting: int = public()
    refused: int = public()
    codes: tuple[str, ...] = private()
    pictures: tuple[str, ...] = private()
    states: tuple[str, ...] = private()


@dataclass(frozen=True, kw_only=True)
class PaperPhotoSettled(Fact):
    """A person said which paper a picture shows, or that nothing can be read on it."""

    kind: ClassVar[str] = "paper.photo_settled"
    sentence: ClassVar[str] = N_("一张实名纸票的照片有了着落")
    state: str = public()
    picture: str = private()
    code: str = private()


@dataclass(frozen=True, kw_only=True)
class PapersUnreturned(Fact):
    """The close has come, and so many papers that were handed out did not come back."""

    kind: ClassVar[str] = "paper.unreturned"
    sentence: ClassVar[str] = N_("投票截止，发出的纸票有 %(number)d 张没有交回")
    band: ClassVar[Band] = Band.DURING
    number: int = public()


@dataclass(frozen=True, kw_only=True)
class WindowBalanced(Fact):
    """What became of all papers, and how many one-time codes were given out; just before the close."""

    kind: ClassVar[str] = "paper.balanced"
    sentence: ClassVar[str] = N_(
        "纸票：印 %(printed)d，发出 %(handed)d，投入票箱 %(entered)d，作废 %(void)d，没交回 %(unreturned)d；"
        "一次性码 %(codes)d 个"
    )
    band: ClassVar[Band] = Band.DURING
    printed: int = public()
    handed: int = public()
    entered: int = public()
    void: int = public()
    unreturned: int = public()
    codes: int = public()


@dataclass(frozen=True, kw_only=True)
class DeskCodeIssued(Fact):
    """A one-time code for the tablet was given to a voter, where ballots stand under names."""

    kind: ClassVar[str] = "code.issued"
    sentence: ClassVar[str] = N_("居委代开：给一位投票人发了一次性码")
    receipt: ClassVar[str] = N_("给这一户发了一次性码")
    voter: str = private()


@dataclass(frozen=True, kw_only=True)
class Closed(Fact):
    """The clock came to the close; the last ballots went into the trail just before this."""

    kind: ClassVar[str] = "poll.closed"
    sentence: ClassVar[str] = N_("投票截止")
    band: ClassVar[Band] = Band.DURING
    voted: tuple[str, ...] | int = public()
    """The commitments of those who voted; their number where the roll is small, or too long for an entry."""
    voted_hash: str = public()
    """SHA-256 over the published list of those who voted; empty where only their number is."""
    lot_seed: str = public()


@dataclass(frozen=True, kw_only=True)
class Tallied(Fact):
    """The ballots were counted by the frozen rule."""

    kind: ClassVar[str] = "poll.tallied"
    sentence: ClassVar[str] = N_("投票结果公布：%(ballots)d 张选票")
    band: ClassVar[Band] = Band.DURING
    ballots: int = public()
    counts: Mapping[str, int] = public()
    reveal: str = public()
    """sha256: and the digest of reveal.jsonl; empty where the ballots stand under names."""
    tally: str = public()
    """sha256: and the digest of the record of the count."""
    election: str = public()
    """sha256: and the digest of election.pb."""
    rule_hash: str = public()

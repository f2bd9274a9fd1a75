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
    rule_hash: str = public()

"""What concerns tell the trail: of which kind, that it was answered, settled or not; never whose, nor what was said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hearing.audit.fact import Band, Fact, private, public
from hearing.refusal import N_


@dataclass(frozen=True, kw_only=True)
class ConcernRaised(Fact):
    """A household said what it fears."""

    kind: ClassVar[str] = "concern.raised"
    sentence: ClassVar[str] = N_("收到一条顾虑：%(topic_label)s")
    receipt: ClassVar[str] = N_("您对“%(title)s”的顾虑（%(topic_label)s）已收到，会有量出来的答复")
    band: ClassVar[Band] = Band.DURING
    number: int = public()
    topic: str = public()
    topic_label: str = public()
    title: str = private()
    text: str = private()
    photo_hash: str = private()


@dataclass(frozen=True, kw_only=True)
class ConcernTold(Fact):
    """A member of staff wrote down what a household fears: on paper, by telephone, in person."""

    kind: ClassVar[str] = "concern.told"
    sentence: ClassVar[str] = N_("代记一条顾虑（%(way_label)s）：%(topic_label)s")
    receipt: ClassVar[str] = N_("对“%(title)s”的顾虑（%(topic_label)s）已代记，会有量出来的答复")
    band: ClassVar[Band] = Band.DURING
    number: int = public()
    topic: str = public()
    topic_label: str = public()
    way: str = public()
    way_label: str = public()
    title: str = private()
    text: str = private()
    told_by: str = private()
    told_on: str = private()
    note: str = private()
    paper_hash: str = private()


@dataclass(frozen=True, kw_only=True)
class ConcernWordTold(Fact):
    """A member of staff wrote down whether a household says that its concern is settled."""

    kind: ClassVar[str] = "concern.word_told"
    sentence: ClassVar[str] = N_("第 %(number)d 条顾虑，代记本人的话（%(way_label)s）：%(said_label)s")
    band: ClassVar[Band] = Band.DURING
    number: int = public()
    settled: bool = public()
    said_label: str = public()
    way: str = public()
    way_label: str = public()
    text: str = private()
    told_by: str = private()
    told_on: str = private()
    note: str = private()
    paper_hash: str = private()


@dataclass(frozen=True, kw_only=True)
class ConcernReferred(Fact):
    """The desk asked somebody to answer."""

    kind: ClassVar[str] = "concern.referred"
    sentence: ClassVar[str] = N_("请%(seat_label)s答复第 %(number)d 条顾虑")
    number: int = public()
    seat: str = public()
    seat_label: str = public()


@dataclass(frozen=True, kw_only=True)
class ConcernAnswered(Fact):
    """A concern got a measured answer."""

    kind: ClassVar[str] = "concern.answered"
    sentence: ClassVar[str] = N_("第 %(number)d 条顾虑有了答复")
    receipt: ClassVar[str] = N_("您对第 %(number)d 条顾虑的答复已记下，提出的人会收到通知")
    band: ClassVar[Band] = Band.DURING
    number: int = public()
    seat: str = public()
    measures: int = public()
    files: int = public()
    text: str = private()
    measured: tuple[str, ...] = private()
    compensation_fen: int = private()
    file_hashes: tuple[str, ...] = private()


@dataclass(frozen=True, kw_only=True)
class ConcernSettled(Fact):
    """Its author says that a concern is settled."""

    kind: ClassVar[str] = "concern.settled"
    sentence: ClassVar[str] = N_("第 %(number)d 条顾虑，提出的人说解决了")
    receipt: ClassVar[str] = N_("您说第 %(number)d 条顾虑解决了，已记下")
    band: ClassVar[Band] = Band.DURING
    number: int = public()
    text: str = private()


@dataclass(frozen=True, kw_only=True)
class ConcernStands(Fact):
    """Its author says that a concern is not settled by the answer."""

    kind: ClassVar[str] = "concern.stands"
    sentence: ClassVar[str] = N_("第 %(number)d 条顾虑，提出的人说还没解决")
    receipt: ClassVar[str] = N_("您说第 %(number)d 条顾虑还没解决，已记下。居委会会再答复，或者请您一起协调")
    band: ClassVar[Band] = Band.DURING
    number: int = public()
    text: str = private()

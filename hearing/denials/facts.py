"""What denials tell the trail: that an act is denied and what its check found; never which household it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hearing.audit.fact import Fact, private, public
from hearing.refusal import N_


@dataclass(frozen=True, kw_only=True)
class ActDenied(Fact):
    """A household says that an act in its name was not its own."""

    kind: ClassVar[str] = "act.denied"
    sentence: ClassVar[str] = N_("有一户提出第 %(record)d 号记录不是自己办的，先搁置，由两位没有经手的人核实")
    receipt: ClassVar[str] = N_("已登记“这不是我签的”。这条记录先搁置，三个工作日内由两位没有经手的人核实")
    record: int = public()
    """The denied entry's place in the trail, from 0."""
    unit: int = private()
    reason: str = private()


@dataclass(frozen=True, kw_only=True)
class DenialChecked(Fact):
    """One of those who check a denied act said what she found; `verdict` is awaited until two agree."""

    kind: ClassVar[str] = "act.denial_checked"
    sentence: ClassVar[str] = N_("核实了一户提出不是自己办的第 %(record)d 号记录")
    receipt: ClassVar[str] = N_("您对第 %(record)d 号记录的核实已记下")
    record: int = public()
    verdict: str = public()
    unit: int = private()
    genuine: bool = private()
    finding: str = private()

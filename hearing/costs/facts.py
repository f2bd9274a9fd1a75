"""What costs tell the trail: sums and how many pay, and never which flat pays what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hearing.audit.fact import Fact, public
from hearing.refusal import N_


@dataclass(frozen=True, kw_only=True)
class CostsWorkedOut(Fact):
    """The committee worked out what each flat pays, for the plan that is being made."""

    kind: ClassVar[str] = "plan.costs"
    sentence: ClassVar[str] = N_("居委会算好了费用分摊，%(payers)d 户出资")
    total_fen: int = public()
    subsidy_fen: int = public()
    residents_fen: int = public()
    payers: int = public()
    cost_hash: str = public()

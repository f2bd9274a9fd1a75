"""Costs 费用分摊: each cost plan that was worked out for a case, as the exact text whose hash a plan version names."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hearing.costs import rules
from hearing.db import Base, Code, Digest, Fen, Id, Instant, Ledgered, LongText
from hearing.proposals.models import Proposal
from hearing.proposals.rules import ScopeKind


class CostSheet(Base, Ledgered):
    """A cost plan 分摊表 of a case. It belongs to every plan version whose `cost_plan` is its digest.

    What each household pays stands in the plan version; this says how it came about.
    """

    __tablename__ = "cost_sheet"
    __table_args__ = (
        UniqueConstraint("proposal_id", "digest", name="uq_cost_sheet_content"),
        CheckConstraint("total_fen = subsidy_fen + fund_fen + residents_fen", name="adds_up"),
        CheckConstraint("subsidy_fen >= 0 AND fund_fen >= 0 AND residents_fen >= 0", name="not_negative"),
    )
    append_only = True
    id: Mapped[Id]
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    scope_kind: Mapped[Code]
    """proposals.rules.ScopeKind: whose flats share the cost."""
    scope_id: Mapped[int]
    content: Mapped[LongText]
    """`rules.CostPlan.text`: canonical JSON."""
    digest: Mapped[Digest]
    total_fen: Mapped[Fen]
    subsidy_fen: Mapped[Fen]
    fund_fen: Mapped[Fen]
    residents_fen: Mapped[Fen]
    entered_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    entered_at: Mapped[datetime] = mapped_column(Instant)
    proposal: Mapped[Proposal] = relationship()

    @property
    def scope(self) -> ScopeKind:
        """Whether a stairwell's, a building's or an estate's flats share the cost."""
        return ScopeKind(self.scope_kind)

    @cached_property
    def plan(self) -> rules.CostPlan:
        """The content as the rules know it."""
        return rules.read_cost_plan(self.content)

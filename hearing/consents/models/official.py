"""The official result 官方结果: what another office's system or wet ink decided, as events that are only added."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hearing.audit.ledger import broken_promise
from hearing.consents import rules
from hearing.consents.models.collecting import ConsentCollection
from hearing.db import Base, Code, Id, Instant, Ledgered, LongText, Name
from hearing.files.models import Evidence


class OfficialResult(Base, Ledgered):
    """One official result of a collection. The last one stands; each further one corrects the one before."""

    __tablename__ = "official_result"
    __table_args__ = (
        UniqueConstraint("collection_id", "number", name="uq_official_result_number"),
        CheckConstraint("way IN ('system', 'wet_ink')", name="way"),
        CheckConstraint("(yes_heads IS NULL) = (all_heads IS NULL) AND yes_heads <= all_heads", name="heads"),
        CheckConstraint(
            "(yes_area_centi IS NULL) = (all_area_centi IS NULL) AND yes_area_centi <= all_area_centi", name="areas"
        ),
    )
    append_only = True
    erasable = ("reason",)
    id: Mapped[Id]
    collection_id: Mapped[int] = mapped_column(ForeignKey("consent_collection.id"))
    number: Mapped[int]
    way: Mapped[Code]
    """consents.rules.OfficialWay."""
    office: Mapped[Name]
    reference: Mapped[Name]
    happened_on: Mapped[date] = mapped_column(Date)
    """The day in Beijing on which it was decided."""
    passed: Mapped[bool]
    yes_heads: Mapped[int | None]
    all_heads: Mapped[int | None]
    yes_area_centi: Mapped[int | None]
    all_area_centi: Mapped[int | None]
    document_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), index=True)
    reason: Mapped[LongText] = mapped_column(default="")
    """Why it corrects the one before; for those who work on it."""
    role: Mapped[Code]
    entered_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    entered_at: Mapped[datetime] = mapped_column(Instant)
    collection: Mapped[ConsentCollection] = relationship()
    document: Mapped[Evidence] = relationship()

    def as_rule(self) -> rules.OfficialResult:
        """The result as the rules know it."""
        return rules.OfficialResult(
            way=rules.OfficialWay(self.way),
            office=self.office,
            reference=self.reference,
            day=self.happened_on,
            passed=self.passed,
            figures=rules.Figures(self.yes_heads, self.all_heads, self.yes_area_centi, self.all_area_centi),
        )

    @property
    def way_label(self) -> str:
        """How it came about, in words."""
        return rules.WAY_LABELS[rules.OfficialWay(self.way)]

    @property
    def outcome_label(self) -> str:
        """How it ended, in a word."""
        return rules.COLLECTION_LABELS[rules.CollectionState.PASSED if self.passed else rules.CollectionState.FAILED]


broken_promise("uq_official_result_number", rules.Refusal.OFFICIAL_MEANWHILE)

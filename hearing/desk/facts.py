"""What the desk tells the trail: that part of it was taken out, by whom, and what for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hearing.audit.fact import Fact, private, public
from hearing.refusal import N_


@dataclass(frozen=True, kw_only=True)
class TrailExported(Fact):
    """A director or an auditor exported entries of the trail."""

    kind: ClassVar[str] = "trail.exported"
    sentence: ClassVar[str] = N_("导出了 %(entries)d 条存证记录")
    receipt: ClassVar[str] = N_("您导出了 %(entries)d 条存证记录，用途：%(purpose)s")
    entries: int = public()
    sha256: str = public()
    purpose: str = private()
    wanted: str = private()
    """The search, as its address has it: pseudonyms and no names."""

"""What case files tell the trail: who asked, what came of it by its hash, who took it; the purpose stays inside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hearing.audit.fact import Band, Fact, private, public
from hearing.refusal import N_


@dataclass(frozen=True, kw_only=True)
class CaseFileAsked(Fact):
    """Somebody asked for a case file."""

    kind: ClassVar[str] = "casefile.asked"
    sentence: ClassVar[str] = N_("要了一份案卷（%(edition_label)s）")
    receipt: ClassVar[str] = N_("您要了一份案卷（%(edition_label)s），用途：%(purpose)s")
    edition: str = public()
    edition_label: str = public()
    purpose: str = private()


@dataclass(frozen=True, kw_only=True)
class CaseFileMade(Fact):
    """A case file was made, in the name of whoever asked for it."""

    kind: ClassVar[str] = "casefile.made"
    sentence: ClassVar[str] = N_("案卷（%(edition_label)s）做好了，共 %(files)d 个文件，SHA-256 %(sha256)s")
    band: ClassVar[Band] = Band.AFTER
    edition: str = public()
    edition_label: str = public()
    sha256: str = public()
    size: int = public()
    files: int = public()
    log_size: int = public()
    sealed: bool = public()


@dataclass(frozen=True, kw_only=True)
class CaseFileFetched(Fact):
    """Somebody took a full case file."""

    kind: ClassVar[str] = "casefile.fetched"
    sentence: ClassVar[str] = N_("取走了案卷（%(edition_label)s），SHA-256 %(sha256)s")
    edition_label: str = public()
    sha256: str = public()


@dataclass(frozen=True, kw_only=True)
class CaseFileGone(Fact):
    """A case file was taken off the server."""

    kind: ClassVar[str] = "casefile.gone"
    sentence: ClassVar[str] = N_("服务器上的案卷（%(edition_label)s）删除了：%(why_label)s")
    edition_label: str = public()
    sha256: str = public()
    why_label: str = public()

"""What works tell the trail: stage, day and number of a paper, which are public; who sits in a group stays inside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hearing.audit.fact import Band, Fact, private, public
from hearing.refusal import N_


@dataclass(frozen=True, kw_only=True)
class Entered(Fact):
    """What every event of a lift tells: enough to work out how far the lift is, and the hashes of its files inside."""

    band: ClassVar[Band] = Band.AFTER
    number: int = public()
    sort: str = public()
    """works.rules.Kind."""
    day: str = public()
    """YYYY-MM-DD in Beijing."""
    stage: str = public()
    paper: str = public()
    reference: str = public()
    issuer: str = public()
    party: str = public()
    before: int = public()
    after: int = public()
    what_label: str = public()
    files: int = public()
    note: str = private()
    file_hashes: tuple[str, ...] = private()


@dataclass(frozen=True, kw_only=True)
class StageEntered(Entered):
    """A lift entered its next stage."""

    kind: ClassVar[str] = "works.stage_entered"
    sentence: ClassVar[str] = N_("进入“%(what_label)s”阶段（%(day)s）")


@dataclass(frozen=True, kw_only=True)
class PaperRecorded(Entered):
    """A paper from outside came."""

    kind: ClassVar[str] = "works.paper_recorded"
    sentence: ClassVar[str] = N_("%(what_label)s：%(reference)s（%(day)s）")


@dataclass(frozen=True, kw_only=True)
class HandedOver(Entered):
    """Somebody else owes the next move."""

    kind: ClassVar[str] = "works.handed_over"
    sentence: ClassVar[str] = N_("轮到%(what_label)s（%(day)s）")


@dataclass(frozen=True, kw_only=True)
class PhotosAdded(Entered):
    """Photos of before or after the works."""

    kind: ClassVar[str] = "works.photos_added"
    sentence: ClassVar[str] = N_("放上施工前照片 %(before)d 张、完工后照片 %(after)d 张")


@dataclass(frozen=True, kw_only=True)
class Corrected(Entered):
    """An event was corrected by this one."""

    kind: ClassVar[str] = "works.corrected"
    sentence: ClassVar[str] = N_("更正第 %(corrects)d 条：%(what_label)s（%(day)s）")
    corrects: int = public()


@dataclass(frozen=True, kw_only=True)
class TakenBack(Entered):
    """An event that had not happened was taken back."""

    kind: ClassVar[str] = "works.taken_back"
    sentence: ClassVar[str] = N_("撤销第 %(corrects)d 条：%(what_label)s")
    corrects: int = public()


@dataclass(frozen=True, kw_only=True)
class GroupSeatTaken(Fact):
    """A household's person was chosen into the building group."""

    kind: ClassVar[str] = "group.seat_taken"
    sentence: ClassVar[str] = N_("自治管理小组选定%(office_label)s（%(day)s）")
    band: ClassVar[Band] = Band.AFTER
    office: str = public()
    office_label: str = public()
    day: str = public()
    holder: int = private()
    file_hashes: tuple[str, ...] = private()


@dataclass(frozen=True, kw_only=True)
class GroupSeatLeft(Fact):
    """Somebody left an office of the building group."""

    kind: ClassVar[str] = "group.seat_left"
    sentence: ClassVar[str] = N_("自治管理小组%(office_label)s卸任（%(day)s）")
    band: ClassVar[Band] = Band.AFTER
    office: str = public()
    office_label: str = public()
    day: str = public()
    why: str = public()
    holder: int = private()
    note: str = private()
    file_hashes: tuple[str, ...] = private()

"""Facts of the register: what the office imported, changed, exported and founded. No name, door or number is public."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from hearing.audit.fact import Fact, private, public
from hearing.refusal import N_


@dataclass(frozen=True, kw_only=True)
class NeighbourhoodFounded(Fact):
    """A neighbourhood came to use this system."""

    kind: ClassVar[str] = "neighbourhood.founded"
    sentence: ClassVar[str] = N_("%(name)s开始使用社区议事厅")
    name: str = public()
    subdistrict: str = public()


@dataclass(frozen=True, kw_only=True)
class EstateAdded(Fact):
    """The office added an estate, still without units."""

    kind: ClassVar[str] = "estate.added"
    sentence: ClassVar[str] = N_("居委会添加了小区：%(name)s")
    receipt: ClassVar[str] = N_("您添加了小区：%(name)s")
    name: str = public()


@dataclass(frozen=True, kw_only=True)
class _AboutRoll(Fact):
    """What every fact of a roll says: which file, and how many units it concerns."""

    sha256: str = public()
    new: int = public()
    changed: int = public()
    same: int = public()
    missing: int = public()
    faulty: int = public()
    estate: str = private()


@dataclass(frozen=True, kw_only=True)
class RollUploaded(_AboutRoll):
    """The first person uploaded a roll and was shown what it would change."""

    kind: ClassVar[str] = "roll.uploaded"
    sentence: ClassVar[str] = N_("居委会上传了一份户册，待第二人复核")
    receipt: ClassVar[str] = N_("您上传了 %(estate)s 的户册：新增 %(new)s 户，变动 %(changed)s 户，待第二人复核")
    filename: str = private()
    channel: str = public()


@dataclass(frozen=True, kw_only=True)
class RollDeclined(_AboutRoll):
    """Somebody of the office decided that the roll is not imported."""

    kind: ClassVar[str] = "roll.declined"
    sentence: ClassVar[str] = N_("上传的一份户册没有导入")
    receipt: ClassVar[str] = N_("您决定不导入 %(estate)s 的这份户册")


@dataclass(frozen=True, kw_only=True)
class RollImported(_AboutRoll):
    """A second person let the roll into the register; rows that must be mended stayed out."""

    kind: ClassVar[str] = "roll.imported"
    sentence: ClassVar[str] = N_("户册经两人核对后导入：新增 %(new)s 户，变动 %(changed)s 户，未导入 %(faulty)s 行")
    receipt: ClassVar[str] = N_(
        "您复核并导入了 %(estate)s 的户册：新增 %(new)s 户，变动 %(changed)s 户，未导入 %(faulty)s 行"
    )
    channel: str = public()


@dataclass(frozen=True, kw_only=True)
class RollUndoAsked(_AboutRoll):
    """Somebody of the office asked to take an import back."""

    kind: ClassVar[str] = "roll.undo_asked"
    sentence: ClassVar[str] = N_("有人提出撤销一次户册导入，待第二人复核")
    receipt: ClassVar[str] = N_("您提出撤销 %(estate)s 的这次导入，待第二人复核")


@dataclass(frozen=True, kw_only=True)
class RollKept(_AboutRoll):
    """The import stays: the question to take it back was dropped."""

    kind: ClassVar[str] = "roll.kept"
    sentence: ClassVar[str] = N_("一次户册导入不撤销，保留")
    receipt: ClassVar[str] = N_("您决定保留 %(estate)s 的这次导入")


@dataclass(frozen=True, kw_only=True)
class RollUndone(_AboutRoll):
    """A second person agreed, and the register is as it was before the import."""

    kind: ClassVar[str] = "roll.undone"
    sentence: ClassVar[str] = N_("一次户册导入经两人核对后撤销，户册回到导入以前")
    receipt: ClassVar[str] = N_("您复核并撤销了 %(estate)s 的这次导入，户册回到导入以前")


@dataclass(frozen=True, kw_only=True)
class _AboutUnit(Fact):
    """What every change by hand says, behind the commitment: where, when, and what showed it."""

    unit: int = private()
    door: str = private()
    note: str = private()
    happened_on: str = private(default="")


@dataclass(frozen=True, kw_only=True)
class TenureChanged(_AboutUnit):
    """Somebody else holds a unit from now on, or the same people hold it otherwise."""

    kind: ClassVar[str] = "tenure.changed"
    sentence: ClassVar[str] = N_("户册登记了一户的户主变更")
    receipt: ClassVar[str] = N_("您登记了 %(door)s 的户主变更")
    before: Sequence[int] = private()
    after: Sequence[int] = private()
    """Numbers of the holders in the register."""


@dataclass(frozen=True, kw_only=True)
class HolderDied(_AboutUnit):
    """The office registered the death of somebody who holds a unit: signatures from that day on are invalid."""

    kind: ClassVar[str] = "holder.died"
    sentence: ClassVar[str] = N_("户册登记了一位户主去世")
    receipt: ClassVar[str] = N_("您登记了 %(door)s 一位户主去世")
    holder: int = private()


@dataclass(frozen=True, kw_only=True)
class PhoneCorrected(_AboutUnit):
    """The register's phone number of somebody who holds a unit was corrected."""

    kind: ClassVar[str] = "holder.phone_corrected"
    sentence: ClassVar[str] = N_("户册更正了一位户主的手机号")
    receipt: ClassVar[str] = N_("您更正了 %(door)s 一位户主的手机号")
    holder: int = private()


@dataclass(frozen=True, kw_only=True)
class VacancyMarked(_AboutUnit):
    """A unit was marked empty, or lived in again."""

    kind: ClassVar[str] = "unit.vacancy"
    sentence: ClassVar[str] = N_("户册更正了一户是否空关")
    receipt: ClassVar[str] = N_("您更正了 %(door)s 是否空关")
    vacant: bool = private()


@dataclass(frozen=True, kw_only=True)
class RegisterExported(Fact):
    """Somebody of the office took the register of an estate out of the system, and said what for."""

    kind: ClassVar[str] = "register.exported"
    sentence: ClassVar[str] = N_("居委会导出了一次户册")
    receipt: ClassVar[str] = N_("您导出了 %(estate)s 的户册，共 %(units)s 户，用途：%(purpose)s")
    units: int = private()
    sha256: str = public()
    estate: str = private()
    purpose: str = private()

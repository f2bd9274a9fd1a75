"""Columns 列: which column of a sheet holds what, told by the titles that offices really write."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum, auto

from hearing.places.rules import Capacity
from hearing.places.sheet.cells import Cell, narrow, tidy
from hearing.refusal import N_

HEADER_WITHIN = 10
"""The header is looked for in so many rows from the top."""


class Column(StrEnum):
    """What a column of a household roll holds."""

    SERIAL = auto()
    BUILDING = auto()
    STAIRWELL = auto()
    FLOOR = auto()
    UNIT = auto()
    AREA = auto()
    CAPACITY = auto()
    NAME = auto()
    PHONE = auto()
    FORM = auto()
    SHARES = auto()
    USE = auto()
    ID_NUMBER = auto()
    NOTE = auto()


COLUMN_LABELS: dict[Column, str] = {
    Column.SERIAL: N_("序号"),
    Column.BUILDING: N_("门牌/幢"),
    Column.STAIRWELL: N_("单元"),
    Column.FLOOR: N_("楼层"),
    Column.UNIT: N_("室号"),
    Column.AREA: N_("建筑面积（㎡）"),
    Column.CAPACITY: N_("表态身份"),
    Column.NAME: N_("户主姓名"),
    Column.PHONE: N_("手机号"),
    Column.FORM: N_("共有情况"),
    Column.SHARES: N_("份额"),
    Column.USE: N_("用途"),
    Column.ID_NUMBER: N_("身份证号"),
    Column.NOTE: N_("备注"),
}

# The better title stands first: where a sheet has both, 建筑面积 is read and not 使用面积.
_TITLES: dict[Column, str] = {
    Column.SERIAL: "序号 编号 序",
    Column.BUILDING: "门牌 幢 楼号 幢号 栋 栋号 楼栋 楼栋号 楼幢 楼幢号 楼 门牌号 门牌号码 弄号 地址 房屋坐落 坐落",
    Column.STAIRWELL: "单元 单元号 门栋 门洞 楼道 楼道号",
    Column.FLOOR: "楼层 层 层数 所在楼层 所在层",
    Column.UNIT: "室号 房号 室 户号 房间号 房间 房室号 房屋编号 部位 承租部位",
    Column.AREA: "建筑面积 产权面积 房屋面积 面积 房屋建筑面积 使用面积 居住面积 专有面积 专有部分面积",
    Column.CAPACITY: "表态身份 身份 权利身份 产权性质 身份类别",
    Column.NAME: "户主姓名 业主姓名 产权人姓名 承租人姓名 承租户姓名 房主姓名 姓名 户主 业主 产权人 承租人 承租户 房主",
    Column.PHONE: "手机号 手机 手机号码 联系电话 电话 电话号码 联系方式 联系手机 移动电话",
    Column.FORM: "共有情况 共有方式 共有形式 共有类型",
    Column.SHARES: "份额 共有份额 产权份额 占比 比例",
    Column.USE: "用途 房屋用途 房屋性质 使用性质 规划用途",
    Column.ID_NUMBER: "身份证号 身份证 身份证号码 证件号 证件号码 身份证件号码 公民身份号码",
    Column.NOTE: "备注 说明 情况说明 其他",
}
_RANKED = {title: (column, rank) for column, titles in _TITLES.items() for rank, title in enumerate(titles.split())}
_REQUIRED = (Column.BUILDING, Column.UNIT, Column.AREA, Column.NAME)
_BRACKET = re.compile(r"\(.*?\)|\[.*?\]|【.*?】")
_ENDING = re.compile(r"(m2|平方米|[0-9*:、])+$")


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a sheet: where each column stands (from 0) and what it is called there.

    `implied` is the capacity that the title of the name column says when there is no column for it: 业主 or 承租人.
    `repeated` lists titles left out because another column says the same, by the title that is read.
    """

    row: int
    at: dict[Column, int]
    titles: dict[Column, str]
    implied: Capacity | None
    repeated: dict[str, tuple[str, ...]]
    unread: tuple[str, ...]

    @property
    def missing(self) -> tuple[Column, ...]:
        """The columns without which no row can be read."""
        absent = tuple(column for column in _REQUIRED if column not in self.at)
        return absent if self.implied or Column.CAPACITY in self.at else (*absent, Column.CAPACITY)

    def title(self, column: Column) -> str:
        """What the column is called in the file, or should be called when it is not there."""
        return self.titles.get(column, COLUMN_LABELS[column])


def recognise(title: str) -> tuple[Column, int] | None:
    """What a title means and how good a title for it it is (0 the best): 建筑面积(㎡) is the area; None if unknown."""
    plain = _ENDING.sub("", _BRACKET.sub("", "".join(narrow(title).lower().split())))
    found = [_RANKED.get(part) for part in plain.split("/")]
    first = found[0]
    return first if first and all(part and part[0] is first[0] for part in found) else None


def find_header(rows: Iterable[tuple[int, Sequence[Cell]]]) -> Header | None:
    """The first row that has every column a roll needs, or else the row that has most of them, if at least two.

    The caller looks at `missing`. Rows are (row number, cells).
    """
    best: Header | None = None
    for number, cells in rows:
        if number > HEADER_WITHIN:
            break
        header = _header(number, cells)
        if not header.missing:
            return header
        if len(header.at) >= 2 and (best is None or len(header.missing) < len(best.missing)):
            best = header
    return best


def _header(number: int, cells: Sequence[Cell]) -> Header:
    titles = [" ".join(tidy(cell.text)[0].split())[:40] for cell in cells]
    found: dict[Column, list[tuple[int, int]]] = {}
    unread = []
    for index, title in enumerate(titles):
        if known := recognise(title):
            found.setdefault(known[0], []).append((known[1], index))
        elif title:
            unread.append(title)
    at = {column: min(places)[1] for column, places in found.items()}
    repeated = {
        titles[at[column]]: tuple(titles[index] for _, index in places if index != at[column])
        for column, places in found.items()
        if len(places) > 1
    }
    read = {column: titles[index] for column, index in at.items()}
    return Header(number, at, read, _implied(read.get(Column.NAME, "")), repeated, tuple(unread))


def _implied(title: str) -> Capacity | None:
    if any(word in title for word in ("业主", "产权人", "房主")):
        return None if "承租" in title else Capacity.OWNER
    return Capacity.LESSEE if "承租" in title else None

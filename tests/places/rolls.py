"""Household rolls as offices keep them, built in memory; the real ones beside the repository are used when there."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "rolls"
HEADER = [
    "序号",
    "门牌/幢",
    "楼层",
    "室号",
    "建筑面积(㎡)",
    "表态身份",
    "户主姓名",
    "手机号",
    "共有情况",
    "份额",
    "备注",
]

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏"
GIVEN = "伯彩根惠龙妙荣玉阿国桂建秀文敏洋萍宝芬珍"


def workbook(rows: Iterable[Sequence[object]], *, hidden: Sequence[str] = (), merge: str = "") -> bytes:
    """An .xlsx with these rows from the first on."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            sheet.cell(number, column).value = value  # type: ignore[assignment]
    if merge:
        sheet.merge_cells(merge)
    for title in hidden:
        book.create_sheet(title).sheet_state = "hidden"
    made = BytesIO()
    book.save(made)
    return made.getvalue()


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """The same archive with one part put in or replaced."""
    return with_parts(data, {name: content})


def with_parts(data: bytes, parts: dict[str, bytes]) -> bytes:
    """The same archive with these parts put in or replaced."""
    made = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(made, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            new.writestr(name, content)
    return made.getvalue()


def lane() -> bytes:
    """Thirteen lessees of a lane house, whose rooms have the same names on two floors."""
    rooms = {
        "底层": "前客堂 后客堂 灶间 天井间",
        "二层": "前楼 后楼 东厢房 西厢房 亭子间",
        "三层": "前楼 后楼 阁楼 晒台间",
    }
    doors = [(floor, room) for floor, names in rooms.items() for room in names.split()]
    rows = [
        [n, "天津路426弄", floor, room, 8.9 + n, "承租人", person(n), phone(n)]
        for n, (floor, room) in enumerate(doors, start=1)
    ]
    note = ["注:本弄为直管公房,出租人为物业公司。"]
    return workbook([["天津路426弄承租户名册"], ["填表日期:2026年11月"], HEADER, *rows, note], merge="A1:K1")


def stairs() -> bytes:
    """Twelve flats: a couple owns 301, one person 401 and 501."""
    rows: list[list[object]] = []
    for n in range(1, 13):
        storey, door = (n + 1) // 2, 2 - n % 2
        row = [n, "安和里12号", storey, f"{storey}0{door}", [58.2, 46.8][door - 1], "产权人", person(n), phone(n)]
        rows.append([*row, None, None, None])
    rows[4][6], rows[4][8] = "肖春燕、曹洋", "夫妻共同共有"
    rows[8][6], rows[8][7], rows[8][10] = rows[6][6], rows[6][7], "与401同一业主"
    return workbook([["安和里12号业主名册"], ["填表日期:2026年11月"], HEADER, *rows], merge="A1:K1")


def estate() -> bytes:
    """1,008 units: flats of owners and lessees, couples, co-owners by shares, shops."""
    rows: list[list[object]] = []
    for n in range(1, 993):
        house, flat = divmod(n - 1, 36)
        storey, door = divmod(flat, 6)
        row: list[object] = [n, f"{house + 1}号楼", storey + 1, f"{storey + 1}0{door + 1}", 58.2]
        row += ["承租人" if n % 5 == 0 else "产权人", person(n), phone(n) if n % 17 else None, None, None, None]
        if n % 9 == 0:
            row[6], row[8] = f"{person(n)}、{person(n + 5000)}", "夫妻共同共有"
        elif n % 29 == 0:
            row[6] = f"{person(n)}、{person(n + 5000)}、{person(n + 9000)}"
            row[8], row[9] = "按份共有", "40%、35%、25%"
        rows.append(row)
    for n in range(1, 17):
        keeper = f"{person(n + 20_000)}(面馆)"
        shop = [n + 992, "沿街商铺", "底层", f"商{n:02}", 23.5, "产权人", keeper, phone(n + 20_000)]
        rows.append([*shop, None, None, "非居住"])
    title = [["新桥苑业主及承租人名册"], ["填表日期:2026年11月"], HEADER]
    return workbook([*title, *rows, ["合计见物业台账"]], merge="A1:K1")


def faulty() -> bytes:
    """A roll with something wrong in every row."""
    header = ["楼号", "室号", "面积", "业主", "联系电话", "身份证号", "备 注"]
    rows: list[list[object]] = [
        ["1号楼", 101, "58.2㎡", "张三丰 ", 14100123478, 3.101011945010113e17, "电话为数字格式,身份证失真"],
        ["1号楼", "１０２", "46.80", "李 四", "141-0012-3479", "310101194501011242"],
        [None, "103", 46.8, "王五", "14100123480"],
        ["1号楼", "103", 46.8, "王五", "14100123480", None, "重复行"],
        ["1号楼", "201", "0", "赵六", "12345", None, "面积为零、电话不全"],
        ["1号楼", "202", "-46.8", "𠮷田敏", "14100123481", None, "生僻字、负面积"],
        ["1号楼", "301", "58,2", '=HYPERLINK("http://x.example","点我")', "14100123482", None, "公式"],
        ["1号楼", "302", None, "孙七", "14100123483", None, "缺面积"],
        ["1号楼", "401", "58.20", "周八/吴九", "14100123484、14100123485", None, "两个共有人写在一格"],
        ["1号楼", "402", "46.80", "(空关)", None, None, "开发商未售"],
        ["1号楼", "501", "1e3", "郑十", "14100123486", None, "科学计数"],
        ["1号楼", "502", "46.80", "冯\u200b十一", "14100123487", None, "零宽字符"],
        ["合计", None, None, None, None, None, "12户"],
    ]
    return workbook([["和睦苑 业主信息 登记表(内部)"], [], header, *rows], hidden=["隐藏"])


def person(n: int) -> str:
    """A made-up name, different for every n below sixty thousand."""
    first, rest = divmod(n, len(GIVEN) ** 2)
    second, third = divmod(rest, len(GIVEN))
    assert first < len(SURNAMES) * 5
    return SURNAMES[first % len(SURNAMES)] + GIVEN[second] + GIVEN[third] + ("" if first < len(SURNAMES) else "子")


def phone(n: int) -> str:
    """A number that belongs to nobody."""
    return f"141{n:08}"


def both(name: str, made: bytes) -> list[bytes]:
    """The made roll, and the real one of this name when it is there."""
    real = REAL / name
    return [made, real.read_bytes()] if real.exists() else [made]

"""Reading 读户册: from the cells of a sheet to the rows of a roll, with everything a clerk should know about them.

Nothing is guessed in silence: what can be read in one way only is read, what was repaired is said, and a row with
anything that could be meant in two ways stays out.
"""

import re
from collections.abc import Mapping, Sequence

from hearing.places.rules import CAPACITY_LABELS, Capacity, UnitUse
from hearing.places.sheet import cells
from hearing.places.sheet.cells import BLANK, MAX_NOTE, Cell, CellKind
from hearing.places.sheet.columns import COLUMN_LABELS, HEADER_WITHIN, Column, Header, find_header
from hearing.places.sheet.findings import Code, Finding, SheetRefusal
from hearing.places.sheet.holding import read_holding
from hearing.places.sheet.lines import Line
from hearing.places.sheet.pages import MAX_COLUMNS, MAX_ROWS, Page, Table, open_pages
from hearing.places.sheet.roll import FaultyRow, RollFlag, RollRow, Sheet, UnitKey, unit_key
from hearing.refusal import Refused

GUIDE_TITLE = "填写说明"
"""The title of the template's second sheet, which nobody misses when it is not read."""

_SMALL_CENTI, _LARGE_CENTI = 200, 100_000
_LABELS = (Column.BUILDING, Column.STAIRWELL, Column.FLOOR, Column.UNIT)
_TOTALS = re.compile(r"合计|总计|小计|共计|共[0-9]+户|(注|备注|说明|填表说明)[::]|(填表|制表|审核|复核|经办|填报)")
_STOREYED = re.compile(r"([0-9]{1,2})[0-9]{2}")
_HOMES = re.compile("居住|住宅")
_NOT_HOMES = re.compile("非居|商业|商用|商铺|店铺|店面|门面|办公|经营")
_SHOP_DOOR = re.compile("^[商店铺]|商铺|店面|门面")
_SHOP_HOUSE = re.compile("商铺|门面|沿街")


def read(data: bytes, filename: str) -> Sheet:
    """Read the bytes of an uploaded household roll, an .xlsx or a .csv.

    The first visible sheet with a header is read. Raises `Refused(SheetRefusal…)` when the file is no roll at all, and
    nothing else, whatever the bytes; single faulty rows come back in `Sheet.faulty` with their findings.
    """
    pages = open_pages(data, filename)
    page, table, header = _choose(pages)
    reading = _Reading(table, header)
    reading.walk()
    if not reading.rows and not reading.faulty:
        raise Refused(SheetRefusal.NO_ROWS)
    findings = _about_pages(pages, page, header) + _about_columns(header, reading.floors_implied)
    findings += reading.findings + _about_people(reading.rows, header)
    return Sheet(
        title=page.title,
        header_row=header.row,
        rows=tuple(reading.rows),
        faulty=tuple(reading.faulty),
        findings=tuple(sorted(findings, key=lambda finding: finding.row)),
    )


def _choose(pages: Sequence[Page]) -> tuple[Page, Table, Header]:
    """The first visible sheet with a whole header. Raises Refused with the reason of the sheet that came nearest."""
    nearest: Header | None = None
    broken: Refused | None = None
    for page in pages:
        if page.hidden:
            continue
        try:
            table = page.read()
        except Refused as refused:
            broken = broken or refused
            continue
        header = find_header(table.rows)
        if header and not header.missing:
            if any(len(line) > MAX_COLUMNS for number, line in table.rows if number == header.row):
                raise Refused(SheetRefusal.TOO_MANY_COLUMNS, limit=MAX_COLUMNS)
            return page, table, header
        if header and (nearest is None or len(header.missing) < len(nearest.missing)):
            nearest = header
    if nearest:
        raise Refused(SheetRefusal.MISSING_COLUMNS, columns="、".join(COLUMN_LABELS[c] for c in nearest.missing))
    raise broken or Refused(SheetRefusal.NO_HEADER, limit=HEADER_WITHIN)


def _about_pages(pages: Sequence[Page], chosen: Page, header: Header) -> list[Finding]:
    others = [page for page in pages if page is not chosen and page.title and page.title != GUIDE_TITLE]
    told = {
        Code.HIDDEN_SHEETS: "、".join(page.title for page in others if page.hidden),
        Code.OTHER_SHEETS: "、".join(page.title for page in others if not page.hidden),
    }
    return [Finding(header.row, "", code, {"names": names[:MAX_NOTE]}) for code, names in told.items() if names]


def _about_columns(header: Header, floors_implied: bool) -> list[Finding]:
    def about(code: Code, column: Column | None = None, /, **details: str | int) -> Finding:
        return Finding(header.row, header.title(column) if column else "", code, details)

    found = [
        about(Code.COLUMN_REPEATED, used=used, names="、".join(names)[:MAX_NOTE])
        for used, names in header.repeated.items()
    ]
    if header.unread:
        found.append(about(Code.COLUMNS_UNREAD, names="、".join(header.unread)[:MAX_NOTE]))
    if Column.ID_NUMBER in header.at:
        found.append(about(Code.ID_COLUMN, Column.ID_NUMBER))
    if Column.PHONE not in header.at:
        found.append(about(Code.NO_PHONE_COLUMN))
    if Column.CAPACITY not in header.at and header.implied:
        found.append(about(Code.CAPACITY_IMPLIED, Column.NAME, capacity=CAPACITY_LABELS[header.implied]))
    if floors_implied:
        found.append(about(Code.FLOOR_IMPLIED))
    return found


def _about_people(rows: Sequence[RollRow], header: Header) -> list[Finding]:
    """Who stands on the roll twice, and who only seems to.

    One buyer of several flats counts as one head (interpretation of the Civil Code's property book §9), but nobody is
    taken for another by the name alone.
    """
    named: dict[str, dict[str, int]] = {}
    reached: dict[str, tuple[str, int]] = {}
    found = []

    def about(row: RollRow, column: Column, code: Code, first: int) -> None:
        found.append(Finding(row.row, header.title(column), code, {"first": first}))

    for row, holder in [(each, holder) for each in rows for holder in each.holders]:
        known = named.setdefault(holder.name, {})
        if holder.phone and holder.phone in known:
            about(row, Column.NAME, Code.ONE_PERSON, known[holder.phone])
        elif known:
            unsure = not holder.phone or "" in known
            about(row, Column.NAME, Code.NAMESAKE_UNSURE if unsure else Code.NAMESAKE, min(known.values()))
        known.setdefault(holder.phone, row.row)
        if holder.phone:
            name, first = reached.setdefault(holder.phone, (holder.name, row.row))
            if name != holder.name and first != row.row:
                about(row, Column.PHONE, Code.PHONE_SHARED, first)
    return found


class _Reading:
    """A walk down the rows of one sheet, which remembers the units it has met."""

    def __init__(self, table: Table, header: Header) -> None:
        self.rows: list[RollRow] = []
        self.faulty: list[FaultyRow] = []
        self.findings: list[Finding] = []
        self.floors_implied = False
        self._table, self._header = table, header
        self._met: dict[UnitKey, int] = {}
        self._labels: dict[tuple[int, Column], Cell] = {}
        self._building_above = ""

    def walk(self) -> None:
        """Read every row below the header. Raises Refused when there are too many households."""
        for number, line in self._table.rows:
            if number <= self._header.row or self._only_numbered(line):
                continue
            filled = self._filled(number, line)
            if aside := self._aside(line, filled):
                self.findings.append(Finding(number, "", aside))
            elif len(self.rows) + len(self.faulty) == MAX_ROWS:
                raise Refused(SheetRefusal.TOO_MANY_ROWS, limit=MAX_ROWS)
            else:
                self._household(Line(number, filled, self._header))

    def _filled(self, number: int, line: Sequence[Cell]) -> dict[Column, Cell]:
        """The cells of the columns that are read; the labels of merged cells stand in every row of their merge."""
        filled = {column: line[at] if at < len(line) else BLANK for column, at in self._header.at.items()}
        for column in filled.keys() & set(_LABELS):
            top = self._table.top(number, self._header.at[column])
            if top != number and _is_blank(filled[column]):
                filled[column] = self._labels.get((top, column), BLANK)
            self._labels[number, column] = filled[column]
        return filled

    def _only_numbered(self, line: Sequence[Cell]) -> bool:
        """Whether a row has nothing but the serial number that was filled in beforehand."""
        filled = {at: cell.text.strip() for at, cell in enumerate(line) if not _is_blank(cell)}
        return filled.pop(self._header.at.get(Column.SERIAL, -1), "").isdecimal() and not filled

    def _aside(self, line: Sequence[Cell], filled: Mapping[Column, Cell]) -> Code | None:
        """What to say of a row that is no household: a total, a footnote, the header again, or nothing one can tell."""
        first = next((cell.text for cell in line if cell.text.strip()), "")
        if _is_blank(filled[Column.NAME]) and _TOTALS.match("".join(cells.narrow(first).split())):
            return Code.LINE_SKIPPED
        titles = {" ".join(filled[c].text.split()) == self._header.titles[c] for c in (Column.UNIT, Column.NAME)}
        if titles == {True}:
            return Code.LINE_SKIPPED
        telling = (Column.UNIT, Column.NAME, Column.AREA, Column.PHONE)
        return None if any(not _is_blank(filled.get(column, BLANK)) for column in telling) else Code.LINE_UNREAD

    def _household(self, line: Line) -> None:
        building, stairwell, floor, unit = (line.read(column, cells.label) or "" for column in _LABELS)
        if not building and Column.BUILDING not in line.failed:
            line.say(Column.BUILDING, Code.BUILDING_MISSING)
        if not unit and Column.UNIT not in line.failed:
            line.say(Column.UNIT, Code.UNIT_MISSING)
        if Column.FLOOR not in self._header.at and (storeyed := _STOREYED.fullmatch(unit)):
            floor, self.floors_implied = storeyed[1], True
        self._meet(line, building, stairwell, floor, unit)

        area = line.read(Column.AREA, cells.area_centi)
        if area is not None and not _SMALL_CENTI <= area <= _LARGE_CENTI:
            line.say(Column.AREA, Code.AREA_UNUSUAL, value=f"{area // 100}.{area % 100:02d}")
        capacity = self._capacity(line)
        remark = " ".join(line.text(Column.NOTE).split())
        remarks = cells.remark_flags(remark)
        holding = read_holding(line, remarks)
        flags, note = remarks | holding.flags, _note(line, (*holding.brackets, remark))
        use = _use(line.text(Column.USE), building, unit, note)
        if RollFlag.DECEASED in flags:
            line.say(Column.NAME, Code.DECEASED)
        self.findings += line.findings
        if line.failed or area is None or capacity is None:
            self.faulty.append(FaultyRow(line.number, building, stairwell, floor, unit))
            return
        self.rows.append(
            RollRow(
                row=line.number,
                building=building,
                stairwell=stairwell,
                floor=floor,
                unit=unit,
                use=use,
                area_centi=area,
                capacity=capacity,
                form=holding.form,
                holders=holding.holders,
                flags=flags,
                note=note,
            )
        )

    def _meet(self, line: Line, building: str, stairwell: str, floor: str, unit: str) -> None:
        """Say so when the unit stands on the roll already. A row without a building is taken to belong to the one above
        it for this alone, so that the clerk sees both rows of a pair."""
        self._building_above = building or self._building_above
        if unit:
            first = self._met.setdefault(unit_key(self._building_above, stairwell, floor, unit), line.number)
            if first != line.number:
                line.say(Column.UNIT, Code.DUPLICATE_UNIT, first=first)

    def _capacity(self, line: Line) -> Capacity | None:
        if Column.CAPACITY not in self._header.at:
            return self._header.implied
        return line.read(Column.CAPACITY, cells.capacity)


def _is_blank(cell: Cell) -> bool:
    return cell.kind is not CellKind.FORMULA and not cell.text.strip()


def _note(line: Line, notes: Sequence[str]) -> str:
    """The remark of a row and what stood in brackets after its names, without identity numbers."""
    written = "；".join(note for note in notes if note)
    note = cells.without_id_numbers(written)
    if note != written:
        line.say(Column.NOTE, Code.ID_REMOVED)
    if len(note) > MAX_NOTE:
        line.say(Column.NOTE, Code.NOTE_CUT, limit=MAX_NOTE)
    return note[:MAX_NOTE]


def _use(written: str, building: str, unit: str, note: str) -> UnitUse:
    """What a unit is used for: as the column for it says, or else as its door, its building or its remark shows."""
    if _NOT_HOMES.search(written):
        return UnitUse.OTHER
    if _HOMES.search(written):
        return UnitUse.RESIDENCE
    shop = _SHOP_DOOR.search(unit) or _SHOP_HOUSE.search(building) or _NOT_HOMES.search(note)
    return UnitUse.OTHER if shop else UnitUse.RESIDENCE

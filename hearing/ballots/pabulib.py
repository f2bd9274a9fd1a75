"""Pabulib's `.pb` files: an election of any town, read strictly (pabulib.org/format; pabulib_front, format.html).

Three sections, META, PROJECTS and VOTES, each a table with semicolons. Vote types: approval and choose-1 (a knapsack is
an approval with `max_sum_cost`), ordinal, cumulative and scoring. Ids are strings: “042” is not 42. What breaks the
format is refused in one line that names the line of the file; what merely contradicts itself (a number of votes that is
not the number of ballots) is kept as a warning, for elections are counted from their ballots.
"""

import csv
import gzip
import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from io import BytesIO, StringIO
from itertools import islice, repeat
from math import lcm
from pathlib import Path
from typing import Protocol, TypeVar

from hearing.ballots.tally.profile import BadProfile, Ballot, Profile, Project, ballot_of, points_of_ranking

MOST_BYTES = 128 << 20
"""The largest file that is read, unpacked; the largest published ones have some 20 MB."""
PIECE = 1 << 20
AT_ONCE = 500
"""Ballots that are read together by the csv reader,"""
TOGETHER = 20_000
"""and characters, and the rest of a line, that are split without it."""
READ = ("voter_id", "vote", "points")
"""The columns of VOTES that are counted; no others are kept."""
APPROVAL_TYPES = frozenset({"approval", "choose-1", "knapsack"})
POINT_TYPES = frozenset({"cumulative", "scoring"})
VOTE_TYPES = APPROVAL_TYPES | POINT_TYPES | {"ordinal"}
SECTIONS = ("META", "PROJECTS", "VOTES")
NUMBER = re.compile(r"(-?)([0-9]{1,18})(?:[.,]([0-9]{1,6}))?", re.ASCII)
GZIP = b"\x1f\x8b"

T = TypeVar("T")


class _Rows(Protocol):
    """What csv.reader gives: rows, and the line of the file that it has come to."""

    @property
    def line_num(self) -> int: ...

    def __iter__(self) -> Iterator[list[str]]: ...

    def __next__(self) -> list[str]: ...


class BadFile(ValueError):
    """A file that is no election; the message names its line where there is one."""

    def __init__(self, what: str, line: int | None = None) -> None:
        super().__init__(what if line is None else f"line {line}: {what}")
        self.line = line


@dataclass(frozen=True)
class Election:
    """What a file holds: META as it stands, columns of the projects, and the election as it is counted."""

    meta: Mapping[str, str]
    columns: Mapping[str, Mapping[str, str]]
    """For each project id its row, by column."""
    profile: Profile
    warnings: Sequence[str]
    threshold: Fraction | int | None
    """META's least score (`min_project_score_threshold`), in the voters' points, where the file states one."""

    @property
    def selected(self) -> frozenset[str]:
        """The ids that the file says were funded by its rule; none where it does not say."""
        return frozenset(id_ for id_, row in self.columns.items() if row.get("selected") == "1")

    def with_budget(self, budget: Fraction) -> "Election":
        """The same election with another budget, in units of the currency. Raises BadProfile."""
        profile = self.profile
        unit = _unit(profile.unit, [budget])
        finer = unit // profile.unit
        projects = tuple(replace(project, cost=project.cost * finer) for project in profile.projects)
        return replace(self, profile=replace(profile, projects=projects, budget=int(budget * unit), unit=unit))


def read(path: Path) -> Election:
    """The election in a `.pb` or `.pb.gz`. Raises BadFile, OSError."""
    with path.open("rb") as file:
        packed = file.read(MOST_BYTES + 1)
    return parse(_unpacked(packed) if packed.startswith(GZIP) else packed)


def parse(content: bytes) -> Election:
    """The election in the bytes of a `.pb`. Raises BadFile."""
    return _Reading(_text(content)).election()


def _unit(least: int, amounts: Iterable[Fraction]) -> int:
    """How many of the smallest unit make one: `least`, or more by powers of ten where amounts have more decimals."""
    parts, unit = lcm(*(each.denominator for each in amounts)), least
    while unit % parts:
        unit *= 10
    return unit


def amount(text: str, what: str) -> Fraction:
    """A plain number above 0 that stands outside a file. Raises BadFile."""
    value = _number(text.strip(), what, None)
    if value <= 0:
        raise BadFile(f"{what} is {text}; it is more than 0")
    return value


def _unpacked(packed: bytes) -> bytes:
    """All members of a gzip file: one that was packed in parts has several (RFC 1952, 2.2)."""
    content = bytearray()
    try:
        with gzip.GzipFile(fileobj=BytesIO(packed)) as file:
            while len(content) <= MOST_BYTES and (piece := file.read1(PIECE)):
                content += piece
    except EOFError as error:
        raise BadFile("the gzip file ends too early", bytes(content).count(b"\n") + 1) from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise BadFile("the gzip file is damaged") from error
    return bytes(content)


def _text(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise BadFile(f"the file is larger than {MOST_BYTES >> 20} MB")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadFile("this is not UTF-8", content.count(b"\n", 0, error.start) + 1) from error


def _number(text: str, what: str, line: int | None) -> Fraction:
    """A plain number: digits 0 to 9, at most one point. No exponent, no NaN, no other digits. Raises BadFile."""
    found = NUMBER.fullmatch(text)
    if found is None:
        raise BadFile(f"{what} is {text!r}, not a plain number", line)
    sign, whole, part = found.groups()
    value = Fraction(int(whole + (part or "")), 10 ** len(part or ""))
    return -value if sign else value


@dataclass
class _Table:
    """One section: its columns, and its rows with the line of each."""

    name: str
    columns: list[str]
    line: int
    rows: list[list[str]] = field(default_factory=list)
    """Empty in VOTES, the bulk of a file, of which the cells that are counted stand by column."""
    cells: dict[str, list[str]] = field(default_factory=dict)
    lines: list[int] = field(default_factory=list)
    """The line of each row."""

    def column(self, name: str) -> int:
        if name not in self.columns:
            raise BadFile(f"{self.name} has no column {name}", self.line)
        return self.columns.index(name)

    def optional(self, name: str) -> int | None:
        return self.columns.index(name) if name in self.columns else None


class _Reading:
    """One file while it is read."""

    def __init__(self, text: str) -> None:
        self._warnings: list[str] = []
        self._beyond: Counter[str] = Counter()
        tables = _tables(text)
        self._meta_table, self._project_table, self._vote_table = (tables[name] for name in SECTIONS)
        self._meta, self._meta_lines = self._read_meta()
        self._id_column = self._project_table.column("project_id")
        limits = {
            name: (self._limit(f"min_{name}"), self._limit(f"max_{name}"))
            for name in ("length", "sum_cost", "sum_points")
        }
        self._limits = {name: both for name, both in limits.items() if both != (None, None)}
        self._type = self._stated("vote_type")
        if self._type not in VOTE_TYPES:
            raise BadFile(
                f"vote_type is {self._type!r}, not one of {', '.join(sorted(VOTE_TYPES))}", self._line("vote_type")
            )

    def election(self) -> Election:
        """The whole file. Raises BadFile."""
        budget = self._amount("budget")
        columns, costs = self._read_projects()
        unit = _unit(100, [budget, *costs.values()])
        category = self._project_table.optional("category")
        projects = tuple(
            Project(id_, int(cost * unit), columns[id_]["category"] if category is not None else "")
            for id_, cost in costs.items()
        )
        ballots, point_unit = self._read_votes({id_: place for place, id_ in enumerate(costs)}, list(costs.values()))
        try:
            profile = Profile(
                projects, ballots, int(budget * unit), unit, point_unit, scored=self._type not in APPROVAL_TYPES
            )
        except BadProfile as error:
            raise BadFile(str(error)) from error
        self._compare(profile)
        return Election(self._meta, columns, profile, tuple(self._warnings), self._limit("min_project_score_threshold"))

    def _read_meta(self) -> tuple[dict[str, str], dict[str, int]]:
        table = self._meta_table
        if table.columns[:2] != ["key", "value"]:
            raise BadFile("META begins with the columns key;value", table.line)
        meta: dict[str, str] = {}
        lines: dict[str, int] = {}
        for line, row in zip(table.lines, table.rows, strict=True):
            if row[0] in meta:
                raise BadFile(f"{row[0]} stands in META twice", line)
            meta[row[0]], lines[row[0]] = row[1], line
        return meta, lines

    def _stated(self, key: str) -> str:
        if not self._meta.get(key):
            raise BadFile(f"META does not state {key}", self._line(key) or self._meta_table.line)
        return self._meta[key]

    def _line(self, key: str) -> int | None:
        return self._meta_lines.get(key)

    def _amount(self, key: str) -> Fraction:
        """A sum of money in META: more than 0."""
        amount = _number(self._stated(key), key, self._line(key))
        if amount <= 0:
            raise BadFile(f"{key} is {self._meta[key]}; it is more than 0", self._line(key))
        return amount

    def _limit(self, key: str) -> Fraction | int | None:
        """A limit in META; none where it is missing or empty."""
        stated = self._meta.get(key)
        limit = _number(stated, key, self._line(key)) if stated else None
        return int(limit) if limit is not None and limit.denominator == 1 else limit

    def _read_projects(self) -> tuple[dict[str, dict[str, str]], dict[str, Fraction]]:
        table = self._project_table
        id_column, cost_column = table.column("project_id"), table.column("cost")
        columns: dict[str, dict[str, str]] = {}
        costs: dict[str, Fraction] = {}
        for line, row in zip(table.lines, table.rows, strict=True):
            id_ = row[id_column]
            if not id_ or "," in id_:
                raise BadFile(f"{id_!r} is no project id", line)
            if id_ in costs:
                raise BadFile(f"project {id_} stands there twice", line)
            costs[id_] = _number(row[cost_column], f"the cost of project {id_}", line)
            if costs[id_] <= 0:
                raise BadFile(f"project {id_} costs {row[cost_column]}; a cost is more than 0", line)
            columns[id_] = dict(zip(table.columns, row, strict=True))
        if not costs:
            raise BadFile("there are no projects", table.line)
        return columns, costs

    def _read_votes(self, places: Mapping[str, int], costs: Sequence[Fraction]) -> tuple[Mapping[Ballot, int], int]:
        """The ballots, and how many of our points make one of the voters'."""
        table = self._vote_table
        for column in ("voter_id", "vote"):
            table.column(column)
        _check_voters(table)
        if self._type in POINT_TYPES:
            return self._read_points(places)
        if self._type == "ordinal" and self._meta.get("scoring_fn", "Borda").lower() != "borda":
            self._warnings.append(f"scoring_fn is {self._meta['scoring_fn']}; ranks were counted by Borda")
        ranked, priced = self._type == "ordinal", "sum_cost" in self._limits
        cast = Counter(table.cells["vote"])
        if not ranked and not priced and (plain := _plain_ballots(cast, places)):
            for chosen, number in plain.items():
                self._measure("length", len(chosen), number)
            return {Ballot(chosen): number for chosen, number in plain.items()}, 1
        ballots: defaultdict[Ballot, int] = defaultdict(int)
        lengths: Counter[int] = Counter()

        def take(cell: str, number: int) -> None:
            chosen = _projects(cell, places)
            lengths[len(chosen)] += number
            if priced:
                self._measure("sum_cost", sum(costs[p] for p in chosen), number)
            if ranked:
                ballots[ballot_of(points_of_ranking(chosen), scored=True)] += number
            else:
                chosen.sort()
                ballots[Ballot(tuple(chosen))] += number

        _each_content(cast, table.cells["vote"], table.lines, take)
        for length, number in lengths.items():
            self._measure("length", length, number)
        return ballots, 1

    def _read_points(self, places: Mapping[str, int]) -> tuple[Mapping[Ballot, int], int]:
        """Ballots with points; fractions of a point make all points finer."""
        table = self._vote_table
        table.column("points")
        read: list[tuple[list[int], list[Fraction], int]] = []

        def take(cells: tuple[str, str], number: int) -> None:
            cell, given = cells
            chosen = _projects(cell, places)
            values = [_number(value.strip(), "a number of points", None) for value in given.split(",") if given.strip()]
            if len(values) != len(chosen):
                raise BadFile(f"{len(chosen)} projects have {len(values)} numbers of points")
            if self._type == "cumulative" and min(values, default=Fraction(0)) < 0:
                raise BadFile("points are less than 0")
            self._measure("length", len(chosen), number)
            self._measure("sum_points", sum(values), number)
            read.append((chosen, values, number))

        cells = list(zip(table.cells["vote"], table.cells["points"], strict=True))
        _each_content(Counter(cells), cells, table.lines, take)
        unit = _unit(1, [value for _, values, _ in read for value in values])
        ballots: defaultdict[Ballot, int] = defaultdict(int)
        for chosen, values, number in read:
            whole = [int(value * unit) for value in values]
            ballots[ballot_of(zip(chosen, whole, strict=True), scored=True)] += number
        return ballots, unit

    def _measure(self, name: str, size: Fraction | int, number: int) -> None:
        """Take note of ballots beyond a limit where META states one; they are counted as they were cast."""
        least, most = self._limits.get(name, (None, None))
        if least is not None and size < least:
            self._beyond[f"less than min_{name}"] += number
        if most is not None and size > most:
            self._beyond[f"more than max_{name}"] += number

    def _compare(self, profile: Profile) -> None:
        """Take note where the file contradicts its own ballots."""
        self._warnings += [f"ballots with {what}: {number}" for what, number in sorted(self._beyond.items())]
        for key, found in (("num_projects", len(profile.projects)), ("num_votes", profile.voters)):
            stated = self._limit(key)
            if stated is not None and stated != found:
                self._warnings.append(f"{key} is {self._meta[key]}, but there are {found}")
        for column, counted in (("votes", profile.votes), ("score", profile.scores)):
            if column == "score" and not profile.scored:
                continue
            place = self._project_table.optional(column)
            if place is None:
                continue
            ours = {project.id: number for project, number in zip(profile.projects, counted, strict=True)}
            scale = profile.point_unit if column == "score" else 1
            other = 0
            for line, row in zip(self._project_table.lines, self._project_table.rows, strict=True):
                if row[place]:
                    said = _number(row[place], f"{column} of project {row[self._id_column]}", line)
                    other += said * scale != ours[row[self._id_column]]
            if other:
                self._warnings.append(f"the column {column} says otherwise than the ballots for {other} projects")


def _tables(text: str) -> dict[str, _Table]:
    """The three sections in their order, with every cell stripped of spaces but those of VOTES. Raises BadFile."""
    file = StringIO(text, newline="")
    reader = csv.reader(file, delimiter=";")
    tables: dict[str, _Table] = {}
    try:
        row = next(reader, [])
        for name in SECTIONS:
            if [cell.strip() for cell in row if cell.strip()] != [name]:
                raise BadFile(f"here the section {name} should begin", max(1, reader.line_num))
            row = _section(reader, name, tables)
    except csv.Error as error:
        raise BadFile(str(error), reader.line_num) from error
    _votes(text, file, tables[SECTIONS[-1]], reader.line_num)
    return tables


def _section(reader: _Rows, name: str, tables: dict[str, _Table]) -> list[str]:
    """Read one section into `tables`; gives the row that begins the next one, none at the end."""
    columns = [cell.strip() for cell in next(reader, [])]
    while columns and not columns[-1]:
        columns.pop()
    table = tables[name] = _Table(name, columns, reader.line_num)
    if not columns or len(set(columns)) < len(columns):
        raise BadFile(f"{name} needs a line of column names, each once", max(1, reader.line_num))
    following = next((title for title in SECTIONS if title not in tables), None)
    if following is None:
        return []
    lines: list[int] = []
    line = reader.line_num + 1
    for row in reader:
        here, line = line, reader.line_num + 1
        if row and row[0].strip() == following and not "".join(row[1:]).strip():
            break
        if _fits(row, table, here):
            table.rows.append([cell.strip() for cell in row])
            lines.append(here)
    else:
        row = []
    table.lines = lines
    return row


def _votes(text: str, file: StringIO, table: _Table, line: int) -> None:
    """Read the rest of the file behind this line, which is the bulk of it. Raises BadFile."""
    table.cells = {name: [] for name in table.columns if name in READ}
    begin = file.tell()
    # A piece at a time: so few cells are there at once that memory stays small.
    while begin < len(text):
        end = text.find("\n", begin + TOGETHER) + 1 or len(text)
        cells = _plain(text[begin:end], len(table.columns))
        if cells is None:
            file.seek(begin)
            _quoted_votes(csv.reader(file, delimiter=";"), table, line)
            return
        for place, name in enumerate(table.columns):
            if name in table.cells:
                table.cells[name] += cells[place :: len(table.columns)]
        following = line + len(cells) // len(table.columns)
        table.lines += range(line + 1, following + 1)
        begin, line = end, following


def _plain(piece: str, width: int) -> list[str] | None:
    """All cells of some whole lines, one after the other; None where it takes the csv reader to tell them apart."""
    if '"' in piece or "\r" in piece or len(piece) > csv.field_size_limit():
        return None
    piece = piece.removesuffix("\n") + "\n"
    lines = piece.count("\n")
    cells = piece.replace("\n", "\n;").split(";")
    cells.pop()
    # No cell has the ends of two lines: so all lines have this width where the last cells have the ends of all.
    last = "".join(cells[width - 1 :: width]).split("\n")
    last.pop()
    if len(cells) != lines * width or len(last) != lines:
        return None
    cells[width - 1 :: width] = last
    return cells


def _quoted_votes(reader: _Rows, table: _Table, before: int) -> None:
    """Read ballots with the csv reader, the first of them behind the line `before`. Raises BadFile."""
    begin = before
    try:
        while rows := list(islice(reader, AT_ONCE)):
            end = before + reader.line_num
            if end - begin != len(rows):
                raise BadFile("a quotation mark is not closed", _broken(rows, begin))
            lines: Sequence[int] = range(begin + 1, end + 1)
            begin = end
            if set(map(len, rows)) != {len(table.columns)}:
                kept = [(line, row) for line, row in zip(lines, rows, strict=True) if _fits(row, table, line)]
                lines, rows = [line for line, _ in kept], [row for _, row in kept]
            table.lines += lines
            for name, cells in zip(table.columns, zip(*rows, strict=True), strict=False):
                if name in table.cells:
                    table.cells[name] += cells
    except csv.Error as error:
        raise BadFile(str(error), before + reader.line_num) from error


def _broken(rows: list[list[str]], begin: int) -> int:
    """The first line with a cell that goes on in the next."""
    return next(line for line, row in enumerate(rows, begin + 1) if any("\n" in cell or "\r" in cell for cell in row))


def _fits(row: list[str], table: _Table, line: int) -> bool:
    """Whether there is anything in a row; takes empty cells behind the last column away. Raises BadFile."""
    width = len(table.columns)
    if not "".join(row).strip():
        return False
    if len(row) != width:
        if len(row) < width or "".join(row[width:]).strip():
            raise BadFile(f"{len(row)} cells where {table.name} has {width} columns", line)
        del row[width:]
    return True


def _check_voters(table: _Table) -> None:
    """Every ballot is of another voter. Raises BadFile with the line of the second one."""
    cells = table.cells["voter_id"]
    voters, all_of_them = set(cells), "".join(cells)
    # Without any space, cells that differ are voters that differ.
    if len(voters) == len(cells) and "" not in voters and all_of_them.split(None, 1) == [all_of_them]:
        return
    seen: set[str] = set()
    for line, cell in zip(table.lines, cells, strict=True):
        voter = cell.strip()
        if not voter or voter in seen:
            raise BadFile(f"voter {voter} has voted already" if voter else "a ballot without voter_id", line)
        seen.add(voter)


def _each_content(
    counted: Counter[T], contents: Sequence[T], lines: Sequence[int], take: Callable[[T, int], None]
) -> None:
    """Give the different contents of rows to `take`, with how many rows have each; name the line that it refuses."""
    for content, number in counted.items():
        try:
            take(content, number)
        except BadFile as error:
            raise BadFile(str(error), lines[contents.index(content)]) from error


def _plain_ballots(cells: Counter[str], places: Mapping[str, int]) -> dict[tuple[int, ...], int] | None:
    """What ballots without ranks or points choose, in the order of the profile; None where not all of them can be read
    at once: one names nothing, or has spaces, or cannot be read at all."""
    try:
        chosen = map(places.__getitem__, ",".join(cells).split(","))
        ballots: dict[tuple[int, ...], int] = {}
        for commas, number in zip(map(str.count, cells, repeat(",")), cells.values(), strict=True):
            ballot = tuple(sorted(islice(chosen, commas + 1)))
            ballots[ballot] = ballots.get(ballot, 0) + number
    except KeyError:
        return None
    twice = any(len(set(ballot)) < len(ballot) for ballot in ballots)
    return None if twice else ballots


def _projects(cell: str, places: Mapping[str, int]) -> list[int]:
    """The places of the projects that a ballot lists, in its order. Raises BadFile."""
    try:
        chosen = list(map(places.__getitem__, cell.split(",")))
    except KeyError:
        ids = [id_.strip() for id_ in cell.split(",")]
        if ids == [""]:
            return []
        unknown = next((id_ for id_ in ids if id_ not in places), None)
        if unknown is not None:
            raise BadFile(f"a ballot names project {unknown!r}, which does not exist") from None
        chosen = [places[id_] for id_ in ids]
    if len(chosen) > 1 and len(set(chosen)) < len(chosen):
        raise BadFile("a ballot names a project twice")
    return chosen

"""Presenting: the outcome of a count by money, project by project, with the reason of each fate and what was lacking.

All amounts are whole 分 here, votes and shares are texts where they are no whole numbers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from hearing.ballots.outcome.figures import decimal, fen, percent, rounded
from hearing.ballots.tally import Reason, Record, pots_of

INSTEAD = "greedy_instead"
"""The reason of whoever won because more voters prefer the greedy outcome."""
OUTVOTED = "outvoted"
"""The reason of whoever equal shares would have funded, and the comparison did not."""


@dataclass(frozen=True)
class Spent:
    """How much a project's supporters paid together for another one."""

    title: str
    fen: int


@dataclass(frozen=True)
class Margin:
    """With what a loser would have been chosen, all else equal at the final endowment: a cost at most this, or so many
    more votes (points, where `in_points`); None where nothing would have helped."""

    fen: int | None
    votes: int | None
    in_points: bool


@dataclass(frozen=True)
class Funded:
    """A winner, and how it was paid; `width` is its score in hundredths, for the chart."""

    id: str
    title: str
    fen: int
    votes: int
    score: str
    width: int
    reason: str
    round: int | None = None
    effective: str | None = None
    effective_width: int = 0
    price_fen: int | None = None
    payers: int | None = None
    short: int | None = None


@dataclass(frozen=True)
class Lost:
    """A project that was not chosen, and why."""

    id: str
    title: str
    fen: int
    votes: int
    score: str
    width: int
    reason: str
    gone: int | None = None
    had_fen: int | None = None
    left_fen: int | None = None
    spent: tuple[Spent, ...] = ()
    turn_left_fen: int | None = None
    lot_against: tuple[str, ...] = ()
    margin: Margin | None = None


@dataclass(frozen=True)
class Endowment:
    """What each ballot had to spend: at first, at last, how many times as much that is, and in which steps."""

    first: str
    last: str
    last_fen: int
    multiple: str
    step: str
    steps: int
    overspent_fen: int | None
    everything: bool

    @property
    def grew(self) -> bool:
        """Whether it was raised at all."""
        return self.first != self.last


@dataclass(frozen=True)
class Side:
    """One project in both outcomes: by equal shares, and by votes alone."""

    title: str
    votes: int
    ours: bool
    theirs: bool


@dataclass(frozen=True)
class Beside:
    """The greedy outcome beside that of equal shares; `prefer_…` are voters."""

    sides: tuple[Side, ...]
    fen: int
    unspent_fen: int
    reached: int
    reached_percent: str
    prefer_shares: int
    prefer_greedy: int
    prefer_none: int
    compared: bool
    replaced: bool

    @property
    def same(self) -> bool:
        """Whether both outcomes choose the same."""
        return not self.unlike

    @property
    def unlike(self) -> int:
        """How many projects one of both outcomes chooses, and the other does not."""
        return sum(side.ours != side.theirs for side in self.sides)


@dataclass(frozen=True)
class Bar:
    """One project in the chart: votes and effective votes in hundredths, as wide as they are many."""

    title: str
    chosen: bool
    votes: int
    effective: int
    shown: str
    shown_effective: str | None


@dataclass(frozen=True)
class Outcome:
    """The outcome of one pot."""

    method: str
    completion: str
    threshold: int
    floor: int | None
    scored: bool
    voters: int
    budget_fen: int
    cost_fen: int
    unspent_fen: int
    reached: int
    reached_percent: str
    funded: tuple[Funded, ...]
    lost: tuple[Lost, ...]
    endowment: Endowment | None
    beside: Beside | None
    ties: tuple[tuple[str, ...], ...]

    @property
    def by_shares(self) -> bool:
        """Whether equal shares decided."""
        return self.endowment is not None

    @property
    def replaced(self) -> bool:
        """Whether the greedy outcome was taken in the end."""
        return self.beside is not None and self.beside.replaced

    @property
    def bars(self) -> tuple[Bar, ...]:
        """The chart of all projects, winners first."""
        rows: list[Funded | Lost] = [*self.funded, *self.lost]
        return tuple(
            Bar(
                title=row.title,
                chosen=isinstance(row, Funded),
                votes=row.width,
                effective=row.effective_width if isinstance(row, Funded) else 0,
                shown=row.score,
                shown_effective=row.effective if isinstance(row, Funded) else None,
            )
            for row in rows
        )

    @property
    def widest(self) -> int:
        """The full width of the chart, in the bars' hundredths."""
        return max((max(bar.votes, bar.effective) for bar in self.bars), default=0) or 1


def outcomes(record: Record, titles: Mapping[str, str]) -> list[tuple[str, Outcome]]:
    """The outcome of each pot with its category; a poll with one pot has one outcome and no category."""
    return [(category, outcome(each, titles)) for category, each in pots_of(record).items()]


def outcome(record: Record, titles: Mapping[str, str]) -> Outcome:
    """The view of a record of the format hearing-tally/1; `titles` by project id."""
    unit, rule, winners = record["unit"], record["rule"], record["winners"]
    rows = {row["id"]: row for row in record["projects"]}
    beside = _beside(record, titles)
    replaced = beside is not None and beside.replaced
    return Outcome(
        method=rule["method"],
        completion=rule["completion"],
        threshold=rule["threshold"],
        floor=rule["floor"],
        scored=any(row["score"] != row["votes"] for row in record["projects"]),
        voters=record["voters"],
        budget_fen=fen(record["budget"], unit),
        cost_fen=fen(record["cost"], unit),
        unspent_fen=fen(record["unspent"], unit),
        reached=record["reached"],
        reached_percent=percent(record["reached"], record["voters"]),
        funded=tuple(_funded(record, rows[id_], titles, replaced=replaced) for id_ in winners),
        lost=tuple(
            _lost(record, row, titles, replaced=replaced) for row in record["projects"] if row["id"] not in winners
        ),
        endowment=_endowment(record),
        beside=beside,
        ties=tuple(tuple(titles[id_] for id_ in equal) for equal in record["ties_drawn"]),
    )


def _score(record: Record, row: Record) -> Fraction:
    return Fraction(row["score"], record["point_unit"])


def _funded(record: Record, row: Record, titles: Mapping[str, str], *, replaced: bool) -> Funded:
    unit, score = record["unit"], _score(record, row)
    plain = Funded(
        row["id"],
        titles[row["id"]],
        fen(row["cost"], unit),
        row["votes"],
        decimal(score),
        rounded(score * 100),
        INSTEAD if replaced else row["reason"],
    )
    if replaced or row["reason"] != Reason.FUNDED or record["endowment"] is None:
        return plain
    paid = record["rounds"][row["round"] - 1]
    effective = Fraction(row["effective_votes"]) / record["point_unit"]
    return replace(
        plain,
        round=row["round"],
        effective=decimal(effective),
        effective_width=rounded(effective * 100),
        price_fen=fen(paid["price"], unit),
        payers=paid["payers"],
        short=paid["short"],
    )


def _lost(record: Record, row: Record, titles: Mapping[str, str], *, replaced: bool) -> Lost:
    if replaced:
        row = _lost_to_votes(record, row)
    unit, winners, score = record["unit"], set(record["winners"]), _score(record, row)
    spent = {id_: Fraction(sum_) for id_, sum_ in row.get("supporters_spent", {}).items()}
    left = Fraction(row["supporters_left"]) if "supporters_left" in row else None
    turn = next((each for each in record["rounds"] if each["project"] == row["id"] and "turn" in each), None)
    turn_left = turn["left"] if turn is not None else row.get("left")
    said = row.get("margin")
    return Lost(
        row["id"],
        titles[row["id"]],
        fen(row["cost"], unit),
        row["votes"],
        decimal(score),
        rounded(score * 100),
        row["reason"],
        gone=row.get("gone"),
        had_fen=None if left is None else fen(left + sum(spent.values()), unit),
        left_fen=None if left is None else fen(left, unit),
        spent=tuple(
            Spent(titles[id_], fen(sum_, unit)) for id_, sum_ in sorted(spent.items(), key=lambda pair: -pair[1])
        ),
        turn_left_fen=None if turn_left is None else fen(turn_left, unit),
        lot_against=tuple(
            titles[id_] for equal in record["ties_drawn"] if row["id"] in equal for id_ in equal if id_ in winners
        ),
        margin=Margin(
            fen=None if said["cost"] is None else fen(said["cost"], unit),
            votes=said["votes"],
            in_points=record["endowment"] is None and row["score"] != row["votes"],
        )
        if said
        else None,
    )


def _lost_to_votes(record: Record, row: Record) -> Record:
    """A loser's row where the greedy outcome was taken: what equal shares spent was spent on nothing, so it is told
    what was left at its turn by votes.
    """
    kept = {name: row[name] for name in ("id", "cost", "votes", "score")}
    if row["reason"] in (Reason.FUNDED, Reason.BY_VOTES):
        return kept | {"reason": OUTVOTED}
    if row["reason"] == Reason.INELIGIBLE:
        return kept | {"reason": Reason.INELIGIBLE}
    drawn = {id_: place for place, id_ in enumerate(record["rule"]["lot"] or [])}

    def turn(each: Record) -> tuple[int, int, int]:
        return -each["score"], each["cost"], drawn.get(each["id"], 0)

    before = (each for each in record["projects"] if each["id"] in record["winners"] and turn(each) < turn(row))
    return kept | {"reason": Reason.OVER_BUDGET, "left": record["budget"] - sum(each["cost"] for each in before)}


def _endowment(record: Record) -> Endowment | None:
    said, unit = record["endowment"], record["unit"]
    if said is None:
        return None
    first, last, step = (Fraction(said[name]) for name in ("first", "last", "step"))
    return Endowment(
        first=decimal(first / unit),
        last=decimal(last / unit),
        last_fen=fen(last, unit),
        multiple=decimal(Fraction(said["multiple"])),
        step=decimal(step / unit),
        steps=int((last - first) / step),
        overspent_fen=None if said["overspent"] is None else fen(said["overspent"], unit),
        everything=said["everything"],
    )


def _beside(record: Record, titles: Mapping[str, str]) -> Beside | None:
    plain = record.get("greedy")
    if plain is None:
        return None
    unit, compared = record["unit"], record["comparison"]
    ours = {row["id"] for row in record["projects"] if row["reason"] in (Reason.FUNDED, Reason.BY_VOTES)}
    theirs = set(plain["winners"])
    return Beside(
        sides=tuple(
            Side(titles[row["id"]], row["votes"], row["id"] in ours, row["id"] in theirs)
            for row in record["projects"]
            if row["id"] in ours | theirs
        ),
        fen=fen(plain["cost"], unit),
        unspent_fen=fen(record["budget"] - plain["cost"], unit),
        reached=plain["reached"],
        reached_percent=percent(plain["reached"], record["voters"]),
        prefer_shares=compared["shares"],
        prefer_greedy=compared["greedy"],
        prefer_none=compared["same"],
        compared=record["rule"]["comparison"],
        replaced=compared["replaced"],
    )

"""Runs of equal shares abreast: many endowments at once, in arrays, with nothing decided that rounding leaves open.

A completion counts one election at many endowments. Here a block of such runs goes on together: in each step every run
pays for its winner or asks for the prices of a few projects, and what all of them ask is one piece of numpy's work.

Budgets are whole numbers of a grain, 1/2ᵍ of the smallest unit, rounded down, in 64 bits; g is the largest with which
no sum and no product in here reaches 2⁶². So a sum is exact in whatever order it is made, and all that rounding takes
is a grain where an endowment or a price is made whole. Each run has a bound for what it took, its slack:

* A held budget h and the true one b, in grains: h ≤ b ≤ h + slack. A held 0 is a true 0, or the run is left open.
* Raising budgets lets a price sink. Let S be the heads who are short and not at 0, k the points of those who are not
  short. Raising S's budgets by at most `slack` pays S·slack more, lowering the price by t pays k·t less: the true
  price lies at most S·slack/k under the held one. (The price is per point; without S it is exact.)
* After a payment the slack is the old one plus that difference times the points, and a grain a point where the price
  was rounded up.

Held budgets only fall in a run, so held prices only rise: a price from an earlier round is a bound, and a project is
asked again only when its bound could win. A price is found going up from the last one: whoever has less than it is
short and gives all she has, the others have to pay the rest, which is more for each of them, or the same; then it is
found. No step goes too far: what supporters give is concave in the price, so the line that a step follows is above it.

Floats are bounds and nothing else: the key by which projects are queued, price over worth, is made of whole numbers
with at most six roundings of 2⁻⁵³ each, and moved by 2⁻⁵⁰ to the safe side. Projects whose bounds overlap are compared
in whole numbers where what they cost is exact. All else that is not sure leaves the run open, to be done exactly.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from hearing.ballots.tally.electorate import Electorate, Support

Whole = NDArray[np.int64]
Places = NDArray[np.intp]
Flags = NDArray[np.bool_]
Settle = Callable[[Sequence[int]], int]

BITS = 62
"""Whole numbers here are below 2 to this."""
SAFE = 2.0**-50
NEVER = np.inf
"""The key of a project that has won or cannot be paid any more."""
AHEAD = Fraction(3, 2)
"""Voters are grouped for endowments up to so many times one that they were not grouped for."""
WIDE = 3
"""So many projects a run may ask for in a step"""
NEAR = 1.1
"""and so many times the lowest bound is the highest that is asked for beside it. Neither changes an outcome."""


@dataclass
class Course:
    """What became of a run: the winners in order, and the projects that were equally good wherever some were.

    Where rounding could have changed anything the run is `open`, and nothing else of it holds.
    """

    winners: list[int] = field(default_factory=list)
    ties: list[list[int]] = field(default_factory=list)
    open: bool = False


@dataclass(frozen=True)
class Side:
    """Who stands behind one project: groups of voters who said the same, the heads of each, the points of a head, and
    both multiplied. Where nobody gave points `shares` and `heads` are one array."""

    groups: Places
    heads: Whole
    points: Whole
    shares: Whole


class Abreast:
    """An electorate in arrays, for runs at rising endowments."""

    def __init__(self, electorate: Electorate) -> None:
        self._them = electorate
        self._ceiling = Fraction(0)
        self.kept: tuple[int, ...] = ()
        """The projects that can be paid at all, up to the endowment that voters are grouped for."""
        self.sides: list[Side] = []
        self.groups = 0
        self.grains = 0
        """The exponent g: so many binary places of the smallest unit are counted. Below 0 numbers are too large."""

    def courses(self, endowments: Sequence[Fraction], settle: Settle) -> list[Course]:
        """A run for each of these endowments in the smallest unit; `settle` says which of equal projects is first."""
        most = max(endowments)
        if most > self._ceiling:
            self._rise(most * AHEAD)
        if self.grains < 0:
            return [Course(open=True) for _ in endowments]
        if not self.kept:
            return [Course() for _ in endowments]
        return _Block(self, self._them, endowments, settle).courses()

    def _rise(self, ceiling: Fraction) -> None:
        them = self._them
        kept = tuple(p for p in them.among if them.support[p].voters * ceiling >= them.cost[p])
        points = max((max(them.support[p].points, default=1) for p in kept), default=1)
        shares = max((them.support[p].shares for p in kept), default=1)
        self._ceiling = ceiling
        self.grains = BITS - (shares * points * (int(ceiling) + 1)).bit_length()
        if kept != self.kept and self.grains >= 0:
            self._group([them.support[p] for p in kept])
        self.kept = kept

    def _group(self, supports: list[Support]) -> None:
        """Put those together who said the same of these projects."""
        number = len(self._them.group_of)
        heads, group, said = (np.zeros(number, np.int64) for _ in range(3))
        bits = 0
        for support in supports:
            ballots = np.array(support.ballots)
            heads[ballots] = support.heads
            wide = max(support.points, default=1).bit_length()
            if bits + wide > BITS:
                group, bits = _parted(group, said), 0
                said[:] = 0
            said[ballots] |= np.array(support.points or 1, np.int64) << bits
            bits += wide
        group = _parted(group, said)
        self.groups = int(group.max()) + 1
        together = np.zeros(self.groups, np.int64)
        np.add.at(together, group, heads)
        self.sides = [_side(support, group, together) for support in supports]


def _parted(group: Whole, said: Whole) -> Whole:
    """Groups of those who were in one group and said the same."""
    _, words = np.unique(said, return_inverse=True)
    return np.unique(group * (words.max() + 1) + words, return_inverse=True)[1] if group.any() else words


def _side(support: Support, group: Whole, together: Whole) -> Side:
    """Whoever is in a group with somebody behind the project stands behind it too."""
    given = np.zeros(len(together), np.int64)
    given[group[np.array(support.ballots)]] = support.points or 1
    groups = np.flatnonzero(given)
    heads, points = together[groups], given[groups]
    return Side(groups, heads, points, heads * points if support.points else heads)


@dataclass
class _Behind:
    """Pairs of a run and a project, and the groups behind each, those of one pair after those of the other."""

    sizes: Places
    """How many groups each pair has."""
    begins: Places
    held: Whole
    heads: Whole
    points: Whole
    shares: Whole

    def each(self, of_pairs: Whole) -> Whole:
        """What is so for a pair, for each of its groups."""
        return of_pairs.repeat(self.sizes)

    def sums(self, numbers: Whole) -> Whole:
        """The sum of the groups' numbers, for each pair."""
        total: Whole = np.add.reduceat(numbers, self.begins)
        return total

    def clear(self) -> None:
        """Count only those who have something left."""
        left = self.held > 0
        pointed = self.shares is not self.heads
        self.heads = np.where(left, self.heads, 0)
        self.shares = np.where(left, self.shares, 0) if pointed else self.heads

    def of(self, pairs: Flags) -> "_Behind":
        """The same for some of the pairs."""
        kept, sizes = pairs.repeat(self.sizes), self.sizes[pairs]
        heads = self.heads[kept]
        pointed = self.shares is not self.heads
        return _Behind(
            sizes,
            sizes.cumsum() - sizes,
            self.held[kept],
            heads,
            self.points[kept] if pointed else heads,
            self.shares[kept] if pointed else heads,
        )


class _Block:
    """Runs that go on together. Arrays have a row for each run and a column for each project."""

    def __init__(self, arrays: Abreast, them: Electorate, endowments: Sequence[Fraction], settle: Settle) -> None:
        kept, grains = arrays.kept, arrays.grains
        self._kept, self._sides, self._groups, self._settle = kept, arrays.sides, arrays.groups, settle
        self._pointed = any(them.support[p].points for p in kept)
        self._sizes = np.array([len(side.groups) for side in arrays.sides])
        self._most_points = np.array([side.points.max() for side in arrays.sides], np.int64)
        self._cost = np.array([them.cost[p] << grains for p in kept], np.int64)
        self._whole = np.array([them.support[p].shares for p in kept], np.int64)
        self._worths = [them.worth[p] for p in kept]
        self._worth = np.array(self._worths, np.float64)
        parts = [divmod(each.numerator << grains, each.denominator) for each in endowments]
        self._first = np.array([whole for whole, _ in parts], np.int64)
        self._slack = np.array([int(rest > 0) for _, rest in parts], np.int64)
        self._purses = self._first.repeat(arrays.groups)
        self._open = self._first == 0
        """Which runs are not sure; a held 0 that is no true one is not."""
        self._courses = [Course() for _ in endowments]
        voters = np.array([them.support[p].voters for p in kept], np.int64)
        price = self._cost / self._whole / self._worth * (1 - SAFE)
        self._least = np.where(voters * (self._first + 1)[:, None] >= self._cost, price, NEVER)
        self._fresh = np.zeros(self._least.shape, bool)
        """Whether it was asked for since the run's last payment."""
        self._line = np.full(len(endowments), NEVER)
        """By row: what the best of those costs at most."""
        self._owed = np.tile(self._cost, (len(endowments), 1))
        """With `_shares` the last price per point: what those owe together who are not short, and all their points."""
        self._shares = np.tile(self._whole, (len(endowments), 1))
        self._unsure = np.zeros_like(self._owed)
        """How many heads are short with something left."""

    def courses(self) -> list[Course]:
        """Do all runs to their ends."""
        rows = np.arange(len(self._courses))
        while (rows := self._paid(rows)).size:
            bounds = np.where(self._fresh[rows], NEVER, self._least[rows])
            columns = bounds.argpartition(min(WIDE, bounds.shape[1]) - 1, axis=1)[:, :WIDE]
            lowest = np.take_along_axis(bounds, columns, axis=1)
            near = np.minimum(self._line[rows], lowest.min(1) * NEAR)
            asks = (lowest <= near[:, None]) & (lowest < NEVER)
            self._ask(rows.repeat(asks.sum(1)), columns[asks])
        for row in np.flatnonzero(self._open).tolist():
            self._courses[row].open = True
        return self._courses

    def _paid(self, rows: Places) -> Places:
        """Let those pay who know their winner; gives the rows that have something to ask for."""
        rows = rows[~self._open[rows]]
        fresh, least, line = self._fresh[rows], self._least[rows], self._line[rows]
        asks = np.where(fresh, NEVER, least).min(1) <= line
        pays = ~asks
        if pays.any():
            self._win(rows[pays], fresh[pays] & (least[pays] <= line[pays, None]))
        going: Flags = (self._least[rows] < NEVER).any(1) & ~self._open[rows]
        return rows[going]

    def _win(self, rows: Places, best: Flags) -> None:
        columns = best.argmax(1)
        for place in np.flatnonzero(best.sum(1) > 1).tolist():
            columns[place] = self._best(int(rows[place]), np.flatnonzero(best[place]).tolist())
        self._pay(rows, columns)
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
            self._courses[row].winners.append(self._kept[column])
        self._least[rows, columns] = NEVER
        self._fresh[rows] = False
        self._line[rows] = NEVER

    def _best(self, row: int, columns: list[int]) -> int:
        """The best of projects that lie close together: by their exact prices, then by the rule for ties."""
        if self._unsure[row, columns].any():
            self._open[row] = True
            return columns[0]
        owed, shares = self._owed[row].tolist(), self._shares[row].tolist()
        prices = [Fraction(owed[column], shares[column] * self._worths[column]) for column in columns]
        least = min(prices)
        equal = list(compress(columns, [price == least for price in prices]))
        if len(equal) == 1:
            return equal[0]
        tie = [self._kept[column] for column in equal]
        self._courses[row].ties.append(tie)
        return equal[tie.index(self._settle(tie))]

    def _places(self, rows: Places, columns: Places) -> Places:
        """The places of the purses of all who stand behind these projects in these runs."""
        places = np.concatenate([self._sides[column].groups for column in columns.tolist()])
        places += (rows * self._groups).repeat(self._sizes[columns])
        return places

    def _behind(self, columns: Places, places: Places) -> _Behind:
        sides = [self._sides[column] for column in columns.tolist()]
        sizes = self._sizes[columns]
        points = shares = heads = np.concatenate([side.heads for side in sides])
        if self._pointed:
            points = np.concatenate([side.points for side in sides])
            shares = np.concatenate([side.shares for side in sides])
        return _Behind(sizes, sizes.cumsum() - sizes, self._purses.take(places), heads, points, shares)

    def _ask(self, rows: Places, columns: Places) -> None:
        """Find the prices of these projects in these runs, as they are now."""
        owed, shares, unsure = self._prices(self._behind(columns, self._places(rows, columns)), rows, columns)
        blurred = unsure * self._slack[rows]
        paid = shares > 0
        self._open[rows[~paid & (owed <= blurred)]] = True
        shares = np.maximum(shares, 1)
        of = shares * self._worth[columns]
        self._least[rows, columns] = np.where(paid, np.maximum(owed - blurred, 0) / of * (1 - SAFE), NEVER)
        np.minimum.at(self._line, rows, np.where(paid, owed / of * (1 + SAFE), NEVER))
        self._fresh[rows, columns] = paid
        self._owed[rows, columns], self._shares[rows, columns], self._unsure[rows, columns] = owed, shares, unsure

    def _prices(self, behind: _Behind, rows: Places, columns: Places) -> tuple[Whole, Whole, Whole]:
        """What those owe who are not short, all their points, and how many heads are short with something left.

        No points where all are short: then the project cannot be paid.
        """
        owed, shares = self._owed[rows, columns], self._shares[rows, columns]
        unsure = np.zeros_like(owed)
        before_owed, before_shares, cost = owed.copy(), shares.copy(), self._cost[columns]
        # Whoever has nothing left gives nothing: she counts neither as short nor as able to pay.
        behind.clear()
        live, asked = behind.sums(behind.shares), np.arange(len(rows))
        while True:
            if self._pointed:
                due = -(-behind.each(before_owed) * behind.points // behind.each(before_shares))
            else:
                due = behind.each(-(-before_owed // before_shares))
            short = behind.held < due
            still = live - behind.sums(np.where(short, behind.shares, 0))
            rest = cost - behind.sums(np.where(short, behind.held * behind.heads, 0))
            owed[asked], shares[asked] = rest, still
            unsure[asked] = behind.sums(np.where(short, behind.heads, 0)) if self._pointed else live - still
            again = (still > 0) & ((still != before_shares) | (rest != before_owed))
            if not again.any():
                return owed, shares, unsure
            before_owed, before_shares, cost, live, asked = (
                numbers[again] for numbers in (rest, still, cost, live, asked)
            )
            if not again.all():
                behind = behind.of(again)

    def _pay(self, rows: Places, columns: Places) -> None:
        """Let everybody behind the winners pay, who is short all she has."""
        places = self._places(rows, columns)
        sizes, held = self._sizes[columns], self._purses.take(places)
        owed, shares, slack = self._owed[rows, columns], self._shares[rows, columns], self._slack[rows]
        each = -(-owed // shares)
        blur = -(-self._unsure[rows, columns] * slack // shares) + (each * shares > owed)
        due, doubt = each.repeat(sizes), (slack + blur).repeat(sizes)
        if self._pointed:
            points = np.concatenate([self._sides[column].points for column in columns.tolist()])
            due, doubt = due * points, slack.repeat(sizes) + blur.repeat(sizes) * points
        left = held - due
        # Held to be short, or to give her last; but perhaps she has a little more than what is due.
        perhaps = (left <= 0) & (left + doubt > 0) & (held > 0)
        self._purses[places] = np.maximum(left, 0)
        slack += blur * self._most_points[columns]
        self._slack[rows] = slack
        self._open[rows] |= np.logical_or.reduceat(perhaps, sizes.cumsum() - sizes) | (slack >= self._first[rows])

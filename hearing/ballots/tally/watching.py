"""What one run of equal shares tells of itself: every payment, whose money went where, and how much was missing.

All is taken from the exact run at the final endowment, so that every page says the same. Amounts are Fractions of the
smallest unit.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction

from hearing.ballots.tally.electorate import Backing, Electorate
from hearing.ballots.tally.rule import Utility
from hearing.ballots.tally.shares import Offer, Run, exact_run
from hearing.ballots.tally.ties import Ties


@dataclass(frozen=True)
class Payment:
    """One round: the winner, the price per point, and who paid it together.

    `payers` had something left and paid; of them `short` gave all they had, `given` together.
    """

    project: int
    price: Fraction
    payers: int
    short: int
    given: Fraction
    equals: tuple[int, ...]
    """All who were equally good, where the rule for ties had to choose."""


@dataclass
class Margin:
    """What a loser lacked at the final endowment: the highest cost at which it would have won, and how many more
    voters for it alone would have sufficed; None where no cost or no number would."""

    cost: int | None = None
    voters: int | None = None


@dataclass(frozen=True)
class Account:
    """The whole run: rounds in order, and for each loser what its supporters paid for each winner."""

    rounds: tuple[Payment, ...]
    spent: dict[int, dict[int, Fraction]]
    margins: dict[int, Margin]
    left: dict[int, Fraction]
    """What the supporters of each loser have at the end."""
    gone: dict[int, int]
    """For each loser the round after which its supporters could not pay it any more, 0 where they never could."""


def account_of(
    electorate: Electorate,
    endowment: Fraction,
    ties: Ties,
    winners: list[int],
    losers: Collection[int],
    utility: Utility,
) -> Account:
    """Do the run exactly and write down what happens; margins are found for the `losers`.

    The `winners` are known beforehand; they are found again here. Raises LotNeeded, ArithmeticError where others win.
    """
    # At once: parted within the run, all who stand behind projects are counted anew after each winner.
    for winner in winners:
        electorate.part(winner)
    writer = _Writer(electorate, endowment, ties, winners, losers, utility)
    end = exact_run(electorate, endowment, writer.settle, writer.watch)
    if len(end.winners) < len(winners):
        raise ArithmeticError(f"{end.winners} win, and not {winners}")
    writer.finish(end)
    lost = writer.lost
    fates = {p: writer.fate(p, end.scale) for p in lost}
    return Account(
        tuple(writer.rounds),
        {p: writer.spent(p) for p in lost},
        writer.margins,
        {p: left for p, (left, _) in fates.items()},
        {p: gone for p, (_, gone) in fates.items()},
    )


class _Writer:
    def __init__(
        self,
        electorate: Electorate,
        endowment: Fraction,
        ties: Ties,
        winners: list[int],
        losers: Collection[int],
        utility: Utility,
    ) -> None:
        self._them, self._endowment, self._ties, self._utility = electorate, endowment, ties, utility
        self._winners = winners
        self.lost = [p for p in electorate.among if p not in winners]
        self._projects = electorate.projects(self.lost)
        """By group, which of the lost its voters stand behind."""
        self._losers = [p for p in electorate.among if p in set(losers)]
        self._equals: tuple[int, ...] = ()
        self.rounds: list[Payment] = []
        self._paid: list[tuple[dict[int, int], int]] = []
        """By round: what the supporters of each of those paid, and in how many parts of the smallest unit that is."""
        self.margins: dict[int, Margin] = {p: Margin() for p in self._losers}

    def settle(self, projects: Sequence[int]) -> int:
        self._equals = tuple(projects)
        return self._ties.first(projects)

    def watch(self, run: Run, offer: Offer) -> None:
        found = [*run.winners, offer.project]
        if found[-1:] != self._winners[len(run.winners) : len(found)]:
            raise ArithmeticError(f"{found} win, and not {self._winners}")
        for loser in self._losers:
            self._compare(run, offer, loser)
        backing = self._them.backing(offer.project)
        whole = run.scale * offer.shares
        paid: defaultdict[int, int] = defaultdict(int)
        in_full: defaultdict[int, int] = defaultdict(int)
        payers = short = given = 0
        points = backing.points or (1,) * len(backing.groups)
        for group, held, heads, each in zip(backing.groups, run.budgets(backing), backing.heads, points, strict=True):
            if not held:
                continue
            payers += heads
            budget = held * offer.shares
            if budget < offer.owed * each:
                short += heads
                given += heads * budget
                for project, theirs in self._projects[group]:
                    paid[project] += theirs * budget
            else:
                # Put together before they are multiplied, for the parts are long numbers.
                for project, theirs in self._projects[group]:
                    in_full[project] += theirs * each
        for project, shares in in_full.items():
            paid[project] += shares * offer.owed
        self._paid.append((paid, whole))
        price = Fraction(offer.owed, whole)
        self.rounds.append(Payment(offer.project, price, payers, short, Fraction(given, whole), self._equals))
        self._equals = ()

    def spent(self, project: int) -> dict[int, Fraction]:
        """What those who stand behind a project paid for each winner."""
        rounds = zip(self.rounds, self._paid, strict=True)
        return {done.project: Fraction(paid[project], whole) for done, (paid, whole) in rounds if project in paid}

    def fate(self, project: int, scale: int) -> tuple[Fraction, int]:
        """What those who stand behind a loser have left, and the round after which that was too little.

        Of the last scale each part that was ever paid is a multiple.
        """
        enough = self._them.cost[project] * scale
        left = int(self._them.support[project].voters * self._endowment * scale)
        too_little = [0] if left < enough else []
        for number, (paid, whole) in enumerate(self._paid, 1):
            if project in paid:
                left -= paid[project] * scale // whole
                if left < enough:
                    too_little.append(number)
        return Fraction(left, scale), too_little[0]

    def finish(self, run: Run) -> None:
        """After the last round a loser had only to be affordable."""
        for loser in self._losers:
            backing, margin = self._them.backing(loser), self.margins[loser]
            has = Fraction(sum(map(int.__mul__, run.budgets(backing), backing.heads)), run.scale)
            lacking = self._them.cost[loser] - has
            _better(margin, has.__floor__() or None, -(-lacking // self._endowment) if self._endowment else None)

    def _compare(self, run: Run, offer: Offer, loser: int) -> None:
        """With what cost, and with how many more voters, this loser would have gone before this winner."""
        backing = self._them.backing(loser)
        cost, theirs = self._them.cost[loser], self._them.cost[offer.project]
        price = Fraction(offer.owed, offer.shares * run.scale)
        held = run.budgets(backing)
        if self._utility is Utility.COST:
            votes = theirs / price
            highest = _highest(backing, held, votes) / run.scale
            price = cost / votes
        else:
            highest = _given(backing, held, price * run.scale) / run.scale
        whole = highest.__floor__()
        for lower in (whole - 1, theirs - 1):
            if whole >= theirs and self._even(run, backing, held, whole, offer):
                whole = lower
        lacking = cost - _given(backing, held, price * run.scale) / run.scale
        each = min(self._endowment, price)
        more = -(-lacking // each)
        if more * each == lacking and cost >= theirs:
            more += 1
        _better(self.margins[loser], whole if whole > 0 else None, more)

    def _even(self, run: Run, backing: Backing, held: Sequence[int], cost: int, offer: Offer) -> bool:
        """Whether a project of this cost would be exactly as good as the winner."""
        price = Fraction(offer.owed, offer.shares)
        if self._utility is Utility.COST:
            price = price * cost / self._them.cost[offer.project]
        return _given(backing, held, price) == cost * run.scale


def _better(margin: Margin, cost: int | None, voters: int | None) -> None:
    if cost is not None and (margin.cost is None or cost > margin.cost):
        margin.cost = cost
    if voters is not None and (margin.voters is None or voters < margin.voters):
        margin.voters = max(1, voters)


def _given(backing: Backing, held: Sequence[int], price: Fraction) -> Fraction:
    """What the supporters would give together at a price per point, in parts of the run's scale."""
    asked, of = price.numerator, price.denominator
    points = backing.points or (1,) * len(held)
    rows = zip(held, backing.heads, points, strict=True)
    return Fraction(sum(heads * min(budget * of, asked * given) for budget, heads, given in rows), of)


def _highest(backing: Backing, held: Sequence[int], votes: Fraction) -> Fraction:
    """The highest cost c that these budgets pay at the price c/votes per point: Σ min(b, c/votes · points) = c.

    The left side is concave in c, so beyond 0 there is at most one such cost. 0 where there is none.
    """
    above, below = votes.numerator, votes.denominator
    points = backing.points or (1,) * len(held)
    rows = (
        sorted(
            (
                (Fraction(budget, given), budget, heads, given)
                for budget, heads, given in zip(held, backing.heads, points, strict=True)
                if budget
            ),
        )
        if backing.points
        else [(budget, budget, heads, 1) for budget, heads in sorted(zip(held, backing.heads, strict=True)) if budget]
    )
    shares = sum(heads * given for _, _, heads, given in rows)
    short = 0
    for each, budget, heads, given in rows:
        if (short + shares * each) * below < each * above:
            break
        short += budget * heads
        shares -= heads * given
    lacking = above - shares * below
    return Fraction(short * above, lacking) if lacking > 0 else Fraction(0)

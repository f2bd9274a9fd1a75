"""The Method of Equal Shares, one run: everybody gets the same, and supporters pay for what they chose together.

The rule (equalshares.net, computation; Peters, Pierczyński, Skowron 2021, arXiv 2008.13276, §3). Every voter begins
with the endowment E. A project is affordable when its supporters together have its cost. Its price is the least amount
per point at which it is paid when nobody pays more than she has: Σ min(b, price · points) = cost. The affordable
project with the lowest price for what it is worth wins, everybody behind it pays min(b, price · points), and so on
until nothing is affordable. With approvals, cost/price is the number of *effective votes*.

Here it is done exactly: every budget is a whole number over one common denominator, which grows with every round. What
is published comes from here. Where a completion counts at many endowments, runs that only look for their winners are
done `abreast`, quickly and within a proven bound, and here whatever that bound leaves open.

Prices only rise in a run, for budgets only fall: so a price from an earlier round is a bound, and a project is looked
at again only when its bound could win.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from heapq import heapify, heappop, heappush
from math import gcd
from typing import NamedTuple

from hearing.ballots.tally.electorate import Backing, Electorate

FULL, EMPTY = 0, 1
"""The purse that all begin with, and the one of those who have nothing left."""
SHIFT = 64
"""Bits behind the point of the whole numbers by which projects are queued; it decides nothing."""


class Offer(NamedTuple):
    """What a project costs its supporters now: `owed`/(`shares`·scale) per point, of those who are not short.

    `owed` is the cost without what those who are short give; price over worth lies from `least` to `most`.
    """

    project: int
    owed: int
    shares: int
    least: int
    most: int


@dataclass
class Run:
    """One run in its course. Few amounts are held, however many groups hold them: each group has the number of a purse,
    and in a purse are `amounts`/`scale` in the smallest unit."""

    electorate: Electorate
    scale: int
    amounts: list[int]
    winners: list[int] = field(default_factory=list)
    purses: list[int] = field(init=False)

    def __post_init__(self) -> None:
        """All begin with the first purse."""
        self.purses = [FULL] * self.electorate.groups

    def part(self, project: int) -> None:
        """Make groups of those alone who stand behind a project; they have what those have whom they leave."""
        self.purses += [self.purses[group] for group in self.electorate.part(project)]

    def refine(self, finer: int) -> None:
        """Count in parts that are so many times smaller."""
        self.scale *= finer
        self.amounts = [amount * finer for amount in self.amounts]

    def budgets(self, backing: Backing) -> list[int]:
        """What each voter of the groups behind a project has left."""
        return [self.amounts[purse] for purse in backing.get(self.purses)]

    @property
    def held(self) -> list[int]:
        """What is left of each ballot's endowment, whatever groups the ballots are in."""
        return [self.amounts[self.purses[group]] for group in self.electorate.group_of]


Watch = Callable[[Run, Offer], None]
"""Is told each winner before it is paid."""
Settle = Callable[[Sequence[int]], int]
"""Says which of equal projects comes first."""


def exact_run(electorate: Electorate, endowment: Fraction, settle: Settle, watch: Watch | None = None) -> Run:
    """The run at this endowment in the smallest unit, as it ended, with its winners in order. Raises LotNeeded."""
    run = Run(electorate, endowment.denominator, [endowment.numerator, 0])
    queue = [
        ((cost << SHIFT) // (support.shares * electorate.worth[p]), p)
        for p, support in electorate.support.items()
        if support.voters * endowment >= (cost := electorate.cost[p])
    ]
    heapify(queue)
    while offers := _best(run, queue):
        offer = offers[0] if len(offers) == 1 else _settled(run, offers, settle)
        for other in offers:
            if other is not offer:
                heappush(queue, (other.least, other.project))
        run.part(offer.project)
        if watch:
            watch(run, offer)
        _pay(run, offer)
        run.winners.append(offer.project)
    return run


def _best(run: Run, queue: list[tuple[int, int]]) -> list[Offer]:
    """The offers that could be the best; takes from the queue what is asked, and for good what is unaffordable."""
    asked: list[Offer] = []
    line: int | None = None
    while queue and (line is None or queue[0][0] <= line):
        _, project = heappop(queue)
        offer = price(run, project, line)
        if isinstance(offer, int):
            heappush(queue, (offer, project))
        elif offer is not None:
            asked.append(offer)
            if line is None or offer.most < line:
                line = offer.most
    for offer in asked:
        if line is not None and offer.least > line:
            heappush(queue, (offer.least, offer.project))
    return [offer for offer in asked if line is not None and offer.least <= line]


def _settled(run: Run, offers: list[Offer], settle: Settle) -> Offer:
    """The best of offers that lie close together: by their exact prices, then by the rule for ties."""
    worth = run.electorate.worth
    prices = [Fraction(offer.owed, offer.shares * worth[offer.project]) for offer in offers]
    least = min(prices)
    equal = {offer.project: offer for offer, given in zip(offers, prices, strict=True) if given == least}
    return equal[next(iter(equal)) if len(equal) == 1 else settle(sorted(equal))]


def price(run: Run, project: int, line: int | None = None) -> Offer | int | None:
    """What a project costs its supporters now, None when they cannot pay it any more.

    A price above `line` is not made into an offer: its bound is given back.
    """
    them = run.electorate
    support, scaled = them.support[project], run.scale * them.worth[project]
    asked = _with_points if support.points else _by_heads
    owed, shares = asked(run, them.backing(project), them.cost[project] * run.scale, support.shares)
    if not shares:
        return None
    least = (owed << SHIFT) // (shares * scaled)
    if line is not None and least > line:
        return least
    return Offer(project, owed, shares, least, -((-owed << SHIFT) // (shares * scaled)))


def _by_heads(run: Run, backing: Backing, owed: int, shares: int) -> tuple[int, int]:
    """What those owe who are not short, and how many shares they are, where everybody gave one point.

    The poorest give all they have until the rest can pay the rest equally.
    """
    amounts = run.amounts
    found = backing.heads_by_purse(backing.get(run.purses))
    for purse in sorted(found, key=amounts.__getitem__):
        amount = amounts[purse]
        if amount * shares >= owed:
            break
        heads = found[purse]
        shares -= heads
        owed -= amount * heads
    return owed, shares


def _with_points(run: Run, backing: Backing, owed: int, shares: int) -> tuple[int, int]:
    """The same where supporters gave points: who has little for each of her points is short first.

    Goes up in steps: at what all who can pay would have to pay for each point, some turn out to be short; without them
    it is more for the others.
    """
    amounts = run.amounts
    found = backing.heads_by_purse_and_points(backing.get(run.purses))
    rest = [(amounts[purse], heads, points) for (purse, points), heads in found.items()]
    while shares:
        asked, of, can = owed, shares, []
        for group in rest:
            budget, heads, points = group
            if budget * of >= asked * points:
                can.append(group)
            else:
                shares -= heads * points
                owed -= budget * heads
        if len(can) == len(rest):
            break
        rest = can
    return owed, shares


def _pay(run: Run, offer: Offer) -> None:
    """Let everybody behind the winner pay, who is short all she has."""
    backing = run.electorate.backing(offer.project)
    owed, shares = offer.owed, offer.shares
    if owed % shares:
        finer = shares // gcd(owed, shares)
        run.refine(finer)
        owed *= finer
    each, had, held = owed // shares, backing.get(run.purses), run.purses
    if backing.points:
        given = {points: _after(run, each * points, had) for points in set(backing.points)}
        for group, purse, points in zip(backing.groups, had, backing.points, strict=True):
            held[group] = given[points][purse]
        return
    after = _after(run, each, had)
    for group, purse in zip(backing.groups, map(after.__getitem__, had)):  # noqa: B905 - of one length, and many
        held[group] = purse


def _after(run: Run, due: int, purses: Iterable[int]) -> dict[int, int]:
    """Which purse those have who paid what is due out of these, or all that was in them."""
    amounts = run.amounts
    after: dict[int, int] = {}
    for purse in sorted(set(purses)):
        if amounts[purse] > due:
            after[purse] = len(amounts)
            amounts.append(amounts[purse] - due)
        else:
            after[purse] = EMPTY
    return after

"""The Method of Equal Shares, one run: everybody gets the same, and supporters pay for what they chose together.

The rule (equalshares.net, computation; Peters, Pierczyński, Skowron 2021, arXiv 2008.13276, §3). Every voter begins
with the endowment E. A project is affordable when its supporters together have its cost. Its price is the least amount
per point at which it is paid when nobody pays more than she has: Σ min(b, price · points) = cost. The affordable
project with the lowest price for what it is worth wins, everybody behind it pays min(b, price · points), and so on
until nothing is affordable. With approvals, cost/price is the number of *effective votes*.

Two ways to the same result. The exact run holds every budget as a whole number over one common denominator. The quick
run holds budgets in whole 1/2⁴⁸ of a 分, rounded down, and knows a bound for what rounding has taken; it decides only
what the bound lets it decide, else it raises Uncertain and the run is done exactly. No floats. Why the bound holds:

* A held budget h and the true one b: h ≤ b ≤ h + slack. A held 0 is a true 0, or the run is Uncertain.
* Raising budgets lets a price sink. Let S be the heads who are short and not at 0, k the points of those who are not
  short. Raising S's budgets by at most `slack` pays S·slack more, lowering the price by t pays k·t less: the true
  price lies at most S·slack/k under the held one. (The price is per point; without S it is exact.)
* After a payment the slack is the old one plus that difference times the points, rounded up.

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
from hearing.ballots.tally.purses import EMPTY, FULL

GRAIN = 1 << 48
"""Parts of the smallest unit that the quick run counts in."""
SHIFT = 64
"""Bits behind the point of the whole numbers by which projects are queued; it decides nothing."""


class Uncertain(Exception):
    """Rounding could have changed what the quick run was about to decide."""


class Offer(NamedTuple):
    """What a project costs its supporters now: `owed`/(`shares`·scale) per point, of those who are not short.

    `owed` is the cost without what those who are short give; `unsure` their heads, without those who have nothing left.
    """

    project: int
    owed: int
    shares: int
    unsure: int
    least: int
    most: int
    held: tuple[int, ...]
    """The purses of the groups behind it, as it was made."""


@dataclass
class Run:
    """One run in its course. Few amounts are held, however many groups hold them: each group has one of the
    electorate's `purses`, by its number, and in a purse are `amounts`/`scale` in the smallest unit."""

    electorate: Electorate
    scale: int
    amounts: dict[int, int]
    exact: bool
    slack: int = 0
    winners: list[int] = field(default_factory=list)
    purses: list[int] = field(init=False)

    def __post_init__(self) -> None:
        """All begin with the first purse."""
        self.purses = [FULL] * self.electorate.groups

    def part(self, project: int) -> bool:
        """Make groups of those alone who stand behind a project; they have what those have whom they leave.

        Gives whether any are new.
        """
        new = self.electorate.part(project)
        self.purses += [self.purses[group] for group in new]
        return bool(new)

    def refine(self, finer: int) -> None:
        """Count in parts that are so many times smaller."""
        self.scale *= finer
        self.amounts = {purse: amount * finer for purse, amount in self.amounts.items()}

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


def quick_run(electorate: Electorate, endowment: Fraction, settle: Settle) -> list[int]:
    """The winners in order, at this endowment in the smallest unit. Raises Uncertain, LotNeeded."""
    held = endowment.numerator * GRAIN // endowment.denominator
    run = Run(electorate, GRAIN, {FULL: held, EMPTY: 0}, exact=False, slack=1)
    _finish(run, settle, None)
    return run.winners


def exact_run(electorate: Electorate, endowment: Fraction, settle: Settle, watch: Watch | None = None) -> Run:
    """The same without any rounding; gives the run as it ended. Raises LotNeeded."""
    run = Run(electorate, endowment.denominator, {FULL: endowment.numerator, EMPTY: 0}, exact=True)
    _finish(run, settle, watch)
    return run


def shares_run(electorate: Electorate, endowment: Fraction, settle: Settle) -> list[int]:
    """The winners in order, quickly where that is certain. Raises LotNeeded."""
    try:
        return quick_run(electorate, endowment, settle)
    except Uncertain:
        return exact_run(electorate, endowment, settle).winners


def _finish(run: Run, settle: Settle, watch: Watch | None) -> None:
    them = run.electorate
    most, unit = run.amounts[FULL] + run.slack, run.scale
    queue = [
        ((cost << SHIFT) // (support.shares * them.worth[p]), p)
        for p, support in them.support.items()
        if support.voters * most >= (cost := them.cost[p]) * unit
    ]
    heapify(queue)
    while offers := _best(run, queue):
        offer = offers[0] if len(offers) == 1 else _settled(run, offers, settle)
        for other in offers:
            if other is not offer:
                heappush(queue, (other.least, other.project))
        if run.part(offer.project):
            offer = offer._replace(held=them.backing(offer.project).get(run.purses))
        if watch:
            watch(run, offer)
        _pay(run, offer)
        run.winners.append(offer.project)


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
    if not run.exact and any(offer.unsure for offer in offers):
        raise Uncertain
    worth = run.electorate.worth
    prices = [Fraction(offer.owed, offer.shares * worth[offer.project]) for offer in offers]
    least = min(prices)
    equal = {offer.project: offer for offer, given in zip(offers, prices, strict=True) if given == least}
    return equal[next(iter(equal)) if len(equal) == 1 else settle(sorted(equal))]


def price(run: Run, project: int, line: int | None = None) -> Offer | int | None:
    """What a project costs its supporters now, None when they cannot pay it any more. Raises Uncertain.

    A price above `line` is not made into an offer: its bound is given back.
    """
    them = run.electorate
    support, scaled = them.support[project], run.scale * them.worth[project]
    asked = _with_points if support.points else _by_heads
    backing = them.backing(project)
    held = backing.get(run.purses)
    owed, shares, unsure = asked(run, backing, held, them.cost[project] * run.scale, support.shares)
    if not shares:
        if owed <= unsure * run.slack:
            raise Uncertain
        return None
    least = ((owed - unsure * run.slack) << SHIFT) // (shares * scaled)
    if line is not None and least > line:
        return least
    return Offer(project, owed, shares, unsure, least, -((-owed << SHIFT) // (shares * scaled)), held)


def _by_heads(run: Run, backing: Backing, held: tuple[int, ...], owed: int, shares: int) -> tuple[int, int, int]:
    """What those owe who are not short, how many shares they are, how many heads are short with something left.

    Where everybody gave one point: the poorest give all they have until the rest can pay the rest equally.
    """
    unsure, amounts = 0, run.amounts
    found = backing.heads_by_purse(held, amounts)
    for purse in sorted(found, key=amounts.__getitem__):
        amount = amounts[purse]
        if amount * shares >= owed:
            break
        heads = found[purse]
        shares -= heads
        if amount:
            owed -= amount * heads
            unsure += heads
    return owed, shares, unsure


def _with_points(run: Run, backing: Backing, held: tuple[int, ...], owed: int, shares: int) -> tuple[int, int, int]:
    """The same where supporters gave points: who has little for each of her points is short first.

    Goes up in steps: at what all who can pay would have to pay for each point, some turn out to be short; without them
    it is more for the others.
    """
    unsure, amounts = 0, run.amounts
    found = backing.heads_by_purse_and_points(held)
    rest = [(amounts[purse], heads, points) for (purse, points), heads in found.items()]
    while shares:
        asked, of, can = owed, shares, []
        for group in rest:
            budget, heads, points = group
            if budget * of >= asked * points:
                can.append(group)
            else:
                shares -= heads * points
                if budget:
                    owed -= budget * heads
                    unsure += heads
        if len(can) == len(rest):
            break
        rest = can
    return owed, shares, unsure


def _pay(run: Run, offer: Offer) -> None:
    """Let everybody behind the winner pay, who is short all she has. Raises Uncertain."""
    backing = run.electorate.backing(offer.project)
    owed, shares = offer.owed, offer.shares
    if run.exact and owed % shares:
        finer = shares // gcd(owed, shares)
        run.refine(finer)
        owed *= finer
    each = -(-owed // shares)
    blur = 0 if run.exact else -(-offer.unsure * run.slack // shares) + 1
    held, had = run.purses, offer.held
    if backing.points:
        pairs = list(zip(had, backing.points, strict=True))
        given = {
            points: _after(run, offer.project, points, {purse for purse, of in pairs if of == points}, each, blur)
            for points in set(backing.points)
        }
        for group, (purse, points) in zip(backing.groups, pairs, strict=True):
            held[group] = given[points][purse]
        run.slack += blur * max(backing.points)
        return
    after = _after(run, offer.project, 1, backing.heads_by_purse(had, run.amounts), each, blur)
    for group, purse in zip(backing.groups, map(after.__getitem__, had)):  # noqa: B905 - of one length, and many
        held[group] = purse
    run.slack += blur


def _after(run: Run, project: int, points: int, purses: Iterable[int], each: int, blur: int) -> dict[int, int]:
    """Which purse those have who paid what is due for their points out of these, or all that was in them.

    Raises Uncertain where it is not sure to be the less of both.
    """
    amounts, following = run.amounts, run.electorate.purses.paying(project, points)
    due, unsure = each * points, run.slack + blur * points
    after: dict[int, int] = {}
    for purse in purses:
        amount = amounts[purse]
        if amount > due:
            after[purse] = paid = following[purse]
            amounts[paid] = amount - due
        elif amount and amount + unsure >= due and not run.exact:
            raise Uncertain
        else:
            after[purse] = EMPTY
    return after

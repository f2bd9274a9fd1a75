"""Equal shares as its text says it, in Fractions and in nothing else: slow, short, to compare with."""

from collections.abc import Sequence
from fractions import Fraction

from hearing.ballots.tally import Completion, Profile, Rule, Utility

Voters = list[dict[int, int]]


def voters_of(profile: Profile) -> Voters:
    """Each voter by herself: her points for each project."""
    return [
        {p: points for p, points in ballot.pairs() if points > 0}
        for ballot, number in profile.ballots.items()
        for _ in range(number)
    ]


def one_run(
    profile: Profile, endowment: Fraction, among: Sequence[int], lot: Sequence[str], utility: Utility
) -> tuple[list[int], list[Fraction], list[list[Fraction]]]:
    """The winners in order, the price of each, and what each voter has left before each round and at the end."""
    voters = voters_of(profile)
    has = [endowment] * len(voters)
    winners: list[int] = []
    prices: list[Fraction] = []
    story = [list(has)]
    while True:
        found: list[tuple[Fraction, int, int, int, int, Fraction]] = []
        for p in among:
            if p in winners:
                continue
            price = _price(profile.projects[p].cost, [(has[v], said[p]) for v, said in enumerate(voters) if p in said])
            if price is not None:
                cost = profile.projects[p].cost
                worth = price / cost if utility is Utility.COST else price
                found.append((worth, cost, -profile.scores[p], lot.index(profile.projects[p].id), p, price))
        if not found:
            return winners, prices, story
        *_, p, price = min(found)
        has = [left - min(left, price * said.get(p, 0)) for left, said in zip(has, voters, strict=True)]
        winners.append(p)
        prices.append(price)
        story.append(list(has))


def complete(profile: Profile, rule: Rule, lot: Sequence[str]) -> tuple[list[int], Fraction, list[int]]:
    """The winners of the last run, its endowment, and what is added by votes."""
    everything = list(range(len(profile.projects)))
    endowment = Fraction(profile.budget, profile.voters)
    step = rule.step * profile.unit if rule.step is not None else Fraction(profile.unit)
    winners, _, _ = one_run(profile, endowment, everything, lot, rule.utility)
    while rule.completion is not Completion.NONE:
        left = profile.budget - profile.cost(winners)
        full = all(profile.projects[p].cost > left for p in everything if p not in winners)
        if full and rule.completion is not Completion.ADD1:
            break
        following, _, _ = one_run(profile, endowment + step, everything, lot, rule.utility)
        if profile.cost(following) > profile.budget:
            break
        winners, endowment = following, endowment + step
    added: list[int] = []
    if rule.completion is Completion.ADD1U:
        order = [p for p in everything if p not in winners]
        order.sort(key=lambda p: (-profile.scores[p], profile.projects[p].cost, lot.index(profile.projects[p].id)))
        for p in order:
            if profile.cost([*winners, *added, p]) <= profile.budget:
                added.append(p)
    return winners, endowment, added


def _price(cost: int, supporters: list[tuple[Fraction, int]]) -> Fraction | None:
    """The least price per point at which these pay the cost together; None when they cannot."""
    if not supporters or sum(left for left, _ in supporters) < cost:
        return None
    rest = sorted(supporters, key=lambda each: each[0] / each[1])
    paid = Fraction(0)
    for place, (left, points) in enumerate(rest):
        price = (cost - paid) / sum(given for _, given in rest[place:])
        if price * points <= left:
            return price
        paid += left
    raise AssertionError(supporters)

"""The record of a count: one plain object from which every page, file and explanation is made.

Money is in whole smallest units; what is no whole number stands as a string “p/q” and is exact. Projects are named by
their ids. Nothing in it depends on who voted, when, or in which order.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from hearing.ballots.tally.completion import Outcome, complete
from hearing.ballots.tally.electorate import electorate_of
from hearing.ballots.tally.greedy import GreedyRound, Turn, greedy
from hearing.ballots.tally.profile import Profile
from hearing.ballots.tally.rule import Completion, Method, Rule
from hearing.ballots.tally.ties import Ties
from hearing.ballots.tally.watching import Account, Payment, account_of

FORMAT = "hearing-tally/1"
POTS_FORMAT = "hearing-tally-pots/1"

Record = dict[str, Any]


class Reason:
    """Why a project was funded or not; `reason` of a project in the record."""

    FUNDED = "funded"
    BY_VOTES = "funded_by_votes"
    INELIGIBLE = "ineligible"
    NO_SUPPORT = "no_support"
    TOO_LITTLE_SUPPORT = "too_little_support"
    MONEY_SPENT = "money_spent"
    OVER_BUDGET = "over_budget"
    BELOW_THRESHOLD = "below_threshold"
    AFTER_STOP = "after_stop"


def tally(profile: Profile, rule: Rule, *, margins: bool = True) -> Record:
    """Count an election. Raises LotNeeded where a tie matters and the rule has no lot, BadProfile for a wrong lot.

    The same profile, rule and lot give the same record, whatever the order of ballots and of projects.
    """
    ties = Ties(profile, rule.lot)
    eligible = eligible_projects(profile, rule)
    by_votes = _greedily(profile, rule, ties, eligible)
    record = (
        _of_shares(profile, rule, ties, eligible, by_votes, margins=margins)
        if rule.method is Method.SHARES
        else _of_greedy(profile, rule, by_votes, eligible)
    )
    record["ties_drawn"] = sorted(_ids(profile, equal) for equal in ties.drawn)
    return record


def _ids(profile: Profile, projects: Iterable[int]) -> list[str]:
    """Ids in the one order that does not depend on how the profile lists them."""
    return sorted(profile.projects[p].id for p in projects)


def tally_pots(profile: Profile, rule: Rule, pots: dict[str, int], *, margins: bool = True) -> dict[str, Record]:
    """Count each category as a pot of its own: its budget, its projects, and every voter's share of it."""
    return {
        category: tally((pot := profile.pot(category, budget)), _rule_of(rule, pot), margins=margins)
        for category, budget in sorted(pots.items())
    }


def pots_record(records: Mapping[str, Record]) -> Record:
    """The records of several pots as one, in the order of their categories.

    A list and not an object: a category is whatever a neighbourhood calls it, and canonical keys are ASCII.
    """
    pots = sorted(records.items())
    return {
        "format": POTS_FORMAT,
        "pots": [{"category": category, "record": record} for category, record in pots],
        "voters": pots[0][1]["voters"],
        "budget": sum(record["budget"] for _, record in pots),
        "winners": [id_ for _, record in pots for id_ in record["winners"]],
        "cost": sum(record["cost"] for _, record in pots),
    }


def pots_of(record: Record) -> dict[str, Record]:
    """The record of each pot by its category; a record of one pot alone has no category."""
    pots = record.get("pots")
    return {"": record} if pots is None else {each["category"]: each["record"] for each in pots}


def eligible_projects(profile: Profile, rule: Rule) -> list[int]:
    """Those that the rule's floor lets in: votes/voters ≥ cost/(floor × budget), as in Świecie 2023 with 3."""
    if rule.floor is None:
        return list(range(len(profile.projects)))
    return [
        p
        for p, project in enumerate(profile.projects)
        if profile.votes[p] * rule.floor * profile.budget >= project.cost * profile.voters
    ]


def preferred(profile: Profile, ours: Collection[int], others: Collection[int]) -> tuple[int, int, int]:
    """How many voters have more of their points in `ours`, how many in `others`, how many are indifferent."""
    # What is in both outcomes, or in none, sways nobody.
    worth = [(p in ours) - (p in others) for p in range(len(profile.projects))]
    for_ours = for_others = 0
    for (projects, points), number in profile.ballots.items():
        if points:
            balance = sum([worth[p] * given for p, given in zip(projects, points, strict=True)])
        else:
            balance = sum([worth[p] for p in projects])
        for_ours += number * (balance > 0)
        for_others += number * (balance < 0)
    return for_ours, for_others, profile.voters - for_ours - for_others


def reached(profile: Profile, funded: Collection[int]) -> int:
    """How many voters stand behind at least one funded project."""
    theirs = set(funded)
    return sum(
        number
        for ballot, number in profile.ballots.items()
        if not theirs.isdisjoint(ballot.projects)
        and (not ballot.points or any(points > 0 and p in theirs for p, points in ballot.pairs()))
    )


def _rule_of(rule: Rule, pot: Profile) -> Rule:
    kept = {project.id for project in pot.projects}
    return rule if rule.lot is None else replace(rule, lot=tuple(id_ for id_ in rule.lot if id_ in kept))


def _greedily(profile: Profile, rule: Rule, ties: Ties, eligible: list[int]) -> list[GreedyRound]:
    """The greedy outcome: the rule's own, or for equal shares the plain one that it is set beside."""
    own = rule.method is not Method.SHARES
    return greedy(
        profile,
        ties
        if own or rule.comparison
        else Ties(profile, rule.lot or tuple(project.id for project in profile.projects)),
        eligible,
        profile.budget,
        skip=rule.method is not Method.NO_SKIP,
        threshold=rule.threshold if rule.method is Method.THRESHOLD else 0,
    )


def _head(profile: Profile, rule: Rule, winners: Sequence[int]) -> Record:
    cost = profile.cost(winners)
    return {
        "format": FORMAT,
        "rule": rule_as_data(rule),
        "unit": profile.unit,
        "point_unit": profile.point_unit,
        "voters": profile.voters,
        "budget": profile.budget,
        "winners": [profile.projects[p].id for p in winners],
        "cost": cost,
        "unspent": profile.budget - cost,
        "reached": reached(profile, winners),
    }


def rule_as_data(rule: Rule) -> Record:
    """The rule as the record and the bundle say it; the lot belongs to it."""
    return {
        "method": rule.method.value,
        "completion": rule.completion.value,
        "utility": rule.utility.value,
        "comparison": rule.comparison,
        "step": None if rule.step is None else str(rule.step),
        "floor": rule.floor,
        "threshold": rule.threshold,
        "lot": None if rule.lot is None else list(rule.lot),
    }


def _of_greedy(profile: Profile, rule: Rule, rounds: list[GreedyRound], eligible: list[int]) -> Record:
    winners = [done.project for done in rounds if done.turn is Turn.FUNDED]
    record = _head(profile, rule, winners)
    record["endowment"] = None
    record["rounds"] = [_turn_as_data(profile, done) for done in rounds]
    rows = {done.project: _row(profile, done.project, done.turn.value) for done in rounds}
    for place, done in enumerate(rounds):
        if done.turn is not Turn.FUNDED:
            rows[done.project]["margin"] = _greedy_margin(profile, rule, rounds, place)
    record["projects"] = _all_rows(profile, rows, eligible)
    return record


def _turn_as_data(profile: Profile, done: GreedyRound) -> Record:
    project = profile.projects[done.project]
    return {
        "project": project.id,
        "votes": profile.votes[done.project],
        "score": profile.scores[done.project],
        "cost": project.cost,
        "turn": done.turn.value,
        "left": done.left,
    }


def _greedy_margin(profile: Profile, rule: Rule, rounds: list[GreedyRound], place: int) -> Record:
    """At what cost a loser would have fitted when its turn came, and how many more points would have moved it there."""
    lost = rounds[place]
    cost, score = profile.projects[lost.project].cost, profile.scores[lost.project]
    fits = lost.left if lost.turn is Turn.OVER_BUDGET and lost.left else None
    needed: int | None = None
    for done in rounds[:place]:
        if done.turn in (Turn.FUNDED, Turn.OVER_BUDGET) and done.left >= cost:
            ahead = profile.scores[done.project] - score + (cost >= profile.projects[done.project].cost)
            needed = max(1, ahead)
    if lost.turn is Turn.BELOW_THRESHOLD:
        enough = rule.threshold - score
        needed = enough if lost.left >= cost else max(enough, needed) if needed else None
    return {"cost": fits, "votes": needed}


def _row(profile: Profile, p: int, reason: str) -> Record:
    project = profile.projects[p]
    return {
        "id": project.id,
        "cost": project.cost,
        "votes": profile.votes[p],
        "score": profile.scores[p],
        "reason": reason,
    }


def _all_rows(profile: Profile, rows: dict[int, Record], eligible: list[int]) -> list[Record]:
    """Every project once, by score and cost; the ineligible too."""
    kept = set(eligible)
    for p in range(len(profile.projects)):
        if p not in kept:
            rows[p] = _row(profile, p, Reason.INELIGIBLE)
    order = sorted(rows, key=lambda p: (-profile.scores[p], profile.projects[p].cost, profile.projects[p].id))
    return [rows[p] for p in order]


def _of_shares(
    profile: Profile, rule: Rule, ties: Ties, eligible: list[int], by_votes: list[GreedyRound], *, margins: bool
) -> Record:
    them = electorate_of(profile, [p for p in eligible if profile.votes[p]], rule.utility)
    outcome = complete(profile, rule, ties, them, eligible)
    filled: list[GreedyRound] = []
    if rule.completion is Completion.ADD1U:
        rest = [p for p in eligible if p not in set(outcome.winners)]
        filled = greedy(profile, ties, rest, profile.budget - profile.cost(outcome.winners))
    funded = [*outcome.winners, *(done.project for done in filled if done.turn is Turn.FUNDED)]
    plain = [done.project for done in by_votes if done.turn is Turn.FUNDED]
    for_ours, for_plain, same = preferred(profile, funded, plain)
    replaced = rule.comparison and for_plain > for_ours

    losers = [p for p in eligible if p not in set(funded)] if margins else []
    account = account_of(them, outcome.last, ties, outcome.winners, losers, rule.utility)
    record = _head(profile, rule, plain if replaced else funded)
    record["endowment"] = _endowment(outcome)
    record["rounds"] = [_round(profile, payment, account, number) for number, payment in enumerate(account.rounds, 1)]
    record["filled"] = [_turn_as_data(profile, done) for done in filled]
    record["greedy"] = {
        "winners": [profile.projects[p].id for p in plain],
        "cost": profile.cost(plain),
        "reached": reached(profile, plain),
    }
    record["comparison"] = {"shares": for_ours, "greedy": for_plain, "same": same, "replaced": replaced}
    rows = {p: _shares_row(profile, p, outcome, account, filled) for p in eligible}
    record["projects"] = _all_rows(profile, rows, eligible)
    return record


def _endowment(outcome: Outcome) -> Record:
    return {
        "first": str(outcome.first),
        "last": str(outcome.last),
        "multiple": str(outcome.last / outcome.first),
        "step": str(outcome.step),
        "runs": outcome.runs,
        "overspent": outcome.overspent,
        "everything": outcome.everything,
    }


def _round(profile: Profile, payment: Payment, account: Account, number: int) -> Record:
    project = profile.projects[payment.project]
    dropped = _ids(profile, (p for p, gone in account.gone.items() if gone == number))
    return {
        "round": number,
        "project": project.id,
        "votes": profile.votes[payment.project],
        "effective_votes": str(project.cost / payment.price),
        "cost": project.cost,
        "price": str(payment.price),
        "payers": payment.payers,
        "short": payment.short,
        "short_gave": str(payment.given),
        "equals": _ids(profile, payment.equals),
        "unaffordable": dropped,
    }


def _shares_row(profile: Profile, p: int, outcome: Outcome, account: Account, filled: list[GreedyRound]) -> Record:
    """One project with the reason of its fate, and for a loser where its supporters' money went."""
    turn = next((done for done in filled if done.project == p), None)
    if p in outcome.winners:
        number = outcome.winners.index(p) + 1
        payment = account.rounds[number - 1]
        votes = profile.projects[p].cost / payment.price
        return _row(profile, p, Reason.FUNDED) | {"round": number, "effective_votes": str(votes)}
    if not profile.votes[p]:
        row = _row(profile, p, Reason.NO_SUPPORT)
    else:
        row = _row(profile, p, Reason.MONEY_SPENT if account.gone[p] else Reason.TOO_LITTLE_SUPPORT)
        row |= {
            "gone": account.gone[p],
            "supporters_left": str(account.left[p]),
            "supporters_spent": {profile.projects[q].id: str(sum_) for q, sum_ in account.spent[p].items()},
        }
        if p in account.margins:
            row["margin"] = {"cost": account.margins[p].cost, "votes": account.margins[p].voters}
    if turn is not None:
        row["left"] = turn.left
        if turn.turn is Turn.FUNDED:
            row["reason"] = Reason.BY_VOTES
    return row

"""Recount 重新计票: count a published election again, from its ballots and its rule alone.

This file runs alone: any Python from 3.9 on, the standard library, nothing else.
这个文件单独就能运行，只要有 Python 3.9 以上。

    python recount.py election.pb rule.json                        count, and print the outcome
    python recount.py election.pb rule.json --expect tally.json    count, and compare with what was published
        --margins                                check too what it says that losers lacked (takes longer)
        --reveal reveal.jsonl                    check that the opened ballots of a secret poll are those of election.pb
        --reveal reveal.jsonl --leaves FILE      and stand in the trail: FILE has a code, or an entry, on each line

Exit codes: 0 it agrees 一致; 1 something differs, and it says what 不一致; 2 a file cannot be read 文件读不了.

It was written from the text of the rules, apart from the program that counts for the neighbourhood, and does everything
the slow and plain way: every amount is an exact fraction, nothing is rounded, and money is counted in 分.

The rules in short:

  greedy            Projects in order of votes (or points); each is funded if it fits into what is left.
  greedy-no-skip    The same, but the first that does not fit ends it.
  greedy-threshold  The same as greedy, but a project with too few votes is left out.
  mes               Equal shares. Everybody begins with the same endowment. A project is affordable when its supporters
                    together have its cost. Its price is what each of them pays when nobody pays more than she has and
                    the payments are as equal as possible. The affordable project with the lowest price for its worth
                    wins, its supporters pay, and so on until nothing is affordable. The worth is the cost, or 1 where
                    the rule says "points"; who gave more points pays more, point by point.
    none            The endowment is the budget divided by the voters, and that is all.
    add1            The endowment is raised step by step and all is counted anew; the last outcome counts before the
                    first that would cost more than the budget.
    add1e           add1, but it ends also with the first outcome to which nothing more can be added.
    add1u           add1e, and what then is left goes to further projects by votes, as in greedy.
    comparison      If more voters like the greedy outcome better, that one is taken.
    majority        A question passes when more than half of all ballots say yes; to abstain is not to say yes.

Ties go to the lower cost, then to the more votes, then to the lot that was drawn once, which stands in the rule.
"""

from __future__ import annotations

import argparse
import base64
import csv
import hashlib
import io
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from heapq import heapify, heappop, heappush
from itertools import groupby
from pathlib import Path
from typing import Any

AGREES, DIFFERS, UNREADABLE = 0, 1, 2
METHODS = ("greedy", "greedy-no-skip", "greedy-threshold", "mes")
COMPLETIONS = ("none", "add1", "add1e", "add1u")
MAJORITY = {"method": "majority"}
PLAIN_NUMBER = re.compile(r"-?[0-9]{1,18}([.,][0-9]{1,6})?", re.ASCII)
LARGE = 20_000
"""A first endowment above this, in units of the currency, grows by a hundredth of itself, not by 1."""
SHOWN = 30
"""So many differences are printed."""


Json = dict[str, Any]
Row = dict[str, str]
Costs = dict[str, int]
Ballot = dict[str, int]
Ballots = list[tuple[Ballot, int]]
Turn = tuple[str, str, int]


class BadFile(Exception):
    """A file that cannot be read as what it should be; says so in one line."""


class LotMissing(Exception):
    """A tie decides something, and the rule has no lot."""


# ---- 1. What was cast -----------------------------------------------------------------------------------------------


class Election:
    """Projects, ballots, budget. A ballot is a dict of project → points (1 each where nobody gave points)."""

    def __init__(self, cost: Costs, category: dict[str, str], ballots: Ballots, budget: int, scored: bool) -> None:
        self.cost = cost  # project id → cost
        self.category = category  # project id → pot
        self.ballots = [(ballot, heads) for ballot, heads in ballots if heads]  # equal ballots once, with their number
        self.budget = budget
        self.scored = scored
        self.voters = sum(heads for _, heads in self.ballots)
        self.votes = dict.fromkeys(cost, 0)
        self.score = dict.fromkeys(cost, 0)
        # project → who stands behind it: the ballot's place, its points, how many cast it
        self.behind: dict[str, list[tuple[int, int, int]]] = {p: [] for p in cost}
        for i, (ballot, heads) in enumerate(self.ballots):
            for project, points in ballot.items():
                self.score[project] += heads * points
                if points > 0:
                    self.votes[project] += heads
                    self.behind[project].append((i, points, heads))

    def pot(self, category: str, budget: int) -> Election:
        """The projects that one pot pays, with every voter."""
        cost = {p: cost for p, cost in self.cost.items() if self.category[p] == category}
        ballots = [({p: points for p, points in b.items() if p in cost}, heads) for b, heads in self.ballots]
        return Election(cost, self.category, ballots, budget, self.scored)


def number(text: str, what: str, line: int | None = None) -> Fraction:
    """A plain decimal number, exactly."""
    if not PLAIN_NUMBER.fullmatch(text.strip()):
        raise BadFile(at(line) + f"{what} is {text!r}, not a plain number")
    return Fraction(text.strip().replace(",", "."))


def whole(value: Fraction, unit: int, what: str, line: int | None = None) -> int:
    """A value in whole smallest units."""
    if (value * unit).denominator != 1:
        raise BadFile(at(line) + f"{what} has parts smaller than 1/{unit}")
    return int(value * unit)


def at(line: int | None) -> str:
    """Where in the file."""
    return "" if line is None else f"line {line}: "


def sections(text: str) -> dict[str, list[tuple[int, Row]]]:
    """The three tables of a .pb file: for each its column names and its rows with their lines."""
    tables: dict[str, list[tuple[int, Row]]] = {}
    name: str | None = None
    columns: list[str] | None = None
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";")
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if not any(cells):
                continue
            if cells[0] in ("META", "PROJECTS", "VOTES") and not any(cells[1:]):
                name, columns = cells[0], None
                if name in tables:
                    raise BadFile(at(reader.line_num) + f"{name} begins a second time")
            elif name is None:
                raise BadFile(at(reader.line_num) + "META should begin here")
            elif columns is None:
                columns = cells
                tables[name] = []
            elif len(cells) != len(columns):
                raise BadFile(at(reader.line_num) + f"{len(cells)} cells where {name} has {len(columns)} columns")
            else:
                tables[name].append((reader.line_num, dict(zip(columns, cells))))
    except csv.Error as error:
        raise BadFile(at(reader.line_num) + str(error)) from error
    for needed in ("META", "PROJECTS", "VOTES"):
        if needed not in tables:
            raise BadFile(f"there is no section {needed}")
    return tables


def read_election(data: bytes, terms: Json) -> Election:
    """The election in the bytes of a .pb file; `terms` is rule.json."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadFile("this is no UTF-8 text") from error
    tables, unit = sections(text), terms["unit"]
    meta = {row.get("key"): (row.get("value", ""), line) for line, row in tables["META"]}
    for needed in ("budget", "vote_type"):
        if needed not in meta:
            raise BadFile(f"META does not state {needed}")
    kind, kind_line = meta["vote_type"]
    if kind not in ("approval", "choose-1", "ordinal", "cumulative", "scoring"):
        raise BadFile(at(kind_line) + f"vote_type is {kind!r}")
    budget = whole(number(meta["budget"][0], "the budget", meta["budget"][1]), unit, "the budget", meta["budget"][1])
    cost: Costs = {}
    category: dict[str, str] = {}
    for line, row in tables["PROJECTS"]:
        if not {"project_id", "cost"} <= set(row):
            raise BadFile(at(line) + "PROJECTS needs the columns project_id and cost")
        project = row["project_id"]
        if not project or project in cost:
            raise BadFile(at(line) + f"project {project!r} stands there twice, or has no id")
        cost[project] = whole(number(row["cost"], f"the cost of {project}", line), unit, f"the cost of {project}", line)
        category[project] = row.get("category", "")
    if budget <= 0 or any(each <= 0 for each in cost.values()):
        raise BadFile("the budget and every cost are more than 0")
    found: Counter[tuple[tuple[str, int], ...]] = Counter()
    seen: set[str] = set()
    for line, row in tables["VOTES"]:
        if not {"voter_id", "vote"} <= set(row):
            raise BadFile(at(line) + "VOTES needs the columns voter_id and vote")
        if not row["voter_id"] or row["voter_id"] in seen:
            raise BadFile(at(line) + f"voter {row['voter_id']!r} has voted already, or has no id")
        seen.add(row["voter_id"])
        found[read_ballot(row, kind, cost, terms["point_unit"], line)] += 1
    ballots: Ballots = [(dict(ballot), heads) for ballot, heads in found.items()]
    ballots.append(({}, terms["blank_ballots"]))
    return Election(cost, category, ballots, budget, scored=kind in ("ordinal", "cumulative", "scoring"))


def read_ballot(row: Row, kind: str, cost: Costs, point_unit: int, line: int) -> tuple[tuple[str, int], ...]:
    """A ballot as a sorted tuple of (project, points)."""
    chosen = [project.strip() for project in row["vote"].split(",") if project.strip()]
    if len(set(chosen)) < len(chosen) or not set(chosen) <= set(cost):
        raise BadFile(at(line) + "a ballot names a project twice, or one that does not exist")
    if kind == "ordinal":  # The first of n gets n points, the second n-1 … (Borda).
        points = list(range(len(chosen), 0, -1))
    elif kind in ("cumulative", "scoring"):
        said = [given for given in row.get("points", "").split(",") if given.strip()]
        if len(said) != len(chosen):
            raise BadFile(at(line) + f"{len(chosen)} projects have {len(said)} numbers of points")
        points = [whole(number(given, "a number of points", line), point_unit, "points", line) for given in said]
    else:
        points = [1] * len(chosen)
    return tuple(sorted(zip(chosen, points)))


# ---- 2. The rule ----------------------------------------------------------------------------------------------------


def read_terms(data: bytes, what: str) -> Json:
    """rule.json, with everything in it that a count needs."""
    said = read_json(data, what)
    terms: Json = said if isinstance(said, dict) else {}
    rule = terms.get("rule")
    if not isinstance(rule, dict) or terms.get("format") != "hearing-rule/1":
        raise BadFile(f"{what} is no rule of the format hearing-rule/1")
    lot, step, pots = rule.get("lot"), rule.get("step"), terms.get("pots")
    good = rule == MAJORITY or (
        rule.get("method") in METHODS
        and rule.get("completion") in COMPLETIONS
        and rule.get("utility") in ("cost", "points")
        and isinstance(rule.get("comparison"), bool)
        and (step is None or (isinstance(step, str) and re.fullmatch(r"[0-9]+(/[1-9][0-9]*)?", step)))
        and (rule.get("floor") is None or is_count(rule["floor"], 1))
        and isinstance(rule.get("threshold"), int)
        and (lot is None or are_names(lot))
        and (pots is None or (isinstance(pots, dict) and all(is_count(each, 1) for each in pots.values())))
    )
    good = (
        good
        and all(is_count(terms.get(name), 1) for name in ("unit", "point_unit"))
        and is_count(terms.get("blank_ballots"), 0)
        and (terms.get("ranking_points") in (None, "length") or is_count(terms["ranking_points"], 1))
        and are_names(terms.get("withdrawn", []))
        and isinstance(terms.get("poll", {}), dict)
    )
    if not good or (step is not None and Fraction(step) <= 0):
        raise BadFile(f"{what} says something that this program does not know")
    return terms


def is_count(value: object, least: int) -> bool:
    """Whether this is a whole number, and not too small."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def are_names(value: object) -> bool:
    """Whether this is a list of texts."""
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def read_json(data: bytes, what: str) -> Any:
    """What a JSON file says."""
    try:
        return json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise BadFile(f"{what} is no JSON") from error


class Ties:
    """The lower cost, then the more votes, then the lot; remembers what only the lot could decide."""

    def __init__(self, election: Election, lot: Sequence[str] | None) -> None:
        self.election, self.lot = election, lot
        self.drawn: set[tuple[str, ...]] = set()
        order = list(election.cost) if lot is None else lot
        if sorted(order) != sorted(election.cost):
            raise BadFile("the lot is not an order of all projects")
        self.place = {project: place for place, project in enumerate(order)}

    def first(self, equal: Iterable[str]) -> str:
        """Which of these, equally good otherwise, comes first."""
        best = min((self.election.cost[p], -self.election.score[p]) for p in equal)
        still = [p for p in equal if (self.election.cost[p], -self.election.score[p]) == best]
        if len(still) > 1:
            self.decides(still)
        return min(still, key=self.place.__getitem__)

    def decides(self, equal: Iterable[str]) -> None:
        """Take note that nothing but the lot decides between these."""
        if self.lot is None:
            raise LotMissing(", ".join(sorted(equal)))
        self.drawn.add(tuple(sorted(equal)))


# ---- 3. By votes ----------------------------------------------------------------------------------------------------


def by_votes(
    election: Election, ties: Ties, among: Iterable[str], left: int, stops: bool = False, threshold: int = 0
) -> list[Turn]:
    """Every project's turn: (project, what became of it, the money before it)."""
    turns: list[Turn] = []
    stopped = False
    order = sorted(among, key=lambda p: (-election.score[p], election.cost[p], ties.place[p]))
    for _, equal in groupby(order, key=lambda p: (election.score[p], election.cost[p])):
        same, fates = list(equal), set()
        for p in same:
            if election.score[p] < threshold:
                fate = "below_threshold"
            elif stopped:
                fate = "after_stop"
            elif election.cost[p] > left:
                fate, stopped = "over_budget", stops
            else:
                fate = "funded"
            turns.append((p, fate, left))
            left -= election.cost[p] if fate == "funded" else 0
            fates.add(fate == "funded")
        if len(fates) > 1:
            ties.decides(same)
    return turns


def funded(turns: Iterable[Turn]) -> list[str]:
    """The projects that got the money."""
    return [p for p, fate, _ in turns if fate == "funded"]


# ---- 4. Equal shares ------------------------------------------------------------------------------------------------


class Round:
    """One winner: its price per point, all that were equally good, which purse each ballot's voter had before it, and
    what is in the purses."""

    def __init__(
        self, project: str, price: Fraction, equal: list[str], purse: list[int], money: list[Fraction]
    ) -> None:
        self.project, self.price, self.equal, self.purse, self.money = project, price, equal, purse, money

    def paid(self, purse: int, points: int) -> Fraction:
        """What one voter pays: the price for each of her points, or all she has if that is less."""
        return min(self.money[purse], self.price * points)


def equal_shares(
    election: Election, among: Iterable[str], endowment: Fraction, ties: Ties, utility: str
) -> list[Round]:
    """One run of equal shares: its rounds in order."""
    # Many voters have equally much, so an amount stands once: each ballot's voter has a purse, by its number, and
    # `money` says what is in it. Nothing is taken out of a purse: who pays gets another one.
    money = [endowment]
    number_of = {endowment: 0}
    purse = [0] * len(election.ballots)
    rounds: list[Round] = []
    # Money only becomes less, so prices only rise: what a project cost before is a bound for what it costs now, and
    # those whose bound is beyond the best found need not be looked at. The lowest bound comes first.
    bounds = [(Fraction(0), p) for p in among if election.behind[p]]
    heapify(bounds)
    while True:
        found: dict[str, tuple[Fraction, Fraction]] = {}  # project → what it is compared by, its price
        best: Fraction | None = None
        while bounds and (best is None or bounds[0][0] <= best):
            p = heappop(bounds)[1]
            price = price_of(election, p, purse, money)
            if price is not None:
                value = price / election.cost[p] if utility == "cost" else price
                found[p] = value, price
                best = value if best is None else min(best, value)
        if best is None:
            return rounds
        equal = [p for p, (value, _) in found.items() if value == best]
        winner = ties.first(equal)
        for p, (value, _) in found.items():
            if p != winner:
                heappush(bounds, (value, p))
        this = Round(winner, found[winner][1], equal, list(purse), money)
        rounds.append(this)
        next_purse: dict[tuple[int, int], int] = {}  # Who has as much and gave as many points pays as much.
        for i, points, _ in election.behind[winner]:
            alike = purse[i], points
            if alike not in next_purse:
                left = money[purse[i]] - this.paid(*alike)
                if left not in number_of:
                    number_of[left] = len(money)
                    money.append(left)
                next_purse[alike] = number_of[left]
            purse[i] = next_purse[alike]


def alike_behind(election: Election, project: str, purse: list[int]) -> dict[tuple[int, int], int]:
    """The supporters of a project: how many have this purse and gave it so many points."""
    heads_of: dict[tuple[int, int], int] = {}
    for i, points, heads in election.behind[project]:
        alike = purse[i], points
        heads_of[alike] = heads_of.get(alike, 0) + heads
    return heads_of


def price_of(election: Election, project: str, purse: list[int], money: list[Fraction]) -> Fraction | None:
    """The least price per point at which its supporters pay the cost together; None when they cannot."""
    # What a voter has for each of her points, and all points of such voters.
    purses = [
        (money[number] if points == 1 else money[number] / points, heads * points)
        for (number, points), heads in alike_behind(election, project, purse).items()
    ]
    lacking, shares = Fraction(election.cost[project]), sum(points for _, points in purses)
    for each, points in sorted(purses):  # The poorest give all they have, until the rest can pay the rest equally.
        if each * shares >= lacking:
            return lacking / shares
        lacking -= each * points
        shares -= points
    return None


def winners_of(rounds: Iterable[Round]) -> list[str]:
    """The projects that were paid for, in order."""
    return [each.project for each in rounds]


def total(election: Election, projects: Iterable[str]) -> int:
    """What these cost together."""
    return sum(election.cost[p] for p in projects)


def complete(
    election: Election, rule: Json, unit: int, ties: Ties, eligible: list[str]
) -> tuple[Json, Fraction, list[str]]:
    """The endowments one after the other: facts about them, the last one, and its winners."""
    first = Fraction(election.budget, max(1, election.voters))
    if rule["step"] is not None:
        step = Fraction(rule["step"]) * unit
    else:
        step = first / 100 if first > LARGE * unit else Fraction(unit)
    backed = [p for p in eligible if election.votes[p]]
    said: Json = {"first": first, "step": step, "overspent": None, "everything": False, "runs": 1}

    def run(endowment: Fraction) -> list[str]:
        return winners_of(equal_shares(election, backed, endowment, ties, rule["utility"]))

    if rule["completion"] != "none" and total(election, backed) <= election.budget:
        # Everything can be paid: as many steps as it takes until everybody can pay her full part of all she supports.
        part = {p: Fraction(election.cost[p], points_behind(election, p)) for p in backed}
        due = max((full_part(ballot, part) for ballot, _ in election.ballots), default=Fraction(0))
        steps = max(0, -((first - due) // step))
        last = first + steps * step
        said["everything"] = True
        return said, last, run(last)
    last, winners = first, run(first)
    while rule["completion"] != "none":
        left = election.budget - total(election, winners)
        nothing_fits = all(election.cost[p] > left for p in eligible if p not in winners)
        if nothing_fits and rule["completion"] != "add1":
            break
        following = run(last + step)
        said["runs"] += 1
        if total(election, following) > election.budget:
            said["overspent"] = total(election, following)
            break
        last, winners = last + step, following
    return said, last, winners


def full_part(ballot: Ballot, part: dict[str, Fraction]) -> Fraction:
    """What a voter would pay for all she supports if every supporter of each paid in full: so much for each point."""
    return sum((part[p] * points for p, points in ballot.items() if points > 0 and p in part), Fraction(0))


def points_behind(election: Election, project: str) -> int:
    """All points above 0 that a project got."""
    return sum(points * heads for _, points, heads in election.behind[project])


# ---- 5. The whole count, said as tally.json says it ------------------------------------------------------------------


def count(election: Election, rule: Json, unit: int) -> Json:
    """The record of the count, all but what losers lacked."""
    ties = Ties(election, rule["lot"])
    eligible = [p for p in election.cost if lets_in(election, rule["floor"], p)]
    shares = rule["method"] == "mes"
    # The greedy outcome beside equal shares decides nothing unless they are compared; then its ties need no lot.
    beside = ties if not shares or rule["comparison"] else Ties(election, rule["lot"] or list(election.cost))
    turns = by_votes(
        election,
        beside,
        eligible,
        election.budget,
        stops=rule["method"] == "greedy-no-skip",
        threshold=rule["threshold"] if rule["method"] == "greedy-threshold" else 0,
    )
    if shares:
        record, rows = count_shares(election, rule, unit, ties, eligible, funded(turns))
    else:
        record, rows = count_by_votes(election, turns)
    for p in election.cost:
        rows.setdefault(p, {"reason": "ineligible"})
        rows[p].update(id=p, cost=election.cost[p], votes=election.votes[p], score=election.score[p])
    cost = total(election, record["winners"])
    return {
        "format": "hearing-tally/1",
        "rule": rule,
        "voters": election.voters,
        "budget": election.budget,
        "cost": cost,
        "unspent": election.budget - cost,
        "reached": reached(election, record["winners"]),
        **record,
        "projects": sorted(rows.values(), key=lambda row: (-row["score"], row["cost"], row["id"])),
        "ties_drawn": sorted(list(equal) for equal in ties.drawn),
    }


def lets_in(election: Election, floor: int | None, project: str) -> bool:
    """Whether votes/voters reach cost/(floor × budget)."""
    return (
        floor is None or election.votes[project] * floor * election.budget >= election.cost[project] * election.voters
    )


def reached(election: Election, winners: Iterable[str]) -> int:
    """How many voters stand behind at least one winner."""
    return sum(heads for ballot, heads in election.ballots if any(ballot.get(p, 0) > 0 for p in winners))


def count_by_votes(election: Election, turns: list[Turn]) -> tuple[Json, dict[str, Json]]:
    """The record of the greedy family, and its projects."""
    rounds = [said_turn(election, turn) for turn in turns]
    rows: dict[str, Json] = {p: {"reason": fate} for p, fate, _ in turns}
    return {"endowment": None, "winners": funded(turns), "rounds": rounds}, rows


def said_turn(election: Election, turn: Turn) -> Json:
    """A turn as the record says it."""
    p, fate, left = turn
    return {
        "project": p,
        "votes": election.votes[p],
        "score": election.score[p],
        "cost": election.cost[p],
        "turn": fate,
        "left": left,
    }


def count_shares(
    election: Election, rule: Json, unit: int, ties: Ties, eligible: list[str], plain: list[str]
) -> tuple[Json, dict[str, Json]]:
    """The record of equal shares, and its projects; `plain` is the greedy outcome."""
    said, last, winners = complete(election, rule, unit, ties, eligible)
    filled: list[Turn] = []
    if rule["completion"] == "add1u":
        rest = [p for p in eligible if p not in winners]
        filled = by_votes(election, ties, rest, election.budget - total(election, winners))
    ours = winners + funded(filled)
    comparison = compare(election, ours, plain)
    comparison["replaced"] = rule["comparison"] and comparison["greedy"] > comparison["shares"]
    backed = [p for p in eligible if election.votes[p]]
    rounds = equal_shares(election, backed, last, ties, rule["utility"])
    spent = what_supporters_paid(election, backed, rounds)
    gone = {p: gone_after(election, p, last, spent[p], winners) for p in backed if p not in winners}
    rows: dict[str, Json] = {}
    for p in eligible:
        if p in winners:
            place = winners.index(p)
            rows[p] = {
                "reason": "funded",
                "round": place + 1,
                "effective_votes": str(election.cost[p] / rounds[place].price),
            }
        elif p in gone:
            remaining = election.votes[p] * last - sum(spent[p].values())
            rows[p] = {
                "reason": "money_spent" if gone[p] else "too_little_support",
                "gone": gone[p],
                "supporters_left": str(remaining),
                "supporters_spent": {q: str(paid) for q, paid in spent[p].items()},
            }
        else:
            rows[p] = {"reason": "no_support"}
    for p, fate, left in filled:
        rows[p]["left"] = left
        if fate == "funded":
            rows[p]["reason"] = "funded_by_votes"
    record = {
        "winners": plain if comparison["replaced"] else ours,
        "endowment": {
            "first": str(said["first"]),
            "last": str(last),
            "multiple": str(last / said["first"]),
            "step": str(said["step"]),
            "runs": said["runs"],
            "overspent": said["overspent"],
            "everything": said["everything"],
        },
        "rounds": [said_round(election, n, each, gone) for n, each in enumerate(rounds, 1)],
        "filled": [said_turn(election, turn) for turn in filled],
        "greedy": {"winners": plain, "cost": total(election, plain), "reached": reached(election, plain)},
        "comparison": comparison,
    }
    return record, rows


def compare(election: Election, ours: list[str], plain: list[str]) -> Json:
    """How many voters have more of their points in one outcome, how many in the other, how many the same in both."""
    found: Counter[str] = Counter()
    mine, theirs = set(ours), set(plain)
    for ballot, heads in election.ballots:
        balance = sum(points * ((p in mine) - (p in theirs)) for p, points in ballot.items())
        found["shares" if balance > 0 else "greedy" if balance < 0 else "same"] += heads
    return {side: found[side] for side in ("shares", "greedy", "same")}


def what_supporters_paid(
    election: Election, among: Iterable[str], rounds: Iterable[Round]
) -> dict[str, dict[str, Fraction]]:
    """For each project, how much its supporters paid together for each winner that they supported too."""
    spent: dict[str, dict[str, Fraction]] = {p: {} for p in among}
    for each in rounds:
        # Which project they support, with which purse, with how many points for the winner → how many they are.
        heads_of: dict[tuple[str, int, int], int] = {}
        for i, points, heads in election.behind[each.project]:
            for p, given in election.ballots[i][0].items():
                if given > 0 and p in spent:
                    alike = p, each.purse[i], points
                    heads_of[alike] = heads_of.get(alike, 0) + heads
        for (p, purse, points), heads in heads_of.items():
            paid = heads * each.paid(purse, points)
            if paid:
                spent[p][each.project] = spent[p].get(each.project, Fraction(0)) + paid
    return spent


def gone_after(
    election: Election, project: str, endowment: Fraction, spent: dict[str, Fraction], winners: list[str]
) -> int:
    """After which round its supporters had less than its cost: 0 where they never had it."""
    has, number = endowment * election.votes[project], 0
    while has >= election.cost[project]:
        has -= spent.get(winners[number], Fraction(0))
        number += 1
    return number


def said_round(election: Election, number: int, each: Round, gone: dict[str, int]) -> Json:
    """A round as the record says it."""
    heads_of = alike_behind(election, each.project, each.purse)
    theirs = [(heads, each.money[purse], each.price * points) for (purse, points), heads in heads_of.items()]
    short = [(heads, has) for heads, has, due in theirs if 0 < has < due]
    return {
        "round": number,
        "project": each.project,
        "votes": election.votes[each.project],
        "effective_votes": str(election.cost[each.project] / each.price),
        "cost": election.cost[each.project],
        "price": str(each.price),
        "payers": sum(heads for heads, has, _ in theirs if has),
        "short": sum(heads for heads, _ in short),
        "short_gave": str(sum((heads * has for heads, has in short), Fraction(0))),
        "equals": sorted(each.equal) if len(each.equal) > 1 else [],
        "unaffordable": sorted(p for p, after in gone.items() if after == number),
    }


def count_all(election: Election, terms: Json) -> Json:
    """The record; where categories are pots of their own, with one for each pot."""
    rule, pots = terms["rule"], terms.get("pots")
    if rule == MAJORITY:
        return count_answers(election)
    if pots is None:
        return said_whole(election, rule, terms)
    records: dict[str, Json] = {}
    for category, budget in sorted(pots.items()):
        pot = election.pot(category, budget)
        lot = None if rule["lot"] is None else [p for p in rule["lot"] if p in pot.cost]
        records[category] = said_whole(pot, {**rule, "lot": lot}, terms)
    return {
        "format": "hearing-tally-pots/1",
        "pots": [{"category": category, "record": record} for category, record in records.items()],
        "voters": election.voters,
        "budget": sum(pots.values()),
        "winners": [p for each in records.values() for p in each["winners"]],
        "cost": sum(each["cost"] for each in records.values()),
    }


def pots_of(record: Json) -> dict[str, Json]:
    """The record of each pot by its category; a record of one pot alone has no category."""
    pots = record.get("pots")
    return {"": record} if pots is None else {each["category"]: each["record"] for each in pots}


def count_answers(election: Election) -> Json:
    """A question with yes, no and abstentions: it passes when more than half of all ballots say yes."""
    voters = election.voters
    return {
        "format": "hearing-count/1",
        "voters": voters,
        "counts": {answer: election.votes[answer] for answer in ("yes", "no", "abstain")},
        "passed": 2 * election.votes["yes"] > voters,
    }


def said_whole(election: Election, rule: Json, terms: Json) -> Json:
    """The record with the units that it counts in."""
    record = count(election, rule, terms["unit"])
    return {**record, "unit": terms["unit"], "point_unit": terms["point_unit"]}


# ---- 6. Comparing with what was published ----------------------------------------------------------------------------


def differences(published: Any, ours: Any, where: str = "") -> Iterator[str]:
    """Every place where the published record says otherwise, in words."""
    if isinstance(ours, dict) and isinstance(published, dict):
        for key in sorted(set(ours) | set(published)):
            name = f"{where}.{key}" if where else key
            if key not in published:
                yield f"{name}: published 公布 –, counted 重算 {short(ours[key])}"
            elif key not in ours:
                if key != "margin":  # Checked by itself, with --margins.
                    yield f"{name}: published 公布 {short(published[key])}, unknown here 这里不认识"
            else:
                yield from differences(published[key], ours[key], name)
    elif isinstance(ours, list) and isinstance(published, list) and len(ours) == len(published):
        for place, (theirs, mine) in enumerate(zip(published, ours)):
            label = mine.get("id", mine.get("project", place)) if isinstance(mine, dict) else place
            yield from differences(theirs, mine, f"{where}[{label}]")
    elif type(ours) is not type(published) or ours != published:
        yield f"{where}: published 公布 {short(published)}, counted 重算 {short(ours)}"


def short(value: object) -> str:
    """A value on one line."""
    said = json.dumps(value, ensure_ascii=False)
    return said if len(said) <= 100 else said[:97] + "..."


def wrong_margins(election: Election, rule: Json, record: Json) -> Iterator[str]:
    """What a record says that losers lacked, and is not so: each is counted again with that cost, with those votes."""
    for row in record["projects"]:
        margin = row.get("margin")
        if not isinstance(margin, dict):
            continue
        for name in ("cost", "votes"):
            claimed = margin.get(name)
            if claimed is None:
                continue
            where = f"projects[{row['id']}].margin.{name}: {short(claimed)}"
            if not is_count(claimed, 1) or not wins_with(election, rule, record, row, name, claimed):
                yield f"{where} would not have been enough 达到了也不会入选"
            elif rule["method"] == "mes":
                beyond = claimed + 2 if name == "cost" else claimed - 2  # One off may win by a tie alone.
                if beyond > 0 and wins_with(election, rule, record, row, name, beyond):
                    yield f"{where} is not the limit 不是临界值"


def wins_with(election: Election, rule: Json, record: Json, row: Json, name: str, value: int) -> bool:
    """Whether a loser wins with another cost, or with so many more voters (points) for it alone, all else the same."""
    project = row["id"]
    changed = Election(election.cost, election.category, election.ballots, election.budget, election.scored)
    if name == "cost":
        changed.cost = {**election.cost, project: value}
    elif rule["method"] == "mes":
        changed = Election(
            election.cost,
            election.category,
            [*election.ballots, ({project: 1}, value)],
            election.budget,
            election.scored,
        )
    else:
        changed.score = {**election.score, project: election.score[project] + value}
    order = rule["lot"] or list(election.cost)
    among = [p for p in election.cost if lets_in(election, rule["floor"], p)]
    ties = Ties(changed, order)
    if rule["method"] == "mes":
        backed = [p for p in among if changed.votes[p]]
        last = Fraction(record["endowment"]["last"])
        return project in winners_of(equal_shares(changed, backed, last, ties, rule["utility"]))
    stops = rule["method"] == "greedy-no-skip"
    threshold = rule["threshold"] if rule["method"] == "greedy-threshold" else 0
    return project in funded(by_votes(changed, ties, among, election.budget, stops, threshold))


def what_was_fixed(terms: Json) -> Iterator[str]:
    """What the rule says against itself: it was hashed before the opening, and committed to the seed of its lot."""
    fixed, lot = terms.get("poll", {}), terms["rule"].get("lot")
    text, seed = fixed.get("rule_text"), fixed.get("lot_seed")
    if text and hashlib.sha256(text.encode("utf-8")).hexdigest() != fixed.get("rule_hash"):
        yield "rule_hash: not the hash of rule_text 不是规则原文的指纹"
    if text and seed:
        commitment = hashlib.sha256(b"hearing/seed/v1\0" + seed.encode("utf-8")).hexdigest()
        if read_json(text.encode("utf-8"), "rule_text").get("lot") != commitment:
            yield "lot_seed: not the seed that was committed to before the opening 不是事先封存的那一个"
    if seed and lot is not None:
        begin = b"hearing/lot/v1\0" + seed.encode("utf-8") + b"\0"
        if lot != sorted(lot, key=lambda project: hashlib.sha256(begin + project.encode("utf-8")).digest()):
            yield "lot: not the order that the seed draws 不是抽签种子抽出来的次序"


# ---- 7. A secret poll: opened ballots --------------------------------------------------------------------------------


def canonical(value: Any) -> bytes:
    """The one way to write a ballot down, as it was written when its code was made."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8")


def code_of(poll: str, nonce: bytes, ballot: Any) -> str:
    """The code of a ballot: what stands in the trail, and on the voter's receipt."""
    digest = hashlib.sha256(b"hearing/ballot/v1\0" + poll.encode("utf-8") + b"\0" + nonce + canonical(ballot)).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def read_reveal(data: bytes, poll: str) -> tuple[dict[str, Json], list[str]]:
    """reveal.jsonl: each ballot's code and the ballot; and the codes that do not open."""
    opened: dict[str, Json] = {}
    wrong: list[str] = []
    for line, text in enumerate(data.splitlines(), 1):
        said = read_json(text, f"line {line} of the opened ballots")
        try:
            nonce = base64.urlsafe_b64decode(said["nonce"] + "=" * (-len(said["nonce"]) % 4))
            ballot, code = said["ballot"], said["c"]
            given_to(ballot)
        except (TypeError, KeyError, ValueError, AttributeError) as error:
            raise BadFile(f"line {line} of the opened ballots is no ballot") from error
        if len(nonce) != 32 or code_of(poll, nonce, ballot) != code or code in opened:
            wrong.append(f"line {line}: ballot {short(code)} does not open, or stands there twice 打不开或重复")
        else:
            opened[code] = ballot
    return opened, wrong


def given_to(ballot: Json) -> list[tuple[str, int | None]]:
    """What a ballot says: its projects in order, with points where it gives them."""
    choices = ballot["choices"]
    if isinstance(choices, dict):
        return sorted((str(project), int(points)) for project, points in choices.items() if int(points))
    points = ballot.get("points")
    if points is not None:
        return sorted((str(p), int(given)) for p, given in zip(choices, points) if int(given))
    return [(str(project), None) for project in choices]


def read_leaves(data: bytes) -> list[str]:
    """The codes that stand in the trail: one a line, or the trail's entries, one a line."""
    codes = []
    for line, text in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
        if text.startswith("{"):
            codes.append(str(read_json(text.encode("utf-8"), f"line {line} of the leaves").get("c")))
        elif text.strip():
            codes.append(text.strip())
    return codes


def check_reveal(opened: dict[str, Json], election: Election, terms: Json, leaves: list[str] | None) -> Iterator[str]:
    """What is wrong with the opened ballots, in words."""
    theirs: Counter[tuple[tuple[str, int], ...]] = Counter()
    for ballot in opened.values():
        said = given_to(ballot)
        said = [(p, given) for p, given in said if p not in terms.get("withdrawn", [])]
        ranks = terms.get("ranking_points")
        if ranks is not None:
            most = len(said) if ranks == "length" else ranks
            points = [(p, most - place) for place, (p, _) in enumerate(said)]
        else:
            points = [(p, 1 if given is None else given * terms["point_unit"]) for p, given in said]
        theirs[tuple(sorted(points))] += 1
    ours: Counter[tuple[tuple[str, int], ...]] = Counter()
    for ballot, heads in election.ballots:
        ours[tuple(sorted((p, given) for p, given in ballot.items() if given))] += heads
    for said_so in sorted(set(theirs) | set(ours)):
        if theirs[said_so] != ours[said_so]:
            yield f"ballot {short(said_so)}: {theirs[said_so]} opened 公开的, {ours[said_so]} in election.pb"
    if leaves is not None:
        found = Counter(leaves)
        for code in sorted(set(opened) | set(found), key=str):
            if found[code] != (code in opened):
                yield f"ballot {short(code)}: {found[code]} in the trail 存证里, {int(code in opened)} opened 公开的"


# ---- 8. The command --------------------------------------------------------------------------------------------------


def read(path: str) -> bytes:
    """A file's bytes."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise BadFile(f"{path}: {error.strerror}") from error


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; gives its exit code."""
    parser = argparse.ArgumentParser(description="Count a published election again. 重新计票。")
    parser.add_argument("election", help="election.pb")
    parser.add_argument("rule", help="rule.json")
    parser.add_argument("--expect", metavar="FILE", help="tally.json: compare with it 与它比对")
    parser.add_argument("--margins", action="store_true", help="check what losers lacked 连差多少也核对")
    parser.add_argument("--reveal", metavar="FILE", help="reveal.jsonl of a secret poll 无记名投票公开的选票")
    parser.add_argument("--leaves", metavar="FILE", help="the ballots' codes in the trail 存证里的选票编号")
    given = parser.parse_args(arguments)
    try:
        return recount(given)
    except BadFile as error:
        print(" ".join(str(error).split()), file=sys.stderr)
        return UNREADABLE
    except LotMissing as error:
        print(f"DIFFERS 不一致: {error} are equal, it matters, and the rule has no lot 并列，规则里没有抽签")
        return DIFFERS


def recount(given: argparse.Namespace) -> int:
    """Count, print the outcome, and compare what there is to compare."""
    terms = read_terms(read(given.rule), given.rule)
    election = read_election(read(given.election), terms)
    record = count_all(election, terms)
    parts = pots_of(record)
    for name, part in parts.items():
        print_outcome(name, part)
    wrong = [*what_was_fixed(terms)]
    if given.expect:
        published = read_json(read(given.expect), given.expect)
        wrong += differences(published, record)
        if given.margins and not wrong and "counts" not in record:
            for name in parts:
                their = pots_of(published)[name]
                pot = election if name == "" else election.pot(name, terms["pots"][name])
                wrong += wrong_margins(pot, their["rule"], their)
    if given.reveal:
        poll = terms.get("poll", {}).get("subject", "")
        opened, closed = read_reveal(read(given.reveal), poll)
        leaves = read_leaves(read(given.leaves)) if given.leaves else None
        wrong += closed
        wrong += check_reveal(opened, election, terms, leaves)
        print(f"opened ballots 公开的选票: {len(opened)}")
    for line in wrong[:SHOWN]:
        print(f"  {line}")
    if len(wrong) > SHOWN:
        print(f"  … {len(wrong) - SHOWN} more 另有")
    if wrong:
        print("DIFFERS 不一致")
        return DIFFERS
    if given.expect or given.reveal:
        print("AGREES 一致")
    return AGREES


def print_outcome(name: str, record: Json) -> None:
    """The outcome in a few lines."""
    if "counts" in record:
        print(f"{record['voters']} ballots 张选票: {short(record['counts'])}, passed 通过: {record['passed']}")
        return
    unit = record["unit"]
    title = f"{name}: " if name else ""
    print(f"{title}{record['voters']} ballots 张选票, budget 预算 {Fraction(record['budget'], unit)}")
    print(f"{title}{len(record['winners'])} winners 入选: {', '.join(record['winners'])}")
    print(f"{title}cost 花费 {record['cost'] / unit:.2f}, unspent 剩余 {record['unspent'] / unit:.2f}")


if __name__ == "__main__":
    sys.exit(main())

"""Own: what one ballot's share of the pot paid for, from the published record and what the ballot says.

No link between a voter and a ballot is needed or made. Of a named poll the voter's own page asks with her own ballot.
Of a secret poll whoever holds a receipt asks with its code: the opened ballots are public by then, so the answer tells
nobody more than the published file does. What must not be kept is who asked: the page takes the code in a POST, needs
nobody signed in, and the code is written to no log and no address.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from hearing.ballots.outcome.figures import fen
from hearing.ballots.tally import Record, pots_of


@dataclass(frozen=True)
class Paid:
    """What one ballot paid for one project, in 分; `all_left` where that was all it had left."""

    id: str
    title: str
    fen: int
    all_left: bool


@dataclass(frozen=True)
class OwnShare:
    """One ballot's share: its endowment, what it paid for, what it has left, in 分; and of the projects that it named
    those that were chosen and those that were not. Where equal shares did not decide there is no endowment."""

    endowment: int | None
    paid: tuple[Paid, ...]
    left: int
    chosen: tuple[str, ...]
    not_chosen: tuple[str, ...]


def own_share(record: Record, titles: Mapping[str, str], points: Mapping[str, int]) -> OwnShare:
    """What a ballot with these points (1 each where nobody gave points) paid in a count; of several pots it has a share
    of each."""
    parts = []
    for each in pots_of(record).values():
        here = {row["id"]: titles[row["id"]] for row in each["projects"]}
        parts.append(_of_pot(each, here, points))
    shared = [part.endowment for part in parts if part.endowment is not None]
    return OwnShare(
        sum(shared) if shared else None,
        tuple(paid for part in parts for paid in part.paid),
        sum(part.left for part in parts),
        tuple(title for part in parts for title in part.chosen),
        tuple(title for part in parts for title in part.not_chosen),
    )


def _of_pot(record: Record, titles: Mapping[str, str], points: Mapping[str, int]) -> OwnShare:
    """The share of one pot.

    The exact amount of each round is the least of its price for the ballot's points and what the ballot has left.
    Amounts are rounded to 分 only for showing.
    """
    winners = set(record["winners"])
    named = [id_ for id_, given in points.items() if given > 0 and id_ in titles]
    chosen = tuple(titles[id_] for id_ in named if id_ in winners)
    others = tuple(titles[id_] for id_ in named if id_ not in winners)
    if record["endowment"] is None or record["comparison"]["replaced"]:
        return OwnShare(None, (), 0, chosen, others)
    left = Fraction(record["endowment"]["last"])
    paid: list[Paid] = []
    for each in record["rounds"]:
        due = Fraction(each["price"]) * max(0, points.get(each["project"], 0))
        if due and left:
            sum_ = min(left, due)
            left -= sum_
            project = each["project"]
            paid.append(Paid(project, titles[project], fen(sum_, record["unit"]), all_left=not left))
    return OwnShare(
        fen(record["endowment"]["last"], record["unit"]), tuple(paid), fen(left, record["unit"]), chosen, others
    )

"""Rules: how an election is counted, said completely before it opens.

“Add1” alone is no rule: three of that name are in use and differ on real elections (Wieliczka 2023: 30 or 31 winners).
So each variant has its own name here, and the steps of the endowment, ties and thresholds belong to the rule.
"""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


class Method(StrEnum):
    """How winners are found.

    The greedy family goes through the projects by votes (Pabulib's format gives these names): GREEDY skips what no
    longer fits, NO_SKIP stops there, THRESHOLD skips and asks for a least number of votes. SHARES is the Method of
    Equal Shares (Peters, Pierczyński, Skowron, 2021, arXiv 2008.13276; equalshares.net).
    """

    GREEDY = "greedy"
    NO_SKIP = "greedy-no-skip"
    THRESHOLD = "greedy-threshold"
    SHARES = "mes"


class Completion(StrEnum):
    """How equal shares goes on when money is left.

    ADD1: raise everybody's endowment step by step and count anew, up to the last outcome before the first that would
    cost more than the budget (Wieliczka, Świecie, Assen). ADD1E: stop also at the first outcome to which nothing can be
    added. ADD1U: ADD1E, then add projects by votes while they fit (the default of equalshares.net's tool).
    In all three: when everything that anybody supports can be paid together, all of that is funded.
    """

    NONE = "none"
    ADD1 = "add1"
    ADD1E = "add1e"
    ADD1U = "add1u"


class Utility(StrEnum):
    """What a project is worth to a supporter: its COST (times her points), or her POINTS alone."""

    COST = "cost"
    POINTS = "points"


@dataclass(frozen=True)
class Rule:
    """One way to count.

    `step` is how much an endowment grows, in units of the currency; None is 1, or a hundredth of the first endowment
    where that is above 20 000 (a forint is not a yuan). `floor` keeps out a project with votes/voters < cost/(floor ×
    budget), as in Świecie with 3. `threshold` is the least score for THRESHOLD. `lot` is the order of all ids that was
    drawn beforehand, for ties that neither cost nor votes settle; without one such a tie raises LotNeeded.
    """

    method: Method
    completion: Completion = Completion.NONE
    utility: Utility = Utility.COST
    comparison: bool = False
    step: Fraction | None = None
    floor: int | None = None
    threshold: int = 0
    lot: tuple[str, ...] | None = None


class LotNeeded(ValueError):
    """Projects are equal in cost and votes, it matters which comes first, and no lot was drawn."""

    def __init__(self, ids: tuple[str, ...]) -> None:
        super().__init__(f"{', '.join(ids)} are equal in cost and votes, and no lot has been drawn")
        self.ids = ids

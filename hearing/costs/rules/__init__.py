"""Costs: rounding that loses nothing, subsidies, weights by floor, and what a version changes for a household."""

from hearing.costs.rules.comparing import FloorChange, Own, compare_floors, own
from hearing.costs.rules.lines import Agreement, Door, floor_lines, read_agreement, weight_words
from hearing.costs.rules.refusals import SENTENCES, Refusal
from hearing.costs.rules.rounding import largest_remainder
from hearing.costs.rules.sharing import (
    BASIS_LABELS,
    WHOLE,
    WHY_LABELS,
    Basis,
    CostPlan,
    Flat,
    FlatShare,
    FloorTariff,
    Subsidy,
    Terms,
    Why,
    check_matches,
    read_cost_plan,
    share_out,
)

__all__ = [
    "BASIS_LABELS",
    "SENTENCES",
    "WHOLE",
    "WHY_LABELS",
    "Agreement",
    "Basis",
    "CostPlan",
    "Door",
    "Flat",
    "FlatShare",
    "FloorChange",
    "FloorTariff",
    "Own",
    "Refusal",
    "Subsidy",
    "Terms",
    "Why",
    "check_matches",
    "compare_floors",
    "floor_lines",
    "largest_remainder",
    "own",
    "read_agreement",
    "read_cost_plan",
    "share_out",
    "weight_words",
]

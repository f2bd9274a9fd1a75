"""Affecting 影响: which consents a material change asks again, and which ones go on.

A signature stands for what a household agreed to. A change of place, size, drawings, light, safety or builder alters
that for everybody. A change of money alone alters it for those whose own share changes: it is asked again in the
narrowest roll that knows them, 本幢 before 小区, and the wider roll goes on.
"""

from collections.abc import Collection, Mapping

from hearing.proposals.rules.plans import Plan, diff
from hearing.proposals.rules.requirements import Requirement, ScopeKind

MONEY_FIELDS = frozenset({"budget", "household_shares", "cost_plan"})
_WIDTH = {ScopeKind.STAIRWELL: 0, ScopeKind.BUILDING: 1, ScopeKind.ESTATE: 2}


def changed_shares(before: Plan, after: Plan) -> frozenset[str]:
    """The units, by reference, that pay another amount than before, or begin or cease to pay."""
    old = {share.unit: share.fen for share in before.household_shares}
    new = {share.unit: share.fen for share in after.household_shares}
    return frozenset(unit for unit in old.keys() | new.keys() if old.get(unit, 0) != new.get(unit, 0))


def asked_again(
    signed: Plan, before: Plan, after: Plan, asked: Mapping[Requirement, Collection[str]]
) -> frozenset[Requirement]:
    """Which of the consents that the old and the new version both require a material change asks again.

    `signed` is the version that was signed, `before` the last one, which may differ from it in wording; `asked` has the
    consents that both require, with the units of each by reference. Which consents are required is not a part of what a
    household agreed to: another one beside it changes nothing. Where money changes and nobody's own share does, it is
    everybody's money, and all are asked.
    """
    fields = {change.field for change in diff(before, after)} - {"templates"}
    if not fields <= MONEY_FIELDS:
        return frozenset(asked)
    if not fields:
        return frozenset()
    touched = changed_shares(signed, after)
    again = {requirement for unit in touched for requirement in _narrowest(unit, asked)}
    return frozenset(again or asked)


def _narrowest(unit: str, asked: Mapping[Requirement, Collection[str]]) -> list[Requirement]:
    knowing = [requirement for requirement, units in asked.items() if unit in units]
    width = min((_WIDTH[requirement.scope_kind] for requirement in knowing), default=0)
    return [requirement for requirement in knowing if _WIDTH[requirement.scope_kind] == width]

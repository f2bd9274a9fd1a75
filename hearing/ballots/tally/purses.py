"""Purses: who has equally much left, under names that hold for all runs of an electorate.

All begin with the same purse. Who has paid in full for the same winners, with the same points for each, has equally
much left, whatever the endowment was and in whichever order they won; who was short has nothing. So a purse is named by
what its holders have paid for. Endowments that lie close together lead most voters into purses of the same names, and
how many heads behind a project have which purse, counted once, is mostly known in the next run. What is in a purse is
the run's.
"""

from collections.abc import Callable

FULL, EMPTY = 0, 1
"""The purse that all begin with, and the one of those who have nothing left."""


class Paying(dict[int, int]):
    """By purse, which one its holders have when they have paid for one project with so many points; made when asked."""

    def __init__(self, named: Callable[[int], int]) -> None:
        super().__init__()
        self._named = named

    def __missing__(self, purse: int) -> int:
        """Name the purse that nobody had yet."""
        following = self[purse] = self._named(purse)
        return following


class Purses:
    """The purses of one electorate, by number."""

    def __init__(self) -> None:
        self._paid = [0, -1]
        """For each purse a bit for each payment."""
        self._numbers = {paid: purse for purse, paid in enumerate(self._paid)}
        self._payments: dict[tuple[int, int], Paying] = {}

    def paying(self, project: int, points: int) -> Paying:
        """Where those go who pay for this project in full, who gave it so many points."""
        found = self._payments.get((project, points))
        if found is None:
            bit = 1 << len(self._payments)
            found = self._payments[project, points] = Paying(lambda purse: self._number(self._paid[purse] | bit))
        return found

    def _number(self, paid: int) -> int:
        number = self._numbers.get(paid)
        if number is None:
            number = self._numbers[paid] = len(self._paid)
            self._paid.append(paid)
        return number

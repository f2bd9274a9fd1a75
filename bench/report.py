"""Report: tables of ratios with the figures beside them, and which targets were missed."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

MISSED = "«missed»"


@dataclass
class Report:
    """What was found; every target that a part sets is counted as met or missed."""

    met: int = 0
    missed: list[str] = field(default_factory=list)

    def at_least(self, what: str, value: float, limit: float, shown: str) -> str:
        """A table's cell for a value that should not be smaller."""
        return self._judge(what, value >= limit, shown, f"≥ {limit:g}")

    def at_most(self, what: str, value: float, limit: float, shown: str) -> str:
        """A table's cell for a value that should not be larger."""
        return self._judge(what, value <= limit, shown, f"≤ {limit:g}")

    def _judge(self, what: str, good: bool, shown: str, limit: str) -> str:
        if good:
            self.met += 1
            return f"{shown} ok"
        self.missed.append(f"{what}: {shown}, wanted {limit}")
        return f"{shown} {MISSED}"

    def heading(self, title: str, *notes: str) -> None:
        """Begin a part."""
        print(f"\n{title}", *(f"  {note}" for note in notes), sep="\n", flush=True)

    def table(self, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Print a table: the first column to the left, figures to the right."""
        widths = [max(len(line[column]) for line in (head, *rows)) for column in range(len(head))]
        for line in (head, ["-" * width for width in widths], *rows):
            first, *rest = (
                cell.ljust(width) if column == 0 else cell.rjust(width)
                for column, (cell, width) in enumerate(zip(line, widths, strict=True))
            )
            print("  " + "  ".join([first, *rest]), flush=True)

    def close(self) -> None:
        """Say how many targets were met, and name the others."""
        print(f"\n{self.met} targets met, {len(self.missed)} missed", flush=True)
        for line in self.missed:
            print(f"  {MISSED} {line}", flush=True)


def milliseconds(found: Sequence[float | None]) -> str:
    """A table's cell for the median of processor times; a dash where the system does not tell them."""
    known = [value for value in found if value is not None]
    return f"{statistics.median(known):.1f}" if known else "–"

"""The ballots' command: `hearing tally`, which counts a `.pb` file of any town."""

from __future__ import annotations

import json
import sys
from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from hearing.ballots.pabulib import Election
    from hearing.ballots.tally import Record

METHODS = ("greedy", "greedy-no-skip", "greedy-threshold", "mes")
COMPLETIONS = ("none", "add1", "add1e", "add1u")
MALFORMED = 2
"""The exit code where the file is no election."""


def add_to(group: click.Group) -> None:
    """Give a command line the command that counts a file; what counts is loaded when it is called."""

    @group.command("tally")
    @click.argument("file", type=click.Path(path_type=Path))
    @click.option("--rule", "method", type=click.Choice(METHODS), required=True, help="How winners are found.")
    @click.option("--completion", type=click.Choice(COMPLETIONS), default="none", show_default=True)
    @click.option("--comparison", is_flag=True, help="Take the greedy outcome where more voters prefer it.")
    @click.option("--budget", help="Count with this budget instead of the file's.")
    @click.option("--step", help="By how much Add1 raises the endowment; else 1, or a hundredth where that is large.")
    @click.option("--floor", type=click.IntRange(min=1), help="Keep out votes/voters < cost/(FLOOR × budget).")
    @click.option("--lot", help="Ids in the order that was drawn for ties, with commas; else the file's order.")
    @click.option("--margins", is_flag=True, help="Say of each loser what it lacked; takes longer for a city.")
    @click.option("--json", "compact", is_flag=True, help="Print the object on one line.")
    def count(
        file: Path,
        method: str,
        completion: str,
        comparison: bool,
        budget: str | None,
        step: str | None,
        floor: int | None,
        lot: str | None,
        margins: bool,
        compact: bool,
    ) -> None:
        """Count the election in a .pb or .pb.gz file and print the outcome as one JSON object."""
        from hearing.ballots import pabulib
        from hearing.ballots.tally import BadProfile, Completion, Method, Rule, tally

        try:
            election = pabulib.read(file)
            if budget is not None:
                election = election.with_budget(pabulib.amount(budget, "--budget"))
            ids = tuple(project.id for project in election.profile.projects)
            rule = Rule(
                Method(method),
                Completion(completion),
                comparison=comparison,
                step=None if step is None else pabulib.amount(step, "--step"),
                floor=floor,
                threshold=ceil((election.threshold or 0) * election.profile.point_unit),
                lot=ids if lot is None else tuple(lot.split(",")),
            )
            record = tally(election.profile, rule, margins=margins)
        except (pabulib.BadFile, BadProfile) as error:
            _refuse(f"{file}: {error}")
        except OSError as error:
            _refuse(f"{file}: {error.strerror}")
        click.echo(json.dumps(_said(election, record, lot), ensure_ascii=False, indent=None if compact else 2))


def _refuse(sentence: str) -> None:
    click.echo(" ".join(sentence.split()), err=True)
    sys.exit(MALFORMED)


def _said(election: Election, record: Record, lot: str | None) -> dict[str, Any]:
    """The record in units of the currency; money and votes as numbers, and exact beside them where they are rounded."""
    unit = record["unit"]
    warnings = list(election.warnings)
    if record["rule"]["method"] == "greedy-threshold" and election.threshold is None:
        warnings.append("the file states no min_project_score_threshold; no score was too low")
    if lot is None:
        warnings += [
            f"{', '.join(equal)} are equal in cost and votes: taken in the order of the file"
            for equal in record["ties_drawn"]
        ]
    said: dict[str, Any] = {
        "winners": record["winners"],
        "cost": _money(record["cost"], unit),
        "budget": _money(record["budget"], unit),
        "endowment": None,
        "rounds": [_round(each, unit) for each in record["rounds"]],
        "voters": record["voters"],
        "reached": record["reached"],
        "rule": record["rule"] | {"lot": None if lot is None else record["rule"]["lot"]},
        "warnings": warnings,
    }
    if record["endowment"] is not None:
        last, first = Fraction(record["endowment"]["last"]) / unit, Fraction(record["endowment"]["first"]) / unit
        said |= {
            "endowment": _number(last),
            "endowment_exact": str(last),
            "endowment_first": _number(first),
            "endowment_multiple": _number(last / first),
            "runs": record["endowment"]["runs"],
            "filled": [each["project"] for each in record["filled"] if each["turn"] == "funded"],
            "comparison": record["comparison"],
            "greedy": record["greedy"] | {"cost": _money(record["greedy"]["cost"], unit)},
        }
    said["projects"] = [_project(each, unit) for each in record["projects"]]
    return said


def _round(each: Record, unit: int) -> dict[str, Any]:
    said = each | {"cost": _money(each["cost"], unit)}
    if "left" in each:
        said["left"] = _money(each["left"], unit)
    for name in ("price", "short_gave"):
        if name in each:
            said[name] = _number(Fraction(each[name]) / unit)
    if "effective_votes" in each:
        said["effective_votes"] = _number(Fraction(each["effective_votes"]))
        said["effective_votes_exact"] = each["effective_votes"]
    return said


def _project(each: Record, unit: int) -> dict[str, Any]:
    said = _round(each, unit)
    if "supporters_left" in each:
        said["supporters_left"] = _number(Fraction(each["supporters_left"]) / unit)
        said["supporters_spent"] = {
            id_: _number(Fraction(amount) / unit) for id_, amount in each["supporters_spent"].items()
        }
    if each.get("margin") and each["margin"]["cost"] is not None:
        said["margin"] = each["margin"] | {"cost": _money(each["margin"]["cost"], unit)}
    return said


def _money(amount: int, unit: int) -> int | float:
    """An amount in units of the currency, whole where it is."""
    return _number(Fraction(amount, unit))


def _number(value: Fraction) -> int | float:
    """As JSON has numbers; the nearest one where there is no whole one."""
    return value.numerator if value.denominator == 1 else float(value)

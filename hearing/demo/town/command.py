"""The command's part of a replay: a folder for it, and its outcome on the terminal."""

from __future__ import annotations

import json
import tempfile
from contextlib import nullcontext
from pathlib import Path

import click

from hearing.ballots import pabulib
from hearing.ballots.commands import MALFORMED
from hearing.ballots.rules import Counting, Mode
from hearing.demo.town.paper import NotForAPoll
from hearing.demo.town.replaying import Wish, replay


def replay_election(file: Path, *, mode: str, rule: str | None, floor: int, connections: int, keep: Path | None) -> int:
    """Replay the election of a file and print what came of it; the exit code."""
    try:
        counting = Counting(rule) if rule else None
    except ValueError:
        raise click.UsageError(f"--rule is one of {', '.join(Counting)}") from None
    wish = Wish(Mode(mode), counting, floor, connections)
    with nullcontext(str(keep)) if keep else tempfile.TemporaryDirectory(prefix="hearing-replay-") as folder:
        try:
            outcome = replay(file, Path(folder), wish)
        except (pabulib.BadFile, NotForAPoll) as error:
            click.echo(" ".join(f"{file}: {error}".split()), err=True)
            return MALFORMED
        except OSError as error:
            click.echo(f"{file}: {error.strerror or error}", err=True)
            return MALFORMED
    click.echo(json.dumps(outcome, ensure_ascii=False, indent=2))
    true = outcome["as_the_file_counts"] and outcome["trail_verifies"] and not outcome["refused"]
    return 0 if true else 1

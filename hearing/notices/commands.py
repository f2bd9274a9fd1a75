"""The notices' command: `hearing holidays import`, which reads the yearly table of holidays."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click
from flask import Flask

from hearing.audit.ledger import perform
from hearing.notices import holidays
from hearing.refusal import Refused
from hearing.web.sentences import known

REFUSED = 2


def add_to(group: click.Group, open_app: Callable[[], Flask]) -> None:
    """Give a command line the group `holidays`; `open_app` makes the application when it is needed."""

    @group.group("holidays")
    def of_holidays() -> None:
        """The table that working days are counted by."""

    @of_holidays.command("import")
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    def import_file(file: Path) -> None:
        """Put the table in FILE in the place of what is kept for its years. Exit code 2 when it cannot be read."""
        with open_app().app_context():
            try:
                done = perform(holidays.import_table, None, file.read_text("utf-8-sig"))
                click.echo(done.fact.sentence % vars(done.fact))
            except UnicodeDecodeError:
                raise click.ClickException(f"{file.name}: not UTF-8") from None
            except Refused as refused:
                click.echo(known()[refused.refusal] % refused.details, err=True)
                sys.exit(REFUSED)

    @of_holidays.command("list")
    def show() -> None:
        """Print the table as it is kept."""
        with open_app().app_context():
            for each in reversed(holidays.listed()):
                click.echo(f"{each.day},{holidays.WORKED if each.works else holidays.OFF},{each.name}")

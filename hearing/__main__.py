"""`hearing`, also as `python -m hearing`: loads of the program what a command needs.

Counting a town's election takes a fifth of a second, and loading the application, of which it needs nothing, two.
"""

from __future__ import annotations

import click

from hearing.ballots.commands import add_to as add_ballots_to


class _Commands(click.Group):
    """Commands that need no application, and behind them all that `hearing.cli` has."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return super().get_command(ctx, cmd_name) or _of_application().get_command(ctx, cmd_name)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *_of_application().list_commands(ctx)])


def _of_application() -> click.Group:
    from hearing.cli import main as commands

    return commands


@click.group(cls=_Commands)
def main() -> None:
    """The decision room of a residential neighbourhood."""


add_ballots_to(main)

if __name__ == "__main__":
    main()

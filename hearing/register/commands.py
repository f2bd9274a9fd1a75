"""The command `hearing import-roll`: the same table as on the page, and the same two people."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click
from flask import Flask
from sqlalchemy import select

from hearing.audit.fact import Fact
from hearing.audit.ledger import perform
from hearing.clock import now
from hearing.db import aside, db
from hearing.people.models import Account, LoginSession
from hearing.people.rules import COMMITTEE
from hearing.people.viewer import Viewer
from hearing.places import sheet as sheets
from hearing.places.models import Estate, Neighbourhood
from hearing.places.sheet import ChangeKind, Severity, Sheet
from hearing.places.sheet.comparing import CHANGE_LABELS
from hearing.refusal import Refused
from hearing.register import actions, queries
from hearing.register.models import RollImport
from hearing.register.rules import FIELD_LABELS, SENTENCES, Channel, Difference, Refusal, difference
from hearing.web.sentences import known

CLEAN, FAULTY, REFUSED = 0, 1, 2


def add_to(group: click.Group, open_app: Callable[[], Flask]) -> None:
    """Give a command line `import-roll`; `open_app` makes the application when it is needed."""

    @group.command("import-roll")
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option("--neighbourhood", "slug", required=True, help="The neighbourhood's short name, like tianjinlu.")
    @click.option("--estate", required=True, help="The estate; made when it is new and the roll is imported.")
    @click.option("--as", "first", metavar="PHONE", help="Who brings the roll: a member of the committee.")
    @click.option("--approve-as", "second", metavar="PHONE", help="Who has checked it: another member.")
    @click.option("--leave-faulty-out", is_flag=True, help="Import the good rows although others must be mended.")
    @click.option("--yes", is_flag=True, help="Do not ask.")
    def import_roll(
        file: Path, slug: str, estate: str, first: str | None, second: str | None, leave_faulty_out: bool, yes: bool
    ) -> None:
        """Show what a household roll would change; import it when two people of the committee are named.

        Exit code 0: the file is clean, 1: rows must be mended, 2: it cannot be read, or the import was refused.
        """
        if (first is None) is not (second is None):
            raise click.UsageError("--as and --approve-as belong together: two people import a roll")
        with open_app().app_context():
            try:
                data = file.read_bytes()
                sheet = sheets.read(data, file.name)
                home = _home(slug)
                table = _table(home, estate, sheet)
                click.echo(_told(table, sheet))
                if first and second and table.touched:
                    people = _clerk(first, home), _clerk(second, home)
                    _ask(table, people, leave_faulty_out=leave_faulty_out, yes=yes)
                    click.echo(_import(people, home, estate, file.name, data, sheet))
            except Refused as refused:
                click.echo(known()[refused.refusal] % refused.details, err=True)
                sys.exit(REFUSED)
        sys.exit(FAULTY if sheet.of(Severity.ERROR) else CLEAN)


def _home(slug: str) -> Neighbourhood:
    home = db.session.scalars(select(Neighbourhood).where(Neighbourhood.slug == slug)).one_or_none()
    if home is None:
        raise click.UsageError(f"no neighbourhood is called {slug}")
    return home


def _table(home: Neighbourhood, estate: str, sheet: Sheet) -> Difference:
    """The roll against the register as it is now; the write lock is let go again."""
    with aside():
        known = queries.estate_named(db.session.get_one(Neighbourhood, home.id), estate)
        return difference(sheet.rows, sheet.faulty, queries.standing(known.id) if known else [])


def _told(table: Difference, sheet: Sheet) -> str:
    """The table as text: how many, what would change and where, and every finding; never a name or a number."""
    counts = " · ".join(f"{CHANGE_LABELS[kind]} {table.counts[kind]}" for kind in ChangeKind)
    changes = [
        f"第 {change.row.row} 行 [{CHANGE_LABELS[ChangeKind.CHANGED]}] "
        + "、".join(FIELD_LABELS[field.field] for field in change.fields)
        for change in table.of(ChangeKind.CHANGED)
        if change.row
    ]
    found = [
        f"第 {each.row} 行 [{sheets.SEVERITY_LABELS[each.severity]}] "
        f"{each.column + '：' if each.column else ''}{each.sentence}"
        for each in sheet.findings
    ]
    nothing = [] if table.touched else [_nothing(table)]
    errors = len({each.row for each in sheet.of(Severity.ERROR)})
    return "\n".join([f"{counts} · 要改正 {errors} 行", *changes, *found, *nothing])


def _nothing(table: Difference) -> str:
    return SENTENCES[Refusal.ROLL_BRINGS_NOTHING if table.faulty else Refusal.ROLL_SAME_AS_REGISTER]


def _ask(table: Difference, people: tuple[Viewer, Viewer], *, leave_faulty_out: bool, yes: bool) -> None:
    """Ask whether to go on; without a question the flag must say that faulty rows stay out.

    Raises click.Abort, or Refused: ROLL_SAME_PERSON, ROLL_FAULTY_UNTICKED.
    """
    if len({clerk.id for clerk in people}) < len(people):
        raise Refused(Refusal.ROLL_SAME_PERSON)
    if yes:
        if table.faulty and not leave_faulty_out:
            raise Refused(Refusal.ROLL_FAULTY_UNTICKED, n=len(table.faulty))
        return
    kinds = f"新增 {table.counts[ChangeKind.NEW]} 户，变动 {table.counts[ChangeKind.CHANGED]} 户"
    left = f",{len(table.faulty)} 行不导入" if table.faulty else ""
    first, second = (clerk.name for clerk in people)
    db.session.rollback()  # Nobody waits for the database while a person thinks.
    click.confirm(f"{kinds}{left}。由 {first} 上传、{second} 复核，现在导入？", abort=True)


def _clerk(phone: str, home: Neighbourhood) -> Viewer:
    """The member of the committee with this phone, as if she had signed in."""
    account = db.session.scalars(select(Account).where(Account.phone == phone, Account.disabled_at.is_(None))).first()
    if account is not None:
        moment = now()
        signed_in = LoginSession(account_id=account.id, opened_at=moment, second_factor_at=moment)
        clerk = Viewer(account, signed_in, "")
        if clerk.holds(*COMMITTEE, neighbourhood_id=home.id):
            return clerk
    raise click.UsageError(f"{phone} 不是这个居民区居委会的同事")


def _import(
    people: tuple[Viewer, Viewer], home: Neighbourhood, estate: str, filename: str, data: bytes, sheet: Sheet
) -> str:
    """Upload as one and approve as the other; returns what was done."""
    first, second = people
    place = queries.estate_named(home, estate)
    if place is None:
        added = perform(actions.add_estate, first, home, estate).fact
        place = db.session.get_one(Estate, _number(added))
    uploaded = perform(actions.upload, first, place, filename, data, sheet, Channel.COMMAND).fact
    roll = db.session.get_one(RollImport, _number(uploaded))
    done = perform(actions.approve, second, roll, leaves_faulty_out=True, channel=Channel.COMMAND).fact
    return done.sentence % vars(done)


def _number(fact: Fact) -> int:
    return int(fact.subject.rpartition("/")[2])

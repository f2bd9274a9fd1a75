"""The commands `hearing erase` and `hearing forget`: they show what would go, and do it with --yes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime

import click
from flask import Flask
from sqlalchemy import select

from hearing.audit.ledger import perform
from hearing.db import db, reading
from hearing.erasure import actions, classes, person, rules
from hearing.erasure.parts import LABELS, PAYLOADS, PICTURES, Going
from hearing.erasure.rules import KEEPING, Class
from hearing.places.models import Neighbourhood
from hearing.refusal import Refused
from hearing.web.sentences import known

DRY = "试算：什么都没有改。加 --yes 才会删除。"
NOTHING = "没有要删除的。"
BUSY = "数据库正在使用，文件里的空白页还没有清理。停机时请再运行一次同样的命令。"
NOT_OWNER = "这个数据库账号不能删除：请设 HEARING_DATABASE_OWNER_URL 为库主的地址再运行"


def add_to(group: click.Group, open_as_owner: Callable[[], Flask]) -> None:
    """Give a command line both; `open_as_owner` makes the application as the owner of its database."""

    @group.command("erase")
    @click.argument("which", metavar="CLASS", required=False, type=click.Choice([str(each) for each in Class]))
    @click.option("--before", type=click.DateTime(["%Y-%m-%d"]), help="Erase what was recorded before this day.")
    @click.option("--yes", is_flag=True, help="Do it; without, only show what would go.")
    def erase(which: str | None, before: datetime | None, yes: bool) -> None:
        """Erase a CLASS of payloads and evidence by date; without CLASS list the classes and how long each is kept."""
        if which is None or before is None:
            click.echo("\n".join(_table()))
            return
        with _in_words(open_as_owner, yes):
            _erase(Class(which), before.date(), yes)

    @group.command("forget")
    @click.argument("known_by", metavar="PHONE|REF")
    @click.option("--yes", is_flag=True, help="Do it; without, only show what would go and what must stay.")
    def forget(known_by: str, yes: bool) -> None:
        """Erase what there is about one person, as far as no legal period runs; the trail stays valid."""
        with _in_words(open_as_owner, yes):
            _forget(known_by, yes)


def _table() -> Iterator[str]:
    yield "CLASS     保存  内容 · 依据"
    for which, keeping in KEEPING.items():
        yield f"{which:<9} {keeping.years} 年  {keeping.label} · {keeping.because}"


@contextmanager
def _in_words(open_app: Callable[[], Flask], writes: bool) -> Iterator[None]:
    """Inside the application; whatever refuses does so in one line."""
    with open_app().app_context():
        try:
            if writes and not actions.may_erase():
                raise click.ClickException(NOT_OWNER)
            db.session.rollback()
            yield
        except Refused as refused:
            raise click.ClickException(known()[refused.refusal] % refused.details) from refused
        finally:
            db.session.close()
            db.engine.dispose()


def _erase(which: Class, before: date, yes: bool) -> None:
    rules.check_before(which, before, actions.today())
    click.echo(f"{KEEPING[which].label}，{before} 以前")
    found = False
    for number, name in _neighbourhoods():
        with reading():
            going = classes.of_class(which, db.session.get_one(Neighbourhood, number), before)
        db.session.rollback()
        if going:
            found = True
            click.echo(f"{name}\n" + "\n".join(_lines(going)))
            if yes:
                done = perform(actions.erase, which, number, before)
                click.echo(f"  已删除，存证第 {done.index} 号")
    _finish(found, yes)


def _forget(known_by: str, yes: bool) -> None:
    with reading():
        who = person.person(known_by)
        person.check_may_go(who)
        going = person.of_person(who)
    db.session.rollback()
    click.echo("\n".join(_lines(going)))
    for kept in going.kept:
        until = f"，保存到 {kept.until}" if kept.until else ""
        click.echo(f"  留着 {kept.label}：{kept.because}{until}")
    if yes and going:
        done = perform(actions.forget, known_by)
        click.echo(f"  已删除，存证第 {done.index} 号")
    _finish(bool(going), yes)


def _lines(going: Going) -> Iterator[str]:
    counts = [(LABELS[model], len(rows)) for model, rows in going.ordered()]
    for label, count in ((PAYLOADS, len(going.payloads)), (PICTURES, len(going.pictures)), *counts):
        if count:
            yield f"  删除 {label}：{count}"


def _neighbourhoods() -> list[tuple[int, str]]:
    with reading():
        rows = db.session.execute(select(Neighbourhood.id, Neighbourhood.name).order_by(Neighbourhood.id)).all()
    db.session.rollback()
    return [(row.id, row.name) for row in rows]


def _finish(found: bool, yes: bool) -> None:
    if not yes:
        click.echo(DRY if found else NOTHING)
        return
    with reading():
        files = actions.remove_files()
    click.echo(f"文件 {files} 个已从磁盘删除" if found else NOTHING)
    if not actions.wipe():
        click.echo(BUSY)

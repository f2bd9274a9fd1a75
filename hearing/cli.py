"""The command `hearing`: what a person at the machine may do."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import click
from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from hearing import clock, grants, schema
from hearing.app import create_app
from hearing.audit import checking, doctor
from hearing.audit import verify as verifier
from hearing.audit.commands import add_to as add_trail_to
from hearing.audit.commands import bring_back, refuse_after_restoring
from hearing.audit.ledger import perform
from hearing.audit.publisher import Publisher
from hearing.ballots.queries import polls_without_key
from hearing.config import BadSettings, Mode, Settings
from hearing.db import db, reader, reading
from hearing.erasure.commands import add_to as add_erasure_to
from hearing.notices.commands import add_to as add_notices_to
from hearing.people import setup
from hearing.printing import seal
from hearing.refusal import Refused
from hearing.register import actions as register
from hearing.register.commands import add_to
from hearing.web.sentences import sentence_of


@click.group()
def main() -> None:
    """The decision room of a residential neighbourhood."""


@main.command()
@click.option("--bind", default="127.0.0.1:8000", show_default=True, help="Address and port to listen on.")
def demo(bind: str) -> None:
    """Serve a neighbourhood to try out; a second start keeps its data."""
    from hearing.demo import seed
    from hearing.server import serve as run_server

    host, _, port = bind.rpartition(":")
    os.environ.setdefault("HEARING_MODE", "demo")
    os.environ.setdefault("HEARING_BASE_URL", f"http://{host}:{port}")
    settings = _settings()
    if settings.mode is not Mode.DEMO:
        raise click.ClickException("hearing demo runs with HEARING_MODE=demo")
    app = _ready(settings)
    with app.app_context():
        seed.once()
        with reading():
            Publisher.of(settings).publish(db.session)
        db.session.rollback()
        click.echo(seed.invitation(settings))
        db.session.close()
        db.engine.dispose()  # Connections do not survive the fork into server processes.
    run_server(app, bind)


@main.command()
@click.option("--bind", default="127.0.0.1:8000", show_default=True, help="Address and port to listen on.")
def serve(bind: str) -> None:
    """Serve this installation."""
    from hearing.server import serve as run_server

    settings = _settings()
    _check_seal(settings)
    app = _ready(settings)
    with app.app_context():
        refuse_after_restoring(app)
    run_server(app, bind)


@main.command()
def worker() -> None:
    """Publish the trail and deliver messages; `hearing serve` starts this by itself."""
    from hearing import worker as duty

    settings = _settings()
    duty.run(create_app(settings), settings)


@main.command()
def init() -> None:
    """Make the folders, keys and tables of a new installation, or bring them up to date."""
    settings = _settings()
    _ready(settings)
    click.echo(f"{settings.data_dir.absolute()}\n{Publisher.of(settings).vkey}")


@main.command()
def check() -> None:
    """Check the whole trail now: published files, and every row of the database. Exit code 1 when it fails."""
    settings = _settings()
    with create_app(settings).app_context(), reading():
        done = checking.run(db.session, settings, Publisher.of(settings))
        db.session.close()
    click.echo(f"{done.zh}\n{done.en}")
    sys.exit(not done.ok)


@main.command("replay")
@click.argument("source", required=False)
@click.option("--mode", type=click.Choice(["secret", "named"]), default="secret", show_default=True)
@click.option("--rule", help="How the poll counts, e.g. mes-add1u or greedy; else as the file says.")
@click.option(
    "--floor", type=click.IntRange(min=1), default=None, help="Keep out votes/voters < cost/(FLOOR × budget)."
)
@click.option("--connections", type=click.IntRange(1, 64), default=8, show_default=True, help="Voters at a time.")
@click.option("--keep", type=click.Path(path_type=Path), help="Keep the installation here; else it goes at the end.")
def play_again(
    source: str | None, mode: str, rule: str | None, floor: int | None, connections: int, keep: Path | None
) -> None:
    """Bring back what happened: an election or a trail.

    SOURCE is a town's election in a .pb or .pb.gz file: an installation of its own is made with as many households as
    there were voters, all of them vote through the pages, the poll is closed and counted, and the outcome is printed as
    one JSON object. Exit code 1 when it is not what the file's ballots come to.

    Otherwise SOURCE is a published trail, a folder or an address: entries that this installation's database lacks are
    brought back from it; without SOURCE from its own published folder.
    """
    if source is None or not source.endswith((".pb", ".pb.gz")):
        bring_back(lambda: _ready(_settings()), source)
        return
    from hearing.demo.town.command import replay_election

    sys.exit(replay_election(Path(source), mode=mode, rule=rule, floor=floor or 0, connections=connections, keep=keep))


@main.group("seal")
def seal_group() -> None:
    """The office's digital seal on certificates and case files."""


@seal_group.command("new")
@click.option("--name", required=True, help="Whose seal it is, as readers of a PDF see it: 天津路居民委员会")
def new_seal(name: str) -> None:
    """Make a seal for trying out, which vouches for itself; a real one comes from a certificate authority."""
    settings = _settings()
    try:
        path = seal.make_trial(settings, name, clock.by_server())
    except seal.SealTrouble as trouble:
        raise click.ClickException(str(trouble)) from trouble
    click.echo(f"HEARING_SEAL_FILE={path.absolute()}")
    click.echo("试用印章：自己签发，没有法律效力，只供试用。正式的印章请向电子认证机构申请。")


def _check_seal(settings: Settings) -> None:
    """Stop at the start where a seal was set up that does not open; one that has expired is said, and stops nothing."""
    try:
        found = seal.of(settings)
        if found is not None:
            found.check(clock.by_server())
    except seal.SealExpired as expired:
        click.echo(f"{expired}; until then certificates are not handed out", err=True)
    except seal.SealTrouble as trouble:
        raise click.ClickException(str(trouble)) from trouble


@main.command("doctor")
def examine() -> None:
    """Say what of this installation is protected and what is not. Exit code 1 when something is bad."""
    settings = _settings()
    with create_app(settings).app_context(), reading():
        try:
            revision = schema.revision(reader())
        except SQLAlchemyError:
            revision = (None, None)
        boxes = {"ballot boxes": _ballot_boxes}
        lines = doctor.examine(db.session, settings, Publisher.of(settings), revision, boxes)
        db.session.close()
    click.echo("\n".join(map(str, lines)))
    sys.exit(any(line.health is doctor.Health.BAD for line in lines))


def _ballot_boxes() -> Iterator[doctor.Line]:
    """Whether the boxes of open secret polls can be opened when their time comes."""
    for poll in polls_without_key():
        yield doctor.Line(
            doctor.Health.BAD,
            f"ballot box: keys/polls/{poll}.box is missing or not the key of poll {poll}: it takes no ballots and "
            "cannot close; put the file back from a backup, or two officers declare the poll void",
        )


@main.command()
@click.argument("log")
@click.option("--key", required=True, help="The log's vkey, as printed on a poster or a receipt.")
@click.option("--state", type=click.Path(path_type=Path), help="File that remembers the last head; else one of yours.")
@click.option("--no-state", is_flag=True, help="Neither remember this head nor compare it with an earlier one.")
def verify(log: str, key: str, state: Path | None, no_state: bool) -> None:
    """Check a published log: a folder, or the address of a site or of its log."""
    if log.startswith(("http://", "https://")) and not urlsplit(log).path.strip("/"):
        log = f"{log.rstrip('/')}/log"
    memory = ["--no-state"] if no_state else ["--state", str(state)] if state else []
    arguments = ["audit", log, "--key", key, *memory]
    sys.exit(verifier.main(arguments))


@main.command()
@click.argument("slug")
@click.option("--name", required=True, help="天津路居民区")
@click.option("--subdistrict", required=True, help="南京东路街道")
@click.option("--sector", required=True, help="第三片区")
@click.option("--committee", required=True, help="The office's full name, as it signs notices.")
@click.option("--phone", required=True, help="The number on every page.")
@click.option("--office", required=True, help="Where and when a person finds somebody.")
def found(slug: str, name: str, subdistrict: str, sector: str, committee: str, phone: str, office: str) -> None:
    """Let a neighbourhood begin; SLUG is its name in addresses and in the log."""
    founding = register.Founding(
        slug=slug,
        name=name,
        subdistrict=subdistrict,
        sector=sector,
        committee=committee,
        phone=phone,
        office=office,
    )
    with _ready(_settings()).app_context():
        _say(lambda: perform(register.found, founding).fact.name)


@main.command()
@click.argument("slug")
@click.argument("name")
@click.argument("phone")
def appoint(slug: str, name: str, phone: str) -> None:
    """Let the first director of a neighbourhood in; prints the link that sets password and second factor."""
    with _ready(_settings()).app_context():
        _say(lambda: setup.appoint(slug, name, phone) or "this person has a password already")


@main.command("appoint-again")
@click.argument("phone")
def appoint_again(phone: str) -> None:
    """Print a new link for somebody who holds a seat and lost password or phone."""
    with _ready(_settings()).app_context():
        _say(lambda: setup.appoint_again(phone) or "this person has a password already")


@main.command("close-account")
@click.argument("phone")
def close_account(phone: str) -> None:
    """Shut somebody out at once, on every device."""
    with _ready(_settings()).app_context():
        _say(lambda: setup.close_account(phone))


@main.command("reopen-account")
@click.argument("phone")
def reopen_account(phone: str) -> None:
    """Let somebody sign in again."""
    with _ready(_settings()).app_context():
        _say(lambda: setup.reopen_account(phone))


def _say(act: Callable[[], str | None]) -> None:
    """Print what an act says, or in one line why it was refused."""
    try:
        click.echo(act() or "done")
    except setup.Unknown as error:
        raise click.ClickException(str(error)) from error
    except Refused as refused:
        with current_app.test_request_context():
            raise click.ClickException(sentence_of(refused)) from refused


def _settings() -> Settings:
    try:
        return Settings.from_env()
    except BadSettings as error:
        raise click.ClickException(str(error)) from error


def _ready(settings: Settings) -> Flask:
    """The application with its database brought up to this version."""
    app = create_app(settings)
    with app.app_context():
        try:
            schema.prepare(db.engine, settings)
        except (schema.NotReady, grants.NoSuchRole) as error:
            raise click.ClickException(str(error)) from error
    return app


def _as_owner() -> Flask:
    """The application as the owner of its database, after its own role has what it needs."""
    settings = _settings()
    app = _ready(settings)
    if not settings.database_owner_url:
        return app
    with app.app_context():
        db.engine.dispose()
    return create_app(replace(settings, database_url=settings.database_owner_url, database_owner_url=""))


add_to(main, lambda: _ready(_settings()))
add_erasure_to(main, _as_owner)
add_trail_to(main, _settings, lambda: _ready(_settings()))
add_notices_to(main, lambda: _ready(_settings()))

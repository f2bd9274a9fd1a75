"""The command `hearing`: what a person at the machine may do."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click
from flask import Flask

from hearing import schema
from hearing.app import create_app
from hearing.audit import verify as verifier
from hearing.audit.publisher import Publisher
from hearing.config import BadSettings, Mode, Settings
from hearing.db import db, reading
from hearing.register.commands import add_to


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

    app = _ready(_settings())
    with app.app_context():
        db.engine.dispose()
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
@click.argument("log")
@click.option("--key", required=True, help="The log's vkey, as printed on a poster or a receipt.")
@click.option("--state", type=click.Path(path_type=Path), help="File that remembers the last head seen.")
def verify(log: str, key: str, state: Path | None) -> None:
    """Check a published log: a folder, or the address whose /log is to be checked."""
    arguments = ["audit", log, "--key", key, *(["--state", str(state)] if state else [])]
    sys.exit(verifier.main(arguments))


def _settings() -> Settings:
    try:
        return Settings.from_env()
    except BadSettings as error:
        raise click.ClickException(str(error)) from error


def _ready(settings: Settings) -> Flask:
    """The application with its database brought up to this version."""
    app = create_app(settings)
    with app.app_context():
        schema.upgrade(db.engine)
    return app


add_to(main, lambda: _ready(_settings()))

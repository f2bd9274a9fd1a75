"""The trail's commands: `hearing key`, `hearing signer`, `hearing witness`, and its part of `hearing replay`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import Flask

from hearing.audit import replay, rotation, shelf, verify
from hearing.audit.durable import Occupied
from hearing.audit.keyring import CannotRotate, NoKey
from hearing.audit.note import NoteError, VerifyKey
from hearing.audit.publisher import Publisher
from hearing.audit.signer import LocalSigner, WillNotSign
from hearing.audit.signer_process import SignerAway, SignerServer
from hearing.audit.witness import Witness
from hearing.audit.witness_server import WitnessServer
from hearing.config import Settings
from hearing.db import db


def add_to(group: click.Group, read_settings: Callable[[], Settings], open_app: Callable[[], Flask]) -> None:
    """Give a command line the trail's commands; `open_app` makes the application when it is needed."""
    _add_keys(group, open_app)
    _add_signer(group, read_settings)
    _add_witness(group)


def refuse_after_restoring(app: Flask) -> None:
    """Stop a server's start on a restored backup: what would be recorded now could never be published."""
    try:
        with _plainly():
            missing = Publisher.of(app.extensions["settings"]).missing(db.session)
    finally:
        db.session.close()
        db.engine.dispose()  # Connections do not survive the fork into server processes.
    if missing:
        raise click.ClickException(
            f"the database lacks {missing} entries that were published: it is a restored backup, or somebody removed "
            "them. Bring them back with “hearing replay” first; the runbook says how."
        )


def _add_keys(group: click.Group, open_app: Callable[[], Flask]) -> None:
    @group.group()
    def key() -> None:
        """Change the key that signs the trail."""

    @key.command("show")
    def show() -> None:
        """Print the public keys in use, the one for posters first."""
        with _publishing(open_app) as publisher:
            for each in publisher.signer.vkeys():
                click.echo(str(each))

    @key.command("rotate")
    @click.option("--origin", help="A new name for the log; without it the name stays.")
    def rotate(origin: str | None) -> None:
        """Let a new key sign beside the old one, after the old one has announced it; prints it for the posters."""
        with _publishing(open_app) as publisher:
            click.echo(str(rotation.rotate(publisher, origin)))

    @key.command("retire")
    def retire() -> None:
        """Let the old key sign no longer, once every poster names the new one."""
        with _publishing(open_app) as publisher:
            click.echo(f"retired: {rotation.retire(publisher)}")


def bring_back(open_app: Callable[[], Flask], source: str | None) -> None:
    """Bring back entries that the database lacks, from the published folder or a mirror (folder or address)."""
    with _publishing(open_app) as publisher:
        brought = replay.replay(publisher, _source(source, publisher))
        for entry in brought:
            moment = f"{entry.at:%Y-%m-%dT%H:%M:%SZ}"
            click.echo(f"{entry.index}\t{moment}\t{entry.kind}\t{entry.subject}\t{entry.matter}")
        if brought:
            click.echo(
                f"{len(brought)} entries are back in the trail. What they did is not: enter those acts again from "
                "paper and receipts.",
                err=True,
            )
        else:
            click.echo("nothing is missing", err=True)


def _add_signer(group: click.Group, read_settings: Callable[[], Settings]) -> None:
    @group.command("signer")
    @click.option("--keys", type=click.Path(path_type=Path), help="The folder with the key; made at the first start.")
    @click.option("--socket", type=click.Path(path_type=Path), help="Where to listen; HEARING_SIGNER_SOCKET otherwise.")
    def signer(keys: Path | None, socket: Path | None) -> None:
        """Hold the signing key in a process of its own, best under a user of its own."""
        settings = read_settings()
        path = socket or (Path(settings.signer_socket) if settings.signer_socket else None)
        if path is None:
            raise click.UsageError("say where to listen: --socket, or HEARING_SIGNER_SOCKET")
        holder = LocalSigner.at(keys or settings.keys_dir)
        if not holder.memory.exists():
            holder.ring.begin(settings.origin)
        with _plainly(), SignerServer(path, holder) as server:
            click.echo(str(holder.vkeys()[0]))
            server.serve_forever()


def _add_witness(group: click.Group) -> None:
    @group.command("witness")
    @click.option("--dir", "folder", type=click.Path(path_type=Path), default=Path("witness"), show_default=True)
    @click.option("--init", "name", metavar="NAME", help="Make a witness of this name and print its vkey.")
    @click.option("--add-log", "added", metavar="VKEY", multiple=True, help="Cosign this log from now on.")
    @click.option("--bind", default="127.0.0.1:8100", show_default=True, help="Address and port to listen on.")
    def witness(folder: Path, name: str | None, added: tuple[str, ...], bind: str) -> None:
        """Watch over another log: cosign its heads as long as it only grows.

        With --init or --add-log it does just that; otherwise it serves. The log's committee enters your vkey and
        address in its policy.
        """
        with _plainly():
            at_work = Witness.begin(folder, name) if name else Witness(folder)
            for vkey in added:
                at_work.add_log(VerifyKey.parse(vkey))
            if name or added:
                click.echo(str(at_work.key.verify_key))
                return
            # A witness that cannot read its key says so now and not to the first log.
            click.echo(f"{at_work.key.verify_key}\n{len(at_work.logs())} keys of logs", err=True)
            host, _, port = bind.rpartition(":")
            with WitnessServer((host, int(port)), at_work) as server:
                server.serve_forever()


def _source(source: str | None, publisher: Publisher) -> shelf.Fetch:
    if source is None:
        return shelf.in_folder(publisher.folder)
    if source.startswith(("http://", "https://")):
        fetch = verify.open_source(source)
        return lambda path: fetch(path, verify.MAX_BUNDLE_BYTES)
    if not Path(source).is_dir():
        raise click.ClickException(f"{source} is neither a folder nor an http(s) address")
    return shelf.in_folder(Path(source))


@contextmanager
def _publishing(open_app: Callable[[], Flask]) -> Iterator[Publisher]:
    with _plainly(), (app := open_app()).app_context():
        try:
            yield Publisher.of(app.extensions["settings"])
        finally:
            db.session.close()
            db.engine.dispose()


@contextmanager
def _plainly() -> Iterator[None]:
    """What stops a command, in one line."""
    try:
        yield
    except KeyboardInterrupt:
        return
    except (
        CannotRotate,
        NoKey,
        NoteError,
        OSError,
        Occupied,
        SignerAway,
        ValueError,
        WillNotSign,
        replay.CannotReplay,
        verify.Finding,
    ) as error:
        raise click.ClickException(str(error)) from error

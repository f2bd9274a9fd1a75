"""Settings: everything that an installation may choose, read once from HEARING_* environment variables."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit


class Mode(StrEnum):
    """What an installation is for; only the first holds real decisions."""

    PRODUCTION = "production"
    DEMO = "demo"
    TESTING = "testing"


class BadSettings(Exception):
    """The environment asks for something unsafe or unreadable; the message names the variable."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One installation's settings.

    Every field is the variable HEARING_<FIELD> in upper case. Times are seconds, sizes bytes.
    """

    mode: Mode = Mode.PRODUCTION
    data_dir: Path = Path("var")
    """Where the database, keys, files and the published log live."""
    database_url: str = ""
    """SQLAlchemy address; empty means SQLite in data_dir."""
    database_owner_url: str = field(default="", repr=False)
    """The same PostgreSQL database as its owner: for init, erase and forget alone; leave it out of the server's own."""
    base_url: str = "http://127.0.0.1:8000"
    """The address that residents type; links in letters and messages are built from it, never from the Host header."""
    trusted_hosts: tuple[str, ...] = ()
    """Further host names this server answers to, beside the one of base_url."""
    secret_key: str = field(default="", repr=False)
    """Signs cookies and form keys; empty means the key file in data_dir/keys, made at first start."""
    log_origin: str = ""
    """Name of the public log, as printed on posters; empty means the host of base_url + /log."""
    proxy_hops: int = 0
    """How many reverse proxies in front set X-Forwarded-For; 0 trusts none."""
    help_phone: str = "021-6322 0000"
    """The number printed on every page when a neighbourhood has none of its own."""
    sms_url: str = ""
    """HTTP gateway that takes {"to", "text"} as JSON by POST; empty prints messages (demo) or keeps them waiting."""
    sms_token: str = field(default="", repr=False)
    smtp_url: str = field(default="", repr=False)
    """smtp://user:password@host:port, smtps:// for TLS from the first byte; empty sends no mail."""
    mail_from: str = ""
    max_body: int = 24 * 1024 * 1024
    """Largest request in bytes, photographs included."""
    publish_every: int = 2
    """Seconds between signed checkpoints of the log."""
    publish_entries: int = 256
    """So many new entries are published at once, however long `publish_every` is."""
    signer_socket: str = ""
    """Unix socket of `hearing signer`, which then holds the key; empty: the worker signs with data_dir/keys/log.key."""
    witness_policy: str = ""
    """A file in tlog-policy format that names the witnesses; empty means data_dir/policy, if it is there."""
    mirror_every: int = 3600
    """Seconds between two packings of /log/mirror.tar.gz, if the log has grown."""
    check_every: int = 3600
    """Seconds between full checks of the log, files and database."""
    seal_file: str = ""
    """A PKCS#12 file with the key and certificate of the office's seal; certificates and case files carry it then."""
    seal_password: str = field(default="", repr=False)
    """Opens that file; empty means data_dir/keys/seal.password, if it is there."""
    font_dir: str = ""
    """A folder of further fonts for rare characters on paper."""

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Self:
        """Read the settings from HEARING_* variables.

        Raises BadSettings when a value cannot be read.
        """
        env = os.environ if env is None else env
        read = {}
        for name, kind in cls.__annotations__.items():
            raw = env.get(f"HEARING_{name.upper()}")
            if raw is not None:
                read[name] = _typed(name, kind, raw.strip())
        return cls(**read)  # type: ignore[arg-type]

    @property
    def is_demo(self) -> bool:
        """Whether sign-in links, the style guide and a movable clock are allowed."""
        return self.mode is not Mode.PRODUCTION

    @property
    def database(self) -> str:
        """The SQLAlchemy address of the database."""
        return self.database_url or f"sqlite:///{self.data_dir.absolute()}/hearing.db"

    @property
    def secure(self) -> bool:
        """Whether residents reach this server by https, so that cookies may insist on it."""
        return urlsplit(self.base_url).scheme == "https"

    @property
    def hosts(self) -> list[str]:
        """Every host name that requests may carry."""
        host = urlsplit(self.base_url).hostname or "127.0.0.1"
        local = ["127.0.0.1", "localhost"] if self.is_demo else []
        return list(dict.fromkeys([host, *self.trusted_hosts, *local]))

    @property
    def origin(self) -> str:
        """The log's name: its checkpoints' first line and its key's name."""
        return self.log_origin or f"{urlsplit(self.base_url).netloc.replace(':', '-')}/log"

    @property
    def keys_dir(self) -> Path:
        """Secrets of this installation; readable by its own user alone."""
        return self.data_dir / "keys"

    @property
    def log_dir(self) -> Path:
        """The published log: checkpoint, tiles and entries as files."""
        return self.data_dir / "log"

    @property
    def files_dir(self) -> Path:
        """Evidence files by their SHA-256."""
        return self.data_dir / "files"

    def key(self) -> str:
        """The cookie key: from the environment, otherwise from a file made at first use.

        Raises BadSettings when a production start brings a key under 32 characters.
        """
        if self.secret_key:
            if self.mode is Mode.PRODUCTION and len(self.secret_key) < 32:
                raise BadSettings("HEARING_SECRET_KEY must have at least 32 characters")
            return self.secret_key
        return read_or_make_secret(self.keys_dir / "cookie.key", lambda: secrets.token_urlsafe(48))


def read_or_make_secret(path: Path, make: Callable[[], str]) -> str:
    """Read a secret file, or make it with mode 0600; two processes that start together agree on one."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(make())
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # Another process was quicker: its secret counts.
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii").strip()


def _typed(name: str, kind: object, raw: str) -> object:
    try:
        match kind:
            case "int":
                return int(raw)
            case "Path":
                return Path(raw)
            case "Mode":
                return Mode(raw)
            case "tuple[str, ...]":
                return tuple(part.strip() for part in raw.split(",") if part.strip())
            case _:
                return raw
    except ValueError as error:
        raise BadSettings(f"HEARING_{name.upper()}: {error}") from error

"""What the pages of the trail share: the published log, how an entry is told, and where its matter has a page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

from flask import Blueprint, current_app
from flask_babel import gettext

from hearing.audit.keyring import NoKey
from hearing.audit.note import Checkpoint, Note, SignedCheckpoint
from hearing.audit.publisher import Publisher
from hearing.audit.queries import Told
from hearing.audit.signer_process import SignerAway
from hearing.config import Settings

bp = Blueprint("audit", __name__)

_ways: dict[str, Callable[[int], str]] = {}


def publisher() -> Publisher:
    """This installation's published log."""
    return cast(Publisher, current_app.extensions["publisher"])


def vkeys() -> tuple[str, ...]:
    """The keys that sign the log, as people copy them, the present one first; none while no key can be found."""
    try:
        return tuple(map(str, publisher().keys))
    except (NoKey, SignerAway):
        return ()


def settings() -> Settings:
    """This installation's settings."""
    return cast(Settings, current_app.extensions["settings"])


def leads_to(kind: str, way: Callable[[int], str]) -> None:
    """Say where a subject or matter of this kind, like "proposal", has its page."""
    _ways[kind] = way


def way_to(matter: str) -> str | None:
    """The page of a subject or matter like "proposal/3"; None when it has none."""
    kind, _, number = matter.partition("/")
    way = _ways.get(kind)
    return way(int(number)) if way and number.isdigit() else None


def head_code(checkpoint: Checkpoint) -> str:
    """存证码: the size and the first eight hex digits of the root, short enough to copy by hand."""
    return f"{checkpoint.size}-{checkpoint.root.hex()[:8]}"


def paper_witness(head: SignedCheckpoint) -> str:
    """The signed checkpoint as it stands on paper: without witnesses' lines, so that its QR code stays readable."""
    ours = {key.key_id for key in publisher().keys}
    lines = tuple(line for line in head.note.signatures if line.key_id in ours)
    return Note(head.note.text, lines).encode().decode()


def receipt_sentence(told: Told) -> str:
    """What the person did, in her own language; after its payload was erased, what anybody may read of it."""
    try:
        return tell(told.fact.receipt or told.fact.sentence, {**told.pub, **(told.payload or {})})
    except KeyError:
        return public_sentence(told)


def public_sentence(told: Told) -> str:
    """What anybody may read of an entry."""
    return tell(told.fact.sentence, told.pub)


def tell(words: str, values: Mapping[str, object]) -> str:
    """A sentence with its values; a value named …_label is one of the glossary's words and is translated too."""
    spoken = {name: gettext(str(value)) if name.endswith("_label") else value for name, value in values.items()}
    return str(gettext(words, **spoken))

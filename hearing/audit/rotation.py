"""Rotation 换钥匙: a new signing key, with the same name of the log or a new one, and the end of the old key.

The old key announces its successor: the entry `key.rotated` is signed by the old key alone before the new one signs
anything. From then on both sign every head, so that posters with either key stay true, until the old one retires.
Every step can be repeated after a crash: a key that was made is used, an announcement that stands is not made twice.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import select

from hearing.audit.fact import SYSTEM, Fact, public
from hearing.audit.keyring import CannotRotate
from hearing.audit.ledger import perform
from hearing.audit.models import LogEntry
from hearing.audit.note import VerifyKey
from hearing.audit.publisher import Publisher
from hearing.db import db, reading
from hearing.refusal import N_

SCOPE = "installation"
"""The scope of entries that are about the trail itself and no neighbourhood."""


@dataclass(frozen=True, kw_only=True)
class KeyRotated(Fact):
    """A new key signs the trail from here on, beside the old one."""

    kind: ClassVar[str] = "key.rotated"
    sentence: ClassVar[str] = N_("存证换用新的签名钥匙 %(new_id)s，旧钥匙 %(old_id)s 暂时一同签名")
    vkey: str = public()
    """The new public key."""
    before: str = public()
    """The public key whose place it takes."""
    new_id: str = public()
    old_id: str = public()


@dataclass(frozen=True, kw_only=True)
class KeyRetired(Fact):
    """An old key signs no longer."""

    kind: ClassVar[str] = "key.retired"
    sentence: ClassVar[str] = N_("存证的旧签名钥匙 %(old_id)s 不再使用")
    vkey: str = public()
    """The public key that goes."""
    old_id: str = public()


def rotate(publisher: Publisher, name: str | None = None) -> VerifyKey:
    """Bring a new key into use, under the log's name or a new `name`; return it for the posters.

    Raises CannotRotate while another change is not finished, and whatever `Publisher.publish` raises.
    """
    old = publisher.signer.vkeys()[0]
    new = publisher.signer.stage(name or old.name)
    if not _announced("key.rotated", str(new)):
        perform(_rotated, old, new)
    # Only the old key signs this head: whoever holds it alone learns of the new one from a source that it trusts.
    _publish(publisher)
    publisher.signer.promote()
    _publish(publisher)
    return new


def retire(publisher: Publisher) -> VerifyKey:
    """Let the old key sign no longer; return it.

    Raises CannotRotate when only one key is in use, and whatever `Publisher.publish` raises.
    """
    keys = publisher.signer.vkeys()
    if len(keys) < 2:
        raise CannotRotate("only one key is in use")
    _publish(publisher)
    if not _announced("key.retired", str(keys[-1])):
        perform(_retired, keys[-1])
    _publish(publisher)
    publisher.signer.retire()
    _publish(publisher)
    return keys[-1]


def _publish(publisher: Publisher) -> None:
    # Nobody's act has to wait for the disk or a witness.
    with reading():
        publisher.publish(db.session)
        db.session.rollback()


def _announced(kind: str, vkey: str) -> bool:
    """Whether an earlier try, which then stopped, has made the entry."""
    bodies = db.session.scalars(select(LogEntry.body).where(LogEntry.kind == kind))
    return any(json.loads(body)["pub"]["vkey"] == vkey for body in bodies)


def _rotated(old: VerifyKey, new: VerifyKey) -> KeyRotated:
    subject = f"key/{new.key_id.hex()}"
    return KeyRotated(
        actor=SYSTEM,
        scope=SCOPE,
        subject=subject,
        matter=subject,
        vkey=str(new),
        before=str(old),
        new_id=new.key_id.hex(),
        old_id=old.key_id.hex(),
    )


def _retired(old: VerifyKey) -> KeyRetired:
    subject = f"key/{old.key_id.hex()}"
    return KeyRetired(
        actor=SYSTEM, scope=SCOPE, subject=subject, matter=subject, vkey=str(old), old_id=old.key_id.hex()
    )

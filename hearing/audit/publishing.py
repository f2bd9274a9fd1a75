"""Publishing 公布的一轮: what the worker does every few seconds, and what the status page says about it afterwards."""

from __future__ import annotations

import errno
from datetime import UTC, datetime

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from hearing.audit import standing
from hearing.audit.durable import Occupied
from hearing.audit.keyring import NoKey
from hearing.audit.models import LogHead
from hearing.audit.note import Note, NoteError, VerifyKey
from hearing.audit.policy import Policy, PolicyError
from hearing.audit.publisher import Publisher
from hearing.audit.signer import WillNotSign
from hearing.audit.signer_process import SignerAway
from hearing.audit.standing import Publishing, WitnessSaw
from hearing.config import Settings

log = structlog.get_logger()

_DISK = {
    errno.ENOSPC: "disk_full",
    errno.EDQUOT: "disk_full",
    errno.EROFS: "read_only",
    errno.EACCES: "read_only",
    errno.EPERM: "read_only",
}


def turn(session: Session, settings: Settings, publisher: Publisher) -> Publishing:
    """Publish what is new, and write down how it went. Nothing is raised: acts go on being recorded whatever fails."""
    refusal = trouble = None
    try:
        publisher.publish(session)
    except WillNotSign as refused:
        log.critical("will_not_sign", why=refused.why, reason=str(refused))
        refusal = refused.why
    except Exception as error:
        trouble = _trouble(error)
        log.exception("publishing_failed", trouble=trouble)
    found = _stand(settings, publisher, refusal, trouble)
    try:
        standing.write(settings, found)
    except OSError as error:
        # Then the state on the page grows old, and the page says that too.
        log.error("standing_not_written", reason=error.strerror)
    return found


def waiting(session: Session, publisher: Publisher) -> int:
    """How many entries are recorded and not published yet; 0 when that cannot be said now."""
    try:
        head = publisher.last()
        size: int = session.execute(select(LogHead.size)).scalar_one()
    except (NoteError, NoKey, SignerAway, OSError, SQLAlchemyError):
        return 0
    return size - (head.checkpoint.size if head else 0)


def _trouble(error: Exception) -> str:
    match error:
        case NoKey():
            return "no_key"
        case SignerAway():
            return "signer"
        case Occupied():
            return "occupied"
        case OSError():
            return _DISK.get(error.errno or 0, "disk")
        case SQLAlchemyError():
            return "database"
        case _:
            return "failed"


def _stand(settings: Settings, publisher: Publisher, refusal: str | None, trouble: str | None) -> Publishing:
    before = standing.read(settings)
    at = before.at if refusal or trouble else datetime.now(UTC)
    try:
        policy = publisher.policy
    except PolicyError as error:
        log.error("policy_unreadable", reason=str(error))
        return Publishing(at, refusal, trouble or "policy", (), False)
    seen = {each.name: each for each in before.witnesses} | publisher.witnesses.saw
    nothing = [WitnessSaw(each.name, None, None, None if each.url else "no_address") for each in policy.witnesses]
    witnesses = tuple(seen.get(each.name, each) for each in nothing)
    return Publishing(at, refusal, trouble, witnesses, _quorum_met(publisher, policy))


def _quorum_met(publisher: Publisher, policy: Policy) -> bool:
    """Whether the head that is up carries the cosignatures of enough witnesses, and of one at least."""
    try:
        head = publisher.last()
    except (NoteError, NoKey, SignerAway, OSError):
        return False
    cosigned = {each.name for each in policy.witnesses if head and _cosigned(head.note, each.key)}
    return bool(cosigned) and policy.met(cosigned)


def _cosigned(note: Note, key: VerifyKey) -> bool:
    try:
        return bool(note.verify([key]))
    except NoteError:
        return False

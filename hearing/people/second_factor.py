"""Second factor 动态口令: six digits every thirty seconds (RFC 6238), each taken once."""

from __future__ import annotations

import base64
from datetime import datetime

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy import update

from hearing.clock import now
from hearing.db import db
from hearing.people.models import Account
from hearing.people.rules import Refusal, mask_phone
from hearing.people.viewer import Viewer
from hearing.refusal import Refused
from hearing.web.sealing import derived, lock_up, same, unlock

STEP = 30
"""Seconds that one code is shown."""
ISSUER = "居民议事"
_PURPOSE = "second factor"


def new_secret(viewer: Viewer) -> bytes:
    """The secret that this sign-in may enrol: the same each time the page is opened, and kept nowhere until then."""
    return derived("second factor enrolment", viewer.account.ref, viewer.login.id)


def typed_form(secret: bytes) -> str:
    """The secret as a person types it who cannot scan: 32 letters and digits."""
    return base64.b32encode(secret).decode()


def address(viewer: Viewer, secret: bytes) -> str:
    """The otpauth: address that the QR code holds."""
    return _totp(secret).get_provisioning_uri(mask_phone(viewer.account.phone or viewer.account.ref), ISSUER)


def enrol(viewer: Viewer, typed: str) -> None:
    """Keep the new secret once its first code has been typed; run it by `keep`. Raises SECOND_FACTOR_WRONG."""
    secret = new_secret(viewer)
    step = step_of(secret, typed, now())
    account = db.session.get_one(Account, viewer.id, with_for_update=True)
    if step is None or account.totp_secret is not None:
        raise Refused(Refusal.SECOND_FACTOR_WRONG)
    account.totp_secret, account.totp_step = lock_up(_PURPOSE, account.ref, secret), step


def take(viewer: Viewer, typed: str) -> None:
    """Accept a code and use its step up; run it by `keep`. Raises SECOND_FACTOR_WRONG."""
    account = viewer.account
    secret = unlock(_PURPOSE, account.ref, account.totp_secret or "")
    step = step_of(secret, typed, now())
    used = (
        update(Account)
        .where(Account.id == account.id, Account.totp_step < (step or 0), Account.totp_secret == account.totp_secret)
        .values(totp_step=step)
        .returning(Account.id)
        .execution_options(synchronize_session=False)
    )
    if step is None or db.session.scalar(used) is None:
        raise Refused(Refusal.SECOND_FACTOR_WRONG)


def step_of(secret: bytes, typed: str, moment: datetime) -> int | None:
    """The step whose code was typed: this one, the one before or the one after, as clocks of phones differ."""
    step = int(moment.timestamp()) // STEP
    return next((near for near in (step, step - 1, step + 1) if same(code_at(secret, near), typed)), None)


def code_at(secret: bytes, step: int) -> str:
    """The code that an authenticator shows during a step."""
    return _totp(secret).generate(step * STEP).decode()


def _totp(secret: bytes) -> TOTP:
    return TOTP(secret, 6, SHA1(), STEP)  # noqa: S303 - what every authenticator speaks (RFC 6238)

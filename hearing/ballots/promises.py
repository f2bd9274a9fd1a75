"""Promises 承诺: what a voter of a secret poll gets at once, signed by the log's key."""

from __future__ import annotations

from typing import cast

from flask import current_app

from hearing.audit.keyring import NoKey
from hearing.audit.note import Note
from hearing.audit.publisher import Publisher
from hearing.audit.signer_process import SignerAway
from hearing.ballots import rules
from hearing.refusal import Refused


def promise(poll_id: int, c: str) -> Note:
    """The signed promise for a ballot; the same ballot always gets the same bytes. Raises NO_PROMISE.

    It names no time: the ballot stands in the trail before the entry poll.closed, whenever that is, and not doing so is
    what anybody can prove with it.
    """
    publisher = cast(Publisher, current_app.extensions["publisher"])
    try:
        return publisher.signer.promise(f"poll/{poll_id}", c)
    except (NoKey, SignerAway, OSError):
        raise Refused(rules.Refusal.NO_PROMISE) from None

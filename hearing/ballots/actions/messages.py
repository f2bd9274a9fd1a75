"""Messages 通知: what those who have voted are told on their phones: together, in an order of chance, never at once."""

from __future__ import annotations

import random

from sqlalchemy import insert, select

from hearing.ballots.models import Poll, PollMark, PollVoter
from hearing.clock import now
from hearing.db import db
from hearing.people import outbox
from hearing.people.models import Account, Membership, Message


def tell_marked(poll: Poll, sentence: str, *, least: int = 1, untold_only: bool = False) -> bool:
    """Write a message to each household or person that has voted; false where they are fewer than `least`.

    `untold_only` leaves out those who know already that they have. The sentence may name title and url.
    """
    query = (
        select(PollVoter.id, Account.phone, Account.email, Account.language)
        .join(PollMark, PollMark.voter_id == PollVoter.id)
        .join(
            Membership,
            (Membership.unit_id == PollVoter.unit_id) | (Membership.holder_id == PollVoter.holder_id),
            isouter=True,
        )
        .join(Account, Account.id == Membership.account_id, isouter=True)
        .where(PollVoter.poll_id == poll.id)
        .where((Membership.left_at.is_(None)) & (Account.disabled_at.is_(None)))
    )
    found = list(db.session.execute(query.where(~PollVoter.told) if untold_only else query))
    if len({row.id for row in found}) < max(1, least):
        return False
    random.SystemRandom().shuffle(found)
    url, moment = outbox.address(f"/polls/{poll.id}"), now()
    waiting = [
        {
            "channel": outbox.SMS if row.phone else outbox.MAIL,
            "recipient": row.phone or row.email,
            "text": outbox.worded(row.language, sentence, title=poll.title, url=url),
            "state": outbox.WAITING,
            "tries": 0,
            "written_at": moment,
            "due_at": moment,
        }
        for row in found
        if row.phone or row.email
    ]
    if waiting:
        db.session.execute(insert(Message), waiting)
    return True

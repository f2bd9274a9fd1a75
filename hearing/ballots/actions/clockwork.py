"""Clockwork 到点: what is done about polls when the clock or the box says so, one act for each poll."""

from __future__ import annotations

from collections.abc import Callable
from random import SystemRandom
from typing import Any

import structlog

from hearing.audit.ledger import keep, perform, perform_all
from hearing.ballots import bundle, paper_queries, queries, rules
from hearing.ballots.actions.closing import close, put_into_trail, record_tally
from hearing.ballots.actions.tablet import forget_codes
from hearing.ballots.box import destroy_key, polls_with_keys
from hearing.db import db, reading
from hearing.notices.rules import beijing_day
from hearing.refusal import Refused

log = structlog.get_logger()

_ELSEWHERE = (rules.Refusal.POLL_ELSEWHERE, rules.Refusal.POLL_STILL_OPEN)


def due_steps() -> int:
    """Empty boxes that are full enough, close what is over, count what is closed, destroy keys of no more use.

    Needs an application context. Several workers may call this at once, as often as they like: whoever comes second
    finds nothing left to do. Returns how many steps were taken.
    """
    done = sum(empty_one(poll) for poll in _asked(queries.full_boxes))
    done += sum(close_one(poll) for poll in _asked(queries.overdue))
    done += sum(count_one(poll) for poll in _asked(queries.uncounted))
    _forget_keys()
    if _asked(paper_queries.stale_codes):
        keep(forget_codes)
    return done


def empty_one(poll_id: int) -> bool:
    """Bring out of one box what may come out; whether it was this call that did."""
    return _step(lambda: perform_all(put_into_trail, poll_id))


def close_one(poll_id: int) -> bool:
    """Close one poll whose last moment has come; whether it was this call that did."""
    return _step(lambda: perform_all(close, poll_id))


def count_one(poll_id: int) -> bool:
    """Count one closed poll. The counting itself holds no lock: what is counted changes no more."""
    with reading():
        election = queries.election(poll_id)
        db.session.rollback()
    if election is None or election.record is not None:
        return False
    record = rules.count(election.rule_object, election.options, election.said, election.lot_seed)
    kept = _written(election, record)
    return _step(lambda: perform(record_tally, poll_id, election, record, kept))


def _written(election: queries.Election, record: dict[str, Any]) -> bundle.Written:
    """The files of the bundle that are written with the count."""
    question, limits = election.kind is rules.Kind.YES_NO, election.rule_object.limits
    about = bundle.About(
        title=election.title,
        place=election.place,
        kind=election.kind,
        opened=beijing_day(election.opens),
        closed=beijing_day(election.closes),
        names=election.titles,
        least=limits.least or None,
        most=limits.most or None,
        most_points=limits.points or None,
        withdrawn=tuple(option.code for option in election.options if option.withdrawn),
        fixed=bundle.Fixed(election.subject, election.rule_text, election.rule_hash, election.lot_seed),
    )
    return bundle.written(
        about,
        bundle.answers_profile(record) if question else election.profile,
        None if question else election.rule,
        record,
        SystemRandom(),
        pots=dict(election.rule_object.pots) or None,
        secret=election.mode is rules.Mode.SECRET,
    )


def _asked(question: Callable[[], list[int]]) -> list[int]:
    with reading():
        found = question()
        db.session.rollback()
    return found


def _step(act: Callable[[], object]) -> bool:
    try:
        act()
    except Refused as refused:
        if refused.refusal not in _ELSEWHERE:
            # One poll that cannot go on must not keep the others from it.
            log.error("poll_step_refused", why=str(refused.refusal))
        return False
    return True


def _forget_keys() -> None:
    """Destroy the keys of boxes that nobody will open again: of polls that are closed."""
    kept = polls_with_keys()
    if not kept:
        return
    for poll_id in _asked(lambda: queries.closed_among(kept)):
        destroy_key(poll_id)

"""What everybody may know: the cases of a neighbourhood, and the story of one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from flask_babel import gettext
from sqlalchemy import select

from hearing.audit import queries as audit
from hearing.audit.fact import Band, type_registry
from hearing.audit.queries import Told
from hearing.audit.routes import tell, way_to
from hearing.db import db
from hearing.meetings.facts import MeetingCancelled, MeetingEnded, MeetingNoticed
from hearing.places.models import Neighbourhood
from hearing.proposals.models import Proposal
from hearing.proposals.rules import STATE_LABELS, State
from hearing.refusal import N_

UNDER_WAY = (State.DELIBERATING, State.PLAN_FIXED, State.CONSENT, State.PUBLICITY, State.SUSPENDED)

AHEAD = (
    (State.DELIBERATING, Band.BEFORE, N_("协商定方案")),
    (State.CONSENT, Band.DURING, N_("各户书面表态")),
    (State.PUBLICITY, Band.DURING, N_("公示，大家可以提异议")),
    (State.APPROVED, Band.DURING, N_("通过")),
)
"""What still lies ahead of a case, by the state that it leads to."""

_ORDER = (
    State.SUBMITTED,
    State.SCREENING,
    State.DELIBERATING,
    State.PLAN_FIXED,
    State.CONSENT,
    State.PUBLICITY,
    State.APPROVED,
)


@dataclass(frozen=True)
class Listed:
    """A case in a list."""

    id: int
    title: str
    state: State
    since: datetime

    @property
    def label(self) -> str:
        """Its state in the reader's language."""
        return str(gettext(STATE_LABELS[self.state]))


@dataclass(frozen=True)
class Step:
    """A line of a case's story."""

    title: str
    when: str | None
    url: str | None
    state: str
    """done, now or todo."""


def neighbourhoods() -> Sequence[Neighbourhood]:
    """Every neighbourhood of this installation."""
    return db.session.scalars(select(Neighbourhood).order_by(Neighbourhood.id)).all()


def neighbourhood(slug: str) -> Neighbourhood | None:
    """The neighbourhood of that name in addresses."""
    return db.session.scalars(select(Neighbourhood).where(Neighbourhood.slug == slug)).one_or_none()


def cases(neighbourhood_id: int, limit: int = 100) -> list[Listed]:
    """The cases that the public may read, those under way first, then the newest."""
    query = (
        select(Proposal.id, Proposal.title, Proposal.state, Proposal.since)
        .where(Proposal.neighbourhood_id == neighbourhood_id, Proposal.accepted_at.is_not(None))
        .order_by(Proposal.state.in_([state.value for state in UNDER_WAY]).desc(), Proposal.since.desc(), Proposal.id)
        .limit(limit)
    )
    return [Listed(row.id, row.title, State(row.state), row.since) for row in db.session.execute(query)]


def entries(proposal: Proposal) -> list[Told]:
    """The public entries of a case: whatever its page tells of what happened is read from them.

    Of each household's part in it the story tells nothing, and of an estate's there are thousands.
    """
    return audit.story(db.session, proposal.matter, without=_of_households())


@cache
def _of_households() -> frozenset[str]:
    mine = ("consent.", "visit.")
    return frozenset(kind for kind, fact in type_registry.items() if fact.band is Band.NONE and kind.startswith(mine))


def meets(entries: Iterable[Told]) -> bool:
    """Whether a meeting on a case is announced or goes on. What they tell of those that are over is in the story."""
    open_ones: set[str] = set()
    for entry in entries:
        if entry.kind == MeetingNoticed.kind:
            open_ones.add(entry.subject)
        elif entry.kind in {MeetingEnded.kind, MeetingCancelled.kind}:
            open_ones.discard(entry.subject)
    return bool(open_ones)


def story(proposal: Proposal, entries: Iterable[Told], day: Callable[[datetime], str]) -> dict[Band, list[Step]]:
    """What happened, in three bands, and what is still to come. `day` writes a moment as the page's language does."""
    bands: dict[Band, list[Step]] = {Band.BEFORE: [], Band.DURING: [], Band.AFTER: []}
    for told in entries:
        band = told.fact.band
        if band is not Band.NONE:
            url = way_to(told.subject) if told.subject != proposal.matter else None
            bands[band].append(Step(tell(told.fact.sentence, told.pub), day(told.at), url, "done"))
    for band, words, state in _ahead(State(proposal.state)):
        bands[band].append(Step(str(gettext(words)), None, None, state))
    return bands


def _ahead(state: State) -> list[tuple[Band, str, str]]:
    if state not in _ORDER:
        return []
    here = _ORDER.index(state)
    return [
        (band, words, "now" if leads_to is state and state is not State.APPROVED else "todo")
        for leads_to, band, words in AHEAD
        if _ORDER.index(leads_to) >= here and not (leads_to is state is State.APPROVED)
    ]

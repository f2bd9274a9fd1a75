"""Reads of polls: for everybody, for a voter, for the desk; and the election as it is counted. The viewer first."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, bindparam, exists, false, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from hearing.audit import queries as audit
from hearing.audit.fact import NOBODY
from hearing.ballots import facts, rules
from hearing.ballots.box import box_of
from hearing.ballots.models import (
    NamedBallot,
    Poll,
    PollMark,
    PollProject,
    PollTally,
    PollVoiding,
    PollVoter,
    RollAmendment,
    SealedBallot,
    SecretBallot,
)
from hearing.ballots.paper_models import PollDesk
from hearing.ballots.tally import Ballot, Profile, Record, Rule
from hearing.clock import database_now
from hearing.db import connected, db
from hearing.glance import Glance
from hearing.people.queries import door_of, neighbourhoods_of, unit
from hearing.people.rules import COMMITTEE
from hearing.people.viewer import Anyone, Viewer
from hearing.places.models import Building, Estate, Holder, Neighbourhood, Stairwell, Tenure, TenureShare, Unit
from hearing.refusal import Refused

_WHOLE = (
    joinedload(Poll.neighbourhood, innerjoin=True),
    joinedload(Poll.building),
    selectinload(Poll.projects),
    joinedload(Poll.tally),
)


_POLL = cast(Table, Poll.__table__)
_PROJECT = cast(Table, PollProject.__table__)
# Every ballot asks these, so they are built once.
_MANNER = Glance(select(_POLL.c.mode, _POLL.c.kind).where(_POLL.c.id == bindparam("poll")))
_GONE = select(func.count()).where(_PROJECT.c.poll_id == bindparam("poll"), _PROJECT.c.withdrawn_at.is_not(None))


@dataclass(frozen=True)
class Line:
    """A line of the roll as its voter sees it."""

    voter_id: int
    name: str
    """The household's door, or the person's own name."""
    marked: bool
    turn: int = 0
    ballot: rules.Said | None = None
    """Her ballot that counts now, where it stands under her name."""


@dataclass(frozen=True)
class Election:
    """One poll as it is counted and told: nothing in it says who voted, when, or in which order."""

    poll_id: int
    title: str
    place: str
    mode: rules.Mode
    kind: rules.Kind
    opens: datetime
    closes: datetime
    roll_size: int
    options: tuple[rules.Option, ...]
    """Every project that a ballot could name, the withdrawn ones too."""
    rule_object: rules.RuleObject
    rule_text: str
    rule_hash: str
    lot_seed: str
    said: tuple[rules.Said, ...]
    """Every ballot that counts, in an order of chance; withdrawn projects still stand on them."""
    record: Record | None
    """The record of the count; None before it."""
    record_text: str = ""
    record_hash: str = ""
    reveal_hash: str = ""

    @property
    def subject(self) -> str:
        """This poll's name in the trail."""
        return f"poll/{self.poll_id}"

    @cached_property
    def profile(self) -> Profile:
        """The election in the tally's terms, without what was withdrawn. Raises BadProfile for a yes-or-no question."""
        return rules.profile_of(self.rule_object, self.options, self.said)

    @cached_property
    def rule(self) -> Rule:
        """The rule in the tally's terms, with its drawn lot."""
        return rules.rule_of(self.rule_object, [project.id for project in self.profile.projects], self.lot_seed)

    @cached_property
    def ballots(self) -> tuple[Ballot, ...]:
        """Every ballot in the tally's terms, in the order of `said`."""
        places = {project.id: place for place, project in enumerate(self.profile.projects)}
        return tuple(rules.ballot(self.rule_object, places, each) for each in self.said)

    @property
    def titles(self) -> dict[str, str]:
        """What each project is called, by its code."""
        return {option.code: option.title for option in self.options}


def listed(place_id: int) -> list[Poll]:
    """The polls of a neighbourhood that everybody may see, those that run first."""
    running = Poll.state == rules.State.OPEN
    query = (
        select(Poll)
        .where(Poll.neighbourhood_id == place_id, Poll.state != rules.State.DRAFT)
        .order_by(running.desc(), Poll.closes_at.desc(), Poll.id)
        .limit(50)
    )
    return list(db.session.scalars(query))


def poll(viewer: Anyone, poll_id: int, *, whole: bool = True) -> Poll | None:
    """A poll, with its projects if it is asked for as a whole; a draft only for the office that writes it."""
    wanted = _WHOLE if whole else _WHOLE[:1]
    found = db.session.scalars(select(Poll).where(Poll.id == poll_id).options(*wanted)).one_or_none()
    if found is None or (found.stands is rules.State.DRAFT and not leads(viewer, found)):
        return None
    return found


def leads(viewer: Anyone, found: Poll) -> bool:
    """Whether the viewer sits at the desk that runs this poll."""
    return isinstance(viewer, Viewer) and bool(viewer.seats_in(found.neighbourhood_id) & COMMITTEE)


def desk_polls(viewer: Viewer) -> list[Poll]:
    """The polls of the viewer's desks, the newest first."""
    places = neighbourhoods_of(viewer, COMMITTEE)
    query = select(Poll).where(Poll.neighbourhood_id.in_(places)).options(joinedload(Poll.neighbourhood))
    return list(db.session.scalars(query.order_by(Poll.id.desc()).limit(100)))


def desk_poll(viewer: Viewer, poll_id: int) -> Poll | None:
    """A poll of one of the viewer's desks, with all that its page tells."""
    places = neighbourhoods_of(viewer, COMMITTEE)
    query = select(Poll).where(Poll.id == poll_id, Poll.neighbourhood_id.in_(places))
    return db.session.scalars(query.options(*_WHOLE, selectinload(Poll.extensions))).one_or_none()


def desks(viewer: Viewer) -> list[Neighbourhood]:
    """The neighbourhoods in which the viewer may set up a poll."""
    ids = neighbourhoods_of(viewer, COMMITTEE)
    return list(db.session.scalars(select(Neighbourhood).where(Neighbourhood.id.in_(ids)).order_by(Neighbourhood.id)))


def buildings(viewer: Viewer) -> list[Building]:
    """The buildings whose households alone may be asked."""
    ids = neighbourhoods_of(viewer, COMMITTEE)
    query = (
        select(Building)
        .join(Building.estate)
        .where(Estate.neighbourhood_id.in_(ids))
        .options(joinedload(Building.estate))
        .order_by(Estate.id, Building.position, Building.id)
    )
    return list(db.session.scalars(query))


def turnout(found: Poll) -> int:
    """How many of the roll have voted."""
    query = select(func.count()).select_from(PollMark).where(PollMark.poll_id == found.id)
    return db.session.scalar(query) or 0


def lines(viewer: Anyone, found: Poll) -> list[Line]:
    """The viewer's own lines of the roll, in its order; of a secret poll no more than whether each has voted."""
    if not isinstance(viewer, Viewer) or found.stands is rules.State.DRAFT:
        return []
    last = (
        select(func.max(NamedBallot.turn)).where(NamedBallot.voter_id == PollVoter.id).correlate(PollVoter)
    ).scalar_subquery()
    query = (
        select(PollVoter.id, PollVoter.unit_id, PollMark.voter_id.label("marked"), NamedBallot)
        .join(PollMark, PollMark.voter_id == PollVoter.id, isouter=True)
        .join(NamedBallot, (NamedBallot.voter_id == PollVoter.id) & (NamedBallot.turn == last), isouter=True)
        .where(_of(found.id), ~PollVoter.struck, _hers(viewer))
        .order_by(PollVoter.id)
    )
    doors = {membership.unit_id: door_of(membership.unit) for membership in viewer.memberships}
    return [
        Line(
            row.id,
            doors.get(row.unit_id, viewer.name),
            row.marked is not None,
            row.NamedBallot.turn if row.NamedBallot else 0,
            row.NamedBallot.said() if row.NamedBallot and row.NamedBallot.ballot else None,
        )
        for row in db.session.execute(query)
    ]


def version_of_choices(found: Poll) -> str:
    """Changes with all that an open poll's ballots offer: which poll it is, and how much of it was withdrawn."""
    gone = connected().execute(_GONE, {"poll": found.id}).scalar_one()
    return f"{found.order_seed} {gone}"


def waiting_for(viewer: Viewer) -> list[Poll]:
    """The running polls in which the viewer has not voted yet for one of her lines."""
    unmarked = ~exists().where(PollMark.voter_id == PollVoter.id)
    query = (
        select(Poll)
        .where(
            Poll.state == rules.State.OPEN,
            Poll.opens_at <= database_now(),
            Poll.closes_at > database_now(),
            exists().where(PollVoter.poll_id == Poll.id, ~PollVoter.struck, _hers(viewer), unmarked),
        )
        .order_by(Poll.closes_at, Poll.id)
    )
    return list(db.session.scalars(query))


def manner_of(poll_id: int) -> tuple[rules.Mode, rules.Kind] | None:
    """How a poll is voted in, under names or not and on which ballots; None where there is no such poll."""
    found = _MANNER.rows(poll=poll_id)
    return (rules.Mode(found[0]["mode"]), rules.Kind(found[0]["kind"])) if found else None


def is_cast(found: Poll, c: str) -> bool:
    """Whether the trail has the ballot of this commitment, or the poll's box still holds it."""
    there = select(SecretBallot.c).where(SecretBallot.c == c, SecretBallot.poll_id == found.id)
    if db.session.execute(there).one_or_none() is not None:
        return True
    try:
        slot = box_of(found.id, found.box_room, found.box_check).slot(c)
    except Refused:
        return False
    return db.session.get(SealedBallot, slot) is not None


def in_trail(found: Poll, c: str) -> int | None:
    """Where the ballot of this commitment stands in the trail; None while it waits, or where there is none."""
    place, subject = found.neighbourhood.slug, found.subject
    leaf = facts.SecretBallotCast(actor=NOBODY, scope=place, subject=subject, matter=subject, c=c)
    return audit.bare_place(db.session, leaf)


def receipt_of(viewer: Viewer, poll_id: int, unit_ids: Collection[int]) -> int | None:
    """The entry of the viewer's last ballot under her name, or her household's."""
    return audit.last_by(db.session, f"poll/{poll_id}", "poll.voted", ref=viewer.account.ref, units=unit_ids)


# ---- the office


def units_without(found: Poll) -> list[Unit]:
    """The homes of the poll's place that have no line on its roll."""
    there = exists().where(PollVoter.poll_id == found.id, PollVoter.unit_id == Unit.id, ~PollVoter.struck)
    return list(db.session.scalars(_homes(found).where(~there)))


def units_with(found: Poll) -> list[Unit]:
    """The homes on the roll that have not voted."""
    marked = exists().where(PollMark.voter_id == PollVoter.id)
    there = exists().where(PollVoter.poll_id == found.id, PollVoter.unit_id == Unit.id, ~PollVoter.struck, ~marked)
    return list(db.session.scalars(_homes(found).where(there)))


def home(unit_id: int) -> Unit:
    """A home by its number, with all that stands above it."""
    return unit(unit_id)


def _homes(found: Poll) -> Any:
    query = (
        select(Unit)
        .join(Unit.stairwell)
        .join(Stairwell.building)
        .join(Building.estate)
        .where(Estate.neighbourhood_id == found.neighbourhood_id)
        .options(joinedload(Unit.stairwell).joinedload(Stairwell.building))
        .order_by(Estate.id, Building.position, Building.id, Stairwell.id, Unit.position, Unit.id)
    )
    return query if found.building_id is None else query.where(Building.id == found.building_id)


def voters_now(found: Poll) -> list[tuple[int | None, int | None]]:
    """Who would stand on the roll if it were frozen now: (unit, None) for each held home, or (None, holder).

    Homes without a standing tenure and holders who have died have no vote; somebody with two flats is one person.
    """
    query = (
        select(Unit.id, Holder.id)
        .join(Tenure, Tenure.unit_id == Unit.id)
        .join(TenureShare, TenureShare.tenure_id == Tenure.id)
        .join(Holder, Holder.id == TenureShare.holder_id)
        .join(Stairwell, Stairwell.id == Unit.stairwell_id)
        .join(Building, Building.id == Stairwell.building_id)
        .join(Estate, Estate.id == Building.estate_id)
        .where(Estate.neighbourhood_id == found.neighbourhood_id, Tenure.until.is_(None), Holder.died_on.is_(None))
        .order_by(Building.position, Building.id, Stairwell.id, Unit.position, Unit.id, Holder.id)
    )
    if found.building_id is not None:
        query = query.where(Building.id == found.building_id)
    rows = db.session.execute(query).all()
    if found.per == rules.Per.HOUSEHOLD:
        return [(unit, None) for unit in dict.fromkeys(row[0] for row in rows)]
    return [(None, holder) for holder in dict.fromkeys(row[1] for row in rows)]


def amendments(found: Poll) -> list[RollAmendment]:
    """Changes of the roll that were asked for, and those that were made."""
    query = select(RollAmendment).where(RollAmendment.poll_id == found.id).order_by(RollAmendment.id)
    return list(db.session.scalars(query))


def voidings(found: Poll) -> list[PollVoiding]:
    """The requests to declare a poll void; of a void one also the one by which it is."""
    return list(db.session.scalars(select(PollVoiding).where(PollVoiding.poll_id == found.id).order_by(PollVoiding.id)))


def voided_by(found: Poll) -> PollVoiding | None:
    """The act by which a poll is void; None where it is not."""
    if found.stands is not rules.State.VOID:
        return None
    query = select(PollVoiding).where(PollVoiding.poll_id == found.id, PollVoiding.made_by.is_not(None))
    return db.session.scalars(query).one()


def box_opens(found: Poll) -> bool:
    """Whether the key of a poll's box can be read and is the right one; true where there is no box."""
    if not found.is_secret:
        return True
    try:
        box_of(found.id, found.box_room, found.box_check)
    except Refused:
        return False
    return True


def polls_without_key() -> list[int]:
    """The open polls whose ballots nobody can put into their boxes, nor take out: the key is gone, or another's."""
    query = select(Poll).where(Poll.state == rules.State.OPEN, Poll.mode == rules.Mode.SECRET).order_by(Poll.id)
    return [found.id for found in db.session.scalars(query) if not box_opens(found)]


def commitments(poll_id: int) -> list[str]:
    """What the roll's root is made from."""
    return list(db.session.scalars(select(PollVoter.commitment).where(_of(poll_id), ~PollVoter.struck)))


# ---- the clock


def overdue() -> list[int]:
    """The open polls whose last moment has come."""
    query = select(Poll.id).where(Poll.state == rules.State.OPEN, Poll.closes_at <= database_now(), ~waits_for_papers())
    return list(db.session.scalars(query.order_by(Poll.id)))


def waits_for_papers() -> ColumnElement[bool]:
    """Whether a paper of the poll was handed out of which nobody has said yet what became of it."""
    done = PollDesk.entered + PollDesk.voided + PollDesk.unreturned
    return exists().where(PollDesk.poll_id == Poll.id, PollDesk.handed > done)


def uncounted() -> list[int]:
    """The closed polls without a count."""
    return list(db.session.scalars(select(Poll.id).where(Poll.state == rules.State.CLOSED).order_by(Poll.id)))


def full_boxes() -> list[int]:
    """The open polls with enough ballots in their boxes for a batch."""
    lying = (
        select(SealedBallot.poll_id)
        .join(Poll, Poll.id == SealedBallot.poll_id)
        .where(Poll.state == rules.State.OPEN)
        .group_by(SealedBallot.poll_id)
        .having(func.count() >= 2 * rules.LEAST_BATCH)
    )
    return sorted(db.session.scalars(lying))


def closed_among(poll_ids: Collection[int]) -> list[int]:
    """Those of these polls that take no more ballots."""
    over = Poll.state.in_([rules.State.CLOSED, *rules.ENDED])
    return list(db.session.scalars(select(Poll.id).where(Poll.id.in_(poll_ids), over)))


# ---- what was cast


def voted_list(found: Poll) -> list[str]:
    """The commitments of those who voted, sorted; opening one takes the voter's own salt."""
    marked = exists().where(PollMark.voter_id == PollVoter.id)
    return sorted(db.session.scalars(select(PollVoter.commitment).where(PollVoter.poll_id == found.id, marked)))


def reveal(found: Poll) -> Iterator[bytes]:
    """The lines of reveal.jsonl, sorted by commitment; only once the poll is closed."""
    query = select(SecretBallot.c, SecretBallot.nonce, SecretBallot.ballot).where(SecretBallot.poll_id == found.id)
    for row in sorted(db.session.execute(query)):
        yield rules.reveal_line(row.c, row.nonce, row.ballot)


def election(poll_id: int) -> Election | None:
    """The election of a closed poll, with its record once it is counted; None before the close."""
    found = db.session.scalars(
        select(Poll).where(Poll.id == poll_id).options(*_WHOLE).execution_options(populate_existing=True)
    ).one_or_none()
    if found is None or found.stands not in (rules.State.CLOSED, rules.State.TALLIED):
        return None
    counted: PollTally | None = found.tally
    said = _cast(found)
    random.SystemRandom().shuffle(said)
    return Election(
        poll_id=found.id,
        title=found.title,
        place=found.neighbourhood.name,
        mode=rules.Mode(found.mode),
        kind=rules.Kind(found.kind),
        opens=found.opens_at,
        closes=found.closes_at,
        roll_size=found.roll_size,
        options=tuple(found.options),
        rule_object=found.rule,
        rule_text=found.rule_text,
        rule_hash=found.rule_hash,
        lot_seed=found.lot_seed,
        said=tuple(said),
        record=counted.record if counted else None,
        record_text=counted.record_text if counted else "",
        record_hash=counted.record_hash if counted else "",
        reveal_hash=counted.reveal_hash if counted else "",
    )


def chosen_titles(found: Poll) -> list[str]:
    """What the projects are called that a counted poll has chosen, in the order of the count."""
    titles = {project.code: project.title for project in found.projects}
    return [titles[code] for code in found.tally.record.get("winners", ())] if found.tally else []


def revealed(found: Poll, c: str) -> rules.Said:
    """What the secret ballot with this code says, once the poll is closed. Raises NO_SUCH_BALLOT."""
    opened = db.session.get(SecretBallot, c)
    if opened is None or opened.poll_id != found.id:
        raise Refused(rules.Refusal.NO_SUCH_BALLOT)
    return opened.said()


def leaves(found: Poll) -> list[str]:
    """The codes of a secret poll's ballots as the trail has them, sorted."""
    return sorted(audit.bare_parts(db.session, facts.SecretBallotCast, found.subject, "c"))


def own_choices(viewer: Viewer, found: Poll) -> list[rules.Said]:
    """The viewer's own ballots of a poll under names; of a secret one nothing is known."""
    return [line.ballot for line in lines(viewer, found) if line.ballot is not None]


def _cast(found: Poll) -> list[rules.Said]:
    """Every ballot that counts."""
    if found.is_secret:
        return [
            each.said() for each in db.session.scalars(select(SecretBallot).where(SecretBallot.poll_id == found.id))
        ]
    later = (
        select(NamedBallot.voter_id, func.max(NamedBallot.turn).label("turn"))
        .where(NamedBallot.poll_id == found.id)
        .group_by(NamedBallot.voter_id)
        .subquery()
    )
    query = select(NamedBallot).join(
        later, (later.c.voter_id == NamedBallot.voter_id) & (later.c.turn == NamedBallot.turn)
    )
    return [each.said() for each in db.session.scalars(query.where(NamedBallot.ballot != ""))]


def _of(poll_id: int) -> ColumnElement[bool]:
    return PollVoter.poll_id == poll_id


def _hers(viewer: Viewer) -> ColumnElement[bool]:
    """The lines of the roll for which she answers: as a recognised holder, never as family."""
    # Without a part that nothing can be: beside one, SQLite would look through the whole roll.
    sought = ((PollVoter.unit_id, viewer.answers_for), (PollVoter.holder_id, viewer.holder_ids))
    return or_(false(), *(column.in_(mine) for column, mine in sought if mine))


def projects_of(found: Poll, words: str, category: str) -> Sequence[PollProject]:
    """The projects whose title, code or description has these words, in the order in which they are shown."""
    by_code = {project.code: project for project in found.projects}
    shown = [by_code[option.code] for option in found.options if option.code in by_code]
    wanted = words.casefold()
    return [
        project
        for project in shown
        if (not wanted or any(wanted in text.casefold() for text in (project.title, project.code, project.words)))
        and (not category or project.category == category)
    ]

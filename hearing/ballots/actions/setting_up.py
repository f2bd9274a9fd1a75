"""Setting up 准备投票: terms and projects of a draft, the opening that freezes them, and what may change after."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import joinedload, selectinload

from hearing.audit import canonical
from hearing.audit.fact import Actor, Fact
from hearing.ballots import facts, queries, rules
from hearing.ballots.box import make_key, room_for
from hearing.ballots.models import Poll, PollExtension, PollMark, PollProject, PollVoter, RollAmendment
from hearing.ballots.paper_queries import paper_out
from hearing.clock import database_now, now
from hearing.db import db
from hearing.people import rules as people
from hearing.people.models import Account
from hearing.people.queries import accounts_of_person
from hearing.people.rules import Role
from hearing.people.viewer import Viewer
from hearing.places.models import Building, Neighbourhood
from hearing.refusal import Refused

SEATS = (Role.COMMITTEE_CLERK, Role.COMMITTEE_DIRECTOR)
"""From which seats polls are run, in this order."""


@dataclass(frozen=True)
class Terms:
    """What staff decide about a poll before it opens; money in 分, moments in UTC."""

    title: str
    words: str
    mode: rules.Mode
    per: rules.Per
    kind: rules.Kind
    limits: rules.Limits
    counting: rules.Counting
    opens: datetime
    closes: datetime
    budget: int = 0
    pots: Mapping[str, int] = field(default_factory=dict)
    threshold: int = 0
    floor: int = 0
    comparison: bool = False
    building: Building | None = None


@dataclass(frozen=True)
class ProjectTerms:
    """What staff write about a project; `cost` in 分."""

    code: str
    title: str
    words: str
    cost: int
    category: str = ""


def draft(by: Viewer, place: Neighbourhood, terms: Terms) -> facts.Drafted:
    """Begin a poll. Raises NOT_YOUR_SEAT of people, CLOSES_TOO_SOON, WINDOW_TOO_LONG, BAD_LIMITS, RULE_DOES_NOT_FIT."""
    _seat(by, place.id)
    poll = Poll(
        neighbourhood=place,
        state=rules.State.DRAFT,
        since=now(),
        lot_seed=secrets.token_hex(32),
        order_seed=secrets.token_hex(32),
        rule_version=0,
    )
    return _write(by, poll, terms)


def draft_again(by: Viewer, poll: Poll) -> Sequence[Fact]:
    """Begin a poll with the terms and the projects of one that is over or void, for as long; it would begin tomorrow.

    A project that was withdrawn stays away; roll, lot and order are the new poll's own. Raises POLL_ELSEWHERE, or
    NOT_YOUR_SEAT of people.
    """
    held = _hold(poll.id)
    rules.check_repeat(held.stands)
    opens = now() + timedelta(days=1)
    wanted = Terms(
        title=held.title,
        words=held.words,
        mode=rules.Mode(held.mode),
        per=rules.Per(held.per),
        kind=rules.Kind(held.kind),
        limits=rules.Limits(held.least, held.most, held.points, held.most_each),
        counting=rules.Counting(held.counting),
        opens=opens,
        closes=opens + (held.closes_at - held.opens_at),
        budget=held.budget_fen,
        pots=json.loads(held.pots_text),
        threshold=held.threshold,
        floor=held.floor,
        comparison=held.comparison,
        building=held.building,
    )
    done: list[Fact] = [drafted := draft(by, held.neighbourhood, wanted)]
    anew = _hold(int(drafted.subject.rpartition("/")[2]))
    for project in held.projects:
        if project.withdrawn_at is None:
            again = ProjectTerms(project.code, project.title, project.words, project.cost_fen, project.category)
            # Too dear or not, it comes along: the opening says so, and staff take it off by themselves.
            done.append(add_project(by, anew, again, as_it_was=True))
    return done


def change_terms(by: Viewer, poll: Poll, terms: Terms) -> facts.Drafted:
    """Write the terms of a draft anew, so that its projects are still within reach.

    Raises POLL_ELSEWHERE once it is open, what `draft` and `rules.check_within_reach` raise.
    """
    held = _hold(poll.id)
    rules.check_draft(held.stands)
    return _write(by, held, terms)


def add_project(by: Viewer, poll: Poll, terms: ProjectTerms, *, as_it_was: bool = False) -> facts.ProjectAdded:
    """Put a project on a draft's list.

    `as_it_was` repeats an election that was held elsewhere: what was on its ballots stands on these, too dear or not.
    Raises POLL_ELSEWHERE, BAD_CODE, CODE_TAKEN, COST_NOTHING, TOO_MANY_PROJECTS, and what `rules.check_within_reach`
    raises.
    """
    held = _hold(poll.id)
    rules.check_draft(held.stands)
    rules.check_code(terms.code)
    if terms.cost <= 0:
        raise Refused(rules.Refusal.COST_NOTHING)
    if len(held.projects) >= rules.MOST_PROJECTS:
        raise Refused(rules.Refusal.TOO_MANY_PROJECTS, most=rules.MOST_PROJECTS)
    if any(project.code == terms.code for project in held.projects):
        raise Refused(rules.Refusal.CODE_TAKEN)
    project = PollProject(
        code=terms.code, title=terms.title, words=terms.words, cost_fen=terms.cost, category=terms.category
    )
    if not as_it_was:
        rules.check_within_reach(held.rule, [project.as_option()])
    held.projects.append(project)
    return facts.ProjectAdded(**staff(by, held), project=terms.code, title=terms.title, cost_fen=terms.cost)


def withdraw_project(by: Viewer, poll: Poll, code: str, because: str) -> facts.ProjectWithdrawn:
    """Take a project off the list. In a draft it is gone; in an open poll it stays on ballots and gets no money.

    Votes for it are not moved: who voted under her name may vote again until the close (domain.md, 4.5). So it ends
    with the last moment, though the poll waits for papers then. Raises POLL_ELSEWHERE, POLL_OVER, UNKNOWN_PROJECT,
    PROJECT_WITHDRAWN.
    """
    held = _hold(poll.id)
    if held.stands is not rules.State.DRAFT:
        _check_running(held)
    project = next((each for each in held.projects if each.code == code), None)
    if project is None:
        raise Refused(rules.Refusal.UNKNOWN_PROJECT)
    if project.withdrawn_at is not None:
        raise Refused(rules.Refusal.PROJECT_WITHDRAWN, title=project.title)
    fact = facts.ProjectWithdrawn(**staff(by, held), project=code, because=because)
    if held.stands is rules.State.DRAFT:
        db.session.delete(project)
    else:
        project.withdrawn_at, project.withdrawn_because = now(), because
    return fact


def open_poll(by: Viewer, poll: Poll, *, seen: int, as_it_was: bool = False) -> facts.Opened:
    """Freeze rule, projects, order and roll; ballots are taken from the opening moment on, or at once if that is past.

    `seen` is the version of the terms that was read, `as_it_was` as in `add_project`. Raises POLL_ELSEWHERE,
    TOO_FEW_PROJECTS, NO_VOTERS, what `rules.check_rule`, `rules.check_within_reach` and `rules.check_window` raise.
    """
    held, moment = _hold(poll.id), now()
    rules.check_draft(held.stands)
    if held.rule_version != seen:
        raise Refused(rules.Refusal.POLL_ELSEWHERE)
    least = 0 if held.kind == rules.Kind.YES_NO else 2
    if len(held.projects) < least:
        raise Refused(rules.Refusal.TOO_FEW_PROJECTS, least=least)
    held.opens_at = max(held.opens_at, moment)
    rules.check_window(held.opens_at, held.closes_at)
    rule = held.rule
    rules.check_rule(rule, held.options)
    if not as_it_was:
        rules.check_within_reach(rule, held.options)
    root, size = _freeze_roll(held)
    held.rule_text, held.rule_hash = rule.text, rule.hash
    held.roll_root, held.roll_size = root, size
    held.state, held.since = rules.State.OPEN, moment
    codes = [option.code for option in held.options]
    if held.is_secret:
        held.box_check = make_key(held.id)
        held.box_room = room_for(codes)
    return facts.Opened(
        **staff(by, held),
        title=held.title,
        mode=held.mode,
        per=held.per,
        ballot=held.kind,
        options=tuple(sorted(codes)),
        choices=1 if held.kind == rules.Kind.YES_NO else held.most or len(codes),
        budget_fen=held.budget_fen,
        rule_version=held.rule_version,
        rule_hash=held.rule_hash,
        projects_hash=projects_hash(held),
        lot=rule.lot,
        order_seed=held.order_seed,
        roll_root=root,
        roll_size=size,
        opens=held.opens_at,
        closes=held.closes_at,
    )


def projects_hash(poll: Poll) -> str:
    """SHA-256 over the canonical list of projects by code: code, title, cost in 分, category."""
    rows = [[each.code, each.title, each.cost, each.category] for each in sorted(poll.options, key=lambda o: o.code)]
    return hashlib.sha256(canonical.encode(rows)).hexdigest()


def extend(by: Viewer, poll: Poll, later: datetime, reason: str) -> facts.Extended:
    """Put the close off, for a reason. The clock is asked in the statement that writes.

    Raises what `rules.check_extension` raises.
    """
    held, moment = _hold(poll.id), now()
    before = held.closes_at
    rules.check_extension(held.stands, opens=held.opens_at, closes=before, later=later, now=moment)
    moved = db.session.execute(
        update(Poll)
        .where(Poll.id == held.id, Poll.state == rules.State.OPEN, Poll.closes_at > database_now())
        .values(closes_at=later)
        .returning(Poll.id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if moved is None:
        raise Refused(rules.Refusal.POLL_OVER)
    db.session.refresh(held, ["closes_at"])
    number = 1 + len(held.extensions)
    db.session.add(
        PollExtension(
            poll_id=held.id,
            number=number,
            before=before,
            closes_at=later,
            reason=reason,
            extended_by=by.id,
            extended_at=moment,
        )
    )
    return facts.Extended(**staff(by, held), number=number, before=before, closes=later, reason=reason)


def ask_amendment(by: Viewer, poll: Poll, unit_id: int, *, adds: bool, reason: str) -> facts.AmendmentAsked:
    """Ask for a household to be put on an open poll's roll, or off it before it has voted; another officer does it.

    Raises POLL_ELSEWHERE, POLL_OVER, ROLL_UNCHANGED, HAS_VOTED.
    """
    held = _hold(poll.id)
    _check_amendable(held)
    _check_change(held, unit_id, adds=adds)
    db.session.add(
        RollAmendment(poll_id=held.id, unit_id=unit_id, adds=adds, reason=reason, asked_by=by.id, asked_at=now())
    )
    return facts.AmendmentAsked(**staff(by, held), adds=adds, voter=f"unit/{unit_id}", reason=reason)


def amend_roll(by: Viewer, poll: Poll, amendment_id: int) -> facts.RollAmended:
    """Make a change of the roll that somebody else asked for; the new root stands in the trail with the reason.

    Two accounts of one person are one person. Raises POLL_ELSEWHERE, POLL_OVER, AMENDMENT_DONE, SAME_OFFICER,
    ROLL_UNCHANGED, HAS_VOTED.
    """
    held, moment = _hold(poll.id), now()
    _check_amendable(held)
    asked = db.session.scalars(
        select(RollAmendment).where(RollAmendment.id == amendment_id, RollAmendment.poll_id == held.id)
    ).one_or_none()
    if asked is None or asked.made_by is not None:
        raise Refused(rules.Refusal.AMENDMENT_DONE)
    if asked.asked_by in accounts_of_person(by.account) | {by.id}:
        raise Refused(rules.Refusal.SAME_OFFICER)
    voter = _check_change(held, asked.unit_id, adds=asked.adds)
    if voter is not None:
        voter.struck = not asked.adds
    else:
        db.session.execute(insert(PollVoter), [_line(held, asked.unit_id, None)])
    asked.made_by, asked.made_at = by.id, moment
    db.session.flush()
    there = queries.commitments(held.id)
    held.roll_root, held.roll_size = rules.roll_root(there), len(there)
    first = db.session.scalars(select(Account.ref).where(Account.id == asked.asked_by)).one()
    return facts.RollAmended(
        **staff(by, held),
        roll_root=held.roll_root,
        roll_size=held.roll_size,
        reason=asked.reason,
        officers=(first, by.account.ref),
        voter=f"unit/{asked.unit_id}",
    )


def _write(by: Viewer, poll: Poll, terms: Terms) -> facts.Drafted:
    rules.check_window(terms.opens, terms.closes)
    rules.check_limits(terms.kind, terms.limits)
    poll.title, poll.words = terms.title, terms.words
    poll.mode, poll.per, poll.kind = terms.mode, terms.per, terms.kind
    poll.least, poll.most = terms.limits.least, terms.limits.most
    poll.points, poll.most_each = terms.limits.points, terms.limits.most_each
    poll.budget_fen, poll.pots_text = terms.budget, json.dumps(dict(terms.pots), ensure_ascii=False, sort_keys=True)
    poll.counting, poll.threshold = terms.counting, terms.threshold
    poll.floor, poll.comparison = terms.floor, terms.comparison
    poll.opens_at, poll.closes_at = terms.opens, terms.closes
    poll.building = terms.building
    poll.rule_version += 1
    if poll.kind != rules.Kind.YES_NO and not poll.budget_fen:
        raise Refused(rules.Refusal.RULE_DOES_NOT_FIT)
    rules.check_rule(poll.rule, [])
    rules.check_within_reach(poll.rule, [project.as_option() for project in poll.projects])
    db.session.add(poll)
    db.session.flush()
    return facts.Drafted(**staff(by, poll), title=poll.title, version=poll.rule_version, rule_hash=poll.rule.hash)


def _freeze_roll(poll: Poll) -> tuple[str, int]:
    """Write down who may vote, each under a salt of her own; the roll's root and its size. Raises NO_VOTERS."""
    rows = [_line(poll, unit, holder) for unit, holder in queries.voters_now(poll)]
    if not rows:
        raise Refused(rules.Refusal.NO_VOTERS)
    db.session.execute(insert(PollVoter), rows)
    return rules.roll_root(row["commitment"] for row in rows), len(rows)


def _line(poll: Poll, unit: int | None, holder: int | None) -> dict[str, Any]:
    salt = secrets.token_bytes(rules.BYTES)
    name = f"unit/{unit}" if unit is not None else f"holder/{holder}"
    return {
        "poll_id": poll.id,
        "unit_id": unit,
        "holder_id": holder,
        "salt": salt,
        "commitment": rules.voter_commitment(poll.subject, name, salt),
        "told": False,
        "struck": False,
    }


def _check_amendable(poll: Poll) -> None:
    if poll.per != rules.Per.HOUSEHOLD:
        raise Refused(rules.Refusal.POLL_ELSEWHERE)
    _check_running(poll)


def _check_running(poll: Poll) -> None:
    """Whether the last moment of an open poll is still to come, by the database's clock under the poll's lock.

    Afterwards nobody can answer a change any more, and papers may have been read. Raises POLL_ELSEWHERE, POLL_OVER.
    """
    if poll.stands is not rules.State.OPEN:
        raise Refused(rules.Refusal.POLL_ELSEWHERE)
    if not db.session.scalar(select(Poll.closes_at > database_now()).where(Poll.id == poll.id)):
        raise Refused(rules.Refusal.POLL_OVER)


def _check_change(poll: Poll, unit_id: int, *, adds: bool) -> PollVoter | None:
    """The household's line, if it has one. Raises ROLL_UNCHANGED, HAS_VOTED."""
    query = select(PollVoter).where(PollVoter.poll_id == poll.id, PollVoter.unit_id == unit_id)
    voter = db.session.scalars(query.with_for_update()).one_or_none()
    if adds == (voter is not None and not voter.struck):
        raise Refused(rules.Refusal.ROLL_UNCHANGED)
    if voter is not None and db.session.get(PollMark, voter.id) is not None:
        raise Refused(rules.Refusal.HAS_VOTED)
    if voter is not None and paper_out(voter.id):
        raise Refused(rules.Refusal.HAS_VOTED)
    return voter


def _hold(poll_id: int) -> Poll:
    """Lock the poll's row until the act is committed, and read it anew with its projects."""
    query = (
        select(Poll)
        .where(Poll.id == poll_id)
        .options(
            joinedload(Poll.neighbourhood, innerjoin=True), selectinload(Poll.projects), selectinload(Poll.extensions)
        )
        .with_for_update(of=Poll)
    )
    held = db.session.scalars(query.execution_options(populate_existing=True)).one()
    held.__dict__.pop("options", None)  # What was worked out from the projects as they were before the lock.
    return held


def _seat(by: Viewer, place: int) -> Role:
    role = next((role for role in SEATS if role in by.seats_in(place)), None)
    if role is None:
        raise Refused(people.Refusal.NOT_YOUR_SEAT)
    return role


def staff(by: Viewer, poll: Poll) -> dict[str, Any]:
    """The parts that every fact of staff shares. Raises NOT_YOUR_SEAT of people."""
    place = poll.neighbourhood
    actor = Actor(role=_seat(by, place.id), ref=by.account.ref)
    return {"actor": actor, "scope": place.slug, "subject": poll.subject, "matter": poll.subject}

"""A poll on the stage: set up as staff do, opened, cast and closed, with the clock where a test wants it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import update

from hearing import clock
from hearing.audit.ledger import Recorded, entrust, perform, perform_all
from hearing.ballots import actions, queries, rules
from hearing.ballots.models import Poll
from hearing.ballots.rules import Counting, Kind, Limits, Mode, Per, Said
from hearing.clock import now
from hearing.db import db
from hearing.demo import lane
from hearing.people.viewer import Viewer
from hearing.places.models import Building, Neighbourhood
from hearing.places.rules import Capacity
from tests import schema
from tests.cast import LONG_AGO, Cast

YUAN = 100
PROJECTS = (
    ("01", "楼道扶手加装", 28_000, "安全"),
    ("02", "弄口铁门整修", 42_000, "安全"),
    ("03", "老伙伴周三茶室", 15_000, "邻里"),
    ("A-4", "口袋花园", 60_000, "绿化"),
)
"""Code, title, cost in yuan, category."""
BUDGET = 100_000
"""Yuan."""


def terms(moment: datetime, **changes: Any) -> actions.Terms:
    """A secret budget of 10 万, one ballot a household, approval of one to three projects, from now for a week."""
    found = actions.Terms(
        title="分一分这10万元",
        words="微更新资金",
        mode=Mode.SECRET,
        per=Per.HOUSEHOLD,
        kind=Kind.APPROVAL,
        limits=Limits(1, 3),
        counting=Counting.SHARES,
        opens=moment,
        closes=moment + timedelta(days=7),
        budget=BUDGET * YUAN,
    )
    return replace(found, **changes)


def question(moment: datetime, **changes: Any) -> actions.Terms:
    """A question with yes, no and abstaining, under names."""
    given: dict[str, Any] = {"kind": Kind.YES_NO, "limits": Limits(1, 1), "counting": Counting.MAJORITY, "budget": 0}
    return terms(moment, **(given | {"mode": Mode.NAMED, "title": "同意改公约吗？"} | changes))


@dataclass
class Stage:
    """One poll and its people."""

    cast: Cast
    poll_id: int = 0

    def who(self, name: str | int) -> Viewer:
        """An office by name, or a household by its number on the roll, from 1."""
        return schema.viewer(name if isinstance(name, str) and name.startswith("p-") else self.cast.ref(name))

    @property
    def clerk(self) -> Viewer:
        """Who sets polls up."""
        return self.who("clerk")

    @property
    def poll(self) -> Poll:
        """The poll as it stands."""
        found = queries.desk_poll(self.clerk, self.poll_id)
        assert found is not None
        db.session.refresh(found)
        return found

    def draft(self, given: actions.Terms | None = None) -> Stage:
        """Set it up, with its projects where it has any."""
        place = db.session.get(Neighbourhood, self.cast.neighbourhood)
        assert place is not None
        given = given or terms(now())
        perform(actions.draft, self.clerk, place, given)
        self.poll_id = max(each.id for each in queries.desk_polls(self.clerk))
        for code, title, yuan, category in PROJECTS if given.kind is not Kind.YES_NO else ():
            perform(actions.add_project, self.clerk, self.poll, _project(code, title, yuan, category))
        return self

    def open(self, given: actions.Terms | None = None) -> Stage:
        """Set it up and open it."""
        self.draft(given)
        perform(actions.open_poll, self.clerk, self.poll, seen=self.poll.rule_version)
        return self

    def line(self, who: str | int) -> queries.Line:
        """The voter's one line of the roll."""
        (found,) = queries.lines(self.who(who), self.poll)
        return found

    def voter(self, who: str | int) -> actions.Voter:
        """The voter for an action."""
        return actions.Voter(self.who(who), self.line(who).voter_id)

    def cast_secretly(self, who: str | int, *codes: str, nonce: str | None = None, phrase: str = "我家那棵桂花") -> str:
        """Cast a secret ballot; its commitment."""
        said = Said(codes)
        vote = actions.write_down(self.poll_id, said, nonce=nonce or new_nonce(), phrase=phrase)
        return entrust(actions.cast_secretly, self.voter(who), vote)

    def cast_by_name(self, who: str | int, *codes: str, seen: int = 0) -> Recorded[Any]:
        """Cast a ballot under a name."""
        return perform(actions.cast_by_name, self.voter(who), self.poll_id, Said(codes), seen=seen)

    def batch(self) -> int:
        """Bring out of the box what may come out; how many ballots."""
        return len(perform_all(actions.put_into_trail, self.poll_id))

    def close(self) -> list[Recorded[Any]]:
        """Let the clock come to the close, and close."""
        with self.over():
            return perform_all(actions.close, self.poll_id)

    def finish(self) -> queries.Election:
        """Close and count."""
        with self.over():
            actions.due_steps()
        found = queries.election(self.poll_id)
        assert found is not None and found.record is not None
        return found

    @contextmanager
    def over(self) -> Iterator[None]:
        """A moment after the close."""
        with clock.standing_at(self.poll.closes_at + timedelta(seconds=1)):
            yield


def new_nonce() -> str:
    """32 random bytes as a word."""
    import secrets

    return rules.word(secrets.token_bytes(32))


def _project(code: str, title: str, yuan: int, category: str) -> actions.ProjectTerms:
    return actions.ProjectTerms(code, title, "", yuan * YUAN, category)


def crowd(cast: Cast, flats: int, name: str = "安和里") -> list[str]:
    """An estate of so many flats, each with a resident of its own; the account refs."""
    with schema.door_open():
        home = db.session.get(Neighbourhood, cast.neighbourhood)
        assert home is not None
        building = lane.new_building(db.session, home, name, f"{name}1号")
        refs = []
        for number in range(1, flats + 1):
            unit = lane.new_unit(db.session, building, str(number), f"{number:03d}", number, 5000)
            holder = lane.new_tenure(
                db.session, home, unit, Capacity.OWNER, f"住户{number}", f"1410007{number:04d}", LONG_AGO
            )
            refs.append(lane.new_resident(db.session, f"p-{name[0]}{number:04d}", unit, holder, LONG_AGO))
        db.session.flush()
    return refs


def building_of(name: str) -> Building:
    """The building of a crowd."""
    from sqlalchemy import select

    return db.session.scalars(select(Building).where(Building.name == f"{name}1号")).one()


def close_at(poll_id: int, moment: datetime) -> None:
    """Move the close, for races that want it among the ballots."""
    with schema.door_open():
        db.session.execute(update(Poll).where(Poll.id == poll_id).values(closes_at=moment))


def in_utc(text: str) -> datetime:
    """A moment from its ISO text."""
    return datetime.fromisoformat(text).astimezone(UTC)

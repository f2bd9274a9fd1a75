"""安和里12号 after its consent: the lift's case approved, its group chosen, and each step as the office takes it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from hearing import clock
from hearing.audit.ledger import Recorded, perform
from hearing.db import db
from hearing.notices.rules import BEIJING
from hearing.people.viewer import Viewer
from hearing.proposals import actions as proposals
from hearing.proposals.models import Application, Proposal, RequiredConsent
from hearing.proposals.rules import RequiredState, State, TemplateName
from hearing.works import actions, queries, rules
from hearing.works.actions import Files, Said
from hearing.works.models import GroupSeat
from hearing.works.queries import History
from tests import schema
from tests.cast import LONG_AGO, Cast
from tests.consents.course import at, block_a, fixed_plan
from tests.proposals import scene

POSTED = datetime(2026, 11, 2, 10, tzinfo=BEIJING)
APPROVED = datetime(2026, 11, 13, 10, tzinfo=BEIJING)
"""Ten full days after the posting are over on the 12th, 24:00."""
DAY = date(2026, 11, 13)
PAPERS = {
    rules.Stage.PERMITTING: ((rules.Paper.FILING_NUMBER, "黄发改〔2026〕18号"),),
    rules.Stage.CONSTRUCTION: (
        (rules.Paper.PLANNING_PERMIT, "沪黄建（2026）FA31010120260018"),
        (rules.Paper.CONTRACT, "施工合同 2026-7"),
    ),
    rules.Stage.IN_USE: (
        (rules.Paper.INSTALLATION_NOTICE, "沪告2026-118"),
        (rules.Paper.SUPERVISION, "沪检2026-118"),
        (rules.Paper.COMPLETION, "竣验2026-3"),
    ),
}
"""What comes before each stage."""
DOCUMENT = Files(documents=[scene.picture("white")])
CHOSEN = (
    (rules.GroupRole.LEADER, "601"),
    (rules.GroupRole.ACCOUNTS, "502"),
    (rules.GroupRole.SUPERVISOR, "301"),
    (rules.GroupRole.LIAISON, "601"),
    (rules.GroupRole.MEMBER, "402"),
)


def noon(day: date) -> datetime:
    """Noon of a day in Beijing."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=BEIJING)


@dataclass
class Lift:
    """The case and its doors; numbers alone, so that every step reads the database anew."""

    cast: Cast
    proposal_id: int
    units: dict[str, int]

    @property
    def proposal(self) -> Proposal:
        """The case, read anew."""
        found = queries.for_staff(self.who("clerk"), self.proposal_id)
        assert found is not None
        return found

    @property
    def history(self) -> History:
        """What was entered, read anew."""
        db.session.expire_all()
        return queries.history(self.proposal, fresh=True)

    def who(self, name: str | int) -> Viewer:
        """One of the cast, or a household by its account."""
        return schema.viewer(name if isinstance(name, str) and name.startswith("p-") else self.cast.ref(name))

    def place(self, door: str) -> tuple[int, int]:
        """A flat and its holder."""
        return next(
            (each.unit_id, each.holder_id)
            for each in queries.candidates(self.proposal)
            if each.unit_id == self.units[door]
        )

    def choose(self, role: rules.GroupRole, door: str, day: date = DAY) -> GroupSeat:
        """A household's owner is chosen into an office."""
        with at(noon(day)):
            by, proposal = self.who("clerk"), self.proposal
            perform(actions.appoint, by, proposal, role, self.place(door), day, scene.picture("white"))
            held = [seat for seat in queries.seats(self.proposal_id) if seat.until is None]
            number = next(seat.id for seat in held if (seat.role, seat.unit_id) == (role, self.units[door]))
        return db.session.get_one(GroupSeat, number)

    def form_group(self) -> None:
        """The whole group is chosen."""
        for role, door in CHOSEN:
            self.choose(role, door)

    def record(self, paper: rules.Paper, reference: str, day: date) -> Recorded[Any]:
        """A paper came."""
        with at(noon(day)):
            said = Said(day=day, reference=reference)
            return perform(actions.record_paper, self.who("clerk"), self.proposal, paper, said, DOCUMENT)

    def enter(self, stage: rules.Stage, day: date, given: Files = DOCUMENT) -> Recorded[Any]:
        """A stage begins."""
        with at(noon(day)):
            return perform(actions.enter, self.who("clerk"), self.proposal, stage, Said(day=day), given)

    def walk(self, stages: Iterable[rules.Stage], first: date = DAY, gap: int = 30) -> None:
        """These stages begin one after the other, with their papers, so many days apart."""
        for number, stage in enumerate(stages):
            day = first + timedelta(days=gap * number)
            for paper, reference in PAPERS.get(stage, ()):
                self.record(paper, reference, day)
            photos = Files(documents=DOCUMENT.documents, before=[scene.picture("grey")], after=[scene.picture("green")])
            self.enter(stage, day, photos if stage is rules.Stage.IN_USE else DOCUMENT)


def passed(
    cast: Cast, template: TemplateName = TemplateName.LIFT_BUILDING_ALONE, *, shares: bool = True, **people: Any
) -> Lift:
    """The one consent of the house has passed, its money is in the plan."""
    block = block_a(cast, **people)
    paying = [(unit, 600_000) for unit in block.units.values()] if shares else []
    required_id = fixed_plan(cast, cast.neighbourhood, template, block.building, shares=paying[:1], manager=False)
    with schema.door_open():
        required = db.session.get_one(RequiredConsent, required_id)
        required.state = RequiredState.PASSED
        proposal = required.version.proposal
        proposal.state, proposal.title = State.CONSENT, "安和里12号加装电梯"
        written = Application(
            number=1,
            problem="六楼的老人下不了楼。",
            place="安和里12号",
            wish="加装一台电梯。",
            upkeep="本幢业主",
            digest="a" * 64,
            written_by=proposal.proposer_id,
            written_at=LONG_AGO,
        )
        proposal.applications.append(written)
        number = proposal.id
    return Lift(cast, number, block.units)


def published(cast: Cast, **wishes: Any) -> Lift:
    """Its result hangs on the board."""
    lift = passed(cast, **wishes)
    with at(POSTED):
        perform(proposals.begin_publicity, lift.who("clerk"), lift.proposal, 10)
    return lift


def approved(cast: Cast, **wishes: Any) -> Lift:
    """Publicity is over, the plan stands."""
    lift = published(cast, **wishes)
    with at(APPROVED):
        perform(proposals.approve, lift.who("clerk"), lift.proposal)
    return lift


def today_is(day: date) -> None:
    """Let the pages of this test be read at noon of that day."""
    clock.shift(timedelta(0))
    clock.shift(noon(day) - clock.now())

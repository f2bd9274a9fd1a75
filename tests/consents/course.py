"""A collection's course in tests: a fixed plan without its history, then every step as the committee takes it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from PIL import Image, ImageDraw
from sqlalchemy import select

from hearing import clock
from hearing.audit.ledger import Recorded, perform
from hearing.consents import actions, queries, rules
from hearing.consents.models import ConsentCollection, ConsentUnit, PaperSlip
from hearing.consents.rules import Answer
from hearing.db import db
from hearing.demo import lane
from hearing.files import storage
from hearing.files.models import Evidence
from hearing.notices.rules import BEIJING, end_of_day
from hearing.people.models import Account
from hearing.people.viewer import Viewer
from hearing.places.models import Holder, Neighbourhood, Tenure, TenureShare, Unit
from hearing.places.rules import Capacity, HoldingForm, UnitUse
from hearing.proposals.models import ManagerConsent, PlanDrawing, PlanVersion, Proposal, RequiredConsent
from hearing.proposals.rules import (
    TEMPLATES,
    BudgetLine,
    Plan,
    RequiredState,
    ScopeKind,
    Share,
    State,
    TemplateName,
    plan_hash,
    plan_text,
)
from hearing.register.rules import NewHolder, NewTenure
from hearing.web import pictures
from tests import schema
from tests.cast import LONG_AGO, Cast

START = datetime(2026, 11, 2, 10, tzinfo=BEIJING)
"""A Monday, 10:00 in Beijing: the day on which a collection is set up."""
ROLL_DAYS, WINDOW_DAYS, GRACE_DAYS, PROVISIONAL_DAYS = 3, 10, 3, 3
LAST_DAY = date(2026, 11, 16)
"""The last day of the window: three full days of roll, then ten full days."""
CLOSES = end_of_day(LAST_DAY)
TITLE = "门口台阶改坡道"
STROKES = json.dumps([{"points": [{"x": x, "y": 60, "time": x, "pressure": 0.5} for x in (10, 60, 110)]}])


def png(seed: int = 1) -> bytes:
    """A drawn stroke as signature_pad sends it, a different one for each seed."""
    image = Image.new("RGBA", (300, 120))
    ImageDraw.Draw(image).line([(10, 10 + seed % 90), (150, 100 - seed % 80), (280, 20)], fill=(0, 0, 0, 255), width=4)
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def signature(seed: int = 1) -> actions.Signature:
    """A drawn signature that has been made safe."""
    return actions.Signature(pictures.signature(png(seed)), STROKES)


def photo(seed: int = 1) -> pictures.Safe:
    """A photographed paper that has been made safe."""
    return pictures.photo(png(seed))


def moment(day: int, hour: int = 10, minute: int = 0, month: int = 11) -> datetime:
    """A moment of November 2026 in Beijing."""
    return datetime(2026, month, day, hour, minute, tzinfo=BEIJING)


def shown(reason: str, day: int, *, paper: bool = True) -> actions.Shown:
    """An event of that day of November 2026, with the paper that shows it."""
    kept = photo(day) if paper else None
    return actions.Shown(reason=reason, happened_on=date(2026, 11, day), paper=kept)


def sole_holder(name: str, phone: str, capacity: Capacity = Capacity.OWNER) -> NewTenure:
    """A unit that one person holds from now on."""
    return NewTenure(capacity, HoldingForm.SOLE, (NewHolder(name, phone),))


@contextmanager
def at(when: datetime) -> Iterator[None]:
    """A page or act of that moment, which knows nothing of what the session held before."""
    db.session.rollback()
    db.session.expunge_all()
    with clock.standing_at(when):
        yield
    db.session.rollback()
    db.session.expunge_all()


@dataclass
class Course:
    """One collection and the people around it; numbers alone, so that every step reads the database anew."""

    cast: Cast
    required: int
    collection_id: int = 0

    def who(self, name: str | int) -> Viewer:
        """One of the cast."""
        return schema.viewer(self.cast.ref(name))

    def collection(self) -> ConsentCollection:
        """The collection with roll and records."""
        return queries.whole(self.collection_id, fresh=True)

    def unit(self, number: int) -> ConsentUnit:
        """A unit of the roll, from 1."""
        return self.collection().units[number - 1]

    def slip(self, who: Viewer, unit: int | None = None) -> queries.Slip:
        """The person's own line."""
        found = queries.slip_of(queries.slips_for(who, self.collection()), unit)
        assert found is not None
        return found

    def set_up(self, **changes: object) -> Recorded[Any]:
        """Fix the terms, by the clerk."""
        required = db.session.get_one(RequiredConsent, self.required)
        done = perform(actions.set_up, self.who("clerk"), required, self.terms(**changes))
        self.collection_id = int(done.fact.subject.removeprefix("consent/"))
        return done

    def terms(self, **changes: object) -> actions.CollectionTerms:
        """The usual terms."""
        ref = self.cast.ref("scrutineer")
        usual = actions.CollectionTerms(
            answer_set=rules.AnswerSet.PLAIN,
            conflict_rule=rules.ConflictRule.LATEST_SIGNED,
            roll_days=ROLL_DAYS,
            window_days=WINDOW_DAYS,
            grace_days=GRACE_DAYS,
            provisional_days=PROVISIONAL_DAYS,
            mandate_cap=3,
            scrutineer=db.session.scalars(select(Account).where(Account.ref == ref)).one(),
        )
        return replace(usual, **changes)  # type: ignore[arg-type]

    def open(self, **changes: object) -> Course:
        """Set up on 2 November, show the roll for three days, open on the 6th."""
        with at(START):
            self.set_up(**changes)
        with at(START + timedelta(hours=1)):
            perform(actions.show_roll, self.who("clerk"), self.collection())
        with at(moment(6)):
            perform(actions.freeze_roll, self.who("clerk"), self.collection())
        return self

    def sign(
        self, who: str | int, said: Answer = Answer.AGREE, *, unit: int | None = None, seed: int = 1
    ) -> Recorded[Any]:
        """A holder answers on her own phone, now."""
        by = self.who(who)
        slip = self.slip(by, unit)
        return perform(actions.answer, by, slip, said, signature(seed), seen=self.seen(slip.unit))

    def withdraw(self, who: str | int) -> Recorded[Any]:
        """A holder takes her answer back, now."""
        by = self.who(who)
        slip = self.slip(by)
        return perform(actions.withdraw, by, slip, seen=self.seen(slip.unit))

    def sign_all(self, households: Iterable[int], said: Answer = Answer.AGREE, day: int = 8) -> None:
        """These households answer, a minute apart."""
        for minute, number in enumerate(households):
            with at(moment(day, 11, minute)):
                self.sign(number, said, seed=minute + 1)

    @staticmethod
    def seen(unit: ConsentUnit) -> actions.Seen:
        """What a page that has just been opened shows."""
        return actions.Seen(unit.collection.version.plan_hash, unit.turn)

    def print_slip(self, number: int) -> PaperSlip:
        """Print one household's slip."""
        perform(actions.issue_slips, self.who("clerk"), self.collection(), [self.unit(number)])
        return db.session.scalars(select(PaperSlip).order_by(PaperSlip.id.desc()).limit(1)).one()

    def print_slip_of(self, unit: ConsentUnit) -> int:
        """Print the slip of one line of the roll; its number."""
        perform(actions.issue_slips, self.who("clerk"), self.collection(), [unit])
        return db.session.scalars(select(PaperSlip).order_by(PaperSlip.id.desc()).limit(1)).one().id

    def reprint(self, slip_id: int, reason: str) -> PaperSlip:
        """Print a slip anew that is still out; the new one."""
        by = self.who("clerk")
        slip = queries.paper_slip_by_id(by, slip_id)
        assert slip is not None
        perform(actions.reprint_slip, by, slip, reason)
        return db.session.scalars(select(PaperSlip).order_by(PaperSlip.id.desc()).limit(1)).one()

    def read(
        self,
        who: str,
        slip_id: int,
        said: Answer | None = Answer.AGREE,
        *,
        signed: date,
        received: datetime,
        original: bool = False,
        came_by: rules.Method = rules.Method.PAPER,
        holders: Sequence[int] | None = None,
    ) -> Recorded[Any]:
        """A member of staff reads a slip in, now."""
        by = self.who(who)
        slip = queries.paper_slip_by_id(by, slip_id)
        assert slip is not None
        signers = tuple(holders or [share.holder_id for share in slip.unit.holders])
        reading = actions.Reading(signers, said, signed, received)
        first = actions.Original(photo(slip_id), came_by) if original else None
        return perform(actions.read_slip, by, slip, reading, first)

    def close(self) -> None:
        """The clock strikes on 16 November, 24:00."""
        with at(CLOSES):
            assert actions.due_steps() == 1

    def publish(self, day: int = 20) -> Recorded[Any]:
        """Publish the provisional result after grace."""
        with at(moment(day)):
            return perform(actions.publish_provisional, self.who("clerk"), self.collection())

    def confirm(self, day: int = 21) -> None:
        """Director and scrutineer confirm the count as it stands."""
        for hour, who in enumerate(("director", "scrutineer"), 10):
            with at(moment(day, hour)):
                collection = self.collection()
                perform(actions.confirm_result, self.who(who), collection, rules.count_hash(collection.tally()))

    def finish(self, day: int = 24) -> Recorded[Any]:
        """Make the result final."""
        with at(moment(day)):
            return perform(actions.finish, self.who("clerk"), self.collection())

    def to_the_end(self) -> Recorded[Any]:
        """Close, publish, confirm, finish."""
        self.close()
        self.publish()
        self.confirm()
        return self.finish()


def lane_course(cast: Cast) -> Course:
    """The ramp of the lane: all thirteen lessees, and the manager's yes."""
    required = fixed_plan(cast, cast.neighbourhood, TemplateName.RAMP_PUBLIC_HOUSING, cast.building)
    return Course(cast, required)


def fixed_plan(
    cast: Cast,
    neighbourhood_id: int,
    template: TemplateName,
    building: int,
    *,
    shares: Sequence[tuple[int, int]] = (),
    manager: bool = True,
) -> int:
    """A fixed plan, its manager's yes, and the consent that it requires of a building: that consent's number."""
    with schema.door_open():
        proposal = Proposal(
            neighbourhood_id=neighbourhood_id,
            title=TITLE,
            summary="进弄口三级台阶难走。",
            state=State.PLAN_FIXED,
            since=LONG_AGO,
            proposer=db.session.scalars(select(Account).where(Account.ref == cast.ref("council_member"))).one(),
            proposer_name="谭云",
            proposer_role="council_member",
            submitted_at=LONG_AGO,
            screening_due=LONG_AGO,
            accepted_at=LONG_AGO,
        )
        db.session.add(proposal)
        db.session.flush()
        version = write_version(proposal, 1, template, building, shares=shares)
        if manager:
            answer = ManagerConsent(
                agrees=True, role="property_manager", given_by=proposal.proposer_id, given_at=LONG_AGO
            )
            version.answers.append(answer)
    return version.required[0].id


def write_version(
    proposal: Proposal, number: int, template: TemplateName, building: int, *, shares: Sequence[tuple[int, int]] = ()
) -> PlanVersion:
    """One fixed version with its required consent."""
    plan = Plan(
        title=TITLE,
        description=f"三级台阶改为两段缓坡，第 {number} 稿。",
        place="进弄口",
        budget=(BudgetLine("土建", 1_200_000),),
        household_shares=tuple(Share(str(unit), fen) for unit, fen in shares),
        templates=(template,),
    )
    terms = TEMPLATES[template]
    drawing = Evidence(
        neighbourhood_id=proposal.neighbourhood_id,
        matter=proposal.matter,
        kind="plan_drawing",
        sha256=storage.write(png()),
        media_type="image/png",
        size=len(png()),
        uploaded_by=proposal.proposer_id,
        uploaded_at=LONG_AGO,
    )
    version = PlanVersion(
        proposal=proposal,
        number=number,
        content=plan_text(plan, proposal=proposal.matter, version=number),
        plan_hash=plan_hash(plan, proposal=proposal.matter, version=number),
        fixed_by=proposal.proposer_id,
        fixed_at=LONG_AGO,
        drawings=[PlanDrawing(position=1, evidence=drawing)],
    )
    version.required.append(
        RequiredConsent(
            template=template,
            preset=terms.preset,
            capacity="lessee" if template is TemplateName.RAMP_PUBLIC_HOUSING else "owner",
            scope_kind=ScopeKind.BUILDING,
            scope_id=building,
            needs_manager_consent=terms.needs_manager_consent,
            no_open_objection=terms.no_open_objection,
            publicity_days=terms.publicity_days,
            state=RequiredState.WAITING,
            since=LONG_AGO,
        )
    )
    db.session.add(version)
    db.session.flush()
    return version


LARGE, SMALL = 5820, 4680


@dataclass(frozen=True)
class Block:
    """Block A of domain.md 4.3: six floors, two flats each; numbers of the units by door, of the people by name."""

    building: int
    units: dict[str, int]
    people: dict[str, int]


def block_a(
    cast: Cast,
    *,
    same_buyer: tuple[str, ...] = (),
    couple: str | None = None,
    by_shares: str | None = None,
    estate: str = "安和里",
) -> Block:
    """Write block A into the lane's neighbourhood; every owner has an account p-<door>, husband and wife p-wife too."""
    with schema.door_open():
        home = db.session.get_one(Neighbourhood, cast.neighbourhood)
        building = lane.new_building(db.session, home, estate, f"{estate}12号")
        units: dict[str, int] = {}
        people: dict[str, int] = {}
        buyer = Holder(neighbourhood_id=home.id, name="钱同", phone="14100700000")
        for position, door in enumerate(f"{floor}0{flat}" for floor in range(1, 7) for flat in (1, 2)):
            area = LARGE if door.endswith("1") else SMALL
            unit = lane.new_unit(db.session, building, door[0], door, position, area)
            if door in same_buyer:
                held(unit, [(buyer, 1, 1)])
            elif door == couple:
                _joint(home, unit, people)
            elif door == by_shares:
                _shared(home, unit, people)
            else:
                owner = Holder(neighbourhood_id=home.id, name=f"业主{door}", phone=f"141007{door:0>5}")
                held(unit, [(owner, 1, 1)])
                db.session.flush()
                lane.new_resident(db.session, f"p-{door}", unit, owner, LONG_AGO)
            db.session.flush()
            units[door] = unit.id
        if same_buyer:
            first = db.session.get_one(Unit, units[same_buyer[0]])
            lane.new_resident(db.session, "p-buyer", first, buyer, LONG_AGO)
    return Block(building.id, units, people)


def _joint(home: Neighbourhood, unit: Unit, people: dict[str, int]) -> None:
    pair = [
        (key, Holder(neighbourhood_id=home.id, name=name, phone=phone))
        for key, name, phone in (("husband", "孙明", "14100710001"), ("wife", "吕芳", "14100710002"))
    ]
    _several(unit, HoldingForm.JOINT, [(key, holder, 1, 1) for key, holder in pair], people)


def _shared(home: Neighbourhood, unit: Unit, people: dict[str, int]) -> None:
    parts = (
        ("forty", "赵一", "14100720001", 40),
        ("thirty-five", "赵二", "14100720002", 35),
        ("rest", "赵三", "14100720003", 25),
    )
    rows = [
        (key, Holder(neighbourhood_id=home.id, name=name, phone=phone), part, 100) for key, name, phone, part in parts
    ]
    _several(unit, HoldingForm.SHARES, rows, people)


def _several(unit: Unit, form: HoldingForm, rows: list[tuple[str, Holder, int, int]], people: dict[str, int]) -> None:
    held(unit, [(holder, part, whole) for _, holder, part, whole in rows], form)
    db.session.flush()
    for key, holder, _, _ in rows:
        lane.new_resident(db.session, f"p-{key}", unit, holder, LONG_AGO)
        people[key] = holder.id


def held(unit: Unit, holders: list[tuple[Holder, int, int]], form: HoldingForm = HoldingForm.SOLE) -> None:
    """Let these people hold a unit as its owners."""
    tenure = Tenure(unit=unit, capacity=Capacity.OWNER, form=form, since=LONG_AGO)
    tenure.shares = [TenureShare(holder=holder, part=part, whole=whole) for holder, part, whole in holders]
    db.session.add_all([unit, tenure, *(holder for holder, _, _ in holders)])


def block_course(cast: Cast, block: Block, template: TemplateName = TemplateName.OWNERS_ALTERATION) -> Course:
    """A plan of block A that its owners decide."""
    required = fixed_plan(cast, cast.neighbourhood, template, block.building, manager=False)
    return Course(cast, required)


@dataclass
class BlockCourse(Course):
    """The same, where people are named by their doors."""

    def who(self, name: str | int) -> Viewer:
        """An owner by her door or key, or one of the cast."""
        if str(name) in self.cast.offices:
            return super().who(name)
        return schema.viewer(f"p-{name}")


def estate(cast: Cast, units: int, *, accounts: bool = False) -> int:
    """A building of that many flats in the lane's neighbourhood; returns its number.

    Each flat has an owner; with `accounts` the owner of flat n, from 1, has the account p-flat<n>.
    """
    with schema.door_open():
        home = db.session.get_one(Neighbourhood, cast.neighbourhood)
        building = lane.new_building(db.session, home, "大苑", "大苑1号楼")
        db.session.flush()
        for number in range(units):
            floor = number // 8 + 1
            unit = Unit(
                stairwell=building.stairwells[0],
                floor=str(floor),
                name=f"{floor}{number % 8 + 1:02d}",
                position=number,
                use=UnitUse.RESIDENCE,
                area_centi=LARGE,
            )
            phone = f"1410060{number:04d}"
            owner = Holder(neighbourhood_id=home.id, name=f"业主{number + 1}", phone=phone)
            held(unit, [(owner, 1, 1)])
            if accounts:
                lane.new_resident(db.session, f"p-flat{number + 1}", unit, owner, LONG_AGO)
        db.session.flush()
    return building.id

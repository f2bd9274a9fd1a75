"""Estate 新桥苑: a tower whose owners are asked for their consent, set up by the product's own acts; names invented."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import select

from hearing import clock
from hearing.audit.fact import SYSTEM
from hearing.audit.ledger import keep, perform
from hearing.consents import actions as consents
from hearing.consents import rules as consent_rules
from hearing.db import db
from hearing.demo import lane, pictures, ramp
from hearing.demo.seed import Settled, viewer
from hearing.demo.telling import Telling
from hearing.people.models import Account
from hearing.places.models import Neighbourhood
from hearing.places.rules import Capacity
from hearing.proposals import actions as proposals
from hearing.proposals import queries as proposal_queries
from hearing.proposals.rules import Assistance, DraftPlan, Presence, Requirement, ScopeKind, TemplateName

FLATS_A_FLOOR = 16
OPENED, BEGUN = 2, 12
"""How many days ago answering opened, and the case began."""


@dataclass(frozen=True)
class Asked:
    """A collection that is open, and the account refs of the households it asks."""

    proposal: int
    collection: int
    households: tuple[str, ...]


def open_collection(households: int) -> Asked:
    """Write the tower into an empty database and let its case come to the day on which everybody may answer."""
    today = clock.now()
    db.session.rollback()
    begin = today - timedelta(days=BEGUN + 1)
    with clock.standing_at(begin):
        people = _settle(households)
    told = Telling(people, today, viewer)
    _apply(told)
    _fix_the_plan(told)
    _open(told)
    return Asked(told.proposal_id, told.collection().id, people.households)


def _settle(households: int) -> lane.Lane:
    made: list[lane.Lane] = []

    def settle() -> Settled:
        moment, session = clock.now(), db.session
        offices = lane.settle(session, moment, with_households=False)
        home = session.get_one(Neighbourhood, offices.neighbourhood)
        tower = lane.new_building(session, home, "新桥苑", "1号楼")
        units, holders, refs = [], [], []
        for number in range(households):
            floor, flat = divmod(number, FLATS_A_FLOOR)
            unit = lane.new_unit(session, tower, str(floor + 1), f"{floor + 1}{flat + 1:02d}", number, 5820)
            name, phone = f"业主{number + 1}", f"14101{number:06d}"
            holder = lane.new_tenure(session, home, unit, Capacity.OWNER, name, phone, moment)
            units.append(unit)
            holders.append(holder)
            refs.append(lane.new_resident(session, f"p-owner{number + 1:04d}", unit, holder, moment))
        session.flush()
        made.append(
            replace(
                offices,
                building=tower.id,
                units=tuple(unit.id for unit in units),
                holders=tuple(holder.id for holder in holders),
                households=tuple(refs),
            )
        )
        return Settled(actor=SYSTEM, scope=home.slug, subject="demo/1", matter="demo/1", units=households)

    perform(settle)
    return made[0]


def _apply(told: Telling[lane.Lane]) -> None:
    with told.day(BEGUN):
        fact = perform(
            proposals.submit,
            told.who("block_officer"),
            proposals.Answers(
                problem="楼道没有扶手，老人上下不便。", place="新桥苑1号楼", wish="楼道加装扶手", upkeep="物业公司"
            ),
            neighbourhood_id=told.people.neighbourhood,
            unit_id=told.people.units[0],
            assistance=Assistance("当面口述", Presence.VISIT),
            proposer_name="业主1",
        ).fact
        told.proposal_id = int(fact.subject.partition("/")[2])
    with told.day(BEGUN):
        perform(proposals.take_up, told.who("clerk"), told.proposal())
        perform(proposals.accept, told.who("clerk"), told.proposal(), "楼道加装扶手", "楼道没有扶手，提议加装。")


def _fix_the_plan(told: Telling[lane.Lane]) -> None:
    plan = replace(
        ramp.PLAN,
        title="楼道加装扶手",
        place="新桥苑1号楼",
        affected_parties="本楼业主",
        drawings=(),
        templates=(),
    )
    asked = Requirement(TemplateName.OWNERS_ORDINARY, ScopeKind.BUILDING, told.people.building)
    with told.day(BEGUN - 1):
        clerk = told.who("clerk")
        keep(proposals.save_plan, clerk, told.proposal(), DraftPlan(texts=plan, requirements=(asked,)), 0)
        _, edition = proposal_queries.plan_draft(told.proposal())
        perform(proposals.add_drawings, clerk, told.proposal(), [pictures.ramp(handrail=True)], edition)
        perform(proposals.fix_plan, clerk, told.proposal())


def _open(told: Telling[lane.Lane]) -> None:
    with told.day(OPENED + 4):
        version = told.proposal().plan
        assert version is not None
        scrutineer = db.session.scalars(select(Account).where(Account.ref == told.people.ref("scrutineer"))).one()
        terms = consents.CollectionTerms(
            answer_set=consent_rules.AnswerSet.PLAIN,
            conflict_rule=consent_rules.ConflictRule.LATEST_SIGNED,
            roll_days=3,
            window_days=15,
            grace_days=3,
            provisional_days=3,
            mandate_cap=3,
            scrutineer=scrutineer,
        )
        perform(consents.set_up, told.who("clerk"), version.required[0], terms)
        perform(consents.show_roll, told.who("clerk"), told.collection())
    with told.day(OPENED, hour=9):
        perform(consents.freeze_roll, told.who("clerk"), told.collection())

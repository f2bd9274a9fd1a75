"""Ramp 一米阳光: three steps at the door of 天津路426弄 become a ramp, up to seven of thirteen signatures.

The steps follow the account of the real case, act by act; every name is invented.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select

from hearing.audit.ledger import perform
from hearing.consents import actions as consents
from hearing.consents import queries as consent_queries
from hearing.consents import rules as consent_rules
from hearing.db import db
from hearing.demo import pictures
from hearing.demo.lane import Lane
from hearing.demo.telling import Telling, there
from hearing.meetings import actions as meetings
from hearing.meetings import queries as meeting_queries
from hearing.meetings import rules as meeting_rules
from hearing.people.rules import Role
from hearing.people.viewer import Viewer
from hearing.places.models import Building
from hearing.proposals import actions as proposals
from hearing.proposals.models import SeatOpinion
from hearing.proposals.rules import (
    Assistance,
    BudgetLine,
    Plan,
    Presence,
    Recommendation,
    Requirement,
    ScopeKind,
    TemplateName,
)

Found = TypeVar("Found")

TITLE = "门口三级台阶改坡道"
SIGNED = (1, 2, 3, 5, 6, 7, 8)
"""The households that have confirmed the second version."""
INVITED = (Role.PROPERTY_MANAGER, Role.HOUSING_LIAISON, Role.WORKS_LEAD, Role.CONTRACTOR, Role.BLOCK_OFFICER)
"""The seats that come to the meeting at the door."""
DIED, ABROAD, CHANGED_MIND = 9, 12, 4

PLAN = Plan(
    title=TITLE,
    description="把进弄口的三上三下台阶改成一米上、一米下两段缓坡，中间留平台。",
    place="天津路426弄进弄口",
    size="坡长各 1 米，宽 1.2 米",
    budget=(BudgetLine("坡道土建", 560_000), BudgetLine("防滑面层", 180_000)),
    safety_note="坡面防滑，雨天不积水；施工期间保留一侧通行，夜间有灯。",
    light_and_passage="不影响采光；坡道不占邻户门口，电瓶车不得停放。",
    implementer="大修工程施工队",
    upkeep_owner="物业公司",
    affected_parties="本弄 13 户承租人",
    steps="书面申请 → 现场协调会 → 物业书面同意 → 全体承租人书面确认 → 公示 → 施工",
)
SAFER = replace(
    PLAN,
    description=f"{PLAN.description}两侧加装扶手，坡面加防滑条。",
    budget=(*PLAN.budget, BudgetLine("不锈钢扶手", 320_000)),
    safety_note=f"{PLAN.safety_note}两侧扶手高 0.85 米。",
)


def tell(people: Lane, today: datetime, viewer: Callable[[str], Viewer]) -> None:
    """Let the case happen, from the first visit to seven signatures on the second plan."""
    tell_second(tell_first(people, today, viewer))


def tell_first(people: Lane, today: datetime, viewer: Callable[[str], Viewer]) -> Telling[Lane]:
    """Let the case happen, from the first visit to the second plan, ten days before today."""
    told = Telling(people, today, viewer)
    _apply(told)
    _hear_the_seats(told)
    _meet_at_the_door(told)
    _fix_the_first_plan(told)
    _ask_the_households(told, opened=19, signers=(1, 2, 4, 6))
    _change_the_plan(told)
    return told


def tell_second(told: Telling[Lane]) -> None:
    """Go on with it in the last nine days, to seven signatures on the second plan."""
    _ask_the_households(told, opened=5, signers=SIGNED)
    _what_life_brings(told)


def _apply(told: Telling[Lane]) -> None:
    with told.day(44):
        fact = perform(
            proposals.submit,
            told.who("block_officer"),
            proposals.Answers(
                problem="进弄口有三级台阶，上三级又下三级，腿脚不便的邻居和推童车的都难走。",
                place="天津路426弄进弄口",
                wish=TITLE,
                upkeep="物业公司",
            ),
            neighbourhood_id=told.people.neighbourhood,
            unit_id=told.people.units[0],
            assistance=Assistance("走访时说起，本人不便打字，当面口述", Presence.VISIT),
            proposer_name="李伯年",
        ).fact
        told.proposal_id = int(fact.subject.partition("/")[2])
    with told.day(43):
        perform(proposals.take_up, told.who("clerk"), told.proposal())
    with told.day(42):
        summary = "进弄口三上三下的台阶不好走，提议改成坡道。"
        perform(proposals.accept, told.who("clerk"), told.proposal(), TITLE, summary)


OPINIONS = (
    (
        Role.HOUSING_LIAISON,
        "housing_liaison",
        Recommendation.CONDITIONS,
        "改造公用部位，要物业同意、全体承租人同意。",
        "",
    ),
    (
        Role.LEGAL_ADVISER,
        "legal_adviser",
        Recommendation.CONDITIONS,
        "先由申请人提出书面申请，再由居委出面协调，才合法合规。",
        PLAN.steps,
    ),
    (Role.POLICE_LIAISON, "police_liaison", Recommendation.CONDITIONS, "要确保安全和牢固。", ""),
    (
        Role.SUBDISTRICT_LIAISON,
        "subdistrict_liaison",
        Recommendation.SUPPORT,
        "支持。居民的个性化需求也要关心到。",
        "",
    ),
)


def _hear_the_seats(told: Telling[Lane]) -> None:
    for number, (role, name, recommendation, text, steps) in enumerate(OPINIONS):
        with told.day(41 - number):
            perform(proposals.request_opinion, told.who("clerk"), told.proposal(), role, "请您对改坡道提意见。")
        with told.day(41 - number, hour=15):
            open_ones = select(SeatOpinion).where(SeatOpinion.role == role, SeatOpinion.given_at.is_(None))
            opinion = db.session.scalars(open_ones).one()
            perform(proposals.give_opinion, told.who(name), opinion, recommendation, text, steps)
    with told.day(36):
        letter = proposals.Letter(text="申请人李伯年，请求把进弄口台阶改成坡道，方便出入。本人愿意配合施工。")
        assistance = Assistance("本人手写，包块干部代为上传", Presence.VISIT)
        perform(proposals.hand_in_letter, told.who("block_officer"), told.proposal(), letter, assistance)


QUESTIONS = (
    (3, "坡道会不会占了灶间门口？", meeting_rules.Stance.ASKS, "contractor", "不会，坡道到灶间门口还有一米二。"),
    (7, "雨天滑不滑？", meeting_rules.Stance.WITH_CONDITIONS, "works_lead", "面层做防滑，坡度也放缓了。"),
)
"""Who asked what, and who answered."""


def _meet_at_the_door(told: Telling[Lane]) -> None:
    """The coordination meeting on the spot: announced, all thirteen there, two questions, minutes that stand."""
    with told.day(35, hour=14):
        building = db.session.get_one(Building, told.people.building)
        seats = [seat for seat in meeting_queries.seats(told.people.neighbourhood) if seat.role in INVITED]
        wanted = meetings.Plan(
            title="门口台阶改坡道现场协调会",
            place="天津路426弄进弄口",
            starts_at=told.moment(27, hour=19),
            agenda="介绍改造方案和安全措施；回答邻居的问题。",
            building=building,
            chair=told.who("director").account,
            recorder=told.who("clerk").account,
            seats=seats,
        )
        perform(meetings.plan, told.who("clerk"), told.proposal(), wanted)
        perform(meetings.post_notice, told.who("clerk"), told.meeting())
    with told.day(27, hour=18):
        for number in range(1, len(told.people.units) + 1):
            perform(meetings.sign_in, told.who(number), told.meeting(), meeting_rules.SignInMethod.PHONE)
    with told.day(27, hour=19):
        perform(meetings.open_meeting, told.who("director"), told.meeting())
        for number, text, stance, _answerer, _answer in QUESTIONS:
            perform(meetings.ask, told.who(number), told.meeting(), text, stance)
        for place, (_number, _text, _stance, answerer, answer) in enumerate(QUESTIONS):
            perform(meetings.answer, told.who(answerer), told.meeting().questions[place], answer)
        perform(meetings.end, told.who("director"), told.meeting())
    with told.day(26):
        perform(meetings.write_minutes, told.who("clerk"), told.meeting(), "十三户到齐，听了方案，问题都有答复。", "")
    for name in ("director", 2, 5):
        with told.day(25):
            perform(meetings.confirm_version, told.who(name), there(told.meeting().minutes))
    with told.day(25, hour=15):
        perform(meetings.confirm_minutes, told.who("director"), told.meeting())


def _fix_the_first_plan(told: Telling[Lane]) -> None:
    with told.day(24):
        _put_on_desk(told, PLAN, handrail=False)
        perform(proposals.fix_plan, told.who("clerk"), told.proposal())
    with told.day(24, hour=15):
        perform(proposals.answer_as_manager, told.who("property_manager"), told.plan(), agrees=True, note="同意改造。")


def _put_on_desk(told: Telling[Lane], plan: Plan, *, handrail: bool) -> None:
    everybody = Requirement(TemplateName.RAMP_PUBLIC_HOUSING, ScopeKind.BUILDING, told.people.building)
    told.draft(plan, everybody, pictures.ramp(handrail))


def _ask_the_households(told: Telling[Lane], opened: int, signers: tuple[int, ...]) -> None:
    """Terms, roll, freeze, and the first signatures; `opened` is how many days before today answering opens."""
    told.ask(opened, window=15)
    for place, number in enumerate(signers):
        with told.day(opened - 1 - place * min(opened - 2, 5) // len(signers), hour=11 + place % 7):
            told.sign(number)


def _change_the_plan(told: Telling[Lane]) -> None:
    with told.day(13, hour=14):
        perform(proposals.reopen_plan, told.who("clerk"), told.proposal(), "邻居建议加扶手和防滑条")
    with told.day(12):
        _put_on_desk(told, SAFER, handrail=True)
        perform(proposals.put_change, told.who("clerk"), told.proposal(), "加扶手和防滑条，雨天更稳当")
    told.judge(11, "涉及安全和费用")
    with told.day(10):
        perform(proposals.fix_plan, told.who("clerk"), told.proposal())
    with told.day(10, hour=15):
        manager = told.who("property_manager")
        perform(proposals.answer_as_manager, manager, told.plan(), agrees=True, note="同意加扶手。")


def _what_life_brings(told: Telling[Lane]) -> None:
    """A household takes its answer back, a lessee has died, another household wants to ask first."""
    with told.day(2, hour=18):
        told.sign(CHANGED_MIND)
    with told.day(1, hour=9):
        resident = told.who(CHANGED_MIND)
        [slip] = consent_queries.slips_for(resident, told.collection())
        perform(
            consents.withdraw, resident, slip, seen=consents.Seen(slip.collection.version.plan_hash, slip.unit.turn)
        )
    with told.day(1, hour=10):
        unit = next(u for u in told.collection().units if u.unit_id == told.people.units[DIED - 1])
        shown = consents.Shown(
            reason="承租人去世，家属正在办理过户", happened_on=told.moment(3, 9).date(), paper=pictures.paper()
        )
        perform(consents.block, told.who("clerk"), unit, consent_rules.Blocked.LESSEE_CHANGE, shown)
    with told.day(1, hour=11):
        resident = told.who(ABROAD)
        [slip] = consent_queries.slips_for(resident, told.collection())
        perform(consents.ask_first, resident, slip, "扶手会不会挡住阁楼的自行车？")

"""Lift 加装电梯: 安和里12号 from the first idea through a second plan to the works; every name is invented.

The figures are the worked example of domain.md 4.3: 70万 and then 72万, 28万 of it paid by the city.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from hearing.audit.ledger import perform
from hearing.concerns import actions as concerns
from hearing.concerns import rules as concern_rules
from hearing.concerns.models import Concern
from hearing.consents import actions as consents
from hearing.consents import rules as consent_rules
from hearing.consents.actions import due_steps
from hearing.consents.rules import Answer
from hearing.costs import actions as costs
from hearing.costs import rules as cost_rules
from hearing.db import db
from hearing.demo import pictures
from hearing.demo.stairs import Stairs
from hearing.demo.telling import Telling
from hearing.people.rules import Role
from hearing.people.viewer import Viewer
from hearing.proposals import actions as proposals
from hearing.proposals import queries as proposal_queries
from hearing.proposals.models import SeatOpinion
from hearing.proposals.rules import BudgetLine, Plan, Recommendation, Requirement, ScopeKind, TemplateName
from hearing.works import actions as works
from hearing.works import rules as work_rules

TITLE = "安和里12号加装电梯"
WAN = 1_000_000
"""一万元 in 分."""
PLAN = Plan(
    title=TITLE,
    description="在北侧楼梯间外加装一台电梯，停二至六层半平台。",
    place="安和里12号北侧",
    size="井道 2.2 米 × 2.4 米，轿厢载重 630 千克",
    budget=(BudgetLine("电梯和井道", 56 * WAN), BudgetLine("基础和连廊", 14 * WAN)),
    safety_note="施工时保留单元门通行，围挡高 2 米，夜间有灯。",
    light_and_passage="井道距北窗 3 米，一层入户不受影响。",
    implementer="加装电梯事务所",
    upkeep_owner="本幢业主，每月电费和维保费照分摊比例出",
    affected_parties="安和里12号 12 户业主",
    steps="征询 → 公示 → 立项 → 审批 → 施工 → 启用",
)
CLEARER = replace(
    PLAN,
    description=f"{PLAN.description}井道用透明玻璃。",
    budget=(BudgetLine("电梯和透明井道", 58 * WAN), BudgetLine("基础和连廊", 14 * WAN)),
    light_and_passage="井道距北窗 3 米，用透明玻璃；冬至日 102 室北窗日照 118 分钟。",
)
TERMS = cost_rules.Terms(
    0,
    cost_rules.Subsidy(4000, 28 * WAN),
    floors=tuple(zip("123456", (0, 1000, 1500, 2000, 2500, 3000), strict=True)),
    agreed="楼组会上全体到会业主议定",
)
FIRST = ("601", "401", "301", "202", "402")
"""Who answered the first plan before it changed."""
GROUP = (
    (work_rules.GroupRole.LEADER, "601"),
    (work_rules.GroupRole.ACCOUNTS, "402"),
    (work_rules.GroupRole.SUPERVISOR, "301"),
    (work_rules.GroupRole.LIAISON, "601"),
)


def tell(people: Stairs, today: datetime, viewer: Callable[[str], Viewer]) -> None:
    """Let the case happen, from the sixth floor's question to the day on which the builders came."""
    told = Telling(people, today, viewer)
    _ask_for_a_lift(told)
    _fix_the_first_plan(told)
    _fear_for_the_light(told)
    _ask_the_first_time(told)
    _change_the_plan(told)
    _ask_again(told)
    _count(told)
    _build(told)


def _ask_for_a_lift(told: Telling[Stairs]) -> None:
    with told.day(180):
        wish = proposals.Answers(
            problem="六楼的老人下楼要歇三次，看病、买菜都难。",
            place="安和里12号",
            wish=TITLE,
            upkeep="本幢业主一起出电费和维保费。",
        )
        place, flat = told.people.neighbourhood, told.people.units["601"]
        fact = perform(proposals.submit, told.who("601"), wish, neighbourhood_id=place, unit_id=flat).fact
        told.proposal_id = int(fact.subject.partition("/")[2])
    with told.day(179):
        perform(proposals.take_up, told.who("clerk"), told.proposal())
    with told.day(178):
        summary = "六层住宅没有电梯，提议在北侧加装一台。"
        perform(proposals.accept, told.who("clerk"), told.proposal(), TITLE, summary)
    with told.day(177):
        question = "要问哪些业主，什么比例？"
        perform(proposals.request_opinion, told.who("clerk"), told.proposal(), Role.LEGAL_ADVISER, question)
    with told.day(176):
        opinion = db.session.scalars(select(SeatOpinion).where(SeatOpinion.given_at.is_(None))).one()
        words = "只用本幢共有部分，按民法典第二百七十八条由本幢业主共同决定。"
        perform(
            proposals.give_opinion, told.who("legal_adviser"), opinion, Recommendation.CONDITIONS, words, PLAN.steps
        )


def _everybody(told: Telling[Stairs]) -> Requirement:
    return Requirement(TemplateName.LIFT_BUILDING_ALONE, ScopeKind.BUILDING, told.people.building)


def _share_out(told: Telling[Stairs], terms: cost_rules.Terms) -> None:
    _, edition = proposal_queries.plan_draft(told.proposal())
    perform(costs.work_out, told.who("clerk"), told.proposal(), _everybody(told), terms, edition)


def _permit(told: Telling[Stairs], before: int, note: str) -> None:
    with told.day(before, hour=15):
        perform(proposals.answer_as_manager, told.who("property_manager"), told.plan(), agrees=True, note=note)


def _fix_the_first_plan(told: Telling[Stairs]) -> None:
    with told.day(170):
        told.draft(PLAN, _everybody(told), pictures.shaft(clear=False))
        _share_out(told, TERMS)
        perform(proposals.fix_plan, told.who("clerk"), told.proposal())
    _permit(told, 169, "同意接电接水。")


def _fear_for_the_light(told: Telling[Stairs]) -> None:
    """Said without a name, measured by whoever was asked to; the first answer does not settle it."""
    with told.day(168):
        words = "北窗会不会被井道挡住？"
        perform(concerns.raise_concern, told.who("102"), told.proposal(), concern_rules.Kind.LIGHT, words)
    with told.day(165):
        measured = (
            concern_rules.Measure("冬至日照", "96", "分钟"),
            concern_rules.Measure("井道到北窗", "3.00", "米"),
        )
        given = concerns.Answer(text="量过了，实墙井道挡掉一些光。", measures=measured, files=[pictures.paper()])
        perform(concerns.answer, told.who("clerk"), _concern(), given)
    with told.day(164):
        perform(concerns.say, told.who("102"), _concern(), settled=False, text="井道能不能透明？")


def _concern() -> Concern:
    return db.session.scalars(select(Concern)).one()


def _ask_the_first_time(told: Telling[Stairs]) -> None:
    told.ask(158, window=15, answers=consent_rules.AnswerSet.LIFT)
    for place, door in enumerate(FIRST):
        with told.day(157 - place):
            told.sign(door, Answer.AGREE_PAY)
    with told.day(152):
        told.sign("502", Answer.AGREE_WAIVE)


def _change_the_plan(told: Telling[Stairs]) -> None:
    with told.day(150):
        perform(proposals.reopen_plan, told.who("clerk"), told.proposal(), "邻居担心采光，井道改为透明玻璃")
    with told.day(149):
        told.draft(CLEARER, _everybody(told), pictures.shaft(clear=True))
        _share_out(told, replace(TERMS, waived=(str(told.people.units["502"]),)))
        perform(proposals.put_change, told.who("clerk"), told.proposal(), "改透明井道，多 2 万元")
    told.judge(147, "金额和采光变了")
    with told.day(146):
        perform(proposals.fix_plan, told.who("clerk"), told.proposal())
    _permit(told, 145, "同意第二版。")
    with told.day(144):
        measured = (concern_rules.Measure("冬至日照", "118", "分钟"),)
        perform(
            concerns.answer,
            told.who("clerk"),
            _concern(),
            concerns.Answer(text="透明井道再量了一次。", measures=measured),
        )
    with told.day(143):
        perform(concerns.say, told.who("102"), _concern(), settled=True)


def _ask_again(told: Telling[Stairs]) -> None:
    """All twelve flats; who owns two answers once, a couple both, one pays nothing, one is against it."""
    told.ask(136, window=15, answers=consent_rules.AnswerSet.LIFT)
    payers = ("601", "401", "301", "301b", "202", "402", "201", "302", "602", "101")
    for place, door in enumerate(payers):
        with told.day(135 - place):
            told.sign(door, Answer.AGREE_PAY)
    with told.day(124):
        told.sign("502", Answer.AGREE_WAIVE)
    with told.day(123):
        told.sign("102", Answer.OPPOSE)


def _count(told: Telling[Stairs]) -> None:
    with told.day(116):
        due_steps()
    with told.day(116, hour=15):
        perform(consents.publish_provisional, told.who("clerk"), told.collection())
    for name in ("clerk", "scrutineer"):
        with told.day(115):
            seen = consent_rules.count_hash(told.collection().tally())
            perform(consents.confirm_result, told.who(name), told.collection(), seen)
    with told.day(111):
        perform(consents.finish, told.who("clerk"), told.collection())
    with told.day(110):
        perform(proposals.begin_publicity, told.who("clerk"), told.proposal(), 10)
    with told.day(99):
        perform(proposals.approve, told.who("clerk"), told.proposal())


PAPERS = {
    work_rules.Stage.PERMITTING: ((work_rules.Paper.FILING_NUMBER, "黄发改〔%(year)s〕18号"),),
    work_rules.Stage.CONSTRUCTION: (
        (work_rules.Paper.PLANNING_PERMIT, "沪黄建（%(year)s）FA310101%(year)s0018"),
        (work_rules.Paper.CONTRACT, "施工合同 %(year)s-7"),
    ),
}
"""What comes before each stage, with its number outside."""


def _build(told: Telling[Stairs]) -> None:
    for role, door in GROUP:
        with told.day(98):
            day = told.moment(98, 9).date()
            place, record = told.people.place(door), pictures.paper()
            perform(works.appoint, told.who("clerk"), told.proposal(), role, place, day, record)
    stages = ((work_rules.Stage.FILING, 95), (work_rules.Stage.PERMITTING, 80), (work_rules.Stage.CONSTRUCTION, 52))
    for stage, before in stages:
        moment = told.moment(before, 9)
        for paper, number in PAPERS.get(stage, ()):
            with told.day(before):
                said = works.Said(day=moment.date(), reference=number % {"year": moment.year})
                given = works.Files(documents=[pictures.paper()])
                perform(works.record_paper, told.who("clerk"), told.proposal(), paper, said, given)
        with told.day(before, hour=14):
            given = works.Files(documents=[pictures.paper()])
            perform(works.enter, told.who("clerk"), told.proposal(), stage, works.Said(day=moment.date()), given)

"""一米阳光 as far as its proposal goes: each function walks the case of the lane's first household one stretch on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from io import BytesIO
from typing import ClassVar

from PIL import Image
from sqlalchemy import select

from hearing.audit.fact import Fact
from hearing.audit.ledger import keep, perform
from hearing.db import db
from hearing.people.rules import Role
from hearing.people.viewer import Viewer
from hearing.places.models import Estate
from hearing.proposals import actions, queries
from hearing.proposals.actions import Answers
from hearing.proposals.models import PlanVersion, Proposal, SeatOpinion
from hearing.proposals.rules import (
    BudgetLine,
    DraftPlan,
    Plan,
    Recommendation,
    Requirement,
    ScopeKind,
    TemplateName,
)
from hearing.web.pictures import Safe, photo
from tests.cast import Cast
from tests.schema import viewer

ANSWERS = Answers(
    problem="门口有三级台阶，轮椅和买菜车都上不去。",
    place="天津路426弄进门处",
    wish="把台阶改成坡道，两边装扶手。",
    upkeep="我们几户轮流打扫，坏了报物业。",
)

RAMP = Plan(
    title="门口台阶改坡道",
    description="三级台阶改为一米上、一米下两段缓坡。",
    place="天津路426弄进门处",
    size="坡道净宽 1.2 米，坡度 1:8。",
    budget=(BudgetLine("坡道和扶手", 1_200_000),),
    safety_note="做防滑条，施工时留出走人的通道。",
    light_and_passage="不挡门窗，净宽不减。",
    implementer="大修工程施工队",
    upkeep_owner="物业",
    affected_parties="426弄13户承租人",
    steps="书面申请\n现场协调会\n全体承租人书面确认",
)


def jpeg(colour: str = "teal", size: tuple[int, int] = (320, 240)) -> bytes:
    """A small photo as a phone sends it."""
    out = BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()


def picture(colour: str = "teal") -> Safe:
    """The same, made safe."""
    return photo(jpeg(colour))


def submitted(cast: Cast, household: int = 1) -> Proposal:
    """A household's application has come in."""
    by = viewer(cast.ref(household))
    fact = perform(
        actions.submit, by, ANSWERS, neighbourhood_id=cast.neighbourhood, unit_id=cast.units[household - 1]
    ).fact
    return proposal_of(fact.subject)


def proposal_of(subject: str) -> Proposal:
    """The proposal that a fact is about."""
    return db.session.get_one(Proposal, int(subject.removeprefix("proposal/")))


def deliberating(cast: Cast) -> Proposal:
    """Screening has let it pass."""
    proposal, clerk = submitted(cast), viewer(cast.ref("clerk"))
    perform(actions.take_up, clerk, proposal)
    perform(actions.accept, clerk, proposal, "门口台阶改坡道", "进门的三级台阶想改成坡道，装扶手。")
    return proposal


def asked(cast: Cast, proposal: Proposal, seat: Role) -> SeatOpinion:
    """A seat has been asked for its opinion."""
    perform(actions.request_opinion, viewer(cast.ref("clerk")), proposal, seat, "这样办合不合规？")
    return next(opinion for opinion in proposal.opinions if opinion.role == seat and opinion.given_at is None)


def advised(cast: Cast, proposal: Proposal) -> Proposal:
    """The legal adviser has said in which order to go on."""
    opinion = asked(cast, proposal, Role.LEGAL_ADVISER)
    perform(
        actions.give_opinion,
        viewer(cast.ref("legal_adviser")),
        opinion,
        Recommendation.CONDITIONS,
        "先由申请人书面申请，再由居委出面协调。",
        "书面申请\n现场协调会\n全体承租人书面确认",
    )
    return proposal


def requirement(cast: Cast) -> Requirement:
    """All lessees of the lane's one building."""
    return Requirement(TemplateName.RAMP_PUBLIC_HOUSING, ScopeKind.BUILDING, cast.building)


def drafted(cast: Cast, proposal: Proposal, texts: Plan = RAMP) -> DraftPlan:
    """The plan on the desk is complete."""
    clerk = viewer(cast.ref("clerk"))
    if not queries.plan_draft(proposal)[0].drawings:
        perform(actions.add_drawings, clerk, proposal, [picture()], queries.plan_draft(proposal)[1])
    kept, edition = queries.plan_draft(proposal)
    draft = DraftPlan(texts, kept.drawings, (requirement(cast),))
    keep(actions.save_plan, clerk, proposal, draft, edition)
    return draft


def fixed(cast: Cast) -> PlanVersion:
    """The first version stands."""
    proposal = advised(cast, deliberating(cast))
    drafted(cast, proposal)
    perform(actions.fix_plan, viewer(cast.ref("clerk")), proposal)
    assert proposal.plan is not None
    return proposal.plan


def fixed_lift(cast: Cast) -> PlanVersion:
    """A fixed plan for a lift: building and estate are asked, the first household's own part is used."""
    proposal = advised(cast, deliberating(cast))
    draft = drafted(cast, proposal)
    estate = db.session.scalars(select(Estate).where(Estate.neighbourhood_id == cast.neighbourhood)).first()
    assert estate is not None
    wanted = (
        Requirement(TemplateName.LIFT_BUILDING, ScopeKind.BUILDING, cast.building),
        Requirement(TemplateName.LIFT_ESTATE, ScopeKind.ESTATE, estate.id),
    )
    _, edition = queries.plan_draft(proposal)
    lift = DraftPlan(replace(draft.texts), draft.drawings, wanted, (cast.units[0],))
    keep(actions.save_plan, viewer(cast.ref("clerk")), proposal, lift, edition)
    perform(actions.fix_plan, viewer(cast.ref("clerk")), proposal)
    assert proposal.plan is not None
    return proposal.plan


def consenting(cast: Cast) -> PlanVersion:
    """Its one collection is open."""
    version = fixed(cast)
    inside(cast, version, lambda by: actions.consent_opened(by, version.required[0]))
    return version


@dataclass(frozen=True, kw_only=True)
class Told(Fact):
    """What a package above tells of an act of its own."""

    kind: ClassVar[str] = "test.told"
    sentence: ClassVar[str] = "上面的事办了"


def inside(cast: Cast, version: PlanVersion, tell: Callable[[Viewer], None]) -> None:
    """Do what a package above does inside an act of its own."""
    clerk = viewer(cast.ref("clerk"))

    def act() -> Told:
        tell(clerk)
        actor = clerk.acting_as(Role.COMMITTEE_CLERK, neighbourhood_id=cast.neighbourhood)
        return Told(actor=actor, scope="tianjinlu", subject="consent/1", matter=version.proposal.matter)

    perform(act)

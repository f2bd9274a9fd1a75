"""The work list: every package says what is open, this page says in which order."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import url_for
from flask_babel import gettext
from sqlalchemy import func, literal, null, or_, select, union_all

from hearing.ballots import paper_queries as window
from hearing.concerns.models import Concern, ConcernAnswer, ConcernWord
from hearing.consents import queries as consents
from hearing.consents.models import AskFirst, ConsentCollection, ConsentUnit, PaperSlip, SlipPhoto
from hearing.consents.rules import COLLECTION_LABELS, CollectionState
from hearing.db import db
from hearing.denials.models import Denial
from hearing.meetings import queries as meetings
from hearing.notices.models import Notice, Objection, PublicityPeriod
from hearing.notices.rules import ObjectionState
from hearing.people.rules import COMMITTEE, FIELD_STAFF, Role
from hearing.people.viewer import Viewer
from hearing.places.models import Neighbourhood
from hearing.proposals import queries as proposals
from hearing.proposals.models import Proposal
from hearing.proposals.rules import STATE_LABELS, State
from hearing.register import queries as register
from hearing.visits.models import VisitRound
from hearing.works import queries as works

NEVER = datetime.max.replace(tzinfo=UTC)
OVER = {CollectionState.PASSED, CollectionState.FAILED, CollectionState.VOID, CollectionState.SUPERSEDED}
_READ_IN = (CollectionState.OPEN, CollectionState.GRACE)
"""While slips are read in."""


@dataclass(frozen=True)
class Work:
    """One line of the list: what, whose move, until when, and the link that goes there."""

    title: str
    note: str
    turn: str
    due: datetime | None
    url: str
    act: str
    mine: bool


def work(viewer: Viewer) -> list[Work]:
    """What is open at the viewer's desks, earliest first, then her own moves, then the rest."""
    lines = [
        *_proposals(viewer),
        *_collections(viewer),
        *_waiting(viewer),
        *_meetings(viewer),
        *_rolls(viewer),
    ]
    return sorted(lines, key=lambda line: (not line.mine, line.due or NEVER, line.title))


def _proposals(viewer: Viewer) -> list[Work]:
    lines = []
    for proposal in proposals.desk(viewer):
        if State(proposal.state) in proposals.ENDED or State(proposal.state) is State.CONSENT:
            continue  # While households answer, the collection's own line says what is to do.
        turn = proposals.turn(viewer, proposal)
        url = turn.url or url_for("opendata.case", proposal_id=proposal.id)
        note = str(gettext(STATE_LABELS[State(proposal.state)]))
        act = gettext("去办") if turn.mine else gettext("看看")
        lines.append(Work(proposal.title, note, turn.who, turn.until, url, act, turn.mine))
    return lines


def _collections(viewer: Viewer) -> list[Work]:
    lines = []
    for collection in consents.desk(viewer):
        state = CollectionState(collection.state)
        if state in OVER:
            continue
        url = url_for("consents.desk_collection", collection_id=collection.id)
        due = collection.closes_at if state is CollectionState.OPEN else None
        title, note = collection.proposal.title, str(gettext(COLLECTION_LABELS[state]))
        who = gettext("要表态的各户") if state is CollectionState.OPEN else gettext("居委会")
        lines.append(Work(title, note, who, due, url, gettext("查看征询"), state is not CollectionState.OPEN))
    return lines


def _waiting(viewer: Viewer) -> list[Work]:
    """What waits for one of the viewer's seats, in one statement."""
    places = _places(viewer, FIELD_STAFF | {Role.SCRUTINEER})
    if not places:
        return []
    asked = (
        select(literal("ask_first"), ConsentCollection.id, Proposal.title, func.count(), func.min(AskFirst.due_at))
        .join(AskFirst.unit)
        .join(ConsentUnit.collection)
        .join(ConsentCollection.proposal)
        .where(AskFirst.answered_at.is_(None), ConsentCollection.neighbourhood_id.in_(_places(viewer, FIELD_STAFF)))
        .group_by(ConsentCollection.id, Proposal.title)
    )
    came_back = or_(PaperSlip.state.in_(["entered", "differs"]), PaperSlip.photo_id.is_not(None))
    slips = (
        select(PaperSlip.state, ConsentCollection.id, Proposal.title, func.count(), null())
        .join(PaperSlip.collection)
        .join(ConsentCollection.proposal)
        .where(PaperSlip.state.in_(["issued", "entered", "differs"]), came_back)
        .where(ConsentCollection.neighbourhood_id.in_(places), ConsentCollection.state.in_(_READ_IN))
        .group_by(PaperSlip.state, ConsentCollection.id, Proposal.title)
    )
    photos = (
        select(literal("photo"), ConsentCollection.id, Proposal.title, func.count(), null())
        .select_from(SlipPhoto)
        .join(SlipPhoto.collection)
        .join(ConsentCollection.proposal)
        .where(SlipPhoto.state == "waiting", ConsentCollection.state.in_(_READ_IN))
        .where(ConsentCollection.neighbourhood_id.in_(_places(viewer, FIELD_STAFF)))
        .group_by(ConsentCollection.id, Proposal.title)
    )
    objections = (
        select(literal("objection"), PublicityPeriod.id, Notice.title, func.count(), PublicityPeriod.ends_at)
        .select_from(Objection)
        .join(Objection.period)
        .join(PublicityPeriod.notice)
        .where(Objection.state == ObjectionState.OPEN.value)
        .where(PublicityPeriod.neighbourhood_id.in_(_places(viewer, COMMITTEE)))
        .group_by(PublicityPeriod.id, Notice.title, PublicityPeriod.ends_at)
    )
    denials = (
        select(literal("denial"), Neighbourhood.id, Neighbourhood.name, func.count(), func.min(Denial.due_at))
        .select_from(Denial)
        .join(Denial.neighbourhood)
        .where(Denial.settled_at.is_(None), Denial.neighbourhood_id.in_(places))
        .group_by(Neighbourhood.id, Neighbourhood.name)
    )
    answered = select(ConcernAnswer.id).where(ConcernAnswer.concern_id == Concern.id).exists()
    said = select(ConcernWord.id).where(ConcernWord.concern_id == Concern.id).exists()
    concerns = (
        select(literal("concern"), Proposal.id, Proposal.title, func.count(), null())
        .select_from(Concern)
        .join(Concern.proposal)
        .where(~answered, ~said, Concern.neighbourhood_id.in_(_places(viewer, FIELD_STAFF)))
        .group_by(Proposal.id, Proposal.title)
    )
    latest = select(func.max(VisitRound.id)).group_by(VisitRound.collection_id, VisitRound.stairwell_id)
    rounds = (
        select(literal("round"), ConsentCollection.id, Proposal.title, func.count(), ConsentCollection.closes_at)
        .select_from(VisitRound)
        .join(VisitRound.collection)
        .join(ConsentCollection.proposal)
        .where(VisitRound.id.in_(latest), VisitRound.account_id == viewer.id)
        .where(ConsentCollection.state == CollectionState.OPEN, ConsentCollection.neighbourhood_id.in_(places))
        .group_by(ConsentCollection.id, Proposal.title, ConsentCollection.closes_at)
    )
    lifts = select(literal("lift"), Proposal.id, Proposal.title, literal(1), null()).where(
        works.being_built(), Proposal.neighbourhood_id.in_(_places(viewer, COMMITTEE))
    )
    found: Sequence[tuple[str, int, str, int, datetime | None]]
    found = db.session.execute(  # type: ignore[assignment]
        union_all(
            *(asked, slips, photos, objections, denials, concerns, rounds, lifts),
            *(window.half_read(_places(viewer, COMMITTEE)), window.unaccounted(_places(viewer, COMMITTEE))),
        )
    ).all()
    return [_line(*row) for row in found]


def _line(kind: str, number: int, title: str, count: int, due: datetime | None) -> Work:
    """So many of a kind that wait in one matter, with its number."""
    committee, colleague = gettext("居委会"), gettext("另一位同事")
    deciding = gettext("居委会或监票人，没有录过的一位")
    kinds = {
        "ask_first": (
            gettext("%(n)d 户先问一问，在等答复", n=count),
            committee,
            gettext("去答复"),
            "consents.desk_collection",
        ),
        "issued": (gettext("%(n)d 张纸质征询单待第一次录入", n=count), committee, gettext("去录入"), "consents.slips"),
        "entered": (gettext("%(n)d 张纸质征询单待第二人复核", n=count), colleague, gettext("去复核"), "consents.slips"),
        "differs": (gettext("%(n)d 张纸质征询单两次录入不一致", n=count), deciding, gettext("去定"), "consents.slips"),
        "photo": (gettext("%(n)d 张征询单照片待认编号", n=count), committee, gettext("去认"), "consents.slips"),
        "round": (gettext("%(n)d 个门洞由您上门", n=count), gettext("您"), gettext("去上门"), "visits.home"),
        "objection": (gettext("%(n)d 条异议待处理", n=count), committee, gettext("去处理"), "notices.objections"),
        "concern": (gettext("%(n)d 条顾虑待答复", n=count), committee, gettext("去答复"), "concerns.desk"),
        "denial": (
            gettext("%(n)d 条记录住户说不是自己办的，待核实", n=count),
            colleague,
            gettext("去核实"),
            "denials.waiting",
        ),
        "lift": (
            gettext("方案已通过，正在立项、审批、施工"),
            gettext("看办到哪一步"),
            gettext("看看"),
            "works.desk_lift",
        ),
        "papers": (gettext("%(n)d 张纸票只录了一半", n=count), colleague, gettext("去录入"), "ballots.papers"),
        "unreturned": (
            gettext("投票到点了，%(n)d 张纸票没有着落，要录完或者报没有交回", n=count),
            committee,
            gettext("去清点"),
            "ballots.papers",
        ),
    }
    note, who, act, page = kinds[kind]
    owners = {"works": "proposal_id", "consents": "collection_id", "visits": "collection_id", "ballots": "poll_id"}
    one = owners.get(page.partition(".")[0])
    values: dict[str, Any] = {one: number} if one else {}
    url = url_for(page, **values)
    return Work(title, note, who, due, url, act, mine=kind != "lift")


def _meetings(viewer: Viewer) -> list[Work]:
    """Meetings that have begun or are still to come, by their hour, and minutes that are not confirmed."""
    return [
        Work(
            meeting.title,
            str(gettext(meeting.state_label)),
            gettext("居委会"),
            meeting.starts_at if meeting.stands in meetings.AHEAD else None,
            url_for("meetings.run", meeting_id=meeting.id),
            gettext("打开"),
            mine=meeting.stands not in meetings.AHEAD,
        )
        for meeting in meetings.desk(viewer, over=False)
    ]


def _rolls(viewer: Viewer) -> list[Work]:
    """Household rolls that wait for a second person."""
    return [
        Work(
            gettext("户册导入"),
            roll.estate.name,
            gettext("另一位同事") if roll.uploaded_by == viewer.id else gettext("您"),
            None,
            url_for("register.roll", roll_id=roll.id),
            gettext("去核对"),
            mine=roll.uploaded_by != viewer.id,
        )
        for roll in register.waiting_rolls(viewer)
    ]


def _places(viewer: Viewer, wanted: AbstractSet[Role]) -> list[int]:
    return [place for place in sorted(viewer.neighbourhood_ids) if viewer.seats_in(place) & wanted]

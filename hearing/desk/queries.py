"""The work list: every package says what is open, this page says in which order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import url_for
from flask_babel import gettext
from sqlalchemy import func, select

from hearing.consents import queries as consents
from hearing.consents.models import AskFirst, ConsentCollection, ConsentUnit, PaperSlip
from hearing.consents.rules import COLLECTION_LABELS, CollectionState
from hearing.db import db
from hearing.people.rules import FIELD_STAFF, Role
from hearing.people.viewer import Viewer
from hearing.proposals import queries as proposals
from hearing.proposals.rules import STATE_LABELS, State
from hearing.register import queries as register

NEVER = datetime.max.replace(tzinfo=UTC)
OVER = {CollectionState.PASSED, CollectionState.FAILED, CollectionState.VOID, CollectionState.SUPERSEDED}


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
    lines = [*_proposals(viewer), *_collections(viewer), *_questions(viewer), *_slips(viewer), *_rolls(viewer)]
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


def _questions(viewer: Viewer) -> list[Work]:
    """Households that asked before answering, one line a collection, by the earliest call that is due."""
    query = (
        select(ConsentUnit.collection_id, func.count(), func.min(AskFirst.due_at))
        .join(AskFirst.unit)
        .join(ConsentUnit.collection)
        .where(AskFirst.answered_at.is_(None), ConsentCollection.neighbourhood_id.in_(_places(viewer)))
        .group_by(ConsentUnit.collection_id)
    )
    return [
        Work(
            gettext("先问一问"),
            gettext("%(n)d 户在等答复", n=number),
            gettext("居委会"),
            due,
            url_for("consents.desk_collection", collection_id=collection_id),
            gettext("去答复"),
            mine=True,
        )
        for collection_id, number, due in db.session.execute(query)
    ]


def _slips(viewer: Viewer) -> list[Work]:
    """Paper slips that wait for a second person, or for a third."""
    query = (
        select(PaperSlip.collection_id, PaperSlip.state, func.count())
        .join(PaperSlip.collection)
        .where(PaperSlip.state.in_(["entered", "differs"]), ConsentCollection.neighbourhood_id.in_(_places(viewer)))
        .group_by(PaperSlip.collection_id, PaperSlip.state)
    )
    words = {"entered": gettext("%(n)d 张待第二人复核"), "differs": gettext("%(n)d 张两次不一致")}
    return [
        Work(
            gettext("纸质征询单"),
            words[state] % {"n": number},
            gettext("另一位同事"),
            None,
            url_for("consents.desk_collection", collection_id=collection_id),
            gettext("去复核"),
            mine=True,
        )
        for collection_id, state, number in db.session.execute(query)
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


def _places(viewer: Viewer) -> list[int]:
    wanted = FIELD_STAFF | {Role.SCRUTINEER}
    return [place for place in sorted(viewer.neighbourhood_ids) if viewer.seats_in(place) & wanted]

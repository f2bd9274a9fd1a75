"""Reads of notices: a posted notice is for everybody; who objected, for the committee and the author alone."""

from __future__ import annotations

from sqlalchemy import Select, func, literal, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from hearing.db import db
from hearing.files.models import Evidence
from hearing.notices.models import Notice, Objection, PublicityPeriod
from hearing.notices.rules import STANDING, ObjectionState, PublicityState
from hearing.people.queries import door_of
from hearing.people.rules import COMMITTEE, FIELD_STAFF, Role
from hearing.people.viewer import Anyone, Viewer
from hearing.places.models import Building, Estate, Neighbourhood, Sector, Stairwell, Unit

PAGE = 20

PAPER_PHOTO = "notice_on_paper"
OBJECTION_PAPER = "objection_paper"


def notice(notice_id: int) -> Notice | None:
    """A notice with all that its page shows."""
    query = (
        _notices()
        .where(Notice.id == notice_id)
        .options(
            joinedload(Notice.neighbourhood).joinedload(Neighbourhood.sector).joinedload(Sector.subdistrict),
            selectinload(Notice.papers),
            joinedload(Notice.period).selectinload(PublicityPeriod.objections).selectinload(Objection.decisions),
        )
    )
    return db.session.scalars(query).one_or_none()


def notice_for_staff(viewer: Viewer, notice_id: int, roles: frozenset[Role] = FIELD_STAFF) -> Notice | None:
    """A notice for those who hold one of the roles in its neighbourhood."""
    found = notice(notice_id)
    return found if found is not None and viewer.holds(*roles, neighbourhood_id=found.neighbourhood_id) else None


def board(neighbourhood_id: int, page: int) -> tuple[list[Notice], int]:
    """One page of a neighbourhood's notices, newest first, and how many pages there are."""
    total = db.session.scalars(select(func.count()).where(Notice.neighbourhood_id == neighbourhood_id)).one()
    query = (
        _notices()
        .where(Notice.neighbourhood_id == neighbourhood_id)
        .options(joinedload(Notice.period))
        .order_by(Notice.posted_at.desc(), Notice.id.desc())
        .offset((page - 1) * PAGE)
        .limit(PAGE)
    )
    return list(db.session.scalars(query)), max(1, -(-total // PAGE))


def of_matter(matter: str) -> list[Notice]:
    """The notices of a case with their publicity periods, newest first; `notices/_list.html` shows them."""
    query = (
        _notices()
        .where(Notice.matter == matter)
        .options(joinedload(Notice.period))
        .order_by(Notice.posted_at.desc(), Notice.id.desc())
    )
    return list(db.session.scalars(query))


def neighbourhood(slug: str) -> Neighbourhood | None:
    """The neighbourhood of that name in addresses."""
    return db.session.scalars(select(Neighbourhood).where(Neighbourhood.slug == slug)).one_or_none()


def neighbourhoods() -> list[Neighbourhood]:
    """Every neighbourhood, by name."""
    return list(db.session.scalars(select(Neighbourhood).order_by(Neighbourhood.name)))


def posting_places(viewer: Viewer) -> list[Neighbourhood]:
    """The neighbourhoods in which the viewer may post a notice, by name."""
    places = {seat.neighbourhood for seat in viewer.seats if Role(seat.role) in COMMITTEE}
    return sorted(
        (place for place in places if viewer.holds(*COMMITTEE, neighbourhood_id=place.id)), key=lambda place: place.name
    )


def desk(viewer: Viewer, page: int) -> tuple[list[Notice], int]:
    """One page of the notices of the viewer's neighbourhoods with their papers, newest first, and how many pages."""
    places = _places(viewer, FIELD_STAFF)
    total = db.session.scalars(select(func.count()).where(Notice.neighbourhood_id.in_(places))).one()
    query = (
        _notices()
        .where(Notice.neighbourhood_id.in_(places))
        .options(selectinload(Notice.papers))
        .order_by(Notice.posted_at.desc(), Notice.id.desc())
        .offset((page - 1) * PAGE)
        .limit(PAGE)
    )
    return list(db.session.scalars(query)), max(1, -(-total // PAGE))


def publicity_of(subject: str) -> PublicityPeriod | None:
    """The last publicity period of what is put before the neighbours, with notice and objections."""
    query = (
        select(PublicityPeriod)
        .where(PublicityPeriod.subject == subject)
        .options(
            joinedload(PublicityPeriod.notice),
            selectinload(PublicityPeriod.objections).selectinload(Objection.decisions),
        )
        .order_by(PublicityPeriod.id.desc())
        .limit(1)
    )
    return db.session.scalars(query).one_or_none()


def objections_of(subject: str) -> list[ObjectionState]:
    """What has become of each objection in the periods of a subject that were not stopped, oldest first."""
    query = (
        select(Objection.state)
        .join(Objection.period)
        .where(PublicityPeriod.subject == subject, PublicityPeriod.state != PublicityState.STOPPED)
        .order_by(Objection.id)
    )
    return [ObjectionState(state) for state in db.session.scalars(query)]


def period(viewer: Viewer, notice_id: int) -> PublicityPeriod | None:
    """The period that a notice began, for those who live or hold a seat in its neighbourhood."""
    query = (
        select(PublicityPeriod)
        .where(PublicityPeriod.notice_id == notice_id)
        .options(joinedload(PublicityPeriod.notice), joinedload(PublicityPeriod.neighbourhood))
    )
    found = db.session.scalars(query).one_or_none()
    return found if found is not None and found.neighbourhood_id in viewer.neighbourhood_ids else None


def period_for_staff(viewer: Viewer, notice_id: int) -> PublicityPeriod | None:
    """The same for those who may enter an objection from paper."""
    found = period(viewer, notice_id)
    return found if found and viewer.holds(*FIELD_STAFF, neighbourhood_id=found.neighbourhood_id) else None


def objection(viewer: Viewer, objection_id: int) -> Objection | None:
    """An objection for its author and for the committee of its neighbourhood."""
    query = (
        select(Objection)
        .where(Objection.id == objection_id)
        .options(
            joinedload(Objection.period).joinedload(PublicityPeriod.notice),
            joinedload(Objection.period).joinedload(PublicityPeriod.neighbourhood),
            joinedload(Objection.author),
            selectinload(Objection.decisions),
        )
    )
    found = db.session.scalars(query).one_or_none()
    if found is None or not (found.raised_by == viewer.id or decides(viewer, found)):
        return None
    return found


def unit_at(neighbourhood_id: int, words: str) -> int | None:
    """The unit whose door somebody wrote in words, like 天津路426弄 二层前楼; None unless exactly one fits."""
    written = "".join(words.split())
    query = (
        select(Unit)
        .join(Unit.stairwell)
        .join(Stairwell.building)
        .join(Building.estate)
        .where(Estate.neighbourhood_id == neighbourhood_id, literal(written).like("%" + Unit.name + "%"))
        .options(contains_eager(Unit.stairwell).contains_eager(Stairwell.building))
    )
    fitting = [
        unit.id
        for unit in db.session.scalars(query)
        if written in {"".join(each.split()) for each in (door_of(unit), f"{unit.stairwell.building.name}{unit.name}")}
    ]
    return fitting[0] if len(fitting) == 1 else None


def decides(viewer: Anyone, found: Objection) -> bool:
    """Whether the viewer may deal with the objection."""
    return viewer.holds(*COMMITTEE, neighbourhood_id=found.period.neighbourhood_id)


def own_objections(viewer: Anyone, found: PublicityPeriod | None) -> list[Objection]:
    """The viewer's own among the loaded objections of a period."""
    if found is None or not isinstance(viewer, Viewer):
        return []
    return [objection for objection in found.objections if objection.raised_by == viewer.id]


def desk_objections(viewer: Viewer) -> list[Objection]:
    """The objections of the viewer's neighbourhoods: those that stand first, oldest first; the last hundred others."""
    query = (
        select(Objection)
        .join(Objection.period)
        .join(PublicityPeriod.notice)
        .where(PublicityPeriod.neighbourhood_id.in_(_places(viewer, COMMITTEE)))
        .options(contains_eager(Objection.period).contains_eager(PublicityPeriod.notice))
        .limit(100)
    )
    stand = Objection.state.in_([state.value for state in STANDING])
    return [
        *db.session.scalars(query.where(stand).order_by(Objection.id)),
        *db.session.scalars(query.where(~stand).order_by(Objection.id.desc())),
    ]


def shows_paper(viewer: Anyone, evidence: Evidence) -> bool:
    """The photo of a posted paper is for everybody who lives or works in the neighbourhood."""
    return evidence.neighbourhood_id in viewer.neighbourhood_ids


def shows_objection_paper(viewer: Anyone, evidence: Evidence) -> bool:
    """A photographed objection is for the committee that decides it and for whoever entered it."""
    entered = isinstance(viewer, Viewer) and viewer.id == evidence.uploaded_by
    return entered or viewer.holds(*COMMITTEE, neighbourhood_id=evidence.neighbourhood_id)


def _notices() -> Select[Notice]:
    return select(Notice).options(joinedload(Notice.withdrawal))


def _places(viewer: Viewer, roles: frozenset[Role]) -> list[int]:
    return sorted(place for place in viewer.neighbourhood_ids if viewer.holds(*roles, neighbourhood_id=place))

"""Classes 按类别: what goes of a class from before a day, in one neighbourhood."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from sqlalchemy import Select, select

from hearing.audit import erasing
from hearing.audit.fact import type_registry
from hearing.ballots.models import NamedBallot, Poll
from hearing.ballots.paper_models import PaperPhoto
from hearing.ballots.rules import ENDED as POLL_ENDED
from hearing.casefile.models import CaseFileRequest
from hearing.concerns.models import Concern
from hearing.consents.models import (
    AskFirst,
    ConsentCollection,
    ConsentHolder,
    ConsentRecord,
    ConsentUnit,
    Guardianship,
    Mandate,
    OfficialResult,
    RollCorrection,
    UnitEvent,
)
from hearing.db import db
from hearing.denials.models import Denial
from hearing.erasure.gathering import (
    RUNNING,
    applications,
    closed,
    concerns,
    ids,
    mandates,
    meetings,
    meetings_over,
    objections,
    package,
    pictures,
    records,
    slip_photos,
    visits,
)
from hearing.erasure.parts import Going
from hearing.erasure.rules import Class, class_of
from hearing.meetings.models import Meeting
from hearing.notices.models import Objection, PublicityPeriod
from hearing.people.models import Membership, MembershipRefusal
from hearing.places.models import Building, Estate, Holder, Neighbourhood, Stairwell, Unit
from hearing.proposals.models import PermitAnswer, PlanVersion, Proposal, RequiredPermit
from hearing.register.models import RegisterChange, RollImport
from hearing.register.rules import RollState
from hearing.web.filters import BEIJING
from hearing.works.models import DOCUMENT, GroupSeat, WorksEvent, WorksFile


def of_class(which: Class, home: Neighbourhood, before: date) -> Going:
    """What goes of a class in one neighbourhood: everything from before that day in Beijing that nobody waits for."""
    moment = datetime.combine(before, time(), BEIJING).astimezone(UTC)
    going = Going()
    spared = _going_on(home)
    kinds = [kind for kind, fact in type_registry.items() if class_of(package(fact)) is which]
    going.payloads.update(erasing.held(db.session, kinds, home.slug, moment, spared=spared))
    gather = _GATHER.get(which)
    if gather is not None:
        gather(going, home, moment)
    return going


def _going_on(home: Neighbourhood) -> set[str]:
    """Subjects and matters of the neighbourhood that are still going on: nothing of them is erased."""
    collections = select(ConsentCollection.id).where(
        ConsentCollection.neighbourhood_id == home.id, ConsentCollection.state.in_(RUNNING)
    )
    proposals = select(Proposal.id).where(Proposal.neighbourhood_id == home.id, ~closed())
    denials = select(Denial.id).where(Denial.neighbourhood_id == home.id, Denial.settled_at.is_(None))
    polls = select(Poll.id).where(Poll.neighbourhood_id == home.id, Poll.state.not_in(POLL_ENDED))
    return {
        *(f"poll/{number}" for number in db.session.scalars(polls)),
        *(f"consent/{number}" for number in db.session.scalars(collections)),
        *(f"proposal/{number}" for number in db.session.scalars(proposals)),
        *(f"denial/{number}" for number in db.session.scalars(denials)),
    }


def _consents(going: Going, home: Neighbourhood, before: datetime) -> None:
    ended = (
        select(ConsentCollection.id)
        .join(ConsentCollection.proposal)
        .where(
            ConsentCollection.neighbourhood_id == home.id,
            ConsentCollection.state.not_in(RUNNING),
            ConsentCollection.since < before,
            closed(),
        )
    )
    units = select(ConsentUnit.id).where(ConsentUnit.collection_id.in_(ended))
    records(going, ids(select(ConsentRecord.id).where(ConsentRecord.collection_id.in_(ended))))
    slip_photos(going, ended)
    events = select(UnitEvent.id, UnitEvent.evidence_id).where(UnitEvent.consent_unit_id.in_(units))
    found = db.session.execute(events.where(UnitEvent.reason != "")).all()
    going.add(UnitEvent, (row.id for row in found))
    pictures(going, (row.evidence_id for row in found))
    mandates(going, select(Mandate).where(Mandate.collection_id.in_(ended)))
    results = select(OfficialResult).where(OfficialResult.collection_id.in_(ended))
    going.add(OfficialResult, ids(results.with_only_columns(OfficialResult.id).where(OfficialResult.reason != "")))
    pictures(going, ids(results.with_only_columns(OfficialResult.document_id)))
    _guardianships(going, home, before)
    visits(going, units)
    asked = select(AskFirst.id).where(AskFirst.consent_unit_id.in_(units), AskFirst.question != "")
    corrected = select(RollCorrection.id).where(RollCorrection.collection_id.in_(ended), RollCorrection.text != "")
    going.add(AskFirst, ids(asked))
    going.add(RollCorrection, ids(corrected))
    settled = select(Denial.id).where(Denial.neighbourhood_id == home.id, Denial.settled_at < before)
    going.add(Denial, ids(settled.where(Denial.reason != "")))


def _guardianships(going: Going, home: Neighbourhood, before: datetime) -> None:
    """Who acted for whom, once nobody of them stands on a roll that is still asked: it can be shown again."""
    asked = (
        select(ConsentHolder.holder_id)
        .join(ConsentHolder.unit)
        .join(ConsentUnit.collection)
        .where(ConsentCollection.state.in_(RUNNING))
    )
    found = db.session.execute(
        select(Guardianship.id, Guardianship.evidence_id)
        .join(Guardianship.holder)
        .where(
            Holder.neighbourhood_id == home.id,
            Guardianship.entered_at < before,
            Guardianship.guardian_name != "",
            Guardianship.holder_id.not_in(asked),
        )
    ).all()
    going.add(Guardianship, (row.id for row in found))
    pictures(going, (row.evidence_id for row in found))


def _proposals(going: Going, home: Neighbourhood, before: datetime) -> None:
    applications(
        going,
        select(Proposal).where(Proposal.neighbourhood_id == home.id, closed(), Proposal.since < before),
    )
    found = db.session.execute(
        select(PermitAnswer.id, PermitAnswer.paper_id, PermitAnswer.note)
        .join(PermitAnswer.permit)
        .join(RequiredPermit.version)
        .join(PlanVersion.proposal)
        .where(
            Proposal.neighbourhood_id == home.id,
            closed(),
            Proposal.since < before,
        )
    ).all()
    going.add(PermitAnswer, (row.id for row in found if row.note))
    pictures(going, (row.paper_id for row in found))


def _ballots(going: Going, home: Neighbourhood, before: datetime) -> None:
    """What ballots under names say, once their poll has long been counted or void; secret ones are nobody's own."""
    counted = select(Poll.id).where(Poll.neighbourhood_id == home.id, Poll.state.in_(POLL_ENDED), Poll.since < before)
    going.add(
        NamedBallot, ids(select(NamedBallot.id).where(NamedBallot.poll_id.in_(counted), NamedBallot.ballot != ""))
    )
    pictures(going, ids(select(PaperPhoto.evidence_id).where(PaperPhoto.poll_id.in_(counted))))


def _notices(going: Going, home: Neighbourhood, before: datetime) -> None:
    objections(
        going,
        select(Objection)
        .join(Objection.period)
        .where(PublicityPeriod.neighbourhood_id == home.id, PublicityPeriod.ended_at < before),
    )


def _concerns(going: Going, home: Neighbourhood, before: datetime) -> None:
    concerns(
        going,
        select(Concern)
        .join(Concern.proposal)
        .where(Concern.neighbourhood_id == home.id, closed(), Proposal.since < before),
    )


def _meetings(going: Going, home: Neighbourhood, before: datetime) -> None:
    """Voices, lists and ratings of meetings that are long over; minutes and answers name nobody and stay."""
    ended = select(Meeting).where(Meeting.neighbourhood_id == home.id, meetings_over(), Meeting.since < before)
    meetings(going, ended)


def _works(going: Going, home: Neighbourhood, before: datetime) -> None:
    """Notes and papers of lifts; numbers, days and photos of the house are nobody's own and stay."""
    here = Proposal.neighbourhood_id == home.id, closed()
    old = select(WorksEvent.id).join(WorksEvent.proposal).where(*here, WorksEvent.entered_at < before)
    going.add(WorksEvent, ids(old.where(WorksEvent.note != "")))
    papers = select(WorksFile.evidence_id).where(WorksFile.event_id.in_(old), WorksFile.purpose == DOCUMENT)
    pictures(going, ids(papers))
    left = select(GroupSeat).join(GroupSeat.proposal).where(*here, GroupSeat.ended_at < before)
    going.add(GroupSeat, ids(left.with_only_columns(GroupSeat.id).where(GroupSeat.ended_note != "")))
    pictures(going, ids(left.with_only_columns(GroupSeat.paper_id)))
    pictures(going, ids(left.with_only_columns(GroupSeat.ended_paper_id)))


def _register(going: Going, home: Neighbourhood, before: datetime) -> None:
    changes = (
        select(RegisterChange.id)
        .where(RegisterChange.changed_at < before, RegisterChange.note != "")
        .where(RegisterChange.unit_id.in_(_units_of(home)))
    )
    going.add(RegisterChange, ids(changes))
    rolls = select(RollImport.id).where(
        RollImport.decided_at < before,
        RollImport.state.in_({RollState.DECLINED, RollState.IMPORTED, RollState.UNDONE}),
        RollImport.filename != "",
        RollImport.estate.has(neighbourhood_id=home.id),
    )
    going.add(RollImport, ids(rolls))


def _members(going: Going, home: Neighbourhood, before: datetime) -> None:
    refusals = (
        select(MembershipRefusal.id)
        .join(Membership, Membership.id == MembershipRefusal.membership_id)
        .where(
            MembershipRefusal.refused_at < before,
            MembershipRefusal.reason != "",
            Membership.unit_id.in_(_units_of(home)),
        )
    )
    going.add(MembershipRefusal, ids(refusals))


def _lookups(going: Going, home: Neighbourhood, before: datetime) -> None:
    """What case files were wanted for."""
    asked = (
        select(CaseFileRequest.id)
        .join(CaseFileRequest.proposal)
        .where(Proposal.neighbourhood_id == home.id, CaseFileRequest.asked_at < before, CaseFileRequest.purpose != "")
    )
    going.add(CaseFileRequest, ids(asked))


def _units_of(home: Neighbourhood) -> Select[int]:
    return (
        select(Unit.id)
        .join(Unit.stairwell)
        .join(Stairwell.building)
        .join(Building.estate)
        .where(Estate.neighbourhood_id == home.id)
    )


_GATHER = {
    Class.CONSENT: _consents,
    Class.PROPOSAL: _proposals,
    Class.BALLOT: _ballots,
    Class.MEETING: _meetings,
    Class.NOTICE: _notices,
    Class.CONCERN: _concerns,
    Class.WORKS: _works,
    Class.REGISTER: _register,
    Class.MEMBER: _members,
    Class.LOOKUP: _lookups,
}

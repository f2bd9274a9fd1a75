"""Gathering 归集: rows that go together: a record with its picture, a case with its letter."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select, true

from hearing.audit import erasing
from hearing.concerns.models import Concern, ConcernAnswer, ConcernAnswerFile, ConcernTelling, ConcernWord
from hearing.consents.models import (
    ConsentRecord,
    Mandate,
    MandateEvent,
    PaperSlip,
    RecordMark,
    SignatureCheck,
    SlipPhoto,
)
from hearing.consents.rules import CollectionState
from hearing.db import Base, db
from hearing.erasure.parts import LABELS, Going
from hearing.erasure.rules import Keeping, is_over, kept_until
from hearing.files.models import Evidence, EvidenceErasure
from hearing.meetings.models import (
    Meeting,
    MeetingPhoto,
    MeetingQuestion,
    Satisfaction,
    SettlementSignature,
    SignUp,
    Wording,
)
from hearing.meetings.rules import TEMPLATES
from hearing.meetings.rules import State as MeetingState
from hearing.notices.models import Objection
from hearing.people.models import Account
from hearing.people.rules import GONE
from hearing.proposals.models import Application, Proposal, SecondLook
from hearing.proposals.rules import State
from hearing.visits.models import Visit, VisitCorrection
from hearing.web.filters import BEIJING
from hearing.works.queries import being_built

RUNNING = frozenset(CollectionState) - {
    CollectionState.PASSED,
    CollectionState.FAILED,
    CollectionState.VOID,
    CollectionState.SUPERSEDED,
}
_CLOSED = frozenset({State.REJECTED, State.MERGED, State.ROUTED_ELSEWHERE, State.APPROVED, State.WITHDRAWN})


def closed() -> ColumnElement[bool]:
    """Of a proposal: nobody is waiting for its next step, and a lift that was approved runs."""
    return and_(Proposal.state.in_(_CLOSED), ~being_built())


def records(going: Going, numbers: Collection[int]) -> None:
    """Records with their pictures, what was said of them, and the paper that they were read from."""
    for batch in erasing.batches(sorted(numbers)):
        rows = db.session.execute(
            select(ConsentRecord.id, ConsentRecord.signature_id).where(
                ConsentRecord.id.in_(batch), ConsentRecord.salt != ""
            )
        ).all()
        going.add(ConsentRecord, (row.id for row in rows))
        pictures(going, (row.signature_id for row in rows))
        pictures(going, ids(select(PaperSlip.photo_id).where(PaperSlip.record_id.in_(batch))))
        marks = select(RecordMark.id).where(RecordMark.record_id.in_(batch))
        going.add(RecordMark, ids(marks.where(RecordMark.reason != "")))
        checks = select(SignatureCheck.id).where(SignatureCheck.mark_id.in_(marks), SignatureCheck.finding != "")
        going.add(SignatureCheck, ids(checks))


def slip_photos(going: Going, collections: Select[int]) -> None:
    """The pictures of slips that no record rests on: not identified, set aside, removed; why, and why one was void."""
    rows = db.session.execute(
        select(SlipPhoto.id, SlipPhoto.evidence_id, SlipPhoto.because).where(SlipPhoto.collection_id.in_(collections))
    ).all()
    going.add(SlipPhoto, (row.id for row in rows if row.because))
    pictures(going, (row.evidence_id for row in rows))
    spoiled = select(PaperSlip.id).where(PaperSlip.collection_id.in_(collections), PaperSlip.void_because != "")
    going.add(PaperSlip, ids(spoiled))


def applications(going: Going, proposals: Select[Proposal]) -> None:
    """The applicant's name and own words, and the photo of the handwritten letter."""
    chosen = proposals.with_only_columns(Proposal.id)
    going.add(Proposal, ids(chosen.where(Proposal.proposer_name != GONE)))
    written = select(Application.id, Application.letter_photo_id).where(
        Application.proposal_id.in_(chosen), or_(Application.problem != "", Application.letter != "")
    )
    rows = db.session.execute(written).all()
    going.add(Application, (row.id for row in rows))
    pictures(going, (row.letter_photo_id for row in rows))
    looked = select(SecondLook.id).where(SecondLook.proposal_id.in_(chosen), SecondLook.reason != "")
    going.add(SecondLook, ids(looked))


def objections(going: Going, chosen: Select[Objection]) -> None:
    """The names, doors and words of objections, and the photos of those on paper."""
    rows = db.session.execute(
        chosen.with_only_columns(Objection.id, Objection.paper_id).where(Objection.name != GONE)
    ).all()
    going.add(Objection, (row.id for row in rows))
    pictures(going, (row.paper_id for row in rows))


def visits(going: Going, units: Select[int]) -> None:
    """Of the visits to these lines of a roll: the numbers of letters, photos of doors, and why one was corrected."""
    rows = db.session.execute(
        select(Visit.id, Visit.photo_id, Visit.mail_number).where(Visit.consent_unit_id.in_(units))
    ).all()
    going.add(Visit, (row.id for row in rows if row.mail_number))
    pictures(going, (row.photo_id for row in rows))
    wrong = select(VisitCorrection.id).join(VisitCorrection.visit).where(Visit.consent_unit_id.in_(units))
    going.add(VisitCorrection, ids(wrong.where(VisitCorrection.reason != "")))


def concerns(going: Going, chosen: Select[Concern]) -> None:
    """The words of concerns, of their answers and of what was said of these; the photos of all of them."""
    rows = db.session.execute(chosen.with_only_columns(Concern.id, Concern.photo_id)).all()
    for batch in erasing.batches([row.id for row in rows]):
        going.add(Concern, ids(select(Concern.id).where(Concern.id.in_(batch), Concern.text != "")))
        answers = ConcernAnswer.concern_id.in_(batch)
        going.add(ConcernAnswer, ids(select(ConcernAnswer.id).where(answers, ConcernAnswer.text != "")))
        said = ConcernWord.concern_id.in_(batch), ConcernWord.text != ""
        going.add(ConcernWord, ids(select(ConcernWord.id).where(*said)))
        told = select(ConcernTelling.id).where(ConcernTelling.concern_id.in_(batch), ConcernTelling.told_by != "")
        going.add(ConcernTelling, ids(told))
        papers = ConcernTelling.concern_id.in_(batch), ConcernTelling.paper_id.is_not(None)
        pictures(going, ids(select(ConcernTelling.paper_id).where(*papers)))
        pictures(going, ids(select(ConcernAnswerFile.evidence_id).join(ConcernAnswerFile.answer).where(answers)))
    pictures(going, (row.photo_id for row in rows))


def past(
    going: Going, model: type[Base], keeping: Keeping, rows: Iterable[tuple[int, datetime]], today: date
) -> list[int]:
    """Those of the rows whose period is over; of the others it is noted until when they stay."""
    free = []
    for number, moment in rows:
        day = moment.astimezone(BEIJING).date()
        if is_over(day, keeping, today):
            free.append(number)
        else:
            going.stays(LABELS[model], keeping.because, kept_until(day, keeping))
    return free


def pictures(going: Going, numbers: Iterable[int | None]) -> None:
    """Files that are still on the disk."""
    for batch in erasing.batches(sorted({number for number in numbers if number is not None})):
        gone = select(EvidenceErasure.evidence_id).where(EvidenceErasure.evidence_id.in_(batch))
        going.pictures.update(set(batch) - set(db.session.scalars(gone)))


def meetings(going: Going, chosen: Select[Meeting], own: ColumnElement[bool] | None = None) -> None:
    """Of meetings that are over: voices, lists and signed pages, and what people wrote that is no part of the record.

    With `own` only of the person whom it names: her sign-ups, ratings and voice notes.
    """
    numbers = chosen.with_only_columns(Meeting.id)
    hers = own if own is not None else true()
    signed_up = select(SignUp.id).join(SignUp.account).where(SignUp.meeting_id.in_(numbers), SignUp.topic != "", hers)
    rated = (
        select(Satisfaction.id)
        .join(Account, Account.id == Satisfaction.given_by)
        .where(Satisfaction.meeting_id.in_(numbers), Satisfaction.words != "", hers)
    )
    going.add(SignUp, ids(signed_up))
    going.add(Satisfaction, ids(rated))
    spoken = (
        select(MeetingQuestion.id, MeetingQuestion.voice_id)
        .outerjoin(Account, Account.id == MeetingQuestion.asked_by)
        .where(MeetingQuestion.meeting_id.in_(numbers), MeetingQuestion.voice_id.is_not(None), hers)
    )
    voices = db.session.execute(spoken).all()
    pictures(going, (row.voice_id for row in voices))
    if own is not None:
        return
    said = select(Wording.id).where(Wording.question_id.in_([row.id for row in voices]), Wording.text != "")
    going.add(Wording, ids(said))
    refused = select(SettlementSignature.id).where(
        SettlementSignature.meeting_id.in_(numbers), SettlementSignature.refused_because != ""
    )
    going.add(SettlementSignature, ids(refused))
    papers = select(SettlementSignature.paper_id).where(SettlementSignature.meeting_id.in_(numbers))
    pictures(going, ids(papers))
    pictures(going, ids(select(MeetingPhoto.evidence_id).where(MeetingPhoto.meeting_id.in_(numbers))))


def meetings_over() -> ColumnElement[bool]:
    """Of a meeting: closed, called off, or a coordination whose minutes stand."""
    answering = [kind.value for kind, template in TEMPLATES.items() if template.answers]
    settled = and_(Meeting.state == MeetingState.MINUTES_CONFIRMED.value, Meeting.kind.not_in(answering))
    return or_(Meeting.state.in_([MeetingState.CLOSED.value, MeetingState.CANCELLED.value]), settled)


def unneeded_files() -> list[str]:
    """The hashes of files of which every row that names them is erased, as far as they may still lie on the disk."""
    erased = select(EvidenceErasure.evidence_id)
    needed = select(Evidence.sha256).where(Evidence.id.not_in(erased))
    query = select(Evidence.sha256).where(Evidence.id.in_(erased), Evidence.sha256.not_in(needed)).distinct()
    return list(db.session.scalars(query))


def named_files(hashes: Iterable[str]) -> set[str]:
    """Those of some hashes that a row names, erased or not."""
    return set(db.session.scalars(select(Evidence.sha256).where(Evidence.sha256.in_(list(hashes)))))


def of(model: Any, account_id: int) -> Select[int]:
    """The rows of a table that belong to an account."""
    return select(model.id).where(model.account_id == account_id)


def ids(query: Select[Any]) -> list[int]:
    """The numbers that a query finds."""
    return [number for number in db.session.scalars(query) if number is not None]


def package(fact: type) -> str:
    """The package whose act a fact tells of; empty for a fact of a test."""
    return fact.__module__.split(".")[1] if fact.__module__.startswith("hearing.") else ""


def mandates(going: Going, query: Select[Mandate]) -> None:
    """Agents, drawings and reasons of these mandates, with the picture or paper that each was signed on."""
    found = db.session.execute(
        select(Mandate.id, Mandate.signature_id).where(Mandate.id.in_(query.with_only_columns(Mandate.id)))
    ).all()
    numbers = [row.id for row in found]
    named = ids(select(Mandate.id).where(Mandate.id.in_(numbers), Mandate.agent_name != ""))
    going.add(Mandate, named)
    pictures(going, (row.signature_id for row in found))
    told = select(MandateEvent.id).where(MandateEvent.mandate_id.in_(numbers), MandateEvent.reason != "")
    going.add(MandateEvent, ids(told))

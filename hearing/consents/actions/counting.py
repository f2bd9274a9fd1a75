"""Counting 结果: the close, the provisional result that hangs for objections, the final one that two confirm."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from hearing.audit.fact import SYSTEM
from hearing.clock import now
from hearing.concerns import queries as concerns
from hearing.concerns.rules import check_heard
from hearing.consents import facts, queries, rules, slips
from hearing.consents import hooks as consent_hooks
from hearing.consents.actions.locking import frame, hold, hold_head, hold_with_case, move, seat_of, staff
from hearing.consents.actions.telling import ENDED, EXTENDED, tell_all
from hearing.consents.models import (
    ConsentCollection,
    ConsentDraft,
    ConsentUnit,
    ResultConfirmation,
    SlipCount,
)
from hearing.db import db
from hearing.notices import actions as notices
from hearing.notices import queries as notice_queries
from hearing.notices.rules import NoticeKind, ObjectionState, PublicityPeriod, last_day
from hearing.people.queries import accounts_of_person
from hearing.people.rules import COMMITTEE, ROLE_LABELS, Role
from hearing.people.viewer import Viewer
from hearing.printing import words
from hearing.proposals import actions as proposals
from hearing.proposals import hooks
from hearing.proposals.models import PlanVersion, RequiredConsent
from hearing.refusal import Refused

CONFIRMING = COMMITTEE | {Role.SCRUTINEER}
_REACHED = {True: "达到", False: "未达到"}


def extend(by: Viewer, collection: ConsentCollection, closes: datetime, reason: str) -> facts.Extended:
    """Make the window longer, once, before it has closed, with a notice of its own.

    Raises what `rules.may_extend` raises, COLLECTION_ELSEWHERE, COLLECTION_REASON_MISSING, or NOT_YOUR_SEAT of people.
    """
    collection = hold(collection)
    rules.check_move(collection.stands, rules.Move.EXTEND, role=seat_of(by, collection), reason=reason)
    assert collection.opened_at is not None
    assert collection.closes_at is not None
    rules.may_extend(
        opened_at=collection.opened_at,
        closing=collection.closes_at,
        new_closing=closes,
        extended_before=bool(collection.extended_because),
        now=now(),
    )
    collection.closes_at, collection.extended_because = closes, reason
    # A flat sold meanwhile never has less time than its neighbours.
    shorter = update(ConsentUnit).where(ConsentUnit.collection_id == collection.id, ConsentUnit.closes_at < closes)
    db.session.execute(shorter.values(closes_at=None))
    notice = notices.post_within(
        by,
        neighbourhood=collection.neighbourhood,
        matter=collection.proposal.matter,
        kind=NoticeKind.CONSENT,
        title=f"关于“{collection.proposal.title}”征询延期的公告",
        body=f"书面征询的截止时间延长一次。理由：{reason}",
        lines=(("新的截止时间", words.deadline(closes)),),
    )
    tell_all(collection, EXTENDED)
    return facts.Extended(
        **staff(by, collection),
        last_day=last_day(closes).isoformat(),
        closes=closes,
        reason=reason,
        notice_hash=notice.digest,
    )


def close(collection: ConsentCollection) -> facts.Closed:
    """End answering when the clock says so: the system does it.

    Holding the row, it waits for every answer that has its number, and every later one finds the window closed.
    Raises COLLECTION_ELSEWHERE or STILL_OPEN.
    """
    collection = hold_head(collection)
    rules.check_move(collection.stands, rules.Move.CLOSE, role=None)
    rules.may_close([collection.last_close], now())
    move(collection, rules.CollectionState.GRACE)
    _forget_drafts(collection)
    return facts.Closed(**frame(collection, SYSTEM), answered=collection.tally().part.heads)


def _forget_drafts(collection: ConsentCollection) -> None:
    """Erase what somebody had begun and not signed, her drawing with it: it cannot become an answer any more."""
    begun = select(ConsentUnit.id).where(ConsentUnit.collection_id == collection.id)
    db.session.execute(delete(ConsentDraft).where(ConsentDraft.consent_unit_id.in_(begun)))


def publish_provisional(by: Viewer, collection: ConsentCollection) -> facts.ProvisionalPublished:
    """Publish the provisional result for objections 询异, after grace, with a notice on the board.

    The balance of the printed slips is frozen with it. Raises what `rules.may_publish_provisional` raises,
    PHOTOS_WAITING(n), COLLECTION_ELSEWHERE, or NOT_YOUR_SEAT of people.
    """
    collection = hold_head(collection)
    ballot = collection.ballot()
    rules.check_move(collection.stands, rules.Move.PUBLISH_PROVISIONAL, role=seat_of(by, collection))
    rules.may_publish_provisional(
        grace_ends=rules.grace_ends_at(collection.last_close, collection.grace_days),
        entries_undecided=_half_read(collection),
        disputes_undecided=ballot.in_doubt,
        days=collection.provisional_days,
        now=now(),
    )
    if waiting := slips.waiting_photos(collection.id):
        raise Refused(rules.Refusal.PHOTOS_WAITING, n=len(waiting))
    collection.provisional_at = move(collection, rules.CollectionState.PROVISIONAL)
    count, paper = ballot.tally, _freeze_slips(collection)
    period = notices.begin_publicity_within(
        by,
        neighbourhood=collection.neighbourhood,
        matter=collection.proposal.matter,
        subject=collection.subject,
        kind=NoticeKind.PROVISIONAL,
        title=f"关于“{collection.proposal.title}”征询初步结果的公示",
        body=count_words(count),
        lines=(
            ("通过规则", collection.rule.words % {"n": count.all.heads}),
            *([("纸质征询单", rules.slip_words(paper))] if paper.issued else []),
        ),
        days=collection.provisional_days,
        minimum=rules.PROVISIONAL_DAYS_LEAST,
        no_open_objection=collection.no_open_objection,
    )
    tell_all(collection, ENDED)
    return facts.ProvisionalPublished(
        **staff(by, collection),
        **_counted(count),
        until=period.ends_at,
        notice_hash=period.notice.digest,
        slips_issued=paper.issued,
        slips_used=paper.used,
        slips_void=paper.void,
        slips_unreturned=paper.unreturned,
    )


def _freeze_slips(collection: ConsentCollection) -> rules.Balance:
    """Write down, building by building, how many slips were printed and what became of them; no slip moves any more."""
    parts = slips.counted(collection.id)
    db.session.add_all(
        SlipCount(
            collection_id=collection.id,
            building=building,
            issued=part.issued,
            used=part.used,
            voided=part.void,
            unreturned=part.unreturned,
            counted_at=collection.provisional_at,
        )
        for building, part in parts.items()
    )
    return rules.total(parts.values())


def count_words(count: rules.Tally) -> str:
    """The model wording of a result (domain.md 3.2), for notices: roll, turnout, answers, and both lines."""
    by_area = count.rule.counts_area

    def said(part: rules.Count) -> str:
        return f"{part.heads}户（{words.area(part.area_centi)}）" if by_area else f"{part.heads}户"

    lines = [f"同意{said(count.yes)}，反对{said(count.no)}，弃权{said(count.abstain)}"]
    if count.turnout is not None:
        lines.append(f"参与线{_line_words(count.turnout)}")
    lines.append(f"同意线{_line_words(count.agreement)}")
    return f"应征询{said(count.all)}；参与{said(count.part)}；" + "；".join(lines) + "。"


def _line_words(result: rules.LineResult) -> str:
    line = result.line
    share = "过半数" if line.strict else words.part(line.numerator, line.denominator)
    return f"{share}{_REACHED[result.reached]}"


def confirm_result(by: Viewer, collection: ConsentCollection, seen_count: str) -> facts.ResultConfirmed:
    """Confirm, as the scrutineer named in the terms or as one of the committee, the very count that was shown.

    Raises COLLECTION_ELSEWHERE, COUNT_CHANGED, CONFIRMED_ALREADY (by the database, and for another account of whoever
    has confirmed it), SCRUTINEER_MISSING for another scrutineer, or NOT_YOUR_SEAT of people.
    """
    collection = hold_head(collection)
    held = by.seats_in(collection.neighbourhood_id)
    named = by.id == collection.scrutineer_id and Role.SCRUTINEER in held
    role = Role.SCRUTINEER if named else seat_of(by, collection, CONFIRMING)
    if role is Role.SCRUTINEER and not named:
        raise Refused(rules.Refusal.SCRUTINEER_MISSING)
    rules.check_move(collection.stands, rules.Move.FINISH, role=role)
    count = rules.count_hash(collection.tally())
    if count != seen_count:
        raise Refused(rules.Refusal.COUNT_CHANGED)
    confirmed = {each.account_id for each in collection.confirmations if each.count_hash == count}
    if confirmed & accounts_of_person(by.account):
        raise Refused(rules.Refusal.CONFIRMED_ALREADY)
    db.session.add(
        ResultConfirmation(
            collection_id=collection.id, account_id=by.id, role=role, count_hash=count, confirmed_at=now()
        )
    )
    db.session.flush()
    return facts.ResultConfirmed(
        **staff(by, collection, frozenset({role})), role_label=ROLE_LABELS[role], count_hash=count
    )


def finish(by: Viewer, collection: ConsentCollection) -> facts.Finished:
    """Make the result final once both have confirmed this count and every objection is decided; tell the proposal.

    Raises what `rules.may_finish` and `rules.outcome` raise, DISPUTES_UNDECIDED, COLLECTION_ELSEWHERE, or NOT_YOUR_SEAT
    of people; where no objection may stand also CONCERNS_UNANSWERED or CONCERNS_UNHEARD of concerns.
    """
    collection = hold_with_case(collection)
    rules.check_move(collection.stands, rules.Move.FINISH, role=seat_of(by, collection, CONFIRMING))
    assert collection.provisional_at is not None
    ballot = collection.ballot()
    if doubtful := ballot.in_doubt:
        raise Refused(rules.Refusal.DISPUTES_UNDECIDED, n=doubtful)
    period, count = notices.hold_publicity(collection.subject), ballot.tally
    objections = notice_queries.objections_of(collection.subject) + _standing_concerns(collection)
    confirmed = [each for each in collection.confirmations if each.count_hash == rules.count_hash(count)]
    rules.may_finish(
        provisional=PublicityPeriod(collection.provisional_at, collection.provisional_days),
        confirmed_by=[(str(each.account_id), Role(each.role)) for each in confirmed],
        objections=objections,
        now=now(),
    )
    result = rules.outcome(
        count,
        needs_manager_consent=collection.needs_manager_consent,
        manager_consent=_manager(collection),
        no_open_objection=collection.no_open_objection,
        objections=objections,
    )
    passed = result.state is rules.CollectionState.PASSED
    collection.finished_at = move(collection, result.state)
    collection.result = result.reason
    if period is not None:
        notices.end_publicity_within(period)
    proposals.record_consent_outcome(collection.required, passed=passed)
    notice = notices.post_within(
        by,
        neighbourhood=collection.neighbourhood,
        matter=collection.proposal.matter,
        kind=NoticeKind.RESULT,
        title=f"关于“{collection.proposal.title}”征询结果的公告",
        body=count_words(count),
        lines=(("结果", rules.REASON_LABELS[result.reason]),),
    )
    for follow in consent_hooks.result_final:
        follow(collection)
    tell_all(collection, ENDED)
    return facts.Finished(
        **staff(by, collection, CONFIRMING),
        **_counted(count, passed=passed),
        reason=result.reason,
        reason_label=rules.REASON_LABELS[result.reason],
        plan_hash=collection.version.plan_hash,
        roll_hash=collection.roll_hash or "",
        notice_hash=notice.digest,
    )


def _standing_concerns(collection: ConsentCollection) -> list[ObjectionState]:
    """The concerns of the roll that still stand where no objection may: each weighs as one in coordination.

    Raises CONCERNS_UNANSWERED or CONCERNS_UNHEARD of concerns (decisions/031).
    """
    if not collection.no_open_objection:
        return []
    units = db.session.scalars(select(ConsentUnit.unit_id).where(ConsentUnit.collection_id == collection.id)).all()
    weights = concerns.weights(collection.proposal_id, units, now())
    return [ObjectionState.TO_COORDINATION] * check_heard(weights)


def void(by: Viewer, collection: ConsentCollection, reason: str) -> facts.Voided:
    """Declare the collection void, for a reason that every household on the roll reads.

    Raises COLLECTION_ELSEWHERE, COLLECTION_REASON_MISSING, or NOT_YOUR_SEAT of people.
    """
    collection = hold_with_case(collection)
    was_opened = collection.opened_at is not None
    rules.check_move(collection.stands, rules.Move.VOID, role=seat_of(by, collection), reason=reason)
    move(collection, rules.CollectionState.VOID)
    collection.void_because = reason
    _forget_drafts(collection)
    notices.stop_publicity_within(by, collection.subject, reason)
    if was_opened:
        proposals.record_consent_outcome(collection.required, passed=False)
    tell_all(collection, ENDED)
    return facts.Voided(**staff(by, collection), reason=reason)


def supersede(old: PlanVersion, new: PlanVersion) -> None:
    """A material change of the plan ends the collections that it affects; the answers stay, and count no more.

    Called by proposals inside the act that fixes the new version, whose fact tells it; the committee sets up the new
    version's own collections. Consents that the change does not affect belong to the new version by now.
    """
    del new
    affected = select(RequiredConsent.id).where(RequiredConsent.plan_version_id == old.id)
    query = select(ConsentCollection).where(ConsentCollection.required_id.in_(affected)).with_for_update()
    for collection in db.session.scalars(query.execution_options(populate_existing=True)).all():
        if collection.stands in rules.STEPS[rules.Move.SUPERSEDE].starts:
            move(collection, rules.CollectionState.SUPERSEDED)
            _forget_drafts(collection)
            if period := notices.hold_publicity(collection.subject):
                notices.end_publicity_within(period)
            tell_all(collection, ENDED)


hooks.plan_replaced.append(supersede)


def _half_read(collection: ConsentCollection) -> int:
    """How many slips have come back and are not read to the end."""
    return sum(each.all for each in slips.queues(collection.id))


def _counted(count: rules.Tally, *, passed: bool | None = None) -> dict[str, Any]:
    """The figures of a count, as its facts tell them."""
    return {
        "all_heads": count.all.heads,
        "all_area": count.all.area_centi,
        "part_heads": count.part.heads,
        "part_area": count.part.area_centi,
        "yes_heads": count.yes.heads,
        "yes_area": count.yes.area_centi,
        "no_heads": count.no.heads,
        "abstain_heads": count.abstain.heads,
        "passed": count.passed if passed is None else passed,
    }


def _manager(collection: ConsentCollection) -> rules.ManagerConsent | None:
    answer = queries.manager_answer(collection)
    if answer is None:
        return None
    return rules.ManagerConsent.GIVEN if answer.agrees else rules.ManagerConsent.REFUSED

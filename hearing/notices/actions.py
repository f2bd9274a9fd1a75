"""What may be done with notices: post, hang up on paper, take down; publish for days, object, decide.

Functions that end in `_within` belong inside another act: they write rows and leave the fact to their caller, who
puts the notice's hash into it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from hearing.audit.fact import Actor
from hearing.clock import database_now, now
from hearing.db import db
from hearing.files import actions as files
from hearing.files.models import Evidence
from hearing.notices import facts, queries, rules
from hearing.notices.models import Notice, NoticeWithdrawal, Objection, ObjectionDecision, PaperPosting, PublicityPeriod
from hearing.notices.queries import OBJECTION_PAPER, PAPER_PHOTO
from hearing.people import outbox
from hearing.people.models import Membership
from hearing.people.rules import COMMITTEE, FIELD_STAFF, Role, require_role
from hearing.people.rules import Refusal as PeopleRefusal
from hearing.people.viewer import Viewer
from hearing.places.models import Neighbourhood
from hearing.printing import words
from hearing.refusal import N_, Refused
from hearing.web.pictures import Safe

NOT_THEIRS = N_("核实后确认：不是这一户提出的")
ANSWERED = N_("您提的异议有了处理结果，请看 %(url)s")

SEATS = (Role.COMMITTEE_CLERK, Role.COMMITTEE_DIRECTOR, Role.BLOCK_OFFICER, Role.ESTATE_OFFICER)
"""From which seat a person acts who holds several."""


def post(
    by: Viewer,
    neighbourhood: Neighbourhood,
    *,
    title: str,
    body: str,
    lines: Sequence[tuple[str, str]] = (),
    matter: str = "",
) -> facts.NoticePosted:
    """The committee posts a general notice. Raises NOT_YOUR_SEAT of people."""
    role = seat_of(by, neighbourhood.id)
    require_role(role, COMMITTEE)
    notice = post_within(
        by,
        neighbourhood=neighbourhood,
        matter=matter,
        kind=rules.NoticeKind.GENERAL,
        title=title,
        body=body,
        lines=lines,
    )
    return facts.NoticePosted(
        actor=actor(by, role),
        scope=neighbourhood.slug,
        subject=notice.subject,
        matter=notice.story,
        notice_kind=notice.kind,
        notice_label=notice.label,
        notice_hash=notice.digest,
        title=title,
    )


def post_within(
    by: Viewer,
    *,
    neighbourhood: Neighbourhood,
    matter: str,
    kind: rules.NoticeKind,
    title: str,
    body: str,
    lines: Sequence[tuple[str, str]] = (),
    takes_effect_at: datetime | None = None,
    lead_days: int = 0,
) -> Notice:
    """Post a notice inside another act; that act has checked the seat, and its fact names the notice's `digest`.

    `lines` are printed between title and body: 时间, 地点. With `takes_effect_at` the notice must hang `lead_days`
    times 24 hours before it. Raises NOTICE_TOO_LATE.
    """
    moment = now()
    if takes_effect_at is not None:
        rules.check_lead_time(moment, takes_effect_at, lead_days)
    text = rules.Printed(neighbourhood.slug, matter, kind, title, body, tuple(lines), moment).text()
    notice = Notice(
        neighbourhood=neighbourhood,
        matter=matter,
        kind=kind,
        title=rules.composed(title),
        content=text,
        digest=rules.fingerprint(text),
        posted_by=by.id,
        posted_at=moment,
        takes_effect_at=takes_effect_at,
        lead_days=lead_days,
    )
    db.session.add(notice)
    db.session.flush()
    return notice


def hang_up(by: Viewer, notice: Notice, place: str, photo: Safe) -> facts.PostedOnPaper:
    """Say that the printed notice hangs at a place, with a photo of it.

    Raises NOTICE_TAKEN_DOWN, PAPER_POSTED_BEFORE, or NOT_YOUR_SEAT of people.
    """
    role = seat_of(by, notice.neighbourhood_id)
    rules.may_post_on_paper(taken_down=notice.withdrawal is not None, role=role)
    kept = files.store(by, photo.data, photo.media_type, PAPER_PHOTO, notice.story, notice.neighbourhood_id)
    db.session.add(PaperPosting(notice_id=notice.id, place=place, photo_id=kept.id, posted_by=by.id, posted_at=now()))
    return facts.PostedOnPaper(
        actor=actor(by, role),
        scope=notice.neighbourhood.slug,
        subject=notice.subject,
        matter=notice.story,
        notice_hash=notice.digest,
        photo_hash=kept.sha256,
        place=place,
    )


def take_down(by: Viewer, notice: Notice, reason: str) -> facts.NoticeTakenDown:
    """Withdraw a general notice; it stays readable, marked as taken down.

    A notice that another act posted goes with that act: a meeting is cancelled, a publicity period stopped. Raises
    NOTICE_TAKEN_DOWN, or NOT_YOUR_SEAT of people.
    """
    role = seat_of(by, notice.neighbourhood_id)
    require_role(role, COMMITTEE)
    if notice.kind != rules.NoticeKind.GENERAL:
        raise Refused(rules.Refusal.NOTICE_OF_ANOTHER_ACT)
    take_down_within(by, notice, reason)
    return facts.NoticeTakenDown(
        actor=actor(by, role),
        scope=notice.neighbourhood.slug,
        subject=notice.subject,
        matter=notice.story,
        notice_hash=notice.digest,
        title=notice.title,
        reason=reason,
    )


def take_down_within(by: Viewer, notice: Notice, reason: str) -> None:
    """Withdraw a notice inside another act. Raises NOTICE_TAKEN_DOWN."""
    if notice.withdrawal is not None:
        raise Refused(rules.Refusal.NOTICE_TAKEN_DOWN)
    db.session.add(NoticeWithdrawal(notice=notice, reason=reason, withdrawn_by=by.id, withdrawn_at=now()))


def begin_publicity_within(
    by: Viewer,
    *,
    neighbourhood: Neighbourhood,
    matter: str,
    subject: str,
    kind: rules.NoticeKind,
    title: str,
    body: str,
    lines: Sequence[tuple[str, str]] = (),
    days: int,
    minimum: int = 1,
    no_open_objection: bool,
) -> PublicityPeriod:
    """Put something before the neighbours for `days` full days, inside another act, with the notice that says so.

    `subject` is what is put up, like "proposal/3" or "consent/7". The notice gets two further lines: from when until
    when, and how to object; its hash is `period.notice.digest`. Raises PUBLICITY_TOO_SHORT.
    """
    rules.check_publicity_days(days, minimum)
    until = rules.full_days_after(now(), days)
    notice = post_within(
        by,
        neighbourhood=neighbourhood,
        matter=matter,
        kind=kind,
        title=title,
        body=body,
        lines=(
            *lines,
            ("公示期", f"{days} 天，到 {words.deadline(until)}"),
            ("如有异议", f"请在期满前扫本公告的二维码提出，或到居委会当面提出：{neighbourhood.office}"),
        ),
    )
    period = PublicityPeriod(
        neighbourhood_id=neighbourhood.id,
        matter=matter,
        subject=subject,
        notice=notice,
        days=days,
        posted_at=notice.posted_at,
        ends_at=rules.full_days_after(notice.posted_at, days),
        no_open_objection=no_open_objection,
        state=rules.PublicityState.RUNNING,
    )
    db.session.add(period)
    db.session.flush()
    return period


def hold_publicity(subject: str) -> PublicityPeriod | None:
    """The running period of a subject, locked until the caller's act is committed, with its objections read anew.

    No objection can be raised or decided meanwhile. None when nothing is running.
    """
    query = (
        select(PublicityPeriod)
        .where(PublicityPeriod.subject == subject, PublicityPeriod.state == rules.PublicityState.RUNNING)
        .order_by(PublicityPeriod.id.desc())
        .limit(1)
        .with_for_update(of=PublicityPeriod)
        .execution_options(populate_existing=True)
    )
    period = db.session.scalars(query).one_or_none()
    return _with_fresh_objections(period) if period is not None else None


def end_publicity_within(period: PublicityPeriod) -> None:
    """End a period that the caller holds and has weighed by its own law, `rules.may_approve` or another."""
    period.state, period.ended_at = rules.PublicityState.CONCLUDED, now()


def stop_publicity_within(by: Viewer, subject: str, reason: str) -> PublicityPeriod | None:
    """Stop the running period of a subject inside the act that overtakes it, such as a changed plan.

    None when none is running.
    """
    period = hold_publicity(subject)
    if period is None:
        return None
    period.state, period.ended_at, period.stopped_because = rules.PublicityState.STOPPED, now(), reason
    if period.notice.withdrawal is None:
        take_down_within(by, period.notice, reason)
    return period


def object_to(by: Viewer, period: PublicityPeriod, text: str) -> facts.ObjectionRaised:
    """A resident objects. Raises OBJECTION_EMPTY, PUBLICITY_OVER, PUBLICITY_STOPPED, or NOT_YOUR_SEAT of people."""
    rules.may_object_text(text)
    home = _home(by, period.neighbourhood_id)
    number = _take_number(period)
    objection = Objection(
        period=period,
        number=number,
        raised_by=by.id,
        unit_id=home.unit_id,
        name=by.name,
        door=f"{home.unit.stairwell.building.name} {home.unit.name}",
        relation=home.relation,
        text=text,
        state=rules.ObjectionState.OPEN,
        raised_at=now(),
    )
    db.session.add(objection)
    db.session.flush()
    return _raised(by.as_resident(), objection, None)


@dataclass(frozen=True, kw_only=True)
class OnPaper:
    """An objection that somebody brought on paper, as a member of staff types it in."""

    name: str
    door: str
    contact: str
    relation: str
    """people.rules.Relation, or empty."""
    text: str
    why: str
    """Why it is entered for the neighbour."""
    photo: Safe | None


def enter_objection(by: Viewer, period: PublicityPeriod, paper: OnPaper) -> facts.ObjectionRaised:
    """Staff enter an objection from paper, marked as assisted.

    Raises OBJECTION_EMPTY, PUBLICITY_OVER, PUBLICITY_STOPPED, or NOT_YOUR_SEAT of people.
    """
    role = seat_of(by, period.neighbourhood_id)
    require_role(role, FIELD_STAFF)
    rules.may_object_text(paper.text)
    number = _take_number(period)
    kept = None
    if paper.photo is not None:
        kept = files.store(
            by, paper.photo.data, paper.photo.media_type, OBJECTION_PAPER, period.matter, period.neighbourhood_id
        )
    objection = Objection(
        period=period,
        number=number,
        unit_id=queries.unit_at(period.neighbourhood_id, paper.door),
        name=paper.name,
        door=paper.door,
        contact=paper.contact,
        relation=paper.relation,
        text=paper.text,
        state=rules.ObjectionState.OPEN,
        raised_at=now(),
        assisted_by=by.id,
        assisted_why=paper.why,
        paper_id=kept.id if kept else None,
    )
    db.session.add(objection)
    db.session.flush()
    return _raised(actor(by, role), objection, kept)


def decide(by: Viewer, objection: Objection, to: rules.ObjectionState, reason: str) -> facts.ObjectionDecided:
    """The committee settles an objection, finds it unfounded, or sends it to coordination; its author is told.

    Raises OBJECTION_DENIED, OBJECTION_DECIDED, OBJECTION_REASON_MISSING, or NOT_YOUR_SEAT of people.
    """
    objection = _hold(objection)
    if objection.denied_at is not None:
        raise Refused(rules.Refusal.OBJECTION_DENIED)
    role = seat_of(by, objection.period.neighbourhood_id)
    objection.state = rules.decide_objection(objection.stands, to, role=role, is_objector=False, reason=reason)
    _note(by, objection, role, reason)
    if objection.author is not None:
        outbox.tell(db.session, objection.author, ANSWERED, path=f"/notices/objections/{objection.id}")
    return facts.ObjectionDecided(
        **_about(actor(by, role), objection),
        state=to.value,
        state_label=rules.OBJECTION_LABELS[to],
        reason=reason,
    )


def withdraw_objection(by: Viewer, objection: Objection) -> facts.ObjectionWithdrawn:
    """Its author takes an objection back. Raises OBJECTION_NOT_YOURS or OBJECTION_DECIDED."""
    objection = _hold(objection)
    objection.state = rules.decide_objection(
        objection.stands,
        rules.ObjectionState.WITHDRAWN,
        role=Role.RESIDENT,
        is_objector=objection.raised_by == by.id,
    )
    _note(by, objection, Role.RESIDENT, "")
    return facts.ObjectionWithdrawn(**_about(by.as_resident(), objection))


def set_aside_within(objection: Objection) -> None:
    """The household in whose name it was entered denies it: nobody decides it until that is checked.

    It goes on standing in the way of what is put up: a genuine objection must not be lost by a denial. Raises
    OBJECTION_DECIDED.
    """
    objection = _hold(objection)
    if objection.stands not in rules.STANDING:
        raise Refused(rules.Refusal.OBJECTION_DECIDED)
    objection.denied_at = now()


def settle_denied_within(by: Viewer, objection: Objection, *, genuine: bool) -> None:
    """The check of a denied objection is over: it is dealt with like any other, or it was nobody's and falls away."""
    objection = _hold(objection)
    objection.denied_at = None
    if not genuine and objection.stands in rules.STANDING:
        objection.state = rules.ObjectionState.WITHDRAWN
        _note(by, objection, seat_of(by, objection.period.neighbourhood_id), NOT_THEIRS)


def seat_of(by: Viewer, neighbourhood_id: int) -> Role:
    """The field staff's seat from which the person acts there; the resident's when she holds none."""
    held = by.seats_in(neighbourhood_id)
    return next((role for role in SEATS if role in held), Role.RESIDENT)


def actor(by: Viewer, role: Role) -> Actor:
    """The actor for the trail."""
    return Actor(role=role.value, ref=by.account.ref)


def _take_number(period: PublicityPeriod) -> int:
    """The number of the objection about to be written, by the database's clock.

    The deadline is tested in the very statement that takes the number: an objection that has a number is counted, and
    whoever ends the period waits for it. The row is locked before that. PostgreSQL tests a row that somebody else holds
    before it waits for it, and again only if it has changed: whoever waited over midnight would still be in time, after
    somebody who could not end the period had counted without her. Raises PUBLICITY_OVER or PUBLICITY_STOPPED.
    """
    db.session.execute(select(PublicityPeriod.id).where(PublicityPeriod.id == period.id).with_for_update())
    taken = db.session.execute(
        update(PublicityPeriod)
        .where(
            PublicityPeriod.id == period.id,
            PublicityPeriod.state == rules.PublicityState.RUNNING,
            PublicityPeriod.ends_at > database_now(),
        )
        .values(next_number=PublicityPeriod.next_number + 1)
        .returning(PublicityPeriod.next_number)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if taken is None:
        db.session.refresh(period)
        if period.state == rules.PublicityState.STOPPED:
            raise Refused(rules.Refusal.PUBLICITY_STOPPED)
        raise Refused(rules.Refusal.PUBLICITY_OVER)
    return taken - 1


def _with_fresh_objections(period: PublicityPeriod) -> PublicityPeriod:
    query = select(Objection).where(Objection.publicity_id == period.id).execution_options(populate_existing=True)
    db.session.scalars(query).all()
    db.session.expire(period, ["objections"])
    return period


def _hold(objection: Objection) -> Objection:
    """Lock the objection's period, and read the objection anew."""
    locked = select(PublicityPeriod.id).where(PublicityPeriod.id == objection.publicity_id).with_for_update()
    db.session.execute(locked)
    db.session.refresh(objection, ["state"])
    return objection


def _home(by: Viewer, neighbourhood_id: int) -> Membership:
    """The household for which the person objects: her first in that neighbourhood. Raises NOT_YOUR_SEAT of people."""
    for home in by.memberships:
        if home.unit.stairwell.building.estate.neighbourhood_id == neighbourhood_id:
            return home
    raise Refused(PeopleRefusal.NOT_YOUR_SEAT)


def _raised(who: Actor, objection: Objection, paper: Evidence | None) -> facts.ObjectionRaised:
    return facts.ObjectionRaised(
        **_about(who, objection),
        households=(objection.unit_id,) if objection.unit_id is not None else (),
        assisted=objection.assisted_by is not None,
        ends_at=objection.period.ends_at,
        title=objection.period.notice.title,
        text=objection.text,
        name=objection.name,
        door=objection.door,
        paper_hash=paper.sha256 if paper else "",
    )


def _about(who: Actor, objection: Objection) -> dict[str, Any]:
    return {
        "actor": who,
        "scope": objection.period.neighbourhood.slug,
        "subject": objection.subject,
        "matter": objection.period.matter,
        "about": objection.period.subject,
        "number": objection.number,
    }


def _note(by: Viewer, objection: Objection, role: Role, reason: str) -> None:
    db.session.add(
        ObjectionDecision(
            objection=objection,
            state=objection.state,
            reason=reason,
            decided_by=by.id,
            role=role,
            decided_at=now(),
        )
    )

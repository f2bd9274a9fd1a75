"""Telling 讲述: who is who and what time it is, for a story that happens act by act before today."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar

from sqlalchemy import select

from hearing import clock
from hearing.audit.ledger import keep, perform
from hearing.consents import actions as consents
from hearing.consents import queries as consent_queries
from hearing.consents import rules as consent_rules
from hearing.consents.models import ConsentCollection
from hearing.db import db
from hearing.demo import pictures
from hearing.meetings import queries as meeting_queries
from hearing.meetings.models import Meeting
from hearing.notices.rules import BEIJING
from hearing.people.models import Account
from hearing.people.viewer import Viewer
from hearing.proposals import actions as proposals
from hearing.proposals import queries as proposal_queries
from hearing.proposals.models import PlanVersion, Proposal
from hearing.proposals.rules import ChangeClass, DraftPlan, Plan, Requirement
from hearing.web.pictures import Safe

Found = TypeVar("Found")


class People(Protocol):
    """The cast of a story."""

    def ref(self, who: str | int) -> str:
        """The account ref of an office by name, or of a household."""


Cast = TypeVar("Cast", bound=People)


@dataclass
class Telling(Generic[Cast]):
    """What the story needs at every step: who is who, and what time it is."""

    people: Cast
    today: datetime
    viewer: Callable[[str], Viewer]
    proposal_id: int = 0
    hours: dict[int, int] = field(default_factory=dict)

    def who(self, name: str | int) -> Viewer:
        """One of the cast, by office or by household."""
        return self.viewer(self.people.ref(name))

    def moment(self, before: int, hour: int) -> datetime:
        """That hour in Beijing, so many days before today."""
        local = (self.today - timedelta(days=before)).astimezone(BEIJING)
        return local.replace(hour=hour, minute=0, second=0, microsecond=0)

    @contextmanager
    def day(self, before: int, hour: int = 10) -> Iterator[None]:
        """So many days before today, at that hour in Beijing; several acts of one day follow each other."""
        self.hours[before] = self.hours.get(before, 0) + 7
        with clock.standing_at(self.moment(before, hour) + timedelta(minutes=self.hours[before])):
            yield
        # Every act of the story begins as a request does: knowing nothing.
        db.session.rollback()
        db.session.expunge_all()

    def proposal(self) -> Proposal:
        """The case, read anew."""
        return there(proposal_queries.case(self.who("clerk"), self.proposal_id))

    def plan(self) -> PlanVersion:
        """The version that is to be signed."""
        return there(self.proposal().plan)

    def meeting(self) -> Meeting:
        """The coordination meeting, read anew."""
        newest = select(Meeting.id).order_by(Meeting.id.desc()).limit(1)
        return there(meeting_queries.meeting(self.who("clerk"), db.session.scalars(newest).one()))

    def collection(self) -> ConsentCollection:
        """The collection on the newest version, read anew."""
        newest = select(ConsentCollection.id).order_by(ConsentCollection.id.desc()).limit(1)
        return there(consent_queries.collection(self.who("clerk"), db.session.scalars(newest).one()))

    def ask(self, opened: int, window: int, answers: consent_rules.AnswerSet = consent_rules.AnswerSet.PLAIN) -> None:
        """Terms, roll and freeze; answering opens so many days before today and lasts `window` days."""
        with self.day(opened + 4, hour=16):
            scrutineer = db.session.scalars(select(Account).where(Account.ref == self.people.ref("scrutineer"))).one()
            terms = consents.CollectionTerms(
                answer_set=answers,
                conflict_rule=consent_rules.ConflictRule.LATEST_SIGNED,
                roll_days=3,
                window_days=window,
                grace_days=3,
                provisional_days=3,
                mandate_cap=3,
                scrutineer=scrutineer,
            )
            perform(consents.set_up, self.who("clerk"), self.plan().required[0], terms)
            perform(consents.show_roll, self.who("clerk"), self.collection())
        with self.day(opened, hour=9):
            perform(consents.freeze_roll, self.who("clerk"), self.collection())

    def sign(self, who: str | int, said: consent_rules.Answer = consent_rules.Answer.AGREE) -> None:
        """A household answers on its own phone, now."""
        resident = self.who(who)
        [slip] = consent_queries.slips_for(resident, self.collection())
        drawn, strokes = pictures.signature(resident.id)
        perform(
            consents.answer,
            resident,
            slip,
            said,
            consents.Signature(drawn, strokes),
            seen=consents.Seen(slip.collection.version.plan_hash, slip.unit.turn),
        )

    def judge(self, before: int, reason: str) -> None:
        """Council and adviser hold the change that lies before them to be material."""
        for seat, name in (("council", "council_member"), ("adviser", "legal_adviser")):
            with self.day(before):
                change = self.proposal().changes[-1]
                perform(proposals.judge_change, self.who(name), change, seat, ChangeClass.MATERIAL, reason)

    def draft(self, plan: Plan, requirement: Requirement, drawing: Safe) -> None:
        """Put these texts and a drawing of their own on the desk; what the money came to stays."""
        kept, edition = proposal_queries.plan_draft(self.proposal())
        shares, cost_plan = kept.texts.household_shares, kept.texts.cost_plan
        texts = replace(plan, drawings=(), templates=(), household_shares=shares, cost_plan=cost_plan)
        clerk = self.who("clerk")
        keep(proposals.save_plan, clerk, self.proposal(), DraftPlan(texts, requirements=(requirement,)), edition)
        _, edition = proposal_queries.plan_draft(self.proposal())
        perform(proposals.add_drawings, clerk, self.proposal(), [drawing], edition)


def there(found: Found | None) -> Found:
    """What the story has put there itself. Raises LookupError when an act did not do what it says."""
    if found is None:
        raise LookupError
    return found

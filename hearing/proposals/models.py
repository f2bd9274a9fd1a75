"""Proposals 提案: what was asked for, what each seat said, the plan's versions, and the consents that it requires."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hearing.db import Base, Blob, Code, Digest, Id, Instant, Ledgered, LongText, Name
from hearing.files.models import Evidence
from hearing.people.models import Account
from hearing.people.rules import ROLE_LABELS, Role, mask_name
from hearing.places.models import Neighbourhood, Unit
from hearing.places.rules import Capacity
from hearing.proposals.rules import (
    CHANGE_LABELS,
    HANDS_NEEDED,
    PERMIT_LABELS,
    PERMIT_STATE_LABELS,
    PRESENCE_LABELS,
    RECOMMENDATION_LABELS,
    REJECTION_LABELS,
    REQUIRED_LABELS,
    SCREENING_LABELS,
    STATE_LABELS,
    TEMPLATES,
    BudgetLine,
    ChangeClass,
    Move,
    PermitKind,
    PermitState,
    Plan,
    Presence,
    Preset,
    Recommendation,
    Rejection,
    RequiredState,
    Share,
    State,
    TemplateName,
    plan_hash8,
)
from hearing.web.pictures import Safe


class Proposal(Base, Ledgered):
    """A proposal 提案: the spine on which meetings, consents and notices hang.

    Drafts are bookkeeping (`Draft`); the row begins when the application is handed in. `title` and `summary` are the
    committee's public words; the applicant's own stand in `Application` and are for those who work on the case.
    """

    __tablename__ = "proposal"
    __table_args__ = (
        CheckConstraint("proposer_id IS NOT NULL OR unit_id IS NOT NULL", name="has_proposer"),
        Index("ix_proposal_desk", "neighbourhood_id", "state"),
    )
    id: Mapped[Id]
    neighbourhood_id: Mapped[int] = mapped_column(ForeignKey("neighbourhood.id"))
    title: Mapped[Name]
    """Until screening the applicant's own words; from then on what the public reads."""
    summary: Mapped[LongText] = mapped_column(default="")
    """The problem in the committee's public words: steps and handrails, nobody's health."""
    state: Mapped[Code]
    since: Mapped[datetime] = mapped_column(Instant)
    """When it came into this state."""
    suspended_from: Mapped[Code | None]
    proposer_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    """None when staff applied for a household in which nobody has an account."""
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    """The household; None for a council seat's own proposal."""
    proposer_name: Mapped[Name]
    proposer_role: Mapped[Code]
    """people.rules.Role: a resident, or the council seat that proposes."""
    submitted_at: Mapped[datetime] = mapped_column(Instant)
    """When the application came in, the last one after a return."""
    screening_due: Mapped[datetime] = mapped_column(Instant)
    accepted_at: Mapped[datetime | None] = mapped_column(Instant)
    """When screening let it pass: from here on the public may read it."""
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("proposal.id"))
    routed_to: Mapped[Name] = mapped_column(String(120), default="")
    denied_at: Mapped[datetime | None] = mapped_column(Instant)
    """Since when the household for which staff applied says that it did not; nothing moves until that is checked."""
    neighbourhood: Mapped[Neighbourhood] = relationship()
    proposer: Mapped[Account | None] = relationship()
    unit: Mapped[Unit | None] = relationship()
    merged_into: Mapped[Proposal | None] = relationship(remote_side="Proposal.id")
    applications: Mapped[list[Application]] = relationship(back_populates="proposal", order_by="Application.number")
    opinions: Mapped[list[SeatOpinion]] = relationship(back_populates="proposal", order_by="SeatOpinion.id")
    versions: Mapped[list[PlanVersion]] = relationship(back_populates="proposal", order_by="PlanVersion.number")
    changes: Mapped[list[PlanChange]] = relationship(back_populates="proposal", order_by="PlanChange.id")

    @property
    def matter(self) -> str:
        """The case that every part of this proposal belongs to."""
        return f"proposal/{self.id}"

    @property
    def stands(self) -> State:
        """Where it stands."""
        return State(self.state)

    @property
    def state_label(self) -> str:
        """The state in the glossary's words, to be translated."""
        return STATE_LABELS[self.stands]

    @property
    def is_public(self) -> bool:
        """Whether everybody may read the case."""
        return self.accepted_at is not None

    @property
    def masked(self) -> str:
        """The proposer as the public reads her: 李**."""
        return mask_name(self.proposer_name)

    @property
    def plan(self) -> PlanVersion | None:
        """The latest fixed version."""
        return self.versions[-1] if self.versions else None

    @property
    def signed_plan(self) -> PlanVersion | None:
        """The version that signatures bind to: the latest whose change was material; wording asks nobody again."""
        return next((version for version in reversed(self.versions) if version.is_material), None)

    def opinion_of(self, role: Role) -> SeatOpinion | None:
        """The last opinion that the seat gave."""
        return next((o for o in reversed(self.opinions) if o.role == role and o.given_at is not None), None)


class Application(Base, Ledgered):
    """A written application 书面申请 in the applicant's own words; a further one follows a return or adds a letter."""

    __tablename__ = "application"
    __table_args__ = (
        UniqueConstraint("proposal_id", "number", name="uq_application_number"),
        CheckConstraint(
            "(assisted_by IS NULL) = (presence IS NULL) AND (assisted_by IS NULL) = (assisted_why IS NULL)",
            name="assisted_in_full",
        ),
    )
    append_only = True
    erasable = ("problem", "place", "wish", "upkeep", "letter")
    id: Mapped[Id]
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    number: Mapped[int]
    problem: Mapped[LongText]
    place: Mapped[LongText]
    wish: Mapped[LongText]
    upkeep: Mapped[LongText]
    """Who will look after it afterwards."""
    letter: Mapped[LongText] = mapped_column(default="")
    """The letter as typed, or the transcription of the handwritten one."""
    letter_photo_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"))
    digest: Mapped[Digest]
    """SHA-256 of the canonical content, photos by their own hashes: what the trail shows of it."""
    written_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    written_at: Mapped[datetime] = mapped_column(Instant)
    assisted_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    assisted_why: Mapped[LongText | None]
    presence: Mapped[Code | None]
    """proposals.rules.Presence: how the household took part when staff wrote."""
    proposal: Mapped[Proposal] = relationship(back_populates="applications")
    letter_photo: Mapped[Evidence | None] = relationship()
    assistant: Mapped[Account | None] = relationship(foreign_keys=[assisted_by])
    photos: Mapped[list[ApplicationPhoto]] = relationship(
        back_populates="application", order_by="ApplicationPhoto.evidence_id"
    )

    @property
    def presence_label(self) -> str:
        """How the household took part, in the glossary's words; "" when nobody assisted."""
        return PRESENCE_LABELS[Presence(self.presence)] if self.presence else ""


class ApplicationPhoto(Base, Ledgered):
    """A photo of the place, handed in with an application."""

    __tablename__ = "application_photo"
    append_only = True
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), primary_key=True)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), primary_key=True)
    application: Mapped[Application] = relationship(back_populates="photos")
    evidence: Mapped[Evidence] = relationship()


class Draft(Base):
    """What somebody has typed of a form and not sent yet, kept per account and step so that leaving loses nothing."""

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("account_id", "form", "step", name="uq_draft_step"),)
    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    form: Mapped[Code]
    """The form, like "proposal/new" or "proposal/3"."""
    step: Mapped[Code]
    content: Mapped[LongText]
    """The fields as JSON."""
    saved_at: Mapped[datetime] = mapped_column(Instant)


class DraftPhoto(Base):
    """A photo waiting in a draft, already made safe; it becomes evidence when the form is sent."""

    __tablename__ = "draft_photo"
    __table_args__ = (Index("ix_draft_photo_form", "account_id", "form"),)
    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    form: Mapped[Code]
    media_type: Mapped[Code]
    data: Mapped[Blob]
    saved_at: Mapped[datetime] = mapped_column(Instant)

    @property
    def safe(self) -> Safe:
        """The photo as an act takes it."""
        return Safe(self.data, self.media_type)


class Screening(Base, Ledgered):
    """A decision of screening 初审: accepted, returned, rejected, merged or routed elsewhere, with its reason."""

    __tablename__ = "screening"
    append_only = True
    id: Mapped[Id]
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    move: Mapped[Code]
    """proposals.rules.Move."""
    rejection: Mapped[Code | None]
    """proposals.rules.Rejection: the listed reason, for a rejection."""
    reason: Mapped[LongText] = mapped_column(default="")
    decided_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime] = mapped_column(Instant)

    @property
    def label(self) -> str:
        """The decision in the glossary's words: the listed reason of a rejection, else the decision itself."""
        return REJECTION_LABELS[Rejection(self.rejection)] if self.rejection else SCREENING_LABELS[Move(self.move)]


class SecondLook(Base, Ledgered):
    """The proposer asks the council to look at a rejection again 复议: once, and the council answers."""

    __tablename__ = "second_look"
    __table_args__ = (UniqueConstraint("proposal_id", name="uq_second_look_once"),)
    id: Mapped[Id]
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    reason: Mapped[LongText]
    asked_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime] = mapped_column(Instant)
    reopened: Mapped[bool | None]
    """None until the council has answered."""
    answer: Mapped[LongText] = mapped_column(default="")
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    answered_at: Mapped[datetime | None] = mapped_column(Instant)


class SeatOpinion(Base, Ledgered):
    """What a seat was asked about a proposal 征求意见, and its opinion once it is given."""

    __tablename__ = "seat_opinion"
    # A seat that still owes an opinion is not asked a second time.
    __table_args__ = (
        Index(
            "uq_seat_opinion_open",
            "proposal_id",
            "role",
            unique=True,
            sqlite_where=text("given_at IS NULL"),
            postgresql_where=text("given_at IS NULL"),
        ),
    )
    id: Mapped[Id]
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    role: Mapped[Code]
    question: Mapped[LongText]
    requested_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    requested_at: Mapped[datetime] = mapped_column(Instant)
    recommendation: Mapped[Code | None]
    """proposals.rules.Recommendation."""
    text: Mapped[LongText] = mapped_column(default="")
    steps: Mapped[LongText] = mapped_column(default="")
    """The order of the next steps: the legal adviser's fixes it for the plan."""
    given_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    given_at: Mapped[datetime | None] = mapped_column(Instant)
    proposal: Mapped[Proposal] = relationship(back_populates="opinions")

    @property
    def seat_label(self) -> str:
        """The seat in the glossary's words."""
        return ROLE_LABELS[Role(self.role)]

    @property
    def recommendation_label(self) -> str:
        """What the seat recommends, in words; "" until it has spoken."""
        return RECOMMENDATION_LABELS[Recommendation(self.recommendation)] if self.recommendation else ""


class PlanDraft(Base):
    """The plan on which the desk is working: bookkeeping until it is fixed as a version.

    `edition` counts the savings, so that two colleagues do not overwrite each other unseen.
    """

    __tablename__ = "plan_draft"
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
    content: Mapped[LongText]
    """`proposals.drafting.PlanForm` as JSON."""
    edition: Mapped[int]
    saved_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    saved_at: Mapped[datetime] = mapped_column(Instant)


class PlanVersion(Base, Ledgered):
    """A fixed version of the plan 方案. Its content is kept as the exact text whose hash signatures bind to."""

    __tablename__ = "plan_version"
    __table_args__ = (UniqueConstraint("proposal_id", "number", name="uq_plan_version_number"),)
    append_only = True
    id: Mapped[Id]
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    number: Mapped[int]
    content: Mapped[LongText]
    """Canonical JSON of `rules.canonical_plan`; its SHA-256 is `plan_hash`."""
    plan_hash: Mapped[Digest] = mapped_column(String(64), unique=True)
    reason: Mapped[LongText] = mapped_column(default="")
    """Why this version replaces the one before."""
    fixed_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    fixed_at: Mapped[datetime] = mapped_column(Instant)
    proposal: Mapped[Proposal] = relationship(back_populates="versions")
    drawings: Mapped[list[PlanDrawing]] = relationship(back_populates="version", order_by="PlanDrawing.position")
    required: Mapped[list[RequiredConsent]] = relationship(back_populates="version", order_by="RequiredConsent.id")
    permits: Mapped[list[RequiredPermit]] = relationship(back_populates="version", order_by="RequiredPermit.id")
    decisions: Mapped[list[ChangeDecision]] = relationship(back_populates="version", order_by="ChangeDecision.id")
    answers: Mapped[list[ManagerConsent]] = relationship(back_populates="version", order_by="ManagerConsent.id")

    @cached_property
    def plan(self) -> Plan:
        """The content as the rules know it."""
        return read_plan(json.loads(self.content)["plan"])

    @property
    def hash8(self) -> str:
        """The plan's number as printed on a slip."""
        return plan_hash8(self.plan_hash)

    @property
    def is_material(self) -> bool:
        """Whether this version asks for signatures of its own: the first, and a later one if its change is material."""
        return not self.decisions or self.decisions[-1].change == ChangeClass.MATERIAL

    @property
    def budget_fen(self) -> int:
        """The whole cost in 1/100 yuan."""
        return sum(line.fen for line in self.plan.budget)

    @property
    def manager_agrees(self) -> bool:
        """Whether the manager's last answer to this version is yes."""
        return bool(self.answers) and self.answers[-1].agrees

    def share_of(self, unit_id: int) -> int:
        """What the household pays, in 1/100 yuan."""
        return next((share.fen for share in self.plan.household_shares if share.unit == str(unit_id)), 0)


class PlanDrawing(Base, Ledgered):
    """A drawing or photo that belongs to a fixed version."""

    __tablename__ = "plan_drawing"
    append_only = True
    plan_version_id: Mapped[int] = mapped_column(ForeignKey("plan_version.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), index=True)
    version: Mapped[PlanVersion] = relationship(back_populates="drawings")
    evidence: Mapped[Evidence] = relationship()


class RequiredConsent(Base, Ledgered):
    """A consent that a version requires 所需征询: by which rule, from whom, and what became of it."""

    __tablename__ = "required_consent"
    __table_args__ = (
        UniqueConstraint("plan_version_id", "template", "scope_kind", "scope_id", name="uq_required_once"),
    )
    id: Mapped[Id]
    plan_version_id: Mapped[int] = mapped_column(ForeignKey("plan_version.id"))
    template: Mapped[Code]
    """proposals.rules.TemplateName."""
    preset: Mapped[Code]
    """proposals.rules.Preset: the threshold rule."""
    capacity: Mapped[Code]
    """places.rules.Capacity: whether owners or lessees answer."""
    scope_kind: Mapped[Code]
    """proposals.rules.ScopeKind: building, stairwell or estate."""
    scope_id: Mapped[int]
    """The id of that building, stairwell or estate."""
    needs_manager_consent: Mapped[bool]
    no_open_objection: Mapped[bool]
    publicity_days: Mapped[int]
    state: Mapped[Code]
    """proposals.rules.RequiredState."""
    since: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[PlanVersion] = relationship(back_populates="required")

    @property
    def is_under_way(self) -> bool:
        """Whether its collection has begun, or ended."""
        return self.state in {RequiredState.OPEN, RequiredState.PASSED, RequiredState.FAILED}

    @property
    def rule(self) -> Preset:
        """The threshold rule's name."""
        return Preset(self.preset)

    @property
    def answered_by(self) -> Capacity:
        """Whether owners or lessees answer."""
        return Capacity(self.capacity)

    @property
    def label(self) -> str:
        """What kind of decision it is, in the glossary's words."""
        return TEMPLATES[TemplateName(self.template)].label

    @property
    def state_label(self) -> str:
        """Where it stands, in the glossary's words."""
        return REQUIRED_LABELS[RequiredState(self.state)]


class RequiredPermit(Base, Ledgered):
    """A written permit that a version needs beside its consents 书面许可: from whom, and where it stands."""

    __tablename__ = "required_permit"
    __table_args__ = (
        CheckConstraint("(kind = 'part_owner') = (unit_id IS NOT NULL)", name="whose"),
        Index(
            "uq_required_permit_seat",
            "plan_version_id",
            "kind",
            unique=True,
            sqlite_where=text("unit_id IS NULL"),
            postgresql_where=text("unit_id IS NULL"),
        ),
        UniqueConstraint("plan_version_id", "unit_id", name="uq_required_permit_part"),
    )
    id: Mapped[Id]
    plan_version_id: Mapped[int] = mapped_column(ForeignKey("plan_version.id"))
    kind: Mapped[Code]
    """proposals.rules.PermitKind."""
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    """The unit whose own part the works use."""
    state: Mapped[Code]
    """proposals.rules.PermitState."""
    since: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[PlanVersion] = relationship(back_populates="permits")
    unit: Mapped[Unit | None] = relationship()
    answers: Mapped[list[PermitAnswer]] = relationship(back_populates="permit", order_by="PermitAnswer.id")

    @property
    def stands(self) -> PermitState:
        """Where it stands."""
        return PermitState(self.state)

    @property
    def label(self) -> str:
        """Whose permit it is, in the glossary's words."""
        return PERMIT_LABELS[PermitKind(self.kind)]

    @property
    def state_label(self) -> str:
        """Where it stands, in words."""
        return PERMIT_STATE_LABELS[self.stands]


class PermitAnswer(Base, Ledgered):
    """What one owner said about the use of her own part; the last one of each owner counts.

    On paper it counts once a second member of staff has compared it with the photo (`PermitHand`).
    """

    __tablename__ = "permit_answer"
    append_only = True
    erasable = ("note",)
    id: Mapped[Id]
    permit_id: Mapped[int] = mapped_column(ForeignKey("required_permit.id"), index=True)
    holder_id: Mapped[int] = mapped_column(ForeignKey("holder.id"))
    agrees: Mapped[bool]
    note: Mapped[LongText] = mapped_column(default="")
    paper_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"))
    """The photo of the signed paper, when staff entered it; None when she answered signed in."""
    given_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    given_at: Mapped[datetime] = mapped_column(Instant)
    permit: Mapped[RequiredPermit] = relationship(back_populates="answers")
    paper: Mapped[Evidence | None] = relationship()
    hands: Mapped[list[PermitHand]] = relationship(order_by="PermitHand.account_id")

    @property
    def counts(self) -> bool:
        """Whether it counts: given by the owner herself, or on paper that two people have held."""
        return self.paper_id is None or len(self.hands) >= HANDS_NEEDED


class PermitHand(Base, Ledgered):
    """One of the two members of staff who held an owner's paper; the key keeps them two persons."""

    __tablename__ = "permit_hand"
    append_only = True
    answer_id: Mapped[int] = mapped_column(ForeignKey("permit_answer.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    done_at: Mapped[datetime] = mapped_column(Instant)


class ManagerConsent(Base, Ledgered):
    """The property manager's or the lessor's written answer to a fixed version; a later one replaces it."""

    __tablename__ = "manager_consent"
    append_only = True
    id: Mapped[Id]
    plan_version_id: Mapped[int] = mapped_column(ForeignKey("plan_version.id"), index=True)
    agrees: Mapped[bool]
    note: Mapped[LongText] = mapped_column(default="")
    paper_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"))
    """The stamped letter, when there is one."""
    role: Mapped[Code]
    given_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    given_at: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[PlanVersion] = relationship(back_populates="answers")
    paper: Mapped[Evidence | None] = relationship()

    @property
    def seat_label(self) -> str:
        """The seat in the glossary's words."""
        return ROLE_LABELS[Role(self.role)]


class PlanChange(Base, Ledgered):
    """A changed plan put before a council seat and the legal adviser: is it material or only wording?"""

    __tablename__ = "plan_change"
    __table_args__ = (UniqueConstraint("proposal_id", "digest", name="uq_plan_change_content"),)
    append_only = True
    id: Mapped[Id]
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    number: Mapped[int]
    """The version that it is to become."""
    content: Mapped[LongText]
    """As `PlanVersion.content`."""
    digest: Mapped[Digest]
    """The `plan_hash` that it would have."""
    reason: Mapped[LongText]
    put_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    put_at: Mapped[datetime] = mapped_column(Instant)
    proposal: Mapped[Proposal] = relationship(back_populates="changes")
    opinions: Mapped[list[ChangeOpinion]] = relationship(back_populates="change_put", order_by="ChangeOpinion.id")

    @cached_property
    def plan(self) -> Plan:
        """The content as the rules know it."""
        return read_plan(json.loads(self.content)["plan"])

    def opinion_of(self, seat: str) -> ChangeOpinion | None:
        """What the council ("council") or the legal adviser ("adviser") holds it to be."""
        return next((opinion for opinion in self.opinions if opinion.seat == seat), None)


class ChangeOpinion(Base, Ledgered):
    """What one of the two seats holds a change to be, and why."""

    __tablename__ = "change_opinion"
    __table_args__ = (UniqueConstraint("plan_change_id", "seat", name="uq_change_opinion_once"),)
    append_only = True
    id: Mapped[Id]
    plan_change_id: Mapped[int] = mapped_column(ForeignKey("plan_change.id"))
    seat: Mapped[Code]
    """council or adviser."""
    role: Mapped[Code]
    change: Mapped[Code]
    """proposals.rules.ChangeClass."""
    reason: Mapped[LongText] = mapped_column(default="")
    given_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    given_at: Mapped[datetime] = mapped_column(Instant)
    change_put: Mapped[PlanChange] = relationship(back_populates="opinions")

    @property
    def change_label(self) -> str:
        """What the seat holds the change to be, in words."""
        return CHANGE_LABELS[ChangeClass(self.change)]


class ChangeDecision(Base, Ledgered):
    """Whether a version's change is material: as the two seats held, or after a contest. The last row counts."""

    __tablename__ = "change_decision"
    append_only = True
    id: Mapped[Id]
    plan_version_id: Mapped[int] = mapped_column(ForeignKey("plan_version.id"), index=True)
    change: Mapped[Code]
    """proposals.rules.ChangeClass."""
    reason: Mapped[LongText] = mapped_column(default="")
    decided_at: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[PlanVersion] = relationship(back_populates="decisions")


class ChangeContest(Base, Ledgered):
    """The proposer holds a change that was taken for wording to be material; a council seat answers, once a version."""

    __tablename__ = "change_contest"
    __table_args__ = (UniqueConstraint("plan_version_id", name="uq_change_contest_once"),)
    id: Mapped[Id]
    plan_version_id: Mapped[int] = mapped_column(ForeignKey("plan_version.id"))
    reason: Mapped[LongText]
    contested_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    contested_at: Mapped[datetime] = mapped_column(Instant)
    upheld: Mapped[bool | None]
    """None until it has been answered; upheld makes the change material."""
    answer: Mapped[LongText] = mapped_column(default="")
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    answered_at: Mapped[datetime | None] = mapped_column(Instant)


def read_plan(content: dict[str, Any]) -> Plan:
    """The plan out of its canonical form, the inverse of `rules.canonical_plan`."""
    return Plan(
        **{
            **content,
            "drawings": tuple(content["drawings"]),
            "budget": tuple(BudgetLine(**line) for line in content["budget"]),
            "household_shares": tuple(Share(**share) for share in content["household_shares"]),
            "templates": tuple(TemplateName(name) for name in content["templates"]),
        }
    )

"""Plans: what a version must contain, its fixed hash, and what changed from one version to the next (domain.md 4.2).

A signature binds to one frozen version. Its hash is SHA-256 over the canonical form of its content, the same form
that the trail uses (`audit.canonical`).
"""

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import StrEnum, auto

from hearing.audit.canonical import encode
from hearing.people.rules import COUNCIL, Role, require_role
from hearing.proposals.rules.refusals import Refusal
from hearing.proposals.rules.requirements import missing_beside
from hearing.proposals.rules.templates import TEMPLATES, TemplateName
from hearing.refusal import N_, Refused

HASH8 = 8


@dataclass(frozen=True)
class BudgetLine:
    """One line of a budget; `fen` is 1/100 yuan."""

    label: str
    fen: int


@dataclass(frozen=True)
class Share:
    """What one household pays; `unit` is its reference in the register, `fen` is 1/100 yuan."""

    unit: str
    fen: int


@dataclass(frozen=True)
class Plan:
    """The content of one plan version. `drawings` are the SHA-256 hashes, in hex, of drawings and photos."""

    title: str = ""
    description: str = ""
    place: str = ""
    size: str = ""
    drawings: tuple[str, ...] = ()
    budget: tuple[BudgetLine, ...] = ()
    household_shares: tuple[Share, ...] = ()
    safety_note: str = ""
    light_and_passage: str = ""
    implementer: str = ""
    upkeep_owner: str = ""
    affected_parties: str = ""
    steps: str = ""
    templates: tuple[TemplateName, ...] = ()
    cost_plan: str = ""
    """SHA-256, in hex, of the cost plan from which the shares come; empty where they were typed or nobody pays."""


FIELD_LABELS: dict[str, str] = {
    "title": N_("名称"),
    "description": N_("方案说明"),
    "place": N_("位置"),
    "size": N_("尺寸"),
    "drawings": N_("图纸或照片"),
    "budget": N_("预算"),
    "household_shares": N_("每户分摊"),
    "cost_plan": N_("费用分摊办法"),
    "safety_note": N_("安全说明"),
    "light_and_passage": N_("采光与通行"),
    "implementer": N_("实施单位"),
    "upkeep_owner": N_("长效管护"),
    "affected_parties": N_("受影响的住户和单位"),
    "steps": N_("步骤"),
    "templates": N_("需要的征询"),
    "beside": N_("同一方案还要做的征询"),
    "legal_opinion": N_("法律意见"),
}

# A change here alters what a neighbour said yes to: place, money, size, light and passage, safety, who builds it.
MATERIAL_FIELDS = frozenset(
    {
        "place",
        "size",
        "drawings",
        "budget",
        "household_shares",
        "safety_note",
        "light_and_passage",
        "implementer",
        "templates",
        "cost_plan",
    }
)
_REQUIRED = ("description", "drawings", "budget", "safety_note", "upkeep_owner", "affected_parties", "templates")


def missing_parts(plan: Plan, *, has_legal_opinion: bool) -> tuple[str, ...]:
    """The parts still missing before the plan may be fixed, as keys of `FIELD_LABELS`, in the order of the form.

    A budget of nothing is a budget: works paid by others are one line of 0 fen. The legal opinion is asked for when
    one of the templates says so, and so is the second roll that a template needs beside its own.
    """
    missing = [name for name in _REQUIRED if not _is_filled(getattr(plan, name))]
    if missing_beside(plan.templates):
        missing.append("beside")
    if not has_legal_opinion and any(TEMPLATES[name].needs_legal_opinion for name in plan.templates):
        missing.append("legal_opinion")
    return tuple(missing)


def _is_filled(value: str | tuple[object, ...]) -> bool:
    return bool(value.strip() if isinstance(value, str) else value)


def may_fix_plan(plan: Plan, *, has_legal_opinion: bool) -> None:
    """Raises PLAN_INCOMPLETE(n, parts), parts being the answer of `missing_parts`."""
    if parts := missing_parts(plan, has_legal_opinion=has_legal_opinion):
        raise Refused(Refusal.PLAN_INCOMPLETE, n=len(parts), parts=parts)


def sha256_of(value: object) -> str:
    """SHA-256 of the canonical bytes of a plain value, 64 hex digits; text is brought to NFC first.

    Raises `audit.canonical.CanonicalError` for floats and whatever else has no canonical form.
    """
    return hashlib.sha256(encode(_composed(value))).hexdigest()


def _composed(value: object) -> object:
    match value:
        case str():
            return unicodedata.normalize("NFC", value)
        case list() | tuple():
            return [_composed(item) for item in value]
        case dict():
            return {key: _composed(item) for key, item in value.items()}
        case _:
            return value


def canonical_plan(plan: Plan, *, proposal: str, version: int) -> dict[str, object]:
    """The plan as plain data for its hash and for the public bundle: `{"v", "proposal", "version", "plan"}`."""
    content: dict[str, object] = {field.name: getattr(plan, field.name) for field in fields(plan)}
    content["budget"] = [{"label": line.label, "fen": line.fen} for line in plan.budget]
    content["household_shares"] = [{"unit": share.unit, "fen": share.fen} for share in plan.household_shares]
    content["drawings"] = list(plan.drawings)
    content["templates"] = [str(name) for name in plan.templates]
    if not plan.cost_plan:
        # A plan without one keeps the hash that it has always had.
        del content["cost_plan"]
    return {"v": 1, "proposal": proposal, "version": version, "plan": content}


def plan_text(plan: Plan, *, proposal: str, version: int) -> str:
    """The exact text of a version, whose SHA-256 in UTF-8 is `plan_hash`: this is what is kept."""
    return encode(_composed(canonical_plan(plan, proposal=proposal, version=version))).decode()


def plan_hash(plan: Plan, *, proposal: str, version: int) -> str:
    """The hash a signature binds to, 64 hex digits; proposal and version number are part of it."""
    return sha256_of(canonical_plan(plan, proposal=proposal, version=version))


def plan_hash8(digest: str) -> str:
    """The first eight hex digits, as printed on a consent slip."""
    return digest[:HASH8]


@dataclass(frozen=True)
class Change:
    """One field that differs between two versions, with both values."""

    field: str
    before: object
    after: object

    @property
    def suggests_material(self) -> bool:
        """Whether a change of this field usually alters what neighbours agreed to."""
        return self.field in MATERIAL_FIELDS


class ChangeClass(StrEnum):
    """Whether a change asks for new signatures."""

    MATERIAL = auto()
    EDITORIAL = auto()


CHANGE_LABELS: dict[ChangeClass, str] = {
    ChangeClass.MATERIAL: N_("涉及费用或施工，需要重新确认"),
    ChangeClass.EDITORIAL: N_("文字修改，不需要重新确认"),
}


def diff(before: Plan, after: Plan) -> tuple[Change, ...]:
    """The fields that changed, in the order of the form."""
    return tuple(
        Change(field.name, getattr(before, field.name), getattr(after, field.name))
        for field in fields(Plan)
        if getattr(before, field.name) != getattr(after, field.name)
    )


def suggested_class(changes: Sequence[Change]) -> ChangeClass:
    """What the fields suggest; a council seat and the legal adviser decide.

    Raises PLAN_UNCHANGED when there is nothing to classify.
    """
    if not changes:
        raise Refused(Refusal.PLAN_UNCHANGED)
    return ChangeClass.MATERIAL if any(change.suggests_material for change in changes) else ChangeClass.EDITORIAL


@dataclass(frozen=True)
class Opinion:
    """What one person, from one seat, holds a change to be."""

    person: str
    role: Role
    change: ChangeClass


def decided_class(council: Opinion, adviser: Opinion) -> ChangeClass:
    """Editorial only when a council seat and the legal adviser, two persons, both say so; else it is material.

    Raises ONE_PERSON_TWO_SEATS, or NOT_YOUR_SEAT of people.
    """
    require_role(council.role, COUNCIL)
    require_role(adviser.role, (Role.LEGAL_ADVISER,))
    if council.person == adviser.person:
        raise Refused(Refusal.ONE_PERSON_TWO_SEATS)
    both_editorial = council.change is adviser.change is ChangeClass.EDITORIAL
    return ChangeClass.EDITORIAL if both_editorial else ChangeClass.MATERIAL

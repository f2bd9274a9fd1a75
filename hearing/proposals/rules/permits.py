"""Permits 书面许可: the named yes of one person or body that a plan needs beside the neighbours' collections.

The property manager for common parts and facilities, the lessor for public housing (上海市房屋租赁条例 §21–22), and
each owner whose own part is used (济南加装电梯规定; Civil Code §272: what is hers is hers to use and dispose of).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum, auto

from hearing.people.rules import COMMITTEE, FIELD_STAFF, Role, require_role
from hearing.proposals.rules.refusals import Refusal
from hearing.proposals.rules.states import State
from hearing.proposals.rules.templates import TEMPLATES, PermitKind, TemplateName
from hearing.refusal import N_, Refused

HANDS_NEEDED = 2
"""How many members of staff hold a paper permit in their hands before it counts."""
PERMIT_LABELS: dict[PermitKind, str] = {
    PermitKind.PROPERTY_MANAGER: N_("物业书面许可"),
    PermitKind.LESSOR: N_("公房出租人书面许可"),
    PermitKind.PART_OWNER: N_("用到自家部分的业主书面许可"),
}
PERMIT_SEATS: dict[Role, PermitKind] = {
    Role.PROPERTY_MANAGER: PermitKind.PROPERTY_MANAGER,
    Role.HOUSING_LIAISON: PermitKind.LESSOR,
}
"""Whose written answer is which permit; the housing office speaks for the lessor of public housing."""
_ANSWERED_IN = frozenset({State.PLAN_FIXED, State.CONSENT})


class PermitState(StrEnum):
    """Where a permit stands."""

    WAITING = auto()
    GIVEN = auto()
    REFUSED = auto()


PERMIT_STATE_LABELS: dict[PermitState, str] = {
    PermitState.WAITING: N_("等答复"),
    PermitState.GIVEN: N_("已许可"),
    PermitState.REFUSED: N_("没有许可"),
}


@dataclass(frozen=True)
class Permit:
    """A permit that a plan needs; `unit` is the unit whose own part is used, for PART_OWNER alone."""

    kind: PermitKind
    unit: int | None = None


def permits_of(templates: Iterable[TemplateName], own_parts: Iterable[int]) -> tuple[Permit, ...]:
    """The permits that these templates need, each once; `own_parts` are the units whose own part the plan uses."""
    kinds = {kind for name in templates for kind in TEMPLATES[name].permits}
    seats = tuple(Permit(kind) for kind in PermitKind if kind in kinds and kind is not PermitKind.PART_OWNER)
    if PermitKind.PART_OWNER not in kinds:
        return seats
    return seats + tuple(Permit(PermitKind.PART_OWNER, unit) for unit in sorted(set(own_parts)))


def part_owner_state(holders: Collection[str], said: Mapping[str, bool]) -> PermitState:
    """What the holders of a unit say about the use of its own part: one no refuses, all of them permit.

    Nobody's part is used without everybody who owns it; of no holder there is no permit.
    """
    if any(said.get(holder) is False for holder in holders):
        return PermitState.REFUSED
    return PermitState.GIVEN if holders and all(said.get(holder) for holder in holders) else PermitState.WAITING


def may_answer_permit(state: State, *, agrees: bool, note: str, holds: bool, is_current: bool) -> None:
    """An owner answers for her own part on the version that is to be signed; a no is given in words.

    Raises PERMIT_NOT_YOURS, PROPOSAL_ELSEWHERE or REASON_MISSING.
    """
    if not holds:
        raise Refused(Refusal.PERMIT_NOT_YOURS)
    if state not in _ANSWERED_IN or not is_current:
        raise Refused(Refusal.PROPOSAL_ELSEWHERE)
    if not agrees and not note.strip():
        raise Refused(Refusal.REASON_MISSING)


def may_enter_permit(role: Role) -> None:
    """Field staff enter an owner's paper. Raises NOT_YOUR_SEAT of people."""
    require_role(role, FIELD_STAFF)


def may_check_permit(role: Role, *, hands: Collection[str], person: str) -> None:
    """A second member of staff compares the paper with what was entered; she is another person.

    Raises PERMIT_SAME_PERSON, PROPOSAL_ELSEWHERE when it is checked already, or NOT_YOUR_SEAT of people.
    """
    require_role(role, FIELD_STAFF | COMMITTEE)
    if person in hands:
        raise Refused(Refusal.PERMIT_SAME_PERSON)
    if len(hands) >= HANDS_NEEDED:
        raise Refused(Refusal.PROPOSAL_ELSEWHERE)

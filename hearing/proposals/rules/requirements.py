"""Required consents 所需征询: whom a template asks, within which walls, and what has become of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum, auto

from hearing.places.rules import Capacity
from hearing.proposals.rules.templates import TEMPLATES, ConsentTemplate, Preset, TemplateName
from hearing.refusal import N_


class ScopeKind(StrEnum):
    """Whose households are asked: one stairwell's, one building's, one estate's."""

    STAIRWELL = auto()
    BUILDING = auto()
    ESTATE = auto()


SCOPE_LABELS: dict[ScopeKind, str] = {
    ScopeKind.STAIRWELL: N_("单元"),
    ScopeKind.BUILDING: N_("幢"),
    ScopeKind.ESTATE: N_("小区"),
}


class RequiredState(StrEnum):
    """Where a required consent stands."""

    WAITING = auto()
    OPEN = auto()
    PASSED = auto()
    FAILED = auto()
    SUPERSEDED = auto()


REQUIRED_LABELS: dict[RequiredState, str] = {
    RequiredState.WAITING: N_("还没开始"),
    RequiredState.OPEN: N_("征询中"),
    RequiredState.PASSED: N_("达到通过线"),
    RequiredState.FAILED: N_("未达通过线"),
    RequiredState.SUPERSEDED: N_("方案已更新"),
}


@dataclass(frozen=True)
class Requirement:
    """One consent to be asked for: the template, and the stairwell, building or estate by its id."""

    template: TemplateName
    scope_kind: ScopeKind
    scope_id: int

    @property
    def terms(self) -> ConsentTemplate:
        """The template's rule and conditions."""
        return TEMPLATES[self.template]

    @property
    def capacity(self) -> Capacity:
        """Lessees answer for public housing, owners decide jointly (Civil Code §278)."""
        lessees = (Preset.UNANIMOUS_LESSEES, Preset.SH_RENEWAL_95)
        return Capacity.LESSEE if self.terms.preset in lessees else Capacity.OWNER


def publicity_days(templates: Iterable[TemplateName]) -> int:
    """How many full days the result hangs at least: the longest that any of the templates asks for."""
    return max((TEMPLATES[name].publicity_days for name in templates), default=0)


def no_open_objection(templates: Iterable[TemplateName]) -> bool:
    """Whether one of the templates lets no objection stand."""
    return any(TEMPLATES[name].no_open_objection for name in templates)


def missing_beside(templates: Iterable[TemplateName]) -> tuple[TemplateName, ...]:
    """The templates that must be asked for in the same plan and are not, in the order of the list."""
    chosen = set(templates)
    needed = {other for name in chosen for other in TEMPLATES[name].beside}
    return tuple(name for name in TemplateName if name in needed - chosen)

"""Roles: the seats people take in a neighbourhood; one person may hold several (domain.md, sections 1 and 3)."""

from collections.abc import Collection
from enum import StrEnum, auto

from hearing.people.rules.refusals import Refusal
from hearing.refusal import N_, Refused


class Role(StrEnum):
    """The seat from which a person acts."""

    RESIDENT = auto()
    COMMITTEE_CLERK = auto()
    COMMITTEE_DIRECTOR = auto()
    PARTY_SECRETARY = auto()
    BLOCK_OFFICER = auto()
    ESTATE_OFFICER = auto()
    PROPERTY_MANAGER = auto()
    HOUSING_LIAISON = auto()
    POLICE_LIAISON = auto()
    SUBDISTRICT_LIAISON = auto()
    LEGAL_ADVISER = auto()
    WORKS_LEAD = auto()
    CONTRACTOR = auto()
    SCRUTINEER = auto()
    OWNERS_COMMITTEE = auto()
    COUNCIL_MEMBER = auto()
    AUDITOR = auto()


ROLE_LABELS: dict[Role, str] = {
    Role.RESIDENT: N_("居民"),
    Role.COMMITTEE_CLERK: N_("居委工作人员"),
    Role.COMMITTEE_DIRECTOR: N_("居委会主任"),
    Role.PARTY_SECRETARY: N_("党总支书记"),
    Role.BLOCK_OFFICER: N_("包块干部"),
    Role.ESTATE_OFFICER: N_("小区专员"),
    Role.PROPERTY_MANAGER: N_("物业经理"),
    Role.HOUSING_LIAISON: N_("房管办联络员"),
    Role.POLICE_LIAISON: N_("派出所联络员"),
    Role.SUBDISTRICT_LIAISON: N_("街道联络员"),
    Role.LEGAL_ADVISER: N_("法律顾问"),
    Role.WORKS_LEAD: N_("大修工程负责人"),
    Role.CONTRACTOR: N_("施工队项目经理"),
    Role.SCRUTINEER: N_("监票人"),
    Role.OWNERS_COMMITTEE: N_("业委会"),
    Role.COUNCIL_MEMBER: N_("理事"),
    Role.AUDITOR: N_("审计员"),
}


class SeatKind(StrEnum):
    """Principal seats decide in the council; supporting ones (offices, police, firms) advise and carry out (S1)."""

    PRINCIPAL = auto()
    SUPPORTING = auto()


PRINCIPAL = frozenset({Role.RESIDENT, Role.PARTY_SECRETARY, Role.OWNERS_COMMITTEE, Role.COUNCIL_MEMBER})
COUNCIL = PRINCIPAL - {Role.RESIDENT}
# The residents' committee is host and clerk, not judge: it opens, posts, records and closes.
COMMITTEE = frozenset({Role.COMMITTEE_CLERK, Role.COMMITTEE_DIRECTOR})
# Those who walk the stairs: they may file for a household and enter its paper slip, always marked as assisted.
FIELD_STAFF = COMMITTEE | {Role.BLOCK_OFFICER, Role.ESTATE_OFFICER}
NEIGHBOURS = frozenset({Role.RESIDENT, Role.OWNERS_COMMITTEE, Role.COUNCIL_MEMBER})
STAFF = frozenset(Role) - NEIGHBOURS


def seat_kind(role: Role) -> SeatKind:
    """Whether the seat votes in the council or supports it."""
    return SeatKind.PRINCIPAL if role in PRINCIPAL else SeatKind.SUPPORTING


def needs_second_factor(role: Role) -> bool:
    """Every seat whose acts bind other households signs in with a second factor (ASVS 6.3.3); a resident need not."""
    return role is not Role.RESIDENT


def require_role(role: Role, allowed: Collection[Role]) -> None:
    """Raises NOT_YOUR_SEAT unless `role` is among those allowed."""
    if role not in allowed:
        raise Refused(Refusal.NOT_YOUR_SEAT, role=role)

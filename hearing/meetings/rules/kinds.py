"""The four kinds of meeting 听证会 协调会 评议会 联席会, and the rosters that they are called with (domain.md 2.4)."""

from dataclasses import dataclass
from enum import StrEnum, auto

from hearing.people.rules import COUNCIL, Role, SeatKind, seat_kind
from hearing.refusal import N_


class Kind(StrEnum):
    """What a meeting is for: before a decision, during a dispute, after the work, or the council's own round."""

    HEARING = auto()
    COORDINATION = auto()
    REVIEW = auto()
    JOINT = auto()


KIND_LABELS: dict[Kind, str] = {
    Kind.HEARING: N_("听证会"),
    Kind.COORDINATION: N_("协调会"),
    Kind.REVIEW: N_("评议会"),
    Kind.JOINT: N_("联席会"),
}


@dataclass(frozen=True)
class Template:
    """What a kind of meeting asks for."""

    notice_days: int
    """Times 24 hours between the notice and the beginning."""
    least_delegates: int
    """Fewer make no meeting of this kind."""
    takes_sign_up: bool
    """Whether neighbours sign up after the paper hangs: as delegate, observer or speaker."""
    answers: bool
    """Whether every opinion is grouped and gets a written answer afterwards, and late ones are still taken."""
    settles: bool = False
    """Whether all parties sign what was settled, or that nothing was."""
    grades: bool = False
    """Whether those present grade somebody's work, who then owes a plan."""


TEMPLATES: dict[Kind, Template] = {
    # 7 days and 7 delegates: domain.md 2.4 and 4.1 (design).
    Kind.HEARING: Template(notice_days=7, least_delegates=7, takes_sign_up=True, answers=True),
    # Written word a week before: the sample rules of 协调会 (domain.md 2.4); two sides make a dispute.
    Kind.COORDINATION: Template(notice_days=7, least_delegates=1, takes_sign_up=False, answers=False, settles=True),
    Kind.REVIEW: Template(notice_days=7, least_delegates=3, takes_sign_up=True, answers=True, grades=True),
    # A council that meets every month knows its day (design).
    Kind.JOINT: Template(notice_days=3, least_delegates=3, takes_sign_up=False, answers=True),
}


class Naming(StrEnum):
    """How the delegates of a meeting are found."""

    EVERYBODY = auto()
    DRAWN = auto()
    LISTED = auto()
    SEATS = auto()


NAMING_LABELS: dict[Naming, str] = {
    Naming.EVERYBODY: N_("户册上的人都是代表"),
    Naming.DRAWN: N_("从报名的邻居里按单元抽签"),
    Naming.LISTED: N_("由居委会从户册上指定"),
    Naming.SEATS: N_("理事会的主体席位都是代表"),
}


class RosterName(StrEnum):
    """A roster by its name."""

    PARTIES = auto()
    FIVE_PARTIES = auto()
    COUNCIL = auto()
    RESIDENTS_AND_SHOPS = auto()


@dataclass(frozen=True)
class Roster:
    """Who usually sits in such a meeting: the seats invited, and how the delegates are found."""

    label: str
    seats: tuple[Role, ...]
    naming: Naming
    shops: bool = False
    """Whether shops and other premises send delegates beside the households."""

    @property
    def principal(self) -> tuple[Role, ...]:
        """Seats that count as delegates and vote."""
        return tuple(role for role in self.seats if is_principal(role))

    @property
    def supporting(self) -> tuple[Role, ...]:
        """Seats that explain, advise and carry out, and do not vote."""
        return tuple(role for role in self.seats if not is_principal(role))


def is_principal(role: Role) -> bool:
    """Whether a seat decides in the council (S1: 以居民、商家为主体, offices and police support)."""
    return role in COUNCIL and seat_kind(role) is SeatKind.PRINCIPAL


ROSTERS: dict[RosterName, Roster] = {
    RosterName.PARTIES: Roster(N_("有关各方"), (), Naming.EVERYBODY),
    # S0 五位一体议事协商平台: party branch, committee, owners, manager, residents.
    RosterName.FIVE_PARTIES: Roster(
        N_("五位一体"),
        (Role.PARTY_SECRETARY, Role.COMMITTEE_DIRECTOR, Role.OWNERS_COMMITTEE, Role.PROPERTY_MANAGER),
        Naming.DRAWN,
    ),
    # S1 理事会: principal seats vote; liaisons, manager and adviser support.
    RosterName.COUNCIL: Roster(
        N_("理事会"),
        (
            Role.PARTY_SECRETARY,
            Role.OWNERS_COMMITTEE,
            Role.COUNCIL_MEMBER,
            Role.COMMITTEE_DIRECTOR,
            Role.PROPERTY_MANAGER,
            Role.SUBDISTRICT_LIAISON,
            Role.POLICE_LIAISON,
            Role.HOUSING_LIAISON,
            Role.LEGAL_ADVISER,
        ),
        Naming.SEATS,
    ),
    # S1 案例2 and 3: households and the shops at the lane's mouth.
    RosterName.RESIDENTS_AND_SHOPS: Roster(
        N_("居民和商户"),
        (Role.PROPERTY_MANAGER, Role.SUBDISTRICT_LIAISON, Role.POLICE_LIAISON),
        Naming.DRAWN,
        shops=True,
    ),
}

USUAL: dict[Kind, RosterName] = {
    Kind.HEARING: RosterName.RESIDENTS_AND_SHOPS,
    Kind.COORDINATION: RosterName.PARTIES,
    Kind.REVIEW: RosterName.FIVE_PARTIES,
    Kind.JOINT: RosterName.COUNCIL,
}
"""The roster that a kind of meeting is suggested with."""


class Outcome(StrEnum):
    """What came of a meeting. It advises: none of them says that anybody has consented (domain.md 4.1)."""

    PLAN = auto()
    ANOTHER_HEARING = auto()
    COORDINATION = auto()
    NOT_PURSUED = auto()


OUTCOME_LABELS: dict[Outcome, str] = {
    Outcome.PLAN: N_("形成方案"),
    Outcome.ANOTHER_HEARING: N_("再听证"),
    Outcome.COORDINATION: N_("转协调"),
    Outcome.NOT_PURSUED: N_("不推进"),
}

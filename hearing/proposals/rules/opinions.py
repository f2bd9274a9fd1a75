"""Opinions of seats 各方意见: whom the committee may ask, and what an answer may recommend (domain.md, section 1)."""

from enum import StrEnum, auto

from hearing.people.rules import COMMITTEE, Role, require_role
from hearing.proposals.rules.refusals import Refusal
from hearing.proposals.rules.states import State
from hearing.refusal import N_, Refused


class Recommendation(StrEnum):
    """What a seat recommends; it advises and does not decide."""

    SUPPORT = auto()
    CONDITIONS = auto()
    CONCERNS = auto()


RECOMMENDATION_LABELS: dict[Recommendation, str] = {
    Recommendation.SUPPORT: N_("支持"),
    Recommendation.CONDITIONS: N_("有条件支持"),
    Recommendation.CONCERNS: N_("有顾虑"),
}

# In the order in which their questions usually come up.
OPINION_SEATS = (
    Role.LEGAL_ADVISER,
    Role.HOUSING_LIAISON,
    Role.PROPERTY_MANAGER,
    Role.POLICE_LIAISON,
    Role.SUBDISTRICT_LIAISON,
)
MANAGER_SEATS = (Role.PROPERTY_MANAGER, Role.HOUSING_LIAISON)
_ASKED_IN = frozenset({State.SCREENING, State.DELIBERATING})


def may_ask_seat(state: State, role: Role, seat: Role) -> None:
    """The committee asks while it screens and while the plan is made.

    Raises PROPOSAL_ELSEWHERE, SEAT_GIVES_NO_OPINION, or NOT_YOUR_SEAT of people.
    """
    require_role(role, COMMITTEE)
    if seat not in OPINION_SEATS:
        raise Refused(Refusal.SEAT_GIVES_NO_OPINION)
    if state not in _ASKED_IN:
        raise Refused(Refusal.PROPOSAL_ELSEWHERE)


def may_give_opinion(state: State, text: str, *, is_given: bool) -> None:
    """An opinion is given once, in words, while it can still shape the plan.

    Raises OPINION_GIVEN, PROPOSAL_ELSEWHERE or REASON_MISSING.
    """
    if is_given:
        raise Refused(Refusal.OPINION_GIVEN)
    if state not in _ASKED_IN:
        raise Refused(Refusal.PROPOSAL_ELSEWHERE)
    if not text.strip():
        raise Refused(Refusal.REASON_MISSING)

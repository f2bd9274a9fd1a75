"""Mandates 委托: somebody says for a holder what the holder wrote, and nothing else.

A mandate is two-sided (principal gives, agent accepts) and names agent, matter, power and term with the principal's
signature (Civil Code §165). The agent votes as instructed on that very matter (上海市住宅物业管理规定 §18), for three
units at most (潍坊 §32; the cap is set for each collection). It ends by its term, by revocation and by the death of
either side (§173); what was said before it ended stands, for it was said by right.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum, auto

from hearing.consents.rules.answers import Answer, AnswerSet, check_answer
from hearing.consents.rules.refusals import Refusal
from hearing.consents.rules.rolls import RollUnit
from hearing.people.rules import FIELD_STAFF, Role, require_role
from hearing.refusal import N_, Refused

PAPER_HANDS = 2
"""How many members of staff have a paper mandate in their hands before it stands."""
TERM_DAYS_MOST = 180
"""The longest term of a mandate, in days: a collection is over by then (design)."""


class MandateStep(StrEnum):
    """What may become of a mandate. Each happens once."""

    ACCEPTED = auto()
    DECLINED = auto()
    REVOKED = auto()
    PRINCIPAL_DIED = auto()
    AGENT_DIED = auto()
    HANDS_CHANGED = auto()


class MandateState(StrEnum):
    """Where a mandate stands on a day."""

    UNCHECKED = auto()
    OFFERED = auto()
    STANDING = auto()
    DECLINED = auto()
    REVOKED = auto()
    ENDED = auto()
    EXPIRED = auto()


MANDATE_LABELS: dict[MandateState, str] = {
    MandateState.UNCHECKED: N_("等第二人复核"),
    MandateState.OFFERED: N_("等代理人接受"),
    MandateState.STANDING: N_("有效"),
    MandateState.DECLINED: N_("代理人没有接受"),
    MandateState.REVOKED: N_("已撤销"),
    MandateState.ENDED: N_("已终止（一方去世或者过户）"),
    MandateState.EXPIRED: N_("已过期"),
}
_ENDS = (MandateStep.PRINCIPAL_DIED, MandateStep.AGENT_DIED, MandateStep.HANDS_CHANGED)
UNDER_WAY = frozenset({MandateState.UNCHECKED, MandateState.OFFERED, MandateState.STANDING})
"""States in which a holder is bound to one agent and gives no second mandate."""


@dataclass(frozen=True)
class MandateHappening:
    """What became of a mandate, and on which day."""

    step: MandateStep
    on: date


@dataclass(frozen=True)
class Mandate:
    """A written mandate: for which unit and holders, to which agent, on which plan, with what instruction, until when.

    `agent` is the agent's key (a phone number's digits), `hands` how many members of staff held it where `on_paper`.
    """

    unit: str
    holders: tuple[str, ...]
    agent: str
    plan_hash: str
    instruction: Answer | None
    valid_from: date
    valid_until: date
    on_paper: bool = False
    hands: int = 0
    events: tuple[MandateHappening, ...] = ()

    def day_of(self, step: MandateStep) -> date | None:
        """The day on which this happened, or None."""
        return next((each.on for each in self.events if each.step is step), None)

    def ended_before(self, day: date) -> bool:
        """Whether a signature of that day came too late: taken back or sold by then, or after the death of either."""
        deaths = (self.day_of(MandateStep.PRINCIPAL_DIED), self.day_of(MandateStep.AGENT_DIED))
        taken = (self.day_of(MandateStep.REVOKED), self.day_of(MandateStep.HANDS_CHANGED))
        return any(on is not None and day >= on for on in taken) or any(on is not None and day > on for on in deaths)


def mandate_state(mandate: Mandate, today: date) -> MandateState:
    """Where a mandate stands on a day; what ended it goes before its term."""
    if mandate.day_of(MandateStep.DECLINED):
        return MandateState.DECLINED
    if any(mandate.day_of(step) for step in _ENDS):
        return MandateState.ENDED
    if mandate.day_of(MandateStep.REVOKED):
        return MandateState.REVOKED
    if today > mandate.valid_until:
        return MandateState.EXPIRED
    if mandate.on_paper and mandate.hands < PAPER_HANDS:
        return MandateState.UNCHECKED
    return MandateState.STANDING if mandate.day_of(MandateStep.ACCEPTED) else MandateState.OFFERED


@dataclass(frozen=True)
class Agent:
    """The agent as the office knows her: a key, the holder she is on this unit, and the seats she holds there."""

    key: str
    holder: str = ""
    seats: frozenset[Role] = frozenset()


def check_instruction(instruction: Answer | None, offered: AnswerSet) -> Answer:
    """A mandate says what to answer on this plan. Raises MANDATE_WITHOUT_INSTRUCTION or ANSWER_NOT_OFFERED."""
    if instruction is None:
        raise Refused(Refusal.MANDATE_WITHOUT_INSTRUCTION)
    check_answer(instruction, offered)
    return instruction


def may_give_mandate(
    unit: RollUnit,
    mandate: Mandate,
    *,
    agent: Agent,
    offered: AnswerSet,
    plan_hash: str,
    bound: Collection[str],
    agent_units: Collection[str],
    cap: int,
    today: date,
) -> None:
    """Holders of a unit give a mandate on the plan that is asked about, on any day of the window.

    `bound` are the holders who have a mandate under way in this collection already; `agent_units` the units for which
    this agent may speak or has spoken. Raises NOT_ON_ROLL, UNIT_BLOCKED, MANDATE_WITHOUT_INSTRUCTION,
    ANSWER_NOT_OFFERED, MANDATE_OTHER_PLAN, MANDATE_TO_ONESELF, MANDATE_TO_STAFF, MANDATE_TERM, MANDATE_ALREADY or
    MANDATE_CAP_REACHED(cap).
    """
    if not mandate.holders or not all(unit.holding.has(holder) for holder in mandate.holders):
        raise Refused(Refusal.NOT_ON_ROLL)
    if unit.blocked is not None:
        raise Refused(Refusal.UNIT_BLOCKED)
    check_instruction(mandate.instruction, offered)
    if mandate.plan_hash != plan_hash:
        raise Refused(Refusal.MANDATE_OTHER_PLAN)
    if agent.holder in mandate.holders:
        raise Refused(Refusal.MANDATE_TO_ONESELF)
    # The committee is host and clerk: it never answers for a household (domain.md, section 0 item 11).
    if agent.seats & (FIELD_STAFF | {Role.SCRUTINEER}):
        raise Refused(Refusal.MANDATE_TO_STAFF)
    if mandate.valid_until < max(today, mandate.valid_from) or (mandate.valid_until - today).days > TERM_DAYS_MOST:
        raise Refused(Refusal.MANDATE_TERM, most=TERM_DAYS_MOST)
    if set(bound) & set(mandate.holders):
        raise Refused(Refusal.MANDATE_ALREADY)
    check_cap(mandate, agent_units=agent_units, cap=cap)


def check_cap(mandate: Mandate, *, agent_units: Collection[str], cap: int) -> None:
    """An agent speaks for so many units and no more; several holders of one unit are one unit.

    Raises MANDATE_CAP_REACHED(cap).
    """
    if len({*agent_units, mandate.unit}) > cap:
        raise Refused(Refusal.MANDATE_CAP_REACHED, cap=cap)


def may_accept_mandate(mandate: Mandate, *, agent: str, agent_units: Collection[str], cap: int, today: date) -> None:
    """The agent named in the mandate accepts it while it is offered.

    Raises MANDATE_NOT_YOURS, MANDATE_DONE, MANDATE_EXPIRED or MANDATE_CAP_REACHED(cap).
    """
    may_decline_mandate(mandate, agent=agent, today=today)
    check_cap(mandate, agent_units=agent_units, cap=cap)


def may_decline_mandate(mandate: Mandate, *, agent: str, today: date) -> None:
    """The agent may say no while it is offered. Raises MANDATE_NOT_YOURS, MANDATE_DONE or MANDATE_EXPIRED."""
    if mandate.agent != agent:
        raise Refused(Refusal.MANDATE_NOT_YOURS)
    match mandate_state(mandate, today):
        case MandateState.OFFERED:
            return
        case MandateState.EXPIRED:
            raise Refused(Refusal.MANDATE_EXPIRED)
        case _:
            raise Refused(Refusal.MANDATE_DONE)


def may_revoke_mandate(mandate: Mandate, *, person: str, today: date) -> None:
    """Any of those who gave it takes it back, at any time while it is under way (Civil Code §173).

    Raises MANDATE_NOT_YOURS or MANDATE_DONE.
    """
    if person not in mandate.holders:
        raise Refused(Refusal.MANDATE_NOT_YOURS)
    if mandate_state(mandate, today) not in UNDER_WAY:
        raise Refused(Refusal.MANDATE_DONE)


def may_check_paper_mandate(mandate: Mandate, *, role: Role, person: str, hands: Collection[str]) -> None:
    """A second member of staff compares a paper mandate with what was entered; she is another person.

    Raises ENTRY_SAME_PERSON, MANDATE_DONE, or NOT_YOUR_SEAT of people.
    """
    require_role(role, FIELD_STAFF | {Role.SCRUTINEER})
    if person in hands:
        raise Refused(Refusal.ENTRY_SAME_PERSON)
    if not mandate.on_paper or len(hands) >= PAPER_HANDS:
        raise Refused(Refusal.MANDATE_DONE)


def may_use_mandate(
    mandate: Mandate, answer: Answer | None, *, unit: RollUnit, plan_hash: str, signed_on: date, spoke: Collection[str]
) -> None:
    """An agent answers as instructed, within the term, while both live and nobody has taken it back.

    `spoke` are the holders of the unit who have answered themselves: they need nobody to say it for them. `signed_on`
    is the date of the agent's signature. Raises MANDATE_WITHOUT_INSTRUCTION, MANDATE_OTHER_PLAN, MANDATE_NOT_STANDING,
    MANDATE_EXPIRED, MANDATE_ENDED, MANDATE_ANSWER_DIFFERS, MANDATE_PRINCIPAL_SPOKE, NOT_ON_ROLL or UNIT_BLOCKED.
    """
    if not all(unit.holding.has(holder) for holder in mandate.holders):
        raise Refused(Refusal.NOT_ON_ROLL)
    if unit.blocked is not None:
        raise Refused(Refusal.UNIT_BLOCKED)
    if mandate.instruction is None:
        raise Refused(Refusal.MANDATE_WITHOUT_INSTRUCTION)
    if mandate.plan_hash != plan_hash:
        raise Refused(Refusal.MANDATE_OTHER_PLAN)
    if not mandate.valid_from <= signed_on <= mandate.valid_until:
        raise Refused(Refusal.MANDATE_EXPIRED)
    if mandate.ended_before(signed_on):
        raise Refused(Refusal.MANDATE_ENDED)
    # What ended it later does not undo what was signed before; whether it ever stood is asked of the day of signing.
    accepted = mandate.day_of(MandateStep.ACCEPTED)
    checked = not mandate.on_paper or mandate.hands >= PAPER_HANDS
    if not accepted or mandate.day_of(MandateStep.DECLINED) or not checked:
        raise Refused(Refusal.MANDATE_NOT_STANDING)
    if answer is not mandate.instruction:
        raise Refused(Refusal.MANDATE_ANSWER_DIFFERS)
    if set(spoke) & set(mandate.holders):
        raise Refused(Refusal.MANDATE_PRINCIPAL_SPOKE)

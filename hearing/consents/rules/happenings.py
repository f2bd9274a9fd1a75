"""Happenings 变动: what happens to a unit while it is asked. Each is a dated event with evidence, never an edit.

Death opens succession at once and the heirs hold jointly (Civil Code §230, §1121); a flat changes hands with its
registration (§209); a lessee is followed by whom the lessor names (上海市房屋租赁条例 §41); a guardian acts by law
(§23, §34) and is shown by a judgment, a designation, an agreement or a notary (§27–§33).
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum, auto
from fractions import Fraction

from hearing.consents.rules.refusals import Refusal
from hearing.consents.rules.rolls import Blocked
from hearing.people.rules import FIELD_STAFF, Role
from hearing.places.rules import Capacity, HoldingForm
from hearing.refusal import N_, Refused


class Happening(StrEnum):
    """What happened to a unit."""

    BLOCKED = auto()
    FREED = auto()
    HANDS_CHANGED = auto()
    HEIRS_SHOWN = auto()
    GUARDIAN_NAMED = auto()
    GUARDIAN_ENDED = auto()
    DEATH_NOTED = auto()


HAPPENING_LABELS: dict[Happening, str] = {
    Happening.BLOCKED: N_("暂时不能表态"),
    Happening.FREED: N_("可以表态"),
    Happening.HANDS_CHANGED: N_("过户或更户"),
    Happening.HEIRS_SHOWN: N_("继承人或遗产管理人已确认"),
    Happening.GUARDIAN_NAMED: N_("登记了监护人"),
    Happening.GUARDIAN_ENDED: N_("监护已终止"),
    Happening.DEATH_NOTED: N_("截止以后登记了去世"),
}
_WITHOUT_PAPER = frozenset({Blocked.GUARDIAN_NEEDED})
"""What is entered without a paper: one that shows why somebody needs a guardian would be about her health."""


def check_happening(why: Blocked | None, *, reason: str, happened_on: date, has_paper: bool, today: date) -> None:
    """An event says what happened, on which day, and what shows it; `why` is what blocks the unit, if it does.

    Raises COLLECTION_REASON_MISSING, EVENT_AHEAD, EVENT_PAPER_MISSING or NO_DIAGNOSIS.
    """
    if not reason.strip():
        raise Refused(Refusal.COLLECTION_REASON_MISSING)
    if happened_on > today:
        raise Refused(Refusal.EVENT_AHEAD)
    if not has_paper and why not in _WITHOUT_PAPER:
        raise Refused(Refusal.EVENT_PAPER_MISSING)
    check_no_diagnosis(reason)


_HEALTH = re.compile(
    "诊断|病历|病情|病史|患有|痴呆|阿尔茨海默|帕金森|精神分裂|精神病|精神障碍|精神残疾|智力障碍|智力残疾|抑郁|中风|脑梗|"
    "植物人|癌|肿瘤|残疾等级|失智|失能"
)


def check_no_diagnosis(text: str) -> None:
    """The relation is recorded, never why (personal data law §28–29). Raises NO_DIAGNOSIS for words of illness."""
    if _HEALTH.search(text):
        raise Refused(Refusal.NO_DIAGNOSIS)


def blocked_by_death(capacity: Capacity) -> Blocked:
    """What a unit waits for whose holder has died: heirs of an owner, another lessee of public housing."""
    return Blocked.HEIRS_AWAITED if capacity is Capacity.OWNER else Blocked.LESSEE_CHANGE


def may_free(why: Blocked | None, *, dead_holders: int) -> None:
    """A unit answers again when what blocked it is over; with a holder who has died it takes heirs or a new lessee.

    Raises NOT_BLOCKED or HOLDER_DEAD.
    """
    if why is None:
        raise Refused(Refusal.NOT_BLOCKED)
    if dead_holders and why in (Blocked.HEIRS_AWAITED, Blocked.LESSEE_CHANGE):
        raise Refused(Refusal.HOLDER_DEAD)


@dataclass(frozen=True)
class Part:
    """One who holds a unit from now on: a key, and her share where it is held by shares."""

    key: str
    share: Fraction | None = None


def after_succession(
    form: HoldingForm, holders: Mapping[str, Fraction], dead: str, successors: Sequence[str], *, administrator: bool
) -> tuple[HoldingForm, tuple[Part, ...]]:
    """How a unit is held once heirs, or an administrator of the estate, stand in the place of one who has died.

    Heirs hold jointly until they divide (§1122, §1151). Of a share, one of them speaks for all, with their written
    word: a share is not cut before it is divided. An administrator (§1145–1147) stands alone in the dead person's
    place. `holders` are all holders with their shares (1 each where it is not held by shares). Raises
    HEIR_NOT_DEAD, HEIRS_NONE, HEIRS_ONE_FOR_SHARE or ADMINISTRATOR_ALONE.
    """
    if dead not in holders:
        raise Refused(Refusal.HEIR_NOT_DEAD)
    if not successors:
        raise Refused(Refusal.HEIRS_NONE)
    if administrator and len(successors) > 1:
        raise Refused(Refusal.ADMINISTRATOR_ALONE)
    others = [key for key in holders if key != dead]
    if form is HoldingForm.SHARES:
        if len(successors) > 1:
            raise Refused(Refusal.HEIRS_ONE_FOR_SHARE)
        heir = successors[0]
        shares = {key: holders[key] for key in others}
        shares[heir] = shares.get(heir, Fraction(0)) + holders[dead]
        if len(shares) == 1:
            return HoldingForm.SOLE, (Part(heir),)
        return form, tuple(Part(key, share) for key, share in shares.items())
    everybody = tuple(dict.fromkeys([*others, *successors]))
    return (HoldingForm.SOLE if len(everybody) == 1 else HoldingForm.JOINT), tuple(Part(key) for key in everybody)


class Relation(StrEnum):
    """Who the guardian is to the person she acts for, in the order of Civil Code §28."""

    SPOUSE = auto()
    PARENT = auto()
    CHILD = auto()
    RELATIVE = auto()
    OTHER = auto()


RELATION_LABELS: dict[Relation, str] = {
    Relation.SPOUSE: N_("配偶"),
    Relation.PARENT: N_("父母"),
    Relation.CHILD: N_("子女"),
    Relation.RELATIVE: N_("其他近亲属"),
    Relation.OTHER: N_("其他个人或组织"),
}


class Basis(StrEnum):
    """What shows that somebody is a guardian."""

    COURT = auto()
    DESIGNATION = auto()
    AGREEMENT = auto()
    NOTARY = auto()
    MINOR = auto()


BASIS_LABELS: dict[Basis, str] = {
    Basis.COURT: N_("法院判决或指定"),
    Basis.DESIGNATION: N_("居民委员会或民政部门指定"),
    Basis.AGREEMENT: N_("有监护资格的人之间的书面协议"),
    Basis.NOTARY: N_("意定监护公证"),
    Basis.MINOR: N_("未成年人的户口簿或出生证明"),
}


def may_name_guardian(*, ward: str, holders: Collection[str], guardian_is_ward: bool, seats: Collection[Role]) -> None:
    """A guardian acts for a holder of the unit; neither that holder herself nor one who runs the collection.

    Raises NOT_ON_ROLL, GUARDIAN_ONESELF or GUARDIAN_IS_STAFF.
    """
    if ward not in holders:
        raise Refused(Refusal.NOT_ON_ROLL)
    if guardian_is_ward:
        raise Refused(Refusal.GUARDIAN_ONESELF)
    if set(seats) & (FIELD_STAFF | {Role.SCRUTINEER}):
        raise Refused(Refusal.GUARDIAN_IS_STAFF)

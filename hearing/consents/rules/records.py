"""Records: written confirmations, which of them stands, and how a unit came to its answer.

Records are only ever added. What counts is the last valid one received before the close; a withdrawal is a record
without an answer, and every earlier record is kept (domain.md 4.3).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum, auto

from hearing.consents.rules.answers import SILENT, Answer, Pending, UnitAnswer, said_by, unit_answer
from hearing.consents.rules.rolls import Roll, RollUnit
from hearing.places.rules import Capacity
from hearing.proposals.rules import sha256_of
from hearing.refusal import N_


class Method(StrEnum):
    """How a confirmation was given."""

    PHONE = auto()
    TABLET = auto()
    PAPER = auto()
    MAIL = auto()
    MANDATE = auto()
    MANDATE_PHONE = auto()


METHOD_LABELS: dict[Method, str] = {
    Method.PHONE: N_("手机"),
    Method.TABLET: N_("现场平板"),
    Method.PAPER: N_("纸质表"),
    Method.MAIL: N_("邮寄"),
    Method.MANDATE: N_("委托（纸质表）"),
    Method.MANDATE_PHONE: N_("委托（手机）"),
}
ELECTRONIC = frozenset({Method.PHONE, Method.TABLET, Method.MANDATE_PHONE})
BY_MANDATE = frozenset({Method.MANDATE, Method.MANDATE_PHONE})
"""Ways in which an agent answered, on a screen or on paper."""


def evidence_hash(
    *,
    salt: str,
    collection: str,
    unit: str,
    holders: Iterable[int],
    answer: Answer | None,
    reason: str,
    method: Method,
    identity: str,
    plan_hash: str,
    signed_on: date,
    signature: str | None,
    strokes: str,
    typed_name: str,
    mandate: int | None = None,
    guardianship: int | None = None,
) -> str:
    """SHA-256 over what a record rests on: what the certificate prints and the trail commits to (audit.md section 9).

    `signature` is the hash of the picture; `salt` keeps anybody from trying which household said what.
    """
    return sha256_of(
        {
            "v": 1,
            "salt": salt,
            "collection": collection,
            "unit": unit,
            "holders": sorted(str(holder) for holder in holders),
            "answer": answer.value if answer else None,
            "reason": reason,
            "method": method.value,
            "identity": identity,
            "plan_hash": plan_hash,
            "signed_on": signed_on.isoformat(),
            "signature": signature,
            "strokes": strokes,
            "typed_name": typed_name,
            **({"mandate": mandate} if mandate else {}),
            **({"guardianship": guardianship} if guardianship else {}),
        }
    )


class ConflictRule(StrEnum):
    """Which of two differing answers counts, fixed before opening."""

    LATEST_SIGNED = auto()
    PHONE_FIRST = auto()


CONFLICT_LABELS: dict[ConflictRule, str] = {
    ConflictRule.LATEST_SIGNED: N_("以签名日期晚的为准；同一天的，以手机为准"),
    ConflictRule.PHONE_FIRST: N_("以手机为准"),
}


class Invalid(StrEnum):
    """Why a record does not count although it was received in time. Every one is kept and shown to its household."""

    OTHER_PLAN = auto()
    SIGNED_AFTER_DEATH = auto()
    NOT_A_HOLDER = auto()
    UNIT_SOLD = auto()
    NOT_SIGNED_BY_THEM = auto()
    MANDATE_ENDED = auto()
    SUCCEEDED = auto()


INVALID_LABELS: dict[Invalid, str] = {
    Invalid.OTHER_PLAN: N_("签的是另一版方案"),
    Invalid.SIGNED_AFTER_DEATH: N_("签名日期在本人去世之后"),
    Invalid.NOT_A_HOLDER: N_("签名的人不是这一户的表态人"),
    Invalid.UNIT_SOLD: N_("这一户已过户，由新业主表态"),
    Invalid.NOT_SIGNED_BY_THEM: N_("经核实不是本人签名"),
    Invalid.MANDATE_ENDED: N_("签名时委托已经终止"),
    Invalid.SUCCEEDED: N_("这一户已由继承人接续，由继承人表态"),
}


@dataclass(frozen=True, slots=True)
class Record:
    """One written confirmation.

    `number` orders the records of a collection as they were entered. `holders` are the keys of those in whose name it
    was given: one, or several by mandate. `answer` None withdraws. `signed_on` is the date on the slip, or the Beijing
    date of the phone; `received_at` is the receipt stamp of the slip, or the moment the phone's answer arrived.
    """

    number: int
    unit: str
    holders: tuple[str, ...]
    answer: Answer | None
    method: Method
    signed_on: date
    received_at: datetime
    plan_hash: str
    disputed: bool = False
    invalid: Invalid | None = None

    @property
    def is_electronic(self) -> bool:
        """Whether it was given on a screen rather than on paper."""
        return self.method in ELECTRONIC

    def is_late(self, closing: datetime) -> bool:
        """Whether it was received after the close (逾期未计)."""
        return self.received_at > closing


def invalidity(
    record: Record, unit: RollUnit, *, plan_hash: str, died_on: Mapping[str, date] | None = None
) -> Invalid | None:
    """Why a record cannot count, or None. A signature dated after its signer's death raises an incident as well.

    A person's own capacity for rights ends with death (Civil Code §13); a signature on the day itself still counts.
    """
    if record.invalid is not None:
        return record.invalid
    if record.plan_hash != plan_hash:
        return Invalid.OTHER_PLAN
    if not _speaks_for(record, unit):
        return Invalid.NOT_A_HOLDER
    deaths = died_on or {}
    if any(holder in deaths and record.signed_on > deaths[holder] for holder in record.holders):
        return Invalid.SIGNED_AFTER_DEATH
    return None


class UnitStatus(StrEnum):
    """How a unit stands in a collection, for its own page and for the floor grid of the committee."""

    INVITED = auto()
    SEEN = auto()
    ANSWERED = auto()
    PENDING = auto()
    NEEDS_RECONFIRM = auto()
    BLOCKED = auto()
    DISPUTED = auto()
    INVALID = auto()
    LATE = auto()


STATUS_LABELS: dict[UnitStatus, str] = {
    UnitStatus.INVITED: N_("待表态"),
    UnitStatus.SEEN: N_("已查看"),
    UnitStatus.ANSWERED: N_("已表态"),
    UnitStatus.PENDING: N_("待共有人一致"),
    UnitStatus.NEEDS_RECONFIRM: N_("待重新确认"),
    UnitStatus.BLOCKED: N_("待核实"),
    UnitStatus.DISPUTED: N_("签名存疑"),
    UnitStatus.INVALID: N_("无效"),
    UnitStatus.LATE: N_("逾期未计"),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands for one unit: its answer, the records it rests on, and those that do not count.

    `conflicting` is set when paper and screen differed, so that the household is told which one counted.
    """

    answer: UnitAnswer
    counted: tuple[Record, ...] = ()
    late: tuple[Record, ...] = ()
    disputed: tuple[Record, ...] = ()
    invalid: tuple[tuple[Record, Invalid], ...] = ()
    conflicting: bool = False

    def status(self, unit: RollUnit, *, seen: bool = False, reconfirm: bool = False) -> UnitStatus:
        """The one word for this unit; `reconfirm` when it had answered an earlier version of the plan."""
        if unit.blocked is not None:
            return UnitStatus.BLOCKED
        if self.answer.answer is not None:
            return UnitStatus.ANSWERED
        if self.disputed:
            return UnitStatus.DISPUTED
        if self.answer.pending is not None:
            return UnitStatus.PENDING
        if self.late:
            return UnitStatus.LATE
        if self.invalid:
            return UnitStatus.INVALID
        if reconfirm:
            return UnitStatus.NEEDS_RECONFIRM
        return UnitStatus.SEEN if seen else UnitStatus.INVITED

    @property
    def needs_coordination(self) -> bool:
        """Whether co-holders contradict each other."""
        return self.answer.pending is Pending.CONFLICT


_NOTHING = Standing(SILENT)
"""How most units of an estate stand for weeks."""


def standing(
    unit: RollUnit,
    records: Iterable[Record],
    *,
    closing: datetime,
    rule: ConflictRule,
    plan_hash: str,
    died_on: Mapping[str, date] | None = None,
    with_late: bool = False,
) -> Standing:
    """What stands for a unit, given all its records in any order.

    For each holder the record that counts is the last in the order of the conflict rule. `with_late` counts late ones
    too, to show the effect they would have had. A blocked unit answers nothing, whatever was recorded.
    """
    given = sorted(records, key=lambda record: record.number)
    if not given:
        return _NOTHING
    late: list[Record] = []
    disputed: list[Record] = []
    invalid: list[tuple[Record, Invalid]] = []
    valid: list[Record] = []
    for record in given:
        if reason := invalidity(record, unit, plan_hash=plan_hash, died_on=died_on):
            invalid.append((record, reason))
        elif record.disputed:
            disputed.append(record)
        elif record.is_late(closing):
            late.append(record)
        else:
            valid.append(record)
    eligible = sorted(valid + late if with_late else valid, key=lambda record: _order(record, rule))
    said = said_by((record.holders, record.answer) for record in eligible)
    last = {holder: record for record in eligible for holder in record.holders}
    return Standing(
        answer=SILENT if unit.blocked is not None else unit_answer(unit.holding, said),
        counted=tuple(sorted(set(last.values()), key=lambda record: record.number)),
        late=tuple(late),
        disputed=tuple(disputed),
        invalid=tuple(invalid),
        conflicting=any(_conflict(last[holder], eligible, holder) for holder in last),
    )


def _order(record: Record, rule: ConflictRule) -> tuple[object, ...]:
    """The sort key by which the last record counts: the screen wins on the same day, and always under PHONE_FIRST."""
    if rule is ConflictRule.PHONE_FIRST:
        return (record.is_electronic, record.signed_on, record.received_at, record.number)
    return (record.signed_on, record.is_electronic, record.received_at, record.number)


def _conflict(counted: Record, records: Iterable[Record], holder: str) -> bool:
    """Whether the last record of the other kind, paper or screen, says something else for this holder."""
    others = [r for r in records if holder in r.holders and r.is_electronic is not counted.is_electronic]
    return bool(others) and others[-1].answer is not counted.answer


def standings(
    roll: Roll,
    records: Iterable[Record],
    *,
    closings: Mapping[str, datetime],
    rule: ConflictRule,
    plan_hash: str,
    died_on: Mapping[str, date] | None = None,
    with_late: bool = False,
) -> dict[str, Standing]:
    """What stands for every unit of a roll, by reference; `closings` gives each unit's own close.

    One buyer of several flats has one answer for all of them: the last one, for whichever flat it was given, also for
    one that was sold since.
    """
    by_head: dict[str, list[Record]] = {head: [] for head in roll.heads}
    heads = {unit.ref: unit.head for unit in roll.units}
    by_holders: dict[frozenset[str], list[Record]] = {}
    for record in records:
        by_head[heads[record.unit]].append(record)
        by_holders.setdefault(frozenset(record.holders), []).append(record)
    return {
        unit.ref: standing(
            unit,
            _offered(unit, by_head[unit.head], by_holders.get(unit.holding.everybody, ())),
            closing=closings[unit.ref],
            rule=rule,
            plan_hash=plan_hash,
            died_on=died_on,
            with_late=with_late,
        )
        for unit in roll.units
    }


def _offered(unit: RollUnit, of_head: Iterable[Record], of_owners: Iterable[Record]) -> list[Record]:
    """The records that a unit is weighed by: its own, those for other flats of its head, those of its very owners."""
    own = {r.number: r for r in of_head if r.unit == unit.ref or _speaks_for(r, unit)}
    if unit.capacity is Capacity.OWNER:
        own |= {record.number: record for record in of_owners}
    return list(own.values())


def _speaks_for(record: Record, unit: RollUnit) -> bool:
    return all(unit.holding.has(holder) for holder in record.holders)


def answers_of(standing_by_unit: Mapping[str, Standing]) -> dict[str, Answer]:
    """The answers to be tallied: those of units that have one."""
    return {ref: stands.answer.answer for ref, stands in standing_by_unit.items() if stands.answer.answer is not None}


def to_reconfirm(earlier: Mapping[str, Collection[Record]]) -> frozenset[str]:
    """The units that must confirm again under a new plan version: all that had said anything on the earlier one.

    Their records stay as they are, bound to the old hash, and count no more.
    """
    return frozenset(ref for ref, records in earlier.items() if records)

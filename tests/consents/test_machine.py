"""A random course of a collection: what the rules make of it, against a plain model that knows none of them.

The machine answers, withdraws, hands in paper, gives and uses mandates, sells flats, lets people die and come back as
heirs, blocks and disputes. The model keeps, for each person on each flat, what she said last, and counts by hand with
fractions. After every step both must agree: who has answered what, the numbers of heads and area, passed or not.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from fractions import Fraction

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from hearing.consents.rules import (
    RULES,
    Agent,
    Answer,
    AnswerSet,
    Base,
    Blocked,
    Capacity,
    ConflictRule,
    Holder,
    Holding,
    HoldingForm,
    Invalid,
    Mandate,
    MandateHappening,
    MandateStep,
    Method,
    Record,
    Roll,
    RollUnit,
    ThresholdRule,
    answers_of,
    may_accept_mandate,
    may_give_mandate,
    may_use_mandate,
    sole,
    standings,
    tally,
)
from hearing.notices.rules import beijing_day, end_of_day
from hearing.refusal import Refused

SCALE = int(os.environ.get("HEARING_TORTURE_SCALE", "1"))
RUNS, STEPS = (500, 50) if SCALE > 1 else (25, 25)
PLAN, OLD_PLAN = "a" * 64, "b" * 64
OPENED = end_of_day(date(2026, 11, 1)) + timedelta(hours=2)
CLOSES = end_of_day(date(2026, 11, 20))
CAP = 2
AGENTS = ("agent/1", "agent/2")
SAID = (Answer.AGREE, Answer.OPPOSE, Answer.ABSTAIN)

flats = st.integers(0, 7)
persons = st.integers(0, 2)
answers = st.sampled_from([*SAID, Answer.AGREE, None])


@dataclass
class Flat:
    """What the model knows of one flat: nothing but people, their parts of it, and what each said last."""

    area: int
    people: dict[str, Fraction]
    """Each holder's part; all of them 1 where they hold it jointly."""
    by_shares: bool = False
    blocked: bool = False
    owner_key: str = ""
    said: dict[str, list[tuple[tuple[object, ...], Answer | None]]] = field(default_factory=dict)

    def answer(self) -> Answer | None:
        """The flat's one answer, worked out by hand."""
        if self.blocked:
            return None
        last = {who: max(words)[-1] if words else None for who, words in self.said.items() if who in self.people}
        spoken = {who: said for who, said in last.items() if said is not None}
        if self.by_shares:
            for said in SAID:
                if sum((self.people[who] for who in spoken if spoken[who] is said), Fraction(0)) >= Fraction(2, 3):
                    return said
            return None
        return (
            next(iter(spoken.values())) if len(spoken) == len(self.people) and len(set(spoken.values())) == 1 else None
        )


class Course(RuleBasedStateMachine):
    """Eight flats: four with one owner, one couple, one in thirds, two of one buyer."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[Record] = []
        self.mandates: list[Mandate] = []
        self.now = OPENED
        self.died: dict[str, date] = {}
        self.disputed: set[int] = set()
        self.fresh = 0

    @initialize(
        conflict=st.sampled_from(list(ConflictRule)),
        preset=st.sampled_from(sorted(RULES)),
        areas=st.lists(st.sampled_from([5820, 4680, 5000, 2500]), min_size=8, max_size=8),
    )
    def open(self, conflict: ConflictRule, preset: str, areas: list[int]) -> None:
        """The roll is frozen, the rule and what wins between phone and paper are fixed."""
        self.conflict = conflict
        self.rule_: ThresholdRule = next(each for key, each in RULES.items() if key == preset)
        third = dict.fromkeys(("h5a", "h5b", "h5c"), Fraction(1, 3))
        self.model = [
            *(Flat(areas[n], {f"h{n}": Fraction(1)}) for n in range(4)),
            Flat(areas[4], {"h4a": Fraction(1), "h4b": Fraction(1)}),
            Flat(areas[5], third, by_shares=True),
            *(Flat(areas[n], {"both": Fraction(1)}, owner_key="both") for n in (6, 7)),
        ]

    # ---- what the rules are told

    def roll(self) -> Roll:
        """The roll as the rules see it."""
        return Roll(tuple(self._unit(n) for n in range(len(self.model))))

    def _unit(self, n: int) -> RollUnit:
        flat = self.model[n]
        if flat.by_shares:
            weights = tuple(Holder(who, int(part * 3)) for who, part in flat.people.items())
            holding = Holding(HoldingForm.SHARES, weights, whole=3)
        elif len(flat.people) > 1:
            holding = Holding(HoldingForm.JOINT, tuple(Holder(who) for who in flat.people))
        else:
            holding = sole(next(iter(flat.people)))
        blocked = Blocked.OWNERSHIP_DISPUTE if flat.blocked else None
        return RollUnit(f"u{n}", flat.area, Capacity.OWNER, holding, str(n), flat.owner_key, blocked)

    def _record(
        self, n: int, who: tuple[str, ...], said: Answer | None, method: Method, signed: date, received: datetime
    ) -> None:
        number = len(self.records) + 1
        self.records.append(Record(number, f"u{n}", who, said, method, signed, received, PLAN))
        electronic = method in (Method.PHONE, Method.TABLET, Method.MANDATE_PHONE)
        first = (electronic, signed) if self.conflict is ConflictRule.PHONE_FIRST else (signed, electronic)
        if received > CLOSES or any(holder in self.died and signed > self.died[holder] for holder in who):
            return
        for flat in self._flats_of(n):
            for holder in who:
                flat.said.setdefault(holder, []).append(((*first, received, number), said))

    def _flats_of(self, n: int) -> list[Flat]:
        """One buyer answers for all of his flats at once."""
        key = self.model[n].owner_key
        return [flat for flat in self.model if key and flat.owner_key == key] or [self.model[n]]

    def _who(self, n: int, person: int) -> str:
        people = list(self.model[n].people)
        return people[person % len(people)]

    # ---- what happens

    @rule(hours=st.integers(1, 40))
    def time_passes(self, hours: int) -> None:
        """The clock goes on, up to a day after the close."""
        self.now = min(self.now + timedelta(hours=hours), CLOSES + timedelta(days=1))

    @precondition(lambda self: self.now < CLOSES)
    @rule(n=flats, person=persons, said=answers)
    def answers_on_her_phone(self, n: int, person: int, said: Answer | None) -> None:
        """A holder answers, or takes it back."""
        who = self._who(n, person)
        if who in self.died or self.model[n].blocked:
            return
        self._record(n, (who,), said, Method.PHONE, beijing_day(self.now), self.now)

    @rule(n=flats, person=persons, said=answers, before=st.integers(0, 5), delay=st.integers(0, 60))
    def hands_in_paper(self, n: int, person: int, said: Answer | None, before: int, delay: int) -> None:
        """A slip dated some days ago; it may come too late, or bear a dead hand."""
        who = self._who(n, person)
        received = self.now + timedelta(hours=delay)
        signed = max(beijing_day(self.now) - timedelta(days=before), beijing_day(OPENED))
        self._record(n, (who,), said, Method.PAPER, signed, received)

    @precondition(lambda self: self.now < CLOSES)
    @rule(n=st.just(4), said=st.sampled_from(SAID))
    def couple_signs_one_paper(self, n: int, said: Answer) -> None:
        """Both sign the same slip."""
        who = tuple(self.model[n].people)
        if not self.model[n].blocked:
            self._record(n, who, said, Method.PAPER, beijing_day(self.now), self.now)

    @precondition(lambda self: self.now < CLOSES)
    @rule(
        n=flats, person=persons, agent=st.sampled_from(AGENTS), said=st.sampled_from([*SAID, None]), old=st.booleans()
    )
    def gives_a_mandate(self, n: int, person: int, agent: str, said: Answer | None, old: bool) -> None:
        """A holder gives a mandate, and the agent accepts at once; the model says whether that may be."""
        who, today = self._who(n, person), beijing_day(self.now)
        plan = OLD_PLAN if old and person == 2 else PLAN
        offer = Mandate(f"u{n}", (who,), agent, plan, said, today, today + timedelta(days=6))
        units = {each.unit for each in self.mandates if each.agent == agent and self._stands(each)}
        bound = {each.holders[0] for each in self.mandates if self._stands(each)}
        allowed = (
            said is not None
            and plan == PLAN
            and not self.model[n].blocked
            and who not in bound
            and len(units | {f"u{n}"}) <= CAP
        )
        unit = self._unit(n)

        def give_and_accept() -> None:
            may_give_mandate(
                unit,
                offer,
                agent=Agent(agent),
                offered=AnswerSet.PLAIN,
                plan_hash=PLAN,
                bound=bound,
                agent_units=units,
                cap=CAP,
                today=today,
            )
            may_accept_mandate(offer, agent=agent, agent_units=units, cap=CAP, today=today)

        assert _is_let(give_and_accept) is allowed
        if not allowed:
            return
        self.mandates.append(self._then(offer, MandateStep.ACCEPTED))

    def _stands(self, mandate: Mandate) -> bool:
        today = beijing_day(self.now)
        over = any(each.step is not MandateStep.ACCEPTED for each in mandate.events)
        return not over and today <= mandate.valid_until

    def _then(self, mandate: Mandate, step: MandateStep) -> Mandate:
        return replace(mandate, events=(*mandate.events, MandateHappening(step, beijing_day(self.now))))

    @precondition(lambda self: self.mandates and self.now < CLOSES)
    @rule(which=st.integers(0, 99), said=st.sampled_from(SAID))
    def agent_answers(self, which: int, said: Answer) -> None:
        """An agent answers on her phone: as instructed, or not at all."""
        mandate = self.mandates[which % len(self.mandates)]
        n, today = int(mandate.unit[1:]), beijing_day(self.now)
        flat = self.model[n]
        ended = [each.on for each in mandate.events if each.step is not MandateStep.ACCEPTED]
        deaths = (MandateStep.PRINCIPAL_DIED, MandateStep.AGENT_DIED)
        died = [each.on for each in mandate.events if each.step in deaths]
        over = any(today > day for day in died) or (bool(ended) and not died)
        allowed = (
            set(mandate.holders) <= set(flat.people)
            and not flat.blocked
            and today <= mandate.valid_until
            and not over
            and said is mandate.instruction
        )
        terms = {"unit": self._unit(n), "plan_hash": PLAN, "signed_on": today, "spoke": ()}
        assert _is_let(lambda: may_use_mandate(mandate, said, **terms)) is allowed  # type: ignore[arg-type]
        if not allowed:
            return
        self._record(n, mandate.holders, said, Method.MANDATE_PHONE, today, self.now)

    @precondition(lambda self: self.mandates)
    @rule(which=st.integers(0, 99))
    def takes_a_mandate_back(self, which: int) -> None:
        """The principal revokes; what the agent said stands."""
        place = which % len(self.mandates)
        if self._stands(self.mandates[place]):
            self.mandates[place] = self._then(self.mandates[place], MandateStep.REVOKED)

    @rule(n=flats)
    def ownership_is_disputed(self, n: int) -> None:
        """The flat is blocked, or free again."""
        self.model[n].blocked = not self.model[n].blocked

    @precondition(lambda self: self.now < CLOSES)
    @rule(n=st.integers(0, 3), before=st.integers(0, 3))
    def dies(self, n: int, before: int) -> None:
        """A sole owner died some days ago; what is dated later falls, and the flat waits."""
        flat = self.model[n]
        who = next(iter(flat.people))
        if who in self.died or flat.owner_key:
            return
        day = beijing_day(self.now) - timedelta(days=before)
        self.died[who] = day
        flat.blocked = True
        signed = {record.number: record.signed_on for record in self.records}
        flat.said[who] = [word for word in flat.said.get(who, []) if signed[self._number(word)] <= day]
        self.mandates = [
            self._then(each, MandateStep.PRINCIPAL_DIED) if who in each.holders and self._stands(each) else each
            for each in self.mandates
        ]

    @staticmethod
    def _number(word: tuple[tuple[object, ...], Answer | None]) -> int:
        number = word[0][-1]
        assert isinstance(number, int)
        return number

    @precondition(lambda self: self.now < CLOSES)
    @rule(n=st.integers(0, 6), heirs=st.integers(1, 2))
    def changes_hands(self, n: int, heirs: int) -> None:
        """A flat is sold, or inherited by one or two: whoever held it before says nothing for it any more."""
        flat = self.model[n]
        if flat.by_shares:
            return
        self.fresh += 1
        new = {f"new{self.fresh}/{each}": Fraction(1) for each in range(heirs)}
        old = set(flat.people)
        flat.people, flat.owner_key, flat.blocked = new, "", False
        self.mandates = [
            self._then(each, MandateStep.HANDS_CHANGED) if each.unit == f"u{n}" and self._stands(each) else each
            for each in self.mandates
        ]
        assert not old & set(new)

    @precondition(lambda self: self.records)
    @rule(which=st.integers(0, 99), away=st.booleans())
    def a_signature_is_denied(self, which: int, away: bool) -> None:
        """Somebody says that it is not hers: it counts no more, for a while or for good."""
        place = which % len(self.records)
        record = self.records[place]
        why = Invalid.NOT_SIGNED_BY_THEM if away else None
        self.records[place] = replace(record, disputed=not away, invalid=why)
        for flat in self.model:
            for words in flat.said.values():
                words[:] = [word for word in words if self._number(word) != record.number]

    # ---- what must hold

    @invariant()
    def the_rules_say_what_the_model_says(self) -> None:
        """Unit by unit, and in the count."""
        if not hasattr(self, "model"):
            return
        roll = self.roll()
        standing = standings(
            roll,
            self.records,
            closings=dict.fromkeys((unit.ref for unit in roll.units), CLOSES),
            rule=self.conflict,
            plan_hash=PLAN,
            died_on=self.died,
        )
        expected = {f"u{n}": said for n, flat in enumerate(self.model) if (said := flat.answer()) is not None}
        assert answers_of(standing) == expected
        self._compare(roll, expected)

    def _compare(self, roll: Roll, expected: dict[str, Answer]) -> None:
        heads: dict[str, list[int]] = {}
        for n, flat in enumerate(self.model):
            heads.setdefault(flat.owner_key or f"u{n}", []).append(n)
        whole = Fraction(len(heads)), Fraction(sum(flat.area for flat in self.model))
        counted = dict.fromkeys(SAID, (Fraction(0), Fraction(0)))
        for members in heads.values():
            said = {expected[f"u{n}"] for n in members if f"u{n}" in expected}
            if len(said) == 1:
                area = sum(self.model[n].area for n in members if not self.model[n].blocked)
                one, before = said.pop(), counted
                counted = before | {one: (before[one][0] + 1, before[one][1] + area)}
        yes, part = counted[Answer.AGREE], tuple(sum(pair) for pair in zip(*counted.values(), strict=True))
        result = tally(roll, expected, self.rule_)
        for got, wanted in ((result.yes, yes), (result.part, part), (result.all, whole)):
            assert (Fraction(got.heads), Fraction(got.area_centi)) == wanted
        assert result.passed is _passes(self.rule_, yes, part, whole)


def _is_let(act: Callable[[], None]) -> bool:
    try:
        act()
    except Refused:
        return False
    return True


def _passes(
    rule: ThresholdRule, yes: tuple[Fraction, ...], part: tuple[Fraction, ...], whole: tuple[Fraction, ...]
) -> bool:
    """The lines by division, as a neighbour would check them with a pencil."""
    measures = range(2 if rule.counts_area else 1)
    if rule.turnout is not None:
        line = Fraction(rule.turnout.numerator, rule.turnout.denominator)
        if any(not whole[m] or part[m] / whole[m] < line for m in measures):
            return False
    of = whole if rule.agreement_of is Base.ALL else part
    line = Fraction(rule.agreement.numerator, rule.agreement.denominator)
    over = [(yes[m] / of[m] > line) if rule.agreement.strict else (yes[m] / of[m] >= line) for m in measures if of[m]]
    return len(over) == len(measures) and all(over)


TestCourse = Course.TestCase
TestCourse.settings = settings(
    max_examples=RUNS, stateful_step_count=STEPS, deadline=None, suppress_health_check=list(HealthCheck)
)

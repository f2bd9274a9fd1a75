"""A random course of a meeting: what the rules make of it, against a plain model that knows none of them.

The machine announces, postpones, lets people come and go, opens, adjourns, polls, ends, confirms, answers and closes.
The model keeps sets of people and counts by hand with fractions. After every step both must agree: where the meeting
stands, whether it may begin, whether a poll may be taken.
"""

import os
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from hearing.meetings.rules import (
    TEMPLATES,
    Answered,
    Disposition,
    Kind,
    Move,
    Outcome,
    SignInMethod,
    State,
    check_delegates,
    check_hour,
    check_lack,
    check_quorum,
    comes_late,
    has_quorum,
    may_ask,
    may_close,
    may_come_and_go,
    may_open_poll,
    may_set_new_date,
    may_sign_in,
    next_state,
    sign_up_closes,
)
from hearing.people.rules import Role
from hearing.refusal import Refused

SCALE = int(os.environ.get("HEARING_TORTURE_SCALE", "1"))
RUNS, STEPS = (400, 60) if SCALE > 1 else (40, 40)
START = datetime(2026, 11, 20, 2, tzinfo=UTC)
CLERK = Role.COMMITTEE_CLERK

AFTER_NOTICE = {"noticed", "registering"}
GOES: dict[str, dict[str, str]] = {
    "draft": {"post_notice": "noticed", "cancel": "cancelled"},
    "noticed": {"open": "in_session", "postpone": "postponed", "lack": "postponed", "cancel": "cancelled"},
    "registering": {"open": "in_session", "postpone": "postponed", "lack": "postponed", "cancel": "cancelled"},
    "postponed": {"new_date": "noticed", "cancel": "cancelled"},
    "in_session": {"adjourn": "adjourned", "end": "minutes_draft"},
    "adjourned": {"resume": "in_session", "end": "minutes_draft"},
    "minutes_draft": {"confirm": "minutes_confirmed"},
}
"""The plain model: from where to where, for every kind of meeting."""
MOVES = {
    "post_notice": Move.POST_NOTICE,
    "open_sign_up": Move.OPEN_SIGN_UP,
    "open": Move.OPEN,
    "postpone": Move.POSTPONE,
    "lack": Move.LACK_QUORUM,
    "new_date": Move.SET_NEW_DATE,
    "adjourn": Move.ADJOURN,
    "resume": Move.RESUME,
    "end": Move.END,
    "confirm": Move.CONFIRM_MINUTES,
    "begin_answering": Move.BEGIN_ANSWERING,
    "close": Move.CLOSE,
    "cancel": Move.CANCEL,
}


class Course(RuleBasedStateMachine):
    """One meeting of some kind with some delegates."""

    @initialize(kind=st.sampled_from(list(Kind)), named=st.integers(0, 21))
    def plan(self, kind: Kind, named: int) -> None:
        """A draft, with so many people who will be named."""
        self.kind, self.named = kind, named
        self.state, self.model = State.DRAFT, "draft"
        self.now, self.starts = START, START + timedelta(days=8)
        self.came: set[int] = set()
        self.away: set[int] = set()
        self.open_groups = self.ungrouped = 0

    # ---- the model

    @property
    def inside(self) -> int:
        """How many are in the room, by hand."""
        return len(self.came - self.away)

    @property
    def enough(self) -> bool:
        """Two thirds, as a fraction."""
        return self.named > 0 and Fraction(self.inside, self.named) >= Fraction(2, 3)

    def leads(self, step: str) -> str | None:
        """Where the model says that a step leads; None where it leads nowhere."""
        answers = self.kind is not Kind.COORDINATION
        signs_up = self.kind in (Kind.HEARING, Kind.REVIEW)
        if step == "open_sign_up":
            return "registering" if signs_up and self.model == "noticed" else None
        if step == "begin_answering":
            return "answering" if answers and self.model == "minutes_confirmed" else None
        if step == "close":
            return "closed" if self.model == ("answering" if answers else "minutes_confirmed") else None
        if step == "open" and signs_up and self.model != "registering":
            return None
        return GOES.get(self.model, {}).get(step)

    def wanting(self, step: str) -> bool:
        """Whether the model lets a step wait for people, hours or answers."""
        early = self.now < self.starts - timedelta(hours=1)
        least = {Kind.HEARING: 7, Kind.COORDINATION: 1, Kind.REVIEW: 3, Kind.JOINT: 3}[self.kind]
        if step == "open":
            return early or not self.enough or self.named < least
        if step == "resume":
            return not self.enough
        if step == "lack":
            return self.enough
        if step == "close":
            return self.kind is not Kind.COORDINATION and bool(self.open_groups or self.ungrouped)
        if step == "begin_answering":
            return bool(self.ungrouped)
        return False

    # ---- what happens

    @rule(step=st.sampled_from(sorted(MOVES)), reason=st.sampled_from(["台风", ""]))
    def steps(self, step: str, reason: str) -> None:
        """Somebody of the committee tries a step, with or without a reason."""
        wanted = self.leads(step)
        if step in {"postpone", "adjourn", "cancel"} and not reason:
            wanted = None
        if wanted is not None and self.wanting(step):
            wanted = None
        try:
            to = next_state(self.state, MOVES[step], role=CLERK, reason=reason, kind=self.kind)
            self._guard(step)
        except Refused:
            assert wanted is None, (step, self.model)
            return
        assert wanted == to.value, (step, self.model, to)
        self.state, self.model = to, wanted
        if step == "new_date":
            self.starts, self.came, self.away = self.now + timedelta(days=3), set(), set()
        if step == "begin_answering":
            self.open_groups = 2

    def _guard(self, step: str) -> None:
        """What an action asks of the law beside the state."""
        if step == "open":
            check_hour(self.starts, self.now)
            check_delegates(self.named, self.kind)
            check_quorum(self.inside, self.named)
        if step == "resume":
            check_quorum(self.inside, self.named)
        if step == "lack":
            check_lack(self.inside, self.named)
        if step == "new_date":
            may_set_new_date(self.now, self.now + timedelta(days=3))
        if step == "close" and TEMPLATES[self.kind].answers:
            groups = [Answered()] * self.open_groups + [Answered(Disposition.ADOPTED)]
            may_close(groups, ungrouped=self.ungrouped, outcome=Outcome.PLAN)
        if step == "begin_answering" and self.ungrouped:
            may_close([], ungrouped=self.ungrouped, outcome=Outcome.PLAN)

    @rule(hours=st.integers(1, 100))
    def time_passes(self, hours: int) -> None:
        """The clock goes on."""
        self.now += timedelta(hours=hours)

    @rule(who=st.integers(0, 20))
    def signs_in(self, who: int) -> None:
        """Somebody signs in, once a date."""
        known = who < self.named
        may = known and self.model in {*AFTER_NOTICE, "in_session", "adjourned"} and who not in self.came
        may = may and self.now >= self.starts - timedelta(hours=1)
        try:
            may_sign_in(self.state, SignInMethod.PHONE, role=Role.RESIDENT, is_delegate=known)
            check_hour(self.starts, self.now)
            done = who not in self.came
        except Refused:
            done = False
        assert done is may
        if done:
            self.came.add(who)

    @rule(who=st.integers(0, 20), leaves=st.booleans())
    def comes_and_goes(self, who: int, leaves: bool) -> None:
        """A delegate leaves, or is back."""
        here = self.model in {*AFTER_NOTICE, "in_session", "adjourned"} and who in self.came
        may = here and (who in self.away) is not leaves
        try:
            may_come_and_go(self.state, signed_in=who in self.came, away=who in self.away, leaves=leaves)
            done = True
        except Refused:
            done = False
        assert done is may
        if done:
            (self.away.add if leaves else self.away.discard)(who)

    @rule()
    def a_poll_is_tried(self) -> None:
        """The quorum is taken again before each poll."""
        try:
            may_open_poll(self.state, present=self.inside, named=self.named, running=False)
            opened = True
        except Refused:
            opened = False
        assert opened is (self.model == "in_session" and self.enough)

    @rule()
    def somebody_has_an_opinion(self) -> None:
        """Said in time it is the meeting's; said afterwards it is a late one, where opinions are answered."""
        in_time = self.model in {*AFTER_NOTICE, "postponed", "in_session", "adjourned"}
        late = self.kind is not Kind.COORDINATION and self.model in {"minutes_draft", "minutes_confirmed", "answering"}
        try:
            if comes_late(self.state, self.kind):
                taken = "late"
            else:
                may_ask(self.state, "话")
                taken = "in time"
        except Refused:
            taken = ""
        assert taken == ("in time" if in_time else "late" if late else "")
        if taken and self.kind is not Kind.COORDINATION:
            self.ungrouped += 1

    @rule()
    def the_desk_works(self) -> None:
        """Opinions are put into groups, groups are answered."""
        if self.ungrouped:
            self.ungrouped -= 1
        elif self.open_groups:
            self.open_groups -= 1

    # ---- what always holds

    @invariant()
    def they_agree(self) -> None:
        """The law and the model stand in the same place, and see the same quorum."""
        if hasattr(self, "model"):
            assert self.state.value == self.model
            assert has_quorum(self.inside, self.named) is self.enough
            assert sign_up_closes(self.starts) == self.starts - timedelta(days=1)


TestCourse = Course.TestCase
TestCourse.settings = settings(
    max_examples=RUNS, stateful_step_count=STEPS, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)

"""Papers and the tablet: handed out, read by two, counted, and nobody votes twice in whichever way."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from hearing import clock
from hearing.audit.ledger import entrust, keep, perform, perform_all
from hearing.audit.models import LogEntry
from hearing.ballots import actions, paper_queries, queries, rules
from hearing.ballots.box import box_of
from hearing.ballots.models import NamedBallot, PollMark, SealedBallot
from hearing.ballots.paper_models import BallotPaper, DeskCode, PaperReading, PollDesk
from hearing.ballots.rules import Counting, Kind, Limits, Mode, PaperBalance, PaperState, Reading, Refusal, Said, Void
from hearing.clock import now
from hearing.db import db
from hearing.people.rules import Refusal as PeopleRefusal
from hearing.refusal import Refused
from tests.ballots.stage import Stage, new_nonce, question, terms
from tests.cast import Cast
from tests.schema import door_open

CODE = rules.desk_code(4711)


def refused(act: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """What an act is refused with."""
    with pytest.raises(Refused) as error:
        act(*args, **kwargs)
    return error.value.refusal


class Window:
    """The window of one poll, as its tests use it."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    @property
    def id(self) -> int:
        return self.stage.poll_id

    def printed(self, sheets: int = 5) -> list[str]:
        """Print a batch; its numbers."""
        run = perform(actions.print_papers, self.stage.clerk, self.id, sheets).fact.run
        return paper_queries.papers_of(self.id, run)

    def voter(self, who: int) -> int:
        return self.stage.line(who).voter_id

    def hand(self, who: int, by: str = "clerk") -> None:
        """Note that a voter of a secret poll drew a paper."""
        entrust(actions.hand_out, self.stage.who(by), self.id, self.voter(who))

    def bind(self, who: int, code: str) -> None:
        """Hand a paper out under a name."""
        perform(actions.hand_out_by_name, self.stage.clerk, self.id, self.voter(who), code)

    def read(self, by: str, code: str, *codes: str, void: Void | None = None, seen: int = 0) -> Any:
        """One person's reading."""
        reading = Reading(void=void) if void else Reading(said=Said(codes))
        if self.stage.poll.is_secret:
            return entrust(actions.read_secretly, self.stage.who(by), self.id, code, reading, seen=seen)
        return perform(actions.read_by_name, self.stage.who(by), self.id, code, reading, seen=seen).fact

    def both(self, code: str, *codes: str, void: Void | None = None) -> Any:
        """Two people read the same."""
        self.read("clerk", code, *codes, void=void)
        return self.read("second_clerk", code, *codes, void=void, seen=1)

    @property
    def balance(self) -> PaperBalance:
        db.session.expire_all()
        found = paper_queries.balance(self.id)
        assert found is not None
        return found

    def state(self, code: str) -> PaperState:
        db.session.expire_all()
        found = paper_queries.paper(code)
        assert found is not None
        return found.stands

    def issue(self, who: int, code: str = CODE) -> str:
        """A one-time code for a voter."""
        if self.stage.poll.is_secret:
            entrust(actions.issue_secretly, self.stage.clerk, self.id, self.voter(who), code)
        else:
            perform(actions.issue_by_name, self.stage.clerk, self.id, self.voter(who), code)
        return code

    def cast(self, code: str, *codes: str) -> str:
        """A secret ballot at the tablet."""
        vote = actions.write_down(self.id, Said(codes), nonce=new_nonce(), phrase="")
        return entrust(actions.cast_secretly_at_desk, code, vote)


@pytest.fixture
def window(app: Flask, at_desk: object, cast: Cast) -> Window:
    """The window of a secret poll."""
    return Window(Stage(cast).open())


@pytest.fixture
def named(app: Flask, at_desk: object, cast: Cast) -> Window:
    """The window of a poll under names."""
    return Window(Stage(cast).open(terms(now(), mode=Mode.NAMED)))


def waiting(question: Callable[[list[int]], Any], window: Window) -> list[tuple[str, int]]:
    """What the work list finds at the place of a poll."""
    rows = db.session.execute(question([window.stage.cast.neighbourhood])).all()
    return [(row[0], row[3]) for row in rows]


def count(table: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def entries() -> int:
    return count(LogEntry)


@contextmanager
def after(span: timedelta) -> Iterator[None]:
    with clock.standing_at(now() + span):
        yield


# ---- the whole way


def test_a_secret_paper_becomes_a_ballot_that_its_voter_finds_by_her_stub(window: Window) -> None:
    codes = window.printed(5)
    window.hand(1)
    before = entries()
    assert window.read("clerk", codes[2], "01", "03") is PaperState.READ
    assert window.read("second_clerk", codes[2], "01", "03", seen=1) is PaperState.ENTERED
    assert entries() == before, "neither handing out nor reading is in the trail"
    stub = rules.stub_words(box_of(window.id, room=0, check="").stub(codes[2]))
    assert window.balance == PaperBalance(printed=5, handed=1, entered=1)
    window.stage.cast_secretly(2, "03")
    election = window.stage.finish()
    assert sorted(each.choices for each in election.said) == [("01", "03"), ("03",)]
    lines = b"".join(queries.reveal(window.stage.poll)).decode()
    assert lines.count(stub) == 1
    told = db.session.scalars(select(LogEntry).where(LogEntry.subject == window.stage.poll.subject)).all()
    kinds = [entry.kind for entry in sorted(told, key=lambda entry: entry.idx)][-5:]
    assert kinds == ["ballot", "ballot", "paper.balanced", "poll.closed", "poll.tallied"]


def test_a_named_paper_is_her_latest_ballot_and_her_phone_waits_meanwhile(named: Window) -> None:
    codes = named.printed()
    named.stage.cast_by_name(1, "01")
    named.bind(1, codes[0])
    assert refused(named.stage.cast_by_name, 1, "02", seen=1) is Refusal.PAPER_OUT
    assert refused(named.bind, 1, codes[1]) is Refusal.PAPER_OUT
    assert refused(named.bind, 2, codes[0]) is Refusal.PAPER_HANDED
    named.read("clerk", codes[0], "02")
    fact = named.read("second_clerk", codes[0], "02", seen=1)
    assert (fact.kind, fact.turn) == ("poll.voted", 2)
    assert named.stage.line(1).ballot == Said(("02",))
    named.stage.cast_by_name(1, "03", seen=2)
    assert named.stage.line(1).ballot == Said(("03",)), "on the phone again, once the paper is in"
    assert count(PollMark) == 1
    assert named.balance.waiting == 0


def test_a_named_paper_that_nobody_was_handed_is_not_read(named: Window) -> None:
    codes = named.printed()
    named.bind(1, codes[0])
    assert refused(named.read, "clerk", codes[1], "01") is Refusal.PAPER_NOT_HANDED
    assert count(PaperReading) == 0


def test_each_mode_has_its_own_way(window: Window, cast: Cast) -> None:
    code = window.printed()[0]
    secret, clerk = window.id, window.stage.clerk
    voter = window.voter(1)
    assert refused(window.bind, 1, code) is Refusal.NOT_PAPER_WAY
    by_name = Window(Stage(cast).open(question(now())))
    paper = by_name.printed()[0]
    blank = Reading(void=Void.BLANK)
    for act, args in (
        (actions.hand_out, (by_name.id, by_name.voter(1))),
        (actions.exchange, (by_name.id, paper)),
        (actions.issue_secretly, (by_name.id, by_name.voter(1), CODE)),
    ):
        assert refused(entrust, act, clerk, *args) is Refusal.NOT_PAPER_WAY
    assert refused(entrust, actions.read_secretly, clerk, by_name.id, paper, blank, seen=0) is Refusal.NOT_PAPER_WAY
    assert refused(perform, actions.read_by_name, clerk, secret, code, blank, seen=0) is Refusal.NOT_PAPER_WAY
    assert refused(perform, actions.issue_by_name, clerk, secret, voter, CODE) is Refusal.NOT_PAPER_WAY
    assert refused(perform, actions.exchange_by_name, clerk, secret, code, paper) is Refusal.NOT_PAPER_WAY


# ---- one row in every channel


def test_whoever_has_voted_on_a_phone_gets_no_paper(window: Window) -> None:
    window.printed()
    window.stage.cast_secretly(1, "01")
    assert refused(window.hand, 1) is Refusal.HAS_VOTED_OR_PAPER
    assert refused(window.issue, 1) is Refusal.HAS_VOTED_OR_PAPER
    assert window.balance.handed == 0


def test_whoever_got_a_paper_votes_on_no_phone_and_gets_no_second(window: Window) -> None:
    window.printed()
    window.hand(1)
    assert refused(window.stage.cast_secretly, 1, "01") is Refusal.VOTED_ALREADY
    assert refused(window.hand, 1) is Refusal.HAS_VOTED_OR_PAPER
    assert (count(SealedBallot), window.balance.handed) == (0, 1)


@pytest.mark.parametrize("turn", range(4))
def test_paper_and_phone_at_once_one_of_both_wins(app: Flask, cast: Cast, turn: int) -> None:
    with app.app_context():
        window = Window(Stage(cast).open())
        window.printed()
        voter = window.voter(1)
    start, outcomes = threading.Barrier(3), []

    def way(act: Callable[[Stage], Any]) -> None:
        with app.app_context():
            stage = Stage(cast, window.id)
            start.wait()
            try:
                act(stage)
                outcomes.append("in")
            except Refused as refusal:
                outcomes.append(str(refusal.refusal))

    ways: list[Callable[[Stage], Any]] = [
        lambda stage: stage.cast_secretly(1, "01"),
        lambda stage: entrust(actions.hand_out, stage.clerk, stage.poll_id, voter),
        lambda stage: entrust(actions.hand_out, stage.who("director"), stage.poll_id, voter),
    ]
    threads = [threading.Thread(target=way, args=(act,)) for act in ways[turn % 3 :] + ways[: turn % 3]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(outcomes) <= {"in", "voted_already", "has_voted_or_paper"}
    assert outcomes.count("in") == 1
    with app.app_context():
        assert count(PollMark) == 1
        assert count(SealedBallot) + window.balance.handed == 1


def test_a_code_is_used_once_whoever_is_quick(app: Flask, cast: Cast) -> None:
    with app.app_context():
        window = Window(Stage(cast).open())
        window.issue(1)
    start, outcomes = threading.Barrier(4), []

    def way() -> None:
        with app.app_context():
            start.wait()
            try:
                window.cast(CODE, "01")
                outcomes.append("in")
            except Refused as refusal:
                outcomes.append(str(refusal.refusal))

    threads = [threading.Thread(target=way) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [*["desk_code_over"] * 3, "in"]
    with app.app_context():
        assert (count(PollMark), count(SealedBallot), count(DeskCode)) == (1, 1, 0)


# ---- printing and handing out


def test_papers_are_printed_while_a_poll_is_open_and_not_too_many(window: Window, cast: Cast) -> None:
    assert window.printed(100) and len(set(window.printed(100))) == 100
    for sheets in (0, -1, 101):
        assert refused(window.printed, sheets) is Refusal.TOO_MANY_SHEETS
    with window.stage.over():
        assert refused(window.printed) is Refusal.POLL_OVER
    assert refused(Window(Stage(cast).draft()).printed) is Refusal.POLL_ELSEWHERE
    window.stage.close()
    assert refused(window.printed) is Refusal.POLL_ELSEWHERE
    assert [run.number for run in paper_queries.runs(window.id)] == [2, 1]


def test_no_more_papers_are_handed_out_than_were_printed(window: Window) -> None:
    assert refused(window.hand, 1) is Refusal.NO_PAPERS_LEFT
    window.printed(1)
    window.hand(1)
    assert refused(window.hand, 2) is Refusal.NO_PAPERS_LEFT
    assert count(PollMark) == 1, "who got no paper has not voted"


def test_papers_are_handed_out_to_the_roll_while_ballots_are_taken(window: Window, cast: Cast) -> None:
    window.printed()
    clerk, voter = window.stage.clerk, window.voter(1)
    assert refused(entrust, actions.hand_out, clerk, window.id, 987654) is Refusal.NO_VOTER
    later = Window(Stage(cast).open(terms(now() + timedelta(hours=2), closes=now() + timedelta(days=2))))
    later.printed()
    assert refused(later.hand, 1) is Refusal.POLL_NOT_OPEN
    with window.stage.over():
        assert refused(entrust, actions.hand_out, clerk, window.id, voter) is Refusal.POLL_OVER


def test_only_the_committee_of_the_place_works_at_the_window(window: Window, cast: Cast) -> None:
    code = window.printed()[0]
    voter, stranger = window.voter(1), window.stage.who(cast.foreign_clerk)
    for by in (stranger, window.stage.who(1), window.stage.who("auditor")):
        for act, args in (
            (actions.hand_out, (voter,)),
            (actions.exchange, (code,)),
            (actions.issue_secretly, (voter, CODE)),
        ):
            assert refused(entrust, act, by, window.id, *args) is PeopleRefusal.NOT_YOUR_SEAT
        assert refused(perform, actions.print_papers, by, window.id, 1) is PeopleRefusal.NOT_YOUR_SEAT
        assert refused(perform, actions.declare_unreturned, by, window.id, 0) is PeopleRefusal.NOT_YOUR_SEAT
    assert refused(entrust, actions.hand_out, window.stage.clerk, 987654, voter) is Refusal.POLL_ELSEWHERE


def test_a_spoiled_paper_is_exchanged_once_and_can_only_be_void(window: Window) -> None:
    codes = window.printed(3)
    window.hand(1)
    clerk = window.stage.clerk
    entrust(actions.exchange, clerk, window.id, codes[0])
    assert window.balance == PaperBalance(printed=3, handed=2)
    assert refused(entrust, actions.exchange, clerk, window.id, codes[0]) is Refusal.PAPER_EXCHANGED
    assert refused(window.read, "clerk", codes[0], "01") is Refusal.PAPER_EXCHANGED
    assert refused(window.read, "clerk", codes[0], void=Void.BLANK) is Refusal.PAPER_EXCHANGED
    assert window.both(codes[0], void=Void.EXCHANGED) is PaperState.VOID
    assert window.both(codes[1], "01") is PaperState.ENTERED
    assert window.balance == PaperBalance(printed=3, handed=2, entered=1, void=1)
    assert refused(entrust, actions.exchange, clerk, window.id, codes[0]) is Refusal.PAPER_VOID
    assert refused(entrust, actions.exchange, clerk, window.id, codes[1]) is Refusal.PAPER_ENTERED


def test_a_named_paper_is_exchanged_for_another_of_the_same_voter(named: Window) -> None:
    codes = named.printed(3)
    clerk = named.stage.clerk
    act = actions.exchange_by_name
    assert refused(perform, act, clerk, named.id, codes[0], codes[1]) is Refusal.PAPER_NOT_HANDED
    named.bind(1, codes[0])
    perform(act, clerk, named.id, codes[0], codes[1])
    named.both(codes[0], void=Void.EXCHANGED)
    named.both(codes[1], "03")
    assert named.stage.line(1).ballot == Said(("03",))
    assert named.balance == PaperBalance(printed=3, handed=2, entered=1, void=1)


# ---- reading


def test_unequal_readings_go_to_a_third_who_decides(window: Window) -> None:
    code = window.printed()[0]
    window.hand(1)
    window.read("clerk", code, "01")
    assert window.read("second_clerk", code, "02", seen=1) is PaperState.DIFFERS
    assert refused(window.read, "clerk", code, "01", seen=2) is Refusal.READ_BY_YOU
    assert refused(window.read, "second_clerk", code, "01", seen=2) is Refusal.READ_BY_YOU
    assert count(SealedBallot) == 0
    assert window.read("third_clerk", code, "02", "03", seen=2) is PaperState.ENTERED
    assert window.stage.finish().said == (Said(("02", "03")),)


def test_one_person_does_not_read_a_paper_twice(window: Window) -> None:
    code = window.printed()[0]
    window.hand(1)
    window.read("clerk", code, "01")
    assert refused(window.read, "clerk", code, "01", seen=1) is Refusal.READ_BY_YOU
    assert refused(window.read, "director", code, "01") is Refusal.READ_MEANWHILE
    assert window.state(code) is PaperState.READ


def test_the_same_pile_twice_counts_once(window: Window) -> None:
    codes = window.printed(3)
    for who in (1, 2, 3):
        window.hand(who)
    for code in codes:
        window.both(code, "01")
    for code in codes:
        assert refused(window.read, "third_clerk", code, "01") is Refusal.PAPER_ENTERED
    assert count(SealedBallot) == 3
    assert window.balance == PaperBalance(3, 3, 3)


def test_a_void_paper_needs_two_and_is_not_read_again(window: Window) -> None:
    codes = window.printed()
    window.hand(1)
    assert window.read("clerk", codes[0], void=Void.UNCLEAR) is PaperState.READ
    assert window.read("second_clerk", codes[0], void=Void.UNCLEAR, seen=1) is PaperState.VOID
    assert refused(window.read, "third_clerk", codes[0], "01", seen=2) is Refusal.PAPER_VOID
    assert paper_queries.by_state(window.id)[1] == {Void.UNCLEAR: 1}
    assert count(SealedBallot) == 0


def test_more_papers_than_were_handed_out_are_not_counted(window: Window) -> None:
    codes = window.printed()
    window.hand(1)
    window.both(codes[0], "01")
    assert refused(window.read, "clerk", codes[1], "02") is Refusal.MORE_THAN_HANDED
    assert (window.state(codes[1]), count(SealedBallot)) == (PaperState.OUT, 1)


def test_the_database_itself_keeps_the_count(window: Window) -> None:
    window.printed(2)
    window.hand(1)
    for values in ({"handed": 3}, {"entered": 2}, {"voided": 1, "unreturned": 1}):
        with pytest.raises(IntegrityError), door_open():
            db.session.execute(update(PollDesk).values(values))
        db.session.rollback()


@pytest.mark.parametrize(
    ("codes", "why"),
    [
        (("01", "02", "A-4"), Refusal.OVER_BUDGET),
        (("99",), Refusal.UNKNOWN_PROJECT),
        (("01", "01"), Refusal.PROJECT_TWICE),
        (("03",), Refusal.PROJECT_WITHDRAWN),
        ((), Refusal.NOTHING_CHOSEN),
        (("NaN",), Refusal.UNKNOWN_PROJECT),
    ],
)
def test_a_paper_says_no_more_than_a_phone_may(
    app: Flask, at_desk: object, cast: Cast, codes: tuple[str, ...], why: Refusal
) -> None:
    given = terms(now(), kind=Kind.KNAPSACK, limits=Limits(1, 0), counting=Counting.GREEDY)
    window = Window(Stage(cast).open(given))
    code = window.printed()[0]
    window.hand(1)
    perform(actions.withdraw_project, window.stage.clerk, window.stage.poll, "03", "场地没了")
    assert refused(window.read, "clerk", code, *codes) is why
    assert (window.state(code), count(PaperReading)) == (PaperState.OUT, 0)


def test_a_paper_of_which_something_was_withdrawn_counts_with_the_rest(app: Flask, at_desk: object, cast: Cast) -> None:
    """It named two when two was the least. A phone's ballot that did so before the withdrawal counts too."""
    window = Window(Stage(cast).open(terms(now(), limits=Limits(2, 3))))
    early = window.printed()[0]
    window.hand(1)
    assert refused(window.read, "clerk", early, "01") is Refusal.TOO_FEW
    perform(actions.withdraw_project, window.stage.clerk, window.stage.poll, "03", "场地没了")
    assert window.both(early, "01") is PaperState.ENTERED
    with clock.standing_at(now() + timedelta(minutes=1)):
        late = window.printed()[0]
        window.hand(2)
        assert refused(window.read, "clerk", late, "01") is Refusal.TOO_FEW, "it was printed without it"
        assert window.both(late, "01", "02") is PaperState.ENTERED
    assert window.stage.finish().record["voters"] == 2  # type: ignore[index]


def test_a_paper_that_is_not_of_this_poll(window: Window, cast: Cast) -> None:
    other = Window(Stage(cast).open(terms(now(), title="另一次")))
    foreign = other.printed()[0]
    window.printed()
    with pytest.raises(Refused) as error:
        window.read("clerk", foreign, "01")
    assert (error.value.refusal, error.value.details["title"]) == (Refusal.PAPER_OF_OTHER_POLL, "另一次")
    assert refused(window.read, "clerk", rules.paper_code(12345), "01") is Refusal.NO_SUCH_PAPER
    assert refused(window.read, "clerk", "12345", "01") is Refusal.PAPER_MISTYPED


def test_papers_are_read_from_the_opening_until_the_poll_is_closed(window: Window, cast: Cast) -> None:
    codes = window.printed()
    window.hand(1)
    with window.stage.over():
        assert window.both(codes[0], "01") is PaperState.ENTERED, "it came in time and is read later"
    window.stage.close()
    assert refused(window.read, "clerk", codes[1], "01") is Refusal.POLL_ELSEWHERE
    later = Window(Stage(cast).open(terms(now() + timedelta(hours=2), closes=now() + timedelta(days=2))))
    assert refused(later.read, "clerk", later.printed()[0], "01") is Refusal.POLL_NOT_OPEN


# ---- the close


def test_the_close_waits_until_every_paper_has_its_fate(window: Window) -> None:
    codes = window.printed(4)
    for who in (1, 2, 3):
        window.hand(who)
    window.both(codes[0], "01")
    clerk = window.stage.clerk
    assert refused(perform, actions.declare_unreturned, clerk, window.id, 2) is Refusal.POLL_STILL_OPEN
    with window.stage.over():
        actions.due_steps()
        assert window.stage.poll.state == rules.State.OPEN
        assert refused(perform_all, actions.close, window.id) is Refusal.POLL_STILL_OPEN
        assert waiting(paper_queries.unaccounted, window) == [("unreturned", 2)]
        window.read("clerk", codes[1], "03")
        assert refused(perform, actions.declare_unreturned, clerk, window.id, 2) is Refusal.PAPERS_IN_HAND
        window.read("second_clerk", codes[1], "03", seen=1)
        assert refused(perform, actions.declare_unreturned, clerk, window.id, 2) is Refusal.WRONG_NUMBER_MISSING
        perform(actions.declare_unreturned, clerk, window.id, 1)
        assert window.balance == PaperBalance(4, 3, 2, 0, 1)
        assert refused(window.both, codes[2], "01") is Refusal.MORE_THAN_HANDED, "what was declared is over"
        assert refused(perform, actions.declare_unreturned, clerk, window.id, 0) is Refusal.NOTHING_MISSING
        actions.due_steps()
    assert window.stage.poll.state == rules.State.TALLIED
    told = db.session.scalars(select(LogEntry).where(LogEntry.kind == "paper.balanced")).one()
    assert b'"unreturned":1' in told.body
    assert refused(perform, actions.declare_unreturned, clerk, window.id, 0) is Refusal.POLL_ELSEWHERE


def test_a_poll_without_papers_closes_as_ever_and_says_nothing_of_them(window: Window) -> None:
    window.stage.cast_secretly(1, "01")
    window.stage.finish()
    assert not db.session.scalars(select(LogEntry).where(LogEntry.kind.startswith("paper."))).all()
    assert paper_queries.balance(window.id) is None
    assert count(PollDesk) == 0


def test_papers_that_nobody_was_handed_delay_nothing(window: Window) -> None:
    window.printed(10)
    window.stage.finish()
    assert window.stage.poll.state == rules.State.TALLIED


def test_who_has_a_named_paper_stays_on_the_roll(named: Window) -> None:
    named.bind(1, named.printed()[0])
    unit = named.stage.cast.units[0]
    assert (
        refused(
            perform,
            actions.ask_amendment,
            named.stage.clerk,
            named.stage.poll,
            unit,
            adds=False,
            reason="登记错了",
        )
        is Refusal.HAS_VOTED
    )


# ---- the tablet


def test_a_code_votes_once_for_its_voter_and_leaves_nothing(window: Window) -> None:
    before = entries()
    window.issue(1)
    c = window.cast(CODE, "01")
    assert queries.is_cast(window.stage.poll, c)
    assert refused(window.cast, CODE, "02") is Refusal.DESK_CODE_OVER
    assert (count(DeskCode), count(PollMark), entries()) == (0, 1, before)
    assert refused(window.stage.cast_secretly, 1, "02") is Refusal.VOTED_ALREADY
    assert window.stage.line(1).marked
    window.stage.finish()
    told = db.session.scalars(select(LogEntry).where(LogEntry.kind == "paper.balanced")).one()
    assert b'"codes":1' in told.body


def test_a_new_code_voids_the_one_before(window: Window) -> None:
    window.issue(1)
    second = window.issue(1, rules.desk_code(99))
    assert refused(window.cast, CODE, "01") is Refusal.DESK_CODE_OVER
    window.cast(second, "01")


def test_a_code_lives_a_quarter_of_an_hour(window: Window) -> None:
    window.issue(1)
    with after(timedelta(minutes=15, seconds=1)):
        assert paper_queries.at_tablet(CODE) is None
        assert refused(window.cast, CODE, "01") is Refusal.DESK_CODE_OVER
        actions.due_steps()
        assert count(DeskCode) == 0
    with after(timedelta(minutes=14)):
        window.issue(2)
    assert keep(actions.forget_codes) == 0


def test_a_paper_voids_a_code_and_a_code_is_of_one_poll(window: Window, cast: Cast) -> None:
    other = Window(Stage(cast).open(terms(now(), title="另一次")))
    other.issue(1)
    vote = actions.write_down(window.id, Said(("01",)), nonce=new_nonce(), phrase="")
    assert refused(entrust, actions.cast_secretly_at_desk, CODE, vote) is Refusal.DESK_CODE_OVER
    other.printed()
    other.hand(1)
    assert refused(other.cast, CODE, "01") is Refusal.DESK_CODE_OVER


def test_a_bad_ballot_at_the_tablet_does_not_spend_the_code(window: Window) -> None:
    window.issue(1)
    assert refused(window.cast, CODE, "99") is Refusal.UNKNOWN_PROJECT
    window.cast(CODE, "01")


def test_a_code_is_given_to_the_roll_while_ballots_are_taken(window: Window) -> None:
    clerk, voter = window.stage.clerk, window.voter(1)
    assert refused(entrust, actions.issue_secretly, clerk, window.id, 987654, CODE) is Refusal.NO_VOTER
    with window.stage.over():
        assert refused(entrust, actions.issue_secretly, clerk, window.id, voter, CODE) is Refusal.POLL_OVER


def test_a_named_ballot_at_the_tablet_is_hers_and_tells_who_helped(named: Window) -> None:
    named.stage.cast_by_name(1, "01")
    named.issue(1)
    act = actions.cast_by_name_at_desk
    done = perform(act, CODE, named.id, Said(("03",)), seen=1)
    assert (done.fact.turn, done.fact.actor.ref) == (2, named.stage.clerk.account.ref)
    assert refused(perform, act, CODE, named.id, Said(("01",)), seen=2) is Refusal.DESK_CODE_OVER
    assert count(NamedBallot) == 2
    assert db.session.scalars(select(LogEntry.kind).where(LogEntry.kind == "code.issued")).one()
    named.bind(1, named.printed()[0])
    assert refused(named.issue, 1) is Refusal.PAPER_OUT


# ---- papers under names that get lost


def lose(window: Window, who: int, code: str, by: str = "clerk") -> Any:
    """Declare the paper of a voter lost."""
    return perform(actions.declare_lost, window.stage.who(by), window.id, window.voter(who), code).fact


def test_a_lost_paper_frees_the_phone_and_counts_as_unreturned(named: Window) -> None:
    code, other, *_ = named.printed()
    named.bind(1, code)
    assert refused(named.stage.cast_by_name, 1, "01") is Refusal.PAPER_OUT
    said = lose(named, 1, code)
    assert said.households == (named.stage.cast.units[0],) and "code" not in said.pub()
    assert named.balance == PaperBalance(5, 1, 0, 0, 1)
    named.stage.cast_by_name(1, "01")
    assert refused(named.read, "clerk", code, "02") is Refusal.PAPER_LOST
    assert refused(lose, named, 1, code) is Refusal.PAPER_LOST
    exchange = actions.exchange_by_name
    assert refused(perform, exchange, named.stage.clerk, named.id, code, other) is Refusal.PAPER_LOST
    assert refused(named.bind, 2, code) is Refusal.PAPER_LOST
    with named.stage.over():
        assert [done.fact.kind for done in perform_all(actions.close, named.id)][-2:] == [
            "paper.balanced",
            "poll.closed",
        ]


def test_a_lost_paper_is_replaced_by_a_new_one_and_void_if_it_turns_up(named: Window) -> None:
    code, other, *_ = named.printed()
    named.bind(1, code)
    late = actions.void_late
    assert refused(perform, late, named.stage.clerk, named.id, code) is Refusal.PAPER_NOT_LOST
    lose(named, 1, code)
    named.bind(1, other)
    assert paper_queries.standing(named.stage.poll, named.voter(1)).paper == other  # type: ignore[union-attr]
    named.both(other, "03")
    said = perform(late, named.stage.clerk, named.id, code).fact
    assert said.kind == "paper.turned_up"
    assert named.balance == PaperBalance(5, 2, 1, 1, 0) and named.balance.holds
    assert named.state(code) is PaperState.VOID
    assert paper_queries.by_state(named.id)[1] == {Void.LATE: 1}
    assert refused(named.read, "clerk", code, "02") is Refusal.PAPER_VOID
    assert refused(perform, late, named.stage.clerk, named.id, code) is Refusal.PAPER_NOT_LOST
    assert count(NamedBallot) == 1


def test_only_ones_own_paper_that_is_still_out_is_lost(named: Window) -> None:
    code, other, spare, *_ = named.printed()
    named.bind(1, code)
    named.bind(2, other)
    assert refused(lose, named, 1, other) is Refusal.PAPER_NOT_HANDED
    assert refused(lose, named, 1, spare) is Refusal.PAPER_NOT_HANDED
    assert refused(lose, named, 1, code, "block_officer") is PeopleRefusal.NOT_YOUR_SEAT
    named.read("clerk", code, "01")
    assert refused(lose, named, 1, code) is Refusal.PAPER_CAME_BACK
    named.read("second_clerk", code, "01", seen=1)
    assert refused(lose, named, 1, code) is Refusal.PAPER_ENTERED
    lose(named, 2, other)
    with named.stage.over():
        assert refused(perform, actions.declare_unreturned, named.stage.clerk, named.id, 1) is Refusal.NOTHING_MISSING
        named.stage.finish()
        assert refused(lose, named, 2, other) is Refusal.POLL_ELSEWHERE


def test_what_was_declared_lost_is_not_declared_missing_again(named: Window) -> None:
    code, other, *_ = named.printed()
    named.bind(1, code)
    named.bind(2, other)
    lose(named, 1, code)
    act, clerk = actions.declare_unreturned, named.stage.clerk
    with named.stage.over():
        assert refused(perform, act, clerk, named.id, 2) is Refusal.WRONG_NUMBER_MISSING
        perform(act, clerk, named.id, 1)
        assert named.balance == PaperBalance(5, 2, 0, 0, 2) and named.balance.holds


def test_after_an_exchange_the_paper_in_her_hands_is_the_one_that_is_lost(named: Window) -> None:
    codes = sorted(named.printed())
    spoiled, fresh = codes[-1], codes[0]
    named.bind(1, spoiled)
    perform(actions.exchange_by_name, named.stage.clerk, named.id, spoiled, fresh)
    assert paper_queries.standing(named.stage.poll, named.voter(1)).paper == fresh  # type: ignore[union-attr]
    lose(named, 1, fresh)
    assert refused(named.stage.cast_by_name, 1, "01") is Refusal.PAPER_OUT, "the spoiled one is still to be read"
    named.both(spoiled, void=Void.EXCHANGED)
    named.stage.cast_by_name(1, "01")
    assert named.balance == PaperBalance(5, 2, 0, 1, 1)


def test_a_secret_paper_is_nobodys_to_lose(window: Window) -> None:
    code = window.printed()[0]
    window.hand(1)
    assert refused(lose, window, 1, code) is Refusal.NOT_PAPER_WAY
    assert refused(perform, actions.void_late, window.stage.clerk, window.id, code) is Refusal.NOT_PAPER_WAY


# ---- the desk's reads


def test_the_desk_finds_a_line_by_door_or_name_and_sees_no_choice(window: Window, named: Window) -> None:
    poll = window.stage.poll
    assert [line.name for line in paper_queries.find(poll, "前楼")] == ["天津路426弄 二层前楼", "天津路426弄 三层前楼"]
    assert [line.name for line in paper_queries.find(poll, "二层 前楼")] == ["天津路426弄 二层前楼"]
    (line,) = paper_queries.find(poll, "郑龙根")
    assert not line.marked
    assert paper_queries.find(poll, "  ") == paper_queries.find(poll, "%") == []
    window.stage.cast_secretly(5, "01")
    assert paper_queries.find(poll, "郑龙根")[0].marked
    assert paper_queries.standing(poll, line.voter_id) == paper_queries.find(poll, "郑龙根")[0]
    assert paper_queries.standing(poll, 987654) is None


def test_the_work_list_names_what_is_half_read(window: Window) -> None:
    code = window.printed()[0]
    window.hand(1)
    assert waiting(paper_queries.half_read, window) == waiting(paper_queries.unaccounted, window) == []
    window.read("clerk", code, "01")
    assert waiting(paper_queries.half_read, window) == [("papers", 1)]
    assert db.session.execute(paper_queries.half_read([window.stage.cast.elsewhere])).all() == []


def test_readings_of_a_secret_paper_are_sealed_and_gone_when_it_is_decided(window: Window) -> None:
    codes = window.printed()
    window.hand(1)
    window.hand(2)
    window.read("clerk", codes[0], "01", "03")
    window.read("clerk", codes[1], "02")
    kept = db.session.scalars(select(PaperReading.said)).all()
    assert len({len(said) for said in kept}) == 1
    assert not any(b"choices" in said for said in kept)
    assert paper_queries.readings(window.stage.poll, codes[0]) == [Reading(said=Said(("01", "03")))]
    window.read("second_clerk", codes[0], "01", "03", seen=1)
    window.read("second_clerk", codes[1], "02", seen=1)
    assert set(db.session.scalars(select(PaperReading.said))) == {b""}
    assert count(PaperReading) == 4, "who read them stays"
    row = db.session.get(BallotPaper, codes[0])
    assert row is not None and row.voter_id is None


def test_readings_of_a_named_paper_are_gone_when_it_is_decided(named: Window) -> None:
    code = named.printed()[0]
    named.bind(1, code)
    named.read("clerk", code, "01")
    assert paper_queries.readings(named.stage.poll, code) == [Reading(said=Said(("01",)))]
    named.read("second_clerk", code, "02", seen=1)
    named.read("third_clerk", code, void=Void.UNCLEAR, seen=2)
    assert set(db.session.scalars(select(PaperReading.said))) == {b""}

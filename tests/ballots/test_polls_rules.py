"""The law of polls: what each ballot may say, numbers as people type them, the steps of a poll, orders by chance."""

from __future__ import annotations

import hashlib
import unicodedata
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearing.audit import canonical, tree
from hearing.ballots import rules
from hearing.ballots.rules import Counting, Kind, Limits, Option, Refusal, Said, State, Terms
from hearing.refusal import Refused

OPTIONS = [
    Option("01", "扶手", 28_000_00, "安全"),
    Option("02", "铁门", 42_000_00, "安全"),
    Option("03", "茶室", 15_000_00, "邻里"),
    Option("A-4", "花园", 60_000_00, "绿化"),
    Option("99", "撤回的", 1_00, "绿化", withdrawn=True),
]
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
DAY = timedelta(days=1)


def terms(kind: Kind, limits: Limits | None = None, **more: object) -> Terms:
    return Terms(kind, limits or Limits(), OPTIONS, 100_000_00, **more)  # type: ignore[arg-type]


def refused(terms: Terms, *codes: str, points: tuple[int, ...] = ()) -> Refusal | None:
    try:
        rules.check(terms, Said(codes, points))
    except Refused as refusal:
        return Refusal(refusal.refusal)
    return None


@pytest.mark.parametrize(
    ("given", "codes", "why"),
    [
        (terms(Kind.APPROVAL, Limits(2, 3)), ("01",), Refusal.TOO_FEW),
        (terms(Kind.APPROVAL, Limits(2, 3)), ("01", "02"), None),
        (terms(Kind.APPROVAL, Limits(2, 3)), ("01", "02", "03"), None),
        (terms(Kind.APPROVAL, Limits(2, 3)), ("01", "02", "03", "A-4"), Refusal.TOO_MANY),
        (terms(Kind.APPROVAL), (), Refusal.NOTHING_CHOSEN),
        (terms(Kind.APPROVAL), ("01", "02", "03", "A-4"), None),
        (terms(Kind.APPROVAL), ("01", "01"), Refusal.PROJECT_TWICE),
        (terms(Kind.APPROVAL), ("1",), Refusal.UNKNOWN_PROJECT),
        (terms(Kind.APPROVAL), ("99",), Refusal.PROJECT_WITHDRAWN),
        (terms(Kind.KNAPSACK), ("01", "02", "03"), None),
        (terms(Kind.KNAPSACK), ("02", "A-4"), Refusal.OVER_BUDGET),
        (terms(Kind.KNAPSACK, pots={"安全": 50_000_00, "邻里": 50_000_00}), ("01", "02"), Refusal.OVER_POT),
        (terms(Kind.CHOOSE, Limits(1, 1)), ("A-4",), None),
        (terms(Kind.CHOOSE, Limits(1, 1)), ("01", "A-4"), Refusal.TOO_MANY),
        (terms(Kind.RANKING, Limits(1, 3)), ("A-4", "01"), None),
        (terms(Kind.RANKING, Limits(1, 1)), ("A-4", "01"), Refusal.TOO_MANY),
        (Terms(Kind.YES_NO, Limits(1, 1), rules.answers()), ("abstain",), None),
        (Terms(Kind.YES_NO, Limits(1, 1), rules.answers()), ("yes", "no"), Refusal.TOO_MANY),
        (Terms(Kind.YES_NO, Limits(1, 1), rules.answers()), ("maybe",), Refusal.UNKNOWN_PROJECT),
    ],
)
def test_what_a_ballot_may_say(given: Terms, codes: tuple[str, ...], why: Refusal | None) -> None:
    assert refused(given, *codes) == why


def test_exactly_the_budget_fits() -> None:
    exact = Terms(Kind.KNAPSACK, Limits(), OPTIONS, 28_000_00 + 42_000_00)
    assert refused(exact, "01", "02") is None
    assert (
        refused(Terms(Kind.KNAPSACK, Limits(), OPTIONS, 28_000_00 + 42_000_00 - 1), "01", "02") is Refusal.OVER_BUDGET
    )


@pytest.mark.parametrize(
    ("codes", "points", "why"),
    [
        (("01", "02"), (6, 4), None),
        (("01",), (1,), None),
        (("01", "02"), (6, 5), Refusal.TOO_MANY_POINTS),
        (("01",), (7,), Refusal.TOO_MANY_POINTS_FOR_ONE),
        (("01",), (0,), Refusal.NOTHING_CHOSEN),
        (("01",), (-1,), Refusal.NOTHING_CHOSEN),
        (("01", "02"), (6,), Refusal.NOTHING_CHOSEN),
    ],
)
def test_points_are_spread(codes: tuple[str, ...], points: tuple[int, ...], why: Refusal | None) -> None:
    assert refused(terms(Kind.POINTS, Limits(1, 0, 10, 6)), *codes, points=points) == why


def test_points_stand_on_ballots_with_points_alone() -> None:
    assert refused(terms(Kind.APPROVAL), "01", points=(1,)) is Refusal.UNKNOWN_PROJECT


@pytest.mark.parametrize(
    ("typed", "number"), [("3", 3), (" 3 ", 3), ("３", 3), ("٣", None), ("", 0), ("007", 7), ("①", 1), ("0", 0)]
)
def test_numbers_as_people_type_them(typed: str, number: int | None) -> None:
    if number is None:
        with pytest.raises(Refused):
            rules.whole(typed, 100)
    else:
        assert rules.whole(typed, 100) == number


@pytest.mark.parametrize(
    "typed", ["NaN", "1e3", "-1", "+1", "2.5", "1,000", "inf", "0x1", "101", "9" * 400, "一", "1 2"]
)
def test_what_is_no_whole_number_gets_a_sentence(typed: str) -> None:
    with pytest.raises(Refused) as caught:
        rules.whole(typed, 100)
    assert caught.value.refusal is Refusal.NOT_A_NUMBER


@given(st.text(max_size=50))
def test_no_text_breaks_a_number(text: str) -> None:
    with suppress(Refused):
        assert 0 <= rules.whole(text, 500) <= 500


def test_a_form_is_read_by_its_kind() -> None:
    assert rules.read(Kind.APPROVAL, ["02", "01"], {}) == Said(("01", "02")), "the order of ticks tells nothing"
    assert rules.read(Kind.POINTS, [], {"02": "3", "01": "", "03": "0"}) == Said(("02",), (3,))
    assert rules.read(Kind.RANKING, ["01"], {"01": "2", "A-4": "１", "02": ""}) == Said(("A-4", "01"))
    for typed, why in (({"01": "1", "02": "3"}, Refusal.RANKS_WITH_GAPS), ({"01": "1", "02": "1"}, Refusal.RANK_TWICE)):
        with pytest.raises(Refused) as caught:
            rules.read(Kind.RANKING, [], typed)
        assert caught.value.refusal is why


@pytest.mark.parametrize(
    ("state", "moment", "why"),
    [
        (State.DRAFT, MONDAY, Refusal.POLL_NOT_OPEN),
        (State.OPEN, MONDAY - timedelta(milliseconds=1), Refusal.POLL_NOT_OPEN),
        (State.OPEN, MONDAY, None),
        (State.OPEN, MONDAY + DAY - timedelta(milliseconds=1), None),
        (State.OPEN, MONDAY + DAY, Refusal.POLL_OVER),
        (State.CLOSED, MONDAY, Refusal.POLL_OVER),
        (State.TALLIED, MONDAY, Refusal.POLL_OVER),
        (State.VOID, MONDAY, Refusal.POLL_VOID),
    ],
)
def test_when_a_ballot_may_be_cast(state: State, moment: datetime, why: Refusal | None) -> None:
    if why is None:
        rules.check_casting(state, opens=MONDAY, closes=MONDAY + DAY, now=moment)
        return
    with pytest.raises(Refused) as caught:
        rules.check_casting(state, opens=MONDAY, closes=MONDAY + DAY, now=moment)
    assert caught.value.refusal is why


@pytest.mark.parametrize(
    ("state", "later", "moment", "why"),
    [
        (State.OPEN, DAY * 2, timedelta(0), None),
        (State.OPEN, DAY, timedelta(0), Refusal.NOT_LATER),
        (State.OPEN, DAY * 2, DAY, Refusal.POLL_OVER),
        (State.OPEN, DAY * 61, timedelta(0), Refusal.WINDOW_TOO_LONG),
        (State.DRAFT, DAY * 2, timedelta(0), Refusal.POLL_NOT_OPEN),
        (State.CLOSED, DAY * 2, timedelta(0), Refusal.POLL_OVER),
    ],
)
def test_when_a_poll_may_be_extended(state: State, later: timedelta, moment: timedelta, why: Refusal | None) -> None:
    def check() -> None:
        rules.check_extension(state, opens=MONDAY, closes=MONDAY + DAY, later=MONDAY + later, now=MONDAY + moment)

    if why is None:
        check()
        return
    with pytest.raises(Refused) as caught:
        check()
    assert caught.value.refusal is why


def test_a_window_has_a_least_and_a_most() -> None:
    rules.check_window(MONDAY, MONDAY + timedelta(hours=1))
    rules.check_window(MONDAY, MONDAY + timedelta(days=60))
    for span in (timedelta(minutes=59), timedelta(days=60, seconds=1), timedelta(0), -DAY):
        with pytest.raises(Refused):
            rules.check_window(MONDAY, MONDAY + span)


@given(st.integers(0, 500))
def test_no_batch_is_small_and_none_is_left_small(waiting: int) -> None:
    out = rules.going_out(waiting)
    assert out == 0 or (out >= rules.LEAST_BATCH and waiting - out >= rules.LEAST_BATCH)
    assert out or waiting < 2 * rules.LEAST_BATCH


def test_the_rule_reads_back_as_it_was_written() -> None:
    rule = rules.RuleObject(
        kind=Kind.POINTS,
        limits=Limits(1, 3, 10, 6),
        counting=Counting.SHARES_ADD1,
        budget=100_000_00,
        mode="secret",
        per="household",
        lot=rules.seed_commitment("seed"),
        floor=3,
        comparison=True,
        pots={"绿化": 60_000_00, "安全": 40_000_00},
    )
    assert rules.read_rule(rule.text) == rule
    assert rule.hash == hashlib.sha256(rule.text.encode()).hexdigest()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({}, None),
        ({"counting": Counting.MAJORITY}, Refusal.RULE_DOES_NOT_FIT),
        ({"kind": Kind.YES_NO}, Refusal.RULE_DOES_NOT_FIT),
        ({"kind": Kind.YES_NO, "counting": Counting.MAJORITY}, None),
        ({"pots": {"安全": 1_00}}, Refusal.POTS_BEYOND_BUDGET),
        ({"pots": {"安全": 100_000_00}}, Refusal.NO_CATEGORY),
        ({"pots": {"安全": 50_000_00, "邻里": 20_000_00, "绿化": 30_000_00}}, None),
    ],
)
def test_a_rule_fits_its_ballots_and_projects(change: dict[str, object], why: Refusal | None) -> None:
    given: dict[str, object] = {
        "kind": Kind.APPROVAL,
        "limits": Limits(),
        "counting": Counting.SHARES,
        "budget": 100_000_00,
        "mode": "secret",
        "per": "household",
        "lot": "",
    }
    rule = rules.RuleObject(**(given | change))  # type: ignore[arg-type]
    if why is None:
        rules.check_rule(rule, OPTIONS)
        return
    with pytest.raises(Refused) as caught:
        rules.check_rule(rule, OPTIONS)
    assert caught.value.refusal is why


@pytest.mark.parametrize(
    ("change", "may"),
    [
        ({}, True),
        ({"floor": 3}, False),
        ({"counting": Counting.SHARES_ADD1}, False),
        ({"counting": Counting.SHARES_ADD1, "comparison": True}, True),
        ({"counting": Counting.SHARES_PLAIN}, False),
        ({"counting": Counting.GREEDY}, True),
        ({"counting": Counting.NO_SKIP}, True),
        ({"counting": Counting.THRESHOLD, "threshold": 1}, False),
        ({"counting": Counting.THRESHOLD}, True),
    ],
)
def test_what_a_rule_says_of_projects_without_votes_is_what_it_does(change: dict[str, Any], may: bool) -> None:
    """Beside 茶室, which two want and costs 100, nobody names 花园, which costs 100 too; there are 300."""
    rule = replace(REACH, budget=300_00, **change)
    options = [Option("1", "茶室", 100_00), Option("2", "花园", 100_00)]
    winners = rules.count(rule, options, [Said(("1",)), Said(("1",))], "a" * 64)["winners"]
    assert rules.may_fund_without_votes(rule) == may
    if not rule.comparison:  # A comparison takes the other outcome only where more voters prefer it, and here none do.
        assert ("2" in winners) == may


REACH = rules.RuleObject(Kind.APPROVAL, Limits(), Counting.SHARES, 100_000_00, "secret", "household", "")
POTS = {"安全": 50_000_00, "邻里": 15_000_00, "绿化": 35_000_00}


@pytest.mark.parametrize(
    ("change", "cost", "category", "why"),
    [
        ({}, 100_000_00, "", None),
        ({}, 100_000_01, "", Refusal.DEARER_THAN_BUDGET),
        ({"pots": POTS}, 35_000_00, "绿化", None),
        ({"pots": POTS}, 35_000_01, "绿化", Refusal.DEARER_THAN_POT),
        ({"pots": POTS}, 1_00, "停车", Refusal.NO_CATEGORY),
        ({"pots": POTS}, 1_00, "", Refusal.NO_CATEGORY),
        ({"kind": Kind.YES_NO, "counting": Counting.MAJORITY, "budget": 0}, 1_00, "", None),
    ],
)
def test_a_project_that_nothing_could_pay_is_out_of_reach(
    change: dict[str, Any], cost: int, category: str, why: Refusal | None
) -> None:
    given = [Option("1", "茶室", 1_00, "邻里"), Option("2", "花园", cost, category)]
    if why is None:
        rules.check_within_reach(replace(REACH, **change), given)
        return
    with pytest.raises(Refused) as caught:
        rules.check_within_reach(replace(REACH, **change), given)
    assert caught.value.refusal is why
    assert caught.value.details["title"] == "花园", "it is named"


def test_the_shown_order_is_the_same_for_everybody_and_another_with_each_seed() -> None:
    codes = [f"{number:02d}" for number in range(40)]
    first = rules.shown_order(codes, "a" * 64)
    assert first == rules.shown_order(reversed(codes), "a" * 64)
    assert sorted(first) == codes != first
    assert first != rules.shown_order(codes, "b" * 64)
    assert tuple(first) != rules.drawn_lot(codes, "a" * 64), "the shown order is not the lot"


def test_yes_and_no_are_counted_as_the_code_says() -> None:
    """More than half of those who take part; abstaining is taking part, half is no majority (domain.md, 4.3)."""

    def passed(yes: int, no: int, abstain: int) -> bool:
        said = [Said(("yes",))] * yes + [Said(("no",))] * no + [Said(("abstain",))] * abstain
        return bool(rules.count_answers(said)["passed"])

    assert passed(5, 4, 0) and not passed(4, 4, 0) and not passed(4, 3, 1) and passed(5, 3, 1)
    assert not passed(0, 0, 0)


def test_ranks_become_points_openly_and_withdrawn_projects_leave_no_gap() -> None:
    rule = rules.RuleObject(Kind.RANKING, Limits(1, 3), Counting.GREEDY, 100_000_00, "secret", "household", "")
    profile = rules.profile_of(rule, OPTIONS, [Said(("A-4", "99", "01"))])
    assert [project.id for project in profile.projects] == ["01", "02", "03", "A-4"]
    assert profile.scores == (2, 0, 0, 3)


def test_every_ballot_counts_also_one_whose_project_was_withdrawn() -> None:
    rule = rules.RuleObject(Kind.APPROVAL, Limits(), Counting.SHARES, 100_000_00, "secret", "household", "")
    record = rules.count(rule, OPTIONS, [Said(("99",)), Said(("01",)), Said(("01",))], "seed")
    assert record["voters"] == 3 and record["winners"][0] == "01"
    assert "99" not in {row["id"] for row in record["projects"]}


def test_pots_are_counted_apart() -> None:
    pots = {"安全": 50_000_00, "邻里": 20_000_00, "绿化": 30_000_00}
    rule = rules.RuleObject(Kind.APPROVAL, Limits(), Counting.GREEDY, 100_000_00, "secret", "household", "", pots=pots)
    record = rules.count(rule, OPTIONS, [Said(("02", "A-4")), Said(("01", "02", "03"))], "seed")
    assert set(record["winners"]) == {"02", "03"}, "the garden is dearer than its pot"
    assert record["cost"] == 57_000_00


def test_the_roots_are_those_of_the_tree_of_the_trail() -> None:
    words = [rules.word(hashlib.sha256(bytes([number])).digest()) for number in range(7)]
    leaves = [tree.leaf_hash(each.encode()) for each in sorted(words)]

    def whole(part: list[bytes]) -> bytes:
        if len(part) == 1:
            return part[0]
        split = 1 << ((len(part) - 1).bit_length() - 1)
        return tree.node_hash(whole(part[:split]), whole(part[split:]))

    assert rules.roll_root(reversed(words)) == rules.word(whole(leaves))
    assert rules.roll_root(words[:1]) == rules.word(tree.leaf_hash(words[0].encode()))


@pytest.mark.parametrize("text", ["", "A" * 42, "A" * 44, "A" * 42 + "+", "A" * 42 + "B", "é" * 43])
def test_a_word_has_one_spelling(text: str) -> None:
    assert rules.unword(text) is None
    assert rules.unword(rules.word(bytes(32))) == bytes(32)


@pytest.mark.parametrize(("code", "good"), [("01", True), ("A-3", True), ("a.b_c", True), ("", False), ("-1", False)])
def test_a_projects_code(code: str, good: bool) -> None:
    if good:
        rules.check_code(code)
        return
    with pytest.raises(Refused):
        rules.check_code(code)


def test_codes_are_ascii_and_short() -> None:
    for code in ("项目", "1 2", "a" * 13, "a/b", "１"):
        with pytest.raises(Refused):
            rules.check_code(code)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40))
def test_a_line_of_the_reveal_is_canonical(phrase: str) -> None:
    said = {"choices": ["01", "A-4"], "phrase": unicodedata.normalize("NFC", phrase)}
    c, nonce = rules.word(bytes(32)), rules.word(bytes([255]) * 32)
    line = rules.reveal_line(c, nonce, canonical.encode(said).decode())
    assert line == canonical.encode({"ballot": said, "c": c, "nonce": nonce}) + b"\n"

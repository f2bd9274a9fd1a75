"""What the outcome says to people: numbers equal the record's, reasons are true, and a page can be read."""

import re
from collections.abc import Callable
from fractions import Fraction
from html import unescape

import pytest
from flask import Flask, render_template
from hypothesis import given, settings
from hypothesis import strategies as st

from hearing.ballots import pabulib
from hearing.ballots.outcome import answers, outcome, outcomes, own_share
from hearing.ballots.outcome.figures import decimal, fen, percent, rounded
from hearing.ballots.rules import Kind
from hearing.ballots.tally import Completion, Method, Profile, Record, Rule, pots_record, tally
from tests import markup
from tests.ballots import elections as made
from tests.ballots.bundles import counted, elections, lot_of
from tests.ballots.elections import approvals, real, scored

Page = Callable[..., str]


def titles_of(profile: Profile) -> dict[str, str]:
    return {project.id: f"项目 {project.id}" for project in profile.projects}


def shares(profile: Profile, completion: Completion = Completion.ADD1U, **more: bool) -> Record:
    return tally(profile, Rule(Method.SHARES, completion, lot=lot_of(profile), **more))  # type: ignore[arg-type]


# Ten voters with 100 yuan each: six pay for a, and two of them have too little left for b.
LANE = approvals(
    {"a": 60_000, "b": 50_000, "c": 20_000, "d": 90_000, "e": 5_000},
    [("a,b", 3), ("a", 3), ("b,c", 1), ("c", 2), ("d", 1)],
    100_000,
    unit=100,
)


def test_figures_are_rounded_half_up_and_only_once() -> None:
    assert [rounded(Fraction(n, 4)) for n in (0, 1, 2, 3, 4, 6)] == [0, 0, 1, 1, 1, 2]
    assert [decimal(Fraction(n)) for n in ("2.675", "0.005", "1234.5", "7")] == ["2.68", "0.01", "1,234.50", "7"]
    assert (percent(1, 3), percent(0, 0), percent(5, 5)) == ("33.3", "0", "100")
    assert (fen("1001/2", 100), fen(7, 1)) == (501, 700)


def test_winners_are_told_with_round_and_effective_votes() -> None:
    record = shares(LANE, Completion.NONE)

    result = outcome(record, titles_of(LANE))

    first = result.funded[0]
    assert (first.title, first.fen, first.votes, first.effective) == ("项目 a", 60_000, 6, "6")
    assert (first.round, first.price_fen, first.payers, first.short) == (1, 10_000, 6, 0)
    assert (result.budget_fen, result.cost_fen, result.unspent_fen) == (100_000, 80_000, 20_000)
    assert (result.reached, result.reached_percent) == (9, "90")
    assert result.endowment is not None
    assert (result.endowment.first, result.endowment.last, result.endowment.grew) == ("100", "100", False)


def test_losers_are_told_on_whom_their_supporters_spent() -> None:
    """b has four supporters with 400 yuan; three of them paid for a, one for c: 33.34 are left of 66.67."""
    result = outcome(shares(LANE, Completion.NONE), titles_of(LANE))

    lost = {row.id: row for row in result.lost}
    assert lost["b"].reason == "too_little_support"
    assert lost["b"].had_fen == 40_000
    assert [(each.title, each.fen) for each in lost["b"].spent] == [("项目 a", 30_000), ("项目 c", 6_667)]
    assert lost["b"].left_fen == 3_333
    assert (lost["d"].reason, lost["d"].margin) == ("too_little_support", lost["d"].margin)
    assert (lost["e"].reason, lost["e"].votes) == ("no_support", 0)
    assert lost["d"].margin is not None and (lost["d"].margin.fen, lost["d"].margin.votes) == (10_000, 8)


@given(st.data())
@settings(max_examples=120, deadline=None)
def test_every_number_of_the_view_is_the_records(data: st.DataObject) -> None:
    _, profile = data.draw(elections())
    rule = Rule(
        data.draw(st.sampled_from(Method)),
        data.draw(st.sampled_from(Completion)),
        comparison=data.draw(st.booleans()),
        floor=data.draw(st.sampled_from([None, 3])),
        threshold=2,
        lot=lot_of(profile),
    )
    record = counted(profile, rule)

    result = outcome(record, titles_of(profile))

    assert [row.id for row in result.funded] == record["winners"]
    assert {row.id for row in result.funded} | {row.id for row in result.lost} == {
        project.id for project in profile.projects
    }
    assert sum(row.fen for row in result.funded) == result.cost_fen == record["cost"]
    assert result.unspent_fen == result.budget_fen - result.cost_fen
    for row in result.lost:
        if row.had_fen is not None and row.left_fen is not None:
            assert abs(sum(each.fen for each in row.spent) + row.left_fen - row.had_fen) <= len(row.spent) + 1
    assert result.widest >= max(bar.votes for bar in result.bars)
    assert all(bar.chosen == (place < len(result.funded)) for place, bar in enumerate(result.bars))


@given(st.data())
@settings(max_examples=120, deadline=None)
def test_what_all_ballots_paid_is_what_the_winners_cost(data: st.DataObject) -> None:
    """To a 分 for each ballot and project, for a page rounds; nobody pays more than the endowment."""
    _, profile = data.draw(elections())
    record = shares(profile)
    titles = titles_of(profile)
    by_shares = {each["project"]: each["cost"] for each in record["rounds"]}
    paid = dict.fromkeys(by_shares, 0)
    for ballot, number in profile.ballots.items():
        points = {profile.projects[p].id: given for p, given in ballot.pairs()}
        own = own_share(record, titles, points)
        assert own.endowment is not None
        assert abs(own.endowment - own.left - sum(each.fen for each in own.paid)) <= len(own.paid) + 1
        for each in own.paid:
            paid[each.id] += number * each.fen
    for id_, cost in by_shares.items():
        assert abs(paid[id_] - cost) <= profile.voters


def test_ones_own_share_says_what_it_paid_and_what_it_got() -> None:
    titles = titles_of(LANE)
    own = own_share(shares(LANE, Completion.NONE), titles, {"b": 1, "c": 1})

    assert (own.endowment, [(each.title, each.fen, each.all_left) for each in own.paid], own.left) == (
        10_000,
        [("项目 c", 6_667, False)],
        3_333,
    )
    assert (own.chosen, own.not_chosen) == (("项目 c",), ("项目 b",))
    plain = own_share(tally(LANE, Rule(Method.GREEDY, lot=lot_of(LANE))), titles, {"a": 1})
    assert (plain.endowment, plain.paid, plain.chosen) == (None, (), ("项目 a",))


def test_a_ballot_has_a_share_of_each_pot() -> None:
    """Two pots of 300 yuan and three voters: 100 yuan each in either."""
    parts = {"green": approvals({"a": 20_000}, [("a", 2), ("", 1)], 30_000, unit=100)}
    parts["grey"] = approvals({"b": 30_000, "c": 1_000}, [("b", 3)], 30_000, unit=100)
    pots = {name: shares(part, Completion.NONE) for name, part in parts.items()}

    own = own_share(pots_record(pots), {"a": "花架", "b": "路灯", "c": "长椅"}, {"a": 1, "b": 1, "c": 1})

    assert own.endowment == 20_000
    assert [(paid.title, paid.fen, paid.all_left) for paid in own.paid] == [
        ("花架", 10_000, True),
        ("路灯", 10_000, True),
    ]
    assert (own.left, own.chosen, own.not_chosen) == (0, ("花架", "路灯"), ("长椅",))


def test_the_greedy_outcome_that_was_preferred_is_told_as_such() -> None:
    profile = approvals({"big": 10_000, "small": 4_000}, [("big", 6), ("small", 4)], 10_000, unit=100)

    result = outcome(shares(profile, Completion.NONE, comparison=True), titles_of(profile))

    assert result.replaced
    assert [(row.title, row.reason, row.round) for row in result.funded] == [("项目 big", "greedy_instead", None)]
    assert [(row.title, row.reason, row.margin) for row in result.lost] == [("项目 small", "outvoted", None)]


def test_where_the_greedy_outcome_was_preferred_nobody_lost_to_what_was_not_funded() -> None:
    costs = {"big": 9_000, "small": 2_900, "same": 3_000, "alone": 1_200, "none": 500}
    profile = approvals(costs, [("big", 6), ("small,same", 3), ("alone", 1)], 10_000, unit=100)

    record = shares(profile, Completion.NONE, comparison=True)
    assert {row["id"]: row["reason"] for row in record["projects"]}["same"] == "money_spent"
    result = outcome(record, titles_of(profile))

    assert result.replaced and [row.title for row in result.funded] == ["项目 big", "项目 none"]
    assert [(row.title, row.reason, row.turn_left_fen, row.spent) for row in result.lost] == [
        ("项目 small", "outvoted", None, ()),
        ("项目 same", "over_budget", 1_000, ()),
        ("项目 alone", "over_budget", 1_000, ()),
    ]


def test_greedy_says_what_was_left_when_a_project_had_its_turn() -> None:
    profile = approvals({"a": 5_000, "b": 6_000, "c": 2_000}, [("a", 5), ("b", 4), ("c", 2)], 10_000, unit=100)
    result = outcome(tally(profile, Rule(Method.THRESHOLD, threshold=3, lot=lot_of(profile))), titles_of(profile))

    assert result.beside is None and result.endowment is None
    assert [(row.reason, row.turn_left_fen) for row in result.lost] == [
        ("over_budget", 5_000),
        ("below_threshold", 5_000),
    ]


def test_who_lost_by_lot_is_told_against_whom() -> None:
    profile = approvals({"a": 3_000, "b": 3_000}, [("a", 2), ("b", 2)], 5_000, unit=100)
    result = outcome(tally(profile, Rule(Method.GREEDY, lot=("b", "a"))), titles_of(profile))

    assert result.lost[0].lot_against == ("项目 b",)
    assert result.ties == (("项目 a", "项目 b"),)


def test_a_question_says_how_many_were_needed() -> None:
    lost = answers({"voters": 61, "counts": {"abstain": 9, "no": 22, "yes": 30}, "passed": False})
    won = answers({"voters": 61, "counts": {"yes": 31, "no": 22, "abstain": 8}, "passed": True})

    assert (lost.needed, lost.lacking, won.lacking) == (31, 1, 0)
    assert [(line.answer, line.votes, line.percent) for line in lost.lines] == [
        ("yes", 30, "49.2"),
        ("no", 22, "36.1"),
        ("abstain", 9, "14.8"),
    ]


# ---- The page.


@pytest.fixture(params=["zh", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def page(app: Flask, language: str) -> Page:
    """Renders the outcome of a record in one language, checks its markup, and gives its text."""

    def show(record: Record, titles: dict[str, str], **more: object) -> str:
        with app.test_request_context(headers={"Accept-Language": language}):
            html = render_template(
                "ballots/outcome.html",
                title="弄堂里的 5 万元",
                turnout="",
                back_url="/",
                back_words=None,
                pots=outcomes(record, titles) if "counts" not in record else [],
                answers=answers(record) if "counts" in record else None,
                **more,
            )
        assert markup.faults(html) == []
        assert "style=" not in html
        main = html[html.index("<main") : html.index("</main>")]
        return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", main)))

    return show


def test_a_page_says_it_all(page: Page, language: str) -> None:
    record = shares(LANE, Completion.NONE)
    said = page(record, titles_of(LANE), own=own_share(record, titles_of(LANE), {"b": 1, "c": 1}), secret=False)

    for figure in ("¥600.00", "¥800.00", "¥200.00", "¥400.00", "¥66.67", "¥33.33", "¥100.00"):
        assert figure in said, figure
    chinese = (
        "2 个项目入选，共 5 个",
        "9 人，占 90%",
        "第 1 轮入选：6 人一起出钱，每人最多 ¥100.00",
        "支持它的 4 人把份额全部拿出来，也只有 ¥400.00，不够 ¥500.00。",
        "没有人选它。",
        "再多 8 票，或者预算不超过 ¥100.00，就能入选。",
    )
    assert all(words in said for words in chinese) == (language == "zh")
    assert (re.search("[㐀-鿿]", re.sub(r"项目 .|弄堂里的 5 万元", "", said)) is None) == (language == "en"), said


def test_a_page_of_many_projects_folds_what_is_long(app: Flask) -> None:
    """Without JavaScript, and whoever searches the page finds what is folded: it is all there."""
    costs = {f"p{number:02d}": 10_000 + number for number in range(30)}
    profile = approvals(costs, [("p00,p01", 3), ("p02", 2)], 40_000, unit=100)
    titles = titles_of(profile)
    with app.test_request_context(headers={"Accept-Language": "zh"}):
        html = render_template(
            "ballots/outcome.html", title="", turnout="", back_url="/", pots=outcomes(shares(profile), titles)
        )
    shown = re.sub(r"(?s)<details.*?</details>", "", html)
    chosen = len(shares(profile)["winners"])
    assert shown.count('class="outcome-title"') == chosen + 8
    assert html.count('class="outcome-title"') == 30
    assert shown.count('class="bars-row"') == 12 + 2 and html.count('class="bars-row"') == 30 + 2
    assert "两种办法" in shown and "更喜欢按票数排的结果" in html and "更喜欢按票数排的结果" not in shown
    assert "有效票：一个项目的费用" in html and "有效票：一个项目的费用" not in shown


@pytest.mark.parametrize(
    ("method", "words"),
    [
        (Method.SHARES, "没有人选它。大家分着付完以后还有余钱"),
        (Method.GREEDY, "没有人选它。规则是按票数从高到低，钱够就入选，没有票也一样"),
    ],
)
def test_a_page_says_why_what_nobody_named_was_chosen(page: Page, language: str, method: Method, words: str) -> None:
    profile = approvals({"a": 60_000, "b": 30_000}, [("a", 3)], 100_000, unit=100)
    record = counted(profile, Rule(method, Completion.ADD1U, lot=lot_of(profile)))
    assert record["winners"] == ["a", "b"]
    assert (words in page(record, titles_of(profile))) == (language == "zh")


def test_a_page_of_a_question_says_it_all(page: Page, language: str) -> None:
    said = page({"voters": 61, "counts": {"yes": 30, "no": 22, "abstain": 9}, "passed": False}, {})

    assert "49.2%" in said and "61" in said
    assert ("还差 1 票。" in said) == (language == "zh")


@pytest.mark.parametrize("kind", [Kind.POINTS, Kind.RANKING])
def test_points_and_pots_have_a_page(page: Page, kind: Kind) -> None:
    profile = scored({"a": 60_000, "b": 30_000}, [({"a": 3, "b": 2}, 4), ({"b": 5}, 3)], 70_000, unit=100)
    said = page(shares(profile), titles_of(profile))
    assert "23" in said and "12" in said
    pots = pots_record({"绿化": shares(profile), "道路": shares(LANE)})
    said = page(pots, titles_of(profile) | titles_of(LANE))
    assert "绿化" in said and "道路" in said


@pytest.mark.parametrize("method", Method)
def test_real_elections_have_a_page_with_their_numbers(page: Page, method: Method) -> None:
    for path in real(made.WIELICZKA, made.ZURICH_POINTS, made.MERCED):
        profile = pabulib.read(path).profile
        rule = Rule(method, Completion.ADD1E, step=Fraction(20), lot=lot_of(profile))
        record = tally(profile, rule)

        said = page(record, titles_of(profile))

        result = outcome(record, titles_of(profile))
        assert len(result.funded) == len(record["winners"])
        for row in result.funded:
            assert f"¥{row.fen // 100:,}.{row.fen % 100:02d}" in said
            assert row.effective is None or row.effective in said
        for lost in result.lost:
            assert lost.left_fen is None or lost.reason == "too_little_support" or f"{lost.left_fen // 100:,}" in said

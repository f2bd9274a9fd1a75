"""recount.py, which a citizen runs on a published bundle: it agrees with the count, and with nothing else."""

import ast
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace as dataclass_replace
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearing.ballots import pabulib, recount
from hearing.ballots.rules import Kind
from hearing.ballots.tally import Completion, Method, Profile, Rule, Utility
from tests.ballots import elections as made
from tests.ballots.bundles import bundle, elections, lay_out, lot_of, recounted
from tests.ballots.elections import approvals, real


@st.composite
def rules(draw: st.DrawFn, profile: Profile) -> Rule:
    return Rule(
        draw(st.sampled_from(Method)),
        draw(st.sampled_from(Completion)),
        draw(st.sampled_from(Utility)),
        comparison=draw(st.booleans()),
        step=draw(st.sampled_from([None, Fraction(1, 2), Fraction(2)])),
        floor=draw(st.sampled_from([None, None, 3])),
        threshold=draw(st.integers(0, 3)),
        lot=lot_of(profile),
    )


@given(st.data())
@settings(max_examples=250, deadline=None)
def test_it_agrees_on_random_elections_full_of_ties(data: st.DataObject) -> None:
    kind, profile = data.draw(elections())
    rule = data.draw(rules(profile))
    pots = data.draw(st.sampled_from([None, None, {"grey": 700, "green": 450}]))
    with TemporaryDirectory() as folder:
        lay_out(Path(folder), bundle(profile, rule, kind, pots))
        assert recounted(Path(folder), "--margins") == recount.AGREES


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A bundle of four projects, three rounds and one that is not chosen."""
    profile = approvals(
        {"a": 6000, "b": 3000, "c": 3000, "d": 1500},
        [("a", 6), ("a,b", 1), ("b", 2), ("c", 1), ("d", 1), ("", 1)],
        12_000,
        unit=100,
    )
    return lay_out(tmp_path, bundle(profile, Rule(Method.SHARES, Completion.ADD1U, lot=("d", "c", "b", "a"))))


def replace(path: Path, old: str, new: str, times: int = 1) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, times), "utf-8")


def test_it_runs_alone_and_says_that_it_agrees(folder: Path) -> None:
    command = [sys.executable, "-I", "-S", "recount.py", "election.pb", "rule.json", "--expect", "tally.json"]

    done = subprocess.run([*command, "--margins"], cwd=folder, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "AGREES 一致"
    assert "12 ballots" in done.stdout and "winners 入选: a, b" in done.stdout


def test_it_is_python_3_9_and_the_standard_library() -> None:
    module = ast.parse(Path(recount.__file__).read_text("utf-8"), feature_version=(3, 9))

    imported = {node.module for node in ast.walk(module) if isinstance(node, ast.ImportFrom)}
    imported |= {alias.name for node in ast.walk(module) if isinstance(node, ast.Import) for alias in node.names}
    assert {str(name).partition(".")[0] for name in imported} <= sys.stdlib_module_names


CHANGES: dict[str, Callable[[Path], None]] = {
    "a vote is added to a ballot": lambda f: replace(f / "election.pb", ";c\n", ';"c,d"\n'),
    "a ballot is changed": lambda f: replace(f / "election.pb", ";d\n", ";c\n"),
    "a cost is changed": lambda f: replace(f / "election.pb", "d;15;", "d;16;"),
    "a blank ballot is left out": lambda f: replace(f / "rule.json", '"blank_ballots": 1', '"blank_ballots": 0'),
    "another completion": lambda f: replace(f / "rule.json", '"add1u"', '"add1e"'),
    "another winner": lambda f: replace(f / "tally.json", '"winners":["a"', '"winners":["c"'),
    "a round is told otherwise": lambda f: replace(f / "tally.json", '"payers":7', '"payers":8'),
    "a payment is told otherwise": lambda f: replace(f / "tally.json", '"supporters_left":"', '"supporters_left":"1'),
    "a number is told as text": lambda f: replace(f / "tally.json", '"voters":12', '"voters":"12"'),
    "something is left out": lambda f: replace(f / "tally.json", ',"voters":12', ""),
    "something is added": lambda f: replace(f / "tally.json", '"voters":12', '"voters":12,"mayor":"a"'),
    "nothing is said": lambda f: replace(f / "tally.json", (f / "tally.json").read_text("utf-8"), "[]"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_it_says_what_differs(change: Callable[[Path], None], folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(folder)

    assert recounted(folder) == recount.DIFFERS
    said = capsys.readouterr().out.splitlines()
    assert said[-1] == "DIFFERS 不一致"
    assert any("published 公布" in line for line in said)


def test_it_says_where_a_margin_is_not_true(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record = json.loads((folder / "tally.json").read_text("utf-8"))
    row = next(row for row in record["projects"] if row["id"] == "c")
    for margin, words in (
        ({"cost": row["margin"]["cost"] + 5}, "margin.cost: {cost} would not have been enough"),
        ({"cost": row["margin"]["cost"] - 5}, "margin.cost: {cost} is not the limit"),
        ({"votes": row["margin"]["votes"] - 1}, "margin.votes: {votes} would not have been enough"),
        ({"votes": row["margin"]["votes"] + 5}, "margin.votes: {votes} is not the limit"),
        ({"votes": "many"}, 'margin.votes: "many" would not have been enough'),
    ):
        said = json.loads(json.dumps(record))
        next(row for row in said["projects"] if row["id"] == "c")["margin"] |= margin
        (folder / "tally.json").write_text(json.dumps(said), "utf-8")
        assert recounted(folder) == recount.AGREES
        assert recounted(folder, "--margins") == recount.DIFFERS
        assert words.format(**margin) in capsys.readouterr().out


def test_a_tie_without_a_lot_has_no_outcome(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    profile = approvals({"a": 3000, "b": 3000}, [("a", 2), ("b", 2)], 5000, unit=100)
    lay_out(folder, bundle(profile, Rule(Method.GREEDY, lot=("b", "a"))))
    assert recounted(folder) == recount.AGREES
    terms = json.loads((folder / "rule.json").read_text("utf-8"))
    terms["rule"]["lot"] = None
    (folder / "rule.json").write_text(json.dumps(terms), "utf-8")

    assert recounted(folder) == recount.DIFFERS
    assert "a, b are equal, it matters, and the rule has no lot" in capsys.readouterr().out


BAD: dict[str, tuple[str, Callable[[Path], object], str]] = {
    "no such file": ("", lambda f: (f / "election.pb").unlink(), "No such file"),
    "no text": ("", lambda f: (f / "election.pb").write_bytes(b"\xff\xfe\x00"), "no UTF-8"),
    "no section": ("VOTES\n", lambda _: None, "line 23: 2 cells where PROJECTS has 5 columns"),
    "a cell too few": ("d;15;", lambda _: None, "line 21: 3 cells where PROJECTS has 5 columns"),
    "a voter twice": ("", lambda f: replace(f / "election.pb", "1-2;", "1-1;"), "voter '1-1' has voted already"),
    "an unknown project": ("", lambda f: replace(f / "election.pb", ";c\n", ";x\n"), "does not exist"),
    "a cost of nothing": ("", lambda f: replace(f / "election.pb", "d;15;", "d;0;"), "more than 0"),
    "a cost that is no number": ("", lambda f: replace(f / "election.pb", "d;15;", "d;1e3;"), "not a plain number"),
    "a cost too fine": ("", lambda f: replace(f / "election.pb", "d;15;", "d;1.005;"), "smaller than 1/100"),
    "a vote type": ("", lambda f: replace(f / "election.pb", "approval\n", "veto\n"), "vote_type is 'veto'"),
    "rule.json is no JSON": ("", lambda f: (f / "rule.json").write_bytes(b"{"), "is no JSON"),
    "rule.json is a list": ("", lambda f: (f / "rule.json").write_bytes(b"[]"), "no rule of the format"),
    "an unknown method": ("", lambda f: replace(f / "rule.json", '"mes"', '"fair"'), "does not know"),
    "a step of nothing": ("", lambda f: replace(f / "rule.json", '"step": null', '"step": "0"'), "does not know"),
    "a lot of other projects": (
        "",
        lambda f: replace(f / "rule.json", '"d",\n', '"e",\n'),
        "not an order of all projects",
    ),
    "tally.json is no JSON": ("", lambda f: (f / "tally.json").write_bytes(b"\xff"), "is no JSON"),
}


@pytest.mark.parametrize(("gone", "change", "words"), BAD.values(), ids=BAD)
def test_a_bad_file_is_refused_in_one_line(
    gone: str, change: Callable[[Path], object], words: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if gone:
        replace(folder / "election.pb", gone, "")
    change(folder)

    assert recounted(folder) == recount.UNREADABLE
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1


REAL = {
    made.WIELICZKA: Rule(Method.SHARES, Completion.ADD1, comparison=True),
    made.SWIECIE: Rule(Method.SHARES, Completion.ADD1U, floor=3, step=Fraction(10)),
    made.ASSEN: Rule(Method.SHARES, Completion.ADD1),
    made.WINTERTHUR: Rule(Method.SHARES, Completion.NONE),
    made.WAWER: Rule(Method.GREEDY),
    made.GDANSK: Rule(Method.SHARES, Completion.ADD1E, step=Fraction(10)),
    made.ZABRZE: Rule(Method.SHARES, Completion.ADD1U),
    made.ZURICH_POINTS: Rule(Method.SHARES, Completion.ADD1E, Utility.POINTS),
    made.ZURICH_RANKS: Rule(Method.SHARES, Completion.ADD1U),
    made.MERCED: Rule(Method.SHARES, Completion.ADD1U, comparison=True),
    made.CAMBRIDGE: Rule(Method.SHARES, Completion.ADD1U, step=Fraction(50)),
}


@pytest.mark.parametrize(("name", "rule"), REAL.items(), ids=REAL)
def test_real_elections_are_recounted_and_one_altered_ballot_is_seen(name: str, rule: Rule, tmp_path: Path) -> None:
    for path in real(name):
        election = pabulib.read(path)
        profile, kind = election.profile, kind_of(election.meta["vote_type"])
        ids = tuple(project.id for project in profile.projects)
        lay_out(tmp_path, bundle(profile, dataclass_replace(rule, lot=ids), kind))
        assert recounted(tmp_path) == recount.AGREES

        text = (tmp_path / "election.pb").read_text("utf-8")
        begin, _, votes = text.partition("VOTES\n")
        head, *rows = votes.splitlines(keepends=True)
        rows[0] = rows[0].split(";")[0] + altered(rows[0], ids, head)
        (tmp_path / "election.pb").write_text(begin + "VOTES\n" + head + "".join(rows), "utf-8")
        assert recounted(tmp_path) == recount.DIFFERS


def kind_of(vote_type: str) -> Kind:
    return {"ordinal": Kind.RANKING, "cumulative": Kind.POINTS}.get(vote_type, Kind.APPROVAL)


def altered(row: str, ids: tuple[str, ...], head: str) -> str:
    """Another ballot: the first project that the voter did not choose, alone."""
    chosen = row.rstrip("\n").split(";")[1].split(",")
    other = next((id_ for id_ in ids if id_ not in chosen), chosen[0])
    return f";{other}{';1' if 'points' in head else ''}\n"


def test_it_works_with_purses_and_not_with_ballots() -> None:
    """Of many different ballots few have different amounts left, so a large election costs few exact fractions."""
    costs = {f"p{number:02d}": 90 + 7 * number for number in range(14)}
    chosen = [frozenset(each) for size in (1, 2, 3, 4) for each in combinations(costs, size)]
    election = recount.Election(
        costs, dict.fromkeys(costs, ""), [(dict.fromkeys(each, 1), 2) for each in chosen], 900, scored=False
    )
    ties = recount.Ties(election, sorted(costs))

    rounds = recount.equal_shares(election, costs, Fraction(900, election.voters), ties, "cost")

    assert len(rounds) > 3 and len(election.ballots) > 1_400
    assert len(rounds[-1].money) < 200

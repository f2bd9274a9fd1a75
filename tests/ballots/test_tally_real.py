"""Real elections end as their towns published (counting.md 2); each is counted where its file is there."""

import csv
from fractions import Fraction
from pathlib import Path

import pytest

from hearing.ballots import pabulib
from hearing.ballots.tally import Completion, Method, Record, Rule, tally
from tests.ballots import elections
from tests.ballots.elections import real

WIELICZKA_VOTES = [
    "720.00",
    "658.00",
    "583.00",
    "539.86",
    "478.06",
    "450.11",
    "371.73",
    "355.33",
    "333.79",
    "324.90",
    "322.80",
    "316.10",
    "309.37",
    "301.99",
    "298.58",
    "287.97",
    "258.59",
    "252.06",
    "250.84",
    "220.84",
    "204.70",
    "202.97",
    "201.50",
    "187.50",
    "158.73",
    "151.59",
    "120.43",
    "113.70",
    "104.81",
    "61.63",
]


def counted(path: Path, completion: Completion, **settings: object) -> Record:
    election = pabulib.read(path)
    if budget := settings.pop("budget", None):
        election = election.with_budget(Fraction(int(str(budget))))
    ids = tuple(project.id for project in election.profile.projects)
    return tally(election.profile, Rule(Method.SHARES, completion, lot=ids, **settings))  # type: ignore[arg-type]


def two_decimals(votes: str) -> str:
    return f"{float(Fraction(votes)):.2f}"


def test_wieliczka_ends_as_the_report_of_its_town_says() -> None:
    for path in real(elections.WIELICZKA):
        record = counted(path, Completion.ADD1, comparison=True)

        assert len(record["winners"]) == 30
        assert set(record["winners"]) == pabulib.read(path).selected
        assert record["cost"] == 995_079_00
        assert Fraction(record["endowment"]["last"]) == (Fraction(1_000_000, 6586) + 164) * 100
        assert [two_decimals(each["effective_votes"]) for each in record["rounds"]] == WIELICZKA_VOTES
        assert record["comparison"] == {"shares": 1615, "greedy": 873, "same": 4098, "replaced": False}
        assert record["endowment"]["overspent"] == 1_045_079_00


def test_the_other_rule_called_add1_has_another_outcome_there() -> None:
    for path in real(elections.WIELICZKA):
        record = counted(path, Completion.ADD1E)

        assert (len(record["winners"]), record["cost"]) == (31, 984_579_00)
        assert Fraction(record["endowment"]["last"]) == (Fraction(1_000_000, 6586) + 150) * 100


def test_towns_that_used_equal_shares_published_what_is_counted_here() -> None:
    for path in real(elections.SWIECIE, elections.ASSEN):
        record = counted(path, Completion.ADD1)

        assert set(record["winners"]) == pabulib.read(path).selected
        assert len(record["winners"]) == {"Poland_Swiecie_2023": 17, "Netherlands_Assen_2024": 9}[path.stem]


def test_winterthur_with_twice_the_money_ends_as_its_committee_published() -> None:
    """Its ids begin with zeros, which the published table has lost; its budget has a zero too many."""
    for path in real(elections.WINTERTHUR):
        record = counted(path, Completion.ADD1U, budget=380_000)

        with (path.parent / "Switzerland_Winterthur_KK24_outcomes.csv").open(encoding="utf-8") as file:
            published = {row["id"] for row in csv.DictReader(file) if row["mes380k"] == "True"}
        assert {id_.lstrip("0") for id_ in record["winners"]} == published
        assert (len(record["winners"]), record["cost"]) == (33, 378_250_00)
        assert "042" in record["winners"]


@pytest.mark.parametrize(
    ("name", "method"), [(elections.WAWER, Method.GREEDY), (elections.LODZ, Method.THRESHOLD)], ids=("Wawer", "Łódź")
)
def test_greedy_towns_published_what_is_counted_here(name: str, method: Method) -> None:
    for path in real(name):
        election = pabulib.read(path)
        record = tally(election.profile, Rule(method, threshold=int(election.threshold or 0)), margins=False)

        assert set(record["winners"]) == election.selected
        assert len(record["winners"]) == 16


OTHERS = (
    elections.GDANSK,
    elections.ZABRZE,
    elections.ZURICH_POINTS,
    elections.ZURICH_RANKS,
    elections.MERCED,
    elections.CAMBRIDGE,
)


@pytest.mark.parametrize("completion", Completion)
def test_every_kind_of_ballot_is_counted_within_its_budget(completion: Completion) -> None:
    for path in real(*OTHERS):
        record = counted(path, completion)

        assert record["winners"] or completion is Completion.NONE, path
        assert record["cost"] <= record["budget"], path


def test_the_columns_of_a_real_file_agree_with_its_ballots() -> None:
    """Votes, and scores by points or by Borda; Winterthur alone announces a ballot more than it has."""
    for path in sorted(elections.REAL.glob("*.pb*")):
        warnings = pabulib.read(path).warnings
        expected = ["num_votes is 38, but there are 37"] if path.name == elections.WINTERTHUR else []
        assert list(warnings) == expected, path

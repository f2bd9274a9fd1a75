"""Files of the Pabulib format, good and bad, and the command that counts them."""

import gzip
import json
import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hearing.__main__ import main
from hearing.ballots import pabulib, pb_writing
from hearing.ballots.tally import Ballot

META = {"description": "Stairs", "num_projects": "3", "num_votes": "3", "budget": "100", "vote_type": "approval"}
PROJECTS = ["project_id;cost;name", "042;60;Ramp", '7;30;"Lamps; two"', "b;20.50;Bench"]
VOTES = ["voter_id;vote", "v1;042,7", "v2;042", "v3;b,7"]


def text(meta: dict[str, str] | None = None, projects: list[str] | None = None, votes: list[str] | None = None) -> str:
    rows = ["META", "key;value", *(f"{key};{value}" for key, value in (META | (meta or {})).items() if value)]
    return "\n".join([*rows, "PROJECTS", *(projects or PROJECTS), "VOTES", *(votes or VOTES)]) + "\n"


def parsed(**parts: object) -> pabulib.Election:
    return pabulib.parse(text(**parts).encode())  # type: ignore[arg-type]


def test_a_file_is_read_with_its_ids_as_they_are_and_its_costs_exact() -> None:
    election = parsed()

    profile = election.profile
    assert [(project.id, project.cost) for project in profile.projects] == [("042", 6000), ("7", 3000), ("b", 2050)]
    assert profile.ballots == {Ballot((0, 1)): 1, Ballot((0,)): 1, Ballot((1, 2)): 1}
    assert (profile.budget, profile.unit, profile.voters) == (10_000, 100, 3)
    assert election.columns["7"]["name"] == "Lamps; two"
    assert election.warnings == ()


@pytest.mark.parametrize(
    "content",
    [
        ("\ufeff" + text()).encode(),
        text().replace("\n", "\r\n").encode(),
        text().replace('"Lamps; two"', "Lamps").replace(";", " ; ").replace(",", ", ").encode(),
        (text() + "\n\n").encode(),
        text().replace("VOTES\n", "VOTES;;\n").encode(),
        text().replace("PROJECTS\n", ";\nPROJECTS\n").replace("VOTES\n", ";;\n ; ;\nVOTES\n").encode(),
    ],
    ids=["byte order mark", "CRLF", "spaces", "empty lines", "empty cells", "lines of empty cells"],
)
def test_what_spreadsheets_do_to_a_file_changes_nothing(content: bytes) -> None:
    assert pabulib.parse(content).profile == parsed().profile


def test_a_file_that_was_packed_in_parts_is_read_to_its_end(tmp_path: Path) -> None:
    content, file = text().encode(), tmp_path / "parts.pb.gz"
    cut = content.index(b"v2;")
    file.write_bytes(gzip.compress(content[:cut]) + gzip.compress(content[cut:]))
    assert pabulib.read(file).profile == parsed().profile
    file.write_bytes(gzip.compress(content[:cut]) + gzip.compress(content[cut:])[:-9])
    with pytest.raises(pabulib.BadFile, match="the gzip file ends too early"):
        pabulib.read(file)


@pytest.mark.parametrize(
    "third", ['"v3";"b,7"', ' v3;"7, b"', "v3;b,7;", "v3;b,7\r", "v3;b,7\n\n", '"v\n3";b,7'], ids=repr
)
def test_ballots_that_the_csv_reader_tells_apart_stand_among_plain_ones(
    monkeypatch: pytest.MonkeyPatch, third: str
) -> None:
    """However many lines are read together, the ballots are the same, and the line of a bad one is named."""
    votes = ["voter_id;vote", "v1;042,7", "v2;042", third, "v4;b", "v5;7", "v6;b"]
    for at_once in (1, 2, 3, 500):
        monkeypatch.setattr(pabulib, "AT_ONCE", at_once)
        if third.startswith('"v\n'):
            with pytest.raises(pabulib.BadFile, match="line 17: a quotation mark is not closed"):
                parsed(votes=votes)
            continue
        assert parsed(votes=votes).profile.ballots == {
            Ballot((0, 1)): 1,
            Ballot((0,)): 1,
            Ballot((1, 2)): 1,
            Ballot((2,)): 2,
            Ballot((1,)): 1,
        }
        line = 14 + "\n".join(votes).replace("\r\n", "\n").count("\n") + 1
        with pytest.raises(pabulib.BadFile, match=f"line {line}: voter v5 has voted already"):
            parsed(votes=[*votes, "v5;042"])


@pytest.mark.parametrize(
    ("vote_type", "votes", "ballots"),
    [
        ("choose-1", ["voter_id;vote", "1;b"], {Ballot((2,)): 1}),
        ("ordinal", ["voter_id;vote", "1;b,042"], {Ballot((0, 2), (1, 2)): 1}),
        ("cumulative", ["voter_id;vote;points", "1;b,042;4,1"], {Ballot((0, 2), (1, 4)): 1}),
        ("cumulative", ["voter_id;vote;points", "1;b,7;1.5,2"], {Ballot((1, 2), (20, 15)): 1}),
        ("scoring", ["voter_id;points;vote", "1;-1,2;b,042"], {Ballot((0, 2), (2, -1)): 1}),
        ("approval", ["voter_id;vote;age", "1;;31", "2;b,7;"], {Ballot(()): 1, Ballot((1, 2)): 1}),
    ],
)
def test_every_vote_type_is_read(vote_type: str, votes: list[str], ballots: dict[Ballot, int]) -> None:
    profile = parsed(meta={"vote_type": vote_type, "num_votes": ""}, votes=votes).profile

    assert profile.ballots == ballots


def test_more_decimals_make_a_finer_unit() -> None:
    election = parsed(meta={"budget": "100.125"})

    assert (election.profile.budget, election.profile.unit) == (100_125, 1000)
    assert election.with_budget(Fraction(1, 16)).profile.unit == 10_000


def test_contradictions_are_said_and_the_ballots_are_counted() -> None:
    election = parsed(meta={"num_votes": "4", "max_length": "1", "max_sum_cost": "80"})

    assert election.warnings == (
        "ballots with more than max_length: 2",
        "ballots with more than max_sum_cost: 1",
        "num_votes is 4, but there are 3",
    )


BAD: dict[str, tuple[str, str]] = {
    "nothing": ("", "line 1: here the section META should begin"),
    "no votes": (text().split("VOTES")[0], "line 12: here the section VOTES should begin"),
    "no projects": (text().replace("PROJECTS", "PROJEKTE"), "line 8: 1 cells where META has 2 columns"),
    "no budget": (text({"budget": ""}), "line 2: META does not state budget"),
    "no vote type": (text({"vote_type": ""}), "line 2: META does not state vote_type"),
    "unknown vote type": (text({"vote_type": "veto"}), "line 7: vote_type is 'veto', not one of"),
    "budget of nothing": (text({"budget": "0"}), "line 6: budget is 0; it is more than 0"),
    "budget NaN": (text({"budget": "NaN"}), "line 6: budget is 'NaN', not a plain number"),
    "budget 1e3": (text({"budget": "1e3"}), "line 6: budget is '1e3', not a plain number"),
    "budget in full width": (text({"budget": "１００"}), "line 6: budget is '１００', not a plain number"),
    "budget with underscore": (text({"budget": "1_000"}), "line 6: budget is '1_000', not a plain number"),
    "negative cost": (text().replace("042;60", "042;-60"), "line 10: project 042 costs -60; a cost is more than 0"),
    "zero cost": (text().replace("042;60", "042;0"), "line 10: project 042 costs 0; a cost is more than 0"),
    "no cost": (text().replace("042;60", "042;"), "line 10: the cost of project 042 is '', not a plain number"),
    "infinite cost": (text().replace("042;60", "042;inf"), "line 10: the cost of project 042 is 'inf'"),
    "threshold NaN": (
        text({"min_project_score_threshold": "NaN"}),
        "line 8: min_project_score_threshold is 'NaN', not a plain number",
    ),
    "project twice": (text().replace("7;30", "042;30"), "line 11: project 042 stands there twice"),
    "project without id": (text().replace("7;30", ";30"), "line 11: '' is no project id"),
    "no cost column": (text().replace("cost", "price"), "line 9: PROJECTS has no column cost"),
    "too few cells": (text().replace("042;60;Ramp", "042;60"), "line 10: 2 cells where PROJECTS has 3 columns"),
    "too many cells": (text().replace("v2;042", "v2;042;x"), "line 16: 3 cells where VOTES has 2 columns"),
    "unknown project": (
        text().replace("v2;042", "v2;42"),
        "line 16: a ballot names project '42', which does not exist",
    ),
    "project named twice": (text().replace("v2;042", "v2;7,7"), "line 16: a ballot names a project twice"),
    "voter twice": (text().replace("v3;", "v1;"), "line 17: voter v1 has voted already"),
    "no voter": (text().replace("v3;", ";"), "line 17: a ballot without voter_id"),
    "open quotation mark": (text().replace("v2;042", 'v2;"042'), "line 16: a quotation mark is not closed"),
    "key twice": (text({"description": "a\nbudget;5"}), "line 7: budget stands in META twice"),
    "points missing": (
        text({"vote_type": "cumulative"}, votes=["voter_id;vote;points", "1;b,7;3"]),
        "line 15: 2 projects have 1 numbers of points",
    ),
    "points NaN": (
        text({"vote_type": "scoring"}, votes=["voter_id;vote;points", "0;b;1", "1;b,7;3,NaN"]),
        "line 16: a number of points is 'NaN', not a plain number",
    ),
    "points below nothing": (
        text({"vote_type": "cumulative"}, votes=["voter_id;vote;points", "1;b;-3"]),
        "line 15: points are less than 0",
    ),
}


@pytest.mark.parametrize(("content", "said"), BAD.values(), ids=BAD)
def test_a_malformed_file_is_refused_in_one_line_that_names_its_line(content: str, said: str, tmp_path: Path) -> None:
    done = count(tmp_path, content.encode())

    assert done.exit_code == 2
    assert done.stdout == ""
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (text().replace("Ramp", "Łąka").encode("iso8859-2"), "line 10: this is not UTF-8"),
        (gzip.compress(text().encode())[:-20], "the gzip file ends too early"),
        (b"\x1f\x8b" + b"\x00" * 40, "the gzip file is damaged"),
        (gzip.compress(b"\n" * (pabulib.MOST_BYTES + 1), 1), "the file is larger than 128 MB"),
        (b"\x00" * 400, "line 1: here the section META should begin"),
    ],
    ids=["Latin", "cut short", "damaged", "bomb", "zeros"],
)
def test_what_is_no_text_is_refused_too(content: bytes, said: str, tmp_path: Path) -> None:
    done = count(tmp_path, content)

    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert said in done.stderr


def count(folder: Path, content: bytes, *options: str) -> Result:
    path = folder / "election.pb"
    path.write_bytes(content)
    return CliRunner().invoke(main, ["tally", str(path), *(options or ("--rule", "mes"))])


def test_the_command_prints_one_object(tmp_path: Path) -> None:
    done = count(tmp_path, gzip.compress(text().encode()), "--rule", "mes", "--completion", "add1u", "--json")

    said = json.loads(done.stdout)
    assert done.exit_code == 0
    assert done.stdout.count("\n") == 1
    assert said["winners"] == ["7", "b"]
    assert (said["cost"], said["budget"]) == (50.5, 100)
    assert said["endowment"] == pytest.approx(109 / 3)
    assert said["endowment_exact"] == "109/3"
    assert [(each["project"], each["effective_votes"]) for each in said["rounds"]] == [("7", 2), ("b", 1)]
    assert said["warnings"] == []


def test_the_command_takes_another_budget_and_a_drawn_lot(tmp_path: Path) -> None:
    votes = ["voter_id;vote", "1;042", "2;7"]
    projects = ["project_id;cost", "042;60", "7;60"]
    content = text({"num_projects": "2", "num_votes": "2"}, projects, votes).encode()

    by_file = json.loads(count(tmp_path, content, "--rule", "greedy", "--budget", "60.5").stdout)
    by_lot = json.loads(count(tmp_path, content, "--rule", "greedy", "--lot", "7,042").stdout)

    assert (by_file["winners"], by_file["budget"], by_file["endowment"]) == (["042"], 60.5, None)
    assert by_file["warnings"] == ["042, 7 are equal in cost and votes: taken in the order of the file"]
    assert (by_lot["winners"], by_lot["warnings"]) == (["7"], [])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--rule", "greedy", "--budget", "1e3"), "--budget is '1e3', not a plain number"),
        (("--rule", "greedy", "--budget", "-1"), "--budget is -1; it is more than 0"),
        (("--rule", "greedy", "--lot", "7"), "the lot is not an order of all projects"),
        (("--rule", "mes", "--step", "0"), "--step is 0; it is more than 0"),
        (("--rule", "phragmen"), "is not one of"),
    ],
)
def test_a_wrong_option_is_refused(options: tuple[str, ...], said: str, tmp_path: Path) -> None:
    done = count(tmp_path, text().encode(), *options)

    assert done.exit_code == 2
    assert said in done.stderr


def test_a_threshold_is_the_files_and_its_absence_is_said(tmp_path: Path) -> None:
    options = ("--rule", "greedy-threshold")

    without = json.loads(count(tmp_path, text().encode(), *options).stdout)
    high = json.loads(count(tmp_path, text({"min_project_score_threshold": "1.5"}).encode(), *options).stdout)

    assert (without["winners"], len(without["warnings"])) == (["7", "042"], 1)
    assert (high["winners"], high["warnings"]) == (["7", "042"], [])
    assert {row["id"]: row["reason"] for row in high["projects"]}["b"] == "below_threshold"


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["tally", str(tmp_path / "none.pb"), "--rule", "greedy"])

    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert "No such file" in done.stderr


@pytest.mark.parametrize("rule", ["greedy", "greedy-no-skip", "greedy-threshold", "mes"])
@pytest.mark.parametrize("vote_type", ["approval", "cumulative"])
def test_every_rule_counts_every_kind(rule: str, vote_type: str, tmp_path: Path) -> None:
    votes = ["voter_id;vote;points", "v1;042,7;2,1", "v2;042;3", "v3;b,7;1,2"]
    content = text({"vote_type": vote_type, "min_project_score_threshold": "2"}, votes=votes)

    said = json.loads(count(tmp_path, content.encode(), "--rule", rule).stdout)

    assert said["winners"][0] == ("7" if vote_type == "approval" else "042")


@pytest.mark.parametrize(
    ("vote_type", "votes"),
    [
        ("approval", VOTES),
        ("ordinal", ["voter_id;vote", "1;b,042", "2;7"]),
        ("cumulative", ["voter_id;vote;points", "1;b,7;1.5,2", "2;b;3"]),
        ("scoring", ["voter_id;vote;points", "1;b,7;-1,2.25"]),
    ],
)
def test_what_is_written_reads_as_the_same_election(vote_type: str, votes: list[str]) -> None:
    election = parsed(meta={"vote_type": vote_type, "num_votes": str(len(votes) - 1)}, votes=votes)
    profile = election.profile
    cast = [(f"x{number}", ballot) for number, ballot in enumerate(profile.ballots)]
    names = {id_: {"name": row["name"]} for id_, row in election.columns.items()}

    content = pb_writing.written(profile, election.meta, cast, names)

    again = pabulib.parse(content)
    assert (again.profile, again.meta, again.warnings) == (profile, election.meta, ())
    assert again.columns["7"]["name"] == "Lamps; two"
    assert " ; " not in content.decode()


def test_margins_are_said_where_they_are_asked_for(tmp_path: Path) -> None:
    content = text().encode()

    plain = json.loads(count(tmp_path, content, "--rule", "greedy").stdout)
    shares = json.loads(count(tmp_path, content, "--rule", "mes").stdout)
    asked = json.loads(count(tmp_path, content, "--rule", "mes", "--margins").stdout)

    assert [row["margin"] for row in plain["projects"] if row["id"] == "b"] == [{"cost": 10, "votes": 1}]
    assert all("margin" not in row for row in shares["projects"])
    lost = {row["id"]: row["margin"] for row in asked["projects"] if "margin" in row}
    assert lost == {"042": {"cost": 51.66, "votes": 1}, "b": {"cost": 18.33, "votes": 1}}


@pytest.mark.parametrize(
    ("rule", "loaded"),
    [(["greedy"], []), (["mes"], []), (["mes", "--completion", "add1"], ["numpy"])],
    ids=("greedy", "one run", "many runs"),
)
def test_to_count_a_file_no_application_is_loaded_and_numpy_for_many_runs_alone(
    tmp_path: Path, rule: list[str], loaded: list[str]
) -> None:
    (tmp_path / "a.pb").write_text(text(), "utf-8")
    counts = (
        "import sys\n"
        "from hearing.__main__ import main\n"
        f"main(['tally', {str(tmp_path / 'a.pb')!r}, '--json', '--rule', *{rule!r}], standalone_mode=False)\n"
        "print(sorted(name for name in ('flask', 'sqlalchemy', 'hearing.app', 'numpy') if name in sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", counts], capture_output=True, text=True, check=True)
    outcome, found = done.stdout.splitlines()
    assert json.loads(outcome)["winners"]
    assert found == str(loaded)


@pytest.mark.parametrize(("first", "second"), [(" 1", "1"), ("1", "1 "), ("1", " 1"), ("1", "\u20031"), ("1", "1")])
def test_a_voter_is_the_same_with_spaces_around_her_id(first: str, second: str) -> None:
    head = "META\nkey;value\nbudget;10\nvote_type;approval\nPROJECTS\nproject_id;cost\na;1\nVOTES\nvoter_id;vote\n"

    with pytest.raises(pabulib.BadFile, match="line 11: voter 1 has voted already"):
        pabulib.parse(f"{head}{first};a\n{second};a\n".encode())
    assert pabulib.parse(f"{head}{first};a\n1 {second};a\n".encode()).profile.voters == 2


def test_lines_that_are_split_in_pieces_are_those_that_the_csv_reader_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever a piece ends: in a file of plain lines, with an empty one, one too wide, one too short, with quotation
    marks, and with another order of columns; the same ballots, or the same refusal of the same line."""
    head = "META\nkey;value\nbudget;10\nvote_type;approval\nPROJECTS\nproject_id;cost\na;1\nb;2\nVOTES\n"
    bodies = [
        f"voter_id;vote;age\n{lines}{end}"
        for lines in (
            "1;a;5\n2;b;\n3;a,b;7",
            "1;a;5\n\n2;b;\n3;a;7",
            "1;a;5\n2;b\n3;a;7;8\n4;a;1",
            "1;a;5\n2;b;;;\n3;a;7",
            '1;a;5\n2;"b,a";\n3;a;7',
            "1;a;5\n2;b;\n1;a;7",
            "1;a;5\n2;a,b,a;\n3;a;7",
            "1; a;5\n2 ;b, a;\n3;a;7",
            "1;a;5\n2;;\n3;c;7",
        )
        for end in ("", "\n", "\n\n", "\r\n")
    ]
    bodies.append("age;voter_id;vote\n7;1;a\n8;2;b,a\n")

    def found(body: str) -> object:
        try:
            election = pabulib.parse((head + body).encode())
        except pabulib.BadFile as refused:
            return str(refused)
        return election.profile, list(election.profile.ballots.items())

    monkeypatch.setattr(pabulib, "_plain", lambda *_: None)
    monkeypatch.setattr(pabulib, "_plain_ballots", lambda *_: None)
    by_csv = [found(body) for body in bodies]
    monkeypatch.undo()
    assert len({each for each in by_csv if isinstance(each, str)}) == 4, by_csv
    for together in (1, 6, 12, 20_000):
        monkeypatch.setattr(pabulib, "TOGETHER", together)
        assert [found(body) for body in bodies] == by_csv


def test_the_command_line_names_every_command_once() -> None:
    done = CliRunner().invoke(main, ["--help"])
    named = re.findall(r"^  ([a-z-]+)", done.output.partition("Commands:")[2], re.MULTILINE)
    assert {"tally", "replay", "serve", "demo", "worker", "doctor", "verify", "forget"} <= set(named)
    assert len(named) == len(set(named))
    assert CliRunner().invoke(main, ["no-such-command"]).exit_code == 2

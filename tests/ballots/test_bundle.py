"""The public bundle: what is in it, what it keeps to itself, and that programs of the format accept it."""

import base64
import dataclasses
import hashlib
import json
import zipfile
from collections import Counter
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearing.audit import canonical
from hearing.ballots import pabulib, recount
from hearing.ballots.bundle import (
    MERGED_BELOW,
    About,
    Fixed,
    Published,
    answers_profile,
    packed,
    terms_of,
)
from hearing.ballots.bundle.election import rule_name
from hearing.ballots.rules import Kind
from hearing.ballots.tally import Ballot, Completion, Method, Profile, Project, Rule, Utility, ballot_of, tally
from tests.ballots import elections as made
from tests.ballots.bundles import about, bundle, counted, elections, faults, lay_out, lot_of, recounted, unpacked
from tests.ballots.elections import approvals, real, scored

COSTS = {"p-1": 60_000, "p-2": 30_000, "p-3": 20_050}
RULE = Rule(Method.SHARES, Completion.ADD1U, lot=("p-3", "p-1", "p-2"))


def small() -> Profile:
    return approvals(COSTS, [("p-1,p-2", 3), ("p-2", 2), ("p-3", 1), ("", 1)], 100_000, unit=100)


def large() -> Profile:
    return approvals(COSTS, [("p-1,p-2", 120), ("p-2", 60), ("p-3", 30)], 100_000, unit=100)


def rows(content: bytes) -> list[str]:
    return content.decode().partition("VOTES\n")[2].splitlines()[1:]


def test_a_bundle_has_all_that_a_recount_needs() -> None:
    profile = small()
    published = Published(head=b"head\n", reveal=b"", leaves=b"")

    whole = unpacked(about(profile), profile, RULE, tally(profile, RULE), Random(1), published=published)

    assert sorted(whole) == [
        "README.txt",
        "SHA256SUMS",
        "checkpoint",
        "election.pb",
        "leaves.txt",
        "recount.py",
        "reveal.jsonl",
        "rule.json",
        "tally.json",
    ]
    sums = dict(line.split("  ")[::-1] for line in whole["SHA256SUMS"].decode().splitlines())
    assert sums == {name: hashlib.sha256(data).hexdigest() for name, data in whole.items() if name != "SHA256SUMS"}
    assert whole["recount.py"] == Path(recount.__file__).read_bytes()
    assert whole["tally.json"] == canonical.encode(tally(profile, RULE))
    assert whole["checkpoint"] == b"head\n"
    readme = whole["README.txt"].decode()
    for name in whole:
        assert name in readme or name == "README.txt"
    assert "--reveal reveal.jsonl --leaves leaves.txt" in readme
    assert "reveal" not in bundle(profile, RULE)["README.txt"].decode()


def test_the_zip_is_the_same_for_the_same_files() -> None:
    whole = bundle(large(), RULE)

    first, second = packed(whole), packed(dict(reversed(whole.items())))
    assert first == second
    with zipfile.ZipFile(BytesIO(first)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == whole
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_merged_ballots_tell_how_often_each_was_cast_and_nothing_else() -> None:
    """Rows of equal content stand together, groups by content; neither chance nor the order of casting shows."""
    profile = small()
    turned = Profile(profile.projects, dict(reversed(list(profile.ballots.items()))), profile.budget, profile.unit)

    content = bundle(profile, RULE)["election.pb"]

    assert rows(content) == ["1-1;p-2", "1-2;p-2", "2-1;p-2,p-1", "2-2;p-2,p-1", "2-3;p-2,p-1", "3-1;p-3"]
    assert bundle(turned, RULE)["election.pb"] == content
    assert unpacked(about(profile), profile, RULE, tally(profile, RULE), Random(99))["election.pb"] == content


def test_from_200_voters_on_rows_are_shuffled_and_ids_are_fresh() -> None:
    profile = large()
    assert profile.voters >= MERGED_BELOW
    record = tally(profile, RULE)

    once, again = (unpacked(about(profile), profile, RULE, record, Random(n))["election.pb"] for n in (1, 2))

    ids = [{row.partition(";")[0] for row in rows(content)} for content in (once, again)]
    assert [len(each) for each in ids] == [210, 210]
    assert not ids[0] & ids[1]
    votes = [[row.partition(";")[2] for row in rows(content)] for content in (once, again)]
    assert votes[0] != votes[1] and votes[0] != sorted(votes[0])
    assert Counter(votes[0]) == Counter(votes[1])
    assert [row.partition(";")[0] for row in rows(once)] != sorted(ids[0])


def test_nothing_of_the_voters_but_their_choices_stands_in_it() -> None:
    content = bundle(large(), RULE)["election.pb"].decode()
    assert "voter_id;vote\n" in content
    assert {len(row.split(";")) for row in rows(content.encode())} == {2}


def test_the_rule_is_said_with_the_lot_and_the_blank_ballots() -> None:
    profile = small()
    fixed = Fixed("poll/3", "{}", "00", "seed")
    said = terms_of(about(profile, withdrawn=("p-9",), fixed=fixed), profile, RULE, {"b": 2, "a": 1})

    assert said["rule"]["lot"] == ["p-3", "p-1", "p-2"]
    assert (said["blank_ballots"], said["unit"], said["ballot"]) == (1, 100, "approval")
    assert said["pots"] == {"a": 1, "b": 2}
    assert said["poll"] == {"subject": "poll/3", "rule_text": "{}", "rule_hash": "00", "lot_seed": "seed"}
    assert said["withdrawn"] == ["p-9"]


@given(st.data())
@settings(max_examples=120, deadline=None)
def test_every_election_file_keeps_to_the_format(data: st.DataObject) -> None:
    kind, profile = data.draw(elections())
    dear = max(project.cost for project in profile.projects)
    profile = Profile(profile.projects, profile.ballots, max(dear, profile.budget), 100, scored=profile.scored)
    rule = Rule(
        data.draw(st.sampled_from(Method)),
        data.draw(st.sampled_from(Completion)),
        comparison=data.draw(st.booleans()),
        floor=data.draw(st.sampled_from([None, 2])),
        threshold=2,
        lot=lot_of(profile),
    )
    pots = data.draw(st.sampled_from([None, {"grey": 10_000, "green": 10_000}]))

    content = bundle(profile, rule, kind, pots)["election.pb"]

    assert faults(content) == []


@pytest.mark.parametrize("name", [made.ASSEN, made.SWIECIE, made.WIELICZKA, made.ZURICH_POINTS, made.ZURICH_RANKS])
def test_real_elections_keep_to_the_format_and_to_their_ballots(name: str) -> None:
    for path in real(name):
        election = pabulib.read(path)
        profile, kind = election.profile, Kind.APPROVAL
        if profile.scored:
            kind = Kind.RANKING if election.meta["vote_type"] == "ordinal" else Kind.POINTS
        rule = Rule(Method.SHARES, Completion.ADD1, step=Fraction(50), lot=lot_of(profile))

        content = bundle(profile, rule, kind)["election.pb"]

        assert faults(content) == []
        read = pabulib.parse(content)
        assert read.warnings == ()
        assert by_id(read.profile) == by_id(profile)


def by_id(profile: Profile) -> dict[frozenset[tuple[str, int]], int]:
    """Ballots whatever the order of projects; blank ones are not in the file."""
    return {
        frozenset((profile.projects[p].id, points) for p, points in ballot.pairs()): number
        for ballot, number in profile.ballots.items()
        if ballot.projects
    }


@pytest.mark.parametrize(("yes", "no", "abstain", "passed"), [(5, 3, 1, True), (4, 3, 1, False), (0, 0, 0, False)])
def test_a_question_is_published_too(yes: int, no: int, abstain: int, passed: bool, tmp_path: Path) -> None:
    """More than half of all ballots, those who abstain among them: of 8 ballots 4 are not enough."""
    counts = {"yes": yes, "no": no, "abstain": abstain}
    record = {"format": "hearing-count/1", "voters": yes + no + abstain, "counts": counts, "passed": passed}
    profile = answers_profile(record)
    said = about(profile, Kind.YES_NO)

    whole = unpacked(said, profile, None, record, Random(1))

    assert faults(whole["election.pb"]) == []
    read = pabulib.parse(whole["election.pb"])
    assert (read.meta["vote_type"], "currency" in read.meta) == ("choose-1", False)
    assert read.selected == ({"yes"} if passed else set())
    assert recounted(lay_out(tmp_path, whole)) == recount.AGREES
    (tmp_path / "tally.json").write_bytes(canonical.encode(record | {"passed": not passed}))
    assert recounted(tmp_path) == recount.DIFFERS


def test_what_was_fixed_before_the_opening_is_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The rule's text has its hash and commits to a seed; the lot is the order that the seed draws."""
    profile, seed = small(), "5eed"
    lot = tuple(sorted(COSTS, key=lambda id_: hashlib.sha256(f"hearing/lot/v1\0{seed}\0{id_}".encode()).digest()))
    text = json.dumps({"lot": hashlib.sha256(f"hearing/seed/v1\0{seed}".encode()).hexdigest()})
    rule = Rule(Method.SHARES, Completion.ADD1U, lot=lot)
    good = Fixed("poll/3", text, hashlib.sha256(text.encode()).hexdigest(), seed)
    other = '{"lot": "00"}'
    for fixed, drawn, words in (
        (good, lot, "AGREES"),
        (dataclasses.replace(good, rule_hash="00"), lot, "rule_hash: not the hash of rule_text"),
        (
            dataclasses.replace(good, rule_text=other, rule_hash=hashlib.sha256(other.encode()).hexdigest()),
            lot,
            "lot_seed: not the seed that was committed to",
        ),
        (good, lot[::-1], "lot: not the order that the seed draws"),
    ):
        counted_by = dataclasses.replace(rule, lot=drawn)
        said = about(profile, fixed=fixed)
        lay_out(tmp_path, unpacked(said, profile, counted_by, tally(profile, counted_by), Random(1)))
        assert recounted(tmp_path) == (recount.AGREES if words == "AGREES" else recount.DIFFERS)
        assert words in capsys.readouterr().out


def test_ranks_that_give_other_points_are_published_as_points(tmp_path: Path) -> None:
    """Three places give 3, 2 and 1 however few a ballot ranks: not Pabulib's reading of ranks."""
    profile = scored(COSTS, [({"p-1": 3, "p-2": 2}, 2), ({"p-3": 3}, 1)], 100_000, unit=100)

    whole = bundle(profile, RULE, Kind.RANKING, most=3)

    assert pabulib.parse(whole["election.pb"]).meta["vote_type"] == "cumulative"
    assert json.loads(whole["rule.json"])["ranking_points"] == 3
    assert faults(whole["election.pb"]) == []
    assert recounted(lay_out(tmp_path, whole)) == recount.AGREES


def test_pabulibs_name_of_a_rule_stands_only_where_it_means_ours() -> None:
    """Ten voters and 1,000 yuan: 100 a head. With a blank ballot, a lot drawn, a floor, or 101 a head in parts, no name
    fits."""
    even = approvals({"a": 60_000, "b": 50_000}, [("a", 6), ("b", 4)], 100_000, unit=100)
    uneven = approvals({"a": 60_000, "b": 50_000}, [("a", 6), ("b", 3)], 100_000, unit=100)
    blank = approvals({"a": 60_000, "b": 50_000}, [("a", 6), ("b", 3), ("", 1)], 100_000, unit=100)
    twins = approvals({"a": 60_000, "b": 60_000}, [("a", 5), ("b", 5)], 100_000, unit=100)
    shares, lot = Method.SHARES, ("a", "b")
    for profile, rule, name in (
        (even, Rule(shares, Completion.NONE, lot=lot), "equalshares"),
        (even, Rule(shares, Completion.ADD1, lot=lot), "equalshares/add1"),
        (even, Rule(shares, Completion.ADD1, comparison=True, lot=lot), "equalshares/add1-comparison"),
        (even, Rule(shares, Completion.ADD1U, lot=lot), "unknown"),
        (even, Rule(shares, Completion.ADD1, step=Fraction(2), lot=lot), "unknown"),
        (even, Rule(shares, Completion.NONE, Utility.POINTS, lot=lot), "unknown"),
        (even, Rule(shares, Completion.NONE, floor=3, lot=lot), "unknown"),
        (uneven, Rule(shares, Completion.ADD1, lot=lot), "unknown"),
        (blank, Rule(shares, Completion.ADD1, lot=lot), "unknown"),
        (twins, Rule(shares, Completion.ADD1, lot=lot), "unknown"),
        (even, Rule(Method.GREEDY, lot=lot), "greedy"),
        (even, Rule(Method.NO_SKIP, lot=lot), "greedy-no-skip"),
        (even, Rule(Method.GREEDY, floor=3, lot=lot), "greedy-custom"),
    ):
        assert rule_name("approval", profile, rule, counted(profile, rule)) == name
        assert faults(bundle(profile, rule)["election.pb"]) == []


def test_titles_are_put_on_one_line() -> None:
    profile = small()
    names = {"p-1": "坡道\n和 扶手 ", "p-2": '灯;"亮"', "p-3": "凳"}
    said = About("五万元\n怎么用", "天津路", Kind.APPROVAL, about(profile).opened, about(profile).closed, names)

    content = unpacked(said, profile, RULE, tally(profile, RULE), Random(1))["election.pb"]

    assert faults(content) == []
    assert {id_: row["name"] for id_, row in pabulib.parse(content).columns.items()} == {
        "p-1": "坡道 和 扶手",
        "p-2": '灯;"亮"',
        "p-3": "凳",
    }


# ---- A secret poll's opened ballots.


def opened(number: int, ballot: Ballot, profile: Profile) -> tuple[str, dict[str, object]]:
    """The code of a ballot and its line in reveal.jsonl."""
    said: dict[str, object] = {
        "choices": [profile.projects[p].id for p, _ in ballot.pairs()],
        "phrase": f"暗号{number}",
    }
    if profile.scored:
        said["points"] = [points for _, points in ballot.pairs()]
    nonce = hashlib.sha256(str(number).encode()).digest()
    digest = hashlib.sha256(b"hearing/ballot/v1\0poll/3\0" + nonce + canonical.encode(said)).digest()
    code = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return code, {"ballot": said, "c": code, "nonce": base64.urlsafe_b64encode(nonce).rstrip(b"=").decode()}


def secret(folder: Path, profile: Profile, kind: Kind = Kind.APPROVAL) -> list[str]:
    """Lay out the bundle of a secret poll; gives the codes."""
    cast = [ballot for ballot, number in profile.ballots.items() for _ in range(number)]
    lines = dict(sorted(opened(number, ballot, profile) for number, ballot in enumerate(cast)))
    published = Published(
        reveal="".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines.values()).encode(),
        leaves="".join(f"{code}\n" for code in reversed(lines)).encode(),
    )
    said = about(profile, kind, fixed=Fixed("poll/3"))
    lay_out(folder, unpacked(said, profile, RULE, tally(profile, RULE), Random(3), published=published))
    return list(lines)


def checked(folder: Path) -> int:
    return recounted(folder, "--reveal", str(folder / "reveal.jsonl"), "--leaves", str(folder / "leaves.txt"))


def test_opened_ballots_are_those_of_the_election_and_of_the_trail(tmp_path: Path) -> None:
    secret(tmp_path, small())
    assert checked(tmp_path) == recount.AGREES
    points = scored(COSTS, [({"p-1": 3, "p-2": 2}, 2), ({"p-3": 5}, 1)], 100_000, unit=100)
    secret(tmp_path, points, Kind.POINTS)
    assert checked(tmp_path) == recount.AGREES
    entries = [{"v": 1, "type": "ballot", "c": code} for code in (tmp_path / "leaves.txt").read_text().split()]
    (tmp_path / "leaves.txt").write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    assert checked(tmp_path) == recount.AGREES


def test_what_is_wrong_with_opened_ballots_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    codes = secret(tmp_path, small())
    reveal, leaves = tmp_path / "reveal.jsonl", tmp_path / "leaves.txt"
    lines = reveal.read_text("utf-8").splitlines(keepends=True)
    whole = "".join(lines)

    def fails(*words: str) -> None:
        assert checked(tmp_path) == recount.DIFFERS
        said = capsys.readouterr().out
        for word in words:
            assert word in said

    reveal.write_text("".join(lines[1:]), "utf-8")
    fails(f'ballot "{codes[0]}": 1 in the trail 存证里, 0 opened 公开的')
    reveal.write_text(whole.replace("暗号0", "暗号9"), "utf-8")
    fails("does not open, or stands there twice")
    reveal.write_text(whole + lines[0], "utf-8")
    fails("line 8: ballot", "does not open, or stands there twice")
    reveal.write_text(whole, "utf-8")
    leaves.write_text("\n".join([*codes[1:], "A" * 43]))
    fails(f'ballot "{codes[0]}": 0 in the trail', f'ballot "{"A" * 43}": 1 in the trail 存证里, 0 opened 公开的')
    leaves.write_text("\n".join([*codes, codes[0]]))
    fails(f'ballot "{codes[0]}": 2 in the trail 存证里, 1 opened 公开的')
    extra = opened(77, ballot_of([(2, 1)], scored=False), small())
    reveal.write_text(whole + json.dumps(extra[1], ensure_ascii=False) + "\n", "utf-8")
    leaves.write_text("\n".join([*codes, extra[0]]))
    fails('ballot [["p-3", 1]]: 2 opened 公开的, 1 in election.pb')
    reveal.write_text('{"c": "x"}\n')
    assert checked(tmp_path) == recount.UNREADABLE


def test_a_project_that_costs_nothing_of_the_pot_is_no_row(tmp_path: Path) -> None:
    """Points of 0 say nothing: such a ballot is blank, and still has its share of the pot."""
    profile = scored(COSTS, [({"p-1": 3}, 2), ({"p-2": 0}, 1)], 100_000, unit=100)

    whole = bundle(profile, RULE, Kind.POINTS)

    assert len(rows(whole["election.pb"])) == 2
    assert json.loads(whole["rule.json"])["blank_ballots"] == 1
    assert recounted(lay_out(tmp_path, whole)) == recount.AGREES


def test_an_election_that_nobody_voted_in_has_a_bundle(tmp_path: Path) -> None:
    profile = Profile((Project("a", 500), Project("b", 900)), {}, 1000, 100)

    whole = bundle(profile, Rule(Method.SHARES, Completion.ADD1U, lot=("a", "b")))

    assert faults(whole["election.pb"]) == []
    assert recounted(lay_out(tmp_path, whole)) == recount.AGREES


def test_a_list_of_which_all_was_withdrawn_is_recounted(tmp_path: Path) -> None:
    profile = Profile((), {Ballot(()): 4}, 1000, 100)

    for method in Method:
        whole = bundle(profile, Rule(method, lot=()), withdrawn=("a", "b"))
        assert recounted(lay_out(tmp_path, whole)) == recount.AGREES


def test_the_least_that_a_file_states_is_what_its_ballots_name() -> None:
    """One that named two, of which one was withdrawn, names one; programs that check files would refuse it."""
    profile = approvals({"p-1": 60_000, "p-2": 30_000}, [("p-1", 2), ("p-1,p-2", 1)], 100_000, unit=100)
    for least, stated in ((1, "1"), (2, "1"), (None, None)):
        read = pabulib.parse(bundle(profile, Rule(Method.GREEDY, lot=("p-1", "p-2")), least=least)["election.pb"])
        assert read.meta.get("min_length") == stated and not read.warnings


def test_what_was_withdrawn_stands_on_opened_ballots_and_is_not_counted(tmp_path: Path) -> None:
    profile = approvals({"p-1": 60_000, "p-2": 30_000}, [("p-1", 2), ("p-2", 1)], 100_000, unit=100)
    rule = Rule(Method.GREEDY, lot=("p-1", "p-2"))
    cast = approvals(COSTS, [("p-1,p-3", 1), ("p-1", 1), ("p-2,p-3", 1)], 100_000)
    lines = [opened(number, ballot, cast)[1] for number, ballot in enumerate(cast.ballots)]
    reveal = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()
    for withdrawn, verdict in ((("p-3",), recount.AGREES), ((), recount.DIFFERS)):
        said = about(profile, withdrawn=withdrawn, fixed=Fixed("poll/3"))
        lay_out(
            tmp_path, unpacked(said, profile, rule, tally(profile, rule), Random(1), published=Published(reveal=reveal))
        )
        assert recounted(tmp_path, "--reveal", str(tmp_path / "reveal.jsonl")) == verdict

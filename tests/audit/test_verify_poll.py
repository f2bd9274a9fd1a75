"""`verify.py poll`: a secret ballot is counted again from the log and the published ballots (audit.md section 6, B)."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from hearing.audit import verify
from hearing.audit.verify import Report, UsageError, check_poll
from tests.audit.logs import LOG, lay_out, served
from tests.audit.said import OTHER, POLL, ROLL, Entry, ballot, log_with, reveal_of, said

VKEY = str(LOG.verify_key)
CHOICES = [("p-1",), ("p-1", "p-2"), ("p-2",), ("p-3", "p-1"), (), ("p-1",)]


@dataclass
class Poll:
    """A poll of six ballots as it is written and counted; tests bend it before it is signed."""

    cast: list[Entry] = field(default_factory=lambda: [ballot(n, *chosen)[0] for n, chosen in enumerate(CHOICES)])
    lines: list[Entry] = field(default_factory=lambda: [ballot(n, *chosen)[1] for n, chosen in enumerate(CHOICES)])
    opened: Entry = field(
        default_factory=lambda: said(
            "poll.opened", POLL, options=["p-1", "p-2", "p-3"], choices=2, roll_root=ROLL, roll_size=8
        )
    )
    closed: Entry = field(default_factory=lambda: said("poll.closed", POLL, voted=6))
    counts: Entry = field(default_factory=lambda: {"p-1": 4, "p-2": 2, "p-3": 1})
    reveal: bytes | None = None
    more: list[tuple[int, Entry]] = field(default_factory=list)

    @property
    def revealed(self) -> bytes:
        return reveal_of(self.lines) if self.reveal is None else self.reveal

    def entries(self) -> list[Entry]:
        digest = f"sha256:{hashlib.sha256(self.revealed).hexdigest()}"
        tallied = said("poll.tallied", POLL, ballots=len(self.cast), counts=self.counts, reveal=digest)
        whole = [self.opened, *self.cast[:3], *self.cast[3:], self.closed, tallied]
        for place, each in self.more:
            whole.insert(place, each)
        return whole

    def check(self, *, own: str | None = None, upto: int | None = None, reveal: bytes | None = None) -> Report:
        files = log_with(self.entries()[:upto]).files()
        return check_poll("3", served(files), VKEY, self.revealed if reveal is None else reveal, own)


def test_a_true_result_passes() -> None:
    report = Poll().check()
    assert (report.kind, report.exit_code) == ("passed", 0)
    assert "6 张选票张张对得上，不多不少（投票 6 户）" in report.zh
    assert "p-1 4, p-2 2, p-3 1" in report.en
    empty = Poll(cast=[], lines=[], closed=said("poll.closed", POLL, voted=0), counts={"p-1": 0, "p-2": 0, "p-3": 0})
    assert empty.check().ok


def test_a_voter_finds_her_own_ballot() -> None:
    poll = Poll()
    own = poll.cast[1]["c"]
    assert "您的选票 your ballot: #3 p-1、p-2" in str(poll.check(own=own))
    stranger = ballot(99, "p-1")[0]["c"]
    report = poll.check(own=stranger)
    assert (report.kind, "您的选票不在日志里" in report.zh) == ("poll", True)
    # Before the result it can be seen that the ballot is there, and not what it says.
    report = poll.check(own=own, upto=5)
    assert report.ok and "还在投票，日志里有 4 张选票，您的那张在内" in report.zh and "p-1" not in str(report)
    assert not poll.check(own=stranger, upto=5).ok


def test_before_the_result_it_tells_how_far_it_is() -> None:
    assert "还在投票，日志里有 0 张选票" in Poll().check(upto=1).zh
    assert "已截止，还没有公布结果，日志里有 6 张选票" in Poll().check(upto=8).zh
    assert "日志里没有这次投票" in Poll().check(upto=0).zh


def test_a_small_roll_lists_who_voted() -> None:
    listed = [f"{n}" * 43 for n in range(6)]
    assert Poll(closed=said("poll.closed", POLL, voted=listed)).check().ok
    twice = Poll(closed=said("poll.closed", POLL, voted=[*listed[:5], listed[0]])).check()
    assert (twice.entry, "重复的户" in twice.zh) == (8, True)


def test_a_roll_may_be_amended_by_two_for_a_reason() -> None:
    amended = said("roll.amended", POLL, roll_root=OTHER, roll_size=5, reason="一户漏登", officers=["p-1", "p-2"])
    report = Poll(more=[(1, amended)]).check()
    assert (report.kind, report.entry) == ("poll", 9)
    assert "投票的有 6 户，名册上只有 5 户（第 2 号）" in report.zh
    amended["pub"]["roll_size"] = 6
    assert Poll(more=[(1, amended)]).check().ok
    for change in ({"reason": ""}, {"officers": ["p-1", "p-1"]}, {"officers": "p-1"}):
        bad = said("roll.amended", POLL, **{**amended["pub"], **change})
        assert (Poll(more=[(1, bad)]).check().entry, "roll amended" in Poll(more=[(1, bad)]).check().en) == (2, True)
    assert "截止以后改动名册" in Poll(more=[(8, amended)]).check().zh


def _forget_one(poll: Poll) -> None:
    poll.lines.pop(2)


def _stuff_one(poll: Poll) -> None:
    more, line = ballot(50, "p-3")
    poll.cast.append(more)
    poll.lines.append(line)
    poll.counts = {"p-1": 4, "p-2": 2, "p-3": 2}


def _reveal_one_more(poll: Poll) -> None:
    poll.lines.append(ballot(50, "p-3")[1])


def _swap_choice(poll: Poll) -> None:
    poll.lines[0]["ballot"]["choices"] = ["p-2"]


def _swap_nonce(poll: Poll) -> None:
    poll.lines[0]["nonce"] = poll.lines[1]["nonce"]


def _another_poll(poll: Poll) -> None:
    poll.cast[0]["poll"] = "poll/33"


def _count_wrong(poll: Poll) -> None:
    poll.counts["p-3"] = 3


def _leave_an_option_out(poll: Poll) -> None:
    poll.opened["pub"]["options"] = ["p-1", "p-2"]


def _allow_one(poll: Poll) -> None:
    poll.opened["pub"]["choices"] = 1


def _choose_twice(poll: Poll) -> None:
    cast, line = ballot(0, "p-1", "p-1")
    poll.cast[0], poll.lines[0] = cast, line
    poll.counts["p-1"] = 5


def _say_the_time(poll: Poll) -> None:
    poll.cast[3]["at"] = "2026-11-21T03:04:05Z"


def _say_the_actor(poll: Poll) -> None:
    poll.cast[3]["actor"] = {"role": "resident", "ref": "p-1"}


def _cast_twice(poll: Poll) -> None:
    poll.cast[4] = poll.cast[1]


def _break_a_commitment(poll: Poll) -> None:
    poll.cast[4]["c"] = poll.cast[4]["c"][:-1]


def _cast_after_the_close(poll: Poll) -> None:
    poll.more.append((8, ballot(50)[0]))


def _cast_before_the_opening(poll: Poll) -> None:
    poll.more.append((0, ballot(50)[0]))


def _more_voted_than_live_there(poll: Poll) -> None:
    poll.closed["pub"]["voted"] = 9


def _do_not_say_who_voted(poll: Poll) -> None:
    del poll.closed["pub"]["voted"]


def _open_twice(poll: Poll) -> None:
    poll.more.append((4, poll.opened))


def _turn_the_file(poll: Poll) -> None:
    poll.reveal = b"\n".join(reversed(reveal_of(poll.lines).splitlines())) + b"\n"


def _double_a_line(poll: Poll) -> None:
    first = reveal_of(poll.lines).splitlines(keepends=True)
    poll.reveal = b"".join([first[0], *first])


def _cut_the_file(poll: Poll) -> None:
    poll.reveal = reveal_of(poll.lines)[:-1]


@pytest.mark.parametrize(
    ("change", "at_entry", "words"),
    [
        (_forget_one, 4, "这张选票不在选票文件里"),
        (_stuff_one, 9, "选票有 7 张，投票的只有 6 户"),
        (_reveal_one_more, None, "行的选票不在日志里"),
        (_swap_choice, None, "行打不开它的承诺"),
        (_swap_nonce, None, "行打不开它的承诺"),
        (_another_poll, None, "行的选票不在日志里"),
        (_count_wrong, 9, '公布的结果与重新计票不同；重新计票：{"p-1": 4, "p-2": 2, "p-3": 1}，共 6 张'),
        (_leave_an_option_out, None, "选了不能选的"),
        (_allow_one, None, "选得太多"),
        (_choose_twice, None, "选得太多"),
        (_say_the_time, 5, "可能指向投票人"),
        (_say_the_actor, 5, "可能指向投票人"),
        (_cast_twice, 6, "同一张选票已是第 3 号"),
        (_break_a_commitment, 6, "没有完整的承诺"),
        (_cast_after_the_close, 9, "不在开始和截止之间"),
        (_cast_before_the_opening, 1, "不在开始和截止之间"),
        (_more_voted_than_live_there, 8, "投票的有 9 户，名册上只有 8 户"),
        (_do_not_say_who_voted, 8, "没有写明 voted"),
        (_open_twice, 5, "记了两次"),
        (_turn_the_file, None, "重复或不按顺序"),
        (_double_a_line, None, "重复或不按顺序"),
        (_cut_the_file, None, "最后一行残缺"),
    ],
)
def test_what_a_committee_might_do_is_found(change: Callable[[Poll], None], at_entry: int | None, words: str) -> None:
    poll = Poll()
    change(poll)
    report = poll.check()
    assert (report.kind, report.exit_code) == ("poll", 1), str(report)
    assert words in report.zh, str(report)
    assert report.entry == at_entry


def test_another_file_than_the_one_that_was_counted_is_refused() -> None:
    poll = Poll()
    data = poll.revealed
    for other in (b"", data + b"\n", data[:-1], data.replace(b"p-1", b"p-2", 1)):
        report = poll.check(reveal=other)
        assert (report.kind, report.entry) == ("poll", 9)
        assert "不是公布结果时的那一份" in report.zh


def test_every_byte_of_the_revealed_ballots_counts() -> None:
    """Even when the committee names the altered file as the one that it counted."""
    data = Poll().revealed
    for place in range(0, len(data), 3):
        altered = Poll(reveal=data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        assert altered.check().kind == "poll", place


def test_a_result_without_a_close_is_refused() -> None:
    poll = Poll()
    entries = [each for each in poll.entries() if each["type"] != "poll.closed"]
    report = check_poll("3", served(log_with(entries).files()), VKEY, poll.revealed)
    assert "结果先于截止" in report.zh
    entries = [poll.closed, poll.opened]
    assert "截止先于开始" in check_poll("3", served(log_with(entries).files()), VKEY).zh


def voided(**changes: Any) -> Entry:
    """The entry by which a poll is void."""
    given: dict[str, Any] = {"reason": "钥匙丢了", "officers": ["p-1", "p-2"], "voted": 6}
    return said("poll.voided", POLL, **(given | changes))


def test_a_void_poll_has_no_result() -> None:
    poll = Poll()
    own = poll.cast[0]["c"]
    poll.more = [(7, voided())]
    whole = poll.check(own=own, upto=8)
    assert whole.ok and "已经作废，没有结果，日志里有 6 张选票，您的那张在内" in whole.zh
    assert "void: it has no result" in whole.en


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ([(7, voided(officers=["p-1", "p-1"]))], "没有两个人经办"),
        ([(7, voided(reason=""))], "没有理由"),
        ([(7, voided()), (8, voided())], "同一件事记了两次"),
        ([(0, voided())], "作废不在开始和截止之间"),
        ([(5, voided())], "选票不在开始和截止之间"),
        ([(7, voided(voted=5))], "选票有 6 张，投票的只有 5 户"),
    ],
)
def test_what_is_wrong_with_a_void_poll_is_found(more: list[tuple[int, Entry]], words: str) -> None:
    poll = Poll(more=more)
    assert words in poll.check(upto=7 + len(more)).zh


def test_a_poll_is_not_void_and_counted() -> None:
    assert "作废不在开始和截止之间" in Poll(more=[(7, voided())]).check().zh


def test_the_result_cannot_be_checked_without_the_file() -> None:
    files = log_with(Poll().entries()).files()
    with pytest.raises(UsageError, match="Give reveal"):
        check_poll("poll/3", served(files), VKEY)


def test_the_command_counts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    poll = Poll()
    folder = lay_out(log_with(poll.entries()).files(), tmp_path / "log")
    (tmp_path / "reveal.jsonl").write_bytes(poll.revealed)
    own = poll.cast[3]["c"]
    common = ["poll", "3", "--log", str(folder), "--key", VKEY]
    assert verify.main([*common, "--reveal", str(tmp_path / "reveal.jsonl"), "--ballot", own]) == 0
    assert "p-3、p-1" in capsys.readouterr().out
    assert verify.main(common) == 2
    assert verify.main([*common, "--reveal", str(tmp_path / "missing.jsonl")]) == 2


def test_2000_ballots_are_counted() -> None:
    pairs = [ballot(number, f"p-{number % 3 + 1}") for number in range(2000)]
    poll = Poll(
        cast=[cast for cast, _ in pairs],
        lines=[line for _, line in pairs],
        counts={"p-1": 667, "p-2": 667, "p-3": 666},
        closed=said("poll.closed", POLL, voted=2100),
    )
    poll.opened["pub"]["roll_size"] = 3000
    assert poll.check().ok


def test_a_ballot_is_committed_to_as_the_design_says() -> None:
    """c = SHA256("hearing/ballot/v1", 0, poll, 0, 32 bytes of nonce, canonical ballot), written out once more."""
    cast, line = ballot(0, "p-1")
    plain = json.dumps(line["ballot"], sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    nonce = hashlib.sha256(b"nonce 0").digest()
    digest = hashlib.sha256(b"hearing/ballot/v1\x00poll/3\x00" + nonce + plain).digest()
    assert base64.urlsafe_b64decode(cast["c"] + "=") == digest

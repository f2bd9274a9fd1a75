"""`verify.py consent`: what a collection's entries must have in common, and a household's own opening."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from hearing.audit import opening, verify
from hearing.audit.ledger import Recorded, perform
from hearing.audit.publisher import Publisher
from hearing.audit.verify import Report, UsageError, check_consent
from hearing.consents import actions
from hearing.consents.models import ConsentRecord
from hearing.db import db, reading
from hearing.proposals.facts import PlanFixed
from hearing.proposals.models import RequiredConsent
from tests.audit.logs import LOG, WITNESS, lay_out, served
from tests.audit.said import (
    COLLECTION,
    OTHER,
    PLAN,
    SALT,
    Entry,
    answered,
    collection,
    figures,
    log_with,
    payload,
    said,
    unpadded,
)
from tests.cast import Cast
from tests.consents.course import Course, at, lane_course, moment

VKEY = str(LOG.verify_key)


def check(entries: list[Entry], *openings: bytes, name: str = "7") -> Report:
    files = log_with(entries).files()
    return check_consent(name, served(files), VKEY, openings)


def opening_of(index: int, record: int, answer: str = "agree", salt: bytes = SALT) -> bytes:
    return json.dumps({"v": 1, "index": index, "salt": unpadded(salt), "payload": payload(record, answer)}).encode()


# ---- In the product's own log


def written(course: Course) -> Course:
    """The course's plan is made without its history; here the trail knows it."""
    version = db.session.get_one(RequiredConsent, course.required).version
    proposal = version.proposal
    fact = PlanFixed(
        actor=course.who("clerk").as_resident(),
        scope=proposal.neighbourhood.slug,
        subject=proposal.matter,
        matter=proposal.matter,
        number=version.number,
        hash8=version.hash8,
        plan_hash=version.plan_hash,
    )
    perform(lambda: fact)
    return course


@pytest.fixture
def finished(app: Flask, cast: Cast) -> tuple[str, str, dict[int, bytes], str]:
    """A collection that came to its end: the folder of its log, the key, every household's opening, its number."""
    with app.app_context():
        course = written(lane_course(cast)).open()
        signed: dict[int, Recorded[Any]] = {}
        for number in range(1, 13):
            with at(moment(8, 11, number)):
                signed[number] = course.sign(number, seed=number)
        with at(moment(9)):
            course.withdraw(4)
        with at(moment(9, 11)):
            signed[4] = course.sign(4)
        with at(moment(9, 12)):
            record = db.session.query(ConsentRecord).filter_by(number=2).one()
            perform(actions.dispute, course.who(2), record)
        with at(moment(9, 13)):
            signed[2] = course.sign(2)
        with at(moment(10)):
            slip = course.print_slip(13).id
        for who, hour in (("clerk", 9), ("director", 10)):
            with at(moment(12, hour)):
                done = course.read(who, slip, signed=date(2026, 11, 11), received=moment(11), original=who == "clerk")
        signed[13] = done
        for who in ("director", "scrutineer"):
            with at(moment(13)):
                disputed = db.session.query(ConsentRecord).filter_by(number=2).one()
                perform(actions.check_signature, course.who(who), disputed, genuine=True, finding="本人到场确认")
        course.to_the_end()
        publisher = Publisher.of(app.extensions["settings"])
        with reading():
            publisher.publish(db.session)
            files = {number: opening.opening(db.session, done.index) or b"" for number, done in signed.items()}
            db.session.rollback()
        return str(publisher.folder), str(publisher.vkey), files, str(course.collection_id)


def test_a_collection_of_the_product_passes_with_every_opening(
    finished: tuple[str, str, dict[int, bytes], str],
) -> None:
    folder, vkey, openings, number = finished
    report = check_consent(number, folder, vkey, list(openings.values()))
    assert report.ok, str(report)
    assert "应征询 13 户，同意 13，反对 0，弃权 0" in str(report)
    assert str(report).count("承诺相符 the commitment opens") == 13
    assert "同意 (agree)" in str(report)


# ---- Made by hand


def test_what_agrees_passes_and_is_told() -> None:
    for name in ("7", "consent/7"):
        report = check(collection(), name=name)
        assert (report.kind, report.exit_code, report.entry) == ("passed", 0, None)
        assert "结果生效：应征询 5 户，同意 3，反对 1，弃权 0。" in report.zh
        assert "Result final: 5 households, 3 yes, 1 no, 0 abstained." in report.en


def test_a_collection_that_still_runs_passes() -> None:
    for length in range(2, len(collection())):
        assert check(collection()[:length]).ok, length
    assert "还没有结果，有 5 份表态记录" in check(collection()[:9]).zh
    void = [*collection()[:9], said("consent.void", reason="程序有误")]
    assert "宣布无效" in check(void).zh


def test_entries_of_other_collections_are_none_of_its_business() -> None:
    others = [said("roll.fixed", "consent/77", units=1, area_centi=1, roll_hash=OTHER, plan_hash=OTHER)]
    others += [said("plan.fixed", "proposal/4", plan_hash=OTHER), said("plan.odd", "proposal/4")]
    assert check([*others, *collection(), *others]).ok


def test_a_collection_that_the_log_does_not_know_is_said() -> None:
    report = check(collection(), name="8")
    assert (report.kind, report.exit_code) == ("consent", 1)
    assert "没有第 consent/8 号征询" in report.zh


Change = Callable[[list[Entry]], object]


def put(index: int, **pub: object) -> Change:
    return lambda entries: entries[index]["pub"].update(pub)


def drop(index: int) -> Change:
    return lambda entries: entries.pop(index)


def insert(index: int, entry: Entry) -> Change:
    return lambda entries: entries.insert(index, entry)


def put_more(entries: list[Entry]) -> None:
    """A larger roll, and a household counted that has no record."""
    entries[3]["pub"].update(units=9, area_centi=36_000)
    entries[11]["pub"].update(figures(5, 1, everybody=9))


@pytest.mark.parametrize(
    ("change", "at_entry", "words"),
    [
        (put(5, plan_hash=OTHER), 5, "方案与这次征询开始时的不是同一份"),
        (put(14, plan_hash=OTHER), 14, "方案与这次征询开始时的不是同一份"),
        (put(14, roll_hash=OTHER), 14, "名册与这次征询开始时的不是同一份"),
        (insert(9, said("roll.fixed", units=6, area_centi=24_000, roll_hash=OTHER, plan_hash=PLAN)), 9, "名册与"),
        (drop(0), 0, "方案此前没有定稿"),
        (put(0, plan_hash=OTHER), 1, "方案此前没有定稿"),
        (drop(5), 5, "表态编号应当是 2"),
        (insert(6, answered(2)), 6, "表态编号应当是 3"),
        (put(6, record="3"), 6, "没有写明 record"),
        (put(6, record=True), 6, "没有写明 record"),
        (lambda entries: entries.insert(3, entries.pop(4)), 3, "名册还没有定稿就有表态"),
        (put(10, method="phone"), 10, "截止以后还有表态"),
        (insert(12, answered(7, method="paper")), 12, "截止以后还有表态"),
        (insert(15, answered(7)), 15, "截止以后还有表态"),
        (insert(9, said("consent.disputed", record=6)), 9, "那份表态不存在"),
        (put(9, answered=5), 9, "表态记录只有 4 份"),
        (drop(3), 3, "名册还没有定稿"),
        (put(11, part_heads=5), 11, "合计 4 户，而参与的写成 5 户"),
        (put(11, **figures(4, 1, everybody=6)), 11, "与定稿的名册不符"),
        (put(11, all_area=20_001), 11, "与定稿的名册不符"),
        (put(11, yes_area=16_001), 11, "部分大于全部"),
        (put(11, **figures(5, 1)), 11, "部分大于全部"),
        (put(14, **figures(4, 0)), 14, "没有任何记录说明缘由"),
        (put_more, 11, "有效的表态记录只有 5 份"),
        (put(11, no_heads=-1), 11, "没有写明 no_heads"),
        (put(13, count_hash=PLAN), 14, "没有经两个人确认同一个计数"),
        (lambda entries: entries[13]["actor"].update(ref="p-director"), 14, "没有经两个人确认同一个计数"),
    ],
)  # fmt: skip
def test_what_contradicts_itself_is_named(change: Change, at_entry: int, words: str) -> None:
    entries = collection()
    change(entries)
    report = check(entries)
    # One entry of another kind stands before them in the log.
    assert (report.kind, report.entry) == ("consent", at_entry + 1), str(report)
    assert words in report.zh
    assert f"entry {at_entry + 1}, counting from 0:" in report.en


def test_a_signature_found_to_be_anothers_does_not_count() -> None:
    struck = [said("consent.disputed", record=record) for record in (1, 5)]
    struck += [said("consent.dispute_checked", record=record, verdict="not_theirs") for record in (1, 5)]
    report = check([*collection()[:11], *struck, *collection()[11:]])
    assert (report.kind, report.entry) == ("consent", 16)
    assert "而有效的表态记录只有 3 份" in report.zh
    genuine = [*struck[:2], *(said("consent.dispute_checked", record=record, verdict="genuine") for record in (1, 5))]
    assert check([*collection()[:11], *genuine, *collection()[11:]]).ok


def test_a_count_may_change_when_an_entry_says_why() -> None:
    entries = collection()
    entries[14]["pub"].update(figures(2, 1))
    entries.insert(12, said("consent.disputed", record=1))
    report = check(entries)
    assert report.ok, str(report)


def test_a_later_plan_is_told() -> None:
    entries = [*collection(), said("plan.replaced", "proposal/3", plan_hash=OTHER, replaces=PLAN)]
    assert "方案改版" in check(entries).en


# ---- The household's own record


def test_an_opening_shows_what_was_recorded_and_what_followed() -> None:
    entries = collection()
    entries.insert(11, said("consent.disputed", record=2))
    report = check(entries, opening_of(6, 2, "oppose"))
    assert (report.ok, report.entry) == (True, 6)
    told = str(report).splitlines()
    assert any("#6 2026-11-21T03:04:05Z 反对 (oppose)，承诺相符" in line for line in told)
    followed = [line for line in told if line.startswith("  #")]
    assert [int(line.split("#")[1].split()[0]) for line in followed] == list(range(7, 17))
    assert [line for line in followed if line.endswith("←")] == [next(line for line in followed if "#12 " in line)]


def test_an_answer_that_the_result_does_not_know_is_pointed_out() -> None:
    entries = collection()
    for index in (11, 14):
        entries[index]["pub"].update(figures(3, 0))
    assert "结果（#15）里这样表态的是 0 户" in str(check(entries, opening_of(6, 2, "oppose")))
    assert "0 户。这一户" not in str(check(collection(), opening_of(6, 2, "oppose")))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (opening_of(6, 2, "agree"), "与日志里的承诺不符"),
        (opening_of(6, 2, "oppose", bytes(32)), "与日志里的承诺不符"),
        (opening_of(5, 2, "oppose"), "与日志里的承诺不符"),
        (opening_of(4, 2, "oppose"), "不是这次征询的表态记录"),
        (opening_of(0, 2, "oppose"), "不是这次征询的表态记录"),
        (opening_of(10**9, 2, "oppose"), "不是这次征询的表态记录"),
    ],
)
def test_an_opening_of_something_else_is_refused(data: bytes, words: str) -> None:
    report = check(collection(), data)
    assert (report.kind, report.exit_code) == ("opening", 1)
    assert words in report.zh


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"1",
        b'{"v":1}',
        b"\xff",
        b"[" * 100_000,
        opening_of(6, 2).replace(b'"v": 1', b'"v": 2'),
        opening_of(6, 2).replace(b'"index": 6', b'"index": "6"'),
        opening_of(6, 2).replace(b'"index": 6', b'"index": 6.0'),
        opening_of(6, 2).replace(unpadded(SALT).encode(), b"AAAA"),
        opening_of(6, 2)[:-3],
    ],
)
def test_what_is_no_opening_is_wrong_use(data: bytes) -> None:
    with pytest.raises(UsageError, match="启封件残缺"):
        check(collection(), data)


def test_every_byte_of_an_opening_counts() -> None:
    data = opening_of(6, 2, "oppose")
    for place in range(len(data)):
        try:
            report = check(collection(), data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        except UsageError:
            continue
        assert report.kind == "opening", (place, data[place : place + 10])


@pytest.mark.parametrize("name", ["", "0", "x", "poll/7", "consent/", "consent/7/8", "7 ", "-7", "9" * 30])
def test_what_is_no_number_is_wrong_use(name: str) -> None:
    with pytest.raises(UsageError, match="不是编号"):
        check(collection(), name=name)


def test_a_log_that_was_altered_is_not_asked_further() -> None:
    files = log_with(collection()).files()
    path = next(path for path in files if "entries" in path)
    files[path] = files[path].replace(b'"yes_heads":3', b'"yes_heads":5')
    report = check_consent("7", served(files), VKEY)
    assert (report.kind, report.entry) == ("entries", 12)


def test_the_command_takes_openings_and_remembers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = log_with(collection())
    folder = lay_out(log.files() | {"checkpoint": log.checkpoint(witnesses=[WITNESS])}, tmp_path / "log")
    (tmp_path / "mine.json").write_bytes(opening_of(6, 2, "oppose"))
    (tmp_path / "wrong.json").write_bytes(opening_of(6, 2))
    state = tmp_path / "state"
    common = ["--log", str(folder), "--key", VKEY, "--state", str(state), "--witness", str(WITNESS.verify_key)]
    assert verify.main(["consent", "7", *common, "--opening", str(tmp_path / "mine.json")]) == 0
    said_ = capsys.readouterr().out
    assert said_.startswith(f"通过：{COLLECTION} 的 14 条记录彼此一致") and "见证 cosigned" in said_
    assert state.exists()
    assert verify.main(["consent", "7", *common, "--opening", str(tmp_path / "wrong.json")]) == 1
    assert verify.main(["consent", "7", *common, "--opening", str(tmp_path / "none.json")]) == 2
    lay_out(log_with(collection()[:5]).files(), tmp_path / "shorter")
    common[1] = str(tmp_path / "shorter")
    assert verify.main(["consent", "7", *common[:-2]]) == 1
    assert "日志变短了" in capsys.readouterr().out

"""A town votes again: ten on their phones, the others over HTTP; the town's winners stand on the outcome page, and
anybody counts them from the bundle."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser as Chromium

from hearing import clock, schema
from hearing.ballots import pabulib, recount
from hearing.ballots.pabulib import Election
from hearing.ballots.rules import Mode, Said
from hearing.db import db
from hearing.demo.town.paper import OPEN_FOR, Paper, paper_of
from hearing.demo.town.people import cookies, settle
from hearing.demo.town.replaying import set_up
from hearing.demo.town.voters import everybody_votes
from tests import database
from tests.ballots.elections import ASSEN, real
from tests.journeys.neighbour import Neighbour
from tests.journeys.server import Live, serving

BY_PHONE, LINES = 10, 3
SCRIPTLESS, ENGLISH, ELDER = 0, 1, 2
"""Which of the ten has no JavaScript, who reads English, and who wants large type."""
CHINESE = ("去投票", "您自己的一句话", "去核对", "请核对您的选票", "提交我的选票", "您的选票已收到")
IN_ENGLISH = (
    "Vote",
    "A phrase of your own",
    "Go and check",
    "Please check your ballot",
    "Cast my ballot",
    "Your ballot was received",
)
MADE_UP = """META
key;value
description;小区花园
country;China
unit;安和里
instance;2026
num_projects;4
num_votes;24
budget;2400
vote_type;approval
rule;equalshares/add1
date_begin;01.11.2026
date_end;07.11.2026
PROJECTS
project_id;cost;name;selected
a;900;花园;1
b;300;长椅;1
c;1000;路灯;1
d;400;车棚;0
VOTES
voter_id;vote
"""
"""Twelve name garden and bench, twelve the lamps, four of these the shed too. Of her 100 each pays 75 and 25, or 83.33;
then 200 are left, and no larger share buys the shed for 400 without more than the budget."""


@dataclass
class Town:
    """An election that is voted again, and the phones of those who do it with their thumbs."""

    live: Live
    chromium: Chromium
    stack: ExitStack
    paper: Paper
    cookies: list[str]
    """Of each voter's browser, signed in as residents are."""
    poll: int
    codes: dict[int, str] = field(default_factory=dict)
    """What stands on the receipts of the ten."""
    phones: dict[int, Neighbour] = field(default_factory=dict)

    @property
    def page(self) -> str:
        """The poll's address."""
        return f"/polls/{self.poll}"

    def phone(self, *, script: bool = True) -> Neighbour:
        """A new phone."""
        return self.stack.enter_context(Neighbour.held(self.chromium, self.live.url, script=script))

    def titles(self, ids: frozenset[str] | set[str]) -> set[str]:
        """What the projects with these ids of the file are called."""
        return {project.title for project in self.paper.projects if self.paper.ids[project.code] in ids}


def an_election() -> Election:
    """Assen 2024 where the real files are; otherwise one of its shape whose winners can be reckoned by hand."""
    for path in real(ASSEN):
        return pabulib.read(path)
    votes = ["a,b"] * 12 + ["c,d"] * 4 + ["c"] * 8
    return pabulib.parse((MADE_UP + "".join(f"v{n};{vote}\n" for n, vote in enumerate(votes))).encode())


@contextmanager
def town(chromium: Chromium, folder: Path, election: Election) -> Iterator[Town]:
    """A neighbourhood with a household for each voter, and the poll open."""
    with (
        database.database(folder) as url,
        serving(folder / "var", url) as live,
        ExitStack() as stack,
    ):
        clock.shift(timedelta(0))
        stack.callback(clock.shift, timedelta(0))
        with live.app.app_context():
            schema.prepare(db.engine, live.settings)
            moment = clock.now()
            db.session.rollback()
            paper = paper_of(election, moment, mode=Mode.SECRET, counting=None, floor=0)
            place, refs = settle(len(paper.said), moment)
            poll = set_up(place, paper)
            db.session.close()
        yield Town(live, chromium, stack, paper, list(cookies(live.app, refs)), poll)


def votes_by_phone(town: Town, number: int) -> None:
    """From the poll's page to the receipt; the first three look closely at each page on the way."""
    phone = town.phones[number] = town.phone(script=number != SCRIPTLESS)
    vote, phrase, check, please, cast, received = IN_ENGLISH if number == ENGLISH else CHINESE
    name, _, value = town.cookies[number].partition("=")
    phone.context.add_cookies([{"name": name, "value": value, "url": town.live.url}])
    phone.open(town.page)
    switch = {ENGLISH: "EN", ELDER: "长辈版"}.get(number)
    if switch:
        phone.tap(switch)
    phone.tap(vote)
    titles = choose(town, phone, town.paper.said[number])
    phone.fill(phrase, f"第 {number} 盆茉莉")
    looked_at(phone, number, "ballot")
    phone.tap(check).see(please, f"第 {number} 盆茉莉", *titles)
    looked_at(phone, number, "check")
    phone.tap(cast).see(received)
    looked_at(phone, number, "receipt")
    town.codes[number] = code_on(phone)


def choose(town: Town, phone: Neighbour, said: Said) -> list[str]:
    """Tick what this voter chose; the titles."""
    titles = {project.code: project.title for project in town.paper.projects}
    for code in said.choices:
        phone.choose(titles[code])
    return [titles[code] for code in said.choices]


def looked_at(phone: Neighbour, number: int, what: str) -> None:
    """A page as somebody without JavaScript, in English or in large type has it; a check looks at large type anyway."""
    if number <= ELDER:
        who = {SCRIPTLESS: "plain", ENGLISH: "english", ELDER: "elder"}[number]
        phone.screenshot(f"town-{what}-{who}")
    if number < ELDER:
        phone.check()


def code_on(phone: Neighbour) -> str:
    """The code on the receipt."""
    return (phone.page.locator("#ballot-code").text_content() or "").strip()


def the_others_vote(town: Town) -> None:
    """Everybody else, over HTTP through the same pages."""
    said, coming = town.paper.said[BY_PHONE:], iter(town.cookies[BY_PHONE:])
    where = urlsplit(town.live.url)
    assert where.hostname and where.port
    turnout = everybody_votes(
        (where.hostname, where.port),
        coming,
        town.poll,
        town.paper.terms.kind,
        said,
        lines=LINES,
    )
    assert (turnout.cast, dict(turnout.refused)) == (len(said), {})


def the_clock_closes(town: Town) -> None:
    """The poll's end comes; the worker closes, counts and publishes."""
    clock.shift(OPEN_FOR + timedelta(seconds=1))
    town.live.turn()


def the_outcome_is_read(town: Town, election: Election) -> bytes:
    """By somebody who is not signed in: the winners are the town's. Returns the bundle."""
    reader = town.phone().open(town.page).tap("看结果：每个项目为什么入选、为什么没有")
    reader.see(f"{len(town.paper.said)} 张选票").screenshot("town-outcome").check()
    chosen = reader.page.locator("#funded .outcome-title strong").all_text_contents()
    assert set(chosen) == town.titles(election.selected)
    assert len(chosen) == len(election.selected)
    return reader.fetch("计票包（zip）")


def a_voter_finds_her_own(town: Town) -> None:
    """Her receipt says that the ballot is in the trail; by its code anybody sees what its share paid for."""
    voter = town.phones[ELDER].open(f"{town.page}/receipt").see("您的选票已经写进存证。")
    assert town.codes[ELDER].encode() in voter.fetch("下载", within="签名的承诺")
    assert voter.fetch("下载证明（.tlog-proof）")
    revealed = town.phones[SCRIPTLESS].open(town.page).fetch("全部选票（reveal.jsonl）").decode()
    for number, code in town.codes.items():
        (line,) = (line for line in revealed.splitlines() if code in line)
        assert f"第 {number} 盆茉莉" in line
    voter.open(f"{town.page}/outcome").fill("回执上的选票编号", town.codes[ELDER]).tap("找这张选票")
    voter.see("这张选票的份额").screenshot("town-own-share").check()


def anybody_counts_again(bundle: bytes, folder: Path) -> None:
    """recount.py alone agrees with what was published, and disagrees once a single ballot says something else."""
    with zipfile.ZipFile(BytesIO(bundle)) as packed:
        packed.extractall(folder)
    (ballots,) = folder.rglob("election.pb")
    agreed = recounted(ballots.parent)
    assert (agreed.returncode, agreed.stderr) == (recount.AGREES, "")
    assert agreed.stdout.splitlines()[-1] == "AGREES 一致"
    alter_one(ballots)
    differs = recounted(ballots.parent)
    assert (differs.returncode, differs.stdout.splitlines()[-1]) == (recount.DIFFERS, "DIFFERS 不一致")


def recounted(folder: Path) -> subprocess.CompletedProcess[str]:
    """The recount as a citizen runs it, with nothing but Python."""
    command = [sys.executable, "-I", "-S", "recount.py", "election.pb", "rule.json", "--expect", "tally.json"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def alter_one(ballots: Path) -> None:
    """The first ballot names only what it did not name before."""
    election = pabulib.read(ballots)
    head, _, votes = ballots.read_text("utf-8").partition("VOTES\n")
    columns, first, *rows = votes.splitlines()
    voter, said, *rest = first.split(";")
    other = next(each.id for each in election.profile.projects if each.id not in said.split(","))
    ballots.write_text("\n".join([f"{head}VOTES", columns, ";".join([voter, other, *rest]), *rows, ""]), "utf-8")


def test_a_town_votes_again(chromium: Chromium, tmp_path: Path) -> None:
    election = an_election()
    with town(chromium, tmp_path, election) as place:
        for number in range(BY_PHONE):
            votes_by_phone(place, number)
        assert len(set(place.codes.values())) == BY_PHONE
        the_others_vote(place)
        the_clock_closes(place)
        bundle = the_outcome_is_read(place, election)
        a_voter_finds_her_own(place)
    anybody_counts_again(bundle, tmp_path / "bundle")

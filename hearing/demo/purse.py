"""The purse 微更新资金: households of lane and stairs divide a pot by secret ballot, and later a second one."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hearing.audit.ledger import entrust, perform
from hearing.ballots import actions, queries, rules
from hearing.ballots.models import Poll
from hearing.ballots.rules import Counting, Kind, Limits, Mode, Per, Said
from hearing.db import db
from hearing.demo.lane import Lane
from hearing.demo.stairs import Stairs
from hearing.demo.telling import Telling, there
from hearing.people.viewer import Viewer
from hearing.places.models import Neighbourhood

YUAN = 100
SPRING = (
    ("01", "弄口加两盏路灯", "晚上进弄口看不清台阶。", 9_600, "安全"),
    ("02", "楼道扶手补齐", "二层到三层缺一段扶手。", 12_800, "安全"),
    ("03", "公用水池换水管", "灶间的水管漏了三年。", 15_400, "修缮"),
    ("04", "晒台铺防滑砖", "雨天晒衣服容易滑倒。", 18_000, "修缮"),
    ("05", "老伙伴茶室", "每周三下午，凑满十人开席。", 6_500, "邻里"),
    ("06", "花架和口袋花园", "墙边种月季，大家认养。", 21_000, "绿化"),
    ("07", "自行车棚加充电桩", "不再把电瓶拎上楼。", 16_200, "安全"),
    ("08", "儿童角换软地垫", "", 11_000, "邻里"),
)
"""Code, title, words, cost in yuan, category."""
AUTUMN = (
    ("11", "门厅换感应灯", "六层楼每层一盏。", 4_800, "安全"),
    ("12", "雨棚修补", "", 9_200, "修缮"),
    ("13", "重阳节百家宴", "食材和场地，菜由邻居烧。", 6_000, "邻里"),
    ("14", "楼前轮椅停放点", "划线、拉手和挡雨板。", 7_600, "安全"),
    ("15", "旧书交换架", "", 2_400, "邻里"),
)
CAST: tuple[tuple[tuple[int | str, ...], tuple[str, ...]], ...] = (
    ((1, 2, 3, 5, "102", "301"), ("01", "02", "05")),
    ((4, 6, 7, "101", "201"), ("02", "03")),
    ((8, 9, "202", "402"), ("03", "04", "07")),
    ((10, 11, "302"), ("06", "08")),
    ((13, "502", "602"), ("05", "06", "01")),
)
"""Who named what in the first poll."""
EARLY: tuple[tuple[int | str, tuple[str, ...]], ...] = (
    (2, ("11", "15")),
    ("202", ("12", "13", "15")),
    (5, ("14", "11")),
)
"""Who has voted in the second one by today."""


@dataclass
class _Purse:
    """A poll that is being told of."""

    told: Telling[Lane]
    house: Stairs
    poll_id: int = 0

    def poll(self) -> Poll:
        """The poll, read anew."""
        return there(queries.desk_poll(self.told.who("clerk"), self.poll_id))

    def set_up(self, terms: actions.Terms, projects: Sequence[tuple[str, str, str, int, str]]) -> None:
        """Draft, list and open it, as the clerk does."""
        clerk, place = self.told.who("clerk"), db.session.get_one(Neighbourhood, self.told.people.neighbourhood)
        drafted = perform(actions.draft, clerk, place, terms).fact
        self.poll_id = int(drafted.subject.partition("/")[2])
        for code, title, words, yuan, category in projects:
            project = actions.ProjectTerms(code, title, words, yuan * YUAN, category)
            perform(actions.add_project, clerk, self.poll(), project)
        poll = self.poll()
        perform(actions.open_poll, clerk, poll, seen=poll.rule_version)

    def cast(self, who: int | str, codes: Sequence[str]) -> None:
        """A household casts a secret ballot on its phone."""
        voter = self.told.viewer((self.told.people if isinstance(who, int) else self.house).ref(who))
        for line in queries.lines(voter, self.poll()):
            entrust(
                actions.cast_secretly,
                actions.Voter(voter, line.voter_id),
                actions.write_down(
                    self.poll_id,
                    Said(tuple(sorted(codes))),
                    nonce=rules.word(secrets.token_bytes(rules.BYTES)),
                    phrase=f"演示{secrets.randbelow(9000) + 1000}",
                ),
            )


def tell_first(people: Lane, house: Stairs, today: datetime, viewer: Callable[[str], Viewer]) -> None:
    """A pot that has been divided: opened 51 days before today, closed and counted a week later."""
    told = Telling(people, today, viewer)
    purse = _Purse(told, house)
    closes = told.moment(45, 18)
    with told.day(51, hour=9):
        terms = actions.Terms(
            title="今年的6万元微更新资金怎么用？",
            words="街道拨给居民区的微更新资金，由各户一起分。项目由居民提出，费用经第三方核过。",
            mode=Mode.SECRET,
            per=Per.HOUSEHOLD,
            kind=Kind.APPROVAL,
            limits=Limits(1, 4),
            counting=Counting.SHARES,
            opens=told.moment(51, 9),
            closes=closes,
            budget=60_000 * YUAN,
        )
        purse.set_up(terms, SPRING)
    for place, (who, codes) in enumerate(CAST):
        for number, each in enumerate(who):
            with told.day(50 - place, hour=9 + number):
                purse.cast(each, codes)
    with told.day(45, hour=18):
        actions.due_steps()


def tell_second(people: Lane, house: Stairs, today: datetime, viewer: Callable[[str], Viewer]) -> None:
    """A pot that is being divided: opened yesterday, open for another week."""
    told = Telling(people, today, viewer)
    purse = _Purse(told, house)
    with told.day(1, hour=13):
        terms = actions.Terms(
            title="重阳节前的2万元睦邻基金",
            words="在2万元以内选您想要的几项。",
            mode=Mode.SECRET,
            per=Per.HOUSEHOLD,
            kind=Kind.KNAPSACK,
            limits=Limits(1, 0),
            counting=Counting.GREEDY,
            opens=told.moment(1, 13),
            closes=told.moment(0, 18) + timedelta(days=7),
            budget=20_000 * YUAN,
        )
        purse.set_up(terms, AUTUMN)
    for number, (who, codes) in enumerate(EARLY):
        with told.day(1, hour=14 + number):
            purse.cast(who, codes)

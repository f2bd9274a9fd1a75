"""Polls in every state in which a page waits for somebody, with a ballot of each kind, beside the demo's two."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from hearing.audit.ledger import perform
from hearing.ballots import actions, queries
from hearing.ballots.paper_queries import papers_of
from hearing.ballots.rules import Counting, Kind, Limits, Mode, Per, square_text
from hearing.clock import now
from hearing.web import pictures
from tests import slip_photos
from tests.ballots.stage import YUAN, Stage, question, terms
from tests.cast import Cast
from tests.consents.course import at

POTS = {"安全": 45_000 * YUAN, "邻里": 15_000 * YUAN, "绿化": 60_000 * YUAN}
IN_POTS: dict[str, Any] = {"pots": POTS, "budget": sum(POTS.values()), "counting": Counting.GREEDY}
OPEN: Sequence[dict[str, Any]] = (
    {"title": "打分", "kind": Kind.POINTS, "limits": Limits(1, 0, 10, 6), "counting": Counting.GREEDY},
    {"title": "排名次", "kind": Kind.RANKING, "limits": Limits(1, 3), "counting": Counting.GREEDY, "mode": Mode.NAMED},
    {"title": "选一项", "kind": Kind.CHOOSE, "limits": Limits(1, 1), "counting": Counting.GREEDY, "per": Per.PERSON},
    {"title": "分类的钱", **IN_POTS},
)
"""Kinds of ballots that wait for voters; two more have a course of their own."""
SAID = ((1, ("01", "03")), (2, ("02", "A-4")), (3, ("03",)), (12, ("01", "02", "03")))
"""Which household names what in a poll that is over."""

Places = list[tuple[str, str]]


def happen(cast: Cast, today: datetime) -> Places:
    """Polls that are over are told first; returns account refs and addresses to which no link leads them."""
    counted(cast, today - timedelta(days=9))
    with at(today - timedelta(hours=1)):
        drafts(cast)
        for changes in OPEN:
            Stage(cast).open(terms(now(), **changes))
        busy = disturbed(cast)
        asked(cast)
        void(cast)
        line = on_paper(cast)
        came = Stage(cast, busy).line(7).voter_id
        desk = f"/desk/polls/{busy}"
        typed = [f"{desk}/window/{came}", f"{desk}/papers/unreturned", *line]
        return [
            (cast.ref("block_officer"), f"/polls/{busy}/ballot"),
            *((cast.ref("clerk"), address) for address in typed),
        ]


def drafts(cast: Cast) -> None:
    """A budget and a question at the desk, not begun."""
    Stage(cast).draft()
    Stage(cast).draft(question(now()))


def asked(cast: Cast) -> None:
    """A question under names: one household has answered, and may still change its answer."""
    poll = Stage(cast).open(question(now()))
    poll.cast_by_name(1, "yes")


def void(cast: Cast) -> None:
    """A secret poll that two officers have declared void, and one of which this is asked."""
    for done in (True, False):
        poll = Stage(cast).open(terms(now(), title="作废过的" if done else "要作废的"))
        poll.cast_secretly(1, "01")
        perform(actions.ask_void, poll.clerk, poll.poll_id, "项目的费用写错了。")
        if done:
            (asked_for,) = queries.voidings(poll.poll)
            perform(actions.declare_void, poll.who("director"), poll.poll_id, asked_for.id)


def on_paper(cast: Cast) -> list[str]:
    """Papers under names: one lost, one out, one photographed, and a picture that nobody has named."""
    poll = Stage(cast).open(terms(now(), title="纸票投", mode=Mode.NAMED))
    perform(actions.print_papers, poll.clerk, poll.poll_id, 4)
    codes = papers_of(poll.poll_id, 1)
    lines = [poll.line(household).voter_id for household in (1, 2, 3)]
    for line, code in zip(lines, codes, strict=False):
        perform(actions.hand_out_by_name, poll.clerk, poll.poll_id, line, code)
    perform(actions.declare_lost, poll.clerk, poll.poll_id, lines[0], codes[0])
    shots = [_shot(square_text(codes[1])), _shot()]
    perform(actions.photograph, poll.clerk, poll.poll_id, shots)
    desk = f"/desk/polls/{poll.poll_id}"
    return [f"{desk}/window/{lines[2]}", f"{desk}/window/{lines[2]}/lost"]


def _shot(*squares: str) -> actions.Shot:
    picture = pictures.photo(slip_photos.photo(*squares))
    return actions.Shot(picture, squares)


def disturbed(cast: Cast) -> int:
    """An open poll with a project withdrawn, put off, with papers printed, whose roll waits for a second person."""
    poll = Stage(cast).open()
    perform(actions.withdraw_project, poll.clerk, poll.poll, "02", "物业自己修了。")
    perform(actions.extend, poll.clerk, poll.poll, poll.poll.closes_at + timedelta(days=2), "下雨，多给两天。")
    perform(actions.print_papers, poll.clerk, poll.poll_id, 4)
    struck = cast.units[8]
    perform(actions.ask_amendment, poll.clerk, poll.poll, struck, adds=False, reason="房子空着，没有人住")
    return poll.poll_id


def counted(cast: Cast, begun: datetime) -> None:
    """Under names, so that a reader has a share of her own: by shares, by pots, to a threshold; and a question."""
    named: Sequence[dict[str, Any]] = (
        {"title": "分着付，比一比", "comparison": True, "floor": 1},
        {"title": "分类算过的钱", **IN_POTS},
        {"title": "票数不够不算", "counting": Counting.THRESHOLD, "threshold": 2},
    )
    with at(begun):
        stages = [Stage(cast).open(terms(now(), mode=Mode.NAMED, **changes)) for changes in named]
        for stage in stages:
            for household, codes in SAID:
                stage.cast_by_name(household, *codes)
        answered = Stage(cast).open(question(now()))
        for household, answer in ((1, "yes"), (2, "no"), (12, "abstain")):
            answered.cast_by_name(household, answer)
    with at(begun + timedelta(days=7, seconds=1)):
        actions.due_steps()

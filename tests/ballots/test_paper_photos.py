"""Photographs of papers under names: each finds its paper by its square, and is beside the fields for all who read."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from hearing import clock
from hearing.audit.ledger import perform
from hearing.audit.models import LogEntry
from hearing.ballots import actions, paper_queries, photo_queries, rules
from hearing.ballots.actions import Shot
from hearing.ballots.models import NamedBallot
from hearing.ballots.paper_models import PaperPhoto
from hearing.ballots.rules import KnownPaper, Mode, PaperState, PhotoState, Refusal
from hearing.clock import now
from hearing.db import db
from hearing.erasure.classes import _ballots
from hearing.erasure.parts import Going
from hearing.files.models import Evidence
from hearing.places.models import Neighbourhood
from hearing.web.pictures import WEBP, Safe
from tests import slip_photos
from tests.ballots.stage import Stage, terms
from tests.ballots.test_papers import Window, refused
from tests.ballots.test_window_pages import desk, voter
from tests.browser import Browser, pick
from tests.cast import Cast

CODE, OTHER = rules.paper_code(11), rules.paper_code(12)
OUT = KnownPaper(1, PaperState.OUT, handed=True, photographed=False)


# ---- the rule


@pytest.mark.parametrize(
    ("squares", "paper", "seen", "state", "why"),
    [
        ([rules.square_text(CODE)], OUT, False, PhotoState.MATCHED, None),
        ([rules.square_text(CODE), rules.square_text(CODE), "https://x"], OUT, False, PhotoState.MATCHED, None),
        ([], OUT, False, PhotoState.WAITING, None),
        ([CODE, "S1." + CODE], OUT, False, PhotoState.WAITING, None),
        (["B1." + CODE[:-1] + ("A" if CODE[-1] != "A" else "C")], OUT, False, PhotoState.WAITING, None),
        ([rules.square_text(CODE)], OUT, True, PhotoState.REFUSED, Refusal.PHOTO_TWICE),
        ([rules.square_text(CODE), rules.square_text(OTHER)], OUT, False, PhotoState.REFUSED, Refusal.PHOTO_OF_SEVERAL),
        ([rules.square_text(CODE)], None, False, PhotoState.REFUSED, Refusal.NO_SUCH_PAPER),
        ([rules.square_text(CODE)], KnownPaper(2, PaperState.OUT, True, False), False, PhotoState.REFUSED, "other"),
        ([rules.square_text(CODE)], KnownPaper(1, PaperState.OUT, False, False), False, PhotoState.REFUSED, "handed"),
        ([rules.square_text(CODE)], KnownPaper(1, PaperState.OUT, True, True), False, PhotoState.REFUSED, "twice"),
        ([rules.square_text(CODE)], KnownPaper(1, PaperState.READ, True, False), False, PhotoState.MATCHED, None),
        ([rules.square_text(CODE)], KnownPaper(1, PaperState.ENTERED, True, False), False, PhotoState.REFUSED, "done"),
        ([rules.square_text(CODE)], KnownPaper(1, PaperState.VOID, True, False), False, PhotoState.REFUSED, "void"),
        ([rules.square_text(CODE)], KnownPaper(1, PaperState.LOST, True, False), False, PhotoState.REFUSED, "lost"),
    ],
)
def test_what_a_picture_is(
    squares: Sequence[str], paper: KnownPaper | None, seen: bool, state: PhotoState, why: Refusal | str | None
) -> None:
    named = {
        "other": Refusal.PHOTO_OF_OTHER_POLL,
        "handed": Refusal.PAPER_NOT_HANDED,
        "twice": Refusal.PHOTO_OF_PAPER_TWICE,
        "done": Refusal.PAPER_ENTERED,
        "void": Refusal.PAPER_VOID,
        "lost": Refusal.PAPER_LOST,
    }
    judged = rules.judge(squares, {CODE: paper} if paper else {}, poll=1, seen_before=seen)
    assert (judged.state, judged.why) == (state, named.get(why or "", why))


# ---- the acts


@pytest.fixture
def named(app: Flask, at_desk: object, cast: Cast) -> Window:
    """The window of a poll under names."""
    return Window(Stage(cast).open(terms(now(), mode=Mode.NAMED)))


def shot(*codes: str, seed: int = 0) -> Shot:
    """A picture of these papers; `seed` makes it another one."""
    return Shot(Safe(f"{codes}{seed}".encode(), WEBP), tuple(rules.square_text(code) for code in codes))


def photographed(window: Window, *shots: Shot) -> list[str]:
    """Photograph a pile; what became of each."""
    perform(actions.photograph, window.stage.clerk, window.id, shots)
    lines = db.session.scalars(select(PaperPhoto).order_by(PaperPhoto.number.desc()).limit(len(shots)))
    return [line.why or line.state for line in reversed(list(lines))]


def test_a_pile_is_kept_line_by_line(named: Window) -> None:
    code, other, third, *_ = named.printed()
    named.bind(1, code)
    named.bind(2, other)
    pile = [shot(code), shot(seed=1), shot(code, seed=2), shot(third), shot(code), Shot(None, problem="DAMAGED")]
    assert photographed(named, *pile) == [
        "matched",
        "waiting",
        Refusal.PHOTO_OF_PAPER_TWICE,
        Refusal.PAPER_NOT_HANDED,
        Refusal.PHOTO_TWICE,
        "DAMAGED",
    ]
    assert len(list(db.session.scalars(select(Evidence)))) == 2, "of what is refused nothing is kept"
    entry = db.session.scalars(select(LogEntry.body).where(LogEntry.kind == "paper.photographed")).one()
    assert code.encode() not in bytes(entry) and b'"matched":1' in bytes(entry)
    assert photographed(named, shot(other)) == ["matched"]
    assert [photo.number for photo in photo_queries.photos(named.stage.poll, 0)[0]] == [7, 6, 5, 4, 3, 2, 1]


def test_a_picture_whose_square_is_not_read_is_named_by_a_person(named: Window) -> None:
    code, other, *_ = named.printed()
    named.bind(1, code)
    photographed(named, shot(seed=1), shot(seed=2))
    second, first = photo_queries.photos(named.stage.poll, 0)[0]
    act, clerk = actions.name_photo, named.stage.clerk
    assert refused(perform, act, clerk, named.id, first.id, other) is Refusal.PAPER_NOT_HANDED
    assert refused(perform, act, clerk, named.id, first.id, "12") is Refusal.PAPER_MISTYPED
    perform(act, clerk, named.id, first.id, rules.square_text(code))
    assert photo_queries.photo_of(code) is not None
    assert refused(perform, act, clerk, named.id, first.id, code) is Refusal.PHOTO_SETTLED
    assert refused(perform, act, clerk, named.id, second.id, code) is Refusal.PHOTO_OF_PAPER_TWICE
    assert refused(perform, act, clerk, named.id, 987654, code) is Refusal.PHOTO_SETTLED
    perform(actions.set_photo_aside, clerk, named.id, second.id)
    assert photo_queries.waiting(named.stage.poll) == 0


def test_an_unreadable_picture_is_taken_again_until_somebody_has_read_the_paper(named: Window) -> None:
    code = named.printed()[0]
    named.bind(1, code)
    photographed(named, shot(code))
    clerk = named.stage.clerk
    (first,) = photo_queries.photos(named.stage.poll, 0)[0]
    perform(actions.set_photo_aside, clerk, named.id, first.id)
    assert refused(perform, actions.set_photo_aside, clerk, named.id, first.id) is Refusal.PHOTO_SETTLED
    assert photographed(named, shot(code, seed=2)) == ["matched"]
    named.read("clerk", code, "01")
    again = photo_queries.photo_of(code)
    assert again is not None
    assert refused(perform, actions.set_photo_aside, clerk, named.id, again.id) is Refusal.PHOTO_SETTLED


def test_a_photographed_paper_is_neither_missing_nor_lost(named: Window) -> None:
    code, other, *_ = named.printed()
    named.bind(1, code)
    named.bind(2, other)
    photographed(named, shot(code))
    clerk = named.stage.clerk
    lost = actions.declare_lost
    assert refused(perform, lost, clerk, named.id, named.voter(1), code) is Refusal.PAPER_CAME_BACK
    with named.stage.over():
        assert refused(perform, actions.declare_unreturned, clerk, named.id, 2) is Refusal.PAPERS_IN_HAND
        assert photographed(named, shot(seed=5)) == ["waiting"], "what came back in time is photographed after it"
        named.both(code, "01")
        perform(actions.declare_unreturned, clerk, named.id, 1)


def test_everybody_reads_what_is_hers_to_read_next(named: Window) -> None:
    codes = named.printed()[:3]
    for who, code in enumerate(codes, 1):
        named.bind(who, code)
    photographed(named, *(shot(code) for code in codes))
    poll, (clerk, second) = named.stage.poll, (named.stage.clerk, named.stage.who("second_clerk"))
    ids = {photo.number: photo.id for photo in photo_queries.photos(poll, 0)[0]}
    assert photo_queries.next_photo(clerk, poll, 0) == (ids[1], 3)
    named.read("clerk", codes[0], "01")
    assert photo_queries.next_photo(clerk, poll, 1) == (ids[2], 2)
    assert photo_queries.next_photo(clerk, poll, 2) == (ids[3], 2)
    assert photo_queries.next_photo(clerk, poll, 3) == (ids[2], 2), "what was skipped comes again"
    assert photo_queries.next_photo(second, poll, 0) == (ids[1], 3)
    named.read("second_clerk", codes[0], "01", seen=1)
    assert photo_queries.next_photo(second, poll, 0) == (ids[2], 2)


def test_secret_papers_are_not_photographed(app: Flask, at_desk: object, cast: Cast) -> None:
    window = Window(Stage(cast).open())
    code = window.printed()[0]
    window.hand(1)
    act = actions.photograph
    assert refused(perform, act, window.stage.clerk, window.id, [shot(code)]) is Refusal.NO_PHOTOS_OF_SECRET_PAPERS
    assert list(db.session.scalars(select(Evidence))) == [] == list(db.session.scalars(select(PaperPhoto)))


def test_pictures_are_erased_with_the_ballots(named: Window) -> None:
    code = named.printed()[0]
    named.bind(1, code)
    photographed(named, shot(code))
    named.both(code, "01")
    home = db.session.get_one(Neighbourhood, named.stage.cast.neighbourhood)
    going = Going()
    _ballots(going, home, now())
    assert going.pictures == set()
    named.stage.finish()
    _ballots(going, home, named.stage.poll.since.replace(year=2090))
    assert going.pictures == set(db.session.scalars(select(Evidence.id)))


# ---- the pages


def sent(browser: Browser, url: str, *photos: bytes) -> TestResponse:
    """Send photographs in one form."""
    pile = slip_photos.stack(photos)
    return browser.submit(f"{url}/papers/photos", {"photos": pile}, field="photos", follow=True)


def test_from_the_photograph_to_the_ballot(app: Flask, cast: Cast) -> None:
    stage = Stage(cast)
    with app.app_context():
        stage.open(terms(now(), mode=Mode.NAMED))
    url = f"/desk/polls/{stage.poll_id}"
    first, second, third = (desk(app, cast, who) for who in ("clerk", "second_clerk", "third_clerk"))
    first.submit(f"{url}/papers", {"sheets": "2"})
    with app.app_context():
        code, other = paper_queries.papers_of(stage.poll_id, 1)
    for who, paper in ((1, code), (2, other)):
        line = voter(app, stage, who)
        first.submit(f"{url}/window/{line}", {"code": paper}, action=f"/window/{line}")
    page = sent(
        first, url, slip_photos.photo(rules.square_text(code), turned=90), slip_photos.photo(seed=3), b"no picture"
    ).text
    assert "对上了" in page and "等人认编号" in page and "这不是能用的照片" in page
    assert "1 张等您录，1 张等人认编号" in first.get(f"{url}/papers").text
    waiting = re.search(rf"{url}/papers/photos/(\d+)\"", page)
    assert waiting
    name = f"{url}/papers/photos/{waiting[1]}"
    assert "slip-photo" in first.get(name).text
    assert first.submit(name, {"code": "1"}, field="code").status_code == 422
    assert first.submit(name, {"code": other}, field="code").status_code == 303
    shown = []
    for browser, seen in ((first, ["01"]), (second, ["02"]), (third, ["03"])):
        answer = browser.get(f"{url}/papers/photos/next", follow_redirects=True)
        image = re.search(r'class="slip-photo" src="(/files/\d+)"', answer.text)
        assert image
        shown.append(image[1])
        assert browser.get(image[1]).status_code == 200
        form = pick(answer.text, action="/papers/reading/one")
        after = browser.post(form.action, data={**form.fields, "choice": seen})
        assert after.status_code == 303 and "/photos/next?after=1" in after.location
        assert browser.get(after.location).location.endswith(f"/photos/{waiting[1]}/reading")
    assert len(set(shown)) == 1, "both who read blind and the third see the same picture"
    assert "两次录入不一致" in answer.text
    with app.app_context():
        assert [ballot.said().choices for ballot in db.session.scalars(select(NamedBallot))] == [("03",)]
    typed = second.submit(f"{url}/papers/reading", {"code": other}).text
    assert "slip-photo" in typed, "whoever types the number sees it too"
    for stranger in (desk(app, cast, "clerk").enter(cast.ref(1)), desk(app, cast, "clerk").enter(cast.foreign_clerk)):
        assert stranger.get(shown[0]).status_code == 404, "nobody else opens it"
        assert stranger.get(f"{url}/papers/photos").status_code in {403, 404}


def test_pages_of_pictures_that_are_done_lead_back(app: Flask, cast: Cast) -> None:
    stage = Stage(cast)
    with app.app_context():
        stage.open(terms(now(), mode=Mode.NAMED))
    url = f"/desk/polls/{stage.poll_id}"
    clerk = desk(app, cast)
    empty = clerk.submit(f"{url}/papers/photos", {"photos": (io.BytesIO(b""), "")}, field="photos")
    assert empty.status_code == 422 and "还没有选照片" in empty.text
    assert clerk.get(f"{url}/papers/photos/next").location.endswith("/papers/photos")
    page = sent(clerk, url, slip_photos.photo(seed=1)).text
    aside, late_form = (pick(clerk.get(f"{url}/papers/photos/1").text, action="/aside") for _ in range(2))
    assert clerk.post(aside.action, data=aside.fields).status_code == 303
    assert "看不清，要重拍" in clerk.get(f"{url}/papers/photos").text and "等人认编号" in page
    late = clerk.post(late_form.action, data=late_form.fields, follow_redirects=True)
    assert "这张照片已经处理过" in late.text
    assert clerk.get(f"{url}/papers/photos/1/reading").status_code == 303
    assert clerk.get(f"{url}/papers/photos/99").status_code == 404
    with app.app_context(), clock.standing_at(stage.poll.closes_at.replace(year=2090)):
        actions.due_steps()
    assert 'type="file"' not in clerk.get(f"{url}/papers/photos").text


def test_a_secret_poll_has_no_page_for_photographs(app: Flask, cast: Cast) -> None:
    stage = Stage(cast)
    with app.app_context():
        stage.open()
    url = f"/desk/polls/{stage.poll_id}"
    clerk = desk(app, cast)
    clerk.submit(f"{url}/papers", {"sheets": "2"})
    assert "拍纸票" not in clerk.get(f"{url}/papers").text
    assert clerk.get(f"{url}/papers/photos").status_code == 404
    assert clerk.get(f"{url}/papers/photos/next").status_code == 404

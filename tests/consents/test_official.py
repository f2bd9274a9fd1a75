"""What a government system or wet ink decided: recorded beside our own, corrected by a later one, never edited."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from hearing.audit import queries as trail
from hearing.audit.ledger import perform
from hearing.consents import actions, official, rules
from hearing.consents.rules import CollectionState, Difference, Figures, OfficialResult, OfficialWay, Refusal
from hearing.db import db
from hearing.people.rules import Refusal as Seats
from hearing.people.viewer import Viewer
from hearing.refusal import Refused
from tests.cast import Cast
from tests.consents.conftest import Stage
from tests.consents.course import Course, at, lane_course, moment, png
from tests.proposals import scene

TODAY = date(2026, 11, 26)
OFFICE, NUMBER = "黄浦区房屋管理局", "黄房投〔2026〕7号"
RESULT = OfficialResult(OfficialWay.SYSTEM, OFFICE, NUMBER, date(2026, 11, 25), True, Figures(13, 13))


def check(state: CollectionState = CollectionState.PASSED, **changes: Any) -> None:
    wanted: dict[str, Any] = {"result": RESULT, "before": None, "new_document": True, "reason": "", "today": TODAY}
    rules.may_record_official(state, **wanted | changes)


def test_a_first_result_with_its_paper_may_be_recorded() -> None:
    check()


@pytest.mark.parametrize("state", CollectionState)
def test_not_while_households_still_answer(state: CollectionState) -> None:
    if state in rules.RECORDED_IN:
        check(state)
        return
    with pytest.raises(Refused) as refused:
        check(state)
    assert refused.value.refusal is Refusal.OFFICIAL_TOO_EARLY


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"today": date(2026, 11, 24)}, Refusal.OFFICIAL_AHEAD),
        ({"new_document": False}, Refusal.OFFICIAL_DOCUMENT_MISSING),
        ({"before": RESULT, "new_document": False, "reason": "看错了"}, Refusal.OFFICIAL_UNCHANGED),
        ({"before": RESULT, "new_document": True, "reason": " "}, Refusal.OFFICIAL_REASON_MISSING),
    ],
)
def test_what_is_refused(changes: dict[str, Any], refusal: Refusal) -> None:
    with pytest.raises(Refused) as refused:
        check(**changes)
    assert refused.value.refusal is refusal


@pytest.mark.parametrize(
    ("figures", "fit"),
    [
        (Figures(), True),
        (Figures(9, 12), True),
        (Figures(12, 12, 63_000, 63_000), True),
        (Figures(13, 12), False),
        (Figures(9, None), False),
        (Figures(None, 12), False),
        (Figures(9, 12, 42_000, None), False),
        (Figures(9, 12, 63_001, 63_000), False),
        (Figures(-1, 12), False),
    ],
)
def test_a_part_comes_with_its_whole_and_is_not_greater(figures: Figures, fit: bool) -> None:
    assert figures.fit is fit


OURS = Figures(9, 12, 47_250, 63_000)


@pytest.mark.parametrize(
    ("passed", "figures", "ours_passed", "differs"),
    [
        (True, Figures(), True, ()),
        (True, OURS, True, ()),
        (False, Figures(), True, (Difference.OUTCOME,)),
        (True, Figures(), None, ()),
        (True, Figures(8, 12), True, (Difference.AGREEING_HEADS,)),
        (True, Figures(9, 13), True, (Difference.ALL_HEADS,)),
        (True, Figures(9, 12, 47_251, 63_000), True, (Difference.AGREEING_AREA,)),
        (False, Figures(8, 13, 1, 2), False, tuple(Difference)[1:]),
    ],
)
def test_in_what_it_differs(
    passed: bool, figures: Figures, ours_passed: bool | None, differs: tuple[Difference, ...]
) -> None:
    theirs = OfficialResult(OfficialWay.WET_INK, "街道", "1", TODAY, passed, figures)
    assert rules.differing(theirs, OURS, passed=ours_passed, counts_area=True) == differs


def test_areas_differ_only_where_our_rule_counts_them() -> None:
    theirs = OfficialResult(OfficialWay.SYSTEM, "街道", "1", TODAY, True, Figures(9, 12, 1, 2))
    assert rules.differing(theirs, OURS, passed=True, counts_area=False) == ()


# ---- the acts


@pytest.fixture
def ended(at_desk: Callable[[str], Viewer], cast: Cast) -> Course:
    course = lane_course(cast)
    course.open()
    course.sign_all(range(1, 14))
    course.to_the_end()
    return course


def record(course: Course, result: OfficialResult = RESULT, *, seen: int = 0, who: str = "clerk", **more: Any) -> Any:
    document = more.pop("document", scene.picture("white"))
    with at(moment(26)):
        by, collection = course.who(who), course.collection()
        return perform(actions.record_official, by, collection, result, document, seen=seen, **more)


def test_it_stands_beside_ours_with_the_fingerprint_of_its_paper(ended: Course) -> None:
    done = record(ended)
    found = official.beside(ended.collection(), ended.collection().tally())
    assert found is not None
    assert (found.differs, found.result.number) == ((), 1)
    entry = trail.entry(db.session, done.index)
    assert entry is not None
    assert entry.pub["document_hash"] == found.result.document.sha256
    assert (entry.pub["office"], entry.pub["yes_heads"], entry.pub["all_area"]) == ("黄浦区房屋管理局", 13, None)


def test_a_later_one_corrects_it_and_both_stay(ended: Course) -> None:
    record(ended)
    other = OfficialResult(OfficialWay.SYSTEM, "黄浦区房屋管理局", "黄房投〔2026〕8号", TODAY, False, Figures(12, 13))
    done = record(ended, other, seen=1, reason="文号登错了", document=None)
    found = official.beside(ended.collection(), ended.collection().tally())
    assert found is not None
    assert [each.number for each in (*found.earlier, found.result)] == [1, 2]
    assert found.result.document_id == found.earlier[0].document_id
    assert found.differs == (Difference.OUTCOME, Difference.AGREEING_HEADS)
    entry = trail.entry(db.session, done.index)
    assert entry is not None
    assert entry.kind == "consent.official_corrected"
    assert "文号登错了" not in str(entry.pub)


def test_two_who_type_at_once_do_not_correct_each_other_unseen(ended: Course) -> None:
    record(ended)
    with pytest.raises(Refused) as refused:
        record(ended, seen=0)
    assert refused.value.refusal is Refusal.OFFICIAL_MEANWHILE


@pytest.mark.parametrize("who", ["scrutineer", "block_officer", "auditor"])
def test_only_the_committee_records_it(ended: Course, who: str) -> None:
    with pytest.raises(Refused) as refused:
        record(ended, who=who)
    assert refused.value.refusal is Seats.NOT_YOUR_SEAT


def test_the_database_changes_none(ended: Course) -> None:
    record(ended)
    for statement in ("UPDATE official_result SET passed = NOT passed", "DELETE FROM official_result"):
        with pytest.raises(DatabaseError, match="only grows"):
            db.session.execute(text(statement))
        db.session.rollback()
    db.session.execute(text("UPDATE official_result SET reason = ''"))


# ---- the pages


def to_the_end(course: Course) -> None:
    """All agree; the result is final."""
    course.open()
    course.sign_all(range(1, 14))
    course.to_the_end()


def test_before_there_is_one_the_page_says_what_ours_is_worth(stage: Stage) -> None:
    stage.act(to_the_end)
    page = stage.browser().get(stage.url).get_data(as_text=True)
    assert "电子签名法第三至八条" in page
    assert "官方结果</h2>" not in page


def test_from_the_desk_to_the_public_page(stage: Stage) -> None:
    stage.act(to_the_end)
    browser = stage.browser("clerk")
    address = f"{stage.desk}/official"
    assert "登记官方结果" in browser.get(address).get_data(as_text=True)
    given = {
        "way": "system",
        "office": "黄浦区房屋管理局",
        "reference": "黄房投〔2026〕7号",
        "day": "2026-11-21",
        "outcome": "failed",
        "yes_heads": "9",
        "all_heads": "13",
        "yes_area": "",
        "all_area": "",
    }
    missing = browser.submit(address, given, field="office")
    assert missing.status_code == 422
    assert "请附上结果的原件" in missing.get_data(as_text=True)
    for wrong in ("58,2", "1e3", "-46.8", "NaN", "1.234"):
        answer = browser.submit(address, given | {"yes_area": wrong, "all_area": "100"}, field="office")
        assert answer.status_code == 422
        assert "这样的面积" in answer.get_data(as_text=True)
        assert wrong in answer.get_data(as_text=True)
    done = browser.submit(address, given | {"document": (io.BytesIO(png()), "结果.png")}, field="office")
    assert done.status_code == 303, done.get_data(as_text=True)
    page = stage.browser().get(stage.url).get_data(as_text=True)
    for words in (OFFICE, NUMBER, "和本系统的计票不一样", "以官方结果为准", "9 户，一共 13 户"):
        assert words in page
    assert "更正官方结果" in browser.get(address).get_data(as_text=True)
    number = stage.act(lambda course: official.all_of(course.collection())[0].document_id)
    assert stage.browser("clerk").get(f"/files/{number}").status_code == 200
    assert stage.browser(3).get(f"/files/{number}").status_code == 404
    for who in ("scrutineer", "block_officer"):
        assert stage.browser(who).get(address).status_code == 403


def test_while_it_runs_the_desk_says_to_wait(stage: Stage) -> None:
    stage.act(lambda course: course.open())
    page = stage.browser("clerk").get(f"{stage.desk}/official").get_data(as_text=True)
    assert "等初步结果公布以后才能登记" in page

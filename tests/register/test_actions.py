"""Importing, undoing, changing by hand and exporting: the rows and what the trail says of them."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from hearing.audit.fact import type_registry
from hearing.audit.ledger import perform
from hearing.clock import now
from hearing.db import db
from hearing.people import actions as people
from hearing.people.models import Membership, Message
from hearing.people.queries import register_of
from hearing.people.rules import Role
from hearing.places import sheet
from hearing.places.models import Building, Estate, Holder, Neighbourhood, Stairwell, Tenure, TenureShare, Unit
from hearing.places.rules import Capacity, HoldingForm, natural_key, unit_key
from hearing.places.sheet import compare, register_file
from hearing.refusal import Refused
from hearing.register import actions, queries
from hearing.register.models import RegisterChange, RollImport
from hearing.register.rules import NewHolder, NewTenure, Refusal, RollState
from hearing.web.filters import BEIJING
from tests import schema
from tests.cast import Cast
from tests.places import rolls
from tests.places.rolls import both, phone
from tests.register.office import (
    ROWS,
    AtDesk,
    changed,
    count,
    door,
    estate,
    imported,
    made,
    standing,
    told,
    uploaded,
)

WRITTEN = (Building, Stairwell, Unit, Holder, Tenure, TenureShare, RegisterChange)


def refused(act: Callable[[], object]) -> object:
    """The refusal with which an act ends."""
    with pytest.raises(Refused) as caught:
        act()
    return caught.value.refusal


# ---- uploading


def test_an_upload_changes_nothing_but_is_kept_and_told(at_desk: AtDesk, cast: Cast) -> None:
    clerk = at_desk(cast.ref("clerk"))
    place, data = estate(clerk, cast.neighbourhood), made(ROWS)
    before = [count(model) for model in WRITTEN]
    roll = uploaded(clerk, place, data)
    assert [count(model) for model in WRITTEN] == before
    assert (roll.stands, roll.new_count, roll.faulty_count) == (RollState.PREPARED, 5, 0)
    assert roll.sha256 == hashlib.sha256(data).hexdigest()
    entry = told(1)
    assert entry.kind == "roll.uploaded"
    assert entry.pub["sha256"] == roll.sha256
    assert entry.pub["new"] == 5
    assert entry.payload == {"estate": "新桥苑", "filename": "户册.xlsx"}


def test_nothing_of_the_file_is_kept_that_was_not_read(at_desk: AtDesk, cast: Cast) -> None:
    clerk = at_desk(cast.ref("clerk"))
    rows = [["楼号", "室号", "面积", "业主", "身份证号"], ["1号楼", "101", "58.2", "章一鸣", "310101194501011242"]]
    roll = uploaded(clerk, estate(clerk, cast.neighbourhood), rolls.workbook(rows))
    kept = db.session.execute(text("SELECT * FROM roll_import WHERE id = :id"), {"id": roll.id}).one()
    assert "310101194501011242" not in str(kept)
    assert "章一鸣" in str(kept)


def test_a_file_that_says_what_the_register_says_is_refused(at_desk: AtDesk, cast: Cast) -> None:
    clerk, other = at_desk(cast.ref("clerk")), at_desk(cast.ref("director"))
    place = estate(clerk, cast.neighbourhood)
    imported(clerk, other, place, made(ROWS))
    assert refused(lambda: uploaded(clerk, place, made(ROWS))) == Refusal.ROLL_SAME_AS_REGISTER


def test_the_office_of_another_neighbourhood_cannot_upload(at_desk: AtDesk, cast: Cast) -> None:
    place = estate(at_desk(cast.ref("clerk")), cast.neighbourhood)
    with pytest.raises(PermissionError):
        uploaded(at_desk(cast.foreign_clerk), place, made(ROWS))
    assert count(RollImport) == 0


# ---- approving


def test_two_people_let_a_roll_in(at_desk: AtDesk, cast: Cast) -> None:
    clerk, other = at_desk(cast.ref("clerk")), at_desk(cast.ref("second_clerk"))
    place = estate(clerk, cast.neighbourhood)
    roll = imported(clerk, other, place, made(ROWS))
    assert standing(place) == {
        "1号楼/1/101": (("章一鸣",), "owner"),
        "1号楼/1/102": (("孟若兰", "何平"), "owner"),
        "1号楼/2/201": (("乔木", "乔林", "乔森"), "owner"),
        "2号楼/1/101": (("章一鸣",), "lessee"),
        "2号楼/1/102": ((), "owner"),
    }
    assert (roll.stands, roll.approved_by, roll.reading) == (RollState.IMPORTED, other.id, None)
    assert door(place, "2号楼", "102").vacant
    entry = told(2)
    assert entry.kind == "roll.imported"
    assert entry.ref == cast.ref("second_clerk")
    assert entry.pub == {
        "sha256": roll.sha256,
        "new": 5,
        "changed": 0,
        "same": 0,
        "missing": 0,
        "faulty": 0,
        "channel": "page",
    }


def test_shares_stay_exact_and_one_person_is_one_holder(at_desk: AtDesk, cast: Cast) -> None:
    place = estate(at_desk(cast.ref("clerk")), cast.neighbourhood)
    imported(at_desk(cast.ref("clerk")), at_desk(cast.ref("director")), place, made(ROWS))
    shares = {unit.unit.unit: [h.share for h in unit.unit.holders] for unit in queries.standing(place.id)}
    assert shares["201"] == [Fraction(1, 3)] * 3
    same = select(Holder.id).where(Holder.name == "章一鸣")
    assert len(db.session.scalars(same).all()) == 1
    assert {who for unit in (1, 4) for who in _holders(place, ROWS[unit - 1])} == set(db.session.scalars(same))


def _holders(place: Estate, row: list[str]) -> list[int]:
    return [holder.id for holder in queries.holders_now(door(place, row[1], row[3]))]


def test_namesakes_without_a_common_phone_are_two_people(at_desk: AtDesk, cast: Cast) -> None:
    place = estate(at_desk(cast.ref("clerk")), cast.neighbourhood)
    rows = [*ROWS[:1], ["", "1号楼", "1", "103", "40", "产权人", "章一鸣", "", "", "", ""]]
    rows.append(["", "1号楼", "1", "104", "40", "产权人", "章一鸣", "", "", "", ""])
    imported(at_desk(cast.ref("clerk")), at_desk(cast.ref("director")), place, made(rows))
    assert len(db.session.scalars(select(Holder.id).where(Holder.name == "章一鸣")).all()) == 3


def test_who_uploaded_cannot_approve(at_desk: AtDesk, cast: Cast) -> None:
    clerk = at_desk(cast.ref("clerk"))
    roll = uploaded(clerk, estate(clerk, cast.neighbourhood), made(ROWS))
    act = lambda: perform(actions.approve, clerk, roll, leaves_faulty_out=True)  # noqa: E731 -- called twice
    assert refused(act) == Refusal.ROLL_SAME_PERSON
    assert count(Unit) == 14


def test_the_database_itself_wants_two_people(at_desk: AtDesk, cast: Cast) -> None:
    clerk = at_desk(cast.ref("clerk"))
    roll = uploaded(clerk, estate(clerk, cast.neighbourhood), made(ROWS))
    with pytest.raises(IntegrityError, match="two_people"):
        db.session.execute(text("UPDATE roll_import SET approved_by = uploaded_by WHERE id = :id"), {"id": roll.id})
    db.session.rollback()


def test_a_roll_is_approved_once(at_desk: AtDesk, cast: Cast) -> None:
    clerk, other = at_desk(cast.ref("clerk")), at_desk(cast.ref("second_clerk"))
    roll = imported(clerk, other, estate(clerk, cast.neighbourhood), made(ROWS))
    third = at_desk(cast.ref("third_clerk"))
    assert refused(lambda: perform(actions.approve, third, roll, leaves_faulty_out=True)) == Refusal.ROLL_CLOSED
    assert refused(lambda: perform(actions.decline, third, roll)) == Refusal.ROLL_CLOSED


def test_a_table_that_is_no_longer_true_is_not_imported(at_desk: AtDesk, cast: Cast) -> None:
    clerk, other = at_desk(cast.ref("clerk")), at_desk(cast.ref("second_clerk"))
    place = estate(clerk, cast.neighbourhood)
    imported(clerk, other, place, made(ROWS))
    roll = uploaded(clerk, place, made(changed(0, name="章二鸣")))
    _sold(clerk, door(place, "1号楼", "101"), "金小满", phone(77))
    assert refused(lambda: perform(actions.approve, other, roll, leaves_faulty_out=True)) == Refusal.ROLL_STALE
    assert standing(place)["1号楼/1/101"] == (("金小满",), "owner")


def test_a_change_that_the_table_does_not_show_makes_it_no_less_true(at_desk: AtDesk, cast: Cast) -> None:
    clerk, other = at_desk(cast.ref("clerk")), at_desk(cast.ref("second_clerk"))
    place = estate(clerk, cast.neighbourhood)
    roll = uploaded(clerk, place, made(ROWS))
    _sold(clerk, db.session.get_one(Unit, cast.units[0]), "金小满", phone(77))
    perform(actions.approve, other, roll, leaves_faulty_out=True)
    assert len(standing(place)) == 5


def _phone(holder_id: int) -> str:
    return db.session.get_one(Holder, holder_id).phone


def _sold(by: object, unit: Unit, name: str, number: str) -> None:
    tenure = NewTenure(Capacity.OWNER, HoldingForm.SOLE, (NewHolder(name, number),))
    perform(actions.change_hands, by, unit, tenure, "不动产权证", now().astimezone(BEIJING).date())  # type: ignore[arg-type]


def test_faulty_rows_stay_out_only_when_somebody_says_so(at_desk: AtDesk, cast: Cast) -> None:
    clerk, other = at_desk(cast.ref("clerk")), at_desk(cast.ref("second_clerk"))
    place = estate(clerk, cast.neighbourhood)
    roll = uploaded(clerk, place, made(changed(0, area="0")))
    assert (roll.new_count, roll.faulty_count) == (4, 1)
    assert (
        refused(lambda: perform(actions.approve, other, roll, leaves_faulty_out=False)) == Refusal.ROLL_FAULTY_UNTICKED
    )
    assert standing(place) == {}
    perform(actions.approve, other, roll, leaves_faulty_out=True)
    assert len(standing(place)) == 4
    assert told(2).pub["faulty"] == 1


def test_a_roll_of_faults_alone_brings_nothing(at_desk: AtDesk, cast: Cast) -> None:
    clerk, other = at_desk(cast.ref("clerk")), at_desk(cast.ref("second_clerk"))
    roll = uploaded(clerk, estate(clerk, cast.neighbourhood), made([[*row[:4], "0", *row[5:]] for row in ROWS]))
    assert refused(lambda: perform(actions.approve, other, roll, leaves_faulty_out=True)) == Refusal.ROLL_BRINGS_NOTHING


def test_a_declined_roll_leaves_its_counts_and_no_names(at_desk: AtDesk, cast: Cast) -> None:
    clerk = at_desk(cast.ref("clerk"))
    roll = uploaded(clerk, estate(clerk, cast.neighbourhood), made(ROWS))
    perform(actions.decline, clerk, roll)
    assert (roll.stands, roll.reading, roll.declined_by) == (RollState.DECLINED, None, clerk.id)
    assert told(2).kind == "roll.declined"


# ---- importing again


def test_a_changed_tenure_ends_and_another_begins(at_desk: AtDesk, cast: Cast) -> None:
    clerk, other = at_desk(cast.ref("clerk")), at_desk(cast.ref("second_clerk"))
    place = estate(clerk, cast.neighbourhood)
    imported(clerk, other, place, made(ROWS))
    holders, tenures = count(Holder), count(Tenure)
    roll = imported(clerk, other, place, made(changed(1, name="孟若兰", phone=phone(2), form="")[:4]))
    assert (roll.changed_count, roll.same_count, roll.missing_count) == (1, 3, 1)
    unit = door(place, "1号楼", "102")
    old, new = unit.tenures
    assert old.until == new.since
    assert new.until is None
    assert [share.holder.name for share in new.shares] == ["孟若兰"]
    assert new.shares[0].holder_id == old.shares[0].holder_id, "the same name and phone are the same person"
    assert (count(Holder), count(Tenure)) == (holders, tenures + 1)
    assert "2号楼/1/102" in standing(place), "a unit that the file does not name stays"


def test_area_alone_leaves_the_tenure_alone(at_desk: AtDesk, cast: Cast) -> None:
    clerk, other = at_desk(cast.ref("clerk")), at_desk(cast.ref("second_clerk"))
    place = estate(clerk, cast.neighbourhood)
    imported(clerk, other, place, made(ROWS))
    tenures = count(Tenure)
    imported(clerk, other, place, made(changed(0, area="60.01")))
    assert door(place, "1号楼", "101").area_centi == 6001
    assert count(Tenure) == tenures


def test_who_moves_into_an_empty_unit_ends_its_emptiness(at_desk: AtDesk, cast: Cast) -> None:
    clerk, other = at_desk(cast.ref("clerk")), at_desk(cast.ref("second_clerk"))
    place = estate(clerk, cast.neighbourhood)
    imported(clerk, other, place, made(ROWS))
    imported(clerk, other, place, made(changed(4, name="金小满", note="")))
    assert not door(place, "2号楼", "102").vacant
    perform(actions.mark_vacancy, clerk, door(place, "2号楼", "102"), True, "物业说没人住")
    again = sheet.read(made(changed(4, name="金小满", note="")), "a.xlsx")
    assert refused(lambda: perform(actions.upload, clerk, place, "a.xlsx", b"x", again)) == (
        Refusal.ROLL_SAME_AS_REGISTER
    ), "a remark that is not there says nothing"


def test_a_remark_that_the_holder_died_blocks_her_and_asks_the_office(at_desk: AtDesk, cast: Cast) -> None:
    clerk, other = at_desk(cast.ref("clerk")), at_desk(cast.ref("second_clerk"))
    place = estate(clerk, cast.neighbourhood)
    imported(clerk, other, place, made(ROWS))
    roll = imported(clerk, other, place, made(changed(3, note="户主已故")))
    assert roll.changed_count == 1
    unit = door(place, "2号楼", "101")
    register = register_of(unit.id)
    assert register is not None
    assert register.holders[0].died
    assert [found.unit_id for found in queries.doubtful(clerk)][-1] == unit.id
    again = sheet.read(made(changed(3, note="户主已故")), "a.xlsx")
    assert (
        refused(lambda: perform(actions.upload, clerk, place, "a.xlsx", b"x", again)) == Refusal.ROLL_SAME_AS_REGISTER
    )
    _sold(clerk, unit, "金小满", phone(77))
    assert unit.id not in {found.unit_id for found in queries.doubtful(clerk)}


def test_of_several_holders_nobody_is_taken_for_the_dead_one(at_desk: AtDesk, cast: Cast) -> None:
    clerk, other = at_desk(cast.ref("clerk")), at_desk(cast.ref("second_clerk"))
    place = estate(clerk, cast.neighbourhood)
    imported(clerk, other, place, made(changed(1, note="其中一位已故")))
    unit = door(place, "1号楼", "102")
    assert [holder.died_on for holder in queries.holders_now(unit)] == [None, None]
    assert unit.id in {found.unit_id for found in queries.doubtful(clerk)}


def test_doors_stand_in_the_order_of_the_house_after_a_second_import(at_desk: AtDesk, cast: Cast) -> None:
    clerk, other = at_desk(cast.ref("clerk")), at_desk(cast.ref("second_clerk"))
    place = estate(clerk, cast.neighbourhood)
    imported(clerk, other, place, made(ROWS[3:]))
    imported(clerk, other, place, made([ROWS[2], ROWS[1], ROWS[0]]))
    assert list(standing(place)) == ["1号楼/1/101", "1号楼/1/102", "1号楼/2/201", "2号楼/1/101", "2号楼/1/102"]


def test_a_stairwell_keeps_equal_doors_apart(at_desk: AtDesk, cast: Cast) -> None:
    clerk, other = at_desk(cast.ref("clerk")), at_desk(cast.ref("second_clerk"))
    header = ["楼号", "单元", "楼层", "室号", "面积", "业主"]
    rows = [["8号楼", f"{n}单元", "1", "101", "50", rolls.person(n)] for n in (1, 2)]
    place = estate(clerk, cast.neighbourhood)
    imported(clerk, other, place, rolls.workbook([header, *rows]))
    assert count(Building) == 3
    words = [queries.words_of(db.session.get_one(Unit, each.unit.unit_id)) for each in queries.standing(place.id)]
    assert words == ["8号楼 1单元 101室", "8号楼 2单元 101室"]


# ---- undoing


def test_an_undone_import_leaves_the_register_as_it_was(at_desk: AtDesk, cast: Cast) -> None:
    clerk, other = at_desk(cast.ref("clerk")), at_desk(cast.ref("second_clerk"))
    place = estate(clerk, cast.neighbourhood)
    imported(clerk, other, place, made(ROWS))
    before, rows = queries.standing(place.id), [count(model) for model in WRITTEN]
    third = ["", "3号楼", "1", "101", "50", "产权人", "戚风", phone(9), "", "", ""]
    later = [*changed(0, name="金小满", area="60"), third]
    later[3][10] = "户主已故"
    roll = imported(clerk, other, place, made(later))
    perform(actions.ask_undo, clerk, roll)
    assert queries.standing(place.id) != before
    perform(actions.undo, other, roll)
    assert queries.standing(place.id) == before
    assert [count(model) for model in WRITTEN] == rows
    assert (roll.stands, roll.undo, roll.undone_by) == (RollState.UNDONE, None, other.id)
    assert [told(at).kind for at in (-2 + _size(), -1 + _size())] == ["roll.undo_asked", "roll.undone"]


def _size() -> int:
    return int(db.session.execute(text("SELECT size FROM log_head")).scalar_one())


def test_who_asked_for_the_undoing_cannot_agree_to_it(at_desk: AtDesk, cast: Cast) -> None:
    clerk, other = at_desk(cast.ref("clerk")), at_desk(cast.ref("second_clerk"))
    roll = imported(clerk, other, estate(clerk, cast.neighbourhood), made(ROWS))
    assert refused(lambda: perform(actions.undo, other, roll)) == Refusal.UNDO_NOT_ASKED
    perform(actions.ask_undo, clerk, roll)
    assert refused(lambda: perform(actions.ask_undo, other, roll)) == Refusal.UNDO_ASKED
    assert refused(lambda: perform(actions.undo, clerk, roll)) == Refusal.UNDO_SAME_PERSON
    perform(actions.keep_import, clerk, roll)
    assert roll.stands is RollState.IMPORTED
    assert refused(lambda: perform(actions.keep_import, clerk, roll)) == Refusal.UNDO_NOT_ASKED


def test_imports_are_undone_from_the_newest_on(at_desk: AtDesk, cast: Cast) -> None:
    clerk, other = at_desk(cast.ref("clerk")), at_desk(cast.ref("second_clerk"))
    place = estate(clerk, cast.neighbourhood)
    first = imported(clerk, other, place, made(ROWS))
    second = imported(clerk, other, place, made(changed(0, area="60")))
    assert refused(lambda: perform(actions.ask_undo, clerk, first)) == Refusal.UNDO_NEWER_FIRST
    for roll in (second, first):
        perform(actions.ask_undo, clerk, roll)
        perform(actions.undo, other, roll)
    assert standing(place) == {}


def test_an_import_that_somebody_lives_in_is_not_undone(at_desk: AtDesk, cast: Cast) -> None:
    clerk, other = at_desk(cast.ref("clerk")), at_desk(cast.ref("second_clerk"))
    place = estate(clerk, cast.neighbourhood)
    roll = imported(clerk, other, place, made(ROWS))
    perform(people.issue_codes, clerk, [door(place, "1号楼", "101").id])
    with pytest.raises(Refused) as caught:
        perform(actions.ask_undo, clerk, roll)
    assert caught.value.refusal == Refusal.ROLL_USED
    assert caught.value.details == {"uses": "入户信"}


def test_what_came_to_use_it_between_asking_and_agreeing_stops_the_undoing(at_desk: AtDesk, cast: Cast) -> None:
    clerk, other = at_desk(cast.ref("clerk")), at_desk(cast.ref("second_clerk"))
    place = estate(clerk, cast.neighbourhood)
    roll = imported(clerk, other, place, made(ROWS))
    perform(actions.ask_undo, clerk, roll)
    _sold(clerk, door(place, "1号楼", "101"), "金小满", phone(77))
    assert refused(lambda: perform(actions.undo, other, roll)) == Refusal.ROLL_USED
    assert len(standing(place)) == 5


def test_a_change_of_units_that_were_used_before_can_still_be_undone(at_desk: AtDesk, cast: Cast) -> None:
    """The lane's homes had members before the import; only what came afterwards keeps it."""
    clerk, other = at_desk(cast.ref("clerk")), at_desk(cast.ref("second_clerk"))
    place = db.session.get_one(Unit, cast.units[0]).stairwell.building.estate
    header = ["门牌", "楼层", "室号", "面积", "承租人", "手机号"]
    row = ["天津路426弄", "底层", "前客堂", "19", "李伯年", _phone(cast.holders[0])]
    roll = imported(clerk, other, place, rolls.workbook([header, row]))
    assert roll.changed_count == 1
    perform(actions.ask_undo, clerk, roll)
    perform(actions.keep_import, clerk, roll)
    with schema.door_open():
        db.session.add(
            Membership(account_id=clerk.id, unit_id=cast.units[0], checked_how="", joined_at=now(), relation="family")
        )
    assert refused(lambda: perform(actions.ask_undo, clerk, roll)) == Refusal.ROLL_USED


# ---- changes by hand


def test_a_sale_ends_one_tenure_and_begins_another(at_desk: AtDesk, cast: Cast) -> None:
    clerk = at_desk(cast.ref("clerk"))
    unit = db.session.get_one(Unit, cast.units[8])
    day = now().astimezone(BEIJING).date()
    tenure = NewTenure(Capacity.LESSEE, HoldingForm.SOLE, (NewHolder("蒋小妹", phone(5)),))
    done = perform(actions.change_hands, clerk, unit, tenure, "更户通知 310101194501011242", day)
    old, new = unit.tenures
    assert (old.until, new.until) == (new.since, None)
    assert queries.holders_now(unit)[0].name == "蒋小妹"
    change = queries.changes(unit)[0]
    assert (change.kind, change.note, change.happened_on) == ("hands", "更户通知", day.isoformat())
    entry = told(done.index)
    assert entry.kind == "tenure.changed"
    assert (entry.pub, entry.subject) == ({}, f"register/{change.id}")
    assert entry.payload is not None
    assert entry.payload["before"] == [cast.holders[8]]
    assert "蒋小妹" not in json.dumps(dict(entry.payload), ensure_ascii=False)


def test_those_who_held_the_unit_are_told(at_desk: AtDesk, cast: Cast) -> None:
    number = _phone(cast.holders[0])
    _sold(at_desk(cast.ref("clerk")), db.session.get_one(Unit, cast.units[0]), "金小满", phone(77))
    message = db.session.scalars(select(Message)).one()
    assert (message.recipient, message.channel) == (number, "sms")
    assert "户主变更" in message.text
    assert "金小满" not in message.text


@pytest.mark.parametrize(
    ("holders", "form", "refusal"),
    [
        (("李伯年/",), HoldingForm.SOLE, Refusal.TENURE_SAME),
        (("甲", "乙"), HoldingForm.SOLE, Refusal.FORM_NEEDS_ONE),
        (("甲",), HoldingForm.SHARES, Refusal.FORM_NEEDS_SEVERAL),
        (("甲", "乙"), HoldingForm.SHARES, Refusal.SHARES_NOT_WHOLE),
        (("甲", "甲"), HoldingForm.JOINT, Refusal.HOLDERS_SAME_NAME),
    ],
)
def test_a_tenure_that_says_nothing_clear_is_refused(
    at_desk: AtDesk, cast: Cast, holders: tuple[str, ...], form: HoldingForm, refusal: Refusal
) -> None:
    known = _phone(cast.holders[0])
    people = tuple(NewHolder(name.rstrip("/"), known if name.endswith("/") else "") for name in holders)
    unit, day = db.session.get_one(Unit, cast.units[0]), now().astimezone(BEIJING).date()
    tenure = NewTenure(Capacity.LESSEE, form, people)
    clerk = at_desk(cast.ref("clerk"))
    assert refused(lambda: perform(actions.change_hands, clerk, unit, tenure, "x", day)) == refusal
    assert len(unit.tenures) == 1


def test_a_change_of_tomorrow_is_refused(at_desk: AtDesk, cast: Cast) -> None:
    unit = db.session.get_one(Unit, cast.units[0])
    tomorrow = now().astimezone(BEIJING).date() + timedelta(days=1)
    tenure = NewTenure(Capacity.LESSEE, HoldingForm.SOLE, (NewHolder("甲"),))
    clerk = at_desk(cast.ref("clerk"))
    assert refused(lambda: perform(actions.change_hands, clerk, unit, tenure, "x", tomorrow)) == Refusal.DAY_AHEAD


def test_a_death_is_registered_and_can_be_mended(at_desk: AtDesk, cast: Cast) -> None:
    clerk = at_desk(cast.ref("clerk"))
    unit, holder = db.session.get_one(Unit, cast.units[8]), db.session.get_one(Holder, cast.holders[8])
    day = now().astimezone(BEIJING).date() - timedelta(days=3)
    done = perform(actions.register_death, clerk, unit, holder, day, "死亡医学证明")
    assert holder.died_on == day.isoformat()
    assert told(done.index).kind == "holder.died"
    assert told(done.index).pub == {}
    again = lambda: perform(actions.register_death, clerk, unit, holder, day, "同上")  # noqa: E731 -- a refused act
    assert refused(again) == Refusal.DEATH_KNOWN
    perform(actions.register_death, clerk, unit, holder, day - timedelta(days=1), "日期写错")
    assert holder.died_on == (day - timedelta(days=1)).isoformat()
    stranger = db.session.get_one(Holder, cast.holders[0])
    assert refused(lambda: perform(actions.register_death, clerk, unit, stranger, day, "x")) == Refusal.NOT_HOLDING_NOW


def test_a_phone_is_corrected_and_the_old_number_is_told(at_desk: AtDesk, cast: Cast) -> None:
    clerk = at_desk(cast.ref("clerk"))
    unit, holder = db.session.get_one(Unit, cast.units[0]), db.session.get_one(Holder, cast.holders[0])
    old = holder.phone
    done = perform(actions.correct_phone, clerk, unit, holder, phone(8), "本人到居委会")
    assert holder.phone == phone(8)
    assert db.session.scalars(select(Message.recipient)).all() == [old]
    entry = told(done.index)
    assert (entry.kind, entry.pub) == ("holder.phone_corrected", {})
    assert phone(8) not in str(entry.payload)
    same = lambda: perform(actions.correct_phone, clerk, unit, holder, phone(8), "x")  # noqa: E731 -- a refused act
    assert refused(same) == Refusal.PHONE_SAME


def test_one_name_and_phone_is_one_person_whatever_is_typed(at_desk: AtDesk, cast: Cast) -> None:
    clerk, unit = at_desk(cast.ref("clerk")), db.session.get_one(Unit, cast.units[1])
    known = _phone(cast.holders[0])
    _sold(clerk, unit, "李伯年", "")
    other = queries.holders_now(unit)[0]
    assert other.id != cast.holders[0]
    act = lambda: perform(actions.correct_phone, clerk, unit, other, known, "x")  # noqa: E731 -- a refused act
    assert refused(act) == Refusal.HOLDER_KNOWN
    _sold(clerk, unit, "李伯年", known)
    assert queries.holders_now(unit)[0].id == cast.holders[0]


def test_vacancy_is_marked_and_told(at_desk: AtDesk, cast: Cast) -> None:
    clerk, unit = at_desk(cast.ref("clerk")), db.session.get_one(Unit, cast.units[0])
    done = perform(actions.mark_vacancy, clerk, unit, True, "上门三次没人")
    assert unit.vacant
    assert told(done.index).kind == "unit.vacancy"
    assert refused(lambda: perform(actions.mark_vacancy, clerk, unit, True, "x")) == Refusal.VACANCY_SAME
    perform(actions.mark_vacancy, clerk, unit, False, "回来了")
    assert [change.kind for change in queries.changes(unit)] == ["occupied", "vacant"]


@pytest.mark.parametrize("office", ["property_manager", "block_officer", "legal_adviser", "auditor", "scrutineer"])
def test_only_the_committee_keeps_the_register(at_desk: AtDesk, cast: Cast, office: str) -> None:
    by, unit = at_desk(cast.ref(office)), db.session.get_one(Unit, cast.units[0])
    holder, day = db.session.get_one(Holder, cast.holders[0]), now().astimezone(BEIJING).date()
    tenure = NewTenure(Capacity.LESSEE, HoldingForm.SOLE, (NewHolder("甲"),))
    for act in (
        lambda: perform(actions.change_hands, by, unit, tenure, "x", day),
        lambda: perform(actions.register_death, by, unit, holder, day, "x"),
        lambda: perform(actions.correct_phone, by, unit, holder, phone(8), "x"),
        lambda: perform(actions.mark_vacancy, by, unit, True, "x"),
        lambda: perform(actions.export, by, unit.stairwell.building.estate, "x", b"", 0),
        lambda: perform(actions.add_estate, by, db.session.get_one(Neighbourhood, cast.neighbourhood), "x"),
    ):
        with pytest.raises(PermissionError):
            act()
    assert (holder.died_on, unit.vacant, len(unit.tenures)) == (None, False, 1)
    assert queries.unit(by, unit.id) is None


# ---- founding, exporting


@pytest.mark.usefixtures("at_desk")
def test_a_neighbourhood_is_founded_in_a_subdistrict_that_is_known_or_new(cast: Cast) -> None:
    founding = actions.Founding(
        subdistrict="南京东路街道",
        sector="第三片区",
        slug="guizhoulu",
        name="贵州路居民区",
        committee="贵州路居民委员会",
        phone="021-6322 0001",
        office="贵州路1号",
    )
    done = perform(actions.found, founding)
    home = db.session.scalars(select(Neighbourhood).where(Neighbourhood.slug == "guizhoulu")).one()
    assert home.sector_id == db.session.get_one(Neighbourhood, cast.neighbourhood).sector_id
    assert told(done.index).pub == {"name": "贵州路居民区", "subdistrict": "南京东路街道"}
    assert told(done.index).role == "system"
    assert refused(lambda: perform(actions.found, founding)) == Refusal.SLUG_KNOWN
    for slug in ("", "a", "1a", "Guizhou", "gui zhou", "a-", "a" * 41):
        unfit = actions.Founding(**{**vars(founding), "slug": slug})
        assert refused(lambda unfit=unfit: perform(actions.found, unfit)) == Refusal.SLUG_UNFIT  # type: ignore[misc]


@pytest.mark.usefixtures("at_desk")
def test_the_first_director_comes_to_a_founded_neighbourhood() -> None:
    founding = actions.Founding(
        subdistrict="五里桥街道", sector="一", slug="wuliqiao", name="五里桥", committee="居委", phone="1", office="x"
    )
    perform(actions.found, founding)
    home = db.session.scalars(select(Neighbourhood).where(Neighbourhood.slug == "wuliqiao")).one()
    perform(people.invite, None, "褚遂", "14100009999", Role.COMMITTEE_DIRECTOR, home)
    assert told(1).kind == "seat.granted"


def test_two_estates_of_one_name_are_refused(at_desk: AtDesk, cast: Cast) -> None:
    clerk = at_desk(cast.ref("clerk"))
    estate(clerk, cast.neighbourhood)
    assert refused(lambda: estate(clerk, cast.neighbourhood)) == Refusal.ESTATE_KNOWN


def test_what_is_exported_imports_as_the_same_register(at_desk: AtDesk, cast: Cast) -> None:
    clerk, other = at_desk(cast.ref("clerk")), at_desk(cast.ref("second_clerk"))
    place = estate(clerk, cast.neighbourhood)
    imported(clerk, other, place, made(ROWS))
    _sold(clerk, door(place, "1号楼", "101"), "=1+1章", "")
    register = [each.unit for each in queries.standing(place.id)]
    file = register_file(register, {register[-1].unit_id: "空关"})
    done = perform(actions.export, clerk, place, "和房管所核对", file, len(register))
    again = sheet.read(file, "a.xlsx")
    assert not again.faulty
    assert {change.kind for change in compare(again.rows, register)} == {sheet.ChangeKind.SAME}
    entry = told(done.index)
    assert entry.pub == {"sha256": hashlib.sha256(file).hexdigest()}
    assert entry.payload == {"units": 5, "estate": "新桥苑", "purpose": "和房管所核对"}


def test_no_fact_of_the_register_has_a_public_field_that_names_anybody() -> None:
    named = {"unit", "door", "holder", "before", "after", "note", "phone", "filename", "purpose", "happened_on"}
    facts = [fact for fact in type_registry.values() if fact.__module__ == "hearing.register.facts"]
    assert len(facts) == 13
    for fact in facts:
        shown = {name for name, field in fact.__dataclass_fields__.items() if field.metadata.get("public")}
        assert not shown & named, fact.kind


# ---- real rolls, and speed


@pytest.mark.parametrize("name", ["tianjinlu-426.xlsx", "anheli-12.xlsx", "xinqiao-estate.xlsx", "hemu-faulty.xlsx"])
def test_the_rolls_of_real_offices_come_in(at_desk: AtDesk, cast: Cast, name: str) -> None:
    generated = {
        "tianjinlu-426.xlsx": rolls.lane,
        "anheli-12.xlsx": rolls.stairs,
        "xinqiao-estate.xlsx": rolls.estate,
        "hemu-faulty.xlsx": rolls.faulty,
    }[name]
    clerk, other = at_desk(cast.ref("clerk")), at_desk(cast.ref("second_clerk"))
    home = db.session.get_one(Neighbourhood, cast.neighbourhood)
    shown, done, waited = 0.0, 0.0, time.monotonic()
    for number, data in enumerate((both(name, generated()) * 2)[:2]):
        perform(actions.add_estate, clerk, home, f"小区{number}")
        place = queries.estate_named(home, f"小区{number}")
        assert place is not None
        read = sheet.read(data, name)
        start = time.process_time()
        roll = uploaded(clerk, place, data, name)
        shown = max(shown, time.process_time() - start)
        start = time.process_time()
        perform(actions.approve, other, roll, leaves_faulty_out=True)
        done = max(done, time.process_time() - start)
        assert len(standing(place)) == len(read.rows) == roll.new_count
        assert roll.faulty_count == len(read.faulty)
        register = [each.unit for each in queries.standing(place.id)]
        assert {change.kind for change in compare(read.rows, register)} <= {sheet.ChangeKind.SAME}
        doors = [(natural_key(unit.building), unit_key(unit.floor, unit.unit)) for unit in register]
        assert doors == sorted(doors)
    # The processor's seconds: those of the wall belong to whatever else runs on the machine.
    print(f"\n{name}: table {shown:.2f} s, import {done:.2f} s, of 3 s each; all {time.monotonic() - waited:.2f} s")
    assert max(shown, done) < 3


def test_a_large_import_is_undone_as_it_came(at_desk: AtDesk, cast: Cast) -> None:
    clerk, other = at_desk(cast.ref("clerk")), at_desk(cast.ref("second_clerk"))
    place = estate(clerk, cast.neighbourhood)
    before = [count(model) for model in WRITTEN]
    roll = imported(clerk, other, place, rolls.estate())
    assert len(standing(place)) == 1008
    perform(actions.ask_undo, clerk, roll)
    perform(actions.undo, other, roll)
    assert [count(model) for model in WRITTEN] == before

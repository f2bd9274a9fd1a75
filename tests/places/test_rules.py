"""The order of floors and rooms."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearing.places.rules import (
    CAPACITY_LABELS,
    HOLDING_LABELS,
    TENURE_LABELS,
    USE_LABELS,
    Capacity,
    HoldingForm,
    Tenure,
    UnitUse,
    chinese_number,
    floor_key,
    natural_key,
    unit_key,
)


def shuffled(labels: list[str]) -> list[str]:
    """The same labels in another order."""
    return random.Random(426).sample(labels, len(labels))


@pytest.mark.parametrize(
    "floors",
    [
        ["底层", "一层", "二层", "三层", "十层", "十二层", "二十一层", "阁楼", "晒台"],
        ["地下二层", "B1", "1层", "2层", "10层", "顶层"],
        ["-2", "-1", "1", "2", "9", "10", "11", "28"],
        ["地下室", "底层", "２楼", "三楼"],
    ],
)
def test_floors_rise_from_the_basement_to_the_roof(floors: list[str]) -> None:
    assert sorted(shuffled(floors), key=floor_key) == floors


def test_a_floor_without_a_number_stands_below_the_loft() -> None:
    assert sorted(["阁楼", "夹层", "二层"], key=floor_key) == ["二层", "夹层", "阁楼"]


@given(st.lists(st.text(max_size=8), max_size=6))
def test_any_label_has_a_place(labels: list[str]) -> None:
    for key in (floor_key, natural_key):
        places: list[object] = [key(label) for label in sorted(labels, key=key)]
        assert places == [key(label) for label in sorted(shuffled(labels), key=key)]


def test_numbers_are_read_as_numbers() -> None:
    doors = ["1号楼", "2号楼", "10号楼", "10号楼甲", "12号楼"]
    assert sorted(shuffled(doors), key=natural_key) == doors
    assert sorted(["1001", "101", "９９"], key=natural_key) == ["９９", "101", "1001"]


def test_units_are_listed_by_floor_and_number() -> None:
    units = [("底层", "101"), ("2", "201"), ("2", "２０３室"), ("2", "1204"), ("10", "1001")]
    assert sorted(random.Random(12).sample(units, 5), key=lambda unit: unit_key(*unit)) == units


def test_rooms_with_names_stay_as_the_roll_lists_them_within_their_floor() -> None:
    rooms = [("三层", "晒台间"), ("底层", "灶间"), ("三层", "阁楼"), ("底层", "天井间"), ("底层", "客堂")]
    listed = [door for _, door in sorted(rooms, key=lambda unit: unit_key(*unit))]
    assert listed == ["灶间", "天井间", "客堂", "晒台间", "阁楼"]


@pytest.mark.parametrize(
    ("numeral", "number"),
    [("一", 1), ("十", 10), ("十二", 12), ("二十", 20), ("九十九", 99), ("两", 2), ("7", 7), ("128", 128)],
)
def test_chinese_numerals(numeral: str, number: int) -> None:
    assert chinese_number(numeral) == number


@pytest.mark.parametrize("numeral", ["", "百", "十十", "一二", "一二十", "十一二", "楼"])
def test_what_is_no_numeral_is_an_error(numeral: str) -> None:
    with pytest.raises(ValueError, match="numeral"):
        chinese_number(numeral)


def test_every_kind_has_its_word() -> None:
    assert set(TENURE_LABELS) == set(Tenure)
    assert set(CAPACITY_LABELS) == set(Capacity)
    assert set(HOLDING_LABELS) == set(HoldingForm)
    assert set(USE_LABELS) == set(UnitUse)

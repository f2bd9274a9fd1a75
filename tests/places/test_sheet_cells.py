"""Reading single cells: areas, phone numbers, names, shares; and the guard of exported cells."""

import csv
from collections.abc import Callable
from fractions import Fraction
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearing.places.rules import Capacity, HoldingForm
from hearing.places.sheet import cells, guard, unguard
from hearing.places.sheet.cells import Unfit
from hearing.places.sheet.columns import COLUMN_LABELS, Column, recognise
from hearing.places.sheet.findings import FINDING_SENTENCES, Code


def unfit(reader: Callable[[], object]) -> Unfit:
    with pytest.raises(Unfit) as raised:
        reader()
    assert "%(" not in FINDING_SENTENCES[raised.value.code] % raised.value.details
    return raised.value


# ---- areas


@pytest.mark.parametrize(
    ("text", "centi"),
    [("58.2", 5820), ("58.20", 5820), ("58", 5800), ("058.200", 5820), ("0.01", 1), ("99999.99", 9_999_999)]
    + [(f"58.2{unit}", 5820) for unit in ("㎡", "m²", "M2", " 平方米", "平米", "平")]
    + [("５８．２", 5820), ("46.80", 4680), ("8.05", 805)],
)
def test_areas_are_hundredths_of_a_square_metre(text: str, centi: int) -> None:
    assert cells.area_centi(text) == centi


@given(st.integers(1, 9_999_999))
def test_every_area_reads_back(centi: int) -> None:
    assert cells.area_centi(f"{centi // 100}.{centi % 100:02}㎡") == centi


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (text, Code.AREA_UNREADABLE)
        for text in ("1e3", "nan", "inf", "+58", "58.", ".5", "五十", "1_0", "٣", "58 2x", "--1")
    ]
    + [(text, Code.AREA_NOT_POSITIVE) for text in ("0", "0.00", "-46.8", "－1")]
    + [(text, Code.AREA_COMMA) for text in ("58,2", "58，2", "1,058.20", "1,2,3", "58,")]
    + [(text, Code.AREA_MISSING) for text in ("", "㎡")]
    + [("58.205", Code.AREA_DECIMALS), ("100000", Code.AREA_HUGE), ("9" * 500, Code.AREA_HUGE)],
)
def test_an_area_that_must_be_guessed_is_not(text: str, code: Code) -> None:
    assert unfit(lambda: cells.area_centi(text)).code is code


@pytest.mark.parametrize(("text", "better"), [("58,2", "58.2"), ("58，20", "58.20"), ("1,058.20", "1058.20")])
def test_a_comma_comes_with_the_right_way_to_write_it(text: str, better: str) -> None:
    assert unfit(lambda: cells.area_centi(text)).details["better"] == better


# ---- phone numbers


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("14100123478", ["14100123478"]),
        ("141-0012-3479", ["14100123479"]),
        ("+86 141 0012 3479", ["14100123479"]),
        ("0086-14100123479", ["14100123479"]),
        ("１４１００１２３４７９", ["14100123479"]),
        ("(021)6321 1234", ["02163211234"]),
        ("63211234", ["63211234"]),
        ("14100123484、14100123485", ["14100123484", "14100123485"]),
        ("14100123484 14100123485", ["14100123484", "14100123485"]),
        ("14100123484\n14100123485", ["14100123484", "14100123485"]),
        ("、14100123485", ["", "14100123485"]),
        ("", []),
        ("无", []),
        ("/", []),
        ("-", []),
    ],
)
def test_phone_numbers_are_read_as_offices_write_them(text: str, numbers: list[str]) -> None:
    assert cells.phone_numbers(text) == numbers


@pytest.mark.parametrize(
    "text", ["12345", "141001234781", "1410012347", "12100123478", "310101194501011242", "手机", "1e10"]
)
def test_a_wrong_number_is_worse_than_none(text: str) -> None:
    assert unfit(lambda: cells.phone_numbers(text)).code is Code.PHONE_UNREADABLE


# ---- names


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("张三丰", "张三丰"),
        ("李 四", "李四"),
        ("李　四", "李四"),
        ("王 小 明", "王小明"),
        ("𠮷田敏", "𠮷田敏"),
        ("\U00031350某", "\U00031350某"),
        ("𠮷 某", "𠮷某"),
        ("買買提·艾力", "買買提·艾力"),
        ("John  Smith", "John Smith"),
        ("3M公司", "3M公司"),
    ],
)
def test_names_stay_as_they_are_written(text: str, name: str) -> None:
    assert cells.person_name(text) == name
    assert not cells.odd_marks(name)


@pytest.mark.parametrize("pair", ["張张", "吕呂", "䶮龑"])
def test_similar_characters_stay_different(pair: str) -> None:
    assert cells.person_name(pair[0]) != cells.person_name(pair[1])


@pytest.mark.parametrize(
    "text", ["周八/吴九", "周八,吴九", "周八，吴九", "周八；吴九", "周八\n吴九", " 周八 、 吴九 、"]
)
def test_two_names_in_a_cell_are_two_people(text: str) -> None:
    assert cells.split_names(text) == ["周八", "吴九"]


def test_brackets_after_a_persons_name_are_not_part_of_it_but_those_of_a_firm_are() -> None:
    assert cells.bracketed("高根宝（便利店）") == ("高根宝", "便利店")
    assert cells.bracketed("上海某某投资中心(有限合伙)") == ("上海某某投资中心(有限合伙)", "")


@pytest.mark.parametrize("text", ["空关", "(空关)", "（未售）", "开发商未售", "[空置]"])
def test_a_cell_can_say_that_nobody_holds_the_unit(text: str) -> None:
    assert cells.nobody(text)


@pytest.mark.parametrize("text", ["", "空小明", "开发商某某公司", "已故"])
def test_a_name_is_not_taken_for_nobody(text: str) -> None:
    assert not cells.nobody(text)


@given(st.text(max_size=80))
def test_tidy_text_has_nothing_invisible_and_stays_so(text: str) -> None:
    tidied, _ = cells.tidy(text)
    assert cells.tidy(tidied) == (tidied, False)
    assert not set(tidied) & set("\u200b\u200e\ufeff\u00ad\r\t\0")


@pytest.mark.parametrize("name", ["甲=乙", "甲@", "⼀明", "甲<b>"])
def test_signs_that_names_seldom_have_are_noticed(name: str) -> None:
    assert cells.odd_marks(name)


# ---- capacity, form, shares


@pytest.mark.parametrize(
    ("text", "capacity"),
    [
        ("产权人", Capacity.OWNER),
        ("业主", Capacity.OWNER),
        ("承租人", Capacity.LESSEE),
        ("公房承租户", Capacity.LESSEE),
    ],
)
def test_capacities(text: str, capacity: Capacity) -> None:
    assert cells.capacity(text) is capacity


@pytest.mark.parametrize("text", ["租户", "租客", "产权人/承租人", "居民"])
def test_a_capacity_that_may_mean_either_is_refused(text: str) -> None:
    assert unfit(lambda: cells.capacity(text)).code is Code.CAPACITY_UNREADABLE


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("", None),
        ("单独所有", HoldingForm.SOLE),
        ("无", HoldingForm.SOLE),
        ("共同共有", HoldingForm.JOINT),
        ("夫妻 共同共有", HoldingForm.JOINT),
        ("按份共有", HoldingForm.SHARES),
    ],
)
def test_forms(text: str, form: HoldingForm | None) -> None:
    assert cells.holding_form(text) is form


@pytest.mark.parametrize("text", ["共有", "是", "夫妻按份共有"])
def test_a_form_that_does_not_say_which_is_refused(text: str) -> None:
    assert unfit(lambda: cells.holding_form(text)).code is Code.FORM_UNREADABLE


@pytest.mark.parametrize(
    ("text", "shares"),
    [
        ("40%、35%、25%", ["2/5", "7/20", "1/4"]),
        ("1/3、1/3、1/3", ["1/3", "1/3", "1/3"]),
        ("５０％，５０％", ["1/2", "1/2"]),
        ("40、60", ["2/5", "3/5"]),
        ("0.4;0.6", ["2/5", "3/5"]),
        ("66.67% 33.33%", ["6667/10000", "3333/10000"]),
        ("各1/2", ["1/2", "1/2"]),
        ("各50%", ["1/2", "1/2"]),
        ("均等", ["1/3", "1/3", "1/3"]),
        ("50%、1/2、", ["1/2", "1/2"]),
    ],
)
def test_shares_are_exact(text: str, shares: list[str]) -> None:
    assert cells.share_fractions(text, len(shares)) == tuple(map(Fraction, shares))


@given(st.lists(st.integers(1, 99_999), min_size=2, max_size=9))
def test_shares_as_fractions_always_sum_to_the_whole(parts: list[int]) -> None:
    text = "、".join(f"{part}/{sum(parts)}" for part in parts)
    assert sum(cells.share_fractions(text, len(parts))) == 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("33.3%、33.3%、33.3%", Code.SHARES_SUM),
        ("33.333333%、33.333333%、33.333333%", Code.SHARES_SUM),
        ("1、1、1", Code.SHARES_SUM),
        ("50%、50%", Code.SHARES_COUNT),
        ("50%、50%、0", Code.SHARES_UNREADABLE),
        ("1/0、1/2、1/2", Code.SHARES_UNREADABLE),
        ("三分之一", Code.SHARES_UNREADABLE),
        ("-50%、75%、75%", Code.SHARES_UNREADABLE),
    ],
)
def test_shares_that_are_not_the_whole_are_refused(text: str, code: Code) -> None:
    assert unfit(lambda: cells.share_fractions(text, 3)).code is code


def test_a_sum_just_off_the_whole_does_not_read_as_the_whole() -> None:
    refused = unfit(lambda: cells.share_fractions("33.333333%、33.333333%、33.333333%", 3))
    assert refused.details["total"] not in {"100%", "1"}
    assert unfit(lambda: cells.share_fractions("33.3%、33.3%、33.3%", 3)).details["total"] == "99.9%"


# ---- identity numbers, quotations, guards


@pytest.mark.parametrize("number", ["310101194501011242", "31010119450101124X", "310101450101124"])
def test_identity_numbers_are_taken_out_and_never_quoted(number: str) -> None:
    assert cells.without_id_numbers(f"证件{number}号") == "证件号"
    assert number[:7] not in cells.short(number)


def test_an_identity_number_that_a_spreadsheet_rounded_is_taken_out_too() -> None:
    assert cells.without_id_numbers("3.10101194501011e+17") == ""


@pytest.mark.parametrize("text", ["=1+1", "+86", "-", "@a", "\tx", "\rx", "'=1", "''=1", "'x", "", "=", "甲乙"])
def test_an_exported_cell_comes_back_as_it_was(text: str) -> None:
    out = StringIO()
    csv.writer(out).writerow([guard(text), "x"])
    [[back, _]] = csv.reader(StringIO(out.getvalue(), newline=""))
    assert unguard(back) == text


@given(st.text(alphabet="'=+-@\t\r\n甲a", max_size=6))
def test_a_guarded_cell_is_never_a_formula_and_always_comes_back(text: str) -> None:
    assert unguard(guard(text)) == text
    assert not guard(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


# ---- titles


@pytest.mark.parametrize(
    ("title", "column"),
    [
        ("门牌/幢", Column.BUILDING),
        ("幢 号", Column.BUILDING),
        ("单元", Column.STAIRWELL),
        ("建筑面积（㎡）", Column.AREA),
        ("面积m²", Column.AREA),
        ("*室号", None),
        ("室号*", Column.UNIT),
        ("户主姓名/业主", Column.NAME),
        ("手机号码", Column.PHONE),
        ("联系电话1", Column.PHONE),
        ("备 注", Column.NOTE),
        ("身份证号码", Column.ID_NUMBER),
        ("姓名/电话", None),
        ("党员", None),
        ("", None),
    ],
)
def test_titles_as_offices_write_them(title: str, column: Column | None) -> None:
    known = recognise(title)
    assert (known[0] if known else None) is column


def test_every_column_is_known_by_its_own_title() -> None:
    for column, title in COLUMN_LABELS.items():
        known = recognise(title)
        assert known
        assert known[0] is column

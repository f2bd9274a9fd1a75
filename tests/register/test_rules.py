"""The register's law: what a roll would change, who may let it in, and what a tenure must say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearing.places.rules import Capacity, HoldingForm, UnitUse
from hearing.places.sheet import ChangeKind, Code, CurrentUnit, FaultyRow, Finding, Holder, RollFlag, RollRow
from hearing.refusal import Refused
from hearing.register import rules
from hearing.register.rules import NewHolder, NewTenure, Reading, Refusal, RollState, Standing

ROW = RollRow(
    row=4,
    building="1号楼",
    stairwell="",
    floor="3",
    unit="301",
    use=UnitUse.RESIDENCE,
    area_centi=5820,
    capacity=Capacity.OWNER,
    form=HoldingForm.SOLE,
    holders=(Holder("章一鸣", "14100000001"),),
)
UNIT = CurrentUnit(1, "1号楼", "", "3", "301", ROW.use, ROW.area_centi, ROW.capacity, ROW.form, ROW.holders)
FAULTY = FaultyRow(7, "1号楼", "", "3", "302")
SHARES = st.none() | st.fractions(min_value=Fraction(1, 97), max_value=1, max_denominator=97)
ROWS = st.builds(
    RollRow,
    row=st.integers(1, 5000),
    building=st.text(max_size=8),
    stairwell=st.text(max_size=8),
    floor=st.text(max_size=8),
    unit=st.text(max_size=8),
    use=st.sampled_from(UnitUse),
    area_centi=st.integers(1, 10**7),
    capacity=st.sampled_from(Capacity),
    form=st.sampled_from(HoldingForm),
    holders=st.lists(st.builds(Holder, st.text(max_size=8), st.text(max_size=11), SHARES), max_size=4).map(tuple),
    flags=st.frozensets(st.sampled_from(RollFlag)),
    note=st.text(max_size=20),
)


def kinds(row: RollRow, standing: Standing) -> tuple[ChangeKind, list[str]]:
    """What one row does to one unit."""
    (change,) = rules.difference([row], [], [standing]).changes
    return change.kind, [field.field for field in change.fields]


@given(rows=st.lists(ROWS, max_size=5))
def test_a_reading_written_down_is_read_back_the_same(rows: list[RollRow]) -> None:
    reading = Reading(tuple(rows), (FAULTY,))
    assert rules.read_back(rules.written_down(reading)) == reading


def test_findings_written_down_are_read_back_the_same() -> None:
    findings = [Finding(4, "面积", Code.AREA_UNREADABLE, {"value": "1e3"}), Finding(5, "", Code.LINE_SKIPPED)]
    assert rules.findings_from(rules.findings_text(findings)) == findings


@given(row=ROWS, other=ROWS)
def test_the_digest_tells_tables_apart_and_nothing_else(row: RollRow, other: RollRow) -> None:
    one, same = (rules.difference([row], [FAULTY], [Standing(UNIT)]).digest for _ in range(2))
    assert one == same
    assert (rules.difference([other], [FAULTY], [Standing(UNIT)]).digest == one) is (row == other)
    assert rules.difference([row], [], [Standing(UNIT)]).digest != one


def test_the_digest_minds_the_unit_behind_the_row() -> None:
    changed = replace(ROW, area_centi=6000)
    first = rules.difference([changed], [], [Standing(UNIT)])
    second = rules.difference([changed], [], [Standing(replace(UNIT, area_centi=5900))])
    assert first.digest != second.digest


@pytest.mark.parametrize(
    ("row", "standing", "kind", "fields"),
    [
        (ROW, Standing(UNIT), ChangeKind.SAME, []),
        (replace(ROW, flags=frozenset({RollFlag.VACANT})), Standing(UNIT), ChangeKind.CHANGED, ["vacant"]),
        (replace(ROW, flags=frozenset({RollFlag.VACANT})), Standing(UNIT, vacant=True), ChangeKind.SAME, []),
        (ROW, Standing(UNIT, vacant=True), ChangeKind.SAME, []),
        (ROW, Standing(replace(UNIT, holders=()), vacant=True), ChangeKind.CHANGED, ["holders", "vacant"]),
        (replace(ROW, holders=()), Standing(UNIT), ChangeKind.CHANGED, ["holders", "vacant"]),
        (replace(ROW, flags=frozenset({RollFlag.DECEASED})), Standing(UNIT), ChangeKind.CHANGED, ["doubtful"]),
        (replace(ROW, flags=frozenset({RollFlag.DECEASED})), Standing(UNIT, doubtful=True), ChangeKind.SAME, []),
        (replace(ROW, flags=frozenset({RollFlag.AWAY})), Standing(UNIT), ChangeKind.SAME, []),
    ],
)
def test_a_remark_changes_what_it_says_and_silence_nothing(
    row: RollRow, standing: Standing, kind: ChangeKind, fields: list[str]
) -> None:
    assert kinds(row, standing) == (kind, fields)


def refused(act: object) -> Refusal:
    """The refusal with which a rule answers."""
    with pytest.raises(Refused) as caught:
        act()  # type: ignore[operator]
    found = caught.value.refusal
    assert isinstance(found, Refusal)
    return found


def approve(difference: rules.Difference, **wishes: object) -> None:
    """A second person approves a table that is still true, unless something else is said."""
    usual = {"seen": difference.digest, "same_person": False, "leaves_faulty_out": False}
    rules.may_approve(RollState.PREPARED, difference, **(usual | wishes))  # type: ignore[arg-type]


def test_who_may_let_a_roll_in() -> None:
    clean, faulty = rules.difference([ROW], [], []), rules.difference([ROW], [FAULTY], [])
    approve(clean)
    approve(faulty, leaves_faulty_out=True)
    assert refused(lambda: approve(clean, same_person=True)) is Refusal.ROLL_SAME_PERSON
    assert refused(lambda: approve(clean, seen=faulty.digest)) is Refusal.ROLL_STALE
    assert refused(lambda: approve(faulty)) is Refusal.ROLL_FAULTY_UNTICKED
    nothing = rules.difference([], [FAULTY], [])
    assert refused(lambda: approve(nothing, leaves_faulty_out=True)) is Refusal.ROLL_BRINGS_NOTHING
    for state in set(RollState) - {RollState.PREPARED}:
        assert refused(lambda state=state: rules.may_decide(state)) is Refusal.ROLL_CLOSED


def test_when_an_import_may_be_taken_back() -> None:
    rules.may_ask_undo(RollState.IMPORTED, newest=True)
    rules.may_undo(RollState.UNDO_ASKED, newest=True, same_person=False)
    assert refused(lambda: rules.may_ask_undo(RollState.IMPORTED, newest=False)) is Refusal.UNDO_NEWER_FIRST
    assert refused(lambda: rules.may_ask_undo(RollState.UNDO_ASKED, newest=True)) is Refusal.UNDO_ASKED
    for state in (RollState.PREPARED, RollState.DECLINED, RollState.UNDONE):
        ask = lambda state=state: rules.may_ask_undo(state, newest=True)  # noqa: E731 -- a refused act
        assert refused(ask) is Refusal.ROLL_NOT_IMPORTED
    agree = lambda: rules.may_undo(RollState.UNDO_ASKED, newest=True, same_person=True)  # noqa: E731 -- a refused act
    assert refused(agree) is Refusal.UNDO_SAME_PERSON
    late = lambda: rules.may_undo(RollState.UNDO_ASKED, newest=False, same_person=False)  # noqa: E731 -- a refused act
    assert refused(late) is Refusal.UNDO_NEWER_FIRST


def test_a_file_is_kept_when_there_is_anything_to_look_at() -> None:
    rules.may_upload(rules.difference([ROW], [], []))
    rules.may_upload(rules.difference([], [FAULTY], []))
    rules.may_upload(rules.difference([], [], [Standing(UNIT)]))
    same = rules.difference([ROW], [], [Standing(UNIT)])
    assert refused(lambda: rules.may_upload(same)) is Refusal.ROLL_SAME_AS_REGISTER


def held(form: HoldingForm, *holders: NewHolder) -> None:
    """Check a tenure of owners."""
    rules.check_tenure(NewTenure(Capacity.OWNER, form, holders))


def test_shares_are_the_whole_exactly() -> None:
    third = Fraction(1, 3)
    held(HoldingForm.SHARES, *(NewHolder(name, "", third) for name in "甲乙丙"))
    for shares in ((third, third, Fraction(333, 1000)), (third, third, None), (Fraction(4, 3), third, -2 * third)):
        people = [NewHolder(name, "", share) for name, share in zip("甲乙丙", shares, strict=True)]
        assert refused(lambda people=people: held(HoldingForm.SHARES, *people)) is Refusal.SHARES_NOT_WHOLE
    assert refused(lambda: held(HoldingForm.JOINT, NewHolder("甲", "", Fraction(1)))) is Refusal.SHARES_NOT_ASKED


def test_a_tenure_may_name_one_of_a_couple_or_nobody() -> None:
    held(HoldingForm.JOINT, NewHolder("甲"))
    held(HoldingForm.SOLE)
    held(HoldingForm.JOINT, NewHolder("甲", "14100000001"), NewHolder("甲", "14100000002"))
    assert refused(lambda: held(HoldingForm.SHARES, NewHolder("甲"))) is Refusal.FORM_NEEDS_SEVERAL


def test_what_is_registered_has_happened() -> None:
    rules.happened_by(date(2026, 11, 21), today=date(2026, 11, 21))
    assert refused(lambda: rules.happened_by(date(2026, 11, 22), today=date(2026, 11, 21))) is Refusal.DAY_AHEAD


def test_a_note_keeps_no_identity_number() -> None:
    assert rules.tidy_note("户口注销证明 310101194501011242") == "户口注销证明"


@pytest.mark.parametrize("slug", ["tianjinlu", "xinqiao-52", "ab"])
def test_a_slug_is_lower_case_and_short(slug: str) -> None:
    rules.check_slug(slug)

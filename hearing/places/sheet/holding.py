"""Holding 持有: who holds the unit of a row, by what form and shares, and under which phone numbers."""

from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from hearing.places.rules import HoldingForm
from hearing.places.sheet import cells
from hearing.places.sheet.cells import CellKind, Unfit
from hearing.places.sheet.columns import Column
from hearing.places.sheet.findings import Code
from hearing.places.sheet.lines import Line
from hearing.places.sheet.roll import EMPTY_HOUSE, Holder, RollFlag


@dataclass(frozen=True, slots=True)
class Holding:
    """How a unit is held, what its name cell says beside names, and the words in brackets after them."""

    form: HoldingForm
    holders: tuple[Holder, ...]
    flags: frozenset[RollFlag]
    brackets: tuple[str, ...]


def read_holding(line: Line, remarks: frozenset[RollFlag]) -> Holding:
    """The holding of a row, given what its remark says. With an error on the line the result is not to be used."""
    text = line.text(Column.NAME)
    empty = cells.nobody(text) | (remarks & EMPTY_HOUSE if not text else frozenset())
    if empty and Column.NAME not in line.failed:
        line.say(Column.NAME, Code.NO_HOLDER)
        text = ""
    elif not text and Column.NAME not in line.failed:
        line.say(Column.NAME, Code.NAME_MISSING)
    names, brackets = _names(line, text)
    form, shares = _shares(line, len(names))
    phones = _phones(line, len(names))
    holders = tuple(map(Holder, names, phones, shares))
    said = {flag for bracket in brackets for flag in cells.remark_flags(bracket)}
    return Holding(form, holders, empty | (said & {RollFlag.DECEASED}), tuple(brackets))


def _names(line: Line, text: str) -> tuple[list[str], list[str]]:
    """The names of a cell, and the words that stand in brackets after them: 高根宝(便利店)."""
    names: list[str] = []
    brackets: list[str] = []
    for part in line.attempt(Column.NAME, cells.split_names, text) or []:
        written, bracket = cells.bracketed(part)
        name = line.attempt(Column.NAME, cells.person_name, written)
        if name is None:
            continue
        names.append(name)
        if name != written:
            line.say(Column.NAME, Code.NAME_SPACED)
        if cells.odd_marks(name):
            line.say(Column.NAME, Code.NAME_ODD)
        if cells.private_characters(name):
            line.say(Column.NAME, Code.NAME_PRIVATE)
        if bracket:
            brackets.append(bracket)
            line.say(Column.NAME, Code.NAME_BRACKET, value=cells.short(bracket))
    if len(set(names)) < len(names):
        line.say(Column.NAME, Code.NAME_REPEATED)
    if text and not names and Column.NAME not in line.failed:
        line.say(Column.NAME, Code.NAME_UNREADABLE)
    return names, brackets


def _shares(line: Line, holders: int) -> tuple[HoldingForm, tuple[Fraction | None, ...]]:
    """The form of a holding and the share of each holder, None where there are no shares.

    Several names without a form stay out: nobody may guess between 共同共有 and 按份共有 (Civil Code §308).
    """
    form, text = line.read(Column.FORM, cells.holding_form), line.text(Column.SHARES)
    none: tuple[Fraction | None, ...] = (None,) * holders
    if not holders or line.failed & {Column.NAME, Column.FORM, Column.SHARES}:
        return HoldingForm.SOLE, none
    if holders == 1:
        return _alone(line, form, text), none
    if form is None and text:
        line.say(Column.FORM, Code.SHARES_IMPLIED)
        form = HoldingForm.SHARES
    if form is HoldingForm.SHARES and text:
        return form, line.attempt(Column.SHARES, partial(cells.share_fractions, holders=holders), text) or none
    if form is HoldingForm.SHARES:
        line.say(Column.SHARES, Code.SHARES_MISSING)
    elif form is None:
        line.say(Column.FORM, Code.FORM_MISSING, n=holders)
    elif form is HoldingForm.SOLE:
        line.say(Column.FORM, Code.FORM_SOLE_MANY, n=holders)
    elif text:
        line.say(Column.SHARES, Code.SHARES_UNWANTED)
    return form or HoldingForm.SOLE, none


def _alone(line: Line, form: HoldingForm | None, shares: str) -> HoldingForm:
    """The form of a holding with one name: a spouse may be unnamed, other people's shares may not."""
    if form is HoldingForm.SHARES or (shares and not _is_whole(shares)):
        line.say(Column.SHARES, Code.SHARES_ONE_NAME)
    if form is HoldingForm.JOINT:
        line.say(Column.FORM, Code.JOINT_ONE_NAME)
    return form or HoldingForm.SOLE


def _is_whole(shares: str) -> bool:
    try:
        return sum(cells.share_fractions(shares, 1)) == 1
    except Unfit:
        return False


def _phones(line: Line, holders: int) -> tuple[str, ...]:
    """A phone number for each holder, empty where none is known."""
    text, nobody = line.text(Column.PHONE), ("",) * holders
    if line.kind(Column.PHONE) is CellKind.NUMBER:
        if not cells.is_mobile(text):
            line.say(Column.PHONE, Code.PHONE_DAMAGED)
            return nobody
        line.say(Column.PHONE, Code.PHONE_AS_NUMBER)
    numbers = line.attempt(Column.PHONE, cells.phone_numbers, text)
    if numbers is None or not holders or line.failed & {Column.NAME, Column.PHONE}:
        return nobody
    known = [number for number in numbers if number]
    if any(not cells.is_mobile(number) for number in known):
        line.say(Column.PHONE, Code.PHONE_LANDLINE)
    if not known:
        if line.has(Column.PHONE):
            line.say(Column.PHONE, Code.PHONE_MISSING)
    elif len(numbers) == holders:
        return tuple(numbers)
    elif holders == 1:
        if len(known) > 1:
            line.say(Column.PHONE, Code.PHONE_EXTRA, m=len(known))
        return (known[0],)
    elif len(numbers) == 1:
        line.say(Column.PHONE, Code.PHONE_FOR_FIRST)
        return (known[0], *nobody[1:])
    else:
        line.say(Column.PHONE, Code.PHONE_COUNT, n=holders, m=len(numbers))
    return nobody

"""Rolls: upload, the table of what would change, the second person, and the way back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Response, abort, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hearing.audit.ledger import Recorded, perform
from hearing.db import aside
from hearing.people.rules import COMMITTEE
from hearing.people.surroundings import speak_for
from hearing.people.viewer import me
from hearing.places import sheet as sheets
from hearing.places.rules import CAPACITY_LABELS, HOLDING_LABELS, USE_LABELS
from hearing.places.sheet import Change, ChangeKind, Finding, Severity
from hearing.places.sheet.comparing import CHANGE_LABELS
from hearing.register import actions, queries
from hearing.register.forms import ApproveForm, UploadForm
from hearing.register.models import RollImport
from hearing.register.routes.blueprint import bp, download, estate_of, page_number
from hearing.register.rules import FIELD_LABELS, STATE_LABELS, Difference, RollState, difference
from hearing.web import limits
from hearing.web.answers import go, page
from hearing.web.filters import area
from hearing.web.forms import Form
from hearing.web.guards import signed_in_as

UPLOADS_AN_HOUR = 60
SHOWN: dict[str, str] = {word.value: label for word, label in (*CHANGE_LABELS.items(), *sheets.SEVERITY_LABELS.items())}
"""The filters of the table, by the word in the address."""


_WORDS: dict[Any, str] = {**dict(CAPACITY_LABELS), **dict(HOLDING_LABELS), **dict(USE_LABELS)}
"""What a unit's enumerations are called; no two of them share a value."""


@dataclass(frozen=True)
class Line:
    """One line of the table: the row in the file, the door, what is said of it, and what would change."""

    row: int | None
    door: str
    said: str
    fields: tuple[tuple[str, str, str], ...] = ()
    hint: str = ""


@bp.get("/desk/register/template.xlsx")
@signed_in_as(*sorted(COMMITTEE))
def template() -> Response:
    """An empty roll, every column of it text."""
    return download(sheets.template(), "register-template.xlsx")


@bp.route("/desk/register/estates/<int:estate_id>/import", methods=["GET", "POST"])
@signed_in_as(*sorted(COMMITTEE))
def upload(estate_id: int) -> ResponseReturnValue:
    """Choose a file; nothing is imported by this."""
    estate, form = estate_of(estate_id), UploadForm()
    if form.validate_on_submit():
        with form.refusals():
            return go(url_for(".roll", roll_id=_upload(estate_id, form)))
    return page("register/upload.html", form=form, estate=estate, most_rows=sheets.MAX_ROWS)


def _upload(estate_id: int, form: UploadForm) -> int:
    """Read the file while nobody waits for the database, then keep what was read. Raises Refused."""
    limits.count(f"roll {me().id}", UPLOADS_AN_HOUR, timedelta(hours=1))
    with aside():
        sheet = sheets.read(form.sheet.content, form.sheet.filename)
    estate = estate_of(estate_id)
    done = perform(actions.upload, me(), estate, form.sheet.filename, form.sheet.content, sheet)
    return int(done.fact.subject.rpartition("/")[2])


def _roll(roll_id: int) -> RollImport:
    roll = queries.roll(me(), roll_id) or abort(404)
    speak_for(roll.estate.neighbourhood)
    return roll


@bp.get("/desk/register/rolls/<int:roll_id>")
@signed_in_as(*sorted(COMMITTEE))
def roll(roll_id: int) -> ResponseReturnValue:
    """What the roll would change, line by line; once it is decided, what became of it."""
    found = _roll(roll_id)
    table = _table(found)
    counts = _counts(found, table)
    shown = request.args.get("show", "")
    if shown not in counts:
        shown = next((word for word in (*_FIRST, *counts) if counts.get(word)), Severity.NOTE.value)
    lines, number = _lines(found, table, shown), page_number()
    return page(
        "register/roll.html",
        roll=found,
        state=STATE_LABELS[found.stands],
        states=RollState,
        mine=me().id,
        compared=table,
        stale=table is not None and table.digest != found.difference,
        counts=counts,
        labels=SHOWN,
        shown=shown,
        lines=lines[(number - 1) * queries.PAGE : number * queries.PAGE],
        number=number,
        pages=-(-len(lines) // queries.PAGE),
    )


_FIRST = [Severity.ERROR, ChangeKind.CHANGED, ChangeKind.NEW, ChangeKind.MISSING]


def _table(found: RollImport) -> Difference | None:
    """The roll against the register as it is now; None once it has been decided."""
    if found.stands is not RollState.PREPARED:
        return None
    reading = found.read()
    return difference(reading.rows, reading.faulty, queries.standing(found.estate_id))


def _counts(found: RollImport, table: Difference | None) -> dict[str, int]:
    """How many lines each filter shows; of a decided roll only the findings are left to show."""
    findings = found.findings
    changes = {kind.value: table.counts[kind] for kind in ChangeKind} if table else {}
    return changes | {each.value: sum(f.severity is each for f in findings) for each in Severity}


def _lines(found: RollImport, table: Difference | None, shown: str) -> list[Line]:
    if shown in set(Severity):
        return [Line(f.row, f.column, say(f)) for f in found.findings if f.severity == shown]
    return [_line(change) for change in table.of(ChangeKind(shown))] if table else []


def _line(change: Change) -> Line:
    unit: Any = change.row or change.current
    fields = tuple(
        (gettext(FIELD_LABELS[field.field]), shown(field.field, field.before), shown(field.field, field.after))
        for field in change.fields
    )
    door = queries.door_words(unit.building, unit.stairwell, unit.floor, unit.unit)
    said = " · ".join(
        (
            area(unit.area_centi),
            shown("capacity", unit.capacity),
            shown("form", unit.form),
            shown("holders", unit.holders),
        )
    )
    return Line(change.row.row if change.row else None, door, said, fields, _hint(change))


def _hint(change: Change) -> str:
    """A warning where a person who only has a new number would become another person."""
    people = next((field for field in change.fields if field.field == "holders"), None)
    if people is None or change.current is None or change.row is None:
        return ""
    numbers = {holder.name: holder.phone for holder in change.current.holders}
    if any(holder.name in numbers and holder.phone != numbers[holder.name] for holder in change.row.holders):
        return str(
            gettext("同名、手机号不同，按换人记。只是换了号码的，请到这一户的页面“更正手机号”，不要导入这一行。")
        )
    return ""


def shown(field: str, value: Any) -> str:
    """A value of the table as people read it."""
    match field:
        case "area_centi":
            return area(value)
        case "holders":
            people = (" ".join(filter(None, (h.name, h.phone, str(h.share or "")))) for h in value)
            return "、".join(people) or str(gettext("没有户主"))
        case "vacant" | "doubtful":
            return str(gettext("是") if value else gettext("否"))
        case _:
            return str(gettext(_WORDS[value])) if value in _WORDS else str(value)


def say(finding: Finding) -> str:
    """A finding in the reader's language."""
    return str(gettext(sheets.FINDING_SENTENCES[finding.code], **finding.details))


@bp.get("/desk/register/rolls/<int:roll_id>/findings.xlsx")
@signed_in_as(*sorted(COMMITTEE))
def findings(roll_id: int) -> Response:
    """The findings to work through in a spreadsheet."""
    found = _roll(roll_id)
    return download(sheets.errors_file(found.findings, say), f"findings-{found.id}.xlsx")


@bp.route("/desk/register/rolls/<int:roll_id>/approve", methods=["GET", "POST"])
@signed_in_as(*sorted(COMMITTEE))
def approve(roll_id: int) -> ResponseReturnValue:
    """The second person lets the roll in, as it was shown and not otherwise."""
    found = _roll(roll_id)
    form = ApproveForm(faulty=found.faulty_count)
    if form.validate_on_submit():
        with form.refusals():
            return _receipt(perform(actions.approve, me(), found, leaves_faulty_out=form.leaves_faulty_out))
    return page("register/approve.html", form=form, roll=found)


@bp.route("/desk/register/rolls/<int:roll_id>/decline", methods=["GET", "POST"])
@signed_in_as(*sorted(COMMITTEE))
def decline(roll_id: int) -> ResponseReturnValue:
    """Leave the roll out."""
    found, form = _roll(roll_id), Form()
    if form.validate_on_submit():
        with form.refusals():
            return _receipt(perform(actions.decline, me(), found))
    return page("register/decline.html", form=form, roll=found)


@bp.route("/desk/register/rolls/<int:roll_id>/ask-undo", methods=["GET", "POST"])
@signed_in_as(*sorted(COMMITTEE))
def ask_undo(roll_id: int) -> ResponseReturnValue:
    """Ask that an import be taken back; nothing changes by this."""
    found, form = _roll(roll_id), Form()
    if form.validate_on_submit():
        with form.refusals():
            return _receipt(perform(actions.ask_undo, me(), found))
    return page("register/ask_undo.html", form=form, roll=found)


@bp.route("/desk/register/rolls/<int:roll_id>/undo", methods=["GET", "POST"])
@signed_in_as(*sorted(COMMITTEE))
def undo(roll_id: int) -> ResponseReturnValue:
    """The second person agrees: the register becomes what it was."""
    found, form = _roll(roll_id), Form()
    if form.validate_on_submit():
        with form.refusals():
            return _receipt(perform(actions.undo, me(), found))
    return page("register/undo.html", form=form, roll=found)


@bp.post("/desk/register/rolls/<int:roll_id>/keep")
@signed_in_as(*sorted(COMMITTEE))
def keep(roll_id: int) -> ResponseReturnValue:
    """Do not take the import back after all."""
    return _receipt(perform(actions.keep_import, me(), _roll(roll_id)))


def _receipt(done: Recorded[Any]) -> ResponseReturnValue:
    return go(url_for("audit.receipt", index=done.index))

"""Undoing 撤销: an import is taken back row by row, unless something already builds on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table, delete, exists, select, update

from hearing.db import db
from hearing.places.models import Holder, Tenure, Unit
from hearing.refusal import N_, Refused
from hearing.register import queries
from hearing.register.actions.writing import WRITTEN, pointing_here
from hearing.register.rules import Refusal

USES = {
    "membership": N_("住户登记"),
    "household_code": N_("入户信"),
    "arrival": N_("住户登记"),
    "consent_unit": N_("征询名册"),
    "consent_holder": N_("征询名册"),
    "consent_record_holder": N_("书面确认"),
    "application": N_("提案"),
    "objection": N_("异议"),
    "tenure": N_("后来的变更"),
    "tenure_share": N_("后来的变更"),
    "register_change": N_("后来的变更"),
}
"""What a table that points to the register holds, as a clerk calls it."""
OTHER_USE = N_("其他记录")


def take_back(written: Mapping[str, Any], *, rehearse: bool = False) -> None:
    """Make the register what it was before the import that wrote this; with `rehearse` only find out whether one may.

    `written` is `writing.Written` as JSON values. Raises ROLL_USED(uses).
    """
    if uses := _uses(written):
        raise Refused(Refusal.ROLL_USED, uses="、".join(uses))
    if rehearse:
        return
    for model in reversed(WRITTEN):
        for ids in queries.in_batches(written["made"].get(model.__tablename__, [])):
            _run(delete(model).where(model.id.in_(ids)))
    for ids in queries.in_batches(written["ended"]):
        _run(update(Tenure).where(Tenure.id.in_(ids)).values(until=None))
    for ids in queries.in_batches(written["died"]):
        _run(update(Holder).where(Holder.id.in_(ids)).values(died_on=None))
    for unit, values in written["before"].items():
        if values:
            _run(update(Unit).where(Unit.id == int(unit)).values(**values))
    db.session.expire_all()


def _run(statement: Any) -> None:
    db.session.execute(statement, execution_options={"synchronize_session": False})


def _uses(written: Mapping[str, Any]) -> list[str]:
    """What builds on the import, in a clerk's words: rows of others that point to its rows, and later rows that point
    to the units and people that it changed."""
    made: Mapping[str, list[int]] = written["made"]
    changed = {"unit": [int(unit) for unit in written["before"]], "holder": written["died"]}
    found = dict.fromkeys(
        USES.get(table.name, OTHER_USE)
        for table, column, target in pointing_here()
        if _others_point(table, column, made.get(target, []), own=made.get(table.name, []))
        or _later_point(table, column, changed.get(target, []), written)
    )
    return list(found)


def _others_point(table: Table, column: str, to: list[int], own: list[int]) -> bool:
    """Whether a row that the import did not write itself points to one of these."""
    if "id" not in table.c:
        some = (exists().where(table.c[column].in_(ids)) for ids in queries.in_batches(to))
        return any(db.session.scalar(select(each)) for each in some)
    written = set(own)
    return any(
        set(db.session.scalars(select(table.c.id).where(table.c[column].in_(ids)))) - written
        for ids in queries.in_batches(to)
    )


def _later_point(table: Table, column: str, to: list[int], written: Mapping[str, Any]) -> bool:
    """Whether a row written after the import points to one of these. A table without numbers only goes with others."""
    if "id" not in table.c:
        return False
    written_here, newest = set(written["made"].get(table.name, [])), written["newest"].get(table.name, 0)
    return any(
        set(db.session.scalars(select(table.c.id).where(table.c[column].in_(ids), table.c.id > newest))) - written_here
        for ids in queries.in_batches(to)
    )

"""Importing 导入: one person uploads, another lets it in; one asks to take it back, another agrees."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import undefer

from hearing.audit.ledger import broken_promise
from hearing.clock import now
from hearing.db import db
from hearing.people.rules import COMMITTEE
from hearing.people.viewer import Viewer
from hearing.places.models import Estate
from hearing.places.sheet import ChangeKind, Sheet
from hearing.register import queries
from hearing.register.actions.holding import hold
from hearing.register.actions.undoing import take_back
from hearing.register.actions.writing import write
from hearing.register.facts import RollDeclined, RollImported, RollKept, RollUndoAsked, RollUndone, RollUploaded
from hearing.register.models import RollImport
from hearing.register.rules import (
    Channel,
    Reading,
    Refusal,
    RollState,
    difference,
    findings_text,
    may_approve,
    may_ask_undo,
    may_decide,
    may_keep,
    may_undo,
    may_upload,
    written_down,
)

broken_promise("ck_roll_import_two_people", Refusal.ROLL_SAME_PERSON)
broken_promise("ck_roll_import_two_people_undo", Refusal.UNDO_SAME_PERSON)


def upload(
    by: Viewer, estate: Estate, filename: str, data: bytes, sheet: Sheet, channel: Channel = Channel.PAGE
) -> RollUploaded:
    """Keep what was read from a file, and which table it made against the register now, for a second person.

    `sheet` is what `places.sheet.read` made of `data`; reading takes long and belongs before the act.
    Raises ROLL_SAME_AS_REGISTER.
    """
    hold(estate.neighbourhood_id)
    found = difference(sheet.rows, sheet.faulty, queries.standing(estate.id))
    may_upload(found)
    roll = RollImport(
        estate=estate,
        filename=filename,
        sha256=hashlib.sha256(data).hexdigest(),
        reading=written_down(Reading(sheet.rows, sheet.faulty)),
        findings_json=findings_text(sheet.findings),
        difference=found.digest,
        new_count=found.counts[ChangeKind.NEW],
        changed_count=found.counts[ChangeKind.CHANGED],
        same_count=found.counts[ChangeKind.SAME],
        missing_count=found.missing,
        faulty_count=len(found.faulty),
        state=RollState.PREPARED,
        uploaded_by=by.id,
        uploaded_at=now(),
    )
    db.session.add(roll)
    db.session.flush()
    return RollUploaded(**_signed(by, roll), filename=filename, channel=channel)


def approve(by: Viewer, roll: RollImport, *, leaves_faulty_out: bool, channel: Channel = Channel.PAGE) -> RollImported:
    """Write the roll into the register, as a second person, if it still makes the table that the first was shown.

    Raises what `rules.may_approve` raises.
    """
    roll = _held(roll)
    may_decide(roll.stands)
    reading = roll.read()
    found = difference(reading.rows, reading.faulty, queries.standing(roll.estate_id))
    may_approve(
        roll.stands,
        found,
        seen=roll.difference,
        same_person=roll.uploaded_by == by.id,
        leaves_faulty_out=leaves_faulty_out,
    )
    moment = now()
    roll.undo = json.dumps(write(by, roll.estate, found, moment))
    roll.state, roll.approved_by, roll.decided_at, roll.reading = RollState.IMPORTED, by.id, moment, None
    return RollImported(**_signed(by, roll), channel=channel)


def decline(by: Viewer, roll: RollImport) -> RollDeclined:
    """Leave the roll out; whoever uploaded it may do so too. Raises ROLL_CLOSED."""
    roll = _held(roll)
    may_decide(roll.stands)
    roll.state, roll.declined_by, roll.decided_at, roll.reading = RollState.DECLINED, by.id, now(), None
    return RollDeclined(**_signed(by, roll))


def ask_undo(by: Viewer, roll: RollImport) -> RollUndoAsked:
    """Ask that an import be taken back. Raises what `rules.may_ask_undo` raises, or ROLL_USED(uses)."""
    roll = _held(roll)
    may_ask_undo(roll.stands, newest=queries.is_newest(roll))
    take_back(json.loads(roll.undo or "{}"), rehearse=True)
    roll.state, roll.undo_asked_by, roll.undo_asked_at = RollState.UNDO_ASKED, by.id, now()
    return RollUndoAsked(**_signed(by, roll))


def keep_import(by: Viewer, roll: RollImport) -> RollKept:
    """Drop the question to take an import back; whoever asked may do so too. Raises UNDO_NOT_ASKED."""
    roll = _held(roll)
    may_keep(roll.stands)
    roll.state, roll.undo_asked_by, roll.undo_asked_at = RollState.IMPORTED, None, None
    return RollKept(**_signed(by, roll))


def undo(by: Viewer, roll: RollImport) -> RollUndone:
    """Take an import back, as a second person. Raises what `rules.may_undo` raises, or ROLL_USED(uses)."""
    roll = _held(roll)
    may_undo(roll.stands, newest=queries.is_newest(roll), same_person=roll.undo_asked_by == by.id)
    take_back(json.loads(roll.undo or "{}"))
    roll.state, roll.undone_by, roll.undone_at, roll.undo = RollState.UNDONE, by.id, now(), None
    return RollUndone(**_signed(by, roll))


def _held(roll: RollImport) -> RollImport:
    """The roll as it is now, and a register that nobody else changes meanwhile."""
    hold(roll.estate.neighbourhood_id)
    query = (
        select(RollImport)
        .where(RollImport.id == roll.id)
        .options(undefer(RollImport.reading), undefer(RollImport.undo))
        .with_for_update()
    )
    return db.session.scalars(query, execution_options={"populate_existing": True}).one()


def _signed(by: Viewer, roll: RollImport) -> dict[str, Any]:
    home = roll.estate.neighbourhood
    return {
        "actor": by.acting_as(*sorted(COMMITTEE), neighbourhood_id=home.id),
        "scope": home.slug,
        "subject": roll.subject,
        "matter": roll.subject,
        "sha256": roll.sha256,
        "new": roll.new_count,
        "changed": roll.changed_count,
        "same": roll.same_count,
        "missing": roll.missing_count,
        "faulty": roll.faulty_count,
        "estate": roll.estate.name,
    }
